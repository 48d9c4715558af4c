"""A machine that drives a store and a model of dictionaries through any sequence of acts, and compares them."""
# ruff: noqa: S101 - a test asserts

import copy
import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from operator import attrgetter
from typing import Any, Final, TypeVar

import attrs
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    ChildrenAre,
    Claim,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Delivery,
    DueWork,
    Expectation,
    HostTransactions,
    InState,
    MessageRow,
    Outbox,
    Query,
    RecordRow,
    Store,
    Tallied,
    Tallies,
    TallyRow,
    VaultRow,
)
from yingshang_flow.testing.store_contract.clocks import LONG, SHORT, ZONES, clock_off_by, in_time_zone
from yingshang_flow.testing.store_contract.rows import (
    Interrupted,
    a_commit,
    a_deadline,
    a_message,
    a_tally,
    a_vault_row,
    interrupting,
    watched,
)
from yingshang_flow.testing.store_contract.seeing import due_all, find_all, fits, messages_of, owed_all

_NAMES: Final = ("a", "A", "a ", "é", "单位", "𠮷'--")
_ROWS: Final = ("deadlines", "vault", "messages", "erases", "expects", "tallies")
_WINDOW: Final = 1_000
_WRITERS: Final = 3
_Value = TypeVar("_Value")


@attrs.define
class _Lease:
    """What is known of a lease: the last token, and whether it still holds; none when the clock decides."""

    token: int = 0
    holds: bool | None = False


@attrs.define
class _Model:
    """What a store keeps, as dictionaries."""

    rows: dict[str, CaseRow] = attrs.field(factory=dict)
    histories: dict[str, list[RecordRow]] = attrs.field(factory=dict)
    deadlines: dict[str, tuple[DeadlineRow, ...]] = attrs.field(factory=dict)
    vaults: dict[str, list[VaultRow]] = attrs.field(factory=dict)
    definitions: dict[str, DefinitionRow] = attrs.field(factory=dict)
    keys: dict[str, RecordRow] = attrs.field(factory=dict)
    messages: dict[str, list[MessageRow]] = attrs.field(factory=dict)
    tallies: dict[str, list[TallyRow]] = attrs.field(factory=dict)
    work: dict[str, _Lease] = attrs.field(factory=dict)
    sent: dict[MessageRow, _Lease] = attrs.field(factory=dict)

    def revision(self, case: str) -> int:
        """Return the stored revision; 0 for a case that is not there."""
        return len(self.histories.get(case, ()))

    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""
        rows = [row for row in self.rows.values() if row.parent == parent]
        counts: dict[tuple[str, str], int] = {}
        for row in rows:
            counts[row.lifecycle, row.state] = counts.get((row.lifecycle, row.state), 0) + 1
        return Children(counts, tuple(sorted((row.case for row in rows if not row.final), key=str.encode)))

    def alarm(self, case: str) -> int | None:
        """Return the earliest alarm of a case."""
        alarms = [row.alarm for row in self.deadlines.get(case, ()) if row.alarm is not None]
        return min(alarms, default=None)

    def refusals(self, commit: Commit) -> set[type[StoreError]]:
        """Return everything that stands against a commit, any of which a store may name."""
        record, case, claim = commit.record, commit.case, commit.claim
        found: set[type[StoreError]] = set()
        if record.revision != self.revision(case.case) + 1 or not all(map(self.holds, commit.expects)):
            found.add(ConflictError)
        if claim is not None and claim.token != self.work.get(claim.case, _Lease()).token:
            found.add(ConflictError)
        if record.key in self.keys:
            found.add(KeyReusedError)
        named = (case.lifecycle, case.reference)
        others = [row for row in self.rows.values() if row.case != case.case]
        if case.reference is not None and named in [(row.lifecycle, row.reference) for row in others]:
            found.add(ReferenceTakenError)
        if not set(commit.erases) <= {row.commitment for row in self.vaults.get(case.case, ())}:
            found.add(StoreError)
        return found

    def keep(self, commit: Commit) -> None:
        """Keep a commit."""
        record, case = commit.record, commit.case
        self.rows[case.case] = case
        self.histories.setdefault(case.case, []).append(record)
        if commit.deadlines is not None:
            self.deadlines[case.case] = commit.deadlines
        vault = [*self.vaults.get(case.case, ()), *commit.vault]
        self.vaults[case.case] = [row for row in vault if row.commitment not in commit.erases]
        self.messages.setdefault(case.case, []).extend(sorted(commit.messages, key=attrgetter("number")))
        self.tallies.setdefault(case.case, []).extend(commit.tallies)
        if record.key is not None:
            self.keys[record.key] = record
        if commit.definition is not None:
            self.definitions.setdefault(commit.definition.fingerprint, commit.definition)

    def holds(self, expectation: Expectation) -> bool:
        """Return whether what a commit expects of another case is so."""
        if isinstance(expectation, InState):
            row = self.rows.get(expectation.case)
            return row is not None and row.state == expectation.state
        return self.children(expectation.parent) == expectation.children


class StoreMachine(stateful.RuleBasedStateMachine):
    """Drives a store and a model with legal and illegal acts of several writers, and compares all that can be read.

    The writers have a handle each and act on what they have last seen, which others may have overtaken. Commits are
    interrupted, handles are closed and opened again, workers abandon what they have claimed and read wrong clocks in
    several time zones. Due work, messages and host transactions come in where the store claims them.

    All examples share the store, as an empty one may be dear to make. Each names its cases after its number, so that
    they sort behind those of the examples before, and sets its alarms ahead of theirs.

    Args:
        store: An empty store.
        example: Numbers the examples of one store, from 1.
        reopen: Opens another handle of it; none where the data end with the store.
    """

    def __init__(self, store: Store, example: int, reopen: Callable[[], Store] | None = None) -> None:
        super().__init__()
        self.prefix = f"{example:08}/"
        self.first_alarm = 2**50 - example * _WINDOW  # long past, so that a lease counted from it has ended
        self.model = _Model()
        self.store = store
        self.reopen = reopen
        self.handles = [store] + [store if reopen is None else reopen() for _ in range(_WRITERS - 1)]
        self.seen: list[dict[str, tuple[int, Children]]] = [{} for _ in range(_WRITERS)]
        self.claims: list[Claim] = []
        self.deliveries: list[Delivery] = []
        self.passes: Counter[str] = Counter()  # how often this store goes through rows, which each has its own way of
        self.secrets = itertools.count()
        self.step = 0
        self.surroundings = ExitStack()

    def teardown(self) -> None:
        """Deliver what is left, so that no message stands before those of the next example, and close the handles."""
        try:
            if isinstance(self.store, Outbox):
                self.store.put_back(self.deliveries)
                messages_of(self.store)
        finally:
            self.surroundings.close()
            for handle in self.handles[1:]:
                if handle is not self.store:
                    handle.close()

    # --- what writers do ---

    @stateful.rule(writer=st.integers(0, _WRITERS - 1))
    def look(self, writer: int) -> None:
        """Let a writer read where all cases stand."""
        handle = self.handles[writer]
        for name in _NAMES:
            row = handle.load(self.prefix + name)
            assert row == self.model.rows.get(self.prefix + name)
            self.seen[writer][self.prefix + name] = (
                (0 if row is None else row.revision),
                handle.children(self.prefix + name),
            )

    @stateful.rule(data=st.data(), writers=st.lists(st.integers(0, _WRITERS - 1), min_size=1, max_size=4))
    def commit(self, data: st.DataObject, writers: list[int]) -> None:
        """Commit something of what each of some writers has last seen, and compare the outcome with the model's."""
        for writer in writers:
            self._committed(self.handles[writer], self._drawn(data, writer))

    @stateful.rule(data=st.data(), writers=st.lists(st.integers(0, _WRITERS - 1), min_size=1, max_size=4))
    def interrupt_commits(self, data: st.DataObject, writers: list[int]) -> None:
        """Interrupt commits, each at one of the times at which the store is known to go through some of its rows."""
        for writer in writers:
            commit = self._drawn(data, writer)
            known = [(name, time) for name in _ROWS if getattr(commit, name) for time in range(self.passes[name])]
            if known:
                name, time = data.draw(st.sampled_from(known))
                self._interrupted(self.handles[writer], commit, name, time + 1)
            else:
                self._committed(self.handles[writer], commit)

    @stateful.precondition(lambda self: self.claims)
    @stateful.rule(data=st.data(), writer=st.integers(0, _WRITERS - 1))
    def finish_work(self, data: st.DataObject, writer: int) -> None:
        """Commit under a claim against which nothing else stands: it may be long lost."""
        claim = data.draw(st.sampled_from(self.claims))
        commit = self._mended(self._drawn(data, writer, claim.case))
        self._committed(self.handles[writer], attrs.evolve(commit, claim=claim))

    @stateful.precondition(lambda self: self.reopen is not None)
    @stateful.rule(writer=st.integers(1, _WRITERS - 1))
    def break_off(self, writer: int) -> None:
        """Drop a handle and open another; its writer has seen nothing yet."""
        assert self.reopen is not None
        self.handles[writer].close()
        self.handles[writer] = self.reopen()
        self.seen[writer].clear()

    @stateful.precondition(lambda self: isinstance(self.store, HostTransactions))
    @stateful.rule(data=st.data(), commits=st.integers(1, 3), rolls_back=st.booleans(), claims=st.booleans())
    def act_in_a_host_transaction(
        self,
        data: st.DataObject,
        commits: int,
        rolls_back: bool,  # noqa: FBT001 - a rule's
        claims: bool,  # noqa: FBT001 - a rule's
    ) -> None:
        """Commit several things in one transaction of the host's, which then rolls back or commits."""
        assert isinstance(self.store, HostTransactions)
        before = copy.deepcopy(self.model), list(self.claims), list(self.deliveries)
        try:
            with self.store.transaction() as joined:
                for _ in range(commits):
                    self._committed(joined, self._drawn(data, None))
                    self._compare(joined)
                if claims and isinstance(joined, DueWork):
                    self._claim(joined, LONG, 2, 2)
                if claims and isinstance(joined, Outbox):
                    self._deliver(joined, LONG, 2)
                if rolls_back:
                    raise _GivesUp  # noqa: TRY301 - it has to pass through the transaction
        except _GivesUp:
            self.model, self.claims, self.deliveries = before

    # --- what workers do ---

    @stateful.precondition(lambda self: isinstance(self.store, DueWork))
    @stateful.rule(
        worker=st.integers(0, _WRITERS - 1),
        lease=st.sampled_from([LONG, SHORT]),
        offset=st.integers(0, 3),
        limit=st.integers(1, 4),
        wrong_by=st.sampled_from([0, 0, -86_400, 86_400]),
    )
    def claim(self, worker: int, lease: int, offset: int, limit: int, wrong_by: int) -> None:
        """Let a worker claim due work, by a clock that may be wrong."""
        handle = self.handles[worker]
        assert isinstance(handle, DueWork)
        with clock_off_by(wrong_by):
            self._claim(handle, lease, offset, limit)

    @stateful.precondition(lambda self: self.claims)
    @stateful.rule(data=st.data(), worker=st.integers(0, _WRITERS - 1))
    def let_go(self, data: st.DataObject, worker: int) -> None:
        """Let go under claims, some of them long lost."""
        handle = self.handles[worker]
        assert isinstance(handle, DueWork)
        claims = data.draw(st.lists(st.sampled_from(self.claims), min_size=1, max_size=3))
        handle.let_go(claims)
        for claim in claims:
            lease = self.model.work[claim.case]
            if lease.token == claim.token:
                lease.holds = False

    @stateful.precondition(lambda self: isinstance(self.store, Outbox))
    @stateful.rule(worker=st.integers(0, _WRITERS - 1), lease=st.sampled_from([LONG, SHORT]), limit=st.integers(1, 4))
    def deliver(self, worker: int, lease: int, limit: int) -> None:
        """Let a worker have messages."""
        handle = self.handles[worker]
        assert isinstance(handle, Outbox)
        self._deliver(handle, lease, limit)

    @stateful.precondition(lambda self: self.deliveries)
    @stateful.rule(data=st.data(), worker=st.integers(0, _WRITERS - 1), good=st.booleans())
    def finish_deliveries(self, data: st.DataObject, worker: int, good: bool) -> None:  # noqa: FBT001 - a rule's
        """Acknowledge messages or put them back, some of them long lost."""
        handle = self.handles[worker]
        assert isinstance(handle, Outbox)
        deliveries = data.draw(st.lists(st.sampled_from(self.deliveries), min_size=1, max_size=3))
        late = handle.acknowledge(deliveries) if good else None
        expected = []
        for delivery in deliveries:
            waiting = self.model.messages[delivery.message.case]
            lease = self.model.sent[delivery.message]
            if delivery.message not in waiting[:1] or lease.token != delivery.token:
                expected.append(delivery)
            elif good:
                waiting.pop(0)
            else:
                lease.holds = False
        if good:
            assert late == tuple(expected)
        else:
            handle.put_back(deliveries)

    # --- what surrounds them ---

    @stateful.rule(zone=st.sampled_from(ZONES))
    def travel(self, zone: str) -> None:
        """Go to another time zone."""
        if os.environ.get("TZ") != zone:
            self.surroundings.close()
            self.surroundings.enter_context(in_time_zone(zone))

    @stateful.rule()
    def let_short_leases_end(self) -> None:
        """Wait until the clocks of most stores have ticked."""
        time.sleep(0.001)

    # --- what can be asked ---

    @stateful.rule(
        given=st.fixed_dictionaries(
            {},
            optional={
                "lifecycle": st.sampled_from(["complaint", "interview"]),
                "state": st.sampled_from(_NAMES),
                "unit": st.sampled_from(_NAMES),
                "final": st.booleans(),
                "owing": st.booleans(),
                "parent": st.sampled_from(_NAMES),
                "origin": st.sampled_from(_NAMES),
                "reference": st.sampled_from(_NAMES),
            },
        ),
        page=st.integers(1, 4),
    )
    def find(self, given: dict[str, Any], page: int) -> None:
        """Find cases by some of what they are found by, page by page."""
        named = ("parent", "origin", "reference")
        given = {name: self.prefix + value if name in named else value for name, value in given.items()}
        query = Query(**given, after=self.prefix)
        rows, deadlines = self.model.rows.values(), self.model.deadlines
        found = (row for row in rows if fits(row, query, deadlines.get(row.case, ())))
        expected = sorted(found, key=lambda row: row.case.encode())
        assert list(find_all(self.handles[page % _WRITERS], query, page=page)) == expected

    @stateful.rule(offset=st.integers(0, 3), page=st.integers(1, 4))
    def due(self, offset: int, page: int) -> None:
        """Read what is due up to some instant, page by page."""
        before = self.first_alarm + offset
        expected = _in_order(
            (row.alarm, row) for row in self._deadlines() if row.alarm is not None and row.alarm <= before
        )
        assert list(due_all(self.handles[page % _WRITERS], before, page=page)) == expected

    @stateful.rule(page=st.integers(1, 4))
    def owed(self, page: int) -> None:
        """Read what is owed, page by page."""
        expected = _in_order((row.due, row) for row in self._deadlines() if row.owed)
        found = owed_all(self.handles[page % _WRITERS], "9999", page=page)
        assert [row for row in found if row.case.startswith(self.prefix)] == expected

    @stateful.invariant()
    def all_that_is_read_by_name_agrees(self) -> None:
        """Compare everything that is read by the name of a case, key or fingerprint, by one handle after another."""
        self.step += 1
        self._compare(self.handles[self.step % _WRITERS])

    def _compare(self, handle: Store) -> None:
        for name in _NAMES:
            case = self.prefix + name
            assert handle.load(case) == self.model.rows.get(case)
            assert handle.history(case) == tuple(self.model.histories.get(case, ()))
            assert handle.children(case) == self.model.children(case)
            vault = sorted(self.model.vaults.get(case, ()), key=lambda row: row.commitment)
            assert handle.vault(case) == tuple(vault)
            assert handle.keyed(case) == self.model.keys.get(case)
            assert handle.definition(case) == self.model.definitions.get(case)

    @stateful.precondition(lambda self: isinstance(self.store, Tallies))
    @stateful.rule(
        writer=st.integers(0, _WRITERS - 1), last=st.sampled_from(["2018-10-31", "2018-11-01", "2018-11-02"])
    )
    def look_at_sums(self, writer: int, last: str) -> None:
        """Compare what is counted, in all and of each case."""
        counting = self.handles[writer]
        assert isinstance(counting, Tallies)
        sums: Counter[tuple[str, str, str]] = Counter()
        for case, rows in self.model.tallies.items():
            assert list(counting.tallies(case)) == sorted(rows, key=_place_of_a_tally)
            for row in rows:
                sums[row.measure, row.unit, row.day[:7]] += row.count if row.day <= last else 0
        measures = [self.prefix + name for name in ("due", "Due")]
        wanted = [Tallied(*of, count) for of, count in sums.items() if count]
        assert list(counting.tallied("2018-10-31", last, measures=measures)) == sorted(wanted, key=_place_of_a_sum)

    @stateful.precondition(lambda self: isinstance(self.store, Tallies))
    @stateful.rule(data=st.data(), writer=st.integers(0, _WRITERS - 1), stale=st.sampled_from([0, 0, 0, -1, 1]))
    def retally(self, data: st.DataObject, writer: int, stale: int) -> None:
        """Count a case anew, for the revision it has or for another."""
        counting, case = self.handles[writer], self.prefix + data.draw(st.sampled_from(_NAMES))
        assert isinstance(counting, Tallies)
        revision = self.model.revision(case)
        rows = list(self._drawn_tallies(case, max(revision, 1), data))
        if stale or not revision:
            with pytest.raises(StoreError):
                counting.retally(case, revision + stale, rows)
        else:
            counting.retally(case, revision, rows)
            self.model.tallies[case] = rows

    # --- how they are done ---

    def _committed(self, handle: Store, commit: Commit) -> None:
        if refusals := self.model.refusals(commit):
            with pytest.raises(tuple(refusals)):
                handle.commit(commit)
        else:
            commit_seen, passes = watched(commit, _ROWS)
            handle.commit(commit_seen)
            self.model.keep(commit)
            self.passes |= passes()

    def _interrupted(self, handle: Store, commit: Commit, rows: str, time: int) -> None:
        refusals = self.model.refusals(commit)
        try:
            handle.commit(interrupting(commit, rows, time))
        except Interrupted:
            # Whole or not at all, and which of them the store has to say.
            if not refusals and handle.load(commit.case.case) == commit.case:
                self.model.keep(commit)
        except StoreError as error:
            assert isinstance(error, tuple(refusals)), f"{error!r} where {refusals} stand against it"  # noqa: PT017 - either of two
        else:
            assert not refusals
            self.model.keep(commit)

    def _claim(self, work: DueWork, lease: int, offset: int, limit: int) -> None:
        before = self.first_alarm + offset
        places = {}
        for case in self.model.rows:
            alarm = self.model.alarm(case)
            if alarm is not None and alarm <= before:
                places[case] = alarm, case.encode()
        leases = {case: self.model.work.setdefault(case, _Lease()) for case in places}
        claims = work.claim(before, lease=lease, limit=limit)
        _is_a_page([claim.case for claim in claims], places, leases, limit)
        for claim in claims:
            assert claim.token > leases[claim.case].token
            self.model.work[claim.case] = _Lease(claim.token, True if lease == LONG else None)
        self.claims += claims

    def _deliver(self, outbox: Outbox, lease: int, limit: int) -> None:
        first = [messages[0] for messages in self.model.messages.values() if messages]
        places = {message: (message.recorded_at, message.case.encode()) for message in first}
        leases = {message: self.model.sent.setdefault(message, _Lease()) for message in first}
        deliveries = outbox.outgoing(lease=lease, limit=limit)
        _is_a_page([delivery.message for delivery in deliveries], places, leases, limit)
        for delivery in deliveries:
            assert delivery.token > leases[delivery.message].token
            self.model.sent[delivery.message] = _Lease(delivery.token, True if lease == LONG else None)
        self.deliveries += deliveries

    def _deadlines(self) -> Iterable[DeadlineRow]:
        return itertools.chain.from_iterable(self.model.deadlines.values())

    # --- what they are drawn from ---

    def _drawn(self, data: st.DataObject, writer: int | None, case: str | None = None) -> Commit:
        def one_of(*values: _Value) -> _Value:
            return data.draw(st.sampled_from(values))

        def maybe() -> str | None:
            return data.draw(st.none() | st.sampled_from(_NAMES).map(lambda name: self.prefix + name))

        case = self.prefix + one_of(*_NAMES[:2], *_NAMES) if case is None else case
        row = self.model.rows.get(case)
        stays = row is not None and data.draw(st.booleans())
        revision = self.model.revision(case) + one_of(1, 1, 1, 1, 1, 1, 0, 2)
        if writer is not None and case in self.seen[writer] and data.draw(st.booleans()):
            revision = self.seen[writer][case][0] + 1
        commit = a_commit(
            case,
            revision,
            text=data.draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)),
            state=one_of(*_NAMES),
            key=maybe(),
            lifecycle=one_of("complaint", "complaint", "interview"),
            final=data.draw(st.booleans()),
            reference=maybe(),
            parent=maybe(),
            origin=maybe(),
            units=tuple(data.draw(st.lists(st.sampled_from(_NAMES), max_size=3, unique=True))),
            deadlines=self._drawn_deadlines(case, data),
            vault=tuple(a_vault_row(case, f"{self.prefix}{next(self.secrets)}") for _ in range(one_of(0, 0, 1, 2))),
            definition=one_of(None, DefinitionRow(self.prefix + one_of("a", "A"), "complaint", revision, "p", "{}")),
            expects=tuple(data.draw(st.lists(self._expectations(writer), max_size=2))),
            messages=self._drawn_messages(case, revision, data),
            erases=self._drawn_erasures(case, data),
            claim=data.draw(self._claims_of(case)),
            tallies=self._drawn_tallies(case, revision, data),
        )
        if row is not None and stays:
            commit = attrs.evolve(
                commit, case=attrs.evolve(row, revision=revision, head=commit.case.head, text=commit.case.text)
            )
        return self._mended(commit) if one_of("as it is", "mended", "mended") == "mended" else commit

    def _mended(self, commit: Commit) -> Commit:
        """Return a commit without what stands against it: if most were refused, no history would grow."""
        model, case = self.model, commit.case.case
        if (stale := self.model.work.get(case)) is None or commit.claim is None or commit.claim.token != stale.token:
            commit = attrs.evolve(commit, claim=None)
        revision = model.revision(case) + 1
        own = {row.commitment for row in model.vaults.get(case, ())}
        kept = model.rows.get(case)
        return attrs.evolve(
            commit,
            record=attrs.evolve(
                commit.record, revision=revision, key=None if commit.record.key in model.keys else commit.record.key
            ),
            case=attrs.evolve(commit.case, revision=revision, reference=None if kept is None else kept.reference),
            messages=tuple(attrs.evolve(message, revision=revision) for message in commit.messages),
            tallies=tuple(attrs.evolve(tally, revision=revision) for tally in commit.tallies),
            expects=tuple(filter(model.holds, commit.expects)),
            erases=tuple(one for one in commit.erases if one in own),
        )

    def _drawn_deadlines(self, case: str, data: st.DataObject) -> tuple[DeadlineRow, ...] | None:
        row = st.builds(
            a_deadline,
            st.just(case),
            st.none() | st.integers(0, 2).map(lambda offset: self.first_alarm + offset),
            limit=st.sampled_from(["answer", "Answer"]),
            obligor=st.sampled_from(["", "单位"]),
            number=st.integers(1, 2),
            status=st.sampled_from(["running", "warned"]),
            due=st.sampled_from(["2026-01-09", "2026-01-10"]),
            owed=st.booleans(),
        )
        unique = st.lists(row, max_size=4, unique_by=lambda row: (row.limit, row.obligor, row.number))
        return data.draw(st.none() | unique.map(tuple))

    def _drawn_messages(self, case: str, revision: int, data: st.DataObject) -> tuple[MessageRow, ...]:
        if not isinstance(self.store, Outbox):
            return ()
        numbers = data.draw(st.sampled_from([(), (1,), (2, 1)]))
        recorded_at = data.draw(st.integers(0, 3))
        return tuple(a_message(case, revision, number, recorded_at=recorded_at) for number in numbers)

    def _drawn_tallies(self, case: str, revision: int, data: st.DataObject) -> tuple[TallyRow, ...]:
        if not isinstance(self.store, Tallies):
            return ()
        row = st.builds(
            a_tally,
            st.just(case),
            st.just(revision),
            measure=st.sampled_from(["due", "Due"]).map(lambda name: self.prefix + name),
            unit=st.sampled_from(_NAMES),
            day=st.sampled_from(["2018-10-31", "2018-11-01", "2018-11-02"]),
            count=st.sampled_from([-1, 1, 2]),
        )
        unique = st.lists(row, max_size=3, unique_by=lambda row: (row.measure, row.unit, row.day))
        return tuple(data.draw(unique))

    def _drawn_erasures(self, case: str, data: st.DataObject) -> tuple[str, ...]:
        kept = [row.commitment for row in self.model.vaults.get(case, ())]
        others = [row.commitment for rows in self.model.vaults.values() for row in rows]
        kind = data.draw(st.sampled_from(["none", "none", "own", "own", "any"]))
        if not others or kind == "none":
            return ()
        if kept and kind == "own":
            return tuple(data.draw(st.lists(st.sampled_from(kept), max_size=2, unique=True)))
        return (data.draw(st.sampled_from(others)),)

    def _claims_of(self, case: str) -> st.SearchStrategy[Claim | None]:
        claims = [claim for claim in self.claims if claim.case == case]
        # The last one more often than all before.
        return st.none() | st.sampled_from([*claims, claims[-1]]) if claims else st.none()

    def _expectations(self, writer: int | None) -> st.SearchStrategy[Expectation]:
        case = st.sampled_from(_NAMES).map(lambda name: self.prefix + name)
        broken = st.builds(InState, case, st.sampled_from(_NAMES))
        stale = [ChildrenAre(parent, children) for parent, (_, children) in self._last_seen(writer).items()]
        true_children = case.map(lambda parent: ChildrenAre(parent, self.model.children(parent)))
        kept = [InState(row.case, row.state) for row in self.model.rows.values()]
        possible: list[st.SearchStrategy[Expectation]] = [true_children, true_children, broken]
        possible += [st.sampled_from(kept)] * 3 if kept else []
        possible += [st.sampled_from(stale)] if stale else []
        return st.one_of(possible)

    def _last_seen(self, writer: int | None) -> dict[str, tuple[int, Children]]:
        return {} if writer is None else self.seen[writer]


class _GivesUp(Exception):  # noqa: N818 - no error of anybody's
    """What the host raises to roll its transaction back."""


def _place_of_a_tally(row: TallyRow) -> tuple[object, ...]:
    return row.revision, row.measure.encode(), row.unit.encode(), row.day


def _place_of_a_sum(one: Tallied) -> tuple[object, ...]:
    return one.measure.encode(), one.unit.encode(), one.month


def _in_order(placed: Iterable[tuple[int | str, DeadlineRow]]) -> list[DeadlineRow]:
    def place(pair: tuple[int | str, DeadlineRow]) -> tuple[int | str, bytes, bytes, bytes, int]:
        first, row = pair
        return first, row.case.encode(), row.limit.encode(), row.obligor.encode(), row.number

    return [row for _, row in sorted(placed, key=place)]


def _is_a_page(
    found: list[_Value], places: dict[_Value, tuple[int, bytes]], leases: dict[_Value, _Lease], limit: int
) -> None:
    """Assert that what was claimed is the first of what is free; what is under a short lease may be free or not."""
    assert len(found) <= limit
    assert set(found) <= {one for one, lease in leases.items() if not lease.holds}
    assert [places[one] for one in found] == sorted({places[one] for one in found})
    for one, lease in leases.items():
        if lease.holds is False and one not in found:
            assert len(found) == limit, f"{one!r} is free and was not given"
            assert places[one] > places[found[-1]], f"{one!r} comes before the last that was given"

"""A store in memory, for trying things out and for tests."""

import heapq
import threading
import time
from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    Claim,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Delivery,
    DueWork,
    Expectation,
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
from yingshang_flow.stores.admission import MONTH, admit, admit_tallies, at_least_one, refuse_surrogates
from yingshang_flow.stores.refusals import (
    broken_state,
    changed_children,
    counted_too_early,
    kept_commitment,
    kept_key,
    lost_claim,
    nothing_to_erase,
    stale_revision,
    taken_reference,
)

_COMMITMENT: Final = attrgetter("commitment")
_NUMBER: Final = attrgetter("number")
_TALLY: Final = attrgetter("revision", "measure", "unit", "day")


@attrs.frozen
class _Lease:
    """Who was last given something: under which token, and until when; 0 for nobody."""

    token: int = 0
    until: int = 0


@attrs.frozen
class _Sent:
    """A message that is not acknowledged."""

    row: MessageRow
    lease: _Lease = _Lease()


@attrs.frozen
class _Kept:
    """All rows of one case."""

    row: CaseRow
    records: tuple[RecordRow, ...] = ()
    deadlines: tuple[DeadlineRow, ...] = ()
    vault: tuple[VaultRow, ...] = ()
    messages: tuple[_Sent, ...] = ()
    lease: _Lease = _Lease()
    tallies: tuple[TallyRow, ...] = ()

    @property
    def alarm(self) -> int | None:
        """The earliest alarm."""
        return min((row.alarm for row in self.deadlines if row.alarm is not None), default=None)


_Row = _Kept | RecordRow | DefinitionRow | str


class MemoryStore(Store, DueWork, Outbox, Tallies):
    """A store whose cases end with the process.

    It holds every clause of the contract that its levels have, S2 only as far as the process lives. What it searches,
    it searches in every case, so it is not meant for many thousands of them.
    """

    server = "memory"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # One dictionary for all kinds of rows: its `update` is one step that no interrupt can divide (S1).
        self._rows: dict[tuple[str, ...], _Row] = {}
        # A clock that nothing sets: a lease ends after its time, whatever happens to the system's (S19).
        self._epoch = time.time_ns() - time.monotonic_ns()

    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes, until the process ends."""
        admit(commit)
        refuse_surrogates(commit)
        record, case = commit.record, commit.case
        with self._lock:
            kept = self._case(case.case) or _Kept(case)
            self._refuse_reused_key(record)
            if record.revision != len(kept.records) + 1:
                raise stale_revision(record, len(kept.records))
            if commit.claim is not None and commit.claim.token != kept.lease.token:
                raise lost_claim(commit.claim, kept.lease.token)
            for expectation in commit.expects:
                self._refuse_broken(expectation)
            self._refuse_taken_reference(case)
            changes: dict[tuple[str, ...], _Row] = {
                ("case", case.case): _Kept(
                    case,
                    (*kept.records, record),
                    kept.deadlines if commit.deadlines is None else tuple(commit.deadlines),
                    self._vault_after(kept, commit),
                    (*kept.messages, *map(_Sent, sorted(commit.messages, key=_NUMBER))),
                    kept.lease,
                    (*kept.tallies, *commit.tallies),
                )
            }
            if record.key is not None:
                changes["key", record.key] = record
            if case.reference is not None:
                changes["reference", case.lifecycle, case.reference] = case.case
            if commit.definition is not None:
                fingerprint = commit.definition.fingerprint
                changes["definition", fingerprint] = self._rows.get(("definition", fingerprint), commit.definition)
            changes |= {("vault", row.commitment): row.case for row in commit.vault}
            self._rows.update(changes)

    def load(self, case: str) -> CaseRow | None:
        """Return where a case stands; none when there is no such case."""
        with self._lock:
            kept = self._case(case)
        return None if kept is None else kept.row

    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        """Return the records of a case with a revision above ``after``, in order."""
        with self._lock:
            kept = self._case(case)
        return () if kept is None else kept.records[max(after, 0) :]

    def keyed(self, key: str) -> RecordRow | None:
        """Return the record that was kept under an idempotency key."""
        with self._lock:
            record = self._rows.get(("key", key))
        return record if isinstance(record, RecordRow) else None

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        """Return the cases a query asks for, in order of id by bytes."""
        at_least_one(query.limit, "a page of cases")
        found = (kept.row for kept in self._cases() if _asked_for(kept, query))
        return tuple(heapq.nsmallest(query.limit, found, key=lambda row: row.case))

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines whose alarm is at most ``before`` microseconds, the earliest first."""
        if after is not None and after.alarm is None:
            raise StoreError(f"the page after {after} was asked for, which has no alarm; give the last row of a page")
        placed = [
            (_place(row, row.alarm), row)
            for kept in self._cases()
            for row in kept.deadlines
            if row.alarm is not None and row.alarm <= before
        ]
        return _page(placed, limit, None if after is None else _place(after, after.alarm))

    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines under which something is owed and that are due by an ISO date, the earliest first."""
        placed = [
            (_place(row, row.due), row)
            for kept in self._cases()
            for row in kept.deadlines
            if row.owed and row.due <= until
        ]
        return _page(placed, limit, None if after is None else _place(after, after.due))

    def deadlines(self, case: str) -> tuple[DeadlineRow, ...]:
        """Return all deadlines kept for a case, in order of limit, obligor and number."""
        with self._lock:
            kept = self._case(case)
        rows = () if kept is None else kept.deadlines
        return tuple(sorted(rows, key=lambda row: (row.limit, row.obligor, row.number)))

    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""
        with self._lock:
            return self._children(parent)

    def definition(self, fingerprint: str) -> DefinitionRow | None:
        """Return what cases of a fingerprint were opened under."""
        with self._lock:
            definition = self._rows.get(("definition", fingerprint))
        return definition if isinstance(definition, DefinitionRow) else None

    def vault(self, case: str) -> tuple[VaultRow, ...]:
        """Return the confidential values of a case that have not been erased, in order of commitment."""
        with self._lock:
            kept = self._case(case)
        return () if kept is None else kept.vault

    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        """Let one worker have the cases with an alarm at most ``before`` microseconds, the earliest first."""
        at_least_one(lease, "a lease")
        at_least_one(limit, "a page of due cases")
        with self._lock:
            now = self._now()
            placed = [
                (kept.alarm, case, kept)
                for (kind, case, *_), kept in self._rows.items()
                if isinstance(kept, _Kept) and kept.lease.until <= now
                if kept.alarm is not None and kept.alarm <= before
            ]
            found = heapq.nsmallest(limit, placed, key=lambda place: place[:2])
            leased = {case: _Lease(kept.lease.token + 1, now + lease) for _, case, kept in found}
            self._rows.update({("case", case): attrs.evolve(kept, lease=leased[case]) for _, case, kept in found})
        return tuple(Claim(case, given.token, given.until) for case, given in leased.items())

    def let_go(self, claims: Iterable[Claim]) -> None:
        """Give cases back before their lease ends; a claim that is not the last one of its case is passed over."""
        with self._lock:
            for claim in claims:
                kept = self._case(claim.case)
                if kept is not None and kept.lease.token == claim.token:
                    self._rows["case", claim.case] = attrs.evolve(kept, lease=_Lease(claim.token))

    def outgoing(self, *, lease: int, limit: int = 100) -> tuple[Delivery, ...]:
        """Let one worker have messages to deliver, of each case its oldest and no other."""
        at_least_one(lease, "a lease")
        at_least_one(limit, "a page of messages")
        with self._lock:
            now = self._now()
            first = [kept.messages[0] for kept in self._kept() if kept.messages]
            placed = [(sent.row.recorded_at, sent.row.case, sent) for sent in first if sent.lease.until <= now]
            found = [sent for _, _, sent in heapq.nsmallest(limit, placed, key=lambda place: place[:2])]
            deliveries = tuple(Delivery(sent.row, sent.lease.token + 1, now + lease) for sent in found)
            self._rows.update(
                {("case", one.message.case): self._leased(one, _Lease(one.token, one.until)) for one in deliveries}
            )
        return deliveries

    def acknowledge(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """Let go of delivered messages for good; return those that somebody else has claimed or acknowledged since."""
        late = []
        with self._lock:
            for delivery in deliveries:
                kept = self._holding(delivery)
                if kept is None:
                    late.append(delivery)
                else:
                    self._rows["case", delivery.message.case] = attrs.evolve(kept, messages=kept.messages[1:])
        return tuple(late)

    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Give messages back before their lease ends; one that somebody else has claimed since is passed over."""
        with self._lock:
            for delivery in deliveries:
                if self._holding(delivery) is not None:
                    self._rows["case", delivery.message.case] = self._leased(delivery, _Lease(delivery.token))

    def tallied(self, first: str, last: str, *, measures: Iterable[str] | None = None) -> tuple[Tallied, ...]:
        """Return what is counted from one day to another, summed by measure, unit and month."""
        wanted = None if measures is None else set(measures)
        sums: Counter[tuple[str, str, str]] = Counter()
        for kept in self._cases():
            for row in kept.tallies:
                if first <= row.day <= last and (wanted is None or row.measure in wanted):
                    sums[row.measure, row.unit, row.day[:MONTH]] += row.count
        return tuple(Tallied(*group, sums[group]) for group in sorted(sums) if sums[group])

    def tallies(self, case: str) -> tuple[TallyRow, ...]:
        """Return all tallies kept for a case, in order of revision, measure, unit and day."""
        with self._lock:
            kept = self._case(case)
        return () if kept is None else tuple(sorted(kept.tallies, key=_TALLY))

    def retally(self, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
        """Keep these tallies of a case, and no others of it."""
        rows = tuple(tallies)
        admit_tallies(case, revision, rows)
        with self._lock:
            kept = self._case(case)
            if kept is None or kept.row.revision != revision:
                raise counted_too_early(case, revision, 0 if kept is None else kept.row.revision)
            self._rows["case", case] = attrs.evolve(kept, tallies=rows)

    def close(self) -> None:
        """Do nothing: there is nothing to let go of, and what was kept can still be read."""

    def _case(self, case: str) -> _Kept | None:
        kept = self._rows.get(("case", case))
        return kept if isinstance(kept, _Kept) else None

    def _cases(self) -> list[_Kept]:
        with self._lock:
            return self._kept()

    def _kept(self) -> list[_Kept]:
        return [kept for kept in self._rows.values() if isinstance(kept, _Kept)]

    def _now(self) -> int:
        return (self._epoch + time.monotonic_ns()) // 1000

    def _holding(self, delivery: Delivery) -> _Kept | None:
        """Return the case whose first message was last given out by this delivery."""
        kept = self._case(delivery.message.case)
        if kept is None or not kept.messages:
            return None
        first = kept.messages[0]
        return kept if (first.row, first.lease.token) == (delivery.message, delivery.token) else None

    def _leased(self, delivery: Delivery, lease: _Lease) -> _Kept:
        kept = self._case(delivery.message.case)
        assert kept is not None  # noqa: S101 - the caller has its message
        return attrs.evolve(kept, messages=(_Sent(delivery.message, lease), *kept.messages[1:]))

    def _vault_after(self, kept: _Kept, commit: Commit) -> tuple[VaultRow, ...]:
        for row in commit.vault:
            if ("vault", row.commitment) in self._rows:
                raise kept_commitment(row.commitment)
        gone = set(commit.erases)
        for commitment in sorted(gone.difference(map(_COMMITMENT, kept.vault))):
            raise nothing_to_erase(commit.case.case, commitment)
        rows = [row for row in (*kept.vault, *commit.vault) if row.commitment not in gone]
        return tuple(sorted(rows, key=_COMMITMENT))

    def _children(self, parent: str) -> Children:
        rows = [kept.row for kept in self._rows.values() if isinstance(kept, _Kept) and kept.row.parent == parent]
        counts: dict[tuple[str, str], int] = {}
        for row in rows:
            counts[row.lifecycle, row.state] = counts.get((row.lifecycle, row.state), 0) + 1
        return Children(MappingProxyType(counts), tuple(sorted(row.case for row in rows if not row.final)))

    def _refuse_reused_key(self, record: RecordRow) -> None:
        kept = None if record.key is None else self._rows.get(("key", record.key))
        if isinstance(kept, RecordRow):
            raise kept_key(record.key, kept.case, kept.revision)

    def _refuse_taken_reference(self, case: CaseRow) -> None:
        if case.reference is None:
            return
        holder = self._rows.get(("reference", case.lifecycle, case.reference))
        if not isinstance(holder, str) or holder == case.case:
            return
        kept = self._case(holder)
        # A case may have given its reference up since.
        if kept is not None and (kept.row.lifecycle, kept.row.reference) == (case.lifecycle, case.reference):
            raise taken_reference(case, holder)

    def _refuse_broken(self, expectation: Expectation) -> None:
        if isinstance(expectation, InState):
            kept = self._case(expectation.case)
            found = None if kept is None else kept.row.state
            if found != expectation.state:
                raise broken_state(expectation, found)
        elif self._children(expectation.parent) != expectation.children:
            raise changed_children(expectation.parent)


def _asked_for(kept: _Kept, query: Query) -> bool:
    row = kept.row
    return (
        row.case > query.after
        and query.lifecycle in {None, row.lifecycle}
        and query.state in {None, row.state}
        and query.reference in {None, row.reference}
        and query.parent in {None, row.parent}
        and query.origin in {None, row.origin}
        and query.final in {None, row.final}
        and (query.unit is None or query.unit in row.units)
        and (query.owing is None or query.owing == any(deadline.owed for deadline in kept.deadlines))
    )


def _place(row: DeadlineRow, first: int | str | None) -> tuple[Any, ...]:
    return first, row.case, row.limit, row.obligor, row.number


def _page(
    placed: list[tuple[tuple[Any, ...], DeadlineRow]], limit: int, after: tuple[Any, ...] | None
) -> tuple[DeadlineRow, ...]:
    """Return the first rows whose place lies behind that of the last page's last row."""
    at_least_one(limit, "a page of deadlines")
    behind = [pair for pair in placed if after is None or pair[0] > after]
    return tuple(row for _, row in heapq.nsmallest(limit, behind, key=lambda pair: pair[0]))

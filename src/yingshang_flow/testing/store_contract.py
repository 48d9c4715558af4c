"""The contract of a store as tests, for whoever writes one.

Subclass ``StoreContract`` in a test module, override the fixture ``store``, and run pytest. Each test bears the number
of the clause in ``yingshang_flow.ports`` that it holds the store to.
"""
# These are tests: they assert, their names are their sentences, and expected numbers speak for themselves.
# ruff: noqa: D102, PLR2004, S101

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import attrs
import hypothesis
import pytest
from hypothesis import stateful
from hypothesis import strategies as st

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    ChildrenAre,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Expectation,
    InState,
    Query,
    RecordRow,
    Store,
    VaultRow,
)

AWKWARD: Final = {
    "Chinese": "鲅鱼圈区营商环境建设局（投诉受理）",
    "four bytes": "𠮷野家🀄👩\u200d👩\u200d👧",
    "quotes": "'single' \"double\" `tick` \\back\\",
    "SQL": "'; DROP TABLE ysf_cases; --",
    "wildcards": "100%_?:name$1{}",
    "trailing blanks": "blank  ",
    "leading blanks": "  blank",
    "line ends": "a\r\nb\tc\n",
    "composed accent": "caf\u00e9",
    "decomposed accent": "cafe\u0301",
    "control characters": "\x01\x1f\x7f\x85",
    "no-break and zero width": "a\u00a0b\u200bc\ufeff",
    "right to left": "\u202eabc\u202c שלום",
    "looks like a number": "0012",
    "looks like null": "NULL",
}
"""Texts that stores have changed, cut, merged or executed, by what is awkward about them."""

TWINS: Final = {
    "case": ("key", "KEY"),
    "trailing blank": ("key", "key "),
    "accent": ("resume", "résumé"),
    "composition": ("caf\u00e9", "cafe\u0301"),
    "width": ("ABC", "ＡＢＣ"),
    "sharp s": ("strasse", "straße"),
    "Kelvin sign": ("K", "\u212a"),
    "zero width": ("ab", "a\u200bb"),
    "number": ("1", "01"),
    "four bytes": ("𠮷", "𠮶"),
}
"""Pairs that some collation takes for the same."""

Reopen = Callable[[], Store]
"""Opens another store over the data of the one under test."""


def a_commit(
    case: str,
    revision: int = 1,
    *,
    state: str = "received",
    key: str | None = None,
    lifecycle: str = "complaint",
    final: bool = False,
    reference: str | None = None,
    parent: str | None = None,
    origin: str | None = None,
    units: tuple[str, ...] = (),
    text: str | None = None,
    deadlines: tuple[DeadlineRow, ...] | None = (),
    vault: tuple[VaultRow, ...] = (),
    definition: DefinitionRow | None = None,
    expects: tuple[Expectation, ...] = (),
) -> Commit:
    """Return a commit whose record, snapshot and hash all name its case and revision."""
    text = f"{case} 第{revision}步" if text is None else text
    head = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    record = RecordRow(case, revision, "act", key, 1_700_000_000_000_000 + revision, text, head)
    fingerprint = "a fingerprint" if definition is None else definition.fingerprint
    row = CaseRow(
        case, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, f"after {text}"
    )
    return Commit(record, row, deadlines, vault, definition, expects)


def a_deadline(
    case: str,
    alarm: int | None,
    *,
    limit: str = "answer",
    obligor: str = "",
    number: int = 1,
    status: str = "running",
    due: str = "2026-01-09",
    owed: bool = True,
) -> DeadlineRow:
    """Return a deadline with an alarm at some microsecond, or with none."""
    return DeadlineRow(case, limit, obligor, number, status, due, owed, alarm)


def a_vault_row(case: str, commitment: str) -> VaultRow:
    """Return a confidential value."""
    return VaultRow(commitment, case, f"salt of {commitment}", f"“{commitment}”")


def everything(store: Store, cases: Iterable[str], keys: Iterable[str] = ()) -> dict[str, object]:
    """Return all that a store says of some cases and keys, to compare before with after."""
    seen: dict[str, object] = {f"key {key!r}": store.keyed(key) for key in keys}
    for case in cases:
        row = store.load(case)
        seen[f"case {case!r}"] = row, store.history(case), store.vault(case), store.children(case)
        if row is not None:
            seen[f"definition of {case!r}"] = store.definition(row.fingerprint)
            seen[f"by reference {case!r}"] = row.reference and store.find(Query(reference=row.reference))
    seen["found"] = tuple(find_all(store))
    seen["due"] = tuple(due_all(store, before=2**62))
    seen["owed"] = tuple(owed_all(store, until="9999"))
    return seen


def find_all(store: Store, query: Query | None = None, *, page: int = 100) -> Iterator[CaseRow]:
    """Yield what a query asks for, page by page."""
    query = attrs.evolve(Query() if query is None else query, limit=page)
    while found := store.find(query):
        yield from found
        query = attrs.evolve(query, after=found[-1].case)


def due_all(store: Store, before: int, *, page: int = 100) -> Iterator[DeadlineRow]:
    """Yield the deadlines with an alarm up to an instant, page by page."""
    last = None
    while found := store.due(before, limit=page, after=last):
        yield from found
        last = found[-1]


def owed_all(store: Store, until: str, *, page: int = 100) -> Iterator[DeadlineRow]:
    """Yield what is owed and due by a day, page by page."""
    last = None
    while found := store.owed(until, limit=page, after=last):
        yield from found
        last = found[-1]


def at_once(acts: Iterable[Callable[[], None]]) -> list[StoreError | None]:
    """Do acts at the same moment, each in a thread of its own; return the store's error of each, if it raised one."""
    acts = list(acts)
    start = threading.Barrier(len(acts))

    def tried(act: Callable[[], None]) -> StoreError | None:
        start.wait()
        try:
            act()
        except StoreError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(tried, acts))


class _Interrupt(BaseException):
    """What no store expects: a KeyboardInterrupt, say."""


class _Interrupting(tuple[object, ...]):
    """Rows that interrupt whoever goes through them for the n-th time."""

    __slots__ = ()
    left = 0

    def __iter__(self) -> Iterator[object]:
        yield from super().__iter__()
        type(self).left -= 1
        if type(self).left == 0:
            raise _Interrupt


class StoreContract:
    """The clauses of ``yingshang_flow.ports``, as tests.

    Override the fixture ``store``, and ``reopen`` if the store's data outlives it.
    """

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """Yield an empty store, and close it afterwards."""
        message = "override the fixture `store`: yield an empty store of yours, and close it afterwards"
        raise NotImplementedError(message)

    @pytest.fixture
    def reopen(self) -> Reopen | None:
        """Return what opens another store over the data of ``store``; none where they end with it."""
        return None

    # S1 All or nothing

    def test_s01_a_commit_is_kept_whole(self, store: Store) -> None:
        store.commit(a_commit("parent"))
        definition = DefinitionRow("of 投诉", "complaint", 3, "bayuquan-2018", "{}")
        commit = a_commit(
            "case",
            key="key",
            reference="reference",
            parent="parent",
            origin="origin",
            units=("unit 2", "unit 1"),
            deadlines=(a_deadline("case", 5), a_deadline("case", None, obligor="unit 1")),
            vault=(a_vault_row("case", "secret"),),
            definition=definition,
        )
        store.commit(commit)
        assert store.load("case") == commit.case
        assert store.history("case") == (commit.record,)
        assert store.keyed("key") == commit.record
        assert store.due(5) == tuple(commit.deadlines or ())[:1]
        assert store.vault("case") == commit.vault
        assert store.definition("of 投诉") == definition
        assert store.children("parent") == Children({("complaint", "received"): 1}, ("case",))

    @pytest.mark.parametrize("step", ["opening", "a move", "a stay"])
    @pytest.mark.parametrize("rows", ["deadlines", "vault", "expects"])
    @pytest.mark.parametrize("time", range(1, 6))
    def test_s01_an_interrupted_commit_is_kept_whole_or_not_at_all(
        self, store: Store, step: str, rows: str, time: int
    ) -> None:
        revision = 1 if step == "opening" else 2
        if revision == 2:
            store.commit(a_commit("case", units=("unit",), deadlines=(a_deadline("case", 1),)))
        store.commit(a_commit("other"))
        before = everything(store, ["case", "other"], ["key"])
        commit = a_commit(
            "case",
            revision,
            key="key",
            state="accepted" if step == "a move" else "received",
            units=("unit",),
            deadlines=(a_deadline("case", 2),),
            vault=(a_vault_row("case", "secret"),),
            definition=None if revision == 2 else DefinitionRow("new", "complaint", 1, "p", "{}"),
            expects=(InState("other", "received"),),
        )
        interrupting = type("Interrupting", (_Interrupting,), {"left": time})
        interrupted = False
        try:
            store.commit(attrs.evolve(commit, **{rows: interrupting(getattr(commit, rows))}))
        except _Interrupt:
            interrupted = True
        if interrupted and store.load("case") != commit.case:
            assert everything(store, ["case", "other"], ["key"]) == before
            store.commit(commit)  # and the store goes on
        assert store.load("case") == commit.case
        assert store.history("case")[-1] == commit.record
        assert store.keyed("key") == commit.record
        assert store.due(2) == commit.deadlines
        assert store.vault("case") == commit.vault
        if commit.definition is not None:
            assert store.definition("new") == commit.definition

    # S2 Durable

    def test_s02_what_is_committed_is_read_by_another_store(self, store: Store, reopen: Reopen | None) -> None:
        commits = [a_commit("case", revision, deadlines=(a_deadline("case", revision),)) for revision in range(1, 4)]
        for commit in commits:
            store.commit(commit)
            other = store if reopen is None else reopen()
            try:
                assert other.load("case") == commit.case
                assert other.history("case")[-1] == commit.record
                assert other.due(9) == commit.deadlines
            finally:
                if other is not store:
                    other.close()

    def test_s02_what_is_committed_is_there_after_closing(self, store: Store, reopen: Reopen | None) -> None:
        commit = a_commit("case", key="key", vault=(a_vault_row("case", "secret"),))
        store.commit(commit)
        other = store
        if reopen is not None:
            store.close()
            store.close()
            other = reopen()
        try:
            assert other.load("case") == commit.case
            assert other.keyed("key") == commit.record
            assert other.vault("case") == commit.vault
        finally:
            other.close()

    # S3 No lost update

    @pytest.mark.parametrize("revision", [1, 2, 4, 5])
    def test_s03_a_revision_that_does_not_follow_conflicts_and_changes_nothing(
        self, store: Store, revision: int
    ) -> None:
        store.commit(a_commit("case", 1))
        store.commit(a_commit("case", 2))
        before = everything(store, ["case"])
        with pytest.raises(ConflictError):
            store.commit(a_commit("case", revision, text="another"))
        assert everything(store, ["case"]) == before

    @pytest.mark.parametrize("revision", [0, 2])
    def test_s03_a_history_begins_with_revision_one(self, store: Store, revision: int) -> None:
        with pytest.raises(ConflictError):
            store.commit(a_commit("case", revision))
        assert store.load("case") is None
        assert store.history("case") == ()

    @pytest.mark.parametrize("revision", [1, 2])
    def test_s03_of_threads_racing_for_a_revision_exactly_one_wins(self, store: Store, revision: int) -> None:
        for round_ in range(5):
            case = f"case {round_}"
            if revision == 2:
                store.commit(a_commit(case))
            commits = [a_commit(case, revision, text=f"by thread {number}") for number in range(8)]
            errors = at_once([lambda commit=commit: store.commit(commit) for commit in commits])  # type: ignore[misc]
            assert [type(error) for error in errors if error is not None] == [ConflictError] * 7
            winner = commits[errors.index(None)]
            assert store.load(case) == winner.case
            assert store.history(case)[revision - 1 :] == (winner.record,)

    def test_s03_threads_that_try_again_lose_no_update(self, store: Store) -> None:
        store.commit(a_commit("case"))

        def act_ten_times(name: str) -> None:
            for number in range(10):
                while True:
                    row = store.load("case")
                    assert row is not None
                    try:
                        store.commit(a_commit("case", row.revision + 1, text=f"{name}-{number}"))
                    except ConflictError:
                        continue
                    break

        assert at_once([lambda name=name: act_ten_times(name) for name in "abcd"]) == [None] * 4  # type: ignore[misc]
        history = store.history("case")
        assert [record.revision for record in history] == list(range(1, 42))
        assert sorted(record.text for record in history[1:]) == [f"{name}-{n}" for name in "abcd" for n in range(10)]

    # S4 Expectations

    def test_s04_a_commit_whose_expectations_hold_is_kept(self, store: Store) -> None:
        store.commit(a_commit("parent"))
        store.commit(a_commit("child b", parent="parent"))
        store.commit(a_commit("child a", parent="parent", state="closed", final=True))
        children = Children({("complaint", "received"): 1, ("complaint", "closed"): 1}, ("child b",))
        expects = (InState("child b", "received"), ChildrenAre("parent", children), ChildrenAre("child a", Children()))
        store.commit(a_commit("parent", 2, expects=expects))
        assert store.history("parent")[-1].revision == 2

    @pytest.mark.parametrize("state", ["accepted", "RECEIVED", "received ", ""])
    def test_s04_a_linked_case_in_another_state_conflicts(self, store: Store, state: str) -> None:
        store.commit(a_commit("parent"))
        store.commit(a_commit("case"))
        before = everything(store, ["case", "parent"])
        with pytest.raises(ConflictError):
            store.commit(a_commit("case", 2, expects=(InState("parent", state),)))
        assert everything(store, ["case", "parent"]) == before

    def test_s04_a_linked_case_that_is_not_there_conflicts(self, store: Store) -> None:
        with pytest.raises(ConflictError):
            store.commit(a_commit("case", expects=(InState("nobody", "received"),)))
        assert store.load("case") is None

    @pytest.mark.parametrize("change", ["one more", "another state", "ended", "another parent"])
    def test_s04_children_that_have_changed_conflict(self, store: Store, change: str) -> None:
        store.commit(a_commit("parent"))
        store.commit(a_commit("child", parent="parent"))
        read = store.children("parent")
        store.commit(
            {
                "one more": a_commit("child 2", parent="parent"),
                "another state": a_commit("child", 2, parent="parent", state="accepted"),
                "ended": a_commit("child", 2, parent="parent", final=True),
                "another parent": a_commit("child", 2),
            }[change]
        )
        before = everything(store, ["parent", "child"])
        with pytest.raises(ConflictError):
            store.commit(a_commit("parent", 2, expects=(ChildrenAre("parent", read),)))
        assert everything(store, ["parent", "child"]) == before

    def test_s04_a_stay_of_a_child_breaks_no_expectation(self, store: Store) -> None:
        store.commit(a_commit("parent"))
        store.commit(a_commit("child", parent="parent"))
        read = store.children("parent")
        store.commit(a_commit("child", 2, parent="parent"))
        store.commit(a_commit("parent", 2, expects=(ChildrenAre("parent", read),)))
        assert store.history("parent")[-1].revision == 2

    def test_s04_a_parent_never_closes_over_a_child_that_opens_at_the_same_moment(self, store: Store) -> None:
        for round_ in range(10):
            parent = f"parent {round_}"
            store.commit(a_commit(parent))
            nothing_open = (ChildrenAre(parent, Children()),)
            close = a_commit(parent, 2, state="closed", final=True, expects=nothing_open)
            open_ = a_commit(f"child {round_}", parent=parent, expects=(InState(parent, "received"),))
            errors = at_once([lambda close=close: store.commit(close), lambda open_=open_: store.commit(open_)])  # type: ignore[misc]
            assert {type(error) for error in errors} == {type(None), ConflictError}

    # S5 A key is one outcome

    @pytest.mark.parametrize("case", ["case", "other", "new"])
    def test_s05_a_key_that_is_kept_is_refused_for_whichever_case(self, store: Store, case: str) -> None:
        first = a_commit("case", key="key")
        store.commit(first)
        store.commit(a_commit("other"))
        before = everything(store, ["case", "other", "new"], ["key"])
        with pytest.raises(KeyReusedError):
            store.commit(a_commit(case, 1 if case == "new" else 2, key="key"))
        assert everything(store, ["case", "other", "new"], ["key"]) == before
        assert store.keyed("key") == first.record

    def test_s05_a_repeated_act_is_told_of_its_key_and_not_of_its_revision(self, store: Store) -> None:
        store.commit(a_commit("case", key="key"))
        with pytest.raises(KeyReusedError):
            store.commit(a_commit("case", key="key"))

    def test_s05_records_without_a_key_do_not_meet(self, store: Store) -> None:
        store.commit(a_commit("case"))
        store.commit(a_commit("case", 2))
        store.commit(a_commit("other"))
        assert len(store.history("case")) == 2

    def test_s05_an_unknown_key_has_no_record(self, store: Store) -> None:
        store.commit(a_commit("case", key="key"))
        assert store.keyed("another") is None

    def test_s05_a_key_stays_taken_after_later_commits(self, store: Store) -> None:
        first = a_commit("case", key="key")
        store.commit(first)
        store.commit(a_commit("case", 2, key="key 2"))
        assert store.keyed("key") == first.record

    def test_s05_of_threads_racing_with_one_key_exactly_one_wins(self, store: Store) -> None:
        for round_ in range(5):
            commits = [a_commit(f"case {round_} {number}", key=f"key {round_}") for number in range(8)]
            errors = at_once([lambda commit=commit: store.commit(commit) for commit in commits])  # type: ignore[misc]
            assert [type(error) for error in errors if error is not None] == [KeyReusedError] * 7
            assert store.keyed(f"key {round_}") == commits[errors.index(None)].record

    # S6 A reference is one case

    @pytest.mark.parametrize("revision", [1, 2])
    def test_s06_a_reference_of_another_case_is_refused(self, store: Store, revision: int) -> None:
        store.commit(a_commit("case", reference="12345"))
        if revision == 2:
            store.commit(a_commit("other"))
        before = everything(store, ["case", "other"])
        with pytest.raises(ReferenceTakenError):
            store.commit(a_commit("other", revision, reference="12345"))
        assert everything(store, ["case", "other"]) == before

    def test_s06_another_lifecycle_may_have_the_same_reference(self, store: Store) -> None:
        store.commit(a_commit("case", reference="12345"))
        store.commit(a_commit("other", reference="12345", lifecycle="interview"))
        assert [row.case for row in store.find(Query(reference="12345"))] == ["case", "other"]
        assert [row.case for row in store.find(Query(reference="12345", lifecycle="interview"))] == ["other"]

    def test_s06_a_case_keeps_its_reference_through_later_commits(self, store: Store) -> None:
        for revision, state in enumerate(["received", "received", "accepted"], start=1):
            store.commit(a_commit("case", revision, state=state, reference="12345"))
        assert [row.revision for row in store.find(Query(reference="12345"))] == [3]

    def test_s06_of_threads_racing_for_a_reference_exactly_one_wins(self, store: Store) -> None:
        for round_ in range(5):
            commits = [a_commit(f"case {round_} {number}", reference=f"reference {round_}") for number in range(8)]
            errors = at_once([lambda commit=commit: store.commit(commit) for commit in commits])  # type: ignore[misc]
            assert [type(error) for error in errors if error is not None] == [ReferenceTakenError] * 7
            assert store.find(Query(reference=f"reference {round_}")) == (commits[errors.index(None)].case,)

    # S7 Refused is unchanged

    @pytest.mark.parametrize("reason", ["revision", "expectation", "key", "reference"])
    @pytest.mark.parametrize("case", ["case", "new"])
    def test_s07_after_a_refusal_everything_reads_as_before(self, store: Store, case: str, reason: str) -> None:
        vault = (a_vault_row("case", "secret"),)
        deadlines = (a_deadline("case", 1), a_deadline("case", 2, number=2))
        store.commit(a_commit("case", key="key", units=("unit",), deadlines=deadlines, vault=vault))
        store.commit(a_commit("other", reference="12345"))
        revision = 1 if case == "new" else 2
        refused = a_commit(
            case,
            revision + 1 if reason == "revision" else revision,
            state="accepted",
            key="key" if reason == "key" else "key 2",
            reference="12345" if reason == "reference" else "54321",
            parent="other",
            units=("unit", "unit 2"),
            deadlines=(a_deadline(case, 3),),
            vault=(a_vault_row(case, "secret 2"),),
            definition=DefinitionRow("new", "complaint", 1, "p", "{}"),
            expects=(InState("other", "accepted" if reason == "expectation" else "received"),),
        )
        before = everything(store, ["case", "other", "new"], ["key", "key 2"])
        with pytest.raises((ConflictError, KeyReusedError, ReferenceTakenError)):
            store.commit(refused)
        assert everything(store, ["case", "other", "new"], ["key", "key 2"]) == before
        assert store.definition("new") is None
        assert not store.find(Query(unit="unit 2"))

    @pytest.mark.parametrize("part", ["the record", "the snapshot", "a deadline", "a vault row", "the definition"])
    @pytest.mark.parametrize("character", ["\ud800", "\0"], ids=["lone surrogate", "U+0000"])
    def test_s07_after_text_that_cannot_be_kept_everything_reads_as_before(
        self, store: Store, part: str, character: str
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 1),)))
        before = everything(store, ["case", "new"], ["key"])
        good = a_commit(
            "new",
            key="key",
            units=("unit",),
            deadlines=(a_deadline("new", 1), a_deadline("new", 2, number=2)),
            vault=(a_vault_row("new", "a"), a_vault_row("new", "b")),
            definition=DefinitionRow("new", "complaint", 1, "p", "{}"),
        )
        with pytest.raises(StoreError):
            store.commit(_spoilt(good, part, f"text {character} text"))
        assert everything(store, ["case", "new"], ["key"]) == before
        assert store.definition("new") is None
        store.commit(good)

    # S8 History is append-only

    def test_s08_history_is_in_order_and_without_gaps(self, store: Store) -> None:
        commits = [a_commit("case", revision) for revision in range(1, 13)]
        for commit in commits:
            store.commit(commit)
            store.commit(a_commit("another", commit.record.revision))
        assert store.history("case") == tuple(commit.record for commit in commits)

    @pytest.mark.parametrize("after", range(5))
    def test_s08_history_after_a_revision_is_what_follows_it(self, store: Store, after: int) -> None:
        for revision in range(1, 4):
            store.commit(a_commit("case", revision))
        assert [record.revision for record in store.history("case", after=after)] == [1, 2, 3][after:]

    def test_s08_earlier_records_stay_as_they_were(self, store: Store) -> None:
        seen: tuple[RecordRow, ...] = ()
        for revision in range(1, 6):
            store.commit(a_commit("case", revision, state=f"state {revision}"))
            history = store.history("case")
            assert history[:-1] == seen
            seen = history

    def test_s08_a_case_that_is_not_there_has_no_history(self, store: Store) -> None:
        assert store.history("nobody") == ()
        assert store.load("nobody") is None

    # S9 A reader never sees half a commit

    def test_s09_readers_see_whole_commits_while_others_write(self, store: Store) -> None:
        last = 60
        store.commit(_telling("case", 1))
        written = threading.Event()
        problems: list[str] = []

        def write() -> None:
            try:
                for revision in range(2, last + 1):
                    store.commit(_telling("case", revision))
            finally:
                written.set()

        def read() -> None:
            while not written.is_set():
                problems.extend(_disagreements(store, "case"))

        assert at_once([write, read, read]) == [None] * 3
        assert problems == []
        assert len(store.history("case")) == last

    def test_s09_snapshot_history_deadlines_and_vault_agree_after_every_commit(self, store: Store) -> None:
        for revision in range(1, 8):
            store.commit(_telling("case", revision))
            assert _disagreements(store, "case") == []
            row = store.load("case")
            assert row is not None
            assert row.revision == revision
            assert len(store.due(2**60)) == revision % 3 + 1
            assert len(store.vault("case")) == revision

    def test_s09_find_and_children_follow_the_last_commit(self, store: Store) -> None:
        store.commit(a_commit("case", parent="parent", origin="origin", units=("a", "b"), reference="1"))
        now = a_commit(
            "case", 2, state="closed", final=True, parent="parent 2", origin="origin 2", units=("b", "c"), reference="2"
        )
        store.commit(now)
        gone = [Query(state="received"), Query(final=False), Query(parent="parent"), Query(origin="origin")]
        gone += [Query(unit="a"), Query(reference="1"), Query(unit="b", final=False)]
        assert [store.find(query) for query in gone] == [()] * len(gone)
        there = [Query(state="closed"), Query(final=True), Query(parent="parent 2"), Query(origin="origin 2")]
        there += [Query(unit="b"), Query(unit="c", final=True), Query(reference="2"), Query(lifecycle="complaint")]
        assert [store.find(query) for query in there] == [(now.case,)] * len(there)
        assert store.children("parent") == Children()
        assert store.children("parent 2") == Children({("complaint", "closed"): 1}, ())

    def test_s09_a_case_that_ends_is_found_among_the_ended_by_the_same_unit(self, store: Store) -> None:
        store.commit(a_commit("case", units=("unit",)))
        assert [row.case for row in store.find(Query(unit="unit", final=False))] == ["case"]
        store.commit(a_commit("case", 2, units=("unit",), final=True))
        assert store.find(Query(unit="unit", final=False)) == ()
        assert [row.case for row in store.find(Query(unit="unit", final=True))] == ["case"]
        store.commit(a_commit("case", 3, units=("unit",)))
        assert [row.case for row in store.find(Query(unit="unit", final=False))] == ["case"]

    def test_s15_find_holds_to_everything_that_is_given(self, store: Store) -> None:
        rows = []
        values = itertools.product(("complaint", "interview"), ("open", "done"), ("a", "b"), (True, False))
        for number, (lifecycle, state, unit, ended) in enumerate(values):
            commit = a_commit(
                f"case {number:02}",
                lifecycle=lifecycle,
                state=state,
                units=(unit,),
                final=ended,
                parent=f"parent {unit}",
                origin=f"origin {state}",
                reference=f"reference {number // 2}" if number % 2 else None,
            )
            store.commit(commit)
            rows.append(commit.case)
        given: dict[str, Any] = {
            "lifecycle": "complaint",
            "state": "open",
            "unit": "a",
            "parent": "parent a",
            "origin": "origin open",
        }
        for names in itertools.chain.from_iterable(itertools.combinations(given, size) for size in range(6)):
            for final in (None, True, False):
                for reference in (None, "reference 0"):
                    chosen = {name: given[name] for name in names}
                    query = Query(**chosen, final=final, reference=reference)
                    assert store.find(query) == tuple(row for row in rows if _fits(row, query)), query

    # S10 Text comes back as it went in

    @pytest.mark.parametrize("awkward", AWKWARD)
    def test_s10_awkward_text_comes_back_in_every_column(self, store: Store, awkward: str) -> None:
        text = AWKWARD[awkward]
        commit = _of_one_text(text)
        store.commit(commit)
        assert store.load(text) == commit.case
        assert store.history(text) == (commit.record,)
        assert store.keyed(text) == commit.record
        assert store.due(7) == commit.deadlines
        assert store.vault(text) == commit.vault
        assert store.definition(text) == commit.definition
        assert store.children(text) == Children({(text, text): 1}, (text,))
        for query in _by_each_column(text):
            assert store.find(query) == (commit.case,), query

    @pytest.mark.parametrize("twins", TWINS)
    def test_s10_texts_that_only_look_alike_are_kept_apart(self, store: Store, twins: str) -> None:
        commits = [_of_one_text(text) for text in TWINS[twins]]
        for commit in commits:
            store.commit(commit)
        for text, commit in zip(TWINS[twins], commits, strict=True):
            assert store.load(text) == commit.case
            assert store.keyed(text) == commit.record
            assert store.vault(text) == commit.vault
            assert store.definition(text) == commit.definition
            assert store.children(text).open_ids == (text,)
            for query in _by_each_column(text):
                assert store.find(query) == (commit.case,), query
        assert sorted(store.due(7), key=lambda row: row.case) == sorted(
            (row for commit in commits for row in (commit.deadlines or ())[:1]), key=lambda row: row.case
        )

    @pytest.mark.parametrize("twins", TWINS)
    def test_s10_limits_and_obligors_that_only_look_alike_are_kept_apart(self, store: Store, twins: str) -> None:
        one, two = TWINS[twins]
        pairs = [(one, one), (one, two), (two, one), (two, two)]
        deadlines = {a_deadline("case", 7, limit=limit, obligor=obligor) for limit, obligor in pairs}
        store.commit(a_commit("case", deadlines=tuple(deadlines), units=TWINS[twins]))
        assert set(store.due(7)) == deadlines
        row = store.load("case")
        assert row is not None
        assert row.units == TWINS[twins]

    @pytest.mark.parametrize("twins", TWINS)
    def test_s10_one_reference_and_its_twin_belong_to_two_cases(self, store: Store, twins: str) -> None:
        one, two = TWINS[twins]
        store.commit(a_commit("case", reference=one, key=one))
        store.commit(a_commit("other", reference=two, key=two))
        assert [row.case for row in store.find(Query(reference=two))] == ["other"]

    @pytest.mark.parametrize("page", [1, 2, 3, 100])
    def test_s15_find_pages_in_order_of_bytes(self, store: Store, page: int) -> None:
        ids = sorted({*AWKWARD.values(), *itertools.chain.from_iterable(TWINS.values())}, key=str.encode)
        for case in reversed(ids):
            store.commit(a_commit(case, units=("unit",), parent="parent"))
        for query in (Query(), Query(unit="unit"), Query(state="received"), Query(final=False), Query(parent="parent")):
            assert [row.case for row in find_all(store, query, page=page)] == ids
        assert list(store.children("parent").open_ids) == ids

    @pytest.mark.parametrize("moment", [0, -1, 253_402_300_799_999_999, -62_135_596_800_000_000])
    def test_s10_moments_come_back_to_the_microsecond(self, store: Store, moment: int) -> None:
        commit = a_commit("case", deadlines=(a_deadline("case", moment),))
        commit = attrs.evolve(commit, record=attrs.evolve(commit.record, recorded_at=moment))
        store.commit(commit)
        assert store.history("case") == (commit.record,)
        assert store.due(moment) == commit.deadlines
        assert store.due(moment - 1) == ()

    # S11 Due work is found by its alarm

    def test_s11_what_is_due_has_an_alarm_that_is_not_after_the_instant(self, store: Store) -> None:
        deadlines = tuple(a_deadline("case", alarm, number=alarm or 9) for alarm in (1, 2, 3, None))
        store.commit(a_commit("case", deadlines=deadlines))
        assert [store.due(before) for before in range(5)] == [deadlines[: min(before, 3)] for before in range(5)]

    def test_s11_what_is_due_is_that_of_the_last_commit(self, store: Store) -> None:
        kept = a_deadline("case", 1, limit="kept")
        store.commit(a_commit("case", deadlines=(kept, a_deadline("case", 2, limit="gone"), a_deadline("case", 3))))
        now = (kept, a_deadline("case", None), a_deadline("case", 5, number=2), a_deadline("case", 4, obligor="unit"))
        store.commit(a_commit("case", 2, deadlines=now))
        assert store.due(9) == (kept, now[3], now[2])
        later = attrs.evolve(kept, status="warned", due="2026-02-02")
        store.commit(a_commit("case", 3, deadlines=(later,)))
        assert store.due(9) == (later,)
        store.commit(a_commit("case", 4))
        assert store.due(9) == ()

    def test_s11_deadlines_that_a_commit_says_nothing_of_stay_as_they_were(self, store: Store) -> None:
        kept = a_deadline("case", 1)
        store.commit(a_commit("case", deadlines=(kept,)))
        store.commit(a_commit("other", deadlines=None))
        store.commit(a_commit("case", 2, deadlines=None))
        assert (store.due(9), store.owed("9999")) == ((kept,), (kept,))

    @pytest.mark.parametrize("page", [1, 2, 3, 5, 100])
    def test_s11_due_work_comes_page_by_page_the_earliest_first(self, store: Store, page: int) -> None:
        rows = [
            a_deadline(case, alarm, limit=limit, obligor=obligor, number=number)
            for case in ("a", "B", "é", "𠮷")
            for limit in ("answer", "Answer")
            for obligor in ("", "单位")
            for number, alarm in ((1, 5), (2, 3), (10, 5))
        ]
        for case in ("𠮷", "a", "é", "B"):
            store.commit(a_commit(case, deadlines=tuple(row for row in rows if row.case == case)))

        def place(row: DeadlineRow) -> tuple[int, bytes, bytes, bytes, int]:
            assert row.alarm is not None
            return row.alarm, row.case.encode(), row.limit.encode(), row.obligor.encode(), row.number

        assert list(due_all(store, 5, page=page)) == sorted(rows, key=place)

    # S16 What is owed is found by its due date

    def test_s16_what_is_owed_is_due_by_the_day_and_still_owed(self, store: Store) -> None:
        early, late = (a_deadline("case", 1, number=day, due=f"2026-01-0{day}") for day in (1, 2))
        met = a_deadline("case", None, number=3, due="2026-01-01", owed=False)
        missed = a_deadline("case", None, number=4, due="2025-12-31", status="missed")
        store.commit(a_commit("case", deadlines=(early, late, met, missed)))
        assert store.owed("2025-12-30") == ()
        assert store.owed("2026-01-01") == (missed, early)
        assert store.owed("2026-01-02") == (missed, early, late)
        store.commit(a_commit("case", 2, deadlines=(attrs.evolve(missed, owed=False), early, late)))
        assert store.owed("2026-01-01") == (early,)

    @pytest.mark.parametrize("page", [1, 2, 3, 5, 100])
    def test_s16_what_is_owed_comes_page_by_page_the_earliest_first(self, store: Store, page: int) -> None:
        rows = [
            a_deadline(case, None, limit=limit, obligor=obligor, number=number, due=f"2026-01-0{day}")
            for case in ("a", "B", "é", "𠮷")
            for limit in ("answer", "Answer")
            for obligor in ("", "单位")
            for number, day in ((1, 5), (2, 3), (10, 5))
        ]
        for case in ("𠮷", "a", "é", "B"):
            store.commit(a_commit(case, deadlines=tuple(row for row in rows if row.case == case)))

        def place(row: DeadlineRow) -> tuple[str, bytes, bytes, bytes, int]:
            return row.due, row.case.encode(), row.limit.encode(), row.obligor.encode(), row.number

        assert list(owed_all(store, "2026-01-05", page=page)) == sorted(rows, key=place)

    # S12 A definition is kept once

    def test_s12_a_definition_is_kept_by_its_fingerprint_and_never_replaced(self, store: Store) -> None:
        first = DefinitionRow("fingerprint", "complaint", 1, "profile", "{}")
        store.commit(a_commit("case", definition=first))
        store.commit(a_commit("other", definition=attrs.evolve(first, version=2, text="another")))
        assert store.definition("fingerprint") == first

    def test_s12_a_definition_can_come_with_a_later_commit(self, store: Store) -> None:
        first, second = (DefinitionRow(name, "complaint", 1, "profile", "{}") for name in ("first", "second"))
        store.commit(a_commit("case", definition=first))
        store.commit(a_commit("case", 2, definition=second))
        assert (store.definition("first"), store.definition("second")) == (first, second)

    def test_s12_an_unknown_fingerprint_has_no_definition(self, store: Store) -> None:
        assert store.definition("unknown") is None

    # S13 Vault rows are kept with their commit

    def test_s13_vault_rows_gather_in_order_of_commitment(self, store: Store) -> None:
        rows = {name: a_vault_row("case", name) for name in ("b", "a", "C", "d")}
        store.commit(a_commit("case", vault=(rows["b"], rows["d"])))
        store.commit(a_commit("case", 2))
        store.commit(a_commit("case", 3, vault=(rows["a"], rows["C"])))
        store.commit(a_commit("other", vault=(a_vault_row("other", "e"),)))
        assert store.vault("case") == tuple(rows[name] for name in ("C", "a", "b", "d"))
        assert store.vault("nobody") == ()

    def test_s13_a_refused_commit_leaves_no_vault_row(self, store: Store) -> None:
        store.commit(a_commit("case"))
        with pytest.raises(ConflictError):
            store.commit(a_commit("case", 1, vault=(a_vault_row("case", "secret"),)))
        assert store.vault("case") == ()
        store.commit(a_commit("case", 2, vault=(a_vault_row("case", "secret"),)))

    def test_s13_a_commitment_that_is_kept_is_never_replaced(self, store: Store) -> None:
        row = a_vault_row("case", "secret")
        store.commit(a_commit("case", vault=(row,)))
        before = everything(store, ["case", "other"])
        with pytest.raises(StoreError):
            store.commit(a_commit("other", vault=(attrs.evolve(row, case="other", text="another"),)))
        assert everything(store, ["case", "other"]) == before

    # S14 No driver's exception escapes

    @pytest.mark.parametrize("reason", ["record of another case", "record of another revision", "twice", "stranger"])
    def test_s14_a_commit_that_contradicts_itself_raises_a_store_error(self, store: Store, reason: str) -> None:
        good = a_commit("case")
        twice = (a_deadline("case", 1), a_deadline("case", 2, status="warned"))
        bad = {
            "record of another case": attrs.evolve(good, record=a_commit("other").record),
            "record of another revision": attrs.evolve(good, case=a_commit("case", 2).case),
            "twice": attrs.evolve(good, deadlines=twice),
            "stranger": attrs.evolve(good, deadlines=(a_deadline("other", 1),)),
        }[reason]
        before = everything(store, ["case", "other"])
        with pytest.raises(StoreError):
            store.commit(bad)
        assert everything(store, ["case", "other"]) == before

    @pytest.mark.parametrize("text", ["\ud800", "a\0b"], ids=["lone surrogate", "U+0000"])
    def test_s14_reading_by_text_that_cannot_be_kept_finds_nothing_or_raises_a_store_error(
        self, store: Store, text: str
    ) -> None:
        store.commit(a_commit("a", key="a", reference="a", parent="a", units=("a",)))
        reads: list[Callable[[], object]] = [
            lambda: store.load(text),
            lambda: store.history(text),
            lambda: store.keyed(text),
            lambda: store.find(Query(unit=text)),
            lambda: store.find(Query(reference=text)),
            lambda: store.children(text).open_ids,
            lambda: store.definition(text),
            lambda: store.vault(text),
        ]
        for read in reads:
            try:
                assert not read()
            except StoreError:
                continue

    def test_s14_a_number_that_is_too_large_is_kept_or_raises_a_store_error(self, store: Store) -> None:
        commit = a_commit("case", deadlines=(a_deadline("case", 2**70),))
        before = everything(store, ["case"])
        try:
            store.commit(commit)
        except StoreError:
            assert everything(store, ["case"]) == before
        else:
            assert store.due(2**70) == commit.deadlines

    @pytest.mark.parametrize("limit", [0, -1])
    def test_s14_a_page_of_less_than_one_row_raises_a_store_error(self, store: Store, limit: int) -> None:
        with pytest.raises(StoreError):
            store.find(Query(limit=limit))
        with pytest.raises(StoreError):
            store.due(1, limit=limit)

    def test_s14_the_page_after_a_deadline_without_an_alarm_raises_a_store_error(self, store: Store) -> None:
        with pytest.raises(StoreError):
            store.due(1, after=a_deadline("case", None))

    def test_s14_a_closed_store_serves_or_raises_a_store_error(self, store: Store) -> None:
        store.close()
        for use in (lambda: store.load("case"), lambda: store.commit(a_commit("case")), lambda: store.find(Query())):
            try:
                use()
            except StoreError:
                continue

    # All of them

    def test_every_clause_holds_through_any_sequence_of_commits(self, store: Store) -> None:
        examples = itertools.count(1)

        class Machine(StoreMachine):
            def __init__(self) -> None:
                super().__init__(store, next(examples))

        settings = hypothesis.settings(
            max_examples=max(hypothesis.settings().max_examples // 4, 1),  # each is some thirty commits
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        stateful.run_state_machine_as_test(Machine, settings=settings)


def _spoilt(commit: Commit, part: str, text: str) -> Commit:
    """Return a commit with one text replaced, in the last row of its part."""
    match part:
        case "the record":
            return attrs.evolve(commit, record=attrs.evolve(commit.record, text=text))
        case "the snapshot":
            return attrs.evolve(commit, case=attrs.evolve(commit.case, text=text))
        case "a deadline":
            *others, last = commit.deadlines or ()
            return attrs.evolve(commit, deadlines=(*others, attrs.evolve(last, status=text)))
        case "a vault row":
            row = attrs.evolve(commit.vault[-1], text=text)
            return attrs.evolve(commit, vault=(*commit.vault[:-1], row))
        case _:
            assert commit.definition is not None
            return attrs.evolve(commit, definition=attrs.evolve(commit.definition, text=text))


def _of_one_text(text: str) -> Commit:
    """Return a commit with a text in every column."""
    return Commit(
        RecordRow(text, 1, text, text, 1, text, text),
        CaseRow(text, 1, text, text, text, False, text, text, text, (text, f"{text}2"), text, text),  # noqa: FBT003
        (DeadlineRow(text, text, text, 1, text, "2026-01-09", True, 7),),  # noqa: FBT003
        (VaultRow(text, text, text, text),),
        DefinitionRow(text, text, 1, text, text),
    )


def _by_each_column(text: str) -> list[Query]:
    return [
        Query(lifecycle=text),
        Query(state=text),
        Query(unit=text),
        Query(reference=text),
        Query(parent=text),
        Query(origin=text),
    ]


def _telling(case: str, revision: int) -> Commit:
    """Return a commit each of whose rows tells its revision, with one to three deadlines."""
    deadlines = tuple(
        a_deadline(case, 1, number=number, status=f"as of {revision}") for number in range(1, revision % 3 + 2)
    )
    vault = (a_vault_row(case, f"{revision:04}"),)
    return a_commit(case, revision, state=f"state {revision % 2}", deadlines=deadlines, vault=vault)


def _disagreements(store: Store, case: str) -> list[str]:
    """Read a case, what changes least first, and return what cannot come from whole commits of ``_telling``."""
    seen = len(store.history(case))
    row = store.load(case)
    assert row is not None
    history = store.history(case)
    vault = store.vault(case)
    due = store.due(1)
    of = int(due[0].status.removeprefix("as of ")) if due else 0
    found = store.find(Query())
    wrong = {
        f"the snapshot mixes commits: {row}": row != _telling(case, row.revision).case,
        f"a snapshot of revision {row.revision} was read after {seen} records": row.revision < seen,
        f"the history has gaps: {history}": [record.revision for record in history] != [*range(1, len(history) + 1)],
        f"{len(history)} records were read after a snapshot of revision {row.revision}": len(history) < row.revision,
        f"{len(vault)} vault rows were read after {len(history)} records": len(vault) < len(history),
        f"deadlines of revision {of} were read after a snapshot of revision {row.revision}": of < row.revision,
        f"the deadlines mix commits: {due}": due != _telling(case, of).deadlines,
        f"what was found mixes commits: {found}": found != tuple(_telling(case, row.revision).case for row in found),
    }
    return [problem for problem, is_there in wrong.items() if is_there]


def _fits(row: CaseRow, query: Query) -> bool:
    given = {name: value for name, value in attrs.asdict(query).items() if value is not None}
    unit = given.pop("unit", None)
    after, _ = given.pop("after"), given.pop("limit")
    matches = all(getattr(row, name) == value for name, value in given.items())
    return matches and row.case.encode() > after.encode() and (unit is None or unit in row.units)


_NAMES: Final = ("a", "A", "a ", "é", "e\u0301", "单位", "𠮷", "'--")
_WINDOW: Final = 1_000
_Value = TypeVar("_Value")


class StoreMachine(stateful.RuleBasedStateMachine):
    """Drives a store and a model of dictionaries with legal and illegal commits, and compares all that can be read.

    All examples share the store, as an empty one may be dear to make. Each names its cases after its number, so that
    they sort behind those of the examples before, and sets its alarms ahead of theirs.
    """

    def __init__(self, store: Store, example: int) -> None:
        super().__init__()
        self.store = store
        self.prefix = f"{example:08}/"
        self.first_alarm = 2**52 - example * _WINDOW
        self.histories: dict[str, list[RecordRow]] = {}
        self.rows: dict[str, CaseRow] = {}
        self.deadlines: dict[str, tuple[DeadlineRow, ...]] = {}
        self.vaults: dict[str, list[VaultRow]] = {}
        self.definitions: dict[str, DefinitionRow] = {}
        self.keys: dict[str, RecordRow] = {}
        self.secrets = itertools.count()

    @stateful.rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        """Commit something, mostly legal, and compare the outcome with the model's."""
        commit = self._drawn(data)
        if refusals := self._refusals(commit):
            with pytest.raises(tuple(refusals)):
                self.store.commit(commit)
        else:
            self.store.commit(commit)
            self._keep(commit)

    @stateful.rule(
        given=st.fixed_dictionaries(
            {},
            optional={
                "lifecycle": st.sampled_from(["complaint", "interview"]),
                "state": st.sampled_from(_NAMES),
                "unit": st.sampled_from(_NAMES),
                "final": st.booleans(),
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
        expected = sorted((row for row in self.rows.values() if _fits(row, query)), key=lambda row: row.case.encode())
        assert list(find_all(self.store, query, page=page)) == expected

    @stateful.rule(offset=st.integers(0, 3), page=st.integers(1, 4))
    def due(self, offset: int, page: int) -> None:
        """Read what is due up to some instant, page by page."""
        before = self.first_alarm + offset
        rows = itertools.chain.from_iterable(self.deadlines.values())
        expected = sorted(
            (row.alarm, row.case.encode(), row.limit.encode(), row.obligor.encode(), row.number, row)
            for row in rows
            if row.alarm is not None and row.alarm <= before
        )
        assert list(due_all(self.store, before, page=page)) == [place[-1] for place in expected]

    @stateful.rule(page=st.integers(1, 4))
    def owed(self, page: int) -> None:
        """Read what is owed, page by page."""
        rows = itertools.chain.from_iterable(self.deadlines.values())
        expected = sorted(
            (row.due, row.case.encode(), row.limit.encode(), row.obligor.encode(), row.number, row)
            for row in rows
            if row.owed
        )
        own = [row for row in owed_all(self.store, "9999", page=page) if row.case.startswith(self.prefix)]
        assert own == [place[-1] for place in expected]

    @stateful.invariant()
    def all_that_is_read_by_name_agrees(self) -> None:
        """Compare everything that is read by the name of a case, key or fingerprint."""
        for name in _NAMES:
            case = self.prefix + name
            assert self.store.load(case) == self.rows.get(case)
            assert self.store.history(case) == tuple(self.histories.get(case, ()))
            assert self.store.children(case) == self._children(case)
            vault = sorted(self.vaults.get(case, ()), key=lambda row: row.commitment)
            assert self.store.vault(case) == tuple(vault)
            assert self.store.keyed(case) == self.keys.get(case)
            assert self.store.definition(case) == self.definitions.get(case)

    def _drawn(self, data: st.DataObject) -> Commit:
        def one_of(*values: _Value) -> _Value:
            return data.draw(st.sampled_from(values))

        def maybe() -> str | None:
            return data.draw(st.none() | st.sampled_from(_NAMES).map(lambda name: self.prefix + name))

        case = self.prefix + one_of(*_NAMES)
        row = self.rows.get(case)
        stays = row is not None and data.draw(st.booleans())
        revision = (0 if row is None else row.revision) + one_of(1, 1, 1, 1, 1, 0, 2)
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
            expects=tuple(data.draw(st.lists(self._expectations(), max_size=2))),
        )
        if row is not None and stays:
            commit = attrs.evolve(
                commit, case=attrs.evolve(row, revision=revision, head=commit.case.head, text=commit.case.text)
            )
        return commit

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

    def _expectations(self) -> st.SearchStrategy[Expectation]:
        case = st.sampled_from(_NAMES).map(lambda name: self.prefix + name)
        broken = st.builds(InState, case, st.sampled_from(_NAMES))
        stale = st.builds(ChildrenAre, case, st.just(Children({("complaint", "a"): 1}, ())))
        true_children = case.map(lambda parent: ChildrenAre(parent, self._children(parent)))
        kept = [InState(row.case, row.state) for row in self.rows.values()]
        return st.one_of(true_children, true_children, *([st.sampled_from(kept)] * 3 if kept else []), broken, stale)

    def _refusals(self, commit: Commit) -> set[type[StoreError]]:
        record, case = commit.record, commit.case
        stored = self.rows.get(case.case)
        found: set[type[StoreError]] = set()
        if record.revision != (0 if stored is None else stored.revision) + 1:
            found.add(ConflictError)
        if not all(map(self._holds, commit.expects)):
            found.add(ConflictError)
        if record.key in self.keys:
            found.add(KeyReusedError)
        named = (case.lifecycle, case.reference)
        others = [row for row in self.rows.values() if row.case != case.case]
        if case.reference is not None and named in [(row.lifecycle, row.reference) for row in others]:
            found.add(ReferenceTakenError)
        return found

    def _holds(self, expectation: Expectation) -> bool:
        if isinstance(expectation, InState):
            row = self.rows.get(expectation.case)
            return row is not None and row.state == expectation.state
        return self._children(expectation.parent) == expectation.children

    def _children(self, parent: str) -> Children:
        rows = [row for row in self.rows.values() if row.parent == parent]
        counts: dict[tuple[str, str], int] = {}
        for row in rows:
            counts[row.lifecycle, row.state] = counts.get((row.lifecycle, row.state), 0) + 1
        return Children(counts, tuple(sorted((row.case for row in rows if not row.final), key=str.encode)))

    def _keep(self, commit: Commit) -> None:
        record, case = commit.record, commit.case
        self.rows[case.case] = case
        self.histories.setdefault(case.case, []).append(record)
        if commit.deadlines is not None:
            self.deadlines[case.case] = commit.deadlines
        self.vaults.setdefault(case.case, []).extend(commit.vault)
        if record.key is not None:
            self.keys[record.key] = record
        if commit.definition is not None:
            self.definitions.setdefault(commit.definition.fingerprint, commit.definition)

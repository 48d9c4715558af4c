"""What every store is held to: S1 to S17, S26 and S27."""
# These are tests: they assert, their names are their sentences, and expected numbers speak for themselves.
# ruff: noqa: D102, PLR2004, S101

import itertools
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any, ClassVar, Final

import attrs
import pytest

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import (
    Children,
    ChildrenAre,
    Commit,
    DeadlineRow,
    DefinitionRow,
    InState,
    Query,
    RecordRow,
    Store,
)
from yingshang_flow.testing.store_contract.clocks import ZONES, in_time_zone
from yingshang_flow.testing.store_contract.rows import (
    AWKWARD,
    TWINS,
    Interrupted,
    a_commit,
    a_deadline,
    a_name_of,
    a_vault_row,
    by_each_column,
    interrupting,
    of_one_text,
    spoilt,
    telling,
)
from yingshang_flow.testing.store_contract.seeing import (
    at_once,
    disagreements,
    due_all,
    everything,
    find_all,
    fits,
    owed_all,
)
from yingshang_flow.testing.store_report import NotClaimedError

Reopen = Callable[[], Store]
"""Opens another store over the data of the one under test."""

MOMENTS: Final = {
    "epoch": 0,
    "just before the epoch": -1,
    "year 1": -62_135_596_800_000_000,
    "year 9999": 253_402_300_799_999_999,
    "half past one in New York": 1_793_511_000_000_000,
    "half past one in New York once more, as its clocks go back": 1_793_514_600_000_000,
    "just after its clocks went forward": 1_772_953_200_000_001,
}
"""Integer microseconds since 1970 UTC."""

LONG_NAMES: Final[dict[str, Callable[[str], Commit]]] = {
    "case": a_commit,
    "key": lambda name: a_commit("case", key=name),
    "state": lambda name: a_commit("case", state=name),
    "lifecycle": lambda name: a_commit("case", lifecycle=name),
    "reference": lambda name: a_commit("case", reference=name),
    "parent": lambda name: a_commit("case", parent=name),
    "origin": lambda name: a_commit("case", origin=name),
    "unit": lambda name: a_commit("case", units=("unit", name)),
    "limit": lambda name: a_commit("case", deadlines=(a_deadline("case", 1, limit=name),)),
    "obligor": lambda name: a_commit("case", deadlines=(a_deadline("case", 1, obligor=name),)),
    "status": lambda name: a_commit("case", deadlines=(a_deadline("case", 1, status=name),)),
    "commitment": lambda name: a_commit("case", vault=(attrs.evolve(a_vault_row("case", "a"), commitment=name),)),
    "fingerprint": lambda name: a_commit("case", definition=DefinitionRow(name, "complaint", 1, "p", "{}")),
    "profile": lambda name: a_commit("case", definition=DefinitionRow("f", "complaint", 1, name, "{}")),
}
"""A commit with a name in each column that holds one."""


class CoreContract:
    """The clauses of every store."""

    store_contract_level: ClassVar = "core"

    @pytest.fixture
    def another(self, reopen: Reopen | None) -> Reopen:
        """Return what opens another store over the same data."""
        if reopen is None:
            message = "the data end with the store; override the fixture `reopen` if they do not"
            raise NotClaimedError(message)
        return reopen

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
    @pytest.mark.parametrize("rows", ["deadlines", "vault", "erases", "expects"])
    def test_s01_an_interrupted_commit_is_kept_whole_or_not_at_all(self, store: Store, step: str, rows: str) -> None:
        store.commit(a_commit("other"))
        for time in range(1, 6):
            case, key, opens = f"case {time}", f"key {time}", step == "opening"
            if not opens:
                vault = (a_vault_row(case, f"to erase {time}"),)
                store.commit(a_commit(case, units=("unit",), deadlines=(a_deadline(case, 1),), vault=vault))
            before = everything(store, [case, "other"], [key])
            commit = a_commit(
                case,
                1 if opens else 2,
                key=key,
                state="accepted" if step == "a move" else "received",
                units=("unit",),
                deadlines=(a_deadline(case, 10 - time),),
                vault=(a_vault_row(case, f"secret {time}"),),
                erases=() if opens else (f"to erase {time}",),
                definition=DefinitionRow(f"new {time}", "complaint", 1, "p", "{}") if opens else None,
                expects=(InState("other", "received"),),
            )
            try:
                store.commit(interrupting(commit, rows, time))
            except Interrupted:
                if store.load(case) != commit.case:
                    assert everything(store, [case, "other"], [key]) == before
                    store.commit(commit)  # and the store goes on
            assert store.load(case) == commit.case
            assert store.history(case)[-1] == commit.record
            assert store.keyed(key) == commit.record
            assert store.due(10 - time) == commit.deadlines
            assert store.vault(case) == commit.vault
            if commit.definition is not None:
                assert store.definition(f"new {time}") == commit.definition

    # S2 Durable

    def test_s02_what_is_committed_is_read_by_another_store(self, store: Store, another: Reopen) -> None:
        commits = [a_commit("case", revision, deadlines=(a_deadline("case", revision),)) for revision in range(1, 4)]
        for commit in commits:
            store.commit(commit)
            with closing(another()) as other:
                assert other.load("case") == commit.case
                assert other.history("case")[-1] == commit.record
                assert other.due(9) == commit.deadlines

    def test_s02_what_is_committed_is_there_after_closing(self, store: Store, another: Reopen) -> None:
        commit = a_commit("case", key="key", vault=(a_vault_row("case", "secret"),))
        store.commit(commit)
        store.close()
        store.close()
        with closing(another()) as other:
            assert other.load("case") == commit.case
            assert other.keyed("key") == commit.record
            assert other.vault("case") == commit.vault

    def test_s02_a_store_that_has_long_been_open_reads_what_another_commits(
        self, store: Store, another: Reopen
    ) -> None:
        with closing(another()) as other:
            for revision in range(1, 4):
                commit = a_commit("case", revision)
                (store if revision % 2 else other).commit(commit)
                assert [seeing.load("case") for seeing in (store, other)] == [commit.case] * 2

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
            errors = at_once(partial(store.commit, commit) for commit in commits)
            assert [type(error) for error in errors if error is not None] == [ConflictError] * 7
            winner = commits[errors.index(None)]
            assert store.load(case) == winner.case
            assert store.history(case)[revision - 1 :] == (winner.record,)

    def test_s03_threads_that_try_again_lose_no_update(self, store: Store) -> None:
        store.commit(a_commit("case"))

        def act_five_times(name: str) -> None:
            for number in range(5):
                while True:
                    row = store.load("case")
                    assert row is not None
                    try:
                        store.commit(a_commit("case", row.revision + 1, text=f"{name}-{number}"))
                    except ConflictError:
                        continue
                    break

        assert at_once(partial(act_five_times, name) for name in "abcdefgh") == [None] * 8
        history = store.history("case")
        assert [record.revision for record in history] == list(range(1, 42))
        assert sorted(record.text for record in history[1:]) == [f"{name}-{n}" for name in "abcdefgh" for n in range(5)]

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
            errors = at_once([partial(store.commit, close), partial(store.commit, open_)])
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
            errors = at_once(partial(store.commit, commit) for commit in commits)
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
            errors = at_once(partial(store.commit, commit) for commit in commits)
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
            store.commit(spoilt(good, part, f"text {character} text"))
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
        store.commit(telling("case", 1))
        written = threading.Event()
        problems: list[str] = []

        def write() -> None:
            try:
                for revision in range(2, last + 1):
                    store.commit(telling("case", revision))
            finally:
                written.set()

        def read() -> None:
            while not written.is_set():
                problems.extend(disagreements(store, "case"))

        assert at_once([write, read, read]) == [None] * 3
        assert problems == []
        assert len(store.history("case")) == last

    def test_s09_snapshot_history_deadlines_and_vault_agree_after_every_commit(self, store: Store) -> None:
        for revision in range(1, 8):
            store.commit(telling("case", revision))
            assert disagreements(store, "case") == []
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

    # S10 Text comes back as it went in

    @pytest.mark.parametrize("awkward", AWKWARD)
    def test_s10_awkward_text_comes_back_in_every_column(self, store: Store, awkward: str) -> None:
        text = AWKWARD[awkward]
        commit = of_one_text(text)
        store.commit(commit)
        assert store.load(text) == commit.case
        assert store.history(text) == (commit.record,)
        assert store.keyed(text) == commit.record
        assert store.due(7) == commit.deadlines
        assert store.vault(text) == commit.vault
        assert store.definition(text) == commit.definition
        assert store.children(text) == Children({(text, text): 1}, (text,))
        for query in by_each_column(text):
            assert store.find(query) == (commit.case,), query

    @pytest.mark.parametrize("twins", TWINS)
    def test_s10_texts_that_only_look_alike_are_kept_apart(self, store: Store, twins: str) -> None:
        commits = [of_one_text(text) for text in TWINS[twins]]
        for commit in commits:
            store.commit(commit)
        for text, commit in zip(TWINS[twins], commits, strict=True):
            assert store.load(text) == commit.case
            assert store.keyed(text) == commit.record
            assert store.vault(text) == commit.vault
            assert store.definition(text) == commit.definition
            assert store.children(text).open_ids == (text,)
            for query in by_each_column(text):
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

    @pytest.mark.parametrize("zone", ZONES)
    def test_s10_moments_come_back_to_the_microsecond_in_every_time_zone(self, store: Store, zone: str) -> None:
        for moment, at in MOMENTS.items():
            with in_time_zone(zone):
                commit = a_commit(moment, deadlines=(a_deadline(moment, at),))
                commit = attrs.evolve(commit, record=attrs.evolve(commit.record, recorded_at=at))
                store.commit(commit)
            assert store.history(moment) == (commit.record,)
        assert [row.alarm for row in due_all(store, before=2**62)] == sorted(MOMENTS.values())
        for at in MOMENTS.values():
            assert store.due(at)[-1].alarm == at
            assert at not in [row.alarm for row in store.due(at - 1)]

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

    # S15 Cases are found by their last snapshot

    def test_s15_find_holds_to_everything_that_is_given(self, store: Store) -> None:
        rows = []
        deadlines: dict[str, tuple[DeadlineRow, ...]] = {}
        owed: list[tuple[bool, ...]] = [(), (False,), (True,), (False, True)]
        values = itertools.product(("complaint", "interview"), ("open", "done"), ("a", "b"), (True, False), owed)
        for number, (lifecycle, state, unit, ended, each) in enumerate(values):
            case = f"case {number:02}"
            deadlines[case] = tuple(
                a_deadline(case, 1, number=which, owed=is_owed) for which, is_owed in enumerate(each)
            )
            commit = a_commit(
                case,
                lifecycle=lifecycle,
                state=state,
                units=(unit,),
                final=ended,
                parent=f"parent {unit}",
                origin=f"origin {state}",
                reference=f"reference {number // 2}" if number % 2 else None,
                deadlines=deadlines[case],
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
            for final, owing in itertools.product((None, True, False), repeat=2):
                for reference in (None, "reference 0"):
                    chosen = {name: given[name] for name in names}
                    query = Query(**chosen, final=final, owing=owing, reference=reference)
                    expected = tuple(row for row in rows if fits(row, query, deadlines[row.case]))
                    assert store.find(query) == expected, query

    def test_s15_what_is_owed_is_that_of_the_last_commit(self, store: Store) -> None:
        owed = a_deadline("case", 1)
        rows = [
            a_commit("case", revision, deadlines=deadlines)
            for revision, deadlines in enumerate(((owed,), None, (attrs.evolve(owed, owed=False),), (owed,), ()), 1)
        ]
        for commit, owing in zip(rows, (True, True, False, True, False), strict=True):
            store.commit(commit)
            assert store.find(Query(owing=owing)) == (commit.case,)
            assert store.find(Query(owing=not owing)) == ()

    @pytest.mark.parametrize("page", [1, 2, 3, 100])
    def test_s15_find_pages_in_order_of_bytes(self, store: Store, page: int) -> None:
        ids = sorted({*AWKWARD.values(), *itertools.chain.from_iterable(TWINS.values())}, key=str.encode)
        for case in reversed(ids):
            deadlines = tuple(a_deadline(case, 1, number=number) for number in (1, 2))
            store.commit(a_commit(case, units=("unit",), parent="parent", deadlines=deadlines))
        queries = [Query(), Query(unit="unit"), Query(state="received"), Query(final=False), Query(parent="parent")]
        for query in (*queries, Query(owing=True), Query(owing=True, state="received")):
            assert [row.case for row in find_all(store, query, page=page)] == ids
        assert list(store.children("parent").open_ids) == ids

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

    @pytest.mark.parametrize("state", ["received", "accepted"])
    def test_s12_a_case_has_the_fingerprint_of_its_last_commit(self, store: Store, state: str) -> None:
        first, second = (DefinitionRow(name, "complaint", 1, "profile", "{}") for name in ("first", "second"))
        store.commit(a_commit("case", definition=first))
        for revision, definition in ((2, second), (3, first)):
            commit = a_commit("case", revision, state=state, definition=definition)
            store.commit(commit)
            assert store.load("case") == commit.case
            assert store.find(Query(lifecycle="complaint")) == (commit.case,)

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

    # S17 Erased is gone

    def test_s17_erased_values_are_gone_and_the_others_stay(self, store: Store) -> None:
        rows = [a_vault_row("case", name) for name in "abcd"]
        store.commit(a_commit("case", vault=tuple(rows)))
        store.commit(a_commit("other", vault=(a_vault_row("other", "e"),)))
        store.commit(a_commit("case", 2, erases=("c", "a")))
        assert store.vault("case") == (rows[1], rows[3])
        store.commit(a_commit("case", 3, erases=("b",), vault=(a_vault_row("case", "f"),)))
        assert store.vault("case") == (rows[3], a_vault_row("case", "f"))
        assert store.vault("other") == (a_vault_row("other", "e"),)
        assert len(store.history("case")) == 3

    def test_s17_what_one_store_erases_no_other_reads(self, store: Store, another: Reopen) -> None:
        store.commit(a_commit("case", vault=(a_vault_row("case", "a"), a_vault_row("case", "b"))))
        with closing(another()) as other:
            assert len(other.vault("case")) == 2
            store.commit(a_commit("case", 2, erases=("a",)))
            assert other.vault("case") == (a_vault_row("case", "b"),)
        store.close()
        with closing(another()) as other:
            assert other.vault("case") == (a_vault_row("case", "b"),)

    @pytest.mark.parametrize("reason", ["revision", "expectation", "key", "reference", "another value"])
    def test_s17_a_refused_commit_erases_nothing(self, store: Store, reason: str) -> None:
        store.commit(a_commit("case", key="key", vault=(a_vault_row("case", "secret"),)))
        store.commit(a_commit("other", reference="12345"))
        before = everything(store, ["case", "other"], ["key"])
        refused = a_commit(
            "case",
            3 if reason == "revision" else 2,
            key="key" if reason == "key" else None,
            reference="12345" if reason == "reference" else None,
            expects=(InState("other", "accepted"),) if reason == "expectation" else (),
            erases=("secret", "never kept") if reason == "another value" else ("secret",),
        )
        with pytest.raises(StoreError):
            store.commit(refused)
        assert everything(store, ["case", "other"], ["key"]) == before

    @pytest.mark.parametrize("commitment", ["never kept", "of another case", "erased before", "added by itself"])
    def test_s17_to_erase_what_is_not_kept_raises_a_store_error(self, store: Store, commitment: str) -> None:
        store.commit(a_commit("case", vault=(a_vault_row("case", "erased before"),)))
        store.commit(a_commit("case", 2, erases=("erased before",)))
        store.commit(a_commit("other", vault=(a_vault_row("other", "of another case"),)))
        before = everything(store, ["case", "other"])
        vault = (a_vault_row("case", commitment),) if commitment == "added by itself" else ()
        with pytest.raises(StoreError):
            store.commit(a_commit("case", 3, vault=vault, erases=(commitment,)))
        assert everything(store, ["case", "other"]) == before

    # S27 The deadlines of a case

    def test_s27_the_deadlines_of_a_case_are_all_that_were_last_kept(self, store: Store) -> None:
        rows = (
            attrs.evolve(a_deadline("case", 2), number=2),
            attrs.evolve(a_deadline("case", 2), number=1, alarm=None),
        )
        store.commit(a_commit("case", deadlines=rows))
        store.commit(a_commit("other", deadlines=(a_deadline("other", 1),)))
        assert store.deadlines("case") == (rows[1], rows[0])
        store.commit(a_commit("case", 2, deadlines=None))
        assert store.deadlines("case") == (rows[1], rows[0])
        store.commit(a_commit("case", 3, deadlines=(rows[0],)))
        assert store.deadlines("case") == (rows[0],)
        assert store.deadlines("nobody") == ()

    def test_s27_deadlines_come_in_order_of_their_names_by_bytes(self, store: Store) -> None:
        names = [(limit, obligor) for limit in ("B", "a", "区") for obligor in ("", "Z", "b", "市")]
        rows = [attrs.evolve(a_deadline("case", 1), limit=limit, obligor=obligor) for limit, obligor in names]
        store.commit(a_commit("case", deadlines=tuple(reversed(rows))))
        assert store.deadlines("case") == tuple(rows)

    # S26 Names are short

    def test_s26_names_of_800_bytes_that_nothing_compresses_come_back_and_are_found(self, store: Store) -> None:
        commits = [of_one_text(a_name_of(800, seed)) for seed in range(3)]
        for commit in commits:
            store.commit(commit)
        for commit in commits:
            name = commit.case.case
            assert store.load(name) == commit.case
            assert store.history(name) == (commit.record,)
            assert store.keyed(name) == commit.record
            assert store.vault(name) == commit.vault
            assert store.definition(name) == commit.definition
            assert store.children(name).open_ids == (name,)
            for query in by_each_column(name):
                assert store.find(query) == (commit.case,), query
        names = sorted((commit.case.case for commit in commits), key=str.encode)
        assert [row.case for row in due_all(store, 7, page=1)] == names
        assert [row.case for row in owed_all(store, "9999", page=1)] == names

    @pytest.mark.parametrize("column", LONG_NAMES)
    def test_s26_a_name_of_801_bytes_is_refused_and_changes_nothing(self, store: Store, column: str) -> None:
        before = everything(store, ["case"])
        with pytest.raises(StoreError):
            store.commit(LONG_NAMES[column](a_name_of(801)))
        assert everything(store, ["case"]) == before
        store.commit(LONG_NAMES[column](a_name_of(800)))

    def test_s26_a_due_date_of_more_than_ten_characters_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError):
            store.commit(a_commit("case", deadlines=(a_deadline("case", 1, due="2026-01-09T00:00"),)))
        assert store.load("case") is None

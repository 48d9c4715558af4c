"""What a store is held to that counts for the assessment of units: S28 to S30."""
# These are tests: they assert, their names are their sentences, and expected numbers speak for themselves.
# ruff: noqa: D102, PLR2004, S101

from functools import partial
from typing import ClassVar, Final

import attrs
import pytest

from yingshang_flow.errors import ConflictError, StoreError
from yingshang_flow.ports import Commit, InState, Store, Tallied, Tallies, TallyRow
from yingshang_flow.testing.store_contract.core import Reopen
from yingshang_flow.testing.store_contract.levels import claimed
from yingshang_flow.testing.store_contract.rows import (
    AWKWARD,
    TWINS,
    Interrupted,
    a_commit,
    a_name_of,
    a_tally,
    interrupting,
)
from yingshang_flow.testing.store_contract.seeing import at_once, everything

WRONG: Final = {
    "another case": a_tally("other"),
    "another revision": a_tally("case", 2),
    "nothing": a_tally("case", unit="乙局", count=0),
    "a short day": a_tally("case", day="2018-10-1"),
    "a long day": a_tally("case", day="2018-10-011"),
    "the same row again": a_tally("case", count=2),
    "U+0000": a_tally("case", unit="a\0b"),
    "a lone surrogate": a_tally("case", unit="a\ud800"),
    "a unit of 801 bytes": a_tally("case", unit=a_name_of(801)),
}
"""Tallies that no commit of the first revision of ``case`` may hold besides its own, by what is wrong with them."""


class TalliesContract:
    """The clauses of stores that are ``Tallies``."""

    store_contract_level: ClassVar = "tallies"

    @pytest.fixture
    def counting(self, store: Store) -> Tallies:
        """Return the store as what counts."""
        return claimed(store, Tallies)  # type: ignore[type-abstract]  # only asked for

    # S28 Tallies are kept with their commit

    def test_s28_tallies_are_kept_with_their_commit(self, store: Store, counting: Tallies) -> None:
        opened = (a_tally("case"), a_tally("case", unit="乙局", count=3))
        store.commit(a_commit("case", tallies=opened))
        store.commit(a_commit("case", 2))
        moved = (a_tally("case", 3, count=-1), a_tally("case", 3, unit="乙局"))
        store.commit(a_commit("case", 3, deadlines=None, tallies=moved))
        store.commit(a_commit("other", tallies=(a_tally("other"),)))
        assert counting.tallies("case") == (*opened, *moved)
        assert counting.tallies("none") == ()

    def test_s28_tallies_come_in_order_by_bytes(self, store: Store, counting: Tallies) -> None:
        rows = [
            a_tally("case", measure=measure, unit=unit, day=day)
            for measure in ("A", "a", "b")
            for unit in ("B", "a", "é", "单位")
            for day in ("2018-09-30", "2018-10-01")
        ]
        store.commit(a_commit("case", tallies=tuple(reversed(rows))))
        assert counting.tallies("case") == tuple(rows)

    @pytest.mark.parametrize("reason", ["revision", "expectation", "key", "reference", "erasure"])
    def test_s28_a_refused_commit_leaves_no_tally(self, store: Store, counting: Tallies, reason: str) -> None:
        store.commit(a_commit("case", key="key"))
        store.commit(a_commit("other", reference="12345"))
        revision = 3 if reason == "revision" else 2
        refused = a_commit(
            "case",
            revision,
            key="key" if reason == "key" else None,
            reference="12345" if reason == "reference" else None,
            expects=(InState("other", "accepted"),) if reason == "expectation" else (),
            erases=("never kept",) if reason == "erasure" else (),
            tallies=(a_tally("case", revision),),
        )
        with pytest.raises(StoreError):
            store.commit(refused)
        assert counting.tallies("case") == ()
        assert counting.tallied("0000-01-01", "9999-12-31") == ()

    @pytest.mark.parametrize("revision", [1, 2])
    def test_s28_the_tallies_of_an_interrupted_commit_are_kept_with_it_or_not_at_all(
        self, store: Store, counting: Tallies, revision: int
    ) -> None:
        for time in range(1, 9):
            case = f"case {time}"
            if revision == 2:
                store.commit(a_commit(case))
            rows = (a_tally(case, revision), a_tally(case, revision, unit="乙局"))
            commit = a_commit(case, revision, deadlines=None, tallies=rows)
            try:
                store.commit(interrupting(commit, "tallies", time))
            except Interrupted:
                assert counting.tallies(case) == (rows if store.load(case) == commit.case else ())
                if store.load(case) != commit.case:
                    store.commit(commit)
            assert counting.tallies(case) == rows

    def test_s28_of_threads_that_commit_one_revision_only_the_winner_counts(
        self, store: Store, counting: Tallies
    ) -> None:
        for round_ in range(4):
            case = f"case {round_}"
            commits = [
                a_commit(case, text=f"by {number}", tallies=(a_tally(case, count=number),)) for number in range(1, 9)
            ]
            errors = at_once(partial(store.commit, commit) for commit in commits)
            assert [type(error) for error in errors if error is not None] == [ConflictError] * 7
            assert counting.tallies(case) == commits[errors.index(None)].tallies

    def test_s28_a_repeated_commit_counts_nothing_again(self, store: Store, counting: Tallies) -> None:
        commit = a_commit("case", key="key", tallies=(a_tally("case"),))
        store.commit(commit)
        with pytest.raises(StoreError):
            store.commit(commit)
        assert counting.tallies("case") == commit.tallies

    def test_s28_what_was_counted_is_there_in_another_store(
        self, store: Store, counting: Tallies, another: Reopen
    ) -> None:
        store.commit(a_commit("case", tallies=(a_tally("case"),)))
        other = another()
        assert claimed(other, Tallies).tallies("case") == counting.tallies("case") == (a_tally("case"),)  # type: ignore[type-abstract]
        other.close()

    @pytest.mark.parametrize("wrong", WRONG)
    def test_s14_a_tally_that_contradicts_itself_raises_a_store_error(
        self, store: Store, counting: Tallies, wrong: str
    ) -> None:
        with pytest.raises(StoreError):
            store.commit(a_commit("case", tallies=(a_tally("case"), WRONG[wrong])))
        assert store.load("case") is None
        store.commit(a_commit("case", tallies=(a_tally("case"),)))
        with pytest.raises(StoreError):
            counting.retally("case", 1, [a_tally("case"), WRONG[wrong]])
        assert counting.tallies("case") == (a_tally("case"),)

    # S29 What is counted is summed where it is kept

    def test_s29_sums_are_by_measure_unit_and_month_in_order_by_bytes(self, store: Store, counting: Tallies) -> None:
        rows = [
            ("b", "乙局", "2018-10-01", 1),
            ("b", "乙局", "2018-10-31", 2),
            ("b", "乙局", "2018-11-01", 4),
            ("b", "甲局", "2018-10-15", 8),
            ("B", "乙局", "2018-10-15", 16),
        ]
        for number, (measure, unit, day, count) in enumerate(rows):
            row = a_tally(f"case {number}", measure=measure, unit=unit, day=day, count=count)
            store.commit(a_commit(row.case, tallies=(row,)))
        assert counting.tallied("2018-10-01", "2018-11-30") == (
            Tallied("B", "乙局", "2018-10", 16),
            Tallied("b", "乙局", "2018-10", 3),
            Tallied("b", "乙局", "2018-11", 4),
            Tallied("b", "甲局", "2018-10", 8),
        )

    def test_s29_both_days_count_and_none_beside_them(self, store: Store, counting: Tallies) -> None:
        days = ("2018-09-30", "2018-10-01", "2018-10-31", "2018-11-01")
        store.commit(a_commit("case", tallies=tuple(a_tally("case", day=day) for day in days)))
        assert [one.count for one in counting.tallied("2018-10-01", "2018-10-31")] == [2]
        assert counting.tallied("2018-10-02", "2018-10-30") == ()
        assert counting.tallied("2018-10-31", "2018-10-01") == ()

    def test_s29_what_is_taken_back_is_subtracted_and_what_comes_to_0_is_left_out(
        self, store: Store, counting: Tallies
    ) -> None:
        store.commit(a_commit("case", tallies=(a_tally("case", count=2), a_tally("case", unit="乙局"))))
        store.commit(
            a_commit("case", 2, tallies=(a_tally("case", 2, count=-2), a_tally("case", 2, unit="甲局", count=-1)))
        )
        assert [(one.unit, one.count) for one in counting.tallied("2018-10-01", "2018-10-31")] == [
            ("乙局", 1),
            ("甲局", -1),
        ]

    def test_s29_only_the_measures_asked_for_are_summed(self, store: Store, counting: Tallies) -> None:
        rows = tuple(a_tally("case", measure=measure) for measure in ("a", "b", "c"))
        store.commit(a_commit("case", tallies=rows))
        found = counting.tallied("2018-01-01", "2018-12-31", measures=["c", "a", "none"])
        assert [one.measure for one in found] == ["a", "c"]
        assert counting.tallied("2018-01-01", "2018-12-31", measures=[]) == ()

    @pytest.mark.parametrize("twins", TWINS)
    def test_s10_names_that_look_the_same_are_counted_apart(self, store: Store, counting: Tallies, twins: str) -> None:
        one, other = TWINS[twins]
        rows = [a_tally("case", measure=measure, unit=unit) for measure in (one, other) for unit in (one, other)]
        store.commit(a_commit("case", tallies=tuple(rows)))
        assert {(found.measure, found.unit, found.count) for found in counting.tallied("2018-10-01", "2018-10-31")} == {
            (row.measure, row.unit, 1) for row in rows
        }

    @pytest.mark.parametrize("awkward", AWKWARD)
    def test_s10_awkward_text_comes_back_in_a_tally(self, store: Store, counting: Tallies, awkward: str) -> None:
        text = AWKWARD[awkward]
        row = TallyRow(text, 1, text, text, "2018-10-08", 1)
        store.commit(a_commit(text, tallies=(row,)))
        assert counting.tallies(text) == (row,)
        assert counting.tallied("2018-10-08", "2018-10-08") == (Tallied(text, text, "2018-10", 1),)

    def test_s26_names_of_800_bytes_that_nothing_compresses_are_counted(self, store: Store, counting: Tallies) -> None:
        case, measure, unit = (a_name_of(800, seed) for seed in range(3))
        row = TallyRow(case, 1, measure, unit, "2018-10-08", 2**40)
        store.commit(a_commit(case, tallies=(row,)))
        assert counting.tallies(case) == (row,)
        assert counting.tallied("2018-10-08", "2018-10-08") == (Tallied(measure, unit, "2018-10", 2**40),)

    # S30 The tallies of a case are replaced as one

    def test_s30_tallies_are_replaced_and_nothing_else(self, store: Store, counting: Tallies) -> None:
        for case in ("case", "other"):
            store.commit(a_commit(case, key=f"key of {case}", reference=case, tallies=(a_tally(case),)))
            store.commit(a_commit(case, 2, reference=case, tallies=(a_tally(case, 2, unit="乙局"),)))
        before = everything(store, ["case", "other"], ["key of case"])
        rows = (a_tally("case", count=5), a_tally("case", 2, unit="丙局", count=-1))
        counting.retally("case", 2, reversed(rows))
        assert counting.tallies("case") == rows
        assert counting.tallies("other") == (a_tally("other"), a_tally("other", 2, unit="乙局"))
        assert everything(store, ["case", "other"], ["key of case"]) == before
        counting.retally("case", 2, ())
        assert counting.tallies("case") == ()
        store.commit(a_commit("case", 3, reference="case", tallies=(a_tally("case", 3),)))
        assert counting.tallies("case") == (a_tally("case", 3),)

    @pytest.mark.parametrize("revision", [1, 3])
    def test_s30_what_was_counted_for_another_revision_conflicts_and_changes_nothing(
        self, store: Store, counting: Tallies, revision: int
    ) -> None:
        store.commit(a_commit("case", tallies=(a_tally("case"),)))
        store.commit(a_commit("case", 2))
        with pytest.raises(ConflictError):
            counting.retally("case", revision, [a_tally("case", count=7)])
        with pytest.raises(ConflictError):
            counting.retally("none", 1, [a_tally("none")])
        with pytest.raises(ConflictError):
            counting.retally("none", 0, [])
        assert counting.tallies("case") == (a_tally("case"),)
        assert counting.tallies("none") == ()

    def test_s30_beside_acts_nothing_is_lost_and_nothing_counted_twice(self, store: Store, counting: Tallies) -> None:
        store.commit(_counting_one(1))

        def act() -> None:
            for revision in range(2, 12):
                store.commit(_counting_one(revision))

        def recount() -> None:
            for _ in range(20):
                row = store.load("case")
                assert row is not None
                try:
                    counting.retally("case", row.revision, [a_tally("case", n) for n in range(1, row.revision + 1)])
                except ConflictError:
                    continue

        assert at_once([act, recount]) == [None, None]
        assert [row.revision for row in counting.tallies("case")] == [*range(1, 12)]


def _counting_one(revision: int) -> Commit:
    return attrs.evolve(a_commit("case", revision), tallies=(a_tally("case", revision),))

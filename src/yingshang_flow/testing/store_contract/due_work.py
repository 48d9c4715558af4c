"""What a store is held to that gives due work to workers: S18 to S20."""
# These are tests: they assert, their names are their sentences, and expected numbers speak for themselves.
# ruff: noqa: D102, PLR2004, S101

import threading
import time
from contextlib import closing
from functools import partial
from typing import ClassVar

import attrs
import pytest

from yingshang_flow.errors import ConflictError, StoreError
from yingshang_flow.ports import Claim, DueWork, Store
from yingshang_flow.testing.store_contract.clocks import LONG, SHORT, ZONES, clock_off_by, in_time_zone, soon
from yingshang_flow.testing.store_contract.core import Reopen
from yingshang_flow.testing.store_contract.levels import claimed
from yingshang_flow.testing.store_contract.rows import AWKWARD, a_commit, a_deadline, a_vault_row
from yingshang_flow.testing.store_contract.seeing import at_once, everything


class DueWorkContract:
    """The clauses of stores that are ``DueWork``."""

    store_contract_level: ClassVar = "due work"

    @pytest.fixture
    def work(self, store: Store) -> DueWork:
        """Return the store as what gives due work."""
        return claimed(store, DueWork)  # type: ignore[type-abstract]  # only asked for

    # S18 Due work is claimed by one worker at a time

    def test_s18_a_claim_has_each_case_once_the_earliest_alarm_first(self, store: Store, work: DueWork) -> None:
        alarms: dict[str, list[int | None]] = {
            "late": [9, 7],
            "b": [5, 3, None],
            "a": [3, 8],
            "é": [4],
            "never": [None],
        }
        for case, of_case in alarms.items():
            numbered = enumerate(of_case, start=1)
            store.commit(
                a_commit(case, deadlines=tuple(a_deadline(case, at, number=number) for number, at in numbered))
            )
        assert [claim.case for claim in work.claim(6, lease=LONG)] == ["a", "b", "é"]
        assert [claim.case for claim in work.claim(7, lease=LONG)] == ["late"]

    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_s18_claims_go_on_where_others_have_stopped(self, store: Store, work: DueWork, size: int) -> None:
        ids = sorted({*AWKWARD.values(), "a", "B"}, key=str.encode)
        for case in ids:
            store.commit(a_commit(case, deadlines=(a_deadline(case, 1), a_deadline(case, 1, number=2))))
        pages = [work.claim(1, lease=LONG, limit=size) for _ in range(len(ids) + 1)]
        assert {len(page) for page in pages} <= set(range(size + 1))
        assert [claim.case for page in pages for claim in page] == ids

    @pytest.mark.parametrize("before", [5, 2**52])
    def test_s18_what_is_claimed_is_given_to_nobody_else_however_late_it_is_for_him(
        self, store: Store, work: DueWork, before: int
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        assert len(work.claim(5, lease=LONG)) == 1
        assert work.claim(before, lease=LONG) == ()

    def test_s18_a_case_that_is_let_go_of_can_be_claimed_at_once(self, store: Store, work: DueWork) -> None:
        for case in "ab":
            store.commit(a_commit(case, deadlines=(a_deadline(case, 5),)))
        first, second = work.claim(5, lease=LONG)
        work.let_go([second])
        assert [claim.case for claim in work.claim(5, lease=LONG)] == [second.case]
        work.let_go([first])
        assert [claim.case for claim in work.claim(5, lease=LONG)] == [first.case]

    def test_s18_letting_go_under_an_earlier_claim_leaves_the_last_one(self, store: Store, work: DueWork) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        earlier = work.claim(5, lease=LONG)
        work.let_go(earlier)
        work.claim(5, lease=LONG)
        work.let_go([*earlier, Claim("nobody", 1, 1)])
        assert work.claim(5, lease=LONG) == ()

    def test_s18_what_a_commit_has_done_is_due_no_longer(self, store: Store, work: DueWork) -> None:
        store.commit(a_commit("done", deadlines=(a_deadline("done", 5),)))
        store.commit(a_commit("later", deadlines=(a_deadline("later", 5),)))
        store.commit(a_commit("sooner", deadlines=(a_deadline("sooner", 9),)))
        store.commit(a_commit("stays", deadlines=(a_deadline("stays", 4),)))
        store.commit(a_commit("done", 2, deadlines=(a_deadline("done", None),)))
        store.commit(a_commit("later", 2, deadlines=(a_deadline("later", 9),)))
        store.commit(a_commit("sooner", 2, deadlines=(a_deadline("sooner", 3),)))
        store.commit(a_commit("stays", 2, deadlines=None))
        assert [claim.case for claim in work.claim(8, lease=LONG)] == ["sooner", "stays"]

    def test_s18_an_act_of_a_person_is_not_stopped_by_a_claim_and_does_not_end_it(
        self, store: Store, work: DueWork
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        work.claim(5, lease=LONG)
        store.commit(a_commit("case", 2, deadlines=(a_deadline("case", 4),)))
        assert work.claim(5, lease=LONG) == ()

    def test_s18_a_claim_changes_nothing_that_is_read(self, store: Store, work: DueWork) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),), vault=(a_vault_row("case", "secret"),)))
        before = everything(store, ["case"])
        work.let_go(work.claim(5, lease=LONG))
        work.claim(5, lease=LONG)
        assert everything(store, ["case"]) == before

    def test_s18_what_one_store_has_claimed_no_other_is_given(
        self, store: Store, work: DueWork, another: Reopen
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        with closing(another()) as other:
            assert isinstance(other, DueWork)
            claims = work.claim(5, lease=LONG)
            assert other.claim(5, lease=LONG) == ()
            other.let_go(claims)
            assert len(other.claim(5, lease=LONG)) == 1

    def test_s18_of_threads_that_claim_at_once_no_two_get_one_case(self, store: Store, work: DueWork) -> None:
        for number in range(24):
            store.commit(a_commit(f"case {number:02}", deadlines=(a_deadline(f"case {number:02}", number % 3),)))
        seen: list[str] = []
        lock = threading.Lock()

        def claim_all(size: int) -> None:
            for _ in range(24):
                claims = work.claim(5, lease=LONG, limit=size)
                with lock:
                    seen.extend(claim.case for claim in claims)
                if not claims:
                    break

        assert at_once(partial(claim_all, number % 3 + 1) for number in range(8)) == [None] * 8
        assert sorted(seen) == [f"case {number:02}" for number in range(24)]

    # S19 Abandoned work comes back

    def test_s19_abandoned_work_comes_back_once_its_lease_has_ended(self, store: Store, work: DueWork) -> None:
        for case in "ab":
            store.commit(a_commit(case, deadlines=(a_deadline(case, 5),)))
        work.claim(5, lease=LONG, limit=1)
        for _ in range(3):
            abandoned = work.claim(5, lease=SHORT)
            assert [claim.case for claim in abandoned] == ["b"]
            again = soon(partial(work.claim, 5, lease=SHORT))
            assert [claim.case for claim in again] == ["b"]
            assert again[0].until >= abandoned[0].until
            soon(partial(self._let_go_of, work, "b"))

    @pytest.mark.parametrize("seconds", [-86_400, 86_400], ids=["a day slow", "a day fast"])
    def test_s19_a_worker_whose_clock_is_wrong_neither_shortens_a_lease_nor_lengthens_it(
        self, store: Store, work: DueWork, seconds: int
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        with clock_off_by(seconds):
            work.claim(5, lease=LONG)
        assert work.claim(5, lease=LONG) == ()
        with clock_off_by(-seconds):
            assert work.claim(5, lease=LONG) == ()
        store.commit(a_commit("other", deadlines=(a_deadline("other", 5),)))
        with clock_off_by(seconds):
            work.claim(5, lease=SHORT)
        with clock_off_by(-seconds):
            assert [claim.case for claim in soon(partial(work.claim, 5, lease=LONG))] == ["other"]

    @pytest.mark.parametrize("zone", ZONES)
    def test_s19_a_lease_ends_by_a_clock_that_counts_from_1970_utc(
        self, store: Store, work: DueWork, zone: str
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        with in_time_zone(zone):
            (claim,) = work.claim(5, lease=LONG)
        minutes = (claim.until - LONG - time.time_ns() // 1_000) / 60_000_000
        assert abs(minutes) < 10, "a server's clock may be somewhat off, but not by a time zone"

    @pytest.mark.parametrize("alarm", [0, 2**52], ids=["long ago", "far off"])
    def test_s19_a_lease_counts_from_now_and_not_from_the_alarm(self, store: Store, work: DueWork, alarm: int) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", alarm),)))
        assert len(work.claim(alarm, lease=SHORT)) == 1
        assert len(soon(partial(work.claim, alarm, lease=LONG))) == 1
        assert work.claim(alarm, lease=LONG) == ()

    # S20 Every claim has a higher token

    def test_s20_every_claim_of_a_case_has_a_higher_token(self, store: Store, work: DueWork) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        tokens = []
        for lease in (LONG, SHORT, SHORT, LONG):
            (claim,) = soon(partial(work.claim, 5, lease=lease))
            tokens.append(claim.token)
            if lease == LONG:
                work.let_go([claim])
            store.commit(a_commit("case", len(tokens) + 1, deadlines=(a_deadline("case", 5),), claim=claim))
        assert tokens[0] >= 1
        assert tokens == sorted(set(tokens))

    def test_s20_commits_under_the_last_claim_are_kept_also_after_its_lease(self, store: Store, work: DueWork) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        (claim,) = work.claim(5, lease=SHORT)
        for revision in range(2, 5):
            store.commit(a_commit("case", revision, deadlines=(a_deadline("case", 5),), claim=claim))
        work.let_go([claim])
        store.commit(a_commit("case", 5, deadlines=None, claim=claim))
        assert len(store.history("case")) == 5

    @pytest.mark.parametrize("ended", ["let go of", "abandoned"])
    def test_s20_a_worker_that_comes_too_late_conflicts_and_changes_nothing(
        self, store: Store, work: DueWork, ended: str
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        (late,) = work.claim(5, lease=SHORT)
        if ended == "let go of":
            work.let_go([late])
        (last,) = soon(partial(work.claim, 5, lease=LONG))
        before = everything(store, ["case"])
        for deadlines in ((), None):
            with pytest.raises(ConflictError):
                store.commit(a_commit("case", 2, deadlines=deadlines, claim=late))
        assert everything(store, ["case"]) == before
        store.commit(a_commit("case", 2, deadlines=(), claim=last))

    @pytest.mark.parametrize("case", ["case", "new", "never due"])
    def test_s20_a_claim_that_was_never_given_conflicts(self, store: Store, work: DueWork, case: str) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        store.commit(a_commit("never due"))
        (claim,) = work.claim(5, lease=LONG)
        forged = attrs.evolve(claim, case=case, token=claim.token + 1)
        before = everything(store, ["case", "new", "never due"])
        with pytest.raises(ConflictError):
            store.commit(a_commit(case, 1 if case == "new" else 2, claim=forged))
        assert everything(store, ["case", "new", "never due"]) == before

    def test_s20_of_a_worker_that_comes_too_late_and_the_last_one_only_the_last_writes(
        self, store: Store, work: DueWork
    ) -> None:
        for round_ in range(5):
            case = f"case {round_}"
            store.commit(a_commit(case, deadlines=(a_deadline(case, 5),)))
            (late,) = work.claim(5, lease=LONG)
            work.let_go([late])
            (last,) = work.claim(5, lease=LONG)
            commits = [a_commit(case, 2, deadlines=None, text=f"{claim.token}", claim=claim) for claim in (late, last)]
            errors = at_once(partial(store.commit, commit) for commit in commits)
            assert [type(error) for error in errors] == [ConflictError, type(None)]
            assert store.history(case)[1:] == (commits[1].record,)

    def test_s20_tokens_go_on_rising_in_another_store(self, store: Store, work: DueWork, another: Reopen) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        (claim,) = work.claim(5, lease=LONG)
        work.let_go([claim])
        store.close()
        with closing(another()) as other:
            assert isinstance(other, DueWork)
            (next_,) = other.claim(5, lease=LONG)
            assert next_.token > claim.token
            with pytest.raises(ConflictError):
                other.commit(a_commit("case", 2, claim=claim))

    # S14 No driver's exception escapes

    @pytest.mark.parametrize("amount", [0, -1])
    def test_s14_a_lease_or_a_number_of_cases_below_one_raises_a_store_error(
        self, store: Store, work: DueWork, amount: int
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        with pytest.raises(StoreError):
            work.claim(5, lease=amount)
        with pytest.raises(StoreError):
            work.claim(5, lease=LONG, limit=amount)
        assert len(work.claim(5, lease=LONG)) == 1

    def test_s14_a_claim_of_another_case_raises_a_store_error(self, store: Store, work: DueWork) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 5),)))
        (claim,) = work.claim(5, lease=LONG)
        with pytest.raises(StoreError):
            store.commit(a_commit("other", claim=claim))
        assert store.load("other") is None

    def test_s14_a_closed_store_gives_work_or_raises_a_store_error(self, store: Store, work: DueWork) -> None:
        store.close()
        for use in (lambda: work.claim(5, lease=LONG), lambda: work.let_go([])):
            try:
                use()
            except StoreError:
                continue

    def _let_go_of(self, work: DueWork, case: str) -> bool:
        """Claim a case and let go of it; say whether it could be claimed."""
        claims = [claim for claim in work.claim(5, lease=LONG) if claim.case == case]
        work.let_go(claims)
        return bool(claims)

"""``docket.reproject``: a new notice moves what runs, a record a case, each date once, and nothing on a dry run."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import attrs
import pytest

from tests.lifecycles.complaining import BODY, receipt
from yingshang_flow import Docket, lifecycles
from yingshang_flow.compliance import audit
from yingshang_flow.core.record import Kind, Moved
from yingshang_flow.deadlines import Notice, WorkingCalendar, china
from yingshang_flow.errors import StoreUnavailableError, SweepError, UnknownError
from yingshang_flow.ports import CaseRow, Commit, Store
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.testing.docket_machine import rows_of
from yingshang_flow.words import Label

MADE_UP = Label("编造的假日", "made-up day off")
NOTICE = Notice(
    "made-up-2027",
    Label("编造的2027年放假通知", "made-up notice of 2027"),
    days_off={date(2027, 1, 1): MADE_UP, date(2027, 1, 4): MADE_UP, date(2027, 1, 5): MADE_UP},
    working_days={date(2027, 1, 2): MADE_UP},
    publishes=2027,
)


def opened(store: Store, cases: int = 1) -> Docket:
    """A docket with complaints received shortly before a year whose notice is not there yet."""
    clock = FixedClock(date(2026, 12, 24))
    docket = Docket(store, clock=clock)
    for _ in range(cases):
        docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, trigger="receive")
    return docket


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return china(notices=[NOTICE])


def dates(docket: Docket) -> list[tuple[str, str, bool]]:
    return [(d.limit, str(d.due), d.provisional) for case in docket.find() for d in case.deadlines]


def test_a_dry_run_tells_and_changes_nothing_and_the_real_one_does_what_it_told(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore(), 3)
    told: list[tuple[str, Moved]] = []
    done: list[tuple[str, Moved]] = []
    before = rows_of(docket.store)
    assert docket.reproject(calendar, dry_run=True, each=lambda *moved: told.append(moved)) == 6
    assert rows_of(docket.store) == before
    assert docket.reproject(calendar, each=lambda *moved: done.append(moved)) == 6
    assert sorted(told, key=str) == sorted(done, key=str)
    assert docket.reproject(calendar) == 0
    assert dates(docket) == [("answer", "2027-01-06", False), ("conclusion", "2027-02-10", False)] * 3
    assert {moved.old for _, moved in done if moved.limit == "answer"} == {date(2027, 1, 5)}
    assert all(moved.notice.endswith("made-up-2027") for _, moved in done)


def test_a_record_a_case_verified_and_audited(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore())
    docket.reproject(calendar)
    (case,) = docket.find()
    history = docket.history(case.id)
    assert [record.kind for record in history] == [Kind.ACT, Kind.REPROJECTION]
    assert docket.verify(case.id) == 2
    lifecycle = docket.lifecycle(case.id)
    assert audit(history, lifecycle, calendar=calendar).irregular == ()
    assert audit(history, lifecycle, calendar=china()).irregular == ()  # of another calendar nothing is told
    first, *others = history[1].changes
    assert isinstance(first, Moved)
    forged = attrs.evolve(history[1], changes=(attrs.evolve(first, due=date(2027, 1, 7)), *others))
    assert [found.code for found in audit([history[0], forged], lifecycle, calendar=calendar).irregular] == [
        "deadlines"
    ]


def test_many_deadlines_on_several_pages_are_told_once_each(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore(), 150)
    assert docket.reproject(calendar, dry_run=True) == 300
    assert docket.reproject(calendar) == 300


def test_it_is_durable_and_counts_acts_afterwards_by_the_dockets_own_calendar(
    tmp_path: Path, calendar: WorkingCalendar
) -> None:
    with closing(SQLiteStore(tmp_path / "cases.db")) as store:
        opened(store).reproject(calendar)
    with closing(SQLiteStore(tmp_path / "cases.db")) as store:
        docket = Docket(store, clock=FixedClock(date(2027, 1, 7)), calendar=calendar)
        assert docket.reproject() == 0  # its own calendar is what it was counted by
        assert docket.sweep() == 1
        (case,) = docket.find()
        assert [d.status.value for d in case.deadlines] == ["missed", "open"]
        assert "2027-01-05" in str(docket.explain(case.id, case.deadlines[0]))


def test_an_act_since_then_conflicts_and_a_reprojection_does_not(calendar: WorkingCalendar) -> None:
    docket = opened(MemoryStore())
    (case,) = docket.find()
    docket.reproject(calendar)
    assert docket.act(case.id, "accept", by=BODY, expected_revision=1).revision == 3


class Slow(MemoryStore):
    """Lets somebody else commit first, as often as told."""

    ahead: Callable[[], object] | None = None

    def commit(self, commit: Commit) -> None:
        ahead, self.ahead = self.ahead, None
        if ahead is not None:
            ahead()
        super().commit(commit)


def test_a_lost_race_is_tried_again(calendar: WorkingCalendar) -> None:
    store = Slow()
    docket = opened(store)
    (case,) = docket.find()
    other = Docket(store, clock=FixedClock(date(2026, 12, 24)))
    store.ahead = lambda: other.act(case.id, "accept", by=BODY)
    assert docket.reproject(calendar) == 2
    assert [record.kind for record in docket.history(case.id)] == [Kind.ACT, Kind.ACT, Kind.REPROJECTION]


class Broken(MemoryStore):
    """Cannot show one case."""

    broken = ""

    def load(self, case: str) -> CaseRow | None:
        row = super().load(case)
        return attrs.evolve(row, text="{}") if row is not None and case == self.broken else row


def test_a_case_that_cannot_be_read_is_named_and_the_others_are_moved(calendar: WorkingCalendar) -> None:
    store = Broken()
    docket = opened(store, 2)
    store.broken = next(iter(docket.find())).id
    with pytest.raises(SweepError, match=f"2 deadlines were moved.*{store.broken}"):
        Docket(store, clock=FixedClock(date(2026, 12, 24))).reproject(calendar)


def test_a_store_that_fails_is_not_passed_over(calendar: WorkingCalendar) -> None:
    class Gone(MemoryStore):
        """Is not there when it matters."""

        def commit(self, commit: Commit) -> None:
            if commit.record.kind == "reprojection":
                raise StoreUnavailableError("gone")
            super().commit(commit)

    with pytest.raises(StoreUnavailableError, match="gone"):
        opened(Gone()).reproject(calendar)


def test_a_calendar_is_a_calendar() -> None:
    with pytest.raises(UnknownError, match="a calendar is a WorkingCalendar such as china"):
        opened(MemoryStore()).reproject("2027")  # type: ignore[arg-type]  # on purpose

"""What is counted of a case is held against its history: as sums, told apart from what was never counted."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docket.test_assess import BAYUQUAN, LATE, played
from tests.lifecycles.complaining import BODY, receipt
from tests.lifecycles.interviewing import OFFICE, Desk, representative
from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.core.counting import uncertain
from yingshang_flow.deadlines import WorkingCalendar, WorkingDays
from yingshang_flow.errors import TamperedError, UncountedError
from yingshang_flow.lifecycles.complaint import Assignment
from yingshang_flow.lifecycles.interview import Report
from yingshang_flow.operations.migrate import Which
from yingshang_flow.ports import Query, TallyRow
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing import FixedClock

WEEKDAYS: Final = WorkingCalendar.weekdays(date(2015, 1, 1), date(2030, 12, 31))


@cache
def complaints() -> tuple[Docket, tuple[str, ...]]:
    """Complaints that went many ways, amended here and there, half of them gone on under another profile."""
    docket = played(MemoryStore(), 24)
    cases = tuple(row.case for row in docket.store.find(Query()))
    docket.migrate(
        Which(cases=cases[::2]),
        to=lifecycles.complaint("dalian-complaint-2017"),
        ground="改按新办法",
        by=BODY,
        deadlines="recompute",
        dry_run=False,
    )
    for case in docket.find(state="received"):
        docket.act(case.id, "accept", by=BODY, at=LATE)
        docket.annul(case.id, docket.load(case.id).revision, ground="误录", by=BODY)
    return docket, cases


def kept(docket: Docket, case: str) -> tuple[TallyRow, ...]:
    assert isinstance(docket.store, MemoryStore)
    return docket.store.tallies(case)


def keep(docket: Docket, case: str, rows: tuple[TallyRow, ...]) -> None:
    """Put other tallies in the place of a case's own, as nobody but a recount should."""
    assert isinstance(docket.store, MemoryStore)
    docket.store.retally(case, docket.load(case).revision, rows)


def sums(rows: tuple[TallyRow, ...]) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        found[row.measure, row.unit, row.day] += row.count
    return Counter({of: count for of, count in found.items() if count})


# --- laws -------------------------------------------------------------------------------------------------------------


@given(st.data())
def test_what_records_have_added_is_verified_and_what_adds_up_to_the_same_is(data: st.DataObject) -> None:
    docket, cases = complaints()
    case = data.draw(st.sampled_from(cases))
    rows = kept(docket, case)
    assert docket.verify(case) == docket.load(case).revision
    last = docket.load(case).revision
    as_one = tuple(TallyRow(case, last, *of, count) for of, count in sums(rows).items())
    try:
        keep(docket, case, as_one)
        assert docket.verify(case) == last
    finally:
        keep(docket, case, rows)


@given(st.data())
def test_a_case_counted_from_a_later_record_on_is_told_as_such_until_it_is_counted_anew(data: st.DataObject) -> None:
    docket, cases = complaints()
    case = data.draw(st.sampled_from(cases))
    rows = kept(docket, case)
    first = data.draw(st.integers(1, docket.load(case).revision))
    later = tuple(row for row in rows if row.revision > first)
    try:
        keep(docket, case, later)
        if sums(later) == sums(rows):
            assert docket.verify(case)
        else:
            with pytest.raises(UncountedError, match=rf"^case {case}: nothing is kept .*run docket.retally\(\)"):
                docket.verify(case)
            assert docket.retally() == 1
            assert docket.verify(case)
        assert kept(docket, case) == rows or sums(later) == sums(rows)
    finally:
        keep(docket, case, rows)


@given(st.data(), st.sampled_from(["count", "unit", "day", "measure"]))
def test_no_single_row_can_be_changed_unseen(data: st.DataObject, what: str) -> None:
    docket, cases = complaints()
    case = data.draw(st.sampled_from([one for one in cases if kept(docket, one)]))
    rows = kept(docket, case)
    place = data.draw(st.integers(0, len(rows) - 1))
    row = rows[place]
    other: Any = {
        "count": row.count + data.draw(st.sampled_from([-3, -2, 2, 3])) or 5,
        "unit": "别局",
        "day": "2017-01-01",
        "measure": "complaint.nothing",
    }[what]
    changed = (*rows[:place], attrs.evolve(row, **{what: other}), *rows[place + 1 :])
    try:
        keep(docket, case, changed)
        with pytest.raises((TamperedError, UncountedError), match=f"^case {case}: "):
            docket.verify(case)
    finally:
        keep(docket, case, rows)


# --- a file that was changed behind the store's back ------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.db"


@pytest.fixture
def docket(path: Path) -> Iterator[Docket]:
    """Two complaints received, accepted and assigned."""
    with closing(SQLiteStore(path)) as store:
        numbers = iter("12")
        made = Docket(store, clock=FixedClock(LATE), new_id=lambda: f"case-{next(numbers)}")
        for day in (10, 11):
            case = made.open(BAYUQUAN, receipt(), by=BODY, at=date(2018, 9, day), trigger="receive")
            made.act(case.id, "accept", by=BODY, at=date(2018, 9, 12))
            made.act(case.id, "assign", Assignment("区住建局"), by=BODY, at=date(2018, 9, 12))
        yield made


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount


RECEIVED: Final = "case_id = 'case-1' AND measure = 'complaint.received' AND count > 0 AND unit = '区住建局'"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            f"UPDATE ysf_tallies SET count = 3 WHERE {RECEIVED}",  # noqa: S608 - a constant
            "come to 3 of complaint.received for '区住建局' on 2018-09-10, and its records to 1",
        ),
        (
            f"UPDATE ysf_tallies SET unit = '别局' WHERE {RECEIVED}",  # noqa: S608 - a constant
            "come to 1 of complaint.received for '别局' on 2018-09-10, and its records to 0",
        ),
        (
            f"DELETE FROM ysf_tallies WHERE {RECEIVED}",  # noqa: S608 - a constant
            "come to 0 of complaint.received for '区住建局' on 2018-09-10, and its records to 1",
        ),
        (
            "INSERT INTO ysf_tallies VALUES ('case-1', 2, 'complaint.concluded', '区住建局', '2018-09-10', 1)",
            "come to 1 of complaint.concluded for '区住建局' on 2018-09-10, and its records to 0",
        ),
        (
            "INSERT INTO ysf_tallies VALUES ('case-1', 2, 'moon.full', '区住建局', '2018-09-10', 1)",
            "come to 1 of moon.full for '区住建局' on 2018-09-10, and its records to 0",
        ),
    ],
    ids=["more", "another unit", "gone", "one too many", "of nothing there is"],
)
def test_a_tally_that_was_changed_is_named_with_its_case(path: Path, docket: Docket, statement: str, said: str) -> None:
    assert [docket.verify(case) for case in ("case-1", "case-2")] == [3, 3]
    change(path, statement)
    with pytest.raises(TamperedError, match=f"^case case-1: its tallies {said}; docket.retally"):
        docket.verify("case-1")
    assert docket.verify("case-2") == 3
    assert docket.retally() == 1
    assert docket.verify("case-1") == 3


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM ysf_tallies", "records up to 3 add to complaint.due, complaint.received"),
        ("DELETE FROM ysf_tallies WHERE revision < 3", "records up to 1 add to complaint.due, complaint.received"),
        ("DELETE FROM ysf_tallies WHERE measure = 'complaint.due'", "records up to 3 add to complaint.due,"),
    ],
    ids=["never", "until the store counted", "until the procedure counted it"],
)
def test_what_was_never_counted_is_told_apart_from_what_was_changed(
    path: Path, docket: Docket, statement: str, said: str
) -> None:
    change(path, statement)
    with pytest.raises(UncountedError, match=f"^case case-1: nothing is kept of what its {said}") as caught:
        docket.verify("case-1")
    assert str(caught.value).endswith("run docket.retally(), or: yingshang-flow retally")
    docket.act(
        "case-1", "return_assignment", {"reason": "不属本局"}, by=Actor("wang", "区住建局", "undertaker"), at=LATE
    )
    with pytest.raises(UncountedError):
        docket.verify("case-1")
    assert docket.retally() == 2
    assert [docket.verify(case) for case in ("case-1", "case-2")] == [4, 3]


def test_what_else_is_wrong_is_said_first(path: Path, docket: Docket) -> None:
    change(path, "DELETE FROM ysf_tallies")
    change(path, "UPDATE ysf_deadlines SET due = '2030-01-01' WHERE case_id = 'case-1'")
    with pytest.raises(TamperedError, match="its stored deadlines are not those its records lead to"):
        docket.verify("case-1")
    with pytest.raises(UncountedError):
        docket.verify("case-2")


# --- by another calendar ----------------------------------------------------------------------------------------------


def amended() -> Desk:
    """An interview with regular reports, of which the first was corrected: the dates of those after it may move."""
    desk = Desk()
    desk.reach("tracking", interval=WorkingDays(5))
    for day in (date(2019, 1, 3), date(2019, 1, 10), date(2019, 1, 17)):
        desk.act("report_progress", Report("进展"), by=representative("甘井子区"), at=day)
    revision = next(record.revision for record in desk.history if record.trigger == "accept_report")
    desk.docket.correct(desk.id, revision, occurred_at=date(2018, 12, 26), ground="误录", by=OFFICE)
    return desk


def test_dates_counted_by_the_calendar_of_their_day_are_not_called_forged() -> None:
    desk = amended()
    assert desk.docket.verify(desk.id) == desk.case.revision
    other = Docket(desk.docket.store, calendar=WEEKDAYS, clock=desk.clock)
    rows = kept(other, desk.id)
    assert other.retally() == 1  # so it would be called forged, if that were not thought of
    assert sums(kept(other, desk.id)) != sums(rows)
    keep(other, desk.id, rows)
    assert other.verify(desk.id) == desk.case.revision
    history = desk.docket.history(desk.id)
    under = (desk.lifecycle,) * len(history)
    assert uncertain(under, history, WEEKDAYS) == {"interview.due", "interview.in_time"}
    assert uncertain(under, history, desk.docket.calendar) == frozenset()
    assert uncertain(under[:-1], history[:-1], WEEKDAYS) == frozenset()

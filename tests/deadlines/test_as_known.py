"""Calendars as published: what was known on a day, and what notices say against one another."""

import pickle
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import CHINA_TIME, DayKind, Notice, WorkingCalendar, china, due
from yingshang_flow.deadlines.calendar import Entry
from yingshang_flow.deadlines.notice import for_places
from yingshang_flow.deadlines.published import AMENDED, known_from
from yingshang_flow.errors import CalendarError, TimeError
from yingshang_flow.sources import HOLIDAYS
from yingshang_flow.words import Label

OFF, WORK = Label("放假", "day off"), Label("上班", "working day")
CHANGES = sorted(
    {
        *(known_from(year) for year in china().published_years),
        *(document.known_from for document in AMENDED.values()),
    }
)
FIRST = date(2004, 1, 1)


def notice(key: str = "n", **changes: object) -> Notice:
    """Build a made-up order."""
    fields: dict[str, object] = {"days_off": {date(2026, 11, 3): OFF}, "issued": date(2026, 10, 1)}
    return Notice(key, Label("令", "order"), **(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2020, 1, 20), date(2020, 2, 4)),
        (date(2020, 1, 26), date(2020, 2, 4)),
        (date(2020, 1, 27), date(2020, 2, 6)),
        (date(2020, 2, 1), date(2020, 2, 6)),
    ],
)
def test_seven_working_days_before_the_festival_end_by_what_was_known(day: date, ends: date) -> None:
    assert due("7工作日", date(2020, 1, 20), calendar=china(as_of=day)).date == ends


@pytest.mark.parametrize(
    ("day", "before", "since"),
    [
        (date(2015, 9, 3), DayKind.WEEKDAY, date(2015, 5, 13)),
        (date(2015, 9, 4), DayKind.WEEKDAY, date(2015, 5, 13)),
        (date(2015, 9, 6), DayKind.WEEKEND, date(2015, 5, 13)),
        (date(2019, 4, 28), DayKind.WEEKEND, date(2019, 3, 22)),
        (date(2019, 5, 2), DayKind.WEEKDAY, date(2019, 3, 22)),
        (date(2019, 5, 5), DayKind.WEEKEND, date(2019, 3, 22)),
        (date(2020, 1, 30), DayKind.DAY_OFF, date(2020, 1, 27)),
        (date(2020, 1, 31), DayKind.WEEKDAY, date(2020, 1, 27)),
        (date(2020, 2, 1), DayKind.MAKE_UP, date(2020, 1, 27)),
        (date(2020, 2, 2), DayKind.WEEKEND, date(2020, 1, 27)),
    ],
)
def test_an_amended_day_was_another_before(day: date, before: DayKind, since: date) -> None:
    assert china(as_of=since - timedelta(days=1)).day(day).kind is before
    assert china(as_of=since).day(day) == china().day(day)


def test_before_its_notice_a_year_is_guessed_without_make_up_days() -> None:
    eve, then = china(as_of=date(2019, 11, 20)), china(as_of=date(2019, 11, 21))
    assert (eve.horizon, then.horizon) == (date(2019, 12, 28), date(2020, 12, 28))
    assert eve.day(date(2020, 1, 1)).kind is DayKind.HOLIDAY
    assert eve.day(date(2020, 1, 19)).kind is DayKind.WEEKEND
    assert then.day(date(2020, 1, 19)).kind is DayKind.MAKE_UP
    assert eve.day(date(2020, 1, 30)).kind is DayKind.WEEKDAY
    assert due("7工作日", date(2020, 1, 15), calendar=eve).provisional


def test_a_december_near_the_horizon_is_provisional_and_can_change() -> None:
    eve, then = china(as_of=date(2018, 12, 5)), china(as_of=date(2018, 12, 6))
    assert not eve.is_provisional(date(2018, 12, 28))
    assert eve.is_provisional(date(2018, 12, 29))
    assert (eve.is_working(date(2018, 12, 29)), then.is_working(date(2018, 12, 29))) == (False, True)
    found = due("7工作日", date(2018, 12, 20), calendar=eve)
    assert (found.date, found.provisional) == (date(2018, 12, 31), True)


def test_very_late_everything_is_known() -> None:
    assert china(as_of=date(2100, 1, 1)) is china()
    assert china(as_of=CHANGES[-1]) is china()


@given(st.dates(FIRST, date(2027, 1, 1)), st.dates(FIRST, date(2027, 1, 1)))
def test_what_was_published_only_grows(one: date, other: date) -> None:
    early, late = (china(as_of=day) for day in sorted((one, other)))
    assert early.published_years <= late.published_years
    assert early.horizon <= late.horizon
    assert (early == late) is not any(min(one, other) < change <= max(one, other) for change in CHANGES)


def test_up_to_the_horizon_only_amendments_change_a_day() -> None:
    now = china()
    for change in CHANGES:
        if change >= FIRST:
            then = china(as_of=change)
            day = FIRST
            while day <= then.horizon:
                assert then.is_working(day) is now.is_working(day) or day in AMENDED, (change, day)
                day += timedelta(days=1)


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(1066, 10, 14)])
def test_what_was_known_before_2004_is_not_kept(day: date) -> None:
    with pytest.raises(CalendarError, match=f"kept from 2004-01-01 on, not of {day}"):
        china(as_of=day)
    with pytest.raises(CalendarError, match="kept from 2004-01-01"):
        china().as_known(day)


def test_as_of_is_a_day() -> None:
    with pytest.raises(TimeError):
        china(as_of=datetime(2020, 1, 1, tzinfo=CHINA_TIME))


class TestWithNotices:
    def test_a_later_one_is_left_out(self) -> None:
        order = notice(scope="大连市")
        now = china(notices=[order])
        assert now.as_known(date(2026, 9, 30)) == china(as_of=date(2026, 9, 30)) == china()
        assert now.as_known(date(2026, 10, 1)) is now
        assert china(notices=[order], as_of=date(2026, 9, 30)) is china()
        assert china(notices=[order], as_of=date(2026, 10, 1)) == now
        assert now.notices == (order,)

    def test_the_past_below_them_is_past_too(self) -> None:
        order = notice(issued=date(2019, 1, 1), days_off={date(2019, 5, 6): OFF})
        then = china(notices=[order]).as_known(date(2019, 2, 1))
        assert not then.is_working(date(2019, 5, 6))
        assert then.is_working(date(2019, 5, 2))

    def test_a_table_of_ones_own_stays_as_it_is(self) -> None:
        own = WorkingCalendar.weekdays(date(2020, 1, 1), date(2030, 12, 31))
        first, second = notice(), notice("m", days_off={date(2026, 11, 4): OFF}, issued=date(2026, 10, 9))
        laid = own.with_notices(first).with_notices(second)
        assert own.as_known(date(2020, 1, 1)) is own
        assert laid.as_known(date(2026, 10, 5)) == own.with_notices(first)
        assert laid.as_known(date(2026, 9, 5)) is own

    def test_one_without_a_date_of_issue_cannot_be_placed(self) -> None:
        undated = china(notices=[notice(issued=None)])
        with pytest.raises(CalendarError, match="'n' has no date of issue"):
            undated.as_known(date(2026, 1, 1))
        with pytest.raises(CalendarError, match="'n' has no date of issue"):
            china(notices=undated.notices, as_of=FIRST)

    def test_what_was_known_survives_pickling(self) -> None:
        again = pickle.loads(pickle.dumps(china(notices=[notice()])))  # noqa: S301 - our own bytes
        assert again.as_known(date(2019, 1, 1)) == china(as_of=date(2019, 1, 1))


class TestLocalOrders:
    """Every order here is made up."""

    PROVINCE = notice("province", scope="辽宁省", days_off={date(2026, 9, 3): OFF})
    CITY = notice("city", scope="大连市", days_off={date(2026, 7, 28): OFF}, working_days={date(2026, 9, 5): WORK})
    OTHER = notice("other", scope="南宁市", days_off={date(2026, 4, 20): Label("三月三", "Third of the Third Month")})
    NATIONAL = notice("national")

    def test_those_of_a_place_are_laid_from_the_widest_to_the_narrowest(self) -> None:
        found = for_places([self.CITY, self.OTHER, self.PROVINCE, self.NATIONAL], "辽宁省", "大连市")
        assert found == (self.NATIONAL, self.PROVINCE, self.CITY)
        assert for_places([self.CITY, self.NATIONAL]) == (self.NATIONAL,)

    def test_only_their_place_is_off(self) -> None:
        dalian, nanning = (china(notices=for_places([self.CITY, self.OTHER], place)) for place in ("大连市", "南宁市"))
        assert (dalian.is_working(date(2026, 7, 28)), nanning.is_working(date(2026, 7, 28))) == (False, True)
        assert (dalian.is_working(date(2026, 4, 20)), nanning.is_working(date(2026, 4, 20))) == (True, False)
        assert dalian.day(date(2026, 9, 5)).kind is DayKind.LOCAL_WORK


class TestContradictions:
    @pytest.mark.parametrize(
        ("second", "said"),
        [
            (notice(), "notice 'n' is given twice"),
            (
                notice("m", days_off={}, working_days={date(2026, 11, 3): WORK}),
                "notices 'n' and 'm' of one day of issue contradict each other: 2026-11-03 is off and worked",
            ),
        ],
    )
    def test_between_notices_are_refused(self, second: Notice, said: str) -> None:
        with pytest.raises(CalendarError, match=said):
            china(notices=[notice(), second])
        with pytest.raises(CalendarError, match=said):
            china(notices=[notice()]).with_notices(second)

    def test_between_two_yearly_notices_are_refused(self) -> None:
        issued = date(2029, 11, 6)
        one, other = (notice(key, days_off={date(2030, 5, 2): OFF}, publishes=2030, issued=issued) for key in "ab")
        with pytest.raises(CalendarError, match="notices 'a' and 'b' both publish 2030; a later change is"):
            china(notices=[one, other])

    def test_by_an_earlier_one_on_top_are_refused(self) -> None:
        later = notice("m", days_off={}, working_days={date(2026, 11, 3): WORK}, issued=date(2026, 10, 2))
        said = "'n' of 2026-10-01 is laid over 'm' of 2026-10-02 and says the opposite of 2026-11-03; give notices in"
        with pytest.raises(CalendarError, match=said):
            china(notices=[later, notice()])
        assert china(notices=[notice(), later]).is_working(date(2026, 11, 3))

    @pytest.mark.parametrize("change", [{"issued": date(2026, 10, 2)}, {"scope": "大连市"}, {"issued": None}])
    def test_that_an_order_between_them_settles_are_none(self, change: dict[str, object]) -> None:
        second = notice("m", **({"days_off": {}, "working_days": {date(2026, 11, 3): WORK}} | change))
        assert china(notices=[notice(), second]).is_working(date(2026, 11, 3))

    def test_are_not_seen_where_two_say_the_same(self) -> None:
        second = notice("m", days_off={date(2026, 11, 4): OFF})
        assert not china(notices=[notice(), second]).is_working(date(2026, 11, 4))


def _entries(label: Label = OFF) -> Iterator[dict[date, Entry]]:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(3)]
    for kinds in range(3**3):
        marks = [kinds // 3**n % 3 for n in range(3)]
        kind = (None, DayKind.DAY_OFF, DayKind.MAKE_UP)
        yield {
            d: Entry(k, label, HOLIDAYS()) for d, mark in zip(days, marks, strict=True) if (k := kind[mark]) is not None
        }


def test_the_hash_differs_exactly_where_a_day_does() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    hashes = [WorkingCalendar("a", first, last, last, frozenset(), known).hash for known in _entries()]
    assert len(set(hashes)) == 27
    assert hashes == [WorkingCalendar("b", first, last, last, frozenset(), known).hash for known in _entries(WORK)]

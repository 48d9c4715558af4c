"""Calendars: tables of working days, on their own and with notices on top."""

import pickle
import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import CHINA_TIME, DayKind, Notice, WorkingCalendar
from yingshang_flow.deadlines.calendar import Entry
from yingshang_flow.errors import CalendarError, CalendarRangeError, DeadlineError, TimeError
from yingshang_flow.sources import HOLIDAYS
from yingshang_flow.words import Authority, Label

FIRST, LAST = date(2020, 1, 1), date(2040, 12, 31)
NEW_YEAR = Label("元旦", "New Year's Day")
OFF, WORK = Label("放假", "day off"), Label("上班", "working day")


def guess(first: int, last: int) -> Mapping[date, Entry]:
    """Guess New Year's Day, and the Monday after it where it is on a weekend."""
    found = {}
    for year in range(first, last + 1):
        day = date(year, 1, 1)
        found[day] = Entry(DayKind.HOLIDAY, NEW_YEAR, HOLIDAYS())
        if day.weekday() >= 5:
            monday = day + timedelta(days=7 - day.weekday())
            found[monday] = Entry(DayKind.HOLIDAY, NEW_YEAR, HOLIDAYS(), substitute=True)
    return found


def guessing(horizon: date = date(2026, 12, 28), first: date = FIRST, last: date = LAST) -> WorkingCalendar:
    """Build a calendar that knows nothing but its horizon and guesses New Year's Day."""
    return WorkingCalendar("test", first, last, horizon, frozenset(range(2020, horizon.year + 1)), {}, guess)


def notice_2028(**changes: object) -> Notice:
    """Build a yearly notice: 2028-01-03 is the guessed substitute of Saturday the 1st."""
    fields: dict[str, object] = {
        "days_off": {date(2028, 1, 3): OFF, date(2028, 1, 4): OFF},
        "working_days": {date(2028, 1, 8): WORK},
        "publishes": 2028,
    }
    return Notice("notice-2028", Label("通知", "notice"), **(fields | changes))  # type: ignore[arg-type]


WEEKDAYS = WorkingCalendar.weekdays(FIRST, LAST)
DAYS = st.dates(FIRST, date(2035, 1, 1))


@given(DAYS, st.integers(1, 900))
def test_the_nth_working_day_is_found_by_walking_too(day: date, n: int) -> None:
    walked, left = day, n
    while left:
        walked += timedelta(days=1)
        left -= walked.weekday() < 5
    assert WEEKDAYS.nth(day, n) == WEEKDAYS.next_working_day(day, n) == walked
    assert WEEKDAYS.count(day, walked) == n
    assert WEEKDAYS.count(walked, day) == -n


@given(DAYS, st.integers(1, 900))
def test_counting_forth_and_back_is_inverse_from_a_working_day(day: date, n: int) -> None:
    worked = WEEKDAYS.nth(day, 1)
    assert WEEKDAYS.previous_working_day(WEEKDAYS.nth(worked, n), n) == worked


@given(DAYS)
def test_the_days_worked_until_a_day_are_those_counted_since_the_day_before_the_first_one(day: date) -> None:
    for calendar in (WEEKDAYS, guessing()):
        whole = calendar.count(calendar.first, day) + calendar.is_working(calendar.first)
        assert calendar.worked(day.toordinal()) == whole


def test_outside_no_days_are_worked() -> None:
    for calendar in (WEEKDAYS, guessing()):
        first, last = calendar.first.toordinal(), calendar.last.toordinal()
        assert calendar.worked(first - 1) == calendar.worked(first - 99) == 0
        assert calendar.worked(last + 1) == calendar.worked(last + 99) == calendar.worked(last) > 5000


def test_a_day_is_told_with_its_kind_and_source() -> None:
    monday, saturday = (WEEKDAYS.day(date(2026, 11, day)) for day in (2, 7))
    assert (monday.working, monday.kind, str(monday.label)) == (True, DayKind.WEEKDAY, "星期一 Monday")
    assert (saturday.working, saturday.kind, str(saturday.label)) == (False, DayKind.WEEKEND, "星期六 Saturday")
    assert str(saturday.citation) == "working-hours 7"
    assert WEEKDAYS.is_day_off(saturday.date)
    assert not WEEKDAYS.is_day_off(monday.date)


def test_an_explicit_table_says_what_its_entries_say() -> None:
    entry = Entry(DayKind.HOLIDAY, NEW_YEAR, HOLIDAYS())
    calendar = WorkingCalendar("table", FIRST, LAST, LAST, frozenset(), {FIRST: entry})
    assert not calendar.is_working(FIRST)
    assert calendar.day(FIRST).label == NEW_YEAR


@pytest.mark.parametrize("day", [FIRST - timedelta(days=1), LAST + timedelta(days=1)])
def test_a_day_outside_is_refused_with_the_day_and_the_range(day: date) -> None:
    for ask in (
        WEEKDAYS.is_working,
        WEEKDAYS.day,
        WEEKDAYS.next_working_day,
        WEEKDAYS.previous_working_day,
        lambda day: WEEKDAYS.count(day, FIRST),
        lambda day: WEEKDAYS.count(FIRST, day),
    ):
        with pytest.raises(CalendarRangeError, match=f"'weekdays' knows 2020-01-01 to 2040-12-31; {day} lies outside"):
            ask(day)


def test_an_answer_outside_is_refused() -> None:
    with pytest.raises(CalendarRangeError, match="it has no 5 working days after 2040-12-28"):
        WEEKDAYS.nth(date(2040, 12, 28), 5)
    with pytest.raises(CalendarRangeError, match="it has no 9 working days before 2020-01-06"):
        WEEKDAYS.previous_working_day(date(2020, 1, 6), 9)


@pytest.mark.parametrize("n", [0, -1, True, 1.5, "1"])
def test_working_days_are_counted_from_one(n: int) -> None:
    with pytest.raises(DeadlineError, match="counted from 1"):
        WEEKDAYS.nth(FIRST, n)
    with pytest.raises(DeadlineError, match="counted from 1"):
        WEEKDAYS.previous_working_day(LAST, n)


@pytest.mark.parametrize("moment", [datetime(2026, 1, 1, tzinfo=CHINA_TIME), "2026-01-01", 20260101])
def test_a_calendar_knows_days_only(moment: date) -> None:
    with pytest.raises(TimeError):
        WEEKDAYS.count(moment, LAST)
    with pytest.raises(TimeError):
        WEEKDAYS.count(FIRST, moment)
    for ask in (WEEKDAYS.nth, WEEKDAYS.previous_working_day):
        with pytest.raises(TimeError):
            ask(moment, 1)
    for tell in (WEEKDAYS.is_working, WEEKDAYS.day, WEEKDAYS.is_provisional):
        with pytest.raises(TimeError):
            tell(moment)


def test_a_subclass_of_date_is_a_day() -> None:
    class OtherDate(date):
        pass

    assert WEEKDAYS.nth(OtherDate(2026, 11, 6), 1) == date(2026, 11, 9)


def test_a_horizon_outside_the_range_or_an_endless_range_is_refused() -> None:
    with pytest.raises(CalendarError, match="the horizon lies between"):
        WorkingCalendar.weekdays(FIRST, LAST, horizon=date(2041, 1, 1))
    with pytest.raises(CalendarError, match="at most 400 years apart"):
        WorkingCalendar.weekdays(date(1, 1, 1), LAST)


def test_an_entry_outside_the_range_is_refused() -> None:
    entry = Entry(DayKind.DAY_OFF, OFF, HOLIDAYS())
    with pytest.raises(CalendarError, match="these days lie outside: 2019-12-31"):
        WorkingCalendar("table", FIRST, LAST, LAST, frozenset(), {FIRST: entry, date(2019, 12, 31): entry})


class TestPastTheHorizon:
    def test_days_are_guessed_and_provisional(self) -> None:
        calendar = guessing()
        assert not calendar.is_working(date(2027, 1, 1))
        assert calendar.is_provisional(date(2026, 12, 29))
        assert not calendar.is_provisional(date(2026, 12, 28))

    def test_the_far_part_is_built_when_it_is_asked_for(self) -> None:
        calendar = guessing()
        near = len(calendar._table[1])
        assert calendar.day(date(2036, 1, 1)).label == NEW_YEAR
        assert len(calendar._table[1]) > near

    def test_a_count_that_reaches_far_is_the_same_as_from_a_complete_table(self) -> None:
        complete = guessing()
        complete.is_working(LAST)
        assert guessing().nth(date(2026, 1, 1), 3000) == complete.nth(date(2026, 1, 1), 3000)
        assert guessing().nth(date(2034, 1, 1), 300) == complete.nth(date(2034, 1, 1), 300)
        assert guessing().count(FIRST, LAST) == complete.count(FIRST, LAST)

    def test_the_hash_does_not_depend_on_how_much_was_built(self) -> None:
        calendar = guessing()
        before = guessing().hash
        calendar.is_working(LAST)
        assert calendar.hash == before
        assert len(before) == 64

    def test_many_threads_get_the_same_answer(self) -> None:
        calendar, answers = guessing(), []
        threads = [threading.Thread(target=lambda: answers.append(calendar.nth(FIRST, 5000))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(answers) == {guessing().nth(FIRST, 5000)}


class TestEquality:
    def test_calendars_that_know_the_same_are_equal_and_survive_pickling(self) -> None:
        again = pickle.loads(pickle.dumps(guessing()))  # noqa: S301 - our own bytes
        assert again == guessing()
        assert hash(again) == hash(guessing())
        assert again.nth(date(2026, 12, 31), 1) == date(2027, 1, 4)

    def test_calendars_that_know_different_things_are_not(self) -> None:
        assert guessing() != WEEKDAYS
        assert guessing() != guessing(date(2025, 12, 28))
        assert WEEKDAYS != "weekdays"

    def test_a_calendar_prints_its_range_and_horizon(self) -> None:
        assert repr(guessing()) == "<WorkingCalendar 'test' 2020-01-01..2040-12-31, horizon 2026-12-28>"


class TestANotice:
    def test_of_the_year_makes_it_known(self) -> None:
        calendar = guessing(date(2027, 12, 28)).with_notices(notice_2028())
        assert calendar.horizon == date(2028, 12, 28)
        assert 2028 in calendar.published_years
        assert calendar.name == "test+notice-2028"

    def test_of_the_year_says_which_guessed_substitutes_hold(self) -> None:
        before, monday = guessing(date(2027, 12, 28)), date(2028, 1, 3)
        without = notice_2028(days_off={date(2028, 1, 4): OFF})
        assert before.day(monday).kind is DayKind.HOLIDAY
        assert before.with_notices(notice_2028()).day(monday).kind is DayKind.HOLIDAY
        assert before.with_notices(notice_2028()).day(date(2028, 1, 4)).kind is DayKind.DAY_OFF
        assert before.with_notices(without).is_working(monday)

    def test_of_the_year_leaves_the_statutory_holidays(self) -> None:
        assert guessing(date(2027, 12, 28)).with_notices(notice_2028()).day(date(2028, 1, 1)).label == NEW_YEAR

    def test_of_the_year_may_repeat_weekends_and_holidays(self) -> None:
        span = {date(2028, 1, day): OFF for day in range(1, 5)}
        repeating = guessing(date(2027, 12, 28)).with_notices(notice_2028(days_off=span))
        assert repeating == guessing(date(2027, 12, 28)).with_notices(notice_2028())

    def test_of_the_year_makes_only_that_year_known(self) -> None:
        december = {date(2027, 12, 25): WORK}
        calendar = guessing().with_notices(notice_2028(days_off={}, working_days=december))
        assert calendar.day(date(2027, 12, 25)).kind is DayKind.MAKE_UP
        assert not calendar.is_working(date(2027, 1, 1))
        assert date(2027, 1, 1) not in calendar._known
        assert calendar.day(date(2028, 1, 1)).label == NEW_YEAR
        assert calendar.is_working(date(2028, 1, 3))

    def test_of_a_later_year_leaves_the_horizon_at_the_gap(self) -> None:
        calendar = guessing().with_notices(notice_2028())
        assert calendar.horizon == date(2026, 12, 28)
        assert not calendar.is_working(date(2028, 1, 4))
        assert calendar.is_working(date(2028, 1, 8))
        notice = Notice("notice-2027", Label("通知", "notice"), {date(2027, 1, 4): OFF}, publishes=2027)
        assert calendar.with_notices(notice).horizon == date(2028, 12, 28)

    def test_of_the_running_year_moves_an_earlier_horizon(self) -> None:
        notice = Notice("notice-2026", Label("通知", "notice"), {date(2026, 5, 4): OFF}, publishes=2026)
        calendar = WorkingCalendar.weekdays(FIRST, LAST, horizon=date(2026, 3, 1))
        assert calendar.with_notices(notice).horizon == date(2026, 12, 28)

    def test_changes_the_hash(self) -> None:
        assert guessing().with_notices(notice_2028()).hash != guessing().hash

    def test_can_be_a_local_order(self) -> None:
        order = Notice(
            "order-1",
            Label("令", "order"),
            {date(2026, 11, 3): OFF},
            {date(2026, 11, 7): WORK},
            scope="大连",
            issued=date(2026, 10, 1),
            number="大政发〔2026〕1号",
        )
        calendar = WEEKDAYS.with_notices(order)
        off, work = (calendar.day(date(2026, 11, day)) for day in (3, 7))
        assert (off.kind, off.working, work.kind, work.working) == (DayKind.LOCAL_OFF, False, DayKind.LOCAL_WORK, True)
        assert off.citation.authority is Authority.DOCUMENT
        assert off.citation.text() == "《令》（大政发〔2026〕1号）"

    def test_that_is_later_wins(self) -> None:
        first = Notice("a", Label("甲", "a"), {date(2026, 11, 3): OFF}, {date(2026, 11, 7): WORK})
        second = Notice("b", Label("乙", "b"), {date(2026, 11, 7): OFF}, {date(2026, 11, 3): WORK}, scope="大连")
        third = Notice("c", Label("丙", "c"), {date(2026, 11, 7): OFF})
        calendar = WEEKDAYS.with_notices(first, second, third)
        assert calendar.is_working(date(2026, 11, 3))
        assert calendar.day(date(2026, 11, 7)).citation.source.key == "c"
        assert calendar == WEEKDAYS.with_notices(first).with_notices(second).with_notices(third)

    def test_that_changes_nothing_is_refused_with_every_such_entry(self) -> None:
        notice = Notice(
            "n",
            Label("通知", "notice"),
            {date(2026, 11, 7): OFF, date(2026, 11, 3): OFF, date(2041, 1, 1): OFF},
            {date(2026, 11, 4): WORK},
        )
        with pytest.raises(CalendarError) as refused:
            WEEKDAYS.with_notices(notice)
        assert "notice 'n' changes nothing: 2026-11-07 already is a day off" in str(refused.value)
        assert "notice 'n' changes nothing: 2026-11-04 already is a working day" in str(refused.value)
        assert "notice 'n' names 2041-01-01, which lies outside" in str(refused.value)
        assert "2026-11-03" not in str(refused.value)

    def test_that_is_only_guessed_already_changes_nothing_either(self) -> None:
        with pytest.raises(CalendarError, match="2027-01-01 already is a day off"):
            guessing().with_notices(Notice("n", Label("通知", "notice"), {date(2027, 1, 1): OFF}))

    def test_is_asked_for(self) -> None:
        with pytest.raises(CalendarError, match="a calendar takes a Notice, not 'notice'"):
            WEEKDAYS.with_notices("notice")  # type: ignore[arg-type]


class TestAContradictoryNotice:
    def test_is_refused_with_all_its_problems(self) -> None:
        day = date(2026, 11, 3)
        with pytest.raises(CalendarError) as refused:
            Notice(
                "n", Label("通知", "notice"), [(day, OFF), (day, NEW_YEAR)], {day: WORK}, scope="大连", publishes=2028
            )
        for problem in (
            "notice 'n' contradicts itself",
            "a day off and a working day at once: 2026-11-03",
            "listed twice",
            "only a national notice publishes a year, not one for 大连",
            "it publishes 2028, but these are not in 2028 or the December before: 2026-11-03",
        ):
            assert problem in str(refused.value)

    def test_without_entries_is_refused(self) -> None:
        with pytest.raises(CalendarError, match="it has no entry"):
            Notice("n", Label("通知", "notice"))

    @pytest.mark.parametrize(
        "entry", [("2026-11-03", OFF), (date(2026, 11, 3), "放假"), (datetime(2026, 11, 3, tzinfo=CHINA_TIME), OFF)]
    )
    def test_of_other_things_than_labelled_dates_is_refused(self, entry: tuple[date, Label]) -> None:
        with pytest.raises(CalendarError, match="each entry is a date with its Label; not so: 2026-11-03"):
            Notice("n", Label("通知", "notice"), [entry])

    def test_may_name_the_december_before(self) -> None:
        assert notice_2028(working_days={date(2027, 12, 25): WORK}).publishes == 2028

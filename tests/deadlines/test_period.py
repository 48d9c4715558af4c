"""Periods as values."""

import math
import pickle
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import (
    CHINA_TIME,
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Recurring,
    Timetable,
    WorkingDays,
    china,
)
from yingshang_flow.deadlines.period import add_days, add_months, ends_in_a_half, in_working_days
from yingshang_flow.errors import CalendarRangeError, PeriodError

DATES = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (WorkingDays(7), "7工作日", "7 working days"),
        (WorkingDays(1), "1工作日", "1 working day"),
        (WorkingDays(7.0), "7工作日", "7 working days"),
        (WorkingDays(3.5), "3.5工作日", "3.5 working days"),
        (WorkingDays(0.5), "0.5工作日", "0.5 working days"),
        (WorkingDays(3.5).times(2), "7工作日", "7 working days"),
        (Recurring("working_day", 5), "每5个工作日", "every 5 working days"),
        (Recurring("working_day"), "每个工作日", "every working day"),
        (CalendarDays(15), "15日", "15 days"),
        (Months(3), "3个月", "3 months"),
        (FixedDate(date(2021, 10, 30)), "2021-10-30", "2021-10-30"),
        (WEEKLY, "每周", "every week"),
        (MONTH_END, "每月末", "end of every month"),
        (
            Timetable((date(2018, 12, 31), date(2019, 6, 30))),
            "按序时进度：2018-12-31、2019-06-30",
            "as scheduled: 2018-12-31, 2019-06-30",
        ),
        (QUARTER_END, "每季度末", "end of every quarter"),
    ],
)
def test_a_period_is_written_in_both_languages(period: Period, zh: str, en: str) -> None:
    assert (str(period), period.text(), period.text("en")) == (zh, zh, en)


@pytest.mark.parametrize("period", [WorkingDays(7), CalendarDays(15), Months(3), FixedDate(date(2021, 1, 1)), WEEKLY])
def test_a_period_is_a_frozen_value(period: Period) -> None:
    assert pickle.loads(pickle.dumps(period)) == period  # noqa: S301 - our own bytes
    assert hash(period) == hash(pickle.loads(pickle.dumps(period)))  # noqa: S301 - our own bytes
    with pytest.raises(AttributeError):
        period.n = 8  # type: ignore[union-attr,misc]


@pytest.mark.parametrize("kind", [WorkingDays, CalendarDays, Months])
class TestAnImpossibleNumber:
    def test_of_zero_is_refused_with_what_to_write(self, kind: type[Months]) -> None:
        with pytest.raises(PeriodError, match=r"at least 1 of .* not 0: .*FixedDate"):
            kind(0)

    def test_below_zero_is_refused(self, kind: type[Months]) -> None:
        with pytest.raises(PeriodError, match="not -7"):
            kind(-7)

    def test_of_an_absurd_length_is_refused(self, kind: type[Months]) -> None:
        with pytest.raises(PeriodError, match=r"at most (36500|1200)"):
            kind(36501)

    @pytest.mark.parametrize("value", [True, "7", None])
    def test_of_another_type_is_refused(self, kind: type[Months], value: int) -> None:
        with pytest.raises(PeriodError, match="a whole number"):
            kind(value)

    def test_with_a_fraction_is_refused_with_what_to_write(self, kind: type[Months]) -> None:
        with pytest.raises(PeriodError, match=r"3\.3.*: .*write"):
            kind(3.3)  # type: ignore[arg-type]

    def test_is_refused_where_times_leads_to_it(self, kind: type[Months]) -> None:
        assert kind(2).times(3) == kind(6)
        with pytest.raises(PeriodError, match="at most"):
            kind(1200).times(1200)


@pytest.mark.parametrize("value", ["2021-10-30", None, datetime(2021, 10, 30, tzinfo=CHINA_TIME)])
def test_a_fixed_date_is_a_date(value: date) -> None:
    with pytest.raises(PeriodError, match="a fixed date is a date, not"):
        FixedDate(value)


def test_a_fixed_date_at_the_end_of_time_is_refused() -> None:
    with pytest.raises(PeriodError, match="set no limit"):
        FixedDate(date.max)


def test_a_recurring_period_has_a_known_cycle() -> None:
    with pytest.raises(PeriodError, match="every week, month, quarter, working_day, not 'day'"):
        Recurring("day")  # type: ignore[arg-type]


def test_only_working_days_recur_every_few() -> None:
    with pytest.raises(PeriodError, match="only working days recur every 2: a period is every week"):
        Recurring("week", 2)
    with pytest.raises(PeriodError, match="at least 1 of working days, not 0"):
        Recurring("working_day", 0)


@pytest.mark.parametrize("n", [math.inf, -math.inf, math.nan])
def test_working_days_are_a_number(n: float) -> None:
    with pytest.raises(PeriodError):
        WorkingDays(n)


@given(st.integers(1, 73000))
def test_halves_are_kept_exactly(halves: int) -> None:
    period = WorkingDays(halves / 2)
    assert period.halves == halves
    assert type(period.n) is (int if halves % 2 == 0 else float)
    assert ends_in_a_half(period) is (halves % 2 == 1)
    assert (period == WorkingDays(halves // 2 or 1)) is (halves % 2 == 0)


def test_which_periods_count_working_days() -> None:
    assert in_working_days(WorkingDays(3.5)) == WorkingDays(3.5)
    assert in_working_days(Recurring("working_day", 5)) == WorkingDays(5)
    assert in_working_days(WEEKLY) is None
    assert in_working_days(Months(1)) is None


@given(st.dates(date(2008, 1, 1), date(2023, 12, 31)), st.integers(1, 30), st.integers(1, 6))
def test_every_few_working_days_is_counted_on_a_calendar(day: date, every: int, n: int) -> None:
    period, walked = Recurring("working_day", every), day
    for _ in range(n):
        walked = period.after(walked, china())
    assert period.nth(day, n, china()) == walked == china().nth(day, every * n)


def test_every_few_working_days_is_not_counted_without_a_calendar() -> None:
    with pytest.raises(PeriodError, match="每5个工作日 is counted on a calendar: pass the calendar too"):
        Recurring("working_day", 5).after(date(2021, 3, 1))


@given(st.sampled_from([WEEKLY, MONTH_END, QUARTER_END]), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_recurrence_rule_names_the_same_ends(period: Recurring, day: date) -> None:
    rule = period.rrule()
    assert rule is not None
    after = datetime.combine(day + timedelta(days=1), datetime.min.time())
    found = [moment.date() for moment in islice(rrulestr(rule, dtstart=after), 5)]
    assert found == [period.nth(day, n) for n in range(1, 6)]


def test_no_recurrence_rule_says_working_days() -> None:
    assert Recurring("working_day", 5).rrule() is None


@pytest.mark.parametrize("n", [0, -1, True, 1.0])
def test_the_ends_of_a_recurring_period_are_counted_from_one(n: int) -> None:
    with pytest.raises(PeriodError, match="counted from 1"):
        WEEKLY.nth(date(2021, 1, 1), n)


def is_end(period: Recurring, day: date) -> bool:
    following = day + timedelta(days=1)
    if period == WEEKLY:
        return following.weekday() == 0
    return following.day == 1 and (period == MONTH_END or following.month in {1, 4, 7, 10})


@given(st.sampled_from([WEEKLY, MONTH_END, QUARTER_END]), DATES, st.integers(1, 6))
def test_the_nth_end_is_found_by_walking_too(period: Recurring, day: date, n: int) -> None:
    walked, left = day, n
    while left:
        walked += timedelta(days=1)
        left -= is_end(period, walked)
    assert period.nth(day, n) == walked
    assert period.after(day) == period.nth(day, 1)


def test_a_recurring_period_does_not_run_past_the_years() -> None:
    for period in (WEEKLY, MONTH_END, QUARTER_END):
        with pytest.raises(CalendarRangeError, match="outside the years"):
            period.nth(date(9998, 12, 31), 4)


@given(DATES, st.integers(1, 1200))
def test_r4_months_end_on_the_same_number_or_on_the_last_day(start: date, n: int) -> None:
    end = add_months(start, n)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def test_days_and_months_do_not_leave_the_years() -> None:
    with pytest.raises(CalendarRangeError, match="outside the years 1 to 9998"):
        add_days(date(1, 1, 1), -1)
    with pytest.raises(CalendarRangeError, match="outside the years 1 to 9998"):
        add_days(date(9998, 12, 31), 1)
    with pytest.raises(CalendarRangeError, match="outside the years 1 to 9998"):
        add_months(date(1, 1, 1), -1)


# --- timetables -------------------------------------------------------------------------------------------------------

SCHEDULES = st.sets(DATES, min_size=1, max_size=8).map(lambda dates: Timetable(tuple(sorted(dates))))


@given(SCHEDULES, DATES)
def test_a_timetable_ends_on_each_of_its_dates_in_turn(schedule: Timetable, day: date) -> None:
    left = [one for one in schedule.dates if one > day]
    assert schedule.left(day) == len(left)
    assert [schedule.nth(day, n + 1) for n in range(len(left))] == left
    with pytest.raises(PeriodError, match=f"has {len(left)} dates after {day}, not {len(left) + 1}"):
        schedule.nth(day, len(left) + 1)


def test_no_recurrence_rule_and_no_length_says_a_timetable() -> None:
    schedule = Timetable((date(2021, 3, 1),))
    assert (schedule.rrule(), schedule.length, in_working_days(schedule)) == (None, None, None)


@pytest.mark.parametrize("dates", [(), "2021-03-01", None, (date(2021, 3, 1), "x"), (datetime(2021, 3, 1),), range(2)])  # noqa: DTZ001 - to be refused
def test_a_timetable_is_made_of_dates(dates: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(PeriodError, match="a timetable is made of 1 to 400 dates"):
        Timetable(dates)


def test_a_timetable_has_no_dates_without_end() -> None:
    days = tuple(date(2021, 1, 1) + timedelta(days=n) for n in range(401))
    assert Timetable(days[:400]).left(date(2020, 1, 1)) == 400
    with pytest.raises(PeriodError, match="1 to 400 dates"):
        Timetable(days)
    with pytest.raises(PeriodError, match="no date to keep"):
        Timetable((date(9999, 12, 31),))


def test_the_ends_of_a_timetable_are_counted_from_one() -> None:
    with pytest.raises(PeriodError, match="counted from 1"):
        Timetable((date(2021, 3, 1),)).nth(date(2021, 1, 1), 0)

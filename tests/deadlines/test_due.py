"""Due dates: the laws they keep, against naive counts that share nothing with the table."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

import attrs
import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import (
    CHINA_TIME,
    MONTH_END,
    PERIOD_RULES,
    WEEKLY,
    CalendarDays,
    DayKind,
    DueDate,
    DueRules,
    FixedDate,
    Months,
    Notice,
    Period,
    Recurring,
    WorkingCalendar,
    WorkingDays,
    before,
    china,
    due,
)
from yingshang_flow.errors import CalendarHorizonError, CalendarRangeError, DeadlineError, PeriodError, TimeError
from yingshang_flow.words import Label

DAY = timedelta(days=1)
STARTS = st.dates(date(2007, 1, 1), date(2025, 12, 31))
OF_HOLIDAYS = holidays.country_holidays("CN", years=range(2004, 2028))


def is_worked(day: date) -> bool:
    """Tell from ``holidays`` itself whether a day is worked, without our table."""
    return day not in OF_HOLIDAYS and (day.weekday() < 5 or day in OF_HOLIDAYS.weekend_workdays)


def walked(start: date, n: int, counts: Callable[[date], bool]) -> date:
    """Walk until the n-th day that counts."""
    day = start
    while n:
        day += DAY
        n -= counts(day)
    return day


@st.composite
def spans(draw: st.DrawFn, start: date) -> tuple[tuple[date, date], ...]:
    """Draw disjoint spans around and after a start, in any order."""
    found, day = [], start - timedelta(days=draw(st.integers(0, 9)))
    for _ in range(draw(st.integers(0, 4))):
        first = day + timedelta(days=draw(st.integers(0, 20)))
        last = first + timedelta(days=draw(st.integers(0, 12)))
        found.append((first, last))
        day = last + DAY
    return tuple(draw(st.permutations(found)))


def within(day: date, excluded: tuple[tuple[date, date], ...]) -> bool:
    return any(first <= day <= last for first, last in excluded)


@given(STARTS, st.integers(1, 150))
def test_working_days_agree_with_two_naive_counts(start: date, n: int) -> None:
    found = due(WorkingDays(n), start).date
    assert found == walked(start, n, is_worked)
    assert found == walked(start, n, chinese_calendar.is_workday)
    assert china().count(start, found) == n


@given(STARTS, st.integers(1, 300))
def test_calendar_days_end_on_the_first_working_day_from_their_nominal_end(start: date, n: int) -> None:
    found = due(CalendarDays(n), start)
    assert found.nominal == start + timedelta(days=n)
    assert found.date == walked(found.nominal - DAY, 1, is_worked)


@given(STARTS, st.integers(1, 10))
def test_months_end_on_the_first_working_day_from_their_nominal_end(start: date, n: int) -> None:
    found = due(Months(n), start)
    assert found.date == walked(found.nominal - DAY, 1, is_worked)


@given(STARTS, st.integers(1, 80), st.data())
def test_excluded_time_is_walked_over(start: date, n: int, data: st.DataObject) -> None:
    excluded = data.draw(spans(start))
    found = due(WorkingDays(n), start, exclude=excluded)
    assert found.date == walked(start, n, lambda day: is_worked(day) and not within(day, excluded))
    run = [start + k * DAY for k in range(1, (found.date - start).days + 1)]
    assert china().count(start, found.date) == n + sum(is_worked(day) and within(day, excluded) for day in run)
    days = due(CalendarDays(n), start, exclude=excluded)
    assert days.nominal == walked(start, n, lambda day: not within(day, excluded))
    assert days.date == walked(days.nominal - DAY, 1, is_worked)


@given(STARTS, st.integers(1, 12), st.data())
def test_excluded_time_prolongs_months_by_its_days_in_the_run(start: date, n: int, data: st.DataObject) -> None:
    excluded = data.draw(spans(start))
    length = (due(Months(n), start, roll="none").date - start).days
    found = due(Months(n), start, exclude=excluded)
    assert found.nominal == walked(start, length, lambda day: not within(day, excluded))
    assert found.date == walked(found.nominal - DAY, 1, is_worked)


PERIODS = st.one_of(
    st.integers(1, 200).map(WorkingDays), st.integers(1, 300).map(CalendarDays), st.integers(1, 24).map(Months)
)


@given(PERIODS, STARTS)
def test_a_later_start_never_ends_earlier(period: Period, start: date) -> None:
    assert due(period, start).date <= due(period, start + DAY).date


@given(st.sampled_from([WorkingDays, CalendarDays, Months]), STARTS, st.integers(1, 24))
def test_a_longer_period_never_ends_earlier(kind: type[Months], start: date, n: int) -> None:
    assert due(kind(n), start).date <= due(kind(n + 1), start).date


@given(PERIODS, STARTS, st.integers(1, 5))
def test_r4_repeated_limits_are_counted_from_the_start_and_never_chained(
    period: WorkingDays | CalendarDays | Months, start: date, k: int
) -> None:
    assert due(period.times(k), start).period == type(period)(period.n * k)  # type: ignore[arg-type]  # its own number


def test_r4_twice_a_month_is_not_a_month_twice() -> None:
    twice = due(Months(1).times(2), date(2018, 12, 31), roll="none").date
    chained = due(Months(1), due(Months(1), date(2019, 1, 31), roll="none").date, roll="none").date
    assert twice == date(2019, 2, 28)
    assert due(Months(2), date(2019, 1, 31), roll="none").date == date(2019, 3, 31)
    assert chained == date(2019, 3, 28)


class TestR1:
    def test_r1_the_day_of_the_start_is_not_counted(self) -> None:
        assert due("1工作日", date(2021, 3, 1)).date == date(2021, 3, 2)
        assert due("1日", date(2021, 3, 1)).date == date(2021, 3, 2)

    def test_r1_switched_the_day_of_the_start_counts(self) -> None:
        rules = DueRules(count_start=True)
        assert due("1工作日", date(2021, 3, 1), rules=rules).date == date(2021, 3, 1)
        assert due("2日", date(2021, 3, 1), rules=rules).date == date(2021, 3, 2)
        assert due("每月末", date(2021, 3, 31), rules=rules).date == date(2021, 3, 31)

    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            (date(2021, 3, 1), 1, date(2021, 3, 31)),
            (date(2021, 3, 15), 1, date(2021, 4, 14)),
            (date(2021, 1, 31), 1, date(2021, 2, 28)),
            (date(2024, 1, 30), 1, date(2024, 2, 29)),
        ],
    )
    def test_r1_switched_months_end_before_the_day_of_the_same_number(
        self, start: date, months: int, end: date
    ) -> None:
        assert due(Months(months), start, rules=DueRules(count_start=True, roll="none")).date == end


class TestR2:
    def test_r2_a_working_day_is_monday_to_friday_less_days_off_plus_make_up_days(self) -> None:
        assert due("1工作日", date(2018, 12, 28)).date == date(2018, 12, 29)
        assert due("2工作日", date(2018, 12, 28)).date == date(2019, 1, 2)

    def test_r2_another_calendar_has_other_working_days(self) -> None:
        weekdays = WorkingCalendar.weekdays(date(2018, 1, 1), date(2020, 1, 1))
        assert due("1工作日", date(2018, 12, 28), calendar=weekdays).date == date(2018, 12, 31)


def test_r3_a_limit_includes_its_last_day() -> None:
    found = due("7工作日", date(2018, 12, 20))
    assert china().count(found.start, found.date) == 7
    assert due("2021年10月30日前", date(2021, 5, 1)).date == date(2021, 10, 30)


class TestR5:
    SATURDAY = date(2021, 4, 10)

    def test_r5_a_last_day_that_is_off_moves_to_the_next_working_day(self) -> None:
        assert due("10日", date(2021, 3, 31)).nominal == self.SATURDAY
        assert due("10日", date(2021, 3, 31)).date == date(2021, 4, 12)

    def test_r5_a_make_up_saturday_is_no_day_off(self) -> None:
        assert due("15日", date(2021, 2, 5)).date == date(2021, 2, 20)

    def test_r5_switched_off_it_stays(self) -> None:
        assert due("10日", date(2021, 3, 31), roll="none").date == self.SATURDAY
        assert due("10日", date(2021, 3, 31), rules=DueRules(roll="none")).date == self.SATURDAY
        assert due("10日", date(2021, 3, 31), rules=DueRules(roll="none"), roll="any").date == date(2021, 4, 12)

    def test_r5_switched_to_statutory_only_these_move_it(self) -> None:
        assert due("10日", date(2021, 3, 31), roll="statutory").date == self.SATURDAY
        assert due("1日", date(2021, 9, 30), roll="statutory").date == date(2021, 10, 6)
        assert china().day(date(2021, 10, 6)).kind is DayKind.DAY_OFF


class TestR6:
    def test_r6_the_last_day_ends_at_midnight_in_china(self) -> None:
        assert due("1工作日", date(2021, 3, 1)).end == datetime(2021, 3, 3, tzinfo=CHINA_TIME)

    def test_r6_switched_the_last_day_ends_at_the_close_of_business(self) -> None:
        found = due("1工作日", date(2021, 3, 1), rules=DueRules(closes=time(17)))
        assert found.end == datetime(2021, 3, 2, 9, tzinfo=UTC)


class TestR8:
    EXCLUDED = ((date(2021, 9, 29), date(2021, 9, 30)),)

    def test_r8_excluded_time_does_not_count(self) -> None:
        assert due("7工作日", date(2021, 9, 27)).date == date(2021, 10, 12)
        assert due("7工作日", date(2021, 9, 27), exclude=self.EXCLUDED).date == date(2021, 10, 14)

    def test_r8_switched_the_first_excluded_day_counts(self) -> None:
        rules = DueRules(first_excluded_counts=True)
        assert due("7工作日", date(2021, 9, 27), exclude=self.EXCLUDED, rules=rules).date == date(2021, 10, 13)
        one = ((date(2021, 9, 29), date(2021, 9, 29)),)
        assert due("7工作日", date(2021, 9, 27), exclude=one, rules=rules).date == date(2021, 10, 12)

    def test_r8_a_restart_replaces_the_start(self) -> None:
        found = due("7工作日", date(2021, 9, 27), restart=date(2021, 10, 8))
        assert found.date == due("7工作日", date(2021, 10, 8)).date
        assert (found.start, found.restart) == (date(2021, 9, 27), date(2021, 10, 8))
        assert due("3个月", date(2021, 9, 27), restart=date(2021, 10, 8)).nominal == date(2022, 1, 8)

    def test_r8_excluded_time_never_moves_a_date_that_is_set(self) -> None:
        assert due("2021-09-30", date(2021, 9, 27), exclude=self.EXCLUDED).date == date(2021, 9, 30)
        assert due(MONTH_END, date(2021, 9, 27), exclude=self.EXCLUDED).date == date(2021, 9, 30)

    def test_r8_the_spans_are_kept_in_order(self) -> None:
        later = (date(2021, 10, 8), date(2021, 10, 8))
        assert due("7工作日", date(2021, 9, 27), exclude=[later, *self.EXCLUDED]).exclude == (*self.EXCLUDED, later)

    @pytest.mark.parametrize(
        ("exclude", "problem"),
        [
            ([(date(2021, 9, 30), date(2021, 9, 29))], "ends before it starts: 2021-09-30..2021-09-29"),
            ([*EXCLUDED, (date(2021, 9, 30), date(2021, 10, 1))], "overlaps: 2021-09-29..2021-09-30 and 2021-09-30"),
            ([("2021-09-29", "2021-09-30")], "a pair of dates, not"),
            ([(datetime(2021, 9, 29, tzinfo=UTC), date(2021, 9, 30))], "a pair of dates, not"),
            ([date(2021, 9, 29)], "a sequence of"),
            ([(date(2021, 9, 29),)], "a sequence of"),
            (7, "a sequence of"),
        ],
    )
    def test_r8_impossible_excluded_time_is_refused(self, exclude: list[tuple[date, date]], problem: str) -> None:
        with pytest.raises(DeadlineError, match=problem):
            due("7工作日", date(2021, 9, 27), exclude=exclude)

    def test_r8_a_restart_before_the_start_is_refused(self) -> None:
        with pytest.raises(DeadlineError, match="cannot start anew before it, on 2021-09-26"):
            due("7工作日", date(2021, 9, 27), restart=date(2021, 9, 26))


class TestR3:
    WITHOUT = DueRules(date_included=False)

    def test_r3_a_date_that_is_set_is_in_time_itself_unless_it_is_left_out(self) -> None:
        for period, last in ((FixedDate(date(2021, 10, 30)), 30), (MONTH_END, 31)):
            assert due(period, date(2021, 10, 1)).date == date(2021, 10, last)
            assert due(period, date(2021, 10, 1), rules=self.WITHOUT).date == date(2021, 10, last - 1)

    def test_r3_a_number_of_days_includes_its_last_one_always(self) -> None:
        for period in ("7工作日", "15日", "3个月", "每5个工作日"):
            assert due(period, date(2021, 10, 1), rules=self.WITHOUT).date == due(period, date(2021, 10, 1)).date

    def test_r3_what_recurs_goes_on_to_the_next_end_where_nothing_is_left_before_it(self) -> None:
        assert due(MONTH_END, date(2021, 10, 30), rules=self.WITHOUT).date == date(2021, 11, 29)

    def test_r3_it_is_explained(self) -> None:
        steps = due("2021-10-30", date(2021, 10, 1), rules=self.WITHOUT).explain().steps
        assert [step.rule for step in steps] == ["R10", "R3", "R6"]


class TestR10:
    SUNDAY = date(2021, 10, 31)

    def test_r10_a_fixed_date_stays(self) -> None:
        found = due(FixedDate(self.SUNDAY), date(2021, 5, 1))
        assert (found.date, found.provisional) == (self.SUNDAY, False)
        assert due(MONTH_END, date(2021, 10, 1)).date == self.SUNDAY

    def test_r10_switched_it_moves_earlier_or_later(self) -> None:
        earlier, later = DueRules(fixed_roll="earlier"), DueRules(fixed_roll="later")
        for period in (FixedDate(self.SUNDAY), MONTH_END):
            assert due(period, date(2021, 10, 1), rules=earlier).date == date(2021, 10, 29)
            assert due(period, date(2021, 10, 1), rules=later).date == date(2021, 11, 1)
            assert due(period, date(2021, 10, 1), rules=later).nominal == self.SUNDAY

    def test_r10_a_recurring_end_never_moves_to_before_its_start(self) -> None:
        found = due(WEEKLY, date(2021, 10, 29), rules=DueRules(fixed_roll="earlier"))
        assert (found.nominal, found.date) == (date(2021, 11, 7), date(2021, 11, 5))

    def test_r10_a_fixed_date_on_a_working_day_stays_anyway(self) -> None:
        assert due("2021-10-29", date(2021, 5, 1), rules=DueRules(fixed_roll="later")).date == date(2021, 10, 29)

    def test_r10_a_date_outside_the_calendar_is_still_a_date(self) -> None:
        assert due("2150-01-01", date(1990, 1, 1)).end == datetime(2150, 1, 2, tzinfo=CHINA_TIME)


class TestR11:
    CALENDAR = WorkingCalendar.weekdays(date(2020, 1, 1), date(2040, 12, 31), horizon=date(2026, 12, 28))

    def test_r11_past_the_horizon_a_result_is_provisional(self) -> None:
        assert due(WorkingDays(7), date(2026, 12, 28), calendar=self.CALENDAR).provisional is True
        assert due(WorkingDays(7), date(2026, 12, 17), calendar=self.CALENDAR).provisional is False
        assert due("1年", date(2026, 12, 17), calendar=self.CALENDAR).provisional is True

    def test_r11_the_calendar_of_today_knows_its_own_horizon(self) -> None:
        assert due(WorkingDays(7), china().horizon).provisional is True
        assert due(WorkingDays(7), date(2026, 12, 1)).provisional is False

    def test_r11_a_result_that_asks_no_calendar_is_certain(self) -> None:
        assert due("1年", date(2026, 12, 17), roll="none").provisional is False
        assert due("2035-01-01", date(2026, 12, 17)).provisional is False

    def test_r11_a_date_moved_back_across_the_horizon_is_provisional(self) -> None:
        calendar = WorkingCalendar.weekdays(date(2020, 1, 1), date(2040, 12, 31), horizon=date(2026, 10, 30))
        rules = DueRules(fixed_roll="earlier")
        found = due(FixedDate(date(2026, 10, 31)), date(2026, 1, 1), calendar=calendar, rules=rules)
        assert (found.date, found.provisional) == (date(2026, 10, 30), True)

    def test_r11_switched_a_provisional_result_is_refused(self) -> None:
        rules = DueRules(past_horizon="refuse")
        with pytest.raises(CalendarHorizonError, match="ends past 2026-12-28, where no notice is loaded"):
            due(WorkingDays(7), date(2026, 12, 28), calendar=self.CALENDAR, rules=rules)
        assert due(WorkingDays(7), date(2026, 12, 1), calendar=self.CALENDAR, rules=rules).date == date(2026, 12, 10)

    def test_r11_a_notice_makes_it_certain(self) -> None:
        off, work = Label("元旦放假", "New Year's Day"), Label("调休上班", "make-up")
        notice = Notice(
            "holiday-notice-2027",
            Label("国务院办公厅关于2027年部分节假日安排的通知", "State Council notice on the holidays of 2027"),
            {date(2027, 1, 1): off, date(2027, 1, 4): off},
            {date(2026, 12, 27): work},
            publishes=2027,
        )
        found = due(WorkingDays(4), date(2026, 12, 28), calendar=self.CALENDAR.with_notices(notice))
        assert (found.date, found.provisional) == (date(2027, 1, 5), False)


class TestR13:
    def test_r13_a_reminder_counts_back_the_same_way(self) -> None:
        assert before("2工作日", date(2018, 10, 9)) == date(2018, 9, 30)
        assert before(WorkingDays(1), date(2018, 12, 30), calendar=china()) == date(2018, 12, 29)
        assert before("3日", date(2018, 10, 2)) == date(2018, 9, 29)
        assert before(Months(1), date(2018, 3, 31)) == date(2018, 2, 28)

    @given(STARTS, st.integers(1, 100))
    def test_r13_counting_back_finds_the_day_to_count_from(self, start: date, n: int) -> None:
        end = due(WorkingDays(n), start).date
        assert due(WorkingDays(n), before(WorkingDays(n), end)).date == end

    @pytest.mark.parametrize("period", ["每周", "2021-10-30"])
    def test_r13_what_is_no_length_cannot_be_counted_back(self, period: str) -> None:
        with pytest.raises(PeriodError, match="cannot be counted back"):
            before(period, date(2021, 10, 30))

    def test_r13_a_reminder_is_counted_from_a_date(self) -> None:
        with pytest.raises(TimeError):
            before("2工作日", datetime(2021, 10, 30, tzinfo=UTC))


class TestTheStart:
    def test_of_an_aware_datetime_is_its_date_in_china(self) -> None:
        late = datetime(2021, 3, 1, 17, tzinfo=UTC)
        assert due("1工作日", late).start == date(2021, 3, 2)
        assert due("1工作日", date(2021, 3, 1), restart=late).restart == date(2021, 3, 2)

    def test_can_be_a_subclass_of_date(self) -> None:
        class OtherDate(date):
            pass

        assert type(due("1工作日", OtherDate(2021, 3, 1)).start) is date

    @pytest.mark.parametrize(
        ("start", "advice"),
        [
            (datetime(2021, 3, 1), "has no time zone"),  # noqa: DTZ001 - that is the point
            ("2021-03-01", r"use date\.fromisoformat"),
            (20210301, "a date or an aware datetime, not 20210301"),
            (None, "a date or an aware datetime, not None"),
            (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "outside the years"),
        ],
    )
    def test_that_is_no_moment_is_refused(self, start: date, advice: str) -> None:
        with pytest.raises(TimeError, match=advice):
            due("7工作日", start)

    def test_before_the_calendar_is_refused(self) -> None:
        with pytest.raises(CalendarRangeError, match="2003-12-31 lies outside"):
            due("7工作日", date(2003, 12, 31))

    def test_that_ends_after_the_calendar_is_refused(self) -> None:
        with pytest.raises(CalendarRangeError, match="lies outside"):
            due("100年", date(2018, 12, 31))
        with pytest.raises(CalendarRangeError, match="working days after"):
            due("36500工作日", date(2018, 12, 31))


@pytest.mark.parametrize("period", [7, None, WorkingDays])
def test_what_is_no_period_is_refused(period: Period) -> None:
    with pytest.raises(PeriodError, match="a period is a Period or its text"):
        due(period, date(2021, 3, 1))


class TestADueDate:
    FOUND = due("7工作日", date(2018, 12, 20))

    def test_is_a_value(self) -> None:
        again = due(WorkingDays(7), date(2018, 12, 20), calendar=china(), rules=DueRules())
        assert again == self.FOUND
        assert hash(again) == hash(self.FOUND)
        assert pickle.loads(pickle.dumps(self.FOUND)) == self.FOUND  # noqa: S301 - our own bytes
        assert copy.deepcopy(self.FOUND) == self.FOUND
        assert due(WorkingDays(7), date(2018, 12, 20), rules=DueRules(closes=time(17))) != self.FOUND
        assert date(2018, 12, 29) != self.FOUND

    @pytest.mark.parametrize("name", ["start", "period", "date", "terms", "end", "anything"])
    def test_is_immutable(self, name: str) -> None:
        with pytest.raises(AttributeError):
            setattr(self.FOUND, name, None)

    def test_says_what_it_was_computed_under(self) -> None:
        assert self.FOUND.calendar is china()
        assert self.FOUND.rules == DueRules()
        assert (self.FOUND.exclude, self.FOUND.restart, self.FOUND.period) == ((), None, WorkingDays(7))
        assert "_date=datetime.date(2018, 12, 29)" in repr(self.FOUND)

    def test_is_written_as_json(self) -> None:
        written = json.loads(json.dumps(self.FOUND.as_dict()))
        assert {key: written[key] for key in ("start", "period", "nominal", "due", "provisional")} == {
            "start": "2018-12-20",
            "period": "7工作日",
            "nominal": "2018-12-29",
            "due": "2018-12-29",
            "provisional": False,
        }
        assert written["steps"][3] == {
            "date": "2018-12-29",
            "counted": True,
            "reason": "make-up working day for Monday 2018-12-31",
            "reason_zh": "调休上班（补2018-12-31星期一）",
            "rule": "R2",
            "citation": "holiday-notice-2019",
        }

    def test_evolves_like_other_values(self) -> None:
        assert attrs.evolve(self.FOUND, start=date(2018, 12, 19)).start == date(2018, 12, 19)
        assert isinstance(self.FOUND, DueDate)


def test_every_rule_has_a_label_and_a_source() -> None:
    assert list(PERIOD_RULES) == [f"R{n}" for n in range(1, 14)]
    assert all(rule.citations and rule.label.zh and rule.label.en for rule in PERIOD_RULES.values())


def test_a_recurring_period_is_one_of_three() -> None:
    assert due("每季度末", date(2021, 2, 1)).date == date(2021, 3, 31)
    assert due(Recurring("week"), date(2021, 3, 1)).date == date(2021, 3, 7)

"""Half working days, receipt after hours, long breaks and the latest start, against naive counts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yingshang_flow.deadlines import (
    CHINA_TIME,
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    DueDate,
    DueRules,
    FixedDate,
    Months,
    OfficeHours,
    Period,
    Recurring,
    Step,
    WorkingCalendar,
    WorkingDays,
    before,
    china,
    due,
    latest_start,
)
from yingshang_flow.errors import CalendarHorizonError, CalendarRangeError, DeadlineError, PeriodError, TimeError

DAY = timedelta(days=1)
STARTS = st.dates(date(2007, 1, 1), date(2025, 6, 30))
MOMENTS = st.datetimes(datetime(2007, 1, 1), datetime(2025, 6, 30)).map(lambda m: m.replace(tzinfo=CHINA_TIME))  # noqa: DTZ001 - made aware
AT_TURNS = st.builds(
    lambda day, at: datetime.combine(day, at, CHINA_TIME),
    STARTS,
    st.sampled_from([time(0), time(8, 59), time(9), time(12), time(12, 30), time(13), time(17), time(23, 59)]),
)
HALVES = st.integers(0, 60).map(lambda n: WorkingDays(n + 0.5))
HOURS = st.sampled_from([None, OfficeHours.parse("08:30-11:30,13:30-18:00")])
Excluded = tuple[tuple[date, date], ...]


def excluded_from(start: date, gap: int, length: int) -> Excluded:
    first = start + timedelta(days=gap)
    return ((first, first + timedelta(days=length)),) if length >= 0 else ()


def naive_end(period: WorkingDays, start: date | datetime, rules: DueRules, excluded: Excluded) -> datetime:
    """Walk over every half of every day and count those that begin, or end, after the start."""
    hours = rules.office_hours or OfficeHours()
    left = round(period.n * 2)
    if isinstance(start, datetime):
        moment = start
        off = not china().is_working(start.date())
        if rules.after_hours == "next_day" and (off or start.time() >= hours.closes):
            moment = datetime.combine(china().nth(start.date(), 1), time(0), CHINA_TIME)
    else:
        moment = (
            datetime.combine(start if rules.count_start else start + DAY, time(0), CHINA_TIME) - timedelta.resolution
        )
    day = moment.date() - DAY
    while True:
        day += DAY
        out = any(first + DAY * rules.first_excluded_counts <= day <= last for first, last in excluded)
        if out or not china().is_working(day):
            continue
        for span in (hours.morning, hours.afternoon):
            begin, end = (datetime.combine(day, at, CHINA_TIME) for at in span)
            opening = span == hours.morning and day == moment.date()
            left -= end > moment if rules.count_start else begin > moment and not opening
            if not left:
                return end


@given(
    HALVES,
    st.one_of(STARTS, MOMENTS, AT_TURNS),
    HOURS,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["same_day", "next_day"]),
    st.integers(-3, 9),
    st.integers(-1, 9),
)
def test_r12_half_days_are_walked_over(  # noqa: PLR0917 - drawn
    period: WorkingDays,
    start: date,
    hours: OfficeHours | None,
    count_start: bool,  # noqa: FBT001 - drawn
    first_counts: bool,  # noqa: FBT001 - drawn
    after: str,
    gap: int,
    length: int,
) -> None:
    rules = DueRules(
        count_start=count_start,
        first_excluded_counts=first_counts,
        office_hours=hours,
        after_hours=after,  # type: ignore[arg-type]
    )
    day = start.date() if isinstance(start, datetime) else start
    excluded = excluded_from(day, gap, length)
    found = due(period, start, rules=rules, exclude=excluded)
    assert found.end == naive_end(period, start, rules, excluded)
    assert found.date == found.end.date() == found.nominal
    assert found.explain().steps[-1].date == found.date
    again = due(period, day - 9 * DAY, restart=start, rules=rules, exclude=excluded)
    assert (again.date, again.end) == (found.date, found.end)


@given(HALVES, st.one_of(MOMENTS, AT_TURNS), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_r12_a_later_moment_never_ends_earlier(period: WorkingDays, start: datetime, later: timedelta) -> None:
    assert due(period, start).end <= due(period, start + later).end


@given(st.integers(1, 100), STARTS)
def test_r12_half_a_day_more_ends_half_a_day_later(halves: int, start: date) -> None:
    shorter, longer = due(WorkingDays(halves / 2), start), due(WorkingDays((halves + 1) / 2), start)
    assert shorter.end < longer.end
    assert shorter.date == due(WorkingDays((halves + 1) // 2), start).date


@given(st.integers(1, 100), MOMENTS)
def test_r12_with_a_close_of_business_more_halves_never_end_earlier(halves: int, start: datetime) -> None:
    rules = DueRules(closes=time(17))
    shorter, longer = (due(WorkingDays(n / 2), start, rules=rules).end for n in (halves, halves + 1))
    assert shorter <= longer


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2021, 3, day, hour, minute, tzinfo=CHINA_TIME)  # 2021-03-01 is a Monday


class TestR12:
    @pytest.mark.parametrize(
        ("period", "start", "end"),
        [
            ("0.5工作日", at(8), at(17)),
            ("0.5工作日", at(9), at(17)),
            ("0.5工作日", at(12, 30), at(17)),
            ("0.5工作日", at(13), at(12, day=2)),
            ("0.5工作日", at(18), at(12, day=2)),
            ("0.5工作日", date(2021, 3, 1), at(12, day=2)),
            ("3.5工作日", date(2021, 3, 1), at(12, day=5)),
            ("3.5工作日", at(10), at(17, day=4)),
            ("3.5工作日", at(8), at(17, day=4)),
            ("8.5工作日", date(2021, 3, 1), at(12, day=12)),
            ("0.5工作日", at(10, day=6), at(12, day=8)),
        ],
    )
    def test_r12_a_half_day_ends_with_a_morning_or_an_afternoon(self, period: str, start: date, end: datetime) -> None:
        assert due(period, start).end == end
        assert due(period, start, rules=DueRules(office_hours=OfficeHours())).end == end
        if isinstance(start, datetime):
            assert due(period, start.astimezone(UTC)).end == end

    def test_r12_the_half_in_which_it_starts_counts_where_the_first_day_does(self) -> None:
        rules = DueRules(count_start=True)
        assert due("0.5工作日", at(10), rules=rules).end == at(12)
        assert due("0.5工作日", at(18), rules=rules).end == at(12, day=2)
        assert due("0.5工作日", date(2021, 3, 1), rules=rules).end == at(12)

    def test_r12_whole_days_are_counted_as_ever(self) -> None:
        assert due("1工作日", at(8)) == due("1工作日", date(2021, 3, 1))
        assert due("1工作日", at(8)).end == at(0, day=3)

    def test_r12_without_an_afternoon_there_are_no_halves(self) -> None:
        with pytest.raises(DeadlineError, match="set office_hours too"):
            due("0.5工作日", at(8), rules=DueRules(closes=time(12)))
        assert due("0.5工作日", at(10), rules=DueRules(closes=time(16))).end == at(16)

    def test_r12_a_moment_keeps_its_refusals(self) -> None:
        with pytest.raises(TimeError, match="no time zone"):
            due("0.5工作日", datetime(2021, 3, 1))  # noqa: DTZ001 - that is the point
        with pytest.raises(PeriodError, match="a period is a Period or its text"):
            due(7, at(8))  # type: ignore[arg-type]
        with pytest.raises(DeadlineError, match="cannot start anew before it"):
            due("0.5工作日", at(8, day=2), restart=at(8))

    def test_r12_past_the_horizon_it_is_provisional(self) -> None:
        assert due("0.5工作日", china().horizon).provisional is True

    def test_r13_half_a_day_counts_back_to_the_day_it_lies_in(self) -> None:
        assert before("0.5工作日", date(2021, 3, 2)) == date(2021, 3, 1)
        assert before("3.5工作日", date(2021, 3, 5)) == date(2021, 3, 1)

    def test_r12_is_explained(self) -> None:
        assert str(due("0.5工作日", at(10)).explain()) == (
            "0.5 working days from 2021-03-01: due 2021-03-01 Monday\n"
            "  2021-03-01 Monday counted: half days of this day that count: 1"
            " (R12; Dalian opinion on the business environment 2018, 2)\n"
            "  2021-03-01 Monday counted: the office hours are 09:00\N{EN DASH}12:00, 13:00\N{EN DASH}17:00"
            " (R12; Dalian opinion on the business environment 2018, 2)\n"
            "  2021-03-01 Monday counted: the last day, until 17:00 (R6; Civil Code, 203)"
        )
        assert "当日不再计入" in due("0.5工作日", at(18)).explain().text()
        assert steps(due("0.5工作日", at(10, day=6), rules=DueRules(count_start=True)), "R12")[0].counted
        assert steps(due("0.5工作日", date(2021, 3, 1)), "R1")


def steps(found: DueDate, rule: str) -> list[Step]:
    return [step for step in found.explain().steps if step.rule == rule]


WHOLE = st.one_of(
    st.integers(1, 60).map(WorkingDays),
    st.integers(1, 90).map(CalendarDays),
    st.integers(1, 12).map(Months),
    st.sampled_from([WEEKLY, MONTH_END, QUARTER_END, Recurring("working_day", 5)]),
)
NEXT_DAY = DueRules(after_hours="next_day")


@given(WHOLE, st.one_of(MOMENTS, AT_TURNS), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_r6_after_hours_it_is_received_on_the_next_working_day(
    period: Period, start: datetime, later: timedelta
) -> None:
    day = start.date()
    if start.time() >= time(17) or not china().is_working(day):
        day += DAY
        while not china().is_working(day):
            day += DAY
    found = due(period, start, rules=NEXT_DAY)
    assert (found.start, found.date) == (day, due(period, day).date)
    assert due(period, day - DAY * 30, restart=start, rules=NEXT_DAY).date == found.date
    assert found.date <= due(period, start + later, rules=NEXT_DAY).date


class TestAfterHours:
    def test_r6_by_default_it_is_received_on_the_day(self) -> None:
        assert due("1工作日", at(18)).start == date(2021, 3, 1)
        assert due("1工作日", at(18), rules=NEXT_DAY).date == date(2021, 3, 3)
        assert due("1工作日", at(16, 59), rules=NEXT_DAY).date == date(2021, 3, 2)

    def test_r6_the_close_of_business_is_the_one_of_the_rules(self) -> None:
        early = attrs.evolve(NEXT_DAY, closes=time(16))
        assert due("1工作日", at(16), rules=early).start == date(2021, 3, 2)
        long = attrs.evolve(NEXT_DAY, office_hours=OfficeHours.parse("09:00-12:00,13:00-20:00"))
        assert due("1工作日", at(18), rules=long).start == date(2021, 3, 1)

    def test_r6_a_date_says_nothing_of_the_hour(self) -> None:
        saturday = date(2021, 3, 6)
        assert due("1工作日", saturday, rules=NEXT_DAY).start == saturday
        found = due("1工作日", at(18), restart=saturday, rules=NEXT_DAY)
        assert (found.start, found.restart, found.terms.received) == (date(2021, 3, 2), saturday, None)

    def test_r6_a_date_that_is_set_is_received_whenever(self) -> None:
        found = due(FixedDate(date(2150, 1, 1)), datetime(1990, 1, 1, 23, tzinfo=CHINA_TIME), rules=NEXT_DAY)
        assert found.start == date(1990, 1, 1)

    def test_r6_it_is_explained(self) -> None:
        (received, last) = steps(due("1工作日", at(18), rules=NEXT_DAY), "R6")
        assert received.reason.en == "received at 18:00, after hours or on a day off: counts as received on 2021-03-02"
        assert (received.date, str(received.citation), last.date.day) == (date(2021, 3, 1), "ours 下班后收到", 3)
        assert len(steps(due("1工作日", at(10), rules=NEXT_DAY), "R6")) == 1
        assert "after hours" in str(due("0.5工作日", at(18), rules=NEXT_DAY).explain())

    def test_r11_received_past_the_horizon_it_is_provisional(self) -> None:
        calendar = WorkingCalendar.weekdays(date(2020, 1, 1), date(2030, 12, 31), horizon=date(2021, 3, 1))
        rules = attrs.evolve(NEXT_DAY, roll="none")
        assert due("5日", at(18), calendar=calendar, rules=rules).provisional is True
        assert due("5日", at(10), calendar=calendar, rules=rules).provisional is False


def naive_tax_end(length: int, anchor: date, excluded: Excluded) -> date:
    """Try one end after another until the days that are left are those of the period."""
    end = anchor
    while True:
        end += DAY
        run: list[date] = []
        skipped: set[date] = set()
        for day in days_between(anchor, end):
            run = [] if china().is_working(day) else [*run, day]
            skipped.update(run if len(run) >= 3 else ())
            skipped.update([day] if any(first <= day <= last for first, last in excluded) else ())
        if (end - anchor).days - len(skipped) == length:
            return end


def days_between(anchor: date, end: date) -> Iterator[date]:
    return (anchor + k * DAY for k in range(1, (end - anchor).days + 1))


TAX = DueRules(tax_extension=True)


@given(STARTS, st.integers(1, 40), st.integers(0, 20), st.integers(-1, 9), st.booleans())
def test_r9_long_breaks_prolong_a_period_by_their_days(
    start: date,
    n: int,
    gap: int,
    length: int,
    count_start: bool,  # noqa: FBT001 - drawn
) -> None:
    excluded = excluded_from(start, gap, length)
    rules = DueRules(tax_extension=True, count_start=count_start)
    found = due(CalendarDays(n), start, rules=rules, exclude=excluded)
    assert found.nominal == naive_tax_end(n, start - count_start * DAY, excluded)
    assert found.date == due("1工作日", found.nominal - DAY).date
    skipped = {step.date for step in found.explain().steps if step.rule in {"R8", "R9"} and step.date <= found.nominal}
    assert (found.nominal - start).days + count_start - len(skipped) == n


@given(STARTS, st.integers(1, 2))
def test_r9_prolongs_months_too(start: date, n: int) -> None:
    length = (due(Months(n), start, roll="none").date - start).days
    assert due(Months(n), start, rules=TAX).nominal == naive_tax_end(length, start, ())


@given(STARTS, st.integers(1, 200))
def test_r9_a_longer_period_never_ends_earlier(start: date, n: int) -> None:
    shorter, longer = (due(CalendarDays(k), start, rules=TAX).date for k in (n, n + 1))
    assert due(CalendarDays(n), start).date <= shorter <= longer


class TestR9:
    def test_r9_is_off_by_default(self) -> None:
        assert due("15日", date(2021, 9, 30)).date == date(2021, 10, 15)
        assert due("15日", date(2021, 9, 30), rules=TAX).date == date(2021, 10, 22)

    def test_r9_a_break_that_the_longer_period_reaches_prolongs_it_too(self) -> None:
        found = due("3日", date(2021, 9, 30), rules=TAX)
        assert [step.date.day for step in steps(found, "R9")] == [1, 2, 3, 4, 5, 6, 7]
        assert found.nominal == date(2021, 10, 10)
        assert due("2日", date(2021, 9, 30), rules=TAX).date == date(2021, 10, 8)

    def test_r9_a_weekend_is_no_long_break(self) -> None:
        assert due("15日", date(2021, 3, 1), rules=TAX).date == date(2021, 3, 16)

    @pytest.mark.parametrize("period", ["7工作日", "2021-10-31", "每月末", "每5个工作日"])
    def test_r9_working_days_and_dates_are_not_prolonged(self, period: str) -> None:
        found = due(period, date(2021, 9, 30), rules=TAX)
        assert found.date == due(period, date(2021, 9, 30)).date
        assert not steps(found, "R9")

    def test_r9_a_last_day_that_stays_is_provisional_all_the_same(self) -> None:
        calendar = WorkingCalendar.weekdays(date(2020, 1, 1), date(2030, 12, 31), horizon=date(2021, 3, 1))
        found = due("15日", date(2021, 2, 25), calendar=calendar, rules=TAX, roll="none")
        assert (found.date, found.provisional) == (date(2021, 3, 12), True)


RECURRING = st.sampled_from([WEEKLY, MONTH_END, QUARTER_END, Recurring("working_day", 5)])
RULES = st.builds(
    DueRules,
    count_start=st.booleans(),
    roll=st.sampled_from(["any", "none", "statutory"]),
    fixed_roll=st.sampled_from(["stay", "earlier", "later"]),
)


@given(st.one_of(WHOLE, HALVES, RECURRING), STARTS, RULES)
def test_r13_the_latest_start_is_the_last_that_ends_in_time(period: Period, wanted: date, rules: DueRules) -> None:
    found = latest_start(period, wanted, rules=rules)
    assert due(period, found, rules=rules).date <= wanted < due(period, found + DAY, rules=rules).date


@given(st.integers(1, 60).map(CalendarDays), STARTS, st.booleans())
def test_r13_with_long_breaks_no_later_start_ends_in_time(
    period: CalendarDays,
    wanted: date,
    count_start: bool,  # noqa: FBT001 - drawn
) -> None:
    rules = DueRules(tax_extension=True, count_start=count_start)
    walked = wanted + DAY
    while due(period, walked, rules=rules).date > wanted:
        walked -= DAY
    assert latest_start(period, wanted, rules=rules) == walked


class TestTheLatestStart:
    def test_of_working_days(self) -> None:
        assert latest_start("7工作日", date(2018, 12, 29)) == date(2018, 12, 20)
        assert latest_start("3.5工作日", date(2021, 3, 5)) == date(2021, 3, 1)

    def test_of_a_set_date_there_is_none(self) -> None:
        with pytest.raises(PeriodError, match="2021-10-31 ends when it does, wherever it starts"):
            latest_start("2021-10-31", date(2021, 10, 31))

    def test_for_what_is_no_day_is_refused(self) -> None:
        with pytest.raises(TimeError):
            latest_start("7工作日", at(8))

    def test_for_what_is_no_period_is_refused(self) -> None:
        with pytest.raises(PeriodError, match="a period is a Period or its text"):
            latest_start(7, date(2021, 3, 1))  # type: ignore[arg-type]

    def test_outside_the_calendar_is_refused(self) -> None:
        calendar = WorkingCalendar.weekdays(date(2021, 1, 1), date(2021, 12, 31))
        with pytest.raises(CalendarRangeError, match="2022-01-01 lies outside"):
            latest_start("7工作日", date(2022, 1, 1), calendar=calendar)
        for period in ("7工作日", "100年"):
            with pytest.raises(CalendarRangeError, match="no start from 2021-01-01 on, where the calendar begins"):
                latest_start(period, date(2021, 1, 5), calendar=calendar)
        with pytest.raises(CalendarRangeError, match="no start from 2021-01-02 on"):
            latest_start("1日", date(2021, 1, 1), calendar=calendar, rules=DueRules(count_start=True))
        assert latest_start("7工作日", date(2021, 12, 31), calendar=calendar) == date(2021, 12, 22)
        for rules, first in ((TAX, 1), (attrs.evolve(TAX, count_start=True), 2)):
            assert latest_start("20日", date(2004, 1, 30)).year == 2004
            with pytest.raises(CalendarRangeError, match=f"no start from 2004-01-0{first} on"):
                latest_start("25日", date(2004, 1, 30), rules=rules)

    def test_past_the_horizon_is_refused_where_the_rules_say_so(self) -> None:
        wanted = china().horizon + 30 * DAY
        assert latest_start("7工作日", wanted) < wanted
        with pytest.raises(CalendarHorizonError):
            latest_start("7工作日", wanted, rules=DueRules(past_horizon="refuse"))


@given(STARTS, st.integers(1, 60))
def test_every_few_working_days_are_counted_as_working_days(start: date, n: int) -> None:
    found, once = due(Recurring("working_day", n), start), due(WorkingDays(n), start)
    assert (found.date, found.nominal) == (once.date, once.nominal)
    assert found.explain().steps == once.explain().steps
    assert due(Recurring("working_day", n), china().horizon).provisional is True
    assume(n > 1)
    assert "不计入" in found.explain().text()

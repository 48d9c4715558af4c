"""Explanations: they say what was skipped and why, and lead to the same day again."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import (
    CalendarDays,
    DueDate,
    DueRules,
    FixedDate,
    Months,
    Notice,
    Step,
    WorkingCalendar,
    WorkingDays,
    china,
    due,
)
from yingshang_flow.words import Label

DAY = timedelta(days=1)
STARTS = st.dates(date(2007, 1, 1), date(2025, 12, 31))


def steps(found: DueDate, rule: str) -> list[Step]:
    return [step for step in found.explain().steps if step.rule == rule]


def walked_by_steps(found: DueDate, n: int) -> date:
    """Derive the due date from nothing but the explanation and the length."""
    skipped = {step.date for step in found.explain().steps if not step.counted}
    day = found.start
    while n:
        day += DAY
        n -= day not in skipped
    return day


@given(STARTS, st.integers(1, 120), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_the_steps_lead_to_the_same_day(start: date, n: int, gap: int, length: int, first_counts: bool) -> None:  # noqa: FBT001 - drawn
    first = start + timedelta(days=gap)
    options = {
        "exclude": [(first, first + timedelta(days=length))],
        "rules": DueRules(first_excluded_counts=first_counts),
    }
    for period in (WorkingDays(n), CalendarDays(n)):
        found = due(period, start, **options)  # type: ignore[arg-type]
        assert walked_by_steps(found, n) == found.date


@given(STARTS, st.integers(1, 120))
def test_exactly_the_days_off_are_listed_as_skipped(start: date, n: int) -> None:
    found, calendar = due(WorkingDays(n), start), china()
    run = [start + k * DAY for k in range(1, (found.date - start).days + 1)]
    assert [step.date for step in steps(found, "R2") if not step.counted] == [d for d in run if calendar.is_day_off(d)]
    assert [step.date for step in steps(found, "R2") if step.counted] == [
        d for d in run if calendar.is_working(d) and d.weekday() >= 5
    ]


def test_it_is_printed_in_english() -> None:
    assert str(due("7工作日", date(2018, 12, 20)).explain()) == (
        "7 working days from 2018-12-20: due 2018-12-29 Saturday\n"
        "  2018-12-20 Thursday not counted: the day on which the period starts is not counted (R1; Civil Code, 201)\n"
        "  2018-12-22 Saturday not counted: weekend (R2; State Council rules on working hours, 7)\n"
        "  2018-12-23 Sunday not counted: weekend (R2; State Council rules on working hours, 7)\n"
        "  2018-12-29 Saturday counted: make-up working day for Monday 2018-12-31"
        " (R2; State Council notice on the holidays of 2019)\n"
        "  2018-12-29 Saturday counted: the last day, until 24:00 (R6; Civil Code, 203)"
    )


def test_it_is_printed_in_chinese() -> None:
    text = due("7工作日", date(2018, 12, 20)).explain().text("zh")
    assert text.startswith("2018-12-20起7工作日：2018-12-29星期六届满\n")
    assert "2018-12-22 星期六不计入：周末（R2，《国务院关于职工工作时间的规定》第7条）" in text
    assert "2018-12-29 星期六计入：调休上班（补2018-12-31星期一）" in text


def test_r1_says_that_the_start_counts_where_it_does() -> None:
    rules = DueRules(count_start=True)
    assert steps(due("2工作日", date(2021, 3, 1), rules=rules), "R1")[0].counted
    assert not steps(due("2工作日", date(2021, 3, 6), rules=rules), "R1")


def test_r4_says_which_day_the_month_has_not() -> None:
    assert steps(due("3个月", date(2018, 11, 30)), "R4")[0].reason.en.startswith("the month has no day 30")
    assert not steps(due("3个月", date(2018, 11, 28)), "R4")


def test_r5_lists_the_days_off_at_the_end() -> None:
    assert [step.date.day for step in steps(due("10日", date(2021, 3, 31)), "R5")] == [10, 11]


def test_r5_says_why_a_weekend_day_is_the_last() -> None:
    assert steps(due("15日", date(2021, 2, 5)), "R5")[0].counted
    assert steps(due("10日", date(2021, 3, 31), roll="none"), "R5")[0].reason.zh == "末日不顺延"
    assert steps(due("10日", date(2021, 3, 31), roll="statutory"), "R5")[0].reason.zh == "不是法定节日，不顺延"


def test_r6_says_when_the_last_day_ends() -> None:
    found = due("7工作日", date(2021, 3, 1), rules=DueRules(closes=time(17)))
    assert steps(found, "R6")[0].reason.en == "the last day, until 17:00"


def test_r8_lists_excluded_days_and_a_restart() -> None:
    found = due("7工作日", date(2021, 9, 27), exclude=[(date(2021, 9, 29), date(2021, 9, 30))])
    assert [step.date.day for step in steps(found, "R8")] == [29, 30]
    again = due("7工作日", date(2021, 9, 27), restart=date(2021, 10, 8))
    assert steps(again, "R8")[0].reason.en == "the period starts anew on 2021-10-08"
    assert steps(again, "R1")[0].date == date(2021, 10, 8)


@pytest.mark.parametrize(
    ("fixed_roll", "day", "days", "reason"),
    [
        ("stay", 31, [31], "a fixed date is a date and does not move"),
        ("later", 31, [31, 1], "moved to the working day after"),
        ("earlier", 31, [29, 30, 31], "moved to the working day before"),
        ("later", 29, [29], "it is a working day"),
    ],
)
def test_r10_says_where_a_fixed_date_went(fixed_roll: str, day: int, days: list[int], reason: str) -> None:
    rules = DueRules.parse(f"fixed_roll={fixed_roll}")
    found = steps(due(FixedDate(date(2021, 10, day)), date(2021, 1, 1), rules=rules), "R10")
    assert [step.date.day for step in found] == days
    assert [step.reason.en for step in found if step.counted] == [reason]


def test_r11_says_that_it_is_provisional() -> None:
    found = due(WorkingDays(7), china().horizon)
    assert f"provisional: no notice is loaded for days after {china().horizon}" in str(found.explain())
    assert "（暂定）" in found.explain().text()


def test_a_local_order_is_named() -> None:
    label = Label("全运会放假", "games holiday")
    order = Notice("order", Label("令", "local order"), {date(2021, 3, 2): label}, scope="沈阳")
    weekdays = WorkingCalendar.weekdays(date(2021, 1, 1), date(2021, 12, 31)).with_notices(order)
    assert "games holiday (R2; local order)" in str(due("1工作日", date(2021, 3, 1), calendar=weekdays).explain())


def test_months_are_explained_too() -> None:
    assert str(due(Months(3), date(2018, 11, 30)).explain()).startswith("3 months from 2018-11-30: due 2019-02-28")

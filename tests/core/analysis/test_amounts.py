"""A locality's values: what is too early, adds nothing, comes out of order or ends before its turn."""

from datetime import date
from typing import Any

import attrs
import pytest

from tests.core.analysis.permits import OFFICE, P1, PERMIT, found, limit, ours, permit
from yingshang_flow.core.analysis import analysed
from yingshang_flow.core.analysis.spans import not_longer, shorter, span
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move
from yingshang_flow.core.limit import FromContent, Rung, TimeLimit
from yingshang_flow.deadlines import (
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Lamps,
    Months,
    Period,
    Recurring,
    WorkingDays,
)
from yingshang_flow.words import Cited, Label

A = Label("甲", "a")
BY = FixedDate(date(2026, 6, 30))


def rung(key: str, *, before: Period | None = None, after: Period | None = None) -> Rung:
    """Return a rung."""
    return Rung(key, A, before=ours(before) if before else None, after=ours(after) if after else None)


def lamps(yellow: str, red: str | None = None) -> Cited[Lamps]:
    """Return lamps as a value of ours."""
    return Cited(Lamps(yellow, red), PERMIT.rules[0].citations[0])


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"warn": ours(WorkingDays(9))}, []),
        ({"warn": ours(WorkingDays(10))}, ["warns_too_early"]),
        ({"warn": ours(Months(2))}, ["warns_too_early"]),
        ({"warn": ours(CalendarDays(12))}, []),
        ({"ladder": [rung("r", before=WorkingDays(3))]}, []),
        ({"ladder": [rung("r", before=WorkingDays(12))]}, ["rung_too_early"]),
        ({"lamps": lamps("3工作日", "1工作日")}, []),
        ({"lamps": lamps("10工作日")}, ["lamp_too_early"]),
        ({"lamps": lamps("1/4", "12工作日")}, ["lamp_too_early"]),
        ({"extended": {"check": ours(WorkingDays(11))}}, []),
        ({"extended": {"check": ours(WorkingDays(10))}}, ["extends_nothing"]),
        ({"extended": {"check": ours(CalendarDays(10))}}, ["extends_nothing"]),
        ({"ladder": [rung("b", before=WorkingDays(2)), rung("d"), rung("e", after=WorkingDays(1))]}, []),
        ({"ladder": [rung("b", before=WorkingDays(2)), rung("c", before=WorkingDays(5))]}, ["ladder_unordered"]),
        ({"ladder": [rung("d"), rung("b", before=WorkingDays(2))]}, ["ladder_unordered"]),
        ({"ladder": [rung("e", after=WorkingDays(1)), rung("d")]}, ["ladder_unordered"]),
        ({"ladder": [rung("e", after=WorkingDays(3)), rung("f", after=WorkingDays(1))]}, ["ladder_unordered"]),
        ({"ladder": [rung("e", after=WorkingDays(1)), rung("f", after=WorkingDays(3))]}, []),
    ],
)
def test_values_of_one_limit_are_compared(changes: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _ in found(permit(limits=[limit(**changes)]))] == codes


def test_what_an_act_sets_is_compared_with_nothing() -> None:
    told = attrs.evolve(limit(warn=ours(Months(9))), period=FromContent("copies"))
    extended = limit(extended={"check": FromContent("by")})
    assert "warns_too_early" not in dict(found(permit(limits=[told])))
    assert "extends_nothing" not in dict(found(permit(limits=[extended])))


def in_turn(first: TimeLimit, second: TimeLimit) -> Lifecycle:
    """Return the procedure with two acts of which one comes after the other, each owed in time."""
    whole = permit(
        states=[State("drafted", A)],
        triggers=[Trigger("draft", A), Trigger("sign", A)],
        transitions=[
            move("draft", "asked", to="drafted", by=OFFICE),
            move("sign", "drafted", to="granted", by=OFFICE),
        ],
    )
    second = attrs.evolve(second, key="second", met="sign")
    return attrs.evolve(
        whole, limits=[attrs.evolve(first, key="first", met="draft", stops=("grant", "refuse")), second]
    )


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (BY, FixedDate(date(2026, 6, 29)), True),
        (BY, BY, False),
        (BY, FixedDate(date(2026, 7, 1)), False),
        (WorkingDays(10), WorkingDays(5), True),
        (WorkingDays(5), WorkingDays(10), False),
        (BY, WorkingDays(5), False),
    ],
)
def test_a_limit_that_ends_before_another_whose_act_comes_first(first: Period, second: Period, told: bool) -> None:  # noqa: FBT001
    codes = [("ends_before_its_turn", "ask draft sign")] if told else []
    assert found(in_turn(limit(period=first), limit(period=second))) == codes


def test_limits_that_start_apart_or_come_again_are_not_compared() -> None:
    apart = in_turn(limit(period=WorkingDays(10)), limit(period=WorkingDays(5), starts="draft"))
    assert found(apart) == []
    again = in_turn(limit(period=WorkingDays(10), repeats=True), limit(period=WorkingDays(5)))
    assert "ends_before_its_turn" not in dict(found(again))


def test_a_limit_whose_act_needs_no_other_has_its_own_time() -> None:
    free = permit(limits=[limit(key="slow", met="grant"), limit(key="fast", met="check", period=WorkingDays(2))])
    assert "ends_before_its_turn" not in dict(found(free))


def test_a_date_before_the_values_hold_is_told_where_it_is_known_when_they_do() -> None:
    dated = permit(limits=[limit(period=BY), limit(key="y")])
    assert analysed(dated) == ()
    assert analysed(dated, since=date(2026, 6, 30)) == ()
    (issue,) = analysed(dated, since=date(2026, 7, 1))
    assert issue.code == "ends_before_it_holds"
    assert issue.text("en") == "limit 'x' ends on 2026-06-30, before these values hold from 2026-07-01 on"


@pytest.mark.parametrize(
    ("one", "other", "surely"),
    [
        (CalendarDays(5), CalendarDays(5), True),
        (CalendarDays(5), WorkingDays(5), True),
        (WorkingDays(5), CalendarDays(5), False),
        (WorkingDays(5), CalendarDays(32), True),
        (Months(1), Months(1), True),
        (Months(1), CalendarDays(31), True),
        (Months(1), CalendarDays(30), False),
        (WEEKLY, MONTH_END, True),
        (MONTH_END, QUARTER_END, True),
        (QUARTER_END, MONTH_END, False),
        (Recurring("working_day", 3), MONTH_END, True),
        (BY, CalendarDays(5), False),
        (CalendarDays(5), BY, False),
        (BY, BY, True),
    ],
)
def test_periods_are_compared_only_as_far_as_it_is_sure(one: Period, other: Period, surely: bool) -> None:  # noqa: FBT001
    assert not_longer(one, other) is surely


@pytest.mark.parametrize(
    ("period", "least", "most"),
    [
        (CalendarDays(5), 5, 5),
        (Months(2), 56, 62),
        (WorkingDays(5), 5, 32),
        (WorkingDays(1.5), 1, 20),
        (WEEKLY, 1, 7),
        (MONTH_END, 28, 31),
        (QUARTER_END, 90, 92),
        (Recurring("working_day", 3), 3, 23),
    ],
)
def test_a_period_takes_so_many_days_at_least_and_at_most(period: Period, least: int, most: int) -> None:
    assert span(period) == (least, most)


def test_a_date_has_no_length() -> None:
    assert span(BY) is None
    assert not shorter(BY, BY)
    assert shorter(WorkingDays(1.5), WorkingDays(2))


def test_the_rules_stay_those_of_the_limit() -> None:
    assert limit().rules == (P1,)

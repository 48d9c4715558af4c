"""Strategies for calendars, periods, people and content, and the plain content that a search begins with."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.roadworks import ROADWORKS, Everything
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.codec import read
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.deadlines import Period, WorkingCalendar, due, parse
from yingshang_flow.errors import UnknownError
from yingshang_flow.lifecycles.interview import Plan
from yingshang_flow.testing import actors, calendars, content_of, periods
from yingshang_flow.testing.saying import Pool, differing, plainly, says, switches

POOL = Pool(units=("甲单位", "乙单位"), days=(date(2018, 12, 20), date(2019, 1, 1)))
CLASSES = sorted(
    {
        trigger.content
        for key, profile in SHIPPED_PAIRS
        for trigger in lifecycles.SHIPPED[key](profile).triggers
        if trigger.content is not None
    }
    | {Everything},
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)


@settings(max_examples=30)
@given(calendars(), st.integers(1, 30))
def test_a_calendar_counts_forth_and_back(calendar: WorkingCalendar, number: int) -> None:
    start = date(2018, 12, 10)
    assert calendar.count(start, calendar.nth(start, number)) == number


@settings(max_examples=30)
@given(periods(near=date(2018, 12, 10)), calendars())
def test_a_period_can_be_written_read_and_counted(period: Period, calendar: WorkingCalendar) -> None:
    assert parse(str(period)) == period
    assert due(period, date(2018, 12, 10), calendar=calendar).date >= date(2018, 12, 10)


@given(st.data())
def test_actors_are_of_the_role_that_is_asked_for(data: st.DataObject) -> None:
    assert data.draw(actors(ROADWORKS, role="crew")).role == "crew"
    assert data.draw(actors(ROADWORKS)).role in ROADWORKS.roles


def test_a_role_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownError, match="has no role 'king'"):
        actors(ROADWORKS, role="king")


@settings(max_examples=20)
@given(data=st.data(), kind=st.sampled_from(CLASSES))
def test_content_of_every_class_can_be_recorded(data: st.DataObject, kind: type[Any]) -> None:
    content = data.draw(content_of(kind, near=date(2021, 5, 1)))
    assert read(kind, content, "x") == content


@settings(max_examples=20)
@given(content_of(Everything, near=date(2021, 5, 1)))
def test_days_lie_near_the_day_that_is_given(content: Everything) -> None:
    assert abs(content.day - date(2021, 5, 1)) < timedelta(days=90)


# --- saying ---


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_plain_content_and_all_that_differs_from_it_can_be_recorded(kind: type[Any]) -> None:
    plain = plainly(kind, POOL)
    assert read(kind, plain, "x") == plain
    for number, other in enumerate(differing(plain, POOL)):
        assert other != plain
        if number < 200:
            assert read(kind, other, "x") == other


def test_what_was_said_before_is_said_again_under_the_same_name() -> None:
    pool = Pool(said={"facts": ("据报",), "tier": ("leader",)})
    plan = plainly(Plan, pool)
    assert (plan.facts, plan.tier) == ("据报", "leader")


def test_the_choices_of_a_content_are_those_of_its_nested_classes_too() -> None:
    found = list(switches(Plan))
    assert ("tier", "leader") in found
    assert ("body", "enterprise") in found
    assert ("facts", None) in found


def test_a_content_says_what_stands_anywhere_in_it_but_nothing_confidential() -> None:
    plan = plainly(Plan, POOL)
    assert says(plan, "body", "government")
    assert not says(plan, "body", "enterprise")
    assert not says(Confidential("甲"), "value", "甲")

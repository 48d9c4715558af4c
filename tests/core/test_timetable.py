"""Limits that keep to a timetable (按序时进度): each date is owed in turn, and after the last one nothing is."""

from datetime import date
from typing import Any

import attrs
import pytest

from tests.core.roadworks import ROADWORKS, Order, Promise, Story, ours
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.case import Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Missed, Started, Warned, midnight
from yingshang_flow.deadlines import DueRules, Timetable, WorkingDays
from yingshang_flow.errors import PeriodError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited

DATES = (date(2021, 3, 14), date(2021, 3, 31), date(2021, 4, 30))
SCHEDULE = Timetable(DATES)


def scheduled(**changes: Any) -> Lifecycle:  # noqa: ANN401 - any field of a limit
    """Roadworks whose turns keep to a timetable instead."""
    changes = {"period": ours(SCHEDULE), **changes}
    limits = [attrs.evolve(limit, **changes) if limit.key == "round" else limit for limit in ROADWORKS.limits]
    return attrs.evolve(ROADWORKS, limits=limits)


def begun(when: str = "2021-03-02", **changes: Any) -> Story:  # noqa: ANN401 - any field of a limit
    story = Story(scheduled(**changes))
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    story.act("start", when)
    return story


def test_the_next_date_is_owed_when_the_last_one_is_met() -> None:
    story = begun()
    assert story.statuses("round") == [(1, "2021-03-14", "open")]
    story.act("turn", "2021-03-10")
    assert story.statuses("round")[-1] == (2, "2021-03-31", "open")


def test_the_next_date_is_owed_when_the_last_one_is_missed_and_none_after_the_last() -> None:
    story = begun()
    story.tick("2021-06-01")
    assert story.statuses("round") == [(n, day.isoformat(), "missed") for n, day in enumerate(DATES, 1)]
    assert all(d.alarm is None for d in story.standing.deadlines if d.limit == "round")


def changes(story: Story) -> list[type]:
    """What the latest record changes of the rounds."""
    return [type(change) for change in story.records[-1].changes if change.limit == "round"]


def test_of_the_next_date_it_is_warned_with_the_miss_that_made_it_owed_if_it_is_that_late() -> None:
    story = begun(warn=ours(WorkingDays(5)))
    story.tick("2021-03-26")
    assert changes(story) == [Missed, Started, Warned]
    (running,) = [d for d in story.standing.deadlines if d.limit == "round" and d.status is Status.OPEN]
    assert running.alarm == midnight(date(2021, 4, 1))
    story.tick("2021-05-06")
    assert changes(story) == [Missed, Started, Missed]


def test_what_is_met_to_the_end_owes_nothing_more() -> None:
    story = begun()
    for _ in DATES:
        story.act("turn", "2021-03-10")
    assert story.statuses("round") == [(3, "2021-04-30", "met")]


def test_dates_that_have_passed_when_it_starts_are_not_owed() -> None:
    assert begun("2021-03-31").statuses("round") == [(1, "2021-04-30", "open")]


def test_a_day_off_moves_a_date_as_the_profile_says() -> None:
    earlier = begun(counting=Cited(DueRules(fixed_roll="earlier"), OURS("dates")))
    assert earlier.statuses("round") == [(1, "2021-03-12", "open")]  # the fourteenth is a Sunday


def test_a_timetable_that_is_over_before_it_starts_is_refused_with_its_dates() -> None:
    with pytest.raises(PeriodError, match="has 0 dates after 2021-05-01, not 1; its last is 2021-04-30"):
        begun("2021-05-01")


def test_an_act_can_set_a_timetable() -> None:
    assert Promise is ROADWORKS.trigger("promise").content
    limit = ROADWORKS.by_limit["interval"]
    assert limit.period_in(attrs.evolve(Promise(), interval=SCHEDULE)) == SCHEDULE


@attrs.frozen
class Milestones:
    """Dates as an act names them."""

    interval: tuple[date, ...] = ()


def test_dates_in_content_are_a_timetable_and_none_owe_nothing() -> None:
    limit = ROADWORKS.by_limit["interval"]
    assert limit.period_in(Milestones(DATES)) == SCHEDULE
    assert limit.period_in(Milestones()) is None


def test_a_timetable_of_which_only_the_first_date_would_be_owed_is_found() -> None:
    assert any("keeps to a timetable" in problem for problem in problems(scheduled(repeats=False)))
    assert not list(problems(scheduled()))

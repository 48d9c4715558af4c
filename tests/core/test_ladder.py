"""A ladder of reminders: each rung is said once for each deadline, while it is owed, however late anybody looks."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roadworks import CALENDAR, ROADWORKS, Order, Story, at, ours
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.case import Deadline
from yingshang_flow.core.decide import reproject
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Rung
from yingshang_flow.core.record import Missed, Reminded
from yingshang_flow.deadlines import Notice, WorkingDays
from yingshang_flow.words import Label

TWO_BEFORE = Rung("handler", Label("提醒承办人", "remind the handler"), to="crew", before=ours(WorkingDays(2)))
ON_THE_DAY = Rung("supervisor", Label("提醒主管", "remind the supervisor"), to="office")
FIVE_AFTER = Rung(
    "propose", Label("建议约谈", "propose an interview"), after=ours(WorkingDays(5)), calls_for="interview"
)
LADDER = (FIVE_AFTER, ON_THE_DAY, TWO_BEFORE)


def climbing(key: str = "begin", **changes: Any) -> Lifecycle:  # noqa: ANN401 - any field of a limit
    changes = {"ladder": LADDER, "warn": None, **changes}
    limits = [attrs.evolve(limit, **changes) if limit.key == key else limit for limit in ROADWORKS.limits]
    return attrs.evolve(ROADWORKS, limits=limits)


def ordered(lifecycle: Lifecycle | None = None) -> Story:
    """A story in which the works are to begin by Monday 2021-03-08."""
    story = Story(climbing() if lifecycle is None else lifecycle)
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    return story


def begin(story: Story) -> Deadline:
    (found,) = [d for d in story.standing.deadlines if d.limit == "begin"]
    return found


def said(story: Story, when: str) -> list[str]:
    record = story.tick(when)
    changes = () if record is None else record.changes
    return [change.rung if isinstance(change, Reminded) else type(change).__name__ for change in changes]


def test_the_rungs_stand_in_order_of_time_with_the_deadline() -> None:
    story = ordered()
    assert begin(story).rungs == (
        ("handler", date(2021, 3, 4)),
        ("supervisor", date(2021, 3, 8)),
        ("propose", date(2021, 3, 15)),
    )
    assert begin(story).alarm == at("2021-03-04")


def test_each_rung_is_said_on_its_day_and_once() -> None:
    story = ordered()
    assert said(story, "2021-03-03 23:00") == []
    assert said(story, "2021-03-04") == ["handler"]
    assert said(story, "2021-03-07") == []
    assert said(story, "2021-03-08 08:00") == ["supervisor"]
    assert said(story, "2021-03-09") == ["Missed"]
    assert begin(story).alarm == at("2021-03-15")
    assert said(story, "2021-03-16") == ["propose"]
    assert said(story, "2021-12-31") == []
    assert begin(story).alarm is None


def test_what_nobody_looked_at_is_said_all_at_once() -> None:
    story = ordered()
    assert sorted(said(story, "2021-04-01")) == ["Missed", "handler", "propose", "supervisor"]
    assert said(story, "2021-04-01") == []


def test_what_is_done_is_not_reminded_of() -> None:
    story = ordered()
    story.act("start", "2021-03-03")
    assert "handler" not in said(story, "2021-03-31")


def test_an_extension_moves_the_rungs_that_are_still_to_come() -> None:
    story = ordered()
    assert said(story, "2021-03-04") == ["handler"]
    story.act("postpone", "2021-03-05")
    assert begin(story).rungs == (("supervisor", date(2021, 3, 22)), ("propose", date(2021, 3, 29)))


def test_another_calendar_moves_the_rungs() -> None:
    off = Notice("made-up", Label("编造的通知", "made up"), days_off={date(2021, 3, 4): Label("编造", "made up")})
    story = ordered()
    record = reproject(story.lifecycle, story.standing, now=story.now, calendar=CALENDAR.with_notices(off))
    assert record is not None
    assert record.changes[0].rungs == (  # type: ignore[union-attr]  # it is moved
        ("handler", date(2021, 3, 5)),
        ("supervisor", date(2021, 3, 9)),
        ("propose", date(2021, 3, 16)),
    )


def test_every_time_of_a_repeating_limit_has_its_own_ladder() -> None:
    story = ordered(climbing("round", ladder=[ON_THE_DAY]))
    story.act("start", "2021-03-02")
    record = story.tick("2021-06-03 12:00")
    assert record is not None
    numbers = [change.number for change in record.changes if isinstance(change, Reminded)]
    assert numbers == [1, 2, 3]
    missed = [change for change in record.changes if isinstance(change, Missed) and change.limit == "round"]
    assert [change.number for change in missed] == [1, 2, 3]
    assert story.tick("2021-06-03 13:00") is None


@pytest.mark.parametrize(
    ("ladder", "problem"),
    [
        ([ON_THE_DAY, ON_THE_DAY], "has a rung 'supervisor' that stands twice"),
        ([attrs.evolve(TWO_BEFORE, after=ours(WorkingDays(1)))], "comes both before and after"),
        ([attrs.evolve(ON_THE_DAY, to="mayor")], "for 'mayor', which nobody is"),
        ([attrs.evolve(ON_THE_DAY, label=Label("", "x"))], "rung 'supervisor' lacks a label in Chinese"),
    ],
)
def test_a_ladder_that_cannot_be_is_found_before_any_case(ladder: list[Rung], problem: str) -> None:
    assert any(problem in found for found in problems(climbing(ladder=ladder)))


def test_a_ladder_is_part_of_what_a_case_is_under() -> None:
    assert fingerprint(climbing()) != fingerprint(climbing(ladder=[ON_THE_DAY]))


@given(st.lists(st.integers(0, 90), min_size=1, max_size=8))
def test_however_often_the_clock_looks_each_rung_is_said_once_and_none_early(looks: list[int]) -> None:
    story, heard = ordered(), []
    for hours in looks:
        record = story.tick((story.now + timedelta(hours=5 * hours)).strftime("%Y-%m-%d %H:%M"))
        if record is not None:
            heard += [change.rung for change in record.changes if isinstance(change, Reminded)]
    days = {"handler": at("2021-03-04"), "supervisor": at("2021-03-08"), "propose": at("2021-03-15")}
    assert sorted(heard) == sorted(rung for rung, day in days.items() if day <= story.now)

"""Deadlines that stand still and run again, and deadlines that another calendar counts anew: stories, then laws."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roadworks import CALENDAR, ROADWORKS, Log, Order, Story, ours, told
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.case import Deadline
from yingshang_flow.core.decide import reproject
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import entering, leaving
from yingshang_flow.core.record import Extended, Kind, Met, Missed, Moved, Paused, Resumed, Stopped
from yingshang_flow.deadlines import CalendarDays, Months, Notice, Recurring, WorkingCalendar, WorkingDays, due
from yingshang_flow.words import Label

DAY = timedelta(days=1)


def resting(**changes: Any) -> Lifecycle:  # noqa: ANN401 - any field of a limit
    """Roadworks in which the first log stands still while the work rests."""
    changes = {"paused": entering("resting"), "resumed": leaving("resting"), **changes}
    limits = [attrs.evolve(limit, **changes) if limit.key == "first_log" else limit for limit in ROADWORKS.limits]
    return attrs.evolve(ROADWORKS, limits=limits)


def begun(**changes: Any) -> Story:  # noqa: ANN401 - any field of a limit
    """A story in which the first log of two crews is owed by 2021-03-12."""
    story = Story(resting(**changes))
    story.act("order", "2021-03-01", Order(("Li", "Wang"), "holes"))
    story.act("start", "2021-03-02")
    return story


def of(story: Story, obligor: str = "Li") -> Deadline:
    (found,) = [d for d in story.standing.deadlines if (d.limit, d.obligor) == ("first_log", obligor)]
    return found


def on_first_log(changes: tuple[Any, ...]) -> list[Any]:
    return [change for change in changes if change.limit == "first_log"]


# --- paused and resumed -----------------------------------------------------------------------------------------------


def test_what_stands_still_runs_on_after_the_days_that_do_not_count() -> None:
    story = begun()
    assert of(story).due == date(2021, 3, 12)
    paused = story.act("rest", "2021-03-05")
    assert on_first_log(paused.changes) == [Paused("first_log", who, 1, date(2021, 3, 5)) for who in ("Li", "Wang")]
    assert (of(story).paused, of(story).alarm) == (date(2021, 3, 5), None)
    resumed = story.act("resume", "2021-03-09")
    first, _ = on_first_log(resumed.changes)
    # Ten days, and five that do not count: the 5th to the 9th, both included.
    assert first == Resumed(
        "first_log",
        "Li",
        1,
        due=date(2021, 3, 17),
        closes=None,
        warn=None,
        calendar=CALENDAR.hash,
        provisional=False,
        rungs=(),
        first=date(2021, 3, 5),
        last=date(2021, 3, 9),
    )
    assert (of(story).paused, of(story).due) == (None, date(2021, 3, 17))
    assert of(story).excluded == ((date(2021, 3, 5), date(2021, 3, 9)),)
    counted = next(limit for limit in story.lifecycle.limits if limit.key == "first_log").of(of(story), CALENDAR)
    assert counted.date == of(story).due
    assert "excluded" in str(counted.explain())


def test_the_clock_neither_warns_of_nor_misses_what_stands_still() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    ticked = story.tick("2021-06-01")
    assert ticked is None or not on_first_log(ticked.changes)
    story.act("resume", "2021-06-02")
    assert of(story).due == date(2021, 6, 10)  # ninety days later
    missed = story.tick("2021-06-11")
    assert missed is not None
    assert [type(change) for change in on_first_log(missed.changes)] == [Missed, Missed]


def test_a_pause_that_ends_on_the_day_it_began_changes_nothing() -> None:
    story = begun()
    story.act("rest", "2021-03-05 09:00")
    story.act("resume", "2021-03-05 16:00")
    assert (of(story).due, of(story).excluded, of(story).paused) == (date(2021, 3, 12), (), None)


def test_what_is_said_of_one_crew_lets_that_of_the_others_run_on() -> None:
    story = begun(paused="grant", resumed="reject", extended={}, revived=())
    story.act("grant", "2021-03-05", Log("", ("Wang",)))
    assert (of(story).paused, of(story, "Wang").paused) == (None, date(2021, 3, 5))
    story.act("reject", "2021-03-08", Log("", ("Li",)))
    assert (of(story).excluded, of(story, "Wang").paused) == ((), date(2021, 3, 5))
    story.act("reject", "2021-03-09", Log("", ("Wang",)))
    assert (of(story).due, of(story, "Wang").due) == (date(2021, 3, 12), date(2021, 3, 17))


def test_what_had_run_out_before_does_not_stand_still() -> None:
    story = begun()
    assert on_first_log(story.act("rest", "2021-03-13").changes) == []
    assert of(story).paused is None


def test_what_is_done_while_it_stands_still_is_in_time() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    record = story.act("log", "2021-05-05", Log("done", ("Li",)))
    assert Met("first_log", "Li", 1, late=False) in record.changes
    assert of(story).paused is None
    assert of(story, "Wang").paused == date(2021, 3, 5)


def test_what_stands_still_is_stopped_with_the_case() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    record = story.act("drop", "2021-06-01")
    assert [type(change) for change in on_first_log(record.changes)] == [Stopped, Stopped]
    assert of(story).paused is None


def test_an_extension_while_it_stands_still_is_in_time_and_a_ceiling_is_not_moved() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    record = story.act("grant", "2021-03-20", Log("", ("Li",)))
    assert [type(change) for change in record.changes] == [Extended]
    assert of(story).due == date(2021, 4, 1)  # thirty days from the same start
    story.act("resume", "2021-03-22")
    assert (of(story).due, of(story).paused) == (date(2021, 4, 1), None)
    assert of(story, "Wang").due == date(2021, 3, 30)


def test_whoever_was_given_more_time_never_has_less_than_the_others() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    story.act("grant", "2021-03-20", Log("", ("Li",)))
    story.act("resume", "2021-03-29")
    assert of(story, "Wang").due == date(2021, 4, 6)  # past the ceiling, as twenty-five days do not count
    assert of(story).due == date(2021, 4, 6)


def test_a_day_that_ends_one_pause_and_begins_the_next_is_left_out_once() -> None:
    once, twice = begun(), begun()
    once.act("rest", "2021-03-05")
    twice.act("rest", "2021-03-05")
    twice.act("resume", "2021-03-08")
    twice.act("rest", "2021-03-08")
    for story in (once, twice):
        story.act("resume", "2021-03-10")
    assert of(twice).excluded == ((date(2021, 3, 5), date(2021, 3, 8)), (date(2021, 3, 9), date(2021, 3, 10)))
    assert of(twice).due == of(once).due


def test_what_is_paused_and_resumed_again_on_one_day_leaves_nothing_more_out() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    for trigger in ("resume", "rest", "resume"):
        story.act(trigger, "2021-03-08")
    assert of(story).excluded == ((date(2021, 3, 5), date(2021, 3, 8)),)


def test_several_pauses_add_up() -> None:
    story = begun()
    for day in (4, 8):
        story.act("rest", f"2021-03-{day:02}")
        story.act("resume", f"2021-03-{day + 1:02}")
    assert of(story).due == date(2021, 3, 16)
    assert len(of(story).excluded) == 2


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"resumed": ()}, "is paused and never resumed"),
        ({"paused": ()}, "is paused and never resumed"),
        ({"repeats": True}, "repeats and is paused"),
        ({"paused": "sleep"}, "waits for trigger 'sleep', which never happens"),
    ],
)
def test_a_pause_that_cannot_be_is_found_before_any_case(changes: dict[str, Any], problem: str) -> None:
    assert any(problem in found for found in problems(resting(**changes)))


@given(
    st.sampled_from([WorkingDays(6), CalendarDays(10), Months(1)]),
    st.lists(st.integers(0, 6), min_size=1, max_size=3),
)
def test_pauses_never_make_a_deadline_earlier_and_count_as_excluded_time(period: Any, lengths: list[int]) -> None:  # noqa: ANN401
    story = begun(period=ours(period))
    day, spans, before = date(2021, 3, 3), [], of(story).due
    for length in lengths:
        story.act("rest", day.isoformat())
        story.act("resume", (day + length * DAY).isoformat())
        spans += [(day, day + length * DAY)] if length else []
        assert of(story).due >= before
        before, day = of(story).due, day + (length + 1) * DAY
        if day > before:
            break
    assert of(story).due == due(period, date(2021, 3, 2), calendar=CALENDAR, exclude=spans).date


# --- counted by another calendar --------------------------------------------------------------------------------------

OFF = Notice("made-up", Label("编造的通知", "made up"), days_off={date(2021, 3, 4): Label("编造", "made up")})


def by(story: Story, calendar: WorkingCalendar) -> Any:  # noqa: ANN401 - a record or nothing
    return reproject(story.lifecycle, story.standing, now=story.now, calendar=calendar)


def test_another_calendar_moves_what_runs_and_says_why() -> None:
    story = told("Li", started=None)
    other = CALENDAR.with_notices(OFF)
    record = by(story, other)
    assert (record.kind, record.actor, record.trigger) == (Kind.REPROJECTION, None, "")
    assert record.changes == (
        Moved(
            "begin",
            "",
            1,
            due=date(2021, 3, 9),
            closes=None,
            warn=date(2021, 3, 5),
            calendar=other.hash,
            provisional=False,
            rungs=(),
            old=date(2021, 3, 8),
            notice=other.name,
        ),
    )
    assert "made-up" in other.name


def test_a_warning_that_was_given_is_not_given_again_when_the_date_moves() -> None:
    story = told("Li", started=None)
    assert story.tick("2021-03-04") is not None
    assert by(story, CALENDAR.with_notices(OFF)).changes[0].warn is None


def test_what_does_not_move_is_not_recorded() -> None:
    story = told("Li", started=None)
    later = attrs.evolve(OFF, days_off=((date(2021, 3, 10), Label("编造", "made up")),))
    assert by(story, CALENDAR.with_notices(later)) is None
    assert by(story, CALENDAR) is None


def test_what_is_met_or_missed_is_not_moved() -> None:
    missed = told("Li", started=None)
    missed.tick("2021-03-10")
    assert by(missed, CALENDAR.with_notices(OFF)) is None
    met = told("Li", started="2021-03-03")
    moved = by(met, CALENDAR.with_notices(OFF))
    assert moved is None or all(change.limit != "begin" for change in moved.changes)


def test_a_date_that_becomes_certain_is_recorded_even_when_it_stays() -> None:
    story = told("Li", started=None)
    unsure = WorkingCalendar.weekdays(date(2020, 1, 1), date(2022, 12, 31), horizon=date(2020, 12, 28), name="unsure")
    record = by(story, unsure)
    assert [(change.old, change.due, change.provisional) for change in record.changes] == [
        (date(2021, 3, 8), date(2021, 3, 8), True)
    ]


# --- cycles of working days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "ends"), [("current", ["2021-03-04", "2021-03-09"]), ("next", ["2021-03-09", "2021-03-12"])]
)
def test_a_limit_repeats_every_so_many_working_days(first: Any, ends: list[str]) -> None:  # noqa: ANN401 - a literal
    every = {"period": ours(Recurring("working_day", 3)), "first": first}
    limits = [attrs.evolve(limit, **every) if limit.key == "round" else limit for limit in ROADWORKS.limits]
    story = Story(attrs.evolve(ROADWORKS, limits=limits))
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    story.act("start", "2021-03-01")
    story.act("turn", "2021-03-02")
    assert [str(d.due) for d in story.standing.deadlines if d.limit == "round"] == ends[1:]

"""Deadlines of cases that follow the hours of the day: half days, the close of business, receipt after hours."""

from datetime import date, datetime, time
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roadworks import CALENDAR, ROADWORKS, Order, Story, at, on, ours
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.case import Status
from yingshang_flow.core.decide import reproject
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Missed, Moved
from yingshang_flow.deadlines import MONTH_END, DueRules, FixedDate, Notice, Period, WorkingDays, due
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label

STRICT = DueRules(closes=time(17), after_hours="next_day")
NEXT_DAY = DueRules(after_hours="next_day")
TWO_DAYS = WorkingDays(2)


def timed(period: Period, rules: DueRules, **changes: Any) -> Lifecycle:  # noqa: ANN401 - any field of a limit
    """Return the procedure with another period and other rules for its first limit, and without its warning."""
    first = attrs.evolve(
        ROADWORKS.limits[0], period=ours(period), counting=Cited(rules, OURS("hours")), warn=None, **changes
    )
    return attrs.evolve(ROADWORKS, limits=[first, *ROADWORKS.limits[1:]])


def ordered(when: str | Moment, period: Period = TWO_DAYS, rules: DueRules = STRICT, **changes: Any) -> Story:  # noqa: ANN401 - any field of a limit
    """Tell a case up to its order, on Monday 2021-03-01 or near it."""
    story = Story(timed(period, rules, **changes))
    story.act("order", when, Order(("Li",), "holes"))
    return story


def begin(story: Story) -> tuple[date, time | None]:
    """Return when the first limit ends."""
    (found,) = story.standing.owed("begin")
    return found.due, found.closes


def test_a_deadline_ends_at_the_close_of_business_where_the_profile_says_so() -> None:
    story = ordered("2021-03-01 10:00")
    assert begin(story) == (date(2021, 3, 3), time(17))
    assert story.standing.owed("begin")[0].end == at("2021-03-03 17:00")


@pytest.mark.parametrize(("when", "status"), [("16:59", Status.MET), ("17:00", Status.MET_LATE)])
def test_what_comes_at_the_close_of_business_is_late(when: str, status: Status) -> None:
    story = ordered("2021-03-01 10:00")
    story.act("start", f"2021-03-03 {when}")
    assert next(d for d in story.standing.deadlines if d.limit == "begin").status is status


def test_of_an_act_that_is_known_by_its_day_only_the_day_decides() -> None:
    story = ordered("2021-03-01 10:00")
    story.act("start", on("2021-03-03"), entered="2021-03-05")
    assert next(d for d in story.standing.deadlines if d.limit == "begin").status is Status.MET


def test_the_clock_misses_it_at_the_close_of_business() -> None:
    story = ordered("2021-03-01 10:00")
    assert story.tick("2021-03-03 16:59") is None
    record = story.tick("2021-03-03 17:00")
    assert record is not None
    assert [type(change) for change in record.changes] == [Missed]


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("2021-03-05 16:59", date(2021, 3, 5), date(2021, 3, 9)),
        ("2021-03-05 17:00", date(2021, 3, 8), date(2021, 3, 10)),
        ("2021-03-06 10:00", date(2021, 3, 8), date(2021, 3, 10)),
    ],
)
def test_what_comes_after_hours_is_received_the_next_working_day(when: str, start: date, end: date) -> None:
    story = ordered(when)
    (found,) = story.standing.owed("begin")
    assert (found.start, found.anchor, found.due) == (start, start, end)


def test_an_act_known_by_its_day_has_no_hour_to_come_after() -> None:
    assert begin(ordered(on("2021-03-06")))[0] == date(2021, 3, 9)


def test_a_date_that_is_set_comes_after_no_hours() -> None:
    story = ordered("2021-03-05 20:00", FixedDate(date(2021, 3, 31)))
    (found,) = story.standing.owed("begin")
    assert (found.start, found.due, found.closes) == (date(2021, 3, 5), date(2021, 3, 31), time(17))


@pytest.mark.parametrize(
    ("when", "end"),
    [
        ("2021-03-01 08:30", (date(2021, 3, 1), time(17))),
        ("2021-03-01 12:30", (date(2021, 3, 1), time(17))),
        ("2021-03-01 14:00", (date(2021, 3, 2), time(12))),
    ],
)
def test_half_a_working_day_runs_from_the_hour_of_the_act(when: str, end: tuple[date, time]) -> None:
    assert begin(ordered(when, WorkingDays(0.5), DueRules())) == end


@given(
    st.datetimes(datetime(2021, 1, 1), datetime(2021, 12, 31)),  # noqa: DTZ001 - given its time zone below
    st.integers(1, 40).map(lambda halves: WorkingDays(halves / 2)),
    st.sampled_from([DueRules(), STRICT, NEXT_DAY]),
)
def test_a_case_counts_hours_as_a_due_date_on_its_own_does(
    when: datetime, period: WorkingDays, rules: DueRules
) -> None:
    moment = Moment.of(when.replace(tzinfo=at("2021-01-01").tzinfo))
    (found,) = ordered(moment, period, rules).standing.owed("begin")
    wanted = due(period, moment.instant, calendar=CALENDAR, rules=rules)
    assert (found.due, found.end) == (wanted.date, wanted.end)


def test_a_series_that_begins_after_hours_begins_the_next_working_day() -> None:
    monthly = {"repeats": True, "met": ("log",)}
    evening = ordered("2021-03-31 18:00", MONTH_END, STRICT, **monthly)
    assert begin(evening)[0] == date(2021, 4, 30)
    assert begin(ordered("2021-03-31 16:00", MONTH_END, STRICT, **monthly))[0] == date(2021, 4, 30)
    assert begin(ordered("2021-03-30 16:00", MONTH_END, STRICT, **monthly))[0] == date(2021, 3, 31)


def test_another_calendar_moves_the_half_day_too() -> None:
    story = ordered("2021-03-01 14:00", WorkingDays(0.5), DueRules())
    off = Notice("off", Label("放假（虚构）", "off (made-up)"), days_off={date(2021, 3, 2): Label("休", "off")})
    record = reproject(story.lifecycle, story.standing, now=story.now, calendar=CALENDAR.with_notices(off))
    assert record is not None
    (moved,) = record.changes
    assert isinstance(moved, Moved)
    assert (moved.old, moved.due, moved.closes) == (date(2021, 3, 2), date(2021, 3, 3), time(12))


def test_an_extension_is_counted_from_the_same_hour() -> None:
    story = ordered("2021-03-01 14:00", WorkingDays(0.5), DueRules(), extended={"postpone": ours(WorkingDays(1.5))})
    story.act("postpone", "2021-03-02 09:00")
    assert begin(story) == (date(2021, 3, 3), time(12))


def test_an_extension_after_the_close_of_business_changes_nothing() -> None:
    story = ordered("2021-03-01 10:00")
    story.act("postpone", "2021-03-03 17:30")
    assert begin(story) == (date(2021, 3, 3), time(17))


@attrs.frozen
class Letter:
    """What was sent, and the day it arrived."""

    arrived: date | None = None


@pytest.mark.parametrize(
    ("sent_counts", "arrived", "status"),
    [
        (True, date(2021, 3, 4), Status.MET),
        (False, date(2021, 3, 4), Status.MET_LATE),
        (False, date(2021, 3, 3), Status.MET),
        (False, date(2021, 3, 1), Status.MET),  # nothing arrives before it is sent
        (False, None, Status.MET),
    ],
)
def test_r7_what_was_sent_in_time_is_in_time_unless_the_profile_asks_when_it_arrived(
    arrived: date | None, status: Status, *, sent_counts: bool
) -> None:
    lifecycle = timed(TWO_DAYS, DueRules(sent_counts=sent_counts))
    triggers = [
        attrs.evolve(trigger, content=Letter) if trigger.key == "start" else trigger for trigger in lifecycle.triggers
    ]
    story = Story(attrs.evolve(lifecycle, triggers=triggers))
    story.act("order", "2021-03-01 10:00", Order(("Li",), "holes"))
    story.act("start", "2021-03-03 10:00", Letter(arrived))
    (found,) = [d for d in story.standing.deadlines if d.limit == "begin"]
    assert found.status is status
    assert found.settled == (on("2021-03-04") if status is Status.MET_LATE else Moment.of(at("2021-03-03 10:00")))


def test_what_repeats_cannot_be_counted_in_half_days() -> None:
    found = problems(timed(WorkingDays(0.5), DueRules(), repeats=True))
    assert any("half working days" in problem for problem in found)

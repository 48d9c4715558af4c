"""Deadlines against a model that is computed from the whole list of what was done, never step by step.

The model knows one closed form. The ends of a limit's times are a list fixed by its start. Payments (acts that meet it)
go to its times in order, so the i-th payment meets the i-th time. A time that is not paid is missed when the clock, or
the act that stopped the series, has come past its end. One more time than that runs, where the limit repeats.
"""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.roadworks import BOSS, CALENDAR, Log, Order, Promise, Story, at, crew, later
from yingshang_flow.core.case import Deadline
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.stepping import applied
from yingshang_flow.deadlines import CalendarDays, Months, Period, WorkingDays
from yingshang_flow.errors import RefusedError, TimeError

DAY = timedelta(days=1)

# --- ends of periods, counted day by day ------------------------------------------------------------------------------


def moved(day: date) -> date:
    """Move a day on a weekend to the Monday after."""
    while day.weekday() >= 5:
        day += DAY
    return day


def months_later(start: date, n: int) -> date:
    """Return the day of the same number, else the last of its month."""
    year, month = start.year + (start.month - 1 + n) // 12, (start.month - 1 + n) % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def working_days_later(day: date, n: float) -> date:
    """Walk forward one working day at a time."""
    while n:
        day += DAY
        n -= day.weekday() < 5
    return day


def ends(period: Period | str, start: date) -> Iterator[date]:
    """Yield the ends of a period that repeats, all counted from its start."""
    for k in count(1):
        match period:
            case WorkingDays(n):
                yield working_days_later(start, n * k)
            case CalendarDays(n):
                yield moved(start + n * k * DAY)
            case Months(n):
                yield moved(months_later(start, n * k))
            case "sundays":
                yield start + (7 - start.isoweekday() % 7) * DAY + 7 * (k - 1) * DAY
            case _:
                yield last_of(months_later(start.replace(day=1), k))  # the month of the start is not owed


def last_of(day: date) -> date:
    """Return the last day of a month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


# --- the model --------------------------------------------------------------------------------------------------------


@attrs.define
class Series:
    """One run of a limit, from its start until it is stopped or started again."""

    period: Period | str
    start: date
    begun: int
    stopped: int | None = None
    stopped_at: datetime | None = None


@attrs.frozen
class Event:
    """An act or a run of the clock, at its place in the order of entry."""

    trigger: str
    occurred: datetime
    unit: str = ""
    content: object = None


def expected(
    events: Sequence[Event], series: Sequence[Series], pays: frozenset[str], unit: str, *, repeats: bool
) -> list[tuple[date, str]]:
    """Return due date and status of every time of one limit and obligor."""
    payments = [(i, e.occurred) for i, e in enumerate(events) if e.trigger in pays and e.unit == unit]
    found: list[tuple[date, str]] = []
    for run in series:
        until = len(events) if run.stopped is None else run.stopped
        mine = [payment for payment in payments if payment[0] > run.begun]
        in_time = [payment for payment in mine if payment[0] <= until]
        seen = [e.occurred for i, e in enumerate(events) if e.trigger == "clock" and run.begun < i < until]
        passed = max(
            seen + ([] if run.stopped_at is None else [run.stopped_at]),
            default=datetime.min.replace(tzinfo=at("2021-01-01").tzinfo),
        )
        times: list[tuple[date, str]] = []
        for number, due in enumerate(ends(run.period, run.start), 1):
            if number > 1 and not repeats:
                break
            end = later(at(due.isoformat()), days=1)
            if number <= len(in_time):
                payment = in_time[number - 1]
                payments.remove(payment)
                times.append((due, "met_late" if payment[1] >= end else "met"))
                if number == len(in_time) and payment[0] == run.stopped:
                    break  # what meets and stops at once starts no next time
            elif end <= passed:
                # Missed; a payment after the stop still heals it.
                rest = [payment for payment in payments if run.stopped is not None and payment[0] > run.stopped]
                if rest:
                    payments.remove(rest[0])
                times.append((due, ("met_late" if rest[0][1] >= end else "met") if rest else "missed"))
            else:
                times.append((due, "open" if run.stopped is None else "stopped"))
                break
        found += times
    return found


def runs(events: Sequence[Event], period: Period | str, starts: Sequence[str], stops: Sequence[str]) -> list[Series]:
    """Return the series of a limit with a fixed period."""
    found: list[Series] = []
    for i, event in enumerate(events):
        starting = event.trigger in starts
        if found and found[-1].stopped is None and (starting or event.trigger in stops):
            found[-1].stopped, found[-1].stopped_at = i, event.occurred
        if starting:
            found.append(Series(period, event.occurred.date(), i))
    return found


def promises(events: Sequence[Event]) -> list[Series]:
    """Return the series of the limit whose period its act sets."""
    found: list[Series] = []
    for i, event in enumerate(events):
        interval = event.content.interval if isinstance(event.content, Promise) else None
        if found and found[-1].stopped is None and (interval is not None or event.trigger == "drop"):
            found[-1].stopped, found[-1].stopped_at = i, event.occurred
        if interval is not None:
            found.append(Series(interval, event.occurred.date(), i))
    return found


# --- random stories ---------------------------------------------------------------------------------------------------

Step = tuple[str, int, int, str, Period | None, bool]
UNITS = ("Li", "Wang")
PERIODS = st.one_of(
    st.builds(WorkingDays, st.integers(1, 30)),
    st.builds(CalendarDays, st.integers(1, 60)),
    st.builds(Months, st.integers(1, 3)),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "clock",
                "clock",
                "log",
                "log",
                "check_in",
                "check_in",
                "turn",
                "again",
                "rest",
                "resume",
                "keep",
                "promise",
            ]
        ),
        st.integers(0, 60 * 24 * 40),  # minutes since the entry before
        st.sampled_from([0, 0, 1, 60 * 24, 60 * 24 * 9]),  # minutes before its entry at which it happened
        st.sampled_from(UNITS),
        st.none() | PERIODS,
        st.booleans(),
    ),
    max_size=25,
)


def lived(start: date, steps: Sequence[Step]) -> tuple[Story, list[Event]]:
    """Play random steps and return what came of them, with those that were no possible acts left out."""
    story = Story()
    events: list[Event] = []
    now = at(start.isoformat())
    for opening, order in (("order", Order(UNITS, "holes")), ("start", None)):
        story.act(opening, Moment.of(now), order)
        events.append(Event(opening, now))
    for trigger, gap, back, unit, interval, as_day in steps:
        now = later(now, minutes=gap)
        if trigger == "clock":
            story.tick(now)
            events.append(Event("clock", now))
            continue
        moment = Moment.of(later(now, minutes=-back))
        moment = Moment.of(moment.date) if as_day else moment
        own = trigger in {"log", "check_in"}
        content: object = Promise(interval=interval) if trigger == "promise" else Log() if trigger == "log" else None
        try:
            story.act(trigger, moment, content, by=crew(unit) if own else BOSS, entered=now)
        except (RefusedError, TimeError):
            continue
        events.append(Event(trigger, moment.instant, unit if own else "", content))
    return story, events


def repeated(trigger: str, minutes: int, times: int) -> list[Step]:
    """Do the same again and again."""
    return [(trigger, minutes, 0, "Li", None, False)] * times


@given(start=st.dates(date(2020, 1, 1), date(2024, 12, 31)), steps=STEPS, dropped=st.booleans())
@example(start=date(2021, 1, 31), steps=repeated("clock", 60 * 24 * 39, 4), dropped=False)
@example(start=date(2021, 1, 31), steps=repeated("again", 60 * 24 * 40, 3), dropped=False)
def test_the_deadlines_of_any_story_are_those_of_the_model(start: date, steps: list[Step], *, dropped: bool) -> None:
    story, events = lived(start, steps)
    if dropped:
        now = later(story.now, days=3)
        story.act("drop", Moment.of(now))
        events.append(Event("drop", now))
    table: dict[tuple[str, str, int], Deadline] = {}
    for record in story.records:
        table = applied(table, record)
    wanted = {
        ("first_log", unit): expected(
            events, runs(events, CalendarDays(10), ["start"], ["drop"]), frozenset({"log"}), unit, repeats=False
        )
        for unit in UNITS
    }
    for unit in UNITS:
        weekly = runs(events, "sundays", ["start", "resume"], ["rest", "drop"])
        wanted["weekly", unit] = expected(events, weekly, frozenset({"check_in"}), unit, repeats=True)
        monthly = runs(events, "month ends after the next", ["start"], ["drop"])
        wanted["monthly", unit] = expected(events, monthly, frozenset({"log"}), unit, repeats=True)
    turns = runs(events, Months(1), ["start", "again"], ["rest", "drop"])
    wanted["round", ""] = expected(events, turns, frozenset({"turn"}), "", repeats=True)
    wanted["interval", ""] = expected(events, promises(events), frozenset({"keep"}), "", repeats=True)
    for (limit, obligor), times in wanted.items():
        mine = sorted((key[2], d.due, d.status.value) for key, d in table.items() if key[:2] == (limit, obligor))
        assert mine == [(number, due, status) for number, (due, status) in enumerate(times, 1)], (limit, obligor)
    kept = {(d.limit, d.obligor, d.number): d for d in story.standing.deadlines}
    assert kept.items() <= table.items()
    assert {key for key, d in table.items() if d.status.owed} <= set(kept)


@given(st.dates(date(2020, 1, 1), date(2024, 12, 31)), STEPS)
def test_running_the_clock_often_or_once_comes_to_the_same(start: date, steps: list[Step]) -> None:
    often, _ = lived(start, steps)
    once = Story(often.lifecycle, often.case, list(often.records))
    now = later(often.now, days=200)
    for day in range(0, 200, 3):
        often.tick(later(often.records[-1].recorded_at, days=0) if day == 0 else later(now, days=day - 200))
    often.tick(now)
    once.tick(now)
    assert [attrs.evolve(d, warn=None) for d in sorted(often.standing.deadlines, key=str)] == [
        attrs.evolve(d, warn=None) for d in sorted(once.standing.deadlines, key=str)
    ]
    assert CALENDAR.hash == once.standing.deadlines[0].calendar


@given(st.dates(date(2020, 1, 1), date(2024, 12, 31)), STEPS)
def test_revisions_have_no_gaps_and_the_clock_never_moves_a_case(start: date, steps: list[Step]) -> None:
    story, _ = lived(start, steps)
    assert [record.revision for record in story.records] == list(range(1, len(story.records) + 1))
    for before, record in zip(story.records, story.records[1:], strict=False):
        assert record.before == before.after
        assert record.actor is not None or (record.before == record.after and record.changes)
    assert story.standing.acted == max(record.revision for record in story.records if record.actor is not None)

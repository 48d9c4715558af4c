"""Generated content, records and cases of the made-up procedure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final

from hypothesis import strategies as st

from tests.core.roadworks import BOSS, ROADWORKS, Everything, Log, Order, Promise, Story, Witness, at, crew, later
from yingshang_flow.codec.text import LARGEST
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import (
    Extended,
    Kind,
    Met,
    Missed,
    Moved,
    Opening,
    Paused,
    Record,
    Reminded,
    Resumed,
    Revived,
    Started,
    Stopped,
    Warned,
)
from yingshang_flow.deadlines import CalendarDays, FixedDate, Months, Recurring, WorkingDays

TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WORDS: Final = TEXTS.filter(lambda text: bool(text.strip()))
UNITS: Final = WORDS.filter(lambda text: "/" not in text)
NUMBERS: Final = st.integers(-LARGEST, LARGEST)
DAYS: Final = st.dates(date(1950, 1, 1), date(2150, 12, 31))
KNOWN_DAYS: Final = st.dates(date(2015, 1, 1), date(2060, 12, 31))
TIMES: Final = st.datetimes(
    datetime(1950, 1, 1),  # noqa: DTZ001  # aware by timezones
    datetime(2150, 12, 31),  # noqa: DTZ001
    timezones=st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
PERIODS: Final = st.one_of(
    st.builds(WorkingDays, st.integers(1, 36500)),
    st.builds(CalendarDays, st.integers(1, 36500)),
    st.builds(Months, st.integers(1, 1200)),
    st.builds(FixedDate, DAYS),
    st.builds(Recurring, st.sampled_from(["week", "month", "quarter"])),
)


def hidden(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Confidential[Any]]:
    """Return confidential values."""
    return values.map(Confidential)


WITNESSES: Final = st.builds(Witness, hidden(TEXTS), st.none() | hidden(NUMBERS))
LOGS: Final = st.builds(Log, TEXTS, st.lists(TEXTS, max_size=3).map(tuple))
EVERYTHING: Final = st.builds(
    Everything,
    text=TEXTS,
    number=NUMBERS,
    flag=st.booleans(),
    day=DAYS,
    time=TIMES,
    choice=st.sampled_from(["a", "b", 3]),
    period=PERIODS,
    working=st.builds(WorkingDays, st.integers(1, 99)),
    texts=st.lists(TEXTS, max_size=3).map(tuple),
    witnesses=st.lists(WITNESSES, max_size=2).map(tuple),
    maybe_day=st.none() | DAYS,
    maybe_time=st.none() | TIMES,
    maybe_period=st.none() | PERIODS,
    maybe_fixed=st.none() | st.builds(FixedDate, DAYS),
    secret=hidden(TEXTS),
    secret_number=hidden(NUMBERS),
    secret_flag=hidden(st.booleans()),
    secret_time=hidden(TIMES),
    secret_day=hidden(st.none() | DAYS),
    secret_period=hidden(PERIODS),
    secret_texts=hidden(st.lists(TEXTS, max_size=3).map(tuple)),
    secret_log=hidden(LOGS),
    secrets=st.lists(st.none() | hidden(NUMBERS), max_size=3).map(tuple),
    maybe_secret=st.none() | hidden(TEXTS),
)
MOMENTS: Final = (DAYS | TIMES).map(Moment.of)
ACTORS: Final = st.builds(Actor, WORDS, UNITS, st.sampled_from(["office", "crew", "citizen"]))
_NAMED: Final = (TEXTS, TEXTS, st.integers(1, 99))
_RUNGS: Final = st.lists(st.tuples(TEXTS, DAYS), max_size=2).map(tuple)
_DATED: Final = (*_NAMED, DAYS, st.none() | st.times(), st.none() | DAYS, TEXTS, st.booleans(), _RUNGS)
CHANGES: Final = st.one_of(
    st.builds(Started, *_DATED, st.integers(1, 99), PERIODS.map(str), DAYS, DAYS, st.none() | TIMES),
    st.builds(Warned, *_NAMED),
    st.builds(Missed, *_NAMED),
    st.builds(Met, *_NAMED, st.booleans()),
    st.builds(Stopped, *_NAMED),
    st.builds(Extended, *_DATED, PERIODS.map(str)),
    st.builds(Revived, *_NAMED),
    st.builds(Moved, *_DATED, DAYS, TEXTS),
    st.builds(Paused, *_NAMED, DAYS),
    st.builds(Resumed, *_DATED, DAYS, DAYS),
    st.builds(Reminded, *_NAMED, TEXTS),
)
OPENINGS: Final = st.builds(
    Opening, TEXTS, st.integers(1, 9), TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS, st.none() | TEXTS
)
CONTENT: Final = {"note": EVERYTHING, "complain": WITNESSES, "log": LOGS, "turn": st.none()}


@st.composite
def records(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Record:
    """Return records of acts and of the clock, in clear."""
    trigger = draw(st.sampled_from(["", *CONTENT]))
    return Record(
        draw(TEXTS),
        draw(st.integers(1, 999)),
        Kind.ACT if trigger else Kind.CLOCK,
        trigger,
        draw(TEXTS),
        draw(TEXTS),
        draw(ACTORS) if trigger else None,
        tuple(draw(st.lists(TEXTS, max_size=2))),
        draw(CONTENT[trigger]) if trigger else None,
        draw(MOMENTS),
        draw(TIMES),
        tuple(draw(st.lists(CHANGES, max_size=3))),
        draw(st.none() | OPENINGS),
        draw(st.none() | TEXTS),
    )


@st.composite
def stories(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Story:
    """Return cases that were really lived, without confidential content."""
    story = Story()
    now = at("2021-03-01")
    story.act("order", Moment.of(now), Order(("north/Li", "Wang"), draw(WORDS)))
    story.act("start", Moment.of(now))
    for _ in range(draw(st.integers(0, 6))):
        now = later(now, minutes=draw(st.integers(0, 60 * 24 * 20)))
        match draw(
            st.sampled_from(["clock", "log", "joint", "more", "check_in", "promise", "keep", "retract", "turn"])
        ):
            case "clock":
                story.tick(now)
            case "log":
                story.act("log", Moment.of(now), Log(draw(TEXTS)), by=crew(draw(st.sampled_from(["Li", "Wang"]))))
            case "joint":
                story.act("log", Moment.of(now.date()), Log("", ("north/Li", "Wang")), entered=later(now, days=1))
                now = later(now, days=1)
            case "more":
                trigger = draw(st.sampled_from(["grant", "reject"]))
                story.act(trigger, Moment.of(now), Log(draw(TEXTS), (draw(st.sampled_from(["north/Li", "Wang"])),)))
            case "check_in":
                story.act("check_in", Moment.of(now), by=crew("Li"))
            case "promise":
                trigger = draw(st.sampled_from(["promise", "defer"]))
                content = Promise(draw(st.none() | KNOWN_DAYS), draw(st.none() | st.builds(Months, st.integers(1, 9))))
                story.act(trigger, Moment.of(now), content)
            case other:
                story.act(other, Moment.of(now), by=BOSS)
    return story


LIFECYCLE: Final = ROADWORKS

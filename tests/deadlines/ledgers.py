"""Ledgers drawn at random, and the days on which people work, told by ``holidays`` itself."""

from datetime import date, datetime, timedelta

import attrs
import holidays
from hypothesis import strategies as st

from yingshang_flow.deadlines import (
    CHINA_TIME,
    CalendarDays,
    Corrected,
    DueRules,
    Ended,
    Excluded,
    Extended,
    FixedDate,
    Ledger,
    Months,
    Paused,
    Restarted,
    Resumed,
    Waived,
    WorkingDays,
    china_date,
)
from yingshang_flow.deadlines.entries import Effect, Entry, Moment
from yingshang_flow.errors import DeadlineError

DAY = timedelta(days=1)
START = date(2018, 9, 10)
STARTS = st.dates(date(2008, 1, 1), date(2023, 12, 31))
Counted = WorkingDays | CalendarDays | Months
BUDGETS = st.one_of(
    st.integers(1, 90).map(WorkingDays), st.integers(1, 120).map(CalendarDays), st.integers(1, 6).map(Months)
)
RULES = st.builds(DueRules, count_start=st.booleans(), first_excluded_counts=st.booleans())
"""Both readings of the first day, and both of the first excluded day (R1, R8)."""
OF_HOLIDAYS = holidays.country_holidays("CN", years=range(2007, 2028))


def is_worked(day: date) -> bool:
    """Tell from ``holidays`` itself whether a day is worked, without our table."""
    return day not in OF_HOLIDAYS and (day.weekday() < 5 or day in OF_HOLIDAYS.weekend_workdays)


@st.composite
def gaps(draw: st.DrawFn, start: date, most: int = 5) -> list[tuple[date, date]]:
    """Draw spans of days from the start on that do not overlap, as (first, the day after the last)."""
    found, day = [], start
    for _ in range(draw(st.integers(0, most))):
        first = day + timedelta(days=draw(st.integers(0, 20)))
        day = first + timedelta(days=draw(st.integers(1, 12)))
        found.append((first, day))
    return found


@st.composite
def left_out(draw: st.DrawFn, ledger: Ledger) -> Ledger:
    """Draw a ledger with pauses and excluded time in it."""
    assert isinstance(ledger.start, date)
    for first, after in draw(gaps(ledger.start)):
        if draw(st.booleans()):
            ledger = ledger.pause(first, "鉴定").resume(after)
        else:
            ledger = ledger.exclude(first, after - DAY, "听证")
    return ledger


@st.composite
def moments(draw: st.DrawFn, start: date, least: int = -5, most: int = 250) -> Moment:
    """Draw a day or an instant around the time of a deadline."""
    day = start + timedelta(days=draw(st.integers(least, most)))
    hour = draw(st.none() | st.integers(0, 23))
    return day if hour is None else datetime(day.year, day.month, day.day, hour, tzinfo=CHINA_TIME)


@st.composite
def effects(draw: st.DrawFn, ledger: Ledger) -> Effect:
    """Draw an entry that may be impossible, with the moment of its recording or without."""
    assert isinstance(ledger.start, date)
    on = ledger.start + timedelta(days=draw(st.integers(0, 120)))
    at = draw(st.none() | st.integers(0, 30).flatmap(lambda k: moments(on + k * DAY, most=0)))
    match draw(st.sampled_from(["pause", "resume", "resume", "exclude", "exclude", "by", "to", "restart"])):
        case "pause":
            return Paused(on, ground="鉴定", at=at)
        case "resume":
            return Resumed(on, ground="鉴定", at=at)
        case "exclude":
            return Excluded(on, on + timedelta(days=draw(st.integers(0, 15))), ground="听证", at=at)
        case "restart":
            return Restarted(on, ground="补正", at=at)
        case "by":
            assert isinstance(ledger.period, Counted)
            return Extended(on, type(ledger.period)(draw(st.integers(1, 3))), ground="复杂", at=at)
    fixed = st.integers(0, 200).map(lambda k: FixedDate(on + k * DAY))
    return Extended(on, None, draw(BUDGETS | fixed), ground="复杂", at=at)


@st.composite
def moments_of(draw: st.DrawFn, ledger: Ledger) -> Moment:
    """Draw a day or an instant close to one that a ledger speaks of."""
    days = {ledger.due().start, ledger.due().date}
    for entry in ledger.entries:
        days |= {entry.day, china_date(entry.at or entry.day)}
        days |= {entry.last} if isinstance(entry, Excluded) else set()
    day = draw(st.sampled_from(sorted(days)))
    return draw(moments(day, least=-2, most=2))


def tried(ledger: Ledger, entry: Entry) -> Ledger:
    """Return a ledger with another entry, or as it was when that contradicts it."""
    try:
        return attrs.evolve(ledger, entries=(*ledger.entries, entry))
    except DeadlineError:
        return ledger


@st.composite
def ledgers(draw: st.DrawFn, *, corrections: bool = True, closings: bool = True) -> Ledger:
    """Draw a ledger with entries of every kind, corrected and recorded late or ahead now and then."""
    ledger = Ledger(draw(BUDGETS), draw(STARTS), rules=draw(RULES))
    assert isinstance(ledger.start, date)
    for _ in range(draw(st.integers(0, 8))):
        ledger = tried(ledger, draw(effects(ledger)))
        if corrections and ledger.entries and draw(st.integers(0, 5)) == 0:
            number, by = draw(st.integers(1, len(ledger.entries))), draw(st.none() | effects(ledger))
            on = ledger.start + timedelta(days=draw(st.integers(0, 160)))
            ledger = tried(ledger, Corrected(on, number, by, ground="误记"))
    if closings and (closing := draw(st.sampled_from([None, None, Ended, Waived]))) is not None:
        ledger = tried(ledger, closing(ledger.start + timedelta(days=draw(st.integers(60, 200))), ground="办结"))
    return ledger

"""When a period ends: period, start, calendar and rules give a due date that can explain itself."""

import datetime as dt
from collections.abc import Iterable
from functools import cache, lru_cache
from math import ceil
from typing import Any

import attrs

from yingshang_flow.deadlines.calendar import WorkingCalendar
from yingshang_flow.deadlines.china import china
from yingshang_flow.deadlines.clock import CHINA_TIME, china_date, plain_date
from yingshang_flow.deadlines.explain import Explanation, explained
from yingshang_flow.deadlines.notation import parse
from yingshang_flow.deadlines.period import (
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Recurring,
    Series,
    WorkingDays,
    add_days,
    add_months,
    ends_in_a_half,
    in_working_days,
)
from yingshang_flow.deadlines.rules import DueRules, FixedRoll, Roll
from yingshang_flow.deadlines.terms import Pairs, Terms, excluded_spans
from yingshang_flow.errors import CalendarHorizonError, CalendarRangeError, DeadlineError, PeriodError

_Date = dt.date
_MIDNIGHT = dt.time(tzinfo=CHINA_TIME)
_DAY = dt.timedelta(days=1)


@attrs.define(unsafe_hash=True)  # frozen by its properties: attrs.frozen would double the time that due() takes
class DueDate:
    """When a period ends, and everything that follows from it; immutable."""

    _start: dt.date
    _period: Period
    _date: dt.date
    _terms: Terms

    @property
    def start(self) -> dt.date:
        """The date it was counted from, in China."""
        return self._start

    @property
    def period(self) -> Period:
        """The period."""
        return self._period

    @property
    def date(self) -> dt.date:
        """The last day on which something is in time."""
        return self._date

    @property
    def terms(self) -> Terms:
        """What it was computed under: calendar, rules, excluded time and restart."""
        return self._terms

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar it was computed with."""
        return self.terms.calendar

    @property
    def rules(self) -> DueRules:
        """How the switches were set."""
        return self.terms.rules

    @property
    def exclude(self) -> Pairs:
        """The spans that did not count, in order."""
        return self.terms.exclude

    @property
    def restart(self) -> dt.date | None:
        """The date from which the period started anew."""
        return self.terms.restart

    @property
    def nominal(self) -> dt.date:
        """The day the period ends on before a last day off moves it (R5, R10)."""
        return _nominal(self.period, self.start, self.terms)

    @property
    def provisional(self) -> bool:
        """Whether it rests on days past the calendar's horizon, which a later notice can change (R11)."""
        terms, horizon = self._terms, self._terms.calendar.horizon
        roll = "any" if in_working_days(self._period) else _roll(self._period, terms.rules)
        if roll in {"none", "stay"}:
            if _taxed(self._period, terms):
                return self.nominal > horizon
            return terms.received is not None and terms.begin(self._start) > horizon
        return (self.nominal if roll == "earlier" else self._date) > horizon

    @property
    def end(self) -> dt.datetime:
        """The exclusive instant at which it is too late, at UTC+8.

        The next midnight, or the close of business (R6). What has half a working day in it ends with the morning or the
        afternoon of the office hours (R12).
        """
        closes = self.closes
        if closes is None:
            return dt.datetime.combine(self.date + _DAY, _MIDNIGHT)
        return dt.datetime.combine(self.date, closes, CHINA_TIME)

    @property
    def closes(self) -> dt.time | None:
        """The time of day at which the last day ends, naive at UTC+8; none for 24:00."""
        if isinstance(self._period, WorkingDays) and ends_in_a_half(self._period):
            return _after_half_days(self._period, self._start, self._terms)[1]
        return self._terms.rules.closes

    def explain(self) -> Explanation:
        """Return the steps that led here, each with its rule and source."""
        return explained(
            self.period,
            self.start,
            self.nominal,
            self.date,
            self.terms,
            closes=self.closes,
            provisional=self.provisional,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it with its steps as values that JSON has; dates are ISO texts, citations their keys."""
        return {
            "start": self.start.isoformat(),
            "period": str(self.period),
            "nominal": self.nominal.isoformat(),
            "due": self.date.isoformat(),
            "provisional": self.provisional,
            "steps": [
                {
                    "date": step.date.isoformat(),
                    "counted": step.counted,
                    "reason": step.reason.en,
                    "reason_zh": step.reason.zh,
                    "rule": step.rule,
                    "citation": str(step.citation),
                }
                for step in self.explain().steps
            ],
        }


def due(
    period: Period | str,
    start: dt.date | dt.datetime,
    *,
    calendar: WorkingCalendar | None = None,
    rules: DueRules | None = None,
    exclude: Iterable[tuple[dt.date, dt.date]] = (),
    restart: dt.date | dt.datetime | None = None,
    roll: Roll | None = None,
) -> DueDate:
    """Compute when a period ends.

    Args:
        period: The period, or its text, for example ``7工作日``.
        start: The day it starts on, which is not counted (R1). An aware datetime is read at UTC+8. Its time of day
            matters to half working days (R12), and where what comes after hours counts as received the next day (R6).
        calendar: The working days; ``china()`` when left out.
        rules: The switches; the marked defaults when left out.
        exclude: Spans that do not count, as (first, last) dates, both included (R8). They never move a fixed date.
        restart: The day from which the period starts anew (R8), not before the start.
        roll: Overrides ``rules.roll`` (R5).

    Raises:
        PeriodError: The period cannot be read.
        TimeError: The start is a naive datetime or no time at all.
        DeadlineError: The excluded time or the restart is impossible, or the rules leave half days no afternoon.
        CalendarRangeError: A day lies outside the calendar.
        CalendarHorizonError: The result is provisional and the rules refuse that (R11).
    """
    if period.__class__ is str:
        period = parse(period)
    if rules is None and restart is None and roll is None and not exclude:
        terms = _china_terms()
        if calendar is not None and calendar is not terms.calendar:
            terms = _plain_terms(calendar)
        if period.__class__ is WorkingDays and start.__class__ is _Date and (n := period.n).__class__ is int:
            return DueDate(start, period, terms.calendar.nth(start, n), terms)
    else:
        if roll is not None:
            rules = attrs.evolve(rules or DueRules(), roll=roll)
        terms = Terms(
            _china_terms().calendar if calendar is None else calendar,
            _china_terms().rules if rules is None else rules,
            excluded_spans(exclude),
            None if restart is None else china_date(restart),
        )
    period = _checked(period)
    if isinstance(restart, dt.datetime):
        start, terms = _by_the_hours(period, start, restart, terms)
    return counted(period, start, terms)


def before(period: Period | str, end: dt.date, *, calendar: WorkingCalendar | None = None) -> dt.date:
    """Count a period back from a date, as for a reminder two working days before (R13).

    Args:
        period: Working days, days or months, or their text. Half a working day lies in the day before.
        end: The day to count back from, which is not counted.
        calendar: The working days; ``china()`` when left out, and only asked about working days.

    Raises:
        PeriodError: The period cannot be read, or cannot be counted back.
        TimeError: The end is no date.
        CalendarRangeError: The answer lies outside the calendar.
    """
    end = plain_date(end)
    if isinstance(period, str):
        period = parse(period)
    match period:
        case WorkingDays(n):
            return (_china_terms().calendar if calendar is None else calendar).previous_working_day(end, ceil(n))
        case CalendarDays(n):
            return add_days(end, -n)
        case Months(n):
            return add_months(end, -n)
    raise PeriodError(f"{period} cannot be counted back from a date: use working days, days or months")


def latest_start(
    period: Period | str,
    due_date: dt.date,
    *,
    calendar: WorkingCalendar | None = None,
    rules: DueRules | None = None,
) -> dt.date:
    """Find the last day from which a period still ends on or before a wanted day (R13).

    So ``due(period, found).date <= due_date < due(period, found + one day).date``.

    Args:
        period: The period, or its text; not a fixed date, which ends when it does wherever it starts.
        due_date: The day on which it has to end at the latest.
        calendar: The working days; ``china()`` when left out.
        rules: The switches; the marked defaults when left out.

    Raises:
        PeriodError: The period cannot be read, or is a fixed date.
        TimeError: The wanted day is no date.
        CalendarRangeError: The wanted day, or every start that would do, lies outside the calendar.
        CalendarHorizonError: The result is provisional and the rules refuse that (R11).
    """
    wanted = plain_date(due_date)
    if isinstance(period, str):
        period = parse(period)
    if isinstance(period, FixedDate):
        raise PeriodError(f"{period} ends when it does, wherever it starts: a latest start needs a length")
    period = _checked(period)
    terms = Terms(_china_terms().calendar if calendar is None else calendar, rules or DueRules())
    terms.calendar.is_working(wanted)  # which refuses a day outside
    trial = attrs.evolve(terms, rules=attrs.evolve(terms.rules, past_horizon="provisional", tax_extension=False))
    found = _last_in_time(period, wanted, trial)
    if _taxed(period, terms):  # long breaks make it end later, but not always later the later it starts
        trial = attrs.evolve(terms, rules=attrs.evolve(terms.rules, past_horizon="provisional"))
        low = _earliest(trial)
        while found >= low and not _in_time(period, found, wanted, trial):
            found -= _DAY
        if found < low:
            raise _no_start(period, low, wanted)
    counted(period, found, terms)
    return found


def _last_in_time(period: Period, wanted: dt.date, terms: Terms) -> dt.date:
    """Return the last start that ends in time, by halving: a later start never ends earlier."""
    low = _earliest(terms)
    high = add_days(wanted, 1)
    if low >= high or not _in_time(period, low, wanted, terms):
        raise _no_start(period, low, wanted)
    while (gap := (high - low) // 2) >= _DAY:
        middle = low + gap
        if _in_time(period, middle, wanted, terms):
            low = middle
        else:
            high = middle
    return low


def _in_time(period: Period, start: dt.date, wanted: dt.date, terms: Terms) -> bool:
    """Tell whether a period ends by a day; where the calendar ends before it does, it does not."""
    try:
        return counted(period, start, terms).date <= wanted
    except CalendarRangeError:
        return False


def _earliest(terms: Terms) -> dt.date:
    """Return the first start that the calendar can count from."""
    first = terms.calendar.first
    return first + _DAY if terms.rules.count_start else first


def _no_start(period: Period, low: dt.date, wanted: dt.date) -> CalendarRangeError:
    return CalendarRangeError(f"no start from {low} on, where the calendar begins, makes {period} end by {wanted}")


@cache
def _china_terms() -> Terms:
    """Return the default terms; the calendar is loaded when it is first needed."""
    return Terms(china())


@lru_cache(maxsize=64)
def _plain_terms(calendar: WorkingCalendar) -> Terms:
    return Terms(calendar)


def _checked(period: object) -> Period:
    if not isinstance(period, Period):
        raise PeriodError(f"a period is a Period or its text, not {period!r}")
    return period


def counted(period: Period, start: dt.date | dt.datetime, terms: Terms) -> DueDate:
    """Compute when a period ends under terms that are ready.

    Args:
        period: The period.
        start: The day or the moment it starts on, as ``due()`` takes it.
        terms: What it is computed under; the excluded spans are in order and do not overlap.

    Raises:
        TimeError: The start is a naive datetime or no time at all.
        DeadlineError: Any of those that ``due()`` raises once it has read its arguments.
    """
    if start.__class__ is not _Date:
        start, terms = _by_the_hours(period, start, terms.restart, terms)
    if terms.restart is not None and terms.restart < start:
        raise DeadlineError(f"a period from {start} cannot start anew before it, on {terms.restart}")
    end = _nominal(period, start, terms)
    if not in_working_days(period):
        end = terms.rolled(end, _roll(period, terms.rules))
    found = DueDate(start, period, end, terms)
    if terms.rules.past_horizon == "refuse" and found.provisional:
        raise CalendarHorizonError(
            f"{period} from {start} ends past {terms.calendar.horizon}, where no notice is loaded: load the notice, "
            "or accept a provisional date with past_horizon='provisional'"
        )
    return found


def _by_the_hours(
    period: Period, start: dt.date | dt.datetime, restart: dt.date | dt.datetime | None, terms: Terms
) -> tuple[dt.date, Terms]:
    """Return the day a period starts on and its terms, where one of its moments has a time of day (R6, R12)."""
    moment = start if restart is None else restart
    day = china_date(start)
    later = terms.rules.after_hours == "next_day" and not isinstance(period, FixedDate)
    if later:
        day = terms.received_on(start)
        restart = None if restart is None else terms.received_on(restart)
    elif not ends_in_a_half(period):
        return day, terms
    received = moment.astimezone(CHINA_TIME) if isinstance(moment, dt.datetime) else None
    return day, attrs.evolve(terms, restart=restart if later else terms.restart, received=received)


def _taxed(period: Period, terms: Terms) -> bool:
    """Tell whether long breaks prolong a period (R9): days and months, whose days off count otherwise."""
    return terms.rules.tax_extension and isinstance(period, CalendarDays | Months)


def _roll(period: Period, rules: DueRules) -> Roll | FixedRoll:
    """Return where a period's last day goes when it is off (R5, R10)."""
    return rules.fixed_roll if isinstance(period, FixedDate | Series) else rules.roll


def _nominal(period: Period, start: dt.date, terms: Terms) -> dt.date:
    """Return where a period ends before it moves (R1, R2, R4, R8, R9, R12)."""
    unless = _DAY * (not terms.rules.date_included)  # R3: what has to be done before a date
    if isinstance(period, FixedDate):
        return add_days(period.date, -unless.days)
    anchor = terms.anchor(start)
    if isinstance(period, WorkingDays):
        n = period.n
        return (
            _after_working_days(n, anchor, terms) if isinstance(n, int) else _after_half_days(period, start, terms)[0]
        )
    if isinstance(period, Series):
        if isinstance(period, Recurring) and period.length is not None:
            return _after_working_days(period.n, anchor, terms)
        end = period.after(anchor)
        while terms.rolled(end - unless, terms.rules.fixed_roll) <= anchor:
            end = period.after(end)
        return end - unless
    if isinstance(period, CalendarDays):
        end = add_days(anchor, period.n)
    else:
        begin = terms.begin(start)
        end = add_months(begin, period.n)
        if terms.rules.count_start and end.day == begin.day:
            end = add_days(end, -1)
    if terms.rules.tax_extension:
        return _after_long_breaks((end - anchor).days, anchor, end, terms)
    place = end.toordinal()
    return add_days(end, terms.stretched(place, anchor.toordinal(), working=False) - place) if terms.exclude else end


def _after_long_breaks(length: int, anchor: dt.date, end: dt.date, terms: Terms) -> dt.date:
    """Return the first end that leaves the days of the period besides long breaks (R9) and excluded time (R8)."""
    stopped = terms.stopped(anchor)
    while True:
        skipped = set(terms.long_breaks(anchor, end))
        for first, last in stopped:
            skipped.update(first + k * _DAY for k in range((min(last, end) - first).days + 1))
        later = add_days(anchor, length + len(skipped))
        if later == end:
            return end
        end = later


def _after_half_days(period: WorkingDays, start: dt.date, terms: Terms) -> tuple[dt.date, dt.time]:
    """Return the day and the time of day at which a number of halves is over (R12)."""
    hours, begin = terms.rules.hours, terms.begin(start)
    today = terms.halves_left(begin)
    left = period.halves - today
    if left > 0:
        days, odd = divmod(left, 2)
        day = _after_working_days(days + odd, terms.anchor(start) if terms.received is None else begin, terms)
    else:
        day, odd = begin, left % 2
    return day, hours.morning[1] if odd else hours.closes


def _after_working_days(n: int, anchor: dt.date, terms: Terms) -> dt.date:
    """Return the n-th working day after the anchor that is not excluded."""
    if terms.exclude:
        place = terms.calendar.worked(anchor.toordinal())
        n = terms.stretched(place + n, place, working=True) - place
    return terms.calendar.nth(anchor, n)

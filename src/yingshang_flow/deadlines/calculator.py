"""When a period ends: period, start, calendar and rules give a due date that can explain itself."""

import datetime as dt
from collections.abc import Iterable
from functools import cache, lru_cache
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
    WorkingDays,
    add_days,
    add_months,
)
from yingshang_flow.deadlines.rules import DueRules, FixedRoll, Roll
from yingshang_flow.deadlines.terms import Pairs, Terms, excluded_spans
from yingshang_flow.errors import CalendarHorizonError, DeadlineError, PeriodError

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
        """The day the period ends on before days off move it (R5, R10)."""
        return _nominal(self.period, self.start, self.terms)

    @property
    def provisional(self) -> bool:
        """Whether it rests on days past the calendar's horizon, which a later notice can change (R11)."""
        roll = "any" if isinstance(self._period, WorkingDays) else _roll(self._period, self._terms.rules)
        if roll in {"none", "stay"}:
            return False
        return (self.nominal if roll == "earlier" else self._date) > self._terms.calendar.horizon

    @property
    def end(self) -> dt.datetime:
        """The exclusive instant at which it is too late: the next midnight at UTC+8, or the close of business (R6)."""
        closes = self.terms.rules.closes
        if closes is None:
            return dt.datetime.combine(self.date + _DAY, _MIDNIGHT)
        return dt.datetime.combine(self.date, closes, CHINA_TIME)

    def explain(self) -> Explanation:
        """Return the steps that led here, each with its rule and source."""
        return explained(self.period, self.start, self.nominal, self.date, self.terms, provisional=self.provisional)

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
        start: The day it starts on, which is not counted (R1). An aware datetime is read at UTC+8.
        calendar: The working days; ``china()`` when left out.
        rules: The switches; the marked defaults when left out.
        exclude: Spans that do not count, as (first, last) dates, both included (R8). They never move a fixed date.
        restart: The day from which the period starts anew (R8), not before the start.
        roll: Overrides ``rules.roll`` (R5).

    Raises:
        PeriodError: The period cannot be read.
        TimeError: The start is a naive datetime or no time at all.
        DeadlineError: The excluded time or the restart is impossible.
        CalendarRangeError: A day lies outside the calendar.
        CalendarHorizonError: The result is provisional and the rules refuse that (R11).
    """
    if period.__class__ is str:
        period = parse(period)
    if rules is None and restart is None and roll is None and not exclude:
        terms = _china_terms() if calendar is None else _plain_terms(calendar)
        if period.__class__ is WorkingDays and start.__class__ is _Date:
            return DueDate(start, period, terms.calendar.nth(start, period.n), terms)
    else:
        if roll is not None:
            rules = attrs.evolve(rules or DueRules(), roll=roll)
        terms = Terms(
            _china_terms().calendar if calendar is None else calendar,
            rules or DueRules(),
            excluded_spans(exclude),
            None if restart is None else china_date(restart),
        )
    return _due(period, china_date(start), terms)


def before(period: Period | str, end: dt.date, *, calendar: WorkingCalendar | None = None) -> dt.date:
    """Count a period back from a date, as for a reminder two working days before (R13).

    Args:
        period: Working days, days or months, or their text.
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
            return (_china_terms().calendar if calendar is None else calendar).previous_working_day(end, n)
        case CalendarDays(n):
            return add_days(end, -n)
        case Months(n):
            return add_months(end, -n)
    raise PeriodError(f"{period} cannot be counted back from a date: use working days, days or months")


@cache
def _china_terms() -> Terms:
    """Return the default terms; the calendar is loaded when it is first needed."""
    return Terms(china())


@lru_cache(maxsize=64)
def _plain_terms(calendar: WorkingCalendar) -> Terms:
    return Terms(calendar)


def _due(period: Period | str, start: dt.date, terms: Terms) -> DueDate:
    if not isinstance(period, Period):
        raise PeriodError(f"a period is a Period or its text, not {period!r}")
    if terms.restart is not None and terms.restart < start:
        raise DeadlineError(f"a period from {start} cannot start anew before it, on {terms.restart}")
    nominal = _nominal(period, start, terms)
    end = nominal if isinstance(period, WorkingDays) else terms.rolled(nominal, _roll(period, terms.rules))
    found = DueDate(start, period, end, terms)
    if terms.rules.past_horizon == "refuse" and found.provisional:
        raise CalendarHorizonError(
            f"{period} from {start} ends past {terms.calendar.horizon}, where no notice is loaded: load the notice, "
            "or accept a provisional date with past_horizon='provisional'"
        )
    return found


def _roll(period: Period, rules: DueRules) -> Roll | FixedRoll:
    """Return where a period's last day goes when it is off (R5, R10)."""
    return rules.fixed_roll if isinstance(period, FixedDate | Recurring) else rules.roll


def _nominal(period: Period, start: dt.date, terms: Terms) -> dt.date:
    """Return where a period ends before it moves (R1, R2, R4, R8)."""
    if isinstance(period, FixedDate):
        return period.date
    anchor = terms.anchor(start)
    if isinstance(period, Recurring):
        end = period.after(anchor)
        while terms.rolled(end, terms.rules.fixed_roll) <= anchor:
            end = period.after(end)
        return end
    if isinstance(period, WorkingDays):
        return _after_working_days(period.n, anchor, terms)
    if isinstance(period, CalendarDays):
        end = add_days(anchor, period.n)
    else:
        begin = terms.begin(start)
        end = add_months(begin, period.n)
        if terms.rules.count_start and end.day == begin.day:
            end = add_days(end, -1)
    for first, last in terms.stopped(anchor):
        if first <= end:
            end = add_days(end, (last - first).days + 1)
    return end


def _after_working_days(n: int, anchor: dt.date, terms: Terms) -> dt.date:
    """Return the n-th working day after the anchor that is not excluded."""
    calendar = terms.calendar
    end = calendar.nth(anchor, n)
    for first, last in terms.stopped(anchor):
        if first <= end:
            n += calendar.count(first - _DAY, last)
            end = calendar.nth(anchor, n)
    return end

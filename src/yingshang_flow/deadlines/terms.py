"""The terms one period is computed under: the calendar, the switches, the days that do not count and a restart."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import attrs

from yingshang_flow.deadlines.calendar import DayKind, WorkingCalendar
from yingshang_flow.deadlines.clock import CHINA_TIME, china_date, is_date
from yingshang_flow.deadlines.period import add_days
from yingshang_flow.deadlines.rules import DueRules, FixedRoll, Roll
from yingshang_flow.errors import DeadlineError

Pairs = tuple[tuple[date, date], ...]
"""Spans of days as (first, last), both included."""

_DAY = timedelta(days=1)
_LONG = 3


def excluded_spans(spans: Iterable[tuple[date, date]]) -> Pairs:
    """Return excluded spans in order.

    Raises:
        DeadlineError: A span is reversed, overlaps another, or is no pair of dates.
    """
    try:
        pairs = tuple((first, last) for first, last in spans)
    except (TypeError, ValueError):
        raise DeadlineError(
            f"excluded time is a sequence of (first, last) dates, both included, not {spans!r}"
        ) from None
    for pair in pairs:
        if not all(map(is_date, pair)):
            raise DeadlineError(f"excluded time is whole days: a pair of dates, not {pair!r}")
        if pair[0] > pair[1]:
            raise DeadlineError(f"excluded time ends before it starts: {pair[0]}..{pair[1]}")
    pairs = tuple(sorted(pairs))
    for (first, last), (following, end) in pairwise(pairs):
        if following <= last:
            raise DeadlineError(f"excluded time overlaps: {first}..{last} and {following}..{end}; merge them")
    return pairs


@attrs.frozen
class Terms:
    """How a period is computed, besides its length and start.

    Attributes:
        calendar: The working days.
        rules: The switches.
        exclude: The spans that do not count, in order.
        restart: The date from which the period starts anew.
        received: The moment it really starts, in China time, where the hours of that day matter (R6, R12).
    """

    calendar: WorkingCalendar
    rules: DueRules = attrs.field(factory=DueRules)
    exclude: Pairs = ()
    restart: date | None = None
    received: datetime | None = None

    def received_on(self, moment: date | datetime) -> date:
        """Return the working day on which something counts as received, by the office hours (R6); a date stays."""
        day = china_date(moment)
        if not isinstance(moment, datetime):
            return day
        at = moment.astimezone(CHINA_TIME).time()
        in_time = at < self.rules.close_of_business and self.calendar.is_working(day)
        return day if in_time else self.calendar.nth(day, 1)

    def halves_left(self, begin: date) -> int:
        """Return how many halves of the first day count, after the moment it was received at (R12)."""
        if self.received is None or not self.calendar.is_working(begin):
            return 0
        if any(first <= begin <= last for first, last in self.stopped(begin - _DAY)):
            return 0
        at = self.received.time() if self.received.date() == begin else time.min
        return self.rules.hours.halves_left(at, first_counts=self.rules.count_start)

    def long_breaks(self, anchor: date, end: date) -> frozenset[date]:
        """Return the days after the anchor, up to the end, that are off three or more in a row (R9)."""
        found: set[date] = set()
        run: list[date] = []
        for ordinal in range(anchor.toordinal() + 1, end.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if self.calendar.is_working(day):
                run = []
                continue
            run.append(day)
            if len(run) >= _LONG:
                found.update(run)
        return frozenset(found)

    def begin(self, start: date) -> date:
        """Return the day on which the period really starts: the restart, if there is one."""
        return start if self.restart is None else self.restart

    def anchor(self, start: date) -> date:
        """Return the day after which days count: the first day itself, or the one before it when it counts (R1)."""
        begin = self.begin(start)
        return add_days(begin, -1) if self.rules.count_start else begin

    def stopped(self, anchor: date) -> Pairs:
        """Return the spans after the anchor whose days do not count (R8)."""
        spans = []
        for first, last in self.exclude:
            day = max(first + _DAY if self.rules.first_excluded_counts else first, anchor + _DAY)
            if day <= last:
                spans.append((day, last))
        return tuple(spans)

    def rolled(self, day: date, roll: Roll | FixedRoll) -> date:
        """Return where a day goes when it is off."""
        calendar = self.calendar
        if roll in {"none", "stay"}:
            return day
        if roll == "statutory":
            while calendar.day(day).kind is DayKind.HOLIDAY:
                day = add_days(day, 1)
            return day
        if calendar.is_working(day):
            return day
        return calendar.previous_working_day(day) if roll == "earlier" else calendar.nth(day, 1)

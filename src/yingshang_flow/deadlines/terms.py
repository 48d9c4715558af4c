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
Places = tuple[tuple[int, int], ...]
"""Spans in numbers, of working days or ordinals of days: up to the day before each, and up to its last day."""

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
    _worked: Places | None = attrs.field(init=False, default=None, eq=False, repr=False)
    _elapsed: Places | None = attrs.field(init=False, default=None, eq=False, repr=False)

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

    def passed(self, *, working: bool) -> Places:
        """Return the excluded time (R8), in working days of the calendar or in ordinals; worked out once for each."""
        found = self._worked if working else self._elapsed
        if found is None:
            before = 0 if self.rules.first_excluded_counts else 1
            found = tuple([(first.toordinal() - before, last.toordinal()) for first, last in self.exclude])
            if working:
                worked = self.calendar.worked
                found = tuple([(worked(first), worked(last)) for first, last in found])
            object.__setattr__(self, "_worked" if working else "_elapsed", found)
        return found

    def stretched(self, end: int, anchor: int, *, working: bool) -> int:
        """Return where a count that ended there without excluded time ends with that after the anchor (R8)."""
        for before, last in self.passed(working=working):
            if before >= end:
                break
            if anchor < last:
                end += last - before if anchor < before else last - anchor
        return end

    def left(self, day: date, end: date, *, working: bool) -> int:
        """Return how many days there are after one, up to another, that are not excluded (R8); none when it is over."""
        begin, until = day.toordinal(), end.toordinal()
        if working:
            begin, until = self.calendar.worked(begin), self.calendar.worked(until)
        if begin >= until:
            return 0
        left = until - begin
        for before, last in self.passed(working=working):
            if before >= until:
                break
            if begin < last:
                left -= min(last, until) - max(before, begin)
        return left

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

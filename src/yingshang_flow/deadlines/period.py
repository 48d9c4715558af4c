"""Periods as values: how long something may take, or until when."""

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import attrs

from yingshang_flow.deadlines.calendar import WorkingCalendar
from yingshang_flow.deadlines.clock import is_date
from yingshang_flow.errors import CalendarRangeError, PeriodError
from yingshang_flow.words import Label, Language

MOST_DAYS: Final = 36500
"""The longest period in days: about a hundred years."""
MOST_MONTHS: Final = 1200
"""The longest period in months: a hundred years."""


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(most: int, unit: str, halves: str) -> Callable[[Any, Any, Any], None]:
    def check(_self: object, _attribute: object, value: int) -> None:
        if not _is_whole(value):
            hint = f": {halves}" if isinstance(value, float) else ""
            raise PeriodError(f"a period is a whole number of {unit}, not {value!r}{hint}")
        if value < 1:
            raise PeriodError(
                f"a period is at least 1 of {unit}, not {value}: "
                "it would end no later than it starts; write the date itself as a FixedDate"
            )
        if value > most:
            raise PeriodError(f"a period is at most {most} {unit}, not {value}")

    return check


HALF_DAYS: Final = "working days are whole or end in a half, which follows the office hours (R12): write 0.5 or 3.5"
"""What to answer to a fraction of working days that is no half."""


def _whole_if_it_is(n: float) -> float:
    return int(n) if isinstance(n, float) and n.is_integer() else n


def _halves(_self: object, _attribute: object, value: float) -> None:
    if not (_is_whole(value) or isinstance(value, float)):
        raise PeriodError(f"a period is a whole number of working days, or ends in a half, not {value!r}")
    if value < 0.5:  # noqa: PLR2004 - a half
        raise PeriodError(
            f"a period is at least 1 of working days, not {value}: "
            "it would end no later than it starts; write 0.5 for half of one, the date itself as a FixedDate"
        )
    if value > MOST_DAYS:
        raise PeriodError(f"a period is at most {MOST_DAYS} working days, not {value}")
    if value * 2 % 1 != 0:
        raise PeriodError(f"a period cannot be {value} working days: {HALF_DAYS}")


@attrs.frozen
class WorkingDays:
    """A number of working days, 工作日; it may end in a half, which follows the office hours (R12).

    Attributes:
        n: How many, from 0.5 to 36500: an ``int`` when whole, else a ``float`` that ends in .5, which is exact. What
            cannot do halves meets a ``float`` where it needs an ``int``, and fails instead of rounding.
    """

    n: float = attrs.field(converter=_whole_if_it_is, validator=_halves)

    @property
    def halves(self) -> int:
        """How many half working days it has."""
        return int(self.n * 2)

    def times(self, k: int) -> "WorkingDays":
        """Return the period of ``k`` of these together."""
        return WorkingDays(self.n * k)

    def text(self, language: Language = "zh") -> str:
        """Return the period as it is written in that language."""
        return f"{self.n}工作日" if language == "zh" else _plural(self.n, "working day")

    def __str__(self) -> str:
        return self.text()


@attrs.frozen
class CalendarDays:
    """A number of calendar days, 日.

    Attributes:
        n: How many, from 1 to 36500.
    """

    n: int = attrs.field(validator=_whole(MOST_DAYS, "days", "write whole days"))

    def times(self, k: int) -> "CalendarDays":
        """Return the period of ``k`` of these together."""
        return CalendarDays(self.n * k)

    def text(self, language: Language = "zh") -> str:
        """Return the period as it is written in that language."""
        return f"{self.n}日" if language == "zh" else _plural(self.n, "day")

    def __str__(self) -> str:
        return self.text()


@attrs.frozen
class Months:
    """A number of months, 个月; a year is twelve.

    Attributes:
        n: How many, from 1 to 1200.
    """

    n: int = attrs.field(validator=_whole(MOST_MONTHS, "months", "write days or whole months"))

    def times(self, k: int) -> "Months":
        """Return the period of ``k`` of these together: counted from the start, never chained (R4)."""
        return Months(self.n * k)

    def text(self, language: Language = "zh") -> str:
        """Return the period as it is written in that language."""
        return f"{self.n}个月" if language == "zh" else _plural(self.n, "month")

    def __str__(self) -> str:
        return self.text()


def _fixed(_self: object, _attribute: object, value: dt.date) -> None:
    if not is_date(value):
        raise PeriodError(f"a fixed date is a date, not {value!r}")
    if value.year >= date.max.year:
        raise PeriodError(f"{value} is no date to keep: where there is no end, set no limit")


@attrs.frozen
class FixedDate:
    """A date that is set, not counted; the last day on which something is in time.

    Attributes:
        date: The date, before the year 9999.
    """

    date: dt.date = attrs.field(validator=_fixed)

    def text(self, language: Language = "zh") -> str:  # noqa: ARG002 - written the same in every language
        """Return the period as it is written in that language."""
        return self.date.isoformat()

    def __str__(self) -> str:
        return self.date.isoformat()


Cycle = Literal["week", "month", "quarter", "working_day"]
"""What a recurring period repeats with."""

_CYCLES: Final = MappingProxyType(
    {
        "week": Label("每周", "every week"),
        "month": Label("每月末", "end of every month"),
        "quarter": Label("每季度末", "end of every quarter"),
    }
)
_RRULES: Final = MappingProxyType(
    {
        "week": "FREQ=WEEKLY;BYDAY=SU",
        "month": "FREQ=MONTHLY;BYMONTHDAY=-1",
        "quarter": "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    }
)
_QUARTER: Final = 3
_WEEK: Final = 7


def _cycle(_self: object, _attribute: object, value: object) -> None:
    if value not in get_args(Cycle):
        raise PeriodError(f"a recurring period is every {', '.join(get_args(Cycle))}, not {value!r}")


@attrs.frozen
class Recurring:
    """Something due again and again: at the end of every week, month or quarter, or every few working days.

    A week ends on its Sunday (ours). Working days are counted from the day it starts on, on a calendar.

    Attributes:
        every: What it repeats with.
        n: How many working days there are from one time to the next, from 1 to 36500; 1 for every other cycle.
    """

    every: Cycle = attrs.field(validator=_cycle)
    n: int = attrs.field(default=1, validator=_whole(MOST_DAYS, "working days", "write whole working days"))

    def __attrs_post_init__(self) -> None:
        """Refuse a number where only every single one is meant."""
        if self.n != 1 and self.every != "working_day":
            raise PeriodError(f"only working days recur every {self.n}: a period is every {self.every}")

    @property
    def length(self) -> WorkingDays | None:
        """The working days from one time to the next; none where the ends are days of the calendar."""
        return WorkingDays(self.n) if self.every == "working_day" else None

    def after(self, day: date, calendar: WorkingCalendar | None = None) -> date:
        """Return the first end strictly after a day."""
        return self.nth(day, 1, calendar)

    def nth(self, day: date, n: int, calendar: WorkingCalendar | None = None) -> date:
        """Return the ``n``-th end strictly after a day, ``n`` from 1.

        Args:
            day: The day; for working days also the one they are counted from.
            n: Which end.
            calendar: The working days, which only a cycle of working days needs.

        Raises:
            PeriodError: ``n`` is not a whole number from 1, or working days are to be counted without a calendar.
            CalendarRangeError: The end lies past the year 9999, or outside the calendar.
        """
        if not _is_whole(n) or n < 1:
            raise PeriodError(f"ends are counted from 1, not {n!r}")
        if self.every == "working_day":
            if calendar is None:
                raise PeriodError(f"{self} is counted on a calendar: pass the calendar too")
            return calendar.nth(day, self.n * n)
        if self.every == "week":
            return add_days(day, 7 * n - day.isoweekday() % _WEEK)
        step = 1 if self.every == "month" else _QUARTER
        ends_today = day.month % step == 0 and day.day == monthrange(day.year, day.month)[1]
        months = -day.month % step + step * (n - 1 + ends_today)
        return add_months(day, months, day=_LAST)

    def rrule(self) -> str | None:
        """Return the recurrence rule of RFC 5545 without its name; none for working days, which no rule can say.

        Days off do not move the ends it names, whatever ``fixed_roll`` says (R10).
        """
        return _RRULES.get(self.every)

    def text(self, language: Language = "zh") -> str:
        """Return the period as it is written in that language."""
        if self.every != "working_day":
            return _CYCLES[self.every].text(language)
        number = "" if self.n == 1 else str(self.n)
        if language == "zh":
            return f"每{number}个工作日"
        return f"every {number} working days" if number else "every working day"

    def __str__(self) -> str:
        return self.text()


MOST_DATES: Final = 400
"""The longest schedule: about a year of every day."""


def _dates(dates: object) -> tuple[dt.date, ...]:
    return tuple(dates) if isinstance(dates, Iterable) and not isinstance(dates, str) else ()


def _in_order(_self: object, _attribute: object, dates: tuple[dt.date, ...]) -> None:
    if not 1 <= len(dates) <= MOST_DATES or not all(map(is_date, dates)):
        raise PeriodError(f"a timetable is made of 1 to {MOST_DATES} dates, not of {dates!r:.80}")
    for earlier, later in pairwise(dates):
        if earlier >= later:
            raise PeriodError(f"the dates of a timetable come one after the other: {later} stands after {earlier}")
    _fixed(_self, _attribute, dates[-1])


@attrs.frozen
class Timetable:
    """The dates of a schedule of one's own, 按序时进度: each is an end, and after it the next one is.

    Attributes:
        dates: The dates, the earliest first.
    """

    dates: tuple[dt.date, ...] = attrs.field(converter=_dates, validator=_in_order)

    @property
    def length(self) -> None:
        """None: its ends are days of the calendar."""
        return None

    def left(self, day: date) -> int:
        """Return how many of its dates lie strictly after a day."""
        return len(self.dates) - bisect_right(self.dates, day)

    def after(self, day: date, calendar: WorkingCalendar | None = None) -> date:
        """Return the first date strictly after a day."""
        return self.nth(day, 1, calendar)

    def nth(self, day: date, n: int, calendar: WorkingCalendar | None = None) -> date:  # noqa: ARG002 - as Recurring has it
        """Return the ``n``-th date strictly after a day, ``n`` from 1.

        Raises:
            PeriodError: ``n`` is not a whole number from 1, or there are not so many dates.
        """
        if not _is_whole(n) or n < 1:
            raise PeriodError(f"ends are counted from 1, not {n!r}")
        if n > self.left(day):
            raise PeriodError(
                f"the timetable has {self.left(day)} dates after {day}, not {n}; its last is {self.dates[-1]}"
            )
        return self.dates[len(self.dates) - self.left(day) + n - 1]

    def rrule(self) -> str | None:
        """Return none: no rule of RFC 5545 says dates that were chosen one by one."""
        return None

    def text(self, language: Language = "zh") -> str:
        """Return the period as it is written in that language."""
        if language == "zh":
            return f"按序时进度：{'、'.join(map(str, self.dates))}"
        return f"as scheduled: {', '.join(map(str, self.dates))}"

    def __str__(self) -> str:
        return self.text()


WEEKLY: Final = Recurring("week")
"""Every week, on its Sunday (ours)."""
MONTH_END: Final = Recurring("month")
"""The last day of every month."""
QUARTER_END: Final = Recurring("quarter")
"""The last day of every quarter."""

Series = Recurring | Timetable
"""What has several ends, one after the other: ``after`` and ``nth`` tell them."""

Period = WorkingDays | CalendarDays | Months | FixedDate | Series
"""How long something may take, or until when."""


def in_working_days(period: Period) -> WorkingDays | None:
    """Return the working days that a period counts once, whether it recurs or not; none where it counts none."""
    if isinstance(period, Series):
        return period.length
    return period if isinstance(period, WorkingDays) else None


def ends_in_a_half(period: Period) -> bool:
    """Tell whether a period has half a working day in it, so that the hours matter (R12)."""
    return isinstance(period, WorkingDays) and isinstance(period.n, float)


_LAST: Final = 31
_SHORTEST: Final = 28
_BEYOND: Final = date(date.max.year, 1, 1).toordinal()


def add_days(day: date, n: int) -> date:
    """Return the day ``n`` days later, or earlier when negative.

    Raises:
        CalendarRangeError: It lies outside the years 1 to 9998.
    """
    ordinal = day.toordinal() + n
    if not 0 < ordinal < _BEYOND:
        raise CalendarRangeError(f"{n} days from {day} lie outside the years 1 to 9998")
    return date.fromordinal(ordinal)


def add_months(start: date, n: int, day: int = 0) -> date:
    """Return the day of the same number ``n`` months later, else the last day of that month (R4).

    Args:
        start: The day to count from.
        n: How many months later; negative for earlier.
        day: Another number of the day than that of the start.

    Raises:
        CalendarRangeError: It lies outside the years 1 to 9998.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + n, 12)
    if not 1 <= year < date.max.year:
        raise CalendarRangeError(f"{n} months from {start} lie outside the years 1 to 9998")
    number = day or start.day
    return date(year, month + 1, number if number <= _SHORTEST else min(number, monthrange(year, month + 1)[1]))


def _plural(n: float, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"

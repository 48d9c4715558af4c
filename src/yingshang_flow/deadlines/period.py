"""Periods as values: how long something may take, or until when."""

import datetime as dt
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import attrs

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


HALF_DAYS: Final = "half working days need office hours (R12), which are not computed yet; write whole working days"
"""What to answer to 0.5 working days."""


@attrs.frozen
class WorkingDays:
    """A number of working days, 工作日.

    Attributes:
        n: How many, from 1 to 36500.
    """

    n: int = attrs.field(validator=_whole(MOST_DAYS, "working days", HALF_DAYS))

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


Cycle = Literal["week", "month", "quarter"]
"""What a recurring period repeats with."""

_CYCLES: Final = MappingProxyType(
    {
        "week": Label("每周", "every week"),
        "month": Label("每月末", "end of every month"),
        "quarter": Label("每季度末", "end of every quarter"),
    }
)
_QUARTER: Final = 3
_WEEK: Final = 7


def _cycle(_self: object, _attribute: object, value: object) -> None:
    if value not in get_args(Cycle):
        raise PeriodError(f"a recurring period is every {', '.join(get_args(Cycle))}, not {value!r}")


@attrs.frozen
class Recurring:
    """Something due again and again: at the end of every week, month or quarter.

    A week ends on its Sunday (ours).

    Attributes:
        every: What it repeats with.
    """

    every: Cycle = attrs.field(validator=_cycle)

    def after(self, day: date) -> date:
        """Return the first end strictly after a day."""
        return self.nth(day, 1)

    def nth(self, day: date, n: int) -> date:
        """Return the ``n``-th end strictly after a day, ``n`` from 1.

        Raises:
            PeriodError: ``n`` is not a whole number from 1.
            CalendarRangeError: The end lies past the year 9999.
        """
        if not _is_whole(n) or n < 1:
            raise PeriodError(f"ends are counted from 1, not {n!r}")
        if self.every == "week":
            return add_days(day, 7 * n - day.isoweekday() % _WEEK)
        step = 1 if self.every == "month" else _QUARTER
        ends_today = day.month % step == 0 and day.day == monthrange(day.year, day.month)[1]
        months = -day.month % step + step * (n - 1 + ends_today)
        return add_months(day, months, day=_LAST)

    def text(self, language: Language = "zh") -> str:
        """Return the period as it is written in that language."""
        return _CYCLES[self.every].text(language)

    def __str__(self) -> str:
        return self.text()


WEEKLY: Final = Recurring("week")
"""Every week, on its Sunday (ours)."""
MONTH_END: Final = Recurring("month")
"""The last day of every month."""
QUARTER_END: Final = Recurring("quarter")
"""The last day of every quarter."""

Period = WorkingDays | CalendarDays | Months | FixedDate | Recurring
"""How long something may take, or until when."""

_LAST: Final = 31


def add_days(day: date, n: int) -> date:
    """Return the day ``n`` days later, or earlier when negative.

    Raises:
        CalendarRangeError: It lies outside the years 1 to 9998.
    """
    try:
        found = day + timedelta(days=n)
    except OverflowError:
        found = date.max
    if found.year == date.max.year:
        raise CalendarRangeError(f"{n} days from {day} lie outside the years 1 to 9998")
    return found


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
    return date(year, month + 1, min(day or start.day, monthrange(year, month + 1)[1]))


def _plural(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"

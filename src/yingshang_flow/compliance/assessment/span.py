"""A span of days that units are assessed for: a year, a quarter, a month, or from one day to another."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

import attrs

from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label

_YEAR: Final = re.compile(r"([0-9]{4})")
_QUARTER: Final = re.compile(r"([0-9]{4})Q([1-4])")
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAYS: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{4}-[0-9]{2}-[0-9]{2})")
_DAY: Final = timedelta(days=1)
_QUARTERS: Final = {3 * number - 2: "一二三四"[number - 1] for number in range(1, 5)}


@attrs.frozen
class Span:
    """From one day to another, both in it.

    Attributes:
        first: The first day.
        last: The last day.
        months: How many whole months it is; 0 when it is counted in days.
    """

    first: date
    last: date
    months: int = 0

    @classmethod
    def read(cls, text: str) -> "Span":
        """Read ``2018``, ``2018Q4``, ``2018-11`` or ``2018-10-01/2018-12-31``, strictly.

        Raises:
            UnknownError: It is none of these, or ends before it begins.
        """
        if not isinstance(text, str):
            message = f"a period is a text such as 2018Q4, a Span, or its first and last day, not {text!r:.60}"
            raise UnknownError(message)
        if found := _YEAR.fullmatch(text):
            return _of_months(text, int(found[1]), 1, 12)
        if found := _QUARTER.fullmatch(text):
            return _of_months(text, int(found[1]), 3 * int(found[2]) - 2, 3)
        if found := _MONTH.fullmatch(text):
            return _of_months(text, int(found[1]), int(found[2]), 1)
        found = _DAYS.fullmatch(text)
        try:
            first, last = map(date.fromisoformat, found.groups() if found else ())
        except ValueError:
            message = f"{text!r:.60} is no period; give 2018, 2018Q4, 2018-11 or 2018-10-01/2018-12-31"
            raise UnknownError(message) from None
        return cls.between(first, last)

    @classmethod
    def between(cls, first: date, last: date) -> "Span":
        """Return the span from one day to another.

        Raises:
            UnknownError: It ends before it begins.
        """
        if last < first:
            message = f"a period from {first} to {last} ends before it begins; give the earlier day first"
            raise UnknownError(message)
        return cls(first, last)

    @property
    def before(self) -> "Span | None":
        """The one of the same length just before it; none before the year 1."""
        try:
            if self.months:
                index = self.first.year * 12 + self.first.month - 1 - self.months
                return _span(index // 12, index % 12 + 1, self.months)
            return Span(self.first - (self.last - self.first + _DAY), self.first - _DAY)
        except (ValueError, OverflowError):
            return None

    @property
    def label(self) -> Label:
        """What people call it."""
        year, month = self.first.year, self.first.month
        if self.months == 12:  # noqa: PLR2004  # a year
            return Label(f"{year}年", f"{year}")
        if self.months == 3:  # noqa: PLR2004  # a quarter
            return Label(f"{year}年第{_QUARTERS[month]}季度", f"{year}Q{(month + 2) // 3}")
        if self.months == 1:
            return Label(f"{year}年{month}月", f"{year}-{month:02}")
        return Label(f"{self.first}至{self.last}", f"{self.first} to {self.last}")


def _of_months(text: str, year: int, month: int, months: int) -> Span:
    try:
        return _span(year, month, months)
    except ValueError:
        message = f"{text!r} lies outside the years 1 to 9999; give another period"
        raise UnknownError(message) from None


def _span(year: int, month: int, months: int) -> Span:
    last = month + months - 1
    return Span(date(year, month, 1), date(year, last, monthrange(year, last)[1]), months)

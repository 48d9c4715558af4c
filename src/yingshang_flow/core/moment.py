"""When something happened, as exactly as it is known: an instant, or a day at UTC+8."""

from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

import attrs

from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import TimeError

Precision = Literal["day", "instant"]

_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1949, 2199


@attrs.frozen
class Moment:
    """A point in time with its precision.

    Attributes:
        instant: An aware instant at UTC+8; of a day, its first.
        precision: ``day`` when only the date is known, else ``instant``.
    """

    instant: datetime
    precision: Precision = "instant"

    @classmethod
    def of(cls, value: "datetime | date | Moment") -> "Moment":
        """Read an aware datetime as an instant and a date as a day at UTC+8.

        Raises:
            TimeError: The value is naive, no time at all, or in a year no record can be from.
        """
        if isinstance(value, Moment):
            if value.precision not in get_args(Precision):
                message = f"a moment is known by its day or its instant, not by its {value.precision!r}"
                raise TimeError(message)
            found = cls.of(value.instant)
            found = cls.of(found.date) if value.precision == "day" else found
            return value if found == value and value.instant.tzinfo is CHINA_TIME else found
        if isinstance(value, datetime):
            return cls(aware(value).astimezone(CHINA_TIME))
        if isinstance(value, date):
            if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
                raise TimeError(_impossible(value))
            return cls(datetime.combine(value, time(), CHINA_TIME), "day")
        message = f"a time is a date or an aware datetime, not {value!r}"
        raise TimeError(message)

    @property
    def date(self) -> date:
        """The date at UTC+8."""
        return self.instant.date()

    @property
    def end(self) -> datetime:
        """The exclusive end of what it can mean: the next midnight of a day, the instant itself otherwise."""
        return self.instant + _DAY if self.precision == "day" else self.instant

    def before(self, other: "Moment") -> bool:
        """Tell whether it is certainly earlier: a day is not before an instant of the same day."""
        if self.precision == "day":
            return self.instant + _DAY <= other.instant
        return self.instant < other.instant

    def __str__(self) -> str:
        return self.date.isoformat() if self.precision == "day" else self.instant.isoformat(" ", "minutes")


def aware(value: datetime) -> datetime:
    """Return an aware datetime of a possible year unchanged.

    Raises:
        TimeError: The value is no datetime, naive, or outside 1949 … 2199.
    """
    if not isinstance(value, datetime) or value.tzinfo is None or value.utcoffset() is None:
        message = f"{value!r} is no aware datetime; add a time zone, for example timezone(timedelta(hours=8))"
        raise TimeError(message)
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise TimeError(_impossible(value))
    return value


def _impossible(value: object) -> str:
    return f"{value} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}; check the date"

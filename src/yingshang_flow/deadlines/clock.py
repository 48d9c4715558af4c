"""China time: the fixed offset UTC+8, right since 1992, so that no time zone data is needed."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

from yingshang_flow.errors import TimeError

CHINA_TIME: Final = timezone(timedelta(hours=8), "UTC+8")
"""The time zone every date is read in."""


def is_date(value: object) -> bool:
    """Tell whether a value is a date and no datetime, which is one to Python."""
    return isinstance(value, date) and not isinstance(value, datetime)


def china_date(moment: date | datetime) -> date:
    """Return the date in China of a moment; a date is taken as it is.

    Raises:
        TimeError: The moment is a naive datetime, lies outside the years 1 to 9999, or is neither date nor datetime.
    """
    if moment.__class__ is date:
        return moment
    if isinstance(moment, datetime):
        if moment.utcoffset() is None:
            raise TimeError(
                f"{moment!r} has no time zone, so its date in China is unknown: pass a date, "
                "or an aware datetime, for example moment.replace(tzinfo=CHINA_TIME)"
            )
        try:
            moment = moment.astimezone(CHINA_TIME)
        except OverflowError:
            raise TimeError(f"{moment!r} has no date in China: it lies outside the years 1 to 9999") from None
    elif isinstance(moment, str):
        raise TimeError(f"a moment is a date or an aware datetime, not the text {moment!r}: use date.fromisoformat()")
    elif not isinstance(moment, date):
        raise TimeError(f"a moment is a date or an aware datetime, not {moment!r}")
    return date(moment.year, moment.month, moment.day)


def plain_date(day: date) -> date:
    """Return a day as a plain date, where a moment would be a mistake.

    Raises:
        TimeError: It is a datetime, whose date depends on a time zone, or no date at all.
    """
    if day.__class__ is date:
        return day
    if isinstance(day, datetime):
        raise TimeError(f"a calendar knows days, not moments: use china_date({day!r})")
    return china_date(day)

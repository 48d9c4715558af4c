"""A clock that stands still until it is told to go on."""

from datetime import date, datetime, time, timedelta

from yingshang_flow.core.moment import aware
from yingshang_flow.deadlines.clock import CHINA_TIME


class FixedClock:
    """A clock for tests and demonstrations; pass it as ``Docket(clock=...)``.

    Args:
        now: Where it stands: an aware datetime, or a date for noon of that day at UTC+8.
    """

    def __init__(self, now: datetime | date) -> None:
        self._now = _instant(now)

    def __call__(self) -> datetime:
        """Return where the clock stands."""
        return self._now

    def travel_to(self, now: datetime | date) -> None:
        """Set the clock, forwards or backwards."""
        self._now = _instant(now)

    def advance(self, by: timedelta) -> None:
        """Let some time pass."""
        self._now += by


def _instant(value: datetime | date) -> datetime:
    return aware(value) if isinstance(value, datetime) else datetime.combine(value, time(12), CHINA_TIME)

"""How long a period is at least and at most, so that two can be compared whatever they are counted in."""

from typing import Final

from yingshang_flow.deadlines import CalendarDays, FixedDate, Months, Period, Recurring, WorkingDays

_CYCLES: Final = {"week": (1, 7), "month": (28, 31), "quarter": (90, 92)}
"""How many days there are in a cycle; a week may end on the first day after."""

_NEVER_OFF_FOR: Final = 14
"""More days off in a row than any calendar of China has had."""


def span(period: Period) -> tuple[int, int] | None:
    """Return the least and the most calendar days that a period takes; none where it ends on a date."""
    match period:
        case CalendarDays(n=n):
            return n, n
        case Months(n=n):
            return 28 * n, 31 * n
        case WorkingDays(n=n):
            return int(n), 3 * int(n + 1) + _NEVER_OFF_FOR
        case Recurring(every=every) if every in _CYCLES:
            return _CYCLES[every]
        case Recurring(n=n):
            return n, 3 * n + _NEVER_OFF_FOR
    return None


def not_longer(one: Period, other: Period) -> bool:
    """Tell whether a period surely ends no later than another one that starts on the same day.

    Dates are compared with dates only: where a period ends that is counted depends on when it starts.
    """
    if isinstance(one, FixedDate) and isinstance(other, FixedDate):
        return one.date <= other.date
    if isinstance(one, WorkingDays) and isinstance(other, WorkingDays):
        return one.n <= other.n
    if isinstance(one, Months) and isinstance(other, Months):
        return one.n <= other.n
    mine, theirs = span(one), span(other)
    return mine is not None and theirs is not None and mine[1] <= theirs[0]


def shorter(one: Period, other: Period) -> bool:
    """Tell whether a period surely ends before another one that starts on the same day."""
    return not_longer(one, other) and not not_longer(other, one)

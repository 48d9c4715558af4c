"""Due dates and counts of working days for whole arrays, looked up in tables; needs numpy (the extra ``bulk``).

Each period has a table under each calendar and each set of rules: the due date of every start the calendar knows. It is
computed once, in a few steps over all days, and kept. What no table holds is asked of ``due`` itself.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from yingshang_flow.deadlines.calculator import due
from yingshang_flow.deadlines.calendar import DayKind, WorkingCalendar
from yingshang_flow.deadlines.china import china
from yingshang_flow.deadlines.notation import parse
from yingshang_flow.deadlines.period import (
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Recurring,
    Series,
    Timetable,
    WorkingDays,
    ends_in_a_half,
    in_working_days,
)
from yingshang_flow.deadlines.rules import DueRules, FixedRoll, Roll
from yingshang_flow.errors import DeadlineError, PeriodError, TimeError

Dates = npt.ArrayLike | Sequence[date] | date
"""Anything numpy makes an array of dates of; ``datetime64`` arrays are the fastest."""

_Numbers = npt.NDArray[np.int64]
"""Days since 1970-01-01, or other whole numbers."""


def due_many(
    period: Period | str, starts: Dates, *, calendar: WorkingCalendar | None = None, rules: DueRules | None = None
) -> npt.NDArray[np.datetime64]:
    """Compute when a period ends for every start of an array: what ``due(…).date`` gives for each.

    Args:
        period: The period, or its text, for example ``7工作日``.
        starts: The days it starts on, in an array of any shape: ``datetime64[D]`` or finer at midnight, dates, aware
            datetimes, which are read at UTC+8, or ISO texts of dates.
        calendar: The working days; ``china()`` when left out.
        rules: The switches; the marked defaults when left out.

    Returns:
        The last days on which something is in time, ``datetime64[D]`` in the shape of the starts.

    Raises:
        PeriodError: The period cannot be read.
        TimeError: Some starts are no dates: NaT, naive, masked or numbers.
        CalendarRangeError: Some days lie outside the calendar.
        CalendarHorizonError: Some results are provisional and the rules refuse that (R11).
        DeadlineError: Several of these at once. All are counted, with the positions of the first few.
    """
    if isinstance(period, str):
        period = parse(period)
    if not isinstance(period, Period):
        raise PeriodError(f"a period is a Period or its text, not {period!r}")
    calendar = china() if calendar is None else calendar
    rules = DueRules() if rules is None else rules
    rows = _Rows.of("starts", starts)
    ends, refused = rows.looked_up(_due_table(calendar, period, rules), partial(_due_number, period, calendar, rules))
    _refuse(refused, "no due date")
    return ends.view("datetime64[D]").reshape(rows.shape)


def working_days_between_many(
    starts: Dates, ends: Dates, *, calendar: WorkingCalendar | None = None
) -> npt.NDArray[np.int64]:
    """Count the working days after each start up to and including its end: ``calendar.count`` of each pair.

    Args:
        starts: The days to count from, as for ``due_many``, but without moments; one day stands for all ends.
        ends: The days to count to; the two shapes are matched as numpy does.
        calendar: The working days; ``china()`` when left out.

    Returns:
        The counts, ``int64``; negative where the end is before the start.

    Raises:
        TimeError: Some are no dates.
        CalendarRangeError: Some lie outside the calendar.
        DeadlineError: Several of these at once, or the shapes do not match.
    """
    calendar = china() if calendar is None else calendar
    table = _worked(calendar).table
    counted, refused = [], []
    for name, days in (("starts", starts), ("ends", ends)):
        rows = _Rows.of(name, days)
        counts, problems = rows.looked_up(table, partial(_count_number, calendar))
        counted.append(counts.reshape(rows.shape))
        refused += problems
    _refuse(refused, "no count")
    try:
        return np.asarray(counted[1] - counted[0])
    except ValueError:
        shapes = " and ".join(str(counts.shape) for counts in counted)
        raise DeadlineError(f"starts and ends do not match: their shapes are {shapes}") from None


# --- one row after another ---

_NAT: Final = int(np.iinfo(np.int64).min)
"""How numpy stores NaT: the marker of what has no answer."""
_BLOCK: Final = 1 << 16
"""Rows looked up at a time, so that they are still in the processor's cache when they are looked at again."""
_SHOWN: Final = 5
_TO_A_DAY: Final = {
    "h": 24,
    "m": 24 * 60,
    "s": 86_400,
    "ms": 86_400_000,
    "us": 86_400_000_000,
    "ns": 86_400_000_000_000,
}

_Error = DeadlineError | TimeError
_Refused = tuple[str, _Error]
"""Where something is wrong, and what."""


@attrs.frozen(eq=False)
class _Table:
    """A number for every day from a first one; outside it there may be an answer, which has to be asked for.

    Attributes:
        first: The first day.
        values: By day since then, the answer.
        ring: The same by day since 1970, so that nothing is to be subtracted; a day before stands at the end.
    """

    first: int
    values: _Numbers
    ring: _Numbers = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Lay out the ring."""
        days = np.arange(self.first, self.after)
        ring = np.full(max(days.size, self.after, 1), _NAT)
        ring[days % ring.size] = self.values
        object.__setattr__(self, "ring", ring)

    @property
    def after(self) -> int:
        """The day after the last one."""
        return self.first + self.values.size


@attrs.frozen(eq=False)
class _Rows:
    """Days as they were given, flat.

    Attributes:
        name: What the caller calls them.
        shape: The shape they came in.
        days: The days; NaT where there is a problem.
        moments: By row, what is neither a date nor a text: the scalar path has to say what it makes of it.
        problems: By row, what is wrong with what was given.
    """

    name: str
    shape: tuple[int, ...]
    days: _Numbers
    moments: dict[int, date]
    problems: dict[int, TimeError]

    @classmethod
    def of(cls, name: str, given: Dates) -> "_Rows":
        """Read what was given."""
        try:
            array = np.asanyarray(given)
        except ValueError as error:
            raise DeadlineError(f"{name} is no array of dates: {error}") from None
        masked = np.flatnonzero(np.ma.getmaskarray(array)) if isinstance(array, np.ma.MaskedArray) else ()
        array = np.asarray(array)
        flat = array.reshape(-1)
        moments: dict[int, date] = {}
        problems: dict[int, TimeError] = {}
        if array.dtype.kind == "M" and array.size:
            days = _days_in(name, flat, problems)
        elif array.dtype.kind in "OU" or not array.size:
            days = _days_of_objects(flat, moments, problems)
        else:
            raise TimeError(f"{name} holds {array.dtype} values, which are no dates: use datetime64[D]")
        if len(masked):
            days = days.copy()
            days[masked] = _NAT
            problems |= dict.fromkeys(map(int, masked), TimeError("it is masked"))
        return cls(name, array.shape, days, moments, problems)

    def looked_up(self, table: _Table, ask: Callable[[date], int]) -> tuple[_Numbers, list[_Refused]]:
        """Return the table's value of each row, asking for those it does not hold, and what is refused."""
        found = np.empty(self.days.shape, np.int64)
        first, last = table.first, table.after - 1
        for begin in range(0, self.days.size, _BLOCK):
            days = self.days[begin : begin + _BLOCK]
            if days.min() < first or days.max() > last:
                return self._asked(table, ask)
            # Nothing ever lies outside; "wrap" keeps numpy from buffering, and finds the days before 1970.
            table.ring.take(days, out=found[begin : begin + _BLOCK], mode="wrap")
        return found, []

    def _asked(self, table: _Table, ask: Callable[[date], int]) -> tuple[_Numbers, list[_Refused]]:
        """Do the same where some rows lie outside the table: each day among those is asked for once."""
        found = _at(table.values, self.days - table.first)
        outside = np.flatnonzero(found == _NAT)
        days = np.unique(self.days[outside]).tolist()
        answers = dict(zip(days, (_answer(day, ask) for day in days), strict=True))
        refused: list[_Refused] = []
        for row, day in zip(outside.tolist(), self.days[outside].tolist(), strict=True):
            answer = self.problems.get(row) or (_asked(self.moments[row], ask) if row in self.moments else answers[day])
            if isinstance(answer, int):
                found[row] = answer
            else:
                where = ", ".join(str(int(index)) for index in np.unravel_index(row, self.shape)) if self.shape else ""
                refused.append((f"{self.name}[{where}]", answer))
        return found, refused


def _days_in(name: str, moments: npt.NDArray[np.datetime64], problems: dict[int, TimeError]) -> _Numbers:
    """Return the days of a ``datetime64`` array; one with a time of day is no date, as it has no time zone."""
    unit, _ = np.datetime_data(moments.dtype)
    if unit in {"D", "generic"}:
        return np.ascontiguousarray(moments, "datetime64[D]").view(np.int64)
    if unit not in _TO_A_DAY:
        raise TimeError(f"{name} holds {moments.dtype} values, which are no days: use datetime64[D]")
    numbers = moments.astype(f"datetime64[{unit}]").view(np.int64)
    days, beyond = np.divmod(numbers, _TO_A_DAY[unit])
    timed = (beyond != 0) & (numbers != _NAT)
    for row in np.flatnonzero(timed).tolist():
        problems[row] = TimeError(f"{moments[row]} has no time zone, so its date in China is unknown: use dates")
    return np.where((beyond != 0) | (numbers == _NAT), _NAT, days)


def _days_of_objects(
    objects: npt.NDArray[np.generic], moments: dict[int, date], problems: dict[int, TimeError]
) -> _Numbers:
    """Return the days of dates and of their texts; every other object is kept as the moment that it may be."""
    days = np.full(objects.size, _NAT)
    for row, value in enumerate(objects.tolist()):
        if type(value) is date:
            days[row] = _number(value)
        elif isinstance(value, str):
            try:
                days[row] = _number(date.fromisoformat(value))
            except ValueError:
                problems[row] = TimeError(f"{value!r:.60} is no date: write it as 2018-12-20")
        else:
            moments[row] = value
    return days


def _answer(day: int, ask: Callable[[date], int]) -> int | _Error:
    """Return what the scalar path says of a day that no table holds."""
    if day == _NAT:
        return TimeError("it is NaT")
    value = np.datetime64(day, "D").item()
    if not isinstance(value, date):
        return TimeError(f"{np.datetime64(day, 'D')} lies outside the years 1 to 9999")
    return _asked(value, ask)


def _asked(moment: date, ask: Callable[[date], int]) -> int | _Error:
    try:
        return ask(moment)
    except (DeadlineError, TimeError) as error:
        return error
    except (TypeError, ValueError):  # the NaT of pandas is a datetime, but one without a date
        return TimeError(f"{moment!r:.60} is no date")


def _refuse(refused: Sequence[_Refused], what: str) -> None:
    """Refuse all rows together: with their kind of error if it is one, with the one above them if not."""
    if not refused:
        return
    shown = [f"{where}: {error}" for where, error in refused[:_SHOWN]]
    if len(refused) > _SHOWN:
        shown.append(f"and {len(refused) - _SHOWN} more")
    kinds: set[type[_Error]] = {type(error) for _, error in refused}
    kind = kinds.pop() if len(kinds) == 1 else DeadlineError
    raise kind(f"{len(refused)} with {what}: {'; '.join(shown)}")


def _due_number(period: Period, calendar: WorkingCalendar, rules: DueRules, start: date) -> int:
    return _number(due(period, start, calendar=calendar, rules=rules).date)


def _count_number(calendar: WorkingCalendar, day: date) -> int:
    return calendar.count(calendar.first, day)


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH


_EPOCH: Final = date(1970, 1, 1).toordinal()


# --- tables ---


@attrs.frozen(eq=False)
class _Worked:
    """The working days of a calendar as arrays.

    Attributes:
        first: The first day of the calendar.
        before: By day since then, how many working days there were before it.
        table: The same, up to and including it.
        days: The working days.
    """

    first: int
    before: _Numbers
    table: _Table
    days: _Numbers

    def nth(self, anchors: _Numbers, n: int) -> _Numbers:
        """Return the n-th working day after each day."""
        return _at(self.days, _at(self.table.values, anchors - self.first) + (n - 1))

    def later(self, days: _Numbers) -> _Numbers:
        """Return each day, or the first working day after it."""
        return _at(self.days, _at(self.before, days - self.first))

    def earlier(self, days: _Numbers) -> _Numbers:
        """Return each day, or the last working day before it."""
        return _at(self.days, _at(self.table.values, days - self.first) - 1)


@lru_cache(maxsize=16)
def _worked(calendar: WorkingCalendar) -> _Worked:
    first, size = _number(calendar.first), (calendar.last - calendar.first).days + 1
    worked = np.fromiter(map(calendar.is_working, _run(calendar)), bool, size)
    counts = np.cumsum(worked, dtype=np.int64)
    return _Worked(first, counts - worked, _Table(first, counts), first + np.flatnonzero(worked))


@lru_cache(maxsize=16)
def _after_holidays(calendar: WorkingCalendar) -> _Numbers:
    """Return, by day of the calendar, the day itself or the first one after it that is no statutory holiday."""
    days = np.array(
        [_LATEST if calendar.day(day).kind is DayKind.HOLIDAY else _number(day) for day in _run(calendar)], np.int64
    )
    found = np.minimum.accumulate(days[::-1])[::-1]
    return np.where(found == _LATEST, _NAT, found)


def _run(calendar: WorkingCalendar) -> Iterable[date]:
    return map(date.fromordinal, range(calendar.first.toordinal(), calendar.last.toordinal() + 1))


@lru_cache(maxsize=64)
def _due_table(calendar: WorkingCalendar, period: Period, rules: DueRules) -> _Table:
    """Return the due dates of all starts the calendar knows, cut off at both ends where there are none."""
    first, last = _number(calendar.first), _number(calendar.last)
    ends = _ends(period, np.arange(first, last + 1), calendar, rules)
    known = np.flatnonzero(ends != _NAT)
    begin = int(known[0]) if known.size else 0
    gaps = np.flatnonzero(ends[begin:] == _NAT)
    return _Table(first + begin, ends[begin : begin + int(gaps[0])] if gaps.size else ends[begin:])


_LATEST: Final = _number(date.max)
_EARLIEST_ANCHOR: Final = _number(date.min)
_LAST_END: Final = _number(date(9998, 12, 31))
_SWITCHES: Final = frozenset(
    {
        "count_start",
        "roll",
        "closes",
        "after_hours",
        "first_excluded_counts",
        "fixed_roll",
        "sent_counts",
        "past_horizon",
        "office_hours",
    }
)
"""The switches these tables know, and those that move no due date here: moments and half days are asked for."""


def _ends(period: Period, starts: _Numbers, calendar: WorkingCalendar, rules: DueRules) -> _Numbers:
    """Return the due dates of starts; NaT where due() refuses, and for everything it knows that is not known here."""
    switched = {f.name for f in attrs.fields(type(rules)) if getattr(rules, f.name) != f.default}
    if ends_in_a_half(period) or not switched <= _SWITCHES:
        return np.full(starts.shape, _NAT)
    anchors = starts - 1 if rules.count_start else starts
    nominal = _nominal(period, starts, anchors, calendar, rules)
    roll: Roll | FixedRoll = rules.fixed_roll if isinstance(period, FixedDate | Series) else rules.roll
    if in_working_days(period) is not None:
        roll = "any"
    ends = _rolled(nominal, roll, calendar)
    refused = (anchors < _EARLIEST_ANCHOR) | (anchors > _LAST_END) | (nominal > _LAST_END)
    if rules.past_horizon == "refuse" and roll not in {"none", "stay"}:
        refused |= (nominal if roll == "earlier" else ends) > _number(calendar.horizon)
    return np.where(refused, _NAT, ends)


def _nominal(
    period: Period, starts: _Numbers, anchors: _Numbers, calendar: WorkingCalendar, rules: DueRules
) -> _Numbers:
    """Return where a period ends before it moves."""
    match period:
        case WorkingDays(n) | Recurring("working_day", n):
            return _worked(calendar).nth(anchors, int(n))
        case CalendarDays(n):
            return anchors + n
        case Months(n):
            return _months_later(starts, n, less_one=rules.count_start)
        case FixedDate(day):
            return np.full(starts.shape, _number(day))
    ends = _after(period, anchors)
    while True:
        rolled = _rolled(ends, rules.fixed_roll, calendar)
        passed = (rolled <= anchors) & (rolled != _NAT)
        if not passed.any():
            return ends
        ends = np.where(passed, _after(period, ends), ends)


def _rolled(days: _Numbers, roll: Roll | FixedRoll, calendar: WorkingCalendar) -> _Numbers:
    """Return where days go when they are off."""
    if roll in {"none", "stay"}:
        return days
    if roll == "statutory":
        return _at(_after_holidays(calendar), days - _number(calendar.first))
    worked = _worked(calendar)
    return worked.earlier(days) if roll == "earlier" else worked.later(days)


def _months_later(starts: _Numbers, n: int, *, less_one: bool) -> _Numbers:
    """Return the days of the same number months later; less one, where the first day counts and the number is there."""
    months = starts.view("datetime64[D]").astype("datetime64[M]").view(np.int64)
    of_month = starts - _first_of(months)
    begin, following = _first_of(months + n), _first_of(months + n + 1)
    ends = np.minimum(begin + of_month, following - 1)
    return ends - (ends == begin + of_month) if less_one else ends


_STEPS: Final = {"month": 1, "quarter": 3}


def _after(period: Series, days: _Numbers) -> _Numbers:
    """Return the first end strictly after each day, NaT where there is none."""
    if isinstance(period, Timetable):
        dates = np.array(period.dates, "datetime64[D]").view(np.int64)
        return _at(dates, np.searchsorted(dates, days, side="right"))
    if period.every == "week":
        return days + 7 - (days + 4) % 7  # 1970-01-01 was a Thursday
    step = _STEPS[period.every]
    months = days.view("datetime64[D]").astype("datetime64[M]").view(np.int64)
    following = months + 1 + -(months + 1) % step
    ends = _first_of(following) - 1
    return np.where(ends > days, ends, _first_of(following + step) - 1)


def _first_of(months: _Numbers) -> _Numbers:
    """Return the first days of months, which are counted from January 1970."""
    return months.view("datetime64[M]").astype("datetime64[D]").view(np.int64)


def _at(values: _Numbers, places: _Numbers) -> _Numbers:
    """Return the values at places, NaT for a place that there is not."""
    inside = (places >= 0) & (places < values.size)
    return np.append(values, _NAT)[np.where(inside, places, -1)]

"""A calendar as a table of working days, so that the n-th working day is looked up and never searched for."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.deadlines.clock import plain_date
from yingshang_flow.deadlines.notice import NATIONAL, Notice, contradictions, issued_by
from yingshang_flow.errors import CalendarError, CalendarRangeError, DeadlineError
from yingshang_flow.sources import WORKING_HOURS
from yingshang_flow.words import Citation, Label


class DayKind(StrEnum):
    """What a day is, and so whether it is worked."""

    WEEKDAY = "weekday"
    """Monday to Friday, worked."""
    WEEKEND = "weekend"
    """Saturday or Sunday, off."""
    HOLIDAY = "holiday"
    """A statutory holiday or the day it is substituted by (补假), off."""
    DAY_OFF = "day_off"
    """A weekday off that a make-up day pays for (调休), off."""
    MAKE_UP = "make_up"
    """A weekend day that pays for a day off (调休上班), worked."""
    LOCAL_OFF = "local_off"
    """Off by a local order."""
    LOCAL_WORK = "local_work"
    """Worked by a local order."""


_WORKED: Final = frozenset({DayKind.WEEKDAY, DayKind.MAKE_UP, DayKind.LOCAL_WORK})


@attrs.frozen
class Day:
    """What a calendar says about one day.

    Attributes:
        date: The day.
        working: Whether it is a working day.
        kind: What it is.
        label: What it is called: the holiday, the day it was swapped with, or its day of the week.
        citation: Where that stands.
    """

    date: date
    working: bool
    kind: DayKind
    label: Label
    citation: Citation


@attrs.frozen
class Entry:
    """What a table says about a day that differs from Monday to Friday.

    Attributes:
        kind: What the day is.
        label: What it is called.
        citation: Where that stands.
        substitute: Whether it only stands in for a holiday on a weekend (补假): a guess until a notice says so.
        notice: The key of the notice that was laid on top of the table for it, if one was.
    """

    kind: DayKind
    label: Label
    citation: Citation
    substitute: bool = False
    notice: str = ""


Guess = Callable[[int, int], Mapping[date, Entry]]
"""A module-level function that guesses the holidays of the years from the first to the last, both included."""

Past = Callable[[date], "WorkingCalendar"]
"""A module-level function that returns a calendar, without notices laid on it, as it was known on a day."""

WEEKDAYS: Final = tuple(
    Label(*names)
    for names in (
        ("星期一", "Monday"),
        ("星期二", "Tuesday"),
        ("星期三", "Wednesday"),
        ("星期四", "Thursday"),
        ("星期五", "Friday"),
        ("星期六", "Saturday"),
        ("星期日", "Sunday"),
    )
)
"""The days of the week, from Monday."""

_AHEAD: Final = 5
_MOST_YEARS: Final = 400
_Table = tuple[int, list[int], list[date], dict[date, Entry]]
"""The ordinal before the first day; by day since then, how many working days there were; those days, from place 1; and
what is known of single days."""


def _by_date(entries: Mapping[date, Entry]) -> dict[date, Entry]:
    return dict(sorted(entries.items()))


def _works(day: date, entry: Entry | None) -> bool:
    return day.weekday() < _SATURDAY if entry is None else entry.kind in _WORKED


@attrs.frozen(eq=False, repr=False)
class WorkingCalendar:
    """An immutable table of working days, and the horizon up to which it is known.

    Past the horizon it holds weekends and guessed holidays; what rests on them is provisional (R11). The far part of
    the table is built when it is first asked for, which nothing outside can see. Who knows the same is equal.

    Attributes:
        name: What it is called in messages.
        first: The first day it answers for.
        last: The last day it answers for.
        horizon: The last day that no later notice can change: 28 December of the last published year.
        published_years: The years whose yearly notice it holds.
        notices: What was laid on it, in order.
    """

    name: str
    first: date
    last: date
    horizon: date
    published_years: frozenset[int] = frozenset()
    _known: dict[date, Entry] = attrs.field(factory=dict, converter=_by_date)
    _guess: Guess | None = None
    notices: tuple[Notice, ...] = attrs.field(default=(), kw_only=True)
    _past: Past | None = attrs.field(default=None, kw_only=True)
    _base: "WorkingCalendar | None" = attrs.field(default=None, kw_only=True)
    _table: _Table = attrs.field(init=False)
    _digest: str = attrs.field(init=False, default="")

    def __attrs_post_init__(self) -> None:
        """Check the table against its range and build its near part."""
        if not self.first <= self.horizon <= self.last or self.last.year - self.first.year > _MOST_YEARS:
            raise CalendarError(
                f"calendar {self.name!r} cannot run from {self.first} to {self.last} with the horizon {self.horizon}: "
                f"the horizon lies between them, and they are at most {_MOST_YEARS} years apart"
            )
        if outside := [str(day) for day in self._known if not self.first <= day <= self.last]:
            raise CalendarError(f"{self._range()}; these days lie outside: {', '.join(outside)}")
        near = self.last if self._guess is None else min(self.last, date(self.horizon.year + _AHEAD, 12, 31))
        self._build(near)

    @classmethod
    def weekdays(
        cls, first: date, last: date, *, horizon: date | None = None, name: str = "weekdays"
    ) -> "WorkingCalendar":
        """Return a calendar of Mondays to Fridays, on which notices can be laid; it needs no list of holidays.

        Args:
            first: The first day it answers for.
            last: The last day it answers for.
            horizon: The last day that is certain; the last day when left out.
            name: What it is called in messages.
        """
        return cls(name, first, last, last if horizon is None else horizon)

    def with_notices(self, *notices: Notice) -> "WorkingCalendar":
        """Return this calendar with notices and local orders laid on top; of two for one day the one given last wins.

        The yearly notice of a year replaces what was guessed of it, except the statutory holidays themselves. The
        horizon moves to the last year up to which every yearly notice is there.

        Raises:
            CalendarError: A notice has entries that would change nothing or lie outside the calendar, or notices
                contradict one another; all are named.
        """
        for notice in notices:
            if not isinstance(notice, Notice):
                raise CalendarError(f"a calendar takes a Notice, not {notice!r}")
        known, published = dict(self._known), set(self.published_years)
        stack = (*self.notices, *notices)
        problems = contradictions(stack)
        for notice in notices:
            guessed = self._guessed(notice, published)
            if notice.publishes is not None:
                statutory = {d: e for d, e in guessed.items() if d.year == notice.publishes and not e.substitute}
                known = statutory | known
                published.add(notice.publishes)
            problems += self._lay(notice, known, guessed)
        if problems:
            raise CalendarError(f"{self._range()}; {'; '.join(problems)}")
        name = "+".join([self.name, *(notice.key for notice in notices)])
        horizon = max(self.horizon, min(self.last, _horizon(self.horizon, published)))
        return WorkingCalendar(
            name,
            self.first,
            self.last,
            horizon,
            frozenset(published),
            known,
            self._guess,
            notices=stack,
            past=self._past,
            base=self._base or self,
        )

    def as_known(self, day: date) -> "WorkingCalendar":
        """Return this calendar as it was known on a day: without the notices that were issued after it.

        A table of one's own has no dates of issue, so that of it only the notices laid on top can be left out.

        Raises:
            CalendarError: A notice has no date of issue, or nothing is known of what was known on that day.
            TimeError: The day is no date.
        """
        day = plain_date(day)
        known = issued_by(self.notices, day)
        base = self._base or self
        past = base if self._past is None else self._past(day)
        if past is base and known == self.notices:
            return self
        return past.with_notices(*known) if known else past

    @property
    def known(self) -> Mapping[date, Entry]:
        """What is known of single days, by date: every one unlike Monday to Friday, guesses left out."""
        return MappingProxyType(self._known)

    def nth(self, day: date, n: int) -> date:
        """Return the ``n``-th working day after a day, ``n`` from 1.

        Raises:
            DeadlineError: ``n`` is not a whole number from 1.
            CalendarRangeError: The day, or the answer, lies outside the calendar.
            TimeError: The day is no date.
        """
        if day.__class__ is date and n.__class__ is int and n > 0:
            before, counts, days, _ = self._table
            place = day.toordinal() - before
            if place > 0:
                try:
                    return days[counts[place] + n]
                except IndexError:
                    pass
        return self._far_nth(day, n)

    def next_working_day(self, day: date, n: int = 1) -> date:
        """Return the ``n``-th working day after a day; see :meth:`nth`."""
        return self.nth(day, n)

    def previous_working_day(self, day: date, n: int = 1) -> date:
        """Return the ``n``-th working day before a day, ``n`` from 1; it raises what :meth:`nth` does."""
        day, n = plain_date(day), _from_one(n)
        before, counts, days, _ = self._covering(day)
        place = counts[day.toordinal() - before - 1] + 1 - n
        if place < 1:
            raise CalendarRangeError(f"{self._range()}; it has no {n} working days before {day}")
        return days[place]

    def count(self, start: date, end: date) -> int:
        """Return how many working days there are after the start up to and including the end.

        Negative when the end is before the start: ``count(a, b) == -count(b, a)``.
        """
        start, end = plain_date(start), plain_date(end)
        self._covering(start)
        self._covering(end)
        before, counts, _, _ = self._table
        return counts[end.toordinal() - before] - counts[start.toordinal() - before]

    def worked(self, ordinal: int) -> int:
        """Return how many working days there are up to the day of an ordinal, that day included; it may lie outside."""
        before, counts, _, _ = self._table
        place = ordinal - before
        if 0 <= place < len(counts):
            return counts[place]
        return 0 if place < 0 else self._covering(self.last)[1][min(place, self.last.toordinal() - before)]

    def is_working(self, day: date) -> bool:
        """Tell whether a day is a working day (R2)."""
        day = plain_date(day)
        before, counts, _, _ = self._covering(day)
        place = day.toordinal() - before
        return counts[place] > counts[place - 1]

    def is_day_off(self, day: date) -> bool:
        """Tell whether a day is off; a make-up Saturday is not."""
        return not self.is_working(day)

    def is_provisional(self, day: date) -> bool:
        """Tell whether a day lies past the horizon, where a later notice can change it (R11)."""
        return plain_date(day) > self.horizon

    def day(self, day: date) -> Day:
        """Return what the calendar knows of a day: whether it is worked, what it is called and where that stands."""
        day = plain_date(day)
        entry = self._covering(day)[3].get(day)
        if entry is not None:
            return Day(day, entry.kind in _WORKED, entry.kind, entry.label, entry.citation)
        kind = DayKind.WEEKDAY if _works(day, None) else DayKind.WEEKEND
        return Day(day, kind in _WORKED, kind, WEEKDAYS[day.weekday()], WORKING_HOURS("7"))

    @property
    def hash(self) -> str:
        """The SHA-256, in hex, of what is known: the first day, the horizon and every day unlike Monday to Friday."""
        if not self._digest:
            lines = [f"{self.first} {self.horizon}", *(f"{day} {entry.kind}" for day, entry in self._known.items())]
            object.__setattr__(self, "_digest", sha256("\n".join(lines).encode()).hexdigest())
        return self._digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WorkingCalendar):
            return NotImplemented
        return self is other or (self.hash, self.last, self._guess) == (other.hash, other.last, other._guess)

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"<WorkingCalendar {self.name!r} {self.first}..{self.last}, horizon {self.horizon}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what is known; the table is built again."""
        known = (self.name, self.first, self.last, self.horizon, self.published_years, self._known, self._guess)
        return _calendar, (known, {"notices": self.notices, "past": self._past, "base": self._base})

    def _range(self) -> str:
        return f"calendar {self.name!r} knows {self.first} to {self.last}"

    def _lay(self, notice: Notice, known: dict[date, Entry], guessed: Mapping[date, Entry]) -> list[str]:
        """Add a notice's entries to what is known and return what is wrong with them."""
        problems = []
        national, yearly = notice.scope == NATIONAL, notice.publishes is not None
        for days, works in ((notice.days_off, False), (notice.working_days, True)):
            for day, label in days:
                below = known.get(day) if yearly else known.get(day) or guessed.get(day)
                if not self.first <= day <= self.last:
                    problems.append(f"notice {notice.key!r} names {day}, which lies outside")
                    continue
                if _works(day, below) is works and not (below is not None and below.notice):
                    if not yearly or (works and below is None):
                        state = "working day" if works else "day off"
                        problems.append(f"notice {notice.key!r} changes nothing: {day} already is a {state}")
                    continue
                if works:
                    kind = DayKind.MAKE_UP if national else DayKind.LOCAL_WORK
                elif national:
                    holiday = guessed.get(day, below)
                    kind = DayKind.HOLIDAY if holiday and holiday.kind is DayKind.HOLIDAY else DayKind.DAY_OFF
                else:
                    kind = DayKind.LOCAL_OFF
                known[day] = Entry(kind, label, notice.citation, notice=notice.key)
        return problems

    def _guessed(self, notice: Notice, published: set[int]) -> dict[date, Entry]:
        """Return what is guessed so far of the years that a notice speaks of."""
        spoken_of = {notice.publishes, *(day.year for day, _ in (*notice.days_off, *notice.working_days))}
        found: dict[date, Entry] = {}
        if self._guess is not None:
            for year in range(self.horizon.year + 1, self.last.year + 1):
                if year in spoken_of and year not in published:
                    found |= self._guess(year, year)
        return found

    def _build(self, until: date) -> None:
        """Build the table until a day and put it in place in one step, so that no other thread sees half of it."""
        entries = dict(self._known)
        if self._guess is not None and until.year > self.horizon.year:
            guessed = self._guess(self.horizon.year + 1, until.year)
            entries = {d: e for d, e in guessed.items() if d <= until and d.year not in self.published_years} | entries
        special = {day.toordinal(): entry.kind in _WORKED for day, entry in entries.items()}
        before = self.first.toordinal() - 1
        counts, days, total = [0], [self.first], 0
        for ordinal in range(before + 1, until.toordinal() + 1):
            if special.get(ordinal, 0 < ordinal % 7 < 6):  # noqa: PLR2004 - an ordinal of 1 modulo 7 is a Monday
                total += 1
                days.append(date.fromordinal(ordinal))
            counts.append(total)
        object.__setattr__(self, "_table", (before, counts, days, entries))

    def _covering(self, day: date) -> _Table:
        """Return the table, built so far that it holds a day."""
        if not self.first <= day <= self.last:
            raise CalendarRangeError(f"{self._range()}; {day} lies outside")
        before, counts, _, _ = self._table
        if day.toordinal() - before >= len(counts):
            self._build(self.last)
        return self._table

    def _far_nth(self, day: date, n: int) -> date:
        """Look a day up again, slowly: with every check, and with the whole table built."""
        day, n = plain_date(day), _from_one(n)
        before, counts, days, _ = self._covering(day)
        place = day.toordinal() - before
        if counts[place] + n >= len(days):
            before, counts, days, _ = self._covering(self.last)
        if counts[place] + n >= len(days):
            raise CalendarRangeError(f"{self._range()}; it has no {n} working days after {day}")
        return days[counts[place] + n]


_SATURDAY: Final = 5


def _calendar(known: tuple[Any, ...], history: Mapping[str, Any]) -> WorkingCalendar:
    return WorkingCalendar(*known, **history)


def _from_one(n: object) -> int:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise DeadlineError(f"working days are counted from 1, not {n!r}: is_working() tells about the day itself")
    return n


def _horizon(horizon: date, published: Iterable[int]) -> date:
    """Return 28 December of the last year up to which every yearly notice is there."""
    years, year = frozenset(published), horizon.year - (horizon < horizon.replace(month=12, day=28))
    while year + 1 in years:
        year += 1
    return date(year, 12, 28)

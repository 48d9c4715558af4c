"""Hypothesis strategies for calendars, periods, and what a definition says: content of a class, actors in its roles.

They know nothing of what guards ask for, so that content is often refused; ``histories`` searches for what is not.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.decide import unit_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import (
    CHINA_TIME,
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Months,
    Notice,
    Period,
    Timetable,
    WorkingCalendar,
    WorkingDays,
)
from yingshang_flow.words import Label

T = TypeVar("T")

UNITS: Final = ("甘井子区", "西岗区", "市税务局")
"""The units that take part, unless others are given."""

WORDS: Final = ("整改", "说明", "on file")
"""A few texts, so that one act often repeats what another said."""

FIRST: Final = date(2018, 12, 10)
"""The first of the days that are drawn: a make-up Saturday and a year's end are near."""

_DAYS: Final = tuple(FIRST + timedelta(days=n) for n in (0, 3, 10, 19, 22, 60))
_PERIODS: Final = (WorkingDays(3), CalendarDays(10), Months(1), WEEKLY, MONTH_END)
_AROUND: Final = timedelta(days=180)
_DAY_OFF: Final = Label("放假（试例）", "a made-up day off")
_MAKE_UP_DAY: Final = Label("上班（试例）", "a made-up working day")


def calendars(*, first: date = date(2015, 1, 1), last: date = date(2035, 12, 31)) -> st.SearchStrategy[WorkingCalendar]:
    """Give working calendars of no town: Mondays to Fridays, but for a few made-up days off and make-up days.

    Args:
        first: The first day they answer for.
        last: The last day they answer for.
    """
    days = st.lists(st.dates(max(first, FIRST - _AROUND), min(last, FIRST + _AROUND)), unique=True, max_size=12)
    return days.map(partial(_calendar, WorkingCalendar.weekdays(first, last, name="made-up")))


def _calendar(plain: WorkingCalendar, days: Sequence[date]) -> WorkingCalendar:
    """Return a calendar on which the days given are the other way round."""
    if not days:
        return plain
    off = {day: _DAY_OFF for day in days if plain.is_working(day)}
    worked = {day: _MAKE_UP_DAY for day in days if day not in off}
    order = Notice("made-up-order", Label("调休安排（试例）", "A made-up order"), off, worked, scope="某市（试例）")
    return plain.with_notices(order)


def periods(*, near: date = FIRST) -> st.SearchStrategy[Period]:
    """Give periods of every kind: some days, working days or months, a date soon after a day, and what recurs."""
    return st.one_of(
        st.builds(WorkingDays, st.integers(1, 60)),
        st.builds(CalendarDays, st.integers(1, 120)),
        st.builds(Months, st.integers(1, 12)),
        st.builds(FixedDate, st.dates(near, near + 2 * _AROUND)),
        st.sampled_from([WEEKLY, MONTH_END, QUARTER_END]),
    )


def content_of(content: type[T], *, units: Sequence[str] = UNITS, near: date = FIRST) -> st.SearchStrategy[T]:
    """Give instances of a content class, built from its type hints.

    Most are filled in, some have gaps. A list with one entry for each unit, such as signatures or statements, mostly
    names them all. All of them can be recorded; what the guards of a procedure let through is for ``histories``.

    Args:
        content: An attrs class, as a trigger names it.
        units: The units it can speak of.
        near: The day near which the days and times lie that it names.
    """
    days = tuple(near + (day - FIRST) for day in _DAYS)
    filled, gappy = _Built(tuple(units), days, gaps=False), _Built(tuple(units), days, gaps=True)
    return st.one_of(filled.of(content), filled.of(content), filled.of(content), gappy.of(content))


def actors(
    lifecycle: Lifecycle, *, role: str | None = None, case: Case | None = None, units: Sequence[str] = UNITS
) -> st.SearchStrategy[Actor]:
    """Give anybody in the cast of a lifecycle; the arguments are those of ``cast_of``.

    Args:
        lifecycle: The procedure.
        role: The key of the role they act in; any unless given.
        case: The case they act in; its obligors' units are added.
        units: The units that take part.

    Raises:
        UnknownError: The procedure has no such role.
    """
    if role is not None:
        lifecycle.role(role)
    cast = cast_of(lifecycle, case=case, units=units)
    return st.sampled_from([actor for actor in cast if role in {None, actor.role}])


def cast_of(lifecycle: Lifecycle, *, case: Case | None = None, units: Sequence[str] = UNITS) -> list[Actor]:
    """Return two persons in each role, of each obligor's unit where the role is an obligor's.

    Args:
        lifecycle: The procedure.
        case: The case they act in; its obligors' units are added.
        units: The units that take part.
    """
    owing = {role for trigger in lifecycle.triggers if trigger.each is not None for role in trigger.each.roles}
    found = dict.fromkeys((*units, *(map(unit_of, obligors(lifecycle, case)))))
    return [
        Actor(f"{role}-{person}", unit, role)
        for role in lifecycle.roles
        for unit in (found if role in owing else (f"{role}-unit",))
        for person in ("1", "2")
    ]


def obligors(lifecycle: Lifecycle, case: Case | None) -> tuple[str, ...]:
    """Return everybody who owes or files something for themselves in a case."""
    if case is None:
        return ()
    groups = [trigger.each for trigger in lifecycle.triggers if trigger.each is not None]
    return tuple(dict.fromkeys(name for group in groups for name in group.members(case)))


def instants(days: Iterable[date] = _DAYS) -> st.SearchStrategy[datetime]:
    """Give aware instants at UTC+8, at nine or at two on one of some days."""
    hours = (9, 14)
    return st.sampled_from([datetime(d.year, d.month, d.day, h, tzinfo=CHINA_TIME) for d in days for h in hours])


@attrs.frozen
class _Built:
    """Builds strategies for type hints.

    Attributes:
        units: The units that content can speak of.
        days: The days that it can name.
        gaps: Whether what may be left out sometimes is.
    """

    units: tuple[str, ...]
    days: tuple[date, ...]
    gaps: bool = attrs.field(kw_only=True)

    def of(self, content: type[T]) -> st.SearchStrategy[T]:
        hints = get_type_hints(content)
        names = [field.name for field in attrs.fields(cast("Any", content))]
        return st.builds(content, **{name: self._value(hints[name], name) for name in names})

    def _value(self, hint: object, name: str) -> st.SearchStrategy[Any]:
        """Give values of a type hint; the name of a field tells a unit from another text."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in {Union, UnionType}:
            return self._union(arguments, name)
        if origin is Literal:
            return st.sampled_from(arguments)
        if origin is tuple:
            return self._entries(arguments[0], name)
        if origin is Confidential:
            return self._value(arguments[0], name).map(Confidential)
        return self._plain(hint, name)

    def _periods(self, kinds: Collection[Any]) -> list[Period]:
        every: tuple[Period, ...] = (*_PERIODS, *(FixedDate(day) for day in self.days), Timetable(self.days[:2]))
        return [period for period in every if isinstance(period, tuple(kinds))]

    def _union(self, arguments: tuple[Any, ...], name: str) -> st.SearchStrategy[Any]:
        others = [argument for argument in arguments if argument is not NoneType]
        if set(others) <= set(get_args(Period)):
            inner, may_lack = st.sampled_from(self._periods(others)), True
        else:
            inner, may_lack = self._value(others[0], name), self.gaps or get_origin(others[0]) is Literal
        return st.one_of(inner, inner, st.none()) if may_lack and NoneType in arguments else inner

    def _plain(self, hint: object, name: str) -> st.SearchStrategy[Any]:
        plain: dict[Any, st.SearchStrategy[Any]] = {
            str: st.sampled_from(self.units if name == "unit" else WORDS),
            bool: st.booleans(),
            int: st.integers(0, 3),
            date: st.sampled_from(self.days),
            datetime: instants(self.days),
        }
        if hint in get_args(Period):
            return st.sampled_from(self._periods((hint,)))
        return self.of(hint) if isinstance(hint, type) and attrs.has(hint) else plain[hint]

    def _entries(self, hint: object, name: str) -> st.SearchStrategy[tuple[Any, ...]]:
        """Give a list: with one entry for each of the units where its entries name one, and now and then others."""
        if hint is str:
            every, other = st.just(self.units), st.lists(st.sampled_from((*self.units, *WORDS)), max_size=2).map(tuple)
            one = st.sampled_from(self.units).map(_alone)
            return st.one_of(one, one, every, other) if name == "obligors" else st.one_of(every, every, other)
        inner = self._value(hint, name)
        some = st.lists(inner, min_size=0 if self.gaps else 1, max_size=2).map(tuple)
        if not (isinstance(hint, type) and attrs.has(hint) and "unit" in attrs.fields_dict(hint)):
            return some
        each = st.tuples(*(inner.map(partial(attrs.evolve, unit=unit)) for unit in self.units))
        return st.one_of(each, each, some)


def _alone(unit: str) -> tuple[str]:
    return (unit,)

"""What can be said with an act: a content class filled in plainly, and everything that differs from it in one place.

Nothing here is drawn: it is what a search for a content that a procedure lets through begins with and goes along.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import NOT_CLEAR, Confidential
from yingshang_flow.deadlines import CHINA_TIME, WEEKLY, CalendarDays, FixedDate, Months, Period, WorkingDays
from yingshang_flow.errors import DefinitionError
from yingshang_flow.words import Cited

MADE_UP_UNITS: Final = ("甲单位", "乙单位", "丙单位")
"""Units of no town."""

MADE_UP_WORDS: Final = ("试例", "试例二")
"""What is said where nothing else was said before."""

_DAY: Final = timedelta(days=1)
_NUMBERS: Final = (1, 0, 2, 3)
_PERIODS: Final = (WorkingDays(10), CalendarDays(10), Months(1), WEEKLY)
_NEAR: Final = (10, 0, 30, 90)
_MOST_TEXTS: Final = 16


@attrs.frozen
class Pool:
    """What a content can speak of.

    Attributes:
        units: The units that take part.
        texts: Other texts.
        days: The days that can be named, the most likely first.
        numbers: The numbers.
        said: What was said before, by the name of the field.
    """

    units: tuple[str, ...] = MADE_UP_UNITS[:1]
    texts: tuple[str, ...] = MADE_UP_WORDS
    days: tuple[date, ...] = ()
    numbers: tuple[int, ...] = _NUMBERS
    said: Mapping[str, tuple[Any, ...]] = MappingProxyType({})


def pool_of(units: Iterable[str], near: date, *, cases: Iterable[Case | None] = (), values: object = None) -> Pool:
    """Return what can be said in a case.

    Args:
        units: The units that take part.
        near: The day on which it is said.
        cases: The case and those it is linked to; what was said there can be repeated.
        values: The values of the profile, whose numbers can be meant.
    """
    said: dict[str, dict[Any, None]] = {}
    known = [case for case in cases if case is not None]
    for case in known:
        for fact in case.all_facts():
            for name, value in _leaves(fact.content, ""):
                said.setdefault(name, {}).setdefault(value)
    told = [value for values_of in said.values() for value in values_of]
    owed = [d.due for case in known for d in case.owed()]
    numbers = [value for _, value in _leaves(values, "") if type(value) is int and value >= 0]
    every = tuple(dict.fromkeys((*units, *(value for value in told if isinstance(value, str)))))
    days = (*(near + n * _DAY for n in _NEAR), *owed, *(value for value in told if type(value) is date))
    return Pool(
        tuple(dict.fromkeys(units)),
        (*MADE_UP_WORDS, *every[:_MOST_TEXTS]),
        tuple(dict.fromkeys(days)),
        tuple(dict.fromkeys((*_NUMBERS, *numbers))),
        {name: tuple(values_of) for name, values_of in said.items()},
    )


def plainly(content: type[Any], pool: Pool) -> Any:  # noqa: ANN401 - an instance of the class
    """Return a content that is filled in, with what was said before where a field has the same name."""
    hints = _hints(cast("Hashable", content))
    return content(**{field: _plain(hints[field], field, pool) for field in _fields(content)})


def differing(content: Any, pool: Pool) -> Iterator[Any]:  # noqa: ANN401 - an instance of a content class
    """Yield every content that differs from one in a single place, the likeliest of every field before the next."""
    hints = _hints(cast("Hashable", type(content)))
    others = [(field, _others(hints[field], field, getattr(content, field), pool)) for field in _fields(type(content))]
    while others:
        for pair in list(others):
            field, values = pair
            for value in values:
                yield attrs.evolve(content, **{field: value})
                break
            else:
                others.remove(pair)


def switches(content: type[Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a content can say that may decide how a case goes on: each choice by its field, and what is left out.

    Fields of nested classes are among them; ``says`` tells whether a content says such a thing.
    """
    hints = _hints(cast("Hashable", content))
    for field in _fields(content):
        for hint in _parts(hints[field]):
            if get_origin(hint) is Literal:
                yield from ((field, value) for value in get_args(hint))
            elif hint is bool:
                yield from ((field, value) for value in (True, False))
            elif isinstance(hint, type) and attrs.has(hint) and not issubclass(hint, cast("Any", get_args(Period))):
                yield from switches(hint)
        if NoneType in get_args(hints[field]):
            yield field, None


def says(content: object, field: str, value: object) -> bool:
    """Tell whether a content says something in a field of that name, wherever it stands."""
    if value is None:
        return getattr(content, field, "") is None
    return any(name == field and found == value and type(found) is type(value) for name, found in _leaves(content, ""))


def texts_in(content: object) -> Iterator[str]:
    """Yield every text that a content says, but for what is confidential."""
    yield from (value for _, value in _leaves(content, "") if isinstance(value, str))


def _parts(hint: Any) -> Iterator[Any]:  # noqa: ANN401 - any type hint
    """Yield the type hints inside of unions and lists; what is confidential decides nothing."""
    if get_origin(hint) in {Union, UnionType, tuple}:
        for argument in get_args(hint):
            yield from _parts(argument)
    else:
        yield hint


@cache
def _hints(content: Hashable) -> Mapping[str, Any]:
    return get_type_hints(content)


def _fields(content: type[Any]) -> list[str]:
    return [field.name for field in attrs.fields(content)]


def _leaves(value: object, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every plain value with the name of the field it stands in; nothing confidential."""
    if isinstance(value, Cited):
        yield from _leaves(value.value, name)
    elif isinstance(value, tuple):
        for one in value:
            yield from _leaves(one, name)
    elif isinstance(value, (Confidential, *NOT_CLEAR)) or value is None:
        return
    elif attrs.has(type(value)) and not isinstance(value, get_args(Period)):
        for field in _fields(type(value)):
            yield from _leaves(getattr(value, field), field)
    elif isinstance(value, str | int | date):
        yield name, value


def _plain(hint: Any, name: str, pool: Pool) -> Any:  # noqa: ANN401 - of any type of field
    """Return a value of a type hint: said before under that name, else the likeliest."""
    for value in pool.said.get(name, ()):
        if name not in _NEVER_REPEATED and _is(value, hint):
            return value
    return next(_values(hint, name, pool))


_NEVER_REPEATED: Final = frozenset({"obligors", "due", "unit"})
"""What means somebody else the next time."""


def _is(value: object, hint: Any) -> bool:  # noqa: ANN401 - any type hint
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return any(_is(value, argument) for argument in arguments)
    return value in arguments if origin is Literal else hint is type(value)


def _values(hint: Any, name: str, pool: Pool) -> Iterator[Any]:  # noqa: ANN401 - any type hint
    """Yield values of a type hint, the likeliest first; of a class only the one filled in."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        yield from _of_union(arguments, name, pool)
    elif origin is Literal:
        yield from arguments
    elif origin is tuple:
        yield from _of_tuple(arguments[0], name, pool)
    elif origin is Confidential:
        yield from (Confidential(value) for value in _values(arguments[0], name, pool))
    elif isinstance(hint, type) and issubclass(hint, cast("Any", get_args(Period))):
        yield from (period for period in _periods(pool) if isinstance(period, hint))
    elif isinstance(hint, type) and attrs.has(hint):
        yield plainly(hint, pool)
    else:
        yield from _of_plain(hint, name, pool)


def _periods(pool: Pool) -> tuple[Period, ...]:
    return (*_PERIODS, *(FixedDate(day) for day in pool.days[:1]))


def _of_union(arguments: tuple[Any, ...], name: str, pool: Pool) -> Iterator[Any]:
    others = [argument for argument in arguments if argument is not NoneType]
    if set(others) <= set(get_args(Period)):
        if NoneType in arguments:
            yield None
        yield from (period for period in _periods(pool) if isinstance(period, tuple(others)))
        return
    for other in others:
        yield from _values(other, name, pool)
    if NoneType in arguments:
        yield None


def _of_tuple(hint: Any, name: str, pool: Pool) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any type hint
    """Yield lists: one entry for each unit where its entries name one, the filled one else."""
    if hint is str:
        alone = [(unit,) for unit in pool.units]
        before = tuple(text for text in pool.said.get(name, ()) if isinstance(text, str))
        if before and name not in _NEVER_REPEATED:
            yield before
        yield from ((), *alone, pool.units) if name == "obligors" else (pool.units, *alone, ())
        yield from ((text,) for text in (*pool.said.get(name, ()), *pool.texts) if isinstance(text, str))
        return
    if isinstance(hint, type) and attrs.has(hint) and "unit" in attrs.fields_dict(hint):
        one = plainly(hint, pool)
        for number in range(len(pool.units), -1, -1):
            yield tuple(attrs.evolve(one, unit=unit) for unit in pool.units[:number])
        return
    every = tuple(dict.fromkeys(_values(hint, name, pool)))
    yield every[:1]
    yield from ((value,) for value in every[1:])
    yield every
    yield ()


def _of_plain(hint: Any, name: str, pool: Pool) -> Iterator[Any]:  # noqa: ANN401 - any type hint
    if hint not in _PLAIN:
        message = f"a field is of {hint!r}, for which no values are known; the codec would refuse it too"
        raise DefinitionError(f"the field {name!r}", message)
    yield from dict.fromkeys(_PLAIN[hint](name, pool))


def _texts(name: str, pool: Pool) -> Iterator[str]:
    yield from pool.units if name == "unit" else ()
    yield from (text for text in pool.said.get(name, ()) if isinstance(text, str))
    yield from pool.texts
    yield from ("", *pool.units)


def _instants(name: str, pool: Pool) -> Iterator[datetime]:
    yield from (value for value in pool.said.get(name, ()) if isinstance(value, datetime))
    yield from (datetime.combine(day, time(9), CHINA_TIME) for day in pool.days)


_PLAIN: Final[Mapping[Any, Callable[[str, Pool], Iterable[Any]]]] = MappingProxyType(
    {
        str: _texts,
        bool: lambda _, __: (False, True),
        int: lambda _, pool: pool.numbers,
        date: lambda _, pool: pool.days,
        datetime: _instants,
    }
)


def _others(hint: Any, name: str, value: Any, pool: Pool) -> Iterator[Any]:  # noqa: ANN401 - any type hint
    """Yield the values of a type hint that differ from one in a single place."""
    every = dict.fromkeys((*_values(hint, name, pool), *_inside(value, pool)))
    for found in (*filter(_is_empty, every), *(other for other in every if not _is_empty(other))):
        if found != value or type(found) is not type(value):
            yield found


def _is_empty(value: object) -> bool:
    return value is None or value in {"", ()} or (isinstance(value, Confidential) and value.value == "")


def _inside(value: Any, pool: Pool) -> Iterator[Any]:  # noqa: ANN401 - any value
    """Yield what differs inside a class, a list or something confidential."""
    if isinstance(value, Confidential):
        yield from (Confidential(other) for other in _inside(value.value, pool))
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield (*value[:place], *value[place + 1 :])
            yield (*value, one)
            yield from ((*value[:place], other, *value[place + 1 :]) for other in _inside(one, pool))
    elif attrs.has(type(value)) and not isinstance(value, get_args(Period)):
        yield from differing(value, pool)

"""The only door to cattrs: reads content strictly, nothing coerced, every problem named by its path."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from cattrs import AttributeValidationNote, Converter, IterableValidationNote
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

from yingshang_flow.codec.text import LARGEST, instant, microseconds, shown
from yingshang_flow.core.confidential import NOT_CLEAR, Confidential, Sealed
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines import (
    CalendarDays,
    DueRules,
    FixedDate,
    Months,
    Period,
    Recurring,
    Timetable,
    WorkingDays,
    parse,
)
from yingshang_flow.errors import CodecError, ContentError, YingshangFlowError

T = TypeVar("T")

_PERIODS: Final = (WorkingDays, CalendarDays, Months, FixedDate, Recurring, Timetable)


class WrongError(Exception):
    """A value that is not what its type says; told by the path it was found at."""


UNREADABLE: Final = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
    BaseValidationError,
    WrongError,
    YingshangFlowError,
)
"""Everything that reading a stored text can raise when it does not fit its definition."""


def read(hint: Any, value: object, where: str) -> Any:
    """Structure a value strictly: nothing is coerced, and every problem is named by its path.

    Args:
        hint: The type to read.
        value: Plain values, typed objects, or any mixture.
        where: What is being read, for the message.

    Raises:
        ContentError: Something is missing, surplus or of the wrong type.
    """
    try:
        return GIVEN.structure(value, hint)
    except (BaseValidationError, WrongError, YingshangFlowError) as exc:
        raise ContentError(where, tuple(told(exc, ""))) from exc


def content_problems(content: type[Any]) -> tuple[str, ...]:
    """Return what in a content class could not be written canonically."""
    return tuple(dict.fromkeys(_class_problems(content, content.__name__, ())))


def told(exc: BaseException, path: str = "") -> Iterator[str]:
    """Yield every problem of a validation error with its path."""
    if isinstance(exc, BaseValidationError):
        for inner in exc.exceptions:
            yield from told(inner, path + _step(inner))
    elif isinstance(exc, ForbiddenExtraKeysError):
        for name in sorted(map(str, exc.extra_fields)):
            yield f"{_join(path, name)} is unknown; known are {', '.join(names(exc.cl))}"
    elif isinstance(exc, KeyError):
        yield f"{path.lstrip('.') or exc} is missing"
    else:
        yield f"{path.lstrip('.')}: {exc}" if path else str(exc)


def _step(exc: BaseException) -> str:
    for note in getattr(exc, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f".{note.name}"
        if isinstance(note, IterableValidationNote):
            return f"[{note.index}]"
    return ""


def _join(path: str, name: str) -> str:
    return f"{path}.{name}".lstrip(".")


def names(content: type[Any]) -> list[str]:
    """Return the names of an attrs class's fields."""
    return [field.name for field in attrs.fields(content)]


def _strictly(kind: type[T], said: str) -> Callable[[object, Any], T]:
    def structure(value: object, _: Any) -> T:
        if type(value) is not kind:
            message = f"must be {said}, not {shown(value)}"
            raise WrongError(message)
        return value

    return structure


def _integer(value: object, _: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST:
        message = f"must be a whole number within ±2^53, not {shown(value)}"
        raise WrongError(message)
    return value


def _text(value: object, _: Any) -> str:
    if not isinstance(value, str) or isinstance(value, Enum):
        message = f"must be a text, not {shown(value)}"
        raise WrongError(message)
    if "\0" in value:
        message = "holds the NUL character U+0000, which databases refuse; remove it"
        raise WrongError(message)
    try:
        value.encode()
    except UnicodeEncodeError:
        message = f"holds a lone surrogate, which is no character: {shown(value)}"
        raise WrongError(message) from None
    return str(value)


def _date(value: object, _: Any) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # the error is caught
    except (TypeError, ValueError):
        message = f"must be a date such as 2018-12-20, not {shown(value)}"
        raise WrongError(message) from None


def _given_instant(value: object, _: Any) -> datetime:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)  # type: ignore[arg-type]  # the error is caught
    except (TypeError, ValueError):
        message = f"must be a time such as 2018-12-20T14:00:00+08:00, not {shown(value)}"
        raise WrongError(message) from None
    return Moment.of(found).instant


def _stored_instant(value: object, _: Any) -> datetime:
    return instant(_integer(value, int))


def _period(value: object, hint: Any) -> Period:
    found: Period = value if isinstance(value, _PERIODS) else parse(value)  # type: ignore[arg-type]  # parse refuses it
    fits: bool = isinstance(found, hint)
    if not fits:
        message = f"must be {_said(hint)}, not {found}"
        raise WrongError(message)
    return found


def _said(hint: Any) -> str:
    return " or ".join(kind.__name__ for kind in get_args(hint) or (hint,) if kind is not NoneType)


def _due_rules(value: object, _: Any) -> DueRules:
    return value if isinstance(value, DueRules) else DueRules.parse(_text(value, str))


def _literal(value: object, hint: Any) -> Any:
    choices = get_args(hint)
    if not any(type(value) is type(choice) and value == choice for choice in choices):  # True == 1 in Python
        message = f"must be one of {', '.join(map(str, choices))}, not {shown(value)}"
        raise WrongError(message)
    return value


def _is_literal(hint: Any) -> bool:
    return get_origin(hint) is Literal


def _is_period(hint: Any) -> bool:
    if hint in _PERIODS:
        return True
    return get_origin(hint) in {Union, UnionType} and bool(get_args(hint)) and set(get_args(hint)) <= set(_PERIODS)


def _is_optional_period(hint: Any) -> bool:
    arguments = set(get_args(hint)) if get_origin(hint) in {Union, UnionType} else set()
    periods = arguments - {NoneType}
    return arguments != periods and len(periods) > 1 and periods <= set(_PERIODS)


def _optional_period(value: object, hint: Any) -> Period | None:
    return None if value is None else _period(value, hint)


def is_confidential(hint: Any) -> bool:
    """Tell whether a type hint is ``Confidential[...]``."""
    return hint is Confidential or get_origin(hint) is Confidential


def _is_tuple(hint: Any) -> bool:
    return get_origin(hint) is tuple


def _given_confidential(value: object, hint: Any) -> Confidential[Any]:
    if isinstance(value, Confidential):
        value = value.value
    if isinstance(value, NOT_CLEAR):
        message = "must be given in clear; only a record is sealed"
        raise WrongError(message)
    (inner,) = get_args(hint) or (str,)
    try:
        return Confidential(GIVEN.structure(value, inner))
    except (BaseValidationError, WrongError, YingshangFlowError):
        message = f"must be {getattr(inner, '__name__', inner)}; the value is confidential and not shown"
        raise WrongError(message) from None


def _stored_confidential(value: Any, _: Any) -> Confidential[Any]:
    return Confidential(Sealed(_text(value["sealed"], str)))


def _sequence(converter: Converter) -> Callable[[Any], Callable[[object, Any], tuple[Any, ...]]]:
    def made(hint: Any) -> Callable[[object, Any], tuple[Any, ...]]:
        inner = converter.get_structure_hook(list[get_args(hint)[0]])  # type: ignore[misc]  # built at run time

        def structure(value: object, _: Any) -> tuple[Any, ...]:
            if not isinstance(value, list | tuple):
                message = f"must be a list, not {shown(value)}"
                raise WrongError(message)
            return tuple(inner(value, _))

        return structure

    return made


def _object(converter: Converter) -> Callable[[Any], Callable[[object, Any], Any]]:
    def made(content: Any) -> Callable[[object, Any], Any]:
        inner = converter.gen_structure_attrs_fromdict(content)
        known = names(content)

        def structure(value: object, _: Any) -> Any:
            if type(value) is content:
                value = {name: getattr(value, name) for name in known}
            if not isinstance(value, Mapping):
                message = f"must be a {content.__name__} with {', '.join(known)}, not {shown(value)}"
                raise WrongError(message)
            return inner(value, content)

        return structure

    return made


def _converter(
    read_instant: Callable[[object, Any], datetime], read_confidential: Callable[[object, Any], Confidential[Any]]
) -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True, unstruct_collection_overrides={})
    converter.register_structure_hook_factory(attrs.has, _object(converter))
    converter.register_structure_hook_factory(_is_tuple, _sequence(converter))
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _strictly(bool, "true or false"))
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(date, _date)
    converter.register_structure_hook(datetime, read_instant)
    converter.register_structure_hook(DueRules, _due_rules)
    converter.register_structure_hook_func(_is_period, _period)
    converter.register_structure_hook_func(_is_optional_period, _optional_period)
    converter.register_structure_hook_func(is_confidential, read_confidential)
    converter.register_unstructure_hook(date, date.isoformat)
    converter.register_unstructure_hook(datetime, microseconds)
    converter.register_unstructure_hook_func(_is_period, str)
    converter.register_unstructure_hook_func(_is_optional_period, lambda value: None if value is None else str(value))
    converter.register_unstructure_hook_func(is_confidential, _commitment_only)
    return converter


def _commitment_only(value: Confidential[Any]) -> dict[str, str]:
    if not isinstance(value.value, NOT_CLEAR):
        message = "a confidential value was to be written in clear; seal the record first"
        raise CodecError(message)
    return {"sealed": value.value.commitment}


GIVEN: Final = _converter(_given_instant, _given_confidential)
"""Reads what callers give: times as aware datetimes or ISO texts."""

STORED: Final = _converter(_stored_instant, _stored_confidential)
"""Reads and writes what stores hold: times as integer microseconds."""


def _class_problems(content: type[Any], path: str, above: tuple[type[Any], ...]) -> Iterator[str]:
    if content in above:
        yield f"{path}: {content.__name__} contains itself"
        return
    for name, hint in get_type_hints(content).items():
        if not name.isascii():
            yield f"{path}.{name}: field names must be ASCII"
        yield from _type_problems(hint, f"{path}.{name}", (*above, content))


def _type_problems(hint: Any, path: str, above: tuple[type[Any], ...]) -> Iterator[str]:
    origin = get_origin(hint)
    if hint in {str, int, bool, date, datetime, NoneType} or _is_period(hint) or _is_optional_period(hint):
        return
    if origin is Literal:
        if not all(type(choice) in {str, int, bool} for choice in get_args(hint)):
            yield f"{path}: a Literal holds texts and whole numbers only"
    elif origin is Confidential or (origin is tuple and get_args(hint)[1:] == (Ellipsis,)):
        yield from _type_problems(get_args(hint)[0], path, above)
    elif origin in {Union, UnionType}:
        others = [argument for argument in get_args(hint) if argument is not NoneType]
        if len(others) != 1:
            yield f"{path}: of unions only `X | None` can be read strictly"
        for other in others[:1]:
            yield from _type_problems(other, path, above)
    elif isinstance(hint, type) and attrs.has(hint):
        yield from _class_problems(hint, path, above)
    else:
        name = getattr(hint, "__name__", str(hint))
        yield (
            f"{path}: {name} cannot be written canonically; use str, int, bool, date, datetime, Literal, a period, "
            "tuple[X, ...], X | None, Confidential[X] or an attrs class of these"
        )

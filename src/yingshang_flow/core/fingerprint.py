"""The fingerprint of a lifecycle: a hash of everything in it that decides how a case runs.

What is left at its default is left out, so that a mechanism which is new to the library locks no running case out.

Labels and citations explain, duties are looked for and tallies counted afterwards: none of them decides, so a better
wording or one more check leaves the fingerprint alone. A function counts by its name and edition: its code may be
tidied freely, and its edition is raised when its meaning changes.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import CalendarDays, FixedDate, Months, Recurring, Timetable, WorkingDays
from yingshang_flow.words import Cited

_TIME: Final = "yingshang_flow.deadlines."
_DECIDES_NOTHING = frozenset(
    {
        *("title", "label", "citations", "sections", "duties", "grounds", "rules", "soft", "ledger", "lamps"),
        *("timeless", "derived_from", "upcasts", "tallies"),
    }
)


def fingerprint(lifecycle: Lifecycle) -> str:
    """Return the hex SHA-256 of the canonical form of a lifecycle and its values."""
    return lifecycle.derived(_fingerprint)


def canonical(value: Any) -> Any:
    """Return a definition as plain JSON values, in the order in which it is written."""
    for kind, plain in _PLAIN:
        if isinstance(value, kind):
            return plain(value)
    if attrs.has(type(value)):
        ours = type(value).__module__.startswith(__package__)  # a locality's values may be called anything
        ours_or_time = ours or type(value).__module__.startswith(_TIME)
        fields = {
            field.name: canonical(getattr(value, field.name))
            for field in attrs.fields(type(value))
            if not field.name.startswith("_")
            and not (ours and field.name in _DECIDES_NOTHING)
            and not (ours_or_time and getattr(value, field.name) == field.default)
        }
        return {"": type(value).__name__, **{name: item for name, item in fields.items() if item is not None}}
    if callable(value):
        return f"{value.__module__}.{value.__qualname__}"
    message = f"{value!r} cannot stand in a definition"
    raise TypeError(message)


def _same(value: Any) -> Any:
    return value


def _value(value: Any) -> Any:
    return canonical(value.value)


def _mapping(value: Any) -> Any:
    return {str(key): canonical(item) for key, item in value.items()}


def _list(value: Any) -> Any:
    return [canonical(item) for item in value]


def _content(content: type[Any]) -> Any:
    """Return a content class as its name and the names and types of its fields."""
    if not attrs.has(content) or content.__module__.startswith(_TIME):
        return content.__name__  # what a period learns later changes no definition
    hints = get_type_hints(content)
    return [content.__name__, *([field.name, _type(hints[field.name])] for field in attrs.fields(content))]


def _type(hint: Any) -> Any:
    """Return a type hint in a form of our own: the interpreter's changes from version to version."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is None:
        return None if hint is type(None) else _content(hint) if isinstance(hint, type) else str(hint)
    if origin is Literal:
        return ["Literal", *arguments]
    name = "Union" if origin in {Union, UnionType} else origin.__name__
    return [name, *map(_type, arguments)]


_PLAIN: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (Enum, _value),
    ((str, int, NoneType), _same),
    (Cited, _value),
    ((date, time), str),
    (Mapping, _mapping),
    ((tuple, list), _list),
    (type, _content),
    ((WorkingDays, CalendarDays, Months, FixedDate, Recurring, Timetable), str),
)
"""How what is no class of ours is written, the first that fits."""


def _fingerprint(lifecycle: Lifecycle) -> str:
    text = json.dumps(canonical(lifecycle), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

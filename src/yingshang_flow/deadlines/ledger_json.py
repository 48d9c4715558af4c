"""Ledgers as values that JSON has: how they are written, and how they are read back with every problem named."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from reprlib import repr as short
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.deadlines.clock import CHINA_TIME, china_date
from yingshang_flow.deadlines.entries import (
    Corrected,
    Effect,
    Ended,
    Entry,
    Excluded,
    Extended,
    Moment,
    Paused,
    Restarted,
    Resumed,
    Waived,
    kind_of,
    period_of,
)
from yingshang_flow.deadlines.period import Period
from yingshang_flow.deadlines.rules import DueRules
from yingshang_flow.errors import DeadlineError, TimeError
from yingshang_flow.words import Authority, Citation, Label, Source

_Kinds = Mapping[str, type[Any]]
_Readers = Mapping[str, Callable[[Any], Any]]

_EFFECTS: Final[_Kinds] = MappingProxyType(
    {kind.__name__.lower(): kind for kind in (Paused, Resumed, Excluded, Restarted, Extended, Ended, Waived)}
)
_KINDS: Final[_Kinds] = MappingProxyType({**_EFFECTS, "corrected": Corrected})
_DEFAULTS: Final = DueRules()
_MOST_NAMED: Final = 5
"""How many problems an error names; a file can hold any number of them."""


def written_fields(period: Period, start: Moment, rules: DueRules, entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return what a ledger is made of, besides its calendar, as values that JSON has."""
    return {
        "period": str(period),
        "start": _plain(start),
        "rules": ";".join(
            f"{name}={_switch(value)}"
            for name, value in attrs.asdict(rules, recurse=False).items()
            if value != getattr(_DEFAULTS, name)
        ),
        "entries": [_written(entry) for entry in entries],
    }


def read_fields(written: object) -> dict[str, Any]:
    """Read what :func:`written_fields` wrote, as keyword arguments of a ledger.

    Raises:
        DeadlineError: Keys are missing or unknown, or values not of their kind; the first few are named by their place.
    """
    try:
        return _read(written, {"period": _period, "start": _moment, "rules": _rules, "entries": _entries})
    except DeadlineError as problem:
        raise DeadlineError(f"this is no ledger as as_dict() writes it: {problem}") from None


def _switch(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, time) else str(value)


def _written(entry: Entry) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": kind_of(entry)}
    for name, value in attrs.asdict(entry, recurse=False).items():
        if value is not None and value is not False:
            written[name] = _plain(value)
    return written


def _plain(value: object) -> object:
    """Return a field of an entry as JSON has it."""
    match value:
        case datetime():
            return value.astimezone(CHINA_TIME).isoformat()
        case date():
            return value.isoformat()
        case Label():
            return {"zh": value.zh, "en": value.en}
        case Citation(source, article):
            return {
                "source": source.key,
                "zh": source.title.zh,
                "en": source.title.en,
                "authority": source.authority.value,
                "number": source.number,
                "issued": None if source.issued is None else source.issued.isoformat(),
                "article": article,
            }
        case str() | int():
            return value
    return _written(value) if isinstance(value, Effect) else str(value)


def _read(written: object, readers: _Readers, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Read an object, key by key."""
    if not isinstance(written, Mapping):
        raise DeadlineError(f"an object is wanted, not {short(written)}")
    problems = [f"{name!r} is missing" for name in readers if name not in written and name not in optional]
    problems += [
        f"{short(name)} is no key of it (known: {', '.join(readers)})" for name in written if name not in readers
    ]
    values = {}
    for name, read in readers.items():
        if name in written:
            try:
                values[name] = read(written[name])
            except (DeadlineError, TimeError) as problem:
                problems.append(f"{name}: {problem}")
    _refuse(problems)
    return values


def _refuse(problems: list[str]) -> None:
    if problems:
        more = [f"{len(problems) - _MOST_NAMED} problems more"] if len(problems) > _MOST_NAMED else []
        raise DeadlineError("; ".join((*problems[:_MOST_NAMED], *more)))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise DeadlineError(f"a text is wanted, not {short(value)}")
    return value


def _as_it_is(value: object) -> object:
    """Leave a value to the entry, which checks it itself."""
    return value


def _period(value: object) -> Period:
    return period_of(_text(value))


def _date(value: object) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise DeadlineError(f"a date such as 2018-09-10 is wanted, not {short(value)}") from None


def _moment(value: object) -> Moment:
    if "T" not in _text(value):
        return _date(value)
    try:
        found = datetime.fromisoformat(_text(value))
    except ValueError:
        raise DeadlineError(f"a moment such as 2018-09-10T09:00:00+08:00 is wanted, not {short(value)}") from None
    china_date(found)
    return found


def _rules(value: object) -> DueRules | None:
    text = _text(value)
    return DueRules.parse(text) if text else None


def _label(value: object) -> Label:
    return Label(**_read(value, {"zh": _text, "en": _text}))


def _ground(value: object) -> Label | str:
    return value if isinstance(value, str) else _label(value)


def _citation(value: object) -> Citation:
    said = _read(
        value,
        {
            "source": _text,
            "zh": _text,
            "en": _text,
            "authority": _authority,
            "number": _text,
            "issued": _optional_date,
            "article": _text,
        },
    )
    title = Label(said["zh"], said["en"])
    return Citation(Source(said["source"], title, said["authority"], said["number"], said["issued"]), said["article"])


def _authority(value: object) -> Authority:
    try:
        return Authority(_text(value))
    except ValueError:
        raise DeadlineError(f"one of {', '.join(Authority)} is wanted, not {short(value)}") from None


def _optional_date(value: object) -> date | None:
    return None if value is None else _date(value)


def _entries(value: object) -> tuple[Entry, ...]:
    if not isinstance(value, list | tuple):
        raise DeadlineError(f"a list of entries is wanted, not {short(value)}")
    found, problems = [], []
    for number, written in enumerate(value, 1):
        try:
            found.append(_entry(written))
        except (DeadlineError, TimeError) as problem:
            problems.append(f"entry {number}: {problem}")
    _refuse(problems)
    return tuple(found)


def _entry(written: object, kinds: _Kinds = _KINDS) -> Any:  # noqa: ANN401 - of the class that it names
    kind = written.get("kind") if isinstance(written, Mapping) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise DeadlineError(f"an entry says as its kind one of {', '.join(kinds)}; {short(written)} does not")
    fields = attrs.fields(kinds[kind])
    readers = {"kind": _text} | {field.name: _FIELDS[field.name] for field in fields}
    if kind == "corrected":
        readers["by"] = _effect
    values = _read(written, readers, frozenset(field.name for field in fields if field.default is not attrs.NOTHING))
    del values["kind"]
    return kinds[kind](**values)


def _effect(written: object) -> Effect:
    found: Effect = _entry(written, _EFFECTS)
    return found


_FIELDS: Final[_Readers] = MappingProxyType(
    {
        "ground": _ground,
        "actor": _as_it_is,
        "at": _moment,
        "citation": _citation,
        "on": _date,
        "first": _date,
        "last": _date,
        "by": _period,
        "to": _period,
        "late": _as_it_is,
        "number": _as_it_is,
    }
)
"""How each field of an entry is read."""

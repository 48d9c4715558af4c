"""Profiles: read from TOML, inherited, checked all at once, and bound to a procedure's typed values."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from types import NoneType
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.codec import canonical_text, read
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.errors import ContentError, ProfileError, UnknownError
from yingshang_flow.sources import SOURCES
from yingshang_flow.words import Authority, Citation, Cited, Label, Source, texts

V = TypeVar("V")

Verified = Literal["document", "public"]
"""How far the values were verified: held against the text they cite, or only taken from what is publicly said of it."""

_MORE: Final = ("place", "valid_to", "verified", "verified_note")
"""What the head of a profile may leave out."""
_HEAD = {"key", "locality", "title", "valid_from", *_MORE, "extends", "sources"}
_ENTRY = {"value", "source", "article", "kind"}
_SOURCE = {"title", "title_en", "number", "issued", "kind"}
_PLACE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YEAR: Final = re.compile(r"-\d{4}\Z")


@attrs.frozen
class Entry:
    """One value of a profile.

    Attributes:
        value: The value as TOML has it.
        citation: Where it stands, or that it is ours.
        profile: The key of the profile it was written in; another than the own one when it is inherited.
    """

    value: Any
    citation: Citation
    profile: str


def _place_of(profile: "Profile") -> str:
    """Return a profile's key without the year it ends in."""
    return _YEAR.sub("", profile.key)


@attrs.frozen
class Profile:
    """A locality's values, each cited.

    Attributes:
        key: The stable key, for example ``dalian-2018``.
        locality: The place.
        title: What it is, in Chinese.
        valid_from: The date from which it holds; shown, not enforced, since acts are entered afterwards.
        entries: The values by key path, ``interview.report``; inherited ones included.
        path: Where it was read from, for messages.
        place: The stable key of the place, or of the branch of government, in whose catalogue it stands; the key
            without its year unless given.
        valid_to: The last day on which it holds; none while nothing ends it.
        verified: How far its values were verified.
        verified_note: What that rests on, or what is missing.
    """

    key: str
    locality: str
    title: str
    valid_from: date
    entries: Mapping[str, Entry]
    path: str
    place: str = attrs.field(default=attrs.Factory(_place_of, takes_self=True), kw_only=True)
    valid_to: date | None = attrs.field(default=None, kw_only=True)
    verified: Verified = attrs.field(default="document", kw_only=True)
    verified_note: str = attrs.field(default="", kw_only=True)

    @property
    def sections(self) -> tuple[str, ...]:
        """The procedures it has values for, its own or inherited ones, by the first part of their key paths."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.entries))

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a day; on its first and its last it does."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def holding(self) -> str:
        """From when it holds, and until when if that is set, in English."""
        return f"from {self.valid_from}" if self.valid_to is None else f"{self.valid_from} to {self.valid_to}"

    def text(self) -> str:
        """Return the profile with everything inherited as canonical text, from which it can be read back.

        What a profile need not say is left out unless it says it, so that stored texts stay as they are.
        """
        said = {
            "place": (self.place, _place_of(self)),
            "valid_to": (None if self.valid_to is None else self.valid_to.isoformat(), None),
            "verified": (self.verified, "document"),
            "verified_note": (self.verified_note, ""),
        }
        return canonical_text(
            {
                "entries": {
                    name: {
                        "article": entry.citation.article,
                        "profile": entry.profile,
                        "source": _source_value(entry.citation.source),
                        "value": plain(entry.value),
                    }
                    for name, entry in self.entries.items()
                },
                "key": self.key,
                "locality": self.locality,
                "title": self.title,
                "valid_from": self.valid_from.isoformat(),
                **{name: value for name, (value, usual) in said.items() if value != usual},
            }
        )

    @classmethod
    def from_text(cls, text: str) -> "Profile":
        """Read a profile back from its canonical text."""
        value = json.loads(text)
        entries = {
            name: Entry(
                _frozen(item["value"]), Citation(_source_from(item["source"]), item["article"]), item["profile"]
            )
            for name, item in value["entries"].items()
        }
        more = {name: value[name] for name in ("place", "verified", "verified_note") if name in value}
        return cls(
            value["key"],
            value["locality"],
            value["title"],
            date.fromisoformat(value["valid_from"]),
            FrozenDict(entries),
            f"stored {value['key']}",
            valid_to=date.fromisoformat(value["valid_to"]) if "valid_to" in value else None,
            **more,
        )


def keys() -> tuple[str, ...]:
    """Return the keys of the profiles that are shipped."""
    return tuple(sorted(item.name.removesuffix(".toml") for item in _shipped() if item.name.endswith(".toml")))


@cache
def get(key: str) -> Profile:
    """Return a shipped profile.

    Raises:
        UnknownError: No such profile is shipped.
        ProfileError: It has wrong or missing values.
    """
    if key not in keys():
        message = f"no profile {key!r} is shipped; there are {', '.join(keys())}, or give the path of a TOML file"
        raise UnknownError(message)
    text = resources.files(__package__).joinpath(f"{key}.toml").read_bytes()
    return _read(text, f"{key}.toml", ())


def load(path: str | Path) -> Profile:
    """Read a profile from a TOML file in UTF-8.

    Raises:
        ProfileError: The file cannot be read, or has wrong or missing values; all are reported together.
    """
    return _load(Path(path), ())


def bind(profile: Profile, section: str | Sequence[str], values: type[V]) -> V:
    """Bind the cited values of a section to a procedure's typed values.

    Args:
        profile: The profile.
        section: The first part of the key paths, for example ``interview``; of several, the first one that has a value
            gives it.
        values: An attrs class whose fields are ``Cited[X]`` or ``Cited[X] | None``.

    Raises:
        ProfileError: Values are wrong, missing or surplus; each is named by file and key path.
    """
    problems: list[str] = []
    found: dict[str, Any] = {}
    sections = texts(section)
    paths = {
        path.removeprefix(f"{one}."): path
        for one in reversed(sections)
        for path in profile.entries
        if path.startswith(f"{one}.")
    }
    kind: Any = values
    fields = attrs.fields_dict(kind)
    hints = get_type_hints(values)
    for name in fields:
        hint, optional = _cited(hints[name])
        path = paths.pop(name, None)
        if path is None:
            if not optional:
                problems.append(f"{sections[0]}.{name} is missing")
            found[name] = None
            continue
        entry = profile.entries[path]
        try:
            found[name] = Cited(read(hint, entry.value, path), entry.citation)
        except ContentError as exc:
            problems.extend(f"{path} {problem}" for problem in exc.problems)
    problems.extend(f"{path} is unknown; known are {', '.join(fields)}" for path in paths.values())
    if problems:
        raise ProfileError(profile.path, problems)
    return values(**found)


def _cited(hint: Any) -> tuple[Any, bool]:
    """Return ``X`` of ``Cited[X]`` or ``Cited[X] | None``, and whether it may be missing."""
    if get_origin(hint) is Cited:
        return get_args(hint)[0], False
    (inner,) = (argument for argument in get_args(hint) if argument is not NoneType)
    return get_args(inner)[0], True


def _shipped() -> Iterator[Any]:
    return iter(resources.files(__package__).iterdir())


def _load(path: Path, above: tuple[str, ...]) -> Profile:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as exc:  # a ValueError for a NUL in the path
        raise ProfileError(str(path), f"cannot be read: {getattr(exc, 'strerror', None) or exc}") from exc
    return _read(data, str(path), above)


def _read(data: bytes, path: str, above: tuple[str, ...]) -> Profile:
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise ProfileError(path, f"is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    except (ValueError, RecursionError) as exc:  # the parser's own; a number of too many digits; nested too deeply
        raise ProfileError(path, f"is not TOML: {exc}") from exc
    problems: list[str] = []
    head = _head(document, problems)
    sources = {**SOURCES, **_sources(document.get("sources", {}), problems)}
    entries: dict[str, Entry] = {}
    parent = document.get("extends")
    if parent is not None:
        entries.update(_inherited(parent, path, (*above, head["key"]), problems))
    for section, table in document.items():
        if section not in _HEAD:
            entries.update(_entries(section, table, sources, head["key"], problems))
    if problems:
        raise ProfileError(path, problems)
    return Profile(**head, entries=FrozenDict(entries), path=path)


def _head(document: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("key", "locality", "title"):
        value = found[name] = document.get(name)
        if not isinstance(value, str) or not value.strip():
            problems.append(
                f"{name} is missing" if value is None else f"{name} must be a non-empty text, not {value!r}"
            )
    value = found["valid_from"] = document.get("valid_from")
    if type(value) is not date:
        said = "is missing" if value is None else f"must be a date such as 2018-12-11, not {value!r}"
        problems.append(f"valid_from {said}")
    found.update({name: document[name] for name in _MORE if name in document})
    problems.extend(_wrong_in(found))
    return found


def _wrong_in(head: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with what the head of a profile says besides."""
    place, note = head.get("place", "x"), head.get("verified_note", "")
    if not isinstance(place, str) or not _PLACE.fullmatch(place):
        yield f"place must be a key of small letters, digits and hyphens such as dalian, not {place!r}"
    if "valid_to" in head:
        since, until = head["valid_from"], head["valid_to"]
        if type(until) is not date:
            yield f"valid_to must be a date such as 2018-12-11, not {until!r}"
        elif type(since) is date and until < since:
            yield f"valid_to {until} lies before valid_from {since}; it is the last day on which the profile holds"
    if (verified := head.get("verified", "document")) not in get_args(Verified):
        yield f"verified must be {' or '.join(get_args(Verified))}, not {verified!r}"
    if not isinstance(note, str):
        yield f"verified_note must be a text, not {note!r}"


def _inherited(parent: object, path: str, above: tuple[str, ...], problems: list[str]) -> Mapping[str, Entry]:
    """Return the entries of the profile that is extended: a shipped key, or a file beside this one."""
    if not isinstance(parent, str):
        problems.append(f"extends must be the key or the file of a profile, not {parent!r}")
    elif parent in above:
        problems.append(f"extends goes in a circle: {' → '.join(map(str, (*above, parent)))}")
    elif parent in keys():
        return get(parent).entries
    elif parent.endswith(".toml"):
        try:
            return _load(Path(path).parent / parent, (*above, parent)).entries
        except ProfileError as exc:
            problems.extend(f"extends {parent}: {problem}" for problem in exc.problems)
    else:
        problems.append(f"extends an unknown profile {parent!r}; there are {', '.join(keys())}, or name a .toml file")
    return {}


def _entries(
    path: str, table: object, sources: Mapping[str, Source], profile: str, problems: list[str]
) -> Iterator[tuple[str, Entry]]:
    """Yield every entry below a key path: a table that has a ``value``."""
    if not isinstance(table, dict):
        problems.append(f"{path} must be a table with value and source, not {table!r}")
        return
    if "value" not in table:
        inner = [(f"{path}.{name}", item) for name, item in table.items()]
        if not inner or any(not isinstance(item, dict) for _, item in inner):
            problems.append(f"{path} has no value")
            return
        for name, item in inner:
            yield from _entries(name, item, sources, profile, problems)
        return
    entry = _entry(path, table, sources, profile, problems)
    if entry is not None:
        yield path, entry


def _entry(
    path: str, table: dict[str, Any], sources: Mapping[str, Source], profile: str, problems: list[str]
) -> Entry | None:
    """Return one entry, none when something in it is wrong."""
    before = len(problems)
    if not _is_value(table["value"]):
        problems.append(f"{path}.value must be a text, a whole number, true, false, a date, a list or a table of these")
    problems.extend(
        f"{path}.{name} is unknown; an entry has value, source, article and kind"
        for name in sorted(set(table) - _ENTRY)
    )
    article = table.get("article", "")
    if not isinstance(article, str):
        problems.append(f"{path}.article must be a text, not {article!r}")
    source = sources.get(str(table.get("source", "")))
    if source is None:
        said = f"{table['source']!r} is unknown" if "source" in table else "is missing"
        problems.append(f"{path}.source {said}; known are {', '.join(sources)}, or describe it under [sources]")
        return None
    kind = table.get("kind", source.authority.value)
    if kind != source.authority.value:
        problems.append(f"{path}.kind is {kind!r}, but {source.key} is of kind {source.authority.value!r}")
    return Entry(_frozen(table["value"]), source(article), profile) if len(problems) == before else None


def _sources(table: object, problems: list[str]) -> Mapping[str, Source]:
    """Return the sources a profile describes itself."""
    found: dict[str, Source] = {}
    if not isinstance(table, dict):
        problems.append(f"sources must be a table, not {table!r}")
        return found
    for key, item in table.items():
        if not _is_source(item):
            problems.append(
                f"sources.{key} must be a table with title, and maybe title_en, number, kind and the date issued"
            )
            continue
        try:
            authority = Authority(item.get("kind", "document"))
        except ValueError:
            problems.append(f"sources.{key}.kind must be document, statute or ours, not {item['kind']!r}")
            continue
        label = Label(item["title"], item.get("title_en", item["title"]))
        found[key] = Source(key, label, authority, item.get("number", ""), item.get("issued"))
    return found


def _is_source(item: object) -> bool:
    if not isinstance(item, dict) or set(item) - _SOURCE or type(item.get("issued", date.min)) is not date:
        return False
    return all(isinstance(item.get(name, ""), str) for name in _SOURCE - {"issued"}) and "title" in item


def _is_value(value: object) -> bool:
    if isinstance(value, dict):
        return all(map(_is_value, value.values()))
    return type(value) in {str, int, bool, date} or (isinstance(value, list) and all(map(_is_value, value)))


def _frozen(value: Any) -> Any:
    """Return a value that nobody can change for everybody: lists as tuples, tables as frozen ones."""
    if isinstance(value, dict):
        return FrozenDict({name: _frozen(item) for name, item in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def plain(value: Any) -> Any:
    """Return a value of an entry as JSON has it; a date as its text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _source_value(source: Source) -> Any:
    """Return a source as its key when it is shipped, else in full."""
    if SOURCES.get(source.key) == source:
        return source.key
    return {
        "issued": None if source.issued is None else source.issued.isoformat(),
        "key": source.key,
        "kind": source.authority.value,
        "number": source.number,
        "title": source.title.zh,
        "title_en": source.title.en,
    }


def _source_from(value: Any) -> Source:
    if isinstance(value, str):
        return SOURCES[value]
    return Source(
        value["key"],
        Label(value["title"], value["title_en"]),
        Authority(value["kind"]),
        value["number"],
        None if value["issued"] is None else date.fromisoformat(value["issued"]),
    )

"""The catalogue of profiles: which one holds where, for which procedure, on which day."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Final, Literal

import attrs

from yingshang_flow.deadlines.clock import is_date
from yingshang_flow.errors import ContentError, ProfileError, UnknownError
from yingshang_flow.policies.profile import Profile, get, keys, load
from yingshang_flow.words import Label

_DAY: Final = timedelta(days=1)


@attrs.frozen
class Fault:
    """Days on which the profiles of a place leave a procedure without values, or give it those of two.

    Attributes:
        kind: A gap between two profiles, or an overlap of them.
        place: The key of the place.
        section: The procedure.
        profiles: The keys of the two profiles, the one that begins earlier first.
        first: The first of the days.
        last: The last of them; none where an overlap has no end.
    """

    kind: Literal["gap", "overlap"]
    place: str
    section: str
    profiles: tuple[str, str]
    first: date
    last: date | None

    @property
    def label(self) -> Label:
        """What is wrong and what to do, in words."""
        one, other = self.profiles
        zh = f"{self.first}起" if self.last is None else f"{self.first}至{self.last}"
        en = f"from {self.first} on" if self.last is None else f"from {self.first} to {self.last}"
        of, between = f"{self.place} {self.section}: ", f"between {one} and {other}"
        if self.kind == "gap":
            return Label(
                f"{of}{zh}在 {one} 与 {other} 之间没有可适用的参数文件；请延长前者的 valid_to 或提前后者的 valid_from",
                f"{of}{en} no profile holds {between}; let the one end later, or the other begin earlier",
            )
        return Label(
            f"{of}{zh} {one} 与 {other} 同时有效；请给先开始的写上 valid_to",
            f"{of}{en} both {one} and {other} hold; give the one that is replaced a valid_to",
        )

    def __str__(self) -> str:
        return self.label.en


def _in_order(profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    return tuple(sorted(profiles, key=lambda one: (one.place, one.valid_from, one.key)))


@attrs.frozen
class Catalogue:
    """Profiles, by place and by the day from which they hold; iterating over it yields them.

    Attributes:
        profiles: The profiles.
    """

    profiles: tuple[Profile, ...] = attrs.field(converter=_in_order)

    @classmethod
    def of(cls, *paths: str | Path) -> "Catalogue":
        """Read one's own profiles.

        Args:
            paths: TOML files, and folders whose files that end in ``.toml`` are all profiles.

        Raises:
            ProfileError: Files cannot be read or are wrong, or two have the same key; all are reported together.
        """
        problems: list[str] = []
        found: dict[str, Profile] = {}
        for path in _files(map(Path, paths), problems):
            try:
                profile = load(path)
            except ProfileError as exc:
                problems.extend(f"{exc.subject}: {problem}" for problem in exc.problems)
                continue
            other = found.setdefault(profile.key, profile)
            if other is not profile:
                problems.append(f"{path}: has the key {profile.key!r} of {other.path}; give each a key of its own")
        if problems:
            raise ProfileError("catalogue", problems)
        return cls(found.values())

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.profiles)

    @property
    def places(self) -> tuple[str, ...]:
        """The keys of the places."""
        return tuple(dict.fromkeys(one.place for one in self.profiles))

    @property
    def sections(self) -> tuple[str, ...]:
        """The procedures that any profile has values for."""
        return tuple(sorted({section for one in self.profiles for section in one.sections}))

    def on(self, place: str, section: str, day: date) -> Profile:
        """Return the one profile of a place that has values for a procedure and holds on a day.

        Args:
            place: The key of the place, for example ``dalian``.
            section: The procedure, for example ``interview``.
            day: The day; usually the one on which a case is opened.

        Raises:
            UnknownError: There is no such place or procedure, or none of its profiles holds on that day.
            ProfileError: Two hold on that day.
            ContentError: The day is no date.
        """
        if not is_date(day):
            raise ContentError("day", f"must be a date such as 2019-05-01, not {day!r}")
        concerned = self._concerned(place, section)
        holding = [one for one in concerned if one.holds_on(day)]
        if not holding:
            raise UnknownError(f"no profile of {place!r} for {section!r} holds on {day}: {_around(concerned, day)}")
        if len(holding) > 1:
            raise ProfileError(
                f"{place} {section}",
                f"on {day} {' and '.join(one.key for one in holding)} hold at once; "
                "give those that are replaced a valid_to",
            )
        return holding[0]

    def faults(self) -> tuple[Fault, ...]:
        """Return every gap and overlap of a place's profiles for a procedure, by place, procedure and day.

        What lies before the first or after the last of them is no gap.
        """
        found: list[Fault] = []
        for place in self.places:
            for section in self.sections:
                concerned = [one for one in self.profiles if one.place == place and section in one.sections]
                found.extend(Fault("gap", place, section, *gap) for gap in _gaps(concerned))
                found.extend(Fault("overlap", place, section, *both) for both in _overlaps(concerned))
        return tuple(sorted(found, key=lambda one: (one.place, one.section, one.first, one.profiles)))

    def _concerned(self, place: str, section: str) -> list[Profile]:
        """Return the profiles of a place for a procedure, the earliest first."""
        unknown = [
            f"no {what} {key!r}; there are {', '.join(known)}"
            for what, key, known in (("place", place, self.places), ("section", section, self.sections))
            if key not in known
        ]
        if unknown:
            raise UnknownError(f"the catalogue has {'; and '.join(unknown)}")
        concerned = [one for one in self.profiles if one.place == place and section in one.sections]
        if not concerned:
            others = dict.fromkeys(one.place for one in self.profiles if section in one.sections)
            raise UnknownError(f"{place!r} has no profile for {section!r}; {', '.join(others)} have")
        return concerned


def _files(paths: Iterable[Path], problems: list[str]) -> Iterator[Path]:
    """Yield the files that are named, and those of the folders that are, each once."""
    named: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not inside:
            problems.append(f"{path}: has no file that ends in .toml")
        named.update(dict.fromkeys(inside))
    yield from named


def _around(profiles: Iterable[Profile], day: date) -> str:
    """Tell which profiles hold before and after a day on which none does."""
    before = [one for one in profiles if one.valid_from <= day]
    after = [one for one in profiles if one.valid_from > day]
    said = []
    if before:
        last = max(before, key=lambda one: one.valid_to or date.max)
        said.append(f"{last.key} held until {last.valid_to}")
    if after:
        said.append(f"{after[0].key} holds from {after[0].valid_from} on")
    return ", ".join(said)


def _gaps(profiles: Iterable[Profile]) -> Iterator[tuple[tuple[str, str], date, date]]:
    """Yield the spans between profiles in which none holds, with the two around each."""
    latest: Profile | None = None
    for one in profiles:
        end = None if latest is None else latest.valid_to
        if latest is not None and end is not None and (one.valid_from - end) > _DAY:
            yield (latest.key, one.key), end + _DAY, one.valid_from - _DAY
        if latest is None or (end is not None and (one.valid_to is None or one.valid_to > end)):
            latest = one


def _overlaps(profiles: Iterable[Profile]) -> Iterator[tuple[tuple[str, str], date, date | None]]:
    """Yield the spans in which two profiles hold at once, for each two of them."""
    for one, other in combinations(profiles, 2):
        last = min(one.valid_to or date.max, other.valid_to or date.max)
        if other.valid_from <= last:
            yield (one.key, other.key), other.valid_from, None if last == date.max else last


def catalogue() -> Catalogue:
    """Return the catalogue of the profiles that are shipped."""
    return Catalogue(map(get, keys()))


def on(place: str, section: str, day: date) -> Profile:
    """Return the shipped profile of a place that has values for a procedure and holds on a day.

    Args:
        place: The key of the place, for example ``dalian``.
        section: The procedure, for example ``interview``.
        day: The day.

    Raises:
        UnknownError: There is no such place or procedure, or no profile holds on that day.
        ProfileError: Two profiles hold on that day.
        ContentError: The day is no date.
    """
    return catalogue().on(place, section, day)

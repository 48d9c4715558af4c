"""Notices read from files: our own TOML, or the JSON layout of holiday-cn; compared with what is installed."""

import json
import re
import tomllib
import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from reprlib import Repr
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.deadlines.calendar import Day, DayKind, WorkingCalendar
from yingshang_flow.deadlines.china import english
from yingshang_flow.deadlines.clock import is_date, plain_date
from yingshang_flow.deadlines.notice import NATIONAL, Notice, contradictions_within
from yingshang_flow.deadlines.published import YEARLY, holiday_notice, known_from
from yingshang_flow.errors import CalendarError
from yingshang_flow.words import Label, Language

_DAY: Final = timedelta(days=1)
_LONGEST: Final = 60
_PAPER: Final = re.compile(r"/(\d{4}-\d{2})/(\d{2})/content")
_YEARS: Final = range(1950, 2101)
_MOST_BYTES: Final = 2**18
"""A notice has a few thousand; what is larger is another file."""
_UNPRINTABLE: Final = frozenset({"Cc", "Cs"})


@attrs.frozen
class Clash:
    """A day on which a notice and a calendar disagree.

    Attributes:
        notice: The key of the notice.
        date: The day.
        noticed: Whether the notice has it worked.
        known: What the calendar says of it.
    """

    notice: str
    date: date
    noticed: bool
    known: Day

    def text(self, language: Language = "zh") -> str:
        """Return it in one line."""
        if language == "en":
            return str(self)
        said, known = ("上班" if working else "放假" for working in (self.noticed, self.known.working))
        cited = self.known.citation.text()
        return f"{self.date}：通知 {self.notice} 为{said}，已载入的为{known}（{self.known.label.zh}，{cited}）"

    def __str__(self) -> str:
        said, known = ("worked" if working else "off" for working in (self.noticed, self.known.working))
        return f"{self.date}: {said} by notice {self.notice!r}, {known} by {self.known.citation} ({self.known.label})"


def read_notice(path: str | Path, *, issued: date | None = None) -> Notice:
    """Read a notice from a file: ``.toml`` is our own format, ``.json`` the layout of holiday-cn.

    A file of holiday-cn tells no day of issue. It is known for the years that this library lists, else taken from the
    address of the notice's page, where that bears it. A file with several pages holds later changes too, and no single
    day on which all of it was known: it has none then. What it lists as worked from Monday to Friday is the return to
    work after a holiday and no make-up day, and is left out.

    Args:
        path: The file, in UTF-8, of at most 256 KiB.
        issued: The day of issue, where the file does not tell it; it goes before what the file says.

    Raises:
        CalendarError: The file cannot be read, or says something wrong; every problem by its key path, at once.
        TimeError: The day of issue is no date.
    """
    path = Path(path)
    issued = None if issued is None else plain_date(issued)
    if path.suffix.lower() not in _FORMATS:
        raise CalendarError(f"{path}: a notice is a .toml or a .json file")
    parse, reader = _FORMATS[path.suffix.lower()]
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise CalendarError(f"{path}: it is larger than {_MOST_BYTES:,} bytes; that is no notice")
        document = parse(content.decode("utf-8-sig"))
    except OSError as exc:
        raise CalendarError(f"{path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise CalendarError(f"{path}: it is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    except (ValueError, RecursionError) as exc:  # of both parsers
        raise CalendarError(f"{path}: it cannot be read: {exc}") from exc
    reading: _Reading = reader()
    found = reading.notice(document, issued)
    if found is None:
        listed = "; ".join(reading.problems)
        raise CalendarError(f"{path}: {listed}")
    return found


def clashes(notice: Notice, calendar: WorkingCalendar) -> tuple[Clash, ...]:
    """Return each day on which a notice and a calendar disagree, by date.

    Of a yearly notice all days of its year are compared, as soon as the calendar holds a notice for that year: what
    it does not name is taken to be a statutory holiday or what Monday to Friday makes it. Of any other, the days it
    names.

    Args:
        notice: The notice that was loaded from elsewhere.
        calendar: The calendar without it, for example ``china()`` of a later version of ``holidays``.
    """
    named = {day: works for days, works in ((notice.days_off, False), (notice.working_days, True)) for day, _ in days}
    year = notice.publishes
    if year is None:
        published = {day for day in named if day.year in calendar.published_years}
    elif year in calendar.published_years:
        published = {
            *named,
            *(date(year, 1, 1) + n * _DAY for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)),
        }
    else:
        published = set()
    found = []
    next_year = "" if year is None else holiday_notice(year + 1).key  # which decides the last days of December
    for day in sorted(published):
        if not calendar.first <= day <= calendar.last:
            continue
        known = calendar.day(day)
        if day not in named and known.citation.source.key == next_year:
            continue
        statutory = known.kind is DayKind.HOLIDAY and "补假" not in known.label.zh
        works = named.get(day, known.working if statutory else day.weekday() < _SATURDAY)
        if works is not known.working:
            found.append(Clash(notice.key, day, works, known))
    return tuple(found)


_SATURDAY: Final = 5


@attrs.define
class _Reading(ABC):
    """What is wrong with a file, gathered while it is read."""

    problems: list[str] = attrs.field(factory=list)

    @abstractmethod
    def notice(self, document: Any, issued: date | None) -> Notice | None:  # noqa: ANN401  # whatever the file has
        """Return the notice, or none where something is wrong."""

    def wrong(self, path: str, wanted: str, found: object) -> None:
        """Note that a value is not what is wanted."""
        self.problems.append(f"{path}: {wanted}, not {_shown(found)}")

    def text(self, table: Mapping[str, Any], key: str, at: str = "", *, needed: bool = False) -> str:
        """Return a text of a table, empty when it is missing."""
        value = table.get(key, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(at + key, "a text", value if key in table else None)
            return ""
        if any(unicodedata.category(character) in _UNPRINTABLE for character in value):
            self.wrong(at + key, "a text of one line, without control characters", value)
        return value.strip()

    def year(self, table: Mapping[str, Any], key: str, *, needed: bool = False) -> int | None:
        """Return a year of a table, or none where it is missing or wrong."""
        value = table.get(key)
        if value is None and not needed:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value not in _YEARS:
            self.wrong(key, f"a year from {_YEARS[0]} to {_YEARS[-1]}", value)
            return None
        return value


class _Toml(_Reading):
    """Our own format: a head, and lists of tables ``off`` and ``work``."""

    def notice(self, document: Mapping[str, Any], issued: date | None) -> Notice | None:
        head = ("key", "title", "title_en", "number", "issued", "publishes", "scope", "off", "work")
        self.surplus(document, head)
        key, title = (self.text(document, name, needed=True) for name in ("key", "title"))
        title_en, number = (self.text(document, name) for name in ("title_en", "number"))
        # Left empty by a slip, a local order would hold in the whole country.
        scope = self.text(document, "scope", needed="scope" in document) or NATIONAL
        dated = document.get("issued")
        if dated is not None and not is_date(dated):
            self.wrong("issued", "a date such as 2026-11-04, without quotes", dated)
            dated = None
        year = self.year(document, "publishes")
        off, work = (list(self.days(document.get(name, []), name)) for name in ("off", "work"))
        issued = issued or dated
        if off or work or not self.problems:
            dates = ([day for day, _ in days] for days in (off, work))
            self.problems += contradictions_within(*dates, scope=scope, issued=issued, publishes=year)
        if self.problems:
            return None
        return Notice(
            key,
            Label(title, title_en or title),
            off,
            work,
            scope=scope,
            issued=issued,
            number=number,
            publishes=year,
        )

    def surplus(self, table: Mapping[str, Any], known: tuple[str, ...], at: str = "") -> None:
        self.problems += [
            f"{at}{key}: there is no such key; known are {', '.join(known)}" for key in table if key not in known
        ]

    def days(self, value: object, name: str) -> Iterator[tuple[date, Label]]:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.wrong(name, f"a list of tables [[{name}]]", value)
            return
        for number, entry in enumerate(value):
            at = f"{name}[{number}]."
            self.surplus(entry, ("date", "until", "name", "name_en"), at)
            zh = self.text(entry, "name", at, needed=True)
            label = Label(zh, self.text(entry, "name_en", at) or english(zh))
            first = entry.get("date")
            last = entry.get("until", first)
            if not is_date(first) or not is_date(last):
                for key, day in (("date", first), ("until", last)):
                    if not is_date(day) and (key == "date" or key in entry):
                        self.wrong(at + key, "a date such as 2026-11-04, without quotes", day)
            elif not 0 <= (last - first).days < _LONGEST:
                self.wrong(f"{at}until", f"a date from {first} on, at most {_LONGEST} days", str(last))
            else:
                yield from ((first + n * _DAY, label) for n in range((last - first).days + 1))


class _HolidayCn(_Reading):
    """The layout of holiday-cn: a year, the pages of its notices, and each day with whether it is off."""

    def notice(self, document: object, issued: date | None) -> Notice | None:
        if not isinstance(document, dict):
            self.wrong("$", "an object with year and days", document)
            return None
        year, papers = self.year(document, "year", needed=True), document.get("papers", [])
        if not isinstance(papers, list) or not all(isinstance(paper, str) for paper in papers):
            self.wrong("papers", "a list of addresses", papers)
            papers = []
        off, work = self.days(document.get("days"))
        issued = issued or _issued(year, papers)
        if off or work:
            dates = ([day for day, _ in days] for days in (off, work))
            self.problems += contradictions_within(*dates, scope=NATIONAL, issued=issued, publishes=year)
            work = [(day, label) for day, label in work if day.weekday() >= _SATURDAY]
            if not off and not work:
                self.problems.append("days: none is off, and none is a make-up day on a weekend")
        if self.problems or year is None:
            return None
        source = holiday_notice(year)
        return Notice(source.key, source.title, off, work, issued=issued, number=source.number, publishes=year)

    def days(self, listed: object) -> tuple[list[tuple[date, Label]], list[tuple[date, Label]]]:
        """Return the days off, and those that are worked."""
        days: dict[bool, list[tuple[date, Label]]] = {True: [], False: []}
        if not isinstance(listed, list):
            self.wrong("days", "a list of objects", listed)
            listed = []
        elif not listed:
            self.problems.append("days: it is empty, as long as the year's notice is not out")
        for number, entry in enumerate(listed):
            at = f"days[{number}]"
            if not isinstance(entry, dict):
                self.wrong(at, "an object with name, date and isOffDay", entry)
                continue
            name, day, off = self.text(entry, "name", f"{at}.", needed=True), entry.get("date"), entry.get("isOffDay")
            read = _iso(day)
            if read is None:
                self.wrong(f"{at}.date", "a date such as 2026-11-04", day)
            if not isinstance(off, bool):
                self.wrong(f"{at}.isOffDay", "true or false", off)
            elif read is not None:
                days[off].append((read, _label(name, off=off)))
        return days[True], days[False]


def _issued(year: int | None, papers: list[str]) -> date | None:
    """Return when a yearly notice was issued, or none where its file tells nothing or has the pages of several."""
    if year is None or len(papers) > 1:
        return None
    if year in YEARLY:
        return known_from(year)
    paged = _PAPER.search("".join(papers))
    day = None if paged is None else _iso("-".join(paged.groups()))
    # Later the page was only put up again.
    return day if day is not None and day.year in {year - 1, year} else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; the standard library would silently keep the last of two values of one key."""
    if repeated := [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]:
        raise ValueError(f"one object has a key twice: {', '.join(map(repr, repeated))}")
    return dict(pairs)


def _json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_once)


_FORMATS: Final[Mapping[str, tuple[Callable[[str], Any], type[_Reading]]]] = MappingProxyType(
    {".toml": (tomllib.loads, _Toml), ".json": (_json, _HolidayCn)}
)


def _shown(value: object) -> str:
    """Show a value that is wrong, but no whole file of it."""
    short = Repr()
    short.maxstring = short.maxother = 100
    return short.repr(value)


def _label(name: str, *, off: bool) -> Label:
    if off:
        return Label(name, english(name))
    return Label(f"调休上班（{name}）", f"make-up working day ({english(name)})")


def _iso(text: object) -> date | None:
    """Read a date of the form 2026-11-04 strictly."""
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.isoformat() == text else None

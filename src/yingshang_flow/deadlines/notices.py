"""Notices read from files: our own TOML, or the JSON layout of holiday-cn; compared with what is installed."""

import json
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.deadlines.calendar import Day, DayKind, WorkingCalendar
from yingshang_flow.deadlines.china import english
from yingshang_flow.deadlines.clock import is_date
from yingshang_flow.deadlines.notice import NATIONAL, Notice
from yingshang_flow.deadlines.published import YEARLY, holiday_notice
from yingshang_flow.errors import CalendarError
from yingshang_flow.words import Label

_DAY: Final = timedelta(days=1)
_LONGEST: Final = 60
_PAPER: Final = re.compile(r"/(\d{4}-\d{2})/(\d{2})/content")
_YEARS: Final = range(1950, 2101)


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

    def __str__(self) -> str:
        said, known = ("worked" if working else "off" for working in (self.noticed, self.known.working))
        return f"{self.date}: {said} by notice {self.notice!r}, {known} by {self.known.citation} ({self.known.label})"


def read_notice(path: str | Path, *, issued: date | None = None) -> Notice:
    """Read a notice from a file: ``.toml`` is our own format, ``.json`` the layout of holiday-cn.

    Args:
        path: The file.
        issued: The date of issue, where the file does not tell it; it goes before what the file says.

    Raises:
        CalendarError: The file cannot be read, or says something wrong; every problem by its key path, at once.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise CalendarError(f"{path}: a notice is a .toml or a .json file")
    parse, reader = _FORMATS[path.suffix.lower()]
    try:
        document = parse(path.read_bytes().decode("utf-8-sig"))
    except OSError as exc:
        raise CalendarError(f"{path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise CalendarError(f"{path}: it is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    except (ValueError, RecursionError) as exc:  # of both parsers
        raise CalendarError(f"{path}: it cannot be read: {exc}") from exc
    reading: _Reading = reader()
    try:
        found = reading.notice(document, issued)
    except CalendarError as exc:
        reading.problems.append(str(exc))
        found = None
    if found is None or reading.problems:
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
        self.problems.append(f"{path}: {wanted}, not {found!r}")

    def text(self, table: Mapping[str, Any], key: str, at: str = "", *, needed: bool = False) -> str:
        """Return a text of a table, empty when it is missing."""
        value = table.get(key, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            self.wrong(at + key, "a text", value if key in table else None)
            return ""
        return value.strip()


class _Toml(_Reading):
    """Our own format: a head, and lists of tables ``off`` and ``work``."""

    def notice(self, document: Mapping[str, Any], issued: date | None) -> Notice | None:
        head = ("key", "title", "title_en", "number", "issued", "publishes", "scope", "off", "work")
        self.surplus(document, head)
        key, title = (self.text(document, name, needed=True) for name in ("key", "title"))
        title_en, number, scope = (self.text(document, name) for name in ("title_en", "number", "scope"))
        dated, year = document.get("issued"), document.get("publishes")
        if dated is not None and not is_date(dated):
            self.wrong("issued", "a date such as 2026-11-04, without quotes", dated)
        if year is not None and (isinstance(year, bool) or not isinstance(year, int) or year not in _YEARS):
            self.wrong("publishes", f"a year from {_YEARS[0]} to {_YEARS[-1]}", year)
        off, work = (list(self.days(document.get(name, []), name)) for name in ("off", "work"))
        if self.problems:
            return None
        return Notice(
            key,
            Label(title, title_en or title),
            off,
            work,
            scope=scope or NATIONAL,
            issued=issued or dated,
            number=number,
            publishes=year,
        )

    def surplus(self, table: Mapping[str, Any], known: tuple[str, ...], at: str = "") -> None:
        self.problems += [
            f"{at}{key}: there is no such key; known are {', '.join(known)}" for key in table.keys() - known
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
                key = "until" if is_date(first) else "date"
                self.wrong(at + key, "a date such as 2026-11-04, without quotes", entry.get(key))
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
        year, papers = document.get("year"), document.get("papers", [])
        if isinstance(year, bool) or not isinstance(year, int) or year not in _YEARS:
            self.wrong("year", f"a year from {_YEARS[0]} to {_YEARS[-1]}", year)
        if not isinstance(papers, list) or not all(isinstance(paper, str) for paper in papers):
            self.wrong("papers", "a list of addresses", papers)
            papers = []
        days = self.days(document.get("days"))
        if self.problems or not isinstance(year, int):
            return None
        source = holiday_notice(year)
        dates = [_iso("-".join(paged.groups())) for paged in map(_PAPER.search, papers) if paged]
        known = YEARLY[year].issued if year in YEARLY else min(filter(None, dates), default=None)
        return Notice(
            source.key,
            source.title,
            days[True],
            days[False],
            issued=issued or known,
            number=source.number,
            publishes=year,
        )

    def days(self, listed: object) -> dict[bool, list[tuple[date, Label]]]:
        """Return the days off under True, the make-up days under False."""
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
        return days


_FORMATS: Final[Mapping[str, tuple[Callable[[str], Any], type[_Reading]]]] = MappingProxyType(
    {".toml": (tomllib.loads, _Toml), ".json": (json.loads, _HolidayCn)}
)


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

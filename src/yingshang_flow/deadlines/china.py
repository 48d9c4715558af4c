"""The working days of China: the only door to ``holidays``, which keeps the State Council's notices as data."""

import re
from collections.abc import Callable, ItemsView, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from yingshang_flow.deadlines.calendar import WEEKDAYS, DayKind, Entry, WorkingCalendar
from yingshang_flow.deadlines.clock import plain_date
from yingshang_flow.deadlines.notice import Notice, issued_by
from yingshang_flow.deadlines.published import AMENDED, REPLACED, decided_on, holiday_notice, known_from
from yingshang_flow.errors import CalendarError
from yingshang_flow.sources import HOLIDAYS
from yingshang_flow.words import Citation, Label

FIRST: Final = date(2004, 1, 1)
"""The first day of the first year with a complete table."""
LAST: Final = date(2100, 12, 31)
"""The last day for which holidays are guessed."""


def china(*, notices: Iterable[Notice] = (), as_of: date | None = None) -> WorkingCalendar:
    """Return the calendar of China from 2004 to 2100, published as far as the installed ``holidays`` knows.

    The same notices give the same calendar, which is built once.

    Args:
        notices: State Council notices and local orders to lay on top, the last on top.
        as_of: The day as of which it is to be known, from 2004 on: later notices are left out, and what was not
            published yet is guessed. What counts is the day of issue, which is that of release and not of signature.

    Raises:
        CalendarError: Something else than a notice is given, or a notice has entries that would change nothing or lie
            outside the calendar; or with ``as_of``, that day is before 2004, or a notice has no day of issue.
    """
    given = (notices,) if isinstance(notices, Notice) else tuple(notices)
    if wrong := [repr(notice) for notice in given if not isinstance(notice, Notice)]:
        raise CalendarError(f"notices= takes notices, not {', '.join(wrong)}; read_notice() reads one from a file")
    return _with_notices(given, None if as_of is None else plain_date(as_of))


@lru_cache(maxsize=64)
def _with_notices(notices: tuple[Notice, ...], as_of: date | None) -> WorkingCalendar:
    base = _published() if as_of is None else published_by(as_of)
    known = notices if as_of is None else issued_by(notices, as_of)
    return base.with_notices(*known) if known else base


@lru_cache(maxsize=64)
def published_by(as_of: date) -> WorkingCalendar:
    """Return the calendar without the notices issued after a day; one that was issued on it is included."""
    if as_of < FIRST:
        raise CalendarError(f"what was known of the working days is kept from {FIRST} on, not of {as_of}")
    now = _published()
    if all(decided_on(day, entry) <= as_of for day, entry in now.known.items()):
        return now
    years = frozenset(year for year in now.published_years if known_from(year) <= as_of)
    known = {day: entry for day, entry in now.known.items() if decided_on(day, entry) <= as_of}
    for day, (later, entry) in REPLACED.items():
        if known_from(day.year) <= as_of < later.known_from:
            known[day] = entry
    horizon = date(max(years), 12, 28)
    return WorkingCalendar("china", FIRST, LAST, horizon, years, known, guess, past=published_by)


@cache
def _published() -> WorkingCalendar:
    """Read every published year, and touch the one after: its notice may hold make-up days of the December before."""
    table = _countries_china()(language="zh_CN", years=FIRST.year)
    year = FIRST.year
    while any(day.year == year for day in table.weekend_workdays):
        year += 1
        table.get(date(year, 1, 1))
    years = range(FIRST.year, year)
    return WorkingCalendar(
        "china", FIRST, LAST, date(year - 1, 12, 28), frozenset(years), _entries(table, years), guess, past=published_by
    )


def guess(first: int, last: int) -> Mapping[date, Entry]:
    """Return the statutory holidays of years without a notice, and where they would be substituted.

    Of a year that has one by now, what the notice moved is left out; its holidays are those of the regulation as it
    is in force in that year.
    """
    years = range(first, last + 1)
    found = _entries(_countries_china()(language="zh_CN", years=years), years)
    return {d: entry for d, entry in found.items() if entry.kind is DayKind.HOLIDAY and d not in REPLACED}


class _Holidays(Protocol):
    """What is used of a country's table in ``holidays``."""

    weekend_workdays: set[date]

    def get(self, day: date, /) -> str | None:
        """Return a day's names; reads the day's year if it was not read yet."""

    def items(self) -> ItemsView[date, str]:
        """Return the days off with their names."""


@cache
def _countries_china() -> Callable[..., _Holidays]:
    """Load the one country from its file: by its name all of them would be loaded, which takes as long as all else."""
    import holidays  # noqa: PLC0415 - takes 0.1 s, and only who computes with China's days needs it

    spec = spec_from_file_location(
        "yingshang_flow.deadlines._holidays_china", Path(holidays.__file__).with_name("countries") / "china.py"
    )
    if spec is None or spec.loader is None:
        return holidays.China
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError:
        return holidays.China
    found: Callable[..., _Holidays] = module.China
    return found


_SUBSTITUTE: Final = "（补假）"
_SWAPPED: Final = re.compile(r"休息日（由 (\d{4}-\d{2}-\d{2}) 调休）")
_STATUTORY: Final = MappingProxyType(
    {
        "元旦": "New Year's Day",
        "农历除夕": "Chinese New Year's Eve",
        "春节": "Spring Festival",
        "清明节": "Tomb-Sweeping Day",
        "劳动节": "Labour Day",
        "端午节": "Dragon Boat Festival",
        "中秋节": "Mid-Autumn Festival",
        "国庆节": "National Day",
    }
)
"""The holidays of the regulation; what else is off was given by one notice."""
_GIVEN_ONCE: Final = MappingProxyType(
    {
        "春节延长假期": "prolonged Spring Festival",
        "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": "70th anniversary of the victory of 1945",
    }
)


def _entries(table: _Holidays, years: range) -> dict[date, Entry]:
    """Turn what ``holidays`` says of some years into entries, the make-up days with the days they pay for.

    Its make-up days are not only those of the years asked for, so the years are told apart here.
    """
    entries = {
        day: Entry(DayKind.MAKE_UP, Label("调休上班", "make-up working day"), holiday_notice(day.year)())
        for day in table.weekend_workdays
    }
    for day, text in table.items():
        names = text.split("; ")
        if swapped := _SWAPPED.fullmatch(text):
            made_up = date.fromisoformat(swapped[1])
            cited = holiday_notice(day.year + (day.month == 12))()  # noqa: PLR2004 - New Year's notice decides December
            entries[day] = Entry(
                DayKind.DAY_OFF,
                Label(f"调休放假（{_dated(made_up, 'zh')}上班）", f"day off made up on {_dated(made_up, 'en')}"),
                _amended(day, cited),
            )
            entries[made_up] = Entry(
                DayKind.MAKE_UP,
                Label(f"调休上班（补{_dated(day, 'zh')}）", f"make-up working day for {_dated(day, 'en')}"),
                _amended(made_up, cited),
            )
        else:
            plain = [name.removesuffix(_SUBSTITUTE) for name in names]
            statutory = _STATUTORY.keys() & plain
            entries[day] = Entry(
                DayKind.HOLIDAY if statutory else DayKind.DAY_OFF,
                Label("、".join(names), " and ".join(map(english, names))),
                HOLIDAYS() if statutory else _amended(day, holiday_notice(day.year)()),
                substitute=all(name.endswith(_SUBSTITUTE) for name in names),
            )
    return {day: entry for day, entry in entries.items() if day.year in years}


def _amended(day: date, otherwise: Citation) -> Citation:
    document = AMENDED.get(day)
    return otherwise if document is None else document.source()


def english(name: str) -> str:
    """Return the English name of a holiday, or its own where we know none."""
    plain = name.removesuffix(_SUBSTITUTE)
    english = _STATUTORY.get(plain) or _GIVEN_ONCE.get(plain, plain)
    return english if plain == name else f"{english} (substitute day)"


def _dated(day: date, language: str) -> str:
    if language == "zh":
        return f"{day}{WEEKDAYS[day.weekday()].zh}"
    return f"{WEEKDAYS[day.weekday()].en} {day}"

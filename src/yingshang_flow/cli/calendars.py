"""``calendar``: the working days of a year, with the reasons for every day that differs from Monday to Friday."""

from calendar import Calendar
from datetime import date, timedelta
from typing import Final

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.deadlines import Day, DayKind, WorkingCalendar, china
from yingshang_flow.deadlines.calendar import WEEKDAYS
from yingshang_flow.words import Language

_DAY: Final = timedelta(days=1)
_MARKS: Final = {True: "班", False: "休"}
_PLAIN: Final = frozenset({DayKind.WEEKDAY, DayKind.WEEKEND})
_ABREAST: Final = 3
_MONTHS: Final = 12


@click.command()
@click.argument("year", type=click.IntRange(1, 9998))
@options.language()
@options.as_json()
def calendar(*, year: int, lang: Language, as_json: bool) -> None:
    """Show the working days of a year.

    休 is a day off, 班 a weekend day that is worked in place of one, · a plain weekend.
    """
    known = china()
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [known.day(first + n * _DAY) for n in range((last - first).days + 1)]
    special = [day for day in days if day.kind not in _PLAIN]
    working = sum(day.working for day in days)
    if as_json:
        print_json(
            {
                "year": year,
                "working_days": working,
                "horizon": known.horizon.isoformat(),
                "provisional": last.year > known.horizon.year,
                "days": [_as_dict(day) for day in special],
            }
        )
        return
    page = Page()
    guessed = f" (provisional: no notice is loaded for days after {known.horizon})" * (year > known.horizon.year)
    page.heading(f"{year}: {working} working days{guessed}")
    page.lines(_grid(known, year))
    page.heading("休 days off and 班 make-up working days")
    page.table(
        ("date", "day", "", "reason", "source"),
        [
            (
                day.date,
                WEEKDAYS[day.date.weekday()].text(lang),
                _MARKS[day.working],
                day.label.text(lang),
                day.citation.text(lang),
            )
            for day in special
        ],
    )


def _as_dict(day: Day) -> dict[str, object]:
    return {
        "date": day.date.isoformat(),
        "working": day.working,
        "kind": day.kind.value,
        "label": both(day.label),
        "citation": str(day.citation),
    }


def _grid(known: WorkingCalendar, year: int) -> list[str]:
    """Return the months of a year, three abreast."""
    lines = []
    for first in range(1, _MONTHS + 1, _ABREAST):
        months = [_month(known, year, month) for month in range(first, first + _ABREAST)]
        weeks = ["   ".join(week).rstrip() for week in zip(*months, strict=True)]
        lines += [*filter(None, weeks), ""]
    return lines[:-1]


def _month(known: WorkingCalendar, year: int, month: int) -> list[str]:
    """Return a month in eight lines of 20 columns: its name, the days of the week, six weeks."""
    weeks = Calendar().monthdayscalendar(year, month)
    weeks += [[0] * 7] * (6 - len(weeks))
    return [
        f"{year}-{month:02}".ljust(20),
        "Mo Tu We Th Fr Sa Su",
        *(" ".join("  " if day == 0 else _cell(known.day(date(year, month, day))) for day in week) for week in weeks),
    ]


def _cell(day: Day) -> str:
    if day.kind in _PLAIN:
        return f"{day.date.day:2}" if day.working else " ·"
    return _MARKS[day.working]

"""``calendar``: the working days of a year, with the reasons for every day that differs from Monday to Friday."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.known import calendar_options, known_calendar, picture_option, warn_of_an_old_horizon
from yingshang_flow.cli.month_picture import picture
from yingshang_flow.cli.months import drawn, months_of_year
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.deadlines import Day, DayKind, WorkingCalendar
from yingshang_flow.deadlines.calendar import WEEKDAYS
from yingshang_flow.deadlines.notices import Clash
from yingshang_flow.words import Label, Language

_DAY: Final = timedelta(days=1)
_MARKS: Final = {True: "班", False: "休"}
_PLAIN: Final = frozenset({DayKind.WEEKDAY, DayKind.WEEKEND})


@click.command()
@click.argument("year", type=click.IntRange(1, 9998))
@calendar_options
@picture_option
@options.language()
@options.as_json()
def calendar(
    *, year: int, as_of: date | None, notices: tuple[Path, ...], form: str, lang: Language, as_json: bool
) -> None:
    """Show the working days of a year.

    休 is a day off, 班 a weekend day that is worked in place of one, a dot a plain weekend.
    """
    if as_json and form == "svg":
        raise click.UsageError("--json and --format svg are two formats: choose one")
    known, clashes = known_calendar(as_of, notices)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [known.day(first + n * _DAY) for n in range((last - first).days + 1)]
    special = [day for day in days if day.kind not in _PLAIN]
    working = sum(day.working for day in days)
    provisional = last.year > known.horizon.year
    if provisional:
        warn_of_an_old_horizon(known, as_of, lang)
    if as_json:
        print_json(
            {
                "year": year,
                "as_of": None if as_of is None else as_of.isoformat(),
                "notices": [notice.key for notice in known.notices],
                "working_days": working,
                "horizon": known.horizon.isoformat(),
                "provisional": provisional,
                "days": [_as_dict(day) for day in special],
                "clashes": [_clash_as_dict(clash) for clash in clashes],
            }
        )
        return
    if form == "svg":
        click.echo(
            picture(
                _title(year, working).text(lang),
                months_of_year(known, year),
                lang,
                notes=[note.text(lang) for note in _notes(known, year, as_of)],
            )
        )
        return
    page = Page(lang)
    page.heading(_title(year, working))
    page.lines(_notes(known, year, as_of))
    page.drawing(drawn(months_of_year(known, year), page.width, lang, wide=False))
    page.heading(Label("休：放假；班：调休上班", "休 days off and 班 make-up working days"))
    page.table(
        (terms.DATE, Label("星期", "day"), "", Label("事由", "reason"), Label("依据", "source")),
        [
            (day.date, WEEKDAYS[day.date.weekday()], _MARKS[day.working], day.label, day.citation.text(lang))
            for day in special
        ],
    )
    if clashes:
        page.heading(Label("通知与已载入的日历不一致", "the notices and the installed calendar disagree"))
        page.lines(clash.text(lang) for clash in clashes)


def _title(year: int, working: int) -> Label:
    return Label(f"{year}年日历：{working}个工作日", f"{year}: {working} working days")


def _notes(known: WorkingCalendar, year: int, as_of: date | None) -> list[Label]:
    notes = []
    if as_of is not None:
        notes.append(Label(f"截至{as_of}已公布的安排", f"as known on {as_of}"))
    if year > known.horizon.year:
        notes.append(
            Label(
                f"暂定：{known.horizon}以后的放假通知尚未载入",
                f"provisional: no notice is loaded for days after {known.horizon}",
            )
        )
    return notes


def _as_dict(day: Day) -> dict[str, object]:
    return {
        "date": day.date.isoformat(),
        "working": day.working,
        "kind": day.kind.value,
        "label": both(day.label),
        "citation": str(day.citation),
    }


def _clash_as_dict(clash: Clash) -> dict[str, object]:
    return {
        "date": clash.date.isoformat(),
        "notice": clash.notice,
        "noticed": clash.noticed,
        "known": clash.known.working,
    }

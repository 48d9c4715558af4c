"""``deadline``: when a period ends, one or a whole file of them."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.known import (
    calendar_options,
    known_calendar,
    picture_option,
    warn_of_an_old_horizon,
    warn_of_clashes,
)
from yingshang_flow.cli.month_picture import picture
from yingshang_flow.cli.months import MOST_MONTHS, drawn, explained_marks, left_out_months, months_of
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.deadlines import DueDate, WorkingCalendar, due, parse_switches
from yingshang_flow.errors import YingshangFlowError
from yingshang_flow.words import Label, Language

F = TypeVar("F", bound=Callable[..., Any])

_SWITCHES: Final = (
    ("count_start", "R1: true counts the day on which the period starts."),
    ("roll", "R5: any, none or statutory: which days off move the last day of a calendar period."),
    ("date_included", "R3: false leaves the date itself out, where one is set."),
    ("sent_counts", "R7: false lets only what has arrived be in time; for cases."),
    ("closes", "R6: a close of business such as 17:00, or 24:00."),
    ("after_hours", "R6: same_day or next_day, for what comes after the close of business."),
    ("exclude", "R8: spans that do not count, such as 2021-09-29..2021-09-30, joined by ','."),
    ("first_excluded_counts", "R8: true counts the first day of a span that does not."),
    ("restart", "R8: the date on which the period starts anew."),
    ("tax_extension", "R9: true prolongs a period of days by three or more days off in a row."),
    ("fixed_roll", "R10: stay, earlier or later: where a fixed date goes when it is a day off."),
    ("past_horizon", "R11: provisional or refuse, past the last published notice."),
    ("office_hours", "R12: the halves of a working day, such as 09:00-12:00,13:00-17:00."),
)
"""Every switch of the period rules with its meaning; each is an option, and a name for ``--switches``."""

_NEEDED: Final = ("start", "period")


def _switch_options(command: F) -> F:
    for name, meaning in reversed(_SWITCHES):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar="VALUE", help=meaning)(command)
    return command


@click.command()
@click.argument("period", required=False)
@click.option("--from", "start", type=options.Day(), help="The day the period starts on, which is not counted.")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV file; see above.")
@click.option("--explain", is_flag=True, help="Say why: every day that was skipped, made up or moved.")
@click.option("--switches", default="", metavar="TEXT", help="Switches as 'roll=none;restart=2021-10-08'.")
@calendar_options
@picture_option
@options.language()
@options.as_json()
@_switch_options
def deadline(
    *,
    period: str | None,
    start: date | None,
    batch: Path | None,
    explain: bool,
    switches: str,
    as_of: date | None,
    notices: tuple[Path, ...],
    form: str,
    lang: Language,
    as_json: bool,
    **named: str | None,
) -> None:
    """Say when PERIOD ends.

    For example: deadline 7工作日 --from 2018-12-20 --explain. With --batch, a row each of a CSV file in UTF-8 with the
    columns start, period and switches; more are ignored.
    """
    switches = ";".join(filter(None, [switches, *(f"{name}={value}" for name, value in named.items() if value)]))
    if form == "svg" and (batch is not None or as_json):
        raise click.UsageError("--format svg draws one deadline: leave out --batch and --json")
    known, clashes = known_calendar(as_of, notices)
    if batch is not None:
        if period is not None or start is not None or switches:
            raise click.UsageError("--batch takes everything from its file: leave out PERIOD, --from and switches")
        found = _batch(batch, known)
    elif period is None or start is None:
        missing = "PERIOD" if period is None else "--from"
        raise click.UsageError(f"{missing} is missing; write for example: deadline 7工作日 --from 2018-12-20")
    else:
        found = [due(period, start, calendar=known, **parse_switches(switches))]
    if any(item.provisional for item in found):
        warn_of_an_old_horizon(known, as_of, lang)
    warn_of_clashes(clashes, lang)
    if as_json:
        rows = [item.as_dict() for item in found]
        print_json(rows if batch is not None else rows[0])
    elif form == "svg":
        _picture(found[0], lang, explain=explain)
    elif explain:
        _explain(found, lang)
    else:
        _show(found, lang, as_table=batch is not None)


def _show(found: list[DueDate], lang: Language, *, as_table: bool) -> None:
    page = Page(lang)
    if as_table:
        page.table(
            (
                Label("起算日", "start"),
                terms.PERIOD,
                Label("顺延前", "nominal"),
                Label("届满日", "due"),
                Label("备注", "note"),
            ),
            [
                (
                    one.start,
                    Label(one.period.text("zh"), str(one.period)),
                    one.nominal,
                    one.date,
                    terms.PROVISIONAL if one.provisional else "",
                )
                for one in found
            ],
        )
    else:
        page.text(terms.until(found[0].date, provisional=found[0].provisional))


def _picture(found: DueDate, lang: Language, *, explain: bool) -> None:
    head, *reasons = found.explain().text(lang).splitlines()
    months, left_out = months_of(found)
    notes = [left_out_months(left_out, lang)] if left_out else []
    said = [reason.strip() for reason in reasons if explain]
    click.echo(picture(head, months, lang, notes=notes, reasons=said, abreast=3))


def _explain(found: list[DueDate], lang: Language) -> None:
    page = Page(lang)
    for item in found:
        _draw(page, item, lang)
        head, *reasons = item.explain().text(lang).splitlines()
        page.text(head)
        page.lines(reason.strip() for reason in reasons)


def _draw(page: Page, found: DueDate, lang: Language) -> None:
    """Write the months that a period touches, with what their marks mean."""
    months, left_out = months_of(found)
    for part in (months,) if not left_out else (months[: MOST_MONTHS // 2], months[MOST_MONTHS // 2 :]):
        if part[0] is not months[0]:
            page.lines(["", left_out_months(left_out, lang), ""])
        page.drawing(drawn(part, page.width, lang, wide=True))
    page.drawing([[], explained_marks(months, lang), []])


def _batch(path: Path, known: WorkingCalendar) -> list[DueDate]:
    """Compute every row of a file, or report every bad one."""
    found: list[DueDate] = []
    problems: list[str] = []
    for number, row in _rows(path):
        try:
            found.append(_due(row, known))
        except (YingshangFlowError, ValueError) as exc:
            problems.append(f"row {number}: {exc}")
    if problems:
        raise click.ClickException(f"{path}: {'; '.join(problems)}")
    return found


def _due(row: dict[str, Any], known: WorkingCalendar) -> DueDate:
    start, period, switches = (str(row.get(name) or "").strip() for name in (*_NEEDED, "switches"))
    return due(period, options.read_day(start), calendar=known, **parse_switches(switches))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of a CSV file, numbered as a spreadsheet does: the heading is row 1; blank ones are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise click.ClickException(f"{path} is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise click.ClickException(
                f"{path} has no column {' and no column '.join(missing)}; its first line names start, period, switches"
            )
        for row in reader:
            yield reader.line_num, row
    except csv.Error as exc:
        raise click.ClickException(f"{path} is no CSV: line {reader.line_num}: {exc}") from exc

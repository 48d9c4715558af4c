"""``deadline``: when a period ends, one or a whole file of them."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.deadlines import DueDate, due, parse_switches
from yingshang_flow.errors import YingshangFlowError
from yingshang_flow.words import Language

F = TypeVar("F", bound=Callable[..., Any])

_SWITCHES: Final = (
    ("count_start", "R1: true counts the day on which the period starts."),
    ("roll", "R5: any, none or statutory: which days off move the last day of a calendar period."),
    ("closes", "R6: a close of business such as 17:00, or 24:00."),
    ("exclude", "R8: spans that do not count, such as 2021-09-29..2021-09-30, joined by ','."),
    ("first_excluded_counts", "R8: true counts the first day of a span that does not."),
    ("restart", "R8: the date on which the period starts anew."),
    ("fixed_roll", "R10: stay, earlier or later: where a fixed date goes when it is a day off."),
    ("past_horizon", "R11: provisional or refuse, past the last published notice."),
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
    lang: Language,
    as_json: bool,
    **named: str | None,
) -> None:
    """Say when PERIOD ends.

    For example: deadline 7工作日 --from 2018-12-20 --explain. With --batch, a row each of a CSV file in UTF-8 with the
    columns start, period and switches; more are ignored.
    """
    switches = ";".join(filter(None, [switches, *(f"{name}={value}" for name, value in named.items() if value)]))
    if batch is not None:
        if period is not None or start is not None or switches:
            raise click.UsageError("--batch takes everything from its file: leave out PERIOD, --from and switches")
        found = _batch(batch)
    elif period is None or start is None:
        missing = "PERIOD" if period is None else "--from"
        raise click.UsageError(f"{missing} is missing; write for example: deadline 7工作日 --from 2018-12-20")
    else:
        found = [due(period, start, **parse_switches(switches))]
    if as_json:
        rows = [item.as_dict() for item in found]
        print_json(rows if batch is not None else rows[0])
        return
    page = Page()
    if explain:
        for item in found:
            page.text(item.explain().text(lang))
    elif batch is None:
        page.text(f"{found[0].date}{' (provisional)' if found[0].provisional else ''}")
    else:
        rows_shown = [(i.start, i.period, i.nominal, i.date, "provisional" if i.provisional else "") for i in found]
        page.table(("start", "period", "nominal", "due", "note"), rows_shown)


def _batch(path: Path) -> list[DueDate]:
    """Compute every row of a file, or report every bad one."""
    found: list[DueDate] = []
    problems: list[str] = []
    for number, row in _rows(path):
        try:
            found.append(_due(row))
        except (YingshangFlowError, ValueError) as exc:
            problems.append(f"row {number}: {exc}")
    if problems:
        raise click.ClickException(f"{path}: {'; '.join(problems)}")
    return found


def _due(row: dict[str, Any]) -> DueDate:
    start, period, switches = (str(row.get(name) or "").strip() for name in (*_NEEDED, "switches"))
    return due(period, options.read_day(start), **parse_switches(switches))


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

"""The calendar that a command computes with: as known on a day, with notices from files on top."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import warn
from yingshang_flow.deadlines import WorkingCalendar, china, china_date
from yingshang_flow.deadlines.notices import Clash, clashes, read_notice
from yingshang_flow.docket import system_clock
from yingshang_flow.words import Label, Language

F = TypeVar("F", bound=Callable[..., Any])


def notice_option(command: F) -> F:
    """Offer ``--notice``."""
    return click.option(
        "--notice",
        "notices",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A notice or local order: TOML, or JSON as holiday-cn has it; may be repeated, the last on top.",
    )(command)


def calendar_options(command: F) -> F:
    """Offer ``--as-of`` and ``--notice``."""
    return click.option(
        "--as-of", type=options.Day(), help="Compute with what was known on a day: later notices are left out."
    )(notice_option(command))


def picture_option(command: F) -> F:
    """Offer ``--format``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "svg"]),
        default="text",
        show_default=True,
        help="Text, or an SVG picture for documents.",
    )(command)


def known_calendar(as_of: date | None, notices: tuple[Path, ...]) -> tuple[WorkingCalendar, list[Clash]]:
    """Return the calendar, and each day on which a notice and the installed calendar disagree."""
    read = [read_notice(path) for path in notices]
    return china(notices=read, as_of=as_of), [clash for notice in read for clash in clashes(notice, china())]


def warn_of_clashes(found: Iterable[Clash], lang: Language) -> None:
    """Say on standard error where a notice and the installed calendar disagree."""
    for clash in found:
        warn(Label(clash.text("zh"), clash.text("en")), lang)


def warn_of_an_old_horizon(known: WorkingCalendar, as_of: date | None, lang: Language) -> None:
    """Say on standard error when the last published year is over, unless the past was asked for."""
    if as_of is None and china_date(system_clock()) > known.horizon:
        past = Label(
            f"{known.horizon}以后的放假通知尚未载入，而该日已过：请更新软件包 holidays，或用 --notice 载入通知",
            f"no notice is loaded for days after {known.horizon}, which is past: "
            "update the package holidays, or load the notice with --notice",
        )
        warn(past, lang)

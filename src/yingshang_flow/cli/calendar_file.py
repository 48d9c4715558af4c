"""``ics``: the open deadlines of a store as a file that calendar programs show with alarms."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, warn
from yingshang_flow.cli.terms import counted
from yingshang_flow.core.decide import unit_of
from yingshang_flow.docket import Docket, Due, system_clock
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language

_LAST: Final = date(2199, 12, 31)
"""The last day a docket can be asked about."""
_BEGINS: Final = b"BEGIN:VCALENDAR"


@click.command()
@options.database()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write it; to standard output unless given.",
)
@click.option("--unit", metavar="UNIT", help="Only what this unit owes, in its calendar.")
@options.language()
def ics(*, db: Place, out: Path | None, unit: str | None, lang: Language) -> None:
    """Write open deadlines for calendars.

    An iCalendar file with an event and its alarms for every deadline under which something is owed. Write and import it
    again, or let programs subscribe to it: what has moved is shown on its new day. Needs the extra ics.
    """
    if unit is not None and not unit.strip():
        raise click.UsageError("--unit is empty: name a unit, or leave it out for all")
    if out is not None:
        _refuse_to_overwrite(out)
    docket = options.docket(db)
    written = _written(docket, unit, lang)
    events = written.count(b"\nBEGIN:VEVENT\r\n")  # no line of a text begins so: what goes on begins with a space
    if unit is not None and not events and next(docket.find(unit=unit_of(unit)), None) is None:
        warn(Label(f"{db} 中没有涉及单位“{unit}”的案件", f"no case of {db} names a unit {unit!r}"), lang)
    if out is None:
        click.echo(written, nl=False)
    else:
        out.write_bytes(written)
        Page(lang).text(Label(f"{events}项期限已写入 {out}", f"{counted(events, 'deadline')} written to {out}"))


def _written(docket: Docket, unit: str | None, lang: Language) -> bytes:
    """Return the file.

    Raises:
        ClickException: The package that writes it is not installed.
    """
    try:
        from yingshang_flow.interop.icalendar import calendar_of  # noqa: PLC0415 - its package is an extra
    except ModuleNotFoundError as exc:
        if exc.name != "icalendar":
            raise
        raise click.ClickException('icalendar is not installed; run: pip install "yingshang-flow[ics]"') from exc
    return calendar_of(
        docket.due(before=_LAST) if unit is None else _owed_by(docket, unit),
        lifecycle=docket.lifecycle,
        now=system_clock(),
        name=None if unit is None else {"zh": f"{unit}办理时限", "en": f"Deadlines of {unit}"}[lang],
        language=lang,
        calendar=docket.calendar,
    )


def _owed_by(docket: Docket, unit: str) -> Iterator[Due]:
    """Yield what one unit owes.

    What a case owes as a whole is owed by those who have acted in it in a role that the limit names; where it names
    none, by all who have.
    """
    for due in docket.due(before=_LAST):
        owing = due.deadline.obligor
        if owing:
            if unit in {owing, unit_of(owing)}:
                yield due
        elif unit in due.case.units:
            roles = docket.lifecycle(due.case.id).by_limit[due.deadline.limit].owed_by
            acted = {fact.actor.role for fact in due.case.all_facts() if fact.actor.unit == unit}
            if not roles or acted & set(roles):
                yield due


def _refuse_to_overwrite(out: Path) -> None:
    """Refuse a file that is no calendar, such as the one that holds the cases."""
    if out.is_file():
        with out.open("rb") as file:
            begins = file.read(len(_BEGINS))
        if begins not in {b"", _BEGINS}:
            raise click.UsageError(f"{str(out)!r} is there already and is no calendar file; name another one")

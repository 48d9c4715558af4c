"""``migrate``: stored cases go on under other rules, such as those of a law that changed while they ran."""

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.cli.showing import said
from yingshang_flow.cli.verdicts import counted
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.migration import DATES
from yingshang_flow.operations.migrate import MigrationReport, Moving, Which
from yingshang_flow.stores.places import Place


class _Pair(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4 only
    """An old state and the new one it becomes, such as ``held=hearing``."""

    name = "old=new"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Read the pair."""
        old, sign, new = value.partition("=")
        if not (old and sign and new):
            self.fail(f"{value!r} is no old state with the new one, such as held=hearing", param, ctx)
        return old, new


class _Who(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.4 only
    """Somebody of a unit in a role, such as ``zhao/市营商局/office``."""

    name = "id/unit/role"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Actor:
        """Read who it is; a unit may have strokes in its name."""
        person, first, rest = value.partition("/")
        unit, last, role = rest.rpartition("/")
        if not (person and first and unit and last and role):
            self.fail(f"{value!r} is nobody; say who it is by id/unit/role, such as zhao/市营商局/office", param, ctx)
        return Actor(person, unit, role)


@click.command()
@click.argument("cases", metavar="[CASE]...", nargs=-1)
@options.database()
@click.option("--to", "profiles", metavar="KEY|FILE", required=True, help="The profile they are to go on under.")
@click.option("--lifecycle", "keys", metavar="KEY", required=True, multiple=True, help="Whose cases; for parts, again.")
@click.option("--from", "source", metavar="KEY", help="Only cases under this profile.")
@click.option("--version", type=int, help="The version they are to go on under; the newest unless given.")
@click.option("--state", "states", type=_Pair(), multiple=True, help="An old state and the new one it becomes.")
@click.option("--deadlines", type=click.Choice(DATES), required=True, help="Whether open deadlines keep their dates.")
@click.option("--ground", metavar="TEXT", required=True, help="Why; it is kept in every record.")
@click.option("--by", "actor", type=_Who(), required=True, help="Who migrates them.")
@click.option("--apply", "applied", is_flag=True, help="Do it; unless given, it is only told what would happen.")
@options.as_json()
def migrate(
    *,
    cases: tuple[str, ...],
    db: Place,
    profiles: str,
    keys: tuple[str, ...],
    source: str | None,
    version: int | None,
    states: tuple[tuple[str, str], ...],
    deadlines: str,
    ground: str,
    actor: Actor,
    applied: bool,
    as_json: bool,
) -> None:
    """Let cases go on under other rules.

    All cases of --lifecycle, or each CASE: under another profile, another version of the procedure, or both. Nothing is
    written without --apply, and nothing at all while anything stands against any of them. Of what was moved already
    nothing is said, so that after an interruption it is run again.
    """
    docket = options.docket(db)
    profile = options.profile(profiles)
    targets = [options.rules(key, profile, version) for key in dict.fromkeys(keys)]
    which = Which(cases=cases, lifecycle=() if cases else keys, profile=source)
    report = docket.migrate(
        which,
        to=targets,
        ground=ground,
        by=actor,
        states=dict(states),
        deadlines=deadlines,
        dry_run=not applied,
    )
    print_json(_as_dict(report)) if as_json else _show(report)


def _show(report: MigrationReport) -> None:
    page = Page()
    if report.moved:
        page.table(
            ("case", "from", "to", "state", "deadlines"),
            [(one.case, one.source, one.target, _state(one), "\n".join(said(one.changes))) for one in report.moved],
        )
    done = "would be migrated" if report.dry_run else "migrated"
    there = f", {report.already} under these rules already" if report.already else ""
    more = "; nothing was written: say --apply to do it" if report.dry_run and report.moved else ""
    page.heading(f"{counted(len(report.moved), 'case')} {done}{there}{more}")


def _state(one: Moving) -> str:
    return one.after if one.before == one.after else f"{one.before} → {one.after}"


def _as_dict(report: MigrationReport) -> dict[str, object]:
    moved = [
        {
            "case": one.case,
            "source": one.source,
            "target": one.target,
            "before": one.before,
            "after": one.after,
            "deadlines": list(said(one.changes)),
        }
        for one in report.moved
    ]
    return {"dry_run": report.dry_run, "already": report.already, "moved": moved}

"""``migrate``: stored cases go on under other rules, such as those of a law that changed while they ran."""

import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.cli.showing import said, state_name
from yingshang_flow.cli.terms import counted
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import DATES
from yingshang_flow.operations.migrate import MigrationReport, Moving, Which
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language


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
@options.language()
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
    lang: Language,
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
    print_json(_as_dict(report)) if as_json else _show(Page(lang), report)


def _show(page: Page, report: MigrationReport) -> None:
    if report.moved:
        page.table(
            (terms.CASE, Label("原规则", "from"), Label("新规则", "to"), terms.STATE, Label("期限", "deadlines")),
            [
                (
                    one.case,
                    Label(_named(one.definitions[0]), one.source),
                    Label(_named(one.definitions[1]), one.target),
                    _state(one),
                    "\n".join(page.said(what) for what in said(one.changes, one.definitions[1].by_limit)),
                )
                for one in report.moved
            ],
        )
    number, already = len(report.moved), report.already
    zh = f"{number}件案件{'将改按' if report.dry_run else '已改按'}其他规则办理"
    en = f"{counted(number, 'case')} {'would be migrated' if report.dry_run else 'migrated'}"
    if already:
        zh, en = f"{zh}，{already}件已按该规则办理", f"{en}, {already} under these rules already"
    if report.dry_run and report.moved:
        zh, en = f"{zh}；尚未写入，加 --apply 才会写入", f"{en}; nothing was written: say --apply to do it"
    page.heading(Label(zh, en))


def _named(rules: Lifecycle) -> str:
    """Return what rules are called in Chinese."""
    return f"{rules.title.zh}第{rules.version}版{f'（{rules.profile}）' if rules.profile else ''}"


def _state(one: Moving) -> Label:
    keys = (one.before, one.after)
    before, after = (state_name(key, rules).zh for key, rules in zip(keys, one.definitions, strict=True))
    if one.before == one.after:
        return Label(after, one.after)
    return Label(f"{before} → {after}", f"{one.before} → {one.after}")


def _as_dict(report: MigrationReport) -> dict[str, object]:
    moved = [
        {
            "case": one.case,
            "source": one.source,
            "target": one.target,
            "before": one.before,
            "after": one.after,
            "deadlines": [what.en for what in said(one.changes)],
        }
        for one in report.moved
    ]
    return {"dry_run": report.dry_run, "already": report.already, "moved": moved}

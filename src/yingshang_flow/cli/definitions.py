"""``lifecycles`` and ``diagram``: what the shipped procedures and profiles say."""

from collections.abc import Iterator

import click

from yingshang_flow import policies
from yingshang_flow.cli import options, targets, terms
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.core.analysis import checked
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.diagrams import RENDERERS, draw
from yingshang_flow.lifecycles import SHIPPED
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language


def bound() -> Iterator[Lifecycle]:
    """Yield every shipped procedure under every shipped profile that has values for it."""
    for procedure in SHIPPED.values():
        for key in policies.keys():  # noqa: SIM118  # a function, no mapping
            if any(name.startswith(f"{procedure.key}.") for name in policies.get(key).entries):
                yield procedure(key)


@click.command()
@options.language()
@options.as_json()
def lifecycles(*, lang: Language, as_json: bool) -> None:
    """List the procedures and profiles."""
    found = [(lifecycle, policies.get(lifecycle.profile)) for lifecycle in bound()]
    if as_json:
        print_json(
            [
                {
                    "lifecycle": lifecycle.key,
                    "title": both(lifecycle.title),
                    "profile": profile.key,
                    "locality": profile.locality,
                    "profile_title": profile.title,
                    "valid_from": profile.valid_from.isoformat(),
                    "rules": [rule.id for rule in lifecycle.rules],
                }
                for lifecycle, profile in found
            ]
        )
        return
    page = Page(lang)
    page.table(
        (
            Label("程序", "lifecycle"),
            "",
            terms.PROFILE,
            terms.LOCALITY,
            Label("施行日期", "valid from"),
            Label("规则数", "rules"),
        ),
        [
            (one.key, one.title.zh, profile.key, profile.locality, profile.valid_from, len(one.rules))
            for one, profile in found
        ],
    )


@click.command()
@click.argument("lifecycle", required=False)
@options.policy()
@click.option("--format", "form", type=click.Choice(list(RENDERERS)), default="mermaid", show_default=True)
@options.language("zh")
@options.database(required=False)
@click.option("--version", type=int, help="An earlier version of LIFECYCLE; the newest unless given.")
@click.option("--case", metavar="ID", help="Mark where this case stands and the way it took; needs --db.")
@click.option("--against", metavar="LIFECYCLE", help="Mark in what it differs from this one, under the same profile.")
def diagram(
    *,
    lifecycle: str | None,
    policy: str | None,
    form: str,
    lang: Language,
    db: Place | None,
    version: int | None,
    case: str | None,
    against: str | None,
) -> None:
    """Draw a lifecycle, its differences or a case's way.

    LIFECYCLE under a profile (--policy), or a stored case (--db with --case): where it stands and the way it took. A
    LIFECYCLE is a shipped one by its key, or your own by MODULE:NAME as for `check`. With --against what it adds is
    green, what it does without red and dashed, what it does otherwise amber.
    """
    if (db is None) != (case is None):
        raise click.UsageError("--db and --case go together: what holds the cases, and the case in it")
    if case is not None and against is not None:
        raise click.UsageError(
            "--case shows the way of a case, --against the differences of a lifecycle: leave one out"
        )
    if db is not None and case is not None:
        docket = options.docket(db)
        found, history = docket.lifecycle(case), docket.history(case)
        if lifecycle not in {None, found.key} or policy is not None or version is not None:
            raise click.UsageError(
                f"case {case} is drawn as {found.key} under {found.profile}, by the rules that it is under: "
                "leave out LIFECYCLE, --policy and --version"
            )
        click.echo(draw(found, form, language=lang, history=history), nl=False)
    elif lifecycle is None:
        raise click.UsageError("say what to draw: LIFECYCLE with --policy, or --db with --case")
    elif against is not None:
        found, base = targets.pair(lifecycle, against, policy)
        click.echo(draw(checked(found), form, language=lang, against=checked(base)), nl=False)
    else:
        click.echo(draw(checked(targets.single(lifecycle, policy, version)), form, language=lang), nl=False)

"""``lifecycles``, ``diagram`` and ``check``: what the shipped procedures and profiles say."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from yingshang_flow import policies
from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.codec import content_problems
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.diagrams import RENDERERS, draw
from yingshang_flow.errors import DefinitionError, ProfileError, UnknownError
from yingshang_flow.lifecycles import SHIPPED, Procedure
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Language


def bound() -> Iterator[Lifecycle]:
    """Yield every shipped procedure under every shipped profile that has values for it."""
    for procedure in SHIPPED.values():
        for key in policies.keys():  # noqa: SIM118  # a function, no mapping
            if any(name.startswith(f"{procedure.key}.") for name in policies.get(key).entries):
                yield procedure(key)


@click.command()
@options.as_json()
def lifecycles(*, as_json: bool) -> None:
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
    page = Page()
    page.table(
        ("lifecycle", "", "profile", "locality", "valid from", "rules"),
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
@click.option("--case", metavar="ID", help="Mark where this case stands and the way it took; needs --db.")
def diagram(
    *, lifecycle: str | None, policy: str | None, form: str, lang: Language, db: Place | None, case: str | None
) -> None:
    """Draw a lifecycle, or the way of a case.

    LIFECYCLE under a profile (--policy), or a stored case (--db with --case): where it stands and the way it took.
    """
    if (db is None) != (case is None):
        raise click.UsageError("--db and --case go together: what holds the cases, and the case in it")
    if db is not None and case is not None:
        docket = options.docket(db)
        found, history = docket.lifecycle(case), docket.history(case)
        if lifecycle not in {None, found.key} or policy is not None:
            raise click.UsageError(
                f"case {case} is drawn as {found.key} under {found.profile}, as it was opened: "
                "leave out LIFECYCLE and --policy"
            )
    elif lifecycle is None or policy is None:
        raise click.UsageError("say what to draw: LIFECYCLE with --policy, or --db with --case")
    else:
        found, history = options.shipped(lifecycle)(options.profile(policy)), None
    click.echo(draw(found, form, language=lang, history=history), nl=False)


@click.command()
@click.argument("target", metavar="LIFECYCLE|MODULE:NAME")
@options.policy()
@options.as_json()
@click.pass_context
def check(context: click.Context, *, target: str, policy: str | None, as_json: bool) -> None:
    """Analyse a lifecycle before any case.

    A shipped one by its key under a profile, or your own by MODULE:NAME; every problem is told, and exits with 1.
    """
    thing = _imported(target) if ":" in target else options.shipped(target)
    if isinstance(thing, Lifecycle):
        if policy is not None:
            raise click.UsageError(f"{target} is bound already: leave out --policy")
        found = list(problems(thing))
        for trigger in thing.triggers:
            found.extend(content_problems(trigger.content) if trigger.content is not None else ())
        subject = thing.key
    else:
        if policy is None:
            raise click.UsageError(f"say under which profile: --policy {'|'.join(policies.keys())} or a file")
        found, subject = _problems(thing, policy), f"{thing.key} under {policy}"
    found = list(dict.fromkeys(found))
    if as_json:
        print_json({"lifecycle": subject, "problems": found})
    else:
        page = Page()
        page.text(f"{subject}: {f'{len(found)} problems' if found else 'no problems'}")
        page.lines(found)
    context.exit(1 if found else 0)


def _problems(procedure: Procedure[Any], policy: str) -> list[str]:
    try:
        procedure(options.profile(policy))
    except ProfileError:
        raise
    except DefinitionError as exc:
        return list(exc.problems)
    return []


def _imported(target: str) -> Lifecycle | Procedure[Any]:
    """Import somebody's lifecycle or procedure, from the current directory too."""
    module, _, name = target.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        thing: object = getattr(importlib.import_module(module), name)
    except Exception as exc:  # whatever somebody's module raises
        raise UnknownError(f"{target} cannot be imported: {type(exc).__name__}: {exc}") from exc
    finally:
        sys.path.pop(0)
    if not isinstance(thing, Lifecycle | Procedure):
        raise UnknownError(f"{target} is a {type(thing).__name__}, neither a Lifecycle nor a Procedure")
    return thing

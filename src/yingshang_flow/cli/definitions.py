"""``lifecycles``, ``diagram`` and ``rules``: what the shipped procedures and profiles say."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs
import click

from yingshang_flow import policies
from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.core.analysis import homes
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.diagrams import RENDERERS, draw
from yingshang_flow.lifecycles import SHIPPED
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Language, Rule

_CHECKOUT: Final = Path(__file__).resolve().parents[3]
"""The folder of a checkout; something else, without tests, where the package was installed."""

_TEST: Final = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)


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


@attrs.define
class _Traced:
    """A rule, and everywhere it is found."""

    lifecycle: str
    rule: Rule
    profiles: list[str] = attrs.field(factory=list)
    homes: dict[str, None] = attrs.field(factory=dict)


@click.command()
@click.argument("lifecycle", required=False)
@options.language()
@options.as_json()
def rules(*, lifecycle: str | None, lang: Language, as_json: bool) -> None:
    """List the rules with article and home.

    Those of LIFECYCLE, or of all: what each asks for, where it stands, where in the definition it is built and, in a
    checkout, how many tests are named after it.
    """
    if lifecycle is not None:
        options.shipped(lifecycle)
    traced: dict[tuple[str, str], _Traced] = {}
    for found in bound():
        if lifecycle in {None, found.key}:
            built = homes(found)
            for rule in found.rules:
                one = traced.setdefault((found.key, rule.id), _Traced(found.key, rule))
                one.profiles.append(found.profile)
                one.homes.update(dict.fromkeys(built.get(rule.id, ())))
    tests = _tests(_CHECKOUT)
    keys = list(dict.fromkeys(one.lifecycle for one in traced.values()))
    told = sorted(traced.values(), key=lambda one: (keys.index(one.lifecycle), *_place(one.rule.id)))
    if as_json:
        print_json([_as_dict(one, tests) for one in told])
        return
    page = Page()
    for key in keys:
        page.heading(f"{key} {_title(key, lang)}")
        columns = ("rule", "kind", "what it asks for", "stands in", "built in", *(("tests",) if tests else ()))
        page.table(columns, [_row(one, lang, tests) for one in told if one.lifecycle == key])


def _place(rule: str) -> tuple[str, int, str]:
    """Return what puts Y2 before Y10; an id without a number stands by its letters."""
    letters = rule.rstrip("0123456789")
    return letters, int(rule[len(letters) :] or 0), rule


def _title(key: str, lang: Language) -> str:
    return next(found.title.text(lang) for found in bound() if found.key == key)


def _row(one: _Traced, lang: Language, tests: Mapping[str, list[str]] | None) -> tuple[object, ...]:
    rule = one.rule
    kinds = ", ".join(kind.value for kind in rule.kinds)
    cited = "\n".join(map(str, rule.citations))
    row = (rule.id, kinds, rule.label.text(lang), cited, "\n".join(one.homes) or None)
    return row if tests is None else (*row, len(tests.get(rule.id, ())) or None)


def _as_dict(one: _Traced, tests: Mapping[str, list[str]] | None) -> dict[str, object]:
    return {
        "lifecycle": one.lifecycle,
        "rule": one.rule.id,
        "kinds": [kind.value for kind in one.rule.kinds],
        "label": both(one.rule.label),
        "citations": [
            {"source": cited.source.key, "article": cited.article, "kind": cited.authority.value}
            for cited in one.rule.citations
        ],
        "profiles": one.profiles,
        "homes": list(one.homes),
        **({} if tests is None else {"tests": tests.get(one.rule.id, [])}),
    }


def _tests(checkout: Path) -> Mapping[str, list[str]] | None:
    """Return the tests that are named after a rule, by its id; none outside a checkout."""
    if not (checkout / "pyproject.toml").is_file() or not (checkout / "tests").is_dir():
        return None
    found: dict[str, list[str]] = {}
    for path in sorted((checkout / "tests").rglob("test_*.py")):
        for name in _TEST.findall(path.read_text(encoding="utf-8")):
            for word in dict.fromkeys(name.split("_")):
                found.setdefault(word.upper(), []).append(f"{path.relative_to(checkout).as_posix()}::{name}")
    return found

"""``rules``: every rule of the procedures, where it stands and what shows it."""

from collections.abc import Iterator

import attrs
import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.definitions import bound
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.compliance.report.as_json import citations_json
from yingshang_flow.compliance.tracing import Home, ShownBy, Trace, places, traces
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label, Language, Rule


@attrs.define
class _Traced:
    """A rule of a procedure, and where it stands under each profile that sets it."""

    lifecycle: str
    title: Label
    rule: Rule
    tests: ShownBy
    profiles: list[str] = attrs.field(factory=list)
    homes: dict[Home, list[str]] = attrs.field(factory=dict)
    gaps: dict[Label, None] = attrs.field(factory=dict)

    def add(self, profile: str, trace: Trace) -> None:
        """Take in where the rule stands under one more profile."""
        self.profiles.append(profile)
        for home in trace.homes:
            self.homes.setdefault(home, []).append(profile)
        self.gaps.update(dict.fromkeys(trace.gaps))


@click.command()
@click.argument("lifecycle", required=False)
@options.policy()
@options.language()
@options.as_json()
@click.pass_context
def rules(context: click.Context, *, lifecycle: str | None, policy: str | None, lang: Language, as_json: bool) -> None:
    """List the rules with article, home and tests.

    Those of LIFECYCLE, or of all; under one profile (--policy), or under every one that sets them: what each asks for,
    which article it comes from, where in the definition or the audit it stands, and how many tests show it kept, and
    broken or found. A rule that stands nowhere or that no test shows exits with 1.
    """
    found = _traced(_chosen(lifecycle, policy))
    if as_json:
        print_json([_as_dict(one) for one in found])
    else:
        _show(found, lang)
    context.exit(1 if any(one.gaps for one in found) else 0)


def _chosen(lifecycle: str | None, policy: str | None) -> Iterator[Lifecycle]:
    procedure = None if lifecycle is None else options.shipped(lifecycle)
    if policy is None:
        yield from (found for found in bound() if procedure is None or found.key == procedure.key)
        return
    profile = options.profile(policy)
    if procedure is not None:
        yield procedure(profile)
        return
    for key in dict.fromkeys(found.key for found in bound()):
        if any(name.startswith(f"{key}.") for name in profile.entries):
            yield options.shipped(key)(profile)


def _traced(lifecycles: Iterator[Lifecycle]) -> list[_Traced]:
    found: dict[tuple[str, str], _Traced] = {}
    for lifecycle in lifecycles:
        for trace in traces(lifecycle):
            key = lifecycle.key, trace.rule.id
            new = _Traced(lifecycle.key, lifecycle.title, trace.rule, trace.tests)
            found.setdefault(key, new).add(lifecycle.profile, trace)
    keys = list(dict.fromkeys(key for key, _ in found))
    return sorted(found.values(), key=lambda one: (keys.index(one.lifecycle), *_number(one.rule.id)))


def _number(rule: str) -> tuple[str, int, str]:
    """Return what puts Y2 before Y10; an id without a number stands by its letters."""
    letters = rule.rstrip("0123456789")
    return letters, int(rule[len(letters) :] or 0), rule


def _show(found: list[_Traced], lang: Language) -> None:
    page = Page(lang)
    for key in dict.fromkeys(one.lifecycle for one in found):
        rows = [one for one in found if one.lifecycle == key]
        page.heading(f"{key} {rows[0].title.text(lang)}")
        page.table(
            (
                terms.RULE,
                terms.KIND,
                Label("要求", "what it asks for"),
                terms.ARTICLE,
                Label("所在位置", "stands in"),
                Label("遵守的测试", "kept"),
                Label("违反的测试", "broken"),
            ),
            [_row(one, page) for one in rows],
        )
    gaps = ((f"{one.lifecycle} {one.rule.id}", page.listed(one.gaps)) for one in found if one.gaps)
    page.lines(Label(f"{rule}：{said}", f"{rule}: {said}") for rule, said in gaps)


def _row(one: _Traced, page: Page) -> tuple[object, ...]:
    rule, tests = one.rule, one.tests
    return (
        rule.id,
        page.listed(kind.label for kind in rule.kinds),
        rule.label,
        terms.cited(rule.citations),
        "\n".join(places(one.homes, page.language)) or None,
        len(tests.kept) + len(tests.held) or None,
        len(tests.broken) or None,
    )


def _as_dict(one: _Traced) -> dict[str, object]:
    return {
        "lifecycle": one.lifecycle,
        "title": both(one.title),
        "rule": one.rule.id,
        "kinds": [kind.value for kind in one.rule.kinds],
        "label": both(one.rule.label),
        "citations": citations_json(one.rule.citations),
        "profiles": one.profiles,
        "homes": [
            {
                "place": home.place.value,
                "key": home.key,
                "detail": home.detail,
                "label": both(home.label),
                "profiles": profiles,
            }
            for home, profiles in one.homes.items()
        ],
        "tests": {how: list(names) for how, names in attrs.asdict(one.tests).items()},
        "gaps": [both(gap) for gap in one.gaps],
    }

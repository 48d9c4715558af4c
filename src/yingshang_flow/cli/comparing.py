"""``diff-lifecycles``: in what two definitions differ, shipped ones or somebody's own."""

import click

from yingshang_flow.cli import options, targets
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.core.difference import Difference, differences
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label, Language

_STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


@click.command("diff-lifecycles")
@click.argument("first", metavar="FIRST")
@click.argument("second", metavar="SECOND")
@options.policy()
@click.option("--policy-b", metavar="KEY|FILE", help="Another profile for SECOND; that of --policy unless given.")
@options.language()
@options.as_json()
@click.pass_context
def diff_lifecycles(
    context: click.Context,
    *,
    first: str,
    second: str,
    policy: str | None,
    policy_b: str | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Tell in what SECOND differs from FIRST.

    Each is a shipped definition by its key, or your own by MODULE:NAME as for `check`. What is not bound yet is bound
    to the profile of --policy; the same key twice with --policy and --policy-b tells in what two profiles differ.

    As with `diff`, the exit code is 1 where there are differences and 0 where there are none.
    """
    before, after = targets.pair(first, second, policy, policy_b)
    found = differences(before, after)
    if as_json:
        print_json(
            {
                "first": _as_dict(before),
                "second": _as_dict(after),
                "differences": [_difference(one) for one in found],
            }
        )
    else:
        page = Page()
        page.text(f"{_subject(before)} → {_subject(after)}: {_counted(len(found), lang)}")
        for one in found:
            page.lines([one.text(lang)], _STYLES[one.way])
    context.exit(1 if found else 0)


def _subject(lifecycle: Lifecycle) -> str:
    return f"{lifecycle.key} under {lifecycle.profile}" if lifecycle.profile else lifecycle.key


def _counted(number: int, lang: Language) -> str:
    if lang == "zh":
        return f"{number} 处不同" if number else "没有不同"
    return f"{number} difference{'' if number == 1 else 's'}" if number else "no differences"


def _as_dict(lifecycle: Lifecycle) -> dict[str, object]:
    return {
        "lifecycle": lifecycle.key,
        "profile": lifecycle.profile or None,
        "version": lifecycle.version,
        "derived_from": lifecycle.derived_from or None,
    }


def _difference(one: Difference) -> dict[str, object]:
    return {
        "what": one.what,
        "key": one.key,
        "way": one.way,
        "part": one.part or None,
        "label": both(one.label),
        "before": None if one.before is None else both(one.before),
        "after": None if one.after is None else both(one.after),
        "text": both(Label(one.text("zh"), one.text("en"))),
    }

"""``diff-lifecycles``: in what two definitions differ, shipped ones or somebody's own."""

import click

from yingshang_flow.cli import options, targets, terms
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
        page = Page(lang)
        first_one, second_one = (terms.under(one.key, one.profile) for one in (before, after))
        count = _counted(len(found))
        page.text(
            Label(
                f"{first_one.zh} → {second_one.zh}：{count.zh}",
                f"{first_one.en} → {second_one.en}: {count.en}",
            )
        )
        for one in found:
            page.lines([one.text(lang)], _STYLES[one.way])
    context.exit(1 if found else 0)


def _counted(number: int) -> Label:
    if not number:
        return Label("没有不同", "no differences")
    return Label(f"{number} 处不同", terms.counted(number, "difference"))


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

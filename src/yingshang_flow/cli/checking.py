"""``check``: what the static analysis finds in a definition, shipped or somebody's own."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

import attrs
import click

from yingshang_flow import policies
from yingshang_flow.cli import options, targets, terms
from yingshang_flow.cli.definitions import bound
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.codec import content_problems
from yingshang_flow.core.analysis import Issue, Kind, Severity, analysed
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.policies import Profile
from yingshang_flow.words import Label, Language

_CONTENT_UNWRITABLE: Final = Kind("content_unwritable", Severity.ERROR, Label("{what}", "{what}"))

_STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: ""}


@attrs.frozen
class _Checked:
    """One definition, and what was found in it."""

    lifecycle: str
    profile: str
    issues: tuple[Issue, ...]

    @property
    def subject(self) -> Label:
        return terms.under(self.lifecycle, self.profile)

    @property
    def wrong(self) -> bool:
        return any(issue.severity is not Severity.NOTE for issue in self.issues)


@click.command()
@click.argument("target", metavar="[LIFECYCLE|MODULE:NAME]", required=False)
@options.policy()
@options.language()
@options.as_json()
@click.pass_context
def check(context: click.Context, *, target: str | None, policy: str | None, lang: Language, as_json: bool) -> None:
    """Analyse definitions before any case.

    A shipped one by its key under a profile, your own by MODULE:NAME – a Lifecycle, a Procedure, or a function
    without arguments that builds a Lifecycle – or, without an argument, all that are shipped. As with `python -m`,
    modules are looked for in the current directory first.

    Every finding is told with the shortest way of a case that shows it. Errors and warnings exit with 1, notes alone
    with 0.
    """
    found = _all_shipped(policy) if target is None else [_one(target, policy)]
    if as_json:
        print_json([_as_dict(one) for one in found] if target is None else _as_dict(found[0]))
    else:
        page = Page(lang)
        for one in found:
            _show(page, one)
    context.exit(1 if any(one.wrong for one in found) else 0)


def _all_shipped(policy: str | None) -> list[_Checked]:
    if policy is not None:
        raise click.UsageError("say which lifecycle --policy is for, or leave it out to check all that are shipped")
    return [_checked(lifecycle, policies.get(lifecycle.profile).valid_from) for lifecycle in bound()]


def _one(target: str, policy: str | None) -> _Checked:
    lifecycle = targets.single(target, policy)
    return _checked(lifecycle, Profile.from_text(lifecycle.sections).valid_from if lifecycle.sections else None)


def _checked(lifecycle: Lifecycle, since: date | None) -> _Checked:
    said = [text for trigger in lifecycle.triggers if trigger.content for text in content_problems(trigger.content)]
    unwritable = [_CONTENT_UNWRITABLE(what=text) for text in dict.fromkeys(said)]
    return _Checked(lifecycle.key, lifecycle.profile, (*unwritable, *analysed(lifecycle, since=since)))


def _show(page: Page, one: _Checked) -> None:
    summary = _summary(one.issues)
    page.text(Label(f"{one.subject.zh}：{summary.zh}", f"{one.subject.en}: {summary.en}"))
    for issue in one.issues:
        named = issue.severity.label
        said = Label(f"{named.zh}：{issue.text('zh')}", f"{named.en}: {issue.text('en')}")
        page.lines([said], _STYLES[issue.severity])


def _summary(issues: Sequence[Issue]) -> Label:
    counted = Counter(issue.severity for issue in issues)
    said = [_counted(counted[severity], severity) for severity in Severity if counted[severity]]
    if not counted[Severity.ERROR] and not counted[Severity.WARNING]:
        said.insert(0, Label("没有问题", "no problems"))
    return Label("，".join(one.zh for one in said), ", ".join(one.en for one in said))


def _counted(number: int, severity: Severity) -> Label:
    return Label(f"{number} 项{severity.label.zh}", terms.counted(number, severity.label.en))


def _as_dict(one: _Checked) -> dict[str, object]:
    return {"lifecycle": one.lifecycle, "profile": one.profile or None, "issues": [*map(_issue, one.issues)]}


def _issue(issue: Issue) -> dict[str, object]:
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "text": both(issue.label),
        "way": list(issue.way),
    }

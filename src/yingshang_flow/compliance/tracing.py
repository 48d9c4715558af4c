"""Where each rule of a procedure stands: in its definition, in the audit, and in the tests that show it."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import attrs

from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.requirement import Forbids, Given, Needs, Requirement, Settled
from yingshang_flow.words import Label, Language, Rule, RuleKind


class Place(StrEnum):
    """What kind of place a rule stands in, and so who watches over it."""

    ROW = "row"
    """A row of the transition table: what it does not allow is refused."""
    NEED = "need"
    """A requirement of a row: the act is refused while it is unmet, and one that was let through is found."""
    LIMIT = "limit"
    """A time limit: the clock warns and notes the miss, the audit finds it."""
    DUTY = "duty"
    """Looked for by the audit in a whole history, or in several."""
    GROUND = "ground"
    """A reason to open another case."""
    TESTS = "tests"
    """A property of the library, which its tests hold."""

    @property
    def label(self) -> Label:
        """What it is called."""
        return _PLACES[self]


_PLACES: Final = {
    Place.ROW: Label("流程", "row"),
    Place.NEED: Label("要求", "need"),
    Place.LIMIT: Label("期限", "limit"),
    Place.DUTY: Label("审查", "duty"),
    Place.GROUND: Label("情形", "ground"),
    Place.TESTS: Label("测试", "tests"),
}


@attrs.frozen
class Home:
    """One place a rule stands in.

    Attributes:
        place: What kind of place it is.
        name: What it is known by there, such as ``report`` of a limit, ``notify: mode_against_the_plan`` of a need or
            ``Response plan → hold, decline, cancel`` of a duty.
        label: What it asks for there, in the words of the definition.
    """

    place: Place
    name: str
    label: Label

    def text(self, language: Language = "zh") -> str:
        """Return the place in one line, without what it asks for."""
        return f"{self.place.label.text(language)} {self.name}"

    def __str__(self) -> str:
        return f"{self.place.value} {self.name}"


@attrs.frozen
class ShownBy:
    """The tests that show a rule, by their pytest node ids without parameters.

    Attributes:
        kept: Those that show it kept; of a reason to open another case, those in which there is none.
        broken: Those that show it broken: the act is refused, or the audit finds it; of a reason, those that find it.
        held: Those that hold a property.
        named: All that are named after it, these included.
    """

    kept: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


NOT_SHOWN: Final = ShownBy()


@attrs.frozen
class Trace:
    """A rule with everywhere it stands.

    Attributes:
        rule: The rule.
        homes: Where it stands, in the order of the definition.
        tests: What shows it.
    """

    rule: Rule
    homes: tuple[Home, ...]
    tests: ShownBy

    @property
    def gaps(self) -> tuple[Label, ...]:
        """What is missing: a home, or a test that shows it kept, broken or held."""
        missing = [] if self.homes else [Label("无处落实", "stands nowhere")]
        if self.rule.kinds == (RuleKind.PROPERTY,):
            return (*missing, *([] if self.tests.held else [Label("无测试保证", "no test holds it")]))
        missing += [] if self.tests.kept else [Label("无遵守的测试", "no test shows it kept")]
        missing += [] if self.tests.broken else [Label("无违反的测试", "no test shows it broken")]
        return tuple(missing)


def traces(lifecycle: Lifecycle) -> tuple[Trace, ...]:
    """Return where every rule of a lifecycle stands, in the order of the definition.

    The tests are those of the shipped rules, told by their names; a rule of one's own has none here.
    """
    found: dict[str, dict[Home, None]] = {rule.id: {} for rule in lifecycle.rules}
    for home, rules in _homes(lifecycle):
        for rule in rules:
            found.setdefault(rule.id, {})[home] = None
    tests = shown_by()
    return tuple(Trace(rule, tuple(found[rule.id]), tests.get(rule.id, NOT_SHOWN)) for rule in lifecycle.rules)


def _homes(lifecycle: Lifecycle) -> Iterator[tuple[Home, tuple[Rule, ...]]]:
    for row in lifecycle.transitions:
        yield Home(Place.ROW, _row(row), lifecycle.by_trigger[row.trigger].label), row.rules
        for need in row.needs:
            yield Home(Place.NEED, f"{row.trigger}: {_asked(need)}", need.label), need.rules
    for limit in lifecycle.limits:
        yield Home(Place.LIMIT, limit.key, limit.label), limit.rules
    for duty in lifecycle.duties:
        yield Home(Place.DUTY, f"{type(duty).__name__} {_owed(duty)}", duty.label), duty.rules
    for ground in lifecycle.grounds:
        yield Home(Place.GROUND, f"{ground.key} → {ground.opens}", ground.label), ground.rules
    for rule in lifecycle.rules:
        if RuleKind.PROPERTY in rule.kinds:
            for test in shown_by().get(rule.id, NOT_SHOWN).held:
                yield Home(Place.TESTS, test.rpartition("::")[2], rule.label), (rule,)


def _row(row: Transition) -> str:
    sources = "|".join(row.sources)
    return f"{row.trigger}: {sources}" if row.to is None else f"{row.trigger}: {sources} → {row.to}"


def _asked(need: Requirement) -> str:
    match need:
        case Needs(check=check) | Forbids(check=check):
            return check.__name__
        case Given(fields=names) | Settled(limits=names):
            return ", ".join(names)
    return type(need).__name__  # a kind of requirement of somebody's own


def _owed(duty: Duty) -> str:
    match duty:
        case Response(trigger=trigger, answers=answers):
            return f"{trigger} → {'|'.join(answers)}"
        case Precedence(trigger=trigger, earlier=earlier):
            return f"{'|'.join(earlier)} → {trigger}"
        case AtMost(trigger=trigger, times=times):
            return f"{trigger} ≤ {times}"
        case InTime(trigger=trigger, limit=limit):
            return f"{trigger} ≤ {limit}"
        case Holds(trigger=trigger, check=check):
            return f"{trigger}: {check.__name__}"
        case Never(offences=function) | AcrossCases(offenders=function):
            return function.__name__
    return ""  # a template of somebody's own


@cache
def shown_by() -> Mapping[str, ShownBy]:
    """Return the tests that show each shipped rule, by the id of the rule."""
    text = resources.files(__package__).joinpath("rule_tests.json").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            rule: ShownBy(**{how: tuple(names) for how, names in tests.items()})
            for rule, tests in json.loads(text).items()
        }
    )

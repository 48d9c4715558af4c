"""Where each rule of a procedure stands: in its definition, in the audit, and in the tests that show it."""

import json
from collections.abc import Iterable, Iterator, Mapping
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
    Place.LIMIT: Label("时限", "limit"),
    Place.DUTY: Label("职责", "duty"),
    Place.GROUND: Label("事由", "ground"),
    Place.TESTS: Label("测试", "tests"),
}


@attrs.frozen
class Home:
    """One place a rule stands in.

    Attributes:
        place: What kind of place it is.
        key: What stands there: the trigger of a row, a need or a duty, the key of a limit or a ground, the function of
            a duty without a trigger, the name of a test.
        detail: What of it: the states of a row, the fields or the function of a need, the template of a duty, what a
            ground opens, the trigger by which a limit is extended; else empty.
        label: What is asked for there, in the words of the definition.
    """

    place: Place
    key: str
    detail: str
    label: Label

    def text(self, language: Language = "zh") -> str:
        """Return the place in one line, without what is asked for."""
        return f"{self.place.label.text(language)} {self.key}" + (f": {self.detail}" if self.detail else "")

    def __str__(self) -> str:
        return self.text("en")


def places(homes: Iterable[Home], language: Language = "zh") -> Iterator[str]:
    """Yield places in short, a line for each kind: ``need plan, notify``, ``limit report``."""
    keys: dict[Place, dict[str, None]] = {}
    for home in homes:
        keys.setdefault(home.place, {})[home.key] = None
    for place, named in keys.items():
        yield f"{place.label.text(language)} {('、' if language == 'zh' else ', ').join(named)}"


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
        yield Home(Place.ROW, row.trigger, _way(row), lifecycle.by_trigger[row.trigger].label), row.rules
        for need in row.needs:
            yield Home(Place.NEED, row.trigger, _asked(need), need.label), need.rules
    yield from _limits(lifecycle)
    for duty in lifecycle.duties:
        yield Home(Place.DUTY, *_owed(duty), duty.label), duty.rules
    for ground in lifecycle.grounds:
        yield Home(Place.GROUND, ground.key, ground.opens, ground.label), ground.rules
    for rule in lifecycle.rules:
        if RuleKind.PROPERTY in rule.kinds:
            for test in shown_by().get(rule.id, NOT_SHOWN).held:
                yield Home(Place.TESTS, test.rpartition("::")[2], "", rule.label), (rule,)


def _limits(lifecycle: Lifecycle) -> Iterator[tuple[Home, tuple[Rule, ...]]]:
    for limit in lifecycle.limits:
        yield Home(Place.LIMIT, limit.key, "", limit.label), limit.rules
        for row in lifecycle.transitions:
            if row.trigger in limit.extended:
                yield Home(Place.LIMIT, limit.key, row.trigger, limit.label), row.rules


def _way(row: Transition) -> str:
    sources = "|".join(row.sources)
    return sources if row.to is None else f"{sources} → {row.to}".lstrip()


def _asked(need: Requirement) -> str:
    match need:
        case Needs(check=check) | Forbids(check=check):
            return check.__name__
        case Given(fields=names) | Settled(limits=names):
            return ", ".join(names)
    return type(need).__name__  # a kind of somebody's own


def _owed(duty: Duty) -> tuple[str, str]:
    """Return the trigger or the function a duty is known by, and what it says of it."""
    template = type(duty).__name__
    match duty:
        case Response(trigger=key, answers=others):
            said = f"{template} {'|'.join(others)}"
        case Precedence(trigger=key, earlier=others):
            said = f"{template} {'|'.join(others)}"
        case AtMost(trigger=key, times=times):
            said = f"{template} {times}"
        case InTime(trigger=key, limit=limit):
            said = f"{template} {limit}"
        case Holds(trigger=key, check=function):
            said = f"{template} {function.__name__}"
        case Never(offences=function) | AcrossCases(offenders=function):
            key, said = function.__name__, template
        case _:
            key, said = template, ""  # a template of somebody's own
    return key, said


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

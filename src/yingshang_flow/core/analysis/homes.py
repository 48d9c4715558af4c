"""Where in a definition each rule is built: its rows, requirements, limits, duties and grounds."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.requirement import Requirement
from yingshang_flow.words import Rule


def with_rules(lifecycle: Lifecycle, rules: Iterable[Rule]) -> Lifecycle:
    """Return a lifecycle that stands for those of some rules that have a home in it; a locality may set few of them.

    A limit for which the profile sets no period is left out.
    """
    lifecycle = attrs.evolve(lifecycle, limits=lifecycle.by_limit.values())
    built = homes(lifecycle)
    return attrs.evolve(lifecycle, rules=[rule for rule in rules if rule.id in built])


def homes(lifecycle: Lifecycle) -> dict[str, tuple[str, ...]]:
    """Return where in the definition each rule is built, by rule id: ``limit report``, ``move notify`` and so on."""
    found: dict[str, dict[str, None]] = {}
    for place, rules in _places(lifecycle):
        for rule in rules:
            found.setdefault(rule.id, {})[place] = None
    return {rule: tuple(places) for rule, places in found.items()}


def _places(lifecycle: Lifecycle) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    for row in lifecycle.transitions:
        verb = "opening" if not row.sources else "stay" if row.to is None else "move"
        yield f"{verb} {row.trigger}", row.rules
        for requirement in row.needs:
            yield f"{verb} {row.trigger}", requirement.rules
    for limit in lifecycle.limits:
        yield f"limit {limit.key}", limit.rules
    for duty in lifecycle.duties:
        of = tuple(function.__name__ for function in functions_of(duty)) or triggers_of(duty)[:1]
        yield " ".join(("duty", type(duty).__name__, *of)), duty.rules
    for ground in lifecycle.grounds:
        yield f"ground {ground.key}", ground.rules


def triggers_of(duty: Duty) -> tuple[str, ...]:
    """Return the triggers that a duty names."""
    match duty:
        case Response(trigger=trigger, answers=answers, unless=unless):
            return (trigger, *answers, *unless)
        case Precedence(trigger=trigger, earlier=earlier):
            return (trigger, *earlier)
        case AtMost(trigger=trigger) | Holds(trigger=trigger) | InTime(trigger=trigger):
            return (trigger,)
        case Never(about=triggers, occasion=occasion):
            return (*triggers, *((occasion,) if occasion else ()))
    return ()


def functions_of(duty: Duty) -> tuple[Callable[..., Any], ...]:
    """Return the functions that a duty asks."""
    match duty:
        case Holds(check=function) | Never(offences=function) | AcrossCases(offenders=function):
            return (function,)
    return ()


def named_rules(rules: Iterable[Rule]) -> str:
    """Return the ids of rules in one text."""
    return ", ".join(rule.id for rule in rules)


def all_requirements(lifecycle: Lifecycle) -> Iterator[tuple[Transition, Requirement]]:
    """Yield every requirement with its row."""
    for row in lifecycle.transitions:
        for requirement in (*row.needs, *row.when):
            yield row, requirement


def fields_of(content: type[Any]) -> frozenset[str]:
    """Return the names of the fields of a content class."""
    return frozenset(field.name for field in attrs.fields(content)) if attrs.has(content) else frozenset()

"""Static checks of a lifecycle: what can be seen to be wrong before any case is opened, all of it together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import attrs

from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.limit import Entering, FromContent, Signal, TimeLimit
from yingshang_flow.core.requirement import Forbids, Given, Needs, Requirement, Settled
from yingshang_flow.deadlines import FixedDate, Timetable
from yingshang_flow.deadlines.period import ends_in_a_half
from yingshang_flow.errors import DefinitionError
from yingshang_flow.words import Cited, Label, Rule, RuleKind


def checked(lifecycle: Lifecycle) -> Lifecycle:
    """Return a lifecycle in which no problem was found.

    Raises:
        DefinitionError: There are problems, all of them reported together.
    """
    found = tuple(problems(lifecycle))
    if found:
        raise DefinitionError(f"lifecycle {lifecycle.key!r}", found)
    return lifecycle


def problems(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield everything that is wrong with a lifecycle, in words."""
    for check in (_keys, _rows, _reached_rows, _graph, _requirements, _limits, _duties, _homes, _labels, _functions):
        yield from check(lifecycle)


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
        of = tuple(function.__name__ for function in _functions_of(duty)) or _triggers(duty)[:1]
        yield " ".join(("duty", type(duty).__name__, *of)), duty.rules
    for ground in lifecycle.grounds:
        yield f"ground {ground.key}", ground.rules


def _keys(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield keys that stand twice."""
    groups: dict[str, Iterable[str]] = {
        "state": (state.key for state in lifecycle.states),
        "trigger": (trigger.key for trigger in lifecycle.triggers),
        "limit": (limit.key for limit in lifecycle.limits),
        "rule": (rule.id for rule in lifecycle.rules),
        "ground": (ground.key for ground in lifecycle.grounds),
    }
    for what, keys in groups.items():
        seen: set[str] = set()
        for key in keys:
            if key in seen:
                yield f"{what} {key!r} is defined twice"
            if not key.isidentifier() or (what, key) == ("trigger", "state"):
                yield f"{what} {key!r} cannot be called so; use letters, digits and underscores, and no trigger `state`"
            seen.add(key)


def _rows(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield rows that name what does not exist or that nobody may use."""
    for row in lifecycle.transitions:
        name = f"the row {row.trigger!r} from {', '.join(row.sources) or 'nothing'}"
        if row.trigger not in lifecycle.by_trigger:
            yield f"{name} has a trigger that is not defined"
        for state in (*row.sources, *(() if row.to is None else (row.to,))):
            if state not in lifecycle.by_state:
                yield f"{name} names a state {state!r} that is not defined"
        if not row.by:
            yield f"{name} has no role that may use it"
        if not row.sources and row.to is None:
            yield f"{name} opens no state"


def _reached_rows(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield triggers without a row, and rows behind one that always applies."""
    used = {row.trigger for row in lifecycle.transitions}
    for trigger in lifecycle.by_trigger:
        if trigger not in used:
            yield f"trigger {trigger!r} has no row"
    for (state, trigger), rows in lifecycle.rows.items():
        if any(not earlier.when for earlier in rows[:-1]):
            yield f"trigger {trigger!r} has a row after one without `when` in state {state!r}; it is never reached"


def _graph(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield states that cannot be reached, cannot be left, or from which no end is reached."""
    moves = [(source, row.to) for row in lifecycle.transitions if row.to is not None for source in row.sources]
    entry = {row.to for row in lifecycle.transitions if row.to is not None and not row.sources}
    final = {state.key for state in lifecycle.states if state.final}
    if not entry:
        yield "no row opens a case"
    if not final:
        yield "no state is final"
    reached = _closure(entry, moves)
    ending = _closure(final, [(target, source) for source, target in moves])
    for state in lifecycle.by_state:
        if state not in reached:
            yield f"state {state!r} is never reached"
        if state not in final and all(source != state or target == state for source, target in moves):
            yield f"state {state!r} is a dead end: it is not final and no move leaves it"
        elif state not in ending:
            yield f"from state {state!r} no final state is reached"


def _closure(start: set[str], moves: Sequence[tuple[str, str]]) -> set[str]:
    found = set(start)
    while new := {target for source, target in moves if source in found} - found:
        found |= new
    return found


def _requirements(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield requirements that name fields or limits that do not exist."""
    limits = {limit.key for limit in lifecycle.limits}
    for row, requirement in _all_requirements(lifecycle):
        if not requirement.rules:
            yield f"a requirement of {row.trigger!r} belongs to no rule"
        if isinstance(requirement, Settled):
            for key in requirement.limits:
                if key not in limits:
                    yield f"a requirement of {row.trigger!r} names a limit {key!r} that is not defined"
        if isinstance(requirement, Given) and row.trigger in lifecycle.by_trigger:
            content = lifecycle.by_trigger[row.trigger].content
            for name in requirement.fields:
                if content is None or name not in _fields(content):
                    yield f"a requirement of {row.trigger!r} names a field {name!r} its content does not have"


def _limits(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield limits that never start, are never met, or whose obligors do not fit their triggers."""
    used = {row.trigger for row in lifecycle.transitions}
    for limit in lifecycle.by_limit.values():
        for signal in _awaited(lifecycle, limit):
            yield f"limit {limit.key!r} waits for {_said(signal)}, which never happens"
        if not limit.starts:
            yield f"limit {limit.key!r} is never started"
        met = [trigger for trigger in limit.met if trigger in used]
        if not met:
            yield f"limit {limit.key!r} is never met"
        if limit.each is not None:
            for trigger in met:
                counted = lifecycle.by_trigger.get(trigger)
                if counted is not None and (
                    counted.each is None or counted.each not in {limit.each, limit.each.within}
                ):
                    yield f"limit {limit.key!r} is owed by each {limit.each.key}, but trigger {trigger!r} is not"
        yield from _period(lifecycle, limit)
        yield from _ladder(lifecycle, limit)


def _ladder(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[str]:
    """Yield rungs that cannot be told apart, know no time or nobody to tell."""
    rungs = [rung.key for rung in limit.ladder]
    for rung in limit.ladder:
        if rungs.count(rung.key) > 1 or (rung.before is not None and rung.after is not None):
            yield f"limit {limit.key!r} has a rung {rung.key!r} that stands twice, or comes both before and after"
        if rung.to and rung.to not in lifecycle.roles:
            yield f"limit {limit.key!r} has a rung {rung.key!r} for {rung.to!r}, which nobody is"


def _awaited(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[Signal]:
    """Yield the signals a limit waits for that no row gives."""
    used = {row.trigger for row in lifecycle.transitions}
    entered = {row.to for row in lifecycle.transitions if row.to is not None}
    left = {source for row in lifecycle.transitions if row.to is not None for source in row.sources if source != row.to}
    for signal in (*limit.starts, *limit.stops, *limit.extended, *limit.revived, *limit.paused, *limit.resumed):
        known = used if isinstance(signal, str) else entered if isinstance(signal, Entering) else left
        name = signal if isinstance(signal, str) else signal.state
        if name not in known:
            yield signal


def _period(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[str]:
    if isinstance(limit.period, Cited) and isinstance(limit.period.value, FixedDate) and limit.repeats:
        yield f"limit {limit.key!r} repeats a fixed date"
    if isinstance(limit.period, Cited) and ends_in_a_half(limit.period.value) and limit.repeats:
        yield f"limit {limit.key!r} repeats every {limit.period.value}, but half working days are counted once only"
    if isinstance(limit.period, Cited) and isinstance(limit.period.value, Timetable) and not limit.repeats:
        yield f"limit {limit.key!r} keeps to a timetable, of which only the first date is owed unless it repeats"
    if limit.repeats and limit.extended:
        yield f"limit {limit.key!r} repeats and is extended; the next time could not be told from the later end"
    if limit.repeats and limit.paused:
        yield f"limit {limit.key!r} repeats and is paused; the next time could not be told from what was excluded"
    if bool(limit.paused) != bool(limit.resumed):
        yield f"limit {limit.key!r} is paused and never resumed, or resumed and never paused"
    read: list[tuple[FromContent, Signal]] = []
    if isinstance(limit.period, FromContent):
        read += [(limit.period, signal) for signal in limit.starts]
    read += [(period, signal) for signal, period in limit.extended.items() if isinstance(period, FromContent)]
    for period, signal in read:
        trigger = lifecycle.by_trigger.get(signal) if isinstance(signal, str) else None
        if trigger is None or trigger.content is None or period.field not in _fields(trigger.content):
            yield f"limit {limit.key!r} reads field {period.field!r}, which {_said(signal)} does not give"


def _said(signal: Signal) -> str:
    if isinstance(signal, str):
        return f"trigger {signal!r}"
    return f"{'entering' if isinstance(signal, Entering) else 'leaving'} {signal.state!r}"


def _duties(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield duties and grounds that speak of triggers or limits that do not exist."""
    for duty in lifecycle.duties:
        for trigger in _triggers(duty):
            if trigger not in lifecycle.by_trigger:
                yield f"a duty of {', '.join(rule.id for rule in duty.rules)} names a trigger {trigger!r} not defined"
        if isinstance(duty, InTime) and duty.limit not in {limit.key for limit in lifecycle.limits}:
            yield f"a duty of {', '.join(rule.id for rule in duty.rules)} names a limit {duty.limit!r} not defined"
    for ground in lifecycle.grounds:
        for trigger in ground.acts:
            if trigger not in lifecycle.by_trigger:
                yield f"ground {ground.key!r} names a trigger {trigger!r} not defined"


def _triggers(duty: Duty) -> tuple[str, ...]:
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


def _functions_of(duty: Duty) -> tuple[Callable[..., Any], ...]:
    match duty:
        case Holds(check=function) | Never(offences=function) | AcrossCases(offenders=function):
            return (function,)
    return ()


def _homes(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield rules that stand nowhere, and rules that are used without being listed."""
    listed = {rule.id for rule in lifecycle.rules}
    built = homes(lifecycle)
    for rule in lifecycle.rules:
        if rule.id not in built and rule.kinds != (RuleKind.PROPERTY,):
            yield f"rule {rule.id!r} has no home in the definition"
        if not rule.citations:
            yield f"rule {rule.id!r} cites nothing"
    for rule_id in built:
        if rule_id not in listed:
            yield f"rule {rule_id!r} is used but not listed"


def _labels(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield what has no name in one of the languages."""
    labels: list[tuple[str, Label]] = [
        ("the title", lifecycle.title),
        *((f"state {state.key!r}", state.label) for state in lifecycle.states),
        *((f"trigger {trigger.key!r}", trigger.label) for trigger in lifecycle.triggers),
        *((f"limit {limit.key!r}", limit.label) for limit in lifecycle.limits),
        *((f"rung {rung.key!r}", rung.label) for limit in lifecycle.limits for rung in limit.ladder),
        *((f"role {role.key!r}", role.label) for role in lifecycle.roles.values()),
        *((f"rule {rule.id!r}", rule.label) for rule in lifecycle.rules),
        *((f"a requirement of {row.trigger!r}", need.label) for row, need in _all_requirements(lifecycle)),
        *((f"a duty of {', '.join(rule.id for rule in duty.rules)}", duty.label) for duty in lifecycle.duties),
        *((f"ground {ground.key!r}", ground.label) for ground in lifecycle.grounds),
    ]
    for what, label in labels:
        if not label.zh.strip() or not label.en.strip():
            yield f"{what} lacks a label in {'Chinese' if not label.zh.strip() else 'English'}"


def _functions(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield functions a fingerprint cannot see: lambdas, closures and what is not at module level."""
    functions: list[Callable[..., Any]] = [
        need.check for _, need in _all_requirements(lifecycle) if isinstance(need, Needs | Forbids)
    ]
    functions += [need.where for _, need in _all_requirements(lifecycle) if need.where is not None]
    functions += [function for duty in lifecycle.duties for function in _functions_of(duty)]
    functions += [
        function for limit in lifecycle.limits for function in (limit.where, limit.meets) if function is not None
    ]
    functions += [ground.where for ground in lifecycle.grounds if ground.where is not None]
    groups = (*(limit.each for limit in lifecycle.limits), *(trigger.each for trigger in lifecycle.triggers))
    functions += [each.members for each in groups if each is not None]
    for function in dict.fromkeys(functions):
        if "<" in getattr(function, "__qualname__", "<"):
            yield f"{function!r} is no module-level function; a fingerprint could not see it change"
    for trigger in lifecycle.triggers:
        content = trigger.content
        if content is not None and (not attrs.has(content) or "<" in content.__qualname__):
            yield f"the content of {trigger.key!r} is no attrs class at module level"


def _all_requirements(lifecycle: Lifecycle) -> Iterator[tuple[Transition, Requirement]]:
    for row in lifecycle.transitions:
        for requirement in (*row.needs, *row.when):
            yield row, requirement


def _fields(content: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in attrs.fields(content)) if attrs.has(content) else frozenset()

"""Checks of what the audit looks for: duties no way can break or keep, and rules that say more than is built."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from yingshang_flow.core.analysis.asking import answers
from yingshang_flow.core.analysis.homes import named_rules
from yingshang_flow.core.analysis.issue import NOTE, WARNING, Issue, Kind, listed
from yingshang_flow.core.analysis.owing import courses
from yingshang_flow.core.analysis.ways import START, Node, Ways, ways
from yingshang_flow.core.duty import AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label, Rule, RuleKind

DUTY_ALWAYS_KEPT: Final = Kind(
    "duty_always_kept",
    NOTE,
    Label("{rules}“{duty}”不可能违反：{why}", "{rules} {duty!r} cannot be broken: {why}"),
)
DUTY_NEVER_KEPT: Final = Kind(
    "duty_never_kept",
    WARNING,
    Label("{rules}“{duty}”不可能做到：{why}", "{rules} {duty!r} cannot be kept: {why}"),
)
DUTY_NEVER_ARISES: Final = Kind(
    "duty_never_arises",
    WARNING,
    Label("{rules}“{duty}”永远无从谈起：{why}", "{rules} {duty!r} never arises: {why}"),
)
DUTY_UNTOLD: Final = Kind(
    "duty_untold",
    WARNING,
    Label(
        "{rules}“{duty}”无从判断：事项 {trigger!r} 没有内容",
        "{rules} {duty!r} can never be told: trigger {trigger!r} has no content",
    ),
)
GROUND_NEVER_ARISES: Final = Kind(
    "ground_never_arises",
    WARNING,
    Label(
        "事由 {ground!r} 永远无从谈起：{acts} 从不发生",
        "ground {ground!r} never arises: {acts} never happens",
    ),
)
RULE_OF_THE_LIBRARY: Final = Kind(
    "rule_of_the_library",
    NOTE,
    Label(
        "{rule}由本库自身保证，不在定义之中",
        "{rule} is kept by the library itself and stands nowhere in the definition",
    ),
)
RULE_PROMISES_MORE: Final = Kind(
    "rule_promises_more",
    NOTE,
    Label("{rule}标为“{kind}”，但定义中没有{home}", "{rule} is said to be a {kind}, but has no {home}"),
)
RULE_SAYS_LESS: Final = Kind(
    "rule_says_less",
    NOTE,
    Label("{rule}另有{home}，但未标为“{kind}”", "{rule} also has a {home}, but is not said to be a {kind}"),
)

_GUARDING: Final = Label("会拒绝办理的行或要求", "row or requirement that refuses an act")
_LIMITING: Final = Label("时限", "limit")
_FINDING: Final = Label("审计所查的职责或时限", "duty or limit that an audit could find broken")
_GROUNDING: Final = Label("另案的理由", "ground of another case")


def standing(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield duties that no way can break or keep, and duties and grounds that never arise."""
    found = lifecycle.derived(ways)
    for duty in lifecycle.duties:
        words: dict[str, Any] = {"rules": named_rules(duty.rules), "duty": duty.label}
        for kind, why, way in _judged(lifecycle, found, duty):
            yield kind(why=why, way=way, **words)
        if isinstance(duty, Holds) and lifecycle.by_trigger[duty.trigger].content is None:
            yield DUTY_UNTOLD(trigger=duty.trigger, **words)
    for ground in lifecycle.grounds:
        if ground.acts and all(edge.trigger not in ground.acts for edge in found.all_edges()):
            yield GROUND_NEVER_ARISES(ground=ground.key, acts=listed(ground.acts))


Judged = Iterator[tuple[Kind, Label, tuple[str, ...]]]


def _judged(lifecycle: Lifecycle, found: Ways, duty: Duty) -> Judged:
    match duty:
        case Response():
            yield from _response(lifecycle, found, duty)
        case Precedence():
            yield from _precedence(found, duty)
        case AtMost():
            yield from _at_most(found, duty)
        case InTime():
            yield from _in_time(lifecycle, found, duty)
        case Holds():
            yield from _content(lifecycle, duty)
        case Never(occasion=occasion) if occasion:
            yield from _occasion(found, occasion)


def _occasion(found: Ways, trigger: str) -> Judged:
    if found.first(lambda edge: edge.trigger == trigger) is None:
        yield DUTY_NEVER_ARISES, Label(f"{trigger} 从不发生", f"{trigger} never happens"), ()


def _response(lifecycle: Lifecycle, found: Ways, duty: Response) -> Judged:
    yield from _occasion(found, duty.trigger)
    occasions = [edge for edge in found.all_edges() if edge.trigger == duty.trigger]
    after = [edge.target for edge in occasions]
    answered = frozenset(duty.answers)
    hopeless = [edge for edge in occasions if not _leads(found, edge.target, answered)]
    answers = listed(duty.answers)
    if hopeless:
        why = Label(f"此后再不能{answers.zh}", f"after this way none of {answers.en} can follow")
        yield DUTY_NEVER_KEPT, why, found.way_to(hopeless[0])
    final = {state.key for state in lifecycle.states if state.final}
    unanswered = found.reached(after, without=(*duty.answers, *duty.unless))
    if occasions and duty.each is None and final.isdisjoint(node.state for node in unanswered):
        either = (*duty.answers, *duty.unless)
        why = Label(
            f"{duty.trigger} 之后，不经 {' 或 '.join(either)} 就到不了终结状态",
            f"after {duty.trigger} no final state is reached without {' or '.join(either)}",
        )
        yield DUTY_ALWAYS_KEPT, why, ()


def _leads(found: Ways, start: Node, triggers: frozenset[str]) -> bool:
    nodes = found.reached([start])
    return any(edge.trigger in triggers for node in nodes for edge in found.edges[node])


def _precedence(found: Ways, duty: Precedence) -> Judged:
    yield from _occasion(found, duty.trigger)
    occasions = [edge for edge in found.all_edges() if edge.trigger == duty.trigger]
    earlier = frozenset(duty.earlier)
    unled = found.reached([START], without=earlier)
    if occasions and not any(edge.source in unled for edge in occasions):
        said = listed(duty.earlier)
        why = Label(f"不先{said.zh}就到不了 {duty.trigger}", f"no way leads to {duty.trigger} without {said.en}")
        yield DUTY_ALWAYS_KEPT, why, ()
    led = found.reached(edge.target for edge in found.all_edges() if edge.trigger in earlier)
    if occasions and not any(edge.source in led for edge in occasions):
        said = listed(duty.earlier)
        why = Label(f"{said.zh}之后再不能 {duty.trigger}", f"after {said.en} it is too late for {duty.trigger}")
        yield DUTY_NEVER_KEPT, why, found.way_to(occasions[0])


def _at_most(found: Ways, duty: AtMost) -> Judged:
    yield from _occasion(found, duty.trigger)
    if duty.times < 1:
        return
    spots = {(START, 0)}
    waiting = list(spots)
    for node, times in waiting:  # grows while it is gone through
        for edge in found.edges[node]:
            spot = (edge.target, times + (edge.trigger == duty.trigger))
            if spot[1] > duty.times:
                return
            if spot not in spots:
                spots.add(spot)
                waiting.append(spot)
    if any(times for _, times in spots):
        why = Label(
            f"在任何路径上 {duty.trigger} 至多 {duty.times} 次",
            f"on no way {duty.trigger} happens more than {duty.times} times",
        )
        yield DUTY_ALWAYS_KEPT, why, ()


def _in_time(lifecycle: Lifecycle, found: Ways, duty: InTime) -> Judged:
    yield from _occasion(found, duty.trigger)
    if duty.limit not in lifecycle.by_limit:
        yield DUTY_NEVER_ARISES, Label(f"没有时限 {duty.limit}", f"there is no limit {duty.limit} here"), ()
        return
    steps = lifecycle.derived(courses)[duty.limit].all_steps()
    done = [step for step in steps if step.edge.trigger == duty.trigger]
    if done and all(step.source[1] == "idle" and step.target[1] == "idle" for step in done):
        why = Label(f"时限 {duty.limit} 此前从未起算", f"limit {duty.limit} has never started by then")
        yield DUTY_NEVER_ARISES, why, found.way_to(done[0].edge)


def _content(lifecycle: Lifecycle, duty: Holds) -> Judged:
    content = lifecycle.by_trigger[duty.trigger].content
    outcomes = set() if content is None else answers(duty.check, content)
    if outcomes == {True}:
        yield DUTY_ALWAYS_KEPT, Label("任何内容都通过", "every content passes"), ()
    elif outcomes == {False}:
        yield DUTY_NEVER_KEPT, Label("任何内容都不通过", "no content passes"), ()


def kinds_of_rules(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield rules whose kinds promise what is not built, or do not say what is."""
    built = _built(lifecycle)
    for rule in lifecycle.rules:
        name = Label(f"规则 {rule.id}“{rule.label.zh}”", f"rule {rule.id} {rule.label.en!r}")
        has = built.get(rule.id, frozenset())
        if RuleKind.PROPERTY in rule.kinds:
            yield RULE_OF_THE_LIBRARY(rule=name)
        for kind, (places, home) in _HOMES.items():
            if kind in rule.kinds and has.isdisjoint(places):
                yield RULE_PROMISES_MORE(rule=name, kind=kind.label, home=home)
        for place, (said, home) in _SAID.items():
            if place in has and said.isdisjoint(rule.kinds):
                kinds = sorted((kind.label for kind in said), key=lambda kind: kind.en)
                either = Label(" / ".join(one.zh for one in kinds), " / ".join(one.en for one in kinds))
                yield RULE_SAYS_LESS(rule=name, kind=either, home=home)


_HOMES: Final[Mapping[RuleKind, tuple[frozenset[str], Label]]] = {
    RuleKind.GUARD: (frozenset({"row", "need"}), _GUARDING),
    RuleKind.LIMIT: (frozenset({"limit"}), _LIMITING),
    RuleKind.DUTY: (frozenset({"duty", "limit"}), _FINDING),
    RuleKind.BAN: (frozenset({"duty", "limit", "need"}), _FINDING),
    RuleKind.GROUND: (frozenset({"ground", "calls_for"}), _GROUNDING),
}
_SAID: Final[Mapping[str, tuple[frozenset[RuleKind], Label]]] = {
    "limit": (frozenset({RuleKind.LIMIT, RuleKind.DUTY, RuleKind.BAN}), _LIMITING),
    "ground": (frozenset({RuleKind.GROUND}), _GROUNDING),
}


def _built(lifecycle: Lifecycle) -> Mapping[str, frozenset[str]]:
    """Return what each rule is built as, by its id."""
    found: dict[str, set[str]] = {}

    def note(rules: Iterable[Rule], what: str) -> None:
        for rule in rules:
            found.setdefault(rule.id, set()).add(what)

    for row in lifecycle.transitions:
        note(row.rules, "row")
        for requirement in row.needs:
            note(requirement.rules, "need")
    for limit in lifecycle.limits:
        note(limit.rules, "limit")
    for duty in lifecycle.duties:
        note(duty.rules, "duty")
    for ground in lifecycle.grounds:
        if not ground.as_part:  # a part is a step of the procedure, whatever the kind of rule that asks for it
            note(ground.rules, "ground")
    return {rule: frozenset(places) for rule, places in found.items()}


KINDS: Final = (
    *(DUTY_ALWAYS_KEPT, DUTY_NEVER_KEPT, DUTY_NEVER_ARISES, DUTY_UNTOLD, GROUND_NEVER_ARISES),
    *(RULE_OF_THE_LIBRARY, RULE_PROMISES_MORE, RULE_SAYS_LESS),
)
"""Everything these checks can find."""

"""Checks of what is owed: limits that cannot start, be met or go on, and values that cannot stand together."""

from collections.abc import Iterator, Mapping
from typing import Final

from yingshang_flow.core.analysis.asking import answers, cases_answer
from yingshang_flow.core.analysis.courses import Course, Spot, Step, course, gives, starts
from yingshang_flow.core.analysis.issue import WARNING, Issue, Kind, listed
from yingshang_flow.core.analysis.parts import said
from yingshang_flow.core.analysis.ways import ways
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.words import Label

LIMIT_NEVER_RUNS: Final = Kind(
    "limit_never_runs",
    WARNING,
    Label(
        "时限 {limit!r} 从不起算：使它起算的办理都到不了，或同时使案件终结",
        "limit {limit!r} never runs: no case comes to what would start it, or the case ends with that very act",
    ),
)
LIMIT_BEYOND_REACH: Final = Kind(
    "limit_beyond_reach",
    WARNING,
    Label(
        "时限 {limit!r} 起算之后，{met} 已不可能办理：只能逾期或终止",
        "limit {limit!r} starts when {met} can no longer be done: it can only be missed or stopped",
    ),
)
LIMIT_LEFT_RUNNING: Final = Kind(
    "limit_left_running",
    WARNING,
    Label(
        "时限 {limit!r} 在状态 {state!r} 仍在计算，而 {met} 已不可能办理；请令其终止",
        "limit {limit!r} still runs in state {state!r}, where {met} can no longer be done; let that stop it",
    ),
)
SIGNAL_WITHOUT_EFFECT: Final = Kind(
    "signal_without_effect",
    WARNING,
    Label(
        "时限 {limit!r}：{signal}发生时，它从不处于可{verb}的状态",
        "limit {limit!r} is never {verb} by {signal}: at that time it is never {when}",
    ),
)
STANDS_STILL: Final = Kind(
    "stands_still",
    WARNING,
    Label(
        "时限 {limit!r} 在状态 {state!r} 中止之后再不能恢复计算",
        "limit {limit!r} stands still in state {state!r} and can never run again",
    ),
)
SETTLED_NEVER: Final = Kind(
    "settled_never",
    WARNING,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 要求时限 {limit!r} 已履行，而彼时它总在计算：无从办理",
        "trigger {trigger!r} in state {state!r} asks that nothing is owed under limit {limit!r}, but something always "
        "is: it can never be used",
    ),
)

WHERE_NEVER_HOLDS: Final = Kind(
    "where_never_holds",
    WARNING,
    Label(
        "时限 {limit!r} 从不起算：其 `where`（{where}）从不成立",
        "limit {limit!r} never runs: its `where` ({where}) never holds",
    ),
)
MEETS_NOTHING: Final = Kind(
    "meets_nothing",
    WARNING,
    Label(
        "时限 {limit!r}：事项 {trigger!r} 的任何内容都通不过 `meets`（{meets}），从不使其履行",
        "limit {limit!r} is never met by trigger {trigger!r}: no content of it passes `meets` ({meets})",
    ),
)

_OWED: Final = ("running", "paused")
_VERBS: Final[Mapping[str, tuple[Label, Label, tuple[str, ...]]]] = {
    "stops": (Label("终止", "stopped"), Label("在计算", "owed"), _OWED),
    "extended": (Label("延期", "extended"), Label("在计算", "owed"), _OWED),
    "revived": (Label("恢复承担", "revived"), Label("已履行或已终止", "met or stopped"), ("over",)),
    "paused": (Label("中止", "paused"), Label("在计算", "running"), ("running",)),
    "resumed": (Label("恢复", "resumed"), Label("已中止", "paused"), ("paused",)),
}


def courses(lifecycle: Lifecycle) -> Mapping[str, Course]:
    """Return the courses of every limit by its key."""
    return {key: course(lifecycle, limit) for key, limit in lifecycle.by_limit.items()}


def owing(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield what is wrong with the courses of the limits."""
    for limit in lifecycle.by_limit.values():
        found = lifecycle.derived(courses)[limit.key]
        if not any(spot[1] in _OWED for spot in found.steps):
            way = lifecycle.derived(ways).first(lambda edge, limit=limit: gives(limit.starts, edge))  # type: ignore[misc]  # a default mypy does not infer
            yield LIMIT_NEVER_RUNS(limit=limit.key, way=way or ())
            continue
        yield from _functions(lifecycle, limit)
        yield from _unmet(lifecycle, limit, found)
        yield from _idle_signals(limit, found)
        yield from _standing_still(limit, found)
        yield from _never_settled(lifecycle, limit, found)


def _functions(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[Issue]:
    """Yield a limit whose own functions never let it start, or be met."""
    where, meets = limit.where, limit.meets
    if where is not None:
        begun = [edge for edge in lifecycle.derived(ways).all_edges() if starts(lifecycle, limit, edge)]
        found = {True for edge in begun if True in cases_answer(where, lifecycle, edge.target.state, edge.trigger)}
        if not found:
            yield WHERE_NEVER_HOLDS(limit=limit.key, where=where.__name__)
    for trigger in limit.met if meets is not None else ():
        content = lifecycle.by_trigger[trigger].content
        if content is not None and meets is not None and answers(meets, content) == {False}:
            yield MEETS_NOTHING(limit=limit.key, trigger=trigger, meets=meets.__name__)


def _unmet(lifecycle: Lifecycle, limit: TimeLimit, found: Course) -> Iterator[Issue]:
    """Yield where a limit starts or goes on although nothing can meet it any more."""
    met = listed(limit.met)
    reach = found.leading_to(lambda step: step.owed and step.edge.trigger in limit.met, over=_OWED)
    fresh = [step for step in found.all_steps() if step.target[1] == "running" and starts(lifecycle, limit, step.edge)]
    hopeless: dict[tuple[str, str], Step] = {}
    for step in fresh:
        if step.target not in reach:
            hopeless.setdefault((step.edge.trigger, step.target[0].state), step)
    for step in hopeless.values():
        yield LIMIT_BEYOND_REACH(limit=limit.key, met=met, way=found.way_to(step))
    begun = {step.target for step in fresh}
    left: dict[str, Step] = {}
    for step in found.all_steps():
        if step.source in reach and step.target[1] in _OWED and step.target not in reach and step.target not in begun:
            left.setdefault(step.target[0].state, step)
    for state, step in left.items():
        yield LIMIT_LEFT_RUNNING(limit=limit.key, state=state, met=met, way=found.way_to(step))


def _idle_signals(limit: TimeLimit, found: Course) -> Iterator[Issue]:
    """Yield what is to change a limit and comes only when there is nothing to change."""
    for name, (verb, when, standing) in _VERBS.items():
        for signal in getattr(limit, name):
            given = [step for step in found.all_steps() if gives((signal,), step.edge)]
            if given and all(step.source[1] not in standing for step in given):
                way = found.way_to(given[0])
                yield SIGNAL_WITHOUT_EFFECT(limit=limit.key, verb=verb, when=when, signal=said(signal), way=way)


def _standing_still(limit: TimeLimit, found: Course) -> Iterator[Issue]:
    """Yield where a limit stands still for good."""
    back = found.leading_to(lambda step: step.target[1] == "running", over=["paused"])
    stuck: dict[str, Spot] = {}
    for spot in found.shortest:
        if spot[1] == "paused" and spot not in back:
            stuck.setdefault(spot[0].state, spot)
    for state, spot in stuck.items():
        yield STANDS_STILL(limit=limit.key, state=state, way=found.shortest[spot])


def _never_settled(lifecycle: Lifecycle, limit: TimeLimit, found: Course) -> Iterator[Issue]:
    """Yield rows that ask for nothing to be owed where something always is."""
    used = {step.edge.place for step in found.all_steps()}
    said_of: set[object] = set()
    for edge in lifecycle.derived(ways).all_edges():
        if limit.key in edge.gate.settled and edge.place not in used and edge.place not in said_of:
            said_of.add(edge.place)
            state = edge.source.state
            way = lifecycle.derived(ways).way_to(edge)
            yield SETTLED_NEVER(trigger=edge.trigger, state=state, limit=limit.key, way=way)


KINDS: Final = (
    *(WHERE_NEVER_HOLDS, MEETS_NOTHING),
    *(LIMIT_NEVER_RUNS, LIMIT_BEYOND_REACH, LIMIT_LEFT_RUNNING, SIGNAL_WITHOUT_EFFECT, STANDS_STILL, SETTLED_NEVER),
)
"""Everything these checks can find."""

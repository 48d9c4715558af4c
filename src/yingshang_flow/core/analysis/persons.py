"""Checks of who does what: approvals by the one who asked, and what one role can do alone from opening to end."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from yingshang_flow.core.analysis.issue import NOTE, WARNING, Issue, Kind
from yingshang_flow.core.analysis.ways import START, Node, Ways, ways
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label

APPROVES_ONESELF: Final = Kind(
    "approves_oneself",
    WARNING,
    Label(
        "{role}同一人可先 {asked} 再 {approved}：此处不问是否同一人，而别处的 {approved} 不许同一人",
        "one person acting as {role} can do {asked} and then {approved} this way: nothing asks for another person, as "
        "{approved} does elsewhere",
    ),
)
APPROVES_UNASKED: Final = Kind(
    "approves_unasked",
    NOTE,
    Label(
        "未经 {asked} 也可 {approved}：届时没有须回避的人",
        "{approved} can be done without {asked} before it: there is then nobody who has to keep out of it",
    ),
)
ONE_ROLE_SUFFICES: Final = Kind(
    "one_role_suffices",
    NOTE,
    Label(
        "{role}同一人即可把案件从开启办到终结状态 {state!r}",
        "one person acting as {role} can take a case alone from its opening to the final state {state!r}",
    ),
)


def persons(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield approvals that the one who asked can give, and ways on which no second person is needed."""
    found = lifecycle.derived(ways)
    yield from _self_approvals(lifecycle, found)
    for role in lifecycle.roles.values():
        for state, way in _alone(lifecycle, found, role.key).items():
            yield ONE_ROLE_SUFFICES(role=role.label, state=state, way=way)


def _self_approvals(lifecycle: Lifecycle, found: Ways) -> Iterator[Issue]:
    """Yield the rows of a trigger that do not keep apart those whom another row of it does.

    A trigger counts as an approval of what was asked for where a guard never lets the one who asked use it.
    """
    pairs = dict.fromkeys((asked, edge.trigger) for edge in found.all_edges() for asked in sorted(edge.gate.apart))
    for asked, approved in pairs:
        for role in lifecycle.roles.values():
            way = _one_person(found, role.key, asked, approved)
            if way is not None:
                yield APPROVES_ONESELF(role=role.label, asked=asked, approved=approved, way=way)
                break
        before = found.reached([START], without=[asked])
        unasked = [edge for edge in found.all_edges() if edge.trigger == approved and edge.source in before]
        if unasked:
            yield APPROVES_UNASKED(asked=asked, approved=approved, way=(*before[unasked[0].source], approved))


def _one_person(found: Ways, role: str, asked: str, approved: str) -> tuple[str, ...] | None:
    """Return the shortest way on which one person of a role asks and approves; others may act in between."""
    start: tuple[Node, bool] = (START, False)
    ways_there: dict[tuple[Node, bool], tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        node, mine = waiting.popleft()
        for edge in found.edges[node]:
            may = any(one.key == role for one in edge.row.by)
            way = (*ways_there[node, mine], edge.trigger)
            if mine and edge.trigger == approved and may and asked not in edge.gate.apart:
                return way
            there = (edge.target, may if edge.trigger == asked else mine)
            if there not in ways_there:
                ways_there[there] = way
                waiting.append(there)
    return None


def _alone(lifecycle: Lifecycle, found: Ways, role: str) -> dict[str, tuple[str, ...]]:
    """Return the final states that one person in one role can bring a case to, with the shortest way to each."""
    apart = frozenset(trigger for edge in found.all_edges() for trigger in edge.gate.apart)
    start: tuple[Node, frozenset[str]] = (START, frozenset())
    shortest: dict[tuple[Node, frozenset[str]], tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    ends: dict[str, tuple[str, ...]] = {}
    while waiting:
        here = waiting.popleft()
        node, mine = here
        for edge in found.edges[node]:
            if edge.gate.apart & mine or all(one.key != role for one in edge.row.by):
                continue
            there = (edge.target, mine | ({edge.trigger} & apart))
            if there not in shortest:
                shortest[there] = (*shortest[here], edge.trigger)
                waiting.append(there)
                if lifecycle.by_state[edge.target.state].final:
                    ends.setdefault(edge.target.state, shortest[there])
    return ends


KINDS: Final = (APPROVES_ONESELF, APPROVES_UNASKED, ONE_ROLE_SUFFICES)
"""Everything these checks can find."""

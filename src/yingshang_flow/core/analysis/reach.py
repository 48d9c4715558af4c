"""Checks of what a case can come to: states and rows no way leads to, requirements never met, ways without an end."""

from collections.abc import Iterator
from typing import Final

import attrs

from yingshang_flow.core.analysis.branchings import never_chosen
from yingshang_flow.core.analysis.guards import known
from yingshang_flow.core.analysis.homes import named_rules
from yingshang_flow.core.analysis.issue import NOTE, WARNING, Issue, Kind
from yingshang_flow.core.analysis.ways import Ways, ways
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label

STATE_SHUT_OFF: Final = Kind(
    "state_shut_off",
    WARNING,
    Label(
        "状态 {state!r} 只有从不适用或无从办理的行通向它",
        "state {state!r} is reached only by rows that never apply or cannot be used",
    ),
)
ROW_SHUT_OFF: Final = Kind(
    "row_shut_off",
    WARNING,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 无从办理：它要求{asked}",
        "trigger {trigger!r} can never be used in state {state!r}: it asks for {asked}",
    ),
)
NEED_NEVER_MET: Final = Kind(
    "need_never_met",
    WARNING,
    Label(
        "{rules}：事项 {trigger!r} 在状态 {state!r} 的要求“{need}”从不满足，无从办理",
        "{rules}: the requirement {need!r} of trigger {trigger!r} in state {state!r} is never met; the row cannot be "
        "used",
    ),
)
NEED_ALWAYS_MET: Final = Kind(
    "need_always_met",
    NOTE,
    Label(
        "{rules}：事项 {trigger!r} 在状态 {state!r} 的要求“{need}”总是满足，拦不住任何办理",
        "{rules}: the requirement {need!r} of trigger {trigger!r} in state {state!r} is always met; it refuses nothing",
    ),
)
NEED_FALLS: Final = Kind(
    "need_falls",
    WARNING,
    Label(
        "{rules}：事项 {trigger!r} 在状态 {state!r} 的要求“{need}”去看并不存在的东西（{example}），届时出错",
        "{rules}: the requirement {need!r} of trigger {trigger!r} in state {state!r} looks into what is not there "
        "({example}); it then raises an error",
    ),
)
NO_WAY_OUT: Final = Kind(
    "no_way_out",
    WARNING,
    Label(
        "案件走到状态 {state!r} 后到不了任何终结状态：能离开的行都无从办理",
        "once a case has come to state {state!r} this way, no final state is reached: no row leading out can be used",
    ),
)
NOBODY_CONCERNED: Final = Kind(
    "nobody_concerned",
    WARNING,
    Label(
        "事项 {trigger!r} 须指明对象，但可以办理的角色都不在其列，内容中又没有 `obligors` 字段：无人可以办理",
        "trigger {trigger!r} has to say whom it concerns, but none of the roles that may use it is concerned and its "
        "content has no field `obligors`: nobody can use it",
    ),
)


def reach(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield the states and rows no case comes to, and the places from which none comes to an end."""
    found = lifecycle.derived(ways)
    for state in lifecycle.by_state:
        if state not in found.states:
            yield STATE_SHUT_OFF(state=state)
    yield from _shut_rows(lifecycle, found)
    final = {state.key for state in lifecycle.states if state.final}
    stuck: dict[str, tuple[str, ...]] = {}
    for node, way in found.shortest.items():
        if final.isdisjoint(there.state for there in found.reached([node])):
            stuck.setdefault(node.state, way)
    for state, way in stuck.items():
        if state:
            yield NO_WAY_OUT(state=state, way=way)


def _shut_rows(lifecycle: Lifecycle, found: Ways) -> Iterator[Issue]:
    """Yield rows in states a case comes to that ask for acts which cannot be, or can only be, on file there."""
    used = {edge.place for edge in found.all_edges()}
    dead = lifecycle.derived(never_chosen)
    for node, way in found.shortest.items():
        for trigger in lifecycle.possible[node.state]:
            for number, row in enumerate(lifecycle.rows[node.state, trigger]):
                place = (node.state, trigger, number)
                if place in used or place in dead:
                    continue
                used.add(place)  # said once
                asked = [known(lifecycle, row, node.state, need) for need in (*row.needs, *row.when)]
                if all(one.holds for one in asked):
                    on_file = sorted({earlier for one in asked for earlier in one.after})
                    absent = sorted({earlier for one in asked for earlier in one.without})
                    zh = [*(f"已有 {earlier}" for earlier in on_file), *(f"尚无 {earlier}" for earlier in absent)]
                    en = [*(f"{earlier} on file" for earlier in on_file), *(f"no {earlier}" for earlier in absent)]
                    words = Label("、".join(zh), ", ".join(en))
                    yield ROW_SHUT_OFF(trigger=trigger, state=node.state, asked=words, way=way)


def needs(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield requirements that are never met, or always, wherever a case comes to them, or that look into nothing."""
    found = lifecycle.derived(ways)
    on_file = {state: found.on_file(state) for state in found.states}
    for state, trigger in lifecycle.rows:
        if state not in on_file:
            continue
        way = next(way for node, way in found.shortest.items() if node.state == state)
        always, never = on_file[state]
        for row in lifecycle.rows[state, trigger]:
            for need in row.needs:
                one = known(lifecycle, row, state, need, on_file=always, absent=never)
                words = {"trigger": trigger, "state": state, "need": need.label, "rules": named_rules(need.rules)}
                if one.falls is not None:
                    yield NEED_FALLS(way=(*way, trigger), example=one.falls, **words)
                if not one.holds:
                    yield NEED_NEVER_MET(way=(*way, trigger), **words)
                elif not one.fails:
                    yield NEED_ALWAYS_MET(way=(*way, trigger), **words)


def concerned(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield triggers for those of a group that nobody can use: by others they have to be named, and cannot be."""
    for trigger in lifecycle.triggers:
        rows = [row for row in lifecycle.transitions if row.trigger == trigger.key and row.sources]
        if trigger.each is None or not rows or "obligors" in _fields(trigger.content):
            continue
        if all(role.key not in trigger.each.roles for row in rows for role in row.by):
            yield NOBODY_CONCERNED(trigger=trigger.key)


def _fields(content: type | None) -> frozenset[str]:
    return frozenset() if content is None else frozenset(attrs.fields_dict(content))


KINDS: Final = (STATE_SHUT_OFF, ROW_SHUT_OFF, NEED_NEVER_MET, NEED_ALWAYS_MET, NEED_FALLS, NO_WAY_OUT, NOBODY_CONCERNED)
"""Everything these checks can find."""

"""Checks of the table itself: keys, rows, triggers and states that do not fit together."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from yingshang_flow.core.analysis.issue import ERROR, Issue, Kind
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label

KEY_TWICE: Final = Kind("key_twice", ERROR, Label("{what} {key!r} 定义了两次", "{what} {key!r} is defined twice"))
KEY_IS_NO_NAME: Final = Kind(
    "key_is_no_name",
    ERROR,
    Label(
        "{what} {key!r} 不能这样命名；请用字母、数字和下划线，且事项不得名为 `state`",
        "{what} {key!r} cannot be called so; use letters, digits and underscores, and no trigger `state`",
    ),
)
ROW_OF_NO_TRIGGER: Final = Kind(
    "row_of_no_trigger", ERROR, Label("{row}的事项没有定义", "{row} has a trigger that is not defined")
)
ROW_OF_NO_STATE: Final = Kind(
    "row_of_no_state",
    ERROR,
    Label("{row}所指的状态 {state!r} 没有定义", "{row} names a state {state!r} that is not defined"),
)
ROW_OF_NOBODY: Final = Kind(
    "row_of_nobody", ERROR, Label("{row}没有任何角色可以办理", "{row} has no role that may use it")
)
ROW_TO_NOWHERE: Final = Kind("row_to_nowhere", ERROR, Label("{row}没有开启任何状态", "{row} opens no state"))
TRIGGER_WITHOUT_ROW: Final = Kind(
    "trigger_without_row", ERROR, Label("事项 {trigger!r} 没有任何一行", "trigger {trigger!r} has no row")
)
ROW_BEHIND: Final = Kind(
    "row_behind",
    ERROR,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 中，无 `when` 的一行之后还有一行，永远轮不到",
        "trigger {trigger!r} has a row after one without `when` in state {state!r}; it is never reached",
    ),
)
NO_OPENING: Final = Kind("no_opening", ERROR, Label("没有开启案件的一行", "no row opens a case"))
NO_END: Final = Kind("no_end", ERROR, Label("没有任何终结状态", "no state is final"))
STATE_UNREACHED: Final = Kind(
    "state_unreached", ERROR, Label("状态 {state!r} 无法到达", "state {state!r} is never reached")
)
DEAD_END: Final = Kind(
    "dead_end",
    ERROR,
    Label(
        "状态 {state!r} 是死路：不是终结状态，又没有离开它的一行",
        "state {state!r} is a dead end: it is not final and no move leaves it",
    ),
)
ENDLESS: Final = Kind(
    "endless", ERROR, Label("从状态 {state!r} 到不了任何终结状态", "from state {state!r} no final state is reached")
)


def keys(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield keys that stand twice or are no names."""
    groups: dict[Label, Iterable[str]] = {
        Label("状态", "state"): (state.key for state in lifecycle.states),
        Label("事项", "trigger"): (trigger.key for trigger in lifecycle.triggers),
        Label("时限", "limit"): (limit.key for limit in lifecycle.limits),
        Label("规则", "rule"): (rule.id for rule in lifecycle.rules),
        Label("事由", "ground"): (ground.key for ground in lifecycle.grounds),
    }
    for what, group in groups.items():
        seen: set[str] = set()
        for key in group:
            if key in seen:
                yield KEY_TWICE(what=what, key=key)
            if not key.isidentifier() or (what.en, key) == ("trigger", "state"):
                yield KEY_IS_NO_NAME(what=what, key=key)
            seen.add(key)


def rows(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield rows that name what does not exist or that nobody may use."""
    for row in lifecycle.transitions:
        sources = ", ".join(row.sources)
        name = Label(
            f"事项 {row.trigger!r} 从 {sources or '无'} 出发的一行",
            f"the row {row.trigger!r} from {sources or 'nothing'}",
        )
        if row.trigger not in lifecycle.by_trigger:
            yield ROW_OF_NO_TRIGGER(row=name)
        for state in (*row.sources, *(() if row.to is None else (row.to,))):
            if state not in lifecycle.by_state:
                yield ROW_OF_NO_STATE(row=name, state=state)
        if not row.by:
            yield ROW_OF_NOBODY(row=name)
        if not row.sources and row.to is None:
            yield ROW_TO_NOWHERE(row=name)


def reached_rows(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield triggers without a row, and rows behind one that always applies."""
    used = {row.trigger for row in lifecycle.transitions}
    for trigger in lifecycle.by_trigger:
        if trigger not in used:
            yield TRIGGER_WITHOUT_ROW(trigger=trigger)
    for (state, trigger), found in lifecycle.rows.items():
        if any(not earlier.when for earlier in found[:-1]):
            yield ROW_BEHIND(trigger=trigger, state=state)


def graph(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield states that cannot be reached, cannot be left, or from which no end is reached."""
    moves = [(source, row.to) for row in lifecycle.transitions if row.to is not None for source in row.sources]
    entry: dict[str, tuple[str, ...]] = {
        row.to: (row.trigger,) for row in lifecycle.transitions if row.to is not None and not row.sources
    }
    final = {state.key for state in lifecycle.states if state.final}
    if not entry:
        yield NO_OPENING()
    if not final:
        yield NO_END()
    named = [(source, row.trigger, row.to) for row in lifecycle.transitions if row.to for source in row.sources]
    reached = _ways(entry, named)
    ending = _closure(final, [(target, source) for source, target in moves])
    for state in lifecycle.by_state:
        if state not in reached:
            yield STATE_UNREACHED(state=state)
        if state not in final and all(source != state or target == state for source, target in moves):
            yield DEAD_END(state=state, way=reached.get(state, ()))
        elif state not in ending:
            yield ENDLESS(state=state, way=reached.get(state, ()))


def _ways(entry: dict[str, tuple[str, ...]], moves: Sequence[tuple[str, str, str]]) -> dict[str, tuple[str, ...]]:
    """Return the shortest way to each state that is reached."""
    found = dict(entry)
    waiting = list(entry)
    for state in waiting:  # grows while it is gone through
        for source, trigger, target in moves:
            if source == state and target not in found:
                found[target] = (*found[state], trigger)
                waiting.append(target)
    return found


def _closure(start: set[str], moves: Sequence[tuple[str, str]]) -> set[str]:
    found = set(start)
    while new := {target for source, target in moves if source in found} - found:
        found |= new
    return found


KINDS: Final = (
    *(KEY_TWICE, KEY_IS_NO_NAME, ROW_OF_NO_TRIGGER, ROW_OF_NO_STATE, ROW_OF_NOBODY, ROW_TO_NOWHERE),
    *(TRIGGER_WITHOUT_ROW, ROW_BEHIND, NO_OPENING, NO_END, STATE_UNREACHED, DEAD_END, ENDLESS),
)
"""Everything these checks can find."""

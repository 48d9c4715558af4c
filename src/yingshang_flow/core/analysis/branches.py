"""Checks of branches: rows that never apply, that apply together, and acts for which none does."""

from collections.abc import Iterator
from typing import Final

from yingshang_flow.core.analysis.asking import told
from yingshang_flow.core.analysis.branchings import branchings
from yingshang_flow.core.analysis.issue import NOTE, WARNING, Issue, Kind
from yingshang_flow.core.analysis.ways import ways
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label

ROW_NEVER_CHOSEN: Final = Kind(
    "row_never_chosen",
    WARNING,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 的第 {number} 行从不适用：其 `when` 从不成立，或成立时前面的行已先适用",
        "row {number} of trigger {trigger!r} in state {state!r} never applies: its `when` never holds, or only where "
        "an earlier row applies",
    ),
)
BRANCHES_OVERLAP: Final = Kind(
    "branches_overlap",
    WARNING,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 的第 {number} 行与第 {other} 行可同时成立（{example}）；先写的一行适用",
        "rows {number} and {other} of trigger {trigger!r} in state {state!r} can both hold ({example}); the first one "
        "written applies",
    ),
)
BRANCHES_UNTOLD: Final = Kind(
    "branches_untold",
    NOTE,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 的第 {number} 行与第 {other} 行能否同时成立，无法判断；先写的一行适用",
        "whether rows {number} and {other} of trigger {trigger!r} in state {state!r} can both hold cannot be told; the "
        "first one written applies",
    ),
)
BRANCHES_MISSING: Final = Kind(
    "branches_missing",
    NOTE,
    Label(
        "事项 {trigger!r} 在状态 {state!r} 有时没有一行适用（{example}），届时拒绝办理",
        "at times no row of trigger {trigger!r} in state {state!r} applies ({example}); it is then refused",
    ),
)


def branches(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield rows that never apply, that apply together, and acts for which none does."""
    shortest = {node.state: way for node, way in reversed([*lifecycle.derived(ways).shortest.items()])}
    for one in lifecycle.derived(branchings):
        named = {"trigger": one.trigger, "state": one.state}
        way = (*shortest.get(one.state, ()), one.trigger)
        for number in range(len(lifecycle.rows[one.state, one.trigger])):
            if number not in one.chosen:
                yield ROW_NEVER_CHOSEN(way=way, number=number + 1, **named)
        for (number, other), world in one.overlaps.items():
            if other not in one.chosen or number not in one.chosen:
                continue  # said already, or nothing to choose
            pair = {"number": number + 1, "other": other + 1, **named}
            if world is None:
                yield BRANCHES_UNTOLD(way=way, **pair)
            else:
                yield BRANCHES_OVERLAP(way=way, example=told(world), **pair)
        if one.missing is not None:
            yield BRANCHES_MISSING(way=way, example=told(one.missing), **named)


KINDS: Final = (ROW_NEVER_CHOSEN, BRANCHES_OVERLAP, BRANCHES_UNTOLD, BRANCHES_MISSING)
"""Everything these checks can find."""

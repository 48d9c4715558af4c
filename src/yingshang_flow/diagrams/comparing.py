"""The picture of a lifecycle against another one: what it adds, what it does without and what it does otherwise."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar, cast

import attrs

from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.diagrams.model import Diagram, Edge, LimitNote, Mark, Node, Sign, extract, one_line
from yingshang_flow.words import Label, Language

K = TypeVar("K")
T = TypeVar("T", Edge, Node, LimitNote)

_SIGNS: Final[Mapping[Mark, Label]] = MappingProxyType(
    {"added": Label("新增", "added"), "removed": Label("取消", "removed"), "changed": Label("改变", "changed")}
)
_AGAINST: Final = Label("对比", "Compared with")

_Way = tuple[str, str, str]


def compared(lifecycle: Lifecycle, against: Lifecycle, *, language: Language = "zh") -> Diagram:
    """Return the picture of a lifecycle with everything marked in which it differs from another one.

    What only the other one has is in the picture too. A way is changed where it shows otherwise, where its rows need
    something else, or where something else is said with it.

    Args:
        lifecycle: The procedure.
        against: What it is compared with, such as the one it is derived from.
        language: The language of every text.

    Raises:
        UnknownError: There is no such language.
    """
    now, before = extract(lifecycle, language=language), extract(against, language=language)
    nodes, old_nodes = {node.key: node for node in now.nodes}, {node.key: node for node in before.nodes}
    ways, old_ways = _ways(now), _ways(before)
    notes, old_notes = {note.key: note for note in now.limits}, {note.key: note for note in before.limits}
    edges = [_edge(old_ways.get(way), ways.get(way), against, lifecycle, language) for way in _together(old_ways, ways)]
    keys = _together(old_nodes, nodes)
    place = {key: number for number, key in enumerate(("", *keys))}
    moves = [edge for edge in edges if not edge.stays]
    return attrs.evolve(
        now,
        nodes=tuple(_node(old_nodes.get(key), nodes.get(key), edges) for key in keys),
        moves=tuple(sorted(moves, key=lambda move: (place[move.source], place[move.target]))),
        limits=tuple(
            _marked(
                old_notes.get(key), notes.get(key), differs=against.by_limit.get(key) != lifecycle.by_limit.get(key)
            )
            for key in _together(old_notes, notes)
        ),
        against=f"{_AGAINST.text(language)} {before.title}",
        legend=tuple(Sign(mark, label.text(language)) for mark, label in _SIGNS.items()),
    )


def _together(before: Iterable[K], now: Iterable[K]) -> list[K]:
    """Return the keys of now, and each that is no more behind the one that it was behind."""
    order = list(now)
    place = 0
    for key in before:
        if key not in order:
            order.insert(place, key)
        place = order.index(key) + 1
    return order


def _marked(before: T | None, now: T | None, *, differs: bool) -> T:
    """Return what is shown of something: as it is now, or as it was where it is no more."""
    if now is None:
        return attrs.evolve(cast("T", before), mark="removed")
    mark: Mark = "added" if before is None else "changed" if differs else ""
    return attrs.evolve(now, mark=mark)


def _node(before: Node | None, now: Node | None, edges: Iterable[Edge]) -> Node:
    looks = [None if node is None else (node.label, node.final) for node in (before, now)]
    node = _marked(before, now, differs=looks[0] != looks[1])
    return attrs.evolve(node, stays=tuple(edge for edge in edges if edge.stays and edge.source == node.key))


def _ways(diagram: Diagram) -> dict[_Way, Edge]:
    edges = (*diagram.moves, *(stay for node in diagram.nodes for stay in node.stays))
    return {(edge.source, edge.trigger, edge.target): edge for edge in edges}


def _edge(old: Edge | None, new: Edge | None, against: Lifecycle, lifecycle: Lifecycle, language: Language) -> Edge:
    if old is None or new is None:
        return _marked(old, new, differs=True)
    way = (new.source, new.trigger, new.target)
    rows, old_rows = _rows(lifecycle, way), _rows(against, way)
    said, was_said = (one.by_trigger[new.trigger].content for one in (lifecycle, against))
    edge = _marked(old, new, differs=old != new or rows != old_rows or said is not was_said)
    needs, old_needs = _needs(rows), _needs(old_rows)
    asks = (
        *(f"+ {one_line(label.text(language), name)}" for name, label in needs.items() if name not in old_needs),
        *(f"- {one_line(label.text(language), name)}" for name, label in old_needs.items() if name not in needs),
    )
    return attrs.evolve(edge, asks=asks)


def _rows(lifecycle: Lifecycle, way: _Way) -> list[Transition]:
    """Return the rows of a way, whatever other states they lead from."""
    source, trigger, target = way
    rows = lifecycle.rows[source, trigger]
    return [attrs.evolve(row, sources=()) for row in rows if (source if row.to is None else row.to) == target]


def _needs(rows: Iterable[Transition]) -> dict[str, Label]:
    return {need.name: need.label for row in rows for need in row.needs}

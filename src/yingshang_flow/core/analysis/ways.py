"""The ways a case can take: every state with what is on file there, the rows between them, and the shortest way."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

import attrs

from yingshang_flow.core.analysis.branchings import never_chosen
from yingshang_flow.core.analysis.guards import Gate, Place, gates
from yingshang_flow.core.lifecycle import Lifecycle, Transition


@attrs.frozen
class Node:
    """A case as far as ways are told apart.

    Attributes:
        state: The state it is in; empty before it is opened.
        done: What is on file of the triggers that some row turns on.
    """

    state: str
    done: frozenset[str] = frozenset()


@attrs.frozen
class Edge:
    """A row used in one place.

    Attributes:
        source: The case before.
        place: The row where it is used.
        row: The row.
        target: The case after.
        gate: What is known of all that the row asks for.
    """

    source: Node
    place: Place = attrs.field(repr=False)
    row: Transition = attrs.field(eq=False, repr=False)
    target: Node
    gate: Gate = attrs.field(eq=False, repr=False)

    @property
    def trigger(self) -> str:
        """What is done."""
        return self.row.trigger


@attrs.frozen
class Ways:
    """Every way a case can take as far as the table and what its guards ask of earlier acts tell.

    A case may not be able to take each of them, since what guards look at otherwise is left open; but there is no
    other way. What the correction of an earlier act makes possible is left out.

    Attributes:
        edges: Every row that can be used, by where a case then stands, the nearest to an opening first.
        shortest: The shortest way to each place a case can come to.
        matter: The triggers that some row turns on.
    """

    edges: Mapping[Node, tuple[Edge, ...]]
    shortest: Mapping[Node, tuple[str, ...]]
    matter: frozenset[str]

    def way_to(self, edge: Edge) -> tuple[str, ...]:
        """Return the shortest way that ends with a row."""
        return (*self.shortest[edge.source], edge.trigger)

    def all_edges(self) -> Iterable[Edge]:
        """Yield every row that can be used, the nearest first."""
        return (edge for edges in self.edges.values() for edge in edges)

    def first(self, wanted: Callable[[Edge], bool]) -> tuple[str, ...] | None:
        """Return the shortest way to a row of some sort, none where there is none."""
        return next((self.way_to(edge) for edge in self.all_edges() if wanted(edge)), None)

    @property
    def states(self) -> frozenset[str]:
        """The states a case can come to."""
        return frozenset(node.state for node in self.edges)

    def on_file(self, state: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return what is always on file in a state, and what never is."""
        done = {edge.trigger for edge in self.all_edges()}
        always = {key for key in done if state not in {node.state for node in self.reached([START], without=[key])}}
        after = {key: self.reached(edge.target for edge in self.all_edges() if edge.trigger == key) for key in done}
        never = {key for key in done if state not in {node.state for node in after[key]}}
        return frozenset(always), frozenset(never)

    def reached(self, start: Iterable[Node], *, without: Collection[str] = ()) -> Mapping[Node, tuple[str, ...]]:
        """Return where a case can come to from some places without doing some things, with the shortest way there."""
        found: dict[Node, tuple[str, ...]] = dict.fromkeys(start, ())
        waiting = deque(found)
        while waiting:
            here = waiting.popleft()
            for edge in self.edges[here]:
                if edge.trigger not in without and edge.target not in found:
                    found[edge.target] = (*found[here], edge.trigger)
                    waiting.append(edge.target)
        return found


START: Final = Node("")
"""A case before it is opened."""

_MOST_ON_FILE: Final = 8
"""How many triggers ways are told apart by; where more matter, those that the fewest rows turn on are left open."""


def ways(lifecycle: Lifecycle) -> Ways:
    """Return the ways of the cases of a lifecycle in which no error was found."""
    known, dead = lifecycle.derived(gates), lifecycle.derived(never_chosen)
    named = Counter(trigger for gate in known.values() for trigger in (*gate.after, *gate.without))
    matter = frozenset(trigger for trigger, _ in named.most_common(_MOST_ON_FILE))
    edges: dict[Node, tuple[Edge, ...]] = {}
    shortest: dict[Node, tuple[str, ...]] = {START: ()}
    waiting = deque([START])
    while waiting:
        here = waiting.popleft()
        found: list[Edge] = []
        for trigger in lifecycle.possible[here.state]:
            for number, row in enumerate(lifecycle.rows[here.state, trigger]):
                place = (here.state, trigger, number)
                gate = known[place]
                if place in dead or gate.shut or not gate.after & matter <= here.done or gate.without & here.done:
                    continue
                there = Node(here.state if row.to is None else row.to, here.done | ({trigger} & matter))
                found.append(Edge(here, place, row, there, gate))
                if there not in shortest:
                    shortest[there] = (*shortest[here], trigger)
                    waiting.append(there)
        edges[here] = tuple(found)
    return Ways(edges, shortest, matter)

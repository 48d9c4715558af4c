"""The courses a limit can take along the ways of a case: not running, running, standing still, over."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal

import attrs

from yingshang_flow.core.analysis.ways import START, Edge, Node, ways
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import FromContent, Signal, TimeLimit, signalled

Running = Literal["idle", "running", "paused", "over"]

_OWED: Final = ("running", "paused")

Spot = tuple[Node, Running]
"""Where a case stands, and how the limit does, for one of those who owe it."""


@attrs.frozen
class Step:
    """A row used while the limit stands in some way.

    Attributes:
        source: Before.
        edge: The row.
        target: After.
    """

    source: Spot
    edge: Edge
    target: Spot

    @property
    def owed(self) -> bool:
        """Whether something is owed before it."""
        return self.source[1] in _OWED


@attrs.frozen
class Course:
    """Every course one limit can take; as with ways, a case may not be able to take each of them.

    Attributes:
        steps: The rows that can be used, by where case and limit then stand, the nearest first.
        shortest: The shortest way to each of these.
    """

    steps: Mapping[Spot, tuple[Step, ...]]
    shortest: Mapping[Spot, tuple[str, ...]]

    def all_steps(self) -> Iterator[Step]:
        """Yield every step, the nearest first."""
        return (step for steps in self.steps.values() for step in steps)

    def way_to(self, step: Step) -> tuple[str, ...]:
        """Return the shortest way that ends with a step."""
        return (*self.shortest[step.source], step.edge.trigger)

    def leading_to(self, wanted: Callable[[Step], bool], *, over: Iterable[Running]) -> frozenset[Spot]:
        """Return the spots from which a step of some sort can come while the limit stands in some ways."""
        through = frozenset(over)
        before: dict[Spot, set[Spot]] = {}
        found: dict[Spot, None] = {}
        for step in self.all_steps():
            if step.source[1] in through:
                if wanted(step):
                    found[step.source] = None
                before.setdefault(step.target, set()).add(step.source)
        waiting = deque(found)
        while waiting:
            for spot in before.get(waiting.popleft(), ()):
                if spot not in found:
                    found[spot] = None
                    waiting.append(spot)
        return frozenset(found)


def course(lifecycle: Lifecycle, limit: TimeLimit) -> Course:
    """Return the courses of a limit of a lifecycle in which no error was found."""
    edges = lifecycle.derived(ways).edges
    start: Spot = (START, "idle")
    steps: dict[Spot, tuple[Step, ...]] = {}
    shortest: dict[Spot, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        found = tuple(
            Step(here, edge, (edge.target, after))
            for edge in edges[here[0]]
            for after in dict.fromkeys(_after(lifecycle, limit, here[1], edge))
        )
        steps[here] = found
        for step in found:
            if step.target not in shortest:
                shortest[step.target] = (*shortest[here], step.edge.trigger)
                waiting.append(step.target)
    return Course(steps, shortest)


def starts(lifecycle: Lifecycle, limit: TimeLimit, edge: Edge) -> bool:
    """Tell whether a row can start a limit; nothing starts when the case ends."""
    return not lifecycle.by_state[edge.target.state].final and gives(limit.starts, edge)


def gives(signals: tuple[Signal, ...], edge: Edge) -> bool:
    """Tell whether a row gives one of the signals of a limit where it is used."""
    return signalled(signals, edge.trigger, edge.source.state, edge.target.state)


def _after(lifecycle: Lifecycle, limit: TimeLimit, now: Running, edge: Edge) -> Iterator[Running]:
    """Yield how the limit can stand after a row for one of those who owe it; nothing where the row is then refused.

    An act of one of several may not be the act of this one, and one whose content decides may decide otherwise.
    """
    theirs = limit.each is not None and lifecycle.by_trigger[edge.trigger].each is not None
    final = lifecycle.by_state[edge.target.state].final
    ends = (final and not limit.outlives) or gives(limit.stops, edge)
    settles = edge.trigger in limit.met and now in _OWED
    if now in _OWED and limit.key in edge.gate.settled and not theirs:
        return  # something is owed, and nobody's act counts for it here
    standing: list[Running] = []
    if settles:  # what it settles, the same act changes no further
        standing += ["running", "over"] if limit.repeats and not ends else ["over"]
    if not settles or ((theirs or limit.meets is not None) and limit.key not in edge.gate.settled):
        standing += _changed(limit, edge, now, theirs=theirs, ends=ends)
    begins = not final and gives(limit.starts, edge)
    if begins:
        yield "running"
    if not begins or limit.each is not None or limit.where is not None or isinstance(limit.period, FromContent):
        yield from standing


def _changed(limit: TimeLimit, edge: Edge, now: Running, *, theirs: bool, ends: bool) -> Iterator[Running]:
    """Yield how the limit can stand after a row that stops, pauses, resumes or revives it."""
    if ends:
        yield "over" if now in _OWED else now
        return
    changed = now
    if now == "running" and gives(limit.paused, edge):
        changed = "paused"
    elif (now == "paused" and gives(limit.resumed, edge)) or (now == "over" and edge.trigger in limit.revived):
        changed = "running"
    yield changed
    if changed != now and theirs:
        yield now

"""Which of the rows of one trigger in one state applies, in every world that their guards can see."""

from collections.abc import Sequence

import attrs

from yingshang_flow.core.analysis.asking import holds
from yingshang_flow.core.analysis.guards import Place
from yingshang_flow.core.analysis.standins import view_of
from yingshang_flow.core.analysis.worlds import TooManyWorldsError, World, worlds
from yingshang_flow.core.lifecycle import Lifecycle, Transition


@attrs.frozen
class Branching:
    """How the rows of one trigger in one state exclude one another.

    Attributes:
        state: The state; empty for an opening.
        trigger: The trigger.
        chosen: The numbers of the rows that can apply, from 0; all of them where there are too many worlds to try.
        overlaps: The pairs of rows that have conditions which can both hold, with a world in which they do; none
            where that cannot be told.
        missing: A world in which no row applies; none where there is none, or it cannot be told.
    """

    state: str
    trigger: str
    chosen: frozenset[int]
    overlaps: dict[tuple[int, int], World | None]
    missing: World | None


def branchings(lifecycle: Lifecycle) -> tuple[Branching, ...]:
    """Return how rows exclude one another wherever one is chosen by its ``when``."""
    return tuple(
        _branching(lifecycle, state, trigger, rows)
        for (state, trigger), rows in lifecycle.rows.items()
        if any(row.when for row in rows)
    )


def _branching(lifecycle: Lifecycle, state: str, trigger: str, rows: Sequence[Transition]) -> Branching:
    roles = tuple(dict.fromkeys(role.key for row in rows for role in row.by))
    chosen: set[int] = set()
    overlaps: dict[tuple[int, int], World | None] = {}
    missing: World | None = None
    try:
        for world in worlds():
            view = view_of(world, lifecycle, trigger, state, roles)
            held = [n for n, row in enumerate(rows) if all(holds(need, world, view) for need in row.when)]
            chosen.update(held[:1])
            conditional = [n for n in held if rows[n].when]
            for place, one in enumerate(conditional):
                for other in conditional[place + 1 :]:
                    if overlaps.get((one, other)) is None:
                        overlaps[one, other] = None if world.assumed else world
            if not held and not world.assumed and missing is None:
                missing = world
    except TooManyWorldsError:
        everything = range(len(rows))
        pairs = ((one, other) for one in everything for other in everything if one < other)
        untold = {
            (one, other): overlaps.get((one, other)) for one, other in pairs if rows[one].when and rows[other].when
        }
        return Branching(state, trigger, frozenset(everything), untold, missing)
    return Branching(state, trigger, frozenset(chosen), overlaps, missing)


def never_chosen(lifecycle: Lifecycle) -> frozenset[Place]:
    """Return the rows that never apply where they are used."""
    return frozenset(
        (one.state, one.trigger, number)
        for one in lifecycle.derived(branchings)
        for number in range(len(lifecycle.rows[one.state, one.trigger]))
        if number not in one.chosen
    )

"""What a guard comes to in every world: whether it can hold or fail at all, and on whose earlier acts it turns."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from yingshang_flow.core.analysis.asking import holds, told
from yingshang_flow.core.analysis.standins import ACTOR, view_of
from yingshang_flow.core.analysis.worlds import TooManyWorldsError, World, worlds
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.requirement import Given, Requirement, Settled
from yingshang_flow.words import Label


@attrs.frozen
class Known:
    """What is known of a requirement of a row; nothing where there are too many worlds to try.

    Attributes:
        holds: Whether there is a world in which it is met.
        fails: Whether there is one in which it is not.
        after: The triggers without which it is never met.
        without: The triggers after which it is never met.
        apart: The triggers whose latest actor never meets it.
        falls: What is on file where it looks into something that is not there; none where it never does.
    """

    holds: bool = True
    fails: bool = True
    after: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    falls: Label | None = None


UNTOLD: Final = Known()


def known(
    lifecycle: Lifecycle,
    row: Transition,
    state: str,
    requirement: Requirement,
    *,
    on_file: Iterable[str] = (),
    absent: Iterable[str] = (),
) -> Known:
    """Return what is known of a requirement of a row.

    Args:
        lifecycle: The procedure, in which no error was found.
        row: The row.
        state: The state it is used in; empty for an opening.
        requirement: One of its requirements.
        on_file: The triggers that are always on file there.
        absent: The triggers that never are.
    """
    if isinstance(requirement, Settled | Given):
        return UNTOLD  # what is owed is followed limit by limit; what is said is up to who says it
    kept: list[World] = []
    broken: list[World] = []
    roles = tuple(role.key for role in row.by)
    try:
        for world in worlds({**{("fact", t): True for t in on_file}, **{("fact", t): False for t in absent}}):
            view = view_of(world, lifecycle, row.trigger, state, roles)
            (kept if holds(requirement, world, view) else broken).append(world)
    except TooManyWorldsError:
        return UNTOLD
    return Known(
        bool(kept),
        bool(broken),
        _always(kept, present=True),
        _always(kept, present=False),
        _told_same(broken) - _told_same(kept),
        next((told(world) for world in (*broken, *kept) if world.fell), None),
    )


def _always(kept: Iterable[World], *, present: bool) -> frozenset[str]:
    """Return the triggers of which in all of some worlds it was decided that they are, or are not, on file."""
    found: frozenset[str] | None = None
    for world in kept:
        here = frozenset(
            about[1]
            for about, option in _facts(world)
            if about[0] == "fact" and len(about) > 1 and isinstance(about[1], str) and option is present
        )
        found = here if found is None else found & here
    return found or frozenset()


def _facts(world: World) -> Iterable[tuple[Any, object]]:
    return ((about, option) for about, option in world.decided.items() if isinstance(about, tuple))


def _told_same(tried: Iterable[World]) -> frozenset[str]:
    """Return the triggers whose latest actor is the one who acts in one of some worlds."""
    return frozenset(
        other[1]
        for world in tried
        for about, option in _facts(world)
        if about[0] == "same" and ACTOR in about[1] and option is True
        for other in about[1] - {ACTOR}
        if other[0] == "fact"
    )


@attrs.frozen
class Gate:
    """What is known of all that a row asks for in a state.

    Attributes:
        shut: Whether one of its requirements is never met.
        after: The triggers that have to be on file.
        without: The triggers that must not be.
        apart: The triggers whose latest actor cannot use the row.
        settled: The limits under which nothing may be owed.
    """

    shut: bool
    after: frozenset[str]
    without: frozenset[str]
    apart: frozenset[str]
    settled: frozenset[str]


Place = tuple[str, str, int]
"""A row where it is used: the state, empty for an opening, the trigger, and which of their rows, from 0."""


def gates(lifecycle: Lifecycle) -> Mapping[Place, Gate]:
    """Return what is known of every row where it is used."""
    found: dict[Place, Gate] = {}
    for (state, trigger), rows in lifecycle.rows.items():
        for number, row in enumerate(rows):
            asked = [known(lifecycle, row, state, requirement) for requirement in (*row.needs, *row.when)]
            found[state, trigger, number] = Gate(
                not all(one.holds for one in asked),
                frozenset(earlier for one in asked for earlier in one.after),
                frozenset(earlier for one in asked for earlier in one.without),
                frozenset(earlier for one in asked for earlier in one.apart),
                frozenset(key for need in (*row.needs, *row.when) if isinstance(need, Settled) for key in need.limits),
            )
    return found

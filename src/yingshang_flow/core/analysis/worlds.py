"""Worlds: every combination of the few things that a guard reads, one world at a time.

Whenever a guard reads something that can be only one of few things, the world decides, and the next world decides
otherwise, until every combination was tried.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

import attrs

T = TypeVar("T")

MOST_WORLDS: Final = 1024
"""How many are tried before a question counts as too large to answer."""

_MOST_CHOICES: Final = 64
"""How much one guard reads before anything further is out of reach: content that holds its own kind has no end."""


class OutOfReachError(BaseException):
    """Raised to a guard that asks for what no world decides; no guard is to take it for an error of its own."""


@attrs.define
class World:
    """One way everything that a guard reads can be.

    Attributes:
        script: The numbers of the options taken for the first things that are read; the first for every later one.
        decided: What was decided, by what it was decided about.
        assumed: Whether something out of reach was asked for, so that the world may not exist.
        fell: Whether a guard looked into something that is not there, and fails in this world.
    """

    script: tuple[int, ...] = ()
    decided: dict[Hashable, Any] = attrs.field(factory=dict)
    assumed: bool = False
    fell: bool = False
    _taken: list[tuple[int, int]] = attrs.field(factory=list)

    def choose(self, about: Hashable, options: Sequence[T]) -> T:
        """Decide about something once; whoever asks again is told the same."""
        if about not in self.decided:
            place = len(self._taken)
            number = self.script[place] if place < len(self.script) else 0
            self._taken.append((number, len(options)))
            self.decided[about] = options[number]
        found: T = self.decided[about]
        return found

    @property
    def full(self) -> bool:
        """Whether so much was decided that a guard is told no more."""
        return len(self._taken) >= _MOST_CHOICES

    @property
    def chosen(self) -> dict[Hashable, Any]:
        """What was decided in this world, without what is the same in all of them."""
        return dict(list(self.decided.items())[len(self.decided) - len(self._taken) :])

    def next_script(self) -> tuple[int, ...] | None:
        """Return what the next world decides, none after the last one."""
        taken = list(self._taken)
        while taken and taken[-1][0] + 1 == taken[-1][1]:
            taken.pop()
        return (*(number for number, _ in taken[:-1]), taken[-1][0] + 1) if taken else None


class TooManyWorldsError(Exception):
    """Raised when there are more worlds than are tried."""


def worlds(decided: Mapping[Hashable, object] = MappingProxyType({})) -> Iterator[World]:
    """Yield every world; what is read in one has to be read before the next is asked for.

    Args:
        decided: What is the same in all of them.

    Raises:
        TooManyWorldsError: There are more than are tried.
    """
    script: tuple[int, ...] = ()
    for _ in range(MOST_WORLDS):
        world = World(script, dict(decided))
        yield world
        following = world.next_script()
        if following is None:
            return
        script = following
    raise TooManyWorldsError

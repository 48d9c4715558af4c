"""What hangs together: a case with its parts and wholes, its origins and what followed from it, as values."""

from typing import Literal

import attrs

from yingshang_flow.words import Label


@attrs.frozen
class Connected:
    """One case that hangs together with another.

    Attributes:
        case: The id of the case.
        lifecycle: The key of its lifecycle.
        title: What people call the procedure; the key where this code cannot rebuild its definition.
        state: The key of its state.
        label: What people call the state; likewise the key.
        final: Whether it has ended.
        reference: The host's own name for it.
        parent: The id of the case it is a part of.
        origin: The id of the case that gave reason to open it.
        units: Every unit it is found by.
    """

    case: str
    lifecycle: str
    title: Label
    state: str
    label: Label
    final: bool
    reference: str | None
    parent: str | None
    origin: str | None
    units: tuple[str, ...]


@attrs.frozen
class Link:
    """One case named by another as its parent or origin.

    Attributes:
        source: The id of the case that is named.
        target: The id of the case that names it, which is a part of it or followed from it.
        kind: Which.
    """

    source: str
    target: str
    kind: Literal["parent", "origin"]


@attrs.frozen
class Connections:
    """A case and every case it hangs together with, over any number of links.

    Attributes:
        case: The id of the case that was asked for.
        cases: All of them by distance from it, each case once; those at one distance in order of id.
        missing: Ids that are named and not in the store, in order; only after something was lost or changed.
    """

    case: str
    cases: tuple[Connected, ...]
    missing: tuple[str, ...] = ()

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link between them, in the order of the cases that name another."""
        return tuple(
            link
            for one in self.cases
            for link in (
                *([] if one.parent is None else [Link(one.parent, one.case, "parent")]),
                *([] if one.origin is None else [Link(one.origin, one.case, "origin")]),
            )
        )

"""How what was said under an earlier version of a lifecycle reads under a later one, and back.

A version that calls a state, a trigger or a field of a content otherwise says so with ``Renamed``; one whose content is
built otherwise gives a function with ``Rewritten``. Both name the version that had it the old way. They are applied to
what is stored, as plain values, when a case is migrated; anything else that does not fit is refused.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, get_args

import attrs

Renameable = Literal["state", "trigger", "field"]
"""What the next version may call otherwise; a limit keeps its key, by which its deadlines are known."""
RENAMEABLE: Final[tuple[Renameable, ...]] = get_args(Renameable)

Plain = Mapping[str, Any]
"""A content as it is stored: field names to plain values, what is confidential as ``{"sealed": commitment}``."""


@attrs.frozen
class Renamed:
    """A state, a trigger or a field of a trigger's content that the next version calls otherwise.

    Attributes:
        what: Which of the three.
        version: The version that had the old name.
        old: What that version calls it.
        new: What the next version calls it.
        trigger: Of a field: the trigger whose content has it, as the next version calls it.
    """

    what: Renameable
    version: int
    old: str
    new: str
    trigger: str = attrs.field(default="", kw_only=True)

    def __str__(self) -> str:
        return f"Renamed({self.what} {self.old!r} → {self.new!r})"


@attrs.frozen
class Rewritten:
    """A content that the next version builds otherwise.

    Attributes:
        trigger: The trigger whose content it is, as the next version calls it.
        version: The version that had the old content.
        read: A module-level function from the plain values of the old content to those of the new one.
        back: The way back; without one, a case on which such a content is on file does not go back to that version.
    """

    trigger: str
    version: int
    read: Callable[[Plain], Plain]
    back: Callable[[Plain], Plain] | None = attrs.field(default=None, kw_only=True)

    def __str__(self) -> str:
        return f"Rewritten({self.trigger!r})"


Upcast = Renamed | Rewritten


@attrs.frozen
class Step:
    """What one version says of the one before it, taken forwards or back.

    Attributes:
        upcasts: What it says, in its order.
        forwards: Whether it leads to the later version.
    """

    upcasts: tuple[Upcast, ...]
    forwards: bool = attrs.field(kw_only=True)

    def named(self, what: str, key: str) -> str:
        """Return what a state or trigger is called after the step."""
        for one in self.upcasts:
            if isinstance(one, Renamed) and one.what == what:
                old, new = (one.old, one.new) if self.forwards else (one.new, one.old)
                if key == old:
                    return new
        return key

    def content(self, trigger: str, said: Plain) -> Plain:
        """Return what a content says after the step.

        Args:
            trigger: What its trigger is called by the later of the two versions.
            said: Its plain values.

        Raises:
            LookupError: The step is taken back, and there is no way back.
        """
        found = dict(said)
        for one in self.upcasts if self.forwards else reversed(self.upcasts):
            if one.trigger != trigger:
                continue
            if isinstance(one, Renamed):
                old, new = (one.old, one.new) if self.forwards else (one.new, one.old)
                if old in found:
                    found[new] = found.pop(old)
                continue
            change = one.read if self.forwards else one.back
            if change is None:
                message = f"what version {one.version + 1} says of {trigger!r} does not go back to {one.version}"
                raise LookupError(message)
            found = dict(change(found))
        return found


def steps(upcasts: tuple[Upcast, ...], old: int, new: int) -> Iterator[Step]:
    """Yield the steps from one version to another by what the later of the two says of those before it."""
    for version in range(old, new) if old < new else range(old - 1, new - 1, -1):
        yield Step(tuple(one for one in upcasts if one.version == version), forwards=old < new)

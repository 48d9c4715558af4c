"""The lamp of a deadline: green, yellow or red, by what is left of its budget."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.deadlines.entries import Ended
from yingshang_flow.deadlines.notation import parse
from yingshang_flow.deadlines.period import Period, WorkingDays
from yingshang_flow.deadlines.standing import LedgerStatus, Standing
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Label


class Lamp(StrEnum):
    """How a deadline stands, at a glance."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> Label:
        """What people call it."""
        return _LAMPS[self]


_LAMPS: Final[Mapping[Lamp, Label]] = MappingProxyType(
    {
        Lamp.GREEN: Label("绿灯", "green light"),
        Lamp.YELLOW: Label("黄灯", "yellow light"),
        Lamp.RED: Label("红灯", "red light"),
    }
)

Threshold = WorkingDays | Fraction
"""So many working days left, or such a share of the whole budget."""


def _threshold(value: Threshold | str | None) -> Threshold | Period | None:
    if not isinstance(value, str):
        return value
    try:
        return Fraction(value) if "/" in value else parse(value)
    except (ValueError, ZeroDivisionError):
        raise DeadlineError(f"{value!r} is no share: write for example 1/4") from None


def _switches(_lamps: object, field: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse what switches no lamp on."""
    share = isinstance(value, Fraction) and 0 < value < 1
    if not (share or isinstance(value, WorkingDays) or (value is None and field.default is None)):
        raise DeadlineError(
            f"{field.name} is switched on by working days left or by a share of the budget left, for example "
            f"WorkingDays(3) or Fraction(1, 4), not by {value!r}"
        )


@attrs.frozen
class Lamps:
    """When the lamp of a running deadline changes; the defaults are ours. What is over is always red.

    Attributes:
        yellow: At most so many working days, today not counted, or such a share of the whole budget are left.
        red: The same for red; none when only what is over is red.
    """

    yellow: Threshold = attrs.field(default=WorkingDays(2), converter=_threshold, validator=_switches)
    red: Threshold | None = attrs.field(default=None, converter=_threshold, validator=_switches)

    def __attrs_post_init__(self) -> None:
        """Refuse a red lamp that hides the yellow one."""
        yellow, red = self.yellow, self.red
        if isinstance(yellow, WorkingDays) and isinstance(red, WorkingDays):
            yellow, red = Fraction(yellow.n), Fraction(red.n)
        if isinstance(yellow, Fraction) and isinstance(red, Fraction) and yellow < red:
            raise DeadlineError(f"red at {self.red} comes before yellow at {self.yellow}: swap them")

    def of(self, standing: Standing) -> Lamp:
        """Return the lamp of a deadline; what has ended in time or was waived is green, what ended late is red."""
        closed = standing.closed
        if closed is not None:
            return Lamp.RED if isinstance(closed, Ended) and closed.on > standing.due.date else Lamp.GREEN
        if standing.status is LedgerStatus.OVER or (self.red is not None and _reached(self.red, standing)):
            return Lamp.RED
        return Lamp.YELLOW if _reached(self.yellow, standing) else Lamp.GREEN


def _reached(threshold: Threshold, standing: Standing) -> bool:
    """Tell whether no more is left than a threshold."""
    if isinstance(threshold, WorkingDays):
        return standing.remaining(working=True) <= threshold.n
    return standing.remaining() <= threshold * standing.whole


DEFAULT_LAMPS: Final = Lamps()
"""Yellow from two working days before the end, red when it is over (ours)."""

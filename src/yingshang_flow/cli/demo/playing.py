"""Plays the acts of a story on a docket, each on its day, while the clock of every day says what it has to say."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles import Procedure
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.words import Unmet

_DAY: Final = timedelta(days=1)


@attrs.frozen
class Step:
    """One act.

    Attributes:
        day: When it happened.
        actor: Who did it.
        trigger: What was done.
        content: What was said with it.
        entered: When it was entered; on the day itself unless given.
    """

    day: date
    actor: Actor
    trigger: str
    content: Mapping[str, Any] | object = attrs.field(factory=dict)
    entered: date | None = None


class Player:
    """Plays acts on one docket; its clock goes from day to day, and sweeps each.

    Args:
        store: Where the cases are kept.
        first: The day on which the story begins.
    """

    def __init__(self, store: SQLiteStore, first: date) -> None:
        self.clock = FixedClock(first)
        self._next_id = ""
        self.docket = Docket(store, clock=self.clock, new_id=lambda: self._next_id)

    def open(
        self,
        lifecycle: Lifecycle | Procedure[Any],
        case: str,
        step: Step,
        *,
        parent: str | None = None,
        origin: str | None = None,
        reference: str | None = None,
    ) -> None:
        """Open a case by its first act."""
        self.go_on_to(step.entered or step.day)
        self._next_id = case
        self.docket.open(
            lifecycle,
            step.content,
            by=step.actor,
            at=step.day,
            trigger=step.trigger,
            parent=parent,
            origin=origin,
            reference=reference,
        )

    def act(self, case: str, step: Step) -> None:
        """Do one act."""
        self.go_on_to(step.entered or step.day)
        self.docket.act(case, step.trigger, step.content, by=step.actor, at=step.day)

    def play(self, case: str, steps: Iterable[Step]) -> tuple[Record, ...]:
        """Do several acts of one case and return their records, those of the clock in between included."""
        before = self.docket.load(case).revision
        for step in steps:
            self.act(case, step)
        return self.docket.history(case)[before:]

    def refusal(self, case: str, step: Step) -> tuple[Unmet, ...]:
        """Try an act that the rules do not allow and return what stands against it."""
        try:
            self.act(case, step)
        except RefusedError as error:
            return error.unmet
        raise AssertionError(f"{step.trigger} was not refused")

    def refused_opening(self, lifecycle: Lifecycle, step: Step, *, origin: str | None = None) -> tuple[Unmet, ...]:
        """Try to open a case that the rules do not allow and return what stands against it."""
        try:
            self.open(lifecycle, "refused", step, origin=origin)
        except RefusedError as error:
            return error.unmet
        raise AssertionError(f"{step.trigger} was not refused")

    def go_on_to(self, day: date) -> None:
        """Let the days pass; on each the clock records what it has to say."""
        today = self.clock().date()
        while today < day:
            today += _DAY
            self.clock.travel_to(today)
            self.docket.sweep()

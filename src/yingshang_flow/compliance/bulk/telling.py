"""Tells a row of a ledger as a history: the acts it has dates for, their deadlines computed as for a case."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import attrs

from yingshang_flow.compliance.conformance import Audit, audit
from yingshang_flow.compliance.ledgers import LedgerAct, LedgerRow
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import evolve, with_changes
from yingshang_flow.core.ledger import UNTOLD
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.limit import FromContent, TimeLimit
from yingshang_flow.core.record import Kind, Opening, Record
from yingshang_flow.core.requirement import View
from yingshang_flow.deadlines import WorkingCalendar

_WHO: Final = "台账"


class Telling:
    """Tells rows as histories and audits them.

    Args:
        lifecycle: The procedure under a profile.
        calendar: The working days.
        now: The aware instant as of which deadlines are judged.

    Attributes:
        lifecycle: The procedure without the limits that an act itself sets, of which a row does not tell.
        now: As of when deadlines are judged.
    """

    def __init__(self, lifecycle: Lifecycle, calendar: WorkingCalendar, now: datetime) -> None:
        told = tuple(limit for limit in lifecycle.limits if not _set_in_an_act(limit))
        self.lifecycle = attrs.evolve(lifecycle, limits=told)
        self._calendar = calendar
        self.now = now
        self._opening = Opening(lifecycle.key, lifecycle.version, lifecycle.profile, "")
        self._rows: dict[str, list[Transition]] = {}
        for transition in lifecycle.transitions:
            self._rows.setdefault(transition.trigger, []).append(transition)
        self._actors: dict[tuple[str, str], Actor] = {}

    def audit(self, row: LedgerRow, told: tuple[str, ...]) -> Audit:
        """Return what became of every rule in a row."""
        history = tuple(self.history(row))
        return audit(history, self.lifecycle, calendar=self._calendar, now=self.now, told=told)

    @staticmethod
    def standing(history: Iterable[Record]) -> Case:
        """Return where a case stands after its records, of which there is at least one."""
        case: Case | None = None
        for record in history:
            case = evolve(case, record)
        if case is None:  # pragma: no cover  # a row has an act that opens its case
            raise AssertionError
        return case

    def history(self, row: LedgerRow) -> Iterator[Record]:
        """Yield the records that a row tells of, their deadlines computed as for a case."""
        case: Case | None = None
        for revision, act in enumerate(row.acts, 1):
            before = "" if case is None else case.state
            way = self._way(before, case, act)
            record = Record(
                row.name,
                revision,
                Kind.ACT,
                act.trigger,
                before,
                way.to or before,
                self.actor(way.by[0].key, act.unit),
                (),
                act.content,
                act.at,
                self.now,
                (),
                self._opening if case is None else None,
            )
            record = with_changes(self.lifecycle, case, record, self._calendar)
            case = evolve(case, record)
            yield record

    def _way(self, before: str, case: Case | None, act: LedgerAct) -> Transition:
        """Return the way an act takes: one from where the case stands, else, as a ledger leaves steps out, any."""
        for row in self.lifecycle.rows.get((before, act.trigger), ()):
            if self._applies(row, case, act):
                return row
        ways = self._rows[act.trigger]
        return next((row for row in ways if row.sources and row.to is not None), ways[0])

    def _applies(self, row: Transition, case: Case | None, act: LedgerAct) -> bool:
        if not row.when:
            return True
        content: Any = act.content
        view = View(case, self.actor(row.by[0].key, act.unit), content, act.at, self.lifecycle.values)
        try:
            return all(condition.holds(view) for condition in row.when)
        except (LookupError, AttributeError):
            return True  # what chooses the row is not in the ledger; the first one stands for the others

    def actor(self, role: str, unit: str) -> Actor:
        """Return who acts for a unit in a role, as far as a ledger tells."""
        found = self._actors.get((role, unit))
        if found is None:
            found = self._actors[role, unit] = Actor(_WHO, unit or UNTOLD, role)
        return found


def _set_in_an_act(limit: TimeLimit) -> bool:
    """Tell whether an act says how long a limit runs."""
    return any(isinstance(period, FromContent) for period in (limit.period, *limit.extended.values()))

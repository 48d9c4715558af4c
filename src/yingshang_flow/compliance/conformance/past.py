"""Where audited cases stood at any time, for the guards that looked at them then."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from yingshang_flow.compliance.conformance.migrated import parts
from yingshang_flow.core.amend import Key
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Change, Record, Started
from yingshang_flow.errors import DefinitionError


def readable(record: Record, lifecycle: Lifecycle, started: set[Key]) -> Record:
    """Return a record without changes of deadlines that no earlier one started; those it starts are added."""
    sound: list[Change] = []
    for change in record.changes:
        key = (change.limit, change.obligor, change.number)
        if change.limit in lifecycle.by_limit and (isinstance(change, Started) or key in started):
            started.add(key)
            sound.append(change)
    return record if len(sound) == len(record.changes) else attrs.evolve(record, changes=tuple(sound))


def snapshots(
    history: Sequence[Record], lifecycle: Lifecycle, earlier: Mapping[str, Lifecycle] = FrozenDict()
) -> list[Case]:
    """Return where a case stood after each record of its history, from the first whose definition is at hand."""
    case: Case | None = None
    found: list[Case] = []
    for part in parts(history, lifecycle, earlier):
        if part.lifecycle is None:
            continue
        started: set[Key] = set()
        for record in part.records:
            if isinstance(record, Migration):
                started = {(d.limit, d.obligor, d.number) for d in record.deadlines}
                case = record.standing
            else:
                case = evolve(case, readable(record, part.lifecycle, started))
            found.append(case)
    if not found:
        raise DefinitionError("a history", "it is empty")
    return found


class Past:
    """Where the audited cases stood at any time, for the guards that looked at them then."""

    def __init__(
        self,
        cases: Sequence[tuple[Sequence[Record], Lifecycle]],
        linked: Mapping[str, Case],
        earlier: Mapping[str, Lifecycle] = FrozenDict(),
    ) -> None:
        self._earlier = earlier
        self._cases = {history[0].case: (history, lifecycle) for history, lifecycle in cases}
        self._linked = linked
        self._read: dict[str, list[Case]] = {}

    def __call__(self, case: str, at: datetime) -> tuple[Case, ...]:
        """Return where a case can have stood at an instant; nothing when it is not known or was not open yet.

        What was entered at that very instant may have come before or after.
        """
        if case not in self._cases:
            return (self._linked[case],) if case in self._linked else ()
        if case not in self._read:
            self._read[case] = snapshots(*self._cases[case], self._earlier)
        before = [found for found in self._read[case] if found.recorded_at < at]
        return (*before[-1:], *(found for found in self._read[case] if found.recorded_at == at))

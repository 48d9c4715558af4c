"""How a record changes what is counted: a pure difference, so that what is kept is what a recount would come to.

Acts are counted as they are done. Cases and deadlines are counted as they stand: a record that changes what one of them
counts takes back what it counted before, and counts it anew. So an act never has to look at more than the case before
and after it, and a complaint that changes hands takes its counts along.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import attrs

from yingshang_flow.core.amend import effective, retold
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.decide import evolve, unit_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.core.stepping import applied
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import WorkingCalendar

Key = tuple[str, str, int]

_EXPECTED: Final = frozenset({Status.OPEN, Status.MISSED, Status.MET, Status.MET_LATE})
_IN_TIME: Final = frozenset({Status.MET})


@attrs.frozen(order=True)
class Counted:
    """What a count is of.

    Attributes:
        measure: The key of the measure, ``lifecycle.tally``.
        unit: The unit it counts for.
        day: The day it counts on, ISO text of ten characters, at UTC+8.
    """

    measure: str
    unit: str
    day: str


Counts = Mapping[Counted, int]
"""How many of each; what a record takes back is below 0."""


def counted(lifecycle: Lifecycle, before: Case | None, record: Record, after: Case) -> Counts:
    """Return what an act, an erasure or a run of the clock adds to what is counted, and what it takes back.

    Not for a correction or an annulment, which can change anything that came before: see ``Recount``.

    Args:
        lifecycle: The definition the case is under.
        before: Where the case stood; none for an opening.
        record: The record.
        after: Where the case stands after it.
    """
    plan = lifecycle.derived(_Plan)
    if not plan.counts:
        return {}
    found: Counter[Counted] = Counter()
    if record.kind is Kind.ACT:
        found.update(plan.of_act(record))
        if plan.cases:
            found.update(plan.of_case(after))
            if before is not None:
                found.subtract(plan.of_case(before))
    if plan.limits:
        standing = after if before is None else before
        deadlines = () if before is None else before.deadlines
        _count_deadlines(plan, deadlines, record, found, before=lambda: standing, after=lambda: after)
    return _left(found)


def counted_unattended(
    lifecycle: Lifecycle, deadlines: Sequence[Deadline], record: Record, case: Callable[[], Case]
) -> Counts:
    """Return what a record that is no act of a person adds to what is counted, and what it takes back.

    Args:
        lifecycle: The definition the case is under.
        deadlines: The deadlines before it.
        record: The record.
        case: Reads where the case stands, which few such records need.
    """
    plan = lifecycle.derived(_Plan)
    if not plan.limits:
        return {}
    found: Counter[Counted] = Counter()
    _count_deadlines(plan, deadlines, record, found, before=case, after=case)
    return _left(found)


def recounted(lifecycle: Lifecycle, history: Iterable[Record], calendar: WorkingCalendar) -> tuple[Counts, ...]:
    """Return what each record of a history adds to what is counted, and what it takes back, in order.

    Args:
        lifecycle: The definition the case is under.
        history: Its records from the first, confidential values sealed.
        calendar: The working days by which acts that an amendment has changed are told again, as they were when it was
            made. By another calendar, an earlier time of a repeating limit may come out on another day.
    """
    told = Recount(lifecycle, calendar)
    return tuple(told.take(record) for record in history)


class Recount:
    """A history counted from its first record on, amendments and all.

    Args:
        lifecycle: The definition the case is under.
        calendar: The working days.
    """

    def __init__(self, lifecycle: Lifecycle, calendar: WorkingCalendar) -> None:
        self._lifecycle = lifecycle
        self._calendar = calendar
        self._plan = lifecycle.derived(_Plan)
        self._case: Case | None = None
        self._history: list[Record] = []
        self._deadlines: dict[Key, Deadline] = {}
        self._of_deadlines: dict[Key, tuple[Counted, ...]] = {}

    def take(self, record: Record) -> Counts:
        """Take the next record, and return what it adds and takes back."""
        before, after = self._case, evolve(self._case, record)
        if isinstance(record, Amendment) and before is not None:
            found = self._amended(before, record, after)
        else:
            found = counted(self._lifecycle, before, record, after)
            self._deadlines = applied(self._deadlines, record)
            changed = {(change.limit, change.obligor, change.number) for change in record.changes}
            changed.update(_key(deadline) for deadline in after.deadlines)
            for key in changed:
                self._of_deadlines[key] = self._plan.of_deadline(self._deadlines[key], lambda: after)
        self._case = after
        self._history.append(record)
        return found

    def _amended(self, before: Case, record: Amendment, after: Case) -> Counts:
        """Count what an amendment changes, also of what a case no longer keeps: the earlier times of its limits."""
        was, now = effective(self._history), effective((*self._history, record))
        found: Counter[Counted] = Counter()
        for sign, records, case in ((-1, was, before), (1, now, after)):
            acts = (self._plan.of_act(act) for act in records if act.kind is Kind.ACT)
            for one in (*(one for act in acts for one in act), *self._plan.of_case(case)):
                found[one] += sign
        if self._plan.limits:
            for ones in self._of_deadlines.values():
                found.subtract(ones)
            self._deadlines, self._of_deadlines = self._retold(was, now, after)
            for ones in self._of_deadlines.values():
                found.update(ones)
        return _left(found)

    def _retold(
        self, was: Sequence[Record], now: Sequence[Record], after: Case
    ) -> tuple[dict[Key, Deadline], dict[Key, tuple[Counted, ...]]]:
        """Return every deadline there was, and what it counts; what comes out as without the amendment stays."""
        old, new = (retold(self._lifecycle, records, self._calendar).table for records in (was, now))
        kept = {_key(deadline): deadline for deadline in after.deadlines}
        deadlines: dict[Key, Deadline] = {}
        counts: dict[Key, tuple[Counted, ...]] = {}
        for key, deadline in {**new, **kept}.items():
            if key not in kept and key in self._deadlines and old.get(key) == deadline:
                deadlines[key], counts[key] = self._deadlines[key], self._of_deadlines[key]
            else:
                deadlines[key], counts[key] = deadline, self._plan.of_deadline(deadline, lambda: after)
        return deadlines, counts


class _Plan:
    """The tallies of a lifecycle as they are looked up, worked out once."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._of = lifecycle
        self.acts: dict[str, list[str]] = {}
        self.cases = tuple(tally for tally in lifecycle.tallies if tally.cases is not None)
        self.limits: dict[str, list[tuple[Tally, frozenset[Status]]]] = {}
        for tally in lifecycle.tallies:
            for trigger in tally.acts:
                self.acts.setdefault(trigger, []).append(measure_of(lifecycle, tally))
            for limits, statuses in ((tally.due, _EXPECTED), (tally.in_time, _IN_TIME)):
                for limit in limits:
                    self.limits.setdefault(limit, []).append((tally, statuses))
        self.counts = bool(lifecycle.tallies)

    def of_act(self, record: Record) -> tuple[Counted, ...]:
        """Return what an act counts as."""
        measures = self.acts.get(record.trigger, ())
        if not measures or record.actor is None:
            return ()
        day = record.occurred_at.date.isoformat()
        return tuple(Counted(measure, record.actor.unit, day) for measure in measures)

    def of_case(self, case: Case) -> tuple[Counted, ...]:
        """Return what a case counts as, as it stands."""
        day = case.opened.date.isoformat()
        return tuple(
            Counted(measure_of(self._of, tally), unit, day)
            for tally in self.cases
            if tally.cases is not None and tally.cases(case)
            for unit in _units(tally, case)
        )

    def of_deadline(self, deadline: Deadline, case: Callable[[], Case]) -> tuple[Counted, ...]:
        """Return what a deadline counts as, as it stands."""
        day, tallies = self.tallies_of(deadline)
        return tuple(
            Counted(measure_of(self._of, tally), unit, day)
            for tally in tallies
            for unit in ((unit_of(deadline.obligor),) if deadline.obligor else _units(tally, case()))
        )

    def tallies_of(self, deadline: Deadline) -> tuple[str, tuple[Tally, ...]]:
        """Return the day a deadline counts on and the tallies that count it; paused, it has no due date to count on."""
        if deadline.paused is not None:
            return "", ()
        found = self.limits.get(deadline.limit, ())
        return deadline.due.isoformat(), tuple(tally for tally, statuses in found if deadline.status in statuses)


def measure_of(lifecycle: Lifecycle, tally: Tally) -> str:
    """Return the key under which a measure is stored."""
    return f"{lifecycle.key}.{tally.key}"


def _count_deadlines(
    plan: _Plan,
    deadlines: Sequence[Deadline],
    record: Record,
    found: Counter[Counted],
    *,
    before: Callable[[], Case],
    after: Callable[[], Case],
) -> None:
    """Count what becomes of the deadlines that a record changes, and of those of a case that comes into other hands."""
    table = {_key(deadline): deadline for deadline in deadlines}
    told = applied(table, record) if record.changes else table
    changed = {(change.limit, change.obligor, change.number): None for change in record.changes}
    for key in changed:
        old, new = table.get(key), told[key]
        if old is not None and record.kind is not Kind.ACT and plan.tallies_of(old) == plan.tallies_of(new):
            continue  # as most that the clock has to say: nobody has to be asked in whose hands the case is
        if old is not None:
            found.subtract(plan.of_deadline(old, before))
        found.update(plan.of_deadline(new, after))
    if record.kind is Kind.ACT:
        for key, deadline in table.items():
            if not deadline.obligor and key not in changed:
                found.subtract(plan.of_deadline(deadline, before))
                found.update(plan.of_deadline(deadline, after))


def _units(tally: Tally, case: Case) -> tuple[str, ...]:
    return () if tally.units is None else tuple(dict.fromkeys(tally.units(case)))


def _left(found: Counter[Counted]) -> Counts:
    """Return what does not cancel out."""
    return {one: count for one, count in found.items() if count}


def _key(deadline: Deadline) -> Key:
    return deadline.limit, deadline.obligor, deadline.number

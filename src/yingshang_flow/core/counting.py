"""How a record changes what is counted: a pure difference, so that what is kept is what a recount would come to.

Acts are counted as they are done. Cases and deadlines are counted as they stand: a record that changes what one of them
counts takes back what it counted before, and counts it anew. So an act never has to look at more than the case before
and after it, and a complaint that changes hands takes its counts along.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from yingshang_flow.core.amend import effective, retold
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.decide import evolve, unit_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
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
    """Return what an act adds to what is counted, and what it takes back; an erasure adds nothing.

    Not for a correction or an annulment, which can change anything that came before: see ``Recount``.

    Args:
        lifecycle: The definition the case is under.
        before: Where the case stood; none for an opening.
        record: The record.
        after: Where the case stands after it.
    """
    plan = lifecycle.derived(_Plan)
    if record.kind is not Kind.ACT:
        return {}
    if not (record.changes or plan.asking or plan.cases or record.trigger in plan.acts):
        return {}  # most acts of most procedures
    found: Counter[Counted] = Counter(plan.of_act(record)) if record.trigger in plan.acts else Counter()
    had, has = _Hands(lambda: after if before is None else before), _Hands(lambda: after)
    # Most acts leave a case in the same hands: then only what they change is looked at.
    moved = any(had.of(tally) != has.of(tally) for tally in plan.asking)
    for tally, holds in plan.cases:
        held, still = before is not None and holds(before), holds(after)
        if held and before is not None and (moved or not still):
            found.subtract(_of_case(plan, tally, before, had))
        if still and (moved or not held):
            found.update(_of_case(plan, tally, after, has))
    if plan.limits:
        deadlines = () if before is None else before.deadlines
        _count_changes(plan, deadlines, record, found, had=had, has=has)
        if moved:
            _count_moved(plan, deadlines, record, found, had=had, has=has)
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
    hands = _Hands(case)
    _count_changes(plan, deadlines, record, found, had=hands, has=hands)
    return _left(found)


def counted_by_migration(old: Lifecycle, new: Lifecycle, before: Case, after: Case) -> Counts:
    """Return what a case adds to what is counted, and what it takes back, when it goes on under other rules.

    Acts, and the earlier times of limits, stay counted as the rules counted them under which they were.

    Args:
        old: The definition it was under.
        new: The definition it is under from then on.
        before: Where the case stood.
        after: Where the case stands.
    """
    found: Counter[Counted] = Counter()
    found.subtract(_of_standing(old.derived(_Plan), before))
    found.update(_of_standing(new.derived(_Plan), after))
    return _left(found)


def recounted(
    definitions: Lifecycle | Iterable[Lifecycle], history: Sequence[Record], calendar: WorkingCalendar
) -> tuple[Counts, ...]:
    """Return what each record of a history adds to what is counted, and what it takes back, in order.

    Args:
        definitions: The definition that each record was written under, of a migration the one it leads to; or the one
            that all of them were.
        history: The records of a case from the first, confidential values sealed.
        calendar: The working days by which acts that an amendment has changed are told again, as they were when it was
            made. By another calendar, an earlier time of a repeating limit may come out on another day.
    """
    told: Recount | None = None
    found: list[Counts] = []
    under = (definitions,) * len(history) if isinstance(definitions, Lifecycle) else definitions
    for lifecycle, record in zip(under, history, strict=True):
        told = Recount(lifecycle, calendar) if told is None else told
        found.append(told.migrate(record, lifecycle) if isinstance(record, Migration) else told.take(record))
    return tuple(found)


def uncertain(definitions: Iterable[Lifecycle], history: Iterable[Record], calendar: WorkingCalendar) -> frozenset[str]:
    """Return the measures of which a recount by a calendar may rightly come to something else than was counted.

    An amendment tells deadlines again by the calendar of its day, and of those that a case no longer keeps, the earlier
    times of its limits, nothing is written out. By another calendar they may come out on other days.

    Args:
        definitions: The definition that each record was written under, as for ``recounted``.
        history: The records of a case from the first.
        calendar: The working days of the recount.
    """
    found: set[str] = set()
    for lifecycle, record in zip(definitions, history, strict=True):
        if isinstance(record, Amendment) and record.calendar != calendar.hash:
            plan = lifecycle.derived(_Plan)
            several = {d.limit for d in record.deadlines if d.number > 1 or lifecycle.by_limit[d.limit].repeats}
            found.update(plan.measures[tally.key] for limit in several for tally, _ in plan.limits.get(limit, ()))
    return frozenset(found)


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
            if record.kind is Kind.ACT or before is None:
                found = counted(self._lifecycle, before, record, after)
            else:
                found = counted_unattended(self._lifecycle, before.deadlines, record, lambda: after)
            self._deadlines = applied(self._deadlines, record)
            changed = {(change.limit, change.obligor, change.number) for change in record.changes}
            changed.update(_key(deadline) for deadline in after.deadlines)
            hands = _Hands(lambda: after)
            for key in changed:
                self._of_deadlines[key] = self._plan.of_deadline(self._deadlines[key], hands)
        self._case = after
        self._history.append(record)
        return found

    def migrate(self, record: Migration, target: Lifecycle) -> Counts:
        """Take a migration to other rules, and return what it adds and takes back; no amendment reaches before it."""
        before, after = self._case, evolve(self._case, record)
        assert before is not None  # noqa: S101  # no case begins with a migration
        found = counted_by_migration(self._lifecycle, target, before, after)
        self._lifecycle, self._plan = target, target.derived(_Plan)
        self._case, self._history = after, [record]
        hands = _Hands(lambda: after)
        self._deadlines = {_key(deadline): deadline for deadline in after.deadlines}
        self._of_deadlines = {key: self._plan.of_deadline(deadline, hands) for key, deadline in self._deadlines.items()}
        return found

    def _amended(self, before: Case, record: Amendment, after: Case) -> Counts:
        """Count what an amendment changes, also of what a case no longer keeps: the earlier times of its limits."""
        was, now = effective(self._history), effective((*self._history, record))
        found: Counter[Counted] = Counter()
        for sign, records, case in ((-1, was, before), (1, now, after)):
            acts = (self._plan.of_act(act) for act in records if act.kind is Kind.ACT)
            for one in (*(one for act in acts for one in act), *_of_cases(self._plan, case)):
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
        hands = _Hands(lambda: after)
        for key, deadline in {**new, **kept}.items():
            if key not in kept and key in self._deadlines and old.get(key) == deadline:
                deadlines[key], counts[key] = self._deadlines[key], self._of_deadlines[key]
            else:
                deadlines[key], counts[key] = deadline, self._plan.of_deadline(deadline, hands)
        return deadlines, counts


class _Hands:
    """For which units a case counts, by each function that says so, asked once and only when it matters.

    Args:
        case: Gives the case.
    """

    def __init__(self, case: Callable[[], Case]) -> None:
        self._case = case
        self._found: dict[Callable[[Case], tuple[str, ...]], tuple[str, ...]] = {}

    def of(self, tally: Tally) -> tuple[str, ...]:
        """Return the units of a tally, each once."""
        ask = tally.units
        assert ask is not None  # noqa: S101  # a definition in which a case would count for nobody is refused
        if ask not in self._found:
            self._found[ask] = tuple(dict.fromkeys(ask(self._case())))
        return self._found[ask]


class _Plan:
    """The tallies of a lifecycle as they are looked up, worked out once."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.measures = {tally.key: measure_of(lifecycle, tally) for tally in lifecycle.tallies}
        self.acts: dict[str, list[str]] = {}
        self.cases = tuple((tally, tally.cases) for tally in lifecycle.tallies if tally.cases is not None)
        self.limits: dict[str, list[tuple[Tally, frozenset[Status]]]] = {}
        self.asking = tuple({tally.units: tally for tally in lifecycle.tallies if tally.units is not None}.values())
        for tally in lifecycle.tallies:
            for trigger in tally.acts:
                self.acts.setdefault(trigger, []).append(self.measures[tally.key])
            for limits, statuses in ((tally.due, _EXPECTED), (tally.in_time, _IN_TIME)):
                for limit in limits:
                    self.limits.setdefault(limit, []).append((tally, statuses))

    def of_act(self, record: Record) -> tuple[Counted, ...]:
        """Return what an act counts as."""
        assert record.actor is not None  # noqa: S101  # an act is somebody's
        day, unit = record.occurred_at.date.isoformat(), record.actor.unit
        return tuple(Counted(measure, unit, day) for measure in self.acts.get(record.trigger, ()))

    def of_deadline(self, deadline: Deadline, hands: _Hands) -> tuple[Counted, ...]:
        """Return what a deadline counts as, as it stands."""
        day, tallies = self.tallies_of(deadline)
        return tuple(
            Counted(self.measures[tally.key], unit, day)
            for tally in tallies
            for unit in ((unit_of(deadline.obligor),) if deadline.obligor else hands.of(tally))
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


def _of_case(plan: _Plan, tally: Tally, case: Case, hands: _Hands) -> tuple[Counted, ...]:
    """Return what a case counts as by a tally that holds for it."""
    day = case.opened.date.isoformat()
    return tuple(Counted(plan.measures[tally.key], unit, day) for unit in hands.of(tally))


def _of_cases(plan: _Plan, case: Case) -> Iterator[Counted]:
    """Yield everything that a case counts as, as it stands."""
    hands = _Hands(lambda: case)
    for tally, holds in plan.cases:
        if holds(case):
            yield from _of_case(plan, tally, case, hands)


def _of_standing(plan: _Plan, case: Case) -> Iterator[Counted]:
    """Yield everything that a case and the deadlines it has count as, as they stand."""
    yield from _of_cases(plan, case)
    hands = _Hands(lambda: case)
    for deadline in case.deadlines:
        yield from plan.of_deadline(deadline, hands)


def _count_changes(
    plan: _Plan,
    deadlines: Sequence[Deadline],
    record: Record,
    found: Counter[Counted],
    *,
    had: _Hands,
    has: _Hands,
) -> None:
    """Count what becomes of the deadlines that a record changes."""
    if not record.changes:
        return
    table = {_key(deadline): deadline for deadline in deadlines}
    told = applied(table, record)
    for key in {(change.limit, change.obligor, change.number): None for change in record.changes}:
        old, new = table.get(key), told[key]
        if old is not None and had is has and plan.tallies_of(old) == plan.tallies_of(new):
            continue  # as most that the clock has to say: nobody has to be asked in whose hands the case is
        if old is not None:
            found.subtract(plan.of_deadline(old, had))
        found.update(plan.of_deadline(new, has))


def _count_moved(
    plan: _Plan,
    deadlines: Sequence[Deadline],
    record: Record,
    found: Counter[Counted],
    *,
    had: _Hands,
    has: _Hands,
) -> None:
    """Count for whoever has the case now what it owes itself and the record does not change."""
    changed = {(change.limit, change.obligor, change.number) for change in record.changes}
    for deadline in deadlines:
        if not deadline.obligor and _key(deadline) not in changed:
            found.subtract(plan.of_deadline(deadline, had))
            found.update(plan.of_deadline(deadline, has))


def _left(found: Counter[Counted]) -> Counts:
    """Return what does not cancel out."""
    return {one: count for one, count in found.items() if count}


def _key(deadline: Deadline) -> Key:
    return deadline.limit, deadline.obligor, deadline.number

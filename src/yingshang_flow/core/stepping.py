"""How records and the clock move the deadlines of a case; the engine and the audit fold these same functions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.limit import TimeLimit, signalled
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import (
    Change,
    Dated,
    Extended,
    Met,
    Missed,
    Moved,
    Paused,
    Record,
    Recounted,
    Reminded,
    Resumed,
    Revived,
    Started,
    Stopped,
    Term,
    Warned,
    midnight,
)
from yingshang_flow.deadlines import WorkingCalendar


def step(
    limits: Iterable[TimeLimit], case: Case, record: Record, *, final: bool, calendar: WorkingCalendar
) -> tuple[Change, ...]:
    """Return what an act does to the deadlines; the engine and the audit fold this same function.

    Args:
        limits: The limits of the lifecycle.
        case: The case with the act's facts and state, but the deadlines from before it.
        record: The act, its changes still empty.
        final: Whether the state after it is final.
        calendar: The working days.
    """
    return tuple(change for limit in limits for change in _step(limit, case, record, calendar, final=final))


def _step(limit: TimeLimit, case: Case, record: Record, calendar: WorkingCalendar, *, final: bool) -> Iterator[Change]:
    """Yield what an act does to one limit: it settles, then it stops, extends and revives, then it starts."""
    mine = [d for d in case.deadlines if d.limit == limit.key]
    ends = (final and not limit.outlives) or signalled(limit.stops, record.trigger, record.before, record.after)
    period = None if final else limit.starts_with(case, record)
    owing = _owing(limit, case, record) if period is not None else ()
    settled = _settled_by(limit, mine, record)
    numbers: dict[str, int] = {}
    for d in settled:
        arrived = _arrived(limit, record)
        at = record.occurred_at if arrived is None else Moment.of(arrived)
        late = d.paused is None and at.instant >= d.end
        yield Met(d.limit, d.obligor, d.number, late, arrived)
        if limit.repeats_after(d) and not (ends or d.obligor in owing) and d.number == _times(mine, d.obligor):
            yield limit.following(d, calendar)
    for d in mine:
        if d.status is Status.OPEN and d not in settled and (ends or d.obligor in owing):
            for change in _ran_out(limit, d, record.occurred_at.instant, calendar):
                yield change
                if isinstance(change, Started):
                    numbers[change.obligor] = change.number
    if not ends:
        left = [d for d in mine if d not in settled and not (d.status is Status.OPEN and d.obligor in owing)]
        yield from _resumed_or_paused(limit, left, record, calendar)
        yield from _extended(limit, left, record, calendar)
        # Whoever owes anew from this act on does not owe the last time again besides.
        yield from _revived(limit, [d for d in mine if d.obligor not in owing], record)
    if period is not None:
        start, received = limit.begin(period, record.occurred_at, calendar)
        anchor = limit.anchor(period, start, calendar)
        for who in owing:
            number = numbers.get(who, _times(mine, who)) + 1
            yield limit.started(period, who, anchor, start, calendar, received=received, number=number)


def _settled_by(limit: TimeLimit, mine: Sequence[Deadline], record: Record) -> list[Deadline]:
    """Return the deadlines that an act meets: of each it counts for, one."""
    if record.trigger not in limit.met:
        return []
    if limit.meets is not None and record.content is not None and not limit.meets(record.content):
        return []
    whom = record.obligors if limit.each is not None else ("",)
    named = getattr(record.content, "due", None)
    return [d for who in whom if (d := _oldest_owed(mine, who, named)) is not None]


def _arrived(limit: TimeLimit, record: Record) -> date | None:
    """Return the day on which what was sent arrived, where the profile lets that decide (R7)."""
    if limit.counting is None or limit.counting.value.sent_counts:
        return None
    arrived: date | None = getattr(record.content, "arrived", None)
    return arrived if arrived is not None and arrived > record.occurred_at.date else None


def _extended(
    limit: TimeLimit, mine: Sequence[Deadline], record: Record, calendar: WorkingCalendar
) -> Iterator[Extended]:
    """Yield the later ends an act gives to what is owed."""
    if record.trigger in limit.extended:
        for d in mine:
            if d.status.owed and (not record.obligors or d.obligor in record.obligors):
                change = limit.extension(d, record, calendar)
                if change is not None:
                    yield change


def _resumed_or_paused(
    limit: TimeLimit, mine: Sequence[Deadline], record: Record, calendar: WorkingCalendar
) -> Iterator[Paused | Resumed]:
    """Yield what stands still from an act on, and what runs again; what had run out before stays as it is."""
    act = record.trigger, record.before, record.after
    day = record.occurred_at.date
    for d in mine:
        if d.status is not Status.OPEN or (record.obligors and d.obligor not in record.obligors):
            continue
        if d.paused is not None:
            if signalled(limit.resumed, *act):
                yield limit.resumption(d, d.paused, day, calendar)
        elif signalled(limit.paused, *act) and record.occurred_at.instant < d.end:
            yield Paused(d.limit, d.obligor, d.number, day)


def _revived(limit: TimeLimit, mine: Sequence[Deadline], record: Record) -> Iterator[Revived]:
    """Yield what an act makes owed again: of everybody it counts for, the last time."""
    if record.trigger in limit.revived:
        for d in mine:
            whom = not record.obligors or d.obligor in record.obligors
            if whom and not d.status.owed and d.number == _times(mine, d.obligor):
                yield Revived(d.limit, d.obligor, d.number)


def tick(limits: Mapping[str, TimeLimit], case: Case, now: datetime, calendar: WorkingCalendar) -> tuple[Change, ...]:
    """Return what the clock has to record by now: warnings and misses, the repeating limits caught up.

    Args:
        limits: The limits of the lifecycle by key.
        case: The case.
        now: An aware instant.
        calendar: The working days.
    """
    changes: list[Change] = []
    for d in case.deadlines:
        if not d.status.owed or d.paused is not None:
            continue
        changes.extend(_reminded(d, now))
        if d.status is not Status.OPEN:
            continue
        if d.end <= now:
            for change in _missed(limits[d.limit], d, now, calendar):
                changes.append(change)
                if isinstance(change, Started):
                    changes.extend((*_reminded(change, now), *_warning(change, now)))
        else:
            changes.extend(_warning(d, now))
    return tuple(changes)


def _reminded(term: Term, now: datetime) -> Iterator[Reminded]:
    """Yield what the ladder of a deadline has to say by now."""
    return (Reminded(term.limit, term.obligor, term.number, key) for key, day in term.rungs if midnight(day) <= now)


def _warning(term: Term, now: datetime) -> Iterator[Warned]:
    """Yield the warning of a deadline that still runs, if it is to be given by now."""
    if term.warn is not None and midnight(term.warn) <= now < term.end:
        yield Warned(term.limit, term.obligor, term.number)


def reprojected(limits: Mapping[str, TimeLimit], case: Case, calendar: WorkingCalendar) -> tuple[Moved, ...]:
    """Return how the running deadlines of a case move when they are counted by another calendar.

    Args:
        limits: The limits of the lifecycle by key.
        case: The case.
        calendar: The calendar.
    """
    running = (d for d in case.deadlines if d.status is Status.OPEN and d.calendar != calendar.hash)
    return tuple(moved for d in running if (moved := limits[d.limit].moved(d, calendar)) is not None)


def applied(deadlines: Mapping[tuple[str, str, int], Deadline], record: Record) -> dict[tuple[str, str, int], Deadline]:
    """Return every deadline after a record, by (limit, obligor, number)."""
    table = dict(deadlines)
    for change in record.changes:
        key = (change.limit, change.obligor, change.number)
        table[key] = (
            _deadline(change) if isinstance(change, Started) else _AFTER[type(change)](table[key], change, record)
        )
    return table


def _warned(deadline: Deadline, _: Warned, _record: Record) -> Deadline:
    return attrs.evolve(deadline, warn=None)


def _was_missed(deadline: Deadline, _: Missed, _record: Record) -> Deadline:
    return attrs.evolve(deadline, status=Status.MISSED)


def _met(deadline: Deadline, change: Met, record: Record) -> Deadline:
    status = Status.MET_LATE if change.late else Status.MET
    settled = record.occurred_at if change.arrived is None else Moment.of(change.arrived)
    return attrs.evolve(deadline, status=status, settled=settled, paused=None)


def _stopped(deadline: Deadline, _: Stopped, record: Record) -> Deadline:
    return attrs.evolve(deadline, status=Status.STOPPED, settled=record.occurred_at, paused=None)


def _dated(deadline: Deadline, change: Dated, _record: Record) -> Deadline:
    """Return a deadline with the date that a change gives it."""
    return attrs.evolve(
        deadline,
        due=change.due,
        closes=change.closes,
        warn=change.warn,
        calendar=change.calendar,
        provisional=change.provisional,
        rungs=change.rungs,
    )


def _recounted(deadline: Deadline, change: Recounted, record: Record) -> Deadline:
    own = attrs.evolve(deadline, period=change.period, anchor=change.anchor, turn=change.turn)
    return _dated(own, change, record)


def _prolonged(deadline: Deadline, change: Extended, record: Record) -> Deadline:
    ceilings = (*deadline.ceilings, change.period)
    return attrs.evolve(_dated(deadline, change, record), status=Status.OPEN, ceilings=ceilings)


def _owed_again(deadline: Deadline, _: Revived, _record: Record) -> Deadline:
    return attrs.evolve(deadline, status=Status.OPEN, settled=None)


def _stands_still(deadline: Deadline, change: Paused, _record: Record) -> Deadline:
    return attrs.evolve(deadline, paused=change.since)


def _said(deadline: Deadline, change: Reminded, _record: Record) -> Deadline:
    return attrs.evolve(deadline, rungs=tuple(rung for rung in deadline.rungs if rung[0] != change.rung))


def _runs_again(deadline: Deadline, change: Resumed, record: Record) -> Deadline:
    excluded = deadline.excluded
    if change.last >= change.first:
        excluded = (*excluded, (change.first, change.last))
    return attrs.evolve(_dated(deadline, change, record), paused=None, excluded=excluded)


_AFTER: Final[Mapping[type[Change], Callable[[Deadline, Any, Record], Deadline]]] = MappingProxyType(
    {
        Warned: _warned,
        Missed: _was_missed,
        Met: _met,
        Stopped: _stopped,
        Extended: _prolonged,
        Moved: _dated,
        Recounted: _recounted,
        Revived: _owed_again,
        Paused: _stands_still,
        Resumed: _runs_again,
        Reminded: _said,
    }
)
"""What becomes of a deadline by each kind of change but the one that starts it."""


def folded(deadlines: tuple[Deadline, ...], record: Record) -> tuple[Deadline, ...]:
    """Return what a snapshot keeps after a record: everything owed, and the latest time of every limit and obligor."""
    if not record.changes:
        return deadlines
    table = applied({(d.limit, d.obligor, d.number): d for d in deadlines}, record)
    last = {(limit, obligor): number for limit, obligor, number in sorted(table)}
    return tuple(d for d in table.values() if d.status.owed or d.number == last[d.limit, d.obligor])


def _runs(term: Term) -> bool:
    return not isinstance(term, Deadline) or term.paused is None


def _missed(limit: TimeLimit, term: Term, until: datetime, calendar: WorkingCalendar) -> Iterator[Missed | Started]:
    """Yield the misses up to an instant, and of a repeating limit every next time, the last one still running."""
    while _runs(term) and term.end <= until:
        yield Missed(term.limit, term.obligor, term.number)
        if not limit.repeats_after(term):
            return
        term = limit.following(term, calendar)
        yield term


def _ran_out(limit: TimeLimit, term: Term, until: datetime, calendar: WorkingCalendar) -> Iterator[Change]:
    """Yield how a running deadline ends unmet: missed as often as it was, and what still runs is stopped."""
    last = term
    for change in _missed(limit, term, until, calendar):
        yield change
        if isinstance(change, Started):
            last = change
    if last.end > until or not _runs(last):
        yield Stopped(last.limit, last.obligor, last.number)


def _owing(limit: TimeLimit, case: Case, record: Record) -> tuple[str, ...]:
    """Return for whom a limit starts: those the act names, else all of the group, else the case."""
    if limit.each is None:
        return ("",)
    members = limit.each.members(case)
    return tuple(who for who in record.obligors if who in members) if record.obligors else members


def _oldest_owed(mine: Iterable[Deadline], obligor: str, named: date | None) -> Deadline | None:
    """Return the deadline an act meets: the one its content names by the due date, else the oldest."""
    owed = (d for d in mine if d.obligor == obligor and d.status.owed and named in {None, d.due})
    return min(owed, key=_number, default=None)


def following(limit: TimeLimit, deadline: Deadline, calendar: WorkingCalendar) -> Deadline:
    """Return the next time of a repeating limit as a deadline that runs."""
    return _deadline(limit.following(deadline, calendar))


def _times(mine: Iterable[Deadline], obligor: str) -> int:
    return max((d.number for d in mine if d.obligor == obligor), default=0)


def _number(deadline: Deadline) -> int:
    return deadline.number


def _deadline(term: Term) -> Deadline:
    return Deadline(
        term.limit,
        term.obligor,
        term.number,
        term.due,
        term.closes,
        term.warn,
        term.calendar,
        term.provisional,
        term.rungs,
        term.turn,
        term.period,
        term.anchor,
        term.start,
        term.received,
    )

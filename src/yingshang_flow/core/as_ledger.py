"""A deadline of a case as a ledger: what is left of it, its lamp, and each entry with its ground, actor and time."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from yingshang_flow.core.amend import as_told
from yingshang_flow.core.case import Deadline, Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.record import Change, Extended, Met, Paused, Record, Resumed, Revived, Stopped
from yingshang_flow.deadlines import Corrected as CorrectedEntry
from yingshang_flow.deadlines import Ended as EndedEntry
from yingshang_flow.deadlines import Excluded as ExcludedEntry
from yingshang_flow.deadlines import Extended as ExtendedEntry
from yingshang_flow.deadlines import Lamp, Ledger, WorkingCalendar
from yingshang_flow.deadlines import Paused as PausedEntry
from yingshang_flow.words import Label

_DAY: Final = timedelta(days=1)
_NOBODY: Final = Label("时限变动", "no act of a person")
_REVOKED: Final = Label("已撤销，恢复履行", "revoked: owed again")
_OVER: Final = Label("此前已终结", "it had ended before")
_Entry = CorrectedEntry | EndedEntry | ExcludedEntry | ExtendedEntry | PausedEntry


def standing(lifecycle: Lifecycle, deadline: Deadline, calendar: WorkingCalendar) -> Ledger:
    """Return a deadline as a ledger that says how it stands; whoever made its entries is not in a snapshot.

    Args:
        lifecycle: The definition its case is under.
        deadline: The deadline.
        calendar: The working days.
    """
    limit = lifecycle.by_limit[deadline.limit]
    ground = limit.label
    entries: list[_Entry] = [ExcludedEntry(first, last, ground=ground) for first, last in deadline.excluded]
    # What met it can have happened before it started, as what is entered afterwards may.
    begun = deadline.start if deadline.settled is None else min(deadline.start, deadline.settled.date)
    entries += [ExtendedEntry(begun, to=text, ground=ground) for text in deadline.ceilings]
    if deadline.paused is not None:
        entries.append(PausedEntry(_free(deadline.paused, deadline.excluded), ground=ground))
    if deadline.settled is not None:
        entries.append(EndedEntry(deadline.settled.date, ground=ground))
    return _ledger(limit, deadline, calendar, entries)


def told(lifecycle: Lifecycle, deadline: Deadline, history: Iterable[Record], calendar: WorkingCalendar) -> Ledger:
    """Return a deadline as a ledger that tells, from the history of its case, who did what to it, when and why.

    Args:
        lifecycle: The definition its case is under.
        deadline: The deadline.
        history: The records of its case, in order.
        calendar: The working days.
    """
    limit = lifecycle.by_limit[deadline.limit]
    counting = as_told(lifecycle, tuple(history), calendar)
    return _ledger(limit, deadline, calendar, _told(lifecycle, limit, deadline, counting))


def lamp(lifecycle: Lifecycle, deadline: Deadline, at: datetime, calendar: WorkingCalendar) -> Lamp:
    """Return the lamp of a deadline at an aware instant, by the limit's own thresholds.

    What was met in time, or is no longer owed, is green; what was met late or is owed past its end is red.
    """
    if deadline.status in {Status.MISSED, Status.MET_LATE}:
        return Lamp.RED
    if not deadline.status.owed:
        return Lamp.GREEN
    if deadline.paused is None and deadline.end <= at:
        return Lamp.RED
    ledger, lamps = standing(lifecycle, deadline, calendar), lifecycle.by_limit[deadline.limit].lamps
    return ledger.lamp(at) if lamps is None else ledger.lamp(at, lamps.value)


def _ledger(limit: TimeLimit, deadline: Deadline, calendar: WorkingCalendar, entries: Iterable[_Entry]) -> Ledger:
    found = tuple(entries)
    period, start = limit.budget(deadline, calendar), deadline.received or deadline.anchor
    begin = min((_day(entry) for entry in found), default=deadline.anchor)
    rules = None if limit.counting is None else limit.counting.value
    # A date that is set counts from nowhere, and what is said of it may lie before it was.
    return Ledger(period, start if begin >= deadline.anchor else begin, calendar=calendar, rules=rules, entries=found)


def _told(lifecycle: Lifecycle, limit: TimeLimit, deadline: Deadline, history: Iterable[Record]) -> Iterator[_Entry]:
    """Yield the entries that the records of a case make in one of its deadlines."""
    key = deadline.limit, deadline.obligor, deadline.number
    citation = next((citation for rule in limit.rules for citation in rule.citations), None)
    excluded: list[tuple[date, date]] = []
    extended: list[tuple[int, date]] = []
    opened: PausedEntry | None = None
    made, ended, stood = 0, 0, False
    for record, change in _changes(key, history):
        day, actor = record.occurred_at.date, None if record.actor is None else record.actor.unit
        said: dict[str, Any] = {"ground": _ground(lifecycle, record), "actor": actor, "at": record.recorded_at}
        entries: list[_Entry] = []
        match change:
            case Paused(since=since):
                opened = PausedEntry(_free(since, excluded), citation=citation, **said)
            case Resumed(first=first, last=last):
                opened = None
                if last >= first:
                    excluded.append((first, last))
                    entries.append(ExcludedEntry(first, last, citation=citation, **said))
            case Extended(period=period):
                extended.append((made + 1, day))
                # It was in time, whatever is entered of the pause afterwards: while it stood still no day went by.
                on = day if opened is None else min(day, opened.on)
                entries.append(ExtendedEntry(on, to=period, citation=citation, **said))
            case Met() | Stopped():
                # Entered late, what ended it can come before an extension, which then was for nothing.
                idle = [number for number, on in extended if on > day]
                entries += [CorrectedEntry(day, number, **{**said, "ground": _OVER}) for number in idle]
                stood = opened is not None and opened.on <= day
                entries += [opened] if opened is not None and stood else []
                opened = None
                extended = [one for one in extended if one[0] not in idle]
                ended = made + len(entries) + 1
                entries.append(EndedEntry(day, citation=citation, **said))
            case Revived():
                revoked = (ended - 1, ended) if stood else (ended,)  # it runs again, and from the date it had
                entries += [CorrectedEntry(day, number, **{**said, "ground": _REVOKED}) for number in revoked]
        made += len(entries)
        yield from entries
    if opened is not None:
        yield opened


def _ground(lifecycle: Lifecycle, record: Record) -> Label:
    if not record.trigger:
        return record.named or _NOBODY
    trigger = lifecycle.by_trigger.get(record.trigger)  # of rules that the case was under before, maybe
    return Label(record.trigger, record.trigger) if trigger is None else trigger.label


def _changes(key: tuple[str, str, int], history: Iterable[Record]) -> Iterator[tuple[Record, Change]]:
    """Yield what happened to one deadline, with the record that says so."""
    for record in history:
        for change in record.changes:
            if (change.limit, change.obligor, change.number) == key:
                yield record, change


def _free(day: date, excluded: Iterable[tuple[date, date]]) -> date:
    """Return the first day of a pause that is not left out already."""
    return max([day, *(last + _DAY for _, last in excluded)])


def _day(entry: _Entry) -> date:
    return entry.day if not isinstance(entry, CorrectedEntry) else entry.on

"""What is owed, by whom, from when and until what, and how one record moves the deadlines of a case."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, assert_never

import attrs

from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.record import (
    Change,
    Extended,
    Met,
    Missed,
    Record,
    Revived,
    Started,
    Stopped,
    Term,
    Warned,
    midnight,
)
from yingshang_flow.deadlines import (
    DueDate,
    DueRules,
    FixedDate,
    Period,
    Recurring,
    WorkingCalendar,
    before,
    due,
    parse,
)
from yingshang_flow.words import Cited, Label, Rule, rules_of, texts


@attrs.frozen
class Entering:
    """The moment a case comes into a state from another one."""

    state: str


@attrs.frozen
class Leaving:
    """The moment a case goes from a state into another one."""

    state: str


def entering(state: str) -> Entering:
    """Name the moment a case comes into a state."""
    return Entering(state)


def leaving(state: str) -> Leaving:
    """Name the moment a case goes out of a state."""
    return Leaving(state)


_DAY: Final = timedelta(days=1)

Signal = str | Entering | Leaving


@attrs.frozen
class FromContent:
    """A period or date that the starting act itself sets, in this field; empty means nothing is owed."""

    field: str


@attrs.frozen
class Obligors:
    """Those of a case who each owe the same: one deadline and one outcome for each.

    Attributes:
        key: The stable key of the group.
        label: What one of them is called.
        members: A module-level function from a case to their names, ``unit`` or ``group/unit``.
        roles: The keys of the roles they act in; others act for them only by naming them.
        edition: Raised whenever the function's meaning changes; part of the fingerprint.
        within: A larger group they are among: what one of that group does counts for these too.
    """

    key: str
    label: Label
    members: Callable[[Case], tuple[str, ...]]
    roles: tuple[str, ...] = attrs.field(default=(), converter=texts)
    edition: int = attrs.field(default=1, kw_only=True)
    within: "Obligors | None" = attrs.field(default=None, kw_only=True)


def _signals(value: Signal | Iterable[Signal]) -> tuple[Signal, ...]:
    return (value,) if isinstance(value, str | Entering | Leaving) else tuple(value)


Periods = Cited[Period] | FromContent | None
"""How long a limit runs: a locality's value, what an act says, or nothing where the profile sets none."""


def _extensions(value: Mapping[str, Periods]) -> Mapping[str, Cited[Period] | FromContent]:
    return FrozenDict({trigger: period for trigger, period in value.items() if period is not None})


@attrs.frozen
class TimeLimit:
    """One kind of deadline of a lifecycle: single, per obligor, or repeating.

    Attributes:
        key: The stable key.
        period: How long it runs; none when the profile sets none.
        label: What is owed.
        starts: What starts it: triggers, ``entering(state)`` or ``leaving(state)``.
        met: The triggers that meet it; an act meets the oldest one its obligor owes.
        rules: The rules it comes from.
        each: Who owes it each for themselves; none when the case owes it once.
        owed_by: The keys of the roles that owe it.
        stops: What ends it unmet, besides a final state.
        repeats: Whether the next time starts when one is met or missed, always counted from the first start.
        first: Whether a repeating fixed end counts from the period it starts in or from the next one.
        warn: How long before the due date the clock warns.
        counting: How its days are counted.
        where: A module-level function of the case after the act; the limit starts only where it says so.
        extended: By trigger, the whole period from the same start until whose end a running deadline is extended. An
            extension after the end is recorded and changes nothing.
        revived: The triggers that revoke what met or stopped it: the last one is owed again, until the date it had.
        soft: Whether being late is only noted, not a breach.
        meets: A module-level function of an act's content; only where it says so the act meets the limit.
        outlives: Whether it runs on when the case has come to an end.
        edition: Raised whenever the meaning of ``where`` or ``meets`` changes; part of the fingerprint.
    """

    key: str
    period: Periods
    label: Label = attrs.field(kw_only=True)
    starts: tuple[Signal, ...] = attrs.field(converter=_signals, kw_only=True)
    met: tuple[str, ...] = attrs.field(converter=texts, kw_only=True)
    rules: tuple[Rule, ...] = attrs.field(converter=rules_of, kw_only=True)
    each: Obligors | None = attrs.field(default=None, kw_only=True)
    owed_by: tuple[str, ...] = attrs.field(default=(), converter=texts, kw_only=True)
    stops: tuple[Signal, ...] = attrs.field(default=(), converter=_signals, kw_only=True)
    repeats: bool = attrs.field(default=False, kw_only=True)
    first: Literal["current", "next"] = attrs.field(default="current", kw_only=True)
    warn: Cited[Period] | None = attrs.field(default=None, kw_only=True)
    counting: Cited[DueRules] | None = attrs.field(default=None, kw_only=True)
    where: Callable[[Case], bool] | None = attrs.field(default=None, kw_only=True)
    extended: Mapping[str, Cited[Period] | FromContent] = attrs.field(
        default=FrozenDict(), converter=_extensions, kw_only=True
    )
    revived: tuple[str, ...] = attrs.field(default=(), converter=texts, kw_only=True)
    soft: bool = attrs.field(default=False, kw_only=True)
    meets: Callable[[Any], bool] | None = attrs.field(default=None, kw_only=True)
    outlives: bool = attrs.field(default=False, kw_only=True)
    edition: int = attrs.field(default=1, kw_only=True)

    def period_in(self, content: object) -> Period | None:
        """Return the period that an act's content leads to, none when it leads to nothing owed."""
        return _period_in(self.period, content)

    def starts_with(self, case: Case, record: Record) -> Period | None:
        """Return the period that an act starts, none when it starts nothing.

        Args:
            case: The case after the act.
            record: The act.
        """
        if not signalled(self.starts, record.trigger, record.before, record.after):
            return None
        return self.period_in(record.content) if self.where is None or self.where(case) else None

    def touched_by(self, trigger: str, before_state: str, after_state: str) -> bool:
        """Tell whether an act from one state to another can change anything about the limit."""
        return (
            trigger in self.met
            or trigger in self.extended
            or trigger in self.revived
            or signalled((*self.starts, *self.stops), trigger, before_state, after_state)
        )

    def started(
        self,
        period: Period,
        obligor: str,
        anchor: date,
        start: date,
        calendar: WorkingCalendar,
        *,
        number: int = 1,
        turn: int = 1,
    ) -> Started:
        """Compute the deadline that starts.

        Args:
            period: How long it runs.
            obligor: Who owes it; empty for the case.
            anchor: The date the series counts from.
            start: The date this time counts from.
            calendar: The working days.
            number: Which time, from 1.
            turn: Which time in its series, from 1.
        """
        found = self.counted(period, anchor, turn, calendar)
        return Started(
            self.key,
            obligor,
            number,
            turn,
            str(period),
            anchor,
            start,
            found.date,
            self._warning(found.date, start, calendar),
            calendar.hash,
            found.provisional,
        )

    def _warning(self, due_date: date, start: date, calendar: WorkingCalendar) -> date | None:
        """Return when the clock warns; a warning on the day it starts or before it says nothing new."""
        warn = None if self.warn is None else before(self.warn.value, due_date, calendar=calendar)
        return warn if warn is not None and warn > start else None

    def extension(self, deadline: Deadline, record: Record, calendar: WorkingCalendar) -> Extended | None:
        """Compute what an act that extends does to a deadline; none when it came too late or adds nothing."""
        period = _period_in(self.extended[record.trigger], record.content)
        if period is None or record.occurred_at.instant >= deadline.end:
            return None
        found = self.counted(period, deadline.anchor, deadline.turn, calendar)
        if found.date <= deadline.due:
            return None
        return Extended(
            self.key,
            deadline.obligor,
            deadline.number,
            str(period),
            found.date,
            self._warning(found.date, record.occurred_at.date, calendar),
            calendar.hash,
            found.provisional,
        )

    def repeats_after(self, last: Term) -> bool:
        """Tell whether there is a next time: a date that an act has set comes only once."""
        return self.repeats and not isinstance(parse(last.period), FixedDate)

    def counted(self, period: Period, anchor: date, turn: int, calendar: WorkingCalendar) -> DueDate:
        """Count one time of the limit from the date its series counts from; the result can explain itself."""
        rules = None if self.counting is None else self.counting.value
        if isinstance(period, Recurring):
            period = FixedDate(period.nth(anchor, turn))
        elif turn > 1 and not isinstance(period, FixedDate):
            period = period.times(turn)
        return due(period, anchor, calendar=calendar, rules=rules)

    def following(self, last: Term, calendar: WorkingCalendar) -> Started:
        """Compute the next time of a repeating limit."""
        return self.started(
            parse(last.period),
            last.obligor,
            last.anchor,
            last.due,
            calendar,
            number=last.number + 1,
            turn=last.turn + 1,
        )


def signalled(signals: tuple[Signal, ...], trigger: str, before_state: str, after_state: str) -> bool:
    """Tell whether an act from one state to another gives one of the signals."""
    moved = before_state != after_state
    for signal in signals:
        if isinstance(signal, str):
            if signal == trigger:
                return True
        elif moved and signal.state == (after_state if isinstance(signal, Entering) else before_state):
            return True
    return False


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
        yield Met(d.limit, d.obligor, d.number, late=record.occurred_at.instant >= d.end)
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
        yield from _extended(limit, left, record, calendar)
        yield from _revived(limit, mine, record)
    if period is not None:
        start = record.occurred_at.date
        # The next end counts from the one of the period that the start lies in, which may be the start itself.
        anchor = period.after(start - _DAY) if isinstance(period, Recurring) and limit.first == "next" else start
        for who in owing:
            yield limit.started(period, who, anchor, start, calendar, number=numbers.get(who, _times(mine, who)) + 1)


def _settled_by(limit: TimeLimit, mine: Sequence[Deadline], record: Record) -> list[Deadline]:
    """Return the deadlines that an act meets: of each it counts for, one."""
    if record.trigger not in limit.met:
        return []
    if limit.meets is not None and record.content is not None and not limit.meets(record.content):
        return []
    whom = record.obligors if limit.each is not None else ("",)
    named = getattr(record.content, "due", None)
    return [d for who in whom if (d := _oldest_owed(mine, who, named)) is not None]


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
        if d.status is not Status.OPEN:
            continue
        if d.end <= now:
            changes.extend(_missed(limits[d.limit], d, now, calendar))
        elif d.warn is not None and midnight(d.warn) <= now:
            changes.append(Warned(d.limit, d.obligor, d.number))
    return tuple(changes)


def applied(deadlines: Mapping[tuple[str, str, int], Deadline], record: Record) -> dict[tuple[str, str, int], Deadline]:
    """Return every deadline after a record, by (limit, obligor, number)."""
    table = dict(deadlines)
    for change in record.changes:
        key = (change.limit, change.obligor, change.number)
        match change:
            case Started():
                table[key] = _deadline(change)
            case Warned():
                table[key] = attrs.evolve(table[key], warn=None)
            case Missed():
                table[key] = attrs.evolve(table[key], status=Status.MISSED)
            case Met(late=late):
                status = Status.MET_LATE if late else Status.MET
                table[key] = attrs.evolve(table[key], status=status, settled=record.occurred_at)
            case Stopped():
                table[key] = attrs.evolve(table[key], status=Status.STOPPED, settled=record.occurred_at)
            case Extended(period=period, due=last, warn=warn, calendar=calendar, provisional=provisional):
                table[key] = attrs.evolve(
                    table[key],
                    status=Status.OPEN,
                    period=period,
                    due=last,
                    warn=warn,
                    calendar=calendar,
                    provisional=provisional,
                )
            case Revived():
                table[key] = attrs.evolve(table[key], status=Status.OPEN, settled=None)
            case _:
                assert_never(change)
    return table


def folded(deadlines: tuple[Deadline, ...], record: Record) -> tuple[Deadline, ...]:
    """Return what a snapshot keeps after a record: everything owed, and the latest time of every limit and obligor."""
    if not record.changes:
        return deadlines
    table = applied({(d.limit, d.obligor, d.number): d for d in deadlines}, record)
    last = {(limit, obligor): number for limit, obligor, number in sorted(table)}
    return tuple(d for d in table.values() if d.status.owed or d.number == last[d.limit, d.obligor])


def _period_in(period: Periods, content: object) -> Period | None:
    """Return a period that is set, or that an act's content sets."""
    if period is None or isinstance(period, Cited):
        return None if period is None else period.value
    if content is None:
        return None  # what a ledger of dates tells of an act
    value = getattr(content, period.field)
    return FixedDate(value) if isinstance(value, date) else value


def _missed(limit: TimeLimit, term: Term, until: datetime, calendar: WorkingCalendar) -> Iterator[Missed | Started]:
    """Yield the misses up to an instant, and of a repeating limit every next time, the last one still running."""
    while term.end <= until:
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
    if last.end > until:
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


def _times(mine: Iterable[Deadline], obligor: str) -> int:
    return max((d.number for d in mine if d.obligor == obligor), default=0)


def _number(deadline: Deadline) -> int:
    return deadline.number


def _deadline(term: Term) -> Deadline:
    return Deadline(
        term.limit,
        term.obligor,
        term.number,
        term.turn,
        term.period,
        term.anchor,
        term.start,
        term.due,
        term.warn,
        term.calendar,
        term.provisional,
    )

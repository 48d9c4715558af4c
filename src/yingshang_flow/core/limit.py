"""What is owed, by whom, from when and until what: a kind of deadline, and how its dates are counted."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Literal

import attrs

from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import (
    Extended,
    Moved,
    Record,
    Resumed,
    Started,
    Term,
)
from yingshang_flow.deadlines import (
    DueDate,
    DueRules,
    FixedDate,
    Lamps,
    Period,
    Series,
    Timetable,
    WorkingCalendar,
    before,
    due,
    parse,
)
from yingshang_flow.deadlines.period import ends_in_a_half
from yingshang_flow.deadlines.terms import Terms
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
    """A period, date or tuple of dates that the starting act itself sets, in this field; empty: nothing is owed."""

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


@attrs.frozen
class Rung:
    """One step of a ladder: whom to remind of a deadline, and when; with neither ``before`` nor ``after``, on the day.

    Attributes:
        key: The stable key, unique in the ladder.
        label: What is to be said.
        to: The key of the role it is said to.
        before: How long before the due date.
        after: How long after it, if it is still owed then.
        calls_for: The key of the lifecycle a person should open because of it.
    """

    key: str
    label: Label
    to: str = attrs.field(default="", kw_only=True)
    before: Cited[Period] | None = attrs.field(default=None, kw_only=True)
    after: Cited[Period] | None = attrs.field(default=None, kw_only=True)
    calls_for: str = attrs.field(default="", kw_only=True)

    def on(self, due_date: date, calendar: WorkingCalendar) -> date:
        """Return the date on which it is said."""
        if self.before is not None:
            return before(self.before.value, due_date, calendar=calendar)
        return due_date if self.after is None else due(self.after.value, due_date, calendar=calendar).date


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
        ladder: Whom the clock reminds of it, and when; each rung once for each deadline, while it is owed.
        paused: What makes running deadlines stand still: triggers, ``entering(state)`` or ``leaving(state)``.
        resumed: What lets them run again; the days from the one to the other, both included, do not count (R8). Where
            both are the same day, every day counts.
        lamps: When the lamp of one that runs changes; yellow from two working days before the end unless given (ours).
        edition: Raised whenever the meaning of ``where`` or ``meets`` changes; part of the fingerprint.
        timeless: Whether ``where`` looks at no times, so that it is the same for all cases with the same acts.
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
    ladder: tuple[Rung, ...] = attrs.field(default=(), converter=tuple[Rung, ...], kw_only=True)
    paused: tuple[Signal, ...] = attrs.field(default=(), converter=_signals, kw_only=True)
    resumed: tuple[Signal, ...] = attrs.field(default=(), converter=_signals, kw_only=True)
    lamps: Cited[Lamps] | None = attrs.field(default=None, kw_only=True)
    edition: int = attrs.field(default=1, kw_only=True)
    timeless: bool = attrs.field(default=False, kw_only=True)

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
            or signalled((*self.starts, *self.stops, *self.paused, *self.resumed), trigger, before_state, after_state)
        )

    def started(
        self,
        period: Period,
        obligor: str,
        anchor: date,
        start: date,
        calendar: WorkingCalendar,
        *,
        received: datetime | None = None,
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
            received: The moment it counts from, where the hours of that day matter.
            number: Which time, from 1.
            turn: Which time in its series, from 1.
        """
        found = self.counted(period, anchor, turn, calendar, received=received)
        dates = self._dates(found, calendar, after=start)
        return Started(
            self.key,
            obligor,
            number,
            *dates,
            turn=turn,
            period=str(period),
            anchor=anchor,
            start=start,
            received=received,
        )

    def begin(self, period: Period, at: Moment, calendar: WorkingCalendar) -> tuple[date, datetime | None]:
        """Return the day a period starts on after a moment, and that moment where the hours of the day matter.

        What comes after the close of business starts the next working day where the profile says so (R6); a moment of
        which only the day is known has no hour.
        """
        rules = DueRules() if self.counting is None else self.counting.value
        if at.precision == "day" or isinstance(period, FixedDate):
            return at.date, None
        day = at.date if rules.after_hours == "same_day" else Terms(calendar, rules).received_on(at.instant)
        return day, at.instant if ends_in_a_half(period) else None

    def anchor(self, period: Period, start: date, calendar: WorkingCalendar) -> date:
        """Return the date a series counts from: where the next end is the first, the end of what the start lies in."""
        if not isinstance(period, Series) or self.first == "current":
            return start
        # A week, month or quarter may end on the start itself; a cycle of working days begins with it.
        return period.after(start if period.length is not None else start - _DAY, calendar)

    def rungs(
        self, due_date: date, calendar: WorkingCalendar, pending: Iterable[tuple[str, date]] | None = None
    ) -> tuple[tuple[str, date], ...]:
        """Return what the ladder has to say of a due date, in order of time: all of it, or only what is pending."""
        keys = {rung.key for rung in self.ladder} if pending is None else {key for key, _ in pending}
        said = ((rung.key, rung.on(due_date, calendar)) for rung in self.ladder if rung.key in keys)
        return tuple(sorted(said, key=_when))

    def _dates(
        self,
        found: DueDate,
        calendar: WorkingCalendar,
        *,
        after: date | None,
        pending: tuple[tuple[str, date], ...] | None = None,
    ) -> tuple[date, time | None, date | None, str, bool, tuple[tuple[str, date], ...]]:
        """Return what ``Dated`` holds of a due date.

        Args:
            found: The due date.
            calendar: The calendar it was counted with.
            after: The day after which a warning says something new; none when it was given already.
            pending: What the ladder has still to say; all of it unless given.
        """
        warn = None if after is None else self._warning(found.date, after, calendar)
        rungs = self.rungs(found.date, calendar, pending)
        return found.date, found.closes, warn, calendar.hash, found.provisional, rungs

    def _warning(self, due_date: date, start: date, calendar: WorkingCalendar) -> date | None:
        """Return when the clock warns; a warning on the day it starts or before it says nothing new."""
        warn = None if self.warn is None else before(self.warn.value, due_date, calendar=calendar)
        return warn if warn is not None and warn > start else None

    def extension(self, deadline: Deadline, record: Record, calendar: WorkingCalendar) -> Extended | None:
        """Compute what an act that extends does to a deadline; none when it came too late or adds nothing."""
        period = _period_in(self.extended[record.trigger], record.content)
        runs = deadline.paused is not None or record.occurred_at.instant < deadline.end
        if period is None or not runs:
            return None
        found = self._ceiling(period, deadline, calendar)
        if found.end <= deadline.end:
            return None
        # It is warned of anew, even after a warning of its earlier end.
        dates = self._dates(found, calendar, after=record.occurred_at.date, pending=deadline.rungs)
        return Extended(self.key, deadline.obligor, deadline.number, *dates, period=str(period))

    def moved(self, deadline: Deadline, calendar: WorkingCalendar) -> Moved | None:
        """Compute where a running deadline goes by another calendar; none when it stays as it is.

        A warning that was given is not given again.
        """
        found = self.of(deadline, calendar)
        if (found.end, found.provisional) == (deadline.end, deadline.provisional):
            return None
        after = None if deadline.warn is None else deadline.start
        dates = self._dates(found, calendar, after=after, pending=deadline.rungs)
        return Moved(self.key, deadline.obligor, deadline.number, *dates, old=deadline.due, notice=calendar.name)

    def redated(
        self,
        deadline: Deadline,
        calendar: WorkingCalendar,
        *,
        warned: bool,
        pending: tuple[tuple[str, date], ...],
    ) -> Deadline:
        """Return a running deadline as it stands when this limit counts it.

        Args:
            deadline: The deadline, with the period, anchor and turn it is to have.
            calendar: The working days.
            warned: Whether a warning was given, which is not given again.
            pending: What the ladder has still to say.
        """
        found = self.of(deadline, calendar)
        dates = self._dates(found, calendar, after=None if warned else deadline.start, pending=pending)
        due, closes, warn, calendar_hash, provisional, rungs = dates
        return attrs.evolve(
            deadline,
            due=due,
            closes=closes,
            warn=warn,
            calendar=calendar_hash,
            provisional=provisional,
            rungs=rungs,
        )

    def repeats_after(self, last: Term) -> bool:
        """Tell whether there is a next time: a date comes once, a timetable ends with its last."""
        period = parse(last.period)
        if isinstance(period, Timetable):
            return self.repeats and last.turn < period.left(last.anchor)
        return self.repeats and not isinstance(period, FixedDate)

    def counted(
        self,
        period: Period,
        anchor: date,
        turn: int,
        calendar: WorkingCalendar,
        *,
        excluded: Iterable[tuple[date, date]] = (),
        received: datetime | None = None,
    ) -> DueDate:
        """Count one time of the limit from the date its series counts from; the result can explain itself.

        Args:
            period: How long it runs.
            anchor: The date the series counts from.
            turn: Which time in its series, from 1.
            calendar: The working days.
            excluded: The spans that do not count, both boundary days included.
            received: The moment it counts from, where the hours of that day matter.
        """
        rules = None if self.counting is None else self.counting.value
        if isinstance(period, FixedDate):
            calendar.day(period.date)  # refuses a date that the calendar does not know, which nobody could judge
        period = _whole(period, anchor, turn, calendar)
        return due(period, received or anchor, calendar=calendar, rules=rules, exclude=excluded)

    def budget(self, deadline: Deadline, calendar: WorkingCalendar) -> Period:
        """Return how long a deadline runs from the date its series counts from; a date where it recurs."""
        return _whole(parse(deadline.period), deadline.anchor, deadline.turn, calendar)

    def of(self, deadline: Deadline, calendar: WorkingCalendar) -> DueDate:
        """Count a deadline anew by some calendar: its budget without what was excluded, or the ceiling beyond that."""
        period, anchor, turn = parse(deadline.period), deadline.anchor, deadline.turn
        found = self.counted(period, anchor, turn, calendar, excluded=deadline.excluded, received=deadline.received)
        ceilings = (self._ceiling(parse(text), deadline, calendar) for text in deadline.ceilings)
        return max(found, *ceilings, key=_end) if deadline.ceilings else found

    def _ceiling(self, period: Period, deadline: Deadline, calendar: WorkingCalendar) -> DueDate:
        """Count what a deadline is extended to: from the same start, whatever was excluded (R8)."""
        return self.counted(period, deadline.anchor, deadline.turn, calendar, received=deadline.received)

    def resumption(self, deadline: Deadline, since: date, day: date, calendar: WorkingCalendar) -> Resumed:
        """Compute where a deadline goes that was paused on one day and runs again from another."""
        last = day if day > since else since - _DAY
        if deadline.excluded:  # what ended on the day this one began is left out already
            since = max(since, deadline.excluded[-1][1] + _DAY)
        spans = (*deadline.excluded, (since, last)) if last >= since else deadline.excluded
        found = self.of(attrs.evolve(deadline, excluded=spans), calendar)
        after = None if deadline.warn is None else day
        dates = self._dates(found, calendar, after=after, pending=deadline.rungs)
        return Resumed(self.key, deadline.obligor, deadline.number, *dates, first=since, last=last)

    def following(self, last: Term, calendar: WorkingCalendar) -> Started:
        """Compute the next time of a repeating limit."""
        return self.started(
            parse(last.period),
            last.obligor,
            last.anchor,
            last.due,
            calendar,
            received=last.received,
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


def _whole(period: Period, anchor: date, turn: int, calendar: WorkingCalendar) -> Period:
    """Return how long one time of a series runs, counted from where the series does."""
    if isinstance(period, Series):
        return FixedDate(period.nth(anchor, turn, calendar))
    return period if turn == 1 or isinstance(period, FixedDate) else period.times(turn)


def _end(found: DueDate) -> datetime:
    return found.end


def _when(rung: tuple[str, date]) -> date:
    return rung[1]


def _period_in(period: Periods, content: object) -> Period | None:
    """Return a period that is set, or that an act's content sets."""
    if period is None or isinstance(period, Cited):
        return None if period is None else period.value
    if content is None:
        return None  # what a ledger of dates tells of an act
    value = getattr(content, period.field)
    if isinstance(value, tuple):
        return Timetable(value) if value else None
    return FixedDate(value) if isinstance(value, date) else value

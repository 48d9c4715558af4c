"""A deadline as a ledger: its budget, its start and what happened to it, from which its due date follows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from yingshang_flow.deadlines.calculator import DueDate
from yingshang_flow.deadlines.calendar import WorkingCalendar
from yingshang_flow.deadlines.china import china
from yingshang_flow.deadlines.clock import china_date
from yingshang_flow.deadlines.entries import (
    Corrected,
    Effect,
    Ended,
    Entry,
    Excluded,
    Extended,
    Moment,
    Paused,
    Restarted,
    Resumed,
    Waived,
    applying,
    known_by,
    known_from,
    period_of,
)
from yingshang_flow.deadlines.lamps import DEFAULT_LAMPS, Lamp, Lamps
from yingshang_flow.deadlines.ledger_checks import check
from yingshang_flow.deadlines.ledger_json import read_fields, written_fields
from yingshang_flow.deadlines.ledger_text import LedgerExplanation, explained_ledger
from yingshang_flow.deadlines.period import Period
from yingshang_flow.deadlines.rules import DueRules
from yingshang_flow.deadlines.standing import LedgerStatus, Standing, Timeline
from yingshang_flow.deadlines.terms import Terms
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Citation, Label

_DEFAULTS: Final = DueRules()
_RESUMED: Final = Label("中止原因消除", "the ground for the pause is gone")


def _resolved(calendar: WorkingCalendar | None) -> WorkingCalendar:
    return china() if calendar is None else calendar


def _ruled(rules: DueRules | None) -> DueRules:
    return _DEFAULTS if rules is None else rules


def _entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    try:
        found = tuple(entries)
    except TypeError:
        raise DeadlineError(f"a ledger holds a list of entries, not {entries!r}") from None
    for entry in found:
        if not isinstance(entry, Entry):
            raise DeadlineError(f"a ledger holds entries such as Paused or Extended, not {entry!r}")
    return found


@attrs.frozen
class Ledger:
    """A deadline that keeps its budget, its start and every entry; immutable, each method returns a new ledger.

    Whatever is asked is answered *as of* a moment, a date (the whole day) or an aware datetime: entries recorded later
    are not known yet. Without one it is answered as of the latest day of an entry, with every entry known. Days count
    at UTC+8. While a pause is open so is the due date: it is given as if the period were resumed on that very day,
    which is the earliest date it can still have, and what remains stands still.

    Attributes:
        period: The budget.
        start: The day it starts on, or the aware datetime, whose time of day matters where it matters to ``due()``.
        entries: What happened, in the order of recording; the first has the number 1.
    """

    period: Period = attrs.field(converter=period_of)
    start: Moment
    _calendar: WorkingCalendar | None = attrs.field(default=None, kw_only=True, eq=_resolved)
    _rules: DueRules | None = attrs.field(default=None, kw_only=True, eq=_ruled)
    entries: tuple[Entry, ...] = attrs.field(default=(), kw_only=True, converter=_entries)
    _timeline: Timeline = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse entries that contradict each other, and mark the extensions that came too late."""
        if not isinstance(self._calendar, WorkingCalendar | None):
            raise DeadlineError(f"a calendar is a WorkingCalendar, or none for china(), not {self._calendar!r}")
        if not isinstance(self._rules, DueRules | None):
            raise DeadlineError(f"rules are DueRules, or none for the defaults, not {self._rules!r}")
        start = china_date(self.start)
        if self.entries:
            check(self.period, start, self.entries)
        object.__setattr__(self, "_timeline", self._timeline_as(None))
        if self.entries:
            object.__setattr__(self, "entries", _marked(self.entries, self._standing(None).idle))

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days."""
        return _resolved(self._calendar)

    @property
    def rules(self) -> DueRules:
        """How the switches are set."""
        return _ruled(self._rules)

    def pause(
        self,
        on: Moment,
        ground: Label | str,
        *,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Let the period stand still from a day on, which does not count (中止).

        Raises:
            DeadlineError: It is paused already, that day is excluded, or it lies before the start or after the end.
        """
        return self._with(Paused(on, ground=ground, actor=actor, at=_at(on, at), citation=citation))

    def resume(
        self,
        on: Moment,
        ground: Label | str = _RESUMED,
        *,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Let a paused period run again; that day counts, so that a pause resumed on its own day changes nothing.

        Raises:
            DeadlineError: It is not paused, was paused later, or the pause overlaps excluded time.
        """
        return self._with(Resumed(on, ground=ground, actor=actor, at=_at(on, at), citation=citation))

    def exclude(
        self,
        first: Moment,
        last: Moment,
        ground: Label | str,
        *,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Leave days out, both included; ``rules.first_excluded_counts`` counts the first one (R8).

        Raises:
            DeadlineError: The days overlap others that do not count, or lie before the start or after the end.
        """
        return self._with(Excluded(first, last, ground=ground, actor=actor, at=_at(first, at), citation=citation))

    def restart(
        self,
        on: Moment,
        ground: Label | str,
        *,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Start the whole budget anew on a day; what was extended before that day lapses.

        Raises:
            DeadlineError: That day is paused or excluded, or lies before the start or after the end.
        """
        return self._with(Restarted(on, ground=ground, actor=actor, at=_at(on, at), citation=citation))

    def extend(
        self,
        on: Moment,
        ground: Label | str,
        *,
        by: Period | str | None = None,
        to: Period | str | None = None,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Give more time; decided after the due date it is recorded as ``late`` and moves nothing.

        Args:
            on: The day of the decision.
            ground: Why.
            by: The amount, in the unit of the budget. After a ceiling it counts on from there.
            to: The ceiling: the whole length counted from the same start, or a fixed date. Never earlier than before.
            actor: Who decided it.
            at: When it was recorded.
            citation: Where the ground stands.

        Raises:
            DeadlineError: The amount has another unit than the budget, or the day lies before the start or after
                an end.
        """
        said = Extended(on, by, to, ground=ground, actor=actor, at=_at(on, at), citation=citation)
        return self._with(said)

    def end(
        self,
        on: Moment,
        ground: Label | str,
        *,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Close the deadline on a day, early or late.

        Raises:
            DeadlineError: It has ended already, or another entry lies after that day.
        """
        return self._with(Ended(on, ground=ground, actor=actor, at=_at(on, at), citation=citation))

    def waive(
        self,
        on: Moment,
        ground: Label | str,
        *,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Let go of what is owed from a day on.

        Raises:
            DeadlineError: It has ended already, or another entry lies after that day.
        """
        return self._with(Waived(on, ground=ground, actor=actor, at=_at(on, at), citation=citation))

    def correct(
        self,
        number: int,
        on: Moment,
        ground: Label | str,
        *,
        by: Effect | None = None,
        actor: str | None = None,
        at: Moment | None = None,
        citation: Citation | None = None,
    ) -> "Ledger":
        """Strike out an entry, or put another in its place; the corrected one stays in the list.

        Args:
            number: The number of the entry, from 1.
            on: The day of the correction.
            ground: Why it was wrong.
            by: The entry that applies instead.
            actor: Who corrected it.
            at: When that was recorded.
            citation: Where the ground stands.

        Raises:
            DeadlineError: There is no such entry, or the entries would contradict each other without it.
        """
        said = Corrected(on, number, by, ground=ground, actor=actor, at=_at(on, at), citation=citation)
        return self._with(said)

    def due(self, at: Moment | None = None) -> DueDate:
        """Return the due date as of a moment; while it is paused, the earliest one it can still have.

        Raises:
            TimeError: The moment is a naive datetime or no time at all.
            CalendarRangeError: A day lies outside the calendar.
            CalendarHorizonError: The result is provisional and the rules refuse that (R11).
        """
        return self._standing(at).due

    def status(self, at: Moment | None = None) -> LedgerStatus:
        """Return what the deadline is doing at a moment; a day is over when its due date lies before it."""
        return self._standing(at).status

    def remaining(self, at: Moment | None = None) -> int:
        """Return what is left after the day of a moment: working days of a budget of working days, else days.

        Excluded days are not counted. Zero on the last day, and on the days off that prolong it; negative by the days
        that it is over. It stands still while the period is paused and after it has ended.
        """
        return self._standing(at).remaining()

    def lamp(self, at: Moment | None = None, lamps: Lamps = DEFAULT_LAMPS) -> Lamp:
        """Return the lamp at a moment; what has ended in time or was waived is green, what ended late is red."""
        if not isinstance(lamps, Lamps):
            raise DeadlineError(f"lamps are set by Lamps, for example Lamps(yellow='3工作日'), not by {lamps!r}")
        return lamps.of(self._standing(at))

    def explain(self, at: Moment | None = None) -> LedgerExplanation:
        """Return the due date with every entry known at a moment and every day that decided something."""
        knows = None if at is None else known_by(at)
        numbered = enumerate(self.entries, 1)
        known = [(number, entry) for number, entry in numbered if knows is None or known_from(entry) <= knows]
        return explained_ledger(self.period, self._standing(at), known, applying(self.entries, knows))

    def as_dict(self) -> dict[str, Any]:
        """Return the ledger as values that JSON has; the calendar is not among them."""
        return written_fields(self.period, self.start, self.rules, self.entries)

    @classmethod
    def from_dict(cls, written: Mapping[str, Any], *, calendar: WorkingCalendar | None = None) -> "Ledger":
        """Read what :meth:`as_dict` wrote; every check is made again.

        Args:
            written: The ledger.
            calendar: The working days; ``china()`` when left out.

        Raises:
            DeadlineError: A key is missing or unknown, or the ledger contradicts itself.
        """
        return cls(**read_fields(written), calendar=calendar)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what was said; what follows from it is derived again."""
        return _ledger, (self.period, self.start, self._calendar, self._rules, self.entries)

    def _with(self, entry: Entry) -> "Ledger":
        return attrs.evolve(self, entries=(*self.entries, entry))

    def _standing(self, moment: Moment | None) -> Standing:
        """Derive everything from the entries known at a moment."""
        timeline = self._timeline
        corrected = timeline.corrected
        if moment is not None and corrected is not None and (knows := known_by(moment)) < corrected:
            timeline = self._timeline_as(knows)
        return timeline.at(moment)

    def _timeline_as(self, knows: datetime | None) -> Timeline:
        return Timeline.of(self.period, self.start, Terms(self.calendar, self.rules), self.entries, knows=knows)


def _marked(entries: tuple[Entry, ...], idle: Mapping[int, str]) -> tuple[Entry, ...]:
    """Say of each extension that applies whether it is late, where it stands: in the list, or in a correction."""
    effects, found = applying(entries), list(entries)
    for number, entry in enumerate(entries, 1):
        of, effect = (entry.number, entry.by) if isinstance(entry, Corrected) else (number, entry)
        late = idle.get(of) == "late"
        if isinstance(effect, Extended) and effects.get(of) is effect and effect.late is not late:
            marked = attrs.evolve(effect, late=late)
            found[number - 1] = attrs.evolve(entry, by=marked) if isinstance(entry, Corrected) else marked
    return tuple(found)


def _ledger(
    period: Period,
    start: Moment,
    calendar: WorkingCalendar | None,
    rules: DueRules | None,
    entries: tuple[Entry, ...],
) -> Ledger:
    """Build a ledger that was pickled."""
    return Ledger(period, start, calendar=calendar, rules=rules, entries=entries)


def _at(on: Moment, at: Moment | None) -> Moment | None:
    """Return when an entry was recorded: its own moment, if that is more than a day."""
    return on if at is None and isinstance(on, datetime) else at

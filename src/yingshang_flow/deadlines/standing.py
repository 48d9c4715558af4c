"""How a deadline stands at a moment: what follows from the entries that are known by then."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, cast

import attrs

from yingshang_flow.deadlines.calculator import DueDate, counted
from yingshang_flow.deadlines.clock import china_date
from yingshang_flow.deadlines.entries import (
    Corrected,
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
)
from yingshang_flow.deadlines.period import CalendarDays, Months, Period, WorkingDays
from yingshang_flow.deadlines.terms import Pairs, Terms
from yingshang_flow.words import Label

Counted = WorkingDays | CalendarDays | Months
"""A period that has a length, and so can be prolonged by another of its kind."""

_Idle = Mapping[int, Literal["late", "idle"]]
_DAY: Final = timedelta(days=1)


class LedgerStatus(StrEnum):
    """What a deadline is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    WAIVED = "waived"
    OVER = "over"

    @property
    def label(self) -> Label:
        """What people call it."""
        return _STATUSES[self]


_STATUSES: Final[Mapping[LedgerStatus, Label]] = MappingProxyType(
    {
        LedgerStatus.RUNNING: Label("计算中", "running"),
        LedgerStatus.PAUSED: Label("中止", "paused"),
        LedgerStatus.ENDED: Label("已终结", "ended"),
        LedgerStatus.WAIVED: Label("已免除", "waived"),
        LedgerStatus.OVER: Label("已届满", "over"),
    }
)


class Standing(NamedTuple):
    """What follows from the entries that are known at a moment."""

    moment: Moment | None
    """The moment; none for the latest day of an entry, with every entry known."""
    day: date
    """The day it is looked at from; not later than the end."""
    due: DueDate
    """The due date."""
    budget: DueDate
    """The end of the budget with the amounts added to it; the due date, unless a ceiling lies later."""
    since: date | None
    """From when it is paused without a known end, on that day."""
    paused: bool
    """Whether it is paused on that day, whatever the day on which it is resumed."""
    closed: Ended | Waived | None
    """What ended it by that day."""
    idle: _Idle
    """The extensions that move nothing, by number: too late, or not later than the end before."""

    @property
    def status(self) -> LedgerStatus:
        """What the deadline is doing."""
        if self.closed is not None:
            return LedgerStatus.ENDED if isinstance(self.closed, Ended) else LedgerStatus.WAIVED
        moment = self.moment
        if moment >= self.due.end if isinstance(moment, datetime) else self.day > self.due.date:
            return LedgerStatus.OVER
        return LedgerStatus.PAUSED if self.paused else LedgerStatus.RUNNING

    def remaining(self, *, working: bool | None = None) -> int:
        """Return what is left until the due date; negative when it is over.

        Args:
            working: Whether to count working days, or days; the unit of the budget when left out.
        """
        day, due, terms = self.day, self.due, self.budget.terms
        if working is None:
            working = self.by_working_days
        if day > due.date:
            return terms.calendar.count(day, due.date) if working else (due.date - day).days
        if self.since is not None and not (terms.rules.first_excluded_counts and self.since == day):
            day -= _DAY
        return self._left(max(day, self._anchor), working=working)

    @property
    def whole(self) -> int:
        """What was left when it started, in the unit of the budget."""
        return self._left(self._anchor, working=self.by_working_days)

    @property
    def by_working_days(self) -> bool:
        """Whether the budget is counted in working days."""
        return isinstance(self.budget.period, WorkingDays)

    @property
    def _anchor(self) -> date:
        return self.budget.terms.anchor(self.budget.start)

    def _left(self, after: date, *, working: bool) -> int:
        due = self.due
        return self.budget.terms.left(after, due.date if working else min(due.nominal, due.date), working=working)


class _Span(NamedTuple):
    """Time that does not count, as far as it is known."""

    first: date
    days: tuple[date, date] | None
    """The first and the last day; none for a pause that is open, or resumed on its first day."""
    known: datetime
    """From when it is known."""
    ended: datetime | None
    """From when its end is known; none for a pause that is open."""
    pause: bool


class _End(NamedTuple):
    """An end that can be extended: the due date, and what an amount is added to."""

    due: DueDate
    length: Counted | None
    """What it was counted with; none for a ceiling, after which an amount counts on."""
    start: Moment
    terms: Terms


@attrs.frozen
class Timeline:
    """Entries that apply, paired and in order: all that does not depend on the moment they are looked at from.

    Attributes:
        period: The budget.
        start: The day or moment it starts on.
        terms: The calendar and the rules, without excluded time or a restart.
        latest: The latest day that is spoken of.
        corrected: The instant from which every correction is known; none where there is no correction.
    """

    period: Period
    start: Moment
    terms: Terms
    latest: date
    corrected: datetime | None
    _spans: Sequence[_Span]
    _restarts: Sequence[tuple[datetime, date]]
    _closings: Sequence[tuple[datetime, Ended | Waived]]
    _extensions: Sequence[tuple[datetime, int, Extended]]
    _whole: Terms
    """The terms once every entry is known and no pause is open."""

    @classmethod
    def of(
        cls, period: Period, start: Moment, terms: Terms, entries: Sequence[Entry], *, knows: datetime | None = None
    ) -> "Timeline":
        """Return the timeline of entries.

        Args:
            period: The budget.
            start: The day or moment it starts on.
            terms: The calendar and the rules, without excluded time or a restart.
            entries: All entries of a ledger, in the order of recording.
            knows: The instant by which a correction has to be known; all of them are when left out.
        """
        latest = china_date(start)
        spans: list[_Span] = []
        restarts: list[tuple[datetime, date]] = []
        closings: list[tuple[datetime, Ended | Waived]] = []
        extensions: list[tuple[datetime, int, Extended]] = []
        pending: list[tuple[date, datetime]] = []
        for number, entry in applying(entries, knows).items():
            known, latest = known_from(entries[number - 1]), max(latest, entry.day)
            match entry:
                case Paused():
                    pending.append((entry.on, known))
                case Resumed():
                    for first, since in pending:
                        days = (first, entry.on - _DAY) if first < entry.on else None
                        spans.append(_Span(first, days, since, known, pause=True))
                    pending.clear()
                case Excluded():
                    spans.append(_Span(entry.first, (entry.first, entry.last), known, known, pause=False))
                case Restarted():
                    restarts.append((known, entry.on))
                case Extended():
                    extensions.append((known, number, entry))
                case _:
                    closings.append((known, entry))
        spans += [_Span(first, None, since, None, pause=True) for first, since in pending]
        spans.sort(key=_first)
        return cls(
            period,
            start,
            terms,
            latest,
            max((known_from(entry) for entry in entries if isinstance(entry, Corrected)), default=None),
            spans,
            restarts,
            closings,
            sorted(extensions, key=_order),
            Terms(
                terms.calendar,
                terms.rules,
                _merged([span.days for span in spans if span.days is not None]),
                max((on for _, on in restarts), default=None),
            ),
        )

    def at(self, moment: Moment | None) -> Standing:
        """Return how the deadline stands at a moment; with every entry known on the latest day when there is none."""
        knows = _EVER if moment is None else known_by(moment)
        day = self.latest if moment is None else knows.date()
        closed: Ended | Waived | None = None
        for known, closing in self._closings:
            if known <= knows and closing.on <= day:
                closed, day = closing, closing.on
        stopped, since, paused = self._stopped(day, knows)
        terms = self._terms_with(stopped, [on for known, on in self._restarts if known <= knows])
        due = budget = counted(self.period, self.start, terms)
        idle: _Idle = _NONE
        if self._extensions:
            due, budget, idle = self._extended(budget, terms, knows)
        return Standing(moment, day, due, budget, since, paused or since is not None, closed, idle)

    def _stopped(self, day: date, knows: datetime) -> tuple[list[tuple[date, date]], date | None, bool]:
        """Return what does not count, from when it is paused without a known end, and whether a known pause is on."""
        opened: date | None = None
        paused = False
        stopped: list[tuple[date, date]] = []
        for first, days, known, ended, pause in self._spans:
            if known > knows:
                continue
            if ended is None or ended > knows:
                opened = opened or first  # the earliest, as they are in order
            elif days is not None:
                stopped.append(days)
                if pause and first <= day <= days[1]:
                    paused = True
        if opened is None or opened > day:
            return stopped, None, paused
        if opened < day:
            stopped.append((opened, day - _DAY))
        return stopped, opened, paused

    def _terms_with(self, stopped: list[tuple[date, date]], restarts: list[date]) -> Terms:
        """Return the terms with what is known to be excluded, and to start anew."""
        restart, whole = max(restarts, default=None), self._whole
        if tuple(stopped) == whole.exclude and restart == whole.restart:
            return whole
        return Terms(whole.calendar, whole.rules, _merged(stopped), restart)

    def _extended(self, budget: DueDate, terms: Terms, knows: datetime) -> tuple[DueDate, DueDate, _Idle]:
        """Return the due date and the end of the budget after the extensions, and the extensions that move nothing.

        An amount prolongs the budget and whatever was extended to a ceiling before; a ceiling stands beside them.
        """
        restart = terms.restart
        due, ends = budget, [_End(budget, cast("Counted", self.period), self.start, terms)]
        idle: dict[int, Literal["late", "idle"]] = {}
        for known, number, entry in self._extensions:
            if known > knows or (restart is not None and entry.on < restart):
                continue
            if entry.on > due.date:
                idle[number] = "late"
                continue
            if entry.to is None:
                ends = [_prolonged(end, cast("Counted", entry.by)) for end in ends]
            else:
                ends.append(self._ceiling(entry.to, terms))
            before, due = due, _latest(ends)
            if not _is_later(due, before):
                idle[number] = "idle"
        return due, ends[0].due, idle

    def _ceiling(self, to: Period, terms: Terms) -> _End:
        """Return the end of a ceiling, counted from the same start, whatever is excluded."""
        due = counted(to, terms.restart or self.start, self.terms)
        after = due.date + _DAY if terms.rules.count_start else due.date
        return _End(due, None, after, attrs.evolve(terms, restart=None) if terms.restart else terms)


_NONE: Final[_Idle] = MappingProxyType({})
_EVER: Final = known_by(date.max)


def _prolonged(end: _End, by: Counted) -> _End:
    total: Any = by.n if end.length is None else end.length.n + by.n
    length = type(by)(total)
    return _End(counted(length, end.start, end.terms), length, end.start, end.terms)


def _latest(ends: list[_End]) -> DueDate:
    """Return the due date of the latest end; the earliest found of those that are equally late."""
    found = ends[0].due
    for end in ends[1:]:
        if _is_later(end.due, found):
            found = end.due
    return found


def _is_later(due: DueDate, than: DueDate) -> bool:
    """Tell whether a due date is later, be it by half a day."""
    return due.date > than.date or (due.date == than.date and due.end > than.end)


def _merged(spans: list[tuple[date, date]]) -> Pairs:
    """Return spans in order, without overlaps: an open pause can reach into time that is planned to be left out."""
    spans.sort()
    found = spans[:1]
    for span in spans[1:]:
        first, last = found[-1]
        if span[0] > last:
            found.append(span)
        elif span[1] > last:
            found[-1] = (first, span[1])
    return tuple(found)


def _first(span: _Span) -> date:
    return span.first


def _order(extension: tuple[datetime, int, Extended]) -> tuple[date, int]:
    _, number, entry = extension
    return entry.on, number

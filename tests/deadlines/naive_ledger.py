"""A deadline walked day by day: what a ledger has to agree with, sharing no arithmetic with it."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import attrs

from tests.deadlines.ledgers import DAY, Counted, is_worked
from yingshang_flow.deadlines import (
    CHINA_TIME,
    Corrected,
    Ended,
    Excluded,
    Extended,
    FixedDate,
    Ledger,
    LedgerStatus,
    Months,
    Paused,
    Period,
    Restarted,
    Resumed,
    Timetable,
    Waived,
    WorkingDays,
)
from yingshang_flow.deadlines.entries import Effect, Entry, Moment


def day_of(moment: Moment) -> date:
    """Return the day in China."""
    return moment.astimezone(CHINA_TIME).date() if isinstance(moment, datetime) else moment


def is_known(entry: Entry, moment: Moment) -> bool:
    """Tell whether an entry was recorded by a moment; a day without a time of day counts as a whole."""
    recorded = entry.at or entry.day
    if isinstance(recorded, datetime) and isinstance(moment, datetime):
        return recorded <= moment
    return day_of(recorded) <= day_of(moment)


def days(first: date, last: date) -> Iterator[date]:
    """Yield the days from one to another, both included."""
    return (first + k * DAY for k in range((last - first).days + 1))


@attrs.define
class Naive:
    """What is known of a ledger at a moment, walked through day by day."""

    ledger: Ledger
    moment: Moment
    day: date = attrs.field(init=False)
    gone: set[date] = attrs.field(factory=set)
    """The days that do not count."""
    stopped: set[date] = attrs.field(factory=set)
    """The days on which it is paused."""
    opened: date | None = None
    """From when it is paused without a known end."""
    restart: date | None = None
    closed: Ended | Waived | None = None
    extensions: list[tuple[date, int, Extended]] = attrs.field(factory=list)
    late: set[int] = attrs.field(factory=set)

    def __attrs_post_init__(self) -> None:
        """Take the entries in, one after another."""
        self.day = day_of(self.moment)
        effects = self.applying()
        for effect, known in effects.values():
            if isinstance(effect, Ended | Waived) and known and effect.on <= self.day:
                self.closed, self.day = effect, effect.on
        pending: list[tuple[date, bool]] = []
        for number, (effect, known) in effects.items():
            match effect:
                case Paused():
                    pending.append((effect.on, known))
                case Resumed():
                    self.resume(pending, effect.on, known=known)
                    pending = []
                case Excluded() if known:
                    self.leave_out(effect.first, effect.last)
                case Restarted() if known:
                    self.restart = max(self.restart or effect.on, effect.on)
                case Extended() if known:
                    self.extensions.append((effect.on, number, effect))
                case _:
                    pass
        self.resume(pending, None, known=False)
        if self.opened is not None and self.opened <= self.day:
            self.leave_out(self.opened, self.day - DAY)
            self.stopped.add(self.day)
        else:
            self.opened = None

    def applying(self) -> dict[int, tuple[Effect, bool]]:
        """Return what applies after the corrections known, and whether it is known itself."""
        found: dict[int, tuple[Effect | None, bool]] = {}
        for number, entry in enumerate(self.ledger.entries, 1):
            if not isinstance(entry, Corrected):
                found[number] = (entry, is_known(entry, self.moment))
            elif is_known(entry, self.moment):
                found[entry.number] = (entry.by, found[entry.number][1])
        return {number: (effect, known) for number, (effect, known) in found.items() if effect is not None}

    def resume(self, pending: list[tuple[date, bool]], on: date | None, *, known: bool) -> None:
        """End the pauses that are pending, or leave them open when their end is not known."""
        for first, paused in pending:
            if paused and known and on is not None:
                self.leave_out(first, on - DAY)
                self.stopped |= set(days(first, on - DAY))
            elif paused:
                self.opened = min(self.opened or first, first)

    def leave_out(self, first: date, last: date) -> None:
        """Let days not count, except for the first one where it does."""
        self.gone |= set(days(first, last)) - ({first} if self.ledger.rules.first_excluded_counts else set())

    def walked(self, period: Period, start: date, *, gone: bool = True) -> tuple[date, date]:
        """Return where a period ends, before and after it moves to a working day."""
        if isinstance(period, FixedDate):
            return period.date, period.date
        day = before = start - DAY if self.ledger.rules.count_start else start
        if isinstance(period, Months):
            month = start.month - 1 + period.n
            year, month = start.year + month // 12, month % 12 + 1
            last = date(year, month, min(start.day, monthrange(year, month)[1]))
            left = (last - before).days - (self.ledger.rules.count_start and last.day == start.day)
        else:
            assert not isinstance(period, Timetable)
            assert isinstance(period.n, int)
            left = period.n
        working = isinstance(period, WorkingDays)
        while left:
            day += DAY
            left -= (is_worked(day) or not working) and not (gone and day in self.gone)
        end = day
        while not is_worked(end):
            end += DAY
        return day, end

    def end(self) -> tuple[date, date]:
        """Return the latest end, before and after it moves; find the extensions that come too late."""
        budget, counts_from = self.ledger.period, DAY if self.ledger.rules.count_start else timedelta()
        assert isinstance(budget, Counted)
        start = day_of(self.ledger.start) if self.restart is None else self.restart
        ends, starts, lengths = [self.walked(budget, start)], [start], [budget.n]
        for on, number, entry in sorted(self.extensions, key=lambda found: found[:2]):
            if self.restart is not None and on < self.restart:
                continue
            if on > max(end for _, end in ends):
                self.late.add(number)
            elif entry.to is not None:
                ends.append(self.walked(entry.to, start, gone=False))
                starts.append(ends[-1][1] + counts_from)
                lengths.append(0)
            else:
                assert isinstance(entry.by, Counted)
                for place in range(len(ends)):
                    lengths[place] += entry.by.n
                    ends[place] = self.walked(type(budget)(lengths[place]), starts[place])  # type: ignore[arg-type]
        return max(ends, key=lambda end: end[1])

    def remaining(self) -> int:
        """Return what is left until the end, or how long it has been over."""
        working, (nominal, end) = isinstance(self.ledger.period, WorkingDays), self.end()
        if self.day > end:
            return -sum(is_worked(day) or not working for day in days(end + DAY, self.day))
        start = day_of(self.ledger.start) if self.restart is None else self.restart
        stands = self.opened is not None and not (self.ledger.rules.first_excluded_counts and self.opened == self.day)
        first = max(start + (timedelta() if self.ledger.rules.count_start else DAY), self.day + (not stands) * DAY)
        return sum(
            (is_worked(day) or not working) and day not in self.gone for day in days(first, end if working else nominal)
        )

    def status(self) -> LedgerStatus:
        """Return what the deadline is doing."""
        if self.closed is not None:
            return LedgerStatus.ENDED if isinstance(self.closed, Ended) else LedgerStatus.WAIVED
        if self.day > self.end()[1]:
            return LedgerStatus.OVER
        return LedgerStatus.PAUSED if self.day in self.stopped else LedgerStatus.RUNNING

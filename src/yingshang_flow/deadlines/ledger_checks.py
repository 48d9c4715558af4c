"""The checks of a ledger: what contradicts itself is refused, with the reason and what to do."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import attrs

from yingshang_flow.deadlines.entries import (
    Corrected,
    Effect,
    Ended,
    Entry,
    Excluded,
    Extended,
    Paused,
    Restarted,
    Resumed,
    Waived,
    applying,
    kind_of,
    known_by,
    known_from,
    recorded,
)
from yingshang_flow.deadlines.period import Period
from yingshang_flow.errors import DeadlineError

_DAY: Final = timedelta(days=1)


def check(period: Period, start: date, entries: Sequence[Entry]) -> None:
    """Refuse entries that contradict one another; taken together they are checked as they would be one by one.

    Args:
        period: The budget.
        start: The day it starts on.
        entries: The entries, in the order of recording.

    Raises:
        DeadlineError: An entry is impossible where it stands; the message names it.
    """
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, Corrected):
            _Replay(start, period).over(applying(entries[: number - 1]))
            _check_correction(number, entry, entries)
    _Replay(start, period).over(applying(entries))


def _check_correction(number: int, entry: Corrected, entries: Sequence[Entry]) -> None:
    """Refuse a correction of what is not there to correct; its own number comes with it."""
    if entry.number >= number:
        raise DeadlineError(f"there is no entry {entry.number} to correct yet; there are {number - 1}")
    wrong = entries[entry.number - 1]
    if isinstance(wrong, Corrected):
        raise DeadlineError(f"entry {entry.number} is a correction itself: correct entry {wrong.number} again")
    if _is_recorded_before(entry, wrong):
        raise DeadlineError(
            f"entry {entry.number} was recorded at {recorded(wrong)} and cannot have been corrected before, "
            f"at {recorded(entry)}"
        )


@attrs.define
class _Replay:
    """The checks of entries, one after another: what stands still, what is excluded and what has ended."""

    start: date
    period: Period
    spans: list[tuple[int, date, date]] = attrs.field(factory=list)
    """What does not count: the number of the entry, the first and the last day."""
    opened: tuple[int, Paused] | None = None
    closed: tuple[int, Ended | Waived] | None = None
    restarts: list[tuple[int, date]] = attrs.field(factory=list)
    happened: tuple[int, date] | None = None
    """The latest day on which something happened; excluded time can be planned, so it is none."""

    def over(self, entries: Mapping[int, Effect]) -> None:
        """Check entries by number, in the order of recording."""
        for number, entry in entries.items():
            self.check_place(number, entry)
            match entry:
                case Excluded():
                    self.exclude(number, entry)
                case Paused():
                    self.pause(number, entry)
                case Resumed():
                    self.resume(number, entry)
                case Restarted():
                    self.restart(number, entry)
                case Extended():
                    self.extend(number, entry)
                case _:
                    self.close(number, entry)
            if not isinstance(entry, Excluded) and (self.happened is None or self.happened[1] < entry.on):
                self.happened = (number, entry.on)

    def check_place(self, number: int, entry: Effect) -> None:
        """Refuse what lies before the start or after the end."""
        if entry.day < self.start:
            raise DeadlineError(
                f"{_name(number, entry)} lies before the start of the period, {self.start}: "
                "correct its date or the start"
            )
        if self.closed is None:
            return
        by, closed = self.closed
        last = entry.last if isinstance(entry, Excluded) else entry.on
        if isinstance(entry, Ended | Waived) or last > closed.on:
            raise DeadlineError(
                f"{_name(number, entry)} cannot follow {_name(by, closed)}: nothing happens after an end or a waiver; "
                f"correct entry {by} first"
            )

    def exclude(self, number: int, entry: Excluded) -> None:
        """Refuse days that do not count already, or that a restart falls into."""
        self.check_free(number, entry, entry.first, entry.last)
        if self.opened is not None and self.opened[1].on <= entry.last:
            raise DeadlineError(
                f"{_name(number, entry)} overlaps {_name(*self.opened)}, which is still open: resume the period first"
            )
        self.spans.append((number, entry.first, entry.last))

    def pause(self, number: int, entry: Paused) -> None:
        """Refuse pausing what is paused or excluded."""
        if self.opened is not None:
            raise DeadlineError(
                f"{_name(number, entry)} is refused: the period is paused already, by {_name(*self.opened)}; "
                "resume it first"
            )
        for by, first, last in self.spans:
            if first <= entry.on <= last:
                raise DeadlineError(
                    f"{_name(number, entry)} is refused: the day does not count already, {first}..{last} (entry {by}); "
                    f"pause from {last + _DAY}, or correct entry {by}"
                )
        self.opened = (number, entry)

    def resume(self, number: int, entry: Resumed) -> None:
        """Refuse resuming what runs, and before it was paused."""
        if self.opened is None:
            raise DeadlineError(f"{_name(number, entry)} is refused: the period runs; only a paused one is resumed")
        by, paused = self.opened
        if entry.on < paused.on or _is_recorded_before(entry, paused):
            raise DeadlineError(
                f"{_name(number, entry)} lies before {_name(by, paused)}, which it ends; give a later day or moment"
            )
        if paused.on < entry.on:
            self.check_free(number, entry, paused.on, entry.on - _DAY)
            self.spans.append((by, paused.on, entry.on - _DAY))
        self.opened = None

    def restart(self, number: int, entry: Restarted) -> None:
        """Refuse starting anew on a day that does not count."""
        if self.opened is not None and self.opened[1].on < entry.on:
            raise DeadlineError(
                f"{_name(number, entry)} is refused: the period is paused, by {_name(*self.opened)}; resume it first"
            )
        for by, first, last in self.spans:
            if first < entry.on <= last:
                raise DeadlineError(
                    f"{_name(number, entry)} falls into {first}..{last}, which does not count (entry {by}): "
                    f"let that time end before {entry.on}, or start anew on {last + _DAY}"
                )
        self.restarts.append((number, entry.on))

    def extend(self, number: int, entry: Extended) -> None:
        """Refuse an amount that the budget is not counted in."""
        if entry.by is not None and type(entry.by) is not type(self.period):
            raise DeadlineError(
                f"{_name(number, entry)} by {entry.by} has another unit than the budget, {self.period}: "
                "give an amount in the same unit, or the whole length from the start as a ceiling, to="
            )

    def close(self, number: int, entry: Ended | Waived) -> None:
        """Refuse an end before something that happened."""
        if self.happened is not None and self.happened[1] > entry.on:
            by, day = self.happened
            raise DeadlineError(
                f"{_name(number, entry)} is refused: entry {by} lies after it, on {day}; correct entry {by} first"
            )
        self.closed = (number, entry)

    def check_free(self, number: int, entry: Excluded | Resumed, first: date, last: date) -> None:
        """Refuse time that would be left out twice, or that a restart falls into."""
        for by, begin, end in self.spans:
            if begin <= last and first <= end:
                raise DeadlineError(
                    f"{_name(number, entry)} overlaps: {first}..{last} and {begin}..{end} (entry {by}); "
                    f"give the days that are not left out yet, or correct entry {by}"
                )
        for by, day in self.restarts:
            if first < day <= last:
                raise DeadlineError(
                    f"{_name(number, entry)}: {first}..{last} overlaps the restart on {day} (entry {by}); "
                    f"let it end before {day}, or begin then"
                )


def _is_recorded_before(entry: Entry, other: Entry) -> bool:
    return known_from(other) > known_by(recorded(entry))


def _name(number: int, entry: Effect) -> str:
    """Return what to call an entry in a message."""
    days = f"{entry.first}..{entry.last}" if isinstance(entry, Excluded) else f"{entry.on}"
    return f"entry {number} ({kind_of(entry)} {days})"

"""A deadline as a ledger: its budget, its start and what happened to it, from which its due date follows."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, cast

import attrs

from yingshang_flow.deadlines.calculator import DueDate, due
from yingshang_flow.deadlines.calendar import WEEKDAYS, WorkingCalendar
from yingshang_flow.deadlines.china import china
from yingshang_flow.deadlines.clock import CHINA_TIME, china_date
from yingshang_flow.deadlines.explain import Step
from yingshang_flow.deadlines.notation import parse
from yingshang_flow.deadlines.period import CalendarDays, FixedDate, Months, Period, Recurring, WorkingDays
from yingshang_flow.deadlines.rules import DueRules
from yingshang_flow.deadlines.terms import Pairs
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Authority, Citation, Label, Language, Source

Moment = date | datetime
"""A date in China, or an aware datetime."""
Counted = WorkingDays | CalendarDays | Months
"""A period that has a length, and so can be prolonged by another of its kind."""

_DAY: Final = timedelta(days=1)
_DEFAULTS: Final = DueRules()


class Lamp(StrEnum):
    """How a deadline stands, at a glance."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"

    @property
    def label(self) -> Label:
        """What people call it."""
        return _LAMPS[self]


_LAMPS: Final[Mapping[Lamp, Label]] = MappingProxyType(
    {
        Lamp.GREEN: Label("绿灯", "green light"),
        Lamp.YELLOW: Label("黄灯", "yellow light"),
        Lamp.RED: Label("红灯", "red light"),
    }
)


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


def _threshold(value: WorkingDays | Fraction | str) -> WorkingDays | Fraction:
    if isinstance(value, str):
        try:
            return cast("WorkingDays", parse(value)) if "/" not in value else Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise DeadlineError(f"{value!r} is no share: write for example 1/4") from None
    return value


def _optional_threshold(value: WorkingDays | Fraction | str | None) -> WorkingDays | Fraction | None:
    return None if value is None else _threshold(value)


@attrs.frozen
class Lamps:
    """When the lamp of a running deadline changes; the defaults are ours. What is over is always red.

    Attributes:
        yellow: At most so many working days, today not counted, or such a share of the whole budget are left.
        red: The same for red; none when only what is over is red.
    """

    yellow: WorkingDays | Fraction = attrs.field(default=WorkingDays(2), converter=_threshold)
    red: WorkingDays | Fraction | None = attrs.field(default=None, converter=_optional_threshold)

    def __attrs_post_init__(self) -> None:
        """Refuse what switches no lamp on."""
        for name, value in (("yellow", self.yellow), ("red", self.red)):
            share = isinstance(value, Fraction) and 0 < value < 1
            if not (share or isinstance(value, WorkingDays) or (value is None and name == "red")):
                raise DeadlineError(
                    f"{name} is switched on by working days left or by a share of the budget left, for example "
                    f"WorkingDays(3) or Fraction(1, 4), not by {value!r}"
                )


DEFAULT_LAMPS: Final = Lamps()
"""Yellow from two working days before the end, red when it is over (ours)."""


def _period(value: Period | str) -> Period:
    found = parse(value) if isinstance(value, str) else value
    if not isinstance(found, Period):
        raise DeadlineError(f"a budget is a Period or its text, for example 30工作日, not {value!r}")
    return found


def _optional_period(value: Period | str | None) -> Period | None:
    return None if value is None else _period(value)


@attrs.frozen
class _Said:
    """What every entry says.

    Attributes:
        ground: Why.
        actor: Who decided or recorded it.
        at: When it was recorded; its own day when left out. Before that moment the ledger does not know of it.
        citation: Where the ground stands.
    """

    ground: Label | str = attrs.field(kw_only=True)
    actor: str | None = attrs.field(default=None, kw_only=True)
    at: Moment | None = attrs.field(default=None, kw_only=True)
    citation: Citation | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what is missing or of the wrong kind, all of it at once."""
        problems = []
        if not isinstance(self.ground, Label) and not _is_text(self.ground):
            problems.append(f"the ground is a text or a Label, not {self.ground!r}")
        if self.actor is not None and not _is_text(self.actor):
            problems.append(f"the actor is a text or none, not {self.actor!r}")
        if self.citation is not None and not isinstance(self.citation, Citation):
            problems.append(f"the citation is a Citation or none, not {self.citation!r}")
        if problems:
            raise DeadlineError(f"{type(self).__name__.lower()}: {'; '.join(problems)}")
        if self.at is not None:
            china_date(self.at)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


@attrs.frozen
class _SaidOn(_Said):
    """An entry that takes effect on one day.

    Attributes:
        on: The day; an aware datetime is read at UTC+8.
    """

    on: date = attrs.field(converter=china_date)

    @property
    def day(self) -> date:
        """The day it takes effect on."""
        return self.on


@attrs.frozen
class Paused(_SaidOn):
    """The period stands still from that day on, which does not count, until it is resumed (中止)."""


@attrs.frozen
class Resumed(_SaidOn):
    """A paused period runs again; that day counts."""


@attrs.frozen
class Excluded(_Said):
    """Time that does not count (鉴定, 检验, 听证, 补正, 公示).

    Attributes:
        first: The first day.
        last: The last day.
    """

    first: date = attrs.field(converter=china_date)
    last: date = attrs.field(converter=china_date)

    def __attrs_post_init__(self) -> None:
        """Refuse reversed time."""
        super().__attrs_post_init__()
        if self.last < self.first:
            raise DeadlineError(f"excluded time ends before it starts: {self.first}..{self.last}; swap the two dates")

    @property
    def day(self) -> date:
        """The day it takes effect on."""
        return self.first


@attrs.frozen
class Restarted(_SaidOn):
    """The whole budget starts anew on that day; earlier extensions lapse."""


@attrs.frozen
class Extended(_SaidOn):
    """More time, by an amount or to a ceiling counted from the same start.

    Attributes:
        by: The amount, in the unit of the budget.
        to: The ceiling: how long it all may take from the start, whatever was excluded (R8), or a fixed date.
        late: Whether it came after the end and so moves nothing; the ledger sets it, from all that applies.
    """

    by: Period | None = attrs.field(default=None, converter=_optional_period)
    to: Period | None = attrs.field(default=None, converter=_optional_period)
    late: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse an extension by nothing, by two things, or by what has no length."""
        super().__attrs_post_init__()
        if (self.by is None) is (self.to is None):
            raise DeadlineError("an extension has either an amount, by='10工作日', or a ceiling, to='3个月'")
        if isinstance(self.by, FixedDate | Recurring):
            raise DeadlineError(
                f"an extension cannot be by {self.by}: give an amount, or that date as the ceiling, to="
            )
        if isinstance(self.to, Recurring):
            raise DeadlineError(f"an extension cannot be to {self.to}: give a length from the start, or a date")


@attrs.frozen
class Ended(_SaidOn):
    """What was owed was done, or fell away, on that day."""


@attrs.frozen
class Waived(_SaidOn):
    """Nothing is owed any more from that day on."""


Effect = Paused | Resumed | Excluded | Restarted | Extended | Ended | Waived
"""An entry that says what happened to the period."""


@attrs.frozen
class Corrected(_SaidOn):
    """An earlier entry was wrong; it stays in the list and no longer applies.

    Attributes:
        number: The number of that entry in the ledger, from 1.
        by: The entry that applies in its place; none when it is struck out.
    """

    number: int
    by: Effect | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse what corrects nothing."""
        super().__attrs_post_init__()
        if isinstance(self.number, bool) or not isinstance(self.number, int) or self.number < 1:
            raise DeadlineError(f"entries are numbered from 1, not {self.number!r}")
        if self.by is not None and not isinstance(self.by, Effect):
            raise DeadlineError(f"an entry is replaced by another one or by none, not by {self.by!r}")


Entry = Effect | Corrected
"""What a ledger holds."""

_KINDS: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {kind.__name__.lower(): kind for kind in (Paused, Resumed, Excluded, Restarted, Extended, Ended, Waived, Corrected)}
)
_RESUMED: Final = Label("中止原因消除", "the ground for the pause is gone")


_Effects = dict[int, Literal["late", "idle"]]
"""The extensions that move nothing, by number: too late, or not later than the end before."""


class _Standing(NamedTuple):
    """What follows from the entries that are known at a moment."""

    day: date
    """The day it is looked at from; not later than the end."""
    found: DueDate
    """The due date."""
    candidates: tuple[DueDate, ...]
    """The ends of which the due date is the latest: of the budget, and of every ceiling."""
    since: date | None
    """From when it is paused without a known end, on that day."""
    paused: bool
    """Whether it is paused on that day, whatever the day on which it is resumed."""
    closed: Ended | Waived | None
    """What ended it by that day."""
    effects: _Effects
    """The extensions that move nothing."""


@attrs.define
class _Facts:
    """What the entries add up to, taken in one after another in the order of recording."""

    day: date
    """The day it is looked at from; the end, when it has ended by then."""
    spans: list[tuple[date, date]] = attrs.field(factory=list)
    """What does not count, without the open pause."""
    opened: date | None = None
    """From when it is paused without a known day on which it is resumed."""
    pending: date | None = None
    """From when the last pause runs that no entry has ended yet."""
    paused: bool = False
    """Whether a pause that has its end lies over the day."""
    restart: date | None = None
    closed: "Ended | Waived | None" = None
    extensions: list[tuple[date, int, "Extended"]] = attrs.field(factory=list)

    def pause(self, entry: "Paused | Resumed", *, known: bool) -> None:
        """Pair pauses with what ends them, in the order of recording; an end that is not known yet leaves it open."""
        since = self.pending
        self.pending = None
        if isinstance(entry, Paused):
            self.pending = entry.on if known else None
        elif since is not None and not known:
            self.opened = since if self.opened is None else min(self.opened, since)
        elif since is not None and since < entry.on:
            self.spans.append((since, entry.on - _DAY))
            self.paused = self.paused or since <= self.day < entry.on

    def take(self, number: int, entry: "Effect") -> None:
        """Take in one entry that is known."""
        match entry:
            case Paused() | Resumed():
                self.pause(entry, known=True)
            case Excluded():
                self.spans.append((entry.first, entry.last))
            case Extended():
                self.extensions.append((entry.on, number, entry))
            case Restarted():
                self.restart = entry.on if self.restart is None else max(self.restart, entry.on)
            case _:
                if entry.on <= self.day:
                    self.closed, self.day = entry, entry.on


@attrs.frozen
class LedgerStep:
    """What an entry does to a period.

    Attributes:
        date: The day it takes effect on.
        number: Its number in the ledger, from 1.
        entry: The entry.
        reason: What it does, the days named.
    """

    date: date
    number: int
    entry: Entry
    reason: Label

    @property
    def citation(self) -> Citation | None:
        """Where its ground stands."""
        return self.entry.citation

    def text(self, language: Language = "zh") -> str:
        """Return the step in one line."""
        day = f"{self.date} {WEEKDAYS[self.date.weekday()].text(language)}"
        ground = self.entry.ground.text(language) if isinstance(self.entry.ground, Label) else self.entry.ground
        cited = () if self.citation is None else (self.citation.text(language),)
        actor = () if self.entry.actor is None else (self.entry.actor,)
        if language == "zh":
            behind = "，".join((*cited, *actor))
            return f"{day}第{self.number}项：{self.reason.zh}：{ground}{f'（{behind}）' if behind else ''}"
        behind = "; ".join((*cited, *actor))
        return f"{day} entry {self.number}: {self.reason.en}: {ground}{f' ({behind})' if behind else ''}"


@attrs.frozen
class LedgerExplanation:
    """A ledger's due date with its entries and the days that led to it; ``str()`` prints it in English.

    Attributes:
        period: The budget.
        start: The date it was counted from.
        due: The due date.
        status: What the deadline is doing.
        remaining: What is left of the budget, in its own unit.
        provisional: Whether a later notice can change the due date.
        steps: Every entry, and every day that was skipped, swapped, excluded or moved, by date.
    """

    period: Period
    start: date
    due: date
    status: LedgerStatus
    remaining: int
    provisional: bool
    steps: tuple[LedgerStep | Step, ...]

    def text(self, language: Language = "zh") -> str:
        """Return the due date and its steps, a line each."""
        period, weekday = self.period.text(language), WEEKDAYS[self.due.weekday()].text(language)
        status, works = self.status.label.text(language), isinstance(self.period, WorkingDays)
        paused = self.status is LedgerStatus.PAUSED
        if language == "zh":
            open_ = "（中止中，恢复越晚越晚）" if paused else ""
            guess = "（暂定）" if self.provisional else ""
            left = f"{'逾期' if self.remaining < 0 else '剩余'}{abs(self.remaining)}{'个工作日' if works else '日'}"
            head = f"{self.start}起{period}：{status}，{self.due}{weekday}届满{open_}{guess}，{left}"
        else:
            open_ = " at the earliest" if paused else ""
            guess = " (provisional)" if self.provisional else ""
            unit = ("working day" if works else "day") + ("" if abs(self.remaining) == 1 else "s")
            due_date = f"due {self.due} {weekday}{open_}{guess}"
            late = self.remaining < 0
            head = (
                f"{period} from {self.start}: {status}, {due_date}, "
                f"{abs(self.remaining)} {unit} {'late' if late else 'left'}"
            )
        return "\n  ".join([head, *(step.text(language) for step in self.steps)])

    def __str__(self) -> str:
        return self.text("en")


def _resolved(calendar: WorkingCalendar | None) -> WorkingCalendar:
    return china() if calendar is None else calendar


def _ruled(rules: DueRules | None) -> DueRules:
    return _DEFAULTS if rules is None else rules


def _entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    found = tuple(entries)
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

    period: Period = attrs.field(converter=_period)
    start: Moment
    _calendar: WorkingCalendar | None = attrs.field(default=None, kw_only=True, eq=_resolved)
    _rules: DueRules | None = attrs.field(default=None, kw_only=True, eq=_ruled)
    entries: tuple[Entry, ...] = attrs.field(default=(), kw_only=True, converter=_entries)
    _settled: _Standing | None = attrs.field(init=False, default=None, eq=False, repr=False)
    _last: date = attrs.field(init=False, default=date.min, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse entries that contradict each other, and mark the extensions that came too late."""
        china_date(self.start)
        if not self.entries:
            return
        self._check()
        effective = self._effective(None)
        if any(isinstance(entry, Extended) for _, entry in effective):
            effects = self._derived(None).effects
            entries = list(self.entries)
            for number, entry in effective:
                if isinstance(entry, Extended):
                    self._mark(entries, number, attrs.evolve(entry, late=effects.get(number) == "late"))
            object.__setattr__(self, "entries", tuple(entries))

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
        return self._standing(at).found

    def status(self, at: Moment | None = None) -> LedgerStatus:
        """Return what the deadline is doing at a moment; a day is over when its due date lies before it."""
        return _status(self._standing(at), at)

    def remaining(self, at: Moment | None = None) -> int:
        """Return what is left after the day of a moment: working days of a budget of working days, else days.

        Excluded days are not counted. Zero on the last day, and on the days off that prolong it; negative by the days
        that it is over. It stands still while the period is paused and after it has ended.
        """
        standing = self._standing(at)
        return self._remaining(standing, working=isinstance(self.period, WorkingDays))

    def lamp(self, at: Moment | None = None, lamps: Lamps = DEFAULT_LAMPS) -> Lamp:
        """Return the lamp at a moment; what has ended in time or was waived is green, what ended late is red."""
        standing = self._standing(at)
        if standing.closed is not None:
            late = isinstance(standing.closed, Ended) and standing.closed.on > standing.found.date
            return Lamp.RED if late else Lamp.GREEN
        if _status(standing, at) is LedgerStatus.OVER:
            return Lamp.RED
        if lamps.red is not None and self._reached(lamps.red, standing):
            return Lamp.RED
        return Lamp.YELLOW if self._reached(lamps.yellow, standing) else Lamp.GREEN

    def explain(self, at: Moment | None = None) -> LedgerExplanation:
        """Return the due date with every entry known at a moment and every day that decided something."""
        standing = self._standing(at)
        found = standing.found
        days: list[LedgerStep | Step] = [*self._told(at, standing), *found.explain().steps]
        return LedgerExplanation(
            self.period,
            standing.candidates[0].start,
            found.date,
            _status(standing, at),
            self.remaining(at),
            found.provisional,
            tuple(sorted(days, key=_step_day)),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the ledger as values that JSON has; the calendar is not among them."""
        return {
            "period": str(self.period),
            "start": _plain(self.start),
            "rules": _switches(self.rules),
            "entries": [_written(entry) for entry in self.entries],
        }

    @classmethod
    def from_dict(cls, written: Mapping[str, Any], *, calendar: WorkingCalendar | None = None) -> "Ledger":
        """Read what :meth:`as_dict` wrote; every check is made again.

        Args:
            written: The ledger.
            calendar: The working days; ``china()`` when left out.

        Raises:
            DeadlineError: A key is missing or unknown, or the ledger contradicts itself.
        """
        try:
            rules = written["rules"]
            return cls(
                written["period"],
                _moment(written["start"]),
                calendar=calendar,
                rules=DueRules.parse(rules) if rules else None,
                entries=tuple(map(_read, written["entries"])),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise DeadlineError(
                f"this is no ledger as as_dict() writes it ({type(problem).__name__}: {problem}): {written!r}"
            ) from None

    def _with(self, entry: Entry) -> "Ledger":
        return attrs.evolve(self, entries=(*self.entries, entry))

    def _effective(self, moment: Moment | None) -> list[tuple[int, Effect]]:
        """Return what applies after the corrections known at a moment, with the numbers, in the order of recording.

        Entries that are not known yet are among them, so that each pause is paired with what ends it.
        """
        found: dict[int, Effect] = {}
        for number, entry in enumerate(self.entries, 1):
            if not isinstance(entry, Corrected):
                found[number] = entry
            elif moment is not None and not _is_known(entry, moment):
                continue
            elif entry.by is None:
                found.pop(entry.number, None)
            else:
                found[entry.number] = entry.by
        return sorted(found.items(), key=_number)

    @staticmethod
    def _mark(entries: list[Entry], number: int, entry: Extended) -> None:
        """Put an extension back where it stands: in the list, or in the last correction of its number."""
        for place in range(len(entries) - 1, -1, -1):
            held = entries[place]
            if isinstance(held, Corrected) and held.number == number:
                entries[place] = attrs.evolve(held, by=entry)
                return
        entries[number - 1] = entry

    def _check(self) -> None:
        """Refuse what contradicts itself, with the reason."""
        for number, entry in enumerate(self.entries, 1):
            if isinstance(entry, Corrected):
                self._check_correction(number, entry)
        _Replay(china_date(self.start), self.period).over(self._effective(None))

    def _check_correction(self, number: int, entry: Corrected) -> None:
        if entry.number >= number:
            raise DeadlineError(f"there is no entry {entry.number} to correct yet; there are {number - 1}")
        wrong = self.entries[entry.number - 1]
        if isinstance(wrong, Corrected):
            raise DeadlineError(f"entry {entry.number} is a correction itself: correct entry {wrong.number} again")
        if _is_recorded_before(entry, wrong):
            raise DeadlineError(
                f"entry {entry.number} was recorded at {_recorded(wrong)} and cannot have been corrected before, "
                f"at {_recorded(entry)}"
            )

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle what was said; what follows from it is derived again."""
        return _ledger, (self.period, self.start, self._calendar, self._rules, self.entries)

    def _standing(self, moment: Moment | None) -> _Standing:
        """Return what follows from the entries known at a moment; when that is all of them, it is derived once."""
        if not self.entries:
            return self._derived(moment)
        settled = self._settled
        if settled is None:
            settled = self._derived(None)
            last = max(_latest(self.start, self._effective(None)), *(china_date(_recorded(e)) for e in self.entries))
            object.__setattr__(self, "_settled", settled)
            object.__setattr__(self, "_last", last)
        if moment is None:
            return settled
        if settled.since is not None or (day := china_date(moment)) <= self._last:
            return self._derived(moment)
        return settled if settled.closed is not None else settled._replace(day=day, paused=False)

    def _derived(self, moment: Moment | None) -> _Standing:
        """Derive everything from the entries known at a moment."""
        effective = self._effective(moment) if self.entries else []
        day = _latest(self.start, effective) if moment is None else china_date(moment)
        facts = _Facts(day)
        for number, entry in effective:
            if moment is None or _is_known(self.entries[number - 1], moment):
                facts.take(number, entry)
            elif isinstance(entry, Paused | Resumed):
                facts.pause(entry, known=False)
        if facts.pending is not None:
            facts.opened = facts.pending if facts.opened is None else min(facts.opened, facts.pending)
        day, opened, spans = facts.day, facts.opened, facts.spans
        since = opened if opened is not None and opened <= day else None
        if opened is not None and opened < day:
            spans.append((opened, day - _DAY))
        exclude = _merged(spans) if len(spans) > 1 else tuple(spans)
        found = self._counted(self.period, self.start, exclude, facts.restart)
        candidates: tuple[DueDate, ...] = (found,)
        effects: _Effects = {}
        if facts.extensions:
            candidates, effects = self._prolonged(found, sorted(facts.extensions, key=_order))
            found = max(candidates, key=_end)
        return _Standing(day, found, candidates, since, since is not None or facts.paused, facts.closed, effects)

    def _counted(self, period: Period, start: Moment, exclude: Pairs = (), restart: date | None = None) -> DueDate:
        rules = self._rules
        if rules is None and (exclude or restart is not None):
            rules = _DEFAULTS
        return due(period, start, calendar=self._calendar, rules=rules, exclude=exclude, restart=restart)

    def _prolonged(
        self, first: DueDate, extensions: list[tuple[date, int, Extended]]
    ) -> tuple[tuple[DueDate, ...], _Effects]:
        """Return the ends that extensions lead to, and the extensions that move nothing.

        An amount prolongs the budget and whatever was extended to a ceiling before; a ceiling stands beside them.
        """
        effects: _Effects = {}
        exclude, restart = first.exclude, first.restart
        ends, starts = [first], list[Moment]([self.start])
        lengths: list[Counted | None] = [cast("Counted", self.period)]
        end = first.date
        for day, number, entry in extensions:
            if restart is not None and day < restart:
                continue
            if day > end:
                effects[number] = "late"
                continue
            if entry.to is not None:
                ceiling = self._counted(entry.to, restart or self.start)
                ends.append(ceiling)
                starts.append(ceiling.date + _DAY if self.rules.count_start else ceiling.date)
                lengths.append(None)
            else:
                by = cast("Counted", entry.by)
                for place, length in enumerate(lengths):
                    lengths[place] = longer = by if length is None else _longer(length, by)
                    ends[place] = self._counted(longer, starts[place], exclude, None if place else restart)
            before, end = end, max(ends, key=_end).date
            if end == before:
                effects[number] = "idle"
        return tuple(ends), effects

    def _remaining(self, standing: _Standing, *, working: bool) -> int:
        """Return what is left in working days or in days: of the end that leaves most."""
        first = standing.candidates[0]
        anchor = first.terms.anchor(first.start)
        stands = standing.since is not None and not (
            self.rules.first_excluded_counts and standing.since == standing.day
        )
        after = max(anchor, standing.day - _DAY if stands else standing.day)
        stopped = first.terms.stopped(anchor)
        count = self.calendar.count if working else _days_between
        most = -sys.maxsize
        for found in standing.candidates:
            if standing.day > found.date:
                left = count(standing.day, found.date)
            else:
                end = found.date if working else found.nominal
                left = count(after, end) - _stopped(stopped, after, end, count) if after < end else 0
            most = max(most, left)
        return most

    def _reached(self, threshold: WorkingDays | Fraction, standing: _Standing) -> bool:
        """Tell whether no more is left than a threshold."""
        if isinstance(threshold, WorkingDays):
            return self._remaining(standing, working=True) <= threshold.n
        first, working = standing.candidates[0], isinstance(self.period, WorkingDays)
        whole = self._remaining(standing._replace(day=first.terms.anchor(first.start), since=None), working=working)
        return self._remaining(standing, working=working) <= threshold * whole

    def _told(self, moment: Moment | None, standing: _Standing) -> Iterator[LedgerStep]:
        """Yield every entry known at a moment with what it does."""
        effective = dict(self._effective(moment))
        opened: date | None = None
        restart = standing.candidates[0].restart
        for number, entry in enumerate(self.entries, 1):
            if moment is not None and not _is_known(entry, moment):
                continue
            if isinstance(entry, Corrected):
                yield LedgerStep(entry.on, number, entry, _correction(entry))
                continue
            applies = effective.get(number)
            if applies is not entry:
                yield LedgerStep(entry.day, number, entry, Label("已更正，不再适用", "corrected, does not apply"))
            if applies is None:
                continue
            reason = _reason(applies, opened, standing.effects.get(number), restart)
            yield LedgerStep(applies.day, number, applies, reason)
            if isinstance(applies, Paused | Resumed):
                opened = applies.on if isinstance(applies, Paused) else None


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

    def over(self, entries: Iterable[tuple[int, Effect]]) -> None:
        """Check entries in the order of recording."""
        for number, entry in entries:
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


def _recorded(entry: Entry) -> Moment:
    if entry.at is not None:
        return entry.at
    return entry.first if isinstance(entry, Excluded) else entry.on


def _is_known(entry: Entry, moment: Moment) -> bool:
    """Tell whether an entry was recorded by a moment; a day of which no time is given counts as a whole."""
    return not _is_after(_recorded(entry), moment)


def _is_recorded_before(entry: Entry, other: Entry) -> bool:
    return _is_after(_recorded(other), _recorded(entry))


def _is_after(one: Moment, other: Moment) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one > other
    return china_date(one) > china_date(other)


def _latest(start: Moment, effective: list[tuple[int, Effect]]) -> date:
    """Return the latest day that a ledger speaks of."""
    return max((china_date(start), *(entry.day for _, entry in effective)))


def _longer(length: Counted, by: Counted) -> Counted:
    total: Any = length.n + by.n
    return type(by)(total)


def _merged(spans: list[tuple[date, date]]) -> Pairs:
    """Return spans in order; a pause that is still open can reach into time that is planned to be left out."""
    spans.sort()
    found = [spans[0]]
    for first, last in spans[1:]:
        begin, end = found[-1]
        if first <= end:
            found[-1] = (begin, max(end, last))
        else:
            found.append((first, last))
    return tuple(found)


def _number(numbered: tuple[int, Effect]) -> int:
    return numbered[0]


def _order(extension: tuple[date, int, Extended]) -> tuple[date, int]:
    return extension[:2]


def _end(found: DueDate) -> date:
    return found.date


def _step_day(step: LedgerStep | Step) -> date:
    return step.date


def _stopped(spans: Pairs, after: date, end: date, count: Callable[[date, date], int]) -> int:
    """Return how much of what lies after a day and up to another does not count."""
    within = ((max(first - _DAY, after), min(last, end)) for first, last in spans)
    return sum(count(begin, until) for begin, until in within if begin < until)


def _days_between(start: date, end: date) -> int:
    return (end - start).days


def _status(standing: _Standing, moment: Moment | None) -> LedgerStatus:
    if standing.closed is not None:
        return LedgerStatus.ENDED if isinstance(standing.closed, Ended) else LedgerStatus.WAIVED
    found = standing.found
    over = moment >= found.end if isinstance(moment, datetime) else standing.day > found.date
    if over:
        return LedgerStatus.OVER
    return LedgerStatus.PAUSED if standing.paused else LedgerStatus.RUNNING


def _name(number: int, entry: Effect) -> str:
    """Return what to call an entry in a message."""
    days = f"{entry.first}..{entry.last}" if isinstance(entry, Excluded) else f"{entry.on}"
    return f"entry {number} ({type(entry).__name__.lower()} {days})"


def _correction(entry: Corrected) -> Label:
    if entry.by is None:
        return Label(f"更正：删去第{entry.number}项", f"strikes out entry {entry.number}")
    return Label(f"更正：改写第{entry.number}项", f"replaces entry {entry.number}")


def _reason(entry: Effect, opened: date | None, effect: str | None, restart: date | None) -> Label:
    """Return what an entry does to the period."""
    match entry:
        case Paused():
            said = Label(f"自{entry.on}起中止", f"paused from {entry.on}")
        case Resumed() if opened == entry.on:
            said = Label("当日恢复，不扣除", "resumed on the same day, nothing left out")
        case Resumed():
            days = f"{opened}..{entry.on - _DAY}"
            said = Label(f"自{entry.on}起恢复，扣除{days}", f"resumed on {entry.on}, {days} left out")
        case Excluded():
            days = f"{entry.first}..{entry.last}"
            said = Label(f"扣除{days}", f"{days} left out")
        case Restarted():
            said = Label(f"自{entry.on}重新计算", f"the period starts anew on {entry.on}")
        case Extended():
            said = _extension(entry, effect, restart)
        case Ended():
            said = Label(f"于{entry.on}终结", f"ended on {entry.on}")
        case _:
            said = Label(f"自{entry.on}起免除", f"waived from {entry.on}")
    return said


def _extension(entry: Extended, effect: str | None, restart: date | None) -> Label:
    if entry.by is not None:
        said = Label(f"延长{entry.by.text()}", f"extended by {entry.by.text('en')}")
    else:
        to = cast("Period", entry.to)
        said = Label(f"延长至自起算日起{to.text()}", f"extended to {to.text('en')} from the start")
        if isinstance(to, FixedDate):
            said = Label(f"延长至{to}", f"extended to {to}")
    if restart is not None and entry.on < restart:
        return Label(f"{said.zh}，因重新计算而失效", f"{said.en}, lapsed with the restart")
    if effect is not None:
        after = effect == "late"
        zh, en = ("届满后作出", "after the end") if after else ("不晚于原届满日", "not later than the end before")
        return Label(f"{said.zh}（{zh}，不改变届满日）", f"{said.en} ({en}: moves nothing)")
    return said


def _switches(rules: DueRules) -> str:
    """Return the switches that are not as usual, as ``DueRules.parse`` reads them."""
    return ";".join(
        f"{name}={_switch(value)}"
        for name, value in attrs.asdict(rules, recurse=False).items()
        if value != getattr(_DEFAULTS, name)
    )


def _switch(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, time) else str(value)


def _written(entry: Entry) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": type(entry).__name__.lower()}
    for name, value in attrs.asdict(entry, recurse=False).items():
        if value is not None and value is not False:
            written[name] = _plain(value)
    return written


def _plain(value: object) -> object:
    """Return a field of an entry as JSON has it."""
    match value:
        case datetime():
            return value.astimezone(CHINA_TIME).isoformat()
        case date():
            return value.isoformat()
        case Label():
            return {"zh": value.zh, "en": value.en}
        case Citation(source, article):
            return {
                "source": source.key,
                "zh": source.title.zh,
                "en": source.title.en,
                "authority": source.authority.value,
                "number": source.number,
                "issued": None if source.issued is None else source.issued.isoformat(),
                "article": article,
            }
        case str() | int():
            return value
    return _written(value) if isinstance(value, Effect) else str(value)


def _read(written: Mapping[str, Any]) -> Entry:
    """Read an entry that :func:`_written` wrote."""
    values = dict(written)
    kind = values.pop("kind")
    if kind not in _KINDS:
        raise DeadlineError(f"{kind!r} is no kind of entry (known: {', '.join(_KINDS)})")
    for name in ("on", "first", "last"):
        if name in values:
            values[name] = date.fromisoformat(values[name])
    if "at" in values:
        values["at"] = _moment(values["at"])
    if isinstance(values["ground"], Mapping):
        values["ground"] = Label(**values["ground"])
    if "citation" in values:
        values["citation"] = _read_citation(values["citation"])
    if kind == "corrected" and "by" in values:
        values["by"] = _read(values["by"])
    return cast("Entry", _KINDS[kind](**values))


def _moment(written: str) -> Moment:
    return datetime.fromisoformat(written) if "T" in written else date.fromisoformat(written)


def _read_citation(written: Mapping[str, Any]) -> Citation:
    issued = written["issued"]
    source = Source(
        written["source"],
        Label(written["zh"], written["en"]),
        Authority(written["authority"]),
        written["number"],
        None if issued is None else date.fromisoformat(issued),
    )
    return Citation(source, written["article"])

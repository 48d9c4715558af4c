"""What a ledger holds: the entries that say what happened to a period, each with its ground."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

import attrs

from yingshang_flow.deadlines.clock import CHINA_TIME, china_date
from yingshang_flow.deadlines.notation import parse
from yingshang_flow.deadlines.period import FixedDate, Period, Series
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Citation, Label

Moment = date | datetime
"""A date in China, or an aware datetime."""

_DAY_BEGINS: Final = time(tzinfo=CHINA_TIME)
_DAY_ENDS: Final = time.max.replace(tzinfo=CHINA_TIME)


def period_of(value: Period | str) -> Period:
    """Return a period or what its text says.

    Raises:
        DeadlineError: It is neither, or cannot be read.
    """
    found = parse(value) if isinstance(value, str) else value
    if not isinstance(found, Period):
        raise DeadlineError(f"a length is a Period or its text, for example 30工作日, not {value!r}")
    return found


def _optional_period(value: Period | str | None) -> Period | None:
    return None if value is None else period_of(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


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
        ground, problems = self.ground, []
        if not (_is_text(ground.zh) and _is_text(ground.en) if isinstance(ground, Label) else _is_text(ground)):
            problems.append(f"the ground is a text or a Label, not {ground!r}")
        if self.actor is not None and not _is_text(self.actor):
            problems.append(f"the actor is a text or none, not {self.actor!r}")
        if self.citation is not None and not isinstance(self.citation, Citation):
            problems.append(f"the citation is a Citation or none, not {self.citation!r}")
        if problems:
            raise DeadlineError(f"{kind_of(self)}: {'; '.join(problems)}")
        if self.at is not None:
            china_date(self.at)


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
        if isinstance(self.by, FixedDate | Series):
            raise DeadlineError(
                f"an extension cannot be by {self.by}: give an amount, or that date as the ceiling, to="
            )
        if isinstance(self.to, Series):
            raise DeadlineError(f"an extension cannot be to {self.to}: give a length from the start, or a date")
        if not isinstance(self.late, bool):
            raise DeadlineError(f"an extension is late or not, true or false: {self.late!r} says neither")


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


def applying(entries: Sequence[Entry], knows: datetime | None = None) -> dict[int, Effect]:
    """Return what applies after the corrections, by number, in the order of recording.

    Entries that are not known yet are among them, so that each pause can be paired with what ends it.

    Args:
        entries: All entries of a ledger.
        knows: The instant by which a correction has to be known; all of them are when left out.
    """
    found: dict[int, Effect | None] = {}
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, Corrected):
            found[number] = entry
        elif knows is None or known_from(entry) <= knows:
            found[entry.number] = entry.by
    return {number: effect for number, effect in found.items() if effect is not None}


def kind_of(entry: _Said) -> str:
    """Return what an entry is called in messages and in writing."""
    return type(entry).__name__.lower()


def recorded(entry: Entry) -> Moment:
    """Return when an entry was recorded: on its own day, if it says nothing else."""
    return entry.day if entry.at is None else entry.at


def known_from(entry: Entry) -> datetime:
    """Return the instant, in China time, from which an entry is known: with its day, where it has no time of day."""
    moment = recorded(entry)
    return moment.astimezone(CHINA_TIME) if isinstance(moment, datetime) else datetime.combine(moment, _DAY_BEGINS)


def known_by(moment: Moment) -> datetime:
    """Return the last instant, in China time, that belongs to a moment: a day counts as a whole.

    Raises:
        TimeError: The moment is a naive datetime or no time at all.
    """
    day = china_date(moment)
    return moment.astimezone(CHINA_TIME) if isinstance(moment, datetime) else datetime.combine(day, _DAY_ENDS)

"""What happened: one record per act, with the changes it made to the deadlines."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines.clock import CHINA_TIME

_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a record is of; every kind but ``act`` is no act of a person in the procedure."""

    ACT = "act"
    CLOCK = "clock"
    REPROJECTION = "reprojection"


def midnight(day: date) -> datetime:
    """Return the first instant of a day at UTC+8."""
    return datetime.combine(day, time(), CHINA_TIME)


@attrs.frozen
class Term:
    """One time of a limit: whom it binds, from when and until when.

    Attributes:
        limit: The key of the limit.
        obligor: Who owes it; empty for the case as a whole.
        number: Which time, from 1; with the limit and the obligor it names the deadline.
        turn: Which time since the series last started; what a repeating limit is multiplied by.
        period: The period in its canonical text.
        anchor: The date from which the first of a series counts.
        start: The date from which this one counts.
        due: The last date, inclusive, at UTC+8.
        warn: The date on which the clock warns; none without a warning, or once it has.
        calendar: The hash of the calendar it was computed with.
        provisional: Whether the date lies past the last published notice.
        rungs: What its ladder still has to say, each by the rung's key and the date it says it on.
    """

    limit: str
    obligor: str
    number: int
    turn: int
    period: str
    anchor: date
    start: date
    due: date
    warn: date | None
    calendar: str
    provisional: bool
    rungs: tuple[tuple[str, date], ...] = ()

    @property
    def end(self) -> datetime:
        """The exclusive end: an act before this instant is in time."""
        return midnight(self.due) + _DAY


@attrs.frozen
class Started(Term):
    """A deadline began to run."""


@attrs.frozen
class Warned:
    """The clock warned that a deadline is near."""

    limit: str
    obligor: str
    number: int


@attrs.frozen
class Missed:
    """The clock passed a deadline that nobody had met."""

    limit: str
    obligor: str
    number: int


@attrs.frozen
class Met:
    """An act did what a deadline asked for, in time or late."""

    limit: str
    obligor: str
    number: int
    late: bool


@attrs.frozen
class Stopped:
    """A deadline ended without being met: nothing is owed any more."""

    limit: str
    obligor: str
    number: int


@attrs.frozen
class Extended:
    """A deadline that still ran was given another end, counted from the same start.

    The attributes are those of ``Term``.
    """

    limit: str
    obligor: str
    number: int
    period: str
    due: date
    warn: date | None
    calendar: str
    provisional: bool
    rungs: tuple[tuple[str, date], ...] = ()


@attrs.frozen
class Revived:
    """What had met or stopped a deadline was revoked: it is owed again, until the date it had."""

    limit: str
    obligor: str
    number: int


@attrs.frozen
class Moved:
    """A deadline was counted anew by another calendar, and ends on another day or is certain now.

    Attributes:
        limit: The key of the limit.
        obligor: Who owes it.
        number: Which time.
        old: The date it had.
        due: The date it has.
        warn: The date on which the clock warns from now on; none for never, or no more.
        calendar: The hash of the calendar that moved it.
        provisional: Whether a later notice can move it again.
        notice: What the calendar is called: the notices it holds on top of the published ones.
        rungs: What its ladder still has to say.
    """

    limit: str
    obligor: str
    number: int
    old: date
    due: date
    warn: date | None
    calendar: str
    provisional: bool
    notice: str
    rungs: tuple[tuple[str, date], ...] = ()


@attrs.frozen
class Paused:
    """A deadline stopped running for a while (中止): it is neither warned of nor missed meanwhile.

    Attributes:
        limit: The key of the limit.
        obligor: Who owes it.
        number: Which time.
        since: The first day that does not count.
    """

    limit: str
    obligor: str
    number: int
    since: date


@attrs.frozen
class Resumed:
    """A paused deadline runs again; the days in between do not count (R8).

    Attributes:
        limit: The key of the limit.
        obligor: Who owes it.
        number: Which time.
        first: The first day that does not count.
        last: The last day that does not count; before the first when it was resumed on the day it was paused.
        due: The date it has from then on.
        warn: The date on which the clock warns; none for never, or no more.
        calendar: The hash of the calendar it was counted with.
        provisional: Whether a later notice can move it.
        rungs: What its ladder still has to say.
    """

    limit: str
    obligor: str
    number: int
    first: date
    last: date
    due: date
    warn: date | None
    calendar: str
    provisional: bool
    rungs: tuple[tuple[str, date], ...] = ()


@attrs.frozen
class Reminded:
    """A deadline came to a rung of its ladder; each rung says what it has to say once.

    Attributes:
        limit: The key of the limit.
        obligor: Who owes it.
        number: Which time.
        rung: The key of the rung.
    """

    limit: str
    obligor: str
    number: int
    rung: str


Change = Started | Warned | Missed | Met | Stopped | Extended | Revived | Moved | Paused | Resumed | Reminded


@attrs.frozen
class Opening:
    """What only the first record of a case says: which rules it is under and what it is tied to.

    Attributes:
        lifecycle: The key of the lifecycle.
        version: The version of the lifecycle.
        profile: The key of the profile.
        fingerprint: The hash of the definition and its values.
        parent: The id of the case it is a part of.
        origin: The id of the case that gave reason to open it.
        reference: The host's own name for it, unique per lifecycle.
    """

    lifecycle: str
    version: int
    profile: str
    fingerprint: str
    parent: str | None = None
    origin: str | None = None
    reference: str | None = None


@attrs.frozen
class Record:
    """One act, or one run of the clock over a case.

    Attributes:
        case: The id of the case.
        revision: Its place in the history, from 1 without gaps.
        kind: What it is of.
        trigger: What was done; empty for the clock.
        before: The state before; empty for an opening.
        after: The state after.
        actor: Who did it; none for the clock and for a reprojection.
        obligors: For whom it counts, where a limit is owed by several.
        content: The typed content; none where the trigger has none.
        occurred_at: When it happened; deadlines count from it.
        recorded_at: When it was entered, an aware instant.
        changes: What it did to the deadlines, in order.
        opening: Set on the first record only.
        key: The idempotency key it was given.
    """

    case: str
    revision: int
    kind: Kind
    trigger: str
    before: str
    after: str
    actor: Actor | None
    obligors: tuple[str, ...]
    content: object | None
    occurred_at: Moment
    recorded_at: datetime
    changes: tuple[Change, ...] = ()
    opening: Opening | None = None
    key: str | None = None

    def changing(self, changes: tuple[Change, ...]) -> "Record":
        """Return the record with what it does to the deadlines; written out because every act comes this way."""
        return Record(
            self.case,
            self.revision,
            self.kind,
            self.trigger,
            self.before,
            self.after,
            self.actor,
            self.obligors,
            self.content,
            self.occurred_at,
            self.recorded_at,
            changes,
            self.opening,
            self.key,
        )

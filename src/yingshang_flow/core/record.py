"""What happened: one record per act, with the changes it made to the deadlines."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.words import Label

_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a record is of; every kind but ``act`` is no act of the procedure."""

    ACT = "act"
    CLOCK = "clock"
    REPROJECTION = "reprojection"
    MIGRATION = "migration"
    CORRECTION = "correction"
    ANNULMENT = "annulment"
    ERASURE = "erasure"


def midnight(day: date) -> datetime:
    """Return the first instant of a day at UTC+8."""
    return datetime.combine(day, time(), CHINA_TIME)


@attrs.frozen
class OfDeadline:
    """Which deadline something is about.

    Attributes:
        limit: The key of the limit.
        obligor: Who owes it; empty for the case as a whole.
        number: Which time, from 1.
    """

    limit: str
    obligor: str
    number: int


@attrs.frozen
class Dated(OfDeadline):
    """The date a deadline has from then on, and what follows from it.

    Attributes:
        due: The last date, inclusive, at UTC+8.
        closes: The time of day at which that date ends, naive at UTC+8 (R6, R12); none for 24:00.
        warn: The date on which the clock warns; none without a warning, or once it has.
        calendar: The hash of the calendar it was computed with.
        provisional: Whether a later notice can move it: it lies past the last published one.
        rungs: What its ladder still has to say, each by the rung's key and the date it says it on.
    """

    due: date
    closes: time | None
    warn: date | None
    calendar: str
    provisional: bool
    rungs: tuple[tuple[str, date], ...]

    @property
    def end(self) -> datetime:
        """The exclusive end: an act before this instant is in time."""
        return midnight(self.due) + _DAY if self.closes is None else datetime.combine(self.due, self.closes, CHINA_TIME)


@attrs.frozen
class Term(Dated):
    """One time of a limit: whom it binds, from when and until when.

    Attributes:
        turn: Which time since the series last started; what a repeating limit is multiplied by.
        period: The period in its canonical text.
        anchor: The date from which the first of a series counts.
        start: The date from which this one counts.
        received: The moment it counts from, at UTC+8, where the hours of that day matter (R12); none elsewhere.
    """

    turn: int
    period: str
    anchor: date
    start: date
    received: datetime | None


@attrs.frozen
class Started(Term):
    """A deadline began to run."""


@attrs.frozen
class Warned(OfDeadline):
    """The clock warned that a deadline is near."""


@attrs.frozen
class Missed(OfDeadline):
    """The clock passed a deadline that nobody had met."""


@attrs.frozen
class Met(OfDeadline):
    """An act did what a deadline asked for.

    Attributes:
        late: Whether it came after the end.
        arrived: The day it arrived, where that decided instead of when it was sent (R7); none elsewhere.
    """

    late: bool
    arrived: date | None = None


@attrs.frozen
class Stopped(OfDeadline):
    """A deadline ended without being met: nothing is owed any more."""


@attrs.frozen
class Extended(Dated):
    """A deadline that still ran was given another end, counted from the same start.

    Attributes:
        period: The whole period from that start; a ceiling, which excluded time does not move (R8).
    """

    period: str


@attrs.frozen
class Revived(OfDeadline):
    """What had met or stopped a deadline was revoked: it is owed again, until the date it had."""


@attrs.frozen
class Moved(Dated):
    """A deadline was counted anew by another calendar, and ends on another day or is certain now.

    Attributes:
        old: The date it had.
        notice: What the calendar is called: the notices it holds on top of the published ones.
    """

    old: date
    notice: str


@attrs.frozen
class Recounted(Moved):
    """A deadline was counted anew under another definition, from the same start.

    Attributes:
        period: The period it has from then on, in its canonical text.
        anchor: The date from which the first of its series counts.
        turn: Which time of that series it is.
    """

    period: str
    anchor: date
    turn: int


@attrs.frozen
class Paused(OfDeadline):
    """A deadline stopped running for a while (中止): it is neither warned of nor missed meanwhile.

    Attributes:
        since: The first day that does not count.
    """

    since: date


@attrs.frozen
class Resumed(Dated):
    """A paused deadline runs again; the days in between do not count (R8).

    Attributes:
        first: The first day that does not count.
        last: The last day that does not count; before the first when nothing is left out.
    """

    first: date
    last: date


@attrs.frozen
class Reminded(OfDeadline):
    """A deadline came to a rung of its ladder; each rung says what it has to say once.

    Attributes:
        rung: The key of the rung.
    """

    rung: str


Change = (
    Started | Warned | Missed | Met | Stopped | Extended | Revived | Moved | Recounted | Paused | Resumed | Reminded
)


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

    @property
    def named(self) -> Label | None:
        """What it does, in a few words; none where its trigger or its kind says so."""
        return None

    def about(self, act: str) -> tuple[str, ...]:  # noqa: ARG002  # for those that amend one
        """Return what else is to be told of it, a line each.

        Args:
            act: What its trigger is called.
        """
        return ()

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

"""Docket 案件台: all that a host can ask of the cases of one store; each act is load → decide → commit."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from datetime import date, datetime, timedelta
from functools import partial
from time import sleep
from typing import Any, Final, Self
from uuid import uuid4

import attrs

from yingshang_flow import codec
from yingshang_flow.compliance.assessment import INDICATORS, Assessment, Indicator, Span
from yingshang_flow.core import as_ledger
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amend import Amending
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.connections import Connections
from yingshang_flow.core.decide import Act, Option, decide, options
from yingshang_flow.core.erasure import Erasing
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import Migrating
from yingshang_flow.core.moment import Moment, aware
from yingshang_flow.core.record import Kind, Moved, Opening, Record
from yingshang_flow.deadlines import Explanation, Lamp, Ledger, WorkingCalendar, china
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import (
    RefusedError,
    StoreError,
    TimeError,
    UnknownError,
    YingshangFlowError,
)
from yingshang_flow.lifecycles import SHIPPED, Procedure
from yingshang_flow.operations import assess as assessing
from yingshang_flow.operations import given, pages
from yingshang_flow.operations.amend import amended, is_same, typed
from yingshang_flow.operations.cases import Cases, Decided, Place
from yingshang_flow.operations.checkpoint import Checkpoint, Difference, differences, taken
from yingshang_flow.operations.connections import connected
from yingshang_flow.operations.deliver import deliver
from yingshang_flow.operations.erase import erased
from yingshang_flow.operations.erase import is_same as is_same_erasure
from yingshang_flow.operations.linked import Linked
from yingshang_flow.operations.messages import OF_THE_CLOCK, Message, topics_of
from yingshang_flow.operations.migrate import Migrated, MigrationReport, Moving, Which, migrate_all
from yingshang_flow.operations.propose import Proposal, propose
from yingshang_flow.operations.reproject import Progress, reproject
from yingshang_flow.operations.retally import Retallied, retally
from yingshang_flow.operations.settle import another_act, settled
from yingshang_flow.operations.sweep import sweep
from yingshang_flow.operations.verify import verified
from yingshang_flow.policies import Profile
from yingshang_flow.ports import (
    DefinitionRow,
    Outbox,
    Query,
    RecordRow,
    Store,
    Tallies,
)
from yingshang_flow.sources import OURS
from yingshang_flow.words import Label, Unmet


def system_clock() -> datetime:
    """Return the current instant at UTC+8; the only place that reads the system's clock."""
    return datetime.now(CHINA_TIME)


def new_id() -> str:
    """Return a new random id."""
    return str(uuid4())


@attrs.frozen
class Due:
    """One open deadline with the case it belongs to.

    Attributes:
        case: The case.
        deadline: The deadline.
    """

    case: Case
    deadline: Deadline


class Docket:
    """Runs the cases of any number of procedures on one store.

    Args:
        store: Where the cases are kept.
        lifecycles: The procedures whose cases it can run; the shipped ones unless given.
        calendar: The working days; ``china()`` unless given.
        clock: Gives the current instant; the system's unless given.
        new_id: Gives the id of a new case; random unless given.
        topics: What is told to other systems by messages that ``deliver`` hands over: ``act``, ``warned``, ``missed``,
            ``reminded``, ``moved``, ``amended``, ``migrated``. Unless given, those of the clock, which nobody sees
            happen: all but ``act``, ``amended`` and ``migrated``; and none where the store keeps no messages.
        pause: Waits for so many seconds between races that were lost; the thread sleeps unless given.
        hashing: What new records and commitments are hashed by, ``sm3`` or ``sha256``; SM3 where this machine has it
            unless given. Records of both follow one another in a history.

    Raises:
        UnknownError: One of the procedures is none.
        HashingError: There is no such hash, or this machine does not have it.
        StoreError: Topics are given and the store keeps no messages.
    """

    def __init__(
        self,
        store: Store,
        *,
        lifecycles: Sequence[Procedure[Any]] | None = None,
        calendar: WorkingCalendar | None = None,
        clock: Callable[[], datetime] = system_clock,
        new_id: Callable[[], str] = new_id,
        topics: Iterable[str] | None = None,
        hashing: str | None = None,
        pause: Callable[[float], object] = sleep,
    ) -> None:
        for item in lifecycles or ():
            if not isinstance(item, Procedure):
                message = f"lifecycles takes procedures such as interview, not {type(item).__name__} {item!r:.60}"
                raise UnknownError(message)
        self.store = store
        procedures = dict(SHIPPED) if lifecycles is None else {item.key: item for item in lifecycles}
        self._asked_topics = None if topics is None else tuple(topics)
        self._cases = Cases(store, procedures, _topics(store, self._asked_topics), codec.chosen(hashing))
        self._calendar = calendar
        self._clock = clock
        self._new_id = new_id
        self._pause = pause
        self._parts: dict[tuple[Procedure[Any], str], Lifecycle] = {}

    def on(self, store: Store) -> Self:
        """Return the same docket on another store, such as one that is joined to the transaction of a request.

        Procedures, calendar, clock and ids are those of this one; what a store has been read of is not shared. In a
        transaction of the host's a race that was lost is not tried again, but raises ``ConflictError`` at once: there
        may be no newer data to see in it, and whether to begin it again is the host's to decide.

        Args:
            store: Where the cases are kept.

        Raises:
            StoreError: The store keeps no messages, and ``topics`` asks for some.
        """
        other = copy(self)
        other.store = store
        other._cases = self._cases.on(store, _topics(store, self._asked_topics))  # noqa: SLF001  # another of ours
        return other

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days, loaded when they are first needed."""
        if self._calendar is None:
            self._calendar = china()
        return self._calendar

    # --- acting ---

    def open(
        self,
        lifecycle: Lifecycle | Procedure[Any],
        content: object | Mapping[str, Any] | None = None,
        *,
        by: Actor,
        at: datetime | date | Moment | None = None,
        trigger: str | None = None,
        key: str | None = None,
        reference: str | None = None,
        parent: str | None = None,
        origin: str | None = None,
    ) -> Case:
        """Open a case.

        Args:
            lifecycle: The procedure, bound to a profile; of a part of another case, which runs under that case's
                profile, the procedure itself will do.
            content: The content of the opening act, typed or as a plain mapping.
            by: Who opens it.
            at: When it happened, a date or an aware datetime; now unless given.
            trigger: The opening trigger, needed where there are several.
            key: An idempotency key, unique in the store; the same opening again returns its case.
            reference: The host's own name for the case, unique per lifecycle.
            parent: The id of the case it is a part of.
            origin: The id of the case that gave reason to open it.

        Returns:
            The opened case.

        Raises:
            RefusedError: Requirements are unmet, or the case it is to be a part of has ended.
            ContentError: The content is missing, surplus or wrongly typed.
            TimeError: The time is naive, impossible or in the future.
            UnknownError: There is no such trigger, role, parent or origin, or the parent is under another profile.
            KeyReusedError: The key stands for another act.
            ReferenceTakenError: The reference belongs to another case.
            StoreError: The store cannot keep it; nothing was changed.
        """
        for name, value in (("reference", reference), ("parent", parent), ("origin", origin)):
            if value is not None and (not isinstance(value, str) or not value):
                message = f"{name} is a non-empty text, not {value!r:.60}"
                raise UnknownError(message)
        lifecycle = self._bound(lifecycle, parent)
        act = self._act(lifecycle, _opening_trigger(lifecycle, trigger), content, by=by, at=at, key=key)
        opening = Opening(
            lifecycle.key, lifecycle.version, lifecycle.profile, fingerprint(lifecycle), parent, origin, reference
        )
        definition = DefinitionRow(
            opening.fingerprint, lifecycle.key, lifecycle.version, lifecycle.profile, lifecycle.sections
        )

        def decided() -> Decided:
            linked = Linked(opening, None, self.load, self.store.children)
            linked.exist()
            record = decide(
                lifecycle,
                None,
                act,
                now=self._now(),
                calendar=self.calendar,
                related=linked,
                id=self._new_id(),
                opening=opening,
            )
            self._check_whole(linked.parent, act)
            return Decided(lifecycle, None, record, codec.GENESIS, linked.expects, definition)

        return self._settled(key, decided, lambda kept: self._same(kept, lifecycle, act, case=None, opening=opening))

    def act(
        self,
        case: str,
        trigger: str,
        content: object | Mapping[str, Any] | None = None,
        *,
        by: Actor,
        at: datetime | date | Moment | None = None,
        key: str | None = None,
        expected_revision: int | None = None,
    ) -> Case:
        """Do something to a case.

        Args:
            case: The id of the case.
            trigger: What is done.
            content: Its content, typed or as a plain mapping.
            by: Who does it.
            at: When it happened, a date or an aware datetime; now unless given.
            key: An idempotency key, unique in the store; the same act again returns its outcome.
            expected_revision: The revision the caller has seen; an act since then conflicts, the clock does not.

        Returns:
            The case after the act; for a key that was used before, as it stands now.

        Raises:
            RefusedError: The procedure does not have it here, or requirements are unmet.
            ContentError: The content is missing, surplus or wrongly typed.
            TimeError: The time is naive, impossible, in the future or before what it follows.
            UnknownError: There is no such case, trigger or role.
            ConflictError: Somebody acted since ``expected_revision``.
            KeyReusedError: The key stands for another act.
            StoreError: The store cannot keep it; nothing was changed.
        """
        given.expected_revision(expected_revision)
        # What was read or written here last is decided on first; the commit tells whether somebody was faster.
        recalled = self._cases.recalled(case) if expected_revision is None and isinstance(case, str) else None
        row = self._cases.row(case) if recalled is None else recalled.row
        stored = row if recalled is None else None
        lifecycle = self._cases.lifecycle(row)
        act = self._act(lifecycle, trigger, content, by=by, at=at, key=key)

        def decided() -> Decided:
            nonlocal recalled, stored
            place, recalled = recalled, None
            if place is not None:
                with suppress(YingshangFlowError):  # what stands against an act is only said of what is stored now
                    return self._decided(place, act)
            now, stored = stored, None
            place = self._cases.place(self._cases.row(case) if now is None else now)
            given.check_expected(place.case, expected_revision)
            if place.lifecycle is lifecycle:
                return self._decided(place, act)
            # It was migrated meanwhile: what is said is read as its rules of now read it.
            return self._decided(
                place, self._act(place.lifecycle, trigger, content, by=by, at=act.occurred_at, key=key)
            )

        return self._settled(key, decided, lambda kept: self._same(kept, lifecycle, act, case=case, opening=None))

    def correct(
        self,
        case: str,
        revision: int,
        *,
        content: object | Mapping[str, Any] | None = None,
        occurred_at: datetime | date | Moment | None = None,
        ground: str,
        by: Actor,
        key: str | None = None,
        expected_revision: int | None = None,
    ) -> Case:
        """Correct what an earlier act said or when it happened; its record stays, and the case follows the correction.

        What was done by a wrong trigger is annulled and done anew.

        Args:
            case: The id of the case.
            revision: The record of the act, however often it was corrected before.
            content: What it says from then on, typed or as a plain mapping; as before unless given.
            occurred_at: When it happened, a date or an aware datetime; as before unless given.
            ground: Why, in at most 2000 characters.
            by: Who corrects it, in a role of the lifecycle's ``amended_by``.
            key: An idempotency key, unique in the store; the same correction again returns its outcome.
            expected_revision: The revision the caller has seen, as for ``act``.

        Returns:
            The case after it; for a key that was used before, as it stands now.

        Raises:
            RefusedError: The role may not, the act was annulled, its requirements are unmet, or a later act could not
                have been done then: the first of them is named.
            ContentError: The content is surplus or wrongly typed, the ground is missing, or nothing is corrected.
            TimeError: The time is naive, impossible, after the act was entered or before what it follows.
            UnknownError: There is no such case, act or role.
            ConflictError: Somebody acted since ``expected_revision``.
            KeyReusedError: The key stands for another act.
            StoreError: The store cannot keep it; nothing was changed.
        """
        at = None if occurred_at is None else Moment.of(occurred_at)
        amending = Amending(Kind.CORRECTION, revision, ground, by, content, at, key)
        return self._amended(case, amending, expected_revision)

    def annul(
        self,
        case: str,
        revision: int,
        *,
        ground: str,
        by: Actor,
        key: str | None = None,
        expected_revision: int | None = None,
    ) -> Case:
        """Annul an earlier act: its record stays, and the case stands as if it had never been done.

        The act that opened the case is not annulled.

        Args:
            case: The id of the case.
            revision: The record of the act.
            ground: Why, in at most 2000 characters.
            by: Who annuls it, in a role of the lifecycle's ``amended_by``.
            key: An idempotency key, unique in the store; the same annulment again returns its outcome.
            expected_revision: The revision the caller has seen, as for ``act``.

        Returns:
            The case after it; for a key that was used before, as it stands now.

        Raises:
            RefusedError: The role may not, the act opened the case or was annulled before, or a later act could not
                have been done without it: the first of them is named.
            ContentError: The ground is missing.
            UnknownError: There is no such case, act or role.
            ConflictError: Somebody acted since ``expected_revision``.
            KeyReusedError: The key stands for another act.
            StoreError: The store cannot keep it; nothing was changed.
        """
        return self._amended(case, Amending(Kind.ANNULMENT, revision, ground, by, key=key), expected_revision)

    def erase(
        self,
        case: str,
        *,
        ground: str,
        by: Actor,
        revisions: Iterable[int] | None = None,
        key: str | None = None,
    ) -> Case:
        """Erase personal data of a case on a legal ground: confidential content, and the ids of private persons.

        The values go from the store's vault for good, and a record says who erased them and why; their commitments stay
        where they stand, so that the history is whole still. State and deadlines stay as they are.

        Args:
            case: The id of the case.
            ground: The legal ground, in at most 2000 characters; it is not confidential, so it names no person.
            by: Who erases them, in a role of the lifecycle's ``erased_by``.
            revisions: The records whose values go, with those of their corrections; all of the case unless given.
            key: An idempotency key, unique in the store; the same erasure again returns its outcome.

        Returns:
            The case after it; for a key that was used before, as it stands now.

        Raises:
            RefusedError: The role may not, or nothing is left to erase there.
            ContentError: The ground is missing, or the revisions are no list of numbers.
            UnknownError: There is no such case, record or role.
            KeyReusedError: The key stands for another act.
            StoreError: The store cannot keep it; nothing was changed.
        """
        given.actor(by)
        given.key(key)
        erasing = Erasing.of(ground, by, revisions, key)

        def decided() -> Decided:
            return erased(self._cases, self._cases.place(self._cases.row(case)), erasing, now=self._now())

        def same(kept: RecordRow) -> Case:
            if kept.case != case or not is_same_erasure(self._cases, kept, erasing):
                raise another_act(key, kept)
            return self.load(case)

        return self._settled(key, decided, same)

    def sweep(self, *, now: datetime | None = None, limit: int | None = None) -> int:
        """Record what the clock has to say by now: warnings and missed deadlines, each once.

        Safe to run from several workers at a time: each case is committed on its own, and of two workers on the same
        case one finds nothing left to do.

        Args:
            now: An aware instant; the docket's clock unless given. Never later than that clock.
            limit: The largest number of cases to record; all unless given.

        Returns:
            The number of records written.

        Raises:
            TimeError: The instant is naive or later than the docket's clock.
            SweepError: Some cases could not be read or counted; all the others were swept, and these are named.
        """
        return sweep(self._cases, until=self._until(now), now=self._now, calendar=self.calendar, limit=limit)

    def reproject(
        self,
        calendar: WorkingCalendar | None = None,
        *,
        dry_run: bool = False,
        each: Callable[[str, Moved], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
    ) -> int:
        """Count the running deadlines of all cases by another calendar, as when a new year's notice is loaded.

        A record for each case of which a deadline moves, in it the old date, the new one and the notice. Each case is
        committed on its own: several workers may run it at a time, and after an interruption it is run again; what was
        moved already stays. Acts afterwards are counted by the docket's own calendar, so give the docket the same one.

        Args:
            calendar: The other calendar; the docket's own unless given.
            dry_run: Whether to leave everything as it is and only tell.
            each: Called with the id of the case and the change for each deadline that moves.
            progress: Called after each case with how far it has come.

        Returns:
            The number of deadlines that move.

        Raises:
            UnknownError: The calendar is none.
            CalendarHorizonError: All that the calendar is certain of is past.
            SweepError: Some cases could not be read or counted; all the others were moved, and these are named.
        """
        wanted = self.calendar if calendar is None else calendar
        return reproject(self._cases, wanted, now=self._now, dry_run=dry_run, each=each, progress=progress)

    def migrate(
        self,
        which: Which | Iterable[str],
        *,
        to: Lifecycle | Iterable[Lifecycle],
        ground: str,
        by: Actor,
        states: Mapping[str, str] | None = None,
        deadlines: str = "keep",
        dry_run: bool = True,
        each: Callable[[Moving], object] | None = None,
        progress: Callable[[Migrated], object] | None = None,
    ) -> MigrationReport:
        """Let cases go on under other rules: another profile of their procedure, another version of it, or both.

        Every case is looked at before the first is moved. Each is then committed on its own, by a record that says from
        which rules to which, why, and what became of its state and its deadlines. After an interruption it is run
        again: what was moved already stays. A second migration leads back.

        Args:
            which: Which cases, or their ids.
            to: The rules they are to go on under; of several procedures one for each, so that a case and its parts move
                together.
            ground: Why, in at most 2000 characters.
            by: Who migrates them, in a role of the new rules' ``amended_by``.
            states: Old states with the new ones they become, beyond what the new rules say themselves.
            deadlines: ``keep`` leaves the dates of open deadlines; ``recompute`` counts them by the new rules from
                where they have always counted, and starts what is owed under the new rules besides.
            dry_run: Whether to leave everything as it is and only tell; it is unless said otherwise.
            each: Called with each case that was moved, or would be.
            progress: Called after each case that was moved with how far it has come.

        Raises:
            MigrationError: Cases cannot go on under the rules; nothing was moved, and every problem of every case is
                named. Or somebody acted on some meanwhile so that they cannot any more: the others were moved.
            RefusedError: The role may not.
            ContentError: The ground is missing, or the states or deadlines are none.
            UnknownError: Nothing says which cases or which rules, or there is no such role, procedure or version.
            StoreError: The store cannot keep it; what was moved stays moved.
        """
        given.actor(by)
        migrating = Migrating.of(ground, by, states, deadlines)
        chosen = which if isinstance(which, Which) else Which(cases=given.ids(which))
        targets: dict[str, Lifecycle] = {}
        for lifecycle in (to,) if isinstance(to, Lifecycle) else tuple(to):
            if not isinstance(lifecycle, Lifecycle) or lifecycle.key in targets:
                message = f"to= takes lifecycles such as interview('dalian-2018'), one of each, not {lifecycle!r:.60}"
                raise UnknownError(message)
            self._cases.take_for_good(lifecycle)
            migrating.check_role(lifecycle, Moment.of(self._now()).date)
            targets[lifecycle.key] = lifecycle
        return migrate_all(
            self._cases,
            chosen,
            targets,
            migrating,
            now=self._now,
            calendar=self.calendar,
            dry_run=dry_run,
            each=each,
            progress=progress,
        )

    def definitions(self, case: str) -> Mapping[str, Lifecycle]:
        """Return the definitions that a case has been under by their fingerprints, the one it is under now the last.

        There is more than one where it was migrated; an audit of its history asks for them.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownFingerprintError: This code cannot rebuild one of them.
        """
        return self._cases.all_definitions(self._cases.row(case))

    def deliver(
        self,
        handle: Callable[[Message], object],
        *,
        lease: timedelta = timedelta(minutes=5),
        limit: int | None = None,
    ) -> int:
        """Hand over what records have sent and nobody has been told yet, of each case in order; see ``topics``.

        At least once: a message whose handler raised, or whose worker died, comes again, and holds back what its case
        sent after it. Several workers may deliver at a time.

        Args:
            handle: Takes one message.
            lease: How long it may take before another worker is given the message.
            limit: The largest number of messages; all unless given.

        Returns:
            The number of messages delivered.

        Raises:
            StoreError: The store keeps no messages, or cannot be reached.
            DeliveryError: Some handlers raised; all the others were delivered, and these are named.
        """
        if not isinstance(self.store, Outbox):
            raise StoreError(_NO_OUTBOX.format(type(self.store).__name__))
        return deliver(self.store, handle, lease=lease, limit=limit)

    # --- following up ---

    def propose(self, case: str, *, now: datetime | None = None, answered: bool = False) -> tuple[Proposal, ...]:
        """Return the cases that the rules call for after a case, each with its ground, what shows it and citations.

        What is asked is the audit of the case, as of now; rules that compare several cases are not among it. Nothing is
        opened: whether to open one, with ``origin=`` or as ``link`` says with ``parent=``, a person decides.

        Args:
            case: The id of the case.
            now: An aware instant as of which deadlines are judged; the docket's clock unless given.
            answered: Whether what has been opened already is told too, with the ids in ``opened``.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownFingerprintError: This code cannot rebuild its definition.
            TimeError: The instant is naive.
        """
        moment = self._now() if now is None else aware(now)
        return propose(self._cases, self.history(case), now=moment, calendar=self.calendar, answered=answered)

    def connections(self, case: str) -> Connections:
        """Return a case with every case it is connected to: parts, what they are parts of, origins and what followed.

        Raises:
            CaseNotFoundError: There is no such case.
            StoreError: More than 10,000 cases hang together; ask ``find`` for the parts of one.
        """
        return connected(self._cases, self._cases.row(case))

    # --- assessing ---

    def assess(
        self,
        period: str | Span | tuple[date, date],
        *,
        indicators: Iterable[Indicator] = INDICATORS,
        units: Iterable[str] | None = None,
        now: datetime | None = None,
    ) -> Assessment:
        """Return the units of a period compared: rates, standard scores, a ranking, and the change since before.

        The sums come from the store; no case is read. What the circular and the drafts of interviews are made of it by
        is in ``yingshang_flow.compliance.assessment``.

        Args:
            period: ``2018``, ``2018Q4``, ``2018-11`` or ``2018-10-01/2018-12-31``, or the first and the last day.
            indicators: By what units are compared, all of it ours unless given: the documents set nothing.
            units: Who is compared; whoever has anything counted unless given.
            now: An aware instant; the docket's clock unless given. While the period runs, the days that are over count.

        Raises:
            UnknownError: There is no such period, or it has not begun; or indicators or units are none.
            StoreError: The store counts nothing, or has cases that it has not counted from the beginning.
            TimeError: The instant is naive.
        """
        span = assessing.span_of(period)
        moment = self._now() if now is None else aware(now)
        return assessing.assess(self.store, span, now=moment, indicators=indicators, units=units)

    def retally(self, *, progress: Callable[[Retallied], object] | None = None) -> int:
        """Count all cases anew from their histories, as those that were kept before the store counted any.

        Each case is replaced on its own: it may run beside acts and other workers, and after an interruption it is run
        again.

        Args:
            progress: Called after each case with how far it has come.

        Returns:
            The number of cases of which something else was kept.

        Raises:
            StoreError: The store counts nothing, or cannot be reached.
            SweepError: Some cases could not be read; all the others were counted, and these are named.
        """
        return retally(self._cases, lambda: self.calendar, progress=progress)

    # --- reading ---

    def load(self, case: str) -> Case:
        """Return where a case stands.

        Raises:
            CaseNotFoundError: There is no such case.
        """
        return self._cases.load(case)

    def lifecycle(self, case: str) -> Lifecycle:
        """Return the lifecycle a case is under, rebuilt as it was when the case came under it.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownFingerprintError: This code cannot rebuild it.
        """
        return self._cases.lifecycle(self._cases.row(case))

    def options(self, case: str, *, by: Actor, now: datetime | None = None) -> tuple[Option, ...]:
        """Return what each trigger would meet with: allowed, asking for content, or each unmet requirement.

        Args:
            case: The id of the case.
            by: Who asks.
            now: When it would be done, an aware instant, which a delegation has to hold on; the docket's clock unless
                given.
        """
        at = Moment.of(self._now() if now is None else aware(now))
        place = self._cases.place(self._cases.row(case))
        lifecycle, standing = place.lifecycle, place.case
        given.actor(by)
        lifecycle.role(by.role)
        linked = Linked(standing.opening, case, self.load, self.store.children)
        return options(lifecycle, standing, by, related=linked, at=at)

    def history(self, case: str, *, by: Actor | None = None) -> tuple[Record, ...]:
        """Return every record of a case in order.

        A confidential value that was erased reads as ``Erased``, one that is not shown as ``Withheld``, and so does the
        id of a private person: as ``erased:…`` or ``withheld:…``.

        Args:
            case: The id of the case.
            by: Who reads it; somebody in a role of the lifecycle's ``seen_by`` sees what is confidential, but for
                fields that are narrowed to others by ``SeenBy``, and nobody else does. Without it nothing is opened.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownError: The procedure has no such role.
            CodecError: A value in the vault was changed.
            HashingError: This machine does not have the hash of a value that is to be opened.
        """
        row = self._cases.row(case)
        lifecycle = self._cases.lifecycle(row)
        seen = by is not None and lifecycle.role(given.actor(by).role) in lifecycle.seen_by
        role = None if by is None else by.role
        rows = self.store.history(case)
        vault = self._cases.vault(case)  # after the records: a value can be erased in between, but not be missing
        return tuple(codec.unsealed(record, vault, seen=seen, role=role) for record in self._cases.records(row, rows))

    def find(
        self,
        *,
        lifecycle: str | None = None,
        state: str | None = None,
        unit: str | None = None,
        reference: str | None = None,
        parent: str | None = None,
        origin: str | None = None,
        final: bool | None = None,
    ) -> Iterator[Case]:
        """Yield the cases for which everything given holds, in order of id; read page by page."""
        query = Query(
            lifecycle=lifecycle,
            state=state,
            unit=unit,
            reference=reference,
            parent=parent,
            origin=origin,
            final=final,
        )
        for row in pages.found(self.store, query):
            yield self._cases.read(row)

    def due(self, *, before: datetime | date) -> Iterator[Due]:
        """Yield the deadlines under which something is owed and that are due by a day, the earliest first.

        Those already missed are among them until they are met late or given up.

        Args:
            before: The last due date to list, at UTC+8; of an aware datetime, its date.
        """
        for row in pages.owed(self.store, Moment.of(before).date.isoformat()):
            case = self.load(row.case)
            for deadline in case.deadlines:
                if (deadline.limit, deadline.obligor, deadline.number) == (row.limit, row.obligor, row.number):
                    yield Due(case, deadline)

    def explain(self, case: str, deadline: Deadline) -> Explanation:
        """Return how the date of one of a case's deadlines is counted, day by day, by the docket's calendar.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownError: The case has no such limit.
        """
        return self._of(case, deadline).by_limit[deadline.limit].of(deadline, self.calendar).explain()

    def ledger(self, case: str, deadline: Deadline) -> Ledger:
        """Return one of a case's deadlines as a ledger: every pause, extension and end, with who, when, why and where.

        What is left of it and its due date can be asked of it as of any moment.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownError: The case has no such limit.
        """
        return as_ledger.told(self._of(case, deadline), deadline, self.history(case), self.calendar)

    def lamp(self, case: str, deadline: Deadline, *, at: datetime | None = None) -> Lamp:
        """Return the lamp of one of a case's deadlines.

        Args:
            case: The id of the case.
            deadline: The deadline.
            at: An aware instant; the docket's clock unless given.

        Raises:
            CaseNotFoundError: There is no such case.
            UnknownError: The case has no such limit.
            TimeError: The instant is naive.
        """
        moment = self._now() if at is None else aware(at)
        return as_ledger.lamp(self._of(case, deadline), deadline, moment, self.calendar)

    def _of(self, case: str, deadline: Deadline) -> Lifecycle:
        """Return the lifecycle of a case that has the limit of a deadline."""
        lifecycle = self.lifecycle(case)
        if deadline.limit not in lifecycle.by_limit:
            message = f"case {case} has no limit {deadline.limit!r}; it has {', '.join(lifecycle.by_limit)}"
            raise UnknownError(message)
        return lifecycle

    def verify(self, case: str) -> int:
        """Check that the history of a case fits its hashes, and all else that is kept of the case fits its history.

        That is its snapshot, its deadlines, its definition, its values in the vault and, where the store counts, its
        tallies. Messages and leases are not looked at, nor what the profile's text says beyond the rules.

        Returns:
            The number of records, all of them genuine.

        Raises:
            CaseNotFoundError: There is no such case.
            TamperedError: A record was changed, removed, added or reordered, or an amendment says what does
                not follow from the acts that count; the first one is named. Or a confidential value was changed, or
                is missing without a record of its erasure; or the definition, a stored deadline or a tally was changed.
            UncountedError: The case is from before its store counted, or before its procedure counted something; all
                else of it is genuine, and ``retally`` counts it.
            UnknownFingerprintError: This code cannot rebuild the definition.
            HashingError: This machine does not have a hash that is needed.
        """
        while True:
            row = self._cases.row(case)
            rows, vault, deadlines = self.store.history(case), self._cases.vault(case), self.store.deadlines(case)
            tallies = self.store.tallies(case) if isinstance(self.store, Tallies) else None
            if self._cases.row(case).revision == row.revision:  # nobody committed between the readings
                self._cases.check_definition(row)
                lifecycle = self._cases.lifecycle(row)
                verified(
                    row,
                    rows,
                    lifecycle,
                    lambda: self.calendar,
                    vault=vault,
                    deadlines=deadlines,
                    tallies=tallies,
                    earlier=partial(self._cases.checked, row),
                )
                return row.revision

    def checkpoint(self) -> Checkpoint:
        """Return where all cases stand, under one hash, to be kept elsewhere and compared with later.

        Raises:
            TamperedError: What a case has for the hash of its last record is none.
        """
        return taken(self.store, self._now())

    def compare(self, checkpoint: Checkpoint) -> Iterator[Difference]:
        """Yield what must not have happened since a checkpoint, a case at a time; nothing when all of it holds.

        A case of it that is gone, whose history lost its tail or was rewritten. New cases and longer histories are as
        they should be. What lies before the record compared is bound to it by the hashes that ``verify`` checks.
        """
        yield from differences(self.store, checkpoint)

    # --- the way through ---

    def _act(
        self,
        lifecycle: Lifecycle,
        trigger: str,
        content: object,
        *,
        by: Actor,
        at: datetime | date | Moment | None,
        key: str | None,
    ) -> Act:
        """Type an act strictly; everything wrong with its content is reported together."""
        found = lifecycle.trigger(trigger)
        given.actor(by)
        given.key(key)
        typed = content
        if found.content is not None:
            typed = codec.read(found.content, {} if content is None else content, f"{lifecycle.key}.{trigger}")
        elif content == {}:
            typed = None
        return Act(trigger, typed, by, Moment.of(self._clock() if at is None else at), key)

    def _decided(self, place: Place, act: Act) -> Decided:
        """Decide an act on where its case stands."""
        case = place.case
        linked = Linked(case.opening, case.id, self.load, self.store.children)
        record = decide(place.lifecycle, case, act, now=self._now(), calendar=self.calendar, related=linked)
        return Decided(place.lifecycle, case, record, place.row.head, linked.expects)

    def _amended(self, case: str, amending: Amending, expected_revision: int | None) -> Case:
        """Correct or annul: decided on the whole history, settled as an act is."""
        given.expected_revision(expected_revision)
        given.actor(amending.actor)
        given.key(amending.key)
        lifecycle = self._cases.lifecycle(self._cases.row(case))
        amending = typed(self._cases, lifecycle, case, amending)

        def decided() -> Decided:
            place = self._cases.place(self._cases.row(case))
            given.check_expected(place.case, expected_revision)
            return amended(self._cases, place, amending, now=self._now(), calendar=self.calendar)

        def same(kept: RecordRow) -> Case:
            if kept.case != case or not is_same(self._cases, kept, amending):
                raise another_act(amending.key, kept)
            return self.load(case)

        return self._settled(amending.key, decided, same)

    def _settled(self, key: str | None, decided: Callable[[], Decided], same: Callable[[RecordRow], Case]) -> Case:
        return settled(self._cases, key, decided, same, pause=self._pause)

    def _same(
        self, kept: RecordRow, lifecycle: Lifecycle, act: Act, *, case: str | None, opening: Opening | None
    ) -> Case:
        """Return the outcome of an act that was kept under the same key, if it is the same act."""
        row = self._cases.row(kept.case)
        if (case is not None and kept.case != case) or row.lifecycle != lifecycle.key:
            raise another_act(act.key, kept)
        own = self._cases.definition_of(row, kept)
        vault = self._cases.vault(row.case)
        record = codec.unsealed(codec.record_from(kept.text, own), vault)
        said = (record.kind, record.trigger, record.actor, record.content, record.opening)
        if said != (Kind.ACT, act.trigger, act.actor, act.content, opening):
            raise another_act(act.key, kept)
        return self._cases.read(row)

    def _bound(self, lifecycle: Lifecycle | Procedure[Any], parent: str | None) -> Lifecycle:
        """Return the lifecycle a case is opened under: a part of another case runs under that case's profile."""
        above = None if parent is None else self.lifecycle(parent)
        if isinstance(lifecycle, Procedure) and above is not None:
            of = (lifecycle, above.sections)
            if of not in self._parts:
                self._parts[of] = lifecycle(Profile.from_text(above.sections))
            lifecycle = self._parts[of]
        if not isinstance(lifecycle, Lifecycle):
            message = f"open a case of a lifecycle such as lifecycles.interview('dalian-2018'), not {lifecycle!r:.60}"
            raise UnknownError(message)
        if above is not None and lifecycle.sections != above.sections:
            message = (
                f"a part of case {parent} runs under that case's profile {above.profile!r}, not {lifecycle.profile!r}: "
                "bind it to that one, or open it as a case of its own with origin="
            )
            raise UnknownError(message)
        self._cases.take(lifecycle)
        return lifecycle

    def _check_whole(self, parent: Case | None, act: Act) -> None:
        """Refuse a part of a case that has ended; what its own rules say against it has been said before."""
        if parent is not None and self._cases.row(parent.id).final:
            raise RefusedError("", act.trigger, "", (Unmet("parent", _ENDED, (OURS(),), (parent.id,)),))

    def _now(self) -> datetime:
        return aware(self._clock())

    def _until(self, now: datetime | None) -> datetime:
        present = self._now()
        if now is None:
            return present
        if aware(now) > present:
            message = f"the clock cannot record what is missed by {now}: it is {present}"
            raise TimeError(message)
        return now


_ENDED: Final = Label(
    "所属案件已办结，不得再立其分案；后续案件请以 origin 关联",
    "the case it would be a part of has ended; open what follows from it with origin=",
)
_NO_OUTBOX: Final = "a {} keeps no messages: use a store that is an Outbox, or leave topics out"


def _topics(store: Store, topics: Iterable[str] | None) -> frozenset[str]:
    """Return what is told by messages; a store that keeps none is refused only where messages were asked for."""
    if isinstance(store, Outbox):
        return topics_of(OF_THE_CLOCK if topics is None else topics)
    if topics is not None and topics_of(topics):
        raise StoreError(_NO_OUTBOX.format(type(store).__name__))
    return frozenset()


def _opening_trigger(lifecycle: Lifecycle, trigger: str | None) -> str:
    if trigger is not None:
        return trigger
    openings = lifecycle.possible[""]
    if len(openings) != 1:
        message = f"{lifecycle.key} opens with {' or '.join(openings)}; say which by trigger="
        raise UnknownError(message)
    return openings[0]

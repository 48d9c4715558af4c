"""Stores that each break a promise, and the clauses that have to catch them."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import attrs

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import (
    CaseRow,
    Claim,
    Commit,
    DeadlineRow,
    Delivery,
    MessageRow,
    Query,
    RecordRow,
    Store,
    Tallied,
    TallyRow,
    VaultRow,
)
from yingshang_flow.stores import JoinedSQLiteStore, MemoryStore, SQLiteStore, admit
from yingshang_flow.stores.memory import _Kept, _Lease, _Sent


class Changing(MemoryStore):
    """The sound store, with a way to change what it keeps behind its back."""

    def change(self, case: str, **changes: Any) -> None:  # noqa: ANN401 - any field
        kept = self._case(case)
        assert kept is not None
        self._rows["case", case] = attrs.evolve(kept, **changes)


# --- S1 to S17 and S26 ---


class HalfCommit(Changing):
    """Keeps the record before it has gone through the deadlines."""

    def commit(self, commit: Commit) -> None:
        admit(commit)
        super().commit(attrs.evolve(commit, deadlines=None))
        if commit.deadlines is not None:
            self.change(commit.case.case, deadlines=tuple(commit.deadlines))


class SlowHalfCommit(HalfCommit):
    """Shows the snapshot before the deadlines."""

    def change(self, case: str, **changes: Any) -> None:  # noqa: ANN401 - any field
        time.sleep(0.001)
        super().change(case, **changes)


class LostUpdate(MemoryStore):
    """Takes whatever revision comes."""

    def commit(self, commit: Commit) -> None:
        admit(commit)
        row = self.load(commit.case.case)
        revision = 1 if row is None else row.revision + 1
        record, case = attrs.evolve(commit.record, revision=revision), attrs.evolve(commit.case, revision=revision)
        messages = tuple(attrs.evolve(message, revision=revision) for message in commit.messages)
        tallies = tuple(attrs.evolve(tally, revision=revision) for tally in commit.tallies)
        super().commit(attrs.evolve(commit, record=record, case=case, messages=messages, tallies=tallies))


class SwallowedConflict(MemoryStore):
    """Says nothing of a conflict."""

    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except ConflictError:
            return


class ExpectationsBeforeTheLock(MemoryStore):
    """Looks at expectations first and writes later, without holding anything between."""

    def commit(self, commit: Commit) -> None:
        for expectation in commit.expects:
            self._refuse_broken(expectation)
        time.sleep(0.001)
        super().commit(attrs.evolve(commit, expects=()))


class ExpectationsIgnored(MemoryStore):
    def commit(self, commit: Commit) -> None:
        super().commit(attrs.evolve(commit, expects=()))


class KeyIgnored(MemoryStore):
    def _refuse_reused_key(self, record: RecordRow) -> None:
        pass


class KeyPerCase(MemoryStore):
    """Takes a key that stands for another case."""

    def _refuse_reused_key(self, record: RecordRow) -> None:
        kept = self._case(record.case)
        if record.key is not None and kept is not None and record.key in [other.key for other in kept.records]:
            raise KeyReusedError(record.key)


class ReferenceIgnored(MemoryStore):
    def _refuse_taken_reference(self, case: CaseRow) -> None:
        pass


class DefinitionKeptWhenRefused(MemoryStore):
    def commit(self, commit: Commit) -> None:
        if commit.definition is not None:
            self._rows.setdefault(("definition", commit.definition.fingerprint), commit.definition)
        super().commit(commit)


class GapInHistory(MemoryStore):
    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        return tuple(record for record in super().history(case, after=after) if record.revision != 6)


class HistoryFromTheEnd(MemoryStore):
    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        return super().history(case, after=after)[::-1]


class Collating(MemoryStore):
    """Sorts letters of either case as the same, as some databases do unasked."""

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        return tuple(sorted(super().find(query), key=lambda row: row.case.lower()))


class TakingLettersOfEitherCaseForTheSame(MemoryStore):
    def keyed(self, key: str) -> RecordRow | None:
        return super().keyed(key.lower()) or super().keyed(key)


class Trimming(MemoryStore):
    def load(self, case: str) -> CaseRow | None:
        row = super().load(case)
        return None if row is None else attrs.evolve(row, text=row.text.rstrip())


class NaiveTimes(MemoryStore):
    """Keeps an alarm as a local time without a zone."""

    def commit(self, commit: Commit) -> None:
        if commit.deadlines is not None:
            commit = attrs.evolve(commit, deadlines=tuple(map(self._naive, commit.deadlines)))
        super().commit(commit)

    def _naive(self, row: DeadlineRow) -> DeadlineRow:
        if row.alarm is None or not 0 <= row.alarm < 2**51:
            return row  # what the platform's local time cannot say
        seconds, rest = divmod(row.alarm, 1_000_000)
        local = datetime(*time.localtime(seconds)[:6])  # noqa: DTZ001 - the sabotage
        return attrs.evolve(row, alarm=int(local.replace(tzinfo=UTC).timestamp()) * 1_000_000 + rest)


class DueBeforeOnly(MemoryStore):
    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        return tuple(row for row in super().due(before, limit=limit, after=after) if (row.alarm or 0) % 1_000 != 3)


class OwedWithWhatIsMet(MemoryStore):
    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        rows = [attrs.evolve(row, owed=True) for kept in self._cases() for row in kept.deadlines]
        store = MemoryStore()
        for kept in self._cases():
            mine = tuple(row for row in rows if row.case == kept.row.case)
            store._rows["case", kept.row.case] = attrs.evolve(kept, deadlines=mine)
        return store.owed(until, limit=limit, after=after)


class DuePageByAlarmOnly(MemoryStore):
    """Goes on after the last page's alarm, and so passes over rows of the same moment."""

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        page = super().due(before, limit=limit, after=after)
        if after is None:
            return page
        rows = super().due(before, limit=1_000)
        return tuple(row for row in rows if (row.alarm or 0) > (after.alarm or 0))[:limit]


class DefinitionReplaced(MemoryStore):
    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        if commit.definition is not None:
            self._rows["definition", commit.definition.fingerprint] = commit.definition


class FingerprintOfTheFirstCommit(MemoryStore):
    def commit(self, commit: Commit) -> None:
        stored = self.load(commit.case.case)
        same = stored is not None and stored.state == commit.case.state
        case = attrs.evolve(commit.case, fingerprint=stored.fingerprint) if stored and same else commit.case
        super().commit(attrs.evolve(commit, case=case))


class VaultRowReplaced(MemoryStore):
    def commit(self, commit: Commit) -> None:
        for row in commit.vault:
            self._rows.pop(("vault", row.commitment), None)
        super().commit(commit)


class VaultOfTheLastCommit(MemoryStore):
    def vault(self, case: str) -> tuple[VaultRow, ...]:
        return super().vault(case)[-3:]


class DeadlinesThatAreOwed(MemoryStore):
    def deadlines(self, case: str) -> tuple[DeadlineRow, ...]:
        return tuple(row for row in super().deadlines(case) if row.alarm is not None)


class LeakingDriver(MemoryStore):
    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except (ConflictError, KeyReusedError, ReferenceTakenError):
            raise
        except StoreError as error:
            if "one limit" in str(error):
                raise ValueError(str(error)) from error
            raise


class ErasedStaysReadable(Changing):
    """Says that it has erased a value, and leaves it where it was."""

    def commit(self, commit: Commit) -> None:
        before = self.vault(commit.case.case)
        super().commit(commit)
        if commit.erases:
            self.change(commit.case.case, vault=(*before, *commit.vault))


class ErasedAlsoWhenRefused(Changing):
    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except ConflictError:
            left = tuple(row for row in self.vault(commit.case.case) if row.commitment not in commit.erases)
            if commit.erases:
                self.change(commit.case.case, vault=left)
            raise


class LongNamesAreCut(MemoryStore):
    """Keeps as much of a unit's name as its column holds."""

    def commit(self, commit: Commit) -> None:
        units = tuple(unit.encode(errors="surrogatepass")[:800].decode(errors="ignore") for unit in commit.case.units)
        super().commit(attrs.evolve(commit, case=attrs.evolve(commit.case, units=units)))


# --- S18 to S20 ---


class DoubleClaim(MemoryStore):
    """Gives a case to whoever asks."""

    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        claims = super().claim(before, lease=lease, limit=limit)
        self.let_go(claims)
        return claims


class ClaimInTwoSteps(Changing):
    """Looks for what is free, and takes it a moment later."""

    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        claims = super().claim(before, lease=lease, limit=limit)
        self.let_go(claims)
        time.sleep(0.001)
        for claim in claims:
            kept = self._case(claim.case)
            assert kept is not None
            self.change(claim.case, lease=_Lease(kept.lease.token, claim.until))
        return claims


class ClaimsTheLatestFirst(MemoryStore):
    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        claims = super().claim(before, lease=lease, limit=limit if limit < 1 else 100)[::-1]
        self.let_go(claims[limit:])
        return claims[:limit]


class LetsGoUnderAnyToken(Changing):
    def let_go(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            kept = self._case(claim.case)
            if kept is not None:
                self.change(claim.case, lease=_Lease(kept.lease.token))


class LeaseThatNeverEnds(MemoryStore):
    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        return super().claim(before, lease=lease if lease < 1 else 2**60, limit=limit)


class LeaseByTheWorkersClock(MemoryStore):
    def _now(self) -> int:
        return time.time_ns() // 1_000


class LeaseFromTheAlarm(Changing):
    """Counts a lease from the moment the work was due."""

    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        claims = super().claim(before, lease=lease, limit=limit)
        for claim in claims:
            kept = self._case(claim.case)
            assert kept is not None
            self.change(claim.case, lease=_Lease(claim.token, (kept.alarm or 0) + lease))
        return claims


class TokenThatStays(Changing):
    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        claims = super().claim(before, lease=lease, limit=limit)
        for claim in claims:
            self.change(claim.case, lease=_Lease(1, claim.until))
        return tuple(attrs.evolve(claim, token=1) for claim in claims)


class FencingIgnored(MemoryStore):
    def commit(self, commit: Commit) -> None:
        if commit.claim is not None and commit.claim.case == commit.case.case:
            commit = attrs.evolve(commit, claim=None)
        super().commit(commit)


# --- S21 to S23 ---


class RungFiredTwice(Changing):
    """Keeps a message again where its commit is repeated."""

    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except KeyReusedError:
            kept = self._case(commit.case.case)
            if kept is not None and commit.messages:
                self.change(commit.case.case, messages=(*kept.messages, *map(_Sent, commit.messages)))
            raise


class MessagesAfterTheCommit(Changing):
    """Keeps messages once the commit is through."""

    def commit(self, commit: Commit) -> None:
        admit(commit)
        super().commit(attrs.evolve(commit, messages=()))
        kept = self._case(commit.case.case)
        assert kept is not None
        messages = sorted(commit.messages, key=lambda row: row.number)
        self.change(commit.case.case, messages=(*kept.messages, *map(_Sent, messages)))


class LostMessageOrder(Changing):
    """Sends what was recorded first, whatever its revision."""

    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        kept = self._case(commit.case.case)
        assert kept is not None
        ordered = sorted(kept.messages, key=lambda sent: (sent.row.recorded_at, sent.row.revision, sent.row.number))
        self.change(commit.case.case, messages=tuple(ordered))


class SentOnceAtMost(MemoryStore):
    """Takes a message for delivered when it is given out."""

    def outgoing(self, *, lease: int, limit: int = 100) -> tuple[Delivery, ...]:
        deliveries = super().outgoing(lease=lease, limit=limit)
        super().acknowledge(deliveries)
        return deliveries

    def acknowledge(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:  # noqa: ARG002 - it believes all
        return ()


class MessageToEverybody(MemoryStore):
    """Gives a message to whoever asks."""

    def outgoing(self, *, lease: int, limit: int = 100) -> tuple[Delivery, ...]:
        deliveries = super().outgoing(lease=lease, limit=limit)
        self.put_back(deliveries)
        return deliveries


class MessageTakenTooLate(MemoryStore):
    """Lets go of a message under whatever token."""

    def _holding(self, delivery: Delivery) -> _Kept | None:
        kept = self._case(delivery.message.case)
        first: MessageRow | None = kept.messages[0].row if kept is not None and kept.messages else None
        return kept if first == delivery.message else None


# --- S28 to S30 ---


class TalliesAfterTheCommit(Changing):
    """Counts once the commit is through."""

    def commit(self, commit: Commit) -> None:
        admit(commit)
        super().commit(attrs.evolve(commit, tallies=()))
        kept = self._case(commit.case.case)
        assert kept is not None
        self.change(commit.case.case, tallies=(*kept.tallies, *tuple(iter(commit.tallies))))


class TalliesOfWhatIsRefused(Changing):
    """Counts what it refuses."""

    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except StoreError:
            kept = self._case(commit.case.case)
            if kept is not None:
                self.change(commit.case.case, tallies=(*kept.tallies, *commit.tallies))
            raise


class LastDayLeftOut(MemoryStore):
    """Counts up to the day before the last."""

    def tallied(self, first: str, last: str, *, measures: Iterable[str] | None = None) -> tuple[Tallied, ...]:
        return super().tallied(first, last[:-1], measures=measures)


class SumsOfNothing(MemoryStore):
    """Tells what comes to 0, by the rows that are there."""

    def tallied(self, first: str, last: str, *, measures: Iterable[str] | None = None) -> tuple[Tallied, ...]:
        names = None if measures is None else tuple(measures)
        found = {(one.measure, one.unit, one.month): one for one in super().tallied(first, last, measures=names)}
        for kept in self._cases():
            for row in kept.tallies:
                if first <= row.day <= last and (names is None or row.measure in names):
                    of = row.measure, row.unit, row.day[:7]
                    found.setdefault(of, Tallied(*of, 0))
        return tuple(found[of] for of in sorted(found))


class CountsWhateverTheRevision(Changing):
    """Replaces the tallies of a case that has gone on."""

    def retally(self, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
        row = self.load(case)
        rows = tuple(tallies)
        super().retally(case, revision if row is None else row.revision, rows)


class AddsToWhatIsThere(Changing):
    """Keeps the tallies that are there besides the new ones."""

    def retally(self, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
        before = self.tallies(case)
        super().retally(case, revision, tallies)
        self.change(case, tallies=tuple(dict.fromkeys((*before, *self.tallies(case)))))


# --- S24 and S25 ---


class InMemory(SQLiteStore):
    """The sound store that those of host transactions are made of."""

    def __init__(self) -> None:
        super().__init__(":memory:")


class HostRollbackIgnored(InMemory):
    """Commits what a host rolls back."""

    @contextmanager
    def transaction(self) -> Iterator[JoinedSQLiteStore]:
        raised: list[BaseException] = []
        with super().transaction() as joined:
            try:
                yield joined
            except BaseException as error:  # noqa: BLE001 - the sabotage
                raised.append(error)
        for one in raised:
            raise one


class CommitsAtOnce(InMemory):
    """Pretends a transaction, and commits each act by itself."""

    @contextmanager
    def transaction(self) -> Iterator[JoinedSQLiteStore]:
        yield _AtOnce(self)  # type: ignore[misc]


class _AtOnce(MemoryStore):
    joined = True

    def __init__(self, store: SQLiteStore) -> None:
        super().__init__()
        for name in ("commit", "load", "history", "keyed", "find", "due", "owed", "children", "definition", "vault"):
            setattr(self, name, getattr(store, name))
        for name in ("claim", "let_go", "outgoing", "acknowledge", "put_back"):
            setattr(self, name, getattr(store, name))


class RefusalRollsBack(InMemory):
    """Rolls the host's transaction back where it refuses something, as some databases do unasked."""

    @contextmanager
    def transaction(self) -> Iterator[JoinedSQLiteStore]:
        with super().transaction() as joined:
            sound = joined.commit

            def commit(commit: Commit) -> None:
                try:
                    sound(commit)
                except StoreError:
                    if joined.connection.in_transaction:
                        joined.connection.execute("ROLLBACK")
                        joined.connection.execute("BEGIN IMMEDIATE")
                    raise

            joined.commit = commit  # type: ignore[method-assign]
            yield joined


class RefusalLeavesHalf(InMemory):
    """Leaves in the host's transaction what it wrote before it refused."""

    @contextmanager
    def transaction(self) -> Iterator[JoinedSQLiteStore]:
        with super().transaction() as joined:
            joined._host._undo = self._leave  # type: ignore[method-assign]
            yield joined

    def _leave(self) -> None:
        pass


@attrs.frozen
class Sabotage:
    """A store that breaks a promise.

    Attributes:
        make: Makes it, empty.
        caught_by: The clauses that have to catch it.
        and_by: Those that may as well, because they look at the same thing.
        reopen: Opens another over the same data, as it pretends.
    """

    make: Callable[[], Store]
    caught_by: set[str]
    and_by: set[str] = attrs.field(factory=set)
    reopen: Callable[[], Store] | None = None


_LEFT_BY_REFUSALS = {"S7", "S13", "S17", "S21", "S28"}  # they look at what a refusal leaves, and it does not come

SABOTAGES = [
    Sabotage(HalfCommit, {"S1"}),
    Sabotage(
        MemoryStore, {"S2"}, {"S17", "S18", "S20", "S23", "S28"}, reopen=MemoryStore
    ),  # each looks by another store
    Sabotage(LostUpdate, {"S3"}, _LEFT_BY_REFUSALS),
    Sabotage(SwallowedConflict, {"S3"}, _LEFT_BY_REFUSALS | {"S4", "S20"}),  # which conflict, too
    Sabotage(ExpectationsBeforeTheLock, {"S4"}),
    Sabotage(ExpectationsIgnored, {"S4"}, _LEFT_BY_REFUSALS),
    Sabotage(KeyIgnored, {"S5"}, _LEFT_BY_REFUSALS),
    Sabotage(KeyPerCase, {"S5"}, _LEFT_BY_REFUSALS),
    Sabotage(ReferenceIgnored, {"S6"}, _LEFT_BY_REFUSALS),
    Sabotage(DefinitionKeptWhenRefused, {"S7"}),
    Sabotage(GapInHistory, {"S8"}, {"S3", "S9"}),  # they read histories that are as long
    Sabotage(HistoryFromTheEnd, {"S8"}, {"S1", "S3", "S4", "S9", "S20"}),  # they look at the last record
    Sabotage(SlowHalfCommit, {"S9"}, {"S1"}),  # an interrupt finds the half as well
    Sabotage(Trimming, {"S10"}),
    Sabotage(TakingLettersOfEitherCaseForTheSame, {"S10"}),
    Sabotage(NaiveTimes, {"S10"}),
    Sabotage(DueBeforeOnly, {"S11"}),
    Sabotage(DuePageByAlarmOnly, {"S11"}, {"S26"}),  # it pages through long names
    Sabotage(DefinitionReplaced, {"S12"}),
    Sabotage(FingerprintOfTheFirstCommit, {"S12"}),
    Sabotage(VaultRowReplaced, {"S13"}),
    Sabotage(VaultOfTheLastCommit, {"S13"}, {"S9"}),  # a vault that does not fit its history
    Sabotage(LeakingDriver, {"S14"}),
    Sabotage(Collating, {"S15"}),
    Sabotage(OwedWithWhatIsMet, {"S16"}),
    Sabotage(ErasedStaysReadable, {"S17"}, {"S1"}),  # half of a commit, too
    Sabotage(ErasedAlsoWhenRefused, {"S17"}),
    Sabotage(DeadlinesThatAreOwed, {"S27"}),
    Sabotage(LongNamesAreCut, {"S26"}),
    Sabotage(DoubleClaim, {"S18"}, {"S19", "S20"}),  # a lease that does not begin
    Sabotage(ClaimInTwoSteps, {"S18"}),
    Sabotage(ClaimsTheLatestFirst, {"S18"}, {"S19"}),  # it claims one of two
    Sabotage(LetsGoUnderAnyToken, {"S18"}),
    Sabotage(LeaseThatNeverEnds, {"S19"}, {"S20"}),  # the next claim never comes
    Sabotage(LeaseByTheWorkersClock, {"S19", "S23"}),
    Sabotage(LeaseFromTheAlarm, {"S19"}, {"S18", "S20"}),  # it has ended before it begins
    Sabotage(TokenThatStays, {"S20"}, {"S18"}),  # the last claim cannot be told from the one before
    Sabotage(FencingIgnored, {"S20"}),
    Sabotage(RungFiredTwice, {"S21"}),
    Sabotage(MessagesAfterTheCommit, {"S21"}),
    Sabotage(LostMessageOrder, {"S22"}),
    Sabotage(SentOnceAtMost, {"S22"}, {"S23"}),  # a lease that cannot end
    Sabotage(MessageToEverybody, {"S23"}, {"S22"}),  # it comes again before the next
    Sabotage(MessageTakenTooLate, {"S23"}),
    Sabotage(TalliesAfterTheCommit, {"S28"}),
    Sabotage(TalliesOfWhatIsRefused, {"S28"}),
    Sabotage(LastDayLeftOut, {"S29"}, {"S10", "S26"}),  # they count on one day
    Sabotage(SumsOfNothing, {"S29"}),
    Sabotage(CountsWhateverTheRevision, {"S30"}),
    Sabotage(AddsToWhatIsThere, {"S30"}),
    Sabotage(HostRollbackIgnored, {"S24"}),
    Sabotage(CommitsAtOnce, {"S24"}),
    Sabotage(RefusalRollsBack, {"S25"}),
    Sabotage(RefusalLeavesHalf, {"S25"}),
]

"""What a store promises: the rows it keeps and the clauses it holds.

A store keeps finished text and a few columns to find it by; it needs no codec and none of our classes. Every clause
below is tested by ``yingshang_flow.testing.StoreContract``, and its number stands in the name of its tests.

S1  All or nothing: a commit is kept whole or not at all, whatever interrupts it.
S2  Durable: when ``commit`` returns, what it wrote outlives the process.
S3  No lost update: a commit whose revision does not follow the stored one raises ``ConflictError``.
S4  Expectations: a commit whose expectations do not hold when it is written raises ``ConflictError``.
S5  A key is one outcome: a key that is already kept raises ``KeyReusedError``, whatever its case and revision.
S6  A reference is one case: one kept for another case of that lifecycle raises ``ReferenceTakenError``.
S7  Refused is unchanged: after any error everything reads as it did before.
S8  History is append-only: without gaps, in order of revision, and no record ever changes.
S9  A reader never sees half a commit: snapshot, history, deadlines and vault of a case agree.
S10 Text comes back as it went in: to the character, and moments to the microsecond. Ids, keys and all other names
    compare by their bytes.
S11 Due work is found by its alarm: every row whose alarm is not after an instant, the earliest first, page by page.
S12 A definition is kept once: by its fingerprint, and never replaced. Any commit of a case may bring one, and from then
    on the case has that fingerprint, alone or with all else it is found by.
S13 Vault rows are kept with their commit: and what is kept under a commitment is never replaced.
S14 No driver's exception escapes: everything raised is a ``StoreError``, also for a commit that contradicts itself, for
    a page of less than one row and for a lease of less than a microsecond.
S15 Cases are found by their last snapshot: and by whether something is owed under them, in order of bytes, page by
    page.
S16 What is owed is found by its due date: every row that is owed and due by a day, the earliest first, page by page.
S17 Erased is gone: the vault rows that a commit erases go with it or not at all, and nobody reads them again. To erase
    what is not kept for the case raises ``StoreError``.
S26 Names are short: a text in any column but ``text`` has at most 800 bytes of UTF-8, a due date ten characters. A
    commit with a longer one raises ``StoreError``.
S27 The deadlines of a case are all that were last kept for it: in order of limit, obligor and number.

Due work, for stores that are ``DueWork``:

S18 Due work is claimed by one worker at a time, the earliest alarm first: nobody else is given a case until its lease
    ends or it is let go of.
S19 Abandoned work comes back: once its lease has ended it can be claimed again. A lease is counted by the store's own
    clock, whatever time its workers have.
S20 Tokens rise: every claim of a case has a higher one than those before, and a commit under a token that is not the
    last raises ``ConflictError``.

Outbox, for stores that are an ``Outbox``:

S21 Messages are kept with their commit: or not at all, and each is kept once.
S22 At least once, in order: a message stays until it is acknowledged. Of each case the oldest message is given out and
    no other, of several cases first the message that was recorded first.
S23 A message is given to one worker at a time: it comes back when its lease ends, by the store's own clock, or it is
    put back. Every claim of it has a higher token, and it is acknowledged only under the last.

Host transactions, for stores that are ``HostTransactions``:

S24 Together with the host's own rows: what is written in a host's transaction is seen in it at once, by others when it
    commits, and gone when it is rolled back.
S25 A refusal spoils nothing: it leaves a host's transaction usable, with everything that was written in it before.

Tallies, for stores that are ``Tallies``:

S28 Tallies are kept with their commit: or not at all, and each is kept once.
S29 What is counted is summed where it is kept: by measure, unit and month, from one day to another, and no row of a
    case is read out for it. What comes to 0 is left out.
S30 The tallies of a case are replaced as one: only while the case has the revision that they were counted for, else
    ``ConflictError``, and nothing else of it changes.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from types import MappingProxyType

import attrs


@attrs.frozen
class RecordRow:
    """One record of a history.

    Attributes:
        case: The id of the case.
        revision: Its place in the history, from 1 without gaps.
        kind: ``act``, ``clock`` …
        key: The idempotency key, unique in the whole store.
        recorded_at: Integer microseconds since 1970 UTC.
        text: The canonical text.
        hash: The hash of the text.
    """

    case: str
    revision: int
    kind: str
    key: str | None
    recorded_at: int
    text: str
    hash: str


@attrs.frozen
class CaseRow:
    """Where a case stands, with the columns it is found by.

    Attributes:
        case: The id of the case.
        revision: The number of records.
        lifecycle: The key of the lifecycle.
        fingerprint: The fingerprint of its definition.
        state: The key of its state.
        final: Whether it counts as ended.
        reference: The host's own name for it, unique per lifecycle.
        parent: The id of the case it is a part of.
        origin: The id of the case that gave reason to open it.
        units: Every unit it is found by.
        head: The hash of its last record.
        text: The snapshot.
    """

    case: str
    revision: int
    lifecycle: str
    fingerprint: str
    state: str
    final: bool
    reference: str | None
    parent: str | None
    origin: str | None
    units: tuple[str, ...]
    head: str
    text: str


@attrs.frozen
class DeadlineRow:
    """One deadline as an index entry.

    Attributes:
        case: The id of the case.
        limit: The key of the limit.
        obligor: Who owes it; empty for the case.
        number: Which time, from 1.
        status: The stored status.
        due: The due date as ISO text of ten characters.
        owed: Whether something is still owed under it, in time or not.
        alarm: When the clock next has something to record, integer microseconds since 1970 UTC; none for never.
    """

    case: str
    limit: str
    obligor: str
    number: int
    status: str
    due: str
    owed: bool
    alarm: int | None


@attrs.frozen
class VaultRow:
    """One confidential value, kept apart from the record that commits to it.

    Attributes:
        commitment: The hex hash that stands in the record; the row's key.
        case: The id of the case.
        salt: The salt in hex.
        text: The canonical text of the value.
    """

    commitment: str
    case: str
    salt: str
    text: str


@attrs.frozen
class MessageRow:
    """One message that a record sends, kept until somebody has acknowledged it.

    Attributes:
        case: The id of the case.
        revision: The revision of the record.
        number: Its place among the messages of that record, from 1; with case and revision it names the message.
        topic: What it tells of, such as ``act``, ``warned``, ``missed``, ``reminded`` or ``moved``.
        recorded_at: When the record was entered, integer microseconds since 1970 UTC.
        text: The canonical text; nothing confidential is in it.
    """

    case: str
    revision: int
    number: int
    topic: str
    recorded_at: int
    text: str


@attrs.frozen
class TallyRow:
    """What one record adds to what is counted for a unit, or takes back.

    Attributes:
        case: The id of the case.
        revision: The revision of the record; with case, measure, unit and day it names the row.
        measure: The key of what is counted.
        unit: The unit it is counted for.
        day: The day it counts on, ISO text of ten characters.
        count: How many; below 0 takes back what an earlier record added, and it is never 0.
    """

    case: str
    revision: int
    measure: str
    unit: str
    day: str
    count: int


@attrs.frozen
class Tallied:
    """What was counted of one measure for one unit in one month.

    Attributes:
        measure: The key of what was counted.
        unit: The unit.
        month: The month, the first seven characters of its days.
        count: The sum, never 0.
    """

    measure: str
    unit: str
    month: str
    count: int


@attrs.frozen
class Claim:
    """A case that one worker holds for a while, to do what is due in it.

    It is good for any number of commits to the case, also after its lease has ended, until the case is claimed again.
    An act of a person needs none and is not stopped by one.

    Attributes:
        case: The id of the case.
        token: Rises with every claim of the same case, from 1; whoever comes with a lower one came too late (S20).
        until: When the lease ends by the store's clock, integer microseconds since 1970 UTC.
    """

    case: str
    token: int
    until: int


@attrs.frozen
class Delivery:
    """A message that one worker holds for a while, to deliver it.

    Attributes:
        message: The message.
        token: Rises with every claim of the same message, from 1 (S23).
        until: When the lease ends by the store's clock, integer microseconds since 1970 UTC.
    """

    message: MessageRow
    token: int
    until: int


@attrs.frozen
class DefinitionRow:
    """What a case was opened under or goes on under, enough to rebuild it.

    Attributes:
        fingerprint: The fingerprint; the row's key.
        lifecycle: The key of the lifecycle.
        version: Its version.
        profile: The key of the profile.
        text: The profile's canonical text.
    """

    fingerprint: str
    lifecycle: str
    version: int
    profile: str
    text: str


@attrs.frozen
class InState:
    """Expects a linked case to be in a state still."""

    case: str
    state: str


@attrs.frozen
class Children:
    """What is known of the children of a case.

    Attributes:
        counts: How many there are, by (lifecycle, state).
        open_ids: The ids of those that have not ended, sorted.
    """

    counts: Mapping[tuple[str, str], int] = attrs.field(factory=lambda: MappingProxyType({}))
    open_ids: tuple[str, ...] = ()


@attrs.frozen
class ChildrenAre:
    """Expects the children of a case to be as they were read."""

    parent: str
    children: Children


Expectation = InState | ChildrenAre


@attrs.frozen
class Commit:
    """Everything one record writes, atomically.

    Attributes:
        record: The record; its revision must be the stored one plus 1, or 1 for a new case.
        case: The snapshot after it.
        deadlines: All deadlines of the snapshot, which replace those kept for the case; none when they are unchanged.
        vault: Confidential values the record commits to.
        definition: What the case is opened under or goes on under; kept if its fingerprint is new.
        expects: What was read of linked cases and must still hold.
        messages: What the record sends, each with its own number; only for a store that is an ``Outbox``.
        erases: The commitments of vault rows of the case that go with this commit; none that it adds itself.
        claim: The claim of the case it is made under; none for an act of a person.
        tallies: What the record adds to what is counted; only for a store that is ``Tallies``.
    """

    record: RecordRow
    case: CaseRow
    deadlines: tuple[DeadlineRow, ...] | None = ()
    vault: tuple[VaultRow, ...] = ()
    definition: DefinitionRow | None = None
    expects: tuple[Expectation, ...] = ()
    messages: tuple[MessageRow, ...] = ()
    erases: tuple[str, ...] = ()
    claim: Claim | None = None
    tallies: tuple[TallyRow, ...] = ()


@attrs.frozen(kw_only=True)
class Query:
    """What to find cases by; everything given must hold.

    Attributes:
        lifecycle: The key of the lifecycle.
        state: The key of the state.
        unit: A unit that acts in it or owes something.
        reference: The host's own name.
        parent: The id of the parent.
        origin: The id of the origin.
        final: Whether it has ended.
        owing: Whether something is owed under it, in time or not: whether one of its deadline rows is owed.
        after: Only ids that sort after this one, by bytes; for the next page.
        limit: The largest number of rows, at least 1.
    """

    lifecycle: str | None = None
    state: str | None = None
    unit: str | None = None
    reference: str | None = None
    parent: str | None = None
    origin: str | None = None
    final: bool | None = None
    owing: bool | None = None
    after: str = ""
    limit: int = 100


class Store(ABC):
    """Where cases are kept. Implementations are safe to use from several threads.

    A store that can do more is ``DueWork``, an ``Outbox``, ``HostTransactions`` or ``Tallies`` as well.

    Attributes:
        joined: Whether it writes in the caller's own transaction, so that nothing is durable before that commits.
        server: What keeps the data, with its version, such as ``SQLite 3.40.1``; for reports, none where it is unknown.
    """

    joined: bool = False
    server: str | None = None

    @abstractmethod
    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes, atomically and durably (S1–S7, S12, S13, S17, S20, S21, S26, S28).

        Raises:
            ConflictError: The revision is stale, an expectation does not hold, or the case was claimed again since.
            KeyReusedError: The record's key is already kept.
            ReferenceTakenError: The reference belongs to another case of the lifecycle.
            StoreUnavailableError: The store cannot be written; nothing was kept.
        """

    @abstractmethod
    def load(self, case: str) -> CaseRow | None:
        """Return where a case stands; none when there is no such case."""

    @abstractmethod
    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        """Return the records of a case with a revision above ``after``, in order (S8)."""

    @abstractmethod
    def keyed(self, key: str) -> RecordRow | None:
        """Return the record that was kept under an idempotency key."""

    @abstractmethod
    def find(self, query: Query) -> tuple[CaseRow, ...]:
        """Return the cases a query asks for, in order of id by bytes (S15)."""

    @abstractmethod
    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines whose alarm is at most ``before`` microseconds, the earliest first (S11).

        Ordered by (alarm, case, limit, obligor, number), texts by bytes; ``after`` is the last row of the page before.
        """

    @abstractmethod
    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines under which something is owed and that are due by an ISO date, the earliest first (S16).

        Ordered by (due, case, limit, obligor, number), texts by bytes; ``after`` is the last row of the page before.
        """

    @abstractmethod
    def deadlines(self, case: str) -> tuple[DeadlineRow, ...]:
        """Return all deadlines kept for a case, ordered by (limit, obligor, number), texts by bytes (S27)."""

    @abstractmethod
    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""

    @abstractmethod
    def definition(self, fingerprint: str) -> DefinitionRow | None:
        """Return what cases of a fingerprint are or were under (S12)."""

    @abstractmethod
    def vault(self, case: str) -> tuple[VaultRow, ...]:
        """Return the confidential values of a case that have not been erased, in order of commitment (S13)."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections; closing twice is allowed."""


class DueWork(ABC):
    """A store that gives cases with something due to one worker at a time."""

    @abstractmethod
    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        """Let one worker have the cases with an alarm at most ``before`` microseconds, the earliest first (S18–S20).

        Ordered by (earliest alarm, case), ids by bytes; a case comes once, however much is due in it.

        Args:
            before: The latest alarm, integer microseconds since 1970 UTC.
            lease: How long nobody else is given them, in microseconds by the store's clock, at least 1.
            limit: The largest number of cases, at least 1.
        """

    @abstractmethod
    def let_go(self, claims: Iterable[Claim]) -> None:
        """Give cases back before their lease ends; a claim that is not the last one of its case is passed over."""


class Outbox(ABC):
    """A store that keeps messages until they are delivered."""

    @abstractmethod
    def outgoing(self, *, lease: int, limit: int = 100) -> tuple[Delivery, ...]:
        """Let one worker have messages to deliver, of each case its oldest and no other (S22, S23).

        Ordered by (recorded_at, case), ids by bytes. The next message of a case is given out once this one is
        acknowledged.

        Args:
            lease: How long nobody else is given them, in microseconds by the store's clock, at least 1.
            limit: The largest number of messages, at least 1.
        """

    @abstractmethod
    def acknowledge(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """Let go of delivered messages for good.

        Returns:
            Those that somebody else has claimed or acknowledged since, so that they may be delivered twice.
        """

    @abstractmethod
    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Give messages back before their lease ends; one that somebody else has claimed since is passed over."""


class Tallies(ABC):
    """A store that counts what its cases come to, for the assessment of units."""

    @abstractmethod
    def tallied(self, first: str, last: str, *, measures: Iterable[str] | None = None) -> tuple[Tallied, ...]:
        """Return what is counted from one day to another, summed by measure, unit and month (S29).

        Ordered by (measure, unit, month), texts by bytes.

        Args:
            first: The first day, ISO text of ten characters.
            last: The last day, inclusive.
            measures: The measures to sum; all unless given.
        """

    @abstractmethod
    def tallies(self, case: str) -> tuple[TallyRow, ...]:
        """Return all tallies kept for a case, ordered by (revision, measure, unit, day), texts by bytes (S28)."""

    @abstractmethod
    def retally(self, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
        """Keep these tallies of a case, and no others of it (S30).

        Args:
            case: The id of the case.
            revision: The revision it was counted up to.
            tallies: Rows of the case, of revisions from 1 to that one.

        Raises:
            ConflictError: The case has another revision, or there is none.
        """


class HostTransactions(ABC):
    """A store that can write in a transaction of the host's, beside the host's own rows."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Store]:
        """Begin a transaction and yield the store that writes in it; it commits at the end, or rolls back on an error.

        The yielded store is ``joined``, good for this transaction only, and ``DueWork`` and an ``Outbox`` where this
        store is (S24, S25). How the host writes its own rows beside it is each store's own, such as a ``connection``.
        An error of the host's passes unchanged.
        """

"""The store over a SQLite file, in transactions of its own or in one of the host's."""

import os
import sqlite3
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    Claim,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Delivery,
    DueWork,
    HostTransactions,
    Outbox,
    Query,
    RecordRow,
    Store,
    Tallied,
    Tallies,
    TallyRow,
    VaultRow,
)
from yingshang_flow.stores.admission import admit, admit_tallies
from yingshang_flow.stores.sqlite import leases, reading
from yingshang_flow.stores.sqlite.connections import Connections, File, HostSession, Session
from yingshang_flow.stores.sqlite.writing import retally, write


class _Rows(Store, DueWork, Outbox, Tallies):
    """Everything that a store does, on a connection and in a transaction that its kind provides."""

    server = f"SQLite {sqlite3.sqlite_version}"

    @abstractmethod
    def _session(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return what lends a connection, undoes what fails, and tells what went wrong."""

    @abstractmethod
    def _begin(self, connection: sqlite3.Connection) -> None:
        """Begin to write, with the write lock from the beginning: nothing that is looked up then can change."""

    @abstractmethod
    def _end(self, connection: sqlite3.Connection) -> None:
        """Keep what was written since the beginning."""

    @abstractmethod
    def _clean(self) -> None:
        """See to it that what was erased is nowhere in the file set any more, once that is committed."""

    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes, atomically."""
        admit(commit)
        with self._session() as connection:
            self._begin(connection)
            write(connection, commit)
            self._end(connection)
        if commit.erases:
            self._clean()

    def load(self, case: str) -> CaseRow | None:
        """Return where a case stands; none when there is no such case."""
        with self._session() as connection:
            return reading.load(connection, case)

    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        """Return the records of a case with a revision above ``after``, in order."""
        with self._session() as connection:
            return reading.history(connection, case, after)

    def keyed(self, key: str) -> RecordRow | None:
        """Return the record that was kept under an idempotency key."""
        with self._session() as connection:
            return reading.keyed(connection, key)

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        """Return the cases a query asks for, in order of id by bytes."""
        with self._session() as connection:
            return reading.find(connection, query)

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines whose alarm is at most ``before`` microseconds, the earliest first."""
        with self._session() as connection:
            return reading.due(connection, before, limit, after)

    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines under which something is owed and that are due by an ISO date, the earliest first."""
        with self._session() as connection:
            return reading.owed(connection, until, limit, after)

    def deadlines(self, case: str) -> tuple[DeadlineRow, ...]:
        """Return all deadlines kept for a case, in order of limit, obligor and number."""
        with self._session() as connection:
            return reading.deadlines(connection, case)

    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""
        with self._session() as connection:
            return reading.children(connection, parent)

    def definition(self, fingerprint: str) -> DefinitionRow | None:
        """Return what cases of a fingerprint were opened under."""
        with self._session() as connection:
            return reading.definition(connection, fingerprint)

    def vault(self, case: str) -> tuple[VaultRow, ...]:
        """Return the confidential values of a case that have not been erased, in order of commitment."""
        with self._session() as connection:
            return reading.vault(connection, case)

    def claim(self, before: int, *, lease: int, limit: int = 100) -> tuple[Claim, ...]:
        """Let one worker have the cases with an alarm at most ``before`` microseconds, the earliest first."""
        leases.admit_lease(lease, limit, "due cases")
        with self._session() as connection:
            self._begin(connection)
            claims = leases.claim(connection, before, lease, limit)
            self._end(connection)
        return claims

    def let_go(self, claims: Iterable[Claim]) -> None:
        """Give cases back before their lease ends; a claim that is not the last one of its case is passed over."""
        with self._session() as connection:
            self._begin(connection)
            leases.let_go(connection, claims)
            self._end(connection)

    def outgoing(self, *, lease: int, limit: int = 100) -> tuple[Delivery, ...]:
        """Let one worker have messages to deliver, of each case its oldest and no other."""
        leases.admit_lease(lease, limit, "messages")
        with self._session() as connection:
            self._begin(connection)
            deliveries = leases.outgoing(connection, lease, limit)
            self._end(connection)
        return deliveries

    def acknowledge(self, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
        """Let go of delivered messages for good; return those that somebody else has claimed or acknowledged since."""
        with self._session() as connection:
            self._begin(connection)
            late = leases.acknowledge(connection, deliveries)
            self._end(connection)
        return late

    def put_back(self, deliveries: Iterable[Delivery]) -> None:
        """Give messages back before their lease ends; one that somebody else has claimed since is passed over."""
        with self._session() as connection:
            self._begin(connection)
            leases.put_back(connection, deliveries)
            self._end(connection)

    def tallied(self, first: str, last: str, *, measures: Iterable[str] | None = None) -> tuple[Tallied, ...]:
        """Return what is counted from one day to another, summed by measure, unit and month."""
        wanted = None if measures is None else frozenset(measures)
        with self._session() as connection:
            return reading.tallied(connection, first, last, wanted)

    def tallies(self, case: str) -> tuple[TallyRow, ...]:
        """Return all tallies kept for a case, in order of revision, measure, unit and day."""
        with self._session() as connection:
            return reading.tallies(connection, case)

    def retally(self, case: str, revision: int, tallies: Iterable[TallyRow]) -> None:
        """Keep these tallies of a case, and no others of it."""
        rows = tuple(tallies)
        admit_tallies(case, revision, rows)
        with self._session() as connection:
            self._begin(connection)
            retally(connection, case, revision, rows)
            self._end(connection)


class SQLiteStore(_Rows, HostTransactions):
    """A store in one SQLite file, for several threads and several processes of one machine.

    One writer commits at a time, readers go on meanwhile (write-ahead log). The file lies on a local disk, as SQLite's
    locks are unreliable on network drives; next to it SQLite keeps two files, ``-wal`` and ``-shm``, that belong to it.

    Args:
        path: The file, created when it is missing; its directory has to exist. ``":memory:"`` keeps everything in
            memory on one connection, until ``close``.
        timeout: For how many seconds a commit waits for other writers before ``StoreUnavailableError``.
        synchronous: ``FULL`` survives a power cut after every commit (S2), ``EXTRA`` is stricter still; ``NORMAL`` and
            ``OFF`` are faster and survive only the end of the process.

    Raises:
        SchemaError: The file is no database, another application's, or of an older or newer schema.
        StoreUnavailableError: The file cannot be opened or written.
    """

    def __init__(self, path: str | os.PathLike[str], *, timeout: float = 30.0, synchronous: str = "FULL") -> None:
        self._connections = Connections(File.named(path, timeout=timeout, synchronous=synchronous))
        with self._session() as connection:  # whoever gives a wrong path learns it here
            # A process that was killed after it had erased something may have left it in the log.
            self._unclean = not self._connections.file.truncate_log(connection, patience=0)

    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes, atomically and durably."""
        super().commit(commit)
        if self._unclean:
            self._clean(patience=0)

    @contextmanager
    def transaction(self) -> "Iterator[JoinedSQLiteStore]":
        """Begin a transaction on this thread's connection and yield the store that writes in it.

        The yielded store's ``connection`` is there for the host's own tables in the same file. Other threads and
        processes wait with their writing until the end, and this thread uses the yielded store and no other until then.

        Raises:
            StoreUnavailableError: The transaction cannot begin or commit, or SQLite rolled it back, as on a full disk.
            StoreError: This thread is in a transaction already, or the host has ended this one by itself.
        """
        session = self._connections.session()
        host = session.begin_for_host()
        joined = JoinedSQLiteStore(host)
        try:
            yield joined
            host.commit()
        finally:
            session.end_for_host(host)
        if joined.has_erased:
            self._clean()

    def close(self) -> None:
        """Close every thread's connection, each once it has finished; whatever is asked later is refused."""
        self._connections.close()

    def _session(self) -> Session:
        return self._connections.session()

    def _begin(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")

    def _end(self, connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")

    def _clean(self, *, patience: float | None = None) -> None:
        # What was erased is overwritten in its page, but the log still has the page as it was. A reader may keep the
        # log from being cut off: then every later commit tries again, and the last connection that closes removes it.
        self._unclean = True
        file = self._connections.file
        with suppress(StoreError), self._session() as connection:  # what was committed stays so
            self._unclean = not file.truncate_log(connection, patience=file.timeout if patience is None else patience)


class JoinedSQLiteStore(_Rows):
    """The store that a host's transaction on a ``SQLiteStore`` yields, good until the transaction ends.

    Attributes:
        connection: The connection of the transaction, for the host's own statements; the host neither commits nor
            rolls back on it.
    """

    joined = True

    def __init__(self, host: HostSession) -> None:
        self._host = host
        self.connection = host.connection
        self.has_erased = False

    def close(self) -> None:
        """Do nothing: the transaction ends by itself."""

    def _session(self) -> HostSession:
        return self._host

    def _begin(self, connection: sqlite3.Connection) -> None:  # noqa: ARG002 - the host session's own
        self._host.begin()

    def _end(self, connection: sqlite3.Connection) -> None:  # noqa: ARG002 - the host session's own
        self._host.end()

    def _clean(self) -> None:
        self.has_erased = True

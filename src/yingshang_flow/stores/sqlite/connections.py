"""Connections to a store's file: one a thread, let to one user at a time, none of them across a fork."""

import contextlib
import functools
import os
import sqlite3
import sys
import threading
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol

import attrs

from yingshang_flow.errors import SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.stores.admission import surrogate_found
from yingshang_flow.stores.sqlite.schema import SCHEMA_VERSION, create, older, version_of

MEMORY: Final = ":memory:"
_SYNCHRONOUS: Final = ("OFF", "NORMAL", "FULL", "EXTRA")
BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@attrs.frozen
class File:
    """Where the database is and how it is opened.

    Attributes:
        path: An absolute path, or ``:memory:``.
        timeout: For how many seconds to wait for others.
        synchronous: The pragma's value.
    """

    path: str
    timeout: float
    synchronous: str

    @classmethod
    def named(cls, path: str | os.PathLike[str], *, timeout: float, synchronous: str = "FULL") -> "File":
        """Return the file of a path, absolute as threads connect later, maybe from another working directory."""
        name = os.fspath(path)
        if not name:
            raise StoreUnavailableError("the path is empty; name a file, or ':memory:'")
        if synchronous not in _SYNCHRONOUS:
            raise StoreError(f"synchronous is {synchronous!r}; give one of {', '.join(_SYNCHRONOUS)}")
        return cls(name if name == MEMORY else str(Path(name).absolute()), timeout, synchronous)

    @property
    def in_memory(self) -> bool:
        """Whether it ends with the process."""
        return self.path == MEMORY

    def open(self) -> sqlite3.Connection:
        """Connect, and create the schema in a new or empty file."""
        connection = self.connect()
        try:
            self._claim(connection)
            if not self.in_memory:
                self._switch_to_wal(connection)
            connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        except BaseException:
            connection.close()
            raise
        return connection

    def connect(self) -> sqlite3.Connection:
        """Connect, whatever the file is."""
        self._look()
        connection = sqlite3.connect(self.path, timeout=self.timeout, isolation_level=None, check_same_thread=False)
        # What is erased or moved is overwritten with zeros in the file (S17).
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def truncate_log(self, connection: sqlite3.Connection, *, patience: float) -> bool:
        """Move what is in the log into the file and cut the log off; say whether that was possible.

        Args:
            connection: A connection outside a transaction.
            patience: For how many seconds to wait for readers that still need the log.
        """
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        try:
            (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")
        return not busy

    def _look(self) -> None:
        """Refuse what SQLite would report only as "unable to open"."""
        if self.in_memory:
            return
        path = Path(self.path)
        if path.is_dir():
            raise StoreUnavailableError(f"{self.path!r} is a directory; name a file in it")
        if not path.parent.is_dir():
            raise StoreUnavailableError(f"there is no directory {str(path.parent)!r} for the store; create it")
        for needed in (path.parent, path):
            if needed.exists() and not os.access(needed, os.W_OK):
                raise StoreUnavailableError(
                    f"{str(needed)!r} is read-only, and a store needs to write its file and the two next to it;"
                    " allow it to, or name another place"
                )

    def _claim(self, connection: sqlite3.Connection) -> None:
        # Without a transaction another process could create the schema between two of these looks.
        connection.execute("BEGIN")
        version = version_of(connection, self.path)
        connection.execute("COMMIT")
        if version == 0:
            connection.execute("BEGIN IMMEDIATE")
            version = version_of(connection, self.path)
            if version == 0:
                create(connection)
                version = SCHEMA_VERSION
            connection.execute("COMMIT")
        if version < SCHEMA_VERSION:
            raise older(self.path, version)

    def _switch_to_wal(self, connection: sqlite3.Connection) -> None:
        # The switch wants the file for itself for a moment, and SQLite does not wait for that on its own.
        patience = time.monotonic() + self.timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if code_of(error) not in BUSY or time.monotonic() > patience:
                    raise
                time.sleep(0.005)
            else:
                return


class Releasing(Protocol):
    """A lock of whatever kind, to be let go of."""

    def release(self) -> None:
        """Let go of it."""


class Session:
    """One connection, opened when it is first used and let to one user at a time.

    A connection must not cross a fork: the child would believe in locks that only its parent holds.

    A signal's exception may come between any two steps, also between taking the lock and being ready to let it go. So
    its thread may take the lock again, and finds what it has left behind there.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        self.lock = threading.RLock()
        self.user: int | None = None  # the thread that uses it
        self.host: int | None = None  # the thread whose host transaction it serves
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._closed = False

    def __enter__(self) -> sqlite3.Connection:
        self._refuse_within_its_own_transaction()
        self.lock.acquire()
        try:
            self.user = threading.get_ident()
            self.roll_back()
            return self._connected()
        except (sqlite3.Error, OSError, ValueError) as error:
            self._let_go()
            raise told(error, self.file) from error
        except BaseException:
            self._let_go()
            raise

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                self.roll_back()
        finally:
            self._let_go()
        if error is not None:
            raise_told(error, self.file)

    def __del__(self) -> None:
        # The thread has ended without closing the store.
        self.release()

    def close(self) -> None:
        """Close for good, once whoever is using it has finished."""
        self._refuse_within_its_own_transaction()
        with self.lock:
            self._closed = True
            self.release()

    def release(self) -> None:
        """Close until the next use; the caller holds the lock or is the last to know of it."""
        if self._process != os.getpid():
            self._leave_to_the_parent()
        elif self._connection is not None:
            self._connection.close()
            self._connection = None

    def begin_for_host(self) -> "HostSession":
        """Begin a transaction for this thread's host, who has the session until ``end_for_host``."""
        connection = self.__enter__()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        self.host = threading.get_ident()
        return HostSession(connection, self.file)

    def end_for_host(self, host: "HostSession") -> None:
        """Roll back what the host's transaction has not committed, and let others have the session."""
        host.leave()
        self.host = None
        self.roll_back()
        self._let_go()

    def release_for_fork(self) -> None:
        """Close until the next use, unless that would lose the data."""
        if not self.file.in_memory:
            self.release()

    def roll_back(self) -> None:
        """Roll back what is open, if anything is."""
        try:
            ours = self.file.in_memory or self._process == os.getpid()
            if ours and self._connection is not None and self._connection.in_transaction:
                self._connection.rollback()
        except sqlite3.Error:
            # Closing rolls back as well, and the next use starts afresh.
            self.release()

    def _let_go(self) -> None:
        """Let go of the lock, as often as this thread holds it."""
        self.user = None
        with contextlib.suppress(RuntimeError):
            while True:
                self.lock.release()

    def _connected(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailableError(f"the store {self.file.path!r} is closed; open a new one")
        if self._process != os.getpid() and not self.file.in_memory:
            self._leave_to_the_parent()
        if self._connection is None:
            self._connection = self.file.open()
            self._process = os.getpid()
        return self._connection

    def _leave_to_the_parent(self) -> None:
        """Forget a connection without closing it, as closing would touch the parent's locks."""
        if self._connection is not None:
            _INHERITED.append(self._connection)
            self._connection = None

    def _refuse_within_its_own_transaction(self) -> None:
        if self.host is not None and self.host == threading.get_ident():
            raise StoreError(
                f"this thread is in a transaction on {self.file.path!r};"
                " use the store that the transaction has yielded until it ends"
            )


class HostSession:
    """The connection of a host's transaction, lent to the store for one use at a time.

    Attributes:
        connection: The connection, on which the host writes its own rows.
    """

    def __init__(self, connection: sqlite3.Connection, file: File) -> None:
        self.connection = connection
        self._file = file
        self._over = False
        self._saved = False
        self._factories: tuple[Any, Any] = (None, str)

    def __enter__(self) -> sqlite3.Connection:
        self._refuse_ended()
        # The host may like its rows in another form.
        self._factories = self.connection.row_factory, self.connection.text_factory
        self.connection.row_factory, self.connection.text_factory = None, str
        return self.connection

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.connection.row_factory, self.connection.text_factory = self._factories
        if error is not None:
            self._undo()
            raise_told(error, self._file)

    def begin(self) -> None:
        """Mark the place to return to should the store refuse what follows."""
        self.connection.execute("SAVEPOINT ysf")
        self._saved = True

    def end(self) -> None:
        """Keep what was written since the mark, for when the host's transaction commits."""
        self.connection.execute("RELEASE ysf")
        self._saved = False

    def commit(self) -> None:
        """Commit the host's transaction."""
        self._refuse_ended()
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise told(error, self._file) from error

    def leave(self) -> None:
        """Refuse every later use, and leave the connection as the store likes it."""
        self._over = True
        self.connection.row_factory, self.connection.text_factory = None, str

    def _undo(self) -> None:
        if not self._saved:
            return
        self._saved = False
        try:
            self.connection.execute("ROLLBACK TO ysf")
            self.connection.execute("RELEASE ysf")
        except sqlite3.Error:
            # SQLite has rolled back the whole transaction, as on a full disk.
            self.connection.rollback()

    def _refuse_ended(self) -> None:
        if self._over or not self.connection.in_transaction:
            raise StoreUnavailableError(
                f"the transaction on {self._file.path!r} has ended, and what was written in it since is not kept;"
                " begin another, and leave its end to the store"
            )


class Connections:
    """The connections of one store: one a thread, or one for all to a database in memory."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.sessions: weakref.WeakSet[Session] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False
        self._of_thread = threading.local()
        self._shared = self._new_session() if file.in_memory else None
        _watch_forks()
        _ALL.add(self)

    def session(self) -> Session:
        """Return the session of this thread."""
        session: Session | None = self._shared or getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = self._new_session()
        return session

    def close(self) -> None:
        """Close every thread's connection, each once it has finished; whatever is asked later is refused."""
        with self._lock:
            self._closed = True
            sessions = list(self.sessions)
        for session in sessions:
            session.close()

    def hold_for_fork(self) -> list[Releasing]:
        """Close every connection and return the locks that keep others from opening one."""
        held: list[Releasing] = []
        thread = threading.get_ident()
        # Not for ever: the thread that forks may itself stand inside one of these locks.
        if self._lock.acquire(timeout=self.file.timeout):
            held.append(self._lock)
            for session in self.sessions:
                if thread not in {session.host, session.user} and session.lock.acquire(timeout=self.file.timeout):
                    held.append(session.lock)
                    session.release_for_fork()
        return held

    def _new_session(self) -> Session:
        with self._lock:
            if self._closed:
                raise StoreUnavailableError(f"the store {self.file.path!r} is closed; open a new one")
            session = Session(self.file)
            self.sessions.add(session)
        return session


_REASONS: Final = {
    sqlite3.SQLITE_BUSY: "is locked by another writer beyond the timeout; try again, or raise timeout=",
    sqlite3.SQLITE_LOCKED: "is locked by another writer beyond the timeout; try again, or raise timeout=",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; make room and try again",
    sqlite3.SQLITE_READONLY: "is read-only; allow writing, or name another file",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; look at the path and its permissions",
    sqlite3.SQLITE_IOERR: "cannot be read or written; look at the disk",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup",
}


def raise_told(error: BaseException, file: File) -> None:
    """Raise what a driver's exception means as one of ours; do nothing for any other."""
    if isinstance(error, UnicodeEncodeError):
        raise surrogate_found(error) from None
    if isinstance(error, sqlite3.Error | UnicodeError | OverflowError):
        raise told(error, file) from error


def told(error: Exception, file: File) -> StoreError:
    """Return what a driver's exception means as one of ours."""
    code = code_of(error)
    if code == sqlite3.SQLITE_NOTADB:
        return SchemaError(f"{file.path!r} is not a database; name another file for the store")
    if code in _REASONS:
        return StoreUnavailableError(f"the store {file.path!r} {_REASONS[code]} ({error})")
    if isinstance(error, OverflowError):
        return StoreError(f"a number does not fit into 64 bits ({error}); give microseconds since 1970")
    if isinstance(error, OSError | ValueError):
        return StoreUnavailableError(f"the store {file.path!r} cannot be opened ({error}); name another file")
    return StoreError(f"the store {file.path!r} failed ({type(error).__name__}: {error}); nothing was kept")


def code_of(error: Exception) -> int | None:
    """Return the primary result code; sqlite3's own complaints have none."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


_ALL: Final[weakref.WeakSet[Connections]] = weakref.WeakSet()
_INHERITED: Final[list[sqlite3.Connection]] = []
"""Connections that a parent opened, kept here only so that nothing closes them."""
_HELD: Final[list[Releasing]] = []


def _before_fork() -> None:
    """Close every connection: SQLite remembers which locks the process holds, and a fork would copy that memory."""
    for connections in list(_ALL):
        _HELD.extend(connections.hold_for_fork())


def _after_fork() -> None:
    while _HELD:
        _HELD.pop().release()


@functools.cache
def _watch_forks() -> None:
    if sys.platform != "win32":
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)

"""A store in one SQLite file, the only door to sqlite3."""

import functools
import json
import os
import sqlite3
import sys
import threading
import time
import weakref
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final

import attrs

from yingshang_flow.errors import (
    ConflictError,
    KeyReusedError,
    ReferenceTakenError,
    SchemaError,
    StoreError,
    StoreUnavailableError,
)
from yingshang_flow.ports import (
    CaseRow,
    Children,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Expectation,
    InState,
    Query,
    RecordRow,
    Store,
    VaultRow,
)
from yingshang_flow.stores.admission import admit, surrogate_found

APPLICATION_ID: Final = 0x59534657
"""Stands in the file's header and says whose it is: the letters YSFW."""

SCHEMA_VERSION: Final = 1
"""Stands in the file's header as ``user_version``."""

_MEMORY: Final = ":memory:"
_SYNCHRONOUS: Final = ("OFF", "NORMAL", "FULL", "EXTRA")

# Large texts stand last, so that the columns before them are read without them. The tables that hold one keep their
# rowid, as wide rows would make a clustered tree deep. Columns that change with most acts are in no index.
_SCHEMA: Final = (
    """
    CREATE TABLE ysf_records (
        case_id TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT, recorded_at INTEGER NOT NULL,
        hash TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (case_id, revision)
    )
    """,
    "CREATE UNIQUE INDEX ysf_records_key ON ysf_records (key) WHERE key IS NOT NULL",
    """
    CREATE TABLE ysf_cases (
        case_id TEXT NOT NULL PRIMARY KEY, revision INTEGER NOT NULL, lifecycle TEXT NOT NULL,
        fingerprint TEXT NOT NULL, state TEXT NOT NULL, final INTEGER NOT NULL, reference TEXT, parent TEXT,
        origin TEXT, units TEXT NOT NULL, head TEXT NOT NULL, text TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX ysf_cases_reference ON ysf_cases (reference, lifecycle) WHERE reference IS NOT NULL",
    "CREATE INDEX ysf_cases_parent ON ysf_cases (parent, case_id) WHERE parent IS NOT NULL",
    "CREATE INDEX ysf_cases_origin ON ysf_cases (origin, case_id) WHERE origin IS NOT NULL",
    "CREATE INDEX ysf_cases_state ON ysf_cases (state, case_id)",
    "CREATE INDEX ysf_cases_lifecycle ON ysf_cases (lifecycle, case_id)",
    "CREATE INDEX ysf_cases_open ON ysf_cases (case_id) WHERE final = 0",
    """
    CREATE TABLE ysf_units (
        unit TEXT NOT NULL, case_id TEXT NOT NULL, final INTEGER NOT NULL,
        PRIMARY KEY (unit, case_id)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ysf_units_open ON ysf_units (unit, case_id) WHERE final = 0",
    """
    CREATE TABLE ysf_deadlines (
        case_id TEXT NOT NULL, limit_key TEXT NOT NULL, obligor TEXT NOT NULL, number INTEGER NOT NULL,
        status TEXT NOT NULL, due TEXT NOT NULL, owed INTEGER NOT NULL, alarm INTEGER,
        PRIMARY KEY (case_id, limit_key, obligor, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE INDEX ysf_deadlines_alarm ON ysf_deadlines (alarm, case_id, limit_key, obligor, number)
    WHERE alarm IS NOT NULL
    """,
    """
    CREATE INDEX ysf_deadlines_owed ON ysf_deadlines (due, case_id, limit_key, obligor, number)
    WHERE owed = 1
    """,
    """
    CREATE TABLE ysf_vault (
        commitment TEXT NOT NULL PRIMARY KEY, case_id TEXT NOT NULL, salt TEXT NOT NULL, text TEXT NOT NULL
    )
    """,
    "CREATE INDEX ysf_vault_case ON ysf_vault (case_id, commitment)",
    """
    CREATE TABLE ysf_definitions (
        fingerprint TEXT NOT NULL PRIMARY KEY, lifecycle TEXT NOT NULL, version INTEGER NOT NULL,
        profile TEXT NOT NULL, text TEXT NOT NULL
    )
    """,
)

# Every statement is one constant text, so that each connection prepares it once.
_RECORD: Final = "case_id, revision, kind, key, recorded_at, text, hash"
_CASE: Final = "case_id, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, text"
_DEADLINE: Final = "case_id, limit_key, obligor, number, status, due, owed, alarm"

_HISTORY: Final = f"SELECT {_RECORD} FROM ysf_records WHERE case_id = ? AND revision > ? ORDER BY revision"  # noqa: S608 - constants
_KEYED: Final = f"SELECT {_RECORD} FROM ysf_records WHERE key = ?"  # noqa: S608 - constants
_LOAD: Final = f"SELECT {_CASE} FROM ysf_cases WHERE case_id = ?"  # noqa: S608 - constants
_DUE: Final = f"SELECT {_DEADLINE} FROM ysf_deadlines INDEXED BY ysf_deadlines_alarm WHERE alarm <= ?"  # noqa: S608 - constants
_DUE_ORDER: Final = " ORDER BY alarm, case_id, limit_key, obligor, number LIMIT ?"
_DUE_FIRST: Final = _DUE + _DUE_ORDER
_DUE_NEXT: Final = f"{_DUE} AND (alarm, case_id, limit_key, obligor, number) > (?, ?, ?, ?, ?){_DUE_ORDER}"
_OWED: Final = f"SELECT {_DEADLINE} FROM ysf_deadlines INDEXED BY ysf_deadlines_owed WHERE owed = 1 AND due <= ?"  # noqa: S608 - constants
_OWED_ORDER: Final = " ORDER BY due, case_id, limit_key, obligor, number LIMIT ?"
_OWED_FIRST: Final = _OWED + _OWED_ORDER
_OWED_NEXT: Final = f"{_OWED} AND (due, case_id, limit_key, obligor, number) > (?, ?, ?, ?, ?){_OWED_ORDER}"
_CHILDREN: Final = "SELECT case_id, lifecycle, state, final FROM ysf_cases WHERE parent = ? ORDER BY case_id"
_DEFINITION: Final = "SELECT fingerprint, lifecycle, version, profile, text FROM ysf_definitions WHERE fingerprint = ?"
_VAULT: Final = "SELECT commitment, case_id, salt, text FROM ysf_vault WHERE case_id = ? ORDER BY commitment"

_KEY_HOLDER: Final = "SELECT case_id, revision FROM ysf_records WHERE key = ?"
_REFERENCE_HOLDER: Final = "SELECT case_id FROM ysf_cases WHERE reference = ? AND lifecycle = ?"
_STATE: Final = "SELECT state FROM ysf_cases WHERE case_id = ?"
_STORED: Final = "SELECT revision, final, units FROM ysf_cases WHERE case_id = ?"
# A row that is ignored shows in the row count, which is cheaper than looking for it first.
_ADD_RECORD: Final = f"INSERT OR IGNORE INTO ysf_records ({_RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_ADD_CASE: Final = f"INSERT INTO ysf_cases ({_CASE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
# Two ways to write a snapshot, as SQLite writes every index that holds a column named after SET, changed or not.
_MOVE_ON: Final = """
    UPDATE ysf_cases SET revision = ?, head = ?, text = ?
    WHERE case_id = ? AND revision = ? AND lifecycle = ? AND fingerprint = ? AND state = ? AND final = ?
        AND reference IS ? AND parent IS ? AND origin IS ? AND units = ?
"""
_CHANGE_CASE: Final = """
    UPDATE ysf_cases SET revision = ?, head = ?, text = ?, lifecycle = ?, fingerprint = ?, state = ?, final = ?,
        reference = ?, parent = ?, origin = ?, units = ?
    WHERE case_id = ?
"""
_REMOVE_UNIT: Final = "DELETE FROM ysf_units WHERE unit = ? AND case_id = ?"
_KEEP_UNIT: Final = "INSERT OR REPLACE INTO ysf_units (unit, case_id, final) VALUES (?, ?, ?)"
_DEADLINES: Final = "SELECT limit_key, obligor, number, status, due, owed, alarm FROM ysf_deadlines WHERE case_id = ?"
_REMOVE_DEADLINE: Final = """
    DELETE FROM ysf_deadlines WHERE case_id = ? AND limit_key = ? AND obligor = ? AND number = ?
"""
_KEEP_DEADLINE: Final = f"INSERT OR REPLACE INTO ysf_deadlines ({_DEADLINE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_DEADLINE_KEY: Final = attrgetter("case", "limit", "obligor", "number")
_DEADLINE_COLUMNS: Final = attrgetter("limit", "obligor", "number", "status", "due", "owed", "alarm")
_ADD_VAULT: Final = "INSERT OR IGNORE INTO ysf_vault (commitment, case_id, salt, text) VALUES (?, ?, ?, ?)"
_ADD_DEFINITION: Final = """
    INSERT OR IGNORE INTO ysf_definitions (fingerprint, lifecycle, version, profile, text) VALUES (?, ?, ?, ?, ?)
"""

# What may drive a search, the narrowest first. The index is named, so that no statistics can lead SQLite to read every
# case; all are in order of id, save a reference, which few cases share.
_DRIVERS: Final = {
    "reference": "ysf_cases AS c INDEXED BY ysf_cases_reference",
    "parent": "ysf_cases AS c INDEXED BY ysf_cases_parent",
    "origin": "ysf_cases AS c INDEXED BY ysf_cases_origin",
    "open unit": "ysf_units AS u INDEXED BY ysf_units_open CROSS JOIN ysf_cases AS c ON c.case_id = u.case_id",
    "unit": "ysf_units AS u CROSS JOIN ysf_cases AS c ON c.case_id = u.case_id",
    "state": "ysf_cases AS c INDEXED BY ysf_cases_state",
    "open": "ysf_cases AS c INDEXED BY ysf_cases_open",
    # It passes over what is settled at a small part of what a case costs; an index would be written by every act.
    "owing": "ysf_deadlines AS d CROSS JOIN ysf_cases AS c ON c.case_id = d.case_id",
    "lifecycle": "ysf_cases AS c INDEXED BY ysf_cases_lifecycle",
}


@attrs.frozen
class _File:
    """Where the database is and how it is opened."""

    path: str
    timeout: float
    synchronous: str

    @property
    def in_memory(self) -> bool:
        return self.path == _MEMORY

    def open(self) -> sqlite3.Connection:
        """Connect, and create the schema in a new or empty file."""
        self._look()
        connection = sqlite3.connect(self.path, timeout=self.timeout, isolation_level=None, check_same_thread=False)
        try:
            self._claim(connection)
            if not self.in_memory:
                self._switch_to_wal(connection)
            connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        except BaseException:
            connection.close()
            raise
        return connection

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
        empty = self._is_empty(connection)
        connection.execute("COMMIT")
        if not empty:
            return
        connection.execute("BEGIN IMMEDIATE")
        if self._is_empty(connection):
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")

    def _is_empty(self, connection: sqlite3.Connection) -> bool:
        """Say whether the schema has to be created; refuse a database that is not this store's."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application == APPLICATION_ID:
            if version > SCHEMA_VERSION:
                raise SchemaError(
                    f"{self.path!r} has schema version {version}, this library knows up to {SCHEMA_VERSION};"
                    " install a newer yingshang-flow"
                )
            if version < SCHEMA_VERSION:
                raise SchemaError(
                    f"{self.path!r} has schema version {version}, which no yingshang-flow has written;"
                    " restore the file from a backup"
                )
            return False
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        if application or version or tables:
            raise SchemaError(
                f"{self.path!r} is another application's database (application id {application}, {len(tables)} tables"
                f"{f', the first {tables[0][0]!r}' if tables else ''}); name a file of its own for the store"
            )
        return True

    def _switch_to_wal(self, connection: sqlite3.Connection) -> None:
        # The switch wants the file for itself for a moment, and SQLite does not wait for that on its own.
        patience = time.monotonic() + self.timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if _code(error) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or time.monotonic() > patience:
                    raise
                time.sleep(0.005)
            else:
                return


class _Session:
    """One connection, opened when it is first used and let to one user at a time.

    A connection must not cross a fork: the child would believe in locks that only its parent holds.
    """

    def __init__(self, file: _File) -> None:
        self._file = file
        self.lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._closed = False

    def __enter__(self) -> sqlite3.Connection:
        self.lock.acquire()
        try:
            return self._connected()
        except (sqlite3.Error, OSError, ValueError) as error:
            self.lock.release()
            raise _told(error, self._file) from error
        except BaseException:
            self.lock.release()
            raise

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        try:
            if error is not None:
                self._roll_back()
        finally:
            self.lock.release()
        if isinstance(error, UnicodeEncodeError):
            raise surrogate_found(error) from None
        if isinstance(error, sqlite3.Error | UnicodeError | OverflowError):
            raise _told(error, self._file) from error

    def __del__(self) -> None:
        # The thread has ended without closing the store.
        self.release()

    def close(self) -> None:
        """Close for good, once whoever is using it has finished."""
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

    def release_for_fork(self) -> None:
        """Close until the next use, unless that would lose the data."""
        if not self._file.in_memory:
            self.release()

    def _connected(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailableError(f"the store {self._file.path!r} is closed; open a new one")
        if self._process != os.getpid() and not self._file.in_memory:
            self._leave_to_the_parent()
        if self._connection is None:
            self._connection = self._file.open()
            self._process = os.getpid()
        return self._connection

    def _leave_to_the_parent(self) -> None:
        """Forget a connection without closing it, as closing would touch the parent's locks."""
        if self._connection is not None:
            _INHERITED.append(self._connection)
            self._connection = None

    def _roll_back(self) -> None:
        try:
            if self._connection is not None and self._connection.in_transaction:
                self._connection.rollback()
        except sqlite3.Error:
            # Closing rolls back as well, and the next use starts afresh.
            self.release()


class SQLiteStore(Store):
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
        SchemaError: The file is no database, another application's, or of a newer schema.
        StoreUnavailableError: The file cannot be opened or written.
    """

    def __init__(self, path: str | os.PathLike[str], *, timeout: float = 30.0, synchronous: str = "FULL") -> None:
        name = os.fspath(path)
        if not name:
            raise StoreUnavailableError("the path is empty; name a file, or ':memory:'")
        if synchronous not in _SYNCHRONOUS:
            raise StoreError(f"synchronous is {synchronous!r}; give one of {', '.join(_SYNCHRONOUS)}")
        if name != _MEMORY:
            name = str(Path(name).absolute())  # threads connect later, maybe from another working directory
        self._file = _File(name, timeout, synchronous)
        self._lock = threading.Lock()
        self._closed = False
        self._sessions: weakref.WeakSet[_Session] = weakref.WeakSet()
        self._of_thread = threading.local()
        self._shared = self._new_session() if self._file.in_memory else None
        _watch_forks()
        _STORES.add(self)
        with self._session():
            pass  # whoever gives a wrong path learns it here

    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes, atomically and durably."""
        admit(commit)
        record, case = commit.record, commit.case
        with self._session() as connection:
            # The write lock comes first: nothing that is looked up below can change before COMMIT.
            connection.execute("BEGIN IMMEDIATE")
            columns = _columns(case)
            stays = _stays_in_every_index(connection, case, columns)
            stored = None if stays else connection.execute(_STORED, (case.case,)).fetchone()
            if not stays:
                _refuse_stale_revision(connection, record, 0 if stored is None else stored[0])
            _add_record(connection, record)
            for expectation in commit.expects:
                _refuse_broken(connection, expectation)
            if not stays:
                _write_case(connection, case, columns, stored)
            if commit.deadlines is not None and (commit.deadlines or record.revision > 1):
                _write_deadlines(connection, case.case, commit.deadlines)
            for row in commit.vault:
                _add_vault(connection, row)
            if commit.definition is not None:
                connection.execute(_ADD_DEFINITION, attrs.astuple(commit.definition))
            connection.execute("COMMIT")

    def load(self, case: str) -> CaseRow | None:
        """Return where a case stands; none when there is no such case."""
        with self._session() as connection:
            row = connection.execute(_LOAD, (case,)).fetchone()
        return None if row is None else _case(row)

    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        """Return the records of a case with a revision above ``after``, in order."""
        with self._session() as connection:
            rows = connection.execute(_HISTORY, (case, after)).fetchall()
        return tuple(RecordRow(*row) for row in rows)

    def keyed(self, key: str) -> RecordRow | None:
        """Return the record that was kept under an idempotency key."""
        with self._session() as connection:
            row = connection.execute(_KEYED, (key,)).fetchone()
        return None if row is None else RecordRow(*row)

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        """Return the cases a query asks for, in order of id by bytes."""
        if query.limit < 1:
            raise StoreError(f"a page of {query.limit} cases was asked for; ask for at least 1")
        values = attrs.asdict(query)
        given = tuple(name for name, value in values.items() if value is not None)
        with self._session() as connection:
            rows = connection.execute(
                _search(given, is_open=query.final is False, owes=query.owing is True), values
            ).fetchall()
        return tuple(map(_case, rows))

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines whose alarm is at most ``before`` microseconds, the earliest first."""
        if after is None:
            return self._page(_DUE_FIRST, (before,), limit)
        if after.alarm is None:
            raise StoreError(f"the page after {after} was asked for, which has no alarm; give the last row of a page")
        return self._page(_DUE_NEXT, (before, after.alarm, *_DEADLINE_KEY(after)), limit)

    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines under which something is owed and that are due by an ISO date, the earliest first."""
        if after is None:
            return self._page(_OWED_FIRST, (until,), limit)
        return self._page(_OWED_NEXT, (until, after.due, *_DEADLINE_KEY(after)), limit)

    def _page(self, statement: str, values: tuple[Any, ...], limit: int) -> tuple[DeadlineRow, ...]:
        if limit < 1:
            raise StoreError(f"a page of {limit} deadlines was asked for; ask for at least 1")
        with self._session() as connection:
            rows = connection.execute(statement, (*values, limit)).fetchall()
        return tuple(_deadline(row) for row in rows)

    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""
        with self._session() as connection:
            return _children(connection, parent)

    def definition(self, fingerprint: str) -> DefinitionRow | None:
        """Return what cases of a fingerprint were opened under."""
        with self._session() as connection:
            row = connection.execute(_DEFINITION, (fingerprint,)).fetchone()
        return None if row is None else DefinitionRow(*row)

    def vault(self, case: str) -> tuple[VaultRow, ...]:
        """Return the confidential values of a case that have not been erased, in order of commitment."""
        with self._session() as connection:
            rows = connection.execute(_VAULT, (case,)).fetchall()
        return tuple(VaultRow(*row) for row in rows)

    def close(self) -> None:
        """Close every thread's connection, each once it has finished; whatever is asked later is refused."""
        with self._lock:
            self._closed = True
            sessions = list(self._sessions)
        for session in sessions:
            session.close()

    def _session(self) -> _Session:
        session: _Session | None = self._shared or getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = self._new_session()
        return session

    def _new_session(self) -> _Session:
        with self._lock:
            if self._closed:
                raise StoreUnavailableError(f"the store {self._file.path!r} is closed; open a new one")
            session = _Session(self._file)
            self._sessions.add(session)
        return session

    def _hold_for_fork(self) -> list[threading.Lock]:
        """Close every connection and return the locks that keep others from opening one."""
        held = []
        # Not for ever: the thread that forks may itself stand inside one of these locks.
        if self._lock.acquire(timeout=self._file.timeout):
            held.append(self._lock)
            for session in self._sessions:
                if session.lock.acquire(timeout=self._file.timeout):
                    held.append(session.lock)
                    session.release_for_fork()
        return held


def _case(row: tuple[Any, ...]) -> CaseRow:
    case, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, text = row
    return CaseRow(
        case,
        revision,
        lifecycle,
        fingerprint,
        state,
        bool(final),
        reference,
        parent,
        origin,
        _units_from(units),
        head,
        text,
    )


# Most cases share their units with many others, and reading JSON costs as much as a row.
@functools.lru_cache(maxsize=1024)
def _units_text(units: tuple[str, ...]) -> str:
    return json.dumps(units, ensure_ascii=False)


@functools.lru_cache(maxsize=1024)
def _units_from(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _children(connection: sqlite3.Connection, parent: str) -> Children:
    counts: dict[tuple[str, str], int] = {}
    open_ids = []
    for case, lifecycle, state, final in connection.execute(_CHILDREN, (parent,)):
        counts[lifecycle, state] = counts.get((lifecycle, state), 0) + 1
        if not final:
            open_ids.append(case)
    return Children(MappingProxyType(counts), tuple(open_ids))


@functools.cache
def _search(given: tuple[str, ...], *, is_open: bool, owes: bool) -> str:
    """Return the statement for what a query gives, driven by the narrowest of it."""
    possible = set(given) - {"owing"}
    if is_open:
        possible |= {"open", "open unit"} if "unit" in given else {"open"}
    if owes:
        possible.add("owing")
    driver = next((driver for driver in _DRIVERS if driver in possible), "")
    side = {"unit": "u", "open unit": "u", "owing": "d"}.get(driver, "c")
    terms = [f"{side}.case_id > :after"]
    terms += [
        f"c.{name} = :{name}" for name in ("lifecycle", "state", "reference", "parent", "origin") if name in given
    ]
    if "unit" in given:
        within = "EXISTS (SELECT 1 FROM ysf_units AS u WHERE u.unit = :unit AND u.case_id = c.case_id)"
        terms.append("u.unit = :unit" if side == "u" else within)
    if "final" in given:
        # Written out: a partial index answers only a term that is known when the statement is prepared.
        terms.append(f"{'u' if side == 'u' else 'c'}.final = {0 if is_open else 1}")
    if side == "d":
        terms.append("d.owed = 1")
    elif "owing" in given:
        within = "EXISTS (SELECT 1 FROM ysf_deadlines AS d WHERE d.case_id = c.case_id AND d.owed = 1)"
        terms.append(within if owes else f"NOT {within}")
    columns = ", ".join(f"c.{column}" for column in _CASE.split(", "))
    return (
        f"SELECT {columns} FROM {_DRIVERS.get(driver, 'ysf_cases AS c')} WHERE {' AND '.join(terms)}"  # noqa: S608 - constants
        f"{' GROUP BY d.case_id' if side == 'd' else ''} ORDER BY {side}.case_id LIMIT :limit"
    )


def _refuse_stale_revision(connection: sqlite3.Connection, record: RecordRow, stored: int) -> None:
    if record.revision != stored + 1:
        # Whoever repeats an act comes with a stale revision as well, and is better told of its outcome.
        _refuse_kept_key(connection, record)
        raise ConflictError(
            f"revision {record.revision} of {record.case!r} does not follow revision {stored}, which is stored;"
            " read the case again and decide anew"
        )


def _add_record(connection: sqlite3.Connection, record: RecordRow) -> None:
    row = (record.case, record.revision, record.kind, record.key, record.recorded_at, record.text, record.hash)
    if connection.execute(_ADD_RECORD, row).rowcount != 1:
        _refuse_kept_key(connection, record)
        raise StoreError(f"revision {record.revision} of {record.case!r} has a record but no case; restore a backup")


def _refuse_kept_key(connection: sqlite3.Connection, record: RecordRow) -> None:
    holder = connection.execute(_KEY_HOLDER, (record.key,)).fetchone()
    if holder is not None:
        raise KeyReusedError(
            f"the key {record.key!r} stands for revision {holder[1]} of {holder[0]!r};"
            " read that outcome, or use a new key"
        )


def _refuse_broken(connection: sqlite3.Connection, expectation: Expectation) -> None:
    if isinstance(expectation, InState):
        found = connection.execute(_STATE, (expectation.case,)).fetchone()
        if found != (expectation.state,):
            raise ConflictError(
                f"{expectation.case!r} was expected in state {expectation.state!r} but is in"
                f" {None if found is None else found[0]!r}; read it again and decide anew"
            )
    elif _children(connection, expectation.parent) != expectation.children:
        raise ConflictError(f"the children of {expectation.parent!r} have changed; read them again and decide anew")


def _refuse_taken_reference(connection: sqlite3.Connection, case: CaseRow) -> None:
    holder = connection.execute(_REFERENCE_HOLDER, (case.reference, case.lifecycle)).fetchone()
    if holder is not None and holder[0] != case.case:
        raise ReferenceTakenError(
            f"the reference {case.reference!r} of {case.lifecycle!r} belongs to {holder[0]!r};"
            f" use another for {case.case!r}, or act on that case"
        )


def _columns(case: CaseRow) -> tuple[Any, ...]:
    """Return what a case is found by; everything else of it changes with every act."""
    units = _units_text(case.units)
    final = int(case.final)
    return case.lifecycle, case.fingerprint, case.state, final, case.reference, case.parent, case.origin, units


def _stays_in_every_index(connection: sqlite3.Connection, case: CaseRow, columns: tuple[Any, ...]) -> bool:
    """Move the snapshot on if its revision follows and nothing it is found by changes; say whether that was so."""
    if case.revision == 1:
        return False
    place = (case.case, case.revision - 1, *columns)
    return connection.execute(_MOVE_ON, (case.revision, case.head, case.text, *place)).rowcount == 1


def _write_case(
    connection: sqlite3.Connection, case: CaseRow, columns: tuple[Any, ...], stored: tuple[Any, ...] | None
) -> None:
    if case.reference is not None:
        _refuse_taken_reference(connection, case)
    if stored is None:
        connection.execute(_ADD_CASE, (case.case, case.revision, *columns, case.head, case.text))
    else:
        connection.execute(_CHANGE_CASE, (case.revision, case.head, case.text, *columns, case.case))
        if stored[1:] == (columns[3], columns[7]):
            return
        gone = set(_units_from(stored[2])).difference(case.units)
        connection.executemany(_REMOVE_UNIT, [(unit, case.case) for unit in gone])
    connection.executemany(_KEEP_UNIT, [(unit, case.case, columns[3]) for unit in case.units])


def _deadline(row: tuple[Any, ...]) -> DeadlineRow:
    case, limit, obligor, number, status, due, owed, alarm = row
    return DeadlineRow(case, limit, obligor, number, status, due, bool(owed), alarm)


def _write_deadlines(connection: sqlite3.Connection, case: str, deadlines: tuple[DeadlineRow, ...]) -> None:
    """Write only what differs: most acts change few of a case's deadlines, and reading is cheaper than writing."""
    kept = set(connection.execute(_DEADLINES, (case,)))
    wanted = set(map(_DEADLINE_COLUMNS, deadlines))
    if kept == wanted:
        return
    gone = {row[:3] for row in kept - wanted}.difference(row[:3] for row in wanted)
    if gone:
        connection.executemany(_REMOVE_DEADLINE, [(case, *key) for key in gone])
    connection.executemany(_KEEP_DEADLINE, [(case, *row) for row in wanted - kept])


def _add_vault(connection: sqlite3.Connection, row: VaultRow) -> None:
    if connection.execute(_ADD_VAULT, (row.commitment, row.case, row.salt, row.text)).rowcount != 1:
        raise StoreError(f"the commitment {row.commitment!r} is already kept; draw a salt for each value")


_REASONS: Final = {
    sqlite3.SQLITE_BUSY: "is locked by another writer beyond the timeout; try again, or raise timeout=",
    sqlite3.SQLITE_LOCKED: "is locked by another writer beyond the timeout; try again, or raise timeout=",
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; make room and try again",
    sqlite3.SQLITE_READONLY: "is read-only; allow writing, or name another file",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; look at the path and its permissions",
    sqlite3.SQLITE_IOERR: "cannot be read or written; look at the disk",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup",
}


def _told(error: Exception, file: _File) -> StoreError:
    """Return what a driver's exception means as one of ours."""
    code = _code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return SchemaError(f"{file.path!r} is not a database; name another file for the store")
    if code in _REASONS:
        return StoreUnavailableError(f"the store {file.path!r} {_REASONS[code]} ({error})")
    if isinstance(error, OverflowError):
        return StoreError(f"a number does not fit into 64 bits ({error}); give microseconds since 1970")
    if isinstance(error, OSError | ValueError):
        return StoreUnavailableError(f"the store {file.path!r} cannot be opened ({error}); name another file")
    return StoreError(f"the store {file.path!r} failed ({type(error).__name__}: {error}); nothing was kept")


def _code(error: Exception) -> int | None:
    """Return the primary result code; sqlite3's own complaints have none."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


_STORES: Final[weakref.WeakSet[SQLiteStore]] = weakref.WeakSet()
_INHERITED: Final[list[sqlite3.Connection]] = []
"""Connections that a parent opened, kept here only so that nothing closes them."""
_HELD: Final[list[threading.Lock]] = []


def _before_fork() -> None:
    """Close every connection: SQLite remembers which locks the process holds, and a fork would copy that memory."""
    for store in list(_STORES):
        _HELD.extend(store._hold_for_fork())  # noqa: SLF001 - of this module


def _after_fork() -> None:
    while _HELD:
        _HELD.pop().release()


@functools.cache
def _watch_forks() -> None:
    if sys.platform != "win32":
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)

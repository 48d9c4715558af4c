"""What differs from one database server to another, in one record each; nothing else here knows a server by name."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, Literal

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from yingshang_flow.errors import StoreError

NAME_BYTES: Final = 800
"""How long an id, a key or another name may be in UTF-8: three of them fit into one index entry everywhere."""

DUE_BYTES: Final = 40
"""How long a due date may be, ten characters, so that it fits in as well."""

Lock = Literal["none", "key share", "share", "update"]
"""A lock on the rows that are read."""


class Meaning(Enum):
    """What an error code means, as a sentence about the database."""

    RACE = "was written by another first; read again and decide anew"
    STALE_READ = "was written since this transaction first read; begin the transaction with a write, and decide anew"
    DUPLICATE = "was given that key by another first; read again and decide anew"
    LOCKED = "is locked by another writer beyond the timeout; try again, or raise the timeout"
    CANCELLED = "was interrupted, or took longer than the server allows; try again"
    GONE = "cannot be reached; look whether it is up, and ask again"
    FULL = "has no room, memory or connection left; make room and try again"
    READ_ONLY = "is read-only; allow writing, or name another database"
    NO_RIGHTS = "refuses this user; mend the name, the password or the rights"
    NO_DATABASE = "does not exist; create that database, or name another"
    NO_TABLE = "lacks a table or a column of the store; run: yingshang-flow db check --db URL"
    DAMAGED = "is damaged; restore it from a backup"
    NOT_A_DATABASE = "is no database; name another file"
    TOO_LONG = "has no room for a text or a number of that size; shorten it"


@attrs.frozen(kw_only=True, eq=False)
class Server:
    """A kind of database server: how it locks, counts and complains.

    The class of the dialect chooses one, and what the server says of its version adapts it. Whoever knows better gives
    the store another: ``SQLAlchemyStore(engine, server=attrs.evolve(MYSQL, share="update"))``.

    Attributes:
        name: What it is called in messages.
        share: The lock on a linked case that lets others hold it too, and lets nobody change its state meanwhile.
        excludes: Which UPDATE of a case waits by itself for everybody who holds ``share``.
        reads_snapshots: Whether a plain read in a host's transaction may show what others have changed since, so that
            what a commit is held against has to be read with a lock.
        insert: Begins an INSERT that passes over a row that is there, or an ordinary one where ``ignores`` is false.
        ignores: Whether INSERT can pass over a row that is there; otherwise its error is caught.
        chains: Whether one statement can do an UPDATE and an INSERT of what it found, which saves a round trip.
        errors_abort: Whether an error ends the transaction, so that one that is to be caught needs a savepoint.
        skips_locked: Whether SELECT can pass over rows that others have locked.
        one_writer: Whether a writer locks the whole database, and has to do so before it reads.
        names_are_bytes: Whether names come back as bytes.
        takes_hints: Whether it has to be told which index to use, and takes it: MariaDB reads a page amid a table from
            the first row of the table on while another index begins with the same column.
        refuses: Isolation levels of a host's transaction under which ``share`` proves nothing.
        isolation: The isolation level of the store's own transactions; none where there is no choice.
        encoding: What the encoding has to be called.
        clock: The server's clock in SQL, integer microseconds since 1970 UTC, whatever the session's time zone.
        settings: Asks for what is looked at when a store is opened: version and encoding, and where there are such,
            sql_mode, largest (bytes in a statement) and application (SQLite's application id).
        upgrade_lock: Lets one upgrade run at a time; may be given ``:lock``.
        upgrade_unlock: Lets the next one run, where the end of the transaction does not.
        code: Returns the error code of a driver's exception.
        meanings: What error codes mean.
        ends_transaction: Error codes after which the server has rolled the whole transaction back.
        largest: How many bytes a statement may have, if that is few; known when a store is opened.
    """

    name: str
    share: Lock
    excludes: Literal["no update", "updates of the state", "every update"]
    reads_snapshots: bool
    insert: Callable[[sa.Table], sa.Insert]
    ignores: bool
    chains: bool
    errors_abort: bool
    skips_locked: bool
    one_writer: bool
    names_are_bytes: bool
    takes_hints: bool
    refuses: frozenset[str]
    isolation: str | None
    encoding: str
    clock: str
    settings: str
    upgrade_lock: str
    upgrade_unlock: str | None
    code: Callable[[BaseException], Any]
    meanings: Mapping[Any, Meaning]
    ends_transaction: frozenset[Any] = frozenset()
    largest: int | None = None

    def meaning(self, error: BaseException) -> Meaning | None:
        """Return what a driver's exception means, if its code says so."""
        return self.meanings.get(self.code(error))


# --- PostgreSQL ---


def _sqlstate(error: BaseException) -> str | None:
    """Return the SQLSTATE, which each driver keeps elsewhere; a failure to connect has none."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if state is None and error.args and isinstance(error.args[0], dict):
        state = error.args[0].get("C")
    return state


def _insert_or_ignore_postgresql(table: sa.Table) -> sa.Insert:
    return postgresql.insert(table).on_conflict_do_nothing()


POSTGRESQL: Final = Server(
    name="PostgreSQL",
    share="key share",
    excludes="no update",  # until its version says that it is no kin
    reads_snapshots=False,
    insert=_insert_or_ignore_postgresql,
    ignores=True,
    chains=True,
    errors_abort=True,
    skips_locked=False,  # likewise
    one_writer=False,
    names_are_bytes=False,
    takes_hints=False,
    # A lock that was waited for shows the row as it is now, but the children are counted in the old snapshot.
    refuses=frozenset({"REPEATABLE READ", "SERIALIZABLE"}),
    isolation="READ COMMITTED",
    encoding="UTF8",
    clock="(extract(epoch from clock_timestamp()) * 1000000)::bigint",  # now() stands still in a transaction
    settings="SELECT version() AS version, current_setting('server_encoding') AS encoding",
    upgrade_lock="SELECT pg_advisory_xact_lock(CAST(:lock AS bigint))",
    upgrade_unlock=None,
    code=_sqlstate,
    meanings={
        "40001": Meaning.RACE,
        "40P01": Meaning.RACE,
        "23505": Meaning.DUPLICATE,
        "55P03": Meaning.LOCKED,
        "57014": Meaning.CANCELLED,
        "57P01": Meaning.GONE,
        "57P02": Meaning.GONE,
        "57P03": Meaning.GONE,
        "08000": Meaning.GONE,
        "08003": Meaning.GONE,
        "08006": Meaning.GONE,
        "53100": Meaning.FULL,
        "53200": Meaning.FULL,
        "53300": Meaning.FULL,
        "25006": Meaning.READ_ONLY,
        "28000": Meaning.NO_RIGHTS,
        "28P01": Meaning.NO_RIGHTS,
        "42501": Meaning.NO_RIGHTS,
        "3D000": Meaning.NO_DATABASE,
        "42P01": Meaning.NO_TABLE,
        "42703": Meaning.NO_TABLE,
        "22001": Meaning.TOO_LONG,
        "22003": Meaning.TOO_LONG,
        "54000": Meaning.TOO_LONG,
        "XX001": Meaning.DAMAGED,
        "XX002": Meaning.DAMAGED,
    },
)

# --- MySQL and MariaDB ---


def _errno(error: BaseException) -> int | None:
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else None


MYSQL: Final = Server(
    name="MySQL",
    share="share",
    excludes="every update",
    reads_snapshots=True,
    insert=sa.insert,  # INSERT IGNORE would cut texts off, and ON DUPLICATE KEY does not tell what it did
    ignores=False,
    chains=False,
    errors_abort=False,
    skips_locked=False,  # until its version says so
    one_writer=False,
    names_are_bytes=True,
    takes_hints=True,
    refuses=frozenset(),
    isolation="READ COMMITTED",  # the gap locks of its default run into one another
    encoding="utf8mb4",
    clock="timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(6))",
    settings=(
        "SELECT version() AS version, @@character_set_client AS encoding, @@sql_mode AS sql_mode,"
        " @@max_allowed_packet AS largest"
    ),
    upgrade_lock="SELECT GET_LOCK(:lock, 60)",
    upgrade_unlock="SELECT RELEASE_LOCK(:lock)",
    code=_errno,
    meanings={
        1213: Meaning.RACE,
        1020: Meaning.RACE,
        1062: Meaning.DUPLICATE,
        1586: Meaning.DUPLICATE,
        1205: Meaning.LOCKED,
        1317: Meaning.CANCELLED,
        1969: Meaning.CANCELLED,
        3024: Meaning.CANCELLED,
        1053: Meaning.GONE,
        1927: Meaning.GONE,
        2002: Meaning.GONE,
        2003: Meaning.GONE,
        2005: Meaning.GONE,
        2006: Meaning.GONE,
        2013: Meaning.GONE,
        2055: Meaning.GONE,
        0: Meaning.GONE,  # PyMySQL's own, of a connection that it has closed
        1021: Meaning.FULL,
        1040: Meaning.FULL,
        1041: Meaning.FULL,
        1114: Meaning.FULL,
        1290: Meaning.READ_ONLY,
        1792: Meaning.READ_ONLY,
        1836: Meaning.READ_ONLY,
        1044: Meaning.NO_RIGHTS,
        1045: Meaning.NO_RIGHTS,
        1142: Meaning.NO_RIGHTS,
        1143: Meaning.NO_RIGHTS,
        1698: Meaning.NO_RIGHTS,
        1046: Meaning.NO_DATABASE,
        1049: Meaning.NO_DATABASE,
        1054: Meaning.NO_TABLE,
        1146: Meaning.NO_TABLE,
        1153: Meaning.TOO_LONG,
        1264: Meaning.TOO_LONG,
        1406: Meaning.TOO_LONG,
        1034: Meaning.DAMAGED,
        1712: Meaning.DAMAGED,
    },
    ends_transaction=frozenset({1213, 1020}),
)

# --- SQLite ---

_BUSY_SNAPSHOT: Final = 517
_CONSTRAINTS: Final = {1555: Meaning.DUPLICATE, 2067: Meaning.DUPLICATE}


def _result_code(error: BaseException) -> int | str | None:
    """Return the primary result code, or the extended one where that says more."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    if code == _BUSY_SNAPSHOT or code in _CONSTRAINTS:
        return code
    if str(error).startswith(("no such table", "no such column")):
        return "no such"
    return code & 0xFF


def _insert_or_ignore_sqlite(table: sa.Table) -> sa.Insert:
    return sqlite.insert(table).on_conflict_do_nothing()


SQLITE: Final = Server(
    name="SQLite",
    share="none",
    excludes="every update",
    reads_snapshots=False,
    insert=_insert_or_ignore_sqlite,
    ignores=True,
    chains=False,
    errors_abort=False,
    skips_locked=False,
    one_writer=True,
    names_are_bytes=False,
    takes_hints=False,
    refuses=frozenset(),
    isolation=None,
    encoding="UTF-8",
    clock="cast(round((julianday('now') - 2440587.5) * 86400000) as integer) * 1000",  # whole milliseconds
    settings=(
        "SELECT sqlite_version() AS version, encoding, application_id AS application"
        " FROM pragma_encoding, pragma_application_id"
    ),
    upgrade_lock="BEGIN IMMEDIATE",
    upgrade_unlock=None,
    code=_result_code,
    meanings={
        _BUSY_SNAPSHOT: Meaning.STALE_READ,
        **_CONSTRAINTS,
        5: Meaning.LOCKED,
        6: Meaning.LOCKED,
        8: Meaning.READ_ONLY,
        9: Meaning.CANCELLED,
        10: Meaning.GONE,
        11: Meaning.DAMAGED,
        13: Meaning.FULL,
        14: Meaning.GONE,
        18: Meaning.TOO_LONG,
        26: Meaning.NOT_A_DATABASE,
        "no such": Meaning.NO_TABLE,
    },
)

_BY_DIALECT: Final[tuple[tuple[type[Dialect], Server], ...]] = (
    (PGDialect, POSTGRESQL),
    (MySQLDialect, MYSQL),
    (SQLiteDialect, SQLITE),
)
_NUMBERS: Final = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)")  # MariaDB puts 5.5.5- before its version for old clients
_SKIP_LOCKED_SINCE: Final = {"MariaDB": (10, 6), "MySQL": (8, 0)}


def server_of(dialect: Dialect) -> Server:
    """Return the kind of server that a dialect speaks to, by its class: kin brings a dialect with a name of its own.

    Raises:
        StoreError: It is neither PostgreSQL's, MySQL's nor SQLite's, nor derived from one of these.
    """
    for of, server in _BY_DIALECT:
        if isinstance(dialect, of):
            return server
    raise StoreError(
        f"no store is known for the dialect {dialect.name!r}; take one of PostgreSQL, MySQL or SQLite, or of their kin"
    )


def adapted(server: Server, version: str) -> Server:
    """Return a kind of server as its version says it is; what is said of kin is taken from their documents.

    Args:
        server: What its dialect makes of it.
        version: What the server says of its version.
    """
    match server.name:
        case "PostgreSQL":
            return _adapted_postgresql(server, version)
        case "MySQL":
            return _adapted_mysql(server, version)
        case _:
            return server


def _adapted_postgresql(server: Server, version: str) -> Server:
    if "CockroachDB" in version:
        # Its isolation levels above READ COMMITTED refuse what the locks of the others have to prevent.
        return attrs.evolve(server, name="CockroachDB", skips_locked=True, refuses=frozenset())
    if "openGauss" in version or "GaussDB" in version:
        return attrs.evolve(server, name="openGauss", insert=sa.insert, ignores=False, chains=False)
    if version.startswith("PostgreSQL "):
        # An UPDATE of a column in a unique index locks as FOR UPDATE does, and (state, case_id) is one.
        return attrs.evolve(server, skips_locked=True, excludes="updates of the state")
    return server


def _adapted_mysql(server: Server, version: str) -> Server:
    if "TiDB" in version:
        # It has no shared locks: what asks for one fails, or is not locked at all.
        return attrs.evolve(server, name="TiDB", share="update")
    if "OceanBase" in version:
        return attrs.evolve(server, name="OceanBase")
    name = "MariaDB" if "MariaDB" in version else "MySQL"
    numbers = _NUMBERS.match(version)
    since = numbers is not None and (int(numbers[1]), int(numbers[2])) >= _SKIP_LOCKED_SINCE[name]
    return attrs.evolve(server, name=name, skips_locked=since)


def locking(statement: sa.Select[Any], lock: Lock) -> sa.Select[Any]:
    """Return a query that locks the rows it reads."""
    match lock:
        case "none":
            return statement
        case "key share":
            return statement.with_for_update(read=True, key_share=True)
        case "share":
            return statement.with_for_update(read=True)
        case "update":
            return statement.with_for_update()


# --- types ---


class Name(TypeDecorator[str]):
    """Text by which rows are found: compared by its bytes on every server.

    Args:
        size: The most bytes it may have.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, size: int = NAME_BYTES) -> None:
        super().__init__()
        self.size = size

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the server's own type."""
        if isinstance(dialect, MySQLDialect):
            # Its collations pad, fold or are unknown to the next version; bytes are bytes everywhere.
            return mysql.VARBINARY(self.size)
        if isinstance(dialect, PGDialect):
            return postgresql.TEXT(collation="C")
        return sa.Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - what the server takes
        """Return the bytes of a text, for a server that wants them."""
        return _encoded(value) if isinstance(dialect, MySQLDialect) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002 - as given
        """Return the text of what the server has kept."""
        return value.decode() if isinstance(value, bytes) else value


class LongText(TypeDecorator[str]):
    """Text of any length, by which nothing is found."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the server's own type."""
        if isinstance(dialect, MySQLDialect):
            return mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin")
        return sa.Text()


def _encoded(value: str | None) -> bytes | None:
    return None if value is None else value.encode()


def encoder(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[str | None], bytes | None] | None:
    """Return what a value of a type goes through before the driver takes it, if anything."""
    return _encoded if isinstance(kind, Name) and isinstance(dialect, MySQLDialect) else None

"""The tables of a SQLite store, and the steps to them from every older version."""

import sqlite3
from typing import Final

from yingshang_flow.errors import SchemaError

APPLICATION_ID: Final = 0x59534657
"""Stands in the file's header and says whose it is: the letters YSFW."""

SCHEMA_VERSION: Final = 3
"""Stands in the file's header as ``user_version``."""

# Large texts stand last, so that the columns before them are read without them. The tables that hold one keep their
# rowid, as wide rows would make a clustered tree deep. Columns that change with most acts are in no index.
_RECORDS: Final = (
    """
    CREATE TABLE ysf_records (
        case_id TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT, recorded_at INTEGER NOT NULL,
        hash TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (case_id, revision)
    )
    """,
    "CREATE UNIQUE INDEX ysf_records_key ON ysf_records (key) WHERE key IS NOT NULL",
)
_CASES: Final = (
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
)
_DEADLINES: Final = (
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
)
# An erased row stays, empty: deleting it would let SQLite move its neighbours to other pages and leave copies of them
# behind, which no later erasure could reach.
_VAULT: Final = (
    """
    CREATE TABLE ysf_vault (
        commitment TEXT NOT NULL PRIMARY KEY, case_id TEXT NOT NULL, erased INTEGER NOT NULL, salt TEXT NOT NULL,
        text TEXT NOT NULL
    )
    """,
    "CREATE INDEX ysf_vault_case ON ysf_vault (case_id, commitment) WHERE erased = 0",
)
_DEFINITIONS: Final = (
    """
    CREATE TABLE ysf_definitions (
        fingerprint TEXT NOT NULL PRIMARY KEY, lifecycle TEXT NOT NULL, version INTEGER NOT NULL,
        profile TEXT NOT NULL, text TEXT NOT NULL
    )
    """,
)
# One row a case with its earliest alarm, so that a claim reads a row a case, however much is due in it, and passes
# over nothing that others hold: what is under a lease is in the other index.
_WORK: Final = (
    """
    CREATE TABLE ysf_work (
        case_id TEXT NOT NULL PRIMARY KEY, alarm INTEGER, token INTEGER NOT NULL, leased_until INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ysf_work_free ON ysf_work (alarm, case_id) WHERE leased_until = 0 AND alarm IS NOT NULL",
    "CREATE INDEX ysf_work_leased ON ysf_work (leased_until) WHERE leased_until > 0",
)
# `first` marks the oldest message of each case, the only one that is given out, for the same reason.
_MESSAGES: Final = (
    """
    CREATE TABLE ysf_messages (
        case_id TEXT NOT NULL, revision INTEGER NOT NULL, number INTEGER NOT NULL, topic TEXT NOT NULL,
        recorded_at INTEGER NOT NULL, first INTEGER NOT NULL, token INTEGER NOT NULL, leased_until INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (case_id, revision, number)
    )
    """,
    "CREATE INDEX ysf_messages_free ON ysf_messages (recorded_at, case_id) WHERE first = 1 AND leased_until = 0",
    "CREATE INDEX ysf_messages_leased ON ysf_messages (leased_until) WHERE leased_until > 0",
)

# The index covers what is summed, in the order of days: the rows of the table are read for nothing but their case.
_TALLIES: Final = (
    """
    CREATE TABLE ysf_tallies (
        case_id TEXT NOT NULL, revision INTEGER NOT NULL, measure TEXT NOT NULL, unit TEXT NOT NULL, day TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (case_id, revision, measure, unit, day)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX ysf_tallies_day ON ysf_tallies (day, measure, unit, count)",
)

_TABLES: Final = (*_RECORDS, *_CASES, *_DEADLINES, *_VAULT, *_DEFINITIONS, *_WORK, *_MESSAGES, *_TALLIES)

_STEPS: Final = {
    1: (
        "DROP INDEX ysf_vault_case",
        "ALTER TABLE ysf_vault RENAME TO ysf_vault_of_version_1",
        *_VAULT,
        # In order of rowid: whatever moves in a tree leaves copies.
        """
        INSERT INTO ysf_vault (commitment, case_id, erased, salt, text)
        SELECT commitment, case_id, 0, salt, text FROM ysf_vault_of_version_1 ORDER BY rowid
        """,
        "DROP TABLE ysf_vault_of_version_1",
        *_WORK,
        """
        INSERT INTO ysf_work (case_id, alarm, token, leased_until)
        SELECT case_id, MIN(alarm), 0, 0 FROM ysf_deadlines WHERE alarm IS NOT NULL GROUP BY case_id
        """,
        *_MESSAGES,
    ),
    2: _TALLIES,
}
"""What leads from each version to the one after it. Text of its own where a table has changed again since."""


def create(connection: sqlite3.Connection) -> None:
    """Create the tables, within the caller's transaction."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def upgrade_from(connection: sqlite3.Connection, version: int) -> None:
    """Go all the steps from an older version, within the caller's transaction."""
    for step in range(version, SCHEMA_VERSION):
        for statement in _STEPS[step]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def version_of(connection: sqlite3.Connection, path: str) -> int:
    """Return the schema's version, an older one included; 0 for a database that is still empty.

    Raises:
        SchemaError: It is another application's, or of a version that this library does not know.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version: int
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == APPLICATION_ID:
        if version > SCHEMA_VERSION:
            raise SchemaError(
                f"{path!r} has schema version {version}, this library knows up to {SCHEMA_VERSION};"
                " install a newer yingshang-flow"
            )
        if version < 1:
            raise SchemaError(
                f"{path!r} has schema version {version}, which no yingshang-flow has written;"
                " restore the file from a backup"
            )
        return version
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    if application or version or tables:
        raise SchemaError(
            f"{path!r} is another application's database (application id {application}, {len(tables)} tables"
            f"{f', the first {tables[0][0]!r}' if tables else ''}); name a file of its own for the store"
        )
    return 0


def older(path: str, version: int) -> SchemaError:
    """Return the error for a schema that has to be upgraded first."""
    return SchemaError(
        f"{path!r} has schema version {version}, this library needs {SCHEMA_VERSION};"
        f" upgrade it with: yingshang-flow db upgrade --db {path}"
    )

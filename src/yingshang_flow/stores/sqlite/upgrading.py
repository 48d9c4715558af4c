"""Bringing a store's file to the schema of this library, and saying whether it has it."""

import os
import sqlite3
from pathlib import Path

from yingshang_flow.errors import StoreUnavailableError
from yingshang_flow.stores.sqlite.connections import BUSY, File, code_of, told
from yingshang_flow.stores.sqlite.schema import SCHEMA_VERSION, create, older, upgrade_from, version_of


def upgrade(path: str | os.PathLike[str], *, timeout: float = 30.0) -> int:
    """Bring a store's file to the schema of this library, whole or not at all; a second time does nothing.

    It needs the file for itself: a program of an older version that still had it open would write past the new tables.

    Args:
        path: The file; the tables are created in a new or empty one.
        timeout: For how many seconds it waits until nobody else has the file open.

    Returns:
        The version it had; 0 for a new or empty file.

    Raises:
        SchemaError: The file is no database, another application's, or of a newer schema.
        StoreUnavailableError: The file cannot be opened or written, or others have it open.
    """
    file = File.named(path, timeout=timeout)
    connection = None
    try:
        connection = file.connect()
        return _upgraded(connection, file)
    except (sqlite3.Error, OSError, ValueError) as error:
        if code_of(error) in BUSY:
            raise StoreUnavailableError(
                f"others have {file.path!r} open; close every program that uses the store, then upgrade it"
            ) from error
        raise told(error, file) from error
    finally:
        if connection is not None:
            connection.close()


def check(path: str | os.PathLike[str], *, timeout: float = 30.0) -> int:
    """Return the version of a store's file, which is that of this library; nothing is changed.

    Raises:
        SchemaError: The file is of an older or newer schema, no database, or another application's.
        StoreUnavailableError: There is no such file, or it cannot be opened.
    """
    file = File.named(path, timeout=timeout)
    if not Path(file.path).exists():
        raise StoreUnavailableError(f"there is no file {file.path!r}; opening a SQLiteStore there creates one")
    connection = None
    try:
        connection = file.connect()
        version = version_of(connection, file.path)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise told(error, file) from error
    finally:
        if connection is not None:
            connection.close()
    if version < SCHEMA_VERSION:
        raise older(file.path, version)
    return version


def _upgraded(connection: sqlite3.Connection, file: File) -> int:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")  # an error closes the connection, which rolls back
    version = version_of(connection, file.path)
    if version == 0:
        create(connection)
    elif version < SCHEMA_VERSION:
        upgrade_from(connection, version)
    connection.execute("COMMIT")
    # What a table of an older version held beside its rows is gone from the file, and now from the log as well.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return version

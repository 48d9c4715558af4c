"""The SQLite store keeps the contract, in a file and in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from yingshang_flow.ports import Store
from yingshang_flow.stores import JoinedSQLiteStore, SQLiteStore
from yingshang_flow.testing.store_contract import HostRows, Reopen, StoreContract


class TestSQLiteStoreInAFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SQLiteStore(tmp_path / "案件.db")
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, store: Store, tmp_path: Path) -> Reopen:  # noqa: ARG002 - after the store, over its file
        return lambda: SQLiteStore(tmp_path / "案件.db")

    @pytest.fixture
    def host_rows(self, store: Store, tmp_path: Path) -> HostRows:  # noqa: ARG002 - after the store, in its file
        with closing(sqlite3.connect(tmp_path / "案件.db")) as connection:
            connection.execute("CREATE TABLE notes (text)")

        def write(joined: Store, text: str) -> None:
            assert isinstance(joined, JoinedSQLiteStore)
            joined.connection.execute("INSERT INTO notes VALUES (?)", (text,))

        def read() -> list[str]:
            with closing(sqlite3.connect(tmp_path / "案件.db")) as connection:
                return [text for (text,) in connection.execute("SELECT text FROM notes")]

        return HostRows(write, read)


class TestSQLiteStoreInMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = SQLiteStore(":memory:")
        yield store
        store.close()

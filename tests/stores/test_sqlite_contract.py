"""The SQLite store keeps the contract, in a file and in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yingshang_flow.ports import Store
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.store_contract import Reopen, StoreContract


class TestSQLiteStoreInAFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = SQLiteStore(tmp_path / "案件.db")
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, store: Store, tmp_path: Path) -> Reopen:  # noqa: ARG002 - after the store, over its file
        return lambda: SQLiteStore(tmp_path / "案件.db")


class TestSQLiteStoreInMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = SQLiteStore(":memory:")
        yield store
        store.close()

"""The Django store keeps the contract on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.stores.django.conftest import empty
from yingshang_flow.ports import Store
from yingshang_flow.stores.django import DjangoStore
from yingshang_flow.testing.store_contract import Reopen, StoreContract


class OnADatabase(StoreContract):
    server = ""

    @pytest.fixture
    def store(self, request: pytest.FixtureRequest) -> Iterator[Store]:
        alias = request.getfixturevalue(f"{self.server}_alias")
        empty(alias)
        store = DjangoStore(alias)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self) -> Reopen:
        return lambda: DjangoStore(f"{self.server} again")  # over connections of its own


class TestOnSQLite(OnADatabase):
    server = "sqlite"


class TestOnPostgreSQL(OnADatabase):
    server = "postgresql"

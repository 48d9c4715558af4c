"""The SQLAlchemy store holds the contract on every server."""

from collections.abc import Iterator

import pytest

from tests.stores.sqlalchemy.conftest import Place, a_place
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.store_contract import Reopen, StoreContract


class OnAServer(StoreContract):
    server = ""

    @pytest.fixture(scope="class")
    @classmethod
    def place(cls, request: pytest.FixtureRequest) -> Iterator[Place]:
        with a_place(request.getfixturevalue(f"{cls.server}_url")) as place:
            upgrade(place.engine, prefix=place.prefix)
            yield place

    @pytest.fixture
    def store(self, place: Place) -> Iterator[SQLAlchemyStore]:
        place.empty()
        store = place.store()
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, place: Place) -> Reopen:
        return place.store


class TestOnPostgreSQL(OnAServer):
    server = "postgresql"


class TestOnMariaDB(OnAServer):
    server = "mariadb"


class TestOnSQLite(OnAServer):
    server = "sqlite"

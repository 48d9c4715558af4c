"""A database on each server for the tests of the SQLAlchemy store, under a prefix of its own."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import pytest
import sqlalchemy as sa

from tests.servers import mariadb_url, postgresql_url
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.opening import engine_of
from yingshang_flow.stores.sqlalchemy.schema import version_table
from yingshang_flow.stores.sqlalchemy.tables import tables
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade

__all__ = ["mariadb_url", "postgresql_url"]


@attrs.frozen
class Place:
    """Tables under a prefix, in a database that others use as well."""

    url: str
    engine: sa.Engine
    prefix: str

    def store(self) -> SQLAlchemyStore:
        """Return a store on the engine."""
        return SQLAlchemyStore(self.engine, prefix=self.prefix)

    def empty(self) -> None:
        """Take every row away, which is cheaper than to drop and make tables."""
        with self.engine.begin() as connection:
            for table in tables(self.prefix).metadata.sorted_tables:
                connection.execute(sa.delete(table))


@contextmanager
def a_place(url: str) -> Iterator[Place]:
    """Yield an engine on a server and a prefix that nobody has, and drop what was made under it."""
    engine, prefix = engine_of(url), f"t{secrets.token_hex(4)}_"
    try:
        yield Place(url, engine, prefix)
    finally:
        metadata = tables(prefix).metadata
        sa.Table(version_table(prefix), metadata)
        metadata.drop_all(engine)
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a file."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'cases.db'}"


@pytest.fixture(params=["postgresql", "mariadb", "sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of one server after another."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def bare(url: str) -> Iterator[Place]:
    """Yield a place without tables."""
    with a_place(url) as place:
        yield place


@pytest.fixture
def place(bare: Place) -> Place:
    """Return a place with tables."""
    upgrade(bare.engine, prefix=bare.prefix)
    return bare


@pytest.fixture
def store(place: Place) -> Iterator[SQLAlchemyStore]:
    """Yield a store."""
    store = place.store()
    yield store
    store.close()

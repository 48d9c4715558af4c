"""A database on each server for the tests of the SQLAlchemy store, under a prefix of its own."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import pytest
import sqlalchemy as sa

from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.opening import engine_of
from yingshang_flow.stores.sqlalchemy.schema import version_table
from yingshang_flow.stores.sqlalchemy.tables import tables
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade


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


_WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{}%'",
    "mariadb": "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
}


def wait_until_one_waits(place: Place) -> None:
    """Return when a transaction on the server waits for a lock of another's."""
    query = sa.text(_WAITING[place.engine.dialect.name].format(place.prefix))
    found = 0
    while not found:
        time.sleep(0.15)  # InnoDB looks anew only when nobody has asked for a tenth of a second
        with place.engine.connect() as connection:
            found = connection.execute(query).scalar_one()


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a file."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'cases.db'}"


@pytest.fixture(scope="module", params=["postgresql", "mariadb", "sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of one server after another."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="module")
def made(url: str) -> Iterator[Place]:
    """Yield a place with tables."""
    with a_place(url) as place:
        upgrade(place.engine, prefix=place.prefix)
        yield place


@pytest.fixture
def place(made: Place) -> Place:
    """Return a place with empty tables."""
    made.empty()
    return made


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Place]:
    """Yield a place with tables on PostgreSQL."""
    with a_place(postgresql_url) as place:
        upgrade(place.engine, prefix=place.prefix)
        yield place


@pytest.fixture
def on_mariadb(mariadb_url: str) -> Iterator[Place]:
    """Yield a place with tables on MariaDB."""
    with a_place(mariadb_url) as place:
        upgrade(place.engine, prefix=place.prefix)
        yield place


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Place]:
    """Yield a place with tables on SQLite."""
    with a_place(sqlite_url) as place:
        upgrade(place.engine, prefix=place.prefix)
        yield place


@pytest.fixture
def bare(url: str) -> Iterator[Place]:
    """Yield a place without tables."""
    with a_place(url) as place:
        yield place


@pytest.fixture
def store(place: Place) -> Iterator[SQLAlchemyStore]:
    """Yield a store on empty tables."""
    store = place.store()
    yield store
    store.close()

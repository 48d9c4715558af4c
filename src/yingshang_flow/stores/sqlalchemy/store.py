"""A store on any database that SQLAlchemy reaches, in transactions of its own or in the host's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, Self

import sqlalchemy as sa

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import HostTransactions
from yingshang_flow.stores.sqlalchemy.opening import connected, engine_of, known, looked_at, telling_of
from yingshang_flow.stores.sqlalchemy.relational import RelationalStore
from yingshang_flow.stores.sqlalchemy.servers import Server
from yingshang_flow.stores.sqlalchemy.sources import EngineSource, JoinedSource, LentSource, refuse_unfit
from yingshang_flow.stores.sqlalchemy.tables import PREFIX


class _Session(Protocol):
    """What has a connection in its transaction, as sessions of SQLAlchemy's ORM do."""

    def connection(self) -> sa.Connection: ...


class SQLAlchemyStore(RelationalStore, HostTransactions):
    """A store in the tables of PostgreSQL, MariaDB, MySQL or SQLite, or of their kin.

    The tables have to be there: ``yingshang-flow db upgrade`` makes them, and nothing is created or altered here.
    Several stores, processes and machines may work on one database.

    Args:
        engine: An engine, which stays the host's; or a URL, whose connections end with the store.
        prefix: What the names of the tables begin with.
        server: What is known of the server; found out unless given.

    Raises:
        SchemaError: The tables are missing, somebody else's, or of an older or newer release.
        StoreError: It is no URL, no driver for it is installed, or a setting would lose or change what is kept.
        StoreUnavailableError: The database cannot be reached or read.
    """

    _source: EngineSource | LentSource | JoinedSource

    def __init__(self, engine: sa.Engine | sa.URL | str, *, prefix: str = PREFIX, server: Server | None = None) -> None:
        owned = not isinstance(engine, sa.Engine)
        used = engine if isinstance(engine, sa.Engine) else engine_of(engine, server)
        try:
            with connected(used, telling_of(used, prefix, server)) as connection:
                isolation = connection.get_isolation_level()
                database = looked_at(connection, prefix, server)
        except BaseException:
            if owned:
                used.dispose()
            raise
        source = EngineSource(used, database, isolation=isolation, owned=owned)
        super().__init__(source, database.statements, database.version)

    @classmethod
    def joining(
        cls, connection: sa.Connection | _Session, *, prefix: str = PREFIX, server: Server | None = None
    ) -> Self:
        """Return a store that writes in a transaction of the host's, beside the host's own rows.

        Each commit is a savepoint, so that after a refusal the host can go on (S25). Nothing of the host's is
        committed, flushed or closed. On MySQL and MariaDB a deadlock ends the host's whole transaction and not only
        the savepoint: after that ``ConflictError`` the host can only roll back and begin again. Ask for a store in
        each transaction; the database is looked at once per engine.

        Args:
            connection: A connection, or a session of the ORM.
            prefix: What the names of the tables begin with.
            server: What is known of the server; found out unless given.

        Raises:
            SchemaError: The tables are missing, somebody else's, or of an older or newer release.
            StoreError: The connection commits by itself, or is at an isolation level that proves nothing.
            StoreUnavailableError: The database cannot be read.
        """
        found = connection if isinstance(connection, sa.Connection) else connection.connection()
        if not isinstance(found, sa.Connection):
            raise StoreError(
                f"{type(connection).__name__} has no connection of its own to join; of an asynchronous session give"
                " its sync_session, inside of run_sync"
            )
        database = known(found, prefix, server)
        refuse_unfit(found, database)
        return cls._of(JoinedSource(found, database))

    @classmethod
    def lendable(cls, connection: sa.Connection, *, prefix: str = PREFIX, server: Server | None = None) -> Self:
        """Return a store with transactions of its own on whatever connection ``lent`` gives it.

        So it works inside of ``AsyncConnection.run_sync``. The connections stay the caller's. Each is in no transaction
        when a method is called, nor afterwards.

        Args:
            connection: The first of them, in no transaction, by which the database is looked at.
            prefix: What the names of the tables begin with.
            server: What is known of the server; found out unless given.

        Raises:
            SchemaError: The tables are missing, somebody else's, or of an older or newer release.
            StoreUnavailableError: The database cannot be read.
        """
        database = known(connection, prefix, server)
        connection.rollback()  # nothing but reading began it
        return cls._of(LentSource(database))

    @contextmanager
    def lent(self, connection: sa.Connection) -> Iterator[None]:
        """Work on a connection that is in no transaction; other tasks and threads go on on theirs.

        Raises:
            StoreError: The store has an engine or is joined, and so has connections already.
        """
        if not isinstance(self._source, LentSource):
            raise StoreError("this store has connections of its own; lend one to a store made by lendable()")
        with self._source.lent(connection):
            yield

    @classmethod
    def _of(cls, source: LentSource | JoinedSource) -> Self:
        store = cls.__new__(cls)
        RelationalStore.__init__(store, source, source.database.statements, source.database.version)
        return store

    @property
    def connection(self) -> sa.Connection:
        """The connection of a joined store, for the host's own rows.

        Raises:
            StoreError: The store is not joined.
        """
        if not isinstance(self._source, JoinedSource):
            raise StoreError("this store has transactions of its own; share one with transaction() or joining()")
        return self._source.connection

    @contextmanager
    def transaction(self) -> Iterator["SQLAlchemyStore"]:
        """Begin a transaction and yield the store that writes in it; the host writes on its ``connection``.

        It commits at the end, or rolls back on an error, which passes through. The yielded store is good for this
        transaction only.

        Raises:
            StoreError: This store has no engine to begin a transaction on.
            StoreUnavailableError: The transaction cannot be begun or committed.
        """
        if not isinstance(self._source, EngineSource):
            raise StoreError("this store has no engine to begin a transaction on; begin one on its connection")
        with self._source.hosting() as connection:
            source = JoinedSource(connection, self._source.database)
            try:
                yield self._of(source)
            finally:
                source.end()

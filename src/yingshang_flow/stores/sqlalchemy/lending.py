"""Lends the connections of SQLAlchemy's asyncio to the store, which is not asynchronous and need not know."""

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from inspect import isawaitable
from typing import ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.util import await_

from yingshang_flow.errors import StoreError, StoreUnavailableError
from yingshang_flow.ports import Store
from yingshang_flow.stores.sqlalchemy.opening import dialect_of, made_by, parsed_url, telling_of
from yingshang_flow.stores.sqlalchemy.servers import Server, server_of
from yingshang_flow.stores.sqlalchemy.store import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.tables import PREFIX

T = TypeVar("T")
P = ParamSpec("P")

Connectable = AsyncEngine | sa.URL | str
"""What has connections, or says where."""

Joinable = AsyncConnection | AsyncSession
"""What has a transaction of the host's."""


class EngineLending:
    """Lends a connection of an engine for each piece of work, to one store with transactions of its own.

    The database is looked at when it is first needed.

    Args:
        engine: An asynchronous engine, which stays the host's; or a URL, whose connections end with ``close``.
        prefix: What the names of the tables begin with.
        server: What is known of the server; found out unless given.

    Raises:
        StoreError: It is no URL, or no asynchronous driver for it, or no greenlet is installed.
    """

    def __init__(self, engine: Connectable, *, prefix: str = PREFIX, server: Server | None = None) -> None:
        if not isinstance(engine, Connectable):
            raise StoreError(
                f"an asynchronous engine or a URL is needed, not {type(engine).__name__}; make one with"
                " create_async_engine"
            )
        if find_spec("greenlet") is None:
            raise StoreError('asyncio needs greenlet, which is not installed; run: pip install "yingshang-flow[async]"')
        self._owned = not isinstance(engine, AsyncEngine)
        self._engine = engine if isinstance(engine, AsyncEngine) else _async_engine_of(engine, server)
        self._prefix, self._server = prefix, server
        self._telling = telling_of(self._engine.sync_engine, prefix, server)
        self._store: SQLAlchemyStore | None = None
        self._closed = False

    async def run(self, work: Callable[[Store], T]) -> T:
        """Run what may use the store, and return what it returns.

        Raises:
            StoreError: A store cannot work on the database.
            StoreUnavailableError: It cannot be reached or read, or this was closed.
        """
        if self._closed:
            raise StoreUnavailableError(f"the docket on {self._telling.place} is closed; make a new one")
        with self._telling.telling():
            connection = await self._engine.connect()
        try:
            return await connection.run_sync(self._worked, work)
        finally:
            await asyncio.shield(asyncio.create_task(connection.close()))  # whoever is cancelled gives it back as well

    def _worked(self, connection: sa.Connection, work: Callable[[Store], T]) -> T:
        if self._store is None:
            found = SQLAlchemyStore.lendable(connection, prefix=self._prefix, server=self._server)
            self._store = self._store or found  # another task may have been faster
        with self._store.lent(connection):
            return work(self._store)

    async def close(self) -> None:
        """Close the engine's connections if it is not the host's, and refuse whatever is asked later."""
        self._closed = True
        if self._owned:
            await self._engine.dispose()

    def joined(self, host: Joinable) -> "JoinedLending":
        """Return what lends the host's transaction."""
        return JoinedLending(host, prefix=self._prefix, server=self._server)


class JoinedLending:
    """Lends the transaction that a host's connection or session is in.

    Args:
        host: An asynchronous connection or session.
        prefix: What the names of the tables begin with.
        server: What is known of the server; found out unless given.

    Raises:
        StoreError: It is neither.
    """

    def __init__(self, host: Joinable, *, prefix: str = PREFIX, server: Server | None = None) -> None:
        if not isinstance(host, Joinable):
            raise StoreError(
                f"an AsyncConnection or an AsyncSession can be joined, not {type(host).__name__}; a Docket joins the"
                " others by SQLAlchemyStore.joining"
            )
        self._host = host
        self._prefix, self._server = prefix, server

    async def run(self, work: Callable[[Store], T]) -> T:
        """Run what may use a store in the host's transaction, and return what it returns.

        Raises:
            StoreError: The connection commits by itself, is at an isolation level that proves nothing, or a store
                cannot work on the database.
        """

        def worked(host: sa.Connection | Session) -> T:
            return work(SQLAlchemyStore.joining(host, prefix=self._prefix, server=self._server))

        return await self._host.run_sync(worked)

    async def close(self) -> None:
        """Leave everything as it is: the transaction is the host's, and so is its end."""

    def joined(self, host: Joinable) -> "JoinedLending":
        """Return what lends another transaction of the host's."""
        return JoinedLending(host, prefix=self._prefix, server=self._server)


def pause(seconds: float) -> None:
    """Let other tasks go on for so many seconds, from inside of work that runs on what was lent."""
    await_(asyncio.sleep(seconds))


def awaiting(call: Callable[P, object]) -> Callable[P, object]:
    """Return a function that calls another and awaits what it returns, if that can be awaited."""

    def called(*args: P.args, **kwargs: P.kwargs) -> object:
        found = call(*args, **kwargs)
        return await_(found) if isawaitable(found) else found

    return called


def _async_engine_of(url: sa.URL | str, server: Server | None) -> AsyncEngine:
    parsed = parsed_url(url)
    dialect = dialect_of(parsed)
    if not dialect.get_async_dialect_cls(parsed).is_async:
        raise StoreError(
            f"{parsed.drivername}:// is for blocking work alone; name an asynchronous driver: postgresql+psycopg://,"
            " mariadb+asyncmy:// or sqlite+aiosqlite://"
        )
    return made_by(create_async_engine, parsed, server or server_of(dialect))

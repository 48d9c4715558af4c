"""Where SQLAlchemy's connections come from: an engine, the host's transaction, or one connection."""

import functools
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from typing import Final
from weakref import WeakKeyDictionary, WeakSet

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import Dialect

from yingshang_flow.errors import ConflictError, StoreError, StoreUnavailableError
from yingshang_flow.stores.sqlalchemy.opening import Database
from yingshang_flow.stores.sqlalchemy.prepared import Prepared, Values
from yingshang_flow.stores.sqlalchemy.runner import Row
from yingshang_flow.stores.sqlalchemy.servers import Meaning, Server
from yingshang_flow.stores.sqlalchemy.statements import Statements
from yingshang_flow.stores.sqlalchemy.telling import one_line


class ConnectionRunner:
    """Runs prepared statements on a connection of SQLAlchemy's, with its log and events but without its compiler.

    Args:
        connection: The connection.
        server: The kind of server.
    """

    def __init__(self, connection: sa.Connection, server: Server) -> None:
        self.connection = connection
        self._server = server

    def rows(self, statement: Prepared, values: Values) -> Sequence[Row]:
        """Return all rows of a query, texts as ``str``."""
        rows = self.connection.exec_driver_sql(statement.sql, statement.bound(values)).all()
        return [_decoded(row) for row in rows] if self._server.names_are_bytes else rows

    def count(self, statement: Prepared, values: Values) -> int:
        """Run a statement that writes, and return how many rows it found."""
        return self.connection.exec_driver_sql(statement.sql, statement.bound(values)).rowcount

    def each(self, statement: Prepared, values: Iterable[Values]) -> None:
        """Run a statement once for each of some values; nothing for none."""
        bound = [statement.bound(one) for one in values]
        if bound:
            self.connection.exec_driver_sql(statement.sql, bound[0] if len(bound) == 1 else bound)

    def added(self, statement: Prepared, values: Values) -> bool:
        """Run an INSERT and say whether the row is new."""
        if self._server.ignores:
            return self.count(statement, values) == 1
        try:
            with self.connection.begin_nested() if self._server.errors_abort else nullcontext():
                self.count(statement, values)
        except exc.IntegrityError as error:
            if error.orig is None or self._server.meaning(error.orig) is not Meaning.DUPLICATE:
                raise
            return False
        return True


def _decoded(row: Row) -> Row:
    return [value.decode() if isinstance(value, bytes) else value for value in row]


class EngineSource:
    """Each writing is a transaction of its own on a connection of an engine.

    Args:
        engine: The engine.
        database: What it connects to.
        isolation: The isolation level of its connections.
        owned: Whether the engine ends with the store.
    """

    joined = False

    def __init__(self, engine: sa.Engine, database: Database, *, isolation: str, owned: bool) -> None:
        self._engine = engine
        self.database = database
        self._say = database.statements
        self._telling = database.telling
        self._owned = owned
        self._closed = False
        needed = database.statements.server.isolation
        kept = needed in {None, isolation}  # to set one costs two round trips on MySQL
        self._for_writing = engine if kept else engine.execution_options(isolation_level=needed)
        if owned:
            _forget_in_children(engine)

    @contextmanager
    def writing(self) -> Iterator[ConnectionRunner]:
        """Begin a transaction, and commit it at the end."""
        with self._telling.telling(), self._open(self._for_writing).connect() as connection, connection.begin():
            yield _with_its_turn(connection, self._say)

    @contextmanager
    def reading(self) -> Iterator[ConnectionRunner]:
        """Take a connection, and give it back at the end."""
        with self._telling.telling(), self._open(self._engine).connect() as connection:
            yield ConnectionRunner(connection, self._say.server)

    @contextmanager
    def hosting(self) -> Iterator[sa.Connection]:
        """Begin a transaction for the host to write in as well; what the host raises passes through."""
        with self._telling.telling():
            connection = self._open(self._for_writing).connect()
        with connection:
            with self._telling.telling():
                transaction = connection.begin()
                _with_its_turn(connection, self._say)
            try:
                yield connection
            except BaseException:
                _undo(transaction)
                raise
            with self._telling.telling():
                transaction.commit()

    def close(self) -> None:
        """Refuse whatever is begun later, and close the engine's connections if it is the store's own."""
        self._closed = True
        if self._owned:
            self._engine.dispose()

    def _open(self, engine: sa.Engine) -> sa.Engine:
        if self._closed:
            raise StoreUnavailableError(f"the store on {self._telling.place} is closed; open a new one")
        return engine


class LentSource:
    """Each writing is a transaction of its own, on whatever connection the caller lends at the moment.

    So it is with ``AsyncConnection.run_sync``: no other connection may be taken from the engine. Of several tasks each
    works on the one that was lent in its own context.

    Args:
        database: What the connections are connected to.
    """

    joined = False

    def __init__(self, database: Database) -> None:
        self.database = database
        self._say = database.statements
        self._telling = database.telling
        self._closed = False

    @contextmanager
    def lent(self, connection: sa.Connection) -> Iterator[None]:
        """Work on a connection that is in no transaction."""
        needed = self._say.server.isolation
        with self._telling.telling():
            if needed not in {None, _isolation(connection)}:
                connection.execution_options(isolation_level=needed)
        token = _LENT.set(connection)
        try:
            yield
        finally:
            _LENT.reset(token)

    @contextmanager
    def writing(self) -> Iterator[ConnectionRunner]:
        """Begin a transaction, and commit it at the end."""
        connection = self._open()
        with self._telling.telling(), connection.begin():
            yield _with_its_turn(connection, self._say)

    @contextmanager
    def reading(self) -> Iterator[ConnectionRunner]:
        """Read, and end the transaction that this began."""
        connection = self._open()
        with self._telling.telling():
            try:
                yield ConnectionRunner(connection, self._say.server)
            finally:
                connection.rollback()

    def close(self) -> None:
        """Refuse whatever is begun later; the connections are the caller's."""
        self._closed = True

    def _open(self) -> sa.Connection:
        if self._closed:
            raise StoreUnavailableError(f"the store on {self._telling.place} is closed; open a new one")
        return _LENT.get()


_LENT: Final[ContextVar[sa.Connection]] = ContextVar("_LENT")


class JoinedSource:
    """Each writing is a savepoint in the host's transaction, kept when the host commits.

    Args:
        connection: The host's connection.
        database: What it is connected to.
    """

    joined = True

    def __init__(self, connection: sa.Connection, database: Database) -> None:
        self.connection = connection
        self.database = database
        self._say = database.statements
        self._telling = database.telling
        self._closed = False

    @contextmanager
    def writing(self) -> Iterator[ConnectionRunner]:
        """Set a savepoint, and go back to it after an error."""
        connection = self._open()
        with self._telling.telling():
            run = _with_its_turn(connection, self._say)
            savepoint = connection.begin_nested()
            try:
                yield run
            except exc.DBAPIError as error:
                if self._telling.ends_transaction(error):
                    raise self._ended(error) from error
                _undo(savepoint)
                raise
            except BaseException:
                _undo(savepoint)
                raise
            savepoint.commit()

    @contextmanager
    def reading(self) -> Iterator[ConnectionRunner]:
        """Read in the host's transaction."""
        with self._telling.telling():
            yield ConnectionRunner(self._open(), self._say.server)

    def close(self) -> None:
        """Leave everything as it is: the transaction is the host's, and so is its end."""

    def end(self) -> None:
        """Refuse whatever is begun later, as the host's transaction is over."""
        self._closed = True

    def _open(self) -> sa.Connection:
        if self._closed:
            raise StoreUnavailableError(
                f"the store was joined to a transaction on {self._telling.place} that is over; join the next one"
            )
        return self.connection

    def _ended(self, error: exc.DBAPIError) -> ConflictError:
        """Let the host's transaction, which the server has undone with all the host's rows, only be rolled back.

        If it went on as if nothing had happened, it would commit what is written from here on alone.
        """
        self.connection.invalidate()
        return ConflictError(
            f"another writer came first on {self._telling.place}, and the server has rolled the whole transaction back"
            f" ({one_line(error.orig or error)}); roll it back here as well, and begin again"
        )


def _undo(transaction: sa.Transaction) -> None:
    with suppress(exc.SQLAlchemyError):  # what ended the connection says more than what follows from it
        transaction.rollback()


def refuse_unfit(connection: sa.Connection, database: Database) -> None:
    """Refuse a host's transaction that nothing can be joined to.

    Raises:
        StoreError: The connection commits by itself, or reads from a snapshot in which locks prove nothing.
    """
    place, refused = database.telling.place, database.statements.server.refuses
    with database.telling.telling():
        driver = connection.connection.dbapi_connection
        with suppress(NotImplementedError):  # a dialect of others may not be able to tell
            if driver is not None and connection.dialect.detect_autocommit_setting(driver):
                raise StoreError(
                    f"the connection to {place} commits every statement by itself, so that nothing can be joined;"
                    " begin a transaction without AUTOCOMMIT"
                )
        level = connection.get_isolation_level() if refused else None
    if level in refused:
        raise StoreError(
            f"the transaction on {place} is at {level}, where children are counted as they were when it began;"
            " begin it at READ COMMITTED"
        )


def _with_its_turn(connection: sa.Connection, say: Statements) -> ConnectionRunner:
    """Return what runs statements, with the write lock where there is only one.

    It has to come before a savepoint: Python's sqlite3 begins no transaction for that, and would commit at its end.
    """
    run = ConnectionRunner(connection, say.server)
    if say.server.one_writer:
        run.count(say.take_turn, {})
    return run


_DEFAULT_ISOLATION: Final[WeakKeyDictionary[Dialect, str]] = WeakKeyDictionary()


def _isolation(connection: sa.Connection) -> str:
    """Return the isolation level of a connection, asked for once per engine unless it was set for this one."""
    chosen: str | None = connection.get_execution_options().get("isolation_level")
    if chosen is not None:
        return chosen
    if connection.dialect not in _DEFAULT_ISOLATION:
        _DEFAULT_ISOLATION[connection.dialect] = connection.get_isolation_level()
        connection.rollback()
    return _DEFAULT_ISOLATION[connection.dialect]


_OWNED: Final[WeakSet[sa.Engine]] = WeakSet()


def _forget_in_children(engine: sa.Engine) -> None:
    """Have the children of a fork leave the parent's connections alone."""
    _OWNED.add(engine)
    _watch_forks()


def _after_fork() -> None:
    for engine in list(_OWNED):
        engine.dispose(close=False)


@functools.cache
def _watch_forks() -> None:
    if sys.platform != "win32":
        os.register_at_fork(after_in_child=_after_fork)

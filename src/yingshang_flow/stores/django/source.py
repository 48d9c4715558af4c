"""Django's connections as a source: one of each thread's own, and whatever transaction it is in."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast
from weakref import WeakSet

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.connection import ConnectionDoesNotExist

from yingshang_flow.errors import StoreError, StoreUnavailableError
from yingshang_flow.stores.django.opening import Database, looked_at, telling_of
from yingshang_flow.stores.sqlalchemy.prepared import Prepared, Values
from yingshang_flow.stores.sqlalchemy.runner import Row


class CursorRunner:
    """Runs prepared statements on cursors of Django's, with its log and its wrappers.

    Args:
        connection: The connection.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def rows(self, statement: Prepared, values: Values) -> Sequence[Row]:
        """Return all rows of a query."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement.sql, _in_order(statement, values))
            return cast("Sequence[Row]", cursor.fetchall())

    def count(self, statement: Prepared, values: Values) -> int:
        """Run a statement that writes, and return how many rows it found."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement.sql, _in_order(statement, values))
            return int(cursor.rowcount)

    def each(self, statement: Prepared, values: Iterable[Values]) -> None:
        """Run a statement once for each of some values; nothing for none."""
        bound = [_in_order(statement, one) for one in values]
        if bound:
            with self._connection.cursor() as cursor:
                cursor.executemany(statement.sql, bound)

    def added(self, statement: Prepared, values: Values) -> bool:
        """Run an INSERT that passes over a row that is there, and say whether the row is new."""
        return self.count(statement, values) == 1


def _in_order(statement: Prepared, values: Values) -> tuple[Any, ...]:
    return cast("tuple[Any, ...]", statement.bound(values))  # %s bears no name


class AliasSource:
    """Each writing is a transaction of its own, or a savepoint where the host is in ``transaction.atomic``.

    The database is looked at when it is first needed, as a project makes its stores before there are connections.

    Args:
        using: The alias of the database in ``DATABASES``.
    """

    def __init__(self, using: str) -> None:
        self.using = using
        self._database: Database | None = None
        self._closed = False
        self._hosted = False

    @property
    def joined(self) -> bool:
        """Whether the thread is in a transaction of the host's."""
        connection = self._connection()
        begun = connection.connection is not None
        by_itself = connection.autocommit if begun else connection.settings_dict["AUTOCOMMIT"]
        return connection.in_atomic_block or not by_itself

    @property
    def database(self) -> Database:
        """The database, looked at once.

        Raises:
            StoreError: A store cannot work on it, or it cannot be reached.
        """
        if self._database is None:
            self._database = looked_at(self._connection())
        return self._database

    @contextmanager
    def writing(self) -> Iterator[CursorRunner]:
        """Enter ``transaction.atomic``: a durable transaction, or inside the host's a savepoint."""
        with self.database.telling.telling(), self.hosting() as connection:
            yield CursorRunner(connection)

    @contextmanager
    def reading(self) -> Iterator[CursorRunner]:
        """Read in whatever transaction the thread is in."""
        connection = self._open()
        with self.database.telling.telling():
            yield CursorRunner(connection)

    @contextmanager
    def hosting(self) -> Iterator[BaseDatabaseWrapper]:
        """Enter it for the host to write in as well; what the host raises passes through."""
        connection, joined = self._open(), self.joined
        telling, atomic = self.database.telling, transaction.atomic(using=self.using)
        with telling.telling():
            if joined:
                # Before the savepoint: Python's sqlite3 may begin no transaction for that, and commit at its end.
                self._take_turn(connection)
            atomic.__enter__()
        try:
            with telling.telling():
                if not joined:
                    self._take_turn(connection)
                self._refuse_isolation(connection, joined=joined)
            yield connection
        except BaseException:
            atomic.__exit__(*sys.exc_info())
            raise
        with telling.telling():
            atomic.__exit__(None, None, None)

    def again(self) -> "AliasSource":
        """Return another of the same database for one transaction, which ends by itself and cannot be closed before."""
        source = AliasSource(self.using)
        source._database = self._database
        source._hosted = True
        return source

    def close(self) -> None:
        """Refuse whatever is begun later; the connections are Django's, and a transaction's end is the host's."""
        if not self._hosted:
            self.end()

    def end(self) -> None:
        """Refuse whatever is begun later."""
        self._closed = True

    def _open(self) -> BaseDatabaseWrapper:
        if self._closed:
            raise StoreUnavailableError(f"the store on the database {self.using!r} is closed; open a new one")
        connection = self._connection()
        if connection.errors_occurred and not connection.in_atomic_block and connection.connection is not None:
            # Django looks at this between requests only, and a worker that goes on for days has none.
            with telling_of(connection).telling():
                if connection.is_usable():
                    connection.errors_occurred = False
                else:
                    connection.close()
        return connection

    def _connection(self) -> BaseDatabaseWrapper:
        try:
            return connections[self.using]
        except ConnectionDoesNotExist as error:
            raise StoreError(f"there is no database {self.using!r} in DATABASES; name one that is there") from error

    def _take_turn(self, connection: BaseDatabaseWrapper) -> None:
        """Have the write lock of a server with one writer."""
        if self.database.statements.server.one_writer:
            CursorRunner(connection).count(self.database.statements.take_turn, {})

    def _refuse_isolation(self, connection: BaseDatabaseWrapper, *, joined: bool) -> None:
        """Refuse a transaction in which locks prove nothing; the store's own are all as the first of a connection."""
        refused = self.database.statements.server.refuses
        if not refused or (not joined and connection.connection in _PROVEN):
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT upper(current_setting('transaction_isolation'))")
            (level,) = cursor.fetchone()
        if level in refused:
            raise StoreError(
                f"the transaction on the database {self.using!r} is at {level}, where children are counted as they"
                " were when it began; begin it at READ COMMITTED"
            )
        if not joined:
            _PROVEN.add(connection.connection)


_PROVEN: Final[WeakSet[Any]] = WeakSet()
"""Connections whose own transactions were seen to be at a level that proves something."""

"""What the logic of a store needs of a connection: the seam at which Django's, or anybody's, can be put in."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from yingshang_flow.stores.sqlalchemy.prepared import Prepared, Values

Row = Sequence[Any]


class Runner(Protocol):
    """Runs prepared statements on one connection, in whatever transaction it is in.

    Its driver's exceptions pass through it; the source it comes from tells them.
    """

    def rows(self, statement: Prepared, values: Values) -> Sequence[Row]:
        """Return all rows of a query, texts as ``str``."""

    def count(self, statement: Prepared, values: Values) -> int:
        """Run an UPDATE, a DELETE or an INSERT that cannot meet a row, and return how many rows it found."""

    def each(self, statement: Prepared, values: Iterable[Values]) -> None:
        """Run a statement once for each of some values; nothing for none."""

    def added(self, statement: Prepared, values: Values) -> bool:
        """Run an INSERT made by ``Server.insert`` and say whether the row is new.

        On a server that does not pass over rows the error of a duplicate is caught, inside a savepoint where an error
        would end the transaction.
        """


class Source(Protocol):
    """Where a store gets its connections from, and whose transactions they are in.

    Whatever a driver raises inside of its blocks leaves them as a ``StoreError`` (S14).
    """

    @property
    def joined(self) -> bool:
        """Whether its writing is part of the caller's own transaction."""

    def writing(self) -> AbstractContextManager[Runner]:
        """Begin to write, yield what runs statements, and keep it at the end, or nothing of it after an error.

        Its own transaction at READ COMMITTED, durable at the end; or a savepoint in the caller's transaction, so that
        after an error that one is as it was before (S25). A server with one writer has its lock before the block is
        entered.
        """

    def reading(self) -> AbstractContextManager[Runner]:
        """Yield what runs queries; at the end no transaction of its own is left open."""

    def close(self) -> None:
        """Let go of what is its own; closing twice is allowed, and whatever is begun later is refused."""

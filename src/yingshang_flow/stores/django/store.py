"""A store in a database of a Django project, in transactions of its own or in ``transaction.atomic``."""

from collections.abc import Iterator
from contextlib import contextmanager

from yingshang_flow.ports import HostTransactions
from yingshang_flow.stores.django.source import AliasSource
from yingshang_flow.stores.sqlalchemy.relational import RelationalStore
from yingshang_flow.stores.sqlalchemy.statements import Statements


class DjangoStore(RelationalStore, HostTransactions):
    """A store in the tables that ``manage.py migrate`` makes, on PostgreSQL or SQLite.

    Every method uses the connection of its thread, so one store serves a whole project. Outside of
    ``transaction.atomic`` a commit is a durable transaction of its own. Inside it is a savepoint: the case and the
    host's own rows are kept together when the block ends, or not at all, and after a refusal the block can go on.

    Nothing is connected when a store is made; the database is looked at when it is first needed, and then
    ``SchemaError`` says if its tables are missing or of another release.

    Args:
        using: The alias of the database in ``DATABASES``.
    """

    _source: AliasSource

    def __init__(self, using: str = "default") -> None:
        # What the base takes as ready values is here found out when it is first asked for.
        self._source = AliasSource(using)

    @property
    def joined(self) -> bool:  # type: ignore[override]  # nobody sets it
        """Whether this thread is in a transaction of the host's, so that nothing is durable before that commits."""
        return self._source.joined

    @property
    def server(self) -> str:  # type: ignore[override]  # nobody sets it
        """What the server says it is, with its version."""
        return self._source.database.version

    @property
    def _say(self) -> Statements:  # type: ignore[override]  # nobody sets it
        return self._source.database.statements

    @contextmanager
    def transaction(self) -> Iterator["DjangoStore"]:
        """Enter ``transaction.atomic`` and yield a store for it; the host writes its own rows as it always does.

        It commits at the end, or rolls back on an error, which passes through. Entered inside of another atomic block
        it is a part of that one.

        Raises:
            StoreUnavailableError: The transaction cannot be begun or committed.
        """
        with self._source.hosting():
            joined = DjangoStore(self._source.using)
            joined._source = source = self._source.again()
            try:
                yield joined
            finally:
                source.end()

"""Makes the tables of a store and brings them up to date, one upgrade at a time; the only door to Alembic."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from yingshang_flow.errors import SchemaError, StoreUnavailableError
from yingshang_flow.stores.sqlalchemy.opening import connected, dialect_of, engine_of, telling_of
from yingshang_flow.stores.sqlalchemy.schema import HEAD, REVISIONS, newer, revision_of
from yingshang_flow.stores.sqlalchemy.servers import Server, server_of
from yingshang_flow.stores.sqlalchemy.tables import PREFIX, admitted_prefix


def upgrade(engine: sa.Engine | sa.URL | str, *, prefix: str = PREFIX, server: Server | None = None) -> str | None:
    """Make the tables, or bring those of an older release up to date; several at a time wait for each other.

    On PostgreSQL and SQLite it is done or not done at all. MySQL and MariaDB commit after every step, and an upgrade
    that was interrupted there is finished by the next.

    Args:
        engine: An engine, which stays the host's, or a URL.
        prefix: What the names of the tables begin with.
        server: What is known of the server; found out unless given.

    Returns:
        The revision there was before; none if there were no tables.

    Raises:
        SchemaError: There are tables of somebody else's by these names, or those of a newer release.
        StoreUnavailableError: The database cannot be reached or changed.
    """
    admitted_prefix(prefix)
    used = engine if isinstance(engine, sa.Engine) else engine_of(engine, server)
    telling = telling_of(used, prefix, server)
    try:
        with (
            connected(used, telling) as connection,
            connection.begin(),
            _alone(connection, telling.server, prefix),
        ):
            before = revision_of(connection, prefix)
            if before and before not in REVISIONS:
                raise SchemaError(newer(telling.place, before))
            command.upgrade(_config(prefix, connection=connection), HEAD)
    finally:
        if used is not engine:
            used.dispose()
    return before or None


def upgrade_sql(url: sa.URL | str, *, prefix: str = PREFIX) -> str:
    """Return the SQL that makes the tables, for whoever may not create any himself; nothing is connected.

    Args:
        url: The URL, of which only the kind of database matters.
        prefix: What the names of the tables begin with.

    Raises:
        StoreError: It is no URL, or of a database that no store is known for.
    """
    admitted_prefix(prefix)
    server_of(dialect_of(url))
    output = io.StringIO()
    command.upgrade(_config(prefix, url=url, output=output), HEAD, sql=True)
    return output.getvalue()


def _config(prefix: str, **given: object) -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", "yingshang_flow.stores.sqlalchemy:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes.update(prefix=prefix, **given)
    return config


@contextmanager
def _alone(connection: sa.Connection, server: Server, prefix: str) -> Iterator[None]:
    """Wait until no other upgrade of these tables runs, and let none begin."""
    named = f"{connection.engine.url.database} {prefix}"
    lock = {"lock": str(int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], signed=True))}
    got = connection.execute(sa.text(server.upgrade_lock), lock if ":lock" in server.upgrade_lock else {})
    if server.upgrade_unlock is None:
        yield  # until the end of the transaction
        return
    if got.scalar() != 1:
        raise StoreUnavailableError(f"another upgrade of the tables {prefix!r} is running; try again when it is done")
    try:
        yield
    finally:
        connection.execute(sa.text(server.upgrade_unlock), lock)

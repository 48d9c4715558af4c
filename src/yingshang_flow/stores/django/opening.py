"""What is looked at before a store begins to work on a database of Django's: the server, its settings, the tables."""

from typing import Any, Final

import attrs
from django.db.backends.base.base import BaseDatabaseWrapper
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

from yingshang_flow.errors import SchemaError, StoreError
from yingshang_flow.stores.django.fields import other_vendor
from yingshang_flow.stores.django.settings import prefix
from yingshang_flow.stores.django.telling import Telling
from yingshang_flow.stores.sqlalchemy.schema import HEAD, REVISIONS, newer, version_table
from yingshang_flow.stores.sqlalchemy.servers import adapted, server_of
from yingshang_flow.stores.sqlalchemy.statements import Statements

# Django's cursors take %s for a value on every server.
_DIALECTS: Final[dict[str, Dialect]] = {
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]  # SQLAlchemy has not typed it
    "sqlite": SQLiteDialect_pysqlite(paramstyle="format"),
}


@attrs.frozen(eq=False)
class Database:
    """A database that a store can work on.

    Attributes:
        statements: What is said to it, with what it is.
        telling: Tells its errors.
        version: What it says it is, such as ``PostgreSQL 15.20``.
    """

    statements: Statements
    telling: Telling
    version: str


def telling_of(connection: BaseDatabaseWrapper) -> Telling:
    """Return what tells the errors of a database that was not looked at yet.

    Raises:
        StoreError: It is neither PostgreSQL nor SQLite.
    """
    if connection.vendor not in _DIALECTS:
        raise other_vendor(connection)
    return Telling(server_of(_DIALECTS[connection.vendor]), prefix(), f"the database {connection.alias!r}")


def looked_at(connection: BaseDatabaseWrapper) -> Database:
    """Look at a database, and return it if a store can work on it; nothing is written.

    Raises:
        SchemaError: The tables are missing, or of an older or newer release.
        StoreError: It is neither PostgreSQL nor SQLite, or would lose or change what is kept.
        StoreUnavailableError: It cannot be reached or read.
    """
    telling = telling_of(connection)
    base, place = telling.server, telling.place
    with telling.telling(), connection.cursor() as cursor:
        cursor.execute(base.settings)
        settings: dict[str, Any] = dict(
            zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True)
        )
        if settings["encoding"] != base.encoding:
            raise StoreError(
                f"{place} speaks {settings['encoding']!r}, which cannot hold every character;"
                f" it has to be {base.encoding!r}"
            )
        _refuse_other_schema(connection, cursor, place)
    said = str(settings["version"])
    server = adapted(base, said)
    if not server.ignores:
        raise StoreError(f"{place} is of {server.name}, which this store does not work on; use an SQLAlchemyStore")
    number = said.removeprefix(f"{server.name} ").split()[0]
    return Database(
        Statements(server, _DIALECTS[connection.vendor], telling.prefix),
        attrs.evolve(telling, server=server),
        f"{server.name} {number}",
    )


def _refuse_other_schema(connection: BaseDatabaseWrapper, cursor: Any, place: str) -> None:  # noqa: ANN401 - Django's own
    name = version_table(prefix())
    migrate = "run: python manage.py migrate yingshang_flow"
    found = None
    if name in connection.introspection.table_names(cursor):
        cursor.execute(f"SELECT version_num FROM {name}")  # noqa: S608 - a name that was admitted
        found = cursor.fetchone()
    if found is None:
        raise SchemaError(f"{place} has no tables of a store under the prefix {prefix()!r}; {migrate}")
    if found[0] not in REVISIONS:
        raise SchemaError(newer(place, found[0]))
    if found[0] != HEAD:
        raise SchemaError(f"{place} has the tables of revision {found[0]}, this code needs {HEAD}; {migrate}")

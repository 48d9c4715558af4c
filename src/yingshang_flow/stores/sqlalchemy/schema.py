"""Which revision of the tables a database has, and whether this code can work with it; writes nothing."""

from typing import Final

import sqlalchemy as sa

from yingshang_flow.errors import SchemaError
from yingshang_flow.stores.sqlalchemy.tables import admitted_prefix

REVISIONS: Final = ("0001", "0002")
"""The revisions of the tables in order, as the migrations are numbered; this code works with the last."""

HEAD: Final = REVISIONS[-1]


def version_table(prefix: str) -> str:
    """Return the name of the table that says which revision a database has."""
    return f"{admitted_prefix(prefix)}schema"


def refuse_other_schema(connection: sa.Connection, prefix: str, place: str) -> None:
    """Refuse a database whose tables this code cannot work with.

    Args:
        connection: A connection to it.
        prefix: What the names of the tables begin with.
        place: How the database is named in a message.

    Raises:
        SchemaError: There are no tables, somebody else's by their name, or those of an older or newer release.
    """
    found = revision_of(connection, prefix)
    upgrade = f"run: yingshang-flow db upgrade --db URL --prefix {prefix}"
    if found is None:
        raise SchemaError(f"{place} has no tables of a store under the prefix {prefix!r}; {upgrade}")
    if not found:
        raise SchemaError(f"an upgrade of the tables {prefix!r} on {place} was interrupted; {upgrade}")
    if found != HEAD:
        if found in REVISIONS:
            raise SchemaError(f"{place} has the tables of revision {found}, this code needs {HEAD}; {upgrade}")
        raise SchemaError(newer(place, found))


def newer(place: str, found: str) -> str:
    """Return what is said of tables that only a newer release can work with."""
    return f"{place} has the tables of revision {found}, this code knows up to {HEAD}; install a newer yingshang-flow"


def revision_of(connection: sa.Connection, prefix: str) -> str | None:
    """Return the revision of the tables under a prefix; empty when it was never finished, none without tables.

    Raises:
        SchemaError: There is a table by the name of ours, but nothing that says that it is.
    """
    name = version_table(prefix)
    inspector = sa.inspect(connection)
    if not inspector.has_table(name):
        if inspector.has_table(f"{prefix}cases"):
            raise SchemaError(
                f"there is a table {prefix + 'cases'!r}, but no {name!r} that would say it is a store's;"
                " choose another prefix"
            )
        return None
    version = sa.table(name, sa.column("version_num"))
    rows = connection.execute(sa.select(version.c.version_num)).scalars().all()
    return str(rows[0]) if rows else ""

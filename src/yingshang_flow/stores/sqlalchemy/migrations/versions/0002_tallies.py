"""The table of what is counted for the assessment of units; cases from before it are counted by ``docket.retally``.

On a server that commits after every CREATE, an interrupted run leaves some of it; what is there is passed over, so that
it can be run again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.base import PGDialect

revision = "0002"
down_revision = "0001"

_OPTIONS: dict[str, Any] = {
    f"{name}_{option}": value
    for name in ("mysql", "mariadb")
    for option, value in (("engine", "InnoDB"), ("row_format", "DYNAMIC"), ("charset", "utf8mb4"))
}


def upgrade() -> None:
    """Make the table with its index."""
    _table("tallies", "case_id revision measure unit day", "case_id revision:big measure unit day:due count:big")
    _index("tallies_day", "tallies", "day measure unit count")


def _table(name: str, key: str, columns: str) -> None:
    """Make a table: columns are names unless ``:`` says otherwise, and have a value unless ``?`` says otherwise."""
    full = _prefixed(name)
    if context.is_offline_mode() or not sa.inspect(op.get_bind()).has_table(full):
        op.create_table(full, *map(_column, columns.split()), sa.PrimaryKeyConstraint(*key.split()), **_OPTIONS)


def _index(name: str, table: str, columns: str, *, unique: bool = False) -> None:
    full = _prefixed(name)
    if not context.is_offline_mode():
        found = sa.inspect(op.get_bind()).get_indexes(_prefixed(table))
        if full in {index["name"] for index in found}:
            return
    op.create_index(full, _prefixed(table), columns.split(), unique=unique)


def _prefixed(name: str) -> str:
    return f"{context.config.attributes['prefix']}{name}"


def _column(told: str) -> sa.Column[Any]:
    name, _, kind = told.removesuffix("?").partition(":")
    return sa.Column(name, _type(kind), nullable=told.endswith("?"), autoincrement=False)


def _type(kind: str) -> sa.types.TypeEngine[Any]:
    dialect = op.get_context().dialect
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "": sa.Text(),
        "due": sa.Text(),
        "long": sa.Text(),
        "big": sa.BigInteger(),
        "int": sa.Integer(),
        "small": sa.SmallInteger(),
    }
    if isinstance(dialect, MySQLDialect):
        long = mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin")
        kinds |= {"": mysql.VARBINARY(800), "due": mysql.VARBINARY(40), "long": long}
    elif isinstance(dialect, PGDialect):
        kinds |= dict.fromkeys(["", "due"], postgresql.TEXT(collation="C"))
    return kinds[kind]

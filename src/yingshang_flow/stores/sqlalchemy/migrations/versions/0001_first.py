"""The tables of the first release.

On a server that commits after every CREATE, an interrupted run leaves some of them; what is there is passed over, so
that it can be run again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.postgresql.base import PGDialect

revision = "0001"
down_revision = None

_OPTIONS: dict[str, Any] = {
    f"{name}_{option}": value
    for name in ("mysql", "mariadb")
    for option, value in (("engine", "InnoDB"), ("row_format", "DYNAMIC"), ("charset", "utf8mb4"))
}


def upgrade() -> None:
    """Make every table with its indexes."""
    _table("records", "case_id revision", "case_id revision:big kind record_key? recorded_at:big hash text:long")
    _index("records_key", "records", "record_key", unique=True)
    _table(
        "cases",
        "case_id",
        "case_id revision:big lifecycle fingerprint state final:small reference? parent? origin? units:long head"
        " token:big leased_until:big text:long",
    )
    _index("cases_reference", "cases", "reference lifecycle", unique=True)
    _index("cases_parent", "cases", "parent case_id")
    _index("cases_origin", "cases", "origin case_id")
    _index("cases_state", "cases", "state case_id", unique=True)
    _index("cases_lifecycle", "cases", "lifecycle case_id")
    _index("cases_open", "cases", "final case_id")
    _table("units", "unit case_id", "unit case_id final:small")
    _index("units_open", "units", "unit final case_id")
    _table(
        "deadlines",
        "case_id limit_key obligor number",
        "case_id limit_key obligor number:int status due:due owed:small alarm:big?",
    )
    _index("deadlines_alarm", "deadlines", "alarm case_id limit_key obligor number")
    _index("deadlines_owed", "deadlines", "owed due case_id limit_key obligor number")
    _table("vault", "commitment", "commitment case_id salt text:long")
    _index("vault_case", "vault", "case_id commitment")
    _table("definitions", "fingerprint", "fingerprint lifecycle version:int profile text:long")
    _table(
        "messages",
        "case_id revision number",
        "case_id revision:big number:int topic recorded_at:big token:big leased_until:big text:long",
    )
    _index("messages_oldest", "messages", "recorded_at case_id revision number")


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

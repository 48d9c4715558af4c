"""The tables of a store, under a prefix of the host's choice."""

import re
from typing import Any, Final

import attrs
import sqlalchemy as sa

from yingshang_flow.errors import StoreError
from yingshang_flow.stores.sqlalchemy.servers import DUE_BYTES, LongText, Name

PREFIX: Final = "ysf_"
"""What the names of all tables and indexes begin with unless the host says otherwise."""

_POSSIBLE: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
_OPTIONS: Final[dict[str, Any]] = {
    f"{name}_{option}": value
    for name in ("mysql", "mariadb")
    for option, value in (("engine", "InnoDB"), ("row_format", "DYNAMIC"), ("charset", "utf8mb4"))
}


@attrs.frozen(eq=False)
class Tables:
    """Every table, in SQLAlchemy's words.

    Attributes:
        prefix: What their names begin with.
        metadata: All of them.
        records: What happened, a row a record.
        cases: Where each case stands, and who is doing what is due in it.
        units: Which cases a unit finds.
        deadlines: Every deadline, by its next alarm and its due date.
        vault: Confidential values.
        definitions: What cases were opened under.
        messages: What is still to be delivered.
        tallies: What is counted for the assessment of units.
    """

    prefix: str
    metadata: sa.MetaData
    records: sa.Table
    cases: sa.Table
    units: sa.Table
    deadlines: sa.Table
    vault: sa.Table
    definitions: sa.Table
    messages: sa.Table
    tallies: sa.Table


def admitted_prefix(prefix: str) -> str:
    """Return a prefix that may stand in the names of tables.

    Raises:
        StoreError: It is no word of at most 20 small letters, digits and underscores; some servers fold or cut others.
    """
    if not _POSSIBLE.fullmatch(prefix):
        raise StoreError(
            f"the prefix {prefix!r} cannot begin the names of tables; give a letter and up to 19 more of a-z, 0-9 and _"
        )
    return prefix


def tables(prefix: str = PREFIX) -> Tables:
    """Return the tables under a prefix.

    The migrations make them; a test holds both to each other.

    Raises:
        StoreError: The prefix cannot begin the names of tables.
    """
    admitted_prefix(prefix)
    metadata = sa.MetaData()

    def table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
        return sa.Table(prefix + name, metadata, *parts, **_OPTIONS)

    def index(name: str, *columns: str, unique: bool = False) -> sa.Index:
        return sa.Index(prefix + name, *columns, unique=unique)

    # A unique index lets rows without a value be on every server. Columns that change with most acts are in no index.
    return Tables(
        prefix,
        metadata,
        records=table(
            "records",
            _column("case_id", Name),
            _column("revision", sa.BigInteger),
            _column("kind", Name),
            _column("record_key", Name, nullable=True),
            _column("recorded_at", sa.BigInteger),
            _column("hash", Name),
            _column("text", LongText),
            sa.PrimaryKeyConstraint("case_id", "revision"),
            index("records_key", "record_key", unique=True),
        ),
        cases=table(
            "cases",
            _column("case_id", Name),
            _column("revision", sa.BigInteger),
            _column("lifecycle", Name),
            _column("fingerprint", Name),
            _column("state", Name),
            _column("final", sa.SmallInteger),
            _column("reference", Name, nullable=True),
            _column("parent", Name, nullable=True),
            _column("origin", Name, nullable=True),
            _column("units", LongText),
            _column("head", Name),
            _column("token", sa.BigInteger),
            _column("leased_until", sa.BigInteger),
            _column("text", LongText),
            sa.PrimaryKeyConstraint("case_id"),
            index("cases_reference", "reference", "lifecycle", unique=True),
            index("cases_parent", "parent", "case_id"),
            index("cases_origin", "origin", "case_id"),
            # Unique, as PostgreSQL then locks a row whose state changes against everybody who counts on it.
            index("cases_state", "state", "case_id", unique=True),
            index("cases_lifecycle", "lifecycle", "case_id"),
            index("cases_open", "final", "case_id"),
        ),
        units=table(
            "units",
            _column("unit", Name),
            _column("case_id", Name),
            _column("final", sa.SmallInteger),
            sa.PrimaryKeyConstraint("unit", "case_id"),
            index("units_open", "unit", "final", "case_id"),
        ),
        deadlines=table(
            "deadlines",
            _column("case_id", Name),
            _column("limit_key", Name),
            _column("obligor", Name),
            _column("number", sa.Integer),
            _column("status", Name),
            _column("due", Name(DUE_BYTES)),
            _column("owed", sa.SmallInteger),
            _column("alarm", sa.BigInteger, nullable=True),
            sa.PrimaryKeyConstraint("case_id", "limit_key", "obligor", "number"),
            index("deadlines_alarm", "alarm", "case_id", "limit_key", "obligor", "number"),
            index("deadlines_owed", "owed", "due", "case_id", "limit_key", "obligor", "number"),
            index("deadlines_owing", "owed", "case_id"),
        ),
        vault=table(
            "vault",
            _column("commitment", Name),
            _column("case_id", Name),
            _column("salt", Name),
            _column("text", LongText),
            sa.PrimaryKeyConstraint("commitment"),
            index("vault_case", "case_id", "commitment"),
        ),
        definitions=table(
            "definitions",
            _column("fingerprint", Name),
            _column("lifecycle", Name),
            _column("version", sa.Integer),
            _column("profile", Name),
            _column("text", LongText),
            sa.PrimaryKeyConstraint("fingerprint"),
        ),
        messages=table(
            "messages",
            _column("case_id", Name),
            _column("revision", sa.BigInteger),
            _column("number", sa.Integer),
            _column("topic", Name),
            _column("recorded_at", sa.BigInteger),
            _column("token", sa.BigInteger),
            _column("leased_until", sa.BigInteger),
            _column("text", LongText),
            sa.PrimaryKeyConstraint("case_id", "revision", "number"),
            index("messages_oldest", "recorded_at", "case_id", "revision", "number"),
        ),
        tallies=table(
            "tallies",
            _column("case_id", Name),
            _column("revision", sa.BigInteger),
            _column("measure", Name),
            _column("unit", Name),
            _column("day", Name(DUE_BYTES)),
            _column("count", sa.BigInteger),
            sa.PrimaryKeyConstraint("case_id", "revision", "measure", "unit", "day"),
            # It has all that is summed, in order of days.
            index("tallies_day", "day", "measure", "unit", "count"),
        ),
    )


def _column(
    name: str, kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]], *, nullable: bool = False
) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable, autoincrement=False)

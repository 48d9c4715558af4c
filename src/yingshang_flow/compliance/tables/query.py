"""Reads what a query on somebody's database finds as a table, and writes nothing; the one door to SQLAlchemy here."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from yingshang_flow.compliance.tables.cells import Unreadable, real_day
from yingshang_flow.compliance.tables.table import Cell, Row, Table, short
from yingshang_flow.errors import LedgerError
from yingshang_flow.words import Label

_AT_ONCE: Final = 1_000
_LONGEST_ERROR: Final = 200
_READS: Final = ("select", "with", "values", "table")
_READ_ONLY: Final = dict.fromkeys(("postgresql", "mysql", "mariadb"), "SET TRANSACTION READ ONLY")
_SQLITE_READS: Final = "PRAGMA query_only ="


def query_table(url: str | sa.Engine, statement: str, *, name: str = "") -> Table:
    """Open what a query finds; its rows are fetched as they are asked for, and the transaction is rolled back.

    On SQLite, PostgreSQL, MySQL and MariaDB the database itself is told to refuse writing.

    Args:
        url: Where the database is, as SQLAlchemy writes it; or an engine.
        statement: One statement that only reads, in the database's SQL.
        name: What to call it in messages; the database without its password unless given.

    Raises:
        LedgerError: The database cannot be reached, or the statement does not read or is refused.
    """
    try:
        # Without a pool: a connection of our own is closed with the last row, not when somebody collects it.
        engine = url if isinstance(url, sa.Engine) else sa.create_engine(url, poolclass=sa.NullPool)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as exc:
        raise LedgerError(name or "the database", f"its address cannot be used: {short(str(exc))}") from exc
    name = name or engine.url.render_as_string(hide_password=True)
    first = statement.lstrip("( \t\r\n").partition(" ")[0].partition("\n")[0].lower()
    if first not in _READS:
        raise LedgerError(name, f"the statement begins with {first!r}; give one that only reads, such as SELECT …")
    if ";" in statement.rstrip("; \t\r\n"):
        raise LedgerError(name, "there is a “;” inside the statement; give one statement only, without it")
    headings: list[str] = []
    rows = _rows(engine, statement, name, headings)
    next(rows)
    return Table(name, "SQL", rows, headings=tuple(headings))


def _rows(engine: sa.Engine, statement: str, name: str, headings: list[str]) -> Iterator[Row]:
    """Yield a row of nothing when the names of the columns are known, then every row with its number."""
    try:
        with engine.connect() as connection:
            kind = engine.dialect.name
            if kind == "sqlite":
                _tell(connection, _SQLITE_READS, "ON")
            elif kind in _READ_ONLY:
                _tell(connection, _READ_ONLY[kind])
            try:
                streaming = connection.execution_options(
                    stream_results=True, max_row_buffer=_AT_ONCE, no_parameters=True
                )
                result = streaming.exec_driver_sql(statement)
                headings += result.keys()
                yield 0, ()
                for line, row in enumerate(result, 1):
                    yield line, [_cell(value) for value in row]
            finally:
                connection.rollback()
                if kind == "sqlite":  # the connection goes back to those who may write
                    _tell(connection, _SQLITE_READS, "OFF")
    except SQLAlchemyError as exc:
        why = " ".join(str(getattr(exc, "orig", None) or exc)[:_LONGEST_ERROR].split())
        raise LedgerError(name, f"the query is refused: {why}; correct it, or the address of the database") from exc


def _tell(connection: sa.Connection, *words: str) -> None:
    connection.exec_driver_sql(" ".join(words))


def _cell(value: Any) -> Cell:  # noqa: ANN401  # whatever a driver gives
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case date():
            return real_day(value)
        case str() | int() | float() | Decimal():
            return str(value).strip()
        case [*texts] if all(isinstance(one, str) for one in texts):
            return "、".join(texts)
    kind = type(value).__name__
    return Unreadable(
        Label(f"不是文本、数字或日期（{kind}）", f"it is no text, number or date but {kind}"),
        Label("请在查询中转换", "convert it in the query"),
        short(str(value)),
    )

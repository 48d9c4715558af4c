"""Queries as ledgers: every kind of value, that nothing can be written, and one error for what is wrong."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.compliance.permits import PERMITS, Application
from yingshang_flow.compliance import Ledger, Mapping, read_ledger
from yingshang_flow.compliance.tables.cells import Unreadable
from yingshang_flow.compliance.tables.query import _cell, query_table
from yingshang_flow.compliance.tables.table import text_of
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import LedgerError

MAPPING = Mapping.from_text(
    'lifecycle = "permits"\n[columns]\n"编号" = "id"\n"申请日期" = "asked"\n"听取时间" = "heard"\n"份数" = "copies"\n'
    '"加急" = "urgent"\n"事项" = "matter"\n',
)
TABLE = sa.Table(
    "applications",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("asked", sa.Date),
    sa.Column("heard", sa.DateTime),
    sa.Column("copies", sa.Numeric),
    sa.Column("urgent", sa.Boolean),
    sa.Column("matter", sa.Text),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    """Somebody's database with two made-up applications."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    TABLE.metadata.create_all(engine)
    heard = datetime(2021, 3, 1, 9, 30)  # noqa: DTZ001  # as such databases keep it
    with engine.begin() as connection:
        connection.execute(
            TABLE.insert(), {"id": 1, "asked": date(2021, 3, 1), "heard": heard, "copies": 2, "matter": " 修路 "}
        )
        connection.execute(TABLE.insert(), {"id": 2, "asked": None, "heard": None, "copies": None, "matter": None})
    yield engine
    engine.dispose()


def read(engine: sa.Engine, statement: str = "SELECT * FROM applications ORDER BY id") -> Ledger:
    return read_ledger(query_table(engine, statement), PERMITS, mapping=MAPPING)


def refused(url: str | sa.Engine, statement: str = "SELECT 1") -> str:
    with pytest.raises(LedgerError) as caught:
        query_table(url, statement)
    (problem,) = caught.value.problems
    return problem


def test_rows_are_read_with_their_number_and_every_problem_named(engine: sa.Engine) -> None:
    found = read(engine)
    (row,) = found.rows
    assert (row.line, row.reference, found.encoding) == (1, "1", "SQL")
    assert row.acts[0].content == Application("修路", 2, None, datetime(2021, 3, 1, 9, 30, tzinfo=CHINA_TIME))
    assert [(problem.line, problem.column) for problem in found.problems] == [(2, "asked")]


def test_an_address_opens_a_database_and_hides_its_password(tmp_path: Path, engine: sa.Engine) -> None:
    assert len(read(engine).rows) == 1
    table = query_table(f"sqlite:///{tmp_path / 'other.db'}", "SELECT id, asked FROM applications")
    assert table.headings == ("id", "asked")
    list(table.rows)
    assert "secret" not in refused("postgresql+psycopg://me:secret@127.0.0.1:1/x")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (True, "是"),
        (False, "否"),
        (date(2021, 3, 1), "2021-03-01"),
        (datetime(2021, 3, 1, 9, tzinfo=CHINA_TIME), "2021-03-01 09:00+08:00"),
        (["甲", "乙"], "甲、乙"),
        (1.5, "1.5"),
        (None, ""),
    ],
)
def test_values_of_every_kind_become_cells(value: object, cell: str) -> None:
    assert text_of(_cell(value)) == cell


@pytest.mark.parametrize("value", [["甲", 1], [1, 2], b"x", {"a": 1}])
def test_a_list_of_more_than_texts_and_what_nobody_reads_is_no_cell(value: object) -> None:
    found = _cell(value)
    assert isinstance(found, Unreadable)
    assert (found.remedy.zh, found.value) == ("请在查询中转换", str(value))


def test_a_value_that_is_no_text_number_or_date_is_refused_in_its_row(engine: sa.Engine) -> None:
    found = read(engine, "SELECT id, asked, x'00ff' AS matter, heard, copies, urgent FROM applications WHERE id = 1")
    assert "it is no text, number or date but bytes" in found.problems[0].why.en


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM applications", "begins with 'delete'; give one that only reads"),
        ("", "begins with ''"),
        ("SELECT 1; DELETE FROM applications", "a “;” inside the statement"),
        ("SELECT colour FROM applications", "the query is refused: no such column"),
    ],
)
def test_a_statement_that_does_not_read_is_refused(engine: sa.Engine, statement: str, why: str) -> None:
    assert why in refused(engine, statement)


def test_the_database_itself_refuses_writing(engine: sa.Engine) -> None:
    writing = "WITH x AS (SELECT 1) DELETE FROM applications"
    assert "the query is refused" in refused(engine, writing)
    with engine.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(TABLE)).scalar() == 2
        connection.execute(TABLE.delete())  # and writes again for others afterwards


def test_postgresql_is_read_as_a_stream_and_refuses_writing(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url)
    try:
        with engine.begin() as connection:
            TABLE.create(connection)
            connection.exec_driver_sql("CREATE SEQUENCE numbers")
            connection.execute(TABLE.insert(), [{"id": number, "asked": date(2021, 3, 1)} for number in range(2_000)])
        assert len(read(engine, "SELECT * FROM applications WHERE coalesce(matter, '') NOT LIKE '%x%'").rows) == 2_000
        assert "read-only transaction" in refused(engine, "SELECT nextval('numbers')")
        writing = "WITH gone AS (DELETE FROM applications RETURNING id) SELECT * FROM gone"
        assert "the query is refused" in refused(engine, writing)
    finally:
        with engine.begin() as connection:
            TABLE.drop(connection)
            connection.exec_driver_sql("DROP SEQUENCE numbers")
        engine.dispose()


def test_mariadb_is_read_as_a_stream_and_refuses_writing(mariadb_url: str) -> None:
    engine = sa.create_engine(mariadb_url)
    try:
        with engine.begin() as connection:
            TABLE.create(connection)
            connection.exec_driver_sql("CREATE SEQUENCE numbers")
            connection.execute(TABLE.insert(), [{"id": number + 1, "asked": date(2021, 3, 1)} for number in range(50)])
        assert len(read(engine, "SELECT * FROM applications WHERE coalesce(matter, '') NOT LIKE '%x%'").rows) == 50
        assert "Cannot execute statement in a READ ONLY transaction" in refused(engine, "SELECT NEXTVAL(numbers)")
    finally:
        with engine.begin() as connection:
            TABLE.drop(connection)
            connection.exec_driver_sql("DROP SEQUENCE numbers")
        engine.dispose()


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y", "sqlite:////nowhere/at/all.db"])
def test_an_address_that_leads_nowhere_is_told(url: str) -> None:
    assert "address" in refused(url)

"""``db``: the tables of files and of databases by URL are made, brought up to date, and looked at."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlite import schema

OLD = Path(__file__).parent.parent / "data" / "sqlite-1.sql"


def test_the_tables_of_a_url_are_made_and_then_up_to_date(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    assert run("db", "upgrade", "--db", url).stdout == f"{url}: up to date, made anew\n"
    assert run("db", "upgrade", "--db", url).stdout.startswith(f"{url}: up to date, was version ")
    assert run("db", "check", "--db", url).stdout == f"{url}: up to date\n"
    SQLAlchemyStore(url).close()


def test_a_file_of_an_older_release_is_upgraded_only_when_told_to(
    run: Run, refused: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "cases.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD.read_text("utf-8"))
    assert "yingshang-flow db upgrade --db" in refused("db", "check", "--db", path)
    assert run("db", "upgrade", "--db", path).stdout == f"{path}: up to date, was version 1\n"
    assert run("db", "check", "--db", path).stdout == f"{path}: up to date\n"
    SQLiteStore(path).close()


def test_a_file_of_every_older_schema_is_upgraded_and_can_count(run: Run, tmp_path: Path) -> None:
    for version in (1, 2):
        path = tmp_path / f"{version}.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(OLD.read_text("utf-8"))
            if version == 2:  # the step to it, and no further
                for statement in schema._STEPS[1]:
                    connection.execute(statement)
                connection.execute("PRAGMA user_version = 2")
                connection.commit()
        assert run("db", "upgrade", "--db", path).stdout == f"{path}: up to date, was version {version}\n"
        with closing(sqlite3.connect(path)) as connection, closing(SQLiteStore(tmp_path / "new.db")) as new:
            of_new = new._session()
            with of_new as fresh:
                tables = "SELECT name, sql FROM sqlite_master WHERE name LIKE '%tallies%' ORDER BY name"
                assert connection.execute(tables).fetchall() == fresh.execute(tables).fetchall()
        with closing(SQLiteStore(path)) as store:
            assert store.tallied("0001-01-01", "9999-12-31") == ()


def test_the_sql_is_printed_for_whoever_may_make_tables(run: Run) -> None:
    printed = run("db", "upgrade", "--db", "postgresql+psycopg://nobody@nowhere/none", "--sql", "--prefix", "office_")
    assert printed.exit_code == 0
    assert "CREATE TABLE office_cases" in printed.stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("check", "--db", "sqlite:///nowhere.db"), "db upgrade"),
        (("check", "--db", "nowhere.db"), "there is no file"),
        (("upgrade", "--db", "cases.db", "--sql"), "SQL is for databases with a URL, not for the file 'cases.db'"),
        (("upgrade", "--db", "moon://x"), "moon"),
        (("upgrade", "--db", "postgresql+psycopg://nobody@127.0.0.1:1/none"), "127.0.0.1:1"),
        (("upgrade", "--db", "sqlite:///x.db", "--prefix", "DROP TABLE"), "DROP TABLE"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    refused: Callable[..., str],
    arguments: tuple[str, ...],
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert problem in refused("db", *arguments)

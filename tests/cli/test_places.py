"""``--db`` takes the URL of a database wherever it takes a file, and says what is wrong with one that will not do."""

import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Run
from tests.lifecycles.complaining import BODY, RECEIVED, receipt
from tests.stores.sqlalchemy.conftest import Place as Tables
from tests.stores.sqlalchemy.conftest import a_place
from yingshang_flow import Docket, lifecycles
from yingshang_flow.cli import program
from yingshang_flow.errors import StoreError
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.naming import without_password
from yingshang_flow.stores.places import Place
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing import FixedClock

Refused = Callable[..., str]
COMMANDS = [
    ("show", "case"),
    ("diagram", "--case", "case"),
    ("verify", "--json"),
    ("audit", "--json", "--now", "2018-09-11T00:00:00+08:00"),
    ("sweep", "--now", "2018-09-11T00:00:00+08:00"),
    ("reproject", "--dry-run"),
    ("ics",),
    ("export", "--format", "xes", "-o", "-"),
    ("propose", "case"),
    ("connections", "case"),
    ("assess", "--period", "2018Q3"),
    ("retally",),
    (
        *("migrate", "--lifecycle", "complaint", "--to", "dalian-complaint-2017", "--deadlines", "keep"),
        *("--ground", "新办法", "--by", "li/区营商局/complaint_body"),
    ),
]


def open_complaint(docket: Docket) -> None:
    docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, at=RECEIVED, trigger="receive")


@pytest.fixture(scope="module", params=["postgresql", "mariadb", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'cases.db'}"
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="module")
def bare(url: str) -> Iterator[Tables]:
    with a_place(url) as place:
        yield place


@pytest.fixture(scope="module")
def at(bare: Tables) -> tuple[str, ...]:
    """What names a database with one complaint in it."""
    place = Place(bare.url, bare.prefix)
    assert place.upgrade() is None
    with closing(place.open()) as store:
        open_complaint(Docket(store, clock=FixedClock(RECEIVED), new_id=lambda: "case"))
    return "--db", bare.url, "--prefix", bare.prefix


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "cases.db"
    with closing(SQLiteStore(path)) as store:
        open_complaint(Docket(store, clock=FixedClock(RECEIVED), new_id=lambda: "case"))
    return path


def without_stamps(text: str) -> str:
    """Leave out when a calendar was written, which may be the next second, and what follows from a random salt."""
    return re.sub("DTSTAMP:.*|[0-9a-f]{64}", "", text)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_says_of_a_database_what_it_says_of_a_file(
    run: Run, at: tuple[str, ...], file: Path, command: tuple[str, ...]
) -> None:
    found = run(*command, *at)
    assert (found.exit_code, found.stderr) == (0, ""), found.output
    assert without_stamps(found.stdout) == without_stamps(run(*command, "--db", file).stdout)


def test_every_command_with_cases_is_among_these() -> None:
    taking = {name for name, command in program.commands.items() if any(one.name == "db" for one in command.params)}
    assert taking == {command for command, *_ in COMMANDS} | {"checkpoint"}


def test_a_checkpoint_of_a_database_holds_against_it_and_not_against_a_file(
    run: Run, at: tuple[str, ...], file: Path, tmp_path: Path
) -> None:
    """Its complaint is the file's but for the salt of what is sealed, which no two stores share."""
    path = tmp_path / "checkpoint.jsonl"
    assert run("checkpoint", *at, "--out", path).exit_code == 0
    held = run("checkpoint", *at, "--against", path)
    assert (held.exit_code, held.stdout[-13:]) == (0, ": 0 findings\n"), held.output
    other = run("checkpoint", "--db", file, "--against", path)
    assert (other.exit_code, other.stdout[-12:]) == (1, ": 1 finding\n"), other.output


def test_a_database_is_made_and_checked_by_its_url(run: Run, url: str) -> None:
    with a_place(url) as bare:
        at = ("--db", url, "--prefix", bare.prefix)
        assert run("db", "upgrade", *at).stdout == f"{url}: up to date, made anew\n"
        assert run("db", "upgrade", *at).stdout.startswith(f"{url}: up to date, was version 0002")
        assert run("db", "check", *at).stdout == f"{url}: up to date\n"


def test_a_table_of_somebody_elses_by_our_name_is_refused(refused: Refused, url: str) -> None:
    with a_place(url) as theirs:
        with theirs.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TABLE {theirs.prefix}cases (theirs INTEGER)")
        for command in (("verify",), ("db", "check"), ("db", "upgrade")):
            said = refused(*command, "--db", url, "--prefix", theirs.prefix)
            assert f"there is a table '{theirs.prefix}cases'" in said
            assert "choose another prefix" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE {}schema SET version_num = '9999'", "install a newer yingshang-flow"),
        ("DELETE FROM {}schema", "was interrupted; run: yingshang-flow db upgrade"),
        ("DROP TABLE {}schema", "choose another prefix"),
    ],
)
def test_tables_of_another_time_are_refused(refused: Refused, url: str, change: str, says: str) -> None:
    with a_place(url) as place:
        Place(url, place.prefix).upgrade()
        with place.engine.begin() as connection:
            connection.exec_driver_sql(change.format(place.prefix))
        assert says in refused("verify", "--db", url, "--prefix", place.prefix)


def test_tables_of_an_older_release_are_refused(
    refused: Refused, at: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yingshang_flow.stores.sqlalchemy.schema.REVISIONS", ("0001", "0002", "0003"))
    monkeypatch.setattr("yingshang_flow.stores.sqlalchemy.schema.HEAD", "0003")
    for command in (("verify",), ("db", "check")):
        said = refused(*command, *at)
        assert "has the tables of revision 0002, this code needs 0003; run: yingshang-flow db upgrade" in said


def test_no_tables_are_refused_with_the_command_that_makes_them(refused: Refused, url: str) -> None:
    with a_place(url) as bare:
        said = refused("verify", "--db", url, "--prefix", bare.prefix)
        assert f"run: yingshang-flow db upgrade --db URL --prefix {bare.prefix}" in said or "there is no file" in said


@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_a_user_without_rights_is_refused_and_the_password_not_shown(
    refused: Refused, server: str, request: pytest.FixtureRequest
) -> None:
    name, password = f"stranger_{secrets.token_hex(4)}", "top:s/e@cret"
    kind, word, host = ("ROLE", "LOGIN PASSWORD", "") if server == "postgresql" else ("USER", "IDENTIFIED BY", "@'%%'")
    with a_place(request.getfixturevalue(f"{server}_url")) as place:
        upgrade(place.engine, prefix=place.prefix)
        with place.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE {kind} {name}{host} {word} '{password}'")
        try:
            stranger = sa.make_url(place.url).set(username=name, password=password)
            for command in (("verify",), ("db", "check"), ("db", "upgrade")):
                url = stranger.render_as_string(hide_password=False)
                said = refused(*command, "--db", url, "--prefix", place.prefix)
                assert "refuses this user; mend the name, the password or the rights" in said
                assert "cret" not in said
        finally:
            with place.engine.begin() as connection:
                connection.exec_driver_sql(f"DROP {kind} {name}{host}")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql://u:top-secret@127.0.0.1:1/d", "cannot be reached; look whether it is up"),
        ("postgresql+psycopg://u:top-secret@127.0.0.1:1/d?connect_timeout=1", "cannot be reached"),
        ("mysql+pymysql://u:top-secret@127.0.0.1:1/d", "cannot be reached; look whether it is up"),
        ("mariadb+pymysql://u:top-secret@127.0.0.1:1/d", "cannot be reached; look whether it is up"),
        ("mariadb://u:top-secret@h/d", 'write mariadb+pymysql:// instead of mariadb://, and run: pip install "ying'),
        ("postgresql+pg8000://u:top-secret@h/d", "needs the driver pg8000, which is not installed"),
        ("postgresql+asyncpg://u:top-secret@h/d", "is for asynchronous work alone; write postgresql+psycopg:// here"),
        ("mariadb+asyncmy://u:top-secret@h/d", "is for asynchronous work alone; write mariadb+pymysql:// here"),
        ("sqlite+aiosqlite:///cases.db", "is for asynchronous work alone; write sqlite:// here"),
        ("postgres://u:top-secret@h/d", "write postgresql://, mariadb+pymysql:// or sqlite:///"),
        ("moon://u:top-secret@h/d", "no database is known by 'moon'"),
        ("oracle://u:top-secret@h/d", "no store is known for the dialect 'oracle'"),
        ("://u:top-secret@h/d", "is no database URL"),
        ("postgresql://u:top:sec/ret@x:top-secret@h/d", ""),
        ("postgresql://u:pa@ss:top-secret@h/d", "is no database URL"),
        ("postgresql://h:port/d?password=top-secret&x=1", "is no database URL"),
        ("postgresql://u@127.0.0.1:1/d?password=top-secret", "cannot be reached"),
        ("mariadb+pymysql://u:top-secret@127.0.0.1:1/d?nosuch=7", "nosuch"),
        ("sqlite:///no/such/folder/cases.db", "there is no file"),
    ],
)
def test_a_url_that_will_not_do_is_told_in_one_line_without_its_password(refused: Refused, url: str, says: str) -> None:
    said = refused("verify", "--db", url)
    assert says in said
    assert "secret" not in said
    assert "sec/ret" not in said


@pytest.mark.parametrize(
    ("missing", "url", "extra"),
    [
        ("psycopg", "postgresql://u:secret@h/d", "postgresql"),
        ("pymysql", "mysql+pymysql://u:secret@h/d", "mariadb"),
        ("sqlalchemy", "postgresql://u:secret@h/d", "postgresql"),
        ("sqlalchemy", "mariadb+pymysql://u:secret@h/d", "mariadb"),
        ("sqlalchemy", "sqlite://", "sqlalchemy"),
    ],
)
def test_what_is_not_installed_is_named_with_its_extra(
    refused: Refused, missing: str, url: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    if missing == "sqlalchemy":
        for name in [name for name in sys.modules if name.startswith(("yingshang_flow.stores.sqlalchemy", missing))]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, missing, None)
    said = refused("verify", "--db", url)
    assert f'pip install "yingshang-flow[{extra}]"' in said
    assert "secret" not in said


def test_a_prefix_is_for_urls(refused: Refused, file: Path) -> None:
    assert "--prefix is for the tables of a database with a URL" in refused("verify", "--db", file, "--prefix", "x_")
    assert "--prefix is for" in refused("show", "interview", "--policy", "dalian-2018", "--prefix", "x_")
    with pytest.raises(StoreError, match="a prefix is for databases with a URL"):
        Place("cases.db", "x_").open()


def test_looking_at_a_file_by_a_url_does_not_make_it(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    assert f"there is no file '{path}'; run: yingshang-flow db upgrade --db" in refused(
        "verify", "--db", f"sqlite:///{path}?timeout=5"
    )
    with pytest.raises(StoreError, match="there is no file"):
        Place(str(path)).open()
    assert not path.exists()


def test_a_place_is_never_shown_with_its_password() -> None:
    place = Place("postgresql://u:top@sec:re/t@host/d?sslpassword=hidden&sslmode=require")
    assert str(place) == "postgresql://u:***@host/d?sslpassword=***&sslmode=require"
    assert "hidden" not in repr(place)
    assert without_password("sqlite:///a:b/cases.db") == "sqlite:///a:b/cases.db"
    assert without_password("postgresql://host:5432/d") == "postgresql://host:5432/d"

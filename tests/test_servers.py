"""The servers that tests use: where they are looked for, what is said when there is none, and that our own ones run."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs
import pytest
import sqlalchemy

from tests.servers import MARIADB, POSTGRESQL, RABBITMQ, REDIS, NoServerError, OwnServer, Server, WrongVariableError

ROOT = Path(__file__).parents[1]
EVERY = [POSTGRESQL, MARIADB, REDIS, RABBITMQ]


@pytest.fixture
def closed() -> Iterator[int]:
    """A port at which nothing answers, as it is bound but not listened at."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def answer(url: str, question: str) -> object:
    """Return what a database server answers to a question."""
    with sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool).connect() as connection:
        return connection.execute(sqlalchemy.text(question)).scalar_one()


def is_running(process: int) -> bool:
    """Say whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


class TestFinding:
    @pytest.mark.parametrize("server", EVERY, ids=lambda server: server.name)
    def test_the_reason_why_there_is_none_names_the_variable_and_every_place(self, server: Server, closed: int) -> None:
        (port,) = {sqlalchemy.make_url(url).port for url in server.usual}
        usual = tuple(url.replace(str(port), str(closed)) for url in server.usual)
        elsewhere = attrs.evolve(server, usual=usual, start=None)
        with pytest.raises(NoServerError) as refused, elsewhere.found({}):
            pass
        reason = str(refused.value)
        assert reason.startswith(f"no {server.name}: {server.variable} is not set, ")
        assert all(f"{url} does not let us in (" in reason for url in usual)
        assert "\n" not in reason

    @pytest.mark.parametrize("server", EVERY, ids=lambda server: server.name)
    def test_a_variable_can_hide_it(self, server: Server) -> None:
        hidden = pytest.raises(NoServerError, match=f"no {server.name}: {server.variable} is none")
        with hidden, server.found({server.variable: "none"}):
            pass

    @pytest.mark.parametrize("server", EVERY, ids=lambda server: server.name)
    @pytest.mark.parametrize("value", ["nonsense", "closed"])
    def test_a_variable_that_does_not_work_is_an_error(self, server: Server, value: str, closed: int) -> None:
        (port,) = {sqlalchemy.make_url(url).port for url in server.usual}
        url = server.usual[0].replace(str(port), str(closed)) if value == "closed" else value
        wrong = pytest.raises(WrongVariableError, match=f"{server.variable} does not name a {server.name} that works: ")
        with wrong, server.found({server.variable: url}):
            pass

    def test_a_variable_comes_before_the_usual_place(self, own_mariadb: OwnServer) -> None:
        with MARIADB.found({MARIADB.variable: own_mariadb.url}) as url:
            port = sqlalchemy.make_url(own_mariadb.url).port
            assert sqlalchemy.make_url(url).port == port
            assert answer(url, "SELECT @@port") == port

    def test_a_server_that_lets_us_in_but_refuses_a_database_is_passed_over(self, own_postgresql: OwnServer) -> None:
        place = sqlalchemy.make_url(own_postgresql.url)
        engine = sqlalchemy.create_engine(place, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE ROLE guest LOGIN"))
        guest = place.set(username="guest").render_as_string()
        refused = pytest.raises(NoServerError, match="permission denied to create database")
        with refused, attrs.evolve(POSTGRESQL, usual=(guest,), start=None).found({}):
            pass


class TestDatabases:
    def test_each_session_has_its_own_which_goes_with_it(self, own_postgresql: OwnServer) -> None:
        with (
            POSTGRESQL.found({POSTGRESQL.variable: own_postgresql.url}) as one,
            POSTGRESQL.found({POSTGRESQL.variable: own_postgresql.url}) as other,
        ):
            assert answer(one, "SELECT current_database()") != answer(other, "SELECT current_database()")
            assert answer(one, "SHOW server_encoding") == "UTF8"
        count = "SELECT count(*) FROM pg_database WHERE datname LIKE 'yingshang%'"
        assert answer(own_postgresql.url, count) == 0

    def test_each_session_has_its_own_on_mariadb_as_well(self, own_mariadb: OwnServer) -> None:
        with (
            MARIADB.found({MARIADB.variable: own_mariadb.url}) as one,
            MARIADB.found({MARIADB.variable: own_mariadb.url}) as other,
        ):
            assert answer(one, "SELECT database()") != answer(other, "SELECT database()")
        count = "SELECT count(*) FROM information_schema.schemata WHERE schema_name LIKE 'yingshang%'"
        assert answer(own_mariadb.url, count) == 0


class TestOwnServers:
    """One test for both kinds is two tests, as a machine may have only one of them."""

    def test_a_postgresql_is_there_again_after_a_kill_and_after_a_stop(self, own_postgresql: OwnServer) -> None:
        self._survives(own_postgresql)

    def test_a_mariadb_is_there_again_after_a_kill_and_after_a_stop(self, own_mariadb: OwnServer) -> None:
        self._survives(own_mariadb)

    def _survives(self, server: OwnServer) -> None:
        engine = sqlalchemy.create_engine(server.url, poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE kept (number INTEGER)"))
        for number, end in enumerate([server.kill, server.stop, server.kill], start=1):
            with engine.begin() as connection:
                connection.execute(sqlalchemy.text("INSERT INTO kept VALUES (:number)"), {"number": number})
            end()
            with pytest.raises(sqlalchemy.exc.OperationalError):
                answer(server.url, "SELECT 1")
            server.start()
            assert answer(server.url, "SELECT count(*) FROM kept") == number

    def test_the_wheels_postgresql_runs_beside_the_usual_one(self) -> None:
        with POSTGRESQL.found({POSTGRESQL.variable: "wheel"}) as url:
            place = sqlalchemy.make_url(url)
            assert (place.username, place.host) == ("postgres", "127.0.0.1")
            assert place.port != 5432
            assert str(answer(url, "SELECT version()")).startswith("PostgreSQL ")

    def test_the_wheels_postgresql_is_taken_where_nothing_answers_at_the_usual_port(self, closed: int) -> None:
        usual = (f"postgresql+psycopg://postgres@127.0.0.1:{closed}/postgres",)
        with attrs.evolve(POSTGRESQL, usual=usual).found({}) as url:
            assert answer(url, "SELECT 1") == 1

    def test_a_postgresql_does_not_outlive_tests_that_are_killed(self, own_postgresql: OwnServer) -> None:
        self._ends_with_its_tests(own_postgresql)

    def test_a_mariadb_does_not_outlive_tests_that_are_killed(self, own_mariadb: OwnServer) -> None:
        self._ends_with_its_tests(own_mariadb)

    def _ends_with_its_tests(self, server: OwnServer) -> None:
        kind = type(server).__name__
        code = f"""
import signal
from tests.servers import {kind}
with {kind}() as server:
    print(server.url, server._process, server._home, flush=True)
    signal.pause()
"""
        with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as tests:
            assert tests.stdout is not None
            url, process, home = tests.stdout.readline().split()
            assert answer(url, "SELECT 1") == 1
            tests.kill()
        while is_running(int(process)):
            time.sleep(0.02)
        shutil.rmtree(home)


class TestSessions:
    """What the fixtures make of it, in sessions of their own."""

    EACH: Final = {
        "postgresql_url": POSTGRESQL,
        "own_postgresql": POSTGRESQL,
        "mariadb_url": MARIADB,
        "own_mariadb": MARIADB,
        "redis_url": REDIS,
        "rabbitmq_url": RABBITMQ,
    }

    def test_without_a_server_its_tests_are_skipped_for_one_reason_that_is_stated(self, tmp_path: Path) -> None:
        said = self._run(tmp_path, dict.fromkeys((server.variable for server in EVERY), "none"))
        assert "6 skipped" in said
        reasons = {line.split(": ", maxsplit=1)[1] for line in said.splitlines() if line.startswith("SKIPPED")}
        assert reasons == {f"no {server.name}: {server.variable} is none" for server in EVERY}

    def test_a_variable_that_does_not_work_fails_its_tests(self, tmp_path: Path) -> None:
        wrong = {server.variable: "nonsense" for server in EVERY}
        said = self._run(tmp_path, wrong, "-k", "url")
        assert "4 errors" in said
        for server in EVERY:
            assert f"{server.variable} does not name a {server.name} that works" in said

    def test_the_wheels_postgresql_serves_a_whole_session(self, tmp_path: Path) -> None:
        said = self._run(tmp_path, {POSTGRESQL.variable: "wheel"}, "-k", "postgresql_url or own_postgresql")
        assert "2 passed" in said

    def _run(self, folder: Path, variables: Mapping[str, str], *options: str) -> str:
        """Run a test for each fixture, and return what pytest says."""
        tests = "".join(f"def test_{name}({name}):\n    assert {name}\n\n" for name in self.EACH)
        (folder / "test_fixtures.py").write_text(tests)
        command = [sys.executable, "-m", "pytest", "-rs", "-Werror", "-p", "tests.servers", *options, str(folder)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment.update(variables)
        done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
        return f"{done.stdout}{done.stderr}"

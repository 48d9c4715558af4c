"""What is looked at before a store begins to work: the URL, the server, its settings and the tables."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import attrs
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Dialect

from yingshang_flow.errors import SchemaError, StoreError
from yingshang_flow.stores.naming import without_password
from yingshang_flow.stores.sqlalchemy.schema import refuse_other_schema
from yingshang_flow.stores.sqlalchemy.servers import Server, adapted, server_of
from yingshang_flow.stores.sqlalchemy.statements import Statements
from yingshang_flow.stores.sqlalchemy.telling import Telling, one_line
from yingshang_flow.stores.sqlite import APPLICATION_ID

E = TypeVar("E")

_EXTRAS: Final = {"psycopg": "postgresql", "pymysql": "mariadb"}
_BLOCKING: Final = {
    "postgresql": "postgresql+psycopg",
    "mariadb": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
    "sqlite": "sqlite",
}
"""How a URL begins for a driver that is not asynchronous, by the name of the dialect."""
_PATIENCE: Final = 30.0
"""For how many seconds a writer waits for others on SQLite; the driver's own 5 are few for many at a time."""


def engine_of(url: str | URL, server: Server | None = None) -> sa.Engine:
    """Return an engine for a URL, set as a store needs it; nothing is connected yet.

    Args:
        url: The URL, such as ``postgresql://name@host/database``.
        server: What is known of the server, where its dialect does not say it all.

    Raises:
        StoreError: It is no URL, or no driver for it is installed.
    """
    dialect, parsed = dialect_of(url), parsed_url(url)
    if dialect.is_async:
        raise StoreError(
            f"{parsed.drivername}:// is for asynchronous work alone; write"
            f" {_BLOCKING.get(dialect.name, dialect.name)}:// here, or give it to an AsyncDocket"
        )
    return made_by(sa.create_engine, parsed, server or server_of(dialect))


def made_by(create: Callable[..., E], url: URL, server: Server) -> E:
    """Return an engine that one of SQLAlchemy's functions makes, set as a store needs it.

    Args:
        create: The function.
        url: The URL.
        server: The kind of server.

    Raises:
        StoreError: It is no URL, or no driver for it is installed.
    """
    options: dict[str, Any] = {} if server.isolation is None else {"isolation_level": server.isolation}
    if server.one_writer:
        options["connect_args"] = {"timeout": _PATIENCE}
    try:
        return create(url, **options)
    except ModuleNotFoundError as error:
        raise StoreError(_missing(url, error)) from None
    except (exc.SQLAlchemyError, TypeError, ValueError) as error:
        raise StoreError(f"the URL {named(url)} cannot be used ({one_line(error)}); mend it") from None


def dialect_of(url: str | URL) -> Dialect:
    """Return the dialect of a URL; its driver need not be installed.

    Raises:
        StoreError: It is no URL, or of a dialect that nobody has brought.
    """
    parsed = parsed_url(url)
    try:
        return parsed.get_dialect()()
    except exc.NoSuchModuleError:
        raise StoreError(
            f"no database is known by {parsed.drivername!r}; write postgresql://, mariadb+pymysql:// or sqlite:///, or"
            " install the package that brings that dialect"
        ) from None


def parsed_url(url: str | URL) -> URL:
    """Return a URL taken apart.

    Raises:
        StoreError: It is none.
    """
    try:
        return sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        raise StoreError(
            f"{without_password(str(url))!r} is no database URL such as postgresql://name@host/database"
        ) from None


def _missing(url: URL, error: ModuleNotFoundError) -> str:
    """Say what to install for a driver that is missing."""
    if error.name == "MySQLdb":
        name = url.get_backend_name()
        return f'write {name}+pymysql:// instead of {name}://, and run: pip install "yingshang-flow[mariadb]"'
    extra = _EXTRAS.get(error.name or "")
    what = f'"yingshang-flow[{extra}]"' if extra else error.name
    return f"{url.drivername}:// needs the driver {error.name}, which is not installed; run: pip install {what}"


def named(url: URL) -> str:
    """Return how a database is named in a message, without a password."""
    return without_password(url.render_as_string(hide_password=True))


@attrs.frozen(eq=False)
class Database:
    """A database that a store can work with.

    Attributes:
        statements: What is said to it, with what it is.
        telling: Tells its errors.
        version: What it says it is, such as ``PostgreSQL 15.20``.
    """

    statements: Statements
    telling: Telling
    version: str


_KNOWN: Final[dict[tuple[Dialect, str, Server | None], Database]] = {}
"""What was looked at before, by the dialect object, which each engine has for itself."""

_KEPT: Final = 64
"""So many are kept, the latest: a process has few engines, but tests make many."""


@contextmanager
def connected(engine: sa.Engine, telling: Telling) -> Iterator[sa.Connection]:
    """Yield a connection of an engine that was not connected yet, and tell every error.

    Raises:
        StoreError: The URL has an option that its driver does not take.
        StoreUnavailableError: Nobody answers, or lets nobody in.
    """
    with telling.telling():
        try:
            connection = engine.connect()
        except (TypeError, ValueError) as error:
            raise StoreError(
                f"the URL {telling.place} has an option its driver does not take ({one_line(error)})"
            ) from None
        with connection:
            yield connection


def telling_of(engine: sa.Engine, prefix: str, server: Server | None) -> Telling:
    """Return what tells the errors of a database that was not looked at yet."""
    return Telling(server or server_of(engine.dialect), prefix, named(engine.url))


def known(connection: sa.Connection, prefix: str, server: Server | None) -> Database:
    """Return a database that was looked at before, or look at it."""
    found = _KNOWN.get((connection.dialect, prefix, server))
    return looked_at(connection, prefix, server) if found is None else found


def looked_at(connection: sa.Connection, prefix: str, server: Server | None) -> Database:
    """Look at a database, and return it if a store can work with it.

    Args:
        connection: A connection to it; nothing is written.
        prefix: What the names of the tables begin with.
        server: What is known of the server; found out unless given.

    Raises:
        SchemaError: The tables are missing, somebody else's, or of an older or newer release.
        StoreError: A setting would lose or change what is kept.
        StoreUnavailableError: It cannot be reached or read.
    """
    telling = telling_of(connection.engine, prefix, server)
    base, place = telling.server, telling.place
    with telling.telling():
        settings = connection.exec_driver_sql(base.settings).mappings().one()
        _refuse_settings(base, settings, place)
        refuse_other_schema(connection, prefix, place)
    said = str(settings["version"])
    used = attrs.evolve(base if server is not None else adapted(base, said), largest=settings.get("largest"))
    number = said.removeprefix(f"{used.name} ").split()[0]
    database = Database(
        Statements(used, connection.dialect, prefix), Telling(used, prefix, place), f"{used.name} {number}"
    )
    _KNOWN.pop((connection.dialect, prefix, server), None)
    _KNOWN[connection.dialect, prefix, server] = database
    for oldest in list(_KNOWN)[:-_KEPT]:
        _KNOWN.pop(oldest, None)
    return database


def _refuse_settings(server: Server, settings: Mapping[Any, Any], place: str) -> None:
    encoding, mode = settings["encoding"], settings.get("sql_mode")
    if encoding != server.encoding:
        raise StoreError(
            f"{place} speaks {encoding!r}, which cannot hold every character; it has to be {server.encoding!r}"
            " (for MySQL and MariaDB, add ?charset=utf8mb4 to the URL)"
        )
    if mode is not None and "STRICT_" not in mode:
        raise StoreError(
            f"{place} cuts off what is too long, as its sql_mode is {mode!r}; add STRICT_TRANS_TABLES to it"
        )
    if settings.get("application") == APPLICATION_ID:
        raise SchemaError(f"{place} is the file of a SQLiteStore; name it as a file and not as a URL")

"""Django for the tests of its store: a project without files, and a database of it on each server."""

import threading
from collections.abc import Iterator
from typing import Any

import django
import pytest
import sqlalchemy as sa
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from yingshang_flow.stores.django import DjangoStore
from yingshang_flow.stores.django.settings import prefix
from yingshang_flow.stores.sqlalchemy.tables import tables

# Before the tests are imported, as models can be read by a project only. The databases get their places later.
_SQLITE: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {"timeout": 30}}
_POSTGRESQL: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "NAME": "unknown"}
settings.configure(
    DATABASES={
        "default": {**_SQLITE},
        "sqlite": {**_SQLITE},
        "sqlite again": {**_SQLITE},
        "postgresql": {**_POSTGRESQL},
        "postgresql again": {**_POSTGRESQL},
    },
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "yingshang_flow.stores.django",
    ],
    LANGUAGE_CODE="zh-hans",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF="tests.stores.django.project",
    SECRET_KEY="of the tests",  # noqa: S106 - protects nothing
    STATIC_URL="static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    YINGSHANG_FLOW_DOCKET="tests.stores.django.project.docket",
    LOGGING_CONFIG=None,
    USE_TZ=True,
)
django.setup()


@pytest.fixture(scope="session")
def _connections() -> Iterator[None]:
    """Close the connections of threads that have ended, which Django leaves to whoever begins threads."""
    opened: list[tuple[threading.Thread, BaseDatabaseWrapper]] = []

    def close(*, all_of_them: bool) -> None:
        for thread, connection in opened[:]:
            if all_of_them or not thread.is_alive():
                connection.inc_thread_sharing()
                connection.close()
                opened.remove((thread, connection))

    def keep(connection: BaseDatabaseWrapper, **_: object) -> None:
        with lock:
            close(all_of_them=False)
            opened.append((threading.current_thread(), connection))

    lock = threading.Lock()
    connection_created.connect(keep)
    yield
    connection_created.disconnect(keep)
    close(all_of_them=True)


def _migrated(server: str) -> None:
    call_command("migrate", database=server, verbosity=0)


@pytest.fixture(scope="session")
def sqlite_alias(tmp_path_factory: pytest.TempPathFactory, _connections: None) -> str:
    """Return the alias of a SQLite database with the tables."""
    place = tmp_path_factory.mktemp("django") / "cases.db"
    for alias in ("default", "sqlite", "sqlite again"):
        connections.settings[alias]["NAME"] = str(place)
    _migrated("sqlite")
    return "sqlite"


@pytest.fixture(scope="session")
def postgresql_alias(postgresql_url: str, _connections: None) -> str:
    """Return the alias of a PostgreSQL database with the tables."""
    url = sa.make_url(postgresql_url)
    place = {"NAME": url.database, "HOST": url.host, "PORT": url.port, "USER": url.username, "PASSWORD": url.password}
    for alias in ("postgresql", "postgresql again"):
        connections.settings[alias].update({name: value for name, value in place.items() if value is not None})
    _migrated("postgresql")
    return "postgresql"


@pytest.fixture(params=["sqlite", "postgresql"])
def alias(request: pytest.FixtureRequest) -> str:
    """Return the alias of one database after another, without rows."""
    found: str = request.getfixturevalue(f"{request.param}_alias")
    empty(found)
    return found


def empty(alias: str) -> None:
    """Take every row of ours away, and of the table that is the host's in these tests."""
    with connections[alias].cursor() as cursor:
        for table in (*tables(prefix()).metadata.tables, "auth_group"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - ours


@pytest.fixture
def store(alias: str) -> Iterator[DjangoStore]:
    """Yield a store."""
    store = DjangoStore(alias)
    yield store
    store.close()

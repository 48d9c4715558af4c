"""Where tests find database servers: named by the environment, or running at their usual ports."""

import os
import socket

import pytest


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """Return the URL of a PostgreSQL database that tests may make tables in."""
    return _url("YINGSHANG_TEST_POSTGRESQL", 5432, "postgresql://root@127.0.0.1/test")


@pytest.fixture(scope="session")
def mariadb_url() -> str:
    """Return the URL of a MariaDB or MySQL database that tests may make tables in."""
    return _url("YINGSHANG_TEST_MARIADB", 3306, "mariadb+pymysql://root@127.0.0.1/test?charset=utf8mb4")


def _url(variable: str, port: int, usual: str) -> str:
    named = os.environ.get(variable)
    if named:
        return named
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) != 0:
            pytest.skip(f"{variable} is not set, and nothing answers at port {port}")
    return usual

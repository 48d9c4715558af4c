"""Where the tests of faults keep their cases: on each store, empty."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.working import Place
from tests.servers import OwnServer
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade


def on_server(url: str) -> Place:
    """Make tables that nobody else uses in a database."""
    place = Place(url, f"f{secrets.token_hex(4)}_")
    upgrade(url, prefix=place.prefix)
    return place


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "sqlite":
        return Place(str(tmp_path / "cases.db"))
    return on_server(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["own_postgresql", "own_mariadb"])
def restarting(request: pytest.FixtureRequest) -> OwnServer:
    """A server that the test may end and start again."""
    server: OwnServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only the superuser can mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], check=True)  # noqa: S607 - the system's
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)  # noqa: S607 - the system's

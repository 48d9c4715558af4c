"""Where the tests of faults keep their cases: on each store, empty."""

import secrets
from pathlib import Path

import pytest

from tests.faults.working import Place
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


@pytest.fixture
def restarting(request: pytest.FixtureRequest) -> Place:
    """A place on a server that the test may kill."""
    return on_server(request.getfixturevalue(request.param).url)

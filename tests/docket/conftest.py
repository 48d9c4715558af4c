"""Both stores, for every test of the docket that asks for a store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lifecycles.interviewing import Desk
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore, SQLiteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "cases.db")
    yield made
    made.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store=store)

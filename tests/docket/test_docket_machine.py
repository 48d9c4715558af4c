"""The docket machine: every shipped lifecycle under every profile, on both stores, and what it catches."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycles.interviewing import LATER, OPENINGS
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.ports import Store
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.docket_machine import DocketMachine, docket_machine

SOME = settings(max_examples=25, stateful_step_count=30)
FEW = settings(max_examples=6, stateful_step_count=20)


def machine(lifecycle: Lifecycle) -> type[DocketMachine]:
    return docket_machine(lifecycle, openings=OPENINGS.get(lifecycle.key), contents=LATER.get(lifecycle.key))


def on_sqlite(lifecycle: Lifecycle) -> type[DocketMachine]:
    class OnSQLite(machine(lifecycle)):  # type: ignore[misc]  # a base made at run time
        """Reads every case back through a second connection to the same file."""

        def new_store(self) -> Store:
            self.folder = TemporaryDirectory()
            self.path = Path(self.folder.name) / "cases.db"
            return SQLiteStore(self.path)

        def reopened(self) -> Store:
            return SQLiteStore(self.path)

        def teardown(self) -> None:
            super().teardown()
            self.folder.cleanup()

    return OnSQLite


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_a_shipped_lifecycle_keeps_to_the_model_in_memory(key: str, profile: str) -> None:
    run_state_machine_as_test(machine(lifecycles.SHIPPED[key](profile)), settings=SOME)


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_a_shipped_lifecycle_keeps_to_the_model_on_sqlite(key: str, profile: str) -> None:
    run_state_machine_as_test(on_sqlite(lifecycles.SHIPPED[key](profile)), settings=FEW)

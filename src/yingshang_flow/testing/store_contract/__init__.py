"""The contract of a store as tests, for whoever writes one.

Subclass ``StoreContract`` in a test module, override the fixture ``store``, and run pytest. Each test bears the number
of the clause in ``yingshang_flow.ports`` that it holds the store to. What the store does not claim — ``DueWork``,
``Outbox``, ``HostTransactions``, ``Tallies`` — is deselected, and told of at the end; ``--store-report`` writes it all
down.
"""

import itertools
from collections.abc import Iterator

import hypothesis
import pytest
from hypothesis import stateful

from yingshang_flow.ports import Store
from yingshang_flow.testing.store_contract.core import CoreContract, Reopen
from yingshang_flow.testing.store_contract.due_work import DueWorkContract
from yingshang_flow.testing.store_contract.host_transactions import HostRows, HostTransactionsContract
from yingshang_flow.testing.store_contract.levels import watch
from yingshang_flow.testing.store_contract.machine import StoreMachine
from yingshang_flow.testing.store_contract.outbox import OutboxContract
from yingshang_flow.testing.store_contract.rows import (
    AWKWARD,
    TWINS,
    a_commit,
    a_deadline,
    a_message,
    a_name_of,
    a_tally,
    a_vault_row,
)
from yingshang_flow.testing.store_contract.seeing import (
    at_once,
    due_all,
    everything,
    find_all,
    messages_of,
    owed_all,
)
from yingshang_flow.testing.store_contract.tallies import TalliesContract
from yingshang_flow.testing.store_report import tell_store

__all__ = [
    "AWKWARD",
    "TWINS",
    "HostRows",
    "Reopen",
    "StoreContract",
    "StoreMachine",
    "a_commit",
    "a_deadline",
    "a_message",
    "a_name_of",
    "a_tally",
    "a_vault_row",
    "at_once",
    "due_all",
    "everything",
    "find_all",
    "messages_of",
    "owed_all",
]


class StoreContract(CoreContract, DueWorkContract, OutboxContract, HostTransactionsContract, TalliesContract):
    """The clauses of ``yingshang_flow.ports``, as tests.

    Override the fixture ``store``. Where the data outlive it override ``reopen`` as well, and ``host_rows`` where a
    host can write rows of its own beside it; without them the tests that need them are not claimed.
    """

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """Yield an empty store, and close it afterwards."""
        message = "override the fixture `store`: yield an empty store of yours, and close it afterwards"
        raise NotImplementedError(message)

    @pytest.fixture
    def reopen(self) -> Reopen | None:
        """Return what opens another store over the data of ``store``; none where they end with it."""
        return None

    @pytest.fixture
    def host_rows(self) -> HostRows | None:
        """Return how a host writes rows of its own beside ``store``; none where that is not known."""
        return None

    @pytest.fixture(autouse=True)
    def _is_reported(self, store: Store, request: pytest.FixtureRequest) -> None:
        tell_store(request.node, store)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Let the plugin look after the tests of a store."""
        watch(metafunc.config)

    def test_every_clause_holds_through_any_sequence_of_acts(self, store: Store, reopen: Reopen | None) -> None:
        """Let a machine drive the store, and a model of it."""
        examples = itertools.count(1)

        class Machine(StoreMachine):
            def __init__(self) -> None:
                super().__init__(store, next(examples), reopen)

        settings = hypothesis.settings(
            max_examples=max(hypothesis.settings().max_examples // 4, 1),  # each is some thirty acts
            stateful_step_count=30,
            deadline=None,
            phases=set(hypothesis.settings().phases) - {hypothesis.Phase.explain},  # which takes minutes here
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        stateful.run_state_machine_as_test(Machine, settings=settings)

"""What a store can claim, and how tests of it that it does not claim stay out of the run."""

from typing import TypeVar

import pytest

from yingshang_flow.ports import Store
from yingshang_flow.testing import store_report
from yingshang_flow.testing.store_report import NotClaimedError

_Capability = TypeVar("_Capability")


def claimed(store: Store, capability: type[_Capability]) -> _Capability:
    """Return a store as what it claims to be.

    Raises:
        NotClaimedError: It does not; the test is not for it.
    """
    if not isinstance(store, capability):
        raise NotClaimedError(f"{type(store).__name__} is no {capability.__name__}")
    return store


def watch(config: pytest.Config) -> None:
    """Let the plugin look after the tests of contracts, where pytest has not loaded it by its entry point."""
    if not config.pluginmanager.is_registered(store_report):
        config.pluginmanager.register(store_report, store_report.__name__)

"""Tries a store by the contract's tests without pytest's run, which is quick enough for many stores."""

import inspect
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from yingshang_flow.ports import DueWork, HostTransactions, Outbox, Store, Tallies
from yingshang_flow.testing.store_contract import StoreContract

_CAPABILITIES: dict[str, type] = {"work": DueWork, "outbox": Outbox, "host": HostTransactions, "counting": Tallies}


def clause_of(test: str) -> str:
    """Return the clause that stands in a test's name."""
    return f"S{int(test.split('_')[1][1:])}"


def clause_tests() -> dict[str, Callable[..., None]]:
    """Return the contract's tests that hold a store to one clause each."""
    return {name: test for name, test in inspect.getmembers(StoreContract) if name.startswith("test_s")}


def failures(make: Callable[[], Store], reopen: Callable[[], Store] | None = None) -> dict[str, list[str]]:
    """Return which tests a store fails, by clause; those that need what it does not claim are left out."""
    failed: dict[str, list[str]] = {}
    for name, test in clause_tests().items():
        for arguments in _cases(test):
            store = make()
            try:
                _try(test, store, reopen, arguments)
            except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - whatever it is, it tells
                failed.setdefault(clause_of(name), []).append(f"{name}{arguments}: {error!r:.200}")
            finally:
                store.close()
    return failed


def _try(
    test: Callable[..., None], store: Store, reopen: Callable[[], Store] | None, arguments: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"store": store, "another": reopen, "own_rows": None} | dict.fromkeys(_CAPABILITIES, store)
    needed = {name: given[name] for name in inspect.signature(test).parameters if name in given}
    claimed = all(isinstance(store, kind) for name, kind in _CAPABILITIES.items() if name in needed)
    if claimed and None not in needed.values():
        test(StoreContract(), **needed, **arguments)


def _cases(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    marks = [mark.args for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
    for values in itertools.product(*(values for _, values in marks)):
        yield dict(zip((name for name, _ in marks), values, strict=True))

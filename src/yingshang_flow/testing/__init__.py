"""For users' own tests: a store's contract, a machine that drives any lifecycle, whole histories, a fixed clock.

The names are loaded when they are first used, as the contract and the strategies need pytest and Hypothesis (the extra
``testing``) and the clock needs neither; their types stand in ``__init__.pyi``.
"""

import sys
from importlib import import_module
from types import ModuleType

__all__ = [
    "DocketMachine",
    "FixedClock",
    "History",
    "LifecycleMachine",
    "Mutant",
    "StoreContract",
    "actors",
    "assert_bites",
    "assert_compliant",
    "bites",
    "calendars",
    "cast_of",
    "content_of",
    "docket_machine",
    "histories",
    "instants",
    "lifecycle_test",
    "mutants",
    "obligors",
    "periods",
    "rows_of",
    "travel_to_next_deadline",
]

_HOMES = {
    "DocketMachine": "yingshang_flow.testing.docket_machine",
    "FixedClock": "yingshang_flow.testing.clock",
    "History": "yingshang_flow.testing.history",
    "LifecycleMachine": "yingshang_flow.testing.lifecycle_machine",
    "Mutant": "yingshang_flow.testing.mutating",
    "StoreContract": "yingshang_flow.testing.store_contract",
    "actors": "yingshang_flow.testing.strategies",
    "assert_bites": "yingshang_flow.testing.mutating",
    "assert_compliant": "yingshang_flow.testing.compliant",
    "bites": "yingshang_flow.testing.mutating",
    "calendars": "yingshang_flow.testing.strategies",
    "cast_of": "yingshang_flow.testing.strategies",
    "content_of": "yingshang_flow.testing.strategies",
    "docket_machine": "yingshang_flow.testing.docket_machine",
    "histories": "yingshang_flow.testing.histories",
    "instants": "yingshang_flow.testing.strategies",
    "lifecycle_test": "yingshang_flow.testing.lifecycle_machine",
    "mutants": "yingshang_flow.testing.mutating",
    "obligors": "yingshang_flow.testing.strategies",
    "periods": "yingshang_flow.testing.strategies",
    "rows_of": "yingshang_flow.testing.docket_machine",
    "travel_to_next_deadline": "yingshang_flow.testing.travelling",
}


class _Names(ModuleType):
    """This package, whose public names no module of the same name hides when Python loads it."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Names

if sys.modules.get("pytest") is not None:
    # So that a failing assert of the contract shows both sides, as one in a test does.
    sys.modules["pytest"].register_assert_rewrite("yingshang_flow.testing.store_contract")


def __getattr__(name: str) -> object:
    """Load a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__

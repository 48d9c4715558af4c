"""For users' own tests: a store's contract, a machine that drives any lifecycle, strategies and a fixed clock.

The names are loaded when they are first used, as the contract needs pytest and Hypothesis (the extra ``testing``) and
the clock needs neither; their types stand in ``__init__.pyi``.
"""

import sys
from importlib import import_module

__all__ = [
    "DocketMachine",
    "FixedClock",
    "StoreContract",
    "actors",
    "cast_of",
    "contents",
    "docket_machine",
    "instants",
    "obligors",
    "rows_of",
]

_HOMES = {
    "DocketMachine": "yingshang_flow.testing.docket_machine",
    "FixedClock": "yingshang_flow.testing.clock",
    "StoreContract": "yingshang_flow.testing.store_contract",
    "actors": "yingshang_flow.testing.strategies",
    "cast_of": "yingshang_flow.testing.strategies",
    "contents": "yingshang_flow.testing.strategies",
    "docket_machine": "yingshang_flow.testing.docket_machine",
    "instants": "yingshang_flow.testing.strategies",
    "obligors": "yingshang_flow.testing.strategies",
    "rows_of": "yingshang_flow.testing.docket_machine",
}

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

"""Chinese business-environment (营商环境) supervision procedures as audited state machines with statutory deadlines.

The names below are loaded when they are first used, so that importing the package costs nothing; their types stand in
``__init__.pyi``.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

__all__ = ["Actor", "Docket", "Ledger", "__version__", "due", "lifecycles", "policies"]

_HOMES = {
    "Actor": "yingshang_flow.core.actor",
    "Docket": "yingshang_flow.docket",
    "Ledger": "yingshang_flow.deadlines",
    "due": "yingshang_flow.deadlines",
}
_MODULES = frozenset({"lifecycles", "policies"})


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}; it has {', '.join(__all__)}"
        raise AttributeError(message)
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return __all__

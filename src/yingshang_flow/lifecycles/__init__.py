"""The shipped procedures; calling one with a profile gives its lifecycle."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from yingshang_flow.lifecycles.complaint import complaint
from yingshang_flow.lifecycles.derived import Added, Change, RowChange, derived
from yingshang_flow.lifecycles.interview import interview
from yingshang_flow.lifecycles.procedure import Procedure, procedure
from yingshang_flow.lifecycles.rectification import rectification
from yingshang_flow.lifecycles.rectification_item import rectification_item

SHIPPED: Final[Mapping[str, Procedure[Any]]] = MappingProxyType(
    {item.key: item for item in (interview, complaint, rectification, rectification_item)}
)
"""Every shipped procedure by the key of its lifecycles."""

__all__ = [
    "SHIPPED",
    "Added",
    "Change",
    "Procedure",
    "RowChange",
    "complaint",
    "derived",
    "interview",
    "procedure",
    "rectification",
    "rectification_item",
]

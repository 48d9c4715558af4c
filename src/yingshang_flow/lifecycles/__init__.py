"""The shipped procedures; calling one with a profile gives its lifecycle."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from yingshang_flow.lifecycles.interview import interview
from yingshang_flow.lifecycles.procedure import Procedure, procedure

SHIPPED: Final[Mapping[str, Procedure[Any]]] = MappingProxyType({item.key: item for item in (interview,)})
"""Every shipped procedure by the key of its lifecycles."""

__all__ = ["SHIPPED", "Procedure", "interview", "procedure"]

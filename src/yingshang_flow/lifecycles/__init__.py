"""The shipped procedures; calling one with a profile gives its lifecycle."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from yingshang_flow.lifecycles.accountability import accountability
from yingshang_flow.lifecycles.complaint import complaint
from yingshang_flow.lifecycles.derived import Added, Change, RowChange, derived
from yingshang_flow.lifecycles.interview import interview
from yingshang_flow.lifecycles.procedure import Procedure, procedure
from yingshang_flow.lifecycles.rectification import rectification
from yingshang_flow.lifecycles.rectification_item import rectification_item
from yingshang_flow.lifecycles.service_review import service_review
from yingshang_flow.lifecycles.steward_request import steward_request
from yingshang_flow.lifecycles.task import task
from yingshang_flow.lifecycles.task_ledger import task_ledger, task_ledgers

SHIPPED: Final[Mapping[str, Procedure[Any]]] = MappingProxyType(
    {
        item.key: item
        for item in (
            interview,
            complaint,
            rectification,
            rectification_item,
            service_review,
            task,
            accountability,
            steward_request,
        )
    }
)
"""Every shipped procedure by the key of its lifecycles."""

__all__ = [
    "SHIPPED",
    "Added",
    "Change",
    "Procedure",
    "RowChange",
    "accountability",
    "complaint",
    "derived",
    "interview",
    "procedure",
    "rectification",
    "rectification_item",
    "service_review",
    "steward_request",
    "task",
    "task_ledger",
    "task_ledgers",
]

"""What a store gives page by page, as one sequence; a page is read when the one before it is used up."""

from collections.abc import Iterator
from typing import Final

import attrs

from yingshang_flow.ports import CaseRow, DeadlineRow, Query, Store

_PAGE: Final = 200


def found(store: Store, query: Query) -> Iterator[CaseRow]:
    """Yield the cases that a query asks for, whatever its limit, in order of id."""
    query = attrs.evolve(query, limit=_PAGE)
    while True:
        page = store.find(query)
        yield from page
        if len(page) < _PAGE:
            return
        query = attrs.evolve(query, after=page[-1].case)


def due(store: Store, before: int) -> Iterator[DeadlineRow]:
    """Yield the deadlines whose alarm is not after an instant, in microseconds since 1970 UTC, the earliest first."""
    after: DeadlineRow | None = None
    while True:
        page = store.due(before, limit=_PAGE, after=after)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1]


def owed(store: Store, until: str) -> Iterator[DeadlineRow]:
    """Yield the deadlines under which something is owed and that are due by an ISO date, the earliest first."""
    after: DeadlineRow | None = None
    while True:
        page = store.owed(until, limit=_PAGE, after=after)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1]

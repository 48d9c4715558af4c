"""Finds every case that a case hangs together with, over any number of links, page by page."""

from collections.abc import Iterator
from typing import Final

from yingshang_flow.core.connections import Connected, Connections
from yingshang_flow.errors import StoreError, UnknownFingerprintError
from yingshang_flow.operations import pages
from yingshang_flow.operations.cases import Cases
from yingshang_flow.ports import CaseRow, Query
from yingshang_flow.words import Label

MOST: Final = 10_000
"""How many cases may hang together before the question is refused; a picture of more would tell nobody anything."""


def connected(cases: Cases, row: CaseRow) -> Connections:
    """Return a case with every case it hangs together with; what is linked in a circle is met once.

    Args:
        cases: The cases.
        row: The case.

    Raises:
        StoreError: More than ``MOST`` hang together.
    """
    found: dict[str, CaseRow] = {row.case: row}
    missing: set[str] = set()
    border = [row]
    while border:
        beyond: dict[str, CaseRow | None] = {}
        for here in border:
            beyond.update(_next_to(cases, here, known=found.keys() | beyond.keys() | missing))
            if len(found) + len(beyond) > MOST:
                message = (
                    f"more than {MOST} cases hang together with {row.case}; look for parts of one by find(parent=…)"
                )
                raise StoreError(message)
        missing.update(case for case, other in beyond.items() if other is None)
        border = [other for _, other in sorted(beyond.items()) if other is not None]
        found.update((other.case, other) for other in border)
    return Connections(row.case, tuple(_told(cases, one) for one in found.values()), tuple(sorted(missing)))


def _next_to(cases: Cases, row: CaseRow, *, known: set[str]) -> Iterator[tuple[str, CaseRow | None]]:
    """Yield the cases that a case names, or that name it, and are not known yet; none for one that is not there."""
    for named in (row.parent, row.origin):
        if named is not None and named not in known:
            yield named, cases.store.load(named)
    for query in (Query(parent=row.case), Query(origin=row.case)):
        for other in pages.found(cases.store, query):
            if other.case not in known:
                yield other.case, other


def _told(cases: Cases, row: CaseRow) -> Connected:
    title, label = Label(row.lifecycle, row.lifecycle), Label(row.state, row.state)
    try:
        lifecycle = cases.lifecycle(row)
    except UnknownFingerprintError:
        pass  # it is shown by its keys, as it still hangs together with the others
    else:
        state = lifecycle.by_state.get(row.state)
        title, label = lifecycle.title, label if state is None else state.label
    return Connected(
        row.case,
        row.lifecycle,
        title,
        row.state,
        label,
        row.final,
        row.reference,
        row.parent,
        row.origin,
        row.units,
    )

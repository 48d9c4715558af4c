"""What has to fit together in a store whatever has happened to its writers."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from operator import attrgetter

from yingshang_flow.codec import Secret
from yingshang_flow.docket import Docket
from yingshang_flow.operations.verify import verified
from yingshang_flow.operations.writing import deadline_rows
from yingshang_flow.ports import DeadlineRow, Outbox, Query, Store, Tallies

_ORDER = attrgetter("limit", "obligor", "number")
_PAGE = 500


def agrees(docket: Docket, case: str) -> bool:
    """Say whether a case could be read between two commits; assert that all that is kept of it fits together.

    Its chain of records is whole and leads to its snapshot, its deadlines are those of the snapshot, the vault holds
    what its records have sealed, and what is counted is what they add up to.
    """
    store = docket.store
    row = store.load(case)
    assert row is not None
    assert isinstance(store, Tallies)
    history, tallies = store.history(case), store.tallies(case)
    vault = {kept.commitment: Secret(kept.commitment, kept.salt, kept.text) for kept in store.vault(case)}
    rows = store.deadlines(case)
    alarms = _of(case, lambda after: store.due(2**62, limit=_PAGE, after=after))
    owed = _of(case, lambda after: store.owed("9999", limit=_PAGE, after=after))
    if store.load(case) != row:
        return False
    lifecycle = docket.lifecycle(case)
    standing = verified(row, history, lifecycle, lambda: docket.calendar, vault=vault, deadlines=rows, tallies=tallies)
    deadlines = sorted(deadline_rows(case, standing.deadlines), key=_ORDER)
    assert alarms == [deadline for deadline in deadlines if deadline.alarm is not None]
    assert owed == [deadline for deadline in deadlines if deadline.owed]
    return True


def every_case(store: Store) -> Iterator[str]:
    """Yield the ids of all cases."""
    after = ""
    while page := store.find(Query(after=after, limit=_PAGE)):
        yield from (row.case for row in page)
        after = page[-1].case


def told(store: Store) -> dict[str, list[int]]:
    """Take every message out of a store; return by case the revisions they told of, in the order they came."""
    assert isinstance(store, Outbox)
    revisions: dict[str, list[int]] = defaultdict(list)
    while deliveries := store.outgoing(lease=600_000_000, limit=_PAGE):
        for delivery in deliveries:
            revisions[delivery.message.case].append(delivery.message.revision)
        assert store.acknowledge(deliveries) == ()
    return revisions


def _of(case: str, page: Callable[[DeadlineRow | None], tuple[DeadlineRow, ...]]) -> list[DeadlineRow]:
    """Return the deadlines of a case out of all pages, in order of their names."""
    found, after = [], None
    while rows := page(after):
        found += [row for row in rows if row.case == case]
        after = rows[-1]
    return sorted(found, key=_ORDER)

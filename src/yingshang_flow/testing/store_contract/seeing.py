"""All that can be read of a store, to compare before with after, and acts of several threads at once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import CaseRow, DeadlineRow, MessageRow, Outbox, Query, Store
from yingshang_flow.testing.store_contract.clocks import LONG, patiently
from yingshang_flow.testing.store_contract.rows import telling


def everything(store: Store, cases: Iterable[str], keys: Iterable[str] = ()) -> dict[str, object]:
    """Return all that a store says of some cases and keys, to compare before with after."""
    seen: dict[str, object] = {f"key {key!r}": store.keyed(key) for key in keys}
    for case in cases:
        row = store.load(case)
        seen[f"case {case!r}"] = row, store.history(case), store.vault(case), store.children(case)
        if row is not None:
            seen[f"definition of {case!r}"] = store.definition(row.fingerprint)
            seen[f"by reference {case!r}"] = row.reference and store.find(Query(reference=row.reference))
    seen["found"] = tuple(find_all(store))
    seen["due"] = tuple(due_all(store, before=2**62))
    seen["owed"] = tuple(owed_all(store, until="9999"))
    return seen


def find_all(store: Store, query: Query | None = None, *, page: int = 100) -> Iterator[CaseRow]:
    """Yield what a query asks for, page by page."""
    query = attrs.evolve(Query() if query is None else query, limit=page)
    while found := store.find(query):
        yield from found
        query = attrs.evolve(query, after=found[-1].case)


def due_all(store: Store, before: int, *, page: int = 100) -> Iterator[DeadlineRow]:
    """Yield the deadlines with an alarm up to an instant, page by page."""
    last = None
    while found := store.due(before, limit=page, after=last):
        yield from found
        last = found[-1]


def owed_all(store: Store, until: str, *, page: int = 100) -> Iterator[DeadlineRow]:
    """Yield what is owed and due by a day, page by page."""
    last = None
    while found := store.owed(until, limit=page, after=last):
        yield from found
        last = found[-1]


def fits(row: CaseRow, query: Query, deadlines: tuple[DeadlineRow, ...]) -> bool:
    """Say whether a query asks for a case with these deadlines."""
    given = {name: value for name, value in attrs.asdict(query).items() if value is not None}
    unit = given.pop("unit", None)
    after, _ = given.pop("after"), given.pop("limit")
    owing = given.pop("owing", None)
    if owing not in {None, any(deadline.owed for deadline in deadlines)}:
        return False
    matches = all(getattr(row, name) == value for name, value in given.items())
    return matches and row.case.encode() > after.encode() and (unit is None or unit in row.units)


def disagreements(store: Store, case: str) -> list[str]:
    """Read a case, what changes least first, and return what cannot come from whole commits of ``telling``."""
    seen = len(store.history(case))
    row = store.load(case)
    if row is None:
        return [f"{case} is not there"]
    history = store.history(case)
    vault = store.vault(case)
    due = store.due(1)
    of = int(due[0].status.removeprefix("as of ")) if due else 0
    found = store.find(Query())
    wrong = {
        f"the snapshot mixes commits: {row}": row != telling(case, row.revision).case,
        f"a snapshot of revision {row.revision} was read after {seen} records": row.revision < seen,
        f"the history has gaps: {history}": [record.revision for record in history] != [*range(1, len(history) + 1)],
        f"{len(history)} records were read after a snapshot of revision {row.revision}": len(history) < row.revision,
        f"{len(vault)} vault rows were read after {len(history)} records": len(vault) < len(history),
        f"deadlines of revision {of} were read after a snapshot of revision {row.revision}": of < row.revision,
        f"the deadlines mix commits: {due}": due != telling(case, of).deadlines,
        f"what was found mixes commits: {found}": found != tuple(telling(case, row.revision).case for row in found),
    }
    return [problem for problem, is_there in wrong.items() if is_there]


def at_once(acts: Iterable[Callable[[], object]]) -> list[StoreError | None]:
    """Do acts at the same moment, each in a thread of its own; return the store's error of each, if it raised one."""
    acts = list(acts)
    start = threading.Barrier(len(acts))

    def tried(act: Callable[[], object]) -> StoreError | None:
        start.wait()
        try:
            act()
        except StoreError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(tried, acts))


def messages_of(outbox: Outbox) -> list[MessageRow]:
    """Deliver every message that can be given out, and return them in the order they came in."""
    delivered: list[MessageRow] = []
    for _ in patiently():
        deliveries = outbox.outgoing(lease=LONG)
        if not deliveries:
            break
        delivered += [delivery.message for delivery in deliveries]
        outbox.acknowledge(deliveries)
    return delivered

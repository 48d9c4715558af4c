"""A sweep: what the clock has to say of all cases by an instant, warnings and missed deadlines, recorded once each."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from yingshang_flow import codec
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import clock
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import ConflictError, StoreError, SweepError, UnknownError, YingshangFlowError
from yingshang_flow.operations import pages
from yingshang_flow.operations.cases import Cases
from yingshang_flow.operations.unattended import recorded
from yingshang_flow.ports import Claim, DueWork

_LEASE: Final = timedelta(minutes=5) // timedelta(microseconds=1)
"""How long a worker may take over the cases it has claimed together, in microseconds."""
_CLAIMED: Final = 50
"""How many cases a worker claims together."""


def sweep(
    cases: Cases,
    *,
    until: datetime,
    now: Callable[[], datetime],
    calendar: WorkingCalendar,
    limit: int | None = None,
) -> int:
    """Record what the clock has to say by an instant and return the number of records written.

    Where the store gives out due work, each worker is given cases of its own; where it does not, of two workers on the
    same case one finds nothing left to do.

    Args:
        cases: The cases.
        until: The aware instant up to which the clock has run.
        now: Gives the aware instant at which a record is entered.
        calendar: The working days.
        limit: The largest number of cases to record; all unless given.

    Raises:
        UnknownError: The limit is less than 1.
        SweepError: Some cases could not be read or counted; all the others were swept, and these are named.
    """
    if limit is not None and limit < 1:
        message = f"a sweep records at least 1 case, not {limit}; leave limit out for all"
        raise UnknownError(message)

    def said(lifecycle: Lifecycle, case: Case) -> Record | None:
        return clock(lifecycle, case, until=until, now=now(), calendar=calendar)

    written = 0
    undone: set[str] = set()
    failures: list[str] = []
    for case, claim in _with_something_due(cases, codec.microseconds(until), undone):
        undone.add(case)
        try:
            _, record = recorded(cases, cases.row(case), said, claim=claim)
        except StoreError as exc:
            if isinstance(exc, ConflictError) and not cases.store.joined:
                continue  # it took longer than the lease, and another worker has the case now
            raise
        except YingshangFlowError as exc:
            failures.append(f"case {case}: {exc}")
            continue
        if record is not None:
            undone.remove(case)
            written += 1
            if written == limit:
                break
    if failures:
        raise SweepError(f"{written} records were written, but some cases could not be swept", failures)
    return written


def _with_something_due(cases: Cases, until: int, undone: Collection[str]) -> Iterator[tuple[str, Claim | None]]:
    """Yield each case that has something due once, with the claim on it where the store gives out due work.

    Args:
        cases: The cases.
        until: The latest alarm, in microseconds since 1970 UTC.
        undone: The cases that came and were not recorded; they are held until the end, and so do not come again.
    """
    store = cases.store
    if not isinstance(store, DueWork):
        yield from ((case, None) for case in dict.fromkeys(row.case for row in pages.due(store, until)))
        return
    held: list[Claim] = []
    try:
        while claims := store.claim(until, lease=_LEASE, limit=_CLAIMED):
            held += claims
            yield from ((claim.case, claim) for claim in claims)
            store.let_go([claim for claim in held if claim.case not in undone])
            held = [claim for claim in held if claim.case in undone]
    finally:
        store.let_go(held)

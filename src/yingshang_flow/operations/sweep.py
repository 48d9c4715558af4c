"""A sweep: what the clock has to say of all cases by an instant, warnings and missed deadlines, recorded once each."""

from collections.abc import Callable
from datetime import datetime

from yingshang_flow import codec
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import clock
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import StoreError, SweepError, UnknownError, YingshangFlowError
from yingshang_flow.operations import pages
from yingshang_flow.operations.cases import Cases
from yingshang_flow.operations.unattended import recorded


def sweep(
    cases: Cases,
    *,
    until: datetime,
    now: Callable[[], datetime],
    calendar: WorkingCalendar,
    limit: int | None = None,
) -> int:
    """Record what the clock has to say by an instant and return the number of records written.

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
    seen: set[str] = set()
    failures: list[str] = []
    for row in pages.due(cases.store, codec.microseconds(until)):
        if row.case in seen:
            continue
        seen.add(row.case)
        try:
            _, record = recorded(cases, cases.row(row.case), said)
            written += record is not None
        except StoreError:
            raise
        except YingshangFlowError as exc:
            failures.append(f"case {row.case}: {exc}")
        if written == limit:
            break
    if failures:
        raise SweepError(f"{written} records were written, but some cases could not be swept", failures)
    return written

"""Takes a clock that stands still to the next instant at which a deadline has something to say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import HistoryError
from yingshang_flow.ports import DeadlineRow
from yingshang_flow.testing.clock import FixedClock

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER: Final = 2**62


def travel_to_next_deadline(docket: Docket, clock: FixedClock, case: str | None = None) -> tuple[Record, ...]:
    """Set the clock to the next alarm, sweep, and return what the clock recorded.

    An alarm is a warning, a reminder, or the first instant that is too late. A clock that already stands there, or past
    it, stays where it is.

    Args:
        docket: The cases.
        clock: The clock that the docket was given.
        case: Only look for an alarm of this case; of any case unless given. The sweep goes over all of them anyway.

    Returns:
        The records of the clock, in the order of the cases' ids; of the one case only where one is given.

    Raises:
        HistoryError: Nothing runs, so that there is nothing to travel to.
        CaseNotFoundError: There is no such case.
    """
    if case is not None:
        docket.load(case)
    alarm = min(_alarms(docket, case), default=None)
    if alarm is None:
        where = "in the docket" if case is None else f"in the case {case!r}"
        raise HistoryError(f"there is no alarm to travel to: nothing runs {where}; do what starts a limit first")
    clock.travel_to(max(clock(), _EPOCH + timedelta(microseconds=alarm)))
    known = (
        {found.id: found.revision for found in docket.find()} if case is None else {case: docket.load(case).revision}
    )
    docket.sweep()
    return tuple(record for id_, revision in known.items() for record in docket.history(id_)[revision:])


def _alarms(docket: Docket, case: str | None) -> Iterator[int]:
    rows: tuple[DeadlineRow, ...]
    rows = docket.store.due(_FOREVER, limit=1) if case is None else docket.store.deadlines(case)
    yield from (row.alarm for row in rows if row.alarm is not None)

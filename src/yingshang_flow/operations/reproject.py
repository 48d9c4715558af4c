"""A reprojection: the running deadlines of all cases counted anew by another calendar, a record for each case."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import attrs

from yingshang_flow.core import decide
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Moved, Record
from yingshang_flow.deadlines import WorkingCalendar, china_date
from yingshang_flow.errors import CalendarHorizonError, StoreError, SweepError, UnknownError, YingshangFlowError
from yingshang_flow.operations import pages
from yingshang_flow.operations.cases import Cases
from yingshang_flow.operations.unattended import recorded
from yingshang_flow.ports import Query

_LAST_DATE: Final = "9999-12-31"


@attrs.frozen
class Progress:
    """How far a reprojection has come.

    Attributes:
        total: How many deadlines were running when it began; others start and end meanwhile.
        deadlines: How many running ones were counted.
        moved: How many of them move.
        cases: How many cases were looked at.
        failures: How many of those could not be read or counted.
    """

    total: int
    deadlines: int = 0
    moved: int = 0
    cases: int = 0
    failures: int = 0


def reproject(
    cases: Cases,
    calendar: WorkingCalendar,
    *,
    now: Callable[[], datetime],
    dry_run: bool = False,
    each: Callable[[str, Moved], object] | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> int:
    """Count the running deadlines of all cases by another calendar and return the number of those that move.

    Each case is read once, in order of its id, so that its own record does not bring it up again, and what is kept in
    memory does not grow with the number of cases.

    Args:
        cases: The cases.
        calendar: The other calendar.
        now: Gives the aware instant at which a record is entered.
        dry_run: Whether to leave everything as it is and only tell.
        each: Called with the case and the change for each deadline that moves.
        progress: Called after each case.

    Raises:
        UnknownError: The calendar is none.
        CalendarHorizonError: All that the calendar is certain of is past.
        SweepError: Some cases could not be read or counted; all the others were moved, and these are named.
    """
    _refuse_what_cannot_count(calendar, now())

    def counted(lifecycle: Lifecycle, case: Case) -> Record | None:
        return decide.reproject(lifecycle, case, now=now(), calendar=calendar)

    tally = Progress(0 if progress is None else _running(cases))
    failures: list[str] = []
    # Ended cases too: a limit may outlive its case.
    for row in pages.found(cases.store, Query(owing=True)):
        running = 0
        moves: tuple[Moved, ...] = ()
        try:
            deadlines, record = recorded(cases, row, counted, dry_run=dry_run)
            running = sum(deadline.status is Status.OPEN for deadline in deadlines)
            moves = () if record is None else tuple(found for found in record.changes if isinstance(found, Moved))
        except StoreError:
            raise
        except YingshangFlowError as exc:
            failures.append(f"case {row.case}: {exc}")
        if each is not None:
            for move in moves:
                each(row.case, move)
        tally = attrs.evolve(
            tally,
            deadlines=tally.deadlines + running,
            moved=tally.moved + len(moves),
            cases=tally.cases + 1,
            failures=len(failures),
        )
        if progress is not None:
            progress(tally)
    if failures:
        told = (
            f"{tally.moved} deadlines {'would move' if dry_run else 'were moved'}, but some cases could not be counted"
        )
        raise SweepError(told, failures)
    return tally.moved


def _running(cases: Cases) -> int:
    """Return how many deadlines are running, by the index of what is owed and without reading a case."""
    return sum(row.status == Status.OPEN for row in pages.owed(cases.store, _LAST_DATE))


def _refuse_what_cannot_count(calendar: WorkingCalendar, now: datetime) -> None:
    if not isinstance(calendar, WorkingCalendar):
        message = f"a calendar is a WorkingCalendar such as china(), not {calendar!r:.60}"
        raise UnknownError(message)
    if china_date(now) > calendar.horizon:
        message = (
            f"calendar {calendar.name!r} is certain only up to {calendar.horizon}, which is past on {china_date(now)}: "
            "every date counted by it would be a guess; load the notices since then"
        )
        raise CalendarHorizonError(message)

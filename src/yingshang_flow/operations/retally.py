"""Counts cases anew from their histories, as those that were kept before their store counted."""

from collections.abc import Callable

import attrs

from yingshang_flow.core.counting import recounted
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import ConflictError, StoreError, SweepError, YingshangFlowError
from yingshang_flow.operations import pages
from yingshang_flow.operations.assess import tallying
from yingshang_flow.operations.cases import Cases
from yingshang_flow.operations.writing import tally_rows
from yingshang_flow.ports import CaseRow, Query, TallyRow


@attrs.frozen
class Retallied:
    """How far a recount has come.

    Attributes:
        cases: How many cases were looked at.
        changed: Of how many of them something else was kept than was counted now.
        failures: How many could not be read.
    """

    cases: int = 0
    changed: int = 0
    failures: int = 0


def retally(
    cases: Cases, calendar: Callable[[], WorkingCalendar], *, progress: Callable[[Retallied], object] | None = None
) -> int:
    """Count all cases anew and return the number of those of which something else was kept.

    Each case is read and replaced on its own, in order of its id, so that it can be interrupted and run again, also
    beside acts and other workers; what is kept rightly is not written again.

    Args:
        cases: The cases.
        calendar: Gives the working days, for what follows from corrections and annulments.
        progress: Called after each case.

    Raises:
        StoreError: The store counts nothing, or cannot be reached.
        SweepError: Some cases could not be read; all the others were counted, and these are named.
    """
    tallying(cases.store)
    told = Retallied()
    failures: list[str] = []
    for row in pages.found(cases.store, Query()):
        changed = False
        try:
            changed = _retallied(cases, row, calendar)
        except StoreError:
            raise
        except YingshangFlowError as exc:
            failures.append(f"case {row.case}: {exc}")
        told = Retallied(told.cases + 1, told.changed + changed, len(failures))
        if progress is not None:
            progress(told)
    if failures:
        message = f"{told.changed} cases were counted anew, but some could not be read"
        raise SweepError(message, failures)
    return told.changed


def tallies_of(cases: Cases, row: CaseRow, calendar: Callable[[], WorkingCalendar]) -> tuple[TallyRow, ...]:
    """Return what the records of a case up to a row add to what is counted, in order of revision.

    Args:
        cases: The cases.
        row: Where the case stands.
        calendar: Gives the working days.
    """
    rows = cases.store.history(row.case)[: row.revision]
    definitions = cases.definitions(row, rows)
    if not any(lifecycle.tallies for lifecycle in definitions):
        return ()
    history = cases.records(row, rows)
    counts = recounted(definitions, history, calendar())
    return tuple(one for record, found in zip(history, counts, strict=True) for one in tally_rows(record, found))


def _retallied(cases: Cases, row: CaseRow, calendar: Callable[[], WorkingCalendar]) -> bool:
    store = tallying(cases.store)
    while True:
        counted = tallies_of(cases, row, calendar)
        if store.tallies(row.case) == counted and cases.row(row.case).revision == row.revision:
            return False
        try:
            store.retally(row.case, row.revision, counted)
        except ConflictError:
            if cases.store.joined:
                raise  # the host's transaction may not see what came first, and only the host can begin it anew
            row = cases.row(row.case)
        else:
            return True

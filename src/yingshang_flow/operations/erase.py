"""Erases personal data of a case: the rows go from the vault in the same commit that keeps the record of it."""

from datetime import datetime

from yingshang_flow import codec
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.erasure import Erasing, Erasure, erase
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Record
from yingshang_flow.operations.cases import Cases, Decided, Place
from yingshang_flow.ports import RecordRow


def erased(cases: Cases, place: Place, erasing: Erasing, *, now: datetime) -> Decided:
    """Return the record of an erasure, decided on where a case stands.

    Args:
        cases: The cases.
        place: Where the case stands.
        erasing: What is wanted.
        now: The aware instant at which it is entered.

    Raises:
        YingshangFlowError: What stands against it; see ``yingshang_flow.core.erasure.erase``.
    """
    lifecycle, case = place.lifecycle, place.case
    rows = cases.store.history(case.id)[: case.revision]  # what somebody adds meanwhile makes the commit fail
    vault = {row.commitment for row in cases.store.vault(case.id)}
    kept: dict[int, tuple[str, ...]] = {}
    for record in cases.records(place.row, rows):
        found = tuple(commitment for commitment in codec.commitments(record) if commitment in vault)
        kept[record.revision] = found
        if isinstance(record, Amendment):
            kept[record.amends] += found  # what an act said goes with what it was corrected to
    return Decided(lifecycle, case, erase(lifecycle, case, kept, erasing, now=Moment.of(now)), place.row.head)


def is_same(cases: Cases, kept: RecordRow, erasing: Erasing) -> bool:
    """Tell whether a record that was kept under a key is the erasure that is wanted."""
    record: Record = cases.record(kept)
    return isinstance(record, Erasure) and (record.ground, record.actor, record.revisions) == (
        erasing.ground,
        erasing.actor,
        erasing.revisions,
    )

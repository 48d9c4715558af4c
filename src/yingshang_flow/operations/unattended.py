"""Records that are no act of a person: decided on the deadlines of a case alone, and decided anew after a lost race."""

from collections.abc import Callable

import attrs

from yingshang_flow import codec
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.errors import ConflictError
from yingshang_flow.operations.cases import Cases
from yingshang_flow.operations.writing import unattended_commit_of
from yingshang_flow.ports import CaseRow, Claim


@attrs.frozen
class _Seen:
    """Of a case, what the clock and a calendar look at; what was said in its acts is not read."""

    id: str
    state: str
    revision: int
    deadlines: tuple[Deadline, ...]


def recorded(
    cases: Cases,
    row: CaseRow,
    decide: Callable[[Lifecycle, Case], Record | None],
    *,
    dry_run: bool = False,
    claim: Claim | None = None,
) -> tuple[tuple[Deadline, ...], Record | None]:
    """Record what is decided on the deadlines of a case; return them as they were, and the record if there is one.

    Args:
        cases: The cases.
        row: The case as it was read. If somebody was faster, it is read again, and what is left is decided on that.
        decide: Returns the record, or none when there is nothing to record. Of the case it sees the id, state, revision
            and deadlines.
        dry_run: Whether only to decide.
        claim: The claim under which it is done; once somebody else has claimed the case, nothing is recorded any more.

    Raises:
        CodecError: The deadlines cannot be read.
        UnknownFingerprintError: The definition of the case cannot be rebuilt.
        ConflictError: Somebody else has claimed the case, or was faster than a transaction of the host's.
        StoreError: The store cannot keep the record.
    """
    while True:
        lifecycle = cases.lifecycle(row)
        snapshot = codec.skimmed(row.text, lifecycle)
        seen = _Seen(row.case, row.state, row.revision, snapshot.deadlines)
        record = decide(lifecycle, seen)  # type: ignore[arg-type]  # it looks at no more of a case
        if record is not None and not dry_run:
            try:
                cases.store.commit(
                    unattended_commit_of(
                        lifecycle,
                        row,
                        snapshot,
                        record,
                        algorithm=cases.algorithm,
                        topics=cases.topics,
                        claim=claim,
                        tallied=cases.tallied,
                    )
                )
            except ConflictError:
                if cases.store.joined:
                    raise  # the host's transaction may not see what came first, and only the host can begin it anew
                again = cases.row(row.case)
                if claim is not None and again.revision == row.revision:
                    raise  # nobody was faster, so it is the claim that is no longer held
                row = again
                continue
        return snapshot.deadlines, record

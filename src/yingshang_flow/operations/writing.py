"""What one record writes: the rows that a store keeps together or not at all."""

import secrets
from collections.abc import Iterable

import attrs

from yingshang_flow import codec
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.counting import Counts, counted, counted_unattended
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Record
from yingshang_flow.core.stepping import folded
from yingshang_flow.operations.messages import messages_of
from yingshang_flow.ports import (
    CaseRow,
    Claim,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Expectation,
    RecordRow,
    TallyRow,
    VaultRow,
)


def commit_of(
    lifecycle: Lifecycle,
    standing: Case | None,
    record: Record,
    previous: str,
    *,
    fragments: codec.Fragments,
    algorithm: str,
    definition: DefinitionRow | None = None,
    expects: tuple[Expectation, ...] = (),
    topics: frozenset[str] = frozenset(),
    tallied: bool = False,
    counts: Counts | None = None,
) -> tuple[Case, Commit]:
    """Return the case after a record and the commit that keeps both, confidential values sealed.

    Args:
        lifecycle: The definition the case is under, of a migration the one that it goes on under.
        standing: Where the case stood; none for an opening.
        record: The record as decided, in clear.
        previous: The hash of the record before it.
        fragments: The texts of the last snapshot's parts; kept up to date.
        algorithm: What the record and its commitments are hashed by.
        definition: What the case is opened under or goes on under.
        expects: What was read of linked cases.
        topics: What the record tells other systems.
        tallied: Whether what it adds to what is counted is kept.
        counts: What that is, where it does not follow from the case before and after it.

    Raises:
        CodecError: The record holds what cannot be written.
    """
    record, hidden = codec.sealed(record, lifecycle, _salt, algorithm)
    case = evolve(standing, record)
    text = codec.record_text(record, previous, algorithm)
    head = codec.digest(text, algorithm)
    row = case_row(case, lifecycle, head, codec.case_text(case, fragments))
    before = () if standing is None else standing.deadlines
    dated = standing is None or record.changes or isinstance(record, Amendment | Migration)
    if not tallied:
        counts = {}
    elif counts is None:
        counts = counted(lifecycle, standing, record, case) if lifecycle.tallies else {}
    return case, Commit(
        record_row(record, text, head),
        row,
        deadline_rows(case.id, case.deadlines) if dated else None,
        tuple(VaultRow(secret.commitment, case.id, secret.salt, secret.text) for secret in hidden),
        definition,
        expects,
        messages_of(lifecycle, row, record, before, topics) if topics else (),
        record.erased if isinstance(record, Erasure) else (),
        tallies=tally_rows(record, counts),
    )


def unattended_commit_of(
    lifecycle: Lifecycle,
    row: CaseRow,
    snapshot: codec.Skimmed,
    record: Record,
    *,
    algorithm: str,
    topics: frozenset[str] = frozenset(),
    claim: Claim | None = None,
    tallied: bool = False,
) -> Commit:
    """Return the commit that keeps a record which is no act of a person: it changes deadlines and nothing else.

    Args:
        lifecycle: The definition the case is under.
        row: The case before it.
        snapshot: What was read of the row's text.
        record: The record; it holds nothing to be sealed.
        algorithm: What it is hashed by.
        topics: What the record tells other systems.
        claim: The claim under which it is made.
        tallied: Whether what it adds to what is counted is kept.

    Raises:
        CodecError: The case has to be read to tell for whom it counts, and cannot be.
    """
    deadlines = folded(snapshot.deadlines, record)
    counts: Counts = {}
    if tallied and lifecycle.tallies:
        counts = counted_unattended(
            lifecycle, snapshot.deadlines, record, lambda: codec.case_from(row.text, lifecycle, {}, unread=True)
        )
    text = codec.record_text(record, row.head, algorithm)
    head = codec.digest(text, algorithm)
    return Commit(
        record_row(record, text, head),
        attrs.evolve(row, revision=record.revision, head=head, text=snapshot.moved_on(deadlines, record)),
        deadline_rows(row.case, deadlines),
        messages=messages_of(lifecycle, row, record, snapshot.deadlines, topics) if topics else (),
        claim=claim,
        tallies=tally_rows(record, counts),
    )


def tally_rows(record: Record, counts: Counts) -> tuple[TallyRow, ...]:
    """Return the rows of what a record adds to what is counted.

    Args:
        record: The record.
        counts: What it adds and takes back.
    """
    return tuple(
        TallyRow(record.case, record.revision, one.measure, one.unit, one.day, counts[one]) for one in sorted(counts)
    )


def record_row(record: Record, text: str, head: str) -> RecordRow:
    """Return the row of a sealed record.

    Args:
        record: The record.
        text: Its canonical text.
        head: The hash of the text.
    """
    return RecordRow(
        record.case,
        record.revision,
        record.kind.value,
        record.key,
        codec.microseconds(record.recorded_at),
        text,
        head,
    )


def case_row(case: Case, lifecycle: Lifecycle, head: str, text: str) -> CaseRow:
    """Return the row of a case.

    Args:
        case: The case.
        lifecycle: Tells which states are final.
        head: The hash of its last record.
        text: The snapshot.
    """
    opening = case.opening
    return CaseRow(
        case.id,
        case.revision,
        opening.lifecycle,
        opening.fingerprint,
        case.state,
        lifecycle.by_state[case.state].final,
        opening.reference,
        opening.parent,
        opening.origin,
        case.units,
        head,
        text,
    )


def deadline_rows(case: str, deadlines: Iterable[Deadline]) -> tuple[DeadlineRow, ...]:
    """Return the rows of deadlines.

    Args:
        case: The id of the case.
        deadlines: Its deadlines.
    """
    return tuple(
        DeadlineRow(
            case,
            deadline.limit,
            deadline.obligor,
            deadline.number,
            deadline.status.value,
            deadline.due.isoformat(),
            deadline.status.owed,
            None if deadline.alarm is None else codec.microseconds(deadline.alarm),
        )
        for deadline in deadlines
    )


def _salt() -> bytes:
    return secrets.token_bytes(32)

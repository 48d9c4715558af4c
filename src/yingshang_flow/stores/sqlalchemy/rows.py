"""Rows of the ports as values of the tables, and back."""

import functools
import json
from collections.abc import Iterable
from types import MappingProxyType
from typing import Any

from yingshang_flow.ports import (
    CaseRow,
    Children,
    DeadlineRow,
    DefinitionRow,
    MessageRow,
    RecordRow,
    TallyRow,
    VaultRow,
)
from yingshang_flow.stores.sqlalchemy.runner import Row


def record_values(row: RecordRow) -> dict[str, Any]:
    """Return the columns of a record."""
    return {
        "case_id": row.case,
        "revision": row.revision,
        "kind": row.kind,
        "record_key": row.key,
        "recorded_at": row.recorded_at,
        "text": row.text,
        "hash": row.hash,
    }


def place_values(row: CaseRow) -> dict[str, Any]:
    """Return the columns that a case is found by."""
    return {
        "lifecycle": row.lifecycle,
        "fingerprint": row.fingerprint,
        "state": row.state,
        "final": int(row.final),
        "reference": row.reference,
        "parent": row.parent,
        "origin": row.origin,
        "units": _units_text(row.units),
    }


def deadline_values(row: DeadlineRow) -> dict[str, Any]:
    """Return the columns of a deadline."""
    return {
        "case_id": row.case,
        "limit_key": row.limit,
        "obligor": row.obligor,
        "number": row.number,
        "status": row.status,
        "due": row.due,
        "owed": int(row.owed),
        "alarm": row.alarm,
    }


def vault_values(row: VaultRow) -> dict[str, Any]:
    """Return the columns of a confidential value."""
    return {"commitment": row.commitment, "case_id": row.case, "salt": row.salt, "text": row.text}


def definition_values(row: DefinitionRow) -> dict[str, Any]:
    """Return the columns of a definition."""
    return {
        "fingerprint": row.fingerprint,
        "lifecycle": row.lifecycle,
        "version": row.version,
        "profile": row.profile,
        "text": row.text,
    }


def tally_values(row: TallyRow) -> dict[str, Any]:
    """Return the columns of a tally."""
    return {
        "case_id": row.case,
        "revision": row.revision,
        "measure": row.measure,
        "unit": row.unit,
        "day": row.day,
        "count": row.count,
    }


def message_values(row: MessageRow) -> dict[str, Any]:
    """Return the columns of a message, but for its lease."""
    return {
        "case_id": row.case,
        "revision": row.revision,
        "number": row.number,
        "topic": row.topic,
        "recorded_at": row.recorded_at,
        "text": row.text,
    }


def case_row(row: Row) -> CaseRow:
    """Return the case of the columns ``CASE``."""
    case, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, text = row
    ended = bool(final)
    found = units_of(units)
    return CaseRow(case, revision, lifecycle, fingerprint, state, ended, reference, parent, origin, found, head, text)


def deadline_row(row: Row) -> DeadlineRow:
    """Return the deadline of the columns ``DEADLINE``."""
    case, limit, obligor, number, status, due, owed, alarm = row
    return DeadlineRow(case, limit, obligor, number, status, due, bool(owed), alarm)


def children_of(rows: Iterable[Row]) -> Children:
    """Return what is known of children from (case, lifecycle, state, final), in order of case."""
    counts: dict[tuple[str, str], int] = {}
    open_ids = []
    for case, lifecycle, state, final in rows:
        counts[lifecycle, state] = counts.get((lifecycle, state), 0) + 1
        if not final:
            open_ids.append(case)
    return Children(MappingProxyType(counts), tuple(open_ids))


# Most cases share their units with many others, and reading JSON costs as much as a row.
@functools.lru_cache(maxsize=1024)
def units_of(text: str) -> tuple[str, ...]:
    """Return the units that a text lists."""
    return tuple(json.loads(text))


@functools.lru_cache(maxsize=1024)
def _units_text(units: tuple[str, ...]) -> str:
    return json.dumps(units, ensure_ascii=False)

"""A store in memory, for trying things out and for tests."""

import heapq
import threading
from types import MappingProxyType
from typing import Any

import attrs

from yingshang_flow.errors import ConflictError, KeyReusedError, ReferenceTakenError, StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    Commit,
    DeadlineRow,
    DefinitionRow,
    Expectation,
    InState,
    Query,
    RecordRow,
    Store,
    VaultRow,
)
from yingshang_flow.stores.admission import admit, refuse_surrogates


@attrs.frozen
class _Kept:
    """All rows of one case."""

    row: CaseRow
    records: tuple[RecordRow, ...]
    deadlines: tuple[DeadlineRow, ...]
    vault: tuple[VaultRow, ...]


class MemoryStore(Store):
    """A store whose cases end with the process.

    It holds every clause of the contract, S2 only as far as the process lives. ``find`` and ``due`` look at every case,
    so it is not meant for many thousands of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # One dictionary for all kinds of rows: its `update` is one step that no interrupt can divide (S1).
        self._rows: dict[tuple[str, ...], _Kept | RecordRow | DefinitionRow | str] = {}

    def commit(self, commit: Commit) -> None:
        """Keep one record and everything it changes, until the process ends."""
        admit(commit)
        refuse_surrogates(commit)
        record, case = commit.record, commit.case
        with self._lock:
            before = self._case(case.case)
            self._refuse_reused_key(record)
            _refuse_stale_revision(record, 0 if before is None else before.row.revision)
            for expectation in commit.expects:
                self._refuse_broken(expectation)
            self._refuse_taken_reference(case)
            kept = before or _Kept(case, (), (), ())
            for row in commit.vault:
                if ("vault", row.commitment) in self._rows:
                    raise StoreError(f"the commitment {row.commitment!r} is already kept; draw a salt for each value")
            deadlines = kept.deadlines if commit.deadlines is None else tuple(commit.deadlines)
            vault = sorted((*kept.vault, *commit.vault), key=lambda row: row.commitment)
            changes: dict[tuple[str, ...], _Kept | RecordRow | DefinitionRow | str] = {
                ("case", case.case): _Kept(case, (*kept.records, record), deadlines, tuple(vault))
            }
            if record.key is not None:
                changes["key", record.key] = record
            if case.reference is not None:
                changes["reference", case.lifecycle, case.reference] = case.case
            if commit.definition is not None:
                fingerprint = commit.definition.fingerprint
                changes["definition", fingerprint] = self._rows.get(("definition", fingerprint), commit.definition)
            changes |= {("vault", row.commitment): row.case for row in commit.vault}
            self._rows.update(changes)

    def load(self, case: str) -> CaseRow | None:
        """Return where a case stands; none when there is no such case."""
        with self._lock:
            kept = self._case(case)
        return None if kept is None else kept.row

    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        """Return the records of a case with a revision above ``after``, in order."""
        with self._lock:
            kept = self._case(case)
        return () if kept is None else kept.records[max(after, 0) :]

    def keyed(self, key: str) -> RecordRow | None:
        """Return the record that was kept under an idempotency key."""
        with self._lock:
            record = self._rows.get(("key", key))
        return record if isinstance(record, RecordRow) else None

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        """Return the cases a query asks for, in order of id by bytes."""
        if query.limit < 1:
            raise StoreError(f"a page of {query.limit} cases was asked for; ask for at least 1")
        found = (kept.row for kept in self._cases() if _asked_for(kept, query))
        return tuple(heapq.nsmallest(query.limit, found, key=lambda row: row.case))

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines whose alarm is at most ``before`` microseconds, the earliest first."""
        if after is not None and after.alarm is None:
            raise StoreError(f"the page after {after} was asked for, which has no alarm; give the last row of a page")
        placed = [
            (_place(row, row.alarm), row)
            for kept in self._cases()
            for row in kept.deadlines
            if row.alarm is not None and row.alarm <= before
        ]
        return _page(placed, limit, None if after is None else _place(after, after.alarm))

    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        """Return the deadlines under which something is owed and that are due by an ISO date, the earliest first."""
        placed = [
            (_place(row, row.due), row)
            for kept in self._cases()
            for row in kept.deadlines
            if row.owed and row.due <= until
        ]
        return _page(placed, limit, None if after is None else _place(after, after.due))

    def children(self, parent: str) -> Children:
        """Return what is known of the children of a case."""
        with self._lock:
            return self._children(parent)

    def definition(self, fingerprint: str) -> DefinitionRow | None:
        """Return what cases of a fingerprint were opened under."""
        with self._lock:
            definition = self._rows.get(("definition", fingerprint))
        return definition if isinstance(definition, DefinitionRow) else None

    def vault(self, case: str) -> tuple[VaultRow, ...]:
        """Return the confidential values of a case that have not been erased, in order of commitment."""
        with self._lock:
            kept = self._case(case)
        return () if kept is None else kept.vault

    def close(self) -> None:
        """Do nothing: there is nothing to let go of, and what was kept can still be read."""

    def _case(self, case: str) -> _Kept | None:
        kept = self._rows.get(("case", case))
        return kept if isinstance(kept, _Kept) else None

    def _cases(self) -> list[_Kept]:
        with self._lock:
            return [kept for kept in self._rows.values() if isinstance(kept, _Kept)]

    def _children(self, parent: str) -> Children:
        rows = [kept.row for kept in self._rows.values() if isinstance(kept, _Kept) and kept.row.parent == parent]
        counts: dict[tuple[str, str], int] = {}
        for row in rows:
            counts[row.lifecycle, row.state] = counts.get((row.lifecycle, row.state), 0) + 1
        return Children(MappingProxyType(counts), tuple(sorted(row.case for row in rows if not row.final)))

    def _refuse_reused_key(self, record: RecordRow) -> None:
        kept = None if record.key is None else self._rows.get(("key", record.key))
        if isinstance(kept, RecordRow):
            raise KeyReusedError(
                f"the key {record.key!r} stands for revision {kept.revision} of {kept.case!r};"
                " read that outcome, or use a new key"
            )

    def _refuse_taken_reference(self, case: CaseRow) -> None:
        if case.reference is None:
            return
        holder = self._rows.get(("reference", case.lifecycle, case.reference))
        if not isinstance(holder, str) or holder == case.case:
            return
        kept = self._case(holder)
        # A case may have given its reference up since.
        if kept is not None and (kept.row.lifecycle, kept.row.reference) == (case.lifecycle, case.reference):
            raise ReferenceTakenError(
                f"the reference {case.reference!r} of {case.lifecycle!r} belongs to {holder!r};"
                f" use another for {case.case!r}, or act on that case"
            )

    def _refuse_broken(self, expectation: Expectation) -> None:
        if isinstance(expectation, InState):
            kept = self._case(expectation.case)
            found = None if kept is None else kept.row.state
            if found != expectation.state:
                raise ConflictError(
                    f"{expectation.case!r} was expected in state {expectation.state!r} but is in {found!r};"
                    " read it again and decide anew"
                )
        elif self._children(expectation.parent) != expectation.children:
            raise ConflictError(f"the children of {expectation.parent!r} have changed; read them again and decide anew")


def _refuse_stale_revision(record: RecordRow, stored: int) -> None:
    if record.revision != stored + 1:
        raise ConflictError(
            f"revision {record.revision} of {record.case!r} does not follow revision {stored}, which is stored;"
            " read the case again and decide anew"
        )


def _asked_for(kept: _Kept, query: Query) -> bool:
    row = kept.row
    return (
        row.case > query.after
        and query.lifecycle in {None, row.lifecycle}
        and query.state in {None, row.state}
        and query.reference in {None, row.reference}
        and query.parent in {None, row.parent}
        and query.origin in {None, row.origin}
        and query.final in {None, row.final}
        and (query.unit is None or query.unit in row.units)
        and (query.owing is None or query.owing == any(deadline.owed for deadline in kept.deadlines))
    )


def _place(row: DeadlineRow, first: int | str | None) -> tuple[Any, ...]:
    return first, row.case, row.limit, row.obligor, row.number


def _page(
    placed: list[tuple[tuple[Any, ...], DeadlineRow]], limit: int, after: tuple[Any, ...] | None
) -> tuple[DeadlineRow, ...]:
    """Return the first rows whose place lies behind that of the last page's last row."""
    if limit < 1:
        raise StoreError(f"a page of {limit} deadlines was asked for; ask for at least 1")
    behind = [pair for pair in placed if after is None or pair[0] > after]
    return tuple(row for _, row in heapq.nsmallest(limit, behind, key=lambda pair: pair[0]))

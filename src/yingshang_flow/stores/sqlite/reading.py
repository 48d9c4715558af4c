"""Reading a store's rows by SQL: what a store can be asked for, and how to find it by an index."""

import functools
import json
import sqlite3
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import (
    CaseRow,
    Children,
    DeadlineRow,
    DefinitionRow,
    Query,
    RecordRow,
    Tallied,
    TallyRow,
    VaultRow,
)
from yingshang_flow.stores.admission import MONTH, at_least_one

# Every statement is one constant text, so that each connection prepares it once.
RECORD: Final = "case_id, revision, kind, key, recorded_at, text, hash"
CASE: Final = "case_id, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, text"
DEADLINE: Final = "case_id, limit_key, obligor, number, status, due, owed, alarm"
TALLY: Final = "case_id, revision, measure, unit, day, count"

_HISTORY: Final = f"SELECT {RECORD} FROM ysf_records WHERE case_id = ? AND revision > ? ORDER BY revision"  # noqa: S608 - constants
_KEYED: Final = f"SELECT {RECORD} FROM ysf_records WHERE key = ?"  # noqa: S608 - constants
_LOAD: Final = f"SELECT {CASE} FROM ysf_cases WHERE case_id = ?"  # noqa: S608 - constants
_DUE: Final = f"SELECT {DEADLINE} FROM ysf_deadlines INDEXED BY ysf_deadlines_alarm WHERE alarm <= ?"  # noqa: S608 - constants
_DUE_ORDER: Final = " ORDER BY alarm, case_id, limit_key, obligor, number LIMIT ?"
_DUE_FIRST: Final = _DUE + _DUE_ORDER
_DUE_NEXT: Final = f"{_DUE} AND (alarm, case_id, limit_key, obligor, number) > (?, ?, ?, ?, ?){_DUE_ORDER}"
_OWED: Final = f"SELECT {DEADLINE} FROM ysf_deadlines INDEXED BY ysf_deadlines_owed WHERE owed = 1 AND due <= ?"  # noqa: S608 - constants
_OWED_ORDER: Final = " ORDER BY due, case_id, limit_key, obligor, number LIMIT ?"
_OWED_FIRST: Final = _OWED + _OWED_ORDER
_OWED_NEXT: Final = f"{_OWED} AND (due, case_id, limit_key, obligor, number) > (?, ?, ?, ?, ?){_OWED_ORDER}"
_OF_CASE: Final = f"SELECT {DEADLINE} FROM ysf_deadlines WHERE case_id = ? ORDER BY limit_key, obligor, number"  # noqa: S608 - constants
_CHILDREN: Final = "SELECT case_id, lifecycle, state, final FROM ysf_cases WHERE parent = ? ORDER BY case_id"
_DEFINITION: Final = "SELECT fingerprint, lifecycle, version, profile, text FROM ysf_definitions WHERE fingerprint = ?"
_VAULT: Final = (
    "SELECT commitment, case_id, salt, text FROM ysf_vault WHERE case_id = ? AND erased = 0 ORDER BY commitment"
)
_TALLIED: Final = f"""
    SELECT measure, unit, substr(day, 1, {MONTH}) AS month, SUM(count) FROM ysf_tallies INDEXED BY ysf_tallies_day
    WHERE day >= ? AND day <= ? GROUP BY measure, unit, month HAVING SUM(count) <> 0 ORDER BY measure, unit, month
"""  # noqa: S608 - constants
_TALLIES: Final = f"SELECT {TALLY} FROM ysf_tallies WHERE case_id = ? ORDER BY revision, measure, unit, day"  # noqa: S608 - constants
_DEADLINE_KEY: Final = attrgetter("case", "limit", "obligor", "number")

# What may drive a search, the narrowest first. The index is named, so that no statistics can lead SQLite to read every
# case; all are in order of id, save a reference, which few cases share.
_DRIVERS: Final = {
    "reference": "ysf_cases AS c INDEXED BY ysf_cases_reference",
    "parent": "ysf_cases AS c INDEXED BY ysf_cases_parent",
    "origin": "ysf_cases AS c INDEXED BY ysf_cases_origin",
    "open unit": "ysf_units AS u INDEXED BY ysf_units_open CROSS JOIN ysf_cases AS c ON c.case_id = u.case_id",
    "unit": "ysf_units AS u CROSS JOIN ysf_cases AS c ON c.case_id = u.case_id",
    "state": "ysf_cases AS c INDEXED BY ysf_cases_state",
    "open": "ysf_cases AS c INDEXED BY ysf_cases_open",
    # It passes over what is settled at a small part of what a case costs; an index would be written by every act.
    "owing": "ysf_deadlines AS d CROSS JOIN ysf_cases AS c ON c.case_id = d.case_id",
    "lifecycle": "ysf_cases AS c INDEXED BY ysf_cases_lifecycle",
}


def load(connection: sqlite3.Connection, case: str) -> CaseRow | None:
    """Return where a case stands."""
    row = connection.execute(_LOAD, (case,)).fetchone()
    return None if row is None else _case(row)


def history(connection: sqlite3.Connection, case: str, after: int) -> tuple[RecordRow, ...]:
    """Return the records of a case with a revision above ``after``."""
    return tuple(RecordRow(*row) for row in connection.execute(_HISTORY, (case, after)).fetchall())


def keyed(connection: sqlite3.Connection, key: str) -> RecordRow | None:
    """Return the record of a key."""
    row = connection.execute(_KEYED, (key,)).fetchone()
    return None if row is None else RecordRow(*row)


def find(connection: sqlite3.Connection, query: Query) -> tuple[CaseRow, ...]:
    """Return a page of cases."""
    at_least_one(query.limit, "a page of cases")
    values = attrs.asdict(query)
    given = tuple(name for name, value in values.items() if value is not None)
    rows = connection.execute(_search(given, is_open=query.final is False, owes=query.owing is True), values).fetchall()
    return tuple(map(_case, rows))


def due(connection: sqlite3.Connection, before: int, limit: int, after: DeadlineRow | None) -> tuple[DeadlineRow, ...]:
    """Return a page of deadlines by alarm."""
    if after is None:
        return _page(connection, _DUE_FIRST, (before,), limit)
    if after.alarm is None:
        raise StoreError(f"the page after {after} was asked for, which has no alarm; give the last row of a page")
    return _page(connection, _DUE_NEXT, (before, after.alarm, *_DEADLINE_KEY(after)), limit)


def owed(connection: sqlite3.Connection, until: str, limit: int, after: DeadlineRow | None) -> tuple[DeadlineRow, ...]:
    """Return a page of deadlines by due date."""
    if after is None:
        return _page(connection, _OWED_FIRST, (until,), limit)
    return _page(connection, _OWED_NEXT, (until, after.due, *_DEADLINE_KEY(after)), limit)


def deadlines(connection: sqlite3.Connection, case: str) -> tuple[DeadlineRow, ...]:
    """Return the deadlines of a case."""
    return tuple(map(_deadline, connection.execute(_OF_CASE, (case,)).fetchall()))


def children(connection: sqlite3.Connection, parent: str) -> Children:
    """Return what is known of the children of a case."""
    counts: dict[tuple[str, str], int] = {}
    open_ids = []
    for case, lifecycle, state, final in connection.execute(_CHILDREN, (parent,)).fetchall():
        counts[lifecycle, state] = counts.get((lifecycle, state), 0) + 1
        if not final:
            open_ids.append(case)
    return Children(MappingProxyType(counts), tuple(open_ids))


def definition(connection: sqlite3.Connection, fingerprint: str) -> DefinitionRow | None:
    """Return what cases of a fingerprint were opened under."""
    row = connection.execute(_DEFINITION, (fingerprint,)).fetchone()
    return None if row is None else DefinitionRow(*row)


def vault(connection: sqlite3.Connection, case: str) -> tuple[VaultRow, ...]:
    """Return the confidential values of a case that are not erased."""
    return tuple(VaultRow(*row) for row in connection.execute(_VAULT, (case,)).fetchall())


def tallied(
    connection: sqlite3.Connection, first: str, last: str, measures: frozenset[str] | None
) -> tuple[Tallied, ...]:
    """Return sums by measure, unit and month."""
    rows = connection.execute(_TALLIED, (first, last)).fetchall()
    return tuple(Tallied(*row) for row in rows if measures is None or row[0] in measures)


def tallies(connection: sqlite3.Connection, case: str) -> tuple[TallyRow, ...]:
    """Return the tallies of a case."""
    return tuple(TallyRow(*row) for row in connection.execute(_TALLIES, (case,)).fetchall())


# Most cases share their units with many others, and reading JSON costs as much as a row.
@functools.lru_cache(maxsize=1024)
def units_text(units: tuple[str, ...]) -> str:
    """Return units as the text of their column."""
    return json.dumps(units, ensure_ascii=False)


@functools.lru_cache(maxsize=1024)
def units_from(text: str) -> tuple[str, ...]:
    """Return the units of a column's text."""
    return tuple(json.loads(text))


@functools.cache
def _search(given: tuple[str, ...], *, is_open: bool, owes: bool) -> str:
    """Return the statement for what a query gives, driven by the narrowest of it."""
    possible = set(given) - {"owing"}
    if is_open:
        possible |= {"open", "open unit"} if "unit" in given else {"open"}
    if owes:
        possible.add("owing")
    driver = next((driver for driver in _DRIVERS if driver in possible), "")
    side = {"unit": "u", "open unit": "u", "owing": "d"}.get(driver, "c")
    terms = [f"{side}.case_id > :after"]
    terms += [
        f"c.{name} = :{name}" for name in ("lifecycle", "state", "reference", "parent", "origin") if name in given
    ]
    if "unit" in given:
        within = "EXISTS (SELECT 1 FROM ysf_units AS u WHERE u.unit = :unit AND u.case_id = c.case_id)"
        terms.append("u.unit = :unit" if side == "u" else within)
    if "final" in given:
        # Written out: a partial index answers only a term that is known when the statement is prepared.
        terms.append(f"{'u' if side == 'u' else 'c'}.final = {0 if is_open else 1}")
    if side == "d":
        terms.append("d.owed = 1")
    elif "owing" in given:
        within = "EXISTS (SELECT 1 FROM ysf_deadlines AS d WHERE d.case_id = c.case_id AND d.owed = 1)"
        terms.append(within if owes else f"NOT {within}")
    columns = ", ".join(f"c.{column}" for column in CASE.split(", "))
    return (
        f"SELECT {columns} FROM {_DRIVERS.get(driver, 'ysf_cases AS c')} WHERE {' AND '.join(terms)}"  # noqa: S608 - constants
        f"{' GROUP BY d.case_id' if side == 'd' else ''} ORDER BY {side}.case_id LIMIT :limit"
    )


def _case(row: tuple[Any, ...]) -> CaseRow:
    case, revision, lifecycle, fingerprint, state, final, reference, parent, origin, units, head, text = row
    return CaseRow(
        case,
        revision,
        lifecycle,
        fingerprint,
        state,
        bool(final),
        reference,
        parent,
        origin,
        units_from(units),
        head,
        text,
    )


def _deadline(row: tuple[Any, ...]) -> DeadlineRow:
    case, limit, obligor, number, status, due, owed, alarm = row
    return DeadlineRow(case, limit, obligor, number, status, due, bool(owed), alarm)


def _page(
    connection: sqlite3.Connection, statement: str, values: tuple[Any, ...], limit: int
) -> tuple[DeadlineRow, ...]:
    at_least_one(limit, "a page of deadlines")
    return tuple(_deadline(row) for row in connection.execute(statement, (*values, limit)).fetchall())

"""Writing a commit by SQL, once the write lock is held."""

import sqlite3
from operator import attrgetter
from typing import Any, Final

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import (
    CaseRow,
    Claim,
    Commit,
    DeadlineRow,
    Expectation,
    InState,
    MessageRow,
    RecordRow,
    TallyRow,
    VaultRow,
)
from yingshang_flow.stores.refusals import (
    broken_state,
    changed_children,
    counted_too_early,
    kept_commitment,
    kept_key,
    lost_claim,
    nothing_to_erase,
    stale_revision,
    taken_reference,
)
from yingshang_flow.stores.sqlite.reading import CASE, DEADLINE, RECORD, TALLY, children, units_from, units_text

_KEY_HOLDER: Final = "SELECT case_id, revision FROM ysf_records WHERE key = ?"
_REFERENCE_HOLDER: Final = "SELECT case_id FROM ysf_cases WHERE reference = ? AND lifecycle = ?"
_STATE: Final = "SELECT state FROM ysf_cases WHERE case_id = ?"
_STORED: Final = "SELECT revision, final, units FROM ysf_cases WHERE case_id = ?"
# A row that is ignored shows in the row count, which is cheaper than looking for it first.
_ADD_RECORD: Final = f"INSERT OR IGNORE INTO ysf_records ({RECORD}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_ADD_CASE: Final = f"INSERT INTO ysf_cases ({CASE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
# Two ways to write a snapshot, as SQLite writes every index that holds a column named after SET, changed or not.
_MOVE_ON: Final = """
    UPDATE ysf_cases SET revision = ?, head = ?, text = ?
    WHERE case_id = ? AND revision = ? AND lifecycle = ? AND fingerprint = ? AND state = ? AND final = ?
        AND reference IS ? AND parent IS ? AND origin IS ? AND units = ?
"""
_CHANGE_CASE: Final = """
    UPDATE ysf_cases SET revision = ?, head = ?, text = ?, lifecycle = ?, fingerprint = ?, state = ?, final = ?,
        reference = ?, parent = ?, origin = ?, units = ?
    WHERE case_id = ?
"""
_REMOVE_UNIT: Final = "DELETE FROM ysf_units WHERE unit = ? AND case_id = ?"
_KEEP_UNIT: Final = "INSERT OR REPLACE INTO ysf_units (unit, case_id, final) VALUES (?, ?, ?)"
_DEADLINES: Final = "SELECT limit_key, obligor, number, status, due, owed, alarm FROM ysf_deadlines WHERE case_id = ?"
_REMOVE_DEADLINE: Final = """
    DELETE FROM ysf_deadlines WHERE case_id = ? AND limit_key = ? AND obligor = ? AND number = ?
"""
_KEEP_DEADLINE: Final = f"INSERT OR REPLACE INTO ysf_deadlines ({DEADLINE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_DEADLINE_COLUMNS: Final = attrgetter("limit", "obligor", "number", "status", "due", "owed", "alarm")
_ADD_VAULT: Final = "INSERT OR IGNORE INTO ysf_vault (commitment, case_id, erased, salt, text) VALUES (?, ?, 0, ?, ?)"
_ADD_DEFINITION: Final = """
    INSERT OR IGNORE INTO ysf_definitions (fingerprint, lifecycle, version, profile, text) VALUES (?, ?, ?, ?, ?)
"""
# Emptied where it lies, see schema.py.
_ERASE: Final = """
    UPDATE ysf_vault SET erased = 1, salt = '', text = '' WHERE commitment = ? AND case_id = ? AND erased = 0
"""
_CLAIMED: Final = "SELECT token FROM ysf_work WHERE case_id = ?"
_ALARM: Final = """
    INSERT INTO ysf_work (case_id, alarm, token, leased_until) VALUES (?, ?, 0, 0)
    ON CONFLICT (case_id) DO UPDATE SET alarm = excluded.alarm WHERE alarm IS NOT excluded.alarm
"""
_HAS_MESSAGES: Final = "SELECT 1 FROM ysf_messages WHERE case_id = ? LIMIT 1"
_ADD_MESSAGE: Final = """
    INSERT INTO ysf_messages (case_id, revision, number, topic, recorded_at, text, first, token, leased_until)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)
"""
_NUMBER: Final = attrgetter("number")
_ADD_TALLY: Final = f"INSERT INTO ysf_tallies ({TALLY}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
_REMOVE_TALLIES: Final = "DELETE FROM ysf_tallies WHERE case_id = ?"
_REVISION: Final = "SELECT revision FROM ysf_cases WHERE case_id = ?"
_TALLY_COLUMNS: Final = attrgetter("case", "revision", "measure", "unit", "day", "count")


def write(connection: sqlite3.Connection, commit: Commit) -> None:
    """Write everything of a commit, or raise what stands against it with some of it written."""
    record, case = commit.record, commit.case
    columns = _columns(case)
    stays = _stays_in_every_index(connection, case, columns)
    stored = None if stays else connection.execute(_STORED, (case.case,)).fetchone()
    if not stays:
        _refuse_stale_revision(connection, record, 0 if stored is None else stored[0])
    _add_record(connection, record)
    if commit.claim is not None:
        _refuse_lost_claim(connection, commit.claim)
    for expectation in commit.expects:
        _refuse_broken(connection, expectation)
    if not stays:
        _write_case(connection, case, columns, stored)
    if commit.deadlines is not None and (commit.deadlines or record.revision > 1):
        _write_deadlines(connection, case.case, commit.deadlines)
    if commit.vault or commit.erases:
        _write_vault(connection, case.case, commit)
    if commit.messages:
        _add_messages(connection, commit.messages)
    if commit.tallies:
        connection.executemany(_ADD_TALLY, map(_TALLY_COLUMNS, commit.tallies))
    if commit.definition is not None:
        connection.execute(_ADD_DEFINITION, attrs.astuple(commit.definition))


def retally(connection: sqlite3.Connection, case: str, revision: int, tallies: tuple[TallyRow, ...]) -> None:
    """Put these tallies of a case in the place of those that are kept, or raise what stands against it."""
    found = connection.execute(_REVISION, (case,)).fetchone()
    if found != (revision,):
        raise counted_too_early(case, revision, 0 if found is None else found[0])
    connection.execute(_REMOVE_TALLIES, (case,))
    connection.executemany(_ADD_TALLY, map(_TALLY_COLUMNS, tallies))


def _refuse_stale_revision(connection: sqlite3.Connection, record: RecordRow, stored: int) -> None:
    if record.revision != stored + 1:
        # Whoever repeats an act comes with a stale revision as well, and is better told of its outcome.
        _refuse_kept_key(connection, record)
        raise stale_revision(record, stored)


def _add_record(connection: sqlite3.Connection, record: RecordRow) -> None:
    row = (record.case, record.revision, record.kind, record.key, record.recorded_at, record.text, record.hash)
    if connection.execute(_ADD_RECORD, row).rowcount != 1:
        _refuse_kept_key(connection, record)
        raise StoreError(f"revision {record.revision} of {record.case!r} has a record but no case; restore a backup")


def _refuse_kept_key(connection: sqlite3.Connection, record: RecordRow) -> None:
    holder = connection.execute(_KEY_HOLDER, (record.key,)).fetchone()
    if holder is not None:
        raise kept_key(record.key, *holder)


def _refuse_lost_claim(connection: sqlite3.Connection, claim: Claim) -> None:
    found = connection.execute(_CLAIMED, (claim.case,)).fetchone()
    if found != (claim.token,):
        raise lost_claim(claim, 0 if found is None else found[0])


def _refuse_broken(connection: sqlite3.Connection, expectation: Expectation) -> None:
    if isinstance(expectation, InState):
        found = connection.execute(_STATE, (expectation.case,)).fetchone()
        if found != (expectation.state,):
            raise broken_state(expectation, None if found is None else found[0])
    elif children(connection, expectation.parent) != expectation.children:
        raise changed_children(expectation.parent)


def _refuse_taken_reference(connection: sqlite3.Connection, case: CaseRow) -> None:
    holder = connection.execute(_REFERENCE_HOLDER, (case.reference, case.lifecycle)).fetchone()
    if holder is not None and holder[0] != case.case:
        raise taken_reference(case, holder[0])


def _columns(case: CaseRow) -> tuple[Any, ...]:
    """Return what a case is found by; everything else of it changes with every act."""
    units = units_text(case.units)
    final = int(case.final)
    return case.lifecycle, case.fingerprint, case.state, final, case.reference, case.parent, case.origin, units


def _stays_in_every_index(connection: sqlite3.Connection, case: CaseRow, columns: tuple[Any, ...]) -> bool:
    """Move the snapshot on if its revision follows and nothing it is found by changes; say whether that was so."""
    if case.revision == 1:
        return False
    place = (case.case, case.revision - 1, *columns)
    return connection.execute(_MOVE_ON, (case.revision, case.head, case.text, *place)).rowcount == 1


def _write_case(
    connection: sqlite3.Connection, case: CaseRow, columns: tuple[Any, ...], stored: tuple[Any, ...] | None
) -> None:
    if case.reference is not None:
        _refuse_taken_reference(connection, case)
    if stored is None:
        connection.execute(_ADD_CASE, (case.case, case.revision, *columns, case.head, case.text))
    else:
        connection.execute(_CHANGE_CASE, (case.revision, case.head, case.text, *columns, case.case))
        if stored[1:] == (columns[3], columns[7]):
            return
        gone = set(units_from(stored[2])).difference(case.units)
        connection.executemany(_REMOVE_UNIT, [(unit, case.case) for unit in gone])
    connection.executemany(_KEEP_UNIT, [(unit, case.case, columns[3]) for unit in case.units])


def _write_deadlines(connection: sqlite3.Connection, case: str, deadlines: tuple[DeadlineRow, ...]) -> None:
    """Write only what differs: most acts change few of a case's deadlines, and reading is cheaper than writing."""
    kept = set(connection.execute(_DEADLINES, (case,)))
    wanted = set(map(_DEADLINE_COLUMNS, deadlines))
    if kept == wanted:
        return
    gone = {row[:3] for row in kept - wanted}.difference(row[:3] for row in wanted)
    if gone:
        connection.executemany(_REMOVE_DEADLINE, [(case, *key) for key in gone])
    connection.executemany(_KEEP_DEADLINE, [(case, *row) for row in wanted - kept])
    alarms = [row.alarm for row in deadlines if row.alarm is not None]
    connection.execute(_ALARM, (case, min(alarms, default=None)))


def _write_vault(connection: sqlite3.Connection, case: str, commit: Commit) -> None:
    for row in commit.vault:
        _add_vault(connection, row)
    for commitment in commit.erases:
        _erase(connection, case, commitment)


def _add_vault(connection: sqlite3.Connection, row: VaultRow) -> None:
    if connection.execute(_ADD_VAULT, (row.commitment, row.case, row.salt, row.text)).rowcount != 1:
        raise kept_commitment(row.commitment)


def _erase(connection: sqlite3.Connection, case: str, commitment: str) -> None:
    if connection.execute(_ERASE, (commitment, case)).rowcount != 1:
        raise nothing_to_erase(case, commitment)


def _add_messages(connection: sqlite3.Connection, messages: tuple[MessageRow, ...]) -> None:
    ordered = sorted(messages, key=_NUMBER)
    first = connection.execute(_HAS_MESSAGES, (ordered[0].case,)).fetchone() is None
    for message in ordered:
        connection.execute(_ADD_MESSAGE, (*attrs.astuple(message), first))
        first = False

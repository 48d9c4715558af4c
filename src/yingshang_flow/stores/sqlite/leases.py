"""Who holds a case or a message for how long, by SQL and by SQLite's own clock."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from yingshang_flow.ports import Claim, Delivery, MessageRow
from yingshang_flow.stores.admission import at_least_one

# SQLite's clock, to the millisecond; it stands still within a statement.
_NOW: Final = "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"

# What others have abandoned is freed first, so that no claim ever reads past what is under a lease.
_FREE_CASES: Final = "UPDATE ysf_work SET leased_until = 0 WHERE leased_until > 0 AND leased_until <= ?"
_DUE_CASES: Final = """
    SELECT case_id, token + 1 FROM ysf_work INDEXED BY ysf_work_free
    WHERE leased_until = 0 AND alarm IS NOT NULL AND alarm <= ? ORDER BY alarm, case_id LIMIT ?
"""
_CLAIM_CASE: Final = "UPDATE ysf_work SET token = ?, leased_until = ? WHERE case_id = ?"
_LET_GO: Final = "UPDATE ysf_work SET leased_until = 0 WHERE case_id = ? AND token = ?"

_FREE_MESSAGES: Final = "UPDATE ysf_messages SET leased_until = 0 WHERE leased_until > 0 AND leased_until <= ?"
_OUTGOING: Final = """
    SELECT case_id, revision, number, topic, recorded_at, text, token + 1
    FROM ysf_messages INDEXED BY ysf_messages_free
    WHERE first = 1 AND leased_until = 0 ORDER BY recorded_at, case_id LIMIT ?
"""
_CLAIM_MESSAGE: Final = """
    UPDATE ysf_messages SET token = ?, leased_until = ? WHERE case_id = ? AND revision = ? AND number = ?
"""
_PUT_BACK: Final = """
    UPDATE ysf_messages SET leased_until = 0 WHERE case_id = ? AND revision = ? AND number = ? AND token = ?
"""
_REMOVE_MESSAGE: Final = """
    DELETE FROM ysf_messages WHERE case_id = ? AND revision = ? AND number = ? AND first = 1 AND token = ?
"""
_NEXT_MESSAGE: Final = """
    UPDATE ysf_messages SET first = 1 WHERE rowid = (
        SELECT rowid FROM ysf_messages WHERE case_id = ? ORDER BY revision, number LIMIT 1
    )
"""


def claim(connection: sqlite3.Connection, before: int, lease: int, limit: int) -> tuple[Claim, ...]:
    """Lease the cases whose earliest alarm is not after an instant; the caller holds the write lock."""
    until = _until(connection, _FREE_CASES, lease)
    claims = tuple(
        Claim(case, token, until) for case, token in connection.execute(_DUE_CASES, (before, limit)).fetchall()
    )
    connection.executemany(_CLAIM_CASE, [(claim.token, until, claim.case) for claim in claims])
    return claims


def let_go(connection: sqlite3.Connection, claims: Iterable[Claim]) -> None:
    """End the leases of claims that are the last ones."""
    connection.executemany(_LET_GO, [(claim.case, claim.token) for claim in claims])


def outgoing(connection: sqlite3.Connection, lease: int, limit: int) -> tuple[Delivery, ...]:
    """Lease the first messages of cases; the caller holds the write lock."""
    until = _until(connection, _FREE_MESSAGES, lease)
    found = connection.execute(_OUTGOING, (limit,)).fetchall()
    deliveries = tuple(Delivery(MessageRow(*row), token, until) for *row, token in found)
    connection.executemany(_CLAIM_MESSAGE, [(one.token, until, *_name(one)) for one in deliveries])
    return deliveries


def acknowledge(connection: sqlite3.Connection, deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """Remove delivered messages and give each case its next; return those that somebody else has."""
    late = []
    for delivery in deliveries:
        if connection.execute(_REMOVE_MESSAGE, (*_name(delivery), delivery.token)).rowcount == 1:
            connection.execute(_NEXT_MESSAGE, (delivery.message.case,))
        else:
            late.append(delivery)
    return tuple(late)


def put_back(connection: sqlite3.Connection, deliveries: Iterable[Delivery]) -> None:
    """End the leases of deliveries that are the last ones."""
    connection.executemany(_PUT_BACK, [(*_name(one), one.token) for one in deliveries])


def admit_lease(lease: int, limit: int, what: str) -> None:
    """Refuse a lease or a page of less than one."""
    at_least_one(limit, f"a page of {what}")
    at_least_one(lease, "a lease")


def _until(connection: sqlite3.Connection, free: str, lease: int) -> int:
    now: int
    (now,) = connection.execute(_NOW).fetchone()
    connection.execute(free, (now,))
    return now + lease


def _name(delivery: Delivery) -> tuple[str, int, int]:
    return delivery.message.case, delivery.message.revision, delivery.message.number

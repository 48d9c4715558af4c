"""Tampering: whatever is changed in the file behind the store's back, verify names the first record that is broken."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import attrs
import pytest

from tests.lifecycles.interviewing import OFFICE, Desk, refused_to_sign, representative
from yingshang_flow import codec
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CaseNotFoundError, TamperedError
from yingshang_flow.lifecycles.interview import SignedRecord
from yingshang_flow.operations.verify import _check_vault
from yingshang_flow.stores import SQLiteStore

Change = Callable[[sqlite3.Connection, str], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.db"


@pytest.fixture
def kept(path: Path) -> Iterator[Desk]:
    """A case of seven records and one of the clock, its reports in."""
    desk = Desk(store=SQLiteStore(path))
    desk.reach("recorded")
    desk.docket.sweep()
    desk.report("甘井子区", key="report")
    yield desk
    desk.docket.store.close()


def tampered(path: Path, desk: Desk, change: Change) -> str:
    """Change the file by hand and return what verify says."""
    with closing(sqlite3.connect(path)) as connection, connection:
        change(connection, desk.id)
    with closing(SQLiteStore(path)) as store, pytest.raises(TamperedError) as caught:
        Docket(store).verify(desk.id)
    return str(caught.value)


def digest_of(text: str) -> str:
    """Return the hash that a text should have, by the algorithm that it names."""
    return codec.digest(text, codec.links(text)[1])


def sql(statement: str) -> Change:
    return lambda connection, case: connection.execute(statement, {"case": case})


def record(setting: str, revision: int) -> Change:
    return sql(f"UPDATE ysf_records SET {setting} WHERE case_id = :case AND revision = {revision}")  # noqa: S608


def test_a_history_that_nobody_touched_is_genuine(kept: Desk) -> None:
    assert kept.docket.verify(kept.id) == 8


@pytest.mark.parametrize(
    ("change", "revision"),
    [
        (record("text = replace(text, '2018-17', '2018-18')", 6), 6),
        (record("text = replace(text, '办结率', '办结量')", 1), 1),
        (record("text = 'no record'", 3), 3),
        (record("hash = 'ff'", 4), 4),
        (record("kind = 'clock'", 2), 2),
        (record("kind = 'act'", 7), 7),
        (record("key = 'another'", 8), 8),
        (record("key = NULL", 8), 8),
        (record("recorded_at = recorded_at + 1", 5), 5),
        (sql("DELETE FROM ysf_records WHERE case_id = :case AND revision = 3"), 3),
        (sql("DELETE FROM ysf_records WHERE case_id = :case AND revision = 1"), 1),
        (sql("DELETE FROM ysf_records WHERE case_id = :case AND revision > 6"), 7),
        (sql("DELETE FROM ysf_records WHERE case_id = :case"), 1),
        (sql("UPDATE ysf_records SET revision = revision + 1 WHERE case_id = :case AND revision = 8"), 8),
    ],
    ids=[
        "text",
        "first text",
        "no json",
        "hash",
        "kind",
        "clock",
        "key",
        "no key",
        "recorded at",
        "deleted row",
        "deleted first row",
        "cut-off tail",
        "everything deleted",
        "renumbered",
    ],
)
def test_the_first_broken_record_is_named(path: Path, kept: Desk, change: Change, revision: int) -> None:
    assert tampered(path, kept, change).startswith(f"case {kept.id}, record {revision}: ")


def test_swapped_records_are_found_at_the_first_of_them(path: Path, kept: Desk) -> None:
    def swap(connection: sqlite3.Connection, case: str) -> None:
        for old, new in ((3, 103), (4, 3), (103, 4)):
            connection.execute(
                "UPDATE ysf_records SET revision = ? WHERE case_id = ? AND revision = ?", (new, case, old)
            )

    assert tampered(path, kept, swap) == f"case {kept.id}, record 3: it does not follow the record before it"


def test_a_rewritten_record_with_a_fitting_hash_is_found_at_the_next_one(path: Path, kept: Desk) -> None:
    def forge(connection: sqlite3.Connection, case: str) -> None:
        (text,) = connection.execute(
            "SELECT text FROM ysf_records WHERE case_id = ? AND revision = 6", (case,)
        ).fetchone()
        forged = text.replace("2018-17", "2018-18")
        values = (forged, digest_of(forged), case)
        connection.execute("UPDATE ysf_records SET text = ?, hash = ? WHERE case_id = ? AND revision = 6", values)

    assert tampered(path, kept, forge) == f"case {kept.id}, record 7: it does not follow the record before it"


def test_a_text_that_says_more_than_a_record_can_is_found(path: Path, kept: Desk) -> None:
    last = len(kept.history)

    def add(connection: sqlite3.Connection, case: str) -> None:
        (text,) = connection.execute(
            "SELECT text FROM ysf_records WHERE case_id = ? AND revision = ?", (case, last)
        ).fetchone()
        forged = text.replace('"before"', '"added":1,"before"')
        values = (forged, digest_of(forged), case, last)
        connection.execute("UPDATE ysf_records SET text = ?, hash = ? WHERE case_id = ? AND revision = ?", values)

    said = "its text says more than its definition can read"
    assert tampered(path, kept, add) == f"case {kept.id}, record {last}: {said}"


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ("not json", "does not fit its definition"),
        ("[]", "is no record"),
        ("{}", "names no record before it"),
        ('{"previous": ""}', "does not fit its definition"),
    ],
)
def test_a_text_that_is_no_record_is_found_even_with_a_fitting_hash(
    path: Path, kept: Desk, forged: str, said: str
) -> None:
    def forge(connection: sqlite3.Connection, case: str) -> None:
        values = (forged, codec.digest(forged), case)
        connection.execute("UPDATE ysf_records SET text = ?, hash = ? WHERE case_id = ? AND revision = 1", values)

    message = tampered(path, kept, forge)
    assert message.startswith(f"case {kept.id}, record 1: ")
    assert said in message


def test_a_record_of_another_case_is_found(path: Path, kept: Desk) -> None:
    first = kept.id
    kept.plan()

    def move(connection: sqlite3.Connection, case: str) -> None:
        connection.execute("DELETE FROM ysf_records WHERE case_id = ? AND revision = 1", (case,))
        connection.execute("UPDATE ysf_records SET case_id = ? WHERE case_id = ? AND revision = 1", (case, first))

    assert "record 1: its columns do not agree with its text" in tampered(path, kept, move)


@pytest.mark.parametrize(
    "setting",
    [
        'text = replace(text, \'"state":"reported"\', \'"state":"tracking"\')',
        "text = replace(text, 'met', 'met_late')",
        "state = 'tracking'",
        "final = 1",
        "units = '[]'",
        "reference = 'R-9'",
        "parent = 'x'",
        "origin = 'x'",
        "head = 'ff'",
        "lifecycle = 'complaint'",
    ],
)
def test_a_snapshot_that_its_records_do_not_lead_to_is_found(path: Path, kept: Desk, setting: str) -> None:
    change = sql(f"UPDATE ysf_cases SET {setting} WHERE case_id = :case")  # noqa: S608
    message = tampered(path, kept, change)
    assert message == f"case {kept.id}: the snapshot is not what its 8 records lead to"


def test_a_snapshot_older_than_its_records_is_found(path: Path, kept: Desk) -> None:
    message = tampered(path, kept, sql("UPDATE ysf_cases SET revision = revision - 1 WHERE case_id = :case"))
    assert "the snapshot is not what its 8 records lead to" in message


def test_one_tampered_case_leaves_the_others_genuine(path: Path, kept: Desk) -> None:
    first = kept.id
    kept.reach("reported")
    second, kept.id = kept.id, first
    tampered(path, kept, record("text = replace(text, '2018-17', '2018-18')", 6))
    assert kept.docket.verify(second) == 7


def test_a_case_that_is_gone_is_not_there(path: Path, kept: Desk) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM ysf_cases")
    with pytest.raises(CaseNotFoundError):
        kept.docket.verify(kept.id)
    assert representative("x").unit == "x"


# --- the vault and the definition -------------------------------------------------------------------------------------


@pytest.fixture
def sealed(kept: Desk) -> Desk:
    """Another interview in the same file, with two confidential names."""
    kept.reach("held")
    refusals = (refused_to_sign("甘井子区", "张证人"),)
    kept.act("sign_record", SignedRecord("李主任", (), refusals, "2018-17"), at=date(2018, 12, 21))
    other = SignedRecord("李主任", (), (refused_to_sign("甘井子区", "王证人"),), "2018-17")
    kept.docket.correct(kept.id, 6, content=other, ground="误录", by=OFFICE)
    assert kept.docket.verify(kept.id) == 7
    return kept


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM ysf_vault", "record 6: the value of .* is missing from the vault, and no record says"),
        ("UPDATE ysf_vault SET text = '\"李证人\"'", "record 6: the value of .* was changed in the vault"),
        ("UPDATE ysf_vault SET salt = 'x'", "record 6: the value of .* was changed in the vault"),
        (
            "INSERT INTO ysf_vault SELECT 'ab', case_id, 0, salt, text FROM ysf_vault LIMIT 1",
            "the vault has a value of ab…, which stands in none of its records",
        ),
        ("DELETE FROM ysf_definitions", "which the store does not hold"),
        ("UPDATE ysf_definitions SET text = replace(text, '\"notice\"', '\"interview\"')", "fingerprint"),
        ("UPDATE ysf_definitions SET version = version + 1", "the stored definition is not that of its fingerprint"),
    ],
)
def test_what_was_changed_in_the_vault_or_the_definition_is_named(
    path: Path, sealed: Desk, statement: str, said: str
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(TamperedError, match=said) as caught:
        sealed.docket.verify(sealed.id)
    assert "证人" not in str(caught.value)


def test_what_a_record_says_was_erased_may_be_missing_and_must(path: Path, sealed: Desk) -> None:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM ysf_vault").fetchall()
    sealed.docket.erase(sealed.id, ground="本人申请", by=OFFICE, revisions=[7])
    assert sealed.docket.verify(sealed.id) == 8
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT OR REPLACE INTO ysf_vault VALUES (?,?,?,?,?)", rows)
    with pytest.raises(TamperedError, match=r"record 7: the value of .* is in the vault, though record 8 says"):
        sealed.docket.verify(sealed.id)


def test_an_erasure_of_what_was_never_there_is_named(sealed: Desk) -> None:
    sealed.docket.erase(sealed.id, ground="本人申请", by=OFFICE, revisions=[6])
    *before, last = (codec.record_from(row.text, sealed.lifecycle) for row in sealed.docket.store.history(sealed.id))
    assert isinstance(last, Erasure)
    for erased in (("ab",), (last.erased[0],) * 2):
        with pytest.raises(TamperedError, match=r"record 8: it erases .*…, which is not there"):
            _check_vault(sealed.id, [*before, attrs.evolve(last, erased=erased)], {})


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ysf_deadlines WHERE case_id = :case",
        "UPDATE ysf_deadlines SET due = '2030-01-01' WHERE case_id = :case",
        "UPDATE ysf_deadlines SET owed = 1 - owed WHERE case_id = :case",
    ],
)
def test_an_index_of_deadlines_that_was_changed_is_found(path: Path, kept: Desk, statement: str) -> None:
    said = f"case {kept.id}: its stored deadlines are not those its records lead to"
    assert tampered(path, kept, sql(statement)) == said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ysf_messages SET text = '{}'",
        "DELETE FROM ysf_messages",
        "UPDATE ysf_work SET alarm = NULL, token = 9",
        "DELETE FROM ysf_work",
        "DELETE FROM ysf_units",
        "UPDATE ysf_definitions SET text = replace(text, '6(4)', '9(9)') WHERE text LIKE '%6(4)%'",
        "UPDATE ysf_definitions SET text = replace(text, '大连', '沈阳') WHERE text LIKE '%大连%'",
        "DELETE FROM ysf_records WHERE case_id <> :case",
    ],
    ids=["message", "no message", "queue", "no queue", "units", "article", "place", "another case"],
)
def test_what_verify_does_not_look_at_is_what_its_page_says(path: Path, kept: Desk, statement: str) -> None:
    own = kept.id
    kept.reach("planned")
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, {"case": own} if ":case" in statement else {}).rowcount
    with closing(SQLiteStore(path)) as store:
        assert Docket(store).verify(own) == 8

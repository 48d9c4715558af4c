"""``checkpoint``: a root to keep elsewhere, a file of it, and the cases held against that file."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from tests.lifecycles.interviewing import Desk
from yingshang_flow.operations.checkpoint import Checkpoint
from yingshang_flow.stores import SQLiteStore

Run = Callable[..., Result]
Refused = Callable[..., str]


@pytest.fixture
def earlier(run: Run, interviews: Path, tmp_path: Path) -> Path:
    """A checkpoint of the demonstration's interviews."""
    path = tmp_path / "earlier.jsonl"
    assert run("checkpoint", "--db", interviews, "--out", path).exit_code == 0
    return path


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_it_prints_the_root_and_writes_what_leads_to_it(run: Run, interviews: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    result = run("checkpoint", "--db", interviews, "--out", path, "--json")
    told = json.loads(result.stdout)
    with path.open("rb") as file:
        found = Checkpoint.read(file)
    assert told == {
        "root": found.root,
        "algorithm": "sha-256",
        "cases": 4,
        "taken_at": found.taken_at.isoformat(),
    }
    assert datetime.fromisoformat(told["taken_at"]).utcoffset() == timedelta(0)
    lines = run("checkpoint", "--db", interviews).stdout.splitlines()
    assert lines[:3] == [f"  root       {found.root}", "  algorithm  sha-256", "  cases      4"]
    assert lines[3].startswith("  taken_at   20")


def test_cases_that_only_went_on_hold(run: Run, db: Path, earlier: Path) -> None:
    with closing(SQLiteStore(db)) as store:
        Desk(store=store).reach("planned", at=date(2018, 12, 10))
    result = run("checkpoint", "--db", db, "--against", earlier)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("4 cases held against the checkpoint of 20")
    assert result.stdout.endswith(": 0 findings\n")
    assert run("checkpoint", "--db", db, "--against", earlier, "--json").stdout == "[]\n"


def test_what_was_tampered_with_is_told_in_a_line_each_and_exits_with_1(run: Run, db: Path, earlier: Path) -> None:
    change(
        db,
        "DELETE FROM ysf_cases WHERE case_id = 'again-2020'",
        "DELETE FROM ysf_records WHERE case_id = 'failed-2020' AND revision > 2",
        "UPDATE ysf_cases SET revision = 2 WHERE case_id = 'failed-2020'",
        "UPDATE ysf_records SET text = replace(text, '20', '21') WHERE case_id = 'leader-2019'",
    )
    with earlier.open("rb") as file:
        again, failed, leader, _ = Checkpoint.read(file).leaves
    result = run("checkpoint", "--db", db, "--against", earlier)
    assert result.exit_code == 1
    *findings, blank, last = result.stdout.splitlines()
    assert findings == [
        f"  case again-2020: it is gone; it had {again.revision} records",
        f"  case failed-2020: its tail is cut off: it had {failed.revision} records and has 2",
        f"  case leader-2019: record {leader.revision} is not the one of the checkpoint; its history was rewritten",
    ]
    assert blank == ""
    assert last.endswith(": 3 findings")
    assert (
        "  案件 again-2020：案件已不存在" in run("checkpoint", "--db", db, "--against", earlier, "--lang", "zh").stdout
    )
    told = run("checkpoint", "--db", db, "--against", earlier, "--json")
    assert told.exit_code == 1
    first, second, third = json.loads(told.stdout)
    assert [one["change"] for one in (first, second, third)] == ["gone", "cut_off", "rewritten"]
    assert (second["was"]["revision"], second["revision"]) == (failed.revision, 2)
    assert second["was"]["head"] == failed.head
    assert first["zh"].startswith("案件 again-2020：")


def test_a_checkpoint_is_never_written_over_another(refused: Refused, interviews: Path, earlier: Path) -> None:
    before = earlier.read_bytes()
    assert "File exists" in refused("checkpoint", "--db", interviews, "--out", earlier)
    assert earlier.read_bytes() == before


def test_a_damaged_file_is_told_in_one_line_with_its_name(refused: Refused, interviews: Path, earlier: Path) -> None:
    earlier.write_bytes(earlier.read_bytes()[:-9])
    said = refused("checkpoint", "--db", interviews, "--against", earlier)
    assert f"{earlier}: line 5: it is cut off" in said


def test_a_head_that_is_no_hash_is_told_before_anything_is_written(refused: Refused, db: Path, tmp_path: Path) -> None:
    change(db, "UPDATE ysf_cases SET head = 'ff' WHERE case_id = 'leader-2019'")
    path = tmp_path / "new.jsonl"
    assert "case leader-2019: its head 'ff' is no hash" in refused("checkpoint", "--db", db, "--out", path)
    assert not path.exists()


def test_a_wrong_call_is_told_in_one_line(refused: Refused, interviews: Path, earlier: Path, tmp_path: Path) -> None:
    assert "not both" in refused("checkpoint", "--db", interviews, "--against", earlier, "--out", tmp_path / "new")
    assert "does not exist" in refused("checkpoint", "--db", interviews, "--against", tmp_path / "none")
    assert "Missing option '--db'" in refused("checkpoint")
    assert "No such file" in refused("checkpoint", "--db", interviews, "--out", tmp_path / "none" / "new")

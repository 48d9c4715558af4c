"""``mapping``, and ``audit`` by a mapping: of workbooks, text files, JSON Lines and databases."""

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result

from tests.compliance.workbooks import workbook

Run = Callable[..., Result]
Refused = Callable[..., str]

AGAINST = ("--lifecycle", "complaint", "--policy", "bayuquan-2018", "--as-of", "2018-12-31")
HEADINGS = ["工单编号", "接诉时间", "回复时间", "办理完成时间", "处理结果"]
ROWS = [
    ["A1", date(2018, 9, 10), "2018.9.18", date(2018, 10, 20), "解决"],
    ["A2", date(2018, 9, 10), "2018.9.28", date(2018, 10, 20), "解决"],
    ["A3", date(2018, 9, 10), "2018.2.30", date(2018, 10, 20), "解决"],
]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A workbook with a title above its headings, which are not those of the procedure."""
    path = tmp_path / "台账.xlsx"
    path.write_bytes(workbook([["投诉台账"], HEADINGS, *ROWS], title="2018"))
    return path


def test_a_guess_is_printed_and_used_as_it_is(run: Run, ledger: Path, tmp_path: Path) -> None:
    guessed = run("mapping", ledger, "--lifecycle", "complaint")
    assert guessed.exit_code == 0, guessed.output
    assert '"收到日期" = "接诉时间"  # sure: the heading is known' in guessed.stdout
    assert "确定：表头相符" in run("mapping", ledger, "--lifecycle", "complaint", "--lang", "zh").stdout
    path = tmp_path / "M.toml"
    path.write_text(guessed.stdout, encoding="utf-8")
    result = run("audit", ledger, *AGAINST, "--mapping", path)
    assert result.exit_code == 1
    assert "sheet “2018”, line 5, 回复时间 (column C) '2018.2.30': there is no such day" in result.stdout
    assert result.stdout.endswith("3 rows = 2 audited + 1 refused; 1 finding\n")


def test_the_json_of_a_guess_says_how_sure_each_column_is(run: Run, ledger: Path) -> None:
    found = json.loads(run("mapping", ledger, "--lifecycle", "complaint", "--policy", "bayuquan-2018", "--json").stdout)
    assert (found["sheet"], found["header"], found["missing"]) == ("2018", [2], [])
    assert [(one["column"], one["sureness"]) for one in found["columns"]][:2] == [
        ("投诉编号", "sure"),
        ("收到日期", "sure"),
    ]
    assert found["toml"].startswith("# ")


def test_headings_that_do_not_fit_are_told_with_the_command_that_helps(refused: Refused, ledger: Path) -> None:
    said = refused("audit", ledger, *AGAINST, "--sheet", "2018")
    assert "the column 收到日期 (or 接到日期, 接诉日期) is missing" in said
    assert f"yingshang-flow mapping {ledger} --sheet 2018 --lifecycle complaint > M.toml" in said


def test_the_shipped_mapping_goes_by_its_key_and_is_needed_where_a_procedure_has_no_headings(
    run: Run, refused: Refused, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("约谈编号,计划日期,约谈对象,约谈日期\n1,2018-09-03,甲区政府,2018-09-10\n", encoding="utf-8")
    against = ("--lifecycle", "interview", "--policy", "dalian-2018", "--as-of", "2018-12-31")
    assert "has no headings of its own; give --mapping FILE or KEY (interview)" in refused("audit", path, *against)
    assert '"plan" = "计划日期"' in run("mapping", path, "--lifecycle", "interview").stdout
    result = run("audit", path, *against, "--mapping", "interview")
    assert "1 row = 1 audited + 0 refused" in result.stdout, result.output


def test_the_json_of_an_audit_says_sheet_and_column(run: Run, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "M.toml"
    path.write_text(run("mapping", ledger, "--lifecycle", "complaint").stdout, encoding="utf-8")
    found = json.loads(run("audit", ledger, *AGAINST, "--mapping", path, "--json").stdout)
    (refused,) = found["refused"]
    assert (found["sheet"], refused["sheet"], refused["line"], refused["letter"]) == ("2018", "2018", 5, "C")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Somebody's database with the same rows; its address."""
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE complaints (编号, 收到日期, 答复日期, 办结日期)")
        connection.executemany("INSERT INTO complaints VALUES (?, ?, ?, ?)", [list(map(str, row[:4])) for row in ROWS])
        connection.commit()
    return f"sqlite:///{path}"


def test_a_query_is_audited_and_guessed_like_a_file(run: Run, database: str) -> None:
    query = ("--query", "SELECT * FROM complaints")
    result = run("audit", database, *query, *AGAINST)
    assert result.stdout.endswith("3 rows = 2 audited + 1 refused; 1 finding\n"), result.output
    assert '"投诉编号" = "编号"' in run("mapping", database, *query, "--lifecycle", "complaint").stdout


def test_a_query_without_the_extra_is_told(refused: Refused, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yingshang_flow.compliance.tables.query", None)
    said = refused("mapping", database, "--query", "SELECT 1", "--lifecycle", "complaint")
    assert "pip install yingshang-flow[sqlalchemy]" in said


def test_calls_that_make_no_sense_are_told_in_one_line(refused: Refused, database: str, ledger: Path) -> None:
    assert "say with --query what to select" in refused("audit", database, *AGAINST)
    both = ("--query", "SELECT 1", "--sheet", "1")
    assert "--sheet is for a workbook" in refused("audit", database, *both, *AGAINST)
    assert "begins with 'drop'" in refused("audit", database, "--query", "DROP TABLE complaints", *AGAINST)
    assert "No such file" in refused("audit", ledger, *AGAINST, "--mapping", "nowhere.toml")
    assert "is a directory" in refused("mapping", ledger.parent, "--lifecycle", "complaint")
    assert "there is no lifecycle 'x'" in refused("mapping", ledger, "--lifecycle", "x")
    assert "--mapping, --sheet and --query are for a spreadsheet" in refused("audit", "--db", database, *both[2:])
    wrong = ledger.with_suffix(".toml")
    wrong.write_text('lifecycle = "complaint"\n[columns]\n"收到日期" = 1\n', encoding="utf-8")
    assert 'columns."收到日期": it is to be a table; found 1' in refused("audit", ledger, *AGAINST, "--mapping", wrong)

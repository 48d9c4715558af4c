"""``audit`` of a spreadsheet: exit codes, the text, the JSON, and calls that mix it up with stored cases."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
Refused = Callable[..., str]

HEADINGS = "投诉编号,收到日期,答复日期,不予受理日期,办结日期,办结结果,回访日期,回访结果,备注"
FINE = "A1,2018-09-10,2018-09-18,,2018-10-20,已解决,2018-10-22,满意,x"
LATE = "A2,2018-09-10,2018-09-28,,2018-10-20,已解决,2018-10-22,满意,x"
WRONG = "A3,2018-02-30,,,,,,,"
AGAINST = ("--lifecycle", "complaint", "--policy", "bayuquan-2018", "--as-of", "2018-12-31")


@pytest.fixture
def ledger(tmp_path: Path) -> Callable[..., Path]:
    """Write a ledger of complaints."""

    def write(*rows: str, encoding: str = "utf-8-sig") -> Path:
        path = tmp_path / "台账.csv"
        path.write_bytes("\n".join([HEADINGS, *rows, ""]).encode(encoding))
        return path

    return write


def test_a_ledger_without_findings_exits_with_0(run: Run, ledger: Callable[..., Path]) -> None:
    result = run("audit", ledger(FINE), *AGAINST)
    assert result.exit_code == 0, result.output
    assert "columns not read: 备注" in result.stdout
    assert result.stdout.endswith("1 row = 1 audited + 0 refused; 0 findings\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_ledger_with_findings_exits_with_1(run: Run, ledger: Callable[..., Path], encoding: str) -> None:
    result = run("audit", ledger(FINE, LATE, encoding=encoding), *AGAINST, "--lang", "zh")
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if "A2" in line)
    assert line.split() == ["T1", "3", "A2", "2018-09-19", "2018-09-28", "6", "书面答复"]
    assert result.stdout.endswith("共2行，已审计2行，未审计0行；审计发现1项\n")


def test_a_row_that_cannot_be_taken_exits_with_1_and_the_others_are_audited(
    run: Run, ledger: Callable[..., Path]
) -> None:
    result = run("audit", ledger(WRONG, ",,,", FINE), *AGAINST)
    assert result.exit_code == 1
    assert "  line 2, 收到日期 '2018-02-30': there is no such day; check the date\n" in result.stdout
    assert result.stdout.endswith("2 rows = 1 audited + 1 refused, 1 blank; 0 findings\n")


def test_every_row_can_be_shown_with_its_verdicts(run: Run, ledger: Callable[..., Path]) -> None:
    shown = run("audit", ledger(FINE), *AGAINST, "--verdicts").stdout
    assert "A1 (complaint, bayuquan-2018): " in shown
    assert "Written answer: due 2018-09-19, done 2018-09-18" in shown


def test_the_json_says_everything_with_line_numbers(run: Run, ledger: Callable[..., Path]) -> None:
    result = run("audit", ledger(FINE, LATE, WRONG), *AGAINST, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["rows"] == {"total": 3, "audited": 2, "refused": 1, "blank": 0}
    assert (found["as_of"], found["encoding"], found["columns"]["ignored"]) == ("2018-12-31", "UTF-8", ["备注"])
    (finding,) = found["findings"]
    assert (finding["line"], finding["reference"], finding["code"], finding["days_late"]) == (3, "A2", "T1", 6)
    (refused,) = found["refused"]
    assert (refused["line"], refused["column"], refused["value"]) == (4, "收到日期", "2018-02-30")
    rule = next(rule for rule in found["rules"] if rule["rule"] == "T1")
    assert (rule["kept"], rule["broken"], rule["unknown"]) == (1, 1, 0)
    assert rule["citations"] == [{"source": "bayuquan-plan-2018", "article": "三(五)", "kind": "document"}]
    assert [audit["line"] for audit in found["audits"]] == [2, 3]


def test_without_a_date_it_looks_at_today(run: Run, ledger: Callable[..., Path]) -> None:
    future = "A9,2188-01-01,,,,,,,"
    result = run("audit", ledger(FINE, future), *AGAINST[:4])
    assert result.exit_code == 1
    assert "line 3, 收到日期 '2188-01-01': it lies after" in result.stdout


def test_what_falls_due_on_the_day_looked_at_still_runs(run: Run, ledger: Callable[..., Path]) -> None:
    open_case = ledger("A1,2018-09-10,,,,,,,")
    assert run("audit", open_case, *AGAINST[:5], "2018-09-19").exit_code == 0
    assert run("audit", open_case, *AGAINST[:5], "2018-09-20").exit_code == 1


def test_a_huge_reference_is_shortened_for_people(run: Run, ledger: Callable[..., Path]) -> None:
    result = run("audit", ledger(f"{'A' * 100_000},2018-09-10,2018-09-28,,,,,,"), *AGAINST)
    assert result.exit_code == 1
    assert len(result.stdout) < 5_000


def test_a_file_that_cannot_be_used_is_told_in_one_line(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    assert "No such file" in refused("audit", path, *AGAINST)
    assert "is a directory" in refused("audit", tmp_path, *AGAINST)
    path.touch()
    assert "it is empty" in refused("audit", path, *AGAINST)
    path.write_bytes(b"PK\x03\x04")
    assert "Excel workbook" in refused("audit", path, *AGAINST)
    path.write_text("投诉编号,投诉编号,答复日期,别的\n", encoding="utf-8")
    said = refused("audit", path, *AGAINST)
    assert "stands more than once" in said
    assert "收到日期 (or 接到日期, 接诉日期) is missing" in said
    assert "not known: 别的" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say --db for stored cases"),
        (("x.csv",), "say --db for stored cases"),
        (("x.csv", "--lifecycle", "complaint"), "say --db for stored cases"),
        (("x.csv", "y.csv", *AGAINST), "say --db for stored cases"),
        (("x.csv", *AGAINST, "--now", "2019-01-01T00:00:00+08:00"), "say --db for stored cases"),
        (("x.csv", *AGAINST, "--json", "--format", "text"), "contradict each other"),
        (("x.csv", *AGAINST[:4], "--as-of", "31.12.2018"), "is no date such as"),
        (("x.csv", "--lifecycle", "nothing", "--policy", "bayuquan-2018"), "there is no lifecycle 'nothing'"),
        (("x.csv", "--lifecycle", "complaint", "--policy", "nothing"), "nothing"),
    ],
)
def test_a_call_that_makes_no_sense_is_told_in_one_line(
    refused: Refused, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused("audit", *arguments)


def test_stored_cases_take_nothing_of_a_ledger(refused: Refused, told: Path) -> None:
    assert "are for a spreadsheet" in refused("audit", "--db", told / "cases.db", "--as-of", "2018-12-31")

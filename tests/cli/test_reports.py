"""``audit`` as a report: its formats and where they are written, and the findings that were accepted before."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from jsonschema import Draft202012Validator
from openpyxl import Workbook, load_workbook

from tests.compliance.report.reporting import FINE, LATE, NEVER, WRONG, text
from yingshang_flow.cli import ledgers
from yingshang_flow.compliance.report import schema

Run = Callable[..., Result]
Refused = Callable[..., str]

TITLED = (
    ("示例台账（合成数据）",),
    ("单号", "何时收到", "何时不受理", "何时答复", "何时办结"),
    ("A2", "2018-09-10", None, "2018-09-28", "2018-10-20"),
)
AGAINST = ("--lifecycle", "complaint", "--policy", "bayuquan-2018", "--as-of", "2018-12-31")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "台账.csv"
    path.write_text(text([FINE, LATE, NEVER]), "utf-8")
    return path


def accept(path: Path) -> tuple[object, ...]:
    return "--accept", path, "--by", "示例督查室", "--why", "已说明"


def test_the_text_says_what_it_comes_to(run: Run, ledger: Path) -> None:
    shown = run("audit", ledger, *AGAINST).stdout
    assert "As of 31 December 2018: 3 cases audited, 2 with findings." in shown
    assert "  望海区营商办  1        2   50.0%\n" in shown
    assert "  2018-09  1        3   33.3%\n" in shown
    assert shown.endswith("3 rows = 3 audited + 0 refused; 3 findings\n")


def test_many_units_are_cut_and_a_long_list_of_worst_cases_says_so(run: Run, ledger: Path) -> None:
    rows = [(f"E{number}", *LATE[1:2], f"示例单位{number:02}", *LATE[3:]) for number in range(24)]
    ledger.write_text(text(rows), "utf-8")
    shown = run("audit", ledger, *AGAINST).stdout
    assert "  and 4 others: 4 of 8; --format json has them all\n" in shown
    assert "  of 24 cases with findings that nobody has accepted\n" in shown


def test_the_json_of_a_report_keeps_to_its_schema(run: Run, ledger: Path, tmp_path: Path) -> None:
    result = run("audit", ledger, *AGAINST, "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    Draft202012Validator(schema()).validate(found)
    written = run("audit", ledger, *AGAINST, "--format", "json", "-o", tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text("utf-8")) == found
    assert written.stdout == f"{tmp_path / 'r.json'}: 3 findings\n"


def test_a_page_is_printed_or_written(run: Run, ledger: Path, tmp_path: Path) -> None:
    printed = run("audit", ledger, *AGAINST, "--format", "html")
    assert printed.exit_code == 1
    assert printed.stdout.startswith("<!DOCTYPE html>\n<html")
    run("audit", ledger, *AGAINST, "--format", "html", "-o", tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text("utf-8") == printed.stdout


def test_a_workbook_is_the_ledger_with_its_findings(run: Run, ledger: Path, tmp_path: Path) -> None:
    result = run("audit", ledger, *AGAINST, "--format", "xlsx", "--output", tmp_path / "r.xlsx")
    assert result.exit_code == 1
    made = load_workbook(io.BytesIO((tmp_path / "r.xlsx").read_bytes()))
    assert made.sheetnames == ["台账 Ledger", "审计发现 Findings"]
    assert made.worksheets[0]["D3"].comment is not None


def test_a_workbook_read_by_a_mapping_is_marked_where_it_was_read(run: Run, ledger: Path) -> None:
    made = Workbook()
    sheet = made.create_sheet("二月 (补)")
    for row in TITLED:
        sheet.append(row)
    made.save(ledger.with_suffix(".xlsx"))
    ledger.with_name("m.toml").write_text(
        """lifecycle = "complaint"
sheet = "二月 (补)"
header = 2
[columns]
"投诉编号" = "单号"
"收到日期" = "何时收到"
"答复日期" = "何时答复"
"不予受理日期" = "何时不受理"
"办结日期" = "何时办结"
""",
        "utf-8",
    )
    result = run("audit", "台账.xlsx", *AGAINST, "--mapping", "m.toml", "--format", "xlsx", "-o", "r.xlsx")
    assert result.exit_code == 1, result.output
    found = load_workbook("r.xlsx")
    assert found["二月 (补)"]["D3"].comment is not None
    assert found["审计发现 Findings"]["A2"].hyperlink.location == "'二月 (补)'!A3"


def test_an_event_log_is_reported_too(run: Run, interviews: Path, ledger: Path) -> None:
    run("export", "--db", interviews, "--format", "xes", "-o", "log.xes")
    made = json.loads(run("audit", "log.xes", "--now", "2020-12-01T12:00:00+08:00", "--format", "json").stdout)
    assert (made["name"], made["total"], len(made["findings"])) == ("log.xes", 4, 3)
    assert ledger.exists()


def test_a_very_large_ledger_is_not_summed_up_in_a_text(
    run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledgers, "MOST_SUMMED", 2)
    run("audit", ledger, *AGAINST, *accept(Path("b.toml")))
    shown = run("audit", ledger, *AGAINST, "--baseline", "b.toml")
    assert "No summary of more than 2 rows in a text; --format json has it." in shown.stdout
    assert shown.stdout.endswith("3 findings, 3 of them accepted\n")
    assert shown.exit_code == 0


def test_a_workbook_needs_its_extra(
    refused: Refused, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("yingshang_flow.compliance.report.workbook")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = refused("audit", ledger, *AGAINST, "--format", "xlsx", "-o", tmp_path / "r.xlsx")
    assert 'run: pip install "yingshang-flow[excel]"' in said


def test_stored_cases_are_reported_too(run: Run, interviews: Path, tmp_path: Path) -> None:
    arguments = ("audit", "--db", interviews, "--now", "2020-12-01T12:00:00+08:00", "--format")
    found = json.loads(run(*arguments, "json").stdout)
    Draft202012Validator(schema()).validate(found)
    assert (found["total"], len(found["findings"]), found["source"]) == (4, 3, None)
    assert {one["profile"] for one in found["procedures"]} == {"dalian-2018", "liaoning-2020"}
    assert "约谈审计报告" in run(*arguments, "html").stdout
    run(*arguments, "xlsx", "-o", tmp_path / "r.xlsx")
    assert load_workbook(tmp_path / "r.xlsx").sheetnames == ["审计发现 Findings"]


def test_accepted_findings_no_longer_fail(run: Run, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    result = run("audit", ledger, *AGAINST, *accept(path))
    assert (result.exit_code, path.read_text("utf-8").count("[[accepted]]")) == (0, 3)
    again = run("audit", ledger, *AGAINST, "--baseline", path)
    assert again.exit_code == 0
    assert again.stdout.endswith("3 findings, 3 of them accepted\n")
    assert again.stdout.count("(accepted)") == 3


def test_new_findings_and_rows_that_cannot_be_taken_still_fail(run: Run, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    run("audit", ledger, *AGAINST, *accept(path))
    ledger.write_text(text([FINE, LATE, NEVER, ("A7", *LATE[1:])]), "utf-8")
    result = run("audit", ledger, *AGAINST, "--baseline", path)
    assert result.exit_code == 1
    assert result.stdout.endswith("4 findings, 3 of them accepted\n")
    ledger.write_text(text([FINE, LATE, WRONG]), "utf-8")
    assert run("audit", ledger, *AGAINST, "--baseline", path).exit_code == 1


def test_acceptances_that_stand_for_nothing_are_told(run: Run, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    run("audit", ledger, *AGAINST, *accept(path))
    ledger.write_text(text([FINE, NEVER]), "utf-8")
    result = run("audit", ledger, *AGAINST, "--baseline", path)
    assert result.exit_code == 0
    assert "Acceptances that stand for nothing any more; delete them" in result.stdout
    assert "A2: 已说明" in result.stdout
    found = json.loads(run("audit", ledger, *AGAINST, "--baseline", path, "--json").stdout)
    assert [one["case"] for one in found["stale"]] == ["A2"]
    assert {one["accepted"]["by"] for one in found["findings"]} == {"示例督查室"}


def test_findings_of_stored_cases_are_accepted_too(run: Run, interviews: Path, tmp_path: Path) -> None:
    arguments = ("audit", "--db", interviews, "--now", "2020-12-01T12:00:00+08:00")
    assert run(*arguments, *accept(tmp_path / "b.toml")).exit_code == 0
    result = run(*arguments, "--baseline", tmp_path / "b.toml")
    assert result.exit_code == 0
    assert result.stdout.endswith("4 cases, 3 findings, 3 of them accepted\n")


def test_a_broken_baseline_is_told_in_one_line(refused: Refused, ledger: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text("form = 3\nmore = 1\n", "utf-8")
    said = refused("audit", ledger, *AGAINST, "--baseline", path)
    assert "form is 3; write form = 1; more is not known" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--json", "--format", "html"), "--json and --format html contradict each other"),
        (("-o", "x.txt"), "-o is for --format json, html or xlsx"),
        (("--format", "xlsx"), "say where with -o FILE.xlsx"),
        (("--by", "x"), "--by and --why are for --accept FILE"),
        (("--accept", "b.toml", "--by", "x"), "--accept needs --by WHO and --why WHY"),
        (("--accept", "b.toml", "--by", "", "--why", "x"), "by is empty; say who accepts"),
        (("--baseline", "no.toml"), "'no.toml' does not exist"),
        (("--accept", "b.toml", "--by", "x", "--why", "x", "--baseline", __file__), "leave out --baseline"),
        (("--format", "html", "-o", "no/such/folder/r.html"), "No such file or directory"),
    ],
)
def test_a_call_that_makes_no_sense_is_told_in_one_line(
    refused: Refused, ledger: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused("audit", ledger, *AGAINST, *arguments)
    assert {path.name for path in ledger.parent.iterdir()} == {ledger.name}


def test_a_report_never_overwrites_the_ledger(refused: Refused, ledger: Path) -> None:
    before = ledger.read_bytes()
    said = refused("audit", ledger, *AGAINST, "--format", "xlsx", "-o", ledger)
    assert "is the ledger itself; write the report to another file" in said
    assert ledger.read_bytes() == before

"""A report as a workbook: the right cells are marked, nothing is run as a formula, and what stood there stays."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from tests.compliance.report.reporting import (
    COMPLAINT,
    FINE,
    HEADINGS,
    LATE,
    NEVER,
    WRONG,
    Row,
    accepting,
    reported,
    text,
)
from yingshang_flow.compliance.report import Report
from yingshang_flow.compliance.report.workbook import FINDINGS, REFUSED, ROWS, workbook
from yingshang_flow.errors import LedgerError

RED: Final = "FFF4C7C3"
YELLOW: Final = "FFFFF0B3"
HOSTILE: Final = ("=1+1", "+1", "-1", "@SUM(1)", "#N/A", "\t=1", '=HYPERLINK("x")')

Write = Callable[..., Path]


@pytest.fixture
def ledger(tmp_path: Path) -> Write:
    """Write rows as a CSV file."""

    def write(*rows: Row, encoding: str = "utf-8-sig") -> Path:
        path = tmp_path / "台账.csv"
        path.write_bytes(text(rows).encode(encoding))
        return path

    return write


@pytest.fixture
def book(tmp_path: Path) -> Write:
    """Write rows as a workbook that has a title above its headings, a formula, and a comment."""

    def write(*rows: Row) -> Path:
        made = Workbook()
        sheet = made.active
        assert isinstance(sheet, Worksheet)
        sheet.title = "投诉"
        sheet.append(HEADINGS)
        for row in rows:
            sheet.append(list(row))
        sheet["J1"] = "=1+1"
        sheet["D2"].comment = Comment("原有批注", "甲")
        made.create_sheet("说明")["A1"] = "合成数据"
        path = tmp_path / "台账.xlsx"
        made.save(path)
        return path

    return write


def reread(made: bytes) -> Any:  # noqa: ANN401  # openpyxl's own
    return load_workbook(io.BytesIO(made))


def marked(sheet: Worksheet) -> dict[str, str]:
    """Return the colour of every cell that has a comment."""
    return {cell.coordinate: str(cell.fill.fgColor.rgb) for row in sheet for cell in row if cell.comment}


def test_the_cell_of_what_was_late_is_red_and_says_so(ledger: Write) -> None:
    rows = (FINE, LATE, NEVER)
    made = reread(workbook(reported(rows), source=ledger(*rows), lifecycle=COMPLAINT))
    assert made.sheetnames == [ROWS, FINDINGS]
    assert marked(made[ROWS]) == {"D3": RED, "D4": RED, "F4": RED}
    assert "T1 书面答复，期限至2018-09-19，于2018-09-28办理，逾期6个工作日（一般）" in made[ROWS]["D3"].comment.text
    assert "6 working days late (ordinary)" in made[ROWS]["D3"].comment.text


def test_accepted_findings_and_rows_that_were_not_audited_are_yellow(ledger: Write) -> None:
    rows = (LATE, WRONG)
    accepted = accepting(one.finding for one in reported(rows).findings)
    made = reread(workbook(reported(rows, baseline=accepted), source=ledger(*rows), lifecycle=COMPLAINT))
    assert marked(made[ROWS]) == {"D2": YELLOW, "B3": YELLOW}
    assert "已接受 accepted 2019-01-02 示例督查室: 已说明" in made[ROWS]["D2"].comment.text
    assert "没有这一天" in made[ROWS]["B3"].comment.text
    assert [cell.value for cell in made[REFUSED][2]][:3] == [3, "收到日期", "2018-02-30"]


def test_the_sheet_of_findings_has_each_of_them_and_leads_to_its_row(ledger: Write) -> None:
    report = reported([FINE, LATE, NEVER])
    made = reread(workbook(report, source=ledger(FINE, LATE, NEVER), lifecycle=COMPLAINT))
    rows = list(made[FINDINGS].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[12]) for row in rows] == [
        (one.line, one.finding.case, one.finding.fingerprint) for one in report.findings
    ]
    assert made[FINDINGS]["A2"].hyperlink.location == f"'{ROWS}'!A{report.findings[0].line}"
    assert made[FINDINGS].auto_filter.ref == f"A1:M{len(rows) + 1}"


@pytest.mark.parametrize("said", HOSTILE)
def test_no_text_is_ever_a_formula(ledger: Write, said: str) -> None:
    row = (said, *LATE[1:7], said)
    report = reported([row])
    made = reread(workbook(report, source=ledger(row), lifecycle=COMPLAINT))
    for cell in (made[ROWS]["A2"], made[ROWS]["H2"], made[FINDINGS]["B2"]):
        assert cell.data_type == "s"
        assert cell.value.strip() == said.strip()
    assert made[ROWS]["H2"].quotePrefix == (said != "#N/A")


def test_characters_that_no_workbook_holds_are_replaced(ledger: Write) -> None:
    row = ("a\x01b", *LATE[1:])
    made = reread(workbook(reported([row]), source=ledger(row), lifecycle=COMPLAINT))
    assert made[ROWS]["A2"].value == made[FINDINGS]["B2"].value == "a\ufffdb"


def test_a_very_long_text_is_cut_with_a_sign(ledger: Write) -> None:
    row = ("A" * 100_000, *LATE[1:])
    made = reread(workbook(reported([row]), source=ledger(row), lifecycle=COMPLAINT))
    assert made[FINDINGS]["B2"].value == "A" * 32_766 + "…"


def test_a_cell_of_several_lines_moves_the_marks_to_the_right_row(ledger: Write) -> None:
    rows = (("A1\nx", *FINE[1:]), ("",) * 8, LATE)
    report = reported(rows)
    assert [one.line for one in report.findings] == [5]
    assert marked(reread(workbook(report, source=ledger(*rows), lifecycle=COMPLAINT))[ROWS]) == {"D3": RED}


def test_a_ledger_in_gb18030_is_copied_as_it_was_read(ledger: Write) -> None:
    path = ledger(LATE, encoding="gb18030")
    report = reported([LATE])
    assert report.source is not None
    report = attrs.evolve(report, source=attrs.evolve(report.source, encoding="GB18030"))
    assert reread(workbook(report, source=path, lifecycle=COMPLAINT))[ROWS]["C2"].value == "望海区营商办"


def test_a_workbook_keeps_what_stood_in_it(book: Write) -> None:
    rows = (LATE, FINE)
    made = reread(workbook(reported(rows), source=book(*rows), lifecycle=COMPLAINT))
    assert made.sheetnames == ["投诉", "说明", FINDINGS]
    assert made["投诉"]["J1"].value == "=1+1"
    assert made["说明"]["A1"].value == "合成数据"
    assert made["投诉"]["D2"].comment.text.startswith("原有批注\n\nT1")
    assert made["投诉"]["D2"].fill.fgColor.rgb == RED
    assert made[FINDINGS]["A2"].hyperlink.location == "'投诉'!A2"


def test_what_stands_in_a_merged_cell_is_marked_where_it_is_seen(book: Write) -> None:
    path = book(FINE, NEVER)
    changed = load_workbook(path)
    changed["投诉"].merge_cells("D2:D3")
    changed.save(path)
    made = reread(workbook(reported([FINE, NEVER]), source=path, lifecycle=COMPLAINT))
    assert marked(made["投诉"]) == {"D2": RED, "F3": RED}


def test_the_marked_cell_is_the_one_that_holds_the_date(book: Write, ledger: Write) -> None:
    answered_by_the_end = ("A9", "2018-09-10", "青柳区营商办", "2018年9月30日", "", "2018-09-28", "", "")
    report = reported([answered_by_the_end])
    assert [str(one.finding.happened) for one in report.findings if one.finding.code == "T1"] == ["2018-09-28"]
    assert "F2" in marked(reread(workbook(report, source=ledger(answered_by_the_end), lifecycle=COMPLAINT))[ROWS])
    path = book(LATE)
    changed = load_workbook(path)
    changed["投诉"]["D2"].value = datetime(2018, 9, 28)  # noqa: DTZ001  # as a workbook has it
    changed.save(path)
    made = reread(workbook(reported([LATE]), source=path, lifecycle=COMPLAINT))
    assert marked(made["投诉"]) == {"D2": RED}


def test_without_the_procedure_the_first_column_is_marked(ledger: Write) -> None:
    made = reread(workbook(reported([LATE]), source=ledger(LATE)))
    assert marked(made[ROWS]) == {"A2": RED}


def test_a_finding_of_a_named_sheet_is_marked_there(book: Write) -> None:
    path = book(FINE)
    changed = load_workbook(path)
    other = changed.create_sheet("二月")
    for row in (HEADINGS, LATE):
        other.append(row)
    changed.save(path)

    def moved(report: Report, sheet: str) -> Report:
        return attrs.evolve(report, findings=tuple(attrs.evolve(one, sheet=sheet) for one in report.findings))

    made = reread(workbook(moved(reported([LATE]), "二月"), source=path, lifecycle=COMPLAINT))
    assert made["二月"]["D2"].fill.fgColor.rgb == RED
    assert made[FINDINGS]["A2"].hyperlink.location == "'二月'!A2"
    with pytest.raises(LedgerError, match="the sheet '三月' is no longer there"):
        workbook(moved(reported([LATE]), "三月"), source=path, lifecycle=COMPLAINT)


def test_without_a_ledger_there_are_only_the_findings() -> None:
    made = reread(workbook(reported([LATE, WRONG])))
    assert made.sheetnames == [FINDINGS, REFUSED]
    assert made[FINDINGS]["A2"].hyperlink is None


def test_a_ledger_that_has_changed_is_refused(ledger: Write, book: Write, tmp_path: Path) -> None:
    for path in (ledger(FINE), book(FINE)):
        with pytest.raises(LedgerError, match="line 4 is no longer there; audit the file again"):
            workbook(reported([FINE, FINE, LATE]), source=path, lifecycle=COMPLAINT)
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(LedgerError, match="no longer what was audited"):
        workbook(reported([LATE]), source=path)
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(LedgerError, match="cannot be read as a workbook"):
        workbook(reported([LATE]), source=path)

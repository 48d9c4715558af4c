"""Lists the findings and the rows that were not audited on sheets of their own."""

from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from yingshang_flow.compliance.report.model import Report, ReportedFinding
from yingshang_flow.compliance.report.workbook.cells import Content, as_heading, write
from yingshang_flow.compliance.report.workbook.marks import accepted
from yingshang_flow.compliance.report.workbook.placing import Marked

FINDINGS: Final = "审计发现 Findings"
"""What the sheet of the findings is called."""
REFUSED: Final = "未审计的行 Refused"
"""What the sheet of the rows is called that were not audited."""

_WRAPPED: Final = Alignment(vertical="top", wrap_text=True)
_LINK: Final = Font(color="FF1F5FA8", underline="single")
_FINDINGS: Final = (
    ("行 Line", 10),
    ("案件 Case", 22),
    ("规则 Rule", 8),
    ("等级 Severity", 10),
    ("单位 Unit", 20),
    ("发现 Finding", 34),
    ("Finding (English)", 34),
    ("期限 Due", 12),
    ("办理 Done", 12),
    ("逾期工作日 Days late", 10),
    ("依据 Citation", 44),
    ("接受 Accepted", 26),
    ("指纹 Fingerprint", 20),
)
_REFUSED: Final = (
    ("行 Line", 10),
    ("列 Column", 20),
    ("内容 Value", 26),
    ("原因 Why", 34),
    ("办法 Remedy", 34),
    ("Why", 34),
    ("Remedy", 34),
)


def list_all(book: Workbook, report: Report, marked: Marked | None) -> None:
    """Add the sheet of the findings, and one of the rows that were not audited if there are any.

    Args:
        book: The workbook.
        report: The report.
        marked: The ledger in it, to whose rows the lists lead; none where it has none.
    """
    rows = ((_line(one.line, one.sheet, marked), _row(one)) for one in report.findings)
    _list(book, FINDINGS, _FINDINGS, rows)
    if report.problems:
        refused = (
            (
                _line(one.line, one.sheet, marked),
                (one.line, one.column, one.value, one.why.zh, one.remedy.zh, one.why.en, one.remedy.en),
            )
            for one in report.problems
        )
        _list(book, REFUSED, _REFUSED, refused)


def _line(line: int | None, sheet: str, marked: Marked | None) -> str:
    """Return the address of a line of the ledger; empty where there is none."""
    return "" if line is None or marked is None else marked.link(sheet, line)


def _row(one: ReportedFinding) -> Sequence[Content]:
    finding = one.finding
    return (
        one.line,
        finding.case,
        finding.code,
        f"{finding.severity.label.zh} {finding.severity.label.en}",
        finding.unit or one.counted_under,
        finding.text("zh"),
        finding.text("en"),
        None if finding.due is None else finding.due.isoformat(),
        None if finding.happened is None else finding.happened.isoformat(),
        finding.days_late,
        finding.cited("zh"),
        accepted(one),
        finding.fingerprint,
    )


def _list(
    book: Workbook, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[tuple[str, Sequence[Content]]]
) -> None:
    """Add a sheet with a list; the first cell of each row leads to an address."""
    sheet = book.create_sheet(title)  # openpyxl adds a number where there is one of that name
    for place, (heading, width) in enumerate(columns, 1):
        cell = sheet.cell(1, place)
        cell.value = heading
        as_heading(cell)
        sheet.column_dimensions[get_column_letter(place)].width = width
    number = 1
    for number, (address, row) in enumerate(rows, 2):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place)
            write(cell, value)
            cell.alignment = _WRAPPED
        if address:
            cell = sheet.cell(number, 1)
            cell.hyperlink = Hyperlink(cell.coordinate, location=address)
            cell.font = _LINK
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{number}"

"""Opens a ledger as a workbook, and knows in which row of it each line stands."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import attrs
from openpyxl import Workbook, load_workbook
from openpyxl.utils import quote_sheetname
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from yingshang_flow.compliance.report.model import RefusedRow, Report, ReportedFinding
from yingshang_flow.compliance.report.workbook.cells import as_heading, write
from yingshang_flow.errors import LedgerError

ROWS: Final = "台账 Ledger"
"""What the sheet is called into which a CSV file is copied."""


@attrs.frozen
class Marked:
    """The sheets of the ledger: where each of its lines stands, by the name of its sheet.

    Attributes:
        book: The workbook.
        rows: The row of each line, where it is another number.
        name: What the sheet is called whose name is not told.
    """

    book: Workbook
    rows: Mapping[int, int] | None
    name: str

    def sheet(self, name: str) -> Worksheet:
        """Return a sheet of the ledger."""
        found = self.book[name or self.name]
        if not isinstance(found, Worksheet):
            raise LedgerError(name, "it is a sheet without cells; audit the ledger again")
        return found

    def row(self, line: int) -> int:
        """Return the row in which a line stands."""
        return line if self.rows is None else self.rows[line]

    def link(self, sheet: str, line: int) -> str:
        """Return the address of a row."""
        return f"{quote_sheetname(sheet or self.name)}!A{self.row(line)}"


def placed(report: Report) -> tuple[ReportedFinding | RefusedRow, ...]:
    """Return everything that stands in a line of the ledger."""
    return (*report.findings, *report.problems)


def sheets_of(report: Report) -> set[str]:
    """Return the names of the sheets in which anything stands; empty where there is only one."""
    return {one.sheet for one in placed(report)}


def opened(source: Path, report: Report) -> Marked:
    """Return the ledger as a workbook.

    Raises:
        LedgerError: A line that was audited is no longer there, or it is no workbook.
    """
    with source.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    if zipped:
        try:
            book = load_workbook(source, keep_vba=source.suffix.lower() == ".xlsm")
        except (BadZipFile, InvalidFileException, KeyError, ValueError) as exc:
            raise LedgerError(str(source), f"it cannot be read as a workbook ({exc}); save it again as .xlsx") from exc
        active = book.active
        marked = Marked(book, None, active.title if active is not None else book.sheetnames[0])
        for sheet in sheets_of(report) - {""}:
            if sheet not in book.sheetnames:
                raise LedgerError(str(source), f"the sheet {sheet!r} is no longer there; audit the file again")
        last = {sheet.title: sheet.max_row for sheet in book.worksheets}
    else:
        book = Workbook()
        rows = _copy(source, report, book)
        marked = Marked(book, rows, ROWS)
        last = {ROWS: max(rows, default=0)}
    for one in placed(report):
        there = last.get(one.sheet or marked.name, 0)
        if one.line is not None and (one.line > there or (marked.rows is not None and one.line not in marked.rows)):
            raise LedgerError(str(source), f"line {one.line} is no longer there; audit the file again")
    return marked


def _copy(source: Path, report: Report, book: Workbook) -> dict[int, int]:
    """Copy a CSV file as text; return the row in which each of its lines stands."""
    sheet = book.active
    if not isinstance(sheet, Worksheet):  # pragma: no cover  # a new workbook has one
        raise TypeError(sheet)
    sheet.title = ROWS
    encoding = "gb18030" if report.source is not None and report.source.encoding == "GB18030" else "utf-8-sig"
    try:
        reader = csv.reader(io.StringIO(source.read_bytes().decode(encoding), newline=""), strict=True)
        rows: dict[int, int] = {}
        line, number = 1, 0
        for cells in reader:
            if any(cell.strip() for cell in cells):
                number += 1
                rows[line] = number
                for place, text in enumerate(cells, 1):
                    write(sheet.cell(number, place), text)
                    if not number - 1:
                        as_heading(sheet.cell(number, place))
            line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as exc:
        raise LedgerError(str(source), f"it is no longer what was audited ({exc}); audit it again") from exc
    sheet.freeze_panes = "A2"
    return rows

"""A report as a workbook: the ledger with its cells marked where something was found, and the findings beside it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import attrs
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from yingshang_flow.compliance.finding import Finding, Severity
from yingshang_flow.compliance.report.model import RefusedRow, Report, ReportedFinding
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import LedgerError

FINDINGS: Final = "审计发现 Findings"
REFUSED: Final = "未审计的行 Refused"
ROWS: Final = "台账 Ledger"

_RED: Final = PatternFill("solid", fgColor="FFF4C7C3")
_YELLOW: Final = PatternFill("solid", fgColor="FFFFF0B3")
_HEAD: Final = PatternFill("solid", fgColor="FFE9ECEE")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST_CELL: Final = 32_767
_LONGEST_COMMENT: Final = 2_000
_HEADING_ROWS: Final = 50
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS: Final = (10, 22, 8, 10, 20, 34, 34, 12, 12, 10, 44, 26, 20)
_TITLES: Final = (
    "行 Line",
    "案件 Case",
    "规则 Rule",
    "等级 Severity",
    "单位 Unit",
    "发现 Finding",
    "Finding (English)",
    "期限 Due",
    "办理 Done",
    "逾期工作日 Days late",
    "依据 Citation",
    "接受 Accepted",
    "指纹 Fingerprint",
)
_REFUSED_TITLES: Final = ("行 Line", "列 Column", "内容 Value", "原因 Why", "办法 Remedy", "Why", "Remedy")
_REFUSED_WIDTHS: Final = (10, 20, 26, 34, 34, 34, 34)

Content = str | int | None
_Placed = ReportedFinding | RefusedRow


def workbook(report: Report, *, source: Path | None = None, lifecycle: Lifecycle | None = None) -> bytes:
    """Return a report as a workbook (.xlsx, or .xlsm where the ledger was one).

    A cell is red where a finding stands that nobody has accepted, and yellow where it is accepted or only a note, or
    where the row was not audited; a comment says why. What stood in the ledger stays as it was; a workbook keeps its
    formulas and styles, but not what openpyxl does not know, such as shapes.

    Args:
        report: The report.
        source: The ledger that was audited, a workbook or a CSV file; without it there are only the findings.
        lifecycle: The procedure, whose columns tell in which cell a finding stands; without it that is the first one.

    Raises:
        LedgerError: The source is no longer what was audited, or no workbook.
        OSError: The source cannot be read.
    """
    book, marked = (Workbook(), None) if source is None else _opened(source, report)
    if marked is None:
        del book[book.active.title]  # type: ignore[union-attr]
    else:
        _mark(marked, report, lifecycle)
    _list_findings(book, report, marked)
    if report.problems:
        _list_refused(book, report, marked)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@attrs.frozen
class _Marked:
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


def _opened(source: Path, report: Report) -> tuple[Workbook, _Marked]:
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
        marked = _Marked(book, None, active.title if active is not None else book.sheetnames[0])
        for sheet in _sheets(report) - {""}:
            if sheet not in book.sheetnames:
                raise LedgerError(str(source), f"the sheet {sheet!r} is no longer there; audit the file again")
        last = {sheet.title: sheet.max_row for sheet in book.worksheets}
    else:
        book = Workbook()
        rows = _copy(source, report, book)
        marked = _Marked(book, rows, ROWS)
        last = {ROWS: max(rows, default=0)}
    for one in _placed(report):
        there = last.get(one.sheet or marked.name, 0)
        if one.line is not None and (one.line > there or (marked.rows is not None and one.line not in marked.rows)):
            raise LedgerError(str(source), f"line {one.line} is no longer there; audit the file again")
    return book, marked


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
                    _write(sheet.cell(number, place), text)
                    if not number - 1:
                        _as_heading(sheet.cell(number, place))
            line = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as exc:
        raise LedgerError(str(source), f"it is no longer what was audited ({exc}); audit it again") from exc
    sheet.freeze_panes = "A2"
    return rows


def _write(cell: Cell | MergedCell, value: Content) -> Cell | MergedCell:
    """Write a text as a text, whatever it begins with, so that no spreadsheet program runs it as a formula."""
    if value is None or value == "":
        return cell
    if isinstance(value, int):
        cell.value = value
        return cell
    text = _ILLEGAL.sub("\ufffd", value)
    cell.value = text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True  # so it stays a text when somebody edits it
    return cell


def _as_heading(cell: Cell | MergedCell) -> None:
    cell.font = Font(bold=True)
    cell.fill = _HEAD
    cell.alignment = Alignment(vertical="top", wrap_text=True)


# --- marks ---


def _mark(marked: _Marked, report: Report, lifecycle: Lifecycle | None) -> None:
    """Colour the cells of the ledger in which something was found, and say what."""
    said: dict[tuple[str, int, int], tuple[bool, list[str]]] = {}
    headings = {sheet: _Headings(marked.sheet(sheet), report, lifecycle) for sheet in _sheets(report)}
    for problem in report.problems:
        column = headings[problem.sheet].named(problem.column)
        _add(said, (problem.sheet, marked.row(problem.line), column), _refusal(problem), grave=False)
    for one in report.findings:
        if one.line is not None:
            row = marked.row(one.line)
            column = headings[one.sheet].of(one.finding, row)
            grave = one.accepted is None and one.finding.severity is not Severity.NOTE
            _add(said, (one.sheet, row, column), _words(one), grave=grave)
    for (sheet, row, column), (grave, texts) in said.items():
        cell = marked.sheet(sheet).cell(row, column)
        if not isinstance(cell, Cell):  # a merged one is shown by its first cell
            cell = _first(marked.sheet(sheet), row, column)
        cell.fill = _RED if grave else _YELLOW
        text = "\n\n".join(([cell.comment.text] if cell.comment else []) + texts)
        shown = text if len(text) <= _LONGEST_COMMENT else f"{text[: _LONGEST_COMMENT - 1]}…"
        comment = Comment(_ILLEGAL.sub("\ufffd", shown), "yingshang-flow")
        comment.width, comment.height = 360, min(400, 60 + 40 * len(texts))
        cell.comment = comment


def _sheets(report: Report) -> set[str]:
    return {one.sheet for one in _placed(report)}


def _placed(report: Report) -> tuple[_Placed, ...]:
    """Return everything that stands in a line of the ledger."""
    return (*report.findings, *report.problems)


def _add(
    said: dict[tuple[str, int, int], tuple[bool, list[str]]], place: tuple[str, int, int], text: str, *, grave: bool
) -> None:
    before, texts = said.get(place, (False, []))
    said[place] = before or grave, [*texts, text]


def _first(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return the cell that shows what a merged one holds."""
    for area in sheet.merged_cells.ranges:
        if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
            found = sheet.cell(area.min_row, area.min_col)
            if isinstance(found, Cell):
                return found
    raise LedgerError(sheet.title, f"row {row} is merged in a way that cannot be read; unmerge it")  # pragma: no cover


def _words(one: ReportedFinding) -> str:
    """Return a finding in both languages."""
    finding = one.finding
    said = f"{finding.text('zh')}（{finding.severity.label.zh}）\n{finding.text('en')} ({finding.severity.label.en})"
    return said if one.accepted is None else f"{said}\n{_accepted(one)}"


def _accepted(one: ReportedFinding) -> str:
    by = one.accepted
    return "" if by is None else f"已接受 accepted {by.on} {by.by}: {by.why}"


def _refusal(problem: RefusedRow) -> str:
    return f"{problem.why.zh}；{problem.remedy.zh}\n{problem.why.en}; {problem.remedy.en}"


class _Headings:
    """Where the columns of a ledger stand in a sheet."""

    def __init__(self, sheet: Worksheet, report: Report, lifecycle: Lifecycle | None) -> None:
        self._sheet = sheet
        self._lifecycle = lifecycle
        read = set() if report.source is None else {_plain(heading) for heading in report.source.read}
        known = read | {_plain(name) for column in _columns(lifecycle) for name in (column[0], *column[1])}
        self._places: dict[str, int] = {}
        for cells in sheet.iter_rows(max_row=min(sheet.max_row, _HEADING_ROWS)):
            places = {_plain(str(cell.value)): cell.column for cell in reversed(cells) if cell.value is not None}
            if len(known & places.keys()) > len(known & self._places.keys()):
                self._places = places
        self._reference = self._place("", "reference") or 1

    def named(self, heading: str) -> int:
        """Return the place of a heading; that of the case's own number where it stands nowhere."""
        return self._places.get(_plain(heading), self._reference)

    def of(self, finding: Finding, row: int) -> int:
        """Return the place of the cell that shows a finding.

        That is the date of the act, or of what would have met the deadline; else the case's own number.
        """
        key = finding.place.partition("#")[0]
        limit = None if self._lifecycle is None else self._lifecycle.by_limit.get(key)
        triggers = (key,) if limit is None else limit.met
        places = [place for trigger in triggers if (place := self._place(trigger, ""))]
        filled = [place for place in places if self._sheet.cell(row, place).value not in {None, ""}]
        return next(iter((*filled, *places, self._reference)))

    def _place(self, trigger: str, field: str) -> int | None:
        for column in () if self._lifecycle is None else self._lifecycle.ledger:
            if (column.trigger, column.field) == (trigger, field):
                for name in (column.name, *column.aliases):
                    if _plain(name) in self._places:
                        return self._places[_plain(name)]
        return None


def _columns(lifecycle: Lifecycle | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    for column in () if lifecycle is None else lifecycle.ledger:
        yield column.name, column.aliases


def _plain(heading: str) -> str:
    """Return a heading as it is compared: full-width signs as others, no blanks or line ends."""
    return "".join(unicodedata.normalize("NFKC", heading).split())


# --- lists ---


def _list_findings(book: Workbook, report: Report, marked: _Marked | None) -> None:
    rows = (_row(one) for one in report.findings)
    _list(book, FINDINGS, _TITLES, _WIDTHS, rows, [(one.sheet, one.line) for one in report.findings], marked=marked)


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
        _accepted(one),
        finding.fingerprint,
    )


def _list_refused(book: Workbook, report: Report, marked: _Marked | None) -> None:
    rows = (
        (one.line, one.column, one.value, one.why.zh, one.remedy.zh, one.why.en, one.remedy.en)
        for one in report.problems
    )
    links: list[tuple[str, int | None]] = [(one.sheet, one.line) for one in report.problems]
    _list(book, REFUSED, _REFUSED_TITLES, _REFUSED_WIDTHS, rows, links, marked=marked)


def _list(
    book: Workbook,
    title: str,
    titles: Sequence[str],
    widths: Sequence[int],
    rows: Iterable[Sequence[Content]],
    links: Sequence[tuple[str, int | None]],
    *,
    marked: _Marked | None,
) -> None:
    """Add a sheet with a list; its first column leads to the row of the ledger."""
    sheet: Worksheet = book.create_sheet(title)  # openpyxl adds a number where there is one of that name
    for place, (heading, width) in enumerate(zip(titles, widths, strict=True), 1):
        cell = sheet.cell(1, place)
        cell.value = heading
        _as_heading(cell)
        sheet.column_dimensions[get_column_letter(place)].width = width
    number = 1
    for number, (row, (where, line)) in enumerate(zip(rows, links, strict=True), 2):
        for place, value in enumerate(row, 1):
            cell = _write(sheet.cell(number, place), value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        if line is not None and marked is not None:
            cell = sheet.cell(number, 1)
            cell.hyperlink = Hyperlink(cell.coordinate, location=marked.link(where, line))
            cell.font = Font(color="FF1F5FA8", underline="single")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(titles))}{number}"

"""Marks the cells of a ledger in which something was found, and says there what."""

import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from yingshang_flow.compliance.conformance import Finding, Severity
from yingshang_flow.compliance.report.model import RefusedRow, Report, ReportedFinding
from yingshang_flow.compliance.report.workbook.cells import legal
from yingshang_flow.compliance.report.workbook.placing import Marked, sheets_of
from yingshang_flow.compliance.tables import Day, read_day
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import LedgerError

_RED: Final = PatternFill("solid", fgColor="FFF4C7C3")
_YELLOW: Final = PatternFill("solid", fgColor="FFFFF0B3")
_LONGEST: Final = 2_000
_HEADING_ROWS: Final = 50

Place = tuple[str, int, int]
"""A sheet, a row and a column."""


def mark(marked: Marked, report: Report, lifecycle: Lifecycle | None) -> None:
    """Colour the cells of the ledger in which something was found, and say what."""
    said: dict[Place, tuple[bool, list[str]]] = {}
    headings = {sheet: _Headings(marked.sheet(sheet), report, lifecycle) for sheet in sheets_of(report)}
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
        comment = Comment(legal(text, _LONGEST), "yingshang-flow")
        comment.width, comment.height = 360, min(400, 60 + 40 * len(texts))
        cell.comment = comment


def _add(said: dict[Place, tuple[bool, list[str]]], place: Place, text: str, *, grave: bool) -> None:
    before, texts = said.get(place, (False, []))
    said[place] = before or grave, [*texts, text]


def _first(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return the cell that shows what a merged one holds."""
    for area in sheet.merged_cells.ranges:
        if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col:
            found = sheet.cell(area.min_row, area.min_col)
            if isinstance(found, Cell):
                return found
    # No cover: openpyxl has every merged cell in an area whose first one is a cell.
    raise LedgerError(sheet.title, f"row {row} is merged in a way that cannot be read; unmerge it")  # pragma: no cover


def _words(one: ReportedFinding) -> str:
    """Return a finding in both languages."""
    finding = one.finding
    said = f"{finding.text('zh')}（{finding.severity.label.zh}）\n{finding.text('en')} ({finding.severity.label.en})"
    return said if one.accepted is None else f"{said}\n{accepted(one)}"


def accepted(one: ReportedFinding) -> str:
    """Return who accepted a finding, when and why; empty while it is new."""
    by = one.accepted
    return "" if by is None else f"已接受 accepted {by.on} {by.by}: {by.why}"


def _refusal(problem: RefusedRow) -> str:
    return f"{problem.why.zh}；{problem.remedy.zh}\n{problem.why.en}; {problem.remedy.en}"


class _Headings:
    """Where the columns of a ledger stand in a sheet."""

    def __init__(self, sheet: Worksheet, report: Report, lifecycle: Lifecycle | None) -> None:
        self._sheet = sheet
        self._lifecycle = lifecycle
        source = report.source
        self._dates = {} if source is None else {trigger: _plain(name) for trigger, name in source.headings.items()}
        known = set() if source is None else set(map(_plain, source.read))
        self._places: dict[str, int] = {}
        for cells in sheet.iter_rows(max_row=min(sheet.max_row, _HEADING_ROWS)):
            places = {_plain(str(cell.value)): cell.column for cell in reversed(cells) if cell.value is not None}
            if len(known & places.keys()) > len(known & self._places.keys()):
                self._places = places
        self._reference = next((self._places[name] for name in _references(lifecycle) if name in self._places), 1)

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
        places = [place for trigger in triggers if (place := self._places.get(self._dates.get(trigger, "")))]
        dates = {place: _date(self._sheet.cell(row, place).value) for place in places}
        exact = [place for place in places if dates[place] and dates[place] == finding.happened]
        filled = [place for place in places if dates[place]]
        return next(iter((*exact, *filled, *places, self._reference)))


def _date(value: object) -> date | None:
    """Return the day a cell holds, however it is written; none where it holds none."""
    if isinstance(value, datetime):
        return value.date()
    found = read_day(str(value).strip()) if value is not None else None
    return found.at.date if isinstance(found, Day) else None


def _references(lifecycle: Lifecycle | None) -> Iterator[str]:
    """Yield under what the case's own number may stand."""
    for column in () if lifecycle is None else lifecycle.ledger:
        if (column.trigger, column.field) == ("", "reference"):
            yield from map(_plain, (column.name, *column.aliases))


def _plain(heading: str) -> str:
    """Return a heading as it is compared: full-width signs as others, no blanks or line ends."""
    return "".join(unicodedata.normalize("NFKC", heading).split())

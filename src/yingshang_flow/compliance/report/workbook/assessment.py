"""An assessment as a workbook: the ranking, a sheet for each indicator, and how it was made."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from yingshang_flow.compliance.assessment import as_circular as circular
from yingshang_flow.compliance.assessment.as_circular import Language
from yingshang_flow.compliance.assessment.scoring import Assessment
from yingshang_flow.compliance.report.workbook.cells import as_heading, write
from yingshang_flow.words import Label

_PERCENT = "0.0%"
_POINTS = "+0.0%;-0.0%;0.0%"
_SCORE = "0.00"
_Row = Sequence[tuple[str | int | float | None, str]]
"""Cells, each a value and how a number is shown."""


def assessment_workbook(assessment: Assessment, *, lang: Language = "zh") -> bytes:
    """Return an assessment as a workbook; of persons or cases nothing is in it.

    Args:
        assessment: The assessment.
        lang: ``zh`` or ``en``.
    """

    def say(label: Label) -> str:
        return label.zh if lang == "zh" else label.en

    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    head = [circular.PLACE, circular.UNIT, circular.TOTAL, circular.BEFORE]
    names = [*map(say, head), *(say(one.label) for one in assessment.indicators)]
    _sheet(
        book,
        say(circular.RANKING),
        names,
        (
            [
                (say(circular.place_of(one)), ""),
                (one.unit, ""),
                (one.total, _SCORE),
                (one.before, ""),
                *((None if rate.value is None else float(rate.value), _PERCENT) for rate in one.rates),
            ]
            for one in assessment.ranked
        ),
    )
    columns = (circular.UNIT, circular.NUMERATOR, circular.DENOMINATOR, circular.RATE, circular.SCORE, circular.CHANGE)
    for number, indicator in enumerate(assessment.indicators):
        found = ((one.unit, one.rates[number]) for one in (*assessment.ranked, *assessment.unranked))
        _sheet(
            book,
            f"{number + 1} {say(indicator.label)}",
            [*map(say, columns)],
            (
                [
                    (unit, ""),
                    (rate.numerator, ""),
                    (rate.denominator, ""),
                    (None if rate.value is None else float(rate.value), _PERCENT),
                    (rate.score, _SCORE),
                    (None if rate.change is None else float(rate.change), _POINTS),
                ]
                for unit, rate in found
            ),
        )
    unranked = ((one.unit, say(circular.why_unranked(assessment, one))) for one in assessment.unranked)
    _sheet(
        book, say(circular.UNRANKED), [say(circular.UNIT), say(circular.WHY)], ([(a, ""), (b, "")] for a, b in unranked)
    )
    lines = (say(assessment.span.label), *map(say, circular.method(assessment)))
    _sheet(book, say(circular.METHOD), [say(circular.TITLE)], ([(line, "")] for line in lines))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _sheet(book: Workbook, title: str, head: Sequence[str], rows: Iterable[_Row]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(_title(title))
    for column, name in enumerate(head, 1):
        cell = sheet.cell(1, column)
        write(cell, name)
        as_heading(cell)
        sheet.column_dimensions[get_column_letter(column)].width = 24
    for line, row in enumerate(rows, 2):
        for column, (value, shown) in enumerate(row, 1):
            cell = sheet.cell(line, column)
            if isinstance(value, float):
                cell.value = value
            else:
                write(cell, value)
            if shown:
                cell.number_format = shown
    sheet.freeze_panes = "A2"
    return sheet


def _title(text: str) -> str:
    """Return a name as a sheet can have it: some characters are not allowed, and only thirty-one."""
    return "".join("·" if character in "[]:*?/\\" else character for character in text)[:31]

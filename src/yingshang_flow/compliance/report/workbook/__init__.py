"""A report as a workbook: the ledger with its cells marked where something was found, and the findings beside it."""

import io
from pathlib import Path

from openpyxl import Workbook

from yingshang_flow.compliance.report.model import Report
from yingshang_flow.compliance.report.workbook.lists import FINDINGS, REFUSED, list_all
from yingshang_flow.compliance.report.workbook.marks import mark
from yingshang_flow.compliance.report.workbook.placing import ROWS, opened
from yingshang_flow.core.lifecycle import Lifecycle

__all__ = ["FINDINGS", "REFUSED", "ROWS", "workbook"]


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
    if source is None:
        book = Workbook()
        for sheet in book.worksheets:
            book.remove(sheet)
        list_all(book, report, None)
    else:
        marked = opened(source, report)
        book = marked.book
        mark(marked, report, lifecycle)
        list_all(book, report, marked)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()

"""Reads a ledger of cases from a file of any kind, or from any table, by a mapping of its columns."""

import io
from pathlib import Path
from typing import BinaryIO, Final

from yingshang_flow.compliance.event_reader import EventReader
from yingshang_flow.compliance.headings import find, ignored, known_headings, top
from yingshang_flow.compliance.json_lines import json_table
from yingshang_flow.compliance.ledger import Ledger
from yingshang_flow.compliance.mapping import Mapping
from yingshang_flow.compliance.row_reader import RowReader
from yingshang_flow.compliance.spreadsheet import csv_table
from yingshang_flow.compliance.table import Table
from yingshang_flow.compliance.workbook import workbook_table
from yingshang_flow.compliance.workbook_parts import OLE, ZIP
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import LedgerError

_JSON: Final = b"{"
_BOM: Final = b"\xef\xbb\xbf"


def read_ledger(
    source: str | Path | bytes | Table,
    lifecycle: Lifecycle,
    *,
    mapping: Mapping | None = None,
    sheet: str | int | None = None,
    name: str = "",
) -> Ledger:
    """Read a ledger of cases: a CSV file, an Excel workbook, JSON Lines, or any table.

    A date is written with the year first: 2018-09-10, 2018/9/10, 2018.9.10, 2018年9月10日 or 20180910, with or without
    a time; in a workbook it may be a date or the number of one. A row is refused, with every problem it has, when a
    cell cannot be read, when something is said of an act without its date, when an act comes before the case is opened,
    when its number stands in a row above, or when it is part of merged cells. Columns that are not known are listed as
    not read. Cells that are missing at the end of a row are empty. Rows are read as they come; no file is held whole.

    Args:
        source: The path of a file or its bytes: CSV in UTF-8 or GB18030, .xlsx, or JSON Lines in UTF-8, told by how it
            begins; or a table that was opened, such as what a query finds.
        lifecycle: The procedure.
        mapping: Which heading stands for what; the headings of the procedure's own ledger unless given.
        sheet: The sheet of a workbook, by its name or its number from 1; what the mapping says, or the first, unless
            given.
        name: What to call it in messages; the path unless given.

    Raises:
        HeadingsError: Required columns are missing, or columns are doubled.
        LedgerError: It cannot be read as a ledger: it is empty, damaged, too large, protected or of another kind; or
            the procedure has no ledger and no mapping is given.
        MappingError: The mapping does not fit the procedure.
        OSError: The file cannot be read.
    """
    if mapping is None and not lifecycle.ledger:
        why = f"the procedure {lifecycle.key!r} names no columns for one; give a mapping"
        raise LedgerError(name or "a ledger", why)
    mapped = mapping is not None and not mapping.partial
    mapping = mapping or Mapping.default(lifecycle)
    expected = mapping.expected(lifecycle)
    if not isinstance(source, Table):
        sheet = mapping.sheet if sheet is None else sheet
        source = open_table(source, name=name, sheet=sheet, known=known_headings(expected))
    above = top(source, mapping.header)
    columns = find(source, above, expected, lifecycle, mapped=mapped)
    kind = RowReader if mapping.event is None else EventReader
    reader = kind(lifecycle, source, above, columns, serials=mapping.serials)
    rows, problems = reader.rows()
    places = {column.place for column in columns}
    unread = tuple(ignored(above, places, reader.filled.used, lettered=source.lettered))
    return Ledger(
        source.name,
        lifecycle.key,
        source.encoding,
        tuple(heading for place, heading in enumerate(above.headings) if place in places),
        unread,
        reader.told,
        (*source.notes(), *reader.notes(unread)),
        rows,
        problems,
        reader.filled.blank,
        source.sheet,
        reader.headings,
    )


def open_table(
    source: str | Path | bytes,
    *,
    name: str = "",
    sheet: str | int | None = None,
    known: tuple[str, ...] = (),
) -> Table:
    """Open a file as a table, by how it begins.

    Args:
        source: The path of the file, or its bytes.
        name: What to call it in messages; the path unless given.
        sheet: The sheet of a workbook, by its name or its number from 1.
        known: The headings that are looked for; they tell a text in a wrong encoding.

    Raises:
        LedgerError: It cannot be read as a table.
        OSError: The file cannot be read.
    """
    name = name or ("the ledger" if isinstance(source, bytes) else str(source))
    if not isinstance(source, bytes) and not Path(source).is_file():
        source = Path(source).read_bytes()  # what is no plain file is read once

    def opened() -> BinaryIO:
        return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")

    with opened() as file:
        start = file.read(512)
    if start.startswith((ZIP, OLE)):
        return workbook_table(opened, name, sheet)
    if sheet is not None:
        raise LedgerError(name, f"only a workbook has sheets, and this is none; leave out the sheet {sheet!r}")
    if start.removeprefix(_BOM).lstrip().startswith(_JSON):
        return json_table(opened, name)
    return csv_table(opened, name, known)

"""Reads a ledger of cases from a file of any kind, or from any table, by a mapping of its columns."""

from pathlib import Path

from yingshang_flow.compliance.ledgers.event_reader import EventReader
from yingshang_flow.compliance.ledgers.headings import find, ignored, known_headings, top
from yingshang_flow.compliance.ledgers.ledger import Ledger
from yingshang_flow.compliance.ledgers.mapping import Mapping
from yingshang_flow.compliance.ledgers.row_reader import RowReader
from yingshang_flow.compliance.tables import Table, open_table
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import LedgerError


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

"""Opens a file as a table, by how it begins: CSV, an Excel workbook or JSON Lines."""

import io
from pathlib import Path
from typing import BinaryIO, Final

from yingshang_flow.compliance.tables.csv_file import csv_table
from yingshang_flow.compliance.tables.json_lines import json_table
from yingshang_flow.compliance.tables.table import Table
from yingshang_flow.compliance.tables.workbook import workbook_table
from yingshang_flow.compliance.tables.workbook_parts import OLE, ZIP
from yingshang_flow.errors import LedgerError

_JSON: Final = b"{"
_BOM: Final = b"\xef\xbb\xbf"


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

"""Reads a spreadsheet saved as CSV: its encoding, its headings, and every row with the line it begins on."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from typing import Final

import attrs

from yingshang_flow.errors import LedgerError

_BINARY: Final = (
    (b"PK\x03\x04", "is an Excel workbook or another archive"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook"),
    (codecs.BOM_UTF16_LE, "is UTF-16, which Excel calls Unicode text"),
    (codecs.BOM_UTF16_BE, "is UTF-16, which Excel calls Unicode text"),
    (b"SQLite format 3\x00", "is a database"),
    (b"%PDF", "is a PDF"),
)
_SAVE_AS: Final = "save the sheet as “CSV UTF-8”"
_SEPARATORS: Final = {"\t": "tabs", ";": "semicolons", "，": "Chinese commas"}


@attrs.frozen
class Sheet:
    """A sheet as text.

    Attributes:
        encoding: ``UTF-8`` or ``GB18030``.
        headings: The cells of the first row that is not blank, without the blanks around them.
        rows: Every other row that is not blank: the line it begins on, from 1, and its cells without blanks around.
        blank: How many rows after the headings hold nothing.
    """

    encoding: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    blank: int


def read_sheet(data: bytes, name: str, known: Collection[str]) -> Sheet:
    """Read a CSV file: UTF-8, with or without a byte order mark, or GB18030; commas; quotes as Excel writes them.

    Args:
        data: The bytes of the file.
        name: What to call it in messages.
        known: The headings that are looked for; they tell a text in a wrong encoding.

    Raises:
        LedgerError: It is empty, no CSV, in another encoding, or its quotes do not pair.
    """
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise LedgerError(name, f"it {what}; {_SAVE_AS}")
    encoding, text = _decoded(data, name, known)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise LedgerError(name, f"line {line} holds the NUL character U+0000, which no text has; {_SAVE_AS}")
    rows = _rows(text, name)
    headings: tuple[str, ...] = ()
    for _, cells in rows:
        if any(cells):
            headings = cells
            break
    if not headings:
        raise LedgerError(name, "it is empty; the first row must hold the headings")
    found = list(rows)
    filled = tuple((line, cells) for line, cells in found if any(cells))
    return Sheet(encoding, headings, filled, len(found) - len(filled))


def separated_by(headings: Collection[str]) -> str | None:
    """Tell what separates the cells of a sheet that has one heading only, when that is no comma."""
    if len(headings) == 1:
        for separator, said in _SEPARATORS.items():
            if separator in next(iter(headings)):
                return said
    return None


def _decoded(data: bytes, name: str, known: Collection[str]) -> tuple[str, str]:
    try:
        return "UTF-8", data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        wrong = f"line {line} holds the byte 0x{data[exc.start]:02X}"
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not any(heading in text for heading in known):  # a damaged file is often some GB18030 text
        raise LedgerError(name, f"it is neither UTF-8 ({wrong}) nor GB18030 with the headings of a ledger; {_SAVE_AS}")
    return "GB18030", text


def _rows(text: str, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each row with the line it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, tuple(cell.strip() for cell in cells)
            line = reader.line_num + 1
    except csv.Error as exc:
        if "field larger" in str(exc):
            why = f"a cell is longer than {csv.field_size_limit():,} characters"
        else:
            why = "the quotation marks do not pair"
        raise LedgerError(
            name,
            f"line {line}: {why}; a cell that holds a comma, a quotation mark or a new line stands in quotation marks, "
            "those inside it doubled",
        ) from exc

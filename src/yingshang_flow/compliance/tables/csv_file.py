"""Reads a spreadsheet saved as CSV as a table: its encoding, and every row with the line it begins on."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from typing import BinaryIO, Final

import attrs

from yingshang_flow.compliance.tables.table import LONGEST_CELL, Open, Row, Table
from yingshang_flow.errors import LedgerError

SAVE_AS: Final = "save the sheet as “CSV UTF-8”"

_BINARY: Final = (
    (codecs.BOM_UTF16_LE, "is UTF-16, which Excel calls Unicode text"),
    (codecs.BOM_UTF16_BE, "is UTF-16, which Excel calls Unicode text"),
    (b"SQLite format 3\x00", "is a database"),
    (b"%PDF", "is a PDF"),
)
_SEPARATORS: Final = {"\t": "tabs", ";": "semicolons", "，": "Chinese commas"}
_CHUNK: Final = 1 << 20
_LONGEST_LINE: Final = 16 << 20
_LINE_ENDS: Final = (b"\n", b"\r")


def csv_table(opened: Open, name: str, known: Collection[str]) -> Table:
    """Open a CSV file: UTF-8, with or without a byte order mark, or GB18030; commas; quotes as Excel writes them.

    It is looked through once for its encoding, and read as its rows are asked for.

    Args:
        opened: Opens its bytes.
        name: What to call it in messages.
        known: The headings that are looked for; they tell a text in a wrong encoding.

    Raises:
        LedgerError: It is no CSV or in another encoding; while its rows are read: its quotes do not pair.
    """
    encoding = "UTF-8"
    with opened() as file:
        start = file.read(16)
        for magic, what in _BINARY:
            if start.startswith(magic):
                raise LedgerError(name, f"it {what}; {SAVE_AS}")
        file.seek(0)
        wrong = _Check(file, name).undecodable("utf-8")
        if wrong:
            encoding = "GB18030"
            file.seek(0)
            refused = _Check(file, name, known).undecodable("gb18030")
            if refused:  # a damaged file is often some GB18030 text
                message = f"it is neither UTF-8 ({wrong}) nor GB18030 with the headings of a ledger; {SAVE_AS}"
                raise LedgerError(name, message)
    return Table(name, encoding, _rows(opened, name, encoding))


def separated_by(headings: Collection[str]) -> str | None:
    """Tell what separates the cells of a sheet that has one heading only, when that is no comma."""
    if len(headings) == 1:
        for separator, said in _SEPARATORS.items():
            if separator in next(iter(headings)):
                return said
    return None


@attrs.define
class _Check:
    """Looks through a file, a piece at a time, for what cannot be read."""

    file: BinaryIO
    name: str
    known: Collection[str] | None = None
    line: int = 1
    length: int = 0

    def undecodable(self, encoding: str) -> str:
        """Tell where the file is not in an encoding, or that none of the known headings is in it; empty when it is.

        Raises:
            LedgerError: It is in the encoding, but holds NUL or an endless line.
        """
        decoder = codecs.getincrementaldecoder(encoding)()
        nul, found, end = "", self.known is None, ""
        while piece := self.file.read(_CHUNK):
            try:
                text = decoder.decode(piece)
            except UnicodeDecodeError as exc:
                return self._byte(exc)
            if not nul and "\0" in text:
                line = self.line + text.count("\n", 0, text.index("\0"))
                nul = f"line {line} holds the NUL character U+0000, which no text has; {SAVE_AS}"
            if not found and self.known is not None:
                found = any(heading in end + text for heading in self.known)
                end = text[-100:]
            self.line += piece.count(b"\n")
            self._measure(piece)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as exc:
            return self._byte(exc)
        if not found:
            return "no known heading"
        if nul:
            raise LedgerError(self.name, nul)
        return ""

    def _byte(self, exc: UnicodeDecodeError) -> str:
        line = self.line + exc.object.count(b"\n", 0, exc.start)
        return f"line {line} holds the byte 0x{exc.object[exc.start]:02X}"

    def _measure(self, piece: bytes) -> None:
        last = max(piece.rfind(end) for end in _LINE_ENDS)
        self.length = self.length + len(piece) if last < 0 else len(piece) - last
        if self.length > _LONGEST_LINE:
            raise LedgerError(self.name, f"line {self.line} is longer than {_LONGEST_LINE:,} bytes; {SAVE_AS}")


def _rows(opened: Open, name: str, encoding: str) -> Iterator[Row]:
    """Yield each row with the line it begins on."""
    line = 1
    with opened() as file:
        codec = "utf-8-sig" if encoding == "UTF-8" else encoding
        reader = csv.reader(io.TextIOWrapper(file, codec, newline=""), strict=True)
        try:
            for cells in reader:
                yield line, [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error as exc:
            if "field larger" in str(exc):
                why = f"a cell is longer than {LONGEST_CELL:,} characters"
            else:
                why = "the quotation marks do not pair"
            raise LedgerError(
                name,
                f"line {line}: {why}; a cell that holds a comma, a quotation mark or a new line stands in quotation "
                "marks, those inside it doubled",
            ) from exc

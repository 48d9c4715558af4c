"""Writes texts into cells so that they stay texts, and the look of headings."""

import re
from typing import Final

from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font, PatternFill

Content = str | int | None
"""What a cell holds."""

_HEAD: Final = PatternFill("solid", fgColor="FFE9ECEE")
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST: Final = 32_767
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def legal(text: str, longest: int = _LONGEST) -> str:
    """Return a text as a workbook can hold it: without control characters, and with a sign where it had to be cut."""
    clean = _ILLEGAL.sub("\ufffd", text)
    return clean if len(clean) <= longest else f"{clean[: longest - 1]}…"


def write(cell: Cell | MergedCell, value: Content) -> None:
    """Write a text as a text, whatever it begins with, so that no spreadsheet program runs it as a formula."""
    if value is None or value == "":
        return
    if isinstance(value, int):
        cell.value = value
        return
    cell.value = legal(value)
    cell.data_type = "s"
    if value.startswith(_FORMULA):
        cell.quotePrefix = True  # so it stays a text when somebody edits it


def as_heading(cell: Cell | MergedCell) -> None:
    """Give a cell the look of a heading."""
    cell.font = Font(bold=True)
    cell.fill = _HEAD
    cell.alignment = Alignment(vertical="top", wrap_text=True)

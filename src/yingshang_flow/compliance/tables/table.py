"""A table as a stream of rows: what every source of a ledger, a file or a query, is read as."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, Final

import attrs

from yingshang_flow.compliance.tables.cells import Day, Unreadable
from yingshang_flow.words import Label

Cell = str | int | float | Day | Unreadable
"""What stands in a cell: text without blanks around, empty where nothing does; a number other than 0, where the source
keeps numbers apart from text; a date that the source keeps as one; or what cannot be taken, and why."""

Row = tuple[int, Sequence[Cell] | Unreadable]
"""A row with the line it begins on, from 1; in place of its cells why it cannot be read at all."""

Open = Callable[[], BinaryIO]
"""Opens the bytes of a source from their beginning, as often as it is asked."""

LONGEST_CELL: Final = 131_072
"""How many characters a cell may hold: what the standard library's reader of CSV takes."""

_LONGEST_SHOWN: Final = 40


def _nothing() -> Iterable[Label]:
    return ()


@attrs.frozen
class Merge:
    """Cells that a spreadsheet shows as one.

    Attributes:
        first: Its first line, from 1.
        last: Its last line.
        left: Its first column, from 0.
        right: Its last column.
    """

    first: int
    last: int
    left: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.first}:{letters(self.right)}{self.last}"


@attrs.frozen
class Table:
    """Rows with where they come from; they can be read once.

    Attributes:
        name: What to call the source in messages.
        encoding: ``UTF-8``, ``GB18030``, ``XLSX``, ``JSON Lines`` or ``SQL``.
        rows: Every row, headings and blank ones too; a source with names of its own for its columns has no heading row.
        sheet: The sheet, where the source has sheets.
        headings: The columns' names, where the source has them apart from its rows.
        lettered: Whether columns are known by letters, as in a spreadsheet program.
        serials: Whether a number in a date column is the day that a spreadsheet keeps so.
        epoch: How many days after 1899-12-30 the serial number 0 stands; 1462 in workbooks that count from 1904.
        merged: The merged cells.
        notes: What to know about the source once its rows are read.
    """

    name: str
    encoding: str
    rows: Iterator[Row]
    sheet: str = ""
    headings: tuple[str, ...] | None = None
    lettered: bool = False
    serials: bool = False
    epoch: int = 0
    merged: tuple[Merge, ...] = ()
    notes: Callable[[], Iterable[Label]] = _nothing


def plain(heading: str) -> str:
    """Return a heading as it is compared: full-width signs as others, no blanks or line ends."""
    return "".join(unicodedata.normalize("NFKC", heading).split())


def text_of(cell: Cell) -> str:
    """Return what a cell holds as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Unreadable):
        return cell.value
    return str(cell.at) if isinstance(cell, Day) else str(cell)


def short(text: str) -> str:
    """Return a text in one line, shortened."""
    flat = " ".join(text[: 4 * _LONGEST_SHOWN].split())
    return flat if len(flat) <= _LONGEST_SHOWN else f"{flat[: _LONGEST_SHOWN - 1]}…"


def listed(names: Sequence[str], most: int = 30) -> str:
    """Return names in one line, the first of many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(short, names[:most])) + more


def letters(place: int) -> str:
    """Return how a spreadsheet program calls a column: A for 0, AA for 26."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def place_of(name: str) -> int:
    """Return the place of a column from 0, by its letters."""
    found = 0
    for letter in name:
        found = found * 26 + ord(letter) - 64
    return found - 1

"""Reads one sheet of an Excel workbook (.xlsx) as a table, a row at a time, without holding the sheet.

The sheet is read straight from its XML: that alone tells a formula that was never calculated from an empty cell, and
which cells are merged and which rows hidden; and it takes a fraction of the time of building a cell for each value.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from yingshang_flow.compliance.tables.cells import Day, Unreadable, read_serial
from yingshang_flow.compliance.tables.table import Cell, Open, Row, Table, letters, place_of
from yingshang_flow.compliance.tables.workbook_parts import Package, Sheet
from yingshang_flow.words import Label

_CHUNK: Final = 1 << 17
_MOST_KEPT: Final = 1 << 16
_MOST_COLUMNS: Final = 16_384
_EXACT: Final = 10**15

_UNCALCULATED: Final = Unreadable(
    Label("公式没有计算结果", "the formula has no result in the file"),
    Label("请用表格软件打开并保存一次", "open and save it in the spreadsheet program"),
)
_INEXACT: Final = Label("数字超过15位，表格软件已丢失尾数", "a spreadsheet keeps only 15 digits of a number")
_AS_TEXT: Final = Label("请将该列设为文本格式后重新填写", "format the column as text and write it again")
_CORRECT: Final = Label("请更正公式或清空此格后保存", "correct the formula or clear the cell, then save")


def workbook_table(opened: Open, name: str, sheet: str | int | None = None) -> Table:
    """Open a sheet of a workbook.

    Args:
        opened: Opens the bytes of the workbook.
        name: What to call it in messages.
        sheet: The name of the sheet, or its number from 1; the first that is not hidden unless given.

    Raises:
        LedgerError: It is no workbook, damaged, protected by a password or too large, or has no such sheet.
    """
    package = Package.open(opened, name)
    chosen = package.sheet(sheet)
    hidden: list[int] = []

    def notes() -> Iterator[Label]:
        yield from package.notes(chosen)
        if hidden:
            count, first = len(hidden), hidden[0]
            yield Label(
                f"隐藏的行也已读取：{count}行（首行为第{first}行）",
                f"hidden rows are read too: {count}, the first on line {first}",
            )

    return Table(
        name,
        "XLSX",
        _rows(package, chosen, hidden.append),
        chosen.name,
        lettered=True,
        serials=True,
        epoch=package.epoch,
        merged=package.merged(chosen),
        notes=notes,
    )


def _rows(package: Package, sheet: Sheet, hide: Callable[[int], None]) -> Iterator[Row]:
    """Yield every row of a sheet."""
    with package.part(sheet.part) as source:
        yield from _Parser(package, hide).read(source)


class _Parser:
    """Turns the XML of a sheet into rows as it comes in; a cell is read when the next thing begins."""

    def __init__(self, package: Package, hide: Callable[[int], None]) -> None:
        self._package = package
        self._hide = hide
        self._numbers: dict[str, Cell] = {}
        self._days: dict[str, Cell] = {}
        self._places: dict[str, int] = {}
        self._done: list[Row] = []
        self._cells: list[Cell] = []
        self._line = 0
        self._place = -1
        self._kind = ""
        self._style = ""
        self._pieces: list[str] = []
        self._formula = False
        self._silent = False
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._first
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._no_doctype
        self._names: dict[str, str] = {}

    def read(self, source: BinaryIO) -> Iterator[Row]:
        """Yield the rows of a sheet.

        Raises:
            LedgerError: It is damaged.
        """
        try:
            while piece := source.read(_CHUNK):
                self._parser.Parse(piece, False)  # noqa: FBT003  # takes no keywords  # expat takes no keywords
                if self._done:
                    yield from self._done
                    self._done.clear()
            self._parser.Parse(b"", True)  # noqa: FBT003  # takes no keywords
        except (expat.ExpatError, ValueError) as exc:
            raise self._package.damaged(f"its sheet cannot be read after line {self._line}: {exc}") from exc

    def _no_doctype(self, *_: object) -> None:
        raise self._package.damaged("its sheet declares entities, as no spreadsheet program does")

    def _first(self, name: str, attributes: dict[str, str]) -> None:
        """Learn from the first element by which prefix the file writes its names."""
        prefix = name[: -len("worksheet")] if name.endswith("worksheet") else ""
        self._names = {prefix + short: short for short in ("row", "c", "v", "t", "f", "is", "rPh")}
        self._parser.StartElementHandler = self._start
        self._start(name, attributes)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        short = self._names.get(name)
        if short == "c":
            self._begin_cell(attributes)
        elif short in {"v", "t"}:
            if not self._silent:
                self._parser.CharacterDataHandler = self._pieces.append
        elif short == "f":
            self._formula = True
        elif short == "row":
            number = attributes.get("r")
            self._line = self._line + 1 if number is None else int(number)
            self._cells, self._place = [], -1
            if attributes.get("hidden") in {"1", "true"}:
                self._hide(self._line)
        elif short == "rPh":
            self._silent = True

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        where = attributes.get("r")
        if where is None:
            self._place += 1
        else:
            column = where.rstrip("0123456789")
            place = self._places.get(column)
            if place is None:
                place = self._places[column] = place_of(column)
            self._place = place
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._formula = False
        if self._pieces:
            self._pieces.clear()

    def _end(self, name: str) -> None:
        short = self._names.get(name)
        if short == "c":
            self._end_cell()
        elif short in {"v", "t"}:
            self._parser.CharacterDataHandler = None
        elif short == "row":
            self._done.append((self._line, self._cells))
        elif short == "rPh":
            self._silent = False

    def _end_cell(self) -> None:
        cells, place, pieces = self._cells, self._place, self._pieces
        if not pieces:
            if not self._formula or self._kind == "str":
                return
            value: Cell = _UNCALCULATED
        else:
            text = pieces[0] if len(pieces) == 1 else "".join(pieces)
            value = self._value(text)
            if value == "":
                return
        gap = place - len(cells)
        if gap == 0:
            cells.append(value)
        elif 0 < gap <= _MOST_COLUMNS:
            cells.extend([""] * gap)
            cells.append(value)
        else:
            raise self._package.damaged(f"line {self._line} has a cell at {letters(max(place, 0))} out of order")

    def _value(self, text: str) -> Cell:
        """Read a cell by its kind."""
        kind = self._kind
        if kind == "s":
            return self._package.string(text)
        if kind == "n":
            kept = self._days if self._style in self._package.date_styles else self._numbers
            found = kept.get(text)
            if found is None:
                if len(kept) >= _MOST_KEPT:
                    kept.clear()
                found = kept[text] = self._number(text, is_day=kept is self._days)
            return found
        if kind == "b":
            return "是" if text.strip() == "1" else "否"
        if kind == "e":
            return Unreadable(Label("是错误值", "it is an error of the spreadsheet"), _CORRECT, text)
        return text.strip()  # inlineStr, str, and the rare d: text of a date

    def _number(self, text: str, *, is_day: bool) -> Cell:
        try:
            number = float(text)
        except ValueError:
            number = float("inf")
        if number != number or abs(number) == float("inf"):  # noqa: PLR0124  # how NaN is known
            raise self._package.damaged(f"line {self._line} has the number {text[:40]!r}")
        if is_day:
            found = read_serial(number, self._package.epoch)
            if isinstance(found, Day):
                return found
        if abs(number) >= _EXACT:
            return Unreadable(_INEXACT, _AS_TEXT, text)
        if number == int(number):
            return int(number) or "0"  # no cell with something in it is false
        return number

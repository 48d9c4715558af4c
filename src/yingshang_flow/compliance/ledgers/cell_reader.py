"""Reads the numbers and dates of a table, and names what is wrong by its cell."""

from collections.abc import Iterator, Sequence
from typing import Final

from yingshang_flow.compliance.ledgers.headings import Placed
from yingshang_flow.compliance.ledgers.ledger import RowProblem
from yingshang_flow.compliance.tables import (
    LONGEST_CELL,
    Cell,
    Day,
    Table,
    Unreadable,
    read_day,
    read_ordered_day,
    read_serial,
    short,
    text_of,
)
from yingshang_flow.core.moment import Moment
from yingshang_flow.words import Label

_MOST_KEPT: Final = 1 << 12
_LONGEST_KEPT: Final = 200

EMPTY: Final = Label("为空", "it is empty")
FILL_IN: Final = Label("请填写", "fill it in")
_SHORTEN: Final = Label("请填写案件编号", "write the number of the case")


class CellReader:
    """Reads the numbers and dates of a table, names what is wrong by its cell, and keeps how dates are written."""

    def __init__(self, table: Table, *, serials: bool) -> None:
        self._table = table
        self._serials = serials
        self._kept: dict[tuple[str, Cell], Day | Unreadable] = {}
        self._spellings: dict[int, tuple[str, dict[str, int]]] = {}

    def reference(self, line: int, column: Placed, cells: Sequence[Cell], wrong: list[RowProblem]) -> str:
        """Return the number of a case."""
        cell = cells[column.place]
        if isinstance(cell, Unreadable):
            wrong.append(self.unreadable(line, column, cell, cell))
        elif not cell and column.expected.column.required:
            wrong.append(self.problem(line, column, "", EMPTY, FILL_IN))
        text = text_of(cell)
        if len(text) > LONGEST_CELL:
            why = Label(f"有{len(text)}个字", f"it holds {len(text):,} characters")
            wrong.append(self.problem(line, column, text, why, _SHORTEN))
        return text

    def day(self, line: int, column: Placed, cell: Cell, wrong: list[RowProblem]) -> Moment | None:
        """Return when a cell that is not empty says; none when it cannot be read."""
        found = cell if isinstance(cell, Day) else self._day(column.expected.dates, cell)
        if isinstance(found, Unreadable):
            wrong.append(self.unreadable(line, column, cell, found))
            return None
        known = self._spellings.get(column.place)
        if known is None:
            known = self._spellings[column.place] = (column.heading, {})
        spellings = known[1]
        if found.spelling not in spellings:
            spellings[found.spelling] = line
        return found.at

    def _day(self, order: str, cell: Cell) -> Day | Unreadable:
        kept = self._kept.get((order, cell))
        if kept is None:
            kept = self._read_day(order, cell)
            if not isinstance(cell, str) or len(cell) < _LONGEST_KEPT:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[order, cell] = kept
        return kept

    def _read_day(self, order: str, cell: Cell) -> Day | Unreadable:
        if isinstance(cell, Day | Unreadable):
            return cell
        if not isinstance(cell, str):
            return read_serial(cell, self._table.epoch)
        if self._serials and cell.replace(".", "", 1).isdecimal():
            return read_serial(float(cell))
        return read_ordered_day(cell, order) if order else read_day(cell)

    def notes(self) -> Iterator[Label]:
        """Yield the columns whose dates are written in several ways."""
        for name, spellings in self._spellings.values():
            if len(spellings) > 1:
                zh = "、".join(f"{spelling}（第{line}行）" for spelling, line in spellings.items())
                en = ", ".join(f"{spelling} (line {line})" for spelling, line in spellings.items())
                yield Label(f"{name}一列日期写法不一：{zh}", f"the column {name} mixes ways to write a date: {en}")

    def problem(self, line: int, column: Placed, value: str, why: Label, remedy: Label) -> RowProblem:
        """Name what is wrong with a cell."""
        name = column.heading or column.expected.column.name
        return RowProblem(line, name, short(value), why, remedy, self._table.sheet, column.letter)

    def unreadable(self, line: int, column: Placed, cell: Cell, why: Unreadable) -> RowProblem:
        """Name a cell that cannot be read."""
        return self.problem(line, column, text_of(cell), why.why, why.remedy)

    def whole(self, line: int, why: Label, remedy: Label) -> RowProblem:
        """Name what is wrong with a whole row."""
        return RowProblem(line, "", "", why, remedy, self._table.sheet)

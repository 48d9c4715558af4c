"""Yields the rows of a table that hold something, as wide as its headings, or why one is refused as a whole."""

from collections.abc import Iterator, Sequence
from typing import Final

from yingshang_flow.compliance.ledgers.cell_reader import CellReader
from yingshang_flow.compliance.ledgers.headings import Placed, Top
from yingshang_flow.compliance.ledgers.ledger import RowProblem
from yingshang_flow.compliance.tables import Cell, Merge, Table, Unreadable
from yingshang_flow.words import Label

_QUOTE: Final = Label("含逗号的内容请加引号", "put quotation marks around a cell that holds a comma")
_UNMERGE: Final = Label(
    "请取消合并，并在每一行填写该行的内容", "take the merge apart and write in every row what belongs to it"
)


class FilledRows:
    """The rows of one table; it can be read once.

    Attributes:
        blank: How many rows held nothing.
        used: The places without a heading under which something stands.
    """

    def __init__(self, table: Table, above: Top, columns: Sequence[Placed], cells: CellReader) -> None:
        """Prepare to read.

        Args:
            table: The table.
            above: Its top.
            columns: The columns that are read.
            cells: Names what is wrong.
        """
        self._above = above
        self._lettered = table.lettered
        self._cells = cells
        self._merges = _Merged(table.merged, above.line, [column.place for column in columns if column.place >= 0])
        self._unnamed = {place for place, heading in enumerate(above.headings) if not heading}
        self.blank = 0
        self.used: set[int] = set()

    def read(self) -> Iterator[tuple[int, Sequence[Cell] | RowProblem]]:
        """Yield every row that is not blank, as wide as the headings, or why it is not taken as a whole."""
        width = len(self._above.headings)
        merges, unnamed = self._merges, self._unnamed
        for line, cells in self._above.rows:
            if isinstance(cells, Unreadable):
                yield line, self._cells.whole(line, cells.why, cells.remedy)
                continue
            if not any(cells):
                self.blank += 1
                continue
            if unnamed:
                self.used.update(place for place in unnamed if any(cells[place : place + 1]))
            if len(cells) < width:
                cells = [*cells, *[""] * (width - len(cells))]  # noqa: PLW2901  # the same row
            elif len(cells) > width and any(cells[width:]):
                if not self._lettered:  # a comma too many moves what follows; in a workbook nothing moves
                    yield line, self._too_wide(line, len(cells), width)
                    continue
                self.used.update(place for place in range(width, len(cells)) if cells[place])
            merge = merges.over(line)
            if merge is not None:
                why = Label(f"属于合并单元格{merge}", f"it is part of the merged cells {merge}")
                yield line, self._cells.whole(line, why, _UNMERGE)
                continue
            yield line, cells

    def _too_wide(self, line: int, found: int, width: int) -> RowProblem:
        why = Label(f"有{found}格，表头只有{width}列", f"it has {found} cells under {width} headings")
        return self._cells.whole(line, why, _QUOTE)


class _Merged:
    """Tells which rows are part of merged cells in columns that are read, asked for line by line in order."""

    def __init__(self, merges: Sequence[Merge], above: int, places: Sequence[int]) -> None:
        """Keep the merges by which a row loses something: over several rows, or over several columns that are read."""
        self._ranges: list[tuple[int, int, Merge]] = []
        for merge in sorted(merges, key=lambda merge: (merge.first, merge.last)):
            over = [place for place in places if merge.left <= place <= merge.right]
            loses = over and (merge.last > merge.first or any(place > merge.left for place in over))
            if loses and merge.last > above:
                first = max(merge.first, above + 1)
                if self._ranges and first <= self._ranges[-1][1]:  # of merges side by side the first stands for all
                    begin, last, kept = self._ranges[-1]
                    self._ranges[-1] = (begin, max(last, merge.last), kept)
                else:
                    self._ranges.append((first, merge.last, merge))
        self._ranges.reverse()

    def over(self, line: int) -> Merge | None:
        """Return the merge a row is part of."""
        ranges = self._ranges
        while ranges and ranges[-1][1] < line:
            ranges.pop()
        return ranges[-1][2] if ranges and ranges[-1][0] <= line else None

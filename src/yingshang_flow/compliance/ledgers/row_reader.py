"""Turns the rows of a table, one a case, into the acts they tell of; what cannot be taken is named by its cell."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Final

import attrs

from yingshang_flow.compliance.ledgers.cell_reader import EMPTY, FILL_IN, CellReader
from yingshang_flow.compliance.ledgers.contents import Contents
from yingshang_flow.compliance.ledgers.filled_rows import FilledRows
from yingshang_flow.compliance.ledgers.headings import Placed, Top
from yingshang_flow.compliance.ledgers.ledger import LedgerAct, LedgerRow, RowProblem
from yingshang_flow.compliance.tables import Cell, Table, listed, text_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.words import Label

_REFERENCE: Final = ("", "reference")


class RowReader:
    """Reads the rows of one table by the columns it has.

    Attributes:
        filled: The rows that hold something.
        headings: Under which heading the date of each act stands.
        told: The triggers for whose date there is a column.
    """

    def __init__(
        self, lifecycle: Lifecycle, table: Table, above: Top, columns: Sequence[Placed], *, serials: bool
    ) -> None:
        """Prepare to read.

        Args:
            lifecycle: The procedure.
            table: The table.
            above: Its top.
            columns: The columns to read, where they stand.
            serials: Whether a bare number written as text is the day that a spreadsheet keeps so.
        """
        self._lifecycle = lifecycle
        self._order = {trigger.key: number for number, trigger in enumerate(lifecycle.triggers)}
        self._opens = [key for key in self._order if key in lifecycle.possible[""]]
        self._cells = CellReader(table, serials=serials)
        self.filled = FilledRows(table, above, columns, self._cells)
        known = [(one, one.expected.column) for one in columns]
        self._reference = next((one for one, column in known if (column.trigger, column.field) == _REFERENCE), None)
        dates = [one for one, column in known if column.trigger and not column.field]
        self._dates = sorted(dates, key=lambda one: self._order[one.expected.column.trigger])
        self.headings = {one.expected.column.trigger: one.heading for one in self._dates}
        self.told = tuple(self.headings)
        self._contents = Contents(lifecycle, [one for one, column in known if column.trigger in self.told])
        self._undated = [
            one for one, column in known if column.trigger and column.field and column.trigger not in self.told
        ]
        self._opening = [key for key in self._opens if key in self.headings]
        self._begins_somewhere = not any(
            one.expected.column.required for one in self._dates if one.expected.column.trigger in self._opening
        )

    def rows(self) -> tuple[tuple[LedgerRow, ...], tuple[RowProblem, ...]]:
        """Return the rows that are taken, and why the others are not."""
        taken: list[LedgerRow] = []
        problems: list[RowProblem] = []
        lines: dict[str, int] = {}
        for line, cells in self.filled.read():
            wrong: list[RowProblem] = []
            row = self._row(line, cells, wrong)
            if row.reference and self._reference is not None:
                first = lines.setdefault(row.reference, line)
                if first != line:
                    why = Label(f"与第{first}行编号相同", f"the same number stands on line {first}")
                    wrong.insert(0, self._cells.problem(line, self._reference, row.reference, why, _KEEP_ONE))
            if wrong:
                problems += wrong
            else:
                taken.append(row)
        return tuple(taken), tuple(problems)

    def notes(self, ignored: Sequence[str]) -> Iterator[Label]:
        """Yield what to know about the table."""
        yield from not_read(ignored)
        for column in self._undated:
            act = self._lifecycle.by_trigger[column.expected.column.trigger].label
            if column.place >= 0:
                yield Label(
                    f"未使用的列：{column.heading}（缺少{act.zh}日期一列）",
                    f"column not used: {column.heading}, as there is no column for the date of “{act.en}”",
                )
        yield from self._cells.notes()

    def _row(self, line: int, cells: Sequence[Cell] | RowProblem, wrong: list[RowProblem]) -> LedgerRow:
        """Read one row; what is wrong with it is added to ``wrong``."""
        if isinstance(cells, RowProblem):
            wrong.append(cells)
            return LedgerRow(line, "", ())
        reference = ""
        if self._reference is not None:
            reference = self._cells.reference(line, self._reference, cells, wrong)
        days = self._days(line, cells, wrong)
        acts = self._acts(line, cells, days, wrong)
        return LedgerRow(line, reference, () if wrong else in_order(acts, self._order))

    def _days(self, line: int, cells: Sequence[Cell], wrong: list[RowProblem]) -> dict[str, Moment | None]:
        """Return when each act happened; none where its date cannot be read."""
        days: dict[str, Moment | None] = {}
        for column in self._dates:
            cell = cells[column.place]
            asked = column.expected.column
            if not cell:
                if asked.required:
                    wrong.append(self._cells.problem(line, column, "", EMPTY, FILL_IN))
                continue
            days[asked.trigger] = self._cells.day(line, column, cell, wrong)
        self._check_beginning(line, cells, days, wrong)
        return days

    def _check_beginning(
        self, line: int, cells: Sequence[Cell], days: Mapping[str, Moment | None], wrong: list[RowProblem]
    ) -> None:
        """Find acts before the case is opened."""
        first = next((trigger for trigger in self._opening if trigger in days), None)
        if first is None:
            if self._begins_somewhere:
                names = "、".join(self.headings[trigger] for trigger in self._opening)
                wrong.append(attrs.evolve(self._cells.whole(line, BEGINLESS, FILL_IN), column=names))
            return
        opened = days[first]
        if opened is None:
            return
        start = opened.instant
        for column in self._dates:
            at = days.get(column.expected.column.trigger)
            if at is not None and at.instant < start and at.before(opened):
                named = self.headings[first]
                why = Label(f"早于{named} {opened}", f"it is earlier than {named} {opened}")
                wrong.append(self._cells.problem(line, column, text_of(cells[column.place]), why, CORRECT_ONE))

    def _acts(
        self, line: int, cells: Sequence[Cell], days: Mapping[str, Moment | None], wrong: list[RowProblem]
    ) -> list[LedgerAct]:
        contents = self._contents
        for trigger, fields in contents.fields.items():
            if trigger not in days:
                for field in fields:
                    if field.placed.place >= 0 and (cell := cells[field.placed.place]):
                        act = self._lifecycle.by_trigger[trigger].label
                        why = Label(f"没有{act.zh}的日期", f"there is no date of “{act.en}”")
                        wrong.append(self._cells.problem(line, field.placed, text_of(cell), why, _DATE_OR_CLEAR))
        acts: list[LedgerAct] = []
        for trigger, at in days.items():
            said = contents.read(trigger, cells)
            if said.wrong:
                wrong += [self._cells.unreadable(line, field.placed, cell, why) for field, cell, why in said.wrong]
            elif at is not None:
                acts.append(LedgerAct(trigger, at, said.content, said.unit))
        return acts


def not_read(headings: Sequence[str]) -> Iterator[Label]:
    """Yield which columns are not read."""
    if headings:
        names = listed(headings)
        yield Label(f"未读取的列：{names}", f"columns not read: {names}")


def in_order(acts: list[LedgerAct], order: Mapping[str, int]) -> tuple[LedgerAct, ...]:
    """Sort acts by time; on a day of which some are known by the day only, by the order of the procedure."""
    if all(act.at.precision == "day" for act in acts):
        return tuple(sorted(acts, key=lambda act: (act.at.instant, order[act.trigger])))
    days = {act.at.date for act in acts if act.at.precision == "day"}

    def key(act: LedgerAct) -> tuple[date, time, int]:
        day = act.at.date
        return day, time() if day in days else act.at.instant.time(), order[act.trigger]

    return tuple(sorted(acts, key=key))


BEGINLESS: Final = Label("没有开始的日期", "it has no date on which the case begins")
CORRECT_ONE: Final = Label("请更正其中之一", "correct one of the two")
_KEEP_ONE: Final = Label("请保留一行", "keep one of the two rows")
_DATE_OR_CLEAR: Final = Label("请填写日期，未发生的清空此格", "give the date, or clear the cell if it did not happen")

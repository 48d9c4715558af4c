"""Turns the rows of a table, one an event, into cases with the acts they tell of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from yingshang_flow.compliance.ledgers.cell_reader import EMPTY, FILL_IN, CellReader
from yingshang_flow.compliance.ledgers.contents import Contents
from yingshang_flow.compliance.ledgers.fields import UNIT, one_of, read_field
from yingshang_flow.compliance.ledgers.filled_rows import FilledRows
from yingshang_flow.compliance.ledgers.headings import Placed, Top
from yingshang_flow.compliance.ledgers.ledger import LedgerAct, LedgerRow, RowProblem
from yingshang_flow.compliance.ledgers.mapping import LEFT_OUT
from yingshang_flow.compliance.ledgers.row_reader import BEGINLESS, CORRECT_ONE, in_order, not_read
from yingshang_flow.compliance.tables import Cell, Table, Unreadable, text_of
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.words import Label

_UNIT: Final = Column(UNIT, "", UNIT)
_NO_SUCH_ACT: Final = Label("没有这一环节", "the mapping translates no such act")


@attrs.define
class _Case:
    """A case while its rows come in."""

    line: int
    acts: list[LedgerAct] = attrs.field(factory=list)
    wrong: list[RowProblem] = attrs.field(factory=list)


class EventReader:
    """Reads the rows of one table of events; a case of which one row is wrong is refused as a whole.

    Attributes:
        filled: The rows that hold something.
        headings: Under which heading the date of each act stands.
        told: The triggers that the table may tell of.
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
        by_name = {one.expected.column.field: one for one in columns if not one.expected.column.trigger}
        self._case, self._act, self._time = by_name["case"], by_name["act"], by_name["time"]
        self._unit = by_name.get(UNIT)
        self._acts = self._act.expected.column.values
        self._lifecycle = lifecycle
        self._order = {trigger.key: number for number, trigger in enumerate(lifecycle.triggers)}
        self._cells = CellReader(table, serials=serials)
        self.filled = FilledRows(table, above, columns, self._cells)
        more = [one for one in columns if one.expected.column.trigger]
        self._contents = Contents(lifecycle, more)
        self._more = [one for one in more if one.place >= 0]
        self.told = tuple(dict.fromkeys(trigger for trigger in self._acts.values() if trigger != LEFT_OUT))
        self.headings: Mapping[str, str] = dict.fromkeys(self.told, self._time.heading)
        self._events = 0
        self._left_out = 0
        self._unused: dict[str, int] = {}

    def rows(self) -> tuple[tuple[LedgerRow, ...], tuple[RowProblem, ...]]:
        """Return the cases that are taken, and why the others are not."""
        cases: dict[str, _Case] = {}
        problems: list[RowProblem] = []
        for line, cells in self.filled.read():
            self._events += 1
            if isinstance(cells, RowProblem):
                problems.append(cells)
                continue
            wrong: list[RowProblem] = []
            reference = self._cells.reference(line, self._case, cells, wrong)
            if not reference:
                wrong.append(self._cells.problem(line, self._case, "", EMPTY, FILL_IN))
            if wrong:
                problems += wrong
                continue
            case = cases.setdefault(reference, _Case(line))
            self._event(line, cells, case)
        taken: list[LedgerRow] = []
        for reference, case in cases.items():
            row = self._row(reference, case)
            if case.wrong:
                problems += [attrs.evolve(problem, case=reference) for problem in case.wrong]
            elif row is not None:
                taken.append(row)
        problems.sort(key=lambda problem: problem.line)
        return tuple(taken), tuple(problems)

    def notes(self, ignored: Sequence[str]) -> Iterator[Label]:
        """Yield what to know about the table."""
        yield Label(f"每行一个环节：共{self._events}行", f"a row for each event: {self._events} rows")
        if self._left_out:
            yield Label(
                f"映射不读取的环节：{self._left_out}行", f"rows of acts that the mapping leaves out: {self._left_out}"
            )
        for name, count in self._unused.items():
            yield Label(
                f"{name}一列有{count}行未使用（属于其他环节）",
                f"the column {name} is not used in {count} rows, which tell of other acts",
            )
        yield from not_read(ignored)
        yield from self._cells.notes()

    def _event(self, line: int, cells: Sequence[Cell], case: _Case) -> None:
        text = text_of(cells[self._act.place])
        trigger = self._acts.get(text)
        if trigger is None:
            remedy = one_of(self._acts) if text else FILL_IN
            case.wrong.append(self._cells.problem(line, self._act, text, _NO_SUCH_ACT if text else EMPTY, remedy))
            return
        if trigger == LEFT_OUT:
            self._left_out += 1
            return
        self._check_unused(trigger, cells)
        cell = cells[self._time.place]
        if not cell:
            case.wrong.append(self._cells.problem(line, self._time, "", EMPTY, FILL_IN))
            return
        at = self._cells.day(line, self._time, cell, case.wrong)
        said = self._contents.read(trigger, cells)
        case.wrong += [self._cells.unreadable(line, field.placed, cell, why) for field, cell, why in said.wrong]
        unit = self._unit_of(line, cells, case.wrong) or said.unit
        if at is not None:
            case.acts.append(LedgerAct(trigger, at, said.content, unit))

    def _unit_of(self, line: int, cells: Sequence[Cell], wrong: list[RowProblem]) -> str:
        if self._unit is None:
            return ""
        cell = cells[self._unit.place] if self._unit.place >= 0 else self._unit.expected.constant
        found = read_field(cell, _UNIT, str) if cell else ""
        if isinstance(found, Unreadable):
            wrong.append(self._cells.unreadable(line, self._unit, cell, found))
            return ""
        return str(found)

    def _check_unused(self, trigger: str, cells: Sequence[Cell]) -> None:
        """Count what stands in columns of other acts than a row's own."""
        own = {one.place for one in self._more if one.expected.column.trigger == trigger}
        for name in {one.heading for one in self._more if one.place not in own and cells[one.place]}:
            self._unused[name] = self._unused.get(name, 0) + 1

    def _row(self, reference: str, case: _Case) -> LedgerRow | None:
        """Return a case when nothing is wrong with it; of one whose rows are all left out there is none."""
        if case.wrong or not case.acts:
            return None
        acts = in_order(case.acts, self._order)
        opening = next((act for act in acts if act.trigger in self._lifecycle.possible[""]), None)
        if opening is None:
            case.wrong.append(self._cells.problem(case.line, self._case, reference, BEGINLESS, FILL_IN))
            return None
        for act in acts:
            if act.at.before(opening.at):
                name = self._lifecycle.by_trigger[act.trigger].label
                why = Label(f"{name.zh}早于案件开始 {opening.at}", f"“{name.en}” is earlier than its beginning")
                case.wrong.append(self._cells.problem(case.line, self._time, str(act.at), why, CORRECT_ONE))
        return LedgerRow(case.line, reference, acts)

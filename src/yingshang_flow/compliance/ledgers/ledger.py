"""What was read of a ledger of cases: every row as the acts it tells of, or why it is not taken."""

from collections.abc import Mapping

import attrs

from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.moment import Moment
from yingshang_flow.words import Label, Language


def _frozen(value: Mapping[str, str]) -> Mapping[str, str]:
    return FrozenDict(value)


@attrs.frozen
class LedgerAct:
    """Something that a row says was done.

    Attributes:
        trigger: What.
        at: When: a day, or an instant where the cell has a time.
        content: What the row says of it; a field without a cell is left at its default. None where the row says nothing
            of it, or too little to build it.
        unit: The unit that did it; empty where the row does not say.
    """

    trigger: str
    at: Moment
    content: object | None = None
    unit: str = ""


@attrs.frozen
class LedgerRow:
    """One case of a ledger.

    Attributes:
        line: The line of the file it begins on; the first is 1.
        reference: The case's own number; empty where it has none.
        acts: What was done, in order of time; of one day, in the order of the procedure's triggers.
    """

    line: int
    reference: str
    acts: tuple[LedgerAct, ...]

    @property
    def name(self) -> str:
        """The reference, or the line where there is none."""
        return self.reference or f"第{self.line}行"

    def problem(self, column: str, value: str, why: Label, remedy: Label, *, sheet: str = "") -> "RowProblem":
        """Return why it is not taken."""
        return RowProblem(self.line, column, value, why, remedy, sheet)


@attrs.frozen
class RowProblem:
    """Why a row is not taken: one for each cell that is wrong.

    Attributes:
        line: The line of the file the row begins on.
        column: The heading of the column; empty where it is the whole row.
        value: What the cell holds, shortened.
        why: What is wrong.
        remedy: What to do.
        sheet: The sheet, where the file has sheets.
        letter: The letters of the column, where it is known by them.
        case: What else the row is refused with: the case of a table of events; empty where a row is a case.
    """

    line: int
    column: str
    value: str
    why: Label
    remedy: Label
    sheet: str = ""
    letter: str = ""
    case: str = ""

    @property
    def refused(self) -> str | int:
        """What is not taken for it: a case of a table of events, else the row."""
        return self.case or self.line

    def text(self, language: Language = "zh") -> str:
        """Return the problem in one line."""
        if language == "zh":
            sheet = f"工作表“{self.sheet}”" if self.sheet else ""
            letter = f"（{self.letter}列）" if self.letter else ""
            cell = f"{self.column}{letter}「{self.value}」" if self.column else ""
            return f"{sheet}第{self.line}行{cell}：{self.why.zh}；{self.remedy.zh}"
        sheet = f"sheet “{self.sheet}”, " if self.sheet else ""
        letter = f" (column {self.letter})" if self.letter else ""
        cell = f", {self.column}{letter} {self.value!r}" if self.column else ""
        return f"{sheet}line {self.line}{cell}: {self.why.en}; {self.remedy.en}"


@attrs.frozen
class Ledger:
    """A ledger that was read: every row that is not blank is in ``rows`` or has a problem in ``problems``.

    Of a table with a row for each event, what is counted are its cases, and its rows that name none.

    Attributes:
        name: The file, or what it was called.
        lifecycle: The key of the procedure it was read for.
        encoding: ``UTF-8`` or ``GB18030`` of a CSV file; else ``XLSX``, ``JSON Lines`` or ``SQL``.
        read: The headings of the columns that were read.
        ignored: The headings of the columns that the procedure does not know, which were not read.
        told: The triggers for whose date the file has a column.
        notes: What to know about the file; nothing that keeps it from being read.
        rows: The rows that are taken.
        problems: Why the others are not, in order of their lines.
        blank: How many rows hold nothing.
        sheet: The sheet that was read, where the file has sheets.
        headings: Under which heading the date of each act stands.
    """

    name: str
    lifecycle: str
    encoding: str
    read: tuple[str, ...]
    ignored: tuple[str, ...]
    told: tuple[str, ...]
    notes: tuple[Label, ...]
    rows: tuple[LedgerRow, ...]
    problems: tuple[RowProblem, ...]
    blank: int
    sheet: str = ""
    headings: Mapping[str, str] = attrs.field(default=FrozenDict(), converter=_frozen)

    @property
    def refused(self) -> int:
        """How many rows are not taken."""
        return len({problem.refused for problem in self.problems})

    @property
    def total(self) -> int:
        """How many rows there are that are not blank."""
        return len(self.rows) + self.refused

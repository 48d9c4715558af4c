"""Reads a ledger of cases, one a row, as the acts that each row tells of; what cannot be taken is named by its line."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import attrs

from yingshang_flow.codec import read
from yingshang_flow.compliance.cells import Day, Unreadable, read_day
from yingshang_flow.compliance.spreadsheet import Sheet, read_sheet, separated_by
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.errors import ContentError, LedgerError
from yingshang_flow.words import Label, Language

_UNIT: Final = "unit"
_REFERENCE: Final = ("", "reference")
_LONGEST_SHOWN: Final = 40
_TITLE_LINES: Final = 10
_NUMBERS: Final[Mapping[type, Callable[[str], Any]]] = {
    int: int,
    bool: {"是": True, "否": False}.__getitem__,
}


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

    def problem(self, column: str, value: str, why: Label, remedy: Label) -> "RowProblem":
        """Return why it is not taken."""
        return RowProblem(self.line, column, value, why, remedy)


@attrs.frozen
class RowProblem:
    """Why a row is not taken: one for each cell that is wrong.

    Attributes:
        line: The line of the file the row begins on.
        column: The heading of the column; empty where it is the whole row.
        value: What the cell holds, shortened.
        why: What is wrong.
        remedy: What to do.
    """

    line: int
    column: str
    value: str
    why: Label
    remedy: Label

    def text(self, language: Language = "zh") -> str:
        """Return the problem in one line."""
        if language == "zh":
            cell = f"{self.column}「{self.value}」" if self.column else ""
            return f"第{self.line}行{cell}：{self.why.zh}；{self.remedy.zh}"
        cell = f", {self.column} {self.value!r}" if self.column else ""
        return f"line {self.line}{cell}: {self.why.en}; {self.remedy.en}"


@attrs.frozen
class Ledger:
    """A ledger that was read: every row that is not blank is in ``rows`` or has a problem in ``problems``.

    Attributes:
        name: The file, or what it was called.
        lifecycle: The key of the procedure it was read for.
        encoding: ``UTF-8`` or ``GB18030``.
        read: The headings of the columns that were read.
        ignored: The headings of the columns that the procedure does not know, which were not read.
        told: The triggers for whose date the file has a column.
        notes: What to know about the file; nothing that keeps it from being read.
        rows: The rows that are taken.
        problems: Why the others are not, in order of their lines.
        blank: How many rows hold nothing.
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

    @property
    def refused(self) -> int:
        """How many rows are not taken."""
        return len({problem.line for problem in self.problems})

    @property
    def total(self) -> int:
        """How many rows there are that are not blank."""
        return len(self.rows) + self.refused


def read_ledger(source: str | Path | bytes, lifecycle: Lifecycle, *, name: str = "") -> Ledger:
    """Read a CSV file whose columns are those of a procedure, in any order.

    A date is written with the year first: 2018-09-10, 2018/9/10, 2018.9.10, 2018年9月10日 or 20180910, with or without
    a time. A row is refused, with every problem it has, when a cell cannot be read, when something is said of an act
    without its date, when an act comes before the case is opened, or when its number stands in a row above. Columns
    that the procedure does not know are listed as not read. Cells that are missing at the end of a row are empty.

    Args:
        source: The path of a CSV file in UTF-8 or GB18030, or its bytes.
        lifecycle: The procedure.
        name: What to call it in messages; the path unless given.

    Raises:
        LedgerError: It cannot be read as a ledger: required columns are missing or columns are doubled, it is empty, in
            another encoding or no CSV; or the procedure has no ledger.
        OSError: The file cannot be read.
    """
    if not lifecycle.ledger:
        raise LedgerError(name or "a ledger", f"the procedure {lifecycle.key!r} names no columns for one")
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    name = name or ("the ledger" if isinstance(source, bytes) else str(source))
    by_heading = {_plain(heading): column for column in lifecycle.ledger for heading in (column.name, *column.aliases)}
    sheet = read_sheet(data, name, by_heading)
    reader = _Reader(lifecycle, _matched(sheet, by_heading, lifecycle, name))
    rows, problems = reader.rows(sheet)
    ignored = tuple(_ignored(sheet, by_heading))
    return Ledger(
        name,
        lifecycle.key,
        sheet.encoding,
        tuple(heading for heading in sheet.headings if _plain(heading) in by_heading),
        ignored,
        reader.told,
        tuple(reader.notes(ignored)),
        rows,
        problems,
        sheet.blank,
    )


def _plain(heading: str) -> str:
    """Return a heading as it is compared: full-width signs as others, no blanks or line ends."""
    return "".join(unicodedata.normalize("NFKC", heading).split())


def _ignored(sheet: Sheet, known: Mapping[str, Column]) -> Iterator[str]:
    """Yield the headings that are not known; of one that is empty its place, where anything stands under it."""
    for place, heading in enumerate(sheet.headings):
        if _plain(heading) not in known and (heading or any(any(row[place : place + 1]) for _, row in sheet.rows)):
            yield heading or f"({place + 1})"


def _matched(sheet: Sheet, known: Mapping[str, Column], lifecycle: Lifecycle, name: str) -> list[tuple[int, Column]]:
    """Return the known columns with their places.

    Raises:
        LedgerError: Required ones are missing, or some are doubled; those that are not known are named with them.
    """
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(sheet.headings):
        if (column := known.get(_plain(heading))) is not None:
            places.setdefault(column.name, []).append(place)
    problems = list(_wrong_columns(sheet, places, lifecycle))
    if problems:
        raise LedgerError(name, (*problems, *_hints(sheet, known, len(places))))
    return [(places[column.name][0], column) for column in lifecycle.ledger if column.name in places]


def _wrong_columns(sheet: Sheet, places: Mapping[str, Sequence[int]], lifecycle: Lifecycle) -> Iterator[str]:
    """Yield every column that is missing or doubled."""
    for column in lifecycle.ledger:
        found = places.get(column.name, ())
        if not found and column.required:
            also = f" (or {', '.join(column.aliases)})" if column.aliases else ""
            yield f"the column {column.name}{also} is missing; add it"
        elif len(found) > 1:
            listed = ", ".join(f"{_short(sheet.headings[place])} (column {place + 1})" for place in found)
            yield f"the column {column.name} stands more than once: {listed}; keep one"
    opens = [column for column in lifecycle.ledger if column.trigger in lifecycle.possible[""] and not column.field]
    if not any(column.required or column.name in places for column in opens):
        names = ", ".join(column.name for column in opens)
        yield f"there is no column for the date on which a case begins; add one of {names}"


def _hints(sheet: Sheet, known: Mapping[str, Column], matched: int) -> Iterator[str]:
    """Yield what may be the reason why columns are missing."""
    unknown = [heading for heading in sheet.headings if heading and _plain(heading) not in known]
    if unknown:
        yield f"not known: {_listed(unknown)}; known are {_listed(list(known), len(known))}"
    for line, cells in sheet.rows[:_TITLE_LINES]:
        if len({_plain(cell) for cell in cells} & known.keys()) > max(1, matched):
            yield f"the headings seem to stand on line {line}; delete what is above them"
            return
    if (separator := separated_by(sheet.headings)) is not None:
        yield f"the cells seem to be separated by {separator}; save the file with commas"


def _listed(names: Sequence[str], most: int = 30) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(_short, names[:most])) + more


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_SHOWN else f"{flat[: _LONGEST_SHOWN - 1]}…"


@attrs.frozen
class _Field:
    """A column that says something of an act: where it stands and what its text is read as."""

    place: int
    column: Column
    hint: Any


class _Reader:
    """Reads the rows of one file by the columns it has."""

    def __init__(self, lifecycle: Lifecycle, columns: Sequence[tuple[int, Column]]) -> None:
        self._lifecycle = lifecycle
        self._order = {trigger.key: number for number, trigger in enumerate(lifecycle.triggers)}
        self._opens = [key for key in self._order if key in lifecycle.possible[""]]
        self._reference = next(((place, c) for place, c in columns if (c.trigger, c.field) == _REFERENCE), None)
        dates = [(place, column) for place, column in columns if column.trigger and not column.field]
        self._dates = sorted(dates, key=lambda found: self._order[found[1].trigger])
        self._fields: dict[str, list[_Field]] = {}
        self._undated: list[Column] = []
        self.told = tuple(column.trigger for _, column in self._dates)
        for place, column in columns:
            if column.trigger and column.field:
                if column.trigger in self.told:
                    self._fields.setdefault(column.trigger, []).append(_Field(place, column, self._hint(column)))
                else:
                    self._undated.append(column)
        self._width = 0
        self._spellings: dict[str, dict[str, int]] = {}

    def rows(self, sheet: Sheet) -> tuple[tuple[LedgerRow, ...], tuple[RowProblem, ...]]:
        """Return the rows that are taken, and why the others are not."""
        self._width = len(sheet.headings)
        taken: list[LedgerRow] = []
        problems: list[RowProblem] = []
        lines: dict[str, int] = {}
        for line, cells in sheet.rows:
            wrong: list[RowProblem] = []
            row = self._row(line, cells, wrong)
            if row.reference and self._reference is not None:
                first = lines.setdefault(row.reference, line)
                if first != line:
                    why = Label(f"与第{first}行编号相同", f"the same number stands on line {first}")
                    wrong.insert(0, _problem(line, self._reference[1], row.reference, why, _KEEP_ONE))
            if wrong:
                problems += wrong
            else:
                taken.append(row)
        return tuple(taken), tuple(problems)

    def notes(self, ignored: Sequence[str]) -> Iterator[Label]:
        """Yield what to know about the file."""
        if ignored:
            listed = _listed(ignored)
            yield Label(f"未读取的列：{listed}", f"columns not read: {listed}")
        for column in self._undated:
            act = self._lifecycle.by_trigger[column.trigger].label
            yield Label(
                f"未使用的列：{column.name}（缺少{act.zh}日期一列）",
                f"column not used: {column.name}, as there is no column for the date of “{act.en}”",
            )
        for name, spellings in self._spellings.items():
            if len(spellings) > 1:
                zh = "、".join(f"{spelling}（第{line}行）" for spelling, line in spellings.items())
                en = ", ".join(f"{spelling} (line {line})" for spelling, line in spellings.items())
                yield Label(f"{name}一列日期写法不一：{zh}", f"the column {name} mixes ways to write a date: {en}")

    def _hint(self, column: Column) -> Any:  # noqa: ANN401  # whatever a content class has
        content = self._lifecycle.by_trigger[column.trigger].content
        return str if column.field == _UNIT or content is None else get_type_hints(content)[column.field]

    def _row(self, line: int, cells: tuple[str, ...], wrong: list[RowProblem]) -> LedgerRow:
        """Read one row; what is wrong with it is added to ``wrong``."""
        if len(cells) < self._width:
            cells += ("",) * (self._width - len(cells))
        elif any(cells[self._width :]):
            why = Label(
                f"有{len(cells)}格，表头只有{self._width}列", f"it has {len(cells)} cells under {self._width} headings"
            )
            wrong.append(RowProblem(line, "", "", why, _QUOTE))
        reference = ""
        if self._reference is not None:
            place, column = self._reference
            reference = cells[place]
            if column.required and not reference:
                wrong.append(_problem(line, column, "", _EMPTY, _FILL_IN))
        days = self._days(line, cells, wrong)
        acts = tuple(self._acts(line, cells, days, wrong))
        return LedgerRow(line, reference, acts if wrong else _in_order(acts, self._order))

    def _days(self, line: int, cells: tuple[str, ...], wrong: list[RowProblem]) -> dict[str, Moment | None]:
        """Return when each act happened; none where its date cannot be read."""
        days: dict[str, Moment | None] = {}
        for place, column in self._dates:
            text = cells[place]
            if not text:
                if column.required:
                    wrong.append(_problem(line, column, "", _EMPTY, _FILL_IN))
                continue
            found = read_day(text)
            if isinstance(found, Day):
                days[column.trigger] = found.at
                self._spellings.setdefault(column.name, {}).setdefault(found.spelling, line)
            else:
                days[column.trigger] = None
                wrong.append(_problem(line, column, text, found.why, found.remedy))
        self._check_beginning(line, cells, days, wrong)
        return days

    def _check_beginning(
        self, line: int, cells: tuple[str, ...], days: Mapping[str, Moment | None], wrong: list[RowProblem]
    ) -> None:
        """Find acts before the case is opened."""
        first = next((trigger for trigger in self._opens if trigger in days), None)
        by_trigger = {column.trigger: (place, column) for place, column in self._dates}
        if first is None:
            if not any(by_trigger[trigger][1].required for trigger in self._opens if trigger in by_trigger):
                names = "、".join(by_trigger[trigger][1].name for trigger in self._opens if trigger in by_trigger)
                why = Label("没有开始的日期", "it has no date on which the case begins")
                wrong.append(RowProblem(line, names, "", why, _FILL_IN))
            return
        opened = days[first]
        if opened is None:
            return
        for trigger, at in days.items():
            if at is not None and at.before(opened):
                place, column = by_trigger[trigger]
                named = by_trigger[first][1].name
                why = Label(f"早于{named} {opened}", f"it is earlier than {named} {opened}")
                wrong.append(_problem(line, column, cells[place], why, _CORRECT_ONE))

    def _acts(
        self, line: int, cells: tuple[str, ...], days: Mapping[str, Moment | None], wrong: list[RowProblem]
    ) -> Iterator[LedgerAct]:
        for trigger, fields in self._fields.items():
            if trigger not in days:
                for field in fields:
                    if cells[field.place]:
                        act = self._lifecycle.by_trigger[trigger].label
                        why = Label(f"没有{act.zh}的日期", f"there is no date of “{act.en}”")
                        wrong.append(_problem(line, field.column, cells[field.place], why, _DATE_OR_CLEAR))
        for trigger, at in days.items():
            said: dict[str, object] = {}
            for field in self._fields.get(trigger, ()):
                if text := cells[field.place]:
                    value = _value(field, text)
                    if isinstance(value, Unreadable):
                        wrong.append(_problem(line, field.column, text, value.why, value.remedy))
                    else:
                        said[field.column.field] = value
            if at is not None:
                unit = said.pop(_UNIT, "")
                yield LedgerAct(trigger, at, None if wrong else self._content(trigger, said), str(unit))

    def _content(self, trigger: str, said: Mapping[str, object]) -> object | None:
        """Build the content of an act; none when nothing is said of it, or less than it must say."""
        content = self._lifecycle.by_trigger[trigger].content
        if content is None or not said:
            return None
        needed = {field.name for field in attrs.fields(content) if field.init and field.default is attrs.NOTHING}
        return None if needed - said.keys() else content(**said)


def _in_order(acts: tuple[LedgerAct, ...], order: Mapping[str, int]) -> tuple[LedgerAct, ...]:
    """Sort acts by time; on a day of which some are known by the day only, by the order of the procedure."""
    days = {act.at.date for act in acts if act.at.precision == "day"}

    def key(act: LedgerAct) -> tuple[date, time, int]:
        day = act.at.date
        return day, time() if day in days else act.at.instant.time(), order[act.trigger]

    return tuple(sorted(acts, key=key))


def _value(field: _Field, text: str) -> object:
    """Read a cell as its field asks for."""
    column = field.column
    if column.values:
        code = column.values.get(text) or column.values.get(unicodedata.normalize("NFKC", text))
        return code or Unreadable(_NO_SUCH_VALUE, _one_of(column.values))
    if column.field == _UNIT and "/" in text:
        return Unreadable(Label("单位名称不得含“/”", "a unit has no slash in its name"), _NAME_ONE_UNIT)
    value = _typed(text, get_args(field.hint) or (field.hint,))
    if isinstance(value, Unreadable):
        return value
    try:
        return read(field.hint, value, column.name)
    except ContentError as exc:
        said = "; ".join(exc.problems)
        return Unreadable(Label(f"无法读取（{said}）", said), _CORRECT_OR_CLEAR)


def _typed(text: str, kinds: Sequence[Any]) -> object:
    """Return a text as a date or a number where one of the kinds is; else as it is."""
    if date in kinds or datetime in kinds:
        found = read_day(text)
        if isinstance(found, Unreadable):
            return found
        return found.at.instant if datetime in kinds else found.at.date
    for kind, made in _NUMBERS.items():
        if kind in kinds:
            try:
                return made(unicodedata.normalize("NFKC", text))
            except (ValueError, KeyError):
                return text
    return text


def _one_of(values: Mapping[str, str]) -> Label:
    listed = "、".join(values)
    return Label(f"请填写其中之一：{listed}", f"write one of {listed}")


def _problem(line: int, column: Column, value: str, why: Label, remedy: Label) -> RowProblem:
    return RowProblem(line, column.name, _short(value), why, remedy)


_EMPTY: Final = Label("为空", "it is empty")
_FILL_IN: Final = Label("请填写", "fill it in")
_KEEP_ONE: Final = Label("请保留一行", "keep one of the two rows")
_QUOTE: Final = Label("含逗号的内容请加引号", "put quotation marks around a cell that holds a comma")
_CORRECT_ONE: Final = Label("请更正其中之一", "correct one of the two")
_DATE_OR_CLEAR: Final = Label("请填写日期，未发生的清空此格", "give the date, or clear the cell if it did not happen")
_NO_SUCH_VALUE: Final = Label("没有这一项", "it is none of the values there are")
_CORRECT_OR_CLEAR: Final = Label("请更正或留空", "correct it, or leave it empty")
_NAME_ONE_UNIT: Final = Label("请只写一个单位", "name one unit only")

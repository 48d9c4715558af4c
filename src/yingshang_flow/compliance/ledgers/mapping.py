"""Which column of a table holds what: a mapping, as data in TOML, from its headings to what a procedure asks for."""

import json
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as Map
from importlib import resources
from pathlib import Path
from typing import Any, Final

import attrs

from yingshang_flow.compliance.ledgers.fields import UNIT, field_type, read_field
from yingshang_flow.compliance.tables import DATE_ORDERS, Unreadable
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import MappingError
from yingshang_flow.words import texts

_HEAD: Final = ("lifecycle", "sheet", "header", "serials", "partial", "event", "columns")
_COLUMN: Final = ("heading", "values", "constant", "dates")
_EVENT: Final = ("case", "act", "time", "unit")
_REFERENCE: Final = "reference"
LEFT_OUT: Final = ""
"""What an act is translated to that is not to be read."""


def _frozen(value: Map[str, str]) -> Map[str, str]:
    return FrozenDict(value)


@attrs.frozen
class MappedColumn:
    """Where one thing that a procedure asks for stands in a table.

    Attributes:
        key: What it is: the name of a column of the procedure's ledger, else ``reference``, a trigger for the date of
            the act, or ``trigger.field`` for what is said of it.
        headings: The headings it may stand under; none where it is constant.
        values: What each text of a cell stands for, besides what the procedure itself says.
        constant: What holds for every row that tells of the act.
        dates: How dates are written, where they could mean two days: ``DD/MM/YYYY`` or ``MM/DD/YYYY``.
    """

    key: str
    headings: tuple[str, ...] = attrs.field(default=(), converter=texts)
    values: Map[str, str] = attrs.field(default=FrozenDict(), converter=_frozen)
    constant: str = ""
    dates: str = ""


@attrs.frozen
class EventColumns:
    """Where things stand in a table that has a row for each event.

    Attributes:
        case: What tells the case.
        act: What was done; ``values`` translates it to triggers, or to nothing where it is not to be read.
        time: When.
        unit: Who did it, where the table tells.
    """

    case: MappedColumn
    act: MappedColumn
    time: MappedColumn
    unit: MappedColumn | None = None


@attrs.frozen
class Expected:
    """A column that is looked for in a table.

    Attributes:
        column: What it is.
        headings: The headings it may stand under.
        constant: What holds for every row, where it has no heading.
        dates: How dates are written, where a mapping says so.
        optional: Whether it may be missing.
    """

    column: Column
    headings: tuple[str, ...]
    constant: str = ""
    dates: str = ""
    optional: bool = False


@attrs.frozen
class Mapping:
    """Where what a procedure asks for stands in tables of one kind.

    Attributes:
        lifecycle: The key of the procedure.
        columns: The columns; in a table of events, what is said of the acts.
        sheet: The sheet, by its name or its number from 1.
        header: The lines of the headings, where it is not the first that is not blank; of two, the lower goes first.
        serials: Whether bare numbers in date columns of a text file are the days that a spreadsheet keeps so.
        partial: Whether columns may be missing, as far as the procedure can do without.
        event: Set where the table has a row for each event instead of one for each case.
        path: Where it was read from, for messages.
    """

    lifecycle: str
    columns: tuple[MappedColumn, ...] = attrs.field(default=(), converter=tuple[MappedColumn, ...])
    sheet: str | int | None = None
    header: tuple[int, ...] = ()
    serials: bool = False
    partial: bool = False
    event: EventColumns | None = None
    path: str = attrs.field(default="the mapping", eq=False)

    @classmethod
    def read(cls, path: str | Path) -> "Mapping":
        """Read a mapping from a TOML file in UTF-8.

        Raises:
            MappingError: It is no TOML or says something wrong; every problem is named by its key path.
            OSError: The file cannot be read.
        """
        data = Path(path).read_bytes()
        try:
            return cls.from_text(data.decode("utf-8-sig"), str(path))
        except UnicodeDecodeError as exc:
            raise MappingError(str(path), f"byte {exc.start} is not UTF-8; save the file as UTF-8") from exc

    @classmethod
    def from_text(cls, text: str, name: str = "the mapping") -> "Mapping":
        """Read a mapping from TOML.

        Args:
            text: The TOML.
            name: What to call it in messages.

        Raises:
            MappingError: It is no TOML or says something wrong; every problem is named by its key path.
        """
        try:
            said = tomllib.loads(text)
        except (ValueError, RecursionError) as exc:  # the parser's own; a number of too many digits; nested too deeply
            raise MappingError(name, f"it is no TOML: {exc}") from exc
        problems: list[str] = []
        found = _Reading(problems).mapping(said, name)
        if problems:
            raise MappingError(name, problems)
        return found

    @classmethod
    def shipped(cls, lifecycle: Lifecycle) -> "Mapping":
        """Return the mapping that is shipped for a procedure; it knows many headings and takes those that are there.

        Args:
            lifecycle: The procedure; what its profile leaves out of it, the mapping leaves out.

        Raises:
            MappingError: None is shipped for it.
        """
        key = lifecycle.key
        if key not in shipped():
            raise MappingError(key, f"no mapping is shipped for it; there are {', '.join(shipped())}")
        text = resources.files(__package__).joinpath("mappings", f"{key}.toml").read_text("utf-8")
        whole = cls.from_text(text, f"{key}.toml")
        names = {column.name for column in lifecycle.ledger} | {_REFERENCE, *lifecycle.by_trigger}
        return attrs.evolve(
            whole, columns=[column for column in whole.columns if column.key.partition(".")[0] in names]
        )

    @classmethod
    def default(cls, lifecycle: Lifecycle) -> "Mapping":
        """Return what holds without a mapping: every column of the procedure's ledger under its own names."""
        columns = [MappedColumn(column.name, (column.name, *column.aliases)) for column in lifecycle.ledger]
        return cls(lifecycle.key, columns, partial=True)

    def text(self) -> str:
        """Return the mapping as TOML, from which it can be read back."""
        return "\n".join((*self.head(), "", "[columns]", *map(column_text, self.columns), ""))

    def head(self) -> Iterator[str]:
        """Yield the lines of the TOML above its columns."""
        yield f"lifecycle = {quoted(self.lifecycle)}"
        if self.sheet is not None:
            yield f"sheet = {quoted(self.sheet)}"
        if self.header:
            yield f"header = {list(self.header) if len(self.header) > 1 else self.header[0]}"
        for name in ("serials", "partial"):
            if getattr(self, name):
                yield f"{name} = true"
        if self.event is not None:
            yield from ("", "[event]")
            event = self.event
            yield from (column_text(column) for column in (event.case, event.act, event.time, event.unit) if column)

    def expected(self, lifecycle: Lifecycle) -> tuple[Expected, ...]:
        """Return the columns to look for.

        Raises:
            MappingError: It is for another procedure, or names something that the procedure does not have; every
                problem is named by its key path.
        """
        if self.lifecycle != lifecycle.key:
            raise MappingError(self.path, f"lifecycle: it is for {self.lifecycle!r}, not for {lifecycle.key!r}")
        problems: list[str] = []
        found = tuple(_Binding(self, lifecycle, problems).columns())
        if problems:
            raise MappingError(self.path, problems)
        return found


def shipped() -> tuple[str, ...]:
    """Return the keys of the procedures for which a mapping is shipped."""
    names = (item.name for item in resources.files(__package__).joinpath("mappings").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def quoted(value: str | int) -> str:
    """Return a text or a number as TOML writes it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def column_text(column: MappedColumn) -> str:
    """Return a line of TOML for a column."""
    headings = [quoted(heading) for heading in column.headings]
    heading = headings[0] if len(headings) == 1 else f"[{', '.join(headings)}]"
    pairs = [f"heading = {heading}"] if headings else []
    if column.values:
        pairs.append(f"values = {{ {', '.join(f'{quoted(a)} = {quoted(b)}' for a, b in column.values.items())} }}")
    pairs += [f"{name} = {quoted(getattr(column, name))}" for name in ("constant", "dates") if getattr(column, name)]
    said = heading if len(pairs) == 1 and headings else f"{{ {', '.join(pairs)} }}"
    return f"{quoted(column.key)} = {said}"


@attrs.frozen
class _Reading:
    """Reads what TOML says as a mapping, and gathers what is wrong."""

    problems: list[str]

    def mapping(self, said: Map[str, Any], name: str) -> Mapping:
        self._unknown("", said, _HEAD)
        lifecycle = said.get("lifecycle")
        if not isinstance(lifecycle, str) or not lifecycle:
            self._wrong("lifecycle", 'say the key of the procedure, such as "complaint"', lifecycle)
        sheet = said.get("sheet")
        if sheet is not None and (isinstance(sheet, bool) or not isinstance(sheet, str | int) or sheet in {"", 0}):
            self._wrong("sheet", "give its name, or its number from 1", sheet)
        columns = self._table("columns", said.get("columns", {}))
        found = [self._column(f"columns.{quoted(key)}", key, value) for key, value in columns.items()]
        event = self._event(said["event"]) if "event" in said else None
        if columns == said.get("columns", {}) and not found and event is None:
            self.problems.append("columns: it is empty; say under which heading each column stands")
        return Mapping(
            str(lifecycle),
            found,
            sheet,
            self._header(said.get("header", [])),
            self._switch(said, "serials"),
            self._switch(said, "partial"),
            event,
            name,
        )

    def _event(self, said: object) -> EventColumns | None:
        table = self._table("event", said)
        self._unknown("event.", table, _EVENT)
        found = {name: self._column(f"event.{name}", name, table[name]) for name in _EVENT if name in table}
        missing = [name for name in _EVENT[:3] if name not in found]
        self.problems.extend(f"event.{name}: it is missing; say under which heading it stands" for name in missing)
        if "act" in found and not found["act"].values:
            self.problems.append("event.act.values: it is missing; say which trigger each text stands for")
        return None if missing else EventColumns(**found)

    def _column(self, path: str, key: str, said: object) -> MappedColumn:
        if isinstance(said, str | list):
            return MappedColumn(key, self._headings(path, said))
        table = self._table(path, said)
        self._unknown(f"{path}.", table, _COLUMN)
        headings = self._headings(f"{path}.heading", table["heading"]) if "heading" in table else ()
        constant, dates = table.get("constant", ""), table.get("dates", "")
        if not isinstance(constant, str):
            self._wrong(f"{path}.constant", "write it as text", constant)
        if bool(headings) == bool(constant):
            self.problems.append(f"{path}: give either a heading or a constant")
        if dates and dates not in DATE_ORDERS:
            self._wrong(f"{path}.dates", f"write {' or '.join(DATE_ORDERS)}; the year first needs no saying", dates)
        values = self._table(f"{path}.values", table.get("values", {}))
        for text, code in values.items():
            if not isinstance(code, str):
                self._wrong(f"{path}.values.{quoted(text)}", "write the code as text", code)
        return MappedColumn(key, headings, values, str(constant), str(dates))

    def _headings(self, path: str, said: object) -> tuple[str, ...]:
        found = [said] if isinstance(said, str) else said
        if not isinstance(found, list) or not found or not all(isinstance(one, str) and one.strip() for one in found):
            self._wrong(path, "give a heading, or a list of them", said)
            return ("?",)
        return tuple(found)

    def _header(self, said: object) -> tuple[int, ...]:
        lines = said if isinstance(said, list) else [said]
        fine = all(type(line) is int and line > 0 for line in lines)
        if not fine or len(lines) > 2 or lines != sorted(set(lines)):  # noqa: PLR2004  # headings and their groups
            self._wrong("header", "give the line of the headings, or two lines such as [1, 2]", said)
            return ()
        return tuple(lines)

    def _switch(self, said: Map[str, Any], name: str) -> bool:
        value = said.get(name, False)
        if not isinstance(value, bool):
            self._wrong(name, "write true or false", value)
        return value is True

    def _table(self, path: str, said: object) -> dict[str, Any]:
        if isinstance(said, dict):
            return said
        self._wrong(path, "it is to be a table", said)
        return {}

    def _unknown(self, path: str, said: Map[str, Any], known: tuple[str, ...]) -> None:
        names = (f"{path}{key} is unknown; known are {', '.join(known)}" for key in said if key not in known)
        self.problems.extend(names)

    def _wrong(self, path: str, what: str, found: object) -> None:
        self.problems.append(f"{path}: {what}; found {found!r}" if found is not None else f"{path}: {what}")


@attrs.frozen
class _Binding:
    """Holds a mapping against a procedure, and gathers what does not fit."""

    mapping: Mapping
    lifecycle: Lifecycle
    problems: list[str]

    def columns(self) -> Iterator[Expected]:
        mapping, seen = self.mapping, set[tuple[str, str]]()
        if mapping.event is not None:
            yield from self._event(mapping.event)
        for mapped in mapping.columns:
            path = f"columns.{quoted(mapped.key)}"
            column = self._column(mapped.key, path)
            if column is None:
                continue
            if (column.trigger, column.field) in seen:
                self.problems.append(f"{path}: the same is mapped above; keep one")
            seen.add((column.trigger, column.field))
            if mapping.event is not None and (not column.trigger or not column.field):
                self.problems.append(f"{path}: in a table of events, columns say more of an act; name a trigger.field")
            if mapped.constant and not (column.trigger and column.field):
                self.problems.append(f"{path}.constant: the number of a case or the day of an act is no constant")
            yield self._expected(mapped, column, path)

    def _expected(self, mapped: MappedColumn, column: Column, path: str) -> Expected:
        if column.trigger and column.field:
            hint = field_type(self.lifecycle, column)
            said = attrs.evolve(column, values={})
            for text, code in mapped.values.items():
                known = not column.values or code in column.values.values()
                if not known or isinstance(read_field(code, said, hint), Unreadable):
                    codes = f"; known are {', '.join(dict.fromkeys(column.values.values()))}" if column.values else ""
                    self.problems.append(f"{path}.values.{quoted(text)}: {code!r} is no value of it{codes}")
            column = attrs.evolve(column, values={**column.values, **mapped.values})
            if mapped.constant and isinstance(found := read_field(mapped.constant, column, hint), Unreadable):
                self.problems.append(f"{path}.constant: {found.why.en}; {found.remedy.en}")
        elif mapped.values:
            self.problems.append(f"{path}.values: a number or a date is not translated; leave it out")
        if mapped.dates and column.field:
            self.problems.append(f"{path}.dates: only the dates of acts have it; leave it out")
        optional = self.mapping.partial and not column.required
        return Expected(column, mapped.headings, mapped.constant, mapped.dates, optional)

    def _column(self, key: str, path: str) -> Column | None:
        """Return what a key names: a column of the procedure's ledger, or a field or the date of an act."""
        for column in self.lifecycle.ledger:
            if key in {column.name, *column.aliases}:
                return column
        if key == _REFERENCE:
            return Column(key, "", _REFERENCE)
        trigger, _, field = key.partition(".")
        if trigger not in self.lifecycle.by_trigger:
            names = [column.name for column in self.lifecycle.ledger] or [_REFERENCE, *self.lifecycle.by_trigger]
            self.problems.append(f"{path} is no column, trigger or trigger.field; there are {', '.join(names)}")
            return None
        content = self.lifecycle.by_trigger[trigger].content
        fields = [UNIT, *(() if content is None else (field.name for field in attrs.fields(content)))]
        if field and field not in fields:
            self.problems.append(f"{path}: {trigger!r} has no field {field!r}; it has {', '.join(fields)}")
            return None
        known = (column for column in self.lifecycle.ledger if (column.trigger, column.field) == (trigger, field))
        return next(known, Column(key, trigger, field))

    def _event(self, event: EventColumns) -> Iterator[Expected]:
        for text, trigger in event.act.values.items():
            if trigger not in {LEFT_OUT, *self.lifecycle.by_trigger}:
                known = ", ".join(self.lifecycle.by_trigger)
                self.problems.append(f"event.act.values.{quoted(text)}: {trigger!r} is no trigger; there are {known}")
        for mapped in (event.case, event.act, event.time, event.unit):
            if mapped is not None:
                if mapped.values and mapped.key != "act":
                    self.problems.append(f"event.{mapped.key}.values: only acts are translated; leave it out")
                if mapped.constant and mapped.key != UNIT:
                    self.problems.append(f"event.{mapped.key}.constant: it is not the same in every row")
                yield Expected(
                    Column(mapped.key, "", mapped.key, mapped.values), mapped.headings, mapped.constant, mapped.dates
                )

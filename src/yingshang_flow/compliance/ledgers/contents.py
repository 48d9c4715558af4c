"""Builds what the rows of a table say of acts besides their time: content and unit; of equal cells, once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from yingshang_flow.compliance.ledgers.fields import UNIT, field_type, read_field
from yingshang_flow.compliance.ledgers.headings import Placed
from yingshang_flow.compliance.tables import Cell, Unreadable
from yingshang_flow.core.lifecycle import Lifecycle

_MOST_KEPT: Final = 1 << 12
_LONGEST_KEPT: Final = 200


@attrs.frozen
class Field:
    """A column that says something of an act, and what its text is read as."""

    placed: Placed
    hint: Any


@attrs.frozen
class Said:
    """What a row says of an act besides its time: its content and its unit, or what is wrong with its cells."""

    content: object | None = None
    unit: str = ""
    wrong: tuple[tuple[Field, Cell, Unreadable], ...] = ()


_NOTHING_SAID: Final = Said()


class Contents:
    """Builds what rows say of acts; of equal cells, once."""

    def __init__(self, lifecycle: Lifecycle, columns: Sequence[Placed]) -> None:
        self._lifecycle = lifecycle
        self._kept: dict[tuple[Any, ...], Said] = {}
        self.fields: dict[str, list[Field]] = {}
        for placed in columns:
            column = placed.expected.column
            if column.trigger and column.field:
                field = Field(placed, field_type(lifecycle, column))
                self.fields.setdefault(column.trigger, []).append(field)

    def read(self, trigger: str, cells: Sequence[Cell]) -> Said:
        """Return what a row says of an act."""
        fields = self.fields.get(trigger)
        if fields is None:
            return _NOTHING_SAID
        found = tuple([cells[field.placed.place] if field.placed.place >= 0 else "" for field in fields])
        key = (trigger, found)
        said = self._kept.get(key)
        if said is None:
            said = self._read(trigger, fields, found)
            if all(len(cell) < _LONGEST_KEPT for cell in found if isinstance(cell, str)):
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = said
        return said

    def _read(self, trigger: str, fields: Sequence[Field], cells: Sequence[Cell]) -> Said:
        said: dict[str, object] = {}
        wrong: list[tuple[Field, Cell, Unreadable]] = []
        for field, cell in zip(fields, cells, strict=True):
            text = cell or field.placed.expected.constant
            if text:
                column = field.placed.expected.column
                value = read_field(text, column, field.hint)
                if isinstance(value, Unreadable):
                    wrong.append((field, text, value))
                else:
                    said[column.field] = value
        unit = str(said.pop(UNIT, ""))
        return Said(None if wrong else self._content(trigger, said), unit, tuple(wrong))

    def _content(self, trigger: str, said: Mapping[str, object]) -> object | None:
        """Build the content of an act; none when nothing is said of it, or less than it must say."""
        content = self._lifecycle.by_trigger[trigger].content
        if content is None or not said:
            return None
        needed = {field.name for field in attrs.fields(content) if field.init and field.default is attrs.NOTHING}
        return None if needed - said.keys() else content(**said)

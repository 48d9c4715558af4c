"""Reads the text of a cell as a field of an act's content asks for it."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs

from yingshang_flow.codec import read
from yingshang_flow.compliance.tables import LONGEST_CELL, Cell, Day, Unreadable, read_day, text_of
from yingshang_flow.core.ledger import UNTOLD, Column
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import ContentError
from yingshang_flow.words import Label

UNIT: Final = "unit"
_SEPARATORS: Final = str.maketrans(dict.fromkeys(",，;；\n\t", "、"))
_NUMBERS: Final[Mapping[type, Callable[[str], Any]]] = {
    int: int,
    bool: {"是": True, "否": False}.__getitem__,
}
_NO_SUCH_VALUE: Final = Label("没有这一项", "it is none of the values there are")
_SLASH: Final = Label("单位名称不得含“/”", "a unit has no slash in its name")
_CORRECT_OR_CLEAR: Final = Label("请更正或留空", "correct it, or leave it empty")


def field_type(lifecycle: Lifecycle, column: Column) -> Any:  # noqa: ANN401  # whatever a content class has
    """Return the type of the field that a column holds; text where it has none of its own."""
    content = lifecycle.by_trigger[column.trigger].content
    return str if column.field == UNIT or content is None else get_type_hints(content)[column.field]


def read_field(cell: Cell, column: Column, hint: Any) -> object:  # noqa: ANN401  # the type of a field
    """Read a cell that is not empty as a field; what cannot be read is an ``Unreadable``.

    Args:
        cell: The cell.
        column: The column it stands in.
        hint: The type of the field.
    """
    if isinstance(cell, Unreadable):
        return cell
    kinds = get_args(hint) if get_origin(hint) is not tuple else ()
    if isinstance(cell, Day) and {date, datetime} & set(kinds or (hint,)):
        return _of_day(cell, kinds or (hint,))
    return _of_text(text_of(cell), column, hint, kinds)


def _of_text(text: str, column: Column, hint: Any, kinds: Sequence[Any]) -> object:  # noqa: ANN401  # the type of a field
    if len(text) > LONGEST_CELL:
        why = Label(f"有{len(text)}个字", f"it holds {len(text):,} characters")
        return Unreadable(why, Label(f"请缩短至{LONGEST_CELL}字以内", f"shorten it to {LONGEST_CELL:,} at most"))
    if column.values:
        code = column.values.get(text) or column.values.get(unicodedata.normalize("NFKC", text))
        return code or Unreadable(_NO_SUCH_VALUE, one_of(column.values))
    if column.field == UNIT and "/" in text:
        return Unreadable(_SLASH, Label("请只写一个单位", "name one unit only"))
    return _structured(text, column, hint, kinds)


def _structured(text: str, column: Column, hint: Any, kinds: Sequence[Any]) -> object:  # noqa: ANN401  # as above
    value = _listed(text, hint) if get_origin(hint) is tuple else _typed(text, kinds or (hint,))
    if isinstance(value, Unreadable):
        return value
    try:
        return read(hint, value, column.name)
    except ContentError as exc:
        said = "; ".join(exc.problems)
        return Unreadable(Label(f"无法读取（{said}）", said), _CORRECT_OR_CLEAR)


def one_of(values: Mapping[str, str]) -> Label:
    """Return that one of some values is to be written."""
    names = "、".join(values)
    return Label(f"请填写其中之一：{names}", f"write one of {names}")


def _typed(text: str, kinds: Sequence[Any]) -> object:
    """Return a text as a date or a number where one of the kinds is; else as it is."""
    if date in kinds or datetime in kinds:
        found = read_day(text)
        return found if isinstance(found, Unreadable) else _of_day(found, kinds)
    for kind, made in _NUMBERS.items():
        if kind in kinds:
            try:
                return made(unicodedata.normalize("NFKC", text))
            except (ValueError, KeyError):
                return text
    return text


def _of_day(day: Day, kinds: Sequence[Any]) -> date | datetime:
    return day.at.instant if datetime in kinds else day.at.date


def _listed(text: str, hint: Any) -> object:  # noqa: ANN401  # the type of a field
    """Return the names in a text, separated as people do; of what goes by its unit, with what is not told left open."""
    names = [name.strip() for name in text.translate(_SEPARATORS).split("、") if name.strip()]
    kind = get_args(hint)[0]
    if not attrs.has(kind) or UNIT not in attrs.fields_dict(kind):
        return names
    needed = [field.name for field in attrs.fields(kind) if field.default is attrs.NOTHING]
    return [{**dict.fromkeys(needed, UNTOLD), UNIT: name} for name in names]

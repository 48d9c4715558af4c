"""Reads JSON Lines as a table: an object a row, nested ones by paths with dots."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from yingshang_flow.compliance.tables.cells import Unreadable
from yingshang_flow.compliance.tables.table import Cell, Open, Row, Table
from yingshang_flow.errors import LedgerError
from yingshang_flow.words import Label

_LONGEST_LINE: Final = 16 << 20
_MOST_KEYS: Final = 10_000
_REPAIR: Final = Label("请更正该行", "correct the line")


def json_table(opened: Open, name: str) -> Table:
    """Open a file of JSON objects, one a line, in UTF-8.

    It is read twice: once for the keys there are, then for its rows.

    Args:
        opened: Opens its bytes.
        name: What to call it in messages.

    Raises:
        LedgerError: No line is an object, one is endless, or there are more keys than a table has columns.
    """
    headings: dict[str, int] = {}
    with opened() as file:
        for _, found in _objects(file, name):
            if isinstance(found, dict):
                for key, _ in _flat(found, ""):
                    headings.setdefault(key, len(headings))
                if len(headings) > _MOST_KEYS:
                    raise LedgerError(name, f"it has more than {_MOST_KEYS:,} keys; give rows of one kind")
    if not headings:
        raise LedgerError(name, "no line is a JSON object with a value; write one object a line")
    return Table(name, "JSON Lines", _rows(opened, name, headings), headings=tuple(headings))


def _rows(opened: Open, name: str, headings: Mapping[str, int]) -> Iterator[Row]:
    with opened() as file:
        for line, found in _objects(file, name):
            if isinstance(found, Unreadable):
                yield line, found
                continue
            cells: list[Cell] = [""] * len(headings)
            for key, cell in _flat(found, ""):
                cells[headings[key]] = cell
            yield line, cells


def _objects(file: BinaryIO, name: str) -> Iterator[tuple[int, dict[str, Any] | Unreadable]]:
    """Yield the object of each line, or why there is none."""
    line = 0
    while text := file.readline(_LONGEST_LINE + 1):
        line += 1
        if len(text) > _LONGEST_LINE:
            raise LedgerError(name, f"line {line} is longer than {_LONGEST_LINE:,} bytes; write one object a line")
        yield line, _object(text)


def _object(text: bytes) -> dict[str, Any] | Unreadable:
    try:
        said = text.decode("utf-8-sig").strip()
        found = json.loads(said) if said else {}
    except UnicodeDecodeError as exc:
        why = f"byte {exc.start}"
        return Unreadable(Label(f"不是UTF-8（{why}）", f"it is not UTF-8 ({why})"), _REPAIR)
    except (ValueError, RecursionError) as exc:
        return Unreadable(Label(f"不是JSON（{exc}）", f"it is no JSON ({exc})"), _REPAIR)
    if isinstance(found, dict):
        return found
    return Unreadable(Label("不是一个JSON对象", "it is no JSON object"), _REPAIR)


def _flat(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Cell]]:
    """Yield what an object holds by its path; what holds nothing is left out."""
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        if isinstance(item, dict):
            yield from _flat(item, where)
        elif (cell := _cell(item)) != "":
            yield where, cell


def _cell(item: object) -> Cell:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "是" if item else "否"
    if isinstance(item, list):
        if all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in item):
            return "、".join(map(str, item))
        why = Label("是一个嵌套的列表", "it is a list of more than texts")
        return Unreadable(why, Label("请改为文本列表", "give a list of texts"), json.dumps(item, ensure_ascii=False))
    return str(item).strip()

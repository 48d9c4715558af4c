"""Workbooks that tests write, made up, and damage: as bytes, with what a cell's XML says changed where asked."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Change = Callable[[Worksheet], None]


def workbook(rows: Sequence[Any], change: Change | None = None, *, title: str = "台账") -> bytes:
    """Write rows as the first sheet of a workbook; ``change`` may do more to it."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a workbook as its bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_by_openpyxl(data: bytes) -> list[tuple[Any, ...]]:
    """Return the values of the first sheet as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        return [tuple(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()


def repacked(data: bytes, parts: Mapping[str, Callable[[bytes], bytes] | bytes | None]) -> bytes:
    """Write an archive again with parts changed, added, or left out where they are None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            change = parts.get(name, b"")
            content = old.read(name) if name in old.namelist() else b""
            if name in parts:
                if change is None:
                    continue
                content = change if isinstance(change, bytes) else change(content)
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"

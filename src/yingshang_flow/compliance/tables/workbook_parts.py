"""Opens the archive that an Excel workbook is: its limits, its sheets, its texts and which styles are dates."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final
from xml.etree import ElementTree as ET

import attrs

from yingshang_flow.compliance.tables.csv_file import SAVE_AS
from yingshang_flow.compliance.tables.table import Merge, Open, listed, place_of
from yingshang_flow.errors import LedgerError
from yingshang_flow.words import Label

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"

MOST_BYTES: Final = 1 << 30
"""How large a workbook may be when it is unpacked."""
MOST_PACKED: Final = 200
"""How many times larger than the file it may be, once it is larger than ``PACKED_FROM``."""
PACKED_FROM: Final = 100 << 20

_CHUNK: Final = 1 << 20
_EPOCH_1904: Final = 1462
_DATE_FORMATS: Final = frozenset(map(str, (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))))
_NOT_CODE: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_MERGE: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OTHERS: Final = (
    ("xl/workbook.bin", "is a binary workbook (.xlsb)"),
    ("word/document.xml", "is a Word document"),
    ("content.xml", "is an OpenDocument file"),
)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, LookupError, ValueError, OSError)
"""What a damaged archive makes the standard library raise; of OSError, that a place before the file is sought."""
_SAVE_XLSX: Final = "save it as .xlsx"


@attrs.frozen
class Sheet:
    """A sheet of a workbook: its name, its part of the archive, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@attrs.frozen
class Package:
    """An opened workbook.

    Attributes:
        name: What to call it in messages.
        opened: Opens the bytes of its archive.
        names: The parts of the archive.
        sheets: Its sheets, in order.
        strings: Its shared texts, without blanks around.
        date_styles: The styles that show a number as a date.
        epoch: How many days after 1899-12-30 its serial number 0 stands.
    """

    name: str
    opened: Open
    names: frozenset[str]
    sheets: tuple[Sheet, ...]
    strings: tuple[str, ...]
    date_styles: frozenset[str]
    epoch: int

    @classmethod
    def open(cls, opened: Open, name: str) -> "Package":
        """Open a workbook.

        Raises:
            LedgerError: It is no workbook, damaged, protected by a password or too large.
        """
        with opened() as file:
            if file.read(len(OLE)) == OLE:
                raise LedgerError(name, _why_old(file))
            try:
                with zipfile.ZipFile(file) as archive:
                    names = frozenset(archive.namelist())
                    _check_size(archive, name, file.seek(0, io.SEEK_END))
            except _BROKEN as exc:
                raise _damaged(name, str(exc)) from exc
        for part, what in _OTHERS:
            if part in names:
                raise LedgerError(name, f"it {what}; {_SAVE_XLSX}, or {SAVE_AS}")
        return cls(name, opened, names, (), (), frozenset(), 0).described()

    def described(self) -> "Package":
        """Return the workbook with what its other parts say.

        Raises:
            LedgerError: It is damaged.
        """
        targets = {
            kind: _resolved("", target)
            for _, kind, target in self._relations("_rels/.rels")
            if kind.endswith("/officeDocument")
        }
        workbook = next(iter(targets.values()), "xl/workbook.xml")
        if workbook not in self.names:
            raise self.damaged("it has no list of sheets")
        folder, _, base = workbook.rpartition("/")
        relations = self._relations(f"{folder}/_rels/{base}.rels".lstrip("/"))
        parts = {key: _resolved(folder, target) for key, _, target in relations}
        by_kind = {kind.rpartition("/")[2]: _resolved(folder, target) for _, kind, target in relations}
        sheets: list[Sheet] = []
        epoch = 0
        for element in self._elements(workbook):
            local = _local(element.tag)
            if local == "workbookPr" and element.get("date1904") in {"1", "true"}:
                epoch = _EPOCH_1904
            elif local == "sheet":
                key = next((value for key, value in element.items() if _local(key) == "id"), "")
                if "worksheets" in (part := parts.get(key, "")) and part in self.names:  # others are charts
                    sheets.append(Sheet(element.get("name", ""), part, element.get("state", "visible") != "visible"))
        styles, strings = by_kind.get("styles", ""), by_kind.get("sharedStrings", "")
        return attrs.evolve(
            self,
            sheets=tuple(sheets),
            strings=tuple(self._strings(strings)) if strings in self.names else (),
            date_styles=frozenset(self._date_styles(styles)) if styles in self.names else frozenset(),
            epoch=epoch,
        )

    def sheet(self, wanted: str | int | None) -> Sheet:
        """Return a sheet by its name or its number from 1; the first that is not hidden unless one is wanted.

        Raises:
            LedgerError: There is no such sheet.
        """
        if wanted is None:
            visible = [sheet for sheet in self.sheets if not sheet.hidden] or list(self.sheets)
            if visible:
                return visible[0]
            raise LedgerError(self.name, f"it has no sheet with cells; {SAVE_AS}")
        by_name: dict[str | int, Sheet] = {}
        for number, sheet in enumerate(self.sheets, 1):
            by_name |= {number: sheet, str(number): sheet}
        by_name |= {sheet.name: sheet for sheet in self.sheets}
        if wanted in by_name:
            return by_name[wanted]
        names = listed([sheet.name for sheet in self.sheets])
        raise LedgerError(self.name, f"it has no sheet {wanted!r}; there are {names}, or say a number from 1")

    def notes(self, chosen: Sheet) -> Iterator[Label]:
        """Yield what to know of the sheets when one is read."""
        if chosen.hidden:
            yield Label(f"所读工作表是隐藏的：{chosen.name}", f"the sheet that is read is hidden: {chosen.name}")
        others = [sheet for sheet in self.sheets if sheet != chosen]
        if others:
            zh = "、".join(sheet.name + ("（隐藏）" if sheet.hidden else "") for sheet in others)
            en = ", ".join(sheet.name + (" (hidden)" if sheet.hidden else "") for sheet in others)
            yield Label(f"未读取的工作表：{zh}", f"sheets not read: {en}")

    def string(self, number: str) -> str:
        """Return a shared text.

        Raises:
            LedgerError: It has none of that number.
        """
        if number.isdecimal() and int(number) < len(self.strings):
            return self.strings[int(number)]
        raise self.damaged(f"it has no text number {number[:40]!r}")

    def merged(self, sheet: Sheet) -> tuple[Merge, ...]:
        """Return the merged cells of a sheet, which stand behind its rows."""
        found: list[Merge] = []
        end = b""
        with self.part(sheet.part) as source:
            while piece := source.read(_CHUNK):
                piece = end + piece  # with what the last one broke off
                last = 0
                if b"mergeCell" in piece:
                    for match in _MERGE.finditer(piece):
                        left, first, right, bottom = (part.decode() for part in match.groups())
                        found.append(Merge(int(first), int(bottom), place_of(left), place_of(right)))
                        last = match.end()
                end = piece[max(last, len(piece) - 200) :]
        return tuple(found)

    @contextmanager
    def part(self, name: str) -> Iterator[BinaryIO]:
        """Open a part of the archive.

        Raises:
            LedgerError: It is damaged or protected by a password.
        """
        try:
            with self.opened() as file, zipfile.ZipFile(file) as archive, archive.open(name) as source:
                yield source  # type: ignore[misc]  # reads bytes as a file does
        except (*_BROKEN, EOFError) as exc:
            raise self.damaged(str(exc)) from exc
        except RuntimeError as exc:
            raise LedgerError(self.name, f"it is protected by a password ({exc}); {_UNLOCK}") from exc

    def damaged(self, why: str) -> LedgerError:
        """Return the error of a workbook that is damaged."""
        return _damaged(self.name, why)

    def _elements(self, part: str, forget: str = "") -> Iterator[ET.Element]:
        """Yield the elements of a part as they end; those of one name are forgotten with all before them.

        Raises:
            LedgerError: It is no XML.
        """
        try:
            with self.part(part) as source:
                root: ET.Element | None = None
                for event, element in ET.iterparse(source, ("start", "end")):  # noqa: S314  # expat bounds entities
                    root = element if root is None else root
                    if event == "end":
                        yield element
                        if forget and _local(element.tag) == forget:
                            root.clear()
        except ET.ParseError as exc:
            raise self.damaged(f"{part}: {exc}") from exc

    def _relations(self, part: str) -> list[tuple[str, str, str]]:
        if part not in self.names:
            return []
        found = (element for element in self._elements(part) if _local(element.tag) == "Relationship")
        return [(element.get("Id", ""), element.get("Type", ""), element.get("Target", "")) for element in found]

    def _strings(self, part: str) -> Iterator[str]:
        pieces: list[str] = []
        for element in self._elements(part, forget="si"):
            local = _local(element.tag)
            if local == "t":
                pieces.append(element.text or "")
            elif local == "rPh":  # how it is pronounced, which is no part of the text
                del pieces[len(pieces) - len(element) :]
            elif local == "si":
                yield "".join(pieces).strip()
                pieces.clear()

    def _date_styles(self, part: str) -> Iterator[str]:
        codes: dict[str, str] = {}
        for element in self._elements(part):
            local = _local(element.tag)
            if local == "numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            elif local == "cellXfs":
                for number, style in enumerate(element):
                    key = style.get("numFmtId", "0")
                    code = _NOT_CODE.sub("", codes.get(key, ""))
                    if key in _DATE_FORMATS or re.search(r"[dmyhs年]", code, re.IGNORECASE):
                        yield str(number)


_UNLOCK: Final = "open it in the spreadsheet program, take the password off and save it"


def _why_old(file: BinaryIO) -> str:
    """Tell a protected workbook from an old one: both are kept in the same kind of file."""
    end = b""
    while piece := file.read(_CHUNK):
        if _ENCRYPTED in end + piece:
            return f"it is protected by a password; {_UNLOCK}"
        end = piece[-64:]
    return f"it is an old Excel workbook (.xls); {_SAVE_XLSX}, or {SAVE_AS}"


def _check_size(archive: zipfile.ZipFile, name: str, size: int) -> None:
    """Refuse an archive that says that it is too large; no more than it says is ever unpacked of a part."""
    large = sum(info.file_size for info in archive.infolist())
    if large > MOST_BYTES:
        why = f"it has {large:,} bytes when it is unpacked; at most {MOST_BYTES:,} are read"
    elif large > PACKED_FROM and large > MOST_PACKED * size:
        why = f"it grows from {size:,} to {large:,} bytes when it is unpacked, as no ledger does"
    else:
        return
    raise LedgerError(name, f"{why}; {SAVE_AS}, or split it")


def _damaged(name: str, why: str) -> LedgerError:
    return LedgerError(
        name, f"it begins as an Excel workbook but is damaged ({why}); open and save it in the spreadsheet program"
    )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _resolved(folder: str, target: str) -> str:
    """Return the name of a part that another one names."""
    if target.startswith("/"):
        return target[1:]
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)

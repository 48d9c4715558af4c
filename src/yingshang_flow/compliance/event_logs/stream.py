"""Reads the XML of an event log (XES) as a stream of traces, with every way in which a file can be hostile refused."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final
from xml.parsers import expat

import attrs

from yingshang_flow.errors import EventLogError

LARGEST: Final = 2**30
"""How many bytes of a log are read, unpacked, unless more are asked for."""

Source = str | Path | bytes | BinaryIO
"""The path of a log, its bytes, or a file opened for reading bytes; plain or packed by gzip."""

_CHUNK: Final = 2**16
_LONGEST_TAG: Final = 2**24
_DEEPEST: Final = 32
_GZIP: Final = b"\x1f\x8b"
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_READ_BY_EXPAT: Final = frozenset({"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1"})
_CHINESE: Final = frozenset({"gb18030", "gbk", "gb2312", "cp936"})
_ATTRIBUTES: Final = frozenset({"string", "date", "int", "float", "boolean", "id"})
_NESTING: Final = frozenset({"list", "container", "values"})
_ABOUT_THE_LOG: Final = frozenset({"extension", "global", "classifier"})


@attrs.frozen
class Header:
    """What a log says before its first trace.

    Attributes:
        name: What the log is called in messages.
        encoding: The encoding of its text.
        attributes: Its attributes by key, as text.
    """

    name: str
    encoding: str
    attributes: Mapping[str, str]


@attrs.frozen
class Event:
    """One event of a trace.

    Attributes:
        line: The line of the file it begins on.
        attributes: Its attributes by key, as text; those of attributes are left out.
    """

    line: int
    attributes: Mapping[str, str]


@attrs.frozen
class Trace:
    """One trace of a log.

    Attributes:
        number: Which trace of the log, from 1.
        line: The line of the file it begins on.
        attributes: Its attributes by key, as text; those of attributes are left out.
        events: Its events in the order of the file.
    """

    number: int
    line: int
    attributes: Mapping[str, str]
    events: tuple[Event, ...]


def read_traces(source: Source, *, name: str = "", largest: int = LARGEST) -> tuple[Header, Iterator[Trace]]:
    """Read a log as far as its first trace, and give its traces one by one; no more than one is held at a time.

    A document type, and with it every entity, is refused: a log needs none.

    Args:
        source: The log.
        name: What to call it in messages; the path unless given.
        largest: How many bytes are read at most, unpacked.

    Raises:
        EventLogError: It is no event log, here or while its traces are read.
        OSError: The file cannot be read.
    """
    if not name:
        name = str(source) if isinstance(source, str | Path) else "the log"
    found = _Reading(name).run(source, largest)
    header = next(found)
    if not isinstance(header, Header):  # pragma: no cover  # the header always comes first
        raise TypeError(header)
    return header, (trace for trace in found if isinstance(trace, Trace))


class _Reading:
    """One reading of a log: what has been met, and what the parser is in."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._depth = 0
        self._header: dict[str, str] = {}
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._events: list[Event] = []
        self._begins = self._event_begins = 0
        self._count = 0
        self._ready: list[Trace] = []
        self._fed = self._reached = 0
        self._parser = self._made(None)

    def _made(self, encoding: str | None) -> expat.XMLParserType:
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def run(self, source: Source, largest: int) -> Iterator[Header | Trace]:
        """Yield the header, then every trace."""
        told = False
        encoding = "UTF-8"
        decode: codecs.IncrementalDecoder | None = None
        begun, waiting = False, bytearray()
        for chunk in _chunks(source, self._name, largest):
            if not begun:
                begun = True
                encoding, decode = self._encoding(chunk)
            waiting += chunk if decode is None else self._decoded(decode, chunk)
            unfinished = self._fed - self._reached
            if unfinished + len(waiting) > _LONGEST_TAG:
                raise self._wrong(f"a tag or text is longer than {_LONGEST_TAG} bytes; it is no usual event log")
            if len(waiting) < unfinished:
                continue  # the parser begins an unfinished tag anew each time: give it as much again
            self._parse(waiting)
            waiting.clear()
            if self._count and not told:
                told = True
                yield Header(self._name, encoding, self._header)
            yield from self._ready
            self._ready.clear()
        if not begun:
            raise EventLogError(self._name, "it is empty")
        waiting += b"" if decode is None else self._decoded(decode, b"", last=True)
        self._parse(waiting, last=True)
        if not told:
            yield Header(self._name, encoding, self._header)
        yield from self._ready

    def _encoding(self, head: bytes) -> tuple[str, codecs.IncrementalDecoder | None]:
        """Return the encoding that a log declares, and what decodes it where the parser cannot."""
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "UTF-16", None
        found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
        declared = "utf-8" if found is None else found[1].decode().lower()
        if declared in _CHINESE:
            self._parser = self._made("utf-8")
            return "GB18030", codecs.getincrementaldecoder("gb18030")()
        if declared not in _READ_BY_EXPAT:
            message = f"its encoding {declared[:40]!r} is not read; save it in UTF-8 or GB18030"
            raise EventLogError(self._name, message)
        return declared.upper(), None

    def _decoded(self, decode: codecs.IncrementalDecoder, chunk: bytes, *, last: bool = False) -> bytes:
        try:
            return decode.decode(chunk, last).encode()
        except UnicodeDecodeError:
            what = "it is not in the encoding GB18030 that it declares; save it in UTF-8"
            raise EventLogError(self._name, what) from None

    def _parse(self, data: bytearray, *, last: bool = False) -> None:
        self._fed += len(data)
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as exc:
            said = expat.ErrorString(exc.code)
            if exc.code == _INVALID:
                said += "; if it is in a Chinese encoding, it has to declare GB18030"
            raise self._wrong(f"it is no well-formed XML: {said}") from exc
        except (LookupError, ValueError) as exc:
            raise self._wrong(f"its encoding cannot be read ({exc}); save it in UTF-8") from exc

    def _wrong(self, what: str) -> EventLogError:
        return EventLogError(self._name, f"line {self._parser.CurrentLineNumber}: {what}")

    # --- what the parser meets ---

    def _doctype(self, *_: object) -> None:
        raise self._wrong("it declares a document type, which an event log does not need and which is not read")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self._reached = self._parser.CurrentByteIndex
        self._depth += 1
        local = tag.rpartition(" ")[2]
        if self._depth == 1:
            if local != "log":
                raise self._wrong(f"it is no event log: it begins with <{_short(local)}>, not with <log>")
        elif self._depth > _DEEPEST:
            raise self._wrong(f"it is nested deeper than {_DEEPEST} levels; it is no usual event log")
        elif local == "trace" and self._depth == _IN_LOG:
            self._trace, self._events, self._begins = {}, [], self._parser.CurrentLineNumber
            self._count += 1
        elif local == "event" and self._trace is not None and self._depth == _IN_TRACE:
            self._event, self._event_begins = {}, self._parser.CurrentLineNumber
        elif local in _ATTRIBUTES:
            self._attribute(local, given)
        elif local not in _NESTING and not (local in _ABOUT_THE_LOG and self._depth == _IN_LOG):
            where = "a trace" if self._trace is not None else "the log"
            raise self._wrong(f"<{_short(local)}> does not belong here, in {where} on level {self._depth}")

    def _attribute(self, local: str, given: Mapping[str, str]) -> None:
        """Keep an attribute of what is being read; those of a global or another attribute are none of its own."""
        if self._depth == _IN_LOG:
            into = self._header
        elif self._depth == _IN_TRACE and self._trace is not None:
            into = self._trace
        elif self._depth == _IN_EVENT and self._event is not None:
            into = self._event
        else:
            return
        if "key" not in given or "value" not in given:
            raise self._wrong(f"<{local}> has no key or no value")
        key = given["key"]
        if key in into:
            raise self._wrong(f"the attribute {_short(key)!r} stands twice; keep one")
        into[key] = given["value"]

    def _end(self, tag: str) -> None:
        self._reached = self._parser.CurrentByteIndex
        if tag.rpartition(" ")[2] == "event" and self._event is not None and self._depth == _IN_TRACE:
            self._events.append(Event(self._event_begins, self._event))
            self._event = None
        elif self._trace is not None and self._depth == _IN_LOG:
            self._ready.append(Trace(self._count, self._begins, self._trace, tuple(self._events)))
            self._trace = None
        self._depth -= 1


_IN_LOG, _IN_TRACE, _IN_EVENT = 2, 3, 4
_INVALID: Final = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004  # one short word of a message


def _chunks(source: Source, name: str, largest: int) -> Iterator[bytes]:
    """Yield the bytes of a log, unpacked.

    Raises:
        EventLogError: It is not packed as it says, or there is too much of it.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield from _unpacked(file, name, largest)
    else:
        yield from _unpacked(io.BytesIO(source) if isinstance(source, bytes) else source, name, largest)


def _unpacked(file: BinaryIO, name: str, largest: int) -> Iterator[bytes]:
    reader = io.BufferedReader(file)  # type: ignore[type-var]  # whatever is read like a file
    packed = reader.peek(len(_GZIP)).startswith(_GZIP)
    whole = gzip.GzipFile(fileobj=reader) if packed else reader
    left = largest
    try:
        while chunk := whole.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                unpacked = " unpacked" if packed else ""
                raise EventLogError(name, f"it has more than {largest} bytes{unpacked}; ask for more by largest=")
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise EventLogError(name, f"it is packed by gzip and broken ({exc}); pack it anew") from exc
    finally:
        reader.detach()  # which leaves the caller's file open

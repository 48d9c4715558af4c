"""Reading the XML of event logs: what is kept, what is hostile or broken, and that memory stays flat."""

import codecs
import gzip
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yingshang_flow.compliance.event_logs import stream
from yingshang_flow.compliance.event_logs.stream import Event, Header, Trace, read_traces
from yingshang_flow.errors import EventLogError

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<global scope="event"><string key="concept:name" value="none"/></global>
<classifier name="Activity" keys="concept:name"/>
<string key="source" value="甲系统"/>
<trace>
<string key="concept:name" value="T-1"/>
<event><string key="concept:name" value="收件"><string key="of it" value="x"/></string><int key="n" value="1"/></event>
<event>
<list key="several"><string key="concept:name" value="in a list"/></list>
</event>
</trace>
<trace/>
</log>
"""


def packed(data: bytes) -> bytes:
    """`data` by gzip, the same bytes at any time: a name of a test that holds them is the same in every process."""
    return gzip.compress(data, mtime=0)


def read(log: str | bytes, largest: int = stream.LARGEST) -> tuple[Header, list[Trace]]:
    header, traces = read_traces(log.encode() if isinstance(log, str) else log, largest=largest)
    return header, list(traces)


def refused(log: str | bytes, largest: int = stream.LARGEST) -> str:
    """What is said of a file that is no event log, in one line."""
    with pytest.raises(EventLogError) as caught:
        read(log, largest)
    (problem,) = caught.value.problems
    assert "\n" not in problem
    return problem


def test_traces_and_events_are_read_with_their_own_attributes_and_lines() -> None:
    header, traces = read(LOG)
    assert header == Header("the log", "UTF-8", {"source": "甲系统"})
    first = Event(9, {"concept:name": "收件", "n": "1"})
    assert traces == [
        Trace(1, 7, {"concept:name": "T-1"}, (first, Event(10, {}))),
        Trace(2, 14, {}, ()),
    ]


def test_a_log_may_name_its_elements_by_a_prefix() -> None:
    tags = ("log", "trace", "event", "string")
    named = LOG.replace("xmlns=", "xmlns:x=")
    for tag in tags:
        named = named.replace(f"<{tag}", f"<x:{tag}").replace(f"</{tag}>", f"</x:{tag}>")
    assert read(named)[1] == read(LOG)[1]


def test_a_log_is_read_from_a_path_its_bytes_or_an_open_file_which_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_bytes(LOG.encode())
    header, traces = read_traces(path)
    assert (header.name, list(traces)) == (str(path), read(LOG)[1])
    with path.open("rb") as file:
        assert list(read_traces(file)[1]) == read(LOG)[1]
        assert not file.closed
        file.seek(0)
        assert file.read() == LOG.encode()


@pytest.mark.parametrize("size", [1, 7, 2**16])
def test_a_packed_log_is_read_like_another_however_its_bytes_come(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_CHUNK", size)
    assert read(packed(LOG.encode()))[1] == read(LOG)[1]
    assert read(packed(LOG[:99].encode()) + packed(LOG[99:].encode()))[1] == read(LOG)[1]


@pytest.mark.parametrize(
    ("encoding", "declared", "told"),
    [
        ("utf-8", "utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8", "UTF-8"),
        ("utf-16", "UTF-16", "UTF-16"),
        ("gb18030", "GB18030", "GB18030"),
        ("gbk", "gb2312", "GB18030"),
    ],
)
@pytest.mark.parametrize("size", [1, 2**16])
def test_every_usual_encoding_reads_the_same(
    encoding: str, declared: str, told: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if size > 1 or encoding not in {"gb18030", "gbk"}:  # the declaration has to lie in the first piece
        monkeypatch.setattr(stream, "_CHUNK", max(size, 64))
    header, traces = read(LOG.replace("UTF-8", declared).encode(encoding))
    assert traces == read(LOG)[1]
    assert header.encoding == told


def lines(*inside: str) -> str:
    return "\n".join(("<log>", *inside, "</log>"))


BOMB = '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><log><string key="k" value="&b;"/></log>'
OUTSIDE = '<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>'
DEEP = "<list>" * 40 + "</list>" * 40


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("", "it is empty"),
        (b"", "it is empty"),
        ("   \n ", "line 2: it is no well-formed XML: no element found"),
        ("a,b,c\n1,2,3", "line 1: it is no well-formed XML: syntax error"),
        ("<log>", "line 1: it is no well-formed XML: no element found"),
        (LOG[:300], "it is no well-formed XML: unclosed token"),
        (LOG.replace("</trace>", "</trac>"), "line 13: it is no well-formed XML: mismatched tag"),
        ("<html><body/></html>", "line 1: it is no event log: it begins with <html>, not with <log>"),
        (f"<{'x' * 90}/>", f"line 1: it is no event log: it begins with <{'x' * 39}…>, not with <log>"),
        (BOMB, "line 1: it declares a document type, which an event log does not need and which is not read"),
        (OUTSIDE, "line 1: it declares a document type, which an event log does not need and which is not read"),
        ("<log>&nbsp;</log>", "line 1: it is no well-formed XML: undefined entity"),
        (lines("<trace>", DEEP, "</trace>"), "line 3: it is nested deeper than 32 levels; it is no usual event log"),
        (lines("<event/>"), "line 2: <event> does not belong here, in the log on level 2"),
        (lines("<trace><trace/></trace>"), "line 2: <trace> does not belong here, in a trace on level 3"),
        (
            lines("<trace><event><event/></event></trace>"),
            "line 2: <event> does not belong here, in a trace on level 4",
        ),
        (lines("<trace><global/></trace>"), "line 2: <global> does not belong here, in a trace on level 3"),
        (lines("<table/>"), "line 2: <table> does not belong here, in the log on level 2"),
        (lines('<string key="a"/>'), "line 2: <string> has no key or no value"),
        (lines('<string value="a"/>'), "line 2: <string> has no key or no value"),
        (lines('<int key="a" value="1"/>' * 2), "line 2: the attribute 'a' stands twice; keep one"),
        (LOG.encode("gbk"), "line 6: it is no well-formed XML: not well-formed (invalid token); if it is in a Chinese"),
        (LOG.replace("UTF-8", "GBK").encode(), "it is not in the encoding GB18030 that it declares; save it"),
        (LOG.replace("UTF-8", "GBK").encode("gbk")[:-3], "line 15: it is no well-formed XML: unclosed token"),
        (LOG.replace("UTF-8", "GBK").encode("gbk")[:600].rpartition(b"\xca\xd5")[0] + b"\xca", "GB18030"),
        (LOG.replace("UTF-8", "Shift_JIS"), "its encoding 'shift_jis' is not read; save it in UTF-8 or GB18030"),
        (LOG.replace("UTF-8", "idna").encode("utf-16"), "encoding"),
        (packed(LOG.encode())[:-9], "it is packed by gzip and broken (Compressed file ended before"),
        (packed(LOG.encode())[:20] + b"x" * 50, "it is packed by gzip and broken ("),
        (b"\x1f\x8bno", "it is packed by gzip and broken ("),
        (packed(b""), "it is empty"),
    ],
)
def test_a_file_that_is_no_event_log_is_told_in_one_problem(log: str | bytes, said: str) -> None:
    assert said in refused(log)


def test_a_log_with_more_bytes_than_are_wanted_is_refused_packed_or_not() -> None:
    size = len(LOG.encode())
    assert read(LOG, largest=size)[1] == read(LOG)[1]
    assert refused(LOG, largest=size - 1) == f"it has more than {size - 1} bytes; ask for more by largest="
    bomb = packed(b" " * 2**24)
    assert len(bomb) < 2**15
    assert refused(bomb, largest=2**20) == f"it has more than {2**20} bytes unpacked; ask for more by largest="


def test_a_single_tag_or_text_without_end_is_refused_before_it_is_held() -> None:
    endless = b'<log><string key="k" value="' + b"x" * (stream._LONGEST_TAG + 2**17)
    assert "a tag or text is longer than" in refused(endless)


def test_a_long_attribute_within_bounds_is_kept_whole() -> None:
    text = "长" * 2**20
    assert read(lines(f'<string key="k" value="{text}"/>'))[0].attributes == {"k": text}


class Endless(io.RawIOBase):
    """A log with so many traces, made as it is read."""

    def __init__(self, traces: int) -> None:
        self._pieces = self._made(traces)
        self._left = b""

    def _made(self, traces: int) -> Iterator[bytes]:
        yield b"<log>"
        for number in range(traces):
            yield f'<trace><string key="concept:name" value="{number}"/>{"<event/>" * 4}</trace>'.encode()
        yield b"</log>"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any buffer
        while len(self._left) < len(buffer) and (piece := next(self._pieces, None)) is not None:
            self._left += piece
        given, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


def test_memory_stays_flat_however_many_traces_there_are() -> None:
    def highest(traces: int) -> int:
        tracemalloc.start()
        count = len([trace.number for trace in read_traces(cast("BinaryIO", Endless(traces)))[1]])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == traces
        return peak

    assert highest(4_000) < 1.3 * highest(1_000)


PIECES = st.sampled_from(
    [
        *(
            "<log>",
            "</log>",
            "<trace>",
            "</trace>",
            "<event>",
            "</event>",
            "<list>",
            "</list>",
            "<global>",
            "</global>",
        ),
        '<string key="concept:name" value="收件"/>',
        '<date key="time:timestamp" value="2018-09-10T00:00:00"/>',
        *("<!--", "-->", "<![CDATA[", "]]>", "<?xml?>", "&amp;", "&x;", "<!DOCTYPE x>", "甲", "\0", " ", "<", '"'),
    ]
)


@given(st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=14).map("".join).map(str.encode)))
@example(codecs.BOM_UTF16_LE)
@example(b'<?xml version="1.0" encoding="hex"?><log/>')
def test_whatever_is_read_is_a_log_or_an_error_of_ours(data: bytes) -> None:
    for given_bytes in (data, packed(data)):
        try:
            _, traces = read(given_bytes)
        except EventLogError:
            continue
        assert [trace.number for trace in traces] == list(range(1, len(traces) + 1))


@given(st.data())
def test_a_log_with_a_changed_byte_is_a_log_or_an_error_of_ours(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([LOG.encode(), LOG.encode("utf-16"), packed(LOG.encode())])))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=3)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except EventLogError:
        return

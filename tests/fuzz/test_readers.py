"""Whatever a reader is given, it answers or raises an error of ours, in time, and leaves the input as it was."""

import copy
import io
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.codec.values import LIFECYCLE
from tests.compliance.permits import PERMITS
from tests.compliance.workbooks import workbook
from tests.core.roadworks import Log, crew, told
from tests.fuzz.spoiling import NASTY, VALUES, spoiled, spoiled_archive, spoiled_value
from tests.lifecycles.complaining import Desk
from yingshang_flow import policies
from yingshang_flow.cli import program
from yingshang_flow.codec.rows import case_from, case_text, links, record_from, record_text, skimmed
from yingshang_flow.compliance import Mapping, read_foreign_xes, read_ledger, read_xes, write_xes
from yingshang_flow.compliance.report.baseline import Baseline
from yingshang_flow.deadlines import Ledger, WorkingDays, parse
from yingshang_flow.deadlines.notices import read_notice
from yingshang_flow.deadlines.rules import DueRules, OfficeHours
from yingshang_flow.errors import YingshangFlowError
from yingshang_flow.lifecycles import complaint
from yingshang_flow.operations.checkpoint import Checkpoint, Leaf, Proof

SOME: Final = settings(max_examples=max(settings().max_examples // 5, 1))  # there are many readers
SECONDS: Final = 30  # of this process; no input needs one
DEEP: Final = (b"a = " + b"[" * 3000, b"a = " + b"9" * 5000, b"{" * 100_000, b"[" * 100_000, b"<a>" * 100_000)
COMPLAINT: Final = complaint("bayuquan-2018")


@contextmanager
def lawful() -> Iterator[None]:
    """Let errors of ours pass, and nothing else; end what takes too long."""

    def out_of_time(*_: object) -> None:
        raise AssertionError(f"it takes more than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    except YingshangFlowError as told_of:
        if not str(told_of):
            raise
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def from_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Let a reader of files read bytes; the file has to stay as it was, alone in its folder."""

    def reader(data: bytes) -> object:
        with TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(data)
            try:
                return read(path)
            finally:
                assert path.read_bytes() == data
                assert list(Path(folder).iterdir()) == [path]

    return reader


def from_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Let a reader of texts read bytes, and what no file in UTF-8 can hold."""
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def batch(path: Path) -> None:
    """Let the command line compute a file of deadlines."""
    result = CliRunner().invoke(program, ["deadline", "--batch", str(path), "--json"])
    assert result.exit_code in {0, 1, 2}, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception


def checkpoint() -> Checkpoint:
    """Return a made-up checkpoint."""
    leaves = tuple(Leaf(f"case-{number}", number, f"{number:064x}") for number in range(1, 6))
    return Checkpoint(datetime(2021, 3, 1, tzinfo=UTC), leaves)


def written_checkpoint() -> bytes:
    """Return its file."""
    file = io.BytesIO()
    checkpoint().write(file)
    return file.getvalue()


def exported() -> bytes:
    """Return the event log of a made-up case."""
    desk = Desk()
    desk.open()
    file = io.BytesIO()
    write_xes(file, [(desk.docket.history(case.id), desk.docket.lifecycle(case.id)) for case in desk.docket.find()])
    return file.getvalue()


NOTATION: Final = tuple(
    text.encode()
    for text in ("7工作日", "3个月", "15日", "2个工作日", "每季度", "2019-01-02", "半个工作日", "5 working days")
)
NOTICE: Final = """
key = "made-up-2027"
title = "编造的通知"
issued = 2026-11-05
publishes = 2027
[[off]]
date = 2027-05-01
until = 2027-05-05
name = "劳动节"
[[work]]
date = 2027-05-08
name = "调休上班"
""".encode()
HOLIDAYS: Final = json.dumps(
    {"year": 2027, "papers": [], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]}
).encode()
PROFILES: Final = tuple(path.read_bytes() for path in sorted(Path(policies.__file__ or "").parent.glob("*.toml")))
HEADINGS: Final = ["编号", "申请日期", "事项", "份数", "限期", "听取时间", "加急", "决定日期", "结果"]
ROWS: Final = [
    HEADINGS,
    ["a-1", "2021-03-01", "修路", "3", "2021-04-01", "2021-03-02 14:05", "是", "2021年3月5日", "准予"],
    ["a-2", "2021/3/2", '修"桥"', "", "", "", "否", "", ""],
]
CSV: Final = "".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) + "\r\n" for row in ROWS)
JSON_LINES: Final = "\n".join(json.dumps(dict(zip(HEADINGS, row, strict=True)), ensure_ascii=False) for row in ROWS[1:])
BOOK: Final = workbook([HEADINGS, ["a", date(2021, 3, 1), "修路", 3], ["b", "2021-03-01", None, None, "=B2"]])
MAPPING: Final = """
lifecycle = "permits"
sheet = "台账"
header = [1, 2]
serials = true
[columns]
"编号" = "id"
"申请日期" = "application.date"
"结果" = "decide.result"
""".encode()
BASELINE: Final = """
form = 1
[[accepted]]
fingerprint = "0123456789abcdef"
case = "a"
rule = "P1"
unit = ""
by = "某某"
on = 2019-04-01
why = "编造"
""".encode()
FOREIGN: Final = b"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="a"/><event><string key="concept:name" value="receive"/>
<date key="time:timestamp" value="2018-09-10T09:00:00+08:00"/></event></trace></log>
"""

BYTES: Final[dict[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]]] = {
    "notation": (from_text(parse), NOTATION),
    "switches": (from_text(DueRules.parse), (b"roll=none;closes=17:00", b"office_hours=09:00-12:00,13:00-17:00")),
    "office hours": (from_text(OfficeHours.parse), (b"09:00-12:00,13:00-17:00",)),
    "batch": (
        from_file("x.csv", batch),
        (b"start,period,switches\n2018-12-20,7\xe5\xb7\xa5\xe4\xbd\x9c\xe6\x97\xa5,\n",),
    ),
    "notice in TOML": (from_file("x.toml", read_notice), (NOTICE,)),
    "notice in JSON": (from_file("x.json", read_notice), (HOLIDAYS,)),
    "profile": (from_file("x.toml", policies.load), PROFILES),
    "ledger in CSV": (lambda data: read_ledger(data, PERMITS), (CSV.encode(), CSV.encode("gb18030"))),
    "ledger in JSON Lines": (lambda data: read_ledger(data, PERMITS), (JSON_LINES.encode(),)),
    "ledger file": (from_file("x.csv", lambda path: read_ledger(path, PERMITS)), (CSV.encode(), BOOK)),
    "mapping": (from_file("x.toml", Mapping.read), (MAPPING,)),
    "baseline": (from_file("x.toml", Baseline.read), (BASELINE,)),
    "own XES": (lambda data: list(read_xes(data)), (exported(),)),
    "foreign XES": (lambda data: read_foreign_xes(data, COMPLAINT), (FOREIGN,)),
    "checkpoint": (lambda data: Checkpoint.read(io.BytesIO(data)), (written_checkpoint(),)),
    "proof": (from_text(Proof.read), (checkpoint().proof("case-2").text.encode(),)),
}
STORY: Final = told("Li")
RECORD: Final = json.loads(record_text(STORY.act("log", "2021-03-03", Log("x"), by=crew("Li")), ""))
SNAPSHOT: Final = json.loads(case_text(told("Li").standing))
LEDGER: Final = (
    Ledger(WorkingDays(7), date(2018, 12, 20)).pause(date(2018, 12, 24), "补正").resume(date(2018, 12, 26)).as_dict()
)


def record_read(value: object) -> object:
    """Read a record in every way there is."""
    text = json.dumps(value)
    with suppress(YingshangFlowError):
        links(text)
    return record_from(text, LIFECYCLE)


def case_read(value: object) -> object:
    """Read a case in every way there is."""
    text = json.dumps(value)
    with suppress(YingshangFlowError):
        skimmed(text, LIFECYCLE)
    return case_from(text, LIFECYCLE)


def ledger_read(value: Any) -> object:  # noqa: ANN401  # as JSON has it
    """Read a deadline's ledger, and look at it."""
    before = copy.deepcopy(value)
    try:
        return Ledger.from_dict(value).as_dict()
    finally:
        assert repr(value) == repr(before)


VALUED: Final[dict[str, tuple[Callable[[Any], object], Any]]] = {
    "record": (record_read, RECORD),
    "case": (case_read, SNAPSHOT),
    "ledger of a deadline": (ledger_read, LEDGER),
    "line of JSON": (
        lambda value: read_ledger(json.dumps(value).encode(), PERMITS),
        json.loads(JSON_LINES.split("\n")[0]),
    ),
    "notice": (lambda value: from_file("x.json", read_notice)(json.dumps(value).encode()), json.loads(HOLIDAYS)),
    "leaf": (Leaf.of, json.loads(checkpoint().leaves[0].text)),
    "proof": (
        lambda value: Proof.read(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))),
        json.loads(checkpoint().proof("case-2").text),
    ),
}


@pytest.mark.parametrize("name", BYTES)
def test_what_is_right_is_read(name: str) -> None:
    read, good = BYTES[name]
    for data in good:
        read(data)


@pytest.mark.parametrize("name", VALUED)
def test_a_value_that_is_right_is_read(name: str) -> None:
    read, good = VALUED[name]
    read(good)


@pytest.mark.parametrize("data", [*NASTY, *DEEP], ids=lambda data: repr(data[:12]))
@pytest.mark.parametrize("name", BYTES)
def test_nasty_bytes_are_read_or_told(name: str, data: bytes) -> None:
    with lawful():
        BYTES[name][0](data)


@pytest.mark.parametrize("name", BYTES)
@SOME
@given(data=st.data())
def test_spoiled_bytes_are_read_or_told(name: str, data: st.DataObject) -> None:
    read, good = BYTES[name]
    given_bytes = data.draw(spoiled(*good) | st.binary(max_size=60))
    with lawful():
        read(given_bytes)


@SOME
@given(data=spoiled_archive(BOOK))
def test_spoiled_workbooks_are_read_or_told(data: bytes) -> None:
    with lawful():
        read_ledger(data, PERMITS)


@pytest.mark.parametrize("name", VALUED)
@SOME
@given(data=st.data())
def test_spoiled_values_are_read_or_told(name: str, data: st.DataObject) -> None:
    read, good = VALUED[name]
    value = data.draw(spoiled_value(good) | VALUES)
    with lawful():
        read(value)

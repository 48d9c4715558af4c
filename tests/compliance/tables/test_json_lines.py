"""JSON Lines as ledgers: nested keys, lines that are no objects, and kinds of values."""

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any, BinaryIO

import pytest

from tests.compliance.permits import PERMITS, Application
from yingshang_flow.compliance import Ledger, Mapping, read_ledger
from yingshang_flow.compliance.tables import json_lines
from yingshang_flow.compliance.tables.json_lines import json_table
from yingshang_flow.errors import LedgerError

MAPPING = Mapping.from_text(
    """
    lifecycle = "permits"
    partial = true
    [columns]
    "编号" = "id"
    "申请日期" = "application.date"
    "份数" = "application.copies"
    "加急" = "application.urgent"
    "事项" = "tags"
    """
)


def lines(*objects: object) -> bytes:
    return "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in objects).encode()


def read(*objects: object) -> Ledger:
    return read_ledger(lines(*objects), PERMITS, mapping=MAPPING)


def application(**fields: object) -> dict[str, Any]:
    return {"id": 7, "tags": ["甲", "乙"], "application": {"date": "2021-03-01", **fields}, "other": {"x": {"y": 1}}}


def test_nested_keys_are_found_by_their_paths_and_values_of_every_kind_are_read() -> None:
    found = read(application(copies=2, urgent=True), "", application(date=20210302, copies=None) | {"id": "8"})
    assert [(row.line, row.reference) for row in found.rows] == [(1, "7"), (3, "8")]
    assert found.rows[0].acts[0].content == Application(matter="甲、乙", copies=2, urgent=True)
    assert found.rows[1].acts[0].at.date == date(2021, 3, 2)
    assert (found.encoding, found.ignored, found.blank) == ("JSON Lines", ("other.x.y",), 1)


def test_a_bare_serial_number_is_refused_with_its_meaning_offered() -> None:
    (problem,) = read(application(date=44256)).problems
    assert "maybe 2021-03-01" in problem.remedy.en


def test_a_key_that_comes_late_is_read_as_any_other() -> None:
    found = read({"id": 1, "application": {"date": "2021-03-01"}}, application(copies=5))
    assert [getattr(row.acts[0].content, "copies", None) for row in found.rows] == [None, 5]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": ', "it is no JSON"),
        ("[1]", "it is no JSON object"),
        ("[" * 100_000, "it is no JSON"),
        ('{"id": 1, "application": {"date": [{"a": 1}]}}', "it is a list of more than texts"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_alone(line: str, why: str) -> None:
    found = read(application(), line)
    assert (len(found.rows), found.refused, found.problems[0].line) == (1, 1, 2)
    assert why in found.problems[0].why.en


def test_a_line_in_another_encoding_is_refused_alone() -> None:
    found = read_ledger(lines(application()) + '\n{"id": "甲"}'.encode("gb18030"), PERMITS, mapping=MAPPING)
    assert (len(found.rows), found.refused) == (1, 1)
    assert "not UTF-8 (byte 8)" in found.problems[0].why.en


def opened(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(data)


def test_a_file_without_any_object_is_told() -> None:
    with pytest.raises(LedgerError, match="no line is a JSON object with a value"):
        json_table(opened(b"{}\n[]\n"), "x")


def test_endless_lines_and_keys_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "_LONGEST_LINE", 100)
    with pytest.raises(LedgerError, match="line 2 is longer than 100 bytes"):
        json_table(opened(b"{}\n" + b" " * 101), "x")
    monkeypatch.setattr(json_lines, "_MOST_KEYS", 2)
    with pytest.raises(LedgerError, match="more than 2 keys"):
        json_table(opened(b'{"a": 1, "b": 1, "c": 1}'), "x")

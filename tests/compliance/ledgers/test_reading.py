"""Reading a ledger from whatever is given: the kinds of file, what is never held in memory, and one way to say each."""

import os
import threading
import tracemalloc
from pathlib import Path

import pytest

from tests.compliance.permits import PERMITS
from tests.compliance.workbooks import workbook
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Ledger, Mapping, read_ledger
from yingshang_flow.compliance.tables import csv_file
from yingshang_flow.compliance.tables.opening import open_table
from yingshang_flow.errors import HeadingsError, LedgerError

ROWS = (("编号", "申请日期"), ("a", "2021-03-01"), ("b", "2021-02-30"))


def without_source(found: Ledger) -> tuple[object, ...]:
    return found.rows, [(one.line, one.column, one.value, one.why) for one in found.problems], found.told


def test_the_same_rows_read_the_same_from_every_kind_of_file(tmp_path: Path) -> None:
    text = "\n".join(map(",".join, ROWS))
    files = {
        "台账.csv": text.encode("gb18030"),
        "台账.xlsx": workbook(ROWS),
        "misnamed.csv": workbook(ROWS),
        "台账.txt": text.encode("utf-8-sig"),
    }
    read = []
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        found = read_ledger(path, PERMITS)
        assert without_source(found) == without_source(read_ledger(data, PERMITS))
        assert found.name == str(path)
        read.append(without_source(found))
    assert all(one == read[0] for one in read)
    lines = b'{"id": "a", "d": "2021-03-01"}\n{"id": "b", "d": "2021-02-30"}'
    mapping = Mapping.from_text('lifecycle = "permits"\n[columns]\n"编号" = "id"\n"申请日期" = "d"\n')
    found = read_ledger(lines, PERMITS, mapping=mapping)
    assert ([row.reference for row in found.rows], found.refused) == (["a"], 1)


def test_a_table_that_was_opened_is_read_as_it_is() -> None:
    found = read_ledger(open_table(workbook(ROWS), name="x"), PERMITS)
    assert (found.name, len(found.rows), found.refused) == ("x", 1, 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=("\n".join(map(",".join, ROWS)).encode(),))
    writer.start()
    assert len(read_ledger(path, PERMITS).rows) == 1
    writer.join()


def test_a_ledger_of_another_kind_is_told_with_what_is_known() -> None:
    with pytest.raises(HeadingsError) as caught:
        read_ledger("约谈编号,约谈对象,约谈日期\n1,甲局,2018-09-10\n".encode(), lifecycles.complaint("bayuquan-2018"))
    assert caught.value.problems[0] == "the column 收到日期 (or 接到日期, 接诉日期) is missing; add it"
    assert caught.value.problems[1].startswith("not known: 约谈编号, 约谈对象, 约谈日期; known are 投诉编号, ")


def test_a_large_text_file_is_never_held_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    line = "{},2021-03-01," + "说" * 2_000 + "\n"
    with path.open("w", encoding="utf-8") as file:
        file.write("编号,申请日期,备注\n")
        file.writelines(line.format(number) for number in range(4_000))
    size = path.stat().st_size
    assert size > 20 << 20
    tracemalloc.start()
    try:
        found = read_ledger(path, PERMITS)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.rows) == 4_000
    assert peak < 10 << 20


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_LONGEST_LINE", 1_000)
    with pytest.raises(LedgerError, match="line 2 is longer than 1,000 bytes"):
        read_ledger("编号,申请日期\n".encode() + b"x" * 1_001, PERMITS)


def test_a_text_that_ends_in_the_middle_of_a_letter_is_told() -> None:
    with pytest.raises(LedgerError, match=r"neither UTF-8 \(line 2 holds the byte 0xE4\)"):
        read_ledger("编号,申请日期\n1,".encode() + b"\xe4\xb8", PERMITS)


def test_known_headings_are_found_over_the_seam_of_two_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_CHUNK", 3)
    assert len(read_ledger("编号,申请日期\n甲,2021-03-01\n".encode("gb18030"), PERMITS).rows) == 1

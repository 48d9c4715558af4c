"""Excel workbooks: that they read as openpyxl reads them, and what is told of what a spreadsheet can hide or break."""

import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.compliance.permits import PERMITS, Application
from tests.compliance.workbooks import SHEET, read_by_openpyxl, repacked, saved, workbook
from yingshang_flow.compliance import Ledger
from yingshang_flow.compliance.ledgers.reading import read_ledger
from yingshang_flow.compliance.tables import workbook_parts
from yingshang_flow.compliance.tables.cells import Day, Unreadable
from yingshang_flow.compliance.tables.opening import open_table
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import LedgerError

HEADINGS = ["编号", "申请日期", "事项", "份数", "决定日期", "结果"]
DAY = date(2021, 3, 1)


def read(rows: Sequence[Any], change: Callable[[Worksheet], None] | None = None) -> Ledger:
    return read_ledger(workbook(rows, change), PERMITS, name="台账.xlsx")


def refused(data: bytes, sheet: str | None = None) -> str:
    """Why a workbook cannot be read, in the one problem it has."""
    with pytest.raises(LedgerError) as caught:
        read_ledger(data, PERMITS, sheet=sheet, name="台账.xlsx")
    (problem,) = caught.value.problems
    return problem


def problems(found: Ledger) -> list[str]:
    return [problem.text("en") for problem in found.problems]


def notes(found: Ledger) -> list[str]:
    return [note.en for note in found.notes]


# --- what it reads ----------------------------------------------------------------------------------------------------


def test_text_numbers_and_dates_are_read_as_their_columns_ask() -> None:
    found = read([HEADINGS, [1001, DAY, " 修路 ", 3, datetime(2021, 3, 2, 10, 30), "准予"]])  # noqa: DTZ001
    (row,) = found.rows
    assert (row.line, row.reference, found.sheet, found.encoding) == (2, "1001", "台账", "XLSX")
    assert row.acts[0].content == Application(matter="修路", copies=3)
    assert (row.acts[0].at.date, row.acts[0].at.precision) == (DAY, "day")
    assert row.acts[1].at.instant == datetime(2021, 3, 2, 10, 30, tzinfo=CHINA_TIME)


def test_a_bare_number_in_a_date_column_is_the_day_a_spreadsheet_keeps_so_in_either_epoch() -> None:
    rows = [HEADINGS, ["a", 44256], ["b", 20210301], ["c", "2021.3.1"], ["d", "44256"]]
    found = read(rows)
    assert [row.acts[0].at.date for row in found.rows] == [DAY, DAY, DAY]
    assert "maybe 2021-03-01" in problems(found)[0]  # as text it could be a number of anything
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    for values in ([*HEADINGS], ["a", 44256 - 1462], ["b", DAY]):
        sheet.append(values)
    assert [row.acts[0].at.date for row in read_ledger(saved(book), PERMITS).rows] == [DAY, DAY]


def test_a_number_that_is_no_date_is_refused_with_sheet_line_column_and_value() -> None:
    (said,) = problems(read([HEADINGS, ["a", 3_000_000.5]]))
    assert said == (
        "sheet “台账”, line 2, 申请日期 (column B) '3000000.5': the number is no date; write a date such as "
        "2018-09-10, or leave it empty"
    )
    assert read([HEADINGS, ["a", 3_000_000.5]]).problems[0].text("zh").startswith("工作表“台账”第2行申请日期（B列）")


def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_refused() -> None:
    assert "keeps only 15 digits" in problems(read([HEADINGS, [210101199001011234, DAY]]))[0]


def test_a_date_of_an_impossible_year_is_refused_and_harmless_elsewhere() -> None:
    found = read([[*HEADINGS, "备注"], ["a", date(1900, 3, 1)], ["b", DAY, None, None, None, None, date(1900, 3, 1)]])
    assert [row.reference for row in found.rows] == ["b"]
    assert "the year is impossible" in problems(found)[0]


def test_an_error_in_the_number_of_a_case_is_refused() -> None:
    found = read([HEADINGS, ["#N/A", DAY], ["b", DAY]])
    assert [row.reference for row in found.rows] == ["b"]
    assert (found.problems[0].column, found.problems[0].value) == ("编号", "#N/A")


def test_mixed_ways_to_write_a_date_are_noted() -> None:
    assert notes(read([HEADINGS, ["a", DAY], ["b", "2021.3.1"]])) == [
        "the column 申请日期 mixes ways to write a date: 日期格式 (line 2), 2018.9.10 (line 3)"
    ]


def test_a_truth_value_is_read_as_yes_or_no() -> None:
    heads = ["申请日期", "加急"]
    content = [row.acts[0].content for row in read([heads, [DAY, True], [DAY, False]]).rows]
    assert content == [Application(urgent=True), Application(urgent=False)]


def test_rich_text_and_inline_text_are_read_whole_without_how_they_are_pronounced() -> None:
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>编号</t></si><si><t>申请日期</t></si>"
        "<si><r><t>甲</t></r><r><t xml:space='preserve'>-1</t></r><rPh sb='0' eb='1'><t>ja</t></rPh></si></sst>"
    ).encode()

    def shared(xml: bytes) -> bytes:
        for number, text in enumerate(("编号", "申请日期", "x")):
            inline = f't="inlineStr"><is><t>{text}</t></is>'.encode("ascii", "xmlcharrefreplace")
            assert inline in xml
            xml = xml.replace(inline, f't="s"><v>{number}</v>'.encode())
        return xml

    data = workbook([["编号", "申请日期"], ["x", DAY]])
    assert read_ledger(data, PERMITS).rows[0].reference == "x"
    relation = b'<Relationship Id="s" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    relations = {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"</Relationships>", relation)}
    data = repacked(data, {"xl/sharedStrings.xml": strings, SHEET: shared, **relations})
    assert read_ledger(data, PERMITS).rows[0].reference == "甲-1"


def test_cells_and_rows_without_their_address_are_counted() -> None:
    def bare(xml: bytes) -> bytes:
        for address in (b' r="A1"', b' r="B1"', b' r="A2"', b' r="B2"', b' r="1"', b' r="2"'):
            xml = xml.replace(address, b"")
        return xml

    (row,) = read_ledger(repacked(workbook([["编号", "申请日期"], ["x", DAY]]), {SHEET: bare}), PERMITS).rows
    assert (row.line, row.reference) == (2, "x")


def test_names_with_a_prefix_read_the_same() -> None:
    def prefixed(xml: bytes) -> bytes:
        text = xml.decode().replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
        return text.encode()

    data = workbook([["编号", "申请日期"], ["x", DAY]], lambda sheet: sheet.merge_cells("A5:A6"))
    data = repacked(data, {SHEET: prefixed})
    assert read_ledger(data, PERMITS).rows[0].reference == "x"
    assert len(open_table(data).merged) == 1


CELLS = st.one_of(
    st.none(),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="="), min_size=1, max_size=6
    ),
    st.integers(1, 40_000),
    st.integers(-500, 10**6).map(lambda number: number / 8),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2190, 1, 1)),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_it_reads_what_openpyxl_reads(rows: list[list[Any]]) -> None:
    data = workbook(rows)
    told = {line: list(cells) for line, cells in open_table(data).rows if not isinstance(cells, Unreadable)}
    for line, values in enumerate(read_by_openpyxl(data), 1):
        cells = told.get(line, [])
        cells += [""] * (len(values) - len(cells))
        for value, cell in zip(values, cells, strict=True):
            if isinstance(value, datetime):
                assert isinstance(cell, Day)
                assert cell.at.date == value.date()
            elif isinstance(value, bool):
                assert cell == ("是" if value else "否")
            elif value == 0 and value is not None:
                assert cell == "0"
            else:
                assert cell == ("" if value is None else value.strip() if isinstance(value, str) else value)


# --- what it tells ----------------------------------------------------------------------------------------------------


def test_a_formula_that_was_never_calculated_is_told_and_not_taken_for_an_empty_cell() -> None:
    found = read([HEADINGS, ["a", DAY, None, None, "=B2+5"], ["b", DAY]])
    assert [row.reference for row in found.rows] == ["b"]
    (said,) = problems(found)
    assert said == (
        "sheet “台账”, line 2, 决定日期 (column E) '': the formula has no result in the file; open and save it in the "
        "spreadsheet program"
    )


def test_the_result_of_a_formula_is_read() -> None:
    data = workbook([HEADINGS, ["a", "=DATE(2021,3,1)"]])
    data = repacked(
        data, {SHEET: lambda xml: xml.replace(b"<v></v>", b"<v>44256</v>").replace(b"<v />", b"<v>44256</v>")}
    )
    assert read_ledger(data, PERMITS).rows[0].acts[0].at.date == DAY


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!"])
def test_an_error_cell_is_told_where_it_is_read_and_harmless_elsewhere(error: str) -> None:
    found = read([[*HEADINGS, "备注"], ["a", error], ["b", DAY, None, None, None, None, error]])
    assert [row.reference for row in found.rows] == ["b"]
    (problem,) = found.problems
    assert (problem.sheet, problem.line, problem.letter, problem.column) == ("台账", 2, "B", "申请日期")
    assert (problem.value, "error of the spreadsheet" in problem.why.en) == (error, True)


def test_rows_that_merged_cells_make_one_are_refused_and_the_others_taken() -> None:
    rows = [HEADINGS, ["a", DAY], [None, DAY], ["c", DAY], ["d", DAY]]
    found = read(rows, lambda sheet: sheet.merge_cells("A2:A3"))
    assert [row.reference for row in found.rows] == ["c", "d"]
    assert (found.total, found.refused) == (4, 2)
    assert problems(found)[1].startswith("sheet “台账”, line 3: it is part of the merged cells A2:A3; take the merge")


def test_cells_that_are_merged_across_columns_that_are_read_are_refused() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("B2:C2")  # hides the matter
        sheet.merge_cells("F3:H3")  # hides nothing that is read

    found = read([HEADINGS, ["a", DAY], ["b", DAY]], merge)
    assert [row.reference for row in found.rows] == ["b"]


def test_many_merges_are_each_told_for_their_rows() -> None:
    def merge(sheet: Worksheet) -> None:
        for line in range(2, 202, 4):
            sheet.merge_cells(f"A{line}:A{line + 1}")
            sheet.merge_cells(f"B{line}:B{line + 1}")

    found = read([HEADINGS, *([f"n{line}", DAY] for line in range(2, 202))], merge)
    assert [row.line for row in found.rows] == [line for line in range(2, 202) if line % 4 in {0, 1}]
    assert (found.total, found.blank) == (150, 50)  # what a merge hides is blank


def test_a_merged_title_is_told_with_the_line_of_the_headings() -> None:
    rows = [["2021年许可台账"], HEADINGS, ["a", DAY]]
    with pytest.raises(LedgerError) as caught:
        read(rows, lambda sheet: sheet.merge_cells("A1:F1"))
    assert caught.value.problems[-1] == (
        "the headings seem to stand on line 2; delete what is above them, or say header = 2 in a mapping"
    )


def test_hidden_rows_are_read_and_told() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[4].hidden = True

    found = read([HEADINGS, ["a", DAY], ["b", DAY], ["c", DAY]], hide)
    assert len(found.rows) == 3
    assert notes(found) == ["hidden rows are read too: 2, the first on line 3"]


@pytest.fixture
def several() -> bytes:
    """A workbook of a hidden sheet, two ledgers and a chart."""
    book = Workbook()
    for title, reference, state in (("旧", "old", "hidden"), ("甲", "a", "visible"), ("乙", "b", "visible")):
        sheet = book.create_sheet(title)
        sheet.append(["编号", "申请日期"])
        sheet.append([reference, DAY])
        sheet.sheet_state = state
    book.create_chartsheet("图")
    book.remove(book.worksheets[0])
    return saved(book)


def test_the_first_sheet_that_is_not_hidden_is_read_and_the_others_are_told(several: bytes) -> None:
    found = read_ledger(several, PERMITS)
    assert (found.sheet, found.rows[0].reference) == ("甲", "a")
    assert notes(found) == ["sheets not read: 旧 (hidden), 乙"]


@pytest.mark.parametrize(("sheet", "reference"), [("乙", "b"), (3, "b"), ("3", "b"), ("旧", "old")])
def test_a_sheet_is_chosen_by_its_name_or_its_number(several: bytes, sheet: str | int, reference: str) -> None:
    found = read_ledger(several, PERMITS, sheet=sheet)
    assert found.rows[0].reference == reference
    assert (notes(found)[0] == "the sheet that is read is hidden: 旧") is (reference == "old")


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(several: bytes) -> None:
    assert refused(several, "丙") == "it has no sheet '丙'; there are 旧, 甲, 乙, or say a number from 1"
    with pytest.raises(LedgerError, match="only a workbook has sheets"):
        read_ledger("编号,申请日期\n".encode(), PERMITS, sheet="甲")


def test_columns_further_right_than_the_headings_are_told_as_not_read() -> None:
    found = read([["编号", "申请日期"], ["a", DAY, None, "x"]])
    assert found.ignored == ("(D)",)
    assert len(found.rows) == 1


def test_blank_rows_between_are_counted_apart() -> None:
    found = read([HEADINGS, ["a", DAY], [None, " "], ["b", DAY]])
    assert (len(found.rows), found.blank) == (2, 1)


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_an_empty_sheet_is_told() -> None:
    assert refused(workbook([])) == "the sheet '台账' is empty; the first row must hold the headings"


def test_a_cell_of_a_megabyte_is_refused_alone() -> None:
    long = "长" * 500_000

    def lengthen(xml: bytes) -> bytes:
        return xml.replace("短".encode("ascii", "xmlcharrefreplace"), long.encode())

    data = workbook([HEADINGS, ["a", DAY, "短"], ["b", DAY]])
    found = read_ledger(repacked(data, {SHEET: lengthen}), PERMITS)
    assert [row.reference for row in found.rows] == ["b"]
    (problem,) = found.problems
    assert (len(problem.value), problem.why.en) == (40, "it holds 500,000 characters")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xd0\xcf\x11\xe0rest", "it is an old Excel workbook (.xls); save it as .xlsx"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected by a password; open it"),
        (b"PK\x03\x04rest", "begins as an Excel workbook but is damaged"),
    ],
)
def test_old_protected_and_damaged_files_are_told_apart(data: bytes, why: str) -> None:
    assert why in refused(data)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("xl/workbook.bin", "binary workbook (.xlsb)"),
        ("word/document.xml", "Word document"),
        ("content.xml", "OpenDocument"),
    ],
)
def test_other_kinds_of_archive_are_told(part: str, why: str) -> None:
    assert why in refused(repacked(workbook([HEADINGS]), {part: b"x"}))


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/workbook.xml": None, "xl/_rels/workbook.xml.rels": None},
        {"xl/workbook.xml": b"<workbook"},
        {SHEET: b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData></worksheet>"},
        {SHEET: b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v>"},
        {SHEET: b"<worksheet><row r='1'><c r='B1'><v>1</v></c><c r='A1'><v>1</v></c></row></worksheet>"},
        {SHEET: b"<worksheet><sheetData><row r='1'><c r='ZZZZZ1'><v>1</v></c></row></sheetData></worksheet>"},
        {SHEET: b"<worksheet><sheetData><row r='1'><c r='A1'><v>nan</v></c></row></sheetData></worksheet>"},
        {SHEET: b"<worksheet><sheetData><row r='1'><c r='A1'><v>x</v></c></row></sheetData></worksheet>"},
        {SHEET: b"<worksheet><sheetData><row r='x'></row></sheetData></worksheet>"},
        {SHEET: b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>-1</v></c></row></sheetData></worksheet>"},
        {SHEET: b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet></worksheet>"},
    ],
)
def test_a_workbook_with_a_part_that_makes_no_sense_is_damaged(parts: dict[str, bytes | None]) -> None:
    assert "damaged" in refused(repacked(workbook([HEADINGS, ["a", DAY]]), parts))


def test_a_workbook_without_sheets_of_cells_is_told() -> None:
    def no_sheets(xml: bytes) -> bytes:
        return xml[: xml.index(b"<sheets>")] + b"<sheets/>" + xml[xml.index(b"</sheets>") + 9 :]

    assert "no sheet with cells" in refused(repacked(workbook([HEADINGS]), {"xl/workbook.xml": no_sheets}))


def test_an_archive_with_a_password_is_told() -> None:
    data = bytearray(workbook([HEADINGS, ["a", DAY]]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1  # the flag of an encrypted part
            at = data.find(mark, at + 4)
    assert "protected by a password" in refused(bytes(data))


def test_a_byte_that_is_wrong_in_the_middle_is_told() -> None:
    data = workbook([HEADINGS, *([f"n{number}", DAY] for number in range(500))])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(SHEET)
        middle = info.header_offset + 200
    broken = data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :]
    assert "damaged" in refused(broken)


WHOLE = workbook([HEADINGS, ["a", DAY, "修路", 3], ["b", "2021-03-01", None, None, "=B2"]])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@settings(deadline=None, max_examples=150)
def test_a_file_with_any_byte_wrong_is_read_or_refused(at: int, change: int) -> None:
    read_or_refused(WHOLE[:at] + bytes([WHOLE[at] ^ change]) + WHOLE[at + 1 :])


@pytest.mark.parametrize("number", [b"", b"x", b"9" * 5_000])
def test_a_style_whose_number_format_is_no_number_is_none_of_a_date(number: bytes) -> None:
    def changed(xml: bytes) -> bytes:
        before, cells, after = xml.partition(b"<cellXfs")
        return before + cells + re.sub(rb'numFmtId="\d+"', b'numFmtId="%s"' % number, after)

    data = repacked(WHOLE, {"xl/styles.xml": changed})
    package = workbook_parts.Package.open(lambda: io.BytesIO(data), "台账")
    assert package.date_styles == frozenset()
    assert workbook_parts.Package.open(lambda: io.BytesIO(WHOLE), "台账").date_styles


@given(
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"]),
    st.integers(0, 3_000),
    st.binary(max_size=3),
)
@settings(deadline=None, max_examples=150)
def test_a_part_with_any_bytes_wrong_is_read_or_refused(part: str, at: int, change: bytes) -> None:
    read_or_refused(repacked(WHOLE, {part: lambda xml: xml[: at % len(xml)] + change + xml[at % len(xml) + 1 :]}))


def read_or_refused(data: bytes) -> None:
    """Read a workbook; what is wrong with it is a LedgerError, whatever it is."""
    with suppress(LedgerError):
        found = read_ledger(data, PERMITS)
        assert found.total == len(found.rows) + found.refused


def test_what_grows_beyond_all_measure_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_parts, "PACKED_FROM", 1 << 20)
    bomb = repacked(workbook([HEADINGS]), {SHEET: b"<worksheet>" + b" " * (8 << 20)})
    assert "it grows from" in refused(bomb)
    monkeypatch.setattr(workbook_parts, "MOST_BYTES", 1 << 20)
    assert "at most 1,048,576 are read" in refused(bomb)


def test_an_archive_that_says_less_than_it_holds_gives_no_more_than_it_says() -> None:
    data = bytearray(repacked(workbook([HEADINGS]), {SHEET: b"<worksheet>" + b" " * (4 << 20)}))
    at = data.find(SHEET.encode(), data.find(b"PK\x01\x02")) - 46
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    tracemalloc.start()
    try:
        assert "damaged" in refused(bytes(data))
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
    finally:
        tracemalloc.stop()


def test_a_large_sheet_is_never_held_as_a_whole(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["编号", "申请日期", "备注"])
    for number in range(4_000):
        sheet.append([number + 1, DAY + timedelta(number % 300), "说" * 200])
    path = tmp_path / "台账.xlsx"
    book.save(path)
    tracemalloc.start()
    try:
        rows = sum(1 for _ in open_table(path).rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows == 4_001
    assert peak < 4 << 20

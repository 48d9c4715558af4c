"""Where a bound lies: what is just within it is left as it is, and what is just beyond is not."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import pytest

from tests.compliance.permits import COLUMNS, PERMITS
from yingshang_flow.compliance import read_ledger
from yingshang_flow.compliance.event_logs import foreign, stream
from yingshang_flow.compliance.event_logs.stream import read_traces
from yingshang_flow.compliance.ledgers.fields import read_field
from yingshang_flow.compliance.report import markup
from yingshang_flow.compliance.report.workbook.cells import legal
from yingshang_flow.compliance.tables import csv_file
from yingshang_flow.compliance.tables.cells import Day, Unreadable, read_day, read_ordered_day, read_serial
from yingshang_flow.compliance.tables.csv_file import separated_by
from yingshang_flow.compliance.tables.table import LONGEST_CELL, letters, listed, place_of, short
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import LedgerError

MATTER: Final = next(column for column in COLUMNS if column.field == "matter")
UNTIL: Final = next(column for column in COLUMNS if column.field == "until")


@pytest.mark.parametrize(
    ("shorten", "longest"),
    [
        (short, 40),
        (foreign._short, 40),
        (stream._short, 40),
        (markup.short, 160),
        (legal, 32_767),
        (lambda text: legal(text, 2_000), 2_000),
    ],
    ids=["cell", "activity", "tag", "page", "workbook", "comment"],
)
def test_a_text_is_shortened_only_where_it_is_longer_than_the_bound(
    shorten: Callable[[str], str], longest: int
) -> None:
    text = "甲" * longest
    assert shorten(text) == text
    assert shorten(f"{text}乙") == f"{text[:-1]}…"


def test_of_many_names_the_first_thirty_are_listed() -> None:
    names = [str(number) for number in range(31)]
    assert listed(names[:30]) == ", ".join(names[:30])
    assert listed(names) == f"{', '.join(names[:30])} and 1 more"
    assert listed(["a\n b", "c"], most=1) == "a b and 1 more"


def test_a_cell_of_just_the_longest_text_is_taken() -> None:
    assert read_field("x" * LONGEST_CELL, MATTER, str | None) == "x" * LONGEST_CELL
    refused = read_field("x" * (LONGEST_CELL + 1), MATTER, str | None)
    assert isinstance(refused, Unreadable)
    assert (refused.why.zh, refused.why.en) == ("有131073个字", "it holds 131,073 characters")
    assert (refused.remedy.zh, refused.remedy.en) == ("请缩短至131072字以内", "shorten it to 131,072 at most")


def test_a_date_in_a_column_of_texts_is_its_text() -> None:
    day = Day(Moment.of(date(2018, 9, 10)), "")
    assert read_field(day, MATTER, str | None) == "2018-09-10"
    assert read_field(day, UNTIL, date | None) == date(2018, 9, 10)


@pytest.mark.parametrize(
    ("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_go_by_letters(place: int, name: str) -> None:
    assert (letters(place), place_of(name)) == (name, place)


@pytest.mark.parametrize(
    ("number", "found"),
    [
        (-1, "the number is no date"),
        (0, "the year is impossible"),
        (43_353, date(2018, 9, 10)),
        (2_958_464, "the year is impossible"),
        (2_958_465, "the year is impossible"),
        (2_958_466, "the number is no date"),
        (19_490_100, "the number is no date"),
        (19_490_101, date(1949, 1, 1)),
        (21_991_231, date(2199, 12, 31)),
        (22_000_101, "the number is no date"),
    ],
)
def test_the_number_of_a_day_is_read_as_far_as_there_are_days(number: int, found: date | str) -> None:
    read = read_serial(number)
    assert (read.at.date if isinstance(read, Day) else read.why.en) == found


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("3/4/2018", "DD/MM/YYYY", date(2018, 4, 3)),
        ("3/4/2018", "MM/DD/YYYY", date(2018, 3, 4)),
        ("2018-04-03", "MM/DD/YYYY", date(2018, 4, 3)),
    ],
)
def test_an_order_that_is_named_is_followed(text: str, order: str, day: date) -> None:
    found = read_ordered_day(text, order)
    assert isinstance(found, Day)
    assert found.at.date == day


@pytest.mark.parametrize("text", ["2018-09-10 23:59:59", "2018年9月10日 23时59分59秒", "20180910T23:59:59.0"])
def test_the_last_second_of_a_day_is_kept(text: str) -> None:
    found = read_day(text)
    assert isinstance(found, Day)
    assert found.at.instant == datetime(2018, 9, 10, 23, 59, 59, tzinfo=CHINA_TIME)


def test_a_line_is_measured_over_the_pieces_in_which_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "_CHUNK", 4)
    monkeypatch.setattr(csv_file, "_LONGEST_LINE", 10)
    check = csv_file._Check(io.BytesIO(b"123456789\n" * 3), "台账")
    assert check.undecodable("utf-8") == ""
    with pytest.raises(LedgerError, match="line 2 is longer than 10 bytes"):
        csv_file._Check(io.BytesIO(b"1\n234567890123\n"), "台账").undecodable("utf-8")


@pytest.mark.parametrize(
    ("headings", "said"), [(["a;b"], "semicolons"), (["a，b"], "Chinese commas"), (["a", "b;c"], None), (["a"], None)]
)
def test_another_separator_is_told_where_there_is_one_heading(headings: list[str], said: str | None) -> None:
    assert separated_by(headings) == said


def test_what_a_log_says_of_itself_is_whole_before_its_first_trace() -> None:
    said = "".join(f'<string key="k{number}" value="{"x" * 40_000}"/>' for number in range(5))
    header, traces = read_traces(f"<log>{said}<trace/></log>".encode())
    assert sorted(header.attributes) == ["k0", "k1", "k2", "k3", "k4"]
    assert [trace.number for trace in traces] == [1]


@pytest.mark.parametrize("text", ["2018-09-10 24:00", "2018-09-10 23:60", "2018年9月10日 1时0分60秒"])
def test_a_time_of_day_that_there_is_not_is_no_time(text: str) -> None:
    found = read_day(text)
    assert isinstance(found, Unreadable)
    assert (found.why.zh, found.why.en) == ("没有这一时刻", "there is no such time of day")
    assert (found.remedy.zh, found.remedy.en) == ("请核对时间", "check the time")


def test_a_row_that_cannot_be_read_or_is_too_wide_keeps_none_below_it_from_being_read() -> None:
    lines = ['{"编号": "1", "申请日期": "2021-03-01"}', "no JSON", "{}", '{"编号": "2", "申请日期": "2021-03-02"}']
    found = read_ledger("\n".join(lines).encode(), PERMITS)
    assert ([row.line for row in found.rows], [one.line for one in found.problems], found.blank) == ([1, 4], [2], 1)
    text = "编号,申请日期\n1,2021-03-01,x\n,\n2,2021-03-02\n3,2021-03-03,y\n4,2021-03-04\n"
    wide = read_ledger(text.encode(), PERMITS)
    assert ([row.line for row in wide.rows], [one.line for one in wide.problems], wide.blank) == ([4, 6], [2, 5], 1)

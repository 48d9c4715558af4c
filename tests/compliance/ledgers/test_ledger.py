"""Ledgers: what is read, what is refused and why, that nothing gets lost, and agreement with the deadlines."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compliance.permits import CALENDAR, COLUMNS, NOW, PERMITS, Application, permits
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Ledger, LedgerAudit, Outcome, audit_ledger, read_ledger
from yingshang_flow.compliance.tables.cells import Day, Unreadable, read_day
from yingshang_flow.core.ledger import Column
from yingshang_flow.deadlines import CHINA_TIME, WorkingDays, china, due
from yingshang_flow.errors import DefinitionError, LedgerError, TimeError

COMPLAINT = lifecycles.complaint("bayuquan-2018")
KEPT, BROKEN, UNKNOWN = Outcome
WHICH = "it does not say which is the year, the month and the day; write the year first, as in 2018-09-10"


def written(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV, quoted where needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def table(*rows: str) -> Ledger:
    """Read a ledger of permits; blanks separate the cells, a dash is an empty one."""
    cells = [["" if cell == "-" else cell for cell in row.split()] for row in rows]
    return read_ledger(written(cells).encode(), PERMITS)


def told(*rows: str, now: datetime = NOW) -> LedgerAudit:
    return audit_ledger(table(*rows), PERMITS, calendar=CALENDAR, now=now)


def refused(*rows: str) -> list[str]:
    """Why rows are not taken, in English."""
    return [problem.text("en") for problem in table(*rows).problems]


def unusable(data: bytes | str) -> tuple[str, ...]:
    """Why a file cannot be used."""
    with pytest.raises(LedgerError) as caught:
        read_ledger(data.encode() if isinstance(data, str) else data, PERMITS, name="x.csv")
    return caught.value.problems


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2018-09-10",
        "2018-9-10",
        "2018/9/10",
        "2018/09/10",
        "2018.9.10",
        "2018年9月10日",
        "2018 年 9 月 10 日",
        "20180910",
        "2018/9/10 0:00",
        "2018-09-10 00:00:00",
        "2018-09-10T00:00:00.0",
        "２０１８／９／１０",
        " 2018年09月10日 ",
    ],
)
def test_a_day_is_read_in_every_usual_spelling(text: str) -> None:
    found = read_day(text)
    assert isinstance(found, Day)
    assert (found.at.date, found.at.precision) == (date(2018, 9, 10), "day")


@pytest.mark.parametrize("text", ["2018-09-10 14:05", "2018/9/10 14:05:00", "2018年9月10日14时5分", "20180910 14:05"])
def test_a_time_of_day_is_kept(text: str) -> None:
    found = read_day(text)
    assert isinstance(found, Day)
    assert found.at.instant == datetime(2018, 9, 10, 14, 5, tzinfo=CHINA_TIME)
    assert found.at.precision == "instant"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10/9/2018", "which is the year"),
        ("9-10-18", "which is the year"),
        ("2018-02-30", "no such day"),
        ("2018-13-01", "no such day"),
        ("20180231", "no such day"),
        ("2018-09-10 25:00", "no such time"),
        ("1899-12-31", "year is impossible"),
        ("9999-12-31", "year is impossible"),
        ("43353", "number by which a spreadsheet"),
        ("2018-9", "no date"),
        ("2018-09/10", "no date"),
        ("昨天", "no date"),
        ("2018-09-10 ok", "no date"),
        ("٢٠١٨-٠٩-١٠", "no date"),
        ("x" * 100_000, "no date"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_not_guessed(text: str, why: str) -> None:
    found = read_day(text)
    assert isinstance(found, Unreadable)
    assert why in found.why.en


def test_the_number_of_a_date_is_told_as_the_date_it_may_be() -> None:
    found = read_day("43353.5")
    assert isinstance(found, Unreadable)
    assert "maybe 2018-09-10" in found.remedy.en


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_usual_encoding_reads_the_same(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes("编号,申请日期,事项\r\n甲-1,2021-03-01,“修路”\r\n".encode(encoding))
    found = read_ledger(path, PERMITS)
    assert found.name == str(path)
    assert found.encoding == ("GB18030" if encoding == "gb18030" else "UTF-8")
    (row,) = found.rows
    assert (row.line, row.reference, row.name) == (2, "甲-1", "甲-1")
    assert row.acts[0].content == Application(matter="“修路”")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"\n,,\n \n", "it is empty"),
        ("编号,申请日期".encode("utf-16"), "UTF-16"),
        ("编号,申请日期".encode("utf-16-be"), "neither UTF-8"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"SQLite format 3\x00", "database"),
        (b"%PDF-1.7", "PDF"),
        ("编号,申请日期\na,2021-03-01\0".encode(), "line 2 holds the NUL"),
        ("编号,申请日期\n1,2021-03-01\n2,".encode() + b"\xff\xfe", "neither UTF-8 (line 3 holds the byte 0xFF)"),
        ("日期,案號\n".encode("big5"), "neither UTF-8 (line 1"),
        ('编号,申请日期\na,"2021-03-01\nb,2021-03-02\n'.encode(), "line 2: the quotation marks do not pair"),
        ('编号,申请日期\na,"2021-03-01"x\n'.encode(), "line 2: the quotation marks do not pair"),
        ("编号,申请日期\na,".encode() + b"x" * 200_000, "line 2: a cell is longer than 131,072 characters"),
    ],
)
def test_a_file_that_is_no_ledger_is_told_in_one_problem(data: bytes, why: str) -> None:
    (problem,) = unusable(data)
    assert why in problem


def test_missing_doubled_and_unknown_columns_are_told_together() -> None:
    problems = unusable("号码,编号,事由,决定日期,决定日期\n1,1,x,,\n")
    assert problems == (
        "the column 编号 stands more than once: 号码 (column 1), 编号 (column 2); keep one",
        "the column 申请日期 (or 申请时间) is missing; add it",
        "the column 决定日期 stands more than once: 决定日期 (column 4), 决定日期 (column 5); keep one",
        f"not known: 事由; known are {', '.join(n for c in COLUMNS for n in (c.name, *c.aliases))}",
    )


def test_a_title_above_the_headings_and_other_separators_are_told() -> None:
    assert "the headings seem to stand on line 2" in unusable("2021年台账,,\n编号,申请日期,事项\n")[-1]
    assert "separated by tabs" in unusable("编号\t申请日期\n1\t2021-03-01\n")[-1]
    assert "separated by semicolons" in unusable("编号;申请日期\n")[-1]


def test_a_ledger_needs_a_column_with_which_a_case_begins() -> None:
    lifecycle = permits(Column("申请日期", "ask"), Column("决定日期", "decide"))
    with pytest.raises(LedgerError, match="no column for the date on which a case begins; add one of 申请日期"):
        read_ledger("决定日期\n2021-03-01\n".encode(), lifecycle)
    found = read_ledger("申请日期,决定日期\n,2021-03-01\n".encode(), lifecycle)
    assert [problem.text("en") for problem in found.problems] == [
        "line 2, 申请日期 '': it has no date on which the case begins; fill it in"
    ]


def test_a_procedure_without_a_ledger_reads_none() -> None:
    with pytest.raises(LedgerError, match="names no columns"):
        read_ledger(b"x", lifecycles.interview("dalian-2018"))


def test_a_ledger_is_audited_under_the_procedure_it_was_read_for() -> None:
    with pytest.raises(DefinitionError, match="read for 'permits', not for 'complaint'"):
        audit_ledger(table("申请日期", "2021-03-01"), COMPLAINT, calendar=CALENDAR, now=NOW)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(TimeError):
        told("申请日期", "2021-03-01", now=datetime(2021, 1, 1))  # noqa: DTZ001  # the point


def test_a_ledger_with_headings_only_has_no_rows() -> None:
    found = told("编号 申请日期")
    assert (found.total, found.audited, found.refused, found.findings) == (0, 0, 0, ())


def test_headings_are_known_in_any_order_with_blanks_and_by_other_names() -> None:
    found = table("申请时间 号码", "2021-03-01 1")
    assert (found.read, found.told, found.rows[0].reference) == (("申请时间", "号码"), ("ask",), "1")
    assert read_ledger('"申请\n日期", 编 号 \n2021-03-01,1\n'.encode(), PERMITS).rows[0].reference == "1"


def test_unknown_columns_are_listed_as_not_read() -> None:
    found = read_ledger("编号,申请日期,备注,,\n1,2021-03-01,x,y,\n".encode(), PERMITS)
    assert found.ignored == ("备注", "(4)")
    assert [note.en for note in found.notes] == ["columns not read: 备注, (4)"]
    assert len(found.rows) == 1


def test_a_thousand_columns_are_read_and_listed_shortly() -> None:
    names = [f"列{number}" for number in range(1_000)]
    found = read_ledger(written([["申请日期", *names], ["2021-03-01", *names]]).encode(), PERMITS)
    assert len(found.ignored) == 1_000
    assert found.notes[0].en.endswith("列29 and 970 more")
    assert len(found.rows) == 1


def test_mixed_ways_to_write_a_date_are_noted_with_the_first_line_of_each() -> None:
    found = table("编号 申请日期", "1 2021-03-01", "2 2021/3/2", "3 2021-03-03", "4 20210304")
    assert [note.en for note in found.notes] == [
        "the column 申请日期 mixes ways to write a date: 2018-09-10 (line 2), 2018/9/10 (line 3), 20180910 (line 5)"
    ]
    assert len(found.rows) == 4


def test_a_column_of_an_act_without_its_date_is_noted_and_not_used() -> None:
    found = table("申请日期 结果", "2021-03-01 准予")
    assert [note.en for note in found.notes] == [
        "column not used: 结果, as there is no column for the date of “Decide”"
    ]
    assert len(found.rows) == 1


def test_blank_rows_are_counted_and_lines_stay_right_over_cells_of_several_lines() -> None:
    data = '\n编号,申请日期,事项\n1,2021-03-01,"甲\n乙, ""丙"""\n\n,,\n2,2021-02-30,丁\n'
    found = read_ledger(data.encode(), PERMITS)
    assert (found.blank, found.total, found.refused) == (2, 2, 1)
    assert found.rows[0].line == 3
    assert found.rows[0].acts[0].content == Application(matter='甲\n乙, "丙"')
    assert found.problems[0].line == 7


# --- rows -------------------------------------------------------------------------------------------------------------


def test_every_bad_cell_of_every_bad_row_is_told_and_the_good_ones_are_taken() -> None:
    found = table(
        "编号 申请日期 份数 决定日期 结果",
        "1 2021-02-30 三 10/9/2021 好",
        "2 2021-03-01 2 2021-03-02 准予",
        "3 - - - -",
        "4 2021-03-05 - 2021-03-04 准予",
        "2 2021-03-01 - - -",
        "5 2021-03-01 - - 准予",
    )
    assert [row.reference for row in found.rows] == ["2"]
    assert (found.total, found.refused) == (6, 5)
    assert [problem.text("en") for problem in found.problems] == [
        "line 2, 申请日期 '2021-02-30': there is no such day; check the date",
        f"line 2, 决定日期 '10/9/2021': {WHICH}",
        "line 2, 份数 '三': must be a whole number within ±2^53, not '三'; correct it, or leave it empty",
        "line 2, 结果 '好': it is none of the values there are; write one of 准予、不予",
        "line 4, 申请日期 '': it is empty; fill it in",
        "line 5, 决定日期 '2021-03-04': it is earlier than 申请日期 2021-03-05; correct one of the two",
        "line 6, 编号 '2': the same number stands on line 3; keep one of the two rows",
        "line 7, 结果 '准予': there is no date of “Decide”; give the date, or clear the cell if it did not happen",
    ]
    assert found.problems[0].text("zh") == "第2行申请日期「2021-02-30」：没有这一天；请核对日期"


def test_more_cells_than_headings_are_refused_and_fewer_are_empty() -> None:
    found = read_ledger("编号,申请日期,事项\n1,2021-03-01,甲,乙\n2,2021-03-01\n3,2021-03-01,甲,,\n".encode(), PERMITS)
    assert [row.reference for row in found.rows] == ["2", "3"]
    assert [problem.text("zh") for problem in found.problems] == ["第2行：有4格，表头只有3列；含逗号的内容请加引号"]
    assert found.problems[0].text("en").startswith("line 2: it has 4 cells under 3 headings")


def test_a_required_reference_is_filled_in() -> None:
    lifecycle = permits(Column("编号", "", "reference", required=True), Column("申请日期", "ask", required=True))
    found = read_ledger("编号,申请日期\n,2021-03-01\n".encode(), lifecycle)
    assert [problem.text("en") for problem in found.problems] == ["line 2, 编号 '': it is empty; fill it in"]


def test_rows_without_a_number_are_never_doubled_and_go_by_their_line() -> None:
    found = table("申请日期", "2021-03-01", "2021-03-01")
    assert [row.name for row in found.rows] == ["第2行", "第3行"]


def test_a_value_is_shortened_in_what_is_said_of_it() -> None:
    (problem,) = table("申请日期", "x" * 100_000).problems
    assert len(problem.value) == 40


def test_cells_are_read_as_their_fields_ask() -> None:
    (row,) = table(
        "申请日期 事项 份数 限期 听取时间 加急 受理单位 决定日期 结果",
        "2021-03-01 修路 ３ 2021/4/1 2021-03-02T10:30 是 甲局 2021-03-02 准予",
    ).rows
    asked, decided = row.acts
    assert asked.content == Application(
        "修路", 3, date(2021, 4, 1), datetime(2021, 3, 2, 10, 30, tzinfo=CHINA_TIME), urgent=True
    )
    assert asked.unit == "甲局"
    assert decided.content is None  # the ledger does not say everything that a decision must


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("份数", "1.5", "must be a whole number"),
        ("限期", "明天", "it is no date"),
        ("加急", "也许", "must be"),
        ("受理单位", "甲局/乙局", "no slash"),
    ],
)
def test_a_cell_that_does_not_fit_its_field_is_refused(column: str, text: str, why: str) -> None:
    (problem,) = refused(f"申请日期 {column}", f"2021-03-01 {text}")
    assert why in problem


def test_acts_are_in_order_of_time_and_of_the_procedure_on_one_day() -> None:
    heads = "告知日期 申请日期 决定日期 审查日期"
    same, timed = table(
        heads,
        "2021-03-02 2021-03-01 2021-03-02 2021-03-02",
        "2021-03-02T09:00 2021-03-01 2021-03-02T10:00 2021-03-02T08:00",
    ).rows
    assert [act.trigger for act in same.acts] == ["ask", "weigh", "decide", "tell"]
    assert [act.trigger for act in timed.acts] == ["ask", "weigh", "tell", "decide"]


# --- the audit --------------------------------------------------------------------------------------------------------


def outcomes(found: LedgerAudit) -> dict[str, tuple[int, int, int]]:
    return {count.rule.id: (count.kept, count.broken, count.unknown) for count in found.counts}


def test_each_rule_is_counted_as_kept_broken_and_unknown() -> None:
    found = told(
        "编号 申请日期 决定日期 告知日期",
        "1 2021-03-01 2021-03-05 2021-03-06",
        "2 2021-03-01 2021-03-10 -",
        "3 2021-03-01 - -",
        "4 2021-12-30 - -",
    )
    assert outcomes(found) == {"P1": (1, 2, 1), "P2": (0, 0, 4), "P3": (1, 0, 3)}
    assert [(one.row.line, one.finding.text("en")) for one in found.findings] == [
        (3, "P1 Decision, due 2021-03-08, done 2021-03-10, 2 working days late"),
        (4, "P1 Decision, due 2021-03-08, not done, 214 working days late"),
    ]
    assert (found.as_of, found.profile, found.lifecycle) == (date(2021, 12, 31), "made-up", "permits")


def test_an_act_without_a_column_is_unknown_and_not_missing() -> None:
    found = told("申请日期", "2021-03-01")
    assert outcomes(found)["P1"] == (0, 0, 1)


def test_steps_that_the_ledger_leaves_out_are_jumped_over() -> None:
    found = told(
        "申请日期 备注日期 决定日期 告知日期",
        "2021-03-01 2021-03-02 2021-03-03 2021-03-04",
        "2021-03-01 - - 2021-03-02",
    )
    assert outcomes(found)["P3"] == (1, 0, 1)


def test_what_chooses_a_way_is_asked_where_the_ledger_tells_it() -> None:
    found = told(
        "申请日期 审查日期 审查加急", "2021-03-01 2021-03-02 是", "2021-03-01 2021-03-02 否", "2021-03-01 2021-03-02 -"
    )
    assert found.audited == 3


def test_rows_of_the_future_are_refused_and_the_others_audited() -> None:
    found = told(
        "编号 申请日期 决定日期",
        "1 2021-12-31 -",
        "2 2021-12-30 2022-01-04",
        "3 2021-02-30 -",
        "4 2022-01-01 2022-01-02",
    )
    assert (found.total, found.audited, found.refused) == (4, 1, 3)
    assert [(problem.line, problem.column) for problem in found.problems] == [
        (3, "决定日期"),
        (4, "申请日期"),
        (5, "申请日期"),
        (5, "决定日期"),
    ]
    assert found.problems[0].text("en") == (
        "line 3, 决定日期 '2022-01-04': it lies after 2021-12-31, as of which is audited; correct it, or audit as of a "
        "later date"
    )


def test_a_row_with_dates_that_the_calendar_does_not_know_is_refused_alone() -> None:
    found = told("编号 申请日期", "1 1998-03-01", "2 2021-12-30")
    assert (found.total, found.audited, found.refused) == (2, 1, 1)
    assert "1998-03-01 lies outside; check the dates of the row" in found.problems[0].text("en")


def test_findings_stand_by_rule_then_by_line() -> None:
    rows = ["编号,收到日期,答复日期,不予受理日期,延期日期,办结日期"]
    rows += [f"{number},2018-09-{10 + number % 5},,,,2018-12-0{number % 5 + 3}" for number in range(12)]
    found = audit_ledger(
        "\n".join(rows).encode(), COMPLAINT, calendar=china(), now=datetime(2018, 12, 31, tzinfo=CHINA_TIME)
    )
    keys = [(one.finding.code, one.row.line) for one in found.findings]
    assert keys == sorted(keys)
    assert {"T1", "T2"} <= {code for code, _ in keys}


@pytest.mark.parametrize(
    ("concluded", "broken"),
    [("2018-10-26", False), ("2018-10-29", False), ("2018-12-10", False), ("2018-12-11", True)],
)
def test_a_conclusion_is_late_for_certain_only_after_any_extension_a_ledger_may_not_tell_of(
    concluded: str,
    broken: bool,  # noqa: FBT001 - what is expected
) -> None:
    rows = f"收到日期,办结日期\n2018-09-10,{concluded}\n"
    found = audit_ledger(rows.encode(), COMPLAINT, calendar=china(), now=datetime(2018, 12, 31, tzinfo=CHINA_TIME))
    assert ("T2" in {one.finding.code for one in found.findings}) is broken


# --- laws -------------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2021, 1, 1), date(2022, 2, 28))
GOOD = DAYS.flatmap(lambda day: st.sampled_from([day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y年%m月%d日}"]))
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
CELL = st.one_of(
    GOOD, st.just(""), WORDS, st.sampled_from(["2021-02-30", "10/9/2021", '"', "a\nb", "a,b", "准予", "3"])
)


@given(st.lists(st.lists(CELL, max_size=len(COLUMNS) + 2), max_size=12))
@settings(deadline=None)
def test_every_row_is_audited_or_refused_and_counted_once(rows: list[list[str]]) -> None:
    data = written([[column.name for column in COLUMNS], *rows]).encode()
    found = audit_ledger(data, PERMITS, calendar=CALENDAR, now=NOW)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert found.total == len(filled) == found.audited + found.refused
    assert found.ledger.blank == len(rows) - len(filled)
    assert {row.line for row, _ in found.audits}.isdisjoint({problem.line for problem in found.problems})
    assert all(sum((count.kept, count.broken, count.unknown)) == found.audited for count in found.counts)


@given(st.lists(st.tuples(WORDS, GOOD, WORDS), max_size=8))
@settings(deadline=None)
def test_either_encoding_gives_the_same(rows: list[tuple[str, str, str]]) -> None:
    text = written([["编号", "申请日期", "事项"], *rows])
    plain, marked, national = (
        read_ledger(text.encode(encoding), PERMITS) for encoding in ("utf-8", "utf-8-sig", "gb18030")
    )
    assert plain == marked
    assert (plain.rows, plain.problems, plain.blank) == (national.rows, national.problems, national.blank)


@given(DAYS, st.none() | st.integers(0, 30), st.integers(0, 40))
@settings(deadline=None)
def test_a_limit_is_judged_as_its_due_date_says(asked: date, took: int | None, looked: int) -> None:
    decided = None if took is None else asked + timedelta(took)
    as_of = asked + timedelta(max(took or 0, looked))
    now = datetime.combine(as_of, datetime.min.time(), CHINA_TIME)
    data = written([["申请日期", "决定日期"], [str(asked), "" if decided is None else str(decided)]]).encode()
    found = audit_ledger(data, PERMITS, calendar=CALENDAR, now=now)
    last = due(WorkingDays(5), asked, calendar=CALENDAR).date
    in_time = as_of <= last if decided is None else decided <= last
    expected = BROKEN if not in_time else UNKNOWN if decided is None else KEPT
    ((_, said),) = found.audits
    assert said.outcome("P1") is expected
    assert [one.finding.due for one in found.findings] == ([last] if expected is BROKEN else [])

"""Mappings: that they survive being written, that each mistake is named by its key path, and what they do."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compliance.permits import PERMITS, Application
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Ledger, Mapping, read_ledger
from yingshang_flow.compliance.ledgers.mapping import EventColumns, MappedColumn, shipped
from yingshang_flow.errors import HeadingsError, LedgerError, MappingError

COMPLAINT = lifecycles.complaint("bayuquan-2018")
INTERVIEW = lifecycles.interview("dalian-2018")
ITEM = lifecycles.rectification_item("shenyang-2021")
BEGIN = 'lifecycle = "permits"\n[columns]\n"申请日期" = "日期"\n'


def read(toml: str, *lines: str) -> Ledger:
    return read_ledger("\n".join(lines).encode(), PERMITS, mapping=Mapping.from_text(toml, "M.toml"))


def refused(toml: str) -> tuple[str, ...]:
    """What is wrong with a mapping by itself, or for permits."""
    with pytest.raises(MappingError) as caught:
        Mapping.from_text(toml, "M.toml").expected(PERMITS)
    assert caught.value.subject == "M.toml"
    return caught.value.problems


# --- what it does -----------------------------------------------------------------------------------------------------


def test_headings_values_and_constants_are_as_the_mapping_says() -> None:
    found = read(
        """
        lifecycle = "permits"
        [columns]
        "编号" = "案号"
        "申请日期" = ["收件日", "收件时间"]
        "受理单位" = { constant = "甲局" }
        "决定日期" = "结论日"
        "结果" = { heading = "结论", values = { "同意" = "granted" } }
        "decide.number" = "文号"
        """,
        "案号,收件时间,结论日,结论,文号,事项,申请日期",
        "a,2021-03-01,2021-03-02,同意,3,x,9",
        "b,2021-03-01,2021-03-02,准予,4,x,9",
        "c,2021-03-01,,,,x,9",
    )
    assert [row.reference for row in found.rows] == ["a", "b", "c"]
    asked, decided = found.rows[0].acts
    assert (asked.unit, asked.content) == ("甲局", None)
    assert (str(decided.content), decided.at.date) == ("Decision(result='granted', number=3)", date(2021, 3, 2))
    assert found.ignored == ("事项", "申请日期")  # what a mapping does not name is not read


def test_a_constant_says_nothing_of_an_act_that_did_not_happen() -> None:
    toml = BEGIN + '"决定日期" = "决定"\n"结果" = { constant = "准予" }\n"事项" = { constant = "修路" }\n'
    found = read(toml, "日期,决定", "2021-03-01,")
    assert [(act.trigger, act.content) for act in found.rows[0].acts] == [("ask", Application(matter="修路"))]


def test_one_heading_may_stand_for_several_things() -> None:
    toml = BEGIN + '"weigh" = "日期"\n"weigh.unit" = "谁"\n"受理单位" = "谁"\n'
    found = read(toml, "日期,谁", "2021-03-01,甲局")
    assert [(act.trigger, act.unit) for act in found.rows[0].acts] == [("ask", "甲局"), ("weigh", "甲局")]


@pytest.mark.parametrize(("order", "day"), [("DD/MM/YYYY", date(2021, 9, 10)), ("MM/DD/YYYY", date(2021, 10, 9))])
def test_dates_that_could_be_two_are_read_in_the_order_a_mapping_names(order: str, day: date) -> None:
    toml = f'lifecycle = "permits"\n[columns]\n"申请日期" = {{ heading = "日期", dates = "{order}" }}\n'
    found = read(toml, "日期", "10/9/2021", "2021-03-01", "31/31/2021", "昨天")
    assert [row.acts[0].at.date for row in found.rows] == [day, date(2021, 3, 1)]
    assert [problem.why.en for problem in found.problems] == ["there is no such day", "it is no date"]


def test_bare_numbers_in_a_text_file_are_dates_only_where_the_mapping_says_so() -> None:
    lines = ("日期", "44256", "44256.5", "20210301", "2021-03-01")
    assert len(read(BEGIN, *lines).rows) == 2
    found = read("serials = true\n" + BEGIN, *lines)
    assert [row.acts[0].at.date for row in found.rows] == [date(2021, 3, 1)] * 4
    assert found.rows[1].acts[0].at.instant.hour == 12


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("2", ["2021年台账,", "日期,决定", "2021-03-01,2021-03-02"]),
        ("[1, 2]", ["日期,办理", ",决定", "2021-03-01,2021-03-02"]),
        ("[2, 3]", ["2021年台账,", "日期,办理", ",决定", "2021-03-01,2021-03-02"]),
    ],
)
def test_headings_stand_where_the_mapping_says(header: str, lines: list[str]) -> None:
    toml = f"header = {header}\n{BEGIN}" + '"决定日期" = "决定"\n'
    assert [act.trigger for act in read(toml, *lines).rows[0].acts] == ["ask", "decide"]
    assert Mapping.from_text(Mapping.from_text(toml).text()) == Mapping.from_text(toml)


def test_a_line_without_headings_is_told() -> None:
    with pytest.raises(LedgerError, match="line 3 holds no headings; correct “header” in the mapping"):
        read("header = 3\n" + BEGIN, "日期", "2021-03-01")


def test_a_second_line_of_headings_is_found_and_the_way_out_is_offered() -> None:
    with pytest.raises(HeadingsError) as caught:
        read_ledger("申请日期,办理,,\n,决定日期,告知日期,\n2021-03-01,,,\n".encode(), PERMITS)
    (said,) = caught.value.problems
    assert said.startswith("line 2 holds headings too: 决定日期, 告知日期; say header = [1, 2] in a mapping, or leave")


def test_a_title_above_is_found_and_the_way_out_is_offered() -> None:
    with pytest.raises(HeadingsError, match=r"say header = 2 in a mapping"):
        read_ledger("2021年台账,\n申请日期,决定日期\n".encode(), PERMITS)
    with pytest.raises(HeadingsError, match=r"say header = \[2, 3\] in a mapping"):
        read_ledger("2021年台账,\n申请日期,办理,\n,决定日期,告知日期\n".encode(), PERMITS)


def test_a_column_that_the_table_does_not_have_is_told_unless_the_mapping_is_partial() -> None:
    toml = BEGIN + '"决定日期" = ["决定", "结论"]\n'
    with pytest.raises(HeadingsError) as caught:
        read(toml, "日期,决策", "2021-03-01,x")
    assert "the column 决定日期 is missing: no heading is 决定 or 结论; correct the mapping" in caught.value.problems
    assert len(read("partial = true\n" + toml, "日期,决策", "2021-03-01,x").rows) == 1


def test_two_headings_of_one_column_are_told() -> None:
    toml = 'lifecycle = "permits"\n[columns]\n"申请日期" = ["甲", "乙"]\n'
    with pytest.raises(HeadingsError, match=r"甲 \(column 1\), 乙 \(column 2\); name one in the mapping, or keep one"):
        read(toml, "甲,乙", "2021-03-01,2021-03-01")


# --- what is wrong with it --------------------------------------------------------------------------------------------


def test_every_mistake_is_told_at_once_by_its_key_path() -> None:
    assert refused(
        """
        lifecycle = 3
        sheets = 1
        sheet = true
        header = [2, 1]
        serials = "yes"
        [columns]
        "甲" = 1
        "乙" = []
        "丙" = { heading = "x", constant = "y" }
        "丁" = { heading = "x", dates = "YY", values = { "a" = 1 }, other = 1 }
        "戊" = { constant = 1 }
        [event]
        case = "x"
        act = "y"
        """
    ) == (
        "sheets is unknown; known are lifecycle, sheet, header, serials, partial, event, columns",
        'lifecycle: say the key of the procedure, such as "complaint"; found 3',
        "sheet: give its name, or its number from 1; found True",
        'columns."甲": it is to be a table; found 1',
        'columns."甲": give either a heading or a constant',
        'columns."乙": give a heading, or a list of them; found []',
        'columns."丙": give either a heading or a constant',
        'columns."丁".other is unknown; known are heading, values, constant, dates',
        "columns.\"丁\".dates: write DD/MM/YYYY or MM/DD/YYYY; the year first needs no saying; found 'YY'",
        'columns."丁".values."a": write the code as text; found 1',
        'columns."戊".constant: write it as text; found 1',
        "event.time: it is missing; say under which heading it stands",
        "event.act.values: it is missing; say which trigger each text stands for",
        "header: give the line of the headings, or two lines such as [1, 2]; found [2, 1]",
        "serials: write true or false; found 'yes'",
    )


def test_what_the_procedure_does_not_have_is_told_at_once() -> None:
    found = refused(
        BEGIN
        + """
        "立项日期" = "a"
        "ask.colour" = "b"
        "号码" = { constant = "1" }
        "决定日期" = { heading = "c", values = { "x" = "y" } }
        "结果" = { heading = "d", values = { "好" = "good" }, dates = "DD/MM/YYYY" }
        "份数" = { constant = "三" }
        "ask.copies" = "e"
        """
    )
    assert [problem.partition(";")[0] for problem in found] == [
        'columns."立项日期" is no column, trigger or trigger.field',
        "columns.\"ask.colour\": 'ask' has no field 'colour'",
        'columns."号码".constant: the number of a case or the day of an act is no constant',
        'columns."决定日期".values: a number or a date is not translated',
        'columns."结果".values."好": \'good\' is no value of it',
        'columns."结果".dates: only the dates of acts have it',
        "columns.\"份数\".constant: must be a whole number within ±2^53, not '三'",
        'columns."ask.copies": the same is mapped above',
    ]
    assert "known are granted, denied" in found[4]


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("lifecycle = ", "it is no TOML: "),
        ('lifecycle = "permits"', "columns: it is empty"),
        ('lifecycle = "complaint"\n[columns]\n"收到日期" = "x"', "it is for 'complaint', not for 'permits'"),
        ('lifecycle = "permits"\ncolumns = 1', "columns: it is to be a table; found 1"),
        ('lifecycle = "permits"\nheader = 0\n[columns]\n"申请日期" = "x"', "header: give the line"),
        ('lifecycle = "permits"\nsheet = 0\n[columns]\n"申请日期" = "x"', "sheet: give its name"),
    ],
)
def test_one_mistake_is_one_problem(toml: str, why: str) -> None:
    (problem,) = refused(toml)
    assert why in problem


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "M.toml"
    path.write_bytes('lifecycle = "甲"'.encode("gb18030"))
    with pytest.raises(MappingError, match="is not UTF-8; save the file as UTF-8"):
        Mapping.read(path)
    path.write_bytes(b"\xef\xbb\xbf" + BEGIN.encode())
    assert Mapping.read(path) == Mapping.from_text(BEGIN)


# --- laws -------------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)
COLUMN = st.one_of(
    st.builds(MappedColumn, TEXT, st.lists(TEXT, min_size=1, max_size=3), st.dictionaries(TEXT, TEXT, max_size=2)),
    st.builds(MappedColumn, TEXT, st.just(()), st.just({}), TEXT),
    st.builds(MappedColumn, TEXT, st.just("日期"), st.just({}), st.just(""), st.just("DD/MM/YYYY")),
)
EVENT = st.builds(
    EventColumns,
    st.just(MappedColumn("case", "案号")),
    st.builds(MappedColumn, st.just("act"), st.just("环节"), st.dictionaries(TEXT, TEXT, min_size=1, max_size=2)),
    st.just(MappedColumn("time", "时间")),
    st.none() | st.just(MappedColumn("unit", "单位")),
)
MAPPING = st.builds(
    Mapping,
    TEXT,
    st.lists(COLUMN, min_size=1, max_size=4, unique_by=lambda column: column.key),
    st.none() | TEXT | st.integers(1, 9),
    st.sampled_from([(), (1,), (2, 3)]),
    st.booleans(),
    st.booleans(),
    st.none() | EVENT,
)


@given(MAPPING)
def test_a_mapping_reads_back_from_its_text(mapping: Mapping) -> None:
    assert Mapping.from_text(mapping.text()) == mapping


# --- those that are shipped -------------------------------------------------------------------------------------------


def test_shipped_mappings_fit_their_procedures() -> None:
    procedures = [
        COMPLAINT,
        INTERVIEW,
        lifecycles.interview("liaoning-2020"),
        ITEM,
        lifecycles.rectification_item("bayuquan-2018"),
    ]
    assert {lifecycle.key for lifecycle in procedures} == set(shipped())
    for lifecycle in procedures:
        assert Mapping.shipped(lifecycle).expected(lifecycle)
    with pytest.raises(MappingError, match="no mapping is shipped for it; there are complaint, interview"):
        Mapping.shipped(PERMITS)


def test_the_shipped_mapping_of_complaints_knows_every_name_that_the_procedure_knows() -> None:
    mapping = Mapping.shipped(COMPLAINT)
    headings = {heading for column in mapping.columns for heading in column.headings}
    assert {name for column in COMPLAINT.ledger for name in (column.name, *column.aliases)} <= headings


def test_a_sheet_of_interviews_is_read_by_the_shipped_mapping() -> None:
    rows = "约谈编号,计划日期,约谈对象,约谈日期,整改报告日期\n1,2018-09-03,甲区政府、乙局,2018-09-10,2018-09-20\n"
    found = read_ledger(rows.encode(), INTERVIEW, mapping=Mapping.shipped(INTERVIEW))
    (row,) = found.rows
    assert [act.trigger for act in row.acts] == ["plan", "hold", "submit_report"]
    plan, _, report = (act.content for act in row.acts)
    assert [subject.unit for subject in getattr(plan, "subjects", ())] == ["甲区政府", "乙局"]
    assert getattr(report, "obligors", ()) == ("甲区政府", "乙局")


def test_a_sheet_of_rectification_items_is_read_by_the_shipped_mapping() -> None:
    rows = "序号,建账日期,组别,存在问题,责任单位,责任人,完成时限,类别,销号日期\n"
    rows += "1,2021-03-01,一组,拖欠,甲局；乙局,张三,2021-06-30,欠款,2021-06-01\n"
    (row,) = read_ledger(rows.encode(), ITEM, mapping=Mapping.shipped(ITEM)).rows
    item = row.acts[0].content
    assert getattr(item, "responsible", ()) == ("甲局", "乙局")
    assert (getattr(item, "category", ""), getattr(item, "time_limit", None)) == ("arrears", date(2021, 6, 30))

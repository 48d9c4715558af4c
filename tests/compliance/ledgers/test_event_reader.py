"""Tables with a row for each event: cases put together, and nothing lost of a case of which one row is wrong."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compliance.permits import CALENDAR, PERMITS
from tests.compliance.workbooks import workbook
from yingshang_flow.compliance import Ledger, Mapping, audit_ledger, read_ledger
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import MappingError

MAPPING = Mapping.from_text(
    """
    lifecycle = "permits"
    [event]
    case = "案号"
    act = { heading = "环节", values = { "申请" = "ask", "决定" = "decide", "告知" = "tell", "扫描" = "" } }
    time = "时间"
    unit = "单位"
    [columns]
    "结果" = "结论"
    "decide.number" = "文号"
    "事项" = "事项"
    """
)
HEADINGS = "案号,环节,时间,单位,结论,文号,事项"


def read(*rows: str) -> Ledger:
    return read_ledger("\n".join([HEADINGS, *rows]).encode(), PERMITS, mapping=MAPPING)


def notes(found: Ledger) -> list[str]:
    return [note.en for note in found.notes]


def test_rows_in_any_order_are_put_together_as_cases() -> None:
    found = read(
        "b,申请,2021-03-01,甲局,,,修路",
        "a,决定,2021-03-04 10:00,乙局,准予,7,",
        "a,申请,2021-03-02,甲局,,,",
        "a,扫描,,,,,",
    )
    assert [(row.reference, row.line) for row in found.rows] == [("b", 2), ("a", 3)]
    asked, decided = found.rows[1].acts
    assert (asked.trigger, asked.unit, decided.unit) == ("ask", "甲局", "乙局")
    assert str(decided.content) == "Decision(result='granted', number=7)"
    assert decided.at.instant == datetime(2021, 3, 4, 10, tzinfo=CHINA_TIME)
    assert (found.total, found.refused, found.told) == (2, 0, ("ask", "decide", "tell"))
    assert notes(found) == [
        "a row for each event: 4 rows",
        "rows of acts that the mapping leaves out: 1",
        "the column 时间 mixes ways to write a date: 2018-09-10 (line 2)",
    ] or notes(found)[:2] == ["a row for each event: 4 rows", "rows of acts that the mapping leaves out: 1"]


def test_a_case_of_which_a_row_is_wrong_is_refused_whole_and_counted_once() -> None:
    found = read(
        "a,申请,2021-03-01,,,,",
        "a,决定,2021-02-30,甲/乙,好,,",
        "b,申请,2021-03-01,,,,",
        "c,办公,2021-03-01,,,,",
        "d,,,,,,",
        "e,申请,,,,,",
        ",申请,2021-03-01,,,,",
        "f,决定,2021-03-01,,,,",
        "g,申请,2021-03-05,,,,",
        "g,决定,2021-03-01,,,,",
    )
    assert [row.reference for row in found.rows] == ["b"]
    assert (found.total, found.refused) == (8, 7)
    assert [(problem.line, problem.column, problem.why.en) for problem in found.problems] == [
        (3, "时间", "there is no such day"),
        (3, "结论", "it is none of the values there are"),
        (3, "单位", "a unit has no slash in its name"),
        (5, "环节", "the mapping translates no such act"),
        (6, "环节", "it is empty"),
        (7, "时间", "it is empty"),
        (8, "案号", "it is empty"),
        (9, "案号", "it has no date on which the case begins"),
        (10, "时间", "“Decide” is earlier than its beginning"),
    ]


def test_what_stands_in_a_column_of_another_act_is_told_as_not_used() -> None:
    found = read("a,申请,2021-03-01,,准予,,", "a,决定,2021-03-02,,准予,1,")
    assert "the column 结论 is not used in 1 rows, which tell of other acts" in notes(found)
    assert len(found.rows) == 1


def test_the_same_act_may_come_twice() -> None:
    found = read("a,申请,2021-03-01,,,,", "a,告知,2021-03-02,,,,", "a,告知,2021-03-03,,,,")
    assert [act.trigger for act in found.rows[0].acts] == ["ask", "tell", "tell"]


def test_cases_of_events_are_audited_like_any_others() -> None:
    ledger = read("a,申请,2021-03-01,,,,", "a,决定,2021-03-10,,,,", "b,申请,2022-03-01,,,,", "c,申请,2021-02-30,,,,")
    found = audit_ledger(ledger, PERMITS, calendar=CALENDAR, now=datetime(2021, 12, 31, tzinfo=CHINA_TIME))
    assert (found.total, found.audited, found.refused) == (3, 1, 2)
    assert [one.finding.code for one in found.findings] == ["P1"]
    assert [(problem.line, problem.column) for problem in found.problems] == [(4, "时间"), (5, "时间")]


def test_merged_case_cells_are_refused_and_not_lost() -> None:
    rows = [HEADINGS.split(","), ["a", "申请", date(2021, 3, 1)], [None, "决定", date(2021, 3, 2)]]
    data = workbook(rows, lambda sheet: sheet.merge_cells("A2:A3"))
    found = read_ledger(data, PERMITS, mapping=MAPPING)
    assert (found.rows, found.refused, found.total) == ((), 2, 2)


def test_what_makes_no_sense_in_a_mapping_of_events_is_told_at_once() -> None:
    mapping = Mapping.from_text(
        """
        lifecycle = "permits"
        [event]
        case = { constant = "1" }
        act = { heading = "环节", values = { "申请" = "aks" } }
        time = { heading = "时间", values = { "a" = "b" } }
        [columns]
        "决定日期" = "决定日期"
        """
    )
    with pytest.raises(MappingError) as caught:
        mapping.expected(PERMITS)
    assert [problem.partition(";")[0] for problem in caught.value.problems] == [
        "event.act.values.\"申请\": 'aks' is no trigger",
        "event.case.constant: it is not the same in every row",
        "event.time.values: only acts are translated",
        'columns."决定日期": in a table of events, columns say more of an act',
    ]


ROW = st.tuples(
    st.sampled_from(["a", "b", "c", ""]),
    st.sampled_from(["申请", "决定", "告知", "扫描", "别的"]),
    st.sampled_from(["2021-03-01", "2021-03-02", "2021-02-30", ""]),
)


def parted(rows: Sequence[tuple[str, str, str]]) -> tuple[set[str], int]:
    """The cases that a table names, without those of which everything is left out, and its rows that name none."""
    named = {case for case, act, _ in rows if case and act != "扫描"}
    return named, sum(1 for case, act, time in rows if not case and (act or time))


@given(st.lists(ROW, max_size=12))
@settings(deadline=None)
def test_every_case_is_taken_or_refused_and_counted_once(rows: list[tuple[str, str, str]]) -> None:
    found = read(*(f"{case},{act},{time},,,," for case, act, time in rows))
    named, nameless = parted(rows)
    taken = {row.reference for row in found.rows}
    assert len(found.rows) + found.refused == found.total == len(named) + nameless
    assert taken.isdisjoint({problem.case for problem in found.problems})

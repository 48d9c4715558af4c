"""Guesses of a mapping: what is recognised and how surely, what is never mixed up, and that the text can be used."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compliance.permits import COLUMNS, PERMITS, permits
from tests.compliance.workbooks import workbook
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Mapping, read_ledger
from yingshang_flow.compliance.ledgers.guessing import Guess, Sureness, guess, guess_table
from yingshang_flow.compliance.tables.opening import open_table
from yingshang_flow.core.ledger import Column

COMPLAINT = lifecycles.complaint("bayuquan-2018")
SURE, LIKELY, MAYBE = Sureness


def of(found: Guess) -> dict[str, tuple[str, Sureness]]:
    return {one.heading: (one.key, one.sureness) for one in found.columns}


@pytest.mark.parametrize(
    ("heading", "key", "sureness"),
    [
        ("收到日期", "收到日期", SURE),
        ("收 到\n日期", "收到日期", SURE),
        ("接诉时间", "收到日期", SURE),
        ("接收日期", "收到日期", SURE),
        ("受理时间", "受理日期", SURE),
        ("受理年月日", "受理日期", LIKELY),
        ("工单编号", "投诉编号", SURE),
        ("办理完成时间", "办结日期", LIKELY),
        ("投诉人回访日期", "回访日期", MAYBE),
        ("满意度情况", "回访结果", MAYBE),
    ],
)
def test_a_heading_is_known_by_its_names_by_words_that_mean_the_same_or_in_part(
    heading: str, key: str, sureness: Sureness
) -> None:
    assert of(guess([heading], COMPLAINT)) == {heading: (key, sureness)}


@pytest.mark.parametrize(
    "heading",
    [
        "应办结日期",
        "办结期限",
        "拟答复日期",
        "受理时限",
        "未答复原因",
        "投诉人",
        "联系电话",
        "备注",
        "",
        "办理天数",
        "超期天数",
    ],
)
def test_what_means_something_else_is_left_alone(heading: str) -> None:
    found = guess([heading], COMPLAINT)
    assert (found.columns, found.left) == ((), (heading,) if heading else ())


def test_a_refusal_is_never_taken_for_an_acceptance() -> None:
    assert of(guess(["不予受理日期"], COMPLAINT)) == {"不予受理日期": ("不予受理日期", SURE)}
    assert of(guess(["不予受理决定日期", "受理日期"], COMPLAINT))["受理日期"] == ("受理日期", SURE)


def test_what_the_rows_hold_speaks_for_a_guess_or_against_it() -> None:
    heads = ["投诉人回访日期"]
    assert of(guess(heads, COMPLAINT, [["2018-09-10"], ["2018.9.11"]])) == {heads[0]: ("回访日期", LIKELY)}
    assert of(guess(heads, COMPLAINT, [["满意"], ["好"]])) == {}
    assert of(guess(["群众评价"], COMPLAINT, [["满意"], ["不满意"]])) == {"群众评价": ("回访结果", MAYBE)}
    (sure,) = guess(["收到日期"], COMPLAINT, [["昨天"], ["前天"]]).columns
    assert "most cells hold no date" in sure.why.en


def test_every_heading_and_every_column_is_given_once_the_surest_first() -> None:
    found = guess(["受理年月日", "受理日期", "收到日期"], COMPLAINT)
    assert of(found) == {"受理日期": ("受理日期", SURE), "收到日期": ("收到日期", SURE)}
    assert found.left == ("受理年月日",)


def test_required_columns_that_are_missing_are_told() -> None:
    assert guess(["办结日期"], COMPLAINT).missing == ("收到日期",)


def test_texts_that_nothing_translates_are_told_with_the_codes_there_are() -> None:
    found = guess(["收到日期", "办结结果"], COMPLAINT, [["2018-09-10", "已解决"], ["2018-09-10", "办好了"]])
    assert (found.columns[1].untold, found.columns[1].codes[:2]) == (("办好了",), ("solved", "partly"))
    assert '{ "办好了" = "?" }; solved, partly' in found.text()


def test_a_procedure_without_names_of_its_own_is_guessed_by_its_acts_or_by_what_is_shipped() -> None:
    interview = lifecycles.interview("dalian-2018")
    assert of(guess(["计划时间", "约谈日期"], interview)) == {"计划时间": ("plan", LIKELY), "约谈日期": ("hold", SURE)}
    own = permits(Column("编号", "", "reference"))
    assert of(guess(["编号", "申请日期"], own)) == {"编号": ("编号", SURE)}


def test_a_procedure_that_knows_no_columns_at_all_is_guessed_by_the_names_of_its_acts() -> None:
    own = attrs.evolve(PERMITS, ledger=())
    found = guess(["编号", "申请时间", "决定日期"], own)
    assert [one.key for one in found.columns] == ["reference", "ask", "decide"]
    assert found.mapping.expected(own)


def test_the_text_says_what_is_required_and_under_no_heading() -> None:
    assert guess(["办结日期"], COMPLAINT).text("zh").endswith("# 缺少的必需列: 收到日期\n")
    assert "# required, but under no heading: 收到日期" in guess(["办结日期"], COMPLAINT).text("en")


ROWS: list[list[str | None]] = [
    ["2018年投诉台账"],
    ["工单编号", "接诉时间", "办理", None, "应办结日期"],
    [None, None, "回复时间", "办理完成时间", None],
    ["a", "2018-09-10", "2018-09-12", "2018-09-20", "2018-10-20"],
]


def test_the_line_or_the_two_lines_of_the_headings_are_found() -> None:
    found = guess_table(open_table(workbook(ROWS)), COMPLAINT)
    assert (found.sheet, found.header) == ("台账", (2, 3))
    assert of(found) == {
        "工单编号": ("投诉编号", SURE),
        "接诉时间": ("收到日期", SURE),
        "回复时间": ("答复日期", SURE),
        "办理完成时间": ("办结日期", LIKELY),
    }
    assert guess_table(open_table(workbook([*ROWS[:2], ROWS[3]])), COMPLAINT).header == (2,)
    assert guess_table(open_table(workbook([ROWS[1], ROWS[3]])), COMPLAINT).header == ()


@given(st.lists(st.text(max_size=8), max_size=4), st.lists(st.lists(st.text(max_size=4), max_size=4), max_size=2))
def test_whatever_the_headings_are_the_text_is_a_mapping(headings: list[str], rows: list[list[str]]) -> None:
    found = guess([*headings, "收到日期", "办结结果"], COMPLAINT, [[*[""] * len(headings), "", *row] for row in rows])
    assert Mapping.from_text(found.text()) == found.mapping


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_text_is_a_mapping_with_which_the_table_can_be_read(language: str) -> None:
    data = workbook(ROWS)
    found = guess_table(open_table(data), COMPLAINT)
    text = found.text("zh" if language == "zh" else "en")
    mapping = Mapping.from_text(text)
    assert mapping == found.mapping
    (row,) = read_ledger(data, COMPLAINT, mapping=mapping).rows
    assert [act.trigger for act in row.acts] == ["receive", "reply", "conclude"]
    assert ("# 未用的列: 应办结日期" if language == "zh" else "# not used: 应办结日期") in text


def test_what_is_only_maybe_so_is_commented_out() -> None:
    found = guess(["收到日期", "投诉人回访日期"], COMPLAINT)
    assert '\n# "回访日期" = "投诉人回访日期"  # 可能' in found.text()
    assert [column.key for column in found.mapping.columns] == ["收到日期"]


def test_an_empty_table_and_json_are_guessed_as_well() -> None:
    assert guess_table(open_table(workbook([])), COMPLAINT).missing == ("收到日期",)
    found = guess_table(open_table(b'{"\xe7\xbc\x96\xe5\x8f\xb7": 1, "x": 2}'), PERMITS)
    assert (of(found), found.left) == ({"编号": ("编号", SURE)}, ("x",))


def test_every_name_of_every_column_is_sure() -> None:
    for column in COLUMNS:
        for name in (column.name, *column.aliases):
            assert of(guess([name], PERMITS)) == {name: (column.name, SURE)}

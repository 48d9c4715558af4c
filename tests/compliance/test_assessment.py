"""Units compared: periods read strictly, exact rates, scores and places by their laws, a circular that says how."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.compliance.assessment import (
    INDICATORS,
    Assessment,
    Indicator,
    Span,
    Sums,
    assessed,
    assessment_json,
    checked,
    circular,
    drafts,
)
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label

QUARTER = Span.read("2018Q4")
DONE = Indicator(key="done", label=Label("办结率", "conclusion rate"), numerator="c.done", denominator="c.all")
BACK = Indicator(
    key="back",
    label=Label("重办率", "reopen rate"),
    numerator=("c.back", "c.again"),
    denominator="c.all",
    higher_is_better=False,
    weight=2,
)
UNITS = ("甲局", "乙局", "丙局", "丁局", "戊局")
SUMS = st.dictionaries(
    st.tuples(st.sampled_from(["c.done", "c.all", "c.back", "c.again"]), st.sampled_from(UNITS)), st.integers(0, 30)
)


def assess(
    sums: Sums,
    before: Sums | None = None,
    *,
    by: tuple[Indicator, ...] = (DONE, BACK),
    units: Iterable[str] | None = None,
    counted_to: date = QUARTER.last,
) -> Assessment:
    return assessed(QUARTER, by, sums, before, counted_to=counted_to, units=units)


def of_rates(**rates: tuple[int, int]) -> dict[tuple[str, str], int]:
    """Sums of one indicator: done and all by unit."""
    return {
        (measure, unit): n for unit, pair in rates.items() for measure, n in zip(("c.done", "c.all"), pair, strict=True)
    }


# --- periods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last", "zh", "en", "before"),
    [
        ("2018", "2018-01-01", "2018-12-31", "2018年", "2018", "2017"),
        ("2018Q4", "2018-10-01", "2018-12-31", "2018年第四季度", "2018Q4", "2018Q3"),
        ("2018Q1", "2018-01-01", "2018-03-31", "2018年第一季度", "2018Q1", "2017Q4"),
        ("2020-02", "2020-02-01", "2020-02-29", "2020年2月", "2020-02", "2020-01"),
        (
            "2018-10-08/2018-10-14",
            "2018-10-08",
            "2018-10-14",
            "2018-10-08至2018-10-14",
            "2018-10-08 to 2018-10-14",
            None,
        ),
    ],
)
def test_a_period_is_read_and_knows_the_one_before(  # noqa: PLR0917 - a table
    text: str, first: str, last: str, zh: str, en: str, before: str | None
) -> None:
    span = Span.read(text)
    assert (span.first.isoformat(), span.last.isoformat(), span.label.zh, span.label.en) == (first, last, zh, en)
    wanted = Span(date(2018, 10, 1), date(2018, 10, 7)) if before is None else Span.read(before)
    assert span.before == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2018Q5", "'2018Q5' is no period; give 2018, 2018Q4"),
        ("2018-13", "is no period"),
        ("2018-1", "is no period"),
        ("二〇一八", "is no period"),
        ("２０１８", "is no period"),
        ("2018-10-01/2018-02-30", "is no period"),
        ("2018-10-01/2018-09-30", "ends before it begins"),
        ("0000", "outside the years 1 to 9999"),
        ("0000Q4", "outside the years 1 to 9999"),
        ("", "is no period"),
        (2018, "not 2018"),
    ],
)
def test_what_is_no_period_is_refused_with_what_to_give(text: Any, says: str) -> None:  # noqa: ANN401 - no text either
    with pytest.raises(UnknownError, match=says):
        Span.read(text)


def test_nothing_is_before_the_year_1() -> None:
    assert Span.read("0001").before is None
    assert Span.between(date(1, 1, 1), date(1, 1, 2)).before is None


# --- rates, scores, places --------------------------------------------------------------------------------------------


def test_a_standard_score_is_50_plus_10_deviations_of_the_population() -> None:
    found = assess(of_rates(甲局=(1, 4), 乙局=(2, 4), 丙局=(3, 4)), by=(DONE,))
    assert [(one.unit, one.rates[0].value, one.total) for one in found.ranked] == [
        ("丙局", Fraction(3, 4), 62.25),
        ("乙局", Fraction(1, 2), 50.0),
        ("甲局", Fraction(1, 4), 37.75),
    ]


def test_where_lower_is_better_the_sign_is_turned() -> None:
    turned = attrs.evolve(DONE, higher_is_better=False)
    found = assess(of_rates(甲局=(1, 4), 乙局=(3, 4)), by=(turned,))
    assert [(one.unit, one.total) for one in found.ranked] == [("甲局", 60.0), ("乙局", 40.0)]


def test_equal_totals_share_a_place_and_the_places_after_them_are_left_out() -> None:
    found = assess(of_rates(甲局=(4, 4), 乙局=(2, 4), 丙局=(1, 2), 丁局=(1, 4)), by=(DONE,))
    assert [(one.unit, one.place, one.tied) for one in found.ranked] == [
        ("甲局", 1, 0),
        ("丙局", 2, 1),
        ("乙局", 2, 1),
        ("丁局", 4, 0),
    ]


def test_without_deviation_all_have_50_and_one_place() -> None:
    found = assess(of_rates(甲局=(1, 2), 乙局=(2, 4)), by=(DONE,))
    assert [(one.total, one.place, one.tied) for one in found.ranked] == [(50.0, 1, 1)] * 2


def test_a_denominator_of_0_is_told_and_never_ranked_as_0() -> None:
    found = assess(of_rates(甲局=(1, 2), 乙局=(0, 0)), by=(DONE,), units=["乙局", "甲局", "丙局"])
    assert [one.unit for one in found.ranked] == ["甲局"]
    assert [(one.unit, one.rates[0].value, one.total, one.place) for one in found.unranked] == [
        ("丙局", None, None, None),
        ("乙局", None, None, None),
    ]


def test_a_smaller_denominator_than_is_asked_for_is_not_scored() -> None:
    found = assess(of_rates(甲局=(1, 1), 乙局=(5, 9), 丙局=(1, 5)), by=(attrs.evolve(DONE, at_least=5),))
    assert [one.unit for one in found.ranked] == ["乙局", "丙局"]
    assert found.unranked[0].rates[0].value == 1
    assert "办结率分母1，不足5" in circular(found)
    assert "denominator of conclusion rate 1, fewer than 5" in circular(found, lang="en")


def test_a_total_is_the_weighted_mean_of_the_scores_there_are() -> None:
    sums = {
        ("c.all", "甲局"): 4,
        ("c.done", "甲局"): 4,
        ("c.all", "乙局"): 4,
        ("c.back", "乙局"): 1,
        ("c.again", "乙局"): 1,
    }
    found = assess(sums)
    assert [(one.unit, [rate.score for rate in one.rates], one.total) for one in found.ranked] == [
        ("甲局", [60.0, 60.0], 60.0),
        ("乙局", [40.0, 40.0], 40.0),
    ]
    sums = {**sums, ("c.back", "甲局"): 4}
    assert {one.unit: one.total for one in assess(sums).ranked} == {"甲局": 46.67, "乙局": 53.33}


def test_the_change_is_told_against_the_period_before_with_the_place_there() -> None:
    before = of_rates(甲局=(1, 4), 乙局=(3, 4))
    found = assess(of_rates(甲局=(3, 4), 乙局=(2, 4), 丙局=(0, 1)), before, by=(DONE,))
    assert {one.unit: (one.rates[0].change, one.before) for one in found.ranked} == {
        "甲局": (Fraction(1, 2), 2),
        "乙局": (Fraction(-1, 4), 1),
        "丙局": (None, None),
    }


@given(SUMS, SUMS, st.permutations(UNITS))
def test_the_order_of_units_changes_nothing(sums: Sums, before: Sums, order: list[str]) -> None:
    shuffled = dict(sorted(sums.items(), key=lambda item: order.index(item[0][1])))
    assert assess(sums, before, units=UNITS) == assess(shuffled, before, units=order)


@given(SUMS, st.integers(2, 50))
def test_counts_multiplied_change_no_rate_no_score_and_no_place(sums: Sums, times: int) -> None:
    def seen(found: Assessment) -> list[Any]:
        standings = (*found.ranked, *found.unranked)
        return [(one.unit, one.total, one.place, [(rate.value, rate.score) for rate in one.rates]) for one in standings]

    many = {of: count * times for of, count in sums.items()}
    assert seen(assess(sums, units=UNITS)) == seen(assess(many, units=UNITS))


@given(SUMS)
def test_places_go_by_totals_and_everybody_has_one_or_a_reason(sums: Sums) -> None:
    found = assess(sums, units=UNITS)
    assert sorted(one.unit for one in (*found.ranked, *found.unranked)) == sorted(UNITS)
    totals = [one.total for one in found.ranked if one.total is not None]
    assert totals == sorted(totals, reverse=True)
    for one in found.ranked:
        assert one.place == 1 + sum(total > (one.total or 0) for total in totals)
        assert one.tied == totals.count(one.total or 0) - 1
    for one in found.unranked:
        assert all(rate.value is None for rate in one.rates)


@given(SUMS)
def test_one_score_better_and_nothing_else_never_costs_a_place(sums: Sums) -> None:
    place = {one.unit: one.place for one in assess(sums, by=(DONE,), units=UNITS).ranked}
    for unit, before in place.items():
        better = {**sums, ("c.done", unit): sums.get(("c.done", unit), 0) + 1}
        after = {one.unit: one.place for one in assess(better, by=(DONE,), units=UNITS).ranked}
        assert (after[unit] or 0) <= (before or 0)


# --- indicators -------------------------------------------------------------------------------------------------------


def test_the_shipped_indicators_can_be_compared_by() -> None:
    assert checked(INDICATORS) == INDICATORS


@pytest.mark.parametrize(
    ("indicators", "says"),
    [
        ([], "there is no indicator"),
        (["conclusion_rate"], "not 'conclusion_rate'"),
        ([DONE, DONE], "'done' stands 2 times"),
        ([attrs.evolve(DONE, numerator=())], "'done' has no measure"),
        ([attrs.evolve(DONE, weight=0), attrs.evolve(BACK, at_least=-1)], "weight of 'done' is 0.*at_least of 'back'"),
    ],
)
def test_what_nobody_can_be_compared_by_is_refused_all_of_it_at_once(indicators: Any, says: str) -> None:  # noqa: ANN401 - wrong ones
    with pytest.raises(UnknownError, match=says):
        checked(indicators)


# --- the circular -----------------------------------------------------------------------------------------------------


def test_the_circular_states_period_method_ties_and_who_is_not_ranked_and_why() -> None:
    found = assess(of_rates(甲局=(4, 4), 乙局=(2, 4), 丙局=(1, 2)), of_rates(甲局=(1, 2)), units=UNITS)
    text = circular(found)
    for said in (
        "# 营商环境考核通报：2018年第四季度",
        "- 考核期间：2018-10-01至2018-12-31；计数截至2018-12-31",
        "- 上期：2018年第三季度",
        "- 并列第2：丙局、乙局",
        "标准分 = 50 + 10 ×（比率 − 平均数）÷ 总体标准差",
        "所引文件未作规定",
        "| 2（并列） | 丙局 |",
        "| 甲局 | 4/4 | 100.0% | 64.14 | +50.0 |",
        "- 丁局：各项指标分母均为零",
        "c.done ÷ c.all",
        "(c.back + c.again) ÷ c.all",
    ):
        assert said in text
    english = circular(found, lang="en")
    assert "Tied at place 2: 丙局, 乙局" in english
    assert "- 丁局: every denominator is 0" in english
    assert "The period runs still" not in english


def test_a_period_that_runs_still_is_said_to() -> None:
    found = assess({}, counted_to=date(2018, 11, 30))
    assert "期间尚未结束" in circular(found)
    assert "没有可以排名的单位。" in circular(found)
    assert "本期没有可计的数。" in circular(found)


def test_a_name_is_shown_as_it_is_and_breaks_no_table() -> None:
    text = circular(assess(of_rates(**{"a|b_ *c*\n<i>": (1, 2), "x_y": (1, 3)}), by=(DONE,)))
    assert r"a\|b\_ \*c\* \<i\>" in text
    assert "| x_y |" in text


def test_json_has_every_count_so_that_each_rate_can_be_worked_out_again() -> None:
    found = assess(of_rates(甲局=(3, 4), 乙局=(0, 0)), of_rates(甲局=(1, 4)), by=(DONE,))
    said = assessment_json(found, drafts(found, last=1))
    assert said["ranked"][0]["rates"]["done"] == {
        "numerator": 3,
        "denominator": 4,
        "score": 50.0,
        "before": "1/4",
        "change": "1/2",
    }
    assert said["unranked"][0]["why"] == {"zh": "各项指标分母均为零", "en": "every denominator is 0"}
    assert assessment_json(assess({}))["before"] is None


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_the_last_places_become_drafts_the_last_first_and_those_of_one_place_together() -> None:
    found = assess(of_rates(甲局=(4, 4), 乙局=(2, 4), 丙局=(1, 2), 丁局=(1, 4), 戊局=(3, 4)), by=(DONE,))
    assert [one.unit for one in drafts(found, last=1)] == ["丁局"]
    assert [one.unit for one in drafts(found, last=2)] == ["丁局", "乙局", "丙局"]
    assert [one.unit for one in drafts(found, share=Fraction(1, 5))] == ["丁局"]
    assert [one.unit for one in drafts(found, share=0.5)] == ["丁局", "乙局", "丙局"]
    assert len(drafts(found, last=99)) == len(drafts(found, share=1)) == 5
    draft = drafts(found, last=2)[1]
    assert draft.content == {
        "grounds": ["8"],
        "because": "bottom_rank",
        "facts": "2018年第四季度营商环境考核排名第3（与另外1个单位并列），参加排名5个单位；办结率2/4",
        "review": "2018年第四季度营商环境考核",
        "mode": "individual",
        "subjects": [{"unit": "乙局"}],
    }


def test_where_all_have_one_place_or_nobody_has_any_there_is_no_bottom() -> None:
    assert drafts(assess(of_rates(甲局=(1, 2), 乙局=(1, 2)), by=(DONE,)), last=1) == ()
    assert drafts(assess({}), share=1) == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "give last= or share="),
        ({"last": 1, "share": 0.1}, "one of them only"),
        ({"last": 0}, "last is 0"),
        ({"last": True}, "last is True"),
        ({"share": 0}, "share is 0"),
        ({"share": 1.5}, "share is 1.5"),
        ({"share": True}, "share is True"),
        ({"share": "a tenth"}, "share is 'a tenth'"),
    ],
)
def test_a_bottom_that_makes_no_sense_is_refused(given: Any, says: str) -> None:  # noqa: ANN401 - wrong ones
    with pytest.raises(UnknownError, match=says):
        drafts(assess({}), **given)

"""Rules H1 to H5 of the service review: of each the kept and the broken case."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lifecycles.reviewing import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    DISMISSED,
    NOT_CONTENT,
    OTHER_UNIT,
    PLATFORM,
    RATED,
    REFUSING,
    SUPERVISOR,
    UNIT,
    VERIFIED,
    Desk,
    rating,
    the_unmet,
    variant,
)
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Outcome, Verdict, audit, audit_all
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import china
from yingshang_flow.errors import ContentError
from yingshang_flow.lifecycles.interview import GROUNDS
from yingshang_flow.lifecycles.service_review import (
    GRADES,
    Assignment,
    Closing,
    Dismissal,
    FollowUp,
    Verification,
    is_poor,
    rated_low,
)
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Unmet

KEPT, BROKEN, UNKNOWN = Outcome
LIAONING = lifecycles.service_review("liaoning-2020")
REPLY = "liaoning-reply-2020 三"
SCORES = {"very_satisfied": 10, "satisfied": 8, "basically_satisfied": 6, "dissatisfied": 3, "very_dissatisfied": 0}


def judged(desk: Desk, history: Sequence[Record], rule: str) -> Verdict:
    """The verdict on a history that was changed by hand."""
    said = audit(history, desk.lifecycle, calendar=china())
    return next(found for found in said.verdicts if found.rule.id == rule)


def says(unmet: Unmet, zh: str, *cited: str) -> None:
    """Hold a refusal against its words and its citations."""
    assert unmet.label.zh == zh
    assert [str(citation) for citation in unmet.citations] == list(cited)


def saying(history: Sequence[Record], trigger: str, **changes: Any) -> list[Record]:  # noqa: ANN401 - of its content
    """A history in which an act says something else."""
    forged = []
    for record in history:
        content: Any = record.content
        changed = attrs.evolve(content, **changes) if record.trigger == trigger else content
        forged.append(attrs.evolve(record, content=changed))
    return forged


# --- H1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("H1")
@pytest.mark.parametrize(("grade", "score"), SCORES.items())
def test_H1_a_grade_has_its_score(grade: str, score: int) -> None:
    desk = Desk()
    desk.open(rating(grade=grade, score=score))
    assert desk.verdict("H1").outcome is KEPT


@pytest.mark.breaks("H1")
@given(st.sampled_from(sorted(SCORES)), st.integers(-1, 11))
def test_H1_another_score_than_the_grades_is_refused(grade: str, score: int) -> None:
    if score == SCORES[grade]:
        assert Desk().open(rating(grade=grade, score=score)).state == "rated"
        return
    unmet = the_unmet(Desk().refused("rate", rating(grade=grade, score=score)), "H1")
    says(unmet, "分值与等级不符", REPLY)
    assert unmet.found == (f"{score}, not {SCORES[grade]}",)


@pytest.mark.breaks("H1")
def test_H1_a_review_has_one_of_the_five_grades() -> None:
    says(the_unmet(Desk().refused("rate", rating(grade=None, score=5)), "H1"), "须评定等级", REPLY)
    with pytest.raises(ContentError, match="grade"):
        Desk().open({"grade": "so_so", "reviewed": "甲", "matter": "乙", "channel": "app"})


@pytest.mark.breaks("H1")
@pytest.mark.parametrize("grade", ["very_satisfied", "satisfied", "basically_satisfied"])
def test_H1_a_good_review_cannot_be_assigned_as_a_poor_one(grade: str) -> None:
    desk = Desk()
    desk.open(rating(grade=grade))
    says(the_unmet(desk.refused("assign", ASSIGNED), "H1"), "只有差评须转办", "ours H1")


@pytest.mark.breaks("H1")
def test_H1_a_score_that_does_not_fit_is_found_in_a_history() -> None:
    desk = Desk()
    desk.reach("closed")
    assert judged(desk, saying(desk.history, "rate", score=10), "H1").outcome is BROKEN


# --- H2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("H2")
@pytest.mark.parametrize(
    "channel", ["platform", "window", "app", "kiosk", "hotline_voice", "hotline_text", "box", "book", "email"]
)
def test_H2_a_review_comes_in_by_a_channel_of_the_list(channel: str) -> None:
    desk = Desk()
    desk.open(rating(channel=channel))
    assert desk.verdict("H2").outcome is KEPT


@pytest.mark.breaks("H2")
def test_H2_another_channel_is_put_in_words() -> None:
    says(the_unmet(Desk().refused("rate", rating(channel=None)), "H2"), "须写明评价渠道", REPLY)
    for words in (None, " "):
        error = Desk().refused("rate", rating(channel="other", other_channel=words))
        says(the_unmet(error, "H2"), "其他渠道须写明", REPLY)
    assert Desk().open(rating(channel="other", other_channel="市长信箱")).state == "rated"


# --- H3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("H3")
def test_H3_a_poor_review_is_assigned_verified_put_right_and_answered() -> None:
    desk = Desk()
    desk.reach("answered")
    assert desk.verdict("H3").outcome is KEPT


@pytest.mark.breaks("H3")
@pytest.mark.parametrize("grade", ["dissatisfied", "very_dissatisfied"])
def test_H3_a_poor_review_is_never_archived_as_if_it_were_good(grade: str) -> None:
    desk = Desk()
    desk.open(rating(grade=grade))
    says(the_unmet(desk.refused("archive"), "H3"), "差评须转办，不得直接归档", REPLY)


@pytest.mark.breaks("H3")
@pytest.mark.parametrize("dropped", ["assign", "verify", "start", "answer"])
def test_H3_a_step_that_was_left_out_is_found(dropped: str) -> None:
    desk = Desk()
    desk.reach("closed")
    forged = [record for record in desk.history if record.trigger != dropped]
    found = judged(desk, forged, "H3")
    labels = {"assign": "差评转办", "verify": "转办后核实", "start": "核实后整改", "answer": "整改后反馈"}
    assert found.outcome is BROKEN
    assert labels[dropped] in {finding.label.zh for finding in found.findings}


def test_H3_what_is_not_done_yet_is_unknown_as_the_reply_sets_no_limit() -> None:
    desk = Desk()
    desk.open()
    found = desk.verdict("H3")
    assert found.outcome is UNKNOWN
    assert any("尚未办理" in label.zh for label in found.shown)


@pytest.mark.breaks("H3")
@pytest.mark.parametrize("limit", ["assign", "verify", "rectify", "answer"])
def test_H3_a_locality_can_set_limits_and_late_is_found(tmp_path: Path, limit: str) -> None:
    desk = Desk(variant(tmp_path, **{limit: '"1日"'}))
    desk.open()
    desk.act("assign", ASSIGNED, at=date(2020, 7, 7))
    desk.act("verify", VERIFIED, by=UNIT, at=date(2020, 7, 14))
    desk.act("start", by=UNIT, at=date(2020, 7, 21))
    desk.act("answer", ANSWERED, by=UNIT, at=date(2020, 7, 28))
    found = desk.verdict("H3")
    assert found.outcome is BROKEN
    assert all(finding.days_late for finding in found.findings)


@pytest.mark.breaks("H3")
@pytest.mark.parametrize("trigger", ["verify", "start", "answer"])
def test_H3_only_the_unit_it_was_assigned_to_acts_as_responsible(trigger: str) -> None:
    desk = Desk()
    content = {"verify": VERIFIED, "start": None, "answer": ANSWERED}[trigger]
    desk.reach({"verify": "assigned", "start": "verified", "answer": "rectifying"}[trigger])
    unmet = the_unmet(desk.refused(trigger, content, by=OTHER_UNIT), "H3")
    says(unmet, "须由所转责任单位办理", "ours H3")
    assert desk.act(trigger, content, by=SUPERVISOR).revision == desk.case.revision


@pytest.mark.breaks("H3")
@pytest.mark.parametrize("role", ["platform", "supervisor"])
def test_H3_the_unit_reviewed_never_dismisses_its_own_review(role: str) -> None:
    desk = Desk()
    desk.reach("verified")
    error = desk.refused("dismiss", DISMISSED, by=Actor("wang", UNIT.unit, role))
    says(the_unmet(error, "H3"), "被评单位不得自行认定不成立", "ours H3")


@pytest.mark.parametrize(
    ("state", "trigger", "content", "by", "zh", "cited"),
    [
        ("rated", "assign", Assignment(" "), PLATFORM, "须写明责任单位", REPLY),
        ("assigned", "verify", Verification(), UNIT, "须写明核实情况", REPLY),
        ("verified", "dismiss", Dismissal(), PLATFORM, "须写明不成立的理由", "ours H3"),
        ("rectifying", "answer", attrs.evolve(ANSWERED, outcome=None), UNIT, "须有整改结果、情况和反馈", REPLY),
        ("rectifying", "answer", attrs.evolve(ANSWERED, done=""), UNIT, "须有整改结果、情况和反馈", REPLY),
        ("rectifying", "answer", attrs.evolve(ANSWERED, answer=None), UNIT, "须有整改结果、情况和反馈", REPLY),
        ("answered", "follow_up", FollowUp(), PLATFORM, "须写明评价人是否满意", "ours H3"),
        ("answered", "close", CLOSED, PLATFORM, "反馈后须回访", "ours H3"),
    ],
)
def test_H3_each_step_says_what_was_done(  # noqa: PLR0917  # a row of the table
    state: str, trigger: str, content: object, by: Actor, zh: str, cited: str
) -> None:
    desk = Desk()
    desk.reach(state)
    says(the_unmet(desk.refused(trigger, content, by=by), "H3"), zh, cited)


@pytest.mark.breaks("H3")
@pytest.mark.parametrize("answer", [None, "content", "no_answer"])
def test_H3_it_is_started_again_only_if_the_reviewer_is_not_content(answer: Any) -> None:  # noqa: ANN401 - its values
    desk = Desk()
    desk.reach("answered")
    if answer is not None:
        desk.act("follow_up", FollowUp(answer))
    says(the_unmet(desk.refused("start", by=UNIT), "H3"), "评价人仍不满意或拒不整改的，方可再次整改", "ours H3")
    desk.act("follow_up", NOT_CONTENT)
    assert desk.act("start", by=UNIT).state == "rectifying"


@pytest.mark.breaks("H3")
def test_H3_a_refusal_to_put_right_is_found_until_it_is_put_right_after_all() -> None:
    desk = Desk()
    desk.reach("answered", feedback=REFUSING)
    found = desk.verdict("H3")
    assert found.outcome is BROKEN
    assert [(finding.revision, finding.found) for finding in found.findings] == [(5, "refused")]
    desk.act("start", by=PLATFORM)
    desk.act("answer", ANSWERED, by=UNIT)
    assert desk.verdict("H3").outcome is KEPT


def told(desk: Desk, history: Sequence[Record]) -> str:
    """What a verdict on H3 shows."""
    return " ".join(label.en for label in judged(desk, history, "H3").shown)


def test_H3_feedback_or_a_follow_up_that_is_not_on_file_is_told() -> None:
    desk = Desk()
    desk.reach("closed")
    assert "not on file" not in told(desk, desk.history)
    for trigger in ("answer", "follow_up"):
        blind = [attrs.evolve(r, content=None) if r.trigger == trigger else r for r in desk.history]
        assert f"not on file ({trigger})" in told(desk, blind)
        assert judged(desk, blind, "H3").outcome is not BROKEN


def test_a_review_whose_grade_is_not_on_file_is_neither_good_nor_poor() -> None:
    desk = Desk()
    desk.open()
    with pytest.raises(LookupError, match="grade"):
        is_poor(rating(grade=None), desk.lifecycle.values)


# --- H4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("H4")
def test_H4_refusing_to_put_right_gives_reason_for_an_interview_and_for_accountability() -> None:
    desk = Desk()
    desk.reach("answered", feedback=REFUSING)
    assert [(reason.opens, reason.codes) for reason in desk.audit().reasons] == [
        ("rectification_item", ()),
        ("interview", ("7",)),
        ("accountability", ()),
    ]
    assert all(code in GROUNDS for reason in desk.audit().reasons for code in reason.codes)
    assert desk.verdict("H4").shown


@pytest.mark.keeps("H4")
def test_H4_what_was_put_right_gives_none() -> None:
    desk = Desk()
    desk.reach("closed")
    assert [reason.opens for reason in desk.audit().reasons] == ["rectification_item"]


def compared(folder: Path, reviews: Sequence[dict[str, Any]], **values: str) -> list[Audit]:
    """Audit reviews together under some thresholds."""
    desk = Desk(variant(folder, **values))
    histories = []
    for number, changes in enumerate(reviews):
        desk.id = ""
        desk.open(rating(**changes), at=RATED + timedelta(days=number))
        histories.append((desk.history, desk.lifecycle))
    return list(audit_all(histories, calendar=china()))


def found(audits: Sequence[Audit]) -> list[list[str]]:
    return [[finding.found for finding in said.findings if finding.code == "H4"] for said in audits]


GOOD: dict[str, Any] = {"grade": "satisfied"}
POOR: dict[str, Any] = {"grade": "dissatisfied"}


@pytest.mark.breaks("H4")
@pytest.mark.keeps("H4")
def test_H4_a_high_share_of_poor_reviews_is_found_at_the_latest_of_them(tmp_path: Path) -> None:
    audits = compared(tmp_path, [POOR, POOR, GOOD, GOOD, {**GOOD, "reviewed": "市税务局"}], share="50")
    assert found(audits) == [[], ["市住建局: 2 / 4"], [], [], []]
    (reason,) = audits[1].reasons
    assert (reason.ground, reason.opens, reason.codes) == ("rated_low", "interview", ("8",))
    assert audits[0].outcome("H4") is KEPT


def test_H4_a_share_below_the_threshold_or_of_too_few_reviews_is_not_found(tmp_path: Path) -> None:
    assert found(compared(tmp_path, [POOR, GOOD, GOOD], share="34")) == [[], [], []]
    assert found(compared(tmp_path, [POOR, GOOD, GOOD], share="33")) == [["市住建局: 1 / 3"], [], []]
    assert found(compared(tmp_path, [POOR, GOOD, GOOD], share="33", fewest="4")) == [[], [], []]
    assert found(compared(tmp_path, [GOOD], share="1")) == [[]]


@pytest.mark.breaks("H4")
def test_H4_single_staff_are_told_apart_from_their_unit(tmp_path: Path) -> None:
    reviews = [{**POOR, "staff": "三号窗口"}, {**GOOD, "staff": "四号窗口"}, GOOD, GOOD]
    assert found(compared(tmp_path, reviews, share="50")) == [["市住建局 三号窗口: 1 / 1"], [], [], []]


@pytest.mark.breaks("H4")
def test_H4_the_bottom_of_the_ranking_is_found_and_ties_share_a_place(tmp_path: Path) -> None:
    reviews = [{**GOOD, "reviewed": "甲"}, {**POOR, "reviewed": "乙"}, {**POOR, "reviewed": "丙"}]
    assert found(compared(tmp_path, reviews, lowest="1")) == [[], ["乙: 3 / 3"], ["丙: 3 / 3"]]
    reviews = [{"grade": grade, "reviewed": grade} for grade in GRADES]
    assert [bool(said) for said in found(compared(tmp_path, reviews, lowest="2"))] == [False, False, False, True, True]


def test_H4_where_all_are_rated_alike_nobody_is_at_the_bottom(tmp_path: Path) -> None:
    assert found(compared(tmp_path, [{**POOR, "reviewed": "甲"}, {**POOR, "reviewed": "乙"}], lowest="1")) == [[], []]


REVIEWS = st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(sorted(SCORES))), min_size=1, max_size=12)
LIMITS = st.fixed_dictionaries({"share": st.integers(1, 100), "lowest": st.integers(1, 3), "fewest": st.integers(1, 4)})


@given(REVIEWS, LIMITS, st.randoms(use_true_random=False))
def test_H4_what_is_found_is_what_the_averages_and_shares_say_in_whatever_order_the_cases_come(
    reviews: list[tuple[str, str]], limits: dict[str, int], shuffled: Random
) -> None:
    values = attrs.evolve(LIAONING.values, **{name: Cited(number, OURS("H4")) for name, number in limits.items()})
    cases = [(case_of(f"{place:02}", unit, grade), ()) for place, (unit, grade) in enumerate(reviews)]
    by_unit = {unit: [SCORES[grade] for other, grade in reviews if other == unit] for unit, _ in reviews}
    enough = {unit: scores for unit, scores in by_unit.items() if len(scores) >= limits["fewest"]}
    averages = {unit: sum(scores) / len(scores) for unit, scores in enough.items()}
    expected = []
    for unit, scores in enough.items():
        poor = [score for score in scores if score <= 3]
        if poor and 100 * len(poor) / len(scores) >= limits["share"]:
            expected.append(unit)
        worse = sorted(average for average in averages.values() if average < averages[unit])
        if len(worse) < limits["lowest"] and averages[unit] < max(averages.values()):
            expected.append(unit)
    said = sorted(rated_low(cases, values))
    assert sorted(words.split(":")[0] for _, words in said) == sorted(expected)
    shuffled.shuffle(cases)
    assert sorted(rated_low(cases, values)) == said


def case_of(case: str, unit: str, grade: Any) -> Case:  # noqa: ANN401 - its values
    """A review that was just given, under an id."""
    desk = Desk()
    desk.open(rating(grade=grade, reviewed=unit))
    return attrs.evolve(desk.case, id=case)


def test_H4_a_dismissed_review_and_one_of_nobody_do_not_count(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, share="1"))
    desk.reach("verified")
    desk.act("dismiss", DISMISSED)
    dismissed = (desk.case, desk.history)
    for changes in ({"grade": None}, {"reviewed": None}, {}):
        history = saying(desk.history[:1], "rate", **changes)
        case = evolve(None, history[0])
        assert bool(list(rated_low([(case, history), dismissed], desk.lifecycle.values))) is (not changes)
    assert list(rated_low([dismissed], desk.lifecycle.values)) == []


def test_H4_is_no_comparison_where_the_locality_sets_no_threshold() -> None:
    desk = Desk()
    desk.open()
    assert [ground.key for ground in desk.lifecycle.grounds] == ["item", "refused_interview", "refused_accountability"]
    assert desk.verdict("H4").outcome is UNKNOWN


# --- H5 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("H5")
def test_H5_a_poor_review_ends_in_an_assessment() -> None:
    desk = Desk()
    desk.reach("closed")
    assert desk.verdict("H5").outcome is KEPT


@pytest.mark.breaks("H5")
@pytest.mark.parametrize("field", ["reviewed", "matter"])
def test_H5_a_review_names_whom_an_assessment_counts_it_for(field: str) -> None:
    unmet = the_unmet(Desk().refused("rate", rating(**{field: " "})), "H5")
    says(unmet, "须写明被评单位和事项", REPLY)


@pytest.mark.breaks("H5")
@pytest.mark.parametrize("assessment", [None, " "])
def test_H5_the_end_of_a_poor_review_outside_every_assessment_is_found_and_not_refused(assessment: str | None) -> None:
    desk = Desk()
    desk.reach("followed_up")
    assert desk.act("close", Closing(assessment)).state == "closed"
    found_here = desk.verdict("H5")
    assert found_here.outcome is BROKEN
    assert [finding.revision for finding in found_here.findings] == [7]

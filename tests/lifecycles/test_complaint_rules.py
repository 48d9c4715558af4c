"""Rules T1 to T10 of the complaint: of each the kept and the broken case."""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.lifecycles.complaining import (
    AGAINST,
    BODY,
    CLUE,
    COMPLAINANT,
    CONCLUSION,
    EXTENSION,
    PLATFORM,
    REASON,
    REFUSAL,
    REPLY,
    SATISFIED,
    STEPS,
    SUPERVISOR,
    UNDERTAKER,
    UNSATISFIED,
    Approver,
    Assignment,
    Clue,
    Complainant,
    Conclusion,
    Desk,
    FollowUp,
    Reason,
    Refusal,
    Reopening,
    Supplement,
    SupplementRequest,
    TakingUp,
    WrittenReply,
    receipt,
    the_unmet,
    variant,
)
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Outcome, Verdict, audit, audit_all
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Status
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.ledger import UNTOLD
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.lifecycles.complaint import clues_that_led_nowhere
from yingshang_flow.lifecycles.interview import GROUNDS
from yingshang_flow.words import Unmet

KEPT, BROKEN, UNKNOWN = Outcome
BAYUQUAN = "bayuquan-plan-2018 三(五)"


def judged(desk: Desk, history: Sequence[Record], rule: str) -> Verdict:
    """The verdict on a history that was changed by hand."""
    said = audit(history, desk.lifecycle, calendar=china())
    return next(found for found in said.verdicts if found.rule.id == rule)


def says(unmet: Unmet, zh: str, en: str, *cited: str) -> None:
    """Hold a refusal against its words in both languages and its citations."""
    assert zh in unmet.text("zh")
    assert en in unmet.text("en")
    assert [str(citation) for citation in unmet.citations] == list(cited)


def blind(history: Sequence[Record], *triggers: str) -> list[Record]:
    """A history in which some acts have no content, as in a ledger of dates."""
    return [attrs.evolve(record, content=None) if record.trigger in triggers else record for record in history]


# --- T1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "outcome"),
    [pytest.param(19, KEPT, marks=pytest.mark.keeps("T1")), pytest.param(20, BROKEN, marks=pytest.mark.breaks("T1"))],
)
def test_T1_a_written_answer_is_owed_within_seven_working_days(day: int, outcome: Outcome) -> None:
    desk = Desk()
    desk.open()
    desk.act("reply", REPLY, at=date(2018, 9, day))
    assert desk.verdict("T1").outcome is outcome
    assert desk.deadline("answer").due == date(2018, 9, 19)


@pytest.mark.breaks("T1")
def test_T1_an_answer_that_never_came_is_found_with_its_date() -> None:
    desk = Desk()
    desk.open()
    assert desk.verdict("T1", now=datetime(2018, 9, 19, 23, tzinfo=CHINA_TIME)).outcome is UNKNOWN
    found = desk.verdict("T1", now=datetime(2018, 9, 21, tzinfo=CHINA_TIME))
    assert found.outcome is BROKEN
    assert (found.findings[0].due, found.findings[0].happened, found.findings[0].days_late) == (
        date(2018, 9, 19),
        None,
        2,
    )


@pytest.mark.keeps("T1")
def test_T1_the_first_written_answer_of_any_kind_meets_it() -> None:
    refused, concluded = Desk(), Desk()
    refused.open()
    refused.act("refuse", REFUSAL)
    concluded.reach("handling")
    concluded.act("conclude", CONCLUSION, at=date(2018, 9, 17))
    for desk in (refused, concluded):
        assert desk.deadline("answer").status is Status.MET
        assert desk.verdict("T1").outcome is KEPT
        assert "reply" not in desk.case.facts


@pytest.mark.parametrize("field", ["text", "delivered"])
def test_T1_an_answer_has_a_text_and_was_delivered(field: str) -> None:
    desk = Desk()
    desk.open()
    unmet = the_unmet(desk.refused("reply", attrs.evolve(REPLY, **{field: None})), "T1")
    says(unmet, "须写明答复内容和送达方式", "text and how it was delivered", BAYUQUAN)
    assert len(unmet.found) == 1
    assert desk.refused("reply", WrittenReply()).unmet[0].found == ("答复内容 text", "送达方式 how it was delivered")


@pytest.mark.parametrize("field", ["reasons", "delivered"])
def test_T1_a_refusal_has_written_reasons(field: str) -> None:
    desk = Desk()
    desk.open()
    error = desk.refused("refuse", attrs.evolve(REFUSAL, **{field: None}))
    says(the_unmet(error, "T1"), "须书面说明理由", "written reasons, delivered", "ours T1")
    assert desk.refused("refuse", Refusal()).unmet


# --- T2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        pytest.param(date(2018, 10, 26), KEPT, marks=pytest.mark.keeps("T2")),
        pytest.param(date(2018, 10, 27), BROKEN, marks=pytest.mark.breaks("T2")),
        pytest.param(date(2018, 10, 29), BROKEN, marks=pytest.mark.breaks("T2")),
    ],
)
def test_T2_it_is_concluded_within_thirty_working_days_of_the_receipt(at: date, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("concluded", concluded=at)
    assert desk.verdict("T2").outcome is outcome
    assert desk.deadline().due == date(2018, 10, 26)


@pytest.mark.breaks("T2")
def test_T2_late_is_recorded_and_never_refused() -> None:
    desk = Desk()
    desk.reach("concluded", concluded=date(2018, 11, 5))
    assert desk.deadline().status is Status.MET_LATE
    (found,) = desk.verdict("T2").findings
    assert (found.due, found.happened, found.days_late) == (date(2018, 10, 26), date(2018, 11, 5), 6)


def test_T2_the_clock_warns_and_then_notes_the_miss() -> None:
    desk = Desk()
    desk.reach("answered")
    said = []
    for day in (18, 19, 26, 27):
        desk.clock.travel_to(date(2018, 10, day))
        said.append(desk.docket.sweep())
    assert said == [0, 1, 0, 1]


# --- T3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        pytest.param(date(2018, 12, 10), KEPT, marks=pytest.mark.keeps("T3")),
        pytest.param(date(2018, 12, 11), BROKEN, marks=pytest.mark.breaks("T3")),
    ],
)
def test_T3_an_extended_complaint_is_concluded_within_three_months_of_the_receipt(at: date, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 26))
    desk.act("conclude", CONCLUSION, at=at)
    assert desk.deadline().due == date(2018, 12, 10)
    assert (desk.verdict("T2").outcome, desk.verdict("T3").outcome) == (outcome, outcome)


@pytest.mark.breaks("T3")
def test_T3_an_extension_after_the_thirty_days_is_recorded_heals_nothing_and_is_found() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 27))
    desk.act("conclude", CONCLUSION, at=date(2018, 11, 1))
    assert desk.deadline().due == date(2018, 10, 26)
    assert desk.verdict("T2").outcome is BROKEN
    found = desk.verdict("T3")
    assert found.outcome is BROKEN
    assert [finding.label.zh for finding in found.findings] == ["期内延期"]


@pytest.mark.breaks("T3")
def test_T3_an_extension_that_ran_out_without_a_conclusion_is_found() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 24))
    assert desk.verdict("T3", now=noon(date(2018, 12, 10))).outcome is KEPT
    assert desk.verdict("T3", now=noon(date(2018, 12, 11))).outcome is BROKEN
    desk.act("withdraw", REASON, by=COMPLAINANT, at=date(2018, 12, 5))
    assert desk.verdict("T3", now=noon(date(2018, 12, 11))).outcome is KEPT


@pytest.mark.keeps("T3")
def test_T3_a_conclusion_that_is_revoked_after_an_extension_is_owed_by_its_end_again() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 24))
    desk.act("conclude", CONCLUSION, at=date(2018, 12, 3))
    desk.act("reopen", Reopening("问题未解决"), at=date(2018, 12, 5))
    assert desk.deadline().due == date(2018, 12, 10)
    assert desk.verdict("T3", now=noon(date(2018, 12, 10))).outcome is KEPT
    assert desk.verdict("T3", now=noon(date(2018, 12, 11))).outcome is BROKEN


def test_T3_a_late_conclusion_without_an_extension_is_no_breach_of_it() -> None:
    desk = Desk()
    desk.reach("concluded", concluded=date(2018, 11, 5))
    assert desk.verdict("T3").outcome is not BROKEN


@pytest.mark.breaks("T3")
def test_T3_a_second_extension_is_refused() -> None:
    desk = Desk()
    desk.reach("handling")
    desk.act("extend", EXTENSION)
    says(the_unmet(desk.refused("extend", EXTENSION), "T3"), "只能延期一次", "one extension only", "ours T3")


@pytest.mark.parametrize("field", ["ground", "reason"])
def test_T3_an_extension_has_one_of_two_grounds_and_a_reason(field: str) -> None:
    desk = Desk()
    desk.reach("handling")
    error = desk.refused("extend", attrs.evolve(EXTENSION, **{field: None}))
    says(the_unmet(error, "T3"), "须写明延期情形和理由", "circumstances and reason", BAYUQUAN)


def test_T3_special_circumstances_are_the_other_ground() -> None:
    desk = Desk()
    desk.reach("handling")
    assert desk.act("extend", attrs.evolve(EXTENSION, ground="special_circumstances")).state == "handling"


@pytest.mark.parametrize(
    ("approver", "zh"),
    [
        (None, "须有批准人"),
        (Approver("zhou", "市营商局", "supervisor"), "批准人不符"),
        (Approver(BODY.id, BODY.unit, "complaint_body"), "申请人不得自行批准"),
    ],
)
def test_T3_another_person_in_the_role_of_the_profile_approves(approver: Approver | None, zh: str) -> None:
    desk = Desk()
    desk.reach("handling")
    unmet = the_unmet(desk.refused("extend", attrs.evolve(EXTENSION, approver=approver)), "T3")
    assert unmet.label.zh == zh
    assert [str(citation) for citation in unmet.citations] == ["ours T3"]


# --- T4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("T4")
def test_T4_every_complaint_has_an_outcome_and_feedback() -> None:
    desk = Desk()
    desk.reach("answered")
    assert desk.verdict("T4").outcome is UNKNOWN
    assert any(label.en == "owed since 2018-09-10, not done yet" for label in desk.verdict("T4").shown)
    desk = Desk()
    desk.reach("closed")
    assert desk.verdict("T4").outcome is KEPT
    assert all("not done yet" not in label.en for label in desk.verdict("T4").shown)


@pytest.mark.breaks("T4")
@pytest.mark.parametrize(("dropped", "revision"), [({"conclude", "follow_up"}, 1), ({"follow_up"}, 6)])
def test_T4_a_complaint_that_ended_without_outcome_or_feedback_is_found(dropped: set[str], revision: int) -> None:
    desk = Desk()
    desk.reach("closed")
    forged = [record for record in desk.history if record.trigger not in dropped]
    found = judged(desk, forged, "T4")
    assert found.outcome is BROKEN
    assert revision in {finding.revision for finding in found.findings}


@pytest.mark.breaks("T4")
@pytest.mark.parametrize("field", ["outcome", "facts", "answer"])
def test_T4_a_conclusion_has_outcome_facts_and_the_answer_given(field: str) -> None:
    desk = Desk()
    desk.reach("handling")
    error = desk.refused("conclude", attrs.evolve(CONCLUSION, **{field: None}))
    says(the_unmet(error, "T4"), "须有结果、核实情况和答复", "outcome, facts and the answer given", BAYUQUAN)


@pytest.mark.parametrize("field", ["identity", "channel", "against", "matter", "category"])
@pytest.mark.parametrize(("trigger", "who"), [("register", PLATFORM), ("receive", BODY)])
def test_T4_a_complaint_is_registered_and_received_complete(field: str, trigger: str, who: Actor) -> None:
    error = Desk().refused(trigger, receipt(**{field: None}), by=who)
    assert the_unmet(error, "T4").label.zh == "登记须完整"


def test_T4_another_channel_is_put_in_words() -> None:
    error = Desk().refused("receive", receipt(channel="other"))
    assert the_unmet(error, "T4").label.zh == "其他渠道须写明"
    assert Desk().open(receipt(channel="other", other_channel="市长信箱")).state == "received"


def test_T4_a_transfer_goes_to_somebody() -> None:
    desk = Desk()
    desk.reach("handling")
    transferred = Conclusion("transferred", "属税务事项", "已移送")
    assert the_unmet(desk.refused("conclude", transferred), "T4").label.zh == "移送须写明接收单位"
    assert desk.act("conclude", attrs.evolve(transferred, recipient="区税务局")).state == "concluded"


@pytest.mark.parametrize(
    ("state", "trigger", "content", "who"),
    [
        ("received", "request_supplement", SupplementRequest("证明"), BODY),
        ("received", "request_supplement", SupplementRequest(until=date(2018, 9, 14)), BODY),
        ("received", "withdraw", Reason(" "), COMPLAINANT),
        ("accepted", "take_up", TakingUp(), BODY),
        ("handling", "suspend", Reason(), BODY),
    ],
)
def test_T4_what_is_done_with_a_complaint_is_said(state: str, trigger: str, content: object, who: Actor) -> None:
    desk = Desk()
    desk.reach(state)
    unmet = the_unmet(desk.refused(trigger, content, by=who), "T4")
    assert [str(citation) for citation in unmet.citations] == ["ours T4"]


def test_T4_what_was_registered_is_owed_a_receipt_and_what_was_reopened_a_conclusion() -> None:
    desk = Desk()
    desk.open(by=PLATFORM, trigger="register")
    assert [label.en for label in desk.verdict("T4").shown if "not done yet" in label.en] == [
        "owed since 2018-09-10, not done yet"
    ]
    desk = Desk()
    desk.reach("closed")
    desk.act("reopen", Reopening("复核"), at=LATER)
    assert [label.en for label in desk.verdict("T4").shown if "not done yet" in label.en] == [
        "owed since 2018-10-22, not done yet"
    ]


def test_T4_papers_that_are_sent_in_are_named() -> None:
    desk = Desk()
    desk.open()
    desk.act("request_supplement", SupplementRequest("证明", date(2018, 9, 14)))
    assert the_unmet(desk.refused("supplement", Supplement(), by=COMPLAINANT), "T4").label.zh == "须写明补正材料"


# --- T5 ---------------------------------------------------------------------------------------------------------------


def concluded() -> Desk:
    desk = Desk()
    desk.reach("concluded")
    return desk


LATER = date(2018, 10, 22)


@pytest.mark.keeps("T5")
def test_T5_a_complaint_is_closed_after_a_follow_up_with_the_complainants_answer() -> None:
    desk = concluded()
    unmet = the_unmet(desk.refused("close", at=LATER), "T5")
    says(unmet, "办结后须回访", "followed up after the conclusion", "ours T5")
    desk.act("follow_up", SATISFIED, at=LATER)
    assert desk.act("close", at=LATER).state == "closed"
    assert desk.verdict("T5").outcome is KEPT


@pytest.mark.parametrize("content", [FollowUp(None, "录音"), FollowUp("satisfied", None), FollowUp("satisfied", " ")])
def test_T5_a_follow_up_has_the_answer_and_evidence(content: FollowUp) -> None:
    error = concluded().refused("follow_up", content, at=LATER)
    assert the_unmet(error, "T5").label.zh == "须有本人答复和凭据"


def test_T5_an_unsatisfied_answer_says_whether_the_problem_is_solved() -> None:
    error = concluded().refused("follow_up", FollowUp("unsatisfied", "录音"), at=LATER)
    assert the_unmet(error, "T5").label.zh == "不满意的须写明问题是否解决"


def test_T5_who_does_not_answer_is_tried_three_times_and_never_counts_as_satisfied() -> None:
    desk = concluded()
    desk.act("follow_up", FollowUp("no_answer", "通话记录", attempts=2), at=LATER)
    unmet = the_unmet(desk.refused("close", at=LATER), "T5")
    assert unmet.found == ("2 / 3",)
    desk.act("follow_up", FollowUp("no_answer", "通话记录", attempts=3), at=LATER)
    assert desk.act("close", at=LATER).state == "closed"
    kept = desk.case.latest(FollowUp)
    assert kept is not None
    assert kept.answer == "no_answer"


@pytest.mark.breaks("T5")
def test_T5_unsatisfied_and_unsolved_can_only_be_reopened() -> None:
    desk = concluded()
    desk.act("follow_up", UNSATISFIED, at=LATER)
    unmet = the_unmet(desk.refused("close", at=LATER), "T5")
    says(unmet, "只能重办", "reopened, not closed", "dalian-interview-2018 5(6)")
    assert desk.act("reopen", Reopening("问题未解决"), at=LATER).state == "handling"


def test_T5_reopening_says_why() -> None:
    error = concluded().refused("reopen", Reopening(" "), by=SUPERVISOR, at=LATER)
    says(the_unmet(error, "T5"), "须写明重办理由", "why it is reopened", "ours T5")


def test_T5_options_say_what_stands_against_closing_without_trying() -> None:
    desk = concluded()
    (option,) = [o for o in desk.docket.options(desk.id, by=BODY) if o.trigger.key == "close"]
    assert (option.status, [unmet.code for unmet in option.unmet]) == ("refused", ["T5"])


@pytest.mark.breaks("T5")
def test_T5_the_audit_finds_a_conclusion_said_to_have_solved_what_is_unsolved() -> None:
    desk = concluded()
    desk.act("follow_up", UNSATISFIED, at=LATER)
    (found,) = desk.verdict("T5").findings
    assert (found.label.zh, found.revision) == ("假办结", 6)
    honest = Desk()
    honest.reach("answered")
    honest.act("conclude", attrs.evolve(CONCLUSION, outcome="partly"), at=date(2018, 10, 19))
    honest.act("follow_up", UNSATISFIED, at=LATER)
    assert honest.verdict("T5").outcome is KEPT


def test_T5_the_audit_finds_what_a_supervisor_found_when_reopening() -> None:
    for what, label, revision in (("false_conclusion", "假办结", 6), ("false_satisfaction", "被满意", 7)):
        desk = Desk()
        desk.reach("closed")
        desk.act("reopen", {"why": "回访核实", "found": what}, by=SUPERVISOR, at=LATER)
        (found,) = desk.verdict("T5").findings
        assert (found.label.zh, found.revision) == (label, revision)


def test_T5_a_reopening_that_finds_false_satisfaction_where_nobody_was_satisfied_finds_nothing() -> None:
    desk = concluded()
    desk.act("reopen", {"why": "回访核实", "found": "false_satisfaction"}, by=SUPERVISOR, at=LATER)
    assert desk.verdict("T5").outcome is KEPT


@pytest.mark.breaks("T5")
def test_T5_the_audit_finds_satisfied_after_unsatisfied_with_nothing_done_in_between() -> None:
    desk = concluded()
    desk.act("follow_up", attrs.evolve(UNSATISFIED, problem="solved"), at=LATER)
    desk.act("follow_up", SATISFIED, at=date(2018, 10, 23))
    (found,) = desk.verdict("T5").findings
    assert (found.label.zh, found.found) == ("被满意", "unsatisfied → satisfied")
    redone = concluded()
    redone.act("follow_up", UNSATISFIED, at=LATER)
    redone.act("reopen", Reopening("问题未解决"), at=LATER)
    redone.act("conclude", CONCLUSION, at=date(2018, 10, 24))
    redone.act("follow_up", SATISFIED, at=date(2018, 10, 25))
    assert "被满意" not in {finding.label.zh for finding in redone.verdict("T5").findings}


@pytest.mark.parametrize("outcome", ["solved", "partly", "explained", "unfounded"])
@pytest.mark.parametrize("answer", ["satisfied", "unsatisfied", "no_answer"])
def test_T5_a_problem_said_to_be_unsolved_is_neither_asked_again_nor_closed(
    outcome: Any,  # noqa: ANN401 - one of the literals
    answer: Any,  # noqa: ANN401 - one of the literals
) -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("conclude", attrs.evolve(CONCLUSION, outcome=outcome), at=LATER)
    desk.act("follow_up", FollowUp(answer, "录音", "unsolved", 3), at=LATER)
    again = desk.refused("follow_up", SATISFIED, at=LATER)
    says(
        the_unmet(again, "T5"), "已答复未解决的，只能重办", "said to be unsolved: reopened, not asked again", "ours T5"
    )
    assert "unsatisfied and unsolved: reopened, not closed" in {
        u.label.en for u in desk.refused("close", at=LATER).unmet
    }
    assert desk.act("reopen", Reopening("问题未解决"), at=LATER).state == "handling"


def test_T5_a_forged_closing_of_what_is_unsolved_is_found_whatever_it_claimed() -> None:
    desk = Desk()
    desk.reach("closed")
    explained = attrs.evolve(CONCLUSION, outcome="explained")
    told = {"conclude": explained, "follow_up": FollowUp("no_answer", "录音", "unsolved", 3)}
    forged = [attrs.evolve(record, content=told.get(record.trigger, record.content)) for record in desk.history]
    assert "closed / unsolved" in {finding.found for finding in judged(desk, forged, "T5").findings}


@pytest.mark.parametrize("attempts", [0, -5])
def test_T5_a_follow_up_was_tried_at_least_once(attempts: int) -> None:
    error = concluded().refused("follow_up", FollowUp("no_answer", "通话记录", None, attempts), at=LATER)
    assert "at least one attempt" in {unmet.label.en for unmet in error.unmet}


@pytest.mark.parametrize("trigger", ["conclude", "follow_up", "reopen"])
def test_T5_without_content_it_cannot_be_told(trigger: str) -> None:
    desk = concluded()
    desk.act("follow_up", SATISFIED, at=LATER)
    desk.act("close", at=LATER)
    desk.act("reopen", Reopening("复核"), at=LATER)
    found = judged(desk, blind(desk.history, trigger), "T5")
    assert any("not on file" in label.en for label in found.shown)
    assert found.outcome is not BROKEN


@pytest.mark.breaks("T5")
def test_T5_a_forged_closing_without_follow_up_is_found() -> None:
    desk = Desk()
    desk.reach("closed")
    forged = [record for record in desk.history if record.trigger != "follow_up"]
    assert judged(desk, forged, "T5").outcome is BROKEN


def test_T5_and_T8_are_grounds_for_an_interview() -> None:
    grounds = {ground.key: ground for ground in lifecycles.complaint("bayuquan-2018").grounds}
    poor = grounds["poor_complaint_handling"]
    assert (poor.opens, poor.codes) == ("interview", ("6", "7"))
    assert [rule.id for rule in poor.rules] == ["T5", "T8"]
    assert set(poor.codes) <= set(GROUNDS)


@pytest.mark.breaks("T5")
def test_T5_a_false_conclusion_gives_reason_for_an_interview_and_a_sound_one_does_not() -> None:
    desk = Desk()
    desk.reach("closed")
    assert desk.audit().reasons == ()
    forged = [record for record in desk.history if record.trigger != "follow_up"]
    (reason,) = audit(forged, desk.lifecycle, calendar=china()).reasons
    assert (reason.ground, reason.opens, reason.codes) == ("poor_complaint_handling", "interview", ("6", "7"))
    assert [rule.id for rule in reason.rules] == ["T5", "T8"]
    assert reason.shown[0].en.startswith("T5 ")


@pytest.mark.breaks("T8")
def test_T8_a_complaint_that_was_silent_gives_reason_for_an_interview() -> None:
    desk = Desk()
    desk.reach("concluded", concluded=date(2018, 11, 12))
    (reason,) = desk.audit().reasons
    assert reason.ground == "poor_complaint_handling"
    assert [label.en.split()[0] for label in reason.shown] == ["T8"]


# --- T6 ---------------------------------------------------------------------------------------------------------------


def reported(category: str = "bribery", identity: str = "named") -> Desk:
    desk = Desk()
    desk.reach("received", receipt(category=category, identity=identity))
    return desk


@pytest.mark.keeps("T6")
@pytest.mark.breaks("T6")
@pytest.mark.parametrize("category", ["collusion", "inaction", "bribery", "abuse"])
@pytest.mark.parametrize(("trigger", "content", "who"), [("withdraw", REASON, COMPLAINANT), ("refuse", REFUSAL, BODY)])
def test_T6_a_withdrawal_or_refusal_does_not_end_the_checking_of_a_named_report(
    category: str, trigger: str, content: object, who: Actor
) -> None:
    desk = reported(category)
    desk.act(trigger, content, by=who)
    found = desk.verdict("T6")
    assert found.outcome is BROKEN
    assert found.findings[0].revision == 2
    desk.act("transfer_clue", CLUE)
    assert desk.verdict("T6").outcome is KEPT


@pytest.mark.keeps("T6")
@pytest.mark.parametrize(("category", "identity"), [("delay", "named"), ("bribery", "anonymous")])
def test_T6_other_complaints_may_be_withdrawn(category: str, identity: str) -> None:
    desk = reported(category, identity)
    desk.act("withdraw", REASON, by=COMPLAINANT)
    assert desk.verdict("T6").outcome is KEPT


def test_T6_a_named_report_is_checked_when_it_is_concluded_with_the_facts() -> None:
    desk = Desk()
    desk.reach("answered", receipt(category="abuse"))
    assert any("not checked yet" in label.en for label in desk.verdict("T6").shown)
    desk.act("conclude", CONCLUSION, at=date(2018, 10, 19))
    assert all("not checked yet" not in label.en for label in desk.verdict("T6").shown)
    assert desk.verdict("T6").outcome is KEPT


@pytest.mark.parametrize("changed", [None, {"identity": None}, {"category": None}])
def test_T6_without_the_receipt_it_cannot_be_told(changed: dict[str, None] | None) -> None:
    desk = reported()
    (opening,) = desk.history
    content = None if changed is None else attrs.evolve(receipt(category="bribery"), **changed)
    forged = attrs.evolve(opening, content=content)
    assert any("not on file" in label.en for label in judged(desk, [forged], "T6").shown)


@pytest.mark.parametrize("complainant", [None, Complainant(), Complainant(Confidential(" "))])
def test_T6_a_named_complaint_has_a_name(complainant: Complainant | None) -> None:
    error = Desk().refused("receive", receipt(complainant=complainant))
    assert the_unmet(error, "T6").label.zh == "实名投诉须有姓名"
    assert Desk().open(receipt(identity="anonymous", complainant=complainant)).state == "received"


# --- T7 ---------------------------------------------------------------------------------------------------------------


def clued(content: Clue = CLUE) -> Desk:
    desk = Desk()
    desk.reach("handling")
    desk.act("transfer_clue", content, by=SUPERVISOR)
    return desk


@pytest.mark.breaks("T7")
def test_T7_a_clue_calls_for_a_case_of_accountability_that_names_the_complaint_as_its_origin() -> None:
    desk = clued()
    pair = (desk.history, desk.lifecycle)
    (alone,) = audit_all([pair], calendar=china())
    assert alone.outcome("T7") is BROKEN
    opening = desk.history[0].opening
    assert opening is not None
    other = attrs.evolve(
        desk.history[0], case="A-1", opening=attrs.evolve(opening, lifecycle="accountability", origin=desk.id)
    )
    cases = [(desk.case, desk.history), (evolve(None, other), (other,))]
    assert list(clues_that_led_nowhere(cases, desk.lifecycle.values)) == []
    cases = [(desk.case, desk.history), (evolve(None, attrs.evolve(other, opening=opening)), (other,))]
    assert [case for case, _ in clues_that_led_nowhere(cases, desk.lifecycle.values)] == [desk.id]


@pytest.mark.keeps("T7")
def test_T7_a_complaint_without_a_clue_calls_for_nothing() -> None:
    desk = Desk()
    desk.reach("closed")
    (found,) = audit_all([(desk.history, desk.lifecycle)], calendar=china())
    assert found.outcome("T7") is KEPT


@pytest.mark.breaks("T7")
@pytest.mark.parametrize(
    ("content", "zh"),
    [
        (Clue(None, STEPS), "须写明线索和处理步骤"),
        (Clue("索要好处"), "须写明线索和处理步骤"),
        (Clue("索要好处", (attrs.evolve(STEPS[0], role="supervisor"),)), "线索处理步骤须由职责所在方办理"),
        (Clue("索要好处", (attrs.evolve(STEPS[0], person=" "),)), "每一步骤须写明经办单位和人员"),
        (Clue("索要好处", (attrs.evolve(STEPS[0], unit=""),)), "每一步骤须写明经办单位和人员"),
    ],
)
def test_T7_each_step_says_who_of_the_right_side_took_it(content: Clue, zh: str) -> None:
    desk = Desk()
    desk.open()
    unmet = the_unmet(desk.refused("transfer_clue", content), "T7")
    says(unmet, zh, "", "liaoning-reply-2020 四")


@pytest.mark.breaks("T7")
def test_T7_the_audit_finds_steps_of_the_platform_that_are_not_on_file() -> None:
    desk = clued(Clue("索要好处", STEPS[:2]))
    (found,) = desk.verdict("T7").findings
    assert (found.found, found.label.zh) == ("analysed, listed", "线索处理步骤在案")
    desk.act("transfer_clue", Clue("索要好处", STEPS[2:]), at=date(2018, 9, 17))
    assert desk.verdict("T7").outcome is KEPT
    assert any("not on file" in label.en for label in judged(desk, blind(desk.history, "transfer_clue"), "T7").shown)


@pytest.mark.parametrize("state", ["received", "handling", "concluded", "closed"])
def test_T7_a_clue_is_passed_on_from_wherever_the_complaint_stands(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    assert desk.act("transfer_clue", CLUE, at=LATER).state == state


def test_T7_a_clue_gives_reason_for_a_case_of_accountability_and_without_one_there_is_none() -> None:
    (reason,) = clued().audit(now=noon(date(2018, 9, 17))).reasons
    assert (reason.opens, [rule.id for rule in reason.rules]) == ("accountability", ["T7"])
    assert [label.en for label in reason.shown] == ["2018-09-14 Pass on a clue"]
    desk = Desk()
    desk.reach("closed")
    assert desk.audit().reasons == ()


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA_TIME)


# --- T8 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "outcome"),
    [pytest.param(1, KEPT, marks=pytest.mark.keeps("T8")), pytest.param(2, BROKEN, marks=pytest.mark.breaks("T8"))],
)
def test_T8_an_assignment_returned_more_often_than_the_profile_allows_is_found(times: int, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("assigned")
    for _ in range(times):
        desk.act("return_assignment", REASON, by=UNDERTAKER)
        desk.act("assign", Assignment("区执法局"))
    assert desk.verdict("T8", now=noon(date(2018, 10, 26))).outcome is outcome


def test_T8_returning_an_assignment_needs_a_reason() -> None:
    desk = Desk()
    desk.reach("assigned")
    error = desk.refused("return_assignment", Reason(), by=UNDERTAKER)
    says(the_unmet(error, "T8"), "退回须写明理由", "a reason for returning it", "ours T8")


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        pytest.param(date(2018, 11, 11), KEPT, marks=pytest.mark.keeps("T8")),
        pytest.param(date(2018, 11, 12), BROKEN, marks=pytest.mark.breaks("T8")),
    ],
)
def test_T8_overdue_with_nothing_on_record_for_longer_than_the_profile_allows_is_found(
    at: date, outcome: Outcome
) -> None:
    desk = Desk()
    desk.reach("concluded", concluded=at)
    assert desk.verdict("T8").outcome is outcome


@pytest.mark.keeps("T8")
def test_T8_what_is_recorded_while_overdue_breaks_the_silence() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("reply", REPLY, at=date(2018, 11, 5))
    assert any("not concluded yet" in label.en for label in desk.verdict("T8", now=noon(date(2018, 11, 20))).shown)
    assert desk.verdict("T8", now=noon(date(2018, 11, 21))).outcome is BROKEN  # silent again, until this day
    desk.act("conclude", CONCLUSION, at=date(2018, 11, 19))
    assert desk.verdict("T8").outcome is KEPT


def test_T8_silence_before_the_limit_or_within_its_extension_or_after_the_conclusion_is_none() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 20))
    desk.act("conclude", CONCLUSION, at=date(2018, 12, 10))
    desk.act("reopen", Reopening("复核"), at=date(2019, 3, 1))
    desk.act("conclude", CONCLUSION, at=date(2019, 3, 4))
    assert desk.verdict("T8").outcome is KEPT


@pytest.mark.breaks("T8")
def test_T8_a_complaint_that_was_silent_once_stays_found_while_it_goes_on() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("reply", REPLY, at=date(2018, 12, 5))
    (found,) = desk.verdict("T8").findings
    assert found.revision == desk.case.revision


# --- T9 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("T9")
@pytest.mark.breaks("T9")
def test_T9_the_unit_complained_against_is_never_the_complaint_body() -> None:
    desk = Desk()
    desk.reach("closed")
    assert desk.verdict("T9").outcome is KEPT
    desk = Desk()
    desk.open(receipt(against=BODY.unit))
    found = desk.verdict("T9")
    assert found.outcome is BROKEN
    assert found.findings[0].found == "区营商局: complaint_body"


def test_T9_as_undertaker_it_is_usual_and_found_where_the_profile_does_not_want_it(tmp_path: Path) -> None:
    usual = Desk()
    usual.reach("answered")
    assert usual.verdict("T9").outcome is KEPT
    strict = Desk(variant(tmp_path, own_undertaker="false"))
    strict.reach("answered")
    assert [finding.revision for finding in strict.verdict("T9").findings] == [3, 4]
    other = Desk(strict.lifecycle)
    other.open()
    other.act("accept")
    other.act("assign", Assignment("区执法局"))
    assert other.verdict("T9").outcome is KEPT


def test_T9_cannot_be_told_without_the_unit_complained_against() -> None:
    desk = Desk()
    desk.open()
    (opening,) = desk.history
    forged = attrs.evolve(opening, content=receipt(against=None))
    assert judged(desk, [forged], "T9").outcome is UNKNOWN


@pytest.mark.breaks("T9")
def test_T9_what_the_platform_registered_counts_as_well() -> None:
    desk = Desk()
    desk.reach("closed")
    first = attrs.evolve(desk.history[0], content=receipt(against=BODY.unit))
    second = attrs.evolve(desk.history[0], revision=2, opening=None)
    assert judged(desk, [first, second], "T9").outcome is BROKEN


def test_T9_cannot_be_told_where_the_complaint_body_is_not() -> None:
    desk = Desk()
    desk.reach("closed")
    actor = attrs.evolve(BODY, unit=UNTOLD)
    history = [attrs.evolve(record, actor=actor) if record.trigger == "receive" else record for record in desk.history]
    assert judged(desk, history, "T9").outcome is UNKNOWN
    assert desk.verdict("T9").outcome is KEPT


# --- T10 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("T10")
@pytest.mark.breaks("T10")
def test_T10_what_was_passed_on_is_checked_put_right_and_answered() -> None:
    desk = Desk()
    desk.reach("answered")
    assert any("not concluded yet" in label.en for label in desk.verdict("T10").shown)
    desk.act("conclude", CONCLUSION, at=date(2018, 10, 19))
    assert desk.verdict("T10").outcome is KEPT
    bare = Desk()
    bare.reach("answered")
    bare.act("conclude", attrs.evolve(CONCLUSION, rectification=None), at=date(2018, 10, 19))
    assert bare.verdict("T10").outcome is BROKEN
    assert bare.verdict("T10").findings[0].found == "rectification"


@pytest.mark.keeps("T10")
def test_T10_where_nothing_was_wrong_nothing_is_put_right() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("conclude", Conclusion("unfounded", "不属实", "已说明"), at=date(2018, 10, 19))
    assert desk.verdict("T10").outcome is KEPT


@pytest.mark.parametrize(
    ("channel", "outcome"),
    [
        pytest.param("review", BROKEN, marks=pytest.mark.breaks("T10")),
        pytest.param("telephone", KEPT, marks=pytest.mark.keeps("T10")),
    ],
)
def test_T10_a_poor_review_is_treated_alike_though_nobody_passed_it_on(channel: str, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("accepted", receipt(channel=channel))
    desk.act("take_up", TakingUp("li"))
    desk.act("conclude", attrs.evolve(CONCLUSION, rectification=None), at=date(2018, 9, 17))
    assert desk.verdict("T10").outcome is outcome


def test_T10_what_is_passed_on_names_the_unit() -> None:
    desk = Desk()
    desk.reach("accepted")
    error = desk.refused("assign", Assignment())
    says(the_unmet(error, "T10"), "须写明承办单位", "the undertaking unit", "liaoning-reply-2020 三")
    assert desk.act("assign", Assignment(AGAINST)).state == "assigned"


def test_T10_a_withdrawn_complaint_leaves_nothing_to_put_right() -> None:
    desk = Desk()
    desk.reach("assigned")
    desk.act("withdraw", REASON, by=COMPLAINANT)
    assert desk.verdict("T10").outcome is KEPT


def test_T10_without_what_was_concluded_it_cannot_be_told() -> None:
    desk = Desk()
    desk.reach("concluded")
    for forged in (
        blind(desk.history, "conclude"),
        [
            attrs.evolve(record, content=Conclusion("solved")) if record.trigger == "conclude" else record
            for record in desk.history
        ],
    ):
        assert any("not on file" in label.en for label in judged(desk, forged, "T10").shown)

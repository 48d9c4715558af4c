"""Rules Y1 to Y17 of the interview: of each the kept and the broken case."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lifecycles.interviewing import (
    ALONE,
    MAYOR,
    MEETING,
    OFFICE,
    RESCHEDULING,
    SECRETARY,
    THREE,
    Acceptance,
    Approval,
    ApprovalRequest,
    Desk,
    Evidence,
    Failure,
    Feedback,
    Matter,
    Notice,
    Reason,
    Report,
    Resolution,
    SignedRecord,
    Statement,
    Subject,
    held,
    plan,
    refused_to_sign,
    representative,
    signed,
    solved,
    the_unmet,
    variant,
)
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Outcome, Verdict, audit, audit_all
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Status
from yingshang_flow.core.confidential import Confidential, Sealed
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import MONTH_END, CalendarDays, FixedDate, Months, china
from yingshang_flow.errors import TimeError
from yingshang_flow.lifecycles.interview import GROUNDS
from yingshang_flow.words import Authority, Unmet

KEPT, BROKEN, UNKNOWN = Outcome


def verdict(desk: Desk, rule: str) -> Verdict:
    return next(found for found in desk.audit().verdicts if found.rule.id == rule)


def _audited(desk: Desk, history: Sequence[Record]) -> Audit:
    return audit(history, desk.lifecycle, calendar=china())


def says(unmet: Unmet, zh: str, en: str, *cited: str) -> None:
    """Hold a refusal against its words in both languages and its citations."""
    assert zh in unmet.text("zh")
    assert en in unmet.text("en")
    assert re.search("[\u4e00-\u9fff]", unmet.label.zh)
    assert not re.search("[\u4e00-\u9fff]", unmet.label.en)
    assert [str(citation) for citation in unmet.citations] == list(cited)


# --- Y1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Y1")
@pytest.mark.parametrize("code", [code for code in GROUNDS if code != "9"])
def test_Y1_each_of_the_first_eight_grounds_alone_is_enough(code: str) -> None:
    desk = Desk()
    assert desk.plan(plan(grounds=(code,))).state == "planned"
    assert desk.audit().outcome("Y1") is KEPT


@pytest.mark.breaks("Y1")
def test_Y1_a_plan_without_a_ground_is_refused() -> None:
    error = Desk().refused("plan", plan(grounds=()))
    says(the_unmet(error, "Y1"), "须引用约谈情形", "at least one ground", "dalian-interview-2018 5")
    assert error.case == ""
    assert error.state == ""


@pytest.mark.breaks("Y1")
@pytest.mark.parametrize("words", [None, "", "  "])
def test_Y1_the_ninth_ground_needs_words(words: str | None) -> None:
    error = Desk().refused("plan", plan(grounds=("1", "9"), other_ground=words))
    says(the_unmet(error, "Y1"), "其他情形须写明", "another ground is put in words", "dalian-interview-2018 5")
    assert Desk().plan(plan(grounds=("9",), other_ground="媒体曝光")).state == "planned"


# --- Y2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("Y2")
@pytest.mark.parametrize("facts", [None, "", " \n"])
def test_Y2_approval_is_not_asked_without_facts_on_file(facts: str | None) -> None:
    desk = Desk()
    desk.plan(plan(facts=facts))
    error = desk.refused("request_approval", ApprovalRequest())
    cited = "dalian-interview-2018 3", "dalian-interview-2018 7"
    says(the_unmet(error, "Y2"), "报批前事实须在案", "facts are on file before approval is asked", *cited)
    assert error.state == "planned"
    assert "cancel" in error.possible


@pytest.mark.keeps("Y2")
def test_Y2_approval_is_asked_once_the_facts_are_on_file() -> None:
    desk = Desk()
    assert desk.reach("awaiting_approval").state == "awaiting_approval"
    assert desk.audit().outcome("Y2") is KEPT


@pytest.mark.breaks("Y2")
def test_Y2_an_interview_is_on_one_matter_that_several_subjects_may_share() -> None:
    error = Desk().refused("plan", plan(matter=None))
    says(the_unmet(error, "Y2"), "一事一谈", "one matter", "dalian-interview-2018 3", "dalian-interview-2018 7")
    assert Desk(units=THREE).plan().state == "planned"


# --- Y3 ---------------------------------------------------------------------------------------------------------------

TIERS = ("dalian-interview-2018 2", "dalian-interview-2018 4")


@pytest.mark.parametrize(
    ("gravity", "tier", "rank", "fits"),
    [
        pytest.param("general", "office", "deputy", True, marks=pytest.mark.keeps("Y3")),
        pytest.param("important", "leader", "principal", True, marks=pytest.mark.keeps("Y3")),
        pytest.param("grave", "leader", "principal", True, marks=pytest.mark.keeps("Y3")),
        pytest.param("general", "leader", "principal", False, marks=pytest.mark.breaks("Y3")),
        pytest.param("important", "office", "deputy", False, marks=pytest.mark.breaks("Y3")),
        pytest.param("grave", "office", "deputy", False, marks=pytest.mark.breaks("Y3")),
        pytest.param("general", "office", "principal", False, marks=pytest.mark.breaks("Y3")),
        pytest.param("grave", "leader", "deputy", False, marks=pytest.mark.breaks("Y3")),
        pytest.param("general", "office", "staff", False, marks=pytest.mark.breaks("Y3")),
        pytest.param("general", "office", "none", False, marks=pytest.mark.breaks("Y3")),
    ],
)
def test_Y3_gravity_tier_and_rank_of_a_government_subject_fit(
    gravity: str, tier: str, rank: str, *, fits: bool
) -> None:
    subjects = (Subject("甘井子区", "赵某", rank),)  # type: ignore[arg-type]
    content = plan(gravity=gravity, tier=tier, subjects=subjects)
    desk = Desk()
    if fits:
        desk.plan(content)
        assert desk.audit().outcome("Y3") is KEPT
    else:
        says(the_unmet(desk.refused("plan", content), "Y3"), "层级", "tier", *TIERS)


@pytest.mark.parametrize("body", ["enterprise", "institution"])
@pytest.mark.parametrize(("gravity", "tier"), [("general", "leader"), ("grave", "office"), ("general", "office")])
def test_Y3_enterprises_and_institutions_send_their_principal_leader_to_either_tier(
    body: str, gravity: str, tier: str
) -> None:
    principal = Subject("某集团", "钱某", "principal", body)  # type: ignore[arg-type]
    assert Desk().plan(plan(gravity=gravity, tier=tier, subjects=(principal,))).state == "planned"
    deputy = attrs.evolve(principal, rank="deputy")
    error = Desk().refused("plan", plan(gravity=gravity, tier=tier, subjects=(deputy,)))
    says(the_unmet(error, "Y3"), "某集团 钱某: deputy, not principal", "every subject's rank fits the tier", *TIERS)


@pytest.mark.keeps("Y3")
@pytest.mark.parametrize("rank", ["deputy", "principal", "staff", "none"])
@pytest.mark.parametrize("tier", ["office", "leader"])
def test_Y3_individuals_of_any_rank_stand_in_no_tier(rank: str, tier: str) -> None:
    person = Subject("市税务局", "孙某", rank, "individual")  # type: ignore[arg-type]
    desk = Desk()
    desk.plan(plan(tier=tier, subjects=(person,)))
    assert desk.audit().outcome("Y3") is KEPT


@pytest.mark.breaks("Y3")
def test_Y3_gravity_tier_and_subjects_are_all_named_when_they_lack() -> None:
    error = Desk().refused("plan", plan(gravity=None, tier=None, subjects=(), mode=None))
    unmet = the_unmet(error, "Y3")
    says(unmet, "须定轻重和层级", "gravity, tier and subjects", *TIERS)
    assert unmet.found == ("轻重 gravity", "层级 tier", "约谈对象 subjects")
    assert the_unmet(error, "Y4").found == ("方式 mode",)


def test_Y3_only_those_the_profile_names_are_interviewed() -> None:
    enterprise = (Subject("某集团", "钱某", "principal", "enterprise"),)
    error = Desk("liaoning-2020").refused("plan", plan(subjects=enterprise))
    unmet = the_unmet(error, "Y3")
    says(unmet, "不属于约谈适用对象", "every subject is one these rules apply to", *TIERS)
    assert unmet.found == ("某集团 钱某: enterprise",)
    assert Desk("liaoning-2020").plan().state == "planned"


# --- Y4 ---------------------------------------------------------------------------------------------------------------

MODES = ("dalian-interview-2018 4(1)", "dalian-interview-2018 6(1)")


@pytest.mark.parametrize(
    ("mode", "number", "fits"),
    [
        pytest.param("individual", 1, True, marks=pytest.mark.keeps("Y4")),
        pytest.param("collective", 2, True, marks=pytest.mark.keeps("Y4")),
        pytest.param("collective", 3, True, marks=pytest.mark.keeps("Y4")),
        pytest.param("individual", 2, False, marks=pytest.mark.breaks("Y4")),
        pytest.param("collective", 1, False, marks=pytest.mark.breaks("Y4")),
    ],
)
def test_Y4_one_subject_is_interviewed_individually_and_two_or_more_collectively(
    mode: str, number: int, *, fits: bool
) -> None:
    desk, content = Desk(), plan(THREE[:number], mode=mode)
    if fits:
        desk.plan(content)
        assert desk.audit().outcome("Y4") is KEPT
    else:
        error = desk.refused("plan", content)
        says(the_unmet(error, "Y4"), "个别约谈一个对象", "one subject if individual, two or more if", *MODES)


@pytest.mark.breaks("Y4")
def test_Y4_the_mode_is_fixed_in_the_plan() -> None:
    desk = Desk()
    says(the_unmet(desk.refused("plan", plan(mode=None)), "Y4"), "须定约谈方式", "the mode", *MODES)
    desk.reach("approved")
    error = desk.refused("notify", attrs.evolve(desk.notice(), mode="collective"))
    unmet = the_unmet(error, "Y4")
    says(unmet, "通知的方式须与计划一致", "the notice keeps the planned mode", *MODES)
    assert unmet.found == ("collective, not individual",)


def test_Y4_a_unit_is_one_subject_which_is_ours() -> None:
    content = plan(("甘井子区", "甘井子区"))
    unmet = the_unmet(Desk().refused("plan", content), "Y4")
    assert unmet.found == ("甘井子区",)
    assert [citation.authority for citation in unmet.citations] == [Authority.OURS]


# --- Y5 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("Y5")
@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("time", "约谈时间 time"),
        ("place", "约谈地点 place"),
        ("content", "约谈内容 content"),
        ("mode", "约谈方式 mode"),
    ],
)
def test_Y5_a_notice_without_time_place_content_or_mode_is_refused(field: str, said: str) -> None:
    desk = Desk()
    desk.reach("approved")
    unmet = the_unmet(desk.refused("notify", attrs.evolve(desk.notice(), **{field: None})), "Y5")
    says(unmet, "通知须写明", "time, place, content and mode", "dalian-interview-2018 6(2)")
    assert unmet.found == (said,)
    assert desk.act("notify", desk.notice(), at=date(2018, 12, 17)).state == "notified"
    assert desk.audit().outcome("Y5") is KEPT


@pytest.mark.keeps("Y5")
def test_Y5_a_new_time_counts_as_a_new_notice() -> None:
    desk = Desk()
    desk.reach("notified")
    unmet = the_unmet(desk.refused("reschedule", attrs.evolve(RESCHEDULING, place=" ", reason=None)), "Y5")
    assert unmet.found == ("约谈地点 place", "理由 reason")
    assert desk.act("reschedule", RESCHEDULING, at=date(2018, 12, 19)).state == "notified"
    assert desk.audit().outcome("Y5") is KEPT


# --- Y6 ---------------------------------------------------------------------------------------------------------------

APPROVED = ("dalian-interview-2018 4(4)", "dalian-interview-2018 6(2)")


@pytest.mark.keeps("Y6")
@pytest.mark.parametrize(("tier", "approver", "other"), [("office", SECRETARY, MAYOR), ("leader", MAYOR, SECRETARY)])
def test_Y6_each_tier_has_its_approver(tier: str, approver: Actor, other: Actor) -> None:
    desk = Desk(tier=tier)
    desk.reach("awaiting_approval")
    approval = Approval(MEETING, "市政府304")
    for trigger, content in (("approve", approval), ("decline", Reason("条件不成熟"))):
        unmet = the_unmet(desk.refused(trigger, content, by=other), "role")
        assert unmet.found == (other.role,)
        if trigger == "approve":
            says(unmet, "须由", "to be done by", *APPROVED)
    assert desk.act("approve", approval, by=approver).state == "approved"
    assert desk.audit().outcome("Y6") is KEPT


@pytest.mark.breaks("Y6")
@pytest.mark.parametrize("tier", ["office", "leader"])
def test_Y6_who_asks_never_approves_which_is_ours(tier: str) -> None:
    desk = Desk(tier=tier)
    desk.reach("awaiting_approval")
    same = attrs.evolve(desk.approver, id=OFFICE.id)
    unmet = the_unmet(desk.refused("approve", Approval(MEETING, "市政府304"), by=same), "Y6")
    assert unmet.label.text("zh") == "报批人不得自行同意"
    assert unmet.label.text("en") == "who asks never approves"
    assert [citation.authority for citation in unmet.citations] == [Authority.OURS]


def test_Y6_a_leader_is_asked_in_writing_and_the_secretary_general_is_not() -> None:
    desk = Desk(tier="leader")
    desk.plan()
    unmet = the_unmet(desk.refused("request_approval", ApprovalRequest(" ")), "Y6")
    says(unmet, "向市领导提出请示", "the request", *APPROVED)
    assert unmet.found == ("请示 request",)
    office = Desk()
    office.plan()
    assert office.act("request_approval").state == "awaiting_approval"


@pytest.mark.keeps("Y6")
@pytest.mark.breaks("Y6")
def test_Y6_a_leader_sets_time_and_place_and_the_notice_repeats_them() -> None:
    desk = Desk(tier="leader")
    desk.reach("awaiting_approval")
    unmet = the_unmet(desk.refused("approve", Approval(), by=MAYOR), "Y6")
    assert unmet.found == ("约谈时间 time", "约谈地点 place")
    desk.act("approve", Approval(MEETING, "市政府304"), by=MAYOR)
    other = attrs.evolve(desk.notice(), time=MEETING + timedelta(hours=1), place="别处")
    unmet = the_unmet(desk.refused("notify", other), "Y6")
    says(unmet, "通知须与领导指定的时间地点一致", "the notice repeats the leader's time and place", *APPROVED)
    assert unmet.found == (f"{other.time}, not {MEETING}", "别处, not 市政府304")
    assert desk.act("notify", desk.notice()).state == "notified"
    assert desk.audit().outcome("Y6") is KEPT


def test_Y6_an_incomplete_notice_is_not_compared_with_the_leaders_time() -> None:
    desk = Desk(tier="leader")
    desk.reach("approved")
    assert [unmet.code for unmet in desk.refused("notify", Notice()).unmet] == ["Y5"]


@pytest.mark.parametrize(("tier", "chair", "other"), [("office", OFFICE, MAYOR), ("leader", MAYOR, OFFICE)])
def test_Y6_who_interviews_is_of_the_tier(tier: str, chair: Actor, other: Actor) -> None:
    desk = Desk(tier=tier)
    desk.reach("notified")
    for trigger, content in (("reschedule", RESCHEDULING), ("hold", held())):
        assert the_unmet(desk.refused(trigger, content, by=other), "role").found == (other.role,)
        desk.act(trigger, content, by=chair)
    assert desk.case.state == "held"
    assert desk.audit().outcome("Y6") is KEPT


def test_Y6_with_the_switch_the_notice_may_go_out_first_but_the_interview_needs_the_approval(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path))
    desk.reach("awaiting_approval")
    desk.act("notify", desk.notice(), at=date(2018, 12, 17))
    unmet = the_unmet(desk.refused("hold", held()), "Y6")
    says(unmet, "约谈须经同意", "the interview is approved", *APPROVED)
    same = attrs.evolve(SECRETARY, id=OFFICE.id)
    assert the_unmet(desk.refused("approve", Approval(), by=same), "Y6").label.en == "who asks never approves"
    assert desk.act("approve", Approval(), by=SECRETARY, at=date(2018, 12, 18)).state == "notified"
    assert desk.act("hold", held()).state == "held"
    assert desk.audit(now=MEETING).findings == ()


def test_Y6_with_the_switch_the_approval_can_still_come_before_the_notice_or_be_refused_after_it(
    tmp_path: Path,
) -> None:
    lifecycle = variant(tmp_path)
    assert Desk(lifecycle).reach("held").state == "held"
    desk = Desk(lifecycle)
    desk.reach("awaiting_approval")
    desk.act("notify", desk.notice(), at=date(2018, 12, 17))
    desk.refused("decline", Reason(), by=SECRETARY)
    assert desk.act("decline", Reason("证据不足"), by=SECRETARY, at=date(2018, 12, 18)).state == "declined"


def test_Y6_the_switch_leaves_the_leaders_tier_alone(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path), tier="leader")
    desk.reach("awaiting_approval")
    assert the_unmet(desk.refused("notify", desk.notice()), "branch").found == ()
    assert desk.reach("notified").state == "notified"
    assert the_unmet(desk.refused("approve", Approval(MEETING, "市政府304"), by=MAYOR), "branch").found == ()


def test_Y6_without_the_switch_a_notice_waits_for_the_approval() -> None:
    desk = Desk()
    desk.reach("awaiting_approval")
    assert the_unmet(desk.refused("notify", desk.notice()), "state").found == ()


# --- Y7 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("Y7")
@pytest.mark.parametrize("field", ["reasons", "matters", "measures", "time_limit", "requirements", "conducted_by"])
def test_Y7_a_record_lacking_one_of_its_parts_is_refused(field: str) -> None:
    desk = Desk()
    desk.reach("notified")
    unmet = the_unmet(desk.refused("hold", held(**{field: None})), "Y7")
    says(unmet, "记录须完整", "reasons, matters, measures", "dalian-interview-2018 6(3)")
    assert len(unmet.found) == 1
    assert desk.act("hold", held()).state == "held"


def test_Y7_every_subject_makes_a_statement() -> None:
    desk = Desk(units=THREE)
    desk.reach("notified")
    heard = (Statement("甘井子区", "接受"), Statement("西岗区", "  "))
    unmet = the_unmet(desk.refused("hold", attrs.evolve(held(), statements=heard)), "Y7")
    says(unmet, "约谈对象均应表态", "every subject makes a statement", "dalian-interview-2018 6(3)")
    assert unmet.found == ("西岗区", "市税务局")
    assert desk.act("hold", held(THREE)).state == "held"


@pytest.mark.keeps("Y7")
@pytest.mark.breaks("Y7")
def test_Y7_both_sides_sign_and_the_record_is_archived() -> None:
    desk = Desk()
    desk.reach("held")
    error = desk.refused("sign_record", SignedRecord())
    office, subject = (unmet for unmet in error.unmet if unmet.code == "Y7")
    says(office, "约谈方签字并归档", "signed by the office and archived", "dalian-interview-2018 6(3)")
    assert office.found == ("约谈方签字 the office's signature", "档案编号 archive number")
    says(subject, "拒签的须有见证人", "every subject signs, or refuses before a witness", "dalian-interview-2018 6(3)")
    assert subject.found == ALONE
    assert desk.act("sign_record", signed()).state == "recorded"
    assert desk.audit().outcome("Y7") is KEPT


def test_Y7_a_refusal_to_sign_needs_a_witness_whose_name_is_sealed() -> None:
    desk = Desk(units=THREE)
    desk.reach("held")
    unwitnessed = attrs.evolve(signed(THREE[:2]), refusals=(refused_to_sign("市税务局", witness=""),))
    assert the_unmet(desk.refused("sign_record", unwitnessed), "Y7").found == ("市税务局",)
    desk.act("sign_record", attrs.evolve(unwitnessed, refusals=(refused_to_sign("市税务局"),)))
    assert "张证人" not in repr(desk.docket.store.history(desk.id)) + repr(desk.docket.store.load(desk.id))
    record = desk.history[-1].content
    assert isinstance(record, SignedRecord)
    assert record.refusals[0].witness == Confidential("张证人")
    kept = desk.case.latest(SignedRecord)
    assert kept is not None
    assert isinstance(kept.refusals[0].witness.value, Sealed)
    assert desk.audit(now=MEETING).findings == ()


# --- Y8 ---------------------------------------------------------------------------------------------------------------


def test_Y8_the_report_is_due_seven_working_days_after_the_interview() -> None:
    desk = Desk()
    desk.reach("recorded")
    found = desk.deadline("甘井子区")
    assert (found.period, found.start, found.due) == ("7工作日", date(2018, 12, 20), date(2018, 12, 29))
    assert verdict(desk, "Y8").outcome is BROKEN


@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param(date(2018, 12, 29), Status.MET, marks=pytest.mark.keeps("Y8")),
        pytest.param(date(2018, 12, 30), Status.MET_LATE, marks=pytest.mark.breaks("Y8")),
    ],
)
def test_Y8_a_report_is_never_refused_and_a_late_one_is_found(at: date, status: Status) -> None:
    desk = Desk()
    desk.reach("recorded")
    assert desk.report("甘井子区", at=at).state == "reported"
    assert desk.deadline("甘井子区").status is status
    found = verdict(desk, "Y8")
    if status is Status.MET:
        assert (found.outcome, found.findings) == (KEPT, ())
        assert "2018-12-29" in found.shown[-1].zh
    else:
        (late,) = found.findings
        assert (late.unit, late.due, late.happened) == ("甘井子区", date(2018, 12, 29), at)
        assert late.text("en").startswith("Y8 Written report, 甘井子区, due 2018-12-29, done 2018-12-30")


def test_Y8_a_report_in_time_heals_a_miss_that_the_clock_recorded_and_both_records_stay() -> None:
    desk = Desk()
    desk.reach("recorded")
    assert desk.docket.sweep() == 1
    assert desk.deadline("甘井子区").status is Status.MISSED
    desk.report("甘井子区", at=date(2018, 12, 29))
    assert desk.deadline("甘井子区").status is Status.MET
    assert [record.kind.value for record in desk.history][-2:] == ["clock", "act"]
    assert verdict(desk, "Y8").outcome is KEPT


@pytest.mark.breaks("Y8")
def test_Y8_each_subject_owes_its_own_report_and_the_last_one_moves_the_case() -> None:
    desk = Desk(units=THREE, tier="leader")
    desk.reach("recorded")
    assert desk.report("甘井子区").state == "recorded"
    assert desk.report("市税务局", at=date(2019, 1, 3)).state == "recorded"
    assert desk.report("西岗区", at=date(2018, 12, 28)).state == "reported"
    assert [found.unit for found in verdict(desk, "Y8").findings] == ["市税务局"]


def test_Y8_a_report_before_the_signatures_counts_and_the_signed_record_is_then_reported() -> None:
    desk = Desk(units=THREE)
    desk.reach("held")
    assert desk.report("甘井子区", "西岗区").state == "held"
    joined = Report("联合报告", ("市税务局",))
    desk.act("submit_report", joined, by=representative("市税务局"), at=date(2018, 12, 25))
    assert desk.act("sign_record", signed(THREE), at=date(2018, 12, 26)).state == "reported"


def test_Y8_with_a_report_missing_the_signed_record_waits_for_it() -> None:
    desk = Desk(units=THREE)
    desk.reach("held")
    desk.report("甘井子区", "西岗区")
    assert desk.act("sign_record", signed(THREE), at=date(2018, 12, 26)).state == "recorded"


def test_Y8_nobody_else_files_a_report() -> None:
    desk = Desk()
    desk.reach("recorded")
    assert the_unmet(desk.refused("submit_report", Report("代报")), "role").found == ("office",)
    stranger = desk.refused("submit_report", Report("报告"), by=representative("西岗区"))
    assert the_unmet(stranger, "obligor").found == ("西岗区",)


# --- Y9 ---------------------------------------------------------------------------------------------------------------


def test_Y9_long_term_rectification_needs_an_interval_and_no_other_has_one() -> None:
    desk = Desk()
    desk.reach("reported")
    for content in (
        Acceptance(long_term=True),
        Acceptance(long_term=False, interval=Months(1)),
        Acceptance(long_term=True, interval=FixedDate(date(2019, 3, 1))),
    ):
        unmet = the_unmet(desk.refused("accept_report", content, at=date(2018, 12, 28)), "Y9")
        says(unmet, "长期整改须定报告间隔", "long-term rectification has an interval", "dalian-interview-2018 6(4)")
    desk.act("accept_report", Acceptance(long_term=True, interval=Months(1)), at=date(2018, 12, 28))
    assert desk.case.state == "tracking"


@pytest.mark.breaks("Y9")
def test_Y9_every_periodic_report_of_a_year_is_owed_and_the_missing_ones_are_found() -> None:
    desk = Desk(units=THREE[:2])
    desk.clock.travel_to(date(2020, 1, 10))
    desk.reach("tracking", interval=MONTH_END)
    for unit in THREE[:2]:
        desk.act("report_progress", Report("年底报告"), by=representative(unit), at=date(2018, 12, 31))
    for month in range(1, 13):
        for unit in THREE[:2]:
            if (unit, month) not in {("西岗区", 5), ("西岗区", 6)}:
                at = date(2019, month, 25)
                desk.act("report_progress", Report(f"{month}月报告"), by=representative(unit), at=at)
    owed = [(d.obligor, d.due) for d in desk.case.owed("periodic")]
    assert ("甘井子区", date(2020, 1, 31)) in owed
    desk.docket.sweep()
    found = verdict(desk, "Y9")
    assert found.outcome is BROKEN
    assert {finding.unit for finding in found.findings} == {"西岗区"}


@pytest.mark.keeps("Y9")
def test_Y9_periodic_reports_on_time_are_kept_and_what_is_owed_ends_with_the_case() -> None:
    desk = Desk()
    desk.reach("tracking", interval=CalendarDays(30))
    assert desk.deadline("甘井子区", "periodic").due == date(2019, 1, 28)
    for at in (date(2019, 1, 20), date(2019, 2, 25)):
        desk.act("report_progress", Report("进展"), by=representative("甘井子区"), at=at)
    desk.act("resolve", solved(), at=date(2019, 3, 1))
    assert verdict(desk, "Y9").outcome is KEPT
    assert desk.deadline("甘井子区", "periodic").status is Status.STOPPED


def test_Y9_without_long_term_rectification_nothing_periodic_is_owed() -> None:
    desk = Desk()
    desk.reach("tracking")
    assert desk.case.owed() == ()
    assert verdict(desk, "Y9").outcome is UNKNOWN


# --- Y10 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Y10")
@pytest.mark.breaks("Y10")
def test_Y10_a_case_is_resolved_only_with_evidence_for_every_subject() -> None:
    desk = Desk(units=THREE)
    desk.reach("tracking")
    partly = Resolution((Evidence("甘井子区", "达标"), Evidence("西岗区", " ")))
    unmet = the_unmet(desk.refused("resolve", partly, at=date(2019, 2, 1)), "Y10")
    says(unmet, "均应有解决证据", "every subject's problem is shown to be solved", "dalian-interview-2018 6(4)")
    assert unmet.found == ("西岗区", "市税务局")
    assert desk.act("resolve", solved(THREE), at=date(2019, 2, 1)).state == "resolved"
    assert desk.audit().outcome("Y10") is KEPT


def test_Y10_tracking_goes_on_while_somebody_is_held_accountable() -> None:
    desk = Desk()
    desk.reach("tracking")
    failure = Failure(ALONE, ("refused",), "拒不整改")
    assert desk.act("start_accountability", failure, at=date(2019, 1, 15)).state == "tracking"
    desk.refused("resolve", Resolution(), at=date(2019, 2, 1))
    assert desk.act("resolve", solved(), at=date(2019, 2, 1)).state == "resolved"


# --- Y11 --------------------------------------------------------------------------------------------------------------


def failed(profile: str = "liaoning-2020", units: tuple[str, ...] = ALONE, by: tuple[str, ...] = ALONE) -> Desk:
    """An interview whose subjects were held accountable on 15 January 2019."""
    desk = Desk(profile, units=units)
    desk.reach("tracking")
    failure = Failure(by, ("no_effect",), "整改效果不明显")
    desk.act("start_accountability", failure, at=date(2019, 1, 15))
    return desk


@pytest.mark.breaks("Y11")
def test_Y11_no_second_interview_of_a_subject_on_the_matter_it_failed() -> None:
    desk = failed()
    first = desk.id
    error = desk.refused("plan", plan(), origin=first, at=date(2019, 3, 1))
    unmet = the_unmet(error, "Y11")
    says(unmet, "直接问责", "accountability directly, not a second interview", "liaoning-reply-2020 二")
    assert unmet.found == ALONE


def test_Y11_another_matter_or_another_subject_may_follow_a_failed_interview() -> None:
    desk = failed(units=THREE[:2])
    first = desk.id
    other_matter = plan(matter=Matter("M-2", "另一事项"))
    assert desk.plan(other_matter, origin=first, at=date(2019, 3, 1)).state == "planned"
    assert desk.plan(plan(("西岗区",)), origin=first, at=date(2019, 3, 1)).state == "planned"
    assert desk.case.opening.origin == first


def test_Y11_a_plan_without_a_matter_is_not_compared_with_the_failed_one() -> None:
    desk = failed()
    error = desk.refused("plan", plan(matter=None), origin=desk.id, at=date(2019, 3, 1))
    assert [unmet.code for unmet in error.unmet] == ["Y2"]


def test_Y11_an_interview_that_comes_from_one_not_failed_is_allowed() -> None:
    desk = Desk("liaoning-2020")
    first = desk.reach("resolved").id
    assert desk.plan(origin=first, at=date(2019, 3, 1)).state == "planned"
    assert desk.audit().outcome("Y11") is UNKNOWN  # the origin was not given to the audit


@pytest.mark.parametrize("profile", ["dalian-2018", "liaoning-2020"])
def test_Y10_accountability_names_one_of_the_three_failings(profile: str) -> None:
    desk = Desk(profile)
    desk.reach("held")
    unmet = the_unmet(desk.refused("start_accountability", Failure(ALONE, (), "不力")), "Y10")
    says(unmet, "须指明整改不力的情形", "one of the three failings", "liaoning-reply-2020 二")
    assert desk.act("start_accountability", Failure(ALONE, ("unchanged",), "我行我素")).state == "held"


@pytest.mark.breaks("Y11")
def test_Y11_the_audit_finds_a_second_interview_that_was_not_linked() -> None:
    desk = failed()
    first, history = desk.id, desk.history
    desk.plan(at=date(2019, 3, 1))
    second = desk.history
    before, after = audit_all([(history, desk.lifecycle), (second, desk.lifecycle)], calendar=china())
    assert before.outcome("Y11") is KEPT
    assert after.outcome("Y11") is BROKEN
    (found,) = [finding for finding in after.findings if finding.code == "Y11"]
    assert found.found == f"甘井子区: {first}"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_Y11_the_audit_finds_every_further_interview_in_whatever_order_it_reads_them(
    order: tuple[int, int, int],
) -> None:
    desk = failed()
    histories = [desk.history]
    for at in (date(2019, 3, 1), date(2019, 5, 1)):
        desk.plan(at=at)
        desk.act("request_approval", at=at)
        desk.act("approve", Approval(), by=SECRETARY, at=at)
        desk.act("notify", desk.notice(), at=at)
        desk.act("start_accountability", Failure(ALONE, ("refused",), "拒不落实"), at=at)
        histories.append(desk.history)
    audits = audit_all([(histories[index], desk.lifecycle) for index in order], calendar=china())
    outcomes = {index: audits[place].outcome("Y11") for place, index in enumerate(order)}
    assert outcomes == {0: KEPT, 1: BROKEN, 2: BROKEN}


def test_Y11_an_interview_that_failed_on_the_day_it_was_planned_is_no_second_one() -> None:
    desk, day = Desk("liaoning-2020"), date(2019, 3, 1)
    desk.plan(at=day)
    desk.act("request_approval", at=day)
    desk.act("approve", Approval(), by=SECRETARY, at=day)
    desk.act("notify", desk.notice(), at=day)
    desk.act("start_accountability", Failure(ALONE, ("refused",), "拒不落实"), at=day)
    (found,) = audit_all([(desk.history, desk.lifecycle)], calendar=china())
    assert found.outcome("Y11") is KEPT


@pytest.mark.keeps("Y11")
def test_Y11_the_audit_finds_nothing_in_other_matters_earlier_interviews_and_plans_it_cannot_read() -> None:
    desk = failed()
    histories = [desk.history]
    desk.plan(plan(matter=Matter("M-2", "另一事项")), at=date(2019, 3, 1))
    histories.append(desk.history)
    desk.plan(at=date(2018, 11, 1))
    histories.append(desk.history)
    desk.plan(at=date(2019, 3, 1))
    histories.append([attrs.evolve(record, content=None) for record in desk.history])  # type: ignore[arg-type]
    audits = audit_all([(history, desk.lifecycle) for history in histories], calendar=china())
    assert [found.outcome("Y11") for found in audits] == [KEPT, KEPT, KEPT, UNKNOWN]


def test_Y11_is_on_in_liaoning_and_off_in_dalian() -> None:
    desk = failed("dalian-2018")
    first = desk.id
    assert desk.plan(origin=first, at=date(2019, 3, 1)).state == "planned"
    assert "Y11" not in {rule.id for rule in desk.lifecycle.rules}
    assert "Y11" in {rule.id for rule in lifecycles.interview("liaoning-2020").rules}


# --- Y12, Y17 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("because", "rule", "codes", "cited"),
    [
        pytest.param(
            "bottom_rank",
            "Y12",
            ("8",),
            ["ours Y12"],
            marks=[pytest.mark.keeps("Y12"), pytest.mark.breaks("Y12")],
            id="Y12",
        ),
        pytest.param(
            "poor_complaint_handling",
            "Y17",
            ("6", "7"),
            ["dalian-interview-2018 5(6)", "dalian-interview-2018 5(7)"],
            marks=[pytest.mark.keeps("Y17"), pytest.mark.breaks("Y17")],
            id="Y17",
        ),
    ],
)
def test_Y12_and_Y17_what_called_for_the_interview_is_among_its_grounds(
    because: str, rule: str, codes: tuple[str, ...], cited: list[str]
) -> None:
    error = Desk().refused("plan", plan(grounds=("1", "2"), because=because))
    unmet = the_unmet(error, rule)
    assert [str(citation) for citation in unmet.citations] == cited
    for code in codes:
        desk = Desk()
        desk.plan(plan(grounds=("1", code), because=because))
        assert desk.audit().outcome(rule) is KEPT


@pytest.mark.parametrize(("rule", "key"), [("Y12", "bottom_rank"), ("Y17", "poor_complaint_handling")])
def test_Y12_and_Y17_are_grounds_that_open_an_interview(rule: str, key: str) -> None:
    (ground,) = [ground for ground in lifecycles.interview("dalian-2018").grounds if ground.key == key]
    assert [found.id for found in ground.rules] == [rule]
    assert ground.opens == "interview"
    assert set(ground.codes) <= set(GROUNDS)


@pytest.mark.parametrize("rule", ["Y12", "Y17"])
def test_Y12_and_Y17_have_no_occasion_where_something_else_called_for_the_interview(rule: str) -> None:
    desk = Desk()
    desk.plan(plan(grounds=("1",)))
    assert desk.audit().outcome(rule) is UNKNOWN


def test_Y12_cites_the_opinion_on_the_ranking() -> None:
    (rule,) = [rule for rule in lifecycles.interview("dalian-2018").rules if rule.id == "Y12"]
    assert [str(citation) for citation in rule.citations] == ["dalian-opinion-2018 十一"]


# --- Y13 --------------------------------------------------------------------------------------------------------------


@pytest.mark.holds("Y13")
@given(st.dates(date(2018, 1, 1), date(2019, 4, 1)), st.booleans())
def test_Y13_nothing_is_refused_because_of_a_date_on_a_day_off(first: date, leader: bool) -> None:  # noqa: FBT001
    desk = Desk(tier="leader" if leader else "office")
    calendar = china()
    day = first
    while not calendar.is_day_off(day):
        day += timedelta(days=1)
    meeting = MEETING.replace(year=day.year, month=day.month, day=day.day)
    desk.plan(at=day)
    desk.act("request_approval", ApprovalRequest("请示"), at=day)
    desk.act("approve", Approval(meeting, "304"), by=desk.approver, at=day)
    desk.act("notify", Notice(meeting, "304", "办结率", "individual"), at=day)
    desk.act("hold", held(), by=desk.chair, at=day)
    desk.act("sign_record", signed(), at=day)
    desk.act("submit_report", Report("报告"), by=representative("甘井子区"), at=day)
    desk.act("accept_report", Acceptance(), at=day)
    desk.act("record_feedback", Feedback("已回访"), at=day)
    assert desk.act("resolve", solved(), at=day).state == "resolved"
    assert desk.audit().findings == ()


def test_Y13_is_a_property_and_said_to_be_held_by_tests() -> None:
    desk = Desk()
    desk.plan()
    found = verdict(desk, "Y13")
    assert found.outcome is UNKNOWN
    assert [label.en for label in found.shown] == ["a property of the library, held by its tests"]


def test_Y13_what_is_refused_instead_is_an_impossible_time() -> None:
    desk = Desk()
    desk.reach("notified")
    with pytest.raises(TimeError):
        desk.act("hold", held(), at=date(2019, 6, 2))
    with pytest.raises(TimeError):
        desk.act("hold", held(), at=date(2018, 12, 16))


# --- Y14 --------------------------------------------------------------------------------------------------------------


def test_Y14_a_plan_with_nothing_after_it_is_unknown_until_the_interview_is_held() -> None:
    desk = Desk()
    desk.plan()
    found = verdict(desk, "Y14")
    assert found.outcome is UNKNOWN
    assert found.shown[0].en == "owed since 2018-12-10, not done yet"
    desk = Desk()
    desk.reach("held")
    assert verdict(desk, "Y14").outcome is KEPT


@pytest.mark.keeps("Y14")
@pytest.mark.breaks("Y14")
def test_Y14_calling_off_needs_a_reason_and_keeps_the_duty() -> None:
    desk = Desk()
    desk.plan()
    unmet = the_unmet(desk.refused("cancel", Reason(" ")), "Y14")
    says(unmet, "须写明理由", "a reason", "dalian-interview-2018 5", "dalian-interview-2018 7")
    assert desk.act("cancel", Reason("问题已解决")).state == "cancelled"
    assert verdict(desk, "Y14").outcome is KEPT
    declined = Desk()
    declined.reach("awaiting_approval")
    declined.refused("decline", Reason(), by=SECRETARY)
    assert declined.act("decline", Reason("不宜"), by=SECRETARY).state == "declined"
    assert verdict(declined, "Y14").outcome is KEPT


@pytest.mark.breaks("Y14")
def test_Y14_a_case_that_ended_without_interview_or_reason_is_found() -> None:
    desk = Desk()
    desk.reach("resolved")
    forged = [record for record in desk.history if record.trigger != "hold"]
    found = next(verdict for verdict in _audited(desk, forged).verdicts if verdict.rule.id == "Y14")
    assert found.outcome is BROKEN
    assert found.findings[0].revision == 1


# --- Y15 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Y15")
@pytest.mark.breaks("Y15")
def test_Y15_a_plan_names_the_review_or_the_ground_it_comes_from() -> None:
    desk = Desk()
    desk.plan(plan(review="2018年第四季度梳理"))
    assert verdict(desk, "Y15").outcome is KEPT
    (opening,) = desk.history
    nameless = attrs.evolve(opening, content=plan(grounds=()))
    found = next(item for item in _audited(desk, [nameless]).verdicts if item.rule.id == "Y15")
    assert found.outcome is BROKEN
    unknown = attrs.evolve(opening, content=None)
    found = next(item for item in _audited(desk, [unknown]).verdicts if item.rule.id == "Y15")
    assert found.outcome is UNKNOWN


# --- Y16 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Y16")
def test_Y16_follow_up_is_owed_after_the_interview_until_it_is_recorded() -> None:
    desk = Desk()
    desk.reach("held")
    assert verdict(desk, "Y16").outcome is UNKNOWN
    desk.act("record_feedback", Feedback("已回访"), at=date(2018, 12, 24))
    assert verdict(desk, "Y16").outcome is KEPT


@pytest.mark.breaks("Y16")
def test_Y16_an_interview_that_ended_without_follow_up_is_found() -> None:
    desk = Desk()
    desk.reach("tracking")
    desk.act("resolve", solved(), at=date(2019, 1, 31))
    found = verdict(desk, "Y16")
    assert found.outcome is BROKEN
    assert found.findings[0].label.en == "Follow-up after the interview"

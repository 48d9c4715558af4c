"""Complaints under other places' rules: each of their numbers is owed on its day, and a late one is found."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from tests.lifecycles.complaining import (
    AGAINST,
    COMPLAINANT,
    CONCLUSION,
    EXTENSION,
    QUESTION,
    REPLY,
    RESULT,
    SATISFIED,
    UNDERTAKER,
    Appraisal,
    AppraisalResult,
    Assignment,
    Desk,
    Refusal,
    Reopening,
    TakingUp,
    the_unmet,
    variant,
)
from yingshang_flow import due, lifecycles, policies
from yingshang_flow.compliance import Outcome
from yingshang_flow.core.case import Status
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import china
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock

PLACES: Final = ("dalian-complaint-2017", "hubei-2021", "samr-complaint-2020", "xinfang-2022")


def desk_of(profile: str | Lifecycle) -> Desk:
    """A desk of a place, whose clock stands at 1 June 2023."""
    return Desk(profile, docket=Docket(MemoryStore(), clock=FixedClock(date(2023, 6, 1))))


def counted(period: str, since: date, *excluded: tuple[date, date]) -> date:
    """Count a period by itself, without any lifecycle."""
    return due(period, since, calendar=china(), exclude=excluded).date


def taken_up(desk: Desk, received: date, accepted: date, assigned: date | None = None) -> None:
    desk.open(at=received)
    desk.act("accept", at=accepted)
    if assigned is not None:
        desk.act("assign", Assignment(AGAINST), at=assigned)
    desk.act("take_up", TakingUp("wang"), by=UNDERTAKER, at=assigned or accepted)


def outcome(desk: Desk, rule: str) -> Outcome:
    return desk.verdict(rule).outcome


def found(desk: Desk) -> list[tuple[str, date | None, str]]:
    """What an audit finds: the rule, when it was due, and what is cited."""
    return [(one.code, one.due, one.cited("zh")) for one in desk.audit().findings]


# --- Dalian 2017: 5 and 20 working days -------------------------------------------------------------------------------


@pytest.mark.keeps("T1", "T2")
def test_in_dalian_a_complaint_is_answered_in_five_working_days_and_concluded_in_twenty() -> None:
    desk = desk_of("dalian-complaint-2017")
    taken_up(desk, date(2017, 9, 11), date(2017, 9, 12))
    # 12 to 15 and 18 September.
    assert desk.deadline("answer").due == date(2017, 9, 18) == counted("5工作日", date(2017, 9, 11))
    # 13 to 15, 18 to 22, 25 to 29 and, made up for, Saturday the 30th: 14; after the holidays 9 to 13 and 16 October.
    assert desk.deadline("conclusion").due == date(2017, 10, 16) == counted("20工作日", date(2017, 9, 12))
    desk.act("reply", REPLY, at=date(2017, 9, 18))
    desk.act("conclude", CONCLUSION, at=date(2017, 10, 16))
    assert (outcome(desk, "T1"), outcome(desk, "T2")) == (Outcome.KEPT, Outcome.KEPT)


@pytest.mark.breaks("T1", "T2")
def test_in_dalian_a_late_answer_and_a_late_conclusion_are_found_and_cited_from_its_own_rules() -> None:
    desk = desk_of("dalian-complaint-2017")
    taken_up(desk, date(2017, 9, 11), date(2017, 9, 12))
    desk.act("reply", REPLY, at=date(2017, 9, 19))
    desk.act("conclude", CONCLUSION, at=date(2017, 10, 17))
    cited = "《大连市营商环境投诉处理实施细则》（大政办发〔2017〕104号）"
    assert found(desk)[:2] == [("T1", date(2017, 9, 18), cited), ("T2", date(2017, 10, 16), cited)]


# --- Hubei 2021: 3, 15 and 5 working days, one after the other --------------------------------------------------------


@pytest.mark.keeps("T2", "T11", "T12")
def test_in_hubei_three_spans_follow_one_another() -> None:
    desk = desk_of("hubei-2021")
    taken_up(desk, date(2021, 3, 1), date(2021, 3, 4), date(2021, 3, 5))
    assert desk.deadline("acceptance").due == date(2021, 3, 4) == counted("3工作日", date(2021, 3, 1))
    # Three weeks from Monday the 8th.
    assert desk.deadline("conclusion").due == date(2021, 3, 26) == counted("15工作日", date(2021, 3, 5))
    desk.act("conclude", CONCLUSION, by=UNDERTAKER, at=date(2021, 3, 26))
    # 29 to 31 March, 1 and 2 April: the holiday begins on the 3rd.
    assert desk.deadline("feedback").due == date(2021, 4, 2) == counted("5工作日", date(2021, 3, 26))
    desk.act("feed_back", REPLY, at=date(2021, 4, 2))
    desk.act("follow_up", SATISFIED, at=date(2021, 4, 2))
    assert desk.act("close", at=date(2021, 4, 2)).state == "closed"
    assert desk.audit().findings == ()
    assert {rule: outcome(desk, rule) for rule in ("T2", "T11", "T12")} == dict.fromkeys(
        ("T2", "T11", "T12"), Outcome.KEPT
    )
    assert "answer" not in desk.lifecycle.by_limit


@pytest.mark.breaks("T2", "T11", "T12")
def test_in_hubei_each_of_the_three_is_found_when_it_is_late() -> None:
    desk = desk_of("hubei-2021")
    taken_up(desk, date(2021, 3, 1), date(2021, 3, 5), date(2021, 3, 5))
    desk.act("conclude", CONCLUSION, by=UNDERTAKER, at=date(2021, 3, 29))
    # 30 and 31 March, 1 and 2 April, and 6 April after the holiday.
    assert desk.deadline("feedback").due == date(2021, 4, 6)
    desk.act("feed_back", REPLY, at=date(2021, 4, 7))
    cited = "《湖北省营商环境问题投诉联动处理办法》（鄂政办发〔2020〕66号）"
    assert sorted(one for one in found(desk) if one[0] != "T4") == [
        ("T11", date(2021, 3, 4), cited),
        ("T12", date(2021, 4, 6), cited),
        ("T2", date(2021, 3, 26), cited),
    ]


# --- petitions 2022: 15, 60 and 30 more calendar days -----------------------------------------------------------------


@pytest.mark.keeps("T2", "T3", "T11")
def test_a_petitions_days_are_calendar_days() -> None:
    desk = desk_of("xinfang-2022")
    taken_up(desk, date(2022, 6, 6), date(2022, 6, 21))
    assert desk.deadline("acceptance").due == date(2022, 6, 21) == counted("15日", date(2022, 6, 6))
    # Nine days of June, 31 of July and 20 of August end on Saturday the 20th, so on Monday.
    assert desk.deadline("conclusion").due == date(2022, 8, 22) == counted("60日", date(2022, 6, 21))
    desk.act("extend", EXTENSION, at=date(2022, 8, 15))
    # Eleven more days of August after the 20th, and 19 of September: a Monday.
    assert desk.deadline("conclusion").due == date(2022, 9, 19) == counted("90日", date(2022, 6, 21))
    desk.act("conclude", CONCLUSION, at=date(2022, 9, 19))
    assert [outcome(desk, rule) for rule in ("T2", "T3", "T11")] == [Outcome.KEPT] * 3


@pytest.mark.breaks("T2", "T3", "T11")
def test_a_petition_that_is_late_is_found_under_its_articles() -> None:
    desk = desk_of("xinfang-2022")
    taken_up(desk, date(2022, 6, 6), date(2022, 6, 22))
    desk.act("extend", EXTENSION, at=date(2022, 8, 15))
    assert desk.deadline("conclusion").due == date(2022, 9, 20)
    desk.act("conclude", CONCLUSION, at=date(2022, 9, 21))
    assert {(code, cited) for code, _, cited in found(desk) if code in {"T2", "T3", "T11"}} == {
        ("T2", "《信访工作条例》第34条"),
        ("T3", "《信访工作条例》第34条"),
        ("T11", "《信访工作条例》第23条"),
    }


# --- market regulators 2020: 7 and 45 working days, without the time of an appraisal ----------------------------------


@pytest.mark.keeps("T2", "T11", "T12")
def test_the_time_of_an_appraisal_does_not_count_for_market_regulators() -> None:
    desk = desk_of("samr-complaint-2020")
    taken_up(desk, date(2020, 5, 11), date(2020, 5, 12))
    # 12 to 15 and 18 to 20 May.
    assert desk.deadline("acceptance").due == date(2020, 5, 20) == counted("7工作日", date(2020, 5, 11))
    # 13 in May; in June 15 until the 19th, 22 to 24, Sunday the 28th, 29 and 30: 34; 1 to 3, 6 to 10, 13 to 15 July.
    assert desk.deadline("conclusion").due == date(2020, 7, 15) == counted("45工作日", date(2020, 5, 12))
    desk.act("commission_appraisal", QUESTION, by=UNDERTAKER, at=date(2020, 6, 1))
    assert desk.case.state == "appraising"
    assert desk.deadline("conclusion").paused == date(2020, 6, 1)
    desk.act("reply", REPLY, at=date(2020, 6, 3))
    desk.act("receive_appraisal", RESULT, at=date(2020, 6, 12))
    # Two weeks were left out, so ten working days more: 16, 17, 20 to 24, 27 to 29 July.
    excluded = (date(2020, 6, 1), date(2020, 6, 12))
    assert desk.deadline("conclusion").due == date(2020, 7, 29) == counted("45工作日", date(2020, 5, 12), excluded)
    desk.act("conclude", CONCLUSION, at=date(2020, 7, 29))
    # 30 and 31 July, 3 to 7 August.
    assert desk.deadline("feedback").due == date(2020, 8, 7) == counted("7工作日", date(2020, 7, 29))
    desk.act("feed_back", REPLY, at=date(2020, 8, 7))
    assert [outcome(desk, rule) for rule in ("T2", "T11", "T12")] == [Outcome.KEPT] * 3
    assert desk.docket.verify(desk.id) == len(desk.history)


@pytest.mark.breaks("T2")
def test_a_mediation_that_goes_on_after_the_appraisal_is_left_out_is_found() -> None:
    desk = desk_of("samr-complaint-2020")
    taken_up(desk, date(2020, 5, 11), date(2020, 5, 12))
    desk.act("commission_appraisal", QUESTION, at=date(2020, 6, 1))
    desk.act("receive_appraisal", RESULT, at=date(2020, 6, 12))
    desk.act("conclude", CONCLUSION, at=date(2020, 7, 30))
    (late,) = [one for one in found(desk) if one[0] == "T2"]
    assert late[1:] == (
        date(2020, 7, 29),
        "《市场监督管理投诉举报处理暂行办法》（国家市场监督管理总局令第20号）第21条",
    )


# --- the switches they use --------------------------------------------------------------------------------------------


def test_the_time_of_an_appraisal_counts_where_a_profile_says_so(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, appraisal='"counted"'))
    desk.reach("answered")
    desk.act("commission_appraisal", QUESTION, at=date(2018, 9, 20))
    assert desk.deadline().paused is None
    desk.act("receive_appraisal", RESULT, at=date(2018, 9, 28))
    assert (desk.deadline().due, desk.deadline().excluded) == (date(2018, 10, 26), ())


@pytest.mark.parametrize(
    ("trigger", "content"), [("commission_appraisal", Appraisal("配件", " ")), ("receive_appraisal", AppraisalResult())]
)
def test_an_appraisal_says_what_of_whom_and_what_came_of_it(tmp_path: Path, trigger: str, content: object) -> None:
    desk = Desk(variant(tmp_path, appraisal='"excluded"'))
    desk.reach("handling")
    if trigger == "receive_appraisal":
        desk.act("commission_appraisal", QUESTION, at=date(2018, 9, 20))
    assert the_unmet(desk.refused(trigger, content, at=date(2018, 9, 21)), "T4").citations[0].text() == "本库自定（T4）"


@pytest.mark.breaks("T12")
def test_T12_a_complaint_is_not_closed_before_the_result_was_fed_back() -> None:
    desk = desk_of("hubei-2021")
    taken_up(desk, date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 3))
    desk.act("conclude", CONCLUSION, at=date(2021, 3, 8))
    desk.act("follow_up", SATISFIED, at=date(2021, 3, 9))
    assert the_unmet(desk.refused("close", at=date(2021, 3, 9)), "T12").code == "T12"
    desk.act("feed_back", REPLY, at=date(2021, 3, 10))
    assert desk.act("close", at=date(2021, 3, 10)).state == "closed"


@pytest.mark.breaks("T12")
@pytest.mark.parametrize("content", [{"text": "结果如下"}, {"delivered": "post"}], ids=["text", "delivered"])
def test_T12_what_is_fed_back_has_a_text_and_was_delivered(content: dict[str, Any]) -> None:
    desk = desk_of("hubei-2021")
    taken_up(desk, date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 3))
    desk.act("conclude", CONCLUSION, at=date(2021, 3, 8))
    with pytest.raises(RefusedError, match="T12"):
        desk.act("feed_back", content, at=date(2021, 3, 9))


def test_T12_a_revoked_conclusion_has_no_result_to_feed_back_but_the_next_one_has() -> None:
    desk = desk_of("hubei-2021")
    taken_up(desk, date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 3))
    desk.act("conclude", CONCLUSION, at=date(2021, 3, 8))
    desk.act("reopen", Reopening("问题未解决"), at=date(2021, 3, 9))
    assert desk.deadline("feedback").status is Status.STOPPED
    desk.act("conclude", CONCLUSION, at=date(2021, 3, 10))
    assert (desk.deadline("feedback").status, desk.deadline("feedback").due) == (Status.OPEN, date(2021, 3, 17))


@pytest.mark.keeps("T11")
def test_T11_a_refusal_meets_it_too() -> None:
    desk = desk_of("xinfang-2022")
    desk.open(at=date(2022, 6, 6))
    desk.act("refuse", Refusal("不属受理范围", "post"), at=date(2022, 6, 20))
    assert outcome(desk, "T11") is Outcome.KEPT


def test_T11_the_time_for_papers_does_not_count_where_a_profile_says_so(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, acceptance='"3工作日"', supplement_excluded="true", refusal="false"))
    desk.open()
    desk.act("request_supplement", {"missing": "营业执照", "until": date(2018, 9, 20)}, at=date(2018, 9, 11))
    assert desk.deadline("acceptance").paused == date(2018, 9, 11)
    desk.act("supplement", {"papers": "营业执照"}, by=COMPLAINANT, at=date(2018, 9, 13))
    # From the 10th, without the 11th to the 13th: 14, 17 and 18 September.
    assert desk.deadline("acceptance").due == date(2018, 9, 18)
    assert desk.lifecycle.by_limit["acceptance"].met == ("accept",)


def test_a_number_of_our_own_leaves_the_rule_where_it_stands(tmp_path: Path) -> None:
    lifecycle = variant(tmp_path, answer='"5工作日"', acceptance='"3工作日"')
    cited = {rule.id: str(rule.citations[0]) for rule in lifecycle.rules}
    assert (cited["T1"], cited["T2"], cited["T11"]) == (
        "bayuquan-plan-2018 三(五)",
        "bayuquan-plan-2018 三(五)",
        "ours T11",
    )


# --- what stays as it was ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PLACES)
def test_what_a_place_sets_is_public_and_says_on_what_it_rests(key: str) -> None:
    profile = policies.get(key)
    assert profile.sections == ("complaint",)
    assert profile.verified == "public"
    assert profile.verified_note


@pytest.mark.parametrize(
    ("procedure", "profile", "known"),
    [
        ("interview", "dalian-2018", "c715c6afdb4904d2cfbb8289215dbf7896201ec44d1895f30035fb465a485ada"),
        ("interview", "liaoning-2020", "902776afedf279ef4430ba82973ea1e4db2ce01c557145534d1474085834b8e9"),
        ("complaint", "bayuquan-2018", "1c871ab826ae2d66c0497e861c4358123057cf462a06632e391077727913f2da"),
        ("rectification", "bayuquan-2018", "2e257ea4d36a74f90d0bda215b0f245c0ec847859fcc13123160a7cd87f86fd0"),
        ("rectification", "shenyang-2021", "7528ab743a13a176327263c0c3f9a971d7ab21bdf667505e941d775e5757a03a"),
        ("rectification_item", "bayuquan-2018", "1c42f142a3f02313e8b6afb77368241c5dd9f2bc60cfceace344fdd6e06da06d"),
        ("rectification_item", "shenyang-2021", "45d9505baaebe614234a439934a8dd5099d4dd677f35fac082ca915e717282ac"),
    ],
)
def test_values_that_a_profile_leaves_out_lock_no_stored_case_out(procedure: str, profile: str, known: str) -> None:
    assert fingerprint(lifecycles.SHIPPED[procedure](profile)) == known

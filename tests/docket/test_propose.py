"""What the rules call for after a case: proposed with what shows it and its article, opened by nobody but a person."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.lifecycles import complaining, interviewing, rectifying, reviewing
from tests.lifecycles.interviewing import ALONE, OFFICE, Failure
from tests.lifecycles.test_reminders import BODY, LADDER, complaint
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CaseNotFoundError, RefusedError, TimeError
from yingshang_flow.lifecycles.interview import Y11
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.words import Label


def failed(profile: str, store: Store | None = None) -> interviewing.Desk:
    """An interview after which its subject refused to put things right."""
    desk = interviewing.Desk(profile, store=store)
    desk.reach("held")
    desk.act("start_accountability", Failure(ALONE, ("refused",), "拒不落实"), at=date(2019, 1, 10))
    return desk


def test_a_failed_interview_calls_for_accountability_and_cites_the_rule_where_the_profile_has_it(store: Store) -> None:
    desk = failed("liaoning-2020", store)
    (found,) = desk.docket.propose(desk.id)
    assert (found.case, found.link, found.ground) == (desk.id, "origin", "start_accountability")
    assert (found.opens, found.units, found.codes) == ("accountability", ALONE, ())
    assert found.shown == (Label("2019-01-10 启动问责", "2019-01-10 Start accountability"),)
    assert found.rules == (Y11,)
    assert list(map(str, found.citations)) == ["liaoning-reply-2020 二"]
    assert found.text("en").startswith("calls for accountability: Start accountability (2019-01-10 Start accountab")
    assert found.text("zh").startswith("可另立 accountability：启动问责（2019-01-10 启动问责） [")


def test_where_the_profile_does_not_have_the_rule_the_act_alone_calls_for_it() -> None:
    desk = failed("dalian-2018")
    (found,) = desk.docket.propose(desk.id)
    assert (found.opens, found.rules, found.citations) == ("accountability", (), ())
    assert found.text("zh") == "可另立 accountability：启动问责（2019-01-10 启动问责）"


def test_a_broken_complaint_calls_for_an_interview_on_grounds_six_and_seven_until_one_is_opened(store: Store) -> None:
    desk = complaining.Desk(store=store)
    desk.reach("closed")
    assert desk.docket.propose(desk.id) == ()
    desk.act(
        "reopen",
        {"why": "回访核实", "found": "false_conclusion"},
        by=complaining.SUPERVISOR,
        at=date(2018, 10, 30),
    )
    (found,) = desk.docket.propose(desk.id)
    assert (found.ground, found.opens, found.codes) == ("poor_complaint_handling", "interview", ("6", "7"))
    assert "假办结" in found.shown[0].zh
    assert [rule.id for rule in found.rules] == ["T5", "T8"]
    interview = interviewing.Desk(docket=desk.docket)
    interview.plan(at=date(2018, 11, 1), origin=desk.id)
    assert desk.docket.propose(desk.id) == ()
    (answered,) = desk.docket.propose(desk.id, answered=True)
    assert answered.opened == (interview.id,)


def test_only_a_case_of_the_procedure_that_is_called_for_answers() -> None:
    desk = failed("liaoning-2020")
    complaint_desk = complaining.Desk(docket=desk.docket)
    complaint_desk.open(origin=desk.id)
    (found,) = desk.docket.propose(desk.id)
    assert found.opened == ()


def test_a_filed_ledger_calls_for_items_of_each_unit_as_parts_of_the_campaign(store: Store) -> None:
    desk = rectifying.Desk(store=store)
    desk.reach(desk.stages[0])
    assert desk.docket.propose(desk.id) == ()
    desk.file("file_ledger", "市发改委", date(2021, 5, 10))
    desk.file("file_ledger", "市财政局", date(2021, 5, 11))
    (found,) = [one for one in desk.docket.propose(desk.id) if one.ground == "items"]
    assert (found.link, found.opens, found.units) == (
        "parent",
        "rectification_item",
        ("甲组/市发改委", "甲组/市财政局"),
    )
    item = desk.listed()
    (found,) = [one for one in desk.docket.propose(desk.id) if one.ground == "items"]
    assert (found.units, found.opened) == (("甲组/市财政局",), (item,))
    other = desk.listed(
        rectifying.item(leads=("市财政局",), time_limit=date(2021, 8, 31)), by=rectifying.leading("市财政局")
    )
    assert [one for one in desk.docket.propose(desk.id) if one.ground == "items"] == []
    (found,) = [one for one in desk.docket.propose(desk.id, answered=True) if one.ground == "items"]
    assert (found.units, set(found.opened)) == ((), {item, other})


def test_no_part_is_proposed_of_a_campaign_that_has_ended() -> None:
    desk = rectifying.Desk()
    desk.reach(desk.stages[0])
    desk.file("file_ledger", "市发改委", date(2021, 5, 10))
    desk.file("file_ledger", "市财政局", date(2021, 5, 11))
    item = desk.listed()
    assert "items" in {one.ground for one in desk.docket.propose(desk.id)}
    desk.act("cancel", {"reason": "并入省级专项行动"}, at=date(2021, 5, 20))
    assert desk.case.state in {state.key for state in desk.lifecycle.states if state.final}
    assert "items" not in {one.ground for one in desk.docket.propose(desk.id)}
    (found,) = [one for one in desk.docket.propose(desk.id, answered=True) if one.ground == "items"]
    assert (found.units, found.opened) == ((), (item,))


def test_what_an_inspection_found_can_be_registered_as_a_clue() -> None:
    desk = rectifying.Desk()
    desk.reach(desk.stages[0])
    desk.act("inspect", {"findings": "窗口无人", "obligors": ["甲组/和平区"]}, at=date(2021, 5, 12))
    (found,) = desk.docket.propose(desk.id)
    assert (found.ground, found.opens, found.units) == ("inspected", "accountability", ("甲组/和平区",))
    assert [rule.id for rule in found.rules] == ["Z16"]


def test_a_poor_review_that_holds_can_become_an_item_of_a_running_campaign() -> None:
    campaign = rectifying.Desk()
    campaign.reach(campaign.stages[0])
    review = reviewing.Desk(docket=campaign.docket)
    review.reach("verified")
    (found,) = campaign.docket.propose(review.id)
    assert (found.ground, found.opens, found.link) == ("item", "rectification_item", "origin")
    item = campaign.listed(origin=review.id)
    assert campaign.docket.propose(review.id) == ()
    assert {one.case for one in campaign.docket.connections(review.id).cases} == {review.id, item, campaign.id}


def test_a_rung_of_the_ladder_calls_for_what_the_profile_says_once_the_clock_has_come_to_it(tmp_path: Path) -> None:
    clock = FixedClock(date(2018, 9, 10))
    docket = Docket(MemoryStore(), clock=clock)
    case = docket.open(
        complaint(tmp_path, LADDER), complaining.receipt(), by=BODY, at=date(2018, 9, 10), trigger="receive"
    )
    assert docket.propose(case.id) == ()
    clock.travel_to(date(2018, 12, 1))
    docket.sweep()
    found = {one.ground: one for one in docket.propose(case.id)}["conclusion.interview"]
    assert (found.opens, found.label) == ("interview", Label("提请约谈", "Propose an interview"))
    assert [rule.id for rule in found.rules] == ["T2"]
    assert not any(one.ground == "conclusion.handler" for one in docket.propose(case.id))


def test_what_is_broken_is_judged_as_of_the_instant_that_is_asked_for() -> None:
    desk = rectifying.Desk("bayuquan-2018")
    desk.reach(desk.stages[-1])
    before = desk.docket.propose(desk.id, now=datetime(2018, 10, 9, tzinfo=UTC))
    assert [one.ground for one in before if one.ground == "weakness"] == []
    with pytest.raises(TimeError):
        desk.docket.propose(desk.id, now=datetime(2018, 10, 9))  # noqa: DTZ001  # what is refused


def test_proposing_writes_nothing(store: Store) -> None:
    desk = failed("liaoning-2020", store)
    before = rectifying.all_of(store)
    desk.docket.propose(desk.id)
    assert rectifying.all_of(store) == before


def test_a_case_that_is_not_there_is_told() -> None:
    with pytest.raises(CaseNotFoundError, match="'nowhere'"):
        Docket(MemoryStore()).propose("nowhere")


def test_no_part_is_opened_of_a_case_that_has_ended() -> None:
    desk = interviewing.Desk()
    desk.reach("resolved")
    before = rectifying.all_of(desk.docket.store)
    with pytest.raises(RefusedError, match="has ended; open what follows from it with origin=") as caught:
        desk.docket.open(desk.lifecycle, interviewing.plan(), by=OFFICE, at=date(2019, 2, 1), parent=desk.id)
    (unmet,) = caught.value.unmet
    assert (unmet.code, unmet.found) == ("parent", (desk.id,))
    assert rectifying.all_of(desk.docket.store) == before
    followed = desk.docket.open(desk.lifecycle, interviewing.plan(), by=OFFICE, at=date(2019, 2, 1), origin=desk.id)
    assert followed.opening.origin == desk.id


def test_what_its_own_rules_say_against_a_part_comes_first() -> None:
    desk = rectifying.Desk()
    desk.reach("closed")
    refusal = desk.refused(RefusedError, "", "list")
    assert rectifying.codes(refusal) == ["Z11"]

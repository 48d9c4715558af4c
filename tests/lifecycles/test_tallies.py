"""What is counted of each procedure, and for whom."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests.lifecycles import interviewing, rectifying, reviewing
from tests.lifecycles.complaining import BODY, CONCLUSION, PLATFORM, REASON, SUPERVISOR, UNDERTAKER, Desk, receipt
from yingshang_flow.docket import Docket
from yingshang_flow.lifecycles.complaint import Assignment, Reopening, TakingUp
from yingshang_flow.lifecycles.rectification import Group
from yingshang_flow.lifecycles.rectification_item import Rebound
from yingshang_flow.ports import Tallies


def counted(docket: Docket, prefix: str) -> dict[tuple[str, str], int]:
    """Sum up what is counted, by measure and unit."""
    assert isinstance(docket.store, Tallies)
    found: Counter[tuple[str, str]] = Counter()
    for one in docket.store.tallied("0001-01-01", "9999-12-31"):
        lifecycle, _, measure = one.measure.partition(".")
        if lifecycle == prefix:
            found[measure, one.unit] += one.count
    return dict(found)


# --- complaints -------------------------------------------------------------------------------------------------------


def test_a_complaint_counts_for_whoever_has_it_in_hand() -> None:
    desk = Desk()
    desk.open()
    steps: list[tuple[str, Any, Any, str]] = [
        ("accept", None, BODY, "区营商局"),
        ("assign", Assignment("区城管局"), BODY, "区城管局"),
        ("return_assignment", REASON, UNDERTAKER, "区营商局"),
        ("assign", Assignment("区住建局"), BODY, "区住建局"),
        ("take_up", TakingUp("wang"), UNDERTAKER, "区住建局"),
        ("return_assignment", REASON, UNDERTAKER, "区营商局"),
        ("take_up", TakingUp("li"), BODY, "区营商局"),
    ]
    assert counted(desk.docket, "complaint") == {("received", "区营商局"): 1, ("due", "区营商局"): 2}
    for trigger, content, actor, unit in steps:
        desk.act(trigger, content, by=actor)
        found = counted(desk.docket, "complaint")
        assert (found["received", unit], found["due", unit]) == (1, 2)
    assert counted(desk.docket, "complaint") == {
        ("received", "区营商局"): 1,
        ("due", "区营商局"): 2,
        ("returned", "区住建局"): 2,
    }


def test_a_complaint_that_is_only_registered_is_not_received() -> None:
    desk = Desk()
    desk.open(trigger="register", by=PLATFORM)
    assert counted(desk.docket, "complaint") == {}
    desk.act("receive", receipt(), by=BODY)
    assert counted(desk.docket, "complaint")["received", "区营商局"] == 1


@pytest.mark.parametrize("late", [False, True])
def test_a_conclusion_counts_until_it_is_revoked_and_in_time_by_its_deadline(late: bool) -> None:  # noqa: FBT001 - a parameter
    desk = Desk()
    desk.reach("concluded", concluded=date(2018, 12, 3) if late else date(2018, 10, 19))
    found = counted(desk.docket, "complaint")
    assert found["concluded", "区住建局"] == 1
    assert found["in_time", "区住建局"] == (1 if late else 2)
    assert found["due", "区住建局"] == 2
    desk.act("reopen", Reopening("未解决"), by=SUPERVISOR, at=date(2018, 12, 4))
    found = counted(desk.docket, "complaint")
    assert ("concluded", "区住建局") not in found
    assert found["reopened", "区住建局"] == found["in_time", "区住建局"] == 1
    desk.act("conclude", CONCLUSION, at=date(2018, 12, 5))
    assert counted(desk.docket, "complaint")["concluded", "区住建局"] == 1


# --- interviews -------------------------------------------------------------------------------------------------------


def test_a_report_counts_for_the_unit_that_owes_it() -> None:
    units = ("甘井子区", "中山区")
    desk = interviewing.Desk(units=units)
    desk.reach("recorded")
    assert counted(desk.docket, "interview") == {("due", unit): 1 for unit in units}
    desk.report("甘井子区")
    desk.report("中山区", at=date(2019, 3, 1))
    assert counted(desk.docket, "interview") == {
        ("due", "甘井子区"): 1,
        ("in_time", "甘井子区"): 1,
        ("due", "中山区"): 1,
    }


# --- campaigns and their items ----------------------------------------------------------------------------------------


def test_an_item_counts_for_each_responsible_unit_until_it_comes_back() -> None:
    desk = rectifying.Desk(groups=[Group("甲组", ("市发改委",), ("和平区", "沈河区"))])
    desk.reach("rectifying")
    case = desk.listed(rectifying.item(responsible=("和平区", "沈河区")))
    both = {(measure, unit): 1 for measure in ("listed", "due") for unit in ("和平区", "沈河区")}
    assert counted(desk.docket, "rectification_item") == both
    desk.bring(case, "written_off", date(2021, 7, 1))
    for unit in ("和平区", "沈河区"):
        both["written_off", unit] = both["in_time", unit] = 1
    assert counted(desk.docket, "rectification_item") == both
    desk.on(case, "rebound", Rebound("又拖欠", date(2021, 9, 30)), by=rectifying.LEAD, at=date(2021, 7, 9))
    found = counted(desk.docket, "rectification_item")
    assert ("written_off", "和平区") not in found
    assert (found["due", "和平区"], found["in_time", "和平区"]) == (2, 1)


def test_a_filing_counts_for_the_unit_that_owes_it_and_not_for_the_campaign_office() -> None:
    desk = rectifying.Desk()
    desk.reach("deployment")
    before = counted(desk.docket, "rectification")
    desk.file("file_ledger", "市发改委", date(2021, 5, 19))
    after = counted(desk.docket, "rectification")
    assert after == {**before, ("in_time", "市发改委"): 1}
    assert {unit for _, unit in after}.isdisjoint({"", rectifying.OFFICE.unit})


@pytest.mark.parametrize("profile", [rectifying.SHENYANG, rectifying.BAYUQUAN])
def test_what_a_profile_switches_off_is_not_counted(profile: str) -> None:
    lifecycle = rectifying.Desk(profile).lifecycle
    assert {limit for tally in lifecycle.tallies for limit in (*tally.due, *tally.in_time)} <= {*lifecycle.by_limit}


# --- reviews ----------------------------------------------------------------------------------------------------------


def test_a_review_counts_for_the_unit_reviewed_and_as_poor_until_it_is_found_not_to_hold() -> None:
    good, poor = reviewing.Desk(), reviewing.Desk()
    good.open(reviewing.rating(grade="satisfied"))
    assert counted(good.docket, "service_review") == {("rated", "市住建局"): 1}
    poor.reach("verified")
    assert counted(poor.docket, "service_review") == {("rated", "市住建局"): 1, ("poor", "市住建局"): 1}
    poor.act("dismiss", reviewing.DISMISSED)
    assert {one: count for one, count in counted(poor.docket, "service_review").items() if count} == {}

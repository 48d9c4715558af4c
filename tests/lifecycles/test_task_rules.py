"""Rules L1 to L6 of tasks: of each the kept and the broken case."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.lifecycles.tasking import (
    ARTICLES,
    AS_SCHEDULED,
    CLEARANCE,
    COMPLETION,
    DISTRICT,
    INSPECTOR,
    ITS_TIMETABLE,
    LEAD,
    LISTING,
    LONG_TERM,
    OTHER_LEAD,
    PROGRESS,
    PROMISE,
    REACHED,
    SUPERVISOR,
    UNKEPT,
    Desk,
    assignment,
    cited,
    the_unmet,
    variant,
    work_plan,
)
from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Status
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.lifecycles.task import (
    Assignment,
    Clearance,
    Completion,
    Listing,
    Progress,
    Reached,
    Responsibility,
    WorkPlan,
)

KEPT, BROKEN, UNKNOWN = Outcome


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA_TIME)


def judged(desk: Desk, history: list[Record], rule: str) -> Any:  # noqa: ANN401 - a verdict
    said = audit(history, desk.lifecycle, calendar=china())
    return next(verdict for verdict in said.verdicts if verdict.rule.id == rule)


# --- L1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("L1")
@pytest.mark.parametrize(
    ("changes", "en", "ours"),
    [
        ({"number": None}, "number and name", True),
        ({"title": " "}, "number and name", True),
        ({"leads": (), "responsible": (), "others": ("市直各有关单位",)}, "a lead unit, or a responsible unit", False),
        ({"responsible": ()}, "responsible units, named or as a class", False),
        ({"milestones": (), "stages": ()}, "milestones, for good, or as scheduled", False),
    ],
)
def test_L1_a_task_says_whose_it_is_and_until_when(changes: dict[str, Any], en: str, *, ours: bool) -> None:
    unmet = the_unmet(Desk(assignment(**changes)).refused("assign", by=SUPERVISOR), "L1")
    assert unmet.label.en.startswith(en)
    assert cited(unmet) == (["ours L1"] if ours else [ARTICLES["L1"]])


@pytest.mark.keeps("L1")
@pytest.mark.parametrize(
    "content",
    [
        assignment(),
        assignment(responsible=(), others=("各区市县",)),
        assignment(leads=()),
        LONG_TERM,
        attrs.evolve(LONG_TERM, milestones=()),
        AS_SCHEDULED,
    ],
)
def test_L1_any_of_the_three_schedules_is_enough_and_there_may_be_no_lead(content: Assignment) -> None:
    desk = Desk(content)
    assert desk.reach("underway").state == "underway"
    assert desk.verdict("L1").outcome is KEPT


@pytest.mark.breaks("L1")
@pytest.mark.parametrize(
    ("content", "by"),
    [
        (assignment(), attrs.evolve(LEAD, unit="市公安局")),
        (assignment(), DISTRICT),
        (assignment(), attrs.evolve(DISTRICT, unit="市税务局")),  # leads, but does not act as a lead
        (assignment(leads=()), attrs.evolve(LEAD, unit="西岗区")),
        (assignment(leads=(), others=("各区市县",)), attrs.evolve(DISTRICT, unit="中山区")),
    ],
)
def test_L1_what_leads_do_is_done_by_a_lead_or_where_nobody_leads_by_a_responsible_unit(
    content: Assignment, by: Actor
) -> None:
    desk = Desk(content)
    desk.open()
    unmet = the_unmet(desk.refused("plan", work_plan("市税务局", "市工商局", "西岗区"), by=by), "L1")
    assert (unmet.label.en[:14], cited(unmet)) == ("done by a lead", ["ours L1"])


@pytest.mark.parametrize(
    ("others", "by", "allowed"),
    [
        ((), LEAD, True),
        ((), OTHER_LEAD, True),
        ((), DISTRICT, True),
        ((), attrs.evolve(DISTRICT, unit="中山区"), False),
        (("各区市县",), attrs.evolve(DISTRICT, unit="中山区"), True),
    ],
)
def test_L1_every_unit_of_a_task_reports_and_of_a_class_whoever_says_that_it_is_one(
    others: tuple[str, ...], by: Actor, *, allowed: bool
) -> None:
    desk = Desk(assignment(others=others))
    desk.reach("underway")
    if allowed:
        assert desk.act("report", PROGRESS, by=by).state == "underway"
    else:
        assert cited(the_unmet(desk.refused("report", PROGRESS, by=by), "L1")) == ["ours L1"]


@pytest.mark.breaks("L1")
def test_L1_only_a_task_that_goes_on_for_good_comes_to_that_and_after_its_first_result() -> None:
    desk = Desk()
    desk.reach("underway")
    assert [unmet.label.en for unmet in desk.refused("stand").unmet] == [
        "the task goes on for good",
        "where it has milestones, one is reached first",
    ]
    desk = Desk(LONG_TERM)
    desk.reach("underway")
    unmet = the_unmet(desk.refused("stand"), "L1")
    assert (unmet.label.en, cited(unmet)) == ("where it has milestones, one is reached first", ["ours L1"])
    desk.act("reach", REACHED, at=date(2019, 12, 30))
    assert desk.act("stand", at=date(2019, 12, 31)).state == "standing"
    desk = Desk(attrs.evolve(LONG_TERM, milestones=()))
    desk.reach("underway")
    assert desk.act("stand").state == "standing"


@pytest.mark.breaks("L1")
def test_L1_a_task_that_goes_on_for_good_is_done_only_from_there() -> None:
    desk = Desk(LONG_TERM)
    desk.reach("underway")
    desk.act("reach", REACHED, at=date(2019, 12, 30))
    unmet = the_unmet(desk.refused("complete", COMPLETION, by=SUPERVISOR, at=date(2020, 6, 1)), "L1")
    assert unmet.label.en == "a task that goes on for good comes to that first"
    desk.act("stand", at=date(2019, 12, 31))
    assert desk.act("complete", COMPLETION, by=SUPERVISOR, at=date(2020, 6, 1)).state == "completed"


# --- L2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("L2")
@pytest.mark.breaks("L2")
def test_L2_a_task_is_under_way_once_its_four_papers_are_on_file() -> None:
    desk = Desk()
    desk.open()
    desk.act("plan", WorkPlan((), None, " ", work_plan().responsibilities), at=date(2018, 12, 14))
    unmet = the_unmet(desk.refused("start"), "L2")
    assert unmet.found == ("时间表 timetable", "任务书 task sheet", "路线图 road map")
    assert cited(unmet) == [ARTICLES["L2"]]
    desk.act("plan", work_plan(), at=date(2018, 12, 15))
    assert desk.act("start").state == "underway"
    assert desk.verdict("L2").outcome is KEPT


@pytest.mark.breaks("L2")
def test_L2_a_locality_says_which_papers(tmp_path: Path) -> None:
    desk = Desk(lifecycle=variant(tmp_path, papers='["responsibilities"]', principal="false"))
    desk.open()
    desk.act("plan", WorkPlan())
    unmet = the_unmet(desk.refused("start"), "L2")
    assert (unmet.found, cited(unmet)) == (("责任制清单 responsibility list",), ["ours"])
    desk.act("plan", WorkPlan(responsibilities=(Responsibility("市税务局"),)))
    assert desk.act("start").state == "underway"


# --- L3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("L3")
@pytest.mark.breaks("L3")
def test_L3_each_milestone_is_owed_in_turn_and_a_late_one_is_found() -> None:
    desk = Desk()
    desk.reach("underway")
    (first,) = desk.deadlines()
    assert (first.due, first.warn) == (date(2018, 12, 31), None)  # it had come too near to be warned of
    desk.act("reach", REACHED, at=date(2018, 12, 31))
    (second,) = [d for d in desk.deadlines() if d.status is Status.OPEN]
    assert (second.due, second.warn, second.number) == (date(2019, 6, 30), date(2019, 5, 31), 2)
    assert desk.verdict("L3", now=noon(date(2019, 6, 30))).outcome is KEPT
    desk.act("reach", REACHED, at=date(2019, 7, 2))
    (found,) = desk.verdict("L3").findings
    assert (found.due, found.happened) == (date(2019, 6, 30), date(2019, 7, 2))


@pytest.mark.breaks("L3")
def test_L3_milestones_that_were_never_reached_are_found_and_the_next_one_comes_all_the_same() -> None:
    desk = Desk()
    desk.reach("underway")
    assert desk.docket.sweep() == 1
    assert [(d.due, d.status) for d in desk.deadlines()] == [
        (date(2018, 12, 31), Status.MISSED),
        (date(2019, 6, 30), Status.MISSED),
    ]
    assert [found.due for found in desk.verdict("L3").findings] == [date(2018, 12, 31), date(2019, 6, 30)]
    named = Reached("时间压缩", due=date(2019, 6, 30))
    desk.act("reach", named, at=date(2019, 7, 1))
    assert [d.due for d in desk.case.owed()] == [date(2018, 12, 31)]


@pytest.mark.breaks("L3")
def test_L3_a_task_is_done_when_every_milestone_is_reached() -> None:
    desk = Desk()
    desk.reach("underway")
    desk.act("reach", REACHED, at=date(2018, 12, 29))
    unmet = the_unmet(desk.refused("complete", COMPLETION, by=SUPERVISOR, at=date(2019, 6, 28)), "L3")
    assert unmet.found == ("milestone: 2019-06-30",)
    desk.act("reach", REACHED, at=date(2019, 6, 28))
    unmet = the_unmet(desk.refused("complete", Completion(" "), by=SUPERVISOR, at=date(2019, 6, 28)), "L3")
    assert (unmet.found, cited(unmet)) == (("完成情况 what was done",), ["ours L3"])
    assert desk.act("complete", COMPLETION, by=SUPERVISOR, at=date(2019, 6, 28)).state == "completed"
    assert {verdict.outcome for verdict in desk.audit().verdicts} == {KEPT, UNKNOWN}


@pytest.mark.breaks("L3")
@pytest.mark.parametrize(
    ("content", "reached"),
    [
        (attrs.evolve(LONG_TERM, milestones=()), REACHED),
        (assignment(), Reached("时间表", "timetable")),
        (AS_SCHEDULED, REACHED),
        (
            attrs.evolve(AS_SCHEDULED, milestones=(date(2019, 12, 31),)),
            Reached("已达到", "timetable", date(2019, 12, 31)),
        ),
    ],
)
def test_L3_only_what_is_owed_is_reached(content: Assignment, reached: Reached) -> None:
    desk = Desk(content)
    desk.reach("underway")
    unmet = the_unmet(desk.refused("reach", reached), "L3")
    assert (unmet.label.en, cited(unmet)) == ("a milestone of that kind is still to be reached", ["ours L3"])


@pytest.mark.keeps("L3")
@pytest.mark.breaks("L3")
def test_L3_a_task_as_scheduled_keeps_to_its_units_own_timetable() -> None:
    desk = Desk(attrs.evolve(AS_SCHEDULED, milestones=(date(2019, 12, 31),)))
    desk.reach("underway")
    assert [(d.limit, d.due) for d in desk.case.owed()] == [
        ("milestone", date(2019, 12, 31)),
        ("timetable", ITS_TIMETABLE[0]),
    ]
    desk.act("reach", Reached("一季度", "timetable"), at=ITS_TIMETABLE[0])
    assert [(d.limit, d.due) for d in desk.case.owed()] == [
        ("milestone", date(2019, 12, 31)),
        ("timetable", ITS_TIMETABLE[1]),
    ]
    assert desk.verdict("L3", now=noon(date(2019, 9, 30))).outcome is KEPT
    assert [f.due for f in desk.verdict("L3", now=noon(date(2019, 10, 1))).findings] == [ITS_TIMETABLE[1]]


def test_L3_a_timetable_of_their_own_is_owed_only_as_scheduled_and_a_later_one_takes_its_place() -> None:
    desk = Desk()
    desk.reach("planned")
    assert desk.deadlines("timetable") == []
    desk = Desk(AS_SCHEDULED)
    desk.reach("planned")
    desk.act("plan", work_plan(timetable=(date(2019, 5, 31),)))
    assert [(d.due, d.status) for d in desk.deadlines("timetable")] == [(date(2019, 5, 31), Status.OPEN)]


@pytest.mark.breaks("L3")
@pytest.mark.parametrize(
    ("milestones", "found"),
    [
        ((date(2018, 12, 5), date(2019, 6, 30)), ("2018-12-05 ≤ 2018-12-05",)),
        ((date(2019, 6, 30), date(2019, 6, 30)), ("2019-06-30 ≤ 2019-06-30",)),
        ((date(2019, 6, 30), date(2018, 12, 31)), ("2018-12-31 ≤ 2019-06-30",)),
    ],
)
def test_L3_milestones_lie_ahead_and_one_after_the_other(milestones: tuple[date, ...], found: tuple[str, ...]) -> None:
    unmet = the_unmet(Desk(assignment(milestones=milestones)).refused("assign", by=SUPERVISOR), "L3")
    assert (unmet.found, cited(unmet)) == (found, ["ours L3"])
    desk = Desk(AS_SCHEDULED)
    desk.open()
    unmet = the_unmet(desk.refused("plan", work_plan(timetable=milestones), at=date(2018, 12, 5)), "L3")
    assert (unmet.found, cited(unmet)) == (found, ["ours L3"])


@pytest.mark.breaks("L3")
def test_L3_what_a_milestone_is_is_said_of_each_or_of_none() -> None:
    unmet = the_unmet(Desk(assignment(stages=("环节精简",))).refused("assign", by=SUPERVISOR), "L3")
    assert (unmet.label.en, cited(unmet)) == ("as many stages as milestones, or none", ["ours L3"])
    assert Desk(assignment(stages=())).open().state == "assigned"


@pytest.mark.breaks("L3")
def test_L3_a_report_says_how_it_goes_and_a_milestone_what_was_done() -> None:
    desk = Desk()
    desk.reach("underway")
    assert cited(the_unmet(desk.refused("report", Progress()), "L3")) == ["ours L3"]
    assert cited(the_unmet(desk.refused("reach", Reached(" ")), "L3")) == ["ours L3"]


# --- L4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("L4")
def test_L4_what_an_inspection_finds_is_listed_and_cleared() -> None:
    desk = Desk()
    desk.reach("underway")
    assert desk.act("list", LISTING, by=INSPECTOR, at=date(2019, 3, 1)).state == "listed"
    assert desk.verdict("L4").outcome is UNKNOWN
    assert desk.act("report", PROGRESS, at=date(2019, 3, 8)).state == "listed"
    assert desk.act("clear", CLEARANCE, by=INSPECTOR, at=date(2019, 3, 15)).state == "underway"
    assert desk.verdict("L4").outcome is KEPT


def test_L4_a_task_that_goes_on_for_good_goes_back_to_that() -> None:
    desk = Desk(attrs.evolve(LONG_TERM, milestones=()))
    desk.reach("underway")
    desk.act("stand")
    desk.act("list", LISTING, by=INSPECTOR, at=date(2019, 3, 1))
    assert desk.act("clear", CLEARANCE, by=INSPECTOR, at=date(2019, 3, 15)).state == "standing"


@pytest.mark.breaks("L4")
@pytest.mark.parametrize(
    ("trigger", "content"),
    [("list", Listing()), ("clear", Clearance("已公示")), ("clear", Clearance(None, "复核"))],
)
def test_L4_the_list_says_what_was_found_and_its_clearance_how_that_was_checked(trigger: str, content: object) -> None:
    desk = Desk()
    desk.reach("underway")
    if trigger == "clear":
        desk.act("list", LISTING, by=INSPECTOR)
    unmet = the_unmet(desk.refused(trigger, content, by=INSPECTOR), "L4")
    assert cited(unmet) == ["dalian-opinion-2018 十一", "bayuquan-plan-2018 四(三)"]


@pytest.mark.breaks("L4")
def test_L4_a_limit_that_the_list_sets_is_kept_and_does_not_lie_before_it() -> None:
    desk = Desk()
    desk.reach("underway")
    early = attrs.evolve(LISTING, time_limit=date(2019, 2, 28))
    unmet = the_unmet(desk.refused("list", early, by=INSPECTOR, at=date(2019, 3, 1)), "L4")
    assert cited(unmet) == ["ours L4"]
    desk.act("list", attrs.evolve(early, time_limit=date(2019, 3, 8)), by=INSPECTOR, at=date(2019, 3, 1))
    desk.act("clear", CLEARANCE, by=INSPECTOR, at=date(2019, 3, 11))
    (found,) = desk.verdict("L4").findings
    assert (found.due, found.happened) == (date(2019, 3, 8), date(2019, 3, 11))


@pytest.mark.breaks("L4")
def test_L4_a_task_that_ended_with_its_list_uncleared_is_found() -> None:
    desk = Desk()
    desk.reach("underway")
    for day in (date(2018, 12, 29), date(2019, 6, 28)):
        desk.act("reach", REACHED, at=day)
    desk.act("list", LISTING, by=INSPECTOR, at=date(2019, 7, 1))
    desk.act("clear", CLEARANCE, by=INSPECTOR, at=date(2019, 7, 8))
    desk.act("complete", COMPLETION, by=SUPERVISOR, at=date(2019, 7, 9))
    forged = [record for record in desk.history if record.trigger != "clear"]
    assert judged(desk, forged, "L4").outcome is BROKEN


# --- L5 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("L5")
@pytest.mark.breaks("L5")
def test_L5_the_principal_leader_of_each_unit_that_leads_is_on_record() -> None:
    desk = Desk()
    desk.open()
    lacking = (Responsibility("市税务局", "局长"), Responsibility("市工商局", " "))
    unmet = the_unmet(desk.refused("plan", work_plan(responsibilities=lacking)), "L5")
    assert unmet.found == ("市工商局",)
    assert cited(unmet) == [ARTICLES["L5"], "bayuquan-plan-2018 四(三)"]
    desk.act("plan", work_plan())
    assert desk.verdict("L5").outcome is KEPT
    desk = Desk(assignment(leads=()))
    desk.open()
    assert the_unmet(desk.refused("plan", work_plan()), "L5").found == ("西岗区",)


def test_L5_a_locality_may_not_ask_for_it(tmp_path: Path) -> None:
    lifecycle = variant(tmp_path, principal="false")
    assert "L5" not in {rule.id for rule in lifecycle.rules}


# --- L6 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("L6")
@pytest.mark.parametrize("changes", [{"measures": " "}, {"time_limit": None}])
def test_L6_a_promise_that_was_not_kept_is_listed_with_measures_and_a_limit(changes: dict[str, Any]) -> None:
    desk = Desk()
    desk.reach("underway")
    lacking = attrs.evolve(PROMISE, **changes)
    unmet = the_unmet(desk.refused("list", lacking, by=INSPECTOR, at=date(2019, 3, 1)), "L6")
    assert cited(unmet) == [ARTICLES["L6"]]
    other = attrs.evolve(lacking, unkept=None)
    assert desk.act("list", other, by=INSPECTOR, at=date(2019, 3, 1)).state == "listed"


@pytest.mark.parametrize(
    ("cleared", "outcome"),
    [
        pytest.param(date(2019, 3, 29), KEPT, marks=pytest.mark.keeps("L6")),
        pytest.param(date(2019, 4, 1), BROKEN, marks=pytest.mark.breaks("L6")),
    ],
)
def test_L6_a_promise_made_good_too_late_gives_reason_for_accountability(cleared: date, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("underway")
    desk.act("list", PROMISE, by=INSPECTOR, at=date(2019, 3, 1))
    assert [d.limit for d in desk.case.owed()] == ["milestone", "promise"]
    desk.act("clear", CLEARANCE, by=INSPECTOR, at=cleared)
    said = desk.audit(now=noon(date(2019, 4, 2)))
    assert said.outcome("L6") is outcome
    assert [(reason.ground, reason.opens) for reason in said.reasons] == (
        [("unkept_promise", "accountability")] if outcome is BROKEN else []
    )


@pytest.mark.breaks("L6")
def test_L6_a_promise_that_a_report_tells_of_is_listed_before_the_task_is_done() -> None:
    desk = Desk()
    desk.reach("underway")
    desk.act("report", UNKEPT, at=date(2019, 1, 4))
    assert desk.verdict("L6").outcome is UNKNOWN
    for day in (date(2019, 1, 7), date(2019, 6, 28)):
        desk.act("reach", REACHED, at=day)
    history = desk.history
    desk.act("complete", COMPLETION, by=SUPERVISOR, at=date(2019, 7, 1))
    (found,) = desk.verdict("L6").findings
    assert (found.found, found.revision) == ("三日办结", len(history) - 2)
    assert [reason.ground for reason in desk.audit().reasons] == ["unkept_promise"]
    blind = [attrs.evolve(r, content=None) if r.trigger == "report" else r for r in history]
    assert judged(desk, blind, "L6").outcome is UNKNOWN


@pytest.mark.keeps("L6")
def test_L6_a_promise_that_was_listed_and_made_good_is_none_any_more() -> None:
    desk = Desk()
    desk.reach("underway")
    desk.act("report", UNKEPT, at=date(2019, 1, 4))
    desk.act("list", PROMISE, by=INSPECTOR, at=date(2019, 3, 1))
    desk.act("clear", CLEARANCE, by=INSPECTOR, at=date(2019, 3, 29))
    for day in (date(2019, 4, 1), date(2019, 6, 28)):
        desk.act("reach", REACHED, at=day)
    desk.act("complete", COMPLETION, by=SUPERVISOR, at=date(2019, 7, 1))
    said = desk.audit()
    assert (said.outcome("L6"), said.reasons) == (KEPT, ())


def test_L6_a_locality_may_not_ask_for_it(tmp_path: Path) -> None:
    desk = Desk(lifecycle=variant(tmp_path, promises="false"))
    assert "L6" not in {rule.id for rule in desk.lifecycle.rules}
    desk.reach("underway")
    desk.act("list", PROMISE, by=INSPECTOR, at=date(2019, 3, 1))
    assert [d.limit for d in desk.case.owed()] == ["milestone", "clearance"]

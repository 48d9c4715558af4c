"""Ways through campaigns: the whole of Shenyang's, calendars of reports, joint and late filings, rebounds."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.lifecycles.rectifying import (
    BAYUQUAN,
    DISTRICT,
    LEAD,
    ONE_GROUP,
    SHENYANG,
    TWO_GROUPS,
    Desk,
    codes,
    item,
    leading,
    responsible,
    the_unmet,
)
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Outcome
from yingshang_flow.core.case import Status
from yingshang_flow.core.record import Kind
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.rectification import Closing, Dispatch, Filing, Meeting, drafted
from yingshang_flow.lifecycles.rectification_item import Accepted, CarryOver, Measures, Mechanism, Rebound, Submission

SUNDAYS = [date(2021, 5, 2) + timedelta(days=7 * week) for week in range(31)]


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), CHINA_TIME) + timedelta(hours=12)


# --- the whole of it --------------------------------------------------------------------------------------------------


def test_shenyangs_plan_has_eight_groups_and_sixty_three_lead_filings() -> None:
    groups = drafted(lifecycles.rectification(SHENYANG)).groups
    assert [len(group.leads) for group in groups] == [5, 6, 4, 4, 19, 15, 9, 1]
    assert sum(len(group.leading) for group in groups) == 63
    assert {len(group.responsible) for group in groups} == {13}
    assert not any(group.others for group in groups)
    desk = Desk(groups=None)
    desk.reach("deployment")
    assert len(desk.deadlines("ledger")) == len({d.obligor for d in desk.deadlines("ledger")}) == 63
    assert len(desk.deadlines("summary")) == 63 + 8 * 13


def test_bayuquans_plan_has_twelve_actions_one_of_them_without_a_lead() -> None:
    groups = drafted(lifecycles.rectification(BAYUQUAN)).groups
    assert [len(group.leads) for group in groups] == [1, 1, 1, 1, 1, 1, 2, 1, 0, 2, 1, 1]
    assert [len(group.leading) for group in groups] == [1, 1, 1, 1, 1, 1, 2, 1, 6, 2, 1, 1]
    assert [group.key for group in groups if group.quarterly_meeting] == ["解决基层“好狠”问题"]
    assert [group.key for group in groups if "熊岳镇" not in group.responsible] == ["规范行业垄断和中介服务"]


def test_the_whole_of_shenyangs_campaign_goes_its_way_with_nothing_found_but_districts() -> None:  # noqa: C901 - long
    """Every lead of all eight groups files, reports and sums up; each group writes one item off."""
    desk = Desk(groups=None)
    desk.reach("deployment")
    leads = [obligor for group in desk.groups for obligor in group.leading]
    units = tuple(obligor for group in desk.groups for obligor in group.all_units)
    weeks = iter(SUNDAYS)
    for _ in range(3):
        desk.act("report", Filing("周报告", tuple(leads)), by=leading("市发改委"), at=next(weeks))
    for obligor in leads:
        unit = obligor.partition("/")[2]
        desk.file("file_ledger", unit, date(2021, 5, 18), obligor)
        desk.file("file_plan", unit, date(2021, 5, 19), obligor)
    assert {d.status for d in desk.deadlines("ledger")} == {Status.MET}
    desk.act("file_ledger", Filing("各区县问题清单", units), by=responsible("和平区"), at=date(2021, 5, 19))
    for number, group in enumerate(desk.groups):
        lead, district = leading(group.leads[0]), responsible(group.responsible[number])
        listed = desk.listed(item(group=group.key, leads=group.leads[:1], responsible=(district.unit,)), by=lead)
        for trigger, content, by in (
            ("set_measures", Measures("逐项整改"), district),
            ("start", None, district),
            ("submit", Submission("完成"), district),
            ("accept", Accepted("现场核验"), lead),
            ("fix_mechanism", Mechanism("长效机制"), district),
        ):
            desk.on(listed, trigger, content, by=by, at=date(2021, 8, 20))
    desk.act("advance", at=date(2021, 5, 20))
    for sunday in weeks:
        if sunday == date(2021, 11, 7):
            desk.act("advance", at=date(2021, 11, 1))
        joint = Filing("周报告", units if sunday == SUNDAYS[-1] else tuple(leads))
        desk.act("report", joint, by=leading("市发改委"), at=sunday)
    for month, last in ((5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30)):
        desk.act("dispatch", Dispatch("月调度"), at=date(2021, month, last))
    for day in (date(2021, 6, 30), date(2021, 9, 30)):
        desk.act("circulate", Dispatch("季通报"), at=day)
    desk.act("inspect", {"obligors": list(units), "findings": "到位"}, at=date(2021, 11, 29))
    for kind in ("social_appraisal", "third_party"):
        desk.act("evaluate", {"kind": kind, "result": "满意"}, at=date(2021, 11, 29))
    desk.act("file_summary", Filing("总结", units), by=leading("市发改委"), at=date(2021, 11, 30))
    closed = desk.reach("closed")
    assert closed.owed() == ()
    assert desk.docket.sweep() == 0
    for said in desk.audits().values():
        assert [f for f in said.findings if f.code != "Z12"] == []
    assert len(desk.found("Z12")) == 13
    assert {verdict.outcome for verdict in desk.audits()[desk.id].verdicts if verdict.rule.id != "Z12"} == {
        Outcome.KEPT,
        Outcome.UNKNOWN,  # Z16 is a ground
    }
    for case in desk.docket.find():
        assert desk.docket.verify(case.id) == case.revision


# --- calendars of reports ---------------------------------------------------------------------------------------------


def test_the_calendar_of_2021_is_that_of_sundays_month_ends_and_quarter_ends() -> None:
    desk = Desk(groups=ONE_GROUP)
    desk.reach("deployment")
    owed: dict[str, list[date]] = {"weekly": [], "dispatch": [], "circular": []}
    day = date(2021, 4, 30)
    while day < date(2021, 12, 1):
        if day == date(2021, 5, 20) or day == date(2021, 11, 1):
            desk.act("advance", at=day)
        for limit, trigger in (("weekly", "report"), ("dispatch", "dispatch"), ("circular", "circulate")):
            (found,) = desk.deadlines(limit)
            if found.due == day:  # done on its last day, whether that is a day off or not
                owed[limit].append(day)
                by = {"by": LEAD} if limit == "weekly" else {}
                desk.act(trigger, Filing("周报") if limit == "weekly" else Dispatch("调度"), at=day, **by)
        day += timedelta(days=1)
    assert owed["weekly"] == SUNDAYS
    assert date(2021, 5, 2) in owed["weekly"]  # in the holidays of 1 May
    assert date(2021, 10, 3) in owed["weekly"]  # in those of 1 October
    ends = ((5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30))
    assert owed["dispatch"] == [date(2021, month, last) for month, last in ends]
    assert owed["circular"] == [date(2021, 6, 30), date(2021, 9, 30)]
    left = [desk.deadlines(limit)[0].due for limit in owed]
    assert left == [date(2021, 12, 5), date(2021, 12, 31), date(2021, 12, 31)]
    closed = desk.act("close", Closing("考核"), at=date(2021, 12, 1))
    assert [d.status for d in closed.deadlines if d.limit in owed] == [Status.STOPPED] * 3
    assert desk.verdict("Z8").outcome is Outcome.KEPT
    assert desk.found("Z8") == []


def test_a_period_that_has_ended_before_the_close_stays_missed_and_found() -> None:
    desk = Desk(groups=ONE_GROUP)
    desk.reach("closed")
    found = desk.verdict("Z8").findings
    assert [f.due for f in found if f.label.en == "Weekly report"] == SUNDAYS
    assert [f.due for f in found if f.label.en == "Quarterly circular"] == [date(2021, 6, 30), date(2021, 9, 30)]
    assert len([f for f in found if f.label.en == "Monthly dispatch"]) == 7


def test_recurring_limits_catch_up_over_a_year_in_one_record() -> None:
    desk = Desk(groups=ONE_GROUP)
    desk.clock.travel_to(noon(date(2022, 5, 2)))
    desk.reach("deployment")
    before = desk.case.revision
    assert desk.docket.sweep() == 1
    assert desk.case.revision == before + 1
    assert desk.history[-1].kind is Kind.CLOCK
    missed = [d.due for d in desk.deadlines("weekly") if d.status is Status.MISSED]
    assert missed == [date(2021, 5, 2) + timedelta(days=7 * week) for week in range(53)]
    assert len([d for d in desk.deadlines("dispatch") if d.status is Status.MISSED]) == 12
    assert len([d for d in desk.deadlines("circular") if d.status is Status.MISSED]) == 4
    assert {d.due for d in desk.case.deadlines if d.status is Status.OPEN} == {
        date(2022, 5, 8),
        date(2022, 5, 31),
        date(2022, 6, 30),
    }
    assert desk.docket.sweep() == 0
    desk.file("report", "市发改委", date(2022, 5, 2), due=date(2022, 5, 8))
    assert [d.due for d in desk.deadlines("weekly") if d.status is Status.OPEN] == [date(2022, 5, 15)]


@pytest.mark.parametrize(
    ("begun", "first"),
    [
        (date(2018, 5, 1), date(2018, 6, 30)),
        (date(2018, 5, 30), date(2018, 6, 30)),
        (date(2018, 5, 31), date(2018, 6, 30)),
        (date(2018, 1, 31), date(2018, 2, 28)),
    ],
)
def test_month_ends_of_a_whole_year_begin_with_the_next_month(begun: date, first: date) -> None:
    desk = Desk(BAYUQUAN, groups=ONE_GROUP)
    desk.draft(at=date(2018, 1, 2))
    for trigger in ("issue", "advance"):
        desk.act(trigger, at=date(2018, 1, 2))
    desk.act("advance", at=begun)
    owed = []
    for _ in range(13):
        due = desk.deadline("monthly", "甲组/和平区").due
        owed.append(due)
        desk.file("report", "和平区", due, lead=False)
    assert owed[0] == first
    assert all((day + timedelta(days=1)).day == 1 for day in owed)
    assert all(28 <= (later - day).days <= 31 for day, later in pairwise(owed))


def test_what_is_reported_monthly_ends_with_the_stage_of_improvement() -> None:
    desk = Desk(BAYUQUAN)
    desk.reach("summary")
    assert {d.status for d in desk.deadlines("monthly") if d.due == date(2018, 10, 31)} == {Status.STOPPED}
    assert {d.due for d in desk.deadlines("monthly") if d.status is Status.MISSED} == {
        date(2018, month, last) for month, last in ((6, 30), (7, 31), (8, 31), (9, 30))
    }


def test_the_quarter_in_which_a_campaign_is_issued_may_not_count_for_meetings(tmp_path: Path) -> None:
    text = 'key = "own"\nlocality = "某区"\ntitle = "试例"\nvalid_from = 2018-03-30\nextends = "bayuquan-2018"\n'
    for first, due in (("next", date(2018, 6, 30)), ("current", date(2018, 3, 31))):
        path = tmp_path / f"{first}.toml"
        switch = f'[rectification.meeting_first]\nvalue = "{first}"\nsource = "ours"\n'
        path.write_text(text + switch, encoding="utf-8")
        desk = Desk(path.as_posix())
        desk.draft(at=date(2018, 3, 28))
        desk.act("issue", at=date(2018, 3, 30))
        assert {d.due for d in desk.deadlines("meeting")} == {due}


# --- filings ----------------------------------------------------------------------------------------------------------


def test_a_joint_filing_counts_for_each_that_it_names() -> None:
    desk = Desk()
    desk.reach("deployment")
    named = ("甲组/市财政局", "甲组/市发改委", "甲组/市财政局")
    desk.act("file_ledger", Filing("台账", named), by=LEAD, at=date(2021, 5, 18))
    assert desk.history[-1].obligors == ("甲组/市财政局", "甲组/市发改委")
    assert [d.obligor for d in desk.deadlines("ledger") if d.status is Status.MET] == ["甲组/市发改委", "甲组/市财政局"]
    assert [d.obligor for d in desk.deadlines("ledger") if d.status is Status.OPEN] == [
        "乙组/市供电公司",
        "乙组/和平区",
    ]


@pytest.mark.parametrize(
    ("unit", "obligors", "found"),
    [
        ("市法院", (), ("市法院",)),
        ("市发改委", ("甲组/市财政局",), ("市发改委",)),
        ("市发改委", ("乙组/市供电公司",), ("市发改委",)),
        ("市发改委", ("乙组/市发改委",), ("乙组/市发改委",)),
        ("市发改委", ("市发改委",), ("市发改委",)),
        ("市发改委", ("甲组/市发改委", "丙组/市发改委"), ("丙组/市发改委",)),
    ],
)
@pytest.mark.parametrize("trigger", ["file_plan", "file_ledger", "report"])
def test_a_filing_for_another_group_or_unit_is_refused(
    trigger: str, unit: str, obligors: tuple[str, ...], found: tuple[str, ...]
) -> None:
    desk = Desk()
    desk.reach("deployment")
    filing = Filing("材料", obligors)
    error = desk.refused(RefusedError, desk.id, trigger, filing, by=leading(unit), at=date(2021, 5, 10))
    assert the_unmet(error, "obligor").found == found


@pytest.mark.parametrize(
    ("trigger", "by"),
    [("report", leading("市营商局")), ("dispatch", LEAD), ("inspect", DISTRICT), ("close", LEAD), ("advance", LEAD)],
)
def test_units_and_the_office_do_not_act_for_one_another(trigger: str, by: object) -> None:
    desk = Desk()
    desk.reach("summary")
    content = {
        "report": Filing("周报"),
        "dispatch": Dispatch("调度"),
        "inspect": {"obligors": ["甲组/和平区"], "findings": "无"},
        "close": Closing("考核"),
        "advance": None,
    }[trigger]
    error = desk.refused(RefusedError, desk.id, trigger, content, by=by, at=date(2021, 11, 30))
    assert set(codes(error)) <= {"role", "obligor", "state"}


@pytest.mark.parametrize("stage", ["rectifying", "summary"])
@pytest.mark.parametrize("trigger", ["file_ledger", "file_plan", "report", "hold_meeting"])
def test_late_filings_are_taken_in_every_later_stage(stage: str, trigger: str) -> None:
    desk = Desk()
    desk.reach(stage)
    content = Meeting("部署会议") if trigger == "hold_meeting" else Filing("材料")
    assert desk.act(trigger, content, by=LEAD, at=desk.case.moved.date + timedelta(days=1)).state == stage
    if trigger == "file_ledger":
        assert desk.deadline("ledger", "甲组/市发改委").status is Status.MET_LATE


@pytest.mark.parametrize("stage", ["self_inspection", "improvement", "summary"])
def test_late_sub_plans_are_taken_in_every_later_stage(stage: str) -> None:
    desk = Desk(BAYUQUAN)
    desk.reach(stage)
    desk.file("file_plan", "市财政局", date(2018, 10, 10))
    assert desk.deadline("plan", "甲组/市财政局").status is Status.MET_LATE


def test_where_nobody_leads_a_group_its_responsible_units_owe() -> None:
    desk = Desk()
    desk.reach("deployment")
    for limit in ("ledger", "weekly"):
        assert [d.obligor for d in desk.deadlines(limit) if d.obligor.startswith("乙组/")] == [
            "乙组/市供电公司",
            "乙组/和平区",
        ]
    desk.file("file_ledger", "市供电公司", date(2021, 5, 10), lead=False)
    assert desk.deadline("ledger", "乙组/市供电公司").status is Status.MET


def test_a_unit_of_several_groups_files_first_for_the_one_that_has_waited_longest() -> None:
    desk = Desk()
    desk.reach("summary")
    for obligor in ("甲组/和平区", "乙组/和平区"):
        desk.file("file_summary", "和平区", date(2021, 11, 20), lead=False)
        assert desk.history[-1].obligors == (obligor,)


@pytest.mark.parametrize("day", [date(2021, 5, 20), date(2021, 10, 31)])
def test_a_day_in_two_stages_and_a_day_in_none_both_take_acts(day: date) -> None:
    early, late = Desk(), Desk()
    early.reach("deployment")
    late.reach("deployment")
    late.act("advance", at=date(2021, 5, 20))
    for desk in (early, late):
        desk.file("report", "市发改委", day)
        assert desk.docket.load(desk.listed(at=day)).state == "listed"
    assert (early.case.state, late.case.state) == ("deployment", "rectifying")
    assert early.act("advance", at=day).state == "rectifying"
    assert late.act("advance", at=date(2021, 10, 31)).state == "summary"


@pytest.mark.parametrize("state", ["drafted", "deployment", "rectifying", "summary"])
def test_a_campaign_is_called_off_from_every_state_before_its_end(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    day = desk.case.moved.date
    cancelled = desk.act("cancel", {"reason": "并入省级专项"}, at=day)
    assert (cancelled.state, [d for d in cancelled.owed() if d.due >= day]) == ("cancelled", [])
    for trigger in ("issue", "advance", "close", "cancel"):
        assert codes(desk.refused(RefusedError, desk.id, trigger, at=day)) == ["state"]


# --- items ------------------------------------------------------------------------------------------------------------


def test_a_mechanism_is_owed_when_the_item_is_written_off_already() -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 8, 2))
    assert [(d.limit, d.due) for d in desk.docket.load(case).owed()] == [("mechanism", date(2021, 11, 30))]
    assert desk.docket.sweep() > 0
    (missed,) = desk.docket.load(case).owed()
    assert missed.status is Status.MISSED
    desk.on(case, "fix_mechanism", Mechanism("还款台账制度"), at=date(2021, 12, 10))
    assert desk.docket.load(case).owed() == ()
    (found,) = desk.verdict("Z7", case).findings
    assert (found.due, found.happened) == (date(2021, 11, 30), date(2021, 12, 10))


def test_a_mechanism_may_be_fixed_before_the_item_is_written_off() -> None:
    for state in ("measured", "rectifying", "submitted"):
        desk = Desk()
        desk.reach("rectifying")
        case = desk.listed()
        assert "state" in codes(desk.refused(RefusedError, case, "fix_mechanism", Mechanism("制度")))
        desk.bring(case, state)
        assert desk.on(case, "fix_mechanism", Mechanism("制度")).state == state
        assert desk.bring(case, "written_off").owed() == ()


def test_what_is_sent_back_is_rectified_again_under_the_same_limit() -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, "submitted", date(2021, 8, 2))
    assert desk.on(case, "return_item", {"lacking": "缺回单"}, by=LEAD, at=date(2021, 8, 9)).state == "rectifying"
    desk.bring(case, "written_off", date(2021, 9, 6))
    (found,) = desk.verdict("Z6", case).findings
    assert (found.due, found.happened) == (date(2021, 8, 31), date(2021, 9, 6))


def test_an_item_that_comes_back_gets_a_new_limit() -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 8, 2))
    error = desk.refused(RefusedError, case, "rebound", Rebound("又拖欠"), by=LEAD, at=date(2021, 9, 1))
    unmet = the_unmet(error, "Z6")
    assert (unmet.label.en, unmet.found) == ("a new time limit", ("新的完成时限 new time limit",))
    again = desk.on(case, "rebound", Rebound("又拖欠", date(2021, 10, 15)), by=LEAD, at=date(2021, 9, 1))
    assert again.state == "rectifying"
    assert [(d.limit, d.number, d.due) for d in again.owed("own")] == [("own", 2, date(2021, 10, 15))]
    desk.bring(case, "written_off", date(2021, 10, 18))
    (found,) = desk.verdict("Z6", case).findings
    assert (found.due, found.happened) == (date(2021, 10, 15), date(2021, 10, 18))
    assert desk.audits()[case].reasons == ()


@pytest.mark.parametrize("end", ["closed", "cancelled"])
def test_an_item_that_comes_back_after_the_campaign_calls_for_a_linked_one(end: str) -> None:
    desk = Desk()
    desk.reach("summary")
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 8, 2))
    desk.on(case, "fix_mechanism", Mechanism("制度"), at=date(2021, 8, 3))
    if end == "closed":
        desk.reach("closed")
    else:
        desk.act("cancel", {"reason": "并入省级专项"}, at=date(2021, 12, 1))
    back = {"by": LEAD, "at": date(2022, 3, 1)}
    linked = {"parent": None, "origin": case, "at": date(2022, 3, 2)}
    again = item(time_limit=date(2022, 6, 30))
    assert "Z11" in codes(desk.refused(RefusedError, "", "list", again, **linked))  # it has not come back yet
    stranger = {"by": leading("市财政局"), "at": date(2022, 3, 1)}
    assert codes(desk.refused(RefusedError, case, "rebound", Rebound("又拖欠"), **stranger)) == ["Z10"]
    after = desk.on(case, "rebound", Rebound("又拖欠"), **back)
    assert (after.state, after.owed()) == ("written_off", ())
    new = desk.docket.load(desk.listed(again, **linked))
    assert [(d.limit, d.due) for d in new.owed()] == [("own", date(2022, 6, 30))]  # the plan's dates are past
    (reason,) = desk.audits()[case].reasons
    assert (reason.ground, reason.opens) == ("rebound_after_the_end", "rectification_item")
    error = desk.refused(RefusedError, "", "list", again, parent=None, at=date(2022, 3, 3))
    unmet = the_unmet(error, "Z11")
    assert unmet.label.en == "a part of a running campaign"
    assert [str(citation) for citation in unmet.citations] == ["ours Z11"]


@pytest.mark.parametrize("category", ["general", "arrears"])
@pytest.mark.parametrize("profile", [SHENYANG, BAYUQUAN])
def test_the_dates_of_a_plan_do_not_bind_what_came_back_after_it(profile: str, category: str) -> None:
    desk = Desk(profile)
    desk.reach(desk.stages[-1])
    case = desk.listed(item(category=category))
    assert len(desk.docket.load(case).owed()) > 1
    desk.bring(case, "written_off", date(desk.year.issued.year, 8, 2))
    desk.reach("closed")
    desk.on(case, "rebound", Rebound("又拖欠"), by=LEAD, at=date(2022, 3, 1))
    again = item(category=category, time_limit=date(2022, 6, 30))
    linked = desk.docket.load(desk.listed(again, parent=None, origin=case, at=date(2022, 3, 2)))
    assert [(d.limit, d.due) for d in linked.owed()] == [("own", date(2022, 6, 30))]


def test_an_item_that_came_back_while_the_campaign_ran_calls_for_no_linked_one() -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 8, 2))
    desk.on(case, "rebound", Rebound("又拖欠", date(2021, 10, 1)), by=LEAD)
    for _ in range(2):  # while it is being rectified again, and when it is written off again
        assert "Z11" in codes(desk.refused(RefusedError, "", "list", parent=None, origin=case, at=date(2021, 9, 1)))
        desk.bring(case, "written_off", date(2021, 8, 9))
    assert "Z11" in codes(desk.refused(RefusedError, "", "list", parent=None, origin=desk.id, at=date(2021, 9, 1)))


@pytest.mark.parametrize("state", ["listed", "measured", "rectifying", "submitted"])
def test_an_item_is_carried_over_from_every_state_but_the_last_and_goes_on(state: str) -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, state)
    assert desk.on(case, "carry_over", CarryOver("诉讼未决"), by=LEAD, at=date(2021, 10, 20)).state == state
    desk.reach("closed")
    assert desk.found("Z11") == []
    assert desk.bring(case, "written_off", date(2021, 12, 20)).state == "written_off"
    assert {finding.due for finding in desk.verdict("Z6", case).findings} == {date(2021, 8, 31), date(2021, 10, 30)}


def test_an_item_that_is_written_off_is_not_carried_over() -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, "written_off")
    assert codes(desk.refused(RefusedError, case, "carry_over", CarryOver("x"), by=LEAD)) == ["state"]


def test_leads_and_responsible_units_of_a_plan_are_counted_once_each() -> None:
    assert TWO_GROUPS[0].leading == ("甲组/市发改委", "甲组/市财政局")
    assert TWO_GROUPS[1].leading == TWO_GROUPS[1].all_units == ("乙组/市供电公司", "乙组/和平区")

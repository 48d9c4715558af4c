"""Rules Z1 to Z21 of campaigns and their items: of each the kept and the broken case."""

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

from tests.lifecycles.rectifying import (
    BAYUQUAN,
    DISTRICT,
    LEAD,
    ONE_GROUP,
    SHENYANG,
    Desk,
    codes,
    item,
    leading,
    responsible,
    the_unmet,
)
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Outcome, Reason, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Status
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import CalendarRangeError, RefusedError
from yingshang_flow.lifecycles.rectification import (
    Closing,
    Dispatch,
    Draft,
    Group,
    Inspection,
    Meeting,
    drafted,
)
from yingshang_flow.lifecycles.rectification_item import (
    Accepted,
    CarryOver,
    Measures,
    Mechanism,
    Rebound,
    Submission,
)
from yingshang_flow.words import GROUND

KEPT, BROKEN, UNKNOWN = Outcome
LEADS = ("甲组/市发改委", "甲组/市财政局", "乙组/市供电公司", "乙组/和平区")
UNITS = ("甲组/市发改委", "甲组/市财政局", "甲组/和平区", "乙组/市供电公司", "乙组/和平区")
"""Of the small plan: in the group without a lead the responsible units owe what leads do."""


def issued(profile: str) -> Desk:
    desk = Desk(profile)
    desk.reach(desk.stages[0])
    return desk


def file_for_all(desk: Desk, trigger: str, at: date, obligors: tuple[str, ...] = UNITS) -> None:
    """Every unit files for itself."""
    for obligor in obligors:
        desk.file(trigger, obligor.partition("/")[2], at, obligor)


def one_late(desk: Desk, rule: str, limit: str, trigger: str, *, due: date, late: date) -> None:
    """Hold a one-time limit of the campaign against its rule: everybody in time but one, which is late."""
    owed = [d.obligor for d in desk.deadlines(limit)]
    assert {d.due for d in desk.deadlines(limit)} == {due}
    *punctual, last = owed
    for obligor in punctual:
        desk.file(trigger, obligor.partition("/")[2], due, obligor)
    assert desk.verdict(rule, now=datetime.combine(due, datetime.max.time(), CHINA_TIME)).outcome is KEPT
    desk.file(trigger, last.partition("/")[2], late, last)  # never refused
    assert desk.deadline(limit, last).status is Status.MET_LATE
    (found,) = desk.verdict(rule).findings
    assert (found.unit, found.due, found.happened) == (last, due, late)


# --- Z1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z1")
@pytest.mark.breaks("Z1")
def test_Z1_sub_plans_and_lists_are_filed_by_the_lead_units_by_20_may() -> None:
    desk = issued(BAYUQUAN)
    assert tuple(d.obligor for d in desk.deadlines("plan")) == LEADS
    one_late(desk, "Z1", "plan", "file_plan", due=date(2018, 5, 20), late=date(2018, 5, 21))


@pytest.mark.breaks("Z1")
def test_Z1_a_sub_plan_never_filed_is_found() -> None:
    desk = issued(BAYUQUAN)
    assert desk.found("Z1", now=datetime(2018, 5, 20, 23, 59, tzinfo=CHINA_TIME)) == []
    assert [unit for unit, _ in desk.found("Z1", now=datetime(2018, 5, 21, tzinfo=CHINA_TIME))] == list(LEADS)


# --- Z2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z2")
@pytest.mark.breaks("Z2")
def test_Z2_every_unit_reports_before_the_end_of_each_month_of_the_improvement_stage() -> None:
    desk = issued(BAYUQUAN)
    desk.reach("improvement")
    assert [(d.obligor, d.due) for d in desk.deadlines("monthly")] == [(unit, date(2018, 6, 30)) for unit in UNITS]
    for month, last in ((6, 30), (7, 31), (8, 31)):
        file_for_all(desk, "report", date(2018, month, last))
    assert desk.verdict("Z2", now=datetime(2018, 9, 1, tzinfo=CHINA_TIME)).outcome is KEPT
    file_for_all(desk, "report", date(2018, 9, 28), UNITS[1:])
    desk.file("report", "市发改委", date(2018, 10, 1), UNITS[0])
    (found,) = desk.verdict("Z2", now=datetime(2018, 10, 5, tzinfo=CHINA_TIME)).findings
    assert (found.unit, found.due, found.happened) == (UNITS[0], date(2018, 9, 30), date(2018, 10, 1))


@pytest.mark.parametrize(
    ("accepted", "outcome"),
    [
        pytest.param(date(2018, 9, 30), KEPT, marks=pytest.mark.keeps("Z2")),
        pytest.param(date(2018, 10, 1), BROKEN, marks=pytest.mark.breaks("Z2")),
    ],
)
def test_Z2_everything_is_rectified_by_30_september(accepted: date, outcome: Outcome) -> None:
    desk = issued(BAYUQUAN)
    case = desk.listed(item(time_limit=date(2018, 12, 31)))
    desk.bring(case, "submitted", date(2018, 9, 3))
    desk.on(case, "accept", Accepted("回单"), by=LEAD, at=accepted)
    said = desk.verdict("Z2", case)
    assert said.outcome is outcome
    assert {finding.due for finding in said.findings} == ({date(2018, 9, 30)} if outcome is BROKEN else set())


def test_Z2_an_items_own_limit_stands_beside_the_common_one() -> None:
    desk = issued(BAYUQUAN)
    case = desk.listed(item(time_limit=date(2018, 6, 30)))
    desk.bring(case, "submitted", date(2018, 6, 1))
    desk.on(case, "accept", Accepted("回单"), by=LEAD, at=date(2018, 7, 2))
    (found,) = desk.verdict("Z2", case).findings
    assert (found.due, found.happened) == (date(2018, 6, 30), date(2018, 7, 2))


# --- Z3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z3")
@pytest.mark.breaks("Z3")
def test_Z3_each_lead_units_summary_is_filed_by_15_december() -> None:
    desk = issued(BAYUQUAN)
    desk.reach("summary")
    assert tuple(d.obligor for d in desk.deadlines("lead_summary")) == LEADS
    one_late(desk, "Z3", "lead_summary", "file_summary", due=date(2018, 12, 15), late=date(2018, 12, 17))


# --- Z4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z4")
@pytest.mark.breaks("Z4")
def test_Z4_the_group_that_has_to_meets_with_guests_each_quarter() -> None:
    desk = issued(BAYUQUAN)
    by = responsible("市供电公司")
    owing = ("乙组/市供电公司", "乙组/和平区")
    assert tuple(dict.fromkeys(d.obligor for d in desk.deadlines("meeting"))) == owing
    guests = ("人大代表", "政协委员", "软环境义务监督员")
    for d in [d for d in desk.deadlines("meeting") if d.due < date(2018, 6, 1)]:  # of the quarter of the issue
        desk.act(
            "hold_meeting", Meeting("一季度", guests, (d.obligor,)), by=by if "电" in d.obligor else DISTRICT, at=d.due
        )
    alone = Meeting("内部会议", (), owing)
    desk.act("hold_meeting", alone, by=by, at=date(2018, 6, 11))
    assert {d.status for d in desk.deadlines("meeting") if d.due == date(2018, 6, 30)} == {Status.OPEN}
    desk.act("hold_meeting", Meeting("二季度", guests, owing), by=by, at=date(2018, 6, 12))
    assert desk.verdict("Z4", now=datetime(2018, 7, 1, tzinfo=CHINA_TIME)).outcome is KEPT
    desk.act("hold_meeting", Meeting("三季度", guests, owing), by=by, at=date(2018, 10, 8))
    assert [(f.unit, f.due) for f in desk.verdict("Z4", now=datetime(2018, 12, 1, tzinfo=CHINA_TIME)).findings] == [
        (unit, date(2018, 9, 30)) for unit in owing
    ]


# --- Z5 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z5")
@pytest.mark.breaks("Z5")
def test_Z5_each_lead_units_ledger_is_filed_by_20_may() -> None:
    desk = issued(SHENYANG)
    assert tuple(d.obligor for d in desk.deadlines("ledger")) == LEADS
    assert {d.warn for d in desk.deadlines("ledger")} == {date(2021, 5, 13)}
    one_late(desk, "Z5", "ledger", "file_ledger", due=date(2021, 5, 20), late=date(2021, 5, 21))


# --- Z6 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "accepted", "found"),
    [
        pytest.param(date(2021, 8, 31), date(2021, 8, 31), [], marks=pytest.mark.keeps("Z6")),
        pytest.param(date(2021, 8, 31), date(2021, 9, 1), [date(2021, 8, 31)], marks=pytest.mark.breaks("Z6")),
        (date(2021, 12, 31), date(2021, 10, 30), []),
        pytest.param(date(2021, 12, 31), date(2021, 10, 31), [date(2021, 10, 30)], marks=pytest.mark.breaks("Z6")),
        (date(2021, 8, 31), date(2021, 11, 1), [date(2021, 8, 31), date(2021, 10, 30)]),
    ],
)
def test_Z6_an_item_is_written_off_by_its_own_limit_and_by_30_october(
    own: date, accepted: date, found: list[date]
) -> None:
    desk = issued(SHENYANG)
    case = desk.listed(item(time_limit=own))
    desk.bring(case, "submitted", date(2021, 8, 2))
    desk.on(case, "accept", Accepted("回单"), by=LEAD, at=accepted)
    said = desk.verdict("Z6", case)
    assert [finding.due for finding in said.findings] == found
    assert said.outcome is (BROKEN if found else KEPT)


def test_Z6_an_item_without_a_limit_of_its_own_is_refused() -> None:
    desk = issued(SHENYANG)
    error = desk.refused(RefusedError, "", "list", item(time_limit=None))
    assert the_unmet(error, "Z6").found == ("完成时限 time limit",)
    desk = issued(BAYUQUAN)
    error = desk.refused(RefusedError, "", "list", item(time_limit=None))
    assert [str(citation) for citation in the_unmet(error, "Z2").citations] == ["bayuquan-plan-2018 四(三)"]


@pytest.mark.breaks("Z6")
@pytest.mark.parametrize("evidence", [None, "", " "])
def test_Z6_an_item_is_accepted_with_evidence(evidence: str | None) -> None:
    desk = issued(SHENYANG)
    case = desk.listed()
    desk.bring(case, "submitted")
    unmet = the_unmet(desk.refused(RefusedError, case, "accept", Accepted(evidence), by=LEAD), "Z6")
    assert unmet.found == ("验收证据 evidence",)
    assert [str(citation) for citation in unmet.citations] == ["ours Z6"]
    assert desk.on(case, "accept", Accepted("回单"), by=LEAD).state == "written_off"


@pytest.mark.breaks("Z6")
def test_Z6_what_is_submitted_is_accepted_by_another_person() -> None:
    desk = issued(SHENYANG)
    both = item(leads=("市发改委",), responsible=("市发改委",))
    case = desk.listed(both)
    staff = responsible("市发改委", "li")
    for trigger, content in (("set_measures", Measures("催办")), ("start", None), ("submit", Submission("已偿还"))):
        desk.on(case, trigger, content, by=staff)
    unmet = the_unmet(desk.refused(RefusedError, case, "accept", Accepted("回单"), by=leading("市发改委", "li")), "Z6")
    assert unmet.label.en == "who submits never accepts"
    assert [str(citation) for citation in unmet.citations] == ["ours Z6"]
    assert desk.on(case, "accept", Accepted("回单"), by=leading("市发改委", "wang")).state == "written_off"


def test_Z6_the_year_end_of_arrears_is_wished_for_and_its_miss_noted() -> None:
    desk = issued(SHENYANG)
    case = desk.listed(item(category="arrears", time_limit=date(2022, 6, 30)))
    assert [(d.limit, d.due) for d in desk.docket.load(case).owed("latest", "arrears")] == [
        ("arrears", date(2021, 12, 31))
    ]
    desk.bring(case, "submitted", date(2021, 9, 1))
    desk.on(case, "accept", Accepted("回单"), by=LEAD, at=date(2022, 1, 10))
    said = desk.verdict("Z6", case)
    assert (said.outcome, said.findings) == (KEPT, ())
    assert [label.en for label in said.shown if "wished" in label.en] == [
        "Arrears paid if possible: wished for by 2021-12-31, not done by then"
    ]


@pytest.mark.parametrize("set_by", ["list", "rebound"])
def test_Z6_a_limit_that_lies_before_the_day_it_is_set_is_refused(set_by: str) -> None:
    desk = issued(SHENYANG)
    if set_by == "list":
        error = desk.refused(RefusedError, "", "list", item(time_limit=date(2021, 5, 9)))
    else:
        case = desk.listed()
        desk.bring(case, "written_off", date(2021, 6, 1))
        back = Rebound("又出现", date(2021, 6, 9))
        error = desk.refused(RefusedError, case, "rebound", back, by=LEAD, at=date(2021, 6, 10))
    assert "the time limit does not lie before the act" in {unmet.label.en for unmet in error.unmet}


def test_Z6_a_limit_that_the_calendar_does_not_know_is_refused_and_nothing_is_kept() -> None:
    desk = issued(SHENYANG)
    with pytest.raises(CalendarRangeError, match="2101-01-01"):
        desk.listed(item(time_limit=date(2101, 1, 1)), at=date(2021, 5, 10))
    assert list(desk.docket.find(lifecycle="rectification_item")) == []


def test_Z6_a_problem_that_came_back_is_owed_by_the_plans_latest_date_again() -> None:
    desk = issued(SHENYANG)
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 6, 1))
    after = desk.on(case, "rebound", Rebound("又出现", date(2021, 12, 20)), by=LEAD, at=date(2021, 6, 10))
    assert {(d.limit, d.due) for d in after.owed("own", "latest")} == {
        ("own", date(2021, 12, 20)),
        ("latest", date(2021, 10, 30)),
    }


# --- Z7 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z7")
@pytest.mark.breaks("Z7")
def test_Z7_every_units_summary_is_filed_by_30_november() -> None:
    desk = issued(SHENYANG)
    desk.reach("summary")
    assert tuple(d.obligor for d in desk.deadlines("summary")) == UNITS
    one_late(desk, "Z7", "summary", "file_summary", due=date(2021, 11, 30), late=date(2021, 12, 1))


@pytest.mark.parametrize(
    ("fixed", "outcome"),
    [
        pytest.param(date(2021, 11, 30), KEPT, marks=pytest.mark.keeps("Z7")),
        pytest.param(date(2021, 12, 1), BROKEN, marks=pytest.mark.breaks("Z7")),
    ],
)
def test_Z7_every_item_has_its_mechanism_by_30_november(fixed: date, outcome: Outcome) -> None:
    desk = issued(SHENYANG)
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 8, 2))
    assert desk.verdict("Z7", case, now=datetime(2021, 11, 30, tzinfo=CHINA_TIME)).outcome is UNKNOWN
    desk.on(case, "fix_mechanism", Mechanism("还款台账制度"), at=fixed)
    assert desk.verdict("Z7", case).outcome is outcome


# --- Z8 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "trigger", "first", "second"),
    [
        pytest.param(
            "weekly",
            "report",
            date(2021, 5, 2),
            date(2021, 5, 9),
            marks=[pytest.mark.keeps("Z8"), pytest.mark.breaks("Z8")],
        ),
        pytest.param("dispatch", "dispatch", date(2021, 5, 31), date(2021, 6, 30), marks=pytest.mark.breaks("Z8")),
        ("circular", "circulate", date(2021, 6, 30), date(2021, 9, 30)),
    ],
)
def test_Z8_weekly_reports_monthly_dispatches_quarterly_circulars(
    limit: str, trigger: str, first: date, second: date
) -> None:
    desk = Desk(groups=ONE_GROUP)
    desk.reach("deployment")
    who = "甲组/市发改委" if limit == "weekly" else ""

    def do(at: date) -> None:
        if who:
            desk.file(trigger, "市发改委", at)
        else:
            desk.act(trigger, Dispatch("调度会"), at=at)

    do(first)
    said = desk.verdict("Z8", now=datetime.combine(first + timedelta(days=1), datetime.min.time(), CHINA_TIME))
    mine = [label.en for label in said.shown if f"due {first}, done {first}" in label.en]
    assert len(mine) == 1
    late = second + timedelta(days=1)
    do(late)
    found = [finding for finding in desk.verdict("Z8").findings if finding.happened == late]
    assert [(finding.unit, finding.due) for finding in found] == [(who, second)]


# --- Z9 ---------------------------------------------------------------------------------------------------------------


def evaluated(*, inspect: bool = True, kinds: tuple[str, ...] = ("social_appraisal", "third_party")) -> Desk:
    desk = Desk(groups=ONE_GROUP)
    desk.reach("summary")
    if inspect:
        desk.act("inspect", Inspection(("甲组/市发改委",), "整改到位"), at=date(2021, 11, 8))
    for kind in kinds:
        desk.act("evaluate", {"kind": kind, "result": "满意"}, at=date(2021, 11, 9))
    return desk


@pytest.mark.keeps("Z9")
def test_Z9_a_campaign_is_inspected_appraised_evaluated_and_its_results_are_used() -> None:
    desk = evaluated()
    assert desk.verdict("Z9").outcome is KEPT  # inspected; whether the rest is done is not known before the end
    desk.reach("closed")
    assert desk.found("Z9") == []
    assert desk.verdict("Z9").outcome is KEPT


def test_Z9_nothing_is_said_of_it_before_the_campaign_is_closed() -> None:
    assert issued(SHENYANG).verdict("Z9").outcome is UNKNOWN


@pytest.mark.breaks("Z9")
def test_Z9_what_is_missing_when_a_campaign_is_closed_is_found() -> None:
    desk = evaluated(kinds=("third_party",))
    desk.act("close", Closing(" "), at=date(2021, 12, 1))
    assert desk.found("Z9") == [("", "social_appraisal"), ("", "assessment")]
    desk = evaluated(inspect=False)
    desk.reach("closed")
    assert desk.found("Z9") == [("", "印发方案")]
    assert desk.verdict("Z9").outcome is BROKEN


def test_Z9_cannot_be_told_of_a_closing_without_content() -> None:
    desk = evaluated(kinds=())
    desk.reach("closed")
    blind = [attrs.evolve(r, content=None) if r.trigger in {"close", "inspect"} else r for r in desk.history]
    said = audit([r for r in blind if r.trigger != "inspect"], desk.lifecycle, calendar=desk.docket.calendar)
    found = next(verdict for verdict in said.verdicts if verdict.rule.id == "Z9")
    assert [finding.found or finding.shown() for finding in found.findings] == ["印发方案"]
    assert "not on file (close)" in [
        label.en
        for label in audit(blind, desk.lifecycle, calendar=desk.docket.calendar)
        .verdicts[desk.lifecycle.rules.index(found.rule)]
        .shown
    ]


# --- Z10 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z10")
@pytest.mark.breaks("Z10")
@pytest.mark.parametrize(
    ("profile", "missing", "found"),
    [
        (SHENYANG, "responsible", "责任单位 responsible units"),
        (SHENYANG, "post", "责任岗位 post"),
        (SHENYANG, "person", "责任人 person"),
        (BAYUQUAN, "responsible", "责任单位 responsible units"),
        (BAYUQUAN, "person", "责任人 person"),
    ],
)
def test_Z10_an_item_names_who_is_responsible_down_to_post_and_person(profile: str, missing: str, found: str) -> None:
    desk = issued(profile)
    error = desk.refused(RefusedError, "", "list", item(**{missing: () if missing == "responsible" else " "}))
    unmet = the_unmet(error, "Z10")
    assert unmet.found == (found,)
    stands = {SHENYANG: "shenyang-campaign-2021 五(二)", BAYUQUAN: "bayuquan-plan-2018 五(一)"}[profile]
    assert [str(citation) for citation in unmet.citations] == [stands]
    assert desk.verdict("Z10", desk.listed()).outcome is KEPT


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"leads": ()}, "the group's leads lead its items"),
        ({"responsible": ("市农业农村局",)}, "the responsible units are of the group"),
        ({"problem": " "}, "who is responsible"),
    ],
)
def test_Z10_an_item_is_of_its_groups_own_units_and_says_what_is_wrong(changes: dict[str, Any], said: str) -> None:
    desk = issued(SHENYANG)
    error = desk.refused(RefusedError, "", "list", item(**changes))
    assert said in {unmet.label.en for unmet in error.unmet}


def test_Z10_nobody_outside_a_group_lists_and_writes_off_a_problem_of_their_own_in_it() -> None:
    desk = issued(SHENYANG)
    stranger = responsible("市农业农村局")
    error = desk.refused(RefusedError, "", "list", item(leads=(), responsible=(stranger.unit,)), by=stranger)
    assert {"Z10"} == {unmet.code for unmet in error.unmet}


def test_Z10_bayuquan_asks_for_the_person_and_not_for_the_post() -> None:
    desk = issued(BAYUQUAN)
    assert desk.docket.load(desk.listed(item(post=None))).state == "listed"


def test_Z10_an_item_may_have_no_lead_where_its_group_has_none() -> None:
    desk = issued(SHENYANG)
    leaderless = item(group="乙组", leads=(), responsible=("市供电公司",))
    staff = responsible("市供电公司", "li")
    case = desk.listed(leaderless, by=staff)
    for trigger, content in (("set_measures", Measures("停电改造")), ("start", None), ("submit", Submission("完成"))):
        desk.on(case, trigger, content, by=staff)
    assert "Z10" in codes(desk.refused(RefusedError, case, "accept", Accepted("照片"), by=LEAD))
    assert "Z6" in codes(desk.refused(RefusedError, case, "accept", Accepted("照片"), by=staff))
    assert desk.on(case, "accept", Accepted("照片"), by=responsible("市供电公司")).state == "written_off"


@pytest.mark.parametrize(
    "by", [leading("市财政局"), responsible("和平区"), leading("和平区"), responsible("市发改委")], ids=str
)
def test_Z10_an_item_is_listed_by_a_lead_unit_that_it_names(by: Actor) -> None:
    unmet = the_unmet(issued(SHENYANG).refused(RefusedError, "", "list", by=by), "Z10")
    assert unmet.label.en == "done by a lead unit of the item"
    assert [str(citation) for citation in unmet.citations] == ["ours Z10"]


@pytest.mark.parametrize("by", [responsible("和平区"), leading("市供电公司")], ids=str)
def test_Z10_an_item_without_a_lead_is_listed_by_a_responsible_unit_that_it_names(by: Actor) -> None:
    leaderless = item(group="乙组", leads=(), responsible=("市供电公司",))
    unmet = the_unmet(issued(SHENYANG).refused(RefusedError, "", "list", leaderless, by=by), "Z10")
    assert unmet.label.en == "done by a lead unit of the item"


def test_Z10_the_group_and_the_leads_of_an_item_are_those_of_the_campaign() -> None:
    desk = issued(SHENYANG)
    unmet = the_unmet(desk.refused(RefusedError, "", "list", item(group="丙组")), "Z10")
    assert (unmet.label.en, unmet.found) == ("the group is one of the campaign's", ("丙组; 甲组, 乙组",))
    strangers = item(leads=("市发改委", "市法院"))
    unmet = the_unmet(desk.refused(RefusedError, "", "list", strangers), "Z10")
    assert (unmet.label.en, unmet.found) == ("the lead units are those of the group", ("市法院",))
    other = item(group="乙组", responsible=("市供电公司",))
    assert the_unmet(desk.refused(RefusedError, "", "list", other), "Z10").found == ("市发改委",)


@pytest.mark.parametrize("trigger", ["return_item", "accept", "rebound", "carry_over"])
def test_Z10_the_leads_acts_are_for_a_lead_of_the_item(trigger: str) -> None:
    desk = issued(SHENYANG)
    case = desk.listed()
    desk.bring(case, "written_off" if trigger == "rebound" else "submitted")
    content = {
        "return_item": {"lacking": "缺回单"},
        "accept": Accepted("回单"),
        "rebound": Rebound("又拖欠", date(2021, 9, 30)),
        "carry_over": CarryOver("诉讼未决"),
    }[trigger]
    error = desk.refused(RefusedError, case, trigger, content, by=leading("市财政局"))
    assert [(unmet.code, unmet.label.en) for unmet in error.unmet] == [("Z10", "done by a lead unit of the item")]
    desk.on(case, trigger, content, by=LEAD)


@pytest.mark.parametrize("trigger", ["set_measures", "start", "submit", "fix_mechanism"])
def test_Z10_the_work_is_for_a_responsible_unit_of_the_item(trigger: str) -> None:
    desk = issued(SHENYANG)
    case = desk.listed()
    desk.bring(case, {"set_measures": "listed", "start": "measured"}.get(trigger, "rectifying"))
    content = {
        "set_measures": Measures("催办"),
        "start": None,
        "submit": Submission("完成"),
        "fix_mechanism": Mechanism("制度"),
    }[trigger]
    error = desk.refused(RefusedError, case, trigger, content, by=responsible("市财政局"))
    assert [(unmet.code, unmet.label.en) for unmet in error.unmet] == [
        ("Z10", "done by a responsible unit of the item")
    ]
    desk.on(case, trigger, content)


# --- Z11 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z11")
@pytest.mark.breaks("Z11")
@pytest.mark.parametrize("profile", [SHENYANG, BAYUQUAN])
def test_Z11_items_open_when_the_last_stage_begins_are_found_unless_carried_over(profile: str) -> None:
    desk = Desk(profile)
    desk.reach(desk.stages[-2])
    year = desk.year.issued.year
    written, carried = desk.listed(reference="台账-1"), desk.listed(reference="台账-2")
    desk.listed(reference="台账-3")
    desk.listed(at=desk.year.advanced[-1] + timedelta(days=3), reference="台账-4")  # found later, so not left over
    desk.bring(written, "written_off", date(year, 8, 1))
    desk.on(carried, "carry_over", CarryOver("诉讼未决"), by=LEAD, at=date(year, 9, 1))
    assert desk.verdict("Z11").outcome is KEPT
    desk.reach(desk.stages[-1])
    assert desk.found("Z11") == [("", "台账-3")]
    assert desk.verdict("Z11", written).outcome is KEPT


def test_Z11_what_is_done_about_an_item_after_the_last_stage_began_comes_too_late() -> None:
    desk = Desk()
    desk.reach("rectifying")
    late, silent = desk.listed(), desk.listed()
    desk.reach("summary")
    desk.bring(late, "written_off", date(2021, 11, 2))
    desk.on(silent, "carry_over", CarryOver("诉讼未决"), by=LEAD, at=date(2021, 11, 2))
    assert sorted(desk.found("Z11")) == sorted([("", late), ("", silent)])


def test_Z11_a_carry_over_counts_no_more_for_what_was_written_off_and_came_back() -> None:
    desk = Desk()
    desk.reach("rectifying")
    case = desk.listed(reference="台账-1")
    desk.on(case, "carry_over", CarryOver("诉讼未决"), by=LEAD)
    desk.bring(case, "written_off", date(2021, 8, 1))
    desk.on(case, "rebound", Rebound("又拖欠", date(2021, 10, 1)), by=LEAD)
    desk.reach("summary")
    assert desk.found("Z11") == [("", "台账-1")]
    unmet = the_unmet(desk.refused(RefusedError, desk.id, "close", Closing("考核"), at=date(2021, 12, 1)), "Z11")
    assert unmet.found == ("台账-1",)
    desk.on(case, "carry_over", CarryOver("再次结转"), by=LEAD, at=date(2021, 11, 2))
    assert desk.reach("closed").state == "closed"


def test_Z11_the_items_of_a_district_count_for_its_own_campaign() -> None:
    desk = Desk()
    city = desk.reach("rectifying").id
    desk.draft(Draft("和平区方案", ONE_GROUP, "和平区"), parent=city, at=date(2021, 5, 21))
    district = desk.id
    desk.act("issue", at=date(2021, 5, 22))
    desk.act("advance", at=date(2021, 5, 23))
    desk.listed(reference="和平-1", at=date(2021, 6, 1))
    desk.act("advance", at=date(2021, 11, 1))
    assert desk.found("Z11", district) == [("", "和平-1")]
    assert desk.found("Z11", city) == []


@pytest.mark.breaks("Z11")
def test_Z11_a_campaign_is_not_closed_over_items_that_are_open_and_not_carried_over() -> None:
    desk = Desk()
    desk.reach("summary")
    desk.draft(Draft("和平区方案", ONE_GROUP, "和平区"), parent=desk.id)
    district, desk.id = desk.id, desk.case.opening.parent or ""
    nameless, named, carried = desk.listed(), desk.listed(reference="台账-2"), desk.listed()
    desk.on(carried, "carry_over", CarryOver("诉讼未决"), by=LEAD)
    error = desk.refused(RefusedError, desk.id, "close", Closing("考核"), at=date(2021, 12, 1))
    unmet = the_unmet(error, "Z11")
    assert sorted(unmet.found) == sorted([nameless, "台账-2"])
    assert unmet.label.en == "no problem is left open"
    assert [str(citation) for citation in unmet.citations] == ["ours Z11"]
    for case in (nameless, named):
        desk.bring(case, "written_off")
    assert desk.reach("closed").state == "closed"  # a district's campaign may go on
    assert desk.docket.load(district).state == "drafted"


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_Z11_an_item_is_carried_over_with_a_reason(reason: str | None) -> None:
    desk = issued(SHENYANG)
    case = desk.listed()
    unmet = the_unmet(desk.refused(RefusedError, case, "carry_over", CarryOver(reason), by=LEAD), "Z11")
    assert (unmet.found, [str(citation) for citation in unmet.citations]) == (("结转理由 reason",), ["ours Z11"])


# --- Z12 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z12")
@pytest.mark.breaks("Z12")
def test_Z12_districts_without_a_plan_of_their_own_are_found_once_the_first_stage_is_over() -> None:
    desk = Desk()
    city = desk.reach("deployment").id
    districts = drafted(desk.lifecycle).groups[0].responsible
    assert len(districts) == 13
    for district in districts[1:]:
        desk.draft(Draft(f"{district}方案", ONE_GROUP, district), parent=city, at=date(2021, 5, 10))
    desk.act("cancel", {"reason": "并入市级"}, at=date(2021, 5, 11))  # that of the last one
    desk.id = city
    assert desk.found("Z12") == []
    desk.reach("rectifying")
    assert desk.found("Z12") == [("", districts[0]), ("", districts[-1])]
    for district in (districts[0], districts[-1]):
        desk.draft(drafted(desk.lifecycle, locality=district), parent=city, at=date(2021, 5, 20))
    assert desk.found("Z12", city) == []
    assert desk.verdict("Z12", city).outcome is KEPT
    desk.act("issue", at=date(2021, 5, 21))
    desk.act("advance", at=date(2021, 5, 21))
    assert desk.found("Z12", desk.id) == []  # a district's campaign asks no districts


# --- Z13 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z13")
@pytest.mark.breaks("Z13")
def test_Z13_an_action_plan_of_every_lead_is_looked_for_when_the_campaign_has_ended() -> None:
    desk = issued(SHENYANG)
    file_for_all(desk, "file_plan", date(2021, 5, 10), LEADS[:-1])
    desk.reach("summary")
    assert desk.found("Z13") == []
    assert LEADS[-1] + " owed since 2021-04-30, not done yet" in [label.en for label in desk.verdict("Z13").shown]
    desk.reach("closed")
    assert [unit for unit, _ in desk.found("Z13")] == [LEADS[-1]]


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ((), ("各组及单位 groups and units",)),
        ((Group("甲组"),), ("'甲组' has neither a lead nor a responsible unit",)),
        (
            (Group("甲组", ("市法院",)), Group("甲组", ("市法院", "市法院"))),
            ("'甲组' stands twice", "'甲组' names '市法院' twice"),
        ),
        (
            (Group("甲/乙", ("市法院",)), Group(" ", ("市/法院",), (" ",))),
            (
                "'甲/乙' is no name; an obligor is written group/unit",
                "' ' is no name; an obligor is written group/unit",
                "' ' names a unit '市/法院'; a unit has a name, and no slash in it",
                "' ' names a unit ' '; a unit has a name, and no slash in it",
            ),
        ),
    ],
)
def test_Z13_a_draft_whose_groups_cannot_be_is_refused(groups: tuple[Group, ...], found: tuple[str, ...]) -> None:
    for profile, rule in ((SHENYANG, "Z13"), (BAYUQUAN, "Z1")):
        unmet = the_unmet(Desk(profile).refused(RefusedError, "", "draft", Draft("方案", groups)), rule)
        assert unmet.found == found
        assert [str(citation) for citation in unmet.citations] == [f"ours {rule}"]


def test_Z13_a_campaign_is_called_off_with_a_reason() -> None:
    desk = issued(SHENYANG)
    unmet = the_unmet(desk.refused(RefusedError, desk.id, "cancel", {"reason": " "}, at=date(2021, 5, 3)), "Z13")
    assert (unmet.found, [str(citation) for citation in unmet.citations]) == (("理由 reason",), ["ours Z13"])
    assert desk.act("cancel", {"reason": "并入省级专项"}, at=date(2021, 5, 3)).state == "cancelled"


# --- Z14, Z15 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "trigger"),
    [
        pytest.param("Z14", "report", marks=[pytest.mark.keeps("Z14"), pytest.mark.breaks("Z14")]),
        pytest.param("Z15", "file_ledger", marks=[pytest.mark.keeps("Z15"), pytest.mark.breaks("Z15")]),
    ],
)
def test_Z14_and_Z15_every_unit_reports_and_lists_its_problems(rule: str, trigger: str) -> None:
    desk = issued(SHENYANG)
    assert desk.verdict(rule).outcome is UNKNOWN
    file_for_all(desk, trigger, date(2021, 5, 20), UNITS[1:])
    desk.reach("summary")
    assert desk.found(rule) == []
    other = Desk()
    other.reach("rectifying")
    file_for_all(other, trigger, date(2021, 5, 20))
    other.reach("closed")
    assert other.verdict(rule).outcome is KEPT
    desk.reach("closed")
    assert [unit for unit, _ in desk.found(rule)] == [UNITS[0]]


# --- Z16, Z21 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "rule", "key", "cited"),
    [
        (SHENYANG, "Z16", "neglect", "shenyang-campaign-2021 五(四)"),
        (BAYUQUAN, "Z21", "weakness", "bayuquan-plan-2018 四(四)"),
    ],
)
def test_Z16_and_Z21_are_grounds_that_open_accountability(profile: str, rule: str, key: str, cited: str) -> None:
    lifecycle = lifecycles.rectification(profile)
    ground, inspected = [ground for ground in lifecycle.grounds[1:] if ground.opens == "accountability"][::-1]
    assert (inspected.key, inspected.rules, inspected.acts) == ("inspected", ground.rules, ("inspect",))
    (found,) = ground.rules
    assert (ground.key, ground.opens, found.id, found.kinds) == (key, "accountability", rule, (GROUND,))
    assert [str(citation) for citation in found.citations] == [cited]
    assert found in lifecycle.rules
    other = lifecycles.rectification(BAYUQUAN if profile == SHENYANG else SHENYANG)
    assert rule not in {said.id for said in other.rules}


def called_to_account(desk: Desk) -> list[Reason]:
    """What in a campaign gives reason to call somebody to account."""
    return [reason for reason in desk.audits()[desk.id].reasons if reason.opens == "accountability"]


@pytest.mark.keeps("Z16")
@pytest.mark.breaks("Z16")
def test_Z16_units_that_never_reported_give_reason_for_accountability_once_the_campaign_is_over() -> None:
    desk = issued(SHENYANG)
    file_for_all(desk, "file_ledger", date(2021, 5, 20))
    file_for_all(desk, "report", date(2021, 5, 20), UNITS[1:])
    desk.reach("summary")
    assert called_to_account(desk) == []
    assert [label.en for label in desk.verdict("Z16").shown] == ["there was no occasion for it yet"]
    desk.reach("closed")
    (reason,) = called_to_account(desk)
    assert (reason.ground, reason.opens, reason.units) == ("neglect", "accountability", UNITS[:1])
    assert (desk.verdict("Z16").outcome, desk.verdict("Z16").shown) == (UNKNOWN, reason.shown)


@pytest.mark.keeps("Z21")
@pytest.mark.breaks("Z21")
def test_Z21_problems_left_open_at_the_end_give_reason_for_accountability() -> None:
    desk = issued(BAYUQUAN)
    case = desk.listed()
    desk.reach("improvement")
    autumn = datetime(2018, 10, 31, tzinfo=CHINA_TIME)
    assert desk.audits(now=autumn)[desk.id].reasons == ()
    desk.reach("summary")
    (reason,) = desk.audits(now=autumn)[desk.id].reasons
    assert (reason.ground, reason.opens) == ("weakness", "accountability")
    assert [label.en.split()[0] for label in reason.shown] == ["Z11"]
    done = issued(BAYUQUAN)
    done.bring(done.listed(), "written_off", date(2018, 6, 1))
    done.reach("summary")
    assert done.audits(now=autumn)[done.id].reasons == ()
    assert desk.audits(now=autumn)[case].reasons == ()


# --- Z17 --------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("Z17")
@pytest.mark.keeps("Z17")
def test_Z17_every_unit_meets_for_deployment_and_makes_a_plan() -> None:
    desk = issued(BAYUQUAN)
    everybody = {"by": leading("市发改委"), "at": date(2018, 4, 2)}
    desk.act("hold_meeting", Meeting("部署会议", (), UNITS), **everybody)
    file_for_all(desk, "file_plan", date(2018, 4, 3), UNITS[:-1])
    desk.reach("summary")
    assert desk.found("Z17") == []
    desk.reach("closed")
    assert [unit for unit, _ in desk.found("Z17")] == [UNITS[-1]]
    other = issued(BAYUQUAN)
    other.act("hold_meeting", Meeting("部署会议", (), UNITS[1:]), by=leading("市财政局"), at=date(2018, 4, 2))
    file_for_all(other, "file_plan", date(2018, 4, 3))
    other.reach("closed")
    assert [unit for unit, _ in other.found("Z17")] == [UNITS[0]]


# --- Z18 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z18")
@pytest.mark.breaks("Z18")
def test_Z18_every_problem_has_measures_is_rectified_and_leads_to_a_rule() -> None:
    desk = issued(BAYUQUAN)
    case = desk.listed()
    assert desk.verdict("Z18", case).outcome is UNKNOWN
    desk.bring(case, "written_off", date(2018, 6, 1))
    assert desk.verdict("Z18", case).outcome is KEPT  # until the campaign is closed there is time for a rule
    desk.reach("closed")
    assert [finding.found or finding.shown() for finding in desk.verdict("Z18", case).findings] == [item().problem]
    desk.on(case, "fix_mechanism", Mechanism("还款台账制度"), at=date(2018, 12, 20))
    assert desk.verdict("Z18", case).outcome is KEPT


@pytest.mark.breaks("Z18")
def test_Z18_a_problem_written_off_without_measures_or_acceptance_is_found() -> None:
    desk = issued(BAYUQUAN)
    case = desk.listed()
    desk.bring(case, "written_off", date(2018, 6, 1))
    for left_out, found in (("set_measures", ["列入台账"]), ("accept", [])):
        history = [record for record in desk.docket.history(case) if record.trigger != left_out]
        said = audit(history, desk.items, calendar=desk.docket.calendar)
        verdict = next(verdict for verdict in said.verdicts if verdict.rule.id == "Z18")
        assert [finding.found or finding.shown() for finding in verdict.findings] == found
        assert [label.en for label in verdict.shown if "not done yet" in label.en] == (
            [] if found else ["owed since 2018-05-10, not done yet"]
        )


# --- Z19 --------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("Z19")
@pytest.mark.breaks("Z19")
def test_Z19_inspections_cover_every_unit_and_are_circulated() -> None:
    desk = issued(BAYUQUAN)
    desk.reach("improvement")
    desk.act("inspect", Inspection(UNITS[:3], "条例落实情况"), at=date(2018, 6, 1))
    desk.act("circulate", Dispatch("检查通报"), at=date(2018, 6, 5))
    desk.act("inspect", Inspection(UNITS[3:4], "条例落实情况"), at=date(2018, 7, 1))
    desk.reach("closed")
    assert [(f.unit, f.found or f.shown()) for f in desk.verdict("Z19").findings] == [
        (UNITS[4], "印发方案"),
        ("", "专项检查"),
    ]
    kept = issued(BAYUQUAN)
    kept.act("inspect", Inspection(UNITS, "全覆盖"), at=date(2018, 4, 2))
    kept.act("circulate", Dispatch("检查通报"), at=date(2018, 4, 9))
    kept.reach("closed")
    assert kept.verdict("Z19").outcome is KEPT


# --- Z20 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "measures", "ok"),
    [
        pytest.param("arrears", Measures("偿还", 3), True, marks=pytest.mark.keeps("Z20")),
        pytest.param("arrears", Measures("偿还", 1), True, marks=pytest.mark.keeps("Z20")),
        pytest.param("arrears", Measures("偿还"), False, marks=pytest.mark.breaks("Z20")),
        pytest.param("arrears", Measures("偿还", 0), False, marks=pytest.mark.breaks("Z20")),
        pytest.param("arrears", Measures("偿还", 4), False, marks=pytest.mark.breaks("Z20")),
        pytest.param("land", Measures("办证", None, "六月底前", "先易后难"), True, marks=pytest.mark.keeps("Z20")),
        pytest.param("land", Measures("办证", None, "六月底前"), False, marks=pytest.mark.breaks("Z20")),
        pytest.param("land", Measures("办证", None, None, "先易后难"), False, marks=pytest.mark.breaks("Z20")),
        pytest.param("land", Measures("办证", None, " ", "先易后难"), False, marks=pytest.mark.breaks("Z20")),
        pytest.param("general", Measures("整改"), True, marks=pytest.mark.keeps("Z20")),
    ],
)
def test_Z20_arrears_have_a_repayment_plan_and_land_a_timetable(category: str, measures: Measures, ok: bool) -> None:  # noqa: FBT001
    desk = issued(BAYUQUAN)
    case = desk.listed(item(category=category))
    if ok:
        assert desk.on(case, "set_measures", measures).state == "measured"
        assert desk.verdict("Z20", case).outcome is KEPT
    else:
        unmet = the_unmet(desk.refused(RefusedError, case, "set_measures", measures), "Z20")
        assert [str(citation) for citation in unmet.citations] == [
            "bayuquan-plan-2018 三(三)8",
            "bayuquan-plan-2018 三(三)7",
        ]
        assert unmet.label.en.startswith("land" if category == "land" else "arrears")
    elsewhere = issued(SHENYANG)
    assert elsewhere.on(elsewhere.listed(item(category=category)), "set_measures", measures).state == "measured"

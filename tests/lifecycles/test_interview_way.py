"""Ways through an interview: absence, a new time, returned and joint reports, accountability, calling off."""

from datetime import date, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from tests.lifecycles.interviewing import (
    ALONE,
    MAYOR,
    MEETING,
    OFFICE,
    RESCHEDULING,
    SECRETARY,
    THREE,
    VARIANT,
    Absence,
    Acceptance,
    Desk,
    Failure,
    Feedback,
    Reason,
    Report,
    Rescheduling,
    ReturnedReport,
    WorkingDays,
    held,
    representative,
    signed,
    solved,
    the_unmet,
    variant,
)
from yingshang_flow.compliance import Outcome
from yingshang_flow.core.case import Status
from yingshang_flow.deadlines import MONTH_END, CalendarDays, Months, Period
from yingshang_flow.errors import TimeError


@pytest.mark.parametrize("profile", ["dalian-2018", "liaoning-2020"])
@pytest.mark.parametrize("tier", ["office", "leader"])
@pytest.mark.parametrize("units", [ALONE, THREE])
def test_an_interview_goes_all_the_way_with_nothing_found(profile: str, tier: str, units: tuple[str, ...]) -> None:
    desk = Desk(profile, tier=tier, units=units)
    assert desk.reach("resolved").state == "resolved"
    assert desk.audit().findings == ()
    assert desk.docket.verify(desk.id) == desk.case.revision
    assert desk.case.owed() == ()


def test_an_absence_is_recorded_and_the_interview_gets_a_new_time() -> None:
    desk = Desk(units=THREE)
    desk.reach("notified")
    desk.act("record_absence", Absence(("西岗区", "市税务局"), "出差"))
    assert {fact.obligor for fact in desk.case.facts["record_absence"].values()} == {"西岗区", "市税务局"}
    desk.act("reschedule", RESCHEDULING)
    assert desk.act("hold", held(THREE), at=date(2018, 12, 21)).state == "held"
    assert desk.deadline("西岗区").start == date(2018, 12, 21)


def test_an_absence_is_of_a_subject_of_the_case() -> None:
    desk = Desk()
    desk.reach("notified")
    assert the_unmet(desk.refused("record_absence", Absence(("西岗区",), "出差")), "obligor").found == ("西岗区",)
    assert the_unmet(desk.refused("record_absence", Absence((), "出差")), "obligor").found == ALONE


def test_a_leaders_interview_gets_its_new_time_from_a_leader() -> None:
    desk = Desk(tier="leader")
    desk.reach("notified")
    assert the_unmet(desk.refused("reschedule", RESCHEDULING), "role").found == ("office",)
    assert desk.act("reschedule", RESCHEDULING, by=MAYOR).state == "notified"
    assert desk.case.latest(Rescheduling) == RESCHEDULING


def test_a_returned_report_is_owed_again_by_its_new_date_while_the_first_one_stays_met() -> None:
    desk = Desk(units=THREE)
    desk.reach("reported")
    back = ReturnedReport(("西岗区",), "缺少时限", date(2019, 1, 10))
    assert desk.act("return_report", back, at=date(2018, 12, 27)).state == "recorded"
    again = desk.deadline("西岗区", "resubmission")
    assert (again.due, again.status) == (date(2019, 1, 10), Status.OPEN)
    assert desk.deadline("西岗区").status is Status.MET
    assert desk.report("西岗区", at=date(2019, 1, 9)).state == "reported"
    assert desk.audit(now=datetime(2019, 1, 9, 23, tzinfo=MEETING.tzinfo)).outcome("Y8") is Outcome.KEPT


def test_a_report_returned_twice_is_owed_twice_and_a_late_one_is_found() -> None:
    desk = Desk()
    desk.reach("reported")
    for number, (back, due_date, again) in enumerate(
        [
            (date(2018, 12, 27), date(2019, 1, 4), date(2019, 1, 3)),
            (date(2019, 1, 4), date(2019, 1, 8), date(2019, 1, 11)),
        ],
        1,
    ):
        desk.act("return_report", ReturnedReport(ALONE, "不具体", due_date), at=back)
        assert desk.deadline("甘井子区", "resubmission").number == number
        assert desk.report("甘井子区", at=again).state == "reported"
    (found,) = [finding for finding in desk.audit().findings if finding.code == "Y8"]
    assert (found.due, found.happened, found.days_late) == (date(2019, 1, 8), date(2019, 1, 11), 3)


def test_a_joint_report_counts_for_everybody_it_names_once() -> None:
    desk = Desk(units=THREE)
    desk.reach("recorded")
    joint = Report("联合整改报告", ("甘井子区", "西岗区", "甘井子区"))
    case = desk.act("submit_report", joint, by=representative("西岗区"), at=date(2018, 12, 24))
    assert case.state == "recorded"
    assert desk.history[-1].obligors == ("甘井子区", "西岗区")
    assert [d.obligor for d in case.owed()] == ["市税务局"]
    assert desk.report("市税务局").state == "reported"


def test_a_joint_report_is_sent_in_by_one_of_those_it_names_for_subjects_of_the_case() -> None:
    desk = Desk(units=THREE)
    desk.reach("recorded")
    for named, found in ((("甘井子区", "西岗区"), ("市税务局",)), (("市税务局", "外单位"), ("外单位",))):
        error = desk.refused("submit_report", Report("联合", named), by=representative("市税务局"))
        assert the_unmet(error, "obligor").found == found


def test_a_case_is_found_by_every_unit_that_owes_something_in_it() -> None:
    desk = Desk(units=THREE)
    desk.reach("held")
    for unit in (*THREE, "市营商办"):
        assert [case.id for case in desk.docket.find(unit=unit)] == [desk.id]


def test_accountability_starts_for_some_subjects_while_the_case_goes_on() -> None:
    desk = Desk("liaoning-2020", units=THREE)
    desk.reach("tracking")
    failure = Failure(("西岗区", "市税务局"), ("unchanged", "no_effect"), "整改不力")
    case = desk.act("start_accountability", failure, at=date(2019, 1, 20))
    assert case.state == "tracking"
    assert set(case.facts["start_accountability"]) == {"西岗区", "市税务局"}
    assert desk.lifecycle.by_trigger["start_accountability"].calls_for == "accountability"
    desk.act("record_feedback", Feedback("已回访"), at=date(2019, 1, 25))
    assert desk.act("resolve", solved(THREE), at=date(2019, 1, 31)).state == "resolved"


@pytest.mark.parametrize("state", ["planned", "awaiting_approval", "approved", "notified"])
def test_an_interview_is_called_off_with_a_reason_until_it_is_held(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    assert desk.act("cancel", Reason("情况变化")).state == "cancelled"
    assert desk.audit().findings == ()


@pytest.mark.parametrize("state", ["held", "recorded", "reported", "tracking", "resolved"])
def test_an_interview_that_was_held_is_not_called_off(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    error = desk.refused("cancel", Reason("情况变化"), at=date(2019, 2, 1))
    assert the_unmet(error, "state").label.en == "the procedure does not have this act in this state"


@pytest.mark.parametrize("state", ["resolved", "declined", "cancelled"])
def test_an_ended_interview_takes_nothing_more(state: str) -> None:
    desk = Desk()
    if state == "resolved":
        desk.reach("resolved")
    else:
        desk.reach("awaiting_approval")
        trigger, by = ("decline", SECRETARY) if state == "declined" else ("cancel", OFFICE)
        desk.act(trigger, Reason("不宜"), by=by)
    assert desk.case.state == state
    assert {option.status for option in desk.docket.options(desk.id, by=OFFICE)} == {"refused"}
    assert desk.refused("record_feedback", Feedback("x"), at=date(2019, 2, 1)).possible == ()


def test_units_report_in_any_order_but_none_before_its_own_last_report() -> None:
    desk = Desk(units=THREE)
    desk.reach("recorded")
    desk.report("甘井子区", at=date(2018, 12, 26))
    desk.report("西岗区", at=date(2018, 12, 22))
    with pytest.raises(TimeError, match="is said to have happened on 2018-12-25, before"):
        desk.report("甘井子区", at=date(2018, 12, 25))


def test_a_change_of_one_number_takes_effect_without_touching_code(tmp_path: Path) -> None:
    text = VARIANT + '\n[interview.report]\nvalue = "3个工作日"\nsource = "ours"\narticle = "试"\n'
    desk = Desk(variant(tmp_path, text))
    desk.reach("recorded")
    assert desk.deadline("甘井子区").due == date(2018, 12, 25)
    desk.report("甘井子区", at=date(2018, 12, 26))
    (found,) = [finding for finding in desk.audit().findings if finding.code == "Y8"]
    assert found.days_late == 1


def test_a_profile_without_a_warning_warns_nobody(tmp_path: Path) -> None:
    desk = Desk()
    desk.reach("recorded")
    assert desk.deadline("甘井子区").warn == date(2018, 12, 27)
    text = VARIANT.replace('extends = "dalian-2018"\n', "") + "".join(
        f'\n[interview.{name}]\nvalue = {value}\nsource = "ours"\n'
        for name, value in {
            "bodies": '["government"]',
            "office_rank": '"deputy"',
            "leader_rank": '"principal"',
            "enterprise_rank": '"principal"',
            "office_approver": '"secretary_general"',
            "leader_approver": '"leader"',
            "report": '"7工作日"',
            "counting": '""',
            "second_interview": "true",
        }.items()
    )
    quiet = Desk(variant(tmp_path, text))
    quiet.reach("recorded")
    assert quiet.deadline("甘井子区").warn is None


def test_the_clock_warns_two_working_days_before_and_notes_the_miss_after() -> None:
    desk = Desk()
    desk.reach("recorded")
    said = []
    for day in (26, 27, 28, 29, 30):
        desk.clock.travel_to(date(2018, 12, day))
        said.append(desk.docket.sweep())
    assert said == [0, 1, 0, 0, 1]


def test_long_term_rectification_reports_at_its_interval_until_it_is_resolved() -> None:
    desk = Desk(units=THREE[:2])
    desk.clock.travel_to(date(2019, 12, 31))
    desk.reach("tracking", interval=WorkingDays(20))
    day = date(2019, 1, 4)
    while day < date(2019, 12, 1):
        for unit in THREE[:2]:
            desk.act("report_progress", Report("进展"), by=representative(unit), at=day)
        day += timedelta(days=14)
    assert desk.docket.sweep() == 0
    desk.act("record_feedback", Feedback("已回访"), at=date(2019, 12, 2))
    assert desk.act("resolve", solved(THREE[:2]), at=date(2019, 12, 3)).owed() == ()
    assert desk.audit().findings == ()


def test_the_clock_catches_up_with_every_missed_periodic_report() -> None:
    desk = Desk()
    desk.reach("tracking", interval=CalendarDays(30))
    assert desk.docket.sweep() == 1
    missed = [d.due for d in desk.case.deadlines if d.status is Status.MISSED]
    assert missed == [date(2019, 1, 28), date(2019, 2, 26), date(2019, 3, 28), date(2019, 4, 28), date(2019, 5, 27)]
    assert desk.deadline("甘井子区", "periodic").status is Status.OPEN


def test_reports_accepted_as_done_owe_nothing_more() -> None:
    desk = Desk()
    desk.reach("reported")
    desk.act("accept_report", Acceptance(), at=date(2018, 12, 28))
    assert desk.case.owed() == ()


def test_a_leaders_interview_of_three_has_a_deadline_for_each() -> None:
    desk = Desk(units=THREE, tier="leader")
    desk.reach("notified")
    assert desk.case.deadlines == ()
    case = desk.act("hold", held(THREE), by=MAYOR)
    assert [(d.obligor, d.due) for d in case.deadlines] == [(unit, date(2018, 12, 29)) for unit in THREE]
    assert desk.act("sign_record", attrs.evolve(signed(THREE), signed=THREE)).state == "recorded"


def test_a_late_entry_of_the_last_report_moves_the_case_though_it_is_dated_before_the_signatures() -> None:
    desk = Desk(units=THREE)
    desk.reach("held")
    desk.report(*THREE[:2], at=date(2018, 12, 24))
    desk.act("sign_record", signed(THREE), at=date(2018, 12, 26))
    case = desk.report(THREE[2], at=date(2018, 12, 22))
    assert (case.state, case.moved.date) == ("reported", date(2018, 12, 26))
    assert desk.deadline(THREE[2]).status is Status.MET


def test_nothing_that_follows_an_interview_is_dated_before_it() -> None:
    desk = Desk()
    desk.reach("held")
    with pytest.raises(TimeError, match="before the case could take it on 2018-12-20"):
        desk.report(*ALONE, at=date(2018, 12, 19))
    with pytest.raises(TimeError, match="before the case could take it on 2018-12-20"):
        desk.act("record_feedback", Feedback("已回访"), at=date(2018, 12, 19))


def test_a_report_meets_the_deadline_it_names_and_leaves_an_older_miss_as_it_is() -> None:
    desk = Desk()
    desk.reach("tracking", interval=CalendarDays(30))
    desk.docket.sweep()
    named = Report("二月进展", due=date(2019, 2, 26))
    desk.act("report_progress", named, by=representative(*ALONE), at=date(2019, 2, 20))
    left = [d.due for d in desk.case.owed("periodic")]
    assert date(2019, 1, 28) in left
    assert date(2019, 2, 26) not in left
    assert desk.history[-1].changes[0].number == 2


def test_a_report_that_names_a_date_on_which_nothing_falls_due_is_refused() -> None:
    desk = Desk()
    desk.reach("held")
    error = desk.refused("submit_report", Report("整改报告", due=date(2018, 12, 30)), by=representative(*ALONE))
    assert the_unmet(error, "deadline").found == ("2018-12-30",)


def test_statements_signatures_and_evidence_are_those_of_subjects() -> None:
    desk = Desk()
    desk.reach("notified")
    both = (*ALONE, "别的单位")
    assert the_unmet(desk.refused("hold", held(both)), "Y7").found == ("别的单位",)
    desk.act("hold", held())
    assert the_unmet(desk.refused("sign_record", signed(both)), "Y7").found == ("别的单位",)
    desk.act("sign_record", signed())
    desk.report(*ALONE)
    desk.act("accept_report", Acceptance(), at=date(2018, 12, 28))
    error = desk.refused("resolve", solved(both), at=date(2019, 1, 31))
    assert the_unmet(error, "Y10").found == ("别的单位",)


@pytest.mark.parametrize("interval", [Months(13), CalendarDays(367), WorkingDays(251)])
def test_periodic_reports_are_at_most_a_year_apart(interval: Period) -> None:
    desk = Desk()
    desk.reach("reported")
    error = desk.refused("accept_report", Acceptance(long_term=True, interval=interval), at=date(2018, 12, 28))
    assert the_unmet(error, "Y9").found == ()
    desk.act("accept_report", Acceptance(long_term=True, interval=MONTH_END), at=date(2018, 12, 28))
    assert desk.deadline("甘井子区", "periodic").due == date(2018, 12, 31)

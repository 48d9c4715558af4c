"""A history told as a story: dates, acts, units, what fell due and what is broken, in Chinese and in English."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings

from tests.lifecycles.interviewing import OFFICE, Desk, representative
from tests.testing.permits import PERMIT
from yingshang_flow.compliance import audit
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import CaseNotFoundError, HistoryError
from yingshang_flow.testing import FixedClock, History, assert_compliant, histories, travel_to_next_deadline
from yingshang_flow.testing.story import story

LATE = datetime(2019, 1, 3, 9, tzinfo=CHINA_TIME)


def late() -> Desk:
    """An interview whose report comes after the make-up Saturday 2018-12-29."""
    desk = Desk()
    desk.reach("recorded")
    desk.report(*desk.units, at=date(2019, 1, 3))
    return desk


def test_a_story_tells_who_did_what_when_and_where_it_stands_that_it_was_too_late() -> None:
    desk = late()
    said = desk.audit()
    assert story(desk.history, desk.lifecycle, said, language="en").splitlines() == [
        "Interview (dalian-2018)",
        "  2018-12-10  市营商办 (business environment office): Plan → Planned",
        "  2018-12-11  市营商办 (business environment office): Request approval → Awaiting approval",
        "  2018-12-12  市政府办公室 (secretary-general): Approve → Approved",
        "  2018-12-17  市营商办 (business environment office): Notify → Notified",
        "  2018-12-20  市营商办 (business environment office): Hold → Held",
        "      Written report 甘井子区: due 2018-12-29",
        "  2018-12-20  市营商办 (business environment office): Sign and archive → Signed and archived",
        "  2019-01-03  甘井子区 (interviewed subject): Submit report for 甘井子区 → Reported",
        "      Written report 甘井子区: late",
        f"  ✗ {said.findings[0].text('en')} [{said.findings[0].cited('en')}]",
    ]


def test_a_story_is_told_in_chinese_unless_asked_otherwise() -> None:
    desk = late()
    told = story(desk.history, desk.lifecycle, desk.audit()).splitlines()
    assert told[0] == "约谈 (dalian-2018)"
    assert told[-3] == "  2019-01-03  甘井子区 (约谈对象): 报送整改报告（甘井子区） → 已报送整改报告"
    assert told[-2] == "      书面整改报告 甘井子区：逾期办理"
    assert told[-1].startswith("  ✗ Y8 书面整改报告，甘井子区，期限至2018-12-29，于2019-01-03办理")


def test_an_act_that_breaks_a_rule_shows_what_it_said_beside_it() -> None:
    found: list[History] = []

    @settings(max_examples=1, database=None)
    @given(histories(PERMIT, breaks={"P1"}))
    def collect(history: History) -> None:
        found.append(history)

    collect()
    lines = repr(found[0]).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("      ✗ P1"))
    assert any("Application(what=" in line for line in lines[:place])


def test_a_counter_example_of_hypothesis_is_shown_as_its_story() -> None:
    @settings(max_examples=20, database=None)
    @given(histories(PERMIT, breaks={"P2"}))
    def nobody_is_ever_late(history: History) -> None:
        assert not history.audit().findings

    with pytest.raises(AssertionError) as failed:
        nobody_is_ever_late()
    told = "\n".join(failed.value.__notes__)
    assert "2018-12-10 09:00+08:00  申请人 (applicant): Apply → Applied" in told
    assert "Decision: due 2018-12-24" in told
    assert "✗ P2 Decision, due 2018-12-24, not done" in told


# --- assert_compliant ---


def test_what_complies_is_returned_as_audited() -> None:
    desk = Desk()
    desk.reach("tracking")
    (said,) = assert_compliant(desk.docket, desk.id, now=LATE)
    assert said.case == desk.id


def test_what_does_not_comply_fails_with_its_story_and_its_article() -> None:
    desk = late()
    with pytest.raises(AssertionError, match=r"2019-01-03  甘井子区[\s\S]*✗ Y8 书面整改报告[\s\S]*〔|6\(4\)"):
        assert_compliant(desk.docket, desk.id)
    with pytest.raises(AssertionError, match="Submit report for 甘井子区"):
        assert_compliant(desk.history, lifecycle=desk.lifecycle, calendar=desk.docket.calendar, language="en")


def test_every_case_of_a_docket_is_looked_at_unless_one_is_named() -> None:
    desk = late()
    good = Desk(docket=desk.docket)
    good.reach("held")
    assert len(assert_compliant(desk.docket, good.id, now=datetime(2018, 12, 21, tzinfo=CHINA_TIME))) == 1
    with pytest.raises(AssertionError, match="Y8"):
        assert_compliant(desk.docket)


def test_a_docket_is_judged_by_its_own_clock() -> None:
    desk = Desk()
    desk.reach("held")
    desk.clock.travel_to(date(2018, 12, 29))
    assert_compliant(desk.docket, desk.id)
    desk.clock.travel_to(date(2018, 12, 30))
    with pytest.raises(AssertionError, match="未办理"):
        assert_compliant(desk.docket, desk.id)


def test_some_rules_may_be_left_aside() -> None:
    desk = late()
    (said,) = assert_compliant(desk.docket, desk.id, but={"Y8"})
    assert [finding.code for finding in said.findings] == ["Y8"]


def test_plain_records_need_their_procedure() -> None:
    with pytest.raises(HistoryError, match="give lifecycle="):
        assert_compliant(late().history)


@settings(max_examples=3)
@given(histories(PERMIT, breaks={"P7"}))
def test_a_history_is_judged_by_what_it_was_made_with(history: History) -> None:
    with pytest.raises(AssertionError, match="P7"):
        assert_compliant(history)
    assert_compliant(history, but=history.breaks)


# --- travelling ---


def test_the_clock_goes_to_the_next_alarm_and_what_it_recorded_is_returned() -> None:
    desk = Desk()
    desk.reach("held")
    desk.clock.travel_to(date(2018, 12, 20))
    kinds = []
    while desk.deadline(desk.units[0]).alarm is not None:
        (record,) = travel_to_next_deadline(desk.docket, desk.clock, desk.id)
        assert record.recorded_at == desk.clock()
        kinds += [type(change).__name__ for change in record.changes]
    assert kinds == ["Warned", "Missed"]
    assert desk.clock() == datetime(2018, 12, 30, tzinfo=CHINA_TIME)


def test_of_several_cases_the_earliest_alarm_is_the_next() -> None:
    desk = Desk()
    desk.reach("held")
    desk.clock.travel_to(date(2018, 12, 20))
    first = desk.deadline(desk.units[0]).alarm
    travel_to_next_deadline(desk.docket, desk.clock)
    assert desk.clock() == first


def test_a_clock_that_is_past_the_alarm_stays() -> None:
    desk = Desk()
    desk.reach("held")
    now = desk.clock()
    (record,) = travel_to_next_deadline(desk.docket, desk.clock, desk.id)
    assert desk.clock() == now == record.recorded_at


def test_where_nothing_runs_there_is_nothing_to_travel_to() -> None:
    desk = Desk()
    desk.plan()
    with pytest.raises(HistoryError, match="nothing runs in the case"):
        travel_to_next_deadline(desk.docket, desk.clock, desk.id)
    with pytest.raises(HistoryError, match="nothing runs in the docket"):
        travel_to_next_deadline(desk.docket, desk.clock)
    with pytest.raises(CaseNotFoundError):
        travel_to_next_deadline(desk.docket, desk.clock, "nobody")


__all__ = ["OFFICE", "FixedClock", "audit", "representative", "timedelta"]

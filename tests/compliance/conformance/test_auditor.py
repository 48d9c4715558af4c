"""The audit: verdicts with the dates that show them, what is forged, what cannot be told, agreement with the engine."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tests.core.roadworks import (
    BOSS,
    CALENDAR,
    CREWS,
    D1,
    D2,
    D3,
    ROADWORKS,
    Log,
    Order,
    Promise,
    Story,
    at,
    crew,
    later,
    on,
    told,
)
from tests.lifecycles.interviewing import (
    ALONE,
    MEETING,
    OFFICE,
    THREE,
    Acceptance,
    Desk,
    Failure,
    Feedback,
    ReturnedReport,
)
from tests.lifecycles.rectifying import LEAD
from tests.lifecycles.rectifying import Desk as RectificationDesk
from tests.lifecycles.shipped import SHIPPED_PAIRS, machine
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Finding, Outcome, audit, audit_all
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import evolve, with_changes
from yingshang_flow.core.duty import AcrossCases, AtMost, InTime, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Extended, Kind, Met, Missed, Record, Revived, Started, Warned
from yingshang_flow.deadlines import MONTH_END, CalendarDays, DueRules, WorkingCalendar, china
from yingshang_flow.errors import DefinitionError
from yingshang_flow.lifecycles.rectification_item import CarryOver, Rebound
from yingshang_flow.sources import OURS
from yingshang_flow.testing.docket_machine import DocketMachine
from yingshang_flow.words import LIMIT, Cited, Label, Rule

KEPT, BROKEN, UNKNOWN = Outcome
IN_TIME = datetime(2018, 12, 29, 23, tzinfo=MEETING.tzinfo)
LATE = datetime(2019, 1, 7, tzinfo=MEETING.tzinfo)


def audited(desk: Desk, history: Sequence[Record] | None = None, **options: Any) -> Audit:  # noqa: ANN401 - of audit
    return audit(desk.history if history is None else history, desk.lifecycle, calendar=china(), **options)


def changed(desk: Desk, trigger: str, **fields: object) -> list[Record]:
    """The history with one record forged."""
    return [
        attrs.evolve(record, **fields) if record.trigger == trigger else record  # type: ignore[arg-type]
        for record in desk.history
    ]


def the_codes(found: Audit) -> list[str]:
    return [finding.code for finding in found.findings]


# --- verdicts ---------------------------------------------------------------------------------------------------------


def test_a_verdict_stands_for_every_rule_in_the_order_of_the_definition() -> None:
    desk = Desk()
    desk.reach("resolved")
    found = desk.audit()
    assert [verdict.rule for verdict in found.verdicts] == list(desk.lifecycle.rules)
    assert (found.case, found.lifecycle, found.profile) == (desk.id, "interview", "dalian-2018")
    with pytest.raises(KeyError, match="Y11"):
        found.outcome("Y11")


def test_kept_broken_and_unknown_come_with_the_dates_that_show_them() -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.report("甘井子区", at=date(2019, 1, 3))
    verdicts = {verdict.rule.id: verdict for verdict in desk.audit().verdicts}
    assert verdicts["Y5"].outcome is KEPT
    assert [label.text("zh") for label in verdicts["Y5"].shown] == ["2018-12-17 下达约谈通知"]
    assert [label.text("en") for label in verdicts["Y5"].shown] == ["2018-12-17 Notify"]
    assert verdicts["Y8"].outcome is BROKEN
    (late,) = verdicts["Y8"].findings
    assert (late.due, late.happened, late.days_late) == (date(2018, 12, 29), date(2019, 1, 3), 2)
    assert verdicts["Y16"].outcome is UNKNOWN
    assert [label.en for label in verdicts["Y16"].shown] == ["owed since 2018-12-20, not done yet"]
    assert verdicts["Y10"].outcome is UNKNOWN
    assert [label.zh for label in verdicts["Y10"].shown] == ["尚无适用情形"]


@pytest.mark.parametrize(("now", "outcome"), [(IN_TIME, UNKNOWN), (LATE, BROKEN)])
def test_a_deadline_is_judged_as_of_the_audits_instant(now: datetime, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("recorded")
    verdict = next(verdict for verdict in desk.audit(now=now).verdicts if verdict.rule.id == "Y8")
    assert verdict.outcome is outcome
    if outcome is UNKNOWN:
        assert verdict.shown[0].en == "Written report 甘井子区: due 2018-12-29, still running"
    else:
        (finding,) = verdict.findings
        assert (finding.happened, finding.days_late) == (None, 4)
        assert finding.text("zh") == "Y8 书面整改报告，甘井子区，期限至2018-12-29，未办理，逾期4个工作日"
        assert finding.text("en") == "Y8 Written report, 甘井子区, due 2018-12-29, not done, 4 working days late"


def test_without_an_instant_the_last_entry_is_the_audits() -> None:
    desk = Desk()
    desk.clock.travel_to(date(2018, 12, 21))
    desk.reach("recorded")
    assert desk.audit().outcome("Y8") is UNKNOWN


def test_a_deadline_that_was_stopped_is_told_and_not_judged() -> None:
    desk = Desk()
    desk.clock.travel_to(date(2019, 1, 15))
    desk.reach("tracking", interval=MONTH_END)
    desk.clock.travel_to(date(2018, 12, 30))
    desk.act("resolve", {"evidence": [{"unit": "甘井子区", "text": "达标"}]}, at=date(2018, 12, 30))
    verdict = next(verdict for verdict in desk.audit().verdicts if verdict.rule.id == "Y9")
    assert verdict.shown[-1].en == "Periodic report 甘井子区: no longer owed since 2018-12-30"


def test_a_finding_says_what_was_found_in_either_language() -> None:
    finding = Finding("Y4", "c", Label("一个单位", "one unit"), "甘井子区", 3)
    assert finding.text() == "Y4 一个单位，甘井子区"
    assert finding.text("en") == "Y4 one unit, 甘井子区"
    done = attrs.evolve(finding, found="", due=date(2019, 1, 2), happened=date(2019, 1, 2))
    assert done.text("en") == "Y4 one unit, due 2019-01-02, done 2019-01-02"
    assert done.text("zh") == "Y4 一个单位，期限至2019-01-02，于2019-01-02办理"


# --- forged histories -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"actor": OFFICE, "after": "resolved"}, "clock"),
        ({"case": "another"}, "history"),
        ({"revision": 99}, "history"),
        ({"occurred_at": Moment.of(date(2019, 5, 31)), "recorded_at": Moment.of(date(2019, 5, 1)).instant}, "time"),
    ],
    ids=["a clock that acts", "another case", "a gap", "before it happened"],
)
def test_a_record_of_the_clock_that_was_made_up_is_found(change: dict[str, Any], code: str) -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.docket.sweep()
    forged = [*desk.history[:-1], attrs.evolve(desk.history[-1], **change)]
    assert code in {finding.code for finding in audited(desk, forged).irregular}


def test_a_skipped_state_is_found() -> None:
    desk = Desk()
    desk.reach("held")
    forged = [record for record in desk.history if record.trigger != "approve"]
    found = audited(desk, forged)
    assert [(finding.code, finding.revision) for finding in found.irregular] == [
        ("history", 3),  # a record is missing here, and so all that follow are out of place
        ("state", 4),
        ("history", 4),
    ]
    assert found.irregular[1].found == "approved"
    assert found.irregular[1].label.en == "the procedure does not have this act in this state"


def test_an_act_that_the_state_does_not_have_is_found() -> None:
    desk = Desk()
    desk.reach("planned")
    forged = [
        *desk.history,
        attrs.evolve(desk.history[0], revision=2, trigger="resolve", before="planned", opening=None),
    ]
    assert [f"{f.place}: {f.found}" for f in audited(desk, forged).irregular] == ["resolve#1: planned"]


def test_an_act_that_stays_where_the_case_never_came_is_found() -> None:
    desk = Desk(units=THREE)
    desk.reach("reported")
    forged = [record for record in desk.history if record.trigger != "sign_record"]
    found = audited(desk, forged).irregular
    assert ("state", "submit_report#1") in [(finding.code, finding.place) for finding in found]


@pytest.mark.parametrize("after", ["tracking", "no such state"])
def test_another_outcome_than_the_tables_is_found(after: str) -> None:
    desk = Desk()
    desk.reach("held")
    forged = changed(desk, "hold", after=after)
    assert ("state", "hold#1", after) in [(f.code, f.place, f.found) for f in audited(desk, forged).irregular]


def test_a_wrong_role_is_found_with_who_it_should_be() -> None:
    desk = Desk()
    desk.reach("approved")
    found = audited(desk, changed(desk, "approve", actor=Actor("x", "市政府", "leader")))
    (finding,) = found.irregular
    assert (finding.code, finding.found, finding.revision) == ("role", "leader", 3)
    assert finding.text("en") == "role to be done by secretary-general; not by somebody acting as, leader (Approve)"


def test_an_act_that_its_guard_would_have_refused_is_found_with_its_date() -> None:
    desk = Desk()
    desk.reach("held")
    found = audited(desk, changed(desk, "notify", content=attrs.evolve(desk.notice(), place=None, mode="collective")))
    assert {(f.code, f.found, f.revision, f.happened) for f in found.findings if f.code != "Y8"} == {
        ("Y5", "约谈地点 place", 4, date(2018, 12, 17)),
        ("Y4", "collective, not individual", 4, date(2018, 12, 17)),
    }
    assert found.outcome("Y5") is BROKEN


def _begun_later(change: object) -> object:
    return attrs.evolve(change, start=date(2019, 1, 1)) if isinstance(change, Started) else change


def _later(change: object) -> object:
    return attrs.evolve(change, due=date(2019, 2, 28)) if isinstance(change, Started) else change


@pytest.mark.parametrize(
    ("trigger", "forge"),
    [
        ("hold", lambda changes: tuple(map(_later, changes))),
        ("hold", lambda _: ()),
        ("submit_report", lambda changes: tuple(attrs.evolve(change, late=False) for change in changes)),
        ("submit_report", lambda _: ()),
        ("notify", lambda _: (Missed("report", "甘井子区", 1),)),
        ("submit_report", lambda changes: (*changes, Met("no such limit", "", 1, late=False))),
        ("submit_report", lambda changes: (*changes, Warned("report", "西岗区", 1))),
    ],
    ids=["a later date", "no deadline", "late made punctual", "unmet", "too early", "no such limit", "no such obligor"],
)
def test_deadlines_that_do_not_follow_from_the_acts_are_found(trigger: str, forge: Callable[[Any], Any]) -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.report("甘井子区", at=date(2019, 1, 10))
    record = next(record for record in desk.history if record.trigger == trigger)
    found = audited(desk, changed(desk, trigger, changes=forge(record.changes)))
    assert ("deadlines", record.revision) in {(finding.code, finding.revision) for finding in found.irregular}


@pytest.mark.parametrize(
    "forge",
    [
        lambda record: attrs.evolve(record, changes=(Met("report", "甘井子区", 1, late=False),)),
        lambda record: attrs.evolve(record, occurred_at=Moment.of(date(2018, 12, 28))),
        lambda record: attrs.evolve(record, changes=()),
    ],
    ids=["met by nobody", "missed too early", "nothing to say"],
)
def test_what_the_clock_could_not_have_recorded_is_found(forge: Callable[[Record], Record]) -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.docket.sweep()
    forged = [forge(record) if record.kind is Kind.CLOCK else record for record in desk.history]
    (finding,) = audited(desk, forged).irregular
    assert finding.text("en") == "deadlines the deadlines do not follow from the time, clock"


def test_a_removed_miss_does_not_hide_a_late_report() -> None:
    desk = Desk()
    desk.reach("recorded")
    desk.docket.sweep()
    desk.report("甘井子区", at=date(2019, 1, 10))
    assert audited(desk, [r for r in desk.history if r.kind is Kind.ACT]).outcome("Y8") is BROKEN


def test_dates_of_another_calendar_are_compared_without_the_dates() -> None:
    desk = Desk()
    desk.reach("tracking", interval=CalendarDays(30))
    desk.docket.sweep()
    other = WorkingCalendar.weekdays(date(2018, 1, 1), date(2020, 12, 31))
    found = audit(desk.history, desk.lifecycle, calendar=other)
    assert found.irregular == ()
    record = next(record for record in desk.history if record.trigger == "hold")
    moved = tuple(map(_begun_later, record.changes))
    found = audit(changed(desk, "hold", changes=moved), desk.lifecycle, calendar=other)
    assert [finding.code for finding in found.irregular] == ["deadlines"]


@pytest.mark.parametrize("history", ["empty", "without its opening", "opened by nobody"])
def test_a_history_begins_with_its_opening(history: str) -> None:
    desk = Desk()
    desk.reach("approved")
    whole = desk.history
    given = {"empty": (), "without its opening": whole[1:], "opened by nobody": (attrs.evolve(whole[0], actor=None),)}
    with pytest.raises(DefinitionError, match="must begin with the record that opens the case"):
        audited(desk, given[history])


def test_an_opening_that_says_it_is_the_clocks_is_looked_at_as_an_act() -> None:
    desk = Desk()
    desk.plan()
    forged = attrs.evolve(desk.history[0], kind=Kind.CLOCK, after="resolved")
    assert [finding.code for finding in audited(desk, [forged]).irregular] == ["state"]


def test_an_act_by_nobody_is_found() -> None:
    desk = Desk()
    desk.reach("approved")
    found = audited(desk, changed(desk, "approve", actor=None))
    assert [finding.code for finding in found.irregular] == ["role"]


# --- what cannot be told ----------------------------------------------------------------------------------------------


def test_a_ledger_of_dates_has_unknown_guards_and_sound_order_and_limits() -> None:
    desk = Desk(units=THREE)
    desk.reach("resolved")
    dates = [attrs.evolve(record, content=None) for record in desk.history]
    found = audited(desk, dates)
    assert found.findings == ()
    assert {verdict.rule.id for verdict in found.verdicts if verdict.outcome is UNKNOWN} >= {
        "Y1",
        "Y2",
        "Y3",
        "Y4",
        "Y5",
    }
    said = next(verdict for verdict in found.verdicts if verdict.rule.id == "Y5").shown[0]
    assert said.text("zh") == "2018-12-17 下达约谈通知：无内容可查"
    assert said.text("en") == "2018-12-17 Notify: no content to check"
    facts = next(verdict for verdict in found.verdicts if verdict.rule.id == "Y2").shown[-1]
    assert "not on file (case" in facts.en
    assert found.outcome("Y8") is KEPT
    assert found.outcome("Y14") is KEPT
    assert found.outcome("Y15") is UNKNOWN


@pytest.mark.parametrize(
    "way",
    [
        lambda desk: desk.act("return_report", ReturnedReport(ALONE, "x", date(2019, 1, 9)), at=date(2018, 12, 27)),
        lambda desk: desk.act("accept_report", Acceptance(long_term=True, interval=MONTH_END), at=date(2018, 12, 27)),
    ],
)
def test_deadlines_that_the_missing_content_set_cannot_be_told(way: Callable[[Desk], object]) -> None:
    desk = Desk()
    desk.reach("reported")
    way(desk)
    assert audited(desk, [attrs.evolve(record, content=None) for record in desk.history], now=IN_TIME).irregular == ()


def test_a_linked_case_that_is_not_given_leaves_its_guard_unknown_and_one_that_is_given_tells() -> None:
    desk = Desk("liaoning-2020")
    first = desk.reach("tracking").id
    desk.plan(origin=first, at=date(2019, 2, 1))
    verdict = next(verdict for verdict in desk.audit().verdicts if verdict.rule.id == "Y11")
    assert verdict.outcome is UNKNOWN
    assert f"not on file (origin: {first})" in verdict.shown[0].en
    known = {first: desk.docket.load(first)}
    assert audited(desk, linked=known).outcome("Y11") is KEPT
    desk_id, desk.id = desk.id, first
    failed = desk.act("start_accountability", Failure(ALONE, ("refused",), "x"), at=date(2019, 1, 20))
    desk.id = desk_id
    assert audited(desk, linked={first: failed}).outcome("Y11") is BROKEN


def test_rules_across_cases_are_unknown_in_one_and_told_in_all() -> None:
    desk = Desk("liaoning-2020")
    first = desk.reach("tracking")
    failure = Failure(ALONE, ("unchanged",), "我行我素")
    desk.act("start_accountability", failure, at=date(2019, 1, 20))
    history = desk.history
    desk.plan(at=date(2019, 2, 1))
    alone = next(verdict for verdict in desk.audit().verdicts if verdict.rule.id == "Y11")
    assert any(label.en == "needs a comparison with other cases" for label in alone.shown)
    kept, broken = audit_all([(history, desk.lifecycle), (desk.history, desk.lifecycle)], calendar=china())
    assert (kept.case, kept.outcome("Y11")) == (first.id, KEPT)
    verdict = next(verdict for verdict in broken.verdicts if verdict.rule.id == "Y11")
    assert verdict.outcome is BROKEN
    assert verdict.shown[-1].zh == "已与其他案件比对"
    assert verdict.findings[0].label.en == "No second interview"


def test_auditing_all_of_nothing_is_nothing_and_an_empty_history_is_refused() -> None:
    lifecycle = lifecycles.interview("dalian-2018")
    assert audit_all([], calendar=china()) == ()
    with pytest.raises(DefinitionError, match="it is empty"):
        audit_all([((), lifecycle)], calendar=china())


def test_the_cases_audited_together_know_each_other() -> None:
    desk = Desk("liaoning-2020")
    first = desk.reach("resolved").id
    history = desk.history
    desk.plan(origin=first, at=date(2019, 2, 1))
    _, second = audit_all([(history, desk.lifecycle), (desk.history, desk.lifecycle)], calendar=china(), now=LATE)
    assert second.outcome("Y11") is KEPT


# --- duties -----------------------------------------------------------------------------------------------------------

Y16 = next(rule for rule in lifecycles.interview("dalian-2018").rules if rule.id == "Y16")


def with_duty(desk: Desk, duty: Any) -> Outcome:  # noqa: ANN401 - a duty
    lifecycle = attrs.evolve(
        desk.lifecycle,
        duties=[duty],
        transitions=[
            attrs.evolve(row, rules=[rule for rule in row.rules if rule.id != "Y16"])
            for row in desk.lifecycle.transitions
        ],
    )
    return audit(desk.history, lifecycle, calendar=china()).outcome("Y16")


@pytest.mark.parametrize(
    ("duty", "outcome"),
    [
        (Precedence("hold", ("approve",), rules=Y16, label=Y16.label), KEPT),
        (Precedence("hold", ("record_absence", "record_feedback"), rules=Y16, label=Y16.label), BROKEN),
        (Precedence("cancel", ("plan",), rules=Y16, label=Y16.label), UNKNOWN),
        (AtMost("record_feedback", 2, rules=Y16, label=Y16.label), KEPT),
        (AtMost("record_feedback", 1, rules=Y16, label=Y16.label), BROKEN),
        (AtMost("return_report", 1, rules=Y16, label=Y16.label), UNKNOWN),
        (Response("record_feedback", "resolve", rules=Y16, label=Y16.label), KEPT),
        (Response("accept_report", "report_progress", rules=Y16, label=Y16.label), BROKEN),
    ],
)
def test_a_duty_is_kept_broken_or_had_no_occasion(duty: object, outcome: Outcome) -> None:
    desk = Desk()
    desk.reach("tracking")
    desk.act("record_feedback", Feedback("一访"), at=date(2019, 1, 10))
    desk.act("record_feedback", Feedback("二访"), at=date(2019, 1, 20))
    desk.act("resolve", {"evidence": [{"unit": "甘井子区", "text": "达标"}]}, at=date(2019, 1, 31))
    assert with_duty(desk, duty) is outcome


def test_a_response_still_possible_is_unknown() -> None:
    desk = Desk()
    desk.reach("tracking")
    assert with_duty(desk, Response("hold", "record_feedback", rules=Y16, label=Y16.label)) is UNKNOWN


# --- extensions, groups, whole histories -----------------------------------------------------------------------------


def judged(story: Story, lifecycle: Lifecycle = ROADWORKS, **options: Any) -> Audit:  # noqa: ANN401 - of audit
    return audit(story.records, lifecycle, calendar=CALENDAR, **options)


def shown(found: Audit, rule: str) -> list[str]:
    return [label.en for verdict in found.verdicts if verdict.rule.id == rule for label in verdict.shown]


def extended() -> Story:
    """A start that was put off in time, a promise that was put off, kept and taken back."""
    story = told("Li", started=None)
    story.act("postpone", "2021-03-05")
    story.act("start", "2021-03-20")
    story.act("log", "2021-03-20", Log("x"), by=crew("Li"))
    story.act("promise", "2021-03-20", Promise(date(2021, 3, 26)))
    story.act("defer", "2021-03-22", Promise(date(2021, 3, 31)))
    story.act("keep", "2021-03-23")
    story.act("retract", "2021-03-24")
    return story


def test_a_deadline_is_judged_by_its_extended_end() -> None:
    found = judged(extended())
    assert found.irregular == ()
    assert found.outcome("D1") is KEPT
    assert not [finding for finding in found.findings if finding.due != date(2021, 3, 21)]  # the weekly check
    assert "Start: due 2021-03-22, done 2021-03-20" in shown(found, "L1")
    late = judged(extended(), now=at("2021-04-01"))
    assert [(f.code, f.due) for f in late.findings if f.label.en == "Promise"] == [("L1", date(2021, 3, 31))]


def test_an_extension_that_came_late_changed_nothing_and_is_found() -> None:
    story = told("Li", started=None)
    story.act("postpone", "2021-03-09")
    found = judged(story)
    assert found.irregular == ()
    assert [(f.code, f.revision) for f in found.findings if f.code == "D1"] == [("D1", 2)]
    assert [(f.code, f.due) for f in found.findings if f.code == "L1"] == [("L1", date(2021, 3, 8))]


def test_an_extension_of_what_was_never_owed_is_not_judged() -> None:
    story = told("Li")
    story.act("defer", "2021-03-05", Promise(date(2021, 3, 31)))
    assert judged(story).outcome("D1") is UNKNOWN


def test_an_extension_for_some_is_judged_by_the_ends_of_those_it_names() -> None:
    named = InTime("grant", "first_log", rules=D1, label=D1.label)
    lifecycle = attrs.evolve(ROADWORKS, duties=[*ROADWORKS.duties, named])
    for granted, outcome in (("Li", BROKEN), ("Wang", KEPT)):
        story = told("Li", "Wang")
        story.act("grant", "2021-03-03", Log("rain", ("Wang",)))
        story.act("grant", "2021-03-20", Log("rain", (granted,)))
        assert judged(story, lifecycle).outcome("D1") is outcome


@pytest.mark.parametrize(
    ("trigger", "forge"),
    [
        ("postpone", lambda changes: (attrs.evolve(changes[0], due=date(2021, 4, 30)),)),
        ("postpone", lambda _: ()),
        ("postpone", lambda changes: (*changes, Revived("begin", "", 1))),
        (
            "start",
            lambda changes: (
                *changes,
                Extended("begin", "", 1, date(2021, 4, 1), None, None, "", False, (), "9工作日"),  # noqa: FBT003
            ),
        ),
        ("retract", lambda _: ()),
        ("retract", lambda changes: (*changes, Revived("begin", "", 1))),
        ("retract", lambda changes: (*changes, Revived("promised", "", 9))),
    ],
)
def test_a_forged_extension_or_revival_is_found(trigger: str, forge: Callable[[Any], Any]) -> None:
    records = [
        attrs.evolve(record, changes=forge(record.changes)) if record.trigger == trigger else record
        for record in extended().records
    ]
    revision = next(record.revision for record in records if record.trigger == trigger)
    found = audit(records, ROADWORKS, calendar=CALENDAR)
    assert ("deadlines", revision) in {(finding.code, finding.revision) for finding in found.irregular}


def test_what_is_only_wished_for_is_noted_and_never_broken() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04")
    found = judged(story, now=at("2021-04-01"))
    assert found.outcome("L2") is UNKNOWN
    assert shown(found, "L2") == ["Rest: wished for by 2021-03-18, not done by then"]
    story.act("resume", "2021-03-10")
    assert judged(story).outcome("L2") is KEPT


def test_a_response_of_each_is_asked_of_everybody() -> None:
    story = told("Li", "Wang")
    story.act("log", "2021-03-03", Log("x"), by=crew("Li"))
    assert shown(judged(story), "D2") == [
        "2021-03-03 00:00+08:00 Log",
        "Wang owed since 2021-03-02 00:00+08:00, not done yet",
    ]
    story.act("drop", "2021-03-04")
    (missing,) = [finding for finding in judged(story).findings if finding.code == "D2"]
    assert (missing.unit, missing.revision) == ("Wang", 2)
    both = told("Li", "Wang")
    both.act("log", "2021-03-03", Log("x", ("Li", "Wang")))
    both.act("drop", "2021-03-04")
    assert judged(both).outcome("D2") is KEPT


def test_a_whole_history_offends_keeps_or_cannot_be_told() -> None:
    story = told("Li")
    assert judged(story).outcome("D3") is KEPT
    record = story.act("log", "2021-03-03", Log(), by=crew("Li"))
    (silent,) = [finding for finding in judged(story).findings if finding.code == "D3"]
    assert (silent.found, silent.revision, silent.happened) == ("Li", record.revision, date(2021, 3, 3))
    bare = [attrs.evolve(each, content=None) if each.trigger == "log" else each for each in story.records]
    found = audit(bare, ROADWORKS, calendar=CALENDAR)
    assert found.outcome("D3") is UNKNOWN
    assert shown(found, "D3") == [f"not on file (log {record.revision})"]


def test_an_offence_found_before_what_is_not_on_file_stands() -> None:
    story = told("Li")
    silent = story.act("log", "2021-03-03", Log(), by=crew("Li"))
    bare = story.act("log", "2021-03-04", Log("x"), by=crew("Li"))
    found = audit([*story.records[:-1], attrs.evolve(bare, content=None)], ROADWORKS, calendar=CALENDAR)
    assert found.outcome("D3") is BROKEN
    assert [finding.revision for finding in found.findings if finding.code == "D3"] == [silent.revision]


def every_case(cases: Sequence[tuple[Case, Sequence[Record]]], _: object) -> list[tuple[str, str]]:
    """Name the lifecycles of all that are compared, in each case of roadworks."""
    seen = ", ".join(sorted({case.opening.lifecycle for case, _ in cases}))
    return [(case.id, seen) for case, _ in cases if case.opening.lifecycle == "roadworks"]


def test_cases_are_compared_with_those_of_whatever_lifecycle() -> None:
    duty = AcrossCases(every_case, rules=D3, label=D3.label)
    lifecycle = attrs.evolve(ROADWORKS, duties=[*ROADWORKS.duties, duty])
    desk = Desk()
    desk.plan()
    cases: list[tuple[Sequence[Record], Lifecycle]] = [(desk.history, desk.lifecycle), (told("Li").records, lifecycle)]
    _, found = audit_all(cases, calendar=china())
    assert [finding.found for finding in found.findings if finding.code == "D3"] == ["interview, roadworks"]


# --- histories that do not tell everything ----------------------------------------------------------------------------


def partial(story: Story, triggers: Collection[str]) -> list[Record]:
    """The history as a source has it that tells only of some acts: its deadlines worked out from those."""
    case: Case | None = None
    found: list[Record] = []
    for record in story.records:
        if record.trigger in triggers:
            bare = attrs.evolve(record, revision=len(found) + 1, changes=())
            found.append(with_changes(ROADWORKS, case, bare, CALENDAR))
            case = evolve(case, found[-1])
    return found


def test_what_is_not_told_is_unknown_and_says_of_what_nothing_was_told() -> None:
    story = told("Li")
    story.act("log", "2021-03-03", Log("x"), by=crew("Li"))
    story.act("drop", "2021-05-01")
    known = {"order", "drop", "start"}
    found = audit(partial(story, known), ROADWORKS, calendar=CALENDAR, told=known)
    assert found.outcome("D2") is UNKNOWN
    assert shown(found, "D2") == shown(found, "D3") == ["log not told of"]
    assert "First log Li: log not told of" in shown(found, "L1")
    assert shown(found, "G1") == ["what was given does not tell"]
    assert found.irregular == ()


def test_what_is_told_is_judged() -> None:
    known = {"order", "start", "postpone"}
    story = told("Li", started="2021-03-09")
    unsure = audit(partial(story, known), ROADWORKS, calendar=CALENDAR, told=known - {"postpone"})
    assert unsure.outcome("L1") is UNKNOWN  # somebody may have postponed it
    found = audit(partial(story, known), ROADWORKS, calendar=CALENDAR, told=known)
    assert [(f.code, f.due) for f in found.findings] == [("L1", date(2021, 3, 8))]
    guards = audit(changed_order(story), ROADWORKS, calendar=CALENDAR, told=known)
    assert guards.outcome("G1") is UNKNOWN
    assert audit(changed_order(story), ROADWORKS, calendar=CALENDAR).outcome("G1") is BROKEN


def changed_order(story: Story) -> list[Record]:
    """The history with an order for which nobody gave a reason."""
    return [attrs.evolve(story.records[0], content=Order(("Li",))), *story.records[1:]]


def test_what_had_to_come_before_is_unknown_where_it_is_not_told() -> None:
    before = Precedence("start", "note", rules=D2, label=D2.label)
    lifecycle = attrs.evolve(ROADWORKS, duties=[before, *ROADWORKS.duties])
    story = told("Li")
    assert judged(story, lifecycle).outcome("D2") is BROKEN
    assert judged(story, lifecycle, told=("order", "start")).outcome("D2") is UNKNOWN
    assert judged(story, lifecycle, told=("order", "start", "note")).outcome("D2") is BROKEN


MOVES_AN_END = {
    "order",
    "start",
    "postpone",
    "grant",
    "reject",
    "promise",
    "defer",
    "retract",
    "rest",
    "resume",
    "drop",
}
"""What starts, extends, revives or stops something; a source that leaves these out cannot be judged by dates."""
PLAYED = st.lists(
    st.tuples(
        st.sampled_from(["log", "grant", "reject", "promise", "defer", "keep", "retract", "check_in", "turn"]),
        st.integers(0, 9),
        st.sampled_from(["", "x"]),
    ),
    max_size=9,
)


@given(PLAYED, st.sets(st.sampled_from(["log", "keep", "check_in", "turn", "note"])), st.booleans())
def test_a_partial_history_is_never_broken_where_the_whole_is_kept(
    played: list[tuple[str, int, str]],
    more: set[str],
    dropped: bool,  # noqa: FBT001 - drawn
) -> None:
    story = told("Li")
    now = at("2021-03-02 09:00")
    for trigger, days, text in played:
        now = later(now, days=days)
        promise = Promise(now.date() + timedelta(days=20 if trigger == "defer" else 9))
        content = {"log": Log(text), "grant": Log("", ("Li",)), "reject": Log("", ("Li",)), "promise": promise}
        by = crew("Li") if trigger in {"log", "check_in"} else BOSS
        story.act(trigger, Moment.of(now), promise if trigger == "defer" else content.get(trigger), by=by)
    if dropped:
        story.act("drop", Moment.of(later(now, days=1)))
    known = MOVES_AN_END | more
    whole = judged(story, now=later(now, days=30))
    part = audit(partial(story, known), ROADWORKS, calendar=CALENDAR, now=later(now, days=30), told=known)
    for verdict in part.verdicts:
        assert (verdict.outcome, whole.outcome(verdict.rule.id)) != (BROKEN, KEPT)
    assert not {finding.code for finding in part.findings} - {finding.code for finding in whole.findings}


# --- agreement with the engine ----------------------------------------------------------------------------------------


class Audited(DocketMachine):
    """Audits every case at the end of a run: of guards and order nothing can be found, as the engine let it through."""

    def teardown(self) -> None:
        later = {rule.id for limit in self.lifecycle.limits for rule in limit.rules}
        later |= {rule.id for duty in self.lifecycle.duties for rule in duty.rules}
        soft = {limit.key for limit in self.lifecycle.limits if limit.soft}
        histories = [self.docket.history(case) for case in self.model]
        for history in histories:
            found = audit(history, self.lifecycle, calendar=china(), now=self.clock())
            assert found.irregular == (), found.irregular
            broken = {verdict.rule.id for verdict in found.verdicts if verdict.outcome is BROKEN}
            assert broken <= later, broken
            late = [finding for finding in found.findings if finding.due is not None]
            deadlines = [d for d in self.model[history[0].case].deadlines if d.limit not in soft]
            owed_late = [
                d for d in deadlines if d.status in {"missed", "met_late"} or (d.owed and d.end <= self.clock())
            ]
            assert sorted((f.unit, f.due) for f in late) == sorted((d.obligor, d.due) for d in owed_late)
        super().teardown()


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_what_the_engine_let_through_the_audit_keeps(key: str, profile: str) -> None:
    lifecycle = lifecycles.SHIPPED[key](profile)
    audited_machine = type("AuditedMachine", (Audited, machine(lifecycle)), {})
    run_state_machine_as_test(audited_machine, settings=settings(max_examples=20, stateful_step_count=20))


@pytest.mark.parametrize("days", [0, 1, 6])
@pytest.mark.parametrize("tier", ["office", "leader"])
@pytest.mark.parametrize("units", [ALONE, THREE])
def test_a_clean_history_has_no_findings_however_long_it_takes_within_the_limits(
    days: int, tier: str, units: tuple[str, ...]
) -> None:
    desk = Desk(tier=tier, units=units)
    desk.reach("reported")
    day = date(2018, 12, 28) + timedelta(days=days)
    desk.act("accept_report", Acceptance(), at=day)
    desk.act("record_feedback", Feedback("已回访"), at=day)
    evidence = [{"unit": unit, "text": "达标"} for unit in units]
    desk.act("resolve", {"evidence": evidence}, at=day)
    assert desk.audit().findings == ()


def test_a_date_that_the_calendar_does_not_know_stops_nobody_elses_audit() -> None:
    story = told("Li")
    begin = next(change for change in story.records[0].changes if change.limit == "begin")
    assert isinstance(begin, Started)
    forged = attrs.evolve(story.records[0], changes=(attrs.evolve(begin, due=date(1999, 1, 1)),))
    said = audit([forged], ROADWORKS, calendar=CALENDAR, now=at("2021-06-01"))
    (late,) = [finding for finding in said.findings if finding.due == date(1999, 1, 1)]
    assert late.days_late is None
    story = told("Li")
    record = story.act("promise", "2021-03-02", Promise(until=date(2021, 4, 1)))
    unknown = [*story.records[:-1], attrs.evolve(record, content=Promise(until=date(1999, 1, 1)))]
    irregular = audit(unknown, ROADWORKS, calendar=CALENDAR, now=at("2021-06-01")).irregular
    assert [finding.code for finding in irregular] == ["deadlines"]


def test_what_was_entered_at_the_same_instant_may_have_come_before_or_after() -> None:
    desk = RectificationDesk()
    desk.tick = lambda: None  # type: ignore[method-assign]  # everything at one instant
    desk.reach("rectifying")
    case = desk.listed()
    desk.bring(case, "written_off", date(2021, 6, 1))
    desk.on(case, "rebound", Rebound("又出现", date(2021, 9, 1)), by=LEAD, at=date(2021, 7, 1))
    desk.on(case, "carry_over", CarryOver("诉讼未决"), by=LEAD, at=date(2021, 8, 1))
    desk.reach("closed")
    histories = [(desk.docket.history(one.id), desk.docket.lifecycle(one.id)) for one in desk.docket.find()]
    assert all(said.irregular == () for said in audit_all(histories, calendar=china()))


# --- hours ------------------------------------------------------------------------------------------------------------


HOURS = Rule("H1", LIMIT, OURS("H1"), Label("下班前", "before the close of business"))


@pytest.mark.parametrize(
    ("when", "outcome", "said"),
    [
        ("2021-03-07", KEPT, "Start: due 2021-03-08, done 2021-03-07"),
        ("2021-03-08", UNKNOWN, "Start: due 2021-03-08 17:00, done that day at a time not on file"),
        ("2021-03-08 16:00", KEPT, "Start: due 2021-03-08, done 2021-03-08"),
        ("2021-03-08 18:00", BROKEN, ""),
    ],
)
def test_a_day_that_ends_early_leaves_open_what_was_done_on_it_at_an_unknown_hour(
    when: str, outcome: Outcome, said: str
) -> None:
    counting = Cited(DueRules(closes=time(17)), OURS("hours"))
    begin = attrs.evolve(ROADWORKS.limits[0], counting=counting, rules=HOURS)
    lifecycle = attrs.evolve(ROADWORKS, limits=[begin, *ROADWORKS.limits[1:]], rules=[*ROADWORKS.rules, HOURS])
    story = Story(lifecycle)
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    moment = on(when) if len(when) == len("2021-03-08") else Moment.of(at(when))
    story.act("start", moment, entered="2021-03-09")
    found = judged(story, lifecycle)
    assert found.outcome("H1") is outcome
    assert shown(found, "H1") == ([said] if said else [])


def test_what_is_owed_no_more_by_one_is_told_of_the_others_all_the_same() -> None:
    duty = Response("start", "log", each=CREWS, unless="retract", rules=D2, label=D2.label)
    story = Story(attrs.evolve(ROADWORKS, duties=[duty]))
    story.act("order", "2021-03-01", Order(("Li", "Wang"), "holes"))
    story.act("start", "2021-03-02")
    story.act("log", "2021-03-03", Log("done", ("Wang",)))
    owed = audit(story.records, story.lifecycle, calendar=CALENDAR)
    story.act("retract", "2021-03-04")
    found = audit(story.records, story.lifecycle, calendar=CALENDAR)
    for said in (owed, found):
        verdict = next(one for one in said.verdicts if one.rule == D2)
        assert verdict.outcome is Outcome.KEPT
        assert any("2021-03-03" in shown.en for shown in verdict.shown)

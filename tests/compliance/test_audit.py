"""The audit: verdicts with the dates that show them, what is forged, what cannot be told, agreement with the engine."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.lifecycles.interviewing import (
    ALONE,
    LATER,
    MEETING,
    OFFICE,
    OPENINGS,
    THREE,
    Acceptance,
    Desk,
    Failure,
    Feedback,
    ReturnedReport,
)
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Finding, Outcome, audit, audit_all
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.duty import AtMost, Precedence, Response
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Met, Missed, Record, Started, Warned
from yingshang_flow.deadlines import MONTH_END, CalendarDays, WorkingCalendar, china
from yingshang_flow.errors import DefinitionError
from yingshang_flow.testing.docket_machine import DocketMachine, docket_machine
from yingshang_flow.words import Label, RuleKind

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
        ("state", None),
        ("history", 4),
    ]
    assert found.irregular[1].found == "notify: approved"
    assert found.irregular[1].label.en == "the procedure does not have this act in this state"


def test_an_act_that_the_state_does_not_have_is_found() -> None:
    desk = Desk()
    desk.reach("planned")
    forged = [
        *desk.history,
        attrs.evolve(desk.history[0], revision=2, trigger="resolve", before="planned", opening=None),
    ]
    assert [finding.found for finding in audited(desk, forged).irregular] == ["resolve: planned"]


@pytest.mark.parametrize("after", ["tracking", "no such state"])
def test_another_outcome_than_the_tables_is_found(after: str) -> None:
    desk = Desk()
    desk.reach("held")
    forged = changed(desk, "hold", after=after)
    assert ("state", f"hold: {after}") in [(f.code, f.found) for f in audited(desk, forged).irregular]


def test_a_wrong_role_is_found_with_who_it_should_be() -> None:
    desk = Desk()
    desk.reach("approved")
    found = audited(desk, changed(desk, "approve", actor=Actor("x", "市政府", "leader")))
    (finding,) = found.irregular
    assert (finding.code, finding.found, finding.revision) == ("role", "leader", 3)
    assert finding.text("en") == "role to be done by secretary-general; not by somebody acting as, leader"


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


# --- agreement with the engine ----------------------------------------------------------------------------------------


class Audited(DocketMachine):
    """Audits every case at the end of a run: of guards and order nothing can be found, as the engine let it through."""

    def teardown(self) -> None:
        kinds = {rule.id: set(rule.kinds) for rule in self.lifecycle.rules}
        timed = {rule.id for limit in self.lifecycle.limits for rule in limit.rules}
        histories = [self.docket.history(case) for case in self.model]
        for history in histories:
            found = audit(history, self.lifecycle, calendar=china(), now=self.clock())
            assert found.irregular == (), found.irregular
            broken = {verdict.rule.id for verdict in found.verdicts if verdict.outcome is BROKEN}
            assert all(rule in timed or RuleKind.DUTY in kinds[rule] for rule in broken), broken
            late = [finding for finding in found.findings if finding.due is not None]
            deadlines = self.model[history[0].case].deadlines
            owed_late = [
                d for d in deadlines if d.status in {"missed", "met_late"} or (d.owed and d.end <= self.clock())
            ]
            assert sorted((f.unit, f.due) for f in late) == sorted((d.obligor, d.due) for d in owed_late)
        super().teardown()


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_what_the_engine_let_through_the_audit_keeps(key: str, profile: str) -> None:
    lifecycle = lifecycles.SHIPPED[key](profile)
    made = docket_machine(lifecycle, openings=OPENINGS.get(key), contents=LATER.get(key))
    machine = type("AuditedMachine", (Audited, made), {})
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=20))


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

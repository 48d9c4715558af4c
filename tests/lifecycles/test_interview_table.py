"""The transition table of the interview, written down a second time and compared with the definition."""

from pathlib import Path
from typing import Final

import attrs
import pytest

from tests.lifecycles.interviewing import variant
from yingshang_flow import lifecycles
from yingshang_flow.core.case import Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.lifecycles.interview import GROUNDS
from yingshang_flow.lifecycles.roles import ROLES

STATES: Final = {
    "planned": "已列入约谈计划",
    "awaiting_approval": "报批中",
    "approved": "已同意",
    "notified": "已下达通知",
    "held": "已约谈",
    "recorded": "已签字归档",
    "reported": "已报送整改报告",
    "tracking": "跟踪督导",
    "resolved": "已彻底解决",
    "declined": "不予同意",
    "cancelled": "已取消",
}
FINAL: Final = {"resolved", "declined", "cancelled"}

TABLE: Final = """
plan                  -                  planned            office
request_approval      planned            awaiting_approval  office
approve               awaiting_approval  approved           secretary_general
approve               awaiting_approval  approved           leader
decline               awaiting_approval  declined           secretary_general
decline               awaiting_approval  declined           leader
notify                approved           notified           office
reschedule            notified           notified           office
reschedule            notified           notified           leader
record_absence        notified           notified           office
hold                  notified           held               office
hold                  notified           held               leader
sign_record           held               recorded           office
sign_record           held               reported           office
submit_report         held               held               subject
submit_report         recorded           recorded           subject
submit_report         recorded           reported           subject
return_report         reported           recorded           office
accept_report         reported           tracking           office
report_progress       tracking           tracking           subject
record_feedback       held               held               office
record_feedback       recorded           recorded           office
record_feedback       reported           reported           office
record_feedback       tracking           tracking           office
start_accountability  notified           notified           office
start_accountability  held               held               office
start_accountability  recorded           recorded           office
start_accountability  reported           reported           office
start_accountability  tracking           tracking           office
resolve               tracking           resolved           office
cancel                planned            cancelled          office
cancel                awaiting_approval  cancelled          office
cancel                approved           cancelled          office
cancel                notified           cancelled          office
"""
"""Trigger, from, to, by; an opening comes from ``-``."""

WITH_THE_SWITCH: Final = """
notify                awaiting_approval  notified           office
approve               notified           notified           secretary_general
decline               notified           declined           secretary_general
"""
"""What approval before the interview adds, at the office's tier only."""

ROLE_KEYS: Final = (
    "office secretary_general leader subject platform complaint_body undertaker complainant supervisor "
    "campaign_office lead_unit responsible_unit inspector discipline reviewer steward enterprise"
)


def written(*tables: str) -> set[tuple[str, ...]]:
    return {tuple(line.split()) for table in tables for line in table.splitlines() if line}


def built(lifecycle: Lifecycle) -> set[tuple[str, ...]]:
    return {
        (row.trigger, source, source if row.to is None else row.to, role.key)
        for row in lifecycle.transitions
        for source in row.sources or ("-",)
        for role in row.by
    }


@pytest.mark.parametrize("profile", ["dalian-2018", "liaoning-2020"])
def test_the_definition_has_the_rows_of_the_table_and_no_others(profile: str) -> None:
    assert built(lifecycles.interview(profile)) == written(TABLE)


def test_approval_before_the_interview_adds_three_rows(tmp_path: Path) -> None:
    assert built(variant(tmp_path)) == written(TABLE, WITH_THE_SWITCH)


def test_the_rows_of_a_switch_are_of_the_offices_tier(tmp_path: Path) -> None:
    rows = [
        row
        for row in variant(tmp_path).transitions
        if (row.trigger, *row.sources)
        in {("notify", "awaiting_approval"), ("approve", "notified"), ("decline", "notified")}
    ]
    assert [[condition.label.en for condition in row.when] for row in rows] == [["office tier"]] * 3


def test_the_states_are_these_in_this_order_with_these_names() -> None:
    states = lifecycles.interview("dalian-2018").states
    assert {state.key: state.label.zh for state in states} == STATES
    assert [state.key for state in states] == list(STATES)
    assert {state.key for state in states if state.final} == FINAL


def test_the_triggers_are_those_of_the_table() -> None:
    triggers = lifecycles.interview("dalian-2018").triggers
    assert {trigger.key for trigger in triggers} == {row[0] for row in written(TABLE)}
    assert [trigger.key for trigger in triggers if trigger.calls_for] == ["start_accountability"]


def test_the_role_keys_are_these() -> None:
    assert " ".join(ROLES) == ROLE_KEYS
    assert {role.key for role in ROLES.values() if role.private} == {"complainant", "reviewer"}


def test_stored_codes_are_these() -> None:
    assert "".join(GROUNDS) == "123456789"
    assert [status.value for status in Status] == ["open", "missed", "met", "met_late", "waived", "stopped"]
    lifecycle = lifecycles.interview("dalian-2018")
    content = lifecycle.by_trigger["plan"].content
    assert content is not None
    named = {field.name: str(field.type) for field in attrs.fields(content)}
    for name, code in (
        ("gravity", "Literal['general', 'important', 'grave']"),
        ("tier", "Literal['office', 'leader']"),
    ):
        assert code in named[name]
    assert "Literal['individual', 'collective']" in named["mode"]


def test_liaoning_takes_only_the_second_interview_and_the_subjects_from_the_reply() -> None:
    dalian, liaoning = (lifecycles.interview(key).values for key in ("dalian-2018", "liaoning-2020"))
    differing = {
        field.name
        for field in attrs.fields(type(dalian))
        if getattr(dalian, field.name) != getattr(liaoning, field.name)
    }
    assert differing == {"bodies", "second_interview"}
    assert {str(getattr(liaoning, name).citation) for name in differing} == {"liaoning-reply-2020 二"}
    assert str(liaoning.report.citation) == "dalian-interview-2018 6(4)"


def test_the_limits_are_these() -> None:
    limits = lifecycles.interview("dalian-2018").limits
    assert [(limit.key, limit.starts, limit.met, limit.repeats) for limit in limits] == [
        ("report", ("hold",), ("submit_report",), False),
        ("resubmission", ("return_report",), ("submit_report",), False),
        ("periodic", ("accept_report",), ("report_progress",), True),
    ]

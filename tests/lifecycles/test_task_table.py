"""The tables of tasks and of accountability, written down a second time and compared with the definitions."""

from typing import Final

import pytest

from tests.lifecycles.accounting import BAYUQUAN, LIAONING
from tests.lifecycles.tasking import PROFILE
from tests.lifecycles.test_rectification_table import built
from yingshang_flow import lifecycles
from yingshang_flow.core.limit import FromContent

TASK: Final = """
assign    -         assigned   supervisor
plan      assigned  planned    lead_unit responsible_unit
plan      planned   planned    lead_unit responsible_unit
start     planned   underway   lead_unit responsible_unit
report    underway  underway   lead_unit responsible_unit
report    standing  standing   lead_unit responsible_unit
report    listed    listed     lead_unit responsible_unit
reach     underway  underway   lead_unit responsible_unit
reach     standing  standing   lead_unit responsible_unit
reach     listed    listed     lead_unit responsible_unit
stand     underway  standing   lead_unit responsible_unit
list      underway  listed     inspector
list      standing  listed     inspector
clear     listed    standing   inspector
clear     listed    underway   inspector
complete  underway  completed  supervisor
complete  standing  completed  supervisor
"""
ACCOUNTABILITY: Final = """
register       -            clue         inspector office platform supervisor
check          clue         checking     supervisor
dismiss        checking     unfounded    supervisor
dismiss        returned     unfounded    supervisor
transfer       checking     transferred  supervisor
return_result  transferred  returned     discipline supervisor
dispose        checking     disposed     supervisor
dispose        returned     disposed     supervisor
"""
DIRECTLY: Final = "dispose  clue  disposed  supervisor\n"
"""Trigger, from, to, by."""


@pytest.mark.parametrize(
    ("key", "profile", "table"),
    [
        ("task", PROFILE, TASK),
        ("accountability", BAYUQUAN, ACCOUNTABILITY),
        ("accountability", LIAONING, ACCOUNTABILITY + DIRECTLY),
    ],
)
def test_it_has_the_rows_of_the_table_and_no_others(key: str, profile: str, table: str) -> None:
    assert built(lifecycles.SHIPPED[key](profile)) == {
        (trigger, source, to, *sorted(roles))
        for trigger, source, to, *roles in (line.split() for line in table.splitlines() if line)
    }


def test_the_states_are_these() -> None:
    task, accountability = lifecycles.task(PROFILE), lifecycles.accountability(LIAONING)
    assert {state.key: state.label.zh for state in task.states} == {
        "assigned": "已下达",
        "planned": "已细化",
        "underway": "推进中",
        "standing": "长期推进",
        "listed": "挂账整改",
        "completed": "已完成",
    }
    assert [state.key for state in task.states if state.final] == ["completed"]
    assert {state.key: state.label.zh for state in accountability.states} == {
        "clue": "已登记线索",
        "checking": "初步核查",
        "transferred": "已移送",
        "returned": "已反馈",
        "disposed": "已处理",
        "unfounded": "查否",
    }
    assert [state.key for state in accountability.states if state.final] == ["disposed", "unfounded"]


def test_the_stored_codes_are_these() -> None:
    task, accountability = lifecycles.task(PROFILE), lifecycles.accountability(LIAONING)
    assert " ".join(task.by_trigger) == "assign plan start report reach stand list clear complete"
    assert " ".join(accountability.by_trigger) == "register check dismiss transfer return_result dispose"
    assert accountability.values.recipients.value == (
        *("discipline", "organisation", "police", "audit", "government_supervision"),
    )


def test_the_limits_of_a_task_are_set_by_what_is_said() -> None:
    said = [
        (limit.key, limit.period.field, *limit.starts, *limit.met, limit.repeats, limit.rules[0].id)
        for limit in lifecycles.task(PROFILE).limits
        if isinstance(limit.period, FromContent)
    ]
    assert said == [
        ("milestone", "milestones", "assign", "reach", True, "L3"),
        ("timetable", "timetable", "plan", "reach", True, "L3"),
        ("clearance", "time_limit", "list", "clear", False, "L4"),
        ("promise", "time_limit", "list", "clear", False, "L6"),
    ]


@pytest.mark.parametrize("profile", [LIAONING, BAYUQUAN])
def test_the_documents_set_no_limit_for_accountability(profile: str) -> None:
    lifecycle = lifecycles.accountability(profile)
    assert (lifecycle.limits, lifecycle.values.interval) == ((), None)

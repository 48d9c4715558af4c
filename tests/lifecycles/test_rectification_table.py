"""The tables of campaigns and their items, written down a second time and compared with the definitions."""

from itertools import pairwise
from typing import Final

import attrs
import pytest

from tests.lifecycles.rectifying import BAYUQUAN, SHENYANG
from yingshang_flow import lifecycles
from yingshang_flow.core.lifecycle import Lifecycle

STAGES: Final = {
    SHENYANG: {
        "deployment": "部署阶段（2021-05-20前）",
        "rectifying": "整治阶段（2021-05-20至2021-10-30）",
        "summary": "总结阶段（2021-11-01至2021-11-30）",
    },
    BAYUQUAN: {
        "publicity": "宣传发动阶段",
        "self_inspection": "自检自查阶段",
        "improvement": "整改提升阶段",
        "summary": "总结推广阶段",
    },
}
STAYING: Final = {
    "file_plan": ("lead_unit", "responsible_unit"),
    "file_ledger": ("lead_unit", "responsible_unit"),
    "hold_meeting": ("lead_unit", "responsible_unit"),
    "report": ("lead_unit", "responsible_unit"),
    "dispatch": ("campaign_office",),
    "circulate": ("campaign_office",),
    "inspect": ("campaign_office",),
    "evaluate": ("campaign_office",),
}
"""What is possible in every stage, and by whom."""

ITEM_STATES: Final = {
    "listed": "已列入台账",
    "measured": "已定措施",
    "rectifying": "整改中",
    "submitted": "已报验收",
    "written_off": "已销号",
}
ITEM_TABLE: Final = """
list           -            listed       lead_unit responsible_unit
set_measures   listed       measured     responsible_unit
start          measured     rectifying   responsible_unit
submit         rectifying   submitted    responsible_unit
return_item    submitted    rectifying   lead_unit responsible_unit
accept         submitted    written_off  lead_unit responsible_unit
rebound        written_off  rectifying   lead_unit responsible_unit
rebound        written_off  written_off  lead_unit responsible_unit
fix_mechanism  measured     measured     responsible_unit
fix_mechanism  rectifying   rectifying   responsible_unit
fix_mechanism  submitted    submitted    responsible_unit
fix_mechanism  written_off  written_off  responsible_unit
carry_over     listed       listed       lead_unit responsible_unit
carry_over     measured     measured     lead_unit responsible_unit
carry_over     rectifying   rectifying   lead_unit responsible_unit
carry_over     submitted    submitted    lead_unit responsible_unit
"""
"""Trigger, from, to, by; where an item has no lead, a responsible unit does what leads do."""


def built(lifecycle: Lifecycle) -> set[tuple[str, ...]]:
    return {
        (row.trigger, source, source if row.to is None else row.to, *sorted(role.key for role in row.by))
        for row in lifecycle.transitions
        for source in row.sources or ("-",)
    }


@pytest.mark.parametrize("profile", [SHENYANG, BAYUQUAN])
def test_a_campaign_has_the_rows_of_its_stages_and_no_others(profile: str) -> None:
    stages, office = list(STAGES[profile]), "campaign_office"
    rows: set[tuple[str, ...]] = {("draft", "-", "drafted", office), ("issue", "drafted", stages[0], office)}
    rows |= {("advance", here, there, office) for here, there in pairwise(stages)}
    rows |= {(trigger, stage, stage, *by) for trigger, by in STAYING.items() for stage in stages}
    rows |= {("file_summary", stages[-1], stages[-1], "lead_unit", "responsible_unit")}
    rows |= {("close", stages[-1], "closed", office)}
    rows |= {("cancel", state, "cancelled", office) for state in ("drafted", *stages)}
    assert built(lifecycles.rectification(profile)) == rows


@pytest.mark.parametrize("profile", [SHENYANG, BAYUQUAN])
def test_the_states_of_a_campaign_are_its_stages_with_their_windows(profile: str) -> None:
    states = lifecycles.rectification(profile).states
    named = {"drafted": "方案起草", **STAGES[profile], "closed": "已结束", "cancelled": "已取消"}
    assert [(state.key, state.label.zh) for state in states] == list(named.items())
    assert [state.key for state in states if state.final] == ["closed", "cancelled"]


def test_a_stage_says_its_window_in_both_languages_as_far_as_there_is_one() -> None:
    make = lifecycles.rectification(SHENYANG)
    stages = make.values.stages.value
    assert [stage.label.en for stage in stages] == [
        "Deployment (until 2021-05-20)",
        "Rectification (2021-05-20 to 2021-10-30)",
        "Summary (2021-11-01 to 2021-11-30)",
    ]
    endless = attrs.evolve(stages[1], end=None)
    assert (endless.label.zh, endless.label.en) == ("整治阶段（2021-05-20至）", "Rectification (2021-05-20 to)")


@pytest.mark.parametrize("profile", [SHENYANG, BAYUQUAN])
def test_an_item_has_the_rows_of_the_table_and_no_others(profile: str) -> None:
    lifecycle = lifecycles.rectification_item(profile)
    assert built(lifecycle) == {
        (trigger, source, to, *sorted(roles))
        for trigger, source, to, *roles in (line.split() for line in ITEM_TABLE.splitlines() if line)
    }
    assert {state.key: state.label.zh for state in lifecycle.states} == ITEM_STATES
    assert [state.key for state in lifecycle.states if state.final] == ["written_off"]


def test_an_item_that_came_back_moves_only_while_its_campaign_runs() -> None:
    rows = [row for row in lifecycles.rectification_item(SHENYANG).transitions if row.trigger == "rebound"]
    assert [(row.to, [condition.label.en for condition in row.when]) for row in rows] == [
        ("rectifying", ["the campaign still runs"]),
        (None, []),
    ]


LIMITS: Final = {
    SHENYANG: [
        ("ledger", "2021-05-20", "file_ledger", "leads", False, "Z5"),
        ("weekly", "每周", "report", "leads", True, "Z8"),
        ("dispatch", "每月末", "dispatch", "", True, "Z8"),
        ("circular", "每季度末", "circulate", "", True, "Z8"),
        ("summary", "2021-11-30", "file_summary", "units", False, "Z7"),
    ],
    BAYUQUAN: [
        ("plan", "2018-05-20", "file_plan", "leads", False, "Z1"),
        ("monthly", "每月末", "report", "units", True, "Z2"),
        ("meeting", "每季度末", "hold_meeting", "meeting", True, "Z4"),
        ("lead_summary", "2018-12-15", "file_summary", "leads", False, "Z3"),
    ],
}
ITEM_LIMITS: Final = {
    SHENYANG: [
        ("own", "", "accept", False, "Z6"),
        ("latest", "2021-10-30", "accept", False, "Z6"),
        ("arrears", "2021-12-31", "accept", True, "Z6"),
        ("mechanism", "2021-11-30", "fix_mechanism", False, "Z7"),
    ],
    BAYUQUAN: [("own", "", "accept", False, "Z2"), ("rectified", "2018-09-30", "accept", False, "Z2")],
}


@pytest.mark.parametrize("profile", [SHENYANG, BAYUQUAN])
def test_the_limits_are_these(profile: str) -> None:
    said = []
    for limit in lifecycles.rectification(profile).limits:
        each = "" if limit.each is None else limit.each.key
        period = getattr(limit.period, "value", "")
        said.append((limit.key, str(period), *limit.met, each, limit.repeats, limit.rules[0].id))
    assert said == LIMITS[profile]
    said = []
    for limit in lifecycles.rectification_item(profile).limits:
        said.append((limit.key, str(getattr(limit.period, "value", "")), *limit.met, limit.soft, limit.rules[0].id))
    assert said == ITEM_LIMITS[profile]


def test_the_stored_codes_are_these() -> None:
    campaign, item = lifecycles.rectification(SHENYANG), lifecycles.rectification_item(SHENYANG)
    assert " ".join(campaign.by_trigger) == (
        "draft issue advance file_plan file_ledger hold_meeting report dispatch circulate inspect evaluate "
        "file_summary close cancel"
    )
    assert " ".join(item.by_trigger) == (
        "list set_measures start submit return_item accept rebound fix_mechanism carry_over"
    )
    content = item.by_trigger["list"].content
    assert content is not None
    assert "Literal['general', 'arrears', 'land']" in str(attrs.fields_dict(content)["category"].type)
    content = campaign.by_trigger["evaluate"].content
    assert content is not None
    assert "Literal['social_appraisal', 'third_party']" in str(attrs.fields_dict(content)["kind"].type)

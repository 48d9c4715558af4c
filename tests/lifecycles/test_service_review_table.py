"""The transition table of the service review, written down a second time and compared with the definition."""

from typing import Final

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.lifecycles.reviewing import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    CONTENT,
    DISMISSED,
    UNIT,
    VERIFIED,
    Desk,
    rating,
)
from yingshang_flow import lifecycles
from yingshang_flow.core.actor import Actor
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.service_review import GRADES
from yingshang_flow.words import Authority

LIAONING: Final = lifecycles.service_review("liaoning-2020")
NAMES: Final = {
    "rated": "已评价",
    "assigned": "已转办",
    "verified": "已核实",
    "rectifying": "整改中",
    "answered": "已反馈",
    "closed": "已回访",
    "archived": "已归档",
    "dismissed": "核实不成立",
}

TABLE: Final = """
rate       -           rated       reviewer platform
archive    rated       archived    platform
assign     rated       assigned    platform
verify     assigned    verified    responsible_unit supervisor
dismiss    verified    dismissed   platform supervisor
start      verified    rectifying  responsible_unit platform supervisor
start      answered    rectifying  responsible_unit platform supervisor
answer     rectifying  answered    responsible_unit platform supervisor
follow_up  answered    answered    platform supervisor
close      answered    closed      platform
"""

CONTENTS: Final = {
    "assign": ASSIGNED,
    "verify": VERIFIED,
    "dismiss": DISMISSED,
    "answer": ANSWERED,
    "follow_up": CONTENT,
    "close": CLOSED,
}


def test_the_definition_has_the_rows_of_the_table_and_no_others() -> None:
    built = [
        (row.trigger, source, source if row.to is None else row.to, *sorted(role.key for role in row.by))
        for row in LIAONING.transitions
        for source in row.sources or ("-",)
    ]
    written = [
        (trigger, source, to, *sorted(roles))
        for trigger, source, to, *roles in (line.split() for line in TABLE.splitlines() if line)
    ]
    assert sorted(built) == sorted(written)


def test_the_states_are_these_in_this_order_with_these_names() -> None:
    assert {state.key: state.label.zh for state in LIAONING.states} == NAMES
    assert [state.key for state in LIAONING.states] == list(NAMES)
    assert {state.key for state in LIAONING.states if state.final} == {"closed", "archived", "dismissed"}


def test_the_five_grades_have_these_names_and_scores() -> None:
    scores = dict(zip((label.zh for label in GRADES.values()), LIAONING.values.scores.value, strict=True))
    assert scores == {"非常满意": 10, "满意": 8, "基本满意": 6, "不满意": 3, "非常不满意": 0}


def test_the_reply_sets_the_scores_and_no_limit_or_threshold() -> None:
    given_values = {field.name: getattr(LIAONING.values, field.name) for field in attrs.fields(type(LIAONING.values))}
    cited = {name: value.citation for name, value in given_values.items() if value is not None}
    assert {name: str(found) for name, found in cited.items()} == {
        "scores": "liaoning-reply-2020 三",
        "poor": "ours H1",
    }
    assert cited["poor"].authority is Authority.OURS
    assert LIAONING.limits == ()


def test_every_column_of_the_ledger_tells_of_something_that_is_in_the_lifecycle() -> None:
    for column in LIAONING.ledger:
        if not column.trigger:
            assert column.field == "reference"
        elif column.field:
            content = LIAONING.by_trigger[column.trigger].content
            assert content is not None
            hint = str(attrs.fields_dict(content)[column.field].type)
            assert all(f"'{code}'" in hint for code in column.values.values())
    assert [column.name for column in LIAONING.ledger if column.required] == ["评价日期"]
    headings = [heading for column in LIAONING.ledger for heading in (column.name, *column.aliases)]
    assert len(set(headings)) == len(headings)


# --- who may do what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["rated", "assigned", "verified", "rectifying", "answered", "followed_up", "closed"])
@given(trigger=st.sampled_from(sorted(LIAONING.by_trigger)), role=st.sampled_from(sorted(LIAONING.roles)))
def test_no_path_lets_the_wrong_role_through(state: str, trigger: str, role: str) -> None:
    desk = Desk()
    before = desk.reach(state)
    rows = LIAONING.rows.get((before.state, trigger), ())
    assume(trigger != "rate")
    assume(all(role != may.key for row in rows for may in row.by))
    with pytest.raises(RefusedError) as caught:
        desk.act(trigger, CONTENTS.get(trigger), by=Actor("somebody", UNIT.unit, role))
    assert {unmet.code for unmet in caught.value.unmet} & {"role", "state"}
    assert desk.case == before


@pytest.mark.parametrize("role", sorted(set(LIAONING.roles) - {"reviewer", "platform"}))
def test_only_the_reviewer_or_the_platform_rates(role: str) -> None:
    error = Desk().refused("rate", rating(), by=Actor("somebody", UNIT.unit, role))
    assert "role" in {unmet.code for unmet in error.unmet}

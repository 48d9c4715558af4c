"""The transition table of the steward request, written down a second time and compared with the definition."""

from typing import Final

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.lifecycles.stewarding import ANSWERED, COORDINATION, EXPLAINED, VISIT, Desk, request
from yingshang_flow import lifecycles
from yingshang_flow.core.actor import Actor
from yingshang_flow.errors import RefusedError

LIAONING: Final = lifecycles.steward_request("liaoning-2020")
NAMES: Final = {"raised": "已提出", "coordinating": "协调中", "solved": "已解决", "explained": "已解释"}

TABLE: Final = """
raise       -             raised        enterprise steward
coordinate  raised        coordinating  steward
solve       raised        solved        steward
solve       coordinating  solved        steward
explain     raised        explained     steward
explain     coordinating  explained     steward
visit       raised        raised        steward
visit       coordinating  coordinating  steward
visit       solved        solved        steward
visit       explained     explained     steward
"""


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
    assert {state.key for state in LIAONING.states if state.final} == {"solved", "explained"}


def test_the_reply_sets_who_is_covered_and_no_limit() -> None:
    given_values = {field.name: getattr(LIAONING.values, field.name) for field in attrs.fields(type(LIAONING.values))}
    cited = {name: str(value.citation) for name, value in given_values.items() if value is not None}
    assert cited == {"covered": "liaoning-reply-2020 五"}
    assert set(LIAONING.values.covered.value) == {"key_project", "industrial_enterprise", "trading_enterprise"}
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
    assert [column.name for column in LIAONING.ledger if column.required] == ["提出日期", "项目管家"]
    headings = [heading for column in LIAONING.ledger for heading in (column.name, *column.aliases)]
    assert len(set(headings)) == len(headings)


@pytest.mark.parametrize("state", NAMES)
@given(
    trigger=st.sampled_from(["coordinate", "solve", "explain", "visit"]), role=st.sampled_from(sorted(LIAONING.roles))
)
def test_no_path_lets_the_wrong_role_through(state: str, trigger: str, role: str) -> None:
    desk = Desk()
    before = desk.reach(state)
    rows = LIAONING.rows.get((state, trigger), ())
    assume(all(role != may.key for row in rows for may in row.by))
    content = {"coordinate": COORDINATION, "solve": ANSWERED, "explain": EXPLAINED, "visit": VISIT}[trigger]
    with pytest.raises(RefusedError) as caught:
        desk.act(trigger, content, by=Actor("somebody", "市工信局", role))
    assert {unmet.code for unmet in caught.value.unmet} & {"role", "state"}
    assert desk.case == before


def test_only_the_enterprise_or_its_steward_raises_a_request() -> None:
    error = Desk().refused("raise", request(), by=Actor("somebody", "市营商局", "supervisor"))
    assert "role" in {unmet.code for unmet in error.unmet}

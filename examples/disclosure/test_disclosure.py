"""The requests are tested: what breaks a rule is found, and no act fits but those the procedure has."""

from pathlib import Path

import pytest
from disclosure import disclosure
from hypothesis import given, settings
from hypothesis import strategies as st

from yingshang_flow.compliance import Outcome
from yingshang_flow.testing import histories, lifecycle_test

LIFECYCLE = disclosure(Path(__file__).with_name("disclosure.toml"))
TestRequests = lifecycle_test(LIFECYCLE, procedures=[disclosure])
TestRequests.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)  # type: ignore[attr-defined]  # Hypothesis has it


@pytest.mark.parametrize("rule", ["D1", "D2", "D3"])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_breaks_a_rule_is_found_and_nothing_else(rule: str, data: st.DataObject) -> None:
    history = data.draw(histories(LIFECYCLE, breaks={rule}))
    said = history.audit()
    assert [one.rule.id for one in said.verdicts if one.outcome is Outcome.BROKEN] == [rule]

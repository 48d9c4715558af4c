"""Every domain rule of the three procedures is built somewhere, of its kind, and has a test of its name."""

import json
from typing import Any, Final

import pytest
from click.testing import CliRunner

from yingshang_flow.cli import program

KINDS: Final = {
    **dict.fromkeys(("Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Y10", "Z10", "Z20"), frozenset({"guard"})),
    **dict.fromkeys(("Y8", "T1", "T2", "Z1", "Z2", "Z3", "Z5", "Z6", "Z7", "Z8"), frozenset({"limit"})),
    **dict.fromkeys(("Y9", "Y14", "Y15", "Y16", "T4", "T6", "T7", "T10"), frozenset({"duty"})),
    **dict.fromkeys(("Z4", "Z9", "Z12", "Z13", "Z14", "Z15", "Z17", "Z18", "Z19"), frozenset({"duty"})),
    **dict.fromkeys(("Y12", "Y17", "Z16", "Z21"), frozenset({"ground"})),
    **dict.fromkeys(("T8", "T9", "Z11"), frozenset({"ban"})),
    "Y11": {"guard", "duty"},
    "Y13": {"property"},
    "T3": {"limit"},
    "T5": {"ban", "ground"},
}
"""The kinds each rule has at least; one that is also refused, or also gives reason to open a case, has more."""


@pytest.fixture(scope="module")
def traced() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for rule in json.loads(CliRunner().invoke(program, ["rules", "--json"]).stdout):
        found.setdefault(rule["rule"], []).append(rule)
    return found


@pytest.mark.parametrize("rule", KINDS)
def test_a_rule_is_built_of_its_kind_with_a_citation_and_tests(
    traced: dict[str, list[dict[str, Any]]], rule: str
) -> None:
    assert rule in traced, f"{rule} stands in no lifecycle"
    kinds = {kind for one in traced[rule] for kind in one["kinds"]}
    assert KINDS[rule] <= kinds
    assert all(one["citations"] for one in traced[rule])
    assert any(one["homes"] for one in traced[rule]) or kinds == {"property"}
    assert traced[rule][0]["tests"], f"no test is named after {rule}"


def test_no_rule_is_left_unlisted_here(traced: dict[str, list[dict[str, Any]]]) -> None:
    assert set(traced) == set(KINDS)


def test_the_rules_of_a_procedure_come_in_the_order_of_their_numbers(traced: dict[str, list[dict[str, Any]]]) -> None:
    by_lifecycle: dict[str, list[int]] = {}
    for rule in json.loads(CliRunner().invoke(program, ["rules", "--json"]).stdout):
        by_lifecycle.setdefault(rule["lifecycle"], []).append(int(rule["rule"][1:]))
    assert len(by_lifecycle) > 1
    assert all(numbers == sorted(numbers) for numbers in by_lifecycle.values())
    assert traced

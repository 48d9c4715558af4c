"""The reference page of the period rules: its examples run, and it names every rule and switch."""

import doctest
from pathlib import Path

import attrs
import pytest

from yingshang_flow.deadlines import PERIOD_RULES, DueRules

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "periods.md"


def test_the_examples_of_the_page_run() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 20
    assert failed == 0


@pytest.mark.parametrize("rule", PERIOD_RULES)
def test_the_page_has_a_section_for_every_rule(rule: str) -> None:
    assert f"\n## {rule} " in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("switch", [field.name for field in attrs.fields(DueRules)])
def test_the_page_names_every_switch(switch: str) -> None:
    assert switch in PAGE.read_text(encoding="utf-8")

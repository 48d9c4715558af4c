"""The reference page of the period rules: its examples run, and it names every rule and switch, in both languages."""

import doctest
from pathlib import Path

import attrs
import pytest

from yingshang_flow.deadlines import PERIOD_RULES, DueRules

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = DOCS / "reference" / "periods.md"

in_both_languages = pytest.mark.parametrize("page", [PAGE, DOCS / "zh" / "reference" / "periods.md"], ids=["en", "zh"])


def test_the_examples_of_the_page_run() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 20
    assert failed == 0


@in_both_languages
@pytest.mark.parametrize("rule", PERIOD_RULES)
def test_the_page_has_a_section_for_every_rule(rule: str, page: Path) -> None:
    assert f"\n## {rule} " in page.read_text(encoding="utf-8")


@in_both_languages
@pytest.mark.parametrize("switch", [field.name for field in attrs.fields(DueRules)])
def test_the_page_names_every_switch(switch: str, page: Path) -> None:
    assert switch in page.read_text(encoding="utf-8")

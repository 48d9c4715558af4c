"""The page of rules is what the rules are."""

from tests.docs import rules_page


def test_the_page_of_rules_is_the_one_that_the_rules_give() -> None:
    written = rules_page.PAGE.read_text(encoding="utf-8")
    assert written == rules_page.text(), "run `python -m tests.docs.rules_page`"


def test_every_rule_stands_on_the_page_with_both_languages() -> None:
    written = rules_page.PAGE.read_text(encoding="utf-8")
    for row in ("| Y8 | limit | 按期报送整改报告 | Written report within the limit |", "| T10 |", "| Z21 | ground |"):
        assert row in written

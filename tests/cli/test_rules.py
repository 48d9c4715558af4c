"""``rules``: every rule, where it stands and what shows it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from yingshang_flow.cli import program
from yingshang_flow.compliance import tracing

Run = Callable[..., Result]
Refused = Callable[..., str]


def test_every_rule_has_its_article_its_home_and_its_tests(run: Run) -> None:
    result = run("rules", "--json")
    found = {item["rule"]: item for item in json.loads(result.stdout)}
    assert result.exit_code == 0
    assert found["Y8"]["citations"] == [{"source": "dalian-interview-2018", "article": "6(4)", "kind": "document"}]
    (limit,) = [home for home in found["Y8"]["homes"] if home["key"] == "report"]
    assert (limit["place"], limit["label"]["en"]) == ("limit", "Written report")
    assert limit["profiles"] == ["dalian-2018", "liaoning-2020"]
    assert found["Y11"]["profiles"] == ["liaoning-2020"]
    assert all(item["homes"] and not item["gaps"] for item in found.values())
    assert {test.partition("::")[0] for item in found.values() for test in item["tests"]["broken"]} > {
        "tests/lifecycles/test_interview_rules.py"
    }


def test_under_one_profile_only_its_rules_and_homes_are_told(run: Run) -> None:
    found = json.loads(run("rules", "interview", "--policy", "dalian-2018", "--json").stdout)
    assert "Y11" not in {item["rule"] for item in found}
    assert {profile for item in found for home in item["homes"] for profile in home["profiles"]} == {"dalian-2018"}


def test_a_profile_tells_the_rules_of_every_procedure_it_has_values_for(run: Run) -> None:
    found = json.loads(run("rules", "--policy", "bayuquan-2018", "--json").stdout)
    assert list(dict.fromkeys(item["lifecycle"] for item in found)) == [
        "complaint",
        "rectification",
        "rectification_item",
        "accountability",
    ]


def test_a_profile_of_ones_own_is_read_from_its_file(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'key = "own"\nlocality = "某市"\ntitle = "试例"\nvalid_from = 2020-01-01\nextends = "liaoning-2020"\n',
        encoding="utf-8",
    )
    found = json.loads(run("rules", "interview", "--policy", own, "--json").stdout)
    assert {profile for item in found for profile in item["profiles"]} == {"own"}
    assert found[0]["rule"] == "Y1"


def test_the_rules_of_one_lifecycle_are_a_table_in_either_language(run: Run) -> None:
    shown = run("rules", "interview", "--lang", "zh").stdout
    assert "按期报送整改报告" in shown
    assert "流程 submit_report；时限 report、resubmission" in shown
    shown = run("rules", "interview", "--lang", "en").stdout
    assert "row submit_report; limit report, resubmission" in shown
    assert "kept" in shown.splitlines()[1]


def test_a_rule_that_no_test_shows_is_told_and_exits_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tracing.shown_by()
    monkeypatch.setattr(tracing, "shown_by", lambda: {rule: known[rule] for rule in known if rule != "T1"})
    result = run("rules", "complaint", "--lang", "en")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "  complaint T1: no test shows it kept, no test shows it broken"


def test_the_rules_of_an_unknown_lifecycle_or_profile_are_told_in_one_line(refused: Refused) -> None:
    assert "there is no lifecycle 'nothing'" in refused("rules", "nothing")
    assert "nothing.toml: cannot be read" in refused("rules", "--policy", "nothing.toml")
    assert "complaint" in refused("rules", "complaint", "--policy", "dalian-2018")


def test_the_help_says_what_is_told() -> None:
    assert "stands nowhere" in str(program.commands["rules"].help)

"""``propose`` and ``connections``: what is called for after a case, and what hangs together with it."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from yingshang_flow.diagrams import RENDERERS

Run = Callable[..., Result]
Refused = Callable[..., str]


def test_what_is_called_for_is_listed_by_case_with_its_article(run: Run, db: Path) -> None:
    result = run("propose", "--db", db, "--lang", "en", "failed-2020")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "failed-2020"
    assert lines[1].startswith("  calls for accountability: Start accountability (")
    assert "open it with origin=failed-2020" in result.stdout


def test_as_json_it_has_everything_in_both_languages(run: Run, db: Path) -> None:
    found = json.loads(run("propose", "--db", db, "--json").stdout)
    (one,) = [one for one in found if one["case"] == "failed-2020"]
    assert (one["opens"], one["link"], one["rules"], one["opened"]) == ("accountability", "origin", ["Y11"], [])
    assert one["citations"] == ["liaoning-reply-2020 二"]
    assert one["label"] == {"zh": "启动问责", "en": "Start accountability"}


def test_a_store_in_which_nothing_is_called_for_says_so(run: Run, db: Path) -> None:
    assert run("propose", "--db", db, "office-2018").stdout == "nothing is called for\n"


def test_an_unknown_case_is_one_line(refused: Refused, db: Path) -> None:
    assert "there is no case 'nowhere'" in refused("propose", "--db", db, "nowhere")
    assert "there is no case 'nowhere'" in refused("connections", "--db", db, "nowhere")


def test_cases_that_hang_together_are_a_table_or_a_picture(run: Run, told: Path) -> None:
    db = told / "cases.db"
    table = run("connections", "item-01", "--db", db, "--lang", "en")
    assert table.exit_code == 0, table.output
    _, first, second, *_ = table.stdout.splitlines()
    assert first.split()[:3] == ["item-01", "Rectification", "item"]
    assert second.split()[:3] == ["campaign-2021", "Special", "rectification"]
    for form in RENDERERS:
        drawn = run("connections", "item-01", "--db", db, "--format", form)
        assert drawn.exit_code == 0
        assert "专项整治" in drawn.stdout
    links = json.loads(run("connections", "item-01", "--db", db, "--format", "json").stdout)["links"]
    assert {"source": "campaign-2021", "target": "item-01", "kind": "parent"} in links

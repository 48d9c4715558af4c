"""A number changed in a copy of a profile takes effect everywhere, without touching code."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
Interviewed = Callable[[str | Path], Path]


def report_due(run: Run, db: Path) -> str:
    (deadline,) = json.loads(run("show", "mine", "--db", db, "--json").stdout)["deadlines"]
    due: str = deadline["due"]
    return due


def test_it_takes_effect_in_what_is_shown(run: Run, changed_profile: Path) -> None:
    found = json.loads(run("show", "interview", "--policy", changed_profile, "--json").stdout)
    assert found["profile"] == "mine-2018"
    assert [limit["period"] for limit in found["limits"] if limit["limit"] == "report"] == ["5工作日"]


def test_it_takes_effect_in_the_deadlines(run: Run, changed_profile: Path, interviewed: Interviewed) -> None:
    assert report_due(run, interviewed(changed_profile)) == "2018-12-27"


def test_without_it_the_deadline_is_the_shipped_one(run: Run, interviewed: Interviewed) -> None:
    assert report_due(run, interviewed("dalian-2018")) == "2018-12-29"


def test_it_takes_effect_in_the_diagram(run: Run, changed_profile: Path) -> None:
    shown = run("diagram", "interview", "--policy", changed_profile).stdout
    assert "5工作日" in shown
    assert "7工作日" not in shown


def test_it_takes_effect_in_the_audit(run: Run, changed_profile: Path, interviewed: Interviewed) -> None:
    result = run("audit", "--db", interviewed(changed_profile))
    assert result.exit_code == 1
    assert "Y8 Written report, 青石区政府, due 2018-12-27, done 2018-12-29" in result.stdout


def test_without_it_the_audit_finds_nothing(run: Run, interviewed: Interviewed) -> None:
    assert run("audit", "--db", interviewed("dalian-2018")).exit_code == 0


def test_the_case_is_still_read_when_the_file_is_gone(
    run: Run, changed_profile: Path, interviewed: Interviewed
) -> None:
    db = interviewed(changed_profile)
    changed_profile.unlink()
    assert report_due(run, db) == "2018-12-27"

"""``check``: what is found in shipped definitions and in one's own, and what cannot be checked."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.lifecycles.shipped import SHIPPED_PAIRS

Run = Callable[..., Result]
Refused = Callable[..., str]

OWN = """
import attrs
from yingshang_flow import lifecycles
from yingshang_flow.core.lifecycle import Lifecycle, State
from yingshang_flow.words import Label

good = lifecycles.interview("dalian-2018")
bad = attrs.evolve(good, states=(*good.states, State("lost", Label("", "Lost")), State("idle", Label("闲", "Idle"))))
broken = attrs.evolve(lifecycles.interview, build=lambda values: attrs.evolve(bad, values=values))
loose = attrs.evolve(good, limits=[*good.limits[:-1], attrs.evolve(good.limits[-1], rules=[])])
unbound = attrs.evolve(good, sections="", profile="")
number = 5

@attrs.frozen
class Odd:
    x: float

odd = attrs.evolve(good, triggers=[*good.triggers[:-1], attrs.evolve(good.triggers[-1], content=Odd)])

class Kept:
    good = good

def builder():
    return good

def asking(values):
    return good

def failing():
    raise ValueError("two\\nlines")

def wrong():
    return 5
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = re.sub(r"\W", "_", f"own_{tmp_path.parent.name}_{tmp_path.name}")
    (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")
    (tmp_path / f"{name}_bad.py").write_text("1 / 0\n", encoding="utf-8")
    (tmp_path / f"{name}_exit.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    (tmp_path / f"{name}_rude.py").write_text("import sys\nsys.path.clear()\ngood = 5\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return name


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_shipped_lifecycles_have_no_problems(run: Run, key: str, profile: str) -> None:
    result = run("check", key, "--policy", profile)
    assert result.exit_code == 0
    assert re.match(rf"{key} under {profile}: no problems, \d notes?\n", result.stdout)


def test_without_an_argument_all_that_are_shipped_are_checked(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    for key, profile in SHIPPED_PAIRS:
        assert f"{key} under {profile}: no problems" in result.stdout
    found = json.loads(run("check", "--json").stdout)
    assert {(one["lifecycle"], one["profile"]) for one in found} == set(SHIPPED_PAIRS)


def test_notes_are_told_in_either_language_with_the_way(run: Run) -> None:
    assert "  note: one person acting as " in run("check", "interview", "--policy", "dalian-2018").stdout
    shown = run("check", "interview", "--policy", "dalian-2018", "--lang", "zh").stdout
    assert shown.startswith("interview（dalian-2018）：没有问题，4 项提示\n")
    assert "（经过：plan → cancel）" in shown


@pytest.mark.parametrize("name", ["good", "builder", "Kept.good"])
def test_ones_own_lifecycle_is_checked(run: Run, own: str, name: str) -> None:
    result = run("check", f"{own}:{name}")
    assert result.exit_code == 0
    assert result.stdout.startswith("interview under dalian-2018: no problems, 4 notes\n")


def test_a_lifecycle_that_no_profile_stands_behind_is_checked(run: Run, own: str) -> None:
    assert run("check", f"{own}:unbound").stdout.startswith("interview: no problems")
    assert json.loads(run("check", f"{own}:unbound", "--json").stdout)["profile"] is None


def test_all_problems_are_told(run: Run, own: str) -> None:
    result = run("check", f"{own}:bad")
    assert result.exit_code == 1
    assert result.stdout.startswith("interview under dalian-2018: 5 errors\n")
    assert "  error: state 'lost' is never reached" in result.stdout
    assert "state 'lost' lacks a label in Chinese" in result.stdout
    assert "state 'idle' is a dead end" in result.stdout
    found = json.loads(run("check", f"{own}:bad", "--json").stdout)
    assert found["lifecycle"] == "interview"
    assert found["issues"][0] == {
        "code": "state_unreached",
        "severity": "error",
        "text": {"zh": "状态 'lost' 无法到达", "en": "state 'lost' is never reached"},
        "way": [],
    }


def test_a_warning_is_a_finding(run: Run, own: str) -> None:
    result = run("check", f"{own}:loose")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "interview under dalian-2018: 1 warning, 5 notes\n  warning: limit 'periodic' comes"
    )


def test_content_that_could_not_be_stored_is_an_error(run: Run, own: str) -> None:
    result = run("check", f"{own}:odd")
    assert result.exit_code == 1
    assert "  error: Odd.x" in result.stdout


def test_a_procedure_of_ones_own_is_checked_under_a_profile(run: Run, own: str) -> None:
    result = run("check", f"{own}:broken", "--policy", "dalian-2018")
    assert result.exit_code == 1
    assert "state 'lost' is never reached" in result.stdout


def test_the_path_of_modules_is_left_as_it_was(run: Run, refused: Refused, own: str) -> None:
    before = list(sys.path)
    run("check", f"{own}:good")
    assert sys.path == before
    assert "is a int" in refused("check", f"{own}_rude:good")


@pytest.mark.parametrize(
    ("target", "more", "said"),
    [
        ("{own}:good", ("--policy", "dalian-2018"), "is bound already"),
        ("{own}:broken", (), "say under which profile"),
        ("interview", (), "say under which profile"),
        ("{own}:nothing", (), "AttributeError"),
        ("{own}:number", (), "is a int, neither a Lifecycle nor a Procedure, nor a function that builds one"),
        ("{own}:wrong", (), "is a int, neither a Lifecycle nor a Procedure"),
        ("{own}:Kept", (), "is a type, neither a Lifecycle nor a Procedure"),
        ("{own}:asking", (), "is a function that asks for values: decorate it with @procedure"),
        ("{own}:failing", (), "ValueError: two lines"),
        ("{own}_bad:good", (), "ZeroDivisionError: division by zero"),
        ("{own}_exit:good", (), "SystemExit: 0"),
        ("no_such_module:x", (), "looked in first: ModuleNotFoundError"),
        (":x", (), "cannot be imported"),
        ("nothing", ("--policy", "dalian-2018"), "there is no lifecycle 'nothing'"),
    ],
)
def test_what_cannot_be_checked_is_told_in_one_line(
    refused: Refused, own: str, target: str, more: tuple[str, ...], said: str
) -> None:
    assert said in refused("check", target.format(own=own), *more)


def test_a_profile_alone_is_not_checked(refused: Refused) -> None:
    assert "say which lifecycle --policy is for" in refused("check", "--policy", "dalian-2018")

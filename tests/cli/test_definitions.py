"""``lifecycles``, ``diagram`` and ``check``: the definitions as they are, or what is wrong with them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles, policies
from yingshang_flow.diagrams import draw

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
number = 5
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = re.sub(r"\W", "_", f"own_{tmp_path.parent.name}_{tmp_path.name}")
    (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")
    (tmp_path / f"{name}_bad.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return name


# --- lifecycles ---


def test_procedures_are_listed_with_the_profiles_that_bind_them(run: Run) -> None:
    assert {(item["lifecycle"], item["profile"]) for item in json.loads(run("lifecycles", "--json").stdout)} >= {
        ("interview", "dalian-2018"),
        ("interview", "liaoning-2020"),
    }
    assert "interview" in run("lifecycles").stdout


def test_a_profile_without_values_for_a_procedure_is_not_listed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    get = policies.get
    found = policies.Profile("other", "x", "x", get("dalian-2018").valid_from, {}, "other.toml")
    monkeypatch.setattr(policies, "keys", lambda: ("dalian-2018", "other"))
    monkeypatch.setattr(policies, "get", lambda key: found if key == "other" else get(key))
    assert [item["profile"] for item in json.loads(run("lifecycles", "--json").stdout)] == ["dalian-2018"]


# --- diagram ---


@pytest.mark.parametrize("form", ["mermaid", "dot", "json"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_lifecycle_is_drawn(run: Run, form: str, lang: str) -> None:
    shown = run("diagram", "interview", "--policy", "dalian-2018", "--format", form, "--lang", lang).stdout
    assert shown == draw(lifecycles.interview("dalian-2018"), form, language="zh" if lang == "zh" else "en")


def test_the_way_of_a_case_is_drawn(run: Run, told: Path) -> None:
    shown = run("diagram", "--db", told / "cases.db", "--case", "leader-2019", "--format", "json").stdout
    assert [node["key"] for node in json.loads(shown)["nodes"] if node["current"]] == ["resolved"]
    assert run("diagram", "interview", "--db", told / "cases.db", "--case", "leader-2019").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("interview",), "say what to draw"),
        ((), "say what to draw"),
        (("--case", "leader-2019"), "--db and --case go together"),
        (("nothing", "--policy", "dalian-2018"), "there is no lifecycle 'nothing'; there are interview"),
        (("interview", "--policy", "nothing"), "no profile 'nothing' is shipped; there are bayuquan-2018"),
        (("interview", "--policy", "dalian-2018", "--format", "png"), "'png' is not one of"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(refused: Refused, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("diagram", *arguments)


@pytest.mark.parametrize("more", [("complaint",), ("--policy", "liaoning-2020")])
def test_a_case_is_drawn_only_as_it_was_opened(refused: Refused, told: Path, more: tuple[str, ...]) -> None:
    said = refused("diagram", *more, "--db", told / "cases.db", "--case", "leader-2019")
    assert "is drawn as interview under dalian-2018" in said


# --- check ---


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_shipped_lifecycles_have_no_problems(run: Run, key: str, profile: str) -> None:
    result = run("check", key, "--policy", profile)
    assert (result.exit_code, result.stdout) == (0, f"{key} under {profile}: no problems\n")


def test_ones_own_lifecycle_is_checked(run: Run, own: str) -> None:
    assert run("check", f"{own}:good").stdout == "interview: no problems\n"


def test_all_problems_are_told(run: Run, own: str) -> None:
    result = run("check", f"{own}:bad")
    assert result.exit_code == 1
    assert "state 'lost' is never reached" in result.stdout
    assert "state 'lost' lacks a label in Chinese" in result.stdout
    assert "state 'idle' is a dead end" in result.stdout
    found = json.loads(run("check", f"{own}:bad", "--json").stdout)
    assert found["lifecycle"] == "interview"
    assert "state 'idle' is never reached" in found["problems"]


def test_a_procedure_of_ones_own_is_checked_under_a_profile(run: Run, own: str) -> None:
    result = run("check", f"{own}:broken", "--policy", "dalian-2018")
    assert result.exit_code == 1
    assert "state 'lost' is never reached" in result.stdout


@pytest.mark.parametrize(
    ("target", "more", "said"),
    [
        ("{own}:good", ("--policy", "dalian-2018"), "is bound already"),
        ("{own}:broken", (), "say under which profile"),
        ("{own}:nothing", (), "cannot be imported: AttributeError"),
        ("{own}:number", (), "is a int, neither a Lifecycle nor a Procedure"),
        ("{own}_bad:good", (), "cannot be imported: ZeroDivisionError"),
        ("no_such_module:x", (), "cannot be imported: ModuleNotFoundError"),
        ("nothing", ("--policy", "dalian-2018"), "there is no lifecycle 'nothing'"),
    ],
)
def test_what_cannot_be_checked_is_told_in_one_line(
    refused: Refused, own: str, target: str, more: tuple[str, ...], said: str
) -> None:
    assert said in refused("check", target.format(own=own), *more)


def test_everything_wrong_with_a_profile_is_told_by_file_and_key_path(refused: Refused, changed_profile: Path) -> None:
    text = changed_profile.read_text(encoding="utf-8")
    text = text.replace('"5工作日"', '"soon"').replace('value = "deputy"', 'value = "boss"')
    changed_profile.write_text(text.replace("[interview.bodies]", "[interview.body]"), encoding="utf-8")
    said = refused("check", "interview", "--policy", changed_profile)
    for expected in (str(changed_profile), "interview.report", "interview.office_rank", "interview.bodies is missing"):
        assert expected in said
    assert "interview.body is unknown" in said


@pytest.mark.parametrize(
    ("content", "said"), [(b"key = ", "is not TOML"), ("标题".encode("gb18030"), "is not UTF-8")], ids=["toml", "utf-8"]
)
def test_a_file_that_is_no_profile_is_told_in_one_line(
    refused: Refused, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "profile.txt"
    path.write_bytes(content)
    assert said in refused("show", "interview", "--policy", path)


def test_a_profile_that_is_not_there_is_told_in_one_line(refused: Refused) -> None:
    assert "nothing.toml: cannot be read" in refused("show", "interview", "--policy", "nothing.toml")

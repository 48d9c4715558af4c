"""``lifecycles`` and ``diagram``: the definitions as they are."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from yingshang_flow import lifecycles, policies
from yingshang_flow.diagrams import draw

Run = Callable[..., Result]
Refused = Callable[..., str]

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


def test_a_lifecycle_is_drawn_against_another_one(run: Run) -> None:
    shown = run("diagram", "interview", "--policy", "liaoning-2020", "--against", "interview", "--format", "dot").stdout
    lifecycle = lifecycles.interview("liaoning-2020")
    assert shown == draw(lifecycle, "dot", against=lifecycle)


def test_the_way_of_a_case_is_drawn(run: Run, told: Path) -> None:
    shown = run("diagram", "--db", told / "cases.db", "--case", "leader-2019", "--format", "json").stdout
    assert [node["key"] for node in json.loads(shown)["nodes"] if node["current"]] == ["resolved"]
    assert run("diagram", "interview", "--db", told / "cases.db", "--case", "leader-2019").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("interview",), "say under which profile interview is: --policy"),
        (("--against", "interview"), "say what to draw"),
        (("interview", "--against", "complaint"), "say under which profile interview is"),
        (("--db", __file__, "--case", "x", "--against", "y"), "leave one out"),
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


# --- profiles ---


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

"""``diff-lifecycles``: in what two definitions differ, and what cannot be compared."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from yingshang_flow import lifecycles
from yingshang_flow.core.difference import differences

Run = Callable[..., Result]
Refused = Callable[..., str]

OWN = """
from yingshang_flow import lifecycles
from yingshang_flow.lifecycles import Change, derived
from yingshang_flow.words import Label

shorter = derived(lifecycles.complaint, key="complaint_shorter", title=Label("投诉（简）", "Complaint, shorter"),
                  change=Change(without_triggers=["suspend", "resume"], without_states="suspended"), version=2)
wrong = derived(lifecycles.complaint, key="complaint_wrong", title=Label("投诉", "Complaint"),
                change=Change(without_states=["lost", "suspended"]))
bound = shorter("bayuquan-2018")
unbound = lifecycles.interview("dalian-2018")
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = re.sub(r"\W", "_", f"derived_{tmp_path.parent.name}_{tmp_path.name}")
    (tmp_path / f"{name}.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return name


def test_a_derived_lifecycle_is_held_against_the_shipped_one(run: Run, own: str) -> None:
    result = run("diff-lifecycles", "complaint", f"{own}:shorter", "--policy", "bayuquan-2018")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "complaint under bayuquan-2018 → complaint_shorter under bayuquan-2018: 8 differences",
        "  state suspended (Suspended): removed",
        "  trigger suspend (Suspend): removed",
        "  trigger resume (Resume): removed",
        "  row reply/suspended (Reply in writing): removed",
        "  row extend/suspended (Extend): removed",
        "  row suspend/handling (Suspend): removed, → Suspended",
        "  row resume/suspended (Resume): removed, → Being handled",
        "  row transfer_clue/suspended (Pass on a clue): removed",
    ]
    chinese = run("diff-lifecycles", "complaint", f"{own}:bound", "--policy", "bayuquan-2018", "--lang", "zh").stdout
    assert chinese.splitlines()[:2] == [
        "complaint（bayuquan-2018） → complaint_shorter（bayuquan-2018）：8 处不同",
        "  状态 suspended（中止）：取消",
    ]


def test_two_profiles_of_one_procedure_are_compared(run: Run) -> None:
    result = run("diff-lifecycles", "interview", "interview", "--policy", "dalian-2018", "--policy-b", "liaoning-2020")
    assert result.exit_code == 1
    assert "  rule Y11 (No second interview): added\n" in result.stdout


def test_where_nothing_differs_the_exit_code_says_so(run: Run, own: str) -> None:
    result = run("diff-lifecycles", f"{own}:bound", f"{own}:bound")
    assert (result.exit_code, result.stdout.partition(": ")[2]) == (0, "no differences\n")
    chinese = run("diff-lifecycles", "interview", f"{own}:unbound", "--policy", "dalian-2018", "--lang", "zh")
    assert (chinese.exit_code, chinese.stdout.partition("：")[2]) == (0, "没有不同\n")


def test_as_json_every_difference_has_its_parts(run: Run, own: str) -> None:
    result = run("diff-lifecycles", f"{own}:unbound", "interview", "--policy", "liaoning-2020", "--json")
    said = json.loads(result.stdout)
    assert said["first"] == {"lifecycle": "interview", "profile": "dalian-2018", "version": 1, "derived_from": None}
    found = differences(lifecycles.interview("dalian-2018"), lifecycles.interview("liaoning-2020"))
    assert [(one["what"], one["key"], one["way"], one["text"]["en"]) for one in said["differences"]] == [
        (one.what, one.key, one.way, one.text("en")) for one in found
    ]
    one = run("diff-lifecycles", f"{own}:bound", "complaint", "--policy", "bayuquan-2018", "--json")
    assert json.loads(one.stdout)["first"]["derived_from"] == "complaint"
    assert json.loads(one.stdout)["differences"][0] == {
        "what": "state",
        "key": "suspended",
        "way": "added",
        "part": None,
        "label": {"zh": "中止", "en": "Suspended"},
        "before": None,
        "after": None,
        "text": {"zh": "状态 suspended（中止）：新增", "en": "state suspended (Suspended): added"},
    }
    rules = next(one for one in said["differences"] if one["part"] == "rules")
    assert (rules["before"], rules["after"]) == ({"zh": "无", "en": "none"}, {"zh": "Y11", "en": "Y11"})


def test_a_derived_lifecycle_is_checked_and_drawn_against_its_base(run: Run, own: str) -> None:
    assert run("check", f"{own}:shorter", "--policy", "bayuquan-2018").exit_code == 0
    shown = run(
        "diagram", f"{own}:shorter", "--policy", "bayuquan-2018", "--against", "complaint", "--format", "json"
    ).stdout
    assert [node["key"] for node in json.loads(shown)["nodes"] if node["mark"] == "removed"] == ["suspended"]
    assert "投诉（简）" in run("diagram", f"{own}:bound").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("complaint", "{own}:shorter"), "say under which profile complaint is: --policy"),
        (("{own}:bound", "{own}:shorter"), "say under which profile {own}:shorter is: --policy bayuquan"),
        (("{own}:bound", "{own}:bound", "--policy", "bayuquan-2018"), "nothing here is without a profile"),
        (
            ("{own}:bound", "complaint", "--policy", "bayuquan-2018", "--policy-b", "bayuquan-2018"),
            "nothing here is without a profile",
        ),
        (("complaint", "{own}:bound", "--policy-b", "bayuquan-2018"), "{own}:bound is bound already"),
        (("complaint", "lost", "--policy", "bayuquan-2018"), "there is no lifecycle 'lost'"),
        (
            ("complaint", "{own}:wrong", "--policy", "bayuquan-2018"),
            "lifecycle 'complaint_wrong', derived from 'complaint': 3 problems: without_states: there is no state",
        ),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(
    refused: Refused, own: str, arguments: tuple[str, ...], said: str
) -> None:
    told = refused("diff-lifecycles", *(argument.format(own=own) for argument in arguments))
    assert said.format(own=own) in told

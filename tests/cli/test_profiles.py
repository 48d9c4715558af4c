"""``policies`` and ``diff-policies``: the catalogue, one's own files held against it, and two profiles side by side."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import Result

from yingshang_flow import lifecycles, policies
from yingshang_flow.core.requirement import field_label
from yingshang_flow.words import Label

Run = Callable[..., Result]
Refused = Callable[..., str]


def own(folder: Path, key: str, since: str, *more: str, extends: str = "bayuquan-2018") -> Path:
    """Write a profile of one's own place that extends a shipped one."""
    head = f'key = "{key}"\nplace = "own"\nlocality = "本区"\ntitle = "本区办法"\nvalid_from = {since}\n'
    path = folder / f"{key}.toml"
    path.write_text("\n".join([f'{head}extends = "{extends}"', *more, ""]), encoding="utf-8")
    return path


# --- policies ---


def test_the_shipped_profiles_are_listed(run: Run) -> None:
    result = run("policies")
    assert result.exit_code == 0
    assert all(key in result.stdout for key in policies.keys())  # noqa: SIM118 - a function, no mapping
    assert "hubei-2021: 期限据" in result.stdout
    found = json.loads(run("policies", "--json").stdout)
    assert found["faults"] == []
    (hubei,) = [one for one in found["profiles"] if one["profile"] == "hubei-2021"]
    assert hubei == {
        "profile": "hubei-2021",
        "place": "hubei",
        "locality": "湖北省",
        "title": "湖北省营商环境问题投诉联动处理办法",
        "procedures": ["complaint"],
        "valid_from": "2021-01-12",
        "valid_to": None,
        "verified": "public",
        "verified_note": policies.get("hubei-2021").verified_note,
    }


def test_only_what_holds_on_a_day_is_listed(run: Run) -> None:
    found = json.loads(run("policies", "--on", "2018-12-01", "--json").stdout)
    assert [one["profile"] for one in found["profiles"]] == ["bayuquan-2018", "dalian-complaint-2017"]
    shown = run("policies", "--on", "2000-01-01")
    assert (shown.exit_code, shown.stdout) == (0, "  none\n")


def test_ones_own_files_are_listed_alone(run: Run, tmp_path: Path) -> None:
    own(tmp_path, "own-2019", "2019-01-01", "valid_to = 2019-12-31")
    own(tmp_path, "own-2020", "2020-01-01")
    result = run("policies", tmp_path, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert [(one["profile"], one["valid_to"]) for one in found["profiles"]] == [
        ("own-2019", "2019-12-31"),
        ("own-2020", None),
    ]


def test_gaps_and_overlaps_of_ones_own_files_exit_with_1(run: Run, tmp_path: Path) -> None:
    one = own(tmp_path, "own-2019", "2019-01-01", "valid_to = 2019-11-30")
    other = own(tmp_path, "own-2020", "2020-01-01")
    third = own(tmp_path, "own-2021", "2021-01-01")
    result = run("policies", one, other)
    assert result.exit_code == 1
    assert (
        "own complaint: from 2019-12-01 to 2019-12-31 no profile holds between own-2019 and own-2020" in result.stdout
    )
    assert "2019-12-01至2019-12-31在 own-2019 与" in run("policies", one, other, "--lang", "zh").stdout
    result = run("policies", other, third, "--json")
    assert result.exit_code == 1
    (fault,) = [one for one in json.loads(result.stdout)["faults"] if one["procedure"] == "complaint"]
    assert fault.pop("text")["en"].endswith("both own-2020 and own-2021 hold; give the one that is replaced a valid_to")
    assert fault == {
        "kind": "overlap",
        "place": "own",
        "procedure": "complaint",
        "profiles": ["own-2020", "own-2021"],
        "first": "2021-01-01",
        "last": None,
    }


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('[complaint.answer]\nvalue = "-7工作日"', "complaint.answer "),
        ('[complaint.extension_approver]\nvalue = "mayor"', "complaint.extension_approver must be one of "),
        ("[complaint.attempts]\nvalue = 0", "complaint.attempts must be 1 or more, not 0"),
        ('[complaint.appraisal]\nvalue = "paused"', "complaint.appraisal must be one of excluded, counted"),
        (
            '[complaint.lamps]\nvalue = [{ limit = "conclusion", yellow = "6/5" }]',
            "complaint.lamps: conclusion: yellow is switched on by working days left or by a share",
        ),
        (
            '[complaint.reminders]\nvalue = [{ limit = "answer", rung = "x", to = "mayor", zh = "催", en = "Remind" }]',
            "complaint.reminders: x is said to 'mayor', a role nobody acts in; there are ",
        ),
    ],
    ids=["period", "role", "number", "code", "share", "reminded role"],
)
def test_a_value_out_of_range_is_told_by_file_and_key_path(
    refused: Refused, tmp_path: Path, entry: str, said: str
) -> None:
    path = own(tmp_path, "own-2019", "2019-01-01", f'{entry}\nsource = "ours"')
    assert f"{path}: {said}" in refused("policies", path)


def test_what_is_wrong_with_several_files_is_told_together(refused: Refused, tmp_path: Path) -> None:
    for key in ("own-2019", "own-2020"):
        own(tmp_path, key, "2019-01-01", '[complaint.answer]\nvalue = "soon"\nsource = "ours"')
    said = refused("policies", tmp_path)
    assert "own-2019.toml: complaint.answer" in said
    assert "own-2020.toml: complaint.answer" in said


def test_values_of_a_procedure_that_is_not_shipped_are_left_to_it(run: Run, tmp_path: Path) -> None:
    own(tmp_path, "own-2019", "2019-01-01", '[moon.landing]\nvalue = "soon"\nsource = "ours"')
    found = json.loads(run("policies", tmp_path, "--json").stdout)
    assert "moon" in found["profiles"][0]["procedures"]


def test_a_file_that_is_not_there_is_told_in_one_line(refused: Refused) -> None:
    assert "nothing.toml" in refused("policies", "nothing.toml")


# --- diff-policies ---


def test_two_profiles_that_say_the_same_exit_with_0(run: Run) -> None:
    result = run("diff-policies", "dalian-2018", "dalian-2018")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "  no difference"
    assert run("diff-policies", "dalian-2018", "dalian-2018", "--lang", "zh").stdout.splitlines()[-1] == "  没有不同"


def test_what_differs_is_told_in_words_with_where_it_stands(run: Run) -> None:
    result = run("diff-policies", "bayuquan-2018", "xinfang-2022", "--procedure", "complaint")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "bayuquan-2018  营口市鲅鱼圈区, " in lines[0]
    assert lines[0].endswith("from 2018-03-30, verified: document")
    assert lines[1].endswith("verified: public (期限和条号据公开资料，未核对原文)")
    assert lines[2:4] == ["", "complaint"]
    place = lines.index("  conclusion limit of the conclusion: changed")
    assert lines[place + 1 : place + 3] == [
        "    - 30 working days [Bayuquan work plan 2018, 三(五)]",
        "    + 60 days [Regulations on petition work, 34]",
    ]
    place = lines.index("  answer limit of the written answer: only in the first")
    assert lines[place + 1] == "    - 7 working days [Bayuquan work plan 2018, 三(五)]"
    assert lines[place + 2].startswith("  answer_warning ")
    place = lines.index("  counting how days are counted: cited differently")
    assert lines[place + 1].startswith("    - as usual [General Provisions")
    assert "  acceptance limit to accept or refuse: only in the second" in lines


def test_in_chinese_too(run: Run) -> None:
    lines = run("diff-policies", "bayuquan-2018", "hubei-2021", "--procedure", "complaint", "--lang", "zh").stdout
    assert "  conclusion 办结期限：不同\n    - 30工作日 [《2018年" in lines
    assert "  suspension 可中止办理：不同\n    - 是 [本库自定（T4）]\n    + 否 [本库自定（T4）]\n" in lines
    assert "  extension_approver 延期批准人：仅前者有\n    - 投诉处理机构 [" in lines
    assert "  feedback 结果反馈期限：仅后者有\n    + 5工作日 [" in lines
    assert "  counting 期限计算规则：值相同、依据不同\n    - 按通常规则 [" in lines


def test_of_two_lists_only_what_the_other_does_not_have_is_told(run: Run, tmp_path: Path) -> None:
    shown = run("diff-policies", "dalian-2018", "liaoning-2020", "--procedure", "interview").stdout
    assert "    - enterprise, institution, individual [" in shown
    assert "    + nothing more [Liaoning" in shown
    other = '[interview.bodies]\nvalue = ["individual", "institution", "enterprise", "government"]\nsource = "ours"'
    path = own(tmp_path, "own-2019", "2019-01-01", other, extends="dalian-2018")
    assert (
        "+ individual, institution, enterprise, government [our own choice]"
        in run("diff-policies", "dalian-2018", path).stdout
    )


def test_tables_and_numbers_are_told_too(run: Run, tmp_path: Path) -> None:
    lamps = '[complaint.lamps]\nvalue = [{ limit = "conclusion", yellow = "3工作日" }]\nsource = "ours"'
    path = own(
        tmp_path,
        "own-2019",
        "2019-01-01",
        "valid_to = 2019-12-31",
        lamps,
        '[complaint.attempts]\nvalue = 5\nsource = "ours"',
        '[moon.landing]\nvalue = "soon"\nsource = "ours"',
    )
    shown = run("diff-policies", "bayuquan-2018", path).stdout
    assert "2019-01-01 to 2019-12-31, verified: document" in shown
    assert (
        "  attempts attempts of a follow-up: changed\n    - 3 [our own choice（T5）]\n    + 5 [our own choice]" in shown
    )
    assert (
        "  lamps lamps: only in the second\n    + (limit conclusion; yellow 3 working days) [our own choice]" in shown
    )
    assert "moon\n  landing landing: only in the second\n    + soon [our own choice]" in shown


def test_differences_are_told_as_json(run: Run) -> None:
    result = run("diff-policies", "dalian-2018", "liaoning-2020", "--procedure", "interview", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["before"]["profile"], found["after"]["place"]) == ("dalian-2018", "liaoning")
    assert found["differences"][1] == {
        "procedure": "interview",
        "value": "interview.second_interview",
        "label": {"zh": "同一事项可再次约谈", "en": "a second interview on the same matter"},
        "kind": "changed",
        "before": {"is": True, "source": "ours", "article": "Y11", "kind": "ours", "profile": "dalian-2018"},
        "after": {
            "is": False,
            "source": "liaoning-reply-2020",
            "article": "二",
            "kind": "document",
            "profile": "liaoning-2020",
        },
    }
    (answer,) = [
        one
        for one in json.loads(run("diff-policies", "hubei-2021", "bayuquan-2018", "--json").stdout)["differences"]
        if one["value"] == "complaint.answer"
    ]
    assert (answer["kind"], answer["before"]) == ("only_after", None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dalian-2018", "atlantis"), "no profile 'atlantis' is shipped; there are "),
        (("dalian-2018", "nothing.toml"), "nothing.toml: cannot be read"),
        (
            ("dalian-2018", "hubei-2021", "--procedure", "moon"),
            "neither profile has values for 'moon'; there are interview, complaint",
        ),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(refused: Refused, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("diff-policies", *arguments)


@pytest.mark.parametrize("procedure", ["complaint", "interview", "rectification", "rectification_item"])
def test_every_value_of_a_procedure_is_called_something_in_both_languages(procedure: str) -> None:
    values: Any = lifecycles.SHIPPED[procedure].values
    for field in attrs.fields(values):
        label = field_label(values, field.name)
        assert label != Label(field.name, field.name), field.name
        assert label.zh != label.en

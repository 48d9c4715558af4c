"""``show``: a lifecycle under a profile, and a case."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import attrs
import pytest
from click.testing import Result

from tests.lifecycles.interviewing import SECRETARY, Desk
from yingshang_flow import lifecycles
from yingshang_flow.cli.showing import _signal, said
from yingshang_flow.core.actor import Delegation
from yingshang_flow.core.limit import entering, leaving
from yingshang_flow.core.record import Change, Met, Missed, Stopped, Warned
from yingshang_flow.stores import SQLiteStore

Run = Callable[..., Result]
Refused = Callable[..., str]


def test_a_lifecycle_is_shown_with_states_acts_limits_and_values(run: Run) -> None:
    shown = run("show", "interview", "--policy", "liaoning-2020").stdout
    for part in ("States", "Acts", "Time limits", "Values", "7工作日", "secretary_general"):
        assert part in shown
    shown = run("show", "interview", "--policy", "liaoning-2020", "--lang", "zh").stdout
    for part in ("状态\n", "事项\n", "时限\n", "取值\n", "已列入约谈计划", "7工作日", "秘书长、市领导"):
        assert part in shown


def test_every_value_says_where_it_stands_of_which_kind_it_is_and_from_which_profile(run: Run) -> None:
    values = {
        item["value"]: item
        for item in json.loads(run("show", "interview", "--policy", "liaoning-2020", "--json").stdout)["values"]
    }
    assert values["interview.report"] == {
        "value": "interview.report",
        "is": "7工作日",
        "source": "dalian-interview-2018",
        "article": "6(4)",
        "kind": "document",
        "profile": "dalian-2018",
    }
    assert values["interview.second_interview"]["is"] is False
    assert values["interview.second_interview"]["profile"] == "liaoning-2020"
    assert {item["kind"] for item in values.values()} == {"document", "statute", "ours"}


def test_what_a_profile_was_not_held_against_is_said(run: Run) -> None:
    shown = run("show", "complaint", "--policy", "hubei-2021").stdout
    assert "verified     public (期限据" in shown
    found = json.loads(run("show", "complaint", "--policy", "hubei-2021", "--json").stdout)
    assert (found["valid_to"], found["verified"]) == (None, "public")
    assert found["verified_note"].startswith("期限据")
    assert "verified     document\n" in run("show", "interview", "--policy", "dalian-2018").stdout


def test_acts_say_who_may_do_them_and_what_they_need(run: Run) -> None:
    acts = json.loads(run("show", "interview", "--policy", "dalian-2018", "--json").stdout)["acts"]
    (resolve,) = (act for act in acts if act["trigger"] == "resolve")
    assert (resolve["from"], resolve["to"], resolve["by"]) == (["tracking"], "resolved", ["office"])
    assert [need["rule"] for need in resolve["needs"]] == ["Y10", "Y10"]
    assert resolve["needs"][0]["label"]["en"] == "every subject's problem is shown to be solved"


def test_a_case_is_shown_with_its_deadlines_and_its_history(run: Run, told: Path) -> None:
    shown = run("show", "leader-2019", "--db", told / "cases.db").stdout
    for part in ("resolved 已彻底解决 Resolved (final)", "met_late", "2019-03-28", "report missed: 白杨区政府"):
        assert part in shown


def test_a_late_entry_is_shown(run: Run, told: Path) -> None:
    assert "entered 2018-12-21" in run("show", "office-2018", "--db", told / "cases.db").stdout


def test_a_case_as_json(run: Run, told: Path) -> None:
    found = json.loads(run("show", "leader-2019", "--db", told / "cases.db", "--json").stdout)
    assert (found["state"], found["revision"], found["profile"]) == ("resolved", 18, "dalian-2018")
    late = [item for item in found["deadlines"] if item["status"] == "met_late"]
    assert [(item["obligor"], item["due"], item["settled"]) for item in late] == [
        ("白杨区政府", "2019-03-25", "2019-03-28")
    ]
    assert [item["revision"] for item in found["history"]] == list(range(1, 19))
    clock = [item for item in found["history"] if item["kind"] == "clock"]
    assert {item["actor"] for item in clock} == {None}


def test_nothing_confidential_is_shown(run: Run, told: Path) -> None:
    shown = run("show", "leader-2019", "--db", told / "cases.db", "--json").stdout
    assert "郑某" not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("interview",), "say --policy for a lifecycle, or --db for a case"),
        (("nothing", "--policy", "dalian-2018"), "there is no lifecycle 'nothing'"),
        (("interview", "--policy", "nothing"), "no profile 'nothing' is shipped"),
        (("x", "--db", "nothing.db"), "'nothing.db' does not exist"),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_line(refused: Refused, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("show", *arguments)


def test_an_unknown_case_is_told_in_one_line(refused: Refused, told: Path) -> None:
    assert "there is no case 'nothing' in this store" in refused("show", "nothing", "--db", told / "cases.db")


def test_those_to_whom_the_same_happened_are_told_together() -> None:
    changes: list[Change] = [
        Met("report", "a", 1, late=False),
        Met("report", "b", 1, late=False),
        Met("report", "c", 2, late=True),
        Warned("reply", "", 1),
        Missed("reply", "", 1),
        Stopped("reply", "", 2),
    ]
    assert [(one.en, one.zh) for one in said(changes, lifecycles.interview("dalian-2018").by_limit)] == [
        ("report met: a, b", "书面整改报告按期办理：a、b"),
        ("report 2 met late: c", "书面整改报告（第2次）逾期办理：c"),
        ("reply warned", "reply已预警"),
        ("reply missed", "reply逾期未办"),
        ("reply 2 stopped", "reply（第2次）终止"),
    ]


def test_every_kind_of_start_is_said() -> None:
    assert [_signal(signal) for signal in ("hold", entering("a"), leaving("b"))] == ["hold", "entering a", "leaving b"]


def test_who_acts_for_another_is_shown_with_what_it_stands_in(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        desk = Desk(store=store)
        desk.reach("awaiting_approval")
        away = Delegation(SECRETARY.id, date(2018, 12, 1), date(2018, 12, 31), "授权书2018-3")
        by = attrs.evolve(SECRETARY, id="sun", delegation=away)
        desk.act("approve", {"time": "2018-12-20T14:00+08:00", "place": "市政府304"}, by=by, at=date(2018, 12, 12))
    assert "for wang by 授权书2018-3" in run("show", desk.id, "--db", path).stdout
    *_, last = json.loads(run("show", desk.id, "--db", path, "--json").stdout)["history"]
    assert last["actor"] == {
        "id": "sun",
        "unit": "市政府办公室",
        "role": "secretary_general",
        "delegation": {"by": "wang", "since": "2018-12-01", "until": "2018-12-31", "document": "授权书2018-3"},
    }

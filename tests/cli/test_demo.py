"""``demo``: the story comes out as told, again and again, and never at the cost of somebody's data."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yingshang_flow import Docket, lifecycles
from yingshang_flow.cli import program
from yingshang_flow.cli.demo import campaign, complaints
from yingshang_flow.cli.demo import interviews as story
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

Run = Callable[..., Result]
Refused = Callable[..., str]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    return CliRunner().invoke(program, ["demo", "--out", str(tmp_path_factory.mktemp("shown"))]).stdout


@pytest.mark.parametrize(
    "said",
    [
        "People, units of the interviews and complaints, acts and facts are invented.",
        "answer due 2018-09-19; conclusion due 2018-10-26",
        "conclusion extended to 2018-12-10",
        "answer met late",
        "T3 one extension only",
        "T5 unsatisfied and unsolved: reopened, not closed (unsatisfied, unsolved) [Dalian interview rules 2018, 5(6)]",
        "conclusion revived",
        "names complained-2018 as its origin",
        "is invented.",
        "report due 2018-12-29: 青石区政府",
        "2018-12-29 Saturday counted: make-up working day for Monday 2018-12-31",
        "2018-12-31 Monday is off: day off made up on Saturday 2018-12-29",
        "Y3 the tier fits the gravity (important: office) [Dalian interview rules 2018, 2",
        "对象职级与约谈层级不符 [《大连市营商环境建设工作约谈制度》（大政办发〔2018〕174号）第2条",
        "report warned: 青石区政府, 望海区政府, 白杨区政府",
        "report missed: 白杨区政府",
        "report met late: 白杨区政府",
        "periodic due 2019-05-05",
        "Y11 accountability directly, not a second interview (云岭县政府)",
        "约谈后整改不力的，直接问责 [《省政协第12030237号提案答复》（第12030237号）二]",
        "2020-12-23  failed-2020  定期报告 Periodic report  云岭县政府",
        "Y11 No second interview, 云岭县政府: failed-2020",
        "failed-2020      whole    16",
        "05-02, 05-09, 05-16, 05-23, 05-30, 06-06, 06-13, 06-20, 06-27, 07-04, 07-11, 07-18, 07-25, 08-01, 08-08",
        "05-31, 06-30, 07-31, 08-31, 09-30, 10-31, 11-30",
        "季通报 Quarterly circular  06-30, 09-30",
        "公平竞争难      19          32                  8",
        "Z11 no problem is left open (要素成本高：人力资源服务不高)",
        "written_off  31",
        "登记反弹 Record a rebound",
        "Z8 Weekly report, 政府失信/市发改委, 政府失信/市财政局, 政府失信/市工信局, and 60 more, due 2021-10-03",
        "Z12 Each district makes its own plan, 康平县",
    ],
)
def test_the_story_says(shown: str, said: str) -> None:
    assert said in shown


def test_it_is_told_the_same_every_time(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = run("demo"), run("demo")
    assert first.exit_code == second.exit_code == 0
    assert first.stdout == second.stdout


def test_it_writes_cases_and_pictures(told: Path) -> None:
    assert {path.name for path in told.iterdir()} == {
        "cases.db",
        *(
            f"{name}.{suffix}"
            for name in (
                "interview-dalian-2018",
                "interview-liaoning-2020",
                "complaint-bayuquan-2018",
                "rectification-shenyang-2021",
                "rectification_item-shenyang-2021",
                "case-leader-2019",
            )
            for suffix in ("mmd", "dot")
        ),
    }
    for path in told.glob("*.mmd"):
        assert any(title in path.read_text(encoding="utf-8") for title in ("约谈", "投诉", "整治"))


def test_the_cases_are_those_of_the_story(told: Path) -> None:
    with closing(SQLiteStore(told / "cases.db")) as store:
        states = {case.id: case.state for case in Docket(store).find()}
    assert {case: states[case] for case in story.CASES} == dict(
        zip(story.CASES, ("resolved", "resolved", "resolved", "planned"), strict=True)
    )
    assert {states[case] for case in complaints.CASES} == {"closed"}
    assert states[campaign.CASE] == "closed"
    assert {case for case in campaign.ITEMS if states[case] != "written_off"} == {campaign.ARREARS, campaign.FORGOTTEN}
    assert set(states) == {*story.CASES, *complaints.CASES, *campaign.CASES}


def test_the_problems_are_those_of_the_document(told: Path) -> None:
    # Counted in part 二 of the document, group by group.
    assert [len(problems) for problems in campaign.PROBLEMS.values()] == [3, 5, 3, 3, 8, 6, 3, 2]
    with closing(SQLiteStore(told / "cases.db")) as store:
        items = Docket(store).find(parent=campaign.CASE, lifecycle="rectification_item")
        assert len({item.opening.reference for item in items}) == 33


def test_it_makes_the_folder_with_its_parents(run: Run, tmp_path: Path) -> None:
    assert run("demo", "--out", tmp_path / "a" / "b").exit_code == 0
    assert (tmp_path / "a" / "b" / "cases.db").is_file()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "file: File exists" in refused("demo", "--out", tmp_path / "file")
    assert "Not a directory" in refused("demo", "--out", tmp_path / "file" / "below")


def test_somebody_elses_file_is_left_alone(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    path.write_text("not a database", encoding="utf-8")
    assert "is not a database of this library" in refused("demo", "--out", tmp_path)
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert "is not a database of this library" in refused("demo", "--out", tmp_path)
    assert path.read_bytes() == before


def test_a_folder_in_the_place_of_the_file_is_left_alone(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "cases.db").mkdir()
    assert "is not a database of this library" in refused("demo", "--out", tmp_path)


def test_real_cases_are_left_alone(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    step = story.OFFICE_TIER.parts[0][0]
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(date(2019, 1, 1)), new_id=lambda: "real")
        docket.open(lifecycles.interview("dalian-2018"), step.content, by=step.actor, at=step.day)
    assert "holds cases that are not the demonstration's, such as 'real'" in refused("demo", "--out", tmp_path)
    with closing(SQLiteStore(path)) as store:
        assert [case.id for case in Docket(store).find()] == ["real"]


def test_a_newer_database_is_left_alone(refused: Refused, told: Path, db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
    assert "has schema version 99" in refused("demo", "--out", db.parent)
    assert told != db.parent


def test_an_empty_file_is_no_loss(run: Run, tmp_path: Path) -> None:
    (tmp_path / "cases.db").touch()
    assert run("demo", "--out", tmp_path).exit_code == 0

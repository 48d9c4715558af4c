"""``audit``, ``verify`` and ``sweep`` over stored cases, and files that hold none."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from tests.lifecycles.interviewing import Desk
from yingshang_flow import Docket
from yingshang_flow.deadlines import WorkingDays
from yingshang_flow.stores import SQLiteStore

Run = Callable[..., Result]
Refused = Callable[..., str]


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def test_an_audit_with_findings_exits_with_1(run: Run, interviews: Path) -> None:
    result = run("audit", "--db", interviews, "--now", "2020-12-01T12:00:00+08:00")
    assert result.exit_code == 1
    assert "Y8 Written report, 白杨区政府, due 2019-03-25, done 2019-03-28, 3 working days late" in result.stdout
    assert "Y11 No second interview, 云岭县政府: failed-2020" in result.stdout
    assert result.stdout.endswith("4 cases, 3 findings\n")


def test_an_audit_without_findings_exits_with_0(run: Run, interviews: Path) -> None:
    result = run("audit", "office-2018", "--db", interviews)
    assert result.exit_code == 0
    assert result.stdout.endswith("1 case, 0 findings\n")


def test_rules_across_cases_see_the_cases_that_are_not_named(run: Run, interviews: Path) -> None:
    found = json.loads(run("audit", "again-2020", "--db", interviews, "--json").stdout)
    assert [item["case"] for item in found] == ["again-2020"]
    (verdict,) = (item for item in found[0]["verdicts"] if item["rule"] == "Y11")
    assert verdict["outcome"] == "broken"
    assert verdict["findings"][0]["found"] == "云岭县政府: failed-2020"


def test_what_still_runs_is_judged_as_of_now(run: Run, interviews: Path) -> None:
    early = run("audit", "failed-2020", "--db", interviews, "--now", "2020-11-20T00:00:00+08:00")
    late = run("audit", "failed-2020", "--db", interviews)
    assert late.stdout.count("due 2020-12-23, not done") == 1
    assert "due 2020-12-23, not done" not in early.stdout


def test_an_audit_can_show_every_verdict(run: Run, interviews: Path) -> None:
    shown = run("audit", "leader-2019", "--db", interviews, "--verdicts", "--lang", "zh").stdout
    assert "按期报送整改报告" in shown
    assert "无从判断" in shown
    assert "逾期3个工作日" in shown


def test_an_audit_as_json_says_what_shows_each_verdict(run: Run, interviews: Path) -> None:
    found = json.loads(run("audit", "leader-2019", "--db", interviews, "--json").stdout)
    verdicts = {item["rule"]: item for item in found[0]["verdicts"]}
    assert verdicts["Y8"]["findings"][0]["days_late"] == 3
    assert verdicts["Y8"]["findings"][0]["due"] == "2019-03-25"
    assert verdicts["Y10"]["shown"] == [{"zh": "2019-06-20 确认解决", "en": "2019-06-20 Resolve"}]
    assert found[0]["irregular"] == []


def test_an_audit_tells_what_gives_reason_to_open_another_case(run: Run, told: Path) -> None:
    for options in ((), ("--verdicts",)):
        assert (
            "  calls for interview 6, 7: complaints poorly handled (T5 "
            in run("audit", "--db", told / "cases.db", *options).stdout
        )
    found = json.loads(run("audit", "--db", told / "cases.db", "--json").stdout)
    reasons = [reason for said in found for reason in said["reasons"]]
    assert [(reason["rules"], reason["opens"], reason["codes"], reason["as_part"]) for reason in reasons] == [
        (["Z11"], "rectification_item", [], True),
        (["Z16"], "accountability", [], False),
        (["T5", "T8"], "interview", ["6", "7"], False),
        (["Y11"], "accountability", [], False),
    ]


def test_whole_histories_exit_with_0(run: Run, interviews: Path) -> None:
    result = run("verify", "--db", interviews)
    assert result.exit_code == 0
    assert result.stdout.count("whole") == 4


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ysf_records SET text = replace(text, 'office', 'nobody')", "its text does not give its hash"),
        ("UPDATE ysf_cases SET text = '{}'", "the snapshot is not what its 18 records lead to"),
        ("DELETE FROM ysf_records WHERE revision = 3", "missing"),
    ],
)
def test_a_broken_history_exits_with_1(run: Run, db: Path, statement: str, said: str) -> None:
    change(db, statement)
    result = run("verify", "leader-2019", "--db", db)
    assert result.exit_code == 1
    assert "broken" in result.stdout
    assert "不符" in run("verify", "--db", db, "--lang", "zh").stdout
    assert said in result.stdout
    (found,) = json.loads(run("verify", "leader-2019", "--db", db, "--json").stdout)
    assert found["records"] is None
    assert found["broken"]


def test_the_other_histories_are_still_told_as_whole(run: Run, db: Path) -> None:
    change(db, "UPDATE ysf_cases SET text = '{}' WHERE case_id = 'leader-2019'")
    found = json.loads(run("verify", "--db", db, "--json").stdout)
    assert [item["case"] for item in found if item["broken"]] == ["leader-2019"]


def test_a_history_that_cannot_be_checked_here_is_told_apart_and_stops_no_other(run: Run, db: Path) -> None:
    change(db, "UPDATE ysf_cases SET fingerprint = 'of another release' WHERE case_id = 'leader-2019'")
    result = run("verify", "--db", db)
    assert result.exit_code == 1
    assert (result.stdout.count("whole"), result.stdout.count("not checked")) == (3, 1)
    found = json.loads(run("verify", "--db", db, "--json").stdout)
    assert [item["case"] for item in found if item["unchecked"]] == ["leader-2019"]
    assert not any(item["broken"] for item in found)


def test_a_history_that_was_never_counted_is_told_apart_until_it_is(run: Run, db: Path) -> None:
    assert run("verify", "--db", db).exit_code == 0
    change(db, "DELETE FROM ysf_tallies WHERE case_id = 'leader-2019'")
    result = run("verify", "--db", db)
    assert result.exit_code == 1
    assert (result.stdout.count("whole"), result.stdout.count("not counted")) == (3, 1)
    assert "case leader-2019: nothing is kept of what its records up to" in result.stdout
    found = json.loads(run("verify", "--db", db, "--json").stdout)
    assert [item["case"] for item in found if item["uncounted"]] == ["leader-2019"]
    assert not any(item["broken"] or item["unchecked"] for item in found)
    assert run("retally", "--db", db).exit_code == 0
    assert run("verify", "--db", db).exit_code == 0


def test_a_tally_that_was_changed_is_told_as_broken(run: Run, db: Path) -> None:
    change(db, "UPDATE ysf_tallies SET count = count + 1 WHERE case_id = 'leader-2019'")
    result = run("verify", "leader-2019", "--db", db)
    assert result.exit_code == 1
    assert "case leader-2019: its tallies come to 2 of interview.due" in result.stdout


def test_a_sweep_records_each_thing_once(run: Run, db: Path) -> None:
    assert run("sweep", "--db", db, "--now", "2020-12-24T00:00:00+08:00").stdout == "1 record written\n"
    assert run("sweep", "--db", db, "--now", "2020-12-24T00:00:00+08:00").stdout == "0 records written\n"
    assert json.loads(run("sweep", "--db", db, "--json").stdout) == {"records": 1}


@pytest.mark.parametrize(("with_order", "due"), [(False, "2019-01-14"), (True, "2019-01-15")])
def test_a_sweep_counts_what_comes_next_by_the_notices_given(
    run: Run, tmp_path: Path, *, with_order: bool, due: str
) -> None:
    order = tmp_path / "order.toml"
    order.write_text('key = "o"\ntitle = "令（编造）"\n[[off]]\ndate = 2019-01-09\nname = "停工"\n', encoding="utf-8")
    path = tmp_path / "reports.db"
    with closing(SQLiteStore(path)) as store:
        desk = Desk(store=store)
        desk.reach("tracking", interval=WorkingDays(5))
        assert [str(d.due) for d in desk.case.owed("periodic")] == ["2019-01-07"]
    call = ("sweep", "--db", path, "--now", "2019-01-08T12:00:00+08:00", *(("--notice", order) if with_order else ()))
    result = run(*call)
    assert result.exit_code == 0
    assert ("off by notice 'o'" in result.stderr) is with_order
    with closing(SQLiteStore(path)) as store:
        (case,) = Docket(store).find()
        assert [str(d.due) for d in case.owed("periodic")] == ["2019-01-07", due]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2020-12-24", "is no instant with a time zone"),
        ("2020-12-24T00:00:00", "is no instant with a time zone"),
        ("soon", "is no instant with a time zone"),
        ("2190-01-01T00:00:00+08:00", "lies in the future"),
    ],
)
def test_an_impossible_now_is_told_in_one_line(refused: Refused, db: Path, now: str, said: str) -> None:
    assert said in refused("sweep", "--db", db, "--now", now)


@pytest.mark.parametrize("command", ["audit", "verify"])
def test_an_unknown_case_is_told_in_one_line(refused: Refused, interviews: Path, command: str) -> None:
    assert "there is no case 'nothing' in this store" in refused(command, "nothing", "--db", interviews)


@pytest.mark.parametrize("command", ["audit", "verify", "checkpoint", "sweep", "reproject", "ics"])
def test_a_file_that_holds_no_cases_is_told_in_one_line(refused: Refused, tmp_path: Path, command: str) -> None:
    path = tmp_path / "some.db"
    assert "does not exist" in refused(command, "--db", path)
    assert not path.exists()
    assert "is a directory" in refused(command, "--db", tmp_path)
    path.touch()
    assert "is empty and holds no cases" in refused(command, "--db", path)
    path.write_text("no database at all, but long enough to look at " * 20, encoding="utf-8")
    assert "some.db" in refused(command, "--db", path)
    path.unlink()
    change(path, "CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert "another application's database" in refused(command, "--db", path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("command", ["audit", "verify", "checkpoint", "sweep", "reproject", "ics"])
def test_a_newer_schema_is_told_in_one_line(refused: Refused, db: Path, command: str) -> None:
    change(db, "PRAGMA user_version = 99")
    assert "has schema version 99" in refused(command, "--db", db)


def test_many_cases_are_read_page_by_page(run: Run, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yingshang_flow.cli.options._PAGE", 3)
    assert len(json.loads(run("verify", "--db", db, "--json").stdout)) == 4


def test_a_case_that_is_named_twice_is_told_once(run: Run, db: Path) -> None:
    assert len(json.loads(run("verify", "leader-2019", "leader-2019", "--db", db, "--json").stdout)) == 1


def test_a_copy_tells_the_same(run: Run, interviews: Path, tmp_path: Path) -> None:
    copy = shutil.copy(interviews, tmp_path / "copy.db")
    assert run("audit", "--db", copy).stdout == run("audit", "--db", interviews).stdout

"""``migrate``: stored cases go on under other rules, first only told and then done."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from tests.docket import digging
from tests.lifecycles.complaining import BODY, RECEIVED, receipt
from yingshang_flow import Docket, lifecycles
from yingshang_flow.core.record import Kind
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

Run = Callable[..., Result]
Refused = Callable[..., str]
WHO = "zhang/投诉处理中心/complaint_body"
ELSEWHERE = """
extends = "bayuquan-2018"
key = "elsewhere"
locality = "某市（试例）"
title = "某市投诉办法（试例）"
valid_from = 2018-01-01

[complaint.conclusion]
value = "20工作日"
source = "ours"
article = "试例"
"""


@pytest.fixture
def complaints(tmp_path: Path) -> Path:
    """A file of two complaints."""
    path = tmp_path / "complaints.db"
    numbers = iter(range(2))
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(RECEIVED), new_id=lambda: f"case-{next(numbers)}")
        for _ in range(2):
            docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, at=RECEIVED, trigger="receive")
    return path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere.toml"
    path.write_text(ELSEWHERE, encoding="utf-8")
    return path


def how(db: Path, to: object, *more: object) -> list[object]:
    said = ["--lifecycle", "complaint", "--deadlines", "recompute", "--ground", "a new plan", "--by", WHO]
    return ["migrate", "--db", db, "--to", to, *said, *more]


def kinds(path: Path) -> list[list[Kind]]:
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store)
        return [[record.kind for record in docket.history(case.id)] for case in docket.find()]


def test_it_tells_what_would_happen_and_does_it_when_told_to(run: Run, complaints: Path, elsewhere: Path) -> None:
    told = run(*how(complaints, elsewhere))
    assert told.exit_code == 0, told.output
    assert "2 cases would be migrated; nothing was written: say --apply to do it" in told.output
    assert told.output.count("conclusion moved from") == 2
    assert kinds(complaints) == [[Kind.ACT]] * 2
    done = run(*how(complaints, elsewhere, "--apply"))
    assert "2 cases migrated" in done.output
    assert kinds(complaints) == [[Kind.ACT, Kind.MIGRATION]] * 2
    again = run(*how(complaints, elsewhere, "--apply"))
    assert again.output.strip() == "0 cases migrated, 2 under these rules already"


def test_it_tells_as_json(run: Run, complaints: Path, elsewhere: Path) -> None:
    said = json.loads(run(*how(complaints, elsewhere, "--json", "case-1")).stdout)
    assert (said["dry_run"], said["already"]) == (True, 0)
    (one,) = said["moved"]
    assert (one["case"], one["before"], one["after"]) == ("case-1", "received", "received")
    assert one["source"] == "complaint version 1 under 'bayuquan-2018'"
    assert one["target"] == "complaint version 1 under 'elsewhere'"
    assert len(one["deadlines"]) == 1
    row = run(*how(complaints, elsewhere, "--lang", "zh", "case-1")).stdout.splitlines()[1]
    assert row.split()[:3] == ["case-1", "投诉第1版（bayuquan-2018）", "投诉第1版（elsewhere）"]
    assert row.split()[4].startswith("办结由")


def test_a_migrated_case_is_shown_verified_audited_and_drawn(run: Run, complaints: Path, elsewhere: Path) -> None:
    run(*how(complaints, elsewhere, "--apply"))
    shown = run("show", "case-0", "--db", complaints)
    assert shown.exit_code == 0, shown.output
    assert "version 1 elsewhere" in " ".join(shown.output.split())
    record = json.loads(run("show", "case-0", "--db", complaints, "--json").stdout)["history"][-1]
    assert (record["kind"], record["ground"], record["deadlines"]) == ("migration", "a new plan", "recompute")
    assert (record["source"]["profile"], record["target"]["profile"]) == ("bayuquan-2018", "elsewhere")
    assert run("verify", "--db", complaints).exit_code == 0
    audited = run("audit", "--db", complaints, "--verdicts", "case-0")
    assert "no longer under version 1 bayuquan-2018" in " ".join(audited.output.split()), audited.output
    assert run("diagram", "--db", complaints, "--case", "case-0").exit_code == 0


def test_what_stands_against_it_is_told_in_one_line(refused: Refused, complaints: Path, elsewhere: Path) -> None:
    assert "there is no case 'nobody'" in refused(*how(complaints, elsewhere, "nobody"))
    told = refused(*how(complaints, elsewhere, "--state", "received=nowhere", "--apply"))
    assert "'received' → 'nowhere' is no state of the old and the new rules" in told
    assert "there is no version 3 of 'complaint'" in refused(*how(complaints, elsewhere, "--version", "3"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--state", "received"], "'received' is no old state with the new one, such as held=hearing"),
        (["--by", "zhang/complaint_body"], "say who it is by id/unit/role"),
        (["--deadlines", "forget"], "'forget' is not one of 'keep', 'recompute'"),
        (["--by", "zhang/某单位/platform"], "migrate"),
    ],
)
def test_a_wrong_call_is_told(
    refused: Refused, complaints: Path, elsewhere: Path, more: list[object], said: str
) -> None:
    assert said in refused(*how(complaints, elsewhere, *more))
    assert kinds(complaints) == [[Kind.ACT]] * 2


def test_an_earlier_version_is_drawn_and_one_that_is_not_there_is_told(
    run: Run, refused: Refused, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "dig.toml"
    path.write_text(
        'key = "dig-2026"\nlocality = "某市"\ntitle = "开挖"\nvalid_from = 2018-01-01\n\n[dig.answer]\n'
        'value = "10工作日"\nsource = "ours"\narticle = "试例"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr("yingshang_flow.cli.options.SHIPPED", {"dig": digging.dig})
    drawn = {
        version: run("diagram", "dig", "--policy", path, *more).output
        for version, more in ((1, ["--version", "1"]), (2, []))
    }
    assert "s_held" in drawn[1]
    assert "s_hearing" not in drawn[1]
    assert "s_hearing" in drawn[2]
    assert "there is no version 3 of 'dig' here; there are 1, 2" in refused(
        "diagram", "dig", "--policy", path, "--version", "3"
    )

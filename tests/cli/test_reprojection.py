"""``reproject``: new notices move what still runs, first only told and then done."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result

from tests.lifecycles.complaining import BODY, RECEIVED, receipt
from yingshang_flow import Docket, lifecycles
from yingshang_flow.core.record import Kind
from yingshang_flow.deadlines import china
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

Run = Callable[..., Result]
Refused = Callable[..., str]

ORDER = """
key = "made-up-order"
title = "停工令（编造）"
issued = 2018-09-12
scope = "营口市"

[[off]]
date = 2018-09-18
name = "停工（编造）"
"""
NEXT = china().horizon.year + 1
NOTICE = f"""
key = "made-up-{NEXT}"
title = "放假通知（编造）"
publishes = {NEXT}

[[off]]
date = {NEXT}-01-01
name = "元旦"
"""


def opened(path: Path, received: date = RECEIVED, cases: int = 1) -> Path:
    """A file of complaints, which have to be answered in 7 working days and concluded in 30."""
    numbers = iter(range(cases))
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(received), new_id=lambda: f"case-{next(numbers)}")
        for _ in range(cases):
            docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, at=received, trigger="receive")
    return path


@pytest.fixture
def complaints(tmp_path: Path) -> Path:
    return opened(tmp_path / "complaints.db")


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.toml"
    path.write_text(ORDER, encoding="utf-8")
    return path


def dates(path: Path) -> list[date]:
    with closing(SQLiteStore(path)) as store:
        return [deadline.due for case in Docket(store).find() for deadline in case.owed()]


def test_a_dry_run_tells_what_would_move_and_by_which_notice_and_changes_nothing(
    run: Run, complaints: Path, order: Path
) -> None:
    before = dates(complaints)
    result = run("reproject", "--db", complaints, "--notice", order, "--dry-run")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            "  case    limit       of  no.  from        to            by calendar",
            "  case-0  answer          1    2018-09-19  2018-09-20    china+made-up-order",
            "  case-0  conclusion      1    2018-10-26  2018-10-29    china+made-up-order",
            "",
            "2 deadlines would change: 2 to another day",
        ],
    )
    chinese = run("reproject", "--db", complaints, "--notice", order, "--dry-run", "--lang", "zh").stdout.splitlines()
    assert chinese[0].split() == ["案件", "时限", "承担者", "次", "原到期日", "现到期日", "所用日历"]
    assert chinese[-1] == "2项期限将有变动：2项改至他日"
    assert dates(complaints) == before == [date(2018, 9, 19), date(2018, 10, 26)]


def test_it_moves_them_once_with_a_record_that_tells_how(run: Run, complaints: Path, order: Path) -> None:
    call = ("reproject", "--db", complaints, "--notice", order)
    told = run(*call, "--dry-run").stdout
    assert run(*call).stdout == told.replace("would change", "changed")
    assert dates(complaints) == [date(2018, 9, 20), date(2018, 10, 29)]
    with closing(SQLiteStore(complaints)) as store:
        assert [record.kind for record in Docket(store).history("case-0")] == [Kind.ACT, Kind.REPROJECTION]
    assert run(*call).stdout == "0 deadlines changed\n"


def test_a_clash_with_what_is_published_is_told_on_standard_error(run: Run, complaints: Path, order: Path) -> None:
    result = run("reproject", "--db", complaints, "--notice", order, "--dry-run")
    assert (
        result.stderr
        == "warning: 2018-09-18: off by notice 'made-up-order', worked by working-hours 7 (星期二 Tuesday)\n"
    )


def test_as_json_it_is_an_array_of_what_moves(run: Run, complaints: Path, order: Path) -> None:
    found = json.loads(run("reproject", "--db", complaints, "--notice", order, "--json").stdout)
    assert [item["limit"] for item in found] == ["answer", "conclusion"]
    assert found[0] == {
        "case": "case-0",
        "limit": "answer",
        "obligor": "",
        "number": 1,
        "old": "2018-09-19",
        "due": "2018-09-20",
        "provisional": False,
        "notice": "china+made-up-order",
    }
    assert json.loads(run("reproject", "--db", complaints, "--notice", order, "--json").stdout) == []


def test_what_is_certain_now_on_the_day_it_had_is_counted_apart(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, notice = opened(tmp_path / "later.db", date(NEXT, 1, 5)), tmp_path / "next.toml"
    notice.write_text(NOTICE, encoding="utf-8")
    monkeypatch.setattr("yingshang_flow.cli.known.system_clock", lambda: datetime(NEXT, 1, 5, tzinfo=UTC))
    result = run("reproject", "--db", path, "--notice", notice, "--dry-run")
    assert re.search(r"  case-0  answer .*  certain now  ", result.stdout)
    assert re.search(
        r"\n2 deadlines would change: (1 certain .* they had, 1 to another|2 certain .* had\n)", result.stdout
    )
    assert result.stderr == ""
    assert run("reproject", "--db", path, "--notice", notice).exit_code == 0
    back = run("reproject", "--db", path, "--dry-run")
    assert re.search(r"  case-0  answer .*  provisional  ", back.stdout)
    assert "provisional now on the day they had" in back.stdout
    assert "which is past" in back.stderr


def test_many_are_told_table_by_table_and_how_far_it_is_on_standard_error(
    run: Run, tmp_path: Path, order: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yingshang_flow.cli.reprojection._ROWS", 4)
    monkeypatch.setattr("yingshang_flow.cli.reprojection._FAR", 3)
    path = opened(tmp_path / "many.db", cases=5)
    result = run("reproject", "--db", path, "--notice", order, "--dry-run")
    lines = result.stdout.splitlines()
    assert [len(lines), lines.count(""), sum("by calendar" in line for line in lines)] == [10 + 3 + 2 + 2, 3, 3]
    assert len(set(lines)) == 10 + 1 + 1 + 1
    assert lines[-1] == "10 deadlines would change: 10 to another day"
    assert result.stderr.splitlines()[1:] == [f"{far} deadlines so far" for far in (3, 6, 9)]


@pytest.mark.parametrize("form", [(), ("--json",)], ids=str)
def test_what_moved_is_told_although_a_case_cannot_be_read(
    run: Run, tmp_path: Path, order: Path, form: tuple[str, ...]
) -> None:
    path = opened(tmp_path / "two.db", cases=2)
    broken(path, "case-0")
    result = run("reproject", "--db", path, "--notice", order, *form)
    assert result.exit_code == 2
    assert "case-0" in result.stderr.splitlines()[-1]
    assert "2 deadlines were moved, but some cases could not be counted" in result.stderr
    if form:
        assert [item["case"] for item in json.loads(result.stdout)] == ["case-1", "case-1"]
    else:
        assert result.stdout.count("case-1") == 2


def broken(path: Path, case: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE ysf_cases SET text = '{}' WHERE case_id = ?", (case,))


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (("n.toml", ""), "n.toml: key: a text, not None; title: a text, not None"),
        (("n.toml", "key = "), "n.toml: it cannot be read"),
        (("n.toml", 'key = "\udcb1"'), "n.toml: it is not UTF-8 at byte 7"),
        (("n.toml", NOTICE.replace(f"publishes = {NEXT}", "publishes = 20999")), "publishes: a year from 1950"),
        (("n.toml", ORDER.replace("2018-09-18", "9999-12-31")), "names 9999-12-31, which lies outside"),
        (("n.json", "[]"), "n.json: $: an object"),
        (("n.csv", ""), "n.csv: a notice is a .toml or a .json file"),
    ],
)
def test_a_wrong_notice_is_told_in_one_line(
    refused: Refused, complaints: Path, tmp_path: Path, notice: tuple[str, str], said: str
) -> None:
    name, text = notice
    (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    assert said in refused("reproject", "--db", complaints, "--notice", tmp_path / name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--notice", "."), "is a directory"), (("--notice", "nothing.toml"), "does not exist"), (("x",), "unexpected")],
    ids=str,
)
def test_a_wrong_call_is_told_in_one_line(
    refused: Refused, complaints: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused("reproject", "--db", complaints, *arguments)


def test_the_same_notice_twice_is_told_in_one_line(refused: Refused, complaints: Path, order: Path) -> None:
    said = refused("reproject", "--db", complaints, "--notice", order, "--notice", order)
    assert "notice 'made-up-order' is given twice" in said

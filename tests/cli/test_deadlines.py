"""``deadline``: one period, a file of them, and everything that can be wrong with either."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import attrs
import pytest
from click.testing import Result

from yingshang_flow.cli import program
from yingshang_flow.deadlines import DueRules, due
from yingshang_flow.deadlines.rules import Switches

Run = Callable[..., Result]
Refused = Callable[..., str]
VECTORS = Path(__file__).parent.parent / "data" / "deadlines.csv"


def test_it_says_the_date(run: Run) -> None:
    assert run("deadline", "7工作日", "--from", "2018-12-20").stdout == "2018-12-29\n"


def test_it_says_that_a_date_is_provisional(run: Run) -> None:
    assert run("deadline", "7工作日", "--from", "2090-12-26").stdout.endswith(" (provisional)\n")


def test_json_is_the_due_date(run: Run) -> None:
    found = json.loads(run("deadline", "7工作日", "--from", "2018-12-20", "--json").stdout)
    assert found == due("7工作日", date(2018, 12, 20)).as_dict()
    assert list(found) == ["start", "period", "nominal", "due", "provisional", "steps"]


@pytest.mark.parametrize(("lang", "said"), [("en", "counted: make-up working day"), ("zh", "计入：调休上班")])
def test_it_explains_itself_in_both_languages(run: Run, lang: str, said: str) -> None:
    result = run("deadline", "7工作日", "--from", "2018-12-20", "--explain", "--lang", lang)
    assert said in result.stdout
    assert "2018-12-31" in result.stdout


def test_the_months_are_drawn_before_the_reasons(run: Run) -> None:
    lines = run("deadline", "7工作日", "--from", "2018-12-20", "--explain").stdout.splitlines()
    assert lines[:2] == ["  2018-12", "  Mo   Tu   We   Th   Fr   Sa   Su"]
    assert "  17   18   19   20起 21计 22 . 23 ." in lines
    assert lines.index("  起 start  计 counted  . weekend  止 due") < lines.index(
        "7 working days from 2018-12-20: due 2018-12-29 Saturday"
    )


@pytest.mark.parametrize(("lang", "said"), [("en", "... 19 months are left out"), ("zh", "……略去19个月")])
def test_a_long_period_says_how_many_months_are_not_drawn(run: Run, lang: str, said: str) -> None:
    call = ("deadline", "2年", "--from", "2024-01-15", "--lang", lang)
    assert f"  {said}" in run(*call, "--explain").stdout.splitlines()
    assert said in run(*call, "--format", "svg").stdout


def test_it_is_drawn_as_a_picture(run: Run) -> None:
    call = ("deadline", "7工作日", "--from", "2018-12-20", "--format", "svg", "--lang", "zh")
    drawn = run(*call).stdout
    assert drawn.startswith("<svg ")
    assert "2018-12-20起7工作日：2018-12-29星期六届满" in drawn
    assert "不计入" not in drawn
    assert "不计入" in run(*call, "--explain").stdout


def test_it_is_computed_as_known_on_a_day(run: Run, tmp_path: Path) -> None:
    call = ("deadline", "7工作日", "--from", "2020-01-20")
    assert run(*call, "--as-of", "2020-01-20").stdout == "2020-02-04\n"
    assert run(*call, "--as-of", "2020-02-01").stdout == "2020-02-06\n"
    path = tmp_path / "order.toml"
    path.write_text('key = "o"\ntitle = "令（编造）"\n[[off]]\ndate = 2020-02-06\nname = "停工"\n', encoding="utf-8")
    result = run(*call, "--notice", path)
    assert result.stdout == "2020-02-07\n"
    assert "warning: 2020-02-06: off by notice 'o', worked by working-hours 7" in result.stderr


def test_a_horizon_in_the_past_is_warned_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yingshang_flow.cli.known.system_clock", lambda: datetime(2098, 1, 1, tzinfo=UTC))
    assert "warning: no notice is loaded" in run("deadline", "7工作日", "--from", "2099-01-04").stderr
    assert run("deadline", "7工作日", "--from", "2018-12-20").stderr == ""


def test_every_vector_is_reproduced(run: Run) -> None:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = json.loads(run("deadline", "--batch", VECTORS, "--json").stdout)
    assert [(item["start"], item["nominal"], item["due"]) for item in found] == [
        (row["start"], row["nominal"], row["due"]) for row in rows
    ]


def test_a_batch_is_a_table_for_people(run: Run) -> None:
    lines = run("deadline", "--batch", VECTORS).stdout.splitlines()
    assert lines[0].split() == ["start", "period", "nominal", "due", "note"]
    assert len(lines) == 22


def test_a_batch_can_be_explained(run: Run) -> None:
    assert run("deadline", "--batch", VECTORS, "--explain").stdout.count(": due ") == 21


def test_every_switch_is_an_option(run: Run) -> None:
    options = {name for option in program.commands["deadline"].params for name in [option.name]}
    assert {field.name for field in attrs.fields(DueRules)} | (Switches.__optional_keys__ - {"rules"}) <= options
    assert run("deadline", "3个月", "--from", "2019-11-30", "--roll", "none").stdout == "2020-02-29\n"
    assert run("deadline", "7工作日", "--from", "2021-09-27", "--restart", "2021-10-08").stdout == "2021-10-18\n"


def test_switches_are_written_as_in_a_batch_too(run: Run) -> None:
    assert run("deadline", "3个月", "--from", "2019-11-30", "--switches", "roll=none").stdout == "2020-02-29\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("0.3工作日", "--from", "2018-12-20"), "0.3工作日"),
        (("99999工作日", "--from", "2018-12-20"), "at most 36500"),
        (("--from", "2018-12-20", "--", "-3日"), "at least 1"),
        (("soon", "--from", "2018-12-20"), "'soon' is no period"),
        (("7工作日", "--from", "2018-12-32"), "'2018-12-32' is no date such as 2018-12-20"),
        (("7工作日", "--from", "2018-W51-4"), "'2018-W51-4' is no date such as 2018-12-20"),
        (("7工作日", "--from", "1066-10-14"), "1066-10-14"),
        (("7工作日",), "--from is missing"),
        (("--from", "2018-12-20"), "PERIOD is missing"),
        (("7工作日", "--from", "2018-12-20", "--roll", "up"), "'roll' cannot be 'up'"),
        (("7工作日", "--from", "2018-12-20", "--roll", "any", "--switches", "roll=any"), "'roll' is given twice"),
        (("7工作日", "--from", "2090-12-26", "--past-horizon", "refuse"), "no notice is loaded"),
        (("7工作日", "--batch", VECTORS), "--batch takes everything from its file"),
        (("7工作日", "--from", "2018-12-20", "--format", "svg", "--json"), "--format svg draws one deadline"),
        (("--batch", VECTORS, "--format", "svg"), "--format svg draws one deadline"),
        (("--batch", "nothing.csv"), "'nothing.csv' does not exist"),
    ],
)
def test_wrong_input_is_told_in_one_line(refused: Refused, arguments: tuple[object, ...], said: str) -> None:
    assert said in refused("deadline", *arguments)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_batch_may_have_a_byte_order_mark_blank_lines_and_more_columns(
    run: Run, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "batch.csv"
    path.write_text('start,why,period\n2018-12-20,"two\nlines",7工作日\n\n2018-12-28,,7工作日,x\n', encoding=encoding)
    found = json.loads(run("deadline", "--batch", path, "--json").stdout)
    assert [item["due"] for item in found] == ["2018-12-29", "2019-01-09"]


def test_all_bad_rows_of_a_batch_are_told_together(refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "batch.csv"
    path.write_text(
        "start,period,switches\n20.12.2018,7工作日,\n2018-12-20,7工作日,\n2018-12-20,soon,\n2018-12-20,7日,roll=up\n2018-12-20\n",
        encoding="utf-8",
    )
    said = refused("deadline", "--batch", path, "--json")
    for expected in (
        "row 2: '20.12.2018' is no date",
        "row 4: 'soon' is no period",
        "row 5: the switches",
        "row 6: '' is no period",
    ):
        assert expected in said
    assert "row 3" not in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("开始,期限\n".encode("gb18030"), "is not UTF-8 at byte 0; save it as UTF-8"),
        (b"from,to\n1,2\n", "has no column start and no column period"),
        (b"", "has no column start and no column period"),
        (b'start,period\n"2018-12-20,7\n', "is no CSV"),
    ],
)
def test_a_file_that_is_no_batch_is_told_in_one_line(
    refused: Refused, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "batch.csv"
    path.write_bytes(content)
    assert said in refused("deadline", "--batch", path)


def test_a_batch_that_cannot_be_read_is_told_in_one_line(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "batch.csv"
    path.touch()

    def fail(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", fail)
    assert f"{path}: Permission denied" in refused("deadline", "--batch", path)


def test_a_batch_without_rows_is_empty(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "batch.csv"
    path.write_text("start,period\n", encoding="utf-8")
    assert json.loads(run("deadline", "--batch", path, "--json").stdout) == []

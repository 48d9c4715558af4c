"""``assess`` and ``retally``: units compared in a text, a circular, a workbook or JSON; counts made anew."""

import importlib
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result

from tests.lifecycles.complaining import BODY, CONCLUSION, receipt
from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.lifecycles.complaint import Assignment, TakingUp
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

Run = Callable[..., Result]
Refused = Callable[..., str]
UNITS = ("区住建局", "区城管局", "=区人社局")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four complaints for each of three units, of which the first concludes 4, the second 2, the third 1."""
    path = tmp_path_factory.mktemp("assess") / "cases.db"
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(date(2019, 6, 1)))
        for unit, concluded in zip(UNITS, (4, 2, 1), strict=True):
            undertaker = Actor("wang", unit, "undertaker")
            for number in range(4):
                case = docket.open(
                    lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, at=date(2018, 10, 8), trigger="receive"
                )
                docket.act(case.id, "accept", by=BODY, at=date(2018, 10, 9))
                docket.act(case.id, "assign", Assignment(unit), by=BODY, at=date(2018, 10, 9))
                if number < concluded:
                    docket.act(case.id, "take_up", TakingUp("wang"), by=undertaker, at=date(2018, 10, 10))
                    docket.act(case.id, "conclude", CONCLUSION, by=undertaker, at=date(2018, 10, 12))
    return path


def test_a_text_shows_the_ranking_and_drafts_for_the_last_places(run: Run, kept: Path) -> None:
    said = run("assess", "--db", kept, "--period", "2018Q4", "--last", 1)
    assert said.exit_code == 0, said.output
    assert "2018Q4, 2018-10-01 to 2018-12-31" in said.stdout
    assert said.stdout.index("区住建局") < said.stdout.index("区城管局") < said.stdout.index("=区人社局")
    assert "=区人社局: interview plan, to be completed by a person" in said.stdout
    assert "missing: matter, gravity, tier, subjects[0].person, subjects[0].rank" in said.stdout


def test_a_unit_that_is_not_ranked_stands_last_and_has_no_place(run: Run, kept: Path, tmp_path: Path) -> None:
    units = tmp_path / "units.txt"
    units.write_text("从未办件的局\n区城管局\n", encoding="utf-8")
    said = run("assess", "--db", kept, "--period", "2018Q4", "--units", units).stdout.splitlines()
    assert said[-1].split()[:3] == ["—", "从未办件的局", "—"]


def test_a_circular_is_written_as_markdown_in_either_language(run: Run, kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "circular.md"
    given = ("assess", "--db", kept, "--period", "2018Q4", "--format", "markdown")
    assert run(*given, "--lang", "zh", "--out", out).output == ""
    assert out.read_text("utf-8").startswith("# 营商环境考核通报：2018年第四季度\n")
    assert run(*given, "--lang", "en").stdout.startswith("# Assessment circular: 2018Q4\n")


def test_json_has_the_counts_and_drafts(run: Run, kept: Path, tmp_path: Path) -> None:
    said = json.loads(run("assess", "--db", kept, "--period", "2018Q4", "--json", "--last", 2).stdout)
    assert [one["unit"] for one in said["ranked"]] == [*UNITS]
    assert said["ranked"][1]["rates"]["conclusion_rate"]["numerator"] == 2
    assert [one["unit"] for one in said["drafts"]] == [UNITS[2], UNITS[1]]
    out = tmp_path / "a.json"
    run("assess", "--db", kept, "--period", "2018Q4", "--format", "json", "--last", 2, "--out", out)
    assert json.loads(out.read_text("utf-8")) == said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_workbook_holds_the_ranking_each_indicator_and_the_method(
    run: Run, kept: Path, tmp_path: Path, lang: str
) -> None:
    out, units = tmp_path / "circular.xlsx", tmp_path / "units.txt"
    units.write_text("区住建局\n=区人社局\n\n从未办件的局\n区城管局\n", encoding="utf-8-sig")
    given = ("assess", "--db", kept, "--period", "2018Q4", "--format", "xlsx", "--out", out, "--lang", lang)
    said = run(*given, "--units", units)
    assert (said.exit_code, said.output) == (0, "")
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    assert len(book.sheetnames) == 8
    ranking, rate, *_, unranked, method = book.worksheets
    rows: list[tuple[Any, ...]] = list(ranking.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in rows] == [("1", UNITS[0]), ("2", UNITS[1]), ("3", UNITS[2])]
    assert ranking.cell(4, 2).data_type == "s"  # no formula, whatever it begins with
    assert [row[1:5] for row in rate.iter_rows(min_row=2, values_only=True)][1] == (2, 4, 0.5, rate.cell(3, 5).value)
    assert rate.cell(3, 4).number_format == "0.0%"
    assert unranked.cell(2, 1).value == "从未办件的局"
    assert any("50 + 10" in str(row[0]) for row in method.iter_rows(values_only=True))


def test_without_openpyxl_a_workbook_says_what_to_install(
    run: Run, refused: Refused, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("assess", "--db", kept, "--period", "2018", "--format", "xlsx", "--out", tmp_path / "a.xlsx")

    def missing(name: str) -> object:
        raise ModuleNotFoundError(f"No module named {name!r}", name="openpyxl")

    monkeypatch.setattr("yingshang_flow.cli.assessing.import_module", missing)
    assert 'pip install "yingshang-flow[excel]"' in refused(*given)
    monkeypatch.setattr("yingshang_flow.cli.assessing.import_module", lambda _: importlib.import_module("nowhere"))
    assert isinstance(run(*given).exception, ModuleNotFoundError)  # of anything else nobody is told to install it


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--period", "2018Q5"), "'2018Q5' is no period"),
        (("--period", "2018", "--json", "--format", "xlsx"), "contradict each other"),
        (("--period", "2018", "--out", "a.txt"), "--out is for"),
        (("--period", "2018", "--format", "xlsx"), "say where with --out"),
        (("--period", "2018", "--format", "markdown", "--last", "1"), "--last goes with"),
        (("--period", "2018", "--last", "0"), "--last"),
        ((), "--period"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    refused: Refused, kept: Path, given: tuple[str, ...], says: str
) -> None:
    assert says in refused("assess", "--db", kept, *given)


def test_a_list_of_units_that_is_empty_or_no_text_is_refused(refused: Refused, kept: Path, tmp_path: Path) -> None:
    units = tmp_path / "units.txt"
    units.write_bytes("区住建局".encode("gb18030"))
    given = ("assess", "--db", kept, "--period", "2018", "--units", units)
    assert "it is no UTF-8" in refused(*given)
    units.write_text("\n")
    assert "no units are given" in refused(*given)


def test_cases_are_counted_anew(run: Run, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cases.db"
    path.write_bytes(kept.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM ysf_tallies WHERE unit <> '区城管局'")
        connection.commit()
    monkeypatch.setattr("yingshang_flow.cli.assessing._FAR", 5)
    said = run("retally", "--db", path)
    assert said.stdout == "12 cases counted anew\n"
    assert said.stderr == "5 cases so far\n10 cases so far\n"
    assert run("retally", "--db", path).stdout == "0 cases counted anew\n"

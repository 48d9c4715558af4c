"""``calendar``: a year at a glance."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_a_year_is_shown_with_its_marks_and_reasons(run: Run) -> None:
    shown = run("calendar", "2018").stdout
    assert "2018: 250 working days" in shown
    assert "24 25 26 27 28 班  ." in shown
    assert "2018-12-29  Saturday   班  make-up working day for Monday 2018-12-31" in shown


def test_it_is_shown_in_chinese(run: Run) -> None:
    assert "调休上班（补2018-12-31星期一）" in run("calendar", "2018", "--lang", "zh").stdout


def test_a_year_as_json(run: Run) -> None:
    found = json.loads(run("calendar", "2018", "--json").stdout)
    assert (found["year"], found["working_days"], found["provisional"]) == (2018, 250, False)
    (day,) = (day for day in found["days"] if day["date"] == "2018-12-29")
    assert (day["working"], day["kind"], day["citation"]) == (True, "make_up", "holiday-notice-2019")


def test_a_year_without_a_notice_is_provisional(run: Run) -> None:
    assert "provisional: no notice is loaded for days after" in run("calendar", "2090").stdout


@pytest.mark.parametrize("year", ["1999", "0", "soon", "2101"])
def test_a_year_outside_the_calendar_is_told_in_one_line(refused: Callable[..., str], year: str) -> None:
    assert year in refused("calendar", year)


@pytest.fixture
def order(tmp_path: Path) -> Path:
    """A made-up order of a city."""
    path = tmp_path / "order.toml"
    path.write_text(
        'key = "order"\ntitle = "令（编造）"\nissued = 2026-10-01\nscope = "大连市"\n'
        '[[off]]\ndate = 2026-11-03\nname = "停工"\n',
        encoding="utf-8",
    )
    return path


def test_a_year_as_it_was_known(run: Run) -> None:
    then = run("calendar", "2020", "--as-of", "2020-01-20").stdout
    assert "as known on 2020-01-20" in then
    assert "2020-02-01  Saturday   班" in then
    assert "2020-02-01  Saturday   休" in run("calendar", "2020").stdout


def test_a_notice_is_laid_on_top_and_its_clashes_are_told(run: Run, order: Path) -> None:
    shown = run("calendar", "2026", "--notice", order).stdout
    assert "2026: 247 working days" in shown
    assert "the notices and the installed calendar disagree" in shown
    assert "2026-11-03: off by notice 'order', worked by working-hours 7" in shown
    chinese = run("calendar", "2026", "--notice", order, "--lang", "zh").stdout
    assert "通知与已载入的日历不一致\n  2026-11-03：通知 order 为放假，已载入的为上班（" in chinese
    found = json.loads(run("calendar", "2026", "--notice", order, "--json").stdout)
    assert found["clashes"] == [{"date": "2026-11-03", "notice": "order", "noticed": False, "known": True}]
    assert (found["notices"], found["as_of"]) == (["order"], None)
    then = json.loads(run("calendar", "2026", "--notice", order, "--as-of", "2026-09-01", "--json").stdout)
    assert (then["notices"], then["as_of"], then["working_days"]) == ([], "2026-09-01", 248)


@pytest.mark.parametrize(
    ("lang", "title", "past"),
    [("zh", "2020年日历", "截至2019-01-01已公布的安排"), ("en", "2020: ", "as known on 2019-01-01")],
)
def test_a_year_as_a_picture(run: Run, lang: str, title: str, past: str) -> None:
    drawn = run("calendar", "2020", "--format", "svg", "--as-of", "2019-01-01", "--lang", lang).stdout
    assert drawn.startswith("<svg ")
    assert past in drawn
    assert ("暂定：2019-12-28以后" if lang == "zh" else "provisional: no notice") in drawn
    assert title in drawn
    plain = run("calendar", "2026", "--format", "svg", "--lang", lang).stdout
    assert "2019" not in plain
    assert plain.endswith("</svg>\n")


def test_a_horizon_in_the_past_is_warned_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yingshang_flow.cli.known.system_clock", lambda: datetime(2098, 1, 1, tzinfo=UTC))
    assert "warning: no notice is loaded for days after" in run("calendar", "2099").stderr
    assert run("calendar", "2018").stderr == ""
    assert run("calendar", "2020", "--as-of", "2019-01-01").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--json", "--format", "svg"), "choose one"),
        (("--as-of", "2003-12-31"), "kept from 2004-01-01 on, not of 2003-12-31"),
        (("--as-of", "soon"), "'soon' is no date"),
        (("--notice", "nothing.toml"), "does not exist"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(refused: Callable[..., str], arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("calendar", "2026", *arguments)


def test_a_wrong_notice_is_told_with_all_its_problems(refused: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "2027.json"
    path.write_text('{"year": 0, "days": []}', encoding="utf-8")
    said = refused("calendar", "2027", "--notice", path)
    assert "2027.json: year: a year from 1950" in said
    assert "; days: it is empty" in said

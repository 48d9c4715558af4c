"""``calendar``: a year at a glance."""

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]


def test_a_year_is_shown_with_its_marks_and_reasons(run: Run) -> None:
    shown = run("calendar", "2018").stdout
    assert "2018: 250 working days" in shown
    assert "24 25 26 27 28 班  ·" in shown
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

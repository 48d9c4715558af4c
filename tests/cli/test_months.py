"""Drawn months: what each day of a period is marked with, in text and as a picture."""

import io
import re
import sys
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len

from yingshang_flow.cli.month_picture import picture
from yingshang_flow.cli.months import drawn, explained_marks, legend, months_of, months_of_year
from yingshang_flow.cli.output import Page
from yingshang_flow.deadlines import DueDate, china, due
from yingshang_flow.words import Language


def signs(found: DueDate) -> str:
    """Return each marked day with its sign."""
    months, _ = months_of(found)
    there = [entry for month in months for week in month.weeks for entry in week if entry is not None]
    return " ".join(f"{number}{mark.sign or '·'}" for number, mark in there if mark.label.zh)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (due("7工作日", date(2018, 12, 20)), "20起 21计 22· 23· 24计 25计 26计 27计 28计 29止"),
        (due("3工作日", date(2018, 9, 28)), "28起 29班 30班 1休 2休 3休 4休 5休 6· 7· 8止"),
        (due("3日", date(2026, 11, 5)), "5起 6计 7计 8· 9止"),
        (due("3日", date(2026, 11, 5), roll="none"), "5起 6计 7计 8止"),
        (
            due("3工作日", date(2026, 11, 2), exclude=[(date(2026, 11, 3), date(2026, 11, 4))]),
            "2起 3停 4停 5计 6计 7· 8· 9止",
        ),
        (due("2工作日", date(2026, 11, 2), restart=date(2026, 11, 5)), "2起 5起 6计 7· 8· 9止"),
        (due("每月末", date(2026, 11, 25)), "25起 30止"),
    ],
)
def test_each_day_of_a_period_has_its_mark(found: DueDate, expected: str) -> None:
    assert signs(found) == expected


def test_of_a_long_period_the_first_and_last_months_are_drawn() -> None:
    months, left_out = months_of(due("2年", date(2024, 1, 15)))
    assert [(month.year, month.month) for month in months] == [(2024, n) for n in (1, 2, 3)] + [
        (2025, 11),
        (2025, 12),
        (2026, 1),
    ]
    assert left_out == 19


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("width", "abreast"), [(10, 1), (100, 2), (200, 3)])
def test_every_line_of_a_row_is_equally_wide(*, language: Language, width: int, abreast: int, wide: bool) -> None:
    lines = [
        "".join(text for text, _ in line) for line in drawn(months_of_year(china(), 2026), width, language, wide=wide)
    ]
    across = {cell_len(line) for line in lines if line}
    month = 34 if wide else 20
    count = abreast if wide or width != 100 else 3
    assert across == {count * month + (count - 1) * 3}


def test_what_marks_mean_is_said_of_those_that_occur() -> None:
    months, _ = months_of(due("7工作日", date(2018, 12, 20)))
    assert "".join(text for text, _ in explained_marks(months, "zh")) == "起 起算日  计 计入  . 周末  止 届满"


def test_a_picture_is_wellformed_escaped_and_always_the_same() -> None:
    months = months_of_year(china(), 2026)
    drawing = picture("a < b & c", months, "zh", notes=["<暂定>"], reasons=["理" * 180, "a reason in English " * 20])
    assert drawing == picture(
        "a < b & c", months, "zh", notes=["<暂定>"], reasons=["理" * 180, "a reason in English " * 20]
    )
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b & c", "<暂定>", "2026年12月", "调休上班"} <= set(texts)
    assert texts.count("班") == 1 + sum(not day.weekday() < 5 and china().is_working(day) for day in _days(2026))
    assert "".join(text for text in texts if "理" in text) == "理" * 180
    assert max(map(cell_len, texts)) < 200
    assert not {"", " "} & set(texts)


def _days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(n) for n in range(first, date(year + 1, 1, 1).toordinal())]


class Terminal(io.StringIO):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_colours_and_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        page = Page()
        assert page.width == 30
        months, _ = months_of(due("7工作日", date(2018, 12, 20)))
        page.drawing(drawn(months, page.width, "zh", wide=True))
    shown = terminal.getvalue()
    assert "\x1b[1;36m20起" in shown
    assert "\x1b[1;33m29止" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert plain[4] == "  10   11   12   13   14   15   16  "
    assert len(plain) == 8


def test_a_legend_too_long_for_one_line_takes_two() -> None:
    exclude = [(date(2018, 9, 18), date(2018, 9, 19))]
    months, _ = months_of(due("30工作日", date(2018, 9, 10), exclude=exclude))
    assert len(legend(months)) == 7
    root = ET.fromstring(picture("t", months, "en"))  # noqa: S314 - our own text
    said = [element for element in root.iter("{http://www.w3.org/2000/svg}text") if element.get("font-size") == "12"]
    assert len(said) == 7
    assert len({element.get("y") for element in said}) == 2

"""Pages: the same text for a terminal and for a pipe."""

import io
import re
import sys
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from yingshang_flow.cli.output import Page
from yingshang_flow.words import Label


class Terminal(io.StringIO):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, write: Callable[[Page], object], *, columns: int = 40) -> str:
    """Return what a terminal gets; set up during the test, as pytest swaps the standard output for each phase."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal)
        write(Page())
    return terminal.getvalue()


def written(page: Page) -> None:
    page.heading("First")
    page.facts([("name", "约谈"), ("longer name", 1), ("left out", None)])
    page.heading("Second")
    page.table(("a", "状态"), [("已约谈", "kept"), ("x", None), ("y\nz", "")])
    page.lines(["one", "  two", ""])
    page.table(("nothing",), [])
    page.paragraph("a paragraph " * 12)
    page.text("end")


def test_a_pipe_gets_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    written(Page())
    text = " ".join(["a paragraph"] * 12)
    assert capsys.readouterr().out.splitlines() == [
        "First",
        "  name         约谈",
        "  longer name  1",
        "",
        "Second",
        "  a       状态",
        "  已约谈  kept",
        "  x       —",
        "  y; z",
        "  one",
        "    two",
        "",
        "  none",
        "",
        text[:97],
        text[98:],
        "end",
    ]


def test_a_terminal_gets_tables_that_fit_it(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, written)
    assert "已约谈" in text
    assert "─" in text
    assert "\x1b[32mkept" in text


def test_a_terminal_wraps_lines_to_where_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, lambda page: page.lines(["  a line that is longer than the terminal is wide"]))
    assert [line.rstrip() for line in text.splitlines()] == [
        "    a line that is longer than the",
        "    terminal is wide",
    ]


def test_nothing_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ("书面整改报告", "每个约谈对象都要在七个工作日内报送书面整改报告" * 2)
    text = shown(monkeypatch, lambda page: page.table(("名称", "说明"), [row]))
    assert max(cell_len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()) <= 40


def test_a_very_wide_terminal_is_not_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, lambda page: page.text("word " * 100), columns=400)
    assert max(map(len, text.splitlines())) <= 120


def labelled(page: Page) -> None:
    page.heading(Label("标题", "Title"))
    page.facts([(Label("名称", "name"), Label("约谈", "interview"))])
    page.table((Label("案件", "case"), Label("结论", "outcome")), [("a", Label("遵守", "kept")), ("b\nc", None)])
    page.table((Label("案件", "case"),), [])
    page.paragraph(Label("很长的一段话，" * 10 + "完。", "a paragraph"))
    page.text(page.listed([Label("甲", "a"), "b"]))


def test_labels_are_written_in_the_language_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    labelled(Page("zh"))
    assert capsys.readouterr().out.splitlines() == [
        "标题",
        "  名称  约谈",
        "  案件  结论",
        "  a     遵守",
        "  b；c  —",
        "  无",
        "",
        "很长的一段话，" * 7 + "很",
        "长的一段话，" + "很长的一段话，" * 2 + "完。",
        "甲、b",
    ]
    labelled(Page("en"))
    assert "  case  outcome\n  a     kept\n  b; c  —\n  none\n\na paragraph\na, b\n" in capsys.readouterr().out


def test_a_label_has_the_style_of_its_english_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def write(page: Page) -> None:
        page.language = "zh"
        labelled(page)

    assert "\x1b[32m遵守" in shown(monkeypatch, write)


def test_brackets_are_text_and_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[red]y" in shown(monkeypatch, lambda page: page.table(("x",), [("[red]y",)]))


@pytest.mark.parametrize("columns", [24, 40, 60, 80, 120])
def test_nothing_is_lost_however_narrow_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    row = ("start_accountability", "dalian-interview-2018 6(4)", "2018-12-29", "secretary_general", "y" * 30)
    text = shown(monkeypatch, lambda page: page.table(("a", "b", "c", "d", "e"), [row]), columns=columns)
    found = "".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())
    assert all(found.count(letter) >= "".join(row).count(letter) for letter in set("".join(row)) - {" "})


def test_a_long_value_beside_a_wide_name_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, lambda page: page.facts([("可以删除个人信息", "c" * 64)]), columns=60)
    assert text.count("c") == 64


def test_keys_stay_whole_where_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    row = ("start_accountability", "words " * 30, "awaiting_approval")
    text = shown(monkeypatch, lambda page: page.table(("a", "b", "c"), [row]), columns=60)
    assert "start_accountability" in text
    assert "awaiting_approval" in text

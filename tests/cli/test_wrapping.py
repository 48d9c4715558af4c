"""Texts in lines: nothing is lost, nothing is too wide, and no bracket stands where it must not."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from yingshang_flow.cli.wrapping import wrapped


def test_chinese_is_broken_anywhere_but_before_a_closing_and_after_an_opening_mark() -> None:
    text = "调休上班（补星期五）（《通知》（〔2025〕7号））"
    assert list(wrapped(text, 20)) == ["调休上班（补星期五）", "（《通知》（〔2025〕", "7号））"]
    assert list(wrapped(text, 18)) == ["调休上班（补星期", "五）（《通知》", "（〔2025〕7号））"]


def test_words_and_numbers_stay_whole() -> None:
    assert list(wrapped("counted until 2018-12-29", 12)) == ["counted", "until", "2018-12-29"]
    assert list(wrapped("2018-12-29 星期六计入", 14)) == ["2018-12-29 星", "期六计入"]


def test_what_cannot_be_broken_is_cut() -> None:
    assert list(wrapped("abcdefgh", 3)) == ["abc", "def", "gh"]
    assert list(wrapped("（（（（", 4)) == ["（（", "（（"]
    assert list(wrapped("约谈", 1)) == ["约", "谈"]


@given(st.text("约谈（）《》，。a7 .)("), st.integers(2, 30))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, columns: int) -> None:
    lines = list(wrapped(text, columns))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= columns for line in lines)
    assert "" not in lines or not text.strip()

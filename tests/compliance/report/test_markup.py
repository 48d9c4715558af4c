"""Markup escapes whatever is not its own."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.compliance.report.markup import both, joined, named, short, tag
from yingshang_flow.words import Label


class Seen(HTMLParser):
    """What a parser sees of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def seen(markup: str) -> Seen:
    parser = Seen()
    parser.feed(markup)
    parser.close()
    return parser


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))))
def test_a_text_comes_back_as_it_was_and_opens_no_element(said: str) -> None:
    found = seen(tag("p", said, title=f"x{said}"))
    assert found.tags == ["p"]
    assert "".join(found.texts) == said
    assert found.attributes == [("title", f"x{said}")]


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x85", "\ud800", "\u202e", "\u2066", "\uffff"])
def test_signs_that_have_no_place_in_a_page_are_shown_as_replaced(sign: str) -> None:
    assert tag("p", f"a{sign}b") == "<p>a\ufffdb</p>"
    tag("p", sign).encode()


def test_markup_is_not_escaped_again() -> None:
    assert tag("p", tag("b", "<"), "<") == "<p><b>&lt;</b>&lt;</p>"
    assert joined("<", tag("br"), by="&") == "&lt;&amp;<br>"


def test_attributes_that_are_false_or_empty_are_left_out() -> None:
    assert tag("input", type="radio", class_="", checked=False, title=None) == '<input type="radio">'
    assert tag("form", hidden=True, data_a_b=0) == '<form hidden data-a-b="0"></form>'


def test_a_label_is_there_in_both_languages_and_once_where_they_are_the_same() -> None:
    assert both(Label("甲", "a")) == '<span lang="zh-CN">甲</span><span lang="en">a</span>'
    assert both(Label("x", "x")) == "<bdi>x</bdi>"
    assert "…" in both(Label("甲" * 500, "a" * 500), shorten=True)


def test_what_others_wrote_is_kept_apart_and_shortened() -> None:
    assert named("<i>") == "<bdi>&lt;i&gt;</bdi>"
    assert 'class="nothing"' in named("", Label("无", "none"))
    assert len(short("x" * 1000)) == 160

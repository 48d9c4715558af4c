"""A Chinese page keeps to its English page: the same code, headings, rows and items; its links stay in Chinese.

A reference page also names the same code and dates, section by section.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath

import pytest

ENGLISH = Path(__file__).parent.parent.parent / "docs"
CHINESE = ENGLISH / "zh"
ENTRANCE = CHINESE / "index.md"
PAGES = sorted(page for page in CHINESE.rglob("*.md") if page != ENTRANCE)
NOT_YET = "目前只有英文"

LINK = re.compile(r"\[(?P<text>[^]]*)]\((?P<target>[^)#:]+\.md)(?:#[^)]*)?\)")
FENCE = re.compile(r"^(?P<fence>```+)(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=fence)[ \t]*$\n?", re.MULTILINE | re.DOTALL)
INCLUDED = re.compile(r"^\{literalinclude\} *(?P<path>.+?) *$")


def name_of(page: Path) -> str:
    return page.relative_to(CHINESE).as_posix()


def english_of(page: Path) -> Path:
    return ENGLISH / page.relative_to(CHINESE)


def links(page: Path) -> Iterator[tuple[str, Path]]:
    """Yield the text and the page of each link that leads to another page."""
    for found in LINK.finditer(page.read_text("utf-8")):
        yield found["text"], Path(normpath(page.parent / found["target"]))


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return what stands in fences, with its language; an included file is named by its path from the root."""
    shown = []
    for block in FENCE.finditer(page.read_text("utf-8")):
        info = block["info"].strip()
        if included := INCLUDED.match(info):
            path = Path(normpath(page.parent / included["path"])).relative_to(ENGLISH.parent)
            info = f"{{literalinclude}} {path.as_posix()}"
        shown.append((info, block["code"]))
    return shown


def lines_of_text(page: Path) -> list[str]:
    return FENCE.sub("", page.read_text("utf-8")).splitlines()


def headings(page: Path) -> list[str]:
    """Return the level of each heading as its number signs, in order."""
    return [found[1] for line in lines_of_text(page) if (found := re.match(r"(#+) ", line))]


def rows(page: Path) -> list[str]:
    """Return for each row of a table its bars, and for each item of a list its sign, in order."""
    told = []
    for line in lines_of_text(page):
        if line.startswith("|"):
            told.append(re.sub(r"[^|]", "", re.sub(r"`[^`]*`", "", line)))
        elif found := re.match(r" *(-|\d+\.) ", line):
            told.append(found[1])
    return told


def sections(page: Path) -> list[str]:
    """Return the text below each heading with the heading, and first what stands before them."""
    return re.split(r"^(?=#+ )", "\n".join(lines_of_text(page)), flags=re.MULTILINE)


def said_alike(section: str) -> tuple[str, set[str], list[str]]:
    """Return what a section says in every language: the number of its rule, the code it names and the dates in it."""
    numbered = re.match(r"#+ ([A-Z]\d+) ", section)
    code = set(re.findall(r"(?<!`)(`{1,2})([^`]+)\1(?!`)", section))
    return numbered[1] if numbered else "", {text for _, text in code}, re.findall(r"\d{4}-\d\d-\d\d", section)


of_each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)
of_each_reference_page = pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name == "reference"], ids=name_of
)


def test_there_are_chinese_pages() -> None:
    assert {name_of(page) for page in PAGES} >= {
        "tutorial/first-interview.md",
        "how-to/own-profile.md",
        "reference/store-contract.md",
    }


@of_each_page
def test_a_page_names_its_english_page(page: Path) -> None:
    english = english_of(page)
    assert english.exists(), f"{name_of(page)} has no English page at {english}"
    assert next(links(page), None) == ("English", english)


@of_each_page
def test_a_page_has_the_code_of_its_english_page(page: Path) -> None:
    assert blocks(page) == blocks(english_of(page))


@of_each_page
def test_a_page_has_the_headings_of_its_english_page(page: Path) -> None:
    assert headings(page) == headings(english_of(page))


@of_each_page
def test_a_page_has_the_rows_and_items_of_its_english_page(page: Path) -> None:
    assert rows(page) == rows(english_of(page))


@of_each_reference_page
def test_a_reference_page_names_the_rules_the_code_and_the_dates_of_its_english_page(page: Path) -> None:
    told = [said_alike(section) for section in sections(page)]
    assert told == [said_alike(section) for section in sections(english_of(page))]


@pytest.mark.parametrize("page", [*PAGES, ENTRANCE], ids=name_of)
def test_a_link_leads_to_the_chinese_page_where_there_is_one(page: Path) -> None:
    elsewhere = [target for text, target in links(page) if text != "English" and not target.is_relative_to(CHINESE)]
    assert [target for target in elsewhere if (CHINESE / target.relative_to(ENGLISH)).exists()] == []


def test_the_entrance_leads_to_every_page_and_says_which_are_only_in_english() -> None:
    told = {
        Path(normpath(CHINESE / found["target"])): line
        for line in lines_of_text(ENTRANCE)
        for found in LINK.finditer(line)
    }
    english = [page for page in ENGLISH.rglob("*.md") if page.name != "index.md" and not page.is_relative_to(CHINESE)]
    here = {page: CHINESE / page.relative_to(ENGLISH) for page in english}
    assert {page for page in english if not here[page].exists()} == {page for page in told if NOT_YET in told[page]}
    assert {chinese for chinese in here.values() if chinese.exists()} == {page for page in told if page in set(PAGES)}

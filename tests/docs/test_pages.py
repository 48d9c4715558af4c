"""Every documentation page and README does what it shows: its examples run, its files are those it prints."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CHINESE = ROOT / "docs" / "zh"  # its code is that of the English pages, letter for letter (test_chinese_pages.py)
PAGES = sorted(
    page
    for page in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("README*.md")]
    if not page.is_relative_to(CHINESE) and ">>>" in page.read_text("utf-8")
)
SHOWN_FILE = re.compile(r"```toml\n# (?P<name>[\w.-]+\.toml)\n(?P<text>.*?)```", re.DOTALL)


def test_there_are_pages_with_examples() -> None:
    assert {page.name for page in PAGES} >= {"first-interview.md", "own-profile.md", "periods.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for shown in SHOWN_FILE.finditer(page.read_text("utf-8")):
        Path(shown["name"]).write_text(shown["text"], "utf-8")
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried
    assert failed == 0

"""Accepted findings: they are known again by their fingerprints, and a broken file is one error with every problem."""

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compliance.report.reporting import LATE, NEVER, audited
from yingshang_flow.compliance.report.baseline import Acceptance, Baseline, accept
from yingshang_flow.errors import BaselineError

DAY = date(2019, 4, 1)
GOOD = """form = 1
[[accepted]]
fingerprint = "0123456789abcdef"
case = "A1"
rule = "T1"
by = "甲"
on = 2019-04-01
why = "已说明"
"""
FINDINGS = [found.finding for found in audited([LATE, NEVER]).findings]


def test_what_was_accepted_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    accept(path, FINDINGS[:1], by="示例督查室", on=DAY, why="系统切换")
    known = Baseline.read(path)
    one = known.of(FINDINGS[0])
    assert one is not None
    assert (one.by, one.on, one.why, one.case, one.rule) == (
        "示例督查室",
        DAY,
        "系统切换",
        FINDINGS[0].case,
        FINDINGS[0].code,
    )
    assert known.of(FINDINGS[1]) is None
    assert known.name == str(path)


def test_a_finding_that_grows_later_stays_accepted() -> None:
    later = [found.finding for found in audited([NEVER], as_of=date(2019, 3, 1)).findings]
    accepted = {one.fingerprint for one in (found.finding for found in audited([NEVER]).findings)}
    assert {one.fingerprint for one in later} == accepted


def test_accepting_again_keeps_what_stands_there_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    accept(path, FINDINGS[:1], by="甲", on=DAY, why="一")
    path.write_text(path.read_text("utf-8") + "# 备注", "utf-8")
    before = path.read_text("utf-8")
    found = accept(path, FINDINGS, by="乙", on=DAY, why="二")
    assert path.read_text("utf-8").startswith(f"{before}\n")
    assert [one.by for one in found.accepted.values()] == ["甲", *["乙"] * (len(FINDINGS) - 1)]
    assert Baseline.read(path) == found


def test_accepting_nothing_new_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    accept(path, FINDINGS, by="甲", on=DAY, why="一")
    before = path.stat().st_mtime_ns, path.read_bytes()
    accept(path, FINDINGS, by="乙", on=DAY, why="二")
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_accepting_nothing_makes_a_file_that_can_be_read(tmp_path: Path) -> None:
    assert accept(tmp_path / "b.toml", (), by="甲", on=DAY, why="一") == Baseline.read(tmp_path / "b.toml")
    assert os.listdir(tmp_path) == ["b.toml"]  # noqa: PTH208  # names are what is looked at


@given(st.text(), st.text().filter(str.strip), st.text().filter(str.strip))
def test_whatever_is_written_is_read_back(case: str, by: str, why: str) -> None:
    one = Acceptance("0" * 16, case or "x", "T1", "", by, DAY, why)
    if not one.case.strip():
        return
    found = Baseline.from_text("form = 1\n" + one.toml()).accepted["0" * 16]

    def plain(text: str) -> str:
        return text.encode(errors="replace").decode()

    assert (found.case, found.by, found.why) == (plain(one.case), plain(by), plain(why))


def test_entries_that_stand_for_nothing_are_told() -> None:
    known = Baseline.from_text(GOOD)
    assert [one.case for one in known.stale(FINDINGS)] == ["A1"]
    assert Baseline().stale(FINDINGS) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "form is 'missing'; write form = 1"),
        ("form = 2", "form is 2; write form = 1"),
        ("form = true", "form is True; write form = 1"),
        ("form = 1\nmore = 1", "more is not known; known are form and accepted"),
        ("form = 1\naccepted = 1", "accepted is no list of tables; write each as"),
        ("form = 1\naccepted = [1]", "accepted is no list of tables"),
        ("form = ", "it is no TOML: "),
        (GOOD.replace('"A1"', "1"), "accepted 1: case is 1; write a text in quotation marks"),
        (GOOD.replace('"A1"', '" "'), "accepted 1: case is empty; fill it in"),
        (GOOD.replace('case = "A1"\n', ""), "accepted 1: case is missing"),
        (GOOD.replace("0123456789abcdef", "XYZ"), "accepted 1: fingerprint is 'XYZ'; it has 16 digits"),
        (GOOD.replace("on = 2019-04-01\n", ""), "accepted 1: on is missing"),
        (GOOD.replace("2019-04-01", '"2019-04-01"'), "write a date without quotation marks"),
        (GOOD.replace("2019-04-01", "2019-04-01T08:00:00"), "write a date without quotation marks"),
        (GOOD + "note = 1\n", "accepted 1: note is not known; known are fingerprint, case"),
        (GOOD + GOOD.removeprefix("form = 1\n"), "accepted 2: 0123456789abcdef stands in an entry above; keep one"),
        ("form = 1\nx = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)
def test_a_broken_file_is_one_clear_error(text: str, said: str) -> None:
    with pytest.raises(BaselineError) as caught:
        Baseline.from_text(text, "b.toml")
    assert str(caught.value).startswith("b.toml: ")
    assert said in str(caught.value)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    text = GOOD.replace('"甲"', "1").replace("form = 1", "form = 3") + "x = 1\n"
    with pytest.raises(BaselineError) as caught:
        Baseline.from_text(text)
    assert len(caught.value.problems) == 3


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_bytes(b"form = 1\n\xff")
    with pytest.raises(BaselineError, match="no UTF-8 at byte 9"):
        Baseline.read(path)
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(BaselineError, match="larger than"):
        Baseline.read(path)


def test_nobody_accepts_for_no_reason(tmp_path: Path) -> None:
    with pytest.raises(BaselineError) as caught:
        accept(tmp_path / "b.toml", FINDINGS, by=" ", on=DAY, why="")
    assert caught.value.problems == ("by is empty; say who accepts", "why is empty; say the reason")
    assert not list(tmp_path.iterdir())


def test_a_file_to_which_nothing_can_be_added_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text("form = 1\naccepted = []\n", "utf-8")
    with pytest.raises(BaselineError, match="no TOML"):
        accept(path, FINDINGS, by="甲", on=DAY, why="一")
    assert path.read_text("utf-8") == "form = 1\naccepted = []\n"
    assert len(list(tmp_path.iterdir())) == 1

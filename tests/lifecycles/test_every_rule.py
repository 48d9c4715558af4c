"""Every domain rule of the procedures is built, of its kinds, with a citation, and has tests that show it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.lifecycles import rule_tests
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.compliance.tracing import Place, Trace, shown_by, traces
from yingshang_flow.words import BAN, DUTY, GROUND, GUARD, LIMIT, PROPERTY, RuleKind

KINDS: Final[dict[str, frozenset[RuleKind]]] = {
    **dict.fromkeys(("Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Y10", "Z10", "Z20"), frozenset({GUARD})),
    **dict.fromkeys(("Y8", "T1", "T2", "T3", "T11", "Z1", "Z2", "Z3", "Z5", "Z6", "Z7", "Z8"), frozenset({LIMIT})),
    **dict.fromkeys(("Y9", "Y14", "Y15", "Y16", "T4", "T6", "T7", "T10"), frozenset({DUTY})),
    **dict.fromkeys(("Z4", "Z9", "Z12", "Z13", "Z14", "Z15", "Z17", "Z18", "Z19"), frozenset({DUTY})),
    **dict.fromkeys(("Y12", "Y17", "Z16", "Z21"), frozenset({GROUND})),
    **dict.fromkeys(("T8", "T9", "Z11"), frozenset({BAN})),
    **dict.fromkeys(("L1", "L2", "L5", "A2", "A4", "A6"), frozenset({GUARD})),
    **dict.fromkeys(("L4", "A1", "A3", "A5"), frozenset({DUTY})),
    "L3": frozenset({LIMIT}),
    "L6": frozenset({GROUND}),
    "Y11": frozenset({GUARD, DUTY}),
    "Y13": frozenset({PROPERTY}),
    "T5": frozenset({BAN, GROUND}),
    **dict.fromkeys(("H1", "H2"), frozenset({GUARD})),
    **dict.fromkeys(("H3", "H5", "S1", "S3", "S4"), frozenset({DUTY})),
    "H4": frozenset({GROUND}),
    "S2": frozenset({BAN}),
    "T12": frozenset({LIMIT, GUARD}),
}
"""The kinds each rule has at least; one that is also refused, or also gives reason to open a case, has more."""

HOMES: Final[dict[RuleKind, set[Place]]] = {
    GUARD: {Place.ROW, Place.NEED},
    LIMIT: {Place.LIMIT},
    DUTY: {Place.DUTY, Place.LIMIT},  # what is owed again and again is a limit
    BAN: {Place.DUTY},
    GROUND: {Place.GROUND},
    PROPERTY: {Place.TESTS},
}
"""Where a rule of each kind has to stand, one of these at least."""


@pytest.fixture(scope="module")
def traced() -> dict[str, list[Trace]]:
    found: dict[str, list[Trace]] = {}
    for key, profile in SHIPPED_PAIRS:
        for trace in traces(lifecycles.SHIPPED[key](profile)):
            found.setdefault(trace.rule.id, []).append(trace)
    return found


@pytest.mark.parametrize("rule", KINDS)
def test_a_rule_stands_where_one_of_its_kind_has_to_and_tests_show_it(
    traced: dict[str, list[Trace]], rule: str
) -> None:
    kinds = {kind for trace in traced[rule] for kind in trace.rule.kinds}
    places = {home.place for trace in traced[rule] for home in trace.homes}
    assert KINDS[rule] <= kinds
    for kind in kinds:
        assert HOMES[kind] & places, f"{rule} is a {kind} and stands in {', '.join(places)} only"
    for trace in traced[rule]:
        assert trace.rule.citations
        assert trace.gaps == ()


def test_no_rule_of_the_domain_and_none_of_a_definition_is_left_out(traced: dict[str, list[Trace]]) -> None:
    assert set(traced) == set(KINDS) == set(shown_by())
    numbers = {letter: [int(rule[1:]) for rule in KINDS if rule[0] == letter] for letter in "YTZHLAS"}
    assert {letter: sorted(found) for letter, found in numbers.items()} == {
        "Y": list(range(1, 18)),
        "T": list(range(1, 13)),
        "Z": list(range(1, 22)),
        "H": list(range(1, 6)),
        "S": list(range(1, 5)),
        "L": list(range(1, 7)),
        "A": list(range(1, 7)),
    }


# --- the index --------------------------------------------------------------------------------------------------------


def test_the_index_of_tests_is_the_one_that_the_tests_give() -> None:
    written = rule_tests.INDEX.read_text(encoding="utf-8")
    assert written == rule_tests.text(rule_tests.current()), "run `python -m tests.lifecycles.rule_tests`"


def test_a_test_is_indexed_by_its_markers_those_of_its_parameters_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        "@pytest.mark.keeps('Y8', 'Y9')\n"
        "@pytest.mark.parametrize('a', [pytest.param(1, marks=[pytest.mark.breaks('T1')])])\n"
        "def test_something(a): ...\n\n"
        "@given(x)\n@pytest.mark.holds('Y13')\ndef test_Y13_and_Y8_too(): ...\n",
        encoding="utf-8",
    )
    found = rule_tests.current(tmp_path, tmp_path)
    first, second = "test_x.py::test_something", "test_x.py::test_Y13_and_Y8_too"
    assert list(found) == ["T1", "Y8", "Y9", "Y13"]
    assert found["T1"] == {"kept": [], "broken": [first], "held": [], "named": [first]}
    assert found["Y8"] == {"kept": [first], "broken": [], "held": [], "named": [first, second]}
    assert found["Y13"] == {"kept": [], "broken": [], "held": [second], "named": [second]}


MARKED: Final = """
import pytest
from tests.lifecycles.interviewing import Desk

@pytest.mark.keeps("Y1")
def test_that_shows_it():
    desk = Desk()
    desk.plan()
    desk.audit()

@pytest.mark.keeps("Y1", "Y5")
@pytest.mark.breaks("Y2")
def test_that_does_not():
    desk = Desk()
    desk.plan()
    desk.audit()
"""


def test_a_test_that_does_not_show_what_its_marker_says_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.lifecycles.conftest import *\n", encoding="utf-8")
    (tmp_path / "test_marked.py").write_text(MARKED, encoding="utf-8")
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(rule_tests.ROOT / "pyproject.toml"))
    result = subprocess.run(
        [sys.executable, *command, str(tmp_path)], cwd=rule_tests.ROOT, capture_output=True, text=True, check=False
    )
    assert "2 passed, 1 error" in result.stdout, result.stdout + result.stderr
    assert "does not show it: breaks Y2, keeps Y5" in result.stdout

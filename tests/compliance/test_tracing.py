"""Tracing: where each rule stands, and what shows it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import attrs
import pytest

from tests.compliance.permits import P1, P2, PERMITS
from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles
from yingshang_flow.compliance.tracing import Home, Place, ShownBy, Trace, places, shown_by, traces
from yingshang_flow.core.analysis import homes
from yingshang_flow.core.case import Case
from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Ground, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import Requirement, given, needs, settled
from yingshang_flow.sources import OURS
from yingshang_flow.words import GUARD, PROPERTY, Label, Rule

A = Label("甲", "a")
N = Rule("N", GUARD, OURS("N"), A)


def stands(*changes: Duty | Ground, needs: Sequence[Requirement] = ()) -> list[str]:
    """Where rule N stands in the permits with some more duties, grounds and needs of ``tell``."""
    rows = [attrs.evolve(row, needs=needs) if row.trigger == "tell" else row for row in PERMITS.transitions]
    lifecycle = attrs.evolve(
        PERMITS,
        transitions=rows,
        duties=[change for change in changes if isinstance(change, Duty)],
        grounds=[change for change in changes if isinstance(change, Ground)],
        rules=[N],
    )
    (trace,) = traces(lifecycle)
    return [home.text("en") for home in trace.homes]


def fits(content: object) -> bool:
    return bool(content)


def offences(_history: Sequence[Record], _values: object, _now: datetime) -> Iterable[tuple[int, str]]:
    return ()


def offenders(_cases: Sequence[tuple[Case, Sequence[Record]]], _values: object) -> Iterable[tuple[str, str]]:
    return ()


@needs(N, A)
def all_is_well(_view: object) -> bool:
    return True


@attrs.frozen
class Prayed(Duty):
    """A template of somebody's own."""


@attrs.frozen
class Wished(Requirement):
    """A kind of requirement of somebody's own."""


@pytest.mark.parametrize(
    ("duty", "where"),
    [
        (Response("ask", ("tell", "note"), rules=N, label=A), "duty ask: Response tell|note"),
        (Precedence("tell", "decide", rules=N, label=A), "duty tell: Precedence decide"),
        (AtMost("note", 2, rules=N, label=A), "duty note: AtMost 2"),
        (InTime("decide", "decision", rules=N, label=A), "duty decide: InTime decision"),
        (Holds("ask", fits, rules=N, label=A), "duty ask: Holds fits"),
        (Never(offences, rules=N, label=A), "duty offences: Never"),
        (AcrossCases(offenders, rules=N, label=A), "duty offenders: AcrossCases"),
        (Prayed(rules=N, label=A), "duty Prayed"),
        (Ground("g", N, A, "interview"), "ground g: interview"),
    ],
)
def test_a_duty_or_ground_is_told_by_what_it_is_about(duty: Duty | Ground, where: str) -> None:
    assert stands(duty) == [where]


def test_a_need_is_told_by_its_fields_its_limits_or_its_function() -> None:
    found = stands(
        needs=[
            given(N, A, "result", "number"),
            settled(N, A, "decision"),
            all_is_well,
            Wished((N,), A),
        ]
    )
    assert found == ["need tell: result, number", "need tell: decision", "need tell: all_is_well", "need tell: Wished"]


def test_a_row_is_told_by_the_states_between_which_it_leads() -> None:
    rows = [attrs.evolve(row, rules=N) for row in PERMITS.transitions if row.trigger in {"ask", "decide", "note"}]
    (trace,) = traces(attrs.evolve(PERMITS, transitions=rows, rules=[N]))
    assert [home.text() for home in trace.homes] == [
        "流程 ask: → asked",
        "流程 decide: weighed|rushed → decided",
        "流程 note: decided",
    ]
    assert list(places(trace.homes, "en")) == ["row ask, decide, note"]


def test_a_limit_is_told_by_its_key_in_the_words_of_the_definition() -> None:
    trace = traces(PERMITS)[0]
    assert trace.homes == (Home(Place.LIMIT, "decision", "", Label("决定", "Decision")),)
    assert str(trace.homes[0]) == "limit decision"


def test_a_rule_on_an_extension_stands_in_the_limit_that_is_extended() -> None:
    found = next(trace for trace in traces(lifecycles.complaint("bayuquan-2018")) if trace.rule.id == "T3")
    assert "limit conclusion: extend" in [home.text("en") for home in found.homes]


def test_a_property_stands_in_the_tests_that_hold_it() -> None:
    found = next(trace for trace in traces(lifecycles.interview("dalian-2018")) if trace.rule.id == "Y13")
    (home,) = found.homes
    assert (home.place, f"tests/lifecycles/test_interview_rules.py::{home.key}") == (Place.TESTS, found.tests.held[0])
    assert found.gaps == ()


def test_what_a_rule_lacks_is_told() -> None:
    both = ShownBy(("k",), ("b",))
    home = Home(Place.LIMIT, "x", "", A)
    held = attrs.evolve(N, kinds=PROPERTY)
    told = {
        Trace(N, (home,), both): [],
        Trace(N, (), both): ["stands nowhere"],
        Trace(N, (home,), ShownBy(broken=("b",))): ["no test shows it kept"],
        Trace(N, (home,), ShownBy(kept=("k",))): ["no test shows it broken"],
        Trace(held, (home,), both): ["no test holds it"],
        Trace(held, (home,), ShownBy(held=("h",))): [],
    }
    for trace, said in told.items():
        assert [gap.en for gap in trace.gaps] == said


def test_a_rule_of_ones_own_has_no_tests_here() -> None:
    assert {trace.rule: trace.tests for trace in traces(PERMITS)}[P1] == ShownBy()
    assert P2.id not in shown_by()


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
def test_a_rule_stands_where_the_static_analysis_sees_it_too(key: str, profile: str) -> None:
    lifecycle = lifecycles.SHIPPED[key](profile)
    seen: dict[str, Any] = homes(lifecycle)
    for trace in traces(lifecycle):
        assert bool(trace.homes) == (trace.rule.id in seen or trace.rule.kinds == (PROPERTY,))
        limits = {place.removeprefix("limit ") for place in seen.get(trace.rule.id, ()) if place.startswith("limit ")}
        assert {home.key for home in trace.homes if home.place is Place.LIMIT and not home.detail} == limits

"""The static analysis: each problem in a lifecycle broken in one place, and all of them together."""

from collections.abc import Callable
from datetime import date
from typing import Any

import attrs
import pytest

from tests.core.roadworks import (
    CREWS,
    G1,
    G2,
    L1,
    OFFICE,
    ROADWORKS,
    ours,
    roadworks,
    something_logged,
)
from yingshang_flow.core.analysis import checked, homes, problems
from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Ground, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import State, Transition, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, Obligors, TimeLimit, entering, leaving
from yingshang_flow.core.requirement import forbids, given, needs, settled
from yingshang_flow.deadlines import CalendarDays, FixedDate, Period
from yingshang_flow.errors import DefinitionError
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, GUARD, PROPERTY, Cited, Label, Rule

A = Label("甲", "a")
DAYS = ours(CalendarDays(3))


def always(_: object) -> bool:
    """Pass everything."""
    return True


def nothing(*_: object) -> tuple[tuple[str, str], ...]:
    """Find nothing."""
    return ()


def closure() -> Callable[[object], bool]:
    """Return a function that a fingerprint could not see."""

    def inner(_: object) -> bool:
        return True

    return inner


AMONG = attrs.evolve(CREWS, key="among", within=CREWS)
AMONG_OTHERS = attrs.evolve(CREWS, key="among", within=attrs.evolve(CREWS, key="others"))


class Plain:
    """No attrs class."""


def states(*more: State) -> dict[str, Any]:
    """Add states."""
    return {"states": (*ROADWORKS.states, *more)}


def rows(*more: Transition) -> dict[str, Any]:
    """Add rows."""
    return {"transitions": (*ROADWORKS.transitions, *more)}


def triggers(*more: Trigger) -> dict[str, Any]:
    """Add triggers."""
    return {"triggers": (*ROADWORKS.triggers, *more)}


def limits(*more: TimeLimit) -> dict[str, Any]:
    """Add limits."""
    return {"limits": (*ROADWORKS.limits, *more)}


def limit(key: str = "x", period: Cited[Period] | FromContent | None = DAYS, **changes: Any) -> TimeLimit:  # noqa: ANN401  # any field
    """Build a limit in which all is well but what is changed."""
    return TimeLimit(key, period, **{"label": A, "starts": "start", "met": "turn", "rules": L1, **changes})


def duties(*more: Duty) -> dict[str, Any]:
    """Add duties."""
    return {"duties": (*ROADWORKS.duties, *more)}


def rules(*more: Rule) -> dict[str, Any]:
    """Add rules."""
    return {"rules": (*ROADWORKS.rules, *more)}


TWICE = "is defined twice"
BROKEN: list[tuple[dict[str, Any], list[str]]] = [
    (states(State("closed", A, final=True)), [f"state 'closed' {TWICE}"]),
    (triggers(Trigger("turn", A)), [f"trigger 'turn' {TWICE}"]),
    (limits(limit("round")), [f"limit 'round' {TWICE}"]),
    (rules(G1), [f"rule 'G1' {TWICE}"]),
    ({"grounds": [Ground("g", L1, A, "x"), Ground("g", L1, A, "x")]}, [f"ground 'g' {TWICE}"]),
    (
        rows(stay("fly", "working", by=OFFICE)),
        ["the row 'fly' from working has a trigger that is not defined"],
    ),
    (
        rows(stay("turn", "moon", by=OFFICE)),
        ["the row 'turn' from moon names a state 'moon' that is not defined"],
    ),
    (
        rows(move("turn", "ordered", to="moon", by=OFFICE)),
        ["the row 'turn' from ordered names a state 'moon' that is not defined"],
    ),
    (rows(stay("turn", "ordered", by=[])), ["the row 'turn' from ordered has no role that may use it"]),
    (rows(Transition("turn", (), None, OFFICE)), ["the row 'turn' from nothing opens no state"]),
    (triggers(Trigger("fly", A)), ["trigger 'fly' has no row"]),
    (
        rows(stay("turn", "working", by=OFFICE)),
        ["trigger 'turn' has a row after one without `when` in state 'working'; it is never reached"],
    ),
    (
        {"transitions": [row for row in ROADWORKS.transitions if row.sources]},
        [
            "trigger 'order' has no row",
            "no row opens a case",
            *(f"state {key!r} is never reached" for key in ("ordered", "working", "resting", "closed", "dropped")),
            "limit 'begin' waits for trigger 'order', which never happens",
            "rule 'G1' has no home in the definition",
        ],
    ),
    (
        {"states": [attrs.evolve(state, final=False) for state in ROADWORKS.states]},
        [
            "no state is final",
            *(f"from state {key!r} no final state is reached" for key in ("ordered", "working", "resting")),
            *(f"state {key!r} is a dead end: it is not final and no move leaves it" for key in ("closed", "dropped")),
        ],
    ),
    (states(State("moon", A, final=True)), ["state 'moon' is never reached"]),
    (
        {**states(State("moon", A)), **rows(move("turn", "ordered", to="moon", by=OFFICE))},
        ["state 'moon' is a dead end: it is not final and no move leaves it"],
    ),
    (
        {
            **states(State("moon", A)),
            **rows(move("turn", "ordered", to="moon", by=OFFICE), move("again", "moon", to="moon", by=OFFICE)),
        },
        ["state 'moon' is a dead end: it is not final and no move leaves it"],
    ),
    (
        {
            **states(State("moon", A), State("mars", A)),
            **rows(
                move("turn", "ordered", to="moon", by=OFFICE),
                move("turn", "moon", to="mars", by=OFFICE),
                move("turn", "mars", to="moon", by=OFFICE),
            ),
        },
        ["from state 'moon' no final state is reached", "from state 'mars' no final state is reached"],
    ),
    (
        rows(stay("turn", "ordered", by=OFFICE, needs=needs([], A)(always))),
        ["a requirement of 'turn' belongs to no rule"],
    ),
    (
        rows(stay("turn", "ordered", by=OFFICE, needs=settled(L1, A, "round", "moon"))),
        ["a requirement of 'turn' names a limit 'moon' that is not defined"],
    ),
    (
        rows(stay("turn", "ordered", by=OFFICE, needs=given(G1, A, "reason"))),
        ["a requirement of 'turn' names a field 'reason' its content does not have"],
    ),
    (
        rows(stay("log", "ordered", by=OFFICE, when=given(G1, A, "text", "moon"))),
        ["a requirement of 'log' names a field 'moon' its content does not have"],
    ),
    (
        rows(stay("fly", "ordered", by=OFFICE, needs=given(G1, A, "text"))),
        ["the row 'fly' from ordered has a trigger that is not defined"],
    ),
    (limits(limit(starts=())), ["limit 'x' is never started"]),
    (limits(limit(starts="fly")), ["limit 'x' waits for trigger 'fly', which never happens"]),
    (limits(limit(starts=entering("moon"))), ["limit 'x' waits for entering 'moon', which never happens"]),
    (limits(limit(stops=leaving("closed"))), ["limit 'x' waits for leaving 'closed', which never happens"]),
    (limits(limit(met="fly")), ["limit 'x' is never met"]),
    (
        limits(limit(extended={"fly": DAYS}, revived=("swim", "turn"))),
        [f"limit 'x' waits for trigger {name!r}, which never happens" for name in ("fly", "swim")],
    ),
    (
        limits(limit(extended={"promise": FromContent("moon"), "turn": FromContent("until"), "keep": DAYS})),
        [
            "limit 'x' reads field 'moon', which trigger 'promise' does not give",
            "limit 'x' reads field 'until', which trigger 'turn' does not give",
        ],
    ),
    (limits(limit(extended={"again": DAYS}, repeats=True)), ["limit 'x' repeats and is extended"]),
    (limits(limit(each=AMONG_OTHERS, met="log")), ["limit 'x' is owed by each among, but trigger 'log' is not"]),
    (limits(limit(each=AMONG, met="turn")), ["limit 'x' is owed by each among, but trigger 'turn' is not"]),
    (
        duties(InTime("fly", "moon", rules=L1, label=A), InTime("turn", "mars", rules=L1, label=A)),
        [
            "a duty of L1 names a trigger 'fly' not defined",
            "a duty of L1 names a limit 'moon' not defined",
            "a duty of L1 names a limit 'mars' not defined",
        ],
    ),
    (
        duties(Never(nothing, about=("turn", "fly"), rules=L1, label=A)),  # type: ignore[arg-type]  # it yields nothing
        ["a duty of L1 names a trigger 'fly' not defined"],
    ),
    (
        {"grounds": [Ground("g", L1, A, "x", acts=("turn", "fly"))]},
        ["ground 'g' names a trigger 'fly' not defined"],
    ),
    (limits(limit(each=CREWS)), ["limit 'x' is owed by each crews, but trigger 'turn' is not"]),
    (
        {**limits(limit(each=CREWS, met="fly")), **rows(stay("fly", "working", by=OFFICE))},
        ["the row 'fly' from working has a trigger that is not defined"],
    ),
    (limits(limit(period=ours(FixedDate(date(2021, 3, 1))), repeats=True)), ["limit 'x' repeats a fixed date"]),
    (
        limits(limit(period=FromContent("until"))),
        ["limit 'x' reads field 'until', which trigger 'start' does not give"],
    ),
    (
        limits(limit(period=FromContent("moon"), starts="promise")),
        ["limit 'x' reads field 'moon', which trigger 'promise' does not give"],
    ),
    (
        limits(limit(period=FromContent("until"), starts=entering("working"))),
        ["limit 'x' reads field 'until', which entering 'working' does not give"],
    ),
    (
        duties(
            Response("fly", ["turn", "swim"], rules=L1, label=A),
            Precedence("dive", "turn", rules=L1, label=A),
            AtMost("hop", 1, rules=L1, label=A),
            Holds("jump", always, rules=L1, label=A),
        ),
        [f"a duty of L1 names a trigger {name!r} not defined" for name in ("fly", "swim", "dive", "hop", "jump")],
    ),
    (rules(Rule("N", DUTY, OURS("N"), A)), ["rule 'N' has no home in the definition"]),
    (rules(Rule("N", (PROPERTY, GUARD), OURS("N"), A)), ["rule 'N' has no home in the definition"]),
    (rules(Rule("N", PROPERTY, (), A)), ["rule 'N' cites nothing"]),
    ({"rules": [G1, G2, *ROADWORKS.rules[3:]]}, ["rule 'L1' is used but not listed"]),
    ({"title": Label(" ", "a")}, ["the title lacks a label in Chinese"]),
    (
        {
            "title": Label("甲", ""),
            "states": [attrs.evolve(ROADWORKS.states[0], label=Label("甲", "")), *ROADWORKS.states[1:]],
            "triggers": [attrs.evolve(ROADWORKS.triggers[0], label=Label("", "a")), *ROADWORKS.triggers[1:]],
            "limits": [attrs.evolve(ROADWORKS.limits[0], label=Label("", "a")), *ROADWORKS.limits[1:]],
            "rules": [attrs.evolve(G1, label=Label("甲", "")), *ROADWORKS.rules[1:]],
            **duties(AtMost("turn", 9, rules=[L1, G1], label=Label("", ""))),
            "grounds": [Ground("g", L1, Label("", "a"), "x")],
        },
        [
            "the title lacks a label in English",
            "state 'ordered' lacks a label in English",
            "trigger 'order' lacks a label in Chinese",
            "limit 'begin' lacks a label in Chinese",
            "rule 'G1' lacks a label in English",
            "a duty of L1, G1 lacks a label in Chinese",
            "ground 'g' lacks a label in Chinese",
        ],
    ),
    (
        rows(
            stay(
                "turn",
                "ordered",
                by=attrs.evolve(OFFICE, key="boss", label=Label("", "")),
                needs=given(G1, Label("甲", "")),
            )
        ),
        ["role 'boss' lacks a label in Chinese", "a requirement of 'turn' lacks a label in English"],
    ),
    (
        states(State("moon walk", A, final=True)),
        ["state 'moon walk' cannot be called so", "state 'moon walk' is never"],
    ),
    (
        {**triggers(Trigger("state", A)), **rows(stay("state", "working", by=OFFICE))},
        ["trigger 'state' cannot be called so; use letters, digits and underscores, and no trigger `state`"],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), BROKEN, ids=[found[0] for _, found in BROKEN])
def test_a_lifecycle_broken_in_one_place_has_exactly_these_problems(
    changes: dict[str, Any], expected: list[str]
) -> None:
    found = list(problems(attrs.evolve(ROADWORKS, **changes)))
    assert len(found) == len(expected), found
    for problem, start in zip(sorted(found), sorted(expected), strict=True):
        assert problem.startswith(start)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        (rows(stay("turn", "ordered", by=OFFICE, needs=needs(G1, A)(lambda _: True))), ["<lambda>"]),
        (rows(stay("turn", "ordered", by=OFFICE, needs=forbids(G1, A)(lambda _: ()))), ["<lambda>"]),
        (rows(stay("turn", "ordered", by=OFFICE, needs=needs(G1, A)(closure()))), ["closure.<locals>.inner"]),
        (
            rows(stay("turn", "ordered", by=OFFICE, needs=needs(G1, A, where=closure())(always))),
            ["closure.<locals>.inner"],
        ),
        (duties(Holds("turn", closure(), rules=L1, label=A)), ["closure.<locals>.inner"]),
        (duties(Never(lambda *_: (), rules=L1, label=A)), ["<lambda>"]),
        (limits(limit(where=lambda _: True)), ["<lambda>"]),
        ({"grounds": [Ground("g", L1, A, "x", acts="turn", where=lambda _: True)]}, ["<lambda>"]),
        (limits(limit(meets=closure())), ["closure.<locals>.inner"]),
        (duties(AcrossCases(lambda *_: (), rules=L1, label=A)), ["<lambda>"]),
        (
            {
                **triggers(Trigger("fly", A, each=Obligors("x", A, lambda _: ()))),
                **rows(stay("fly", "working", by=OFFICE)),
            },
            ["<lambda>"],
        ),
        (
            limits(limit(each=Obligors("x", A, lambda _: ()), met="log")),
            ["is owed by each x, but trigger 'log' is not", "<lambda>"],
        ),
    ],
)
def test_a_function_that_a_fingerprint_cannot_see_is_named(changes: dict[str, Any], names: list[str]) -> None:
    found = list(problems(attrs.evolve(ROADWORKS, **changes)))
    assert len(found) == len(names)
    for problem, name in zip(found, names, strict=True):
        assert name in problem


def test_a_duty_and_a_ground_that_are_sound_are_no_problem() -> None:
    sound = attrs.evolve(
        ROADWORKS,
        **duties(AcrossCases(nothing, rules=L1, label=A), Holds("turn", always, rules=L1, label=A)),
        grounds=[Ground("g", L1, A, "x", ("1",))],
        rules=[*ROADWORKS.rules, Rule("N", PROPERTY, OURS("N"), A)],
    )
    assert list(problems(sound)) == []


def test_content_that_is_no_attrs_class_is_named_even_where_a_field_of_it_is_required() -> None:
    changed = [attrs.evolve(t, content=Plain) if t.key == "order" else t for t in ROADWORKS.triggers]
    found = list(problems(attrs.evolve(ROADWORKS, triggers=changed)))
    assert "the content of 'order' is no attrs class at module level" in found


def test_content_that_is_defined_in_a_function_is_named() -> None:
    @attrs.frozen
    class Inner:
        x: int

    changed = [attrs.evolve(t, content=Inner) if t.key == "promise" else t for t in ROADWORKS.triggers]
    assert "the content of 'promise' is no attrs class at module level" in list(
        problems(attrs.evolve(ROADWORKS, triggers=changed))
    )


def test_a_limit_of_some_is_met_by_what_counts_for_the_group_they_are_among() -> None:
    among = limit(each=AMONG, met="log", extended={"grant": DAYS}, where=always, meets=always, revived="reject")
    assert list(problems(attrs.evolve(ROADWORKS, **limits(among)))) == []


def test_a_duty_may_name_a_limit_for_which_the_profile_sets_no_period() -> None:
    unset = {**limits(limit(period=None)), **duties(InTime("turn", "x", rules=L1, label=A))}
    assert list(problems(attrs.evolve(ROADWORKS, **unset))) == []


def test_a_limit_without_a_period_is_not_looked_at() -> None:
    assert list(problems(attrs.evolve(ROADWORKS, **limits(limit(period=None, starts="fly", met="swim"))))) == []


def test_a_sound_lifecycle_has_no_problems_and_comes_back_as_it_is() -> None:
    assert list(problems(ROADWORKS)) == []
    assert checked(ROADWORKS) is ROADWORKS


def test_all_problems_are_reported_together() -> None:
    broken = attrs.evolve(ROADWORKS, **rules(Rule("N", DUTY, (), A)), **triggers(Trigger("fly", A)))
    with pytest.raises(DefinitionError) as caught:
        checked(broken)
    assert caught.value.subject == "lifecycle 'roadworks'"
    assert caught.value.problems == (
        "trigger 'fly' has no row",
        "rule 'N' has no home in the definition",
        "rule 'N' cites nothing",
    )


def test_homes_say_where_each_rule_is_built() -> None:
    found = homes(
        attrs.evolve(
            ROADWORKS,
            **duties(AtMost("turn", 9, rules=L1, label=A), AcrossCases(nothing, rules=L1, label=A)),
            grounds=[Ground("g", G1, A, "x")],
        )
    )
    assert found == {
        "L1": (
            "move start",
            "move inspect",
            *(f"limit {item.key}" for item in ROADWORKS.limits if item.key != "pause"),
            "duty AtMost turn",
            "duty AcrossCases nothing",
        ),
        "G1": ("opening order", "ground g"),
        "G2": ("move inspect",),
        "L2": ("limit pause",),
        "D1": ("duty InTime postpone", "duty InTime defer"),
        "D2": ("duty Response start",),
        "D3": ("duty Never silent_logs",),
    }


def test_homes_tell_moves_stays_and_openings_apart() -> None:
    row = stay("turn", "ordered", by=OFFICE, rules=G1, needs=something_logged)
    assert homes(attrs.evolve(ROADWORKS, **rows(row)))["G1"] == ("opening order", "stay turn")


def test_a_lifecycle_is_a_value() -> None:
    assert roadworks() == ROADWORKS
    assert opening("x", to="y", by=OFFICE) == Transition("x", (), "y", OFFICE)

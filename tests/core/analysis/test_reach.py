"""What a case can come to: states, rows and requirements that no way leads to, or that let everything through."""

from collections.abc import Iterator

import attrs
import pytest

from tests.core.analysis.permits import (
    CITIZEN,
    OFFICE,
    P2,
    PEOPLE,
    PERMIT,
    AnyView,
    Asked,
    Found,
    anything,
    close_kin,
    enough_copies,
    found,
    impossible,
    is_new,
    is_renewal,
    not_checked,
    permit,
    texts,
    was_checked,
)
from yingshang_flow.core.analysis.ways import START, Node, ways
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.requirement import Requirement, forbids, needs
from yingshang_flow.words import Label

A = Label("甲", "a")


def asking(requirement: Requirement) -> Lifecycle:
    """Return the procedure with a further act that asks for something."""
    return permit(
        triggers=[Trigger("more", A, Asked)], transitions=[stay("more", "asked", by=OFFICE, needs=requirement)]
    )


@pytest.mark.parametrize(
    ("requirement", "code"),
    [
        (was_checked, None),
        (not_checked, None),
        (close_kin, None),
        (enough_copies, None),
        (anything, "need_always_met"),
        (impossible, "need_never_met"),
    ],
)
def test_a_requirement_that_is_always_or_never_met_is_told(requirement: Requirement, code: str | None) -> None:
    assert found(asking(requirement)) == ([] if code is None else [(code, "ask more")])


def test_what_the_table_makes_sure_of_no_requirement_has_to_ask_for() -> None:
    checked = permit(
        states=[State("checked", A)],
        triggers=[Trigger("pass_on", A), Trigger("sign", A)],
        transitions=[
            move("pass_on", "asked", to="checked", by=OFFICE, needs=was_checked),
            stay("sign", "checked", by=OFFICE, needs=was_checked),
            move("refuse", "checked", to="refused", by=OFFICE),
        ],
    )
    assert found(checked) == [("need_always_met", "ask check pass_on sign")]


def test_a_row_that_asks_for_what_cannot_be_on_file_there_is_shut_off() -> None:
    early = permit(
        states=[State("checked", A)],
        triggers=[Trigger("pass_on", A), Trigger("sign", A)],
        transitions=[
            move("pass_on", "asked", to="checked", by=OFFICE, needs=was_checked),
            stay("sign", "checked", by=OFFICE, needs=not_checked),
            move("refuse", "checked", to="refused", by=OFFICE),
        ],
    )
    assert found(early) == [
        ("row_shut_off", "ask check pass_on"),
        ("need_never_met", "ask check pass_on sign"),
    ]
    assert "asks for no check" in texts(early)[0]


def test_an_act_that_is_never_done_before_is_asked_for_in_vain() -> None:
    never = attrs.evolve(
        PERMIT,
        triggers=[t for t in PERMIT.triggers if t.key != "check"] + [Trigger("check", A, Found)],
        transitions=[
            *(row for row in PERMIT.transitions if row.trigger != "check"),
            stay("check", "granted", by=OFFICE),
        ],
    )
    assert ("row_shut_off", "ask") in found(never)
    assert ("state_shut_off", "") in found(never)
    assert any("asks for check on file" in text for text in texts(never))


def test_a_case_that_cannot_come_to_an_end_any_more_is_told_with_the_way() -> None:
    stuck = permit(
        states=[State("aside", A)],
        triggers=[Trigger("set_aside", A), Trigger("take_up", A)],
        transitions=[
            move("set_aside", "asked", to="aside", by=OFFICE, needs=was_checked),
            move("take_up", "aside", to="asked", by=OFFICE, needs=not_checked),
        ],
    )
    codes = found(stuck)
    assert ("no_way_out", "ask check set_aside") in codes
    assert "state 'aside' this way" in next(text for text in texts(stuck) if "final state" in text)


def test_where_no_case_can_be_opened_its_states_are_shut_off() -> None:
    first = attrs.evolve(PERMIT.transitions[0], needs=unaskable)
    shut = attrs.evolve(PERMIT, transitions=[first, *PERMIT.transitions[1:]])
    assert {code for code, _ in found(shut)} == {"state_shut_off", "need_never_met", "limit_never_runs"}


@needs(P2, A, of="content")
def unaskable(view: AnyView) -> bool:
    """Ask for what no content can be."""
    return view.content.urgent and not view.content.urgent


def test_nobody_can_do_what_concerns_others_that_cannot_be_named() -> None:
    @attrs.frozen
    class _Local:
        obligors: tuple[str, ...] = ()

    each = permit(
        triggers=[Trigger("hear", A, each=PEOPLE)],
        transitions=[stay("hear", "asked", by=OFFICE)],
    )
    assert found(each) == [("nobody_concerned", "")]
    by_them = attrs.evolve(each, transitions=[*PERMIT.transitions, stay("hear", "asked", by=[OFFICE, CITIZEN])])
    assert found(by_them) == []
    named = attrs.evolve(each, triggers=[*PERMIT.triggers, Trigger("hear", A, Named, each=PEOPLE)])
    assert found(named) == []
    alone = permit(triggers=[Trigger("hear", A, each=PEOPLE)], transitions=[opening("hear", to="asked", by=OFFICE)])
    assert "nobody_concerned" not in dict(found(alone))


@attrs.frozen
class Named:
    """Says whom it concerns."""

    obligors: tuple[str, ...] = ()


def test_a_row_in_a_state_no_case_comes_to_is_not_looked_at_again() -> None:
    shut = permit(
        states=[State("aside", A)],
        triggers=[Trigger("set_aside", A)],
        transitions=[
            move("set_aside", "asked", to="aside", by=OFFICE, needs=impossible),
            move("refuse", "aside", to="refused", by=OFFICE, needs=anything),
        ],
    )
    assert found(shut) == [("state_shut_off", ""), ("need_never_met", "ask set_aside")]


@needs(P2, A)
def turns_on_much(view: AnyView) -> bool:
    """Ask for more acts than ways are told apart by."""
    return all(view.standing.fact(f"t{n}") is not None for n in range(10))


def test_of_more_acts_than_ways_are_told_apart_by_some_are_left_open() -> None:
    keys = [f"t{n}" for n in range(10)]
    much = permit(
        triggers=[*(Trigger(key, A) for key in keys), Trigger("last", A)],
        transitions=[
            *(stay(key, "asked", by=OFFICE) for key in keys),
            stay("last", "asked", by=OFFICE, needs=turns_on_much),
        ],
    )
    assert len(ways(much).matter) == 8
    assert found(much) == []


def test_the_shortest_way_is_found_and_told_apart_by_what_is_on_file() -> None:
    found_ways = ways(PERMIT)
    assert found_ways.shortest[Node("granted", frozenset({"check"}))] == ("ask", "check", "grant")
    assert Node("granted") not in found_ways.shortest
    assert found_ways.states == {"", "asked", "granted", "refused"}
    assert found_ways.reached([START], without=["ask"]) == {START: ()}
    assert found_ways.first(lambda edge: edge.trigger == "grant") == ("ask", "check", "grant")
    assert found_ways.first(lambda edge: edge.trigger == "fly") is None


@forbids(P2, A)
def both(view: AnyView) -> Iterator[str]:
    """Yield something where it is both, which cannot be."""
    if is_new.check(view) and is_renewal.check(view):
        yield "both"


def test_what_never_forbids_anything_is_always_met() -> None:
    assert found(asking(both)) == [("need_always_met", "ask more")]


@needs(P2, Label("核查过", "found good"))
def found_good(view: AnyView) -> bool:
    """Look into what may not be there."""
    return bool(view.standing.fact("check").content.good)  # type: ignore[union-attr]  # it is what is wrong


def test_a_guard_that_looks_into_what_is_not_there_is_told_with_the_way() -> None:
    assert found(asking(found_good)) == [("need_falls", "ask more")]
    assert "(no check); it then raises an error" in texts(asking(found_good))[0]


def test_a_guard_may_look_into_what_the_table_makes_sure_of() -> None:
    after = permit(
        states=[State("checked", A)],
        triggers=[Trigger("pass_on", A), Trigger("sign", A)],
        transitions=[
            move("pass_on", "asked", to="checked", by=OFFICE, needs=was_checked),
            stay("sign", "checked", by=OFFICE, needs=found_good),
            move("refuse", "checked", to="refused", by=OFFICE),
        ],
    )
    assert found(after) == []

"""Branches: which row applies in every world, what overlaps, what never applies and what cannot be told."""

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from tests.core.analysis.permits import (
    OFFICE,
    P2,
    PERMIT,
    AnyView,
    enough_copies,
    found,
    impossible,
    is_new,
    is_renewal,
    is_urgent,
    permit,
    texts,
)
from yingshang_flow.core.analysis.branchings import never_chosen
from yingshang_flow.core.lifecycle import Lifecycle, Transition, Trigger, move, stay
from yingshang_flow.core.requirement import Requirement, given, needs, settled
from yingshang_flow.words import Label

A = Label("甲", "a")


def branching(*whens: Sequence[Requirement]) -> Lifecycle:
    """Return the procedure with a further trigger that has a row for each of some conditions."""
    rows = [stay("sort", "asked", by=OFFICE, when=when) for when in whens]
    return permit(triggers=[Trigger("sort", A)], transitions=rows)


@needs(P2, Label("字数多", "long"))
def many_texts(view: AnyView) -> bool:
    """Tell something of more fields than can be tried together."""
    content: Any = view.latest(Wide)
    return bool(sum(getattr(content, f"f{n}") for n in range(11)) == 5)


Wide: Any = attrs.make_class("Wide", {f"f{n}": attrs.field(type=bool) for n in range(11)}, frozen=True)
Wide.__module__ = __name__


def test_nothing_is_found_in_a_sound_procedure() -> None:
    assert found(PERMIT) == []


def test_conditions_that_exclude_one_another_in_every_world_are_no_issue_but_what_neither_takes_is_noted() -> None:
    assert found(branching([is_new], [is_renewal])) == [("branches_missing", "ask sort")]
    assert "applies (ask.kind = None); it is then refused" in texts(branching([is_new], [is_renewal]))[0]


def test_a_field_that_every_row_of_its_trigger_asks_for_is_never_empty() -> None:
    whole = branching([is_new], [is_renewal])
    asked = attrs.evolve(whole.transitions[0], needs=given(P2, A, "kind"))
    assert found(attrs.evolve(whole, transitions=[asked, *whole.transitions[1:]])) == []


def test_a_row_without_conditions_takes_what_is_left() -> None:
    assert found(branching([is_new], [])) == []


def test_conditions_that_hold_together_overlap_and_the_example_says_when() -> None:
    overlapping = branching([is_new], [is_urgent], [])
    assert found(overlapping) == [("branches_overlap", "ask sort")]
    assert "(ask.kind = 'new', ask.urgent = True)" in texts(overlapping)[0]


def test_of_what_is_out_of_reach_an_overlap_cannot_be_told() -> None:
    assert found(branching([is_new], [enough_copies], [])) == [("branches_untold", "ask sort")]
    assert found(branching([settled(P2, A, "answer")], [is_new], [])) == [
        ("settled_never", "ask sort"),
        ("branches_untold", "ask sort"),
    ]


def test_a_row_with_the_condition_of_an_earlier_one_never_applies() -> None:
    twice = branching([is_new], [is_new, is_urgent], [])
    assert found(twice) == [("row_never_chosen", "ask sort")]
    assert never_chosen(twice) == {("asked", "sort", 1)}
    assert "row 2 of trigger 'sort'" in texts(twice)[0]


def test_the_same_condition_out_of_reach_is_the_same_in_both_rows() -> None:
    relabelled = attrs.evolve(enough_copies, label=A)
    assert found(branching([enough_copies], [relabelled], [])) == [("row_never_chosen", "ask sort")]


def test_a_row_whose_conditions_never_hold_never_applies() -> None:
    assert found(branching([impossible], [])) == [("row_never_chosen", "ask sort")]


def test_where_there_are_too_many_worlds_every_overlap_cannot_be_told() -> None:
    wide = permit(
        triggers=[Trigger("tell", A, Wide), Trigger("sort", A)],
        transitions=[
            stay("tell", "asked", by=OFFICE),
            stay("sort", "asked", by=OFFICE, when=many_texts),
            stay("sort", "asked", by=OFFICE, when=is_new),
            stay("sort", "asked", by=OFFICE),
        ],
    )
    assert found(wide) == [("branches_overlap", "ask sort")]


@pytest.mark.parametrize(("order", "told"), [((is_new, is_new), {"state_shut_off"}), ((is_new, is_renewal), set())])
def test_what_only_a_row_leads_to_that_never_applies_is_shut_off(
    order: tuple[Requirement, Requirement], told: set[str]
) -> None:
    def rows(first: Requirement, second: Requirement) -> list[Transition]:
        return [
            stay("sort", "asked", by=OFFICE, when=first),
            move("sort", "asked", to="aside", by=OFFICE, when=second),
            stay("sort", "asked", by=OFFICE),
            move("refuse", "aside", to="refused", by=OFFICE),
        ]

    aside = attrs.evolve(PERMIT.states[0], key="aside")
    codes = {code for code, _ in found(permit(states=[aside], triggers=[Trigger("sort", A)], transitions=rows(*order)))}
    assert codes & {"state_shut_off"} == told

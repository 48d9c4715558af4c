"""Who does what: approvals by the one who asked, and what one person can do alone."""

import attrs

from tests.core.analysis.permits import (
    BOSS,
    CITIZEN,
    OFFICE,
    P2,
    PERMIT,
    AnyView,
    checked_by_another,
    found,
    permit,
    texts,
    was_checked,
)
from yingshang_flow.core.actor import Role
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, stay
from yingshang_flow.core.requirement import Requirement, needs
from yingshang_flow.words import Label

A = Label("甲", "a")


def granting(*asked: Requirement, check_by: Role | list[Role] = OFFICE) -> Lifecycle:
    """Return the procedure with other requirements of the row that grants, and maybe others who check."""
    first, check, grant, refuse = PERMIT.transitions
    rows = [first, attrs.evolve(check, by=check_by), attrs.evolve(grant, needs=asked), refuse]
    return attrs.evolve(PERMIT, transitions=rows)


@needs(P2, Label("核查岗位不得批准", "nobody of the role that checked"))
def checked_in_another_role(view: AnyView) -> bool:
    """Tell whether somebody of another role checked."""
    checked = view.standing.fact("check")
    return checked is not None and checked.actor.role != view.actor.role


def test_one_who_asks_and_never_approves_is_no_issue() -> None:
    assert found(granting(was_checked, checked_by_another)) == []


def test_an_approval_that_can_come_unasked_is_noted_with_the_way() -> None:
    assert found(granting(checked_by_another)) == [("approves_unasked", "ask grant")]


def test_an_approval_elsewhere_that_lets_the_same_person_is_told_with_the_way() -> None:
    base = granting(was_checked, checked_by_another)
    hole = attrs.evolve(
        base,
        states=[*base.states, State("waiting", A)],
        triggers=[*base.triggers, Trigger("wait", A)],
        transitions=[
            *base.transitions,
            move("wait", "asked", to="waiting", by=OFFICE),
            move("grant", "waiting", to="granted", by=OFFICE, needs=was_checked),
            move("refuse", "waiting", to="refused", by=OFFICE),
        ],
    )
    assert found(hole) == [("approves_oneself", "ask check wait grant")]
    assert "one person acting as office can do check and then grant" in texts(hole)[0]
    other = attrs.evolve(hole.transitions[-2], by=BOSS)
    assert found(attrs.evolve(hole, transitions=[*hole.transitions[:-2], other, hole.transitions[-1]])) == []


def test_what_another_did_after_one_counts_for_that_other() -> None:
    base = granting(was_checked, checked_by_another, check_by=[OFFICE, BOSS])
    assert found(base) == []


def test_one_role_that_can_do_everything_is_noted_with_each_end_and_the_way_there() -> None:
    alone = attrs.evolve(PERMIT, transitions=[attrs.evolve(row, by=[*row.by, BOSS]) for row in PERMIT.transitions])
    assert found(alone) == [("one_role_suffices", "ask refuse"), ("one_role_suffices", "ask check grant")]
    assert "one person acting as head can take a case alone" in texts(alone)[0]


def test_whom_a_guard_keeps_apart_cannot_do_everything_alone() -> None:
    whole = granting(was_checked, checked_by_another, check_by=[OFFICE, BOSS])
    alone = attrs.evolve(
        whole,
        transitions=[
            attrs.evolve(row, by=[*row.by, BOSS]) if row.trigger != "refuse" else row for row in whole.transitions
        ],
    )
    assert found(alone) == []


def test_a_guard_that_compares_roles_tells_them_apart() -> None:
    assert found(granting(checked_in_another_role)) == [("state_shut_off", ""), ("need_never_met", "ask grant")]
    assert found(granting(checked_in_another_role, check_by=[OFFICE, BOSS])) == []


def test_a_private_person_may_end_what_they_began() -> None:
    own = permit(triggers=[Trigger("withdraw", A)], transitions=[move("withdraw", "asked", to="refused", by=CITIZEN)])
    assert ("one_role_suffices", "ask withdraw") in found(own)


def test_an_act_between_does_not_matter() -> None:
    note = permit(triggers=[Trigger("note", A)], transitions=[stay("note", "asked", by=BOSS)])
    assert found(note) == []

"""A lifecycle as data, and what is looked up in it."""

import attrs
import pytest

from tests.core.roadworks import BOSS, CITIZEN, CREW, CREWS, G1, L1, OFFICE, ROADWORKS, something_logged
from yingshang_flow.core.duty import AtMost, Ground, Precedence, Response
from yingshang_flow.core.lifecycle import Transition, move, opening, stay
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label

A = Label("甲", "a")


def test_a_row_takes_one_or_several_of_everything() -> None:
    one = Transition("x", "a", "b", OFFICE, something_logged, something_logged, G1)
    several = Transition("x", ["a"], "b", [OFFICE], [something_logged], [something_logged], [G1])
    assert one == several
    assert (one.sources, one.by, one.needs, one.when, one.rules) == (
        ("a",),
        (OFFICE,),
        (something_logged,),
        (something_logged,),
        (G1,),
    )


def test_openings_moves_and_stays_are_rows() -> None:
    assert opening("x", to="b", by=OFFICE, needs=something_logged, rules=G1) == Transition(
        "x", (), "b", OFFICE, something_logged, (), G1
    )
    assert move("x", "a", to="b", by=OFFICE) == Transition("x", "a", "b", OFFICE)
    assert stay("x", "a", by=OFFICE) == Transition("x", "a", None, OFFICE)


def test_states_triggers_and_limits_are_found_by_key() -> None:
    assert ROADWORKS.by_state["closed"].final
    assert ROADWORKS.by_trigger["log"].each == CREWS
    assert ROADWORKS.by_limit["round"].repeats


def test_a_limit_without_a_period_is_not_found() -> None:
    bare = attrs.evolve(ROADWORKS, limits=[attrs.evolve(ROADWORKS.limits[0], period=None), *ROADWORKS.limits[1:]])
    assert "begin" not in bare.by_limit
    assert len(bare.limits) == len(ROADWORKS.limits)


def test_the_roles_are_those_of_the_rows() -> None:
    assert ROADWORKS.roles == {"office": OFFICE, "crew": CREW, "citizen": CITIZEN}
    assert ROADWORKS.role("citizen").private


def test_the_rows_of_a_state_and_trigger_keep_their_order() -> None:
    assert [row.to for row in ROADWORKS.rows["working", "inspect"]] == ["closed", "resting"]
    assert [row.to for row in ROADWORKS.rows["", "order"]] == ["ordered"]


def test_what_is_possible_is_known_for_every_state_and_for_the_opening() -> None:
    assert set(ROADWORKS.possible) == {"", *ROADWORKS.by_state}
    assert ROADWORKS.possible[""] == ("order",)
    assert ROADWORKS.possible["resting"] == (
        *("log", "grant", "reject", "resume", "defer", "retract", "turn", "again", "drop"),
    )
    assert ROADWORKS.possible["closed"] == ()


def test_a_trigger_is_returned_or_refused_in_words() -> None:
    assert ROADWORKS.trigger("log").key == "log"
    with pytest.raises(UnknownError, match="roadworks has no trigger 'fly'; it has order"):
        ROADWORKS.trigger("fly")


@pytest.mark.parametrize("key", [["log"], None, 5])
def test_what_is_no_text_is_no_trigger(key: str) -> None:
    with pytest.raises(UnknownError, match="has no trigger"):
        ROADWORKS.trigger(key)


def test_a_role_is_returned_or_refused_in_words() -> None:
    assert ROADWORKS.role(BOSS.role) == OFFICE
    with pytest.raises(UnknownError, match="roadworks has no role 'king'; it has office, crew, citizen"):
        ROADWORKS.role("king")


def test_what_is_derived_is_made_once() -> None:
    made: list[object] = []

    def make(lifecycle: object) -> str:
        made.append(lifecycle)
        return "derived"

    fresh = attrs.evolve(ROADWORKS)
    assert (fresh.derived(make), fresh.derived(make)) == ("derived", "derived")
    assert len(made) == 1
    assert fresh == ROADWORKS


def test_duties_and_grounds_take_one_or_several() -> None:
    assert Response("x", "y", rules=L1, label=A) == Response("x", ["y"], rules=[L1], label=A)
    assert Precedence("x", "y", rules=L1, label=A).earlier == ("y",)
    assert AtMost("x", 1, rules=[L1, G1], label=A).rules == (L1, G1)
    assert Ground("g", L1, A, "x") == Ground("g", [L1], A, "x", ())

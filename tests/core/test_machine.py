"""The shared machine: it moves as the table says, and holds no case."""

from typing import Any

import attrs
import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st
from transitions import Machine

from tests.core.roadworks import BOSS, ROADWORKS, Inspection, Log, Order, Witness, crew, told
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.machine import Mover, not_by
from yingshang_flow.core.requirement import View, needs
from yingshang_flow.words import Label, Rule

CONTENTS = {
    "order": st.sampled_from([Order(), Order(("Li",)), Order(("Li",), "holes")]),
    "log": st.just(Log()),
    "inspect": st.builds(
        Inspection, st.sampled_from(["good", "bad"]), st.sampled_from([(), ("a",)]), st.sampled_from([None, "boss"])
    ),
    "complain": st.just(Witness(Confidential("A"))),
}
STORIES = (told("Li", started=None), told("Li"), told("Li", "Wang"))
STORIES[2].act("log", "2021-03-03", Log(), by=crew("Li"))


def walked(rows: tuple[Transition, ...], view: View[Any, Any]) -> tuple[Transition | None, list[str]]:
    """Walk the table by hand: the first row whose conditions hold, and what stands against it."""
    for row in rows:
        if all(condition.against(view) is None for condition in row.when):
            against = [] if view.actor.role in [role.key for role in row.by] else ["role"]
            against += [need.rules[0].id for need in row.needs if need.against(view) is not None]
            return row, against
    return None, []


@given_by(st.data())
def test_the_machine_agrees_with_a_walk_of_the_table(data: st.DataObject) -> None:
    story = data.draw(st.sampled_from(STORIES))
    case = data.draw(st.sampled_from([None, story.standing]))
    state = "" if case is None else case.state
    trigger = data.draw(st.sampled_from(ROADWORKS.possible[state]))
    content = data.draw(CONTENTS.get(trigger, st.none()))
    view = View(case, data.draw(st.sampled_from([BOSS, crew("Li")])), content, None, None)
    cursor = ROADWORKS.derived(Mover)(trigger, state, view)
    row, against = walked(ROADWORKS.rows[state, trigger], view)
    assert cursor.row == row
    assert [unmet.code for unmet in cursor.unmet] == against
    if row is not None and not against:
        assert cursor.state == (row.to or state)
    elif state:
        assert cursor.state == state


def test_no_model_is_ever_added(monkeypatch: pytest.MonkeyPatch) -> None:
    added: list[object] = []
    monkeypatch.setattr(Machine, "add_model", lambda _, model, *__: added.append(model))
    lifecycle = attrs.evolve(ROADWORKS, version=2)
    mover = lifecycle.derived(Mover)
    for _ in range(3):
        mover("turn", "working", View(STORIES[1].case, BOSS, None, None, None))
    assert [model for model in added if model is not None and model != []] == []


def test_one_machine_serves_all_cases_of_a_lifecycle() -> None:
    assert ROADWORKS.derived(Mover) is ROADWORKS.derived(Mover)


def test_a_machine_has_one_event_a_trigger_and_no_automatic_ones() -> None:
    assert set(Mover(ROADWORKS)._events) == set(ROADWORKS.by_trigger)


TRIED: list[str] = []
RULE = Rule("X", (), (), Label("", ""))


@needs(RULE, Label("", ""))
def first(_: object) -> bool:
    """Note that it was asked."""
    TRIED.append("first")
    return True


@needs(RULE, Label("", ""))
def second(_: object) -> bool:
    """Note that it was asked."""
    TRIED.append("second")
    return True


@needs(RULE, Label("", ""))
def never(_: object) -> bool:
    """Refuse."""
    return False


def test_a_row_after_the_one_that_was_refused_is_not_even_asked() -> None:
    TRIED.clear()
    rows = ROADWORKS.rows["working", "inspect"]
    lifecycle: Lifecycle = attrs.evolve(
        ROADWORKS,
        transitions=[attrs.evolve(rows[0], when=first, needs=never), attrs.evolve(rows[1], when=second, needs=())],
    )
    cursor = Mover(lifecycle)("inspect", "working", View(None, BOSS, None, None, None))
    assert (cursor.state, TRIED, [unmet.code for unmet in cursor.unmet]) == ("working", ["first"], ["X"])


def test_the_refusal_of_a_role_names_those_who_may_in_both_languages() -> None:
    row = ROADWORKS.rows["working", "log"][0]
    unmet = not_by(row, "citizen")
    assert unmet.label == Label(
        "须由施工队或办公室办理，经办角色不符", "to be done by crew or office; not by somebody acting as"
    )
    assert (unmet.code, unmet.found, unmet.citations) == ("role", ("citizen",), ())

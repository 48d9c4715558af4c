"""What is owed: limits that never run, that nothing can meet any more, that stand still or are asked for in vain."""

from typing import Any

import attrs
import pytest

from tests.core.analysis.permits import (
    CITIZEN,
    OFFICE,
    P2,
    PEOPLE,
    PERMIT,
    Asked,
    Found,
    found,
    limit,
    ours,
    permit,
    texts,
    was_checked,
)
from yingshang_flow.core.analysis.courses import course
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, stay
from yingshang_flow.core.limit import TimeLimit, entering, leaving
from yingshang_flow.core.requirement import settled
from yingshang_flow.deadlines import CalendarDays, WorkingDays
from yingshang_flow.words import Label

A = Label("甲", "a")

ASIDE = {
    "states": [State("aside", A)],
    "triggers": [Trigger("set_aside", A), Trigger("take_up", A), Trigger("drop", A), Trigger("note", A)],
    "transitions": [
        move("set_aside", "asked", to="aside", by=OFFICE),
        move("take_up", "aside", to="asked", by=OFFICE),
        move("drop", "aside", to="refused", by=OFFICE),
        stay("note", ("asked", "aside"), by=OFFICE),
    ],
}
"""A further state into which a case goes and out of which it comes again, or ends."""


def aside(*limits: TimeLimit, one_way: bool = False, **more: Any) -> Lifecycle:  # noqa: ANN401  # fields of a lifecycle
    """Return the procedure with that state and some limits; with one way, none leads back."""
    answer = attrs.evolve(PERMIT.limits[0], met=("grant", "refuse", "drop"))
    lifecycle = attrs.evolve(permit(**ASIDE, **more), limits=[answer, *limits])
    if not one_way:
        return lifecycle
    return attrs.evolve(
        lifecycle,
        triggers=[t for t in lifecycle.triggers if t.key != "take_up"],
        transitions=[row for row in lifecycle.transitions if row.trigger != "take_up"],
    )


def never(_: object) -> bool:
    """Hold never."""
    return False


def was_good(case: Case) -> bool:
    """Tell whether something good was found."""
    what = case.latest(Found)
    return what is not None and what.good


def good(content: Found) -> bool:
    """Tell whether what is found is good."""
    return content.good


SOUND = [
    limit(paused=entering("aside"), resumed=leaving("aside"), met=("grant", "refuse", "drop")),
    limit(starts=entering("aside"), met="take_up", stops="drop"),
    limit(starts="check", met="grant", where=was_good, extended={"note": ours(CalendarDays(90))}),
    limit(met="check", meets=good, revived="note"),
    limit(met="note", repeats=True),
]


@pytest.mark.parametrize("one", SOUND)
def test_in_a_sound_limit_nothing_is_found(one: TimeLimit) -> None:
    codes = [code for code, _ in found(aside(one))]
    assert codes in ([], ["one_role_suffices"])


def test_a_limit_that_starts_with_the_act_that_ends_the_case_never_runs() -> None:
    last = limit(starts="grant", met="check")
    assert found(permit(limits=[last])) == [("limit_never_runs", "ask check grant")]


def test_a_limit_that_no_case_comes_to_never_runs() -> None:
    shut = permit(
        triggers=[Trigger("start", A)],
        transitions=[stay("start", "granted", by=OFFICE)],
        limits=[limit(starts="start")],
    )
    assert ("limit_never_runs", "ask check grant start") in found(shut)


def test_a_limit_that_starts_when_it_is_too_late_for_what_meets_it() -> None:
    late = aside(limit(starts=entering("aside"), met="check"), one_way=True)
    assert found(late) == [("limit_beyond_reach", "ask set_aside")]
    assert "check can no longer be done" in texts(late)[0]


def test_a_limit_that_runs_on_where_nothing_can_meet_it() -> None:
    on = aside(limit(met="check"), one_way=True)
    assert found(on) == [("limit_left_running", "ask set_aside")]
    assert "still runs in state 'aside'" in texts(on)[0]
    assert found(aside(limit(met="check", stops=leaving("asked")), one_way=True)) == []


def test_a_limit_that_outlives_the_case_has_to_be_met_after_it_too() -> None:
    assert found(permit(limits=[limit(met="check", outlives=True)])) == [("limit_left_running", "ask refuse")]
    later = permit(
        transitions=[stay("check", ("granted", "refused"), by=OFFICE)], limits=[limit(met="check", outlives=True)]
    )
    assert found(later) == []


@pytest.mark.parametrize(
    ("changes", "verb"),
    [
        ({"starts": "check", "met": "grant", "stops": "ask"}, "never stopped by trigger 'ask'"),
        ({"starts": "check", "met": "grant", "extended": {"ask": ours(CalendarDays(90))}}, "never extended by"),
        ({"starts": "check", "met": "grant", "revived": "refuse"}, "never revived by"),
        (
            {"starts": entering("aside"), "met": "take_up", "paused": entering("aside"), "resumed": "note"},
            "never paused by entering 'aside'",
        ),
        ({"starts": "check", "met": "grant", "paused": "ask", "resumed": "note"}, "never resumed by trigger 'note'"),
    ],
)
def test_what_changes_a_limit_and_comes_only_when_nothing_runs_is_told(changes: dict[str, Any], verb: str) -> None:
    said = texts(aside(limit(**changes)))
    assert any(verb in text for text in said), said


def test_a_limit_that_stands_still_for_good() -> None:
    still = aside(limit(paused=entering("aside"), resumed="check", met=("grant", "refuse", "drop")), one_way=True)
    assert found(still) == [("signal_without_effect", "ask check"), ("stands_still", "ask set_aside")]


def test_what_asks_for_a_limit_to_be_settled_where_it_always_runs_can_never_be_used() -> None:
    asked = permit(
        triggers=[Trigger("sign", A)],
        transitions=[stay("sign", "asked", by=OFFICE, needs=settled(P2, A, "answer"))],
    )
    assert found(asked) == [("settled_never", "ask sign")]
    assert found(attrs.evolve(asked, limits=[attrs.evolve(PERMIT.limits[0], met=("check", "grant", "refuse"))])) == []


def test_an_act_that_itself_meets_a_limit_of_the_case_cannot_ask_for_it_to_be_settled() -> None:
    itself = permit(
        triggers=[Trigger("sign", A)],
        transitions=[stay("sign", "asked", by=OFFICE, needs=settled(P2, A, "x"))],
        limits=[limit(met="sign")],
    )
    assert ("settled_never", "ask sign") in found(itself)


def test_what_each_owes_is_settled_by_the_act_of_the_last_of_them() -> None:
    each = permit(
        states=[State("heard", A)],
        triggers=[Trigger("hear", A, each=PEOPLE)],
        transitions=[
            move("hear", "asked", to="heard", by=CITIZEN, when=settled(P2, A, "x")),
            stay("hear", "asked", by=CITIZEN),
            move("grant", "heard", to="granted", by=OFFICE, needs=was_checked),
            move("refuse", "heard", to="refused", by=OFFICE),
        ],
        limits=[limit(each=PEOPLE, met="hear")],
    )
    assert found(each) == []


def test_a_limit_whose_own_condition_never_holds_never_runs() -> None:
    assert found(permit(limits=[limit(where=never)])) == [("where_never_holds", "")]


def test_a_limit_that_no_content_meets() -> None:
    unmet = permit(limits=[limit(met=("check", "grant", "refuse"), meets=never)])
    assert found(unmet) == [("meets_nothing", "")]
    assert "met by trigger 'check'" in texts(unmet)[0]


def test_a_limit_that_comes_again_runs_on_after_it_was_met() -> None:
    assert found(permit(limits=[limit(met="check", repeats=True, period=WorkingDays(3))])) == []


def heard(one: TimeLimit) -> set[tuple[str, str]]:
    """Return how a limit can stand in each state where those of a group are heard, which leads on."""
    whole = permit(
        states=[State("heard", A)],
        triggers=[Trigger("hear", A, each=PEOPLE)],
        transitions=[
            move("hear", "asked", to="heard", by=CITIZEN),
            stay("check", "heard", by=OFFICE),
            move("refuse", "heard", to="refused", by=OFFICE),
        ],
        limits=[one],
    )
    return {(node.state, standing) for node, standing in course(whole, one).steps}


def test_what_the_case_owes_is_met_by_the_act_of_any_of_them() -> None:
    assert ("heard", "running") not in heard(limit(met="hear"))
    assert ("heard", "running") in heard(limit(met="hear", each=PEOPLE))


def test_what_each_owes_is_changed_for_all_of_them_by_what_is_done_for_the_case() -> None:
    paused: dict[str, Any] = {"paused": "check", "resumed": "hear"}
    assert ("asked", "paused") in heard(limit(each=PEOPLE, **paused))
    assert ("heard", "paused") in heard(limit(each=PEOPLE, **paused))
    assert ("heard", "paused") not in heard(limit(paused="ask", resumed="hear", starts="ask"))


def test_a_limit_can_be_met_by_some_and_not_by_others() -> None:
    some = permit(
        triggers=[Trigger("hear", A, Asked, each=PEOPLE)],
        transitions=[stay("hear", "asked", by=CITIZEN)],
        limits=[limit(each=PEOPLE, met="hear", revived="hear", paused="hear", resumed="hear")],
    )
    assert "stands_still" not in dict(found(some))

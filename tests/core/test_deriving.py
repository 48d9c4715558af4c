"""Deriving a lifecycle: what a change does, what it must not do, and that everything wrong with it is told at once."""

from typing import Any

import attrs
import pytest

from tests.core.roadworks import (
    CITIZEN,
    CREW,
    D1,
    D2,
    G1,
    G2,
    L1,
    OFFICE,
    REASON,
    ROADWORKS,
    SIGNED,
    Log,
    Order,
    Promise,
    defects,
    ours,
    something_logged,
    went_well,
)
from yingshang_flow.core.analysis import problems
from yingshang_flow.core.deriving import Added, Change, RowChange, derive
from yingshang_flow.core.duty import AtMost, Ground, Response
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import TimeLimit, entering
from yingshang_flow.core.requirement import View, needs
from yingshang_flow.deadlines import WorkingDays
from yingshang_flow.errors import DefinitionError
from yingshang_flow.sources import OURS
from yingshang_flow.words import GUARD, PROPERTY, Label, Rule

TITLE = Label("修路（本地）", "Roadworks (here)")
P1 = Rule("P1", GUARD, OURS("P1"), Label("须经复核", "It is reviewed"))
REVIEWED = State("reviewed", Label("已复核", "Reviewed"))
REVIEW = Trigger("review", Label("复核", "Review"))


@attrs.frozen
class SignedLog(Log):
    """A log with a name under it."""

    signed: str | None = None


@needs(P1, Label("须由他人办理", "done by another"))
def done_by_another(view: View[Any, Any]) -> bool:
    """Tell whether somebody else opened the case."""
    return view.standing.fact("order") is not None


def derived(base: Lifecycle = ROADWORKS, **change: Any) -> Lifecycle:  # noqa: ANN401  # whatever is changed
    return derive(base, Change(**change), key="roadworks_here", title=TITLE)


def refused(base: Lifecycle = ROADWORKS, **change: Any) -> tuple[str, ...]:  # noqa: ANN401  # whatever is changed
    with pytest.raises(DefinitionError) as caught:
        derived(base, **change)
    assert caught.value.subject == "lifecycle 'roadworks_here', derived from 'roadworks'"
    return caught.value.problems


def ways(lifecycle: Lifecycle, trigger: str) -> set[tuple[str, str | None]]:
    """Return from where to where a trigger leads."""
    return {(source, row.to) for (source, key), rows in lifecycle.rows.items() if key == trigger for row in rows}


# --- what a change does -----------------------------------------------------------------------------------------------


def test_without_a_change_only_the_name_differs() -> None:
    same = derive(ROADWORKS, Change(), key="roadworks_here", title=TITLE, version=3)
    assert (same.key, same.title, same.version, same.derived_from) == ("roadworks_here", TITLE, 3, "roadworks")
    assert attrs.evolve(same, key="roadworks", title=ROADWORKS.title, version=1, derived_from="") == ROADWORKS


def test_what_it_is_derived_from_decides_nothing() -> None:
    one = derived()
    assert one.version == 1
    assert fingerprint(one) == fingerprint(attrs.evolve(one, derived_from="another"))


def test_a_state_with_its_steps_comes_where_a_reader_meets_it() -> None:
    found = derived(
        states=[Added(REVIEWED, after="working"), State("last", TITLE, final=True)],
        triggers=[REVIEW],
        rows=[move("review", "working", to="reviewed", by=OFFICE, rules=P1)],
        changed_rows={("rest", "working"): RowChange(to="reviewed")},
        rules=[P1],
    )
    order = ["ordered", "working", "reviewed", "resting", "closed", "dropped", "last"]
    assert [state.key for state in found.states] == order
    assert ways(found, "review") == {("working", "reviewed")}
    assert ways(found, "rest") == {("working", "reviewed")}
    assert found.rules == (*ROADWORKS.rules, P1)


def test_an_added_state_can_come_after_another_added_one() -> None:
    found = derived(
        states=[State("first", TITLE, final=True), Added(State("second", TITLE, final=True), after="first")]
    )
    assert [state.key for state in found.states][-2:] == ["first", "second"]


def test_with_a_state_go_the_rows_out_of_it_and_only_those() -> None:
    found = derived(
        without_states="resting",
        without_triggers=("rest", "resume"),
        without_limits=("mend", "pause", "round"),
        changed_rows={"inspect": RowChange(to="closed")},
        without_rules="L2",
        without_duties=(),
    )
    assert "resting" not in found.by_state
    assert not any(source == "resting" for source, _ in found.rows)
    assert ways(found, "log") == {("working", None)}
    assert ways(found, "drop") == {("ordered", "dropped"), ("working", "dropped")}
    assert not list(problems(found))


def test_with_a_trigger_go_its_rows_and_its_columns() -> None:
    listed = attrs.evolve(ROADWORKS, ledger=[Column("编号", "", "reference"), Column("记事日期", "note")])
    found = derived(listed, without_triggers="note", columns=[Column("投诉日期", "complain")])
    assert "note" not in found.by_trigger
    assert ways(found, "note") == set()
    assert [column.name for column in found.ledger] == ["编号", "投诉日期"]
    assert derived(listed, without_columns="编号").ledger == listed.ledger[1:]


def test_a_trigger_is_given_another_content_class_in_its_place() -> None:
    found = derived(contents={"log": SignedLog, "rest": Order})
    assert [trigger.key for trigger in found.triggers] == [trigger.key for trigger in ROADWORKS.triggers]
    assert found.by_trigger["log"] == attrs.evolve(ROADWORKS.by_trigger["log"], content=SignedLog)
    assert found.by_trigger["rest"].content is Order


def test_one_state_of_a_row_is_taken_out() -> None:
    anew = opening("order", to="ordered", by=CREW, needs=REASON)
    found = derived(without_rows=[("log", "resting"), ("order", "")], rows=[anew])
    assert ways(found, "log") == {("working", None)}
    assert found.rows["", "order"] == (anew,)


def test_all_rows_of_a_trigger_are_written_anew() -> None:
    found = derived(without_rows="drop", rows=[move("drop", "ordered", to="dropped", by=OFFICE)])
    assert ways(found, "drop") == {("ordered", "dropped")}


def test_a_requirement_is_added_in_one_state_and_nowhere_else() -> None:
    found = derived(changed_rows={("log", "resting"): RowChange(needs=done_by_another)}, rules=[P1])
    assert [row.needs for row in found.rows["resting", "log"]] == [(done_by_another,)]
    assert [row.needs for row in found.rows["working", "log"]] == [()]


def test_rows_of_a_trigger_are_changed_in_every_state() -> None:
    found = derived(
        changed_rows={"log": RowChange(by=[CREW, CITIZEN], needs=[done_by_another, SIGNED], rules=P1)},
        rules=[P1],
    )
    (row,) = (row for row in found.transitions if row.trigger == "log")
    assert (row.sources, row.by, row.needs, row.rules) == (
        ("working", "resting"),
        (CREW, CITIZEN),
        (done_by_another, SIGNED),
        (P1,),
    )


@pytest.mark.parametrize(
    ("named", "left"),
    [("G2", (ROADWORKS.transitions[15].needs[0],)), ("defects", (ROADWORKS.transitions[15].needs[0], SIGNED)),
     ("given(signed)", (ROADWORKS.transitions[15].needs[0], defects)), ("settled(first_log)", (defects, SIGNED))],
)  # fmt: skip
def test_a_requirement_is_taken_out_by_its_rule_or_its_name(named: str, left: tuple[object, ...]) -> None:
    gone = [named] if named == "G2" else []
    found = derived(changed_rows={("inspect", "working"): RowChange(without_needs=named)}, without_rules=gone)
    assert found.rows["working", "inspect"][0].needs == left
    assert found.rows["working", "inspect"][0].when == (went_well,)


def test_what_some_rows_of_a_trigger_have_already_the_others_get() -> None:
    found = derived(changed_rows={"inspect": RowChange(to="closed", needs=something_logged, rules=L1)})
    first, second = found.rows["working", "inspect"]
    assert (first.to, first.needs[-1], first.rules) == ("closed", something_logged, (L1,))
    assert second == attrs.evolve(ROADWORKS.rows["working", "inspect"][1], to="closed", rules=(L1,))


def test_a_row_with_when_comes_first_and_one_without_comes_last() -> None:
    special = stay("rest", "working", by=OFFICE, when=something_logged)
    assert derived(rows=[special]).rows["working", "rest"] == (special, *ROADWORKS.rows["working", "rest"])
    other = stay("inspect", "resting", by=OFFICE)
    between = derived(rows=[attrs.evolve(special, sources=("working", "resting"), trigger="inspect"), other])
    assert [row.to for row in between.rows["working", "inspect"]] == [None, "closed", "resting"]
    assert between.rows["resting", "inspect"][-1] == other


def test_a_limit_is_changed_replaced_added_and_taken_out() -> None:
    own = TimeLimit("own", ours(WorkingDays(3)), label=TITLE, starts="start", met="log", rules=L1)
    again = attrs.evolve(ROADWORKS.by_limit["weekly"], label=TITLE)
    found = derived(
        limits=[own, again],
        without_limits=["interval", "weekly"],
        changed_limits={"begin": {"met": "rest", "soft": True}},
    )
    assert found.by_limit["begin"] == attrs.evolve(ROADWORKS.by_limit["begin"], met="rest", soft=True)
    assert [limit.key for limit in found.limits][-2:] == ["own", "weekly"]
    assert found.by_limit["weekly"] == again
    assert "interval" not in found.by_limit


def test_duties_and_grounds_are_added_and_taken_out() -> None:
    ground = Ground("late", L1, TITLE, "interview", acts="rest")
    own = AtMost("rest", 3, rules=L1, label=TITLE)
    found = derived(
        duties=[own], without_duties=["D1", "Response(start, log)"], without_rules=["D1", "D2"], grounds=[ground]
    )
    assert [duty.name for duty in found.duties] == ["silent_logs", "AtMost(rest, 3)"]
    assert found.grounds == (ground,)
    assert derived(attrs.evolve(ROADWORKS, grounds=[ground]), without_grounds="late").grounds == ()


def test_who_corrects_erases_and_sees_is_said_anew() -> None:
    found = derived(amended_by=CREW, erased_by=[], seen_by=[OFFICE, CREW])
    assert (found.amended_by, found.erased_by, found.seen_by) == ((CREW,), (), (OFFICE, CREW))


def test_a_derived_one_is_derived_from_again() -> None:
    once = derived(without_triggers="note")
    twice = derive(once, Change(without_triggers="complain"), key="roadworks_there", title=TITLE)
    assert twice.derived_from == "roadworks_here"
    assert {"note", "complain"}.isdisjoint(twice.by_trigger)


def test_a_rule_of_the_library_itself_needs_no_home() -> None:
    law = Rule("X1", PROPERTY, OURS("X1"), Label("性质", "A law"))
    assert law in derived(attrs.evolve(ROADWORKS, rules=[*ROADWORKS.rules, law])).rules


# --- what it must not do ----------------------------------------------------------------------------------------------


def test_it_needs_a_key_of_its_own() -> None:
    with pytest.raises(DefinitionError, match="it needs a key of its own"):
        derive(ROADWORKS, Change(), key="roadworks", title=TITLE)


STATES = "ordered, working, resting, closed, dropped"
TRIGGERS, LIMITS = ", ".join(ROADWORKS.by_trigger), ", ".join(ROADWORKS.by_limit)


@pytest.mark.parametrize(
    ("change", "said", "known"),
    [
        ({"without_states": "lost"}, "without_states: there is no state 'lost'", STATES),
        ({"contents": {"lose": Log}}, "contents: there is no trigger 'lose'", TRIGGERS),
        ({"without_triggers": "lose"}, "without_triggers: there is no trigger 'lose'", TRIGGERS),
        ({"without_rows": "lose"}, "without_rows: there is no row 'lose'", "no rows of 'lose'"),
        (
            {"without_rows": [("inspect", "ordered")]},
            "without_rows: there is no row 'inspect' from ordered",
            "row 'inspect' from working",
        ),
        (
            {"without_rows": [("drop", "")]},
            "without_rows: there is no row 'drop' from nothing",
            "row 'drop' from ordered, working, resting",
        ),
        (
            {"changed_rows": {("order", "ordered"): RowChange()}},
            "changed_rows: there is no row 'order' from ordered",
            "row 'order' from nothing",
        ),
        (
            {"changed_rows": {"inspect": RowChange(without_needs="L9")}},
            "changed_rows: row 'inspect' has no requirement 'L9' to take out",
            "L1 settled(first_log), G2 defects, G2 given(signed), G2 something_logged",
        ),
        (
            {"changed_rows": {("rest", "working"): RowChange(without_needs="L9")}},
            "changed_rows: row 'rest' from working has no requirement 'L9' to take out",
            "none",
        ),
        ({"without_limits": "lost"}, "without_limits: there is no limit 'lost'", LIMITS),
        ({"changed_limits": {"lost": {"soft": True}}}, "changed_limits: there is no limit 'lost'", LIMITS),
        (
            {"without_duties": "D9"},
            "without_duties: there is no duty 'D9'",
            "D1 InTime(postpone, begin), D1 InTime(defer, promised), D2 Response(start, log), D3 silent_logs",
        ),
        ({"without_grounds": "lost"}, "without_grounds: there is no ground 'lost'", "none"),
        ({"without_rules": "L9"}, "without_rules: there is no rule 'L9'", "G1, G2, L1, L2, D1, D2, D3"),
        ({"without_columns": "栏"}, "without_columns: there is no column '栏'", "none"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(change: dict[str, Any], said: str, known: str) -> None:
    assert refused(**change) == (f"{said}; there are {known}",)


@pytest.mark.parametrize("after", ["lost", "reviewed"])
def test_a_state_comes_after_another_one_that_there_is(after: str) -> None:
    said = f"state 'reviewed' cannot come after {after!r}: there is no such state; there are {STATES}"
    assert refused(states=[Added(REVIEWED, after=after)]) == (said,)


def test_an_attribute_that_a_limit_does_not_have_is_named_with_those_it_has() -> None:
    (said,) = refused(changed_limits={"begin": {"key": "end", "soft": True}})
    assert said.startswith(
        "changed_limits: there is no attribute of limit 'begin' 'key'; there are period, label, starts"
    )


REPLACED = "is there already; to replace it, take it out too"
CHOSEN = "is there already; take the other out too (without_rows), or say by `when` where it applies"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"states": [State("closed", TITLE)]}, f"state 'closed' {REPLACED} (without_states)"),
        ({"states": [REVIEWED, REVIEWED]}, f"state 'reviewed' {REPLACED} (without_states)"),
        ({"triggers": [Trigger("log", TITLE)]}, f"trigger 'log' {REPLACED} (without_triggers)"),
        ({"limits": [ROADWORKS.by_limit["begin"]]}, f"limit 'begin' {REPLACED} (without_limits)"),
        ({"rules": [G1]}, f"rule 'G1' {REPLACED} (without_rules)"),
        ({"rows": [move("rest", "working", to="closed", by=CREW)]}, f"row 'rest' from working {CHOSEN}"),
        ({"rows": [opening("order", to="working", by=CREW)]}, f"row 'order' from nothing {CHOSEN}"),
        ({"contents": {"log": Log}}, "contents: trigger 'log' has Log already"),
        ({"changed_rows": {"rest": RowChange(to="resting")}}, "changed_rows: row 'rest' leads to 'resting' already"),
        (
            {"changed_rows": {"log": RowChange(by=[OFFICE, CREW])}},
            "changed_rows: row 'log' is open to these roles already",
        ),
        (
            {"changed_rows": {"order": RowChange(needs=REASON)}},
            "changed_rows: row 'order' has the requirement 'given(reason, crews)' already",
        ),
        ({"changed_rows": {"start": RowChange(rules=L1)}}, "changed_rows: row 'start' stands for rule 'L1' already"),
        ({"changed_limits": {"begin": {"met": "start"}}}, "changed_limits: met of limit 'begin' is so already"),
        ({"duties": [ROADWORKS.duties[2]]}, "duty Response(start, log) is there already"),
    ],
)
def test_what_is_there_already_is_not_added(change: dict[str, Any], said: str) -> None:
    assert refused(**change) == (said,)


def test_a_content_class_extends_the_one_it_takes_the_place_of() -> None:
    (said,) = refused(contents={"log": Promise})
    assert said.startswith("contents: Promise does not extend Log, which guards and duties of 'log' ask for")


def test_a_state_that_rows_still_lead_to_is_not_taken_out() -> None:
    found = refused(without_states="resting", without_limits=["pause", "mend", "round"], without_rules="L2")
    assert [said.partition(", which")[0] for said in found] == [
        "row 'rest' from working leads to 'resting'",
        "row 'inspect' from working leads to 'resting'",
        "trigger 'resume' has no row left; take it out too (without_triggers), or give it one (rows)",
    ]


def test_what_names_what_is_taken_out_is_told_and_not_dropped() -> None:
    base = attrs.evolve(
        ROADWORKS,
        grounds=[Ground("late", L1, TITLE, "interview", acts="check_in")],
        duties=[*ROADWORKS.duties, Response("rest", "resume", unless="drop", rules=D2, label=TITLE)],
    )
    found = refused(base, without_triggers=["check_in", "resume", "postpone"], without_limits=["first_log", "begin"])
    assert [said.partition("; change that too ")[::2] for said in found] == [
        (f"{what} names {gone}, which is taken out", f"({option})")
        for what, gone, option in (
            ("limit 'weekly'", "trigger 'check_in'", "without_limits or changed_limits"),
            ("limit 'mend'", "trigger 'resume'", "without_limits or changed_limits"),
            ("limit 'pause'", "trigger 'resume'", "without_limits or changed_limits"),
            ("duty InTime(postpone, begin)", "trigger 'postpone'", "without_duties"),
            ("duty InTime(postpone, begin)", "limit 'begin'", "without_duties"),
            ("duty Response(rest, resume)", "trigger 'resume'", "without_duties"),
            ("ground 'late'", "trigger 'check_in'", "without_grounds"),
            ("requirement settled(first_log) of row 'inspect' from working", "limit 'first_log'", "changed_rows"),
        )
    ]


def test_every_signal_of_a_limit_that_is_gone_is_told() -> None:
    base = attrs.evolve(
        ROADWORKS,
        limits=[
            TimeLimit(
                "much", ours(WorkingDays(3)), label=TITLE, rules=[L1, *ROADWORKS.rules], met="start", starts="order",
                stops="rest", paused=entering("resting"), resumed="turn", extended={"again": ours(WorkingDays(9))},
                revived="keep",
            )
        ],
    )  # fmt: skip
    found = refused(
        base,
        without_states="resting",
        without_triggers=["rest", "resume", "turn", "again", "keep", "inspect"],
        without_duties=ROADWORKS.duties[1].name,
        changed_rows={},
        without_rows=[],
    )
    named = [said.split("'")[1:4:2] for said in found if said.startswith("limit")]
    assert sorted(named) == [["much", name] for name in ("again", "keep", "rest", "resting", "turn")]


def test_a_rule_that_loses_its_home_is_told() -> None:
    assert refused(without_duties=["D1", "D3"], without_rules="D3") == (
        "rule 'D1' stands nowhere any more; say so (without_rules), or give it a home",
    )


def test_a_trigger_that_is_put_back_is_not_gone() -> None:
    again = Trigger("check_in", TITLE, each=ROADWORKS.by_trigger["check_in"].each)
    found = derived(without_triggers="check_in", triggers=[again], rows=[stay("check_in", "working", by=CREW)])
    assert found.by_trigger["check_in"] == again
    assert not list(problems(found))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = refused(
        without_states="lost",
        states=[State("closed", TITLE)],
        contents={"lose": Log},
        changed_rows={"lose": RowChange(), "order": RowChange(needs=REASON)},
        changed_limits={"begin": {"colour": 1}},
        without_duties=["D9", "D1"],
    )
    assert [said.split(":")[0].split(" is ")[0] for said in found] == [
        "without_states", "state 'closed'", "contents", "changed_rows", "changed_rows", "changed_limits",
        "without_duties", "rule 'D1' stands nowhere any more; say so (without_rules), or give it a home",
    ]  # fmt: skip


def test_the_base_stays_as_it_is() -> None:
    before = fingerprint(ROADWORKS)
    derived(without_triggers="note", changed_rows={"drop": RowChange(by=CREW)}, without_rules=())
    assert fingerprint(ROADWORKS) == before
    assert G2 in ROADWORKS.rules
    assert D1 in ROADWORKS.rules

"""Duties that cannot be broken, kept or come up, and rules that promise what is not built."""

from collections.abc import Iterator

import attrs
import pytest

from tests.core.analysis.permits import (
    OFFICE,
    P1,
    P2,
    P3,
    PEOPLE,
    PERMIT,
    Asked,
    Found,
    found,
    impossible,
    permit,
    texts,
)
from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Ground, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle, Trigger, move, stay
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.sources import OURS
from yingshang_flow.words import BAN, DUTY, GROUND, GUARD, LIMIT, PROPERTY, Label, Rule

A = Label("甲", "a")


def with_duty(duty: Duty, *, more: Lifecycle = PERMIT) -> Lifecycle:
    """Return a procedure with a duty."""
    return attrs.evolve(more, duties=[duty], rules=[*more.rules, P3])


def good(content: Found) -> bool:
    """Tell whether what is found is good."""
    return content.good


def whatever(_: Found) -> bool:
    """Pass everything."""
    return True


def nothing(_: Found) -> bool:
    """Pass nothing."""
    return False


def by_somebody(content: Found) -> bool:
    """Tell who found it, which is out of reach."""
    return content.by == "Li"


def offences(*_: object) -> Iterator[tuple[int, str]]:
    """Find nothing."""
    yield from ()


def offenders(*_: object) -> Iterator[tuple[str, str]]:
    """Find nothing."""
    yield from ()


NEVER_DONE = permit(triggers=[Trigger("fly", A)], transitions=[stay("fly", "asked", by=OFFICE, needs=impossible)])
"""With an act that nobody can ever do."""

AFTER = permit(triggers=[Trigger("file", A)], transitions=[stay("file", "granted", by=OFFICE)])
"""With an act after the end."""


@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        (Response("ask", "check", rules=P3, label=A), []),
        (Response("ask", ("grant", "refuse"), rules=P3, label=A), [("duty_always_kept", "")]),
        (Response("ask", "grant", unless="refuse", rules=P3, label=A), [("duty_always_kept", "")]),
        (Response("ask", ("grant", "refuse"), each=PEOPLE, rules=P3, label=A), []),
        (Response("grant", "check", rules=P3, label=A), [("duty_never_kept", "ask check grant")]),
        (Precedence("grant", "check", rules=P3, label=A), [("duty_always_kept", "")]),
        (Precedence("refuse", "check", rules=P3, label=A), []),
        (Precedence("check", "grant", rules=P3, label=A), [("duty_never_kept", "ask check")]),
        (AtMost("check", 2, rules=P3, label=A), []),
        (AtMost("check", 0, rules=P3, label=A), []),
        (AtMost("grant", 1, rules=P3, label=A), [("duty_always_kept", "")]),
        (InTime("check", "answer", rules=P3, label=A), []),
        (Holds("check", good, rules=P3, label=A), []),
        (Holds("check", by_somebody, rules=P3, label=A), []),
        (Holds("check", whatever, rules=P3, label=A), [("duty_always_kept", "")]),
        (Holds("check", nothing, rules=P3, label=A), [("duty_never_kept", "")]),
        (Holds("grant", good, rules=P3, label=A), [("duty_untold", "")]),
        (Never(offences, rules=P3, label=A), []),
        (Never(offences, occasion="check", rules=P3, label=A), []),
        (AcrossCases(offenders, rules=P3, label=A), []),
    ],
)
def test_a_duty_that_no_way_can_break_or_keep_is_told(duty: Duty, expected: list[tuple[str, str]]) -> None:
    assert found(with_duty(duty)) == expected


@pytest.mark.parametrize(
    "duty",
    [
        Response("fly", "check", rules=P3, label=A),
        Precedence("fly", "check", rules=P3, label=A),
        AtMost("fly", 1, rules=P3, label=A),
        InTime("fly", "answer", rules=P3, label=A),
        Never(offences, occasion="fly", rules=P3, label=A),
    ],
)
def test_a_duty_whose_occasion_cannot_come_never_arises(duty: Duty) -> None:
    codes = dict(found(with_duty(duty, more=NEVER_DONE)))
    assert set(codes) == {"duty_never_arises", "need_never_met"}


def test_in_time_for_a_limit_that_has_not_started_or_is_not_set_never_arises() -> None:
    late = TimeLimit("late", PERMIT.limits[0].period, label=A, starts="check", met="grant", rules=P1)
    early = InTime("ask", "late", rules=P3, label=A)
    assert found(with_duty(early, more=permit(limits=[late]))) == [("duty_never_arises", "ask")]
    unset = permit(limits=[attrs.evolve(late, period=None)])
    assert found(with_duty(early, more=unset)) == [("duty_never_arises", "")]


def test_a_ground_that_no_act_can_show_never_arises() -> None:
    rule = Rule("N", GROUND, OURS("N"), A)
    shown = [Ground("shown", rule, A, "x", acts=("fly", "check")), Ground("never", rule, A, "x", acts="fly")]
    whole = attrs.evolve(NEVER_DONE, grounds=shown, rules=[*NEVER_DONE.rules, rule])
    assert found(whole) == [("need_never_met", "ask fly"), ("ground_never_arises", "")]
    assert "ground 'never' never arises: fly never happens" in texts(whole)


def test_the_reason_is_said() -> None:
    said = texts(with_duty(Response("ask", ("grant", "refuse"), rules=P3, label=A)))
    assert said == ["P3 'a' cannot be broken: after ask no final state is reached without grant or refuse"]
    said = texts(with_duty(AtMost("grant", 1, rules=P3, label=A)))
    assert said == ["P3 'a' cannot be broken: on no way grant happens more than 1 times"]


def test_what_is_answered_after_the_end_may_be_left_open() -> None:
    duty = Response("grant", "file", rules=P3, label=A)
    assert found(with_duty(duty, more=AFTER)) == []


def test_an_answer_that_is_too_late_after_one_way_only_is_told_with_that_way() -> None:
    twice = permit(
        triggers=[Trigger("note", A)],
        transitions=[stay("note", ("asked", "granted"), by=OFFICE)],
    )
    duty = Response("note", "check", rules=P3, label=A)
    assert found(with_duty(duty, more=twice)) == [("duty_never_kept", "ask check grant note")]


# --- rules ---


def of_kind(*kinds: object, home: str) -> Lifecycle:
    """Return the procedure with a rule of some kinds that is built as something."""
    rule = Rule("N", kinds, OURS("N"), A)  # type: ignore[arg-type]  # kinds of rules
    whole = attrs.evolve(PERMIT, rules=[*PERMIT.rules, rule])
    match home:
        case "row":
            rows = [attrs.evolve(PERMIT.transitions[0], rules=rule), *PERMIT.transitions[1:]]
            return attrs.evolve(whole, transitions=rows)
        case "limit":
            return attrs.evolve(whole, limits=[attrs.evolve(PERMIT.limits[0], rules=[P1, rule])])
        case "duty":
            return attrs.evolve(whole, duties=[Response("ask", "check", rules=rule, label=A)])
        case "ground":
            return attrs.evolve(whole, grounds=[Ground("g", (rule,), A, "x")])
    return whole


@pytest.mark.parametrize(
    ("kinds", "home", "codes"),
    [
        ((GUARD,), "row", []),
        ((GUARD,), "duty", ["rule_promises_more"]),
        ((LIMIT,), "limit", []),
        ((LIMIT,), "duty", ["rule_promises_more"]),
        ((DUTY,), "duty", []),
        ((DUTY,), "limit", []),
        ((DUTY,), "row", ["rule_promises_more"]),
        ((BAN,), "duty", []),
        ((BAN,), "row", ["rule_promises_more"]),
        ((GROUND,), "ground", []),
        ((GROUND, DUTY), "duty", ["rule_promises_more"]),
        ((GUARD, GROUND), "ground", ["rule_promises_more"]),
        ((DUTY,), "ground", ["rule_promises_more", "rule_says_less"]),
        ((GUARD,), "limit", ["rule_promises_more", "rule_says_less"]),
        ((PROPERTY,), "nowhere", ["rule_of_the_library"]),
    ],
)
def test_the_kinds_of_a_rule_are_held_against_what_it_is_built_as(
    kinds: tuple[object, ...], home: str, codes: list[str]
) -> None:
    assert [code for code, _ in found(of_kind(*kinds, home=home))] == codes


def test_a_requirement_makes_a_guard() -> None:
    assert P2.kinds == (GUARD,)
    assert found(PERMIT) == []


def test_content_that_a_check_looks_at_is_that_of_its_trigger() -> None:
    wide = with_duty(Holds("ask", _many, rules=P3, label=A))
    assert found(wide) == []


def _many(content: Asked) -> bool:
    return content.urgent and content.copies > 1


def test_moves_after_the_end_do_not_make_an_answer_sure() -> None:
    again = permit(triggers=[Trigger("reopen", A)], transitions=[move("reopen", "granted", to="asked", by=OFFICE)])
    duty = Response("reopen", ("grant", "refuse"), rules=P3, label=A)
    assert found(with_duty(duty, more=again)) == [("duty_always_kept", "")]

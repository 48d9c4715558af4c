"""The worlds that guards are tried in: what few values decide, what is out of reach, and when there are too many."""

from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.analysis.permits import OFFICE, P2, PERMIT, AnyView, Asked, Found, Kin, permit
from yingshang_flow.core.analysis import standins
from yingshang_flow.core.analysis.asking import answers, asked, cases_answer, holds, meaning, told
from yingshang_flow.core.analysis.guards import Known, known
from yingshang_flow.core.analysis.standins import always_given, view_of
from yingshang_flow.core.analysis.worlds import OutOfReachError, TooManyWorldsError, World, worlds
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle, Trigger, stay
from yingshang_flow.core.requirement import Requirement, forbids, needs, settled
from yingshang_flow.core.requirement import given as fields_given
from yingshang_flow.words import Label

A = Label("甲", "a")
BOTH, YES, NO = {False, True}, {True}, {False}


class Colour(Enum):
    """A few."""

    RED = 1
    BLUE = 2


@attrs.frozen
class Said:
    """Fields of every sort."""

    flag: bool
    choice: Literal["a", "b", 3]
    maybe: Literal["a"] | None
    text: str
    maybe_text: str | None
    texts: tuple[str, ...]
    pair: tuple[int, int]
    number: int
    day: date | None
    colour: Colour
    kin: Kin | None
    secret: Confidential[str]

    @property
    def loud(self) -> bool:
        """Whether it is said with a flag."""
        return self.flag


CHECKS: list[tuple[Callable[[Said], object], set[bool]]] = [
    (lambda s: s.flag, BOTH),
    (lambda s: s.flag or not s.flag, YES),
    (lambda s: s.flag != s.flag, NO),
    (lambda s: s.choice in {"a", "b", 3}, YES),
    (lambda s: s.choice in {"c"}, NO),  # noqa: FURB171
    (lambda s: s.maybe is None or s.maybe == "a", YES),
    (lambda s: s.text == "" or s.text.strip(), BOTH),
    (lambda s: not s.text and s.text, NO),
    (lambda s: s.text != "" and s.text == "", NO),
    (lambda s: s.text == "something", BOTH),
    (lambda s: s.text.upper() == "A" and s.text == "", BOTH),
    (lambda s: len(s.text) > 3, BOTH),
    (lambda s: s.text in {"x", "y"}, BOTH),
    (lambda s: s.maybe_text is None and s.maybe_text, NO),
    (lambda s: s.texts == () and s.texts, NO),
    (lambda s: s.texts != () or not s.texts, YES),
    (lambda s: s.texts == ("a",), BOTH),
    (lambda s: any(text == "a" for text in s.texts), BOTH),
    (lambda s: s.pair == (1, 2), BOTH),
    (lambda s: s.number > 0, BOTH),
    (lambda s: s.day is None, BOTH),
    (lambda s: s.day is not None and s.day.year, BOTH),
    (lambda s: s.colour in (Colour.RED, Colour.BLUE), YES),
    (lambda s: s.kin is None or s.kin.close or not s.kin.close, YES),
    (lambda s: s.kin is not None and isinstance(s.kin, Kin), BOTH),
    (lambda s: s.secret is None, NO),
    (lambda s: s.loud or not s.flag, YES),
    (lambda s: isinstance(s, Said), YES),
    (lambda s: s.nothing, BOTH),  # type: ignore[attr-defined]  # raises AttributeError
]


@pytest.mark.parametrize(("check", "expected"), CHECKS, ids=range(len(CHECKS)))
def test_a_check_answers_what_it_can_in_any_content(check: Callable[[Said], object], expected: set[bool]) -> None:
    assert answers(check, Said) == expected


@given(
    st.builds(
        Said,
        secret=st.builds(Confidential, st.text()),
        number=st.integers(),
        day=st.none() | st.dates(),
        pair=st.tuples(st.integers(), st.integers()),
        texts=st.lists(st.sampled_from(["a", "b"])).map(tuple),
    )
)
def test_no_content_answers_what_no_world_does(content: Said) -> None:
    for check, expected in CHECKS[:-1]:
        assert bool(check(content)) in expected


# --- guards ---


def more(requirement: Requirement, content: type[Any] | None = Asked) -> Lifecycle:
    """Return the procedure with a further act that asks for something."""
    return permit(
        triggers=[Trigger("more", A, content)], transitions=[stay("more", "asked", by=OFFICE, needs=requirement)]
    )


def of(check: Callable[[AnyView], object], content: type[Any] | None = Asked) -> Known:
    """Return what is known of a guard."""
    requirement = needs(P2, A)(check)  # type: ignore[arg-type]  # true or false enough
    whole = more(requirement, content)
    return known(whole, whole.transitions[-1], "asked", requirement)


GUARDS: list[tuple[Callable[[AnyView], object], Known]] = [
    (lambda v: v.standing.fact("check") is not None, Known(after=frozenset({"check"}))),
    (lambda v: v.case.fact("check") is None, Known(without=frozenset({"check"}))),  # type: ignore[union-attr]
    (lambda v: v.latest(Found).good, Known(after=frozenset({"check"}))),
    (lambda v: v.standing.latest(Found) is None, Known(without=frozenset({"check"}))),
    (lambda v: (c := v.standing.fact("check")) and c.content.good, Known(after=frozenset({"check"}))),  # type: ignore[attr-defined]
    (lambda v: (c := v.standing.fact("check")) and c.trigger == "check", Known(after=frozenset({"check"}))),
    (lambda v: (c := v.standing.fact("grant")) and c.content is None, Known(after=frozenset({"grant"}))),
    (lambda v: (c := v.standing.fact("check")) and c.revision > 1, Known(after=frozenset({"check"}))),
    (lambda v: (c := v.standing.fact("check")) and c.actor.unit == "x", Known(after=frozenset({"check"}))),
    (lambda v: v.standing.fact("check").content.good, Known(falls=Label("尚无 check", "no check"))),  # type: ignore[union-attr]
    (lambda v: v.content.kin.close, Known(falls=Label("more.kin = None", "more.kin = None"))),
    (lambda v: v.content.copies > 1 and v.content.kin.close, Known()),
    (lambda v: v.content.nothing, Known()),
    (lambda v: v.standing.fact("check", "Li") is None, Known()),
    (lambda v: v.standing.fact("fly") is None, Known()),
    (lambda v: v.standing.state == "asked", Known(fails=False)),
    (lambda v: v.standing.revision == 3, Known()),
    (lambda v: v.standing.owed(), Known()),
    (lambda v: v.actor.role == "office", Known(fails=False)),
    (lambda v: v.actor.id == "me", Known()),
    (lambda v: v.actor.id != v.content.text, Known()),
    (lambda v: v.actor.id in {"me", "you"}, Known()),
    (lambda v: v.at is None, Known(holds=False)),
    (lambda v: v.at.date > date(2026, 1, 1), Known()),  # type: ignore[union-attr]
    (lambda v: v.related.parent is None, Known()),
    (lambda v: v.standing.latest(Kin) is None, Known()),
    (lambda v: v.standing.latest(str) is None or True, Known()),
    (lambda v: v.content.urgent, Known()),
    (lambda v: v.values is None, Known(fails=False)),
    (lambda v: 1 / 0, Known()),  # noqa: ARG005
]


@pytest.mark.parametrize(("check", "expected"), GUARDS, ids=range(len(GUARDS)))
def test_what_a_guard_turns_on_is_found(check: Callable[[AnyView], object], expected: Known) -> None:
    assert of(check) == expected


def test_who_is_kept_apart_is_found() -> None:
    found = of(lambda v: (c := v.standing.fact("check")) is None or c.actor.id != v.actor.id)
    assert found == of(lambda v: (c := v.standing.fact("check")) is None or not c.actor.is_one_with(v.actor))
    assert found == of(lambda v: (c := v.standing.fact("check")) is None or c.actor.id not in v.actor.persons)
    assert found.apart == {"check"}
    mixed = of(lambda v: (c := v.standing.fact("check")) is None or c.actor.id == v.actor.id)
    assert mixed.apart == frozenset()
    named = of(lambda v: v.content.text == "" or v.content.text.strip() != v.actor.id)
    assert named == Known()
    same = of(lambda v: v.actor.id == v.actor.id)
    assert same == Known(fails=False)


def test_content_of_no_content_is_nothing() -> None:
    assert of(lambda v: v.content is None, None) == Known(fails=False)


def test_a_guard_that_must_find_what_it_first_found_missing_is_out_of_reach() -> None:
    assert of(lambda v: v.standing.latest(Found) is None and v.latest(Found).good) == Known(
        without=frozenset({"check"})
    )


def test_of_two_triggers_that_say_the_same_the_latest_is_one_of_its_own() -> None:
    twice = permit(
        triggers=[Trigger("again", A, Found)],
        transitions=[stay("again", "asked", by=OFFICE, needs=(good := needs(P2, A)(lambda v: v.latest(Found).good)))],
    )
    assert known(twice, twice.transitions[-1], "asked", good) == Known()
    only = needs(P2, A)(lambda v: v.latest(Found, "check").good)
    assert known(twice, twice.transitions[-1], "asked", only) == Known(after=frozenset({"check"}))


def test_an_opening_has_no_case() -> None:
    guard = needs(P2, A)(lambda v: v.case is None)
    assert known(PERMIT, PERMIT.transitions[0], "", guard) == Known(fails=False)


@attrs.frozen
class Wide:
    """More than can be tried."""

    a: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    b: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    c: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]


def test_where_there_is_too_much_to_try_nothing_is_known() -> None:
    assert of(lambda v: v.content.a + v.content.b + v.content.c > 0, Wide) == Known()
    assert answers(lambda w: w.a + w.b + w.c > 0, Wide) == BOTH
    with pytest.raises(TooManyWorldsError):
        [world.choose(n, range(11)) for world in worlds() for n in "abc"]


def test_every_world_comes_once() -> None:
    seen = []
    for world in worlds():
        first = world.choose("first", "ab")
        seen.append((first, world.choose("second", "xyz") if first == "a" else ""))
    assert seen == [("a", "x"), ("a", "y"), ("a", "z"), ("b", "")]


def test_what_is_decided_beforehand_is_the_same_in_all_of_them() -> None:
    assert [world.choose("it", "ab") for world in worlds({"it": "b"})] == ["b"]


@forbids(P2, A)
def bad(view: AnyView) -> Iterator[str]:
    """Yield something."""
    if view.content.urgent:
        yield "urgent"


def test_requirements_that_ask_the_same_mean_the_same() -> None:
    assert meaning(bad) == meaning(attrs.evolve(bad, label=Label("乙", "b")))
    assert meaning(fields_given(P2, A, "kind")) != meaning(fields_given(P2, A, "text"))
    assert meaning(settled(P2, A, "answer")) == meaning(settled(P2, Label("乙", "b"), "answer"))
    assert meaning(plain := Requirement((P2,), A)) is plain


def test_a_requirement_of_its_own_kind_may_be_met_or_not() -> None:
    assert {
        holds(Requirement((P2,), A), world, view_of(world, PERMIT, "ask", "", ["citizen"])) for world in worlds()
    } == BOTH


def test_an_answer_out_of_reach_marks_the_world() -> None:
    world = World()
    assert asked(lambda: standins.UNKNOWN > 1, world, "it") is False  # type: ignore[operator]  # it is unknown
    assert world.assumed


@pytest.mark.parametrize(
    "use",
    [
        bool,
        len,
        iter,
        hash,
        int,
        float,
        abs,
        lambda u: u.x,
        lambda u: u(),
        lambda u: u[0],
        lambda u: u == 1,
        lambda u: isinstance(u, date),
    ],
)
def test_nothing_can_be_done_with_what_is_unknown(use: Callable[[Any], object]) -> None:
    with pytest.raises(OutOfReachError):
        use(standins.UNKNOWN)


def late(case: Case) -> bool:
    """Tell whether it was checked."""
    return case.fact("check") is not None


def test_what_a_case_can_answer_after_an_act() -> None:
    assert cases_answer(late, PERMIT, "asked", "ask") == BOTH
    assert cases_answer(late, PERMIT, "asked", "check") == YES


def test_what_every_row_asks_for_is_never_empty() -> None:
    rows = [attrs.evolve(PERMIT.transitions[0], needs=[fields_given(P2, A, "kind", "text")]), *PERMIT.transitions[1:]]
    assert always_given(attrs.evolve(PERMIT, transitions=rows))["ask"] == {"kind", "text"}
    other = attrs.evolve(rows[0], needs=fields_given(P2, A, "kind"))
    assert always_given(attrs.evolve(PERMIT, transitions=[*rows, other]))["ask"] == {"kind"}


def test_a_world_is_told_by_what_it_decided() -> None:
    def world_of(check: Callable[[AnyView], object], number: int) -> World:
        guard = needs(P2, A)(check)  # type: ignore[arg-type]  # true or false enough
        whole = more(guard)
        seen = []
        for world in worlds():
            holds(guard, world, view_of(world, whole, "more", "asked", ["office"]))
            seen.append(world)
        return seen[number]

    assert told(world_of(lambda v: v.standing.fact("check"), 0)) == Label("尚无 check", "no check")
    assert told(world_of(lambda v: v.standing.fact("check"), 1)) == Label("已有 check", "check on file")
    assert told(world_of(lambda v: v.standing.latest(Kin), 0)).en == "no Kin"
    assert told(world_of(lambda v: v.standing.latest(Kin) and False, 1)).en == "Kin on file"
    assert told(world_of(lambda v: v.content.text, 0)).en == "more.text = ''"
    assert told(world_of(lambda v: v.content.text, 1)) == Label("more.text 已填", "more.text filled in")
    assert told(world_of(lambda v: v.content.kin and v.content.kin.close, 1)).en == "more.kin.close = True"
    assert told(world_of(lambda v: v.content.copies is None, 0)).en == ""
    assert told(world_of(lambda v: v.actor.role, 0)).en == ""


@attrs.frozen
class Nested:
    """Content that holds its own kind."""

    inner: "Nested | None"


def depth(content: Nested) -> int:
    """Go down to the last."""
    found, here = 0, content.inner
    while here is not None:
        found, here = found + 1, here.inner
    return found


def test_content_that_holds_its_own_kind_is_followed_only_so_far() -> None:
    assert answers(depth, Nested) == BOTH


@attrs.frozen
class Unreadable:
    """A class of whose fields nobody can tell the types."""

    x: "NoSuchType"  # type: ignore[name-defined]  # noqa: F821


def test_of_a_class_whose_types_cannot_be_read_nothing_is_known() -> None:
    assert answers(lambda u: u.x == 1, Unreadable) == BOTH

"""The analysis of any small table, held against walking it: duties step by step, limits with the engine itself."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.analysis.permits import OFFICE, P1, A, ours
from tests.core.roadworks import CALENDAR
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.analysis.courses import Running, course
from yingshang_flow.core.analysis.standing import standing
from yingshang_flow.core.analysis.ways import START, ways
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.decide import Act, decide, evolve
from yingshang_flow.core.duty import AtMost, Duty, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import TimeLimit, entering, leaving
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Opening
from yingshang_flow.deadlines import CalendarDays

STATES = ("s0", "s1", "s2")
TRIGGERS = ("a", "b", "c")
LONGEST = 7
"""Long enough for what is to be shown: to a place, to an act there, and on to an end."""

Walk = tuple[tuple[str, str], ...]
"""What was done and where it led, step by step; the opening is the first."""


@st.composite
def tables(draw: st.DrawFn) -> Lifecycle:
    """Give a table of three states and three acts, each of which leads somewhere or nowhere."""
    final = draw(st.sets(st.sampled_from(STATES)))
    rows = [opening("o", to="s0", by=OFFICE)]
    for state in STATES:
        for trigger in TRIGGERS:
            to = draw(st.sampled_from([None, None, *STATES]))
            if to is not None:
                rows.append(stay(trigger, state, by=OFFICE) if to == state else move(trigger, state, to=to, by=OFFICE))
    return Lifecycle(
        key="any",
        title=A,
        states=[State(key, A, final=key in final) for key in STATES],
        triggers=[Trigger(key, A) for key in ("o", *TRIGGERS)],
        transitions=rows,
        rules=[P1],
    )


def walks(table: Lifecycle) -> Iterator[Walk]:
    """Yield every walk of at most so many steps after the opening."""
    waiting: list[Walk] = [(("o", "s0"),)]
    for walk in waiting:  # grows while it is gone through
        yield walk
        if len(walk) < LONGEST:
            here = walk[-1][1]
            for trigger in table.possible[here]:
                (row,) = table.rows[here, trigger]
                waiting.append((*walk, (trigger, here if row.to is None else row.to)))


def ended(table: Lifecycle, walk: Walk) -> bool:
    """Tell whether a walk ends at an end."""
    return table.by_state[walk[-1][1]].final


def done(walk: Walk) -> list[str]:
    """Return what was done on a walk."""
    return [trigger for trigger, _ in walk]


def codes(table: Lifecycle, duty: Duty) -> dict[str, tuple[str, ...]]:
    """Return what is found of a duty, and the way that shows it."""
    return {issue.code: issue.way for issue in standing(attrs.evolve(table, duties=[duty]))}


@settings(max_examples=60)
@given(tables())
def test_a_response_is_always_kept_where_no_walk_to_an_end_goes_without_it(table: Lifecycle) -> None:
    found = codes(table, Response("a", "b", unless="c", rules=P1, label=A))
    every = list(walks(table))
    arises = any("a" in done(walk) for walk in every)
    breaks = any(
        ended(table, walk) and trigger == "a" and not {"b", "c"} & set(done(walk)[place + 1 :])
        for walk in every
        for place, trigger in enumerate(done(walk))
    )
    assert ("duty_never_arises" in found) is not arises
    assert ("duty_always_kept" in found) is (arises and not breaks)
    hopeless = found.get("duty_never_kept")
    assert (hopeless is not None) is any(walk[-1][0] == "a" and not _follows(table, walk[-1][1], "b") for walk in every)
    if hopeless is not None:
        (walk,) = (one for one in every if tuple(done(one)) == hopeless)
        assert walk[-1][0] == "a"
        assert not _follows(table, walk[-1][1], "b")


def _follows(table: Lifecycle, state: str, trigger: str) -> bool:
    """Tell whether something can be done in a state or later."""
    here, seen = {state}, set[str]()
    while here - seen:
        seen |= here
        here = {row.to or one for one in seen for key in table.possible[one] for row in table.rows[one, key]} | seen
    return any(trigger in table.possible[one] for one in seen)


@settings(max_examples=60)
@given(tables())
def test_a_precedence_is_always_kept_where_no_walk_goes_around_it(table: Lifecycle) -> None:
    found = codes(table, Precedence("a", "b", rules=P1, label=A))
    firsts = [set(done(walk)[:-1]) for walk in walks(table) if walk[-1][0] == "a"]
    assert ("duty_always_kept" in found) is bool(firsts and all("b" in before for before in firsts))
    assert ("duty_never_kept" in found) is bool(firsts and not any("b" in before for before in firsts))


@settings(max_examples=60)
@given(tables(), st.integers(1, 2))
def test_at_most_is_always_kept_where_no_walk_does_it_more_often(table: Lifecycle, times: int) -> None:
    found = codes(table, AtMost("a", times, rules=P1, label=A))
    gone = list(walks(table))
    most = max(done(walk).count("a") for walk in gone)
    if "duty_always_kept" in found:
        assert 0 < most <= times
    elif all(len(walk) < LONGEST for walk in gone):  # a longer one could do it more often
        assert not 0 < most <= times


@settings(max_examples=60)
@given(tables())
def test_the_shortest_way_to_every_state_is_found(table: Lifecycle) -> None:
    found = {node.state: way for node, way in ways(table).shortest.items() if node != START}
    shortest: dict[str, int] = {}
    for walk in walks(table):
        shortest.setdefault(walk[-1][1], len(walk))
    assert {state: len(way) for state, way in found.items()} == shortest


# --- limits ---

SIGNALS = st.one_of(
    st.sampled_from(TRIGGERS), st.sampled_from(STATES).map(entering), st.sampled_from(STATES).map(leaving)
)
OPENING = Opening("any", 1, "", "f" * 64)
BOSS = Actor("boss", "unit", "office")


@st.composite
def time_limits(draw: st.DrawFn) -> TimeLimit:
    """Give a limit that some of it starts, meets, stops, pauses, resumes or revives."""

    def some(one: st.SearchStrategy[Any], least: int = 0) -> tuple[Any, ...]:
        return tuple(draw(st.lists(one, min_size=least, max_size=2, unique=True)))

    return TimeLimit(
        "x",
        ours(CalendarDays(9999)),
        label=A,
        starts=some(SIGNALS | st.just("o"), 1),
        met=some(st.sampled_from(TRIGGERS)),
        stops=some(SIGNALS),
        revived=some(st.sampled_from(TRIGGERS)),
        paused=some(SIGNALS),
        resumed=some(SIGNALS),
        outlives=draw(st.booleans()),
        rules=P1,
    )


def engine(table: Lifecycle) -> set[tuple[str, Running]]:
    """Return where the engine itself brings case and limit, from every place it has brought them to before."""
    first = _acted(table, None, "o", date(2026, 1, 1))
    found: dict[tuple[str, Running], Case] = {_place(first): first}
    waiting = list(found)
    for place in waiting:  # grows while it is gone through
        case = found[place]
        for trigger in table.possible[case.state]:
            there = _acted(table, case, trigger, case.recorded_at.date() + timedelta(days=1))
            if _place(there) not in found:
                found[_place(there)] = there
                waiting.append(_place(there))
    return set(found)


def _acted(table: Lifecycle, case: Case | None, trigger: str, day: date) -> Case:
    moment = Moment.of(day)
    record = decide(
        table,
        case,
        Act(trigger, None, BOSS, moment),
        now=moment.instant,
        calendar=CALENDAR,
        id="c",
        opening=OPENING if case is None else None,
    )
    return evolve(case, record)


def _place(case: Case) -> tuple[str, Running]:
    owed = [d for d in case.deadlines if d.status is Status.OPEN]
    assert len(owed) <= 1, "the same is owed twice"
    if not owed:
        return case.state, "over" if case.deadlines else "idle"
    return case.state, "running" if any(d.paused is None for d in owed) else "paused"


@settings(max_examples=120)
@given(tables(), time_limits())
def test_the_courses_of_a_limit_are_those_of_the_engine(table: Lifecycle, limit: TimeLimit) -> None:
    whole = attrs.evolve(table, limits=[limit])
    spots = {(node.state, standing) for node, standing in course(whole, limit).steps if node != START}
    assert spots == engine(whole)


def test_an_act_that_starts_a_limit_anew_does_not_revive_its_last_time_besides() -> None:
    rows = [
        opening("o", to="s0", by=OFFICE),
        move("c", "s0", to="s2", by=OFFICE),
        move("a", "s2", to="s1", by=OFFICE),
        move("a", "s1", to="s0", by=OFFICE),
    ]
    table = Lifecycle(
        key="any",
        title=A,
        states=[State(key, A) for key in STATES],
        triggers=[Trigger(key, A) for key in ("o", "a", "c")],
        transitions=rows,
        limits=[
            TimeLimit(
                "x",
                ours(CalendarDays(9999)),
                label=A,
                starts=("o", entering("s1")),
                met=("c", "a"),
                revived="a",
                rules=P1,
            )
        ],
        rules=[P1],
    )
    case = _acted(table, None, "o", date(2026, 1, 1))
    for day, trigger in enumerate(("c", "a"), 2):
        case = _acted(table, case, trigger, date(2026, 1, day))
    assert [(d.number, d.status) for d in case.deadlines] == [(2, Status.OPEN)]
    assert _place(_acted(table, case, "a", date(2026, 1, 4))) == ("s0", "over")

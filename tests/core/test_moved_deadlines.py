"""Deadlines that are moved, brought back, conditional, soft or outlive their case: stories first, then the laws."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.roadworks import (
    BOSS,
    CALENDAR,
    CREWS,
    L1,
    OFFICE,
    ROADWORKS,
    Inspection,
    Log,
    Order,
    Promise,
    Story,
    at,
    crew,
    later,
    ours,
    told,
)
from yingshang_flow.core.case import Deadline
from yingshang_flow.core.decide import with_changes
from yingshang_flow.core.lifecycle import Lifecycle, move, stay
from yingshang_flow.core.limit import FromContent, Signal, TimeLimit, entering
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Extended, Met, Missed, Revived, Started, Stopped, Warned
from yingshang_flow.core.stepping import applied
from yingshang_flow.deadlines import CalendarDays, Months, WorkingDays, due, parse
from yingshang_flow.errors import RefusedError, TimeError
from yingshang_flow.words import Label

Key = tuple[str, str, int]
A = Label("甲", "a")


def changed(key: str, **changes: Any) -> Story:  # noqa: ANN401 - any field of a limit
    """Begin a story in which one limit is another one, up to the order."""
    limits = [attrs.evolve(limit, **changes) if limit.key == key else limit for limit in ROADWORKS.limits]
    story = Story(attrs.evolve(ROADWORKS, limits=limits))
    story.act("order", "2021-03-01", Order(("Li", "Wang"), "holes"))
    return story


def tables(story: Story) -> list[dict[Key, Deadline]]:
    """Return every deadline after each record; the audit reads a history so."""
    found: list[dict[Key, Deadline]] = [{}]
    for record in story.records:
        found.append(applied(found[-1], record))
    return found


# --- extended ---------------------------------------------------------------------------------------------------------


def test_an_extension_gives_the_whole_period_from_the_same_start() -> None:
    story = told("Li", started=None)
    record = story.act("postpone", "2021-03-05")
    assert record.changes == (
        Extended("begin", "", 1, date(2021, 3, 22), None, date(2021, 3, 18), CALENDAR.hash, False, (), "15工作日"),  # noqa: FBT003
    )
    (begin,) = story.standing.owed("begin")
    assert (begin.anchor, begin.start, begin.due) == (date(2021, 3, 1), date(2021, 3, 1), date(2021, 3, 22))
    assert (begin.period, begin.ceilings) == ("5工作日", ("15工作日",))


def test_an_extension_on_the_last_day_is_in_time_and_one_a_day_later_changes_nothing() -> None:
    on_time, too_late = told("Li", started=None), told("Li", started=None)
    assert on_time.act("postpone", "2021-03-08 23:59").changes != ()
    assert too_late.act("postpone", "2021-03-09 00:00").changes == ()
    assert too_late.statuses("begin") == [(1, "2021-03-08", "open")]


def test_a_warned_deadline_that_is_extended_is_warned_of_again() -> None:
    story = told("Li", started=None)
    warned = story.tick("2021-03-04")
    assert warned is not None
    story.act("postpone", "2021-03-05")
    assert story.tick("2021-03-17 23:00") is None
    again = story.tick("2021-03-18")
    assert again is not None
    assert warned.changes == again.changes == (Warned("begin", "", 1),)


def test_an_extension_entered_late_but_dated_in_time_brings_a_missed_deadline_back() -> None:
    story = told("Li", started=None)
    story.tick("2021-03-10")
    assert story.statuses("begin") == [(1, "2021-03-08", "missed")]
    story.act("postpone", "2021-03-08", entered="2021-03-11")
    assert story.statuses("begin") == [(1, "2021-03-22", "open")]
    missed = story.tick("2021-03-23")
    assert missed is not None
    assert missed.changes == (Missed("begin", "", 1),)


def test_an_extension_entered_after_its_own_end_is_missed_again_by_the_clock() -> None:
    story = told("Li", started=None)
    story.tick("2021-03-10")
    story.act("postpone", "2021-03-05", entered="2021-04-01")
    assert story.statuses("begin") == [(1, "2021-03-22", "open")]
    story.tick("2021-04-01")
    assert story.statuses("begin") == [(1, "2021-03-22", "missed")]


def test_what_is_already_met_is_not_extended() -> None:
    story = told("Li", "Wang")
    story.act("log", "2021-03-03", Log("x"), by=crew("Li"))
    record = story.act("grant", "2021-03-04", Log("rain", ("Li",)))
    assert record.changes == ()


def test_an_extension_for_some_is_for_nobody_else() -> None:
    story = told("Li", "Wang", "Zhao")
    record = story.act("grant", "2021-03-04", Log("rain", ("Li", "Zhao")))
    assert [(type(change), change.obligor) for change in record.changes] == [(Extended, "Li"), (Extended, "Zhao")]
    assert story.statuses("first_log", "Wang") == [(1, "2021-03-12", "open")]
    assert story.statuses("first_log", "Li") == [(1, "2021-04-01", "open")]


def test_an_extension_that_names_nobody_is_for_everybody() -> None:
    story = changed("first_log", extended={"rest": ours(CalendarDays(30))}, revived=())
    story.act("start", "2021-03-02")
    record = story.act("rest", "2021-03-04")
    assert [change.obligor for change in record.changes if isinstance(change, Extended)] == ["Li", "Wang"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Promise(), "2021-03-31"),
        (Promise(date(2021, 3, 31)), "2021-03-31"),
        (Promise(date(2021, 3, 30)), "2021-03-31"),
        (Promise(date(2021, 4, 10)), "2021-04-10"),
    ],
    ids=["to nothing", "to the same", "to an earlier date", "to a later date"],
)
def test_the_content_of_an_extension_sets_the_date_and_never_an_earlier_one(content: Promise, expected: str) -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 31)))
    record = story.act("defer", "2021-03-05", content)
    assert bool(record.changes) is (expected != "2021-03-31")
    assert story.statuses("promised") == [(1, expected, "open")]


def test_an_extension_of_a_limit_that_its_profile_does_not_set_is_not_there() -> None:
    limit = TimeLimit("x", None, label=A, starts="a", met="b", extended={"c": None, "d": FromContent("e")}, rules=L1)
    assert dict(limit.extended) == {"d": FromContent("e")}


def test_an_extension_counts_by_the_limits_own_rules() -> None:
    story = changed("begin", extended={"postpone": ours(Months(1))}, warn=None)
    story.act("postpone", "2021-03-02")
    assert story.statuses("begin") == [
        (1, due(Months(1), date(2021, 3, 1), calendar=CALENDAR).date.isoformat(), "open")
    ]


@pytest.mark.parametrize("trigger", ["start", "again"])
def test_what_one_act_meets_or_starts_anew_it_does_not_extend(trigger: str) -> None:
    story = changed("begin", starts=("order", "again"), extended={trigger: ours(WorkingDays(15))}, warn=None)
    rows = [*ROADWORKS.transitions, stay("again", "ordered", by=OFFICE)]
    story.lifecycle = attrs.evolve(story.lifecycle, transitions=rows)
    record = story.act(trigger, "2021-03-02")
    mine = [type(change) for change in record.changes if change.limit == "begin"]
    assert mine == ([Met] if trigger == "start" else [Stopped, Started])


def test_what_an_act_stops_it_does_not_extend_or_bring_back() -> None:
    story = changed("promised", stops="defer", revived="defer")
    story.act("start", "2021-03-02")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 31)))
    assert story.act("defer", "2021-03-04", Promise(date(2021, 4, 30))).changes == (Stopped("promised", "", 1),)
    assert story.act("defer", "2021-03-05", Promise(date(2021, 4, 30))).changes == ()


def test_an_act_whose_content_is_not_on_file_neither_starts_nor_extends_what_the_content_sets() -> None:
    story = told("Li")
    promised = story.act("promise", "2021-03-03", Promise(date(2021, 3, 31)))
    deferred = story.act("defer", "2021-03-04", Promise(date(2021, 4, 7)))
    for record in (promised, deferred):
        bare = attrs.evolve(record, content=None, changes=())
        assert with_changes(ROADWORKS, story.standing, bare, CALENDAR).changes == ()


# --- revived ----------------------------------------------------------------------------------------------------------


def test_a_revoked_meeting_is_owed_again_until_the_date_it_had() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 31)))
    story.act("keep", "2021-03-10")
    assert story.act("retract", "2021-03-12").changes == (Revived("promised", "", 1),)
    assert story.statuses("promised") == [(1, "2021-03-31", "open")]
    (promised,) = story.standing.owed("promised")
    assert promised.settled is None
    assert story.act("keep", "2021-03-20").changes == (Met("promised", "", 1, late=False),)


def test_what_is_brought_back_after_its_date_is_missed_by_the_clock() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 5)))
    story.act("keep", "2021-03-04")
    story.act("retract", "2021-03-20")
    assert story.statuses("promised") == [(1, "2021-03-05", "open")]
    story.tick("2021-03-20")
    assert story.statuses("promised") == [(1, "2021-03-05", "missed")]


def test_what_is_brought_back_after_an_extension_keeps_the_later_date() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 5)))
    story.act("defer", "2021-03-04", Promise(date(2021, 3, 31)))
    story.act("keep", "2021-03-10")
    story.act("retract", "2021-03-11")
    assert story.statuses("promised") == [(1, "2021-03-31", "open")]


def test_what_was_stopped_is_brought_back_too() -> None:
    story = changed("round", revived="retract")
    story.act("start", "2021-03-02")
    story.act("rest", "2021-03-04")
    assert story.statuses("round") == [(1, "2021-04-02", "stopped")]
    assert story.act("retract", "2021-03-05").changes == (Revived("round", "", 1),)
    story.tick("2021-05-04")
    assert [status for _, _, status in story.statuses("round")] == ["missed", "missed", "open"]


def test_what_is_owed_anyway_is_not_brought_back_and_of_several_times_only_the_last() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 31)))
    assert story.act("retract", "2021-03-04").changes == ()
    story.act("keep", "2021-03-04")
    story.act("promise", "2021-03-05", Promise(date(2021, 4, 30)))
    assert story.act("retract", "2021-03-06").changes == ()
    story.act("keep", "2021-03-07")
    assert story.act("retract", "2021-03-08").changes == (Revived("promised", "", 2),)


def test_a_revocation_that_names_somebody_brings_back_nobody_elses() -> None:
    story = told("Li", "Wang")
    for who in ("Li", "Wang"):
        story.act("log", "2021-03-03", Log("x"), by=crew(who))
    assert story.act("reject", "2021-03-04", Log("no", ("Wang",))).changes == (Revived("first_log", "Wang", 1),)


def test_a_revocation_that_names_nobody_brings_back_everybodys_last_time() -> None:
    story = changed("first_log", revived="turn")
    story.act("start", "2021-03-02")
    for who in ("Li", "Wang"):
        story.act("log", "2021-03-03", Log("x"), by=crew(who))
    revived = [change for change in story.act("turn", "2021-03-04").changes if isinstance(change, Revived)]
    assert [change.obligor for change in revived] == ["Li", "Wang"]


# --- conditional, by content, and after the end -----------------------------------------------------------------------


@pytest.mark.parametrize(("defects", "owed"), [(("a hole",), [(1, "2021-03-15", "open")]), ((), [])])
def test_a_conditional_limit_starts_only_where_the_case_after_the_act_says_so(
    defects: tuple[str, ...], owed: list[object]
) -> None:
    story = told("Li")
    story.act("log", "2021-03-03", Log("x"), by=crew("Li"))
    story.act("inspect", "2021-03-03", Inspection("bad", defects))
    assert story.statuses("mend") == owed


def test_a_condition_that_does_not_hold_leaves_what_runs_alone() -> None:
    story = told("Li")
    story.act("log", "2021-03-03", Log("x"), by=crew("Li"))
    story.act("inspect", "2021-03-03", Inspection("bad", ("a hole",)))
    bad = next(row for row in ROADWORKS.transitions if row.trigger == "inspect" and row.to == "resting")
    rows = [*ROADWORKS.transitions, move("inspect", "resting", to="working", by=OFFICE, needs=bad.needs)]
    story.lifecycle = attrs.evolve(ROADWORKS, transitions=rows)
    record = story.act("inspect", "2021-03-04", Inspection("bad"))
    assert [change for change in record.changes if change.limit == "mend"] == []
    assert story.statuses("mend") == [(1, "2021-03-15", "open")]


def has_words(log: Log) -> bool:
    """Tell whether a log says something."""
    return bool(log.text)


def test_only_content_that_does_what_is_owed_meets_it_and_content_not_on_file_is_taken_for_it() -> None:
    story = changed("first_log", meets=has_words)
    story.act("start", "2021-03-02")
    silent = story.act("log", "2021-03-03", Log(), by=crew("Li"))
    assert "first_log" not in {change.limit for change in silent.changes}
    spoken = story.act("log", "2021-03-04", Log("x"), by=crew("Li"))
    assert Met("first_log", "Li", 1, late=False) in spoken.changes
    limit = story.lifecycle.by_limit["first_log"]
    (owed,) = story.standing.owed("first_log")
    assert owed.obligor == "Wang"
    assert limit.touched_by("log", "working", "working")


def test_a_limit_that_outlives_its_case_runs_on_and_is_met_or_missed_afterwards() -> None:
    story = changed("round", outlives=True, repeats=False, stops=())
    rows = [*ROADWORKS.transitions, stay("turn", "dropped", by=OFFICE)]
    story.lifecycle = attrs.evolve(story.lifecycle, transitions=rows)
    story.act("start", "2021-03-02")
    dropped = story.act("drop", "2021-03-03")
    assert "round" not in {change.limit for change in dropped.changes}
    assert story.statuses("round") == [(1, "2021-04-02", "open")]
    story.tick("2021-04-03")
    assert story.statuses("round") == [(1, "2021-04-02", "missed")]
    assert story.act("turn", "2021-04-04").changes == (Met("round", "", 1, late=True),)


def test_being_soft_changes_nothing_for_the_engine() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04")
    story.tick("2021-03-20")
    assert story.statuses("pause") == [(1, "2021-03-18", "missed")]
    assert Met("pause", "", 1, late=True) in story.act("resume", "2021-03-21").changes


@pytest.mark.parametrize(
    ("trigger", "touched"), [("start", True), ("order", True), ("postpone", True), ("turn", True), ("drop", False)]
)
def test_an_act_touches_what_it_starts_meets_extends_or_brings_back(trigger: str, *, touched: bool) -> None:
    limit = attrs.evolve(ROADWORKS.by_limit["begin"], revived="turn")
    assert limit.touched_by(trigger, "ordered", "ordered") is touched


@pytest.mark.parametrize("stops", ["rest", entering("resting")])
def test_an_act_touches_what_it_stops(stops: Signal) -> None:
    assert attrs.evolve(ROADWORKS.by_limit["begin"], stops=stops).touched_by("rest", "working", "resting")


# --- somebody among a larger group ------------------------------------------------------------------------------------


def leaders_of(_: object) -> tuple[str, ...]:
    """Return the crew that leads."""
    return ("Li",)


LEADERS = attrs.evolve(CREWS, key="leaders", members=leaders_of, within=CREWS)


def test_what_one_of_the_larger_group_does_counts_for_those_among_them() -> None:
    story = changed("first_log", each=LEADERS)
    story.act("start", "2021-03-02")
    assert story.statuses("first_log", "Wang") == []
    story.act("log", "2021-03-03", Log("x"), by=crew("Wang"))
    assert story.statuses("first_log", "Li") == [(1, "2021-03-12", "open")]
    story.act("log", "2021-03-03", Log("x"), by=crew("Li"))
    assert story.statuses("first_log", "Li") == [(1, "2021-03-12", "met")]


def test_several_roles_may_act_for_themselves() -> None:
    both = attrs.evolve(CREWS, roles=("crew", "office"))
    triggers = [attrs.evolve(t, each=both) if t.key == "log" else t for t in ROADWORKS.triggers]
    story = Story(attrs.evolve(ROADWORKS, triggers=triggers))
    story.act("order", "2021-03-01", Order(("Li", BOSS.unit), "holes"))
    story.act("start", "2021-03-02")
    assert story.act("log", "2021-03-03", Log("x")).obligors == (BOSS.unit,)
    assert story.act("log", "2021-03-03", Log("x"), by=crew("Li")).obligors == ("Li",)


# --- laws -------------------------------------------------------------------------------------------------------------

UNITS = ("Li", "Wang")
Step = tuple[str, int, int, str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "clock",
                "clock",
                "log",
                "grant",
                "grant",
                "reject",
                "promise",
                "defer",
                "defer",
                "keep",
                "retract",
                "rest",
            ]
        ),
        st.integers(0, 60 * 24 * 12),  # minutes since the entry before
        st.sampled_from([0, 0, 60 * 24, 60 * 24 * 9]),  # minutes before its entry at which it happened
        st.sampled_from(UNITS),
        st.integers(-10, 60),  # days from then to the date it sets
    ),
    max_size=20,
)


def lived(postponed: Sequence[int], steps: Sequence[Step], lifecycle: Lifecycle = ROADWORKS) -> Story:
    """Play random steps, the first of them before work has started; impossible acts are left out."""
    story = Story(lifecycle)
    now = at("2021-03-01")
    story.act("order", Moment.of(now), Order(UNITS, "holes"))
    for days in postponed:
        now = later(now, days=days)
        story.tick(now)
        story.act("postpone", Moment.of(max(later(now, days=-4), at("2021-03-01"))), entered=now)
    story.act("start", Moment.of(now))
    for trigger, gap, back, unit, days in steps:
        now = later(now, minutes=gap)
        if trigger == "clock":
            story.tick(now)
            continue
        moment = Moment.of(later(now, minutes=-back))
        content: object = None
        if trigger in {"promise", "defer"}:
            content = Promise(moment.date + timedelta(days=days))
        elif trigger in {"log", "grant", "reject"}:
            content = Log("x", (unit,))
        try:
            story.act(trigger, moment, content, entered=now)
        except (RefusedError, TimeError):
            continue
    return story


LIVED = st.builds(lived, st.lists(st.integers(0, 12), max_size=3), STEPS)


@given(LIVED)
@example(
    lived([4], [("promise", 0, 0, "Li", 5), ("clock", 60 * 24 * 9, 0, "Li", 0), ("defer", 0, 60 * 24 * 9, "Li", 60)])
)
def test_an_extension_is_counted_from_the_same_start_and_never_shortens(story: Story) -> None:
    for before, record in zip(tables(story), story.records, strict=False):
        for change in record.changes:
            if isinstance(change, Extended):
                known = before[change.limit, change.obligor, change.number]
                assert known.status.owed
                assert record.occurred_at.instant < known.end
                assert known.due < change.due
                assert change.due == due(parse(change.period), known.anchor, calendar=CALENDAR).date
                after = applied(before, record)[change.limit, change.obligor, change.number]
                kept = ("limit", "obligor", "number", "turn", "anchor", "start")
                assert [getattr(after, name) for name in kept] == [getattr(known, name) for name in kept]


@given(LIVED)
def test_whatever_has_run_out_by_the_time_of_an_act_that_would_extend_it_keeps_its_end(story: Story) -> None:
    for before, record in zip(tables(story), story.records, strict=False):
        for key, known in before.items():
            if known.end <= record.occurred_at.instant:
                assert applied(before, record)[key].due == known.due


@given(LIVED)
def test_what_is_brought_back_is_open_until_the_date_it_had_and_missed_once_that_is_past(story: Story) -> None:
    for before, record in zip(tables(story), story.records, strict=False):
        after = applied(before, record)
        for change in record.changes:
            if isinstance(change, Revived):
                key = (change.limit, change.obligor, change.number)
                assert not before[key].status.owed
                assert after[key] == attrs.evolve(before[key], status=after[key].status, settled=None)
                assert after[key].status.value == "open"
    now = later(story.now, days=400)
    story.tick(now)
    assert not [d for d in story.standing.deadlines if d.status.value == "open" and d.end <= now]


@given(LIVED)
def test_a_snapshot_agrees_with_the_whole_table_after_every_extension_and_revival(story: Story) -> None:
    table = tables(story)[-1]
    kept = {(d.limit, d.obligor, d.number): d for d in story.standing.deadlines}
    assert kept.items() <= table.items()
    assert {key for key, d in table.items() if d.status.owed} <= set(kept)


@given(st.lists(st.integers(0, 12), max_size=3), STEPS)
def test_without_what_extends_and_revives_every_deadline_keeps_its_first_end(
    postponed: list[int], steps: list[Step]
) -> None:
    bare = attrs.evolve(ROADWORKS, limits=[attrs.evolve(x, extended={}, revived=()) for x in ROADWORKS.limits])
    story = lived(postponed, steps, bare)
    changes = [change for record in story.records for change in record.changes]
    first = {(c.limit, c.obligor, c.number): c.due for c in changes if isinstance(c, Started)}
    assert {key: d.due for key, d in tables(story)[-1].items()} == first


@given(st.integers(0, 20), st.integers(0, 20))
def test_an_extension_moves_the_end_just_when_it_happens_before_it(happened: int, entered: int) -> None:
    story = told("Li", started=None)
    moment = later(at("2021-03-01 12:00"), days=happened)
    now = later(moment, days=entered)
    story.tick(now)
    story.act("postpone", Moment.of(moment), entered=now)
    in_time = moment < at("2021-03-09")
    assert story.standing.deadlines[0].due == (date(2021, 3, 22) if in_time else date(2021, 3, 8))
    story.tick(now)
    missed = now >= (at("2021-03-23") if in_time else at("2021-03-09"))
    assert story.standing.deadlines[0].status.value == ("missed" if missed else "open")

"""Limits: what starts, meets, stops and repeats a deadline."""

from datetime import date, datetime

import attrs
import pytest

from tests.core.roadworks import (
    BOSS,
    CALENDAR,
    CREWS,
    L1,
    ROADWORKS,
    VALUES,
    Log,
    Order,
    Promise,
    Story,
    at,
    crew,
    on,
    ours,
    roadworks,
    told,
)
from yingshang_flow.core.case import Deadline, Status
from yingshang_flow.core.limit import Entering, FromContent, Leaving, TimeLimit, entering, leaving, signalled
from yingshang_flow.core.record import Met, Missed, Started, Stopped, Warned
from yingshang_flow.core.stepping import applied
from yingshang_flow.deadlines import CalendarDays, DueRules, FixedDate, Months, WorkingDays
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label


def deadline(story: Story, limit: str, obligor: str = "") -> Deadline:
    """Return the latest deadline of a limit and obligor."""
    return max(
        (d for d in story.standing.deadlines if (d.limit, d.obligor) == (limit, obligor)), key=lambda d: d.number
    )


def test_an_act_starts_a_deadline_counted_from_the_date_it_happened_and_not_from_its_entry() -> None:
    story = Story()
    story.act("order", "2021-03-01", Order(("Li",), "holes"), entered="2021-03-20")
    assert story.statuses("begin") == [(1, "2021-03-08", "open")]


def test_a_deadline_says_what_it_was_computed_from() -> None:
    story = told("Li", started=None)
    assert deadline(story, "begin") == Deadline(
        limit="begin",
        obligor="",
        number=1,
        turn=1,
        period="5工作日",
        anchor=date(2021, 3, 1),
        start=date(2021, 3, 1),
        due=date(2021, 3, 8),
        closes=None,
        warn=date(2021, 3, 4),
        calendar=CALENDAR.hash,
        provisional=False,
        rungs=(),
        received=None,
    )


def test_a_limit_is_counted_by_its_own_rules() -> None:
    limit = TimeLimit(
        "x",
        ours(CalendarDays(4)),
        label=Label("", ""),
        starts="order",
        met="start",
        rules=L1,
        counting=Cited(DueRules(roll="none"), OURS("x")),
    )
    monday = date(2021, 3, 1)
    counted = limit.started(CalendarDays(5), "", monday, monday, CALENDAR)
    assert counted.due == date(2021, 3, 6)  # a Saturday
    assert attrs.evolve(limit, counting=None).started(CalendarDays(5), "", monday, monday, CALENDAR).due.day == 8


@pytest.mark.parametrize(("day", "status"), [("2021-03-08 23:59", "met"), ("2021-03-09 00:00", "met_late")])
def test_the_last_day_counts_to_its_end(day: str, status: str) -> None:
    story = told("Li", started=day)
    assert story.statuses("begin")[0][2] == status
    assert deadline(story, "begin").settled == story.records[-1].occurred_at


def test_an_act_known_by_its_day_only_is_in_time_on_the_last_day() -> None:
    story = told("Li", started=None)
    story.act("start", on("2021-03-08"))
    assert story.statuses("begin") == [(1, "2021-03-08", "met")]


def test_an_act_in_time_meets_although_the_clock_has_recorded_a_miss_before_it_was_entered() -> None:
    story = told("Li", started=None)
    missed = story.tick("2021-03-10")
    assert missed is not None
    assert missed.changes == (Missed("begin", "", 1),)
    record = story.act("start", "2021-03-05", entered="2021-03-11")
    assert Met("begin", "", 1, late=False) in record.changes
    assert story.statuses("begin") == [(1, "2021-03-08", "met")]


def test_a_late_act_is_never_refused_and_meets_late() -> None:
    story = told("Li", started=None)
    story.tick("2021-03-10")
    story.act("start", "2021-12-31")
    assert story.statuses("begin") == [(1, "2021-03-08", "met_late")]


def test_the_clock_warns_once_and_misses_once() -> None:
    story = told("Li", started=None)
    assert deadline(story, "begin").alarm == at("2021-03-04")
    assert story.tick("2021-03-03 23:59:59") is None
    warned = story.tick("2021-03-04")
    assert warned is not None
    assert warned.changes == (Warned("begin", "", 1),)
    assert story.tick("2021-03-04") is None
    assert story.tick("2021-03-08 23:59:59") is None
    assert deadline(story, "begin").alarm == at("2021-03-09")
    missed = story.tick("2021-03-09")
    assert missed is not None
    assert missed.changes == (Missed("begin", "", 1),)
    assert story.tick("2022-01-01") is None
    assert deadline(story, "begin").alarm is None


def test_a_clock_that_runs_late_records_the_miss_without_the_warning() -> None:
    story = told("Li", started=None)
    missed = story.tick("2021-06-01")
    assert missed is not None
    assert missed.changes == (Missed("begin", "", 1),)


def test_a_limit_too_short_for_its_warning_has_none() -> None:
    short = roadworks(attrs.evolve(VALUES, begin_warning=ours(WorkingDays(5))))
    story = Story(short)
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    assert deadline(story, "begin").warn is None


def test_a_limit_without_a_period_is_not_there() -> None:
    lifecycle = attrs.evolve(
        ROADWORKS, limits=[attrs.evolve(limit, period=None) for limit in ROADWORKS.limits if limit.key == "begin"]
    )
    story = Story(lifecycle)
    record = story.act("order", "2021-03-01", Order(("Li",), "holes"))
    assert record.changes == ()
    assert lifecycle.limits[0].period_in(None) is None
    assert story.tick("2031-03-01") is None


def test_each_obligor_owes_a_deadline_of_its_own() -> None:
    story = told("north/Li", "south/Li", "Wang")
    story.act("log", "2021-03-03", Log(), by=crew("Wang"))
    due = "2021-03-12"
    assert story.statuses("first_log", "Wang") == [(1, due, "met")]
    assert story.statuses("first_log", "north/Li") == story.statuses("first_log", "south/Li") == [(1, due, "open")]


def test_the_clock_catches_up_over_ten_weeks_with_ten_misses_and_one_still_running() -> None:
    story = told("Li")
    record = story.tick("2021-05-10 12:00")  # a Monday; the tenth Sunday was yesterday
    assert record is not None
    weekly = [change for change in record.changes if change.limit == "weekly"]
    assert [type(change) for change in weekly] == [Missed, Started] * 10
    sundays = [change.due.isoformat() for change in weekly if isinstance(change, Started)]
    assert sundays == [
        *("2021-03-14", "2021-03-21", "2021-03-28", "2021-04-04", "2021-04-11", "2021-04-18"),
        *("2021-04-25", "2021-05-02", "2021-05-09", "2021-05-16"),
    ]
    assert [d[2] for d in story.statuses("weekly", "Li")] == ["missed"] * 10 + ["open"]


def test_after_a_catch_up_acts_meet_the_oldest_first() -> None:
    story = told("Li")
    story.tick("2021-03-15")
    assert [d[2] for d in story.statuses("weekly", "Li")] == ["missed", "missed", "open"]
    story.act("check_in", "2021-03-15", by=crew("Li"))
    assert story.statuses("weekly", "Li") == [(2, "2021-03-14", "missed"), (3, "2021-03-21", "open")]


def test_meeting_the_running_time_of_a_repeating_limit_starts_the_next() -> None:
    story = told("Li")
    record = story.act("check_in", "2021-03-03", by=crew("Li"))
    assert record.changes[0] == Met("weekly", "Li", 1, late=False)
    assert isinstance(record.changes[1], Started)
    assert (record.changes[1].number, record.changes[1].turn, record.changes[1].start) == (2, 2, date(2021, 3, 7))
    assert story.statuses("weekly", "Li") == [(2, "2021-03-14", "open")]


def test_meeting_an_old_miss_starts_nothing_as_the_next_runs_already() -> None:
    story = told("Li")
    story.tick("2021-03-08")
    record = story.act("check_in", "2021-03-08", by=crew("Li"))
    assert record.changes == (Met("weekly", "Li", 1, late=True),)


def test_a_first_end_of_next_skips_the_month_it_starts_in() -> None:
    story = told("Li")
    assert story.statuses("monthly", "Li") == [(1, "2021-04-30", "open")]
    story.act("log", "2021-03-05", Log(), by=crew("Li"))
    assert story.statuses("monthly", "Li") == [(2, "2021-05-31", "open")]


def test_a_month_end_that_starts_on_its_end_counts_from_the_next() -> None:
    story = told("Li", when="2021-03-30", started="2021-03-31")
    assert story.statuses("monthly", "Li") == [(1, "2021-04-30", "open")]


def test_months_are_counted_from_the_anchor_and_never_chained() -> None:
    story = told("Li", when="2021-01-29", started="2021-01-31")
    story.tick("2021-06-02")
    ends = [due for _, due, _ in story.statuses("round")]
    # 28 February and 31 January differ in their day; the ends on weekends move to the Monday after.
    assert ends == ["2021-03-01", "2021-03-31", "2021-04-30", "2021-05-31", "2021-06-30"]


def test_working_days_that_repeat_are_counted_from_the_anchor() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(interval=WorkingDays(7)))
    story.tick("2021-04-02")
    assert [due for _, due, _ in story.statuses("interval")] == ["2021-03-12", "2021-03-23", "2021-04-01", "2021-04-12"]


def test_starting_again_stops_what_runs_and_numbers_on() -> None:
    story = told("Li")
    record = story.act("again", "2021-03-20")
    assert record.changes[0] == Stopped("round", "", 1)
    started = record.changes[1]
    assert isinstance(started, Started)
    assert (started.number, started.turn, started.due) == (2, 1, date(2021, 4, 20))


def test_starting_again_after_the_end_records_the_misses_first() -> None:
    story = told("Li")
    record = story.act("again", "2021-05-10")
    mine = [change for change in record.changes if change.limit == "round"]
    assert [type(change) for change in mine] == [Missed, Started, Missed, Started, Stopped, Started]
    assert [change.number for change in mine] == [1, 2, 2, 3, 3, 4]


def test_an_act_that_meets_and_starts_the_same_limit_starts_it_once() -> None:
    limits = [attrs.evolve(x, met=("turn", "again")) for x in ROADWORKS.limits if x.key == "round"]
    story = Story(attrs.evolve(ROADWORKS, limits=limits))
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    story.act("start", "2021-03-02")
    record = story.act("again", "2021-03-20")
    assert [(type(change), change.number) for change in record.changes] == [(Met, 1), (Started, 2)]
    assert story.statuses("round") == [(2, "2021-04-20", "open")]


def test_a_stop_ends_what_runs_and_keeps_what_was_missed() -> None:
    story = told("Li")
    story.tick("2021-03-08")
    record = story.act("rest", "2021-03-16")
    assert next(change for change in record.changes if change.limit == "weekly") == Missed("weekly", "Li", 2)
    assert [d[2] for d in story.statuses("weekly", "Li")] == ["missed", "missed", "stopped"]
    assert story.statuses("round") == [(1, "2021-04-02", "stopped")]
    assert deadline(story, "round").settled == story.records[-1].occurred_at


def test_a_stopped_limit_is_not_met_any_more_but_its_misses_are() -> None:
    story = told("Li")
    story.tick("2021-04-06")
    story.act("rest", "2021-04-06")
    assert story.statuses("round") == [(1, "2021-04-02", "missed"), (2, "2021-05-03", "stopped")]
    assert story.act("turn", "2021-04-07").changes == (Met("round", "", 1, late=True),)
    assert story.act("turn", "2021-04-07").changes == ()


def test_a_stopped_limit_starts_again_with_the_next_number_and_the_first_turn() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04")
    story.act("resume", "2021-03-10")
    found = deadline(story, "weekly", "Li")
    assert (found.number, found.turn, found.due) == (2, 1, date(2021, 3, 14))


def test_a_single_limit_that_ran_out_before_it_was_stopped_is_missed_and_not_stopped() -> None:
    story = told("Li", started=None)
    record = story.act("drop", "2021-03-09")
    assert record.changes == (Missed("begin", "", 1),)


def test_a_final_state_stops_everything_that_runs_and_starts_nothing() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 5, 1), CalendarDays(3)))
    record = story.act("drop", "2021-03-04")
    assert {type(change) for change in record.changes} == {Stopped}
    assert {d.status for d in story.standing.deadlines} == {Status.MET, Status.STOPPED}
    assert story.tick("2031-01-01") is None


def test_a_final_state_starts_no_limit_of_its_own_act() -> None:
    limits = [attrs.evolve(limit, starts=entering("dropped")) for limit in ROADWORKS.limits if limit.key == "round"]
    story = Story(attrs.evolve(ROADWORKS, limits=limits))
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    assert story.act("drop", "2021-03-02").changes == ()


def test_an_act_that_meets_and_stops_a_repeating_limit_starts_no_next_time() -> None:
    limits = [attrs.evolve(limit, stops="turn") for limit in ROADWORKS.limits if limit.key == "round"]
    story = Story(attrs.evolve(ROADWORKS, limits=limits))
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    story.act("start", "2021-03-02")
    assert story.act("turn", "2021-03-03").changes == (Met("round", "", 1, late=False),)


@pytest.mark.parametrize(
    ("content", "promised", "interval"),
    [
        (Promise(), [], []),
        (Promise(until=date(2021, 3, 6)), [(1, "2021-03-06", "open")], []),
        (Promise(interval=Months(1)), [], [(1, "2021-04-05", "open")]),
        (Promise(interval=FixedDate(date(2021, 3, 7))), [], [(1, "2021-03-07", "open")]),
        (Promise(date(2021, 3, 3), CalendarDays(6)), [(1, "2021-03-03", "open")], [(1, "2021-03-09", "open")]),
    ],
)
def test_the_content_sets_a_date_or_a_period_or_nothing(
    content: Promise, promised: list[object], interval: list[object]
) -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", content)
    assert (story.statuses("promised"), story.statuses("interval")) == (promised, interval)


def test_a_promised_date_on_a_day_off_does_not_move() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(until=date(2021, 3, 6)))
    assert story.statuses("promised") == [(1, "2021-03-06", "open")]


def test_a_date_that_an_act_sets_comes_once_even_where_periods_repeat() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(interval=FixedDate(date(2021, 3, 7))))
    story.tick("2021-03-20")
    assert story.statuses("interval") == [(1, "2021-03-07", "missed")]
    assert story.act("keep", "2021-03-20").changes == (Met("interval", "", 1, late=True),)


def test_an_act_that_sets_no_period_leaves_what_runs_alone() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(until=date(2021, 3, 8)))
    assert story.act("promise", "2021-03-04", Promise()).changes == ()


def test_several_limits_are_met_by_one_act() -> None:
    story = told("Li")
    record = story.act("log", "2021-03-03", Log(), by=crew("Li"))
    met = [change.limit for change in record.changes if isinstance(change, Met)]
    assert met == ["first_log", "monthly"]


def test_a_joint_act_meets_the_deadlines_of_everybody_it_names() -> None:
    story = told("Li", "Wang", "Zhao")
    story.act("log", "2021-03-03", Log("done", ("Li", "Wang")), by=crew("Li"))
    assert [story.statuses("first_log", who)[0][2] for who in ("Li", "Wang", "Zhao")] == ["met", "met", "open"]


def test_a_limit_that_an_act_starts_for_those_it_names_starts_for_nobody_else() -> None:
    again = TimeLimit(
        "again", ours(CalendarDays(3)), label=Label("再", "Again"), starts="log", met="check_in", each=CREWS, rules=L1
    )
    story = Story(attrs.evolve(ROADWORKS, limits=[again]))
    story.act("order", "2021-03-01", Order(("Li", "Wang"), "holes"))
    story.act("start", "2021-03-02")
    story.act("log", "2021-03-03", Log("bad", ("Wang",)))
    assert [(d.obligor, d.due) for d in story.standing.deadlines] == [("Wang", date(2021, 3, 8))]


def test_a_snapshot_keeps_what_is_owed_and_the_latest_time_of_everybody() -> None:
    story = told("Li", "Wang")
    for day in ("2021-03-03", "2021-03-04"):
        story.act("check_in", day, by=crew("Li"))
    assert story.statuses("weekly", "Li") == [(3, "2021-03-21", "open")]
    assert story.statuses("weekly", "Wang") == [(1, "2021-03-07", "open")]


def test_the_audit_folds_the_same_changes_but_keeps_every_time() -> None:
    story = told("Li")
    story.act("check_in", "2021-03-03", by=crew("Li"))
    story.tick("2021-03-15")
    table: dict[tuple[str, str, int], Deadline] = {}
    for record in story.records:
        table = applied(table, record)
    weekly = [(key[2], d.status.value) for key, d in table.items() if key[0] == "weekly"]
    assert weekly == [(1, "met"), (2, "missed"), (3, "open")]
    assert set(story.standing.deadlines) <= set(table.values())


@pytest.mark.parametrize(
    ("signal", "given"),
    [
        ("rest", True),
        ("start", False),
        (entering("resting"), True),
        (entering("working"), False),
        (leaving("working"), True),
        (leaving("resting"), False),
    ],
)
def test_a_signal_is_a_trigger_or_the_coming_into_or_going_out_of_a_state(
    signal: str | Entering | Leaving, *, given: bool
) -> None:
    assert signalled((signal,), "rest", "working", "resting") is given


@pytest.mark.parametrize("signal", [entering("working"), leaving("working")])
def test_staying_in_a_state_neither_enters_nor_leaves_it(signal: Entering | Leaving) -> None:
    assert not signalled((signal,), "log", "working", "working")


def test_a_limit_takes_one_or_several_signals_triggers_and_rules() -> None:
    limit = TimeLimit("x", FromContent("y"), label=Label("", ""), starts=["a", entering("b")], met=["c"], rules=[L1])
    assert (limit.starts, limit.met, limit.rules) == (("a", Entering("b")), ("c",), (L1,))


@pytest.mark.parametrize(("status", "owed"), [("open", True), ("missed", True), ("met", False), ("stopped", False)])
def test_what_is_open_or_missed_is_owed(status: str, *, owed: bool) -> None:
    assert Status(status).owed is owed


def test_times_of_entry_do_not_matter_to_lateness() -> None:
    prompt, slow = told("Li", started="2021-03-08"), told("Li", started=None)
    slow.act("start", "2021-03-08", entered=datetime(2025, 1, 1, tzinfo=at("2021-01-01").tzinfo), by=BOSS)
    assert prompt.statuses("begin") == slow.statuses("begin")

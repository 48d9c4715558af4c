"""What a case tells about itself."""

import attrs

from tests.core.roadworks import Log, Order, Promise, at, crew, told
from yingshang_flow.core.case import Status


def test_the_latest_content_is_that_of_the_last_act_of_its_class() -> None:
    story = told("Li", "Wang")
    story.act("log", "2021-03-05", Log("Wang's"), by=crew("Wang"))
    story.act("log", "2021-03-03", Log("Li's"), by=crew("Li"))
    assert story.standing.latest(Log) == Log("Li's")
    story.act("log", "2021-03-06", Log("Wang's again"), by=crew("Wang"))
    assert story.standing.latest(Log) == Log("Wang's again")
    assert story.standing.latest(Order) == Order(("Li", "Wang"), "holes")


def test_the_latest_content_can_be_asked_of_some_triggers_only() -> None:
    story = told("Li")
    story.act("log", "2021-03-05", Log("x"), by=crew("Li"))
    assert story.standing.latest(Log, "order", "log") == Log("x")
    assert story.standing.latest(Log, "order") is None


def test_there_is_no_latest_content_of_a_class_that_never_came() -> None:
    assert told("Li").standing.latest(Promise) is None


def test_the_fact_of_a_trigger_is_the_last_one_of_anybody_or_of_one() -> None:
    story = told("Li", "Wang")
    story.act("log", "2021-03-03", Log("a"), by=crew("Wang"))
    story.act("log", "2021-03-03", Log("b"), by=crew("Li"))
    last, of_wang = story.standing.fact("log"), story.standing.fact("log", "Wang")
    assert last is not None
    assert of_wang is not None
    assert (last.obligor, last.revision, of_wang.content) == ("Li", 4, Log("a"))
    assert story.standing.fact("log", "Wu") is None
    assert story.standing.fact("check_in") is None
    assert story.standing.fact("check_in", "Li") is None


def test_every_fact_is_there_once() -> None:
    story = told("Li", "Wang")
    story.act("log", "2021-03-03", Log("a", ("Li", "Wang")))
    assert [(f.trigger, f.obligor) for f in story.standing.all_facts()] == [
        ("order", ""),
        ("start", ""),
        ("log", "Li"),
        ("log", "Wang"),
    ]


def test_what_is_owed_is_what_is_open_or_missed_under_all_limits_or_some() -> None:
    story = told("Li")
    story.tick("2021-03-15")
    assert {(d.limit, d.status) for d in story.standing.owed()} == {
        ("first_log", Status.MISSED),
        ("weekly", Status.MISSED),
        ("weekly", Status.OPEN),
        ("monthly", Status.OPEN),
        ("round", Status.OPEN),
    }
    assert {d.limit for d in story.standing.owed("round", "begin")} == {"round"}


def test_a_deadline_ends_with_its_last_day_in_china() -> None:
    (begin,) = told("Li", started=None).standing.deadlines
    assert begin.end == at("2021-03-09")


def test_a_deadline_alarms_at_its_warning_then_at_its_end_then_no_more() -> None:
    (begin,) = told("Li", started=None).standing.deadlines
    assert begin.alarm == at("2021-03-04")
    assert attrs.evolve(begin, warn=None).alarm == at("2021-03-09")
    for status in set(Status) - {Status.OPEN}:
        assert attrs.evolve(begin, status=status).alarm is None

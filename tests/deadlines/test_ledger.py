"""The ledger as a value: what it is made of, what it refuses to be made of, and that it never changes."""

import pickle
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import yingshang_flow
from tests.deadlines.ledgers import START, ledgers, moments_of
from yingshang_flow.deadlines import DueRules, Ledger, Paused, WorkingCalendar, WorkingDays, china
from yingshang_flow.errors import CalendarRangeError, DeadlineError, PeriodError, TimeError

LEDGER = Ledger("30工作日", START)


def test_it_stands_where_people_look_for_it() -> None:
    assert yingshang_flow.Ledger is Ledger


def test_what_is_left_out_is_the_calendar_of_china_and_the_marked_defaults() -> None:
    assert LEDGER.calendar is china()
    assert LEDGER.rules == DueRules()
    same = Ledger(WorkingDays(30), START, calendar=china(), rules=DueRules())
    assert (same, hash(same)) == (LEDGER, hash(LEDGER))
    assert Ledger("30工作日", START, rules=DueRules(count_start=True)) != LEDGER
    weekdays = WorkingCalendar.weekdays(date(2018, 1, 1), date(2019, 12, 31))
    assert Ledger("30工作日", START, calendar=weekdays) != LEDGER


def test_each_entry_makes_a_new_one_and_leaves_the_old_one_as_it_was() -> None:
    day = date(2018, 9, 12)
    grown = [
        LEDGER.pause(day, "鉴定"),
        LEDGER.exclude(day, day, "听证"),
        LEDGER.restart(day, "补正"),
        LEDGER.extend(day, "复杂", by="5工作日"),
        LEDGER.end(day, "办结"),
        LEDGER.waive(day, "撤回"),
    ]
    assert [type(ledger.entries[0]).__name__ for ledger in grown] == [
        "Paused",
        "Excluded",
        "Restarted",
        "Extended",
        "Ended",
        "Waived",
    ]
    assert Ledger("30工作日", START) == LEDGER
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        LEDGER.period = WorkingDays(5)  # type: ignore[misc]


def test_a_moment_is_its_own_moment_of_recording_and_a_day_is_not() -> None:
    moment = datetime(2018, 9, 11, 18, tzinfo=UTC)
    (paused,) = LEDGER.pause(moment, "鉴定").entries
    assert paused == Paused(date(2018, 9, 12), ground="鉴定", at=moment)
    (planned,) = LEDGER.pause(moment, "鉴定", at=START).entries
    assert planned.at == START
    (whole,) = LEDGER.pause(date(2018, 9, 12), "鉴定").entries
    assert whole.at is None


@given(st.data(), ledgers())
def test_it_comes_back_from_a_pickle(data: st.DataObject, ledger: Ledger) -> None:
    back = pickle.loads(pickle.dumps(ledger))  # noqa: S301 - our own
    assert (back, hash(back)) == (ledger, hash(ledger))
    moment = data.draw(moments_of(ledger))
    assert (back.due(moment), back.remaining(moment)) == (ledger.due(moment), ledger.remaining(moment))


@given(st.data(), ledgers())
def test_what_was_asked_before_changes_no_answer(data: st.DataObject, ledger: Ledger) -> None:
    asked = data.draw(st.lists(moments_of(ledger), min_size=1, max_size=4))
    for moment in (*asked, *reversed(asked)):
        fresh = attrs.evolve(ledger)
        assert ledger.due(moment) == fresh.due(moment)
        assert ledger.remaining(moment) == fresh.remaining(moment)
        assert ledger.status(moment) is fresh.status(moment)
        assert ledger.lamp(moment) is fresh.lamp(moment)


@pytest.mark.parametrize(
    ("changes", "error", "problem"),
    [
        ({"period": "about a month"}, PeriodError, "without 'about'"),
        ({"period": None}, DeadlineError, "a length is a Period or its text, for example 30工作日, not None"),
        ({"period": 30}, DeadlineError, "a length is a Period or its text"),
        ({"start": "2018-09-10"}, TimeError, "not the text '2018-09-10'"),
        ({"start": datetime(2018, 9, 10)}, TimeError, "no time zone"),  # noqa: DTZ001 - that is what is refused
        ({"start": None}, TimeError, "a moment is a date or an aware datetime, not None"),
        ({"calendar": "china"}, DeadlineError, "a calendar is a WorkingCalendar, or none for china\\(\\), not 'china'"),
        ({"rules": "count_start=true"}, DeadlineError, "rules are DueRules, or none for the defaults, not 'count"),
        ({"entries": 5}, DeadlineError, "a ledger holds a list of entries, not 5"),
        ({"entries": None}, DeadlineError, "a ledger holds a list of entries, not None"),
        ({"entries": "paused"}, DeadlineError, "a ledger holds entries such as Paused or Extended, not 'p'"),
        ({"entries": [None]}, DeadlineError, "a ledger holds entries such as Paused or Extended, not None"),
        ({"entries": Paused(START, ground="鉴定")}, DeadlineError, "a ledger holds a list of entries, not Paused"),
    ],
)
def test_it_is_made_of_nothing_else(changes: dict[str, Any], error: type[Exception], problem: str) -> None:
    parts: dict[str, Any] = {"period": "30工作日", "start": START} | changes
    with pytest.raises(error, match=problem):
        Ledger(**parts)


@pytest.mark.parametrize("ask", ["due", "status", "remaining", "lamp", "explain"])
def test_it_is_asked_about_moments_only(ask: str) -> None:
    for moment in ("2018-09-10", 5, datetime(2018, 9, 10)):  # noqa: DTZ001 - that is what is refused
        for ledger in (LEDGER, LEDGER.exclude(START, START, "听证").correct(1, START, "误记")):
            with pytest.raises(TimeError):
                getattr(ledger, ask)(moment)


def test_what_cannot_be_counted_is_refused_when_it_is_recorded() -> None:
    calendar = WorkingCalendar.weekdays(date(2018, 1, 1), date(2018, 12, 31))
    ledger = Ledger("30工作日", START, calendar=calendar)
    with pytest.raises(CalendarRangeError, match="it has no 130 working days after 2018-09-10"):
        ledger.extend(START, "复杂", by="100工作日")
    with pytest.raises(PeriodError, match="at most 36500 working days"):
        ledger.extend(START, "复杂", by="36500工作日")

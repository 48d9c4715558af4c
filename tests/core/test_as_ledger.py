"""Deadlines of cases as ledgers: what a snapshot or a history tells agrees with the deadline it is of, and its lamp."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roadworks import BOSS, CALENDAR, Log, Order, Promise, Story, at, crew, later, told
from tests.core.test_paused_deadlines import begun, of, resting
from yingshang_flow.core import as_ledger
from yingshang_flow.core.case import Deadline, Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.stepping import applied
from yingshang_flow.deadlines import Corrected, Ended, Excluded, Extended, Lamp, Lamps, Ledger, LedgerStatus, Paused
from yingshang_flow.errors import RefusedError, TimeError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label

DAY = timedelta(days=1)
Step = tuple[str, int, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["clock", "rest", "resume", "grant", "grant", "reject", "log", "log", "promise", "defer", "keep"]
        ),
        st.integers(0, 60 * 24 * 12),  # minutes since the entry before
        st.sampled_from([0, 0, 60, 60 * 24 * 3]),  # minutes before its entry at which it happened
        st.sampled_from(["Li", "Wang"]),
    ),
    max_size=20,
)


def lived(steps: Sequence[Step], **changes: Any) -> Story:  # noqa: ANN401 - any field of a limit
    """Play random steps; what is no possible act is left out."""
    story = Story(resting(**changes))
    now = at("2021-03-01")
    story.act("order", Moment.of(now), Order(("Li", "Wang"), "holes"))
    story.act("start", Moment.of(now))
    for trigger, gap, back, unit in steps:
        now = later(now, minutes=gap)
        if trigger == "clock":
            story.tick(now)
            continue
        content: object = Log("", (unit,)) if trigger in {"grant", "reject"} else None
        content = Log() if trigger == "log" else content
        content = Promise(until=(now + 9 * DAY).date()) if trigger in {"promise", "defer"} else content
        try:
            story.act(
                trigger,
                Moment.of(later(now, minutes=-back)),
                content,
                by=crew(unit) if trigger == "log" else BOSS,
                entered=now,
            )
        except (RefusedError, TimeError):
            continue
    return story


def all_of(story: Story) -> list[Deadline]:
    """Return every deadline a case ever had."""
    table: dict[tuple[str, str, int], Deadline] = {}
    for record in story.records:
        table = applied(table, record)
    return list(table.values())


@given(STEPS)
def test_a_history_and_a_snapshot_tell_the_same_ledger_as_the_deadline(steps: list[Step]) -> None:
    story = lived(steps)
    for deadline in all_of(story):
        standing = as_ledger.standing(story.lifecycle, deadline, CALENDAR)
        from_history = as_ledger.told(story.lifecycle, deadline, story.records, CALENDAR)
        assert (from_history.status() is LedgerStatus.ENDED) is (deadline.settled is not None)
        if deadline.settled is not None and any(
            isinstance(entry, Paused | Corrected) for entry in from_history.entries
        ):
            continue  # met while it stood still, or before it was extended: when it would have ended is nobody's matter
        now = later(story.now, days=1)
        assert (from_history.due(now).end, from_history.status(now)) == (standing.due(now).end, standing.status(now))
        if deadline.paused is None:
            assert from_history.due().date == deadline.due
        elif not deadline.ceilings:  # no pause moves a ceiling
            assert from_history.status(now) is LedgerStatus.PAUSED


@given(STEPS, st.integers(0, 60 * 24 * 60))
def test_a_lamp_is_red_just_when_something_is_owed_past_its_end_or_was_met_late(steps: list[Step], gap: int) -> None:
    story = lived(steps)
    now = later(story.now, minutes=gap)
    for deadline in all_of(story):
        if deadline.paused is not None and deadline.ceilings:
            continue  # no pause moves a ceiling: it can be over while the rest stands still
        late = deadline.status is Status.MET_LATE or (
            deadline.status.owed and deadline.paused is None and deadline.end <= now
        )
        assert (as_ledger.lamp(story.lifecycle, deadline, now, CALENDAR) is Lamp.RED) is (
            late or deadline.status is Status.MISSED
        )


def first(story: Story, lamps: Lamps | None = None) -> tuple[Lifecycle, Deadline]:
    """Return the first log of one crew, with the procedure and its lamps."""
    return resting(lamps=None if lamps is None else Cited(lamps, OURS("lamps"))), of(story)


@pytest.mark.parametrize(
    ("lamps", "yellow", "red"),
    [
        (None, "2021-03-10", "2021-03-13"),  # two working days before Friday the twelfth
        (Lamps(yellow="5工作日", red="1工作日"), "2021-03-05", "2021-03-11"),
        (Lamps(yellow=Fraction(1, 2), red=Fraction(1, 10)), "2021-03-07", "2021-03-11"),
    ],
)
def test_a_lamp_changes_by_working_days_or_by_a_share_of_the_budget(lamps: Lamps | None, yellow: str, red: str) -> None:
    story = begun()
    seen: dict[Lamp, str] = {}
    for day in (date(2021, 3, 2) + n * DAY for n in range(20)):
        shown = as_ledger.lamp(*first(story, lamps), at(day.isoformat()), CALENDAR)
        seen.setdefault(shown, day.isoformat())
    assert seen == {Lamp.GREEN: "2021-03-02", Lamp.YELLOW: yellow, Lamp.RED: red}


def test_what_stands_still_keeps_its_lamp() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    shown = {as_ledger.lamp(*first(story), at(day), CALENDAR) for day in ("2021-03-05", "2021-03-12", "2021-06-01")}
    assert shown == {Lamp.GREEN}


def test_what_is_no_longer_owed_is_green() -> None:
    story = begun()
    story.act("drop", "2021-03-05")
    assert of(story).status is Status.STOPPED
    assert as_ledger.lamp(*first(story), at("2022-01-01"), CALENDAR) is Lamp.GREEN


def ledger(story: Story) -> Ledger:
    return as_ledger.told(*first(story), story.records, CALENDAR)


def test_a_history_tells_who_did_what_when_and_under_which_article() -> None:
    story = begun()
    story.act("rest", "2021-03-05", entered="2021-03-06")
    story.act("resume", "2021-03-09")
    story.act("grant", "2021-03-12", Log("", ("Li",)))
    story.act("log", "2021-03-18", Log(), by=crew("Li"))
    found = ledger(story)
    assert [type(entry) for entry in found.entries] == [Excluded, Extended, Ended]
    assert [entry.ground for entry in found.entries] == [
        Label("复工", "Resume"),
        Label("宽限", "Grant more time"),
        Label("日志", "Log"),
    ]
    assert [entry.actor for entry in found.entries] == ["市政办", "市政办", "Li"]
    assert [entry.at for entry in found.entries] == [at("2021-03-09"), at("2021-03-12"), at("2021-03-18")]
    assert all(entry.citation is not None for entry in found.entries)
    assert "10日" in found.explain().text()


def test_a_pause_that_is_open_is_an_entry_of_its_own() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    (entry,) = ledger(story).entries
    assert isinstance(entry, Paused)
    assert (entry.on, entry.ground) == (date(2021, 3, 5), Label("停工", "Rest"))


def test_what_was_revoked_is_corrected_and_stays_in_the_list() -> None:
    story = told("Li")
    story.act("log", "2021-03-04", Log(), by=crew("Li"))
    story.act("reject", "2021-03-05", Log("", ("Li",)))
    found = ledger(story)
    assert [type(entry) for entry in found.entries] == [Ended, Corrected]
    assert found.status() is LedgerStatus.RUNNING


def test_an_extension_after_what_was_entered_late_is_struck_out() -> None:
    story = told("Li", started=None)
    (begin,) = story.standing.owed("begin")
    story.act("postpone", "2021-03-05")
    story.act("start", "2021-03-03", entered="2021-03-15")
    found = as_ledger.told(story.lifecycle, begin, story.records, CALENDAR)
    assert [type(entry) for entry in found.entries] == [Extended, Corrected, Ended]
    assert found.due().date == date(2021, 3, 8)


def test_a_pause_of_no_day_and_what_the_clock_says_are_no_entries() -> None:
    story = begun()
    story.act("rest", "2021-03-05")
    story.act("resume", "2021-03-05")
    story.tick("2021-04-01")
    assert of(story).status is Status.MISSED
    assert ledger(story).entries == ()


@pytest.mark.parametrize(
    "steps",
    [
        # kept, as it was entered afterwards, before it was promised, and deferred in between
        [("clock", 511, 0, "Li"), ("promise", 2374, 0, "Li"), ("defer", 1435, 0, "Li"), ("keep", 0, 4320, "Li")],
        # extended while it stood still, then met and revoked on one day
        [("rest", 7920, 0, "Li"), ("grant", 7920, 0, "Li"), ("log", 0, 0, "Li"), ("reject", 0, 0, "Li")],
        # extended while it stood still, where it is entered afterwards that it did so no more
        [
            ("clock", 466, 0, "Li"),
            ("resume", 15374, 0, "Li"),
            ("rest", 0, 4320, "Li"),
            ("grant", 0, 0, "Li"),
            ("resume", 0, 4320, "Li"),
        ],
    ],
)
def test_a_rare_way_tells_the_same_ledger(steps: list[Step]) -> None:
    story = lived(steps)
    now = later(story.now, days=1)
    for deadline in all_of(story):
        ledgers = (
            as_ledger.standing(story.lifecycle, deadline, CALENDAR),
            as_ledger.told(story.lifecycle, deadline, story.records, CALENDAR),
        )
        assert len({found.status(now) for found in ledgers}) == 1
        if deadline.settled is None:  # when it would have ended is else nobody's matter
            assert len({found.due(now).end for found in ledgers}) == 1

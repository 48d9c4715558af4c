"""Corrections and annulments: the case is the one that the acts which still count lead to, told by anybody."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.roadworks import (
    BOSS,
    CALENDAR,
    G1,
    ROADWORKS,
    Inspection,
    Log,
    Order,
    Promise,
    Story,
    at,
    crew,
    on,
    told,
)
from tests.lifecycles import accounting
from yingshang_flow.codec import record_from, record_text
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amend import _AS_THEN, Amending, amend, amendments, as_told, effective, recomputed, retold
from yingshang_flow.core.amendment import Amendment, Way
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import Act, decide, evolve, reproject
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Rung, TimeLimit
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.core.requirement import Related, Untold, View, needs
from yingshang_flow.deadlines import Notice, WorkingCalendar, WorkingDays
from yingshang_flow.errors import ContentError, RefusedError, TimeError, UnknownError, YingshangFlowError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label

OTHERS: Final = WorkingCalendar.weekdays(date(2015, 1, 1), date(2060, 12, 30))
"""Another calendar of the same days: only its hash is another one."""


def amended(
    story: Story,
    kind: Kind,
    revision: int,
    *,
    by: Actor = BOSS,
    now: str | None = None,
    **what: Any,  # noqa: ANN401  # those of Amending
) -> Record:
    """Amend an act of a story and return the record, its text read back."""
    entered = story.now if now is None else at(now)
    amending = Amending(kind, revision, what.pop("ground", "误录"), by, **what)
    records = tuple(story.records)
    record = amend(
        story.lifecycle,
        story.standing,
        records,
        amending,
        clear=records,
        now=Moment.of(max(entered, story.now)),
        calendar=CALENDAR,
    )
    story.records.append(record)
    story.case = evolve(story.case, record)
    return record


def annul(story: Story, revision: int, **what: Any) -> Record:  # noqa: ANN401  # those of amended
    return amended(story, Kind.ANNULMENT, revision, **what)


def correct(story: Story, revision: int, **what: Any) -> Record:  # noqa: ANN401  # those of amended
    return amended(story, Kind.CORRECTION, revision, **what)


def what_stands(case: Case) -> dict[str, object]:
    """Return what a case says, without when and by which records it was entered."""
    return {
        "state": case.state,
        "opened": case.opened,
        "entered": dict(case.entered),
        "facts": {
            (fact.trigger, fact.obligor): (fact.actor, fact.occurred_at, fact.content) for fact in case.all_facts()
        },
        "deadlines": {(d.limit, d.obligor, d.number): attrs.evolve(d, rungs=(), warn=None) for d in case.deadlines},
    }


def from_what_counts(story: Story) -> Story:
    """Tell only the acts that count, each when it was entered, by hand and without amendments; the clock as it ran."""
    alone = Story(story.lifecycle)
    for record in effective(story.records):
        if record.kind is Kind.ACT:
            assert record.actor is not None
            alone.act(record.trigger, record.occurred_at, record.content, by=record.actor, entered=record.recorded_at)
        else:
            alone.tick(record.recorded_at)
    return alone


# --- laws -------------------------------------------------------------------------------------------------------------

CREWS: Final = ("Li", "Wu")
ACTS: Final = st.sampled_from(
    [
        ("postpone", None, BOSS),
        ("start", None, BOSS),
        *(("log", Log(text), crew(unit)) for unit in CREWS for text in ("a", "b")),
        ("log", Log("both", CREWS), BOSS),
        ("grant", Log("more"), BOSS),
        ("grant", Log("more", ("Li",)), BOSS),
        ("reject", Log("no", ("Li",)), BOSS),
        *(("check_in", None, crew(unit)) for unit in CREWS),
        ("rest", None, BOSS),
        ("resume", None, BOSS),
        ("promise", Promise(date(2021, 4, 1)), BOSS),
        ("defer", Promise(date(2021, 5, 3)), BOSS),
        ("keep", None, BOSS),
        ("retract", None, BOSS),
        ("turn", None, BOSS),
        ("again", None, BOSS),
        ("inspect", Inspection("good", signed="x"), BOSS),
        ("inspect", Inspection("bad", ("a hole",)), BOSS),
    ]
)
STEPS: Final = st.lists(st.tuples(ACTS, st.integers(0, 12), st.integers(0, 3), st.booleans()), min_size=3, max_size=14)


def random_story(steps: list[Any]) -> Story:
    """Tell what the procedure lets through of some steps, the clock running now and then."""
    story = Story()
    story.act("order", "2021-03-01", Order(CREWS, "holes"))
    now = at("2021-03-01")
    for (trigger, content, actor), days, ago, ticks in steps:
        now += timedelta(days=days)
        with suppress(YingshangFlowError):
            story.act(trigger, Moment.of(now - timedelta(days=ago)), content, by=actor, entered=max(now, story.now))
        if ticks:
            story.tick(max(now, story.now))
    return story


@given(STEPS, st.data())
@settings(max_examples=150)
def test_a_case_is_what_the_acts_that_count_lead_to(steps: list[Any], data: st.DataObject) -> None:
    story = random_story(steps)
    for _ in range(data.draw(st.integers(1, 4))):
        acts = [record for record in effective(story.records) if record.kind is Kind.ACT]
        act = data.draw(st.sampled_from(acts))
        days = data.draw(st.integers(-3, 3))
        try:
            if data.draw(st.booleans()):
                annul(story, act.revision)
            else:
                content = Log("c", act.content.obligors) if isinstance(act.content, Log) else None
                moved = Moment.of(act.occurred_at.date + timedelta(days=days))
                correct(story, act.revision, content=content, occurred_at=moved)
        except (RefusedError, TimeError):
            continue
        if data.draw(st.booleans()):
            story.tick(story.now + timedelta(days=days + 3))
    alone = from_what_counts(story)
    end = max(story.now, alone.now) + timedelta(days=1)
    for one in (story, alone):
        one.tick(end)
    assert what_stands(story.standing) == what_stands(alone.standing)
    case: Case | None = None
    for place, record in enumerate(story.records):
        text = record_text(record, "")
        assert record_from(text, ROADWORKS) == record
        if isinstance(record, Amendment):
            assert case is not None
            assert recomputed(ROADWORKS, case, story.records[:place], record, CALENDAR) == record
        case = evolve(case, record)
    assert case == story.case


@given(STEPS, st.data())
@settings(max_examples=60)
def test_a_correction_to_what_an_act_says_already_changes_nothing(steps: list[Any], data: st.DataObject) -> None:
    story = random_story(steps)
    act = data.draw(st.sampled_from([record for record in story.records if record.kind is Kind.ACT]))
    before = story.standing
    correct(story, act.revision, content=act.content, occurred_at=act.occurred_at)
    after = story.standing
    assert (after.revision, after.acted) == (before.revision + 1, before.revision + 1)
    assert set(after.units) == set(before.units) | {BOSS.unit}
    same = attrs.evolve(before, revision=after.revision, acted=after.acted, units=after.units, deadlines=())
    assert attrs.evolve(after, recorded_at=before.recorded_at, deadlines=()) == same
    assert set(after.deadlines) == set(before.deadlines)


@given(STEPS, ACTS, st.integers(0, 9))
@settings(max_examples=60)
def test_the_last_act_annulled_is_as_if_it_had_never_been_done(steps: list[Any], act: Any, days: int) -> None:  # noqa: ANN401
    story = random_story(steps)
    before, (trigger, content, actor) = story.standing, act
    try:
        record = story.act(trigger, Moment.of(story.now + timedelta(days=days)), content, by=actor)
    except YingshangFlowError:
        return
    annul(story, record.revision)
    after = story.standing
    assert (after.state, after.facts, after.entered, after.opened) == (
        before.state,
        before.facts,
        before.entered,
        before.opened,
    )
    assert set(after.deadlines) == set(before.deadlines)


# --- single stories ---------------------------------------------------------------------------------------------------


def test_a_date_found_wrong_moves_what_counts_from_it() -> None:
    story = told("Li", when="2021-03-01", started=None)
    assert story.statuses("begin") == [(1, "2021-03-08", "open")]
    story.tick("2021-03-10")
    assert story.statuses("begin") == [(1, "2021-03-08", "missed")]
    correct(story, 1, occurred_at=on("2021-02-26"))
    assert story.statuses("begin") == [(1, "2021-03-05", "missed")]
    assert str(story.standing.opened) == "2021-02-26"
    assert story.standing.acted == story.standing.revision == 3


def test_content_found_wrong_says_what_it_should_have_and_for_whom() -> None:
    story = told("Li", "Wu")
    correct(story, 1, content=Order(("Li", "Ma"), "holes"), now="2021-03-03")
    order = story.standing.latest(Order)
    assert order is not None
    assert order.crews == ("Li", "Ma")
    assert {d.obligor for d in story.standing.owed("first_log")} == {"Li", "Ma"}
    assert story.standing.fact("order") is not None
    assert "Wu" not in story.standing.units


def test_an_act_before_an_annulled_one_counts_again() -> None:
    story = told("Li")
    story.act("log", "2021-03-04", Log("first"), by=crew("Li"))
    story.act("log", "2021-03-05", Log("second"), by=crew("Li"))
    annul(story, 4)
    fact = story.standing.fact("log", "Li")
    assert fact is not None
    assert (fact.revision, fact.content) == (3, Log("first"))


def test_a_corrected_act_is_corrected_again_under_its_own_number_and_annulled_at_last() -> None:
    story = told("Li")
    story.act("log", "2021-03-04", Log("first"), by=crew("Li"))
    correct(story, 3, content=Log("second"))
    correct(story, 3, occurred_at=on("2021-03-03"))
    fact = story.standing.fact("log", "Li")
    assert fact is not None
    assert (fact.revision, fact.content, str(fact.occurred_at)) == (3, Log("second"), "2021-03-03")
    annul(story, 3)
    assert story.standing.fact("log") is None
    assert "log" not in story.standing.facts
    assert [one.kind for one in amendments(story.records)[3]] == [Kind.CORRECTION, Kind.CORRECTION, Kind.ANNULMENT]
    with pytest.raises(RefusedError, match="已撤销"):
        correct(story, 3, content=Log("third"))


def test_an_ended_case_is_amended_too_and_can_be_open_again() -> None:
    story = told("Li")
    story.act("drop", "2021-03-04")
    assert story.standing.owed() == ()
    annul(story, 3)
    assert story.standing.state == "working"
    assert {d.limit for d in story.standing.owed()} >= {"first_log", "weekly"}


def test_a_branch_that_a_corrected_act_does_not_take_leads_elsewhere() -> None:
    story = told("Li")
    story.act("log", "2021-03-04", Log("done"), by=crew("Li"))
    story.act("inspect", "2021-03-05", Inspection("good", signed="x"))
    assert story.standing.state == "closed"
    record = correct(story, 4, content=Inspection("bad", ("a hole",)))
    assert (record.before, record.after, story.standing.state) == ("closed", "resting", "resting")
    assert {d.limit for d in story.standing.owed()} >= {"mend", "pause"}
    assert isinstance(record, Amendment)
    assert [(way.revision, way.before, way.after) for way in record.ways] == [(4, "working", "resting")]


def test_the_first_later_act_that_no_longer_fits_is_named_with_what_stands_against_it() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04")
    story.act("resume", "2021-03-05")
    with pytest.raises(RefusedError) as refused:
        annul(story, 3)
    later, *why = refused.value.unmet
    assert (refused.value.trigger, later.code, later.found) == ("annul", "later", ("4", "resume"))
    assert "第4号记录（复工）" in later.label.zh
    assert "record 4" in later.label.en
    assert [unmet.code for unmet in why] == ["state"]


def test_times_that_would_be_out_of_order_name_the_later_act_too() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04", entered="2021-03-08")
    story.act("resume", "2021-03-05", entered="2021-03-08")
    with pytest.raises(RefusedError) as refused:
        correct(story, 3, occurred_at=on("2021-03-06"))
    assert [unmet.code for unmet in refused.value.unmet] == ["later", "time"]
    assert "2021-03-05" in refused.value.unmet[1].found[0]


def test_an_act_cannot_have_happened_after_it_was_entered_or_before_what_it_follows() -> None:
    story = told("Li")
    with pytest.raises(TimeError, match="after"):
        correct(story, 2, occurred_at=on("2021-03-03"))
    with pytest.raises(TimeError, match="before"):
        correct(story, 2, occurred_at=on("2021-02-01"))


def test_what_a_correction_says_is_asked_for_as_ever() -> None:
    story = told("Li")
    with pytest.raises(RefusedError) as refused:
        correct(story, 1, content=Order((), "holes"))
    assert [unmet.code for unmet in refused.value.unmet] == ["G1"]
    with pytest.raises(ContentError, match="Order"):
        correct(story, 1, content=Log("x"))


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda s: annul(s, 1), RefusedError, "立案记录不得撤销"),
        (lambda s: annul(s, 9), UnknownError, "record 9 of case c1 is not there; its acts are records 1, 2"),
        (lambda s: annul(s, 3), UnknownError, "is of kind 'clock' and no act"),
        (lambda s: annul(s, revision=True), UnknownError, "record True"),
        (lambda s: annul(s, 2, by=crew("Li")), RefusedError, "须由办公室更正或撤销"),
        (lambda s: annul(s, 2, ground=" "), ContentError, "ground: say why in 1 to 2000 characters, not ' '"),
        (lambda s: annul(s, 2, ground="x" * 2001), ContentError, "ground: say why"),
        (lambda s: annul(s, 2, ground=None), ContentError, "not None"),
        (lambda s: correct(s, 2), ContentError, "nothing is corrected: give content=, occurred_at= or both"),
        (lambda s: annul(s, 2, by=Actor("x", "x", "king")), UnknownError, "no role 'king'"),
    ],
)
def test_what_stands_against_an_amendment_is_said_with_what_to_do(
    change: Callable[[Story], Record], error: type[Exception], said: str
) -> None:
    story = told("Li")
    story.tick("2021-04-20")
    with pytest.raises(error) as caught:
        change(story)
    assert said in str(caught.value)
    assert len(story.records) == 3


def test_a_procedure_that_names_nobody_lets_nobody_amend() -> None:
    lifecycle = attrs.evolve(ROADWORKS, amended_by=())
    story = told("Li")
    story.lifecycle = lifecycle
    with pytest.raises(RefusedError, match="本流程未规定由谁更正"):
        annul(story, 2)


def test_whoever_only_amends_has_a_role_in_the_procedure_too() -> None:
    clerk = attrs.evolve(ROADWORKS.role("office"), key="clerk", label=Label("书记员", "clerk"))
    story = told("Li")
    story.lifecycle = attrs.evolve(ROADWORKS, amended_by=clerk)
    annul(story, 2, by=Actor("x", "档案室", "clerk"))
    assert story.standing.units[-1] == "档案室"


# --- the clock and the calendar ---------------------------------------------------------------------------------------


def with_ladder(**changes: Any) -> Lifecycle:  # noqa: ANN401  # those of a limit
    rungs = [
        Rung("soon", Label("将到期", "soon"), before=Cited(WorkingDays(2), OURS("x"))),
        Rung("over", Label("已逾期", "over"), after=Cited(WorkingDays(1), OURS("x"))),
    ]

    def own(limit: TimeLimit) -> TimeLimit:
        return attrs.evolve(limit, ladder=rungs, **changes) if limit.key == "begin" else limit

    return attrs.evolve(ROADWORKS, limits=[own(limit) for limit in ROADWORKS.limits])


def begin_of(story: Story) -> tuple[str, list[str]]:
    (deadline,) = [d for d in story.standing.deadlines if d.limit == "begin"]
    return deadline.due.isoformat(), [key for key, _ in deadline.rungs]


def test_a_rung_that_was_said_is_not_said_again_and_the_others_are() -> None:
    story = Story(with_ladder())
    story.act("order", "2021-03-02", Order(("Li",), "holes"), entered="2021-03-04")
    assert begin_of(story) == ("2021-03-09", ["soon", "over"])
    story.tick("2021-03-05")  # two working days before
    assert begin_of(story) == ("2021-03-09", ["over"])
    correct(story, 1, occurred_at=on("2021-03-04"))
    assert begin_of(story) == ("2021-03-11", ["over"])
    said = story.tick("2021-03-12")
    assert said is not None
    assert [type(change).__name__ for change in said.changes] == ["Reminded", "Missed"]


def test_a_rung_whose_day_is_past_after_a_correction_is_still_said_by_the_clock() -> None:
    story = Story(with_ladder())
    story.act("order", "2021-03-04", Order(("Li",), "holes"))
    story.tick("2021-03-05")
    correct(story, 1, occurred_at=on("2021-03-01"), now="2021-03-05")
    assert begin_of(story) == ("2021-03-08", ["soon", "over"])


def started_again_and_again() -> Story:
    """Tell of an order whose limit with a ladder can be started as often as one likes."""
    lifecycle = with_ladder(starts="again")
    rows = [
        attrs.evolve(row, sources=("ordered", *row.sources)) if row.trigger == "again" else row
        for row in lifecycle.transitions
    ]
    story = Story(attrs.evolve(lifecycle, transitions=rows))
    story.act("order", "2021-03-01", Order(("Li",), "holes"))
    story.act("again", "2021-03-02")
    story.tick("2021-03-08")
    assert begin_of(story) == ("2021-03-09", ["over"])
    return story


def test_a_start_that_is_done_anew_has_all_its_rungs_again() -> None:
    story = started_again_and_again()
    annul(story, 2)
    assert [d for d in story.standing.deadlines if d.limit == "begin"] == []
    story.act("again", "2021-03-04", entered="2021-03-08")
    assert begin_of(story) == ("2021-03-11", ["soon", "over"])


def test_what_was_said_belongs_to_the_act_that_started_a_deadline_whatever_its_number_is() -> None:
    story = started_again_and_again()
    story.act("again", "2021-03-08")
    assert begin_of(story) == ("2021-03-15", ["soon", "over"])
    annul(story, 4)
    assert begin_of(story) == ("2021-03-09", ["over"])
    story.act("again", "2021-03-08")
    annul(story, 2)
    assert story.statuses("begin") == [(1, "2021-03-15", "open")]
    assert begin_of(story) == ("2021-03-15", ["soon", "over"])


def test_a_deadline_that_comes_out_the_same_keeps_the_calendar_it_was_moved_by() -> None:
    story = told("Li", started=None)
    other = attrs.evolve(story.standing.deadlines[0], calendar=OTHERS.hash, provisional=True)
    assert story.case is not None
    story.case = attrs.evolve(story.case, deadlines=(other,))
    correct(story, 1, content=Order(("Li", "Wu"), "holes"))
    assert story.standing.deadlines == (other,)
    correct(story, 1, occurred_at=on("2021-02-26"))
    assert [d.calendar for d in story.standing.deadlines] == [CALENDAR.hash]


def test_by_another_calendar_the_dates_of_an_amendment_are_taken_as_they_stand() -> None:
    story = told("Li", started=None)
    before = story.standing
    record = correct(story, 1, occurred_at=on("2021-02-26"))
    assert isinstance(record, Amendment)
    holidays = WorkingCalendar.weekdays(date(2015, 1, 1), date(2061, 12, 31))
    assert recomputed(ROADWORKS, before, story.records[:1], record, holidays) == record
    forged = attrs.evolve(record, after="working")
    assert recomputed(ROADWORKS, before, story.records[:1], forged, holidays) == record


def test_a_reprojection_in_between_is_told_by_todays_calendar() -> None:
    story = told("Li", started=None)
    moved = reproject(ROADWORKS, story.standing, now=at("2021-03-02"), calendar=CALENDAR.with_notices(OFF))
    assert moved is not None
    story.records.append(moved)
    story.case = evolve(story.case, moved)
    assert story.statuses("begin") == [(1, "2021-03-09", "open")]
    correct(story, 1, content=Order(("Li", "Wu"), "holes"))
    assert story.statuses("begin") == [(1, "2021-03-09", "open")]
    correct(story, 1, occurred_at=on("2021-02-26"))
    assert story.statuses("begin") == [(1, "2021-03-05", "open")]
    assert [record.kind for record in as_told(ROADWORKS, story.records, CALENDAR)] == [Kind.ACT]


OFF: Final = Notice("made-up", Label("编造的通知", "made up"), days_off={date(2021, 3, 4): Label("编造", "made up")})


# --- forged -----------------------------------------------------------------------------------------------------------


def forged(change: Callable[[Amendment], Amendment]) -> bool:
    """Tell whether an amendment is seen to say what does not follow."""
    story = told("Li")
    story.act("rest", "2021-03-04")
    before, records = story.standing, tuple(story.records)
    record = annul(story, 3)
    assert isinstance(record, Amendment)
    other = change(record)
    assert other != record
    return recomputed(ROADWORKS, before, records, other, CALENDAR) != other


@pytest.mark.parametrize(
    "change",
    [
        lambda r: attrs.evolve(r, after="closed"),
        lambda r: attrs.evolve(r, before="working"),
        lambda r: attrs.evolve(r, trigger="log"),
        lambda r: attrs.evolve(r, deadlines=r.deadlines[1:]),
        lambda r: attrs.evolve(r, deadlines=(attrs.evolve(r.deadlines[0], due=date(2022, 1, 1)), *r.deadlines[1:])),
        lambda r: attrs.evolve(r, facts=tuple(told("Li").standing.all_facts())),
        lambda r: attrs.evolve(r, gone=()),
        lambda r: attrs.evolve(r, entered={}),
        lambda r: attrs.evolve(r, opened=on("2021-01-01")),
        lambda r: attrs.evolve(r, units=("x",)),
        lambda r: attrs.evolve(r, obligors=("Li",)),
    ],
)
def test_an_amendment_that_says_what_does_not_follow_is_seen(change: Callable[[Amendment], Amendment]) -> None:
    assert forged(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: attrs.evolve(r, amends=7), "record 7"),
        (lambda r: attrs.evolve(r, amends=1), "does not lead from ''|without an opening"),
        (lambda r: attrs.evolve(r, amends=2), "does not lead from 'ordered'"),
    ],
)
def test_an_amendment_of_what_cannot_be_amended_is_seen(change: Callable[[Amendment], Amendment], said: str) -> None:
    with pytest.raises(UnknownError, match=said):
        forged(change)


def test_an_amendment_of_what_was_annulled_is_seen() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04")
    record = annul(story, 3)
    assert isinstance(record, Amendment)
    with pytest.raises(UnknownError, match="annulled before"):
        recomputed(ROADWORKS, story.standing, story.records, attrs.evolve(record, revision=5), CALENDAR)


def test_a_history_that_lost_its_acts_still_reads() -> None:
    story = told("Li")
    story.act("rest", "2021-03-04")
    annulled = annul(story, 3)
    record = correct(story, 2, occurred_at=on("2021-03-02"))
    assert isinstance(record, Amendment)
    assert effective([annulled, record]) == ()
    lost = attrs.evolve(record, ways=(Way(9, "ordered", "working", ()),))
    assert effective([*story.records[:2], lost]) == effective([*story.records[:2], record])
    assert as_told(ROADWORKS, story.records[:2], CALENDAR) == tuple(story.records[:2])
    with pytest.raises(UnknownError, match="without an opening"):
        retold(ROADWORKS, [], CALENDAR)
    assert isinstance(story.now, datetime)


# --- linked cases -----------------------------------------------------------------------------------------------------


@needs(G1, Label("隶属案件", "part of another case"))
def is_a_part(view: View[Any, Any]) -> bool:
    """Tell whether it is a part of another case."""
    return view.related.parent is not None


@needs(G1, Label("尚无子案件", "no parts of its own"), where=is_a_part.check)
def has_no_parts(view: View[Any, Any]) -> bool:
    """Tell whether no case is a part of it."""
    return not view.related.counts and not view.related.open_ids


@pytest.mark.parametrize("field", ["needs", "when"])
def test_later_acts_are_taken_as_they_saw_linked_cases_and_the_amended_one_as_they_are(field: str) -> None:
    asked: dict[str, Any] = {field: [is_a_part, has_no_parts]}
    rows = [attrs.evolve(row, **asked) if row.trigger == "turn" else row for row in ROADWORKS.transitions]
    story = told("Li")
    story.lifecycle = attrs.evolve(ROADWORKS, transitions=rows)
    act = Act("turn", None, BOSS, on("2021-03-04"))
    with_parent = Related(parent=told("Wu").standing)
    now = at("2021-03-04")
    record = decide(story.lifecycle, story.case, act, now=now, calendar=CALENDAR, related=with_parent)
    story.records.append(record)
    story.case = evolve(story.case, record)
    correct(story, 2, occurred_at=on("2021-03-01"))
    assert story.standing.fact("turn") is not None
    with pytest.raises(RefusedError) as refused:
        correct(story, 3, occurred_at=on("2021-03-03"))
    assert [unmet.code for unmet in refused.value.unmet] == [{"needs": "G1", "when": "branch"}[field]]


@pytest.mark.parametrize("name", ["parent", "origin", "counts", "open_ids"])
def test_how_linked_cases_stood_then_is_told_to_nobody(name: str) -> None:
    with pytest.raises(Untold):
        getattr(_AS_THEN, name)
    with pytest.raises(Untold):
        _AS_THEN.child("c2")


def test_an_act_that_sets_out_from_another_state_is_asked_about_linked_cases() -> None:
    """A disposal after a check that is annulled would go by the way that only a failed interview opens (A4)."""
    desk = accounting.Desk()
    desk.reach("checking")
    desk.act("dispose", accounting.DISPOSAL)
    with pytest.raises(RefusedError, match="record 3 after it") as caught:
        desk.docket.annul(desk.id, 2, ground="核查未进行", by=accounting.SUPERVISOR)
    assert "A4" in [unmet.code for unmet in caught.value.unmet]
    assert desk.case.state == "disposed"

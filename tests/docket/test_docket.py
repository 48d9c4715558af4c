"""The docket: opening, acting, options, what is due, finding, sweeping and reading back, on both stores."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.docket.racing import Racing
from tests.lifecycles.interviewing import (
    ALONE,
    MEETING,
    NOTICE,
    OFFICE,
    RESCHEDULING,
    SECRETARY,
    THREE,
    Approval,
    Desk,
    Feedback,
    Reason,
    Report,
    held,
    plan,
    refused_to_sign,
    representative,
    signed,
    solved,
    variant,
)
from yingshang_flow import lifecycles
from yingshang_flow.core.actor import Actor, Role
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.confidential import Confidential, Erased, Sealed
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.requirement import forbids, needs
from yingshang_flow.deadlines import CHINA_TIME, Lamp, Months, WorkingCalendar, china
from yingshang_flow.docket import Docket, new_id, system_clock
from yingshang_flow.errors import (
    ConflictError,
    ContentError,
    KeyReusedError,
    ReferenceTakenError,
    RefusedError,
    TamperedError,
    TimeError,
    UnknownError,
    UnknownFingerprintError,
)
from yingshang_flow.lifecycles import procedure
from yingshang_flow.lifecycles.interview import InterviewValues, Plan, SignedRecord, interview
from yingshang_flow.ports import Commit, DefinitionRow, Store
from yingshang_flow.sources import OURS
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.testing.docket_machine import rows_of
from yingshang_flow.words import GUARD, Label, Rule

# --- opening and acting -----------------------------------------------------------------------------------------------


def test_an_opened_case_is_loaded_as_it_was_returned(desk: Desk) -> None:
    case = desk.plan(reference="R-1", key="k-1")
    assert case == desk.docket.load(case.id)
    assert (case.state, case.revision, case.acted) == ("planned", 1, 1)
    assert (case.opening.lifecycle, case.opening.profile, case.opening.reference) == ("interview", "dalian-2018", "R-1")


def test_content_is_taken_typed_or_as_plain_mappings_alike(desk: Desk) -> None:
    typed = desk.plan()
    plain = {
        "grounds": ["6"],
        "matter": {"id": "M-1", "words": "办结率低"},
        "facts": "去年办结率为全市末位",
        "gravity": "general",
        "tier": "office",
        "mode": "individual",
        "subjects": [{"unit": "甘井子区", "person": "甘井子区负责人", "rank": "deputy"}],
    }
    assert desk.plan(plain).latest(Plan) == typed.latest(Plan)


def test_an_act_without_content_is_an_act_with_empty_content(desk: Desk) -> None:
    empty: tuple[object, ...] = (None, {})
    for content in empty:
        desk.plan()
        assert desk.act("request_approval", content).state == "awaiting_approval"


def test_a_time_is_a_date_an_instant_a_moment_or_now(desk: Desk) -> None:
    desk.plan(at=datetime(2018, 12, 10, 2, tzinfo=UTC))
    assert str(desk.case.opened) == "2018-12-10 10:00+08:00"
    desk.act("request_approval", at=Moment.of(date(2018, 12, 11)))
    assert str(desk.case.moved) == "2018-12-11"
    desk.act("approve", Approval(), by=SECRETARY, at=None)
    assert desk.case.moved.instant == desk.clock()


def test_ids_come_from_where_the_docket_is_told(store: Store) -> None:
    names = iter(["A", "B"])
    docket = Docket(store, clock=FixedClock(date(2019, 6, 1)), new_id=lambda: next(names))
    desk = Desk(docket=docket)
    assert [desk.plan().id, desk.plan().id] == ["A", "B"]
    assert len({new_id() for _ in range(10)}) == 10


def test_only_the_default_clock_reads_the_systems(store: Store) -> None:
    before = datetime.now(UTC)
    case = Docket(store).open(lifecycles.interview("dalian-2018"), plan(), by=OFFICE)
    assert before <= case.recorded_at <= system_clock() <= datetime.now(UTC) + timedelta(seconds=5)


def test_another_calendar_gives_other_dates(store: Store) -> None:
    docket = Docket(
        store,
        calendar=WorkingCalendar.weekdays(date(2018, 1, 1), date(2019, 12, 31)),
        clock=FixedClock(date(2019, 6, 1)),
    )
    desk = Desk(docket=docket)
    desk.reach("held")
    assert desk.deadline("甘井子区").due == date(2018, 12, 31)
    assert Docket(store).calendar == china()


def test_the_history_keeps_what_was_said_and_done_in_order(desk: Desk) -> None:
    desk.reach("resolved")
    history = desk.history
    assert [record.revision for record in history] == list(range(1, len(history) + 1))
    assert history[0].content == plan()
    assert history[0].opening is not None
    assert [record.trigger for record in history][:3] == ["plan", "request_approval", "approve"]
    assert history[-1].after == "resolved"
    assert all(record.recorded_at == desk.clock() for record in history)


# --- options ----------------------------------------------------------------------------------------------------------


def test_options_say_for_every_trigger_what_it_would_meet_with(desk: Desk) -> None:
    desk.plan(plan(facts=None))
    found = {option.trigger.key: option for option in desk.docket.options(desk.id, by=OFFICE)}
    assert list(found) == list(desk.lifecycle.by_trigger)
    assert (found["cancel"].status, found["cancel"].to) == ("asks", "cancelled")
    assert found["request_approval"].status == "refused"
    assert [unmet.code for unmet in found["request_approval"].unmet] == ["Y2"]
    assert [unmet.code for unmet in found["hold"].unmet] == ["state"]
    by_subject = {option.trigger.key: option for option in desk.docket.options(desk.id, by=representative("甘井子区"))}
    assert [unmet.code for unmet in by_subject["cancel"].unmet] == ["role"]


def test_options_tell_a_unit_that_owes_nothing_here(desk: Desk) -> None:
    desk.reach("recorded")
    for unit, status in (("甘井子区", "asks"), ("西岗区", "refused")):
        options = desk.docket.options(desk.id, by=representative(unit), now=desk.clock())
        assert next(option for option in options if option.trigger.key == "submit_report").status == status


def test_options_refuse_a_naive_time_and_an_unknown_role(desk: Desk) -> None:
    desk.plan()
    with pytest.raises(TimeError):
        desk.docket.options(desk.id, by=OFFICE, now=datetime(2019, 1, 1))  # noqa: DTZ001
    with pytest.raises(UnknownError, match="no role 'mayor'"):
        desk.docket.options(desk.id, by=Actor("x", "y", "mayor"))


# --- how a date is counted --------------------------------------------------------------------------------------------


def test_a_deadline_is_explained_day_by_day(desk: Desk) -> None:
    desk.reach("recorded")
    said = str(desk.docket.explain(desk.id, desk.deadline("甘井子区")))
    assert "2018-12-29" in said
    assert "2018-12-31" not in said.splitlines()[-1]


def test_the_next_time_of_a_repeating_deadline_is_explained_from_the_first(desk: Desk) -> None:
    desk.reach("tracking", interval=Months(1))
    desk.docket.sweep()
    later = desk.deadline("甘井子区", "periodic")
    assert later.turn > 1
    assert str(later.due) in str(desk.docket.explain(desk.id, later))


def test_a_deadline_of_a_limit_the_case_does_not_have_is_not_explained(desk: Desk) -> None:
    desk.reach("recorded")
    strange = attrs.evolve(desk.deadline("甘井子区"), limit="answer")
    with pytest.raises(UnknownError, match=r"has no limit 'answer'; it has report, resubmission, periodic"):
        desk.docket.explain(desk.id, strange)


# --- a deadline as a ledger -------------------------------------------------------------------------------------------


def test_a_deadline_is_a_ledger_that_names_who_ended_it(desk: Desk) -> None:
    desk.reach("recorded")
    running = desk.docket.ledger(desk.id, desk.deadline("甘井子区"))
    assert (running.due().date, running.remaining(date(2018, 12, 27)), running.entries) == (date(2018, 12, 29), 2, ())
    desk.report("甘井子区", at=date(2019, 1, 3))
    ended = desk.docket.ledger(desk.id, desk.deadline("甘井子区"))
    (entry,) = ended.entries
    assert (entry.day, entry.actor, str(entry.citation)) == (date(2019, 1, 3), "甘井子区", "dalian-interview-2018 6(4)")


@pytest.mark.parametrize(
    ("day", "lamp"),
    [(date(2018, 12, 21), Lamp.GREEN), (date(2018, 12, 27), Lamp.YELLOW), (date(2018, 12, 30), Lamp.RED)],
)
def test_a_deadline_has_a_lamp_at_any_moment(desk: Desk, day: date, lamp: Lamp) -> None:
    desk.reach("recorded")
    at = datetime.combine(day, time(9), CHINA_TIME)
    assert desk.docket.lamp(desk.id, desk.deadline("甘井子区"), at=at) is lamp


def test_a_lamp_is_shown_as_of_now_unless_said_otherwise(desk: Desk) -> None:
    desk.reach("recorded")
    deadline = desk.deadline("甘井子区")
    assert desk.docket.lamp(desk.id, deadline) is desk.docket.lamp(desk.id, deadline, at=desk.clock())


def test_a_lamp_of_no_time_zone_or_of_another_limit_is_refused(desk: Desk) -> None:
    desk.reach("recorded")
    deadline = desk.deadline("甘井子区")
    with pytest.raises(TimeError, match="no aware datetime"):
        desk.docket.lamp(desk.id, deadline, at=datetime(2019, 1, 1))  # noqa: DTZ001 - to be refused
    with pytest.raises(UnknownError, match="has no limit 'answer'"):
        desk.docket.lamp(desk.id, attrs.evolve(deadline, limit="answer"))
    with pytest.raises(UnknownError, match="has no limit 'answer'"):
        desk.docket.ledger(desk.id, attrs.evolve(deadline, limit="answer"))


# --- finding and what is due ------------------------------------------------------------------------------------------


def test_cases_are_found_by_everything_given_together(desk: Desk) -> None:
    first = desk.plan(reference="R-1").id
    second = desk.reach("resolved").id
    third = desk.plan(origin=second, parent=first).id
    find = desk.docket.find
    by_id = sorted([first, second, third])
    assert [case.id for case in find()] == by_id
    assert [case.id for case in find(lifecycle="interview")] == by_id
    assert list(find(lifecycle="complaint")) == []
    assert [case.id for case in find(reference="R-1")] == [first]
    assert [case.id for case in find(state="resolved")] == [second]
    assert [case.id for case in find(final=True)] == [second]
    assert [case.id for case in find(final=False, origin=second)] == [third]
    assert [case.id for case in find(parent=first)] == [third]
    assert [case.id for case in find(unit="甘井子区")] == [second]
    assert list(find(unit="甘井子区", final=False)) == []


def test_finding_reads_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yingshang_flow.operations.pages._PAGE", 2)
    opened = sorted(desk.plan().id for _ in range(4))
    assert [case.id for case in desk.docket.find()] == opened


def test_what_is_due_comes_the_earliest_first_with_its_case(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yingshang_flow.operations.pages._PAGE", 2)
    desk.units = THREE
    later = desk.reach("recorded").id
    desk.units = ALONE
    desk.reach("notified")
    earlier = desk.act("hold", held(), at=date(2018, 12, 18)).id
    found = list(desk.docket.due(before=date(2019, 1, 31)))
    assert [(item.case.id, item.deadline.obligor) for item in found] == [(earlier, "甘井子区")] + [
        (later, unit) for unit in sorted(THREE)
    ]
    assert [item.deadline.due for item in found] == [date(2018, 12, 27)] + [date(2018, 12, 29)] * 3
    assert list(desk.docket.due(before=datetime(2018, 12, 1, tzinfo=UTC))) == []


def test_a_deadline_is_listed_by_its_due_date_until_it_is_met_though_the_clock_has_missed_it(desk: Desk) -> None:
    desk.reach("recorded")
    assert list(desk.docket.due(before=date(2018, 12, 28))) == []
    (found,) = desk.docket.due(before=date(2018, 12, 29))
    assert found.deadline.status is Status.OPEN
    desk.docket.sweep()
    (found,) = desk.docket.due(before=date(2018, 12, 29))
    assert found.deadline.status is Status.MISSED
    desk.report("甘井子区", at=date(2019, 1, 3))
    assert list(desk.docket.due(before=date(2019, 12, 31))) == []


# --- keys -------------------------------------------------------------------------------------------------------------


def test_the_same_act_under_its_key_returns_its_outcome_and_changes_nothing(desk: Desk) -> None:
    desk.reach("held")
    report = {"by": representative("甘井子区"), "at": date(2018, 12, 24), "key": "report-1"}
    first = desk.act("submit_report", Report("报告"), **report)
    before = rows_of(desk.docket.store)
    assert desk.act("submit_report", {"title": "报告"}, **report) == first
    desk.act("submit_report", Report("报告"), **{**report, "at": date(2018, 12, 25)})  # the key says it is that act
    assert rows_of(desk.docket.store) == before


def test_a_repeated_act_returns_the_case_as_it_stands_now(desk: Desk) -> None:
    desk.plan()
    desk.act("request_approval", key="ask")
    desk.act("approve", Approval(), by=SECRETARY)
    assert desk.act("request_approval", key="ask").state == "approved"


@pytest.mark.parametrize(
    ("trigger", "content", "by"),
    [
        ("submit_report", Report("另一份"), representative("甘井子区")),
        ("submit_report", Report("报告"), Actor("another", "甘井子区", "subject")),
        ("record_feedback", Feedback("已回访"), OFFICE),
    ],
    ids=["content", "actor", "trigger"],
)
def test_a_key_stands_for_one_act(desk: Desk, trigger: str, content: object, by: Actor) -> None:
    desk.reach("held")
    desk.act("submit_report", Report("报告"), by=representative("甘井子区"), at=date(2018, 12, 24), key="k")
    before = rows_of(desk.docket.store)
    with pytest.raises(KeyReusedError, match=r"key 'k' already stands for another act, record 6 of case"):
        desk.act(trigger, content, by=by, at=date(2018, 12, 24), key="k")
    assert rows_of(desk.docket.store) == before


def test_a_key_stands_for_an_act_of_one_case(desk: Desk) -> None:
    desk.plan()
    desk.act("request_approval", key="k")
    desk.plan()
    with pytest.raises(KeyReusedError):
        desk.act("request_approval", key="k")


def test_the_key_of_an_opening_returns_its_case(desk: Desk) -> None:
    first = desk.plan(key="open", reference="R-1")
    desk.act("request_approval")
    again = desk.plan(key="open", reference="R-1")
    assert (again.id, again.state) == (first.id, "awaiting_approval")
    for different in ({"reference": "R-2"}, {"reference": "R-1", "by": attrs.evolve(OFFICE, id="x")}):
        with pytest.raises(KeyReusedError):
            desk.plan(key="open", **different)
    with pytest.raises(KeyReusedError):
        desk.docket.open(lifecycles.interview("liaoning-2020"), plan(), by=OFFICE, key="open", reference="R-1")
    with pytest.raises(KeyReusedError):
        desk.act("cancel", Reason("x"), key="open")


def test_a_key_given_to_an_act_opens_nothing(desk: Desk) -> None:
    desk.plan()
    desk.act("request_approval", key="k")
    with pytest.raises(KeyReusedError):
        desk.plan(key="k")
    assert len(list(desk.docket.find())) == 1


def test_an_act_with_confidential_content_is_repeated_by_its_clear_content(desk: Desk) -> None:
    desk.reach("held")
    content = attrs.evolve(signed(()), refusals=(refused_to_sign("甘井子区"),))
    first = desk.act("sign_record", content, key="sign")
    assert desk.act("sign_record", content, key="sign") == first
    other = attrs.evolve(content, refusals=(refused_to_sign("甘井子区", "李证人"),))
    with pytest.raises(KeyReusedError):
        desk.act("sign_record", other, key="sign")


def test_a_key_holds_after_a_restart(desk: Desk) -> None:
    first = desk.plan(key="open")
    case = desk.act("request_approval", key="ask")
    restarted = Docket(desk.docket.store, clock=desk.clock)
    assert restarted.act(first.id, "request_approval", by=OFFICE, at=date(2018, 12, 20), key="ask") == case
    assert restarted.open(desk.lifecycle, plan(), by=OFFICE, key="open").id == first.id


# --- races ------------------------------------------------------------------------------------------------------------


def test_a_lost_race_is_decided_anew() -> None:
    store = Racing()
    desk = Desk(store=store, units=THREE)
    desk.reach("recorded")
    other = Docket(store, clock=desk.clock)

    def race(unit: str) -> Callable[[], object]:
        by = representative(unit)
        return lambda: other.act(desk.id, "submit_report", Report("先到"), by=by, at=date(2018, 12, 24))

    store.ahead = [race("西岗区"), lambda: None, race("市税务局")]
    case = desk.report("甘井子区")
    assert case.state == "reported"
    assert [record.obligors for record in desk.history][-3:] == [("西岗区",), ("市税务局",), ("甘井子区",)]
    assert desk.docket.verify(desk.id) == case.revision


def test_what_a_docket_remembers_of_a_case_never_outlives_what_another_has_done() -> None:
    store = MemoryStore()
    desk = Desk(store=store)
    desk.plan()
    other = Docket(store, clock=desk.clock)
    other.act(desk.id, "request_approval", by=OFFICE, at=date(2018, 12, 20))
    with pytest.raises(RefusedError) as refused:
        desk.act("notify", NOTICE)
    assert refused.value.state == "awaiting_approval"
    other.act(desk.id, "approve", by=SECRETARY, at=date(2018, 12, 20))
    assert desk.act("notify", NOTICE).state == "notified"  # refused where the desk saw it last, possible now
    other.act(desk.id, "cancel", Reason("情况变化"), by=OFFICE, at=date(2018, 12, 20))
    with pytest.raises(RefusedError) as refused:
        desk.act("reschedule", RESCHEDULING)  # possible where the desk saw it last
    assert refused.value.state == "cancelled"
    assert desk.docket.verify(desk.id) == 5


def test_a_race_lost_again_and_again_is_a_conflict() -> None:
    class Never(MemoryStore):
        tries = 0

        def commit(self, commit: Commit) -> None:
            if commit.record.revision > 1:
                self.tries += 1
                raise ConflictError("somebody was faster")
            super().commit(commit)

    store = Never()
    desk = Desk(store=store)
    desk.plan()
    with pytest.raises(ConflictError, match="somebody was faster"):
        desk.act("request_approval")
    assert store.tries == 16


def test_an_act_that_somebody_else_committed_under_the_same_key_is_its_outcome() -> None:
    store = Racing()
    desk = Desk(store=store)
    desk.plan()
    other = Docket(store, clock=desk.clock)
    again = lambda: other.act(desk.id, "request_approval", by=OFFICE, at=date(2018, 12, 20), key="ask")  # noqa: E731
    store.ahead = [again]
    assert desk.act("request_approval", key="ask").revision == 2
    store.ahead = [lambda: other.open(desk.lifecycle, plan(), by=OFFICE, at=date(2018, 12, 10), key="open")]
    desk.plan(key="open")
    assert len(list(desk.docket.find())) == 2


def test_a_key_that_a_store_refuses_and_does_not_know_is_an_error() -> None:
    class Odd(MemoryStore):
        def commit(self, commit: Commit) -> None:
            if commit.record.key is not None:
                raise KeyReusedError("taken, but by nobody")
            super().commit(commit)

    desk = Desk(store=Odd())
    with pytest.raises(KeyReusedError, match="by nobody"):
        desk.plan(key="k")
    desk.plan()
    with pytest.raises(KeyReusedError, match="by nobody"):
        desk.act("request_approval", key="k")


# --- expected revisions, references -----------------------------------------------------------------------------------


def test_an_act_since_the_expected_revision_conflicts_and_a_record_of_the_clock_does_not(desk: Desk) -> None:
    seen = desk.reach("recorded").revision
    desk.docket.sweep()
    assert desk.case.revision == seen + 1
    after = desk.act("record_feedback", Feedback("已回访"), expected_revision=seen)
    assert after.revision == seen + 2
    before = rows_of(desk.docket.store)
    for stale in (seen, seen + 1):
        with pytest.raises(ConflictError, match=f"revision {stale} was expected, it is at {seen + 2}"):
            desk.act("record_feedback", Feedback("再访"), expected_revision=stale)
    assert rows_of(desk.docket.store) == before


@pytest.mark.parametrize("impossible", [0, -1, 99])
def test_a_revision_there_never_was_conflicts(desk: Desk, impossible: int) -> None:
    desk.plan()
    with pytest.raises(ConflictError):
        desk.act("request_approval", expected_revision=impossible)


def test_a_lost_race_with_an_expected_revision_is_a_conflict() -> None:
    store = Racing()
    desk = Desk(store=store, units=THREE)
    seen = desk.reach("recorded").revision
    other = Docket(store, clock=desk.clock)
    store.ahead = [lambda: other.act(desk.id, "record_feedback", Feedback("x"), by=OFFICE)]
    with pytest.raises(ConflictError, match="has moved on"):
        desk.report("甘井子区", expected_revision=seen)


def test_a_reference_is_one_case_of_a_lifecycle(desk: Desk) -> None:
    first = desk.plan(reference="R-1")
    before = rows_of(desk.docket.store)
    with pytest.raises(ReferenceTakenError, match="R-1"):
        desk.plan(reference="R-1")
    assert rows_of(desk.docket.store) == before
    assert [case.id for case in desk.docket.find(reference="R-1")] == [first.id]


# --- linked cases -----------------------------------------------------------------------------------------------------


def test_a_case_names_where_it_comes_from_and_what_it_is_a_part_of(desk: Desk) -> None:
    first = desk.plan().id
    child = desk.plan(parent=first, origin=first)
    assert (child.opening.parent, child.opening.origin) == (first, first)
    assert desk.act("request_approval").state == "awaiting_approval"


def test_an_opening_whose_guard_read_a_case_that_moved_is_decided_anew() -> None:
    store = Racing()
    desk = Desk("liaoning-2020", store=store)
    first = desk.reach("tracking").id
    other = Docket(store, clock=desk.clock)
    store.ahead = [lambda: other.act(first, "resolve", solved(), by=OFFICE, at=date(2019, 1, 31))]
    assert desk.plan(origin=first, at=date(2019, 3, 1)).state == "planned"
    assert store.ahead == []


def test_an_opening_under_an_id_that_is_taken_is_a_conflict_in_the_end(store: Store) -> None:
    docket = Docket(store, clock=FixedClock(date(2019, 6, 1)), new_id=lambda: "always the same")
    desk = Desk(docket=docket)
    desk.plan()
    with pytest.raises(ConflictError):
        desk.plan()


# --- restart ----------------------------------------------------------------------------------------------------------


def test_a_new_docket_finds_the_lifecycle_of_an_old_case(desk: Desk) -> None:
    desk.reach("recorded")
    restarted = Docket(desk.docket.store, clock=desk.clock)
    assert restarted.load(desk.id) == desk.case
    assert restarted.lifecycle(desk.id) == desk.lifecycle
    assert restarted.history(desk.id, by=OFFICE) == desk.history
    assert restarted.verify(desk.id) == desk.case.revision
    after = restarted.act(
        desk.id, "submit_report", Report("报告"), by=representative("甘井子区"), at=date(2018, 12, 24)
    )
    assert after.state == "reported"


def test_a_case_under_a_profile_of_ones_own_is_rebuilt_without_the_file(desk: Desk, tmp_path: Path) -> None:
    own = Desk(variant(tmp_path), store=desk.docket.store)
    own.reach("notified")
    (tmp_path / "variant.toml").unlink()
    restarted = Docket(desk.docket.store, clock=own.clock)
    assert restarted.lifecycle(own.id) == own.lifecycle
    assert restarted.act(own.id, "hold", held(), by=OFFICE, at=date(2018, 12, 20)).state == "held"


def test_a_docket_that_does_not_run_the_procedure_says_which_it_runs(desk: Desk) -> None:
    desk.plan()
    with pytest.raises(
        UnknownFingerprintError, match=r"is of interview version 1 under 'dalian-2018'; this docket runs permit"
    ):
        Docket(desk.docket.store, lifecycles=[permit]).load(desk.id)


def test_a_case_whose_definition_this_code_builds_otherwise_says_what_is_known(desk: Desk) -> None:
    desk.plan()

    def changed(values: InterviewValues) -> Lifecycle:
        return attrs.evolve(interview.build(values), version=2)

    newer = procedure("interview", InterviewValues)(changed)
    with pytest.raises(UnknownFingerprintError) as caught:
        Docket(desk.docket.store, lifecycles=[newer]).load(desk.id)
    assert "is under interview version 1 under 'dalian-2018' with fingerprint" in str(caught.value)
    assert "run it with the release that wrote it" in str(caught.value)


def test_a_case_whose_definition_the_store_lost_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.plan()
    lost: DefinitionRow | None = None
    monkeypatch.setattr(desk.docket.store, "definition", lambda _: lost)
    with pytest.raises(UnknownFingerprintError, match="which the store does not hold"):
        Docket(desk.docket.store).load(desk.id)


# --- a procedure of one's own -----------------------------------------------------------------------------------------

CLERK = Role("clerk", Label("经办人", "clerk"))
P1 = Rule("P1", GUARD, OURS("P1"), Label("须交材料", "Papers are handed in"))


@attrs.frozen
class Request:
    """A request with its papers."""

    papers: tuple[str, ...]


@attrs.frozen
class PermitValues:
    """Nothing is set by a locality."""


@needs(P1, Label("须交材料", "at least one paper"), of="content")
def papers_handed_in(view: Any) -> bool:  # noqa: ANN401 - a view
    return bool(view.content.papers)


@forbids(P1, Label("分项须先办结", "every part is given first"), of="case")
def parts_not_given(view: Any) -> Iterator[str]:  # noqa: ANN401 - a view
    yield from view.related.open_ids
    yield from (f"{count} {key}" for (_, key), count in view.related.counts.items() if key != "given")


@needs(P1, Label("总项须未办结", "the whole is not given yet"))
def whole_still_asked(view: Any) -> bool:  # noqa: ANN401 - a view
    return view.related.parent is None or bool(view.related.parent.state == "asked")


@procedure("permit", PermitValues)
def permit(values: PermitValues) -> Lifecycle:  # noqa: ARG001 - a builder takes its values
    """Build a small procedure with two openings and an act without content."""
    return Lifecycle(
        key="permit",
        title=Label("许可", "Permit"),
        states=[State("asked", Label("已申请", "Asked")), State("given", Label("已准予", "Given"), final=True)],
        triggers=[
            Trigger("ask", Label("申请", "Ask"), Request),
            Trigger("ask_by_post", Label("邮寄申请", "Ask by post"), Request),
            Trigger("give", Label("准予", "Give")),
        ],
        transitions=[
            opening("ask", to="asked", by=CLERK, needs=[papers_handed_in, whole_still_asked, parts_not_given]),
            opening("ask_by_post", to="asked", by=CLERK, needs=papers_handed_in),
            move("give", "asked", to="given", by=CLERK, needs=parts_not_given),
        ],
        rules=[P1],
    )


def test_a_procedure_of_ones_own_runs_on_a_docket_that_is_told_of_it(store: Store) -> None:
    docket = Docket(store, lifecycles=[permit])
    clerk = Actor("c", "窗口", "clerk")
    lifecycle = permit("dalian-2018")
    with pytest.raises(UnknownError, match="permit opens with ask or ask_by_post; say which by trigger="):
        docket.open(lifecycle, Request(("表",)), by=clerk)
    case = docket.open(lifecycle, Request(("表",)), by=clerk, trigger="ask_by_post")
    assert next(o for o in docket.options(case.id, by=clerk) if o.trigger.key == "give").status == "allowed"
    assert Docket(store, lifecycles=[permit]).act(case.id, "give", {}, by=clerk).state == "given"
    with pytest.raises(RefusedError, match="P1"):
        docket.open(lifecycle, Request(()), by=clerk, trigger="ask")
    case = docket.open(lifecycle, Request(("表",)), by=clerk, trigger="ask")
    with pytest.raises(ContentError, match="takes no content, not a Request"):
        docket.act(case.id, "give", Request(("表",)), by=clerk)


def test_guards_see_the_parent_and_the_children_of_a_case(store: Store) -> None:
    docket = Docket(store, lifecycles=[permit])
    clerk, lifecycle, papers = Actor("c", "窗口", "clerk"), permit("dalian-2018"), Request(("表",))
    whole = docket.open(lifecycle, papers, by=clerk, trigger="ask").id
    part = docket.open(lifecycle, papers, by=clerk, trigger="ask", parent=whole).id
    with pytest.raises(RefusedError) as caught:
        docket.act(whole, "give", by=clerk)
    assert caught.value.unmet[0].found == (part, "1 asked")
    docket.act(part, "give", by=clerk)
    assert docket.act(whole, "give", by=clerk).state == "given"
    with pytest.raises(RefusedError, match="the whole is not given yet"):
        docket.open(lifecycle, papers, by=clerk, trigger="ask", parent=whole)


def test_a_parent_whose_children_changed_meanwhile_is_decided_anew() -> None:
    store = Racing()
    docket = Docket(store, lifecycles=[permit])
    clerk, lifecycle, papers = Actor("c", "窗口", "clerk"), permit("dalian-2018"), Request(("表",))
    whole = docket.open(lifecycle, papers, by=clerk, trigger="ask").id
    store.ahead = [lambda: docket.open(lifecycle, papers, by=clerk, trigger="ask", parent=whole)]
    with pytest.raises(RefusedError, match="every part is given first"):
        docket.act(whole, "give", by=clerk)


def test_a_docket_that_was_not_told_of_a_procedure_opens_no_case_of_it(store: Store) -> None:
    with pytest.raises(UnknownError, match=r"this docket runs interview.*, not 'permit'; name the procedure in"):
        Docket(store).open(permit("dalian-2018"), Request(("表",)), by=Actor("c", "窗口", "clerk"), trigger="ask")


# --- confidential values ----------------------------------------------------------------------------------------------


def test_a_confidential_value_reads_back_until_it_is_erased(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    desk = Desk(store=SQLiteStore(path))
    desk.reach("held")
    desk.act("sign_record", attrs.evolve(signed(()), refusals=(refused_to_sign("甘井子区"),)))

    def witness(docket: Docket) -> object:
        content = docket.history(desk.id, by=OFFICE)[-1].content
        assert isinstance(content, SignedRecord)
        return content.refusals[0].witness

    assert witness(desk.docket) == Confidential("张证人")
    (row,) = desk.docket.store.vault(desk.id)
    erase(path)
    assert witness(desk.docket) == Confidential(Erased(row.commitment))
    with pytest.raises(TamperedError, match="is missing from the vault, and no record says that it was erased"):
        desk.docket.verify(desk.id)
    desk.docket.store.close()


def erase(path: Path) -> None:
    import sqlite3  # noqa: PLC0415 - as somebody with a right to erasure would do it by hand

    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM ysf_vault")
    connection.close()


def test_a_case_holds_the_seal_and_never_the_value(desk: Desk) -> None:
    desk.reach("held")
    desk.act("sign_record", attrs.evolve(signed(()), refusals=(refused_to_sign("甘井子区"),)))
    content = desk.case.latest(SignedRecord)
    assert content is not None
    assert isinstance(content.refusals[0].witness.value, Sealed)
    assert "张证人" not in repr(desk.case)


def test_many_cases_are_kept_in_mind_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yingshang_flow.operations.cases._KEPT", 2)
    cases = [desk.plan() for _ in range(4)]
    assert [desk.docket.load(case.id) for case in cases] == cases


# --- what a review found ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reference", "parent", "origin"])
@pytest.mark.parametrize("value", [2018001, True, b"x", ["x"], ""])
def test_the_names_a_case_is_tied_to_are_texts(desk: Desk, name: str, value: object) -> None:
    with pytest.raises(UnknownError, match=f"{name} is a non-empty text, not"):
        desk.plan(**{name: value})
    assert list(desk.docket.find()) == []


def test_nobody_changes_a_case_that_others_hold_too(desk: Desk) -> None:
    case = desk.plan()
    with pytest.raises(TypeError, match="not changed"):
        case.entered["held"] = Moment.of(date(2018, 12, 1))  # type: ignore[index]
    with pytest.raises(TypeError, match="not changed"):
        desk.case.facts["plan"].clear()  # type: ignore[attr-defined]
    assert desk.docket.verify(desk.id) == 1


def test_a_moment_of_another_zone_counts_from_the_day_it_is_in_china(desk: Desk) -> None:
    desk.reach("notified")
    evening = Moment(datetime(2018, 12, 20, 17, tzinfo=UTC))
    desk.act("hold", held(), at=evening)
    assert desk.deadline("甘井子区").due == date(2019, 1, 2)


@pytest.mark.parametrize("moment", [Moment(datetime(2018, 12, 20, 17)), Moment(MEETING, "about")])  # type: ignore[arg-type]  # noqa: DTZ001
def test_a_moment_that_is_naive_or_of_no_known_precision_is_refused(desk: Desk, moment: Moment) -> None:
    desk.reach("notified")
    with pytest.raises(TimeError):
        desk.act("hold", held(), at=moment)


def test_a_move_on_a_day_keeps_the_instant_before_it_in_mind(desk: Desk) -> None:
    desk.plan()
    desk.act("request_approval", at=datetime(2018, 12, 11, 15, tzinfo=MEETING.tzinfo))
    desk.act("approve", by=SECRETARY, at=date(2018, 12, 11))
    with pytest.raises(TimeError, match="before the case came into its state"):
        desk.act("notify", desk.notice(), at=datetime(2018, 12, 11, 1, tzinfo=MEETING.tzinfo))


def test_a_history_read_while_somebody_acts_is_verified_as_a_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.reach("planned")
    read = desk.docket.store.history
    acted: list[Case] = []

    def history(case: str, *, after: int = 0) -> object:
        if not acted:
            acted.append(desk.act("request_approval", at=date(2018, 12, 11)))
        return read(case, after=after)

    monkeypatch.setattr(desk.docket.store, "history", history)
    assert desk.docket.verify(desk.id) == 2


def test_a_case_under_a_profile_this_code_cannot_bind_says_what_it_is_under(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.plan()
    row = desk.docket.store.definition(desk.case.opening.fingerprint)
    assert row is not None
    for text in (row.text.replace("interview.report_warning", "interview.gone"), "{}", "no json"):
        lost = attrs.evolve(row, text=text)
        monkeypatch.setattr(desk.docket.store, "definition", lambda _, lost=lost: lost)
        with pytest.raises(UnknownFingerprintError, match="which this code cannot rebuild"):
            Docket(desk.docket.store).load(desk.id)


def test_an_expected_revision_is_a_whole_number(desk: Desk) -> None:
    desk.plan()
    wrong: Any = "1"
    with pytest.raises(ConflictError, match="expected_revision is a whole number, not '1'"):
        desk.act("cancel", Reason("无"), expected_revision=wrong)


def test_options_are_somebodys(desk: Desk) -> None:
    desk.plan()
    nobody: Any = None
    with pytest.raises(UnknownError, match="`by` is an Actor"):
        desk.docket.options(desk.id, by=nobody)


def test_a_docket_runs_procedures_and_not_what_they_are_bound_to(store: Store) -> None:
    bound: Any = interview("dalian-2018")
    with pytest.raises(UnknownError, match="lifecycles takes procedures such as interview, not Lifecycle"):
        Docket(store, lifecycles=[bound])

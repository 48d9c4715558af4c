"""``docket.migrate``: all is looked at before any moves, each case by its own record, and a second one leads back."""

import io
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docket.digging import (
    BOSS,
    CALENDAR,
    FIRST,
    NEW,
    OLD,
    Minutes,
    OldMinutes,
    OldRequest,
    Request,
    Values,
    by_lines,
    dig,
    digger,
    made,
    other,
    profile,
    request,
)
from tests.docket.racing import Racing
from tests.lifecycles.complaining import BODY, receipt
from yingshang_flow import Actor, Docket, codec, lifecycles
from yingshang_flow.compliance import Outcome, audit, audit_all, read_xes, write_ocel_json, write_xes
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.confidential import Erased
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import does_not_follow
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Kind, Missed, Recounted, Started, Stopped
from yingshang_flow.core.stepping import applied
from yingshang_flow.core.upcast import Rewritten
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.diagrams import extract
from yingshang_flow.errors import (
    ConflictError,
    ContentError,
    EventLogError,
    MigrationError,
    RefusedError,
    StoreUnavailableError,
    TamperedError,
    UnknownError,
    UnknownFingerprintError,
)
from yingshang_flow.lifecycles import procedure
from yingshang_flow.operations.migrate import Migrated, Moving, Which
from yingshang_flow.operations.verify import verified
from yingshang_flow.ports import CaseRow, Commit, RecordRow, Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.docket_machine import rows_of
from yingshang_flow.words import Label

NAMES = st.sampled_from(["hear", "settle", "rest", "resume", "extend", "visit", "report", "sweep"])
STEPS = st.lists(st.tuples(NAMES, st.integers(0, 9)), max_size=8)
QUICK_STEPS = st.lists(st.tuples(st.sampled_from(["hear", "rest", "resume", "extend"]), st.integers(0, 1)), max_size=6)


def walked(docket: Docket, steps: list[tuple[str, int]], lifecycle: Lifecycle = OLD) -> Case:
    """Open a case and do what the procedure has of some steps, each so many days after the one before."""
    new = lifecycle.version == NEW.version
    asked = attrs.asdict(request("cable", "Li", "Wang"), recurse=False)
    content: object = Request(asked["reason"], asked["diggers"], asked["contact"]) if new else OldRequest(**asked)
    case = docket.open(lifecycle, content, by=BOSS)
    for step, days in steps:
        docket._clock.advance(timedelta(days))  # type: ignore[attr-defined]  # the tests' own clock
        try:
            did(docket, case.id, step, new=new)
        except RefusedError:
            continue
    return docket.load(case.id)


def did(docket: Docket, case: str, step: str, *, new: bool) -> None:
    """Do one step as its version calls it."""
    day = date(2026, 4, 20)
    if step == "sweep":
        docket.sweep()
    elif step == "hear":
        docket.act(case, "hear", Minutes(("a", "b"), day) if new else OldMinutes("a\nb", day), by=BOSS)
    elif step == "report":
        docket.act(case, "report", {}, by=digger("Li"))
    else:
        docket.act(case, "answer" if new and step == "settle" else step, by=BOSS)


def migrated(docket: Docket, to: Lifecycle = NEW, **how: Any) -> tuple[Moving, ...]:  # noqa: ANN401 - what migrate takes
    """Migrate every case and return what was told of it."""
    said: dict[str, Any] = {"ground": "the law of 2026", "by": BOSS, "dry_run": False} | how
    return docket.migrate(Which(lifecycle="dig"), to=to, **said).moved


def contact(content: object) -> object:
    """Return whom a request says to call."""
    assert isinstance(content, OldRequest | Request)
    return None if content.contact is None else content.contact.value


def standing(case: Case) -> dict[str, object]:
    """Return what of a case is about the case and not about its records."""
    fields = ("state", "opening", "entered", "opened", "deadlines", "facts", "units")
    found: dict[str, object] = {name: getattr(case, name) for name in fields}
    return found | {"deadlines": sorted(case.deadlines, key=lambda d: (d.limit, d.obligor, d.number))}


def whole(docket: Docket, case: str) -> list[Kind]:
    """Verify a case and return the kinds of its records."""
    history = docket.history(case)
    assert docket.verify(case) == len(history)
    return [record.kind for record in history]


# --- laws -------------------------------------------------------------------------------------------------------------


@given(STEPS)
def test_there_and_back_with_the_dates_kept_all_stands_as_before(steps: list[tuple[str, int]]) -> None:
    docket = made()
    before = walked(docket, steps)
    kinds = whole(docket, before.id)
    migrated(docket)
    between = docket.load(before.id)
    assert between.state == ("hearing" if before.state == "held" else before.state)
    assert between.facts["ask"][""].content.purpose == "cable"  # type: ignore[attr-defined]  # of the second version
    migrated(docket, OLD)
    assert standing(docket.load(before.id)) == standing(before)
    assert whole(docket, before.id) == [*kinds, Kind.MIGRATION, Kind.MIGRATION]


@given(QUICK_STEPS, st.integers(12, 30))
def test_what_is_counted_anew_stands_as_if_it_had_always_run_under_the_new_rules(
    steps: list[tuple[str, int]], days: int
) -> None:
    new = dig(profile("elsewhere", f"{days}工作日", report="30日", warning="2工作日"))
    docket, other = made(), made()
    moved, always = walked(docket, steps), walked(other, steps, new)
    migrated(docket, new, deadlines="recompute")
    found, wanted = docket.load(moved.id), other.load(always.id)
    assert (found.state, found.entered) == (wanted.state, wanted.entered)
    assert {d for d in found.deadlines if d.limit != "weekly"} == {d for d in wanted.deadlines if d.limit != "weekly"}
    assert [d.end > docket._now() for d in found.owed("weekly")] == [True]
    whole(docket, moved.id)


@given(STEPS, st.sampled_from(["keep", "recompute"]))
def test_what_is_told_on_a_dry_run_is_what_happens_and_met_or_missed_stays(
    steps: list[tuple[str, int]], dates: str
) -> None:
    docket = made()
    before = walked(docket, steps)
    rows = rows_of(docket.store)
    told = migrated(docket, dry_run=True, deadlines=dates)
    assert rows_of(docket.store) == rows
    assert migrated(docket, deadlines=dates) == told
    after = docket.load(before.id)
    stays = {d for d in before.deadlines if d.status is not Status.OPEN and d.limit in NEW.by_limit}
    assert stays <= set(after.deadlines)
    stopped = {change.limit for change in told[0].changes if isinstance(change, Stopped)}
    assert stopped == {d.limit for d in before.deadlines if d.status is Status.OPEN and d.limit not in NEW.by_limit}
    if dates == "keep":
        assert set(after.deadlines) == {d for d in before.deadlines if d.limit in NEW.by_limit}


@given(STEPS, STEPS)
def test_a_migrated_case_goes_on_is_verified_audited_and_drawn(
    first: list[tuple[str, int]], then: list[tuple[str, int]]
) -> None:
    docket = made()
    case = walked(docket, first).id
    migrated(docket, deadlines="recompute")
    for step, days in then:
        docket._clock.advance(timedelta(days))  # type: ignore[attr-defined]
        try:
            did(docket, case, step, new=True)
        except RefusedError:
            continue
    history, lifecycle = docket.history(case), docket.lifecycle(case)
    whole(docket, case)
    said = audit(history, lifecycle, calendar=CALENDAR, earlier=docket.definitions(case))
    assert said.irregular == ()
    assert not any(node.outside for node in extract(lifecycle, history=history).nodes)


# --- what it does -----------------------------------------------------------------------------------------------------


def test_the_record_says_from_which_rules_to_which_why_and_what_became_of_the_deadlines(store: Store) -> None:
    docket = made(store)
    case = walked(docket, [("hear", 1)])
    elsewhere = dig(profile("elsewhere", "20工作日", report="30日"))
    migrated(docket, elsewhere, deadlines="recompute")
    record = docket.history(case.id)[-1]
    assert isinstance(record, Migration)
    assert (record.kind, record.before, record.after, record.actor) == (Kind.MIGRATION, "held", "hearing", BOSS)
    assert (record.ground, record.dates, record.states) == ("the law of 2026", "recompute", (("held", "hearing"),))
    assert (record.source, record.target) == (case.opening, docket.load(case.id).opening)
    assert (record.target.version, record.target.profile) == (2, "elsewhere")
    told = {type(change): change for change in record.changes if change.limit != "weekly"}
    assert told.keys() == {Recounted, Started, Stopped}
    answer, report, survey = told[Recounted], told[Started], told[Stopped]
    assert isinstance(answer, Recounted)
    assert isinstance(report, Started)
    assert (answer.limit, answer.old, answer.due) == ("answer", date(2026, 3, 16), date(2026, 3, 30))
    assert (report.limit, report.due) == ("report", date(2026, 4, 2))
    assert survey.limit == "survey"
    row = store.load(case.id)
    assert row is not None
    assert row.fingerprint == record.target.fingerprint != record.source.fingerprint
    assert [found.version for found in docket.definitions(case.id).values()] == [1, 2]


def test_what_a_migration_says_of_the_deadlines_leads_from_those_before_to_those_after(store: Store) -> None:
    docket = made(store)
    case = walked(docket, [("hear", 1)])
    migrated(docket, dig(profile("elsewhere", "20工作日", report="30日")), deadlines="recompute")
    table: dict[tuple[str, str, int], Deadline] = {}
    for record in docket.history(case.id):
        table = applied(table, record)
    kept = {(d.limit, d.obligor, d.number): d for d in docket.load(case.id).deadlines}
    assert {key: table[key] for key in kept} == kept


def test_after_a_restart_a_migrated_case_is_read_from_the_store_alone(store: Store) -> None:
    docket = made(store)
    case = walked(docket, [("hear", 1), ("report", 1)])
    migrated(docket)
    again = made(store, date(2026, 3, 9))
    assert again.load(case.id) == docket.load(case.id)
    assert [record.content.__class__ for record in again.history(case.id)][:2] == [OldRequest, OldMinutes]
    assert contact(again.history(case.id, by=BOSS)[0].content) == "Wang"
    assert again.act(case.id, "answer", by=BOSS).state == "hearing"
    assert again.verify(case.id) == 5


def test_a_second_run_finds_every_case_moved_and_counts_it(store: Store) -> None:
    docket = made(store)
    for _ in range(3):
        walked(docket, [])
    first = docket.migrate(Which(lifecycle="dig"), to=NEW, ground="law", by=BOSS, dry_run=False)
    again = docket.migrate(Which(lifecycle="dig"), to=NEW, ground="law", by=BOSS, dry_run=False)
    assert (len(first.moved), first.already, first.total) == (3, 0, 3)
    assert (len(again.moved), again.already, again.total) == (0, 3, 3)
    assert {case.revision for case in docket.find()} == {2}


def test_cases_are_chosen_by_what_they_have_in_common_or_by_their_ids() -> None:
    docket = made()
    held, asked = walked(docket, [("hear", 0)]).id, walked(docket, []).id
    elsewhere = docket.open(dig(profile("elsewhere")), Request("a pipe"), by=BOSS).id

    def chosen(which: object) -> list[str]:
        report = docket.migrate(which, to=dig(profile("third")), ground="law", by=BOSS)  # type: ignore[arg-type]
        assert report.dry_run
        return [moving.case for moving in report.moved]

    assert chosen(Which(state="held")) == [held]
    assert chosen(Which(version=1, profile="dig-2026")) == [held, asked]
    assert chosen(Which(profile="elsewhere")) == [elsewhere]
    assert chosen(Which(version=2, unit=BOSS.unit, final=False)) == [elsewhere]
    assert chosen([asked, asked]) == [asked]
    assert chosen(Which(cases=[asked])) == [asked]
    assert chosen(Which(parent="nobody")) == []


def test_what_is_told_of_each_case_comes_with_how_far_it_has_come() -> None:
    docket = made()
    for _ in range(2):
        walked(docket, [])
    told: list[object] = []
    migrated(docket, dry_run=True, each=told.append, progress=told.append)
    assert [type(one) for one in told] == [Moving, Moving]
    told.clear()
    migrated(docket, each=told.append, progress=told.append)
    assert [type(one) for one in told] == [Moving, Migrated, Moving, Migrated]
    assert told[-1] == Migrated(total=2, moved=2, failures=0)


def test_a_state_that_is_not_renamed_by_the_rules_is_mapped_by_whoever_migrates() -> None:
    third = dig.version_of(2)(profile("third"))
    docket = made()
    case = walked(docket, [("hear", 0)])
    migrated(docket, third, states={"held": "asked"})
    assert docket.load(case.id).state == "asked"
    migrated(docket, OLD, states={"asked": "held"})
    assert docket.load(case.id).state == "held"
    whole(docket, case.id)


def relabelled(lifecycle: Lifecycle, **changes: Any) -> Lifecycle:  # noqa: ANN401 - fields of a limit
    """Change the limit of the answer."""
    own = (attrs.evolve(limit, **changes) if limit.key == "answer" else limit for limit in lifecycle.limits)
    return attrs.evolve(lifecycle, limits=list(own))


def test_a_limit_that_the_law_calls_otherwise_gets_another_label_and_its_cases_need_no_migration() -> None:
    renamed = Label("限期回复", "Replied in time")
    docket = made(runs=other(lambda lifecycle: relabelled(lifecycle, label=renamed)))
    case = docket.open(NEW, Request("cable"), by=BOSS).id
    again = made(docket.store, runs=other(lambda lifecycle: relabelled(lifecycle, label=renamed)))
    assert again.load(case) == docket.load(case)
    assert again.lifecycle(case).by_limit["answer"].label == renamed
    assert again.migrate([case], to=NEW, ground="law", by=BOSS).already == 1


def test_a_limit_under_another_key_is_another_one_that_is_told_from_the_acts_where_dates_are_recomputed() -> None:
    third = other(lambda lifecycle: relabelled(lifecycle, key="reply"))
    docket = made(runs=third)
    missed, paused = walked(docket, []).id, walked(docket, [("rest", 1), ("resume", 2)]).id
    docket._clock.travel_to(date(2026, 3, 19))  # type: ignore[attr-defined]
    docket.sweep()
    for deadlines in ("keep", "recompute"):
        report = docket.migrate([paused, missed], to=third(profile()), ground="law", by=BOSS, deadlines=deadlines)
        told = [
            [(type(change), change.limit) for change in moving.changes if change.limit in {"answer", "reply"}]
            for moving in report.moved
        ]
        begins = [(Started, "reply")] if deadlines == "recompute" else []
        assert told == [[(Stopped, "answer"), *begins], begins]
    before = {case: docket.load(case).owed("answer") for case in (paused, missed)}
    migrated(docket, third(profile()), deadlines="recompute")
    assert [d.due for d in docket.load(paused).owed("reply")] == [d.due for d in before[paused]] == [date(2026, 3, 19)]
    assert [(d.due, d.status) for d in docket.load(missed).owed("reply")] == [(date(2026, 3, 16), Status.OPEN)]
    docket._clock.travel_to(date(2026, 3, 20))  # type: ignore[attr-defined]
    docket.sweep()
    for case, broken in ((paused, ["reply"]), (missed, ["answer", "reply"])):
        whole(docket, case)
        said = audit(docket.history(case), docket.lifecycle(case), calendar=CALENDAR, earlier=docket.definitions(case))
        assert [owed.limit for owed in said.owed if owed.outcome is Outcome.BROKEN and owed.limit != "survey"] == broken


# --- what it refuses --------------------------------------------------------------------------------------------------


def cannot_resume(lifecycle: Lifecycle) -> Lifecycle:
    """Change a lifecycle so that nothing lets a paused deadline run again."""
    return attrs.evolve(lifecycle, limits=[attrs.evolve(limit, paused=(), resumed=()) for limit in lifecycle.limits])


def test_every_problem_of_every_case_is_told_together_and_nothing_moves() -> None:
    third = other(
        lambda lifecycle: attrs.evolve(
            cannot_resume(lifecycle),
            upcasts=lifecycle.upcasts[2:],  # neither the state nor the trigger is renamed
        )
    )
    docket = made(runs=third)
    fine, odd, still = walked(docket, []).id, walked(docket, [("hear", 0)]).id, walked(docket, [("rest", 0)]).id
    docket.act(odd, "settle", by=BOSS)
    before = rows_of(docket.store)
    with pytest.raises(MigrationError) as caught:
        docket.migrate([fine, odd, still, "nobody"], to=third(profile()), ground="law", by=BOSS, dry_run=False)
    assert rows_of(docket.store) == before
    told = caught.value.problems
    assert str(caught.value).startswith("no case was migrated: 4 problems")
    assert told[0] == "there is no case 'nobody' in this store"
    assert told[1].startswith(
        f"case {odd}: its state 'held' is none of dig version 2 under 'dig-2026', which has asked, "
    )
    assert told[2].startswith(f"case {odd}: record 3: dig version 2 under 'dig-2026' has no trigger 'settle'")
    assert told[3].startswith(f"case {still}: deadline answer 1 stands still, and nothing lets it run again")


def test_what_does_not_fit_the_new_content_is_told_by_its_path() -> None:
    third = other(lambda lifecycle: attrs.evolve(lifecycle, upcasts=lifecycle.upcasts[:2]))
    docket = made(runs=third)
    case = walked(docket, [("hear", 0)]).id
    with pytest.raises(MigrationError) as caught:
        migrated(docket, third(profile()))
    assert f"case {case}: record 1: what 'ask' says does not fit dig version 2" in str(caught.value)
    assert "reason is unknown; known are purpose, diggers, contact" in str(caught.value)
    assert "record 2: what 'hear' says does not fit" in str(caught.value)


def test_a_deadline_of_each_does_not_become_one_of_the_case() -> None:
    third = other(
        lambda lifecycle: attrs.evolve(lifecycle, limits=[attrs.evolve(limit, each=None) for limit in lifecycle.limits])
    )
    docket = made(runs=third)
    walked(docket, [("hear", 0)])
    with pytest.raises(MigrationError, match=r"deadline monthly 1 of Li is owed under .* by the case as a whole"):
        migrated(docket, third(profile()))


def test_a_content_that_does_not_go_back_keeps_its_case() -> None:
    third = other(
        lambda lifecycle: attrs.evolve(lifecycle, upcasts=[*lifecycle.upcasts[:3], Rewritten("hear", 1, by_lines)])
    )
    docket = made(runs=third)
    walked(docket, [("hear", 0)])
    migrated(docket, third(profile()))
    with pytest.raises(MigrationError, match="what version 2 says of 'hear' does not go back to 1"):
        migrated(docket, OLD)


def test_rules_that_could_not_be_rebuilt_are_refused() -> None:
    docket = made()
    walked(docket, [])
    before = rows_of(docket.store)
    with pytest.raises(UnknownError, match="this docket's procedure builds other rules of dig version 2"):
        migrated(docket, cannot_resume(NEW))
    assert rows_of(docket.store) == before


def test_a_case_of_another_procedure_is_told() -> None:
    docket = made()
    docket._cases._procedures = {"dig": dig, "complaint": lifecycles.complaint}
    docket._clock.travel_to(date(2026, 3, 2))  # type: ignore[attr-defined]
    complaint = docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, trigger="receive").id
    with pytest.raises(MigrationError, match="it is of 'complaint', and is to go on under dig version 2"):
        docket.migrate([complaint], to=NEW, ground="law", by=BOSS)


def test_a_case_whose_rules_cannot_be_rebuilt_is_told_with_what_is_known() -> None:
    store = MemoryStore()
    walked(made(store), [])
    changed = procedure("dig", Values, version=2, earlier={1: cannot_survey})(dig.build)
    docket = made(store, runs=changed)
    with pytest.raises(MigrationError, match="case dig-001 is under dig version 1 under 'dig-2026' with fingerprint"):
        migrated(docket, changed(profile()))
    only_new = procedure("dig", Values, version=2)(dig.build)
    with pytest.raises(MigrationError, match=r"cannot rebuild .there is no version 1 of 'dig' here"):
        migrated(made(store, runs=only_new), only_new(profile()))


def cannot_survey(values: Values) -> Lifecycle:
    """Build a first version that is another one than it was."""
    lifecycle = dig.version_of(1).build(values)
    return attrs.evolve(lifecycle, limits=lifecycle.limits[:-1])


def test_a_date_that_cannot_be_counted_is_told() -> None:
    docket = made()
    walked(docket, [])
    far = dig(profile("elsewhere", "36000工作日"))
    with pytest.raises(MigrationError, match="case dig-001: "):
        migrated(docket, far, deadlines="recompute")


def test_in_a_transaction_of_the_hosts_a_race_is_told_at_once() -> None:
    store = Racing()
    docket, somebody = made(store), made(store)
    case = walked(docket, []).id
    store.ahead.append(lambda: somebody.act(case, "rest", by=BOSS))
    store.joined = True
    with pytest.raises(ConflictError):
        migrated(docket)


def test_states_name_what_exists_on_both_sides() -> None:
    docket = made()
    walked(docket, [("hear", 0)])
    with pytest.raises(MigrationError) as caught:
        migrated(docket, states={"hold": "hearing", "asked": "nowhere"})
    assert [problem for problem in caught.value.problems if problem.startswith("states")] == [
        "states: 'asked' → 'nowhere' is no state of the old and the new rules",
        "states: 'hold' → 'hearing' is no state of the old and the new rules",
    ]


def test_a_case_of_another_procedure_is_not_migrated() -> None:
    docket = made()
    walked(docket, [])
    another = attrs.evolve(NEW, key="other")
    with pytest.raises(UnknownError, match="this docket runs dig, not 'other'"):
        docket.migrate(Which(lifecycle="dig"), to=another, ground="law", by=BOSS)


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"ground": " "}, ContentError, "ground"),
        ({"deadlines": "forget"}, ContentError, "deadlines: one of keep, recompute, not 'forget'"),
        ({"states": [("a", "b")]}, ContentError, "states: old keys with new ones"),
        ({"states": {"held": 5}}, ContentError, "states: old keys with new ones"),
        ({"by": digger("Li")}, RefusedError, "migrate"),
        ({"by": Actor("x", "y", "nobody")}, UnknownError, "no role 'nobody'"),
        ({"by": "boss"}, UnknownError, "`by` is an Actor"),
        ({"to": [NEW, NEW]}, UnknownError, "one of each"),
        ({"to": [dig]}, UnknownError, "to= takes lifecycles"),
    ],
)
def test_what_nobody_can_mean_is_refused(how: dict[str, Any], error: type[Exception], said: str) -> None:
    docket = made()
    walked(docket, [])
    before = rows_of(docket.store)
    given: dict[str, Any] = {"to": NEW, "ground": "law", "by": BOSS, "dry_run": False} | how
    with pytest.raises(error, match=said):
        docket.migrate(Which(lifecycle="dig"), **given)
    assert rows_of(docket.store) == before


def test_where_nobody_may_amend_nobody_may_migrate() -> None:
    runs = other(lambda lifecycle: attrs.evolve(lifecycle, amended_by=()))
    with pytest.raises(RefusedError, match="the procedure says nobody who may amend or migrate"):
        made(runs=runs).migrate(Which(lifecycle="dig"), to=runs(profile()), ground="law", by=BOSS)


@pytest.mark.parametrize("which", ["dig-001", [], [5], 5, None])
def test_which_cases_is_said_by_a_choice_or_a_list_of_ids(which: Any) -> None:  # noqa: ANN401 - whatever
    with pytest.raises(UnknownError, match="say which cases by Which"):
        made().migrate(which, to=NEW, ground="law", by=BOSS)


def test_ids_and_what_cases_have_in_common_are_not_given_together() -> None:
    with pytest.raises(UnknownError, match="name cases, or say what they have in common by lifecycle, state; not both"):
        Which(cases=["a"], lifecycle="dig", state="held")


# --- others at the same time ------------------------------------------------------------------------------------------


def test_an_act_between_the_look_and_the_commit_is_taken_along() -> None:
    store = Racing()
    docket, somebody = made(store), made(store)
    case = walked(docket, [("hear", 0)]).id
    store.ahead.append(lambda: somebody.act(case, "settle", by=BOSS))
    assert [moving.case for moving in migrated(docket)] == [case]
    assert whole(docket, case) == [Kind.ACT, Kind.ACT, Kind.ACT, Kind.MIGRATION]
    assert docket.load(case).fact("answer") is not None


def test_an_act_that_makes_it_impossible_leaves_that_case_and_moves_the_others() -> None:
    store = Racing()
    runs = other(cannot_resume)
    docket, somebody = made(store, runs=runs), made(store, runs=runs)
    third = runs(profile())
    first, second = walked(docket, []).id, walked(docket, []).id
    store.ahead.append(lambda: somebody.act(first, "rest", by=BOSS))
    told: list[Migrated] = []
    with pytest.raises(MigrationError) as caught:
        migrated(docket, third, progress=told.append)
    assert str(caught.value).startswith("1 cases were migrated; on others somebody acted meanwhile: ")
    assert f"case {first}: deadline answer 1 stands still" in str(caught.value)
    assert told == [Migrated(2, 0, 1), Migrated(2, 1, 1)]
    assert whole(docket, first) == [Kind.ACT, Kind.ACT]
    assert whole(docket, second) == [Kind.ACT, Kind.MIGRATION]
    assert somebody.act(first, "resume", by=BOSS).state == "asked"
    assert [moving.case for moving in migrated(docket, third)] == [first]


def test_of_two_that_migrate_the_same_case_one_finds_it_moved() -> None:
    store = Racing()
    docket, somebody = made(store), made(store)
    case = walked(docket, []).id
    store.ahead.append(lambda: migrated(somebody))
    report = docket.migrate([case], to=NEW, ground="law", by=BOSS, dry_run=False)
    assert (report.moved, report.already) == ((), 1)
    assert whole(docket, case) == [Kind.ACT, Kind.MIGRATION]


def test_an_act_that_meets_a_migration_is_read_as_the_new_rules_read_it() -> None:
    store = Racing()
    docket, somebody = made(store), made(store)
    case = walked(docket, [("hear", 0)]).id
    store.ahead.append(lambda: migrated(somebody))
    after = docket.act(case, "report", {"text": "half"}, by=digger("Li"))
    assert after.revision == 4
    assert whole(docket, case) == [Kind.ACT, Kind.ACT, Kind.MIGRATION, Kind.ACT]


class Failing(MemoryStore):
    """A store that goes away after so many commits."""

    left = 1000

    def commit(self, commit: Commit) -> None:
        if self.left == 0:
            raise StoreUnavailableError("gone")
        self.left -= 1
        super().commit(commit)


@given(st.integers(0, 4))
def test_what_was_interrupted_half_way_is_run_again_and_moves_the_rest_once(commits: int) -> None:
    store = Failing()
    docket = made(store)
    cases = [walked(docket, [("hear", 1)]).id for _ in range(4)]
    store.left = commits
    with pytest.raises(StoreUnavailableError) if commits < len(cases) else nullcontext():
        migrated(docket)
    store.left = 1000
    again = made(store)
    report = again.migrate(Which(lifecycle="dig"), to=NEW, ground="law", by=BOSS, dry_run=False)
    assert (len(report.moved), report.already) == (len(cases) - commits, commits)
    assert all(whole(again, case) == [Kind.ACT, Kind.ACT, Kind.MIGRATION] for case in cases)


# --- a case and its parts ---------------------------------------------------------------------------------------------


def with_part(docket: Docket) -> tuple[str, str]:
    """Open a case and a part of it."""
    above = docket.open(OLD, request(), by=BOSS).id
    return above, docket.open(OLD, request("a pipe"), by=BOSS, parent=above).id


@pytest.mark.parametrize("which", [0, 1])
def test_a_part_does_not_come_under_another_profile_than_its_case(which: int) -> None:
    docket = made()
    case = with_part(docket)[which]
    with pytest.raises(MigrationError, match="which is under another profile then; migrate both together"):
        docket.migrate([case], to=dig(profile("elsewhere")), ground="law", by=BOSS)
    assert len(docket.migrate([case], to=NEW, ground="law", by=BOSS).moved) == 1  # the profile is the same


def test_a_case_and_its_parts_move_together() -> None:
    docket = made()
    above, part = with_part(docket)
    elsewhere = dig(profile("elsewhere"))
    assert [moving.case for moving in migrated(docket, elsewhere)] == [above, part]
    assert {case.opening.profile for case in docket.find()} == {"elsewhere"}
    for case in (above, part):
        whole(docket, case)
    assert docket.open(dig, Request("a hole"), by=BOSS, parent=above).opening.profile == "elsewhere"


def test_a_part_that_comes_meanwhile_is_seen_before_its_case_moves() -> None:
    store = Racing()
    docket, somebody = made(store), made(store)
    above = walked(docket, []).id
    somebody._new_id = lambda: "late"
    store.ahead.append(lambda: somebody.open(OLD, request(), by=BOSS, parent=above))
    with pytest.raises(MigrationError, match="has the part late, which is under another profile then"):
        migrated(docket, dig(profile("elsewhere")))
    assert docket.load(above).opening.profile == "dig-2026"


# --- what comes after -------------------------------------------------------------------------------------------------


def moved_and_answered() -> tuple[Docket, str]:
    docket = made()
    case = walked(docket, [("hear", 1)]).id
    migrated(docket)
    docket._clock.advance(timedelta(3))  # type: ignore[attr-defined]
    docket.act(case, "answer", by=BOSS, key="answered")
    return docket, case


def test_an_act_before_the_migration_is_amended_no_more_and_the_reason_is_said() -> None:
    docket, case = moved_and_answered()
    with pytest.raises(RefusedError, match="older than a migration") as corrected:
        docket.correct(case, 2, content={"text": "c"}, ground="a slip", by=BOSS)
    with pytest.raises(RefusedError, match="older than a migration") as annulled:
        docket.annul(case, 2, ground="a slip", by=BOSS)
    for refused in (corrected.value, annulled.value):
        assert [(unmet.code, unmet.found) for unmet in refused.unmet] == [("migrated", ("3",))]


def test_an_act_after_the_migration_is_corrected_and_annulled() -> None:
    docket, case = moved_and_answered()
    corrected = docket.correct(case, 4, occurred_at=date(2026, 3, 5), ground="a slip", by=BOSS)
    assert corrected.fact("answer").occurred_at.date == date(2026, 3, 5)  # type: ignore[union-attr]
    assert docket.annul(case, 4, ground="never was", by=BOSS).fact("answer") is None
    assert [d.status for d in docket.load(case).deadlines if d.limit == "answer"] == [Status.OPEN]
    docket._clock.advance(timedelta(1))  # type: ignore[attr-defined]
    docket.act(case, "answer", by=BOSS)
    assert whole(docket, case)[2:] == [Kind.MIGRATION, Kind.ACT, Kind.CORRECTION, Kind.ANNULMENT, Kind.ACT]
    said = audit(docket.history(case), docket.lifecycle(case), calendar=CALENDAR, earlier=docket.definitions(case))
    assert said.irregular == ()


def test_the_same_act_again_returns_its_outcome_on_either_side_of_a_migration() -> None:
    docket = made()
    content = request("cable", "Li", "Wang")
    opened = docket.open(OLD, content, by=BOSS, key="opened")
    docket.act(opened.id, "hear", OldMinutes("a"), by=BOSS, key="heard")
    migrated(docket)
    after = docket.act(opened.id, "answer", by=BOSS, key="answered")
    assert docket.open(OLD, content, by=BOSS, key="opened") == docket.load(opened.id)
    assert docket.act(opened.id, "answer", by=BOSS, key="answered") == after
    corrected = docket.correct(opened.id, 4, occurred_at=FIRST, ground="slip", by=BOSS, key="put right")
    assert docket.correct(opened.id, 4, occurred_at=FIRST, ground="slip", by=BOSS, key="put right") == corrected


def test_what_was_confidential_before_is_shown_and_erased_after(store: Store) -> None:
    docket = made(store)
    case = docket.open(OLD, request(), by=BOSS).id
    migrated(docket)
    shown = docket.history(case, by=BOSS)[-1]
    assert isinstance(shown, Migration)
    assert contact(shown.facts[0].content) == "Wang"
    docket.erase(case, ground="law", by=BOSS)
    gone = docket.history(case, by=BOSS)[1]
    assert isinstance(gone, Migration)
    assert isinstance(contact(gone.facts[0].content), Erased)
    assert whole(docket, case) == [Kind.ACT, Kind.MIGRATION, Kind.ERASURE]


def test_the_ledger_of_a_deadline_tells_what_was_done_to_it_on_both_sides() -> None:
    docket = made()
    case = walked(docket, [("rest", 1), ("resume", 2)]).id
    migrated(docket, dig(profile("elsewhere", "20工作日")), deadlines="recompute")
    docket.act(case, "answer", by=BOSS)
    (answer,) = [d for d in docket.load(case).deadlines if d.limit == "answer"]
    ledger = docket.ledger(case, answer)
    assert [type(entry).__name__ for entry in ledger.entries] == ["Excluded", "Ended"]
    assert str(ledger.period) == "20工作日"


def test_the_ledger_names_an_act_that_the_rules_of_now_do_not_have() -> None:
    docket = made()
    case = walked(docket, [("settle", 1)]).id
    migrated(docket)
    (answer,) = [d for d in docket.load(case).deadlines if d.limit == "answer"]
    (entry,) = docket.ledger(case, answer).entries
    assert entry.ground == Label("settle", "settle")


def test_a_date_that_moves_is_told_to_others() -> None:
    docket = made()
    case = walked(docket, []).id
    docket.deliver(lambda _: None)
    told: list[tuple[str, str, str]] = []
    migrated(docket, dig(profile("elsewhere", "20工作日", warning="3工作日")), deadlines="recompute")
    docket.deliver(lambda message: told.append((message.topic, message.content["limit"], message.content["due"])))
    assert told == [("moved", "answer", "2026-03-30")]
    migrated(docket, dig(profile("third", "20工作日")), deadlines="recompute")
    docket.deliver(lambda message: told.append((message.topic, message.content["limit"], message.content["due"])))
    assert len(told) == 1  # only its warning went
    assert docket.load(case).migrated == 3


# --- audit ------------------------------------------------------------------------------------------------------------


def test_an_audit_judges_each_act_by_its_own_rules_and_says_that_the_case_was_migrated() -> None:
    docket = made()
    case = walked(docket, [("hear", 1), ("sweep", 40)]).id
    migrated(docket)
    docket.act(case, "answer", by=BOSS)
    said = audit(docket.history(case), docket.lifecycle(case), calendar=CALENDAR, earlier=docket.definitions(case))
    assert said.irregular == ()
    (told,) = said.amended
    assert told.en.startswith(
        "goes on under version 2 dig-2026, no longer under version 1 dig-2026 (record 4, 2026-04-1"
    )
    assert told.en.endswith("开挖办: the law of 2026)")
    verdicts = {verdict.rule.id: verdict.outcome for verdict in said.verdicts}
    assert verdicts == {
        "D1": Outcome.BROKEN,  # missed before the migration, and met late after it
        "D2": Outcome.BROKEN,  # the survey, which only the old rules know
        "D3": Outcome.BROKEN,
        "D4": Outcome.KEPT,  # heard before it, answered after it
        "D5": Outcome.KEPT,
        "D6": Outcome.KEPT,  # read from a content of the first version
        "D7": Outcome.UNKNOWN,
    }
    assert [owed.limit for owed in said.owed].count("survey") == 1


def test_an_audit_without_the_old_rules_says_what_it_did_not_judge() -> None:
    docket = made()
    case = walked(docket, [("hear", 1)]).id
    migrated(docket)
    said = audit(docket.history(case), docket.lifecycle(case), calendar=CALENDAR)
    assert said.irregular == ()
    assert said.amended[-1].en == "records 1 to 2 were not judged: their definition was not given"
    assert [verdict.outcome for verdict in said.verdicts if verdict.rule.id == "D5"] == [Outcome.UNKNOWN]


def test_what_a_migration_stopped_is_no_longer_owed_and_what_it_takes_up_again_is_judged_once() -> None:
    docket = made()
    case = walked(docket, []).id
    migrated(docket)
    stopped = audit(docket.history(case), NEW, calendar=CALENDAR, earlier=docket.definitions(case)).owed
    assert [(owed.limit, owed.outcome) for owed in stopped if owed.limit == "survey"] == [("survey", Outcome.UNKNOWN)]
    migrated(docket, OLD)
    docket._clock.advance(timedelta(60))  # type: ignore[attr-defined]
    docket.sweep()
    again = audit(docket.history(case), OLD, calendar=CALENDAR, earlier=docket.definitions(case)).owed
    assert [(owed.limit, owed.outcome) for owed in again if owed.limit == "survey"] == [("survey", Outcome.BROKEN)]


def test_cases_are_compared_as_the_rules_of_now_read_them() -> None:
    docket = made()
    first, second = walked(docket, []).id, walked(docket, []).id
    migrated(docket)
    third = docket.open(NEW, Request("cable"), by=BOSS).id
    cases = [(docket.history(case), docket.lifecycle(case)) for case in (first, second, third)]
    said = audit_all(cases, calendar=CALENDAR, earlier=docket.definitions(first))
    compared = [next(verdict for verdict in each.verdicts if verdict.rule.id == "D7") for each in said]
    found = [[one.found for one in verdict.findings] for verdict in compared]
    assert found == [[], [first], [first]]


def forged(docket: Docket, case: str, **changes: Any) -> list[Any]:  # noqa: ANN401 - fields of a record
    *before, last = docket.history(case)
    return [*before, attrs.evolve(last, **changes)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"before": "asked"}, "migration"),
        ({"after": "asked"}, "migration"),
        ({"changes": ()}, "migration"),
        ({"deadlines": ()}, "migration"),
        ({"units": ()}, "migration"),
        ({"facts": ()}, "migration"),
        ({"actor": digger("Li")}, "role"),
        ({"recorded_at": datetime(2026, 1, 1, tzinfo=CHINA_TIME)}, "time"),
    ],
)
def test_a_migration_that_does_not_follow_is_irregular(changes: dict[str, Any], code: str) -> None:
    docket = made()
    case = walked(docket, [("hear", 1)]).id
    migrated(docket, deadlines="recompute")
    history = forged(docket, case, **changes)
    said = audit(history, docket.lifecycle(case), calendar=CALENDAR, earlier=docket.definitions(case))
    assert code in {finding.code for finding in said.irregular}


# --- event logs -------------------------------------------------------------------------------------------------------


def test_a_migrated_case_is_exported_and_read_back_with_all_its_definitions() -> None:
    docket = made()
    case = walked(docket, [("hear", 1)]).id
    migrated(docket, deadlines="recompute")
    docket.act(case, "answer", by=BOSS)
    migrated(docket, dig(profile("elsewhere")))
    history, lifecycle, known = docket.history(case), docket.lifecycle(case), docket.definitions(case)
    log = io.BytesIO()
    assert write_xes(log, [(history, lifecycle)], earlier=known) == 1
    earlier: dict[str, Lifecycle] = {}
    ((again, under),) = read_xes(log.getvalue(), lifecycles=[dig], earlier=earlier)
    assert (again, fingerprint(under)) == (history, fingerprint(lifecycle))
    assert {*earlier, fingerprint(under)} == set(known)
    assert audit(again, under, calendar=CALENDAR, earlier=earlier).irregular == ()
    with pytest.raises(EventLogError, match="was migrated: give the definitions it ran under by earlier="):
        write_xes(io.BytesIO(), [(history, lifecycle)])
    changed = log.getvalue().replace(b"10\xe5\xb7\xa5", b"11\xe5\xb7\xa5")
    with pytest.raises((EventLogError, UnknownFingerprintError)):
        list(read_xes(changed, lifecycles=[dig]))
    objects = io.BytesIO()
    assert write_ocel_json(objects, [(history, lifecycle)]) == 1
    assert "dig:migration" in objects.getvalue().decode()


def test_an_audit_names_an_amended_act_of_rules_that_were_not_given() -> None:
    docket = made()
    case = walked(docket, [("settle", 1)]).id
    docket.correct(case, 2, occurred_at=FIRST, ground="slip", by=BOSS)
    migrated(docket)
    said = audit(docket.history(case), docket.lifecycle(case), calendar=CALENDAR)
    assert said.amended[0].en.startswith("record 2 settle 2026-03-03")
    given = audit(docket.history(case), docket.lifecycle(case), calendar=CALENDAR, earlier=docket.definitions(case))
    assert given.irregular == ()
    assert given.amended[0].en.startswith("record 2 Settle 2026-03-03")
    assert docket.verify(case) == 4


def test_an_event_that_says_rules_and_is_no_migration_is_told() -> None:
    docket = made()
    case = walked(docket, []).id
    log = io.BytesIO()
    write_xes(log, [(docket.history(case), docket.lifecycle(case))])
    more = b'<string key="yingshang:definition" value="x"/>\n</event>'
    with pytest.raises(EventLogError, match=r"its record cannot be read .a stored migration does not say which rules"):
        list(read_xes(log.getvalue().replace(b"</event>", more), lifecycles=[dig]))


# --- verification -----------------------------------------------------------------------------------------------------

UNREADABLE = '{"previous":"","migration":{"source":{"fingerprint":1},"target":{"fingerprint":"a"}}}'


def stored(store: MemoryStore, case: str) -> tuple[CaseRow, list[RecordRow]]:
    row = store.load(case)
    assert row is not None
    return row, list(store.history(case))


def checked(docket: Docket, row: CaseRow, rows: list[RecordRow]) -> Case:
    return verified(row, rows, docket.lifecycle(row.case), earlier=docket.definitions(row.case).__getitem__)


@pytest.mark.parametrize(
    ("text", "rehashed", "said"),
    [
        ('{"previous":""}', False, "record 2: its text does not give its hash"),
        ('{"previous":""}', True, "record 2: a stored migration does not say which rules it leads from and to"),
        (UNREADABLE, True, "does not say which rules"),
    ],
)
def test_a_migration_that_was_changed_is_named(text: str, said: str, *, rehashed: bool) -> None:
    store = MemoryStore()
    docket = made(store)
    case = walked(docket, []).id
    migrated(docket)
    row, (opened, last) = stored(store, case)
    changed = attrs.evolve(last, text=text, hash=codec.hashed(text.encode(), codec.SHA_256) if rehashed else last.hash)
    with pytest.raises(TamperedError, match=said):
        checked(docket, row, [opened, changed])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"units": ("somebody else",)}, "what it says of when the case was opened and whom it concerns"),
        ({"entered": {}}, "what it says of states"),
        ({"facts": ()}, "what it says of acts"),
        ({"deadlines": ()}, "what it says of deadlines"),
        ({"changes": ()}, "what it says of deadlines"),
        ({"before": "closed"}, "what it says of the rules and the state before it"),
    ],
)
def test_a_migration_that_does_not_follow_is_named_though_its_hash_fits(changes: dict[str, Any], said: str) -> None:
    store = MemoryStore()
    docket = made(store)
    case = walked(docket, [("hear", 1)]).id
    migrated(docket, dig(profile("elsewhere", "20工作日")), deadlines="recompute")
    row, (*before, last) = stored(store, case)
    record = codec.record_from(last.text, docket.lifecycle(case))
    previous, algorithm = codec.links(last.text)
    text = codec.record_text(attrs.evolve(record, **changes), previous, algorithm)
    changed = attrs.evolve(last, text=text, hash=codec.digest(text, algorithm or codec.SHA_256))
    with pytest.raises(TamperedError, match=f"record 3: {said} does not follow from where the case stood"):
        checked(docket, row, [*before, changed])
    assert checked(docket, row, [*before, last]) == docket.load(case)


def test_a_deadline_that_a_migration_made_up_or_forgot_is_found() -> None:
    docket = made()
    before = walked(docket, [("hear", 1), ("settle", 1)])
    migrated(docket)
    record = docket.history(before.id)[-1]
    assert isinstance(record, Migration)
    answer, *others = record.deadlines
    (stopped,) = record.changes
    made_up = attrs.evolve(answer, limit="report")
    for deadlines, changes in (
        ((*record.deadlines, made_up), record.changes),
        ((attrs.evolve(answer, due=FIRST), *others), record.changes),
        ((answer, *others[1:]), record.changes),
        (record.deadlines, ()),
        (record.deadlines, (stopped, Stopped("answer", "", 1))),
        (record.deadlines, (Missed(stopped.limit, stopped.obligor, stopped.number),)),
    ):
        forged_one = attrs.evolve(record, deadlines=deadlines, changes=changes)
        assert does_not_follow(before, forged_one) == "what it says of deadlines"
    assert does_not_follow(before, record) is None
    other_parent = attrs.evolve(record, target=attrs.evolve(record.target, parent="another"))
    assert does_not_follow(before, other_parent) == "what it says of what the case is tied to"

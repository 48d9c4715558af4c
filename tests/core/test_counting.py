"""What is counted: each record adds and takes back, and all of it together is what a plain count comes to."""

from collections import Counter
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.roadworks import CALENDAR, ROADWORKS, Log, Promise, Story, crew, on, told
from tests.core.test_amend import STEPS, annul, correct, random_story
from yingshang_flow.core.amend import effective, retold
from yingshang_flow.core.analysis import analysed
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.counting import Counted, Counts, counted, counted_unattended, recounted
from yingshang_flow.core.decide import evolve, unit_of
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind, Moved, Resumed
from yingshang_flow.core.tally import Tally
from yingshang_flow.errors import RefusedError, TimeError
from yingshang_flow.words import Label

HERE: Final = Label("此处", "here")


def has_promised(case: Case) -> bool:
    return case.fact("promise") is not None


def last_logger(case: Case) -> tuple[str, ...]:
    """Return the crew that logged last, twice over; before any has, the office."""
    fact = case.fact("log")
    return ("市政办",) if fact is None else (fact.actor.unit, fact.actor.unit)


LIMITS: Final = tuple(ROADWORKS.by_limit)
TALLIES: Final = (
    Tally(key="logs", label=HERE, acts=("log", "again")),
    Tally(key="promised", label=HERE, cases=has_promised, units=last_logger),
    Tally(key="due", label=HERE, due=LIMITS, units=last_logger),
    Tally(key="in_time", label=HERE, in_time=LIMITS, units=last_logger),
)
COUNTED: Final = attrs.evolve(ROADWORKS, tallies=TALLIES)


def rows(story: Story) -> tuple[Counts, ...]:
    return recounted(COUNTED, story.records, CALENDAR)


def added_up(found: Any) -> Counter[Counted]:  # noqa: ANN401 - counts of several records
    total: Counter[Counted] = Counter()
    for one in found:
        total.update(one)
    return Counter({one: count for one, count in total.items() if count})


def plain(story: Story) -> Counter[Counted]:
    """Count a story as it reads now, act by act and deadline by deadline."""
    case, found = story.standing, Counter[Counted]()
    acts = [record for record in effective(story.records) if record.kind is Kind.ACT]
    for record in acts:
        if record.trigger in {"log", "again"} and record.actor is not None:
            found[Counted("roadworks.logs", record.actor.unit, record.occurred_at.date.isoformat())] += 1
    (unit,) = set(last_logger(case))
    if any(record.trigger == "promise" for record in acts):
        found[Counted("roadworks.promised", unit, case.opened.date.isoformat())] += 1
    for deadline in retold(ROADWORKS, effective(story.records), CALENDAR).table.values():
        whose = unit_of(deadline.obligor) if deadline.obligor else "whoever"
        day = deadline.due.isoformat()
        if deadline.paused is None and deadline.status not in {Status.STOPPED, Status.WAIVED}:
            found[Counted("roadworks.due", whose, day)] += 1
        if deadline.status is Status.MET:
            found[Counted("roadworks.in_time", whose, day)] += 1
    return found


@given(STEPS, st.data())
@settings(max_examples=150)
def test_what_records_add_and_take_back_is_what_a_plain_count_comes_to(steps: list[Any], data: st.DataObject) -> None:
    tallies = tuple(t if t.units is None else attrs.evolve(t, units=_nobody_else) for t in TALLIES)
    lifecycle = attrs.evolve(ROADWORKS, tallies=tallies)
    story = random_story(steps)
    for _ in range(data.draw(st.integers(0, 3))):
        acts = [record for record in effective(story.records) if record.kind is Kind.ACT]
        act = data.draw(st.sampled_from(acts))
        days = data.draw(st.integers(-3, 3))
        try:
            if data.draw(st.booleans()):
                annul(story, act.revision)
            else:
                correct(story, act.revision, occurred_at=on((act.occurred_at.date + timedelta(days=days)).isoformat()))
        except (RefusedError, TimeError):
            continue
        if data.draw(st.booleans()):
            story.tick(story.now + timedelta(days=days + 3))
    found = recounted(lifecycle, story.records, CALENDAR)
    case: Case | None = None
    for record, counts in zip(story.records, found, strict=True):
        after = evolve(case, record)
        if record.kind is Kind.ACT:
            assert counted(lifecycle, case, record, after) == counts
        elif case is not None and record.kind is Kind.CLOCK:
            assert counted(lifecycle, case, record, after) == {}
            assert counted_unattended(lifecycle, case.deadlines, record, partial(evolve, case, record)) == counts
        assert 0 not in counts.values()
        case = after
    wanted = Counter({attrs.evolve(one, unit=_named(one)): count for one, count in plain(story).items()})
    assert added_up(found) == wanted


def _nobody_else(_case: Case) -> tuple[str, ...]:
    return ("whoever",)


def _named(one: Counted) -> str:
    return "whoever" if one.measure == "roadworks.promised" else one.unit


@given(STEPS)
@settings(max_examples=100)
def test_a_case_in_other_hands_takes_its_counts_along(steps: list[Any]) -> None:
    story = random_story(steps)
    total = added_up(rows(story))
    case = story.standing
    assert min(total.values(), default=1) > 0
    wanted: Counter[Counted] = Counter()
    if has_promised(case):
        wanted[Counted("roadworks.promised", last_logger(case)[0], case.opened.date.isoformat())] += 1
    for deadline in case.deadlines:
        if not deadline.obligor and deadline.status is Status.MET:
            wanted[Counted("roadworks.in_time", last_logger(case)[0], deadline.due.isoformat())] += 1
    assert wanted <= total


# --- single stories ---------------------------------------------------------------------------------------------------


def test_an_act_counts_for_the_unit_of_whoever_did_it_on_the_day_it_happened() -> None:
    story = told("Li")
    story.act("log", "2021-03-04", Log("c"), by=crew("Li"), entered="2021-03-09")
    assert rows(story)[-1][Counted("roadworks.logs", "Li", "2021-03-04")] == 1


def test_an_act_annulled_is_taken_back_and_one_corrected_counts_on_its_other_day() -> None:
    story = told("Li")
    story.act("log", "2021-03-04", Log("c"), by=crew("Li"))
    correct(story, 3, occurred_at=on("2021-03-03"))
    assert rows(story)[-1][Counted("roadworks.logs", "Li", "2021-03-04")] == -1
    assert rows(story)[-1][Counted("roadworks.logs", "Li", "2021-03-03")] == 1
    annul(story, 3)
    assert rows(story)[-1][Counted("roadworks.logs", "Li", "2021-03-03")] == -1


def test_a_case_that_changes_hands_is_taken_back_from_one_unit_and_counted_for_the_other() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 20), None))
    story.act("log", "2021-03-04", Log("c"), by=crew("Li"))
    found = rows(story)[-1]
    assert found[Counted("roadworks.promised", "市政办", "2021-03-01")] == -1
    assert found[Counted("roadworks.promised", "Li", "2021-03-01")] == 1
    assert found[Counted("roadworks.due", "市政办", "2021-03-20")] == -1
    assert found[Counted("roadworks.due", "Li", "2021-03-20")] == 1


def test_a_miss_changes_nothing_and_whoever_has_the_case_is_not_asked_for() -> None:
    story = told("Li", when="2021-03-01", started=None)
    before = story.standing
    record = story.tick("2021-03-10")
    assert record is not None

    def never() -> Case:
        raise AssertionError("the case was read")

    assert counted_unattended(COUNTED, before.deadlines, record, never) == {}
    assert rows(story)[-1] == {}


def test_a_deadline_counts_on_the_day_it_is_moved_to() -> None:
    story = told("Li", when="2021-03-01", started=None)
    (begin,) = [deadline for deadline in story.standing.deadlines if deadline.limit == "begin"]
    on_another, old = date(2021, 3, 9), begin.due
    moved = Moved("begin", "", 1, on_another, None, None, "x", provisional=False, rungs=(), old=old, notice="an order")
    record = attrs.evolve(story.records[0], kind=Kind.REPROJECTION, trigger="", changes=(moved,))
    assert counted_unattended(COUNTED, story.standing.deadlines, record, lambda: story.standing) == {
        Counted("roadworks.due", "市政办", begin.due.isoformat()): -1,
        Counted("roadworks.due", "市政办", "2021-03-09"): 1,
    }
    assert counted_unattended(ROADWORKS, story.standing.deadlines, record, lambda: story.standing) == {}


def test_a_deadline_that_stands_still_counts_again_when_it_runs_again() -> None:
    story = told("Li", when="2021-03-01", started=None)
    (begin,) = [deadline for deadline in story.standing.deadlines if deadline.limit == "begin"]
    paused = attrs.evolve(begin, paused=date(2021, 3, 2))
    day = date(2021, 3, 12)
    runs = Resumed("begin", "", 1, day, None, None, "x", provisional=False, rungs=(), first=day, last=day)
    record = attrs.evolve(story.records[0], kind=Kind.CLOCK, trigger="", changes=(runs,))
    found = counted_unattended(COUNTED, (paused,), record, lambda: story.standing)
    assert found == {Counted("roadworks.due", "市政办", day.isoformat()): 1}


def test_a_lifecycle_without_tallies_counts_nothing() -> None:
    story = told("Li")
    assert set(map(len, recounted(ROADWORKS, story.records, CALENDAR))) == {0}


def test_cases_can_be_counted_without_any_deadline_and_deadlines_without_any_case() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(on("2021-03-20").date, None))
    only = attrs.evolve(ROADWORKS, tallies=TALLIES[:2])
    assert added_up(recounted(only, story.records, CALENDAR)) == Counter(
        {Counted("roadworks.promised", "市政办", "2021-03-01"): 1}
    )
    annul(story, len(story.records))
    assert added_up(recounted(only, story.records, CALENDAR)) == Counter()


# --- the definition ---------------------------------------------------------------------------------------------------


def test_tallies_leave_the_fingerprint_alone() -> None:
    assert fingerprint(COUNTED) == fingerprint(ROADWORKS)


@pytest.mark.parametrize(
    ("tally", "kind"),
    [
        (Tally(key="a", label=HERE), "tally_confused"),
        (Tally(key="a", label=HERE, acts="log", cases=has_promised, units=last_logger), "tally_confused"),
        (Tally(key="logs", label=HERE, acts="log"), "tally_confused"),
        (Tally(key="a", label=HERE, acts="never"), "tally_of_no_trigger"),
        (Tally(key="a", label=HERE, due="never"), "tally_of_no_limit"),
        (Tally(key="a", label=HERE, in_time="begin"), "tally_for_nobody"),
        (Tally(key="a", label=HERE, cases=has_promised), "tally_for_nobody"),
        (Tally(key="a", label=HERE, cases=lambda _: True, units=last_logger), "function_unseen"),
    ],
    ids=["nothing", "two things", "a key twice", "no trigger", "no limit", "no units", "a case of nobody", "a closure"],
)
def test_a_tally_that_cannot_count_is_an_error_of_the_definition(tally: Tally, kind: str) -> None:
    lifecycle: Lifecycle = attrs.evolve(COUNTED, tallies=(*TALLIES, tally))
    assert {issue.code for issue in analysed(lifecycle)} == {kind}
    assert {issue.code for issue in analysed(COUNTED)}.isdisjoint({kind})

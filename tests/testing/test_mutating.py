"""Small changes to a history, each with a name, and the proof that a rule finds one of them."""

from datetime import date, timedelta
from functools import cache
from typing import Any, get_args

import attrs
import pytest

from tests.lifecycles.interviewing import ALONE, Desk
from tests.testing.permits import P3, P6, P10, PERMIT
from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.record import Kind
from yingshang_flow.deadlines import china
from yingshang_flow.errors import HistoryError
from yingshang_flow.testing import Mutant, assert_bites, bites, mutants
from yingshang_flow.testing.history import History
from yingshang_flow.testing.mutating import Mutation


@cache
def desk() -> Desk:
    """An interview that complies from the plan to the end."""
    found = Desk()
    found.reach("resolved")
    return found


def changed(*kinds: Mutation) -> list[Mutant]:
    return list(mutants(desk().history, desk().lifecycle, kinds=kinds))


def triggers(mutant: Mutant) -> list[str]:
    return [record.trigger for record in mutant.records if record.kind is Kind.ACT]


def found(mutant: Mutant) -> set[str]:
    said = audit(mutant.records, desk().lifecycle, calendar=china(), now=mutant.now)
    return {finding.code for finding in said.findings}


ACTS = [record.trigger for record in desk().history]


def test_the_acts_are_left_out_one_after_the_other_but_for_the_opening() -> None:
    assert [triggers(mutant) for mutant in changed("drop")] == [
        [*ACTS[:place], *ACTS[place + 1 :]] for place in range(1, len(ACTS))
    ]


def test_an_act_that_is_late_is_later_than_what_it_met_and_so_is_all_that_follows() -> None:
    by_act = {mutant.revision: mutant for mutant in changed("delay")}
    late = by_act[ACTS.index("submit_report") + 1]
    assert found(late) == {"Y8"}
    assert [b.occurred_at.date - a.occurred_at.date for a, b in zip(desk().history, late.records, strict=True)][-1] == (
        timedelta(days=30)
    )


def test_neighbours_are_exchanged_and_each_takes_the_others_time() -> None:
    mutant = changed("reorder")[0]
    assert triggers(mutant)[1:3] == [ACTS[2], ACTS[1]]
    assert [record.occurred_at for record in mutant.records[:3]] == [r.occurred_at for r in desk().history[:3]]
    assert found(mutant) >= {"state"}


def test_somebody_in_every_other_role_and_of_every_other_unit_does_it() -> None:
    forged = [mutant for mutant in changed("forge") if mutant.revision == 1]
    actors = {mutant.records[0].actor.role for mutant in forged if mutant.records[0].actor is not None}
    assert actors == set(desk().lifecycle.roles)
    assert "role" in found(forged[0])


def test_every_field_that_says_something_is_emptied_in_turn() -> None:
    emptied = [mutant for mutant in changed("empty") if mutant.revision == 1]
    content: Any = desk().history[0].content
    said = [name for name in attrs.fields_dict(type(content)) if getattr(content, name) not in {None, ()}]
    assert len(emptied) == len(said)
    assert found(emptied[0]) == {"Y1", "Y15"}


def test_an_act_is_done_twice() -> None:
    doubled = next(mutant for mutant in changed("double") if mutant.revision == ACTS.index("record_feedback") + 1)
    assert triggers(doubled).count("record_feedback") == 2
    assert found(doubled) == set()


def test_an_act_is_dated_back_and_keeps_its_entry() -> None:
    mutant = changed("backdate")[-1]
    record, own = mutant.records[-1], desk().history[-1]
    assert record.occurred_at.date == date(2019, 1, 1)
    assert record.recorded_at == own.recorded_at


def test_deadlines_follow_from_the_changed_acts_and_records_are_numbered_anew() -> None:
    for mutant in changed(*get_args(Mutation)):
        assert [record.revision for record in mutant.records] == list(range(1, len(mutant.records) + 1))
        assert not found(mutant) & {"deadlines", "history"}


def test_each_says_what_was_done_to_which_act() -> None:
    assert changed("drop")[0].label.zh == "2018-12-11 报批：漏办"
    assert {mutant.label.en for mutant in changed("empty")} >= {"2018-12-10 Plan: says nothing of grounds"}


def test_what_the_clock_recorded_is_worked_out_again() -> None:
    late = Desk()
    late.reach("held")
    late.docket.sweep()
    history = late.history
    assert history[-1].kind is Kind.CLOCK
    again = next(mutants(history, late.lifecycle, kinds=["backdate"]))
    assert again.records[-1].kind is Kind.CLOCK


def test_what_was_annulled_is_not_changed() -> None:
    case = Desk()
    case.reach("held")
    case.docket.annul(case.id, case.case.revision, ground="误录", by=case.chair)
    assert "hold" not in {trigger for mutant in mutants(case.history, case.lifecycle) for trigger in triggers(mutant)}


# --- bites ---


def test_a_rule_bites_where_it_finds_a_mutant_and_not_the_original() -> None:
    found_by = bites("Y8", desk().history, desk().lifecycle)
    assert {mutant.kind for mutant in found_by} >= {"drop", "delay"}
    assert all("Y8" in found(mutant) for mutant in found_by)
    assert bites("Y7", desk().history, desk().lifecycle, kinds=["empty"])


@pytest.mark.parametrize("rule", ["Y1", "Y2", "Y3", "Y4", "Y5", "Y7", "Y8", "Y10", "Y16"])
def test_the_rules_of_interviews_bite(rule: str) -> None:
    assert_bites(rule, desk().history, desk().lifecycle)


def test_a_rule_that_finds_nothing_is_told_with_what_was_tried() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_bites("Y13", desk().history, desk().lifecycle, kinds=["drop"], language="en")
    lines = str(failed.value).splitlines()
    assert lines[:2] == ["Y13 finds none of these changes:", "  - 2018-12-11 Request approval: left out"]
    assert "Interview (dalian-2018)" in lines


def test_a_rule_that_is_broken_already_shows_nothing() -> None:
    late = Desk()
    late.reach("recorded")
    late.report(*ALONE, at=date(2019, 1, 3))
    with pytest.raises(HistoryError, match="Y8 is broken in the history itself"):
        bites("Y8", late.history, late.lifecycle)


def test_a_made_up_history_brings_its_calendar_and_its_time() -> None:
    records = desk().history
    history = History(desk().lifecycle, records, records[-1].recorded_at, china())
    assert bites("Y8", history, desk().lifecycle) == bites("Y8", records, desk().lifecycle)


def test_a_way_that_there_is_not_is_refused() -> None:
    wrong: Any = ["forget"]
    with pytest.raises(HistoryError, match="no mutation 'forget'; there are drop, delay"):
        next(mutants(desk().history, desk().lifecycle, kinds=wrong))
    with pytest.raises(HistoryError, match="empty history"):
        next(mutants((), desk().lifecycle))
    with pytest.raises(KeyError):
        bites("Z1", desk().history, desk().lifecycle)


def test_a_rule_of_ones_own_is_given_as_it_is() -> None:
    assert {rule.id for rule in (P3, P6, P10)} <= {rule.id for rule in PERMIT.rules}
    assert audit(desk().history, desk().lifecycle, calendar=china()).outcome("Y8") is Outcome.KEPT
    (y8,) = [rule for rule in desk().lifecycle.rules if rule.id == "Y8"]
    assert_bites(y8, desk().history, desk().lifecycle)

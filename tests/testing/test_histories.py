"""Histories that break exactly the rules that are asked for, of every shipped procedure and of one that is made up."""

import re
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from tests.lifecycles.rectifying import ONE_GROUP, Desk
from tests.lifecycles.shipped import SHIPPED_PAIRS
from tests.testing.permits import PERMIT
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import evolve, with_changes
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind
from yingshang_flow.deadlines import WorkingCalendar, china
from yingshang_flow.errors import HistoryError, UnknownError
from yingshang_flow.lifecycles.rectification import Draft
from yingshang_flow.testing import History, histories

FEW = settings(max_examples=3)
IMPOSSIBLE = {
    ("interview", "Y11"): r"Y11 compares several cases|no rule 'Y11'",
    ("interview", "Y13"): "a property of the library",
    ("interview", "Y15"): "what breaks it breaks Y1 too; ask for all of them",
    ("rectification", "Z11"): "Z11 compares several cases",
    ("rectification", "Z12"): "compares several cases; break it with several histories and audit_all",
    ("rectification", "Z16"): "nothing in the definition looks for it under the profile 'shenyang-2021'",
    ("rectification", "Z21"): "nothing in the definition looks for it under the profile 'bayuquan-2018'",
    ("rectification_item", "Z18"): "Z18 compares several cases",
    ("service_review", "H4"): "nothing in the definition looks for it under the profile 'liaoning-2020'",
}
"""Rules that the history of one case cannot break alone, and why."""

SHIPPED = [(key, profile, rule.id) for key, profile in SHIPPED_PAIRS for rule in lifecycles.SHIPPED[key](profile).rules]
POSSIBLE = [pair for pair in SHIPPED if (pair[0], pair[2]) not in IMPOSSIBLE]
NOT_POSSIBLE = [pair for pair in SHIPPED if (pair[0], pair[2]) in IMPOSSIBLE]


@cache
def shipped(key: str, profile: str) -> tuple[Lifecycle, Case | None]:
    """A shipped lifecycle, and for an item the campaign it is a part of."""
    lifecycle = lifecycles.SHIPPED[key](profile)
    if key != "rectification_item":
        return lifecycle, None
    campaign = Desk(profile, groups=ONE_GROUP)
    return lifecycle, attrs.evolve(campaign.reach(campaign.stages[0]), id="campaign")


def given_one(lifecycle: Lifecycle, breaks: Collection[str] = (), **options: Any) -> History:  # noqa: ANN401 - of histories
    """The simplest history."""
    simplest: History = find(
        histories(lifecycle, breaks=breaks, **options), lambda _: True, settings=settings(database=None)
    )
    return simplest


def broken(history: History) -> set[str]:
    said = history.audit()
    assert said.irregular == ()
    return {verdict.rule.id for verdict in said.verdicts if verdict.outcome is Outcome.BROKEN}


# --- exactly what is asked for ---


@pytest.mark.parametrize(("key", "profile", "rule"), POSSIBLE)
@FEW
@given(data=st.data())
def test_exactly_the_rule_that_is_asked_for_is_broken(key: str, profile: str, rule: str, data: st.DataObject) -> None:
    lifecycle, parent = shipped(key, profile)
    history = data.draw(histories(lifecycle, breaks={rule}, parent=parent))
    assert broken(history) == {rule}
    assert history.breaks == {rule}


@pytest.mark.parametrize(("key", "profile"), SHIPPED_PAIRS)
@settings(max_examples=8)
@given(data=st.data())
def test_without_a_rule_nothing_is_broken(key: str, profile: str, data: st.DataObject) -> None:
    lifecycle, parent = shipped(key, profile)
    assert broken(data.draw(histories(lifecycle, parent=parent))) == set()


@pytest.mark.parametrize("rule", [rule.id for rule in PERMIT.rules if rule.id not in {"P9", "P10"}])
@FEW
@given(data=st.data())
def test_a_rule_of_any_kind_in_a_procedure_of_ones_own_is_broken(rule: str, data: st.DataObject) -> None:
    assert broken(data.draw(histories(PERMIT, breaks={rule}))) == {rule}


@pytest.mark.parametrize(
    ("key", "profile", "rules"),
    [
        ("interview", "dalian-2018", {"Y1", "Y15"}),
        ("interview", "dalian-2018", {"Y8", "Y16"}),
        ("interview", "dalian-2018", {"Y4", "Y8"}),
        ("complaint", "bayuquan-2018", {"T1", "T2"}),
        ("complaint", "bayuquan-2018", {"T9", "T10"}),
        ("rectification", "bayuquan-2018", {"Z1", "Z3"}),
        ("rectification", "shenyang-2021", {"Z5", "Z8"}),
        ("rectification_item", "shenyang-2021", {"Z7", "Z10"}),
        ("permit", "", {"P2", "P6"}),
        ("permit", "", {"P3", "P4"}),
    ],
)
@FEW
@given(data=st.data())
def test_several_rules_are_broken_together(key: str, profile: str, rules: set[str], data: st.DataObject) -> None:
    lifecycle, parent = (PERMIT, None) if key == "permit" else shipped(key, profile)
    assert broken(data.draw(histories(lifecycle, breaks=rules, parent=parent))) == rules


# --- how they are made ---


@pytest.mark.parametrize("rule", ["Y7", "Y8", "Y16"])
@FEW
@given(data=st.data())
def test_every_record_follows_from_the_ones_before_it(rule: str, data: st.DataObject) -> None:
    lifecycle, _ = shipped("interview", "dalian-2018")
    history = data.draw(histories(lifecycle, breaks={rule}))
    case: Case | None = None
    for number, record in enumerate(history, 1):
        assert record.revision == number
        assert record.before == ("" if case is None else case.state)
        if record.kind is Kind.ACT:
            again = with_changes(lifecycle, case, record.changing(()), history.calendar)
            assert again.changes == record.changes
        case = evolve(case, record)
    assert case == history.case
    assert history.now >= history[-1].recorded_at


def test_they_differ_in_their_length_their_people_and_what_is_said() -> None:
    seen: list[History] = []

    @settings(max_examples=150, database=None)
    @given(histories(PERMIT))
    def collect(history: History) -> None:
        seen.append(history)

    collect()
    assert len({tuple(record.trigger for record in history) for history in seen}) > 8
    assert len({record.actor for history in seen for record in history}) > 3
    assert len({repr(history[0].content) for history in seen}) > 1
    assert any(history.case.state == "archived" for history in seen)


def test_the_simplest_one_is_short() -> None:
    assert [record.trigger for record in given_one(PERMIT)] == ["apply"]
    assert [record.trigger for record in given_one(PERMIT, "P2")] == ["apply", ""]


def test_another_calendar_and_another_day_can_be_given() -> None:
    weekdays = WorkingCalendar.weekdays(date(2020, 1, 1), date(2040, 12, 31))
    history = given_one(PERMIT, {"P2"}, calendar=weekdays, start=date(2030, 3, 1))
    assert history.calendar == weekdays
    assert history[0].occurred_at.date == date(2030, 3, 1)
    assert broken(history) == {"P2"}


def test_one_is_a_sequence_that_the_audit_takes_as_it_is() -> None:
    history = given_one(PERMIT, {"P2"})
    assert list(history[:1]) == [history[0]]
    assert len(history) == len(history.records)
    said = audit(history, PERMIT, calendar=china())
    assert said.outcome("P2") is Outcome.BROKEN


def test_what_an_origin_gives_reason_to_can_be_broken_with_it() -> None:
    lifecycle, _ = shipped("interview", "liaoning-2020")
    failed = find(
        histories(lifecycle),
        lambda history: any(record.trigger == "start_accountability" for record in history),
        settings=settings(database=None, max_examples=2_000),
    )
    origin = attrs.evolve(failed.case, id="origin")
    assert broken(given_one(lifecycle, {"Y11"}, origin=origin)) == {"Y11"}


# --- what cannot be ---


@pytest.mark.parametrize(("key", "profile", "rule"), NOT_POSSIBLE)
def test_a_rule_that_one_case_cannot_break_is_refused_with_the_reason(key: str, profile: str, rule: str) -> None:
    lifecycle, parent = shipped(key, profile)
    with pytest.raises(HistoryError, match=IMPOSSIBLE[key, rule]):
        histories(lifecycle, breaks={rule}, parent=parent)


def test_a_property_and_a_comparison_of_ones_own_are_refused_too() -> None:
    with pytest.raises(HistoryError, match="P9: it is a property of the library"):
        histories(PERMIT, breaks={"P9"})
    with pytest.raises(HistoryError, match="P10: it compares several cases"):
        histories(PERMIT, breaks={"P10"})


def test_a_rule_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownError, match=re.escape("permit has no rule 'Y8'; it has P1, P2")):
        histories(PERMIT, breaks={"Y8"})


def test_a_procedure_that_asks_for_a_parent_is_told_without_one() -> None:
    lifecycle, _ = shipped("rectification_item", "shenyang-2021")
    with pytest.raises(HistoryError, match="Z11 always is; give the parent or the origin"):
        histories(lifecycle)


def test_a_part_is_made_to_fit_what_it_is_a_part_of() -> None:
    lifecycle, parent = shipped("rectification_item", "shenyang-2021")
    assert parent is not None
    history = given_one(lifecycle, parent=parent)
    draft: Any = parent.latest(Draft)
    item: Any = history[0].content
    assert item.group in {group.key for group in draft.groups}
    assert history[0].opening is not None
    assert history[0].opening.parent == "campaign"

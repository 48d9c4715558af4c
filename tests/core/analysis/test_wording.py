"""How a definition is written: frozen classes, rules for everything; and how an issue is told."""

import re

import attrs
import pytest

from tests.core.analysis.permits import CITIZEN, OFFICE, P1, PERMIT, found, permit, texts
from yingshang_flow.core.analysis import KINDS, Issue, Severity, analysed, checked
from yingshang_flow.core.duty import AtMost
from yingshang_flow.core.lifecycle import State, Trigger, stay
from yingshang_flow.words import Label

A = Label("甲", "a")


@attrs.define
class Loose:
    """Content that anybody can change."""

    text: str = ""


def test_classes_that_can_be_changed_are_told() -> None:
    loose = permit(triggers=[Trigger("note", A, Loose)], transitions=[stay("note", "asked", by=OFFICE)])
    assert texts(loose) == ["the content class Loose can be changed after it was said; make it @attrs.frozen"]
    assert found(attrs.evolve(PERMIT, values=Loose())) == [("content_not_frozen", "")]


def test_limits_and_duties_of_no_rule_are_told() -> None:
    limit = attrs.evolve(PERMIT.limits[0], key="x", rules=[])
    assert texts(permit(limits=[limit])) == ["limit 'x' comes from no rule; name the one that sets it"]
    duty = AtMost("check", 3, rules=[], label=A)
    assert texts(permit(duties=[duty])) == ["a duty (a) comes from no rule; name the one that asks for it"]


def test_where_there_are_errors_nothing_else_is_looked_for() -> None:
    broken = permit(states=[State("moon", A)], limits=[attrs.evolve(PERMIT.limits[0], key="x", rules=[])])
    assert [issue.severity for issue in analysed(broken)] == [Severity.ERROR, Severity.ERROR]


def test_the_gravest_come_first() -> None:
    mixed = permit(triggers=[Trigger("note", A, Loose)], transitions=[stay("note", "asked", by=OFFICE)])
    own = [attrs.evolve(row, by=[OFFICE, CITIZEN]) for row in mixed.transitions]
    mixed = attrs.evolve(mixed, transitions=own)
    severities = [issue.severity for issue in analysed(mixed)]
    assert severities == sorted(severities, key=list(Severity).index)
    assert set(severities) == {Severity.WARNING, Severity.NOTE}


def test_a_lifecycle_with_warnings_can_be_bound() -> None:
    loose = permit(limits=[attrs.evolve(PERMIT.limits[0], key="x", rules=[])])
    assert checked(loose) is loose


def test_a_dead_end_is_told_with_the_way_into_it() -> None:
    blind = attrs.evolve(PERMIT, states=[attrs.evolve(state, final=state.key == "granted") for state in PERMIT.states])
    (issue,) = analysed(blind)
    assert (issue.code, issue.way) == ("dead_end", ("ask", "refuse"))
    assert str(issue).endswith("no move leaves it (way: ask → refuse)")
    assert issue.text("zh").endswith("（经过：ask → refuse）")


def test_an_issue_without_a_way_is_its_label() -> None:
    issue = Issue("x", Severity.NOTE, A)
    assert (issue.text("zh"), issue.text()) == ("甲", "a")
    assert [severity.label.en for severity in Severity] == ["error", "warning", "note"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_is_said_in_both_languages_with_the_same_words(kind: object) -> None:
    label = kind.label  # type: ignore[attr-defined]
    words = [sorted(set(re.findall(r"\{(\w+)", text))) for text in (label.zh, label.en)]
    assert set(words[0]) <= set(words[1])
    assert re.search("[\u4e00-\u9fff]", label.zh) or kind.code == "period_unfit"  # type: ignore[attr-defined]
    assert not re.search("[\u4e00-\u9fff]", label.en)


def test_codes_are_unique_and_stay_as_they_are() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)


def test_the_rule_of_a_limit_is_named() -> None:
    assert PERMIT.limits[0].rules == (P1,)

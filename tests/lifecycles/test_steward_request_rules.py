"""Rules S1 to S4 of the steward request: of each the kept and the broken case."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import attrs
import pytest

from tests.lifecycles.stewarding import (
    ANSWERED,
    COORDINATION,
    EXPLAINED,
    VISIT,
    Desk,
    request,
    the_unmet,
    variant,
)
from yingshang_flow.compliance import Outcome, Verdict, audit
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.lifecycles.steward_request import (
    Answered,
    Coordination,
    Visit,
    covered_without_a_steward,
    visits_without_a_request,
)
from yingshang_flow.words import Unmet

KEPT, BROKEN, UNKNOWN = Outcome
REPLY = "liaoning-reply-2020 五"


def judged(desk: Desk, history: Sequence[Record], rule: str) -> Verdict:
    """The verdict on a history that was changed by hand."""
    said = audit(history, desk.lifecycle, calendar=china())
    return next(found for found in said.verdicts if found.rule.id == rule)


def blind(history: Sequence[Record], trigger: str) -> list[Record]:
    """A history in which an act has no content, as in a ledger of dates."""
    return [attrs.evolve(record, content=None) if record.trigger == trigger else record for record in history]


def says(unmet: Unmet, zh: str, *cited: str) -> None:
    """Hold a refusal against its words and its citations."""
    assert unmet.label.zh == zh
    assert [str(citation) for citation in unmet.citations] == list(cited)


# --- S1 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("S1")
@pytest.mark.parametrize("state", ["solved", "explained"])
def test_S1_a_request_is_answered_by_solving_or_explaining(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    assert desk.verdict("S1").outcome is KEPT


def test_S1_a_request_without_an_answer_stays_unknown_as_the_reply_sets_no_limit() -> None:
    desk = Desk()
    desk.reach("coordinating")
    found = [label.en for label in desk.verdict("S1").shown]
    assert "owed since 2020-03-02, not done yet" in found


@pytest.mark.breaks("S1")
def test_S1_where_a_locality_sets_a_limit_a_request_without_an_answer_is_found(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, answer='"5工作日"'))
    desk.reach("coordinating")
    assert desk.verdict("S1", now=datetime(2020, 3, 9, 12, tzinfo=CHINA_TIME)).outcome is not BROKEN
    found = desk.verdict("S1", now=datetime(2020, 3, 10, 12, tzinfo=CHINA_TIME))
    assert found.outcome is BROKEN
    assert [(finding.due, finding.happened) for finding in found.findings] == [(date(2020, 3, 9), None)]


@pytest.mark.breaks("S1")
@pytest.mark.parametrize("trigger", ["solve", "explain"])
def test_S1_an_answer_tells_the_enterprise_something(trigger: str) -> None:
    desk = Desk()
    desk.open()
    for answer in (None, " "):
        unmet = the_unmet(desk.refused(trigger, attrs.evolve(ANSWERED, answer=answer)), "S1")
        says(unmet, "须答复企业", REPLY)


@pytest.mark.breaks("S1")
def test_S1_a_request_asks_for_something_and_coordination_is_with_somebody() -> None:
    says(the_unmet(Desk().refused("raise", request(matter=None)), "S1"), "须写明诉求事项", REPLY)
    desk = Desk()
    desk.open()
    says(the_unmet(desk.refused("coordinate", Coordination()), "S1"), "须写明协调单位", "ours S1")


# --- S2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("S2")
def test_S2_a_visit_that_was_asked_for_is_no_trouble() -> None:
    desk = Desk()
    desk.open()
    desk.act("visit", VISIT)
    assert desk.verdict("S2").outcome is KEPT


@pytest.mark.breaks("S2")
@pytest.mark.parametrize("asked_for", [None, " "])
def test_S2_a_visit_that_names_no_request_is_found_and_not_refused(asked_for: str | None) -> None:
    desk = Desk()
    desk.open()
    assert desk.act("visit", Visit(asked_for, "走访")).state == "raised"
    found = desk.verdict("S2")
    assert found.outcome is BROKEN
    assert [(finding.revision, finding.found) for finding in found.findings] == [(2, "—")]


@pytest.mark.breaks("S2")
@pytest.mark.parametrize("state", ["solved", "explained"])
def test_S2_a_visit_after_the_answer_is_found_whatever_it_names(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    desk.act("visit", VISIT)
    found = desk.verdict("S2")
    assert found.outcome is BROKEN
    assert [(finding.revision, finding.found) for finding in found.findings] == [(3, state)]


def test_S2_a_visit_before_the_request_is_found_in_a_history_kept_elsewhere() -> None:
    desk = Desk()
    desk.open()
    desk.act("visit", VISIT)
    raised, visited = desk.history
    offences = list(visits_without_a_request([visited, raised], desk.lifecycle.values, desk.clock()))
    assert offences == [(2, "raised")]


def test_S2_a_visit_of_which_nobody_says_what_for_is_unknown_and_one_after_the_answer_is_not() -> None:
    desk = Desk()
    desk.open()
    desk.act("visit", VISIT)
    found = judged(desk, blind(desk.history, "visit"), "S2")
    assert found.outcome is UNKNOWN
    assert any("asked_for" in label.en for label in found.shown)
    desk.act("solve", ANSWERED)
    desk.act("visit", VISIT)
    found = judged(desk, blind(desk.history, "visit"), "S2")
    assert [finding.revision for finding in found.findings] == [4]


def test_S2_without_a_visit_there_is_nothing_to_keep() -> None:
    desk = Desk()
    desk.reach("solved")
    assert desk.verdict("S2").outcome is UNKNOWN


# --- S3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("S3")
@pytest.mark.parametrize("kind", ["key_project", "industrial_enterprise", "trading_enterprise"])
def test_S3_a_covered_enterprise_or_project_has_a_steward(kind: str) -> None:
    desk = Desk()
    desk.open(request(kind=kind))
    assert desk.verdict("S3").outcome is KEPT


@pytest.mark.breaks("S3")
@pytest.mark.parametrize("kind", ["key_project", "industrial_enterprise", "trading_enterprise"])
@pytest.mark.parametrize("steward", [None, " "])
def test_S3_a_covered_one_without_a_steward_is_found_and_not_refused(kind: str, steward: str | None) -> None:
    desk = Desk()
    assert desk.open(request(kind=kind, steward=steward)).state == "raised"
    found = desk.verdict("S3")
    assert found.outcome is BROKEN
    assert [finding.found for finding in found.findings] == [f"某机械厂: {kind}"]


def test_S3_what_is_covered_is_the_localitys_choice(tmp_path: Path) -> None:
    for covered, outcome in (('["other"]', BROKEN), ('["key_project"]', KEPT)):
        desk = Desk(variant(tmp_path, covered=covered))
        desk.open(request(kind="other", steward=None))
        assert desk.verdict("S3").outcome is outcome


@pytest.mark.breaks("S3")
@pytest.mark.parametrize("field", ["enterprise", "kind"])
def test_S3_a_request_says_whose_it_is(field: str) -> None:
    unmet = the_unmet(Desk().refused("raise", request(**{field: None})), "S3")
    says(unmet, "须写明企业或项目及其类别", REPLY)


@pytest.mark.breaks("S3")
@pytest.mark.parametrize(
    ("trigger", "content"), [("coordinate", COORDINATION), ("solve", ANSWERED), ("explain", EXPLAINED)]
)
def test_S3_nothing_is_done_about_a_request_until_a_steward_is_named(
    trigger: str, content: Coordination | Answered
) -> None:
    desk = Desk()
    desk.open(request(steward=None))
    says(the_unmet(desk.refused(trigger, content), "S3"), "须有项目管家", REPLY)
    assert desk.act(trigger, attrs.evolve(content, steward="吴某")).revision == 2


def test_S3_a_steward_named_for_the_coordination_stays_the_steward() -> None:
    desk = Desk()
    desk.open(request(steward=None))
    desk.act("coordinate", attrs.evolve(COORDINATION, steward="吴某"))
    assert desk.act("solve", ANSWERED).state == "solved"


def test_S3_a_request_of_an_unknown_kind_or_not_on_file_is_unknown() -> None:
    desk = Desk()
    desk.open()
    assert judged(desk, blind(desk.history, "raise"), "S3").outcome is UNKNOWN
    unsaid = [attrs.evolve(desk.history[0], content=request(kind=None))]
    with pytest.raises(LookupError, match="kind"):
        list(covered_without_a_steward(unsaid, desk.lifecycle.values, desk.clock()))


# --- S4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("S4")
@pytest.mark.parametrize("state", ["solved", "explained"])
def test_S4_an_answer_has_its_entry_in_the_stewards_ledger(state: str) -> None:
    desk = Desk()
    desk.reach(state)
    assert desk.verdict("S4").outcome is KEPT


@pytest.mark.breaks("S4")
@pytest.mark.parametrize("trigger", ["solve", "explain"])
@pytest.mark.parametrize("done", [None, " "])
def test_S4_an_answer_that_does_not_say_what_was_done_is_found_and_not_refused(trigger: str, done: str | None) -> None:
    desk = Desk()
    desk.open()
    assert desk.act(trigger, attrs.evolve(ANSWERED, done=done)).state in {"solved", "explained"}
    assert desk.verdict("S4").outcome is BROKEN

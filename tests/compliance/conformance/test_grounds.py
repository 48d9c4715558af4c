"""Grounds: what in a case gives reason to open another one, shown by acts and by breaches."""

from datetime import date

import attrs
import pytest

from tests.lifecycles.interviewing import OFFICE, THREE, Desk, Feedback
from yingshang_flow.compliance import Audit, Outcome, Reason, audit
from yingshang_flow.core.duty import Ground
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import china
from yingshang_flow.lifecycles.interview import Y5, Y8, Y16
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, GROUND, Label, Rule, RuleKind

WORDS = Label("整改不力", "poorly rectified")
G = Rule("G", GROUND, OURS("G"), Label("追责", "called to account"))
IN_TIME, LATE = date(2018, 12, 29), date(2019, 1, 3)


def after_christmas(record: Record) -> bool:
    return record.occurred_at.date > date(2018, 12, 25)


def desk(*reported: date) -> Desk:
    """An interview of three, of which the first ones have reported."""
    made = Desk(units=THREE)
    made.reach("recorded")
    for unit, day in zip(THREE, reported, strict=False):
        made.report(unit, at=day)
    return made


def audited(ground: Ground, made: Desk) -> Audit:
    """Audit an interview under a definition with one ground, and its rules."""
    others = [rule for rule in made.lifecycle.rules if rule.id != ground.rules[0].id]
    lifecycle = attrs.evolve(made.lifecycle, grounds=[ground], rules=[*others, *ground.rules])
    return audit(made.history, lifecycle, calendar=china())


def test_an_act_shows_a_ground_with_its_day_and_name_and_for_whom_it_counts() -> None:
    (found,) = audited(
        Ground("g", G, WORDS, "interview", ("6", "7"), acts=("hold", "submit_report")), desk(IN_TIME)
    ).reasons
    shown = (
        Label("2018-12-20 实施约谈", "2018-12-20 Hold"),
        Label("2018-12-29 报送整改报告", "2018-12-29 Submit report"),
    )
    assert found == Reason("g", (G,), WORDS, "interview", ("6", "7"), shown, THREE[:1])


def test_only_an_act_of_which_the_ground_says_so_shows_it() -> None:
    ground = Ground("g", G, WORDS, "interview", acts="submit_report", where=after_christmas)
    assert audited(ground, desk(date(2018, 12, 25))).reasons == ()
    assert len(audited(ground, desk(IN_TIME)).reasons) == 1


def test_an_act_that_was_annulled_shows_nothing() -> None:
    ground, made = Ground("g", G, WORDS, "interview", acts="record_feedback"), desk()
    made.act("record_feedback", Feedback("已回访"), at=LATE)
    assert len(audited(ground, made).reasons) == 1
    made.docket.annul(made.id, made.case.revision, ground="重复登记", by=OFFICE)
    assert audited(ground, made).reasons == ()


def test_a_breach_shows_a_ground_once_it_is_found_with_the_units_that_broke_the_rule() -> None:
    ground = Ground("g", G, WORDS, "interview", breaches=(Y5, Y8))
    assert audited(ground, desk(IN_TIME, IN_TIME, IN_TIME)).reasons == ()
    (found,) = audited(ground, desk(IN_TIME, LATE, IN_TIME)).reasons
    assert found.units == THREE[1:2]
    (shown,) = found.shown
    assert shown.en.startswith("Y8 Written report, 西岗区, due 2018-12-29, done 2019-01-03")


@pytest.mark.parametrize(("day", "shown"), [(IN_TIME, "there was no occasion for it yet"), (LATE, "Y8 Written report")])
def test_a_rule_that_is_only_a_ground_stays_unknown_and_shows_what_was_found(day: date, shown: str) -> None:
    said = audited(Ground("g", G, WORDS, "interview", breaches=Y8), desk(day, day, day))
    (verdict,) = [verdict for verdict in said.verdicts if verdict.rule == G]
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.shown[0].en.startswith(shown)


@pytest.mark.parametrize(
    ("rule", "kinds", "outcome", "shown"),
    [
        (Y16, (DUTY, GROUND), Outcome.UNKNOWN, "owed since 2018-12-20, not done yet"),
        (Y5, GROUND, Outcome.KEPT, "2018-12-17 Notify"),
    ],
)
def test_a_rule_that_is_more_than_a_ground_or_was_kept_shows_that(
    rule: Rule, kinds: RuleKind, outcome: Outcome, shown: str
) -> None:
    said = audited(Ground("g", attrs.evolve(rule, kinds=kinds), WORDS, "interview", acts="hold"), desk())
    assert said.reasons
    verdict = said.verdicts[-1]
    assert (verdict.rule.id, verdict.outcome, [label.en for label in verdict.shown]) == (rule.id, outcome, [shown])


def test_a_reason_is_told_in_both_languages() -> None:
    (found,) = audited(Ground("g", G, WORDS, "interview", ("6", "7"), acts="hold"), desk()).reasons
    assert found.text("zh") == "可另立 interview 6、7：整改不力（2018-12-20 实施约谈）"
    assert found.text("en") == "calls for interview 6, 7: poorly rectified (2018-12-20 Hold)"
    (found,) = audited(Ground("g", G, WORDS, "accountability", acts="hold"), desk()).reasons
    many = attrs.evolve(found, shown=found.shown * 5)
    assert many.text("zh").endswith("；2018-12-20 实施约谈；另有2项）")
    assert many.text("en").endswith("; 2018-12-20 Hold; and 2 more)")
    assert found.text("en") == "calls for accountability: poorly rectified (2018-12-20 Hold)"

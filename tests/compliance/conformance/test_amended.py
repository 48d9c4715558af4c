"""What an audit says of corrections, annulments and erasures, in whole sentences."""

from collections.abc import Sequence
from datetime import date

import attrs

from tests.lifecycles import complaining
from tests.lifecycles.interviewing import OFFICE, Desk, plan
from yingshang_flow.compliance import audit
from yingshang_flow.compliance.conformance.amended import marks, said
from yingshang_flow.compliance.conformance.finding import Finding
from yingshang_flow.compliance.conformance.noting import Notes
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.record import Record
from yingshang_flow.words import Label


def interview() -> Desk:
    """Return an interview of which an act was corrected twice, and the next one annulled."""
    desk = Desk()
    desk.reach("approved")
    desk.docket.correct(
        desk.id, 2, content={"request": "请示二"}, occurred_at=date(2018, 12, 12), ground="笔误", by=OFFICE
    )
    desk.docket.annul(desk.id, 3, ground="误录", by=OFFICE)
    return desk


def told(desk: Desk | complaining.Desk, history: Sequence[Record]) -> tuple[Label, ...]:
    """What is said of the amendments in a history, each act by its name in the procedure."""

    def named(record: Record) -> Label:
        return desk.lifecycle.by_trigger[record.trigger].label

    return said(history, named)


def test_a_correction_tells_what_is_another_since_and_an_annulment_that_it_is_gone() -> None:
    desk = interview()
    corrected, annulled = told(desk, desk.history)
    zh = (
        "第2号记录 报批 2018-12-11 已更正：2018-12-11 → 2018-12-12、request"
        "（第4号记录，2019-06-01 12:00+08:00，市营商办：笔误）"
    )
    en = (
        "record 2 Request approval 2018-12-11 corrected: 2018-12-11 → 2018-12-12, request "
        "(record 4, 2019-06-01 12:00+08:00, 市营商办: 笔误)"
    )
    assert (corrected.zh, corrected.en) == (zh, en)
    assert annulled.zh == "第3号记录 同意 2018-12-12 已撤销（第5号记录，2019-06-01 12:00+08:00，市营商办：误录）"
    assert annulled.en == "record 3 Approve 2018-12-12 annulled (record 5, 2019-06-01 12:00+08:00, 市营商办: 误录)"


def test_a_correction_of_nothing_says_so_and_of_somebody_not_told_no_unit_is_named() -> None:
    desk = Desk()
    desk.plan()
    desk.docket.correct(desk.id, 1, content=plan(facts="另一"), ground="笔误", by=OFFICE)
    opened, correction = desk.history
    same = attrs.evolve(correction, content=opened.content, actor=None)
    (nothing,) = told(desk, (opened, same))
    by = "（第2号记录，2019-06-01 12:00+08:00，：笔误）"
    assert nothing.zh == f"第1号记录 列入约谈计划 2018-12-10 已更正：内容不变{by}"
    assert nothing.en == "record 1 Plan 2018-12-10 corrected: nothing new (record 2, 2019-06-01 12:00+08:00, : 笔误)"
    (alone,) = told(desk, (correction,))
    assert alone.zh == "第1号记录 列入约谈计划 已更正：内容不变（第2号记录，2019-06-01 12:00+08:00，市营商办：笔误）"
    assert alone.en == "record 1 Plan corrected: nothing new (record 2, 2019-06-01 12:00+08:00, 市营商办: 笔误)"


def test_an_erasure_tells_who_erased_how_much_and_why() -> None:
    desk = complaining.Desk()
    desk.open()
    desk.docket.erase(desk.id, ground="本人申请", by=Actor("sun", "区营商办", desk.lifecycle.erased_by[0].key))
    opened, erasure = desk.history
    assert isinstance(erasure, Erasure)
    (by,) = told(desk, (opened, erasure))
    (nobody,) = told(desk, (opened, attrs.evolve(erasure, actor=None)))
    assert by.zh == f"{erasure.named.zh}（第2号记录，2019-06-01 12:00+08:00，区营商办：本人申请）"
    assert nobody.en == f"{erasure.named.en} (record 2, 2019-06-01 12:00+08:00, : 本人申请)"


def test_what_was_corrected_is_marked_and_what_was_annulled_is_not() -> None:
    found = marks(interview().history)
    assert {revision: (mark.zh, mark.en) for revision, mark in found.items()} == {
        2: ("（由第4号记录更正）", " (corrected by record 4)")
    }


def test_a_finding_of_an_act_that_was_corrected_says_so_and_no_other_one_does() -> None:
    desk = interview()
    rule = desk.lifecycle.rules[0]
    notes = Notes(desk.lifecycle, desk.history, None)
    for revision in (None, 1, 2):
        notes.breach(rule, Finding.of(rule, desk.id, rule.label, revision=revision))
    none, other, corrected = notes.verdict(rule).findings
    assert (none.mark, other.mark) == (None, None)
    assert corrected.mark is not None
    assert corrected.mark.en == " (corrected by record 4)"
    assert corrected.text("en") == f"{rule.id} {rule.label.en} (corrected by record 4)"


def test_what_nothing_was_noted_of_is_unknown_in_words_that_depend_on_the_source() -> None:
    desk = interview()
    rule = desk.lifecycle.rules[0]
    (own,) = Notes(desk.lifecycle, desk.history, None).verdict(rule).shown
    (told,) = Notes(desk.lifecycle, desk.history, ("plan",)).verdict(rule).shown
    assert (own.zh, own.en) == ("尚无适用情形", "there was no occasion for it yet")
    assert (told.zh, told.en) == ("所给资料无从判断", "what was given does not tell")


def test_an_amendment_that_does_not_follow_or_that_nobody_may_make_is_irregular() -> None:
    desk = interview()
    first, *between, annulment = desk.history
    assert desk.audit().irregular == ()
    wrong = attrs.evolve(annulment, after="held", actor=attrs.evolve(OFFICE, role="subject"))
    said = audit((first, *between, wrong), desk.lifecycle, calendar=desk.docket.calendar)
    role, amendment = said.irregular
    assert (role.code, role.found, role.revision) == ("role", "subject", 5)
    assert (amendment.code, amendment.found, amendment.revision) == ("amendment", "approve", 5)
    assert (amendment.label.zh, amendment.label.en) == (
        "更正结果与有效办理不符",
        "what the amendment leads to does not follow from the acts that count",
    )

"""Erasing personal data on a docket: gone from the vault with the record of it, the history whole, each thing told."""

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import attrs
import pytest

from tests.docket.racing import Racing
from tests.lifecycles import complaining
from tests.lifecycles.interviewing import OFFICE, Desk, refused_to_sign, representative
from yingshang_flow import codec
from yingshang_flow.cli.output import Page
from yingshang_flow.cli.showing import show_case
from yingshang_flow.compliance import audit
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Erased
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.record import Kind
from yingshang_flow.docket import Docket
from yingshang_flow.errors import ContentError, KeyReusedError, RefusedError, UnknownError
from yingshang_flow.lifecycles.interview import SignedRecord
from yingshang_flow.ports import Store
from yingshang_flow.stores.django import showing
from yingshang_flow.testing.docket_machine import rows_of
from yingshang_flow.words import Language

GROUND = "依《个人信息保护法》第四十七条，本人申请"
SIGNED = SignedRecord("李主任", (), (refused_to_sign("甘井子区", "张证人"),), "2018-17")


@pytest.fixture
def signed(desk: Desk) -> Desk:
    """An interview whose record was not signed before a witness, who is confidential."""
    desk.reach("held")
    desk.act("sign_record", SIGNED, at=date(2018, 12, 21), key="sign")
    return desk


def witness(desk: Desk, revision: int = 6) -> object:
    content: Any = desk.history[revision - 1].content
    return content.refusals[0].witness.value


def test_what_is_erased_is_gone_and_the_record_of_it_stays(signed: Desk) -> None:
    (row,) = signed.docket.store.vault(signed.id)
    before, texts = signed.case, [kept.text for kept in signed.docket.store.history(signed.id)]
    case = signed.docket.erase(signed.id, ground=GROUND, by=OFFICE)
    assert case == signed.case == Docket(signed.docket.store, clock=signed.clock).load(signed.id)
    assert case == attrs.evolve(before, revision=7, recorded_at=case.recorded_at)
    assert signed.docket.store.vault(signed.id) == ()
    assert witness(signed) == Erased(row.commitment)
    record = signed.history[-1]
    assert isinstance(record, Erasure)
    assert (record.kind, record.ground, record.actor, record.erased) == (
        Kind.ERASURE,
        GROUND,
        OFFICE,
        (row.commitment,),
    )
    assert [kept.text for kept in signed.docket.store.history(signed.id)][:-1] == texts
    assert signed.docket.verify(signed.id) == 7


def test_a_case_goes_on_after_an_erasure(signed: Desk) -> None:
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE)
    signed.act("submit_report", {"title": "报告"}, by=representative("甘井子区"), expected_revision=6)
    signed.docket.correct(signed.id, 6, occurred_at=date(2018, 12, 20), ground="日期误录", by=OFFICE)
    assert isinstance(witness(signed, 9), Erased)
    assert signed.docket.verify(signed.id) == 9
    assert signed.audit().irregular == ()


def test_the_id_of_a_private_person_is_erased_with_what_was_said(store: Store) -> None:
    desk = complaining.Desk(store=store)
    desk.open()
    desk.act("withdraw", complaining.REASON, by=complaining.COMPLAINANT)
    assert desk.history[1].actor == complaining.COMPLAINANT
    desk.docket.erase(desk.id, ground=GROUND, by=complaining.BODY, revisions=[2])
    assert desk.history[1].actor != complaining.COMPLAINANT
    assert len(store.vault(desk.id)) == 2
    desk.docket.erase(desk.id, ground=GROUND, by=complaining.BODY)
    assert store.vault(desk.id) == ()
    assert desk.docket.verify(desk.id) == desk.case.revision


def test_what_an_act_said_goes_with_what_it_was_corrected_to(signed: Desk) -> None:
    other = attrs.evolve(SIGNED, refusals=(refused_to_sign("甘井子区", "王证人"),))
    signed.docket.correct(signed.id, 6, content=other, ground="误录", by=OFFICE)
    assert len(signed.docket.store.vault(signed.id)) == 2
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE, revisions=[6])
    assert signed.docket.store.vault(signed.id) == ()
    assert isinstance(witness(signed), Erased)
    assert isinstance(witness(signed, 7), Erased)
    assert signed.docket.verify(signed.id) == 8


def test_a_correction_alone_is_erased_alone(signed: Desk) -> None:
    other = attrs.evolve(SIGNED, refusals=(refused_to_sign("甘井子区", "王证人"),))
    signed.docket.correct(signed.id, 6, content=other, ground="误录", by=OFFICE)
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE, revisions=(7,))
    assert (witness(signed), type(witness(signed, 7))) == ("张证人", Erased)


def test_a_key_is_one_erasure(signed: Desk) -> None:
    given: dict[str, Any] = {"ground": GROUND, "by": OFFICE, "key": "k"}
    case = signed.docket.erase(signed.id, **given)
    before = rows_of(signed.docket.store)
    assert signed.docket.erase(signed.id, **given) == case
    others: list[dict[str, Any]] = [
        {"ground": "x"},
        {"by": attrs.evolve(OFFICE, id="x")},
        {"revisions": [6]},
        {"key": "sign"},
    ]
    for other in others:
        with pytest.raises(KeyReusedError, match="already stands for another act, record"):
            signed.docket.erase(signed.id, **given | other)
    with pytest.raises(KeyReusedError):
        signed.docket.annul(signed.id, 6, ground=GROUND, by=OFFICE, key="k")
    assert rows_of(signed.docket.store) == before


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda d: d.docket.erase(d.id, ground=" ", by=OFFICE), ContentError, "ground: say why"),
        (lambda d: d.docket.erase(d.id, ground=GROUND, by=representative("甘井子区")), RefusedError, "须由"),
        (lambda d: d.docket.erase(d.id, ground=GROUND, by=OFFICE, revisions=[5]), RefusedError, "没有可删除"),
        (
            lambda d: d.docket.erase(d.id, ground=GROUND, by=OFFICE, revisions=[]),
            ContentError,
            "list of record numbers",
        ),
        (lambda d: d.docket.erase(d.id, ground=GROUND, by=OFFICE, revisions=[60]), UnknownError, "no record 60"),
        (lambda d: d.docket.erase("?", ground=GROUND, by=OFFICE), UnknownError, "no case"),
        (lambda d: d.docket.erase(d.id, ground=GROUND, by="li"), UnknownError, "Actor"),
        (lambda d: d.docket.erase(d.id, ground=GROUND, by=OFFICE, key=""), KeyReusedError, "non-empty"),
    ],
)
def test_a_refusal_says_what_stands_against_it_and_changes_nothing(
    signed: Desk, change: Callable[[Desk], Case], error: type[Exception], said: str
) -> None:
    before = rows_of(signed.docket.store)
    with pytest.raises(error) as caught:
        change(signed)
    assert said in str(caught.value)
    assert "张证人" not in str(caught.value)
    assert rows_of(signed.docket.store) == before


def test_what_is_gone_is_not_erased_again(signed: Desk) -> None:
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE)
    with pytest.raises(RefusedError, match="没有可删除"):
        signed.docket.erase(signed.id, ground=GROUND, by=OFFICE)


def test_of_two_who_erase_at_a_time_one_does() -> None:
    store = Racing()
    desk = Desk(store=store)
    desk.reach("held")
    desk.act("sign_record", SIGNED, at=date(2018, 12, 21))
    other = Docket(store, clock=desk.clock)
    store.ahead.append(lambda: other.erase(desk.id, ground=GROUND, by=OFFICE))
    with pytest.raises(RefusedError, match="没有可删除"):
        desk.docket.erase(desk.id, ground=GROUND, by=OFFICE)
    assert desk.docket.verify(desk.id) == 7


def test_it_is_audited_and_shown_in_both_languages(signed: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE, revisions=[6])
    report = signed.audit()
    assert report.irregular == ()
    (told,) = report.amended
    assert told.zh.startswith("删除个人信息1项（第6号记录）（第7号记录，")
    assert told.en.startswith("erases 1 personal values of records 6 (record 7, ")
    assert GROUND in told.zh
    for language in get_args(Language):
        act = {"zh": "删除个人信息1项", "en": "erases 1 personal values"}[language]
        page = Page(language)
        lamps = {deadline: signed.docket.lamp(signed.id, deadline) for deadline in signed.case.deadlines}
        show_case(page, signed.case, signed.lifecycle, signed.history, lamps=lamps)
        shown = capsys.readouterr().out
        assert act in shown
        assert GROUND[:10] in shown
        row = signed.docket.store.history(signed.id)[-1]
        line = showing.record_line(row.revision, row.text, signed.lifecycle, language)
        assert line.act.startswith(act)
        assert line.notes == (GROUND,)


def test_the_audit_finds_an_erasure_in_a_wrong_role_or_one_that_moves_something(signed: Desk) -> None:
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE)
    *before, last = signed.history
    wrong = attrs.evolve(last, actor=representative("甘井子区"))
    moved = attrs.evolve(last, after="resolved")
    for forged, code in ((wrong, "role"), (moved, "erasure")):
        found = audit((*before, forged), signed.lifecycle, calendar=signed.docket.calendar).irregular
        assert [one.code for one in found] == [code]


def test_an_erasure_is_stored_and_read_back(signed: Desk) -> None:
    signed.docket.erase(signed.id, ground=GROUND, by=OFFICE, revisions=[6])
    row = signed.docket.store.history(signed.id)[-1]
    assert codec.record_from(row.text, signed.docket.lifecycle(signed.id)) == signed.history[-1]
    assert '"erasure":{"erased":["' in row.text

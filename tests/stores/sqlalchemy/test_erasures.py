"""An erasure on each server: the value is gone with the record of it, and the history is whole to another docket."""

from datetime import date
from typing import Any

from tests.lifecycles.interviewing import OFFICE, Desk, refused_to_sign
from tests.stores.sqlalchemy.conftest import Place
from yingshang_flow.core.confidential import Erased, Withheld
from yingshang_flow.docket import Docket
from yingshang_flow.lifecycles.interview import SignedRecord
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore


def test_what_is_erased_is_gone_for_every_docket(place: Place, store: SQLAlchemyStore) -> None:
    desk = Desk(store=store)
    desk.reach("held")
    signed = SignedRecord("李主任", (), (refused_to_sign("甘井子区", "张证人"),), "2018-17")
    desk.act("sign_record", signed, at=date(2018, 12, 21))
    other = Docket(place.store(), clock=desk.clock)
    kept: Any = other.history(desk.id)[5].content
    assert isinstance(kept.refusals[0].witness.value, Withheld)
    assert other.history(desk.id, by=OFFICE)[5].content == signed
    desk.docket.erase(desk.id, ground="本人申请", by=OFFICE, key="k")
    assert desk.docket.erase(desk.id, ground="本人申请", by=OFFICE, key="k") == other.load(desk.id)
    kept = other.history(desk.id, by=OFFICE)[5].content
    assert isinstance(kept.refusals[0].witness.value, Erased)
    assert other.store.vault(desk.id) == ()
    assert other.verify(desk.id) == 7
    other.store.close()

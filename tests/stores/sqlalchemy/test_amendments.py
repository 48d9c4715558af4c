"""A correction and an annulment on each server: kept with what follows, found by it, and read by another docket."""

from datetime import date

from tests.lifecycles.interviewing import OFFICE, THREE, Desk, plan
from tests.stores.sqlalchemy.conftest import Place
from yingshang_flow.core.record import Kind
from yingshang_flow.docket import Docket
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore


def test_amendments_are_kept_with_all_that_follows_from_them(place: Place, store: SQLAlchemyStore) -> None:
    desk = Desk(store=store, units=THREE)
    desk.reach("held")
    docket = desk.docket
    docket.annul(desk.id, 5, ground="误录", by=OFFICE, key="k")
    assert list(docket.due(before=date(2099, 1, 1))) == []
    assert list(docket.find(unit="西岗区")) == []
    two = plan((THREE[0], THREE[2]))
    docket.correct(desk.id, 1, content=two, occurred_at=date(2018, 12, 9), ground="对象误录", by=OFFICE)
    assert docket.annul(desk.id, 5, ground="误录", by=OFFICE, key="k") == desk.case
    other = Docket(place.store(), clock=desk.clock)
    assert other.load(desk.id) == desk.case
    assert str(other.load(desk.id).opened) == "2018-12-09"
    assert [record.kind for record in other.history(desk.id)][-2:] == [Kind.ANNULMENT, Kind.CORRECTION]
    assert other.verify(desk.id) == 7
    other.store.close()


def test_a_case_that_had_ended_is_found_as_one_that_has_not(store: SQLAlchemyStore) -> None:
    desk = Desk(store=store)
    desk.reach("resolved")
    assert [case.id for case in desk.docket.find(unit="甘井子区", final=True)] == [desk.id]
    desk.docket.annul(desk.id, desk.case.revision, ground="复发", by=OFFICE)
    assert list(desk.docket.find(unit="甘井子区", final=True)) == []
    assert [case.id for case in desk.docket.find(unit="甘井子区", final=False)] == [desk.id]

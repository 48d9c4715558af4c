"""Which cases hang together: parts and wholes, origins and what followed, over any number of links, each case once."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lifecycles import complaining, interviewing, rectifying
from yingshang_flow import lifecycles
from yingshang_flow.core.connections import Connections, Link
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CaseNotFoundError, StoreError
from yingshang_flow.operations import connections as module
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.words import Label


def ids(found: Connections) -> list[str]:
    return [one.case for one in found.cases]


def linked(docket: Docket, number: int, parent: str | None = None, origin: str | None = None) -> str:
    """Open a case that names others."""
    units = (f"单位{number}",)
    return docket.open(
        lifecycles.interview("dalian-2018"),
        interviewing.plan(units),
        by=interviewing.OFFICE,
        at=date(2018, 12, 10),
        parent=parent,
        origin=origin,
        reference=f"R-{number}",
    ).id


def test_a_campaign_is_found_with_its_items_and_what_followed_from_them(store: Store) -> None:
    desk = rectifying.Desk(store=store)
    desk.reach(desk.stages[0])
    items = [desk.listed(reference="T-1"), desk.listed()]
    follow = complaining.Desk(docket=desk.docket)
    follow.open(origin=items[0])
    found = desk.docket.connections(desk.id)
    for asked in (follow.id, *items, desk.id):
        found = desk.docket.connections(asked)
        assert (found.case, ids(found)[0], found.missing) == (asked, asked, ())
        assert set(ids(found)) == {desk.id, *items, follow.id}
        assert set(found.links) == {
            *(Link(desk.id, item, "parent") for item in items),
            Link(items[0], follow.id, "origin"),
        }
    (item,) = [one for one in found.cases if one.reference == "T-1"]
    assert (item.title, item.label, item.state) == (
        Label("整治台账条目", "Rectification item"),
        Label("已列入台账", "Listed"),
        "listed",
    )
    assert (item.parent, item.origin, item.final, item.lifecycle) == (desk.id, None, False, "rectification_item")


def test_what_is_nearer_comes_first_and_at_one_distance_by_id(store: Store) -> None:
    numbers = iter(("c-root", "c-2", "c-1", "b-far", "a-alone"))
    docket = Docket(store, clock=FixedClock(date(2019, 1, 1)), new_id=lambda: next(numbers))
    linked(docket, 1)
    linked(docket, 2, origin="c-root")
    linked(docket, 3, origin="c-root")
    linked(docket, 4, origin="c-2")
    linked(docket, 5)
    assert ids(docket.connections("c-root")) == ["c-root", "c-1", "c-2", "b-far"]
    assert ids(docket.connections("b-far")) == ["b-far", "c-2", "c-root", "c-1"]
    assert ids(docket.connections("a-alone")) == ["a-alone"]


@given(st.data())
def test_every_case_of_a_connected_group_finds_the_same_group_and_links(data: st.DataObject) -> None:
    docket = Docket(MemoryStore(), clock=FixedClock(date(2019, 1, 1)))
    cases: list[str] = []
    named: dict[str, set[str]] = {}
    for number in range(data.draw(st.integers(1, 8))):
        parent, origin = (data.draw(st.sampled_from([None, *cases])) for _ in range(2))
        case = linked(docket, number, parent, origin)
        cases.append(case)
        named[case] = {other for other in (parent, origin) if other is not None}
    groups = {case: {case} for case in cases}
    for case, others in named.items():
        for other in others:
            joined = groups[case] | groups[other]
            groups.update(dict.fromkeys(joined, joined))
    for case in cases:
        found = docket.connections(case)
        assert set(ids(found)) == groups[case]
        assert len(ids(found)) == len(groups[case])
        links = {(link.source, link.target) for link in found.links}
        assert links == {(other, one) for one in groups[case] for other in named[one]}


def test_links_in_a_circle_which_only_tampering_makes_are_walked_once_and_lost_cases_are_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        docket = Docket(store, clock=FixedClock(date(2019, 1, 1)))
        first = linked(docket, 1)
        second = linked(docket, 2, origin=first)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE ysf_cases SET parent = ?, origin = 'lost' WHERE case_id = ?", (second, first))
        found = docket.connections(second)
    assert (ids(found), found.missing) == ([second, first], ("lost",))
    assert set(found.links) == {
        Link(first, second, "origin"),
        Link(second, first, "parent"),
        Link("lost", first, "origin"),
    }


def test_a_case_whose_definition_cannot_be_rebuilt_is_shown_by_its_keys() -> None:
    store = MemoryStore()
    case = linked(Docket(store, clock=FixedClock(date(2019, 1, 1))), 1)
    (one,) = Docket(store, lifecycles=[lifecycles.complaint]).connections(case).cases
    assert (one.title, one.label) == (Label("interview", "interview"), Label("planned", "planned"))


def test_more_cases_than_anybody_could_look_at_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    docket = Docket(MemoryStore(), clock=FixedClock(date(2019, 1, 1)))
    root = linked(docket, 1)
    for number in range(2, 5):
        linked(docket, number, origin=root)
    monkeypatch.setattr(module, "MOST", 4)
    assert len(ids(docket.connections(root))) == 4
    monkeypatch.setattr(module, "MOST", 3)
    with pytest.raises(StoreError, match="more than 3 cases hang together"):
        docket.connections(root)


def test_a_case_that_is_not_there_is_told() -> None:
    with pytest.raises(CaseNotFoundError, match="'nowhere'"):
        Docket(MemoryStore()).connections("nowhere")

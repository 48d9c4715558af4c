"""``docket.sweep``: what the clock has to say, each thing once, whoever runs it and however often."""

from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Thread

import attrs
import pytest

from tests.docket.racing import Racing
from tests.lifecycles.interviewing import MEETING, THREE, Desk, Feedback, held, variant
from yingshang_flow import codec
from yingshang_flow.core.case import Status
from yingshang_flow.core.record import Kind
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CodecError, StoreError, SweepError, TimeError, UnknownError
from yingshang_flow.ports import CaseRow, Commit, Store
from yingshang_flow.stores import MemoryStore


def test_a_sweep_records_everything_once(desk: Desk) -> None:
    cases = [desk.reach("recorded").id for _ in range(3)]
    assert desk.docket.sweep() == 3
    assert desk.docket.sweep() == 0
    for case in cases:
        last = desk.docket.history(case)[-1]
        assert (last.kind, last.actor, last.trigger) == (Kind.CLOCK, None, "")
        assert desk.docket.verify(case) == last.revision


def test_a_sweep_goes_through_every_page_and_stops_where_it_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yingshang_flow.operations.pages._PAGE", 2)
    desk.units = THREE
    for _ in range(3):
        desk.reach("recorded")
    assert desk.docket.sweep(limit=2) == 2
    assert desk.docket.sweep() == 1


def test_a_sweep_can_be_run_as_of_an_earlier_instant_but_never_ahead_of_the_clock(desk: Desk) -> None:
    desk.reach("recorded")
    assert desk.docket.sweep(now=datetime(2018, 12, 26, 12, tzinfo=MEETING.tzinfo)) == 0
    assert desk.docket.sweep(now=datetime(2018, 12, 27, 12, tzinfo=MEETING.tzinfo)) == 1
    assert desk.deadline("甘井子区").status is Status.OPEN
    for impossible in (desk.clock() + timedelta(seconds=1), datetime(2019, 1, 1)):  # noqa: DTZ001
        with pytest.raises(TimeError):
            desk.docket.sweep(now=impossible)


def test_a_sweep_goes_on_past_cases_it_cannot_read_and_names_each_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, shipped = Desk(variant(tmp_path), store=store, units=THREE), Desk(store=store)
    for desk in (own, shipped):
        desk.reach("approved")
        desk.act("notify", desk.notice(), at=date(2018, 12, 17))
        desk.act("hold", held(desk.units))
    docket = Docket(store, clock=shipped.clock)
    definition = store.definition
    monkeypatch.setattr(
        store, "definition", lambda key: None if key == own.case.opening.fingerprint else definition(key)
    )
    with pytest.raises(SweepError, match="1 records were written") as caught:
        docket.sweep()
    assert [own.id in problem for problem in caught.value.problems] == [True]
    assert shipped.deadline("甘井子区").status is Status.MISSED
    assert own.deadline("甘井子区").status is Status.OPEN


def test_two_dockets_sweeping_at_once_record_everything_once(desk: Desk) -> None:
    cases = [desk.reach("recorded").id for _ in range(8)]
    dockets = [desk.docket, Docket(desk.docket.store, clock=desk.clock)]
    written: list[int] = []
    workers = [Thread(target=lambda docket=docket: written.append(docket.sweep())) for docket in dockets]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(written) == len(cases)
    assert all(len([r for r in desk.docket.history(case) if r.kind is Kind.CLOCK]) == 1 for case in cases)


def test_a_sweep_that_lost_its_race_finds_nothing_left() -> None:
    store = Racing()
    desk = Desk(store=store)
    desk.reach("recorded")
    store.ahead = [lambda: desk.report("甘井子区", at=date(2018, 12, 20))]
    assert desk.docket.sweep() == 0
    assert [record.kind for record in desk.history].count(Kind.CLOCK) == 0


def test_a_sweep_beside_another_one_is_given_nothing_that_the_other_has_claimed() -> None:
    store = Racing()
    desk = Desk(store=store)
    desk.reach("recorded")
    beside: list[int] = []
    store.ahead = [lambda: beside.append(Docket(store, clock=desk.clock).sweep())]
    assert (desk.docket.sweep(), beside) == (1, [0])
    assert [record.kind for record in desk.history].count(Kind.CLOCK) == 1


def test_a_sweep_that_took_longer_than_its_lease_leaves_the_case_to_whoever_has_claimed_it_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yingshang_flow.operations.sweep._LEASE", 1)
    store = Racing()
    desk = Desk(store=store)
    desk.reach("recorded")
    beside: list[int] = []
    store.ahead = [lambda: beside.append(Docket(store, clock=desk.clock).sweep())]
    assert (desk.docket.sweep(), beside) == (0, [1])
    assert [record.kind for record in desk.history].count(Kind.CLOCK) == 1


def test_a_sweep_of_less_than_one_case_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownError, match="a sweep records at least 1 case, not 0"):
        desk.docket.sweep(limit=0)


def test_a_store_that_fails_ends_a_sweep(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.reach("held")

    def commit(_: Commit) -> None:
        raise StoreError("no room")

    monkeypatch.setattr(desk.docket.store, "commit", commit)
    with pytest.raises(StoreError, match="no room"):
        desk.docket.sweep()


def test_what_a_sweep_keeps_is_the_snapshot_that_an_act_would_keep(desk: Desk) -> None:
    desk.units = THREE
    desk.reach("recorded")
    assert desk.docket.sweep() == 1
    row = desk.docket.store.load(desk.id)
    assert row is not None
    assert row.text == codec.case_text(desk.case)
    assert desk.act("record_feedback", Feedback("已回访")).revision == row.revision + 1
    assert desk.docket.verify(desk.id) == row.revision + 1


class Illegible(MemoryStore):
    """Shows what was said in acts as no definition can read it."""

    def load(self, case: str) -> CaseRow | None:
        row = super().load(case)
        return None if row is None else attrs.evolve(row, text=row.text.replace('"mode":"individual"', '"mode":"x"'))


def test_a_sweep_does_not_read_what_was_said_in_acts() -> None:
    desk = Desk(store=Illegible())
    desk.reach("recorded")
    docket = Docket(desk.docket.store, clock=desk.clock)
    with pytest.raises(CodecError, match="mode"):
        docket.load(desk.id)
    assert docket.sweep() == 1
    kept = super(Illegible, desk.docket.store).load(desk.id)  # type: ignore[misc]  # as it is stored
    assert '"mode":"x"' in kept.text

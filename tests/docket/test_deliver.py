"""Delivering messages through a docket: at least once, of each case in order, whatever a handler or a worker does."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest

from tests.lifecycles.interviewing import Desk
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.docket import Docket
from yingshang_flow.errors import DeliveryError, StoreError, UnknownError
from yingshang_flow.operations.messages import Message
from yingshang_flow.ports import Outbox, Store
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing.clock import FixedClock


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    found: Store = MemoryStore() if request.param == "memory" else SQLiteStore(tmp_path / "cases.db")
    yield found
    found.close()


class Office:
    """A docket that tells of everything, with interviews whose reports nobody sends."""

    def __init__(self, store: Store, *topics: str) -> None:
        self.clock = FixedClock(date(2019, 6, 1))
        self.docket = Docket(store, clock=self.clock, **({"topics": topics} if topics else {}))  # type: ignore[arg-type]
        self.heard: list[Message] = []

    def overdue(self) -> str:
        desk = Desk(docket=self.docket)
        desk.reach("recorded")
        return desk.id

    def hear(self, message: Message) -> None:
        self.heard.append(message)

    def deliver(self, **options: Any) -> int:  # noqa: ANN401 - of deliver
        return self.docket.deliver(self.hear, **options)


def test_what_the_clock_records_is_told_once(store: Store) -> None:
    office = Office(store)
    case = office.overdue()
    assert office.deliver() == 0
    office.docket.sweep()
    assert office.deliver() == 1
    (message,) = office.heard
    assert (message.topic, message.case, message.content["limit"], message.content["due"]) == (
        "missed",
        case,
        "report",
        "2018-12-29",
    )
    office.docket.sweep()
    assert (office.deliver(), len(office.heard)) == (0, 1)


def test_acts_are_told_where_that_is_asked_for_in_the_order_of_the_case(store: Store) -> None:
    office = Office(store, "act", "missed")
    case = office.overdue()
    office.docket.sweep()
    assert office.deliver() == len(office.docket.history(case))
    assert [message.revision for message in office.heard] == list(range(1, len(office.heard) + 1))
    assert office.heard[-1].topic == "missed"


def test_a_handler_that_raises_holds_back_its_case_and_no_other(store: Store) -> None:
    office = Office(store, "act")
    first, second = office.overdue(), office.overdue()

    def hear(message: Message) -> None:
        if (message.case, message.revision) == (first, 3):
            raise ValueError("the line is busy")
        office.hear(message)

    with pytest.raises(DeliveryError, match=rf"message {first}/3/1 \(act\): ValueError\('the line is busy'\)"):
        office.docket.deliver(hear)
    heard = [(message.case, message.revision) for message in office.heard]
    assert [revision for case, revision in heard if case == first] == [1, 2]
    assert [revision for case, revision in heard if case == second] == list(
        range(1, office.docket.load(second).revision + 1)
    )
    office.deliver()
    assert [message.revision for message in office.heard if message.case == first] == list(
        range(1, office.docket.load(first).revision + 1)
    )


def test_a_message_whose_worker_died_comes_again_when_its_lease_ends(store: Store) -> None:
    office = Office(store, "act")
    office.overdue()
    assert isinstance(store, Outbox)
    assert len(store.outgoing(lease=1)) == 1  # a worker that never comes back
    sleep(0.002)  # SQLite's clock counts whole milliseconds
    assert office.deliver() > 0
    assert office.heard[0].revision == 1


def test_only_so_many_are_handed_over(store: Store) -> None:
    office = Office(store, "act")
    office.overdue()
    assert (office.deliver(limit=2), len(office.heard)) == (2, 2)


def test_workers_share_the_messages_and_each_case_keeps_its_order(store: Store) -> None:
    office = Office(store, "act")
    cases = [office.overdue() for _ in range(4)]
    workers = [Thread(target=office.deliver) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    office.deliver()
    for case in cases:
        told = [message.revision for message in office.heard if message.case == case]
        assert told == list(range(1, office.docket.load(case).revision + 1))


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(seconds=-1), 5, None])
def test_a_lease_of_nothing_is_refused(lease: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(UnknownError, match="a lease is a timedelta above nothing"):
        Office(MemoryStore()).deliver(lease=lease)


@pytest.mark.parametrize("limit", [0, -1, True, 1.5])
def test_a_limit_of_nothing_is_refused(limit: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(UnknownError, match="at least 1 message is handed over"):
        Office(MemoryStore()).deliver(limit=limit)


class Plain(Store):
    """A store that keeps cases and nothing else, by handing on to another."""

    def __init__(self) -> None:
        self.kept = MemoryStore()


def _handed_on(name: str) -> Callable[..., Any]:
    def call(self: Plain, *given: object, **named: object) -> Any:  # noqa: ANN401 - whatever the other returns
        return getattr(self.kept, name)(*given, **named)

    return call


for _name in sorted(Store.__abstractmethods__):
    setattr(Plain, _name, _handed_on(_name))
Plain.__abstractmethods__ = frozenset()


def test_a_store_without_an_outbox_runs_cases_and_refuses_messages_only_where_they_are_asked_for() -> None:
    plain = Plain()  # type: ignore[abstract]  # each is handed on
    office = Office(plain)
    case = office.overdue()
    assert office.docket.sweep() == 1
    assert office.docket.verify(case) == office.docket.load(case).revision > 1
    with pytest.raises(StoreError, match="a Plain keeps no messages: use a store that is an Outbox"):
        office.deliver()
    with pytest.raises(StoreError, match="a Plain keeps no messages"):
        Docket(plain, topics=["missed"])


def test_a_docket_that_tells_of_nothing_sends_nothing(store: Store) -> None:
    docket = Docket(store, clock=FixedClock(date(2019, 6, 1)), topics=())
    Desk(docket=docket).reach("recorded")
    assert docket.sweep() == 1
    assert docket.deliver(print) == 0


def test_moments_in_messages_are_microseconds(store: Store) -> None:
    office = Office(store, "act")
    office.overdue()
    office.deliver(limit=1)
    said = office.heard[0].content["recorded_at"]
    assert datetime.fromtimestamp(said / 1_000_000, CHINA_TIME) == datetime.combine(
        date(2019, 6, 1), time(12), CHINA_TIME
    )

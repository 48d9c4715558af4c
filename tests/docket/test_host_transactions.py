"""A docket in a transaction of the host's: it remembers nothing that may be rolled back, and tries no race again."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.docket.racing import Racing
from tests.docket.reprojecting import NOTICE, TODAY
from tests.lifecycles.complaining import BODY, PLATFORM, RECEIVED, REPLY, Assignment, receipt
from tests.stores.sqlalchemy.conftest import Place, a_place
from yingshang_flow import Docket, lifecycles
from yingshang_flow.core.case import Case
from yingshang_flow.deadlines import china
from yingshang_flow.errors import ConflictError, StoreError, UnknownError
from yingshang_flow.lifecycles import interview
from yingshang_flow.ports import Commit
from yingshang_flow.stores import MemoryStore
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing import FixedClock

ASSIGNMENT = Assignment("区住建局")


@pytest.fixture(scope="module", params=["postgresql", "mariadb", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    file = tmp_path_factory.mktemp("sqlite") / "cases.db"
    url = f"sqlite:///{file}" if request.param == "sqlite" else request.getfixturevalue(f"{request.param}_url")
    with a_place(url) as found:
        upgrade(found.engine, prefix=found.prefix)
        yield found


@pytest.fixture
def docket(place: Place) -> Docket:
    return Docket(place.store(), clock=FixedClock(RECEIVED))


def opened(docket: Docket) -> Case:
    complaint = lifecycles.complaint("bayuquan-2018")
    return docket.open(complaint, receipt(), by=BODY, at=RECEIVED, trigger="receive")


def accept(docket: Docket, case: Case, key: str | None = None) -> Case:
    return docket.act(case.id, "accept", by=BODY, key=key)


def assign(docket: Docket, case: Case, key: str | None = None) -> Case:
    return docket.act(case.id, "assign", ASSIGNMENT, by=PLATFORM, key=key)


def reply(docket: Docket, case: Case) -> Case:
    return docket.act(case.id, "reply", REPLY, by=BODY)


def test_what_a_host_has_rolled_back_is_forgotten(place: Place, docket: Docket) -> None:
    case = opened(docket)
    with place.engine.begin() as connection:
        ours, other = (docket.on(SQLAlchemyStore.joining(connection, prefix=place.prefix)) for _ in range(2))
        # SQLite needs its write lock before a savepoint, as it begins no transaction for one.
        connection.execute(sa.delete(sa.table(f"{place.prefix}messages")))
        with connection.begin_nested() as savepoint:
            assert accept(ours, case).revision == 2
            savepoint.rollback()
        accept(other, case, key="another record of that number")
        assert assign(ours, case).revision == 3
    assert docket.verify(case.id) == 3
    assert [record.trigger for record in docket.history(case.id)] == ["receive", "accept", "assign"]


def test_a_case_is_on_a_request_and_gone_with_it(place: Place, docket: Docket) -> None:
    with place.engine.connect() as connection:
        case = opened(docket.on(SQLAlchemyStore.joining(connection, prefix=place.prefix)))
        assert case.opening.profile == "bayuquan-2018"
    with pytest.raises(UnknownError, match="there is no case"):
        docket.load(case.id)
    case = opened(docket)
    assert accept(docket, case).revision == 2


def test_another_store_has_the_dockets_procedures_calendar_clock_ids_and_topics() -> None:
    calendar, clock = china(), FixedClock(date(2018, 9, 10))
    made = Docket(
        MemoryStore(),
        lifecycles=[lifecycles.complaint],
        calendar=calendar,
        clock=clock,
        new_id=lambda: "the id",
        topics=iter(["act"]),
    )
    other = made.on(MemoryStore())
    case = opened(other)
    assert (case.id, other.calendar, case.opened.date) == ("the id", calendar, date(2018, 9, 10))
    told: list[str] = []
    assert other.deliver(lambda message: told.append(message.case)) == 1
    assert told == ["the id"]
    with pytest.raises(UnknownError, match="there is no case"):
        made.load(case.id)
    with pytest.raises(UnknownError, match="runs complaint, not 'interview'"):
        other.open(interview("dalian-2018"), by=BODY)


def test_a_store_of_another_database_is_not_taken_for_the_first() -> None:
    docket = Docket(MemoryStore(), clock=FixedClock(RECEIVED), new_id=lambda: "case")
    other = docket.on(MemoryStore())
    case = opened(docket)
    accept(docket, case)
    opened(other)
    with pytest.raises(StoreError, match="'case'"):
        opened(other)
    assert accept(other, case).revision == 2
    assert (docket.verify("case"), other.verify("case")) == (2, 2)


class Joined(Racing):
    """A store in a host's transaction, in which somebody else is faster."""

    joined = True

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    def commit(self, commit: Commit) -> None:
        self.tries += 1
        super().commit(commit)


@pytest.mark.parametrize("key", [None, "key"])
def test_a_race_that_was_lost_is_not_tried_again_but_left_to_the_host(key: str | None) -> None:
    store = Joined()
    docket = Docket(store, clock=FixedClock(RECEIVED))
    case = opened(docket)
    store.tries = 0
    store.ahead = [lambda: accept(docket, case, key=key)]
    with pytest.raises(ConflictError, match="another was faster with this key" if key else "does not follow"):
        accept(docket, case, key=key)
    assert store.tries == 2  # the faster one's, and ours once
    assert docket.verify(case.id) == 2


@pytest.mark.parametrize("work", ["sweep", "reproject"])
def test_the_clock_leaves_a_race_to_the_host_too(work: str) -> None:
    store, clock = Joined(), FixedClock(TODAY)
    docket = Docket(store, clock=clock)
    case = docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, trigger="receive")
    if work == "sweep":
        clock.advance(timedelta(days=60))
    store.ahead = [lambda: accept(docket, case)]
    store.tries = 0
    with pytest.raises(ConflictError):
        docket.sweep() if work == "sweep" else docket.reproject(china(notices=[NOTICE]))
    assert store.tries == 2


def test_a_transaction_that_sees_the_past_is_refused_at_once(mariadb_url: str) -> None:
    with a_place(mariadb_url) as place:
        upgrade(place.engine, prefix=place.prefix)
        docket = Docket(place.store(), clock=FixedClock(RECEIVED))
        case = opened(docket)
        with place.engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            host = docket.on(SQLAlchemyStore.joining(connection, prefix=place.prefix))
            assert host.load(case.id) == case  # from here on it sees nothing newer
            accept(docket, case)
            with pytest.raises(ConflictError, match="was written by another"):
                accept(host, case)
            connection.rollback()
            assert assign(host, case).revision == 3
            connection.commit()
        assert docket.verify(case.id) == 3


def test_between_lost_races_a_docket_pauses_as_it_was_told() -> None:
    store, pauses = Racing(), list[float]()
    docket = Docket(store, clock=FixedClock(RECEIVED), pause=pauses.append)
    other = Docket(store, clock=FixedClock(RECEIVED))
    case = opened(docket)
    accept(other, case)
    none = lambda: None  # noqa: E731  # before the commit of the other one
    steps = [lambda: assign(other, case), *[lambda: reply(other, case)] * 4]
    store.ahead = [one for step in steps for one in (step, none)]
    assert reply(docket, case).revision == 8
    assert len(pauses) == 3
    assert all(0 <= seconds < 0.02 for seconds in pauses)

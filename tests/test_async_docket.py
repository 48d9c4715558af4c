"""The docket for asyncio: all that the docket does, by tasks side by side, in transactions of its own or the host's."""

import asyncio
import inspect
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

import yingshang_flow.async_docket
from tests.docket.reprojecting import NOTICE, TODAY
from tests.lifecycles.complaining import BODY, PLATFORM, RECEIVED, REPLY, Assignment, receipt
from tests.stores.sqlalchemy.conftest import Place, a_place
from yingshang_flow import Docket, lifecycles
from yingshang_flow.async_docket import AsyncDocket
from yingshang_flow.core.case import Case
from yingshang_flow.deadlines import china
from yingshang_flow.errors import (
    ConflictError,
    DeliveryError,
    RefusedError,
    SchemaError,
    StoreError,
    StoreUnavailableError,
    TimeError,
    UnknownError,
)
from yingshang_flow.operations.messages import Message
from yingshang_flow.stores.sqlalchemy import POSTGRESQL
from yingshang_flow.stores.sqlalchemy.lending import pause
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing import FixedClock

COMPLAINT = lifecycles.complaint("bayuquan-2018")
ASSIGNMENT = Assignment("区住建局")


@attrs.frozen
class Reached:
    """Tables in a database, and the URL by which asyncio reaches it."""

    tables: Place
    url: sa.URL

    def blocking(self) -> Docket:
        """Return the ordinary docket there."""
        return Docket(self.tables.store(), clock=FixedClock(RECEIVED))

    def docket(self, **options: Any) -> AsyncDocket:  # noqa: ANN401 - the docket's own
        """Return a docket with connections of its own, at the day on which complaints are received."""
        return AsyncDocket(self.url, **{"prefix": self.tables.prefix, "clock": FixedClock(RECEIVED), **options})

    @asynccontextmanager
    async def hosted(self, **options: Any) -> AsyncIterator[tuple[AsyncDocket, Any]]:  # noqa: ANN401 - the docket's own
        """Yield a docket on an engine of the host's, and that engine."""
        engine = create_async_engine(self.url)
        try:
            yield AsyncDocket(engine, prefix=self.tables.prefix, clock=FixedClock(RECEIVED), **options), engine
        finally:
            await engine.dispose()


DRIVERS = {
    "postgresql+psycopg": "postgresql_url",
    "postgresql+asyncpg": "postgresql_url",
    "mariadb+asyncmy": "mariadb_url",
    "sqlite+aiosqlite": "",
}


@pytest.fixture(scope="module", params=DRIVERS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    fixture = DRIVERS[request.param]
    url = request.getfixturevalue(fixture) if fixture else f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'cases.db'}"
    with a_place(url) as tables:
        upgrade(tables.engine, prefix=tables.prefix)
        yield Reached(tables, sa.make_url(url).set(drivername=request.param))


@pytest.fixture
def reached(made: Reached) -> Reached:
    made.tables.empty()
    return made


def running(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that is a coroutine function on a loop of its own."""

    def run(**fixtures: object) -> None:
        asyncio.run(test(**fixtures))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    run.__signature__ = inspect.signature(test)  # type: ignore[attr-defined]  # by which pytest gives fixtures
    return run


async def opened(docket: AsyncDocket, **options: str) -> Case:
    return await docket.open(COMPLAINT, receipt(), by=BODY, at=RECEIVED, trigger="receive", **options)


async def accepted(docket: AsyncDocket) -> Case:
    case = await opened(docket)
    return await docket.act(case.id, "accept", by=BODY)


# --- parity -----------------------------------------------------------------------------------------------------------


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_every_method_of_the_docket_has_its_counterpart() -> None:
    missing = public(Docket) - public(AsyncDocket)
    lines = [f"{name} = _awaited(Docket.{name})" for name in sorted(missing)]
    assert not lines, f"AsyncDocket lacks what Docket has; add to it (_iterated for one that yields): {lines}"
    assert public(AsyncDocket) - public(Docket) == {"close"}


@pytest.mark.parametrize("name", sorted(public(Docket) - {"on", "calendar"}))
def test_a_counterpart_has_the_same_arguments_and_the_same_words(name: str) -> None:
    own, counterpart = getattr(Docket, name), getattr(AsyncDocket, name)
    assert inspect.signature(counterpart) == inspect.signature(own)
    assert counterpart.__doc__ == own.__doc__
    yields = inspect.isgeneratorfunction(own)
    assert inspect.isasyncgenfunction(counterpart) == yields
    assert inspect.iscoroutinefunction(counterpart) != yields


def test_a_docket_for_asyncio_is_made_with_what_a_docket_is_made_with() -> None:
    own, counterpart = (dict(inspect.signature(kind).parameters) for kind in (Docket, AsyncDocket))
    assert next(iter(own)) == "store"
    assert list(counterpart)[:3] == ["engine", "prefix", "server"]
    assert set(own) - set(counterpart) == {"store", "pause"}  # a task that waits lets the others go on
    for name in set(own) & set(counterpart):
        assert own[name] == counterpart[name]


# --- what it does -----------------------------------------------------------------------------------------------------


@running
async def test_a_case_goes_its_way_and_the_ordinary_docket_reads_the_same(reached: Reached) -> None:
    async with reached.docket() as docket:
        case = await accepted(docket)
        case = await docket.act(case.id, "assign", ASSIGNMENT, by=PLATFORM)
        assert (case.state, case.revision) == ("assigned", 3)
        with pytest.raises(RefusedError) as refused:
            await docket.act(case.id, "accept", by=BODY)
        with pytest.raises(UnknownError, match="there is no case"):
            await docket.load("nothing")
        deadline = case.deadlines[0]
        blocking = reached.blocking()
        with pytest.raises(RefusedError) as blocking_refused:
            blocking.act(case.id, "accept", by=BODY)
        assert str(refused.value) == str(blocking_refused.value)
        assert await docket.load(case.id) == blocking.load(case.id) == case
        assert await docket.history(case.id) == blocking.history(case.id)
        assert await docket.options(case.id, by=BODY) == blocking.options(case.id, by=BODY)
        assert (await docket.lifecycle(case.id)).sections == COMPLAINT.sections
        assert str(await docket.explain(case.id, deadline)) == str(blocking.explain(case.id, deadline))
        assert await docket.ledger(case.id, deadline) == blocking.ledger(case.id, deadline)
        assert await docket.lamp(case.id, deadline) == blocking.lamp(case.id, deadline)
        assert await docket.verify(case.id) == 3
        assert [one async for one in docket.due(before=date(2019, 1, 1))] == list(blocking.due(before=date(2019, 1, 1)))
        assert docket.calendar == blocking.calendar


@running
async def test_what_is_iterated_over_comes_in_batches_that_hold_no_connection(reached: Reached) -> None:
    batch = pytest.MonkeyPatch()
    batch.setattr(yingshang_flow.async_docket, "_BATCH", 2)
    async with reached.hosted() as (docket, engine):
        cases = sorted([(await opened(docket)).id for _ in range(5)])
        seen = []
        async for case in docket.find(lifecycle="complaint"):
            assert engine.pool.checkedout() == 0
            await docket.act(case.id, "accept", by=BODY)
            seen.append(case.id)
        assert seen == cases
        assert len([due async for due in docket.due(before=date(2018, 9, 19))]) == 5
        assert [case async for case in docket.find(state="nothing")] == []
        assert (await anext(docket.find(state="accepted"))).id == cases[0]
        assert engine.pool.checkedout() == 0
    batch.undo()


@running
async def test_the_clock_is_run_by_tasks_side_by_side_and_says_everything_once(reached: Reached) -> None:
    clock = FixedClock(RECEIVED)
    async with reached.docket(clock=clock) as docket:
        cases = [await opened(docket) for _ in range(4)]
        clock.travel_to(date(2018, 9, 30))
        written = await asyncio.gather(*(docket.sweep() for _ in range(3)))
        assert sum(written) == len(cases)
        told: list[Message] = []

        async def handle(message: Message) -> None:
            await asyncio.sleep(0)
            told.append(message)

        assert sum(await asyncio.gather(*(docket.deliver(handle) for _ in range(2)))) == len(told) > 0
        assert {message.case for message in told} == {case.id for case in cases}
        assert len({(message.case, message.revision, message.number) for message in told}) == len(told)
        with pytest.raises(TimeError):
            await docket.sweep(now=clock() + timedelta(days=1))


@running
async def test_a_handler_that_fails_holds_its_message_back(reached: Reached) -> None:
    async with reached.docket(topics=["act"]) as docket:
        await accepted(docket)

        async def fail(_message: Message) -> None:
            await asyncio.sleep(0)
            raise ValueError("nobody there")

        with pytest.raises(DeliveryError, match="nobody there"):
            await docket.deliver(handle=fail)
        told: list[int] = []
        assert await docket.deliver(lambda message: told.append(message.revision)) == 2
        assert told == [1, 2]


@running
async def test_dates_are_counted_anew_and_each_is_told(reached: Reached) -> None:
    async with reached.docket(clock=FixedClock(TODAY)) as docket:
        case = await docket.open(COMPLAINT, receipt(), by=BODY, trigger="receive")
        told: list[str] = []

        async def tell(case: str, _moved: object) -> None:
            await asyncio.sleep(0)
            told.append(case)

        calendar = china(notices=[NOTICE])
        moved = await docket.reproject(calendar, dry_run=True, each=tell, progress=None)
        assert (await docket.load(case.id)).revision == 1
        assert await docket.reproject(calendar) == moved == len(told) > 0
        assert (await docket.load(case.id)).revision == 2


# --- side by side -----------------------------------------------------------------------------------------------------


@running
async def test_tasks_on_the_same_case_write_one_history(reached: Reached) -> None:
    async with reached.docket() as docket:
        case = await accepted(docket)

        async def reply_thrice() -> None:
            for _ in range(3):
                await docket.act(case.id, "reply", REPLY, by=BODY)

        await asyncio.gather(*(reply_thrice() for _ in range(6)))
        assert [record.revision for record in await docket.history(case.id)] == list(range(1, 21))
        assert await docket.verify(case.id) == 20


@running
async def test_a_key_is_one_outcome_for_all_tasks(reached: Reached) -> None:
    async with reached.docket() as docket:
        cases = await asyncio.gather(*(opened(docket, key="open") for _ in range(5)))
        assert len({case.id for case in cases}) == 1
        await asyncio.gather(*(docket.act(cases[0].id, "accept", by=BODY, key="accept") for _ in range(5)))
        assert (await docket.load(cases[0].id)).revision == 2


@running
async def test_a_task_that_is_cancelled_leaves_nothing_half(reached: Reached) -> None:
    async with reached.hosted(topics=["act"]) as (docket, engine):
        case = await accepted(docket)
        loop, ended = asyncio.get_running_loop(), 0
        began = loop.time()
        await docket.act(case.id, "reply", REPLY, by=BODY)
        usual = loop.time() - began
        for turn in range(24):  # each is cancelled a little later in its way
            task = asyncio.create_task(docket.act(case.id, "reply", REPLY, by=BODY, key=f"turn {turn}"))
            await asyncio.sleep(usual * turn / 16)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            else:
                ended += 1
        await docket.act(case.id, "reply", REPLY, by=BODY, key="afterwards")
        kept = await docket.verify(case.id)
        assert 4 + ended <= kept <= 4 + 24
        assert await docket.deliver(lambda _message: None) == kept
        assert engine.pool.checkedout() == 0


@running
async def test_other_tasks_go_on_while_one_waits(reached: Reached) -> None:
    async with reached.docket() as docket:
        case = await accepted(docket)
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        await docket.load(case.id)
        ticking.cancel()
        assert ticks > 1
        waiting = asyncio.create_task(docket._run(lambda _docket: pause(2)))
        await asyncio.sleep(0.01)
        await docket.load(case.id)
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


# --- in the host's transaction ----------------------------------------------------------------------------------------


@pytest.fixture
def letters(reached: Reached) -> Iterator[sa.Table]:
    """A table of the host's."""
    metadata = sa.MetaData()
    number = sa.Column("number", sa.Integer, primary_key=True, autoincrement=False)
    table = sa.Table(f"{reached.tables.prefix}letters", metadata, number, mysql_engine="InnoDB")
    metadata.create_all(reached.tables.engine)
    yield table
    metadata.drop_all(reached.tables.engine)


async def numbers(engine: Any, letters: sa.Table) -> list[int]:  # noqa: ANN401 - an engine
    async with engine.connect() as connection:
        return list((await connection.execute(sa.select(letters.c.number))).scalars())


@running
async def test_a_case_and_the_rows_of_a_session_are_kept_together(reached: Reached, letters: sa.Table) -> None:
    async with reached.hosted() as (docket, engine):
        async with AsyncSession(engine) as session, session.begin():
            await session.execute(sa.insert(letters).values(number=1))
            case = await accepted(docket.on(session))
            assert [one.id async for one in docket.on(session).find()] == [case.id]
            with pytest.raises(RefusedError):
                await docket.on(session).act(case.id, "accept", by=BODY)
        assert await docket.load(case.id) == case
        assert await numbers(engine, letters) == [1]


@running
async def test_a_case_and_the_rows_of_a_connection_are_lost_together(reached: Reached, letters: sa.Table) -> None:
    async with reached.hosted() as (docket, engine):
        async with engine.connect() as connection:
            host = docket.on(connection)
            await connection.execute(sa.insert(letters).values(number=1))
            case = await accepted(host)
            await connection.rollback()
            with pytest.raises(UnknownError, match="there is no case"):
                await host.load(case.id)
        with pytest.raises(UnknownError, match="there is no case"):
            await docket.load(case.id)
        assert await numbers(engine, letters) == []


@running
async def test_what_a_session_has_rolled_back_is_forgotten(reached: Reached) -> None:
    async with reached.hosted() as (docket, engine):
        case = await opened(docket)
        async with AsyncSession(engine) as session:
            host = docket.on(session)
            await host.act(case.id, "accept", by=BODY)
            await session.rollback()
            await docket.act(case.id, "reply", REPLY, by=BODY)
            assert (await host.act(case.id, "accept", by=BODY)).revision == 3
            await session.commit()
        assert await docket.verify(case.id) == 3


@running
async def test_a_race_lost_in_the_hosts_transaction_is_the_hosts(reached: Reached) -> None:
    if reached.url.get_backend_name() != "mariadb":
        return  # only there a transaction may see the past: its own level is REPEATABLE READ
    async with reached.hosted() as (docket, engine):
        case = await opened(docket)
        async with AsyncSession(engine) as session:
            assert await docket.on(session).load(case.id) == case
            await docket.act(case.id, "accept", by=BODY)
            with pytest.raises(ConflictError):
                await docket.on(session).act(case.id, "accept", by=BODY)


# --- what it is given -------------------------------------------------------------------------------------------------


@running
async def test_an_engine_stays_the_hosts_and_a_url_ends_with_the_docket(reached: Reached) -> None:
    async with reached.hosted() as (docket, engine):
        await opened(docket)
        pool = engine.pool
        await docket.close()
        assert engine.pool is pool
        with pytest.raises(StoreUnavailableError, match="is closed; make a new one"):
            await docket.load("case")
        async with engine.connect() as connection:
            await docket.on(connection).close()
            assert await connection.scalar(sa.select(1)) == 1
            assert [case.state async for case in docket.on(connection).on(connection).find()] == ["received"]


@running
async def test_no_tables_are_refused_with_the_command_that_makes_them(reached: Reached) -> None:
    async with reached.docket(prefix="none_") as docket:
        with pytest.raises(SchemaError, match="run: yingshang-flow db upgrade --db URL --prefix none_"):
            await docket.load("case")
        with pytest.raises(SchemaError):
            [case async for case in docket.find()]


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "postgresql+asyncpg", "mariadb+asyncmy"])
def test_a_server_that_does_not_answer_is_told_without_the_password(driver: str) -> None:
    async def load() -> None:
        async with AsyncDocket(f"{driver}://name:secret@127.0.0.1:1/d") as docket:
            await docket.load("case")

    with pytest.raises(StoreUnavailableError, match=r"127\.0\.0\.1:1/d cannot be reached") as caught:
        asyncio.run(load())
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("engine", "says"),
    [
        ("mariadb+pymysql://u:secret@h/d", r"name an asynchronous driver: postgresql\+psycopg://"),
        ("sqlite:///cases.db", "is for blocking work alone"),
        ("cases.db", "is no database URL"),
        ("moon+asyncmy://u:secret@h/d", "no database is known by"),
        ("mysql+aiomysql://u:secret@h/d", "needs the driver aiomysql, which is not installed"),
        (7, "an asynchronous engine or a URL is needed, not int"),
        (sa.create_engine("sqlite://"), "not Engine; make one with create_async_engine"),
    ],
)
def test_what_cannot_be_an_engine_is_refused_at_once(engine: Any, says: str) -> None:  # noqa: ANN401 - anything
    with pytest.raises(StoreError, match=says) as caught:
        AsyncDocket(engine)
    assert "secret" not in str(caught.value)


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "greenlet", None)
    with pytest.raises(StoreError, match=r'needs greenlet, .* pip install "yingshang-flow\[async\]"'):
        AsyncDocket("sqlite+aiosqlite://")


def test_only_what_is_asynchronous_is_joined() -> None:
    docket = AsyncDocket("sqlite+aiosqlite://")
    for host in (Session(), sa.create_engine("sqlite://"), None):
        with pytest.raises(StoreError, match="an AsyncConnection or an AsyncSession can be joined, not"):
            docket.on(host)  # type: ignore[arg-type]


def test_what_a_docket_refuses_is_refused_when_it_is_made() -> None:
    with pytest.raises(UnknownError, match="lifecycles takes procedures"):
        AsyncDocket("sqlite+aiosqlite://", lifecycles=["complaint"])  # type: ignore[list-item]
    with pytest.raises(UnknownError, match="topic"):
        AsyncDocket("sqlite+aiosqlite://", topics=["nothing"])


def test_a_server_that_is_known_better_is_taken_as_given(postgresql_url: str) -> None:
    async def opened_there() -> None:
        server = attrs.evolve(POSTGRESQL, name="Kin", skips_locked=False)
        async with AsyncDocket(postgresql_url, prefix=tables.prefix, server=server) as docket:
            await opened(docket)

    with a_place(postgresql_url) as tables:
        upgrade(tables.engine, prefix=tables.prefix)
        asyncio.run(opened_there())

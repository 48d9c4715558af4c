"""The store on what asyncio lends it holds those clauses in which a driver has a say, by each asynchronous driver."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.stores.sqlalchemy.conftest import Place, a_place
from yingshang_flow.ports import DueWork, Outbox, Store
from yingshang_flow.stores.sqlalchemy.lending import EngineLending
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.store_contract import Reopen, StoreContract


def _lent(name: str) -> Callable[..., Any]:
    """Return a method that runs the store's own on a connection of the loop's, and waits for it."""

    def call(self: "_Lent", *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the method's
        work = self.lending.run(lambda store: getattr(store, name)(*args, **kwargs))
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    return call


class _Lent(Store, DueWork, Outbox):
    """A store whose connections a loop in another thread lends to it, call by call."""

    def __init__(self, url: sa.URL, prefix: str, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.lending = EngineLending(url, prefix=prefix)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.lending.close(), self.loop).result()


_METHODS = {name: _lent(name) for kind in (Store, DueWork, Outbox) for name in kind.__abstractmethods__ - {"close"}}
Lent = type("Lent", (_Lent,), _METHODS)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class ByADriver(StoreContract):
    server = driver = ""

    @pytest.fixture(scope="class")
    @classmethod
    def place(cls, request: pytest.FixtureRequest) -> Iterator[Place]:
        with a_place(request.getfixturevalue(f"{cls.server}_url")) as place:
            upgrade(place.engine, prefix=place.prefix)
            yield place

    @pytest.fixture
    def reopen(self, place: Place, loop: asyncio.AbstractEventLoop) -> Reopen:
        url = sa.make_url(place.url).set(drivername=self.driver)
        return lambda: Lent(url, place.prefix, loop)

    @pytest.fixture
    def store(self, place: Place, reopen: Reopen) -> Iterator[Store]:
        place.empty()
        store = reopen()
        yield store
        store.close()


for _name in filter(re.compile("test_(?!s03|s05|s07|s10|s14)").match, dir(StoreContract)):
    setattr(ByADriver, _name, None)  # its statements are those of the store, which holds the others elsewhere


class TestByAsyncpg(ByADriver):
    server, driver = "postgresql", "postgresql+asyncpg"


class TestByAsyncmy(ByADriver):
    server, driver = "mariadb", "mariadb+asyncmy"


class TestByAiosqlite(ByADriver):
    server, driver = "sqlite", "sqlite+aiosqlite"

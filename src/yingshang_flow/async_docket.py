"""AsyncDocket: the docket for asyncio; each method runs the docket's own on a connection of SQLAlchemy's asyncio."""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.docket import Docket, new_id, system_clock
from yingshang_flow.lifecycles import Procedure
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.stores.sqlalchemy.lending import (
    Connectable,
    EngineLending,
    Joinable,
    JoinedLending,
    awaiting,
    pause,
)
from yingshang_flow.stores.sqlalchemy.servers import Server
from yingshang_flow.stores.sqlalchemy.tables import PREFIX

P = ParamSpec("P")
T = TypeVar("T")

_BATCH: Final = 100
"""How many of what is iterated over are read together, on one connection."""


def _awaited(
    method: Callable[Concatenate[Docket, P], T], *calling: str
) -> Callable[Concatenate["AsyncDocket", P], Coroutine[Any, Any, T]]:
    """Return the counterpart of a method of the docket, to be awaited.

    Args:
        method: The method.
        calling: The names of its parameters that are functions; these may be asynchronous.
    """
    signature = inspect.signature(method)

    @functools.wraps(method)
    async def awaited(self: "AsyncDocket", /, *args: P.args, **kwargs: P.kwargs) -> T:
        given = signature.bind(self, *args, **kwargs)
        given.arguments |= {name: awaiting(call) for name in calling if (call := given.arguments.get(name)) is not None}
        return await self._run(lambda docket: method(docket, *given.args[1:], **given.kwargs))

    return awaited


def _iterated(
    method: Callable[Concatenate[Docket, P], Iterator[T]],
) -> Callable[Concatenate["AsyncDocket", P], AsyncIterator[T]]:
    """Return the counterpart of a method of the docket that yields, for ``async for``.

    No connection is held while what was yielded is used.
    """

    @functools.wraps(method)
    async def iterated(self: "AsyncDocket", /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        found: Iterator[T] | None = None

        def batch(docket: Docket) -> list[T]:
            nonlocal found
            found = method(docket, *args, **kwargs) if found is None else found
            return list(islice(found, _BATCH))

        while some := await self._run(batch):
            for one in some:
                yield one

    return iterated


class AsyncDocket:
    """Runs the cases of any number of procedures on one database, for asyncio.

    Every method is that of ``Docket`` by the same name, with the same arguments, errors and promises: to be awaited, or
    for ``async for`` where the docket's own yields. Each call takes a connection from the engine's pool and gives it
    back, so that tasks work side by side; what is decided is decided in the thread of the event loop. A call that is
    cancelled has kept its whole record, or nothing of it.

    Args:
        engine: An asynchronous engine, which stays the host's; or a URL such as ``postgresql+psycopg://…``,
            ``mariadb+asyncmy://…`` or ``sqlite+aiosqlite:///…``, whose connections end with ``close``. The database is
            looked at with the first call.
        prefix: What the names of the tables begin with.
        server: What is known of the server; found out unless given.
        lifecycles: The procedures whose cases it can run; the shipped ones unless given.
        calendar: The working days; ``china()`` unless given.
        clock: Gives the current instant; the system's unless given.
        new_id: Gives the id of a new case; random unless given.
        topics: What is told to other systems, as for ``Docket``.
        hashing: What new records are hashed by, as for ``Docket``.

    Raises:
        StoreError: It is no URL, or no asynchronous driver for it is installed.
    """

    def __init__(
        self,
        engine: Connectable,
        *,
        prefix: str = PREFIX,
        server: Server | None = None,
        lifecycles: Sequence[Procedure[Any]] | None = None,
        calendar: WorkingCalendar | None = None,
        clock: Callable[[], datetime] = system_clock,
        new_id: Callable[[], str] = new_id,
        topics: Iterable[str] | None = None,
        hashing: str | None = None,
    ) -> None:
        self._lending: EngineLending | JoinedLending = EngineLending(engine, prefix=prefix, server=server)
        # On no database yet, as one that is looked at has to be waited for.
        self._docket = Docket(
            MemoryStore(),
            lifecycles=lifecycles,
            calendar=calendar,
            clock=clock,
            new_id=new_id,
            topics=topics,
            hashing=hashing,
            pause=pause,
        )

    def on(self, host: Joinable) -> Self:
        """Return the same docket in a transaction of the host's, kept when the host commits, beside the host's rows.

        A race that was lost is not tried again there, but raises ``ConflictError`` at once; see ``Docket.on``. Nothing
        of the host's is committed, flushed or closed.

        Args:
            host: An ``AsyncSession`` or an ``AsyncConnection``; of a sessionmaker, what it gives.

        Raises:
            StoreError: It is neither.
        """
        other = copy(self)
        other._lending = self._lending.joined(host)  # noqa: SLF001  # another of ours
        return other

    async def close(self) -> None:
        """Let go of the connections that are the docket's own; whatever is asked later is refused."""
        await self._lending.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days, loaded when they are first needed."""
        return self._docket.calendar

    # --- acting ---

    open = _awaited(Docket.open)
    act = _awaited(Docket.act)
    correct = _awaited(Docket.correct)
    annul = _awaited(Docket.annul)
    erase = _awaited(Docket.erase)
    sweep = _awaited(Docket.sweep)
    reproject = _awaited(Docket.reproject, "each", "progress")
    migrate = _awaited(Docket.migrate, "each", "progress")
    deliver = _awaited(Docket.deliver, "handle")

    # --- following up ---

    propose = _awaited(Docket.propose)
    connections = _awaited(Docket.connections)

    # --- assessing ---

    assess = _awaited(Docket.assess)
    retally = _awaited(Docket.retally, "progress")

    # --- reading ---

    load = _awaited(Docket.load)
    lifecycle = _awaited(Docket.lifecycle)
    options = _awaited(Docket.options)
    history = _awaited(Docket.history)
    definitions = _awaited(Docket.definitions)
    find = _iterated(Docket.find)
    due = _iterated(Docket.due)
    explain = _awaited(Docket.explain)
    ledger = _awaited(Docket.ledger)
    lamp = _awaited(Docket.lamp)
    verify = _awaited(Docket.verify)
    checkpoint = _awaited(Docket.checkpoint)
    compare = _iterated(Docket.compare)

    async def _run(self, work: Callable[[Docket], T]) -> T:
        """Run what may use the docket on what is lent, and return what it returns."""
        return await self._lending.run(lambda store: work(self._on(store)))

    def _on(self, store: Store) -> Docket:
        """Return the docket on a store; on an engine that is always the same one, with what it remembers."""
        if self._docket.store is not store:
            self._docket = self._docket.on(store)
        return self._docket

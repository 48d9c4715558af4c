"""What workers do while the tests of faults kill, interrupt and outrun them; they import it by name.

A lane is one worker's line of acts: act number n is step n % 8 of its case n // 8, and its key says so. So whoever
takes a lane over knows what comes next, and whoever looks at the store knows what has to be there.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Final

import attrs
import sqlalchemy

from tests.faults.looking import agrees
from tests.lifecycles.complaining import (
    AGAINST,
    BODY,
    CONCLUSION,
    RECEIVED,
    REPLY,
    SATISFIED,
    UNDERTAKER,
    receipt,
)
from yingshang_flow import lifecycles
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import china
from yingshang_flow.docket import Docket
from yingshang_flow.errors import ConflictError, StoreError, TamperedError
from yingshang_flow.lifecycles.complaint import Assignment, TakingUp, WrittenReply
from yingshang_flow.ports import Query, Store
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.testing.clock import FixedClock

# Made once by the process that all workers are forked from.
LIFECYCLE: Final[Lifecycle] = lifecycles.complaint("bayuquan-2018")
CALENDAR: Final = china()
NOW: Final = date(2019, 6, 1)
DAY: Final = date(2018, 9, 14)
TOPICS: Final = ("act", "warned", "missed", "reminded", "moved")


@attrs.frozen
class Place:
    """Where a store keeps its cases, for any process to open.

    Attributes:
        url: A path for SQLite, else a URL.
        prefix: What the names of the tables begin with; empty for SQLite.
    """

    url: str
    prefix: str = ""

    @property
    def kind(self) -> str:
        """What the store is on."""
        return sqlalchemy.make_url(self.url).get_backend_name() if self.prefix else "sqlite"

    def store(self) -> Store:
        """Open it."""
        return SQLAlchemyStore(self.url, prefix=self.prefix) if self.prefix else SQLiteStore(self.url)


def docket_on(store: Store, *, new_id: Callable[[], str] = lambda: "") -> Docket:
    """Return a docket on which every act is told by a message."""
    return Docket(store, clock=FixedClock(NOW), calendar=CALENDAR, new_id=new_id, topics=TOPICS)


STEPS: Final[tuple[Callable[[Docket, str, str], Case], ...]] = (
    lambda docket, case, key: docket.open(
        LIFECYCLE, receipt(), by=BODY, at=RECEIVED, trigger="receive", key=key, reference=case
    ),
    lambda docket, case, key: docket.act(case, "accept", by=BODY, at=DAY, key=key),
    lambda docket, case, key: docket.act(case, "assign", Assignment(AGAINST), by=BODY, at=DAY, key=key),
    lambda docket, case, key: docket.act(case, "take_up", TakingUp("wang"), by=UNDERTAKER, at=DAY, key=key),
    lambda docket, case, key: docket.act(case, "reply", REPLY, by=BODY, at=DAY, key=key),
    lambda docket, case, key: docket.act(case, "conclude", CONCLUSION, by=BODY, at=DAY, key=key),
    lambda docket, case, key: docket.act(case, "follow_up", SATISFIED, by=BODY, at=DAY, key=key),
    lambda docket, case, key: docket.act(case, "close", by=BODY, at=DAY, key=key),
)


class Lane:
    """One worker's line of acts on a store.

    Args:
        store: The store.
        name: The name of the lane.
    """

    def __init__(self, store: Store, name: str) -> None:
        self.name = name
        self._case = ""
        self._docket = docket_on(store, new_id=lambda: self._case)

    def act(self, number: int) -> Case:
        """Do one act; once more is the same as once."""
        case, step = divmod(number, len(STEPS))
        self._case = f"{self.name} {case:06}"
        return STEPS[step](self._docket, self._case, key_of(self.name, number))


def key_of(lane: str, number: int) -> str:
    """Return the key of an act."""
    return f"{lane} act {number}"


def work(place: Place, lane: str, number: int, told: Connection) -> None:
    """Act from a number on for ever, and tell each number only after its act has returned."""
    acts = Lane(place.store(), lane)
    while True:
        acts.act(number)
        told.send(number)
        number += 1


def work_through_signals(place: Place, lane: str, number: int, told: Connection) -> None:
    """Do the same, and repeat the act that a signal has interrupted; tell of each with the name of its exception."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _leave)
    acts = Lane(place.store(), lane)
    told.send("ready")
    while True:
        try:
            while True:
                acts.act(number)
                told.send(number)
                number += 1
        except (KeyboardInterrupt, SystemExit) as interrupt:
            told.send(type(interrupt).__name__)


def work_until_asked_to_leave(place: Place, lane: str, number: int, told: Connection) -> None:
    """Do the same as a server would that ends in good order."""
    signal.signal(signal.SIGTERM, _leave)
    store = place.store()
    try:
        acts = Lane(store, lane)
        while True:
            acts.act(number)
            told.send(number)
            number += 1
    finally:
        store.close()


def work_through_failures(place: Place, lane: str, number: int, told: Connection) -> None:
    """Do the same, and repeat the act that the store has failed to keep; tell of each failure what it says."""
    acts = Lane(place.store(), lane)
    while True:
        try:
            acts.act(number)
        except StoreError as error:
            told.send(f"{type(error).__name__}: {error}")
            time.sleep(0.02)
            continue
        told.send(number)
        number += 1


def work_through_forks(place: Place, lane: str, number: int, told: Connection) -> None:
    """Fork while another thread acts: each child does eight acts in a lane of its own on the store it was given."""
    store = place.store()
    stop = threading.Event()
    done = 0

    def act() -> None:
        nonlocal done
        acts = Lane(store, lane)
        while not stop.is_set():
            acts.act(done)
            done += 1

    thread = threading.Thread(target=act)
    thread.start()
    children = []
    for child in range(number):
        time.sleep(random.uniform(0, 0.01))  # noqa: S311 - when to fork is no secret
        process = os.fork()
        if process == 0:
            _act_as_child(store, f"{lane} child {child}")
        children.append(process)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    stop.set()
    thread.join()
    store.close()
    told.send((done, codes))


def _act_as_child(store: Store, lane: str) -> None:
    code = 1
    try:
        acts = Lane(store, lane)
        for number in range(len(STEPS)):
            acts.act(number)
        code = 0
    finally:
        os._exit(code)


def reply(place: Place, who: str, cases: list[str], times: int, start: Barrier) -> list[str]:
    """Reply several times in each of some cases against others, and return the keys of all that was kept."""
    docket = docket_on(place.store())
    acts = [(case, f"{who} {time} in {case}") for time in range(times) for case in cases]
    random.Random(who).shuffle(acts)  # noqa: S311 - no secret
    start.wait()
    for case, key in acts:
        while True:
            with suppress(ConflictError):  # the docket has tried often enough; the same key comes again
                docket.act(case, "reply", WrittenReply(key, "post"), by=BODY, at=DAY, key=key)
                break
    docket.store.close()
    return [key for _, key in acts]


def read(place: Place, lane: str, number: int, told: Connection) -> None:
    """Read some cases for ever; tell how many were seen in one piece, or what was not."""
    docket = docket_on(place.store())
    while True:
        rows = docket.store.find(Query(lifecycle="complaint", final=False))
        try:
            seen = sum(agrees(docket, row.case) for row in random.sample(rows, 3))  # no secret
        except (AssertionError, TamperedError) as error:
            told.send(f"{lane} {number}: {error!r}")
            return
        told.send(seen)


def _leave(*_: object) -> None:
    raise SystemExit(0)

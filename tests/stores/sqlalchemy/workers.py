"""What other processes do in the tests of the SQLAlchemy store; a module of its own, as they import it by name."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import attrs

from yingshang_flow.errors import StoreError
from yingshang_flow.ports import ChildrenAre, Commit, InState
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.store_contract import a_commit, a_deadline

spawning = multiprocessing.get_context("spawn")
Work = Callable[..., Any]


@attrs.frozen
class Together:
    """What processes share: when to begin, and where to leave what they found."""

    start: Barrier
    found: "Queue[tuple[int, Any]]"


def at_once(work: Work, processes: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Do work in processes that begin at the same moment; return what each found, in order."""
    given = list(processes)
    together = Together(spawning.Barrier(len(given), timeout=120), spawning.Queue())
    started = [
        spawning.Process(target=_worked, args=(work, number, arguments, together))
        for number, arguments in enumerate(given)
    ]
    for process in started:
        process.start()
    found = dict(together.found.get(timeout=300) for _ in started)
    for process in started:
        process.join(timeout=60)
    for result in found.values():
        if isinstance(result, BaseException):
            raise result
    return [found[number] for number in range(len(given))]


def _worked(work: Work, number: int, arguments: tuple[Any, ...], together: Together) -> None:
    try:
        together.found.put((number, work(*arguments, together.start)))
    except BaseException as error:  # noqa: BLE001 - told to whoever waits
        together.start.abort()
        together.found.put((number, RuntimeError(f"process {number}: {type(error).__name__}: {error}")))


def close_or_move(url: str, prefix: str, who: int, rounds: int, start: Barrier) -> list[str]:
    """In each round, at the same moment: number 0 closes a parent as it knows the children, others move a child."""
    store = SQLAlchemyStore(url, prefix=prefix)
    outcomes = []
    for round_ in range(rounds):
        parent = f"parent {round_}"
        if who == 0:
            children = store.children(parent)
            commit = a_commit(parent, 2, state="closed", final=True, expects=(ChildrenAre(parent, children),))
        else:
            expects = (InState(parent, "received"),)
            commit = a_commit(f"child {who} of {round_}", 2, state="moved", parent=parent, expects=expects)
        start.wait()
        outcomes.append(outcome(store, commit))
    store.close()
    return outcomes


def act_as_siblings(url: str, prefix: str, who: int, times: int, start: Barrier) -> Counter[str]:
    """Number 0 lets a parent stay, others move a child of it and open new ones, all counting on the parent's state."""
    store = SQLAlchemyStore(url, prefix=prefix)
    outcomes: Counter[str] = Counter()
    start.wait()
    for time in range(times):
        if who == 0:
            commits = [a_commit("parent", time + 2, units=("unit",), deadlines=(a_deadline("parent", time),))]
        else:
            child, new = f"child {who}", f"new {who} {time}"
            expects = (InState("parent", "received"),)
            commits = [
                a_commit(
                    child,
                    time + 2,
                    state=f"state {time % 2}",
                    parent="parent",
                    units=("unit", "another"),
                    key=f"{who} {time}",
                    deadlines=(a_deadline(child, time),),
                    expects=expects,
                ),
                a_commit(
                    new,
                    parent="parent",
                    units=("unit",),
                    reference=new,
                    key=f"key of {new}",
                    deadlines=(a_deadline(new, time),),
                    expects=expects,
                ),
            ]
        outcomes.update(outcome(store, commit) for commit in commits)
    store.close()
    return outcomes


def list_or_close(url: str, prefix: str, who: int, rounds: int, start: Barrier) -> list[str]:
    """In each round, at the same moment: number 0 closes a parent without children, others open one in it."""
    store = SQLAlchemyStore(url, prefix=prefix)
    outcomes = []
    for round_ in range(rounds):
        parent = f"parent {round_}"
        if who == 0:
            children = store.children(parent)
            commit = a_commit(parent, 2, state="closed", final=True, expects=(ChildrenAre(parent, children),))
        else:
            expects = (InState(parent, "received"),)
            commit = a_commit(f"child {who} of {round_}", parent=parent, expects=expects)
        start.wait()
        outcomes.append(outcome(store, commit))
    store.close()
    return outcomes


def outcome(store: SQLAlchemyStore, commit: Commit) -> str:
    """Commit, and return ``kept`` or the name of the refusal."""
    try:
        store.commit(commit)
    except StoreError as error:
        return type(error).__name__
    return "kept"


def claim_all(url: str, prefix: str, start: Barrier) -> list[str]:
    """Claim what is due until nothing is left, and return it."""
    store = SQLAlchemyStore(url, prefix=prefix)
    start.wait()
    claimed: list[str] = []
    while claims := store.claim(10**6, lease=600_000_000, limit=5):
        claimed += [claim.case for claim in claims]
    store.close()
    return claimed


def deliver_all(url: str, prefix: str, start: Barrier) -> list[tuple[str, int]]:
    """Take messages and acknowledge them until none is left; return (case, revision) in the order of delivery."""
    store = SQLAlchemyStore(url, prefix=prefix)
    start.wait()
    delivered: list[tuple[str, int]] = []
    idle = 0
    while idle < 20:
        deliveries = store.outgoing(lease=600_000_000, limit=4)
        delivered += [(one.message.case, one.message.revision) for one in deliveries]
        assert store.acknowledge(deliveries) == ()
        idle = 0 if deliveries else idle + 1
    store.close()
    return delivered


def upgrade_at_once(url: str, prefix: str, start: Barrier) -> str | None:
    """Make the tables at the same moment as others."""
    start.wait()
    return upgrade(url, prefix=prefix)

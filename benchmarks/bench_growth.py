"""What grows with a store and what does not: a long history, a million open cases; and the same work event-sourced.

Run: ``python benchmarks/bench_growth.py [CASES]``; a million open cases unless said otherwise, more than ten thousand.
Everything is on SQLite with ``synchronous=FULL``, interleaved, and medians are compared. The open cases are made up and
written without the library, as a million acts would take an hour.

- ``load`` and ``act`` should take as long after thirty times as many acts.
- A page of 100 that is due should take at most 1.2 times as long among the million as among ten thousand.
- An act should be faster than ``eventsourcing`` loads an aggregate, changes and saves it at its first event, and at
  least 4 times as fast at thirty. Its aggregate holds one text and triggers one event, without checks or deadlines. A
  docket has the cases of its last acts at hand, so an act in yet another case is told as well, and the rows of an act
  written by hand. On a disk all of them wait for it once, however fast they are; so they are compared in memory too,
  where a machine has a file system there (``/dev/shm``), and what a wait costs is told.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from bench_act import hand
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from holding import DAY, FEEDBACK, Run, compare, follow_up, fsync, held

from yingshang_flow import Docket
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.clock import FixedClock

_Id = TypeVar("_Id")
FEW, DUE = 10_000, 1_700_000_000_000_000
MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory; a folder of our own is made there


def main() -> None:
    """Print the medians and their ratios."""
    many = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    if many <= FEW:
        sys.exit(f"compare {FEW:,} open cases with more of them, not with {many:,}")
    with tempfile.TemporaryDirectory() as folder:
        histories(Path(folder))
        pages(Path(folder), many)
        event_sourced(Path(folder), "on a disk")
    if MEMORY.is_dir():
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            event_sourced(Path(folder), "in memory")
    else:
        print(f"this machine has no {MEMORY} to compare without a disk")


def histories(folder: Path) -> None:
    """Compare a case of a few acts with one of hundreds."""
    docket, (short, long) = _interviews(folder / "histories.db", (1, 300))
    print("a history of 6 acts and one of 305 to begin with")
    compare({"load, 305 acts": lambda: docket.load(long), "load, 6 acts": lambda: docket.load(short)})
    compare({"act, 305 acts": lambda: follow_up(docket, long), "act, 6 acts": lambda: follow_up(docket, short)})


def pages(folder: Path, many: int) -> None:
    """Compare a page of what is due among few open cases and among many."""
    print(f"a page of 100 that is due, of {many:,} and of {FEW:,} open cases")
    sides: dict[str, Run] = {}
    for count in (many, FEW):
        store = _filled(folder / f"{count}.db", count)
        first = store.due(DUE + count // 2, limit=100)
        page = partial(store.due, DUE + count, limit=100)
        sides[f"due, {count:,}: the first page"] = page
        sides[f"due, {count:,}: the next page"] = partial(page, after=first[-1])
    compare(sides)


def event_sourced(folder: Path, where: str) -> None:
    """Compare an act with what another library does at an aggregate's first event and at its thirtieth."""
    office = Office(folder / "events.db")
    docket, (case,) = _interviews(folder / "act.db", (0,))
    other, cases = _interviews(folder / "acts.db", (0,) * 1_020)
    act = partial(follow_up, docket, case)
    for events in (1, 30):
        print(f"an act; load, change and save of {events} events in eventsourcing; {where}")
        compare({"act": act, f"eventsourcing, {events} events": _each(office.filed(events, 1_020), office.follow_up)})
    print(f"an act; one each in another case, which is read first; what no act can do without; {where}")
    compare(
        {
            "act": act,
            "act, another case": _each(iter(cases), partial(follow_up, other)),
            "same rows by hand": hand(str(folder / "hand.db"), "FULL"),
            "a page and fsync": fsync(folder / "page"),
        }
    )


def _each(of: Iterator[_Id], do: Callable[[_Id], object]) -> Run:
    return lambda: do(next(of))


class Filed(Aggregate):
    """What holds a text for each follow-up."""

    @event("Opened")
    def __init__(self) -> None:
        self.feedback = ""

    @event("FollowedUp")
    def follow_up(self, feedback: str) -> None:
        """Keep the last text."""
        self.feedback = feedback


class Office(Application[UUID]):
    """Keeps aggregates in a SQLite file."""

    def __init__(self, path: Path) -> None:
        super().__init__({"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)})

    def filed(self, events: int, count: int) -> Iterator[UUID]:
        """Return the ids of so many new aggregates of so many events."""
        ids = []
        for _ in range(count):
            filed = Filed()
            for _ in range(events - 1):
                filed.follow_up(FEEDBACK.text)
            self.save(filed)
            ids.append(filed.id)
        return iter(ids)

    def follow_up(self, of: UUID) -> None:
        """Load one, change it and save it."""
        filed: Filed = self.repository.get(of)
        filed.follow_up(FEEDBACK.text)
        self.save(filed)


def _interviews(path: Path, follow_ups: tuple[int, ...]) -> tuple[Docket, list[str]]:
    """Return a docket with interviews that were held and followed up so many times."""
    clock = FixedClock(DAY)
    docket = Docket(SQLiteStore(path), clock=clock)
    cases = []
    for times in follow_ups:
        cases.append(held(docket, clock).id)
        for _ in range(times):
            follow_up(docket, cases[-1])
    return docket, cases


def _filled(path: Path, count: int) -> SQLiteStore:
    """Return a store of so many made-up open cases, each with one deadline."""
    docket, _ = _interviews(path, (0,))
    docket.store.close()
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    for table in ("ysf_cases", "ysf_deadlines"):
        row = dict(connection.execute(f"SELECT * FROM {table}").fetchone())  # noqa: S608 - a name of ours
        made_up = ((f"made up {number:08}", DUE + number) for number in range(count))
        rows = ({**row, "case_id": case, **({"alarm": alarm} if "alarm" in row else {})} for case, alarm in made_up)
        marks = ", ".join(f":{name}" for name in row)
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - likewise
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()
    return SQLiteStore(path)


if __name__ == "__main__":
    main()

"""What a durable act costs on each database, against the same rows written by hand, side by side in one run.

Run: ``python benchmarks/bench_stores.py [URL ...]``; without URLs on a SQLite file only. By hand means SQLAlchemy Core,
statements built once, as a host would write them that knows what is stored; and once more with the read that tells it.
All sides are interleaved, and medians are compared. The tables are made under a prefix of their own, and dropped.
"""

import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.core.case import Case
from yingshang_flow.lifecycles.interview import Feedback, Matter, Plan, Subject
from yingshang_flow.ports import Store
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore, Tables, tables
from yingshang_flow.stores.sqlalchemy.opening import engine_of, named
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.clock import FixedClock

ROUNDS, WARMING_UP = 1_000, 20
OFFICE = Actor("li", "市营商办", "office")
DAY = date(2018, 12, 21)


def main() -> None:
    """Print the medians and their ratios for each database."""
    with tempfile.TemporaryDirectory() as folder:
        for url in sys.argv[1:] or [f"sqlite:///{folder}/sqlalchemy.db"]:
            engine = engine_of(url)
            print(named(engine.url))
            with made(engine) as prefix:
                of = tables(prefix)
                compare(
                    {
                        "act by the docket": library(SQLAlchemyStore(engine, prefix=prefix)),
                        "same statements by hand": hand(engine, of, reads=False),
                        "with a read before": hand(engine, of, reads=True),
                    }
                )
            engine.dispose()
        print("SQLiteStore")
        compare({"act by the docket": library(SQLiteStore(Path(folder) / "sqlite.db"))})


@contextmanager
def made(engine: sa.Engine) -> Iterator[str]:
    """Yield a prefix with tables, and drop them."""
    prefix = f"bench{secrets.token_hex(3)}_"
    upgrade(engine, prefix=prefix)
    try:
        yield prefix
    finally:
        metadata = tables(prefix).metadata
        sa.Table(f"{prefix}schema", metadata)
        metadata.drop_all(engine)


def compare(sides: dict[str, Callable[[], None]]) -> None:
    """Run the sides by turns and print the median of each, and by how much the first exceeds the others."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(ROUNDS + WARMING_UP):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            if turn >= WARMING_UP:
                times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    first = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"  {name:24} {median * 1e6:8.1f} µs   ratio {first / median:5.2f}")


def held(docket: Docket, clock: FixedClock) -> Case:
    """Return an interview that was held, with one deadline running."""
    plan = Plan(
        grounds=("6",),
        matter=Matter("M-1", "投诉办结率低"),
        facts="三季度办结率六成",
        gravity="general",
        tier="office",
        mode="individual",
        subjects=(Subject("甘井子区", "赵某", "deputy"),),
    )
    clock.travel_to(DAY)
    case = docket.open(lifecycles.interview("dalian-2018"), plan, by=OFFICE, at=date(2018, 12, 10))
    docket.act(case.id, "request_approval", by=OFFICE, at=date(2018, 12, 11))
    docket.act(case.id, "approve", by=Actor("wang", "市政府办公室", "secretary_general"), at=date(2018, 12, 12))
    notice = {"time": "2018-12-20T14:00:00+08:00", "place": "市营商办", "content": "办结率", "mode": "individual"}
    docket.act(case.id, "notify", notice, by=OFFICE, at=date(2018, 12, 13))
    sheet = {
        "reasons": "办结率低",
        "matters": "投诉办理",
        "measures": "限期清理",
        "time_limit": "2019-03-31",
        "requirements": "逐件销号",
        "statements": [{"unit": "甘井子区", "text": "立即整改"}],
        "conducted_by": "李某",
    }
    return docket.act(case.id, "hold", sheet, by=OFFICE, at=date(2018, 12, 20))


def library(store: Store) -> Callable[[], None]:
    """Return an act of the docket that can be repeated: a follow-up is recorded."""
    clock = FixedClock(DAY)
    docket = Docket(store, clock=clock)
    case = held(docket, clock)
    content = Feedback("已电话回访，整改正在进行")

    def run() -> None:
        docket.act(case.id, "record_feedback", content, by=OFFICE, at=DAY)

    return run


def hand(engine: sa.Engine, of: Tables, *, reads: bool) -> Callable[[], None]:
    """Return the same rows written by hand."""
    clock = FixedClock(DAY)
    store = SQLAlchemyStore(engine, prefix=of.prefix)
    docket = Docket(store, clock=clock)
    case = held(docket, clock)
    docket.act(case.id, "record_feedback", Feedback("已电话回访，整改正在进行"), by=OFFICE, at=DAY)
    snapshot, record = store.load(case.id), store.history(case.id)[-1]
    assert snapshot is not None
    c = of.cases.c
    read = sa.select(of.cases).where(c.case_id == sa.bindparam("of_case"))
    move = sa.update(of.cases).where(c.case_id == sa.bindparam("of_case"), c.revision == sa.bindparam("before"))
    keep = sa.insert(of.records)
    revision = record.revision

    def run() -> None:
        nonlocal revision
        with engine.begin() as connection:
            if reads:
                revision = connection.execute(read, {"of_case": case.id}).one().revision
            moved = {"revision": revision + 1, "head": record.hash, "text": snapshot.text}
            found = connection.execute(move, {"of_case": case.id, "before": revision, **moved})
            assert found.rowcount == 1
            revision += 1
            kept = {
                "case_id": case.id,
                "revision": revision,
                "kind": record.kind,
                "record_key": None,
                "recorded_at": record.recorded_at,
                "text": record.text,
                "hash": record.hash,
            }
            connection.execute(keep, kept)

    return run


if __name__ == "__main__":
    main()

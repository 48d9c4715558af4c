"""What a durable act costs on SQLite, against the same rows written by hand, side by side in one run.

Run: ``python benchmarks/bench_act.py``. Both sides write the same texts with ``synchronous=FULL`` into files beside
each other and read the snapshot first; the two are interleaved, and medians are compared.
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.core.case import Case
from yingshang_flow.lifecycles.interview import Feedback, Matter, Plan, Subject
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.clock import FixedClock

ROUNDS = 2_000
OFFICE = Actor("li", "市营商办", "office")


def main() -> None:
    """Print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        by_library = library(Path(folder) / "library.db")
        by_hand = hand(Path(folder) / "hand.db")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(timed(by_library))
            theirs.append(timed(by_hand))
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"act by the docket  {mine * 1e6:8.1f} µs")
    print(f"same rows by hand  {other * 1e6:8.1f} µs")
    print(f"ratio              {mine / other:8.2f}  (at most 2.2 wanted)")


def timed(run: Callable[[], None]) -> float:
    """Return the seconds one run takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def held(docket: Docket, clock: FixedClock) -> Case:
    """Return an interview that was held, with one deadline running."""
    subject = Subject("甘井子区", "赵某", "deputy")
    plan = Plan(
        grounds=("6",),
        matter=Matter("M-1", "投诉办结率低"),
        facts="三季度办结率六成",
        gravity="general",
        tier="office",
        mode="individual",
        subjects=(subject,),
    )
    clock.travel_to(date(2018, 12, 21))
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


def library(path: Path) -> Callable[[], None]:
    """Return an act of the docket that can be repeated: a follow-up is recorded."""
    clock = FixedClock(date(2018, 12, 21))
    docket = Docket(SQLiteStore(path), clock=clock)
    case = held(docket, clock)
    content = Feedback("已电话回访，整改正在进行")

    def run() -> None:
        docket.act(case.id, "record_feedback", content, by=OFFICE, at=date(2018, 12, 21))

    return run


def hand(path: Path) -> Callable[[], None]:
    """Return the same rows written by hand into the same tables: read the case, add the record, move the case on."""
    clock = FixedClock(date(2018, 12, 21))
    store = SQLiteStore(path)
    docket = Docket(store, clock=clock)
    case = held(docket, clock)
    docket.act(case.id, "record_feedback", Feedback("已电话回访，整改正在进行"), by=OFFICE, at=date(2018, 12, 21))
    snapshot, record = store.load(case.id), store.history(case.id)[-1]
    store.close()
    assert snapshot is not None
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")

    def run() -> None:
        connection.execute("BEGIN IMMEDIATE")
        found = connection.execute("SELECT * FROM ysf_cases WHERE case_id = ?", (record.case,)).fetchone()
        revision = found[1] + 1
        connection.execute(
            "INSERT INTO ysf_records (case_id, revision, kind, key, recorded_at, text, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (record.case, revision, record.kind, None, record.recorded_at, record.text, record.hash),
        )
        connection.execute(
            "UPDATE ysf_cases SET revision = ?, head = ?, text = ? WHERE case_id = ?",
            (revision, record.hash, snapshot.text, record.case),
        )
        connection.execute("COMMIT")

    return run


if __name__ == "__main__":
    main()

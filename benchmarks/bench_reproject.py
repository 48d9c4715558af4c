"""What counting all open deadlines of a SQLite store anew costs, against the same rows by hand, and in memory.

Run: ``python benchmarks/bench_reproject.py [DEADLINES]``; 100,000 unless given. Complaints, notice and order are made
up; each complaint was received, accepted and assigned shortly before a year whose notice is not there yet, and owes an
answer and a conclusion. The store is built with ``synchronous=OFF``; all that is measured runs with ``FULL``, each in a
process of its own on a fresh copy. By hand: the rows of every case are read, and of each case that moves the same rows
are written into the same tables, a transaction a case; after every hundred cases both sides take turns.
"""

import json
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.deadlines import Notice, WorkingCalendar, china
from yingshang_flow.lifecycles.complaint import Assignment, Complainant, Receipt
from yingshang_flow.operations.reproject import Progress
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.words import Label

DEADLINES = 100_000
TURN = 100
TODAY = date(2026, 12, 24)
RECEIVED = (date(2026, 12, 18), date(2026, 12, 21), date(2026, 12, 22), date(2026, 12, 23))
BODY = Actor("li", "区营商局", "complaint_body")
UNITS = ("区住建局", "区市场监管局", "区自然资源局", "区人社局", "区城管局")
OFF = Label("编造的假日", "made-up day off")
YEAR = Notice(
    "made-up-2027",
    Label("编造的2027年放假通知", "made-up notice of 2027"),
    days_off={date(2027, 1, 1): OFF, date(2027, 1, 4): OFF},
    working_days={date(2027, 1, 2): OFF},
    publishes=2027,
)
ORDER = Notice("made-up-order", Label("编造的停工令", "made-up order"), {date(2027, 2, 11): OFF}, scope="编造区")
NOTICES = {"none": None, "few": ORDER, "all": YEAR}
"""What is loaded: nothing new, an order that moves one deadline in fifty, a yearly notice that moves every one."""


def main() -> None:
    """Build, measure and print."""
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measured(Path(sys.argv[2]), *sys.argv[3:])))
        return
    deadlines = int(sys.argv[1]) if len(sys.argv) > 1 else DEADLINES
    with tempfile.TemporaryDirectory() as folder:
        bench(Path(folder), deadlines)


def bench(folder: Path, deadlines: int) -> None:
    """Print what each run takes."""
    took = built(folder / "built.db", deadlines)
    built(folder / "tenth.db", deadlines // 10)
    print(f"{deadlines:,} open deadlines of {deadlines // 2:,} cases; built in {took:.0f} s with synchronous=OFF")
    print(f"a bare fsync of 4 KiB: {fsync(folder / 'fsync') * 1e6:.0f} µs, the median of 200")
    for name in NOTICES:
        run(folder, "built.db", name, "prepare")
        (folder / "run.db").replace(folder / "done.db")
        row(f"{name} move: dry run", run(folder, "built.db", name, "dry"))
        if name != "none":
            row(f"{name} move: real run", run(folder, "built.db", name, "real"))
            row(f"{name} move: run again", run(folder, "done.db", name, "real"))
    for size in ("tenth.db", "built.db"):
        found = run(folder, size, "all", "traced")
        print(
            f"{found['total']:7,} deadlines, all move: at most {found['traced']:.2f} MiB of Python's own, "
            f"{found['peak']:.0f} MiB of the process"
        )


def row(what: str, found: dict[str, Any]) -> None:
    """Print one line."""
    ours, hand = found["seconds"], found["by_hand"]
    print(
        f"{what:20} {found['moved']:7,} moved {ours:8.2f} s {found['total'] / ours:8,.0f} deadlines/s"
        f"   by hand {hand:7.2f} s, {found['commits']:6,} commits   ratio {ours / hand:5.2f}"
    )


def built(path: Path, deadlines: int) -> float:
    """Build a store of open complaints and return the seconds that took."""
    store = SQLiteStore(path, synchronous="OFF")
    docket = Docket(store, clock=FixedClock(TODAY))
    lifecycle = lifecycles.complaint("bayuquan-2018")
    start = time.perf_counter()
    for number in range(deadlines // 2):
        day = TODAY if number % 25 == 0 else RECEIVED[number % len(RECEIVED)]
        unit = UNITS[number % len(UNITS)]
        receipt = Receipt(
            "named",
            "platform",
            unit,
            f"编造的投诉第{number}号：材料齐全后逾期未办，多次询问没有答复，要求说明理由并尽快办理",
            "delay",
            Complainant(Confidential(f"某{number}"), Confidential(f"1380000{number:05}")),
        )
        case = docket.open(lifecycle, receipt, by=BODY, trigger="receive", at=day)
        docket.act(case.id, "accept", by=BODY, at=day)
        docket.act(case.id, "assign", Assignment(unit), by=BODY, at=day)
    store.close()
    return time.perf_counter() - start


def fresh(source: Path, target: Path) -> None:
    """Copy a closed store over another one."""
    for end in ("-wal", "-shm"):
        target.with_name(target.name + end).unlink(missing_ok=True)
    shutil.copyfile(source, target)


def run(folder: Path, name: str, notice: str, how: str) -> dict[str, Any]:
    """Measure one reprojection of a fresh copy in a process of its own."""
    fresh(folder / name, folder / "run.db")
    fresh(folder / name, folder / "hand.db")
    command = [sys.executable, __file__, "--measure", str(folder), notice, how]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def measured(folder: Path, name: str, how: str) -> dict[str, Any]:
    """Reproject a store and return what moved, the seconds that took here and by hand, and the most memory, in MiB."""
    notice = NOTICES[name]
    calendar: WorkingCalendar = china() if notice is None else china(notices=[notice])
    store = SQLiteStore(folder / "run.db", synchronous="OFF" if how == "prepare" else "FULL")
    docket = Docket(store, clock=FixedClock(TODAY))
    docket.load(store.owed("9999", limit=1)[0].case)  # imports, definition and tables
    hand = by_hand(folder, writes=how == "real") if how in {"dry", "real"} else iter(())
    last, theirs, commits = Progress(0), 0.0, 0

    def keep(progress: Progress) -> None:
        nonlocal last, theirs, commits
        last = progress
        if progress.cases % TURN == 0:
            begin = time.perf_counter()
            commits += sum(wrote for _, wrote in zip(range(TURN), hand, strict=False))
            theirs += time.perf_counter() - begin

    if how == "traced":
        tracemalloc.start()
    start = time.perf_counter()
    moved = docket.reproject(calendar, dry_run=how == "dry", progress=keep)
    seconds = time.perf_counter() - start - theirs
    traced = tracemalloc.get_traced_memory()[1] / 2**20 if how == "traced" else 0.0
    commits += sum(hand)
    store.close()
    assert (last.moved, last.deadlines, last.failures) == (moved, last.total, 0)
    return {
        "moved": moved,
        "total": last.total,
        "seconds": seconds,
        "by_hand": theirs,
        "commits": commits,
        "traced": traced,
        "peak": peak(),
    }


def by_hand(folder: Path, *, writes: bool) -> Iterator[bool]:
    """Read case after case and write what a reprojection of it writes, as ``done.db`` shows; yield whether it does."""
    source = sqlite3.connect(folder / "done.db")
    target = sqlite3.connect(folder / "hand.db", isolation_level=None)
    target.execute("PRAGMA synchronous = FULL")
    after = ""
    while page := target.execute(
        "SELECT * FROM ysf_cases WHERE case_id > ? ORDER BY case_id LIMIT ?", (after, TURN)
    ).fetchall():
        for case, revision, *_ in page:
            target.execute("SELECT * FROM ysf_deadlines WHERE case_id = ?", (case,)).fetchall()
            found = source.execute(MOVED, (case, revision)).fetchone() if writes else None
            if found is not None:
                write_by_hand(target, found, source.execute(DEADLINES_OF, (case,)).fetchall())
            yield found is not None
        after = page[-1][0]


MOVED = """
    SELECT r.case_id, r.revision, r.kind, r.key, r.recorded_at, r.hash, r.text, c.text
    FROM ysf_records AS r JOIN ysf_cases AS c ON c.case_id = r.case_id WHERE r.case_id = ? AND r.revision = ? + 1
"""
DEADLINES_OF = "SELECT * FROM ysf_deadlines WHERE case_id = ?"


def write_by_hand(target: sqlite3.Connection, found: tuple[Any, ...], deadlines: list[tuple[Any, ...]]) -> None:
    """Write the rows of one record in one transaction."""
    *record, snapshot = found
    case, revision, _, _, _, head, _ = record
    target.execute("BEGIN IMMEDIATE")
    target.execute(
        "INSERT INTO ysf_records (case_id, revision, kind, key, recorded_at, hash, text) VALUES (?, ?, ?, ?, ?, ?, ?)",
        record,
    )
    target.execute(
        "UPDATE ysf_cases SET revision = ?, head = ?, text = ? WHERE case_id = ?", (revision, head, snapshot, case)
    )
    target.executemany("INSERT OR REPLACE INTO ysf_deadlines VALUES (?, ?, ?, ?, ?, ?, ?, ?)", deadlines)
    target.execute("COMMIT")


def peak() -> float:
    """Return the most memory this process has held so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def fsync(path: Path) -> float:
    """Return the seconds that writing and syncing a page takes."""
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(200):
            start = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()

"""What a durable act costs on SQLite, against the same rows written by hand, side by side in one run.

Run: ``python benchmarks/bench_act.py``. Both sides write the same texts into files beside each other and read the
snapshot first; the two are interleaved, and medians are compared: with ``synchronous=FULL``, where every commit waits
for the disk (at most 2.0 wanted), and with ``NORMAL``. What a bare wait for the disk costs is told as well.
"""

import sqlite3
import tempfile
from pathlib import Path

from holding import DAY, Run, compare, follow_up, fsync, held, library

from yingshang_flow import Docket
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.clock import FixedClock


def main() -> None:
    """Print the medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        for synchronous in ("FULL", "NORMAL"):
            print(f"synchronous={synchronous}")
            path = Path(folder) / synchronous
            compare(
                {
                    "act by the docket": library(SQLiteStore(f"{path}.library", synchronous=synchronous)),
                    "same rows by hand": hand(f"{path}.hand", synchronous),
                    "a page and fsync": fsync(Path(f"{path}.page")),
                }
            )


def hand(path: str, synchronous: str) -> Run:
    """Return the same rows written by hand into the same tables: read the case, add the record, move the case on."""
    clock = FixedClock(DAY)
    store = SQLiteStore(path)
    docket = Docket(store, clock=clock)
    case = held(docket, clock)
    follow_up(docket, case.id)
    snapshot, record = store.load(case.id), store.history(case.id)[-1]
    store.close()
    assert snapshot is not None
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA synchronous = {synchronous}")

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

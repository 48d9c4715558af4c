"""What a durable act costs on each database, against the same rows written by hand, side by side in one run.

Run: ``python benchmarks/bench_stores.py [URL ...]``; without URLs on a SQLite file only. By hand means SQLAlchemy Core,
statements built once, as a host would write them that knows what is stored; and once more with the read that tells it.
All sides are interleaved, and medians are compared. The tables are made under a prefix of their own, and dropped.
"""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from holding import DAY, Run, compare, follow_up, fsync, held, library

from yingshang_flow import Docket
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore, Tables, tables
from yingshang_flow.stores.sqlalchemy.opening import engine_of, named
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.clock import FixedClock


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
        print("SQLiteStore, and what a bare wait for the disk costs")
        sides = {"act by the docket": library(SQLiteStore(Path(folder) / "sqlite.db"))}
        compare({**sides, "a page and fsync": fsync(Path(folder) / "page")})


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


def hand(engine: sa.Engine, of: Tables, *, reads: bool) -> Run:
    """Return the same rows written by hand."""
    clock = FixedClock(DAY)
    store = SQLAlchemyStore(engine, prefix=of.prefix)
    docket = Docket(store, clock=clock)
    case = held(docket, clock)
    follow_up(docket, case.id)
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

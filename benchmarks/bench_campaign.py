"""What a campaign of eight groups, 63 filings and 500 items costs on SQLite, against the same rows written by hand.

Run: ``python benchmarks/bench_campaign.py``. The campaign is Shenyang's of 2021; its items are made up. One store is
filled through a docket, the other with the same rows, commit by commit, by plain SQL; both with ``synchronous=FULL``
beside each other. Then ``options`` of the campaign is timed with all its items open.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.lifecycles.rectification import drafted, leads_of
from yingshang_flow.lifecycles.rectification_item import Item
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

ITEMS = 500
PROFILE = "shenyang-2021"
OFFICE = Actor("zhao", "市营商局", "campaign_office")


def main() -> None:
    """Print what opening, listing and asking cost."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(date(2021, 5, 10))
        store = SQLiteStore(Path(folder) / "library.db")
        docket = Docket(store, clock=clock)
        lifecycle = lifecycles.rectification(PROFILE)
        start = time.perf_counter()
        campaign = docket.open(lifecycle, drafted(lifecycle), by=OFFICE, at=date(2021, 4, 30))
        campaign = docket.act(campaign.id, "issue", by=OFFICE, at=date(2021, 4, 30))
        opened = time.perf_counter() - start
        filings = [name for name in leads_of(campaign) if any(d.obligor == name for d in campaign.deadlines)]
        listed = 0.0
        with click.progressbar(list(items(filings)), label="items", file=sys.stderr) as shown:
            for lead, item in shown:
                start = time.perf_counter()
                docket.open(lifecycles.rectification_item, item, by=lead, parent=campaign.id, at=date(2021, 5, 10))
                listed += time.perf_counter() - start
        asked = statistics.median(timed(docket, campaign.id) for _ in range(200))
        by_hand = written_by_hand(Path(folder), store)
        store.close()
    print(f"{len(lifecycle.values.groups.value)} groups, {len(filings)} lead filings, {ITEMS} items")
    print(f"draft and issue       {opened * 1e3:8.1f} ms")
    print(f"{ITEMS} items listed      {listed * 1e3:8.1f} ms  ({listed / ITEMS * 1e6:.0f} µs each)")
    print(f"same rows by hand     {by_hand * 1e3:8.1f} ms")
    print(f"ratio                 {listed / by_hand:8.2f}")
    print(f"options               {asked * 1e3:8.3f} ms  (under 5 wanted)")


def items(filings: list[str]) -> Iterator[tuple[Actor, Item]]:
    """Yield made-up items, the lead units taking turns."""
    for number in range(ITEMS):
        group, _, unit = filings[number % len(filings)].partition("/")
        lead = Actor(f"head of {unit}", unit, "lead_unit")
        yield (
            lead,
            Item(group, f"问题{number}", (unit,), ("和平区",), "科长", "某某", date(2021, 8, 1 + number % 28)),
        )


def timed(docket: Docket, case: str) -> float:
    """Return the seconds one look at the options takes."""
    start = time.perf_counter()
    docket.options(case, by=OFFICE)
    return time.perf_counter() - start


def written_by_hand(folder: Path, store: SQLiteStore) -> float:
    """Return the seconds it takes to write the items' rows into the same tables, one transaction an item."""
    source = sqlite3.connect(folder / "library.db")
    SQLiteStore(folder / "hand.db").close()
    target = sqlite3.connect(folder / "hand.db", isolation_level=None)
    target.execute("PRAGMA synchronous = FULL")
    cases = [row[0] for row in source.execute("SELECT case_id FROM ysf_cases WHERE parent IS NOT NULL")]
    tables = ("ysf_records", "ysf_cases", "ysf_deadlines", "ysf_units")
    select = {table: f"SELECT * FROM {table} WHERE case_id = ?" for table in tables}  # noqa: S608 - constants
    rows = {case: [(table, source.execute(select[table], (case,)).fetchall()) for table in tables] for case in cases}
    assert len(cases) == ITEMS
    assert store.load(cases[0]) is not None
    start = time.perf_counter()
    for case in cases:
        target.execute("BEGIN IMMEDIATE")
        for table, found in rows[case]:
            for row in found:
                marks = ", ".join("?" * len(row))
                target.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 - constants
        target.execute("COMMIT")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

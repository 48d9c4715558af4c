"""What assessing units costs: the sums of a SQLite store, against reading the rows of its cases.

Run: ``python benchmarks/bench_assess.py [TALLIES]``; 100,000 unless given. Complaints are made up, and played through
a docket with ``synchronous=OFF``. By hand: every case of the file is loaded by the docket, and its state and deadlines
are counted; that is what an assessment would read without tallies, and it has not looked at any history yet. Both take
turns, and have to come to the same counts.
"""

import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.compliance.assessment import Assessment
from yingshang_flow.core.case import Status
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock

TALLIES = 100_000
UNITS = tuple(f"单位{number:02}" for number in range(40))
BODY = Actor("li", "区营商局", "complaint_body")
RECEIPT = {
    "identity": "anonymous",
    "channel": "telephone",
    "against": "某局",
    "matter": "迟迟不办",
    "category": "delay",
}
CONCLUSION = {"outcome": "solved", "facts": "属实", "answer": "已办", "rectification": "已改"}
TURNS = 5


def main() -> None:
    """Build, measure and print."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else TALLIES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.db"
        began = time.perf_counter()
        cases, tallies = built(path, wanted)
        print(f"{tallies:,} tallies of {cases:,} complaints, built in {time.perf_counter() - began:.0f} s")
        store = SQLiteStore(path)
        docket = Docket(store, clock=FixedClock(date(2019, 6, 1)))
        sums: list[float] = []
        loads: list[float] = []
        for _ in range(TURNS):
            sums.append(took(lambda: docket.assess("2018Q4")))
            loads.append(took(lambda: by_hand(docket)))
        fast, slow = statistics.median(sums), statistics.median(loads)
        print(f"assess, two periods summed: {fast * 1e3:.1f} ms, the median of {TURNS}")
        print(f"loading every case once:    {slow * 1e3:.1f} ms; {slow / fast:.0f} times as long")
        check(docket.assess("2018Q4"), by_hand(docket))
        store.close()


def built(path: Path, wanted: int) -> tuple[int, int]:
    """Play complaints into a file until it has so many tallies; return how many of both there are."""
    store = SQLiteStore(path, synchronous="OFF")
    docket = Docket(store, clock=FixedClock(date(2019, 6, 1)), topics=())
    lifecycle = lifecycles.complaint("bayuquan-2018")
    cases = tallies = 0
    while tallies < wanted:
        unit = UNITS[cases % len(UNITS)]
        undertaker = Actor("wang", unit, "undertaker")
        day = date(2018, 7 + cases % 6, 1 + cases % 25)
        case = docket.open(lifecycle, RECEIPT, by=BODY, at=day, trigger="receive").id
        docket.act(case, "accept", by=BODY, at=day)
        docket.act(case, "assign", {"undertaker": unit}, by=BODY, at=day)
        docket.act(case, "take_up", {"person": "王某"}, by=undertaker, at=day)
        if cases % 7:
            docket.act(case, "conclude", CONCLUSION, by=undertaker, at=day)
        cases += 1
        tallies += len(store.tallies(case))
    store.close()
    return cases, tallies


def took(work: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def by_hand(docket: Docket) -> Counter[tuple[str, str]]:
    """Count what the case of every complaint shows, unit by unit."""
    found: Counter[tuple[str, str]] = Counter()
    first, last = date(2018, 10, 1), date(2018, 12, 31)
    for case in docket.find(lifecycle="complaint"):
        taken = case.fact("take_up")
        unit = BODY.unit if taken is None else taken.actor.unit
        if first <= case.opened.date <= last:
            found["received", unit] += 1
            found["concluded", unit] += case.state in {"concluded", "closed"}
        for deadline in case.deadlines:
            if first <= deadline.due <= last:
                found["due", unit] += deadline.status is not Status.STOPPED
                found["in_time", unit] += deadline.status is Status.MET
    return found


def check(assessment: Assessment, counted: Counter[tuple[str, str]]) -> None:
    """Fail where both did not count the same."""
    for one in (*assessment.ranked, *assessment.unranked):
        concluded, in_time, *_ = one.rates
        said = (concluded.numerator, concluded.denominator, in_time.numerator, in_time.denominator)
        if said != tuple(counted[name, one.unit] for name in ("concluded", "received", "in_time", "due")):
            raise AssertionError(f"{one.unit}: {said}")


if __name__ == "__main__":
    main()

"""What the benchmarks of stores share: an interview that was held, one act that can be repeated in it, and turns."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.core.case import Case
from yingshang_flow.lifecycles.interview import Feedback, Matter, Plan, Subject
from yingshang_flow.ports import Store
from yingshang_flow.testing.clock import FixedClock

OFFICE = Actor("li", "市营商办", "office")
DAY = date(2018, 12, 21)
FEEDBACK = Feedback("已电话回访，整改正在进行")

Run = Callable[[], object]


PLAN = Plan(
    grounds=("6",),
    matter=Matter("M-1", "投诉办结率低"),
    facts="三季度办结率六成",
    gravity="general",
    tier="office",
    mode="individual",
    subjects=(Subject("甘井子区", "赵某", "deputy"),),
)


def held(docket: Docket, clock: FixedClock) -> Case:
    """Return an interview that was held, with one deadline running."""
    clock.travel_to(DAY)
    case = docket.open(lifecycles.interview("dalian-2018"), PLAN, by=OFFICE, at=date(2018, 12, 10))
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


def follow_up(docket: Docket, case: str) -> Case:
    """Record a follow-up, which can be done any number of times."""
    return docket.act(case, "record_feedback", FEEDBACK, by=OFFICE, at=DAY)


def library(store: Store) -> Run:
    """Return an act of a docket on a store that can be repeated."""
    clock = FixedClock(DAY)
    docket = Docket(store, clock=clock)
    case = held(docket, clock).id
    return lambda: follow_up(docket, case)


def fsync(path: Path) -> Run:
    """Return what appends a page to a file and waits until it is on the disk: what no durable act can do without."""
    file = path.open("ab", buffering=0)

    def run() -> None:
        file.write(b"x" * 4096)
        os.fdatasync(file.fileno()) if hasattr(os, "fdatasync") else os.fsync(file.fileno())

    return run


def medians(sides: Mapping[str, Run], *, rounds: int = 1_000, warming_up: int = 20) -> dict[str, float]:
    """Run the sides by turns, and return the median seconds of each."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + warming_up):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            if turn >= warming_up:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def compare(sides: Mapping[str, Run], *, rounds: int = 1_000, warming_up: int = 20) -> None:
    """Run the sides by turns, and print the median of each, and by how much the first exceeds the others."""
    found = medians(sides, rounds=rounds, warming_up=warming_up)
    first = next(iter(found.values()))
    for name, median in found.items():
        print(f"  {name:34} {median * 1e6:9.1f} µs   first / this {first / median:6.2f}")

"""How fast a due date is, against ``holidays.get_nth_working_day``: interleaved medians of one run, as ratios."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime

import holidays

from yingshang_flow.deadlines import CHINA_TIME, Months, WorkingDays, china, due, latest_start

ROUNDS = 41
START = date(2018, 9, 10)
PERIOD, MONTHS, HALVES = WorkingDays(30), Months(3), WorkingDays(3.5)
MOMENT = datetime(2018, 9, 10, 10, tzinfo=CHINA_TIME)
FIRST_DUE = "from datetime import date; from yingshang_flow.deadlines import due; due('30工作日', date(2018, 9, 10))"


def once(call: Callable[[], object], repeats: int) -> float:
    """Return the seconds of one call, on average over its repeats."""
    begin = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - begin) / repeats


def main() -> None:
    """Print each contender's median time and how many of it fit into one of the peer's."""
    table = holidays.country_holidays("CN", years=range(2018, 2020))
    calendar = china()
    assert table.get_nth_working_day(START, 30) == due(PERIOD, START).date
    contenders: dict[str, tuple[Callable[[], object], int]] = {
        "holidays.get_nth_working_day(start, 30)": (lambda: table.get_nth_working_day(START, 30), 20),
        "due(WorkingDays(30), start)": (lambda: due(PERIOD, START), 2000),
        'due("30工作日", start)': (lambda: due("30工作日", START), 2000),
        "due(WorkingDays(30), start, calendar=china())": (lambda: due(PERIOD, START, calendar=calendar), 2000),
        "due(Months(3), start)": (lambda: due(MONTHS, START), 1000),
        "due(WorkingDays(3.5), start)": (lambda: due(HALVES, START), 1000),
        "due(WorkingDays(3.5), moment).end": (lambda: due(HALVES, MOMENT).end, 500),
        "latest_start(WorkingDays(30), wanted)": (lambda: latest_start(PERIOD, START), 50),
        "china().nth(start, 30)": (lambda: calendar.nth(START, 30), 5000),
        "due(…).explain()": (lambda: due(PERIOD, START).explain(), 20),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (call, repeats) in contenders.items():
            times[name].append(once(call, repeats))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    peer = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{name:48} {median * 1e6:9.2f} µs   peer / this = {peer / median:7.1f}")
    starts: dict[str, list[float]] = {"pass": [], FIRST_DUE: []}
    for _ in range(7):
        for code, seconds in starts.items():
            seconds.append(once(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True), 1))  # type: ignore[misc]
    empty, first = (statistics.median(seconds) for seconds in starts.values())
    print(f"{'the first due date of a process':48} {first * 1e3:9.0f} ms   an empty process: {empty * 1e3:.0f} ms")


if __name__ == "__main__":
    main()

"""How fast a deadline with ten entries is, against a plain ``due()``: interleaved medians of one run, as ratios."""

import statistics
import time
from collections.abc import Callable
from datetime import date

from yingshang_flow.deadlines import Ledger, WorkingDays, due

ROUNDS = 41
START = date(2018, 9, 10)
PERIOD = WorkingDays(30)


def ten_entries() -> Ledger:
    """Return a ledger as a long case leaves it: two pauses, four spans left out, two extensions."""
    return (
        Ledger(PERIOD, START)
        .exclude(date(2018, 9, 12), date(2018, 9, 13), "补正")
        .pause(date(2018, 9, 20), "鉴定")
        .resume(date(2018, 9, 26))
        .exclude(date(2018, 9, 28), date(2018, 10, 7), "检验")
        .extend(date(2018, 10, 15), "案情复杂", by="10工作日")
        .pause(date(2018, 10, 18), "听证")
        .resume(date(2018, 10, 23))
        .exclude(date(2018, 10, 30), date(2018, 10, 31), "公示")
        .extend(date(2018, 11, 5), "案情复杂", to="3个月")
        .exclude(date(2018, 11, 12), date(2018, 11, 12), "检验")
    )


def once(call: Callable[[], object], repeats: int) -> float:
    """Return the seconds of one call, on average over its repeats."""
    begin = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - begin) / repeats


def main() -> None:
    """Print each contender's median time and how many plain due dates fit into it."""
    bare, ledger = Ledger(PERIOD, START), ten_entries()
    moment, paused = ledger.entries[-1].day, date(2018, 10, 20)  # all ten are known; the second pause is still open
    assert bare.due() == due(PERIOD, START)
    assert len(ledger.entries) == 10  # noqa: PLR2004 - what the name says
    contenders: dict[str, tuple[Callable[[], object], int]] = {
        "due(WorkingDays(30), start)": (lambda: due(PERIOD, START), 2000),
        "Ledger without entries: due()": (bare.due, 1000),
        "Ledger with ten entries: due(at)": (lambda: ledger.due(moment), 500),
        "Ledger with ten entries: remaining(at)": (lambda: ledger.remaining(moment), 500),
        "Ledger with ten entries: lamp(at)": (lambda: ledger.lamp(moment), 500),
        "Ledger with ten entries: lamp(amid a pause)": (lambda: ledger.lamp(paused), 500),
        "Ledger with ten entries: recording them": (ten_entries, 20),
        "Ledger with ten entries: explain()": (ledger.explain, 10),
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (call, repeats) in contenders.items():
            times[name].append(once(call, repeats))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    plain = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{name:43} {median * 1e6:9.2f} µs   this / due() = {median / plain:7.1f}")


if __name__ == "__main__":
    main()

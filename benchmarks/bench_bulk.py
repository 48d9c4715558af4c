"""How fast whole arrays are, against ``numpy.busday_offset`` and a bare gather: interleaved medians of one run.

Run: ``python benchmarks/bench_bulk.py``. numpy's calendar cannot say that a Saturday is worked, so the nearest one is
compared: the same days off in the week, and no make-up days. Its dates are wrong around them, which is printed.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np

from yingshang_flow.deadlines import (
    MONTH_END,
    CalendarDays,
    Months,
    WorkingDays,
    bulk,
    china,
    due,
    due_many,
    working_days_between_many,
)

ROWS = 1_000_000
ROUNDS = 21
PERIOD = WorkingDays(7)
FIRST, LAST = np.datetime64("2004-01-01"), np.datetime64("2099-12-31")


def main() -> None:
    """Print each contender's median time and its ratio to the peer and to a bare gather."""
    calendar = china()
    days = np.arange(FIRST, LAST + 1)
    in_week = np.is_busday(days)
    off = days[[weekday and not calendar.is_working(day) for day, weekday in zip(days.tolist(), in_week, strict=True)]]
    nearest = np.busdaycalendar(holidays=off)
    random = np.random.default_rng(20181220)
    starts, ends = (random.choice(days[:-800], ROWS) for _ in range(2))
    table = np.array([due(PERIOD, day).date for day in days[:-800].tolist()], "datetime64[D]")
    places = (starts - FIRST).astype(np.int64)

    def peer() -> object:
        return np.busday_offset(starts, PERIOD.n, roll="backward", busdaycal=nearest)

    contenders: dict[str, Callable[[], object]] = {
        "numpy.busday_offset, no make-up days": peer,
        "bare gather: table[places]": lambda: table[places],
        "due_many(WorkingDays(7))": lambda: due_many(PERIOD, starts),
        "due_many(CalendarDays(15))": lambda: due_many(CalendarDays(15), starts),
        "due_many(Months(3))": lambda: due_many(Months(3), starts),
        "due_many(MONTH_END)": lambda: due_many(MONTH_END, starts),
        "due_many, its table built anew": lambda: first_time(starts),
        "working_days_between_many": lambda: working_days_between_many(starts, ends),
        "numpy.busday_count, no make-up days": lambda: np.busday_count(starts, ends, busdaycal=nearest),
    }
    assert (due_many(PERIOD, starts) == table[places]).all()
    wrong = np.mean(np.asarray(peer()) != due_many(PERIOD, starts))
    print(f"{ROWS} random starts; numpy's own answers are wrong for {wrong:.1%} of them, as it has no make-up days")
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, call in contenders.items():
            call()  # not measured: it brings back to the caches what the one before has driven out
            begin = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    other, bare, *_ = medians.values()
    for name, median in medians.items():
        ratios = f"peer / this = {other / median:6.1f}   this / bare = {median / bare:6.2f}"
        print(f"{name:40} {median * 1e3:9.2f} ms   {ratios}")
    print("wanted of due_many: peer / this at least 40, this / bare at most 1.4")


def first_time(starts: bulk.Dates) -> object:
    """Compute with no table of due dates kept, only the calendar's."""
    bulk._due_table.cache_clear()  # noqa: SLF001 - there is no public way, nor need for one
    return due_many(PERIOD, starts)


if __name__ == "__main__":
    main()

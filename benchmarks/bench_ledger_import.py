"""What reading a ledger from a workbook takes beside openpyxl reading the same cells, and what its audit takes then.

Run: ``python benchmarks/bench_ledger_import.py [ROWS]``; 100,000 unless given. The ledger is synthetic and seeded; a
row has eleven cells, seven of them dates. All are run in turn, in seconds of the processor, and medians are compared.
"""

import random
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from yingshang_flow import lifecycles
from yingshang_flow.compliance import audit_ledger, read_ledger
from yingshang_flow.compliance.tables.opening import open_table
from yingshang_flow.deadlines import CHINA_TIME, china

ROUNDS = 3
HEADINGS = "投诉编号 收到日期 受理日期 转办日期 承办单位 答复日期 办结日期 办结结果 回访日期 回访结果 归档日期".split()  # noqa: SIM905
LIFECYCLE = lifecycles.complaint("bayuquan-2018")
NOW = datetime(2020, 12, 31, tzinfo=CHINA_TIME)


def write(path: Path, rows: int) -> None:
    """Write a workbook of so many made-up complaints."""
    chance = random.Random(rows)  # noqa: S311  # nothing secret
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(HEADINGS)
    for number in range(rows):
        day = date(2018, 7, 1) + timedelta(chance.randrange(500))
        days = [day]
        for most in (2, 2, 12, 40, 9, 5):
            day += timedelta(chance.randrange(most + 1))
            days.append(day)
        received, accepted, assigned, replied, concluded, asked, closed = days
        unit = f"单位{number % 40}"
        row = (f"T{number}", received, accepted, assigned, unit, replied, concluded, "已解决", asked, "满意", closed)
        sheet.append(row)
    book.save(path)


def by_openpyxl(path: Path) -> None:
    """Read every cell, and nothing more."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def cells_only(path: Path) -> None:
    """Read every cell as a table's, and nothing more."""
    for _ in open_table(path).rows:
        pass


def ledger_only(path: Path) -> None:
    """Read the ledger."""
    read_ledger(path, LIFECYCLE)


def audited(path: Path) -> None:
    """Read the ledger and audit it."""
    audit_ledger(path, LIFECYCLE, calendar=china(), now=NOW)


RUNS: dict[str, Callable[[Path], None]] = {
    "openpyxl, read only": by_openpyxl,
    "cells of the table": cells_only,
    "read_ledger": ledger_only,
    "read_ledger and audit_ledger": audited,
}


def main() -> None:
    """Print medians and their ratio to openpyxl's, and the most memory that reading takes beyond its rows."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder) / "small.xlsx", Path(folder) / "台账.xlsx"
        write(small, 100)
        write(path, rows)
        for run in RUNS.values():
            run(small)  # imports, calendar and tables
        times: dict[str, list[float]] = {name: [] for name in RUNS}
        for _ in range(ROUNDS):
            for name, run in RUNS.items():
                start = time.process_time()
                run(path)
                times[name].append(time.process_time() - start)
        first = statistics.median(times["openpyxl, read only"])
        print(f"{rows:,} rows of {len(HEADINGS)} cells, {path.stat().st_size / 1e6:.1f} MB")
        for name, found in times.items():
            median = statistics.median(found)
            print(f"{name:30} {median:7.2f} s  {median / rows * 1e6:6.1f} µs a row  {median / first:5.2f} × openpyxl")
        print("wanted: read_ledger and audit_ledger at most 1.5 × openpyxl")
        tracemalloc.start()
        cells_only(small)
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        for _ in open_table(path).rows:  # without the rows that a ledger keeps
            pass
        print(f"most memory of reading the cells: {(tracemalloc.get_traced_memory()[1] - before) / 1e6:.1f} MB")
        tracemalloc.stop()


if __name__ == "__main__":
    main()

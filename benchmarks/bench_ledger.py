"""How long the audit of a ledger takes in seconds of the processor, and that it grows as the number of rows does.

Run: ``python benchmarks/bench_ledger.py``. Every ledger is synthetic and seeded; a row has seven dates.
"""

import random
import time
from datetime import date, datetime, timedelta

from yingshang_flow import lifecycles
from yingshang_flow.compliance import LedgerAudit, audit_ledger
from yingshang_flow.deadlines import CHINA_TIME, china

SIZES = (1_000, 10_000, 20_000)
COLUMNS = "投诉编号,收到日期,受理日期,转办日期,承办单位,答复日期,办结日期,办结结果,回访日期,回访结果,归档日期"
LIFECYCLE = lifecycles.complaint("bayuquan-2018")
NOW = datetime(2020, 12, 31, tzinfo=CHINA_TIME)


def ledger(rows: int) -> bytes:
    """Write a ledger of so many made-up complaints."""
    chance = random.Random(rows)  # noqa: S311  # nothing secret
    lines = [COLUMNS]
    for number in range(rows):
        day = date(2018, 7, 1) + timedelta(chance.randrange(500))
        days = [day]
        for most in (2, 2, 12, 40, 9, 5):
            day += timedelta(chance.randrange(most + 1))
            days.append(day)
        received, accepted, assigned, replied, concluded, asked, closed = (found.isoformat() for found in days)
        unit = f"单位{number % 40}"
        lines.append(
            f"T{number},{received},{accepted},{assigned},{unit},{replied},{concluded},已解决,{asked},满意,{closed}"
        )
    return "\n".join(lines).encode()


def seconds(rows: int) -> tuple[float, LedgerAudit]:
    """Return how long the audit of so many rows takes."""
    data = ledger(rows)
    start = time.process_time()
    said = audit_ledger(data, LIFECYCLE, calendar=china(), now=NOW)
    return time.process_time() - start, said


def main() -> None:
    """Print seconds and their ratio to the smallest ledger's."""
    seconds(100)  # imports, calendar and tables
    first = None
    for rows in SIZES:
        took, said = seconds(rows)
        first = first or took / rows
        print(
            f"{rows:6,} rows  {took:6.2f} s  {took / rows * 1e6:6.0f} µs each  {took / rows / first:4.2f} × as first  "
            f"{said.audited:,} audited, {len(said.findings):,} findings"
        )


if __name__ == "__main__":
    main()

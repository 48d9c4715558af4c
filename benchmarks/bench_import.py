"""What importing the package and the first due date cost, as whole processes beside a bare interpreter, in one run.

Run: ``python benchmarks/bench_import.py``. The processes are started in turn, and medians are compared.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
PROCESSES = {
    "bare interpreter": "pass",
    "import yingshang_flow": "import yingshang_flow",
    "first due": "from datetime import date; from yingshang_flow import due; due('7工作日', date(2018, 12, 20)).date",
    "peer: import holidays, one n-th working day": (
        "from datetime import date; import holidays; holidays.CN().get_nth_working_day(date(2018, 12, 20), 7)"
    ),
}


def main() -> None:
    """Print the medians, and what lies above the bare interpreter."""
    times: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for _ in range(ROUNDS):
        for name, code in PROCESSES.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times[name].append(time.perf_counter() - start)
    bare = statistics.median(times["bare interpreter"])
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:45} {median * 1e3:7.1f} ms  {(median - bare) * 1e3:+7.1f} ms")
    print("wanted above the bare interpreter: import under 60 ms, the first due under 300 ms")


if __name__ == "__main__":
    main()

"""What other processes do in the tests of reprojection; a module of its own, as they run it."""

import os
import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import Final

from yingshang_flow import Docket
from yingshang_flow.core.record import Moved
from yingshang_flow.deadlines import Notice, china
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.words import Label

TODAY: Final = date(2026, 12, 24)
MADE_UP: Final = Label("编造的假日", "made-up day off")
NOTICE: Final = Notice(
    "made-up-2027",
    Label("编造的2027年放假通知", "made-up notice of 2027"),
    days_off={date(2027, 1, 1): MADE_UP, date(2027, 1, 4): MADE_UP, date(2027, 1, 5): MADE_UP},
    working_days={date(2027, 1, 2): MADE_UP},
    publishes=2027,
)


def main(arguments: Sequence[str]) -> None:
    """Wait for a line, reproject a store, and write each change after its commit has returned; at last, how many."""
    path, pause = arguments
    store = SQLiteStore(path)
    docket = Docket(store, clock=FixedClock(TODAY))

    def each(case: str, moved: Moved) -> None:
        os.write(1, f"{case} {moved.limit}\n".encode())
        time.sleep(float(pause))

    os.write(1, b"ready\n")
    sys.stdin.readline()
    moved = docket.reproject(china(notices=[NOTICE]), each=each)
    os.write(1, f"moved {moved}\n".encode())
    store.close()


if __name__ == "__main__":
    main(sys.argv[1:])

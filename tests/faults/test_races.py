"""Eight processes on the same hundred cases, and readers between them: no update is lost, each history is linear."""

import time
from typing import Final

from tests.faults.crew import FIGURES, LONG, Worker, run_at_once
from tests.faults.looking import agrees
from tests.faults.working import Lane, Place, docket_on, read, reply

PROCESSES: Final = 8
CASES: Final = 100
TIMES: Final = 5 if LONG else 1
OPENED: Final = 3
"""How many acts a case has before it is replied to."""


def test_eight_writers_of_the_same_cases_lose_nothing_and_readers_see_each_commit_whole(place: Place) -> None:
    begin = time.monotonic()
    store = place.store()
    lane = Lane(store, "case")
    cases = [lane.act(8 * case + step).id for case in range(CASES) for step in range(OPENED)][::OPENED]
    readers = [Worker(read, place, f"reader {name}") for name in "ab"]
    kept = run_at_once(reply, [(place, f"writer {name}", cases, TIMES) for name in range(PROCESSES)])
    for reader in readers:
        reader.kill()
        assert reader.words == []  # it has told numbers only
        assert reader.acknowledged > 0
    docket = docket_on(store)
    keys = sorted(key for each in kept for key in each)
    assert len(keys) == PROCESSES * CASES * TIMES
    found = []
    for case in cases:
        assert agrees(docket, case)
        history = docket.history(case)
        assert [record.revision for record in history] == list(range(1, OPENED + PROCESSES * TIMES + 1))
        found += [record.key for record in history[OPENED:]]
    assert sorted(filter(None, found)) == keys
    store.close()
    FIGURES.info(
        "%s: %d acts of %d processes on %d cases, %.0f s",
        place.kind,
        len(keys),
        PROCESSES,
        CASES,
        time.monotonic() - begin,
    )

"""A server that ends and starts again under its writers: their acts fail clearly or succeed, and none is done twice."""

import re
import time
from typing import Final

import pytest

from tests.faults.conftest import on_server
from tests.faults.crew import FIGURES, LONG, Lookout, Worker, a_moment
from tests.faults.working import work_through_failures
from tests.servers import OwnServer

RESTARTS: Final = 20 if LONG else 2
CLEAR: Final = re.compile(r"StoreUnavailableError: .+; ")
"""What an act says that the server could not keep: what is wrong, and what to do."""


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_acts_fail_clearly_while_their_server_is_away_and_go_on_afterwards(restarting: OwnServer, end: str) -> None:
    begin = time.monotonic()
    place = on_server(restarting.url)
    lookout = Lookout(place)
    crew = [Worker(work_through_failures, place, name) for name in ("left", "right")]
    failures = 0
    for _ in range(RESTARTS):
        for worker in crew:
            worker.hear_of_acts(3)
        a_moment(0.05)
        getattr(restarting, end)()
        for worker in crew:
            while not worker.words:
                worker.hear()
        restarting.start()
        for worker in crew:
            worker.hear_of_acts(1)
            for word in worker.words:
                assert CLEAR.match(word), word
            failures += len(worker.words)
            worker.words.clear()
    for worker in crew:
        worker.kill()
        lookout.look(worker)
    acts = lookout.close()
    assert failures >= 2 * RESTARTS
    FIGURES.info(
        "%s: %d times %s and start, %d acts failed clearly, %d kept, %d of them not acknowledged, %.0f s",
        *(place.kind, RESTARTS, end, failures, acts, lookout.in_doubt, time.monotonic() - begin),
    )

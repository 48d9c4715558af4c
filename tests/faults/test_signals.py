"""Writers that are interrupted and go on, that leave, and that fork: nothing is lost, nothing done twice."""

import os
import signal
from typing import Final

import pytest

from tests.faults.crew import FIGURES, LONG, Lookout, Worker, a_moment
from tests.faults.working import (
    STEPS,
    Place,
    work_through_forks,
    work_through_signals,
    work_until_asked_to_leave,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="this system has no signals and no forks")

SIGNALS: Final = 200 if LONG else 5
LEAVES: Final = 50 if LONG else 2
CHILDREN: Final = 100 if LONG else 4


def test_an_interrupted_act_is_kept_whole_or_not_at_all_and_its_store_goes_on(place: Place) -> None:
    lookout = Lookout(place)
    worker = Worker(work_through_signals, place, "lane")
    assert worker.hear() == "ready"
    worker.hear_of_acts(len(STEPS))  # what reads each content is made once, by a library that no signal may interrupt
    for number in range(SIGNALS):
        worker.hear_of_acts(1)
        a_moment(0.01)
        _interrupt(worker, signal.SIGINT if number % 2 else signal.SIGTERM)
    worker.hear_of_acts(1)
    worker.kill()
    lookout.look(worker)
    assert worker.words[1:] == ["SystemExit", "KeyboardInterrupt"] * (SIGNALS // 2) + ["SystemExit"] * (SIGNALS % 2)
    FIGURES.info("%s: %d signals, %d acts", place.kind, SIGNALS, lookout.close())


def _interrupt(worker: Worker, how: signal.Signals) -> None:
    """Send a signal until it is told of: what it raises in a finalizer Python drops, and the act goes on."""
    told, heard = len(worker.words), 0
    while len(worker.words) == told:
        if heard % 30 == 0:
            assert worker.process.pid is not None
            os.kill(worker.process.pid, how)
        worker.hear()
        heard += 1


def test_a_worker_that_is_asked_to_leave_leaves_in_good_order(place: Place) -> None:
    lookout = Lookout(place)
    acknowledged = 0
    for _ in range(LEAVES):
        worker = Worker(work_until_asked_to_leave, place, "lane", acknowledged=acknowledged)
        worker.hear_of_acts(1)
        a_moment(0.02)
        worker.process.terminate()
        worker.end()
        assert worker.process.exitcode == 0
        lookout.look(worker)
        acknowledged = worker.acknowledged
    assert lookout.close() >= LEAVES


def test_a_store_that_is_open_when_its_process_forks_serves_both(place: Place) -> None:
    lookout = Lookout(place)
    worker = Worker(work_through_forks, place, "lane", acknowledged=CHILDREN)
    ((done, codes),) = (worker.hear(),)
    worker.end()
    assert codes == [0] * CHILDREN
    for lane, acts in [("lane", done), *((f"lane child {child}", len(STEPS)) for child in range(CHILDREN))]:
        lookout.look(_ended(worker, lane, acts))
    assert lookout.close() == done + CHILDREN * len(STEPS)


def _ended(worker: Worker, lane: str, acts: int) -> Worker:
    worker.lane, worker.acknowledged = lane, acts
    return worker

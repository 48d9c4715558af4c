"""Starts workers, hears what they tell, and kills them."""

import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from tests.faults.looking import agrees, every_case, told
from tests.faults.working import STEPS, Place, docket_on, key_of
from yingshang_flow.errors import StoreUnavailableError

LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "long"
"""Whether to go on for long: hundreds of kills instead of a few."""

FIGURES: Final = logging.getLogger("faults")
"""Where the tests say what they have done, for who runs pytest with ``--log-cli-level=info``."""

# One process imports what workers need, and every worker is a fork of it, so that a kill costs little.
PROCESSES: Final[Any] = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.working"])

PATIENCE: Final = 120
"""After so many seconds without a word a worker counts as hanging; nothing else is measured by it."""


class Worker:
    """A process that works on a lane of acts.

    Attributes:
        lane: The name of the lane.
        acknowledged: How many acts of the lane have returned, those of earlier workers included.
        words: What else it has told, the latest last.
    """

    def __init__(self, work: Callable[..., None], place: Place, lane: str, *, acknowledged: int = 0) -> None:
        self.lane = lane
        self.acknowledged = acknowledged
        self.words: list[Any] = []
        self._ears, mouth = PROCESSES.Pipe(duplex=False)
        self.process = PROCESSES.Process(target=work, args=(place, lane, acknowledged, mouth))
        self.process.start()
        mouth.close()

    def hear(self) -> Any:  # noqa: ANN401 - what the work tells
        """Wait for the next word, and return it."""
        assert self._ears.poll(PATIENCE), f"{self.lane} hangs after {self.acknowledged} acts: {self.words[-3:]}"
        word = self._ears.recv()
        if isinstance(word, int):
            self.acknowledged = word + 1
        else:
            self.words.append(word)
        return word

    def hear_of_acts(self, count: int) -> None:
        """Wait until so many more acts have returned."""
        wanted = self.acknowledged + count
        while self.acknowledged < wanted:
            self.hear()

    def kill(self) -> None:
        """Kill it, and hear what it said last."""
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Hear everything until it has ended."""
        with suppress(EOFError):
            while True:
                self.hear()
        self._ears.close()
        self.process.join(PATIENCE)
        assert self.process.exitcode is not None


class Lookout:
    """Looks at the lanes of a place, through a store that stays open all the time.

    Attributes:
        in_doubt: How many acts were kept although their worker could not say so any more.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.store = place.store()
        self.in_doubt = 0
        self._docket = docket_on(self.store)
        self._looked: dict[str, int] = {}

    def look(self, worker: Worker) -> None:
        """Assert that what a dead worker acknowledged is there, at most one act more, and nothing by halves."""
        lane, kept = worker.lane, worker.acknowledged
        with suppress(StoreUnavailableError):  # a server that was started again is noticed by the first who asks
            self.store.keyed("")
        while self.store.keyed(key_of(lane, kept)) is not None:
            kept += 1
        assert kept <= worker.acknowledged + 1
        self.in_doubt += kept - worker.acknowledged
        for number in range(self._looked.get(lane, 0), kept):
            record = self.store.keyed(key_of(lane, number))
            assert record is not None
            assert (record.case, record.revision) == (f"{lane} {number // len(STEPS):06}", number % len(STEPS) + 1)
        for case in range(self._looked.get(lane, 0) // len(STEPS), -(-kept // len(STEPS))):
            assert agrees(self._docket, f"{lane} {case:06}")
        self._looked[lane] = kept

    def close(self) -> int:
        """Assert through a new store that all lanes are whole and each act was told once; return how many there are."""
        self.store.close()
        other = self.place.store()
        docket = docket_on(other)
        revisions = told(other)
        cases = list(every_case(other))
        for case in cases:
            assert agrees(docket, case)
            assert revisions[case] == list(range(1, docket.load(case).revision + 1))
        assert sorted(revisions) == cases
        acts = sum(map(len, revisions.values()))
        assert acts == sum(self._looked.values())
        other.close()
        return acts


def run_at_once(work: Callable[..., Any], each: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Let processes begin their work at the same moment, see each end well, and return what they return."""
    given = list(each)
    start = PROCESSES.Barrier(len(given), timeout=PATIENCE)
    found = PROCESSES.SimpleQueue()
    processes = [PROCESSES.Process(target=_worked, args=(work, arguments, start, found)) for arguments in given]
    for process in processes:
        process.start()
    results = [found.get() for _ in processes]
    for process in processes:
        process.join(PATIENCE)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def _worked(work: Callable[..., Any], arguments: tuple[Any, ...], start: Any, found: Any) -> None:  # noqa: ANN401 - untyped
    try:
        found.put(work(*arguments, start))
    except BaseException as error:  # noqa: BLE001 - told to whoever waits
        start.abort()
        found.put(RuntimeError(f"{type(error).__name__}: {error}"))


def a_moment(longest: float) -> None:
    """Wait for a random time of at most so many seconds."""
    time.sleep(int.from_bytes(os.urandom(4)) / 2**32 * longest)

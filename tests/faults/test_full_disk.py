"""A real disk that becomes full under its writers: a clear error, nothing lost, and work goes on once there is room."""

from pathlib import Path

from tests.faults.crew import FIGURES, Lookout, Worker
from tests.faults.working import Place, work_through_failures


def test_acts_fail_clearly_while_the_disk_is_full_and_go_on_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 100_000)
    place = Place(str(small_disk / "cases.db"))
    lookout = Lookout(place)
    crew = [Worker(work_through_failures, place, name) for name in ("left", "right")]
    for worker in crew:
        while not worker.words:
            worker.hear()
        assert worker.words[0].startswith("StoreUnavailableError: ")
        assert "the disk is full; make room" in worker.words[0]
        lookout.look(worker)  # what was acknowledged can be read meanwhile
    ballast.unlink()
    crew[0].kill()  # or it would fill what room there is before the other one
    crew[1].hear_of_acts(1)
    crew[1].kill()
    for worker in crew:
        lookout.look(worker)
    FIGURES.info("%d acts on a disk that was full amid them", sum(worker.acknowledged for worker in crew))
    lookout.store.close()

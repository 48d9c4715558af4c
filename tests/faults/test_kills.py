"""Writers that are killed at any moment: what they acknowledged is there, and nothing by halves."""

import random
import time
from typing import Final

from tests.faults.crew import FIGURES, LONG, Lookout, Worker, a_moment
from tests.faults.working import Place, work

KILLS: Final = 200 if LONG else 5


def test_killed_writers_leave_every_acknowledged_act_and_no_half_one(place: Place) -> None:
    begin = time.monotonic()
    lookout = Lookout(place)
    crew = [Worker(work, place, name) for name in ("left", "right")]
    for worker in crew:
        worker.hear_of_acts(1)
    for _ in range(KILLS):
        at = random.randrange(2)  # noqa: S311 - whom to kill is no secret
        a_moment(0.05)
        crew[at].kill()
        lookout.look(crew[at])  # while the other one goes on
        crew[at] = Worker(work, place, crew[at].lane, acknowledged=crew[at].acknowledged)
        crew[at].hear_of_acts(1)  # what is in doubt is repeated, and is one act all the same
    for worker in crew:
        worker.kill()
        lookout.look(worker)
    acts = lookout.close()
    assert acts >= KILLS
    FIGURES.info(
        "%s: %d kills, %d acts, %d of them kept but not acknowledged, %.0f s",
        *(place.kind, KILLS + 2, acts, lookout.in_doubt, time.monotonic() - begin),
    )

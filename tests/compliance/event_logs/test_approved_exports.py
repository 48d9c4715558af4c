"""Whole histories, what an audit says of them and the files they are exported to, held against what was approved."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs
import pytest

from tests.approving import Make, check
from tests.lifecycles import complaining, interviewing
from tests.lifecycles.interviewing import THREE, refused_to_sign, representative, signed
from tests.telling import texts_of
from yingshang_flow import lifecycles
from yingshang_flow.compliance import audit_all, petri_net, write_ocel_json, write_pnml, write_xes
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import china
from yingshang_flow.docket import Docket
from yingshang_flow.lifecycles.interview import Report
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock

HERE: Final = Path(__file__).parent / "approved"
NOW: Final = FixedClock(date(2019, 6, 1))
HEX: Final = re.compile("[0-9a-f]{16,}")
"""Digests and commitments: those of what is sealed are others in every run."""

History = tuple[tuple[Record, ...], Lifecycle]


@cache
def histories() -> tuple[History, ...]:
    """Return an interview and a complaint with all that can be found in them."""
    number = count(1)
    docket = Docket(MemoryStore(), clock=NOW, new_id=lambda: f"案-{next(number)}")
    _interview(docket)
    _complaint(docket)
    return tuple((docket.history(case.id), docket.lifecycle(case.id)) for case in docket.find())


def _interview(docket: Docket) -> None:
    """Do an interview of three units of which one is late and one never reports, corrected and annulled on the way."""
    desk = interviewing.Desk(units=THREE, docket=docket)
    desk.reach("held")
    docket.correct(
        desk.id, 4, content=attrs.evolve(desk.notice(), place="市政府306"), ground="笔误", by=interviewing.OFFICE
    )
    docket.correct(desk.id, 5, occurred_at=date(2018, 12, 21), ground="日期误录", by=interviewing.OFFICE)
    desk.act(
        "sign_record",
        attrs.evolve(signed(THREE), signed=THREE[:2], refusals=(refused_to_sign(THREE[2]),)),
        at=date(2018, 12, 21),
    )
    desk.report(THREE[0])
    desk.report(THREE[1], at=date(2019, 1, 15))
    docket.annul(desk.id, desk.case.revision, ground="误录", by=interviewing.OFFICE)
    desk.act("submit_report", Report("报告"), by=representative(THREE[1]), at=date(2019, 1, 18))
    docket.sweep(now=NOW())


def _complaint(docket: Docket) -> None:
    """Do a complaint that is answered late, extended, concluded and opened again, and of which persons are erased."""
    desk = complaining.Desk(docket=docket)
    desk.reach("handling")
    desk.act("reply", complaining.REPLY, at=date(2018, 9, 28))
    desk.act("extend", complaining.EXTENSION, at=date(2018, 10, 8))
    desk.act("conclude", complaining.CONCLUSION, at=date(2018, 12, 28))
    desk.act("follow_up", complaining.UNSATISFIED, at=date(2019, 1, 8))
    docket.erase(desk.id, ground="本人申请", by=Actor("sun", "区营商办", desk.lifecycle.erased_by[0].key))


def _told() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for records, lifecycle in histories():
        yield f"## {lifecycle.key} {lifecycle.profile}"
        for record in records:
            plain: Any = record
            yield HEX.sub("…", repr(plain)).replace("(", "(\n  ", 1)
    for said in audit_all(histories(), calendar=china(), now=NOW()):
        yield from texts_of(said)


def _written(write: Callable[[BinaryIO], object]) -> Make:
    def make() -> str:
        file = io.BytesIO()
        write(file)
        return HEX.sub("…", file.getvalue().decode()).replace("><", ">\n<")

    return make


COMPLAINT: Final = lifecycles.complaint("bayuquan-2018")
APPROVED: Final[dict[Path, Make]] = {
    HERE / "histories.txt": _told,
    HERE / "histories.xes.txt": _written(lambda file: write_xes(file, histories())),
    HERE / "histories.ocel.txt": _written(lambda file: write_ocel_json(file, histories())),
    HERE / "complaint.pnml.txt": _written(lambda file: write_pnml(file, petri_net(COMPLAINT))),
    HERE / "running-complaint.pnml.txt": _written(lambda file: write_pnml(file, petri_net(COMPLAINT, ends="any"))),
}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in APPROVED])
def test_what_is_told_of_histories_is_what_was_approved(path: Path) -> None:
    check(path, APPROVED[path])

"""What a guard refuses is found by the audit where a history has it all the same: entered elsewhere, or forged."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import attrs
import pytest

from tests.lifecycles import interviewing, rectifying, reviewing, stewarding
from tests.lifecycles.interviewing import OFFICE, SECRETARY
from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import china

History = tuple[Lifecycle, Sequence[Record]]


def interviewed(tier: str = "office") -> History:
    desk = interviewing.Desk(tier=tier)
    desk.reach("resolved")
    return desk.lifecycle, desk.history


def with_a_leader() -> History:
    return interviewed("leader")


def an_item(profile: str, **changes: Any) -> History:  # noqa: ANN401 - the fields of an item
    desk = rectifying.Desk(profile)
    desk.reach(desk.stages[0])
    case = desk.listed(rectifying.item(time_limit=date(2018, 8, 31), **changes))
    desk.bring(case, "measured")
    return desk.items, desk.docket.history(case)


def arrears() -> History:
    return an_item(rectifying.BAYUQUAN, category="arrears")


def reviewed() -> History:
    desk = reviewing.Desk()
    desk.reach("closed")
    return desk.lifecycle, desk.history


def asked_of_a_steward() -> History:
    desk = stewarding.Desk()
    desk.reach("solved")
    return desk.lifecycle, desk.history


@pytest.mark.parametrize(
    ("made", "trigger", "changes"),
    [
        pytest.param(interviewed, "plan", {"grounds": ()}, marks=pytest.mark.breaks("Y1")),
        pytest.param(interviewed, "plan", {"matter": None}, marks=pytest.mark.breaks("Y2")),
        pytest.param(interviewed, "plan", {"facts": None}, marks=pytest.mark.breaks("Y2")),
        pytest.param(interviewed, "plan", {"gravity": "grave"}, marks=pytest.mark.breaks("Y3")),
        pytest.param(interviewed, "plan", {"mode": "collective"}, marks=pytest.mark.breaks("Y4")),
        pytest.param(interviewed, "notify", {"place": None}, marks=pytest.mark.breaks("Y5")),
        pytest.param(with_a_leader, "notify", {"place": "别处"}, marks=pytest.mark.breaks("Y6")),
        pytest.param(interviewed, "hold", {"statements": ()}, marks=pytest.mark.breaks("Y7")),
        pytest.param(interviewed, "sign_record", {"archive_number": None}, marks=pytest.mark.breaks("Y7")),
        pytest.param(interviewed, "resolve", {"evidence": ()}, marks=pytest.mark.breaks("Y10")),
        pytest.param(interviewed, "plan", {"because": "bottom_rank"}, marks=pytest.mark.breaks("Y12")),
        pytest.param(
            interviewed,
            "plan",
            {"because": "poor_complaint_handling", "grounds": ("1",)},
            marks=pytest.mark.breaks("Y17"),
        ),
        pytest.param(arrears, "list", {"person": " "}, marks=pytest.mark.breaks("Z10")),
        pytest.param(arrears, "set_measures", {"repayment_years": None}, marks=pytest.mark.breaks("Z20")),
        pytest.param(reviewed, "rate", {"grade": "satisfied"}, marks=pytest.mark.breaks("H1")),
        pytest.param(reviewed, "rate", {"channel": "other"}, marks=pytest.mark.breaks("H2")),
        pytest.param(reviewed, "assign", {"responsible": "市税务局"}, marks=pytest.mark.breaks("H3")),
        pytest.param(reviewed, "rate", {"reviewed": None}, marks=pytest.mark.breaks("H5")),
        pytest.param(asked_of_a_steward, "solve", {"answer": None}, marks=pytest.mark.breaks("S1")),
        pytest.param(asked_of_a_steward, "raise", {"kind": "other", "steward": None}, marks=pytest.mark.breaks("S3")),
    ],
)
def test_an_act_that_a_guard_would_have_refused_is_found(
    made: Callable[[], History], trigger: str, changes: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    (rule,) = request.node.get_closest_marker("breaks").args
    lifecycle, history = made()
    assert audit(history, lifecycle, calendar=china()).outcome(rule) is not Outcome.BROKEN
    forged = []
    for record in history:
        content: Any = record.content
        changed = attrs.evolve(content, **changes) if record.trigger == trigger else content
        forged.append(attrs.evolve(record, content=changed))
    found = audit(forged, lifecycle, calendar=china())
    assert found.outcome(rule) is Outcome.BROKEN
    assert rule in {finding.code for finding in found.findings}


@pytest.mark.breaks("Y6")
def test_Y6_an_approval_by_who_asked_is_found() -> None:
    lifecycle, history = interviewed()
    alone = attrs.evolve(SECRETARY, id=OFFICE.id)
    forged = [attrs.evolve(record, actor=alone) if record.trigger == "approve" else record for record in history]
    assert audit(forged, lifecycle, calendar=china()).outcome("Y6") is Outcome.BROKEN

"""The law of the analysis: no case ever does what it says cannot be done, or stands where it says none comes."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.analysis.permits import PERMIT
from tests.core.roadworks import CALENDAR, ROADWORKS, at
from tests.lifecycles.shipped import LATER, OPENINGS
from yingshang_flow import lifecycles
from yingshang_flow.core.analysis.courses import Running, Spot
from yingshang_flow.core.analysis.owing import courses
from yingshang_flow.core.analysis.ways import START, Node, ways
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.decide import Act, decide, evolve
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Opening, Record
from yingshang_flow.errors import CalendarRangeError, ContentError, RefusedError
from yingshang_flow.testing import content_of
from yingshang_flow.testing.strategies import cast_of, obligors

LIFECYCLES = [
    ROADWORKS,
    PERMIT,
    lifecycles.interview("dalian-2018"),
    lifecycles.interview("liaoning-2020"),
    lifecycles.complaint("bayuquan-2018"),
    lifecycles.rectification("shenyang-2021"),
]
ACTS = 14
UNTOLD = ("note",)
"""Acts whose content has fields of more types than are drawn."""


def said_in(lifecycle: Lifecycle, trigger: str, case: Case | None) -> st.SearchStrategy[Any]:
    """Give content that guards let through often enough."""
    table = OPENINGS if case is None else LATER
    known = table.get(lifecycle.key, {}).get(trigger)
    kind = lifecycle.by_trigger[trigger].content
    if known is not None:
        return known
    return st.none() if kind is None else content_of(kind, units=obligors(lifecycle, case)[:4] or ("甘井子区",))


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda one: f"{one.key}-{one.profile}")
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_act_of_a_case_is_on_a_way_and_every_limit_on_its_course(
    lifecycle: Lifecycle, data: st.DataObject
) -> None:
    found = ways(lifecycle)
    spots: dict[str, set[Spot]] = {key: set(course.steps) for key, course in courses(lifecycle).items()}
    opening = Opening(lifecycle.key, 1, lifecycle.profile, "f" * 64)
    case: Case | None = None
    here = START
    now = at("2021-03-01 09:00")
    for _ in range(ACTS):
        state = "" if case is None else case.state
        possible = [key for key in lifecycle.possible[state] if key not in UNTOLD]
        trigger = data.draw(st.sampled_from(possible or [""]))
        if not trigger:
            return
        actor = data.draw(st.sampled_from(cast_of(lifecycle, case=case)))
        content = data.draw(said_in(lifecycle, trigger, case))
        record = _tried(lifecycle, case, Act(trigger, content, actor, Moment.of(now)), now, opening)
        if record is None:
            continue
        case = evolve(case, record)
        there = Node(case.state, here.done | ({trigger} & found.matter))
        assert any((edge.trigger, edge.target) == (trigger, there) for edge in found.edges[here]), trigger
        here = there
        for key, known in spots.items():
            for d in case.deadlines:
                if d.limit == key and d.status is Status.OPEN:
                    standing: Running = "paused" if d.paused is not None else "running"
                    assert (here, standing) in known, (key, here, standing)


def _tried(lifecycle: Lifecycle, case: Case | None, act: Act, now: Any, opening: Opening) -> Record | None:  # noqa: ANN401
    try:
        return decide(
            lifecycle, case, act, now=now, calendar=CALENDAR, id="c1", opening=opening if case is None else None
        )
    except (RefusedError, ContentError, CalendarRangeError):
        return None

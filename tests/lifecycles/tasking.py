"""What the tests of tasks share: people, content that every guard lets through, and a desk that does the way."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Verdict, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.task import (
    Assignment,
    Clearance,
    Completion,
    Listing,
    Progress,
    Reached,
    Responsibility,
    WorkPlan,
)
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.words import Unmet

PROFILE: Final = "dalian-opinion-2018"
SUPERVISOR: Final = Actor("chen", "市营商办", "supervisor")
INSPECTOR: Final = Actor("zhao", "市委督查室", "inspector")
LEAD: Final = Actor("li", "市税务局", "lead_unit")
OTHER_LEAD: Final = Actor("sun", "市工商局", "lead_unit")
DISTRICT: Final = Actor("wang", "西岗区", "responsible_unit")
ASSIGNED: Final = date(2018, 12, 5)
STARTED: Final = date(2018, 12, 17)

ARTICLES: Final = {
    "L1": "dalian-opinion-2018 四至九",
    "L2": "dalian-opinion-2018 十",
    "L3": "dalian-opinion-2018 四至九",
    "L5": "dalian-opinion-2018 十",
    "L6": "dalian-opinion-2018 九24",
}


def assignment(**changes: Any) -> Assignment:  # noqa: ANN401 - its fields
    """A task that every guard lets through, but for the changes: two milestones, then done."""
    good = Assignment(
        99,
        "优化办税服务",
        ("市税务局", "市工商局"),
        ("西岗区",),
        (),
        (date(2018, 12, 31), date(2019, 6, 30)),
        ("环节精简", "时间压缩"),
        article="四2",
    )
    return attrs.evolve(good, **changes)


LONG_TERM: Final = assignment(milestones=(date(2019, 12, 31),), stages=(), open_ended=True)
AS_SCHEDULED: Final = assignment(milestones=(), stages=(), as_scheduled=True)
ITS_TIMETABLE: Final = (date(2019, 3, 29), date(2019, 9, 30))


def work_plan(*units: str, **changes: Any) -> WorkPlan:  # noqa: ANN401 - its fields
    """A work plan that lacks nothing, but for the changes."""
    leads = units or ("市税务局", "市工商局")
    entries = tuple(Responsibility(unit, f"{unit}局长") for unit in leads)
    return attrs.evolve(WorkPlan(ITS_TIMETABLE, "任务书", "路线图", entries), **changes)


PROGRESS: Final = Progress("办税环节已精简")
UNKEPT: Final = Progress("承诺的三日办结未做到", "三日办结")
REACHED: Final = Reached("已达到")
LISTING: Final = Listing(("窗口未公示承诺",))
PROMISE: Final = Listing(("三日办结未做到",), "增设窗口", date(2019, 3, 29), "三日办结")
CLEARANCE: Final = Clearance("已公示", "督查室复核")
COMPLETION: Final = Completion("各节点均已完成")

_ITS_OWN: Final = (("lead_unit-unit",), ("responsible_unit-unit",))
OPENINGS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "task": {
        "assign": st.sampled_from(
            [
                attrs.evolve(task, leads=leads, responsible=responsible, milestones=task.milestones and dates)
                for task in (assignment(), LONG_TERM, AS_SCHEDULED)
                for leads, responsible in (_ITS_OWN, ((), _ITS_OWN[1]))
                for dates in ([(date(2019, 1, 1), date(2019, 3, 1))] if task.stages else [(date(2019, 1, 1),)])
            ]
        )
    }
}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "task": {
        "plan": st.sampled_from(
            [
                work_plan("lead_unit-unit", "responsible_unit-unit", timetable=dates)
                for dates in ((date(2019, 1, 4), date(2019, 2, 1)), (date(2019, 1, 15),))
            ]
        ),
        "list": st.sampled_from([LISTING, PROMISE]),
        "reach": st.builds(Reached, st.just("已达到"), st.sampled_from(["task", "timetable"])),
    }
}
"""The same for acts that have to fit what was said before."""

HEAD: Final = """\
key = "elsewhere"
locality = "某市"
title = "任务台账（试例）"
valid_from = 2018-01-01
extends = "dalian-opinion-2018"
"""


def variant(folder: Path, **values: str) -> Lifecycle:
    """Write a profile that differs from the opinion's in some values, given as TOML, and bind it."""
    path = folder / "variant.toml"
    entries = (f'\n[task.{name}]\nvalue = {value}\nsource = "ours"\n' for name, value in values.items())
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return lifecycles.task(path)


class Desk:
    """One task on a docket whose clock stands at 10 January 2024, so that everything can be entered afterwards."""

    def __init__(self, content: Assignment | None = None, *, lifecycle: Lifecycle | None = None) -> None:
        self.lifecycle = lifecycle or lifecycles.task(PROFILE)
        self.docket = Docket(MemoryStore(), clock=FixedClock(date(2024, 1, 10)))
        self.content = content or assignment()
        self.id = ""

    @property
    def lead(self) -> Actor:
        """Who does what leads do."""
        task = self.content
        return (
            attrs.evolve(LEAD, unit=task.leads[0]) if task.leads else attrs.evolve(DISTRICT, unit=task.responsible[0])
        )

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id)

    def open(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": SUPERVISOR, "at": ASSIGNED, **options}
        case = self.docket.open(self.lifecycle, self.content if content is None else content, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        options = {"by": self.lead, "at": STARTED, **options}
        return self.docket.act(self.id, trigger, content, **options)

    def refused(self, trigger: str, content: object = None, **options: Any) -> RefusedError:  # noqa: ANN401 - as act
        """Try an act, or the opening, that must be refused, and return the refusal; nothing has changed."""
        before = self.docket.store.history(self.id)
        try:
            if self.id:
                self.act(trigger, content, **options)
            else:
                self.open(content, trigger=trigger, **options)
        except RefusedError as error:
            assert self.docket.store.history(self.id) == before
            return error
        raise AssertionError(f"{trigger} was accepted")

    def reach(self, state: str) -> Case:
        """Assign the task and go on until it is in a state."""
        units = self.content.leads or self.content.responsible
        steps: dict[str, Callable[[], Case]] = {
            "assigned": self.open,
            "planned": lambda: self.act("plan", work_plan(*units), at=date(2018, 12, 14)),
            "underway": lambda: self.act("start"),
        }
        for name, step in steps.items():
            case = step()
            if name == state:
                return case
        raise AssertionError(state)

    def deadlines(self, limit: str = "milestone") -> list[Deadline]:
        return [d for d in self.case.deadlines if d.limit == limit]

    def audit(self, *, now: datetime | None = None) -> Audit:
        said = audit(self.history, self.lifecycle, calendar=self.docket.calendar, now=now)
        assert said.irregular == ()
        return said

    def verdict(self, rule: str, *, now: datetime | None = None) -> Verdict:
        return next(found for found in self.audit(now=now).verdicts if found.rule.id == rule)


def the_unmet(error: RefusedError, code: str) -> Unmet:
    """The one unmet requirement of a rule."""
    (found,) = [unmet for unmet in error.unmet if unmet.code == code]
    return found


def cited(unmet: Unmet) -> list[str]:
    return [str(citation) for citation in unmet.citations]

"""What the tests of accountability share: people, content that every guard lets through, and a desk that does it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Verdict, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.accountability import (
    Check,
    Circular,
    Clue,
    Dismissal,
    Disposal,
    Exposure,
    HeldAccountable,
    Reporter,
    ReturnedResult,
    Transfer,
)
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock

LIAONING: Final = "liaoning-2020"
BAYUQUAN: Final = "bayuquan-2018"
SUPERVISOR: Final = Actor("chen", "省营商局", "supervisor")
DISCIPLINE: Final = Actor("guo", "省纪委监委", "discipline")
REPORTED_BY: Final = "孙某某"
SUSPECTED: Final = "窗口工作人员刘某某"
REGISTERED: Final = date(2020, 9, 1)


def clue(**changes: Any) -> Clue:  # noqa: ANN401 - its fields
    """A clue that every guard lets through, but for the changes."""
    good = Clue(
        "窗口吃拿卡要",
        "inspection",
        ("某区住建局",),
        came_from="2020年8月暗访",
        suspected=Confidential(SUSPECTED),
        reporter=Reporter(Confidential(REPORTED_BY), Confidential("13800001111")),
    )
    return attrs.evolve(good, **changes)


CHECK: Final = Check("暗访视频已核实", ("吃拿卡要", "超期审批"))
DISMISSAL: Final = Dismissal("经核查不属实")
TRANSFER: Final = Transfer("discipline", "吃拿卡要问题")
RESULT: Final = ReturnedResult("已立案")
DISPOSAL: Final = Disposal(
    (Circular("吃拿卡要"), Circular("超期审批")),
    (Exposure("吃拿卡要", "辽宁电视台"),),
    (HeldAccountable("某区住建局", "刘某某", "诫勉谈话", "省纪委监委"),),
    "2020年第三批",
)

OPENINGS: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "accountability": {"register": st.builds(clue, grave=st.booleans())}
}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final[dict[str, dict[str, st.SearchStrategy[Any]]]] = {
    "accountability": {
        "check": st.just(CHECK),
        "transfer": st.just(TRANSFER),
        "dispose": st.sampled_from([DISPOSAL, attrs.evolve(DISPOSAL, batch=None)]),
    }
}
"""The same for acts that have to fit what was said before."""

HEAD: Final = """\
key = "elsewhere"
locality = "某市"
title = "问责（试例）"
valid_from = 2018-01-01
extends = "liaoning-2020"
"""


def variant(folder: Path, **values: str) -> Lifecycle:
    """Write a profile that differs from Liaoning's in some values, given as TOML, and bind it."""
    path = folder / "variant.toml"
    entries = (f'\n[accountability.{name}]\nvalue = {value}\nsource = "ours"\n' for name, value in values.items())
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return lifecycles.accountability(path)


class Desk:
    """One case of accountability on a docket whose clock stands at 10 January 2024."""

    def __init__(self, profile: str | Lifecycle = LIAONING, *, docket: Docket | None = None) -> None:
        self.lifecycle = lifecycles.accountability(profile) if isinstance(profile, str) else profile
        self.docket = docket or Docket(MemoryStore(), clock=FixedClock(date(2024, 1, 10)))
        self.id = ""

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id)

    def open(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": SUPERVISOR, "at": REGISTERED, **options}
        case = self.docket.open(self.lifecycle, clue() if content is None else content, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        options = {"by": SUPERVISOR, "at": date(2020, 9, 8), **options}
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

    def reach(self, state: str, content: object = None) -> Case:
        """Register a clue and go on, passing it on, until the case is in a state."""
        steps: dict[str, Callable[[], Case]] = {
            "clue": lambda: self.open(content),
            "checking": lambda: self.act("check", CHECK),
            "transferred": lambda: self.act("transfer", TRANSFER, at=date(2020, 9, 10)),
            "returned": lambda: self.act("return_result", RESULT, by=DISCIPLINE, at=date(2020, 10, 12)),
            "disposed": lambda: self.act("dispose", DISPOSAL, at=date(2020, 10, 20)),
        }
        for name, step in steps.items():
            case = step()
            if name == state:
                return case
        raise AssertionError(state)

    def audit(self, *, now: datetime | None = None) -> Audit:
        said = audit(self.history, self.lifecycle, calendar=self.docket.calendar, now=now)
        assert said.irregular == ()
        return said

    def verdict(self, rule: str, *, now: datetime | None = None) -> Verdict:
        return next(found for found in self.audit(now=now).verdicts if found.rule.id == rule)

"""What the tests of steward requests share: people, content that every guard lets through, and a desk that does it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, Verdict, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.steward_request import Answered, Coordination, Request, Visit
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.words import Unmet

ENTERPRISE: Final = Actor("zheng", "某机械厂", "enterprise")
STEWARD: Final = Actor("wu", "市工信局", "steward")
RAISED: Final = date(2020, 3, 2)


def request(**changes: Any) -> Request:  # noqa: ANN401 - its fields
    """A request that every guard lets through, but for the changes."""
    good = Request("某机械厂", "industrial_enterprise", "复工所需口罩不足", "supplies", "吴某")
    return attrs.evolve(good, **changes)


COORDINATION: Final = Coordination(("市商务局", "市卫健委"))
ANSWERED: Final = Answered("协调口罩五千只", "口罩已送达")
EXPLAINED: Final = Answered("已向市财政局了解", "不属补贴范围，已说明依据")
VISIT: Final = Visit("口罩不足", "已查看库存")

OPENINGS: Final = {
    "steward_request": {
        "raise": st.builds(
            request, kind=st.sampled_from(["key_project", "other"]), steward=st.sampled_from(["吴某", "吴某", None])
        )
    }
}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final = {
    "steward_request": {
        "coordinate": st.sampled_from([COORDINATION, attrs.evolve(COORDINATION, steward="吴某")]),
        "solve": st.sampled_from([ANSWERED, attrs.evolve(ANSWERED, steward="吴某")]),
    }
}
"""The same for acts that have to fit what was said before."""

HEAD: Final = """\
key = "elsewhere"
locality = "某省"
title = "项目管家办法（试例）"
valid_from = 2020-01-01
extends = "liaoning-2020"
"""


def variant(folder: Path, **values: str) -> Lifecycle:
    """Write a profile that differs from Liaoning's in some values, given as TOML, and bind it."""
    path = folder / "variant.toml"
    entries = (f'\n[steward_request.{name}]\nvalue = {value}\nsource = "ours"\n' for name, value in values.items())
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return lifecycles.steward_request(path)


class Desk:
    """One request on a docket whose clock stands at 1 June 2021, so that everything can be entered afterwards."""

    def __init__(self, profile: str | Lifecycle = "liaoning-2020") -> None:
        self.lifecycle = lifecycles.steward_request(profile) if isinstance(profile, str) else profile
        self.clock = FixedClock(date(2021, 6, 1))
        self.docket = Docket(MemoryStore(), clock=self.clock)
        self.id = ""

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id)

    def open(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": ENTERPRISE, "at": RAISED, **options}
        case = self.docket.open(self.lifecycle, request() if content is None else content, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        options = {"by": STEWARD, "at": date(2020, 3, 6), **options}
        return self.docket.act(self.id, trigger, content, **options)

    def refused(self, trigger: str, content: object = None, **options: Any) -> RefusedError:  # noqa: ANN401 - as act
        """Try an act, or the opening, that must be refused, and return the refusal; nothing has changed."""
        before = self.docket.store.history(self.id)
        try:
            if self.id:
                self.act(trigger, content, **options)
            else:
                self.open(content, **options)
        except RefusedError as error:
            assert self.docket.store.history(self.id) == before
            return error
        raise AssertionError(f"{trigger} was accepted")

    def reach(self, state: str, content: object = None) -> Case:
        """Open a request and do what it takes until it is in a state."""
        case = self.open(content)
        if state == "coordinating":
            case = self.act("coordinate", COORDINATION, at=date(2020, 3, 3))
        elif state in {"solved", "explained"}:
            trigger, said = ("solve", ANSWERED) if state == "solved" else ("explain", EXPLAINED)
            case = self.act(trigger, said, at=date(2020, 3, 5))
        assert case.state == state
        return case

    def audit(self, *, now: datetime | None = None) -> Audit:
        return audit(self.history, self.lifecycle, calendar=self.docket.calendar, now=now)

    def verdict(self, rule: str, *, now: datetime | None = None) -> Verdict:
        return next(found for found in self.audit(now=now).verdicts if found.rule.id == rule)


def the_unmet(error: RefusedError, code: str) -> Unmet:
    """The one unmet requirement of a rule."""
    (found,) = [unmet for unmet in error.unmet if unmet.code == code]
    return found

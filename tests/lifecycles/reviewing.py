"""What the tests of reviews share: people, content that every guard lets through, and a desk that does the way."""

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
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.service_review import (
    Assignment,
    Closing,
    Dismissal,
    Feedback,
    FollowUp,
    Rating,
    Reviewer,
    Verification,
)
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.words import Unmet

PLATFORM: Final = Actor("zhao", "8890平台", "platform")
UNIT: Final = Actor("wang", "市住建局", "responsible_unit")
OTHER_UNIT: Final = Actor("qian", "市税务局", "responsible_unit")
SUPERVISOR: Final = Actor("chen", "市营商局", "supervisor")
REVIEWER: Final = Actor("孙某某身份号", "个人", "reviewer")
NAME: Final = "孙某某"
CONTACT: Final = "13800001111"
RATED: Final = date(2020, 7, 1)


def rating(**changes: Any) -> Rating:  # noqa: ANN401 - its fields
    """A poor review that every guard lets through, but for the changes."""
    good = Rating(
        "dissatisfied",
        UNIT.unit,
        "施工许可",
        "window",
        text="跑了三趟",
        reviewer=Reviewer(Confidential(NAME), Confidential(CONTACT)),
    )
    return attrs.evolve(good, **changes)


ASSIGNED: Final = Assignment(UNIT.unit)
VERIFIED: Final = Verification("材料未一次告知，属实")
DISMISSED: Final = Dismissal("评价的不是本事项")
ANSWERED: Final = Feedback("rectified", "已公布一次性告知单", "已致歉并说明")
REFUSING: Final = Feedback("refused", "不予整改", "已告知")
CONTENT: Final = FollowUp("content", "电话回访")
NOT_CONTENT: Final = FollowUp("not_content", "电话回访")
CLOSED: Final = Closing("2020年三季度绩效考核")

OPENINGS: Final = {
    "service_review": {
        "rate": st.builds(rating, grade=st.sampled_from(["dissatisfied", "very_dissatisfied", "satisfied"]))
    }
}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final = {
    "service_review": {
        "assign": st.just(Assignment("responsible_unit-unit")),
        "verify": st.just(VERIFIED),
        "answer": st.sampled_from([ANSWERED, REFUSING]),
        "follow_up": st.sampled_from([CONTENT, NOT_CONTENT]),
    }
}
"""The same for acts that have to fit what was said before."""

HEAD: Final = """\
key = "elsewhere"
locality = "某省"
title = "好差评办法（试例）"
valid_from = 2020-01-01
extends = "liaoning-2020"
"""


def variant(folder: Path, **values: str) -> Lifecycle:
    """Write a profile that differs from Liaoning's in some values, given as TOML, and bind it."""
    path = folder / "variant.toml"
    entries = (f'\n[service_review.{name}]\nvalue = {value}\nsource = "ours"\n' for name, value in values.items())
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return lifecycles.service_review(path)


class Desk:
    """One review on a docket whose clock stands at 1 June 2021, so that everything can be entered afterwards."""

    def __init__(self, profile: str | Lifecycle = "liaoning-2020", *, docket: Docket | None = None) -> None:
        self.lifecycle = lifecycles.service_review(profile) if isinstance(profile, str) else profile
        self.clock = FixedClock(date(2021, 6, 1))
        self.docket = docket or Docket(MemoryStore(), clock=self.clock)
        self.id = ""

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id, by=PLATFORM)

    def open(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": PLATFORM, "at": RATED, **options}
        case = self.docket.open(self.lifecycle, rating() if content is None else content, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        options = {"by": PLATFORM, "at": date(2020, 7, 20), **options}
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

    def reach(self, state: str, content: object = None, *, feedback: Feedback = ANSWERED) -> Case:
        """Open a poor review and do everything until it is in a state."""
        steps: dict[str, Callable[[], Case]] = {
            "rated": lambda: self.open(content),
            "assigned": lambda: self.act("assign", ASSIGNED, at=date(2020, 7, 2)),
            "verified": lambda: self.act("verify", VERIFIED, by=UNIT, at=date(2020, 7, 3)),
            "rectifying": lambda: self.act("start", by=UNIT, at=date(2020, 7, 6)),
            "answered": lambda: self.act("answer", feedback, by=UNIT, at=date(2020, 7, 10)),
            "followed_up": lambda: self.act("follow_up", CONTENT, at=date(2020, 7, 15)),
            "closed": lambda: self.act("close", CLOSED, at=date(2020, 7, 16)),
        }
        for name, step in steps.items():
            case = step()
            if name == state:
                return case
        raise AssertionError(state)

    def deadline(self, limit: str) -> Deadline:
        return [d for d in self.case.deadlines if d.limit == limit][-1]

    def audit(self, *, now: datetime | None = None) -> Audit:
        return audit(self.history, self.lifecycle, calendar=self.docket.calendar, now=now)

    def verdict(self, rule: str, *, now: datetime | None = None) -> Verdict:
        return next(found for found in self.audit(now=now).verdicts if found.rule.id == rule)


def the_unmet(error: RefusedError, code: str) -> Unmet:
    """The one unmet requirement of a rule."""
    (found,) = [unmet for unmet in error.unmet if unmet.code == code]
    return found

"""What the tests of complaints share: people, content that every guard lets through, and a desk that does the way."""

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
from yingshang_flow.lifecycles.complaint import (
    Appraisal,
    AppraisalResult,
    Approver,
    Assignment,
    Clue,
    ClueStep,
    Complainant,
    Conclusion,
    Extension,
    FollowUp,
    Reason,
    Receipt,
    Refusal,
    Reopening,
    Supplement,
    SupplementRequest,
    TakingUp,
    WrittenReply,
)
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.words import Unmet

PLATFORM: Final = Actor("zhao", "8890平台", "platform")
BODY: Final = Actor("li", "区营商局", "complaint_body")
UNDERTAKER: Final = Actor("wang", "区住建局", "undertaker")
COMPLAINANT: Final = Actor("孙某某身份号", "个人", "complainant")
SUPERVISOR: Final = Actor("chen", "市营商局", "supervisor")
NAME: Final = "孙某某"
CONTACT: Final = "13800001111"
AGAINST: Final = "区住建局"
RECEIVED: Final = date(2018, 9, 10)
"""Answer due 2018-09-19, conclusion due 2018-10-26, extended to 2018-12-10."""


def receipt(**changes: Any) -> Receipt:  # noqa: ANN401 - its fields
    """A complaint that every guard lets through, but for the changes."""
    good = Receipt(
        "named",
        "platform",
        AGAINST,
        "施工许可迟迟不办",
        "delay",
        Complainant(Confidential(NAME), Confidential(CONTACT)),
    )
    return attrs.evolve(good, **changes)


EXTENSION: Final = Extension("specially_grave", "涉及多个部门", Approver("zhou", "区营商局", "complaint_body"))
REPLY: Final = WrittenReply("已转区住建局办理", "post")
REFUSAL: Final = Refusal("不属受理范围", "post")
CONCLUSION: Final = Conclusion("solved", "许可逾期属实", "许可证已发放", "许可证已发放，已批评教育")
SATISFIED: Final = FollowUp("satisfied", "录音2018-77", "solved")
UNSATISFIED: Final = FollowUp("unsatisfied", "录音2018-78", "unsolved")
REASON: Final = Reason("不属本单位职责")
STEPS: Final = tuple(
    ClueStep(step, "platform", "8890平台", "zhao") for step in ("screened", "assigned", "analysed", "listed")
)
CLUE: Final = Clue("索要好处", STEPS)
QUESTION: Final = Appraisal("配件是否原厂", "市产品质量检验院")
RESULT: Final = AppraisalResult("非原厂配件")

OPENINGS: Final = {
    "complaint": dict.fromkeys(
        ("register", "receive"),
        st.builds(
            receipt,
            identity=st.sampled_from(["named", "anonymous"]),
            category=st.sampled_from(["delay", "bribery"]),
        ),
    )
}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final = {
    "complaint": {
        "receive": st.just(receipt()),
        "extend": st.just(EXTENSION),
        "commission_appraisal": st.just(QUESTION),
        "receive_appraisal": st.just(RESULT),
        "feed_back": st.just(REPLY),
        "follow_up": st.sampled_from([SATISFIED, UNSATISFIED, FollowUp("no_answer", "通话记录", None, 3)]),
        "transfer_clue": st.just(CLUE),
    }
}
"""The same for acts that have to fit what was said before."""

HEAD: Final = """\
key = "elsewhere"
locality = "某市"
title = "投诉办法（试例）"
valid_from = 2018-01-01
extends = "bayuquan-2018"
"""


def variant(folder: Path, **values: str) -> Lifecycle:
    """Write a profile that differs from Bayuquan's in some values, given as TOML, and bind it."""
    path = folder / "variant.toml"
    entries = (f'\n[complaint.{name}]\nvalue = {value}\nsource = "ours"\n' for name, value in values.items())
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return lifecycles.complaint(path)


def without(folder: Path, *names: str) -> Lifecycle:
    """Write a profile that has Bayuquan's values but for some that it does not set at all, and bind it."""
    shipped = Path(lifecycles.__file__).parent.parent / "policies" / "bayuquan-2018.toml"
    parts = shipped.read_text(encoding="utf-8").split("\n[")
    kept = [part for part in parts if part.split("]")[0] not in {f"complaint.{name}" for name in names}]
    path = folder / "without.toml"
    path.write_text("\n[".join(kept), encoding="utf-8")
    return lifecycles.complaint(path)


class Desk:
    """One complaint on a docket whose clock stands at 1 June 2019, so that everything can be entered afterwards."""

    def __init__(
        self,
        profile: str | Lifecycle = "bayuquan-2018",
        *,
        store: Store | None = None,
        docket: Docket | None = None,
    ) -> None:
        self.lifecycle = lifecycles.complaint(profile) if isinstance(profile, str) else profile
        self.clock = FixedClock(date(2019, 6, 1))
        self.docket = docket or Docket(MemoryStore() if store is None else store, clock=self.clock)
        self.id = ""

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id, by=BODY)

    def open(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": BODY, "at": RECEIVED, "trigger": "receive", **options}
        case = self.docket.open(self.lifecycle, receipt() if content is None else content, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        options = {"by": BODY, "at": date(2018, 9, 14), **options}
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

    def reach(self, state: str, content: object = None, *, concluded: date = date(2018, 10, 19)) -> Case:
        """Open a case and do everything until it is in a state, in time unless it is said to be concluded later."""
        steps: dict[str, Callable[[], Case]] = {
            "received": lambda: self.open(content),
            "accepted": lambda: self.act("accept", at=date(2018, 9, 11)),
            "assigned": lambda: self.act("assign", Assignment(AGAINST), at=date(2018, 9, 12)),
            "handling": lambda: self.act("take_up", TakingUp("wang"), by=UNDERTAKER, at=date(2018, 9, 13)),
            "answered": lambda: self.act("reply", REPLY, at=date(2018, 9, 18)),
            "concluded": lambda: self.act("conclude", CONCLUSION, at=concluded),
            "followed_up": lambda: self.act("follow_up", SATISFIED, at=concluded),
            "closed": lambda: self.act("close", at=concluded),
        }
        for name, step in steps.items():
            case = step()
            if name == state:
                return case
        raise AssertionError(state)

    def deadline(self, limit: str = "conclusion") -> Deadline:
        return [d for d in self.case.deadlines if d.limit == limit][-1]

    def audit(self, *, now: datetime | None = None) -> Audit:
        return audit(self.history, self.lifecycle, calendar=self.docket.calendar, now=now)

    def verdict(self, rule: str, *, now: datetime | None = None) -> Verdict:
        return next(found for found in self.audit(now=now).verdicts if found.rule.id == rule)


def the_unmet(error: RefusedError, code: str) -> Unmet:
    """The one unmet requirement of a rule."""
    (found,) = [unmet for unmet in error.unmet if unmet.code == code]
    return found


__all__ = [
    "AGAINST",
    "BODY",
    "CLUE",
    "COMPLAINANT",
    "CONCLUSION",
    "CONTACT",
    "EXTENSION",
    "LATER",
    "NAME",
    "OPENINGS",
    "PLATFORM",
    "QUESTION",
    "REASON",
    "RECEIVED",
    "REFUSAL",
    "REPLY",
    "RESULT",
    "SATISFIED",
    "STEPS",
    "SUPERVISOR",
    "UNDERTAKER",
    "UNSATISFIED",
    "Appraisal",
    "AppraisalResult",
    "Approver",
    "Assignment",
    "Clue",
    "ClueStep",
    "Complainant",
    "Conclusion",
    "Desk",
    "Extension",
    "FollowUp",
    "Reason",
    "Receipt",
    "Refusal",
    "Reopening",
    "Supplement",
    "SupplementRequest",
    "TakingUp",
    "WrittenReply",
    "receipt",
    "the_unmet",
    "variant",
    "without",
]

"""What the tests of interviews share: people, content that every guard lets through, and a desk that does the way."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import Audit, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import CHINA_TIME, WorkingDays
from yingshang_flow.docket import Docket
from yingshang_flow.errors import RefusedError
from yingshang_flow.lifecycles.interview import (
    Absence,
    Acceptance,
    Approval,
    ApprovalRequest,
    Evidence,
    Failure,
    Feedback,
    Interview,
    Matter,
    Notice,
    Plan,
    Reason,
    RefusalToSign,
    Report,
    Rescheduling,
    Resolution,
    ReturnedReport,
    SignedRecord,
    Statement,
    Subject,
)
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.testing.strategies import UNITS, content_of
from yingshang_flow.words import Unmet

OFFICE: Final = Actor("li", "市营商办", "office")
SECRETARY: Final = Actor("wang", "市政府办公室", "secretary_general")
MAYOR: Final = Actor("zhang", "市政府", "leader")
ALONE: Final = ("甘井子区",)
THREE: Final = ("甘井子区", "西岗区", "市税务局")
MEETING: Final = datetime.combine(date(2018, 12, 20), time(14), CHINA_TIME)
"""The interview is held on this Thursday; the report is due on the make-up Saturday 2018-12-29."""


def representative(unit: str) -> Actor:
    return Actor(f"head of {unit}", unit, "subject")


def plan(units: Sequence[str] = ALONE, tier: str | None = "office", **changes: Any) -> Plan:  # noqa: ANN401 - its fields
    """A plan that every guard lets through, but for the changes."""
    rank: Any = "deputy" if tier == "office" else "principal"
    kind: Any = tier
    good = Plan(
        grounds=("6",),
        matter=Matter("M-1", "办结率低"),
        facts="去年办结率为全市末位",
        gravity="general" if tier == "office" else "grave",
        tier=kind,
        mode="individual" if len(units) == 1 else "collective",
        subjects=tuple(Subject(unit, f"{unit}负责人", rank) for unit in units),
    )
    return attrs.evolve(good, **changes)


NOTICE: Final = Notice(MEETING, "市政府304", "办结率", "individual")
RESCHEDULING: Final = Rescheduling(MEETING.replace(day=21), "市政府305", "会议冲突")


def held(units: Sequence[str] = ALONE, /, **changes: Any) -> Interview:  # noqa: ANN401 - its fields
    good = Interview(
        "办结率低",
        "投诉办理",
        "限期整改",
        date(2019, 1, 31),
        "专题报告",
        tuple(Statement(unit, "接受") for unit in units),
        "李主任",
    )
    return attrs.evolve(good, **changes)


def signed(units: Sequence[str] = ALONE) -> SignedRecord:
    return SignedRecord("李主任", tuple(units), (), "2018-17")


def solved(units: Sequence[str] = ALONE) -> Resolution:
    return Resolution(tuple(Evidence(unit, "复核办结率达标") for unit in units))


def refused_to_sign(unit: str, witness: str = "张证人") -> RefusalToSign:
    return RefusalToSign(unit, "不认可", Confidential(witness))


PLANS: Final = st.builds(
    plan,
    st.sampled_from([ALONE, THREE, UNITS[:2]]),
    st.sampled_from(["office", "leader"]),
    because=st.sampled_from([None, None, "poor_complaint_handling"]),
)
"""Plans that are let through; a plan drawn from its type hints alone hardly ever is."""

OPENINGS: Final = {"interview": {"plan": st.one_of(PLANS, PLANS, PLANS, content_of(Plan))}}
"""For the docket machine, by lifecycle: what opens a case."""

LATER: Final = {
    "interview": {
        "notify": st.builds(
            Notice,
            st.just(MEETING),
            st.just("市政府304"),
            st.just("办结率"),
            st.sampled_from(["individual", "collective", None]),
        ),
        "approve": st.sampled_from([Approval(MEETING, "市政府304"), Approval()]),
    }
}
"""The same for acts that have to repeat what was said before."""

VARIANT: Final = """\
key = "later-approval"
locality = "某市"
title = "约谈办法（试例）"
valid_from = 2019-01-01
extends = "dalian-2018"

[interview.approval_before]
value = "interview"
source = "ours"
article = "Y6"
kind = "ours"
"""
"""A profile that differs from Dalian's in one switch: approval before the interview, not before the notice."""


def variant(folder: Path, text: str = VARIANT) -> Lifecycle:
    """Write a profile into a file and bind it."""
    path = folder / "variant.toml"
    path.write_text(text, encoding="utf-8")
    return lifecycles.interview(path)


class Desk:
    """One interview on a docket whose clock stands at 1 June 2019, so that everything can be entered afterwards."""

    def __init__(
        self,
        profile: str | Lifecycle = "dalian-2018",
        *,
        units: Sequence[str] = ALONE,
        tier: str = "office",
        store: Store | None = None,
        docket: Docket | None = None,
    ) -> None:
        self.lifecycle = lifecycles.interview(profile) if isinstance(profile, str) else profile
        self.clock = FixedClock(date(2019, 6, 1))
        self.docket = docket or Docket(MemoryStore() if store is None else store, clock=self.clock)
        self.units = tuple(units)
        self.tier = tier
        self.id = ""

    @property
    def chair(self) -> Actor:
        """Who holds the interview."""
        return OFFICE if self.tier == "office" else MAYOR

    @property
    def approver(self) -> Actor:
        return SECRETARY if self.tier == "office" else MAYOR

    @property
    def case(self) -> Case:
        return self.docket.load(self.id)

    @property
    def history(self) -> tuple[Record, ...]:
        return self.docket.history(self.id, by=OFFICE)

    def plan(self, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.open
        options = {"by": OFFICE, "at": date(2018, 12, 10), **options}
        given = plan(self.units, self.tier) if content is None else content
        case = self.docket.open(self.lifecycle, given, **options)
        self.id = case.id
        return case

    def act(self, trigger: str, content: object = None, **options: Any) -> Case:  # noqa: ANN401 - those of Docket.act
        options = {"by": OFFICE, "at": date(2018, 12, 20), **options}
        return self.docket.act(self.id, trigger, content, **options)

    def refused(self, trigger: str, content: object = None, **options: Any) -> RefusedError:  # noqa: ANN401 - as act
        """Try an act, or the plan, that must be refused, and return the refusal; nothing has changed."""
        before = self.docket.store.history(self.id)
        try:
            if trigger == "plan":
                self.plan(content, **options)
            else:
                self.act(trigger, content, **options)
        except RefusedError as error:
            assert self.docket.store.history(self.id) == before
            return error
        raise AssertionError(f"{trigger} was accepted")

    def notice(self) -> Notice:
        return attrs.evolve(NOTICE, mode="individual" if len(self.units) == 1 else "collective")

    def reach(self, state: str, **interval: Any) -> Case:  # noqa: ANN401 - those of Acceptance
        """Open a case and do everything on time until it is in a state."""
        steps: dict[str, list[Callable[[], Case]]] = {
            "planned": [],
            "awaiting_approval": [lambda: self.act("request_approval", ApprovalRequest("请示"), at=date(2018, 12, 11))],
            "approved": [
                lambda: self.act("approve", Approval(MEETING, "市政府304"), by=self.approver, at=date(2018, 12, 12))
            ],
            "notified": [lambda: self.act("notify", self.notice(), at=date(2018, 12, 17))],
            "held": [lambda: self.act("hold", held(self.units), by=self.chair)],
            "recorded": [lambda: self.act("sign_record", signed(self.units))],
            "reported": [lambda: self.report(*self.units)],
            "tracking": [
                lambda: self.act("accept_report", Acceptance(bool(interval), **interval), at=date(2018, 12, 28)),
            ],
            "resolved": [
                lambda: self.act("record_feedback", Feedback("已回访"), at=date(2019, 1, 30)),
                lambda: self.act("resolve", solved(self.units), at=date(2019, 1, 31)),
            ],
        }
        case = self.plan()
        for name, todo in steps.items():
            for step in todo:
                case = step()
            if name == state:
                return case
        raise AssertionError(state)

    def report(self, *units: str, at: date = date(2018, 12, 25), **options: Any) -> Case:  # noqa: ANN401 - as act
        """Each unit sends in its own report."""
        case = self.case
        for unit in units:
            case = self.act("submit_report", Report("整改报告"), by=representative(unit), at=at, **options)
        return case

    def deadline(self, unit: str, limit: str = "report", number: int | None = None) -> Deadline:
        found = [d for d in self.case.deadlines if (d.limit, d.obligor) == (limit, unit)]
        return found[-1] if number is None else next(d for d in found if d.number == number)

    def audit(self, *, now: datetime | None = None) -> Audit:
        return audit(self.history, self.lifecycle, calendar=self.docket.calendar, now=now)


def the_unmet(error: RefusedError, code: str) -> Unmet:
    """The one unmet requirement of a rule."""
    (found,) = [unmet for unmet in error.unmet if unmet.code == code]
    return found


__all__ = [
    "ALONE",
    "LATER",
    "MAYOR",
    "MEETING",
    "NOTICE",
    "OFFICE",
    "OPENINGS",
    "PLANS",
    "RESCHEDULING",
    "SECRETARY",
    "THREE",
    "VARIANT",
    "Absence",
    "Acceptance",
    "Approval",
    "ApprovalRequest",
    "Desk",
    "Evidence",
    "Failure",
    "Feedback",
    "Interview",
    "Matter",
    "Notice",
    "Plan",
    "Reason",
    "RefusalToSign",
    "Report",
    "Rescheduling",
    "Resolution",
    "ReturnedReport",
    "SignedRecord",
    "Statement",
    "Subject",
    "WorkingDays",
    "held",
    "plan",
    "refused_to_sign",
    "representative",
    "signed",
    "solved",
    "the_unmet",
    "variant",
]

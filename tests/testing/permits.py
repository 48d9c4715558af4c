"""A made-up procedure with a rule for each kind of duty, for the tests of what users test theirs with."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, Literal

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.duty import AcrossCases, AtMost, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, TimeLimit, entering, leaving
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, forbids, given, needs
from yingshang_flow.deadlines import Period, WorkingDays
from yingshang_flow.lifecycles import procedure
from yingshang_flow.policies.profile import Entry, Profile
from yingshang_flow.sources import OURS
from yingshang_flow.words import BAN, DUTY, GUARD, LIMIT, PROPERTY, Cited, Label, Rule

OFFICE: Final = Role("office", Label("许可机关", "office"))
APPLICANT: Final = Role("applicant", Label("申请人", "applicant"))

P1 = Rule("P1", GUARD, OURS("P1"), Label("申请须写明事项", "The application says what for"))
P2 = Rule("P2", LIMIT, OURS("P2"), Label("按期决定", "Decided in time"))
P3 = Rule("P3", DUTY, OURS("P3"), Label("先看后定", "Looked at before it is decided"))
P4 = Rule("P4", BAN, OURS("P4"), Label("至多补正一次", "Papers are asked for once at most"))
P5 = Rule("P5", DUTY, OURS("P5"), Label("期内延长", "Put off in time"))
P6 = Rule("P6", DUTY, OURS("P6"), Label("决定须说理", "A decision gives reasons"))
P7 = Rule("P7", BAN, OURS("P7"), Label("不得先拒后准", "No refusal is turned"))
P8 = Rule("P8", DUTY, OURS("P8"), Label("决定须公开", "A decision is made public"))
P9 = Rule("P9", PROPERTY, OURS("P9"), Label("由测试保证", "Held by tests"))
P10 = Rule("P10", BAN, OURS("P10"), Label("不得重复申请", "Nobody applies twice"))
P11 = Rule("P11", LIMIT, OURS("P11"), Label("按期公开", "Made public in time"))
P12 = Rule("P12", LIMIT, OURS("P12"), Label("约定之日答复", "Answered by the day that was promised"))
P13 = Rule("P13", GUARD, OURS("P13"), Label("由他人决定", "Decided by somebody else"))
RULES = (P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13)


@attrs.frozen
class Application:
    """What somebody asks for."""

    what: str | None = None
    size: Literal["small", "large"] = "small"
    contact: Confidential[str] | None = None


@attrs.frozen
class Promise:
    """Until when an answer is promised."""

    until: date | None = None


@attrs.frozen
class Decision:
    """What was decided."""

    result: Literal["yes", "no"]
    reasons: str = ""


@attrs.frozen
class PermitValues:
    """What a locality sets."""

    decision: Cited[Period]


@needs(P13, Label("审查人不得作决定", "who looked at it does not decide"))
def decided_by_another(view: View[Decision, PermitValues]) -> bool:
    """Tell whether somebody else looked at it."""
    looked = view.standing.fact("look")
    return looked is None or looked.actor.id != view.actor.id


@forbids(P1, Label("大型的须留联系方式", "a large one says whom to call"))
def large_without_contact(view: View[Application, PermitValues]) -> Iterator[str]:
    """Yield the size of an application that names nobody to call."""
    if view.content.size == "large" and view.content.contact is None:
        yield view.content.size


def gives_reasons(decision: Decision) -> bool:
    """Tell whether a decision gives reasons."""
    return bool(decision.reasons.strip())


def turned(acts: Sequence[Record], _values: PermitValues, _now: datetime) -> Iterator[tuple[int, str]]:
    """Yield decisions that turn an earlier refusal."""
    refused = False
    for act in acts:
        if isinstance(act.content, Decision):
            if refused and act.content.result == "yes":
                yield act.revision, "no → yes"
            refused = act.content.result == "no"


def twice(_cases: Sequence[tuple[Case, Sequence[Record]]], _: PermitValues) -> Iterator[tuple[str, str]]:
    """Yield nothing: it only has to compare."""
    yield from ()


@procedure("permit", PermitValues)
def permit(values: PermitValues) -> Lifecycle:
    """Build the procedure."""
    return Lifecycle(
        key="permit",
        title=Label("许可（试例）", "Permit (made up)"),
        amended_by=OFFICE,
        states=[
            State("applied", Label("已申请", "Applied")),
            State("waiting", Label("待补正", "Waiting for papers")),
            State("decided", Label("已决定", "Decided")),
            State("archived", Label("已归档", "Archived"), final=True),
        ],
        triggers=[
            Trigger("apply", Label("申请", "Apply"), Application),
            Trigger("look", Label("审查", "Look at it")),
            Trigger("ask", Label("要求补正", "Ask for papers")),
            Trigger("send", Label("补正", "Send papers")),
            Trigger("put_off", Label("延长", "Put off")),
            Trigger("promise", Label("承诺", "Promise"), Promise),
            Trigger("answer", Label("答复", "Answer")),
            Trigger("decide", Label("决定", "Decide"), Decision),
            Trigger("review", Label("复议", "Review"), Decision),
            Trigger("publish", Label("公开", "Publish")),
            Trigger("archive", Label("归档", "Archive")),
        ],
        transitions=[
            opening("apply", to="applied", by=APPLICANT, needs=[given(P1, P1.label, "what"), large_without_contact]),
            stay("look", "applied", by=OFFICE),
            move("ask", "applied", to="waiting", by=OFFICE),
            move("send", "waiting", to="applied", by=APPLICANT),
            stay("put_off", ("applied", "decided"), by=OFFICE),
            stay("promise", "decided", by=OFFICE),
            stay("answer", "decided", by=OFFICE),
            move("decide", "applied", to="decided", by=OFFICE, needs=decided_by_another),
            stay("review", "decided", by=OFFICE),
            stay("publish", "decided", by=OFFICE),
            move("archive", "decided", to="archived", by=OFFICE),
        ],
        limits=[
            TimeLimit(
                "decision",
                values.decision,
                label=Label("决定", "Decision"),
                starts="apply",
                met="decide",
                extended={"put_off": Cited(WorkingDays(30), OURS("P5"))},
                rules=P2,
            ),
            TimeLimit(
                "publication",
                Cited(WorkingDays(5), OURS("P11")),
                label=Label("公开", "Publication"),
                starts=entering("decided"),
                stops=leaving("decided"),
                met="publish",
                rules=P11,
            ),
            TimeLimit(
                "promised",
                FromContent("until"),
                label=Label("承诺", "Promised answer"),
                starts="promise",
                met="answer",
                rules=P12,
            ),
        ],
        duties=[
            Precedence("decide", "look", rules=P3, label=P3.label),
            AtMost("ask", 1, rules=P4, label=P4.label),
            InTime("put_off", "publication", rules=P5, label=P5.label),
            Holds("decide", gives_reasons, rules=P6, label=P6.label),
            Never(turned, about=("decide", "review"), rules=P7, label=P7.label),
            Response("decide", "publish", rules=P8, label=P8.label),
            AcrossCases(twice, rules=P10, label=P10.label),
        ],
        rules=RULES,
    )


PERMIT: Final = permit(
    Profile(
        "permit-2026",
        "某市（试例）",
        "许可办法（试例）",
        date(2018, 1, 1),
        FrozenDict({"permit.decision": Entry("10工作日", OURS("P2"), "permit-2026")}),
        "permit.toml",
    )
)

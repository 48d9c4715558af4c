"""投诉 complaint: from the receipt to the answered follow-up, with a written answer and a conclusion owed in time."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal

import attrs

from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.sources import BAYUQUAN_PLAN as PLAN
from yingshang_flow.sources import DALIAN_INTERVIEW, LIAONING_REPLY, OURS, SHENYANG_CAMPAIGN
from yingshang_flow.words import BAN, DUTY, GROUND, GUARD, LIMIT, Cited, Label, Rule

# --- rules ------------------------------------------------------------------------------------------------------------

T1 = Rule("T1", LIMIT, PLAN("三(五)"), Label("按期书面答复", "Written answer within the limit"))
T2 = Rule("T2", LIMIT, PLAN("三(五)"), Label("按期办结", "Concluded within the limit"))
T3 = Rule("T3", (LIMIT, GUARD), PLAN("三(五)"), Label("特殊情况延期办结", "Extended for special circumstances"))
T4 = Rule("T4", DUTY, PLAN("三(五)"), Label("有结果、有反馈", "Every complaint has an outcome and feedback"))
T5 = Rule(
    "T5",
    (BAN, GUARD, GROUND),
    DALIAN_INTERVIEW("5(6)"),
    Label("不得假办结、被满意", "No false conclusion, no false satisfaction"),
)
T6 = Rule("T6", DUTY, PLAN("二(三)"), Label("实名举报全部核查", "Every named report of misconduct is checked"))
T7 = Rule("T7", (DUTY, GROUND), LIAONING_REPLY("四"), Label("违纪违法线索移交", "Clues of breaches are passed on"))
T8 = Rule(
    "T8",
    (BAN, GROUND),
    (SHENYANG_CAMPAIGN("二(八)"), DALIAN_INTERVIEW("5(7)")),
    Label("不得推诿、久拖不决", "No passing back and forth, no dragging on"),
)
T9 = Rule("T9", BAN, OURS("T9"), Label("被投诉单位回避", "Nobody handles a complaint against themselves"))
T10 = Rule(
    "T10", DUTY, LIAONING_REPLY("三"), Label("转办件核实整改反馈", "What is passed on is put right and answered")
)

# --- values -----------------------------------------------------------------------------------------------------------

Start = Literal["register", "receive", "supplement", "accept", "assign"]
ApproverRole = Literal["complaint_body", "supervisor", "secretary_general", "leader"]


@attrs.frozen
class ComplaintValues:
    """What a locality sets.

    Attributes:
        answer: How long there is for the first written answer; none when the locality sets no limit.
        answer_starts: What that runs from: registration, receipt, complete papers, acceptance or assignment.
        answer_warning: How long before its end the clock warns; none for no warning.
        conclusion: How long there is for the conclusion; none when the locality sets no limit.
        conclusion_starts: What that runs from.
        conclusion_warning: How long before its end the clock warns; none for no warning.
        extension: The whole period, from the same start, that an extension lets it run to; none when there is none.
        extension_approver: The role that approves an extension; none when nobody has to.
        counting: How days are counted.
        supplement: Whether further papers can be asked for.
        refusal: Whether a complaint can be refused.
        suspension: Whether handling can be suspended.
        withdrawal: Whether the complainant can withdraw it.
        follow_up: Whether the complainant is asked after the conclusion.
        attempts: How often to try before a complainant counts as not answering.
        returns: How often an assignment may be returned.
        silence: How many days past the end of the limit may go by with nothing on record.
        own_undertaker: Whether the unit complained against may do the work.
    """

    answer: Cited[Period] | None
    answer_starts: Cited[Start]
    answer_warning: Cited[Period] | None
    conclusion: Cited[Period] | None
    conclusion_starts: Cited[Start]
    conclusion_warning: Cited[Period] | None
    extension: Cited[Period] | None
    extension_approver: Cited[ApproverRole] | None
    counting: Cited[DueRules]
    supplement: Cited[bool]
    refusal: Cited[bool]
    suspension: Cited[bool]
    withdrawal: Cited[bool]
    follow_up: Cited[bool]
    attempts: Cited[int]
    returns: Cited[int]
    silence: Cited[int]
    own_undertaker: Cited[bool]


# --- content ----------------------------------------------------------------------------------------------------------
# What a rule asks for may be left out here: it is then refused with its article, not as a malformed value.

Identity = Literal["named", "anonymous"]
Channel = Literal["platform", "minxin", "telephone", "visit", "letter", "review", "other"]
Category = Literal["collusion", "inaction", "bribery", "abuse", "promise", "delay", "charges", "other"]
Delivery = Literal["post", "message", "email", "platform", "in_person"]
Outcome = Literal["solved", "partly", "explained", "unfounded", "transferred"]
Answer = Literal["satisfied", "unsatisfied", "no_answer"]
Problem = Literal["solved", "unsolved"]
Circumstances = Literal["specially_grave", "special_circumstances"]
Step = Literal["screened", "assigned", "analysed", "listed", "checked", "tracked", "visited"]

MISCONDUCT: Final[tuple[Category, ...]] = ("collusion", "inaction", "bribery", "abuse")
"""The kinds of complaint that, reported by name, are always checked."""

CLUE_STEPS: Final[Mapping[str, Literal["platform", "supervisor"]]] = MappingProxyType(
    {
        "screened": "platform",
        "assigned": "platform",
        "analysed": "platform",
        "listed": "platform",
        "checked": "supervisor",
        "tracked": "supervisor",
        "visited": "supervisor",
    }
)
"""What is done with a clue, and the role it falls to."""


@attrs.frozen
class Complainant:
    """Who complains; sealed from the first record on."""

    name: Confidential[str] | None = None
    contact: Confidential[str] | None = None


@attrs.frozen
class Receipt:
    """A complaint as it came in; the platform registers it the way the complaint body receives it."""

    identity: Annotated[Identity | None, Label("是否实名", "named or anonymous")] = None
    channel: Annotated[Channel | None, Label("投诉渠道", "channel")] = None
    against: Annotated[str | None, Label("被投诉单位", "unit complained against")] = None
    matter: Annotated[str | None, Label("投诉事项", "matter")] = None
    category: Annotated[Category | None, Label("投诉类别", "category")] = None
    complainant: Annotated[Complainant | None, Label("投诉人", "complainant")] = None
    other_channel: Annotated[str | None, Label("其他渠道说明", "the other channel in words")] = None


@attrs.frozen
class SupplementRequest:
    """What papers are missing, and until when they are asked for."""

    missing: Annotated[str | None, Label("所缺材料", "what is missing")] = None
    until: Annotated[date | None, Label("补正期限", "until when")] = None


@attrs.frozen
class Supplement:
    """The papers as sent in."""

    papers: Annotated[str | None, Label("补正材料", "papers")] = None


@attrs.frozen
class Refusal:
    """Why a complaint is not accepted, as written to the complainant."""

    reasons: Annotated[str | None, Label("不予受理理由", "reasons")] = None
    delivered: Annotated[Delivery | None, Label("送达方式", "how it was delivered")] = None


@attrs.frozen
class Assignment:
    """The unit that is to do the work."""

    undertaker: Annotated[str | None, Label("承办单位", "undertaking unit")] = None


@attrs.frozen
class Reason:
    """Why an assignment is returned, handling suspended or resumed, or a complaint withdrawn."""

    reason: Annotated[str | None, Label("理由", "reason")] = None


@attrs.frozen
class TakingUp:
    """Who is in charge from then on."""

    person: Annotated[str | None, Label("经办人", "person in charge")] = None


@attrs.frozen
class WrittenReply:
    """A written answer to the complainant while the complaint is being handled."""

    text: Annotated[str | None, Label("答复内容", "text")] = None
    delivered: Annotated[Delivery | None, Label("送达方式", "how it was delivered")] = None


@attrs.frozen
class Approver:
    """Who approved an extension."""

    person: str
    unit: str
    role: ApproverRole


@attrs.frozen
class Extension:
    """Why the conclusion takes longer, and who approved that."""

    ground: Annotated[Circumstances | None, Label("延期情形", "circumstances")] = None
    reason: Annotated[str | None, Label("延期理由", "reason")] = None
    approver: Annotated[Approver | None, Label("批准人", "approver")] = None


@attrs.frozen
class Conclusion:
    """What came out, and what the complainant was told in writing."""

    outcome: Annotated[Outcome | None, Label("办结结果", "outcome")] = None
    facts: Annotated[str | None, Label("核实情况", "facts as checked")] = None
    answer: Annotated[str | None, Label("答复内容", "answer given")] = None
    rectification: Annotated[str | None, Label("整改情况", "what was put right")] = None
    recipient: Annotated[str | None, Label("移送单位", "to whom it was transferred")] = None


@attrs.frozen
class FollowUp:
    """The complainant's own answer after the conclusion, or how often nobody answered.

    Attributes:
        answer: What the complainant said.
        evidence: What shows it: a recording, a signed form, a list of calls.
        problem: Whether the problem is solved, as the complainant says.
        attempts: How often it was tried since the conclusion.
    """

    answer: Annotated[Answer | None, Label("本人答复", "the complainant's own answer")] = None
    evidence: Annotated[str | None, Label("回访凭据", "evidence")] = None
    problem: Annotated[Problem | None, Label("问题是否解决", "whether the problem is solved")] = None
    attempts: Annotated[int, Label("联系次数", "attempts")] = 1


@attrs.frozen
class Reopening:
    """Why a conclusion is revoked; new facts are a new complaint instead."""

    why: Annotated[str | None, Label("重办理由", "why")] = None
    found: Annotated[Literal["false_conclusion", "false_satisfaction"] | None, Label("查明情况", "what was found")] = (
        None
    )


@attrs.frozen
class ClueStep:
    """One step taken with a clue, and who took it."""

    step: Step
    role: Literal["platform", "supervisor"]
    unit: str
    person: str


@attrs.frozen
class Clue:
    """A clue of a breach of law or discipline, and what was done with it."""

    clue: Annotated[str | None, Label("线索", "clue")] = None
    steps: Annotated[tuple[ClueStep, ...], Label("处理步骤", "steps taken")] = ()


# --- when the limits start --------------------------------------------------------------------------------------------


def answer_not_started(case: Case) -> bool:
    """Tell whether the answer's limit has not started yet."""
    return not _terms(case, "answer")


def answer_not_run_out(case: Case) -> bool:
    """Tell whether the answer is owed and its limit was still running, or has not started yet."""
    return _runs(case, "answer")


def conclusion_not_started(case: Case) -> bool:
    """Tell whether the conclusion's limit has not started yet."""
    return not _terms(case, "conclusion")


def conclusion_not_run_out(case: Case) -> bool:
    """Tell whether the conclusion's limit was still running, or has not started yet."""
    return _runs(case, "conclusion")


def _terms(case: Case, limit: str) -> tuple[tuple[Status, datetime], ...]:
    return tuple((d.status, d.end) for d in case.deadlines if d.limit == limit)


def _runs(case: Case, limit: str) -> bool:
    """Tell whether nothing under a limit was met, or had run out when the case's latest act happened."""
    latest = max(case.all_facts(), key=_revision)
    return all(status is Status.OPEN and latest.occurred_at.instant < end for status, end in _terms(case, limit))


STARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "register": ("register", "receive"),
        "receive": ("receive",),
        "supplement": ("receive", "supplement"),
        "accept": ("accept",),
        "assign": ("assign", "take_up"),
    }
)
"""The acts from which a limit can run: a complaint that nobody registered first was registered when it was received,
papers that nothing was missing from were complete then, and what is taken up unassigned starts there.
"""

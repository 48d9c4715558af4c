"""投诉 complaint: from the receipt to the answered follow-up, with a written answer and a conclusion owed in time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeVar

import attrs

from yingshang_flow.core.case import Case, Fact, Status
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.duty import AcrossCases, AtMost, Ground, InTime, Never, Response
from yingshang_flow.core.ledger import UNTOLD, Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Transition, Trigger, move, opening, stay
from yingshang_flow.core.limit import TimeLimit, entering, leaving
from yingshang_flow.core.record import Extended, Record, Started, midnight
from yingshang_flow.core.requirement import View, forbids, given, needs, settled
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import COMPLAINANT, COMPLAINT_BODY, PLATFORM, SUPERVISOR, UNDERTAKER
from yingshang_flow.sources import BAYUQUAN_PLAN as PLAN
from yingshang_flow.sources import DALIAN_INTERVIEW, LIAONING_REPLY, OURS, SHENYANG_CAMPAIGN
from yingshang_flow.words import BAN, DUTY, GROUND, GUARD, LIMIT, Authority, Cited, Label, Rule

C = TypeVar("C")

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
# Bayuquan's plan has neither: a locality that sets the number says where it stands.
T11 = Rule("T11", LIMIT, OURS("T11"), Label("按期决定是否受理", "Accepted or refused within the limit"))
T12 = Rule("T12", (LIMIT, GUARD), OURS("T12"), Label("按期反馈结果", "The result fed back within the limit"))

# --- values -----------------------------------------------------------------------------------------------------------

Start = Literal["register", "receive", "supplement", "accept", "assign"]
ApproverRole = Literal["complaint_body", "supervisor", "secretary_general", "leader"]


@attrs.frozen
class ComplaintValues(Reminding):
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
        supplement_excluded: Whether the time until the papers are there does not count; it counts unless given.
        suspension: Whether handling can be suspended.
        suspension_excluded: Whether the time of a suspension does not count; it counts unless given.
        withdrawal: Whether the complainant can withdraw it.
        follow_up: Whether the complainant is asked after the conclusion.
        attempts: How often to try before a complainant counts as not answering.
        returns: How often an assignment may be returned.
        silence: How many days past the end of the limit may go by with nothing on record.
        own_undertaker: Whether the unit complained against may do the work.
        acceptance: How long there is from the receipt to accept or refuse it; none when the locality sets no limit.
        appraisal: Whether the time of an appraisal counts; there is no such step unless given.
        feedback: How long there is from the conclusion to feed the result back; there is no such step unless given.
    """

    answer: Annotated[Cited[Period] | None, Label("书面答复期限", "limit of the written answer")]
    answer_starts: Annotated[Cited[Start], Label("答复期限起算", "start of the answer's limit")]
    answer_warning: Annotated[Cited[Period] | None, Label("答复到期前提醒", "warning before the answer is due")]
    conclusion: Annotated[Cited[Period] | None, Label("办结期限", "limit of the conclusion")]
    conclusion_starts: Annotated[Cited[Start], Label("办结期限起算", "start of the conclusion's limit")]
    conclusion_warning: Annotated[Cited[Period] | None, Label("办结到期前提醒", "warning before the conclusion is due")]
    extension: Annotated[Cited[Period] | None, Label("延期后的办结期限", "limit of the conclusion once extended")]
    extension_approver: Annotated[Cited[ApproverRole] | None, Label("延期批准人", "who approves an extension")]
    counting: Annotated[Cited[DueRules], Label("期限计算规则", "how days are counted")]
    supplement: Annotated[Cited[bool], Label("可要求补正", "papers can be asked for")]
    refusal: Annotated[Cited[bool], Label("可不予受理", "a complaint can be refused")]
    supplement_excluded: Annotated[Cited[bool] | None, Label("补正时间不计入", "time for papers does not count")]
    suspension: Annotated[Cited[bool], Label("可中止办理", "handling can be suspended")]
    suspension_excluded: Annotated[Cited[bool] | None, Label("中止时间不计入", "time of a suspension does not count")]
    withdrawal: Annotated[Cited[bool], Label("可撤回投诉", "a complaint can be withdrawn")]
    follow_up: Annotated[Cited[bool], Label("办结后回访", "followed up after the conclusion")]
    attempts: Annotated[Cited[int], Label("回访联系次数", "attempts of a follow-up")]
    returns: Annotated[Cited[int], Label("允许退回转办次数", "returns of an assignment allowed")]
    silence: Annotated[Cited[int], Label("逾期后允许无记录天数", "days past the limit with nothing on record")]
    own_undertaker: Annotated[Cited[bool], Label("被投诉单位可承办", "the unit complained against may do the work")]
    acceptance: Annotated[Cited[Period] | None, Label("受理决定期限", "limit to accept or refuse")]
    appraisal: Annotated[
        Cited[Literal["excluded", "counted"]] | None, Label("鉴定时间是否计入", "whether time of an appraisal counts")
    ]
    feedback: Annotated[Cited[Period] | None, Label("结果反馈期限", "limit to feed the result back")]


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
    """A written answer to the complainant while the complaint is being handled.

    The day it arrived decides only where the profile does not let the sending count (R7).
    """

    text: Annotated[str | None, Label("答复内容", "text")] = None
    delivered: Annotated[Delivery | None, Label("送达方式", "how it was delivered")] = None
    arrived: Annotated[date | None, Label("送达日期", "the day it arrived")] = None


@attrs.frozen
class Appraisal:
    """What an appraisal is to establish, and whom it was given to."""

    question: Annotated[str | None, Label("鉴定事项", "what is to be established")] = None
    body: Annotated[str | None, Label("鉴定机构", "appraising body")] = None


@attrs.frozen
class AppraisalResult:
    """What an appraisal came to."""

    result: Annotated[str | None, Label("鉴定结果", "result")] = None


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


def first_on_record(case: Case) -> bool:
    """Tell whether the latest act is the one that opened the case."""
    return case.acted == 1


def first_handed_over(case: Case) -> bool:
    """Tell whether the latest act is the first to give the complaint into somebody's hands."""
    return sum(case.fact(trigger) is not None for trigger in ("assign", "take_up", "return_assignment")) == 1


def answer_not_run_out(case: Case) -> bool:
    """Tell whether the answer is owed and its limit was still running, or has not started yet."""
    return _runs(case, "answer")


def conclusion_not_run_out(case: Case) -> bool:
    """Tell whether the conclusion's limit was still running, or has not started yet."""
    return _runs(case, "conclusion")


def _runs(case: Case, limit: str) -> bool:
    """Tell whether nothing under a limit was met, or had run out when the case's latest act happened."""
    at = max(case.all_facts(), key=_revision).occurred_at.instant
    return all(d.status is Status.OPEN and at < d.end for d in case.deadlines if d.limit == limit)


STARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "register": ("register", "receive"),
        "receive": ("receive",),
        "supplement": ("receive", "supplement"),
        "accept": ("accept",),
        "assign": ("assign", "take_up"),
    }
)
"""The acts from which a limit can run.

A complaint that nobody registered first was registered when it was received; papers of which nothing was missing were
complete then; what is taken up without being assigned starts there.
"""

WHERE: Final[Mapping[str, tuple[Callable[[Case], bool], Callable[[Case], bool]]]] = MappingProxyType(
    {
        "register": (first_on_record, first_on_record),
        "supplement": (answer_not_run_out, conclusion_not_run_out),
        "assign": (first_handed_over, first_handed_over),
    }
)
"""Where several acts can start them, when the answer's and the conclusion's limit do; always elsewhere."""

# --- guards -----------------------------------------------------------------------------------------------------------

ReceiptView = View[Receipt, ComplaintValues]
ExtensionView = View[Extension, ComplaintValues]


def called_named(view: ReceiptView) -> bool:
    """Tell whether the complaint is said to be named."""
    return view.content.identity == "named"


@needs(T6, Label("实名投诉须有姓名", "a named complaint has a name"), of="content", where=called_named)
def name_is_given(view: ReceiptView) -> bool:
    """Tell whether the complainant's name is on file, sealed or not."""
    complainant = view.content.complainant
    name = None if complainant is None else complainant.name
    return name is not None and not (isinstance(name.value, str) and not name.value.strip())


@needs(T4, Label("其他渠道须写明", "another channel is put in words"), of="content", citations=[OURS("T4")])
def other_channel_in_words(view: ReceiptView) -> bool:
    """Tell whether a channel outside the list is explained."""
    return view.content.channel != "other" or bool((view.content.other_channel or "").strip())


@needs(T3, Label("办结期限尚在", "the limit it extends has started"), citations=[OURS("T3")])
def conclusion_is_owed(view: ExtensionView) -> bool:
    """Tell whether there is a limit to extend; one that has run out still counts, and the audit finds that."""
    return bool(view.standing.owed("conclusion"))


@needs(T3, Label("只能延期一次", "one extension only"), citations=[OURS("T3")])
def not_extended_before(view: ExtensionView) -> bool:
    """Tell whether nobody has extended it yet."""
    return view.standing.fact("extend") is None


@forbids(T3, Label("批准人不符", "another role approves"), citations=[OURS("T3")])
def approver_of_another_role(view: ExtensionView) -> Iterator[str]:
    """Yield the approver's role when the profile asks for another."""
    approver, wanted = view.content.approver, view.values.extension_approver
    if approver is not None and wanted is not None and approver.role != wanted.value:
        yield f"{approver.role}, not {wanted.value}"


@forbids(T3, Label("申请人不得自行批准", "who asks never approves"), citations=[OURS("T3")])
def approved_by_oneself(view: ExtensionView) -> Iterator[str]:
    """Yield who both extends and approves."""
    approver = view.content.approver
    if approver is not None and approver.person.strip() in view.actor.persons:
        yield approver.person


@needs(T4, Label("移送须写明接收单位", "a transfer names the recipient"), of="content", citations=[OURS("T4")])
def recipient_is_named(view: View[Conclusion, ComplaintValues]) -> bool:
    """Tell whether a complaint that is transferred goes somewhere."""
    return view.content.outcome != "transferred" or bool((view.content.recipient or "").strip())


@needs(
    T5,
    Label("不满意的须写明问题是否解决", "an unsatisfied answer says whether the problem is solved"),
    of="content",
    citations=[OURS("T5")],
)
def says_whether_it_is_solved(view: View[FollowUp, ComplaintValues]) -> bool:
    """Tell whether an unsatisfied answer can be held against the conclusion."""
    return view.content.answer != "unsatisfied" or view.content.problem is not None


def answer_since_the_conclusion(case: Case) -> FollowUp | None:
    """Return the latest follow-up of the conclusion that stands, none before there is one.

    Raises:
        LookupError: There is one whose content is not on file.
    """
    asked, concluded = case.fact("follow_up"), case.fact("conclude")
    if asked is None or (concluded is not None and asked.revision < concluded.revision):
        return None
    return _of(FollowUp, asked.content, "follow_up")


def followed_up(view: View[None, ComplaintValues]) -> bool:
    """Tell whether the conclusion that stands was followed up."""
    return answer_since_the_conclusion(view.standing) is not None


@needs(T5, Label("办结后须回访", "followed up after the conclusion"), citations=[OURS("T5")])
def follow_up_on_file(view: View[None, ComplaintValues]) -> bool:
    """Tell whether the conclusion that stands was followed up."""
    return followed_up(view)


@forbids(
    T5,
    Label("须有本人答复，或多次联系未果", "the complainant's own answer, or the attempts exhausted"),
    of="case",
    citations=[OURS("T5")],
    where=followed_up,
)
def attempts_left(view: View[None, ComplaintValues]) -> Iterator[str]:
    """Yield how often a complainant without an answer was tried, when that is not often enough."""
    found, wanted = answer_since_the_conclusion(view.standing), view.values.attempts.value
    if found is not None and found.answer == "no_answer" and found.attempts < wanted:
        yield f"{found.attempts} / {wanted}"


@forbids(
    T5,
    Label("不满意且问题未解决的，只能重办", "unsatisfied and unsolved: reopened, not closed"),
    of="case",
    where=followed_up,
)
def unsatisfied_and_unsolved(view: View[None, ComplaintValues]) -> Iterator[str]:
    """Yield the answer of a complainant whose problem is not solved, whatever else was answered."""
    found = answer_since_the_conclusion(view.standing)
    if found is not None and found.problem == "unsolved":
        yield f"{found.answer}, unsolved"


@forbids(
    T5,
    Label("已答复未解决的，只能重办", "said to be unsolved: reopened, not asked again"),
    of="case",
    citations=[OURS("T5")],
)
def unsolved_already(view: View[FollowUp, ComplaintValues]) -> Iterator[str]:
    """Yield the answer on file that leaves nothing but reopening; a later one would cover it."""
    found = answer_since_the_conclusion(view.standing)
    if found is not None and found.problem == "unsolved":
        yield f"{found.answer}, unsolved"


@needs(T5, Label("联系次数至少一次", "at least one attempt"), of="content", citations=[OURS("T5")])
def was_tried(view: View[FollowUp, ComplaintValues]) -> bool:
    """Tell whether a follow-up was tried at all."""
    return view.content.attempts >= 1


@forbids(T7, Label("线索处理步骤须由职责所在方办理", "each step is taken by the side it falls to"))
def steps_of_the_other_side(view: View[Clue, ComplaintValues]) -> Iterator[str]:
    """Yield steps said to be taken by a role they do not fall to."""
    for step in view.content.steps:
        if step.role != CLUE_STEPS[step.step]:
            yield f"{step.step}: {step.role}"


@forbids(T7, Label("每一步骤须写明经办单位和人员", "each step says who took it"))
def steps_of_nobody(view: View[Clue, ComplaintValues]) -> Iterator[str]:
    """Yield steps without a unit or a person."""
    for step in view.content.steps:
        if not (step.unit.strip() and step.person.strip()):
            yield step.step


# --- duties -----------------------------------------------------------------------------------------------------------


def concluded_after_the_extension(
    history: Sequence[Record], _values: ComplaintValues, now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield conclusions that came after the end an extension had set, and extensions that ran out without one."""
    last: date | None = None
    extended = 0
    for record in history:
        if record.trigger == "conclude":
            if last is not None and record.occurred_at.instant >= _end(last):
                yield record.revision, f"{record.occurred_at.date} > {last}"
            extended = 0
        elif record.trigger == "reopen" and last is not None:
            extended = record.revision
        for change in record.changes:
            if isinstance(change, Extended) and change.limit == "conclusion":
                last, extended = change.due, record.revision
    if extended and last is not None and now >= _end(last) and history[-1].after not in ENDED:
        yield extended, f"> {last}"


def concluded_unsolved(
    history: Sequence[Record], _values: ComplaintValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield conclusions said to have solved what the complainant, or who reopened the case, says is not solved.

    One that was closed although it is not solved is found whatever it claimed.
    """
    concluded: Record | None = None
    unsolved = False
    for record in history:
        if record.trigger == "conclude":
            concluded = record
        if concluded is None:
            continue
        if record.trigger == "follow_up":
            claimed = _of(Conclusion, concluded.content, "conclude").outcome == "solved"
            unsolved = _of(FollowUp, record.content, "follow_up").problem == "unsolved"
            if claimed and unsolved:
                yield concluded.revision, "solved / unsolved"
                concluded = None
        elif record.trigger == "close" and unsolved:
            yield record.revision, "closed / unsolved"
        elif record.trigger == "reopen":
            unsolved = False
            if _of(Reopening, record.content, "reopen").found == "false_conclusion":
                yield concluded.revision, "false_conclusion"
            concluded = None


def satisfied_against_the_answer(
    history: Sequence[Record], _values: ComplaintValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield satisfied answers after an unsatisfied one with nothing done in between, or found to be false."""
    satisfied: Record | None = None
    unsatisfied = False
    for record in history:
        if record.trigger == "follow_up":
            answer = _of(FollowUp, record.content, "follow_up").answer
            if answer == "satisfied":
                satisfied = record
                if unsatisfied:
                    yield record.revision, "unsatisfied → satisfied"
            unsatisfied = unsatisfied or answer == "unsatisfied"
        elif record.trigger == "reopen":
            false = _of(Reopening, record.content, "reopen").found == "false_satisfaction"
            if false and satisfied is not None:
                yield satisfied.revision, "false_satisfaction"
            satisfied, unsatisfied = None, False


def reports_left_unchecked(
    history: Sequence[Record], _values: ComplaintValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield the end of a named report of misconduct that was neither checked and concluded nor passed on as a clue."""
    receipt = _receipt(history)
    if _on_file(receipt.identity, "identity") != "named" or _on_file(receipt.category, "category") not in MISCONDUCT:
        return
    if any(record.trigger in {"conclude", "transfer_clue"} for record in history):
        return
    if history[-1].after not in ENDED:
        message = "尚未核查 not checked yet"
        raise LookupError(message)
    yield history[-1].revision, f"{receipt.category}: {history[-1].after}"


def steps_not_on_file(history: Sequence[Record], _values: ComplaintValues, _now: datetime) -> Iterator[tuple[int, str]]:
    """Yield what the platform does with every clue and what is not on file when the clue is passed on.

    What the supervising departments do comes after that, in the case the clue is passed on to.
    """
    clues = [record for record in history if record.trigger == "transfer_clue"]
    taken = {step.step for record in clues for step in _of(Clue, record.content, "transfer_clue").steps}
    missing = [step for step, role in CLUE_STEPS.items() if role == "platform" and step not in taken]
    if clues and missing:
        yield clues[-1].revision, ", ".join(missing)


def is_complaint(case: Case) -> bool:
    """Tell whether a case is a complaint, also one of a lifecycle derived from this one."""
    return case.opening.lifecycle == "complaint" or case.latest(Receipt) is not None


def clues_that_led_nowhere(
    cases: Sequence[tuple[Case, Sequence[Record]]], _: ComplaintValues
) -> Iterator[tuple[str, str]]:
    """Yield complaints with a clue for which nobody opened a case of accountability."""
    opened = {case.opening.origin for case, _records in cases if case.opening.lifecycle == CLUE.opens}
    for case, _records in cases:
        if is_complaint(case) and case.fact("transfer_clue") is not None and case.id not in opened:
            yield case.id, f"{CLUE.opens}: 0"


ON_RECORD: Final = (
    "reply",
    "assign",
    "return_assignment",
    "take_up",
    "extend",
    "commission_appraisal",
    "receive_appraisal",
    "transfer_clue",
)
"""What somebody does while a complaint is handled; a source that leaves some of it out cannot show that nothing was."""


def silent_past_the_limit(
    history: Sequence[Record], values: ComplaintValues, now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield acts before or after which, past the limit, nothing was on record for longer than the profile allows.

    Raises:
        LookupError: Nothing was found so far, and it is not concluded.
    """
    end: datetime | None = None
    before: datetime | None = None
    concluded = found = False
    for record in history:
        at = record.occurred_at.instant
        if not concluded and end is not None and before is not None:
            silent = (at - max(end, before)).days
            if silent > values.silence.value:
                found = True
                yield record.revision, f"{silent}"
        before = at
        concluded = record.after in {"concluded", *ENDED}
        for change in record.changes:
            if isinstance(change, Started | Extended) and change.limit == "conclusion":
                end = _end(change.due)
    if concluded or found:
        return
    silent = 0 if end is None or before is None else (now - max(end, before)).days
    if silent > values.silence.value:
        yield history[-1].revision, f"{silent}"
    else:
        message = "尚未办结 not concluded yet"
        raise LookupError(message)


def handled_by_the_unit_complained_against(
    history: Sequence[Record], values: ComplaintValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield acts of the unit complained against as complaint body, or as undertaker where that is not allowed."""
    against = {_on_file(receipt.against, "against") for receipt in _receipts(history)}
    if any(
        record.actor is not None and record.actor.unit == UNTOLD for record in history if record.trigger == "receive"
    ):
        message = "投诉处理机构 unit"
        raise LookupError(message)
    banned = {COMPLAINT_BODY.key} if values.own_undertaker.value else {COMPLAINT_BODY.key, UNDERTAKER.key}
    for record in history:
        if record.actor is not None and record.actor.role in banned and record.actor.unit in against:
            yield record.revision, f"{record.actor.unit}: {record.actor.role}"
        elif (
            UNDERTAKER.key in banned
            and record.trigger == "assign"
            and (undertaker := _of(Assignment, record.content, "assign").undertaker) in against
        ):
            yield record.revision, f"{undertaker}: {UNDERTAKER.key}"


def passed_on_without_result(
    history: Sequence[Record], _values: ComplaintValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield conclusions of poor reviews and assigned complaints that lack what was checked, put right or answered."""
    assigned = any(record.trigger == "assign" for record in history)
    if not assigned and _on_file(_receipt(history).channel, "channel") != "review":
        return
    conclusions = [record for record in history if record.trigger == "conclude"]
    if not conclusions:
        if history[-1].after in ENDED:
            return  # refused or withdrawn: there is nothing to put right
        message = "尚未办结 not concluded yet"
        raise LookupError(message)
    found = _of(Conclusion, conclusions[-1].content, "conclude")
    needed = {"facts": found.facts, "answer": found.answer}
    if found.outcome in {"solved", "partly"}:
        needed["rectification"] = found.rectification
    if all(text is None for text in needed.values()):
        message = "办结内容 conclude"
        raise LookupError(message)
    missing = [name for name, text in needed.items() if not (text or "").strip()]
    if missing:
        yield conclusions[-1].revision, ", ".join(missing)


def _receipt(history: Sequence[Record]) -> Receipt:
    """Return the complaint as it came in, as the complaint body has it where it has.

    Raises:
        LookupError: It is not on file.
    """
    return _receipts(history)[-1]


def _receipts(history: Sequence[Record]) -> list[Receipt]:
    """Return the complaint as the platform registered it, and as the complaint body received it.

    Raises:
        LookupError: One of the two is not on file.
    """
    return [_of(Receipt, r.content, "receive") for r in history if r.trigger in {"register", "receive"}]


def _of(content: type[C], found: object, trigger: str) -> C:
    """Return an act's content.

    Raises:
        LookupError: It is not on file.
    """
    if isinstance(found, content):
        return found
    raise LookupError(trigger)


def _on_file(value: C | None, field: str) -> C:
    """Return what a field says.

    Raises:
        LookupError: It says nothing.
    """
    if value is None:
        raise LookupError(field)
    return value


def _end(due: date) -> datetime:
    return midnight(due) + timedelta(days=1)


def _revision(fact: Fact) -> int:
    return fact.revision


CLUE = Ground(
    "clue",
    T7,
    Label("违纪违法线索", "a clue of a breach of law or discipline"),
    "accountability",
    acts="transfer_clue",
)
POOR_HANDLING = Ground(
    "poor_complaint_handling",
    (T5, T8),
    Label("投诉办理不力", "complaints poorly handled"),
    "interview",
    ("6", "7"),
    breaches=(T5, T8),
)

# --- the spreadsheet --------------------------------------------------------------------------------------------------

# --- what is counted --------------------------------------------------------------------------------------------------


def in_whose_hands(case: Case) -> tuple[str, ...]:
    """Return the unit in whose hands a complaint is: who was last assigned it or took it up, else who received it."""
    steps = [fact for trigger in ("assign", "take_up", "return_assignment") if (fact := case.fact(trigger)) is not None]
    last = max(steps, key=_revision, default=None)
    if last is not None and last.trigger == "take_up":
        return (last.actor.unit,)
    if last is not None and isinstance(last.content, Assignment) and last.content.undertaker:
        return (last.content.undertaker,)
    received = case.fact("receive") or case.fact("register")
    return () if received is None else (received.actor.unit,)


def is_received(case: Case) -> bool:
    """Tell whether the complaint body has received a complaint that was neither refused nor withdrawn."""
    return case.fact("receive") is not None and case.state not in {"refused", "withdrawn"}


def is_concluded(case: Case) -> bool:
    """Tell whether a complaint is concluded, and not in hand again."""
    return case.state in {"concluded", "closed"}


def was_reopened(case: Case) -> bool:
    """Tell whether the conclusion of a complaint was ever revoked."""
    return case.fact("reopen") is not None and case.state not in {"refused", "withdrawn"}


TALLIES: Final = (
    Tally(key="received", label=Label("收到投诉", "complaints received"), cases=is_received, units=in_whose_hands),
    Tally(key="concluded", label=Label("已办结", "concluded"), cases=is_concluded, units=in_whose_hands),
    Tally(key="reopened", label=Label("曾重办", "reopened"), cases=was_reopened, units=in_whose_hands),
    Tally(key="returned", label=Label("退回转办", "assignments returned"), acts="return_assignment"),
    Tally(key="due", label=Label("期限届满", "deadlines due"), due=("answer", "conclusion"), units=in_whose_hands),
    Tally(
        key="in_time", label=Label("按期办理", "met in time"), in_time=("answer", "conclusion"), units=in_whose_hands
    ),
)
"""What is counted of complaints, for the unit in whose hands each is; ours, as the documents name no measure."""


COLUMNS: Final = (
    Column("投诉编号", "", "reference", aliases=("编号", "工单号")),
    Column("登记日期", "register"),
    Column("收到日期", "receive", aliases=("接到日期", "接诉日期"), required=True),
    Column("投诉处理机构", "receive", "unit"),
    Column("被投诉单位", "receive", "against"),
    Column(
        "投诉渠道",
        "receive",
        "channel",
        {
            "8890平台": "platform",
            "民心网": "minxin",
            "电话": "telephone",
            "来访": "visit",
            "来信": "letter",
            "差评": "review",
            "其他": "other",
        },
    ),
    Column(
        "投诉类别",
        "receive",
        "category",
        {
            "官商勾结": "collusion",
            "为官不为": "inaction",
            "受贿索贿": "bribery",
            "滥用职权": "abuse",
            "失信": "promise",
            "推诿拖延": "delay",
            "乱收费": "charges",
            "其他": "other",
        },
    ),
    Column("是否实名", "receive", "identity", {"是": "named", "实名": "named", "否": "anonymous", "匿名": "anonymous"}),
    Column("补正要求日期", "request_supplement"),
    Column("补正日期", "supplement"),
    Column("受理日期", "accept"),
    Column("不予受理日期", "refuse"),
    Column("转办日期", "assign"),
    Column("承办单位", "assign", "undertaker"),
    Column("退回日期", "return_assignment"),
    Column("接办日期", "take_up"),
    Column("答复日期", "reply", aliases=("书面答复日期",)),
    Column("委托鉴定日期", "commission_appraisal"),
    Column("鉴定结果日期", "receive_appraisal"),
    Column("延期日期", "extend"),
    Column("延期事由", "extend", "ground", {"特别重大": "specially_grave", "特殊情况": "special_circumstances"}),
    Column("办结日期", "conclude"),
    Column(
        "办结结果",
        "conclude",
        "outcome",
        {
            "已解决": "solved",
            "部分解决": "partly",
            "已解释": "explained",
            "不属实": "unfounded",
            "已移送": "transferred",
        },
    ),
    Column("结果反馈日期", "feed_back"),
    Column("回访日期", "follow_up"),
    Column(
        "回访结果",
        "follow_up",
        "answer",
        {"满意": "satisfied", "不满意": "unsatisfied", "未联系上": "no_answer"},
        aliases=("满意度",),
    ),
    Column("问题是否解决", "follow_up", "problem", {"是": "solved", "否": "unsolved"}),
    Column("重办日期", "reopen"),
    Column("移交线索日期", "transfer_clue"),
    Column("撤回日期", "withdraw"),
    Column("归档日期", "close"),
)
"""The columns of a ledger of complaints from which something can be checked."""

# --- the procedure ----------------------------------------------------------------------------------------------------

ENDED: Final = ("closed", "refused", "withdrawn")

STATES: Final = (
    State("registered", Label("平台已登记", "Registered by the platform")),
    State("received", Label("投诉处理机构已接到", "Received")),
    State("awaiting_supplement", Label("待补正", "Awaiting papers")),
    State("accepted", Label("已受理", "Accepted")),
    State("assigned", Label("已转办", "Assigned")),
    State("handling", Label("办理中", "Being handled")),
    State("suspended", Label("中止", "Suspended")),
    State("appraising", Label("鉴定中", "Under appraisal")),
    State("concluded", Label("已办结", "Concluded")),
    State("closed", Label("已回访归档", "Closed"), final=True),
    State("refused", Label("不予受理", "Refused"), final=True),
    State("withdrawn", Label("已撤回", "Withdrawn"), final=True),
)

TRIGGERS: Final = (
    Trigger("register", Label("平台登记", "Register"), Receipt),
    Trigger("receive", Label("接到投诉", "Receive"), Receipt),
    Trigger("request_supplement", Label("要求补正", "Request papers"), SupplementRequest),
    Trigger("supplement", Label("补正", "Send in papers"), Supplement),
    Trigger("accept", Label("受理", "Accept")),
    Trigger("refuse", Label("不予受理", "Refuse"), Refusal),
    Trigger("assign", Label("转办", "Assign"), Assignment),
    Trigger("return_assignment", Label("退回转办", "Return assignment"), Reason),
    Trigger("take_up", Label("接办", "Take up"), TakingUp),
    Trigger("reply", Label("书面答复", "Reply in writing"), WrittenReply),
    Trigger("extend", Label("延期", "Extend"), Extension),
    Trigger("suspend", Label("中止办理", "Suspend"), Reason),
    Trigger("resume", Label("恢复办理", "Resume"), Reason),
    Trigger("commission_appraisal", Label("委托鉴定", "Commission an appraisal"), Appraisal),
    Trigger("receive_appraisal", Label("收到鉴定结果", "Receive the appraisal"), AppraisalResult),
    Trigger("conclude", Label("办结", "Conclude"), Conclusion),
    Trigger("feed_back", Label("反馈结果", "Feed the result back"), WrittenReply),
    Trigger("follow_up", Label("回访", "Follow up"), FollowUp),
    Trigger("close", Label("归档", "Close")),
    Trigger("reopen", Label("重办", "Reopen"), Reopening),
    Trigger("withdraw", Label("撤回投诉", "Withdraw"), Reason),
    Trigger("transfer_clue", Label("移交线索", "Pass on a clue"), Clue, calls_for=CLUE.opens),
)


def faults(values: ComplaintValues) -> Iterator[str]:
    """Yield what is wrong with values that do not go together."""
    for name, start in (("answer_starts", values.answer_starts), ("conclusion_starts", values.conclusion_starts)):
        if start.value == "supplement" and not values.supplement.value:
            yield f"{name} is 'supplement', but no papers can be asked for; set supplement, or let it start otherwise"
    for name, excluded, switch in (
        ("supplement", values.supplement_excluded, values.supplement),
        ("suspension", values.suspension_excluded, values.suspension),
    ):
        if excluded is not None and excluded.value and not switch.value:
            yield f"{name}_excluded is set, but there is no {name}; set {name}, or leave it out"
    if values.extension is not None and values.conclusion is None:
        yield "extension is set, but there is no conclusion to extend"
    if values.extension_approver is not None and values.extension is None:
        yield "extension_approver is set, but there is no extension to approve"
    if values.attempts.value < 1:
        yield f"attempts must be 1 or more, not {values.attempts.value}"
    for name, number in (("returns", values.returns), ("silence", values.silence)):
        if number.value < 0:
            yield f"{name} must not be negative, not {number.value}"


@procedure("complaint", ComplaintValues, faults=faults)
def complaint(values: ComplaintValues) -> Lifecycle:
    """Build the complaint lifecycle with a locality's values."""
    absent = {
        *(() if values.supplement.value else ("awaiting_supplement",)),
        *(() if values.suspension.value else ("suspended",)),
        *(() if values.appraisal is not None else ("appraising",)),
        *(() if values.refusal.value else ("refused",)),
        *(() if values.withdrawal.value else ("withdrawn",)),
    }
    states = [state for state in STATES if state.key not in absent]
    at_intake = _present(absent, "received", "awaiting_supplement")
    underway = (*at_intake, "accepted", "assigned", "handling")
    waiting = _present(absent, "suspended", "appraising")
    transitions = _transitions(values, at_intake, underway, waiting, [s.key for s in states])
    used = {row.trigger for row in transitions}
    ends = [trigger for trigger in ("conclude", "refuse", "withdraw") if trigger in used]
    papers = ["awaiting_supplement"] if values.supplement_excluded and values.supplement_excluded.value else []
    still = [
        *papers,
        *(["suspended"] if values.suspension_excluded and values.suspension_excluded.value else []),
        *(["appraising"] if values.appraisal and values.appraisal.value == "excluded" else []),
    ]
    answered, concluded, extended = _rules(values)
    accepted, fed_back = _set_by(T11, values.acceptance), _set_by(T12, values.feedback)
    answer_where, conclusion_where = WHERE.get(values.answer_starts.value), WHERE.get(values.conclusion_starts.value)
    return Lifecycle(
        key="complaint",
        title=Label("投诉", "Complaint"),
        amended_by=COMPLAINT_BODY,
        erased_by=COMPLAINT_BODY,
        seen_by=COMPLAINT_BODY,
        states=states,
        triggers=[trigger for trigger in TRIGGERS if trigger.key in used],
        transitions=transitions,
        limits=[
            TimeLimit(
                "answer",
                values.answer,
                label=Label("书面答复", "Written answer"),
                starts=STARTS[values.answer_starts.value],
                where=None if answer_where is None else answer_where[0],
                met=("reply", "refuse", "conclude"),
                paused=[entering(state) for state in still],
                resumed=[leaving(state) for state in still],
                owed_by=COMPLAINT_BODY.key,
                warn=values.answer_warning,
                counting=values.counting,
                rules=answered,
            ),
            # Reopening revokes the conclusion, not the written answer: that was given, and stays given.
            TimeLimit(
                "conclusion",
                values.conclusion,
                label=Label("办结", "Conclusion"),
                starts=STARTS[values.conclusion_starts.value],
                where=None if conclusion_where is None else conclusion_where[1],
                met="conclude",
                extended={"extend": values.extension},
                revived="reopen",
                paused=[entering(state) for state in still],
                resumed=[leaving(state) for state in still],
                owed_by=COMPLAINT_BODY.key,
                warn=values.conclusion_warning,
                counting=values.counting,
                rules=concluded,
            ),
            *(
                [
                    TimeLimit(
                        "acceptance",
                        values.acceptance,
                        label=Label("受理决定", "Acceptance"),
                        starts="receive",
                        met=[trigger for trigger in ("accept", "refuse") if trigger in used],
                        paused=[entering(state) for state in papers],
                        resumed=[leaving(state) for state in papers],
                        owed_by=COMPLAINT_BODY.key,
                        counting=values.counting,
                        rules=accepted,
                    )
                ]
                if values.acceptance is not None
                else []
            ),
            *(
                [
                    TimeLimit(
                        "feedback",
                        values.feedback,
                        label=Label("结果反馈", "Feedback"),
                        starts="conclude",
                        met="feed_back",
                        stops="reopen",
                        owed_by=COMPLAINT_BODY.key,
                        counting=values.counting,
                        rules=fed_back,
                    )
                ]
                if values.feedback is not None
                else []
            ),
        ],
        duties=[
            *(
                [
                    InTime("extend", "conclusion", rules=extended, label=Label("期内延期", "Extended before the end")),
                    Never(
                        concluded_after_the_extension,
                        about=("extend", "conclude"),
                        occasion="extend",
                        rules=extended,
                        label=T3.label,
                    ),
                ]
                if values.extension is not None
                else []
            ),
            Response("register", "receive", rules=T4, label=T4.label),
            Response("receive", ends, rules=T4, label=T4.label),
            Response("reopen", "conclude", rules=T4, label=T4.label),
            *(
                [Response("conclude", "follow_up", rules=T4, label=Label("办结后回访", "Followed up"))]
                if values.follow_up.value
                else []
            ),
            Never(
                concluded_unsolved,
                looks_at="acts",
                about=[trigger for trigger in ("conclude", "follow_up") if trigger in used],
                occasion="conclude",
                rules=T5,
                label=Label("假办结", "False conclusion"),
            ),
            *(
                [
                    Never(
                        satisfied_against_the_answer,
                        looks_at="acts",
                        about="follow_up",
                        occasion="follow_up",
                        rules=T5,
                        label=Label("被满意", "False satisfaction"),
                    )
                ]
                if values.follow_up.value
                else []
            ),
            Never(
                reports_left_unchecked, about=("conclude", "transfer_clue"), looks_at="acts", rules=T6, label=T6.label
            ),
            Never(
                steps_not_on_file,
                looks_at="acts",
                about="transfer_clue",
                occasion="transfer_clue",
                rules=T7,
                label=Label("线索处理步骤在案", "Each step with a clue is on file"),
            ),
            AcrossCases(clues_that_led_nowhere, rules=T7, label=T7.label),
            AtMost("return_assignment", values.returns.value, rules=T8, label=Label("推诿", "Passed back and forth")),
            Never(
                silent_past_the_limit,
                passed="conclusion",
                about=[trigger for trigger in ON_RECORD if trigger in used],
                rules=T8,
                label=Label("久拖不决", "Overdue with nothing on record"),
            ),
            Never(handled_by_the_unit_complained_against, looks_at="acts", rules=T9, label=T9.label),
            Never(passed_on_without_result, about=("assign", "conclude"), looks_at="acts", rules=T10, label=T10.label),
        ],
        grounds=[CLUE, POOR_HANDLING],
        tallies=TALLIES,
        rules=[
            answered,
            concluded,
            *([extended] if values.extension is not None else []),
            *(T4, T5, T6, T7, T8, T9, T10),
            *([accepted] if values.acceptance is not None else []),
            *([fed_back] if values.feedback is not None else []),
        ],
        ledger=[column for column in COLUMNS if not column.trigger or column.trigger in used],
    )


def _set_by(rule: Rule, value: Cited[Period] | None) -> Rule:
    """Return a rule as the document has it that sets the number; a number of our own changes no citation."""
    if value is None or value.citation.authority is Authority.OURS:
        return rule
    return attrs.evolve(rule, citations=value.citation)


def _rules(values: ComplaintValues) -> tuple[Rule, Rule, Rule]:
    """Return the rules of the answer, the conclusion and its extension."""
    return _set_by(T1, values.answer), _set_by(T2, values.conclusion), _set_by(T3, values.extension)


def _present(absent: Iterable[str], *states: str) -> tuple[str, ...]:
    return tuple(state for state in states if state not in absent)


def _transitions(
    values: ComplaintValues,
    at_intake: tuple[str, ...],
    underway: tuple[str, ...],
    waiting: tuple[str, ...],
    everywhere: Iterable[str],
) -> list[Transition]:
    """Return the rows of the table, without those that are switched off."""
    ours = [OURS("T4")]
    answered, concluded, extended = _rules(values)
    complete = [
        given(
            T4,
            Label("登记须完整", "named or not, channel, unit complained against, matter and category"),
            *("identity", "channel", "against", "matter", "category"),
            citations=ours,
        ),
        name_is_given,
        other_channel_in_words,
    ]
    reasoned = given(T4, Label("须写明理由", "a reason"), "reason", citations=ours)
    approved = [
        given(extended, Label("须有批准人", "an approver"), "approver", citations=[OURS("T3")]),
        approver_of_another_role,
        approved_by_oneself,
    ]
    asks_for_papers = [
        move(
            "request_supplement",
            "received",
            to="awaiting_supplement",
            by=COMPLAINT_BODY,
            needs=given(
                T4, Label("须写明所缺材料和期限", "what is missing, until when"), "missing", "until", citations=ours
            ),
        ),
        move(
            "supplement",
            "awaiting_supplement",
            to="received",
            by=COMPLAINANT,
            needs=given(T4, Label("须写明补正材料", "the papers"), "papers", citations=ours),
        ),
    ]
    refuses = [
        move(
            "refuse",
            at_intake,
            to="refused",
            by=COMPLAINT_BODY,
            needs=given(
                answered,
                Label("须书面说明理由", "written reasons, delivered"),
                "reasons",
                "delivered",
                citations=[OURS("T1")],
            ),
            rules=answered,
        ),
    ]
    extends = [
        stay(
            "extend",
            ("accepted", "assigned", "handling", *waiting),
            by=COMPLAINT_BODY,
            needs=[
                given(extended, Label("须写明延期情形和理由", "circumstances and reason"), "ground", "reason"),
                *(approved if values.extension_approver is not None else []),
                conclusion_is_owed,
                not_extended_before,
            ],
            rules=extended,
        ),
    ]
    suspends = [
        move("suspend", "handling", to="suspended", by=COMPLAINT_BODY, needs=reasoned),
        move("resume", "suspended", to="handling", by=COMPLAINT_BODY, needs=reasoned),
    ]
    appraises = [
        move(
            "commission_appraisal",
            "handling",
            to="appraising",
            by=[COMPLAINT_BODY, UNDERTAKER],
            needs=given(
                T4,
                Label("须写明鉴定事项和鉴定机构", "what is to be established, and by whom"),
                *("question", "body"),
                citations=ours,
            ),
        ),
        move(
            "receive_appraisal",
            "appraising",
            to="handling",
            by=[COMPLAINT_BODY, UNDERTAKER],
            needs=given(T4, Label("须写明鉴定结果", "the result"), "result", citations=ours),
        ),
    ]
    fed_back = _set_by(T12, values.feedback)
    feeds_back = [
        stay(
            "feed_back",
            "concluded",
            by=COMPLAINT_BODY,
            needs=given(
                fed_back, Label("须写明反馈内容和送达方式", "text and how it was delivered"), "text", "delivered"
            ),
            rules=fed_back,
        ),
    ]
    follows_up = [
        stay(
            "follow_up",
            "concluded",
            by=[COMPLAINT_BODY, PLATFORM, SUPERVISOR],
            needs=[
                given(
                    T5, Label("须有本人答复和凭据", "the complainant's own answer and evidence"), "answer", "evidence"
                ),
                says_whether_it_is_solved,
                was_tried,
                unsolved_already,
            ],
            rules=(T4, T5),
        ),
    ]
    return [
        opening("register", to="registered", by=PLATFORM, needs=complete),
        opening("receive", to="received", by=COMPLAINT_BODY, needs=complete),
        move("receive", "registered", to="received", by=COMPLAINT_BODY, needs=complete),
        *(asks_for_papers if values.supplement.value else []),
        move("accept", at_intake, to="accepted", by=COMPLAINT_BODY),
        *(refuses if values.refusal.value else []),
        move(
            "assign",
            "accepted",
            to="assigned",
            by=[COMPLAINT_BODY, PLATFORM],
            needs=given(T10, Label("须写明承办单位", "the undertaking unit"), "undertaker"),
        ),
        move(
            "return_assignment",
            ("assigned", "handling"),
            to="accepted",
            by=UNDERTAKER,
            needs=given(T8, Label("退回须写明理由", "a reason for returning it"), "reason", citations=[OURS("T8")]),
        ),
        move(
            "take_up",
            ("accepted", "assigned"),
            to="handling",
            by=[UNDERTAKER, COMPLAINT_BODY],
            needs=given(T4, Label("须写明经办人", "the person in charge"), "person", citations=ours),
        ),
        stay(
            "reply",
            (*underway, *waiting),
            by=[COMPLAINT_BODY, UNDERTAKER],
            needs=given(
                answered, Label("须写明答复内容和送达方式", "text and how it was delivered"), "text", "delivered"
            ),
            rules=answered,
        ),
        *(extends if values.extension is not None else []),
        *(suspends if values.suspension.value else []),
        *(appraises if values.appraisal is not None else []),
        move(
            "conclude",
            "handling",
            to="concluded",
            by=[COMPLAINT_BODY, UNDERTAKER],
            needs=[
                given(
                    T4,
                    Label("须有结果、核实情况和答复", "outcome, facts and the answer given"),
                    *("outcome", "facts", "answer"),
                ),
                recipient_is_named,
            ],
            rules=(answered, concluded),
        ),
        *(feeds_back if values.feedback is not None else []),
        *(follows_up if values.follow_up.value else []),
        move(
            "close",
            "concluded",
            to="closed",
            by=COMPLAINT_BODY,
            needs=[
                *([follow_up_on_file, attempts_left, unsatisfied_and_unsolved] if values.follow_up.value else []),
                *(
                    [settled(fed_back, Label("结果须已反馈", "the result was fed back"), "feedback")]
                    if values.feedback is not None
                    else []
                ),
            ],
        ),
        move(
            "reopen",
            ("concluded", "closed"),
            to="handling",
            by=[COMPLAINT_BODY, SUPERVISOR],
            needs=given(T5, Label("须写明重办理由", "why it is reopened"), "why", citations=[OURS("T5")]),
        ),
        *(
            [move("withdraw", underway, to="withdrawn", by=COMPLAINANT, needs=reasoned)]
            if values.withdrawal.value
            else []
        ),
        stay(
            "transfer_clue",
            everywhere,
            by=[COMPLAINT_BODY, SUPERVISOR],
            needs=[
                given(T7, Label("须写明线索和处理步骤", "the clue and the steps taken"), "clue", "steps"),
                steps_of_the_other_side,
                steps_of_nobody,
            ],
            rules=T7,
        ),
    ]

"""约谈 interview: from the plan to the problem solved, with a written report owed by each subject."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Final, Literal

import attrs

from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.duty import AcrossCases, Ground, Holds, Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, Obligors, TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, forbids, given, needs, settled
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import CalendarDays, DueRules, Months, Period, Recurring, WorkingDays
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import LEADER, OFFICE, ROLES, SUBJECT
from yingshang_flow.sources import DALIAN_INTERVIEW as RULES
from yingshang_flow.sources import DALIAN_OPINION, LIAONING_REPLY, OURS
from yingshang_flow.words import DUTY, GROUND, GUARD, LIMIT, PROPERTY, Cited, Label, Rule

# --- rules ------------------------------------------------------------------------------------------------------------

Y1 = Rule("Y1", GUARD, RULES("5"), Label("须有约谈情形", "A ground for the interview"))
Y2 = Rule("Y2", GUARD, (RULES("3"), RULES("7")), Label("依据事实、一事一谈", "Facts on file, one matter"))
Y3 = Rule("Y3", GUARD, (RULES("2"), RULES("4")), Label("分级实施", "Tier, gravity and rank fit"))
Y4 = Rule("Y4", GUARD, (RULES("4(1)"), RULES("6(1)")), Label("个别约谈或集体约谈", "Individual or collective"))
Y5 = Rule("Y5", GUARD, RULES("6(2)"), Label("通知须写明事项", "The notice is complete"))
Y6 = Rule("Y6", GUARD, (RULES("4(4)"), RULES("6(2)")), Label("经同意后实施", "Approved before it is carried out"))
Y7 = Rule("Y7", GUARD, RULES("6(3)"), Label("记录、签字、归档", "Recorded, signed and archived"))
Y8 = Rule("Y8", LIMIT, RULES("6(4)"), Label("按期报送整改报告", "Written report within the limit"))
Y9 = Rule("Y9", DUTY, RULES("6(4)"), Label("长期整改定期报告", "Periodic reports on long-term rectification"))
Y10 = Rule("Y10", GUARD, RULES("6(4)"), Label("跟踪到问题解决", "Tracked until the problem is solved"))
Y11 = Rule("Y11", (GUARD, DUTY), LIAONING_REPLY("二"), Label("不进行二次约谈", "No second interview"))
Y12 = Rule("Y12", GROUND, DALIAN_OPINION("十一"), Label("末位约谈", "Interview of the bottom rank"))
Y13 = Rule("Y13", PROPERTY, OURS("Y13"), Label("休息日所署日期有效", "A date on a day off refuses nothing"))
Y14 = Rule("Y14", DUTY, (RULES("5"), RULES("7")), Label("计划须有下文", "A planned interview is held or called off"))
Y15 = Rule("Y15", DUTY, RULES("6(1)"), Label("计划须有来由", "The plan says what it comes from"))
Y16 = Rule("Y16", DUTY, RULES("6(4)"), Label("约谈后反馈", "Follow-up after the interview"))
Y17 = Rule("Y17", GROUND, (RULES("5(6)"), RULES("5(7)")), Label("投诉办理不力", "Poor handling of complaints"))

GROUNDS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "1": Label("部署要求落实不力", "deployments not carried out"),
        "2": Label("被通报批评或被领导点名", "criticised in a circular or named by a leader"),
        "3": Label("领导不力、不担当不作为", "weak leadership, failure to act"),
        "4": Label("恶劣影响的重大案件", "a grave case of bad repute"),
        "5": Label("突出问题、重大隐患", "salient problems or great risks"),
        "6": Label("办结率低、被满意、假办结", "low conclusion rate, false satisfaction, false conclusion"),
        "7": Label("投诉办理不认真、推脱", "complaints neglected or passed on"),
        "8": Label("任务指标不达标", "targets not met"),
        "9": Label("其他情形", "other"),
    }
)
"""The nine grounds of article 5 by their stored codes, in a few words of our own."""

# --- values -----------------------------------------------------------------------------------------------------------

Rank = Literal["deputy", "principal", "staff", "none"]
Body = Literal["government", "enterprise", "institution", "individual"]
Approver = Literal["secretary_general", "leader"]


@attrs.frozen
class InterviewValues(Reminding):
    """What a locality sets.

    Attributes:
        bodies: Who can be interviewed.
        office_rank: The rank of a government subject the office interviews.
        leader_rank: The rank of a government subject a leader interviews.
        enterprise_rank: The rank of a subject from an enterprise or public institution.
        office_approver: The role that approves an interview of the office tier.
        leader_approver: The role that approves an interview of the leader tier.
        approval_before: Whether the office tier needs approval before the notice or before the interview.
        report: How long each subject has for the written report.
        report_warning: How long before its end the clock warns; none for no warning.
        counting: How days are counted.
        second_interview: Whether a subject that failed one may be interviewed again on the same matter.
    """

    bodies: Annotated[Cited[tuple[Body, ...]], Label("可约谈对象类别", "who can be interviewed")]
    office_rank: Annotated[Cited[Rank], Label("办公室约谈对象职级", "rank the office interviews")]
    leader_rank: Annotated[Cited[Rank], Label("市领导约谈对象职级", "rank a leader interviews")]
    enterprise_rank: Annotated[
        Cited[Rank], Label("企事业单位约谈对象职级", "rank of a subject from an enterprise or institution")
    ]
    office_approver: Annotated[Cited[Approver], Label("办公室约谈批准人", "who approves an interview by the office")]
    leader_approver: Annotated[Cited[Approver], Label("市领导约谈批准人", "who approves an interview by a leader")]
    approval_before: Annotated[
        Cited[Literal["notice", "interview"]], Label("批准须在何步骤之前", "what the approval has to come before")
    ]
    report: Annotated[Cited[Period], Label("整改报告期限", "limit of the written report")]
    report_warning: Annotated[Cited[Period] | None, Label("报告到期前提醒", "warning before the report is due")]
    counting: Annotated[Cited[DueRules], Label("期限计算规则", "how days are counted")]
    second_interview: Annotated[Cited[bool], Label("同一事项可再次约谈", "a second interview on the same matter")]


# --- content ----------------------------------------------------------------------------------------------------------
# What a rule asks for may be left out here: it is then refused with its article, not as a malformed value.

LONGEST_INTERVAL: Final = {Months: 12, CalendarDays: 366, WorkingDays: 250}
"""How far apart periodic reports may be at most, by kind of period; ours."""

GroundCode = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9"]
Gravity = Literal["general", "important", "grave"]
Tier = Literal["office", "leader"]
Mode = Literal["individual", "collective"]
FailingCode = Literal["unchanged", "refused", "no_effect"]


@attrs.frozen
class Matter:
    """The one matter of an interview."""

    id: str
    words: str


@attrs.frozen
class Subject:
    """One subject; it owes its report under the name of its unit."""

    unit: str
    person: str
    rank: Rank = "none"
    body: Body = "government"


@attrs.frozen
class Plan:
    """An interview as planned."""

    grounds: Annotated[tuple[GroundCode, ...], Label("约谈情形", "grounds")] = ()
    matter: Annotated[Matter | None, Label("约谈事项", "matter")] = None
    facts: Annotated[str | None, Label("事实依据", "facts")] = None
    gravity: Annotated[Gravity | None, Label("轻重", "gravity")] = None
    tier: Annotated[Tier | None, Label("层级", "tier")] = None
    mode: Annotated[Mode | None, Label("方式", "mode")] = None
    subjects: Annotated[tuple[Subject, ...], Label("约谈对象", "subjects")] = ()
    other_ground: Annotated[str | None, Label("其他情形说明", "the other ground in words")] = None
    review: Annotated[str | None, Label("所依据的工作梳理", "the periodic review it comes from")] = None
    because: Annotated[
        Literal["bottom_rank", "poor_complaint_handling"] | None, Label("引起约谈的情况", "what called for it")
    ] = None


@attrs.frozen
class ApprovalRequest:
    """What is asked of the approver."""

    request: Annotated[str | None, Label("请示", "request")] = None


@attrs.frozen
class Approval:
    """The consent; a leader also sets time and place."""

    time: Annotated[datetime | None, Label("约谈时间", "time")] = None
    place: Annotated[str | None, Label("约谈地点", "place")] = None


@attrs.frozen
class Reason:
    """Why an interview is declined or cancelled."""

    reason: Annotated[str | None, Label("理由", "reason")] = None


@attrs.frozen
class Notice:
    """The notice to the subjects."""

    time: Annotated[datetime | None, Label("约谈时间", "time")] = None
    place: Annotated[str | None, Label("约谈地点", "place")] = None
    content: Annotated[str | None, Label("约谈内容", "content")] = None
    mode: Annotated[Mode | None, Label("约谈方式", "mode")] = None


@attrs.frozen
class Rescheduling:
    """A new time and place; it counts as a new notice."""

    time: Annotated[datetime | None, Label("约谈时间", "time")] = None
    place: Annotated[str | None, Label("约谈地点", "place")] = None
    reason: Annotated[str | None, Label("理由", "reason")] = None


@attrs.frozen
class Absence:
    """Who did not come."""

    obligors: tuple[str, ...]
    reason: str


@attrs.frozen
class Statement:
    """What one subject said to the matter and the measures."""

    unit: str
    text: str


@attrs.frozen
class Interview:
    """The interview as held."""

    reasons: Annotated[str | None, Label("约谈原因", "reasons")] = None
    matters: Annotated[str | None, Label("约谈事项", "matters")] = None
    measures: Annotated[str | None, Label("整改措施", "measures")] = None
    time_limit: Annotated[date | None, Label("整改时限", "time limit")] = None
    requirements: Annotated[str | None, Label("整改要求", "requirements")] = None
    statements: Annotated[tuple[Statement, ...], Label("对象表态", "statements")] = ()
    conducted_by: Annotated[str | None, Label("主持约谈人", "who conducted it")] = None


@attrs.frozen
class RefusalToSign:
    """A subject that would not sign, with a witness; both ours."""

    unit: str
    reason: str
    witness: Confidential[str]


@attrs.frozen
class SignedRecord:
    """The record sheet, signed by both sides and archived."""

    signed_by_office: Annotated[str | None, Label("约谈方签字", "the office's signature")] = None
    signed: Annotated[tuple[str, ...], Label("约谈对象签字", "the subjects' signatures")] = ()
    refusals: Annotated[tuple[RefusalToSign, ...], Label("拒签情况", "refusals to sign")] = ()
    archive_number: Annotated[str | None, Label("档案编号", "archive number")] = None


@attrs.frozen
class Report:
    """A written report.

    A joint one names everybody it counts for. It meets the oldest deadline owed, or the one it names by its due date.
    The day it arrived decides only where the profile does not let the sending count (R7).
    """

    title: str
    obligors: tuple[str, ...] = ()
    due: date | None = None
    arrived: date | None = None


@attrs.frozen
class ReturnedReport:
    """A report sent back; the first submission has met the limit."""

    obligors: tuple[str, ...]
    lacking: str
    new_date: date


@attrs.frozen
class Acceptance:
    """The reports as accepted; long-term rectification goes on reporting."""

    long_term: bool = False
    interval: Annotated[Period | None, Label("定期报告间隔", "interval of the periodic reports")] = None


@attrs.frozen
class Feedback:
    """The follow-up the office did after the interview."""

    text: str


@attrs.frozen
class Failure:
    """How subjects failed the interview."""

    obligors: tuple[str, ...]
    failings: tuple[FailingCode, ...]
    text: str


@attrs.frozen
class Evidence:
    """What shows that one subject's problem is solved."""

    unit: str
    text: str


@attrs.frozen
class Resolution:
    """The problem solved."""

    evidence: Annotated[tuple[Evidence, ...], Label("解决证据", "evidence")] = ()


# --- who owes ---------------------------------------------------------------------------------------------------------


def subjects_of(case: Case) -> tuple[str, ...]:
    """Return the units of the planned subjects."""
    plan = case.latest(Plan)
    return () if plan is None else tuple(subject.unit for subject in plan.subjects)


SUBJECTS = Obligors("subjects", Label("约谈对象", "subject"), subjects_of, "subject")

# --- guards -----------------------------------------------------------------------------------------------------------

PlanView = View[Plan, InterviewValues]


@needs(Y1, Label("其他情形须写明", "another ground is put in words"), of="content")
def other_ground_in_words(view: PlanView) -> bool:
    """Tell whether ground nine, if cited, is explained."""
    return "9" not in view.content.grounds or bool((view.content.other_ground or "").strip())


@forbids(Y3, Label("事项轻重与约谈层级不符", "the tier fits the gravity"))
def tier_against_gravity(view: PlanView) -> Iterator[str]:
    """Yield gravity and tier where they do not fit; enterprises, institutions and individuals stand in no tier."""
    plan = view.content
    if plan.subjects and all(subject.body != "government" for subject in plan.subjects):
        return
    if plan.gravity and plan.tier and (plan.gravity == "general") != (plan.tier == "office"):
        yield f"{plan.gravity}: {plan.tier}"


@forbids(Y3, Label("对象职级与约谈层级不符", "every subject's rank fits the tier"))
def ranks_outside_the_tier(view: PlanView) -> Iterator[str]:
    """Yield subjects of another rank than their body and the tier ask for; individuals stand in no tier."""
    plan, values = view.content, view.values
    government = values.office_rank if plan.tier == "office" else values.leader_rank
    for subject in plan.subjects:
        asked = government if subject.body == "government" else values.enterprise_rank
        if subject.body != "individual" and subject.rank != asked.value:
            yield f"{subject.unit} {subject.person}: {subject.rank}, not {asked.value}"


@forbids(Y3, Label("不属于约谈适用对象", "every subject is one these rules apply to"))
def bodies_out_of_scope(view: PlanView) -> Iterator[str]:
    """Yield subjects of a kind the profile does not interview."""
    for subject in view.content.subjects:
        if subject.body not in view.values.bodies.value:
            yield f"{subject.unit} {subject.person}: {subject.body}"


@needs(
    Y4,
    Label("个别约谈一个对象，集体约谈两个以上", "one subject if individual, two or more if collective"),
    of="content",
)
def mode_fits_the_subjects(view: PlanView) -> bool:
    """Tell whether the number of subjects is that of the mode."""
    number = len(view.content.subjects)
    return view.content.mode is None or (number == 1 if view.content.mode == "individual" else number > 1)


@forbids(Y4, Label("一个单位一个约谈对象", "one subject a unit"), citations=[OURS("Y4")])
def units_planned_twice(view: PlanView) -> Iterator[str]:
    """Yield units named more than once: each owes one report."""
    units = [subject.unit for subject in view.content.subjects]
    yield from (unit for unit in dict.fromkeys(units) if units.count(unit) > 1)


def called_for_by_the_ranking(view: PlanView) -> bool:
    """Tell whether the bottom of the ranking called for the interview."""
    return view.content.because == BOTTOM_RANK.key


def called_for_by_complaints(view: PlanView) -> bool:
    """Tell whether the handling of complaints called for the interview."""
    return view.content.because == POOR_HANDLING.key


@forbids(
    Y12,
    Label("末位约谈须引用相应情形", "the bottom rank is a ground of its own"),
    citations=[OURS("Y12")],
    where=called_for_by_the_ranking,
)
def grounds_without_the_ranking(view: PlanView) -> Iterator[str]:
    """Yield the cited grounds when the bottom rank is none of them."""
    if set(BOTTOM_RANK.codes).isdisjoint(view.content.grounds):
        yield ", ".join(view.content.grounds)


@forbids(
    Y17,
    Label("投诉办理不力须引用相应情形", "poor handling of complaints is a ground of its own"),
    where=called_for_by_complaints,
)
def grounds_without_the_complaints(view: PlanView) -> Iterator[str]:
    """Yield the cited grounds when the poor handling of complaints is none of them."""
    if set(POOR_HANDLING.codes).isdisjoint(view.content.grounds):
        yield ", ".join(view.content.grounds)


def has_an_origin(view: PlanView) -> bool:
    """Tell whether another case gave reason for the interview."""
    return view.related.origin is not None


@forbids(
    Y11, Label("约谈后整改不力的，直接问责", "accountability directly, not a second interview"), where=has_an_origin
)
def subjects_that_failed_before(view: PlanView) -> Iterator[str]:
    """Yield subjects that failed the interview this one comes from, on the same matter."""
    origin = view.related.origin
    if origin is not None and view.content.matter is not None:
        for unit in failed_on(origin, view.content.matter.id):
            if any(subject.unit == unit for subject in view.content.subjects):
                yield unit


@needs(Y2, Label("报批前事实须在案", "facts are on file before approval is asked"))
def facts_on_file(view: View[object, InterviewValues]) -> bool:
    """Tell whether the plan states facts."""
    return bool((view.latest(Plan).facts or "").strip())


@needs(Y3, Label("市营商办约谈", "office tier"), timeless=True)
def at_office_tier(view: View[object, InterviewValues]) -> bool:
    """Tell whether the office holds the interview."""
    return view.latest(Plan).tier == "office"


@needs(Y3, Label("市领导约谈", "leader tier"), timeless=True)
def at_leader_tier(view: View[object, InterviewValues]) -> bool:
    """Tell whether a leader holds the interview."""
    return view.latest(Plan).tier == "leader"


@needs(Y6, Label("报批人不得自行同意", "who asks never approves"), citations=[OURS("Y6")])
def asked_by_another(view: View[object, InterviewValues]) -> bool:
    """Tell whether somebody else asked for the approval."""
    asked = view.standing.fact("request_approval")
    return asked is None or not asked.actor.is_one_with(view.actor)


@needs(Y6, Label("约谈须经同意", "the interview is approved"))
def approval_on_file(view: View[object, InterviewValues]) -> bool:
    """Tell whether the approval is on file."""
    return view.standing.fact("approve") is not None


@forbids(Y6, Label("通知须与领导指定的时间地点一致", "the notice repeats the leader's time and place"))
def notice_against_the_approval(view: View[Notice, InterviewValues]) -> Iterator[str]:
    """Yield the time or place a leader set when the notice says another."""
    approval, notice = view.latest(Approval), view.content
    if notice.time is not None and notice.time != approval.time:
        yield f"{notice.time}, not {approval.time}"
    if notice.place is not None and notice.place != approval.place:
        yield f"{notice.place}, not {approval.place}"


@forbids(Y4, Label("通知的方式须与计划一致", "the notice keeps the planned mode"))
def mode_against_the_plan(view: View[Notice, InterviewValues]) -> Iterator[str]:
    """Yield the mode of the notice when the plan fixed another."""
    planned = view.latest(Plan).mode
    if view.content.mode not in {None, planned}:
        yield f"{view.content.mode}, not {planned}"


@forbids(Y7, Label("约谈对象均应表态", "every subject makes a statement"))
def subjects_without_a_statement(view: View[Interview, InterviewValues]) -> Iterator[str]:
    """Yield subjects that said nothing on record."""
    heard = {statement.unit for statement in view.content.statements if statement.text.strip()}
    yield from (unit for unit in subjects_of(view.standing) if unit not in heard)


@forbids(Y7, Label("约谈双方均应签字，拒签的须有见证人", "every subject signs, or refuses before a witness"))
def subjects_without_a_signature(view: View[SignedRecord, InterviewValues]) -> Iterator[str]:
    """Yield subjects that neither signed nor refused before a witness."""
    refused = (refusal.unit for refusal in view.content.refusals if refusal.witness.value != "")
    answered = {*view.content.signed, *refused}
    yield from (unit for unit in subjects_of(view.standing) if unit not in answered)


@needs(
    Y9,
    Label("长期整改须定报告间隔，不超过一年", "long-term rectification has an interval of reports, at most a year"),
    of="content",
)
def long_term_has_an_interval(view: View[Acceptance, InterviewValues]) -> bool:
    """Tell whether an interval is set exactly where rectification goes on; a single date is none."""
    interval = view.content.interval
    if interval is None or not view.content.long_term:
        return interval is None and not view.content.long_term
    match interval:
        case Months(n=n) | CalendarDays(n=n) | WorkingDays(n=n):
            return n <= LONGEST_INTERVAL[type(interval)]
    return isinstance(interval, Recurring)


@forbids(Y10, Label("各约谈对象的问题均应有解决证据", "every subject's problem is shown to be solved"))
def subjects_without_evidence(view: View[Resolution, InterviewValues]) -> Iterator[str]:
    """Yield subjects for which no evidence is given."""
    shown = {evidence.unit for evidence in view.content.evidence if evidence.text.strip()}
    yield from (unit for unit in subjects_of(view.standing) if unit not in shown)


@needs(Y10, Label("须指明整改不力的情形", "one of the three failings"), of="content", citations=[LIAONING_REPLY("二")])
def a_failing_is_named(view: View[Failure, InterviewValues]) -> bool:
    """Tell whether at least one failing is cited."""
    return bool(view.content.failings)


def outside(case: Case, units: Iterable[str]) -> Iterator[str]:
    """Yield the units that are no subjects of an interview."""
    subjects = subjects_of(case)
    yield from (unit for unit in dict.fromkeys(units) if unit not in subjects)


@forbids(Y7, Label("表态须出自约谈对象", "statements are the subjects'"))
def statements_of_others(view: View[Interview, InterviewValues]) -> Iterator[str]:
    """Yield units that made a statement and are no subjects."""
    yield from outside(view.standing, (statement.unit for statement in view.content.statements))


@forbids(Y7, Label("签字须出自约谈对象", "signatures are the subjects'"))
def signatures_of_others(view: View[SignedRecord, InterviewValues]) -> Iterator[str]:
    """Yield units that signed or refused to and are no subjects."""
    yield from outside(view.standing, (*view.content.signed, *(refusal.unit for refusal in view.content.refusals)))


@forbids(Y10, Label("证据须属于约谈对象", "evidence is the subjects'"))
def evidence_of_others(view: View[Resolution, InterviewValues]) -> Iterator[str]:
    """Yield units for which evidence is given and that are no subjects."""
    yield from outside(view.standing, (evidence.unit for evidence in view.content.evidence))


ALL_REPORTS_IN = settled(Y8, Label("整改报告均已报送", "all reports are in"), "report", "resubmission")

# --- duties -----------------------------------------------------------------------------------------------------------


def failed_on(case: Case, matter: str) -> tuple[str, ...]:
    """Return the subjects that failed an interview on a matter."""
    plan = case.latest(Plan)
    if plan is None or plan.matter is None or plan.matter.id != matter:
        return ()
    return tuple(case.facts.get("start_accountability", ()))


def says_where_it_comes_from(plan: Plan) -> bool:
    """Tell whether a plan names the review it comes from, or its ground."""
    return bool(plan.review or plan.grounds)


def second_interviews(cases: Sequence[tuple[Case, Sequence[Record]]], _: InterviewValues) -> Iterator[tuple[str, str]]:
    """Yield interviews planned of a subject that had already failed one on the same matter."""
    failures: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
    for case, records in cases:
        plan = case.latest(Plan)
        for record in records:
            if record.trigger == "start_accountability" and plan is not None and plan.matter is not None:
                for unit in record.obligors:
                    failures.setdefault((unit, plan.matter.id), []).append((record.occurred_at.instant, case.id))
    for case, _records in cases:
        plan = case.latest(Plan)
        if plan is None or plan.matter is None:
            continue
        for subject in plan.subjects:
            for failed_at, failed in sorted(failures.get((subject.unit, plan.matter.id), ())):
                if failed != case.id and failed_at <= case.opened.instant:
                    yield case.id, f"{subject.unit}: {failed}"
                    break


TALLIES: Final = (
    Tally(key="due", label=Label("应报报告", "reports due"), due=("report", "resubmission", "periodic")),
    Tally(key="in_time", label=Label("按期报告", "sent in in time"), in_time=("report", "resubmission", "periodic")),
)
"""What is counted of interviews, for the unit of each subject; ours, as the documents name no measure."""

BOTTOM_RANK = Ground("bottom_rank", Y12, Label("排名末位", "bottom of the ranking"), "interview", ("8",))
POOR_HANDLING = Ground("poor_complaint_handling", Y17, GROUNDS["6"], "interview", ("6", "7"))

# --- the procedure ----------------------------------------------------------------------------------------------------

BEFORE_HELD = ("planned", "awaiting_approval", "approved", "notified")
AFTER_HELD = ("held", "recorded", "reported", "tracking")


@procedure("interview", InterviewValues)
def interview(values: InterviewValues) -> Lifecycle:
    """Build the interview lifecycle with a locality's values."""
    office_approver = ROLES[values.office_approver.value]
    leader_approver = ROLES[values.leader_approver.value]
    directly_accountable = not values.second_interview.value
    complete_notice = [
        given(
            Y5,
            Label("通知须写明时间、地点、内容、方式", "time, place, content and mode"),
            "time",
            "place",
            "content",
            "mode",
        ),
        mode_against_the_plan,
    ]
    complete_record = [
        given(
            Y7,
            Label("记录须完整", "reasons, matters, measures, time limit, requirements and who conducted it"),
            *("reasons", "matters", "measures", "time_limit", "requirements", "conducted_by"),
        ),
        subjects_without_a_statement,
        statements_of_others,
        approval_on_file,
    ]
    signed_and_archived = [
        given(Y7, Label("约谈方签字并归档", "signed by the office and archived"), "signed_by_office", "archive_number"),
        subjects_without_a_signature,
        signatures_of_others,
    ]
    time_and_place = given(Y6, Label("时间、地点由市领导指定", "the leader sets time and place"), "time", "place")
    new_time = given(Y5, Label("改期须写明时间、地点、理由", "time, place and reason"), "time", "place", "reason")
    reasoned = given(Y14, Label("须写明理由", "a reason"), "reason")
    approved_later = [
        move("notify", "awaiting_approval", to="notified", by=OFFICE, needs=complete_notice, when=at_office_tier),
        stay("approve", "notified", by=office_approver, needs=asked_by_another, when=at_office_tier),
        move("decline", "notified", to="declined", by=office_approver, needs=reasoned, when=at_office_tier),
    ]
    return Lifecycle(
        key="interview",
        title=Label("约谈", "Interview"),
        amended_by=OFFICE,
        erased_by=OFFICE,
        seen_by=OFFICE,
        states=[
            State("planned", Label("已列入约谈计划", "Planned")),
            State("awaiting_approval", Label("报批中", "Awaiting approval")),
            State("approved", Label("已同意", "Approved")),
            State("notified", Label("已下达通知", "Notified")),
            State("held", Label("已约谈", "Held")),
            State("recorded", Label("已签字归档", "Signed and archived")),
            State("reported", Label("已报送整改报告", "Reported")),
            State("tracking", Label("跟踪督导", "Tracked")),
            State("resolved", Label("已彻底解决", "Resolved"), final=True),
            State("declined", Label("不予同意", "Declined"), final=True),
            State("cancelled", Label("已取消", "Cancelled"), final=True),
        ],
        triggers=[
            Trigger("plan", Label("列入约谈计划", "Plan"), Plan),
            Trigger("request_approval", Label("报批", "Request approval"), ApprovalRequest),
            Trigger("approve", Label("同意", "Approve"), Approval),
            Trigger("decline", Label("不同意", "Decline"), Reason),
            Trigger("notify", Label("下达约谈通知", "Notify"), Notice),
            Trigger("reschedule", Label("改期", "Reschedule"), Rescheduling),
            Trigger("record_absence", Label("登记缺席", "Record absence"), Absence, each=SUBJECTS),
            Trigger("hold", Label("实施约谈", "Hold"), Interview),
            Trigger("sign_record", Label("签字归档", "Sign and archive"), SignedRecord),
            Trigger("submit_report", Label("报送整改报告", "Submit report"), Report, each=SUBJECTS),
            Trigger("return_report", Label("退回报告", "Return report"), ReturnedReport, each=SUBJECTS),
            Trigger("accept_report", Label("接收报告", "Accept report"), Acceptance),
            Trigger("report_progress", Label("定期报告", "Report progress"), Report, each=SUBJECTS),
            Trigger("record_feedback", Label("登记反馈", "Record follow-up"), Feedback),
            Trigger(
                "start_accountability",
                Label("启动问责", "Start accountability"),
                Failure,
                each=SUBJECTS,
                calls_for="accountability",
            ),
            Trigger("resolve", Label("确认解决", "Resolve"), Resolution),
            Trigger("cancel", Label("取消约谈", "Cancel"), Reason),
        ],
        transitions=[
            opening(
                "plan",
                to="planned",
                by=OFFICE,
                needs=[
                    given(Y1, Label("须引用约谈情形", "at least one ground"), "grounds"),
                    other_ground_in_words,
                    given(Y2, Label("一事一谈", "one matter"), "matter"),
                    given(Y3, Label("须定轻重和层级", "gravity, tier and subjects"), "gravity", "tier", "subjects"),
                    tier_against_gravity,
                    ranks_outside_the_tier,
                    bodies_out_of_scope,
                    given(Y4, Label("须定约谈方式", "the mode"), "mode"),
                    mode_fits_the_subjects,
                    units_planned_twice,
                    grounds_without_the_ranking,
                    grounds_without_the_complaints,
                    *([subjects_that_failed_before] if directly_accountable else []),
                ],
            ),
            move(
                "request_approval",
                "planned",
                to="awaiting_approval",
                by=OFFICE,
                needs=facts_on_file,
                when=at_office_tier,
            ),
            move(
                "request_approval",
                "planned",
                to="awaiting_approval",
                by=OFFICE,
                needs=[facts_on_file, given(Y6, Label("向市领导提出请示", "the request"), "request")],
                when=at_leader_tier,
            ),
            move(
                "approve",
                "awaiting_approval",
                to="approved",
                by=office_approver,
                needs=asked_by_another,
                when=at_office_tier,
                rules=Y6,
            ),
            move(
                "approve",
                "awaiting_approval",
                to="approved",
                by=leader_approver,
                needs=[asked_by_another, time_and_place],
                when=at_leader_tier,
                rules=Y6,
            ),
            move(
                "decline", "awaiting_approval", to="declined", by=office_approver, needs=reasoned, when=at_office_tier
            ),
            move(
                "decline", "awaiting_approval", to="declined", by=leader_approver, needs=reasoned, when=at_leader_tier
            ),
            move("notify", "approved", to="notified", by=OFFICE, needs=complete_notice, when=at_office_tier),
            move(
                "notify",
                "approved",
                to="notified",
                by=OFFICE,
                needs=[*complete_notice, notice_against_the_approval],
                when=at_leader_tier,
            ),
            *(approved_later if values.approval_before.value == "interview" else []),
            stay("reschedule", "notified", by=OFFICE, needs=new_time, when=at_office_tier),
            stay("reschedule", "notified", by=LEADER, needs=new_time, when=at_leader_tier, rules=Y6),
            stay("record_absence", "notified", by=OFFICE),
            move("hold", "notified", to="held", by=OFFICE, needs=complete_record, when=at_office_tier),
            move("hold", "notified", to="held", by=LEADER, needs=complete_record, when=at_leader_tier, rules=Y6),
            move("sign_record", "held", to="reported", by=OFFICE, needs=signed_and_archived, when=ALL_REPORTS_IN),
            move("sign_record", "held", to="recorded", by=OFFICE, needs=signed_and_archived),
            stay("submit_report", "held", by=SUBJECT, rules=Y8),
            move("submit_report", "recorded", to="reported", by=SUBJECT, when=ALL_REPORTS_IN, rules=Y8),
            stay("submit_report", "recorded", by=SUBJECT, rules=Y8),
            move("return_report", "reported", to="recorded", by=OFFICE),
            move("accept_report", "reported", to="tracking", by=OFFICE, needs=long_term_has_an_interval),
            stay("report_progress", "tracking", by=SUBJECT, rules=Y9),
            stay("record_feedback", AFTER_HELD, by=OFFICE, rules=Y16),
            stay(
                "start_accountability",
                ("notified", *AFTER_HELD),
                by=OFFICE,
                needs=a_failing_is_named,
                rules=[Y11] if directly_accountable else [],
            ),
            move(
                "resolve", "tracking", to="resolved", by=OFFICE, needs=[subjects_without_evidence, evidence_of_others]
            ),
            move("cancel", BEFORE_HELD, to="cancelled", by=OFFICE, needs=reasoned),
        ],
        limits=[
            TimeLimit(
                "report",
                values.report,
                label=Label("书面整改报告", "Written report"),
                starts="hold",
                met="submit_report",
                each=SUBJECTS,
                warn=values.report_warning,
                counting=values.counting,
                rules=Y8,
            ),
            TimeLimit(
                "resubmission",
                FromContent("new_date"),
                label=Label("补报整改报告", "Report sent in again"),
                starts="return_report",
                met="submit_report",
                each=SUBJECTS,
                rules=Y8,
            ),
            TimeLimit(
                "periodic",
                FromContent("interval"),
                label=Label("定期报告", "Periodic report"),
                starts="accept_report",
                met="report_progress",
                each=SUBJECTS,
                repeats=True,
                counting=values.counting,
                rules=Y9,
            ),
        ],
        duties=[
            Response("plan", ("hold", "decline", "cancel"), rules=Y14, label=Y14.label),
            Holds("plan", says_where_it_comes_from, rules=Y15, label=Y15.label),
            Response("hold", "record_feedback", rules=Y16, label=Y16.label),
            *([AcrossCases(second_interviews, rules=Y11, label=Y11.label)] if directly_accountable else []),
        ],
        grounds=[BOTTOM_RANK, POOR_HANDLING],
        tallies=TALLIES,
        rules=[
            *(Y1, Y2, Y3, Y4, Y5, Y6, Y7, Y8, Y9, Y10),
            *([Y11] if directly_accountable else []),
            *(Y12, Y13, Y14, Y15, Y16, Y17),
        ],
    )

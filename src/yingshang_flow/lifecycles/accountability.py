"""问责、移交 accountability: from a clue to its check, what is passed on and comes back, and what is done about it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeVar

import attrs

from yingshang_flow.core.analysis import with_rules
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.duty import AcrossCases, Holds, Never, Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, forbids, given, needs
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.deadlines.period import add_months
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import DISCIPLINE, INSPECTOR, OFFICE, PLATFORM, SUPERVISOR
from yingshang_flow.sources import BAYUQUAN_PLAN as B
from yingshang_flow.sources import LIAONING_REPLY as REPLY
from yingshang_flow.sources import OURS
from yingshang_flow.sources import SHENYANG_CAMPAIGN as S
from yingshang_flow.words import DUTY, GUARD, Cited, Label, Rule

C = TypeVar("C")

# --- rules ------------------------------------------------------------------------------------------------------------

A1 = Rule("A1", DUTY, B("五(三)"), Label("情节严重的移交纪检监察", "Grave breaches go to discipline inspection"))
A2 = Rule(
    "A2",
    GUARD,
    (REPLY("一"), S("五(四)"), B("四(四)")),
    Label("通报、曝光、问责", "Circular, exposure, accountability"),
)
A3 = Rule("A3", DUTY, OURS("A3"), Label("移送须有反馈", "What is passed on comes back with a result"))
A4 = Rule("A4", GUARD, OURS("A4"), Label("线索来源在案", "It is on file where the clue came from"))
A5 = Rule(
    "A5",
    DUTY,
    (REPLY("一"), B("三(三)3")),
    Label("定期分批通报、曝光", "Circulars and exposures in batches, again and again"),
)
A6 = Rule("A6", GUARD, REPLY("四"), Label("移送至协同单位", "Passed on to a body that works on them together"))
RULES: Final = (A1, A2, A3, A4, A5, A6)

# --- values -----------------------------------------------------------------------------------------------------------

Recipient = Literal["discipline", "organisation", "police", "audit", "government_supervision"]


@attrs.frozen
class AccountabilityValues(Reminding):
    """What a locality sets; a value that is left out switches off what depends on it.

    Attributes:
        recipients: To whom a clue can be passed on.
        grave_transferred: Whether grave breaches that an inspection found go to discipline inspection.
        jointly: Whether persons are held accountable jointly with discipline inspection.
        failed_interview: Whether a failed interview takes the place of the check.
        batches: Whether circulars and exposures come in batches.
        interval: How many months may lie between two batches; none where the documents set no number.
        result: How long the result of what was passed on may take; none where the documents set no limit.
        warning: How long before its end the clock warns.
        counting: How days are counted.
    """

    recipients: Annotated[Cited[tuple[Recipient, ...]], Label("移送对象", "who clues are transferred to")]
    grave_transferred: Annotated[
        Cited[bool] | None, Label("检查发现的严重问题须移送", "grave findings of an inspection are transferred")
    ]
    jointly: Annotated[
        Cited[bool] | None, Label("问责须会同纪检监察机关", "persons are called to account jointly with discipline")
    ]
    failed_interview: Annotated[
        Cited[bool] | None, Label("约谈未果直接问责", "a failed interview leads to accountability directly")
    ]
    batches: Annotated[Cited[bool] | None, Label("定期分批通报曝光", "circulars and exposures in batches")]
    interval: Annotated[Cited[int] | None, Label("批次间隔（月）", "months between batches")]
    result: Annotated[Cited[Period] | None, Label("移送结果反馈期限", "until when the result of a transfer comes back")]
    warning: Annotated[Cited[Period] | None, Label("到期前提醒", "warning before the end")]
    counting: Annotated[Cited[DueRules] | None, Label("期限计算规则", "how days are counted")]


# --- content ----------------------------------------------------------------------------------------------------------
# What a rule asks for may be left out here: it is then refused with its article, not as a malformed value.

FoundBy = Literal["inspection", "complaint", "interview", "campaign", "task", "review", "other"]


@attrs.frozen
class Reporter:
    """Who reported it; sealed from the first record on."""

    name: Confidential[str] | None = None
    contact: Confidential[str] | None = None


@attrs.frozen
class Clue:
    """A clue as registered; where it came from is the linked case, or is put in words.

    Attributes:
        clue: What it is about.
        found_by: How it was found.
        units: The units concerned.
        grave: Whether the breach looks grave.
        came_from: Where it came from, when that is no case here.
        suspected: Who is suspected; sealed, as nothing has been checked yet.
        reporter: Who reported it.
    """

    clue: Annotated[str | None, Label("线索", "clue")] = None
    found_by: Annotated[FoundBy | None, Label("发现途径", "how it was found")] = None
    units: Annotated[tuple[str, ...], Label("涉及单位", "units concerned")] = ()
    grave: Annotated[bool, Label("情节严重", "grave")] = False
    came_from: Annotated[str | None, Label("线索来源", "where it came from")] = None
    suspected: Annotated[Confidential[str] | None, Label("涉及人员", "who is suspected")] = None
    reporter: Annotated[Reporter | None, Label("举报人", "who reported it")] = None


@attrs.frozen
class Check:
    """What the preliminary check found; whether the breach is grave is said anew where that has become clear."""

    facts: Annotated[str | None, Label("核查情况", "facts as checked")] = None
    problems: Annotated[tuple[str, ...], Label("查明的问题", "problems found")] = ()
    grave: Annotated[bool | None, Label("情节严重", "grave")] = None


@attrs.frozen
class Dismissal:
    """Why there is nothing in it."""

    reasons: Annotated[str | None, Label("查否理由", "reasons")] = None


@attrs.frozen
class Transfer:
    """To whom it is passed on, and what."""

    recipient: Annotated[Recipient | None, Label("接收单位", "recipient")] = None
    matter: Annotated[str | None, Label("移送事项", "what is passed on")] = None


@attrs.frozen
class ReturnedResult:
    """What came of it there."""

    result: Annotated[str | None, Label("反馈结果", "result")] = None


@attrs.frozen
class Circular:
    """A problem as it stands in a circular."""

    problem: Annotated[str, Label("通报的问题", "problem")]


@attrs.frozen
class Exposure:
    """Typical conduct made public, and where."""

    conduct: Annotated[str, Label("典型问题行为", "typical conduct")]
    outlet: Annotated[str | None, Label("曝光媒体", "outlet")] = None


@attrs.frozen
class HeldAccountable:
    """A person held accountable, and who decided that together with the supervisor."""

    unit: str
    person: str
    measure: Annotated[str, Label("处理措施", "measure")]
    jointly_with: Annotated[str | None, Label("会同单位", "jointly with")] = None


@attrs.frozen
class Disposal:
    """What is done about it: any of the three; what is published belongs to a batch."""

    circulars: Annotated[tuple[Circular, ...], Label("通报", "circulars")] = ()
    exposures: Annotated[tuple[Exposure, ...], Label("曝光", "exposures")] = ()
    persons: Annotated[tuple[HeldAccountable, ...], Label("问责人员", "persons held accountable")] = ()
    batch: Annotated[str | None, Label("通报曝光批次", "batch")] = None


# --- guards -----------------------------------------------------------------------------------------------------------


@needs(
    A4,
    Label("须关联来源案件，或写明线索来源", "the case it came from is linked, or the source put in words"),
    of="content",
)
def comes_from_somewhere(view: View[Clue, AccountabilityValues]) -> bool:
    """Tell whether it is known where a clue came from."""
    return view.related.origin is not None or bool((view.content.came_from or "").strip())


@needs(
    A4,
    Label("未经核查的，须来自约谈后整改不力的单位", "what was not checked comes from units that failed an interview"),
    citations=[REPLY("二")],
)
def the_interview_was_the_check(view: View[object, AccountabilityValues]) -> bool:
    """Tell whether the case comes from an interview that every unit concerned has failed."""
    origin = view.related.origin
    if origin is None or origin.opening.lifecycle != "interview":
        return False
    units = view.latest(Clue).units
    return bool(units) and set(units) <= set(origin.facts.get("start_accountability", ()))


@forbids(A6, Label("不属协同处理单位", "not one of the bodies it can be passed on to"))
def recipients_elsewhere(view: View[Transfer, AccountabilityValues]) -> Iterator[str]:
    """Yield a recipient to whom the locality passes nothing on."""
    recipient, known = view.content.recipient, view.values.recipients.value
    if recipient is not None and recipient not in known:
        yield f"{recipient}; {', '.join(known)}"


@needs(
    A2,
    Label("须有通报、曝光或问责", "a circular, an exposure or persons held accountable"),
    of="content",
)
def something_is_done(view: View[Disposal, AccountabilityValues]) -> bool:
    """Tell whether at least one of the three is done."""
    done = view.content
    return bool(done.circulars or done.exposures or done.persons)


@forbids(A2, Label("通报须涵盖查明的每个问题", "a circular takes up each problem found"))
def problems_left_out(view: View[Disposal, AccountabilityValues]) -> Iterator[str]:
    """Yield the problems that the check found and the circular leaves out, where there is one."""
    check = view.standing.latest(Check)
    taken_up = {circular.problem for circular in view.content.circulars}
    if taken_up and check is not None:
        yield from (problem for problem in check.problems if problem not in taken_up)


@forbids(A2, Label("曝光须写明行为和媒体", "an exposure names the conduct and the outlet"))
def exposures_nowhere(view: View[Disposal, AccountabilityValues]) -> Iterator[str]:
    """Yield exposures without conduct or outlet."""
    for exposure in view.content.exposures:
        if not (exposure.conduct.strip() and (exposure.outlet or "").strip()):
            yield exposure.conduct.strip() or str(exposure.outlet)


@forbids(A2, Label("问责须会同纪检监察机关", "persons are held accountable jointly with discipline inspection"))
def held_by_the_supervisor_alone(view: View[Disposal, AccountabilityValues]) -> Iterator[str]:
    """Yield persons held accountable without anybody named who took part in that."""
    for held in view.content.persons:
        if not (held.jointly_with or "").strip():
            yield f"{held.unit} {held.person}"


# --- duties -----------------------------------------------------------------------------------------------------------


def grave_and_not_transferred(
    history: Sequence[Record], _values: AccountabilityValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield the end of a case with a grave breach found by inspection that never went to discipline inspection.

    What the check says of its gravity goes before what the clue said; where there was nothing in it, there is none.

    Raises:
        LookupError: It has not come to an end, or what was said is not on file.
    """
    clue = _of(Clue, history[0].content, "register")
    checks = [_of(Check, record.content, "check") for record in history if record.trigger == "check"]
    grave = next((check.grave for check in reversed(checks) if check.grave is not None), clue.grave)
    passed_on = [_of(Transfer, record.content, "transfer") for record in history if record.trigger == "transfer"]
    if clue.found_by != "inspection" or not grave or history[-1].after == "unfounded":
        return
    if any(transfer.recipient == "discipline" for transfer in passed_on):
        return
    if history[-1].after != "disposed":
        message = "尚未移送 not passed on yet"
        raise LookupError(message)
    yield history[-1].revision, ", ".join(str(transfer.recipient) for transfer in passed_on) or "transfer: 0"


def published_in_a_batch(disposal: Disposal) -> bool:
    """Tell whether what is published belongs to a batch."""
    return not (disposal.circulars or disposal.exposures) or bool((disposal.batch or "").strip())


def batches_too_far_apart(
    cases: Sequence[tuple[Case, Sequence[Record]]], values: AccountabilityValues
) -> Iterator[tuple[str, str]]:
    """Yield the first case of each batch that came later after the one before than the profile allows."""
    begun: dict[str, tuple[date, str]] = {}
    for case, records in cases:
        for record in records:
            if isinstance(done := record.content, Disposal) and (done.circulars or done.exposures) and done.batch:
                first = (record.occurred_at.date, case.id)
                begun[done.batch] = min(begun.get(done.batch, first), first)
    before: date | None = None
    for day, case_id in sorted(begun.values()):
        if values.interval is not None and before is not None and day > add_months(before, values.interval.value):
            yield case_id, f"{before} → {day}"
        before = day


def _of(content: type[C], found: object, trigger: str) -> C:
    """Return an act's content.

    Raises:
        LookupError: It is not on file.
    """
    if isinstance(found, content):
        return found
    raise LookupError(trigger)


# --- the procedure ----------------------------------------------------------------------------------------------------


def faults(values: AccountabilityValues) -> Iterator[str]:
    """Yield what is wrong with values that do not go together."""
    if not values.recipients.value:
        yield "recipients must name at least one"
    if values.interval is not None and values.interval.value < 1:
        yield f"interval must be 1 month or more, not {values.interval.value}"
    if values.interval is not None and not (values.batches and values.batches.value):
        yield "interval is set, but there are no batches; set batches, or leave it out"
    if values.grave_transferred and values.grave_transferred.value and "discipline" not in values.recipients.value:
        yield "grave_transferred is set, but discipline is none of the recipients"


@procedure("accountability", AccountabilityValues, faults=faults)
def accountability(values: AccountabilityValues) -> Lifecycle:
    """Build the lifecycle of a case of accountability with a locality's values."""
    grave, batches = values.grave_transferred, values.batches
    disposed = [
        something_is_done,
        problems_left_out,
        exposures_nowhere,
        *([held_by_the_supervisor_alone] if values.jointly and values.jointly.value else []),
    ]
    lifecycle = Lifecycle(
        key="accountability",
        title=Label("问责、移交", "Accountability"),
        amended_by=SUPERVISOR,
        erased_by=SUPERVISOR,
        seen_by=[SUPERVISOR, DISCIPLINE],
        states=[
            State("clue", Label("已登记线索", "Clue registered")),
            State("checking", Label("初步核查", "Being checked")),
            State("transferred", Label("已移送", "Passed on")),
            State("returned", Label("已反馈", "Result returned")),
            State("disposed", Label("已处理", "Disposed of"), final=True),
            State("unfounded", Label("查否", "Unfounded"), final=True),
        ],
        triggers=[
            Trigger("register", Label("登记线索", "Register a clue"), Clue),
            Trigger("check", Label("初步核查", "Check"), Check),
            Trigger("dismiss", Label("查否", "Dismiss"), Dismissal),
            Trigger("transfer", Label("移送", "Pass on"), Transfer),
            Trigger("return_result", Label("反馈结果", "Return the result"), ReturnedResult),
            Trigger("dispose", Label("处理", "Dispose of"), Disposal),
        ],
        transitions=[
            opening(
                "register",
                to="clue",
                by=[PLATFORM, SUPERVISOR, OFFICE, INSPECTOR],
                needs=[
                    given(A4, Label("须写明线索和发现途径", "the clue and how it was found"), "clue", "found_by"),
                    comes_from_somewhere,
                ],
            ),
            move(
                "check",
                "clue",
                to="checking",
                by=SUPERVISOR,
                needs=given(A2, Label("须写明核查情况", "facts as checked"), "facts", citations=[REPLY("四")]),
            ),
            move(
                "dismiss",
                ("checking", "returned"),
                to="unfounded",
                by=SUPERVISOR,
                needs=given(A2, Label("须写明查否理由", "reasons"), "reasons", citations=[OURS("A2")]),
            ),
            move(
                "transfer",
                "checking",
                to="transferred",
                by=SUPERVISOR,
                needs=[
                    given(A6, Label("须写明接收单位和事项", "recipient and what is passed on"), "recipient", "matter"),
                    attrs.evolve(recipients_elsewhere, citations=(values.recipients.citation,)),
                ],
            ),
            move(
                "return_result",
                "transferred",
                to="returned",
                by=[SUPERVISOR, DISCIPLINE],
                needs=given(A3, Label("须写明反馈结果", "the result"), "result"),
            ),
            move("dispose", ("checking", "returned"), to="disposed", by=SUPERVISOR, needs=disposed),
            *(
                [
                    move(
                        "dispose",
                        "clue",
                        to="disposed",
                        by=SUPERVISOR,
                        needs=[the_interview_was_the_check, *disposed],
                    )
                ]
                if values.failed_interview and values.failed_interview.value
                else []
            ),
        ],
        limits=[
            TimeLimit(
                "result",
                values.result,
                label=Label("移送反馈", "Result of what was passed on"),
                starts="transfer",
                met="return_result",
                warn=values.warning,
                counting=values.counting,
                rules=A3,
            ),
        ],
        duties=[
            *(
                [
                    Never(
                        grave_and_not_transferred,
                        looks_at="acts",
                        about=("dispose", "transfer", "check"),
                        rules=A1,
                        label=A1.label,
                    )
                ]
                if grave and grave.value
                else []
            ),
            Response("transfer", "return_result", rules=A3, label=A3.label),
            *([Holds("dispose", published_in_a_batch, rules=A5, label=A5.label)] if batches and batches.value else []),
            *([AcrossCases(batches_too_far_apart, rules=A5, label=A5.label)] if values.interval is not None else []),
        ],
    )
    return with_rules(lifecycle, RULES)

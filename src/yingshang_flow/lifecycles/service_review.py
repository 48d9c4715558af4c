"""好差评 service_review: from the rating to the archive, or through verifying and putting right to the follow-up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Final, Literal, TypeVar

import attrs

from yingshang_flow.core.analysis import with_rules
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.duty import AcrossCases, Ground, Holds, Never, Response
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, forbids, given, needs
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import PLATFORM, RESPONSIBLE_UNIT, REVIEWER, SUPERVISOR
from yingshang_flow.sources import LIAONING_REPLY as REPLY
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, GROUND, GUARD, Cited, Label, Rule

C = TypeVar("C")

# --- rules ------------------------------------------------------------------------------------------------------------

H1 = Rule("H1", GUARD, REPLY("三"), Label("五个等级及分值", "Five grades and their scores"))
H2 = Rule("H2", GUARD, REPLY("三"), Label("评价渠道须在案", "The channel is on file"))
H3 = Rule(
    "H3",
    (DUTY, GUARD),
    REPLY("三"),
    Label("差评转办核实、整改反馈", "A poor review is assigned, verified, put right and answered"),
)
H4 = Rule(
    "H4", GROUND, REPLY("三"), Label("拒不整改、差评率高的约谈问责", "Refusals and low ratings have consequences")
)
H5 = Rule("H5", (DUTY, GUARD), REPLY("三"), Label("评价结果纳入考核", "Results enter the assessment"))

RULES: Final = (H1, H2, H3, H4, H5)
"""Every rule of the procedure, in order."""

# --- values -----------------------------------------------------------------------------------------------------------

Grade = Literal["very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied"]

GRADES: Final[Mapping[Grade, Label]] = MappingProxyType(
    {
        "very_satisfied": Label("非常满意", "very satisfied"),
        "satisfied": Label("满意", "satisfied"),
        "basically_satisfied": Label("基本满意", "basically satisfied"),
        "dissatisfied": Label("不满意", "dissatisfied"),
        "very_dissatisfied": Label("非常不满意", "very dissatisfied"),
    }
)
"""The five grades by their stored keys, from the best to the worst."""


@attrs.frozen
class ServiceReviewValues(Reminding):
    """What a locality sets; a limit or threshold that is left out switches off what depends on it.

    Attributes:
        scores: The scores of the five grades, from the best to the worst.
        poor: The score up to which a review is a poor one.
        assign: How long from the rating until a poor review is assigned, or a good one archived.
        verify: How long from the assignment until it is verified.
        rectify: How long from the start of the rectification until it is answered.
        answer: How long from the assignment until it is answered or dismissed.
        warning: How long before its end a deadline warns.
        counting: How days are counted.
        share: The share of poor reviews, in whole percent, from which a unit or one of its staff is called in.
        lowest: How many places from the bottom of the average scores are called in; who ties shares a place.
        fewest: How many reviews there are at least before a share or a place is told.
    """

    scores: Annotated[Cited[tuple[int, ...]], Label("五个等级的分值", "scores of the five grades")]
    poor: Annotated[Cited[int], Label("差评的最高分值", "highest score that is poor")]
    assign: Annotated[Cited[Period] | None, Label("转办期限", "time to assign it")]
    verify: Annotated[Cited[Period] | None, Label("核实期限", "until when it is verified")]
    rectify: Annotated[Cited[Period] | None, Label("整改期限", "until when it is put right")]
    answer: Annotated[Cited[Period] | None, Label("反馈期限", "until when it is answered")]
    warning: Annotated[Cited[Period] | None, Label("到期前提醒", "warning before the end")]
    counting: Annotated[Cited[DueRules] | None, Label("期限计算规则", "how days are counted")]
    share: Annotated[
        Cited[int] | None, Label("差评率阈值（百分比）", "share of poor reviews, in percent, from which it is high")
    ]
    lowest: Annotated[Cited[int] | None, Label("排名靠后的名次", "how many of the last ranks are low")]
    fewest: Annotated[Cited[int] | None, Label("参与比较的最少评价数", "fewest reviews that are compared")]


# --- content ----------------------------------------------------------------------------------------------------------
# What a rule asks for may be left out here: it is then refused with its article, not as a malformed value.

Channel = Literal[
    "platform", "window", "app", "kiosk", "hotline_voice", "hotline_text", "box", "book", "email", "other"
]
Outcome = Literal["rectified", "partly", "explained", "refused"]
Answer = Literal["content", "not_content", "no_answer"]


@attrs.frozen
class Reviewer:
    """Who rates, where they want to be answered; sealed from the first record on."""

    name: Confidential[str] | None = None
    contact: Confidential[str] | None = None


@attrs.frozen
class Rating:
    """A review as it was given.

    Attributes:
        grade: One of the five grades.
        reviewed: The unit whose service is rated.
        matter: The matter that was dealt with.
        channel: The way it came in.
        score: Its score, where the source tells it besides the grade.
        staff: The post or person at the unit, where the review names one.
        text: What the reviewer says.
        reviewer: Who rates.
        other_channel: The channel in words, where it is none of the list.
    """

    grade: Annotated[Grade | None, Label("评价等级", "grade")] = None
    reviewed: Annotated[str | None, Label("被评单位", "unit reviewed")] = None
    matter: Annotated[str | None, Label("办理事项", "matter")] = None
    channel: Annotated[Channel | None, Label("评价渠道", "channel")] = None
    score: Annotated[int | None, Label("分值", "score")] = None
    staff: Annotated[str | None, Label("被评岗位或人员", "post or person reviewed")] = None
    text: Annotated[str | None, Label("评价内容", "what the review says")] = None
    reviewer: Annotated[Reviewer | None, Label("评价人", "reviewer")] = None
    other_channel: Annotated[str | None, Label("其他渠道说明", "the other channel in words")] = None


@attrs.frozen
class Assignment:
    """The unit that is to verify a poor review and put right what it is about."""

    responsible: Annotated[str | None, Label("责任单位", "responsible unit")] = None


@attrs.frozen
class Verification:
    """What was found when the review was verified."""

    facts: Annotated[str | None, Label("核实情况", "facts as verified")] = None


@attrs.frozen
class Dismissal:
    """Why a review does not stand."""

    reasons: Annotated[str | None, Label("不成立的理由", "reasons")] = None


@attrs.frozen
class Feedback:
    """What was put right, and what the reviewer was told."""

    outcome: Annotated[Outcome | None, Label("整改结果", "outcome")] = None
    done: Annotated[str | None, Label("整改情况", "what was put right, or why not")] = None
    answer: Annotated[str | None, Label("反馈内容", "what the reviewer was told")] = None


@attrs.frozen
class FollowUp:
    """Whether the reviewer is content now, as they say themselves."""

    answer: Annotated[Answer | None, Label("评价人是否满意", "whether the reviewer is content")] = None
    words: Annotated[str | None, Label("回访情况", "what was said")] = None


@attrs.frozen
class Closing:
    """The end of a poor review, and the assessment it enters."""

    assessment: Annotated[str | None, Label("纳入考核", "the assessment it enters")] = None


# --- guards -----------------------------------------------------------------------------------------------------------

RatingView = View[Rating, ServiceReviewValues]


def score_of(grade: Grade, values: ServiceReviewValues) -> int:
    """Return the score of a grade."""
    return values.scores.value[list(GRADES).index(grade)]


def is_poor(rating: Rating, values: ServiceReviewValues) -> bool:
    """Tell whether a review is a poor one.

    Raises:
        LookupError: Its grade is not on file.
    """
    return score_of(_on_file(rating.grade, "grade"), values) <= values.poor.value


@forbids(H1, Label("分值与等级不符", "the score is that of the grade"))
def score_against_the_grade(view: RatingView) -> Iterator[str]:
    """Yield the score when the grade has another."""
    grade, score = view.content.grade, view.content.score
    if grade is not None and score is not None and score != score_of(grade, view.values):
        yield f"{score}, not {score_of(grade, view.values)}"


@needs(H2, Label("其他渠道须写明", "another channel is put in words"), of="content")
def other_channel_in_words(view: RatingView) -> bool:
    """Tell whether a channel outside the list is explained."""
    return view.content.channel != "other" or bool((view.content.other_channel or "").strip())


@needs(H1, Label("只有差评须转办", "only a poor review is assigned"), citations=[OURS("H1")])
def rated_poor(view: View[object, ServiceReviewValues]) -> bool:
    """Tell whether the review is a poor one."""
    return is_poor(view.latest(Rating), view.values)


@needs(H3, Label("差评须转办，不得直接归档", "a poor review is assigned, not archived"))
def rated_well(view: View[object, ServiceReviewValues]) -> bool:
    """Tell whether the review is a good one."""
    return not is_poor(view.latest(Rating), view.values)


@needs(H3, Label("须由所转责任单位办理", "done by the unit it is assigned to"), citations=[OURS("H3")])
def done_by_the_unit_assigned(view: View[object, ServiceReviewValues]) -> bool:
    """Tell whether a unit that acts as responsible is the one the review was assigned to."""
    return view.actor.role != RESPONSIBLE_UNIT.key or view.actor.unit == view.latest(Assignment).responsible


@needs(H3, Label("被评单位不得自行认定不成立", "the unit reviewed never dismisses"), citations=[OURS("H3")])
def dismissed_by_another(view: View[object, ServiceReviewValues]) -> bool:
    """Tell whether another unit than the one reviewed says that the review does not stand."""
    return view.actor.unit != view.latest(Rating).reviewed


def answer_since_the_feedback(case: Case) -> FollowUp | None:
    """Return the latest follow-up of the feedback that stands, none before there is one.

    Raises:
        LookupError: There is one whose content is not on file.
    """
    asked, answered = case.fact("follow_up"), case.fact("answer")
    if asked is None or (answered is not None and asked.revision < answered.revision):
        return None
    return _of(FollowUp, asked.content, "follow_up")


@needs(
    H3,
    Label(
        "评价人仍不满意或拒不整改的，方可再次整改", "started again only if refused, or if the reviewer is not content"
    ),
    citations=[OURS("H3")],
)
def not_settled(view: View[object, ServiceReviewValues]) -> bool:
    """Tell whether the feedback that stands leaves something to put right."""
    found = answer_since_the_feedback(view.standing)
    return view.latest(Feedback).outcome == "refused" or (found is not None and found.answer == "not_content")


@needs(H3, Label("反馈后须回访", "followed up after the feedback"), citations=[OURS("H3")])
def followed_up(view: View[object, ServiceReviewValues]) -> bool:
    """Tell whether the feedback that stands was followed up."""
    return answer_since_the_feedback(view.standing) is not None


# --- duties -----------------------------------------------------------------------------------------------------------


def left_unrectified(
    history: Sequence[Record], _values: ServiceReviewValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield the feedback that stands when it says that nothing is going to be put right."""
    answers = [record for record in history if record.trigger == "answer"]
    if answers and _of(Feedback, answers[-1].content, "answer").outcome == "refused":
        yield answers[-1].revision, "refused"


def enters_the_assessment(closing: Closing) -> bool:
    """Tell whether the end of a poor review says which assessment it enters."""
    return bool((closing.assessment or "").strip())


def rated_low(cases: Sequence[tuple[Case, Sequence[Record]]], values: ServiceReviewValues) -> Iterator[tuple[str, str]]:
    """Yield the latest review of units, and of their staff, with too many poor ones or at the bottom of the ranking.

    What was dismissed does not count. The reviews of a period are those that are audited together.
    """
    units: dict[str, list[tuple[str, int]]] = {}
    staff: dict[str, list[tuple[str, int]]] = {}
    for case in sorted((case for case, _records in cases), key=_opened):
        rating = case.latest(Rating)
        if rating is None or rating.grade is None or not rating.reviewed or case.state == "dismissed":
            continue
        scored = (case.id, score_of(rating.grade, values))
        units.setdefault(rating.reviewed, []).append(scored)
        if rating.staff:
            staff.setdefault(f"{rating.reviewed} {rating.staff}", []).append(scored)
    for ranking in (units, staff):
        enough = {
            name: scored
            for name, scored in ranking.items()
            if values.fewest is None or len(scored) >= values.fewest.value
        }
        yield from _too_many_poor(enough, values)
        yield from _at_the_bottom(enough, values)


def _opened(case: Case) -> tuple[datetime, str]:
    return case.opened.instant, case.id


def _too_many_poor(
    ranking: Mapping[str, Sequence[tuple[str, int]]], values: ServiceReviewValues
) -> Iterator[tuple[str, str]]:
    for name, scored in ranking.items():
        poor = [case for case, score in scored if score <= values.poor.value]
        if values.share is not None and poor and len(poor) * 100 >= values.share.value * len(scored):
            yield poor[-1], f"{name}: {len(poor)} / {len(scored)}"


def _at_the_bottom(
    ranking: Mapping[str, Sequence[tuple[str, int]]], values: ServiceReviewValues
) -> Iterator[tuple[str, str]]:
    averages = {name: Fraction(sum(score for _, score in scored), len(scored)) for name, scored in ranking.items()}
    for name, average in averages.items():
        below = sum(other < average for other in averages.values())
        if values.lowest is not None and below < values.lowest.value and any(x > average for x in averages.values()):
            yield ranking[name][-1][0], f"{name}: {len(averages) - below} / {len(averages)}"


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


def refused_to_rectify(record: Record) -> bool:
    """Tell whether a unit's feedback says that it puts nothing right."""
    return isinstance(record.content, Feedback) and record.content.outcome == "refused"


# The reply names the interview and accountability, and no articles of Dalian's; that a poor review is among what people
# report under 5(7), and a low rank among the targets of 5(8), is our reading.
REFUSED = Ground(
    "refused_interview",
    H4,
    Label("差评拒不整改的约谈", "an interview, as a poor review is not put right"),
    "interview",
    ("7",),
    acts="answer",
    where=refused_to_rectify,
)
REFUSED_BY_PERSONS = Ground(
    "refused_accountability",
    H4,
    Label("差评拒不整改的问责", "accountability, as a poor review is not put right"),
    "accountability",
    acts="answer",
    where=refused_to_rectify,
)
TO_THE_LEDGER = Ground(
    "item",
    H3,
    Label("核实的差评可列入整治台账", "a poor review that holds can be listed as an item of a campaign"),
    "rectification_item",
    acts="verify",
)
RATED_LOW = Ground(
    "rated_low",
    H4,
    Label("差评率高、排名靠后", "many poor reviews, or a low rank"),
    "interview",
    ("8",),
    breaches=H4,
)

# --- what is counted --------------------------------------------------------------------------------------------------


def unit_reviewed(case: Case) -> tuple[str, ...]:
    """Return the unit whose service was rated."""
    rating = case.latest(Rating)
    return () if rating is None or not rating.reviewed else (rating.reviewed,)


def counts(case: Case) -> bool:
    """Tell whether a review counts: one that was found not to hold does not."""
    return case.fact("rate") is not None and case.state != "dismissed"


def counts_as_poor(case: Case) -> bool:
    """Tell whether a review that counts is a poor one, which alone is ever assigned."""
    return counts(case) and case.fact("assign") is not None


TALLIES: Final = (
    Tally(key="rated", label=Label("评价", "reviews"), cases=counts, units=unit_reviewed),
    Tally(key="poor", label=Label("差评", "poor reviews"), cases=counts_as_poor, units=unit_reviewed),
)
"""What is counted of reviews, for the unit reviewed (H5); ours, as the reply names no measure."""

# --- the spreadsheet --------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    Column("评价编号", "", "reference", aliases=("编号", "工单号")),
    Column("评价日期", "rate", aliases=("评价时间",), required=True),
    Column("评价等级", "rate", "grade", {label.zh: grade for grade, label in GRADES.items()}, aliases=("评价结果",)),
    Column(
        "评价渠道",
        "rate",
        "channel",
        {
            "一体化平台": "platform",
            "政务服务窗口": "window",
            "辽事通": "app",
            "自助服务终端": "kiosk",
            "8890语音": "hotline_voice",
            "8890短信": "hotline_text",
            "意见箱": "box",
            "意见簿": "book",
            "电子邮箱": "email",
            "其他": "other",
        },
    ),
    Column("被评单位", "rate", "reviewed"),
    Column("被评人员", "rate", "staff", aliases=("被评岗位",)),
    Column("办理事项", "rate", "matter", aliases=("事项名称",)),
    Column("归档日期", "archive"),
    Column("转办日期", "assign"),
    Column("责任单位", "assign", "responsible"),
    Column("核实日期", "verify"),
    Column("核实情况", "verify", "facts"),
    Column("不成立日期", "dismiss"),
    Column("整改开始日期", "start"),
    Column("反馈日期", "answer"),
    Column(
        "整改结果",
        "answer",
        "outcome",
        {"已整改": "rectified", "部分整改": "partly", "已解释": "explained", "拒不整改": "refused"},
    ),
    Column("回访日期", "follow_up"),
    Column("回访结果", "follow_up", "answer", {"满意": "content", "不满意": "not_content", "未联系上": "no_answer"}),
    Column("办结日期", "close"),
    Column("纳入考核", "close", "assessment"),
)
"""The columns of a ledger of reviews from which something can be checked."""

# --- the procedure ----------------------------------------------------------------------------------------------------


def faults(values: ServiceReviewValues) -> Iterator[str]:
    """Yield what is wrong with values that do not go together."""
    scores, poor = values.scores.value, values.poor.value
    if len(scores) != len(GRADES) or list(scores) != sorted(set(scores), reverse=True):
        yield f"scores must be {len(GRADES)}, each lower than the one before it, not {list(scores)}"
    elif not scores[-1] <= poor < scores[0]:
        yield f"poor must leave a good grade and a poor one, from {scores[-1]} to below {scores[0]}, not {poor}"
    if values.share is not None and not 1 <= values.share.value <= 100:  # noqa: PLR2004  # percent
        yield f"share must be 1 to 100 percent, not {values.share.value}"
    for name, number in (("lowest", values.lowest), ("fewest", values.fewest)):
        if number is not None and number.value < 1:
            yield f"{name} must be 1 or more, not {number.value}"
    if values.fewest is not None and values.share is None and values.lowest is None:
        yield "fewest is set, but there is no share and no place to tell; set share or lowest, or leave it out"


@procedure("service_review", ServiceReviewValues, faults=faults)
def service_review(values: ServiceReviewValues) -> Lifecycle:
    """Build the lifecycle of a review with a locality's values."""
    compared = values.share is not None or values.lowest is not None
    ours = [OURS("H3")]
    limits = [
        ("assign", values.assign, Label("转办", "Assignment"), "rate", ("assign", "archive"), PLATFORM),
        ("verify", values.verify, Label("核实", "Verification"), "assign", ("verify",), RESPONSIBLE_UNIT),
        ("rectify", values.rectify, Label("整改", "Rectification"), "start", ("answer",), RESPONSIBLE_UNIT),
        ("answer", values.answer, Label("反馈", "Feedback"), "assign", ("answer", "dismiss"), RESPONSIBLE_UNIT),
    ]
    lifecycle = Lifecycle(
        key="service_review",
        title=Label("好差评", "Service review"),
        amended_by=PLATFORM,
        erased_by=PLATFORM,
        seen_by=[PLATFORM, SUPERVISOR],
        states=[
            State("rated", Label("已评价", "Rated")),
            State("assigned", Label("已转办", "Assigned")),
            State("verified", Label("已核实", "Verified")),
            State("rectifying", Label("整改中", "Being put right")),
            State("answered", Label("已反馈", "Answered")),
            State("closed", Label("已回访", "Followed up and closed"), final=True),
            State("archived", Label("已归档", "Archived"), final=True),
            State("dismissed", Label("核实不成立", "Dismissed"), final=True),
        ],
        triggers=[
            Trigger("rate", Label("评价", "Rate"), Rating),
            Trigger("assign", Label("转办", "Assign"), Assignment),
            Trigger("verify", Label("核实", "Verify"), Verification),
            Trigger("dismiss", Label("认定不成立", "Dismiss"), Dismissal),
            Trigger("start", Label("开始整改", "Start")),
            Trigger("answer", Label("反馈", "Answer"), Feedback),
            Trigger("follow_up", Label("回访", "Follow up"), FollowUp),
            Trigger("close", Label("办结", "Close"), Closing),
            Trigger("archive", Label("归档", "Archive")),
        ],
        transitions=[
            opening(
                "rate",
                to="rated",
                by=[REVIEWER, PLATFORM],
                needs=[
                    given(H1, Label("须评定等级", "one of the five grades"), "grade"),
                    score_against_the_grade,
                    given(H2, Label("须写明评价渠道", "the channel"), "channel"),
                    other_channel_in_words,
                    given(H5, Label("须写明被评单位和事项", "the unit reviewed and the matter"), "reviewed", "matter"),
                ],
            ),
            move("archive", "rated", to="archived", by=PLATFORM, needs=rated_well),
            move(
                "assign",
                "rated",
                to="assigned",
                by=PLATFORM,
                needs=[rated_poor, given(H3, Label("须写明责任单位", "the responsible unit"), "responsible")],
            ),
            move(
                "verify",
                "assigned",
                to="verified",
                by=[RESPONSIBLE_UNIT, SUPERVISOR],
                needs=[done_by_the_unit_assigned, given(H3, Label("须写明核实情况", "facts as verified"), "facts")],
            ),
            move(
                "dismiss",
                "verified",
                to="dismissed",
                by=[PLATFORM, SUPERVISOR],
                needs=[
                    dismissed_by_another,
                    given(H3, Label("须写明不成立的理由", "why it does not stand"), "reasons", citations=ours),
                ],
            ),
            move(
                "start",
                "verified",
                to="rectifying",
                by=[RESPONSIBLE_UNIT, PLATFORM, SUPERVISOR],
                needs=done_by_the_unit_assigned,
            ),
            move(
                "start",
                "answered",
                to="rectifying",
                by=[RESPONSIBLE_UNIT, PLATFORM, SUPERVISOR],
                needs=[done_by_the_unit_assigned, not_settled],
            ),
            move(
                "answer",
                "rectifying",
                to="answered",
                by=[RESPONSIBLE_UNIT, PLATFORM, SUPERVISOR],
                needs=[
                    done_by_the_unit_assigned,
                    given(
                        H3,
                        Label("须有整改结果、情况和反馈", "outcome, what was put right and the answer given"),
                        *("outcome", "done", "answer"),
                    ),
                ],
            ),
            stay(
                "follow_up",
                "answered",
                by=[PLATFORM, SUPERVISOR],
                needs=given(
                    H3, Label("须写明评价人是否满意", "whether the reviewer is content"), "answer", citations=ours
                ),
            ),
            move("close", "answered", to="closed", by=PLATFORM, needs=followed_up),
        ],
        limits=[
            TimeLimit(
                key,
                period,
                label=label,
                starts=starts,
                met=met,
                owed_by=owed_by.key,
                warn=values.warning,
                counting=values.counting,
                rules=H3,
            )
            for key, period, label, starts, met, owed_by in limits
        ],
        duties=[
            Response("rate", ("assign", "archive"), rules=H3, label=Label("差评转办", "Assigned, or archived if good")),
            Response("assign", "verify", rules=H3, label=Label("转办后核实", "Verified once assigned")),
            Response("verify", ("start", "dismiss"), rules=H3, label=Label("核实后整改", "Put right once verified")),
            Response("start", "answer", rules=H3, label=Label("整改后反馈", "Answered once put right")),
            Never(
                left_unrectified,
                about="answer",
                occasion="answer",
                looks_at="acts",
                rules=H3,
                label=Label("拒不整改", "Not put right"),
            ),
            Holds("close", enters_the_assessment, rules=H5, label=H5.label),
            *([AcrossCases(rated_low, rules=H4, label=RATED_LOW.label)] if compared else []),
        ],
        grounds=[TO_THE_LEDGER, REFUSED, REFUSED_BY_PERSONS, *([RATED_LOW] if compared else [])],
        tallies=TALLIES,
        ledger=COLUMNS,
    )
    return with_rules(lifecycle, RULES)

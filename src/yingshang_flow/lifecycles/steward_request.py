"""项目管家 steward_request: what an enterprise or project asks its steward for, from the request to the answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import attrs

from yingshang_flow.core.analysis import with_rules
from yingshang_flow.core.duty import Holds, Never, Response
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, given, needs
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import ENTERPRISE, STEWARD, SUPERVISOR
from yingshang_flow.sources import LIAONING_REPLY as REPLY
from yingshang_flow.sources import OURS
from yingshang_flow.words import BAN, DUTY, GUARD, Cited, Label, Rule

# --- rules ------------------------------------------------------------------------------------------------------------

S1 = Rule("S1", (DUTY, GUARD), REPLY("五"), Label("有求必应", "Every request is answered"))
S2 = Rule("S2", BAN, REPLY("五"), Label("无事不扰", "No visit without a request"))
S3 = Rule("S3", (DUTY, GUARD), REPLY("五"), Label("项目管家全覆盖", "Each covered project has a steward"))
S4 = Rule("S4", DUTY, REPLY("五"), Label("建立管家台账", "The steward's ledger is kept"))

RULES: Final = (S1, S2, S3, S4)
"""Every rule of the procedure, in order."""

# --- values -----------------------------------------------------------------------------------------------------------

Kind = Literal["key_project", "industrial_enterprise", "trading_enterprise", "other"]


@attrs.frozen
class StewardRequestValues(Reminding):
    """What a locality sets; a limit that is left out is not owed.

    Attributes:
        covered: The kinds of projects and enterprises that each have a steward.
        answer: How long there is for the answer.
        warning: How long before its end the clock warns.
        counting: How days are counted.
    """

    covered: Annotated[Cited[tuple[Kind, ...]], Label("须配备项目管家的类别", "kinds that have a steward")]
    answer: Annotated[Cited[Period] | None, Label("答复期限", "until when a request is answered")]
    warning: Annotated[Cited[Period] | None, Label("到期前提醒", "warning before the end")]
    counting: Annotated[Cited[DueRules] | None, Label("期限计算规则", "how days are counted")]


# --- content ----------------------------------------------------------------------------------------------------------
# What a rule asks for may be left out here: it is then refused or found with its article, not as a malformed value.

Category = Literal["approval", "supplies", "finance", "other"]


@attrs.frozen
class Request:
    """What is asked for, by whom, and of which steward.

    Attributes:
        enterprise: The enterprise or project.
        kind: Of which kind it is.
        matter: What it asks for.
        category: What that is about.
        steward: Its steward, who may serve several.
    """

    enterprise: Annotated[str | None, Label("企业或项目", "enterprise or project")] = None
    kind: Annotated[Kind | None, Label("企业或项目类别", "kind of enterprise or project")] = None
    matter: Annotated[str | None, Label("诉求事项", "matter")] = None
    category: Annotated[Category | None, Label("诉求类别", "category")] = None
    steward: Annotated[str | None, Label("项目管家", "steward")] = None


@attrs.frozen
class Coordination:
    """The units that are brought together over it; the steward, where the request had none yet."""

    units: Annotated[tuple[str, ...], Label("协调单位", "units brought together")] = ()
    steward: Annotated[str | None, Label("项目管家", "steward")] = None


@attrs.frozen
class Answered:
    """The answer: what was done, and what the enterprise was told; the steward, where the request had none yet."""

    done: Annotated[str | None, Label("办理情况", "what was done")] = None
    answer: Annotated[str | None, Label("答复内容", "what the enterprise was told")] = None
    steward: Annotated[str | None, Label("项目管家", "steward")] = None


@attrs.frozen
class Visit:
    """A visit to the enterprise, and what it had asked for."""

    asked_for: Annotated[str | None, Label("对应诉求", "what the enterprise had asked for")] = None
    result: Annotated[str | None, Label("走访情况", "what came of it")] = None


# --- guards -----------------------------------------------------------------------------------------------------------


@needs(S3, Label("须有项目管家", "a steward is named"), of="content")
def steward_is_named(view: View[Coordination | Answered, StewardRequestValues]) -> bool:
    """Tell whether the request, its coordination or this act names a steward."""
    coordinated = view.standing.latest(Coordination)
    named = (view.latest(Request).steward, None if coordinated is None else coordinated.steward, view.content.steward)
    return any((steward or "").strip() for steward in named)


# --- duties -----------------------------------------------------------------------------------------------------------


def visits_without_a_request(
    history: Sequence[Record], _values: StewardRequestValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield visits before the request, after its answer, or of which nobody says what they were asked for."""
    open_now = False
    untold = False
    for record in history:
        if record.trigger == "visit":
            content = record.content
            untold = untold or (open_now and not isinstance(content, Visit))
            if not open_now:
                yield record.revision, record.after
            elif isinstance(content, Visit) and not (content.asked_for or "").strip():
                yield record.revision, "—"
        else:
            open_now = record.after not in ANSWERED
    if untold:
        message = "对应诉求 asked_for"
        raise LookupError(message)


def covered_without_a_steward(
    history: Sequence[Record], values: StewardRequestValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield requests of covered enterprises and projects that had no steward when they were raised."""
    for record in history:
        if record.trigger == "raise":
            request = record.content
            if not isinstance(request, Request) or request.kind is None:
                message = "企业或项目类别 kind"
                raise LookupError(message)
            if request.kind in values.covered.value and not (request.steward or "").strip():
                yield record.revision, f"{request.enterprise}: {request.kind}"


def says_what_was_done(answer: Answered) -> bool:
    """Tell whether an answer has its entry in the steward's ledger."""
    return bool((answer.done or "").strip())


# --- the spreadsheet --------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    Column("台账编号", "", "reference", aliases=("编号", "序号")),
    Column("提出日期", "raise", aliases=("诉求日期", "登记日期"), required=True),
    Column("企业或项目", "raise", "enterprise", aliases=("企业名称", "项目名称")),
    Column(
        "企业或项目类别",
        "raise",
        "kind",
        {
            "重点项目": "key_project",
            "规模以上工业企业": "industrial_enterprise",
            "限额以上商贸流通企业": "trading_enterprise",
            "其他": "other",
        },
    ),
    Column("项目管家", "raise", "steward", aliases=("管家",), required=True),
    Column("诉求事项", "raise", "matter", aliases=("诉求内容",)),
    Column(
        "诉求类别",
        "raise",
        "category",
        {"审批": "approval", "物资": "supplies", "资金": "finance", "其他": "other"},
    ),
    Column("协调日期", "coordinate"),
    Column("走访日期", "visit"),
    Column("对应诉求", "visit", "asked_for"),
    Column("解决日期", "solve"),
    Column("办理情况", "solve", "done"),
    Column("解释日期", "explain"),
    Column("解释情况", "explain", "done"),
)
"""The columns of a steward's ledger from which something can be checked."""

# --- the procedure ----------------------------------------------------------------------------------------------------

WAITING: Final = ("raised", "coordinating")
ANSWERED: Final = ("solved", "explained")


@procedure("steward_request", StewardRequestValues)
def steward_request(values: StewardRequestValues) -> Lifecycle:
    """Build the lifecycle of a request to a steward with a locality's values."""
    answered = [
        steward_is_named,
        given(S1, Label("须答复企业", "what the enterprise was told"), "answer"),
    ]
    lifecycle = Lifecycle(
        key="steward_request",
        title=Label("项目管家", "Steward request"),
        amended_by=SUPERVISOR,
        states=[
            State("raised", Label("已提出", "Raised")),
            State("coordinating", Label("协调中", "Being coordinated")),
            State("solved", Label("已解决", "Solved"), final=True),
            State("explained", Label("已解释", "Explained"), final=True),
        ],
        triggers=[
            Trigger("raise", Label("提出诉求", "Raise"), Request),
            Trigger("coordinate", Label("协调", "Coordinate"), Coordination),
            Trigger("solve", Label("解决", "Solve"), Answered),
            Trigger("explain", Label("解释", "Explain"), Answered),
            Trigger("visit", Label("走访", "Visit"), Visit),
        ],
        transitions=[
            opening(
                "raise",
                to="raised",
                by=[ENTERPRISE, STEWARD],
                needs=[
                    given(
                        S3,
                        Label("须写明企业或项目及其类别", "the enterprise or project, of its kind"),
                        "enterprise",
                        "kind",
                    ),
                    given(S1, Label("须写明诉求事项", "what is asked for"), "matter"),
                ],
            ),
            move(
                "coordinate",
                "raised",
                to="coordinating",
                by=STEWARD,
                needs=[
                    steward_is_named,
                    given(S1, Label("须写明协调单位", "the units"), "units", citations=[OURS("S1")]),
                ],
            ),
            move("solve", WAITING, to="solved", by=STEWARD, needs=answered),
            move("explain", WAITING, to="explained", by=STEWARD, needs=answered),
            stay("visit", (*WAITING, *ANSWERED), by=STEWARD, rules=S2),
        ],
        limits=[
            TimeLimit(
                "answer",
                values.answer,
                label=Label("答复", "Answer"),
                starts="raise",
                met=("solve", "explain"),
                owed_by=STEWARD.key,
                warn=values.warning,
                counting=values.counting,
                rules=S1,
            ),
        ],
        duties=[
            Response("raise", ("solve", "explain"), rules=S1, label=S1.label),
            Never(
                visits_without_a_request,
                about="visit",
                occasion="visit",
                looks_at="acts",
                rules=S2,
                label=S2.label,
            ),
            Never(covered_without_a_steward, about="raise", looks_at="acts", rules=S3, label=S3.label),
            Holds("solve", says_what_was_done, rules=S4, label=S4.label),
            Holds("explain", says_what_was_done, rules=S4, label=S4.label),
        ],
        ledger=COLUMNS,
    )
    return with_rules(lifecycle, RULES)

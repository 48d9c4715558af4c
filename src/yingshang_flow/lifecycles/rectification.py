"""专项整治 rectification: a campaign in stages, built from a locality's plan, its units owing filings."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Final, Literal

import attrs

from yingshang_flow.core.analysis import with_rules
from yingshang_flow.core.case import Case
from yingshang_flow.core.duty import AcrossCases, Ground, Never, Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import Obligors, TimeLimit, entering, leaving
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, forbids, given, needs
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import CAMPAIGN_OFFICE, LEAD_UNIT, RESPONSIBLE_UNIT
from yingshang_flow.sources import BAYUQUAN_PLAN as B
from yingshang_flow.sources import OURS
from yingshang_flow.sources import SHENYANG_CAMPAIGN as S
from yingshang_flow.words import BAN, DUTY, GROUND, GUARD, LIMIT, Cited, Label, Rule

# --- rules ------------------------------------------------------------------------------------------------------------
# Those of the campaign and of its items; a lifecycle lists the ones its profile sets values for.

Z1 = Rule("Z1", LIMIT, B("四(二)"), Label("子方案和三个清单按期报备", "Sub-plan and the three lists filed in time"))
Z2 = Rule("Z2", LIMIT, B("四(三)"), Label("每月报送进展、按期整改完毕", "Monthly progress, and all rectified in time"))
Z3 = Rule("Z3", LIMIT, B("四(四)"), Label("牵头单位按期报送总结", "Each lead unit's summary filed in time"))
Z4 = Rule("Z4", DUTY, B("三(三)5"), Label("每季度召开会议听取意见", "A meeting with outside voices each quarter"))
Z5 = Rule("Z5", LIMIT, S("四(一)"), Label("整治台账按期报送", "The ledger filed in time"))
Z6 = Rule(
    "Z6",
    LIMIT,
    (S("四(一)"), S("四(二)"), S("五(二)"), S("二(一)")),
    Label("按完成时限逐项销号", "Each item written off within its limit"),
)
Z7 = Rule("Z7", LIMIT, S("四(三)"), Label("按期总结、形成长效机制", "Summary and long-term mechanisms in time"))
Z8 = Rule("Z8", LIMIT, S("五(二)"), Label("周报告、月调度、季通报", "Weekly, monthly, quarterly accounts"))
Z9 = Rule("Z9", DUTY, S("五(四)"), Label("专项检查、社会评议、第三方评估", "Inspection, appraisal and evaluation"))
Z10 = Rule("Z10", GUARD, (S("五(二)"), B("五(一)")), Label("责任到岗到人", "Responsibility down to post and person"))
Z11 = Rule(
    "Z11",
    BAN,
    (S("四(二)"), B("四(三)")),
    Label("问题只能销号出账", "Problems leave the ledger written off"),
)
Z12 = Rule("Z12", DUTY, S("四(一)"), Label("各区县制定本地区方案", "Each district makes its own plan"))
Z13 = Rule("Z13", DUTY, (S("三"), S("四(一)"), S("五(二)")), Label("各组制定行动计划", "An action plan of every group"))
Z14 = Rule("Z14", DUTY, S("四(二)"), Label("各单位定期上报整改情况", "Every unit reports on its rectification"))
Z15 = Rule("Z15", DUTY, S("五(三)"), Label("成立专班、列出问题清单", "Every unit's task force and list of problems"))
Z16 = Rule("Z16", GROUND, S("五(四)"), Label("漠视诉求、推诿的追责", "Neglect and buck-passing are called to account"))
Z17 = Rule("Z17", DUTY, (B("四(一)"), B("五(一)")), Label("部署会议和工作方案", "Deployment meetings and work plans"))
Z18 = Rule("Z18", DUTY, B("四(三)"), Label("有记载、有措施、有整改、有制度", "Recorded, measured, rectified, ruled"))
Z19 = Rule("Z19", DUTY, B("三(三)5"), Label("检查全覆盖并通报", "Inspections cover every unit and are circulated"))
Z20 = Rule(
    "Z20", GUARD, (B("三(三)8"), B("三(三)7")), Label("欠款有还款计划、土地有时间表", "Repayment plans and timetables")
)
Z21 = Rule("Z21", GROUND, B("四(四)"), Label("整改不力的曝光问责", "Weak rectification is called to account"))

# --- values -----------------------------------------------------------------------------------------------------------


@attrs.frozen
class Stage:
    """One stage of a campaign, in the order in which it is gone through.

    Attributes:
        key: The key of the state the campaign is in meanwhile.
        zh: Its Chinese name.
        en: Its English name.
        start: Its first day; none where the plan sets none.
        end: Its last day, which may be the next stage's first; none where the plan sets none.
    """

    key: str
    zh: str
    en: str
    start: date | None = None
    end: date | None = None

    @property
    def label(self) -> Label:
        """The name with the window."""
        if self.start is None and self.end is None:
            return Label(self.zh, self.en)
        zh = f"{self.end}前" if self.start is None else f"{self.start}至{self.end or ''}"
        en = f"until {self.end}" if self.start is None else f"{self.start} to {self.end or ''}".rstrip()
        return Label(f"{self.zh}（{zh}）", f"{self.en} ({en})")


@attrs.frozen
class Group:
    """One group or action of a campaign.

    Attributes:
        key: Its short name; an obligor is written ``group/unit``.
        leads: The lead units; there may be none, and then the responsible units owe what leads do.
        responsible: The responsible units.
        others: Whether the units that the plan names as a class are responsible too; ``drafted`` adds them.
        quarterly_meeting: Whether it meets with outside voices each quarter.
    """

    key: str
    leads: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    others: bool = False
    quarterly_meeting: bool = False

    @property
    def leading(self) -> tuple[str, ...]:
        """The units that owe what leads do, as obligors."""
        return tuple(f"{self.key}/{unit}" for unit in self.leads or self.responsible)

    @property
    def all_units(self) -> tuple[str, ...]:
        """Every unit of the group, as obligors."""
        return tuple(f"{self.key}/{unit}" for unit in dict.fromkeys((*self.leads, *self.responsible)))


Evaluation = Literal["social_appraisal", "third_party"]


@attrs.frozen
class RectificationValues(Reminding):
    """What a locality's plan sets; a value that is left out switches off what depends on it.

    Attributes:
        stages: The stages, in order.
        groups: The groups with their units, as ``draft`` is prefilled with them.
        others: The units that the plan names as a class, responsible in each group that says so.
        plan: Until when each lead unit files its sub-plan and lists.
        ledger: Until when each lead unit files its ledger.
        weekly: How often each lead unit reports from issue to close.
        monthly: How often lead and responsible units report during ``monthly_stage``.
        monthly_stage: The stage in which they do.
        monthly_first: Whether they already do for the month in which that stage begins, or from the next one on.
        dispatch: How often the campaign office dispatches.
        circular: How often the campaign office circulates results.
        meeting: How often groups with quarterly meetings meet.
        meeting_first: Whether they already do in the quarter in which the campaign is issued, or from the next one on.
        lead_summary: Until when each lead unit files its summary.
        summary: Until when each lead and responsible unit files its summary.
        warning: How long before its end a deadline warns.
        counting: How days are counted.
        districts: The districts that make a plan of their own.
        group_plans: Whether each group owes an action plan.
        unit_reports: Whether every unit reports on its rectification and lists its problems.
        deployment_meetings: Whether every unit meets for deployment and makes a work plan.
        inspect_all: Whether inspections cover every unit and are circulated.
        evaluations: What has to evaluate the results, besides a special inspection.
        neglect: Whether neglect found gives reason to open accountability.
        weakness: Whether weak implementation at the end does.
    """

    stages: Annotated[Cited[tuple[Stage, ...]], Label("阶段", "stages")]
    groups: Annotated[Cited[tuple[Group, ...]], Label("专项整治组", "groups")]
    others: Annotated[Cited[tuple[str, ...]] | None, Label("统称的责任单位", "units named as a class")]
    plan: Annotated[Cited[Period] | None, Label("分方案期限", "limit of the sub-plan")]
    ledger: Annotated[Cited[Period] | None, Label("台账期限", "limit of the ledger")]
    weekly: Annotated[Cited[Period] | None, Label("周报", "weekly report")]
    monthly: Annotated[Cited[Period] | None, Label("月报", "monthly report")]
    monthly_stage: Annotated[Cited[str] | None, Label("月报所在阶段", "stage of the monthly reports")]
    monthly_first: Annotated[
        Cited[Literal["current", "next"]] | None, Label("月报起始月", "first month of the monthly reports")
    ]
    dispatch: Annotated[Cited[Period] | None, Label("调度", "dispatch")]
    circular: Annotated[Cited[Period] | None, Label("通报", "circular")]
    meeting: Annotated[Cited[Period] | None, Label("座谈会", "meetings")]
    meeting_first: Annotated[
        Cited[Literal["current", "next"]] | None, Label("座谈会起始季度", "first quarter of the meetings")
    ]
    lead_summary: Annotated[Cited[Period] | None, Label("牵头单位总结期限", "limit of the lead units' summary")]
    summary: Annotated[Cited[Period] | None, Label("总结期限", "limit of the summary")]
    warning: Annotated[Cited[Period] | None, Label("到期前提醒", "warning before the end")]
    counting: Annotated[Cited[DueRules] | None, Label("期限计算规则", "how days are counted")]
    districts: Annotated[
        Cited[tuple[str, ...]] | None, Label("自行制定方案的区县", "districts that make a plan of their own")
    ]
    group_plans: Annotated[Cited[bool] | None, Label("各组行动方案", "an action plan of each group")]
    unit_reports: Annotated[Cited[bool] | None, Label("各单位整改报告和清单", "reports and lists of every unit")]
    deployment_meetings: Annotated[Cited[bool] | None, Label("部署会和工作方案", "deployment meetings and work plans")]
    inspect_all: Annotated[Cited[bool] | None, Label("督查全覆盖", "inspections cover every unit")]
    evaluations: Annotated[Cited[tuple[Evaluation, ...]] | None, Label("评价方式", "evaluations")]
    neglect: Annotated[Cited[bool] | None, Label("漠视诉求追责", "neglect leads to accountability")]
    weakness: Annotated[Cited[bool] | None, Label("落实不力追责", "weak implementation leads to accountability")]


RESERVED: Final = ("drafted", "closed", "cancelled")
"""The states before and after the stages."""


def faults(values: RectificationValues) -> Iterator[str]:
    """Yield what is wrong with a plan: windows, keys and units that do not go together."""
    stages = values.stages.value
    keys = [stage.key for stage in stages]
    if not stages:
        yield "stages is empty; a campaign has at least one stage"
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1 or key in RESERVED or not key.isidentifier():
            yield f"stages: {key!r} stands twice, is taken or is no identifier; give each stage a key of its own"
    yield from _window_faults(stages)
    for where, problem in group_faults(_filled(values)):
        yield f"groups: {where} {problem}"
    if (values.monthly is None) != (values.monthly_stage is None):
        yield "monthly and monthly_stage go together; give both or neither"
    if values.monthly_stage is not None and values.monthly_stage.value not in keys:
        yield f"monthly_stage {values.monthly_stage.value!r} is no stage; there are {', '.join(keys)}"


def _window_faults(stages: Sequence[Stage]) -> Iterator[str]:
    for stage in stages:
        if stage.start is not None and stage.end is not None and stage.end < stage.start:
            yield f"stages: {stage.key} ends on {stage.end}, before it starts on {stage.start}; exchange them"
    for earlier, later in pairwise([stage for stage in stages if stage.start is not None or stage.end is not None]):
        end, start = earlier.end or earlier.start, later.start or later.end
        if end is not None and start is not None and start < end:
            yield f"stages: {later.key} begins on {start}, before {earlier.key} ends on {end}; one day may be shared"


def _is_name(name: str) -> bool:
    """Tell whether a name can stand in an obligor, and cannot be taken for another one."""
    return bool(name) and name == unicodedata.normalize("NFKC", name).strip() and name.isprintable() and "/" not in name


def group_faults(groups: Iterable[Group]) -> Iterator[tuple[str, str]]:
    """Yield groups whose names or units cannot be told apart, or that nobody is in."""
    seen: set[str] = set()
    for group in groups:
        if not _is_name(group.key):
            yield repr(group.key), "is no name; an obligor is written group/unit"
        if group.key in seen:
            yield repr(group.key), "stands twice"
        seen.add(group.key)
        if not group.leads and not group.responsible:
            yield repr(group.key), "has neither a lead nor a responsible unit"
        for units in (group.leads, group.responsible):
            for unit in dict.fromkeys(units):
                if units.count(unit) > 1:
                    yield repr(group.key), f"names {unit!r} twice"
                if not _is_name(unit):
                    yield repr(group.key), f"names a unit {unit!r}; a unit has a name, and no slash in it"


# --- content ----------------------------------------------------------------------------------------------------------


@attrs.frozen
class Draft:
    """A campaign as drafted."""

    title: str
    groups: Annotated[tuple[Group, ...], Label("各组及单位", "groups and units")] = ()
    locality: str | None = None


@attrs.frozen
class Issue:
    """The plan as issued."""

    number: str | None = None


@attrs.frozen
class Filing:
    """Something filed by a unit of a group; a joint one names everybody it counts for.

    It meets the oldest deadline owed, or the one it names by its due date.
    """

    title: str
    obligors: tuple[str, ...] = ()
    due: date | None = None


@attrs.frozen
class Meeting:
    """A meeting of a group; with its guests, if it heard outside voices."""

    title: str
    guests: tuple[str, ...] = ()
    obligors: tuple[str, ...] = ()
    due: date | None = None


@attrs.frozen
class Dispatch:
    """A dispatch or a circular of the campaign office."""

    title: str
    due: date | None = None


@attrs.frozen
class Inspection:
    """An inspection of the units it names."""

    obligors: tuple[str, ...]
    findings: str


@attrs.frozen
class Assessment:
    """An evaluation of the results."""

    kind: Evaluation
    result: str


@attrs.frozen
class Closing:
    """The end of a campaign."""

    assessment: Annotated[str | None, Label("结果运用", "what its results are used for")] = None


@attrs.frozen
class Cancelling:
    """Why a campaign is called off."""

    reason: Annotated[str | None, Label("理由", "reason")] = None


def drafted(lifecycle: Lifecycle, *, locality: str | None = None) -> Draft:
    """Return the draft of a campaign, prefilled from the plan of its profile.

    Args:
        lifecycle: A ``rectification`` bound to a profile.
        locality: The place, of a district's own campaign.
    """
    values: RectificationValues = lifecycle.values
    return Draft(lifecycle.title.zh, _filled(values), locality)


def _filled(values: RectificationValues) -> tuple[Group, ...]:
    """Return the groups of a plan with the units of the open class in them."""
    others = () if values.others is None else values.others.value
    return tuple(
        attrs.evolve(group, responsible=tuple(dict.fromkeys((*group.responsible, *others))), others=False)
        if group.others
        else group
        for group in values.groups.value
    )


# --- who owes ---------------------------------------------------------------------------------------------------------


def _groups(case: Case) -> tuple[Group, ...]:
    draft = case.latest(Draft)
    return () if draft is None else draft.groups


def all_units_of(case: Case) -> tuple[str, ...]:
    """Return every unit of every group."""
    return tuple(unit for group in _groups(case) for unit in group.all_units)


def leads_of(case: Case) -> tuple[str, ...]:
    """Return the lead units of every group, the responsible ones where there is none."""
    return tuple(unit for group in _groups(case) for unit in group.leading)


def meeting_units_of(case: Case) -> tuple[str, ...]:
    """Return the lead units of the groups that meet each quarter."""
    return tuple(unit for group in _groups(case) if group.quarterly_meeting for unit in group.leading)


FILERS: Final = ("lead_unit", "responsible_unit")
UNITS = Obligors("units", Label("组内单位", "unit of a group"), all_units_of, FILERS)
LEADS = Obligors("leads", Label("牵头单位", "lead unit of a group"), leads_of, FILERS, within=UNITS)
MEETING = Obligors(
    "meeting", Label("季度会议单位", "unit that meets quarterly"), meeting_units_of, FILERS, within=UNITS
)


def with_guests(meeting: Meeting) -> bool:
    """Tell whether a meeting heard outside voices."""
    return bool(meeting.guests)


# --- guards -----------------------------------------------------------------------------------------------------------


@forbids(Z13, Label("各组须有单位、不得重复", "every group has units and a name of its own"), citations=[OURS("Z13")])
def groups_that_cannot_be(view: View[Draft, RectificationValues]) -> Iterator[str]:
    """Yield groups nobody is in, or that cannot be told apart."""
    for group, problem in group_faults(view.content.groups):
        yield f"{group} {problem}"


def is_campaign(case: Case) -> bool:
    """Tell whether a case is a campaign, also one of a lifecycle derived from this one."""
    return case.opening.lifecycle == "rectification" or case.latest(Draft) is not None


def is_item(case: Case) -> bool:
    """Tell whether a case is an item of a ledger, also one of a lifecycle derived from the shipped one."""
    return case.opening.lifecycle == "rectification_item" or case.fact("list") is not None


def is_running(campaign: Case) -> bool:
    """Tell whether a case is a campaign that has been issued and has not ended."""
    return is_campaign(campaign) and campaign.state not in RESERVED


def is_closed(campaign: Case) -> bool:
    """Tell whether a case is a campaign that has been closed."""
    return is_campaign(campaign) and campaign.state == "closed"


@needs(Z12, Label("须属于进行中的专项整治", "a part of a running campaign"), citations=[OURS("Z12")])
def below_a_running_campaign(view: View[object, RectificationValues]) -> bool:
    """Tell whether a campaign stands for itself, or below one that goes on."""
    return view.related.parent is None or is_running(view.related.parent)


@forbids(Z11, Label("尚有未销号且未结转的问题", "no problem is left open"), citations=[OURS("Z11")])
def items_left_open(view: View[Closing, RectificationValues]) -> Iterator[str]:
    """Yield the items that are neither written off nor carried over with a reason."""
    for case_id in view.related.open_ids:
        item = view.related.child(case_id)
        if is_item(item) and not _carried_over(item):
            yield item.opening.reference or case_id


def _carried_over(item: Case) -> bool:
    """Tell whether an item goes on after the campaign; what was said before it came back does not count."""
    carried, back = item.fact("carry_over"), item.fact("rebound")
    return carried is not None and (back is None or back.revision < carried.revision)


# --- duties -----------------------------------------------------------------------------------------------------------

Cases = Sequence[tuple[Case, Sequence[Record]]]


def _campaigns(cases: Cases) -> Iterator[tuple[Case, Sequence[Record]]]:
    """Yield the campaigns of a city, not those of its districts."""
    for case, records in cases:
        if is_campaign(case) and case.opening.parent is None:
            yield case, records


def items_open_at_the_end(cases: Cases, values: RectificationValues) -> Iterator[tuple[str, str]]:
    """Yield campaigns whose last stage was entered with items neither written off nor carried over."""
    last = values.stages.value[-1].key
    items = [(case, records) for case, records in cases if is_item(case)]
    campaigns = {case.id: case.entered.get(last) for case, _ in cases if is_campaign(case)}
    for item, records in items:
        entered = campaigns.get(item.opening.parent or "")
        if entered is None or not item.opened.before(entered):
            continue
        before = [record for record in records if not entered.before(record.occurred_at)]
        said = [record.trigger for record in before if record.trigger in {"carry_over", "rebound"}]
        if before[-1].after != "written_off" and said[-1:] != ["carry_over"]:
            yield item.opening.parent or "", item.opening.reference or item.id


def districts_without_a_plan(cases: Cases, values: RectificationValues) -> Iterator[tuple[str, str]]:
    """Yield campaigns past their first stage in which a district has made no plan of its own."""
    wanted = () if values.districts is None else values.districts.value
    first = values.stages.value[0].key
    for campaign, _ in _campaigns(cases):
        if campaign.state in {"drafted", first, "cancelled"}:
            continue
        parts = [case for case, _ in cases if case.opening.parent == campaign.id and case.state != "cancelled"]
        plans = [case.latest(Draft) for case in parts]
        made = {plan.locality for plan in plans if plan is not None}
        yield from ((campaign.id, district) for district in wanted if district not in made)


def evaluations_missing(
    history: Sequence[Record], values: RectificationValues, _now: datetime
) -> Iterator[tuple[int, str]]:
    """Yield what had not evaluated a campaign when it was closed, and a result that is used for nothing.

    Raises:
        LookupError: It has not been closed yet, or of an evaluation or the closing there is no content.
    """
    wanted = () if values.evaluations is None else values.evaluations.value
    told = [record.content for record in history if record.trigger in {"evaluate", "close"}]
    if history[-1].trigger != "close" or None in told:
        raise LookupError("close")
    done = {content.kind for content in told if isinstance(content, Assessment)}
    yield from ((history[-1].revision, kind) for kind in wanted if kind not in done)
    if not any(isinstance(content, Closing) and (content.assessment or "").strip() for content in told):
        yield history[-1].revision, "assessment"


NEGLECT = Ground(
    "neglect",
    Z16,
    Label("漠视诉求、不担当、推诿", "neglect or buck-passing found"),
    opens="accountability",
    breaches=(Z14, Z15),  # how it is recognised is ours: units that never reported or listed a problem
)
INSPECTED = Ground(
    "inspected",
    (Z16, Z21),
    Label("检查发现的问题可登记为线索", "what an inspection found can be registered as a clue"),
    opens="accountability",
    acts="inspect",
)
WEAKNESS = Ground(
    "weakness",
    Z21,
    Label("整改不力、敷衍塞责", "weak or feigned rectification"),
    opens="accountability",
    breaches=(Z3, Z11, Z17),  # likewise: what can only be found at the end
)
ITEMS = Ground(
    "items",
    Z11,  # what is to leave the ledger written off has to stand in it
    Label("台账条目须逐条立项", "each problem of a ledger is listed as an item"),
    opens="rectification_item",
    acts="file_ledger",
    as_part=True,
)
RULES: Final = (
    *(Z1, Z2, Z3, Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11),
    *(Z12, Z13, Z14, Z15, Z16, Z17, Z18, Z19, Z20, Z21),
)

# --- the procedure ----------------------------------------------------------------------------------------------------


def _on(switch: Cited[bool] | None) -> bool:
    return switch is not None and switch.value


FILINGS: Final = ("plan", "ledger", "weekly", "monthly", "meeting", "lead_summary", "summary")
"""The limits that lead and responsible units owe; the rest are the campaign office's own."""


def _tallies(values: RectificationValues) -> tuple[Tally, ...]:
    """Return what is counted, for the unit that owes each filing; ours, as the documents name no measure."""
    filings = tuple(key for key in FILINGS if getattr(values, key) is not None)
    counted = (
        Tally(key="due", label=Label("应报材料", "filings due"), due=filings),
        Tally(key="in_time", label=Label("按期报送", "filed in time"), in_time=filings),
    )
    return counted if filings else ()


@procedure("rectification", RectificationValues, faults=faults)
def rectification(values: RectificationValues) -> Lifecycle:
    """Build the campaign lifecycle from a locality's plan."""
    stages = values.stages.value
    keys = tuple(stage.key for stage in stages)
    filers = (LEAD_UNIT, RESPONSIBLE_UNIT)
    planning = Z13 if _on(values.group_plans) else Z1
    monthly_stage = keys[0] if values.monthly_stage is None else values.monthly_stage.value
    called = (*([Z16] if _on(values.neglect) else []), *([Z21] if _on(values.weakness) else []))
    lifecycle = Lifecycle(
        key="rectification",
        title=Label("专项整治", "Special rectification"),
        amended_by=CAMPAIGN_OFFICE,
        states=[
            State("drafted", Label("方案起草", "Drafted")),
            *(State(stage.key, stage.label) for stage in stages),
            State("closed", Label("已结束", "Closed"), final=True),
            State("cancelled", Label("已取消", "Cancelled"), final=True),
        ],
        triggers=[
            Trigger("draft", Label("起草方案", "Draft"), Draft),
            Trigger("issue", Label("印发方案", "Issue"), Issue),
            *([Trigger("advance", Label("转入下一阶段", "Go on to the next stage"))] if len(keys) > 1 else []),
            Trigger("file_plan", Label("报送行动方案", "File the plan"), Filing, each=UNITS),
            Trigger("file_ledger", Label("报送台账", "File the ledger"), Filing, each=UNITS),
            Trigger("hold_meeting", Label("召开会议", "Hold a meeting"), Meeting, each=UNITS),
            Trigger("report", Label("报告进展", "Report"), Filing, each=UNITS),
            Trigger("dispatch", Label("调度", "Dispatch"), Dispatch),
            Trigger("circulate", Label("通报", "Circulate"), Dispatch),
            Trigger("inspect", Label("专项检查", "Inspect"), Inspection, each=UNITS),
            Trigger("evaluate", Label("评议评估", "Evaluate"), Assessment),
            Trigger("file_summary", Label("报送总结", "File the summary"), Filing, each=UNITS),
            Trigger("close", Label("结束整治", "Close"), Closing),
            Trigger("cancel", Label("取消整治", "Cancel"), Cancelling),
        ],
        transitions=[
            opening(
                "draft",
                to="drafted",
                by=CAMPAIGN_OFFICE,
                needs=[
                    given(
                        planning,
                        Label("须列明各组及单位", "the groups and their units"),
                        "groups",
                        citations=[OURS(planning.id)],
                    ),
                    *(
                        attrs.evolve(need, rules=(planning,), citations=(OURS(planning.id),))
                        for need in (groups_that_cannot_be, below_a_running_campaign)
                    ),
                ],
            ),
            move("issue", "drafted", to=keys[0], by=CAMPAIGN_OFFICE),
            *(move("advance", here, to=there, by=CAMPAIGN_OFFICE) for here, there in pairwise(keys)),
            stay("file_plan", keys, by=filers),
            stay("file_ledger", keys, by=filers),
            stay("hold_meeting", keys, by=filers),
            stay("report", keys, by=filers),
            stay("dispatch", keys, by=CAMPAIGN_OFFICE),
            stay("circulate", keys, by=CAMPAIGN_OFFICE),
            stay("inspect", keys, by=CAMPAIGN_OFFICE),
            stay("evaluate", keys, by=CAMPAIGN_OFFICE),
            stay("file_summary", keys[-1], by=filers),
            move("close", keys[-1], to="closed", by=CAMPAIGN_OFFICE, needs=items_left_open),
            move(
                "cancel",
                ("drafted", *keys),
                to="cancelled",
                by=CAMPAIGN_OFFICE,
                needs=given(planning, Label("须写明理由", "a reason"), "reason", citations=[OURS(planning.id)]),
            ),
        ],
        limits=[
            TimeLimit(
                "plan",
                values.plan,
                label=Label("子方案和清单", "Sub-plan and lists"),
                starts="issue",
                met="file_plan",
                each=LEADS,
                counting=values.counting,
                rules=Z1,
                warn=values.warning,
            ),
            TimeLimit(
                "ledger",
                values.ledger,
                label=Label("整治台账", "Ledger"),
                starts="issue",
                met="file_ledger",
                each=LEADS,
                counting=values.counting,
                rules=Z5,
                warn=values.warning,
            ),
            TimeLimit(
                "weekly",
                values.weekly,
                label=Label("周报告", "Weekly report"),
                starts="issue",
                met="report",
                each=LEADS,
                repeats=True,
                counting=values.counting,
                rules=Z8,
            ),
            TimeLimit(
                "monthly",
                values.monthly,
                label=Label("月报告", "Monthly report"),
                starts=entering(monthly_stage),
                stops=leaving(monthly_stage),
                met="report",
                each=UNITS,
                repeats=True,
                first="current" if values.monthly_first is None else values.monthly_first.value,
                counting=values.counting,
                rules=Z2,
            ),
            TimeLimit(
                "dispatch",
                values.dispatch,
                label=Label("月调度", "Monthly dispatch"),
                starts="issue",
                met="dispatch",
                owed_by=CAMPAIGN_OFFICE.key,
                repeats=True,
                counting=values.counting,
                rules=Z8,
            ),
            TimeLimit(
                "circular",
                values.circular,
                label=Label("季通报", "Quarterly circular"),
                starts="issue",
                met="circulate",
                owed_by=CAMPAIGN_OFFICE.key,
                repeats=True,
                counting=values.counting,
                rules=Z8,
            ),
            TimeLimit(
                "meeting",
                values.meeting,
                label=Label("季度会议", "Quarterly meeting"),
                starts="issue",
                met="hold_meeting",
                meets=with_guests,
                each=MEETING,
                repeats=True,
                first="current" if values.meeting_first is None else values.meeting_first.value,
                counting=values.counting,
                rules=Z4,
            ),
            TimeLimit(
                "lead_summary",
                values.lead_summary,
                label=Label("牵头单位总结", "Summary of the lead unit"),
                starts="issue",
                met="file_summary",
                each=LEADS,
                counting=values.counting,
                rules=Z3,
                warn=values.warning,
            ),
            TimeLimit(
                "summary",
                values.summary,
                label=Label("总结", "Summary"),
                starts="issue",
                met="file_summary",
                each=UNITS,
                counting=values.counting,
                rules=Z7,
                warn=values.warning,
            ),
        ],
        duties=[
            AcrossCases(items_open_at_the_end, rules=Z11, label=Z11.label),
            *([AcrossCases(districts_without_a_plan, rules=Z12, label=Z12.label)] if values.districts else []),
            *(
                [Response("issue", "file_plan", each=LEADS, unless="cancel", rules=Z13, label=Z13.label)]
                if _on(values.group_plans)
                else []
            ),
            *(
                [
                    Response("issue", "report", each=UNITS, unless="cancel", rules=Z14, label=Z14.label),
                    Response("issue", "file_ledger", each=UNITS, unless="cancel", rules=Z15, label=Z15.label),
                ]
                if _on(values.unit_reports)
                else []
            ),
            *(
                [
                    Response("issue", "inspect", unless="cancel", rules=Z9, label=Z9.label),
                    Never(evaluations_missing, rules=Z9, label=Z9.label),
                ]
                if values.evaluations
                else []
            ),
            *(
                [
                    Response("issue", "hold_meeting", each=UNITS, unless="cancel", rules=Z17, label=Z17.label),
                    Response("issue", "file_plan", each=UNITS, unless="cancel", rules=Z17, label=Z17.label),
                ]
                if _on(values.deployment_meetings)
                else []
            ),
            *(
                [
                    Response("issue", "inspect", each=UNITS, unless="cancel", rules=Z19, label=Z19.label),
                    Response("inspect", "circulate", rules=Z19, label=Z19.label),
                ]
                if _on(values.inspect_all)
                else []
            ),
        ],
        tallies=_tallies(values),
        grounds=[
            ITEMS,
            *([attrs.evolve(INSPECTED, rules=called)] if called else []),
            *([NEGLECT] if _on(values.neglect) else []),
            *([WEAKNESS] if _on(values.weakness) else []),
        ],
    )
    return with_rules(lifecycle, RULES)

"""任务台账 task: one task of a plan, from its assignment until every milestone is reached, or long-term ever after."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeVar

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.analysis import with_rules
from yingshang_flow.core.case import Case
from yingshang_flow.core.duty import Ground, Never, Response
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, field_label, forbids, given, needs, settled
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import INSPECTOR, LEAD_UNIT, RESPONSIBLE_UNIT, SUPERVISOR
from yingshang_flow.sources import BAYUQUAN_PLAN, OURS
from yingshang_flow.sources import DALIAN_OPINION as OPINION
from yingshang_flow.words import DUTY, GROUND, GUARD, LIMIT, Cited, Label, Rule

C = TypeVar("C")

# --- rules ------------------------------------------------------------------------------------------------------------

L1 = Rule("L1", GUARD, OPINION("四至九"), Label("明确单位和完成时限", "Whose task it is, and until when"))
L2 = Rule("L2", GUARD, OPINION("十"), Label("细化后推进", "Worked out before it is under way"))
L3 = Rule("L3", LIMIT, OPINION("四至九"), Label("按期完成各节点", "Each milestone reached in time"))
L4 = Rule(
    "L4",
    (DUTY, LIMIT),
    (OPINION("十一"), BAYUQUAN_PLAN("四(三)")),
    Label("督查问题挂账整改", "What an inspection finds is listed and cleared"),
)
L5 = Rule(
    "L5",
    GUARD,
    (OPINION("十"), BAYUQUAN_PLAN("四(三)")),
    Label("主要负责人为第一责任人", "The principal leader is responsible first"),
)
L6 = Rule(
    "L6",
    (GUARD, LIMIT, DUTY, GROUND),
    OPINION("九24"),
    Label("未兑现的承诺限期整改", "An unkept promise is put right in time, or accounted for"),
)
RULES: Final = (L1, L2, L3, L4, L5, L6)

# --- values -----------------------------------------------------------------------------------------------------------

Paper = Literal["timetable", "task_sheet", "road_map", "responsibilities"]


@attrs.frozen
class TaskValues(Reminding):
    """What a locality sets for the tasks of its plan.

    Attributes:
        papers: What is on file before a task is under way.
        principal: Whether the principal leader of each unit that leads is on record as responsible first.
        promises: Whether an unkept public promise is put right within a limit, with accountability after that.
        warning: How long before a milestone the clock warns; none for no warning.
        counting: How days are counted.
    """

    papers: Annotated[Cited[tuple[Paper, ...]], Label("须细化的材料", "papers a plan consists of")]
    principal: Annotated[Cited[bool], Label("主要负责人为第一责任人", "the principal leader is first responsible")]
    promises: Annotated[Cited[bool], Label("承诺兑现的追责", "unkept promises are followed up")]
    warning: Annotated[Cited[Period] | None, Label("到期前提醒", "warning before the end")]
    counting: Annotated[Cited[DueRules] | None, Label("期限计算规则", "how days are counted")]


# --- content ----------------------------------------------------------------------------------------------------------
# What a rule asks for may be left out here: it is then refused with its article, not as a malformed value.

Schedule = Literal["task", "timetable"]


@attrs.frozen
class Assignment:
    """A task as the plan has it.

    Attributes:
        number: Its number in the plan.
        title: Its name.
        leads: The lead units; there may be none, and then a responsible unit does what they do.
        responsible: The responsible units that are named.
        others: Those that are named only as a class, in the plan's words: any unit may say that it is one of them.
        milestones: Until when each milestone is to be reached, in order.
        stages: What each milestone is, in a few words: as many as there are milestones, or none.
        open_ended: Whether it goes on for good, 长期推进, after its milestones if it has any.
        as_scheduled: Whether it keeps to the timetable that its own units work out, 按序时进度.
        article: Where in the plan it stands.
    """

    number: Annotated[int | None, Label("任务序号", "number")] = None
    title: Annotated[str | None, Label("任务名称", "name of the task")] = None
    leads: Annotated[tuple[str, ...], Label("牵头单位", "lead units")] = ()
    responsible: Annotated[tuple[str, ...], Label("责任单位", "responsible units")] = ()
    others: Annotated[tuple[str, ...], Label("其他责任单位", "other responsible units, as a class")] = ()
    milestones: Annotated[tuple[date, ...], Label("完成时限", "milestones")] = ()
    stages: Annotated[tuple[str, ...], Label("阶段目标", "what each milestone is")] = ()
    open_ended: Annotated[bool, Label("长期推进", "goes on for good")] = False
    as_scheduled: Annotated[bool, Label("按序时进度", "as scheduled")] = False
    article: Annotated[str | None, Label("依据条款", "where it stands")] = None


@attrs.frozen
class Responsibility:
    """One entry of the responsibility list: a unit, its principal leader and who else answers for it."""

    unit: str
    principal: Annotated[str | None, Label("主要负责人", "principal leader")] = None
    persons: tuple[str, ...] = ()


@attrs.frozen
class WorkPlan:
    """How the units mean to do it; a later plan takes the place of an earlier one."""

    timetable: Annotated[tuple[date, ...], Label("时间表", "timetable")] = ()
    task_sheet: Annotated[str | None, Label("任务书", "task sheet")] = None
    road_map: Annotated[str | None, Label("路线图", "road map")] = None
    responsibilities: Annotated[tuple[Responsibility, ...], Label("责任制清单", "responsibility list")] = ()


@attrs.frozen
class Progress:
    """How the task goes; a public promise that was not kept is named."""

    text: Annotated[str | None, Label("进展情况", "how it goes")] = None
    unkept: Annotated[str | None, Label("未兑现的承诺", "the promise not kept")] = None


@attrs.frozen
class Reached:
    """A milestone as reached: one of the task, or of the units' own timetable.

    It meets the oldest one owed, or the one it names by its due date.
    """

    result: Annotated[str | None, Label("完成情况", "what was done")] = None
    of: Schedule = "task"
    due: date | None = None


@attrs.frozen
class Listing:
    """What an inspection found, as listed; a promise that was not kept is named with its measures and limit."""

    findings: Annotated[tuple[str, ...], Label("问题清单", "findings")] = ()
    measures: Annotated[str | None, Label("整改措施", "measures")] = None
    time_limit: Annotated[date | None, Label("整改时限", "time limit")] = None
    unkept: Annotated[str | None, Label("未兑现的承诺", "the promise not kept")] = None


@attrs.frozen
class Clearance:
    """The list as cleared."""

    result: Annotated[str | None, Label("整改情况", "what was put right")] = None
    evidence: Annotated[str | None, Label("核验情况", "how that was checked")] = None


@attrs.frozen
class Completion:
    """The task as done."""

    result: Annotated[str | None, Label("完成情况", "what was done")] = None


# --- what a case is about ---------------------------------------------------------------------------------------------


def keeps_its_own_timetable(case: Case) -> bool:
    """Tell whether a task keeps to its units' own timetable."""
    task = case.latest(Assignment)
    return task is not None and task.as_scheduled


def lists_a_promise(case: Case) -> bool:
    """Tell whether what is listed is a promise that was not kept."""
    listing = case.latest(Listing)
    return listing is not None and _said(listing.unkept)


def lists_no_promise(case: Case) -> bool:
    """Tell whether what is listed is anything but a promise."""
    return not lists_a_promise(case)


def of_the_task(reached: Reached) -> bool:
    """Tell whether a milestone of the task was reached."""
    return reached.of == "task"


def of_the_timetable(reached: Reached) -> bool:
    """Tell whether a date of the units' own timetable was reached."""
    return reached.of == "timetable"


def leading(task: Assignment) -> tuple[str, ...]:
    """Return the units that do what leads do: the leads, or where there is none, the responsible units named."""
    return task.leads or task.responsible


def _said(text: str | None) -> bool:
    return bool((text or "").strip())


# --- guards -----------------------------------------------------------------------------------------------------------

TaskView = View[Assignment, TaskValues]
StandingView = View[object, TaskValues]


@needs(L1, Label("须有牵头单位或指明的责任单位", "a lead unit, or a responsible unit that is named"), of="content")
def somebody_leads(view: TaskView) -> bool:
    """Tell whether somebody is there to do it; who is named only as a class is not."""
    return bool(leading(view.content))


@needs(L1, Label("须有责任单位", "responsible units, named or as a class"), of="content")
def somebody_is_responsible(view: TaskView) -> bool:
    """Tell whether a task has responsible units."""
    return bool(view.content.responsible or view.content.others)


@needs(
    L1,
    Label("须有完成时限：节点、长期推进或按序时进度", "milestones, for good, or as scheduled"),
    of="content",
)
def has_a_schedule(view: TaskView) -> bool:
    """Tell whether it is said until when the task is done, in any of the three forms."""
    task = view.content
    return bool(task.milestones) or task.open_ended or task.as_scheduled


@forbids(
    L3, Label("各节点须依次晚于下达之日", "milestones come one after the other, after the act"), citations=[OURS("L3")]
)
def milestones_out_of_order(view: TaskView) -> Iterator[str]:
    """Yield milestones that do not lie after the assignment, or not after the one before."""
    yield from _out_of_order(view, view.content.milestones)


@forbids(
    L3,
    Label("时间表各日期须依次晚于办理之日", "dates of a timetable come one after the other, after the act"),
    citations=[OURS("L3")],
)
def timetable_out_of_order(view: View[WorkPlan, TaskValues]) -> Iterator[str]:
    """Yield dates of a timetable that do not lie after the act, or not after the one before."""
    yield from _out_of_order(view, view.content.timetable)


def _out_of_order(view: View[C, TaskValues], dates: Sequence[date]) -> Iterator[str]:
    last = None if view.at is None else view.at.date
    for day in dates:
        if last is not None and day <= last:
            yield f"{day} ≤ {last}"
        last = day


@needs(
    L3,
    Label("阶段目标与节点须一一对应", "as many stages as milestones, or none"),
    of="content",
    citations=[OURS("L3")],
)
def stages_fit_the_milestones(view: TaskView) -> bool:
    """Tell whether each milestone says what it is, or none does."""
    return len(view.content.stages) in {0, len(view.content.milestones)}


def _leads(task: Assignment, actor: Actor) -> bool:
    if task.leads:
        return actor.role == LEAD_UNIT.key and actor.unit in task.leads
    return actor.role == RESPONSIBLE_UNIT.key and actor.unit in task.responsible


@needs(
    L1,
    Label(
        "须由牵头单位办理，没有牵头单位的由责任单位办理",
        "done by a lead unit; where nobody leads, by a responsible one",
    ),
    citations=[OURS("L1")],
)
def done_by_a_lead(view: StandingView) -> bool:
    """Tell whether who acts leads the task."""
    return _leads(view.latest(Assignment), view.actor)


@needs(L1, Label("须由本任务的单位办理", "done by a unit of the task"), citations=[OURS("L1")])
def done_by_a_unit_of_it(view: StandingView) -> bool:
    """Tell whether who acts has the task; of a class only the unit itself can say that it is one of them."""
    task, actor = view.latest(Assignment), view.actor
    responsible = actor.role == RESPONSIBLE_UNIT.key and (bool(task.others) or actor.unit in task.responsible)
    return responsible or _leads(task, actor)


@forbids(L2, Label("推进前须有时间表、任务书、路线图和责任制清单", "the papers are on file"), of="case")
def papers_missing(view: StandingView) -> Iterator[str]:
    """Yield what the latest plan lacks of the papers that the profile asks for."""
    plan = view.latest(WorkPlan)
    for paper in view.values.papers.value:
        value = getattr(plan, paper)
        if not (_said(value) if isinstance(value, str) else value):
            yield str(field_label(WorkPlan, paper))


@forbids(L5, Label("牵头办理的单位须载明主要负责人", "the principal leader of each unit that leads is on record"))
def leads_without_a_principal(view: View[WorkPlan, TaskValues]) -> Iterator[str]:
    """Yield the units that lead and whose principal leader is not in the responsibility list."""
    named = {entry.unit for entry in view.content.responsibilities if _said(entry.principal)}
    yield from (unit for unit in dict.fromkeys(leading(view.latest(Assignment))) if unit not in named)


@needs(
    L3,
    Label("须有待完成的节点", "a milestone of that kind is still to be reached"),
    of="content",
    citations=[OURS("L3")],
)
def something_is_owed(view: View[Reached, TaskValues]) -> bool:
    """Tell whether a milestone of the task, or of its units' own timetable, is still to be reached."""
    reached = view.content
    owed = view.standing.owed("milestone" if of_the_task(reached) else "timetable")
    return any(reached.due in {None, deadline.due} for deadline in owed)


@needs(L1, Label("任务须为长期推进", "the task goes on for good"), timeless=True)
def goes_on_for_good(view: StandingView) -> bool:
    """Tell whether the plan says that the task goes on for good."""
    return view.latest(Assignment).open_ended


@needs(
    L1,
    Label("长期推进的任务须先转入长期推进", "a task that goes on for good comes to that first"),
    timeless=True,
    citations=[OURS("L1")],
)
def comes_to_an_end(view: StandingView) -> bool:
    """Tell whether the task is done with its milestones."""
    return not view.latest(Assignment).open_ended


@needs(
    L1,
    Label("有节点的须先取得阶段性成果", "where it has milestones, one is reached first"),
    timeless=True,
    citations=[OURS("L1")],
)
def has_a_first_result(view: StandingView) -> bool:
    """Tell whether a task with milestones has reached one, before it goes on for good."""
    return not view.latest(Assignment).milestones or view.standing.fact("reach") is not None


@needs(L1, Label("已转入长期推进", "it goes on for good already"), timeless=True)
def stands(view: StandingView) -> bool:
    """Tell whether the task had come to going on for good."""
    return view.standing.fact("stand") is not None


def unkept_is_listed(view: View[Listing, TaskValues]) -> bool:
    """Tell whether a promise that was not kept is listed."""
    return _said(view.content.unkept)


@needs(
    L6,
    Label("未兑现的承诺须有整改措施和时限", "a promise not kept has measures and a time limit"),
    of="content",
    where=unkept_is_listed,
)
def has_measures_and_a_limit(view: View[Listing, TaskValues]) -> bool:
    """Tell whether it is said how and until when the promise is made good."""
    return _said(view.content.measures) and view.content.time_limit is not None


@needs(
    L4,
    Label("整改时限不得早于挂账之日", "the time limit does not lie before the act"),
    of="content",
    citations=[OURS("L4")],
)
def limit_lies_ahead(view: View[Listing, TaskValues]) -> bool:
    """Tell whether the time limit can still be kept when it is set."""
    limit = view.content.time_limit
    return limit is None or view.at is None or limit >= view.at.date


# --- duties -----------------------------------------------------------------------------------------------------------


def promises_passed_over(history: Sequence[Record], _values: TaskValues, _now: datetime) -> Iterator[tuple[int, str]]:
    """Yield reports of a promise not kept after which no promise was listed before the task was done.

    Raises:
        LookupError: The task is not done yet, or a report is not on file.
    """
    told: list[tuple[int, str]] = []
    for record in history:
        if record.trigger == "report" and _said(unkept := _of(Progress, record.content, "report").unkept):
            told.append((record.revision, f"{unkept}"))
        elif record.trigger == "list" and _said(_of(Listing, record.content, "list").unkept):
            told.clear()
    if told and history[-1].after != "completed":
        message = "尚未挂账 not listed yet"
        raise LookupError(message)
    yield from told


def _of(content: type[C], found: object, trigger: str) -> C:
    """Return an act's content.

    Raises:
        LookupError: It is not on file.
    """
    if isinstance(found, content):
        return found
    raise LookupError(trigger)


UNKEPT: Final = Ground(
    "unkept_promise",
    L6,
    Label("承诺未兑现且整改不到位", "a promise not kept and not made good"),
    "accountability",
    breaches=L6,
)

# --- the spreadsheet --------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    Column("序号", "", "reference", aliases=("任务编号", "编号")),
    Column("下达日期", "assign", aliases=("任务下达日期", "印发日期"), required=True),
    Column("任务名称", "assign", "title", aliases=("工作任务", "主要任务", "任务")),
    Column("牵头单位", "assign", "leads", aliases=("牵头部门",)),
    Column("责任单位", "assign", "responsible", aliases=("责任部门", "配合单位")),
    Column("完成时限", "assign", "milestones", aliases=("时限要求",)),
    Column("细化日期", "plan", aliases=("方案报送日期",)),
    Column("启动日期", "start"),
    Column("进展报送日期", "report"),
    Column("节点完成日期", "reach"),
    Column("长期推进日期", "stand", aliases=("转入长期推进日期",)),
    Column("挂账日期", "list", aliases=("督查挂账日期",)),
    Column("问题清单", "list", "findings", aliases=("督查问题",)),
    Column("整改时限", "list", "time_limit"),
    Column("销账日期", "clear", aliases=("整改完成日期",)),
    Column("完成日期", "complete", aliases=("办结日期",)),
)
"""The columns of a ledger of tasks from which something can be checked."""

# --- the procedure ----------------------------------------------------------------------------------------------------

GOING_ON: Final = ("underway", "standing", "listed")


@procedure("task", TaskValues)
def task(values: TaskValues) -> Lifecycle:
    """Build the lifecycle of a task from a locality's plan."""
    lead = [LEAD_UNIT, RESPONSIBLE_UNIT]
    papers = attrs.evolve(papers_missing, citations=(values.papers.citation,))
    work_plan = [
        done_by_a_lead,
        timetable_out_of_order,
        *([leads_without_a_principal] if values.principal.value else []),
    ]
    done = [
        given(L3, Label("须写明完成情况", "what was done"), "result", citations=[OURS("L3")]),
        settled(L3, Label("各节点均已完成", "every milestone is reached"), "milestone", "timetable"),
    ]
    cleared = given(L4, Label("须写明整改和核验情况", "what was put right, and checked"), "result", "evidence")
    promises = values.promises.value
    lifecycle = Lifecycle(
        key="task",
        title=Label("任务台账", "Task"),
        amended_by=SUPERVISOR,
        states=[
            State("assigned", Label("已下达", "Assigned")),
            State("planned", Label("已细化", "Worked out")),
            State("underway", Label("推进中", "Under way")),
            State("standing", Label("长期推进", "Going on for good")),
            State("listed", Label("挂账整改", "Listed to be put right")),
            State("completed", Label("已完成", "Completed"), final=True),
        ],
        triggers=[
            Trigger("assign", Label("下达任务", "Assign"), Assignment),
            Trigger("plan", Label("细化任务", "Work out"), WorkPlan),
            Trigger("start", Label("启动", "Start")),
            Trigger("report", Label("报告进展", "Report"), Progress),
            Trigger("reach", Label("完成节点", "Reach a milestone"), Reached),
            Trigger("stand", Label("转入长期推进", "Go on for good")),
            Trigger("list", Label("督查挂账", "List findings"), Listing),
            Trigger("clear", Label("整改销账", "Clear the list"), Clearance),
            Trigger("complete", Label("完成", "Complete"), Completion),
        ],
        transitions=[
            opening(
                "assign",
                to="assigned",
                by=SUPERVISOR,
                needs=[
                    given(L1, Label("须有序号和名称", "number and name"), "number", "title", citations=[OURS("L1")]),
                    somebody_leads,
                    somebody_is_responsible,
                    has_a_schedule,
                    milestones_out_of_order,
                    stages_fit_the_milestones,
                ],
            ),
            move("plan", "assigned", to="planned", by=lead, needs=work_plan),
            stay("plan", "planned", by=lead, needs=work_plan),
            move(
                "start",
                "planned",
                to="underway",
                by=lead,
                needs=[done_by_a_lead, papers],
            ),
            stay(
                "report",
                GOING_ON,
                by=lead,
                needs=[
                    done_by_a_unit_of_it,
                    given(L3, Label("须写明进展情况", "how it goes"), "text", citations=[OURS("L3")]),
                ],
            ),
            stay(
                "reach",
                GOING_ON,
                by=lead,
                needs=[
                    done_by_a_lead,
                    given(L3, Label("须写明完成情况", "what was done"), "result", citations=[OURS("L3")]),
                    something_is_owed,
                ],
                rules=L3,
            ),
            move(
                "stand",
                "underway",
                to="standing",
                by=lead,
                needs=[done_by_a_lead, goes_on_for_good, has_a_first_result],
            ),
            move(
                "list",
                ("underway", "standing"),
                to="listed",
                by=INSPECTOR,
                needs=[
                    given(L4, Label("须列出问题清单", "the findings"), "findings"),
                    *([has_measures_and_a_limit] if promises else []),
                    limit_lies_ahead,
                ],
            ),
            move("clear", "listed", to="standing", by=INSPECTOR, needs=cleared, when=stands),
            move("clear", "listed", to="underway", by=INSPECTOR, needs=cleared),
            move("complete", "underway", to="completed", by=SUPERVISOR, needs=[comes_to_an_end, *done]),
            move("complete", "standing", to="completed", by=SUPERVISOR, needs=done),
        ],
        limits=[
            TimeLimit(
                "milestone",
                FromContent("milestones"),
                label=Label("节点", "Milestone"),
                starts="assign",
                met="reach",
                meets=of_the_task,
                repeats=True,
                owed_by=(LEAD_UNIT.key, RESPONSIBLE_UNIT.key),
                warn=values.warning,
                counting=values.counting,
                rules=L3,
            ),
            TimeLimit(
                "timetable",
                FromContent("timetable"),
                label=Label("序时进度", "The units' own timetable"),
                starts="plan",
                met="reach",
                meets=of_the_timetable,
                where=keeps_its_own_timetable,
                timeless=True,
                repeats=True,
                owed_by=(LEAD_UNIT.key, RESPONSIBLE_UNIT.key),
                warn=values.warning,
                counting=values.counting,
                rules=L3,
            ),
            TimeLimit(
                "clearance",
                FromContent("time_limit"),
                label=Label("挂账整改", "What was found is put right"),
                starts="list",
                met="clear",
                where=lists_no_promise if promises else None,
                timeless=promises,
                counting=values.counting,
                rules=L4,
            ),
            *(
                [
                    TimeLimit(
                        "promise",
                        FromContent("time_limit"),
                        label=Label("承诺整改", "The promise is made good"),
                        starts="list",
                        met="clear",
                        where=lists_a_promise,
                        timeless=True,
                        counting=values.counting,
                        rules=L6,
                    )
                ]
                if promises
                else []
            ),
        ],
        duties=[
            Response("list", "clear", rules=L4, label=L4.label),
            *(
                [
                    Never(
                        promises_passed_over,
                        looks_at="acts",
                        about=("report", "list"),
                        occasion="report",
                        rules=L6,
                        label=Label("未兑现的承诺须挂账", "A promise not kept is listed"),
                    )
                ]
                if promises
                else []
            ),
        ],
        grounds=[UNKEPT] if promises else [],
        ledger=COLUMNS,
    )
    return with_rules(lifecycle, RULES)

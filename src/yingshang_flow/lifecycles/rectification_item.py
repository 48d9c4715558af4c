"""台账条目 rectification_item: one problem in a campaign's ledger, from listing to being written off."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.analysis import with_rules
from yingshang_flow.core.case import Case
from yingshang_flow.core.duty import AcrossCases, Ground, Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, forbids, given, needs
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import DueRules, Period
from yingshang_flow.lifecycles.procedure import procedure
from yingshang_flow.lifecycles.rectification import (
    RULES,
    Z2,
    Z6,
    Z7,
    Z10,
    Z11,
    Z18,
    Z20,
    Draft,
    Group,
    is_closed,
    is_running,
)
from yingshang_flow.lifecycles.reminders import Reminding
from yingshang_flow.lifecycles.roles import LEAD_UNIT, RESPONSIBLE_UNIT
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label

# --- values -----------------------------------------------------------------------------------------------------------


@attrs.frozen
class ItemValues(Reminding):
    """What a locality's plan sets for its items; a value that is left out switches off what depends on it.

    Attributes:
        latest: Until when every item is written off at the latest.
        arrears: Until when arrears are wished to be paid, which then takes the place of ``latest`` for them.
        rectified: Until when every problem is rectified.
        mechanism: Until when each item has its long-term mechanism.
        warning: How long before its end a deadline warns.
        counting: How days are counted.
        post_named: Whether an item names the post besides the person.
        arrears_plan: Over how many years arrears have a repayment plan.
        land_plan: Whether land items have a timetable and a route map.
        documented: Whether rules are made after each rectification.
    """

    latest: Annotated[Cited[Period] | None, Label("销号最后期限", "latest date of writing off")]
    arrears: Annotated[Cited[Period] | None, Label("清欠期限", "wished date of paying arrears")]
    rectified: Annotated[Cited[Period] | None, Label("整改期限", "limit of the rectification")]
    mechanism: Annotated[Cited[Period] | None, Label("长效机制期限", "limit of the long-term mechanism")]
    warning: Annotated[Cited[Period] | None, Label("到期前提醒", "warning before the end")]
    counting: Annotated[Cited[DueRules] | None, Label("期限计算规则", "how days are counted")]
    post_named: Annotated[Cited[bool], Label("责任落实到岗", "the post is named")]
    arrears_plan: Annotated[Cited[int] | None, Label("还款计划年数", "years of the repayment plan")]
    land_plan: Annotated[Cited[bool] | None, Label("土地事项时间表路线图", "timetable and route map of land items")]
    documented: Annotated[Cited[bool] | None, Label("整改后建章立制", "rules made after the rectification")]


# --- content ----------------------------------------------------------------------------------------------------------

Category = Literal["general", "arrears", "land"]


@attrs.frozen
class Item:
    """A problem as listed in the ledger."""

    group: str
    problem: Annotated[str, Label("问题", "problem")]
    leads: tuple[str, ...] = ()
    responsible: Annotated[tuple[str, ...], Label("责任单位", "responsible units")] = ()
    post: Annotated[str | None, Label("责任岗位", "post")] = None
    person: Annotated[str | None, Label("责任人", "person")] = None
    time_limit: Annotated[date | None, Label("完成时限", "time limit")] = None
    category: Category = "general"


@attrs.frozen
class Measures:
    """What is to be done about it."""

    measures: str
    repayment_years: Annotated[int | None, Label("还款计划年限", "years of the repayment plan")] = None
    timetable: Annotated[str | None, Label("时间表", "timetable")] = None
    route_map: Annotated[str | None, Label("路线图", "route map")] = None


@attrs.frozen
class Submission:
    """The item as submitted for acceptance."""

    result: str


@attrs.frozen
class Returned:
    """Why it is sent back."""

    lacking: str


@attrs.frozen
class Accepted:
    """The item as accepted and written off."""

    evidence: Annotated[str | None, Label("验收证据", "evidence")] = None
    evaluator: Annotated[str | None, Label("外部评估人", "outside evaluator")] = None


@attrs.frozen
class Rebound:
    """The problem as it has come back."""

    what: str
    time_limit: Annotated[date | None, Label("新的完成时限", "new time limit")] = None


@attrs.frozen
class Mechanism:
    """The rule or mechanism that keeps the problem from coming back."""

    title: str


@attrs.frozen
class CarryOver:
    """Why an item goes on after the campaign."""

    reason: Annotated[str | None, Label("结转理由", "reason")] = None


# --- guards -----------------------------------------------------------------------------------------------------------

ItemView = View[Item, ItemValues]


def is_for_arrears(case: Case) -> bool:
    """Tell whether an item is about arrears."""
    item = case.latest(Item)
    return item is not None and item.category == "arrears"


def is_a_part(case: Case) -> bool:
    """Tell whether an item is part of a campaign; to what came back after it, the dates of its plan do not apply."""
    return case.opening.parent is not None


def is_a_part_for_arrears(case: Case) -> bool:
    """Tell whether an item of a campaign is about arrears."""
    return is_a_part(case) and is_for_arrears(case)


def is_a_part_not_for_arrears(case: Case) -> bool:
    """Tell whether an item of a campaign is about anything but arrears."""
    return is_a_part(case) and not is_for_arrears(case)


def _leads(item: Item, actor: Actor) -> bool:
    if item.leads:
        return actor.role == LEAD_UNIT.key and actor.unit in item.leads
    return actor.role == RESPONSIBLE_UNIT.key and actor.unit in item.responsible


@needs(Z11, Label("须属于进行中的专项整治", "a part of a running campaign"), citations=[OURS("Z11")])
def belongs_to_a_running_campaign(view: View[object, ItemValues]) -> bool:
    """Tell whether the campaign goes on; after it, only what came back from it is listed, with ``origin``."""
    origin, parent = view.related.origin, view.related.parent
    if parent is None:
        return origin is not None and _came_back_too_late(origin)
    return is_running(parent)


def _came_back_too_late(item: Case) -> bool:
    """Tell whether an item came back when its campaign was over, so that it rests where it was."""
    back, accepted = item.fact("rebound"), item.fact("accept")
    came_back = back is not None and accepted is not None and back.revision > accepted.revision
    return came_back and item.state == "written_off"


@forbids(Z10, Label("台账中没有该组", "the group is one of the campaign's"), citations=[OURS("Z10")])
def group_unknown(view: ItemView) -> Iterator[str]:
    """Yield the group when the campaign has none of that name."""
    parent = view.related.parent
    plan = None if parent is None else parent.latest(Draft)
    known = () if plan is None else tuple(group.key for group in plan.groups)
    if plan is not None and view.content.group not in known:
        yield f"{view.content.group}; {', '.join(known)}"


@forbids(Z10, Label("不是该组的牵头单位", "the lead units are those of the group"), citations=[OURS("Z10")])
def leads_of_no_such_group(view: ItemView) -> Iterator[str]:
    """Yield lead units that the group does not have; of an unknown group nothing can be said."""
    group = _group(view)
    if group is not None:
        yield from (unit for unit in view.content.leads if unit not in group.leads)


def _group(view: ItemView) -> Group | None:
    """Return the group of the campaign that an item names; none when it names no known one."""
    parent = view.related.parent
    plan = None if parent is None else parent.latest(Draft)
    groups = () if plan is None else plan.groups
    return next((group for group in groups if group.key == view.content.group), None)


@needs(Z10, Label("该组有牵头单位的须指明", "the group's leads lead its items"), of="content", citations=[OURS("Z10")])
def leads_are_named(view: ItemView) -> bool:
    """Tell whether an item of a group that has leads names one of them."""
    group = _group(view)
    return group is None or not group.leads or bool(view.content.leads)


@forbids(Z10, Label("不是该组的责任单位", "the responsible units are of the group"), citations=[OURS("Z10")])
def responsible_of_no_such_group(view: ItemView) -> Iterator[str]:
    """Yield responsible units that the group does not have; whoever drafts the campaign names those it concerns."""
    group = _group(view)
    if group is not None:
        known = (*group.leads, *group.responsible)
        yield from (unit for unit in dict.fromkeys(view.content.responsible) if unit not in known)


@needs(
    Z6,
    Label("完成时限不得早于办理之日", "the time limit does not lie before the act"),
    of="content",
    citations=[OURS("Z6")],
)
def limit_lies_ahead(view: View[Any, ItemValues]) -> bool:
    """Tell whether the time limit can still be kept when it is set."""
    limit = view.content.time_limit
    return limit is None or view.at is None or limit >= view.at.date


@needs(Z10, Label("须由该条目的牵头单位办理", "done by a lead unit of the item"), of="content", citations=[OURS("Z10")])
def listed_by_a_lead(view: ItemView) -> bool:
    """Tell whether who lists an item leads it; where nobody leads, a responsible unit does."""
    return _leads(view.content, view.actor)


@needs(Z10, Label("须由该条目的牵头单位办理", "done by a lead unit of the item"), citations=[OURS("Z10")])
def done_by_a_lead(view: View[object, ItemValues]) -> bool:
    """Tell whether who acts leads the item."""
    return _leads(view.latest(Item), view.actor)


@needs(Z10, Label("须由该条目的责任单位办理", "done by a responsible unit of the item"), citations=[OURS("Z10")])
def done_by_a_responsible(view: View[object, ItemValues]) -> bool:
    """Tell whether who acts is responsible for the item."""
    return view.actor.unit in view.latest(Item).responsible


@needs(Z20, Label("欠款须有还款计划", "arrears have a repayment plan within the years set"), of="content")
def arrears_have_a_plan(view: View[Measures, ItemValues]) -> bool:
    """Tell whether arrears are paid within the years the plan allows."""
    years, allowed = view.content.repayment_years, view.values.arrears_plan
    return not is_for_arrears(view.standing) or allowed is None or (years is not None and 0 < years <= allowed.value)


@needs(Z20, Label("土地问题须有时间表、路线图", "land items have a timetable and a route map"), of="content")
def land_has_a_timetable(view: View[Measures, ItemValues]) -> bool:
    """Tell whether a land item says when and how."""
    said = (view.content.timetable, view.content.route_map)
    return view.latest(Item).category != "land" or all((text or "").strip() for text in said)


@needs(Z6, Label("报验收的人不得自行验收", "who submits never accepts"), citations=[OURS("Z6")])
def submitted_by_another(view: View[object, ItemValues]) -> bool:
    """Tell whether somebody else submitted it."""
    submitted = view.standing.fact("submit")
    return submitted is None or not submitted.actor.is_one_with(view.actor)


@needs(Z6, Label("专项整治仍在进行", "the campaign still runs"), citations=[OURS("Z6")])
def campaign_runs(view: View[object, ItemValues]) -> bool:
    """Tell whether the campaign of the item still runs."""
    return view.related.parent is not None and is_running(view.related.parent)


def stayed_written_off(record: Record) -> bool:
    """Tell whether what came back could not be taken up again, as its campaign was over."""
    return record.after == "written_off"


# --- duties -----------------------------------------------------------------------------------------------------------


def mechanisms_missing(cases: Sequence[tuple[Case, Sequence[Record]]], _: ItemValues) -> Iterator[tuple[str, str]]:
    """Yield items of closed campaigns after which no rule was made; until the close there is time for it."""
    closed = {case.id for case, _records in cases if is_closed(case)}
    for case, _records in cases:
        item = case.latest(Item)
        if item is not None and case.opening.parent in closed and case.fact("fix_mechanism") is None:
            yield case.id, item.problem


# --- the procedure ----------------------------------------------------------------------------------------------------


# --- what is counted --------------------------------------------------------------------------------------------------


def responsible_units(case: Case) -> tuple[str, ...]:
    """Return the units that are responsible for an item."""
    item = case.latest(Item)
    return () if item is None else item.responsible


def is_listed(case: Case) -> bool:
    """Tell whether an item stands in the ledger, written off or not."""
    return case.fact("list") is not None


def is_written_off(case: Case) -> bool:
    """Tell whether an item is written off, and has not come back."""
    return case.state == "written_off" and not _came_back_too_late(case)


TALLIES: Final = (
    Tally(key="listed", label=Label("列入台账", "items listed"), cases=is_listed, units=responsible_units),
    Tally(key="written_off", label=Label("已销号", "written off"), cases=is_written_off, units=responsible_units),
    Tally(key="due", label=Label("完成时限届满", "time limits due"), due="own", units=responsible_units),
    Tally(key="in_time", label=Label("按期销号", "written off in time"), in_time="own", units=responsible_units),
)
"""What is counted of items, for each responsible unit; ours, as the documents name no measure."""


@procedure("rectification_item", ItemValues)
def rectification_item(values: ItemValues) -> Lifecycle:
    """Build the lifecycle of a ledger item from a locality's plan."""
    within = Z6 if values.rectified is None else Z2
    campaign_still_runs = attrs.evolve(campaign_runs, rules=(within,))
    before_end = ("listed", "measured", "rectifying", "submitted")
    named = ("problem", "responsible", *(("post",) if values.post_named.value else ()), "person")
    ahead = attrs.evolve(limit_lies_ahead, rules=(within,))
    planned = [
        *([arrears_have_a_plan] if values.arrears_plan else []),
        *([land_has_a_timetable] if values.land_plan and values.land_plan.value else []),
    ]
    new_limit = given(within, Label("须定新的完成时限", "a new time limit"), "time_limit")
    lifecycle = Lifecycle(
        key="rectification_item",
        title=Label("整治台账条目", "Rectification item"),
        amended_by=LEAD_UNIT,
        states=[
            State("listed", Label("已列入台账", "Listed")),
            State("measured", Label("已定措施", "Measures set")),
            State("rectifying", Label("整改中", "Being rectified")),
            State("submitted", Label("已报验收", "Submitted")),
            State("written_off", Label("已销号", "Written off"), final=True),
        ],
        triggers=[
            Trigger("list", Label("列入台账", "List"), Item),
            Trigger("set_measures", Label("制定措施", "Set measures"), Measures),
            Trigger("start", Label("开始整改", "Start")),
            Trigger("submit", Label("报验收", "Submit"), Submission),
            Trigger("return_item", Label("退回整改", "Return"), Returned),
            Trigger("accept", Label("验收销号", "Accept and write off"), Accepted),
            Trigger("rebound", Label("登记反弹", "Record a rebound"), Rebound),
            Trigger("fix_mechanism", Label("建立长效机制", "Fix a long-term mechanism"), Mechanism),
            Trigger("carry_over", Label("结转", "Carry over"), CarryOver),
        ],
        transitions=[
            opening(
                "list",
                to="listed",
                by=[LEAD_UNIT, RESPONSIBLE_UNIT],
                needs=[
                    belongs_to_a_running_campaign,
                    group_unknown,
                    leads_of_no_such_group,
                    leads_are_named,
                    responsible_of_no_such_group,
                    given(
                        Z10, Label("须落实责任", "who is responsible"), *named, citations=[values.post_named.citation]
                    ),
                    given(within, Label("须定完成时限", "a time limit"), "time_limit"),
                    ahead,
                    listed_by_a_lead,
                ],
            ),
            move(
                "set_measures",
                "listed",
                to="measured",
                by=RESPONSIBLE_UNIT,
                needs=[done_by_a_responsible, *planned],
            ),
            move("start", "measured", to="rectifying", by=RESPONSIBLE_UNIT, needs=done_by_a_responsible),
            move("submit", "rectifying", to="submitted", by=RESPONSIBLE_UNIT, needs=done_by_a_responsible),
            move("return_item", "submitted", to="rectifying", by=[LEAD_UNIT, RESPONSIBLE_UNIT], needs=done_by_a_lead),
            move(
                "accept",
                "submitted",
                to="written_off",
                by=[LEAD_UNIT, RESPONSIBLE_UNIT],
                needs=[
                    done_by_a_lead,
                    attrs.evolve(submitted_by_another, rules=(within,)),
                    given(within, Label("须有验收证据", "evidence"), "evidence", citations=[OURS("Z6")]),
                ],
                rules=Z11,
            ),
            move(
                "rebound",
                "written_off",
                to="rectifying",
                by=[LEAD_UNIT, RESPONSIBLE_UNIT],
                needs=[done_by_a_lead, new_limit, ahead],
                when=campaign_still_runs,
            ),
            stay("rebound", "written_off", by=[LEAD_UNIT, RESPONSIBLE_UNIT], needs=done_by_a_lead),
            stay(
                "fix_mechanism",
                ("measured", "rectifying", "submitted", "written_off"),
                by=RESPONSIBLE_UNIT,
                needs=done_by_a_responsible,
            ),
            stay(
                "carry_over",
                before_end,
                by=[LEAD_UNIT, RESPONSIBLE_UNIT],
                needs=[
                    done_by_a_lead,
                    given(Z11, Label("须写明结转理由", "a reason"), "reason", citations=[OURS("Z11")]),
                ],
            ),
        ],
        limits=[
            TimeLimit(
                "own",
                FromContent("time_limit"),
                label=Label("完成时限", "Its own time limit"),
                starts=["list", "rebound"],
                met="accept",
                warn=values.warning,
                counting=values.counting,
                rules=within,
            ),
            TimeLimit(
                "latest",
                values.latest,
                label=Label("最迟销号", "Written off at the latest"),
                starts="list",
                met="accept",
                revived="rebound",
                where=is_a_part if values.arrears is None else is_a_part_not_for_arrears,
                timeless=True,
                counting=values.counting,
                rules=Z6,
            ),
            TimeLimit(
                "arrears",
                values.arrears,
                label=Label("力争偿还", "Arrears paid if possible"),
                starts="list",
                met="accept",
                revived="rebound",
                where=is_a_part_for_arrears,
                timeless=True,
                soft=True,
                counting=values.counting,
                rules=Z6,
            ),
            TimeLimit(
                "rectified",
                values.rectified,
                label=Label("整改完毕", "Rectified"),
                starts="list",
                met="accept",
                revived="rebound",
                where=is_a_part,
                timeless=True,
                counting=values.counting,
                rules=Z2,
            ),
            TimeLimit(
                "mechanism",
                values.mechanism,
                label=Label("长效机制", "Long-term mechanism"),
                starts="list",
                met="fix_mechanism",
                where=is_a_part,
                timeless=True,
                outlives=True,
                counting=values.counting,
                rules=Z7,
            ),
        ],
        duties=[
            *(
                [
                    Response("list", "set_measures", rules=Z18, label=Z18.label),
                    Response("list", "accept", rules=Z18, label=Z18.label),
                    AcrossCases(mechanisms_missing, rules=Z18, label=Z18.label),
                ]
                if values.documented and values.documented.value
                else []
            ),
        ],
        tallies=TALLIES,
        grounds=[
            Ground(
                "rebound_after_the_end",
                within,
                Label("整治结束后反弹", "came back after the campaign"),
                opens="rectification_item",
                acts="rebound",
                where=stayed_written_off,
            )
        ],
    )
    return with_rules(lifecycle, RULES)

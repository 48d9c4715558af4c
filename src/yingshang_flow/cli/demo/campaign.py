"""Shenyang's campaign of 2021 as the demonstration plays it: plan, problems and dates from the document, acts invented.

Who acted when, what was measured and accepted, and what came late is made up. So are the districts responsible for an
item; the titles of the problems are those of the document's part 二, shortened.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import attrs

from yingshang_flow.cli.demo.playing import Step
from yingshang_flow.core.actor import Actor
from yingshang_flow.lifecycles.rectification import Draft, Group
from yingshang_flow.lifecycles.rectification_item import Category

PROFILE: Final = "shenyang-2021"
CASE: Final = "campaign-2021"

PROBLEMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "政府失信": ("拖欠企业工程款", "历史遗留承诺不兑现", "政府失信约束法治化缓慢"),
        "办事不方便": ("变相审批", "增加审批环节", "办事来回跑", "事项标准化不高", "联合验收难落地"),
        "知识产权保护难": ("知识产权立案难", "知识产权保护不足", "行刑衔接不到位"),
        "市场准入难": ("市场准入机制不健全", "外资准入隐性壁垒", "企业注销难"),
        "公平竞争难": (
            "招投标监管不力",
            "公平竞争审查不完善",
            "事中事后监管不到位",
            "侵犯市场主体权益",
            "行业垄断",
            "指定中介服务",
            "商协会监管不到位",
            "区域利益保护",
        ),
        "要素成本高": (
            "产业链供应链不畅",
            "水电气暖保障难",
            "用地保障难",
            "制度性交易成本高",
            "人力资源服务不高",
            "融资难",
        ),
        "政策兑现难": ("补贴被截留", "政策资金发放慢", "配套机制不健全"),
        "服务意识差": ("不作为慢作为乱作为", "企业投诉解决难"),
    }
)
"""The problems of part 二 by group."""

ITEMS: Final = tuple(f"item-{number:02}" for number in range(1, sum(map(len, PROBLEMS.values())) + 1))
DISTRICTS: Final = tuple(f"district-{number:02}" for number in range(1, 13))
CASES: Final = (CASE, *ITEMS, *DISTRICTS)

ISSUED: Final = date(2021, 4, 30)
LAST_STAGE: Final = date(2021, 11, 1)
CLOSING_TRIED: Final = date(2021, 11, 30)
CLOSED: Final = date(2021, 12, 1)

OFFICE: Final = Actor("zhao", "市营商局", "campaign_office")
_HOLIDAY: Final = date(2021, 10, 3)
_WEEK: Final = timedelta(days=7)


@attrs.frozen
class Entry:
    """One problem in the ledger.

    Attributes:
        case: The id of its case.
        group: The group.
        lead: The unit that leads it.
        district: The responsible unit.
        problem: What it is.
        category: Of what kind.
        listed: When it was listed.
        time_limit: Its own limit.
        accepted: When it was written off; none when it was not.
    """

    case: str
    group: str
    lead: str
    district: str
    problem: str
    category: Category
    listed: date
    time_limit: date
    accepted: date | None

    @property
    def content(self) -> dict[str, object]:
        """What listing it says."""
        return {
            "group": self.group,
            "problem": self.problem,
            "leads": [self.lead],
            "responsible": [self.district],
            "post": "营商环境科科长",
            "person": f"{self.district}某某",
            "time_limit": self.time_limit,
            "category": self.category,
        }


ARREARS: Final = "item-01"
"""Carried over: not paid by the end of the stage, and wished for by the year's end."""
LATE: Final = "item-09"
REBOUNDED: Final = "item-15"
FORGOTTEN: Final = "item-27"
"""Still open when the last stage begins, and carried over only when closing was refused because of it."""


def ledger(draft: Draft) -> Iterator[Entry]:
    """Yield the problems of every group as items; leads and districts take turns."""
    listed = [(group, problem) for group in draft.groups for problem in PROBLEMS[group.key]]
    for number, (case, (group, problem)) in enumerate(zip(ITEMS, listed, strict=True), 1):
        limit = date(2021, 7, 30) + timedelta(days=31 * (number % 3))
        accepted = limit - timedelta(days=1 + number % 5) + (timedelta(days=13) if case == LATE else timedelta())
        yield Entry(
            case,
            group.key,
            group.leads[number % len(group.leads)],
            group.responsible[number % len(group.responsible)],
            problem,
            "arrears" if case == ARREARS else "general",
            date(2021, 5, 10) + timedelta(days=number % 5),
            date(2021, 12, 31) if case == ARREARS else limit,
            None if case in {ARREARS, FORGOTTEN} else accepted,
        )


def district_plans(draft: Draft) -> Iterator[tuple[str, Step]]:
    """Yield the districts' own plans, each a campaign below the city's; one district makes none."""
    for number, district in enumerate(draft.groups[0].responsible[:-1], 1):
        office = Actor(f"head of {district}", district, "campaign_office")
        own = Draft(f"{district}专项整治方案", (Group("综合", (f"{district}营商局",), (district,)),), district)
        yield f"district-{number:02}", Step(date(2021, 5, 17), office, "draft", own)


def item_steps(entry: Entry) -> Iterator[Step]:
    """Yield what is done about a problem once it is listed."""
    district = Actor(f"head of {entry.district}", entry.district, "responsible_unit")
    lead = Actor(f"head of {entry.lead}", entry.lead, "lead_unit")
    yield Step(date(2021, 5, 18), district, "set_measures", {"measures": "逐项列出措施"})
    yield Step(date(2021, 5, 21), district, "start")
    if entry.accepted is None:
        if entry.case == ARREARS:
            reason = {"reason": "诉讼未决，力争年底前偿还"}
            yield Step(date(2021, 10, 28), lead, "carry_over", reason)
        return
    yield Step(entry.accepted - timedelta(days=1), district, "submit", {"result": "整改完成"})
    yield Step(entry.accepted, lead, "accept", {"evidence": "现场核验并回访企业"})
    if entry.case == REBOUNDED:
        yield Step(date(2021, 9, 13), lead, "rebound", {"what": "窗口又要求提交纸质材料", "time_limit": "2021-10-29"})
        yield Step(date(2021, 10, 19), district, "submit", {"result": "再次整改完成"})
        yield Step(date(2021, 10, 22), lead, "accept", {"evidence": "暗访两次，均已取消"})
    yield Step(date(2021, 11, 15), district, "fix_mechanism", {"title": f"{entry.problem}长效机制"})


def steps(draft: Draft) -> Iterator[Step]:
    """Yield what is done in the campaign itself, from its issue to the eve of its close."""
    leads = [f"{group.key}/{unit}" for group in draft.groups for unit in group.leads]
    clerk = Actor("qian", "市营商局", "lead_unit")
    yield Step(ISSUED, OFFICE, "issue", {"number": "2021-04-30印发"})
    for group in draft.groups:
        yield from _group_steps(group)
    yield Step(date(2021, 5, 20), OFFICE, "advance")
    yield Step(LAST_STAGE, OFFICE, "advance")
    sunday = date(2021, 5, 2)
    while sunday <= CLOSING_TRIED:
        filed = date(2021, 10, 8) if sunday == _HOLIDAY else sunday - timedelta(days=2)
        yield Step(filed, clerk, "report", {"title": "各组周报告", "obligors": leads, "due": sunday})
        sunday += _WEEK
    for month in range(5, 12):
        day = date(2021, month + 1, 1) - timedelta(days=2)
        yield Step(day, OFFICE, "dispatch", {"title": f"{month}月调度会"})
    yield Step(date(2021, 6, 29), OFFICE, "circulate", {"title": "二季度通报"})
    yield Step(date(2021, 10, 11), OFFICE, "circulate", {"title": "三季度通报"})
    districts = [f"{draft.groups[0].key}/{unit}" for unit in draft.groups[0].responsible]
    yield Step(date(2021, 9, 15), OFFICE, "inspect", {"obligors": districts, "findings": "两区台账更新不及时"})
    yield Step(date(2021, 11, 10), OFFICE, "evaluate", {"kind": "social_appraisal", "result": "满意率九成"})
    yield Step(date(2021, 11, 12), OFFICE, "evaluate", {"kind": "third_party", "result": "总体达标"})


def _group_steps(group: Group) -> Iterator[Step]:
    head = Actor(f"head of {group.leads[0]}", group.leads[0], "lead_unit")
    leads = [f"{group.key}/{unit}" for unit in group.leads]
    everybody = {"obligors": list(group.all_units)}
    yield Step(date(2021, 5, 12), head, "file_plan", {"title": f"{group.key}行动计划", "obligors": leads})
    ledger_day = date(2021, 5, 24) if group.key == "要素成本高" else date(2021, 5, 19)
    yield Step(ledger_day, head, "file_ledger", {"title": f"{group.key}整治台账", **everybody})
    districts = [name for name in group.all_units if name not in leads]
    first = Actor(f"head of {group.responsible[0]}", group.responsible[0], "responsible_unit")
    yield Step(date(2021, 8, 20), first, "report", {"title": f"{group.key}整改情况", "obligors": districts})
    yield Step(date(2021, 11, 25), head, "file_summary", {"title": f"{group.key}总结和长效机制清单", **everybody})


CLOSE: Final = Step(CLOSING_TRIED, OFFICE, "close", {"assessment": "纳入年度营商工作绩效考核"})
CLOSE_AGAIN: Final = attrs.evolve(CLOSE, day=CLOSED)


def carried_at_last(entry: Entry) -> Step:
    """Return how the forgotten item is carried over after all."""
    lead = Actor(f"head of {entry.lead}", entry.lead, "lead_unit")
    return Step(CLOSED, lead, "carry_over", {"reason": "改造工程跨年，另定计划"})

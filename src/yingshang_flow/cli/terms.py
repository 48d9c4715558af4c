"""What the tables of several commands call their columns, and the codes that stand in them, in both languages."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from yingshang_flow.compliance import Outcome
from yingshang_flow.core.case import Status
from yingshang_flow.policies.profile import Verified
from yingshang_flow.words import Authority, Citation, Label, cited_in

ACT: Final = Label("事项", "act")
ARTICLE: Final = Label("依据", "article")
BROKEN: Final = Label("违反", "broken")
BY: Final = Label("办理人", "by")
CASE: Final = Label("案件", "case")
CASES: Final = Label("案件数", "cases")
DATE: Final = Label("日期", "date")
DAYS_LATE: Final = Label("逾期工作日", "days late")
DONE: Final = Label("办理日", "done")
DUE: Final = Label("到期日", "due")
FINDINGS: Final = Label("审计发现", "findings")
KEPT: Final = Label("遵守", "kept")
KIND: Final = Label("类别", "kind")
LAMP: Final = Label("灯", "lamp")
LIMIT: Final = Label("时限", "limit")
LINE: Final = Label("行", "line")
LOCALITY: Final = Label("地区", "locality")
NOTES: Final = Label("备注", "notes")
OBLIGOR: Final = Label("承担者", "of")
ORIGIN: Final = Label("来源案件", "origin")
PARENT: Final = Label("所属案件", "parent")
PERIOD: Final = Label("期间", "period")
PROFILE: Final = Label("参数文件", "profile")
REFERENCE: Final = Label("业务编号", "reference")
REVISION: Final = Label("序号", "no.")
"""Of a record in a history."""
RULE: Final = Label("规则", "rule")
STANDS_IN: Final = Label("依据", "stands in")
START: Final = Label("起算日", "from")
STATE: Final = Label("状态", "state")
STATUS: Final = Label("办理情况", "status")
TIME: Final = Label("次", "no.")
"""Of a deadline that comes again: which time."""
UNKNOWN: Final = Label("无从判断", "unknown")
VERIFIED_TO: Final = Label("核对程度", "verified")

OUTCOMES: Final[Mapping[Outcome, Label]] = MappingProxyType(
    {Outcome.KEPT: KEPT, Outcome.BROKEN: BROKEN, Outcome.UNKNOWN: UNKNOWN}
)
STATUSES: Final[Mapping[Status, Label]] = MappingProxyType(
    {
        Status.OPEN: Label("计算中", "open"),
        Status.MISSED: Label("逾期未办", "missed"),
        Status.MET: Label("按期办理", "met"),
        Status.MET_LATE: Label("逾期办理", "met_late"),
        Status.WAIVED: Label("已免除", "waived"),
        Status.STOPPED: Label("已终止", "stopped"),
    }
)
AUTHORITIES: Final[Mapping[Authority, Label]] = MappingProxyType(
    {
        Authority.DOCUMENT: Label("规范性文件", "document"),
        Authority.STATUTE: Label("法律法规", "statute"),
        Authority.OURS: Label("本库自定", "ours"),
    }
)
VERIFIED: Final[Mapping[Verified, Label]] = MappingProxyType(
    {"document": Label("已核对原文", "document"), "public": Label("据公开资料", "public")}
)
PROVISIONAL: Final = Label("暂定", "provisional")


def until(day: object, *, provisional: bool) -> Label:
    """Return the end of a period, and that a later notice can move it where it can."""
    return Label(f"{day}（暂定）", f"{day} (provisional)") if provisional else Label(f"{day}", f"{day}")


def cited(citations: Iterable[Citation]) -> Label:
    """Return where something stands: in Chinese as a document writes it, in English by the keys of the sources."""
    found = tuple(citations)
    return Label(cited_in(found, "zh"), "\n".join(map(str, found)))


def under(lifecycle: str, profile: str) -> Label:
    """Return which procedure it is under which profile, if it is under one."""
    return Label(
        f"{lifecycle}（{profile}）" if profile else lifecycle, f"{lifecycle} under {profile}" if profile else lifecycle
    )


def counted(number: int, what: str) -> str:
    """Return a number of things in English words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

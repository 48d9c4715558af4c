"""A small made-up procedure with a ledger that has columns of every type, which the tests of ledgers read."""

from datetime import date, datetime
from typing import Any, Final

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.duty import Response
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, TimeLimit
from yingshang_flow.core.requirement import View, needs
from yingshang_flow.deadlines import CHINA_TIME, WorkingCalendar, WorkingDays
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, LIMIT, Cited, Label, Rule

CALENDAR: Final = WorkingCalendar.weekdays(date(2015, 1, 1), date(2060, 12, 31))
NOW: Final = datetime(2021, 12, 31, 23, tzinfo=CHINA_TIME)

P1: Final = Rule("P1", LIMIT, OURS("P1"), Label("按期办理", "Decided in time"))
P2: Final = Rule("P2", LIMIT, OURS("P2"), Label("按期兑现", "Promises kept"))
P3: Final = Rule("P3", DUTY, OURS("P3"), Label("有告知", "The applicant is told"))


@attrs.frozen
class Application:
    """What was asked for."""

    matter: str | None = None
    copies: int | None = None
    until: date | None = None
    heard: datetime | None = None
    urgent: bool | None = None


@attrs.frozen
class Decision:
    """What came out."""

    result: str
    number: int


@needs(P1, Label("加急", "urgent"), of="content")
def urgent(view: View[Application, Any]) -> bool:
    """Tell whether it is urgent."""
    return bool(view.content.urgent)


def permits(*columns: Column) -> Lifecycle:
    """Build the procedure with a ledger of some columns."""
    clerk = Role("clerk", Label("经办", "clerk"))
    return Lifecycle(
        key="permits",
        title=Label("许可", "Permits"),
        states=[
            State("asked", Label("已申请", "Asked")),
            State("weighed", Label("审查", "Weighed")),
            State("rushed", Label("加急审查", "Rushed")),
            State("decided", Label("已决定", "Decided")),
            State("told", Label("已告知", "Told"), final=True),
        ],
        triggers=[
            Trigger("ask", Label("申请", "Ask"), Application),
            Trigger("weigh", Label("审查", "Weigh"), Application),
            Trigger("decide", Label("决定", "Decide"), Decision),
            Trigger("tell", Label("告知", "Tell")),
            Trigger("note", Label("备注", "Note")),
        ],
        transitions=[
            opening("ask", to="asked", by=clerk),
            move("weigh", "asked", to="rushed", by=clerk, when=urgent),
            move("weigh", "asked", to="weighed", by=clerk),
            move("decide", ("weighed", "rushed"), to="decided", by=clerk),
            move("tell", "decided", to="told", by=clerk),
            stay("note", "decided", by=clerk),
        ],
        limits=[
            TimeLimit(
                "decision",
                Cited(WorkingDays(5), OURS("P1")),
                label=Label("决定", "Decision"),
                starts="ask",
                met="decide",
                rules=P1,
            ),
            TimeLimit(
                "promise", FromContent("until"), label=Label("兑现", "Promise"), starts="ask", met="decide", rules=P2
            ),
        ],
        duties=[Response("decide", "tell", rules=P3, label=Label("告知", "told"))],
        rules=[P1, P2, P3],
        profile="made-up",
        ledger=columns or COLUMNS,
    )


COLUMNS: Final = (
    Column("编号", "", "reference", aliases=("号码",)),
    Column("申请日期", "ask", aliases=("申请时间",), required=True),
    Column("事项", "ask", "matter"),
    Column("份数", "ask", "copies"),
    Column("限期", "ask", "until"),
    Column("听取时间", "ask", "heard"),
    Column("加急", "ask", "urgent"),
    Column("受理单位", "ask", "unit"),
    Column("审查日期", "weigh"),
    Column("审查加急", "weigh", "urgent"),
    Column("决定日期", "decide"),
    Column("结果", "decide", "result", {"准予": "granted", "不予": "denied"}),
    Column("告知日期", "tell"),
    Column("备注日期", "note"),
)
PERMITS: Final = permits()

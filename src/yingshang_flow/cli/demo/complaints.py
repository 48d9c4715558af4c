"""The complaints of the demonstration, by Bayuquan's limits: invented people, units and facts, as plain data."""

from datetime import date
from typing import Final

from yingshang_flow.cli.demo.playing import Step
from yingshang_flow.core.actor import Actor

PROFILE: Final = "bayuquan-2018"
BODY: Final = Actor("ma", "区软环境建设办公室", "complaint_body")
BUREAU: Final = Actor("he", "青石区市场监管局", "undertaker")
SUPERVISOR: Final = Actor("xu", "市营商办", "supervisor")

EXTENDED: Final = "complaint-2018"
LATE: Final = "complained-2018"
CASES: Final = (EXTENDED, LATE)
LEDGER_AS_OF: Final = date(2019, 3, 31)


def _receipt(matter: str, name: str) -> dict[str, object]:
    return {
        "identity": "named",
        "channel": "platform",
        "against": "青石区市场监管局",
        "matter": matter,
        "category": "delay",
        "complainant": {"name": name, "contact": "0417-0000000"},
    }


RECEIVED: Final = Step(date(2018, 9, 10), BODY, "receive", _receipt("变更登记三次退件", "孟某"))
UNTIL_EXTENDED: Final = (
    Step(date(2018, 9, 11), BODY, "accept"),
    Step(date(2018, 9, 12), BODY, "assign", {"undertaker": BUREAU.unit}),
    Step(date(2018, 9, 13), BUREAU, "take_up", {"person": "何某"}),
    Step(date(2018, 9, 18), BUREAU, "reply", {"text": "已调取登记档案，正在核实", "delivered": "platform"}),
    Step(
        date(2018, 10, 24),
        BODY,
        "extend",
        {
            "ground": "special_circumstances",
            "reason": "档案须向外省调取",
            "approver": {"person": "徐某", "unit": "区软环境建设办公室", "role": "complaint_body"},
        },
    ),
)
TWICE: Final = Step(
    date(2018, 12, 3),
    BODY,
    "extend",
    {
        "ground": "special_circumstances",
        "reason": "再等外省回函",
        "approver": {"person": "徐某", "unit": "区软环境建设办公室", "role": "complaint_body"},
    },
)
UNTIL_CLOSED: Final = (
    Step(
        date(2018, 12, 6),
        BUREAU,
        "conclude",
        {
            "outcome": "solved",
            "facts": "退件理由不成立",
            "answer": "已完成变更登记",
            "rectification": "一次性告知清单已公布",
        },
    ),
    Step(
        date(2018, 12, 10),
        BODY,
        "follow_up",
        {"answer": "satisfied", "problem": "solved", "evidence": "电话录音"},
    ),
    Step(date(2018, 12, 11), BODY, "close"),
)

RECEIVED_LATE: Final = Step(date(2018, 9, 12), BODY, "receive", _receipt("许可证迟迟不发", "田某"))
UNTIL_UNSOLVED: Final = (
    Step(date(2018, 9, 13), BODY, "accept"),
    Step(date(2018, 9, 14), BODY, "assign", {"undertaker": BUREAU.unit}),
    Step(date(2018, 9, 17), BUREAU, "take_up", {"person": "何某"}),
    Step(date(2018, 9, 26), BUREAU, "reply", {"text": "正在办理", "delivered": "platform"}),
    Step(
        date(2018, 10, 26),
        BUREAU,
        "conclude",
        {"outcome": "solved", "facts": "已受理", "answer": "许可证即日发放", "rectification": "加快审批"},
    ),
    Step(
        date(2018, 11, 6),
        BODY,
        "follow_up",
        {"answer": "unsatisfied", "problem": "unsolved", "evidence": "电话录音"},
    ),
)
CLOSING_TRIED: Final = Step(date(2018, 11, 7), BODY, "close")
UNTIL_SOLVED: Final = (
    Step(date(2018, 11, 8), SUPERVISOR, "reopen", {"why": "许可证未发，办结不实", "found": "false_conclusion"}),
    Step(
        date(2018, 11, 23),
        BUREAU,
        "conclude",
        {"outcome": "solved", "facts": "许可证已送达", "answer": "已发证并致歉", "rectification": "责任人调离窗口"},
    ),
    Step(
        date(2018, 11, 27),
        BODY,
        "follow_up",
        {"answer": "satisfied", "problem": "solved", "evidence": "签收单"},
    ),
    Step(date(2018, 11, 29), BODY, "close"),
)

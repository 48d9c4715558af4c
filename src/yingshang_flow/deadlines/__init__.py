"""Time: periods, working days and due dates, usable on their own, without any lifecycle."""

from yingshang_flow.deadlines.calculator import DueDate, before, due
from yingshang_flow.deadlines.calendar import Day, DayKind, WorkingCalendar
from yingshang_flow.deadlines.china import china
from yingshang_flow.deadlines.clock import CHINA_TIME, china_date
from yingshang_flow.deadlines.explain import Explanation, Step
from yingshang_flow.deadlines.notation import parse
from yingshang_flow.deadlines.notice import Notice
from yingshang_flow.deadlines.period import (
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Recurring,
    WorkingDays,
)
from yingshang_flow.deadlines.rules import PERIOD_RULES, DueRules, parse_switches

__all__ = [
    "CHINA_TIME",
    "MONTH_END",
    "PERIOD_RULES",
    "QUARTER_END",
    "WEEKLY",
    "CalendarDays",
    "Day",
    "DayKind",
    "DueDate",
    "DueRules",
    "Explanation",
    "FixedDate",
    "Months",
    "Notice",
    "Period",
    "Recurring",
    "Step",
    "WorkingCalendar",
    "WorkingDays",
    "before",
    "china",
    "china_date",
    "due",
    "parse",
    "parse_switches",
]

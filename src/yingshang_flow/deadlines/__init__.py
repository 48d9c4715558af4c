"""Time: periods, working days and due dates, usable on their own, without any lifecycle."""

from importlib import import_module

from yingshang_flow.deadlines.calculator import DueDate, before, due, latest_start
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
    Series,
    Timetable,
    WorkingDays,
)
from yingshang_flow.deadlines.rules import PERIOD_RULES, DueRules, OfficeHours, parse_switches
from yingshang_flow.errors import DeadlineError

__all__ = [
    "CHINA_TIME",
    "MONTH_END",
    "PERIOD_RULES",
    "QUARTER_END",
    "WEEKLY",
    "CalendarDays",
    "Corrected",
    "Day",
    "DayKind",
    "DueDate",
    "DueRules",
    "Ended",
    "Excluded",
    "Explanation",
    "Extended",
    "FixedDate",
    "Lamp",
    "Lamps",
    "Ledger",
    "LedgerExplanation",
    "LedgerStatus",
    "LedgerStep",
    "Months",
    "Notice",
    "OfficeHours",
    "Paused",
    "Period",
    "Recurring",
    "Restarted",
    "Resumed",
    "Series",
    "Step",
    "Timetable",
    "Waived",
    "WorkingCalendar",
    "WorkingDays",
    "before",
    "china",
    "china_date",
    "due",
    "latest_start",
    "parse",
    "parse_switches",
]


_HOMES = {
    **dict.fromkeys(("due_many", "working_days_between_many"), "bulk"),
    **dict.fromkeys(
        ("Corrected", "Ended", "Excluded", "Extended", "Paused", "Restarted", "Resumed", "Waived"), "entries"
    ),
    **dict.fromkeys(("Lamp", "Lamps"), "lamps"),
    **dict.fromkeys(("LedgerExplanation", "LedgerStep"), "ledger_text"),
    "Ledger": "ledger",
    "LedgerStatus": "standing",
}


def __getattr__(name: str) -> object:
    """Load the ledger and what needs numpy when first used; the types of all names stand in ``__init__.pyi``."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "numpy":
            raise
        message = f'{name} needs numpy, which is not installed; run: pip install "yingshang-flow[bulk]"'
        raise DeadlineError(message) from error
    globals()[name] = value
    return value

from yingshang_flow.deadlines.bulk import due_many as due_many
from yingshang_flow.deadlines.bulk import working_days_between_many as working_days_between_many
from yingshang_flow.deadlines.calculator import DueDate as DueDate
from yingshang_flow.deadlines.calculator import before as before
from yingshang_flow.deadlines.calculator import due as due
from yingshang_flow.deadlines.calculator import latest_start as latest_start
from yingshang_flow.deadlines.calendar import Day as Day
from yingshang_flow.deadlines.calendar import DayKind as DayKind
from yingshang_flow.deadlines.calendar import WorkingCalendar as WorkingCalendar
from yingshang_flow.deadlines.china import china as china
from yingshang_flow.deadlines.clock import CHINA_TIME as CHINA_TIME
from yingshang_flow.deadlines.clock import china_date as china_date
from yingshang_flow.deadlines.entries import Corrected as Corrected
from yingshang_flow.deadlines.entries import Ended as Ended
from yingshang_flow.deadlines.entries import Excluded as Excluded
from yingshang_flow.deadlines.entries import Extended as Extended
from yingshang_flow.deadlines.entries import Paused as Paused
from yingshang_flow.deadlines.entries import Restarted as Restarted
from yingshang_flow.deadlines.entries import Resumed as Resumed
from yingshang_flow.deadlines.entries import Waived as Waived
from yingshang_flow.deadlines.explain import Explanation as Explanation
from yingshang_flow.deadlines.explain import Step as Step
from yingshang_flow.deadlines.lamps import Lamp as Lamp
from yingshang_flow.deadlines.lamps import Lamps as Lamps
from yingshang_flow.deadlines.ledger import Ledger as Ledger
from yingshang_flow.deadlines.ledger_text import LedgerExplanation as LedgerExplanation
from yingshang_flow.deadlines.ledger_text import LedgerStep as LedgerStep
from yingshang_flow.deadlines.notation import parse as parse
from yingshang_flow.deadlines.notice import Notice as Notice
from yingshang_flow.deadlines.period import MONTH_END as MONTH_END
from yingshang_flow.deadlines.period import QUARTER_END as QUARTER_END
from yingshang_flow.deadlines.period import WEEKLY as WEEKLY
from yingshang_flow.deadlines.period import CalendarDays as CalendarDays
from yingshang_flow.deadlines.period import FixedDate as FixedDate
from yingshang_flow.deadlines.period import Months as Months
from yingshang_flow.deadlines.period import Period as Period
from yingshang_flow.deadlines.period import Recurring as Recurring
from yingshang_flow.deadlines.period import Series as Series
from yingshang_flow.deadlines.period import Timetable as Timetable
from yingshang_flow.deadlines.period import WorkingDays as WorkingDays
from yingshang_flow.deadlines.rules import PERIOD_RULES as PERIOD_RULES
from yingshang_flow.deadlines.rules import DueRules as DueRules
from yingshang_flow.deadlines.rules import OfficeHours as OfficeHours
from yingshang_flow.deadlines.rules import parse_switches as parse_switches
from yingshang_flow.deadlines.standing import LedgerStatus as LedgerStatus

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

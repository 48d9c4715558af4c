"""Made-up ledgers of complaints, what an audit says of them, and the reports of that."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from hypothesis import strategies as st

from yingshang_flow import lifecycles
from yingshang_flow.compliance import LedgerAudit, audit_ledger
from yingshang_flow.compliance.conformance.finding import Finding
from yingshang_flow.compliance.report import Report, report_of
from yingshang_flow.compliance.report.baseline import Acceptance, Baseline
from yingshang_flow.deadlines import CHINA_TIME, china

COMPLAINT: Final = lifecycles.complaint("bayuquan-2018")
HEADINGS: Final = ("投诉编号", "收到日期", "投诉处理机构", "答复日期", "不予受理日期", "办结日期", "延期日期", "备注")
AS_OF: Final = date(2018, 12, 31)
FINE: Final = ("A1", "2018-09-10", "青柳区营商办", "2018-09-18", "", "2018-10-20", "", "")
LATE: Final = ("A2", "2018-09-10", "望海区营商办", "2018-09-28", "", "2018-10-20", "", "")
NEVER: Final = ("A3", "2018-09-10", "青柳区营商办", "", "", "", "", "")
SOON: Final = ("A4", "2018-12-21", "青柳区营商办", "", "", "", "", "")
"""Its answer is due on 2 January 2019, and the warning comes two working days before, on 28 December."""
LATELY: Final = ("A5", "2018-12-26", "青柳区营商办", "", "", "", "", "")
WRONG: Final = ("A6", "2018-02-30", "青柳区营商办", "", "", "", "", "")

Row = Sequence[str]


def text(rows: Iterable[Row]) -> str:
    """Return rows as CSV."""
    return "\n".join(",".join(_quoted(cell) for cell in row) for row in (HEADINGS, *rows)) + "\n"


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if any(sign in cell for sign in ',"\n\r') else cell


def audited(rows: Iterable[Row], as_of: date = AS_OF) -> LedgerAudit:
    """Return what an audit says of rows."""
    now = datetime.combine(as_of, datetime.max.time(), CHINA_TIME)
    return audit_ledger(text(rows).encode(), COMPLAINT, calendar=china(), now=now)


def reported(rows: Iterable[Row], *, baseline: Baseline | None = None, as_of: date = AS_OF) -> Report:
    """Return the report of rows."""
    return report_of(audited(rows, as_of), COMPLAINT, calendar=china(), baseline=baseline, name="台账.csv")


def accepting(findings: Iterable[Finding], *, why: str = "已说明") -> Baseline:
    """Return a baseline that accepts findings."""
    day = date(2019, 1, 2)
    made = (Acceptance.of(finding, by="示例督查室", on=day, why=why) for finding in findings)
    return Baseline("baseline.toml", {one.fingerprint: one for one in made})


@st.composite
def row(draw: st.DrawFn) -> Row:
    """Draw a complaint without its number: in time, late, never answered, refused, extended, or with a wrong date."""
    received = date(2018, 7, 2) + timedelta(draw(st.integers(0, 170)))

    def later(most: int) -> str:
        days = draw(st.none() | st.integers(0, most))
        found = None if days is None else received + timedelta(days)
        return "" if found is None or found > AS_OF else str(found)

    unit = draw(st.sampled_from(("", "青柳区营商办", "望海区营商办", "示例区住建局")))
    refused = later(20) if draw(st.integers(0, 5)) == 0 else ""
    replied, concluded = ("", "") if refused else (later(30), later(90))
    extended = later(60) if concluded and draw(st.booleans()) else ""
    begun = "2018-02-30" if draw(st.integers(0, 9)) == 0 else str(received)
    return begun, unit, replied, refused, concluded, extended, ""


LEDGERS: Final = st.lists(row(), max_size=12).map(
    lambda rows: [(f"示例-{number}", *cells) for number, cells in enumerate(rows, 1)]
)

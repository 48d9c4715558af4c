"""Whole reports, each way of showing them, held to the letter against what was approved."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import attrs
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from tests.approving import Make, check
from tests.compliance.report.reporting import COMPLAINT, FINE, HEADINGS, LATE, LATELY, NEVER, SOON, WRONG, text
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Mapping, audit_ledger, read_ledger
from yingshang_flow.compliance.conformance.finding import Finding, Outcome, Owed, Severity, Told
from yingshang_flow.compliance.report import Rate, Report, ReportedCase, ReportedFinding, report_json, report_of
from yingshang_flow.compliance.report.baseline import Acceptance, Baseline
from yingshang_flow.compliance.report.page import page
from yingshang_flow.compliance.report.workbook import workbook
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.sources import OURS
from yingshang_flow.words import LIMIT, Label, Rule

HERE: Final = Path(__file__).parent / "approved"
AS_OF: Final = date(2018, 12, 31)
NOW: Final = datetime(2018, 12, 31, 23, 59, tzinfo=CHINA_TIME)
RECTIFICATION: Final = lifecycles.SHIPPED["rectification"]("bayuquan-2018")
ROWS: Final = (
    LATE,
    NEVER,
    SOON,
    FINE,
    WRONG,
    LATELY,
    ("A7", "2018-07-09", "示例区住建局", "2018-07-12", "", "2018-12-20", "2018-08-01", "=1+1"),
    ("A8", "2018-10-15", "", "", "2018-10-30", "", "", "已说明"),
    ("A9", "2018-08-06", "望海区营商办", "2018-08-08", "2018-08-07", "2019-03-01", "", ""),
    ("", "", "望海区营商办", "2018-08-08", "", "", "", ""),
    ("B1", "去年", "青柳区营商办", "2018/8", "", "", "", "一行，\n两行"),
    ("", "", "", "", "", "", "", ""),
    ("B2", "2018-05-02", "望海区营商办", "2018-05-10", "", "2018-05-28", "", ""),
)


@cache
def full() -> tuple[bytes, Report]:
    """Return a ledger as a CSV file, and its report: new, accepted and stale findings, and rows that are refused."""
    data = text(ROWS).encode("gb18030")
    said = audit_ledger(data, COMPLAINT, calendar=china(), now=NOW)
    late = next(one.finding for one in said.findings if one.finding.case == "A2")
    gone = Acceptance("00ff" * 4, "Z9", "T1", "青柳区营商办", "示例督查室", date(2018, 11, 5), "<已说明> & 了结")
    accepted = Acceptance.of(late, by="示例督查室", on=date(2018, 12, 3), why="节假日安排")
    baseline = Baseline("已接受.toml", {one.fingerprint: one for one in (accepted, gone)})
    return data, report_of(said, COMPLAINT, calendar=china(), baseline=baseline, name="投诉台账.csv")


def nothing() -> Report:
    """Return the report of no case at all."""
    return report_of((), COMPLAINT, calendar=china(), as_of=AS_OF)


def fine() -> Report:
    """Return the report of one case in which everything was kept, and of one that is refused."""
    said = audit_ledger(text((FINE, WRONG)).encode(), COMPLAINT, calendar=china(), now=NOW)
    return report_of(said, COMPLAINT, calendar=china(), name="一件")


_RULE: Final = Rule("Z1", LIMIT, OURS("Z1"), Label("按期答复", "Answered in time"))
_LABEL: Final = Label("答复", "answer")


def _findings() -> Iterator[ReportedFinding]:
    """Yield nine findings that differ in everything a finding may have or lack."""
    day = date(2018, 3, 1)
    act, mark = Label("登记", "register"), Label("（已更正）", " (corrected)")
    made = (
        Finding("T1", "甲", _LABEL, "5", 3, "青柳区营商办", day, None, 44, place="reply#1", severity=Severity.ORDINARY),
        Finding("T1", "甲", _LABEL, "", 3, "", day, day + timedelta(1), 1, act=act, severity=Severity.ORDINARY),
        Finding("Z1", "甲", _RULE.label, "7", None, "", day, day + timedelta(9), citations=_RULE.citations),
        Finding.of(_RULE, "甲", _RULE.label, found="x", mark=mark, act=act, revision=2),
        Finding("state", "甲", Label("不应有此办理", "no such act here"), "closed", 4, happened=day, act=act),
        Finding("role", "甲", Label("角色不符", "another role"), "clerk" * 60, 5),
        Finding("time", "甲", Label("次序不符", "out of order"), mark=mark),
        Finding("clock", "甲", Label("时钟不符", "the clock"), "a<b>&c", 7),
        Finding("erasure", "甲", Label("清除不符", "an erasure"), "", 8, "望海区营商办"),
    )
    for number, finding in enumerate(made):
        by = Acceptance.of(finding, by="某人", on=day, why="说明") if number in {2, 7} else None
        unit = ("", "青柳区营商办", "望海区营商办")[number % 3]
        line, sheet = (number, "表一") if number % 2 else (None, "")
        yield ReportedFinding(finding, "complaint", unit, line, sheet, by)


def _owed() -> Iterator[Owed]:
    """Yield deadlines that came to every end there is, more than a timeline draws."""
    start = date(2018, 1, 10)
    for number in range(4):
        due = start + timedelta(30 + number)
        yield Owed("reply", _LABEL, number, "", start, due, due - timedelta(7), Outcome.KEPT)
        yield Owed("reply", _LABEL, number, "甲" * 200, start, due, due + timedelta(70), Outcome.BROKEN, 48)
        yield Owed("end", Label("办结", "end"), number, "乙", start, due, None, Outcome.BROKEN, None if number else 1)
        yield Owed("end", Label("办结", "end"), number, "", start, due, None, Outcome.UNKNOWN, running=number == 1)


def many() -> Report:
    """Return a report of stored cases with more of everything than is shown."""
    told = full()[1]
    findings = tuple(_findings())
    acts = tuple(
        Told(date(2018, 1, 10) + timedelta(9 * n), "note", Label("登记", "register"), "丙" * (n % 2)) for n in range(27)
    )
    owed = tuple(_owed())
    case = ReportedCase(
        "甲", "complaint", "x", Label("在办", "open"), Lamp.RED, Severity.GRAVE, 44, findings, acts, owed, 7, "表一"
    )
    long = [attrs.evolve(one, start=date(2015, 12, 31), due=date(2017, 12, 31 - n)) for n, one in enumerate(owed[:3])]
    other = attrs.evolve(case, case="乙", days_late=1, findings=findings[:6], owed=tuple(long), line=None, sheet="")
    near = [attrs.evolve(one, start=date(2018, 2, 1), due=date(2018, 3, 1), happened=None) for one in owed[3:8:4]]
    third = attrs.evolve(
        case, case="丙" * 161, days_late=None, findings=findings[3:4], owed=tuple(near), acts=acts[6:8], sheet=""
    )
    fourth = attrs.evolve(third, case="丁", owed=(), acts=acts[:1], line=9)
    fifth = attrs.evolve(
        third, case="戊", owed=(attrs.evolve(owed[0], happened=None, outcome=Outcome.UNKNOWN),), acts=()
    )
    reasons = tuple((Label(f"因{n}", f"because {n}"), 9 - n) for n in range(7))
    rules = (
        attrs.evolve(told.rules[0], kept=3, broken=2, unknown=7, reasons=reasons),
        attrs.evolve(told.rules[1], kept=1, broken=0, unknown=1, reasons=reasons[:5]),
        attrs.evolve(told.rules[2], lifecycle="rectification", kept=0, broken=1, unknown=0),
        attrs.evolve(told.rules[3], rule=_RULE, kept=0, broken=0, unknown=0),
    )
    return attrs.evolve(
        told,
        name="",
        title=Label("投诉、整改", "Complaints, Rectification"),
        as_of=date(2018, 6, 1),
        procedures={**told.procedures, (RECTIFICATION.key, RECTIFICATION.profile): RECTIFICATION.title},
        audited=1,
        refused=1,
        with_findings=1,
        lamps={Lamp.RED: 1, Lamp.YELLOW: 2, Lamp.GREEN: 0},
        rules=rules,
        on_time=Rate(1, 0),
        undone=1,
        by_unit=tuple((f"单位{n}" if n else "", Rate(n, n % 5)) for n in range(42)),
        by_month=tuple((f"201{y}-{m:02}", Rate(m, y)) for y in range(6, 9) for m in range(1, 13) if (y, m) < (8, 3)),
        findings=findings,
        worst=(case, other, third, fourth, fifth),
        worst_of=7,
        source=None,
        baseline="",
        stale=told.stale * 5,
    )


def _as_page(report: Report, most: int = 500) -> str:
    """Return a page with each element in a line of its own, without what the package ships as files."""
    made = page(report, most=most)
    for name in ("style", "script"):
        begin, end = made.index(f"<{name}>"), made.index(f"</{name}>")
        assert end - begin > 1_000
        made = f"{made[:begin]}<{name}>{made[end:]}"
    return made.replace("><", ">\n<")


def _as_json(report: Report) -> str:
    return json.dumps(report_json(report), ensure_ascii=False, indent=1) + "\n"


def dumped(data: bytes) -> str:
    """Return everything a workbook says: its sheets, and of each cell what it holds and how it looks."""
    return "\n".join(_dump(data)) + "\n"


def _dump(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():  # openpyxl does not read how large a comment is
            if name.endswith(".vml"):
                yield f"{name} {re.findall('(?:width|height):[0-9.a-z]+', parts.read(name).decode())}"
    for sheet in load_workbook(io.BytesIO(data)).worksheets:
        widths = {name: column.width for name, column in sheet.column_dimensions.items()}
        yield f"## {sheet.title} {sheet.dimensions} {sheet.freeze_panes} {sheet.auto_filter.ref} {widths}"
        for row in sheet.iter_rows():
            yield from filter(None, map(_said, row))


def _said(cell: Cell | MergedCell) -> str:
    """Return what a cell holds and how it looks; empty where there is nothing to tell."""
    font, fill, placed, note = cell.font, cell.fill, cell.alignment, cell.comment
    color = font.color.rgb if font.color is not None and font.color.type == "rgb" else ""
    looks = [
        *([f"filled {fill.fill_type} {fill.fgColor.rgb}"] if fill.fill_type else []),
        *(["bold"] if font.b else []),
        *([f"underlined {font.u}"] if font.u else []),
        *([f"coloured {color}"] if color else []),
        *([f"{placed.vertical} wrap={placed.wrap_text}"] if placed.vertical or placed.wrap_text else []),
        *(["prefixed"] if cell.quotePrefix else []),
        *([f"to {cell.hyperlink.location}"] if cell.hyperlink else []),
        *([f"{note.author}: {note.text!r}"] if note else []),
    ]
    return " | ".join((cell.coordinate, cell.data_type, repr(cell.value), *looks)) if looks or cell.value else ""


def _marked(name: str, data: bytes, report: Report, *, known: bool = True) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return dumped(workbook(report, source=path, lifecycle=COMPLAINT if known else None))


def _book() -> str:
    """Return what becomes of a workbook with two sheets, a title above the headings, merged cells and a comment."""
    book = Workbook()
    other = book.active
    assert isinstance(other, Worksheet)
    other.title = "说明"
    other["A1"] = "合成数据"
    sheet = book.create_sheet("投诉 一")
    sheet.append(["投诉台账"])
    sheet.append(["投诉 编号", *HEADINGS[1:]])
    for row in (LATE, NEVER, WRONG, ROWS[8], ("A2", *LATE[1:3], date(2018, 9, 28))):
        sheet.append(list(row))
    sheet["D3"] = datetime(2018, 9, 28, 9, 30)  # noqa: DTZ001  # as spreadsheets have it
    sheet["A3"].comment = Comment("原有批注", "甲")
    sheet["J1"] = "=1+1"
    sheet.merge_cells("A3:A4")
    out = io.BytesIO()
    book.save(out)
    data = out.getvalue()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "台账.xlsx"
        path.write_bytes(data)
        asked = "".join(f'"{name}" = "{name}"\n' for name in HEADINGS[:7])
        mapping = Mapping.from_text(f'lifecycle = "complaint"\nsheet = "投诉 一"\nheader = 2\n[columns]\n{asked}')
        ledger = read_ledger(path, COMPLAINT, mapping=mapping)
        said = audit_ledger(ledger, COMPLAINT, calendar=china(), now=NOW)
        made = report_of(said, COMPLAINT, calendar=china())
        return dumped(workbook(made, source=path, lifecycle=COMPLAINT))


APPROVED: Final[dict[Path, Make]] = {
    HERE / "full.html.txt": lambda: _as_page(full()[1]),
    HERE / "full.json": lambda: _as_json(full()[1]),
    HERE / "full.xlsx.txt": lambda: _marked("投诉台账.csv", *full()),
    HERE / "full-first-column.xlsx.txt": lambda: _marked("投诉台账.csv", *full(), known=False),
    HERE / "book.xlsx.txt": _book,
    HERE / "many.html.txt": lambda: _as_page(many(), 4),
    HERE / "many.json": lambda: _as_json(many()),
    HERE / "many.xlsx.txt": lambda: dumped(workbook(many())),
    HERE / "fine.html.txt": lambda: _as_page(fine()),
    HERE / "nothing.html.txt": lambda: _as_page(nothing()),
    HERE / "nothing.xlsx.txt": lambda: dumped(workbook(nothing())),
}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in APPROVED])
def test_a_report_says_what_was_approved(path: Path) -> None:
    check(path, APPROVED[path])

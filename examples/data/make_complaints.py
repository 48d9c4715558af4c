"""Writes complaints-2018.csv: 300 SYNTHETIC complaints; no person, unit or complaint in it exists.

Run: ``python examples/data/make_complaints.py [FILE]``; the same file comes out every time. README.md
says how to audit it.
"""

import csv
import io
import random
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from yingshang_flow.deadlines import china, due

ROWS: Final = 300
SEED: Final = 20180701
FIRST, LAST_DAY = date(2018, 7, 2), date(2019, 3, 29)
HEADINGS: Final = (
    "说明",
    "投诉编号",
    "登记日期",
    "收到日期",
    "投诉处理机构",
    "被投诉单位",
    "投诉渠道",
    "投诉类别",
    "是否实名",
    "受理日期",
    "不予受理日期",
    "转办日期",
    "承办单位",
    "答复日期",
    "延期日期",
    "延期事由",
    "办结日期",
    "办结结果",
    "回访日期",
    "回访结果",
    "问题是否解决",
    "移交线索日期",
    "撤回日期",
    "归档日期",
)
BODY: Final = "示例区营商办"
UNITS: Final = ("青柳街道办", "望海街道办", "示例区住建局", "示例区市场监管局", "示例区不动产中心", "示例区水务公司")
CHANNELS: Final = ("8890平台", "8890平台", "8890平台", "电话", "来访", "来信", "民心网", "差评")
CATEGORIES: Final = ("推诿拖延", "推诿拖延", "失信", "乱收费", "为官不为", "滥用职权", "其他")
OUTCOMES: Final = ("已解决", "已解决", "已解决", "部分解决", "已解释", "不属实")

Row = dict[str, str]


class Maker:
    """Makes complaints one after another, each of a kind that a ledger really has."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # nothing secret: the same numbers every time

    def rows(self, number: int) -> list[Row]:
        """Return so many complaints in order of their receipt."""
        span = (date(2019, 1, 31) - FIRST).days
        days = sorted(self._working(FIRST + timedelta(self._chance.randrange(span))) for _ in range(number))
        return [self._row(count, day) for count, day in enumerate(days, 1)]

    def _working(self, day: date) -> date:
        return day if china().is_working(day) else china().next_working_day(day)

    def _later(self, day: date, least: int, most: int) -> date:
        """Return a working day so many working days later."""
        return china().next_working_day(day, self._chance.randint(max(1, least), max(1, most)))

    def _likely(self, percent: int) -> bool:
        return self._chance.randrange(100) < percent

    def _row(self, number: int, received: date) -> Row:
        against, undertaker = self._chance.sample(UNITS, 2)
        row = {
            "说明": "合成数据",
            "投诉编号": f"示例-2018-{number:04}",
            "收到日期": str(received),
            "投诉处理机构": BODY,
            "被投诉单位": against,
            "投诉渠道": self._chance.choice(CHANNELS),
            "投诉类别": self._chance.choice(CATEGORIES),
            "是否实名": "是" if self._likely(60) else "否",
        }
        if row["投诉渠道"] == "8890平台":
            row["登记日期"] = str(china().previous_working_day(received) if self._likely(70) else received)
        if self._likely(6):
            row["不予受理日期"] = str(self._later(received, 2, 9))
        elif self._likely(4):
            row["撤回日期"] = str(self._later(received, 1, 12))
        else:
            self._handle(row, received, undertaker)
        for heading in HEADINGS:  # what would come after the ledger was drawn up is not in it
            if heading.endswith("日期") and row.get(heading, "") > str(LAST_DAY):
                self._cut(row, heading)
        return row

    def _handle(self, row: Row, received: date, undertaker: str) -> None:
        accepted = self._later(received, 1, 2)
        row["受理日期"] = str(accepted)
        assigned = self._later(accepted, 1, 2)
        row |= {"转办日期": str(assigned), "承办单位": undertaker}
        if not self._likely(5):
            answered = self._later(assigned, 1, 3) if self._likely(84) else self._later(assigned, 5, 15)
            row["答复日期"] = str(answered)
        if self._likely(6):
            return  # never concluded
        last = due("30工作日", received).date
        if self._likely(9):
            row["延期日期"] = str(
                self._later(last, 1, 5) if self._likely(25) else china().previous_working_day(last, 3)
            )
            row["延期事由"] = self._chance.choice(("特别重大", "特殊情况"))
            concluded = self._later(last, 5, 20) if self._likely(80) else self._later(last, 38, 45)
        elif self._likely(12):
            concluded = self._later(last, 1, 15)
        else:
            concluded = self._later(assigned, 5, 22)
        row |= {"办结日期": str(concluded), "办结结果": self._chance.choice(OUTCOMES)}
        if row["投诉类别"] in {"为官不为", "滥用职权"} and self._likely(15):
            row["移交线索日期"] = str(concluded)
        self._ask(row, concluded)

    def _ask(self, row: Row, concluded: date) -> None:
        """Ask the complainant; sometimes nobody does, and sometimes the answer contradicts the conclusion."""
        if self._likely(8):
            row["归档日期"] = str(self._later(concluded, 2, 8)) if self._likely(60) else ""
            return
        asked = self._later(concluded, 1, 6)
        row["回访日期"] = str(asked)
        if row["办结结果"] == "已解决" and self._likely(6):
            row |= {"回访结果": "不满意", "问题是否解决": "否"}
            return
        answer = self._chance.choice(("满意",) * 8 + ("不满意", "未联系上"))
        row["回访结果"] = answer
        if answer != "未联系上":
            row["问题是否解决"] = "是" if row["办结结果"] == "已解决" else self._chance.choice(("是", "否"))
        row["归档日期"] = str(self._later(asked, 1, 5))

    def _cut(self, row: Row, heading: str) -> None:
        row[heading] = ""
        for also in {
            "转办日期": ("承办单位",),
            "延期日期": ("延期事由",),
            "办结日期": ("办结结果",),
            "回访日期": ("回访结果", "问题是否解决"),
        }.get(heading, ()):
            row[also] = ""


def text(rows: Sequence[Row]) -> str:
    """Return rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def main(path: Path) -> None:
    """Write the file, in UTF-8 with the byte order mark that spreadsheets look for."""
    path.write_bytes(text(Maker(SEED).rows(ROWS)).encode("utf-8-sig"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).with_name("complaints-2018.csv"))

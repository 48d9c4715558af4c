"""Reads a cell that holds a date: text in any spelling that can mean only one day, a serial number, or a real date."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

import attrs

from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import TimeError
from yingshang_flow.words import Label

_TIME: Final = r"(?:[ T]*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?(?:\.0+)?秒?)?)?"
_SPELLINGS: Final = tuple(
    (name, re.compile(rf"(?P<year>\d{{4}}){between}{_TIME}", re.ASCII))
    for name, between in (
        ("2018-09-10", r"-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
        ("2018/9/10", r"/(?P<month>\d{1,2})/(?P<day>\d{1,2})"),
        ("2018.9.10", r"\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})"),
        ("2018年9月10日", r" ?年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?日"),
        ("20180910", r"(?P<month>\d{2})(?P<day>\d{2})"),
    )
)
_YEAR_LAST: Final = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?: .*)?", re.ASCII)
_SERIAL: Final = re.compile(r"[2-9]\d{4}(?:\.\d+)?", re.ASCII)
_EXCEL_ZERO: Final = date(1899, 12, 30)
_LAST_SERIAL: Final = 2_958_465  # 9999-12-31
_WRITTEN_AS_NUMBER: Final = range(1949_01_01, 2200_00_00)
_ORDERS: Final = {
    "DD/MM/YYYY": re.compile(rf"(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}}){_TIME}", re.ASCII),
    "MM/DD/YYYY": re.compile(rf"(?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})[-/.](?P<year>\d{{4}}){_TIME}", re.ASCII),
}

DATE_CELL: Final = "日期格式"
"""The spelling of a date that the source keeps as one."""

DATE_ORDERS: Final = tuple(_ORDERS)
"""The ways to write a date that a mapping has to name, as they could mean two days."""

_IMPOSSIBLE_YEAR: Final = Label("年份不可能", "the year is impossible")
_CHECK_YEAR: Final = Label("请核对年份", "check the year")
_GIVE: Final = Label("请填写 2018-09-10 这样的日期，未发生的留空", "write a date such as 2018-09-10, or leave it empty")


@attrs.frozen
class Day:
    """A date as a cell has it.

    Attributes:
        at: The day, or the instant at UTC+8; midnight is how spreadsheets write a day.
        spelling: How it is written, by the example of 10 September 2018.
    """

    at: Moment
    spelling: str


@attrs.frozen
class Unreadable:
    """Why a cell cannot be taken, and what to do about it; of a cell that has no text, what it shows."""

    why: Label
    remedy: Label
    value: str = ""


@lru_cache(maxsize=4096)
def read_day(text: str) -> Day | Unreadable:
    """Read a date, the year first: 2018-09-10, 2018/9/10, 2018.9.10, 2018年9月10日, 20180910, with or without a time.

    Full-width digits are read like others. What could mean two days, as 10/9/2018, is not guessed.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for spelling, pattern in _SPELLINGS:
        found = pattern.fullmatch(plain)
        if found is not None:
            return _day(found, spelling)
    if _YEAR_LAST.fullmatch(plain):
        why = Label("年、月、日的先后不明", "it does not say which is the year, the month and the day")
        return Unreadable(why, Label("请先写四位数的年份，如 2018-09-10", "write the year first, as in 2018-09-10"))
    if _SERIAL.fullmatch(plain):
        meant = _EXCEL_ZERO + timedelta(days=int(float(plain)))
        return Unreadable(
            Label("是表格软件的日期序号", "it is the number by which a spreadsheet keeps a date"),
            Label(
                f"请将该列设为日期格式后再导出（可能是 {meant}）",
                f"format the column as dates, then save (maybe {meant})",
            ),
        )
    return Unreadable(Label("不是日期", "it is no date"), _GIVE)


def read_ordered_day(text: str, order: str) -> Day | Unreadable:
    """Read a date in an order that a mapping names, one of ``DATE_ORDERS``; with the year first it is read as well."""
    found = _ORDERS[order].fullmatch(unicodedata.normalize("NFKC", text).strip())
    return read_day(text) if found is None else _day(found, order)


def read_serial(number: float, epoch: int = 0) -> Day | Unreadable:
    """Read the number by which a spreadsheet keeps a date; eight digits that are a date are read as written.

    Args:
        number: Days since 1899-12-30, with the time of day as a fraction.
        epoch: How many days later the counting starts; 1462 in workbooks that count from 1904.
    """
    if number == int(number) and int(number) in _WRITTEN_AS_NUMBER:
        return read_day(str(int(number)))
    if not 0 <= number + epoch <= _LAST_SERIAL:
        return Unreadable(Label("这个数字不是日期", "the number is no date"), _GIVE, str(number))
    seconds = round(number * 86400)  # spreadsheets keep a time of day to a fraction of a second
    at = datetime.combine(_EXCEL_ZERO, time()) + timedelta(days=epoch, seconds=seconds)
    return real_day(at)


def real_day(at: date) -> Day | Unreadable:
    """Take a date, or a datetime, that a source keeps as one; a naive datetime is read at UTC+8, midnight is a day."""
    try:
        if isinstance(at, datetime):
            aware = at.replace(tzinfo=CHINA_TIME) if at.tzinfo is None else at.astimezone(CHINA_TIME)
            midnight = aware.time() == time()
            return Day(Moment.of(aware.date() if midnight else aware), DATE_CELL)
        return Day(Moment.of(at), DATE_CELL)
    except (TimeError, OverflowError):
        return Unreadable(_IMPOSSIBLE_YEAR, _CHECK_YEAR, str(at))


def _day(found: re.Match[str], spelling: str) -> Day | Unreadable:
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        why = Label("没有这一天", "there is no such day")
        return Unreadable(why, Label("请核对日期", "check the date"))
    try:
        at = time(int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
        moment = Moment.of(day if at == time() else datetime.combine(day, at, CHINA_TIME))
    except ValueError:
        why = Label("没有这一时刻", "there is no such time of day")
        return Unreadable(why, Label("请核对时间", "check the time"))
    except TimeError:
        return Unreadable(_IMPOSSIBLE_YEAR, _CHECK_YEAR)
    return Day(moment, spelling)

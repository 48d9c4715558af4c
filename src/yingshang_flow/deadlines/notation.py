"""How periods are written in documents: the reader of ``7工作日``, ``三个月``, ``30 working days`` or ``每月末``."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from yingshang_flow.deadlines.period import (
    HALF_DAYS,
    MONTH_END,
    MOST_DATES,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Recurring,
    Timetable,
    WorkingDays,
)
from yingshang_flow.errors import PeriodError


def parse(text: str) -> Period:
    """Read a period as it is written in documents, in Chinese or English.

    Args:
        text: For example ``7工作日``, ``七个工作日``, ``30 working days``, ``3.5工作日``, ``半个工作日``, ``3个月``,
            ``半年``, ``2年``, ``十五日``, ``2周``, ``2021年10月30日``, ``每月末``, ``每5个工作日`` or
            ``按序时进度：2018-12-31、2019-06-30``.
            Full-width digits and surrounding spaces do not matter, neither do 以内 after a number and 前 after a date:
            both include the last day (R3).

    Raises:
        PeriodError: The text is no period; the message says what to write instead.
    """
    if not isinstance(text, str):
        raise PeriodError(f"a period is read from text, not from {text!r}: {_WRITE}")
    return _read(text)


@lru_cache(maxsize=1024)
def _read(text: str) -> Period:
    if len(text) > _LONGEST and not text.lstrip().startswith(_SCHEDULED):
        raise PeriodError(f"{text[:_LONGEST]!r}… is too long for a period: {_WRITE}")
    plain = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST_SCHEDULE]).lower().split())
    if plain in _RECURRING:
        return _RECURRING[plain]
    if match := _DATE.fullmatch(plain.replace(" ", "")):
        return _fixed(match, text)
    if match := _COUNTED.fullmatch(plain):
        return _counted(match, text)
    if match := _TIMETABLE.fullmatch(plain):
        return Timetable(tuple(_fixed(_dated(one, text), text).date for one in _SEPARATORS.split(match["dates"])))
    if match := _EVERY.fullmatch(plain):
        return Recurring("working_day", _whole(match["number"] or "1", text))
    raise PeriodError(f"{text!r} is no period: {_hint(plain)}")


def _fixed(match: re.Match[str], text: str) -> FixedDate:
    year, month, day = (int(number) for number in match.groups() if number)
    try:
        return FixedDate(date(year, month, day))
    except ValueError:
        raise PeriodError(f"{text!r} is no date that exists") from None


def _dated(one: str, text: str) -> re.Match[str]:
    """Return a date of a timetable, taken apart."""
    match = _DATE.fullmatch(one.replace(" ", ""))
    if match is None:
        raise PeriodError(f"{text[:_LONGEST]!r} is no timetable: {one[:_LONGEST]!r} is no date, write 2021-10-30")
    return match


def _counted(match: re.Match[str], text: str) -> Period:
    number, unit = match["number"], _UNITS[match["unit"]]
    if number in _HALVES and unit is _years:
        return Months(6)
    if number in _HALVES or "." in number or number.endswith("半"):
        if unit is not WorkingDays:
            raise PeriodError(f"{text!r} is a fraction: {_WHOLE}")
        return _half_days(number, text)
    return unit(_whole(number, text))


def _whole(number: str, text: str) -> int:
    return _number(number, text) if number[0] in _CHARACTERS else int(number)


def _half_days(number: str, text: str) -> WorkingDays:
    """Read working days with a fraction, exactly."""
    if number in _HALVES:
        return WorkingDays(0.5)
    if number.endswith("半"):
        return WorkingDays(_whole(number.removesuffix("个半"), text) + 0.5)
    halves = Fraction(number) * 2
    if halves.denominator != 1:
        raise PeriodError(f"{text!r} is no number of working days: {HALF_DAYS}")
    return WorkingDays(int(halves) / 2)


def _weeks(n: int) -> CalendarDays:
    return CalendarDays(7 * n)


def _years(n: int) -> Months:
    return Months(12 * n)


_LONGEST: Final = 60
_LONGEST_SCHEDULE: Final = 60 + 12 * MOST_DATES
_SCHEDULED: Final = ("按序时进度", "as scheduled", "As scheduled")
_WRITE: Final = "write for example 7工作日, 15日, 3个月, 2021-10-30 or 每月末"
_WHOLE: Final = "write whole days or months, for example 15日"
_CHARACTERS: Final = "〇零一二两三四五六七八九十百千万"
_HALVES: Final = ("半", "半个", "half", "half a")
_UNITS: Final[MappingProxyType[str, Callable[[int], Period]]] = MappingProxyType(
    {
        **dict.fromkeys(("工作日", "个工作日", "working day", "business day", "workday"), WorkingDays),
        **dict.fromkeys(("日", "天", "自然日", "个自然日", "日历日", "个日历日", "day", "calendar day"), CalendarDays),
        **dict.fromkeys(("周", "星期", "个星期", "week"), _weeks),
        **dict.fromkeys(("个月", "month"), Months),
        **dict.fromkeys(("年", "year"), _years),
    }
)
_LONGEST_FIRST: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_COUNTED: Final = re.compile(
    rf"(?:within )?(?P<number>-?[0-9]+(?:\.[0-9]+)?|(?:[0-9]+|[{_CHARACTERS}]+)个半|[{_CHARACTERS}]+|"
    rf"{'|'.join(_HALVES)}) ?"
    rf"(?P<unit>{_LONGEST_FIRST})(?:s|内|以内|之内)?"
)
_EVERY: Final = re.compile(
    rf"(?:每|every ) ?(?P<number>-?[0-9]+|[{_CHARACTERS}]+)? ?(?:个?工作日|working days?|business days?|workdays?)"
)
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)(?:前|之前|以前)?")
_TIMETABLE: Final = re.compile(r"(?:按序时进度|as scheduled) ?: ?(?P<dates>.+)")
_SEPARATORS: Final = re.compile(r" ?[、,;] ?")
_RECURRING: Final = MappingProxyType(
    {
        **dict.fromkeys(("每周", "每周末", "每星期", "weekly", "every week"), WEEKLY),
        **dict.fromkeys(("每月末", "每月底", "每月", "monthly", "end of month", "end of every month"), MONTH_END),
        **dict.fromkeys(("每季度末", "每季末", "每季度", "quarterly", "end of quarter"), QUARTER_END),
        "every month": MONTH_END,
        "every quarter": QUARTER_END,
        "end of every quarter": QUARTER_END,
    }
)

_HINTS: Final = (
    (r"", "it is empty; " + _WRITE),
    (
        r".*(序时|as scheduled).*",
        "to keep pace with a schedule needs its dates; write for example 按序时进度：2018-12-31、2019-06-30",
    ),
    (
        r"(每|every).*[0-9一二两三四五六七八九十半].*(工作日|working|business|workday).*",
        "working days recur in whole numbers; write for example 每5个工作日",
    ),
    (r"[0-9]{4}[-/.年].*", "a date is written 2021-10-30 or 2021年10月30日"),
    (
        r".*[0-9一二三四五六七八九十]月[0-9一二三四五六七八九十].*",
        "a date needs its year; write for example 2021-10-30",
    ),
    (r"[0-9一二三四五六七八九十]+月", "write 3个月 for three months, 2021-03-31 for a date"),
    (
        r".*[0-9一二两三四五六七八九十] ?(-|~|至|到|to) ?[0-9一二两三四五六七八九十].*",
        "a limit is one number, no range",
    ),
    (r".*(左右|上下|约|大概|about|approx|circa|~).*", "a limit is one number, without 'about'; write for example 7日"),
    (r".*([0-9]\.[0-9]|半|half).*(工作日|working|business|workday).*", HALF_DAYS),
    (r".*([0-9]\.[0-9]|半|half).*", f"it is a fraction; {_WHOLE}"),
    (rf"[0-9]+|[{_CHARACTERS}]+", "the unit is missing; write for example 7工作日 or 7日"),
    (r".*", _WRITE),
)


def _hint(plain: str) -> str:
    """Return what to write instead of a text that is no period."""
    return next(hint for pattern, hint in _HINTS if re.fullmatch(pattern, plain))


_VALUES: Final = MappingProxyType(
    {name: value for value, name in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
)
_POWERS: Final = MappingProxyType({"十": 10, "百": 100, "千": 1000, "万": 10000})


def _number(written: str, text: str) -> int:
    """Read a number written in characters; what no number is written like is refused, never guessed."""
    total, digit = 0, 0
    for character in written:
        if character in _VALUES:
            digit = _VALUES[character]
        else:
            total, digit = total + (digit or 1) * _POWERS[character], 0
    total += digit
    if written not in _spellings(total):
        raise PeriodError(f"{text!r} has no number that can be read: write it in digits, for example 30日")
    return total


def _spellings(n: int) -> frozenset[str]:
    """Return the ways to write a number below 100000 in characters."""
    spelled, gap = "" if n else "零", False
    for power, name in ((10000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // power % 10
        if digit:
            spelled += ("零" if gap and spelled else "") + "零一二三四五六七八九"[digit] + name
        gap = not digit
    first = {spelled, re.sub(r"^二(?=$|[百千万])", "两", spelled), re.sub(r"^一十", "十", spelled)}
    return frozenset(first | {spelling.replace("零", "〇") for spelling in first})

"""The rules by which a period is computed: where each one stands, and how its switch is set."""

from collections.abc import Callable, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any, Final, Literal, TypedDict, get_args

import attrs

from yingshang_flow.errors import DeadlineError
from yingshang_flow.sources import (
    BIDDING,
    CIVIL_CODE,
    CIVIL_PROCEDURE,
    DALIAN_OPINION,
    DISCLOSURE,
    HOLIDAY_NOTICE,
    HOLIDAYS,
    LICENSING,
    OURS,
    PENALTIES,
    TAX_RULES,
    WORKING_HOURS,
)
from yingshang_flow.words import PROPERTY, Label, Rule

Roll = Literal["any", "none", "statutory"]
"""Which days off move the last day of a calendar period: any, none, or statutory holidays only."""
FixedRoll = Literal["stay", "earlier", "later"]
"""Where a fixed date goes when it is a day off: nowhere, to the working day before, or to the one after."""
AfterHours = Literal["same_day", "next_day"]
"""When something counts as received that comes after the close of business: that day, or the next working day."""
PastHorizon = Literal["provisional", "refuse"]
"""What is done past the last published notice: give a provisional answer, or none."""

PERIOD_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.id: rule
        for rule in (
            Rule(
                "R1",
                PROPERTY,
                (CIVIL_CODE("201"), CIVIL_PROCEDURE("85")),
                Label("期间开始的当日不计入", "the day on which the period starts is not counted"),
            ),
            Rule(
                "R2",
                PROPERTY,
                (WORKING_HOURS("7"), HOLIDAYS(), HOLIDAY_NOTICE(), LICENSING("82"), PENALTIES("85")),
                Label(
                    "工作日：周一至周五，减放假，加调休上班",
                    "working days: Monday to Friday, less days off, plus make-up days",
                ),
            ),
            Rule(
                "R3",
                PROPERTY,
                (CIVIL_CODE("1259"), OURS("前")),
                Label("以内、届满、之前包括本数本日", "a limit includes its last day"),
            ),
            Rule(
                "R4",
                PROPERTY,
                CIVIL_CODE("202"),
                Label(
                    "按月按年：到期月的对应日，没有对应日的为月末",
                    "months end on the day of the same number, else on the month's last",
                ),
            ),
            Rule(
                "R5",
                PROPERTY,
                (CIVIL_CODE("203"), CIVIL_PROCEDURE("85")),
                Label(
                    "末日为休息日的，顺延至其后首个工作日", "a last day that is a day off moves to the next working day"
                ),
            ),
            Rule(
                "R6",
                PROPERTY,
                (CIVIL_CODE("203"), OURS("下班后收到")),
                Label("末日至二十四时或下班时截止", "the last day ends at 24:00, or at the close of business"),
            ),
            Rule(
                "R7",
                PROPERTY,
                CIVIL_PROCEDURE("85"),
                Label("期满前交邮的不算过期", "what is posted before the end is in time"),
            ),
            Rule(
                "R8",
                PROPERTY,
                (LICENSING("45"), BIDDING("61"), DISCLOSURE("30")),
                Label("扣除的时间不计入，其后继续计算", "excluded time is not counted; the rest resumes after it"),
            ),
            Rule(
                "R9",
                PROPERTY,
                TAX_RULES("109"),
                Label("期间内连续三日以上休假的顺延", "three or more consecutive days off inside extend the period"),
            ),
            Rule(
                "R10", PROPERTY, OURS("固定日期"), Label("固定日期不顺延", "a fixed date is a date and does not move")
            ),
            Rule(
                "R11",
                PROPERTY,
                OURS("临时日历"),
                Label("尚未公布放假通知的，结果为暂定", "past the last published notice a result is provisional"),
            ),
            Rule(
                "R12",
                PROPERTY,
                (DALIAN_OPINION("2"), OURS("办公时间")),
                Label("半个工作日按办公时间计", "half working days follow the office hours"),
            ),
            Rule("R13", PROPERTY, OURS("提醒"), Label("提醒按同样方法倒推", "a reminder counts back the same way")),
        )
    }
)
"""Every rule of computing a period by its id; R7 says which moment of an act is compared, all others are computed."""

Span = tuple[time, time]
"""From one time of day to another, naive times at UTC+8."""


def _says_from_to(span: object) -> bool:
    return isinstance(span, tuple) and len(span) == 2 and all(map(_is_time, span)) and span[0] < span[1]  # noqa: PLR2004 - a pair


@attrs.frozen
class OfficeHours:
    """The two halves of a working day (R12): ours where the document is silent.

    Attributes:
        morning: From when to when the first half is worked, naive times at UTC+8.
        afternoon: The same of the second half; it ends at the close of business.
    """

    morning: Span = (time(9), time(12))
    afternoon: Span = (time(13), time(17))

    def __attrs_post_init__(self) -> None:
        """Refuse halves that are none, or that overlap."""
        if not (_says_from_to(self.morning) and _says_from_to(self.afternoon) and self.morning[1] <= self.afternoon[0]):
            raise DeadlineError(
                "office hours are a morning and an afternoon, each from a time to a later one without a time zone and "
                f"one after the other, for example {OFFICE_HOURS}, not {self.morning!r} and {self.afternoon!r}"
            )

    @property
    def closes(self) -> time:
        """The close of business."""
        return self.afternoon[1]

    @classmethod
    def parse(cls, text: str) -> "OfficeHours":
        """Read office hours, written as ``09:00-12:00,13:00-17:00``.

        Raises:
            DeadlineError: They cannot be read, or cannot be.
        """
        try:
            morning, afternoon = (_span(half) for half in text.replace("\N{EN DASH}", "-").split(","))
        except (AttributeError, ValueError):
            raise DeadlineError(f"office hours are written {OFFICE_HOURS}, not {text!r}") from None
        return cls(morning, afternoon)

    def halves_left(self, at: time, *, first_counts: bool) -> int:
        """Return how many halves of a working day count after a moment of it.

        The half it lies in does not, unless the first does (R1); what comes before the opening comes in the morning.
        """
        if first_counts:
            return sum(at < end for _, end in (self.morning, self.afternoon))
        return int(at < self.afternoon[0])

    def __str__(self) -> str:
        return ",".join(
            f"{begin.isoformat('minutes')}-{end.isoformat('minutes')}" for begin, end in (self.morning, self.afternoon)
        )


def _span(text: str) -> Span:
    begin, end = text.split("-")
    return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())


def _is_time(value: object) -> bool:
    return isinstance(value, time) and value.tzinfo is None


OFFICE_HOURS: Final = OfficeHours()
"""The hours that halves follow where the rules name none: 09:00-12:00 and 13:00-17:00."""


@attrs.frozen(kw_only=True)
class DueRules:
    """How the switches of the period rules are set; the defaults are the marked ones.

    Attributes:
        count_start: R1: whether the day on which the period starts counts.
        date_included: R3: whether something is in time on a date that is set, or only before it (ours).
        roll: R5: which days off move the last day of a calendar period.
        sent_counts: R7: whether what was sent before the end is in time, or only what has arrived by then.
        closes: R6: the close of business, a naive time at UTC+8; none when the last day ends at 24:00.
        after_hours: R6: when something counts as received that comes after the close of business or on a day off.
        first_excluded_counts: R8: whether the first day of excluded time still counts.
        tax_extension: R9: whether three or more days off in a row prolong a period of days or months.
        fixed_roll: R10: where a fixed date goes when it is a day off.
        past_horizon: R11: what is done past the last published notice.
        office_hours: R12: the halves of a working day; ``OFFICE_HOURS`` when none are named.
    """

    count_start: bool = False
    date_included: bool = True
    sent_counts: bool = True
    roll: Roll = "any"
    closes: time | None = None
    after_hours: AfterHours = "same_day"
    first_excluded_counts: bool = False
    tax_extension: bool = False
    fixed_roll: FixedRoll = "stay"
    past_horizon: PastHorizon = "provisional"
    office_hours: OfficeHours | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse wrong values, all of them at once."""
        problems = [
            f"{name} is true or false, not {value!r}"
            for name in _FLAGS
            if not isinstance(value := getattr(self, name), bool)
        ]
        problems += [
            f"{name} is one of {', '.join(known)}, not {value!r}"
            for name, known in _CHOICES.items()
            if (value := getattr(self, name)) not in known
        ]
        if not (self.closes is None or _is_time(self.closes)):
            problems.append(f"closes is a time without a time zone, read at UTC+8, not {self.closes!r}")
        if not isinstance(self.office_hours, OfficeHours | None):
            problems.append(f"office_hours are OfficeHours or none, not {self.office_hours!r}")
        elif self.office_hours is not None and self.closes not in {None, self.office_hours.closes}:
            problems.append(f"closes is the end of the office hours {self.office_hours}, or none, not {self.closes!r}")
        if problems:
            raise DeadlineError(f"these rules cannot be: {'; '.join(problems)}")

    @property
    def hours(self) -> OfficeHours:
        """The office hours that halves follow (R12): those named, else the default ones until the close of business.

        Raises:
            DeadlineError: The close of business leaves the default hours no afternoon.
        """
        if self.office_hours is not None:
            return self.office_hours
        if self.closes is None:
            return OFFICE_HOURS
        if self.closes <= OFFICE_HOURS.afternoon[0]:
            raise DeadlineError(
                f"half working days need an afternoon (R12), but business closes at {self.closes:%H:%M}: "
                "set office_hours too"
            )
        return OfficeHours(OFFICE_HOURS.morning, (OFFICE_HOURS.afternoon[0], self.closes))

    @property
    def close_of_business(self) -> time:
        """The time of day from which something is received after hours."""
        return self.hours.closes if self.closes is None else self.closes

    @classmethod
    def parse(cls, text: str) -> "DueRules":
        """Read switches of rules, written as ``roll=none;closes=17:00``.

        Raises:
            DeadlineError: A switch is unknown, given twice or has an impossible value; all are named.
        """
        return cls(**_read(text, _RULE_READERS))


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "roll": get_args(Roll),
    "after_hours": get_args(AfterHours),
    "fixed_roll": get_args(FixedRoll),
    "past_horizon": get_args(PastHorizon),
}


class Switches(TypedDict, total=False):
    """What :func:`parse_switches` yields: keyword arguments of ``due``."""

    rules: DueRules
    exclude: tuple[tuple[date, date], ...]
    restart: date


def parse_switches(text: str) -> Switches:
    """Read a row's switches, of the rules and of the one call, as keyword arguments of ``due``.

    Args:
        text: ``name=value`` joined by ``;``. Besides the rules' switches: ``exclude=2021-09-29..2021-09-30``, several
            joined by ``,``, and ``restart=2021-10-08``. Empty for the defaults.

    Raises:
        DeadlineError: A switch is unknown, given twice or has an impossible value; all are named.
    """
    values = _read(text, {**_RULE_READERS, "exclude": _pairs, "restart": date.fromisoformat})
    switches = Switches()
    if "exclude" in values:
        switches["exclude"] = values.pop("exclude")
    if "restart" in values:
        switches["restart"] = values.pop("restart")
    if values:
        switches["rules"] = DueRules(**values)
    return switches


def _read(text: str, readers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
    if not isinstance(text, str):
        raise DeadlineError(f"switches are written as text, for example 'roll=none', not {text!r}")
    values: dict[str, Any] = {}
    problems = []
    for switch in filter(None, map(str.strip, text.split(";"))):
        name, equals, value = (part.strip() for part in switch.partition("="))
        if name not in readers:
            problems.append(f"{name!r} is no switch (known: {', '.join(readers)})")
        elif not equals:
            problems.append(f"{name!r} has no value: write {name}=…")
        elif name in values:
            problems.append(f"{name!r} is given twice")
        else:
            try:
                values[name] = readers[name](value)
            except (ValueError, DeadlineError):
                problems.append(f"{name!r} cannot be {value!r}: write {_FORMS[name]}")
    if problems:
        raise DeadlineError(f"the switches {text!r} cannot be read: {'; '.join(problems)}")
    return values


def _bool(value: str) -> bool:
    return ("false", "true").index(value) == 1


def _choice(name: str) -> Callable[[str], str]:
    known = _CHOICES[name]
    return lambda value: known[known.index(value)]


def _close(value: str) -> time | None:
    return None if value == "24:00" else time.fromisoformat(value)


def _pairs(value: str) -> tuple[tuple[date, date], ...]:
    pairs = []
    for pair in value.split(","):
        first, last = pair.split("..")
        pairs.append((date.fromisoformat(first.strip()), date.fromisoformat(last.strip())))
    return tuple(pairs)


_FLAGS: Final = ("count_start", "date_included", "sent_counts", "first_excluded_counts", "tax_extension")
_RULE_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(_FLAGS, _bool),
    "roll": _choice("roll"),
    "closes": _close,
    "after_hours": _choice("after_hours"),
    "fixed_roll": _choice("fixed_roll"),
    "past_horizon": _choice("past_horizon"),
    "office_hours": OfficeHours.parse,
}
_FORMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_FLAGS, "true or false"),
    "closes": "a time such as 17:00, or 24:00",
    "office_hours": f"a morning and an afternoon such as {OFFICE_HOURS}",
    "exclude": "pairs of dates such as 2021-09-29..2021-09-30, joined by ','",
    "restart": "a date such as 2021-10-08",
    **{name: " or ".join(known) for name, known in _CHOICES.items()},
}

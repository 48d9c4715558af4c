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
                CIVIL_CODE("203"),
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
                DALIAN_OPINION("2"),
                Label("半个工作日按办公时间计", "half working days follow the office hours"),
            ),
            Rule("R13", PROPERTY, OURS("提醒"), Label("提醒按同样方法倒推", "a reminder counts back the same way")),
        )
    }
)
"""Every rule of computing a period by its id; R7 is the docket's, R9 and R12 are not computed yet."""


@attrs.frozen(kw_only=True)
class DueRules:
    """How the switches of the period rules are set; the defaults are the marked ones.

    Attributes:
        count_start: R1: whether the day on which the period starts counts.
        roll: R5: which days off move the last day of a calendar period.
        closes: R6: the close of business, a naive time at UTC+8; none when the last day ends at 24:00.
        first_excluded_counts: R8: whether the first day of excluded time still counts.
        fixed_roll: R10: where a fixed date goes when it is a day off.
        past_horizon: R11: what is done past the last published notice.
    """

    count_start: bool = False
    roll: Roll = "any"
    closes: time | None = None
    first_excluded_counts: bool = False
    fixed_roll: FixedRoll = "stay"
    past_horizon: PastHorizon = "provisional"

    def __attrs_post_init__(self) -> None:
        """Refuse wrong values, all of them at once."""
        problems = [
            f"{name} is true or false, not {value!r}"
            for name in ("count_start", "first_excluded_counts")
            if not isinstance(value := getattr(self, name), bool)
        ]
        problems += [
            f"{name} is one of {', '.join(known)}, not {value!r}"
            for name, known in _CHOICES.items()
            if (value := getattr(self, name)) not in known
        ]
        if not _is_closing(self.closes):
            problems.append(f"closes is a time without a time zone, read at UTC+8, not {self.closes!r}")
        if problems:
            raise DeadlineError(f"these rules cannot be: {'; '.join(problems)}")

    @classmethod
    def parse(cls, text: str) -> "DueRules":
        """Read switches of rules, written as ``roll=none;closes=17:00``.

        Raises:
            DeadlineError: A switch is unknown, given twice or has an impossible value; all are named.
        """
        return cls(**_read(text, _RULE_READERS))


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "roll": get_args(Roll),
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
            except ValueError:
                problems.append(f"{name!r} cannot be {value!r}: write {_FORMS[name]}")
    if problems:
        raise DeadlineError(f"the switches {text!r} cannot be read: {'; '.join(problems)}")
    return values


def _is_closing(closes: object) -> bool:
    return closes is None or (isinstance(closes, time) and closes.tzinfo is None)


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


_RULE_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "count_start": _bool,
    "roll": _choice("roll"),
    "closes": _close,
    "first_excluded_counts": _bool,
    "fixed_roll": _choice("fixed_roll"),
    "past_horizon": _choice("past_horizon"),
}
_FORMS: Final[Mapping[str, str]] = {
    "count_start": "true or false",
    "closes": "a time such as 17:00, or 24:00",
    "first_excluded_counts": "true or false",
    "exclude": "pairs of dates such as 2021-09-29..2021-09-30, joined by ','",
    "restart": "a date such as 2021-10-08",
    **{name: " or ".join(known) for name, known in _CHOICES.items()},
}

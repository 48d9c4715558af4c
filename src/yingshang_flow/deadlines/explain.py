"""Why a period ends when it does: the steps, day by day, each with its rule and source, in words."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import attrs

from yingshang_flow.deadlines.calendar import WEEKDAYS, Day, DayKind
from yingshang_flow.deadlines.period import (
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Series,
    add_months,
    ends_in_a_half,
    in_working_days,
)
from yingshang_flow.deadlines.rules import PERIOD_RULES
from yingshang_flow.deadlines.terms import Terms
from yingshang_flow.sources import OURS
from yingshang_flow.words import Citation, Label, Language

_DAY = timedelta(days=1)


@attrs.frozen
class Step:
    """One day that decided something, and why.

    Attributes:
        date: The day.
        counted: Whether it counts.
        reason: Why.
        rule: The id of the rule, a key of ``PERIOD_RULES``.
        citation: Where that stands; for a day off, what made it one.
    """

    date: date
    counted: bool
    reason: Label
    rule: str
    citation: Citation

    def text(self, language: Language = "zh") -> str:
        """Return the step in one line."""
        day = f"{self.date} {WEEKDAYS[self.date.weekday()].text(language)}"
        if language == "zh":
            return (
                f"{day}{'计入' if self.counted else '不计入'}：{self.reason.zh}（{self.rule}，{self.citation.text()}）"
            )
        verdict = "counted" if self.counted else "not counted"
        return f"{day} {verdict}: {self.reason.en} ({self.rule}; {self.citation.text('en')})"


@attrs.frozen
class Explanation:
    """A due date with the steps that led to it; ``str()`` prints it in English.

    Attributes:
        period: The period.
        start: The date it was counted from.
        date: The due date.
        provisional: Whether a later notice can change it.
        steps: Every day that was skipped, swapped, excluded or moved, and the last one, by date.
    """

    period: Period
    start: date
    date: date
    provisional: bool
    steps: tuple[Step, ...]

    def text(self, language: Language = "zh") -> str:
        """Return the due date and its steps, a line each."""
        period, weekday = self.period.text(language), WEEKDAYS[self.date.weekday()].text(language)
        if language == "zh":
            head = f"{self.start}起{period}：{self.date}{weekday}届满{'（暂定）' if self.provisional else ''}"
        else:
            head = (
                f"{period} from {self.start}: due {self.date} {weekday}{' (provisional)' if self.provisional else ''}"
            )
        return "\n  ".join([head, *(step.text(language) for step in self.steps)])

    def __str__(self) -> str:
        return self.text("en")


def explained(
    period: Period, start: date, nominal: date, end: date, terms: Terms, *, closes: time | None, provisional: bool
) -> Explanation:
    """Return why a period ends on a day.

    Args:
        period: The period.
        start: The date it was counted from.
        nominal: The day it ends on before it moves.
        end: The due date.
        terms: What it was computed under.
        closes: The time at which the last day ends; none for 24:00.
        provisional: Whether a later notice can change it.
    """
    by_working_days = in_working_days(period) is not None
    if isinstance(period, FixedDate | Series) and not by_working_days:
        steps = [*_moved(nominal, end, terms)]
        if not terms.rules.date_included:
            steps.append(_step(nominal, "R3", Label("该日期之前，不含当日", "before the date that is set, without it")))
    else:
        steps = [*_skipped(period, start, nominal, terms)]
        steps += [*_started(period, start, terms, {step.date for step in steps})]
        if not by_working_days:
            steps += [*_rolled(nominal, end, terms)]
        if isinstance(period, Months):
            steps += [*_substituted(period, terms.begin(start))]
    until = "24:00" if closes is None else closes.isoformat("minutes")
    if ends_in_a_half(period):
        hours = str(terms.rules.hours).replace("-", "\N{EN DASH}").replace(",", ", ")
        steps.append(_step(end, "R12", Label(f"办公时间{hours}", f"the office hours are {hours}")))
    steps.append(_step(end, "R6", Label(f"末日，至{until}", f"the last day, until {until}")))
    if provisional:
        horizon = terms.calendar.horizon
        reason = Label(
            f"{horizon}以后的放假通知尚未载入，结果暂定", f"provisional: no notice is loaded for days after {horizon}"
        )
        steps.append(_step(end, "R11", reason))
    return Explanation(period, start, end, provisional, tuple(sorted(steps, key=_date)))


def _date(step: Step) -> date:
    return step.date


def _step(day: date, rule: str, reason: Label, *, counted: bool = True) -> Step:
    return Step(day, counted, reason, rule, PERIOD_RULES[rule].citations[0])


def _of(day: Day, rule: str, *, counted: bool) -> Step:
    reason = Label("周末", "weekend") if day.kind is DayKind.WEEKEND else day.label
    return Step(day.date, counted, reason, rule, day.citation)


def _days(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _started(period: Period, start: date, terms: Terms, skipped: set[date]) -> Iterator[Step]:
    """Yield what became of the first day (R1, R6, R12), and of the time before a restart (R8)."""
    begin = terms.begin(start)
    if terms.restart is not None:
        reason = Label(f"自{begin}重新计算", f"the period starts anew on {begin}")
        yield Step(start, counted=False, reason=reason, rule="R8", citation=PERIOD_RULES["R8"].citations[-1])
    if terms.received is not None:
        at = terms.received.time().isoformat("minutes")
        if terms.received.date() != begin:
            reason = Label(
                f"{at}收到，下班后或休息日收到的，视为{begin}收到",
                f"received at {at}, after hours or on a day off: counts as received on {begin}",
            )
            yield Step(terms.received.date(), counted=False, reason=reason, rule="R6", citation=OURS("下班后收到"))
        if ends_in_a_half(period):
            halves = terms.halves_left(begin)
            if halves:
                reason = Label(f"当日余{halves}个半天计入", f"half days of this day that count: {halves}")
                yield _step(begin, "R12", reason)
            elif begin not in skipped:
                yield _step(begin, "R12", Label("当日不再计入", "no half of this day counts"), counted=False)
            return
    if not terms.rules.count_start:
        yield _step(begin, "R1", PERIOD_RULES["R1"].label, counted=False)
    elif begin not in skipped:
        yield _step(begin, "R1", Label("期间开始的当日计入", "the day on which the period starts counts here"))


def _skipped(period: Period, start: date, nominal: date, terms: Terms) -> Iterator[Step]:
    """Yield the days up to the nominal end that did not count, and the weekend days that did (R2, R8)."""
    anchor = terms.anchor(start)
    excluded = terms.stopped(anchor)
    by_working_days = in_working_days(period) is not None
    taxed = terms.rules.tax_extension and isinstance(period, CalendarDays | Months)
    breaks = terms.long_breaks(anchor, nominal) if taxed else frozenset()
    for day in _days(anchor + _DAY, nominal):
        known = terms.calendar.day(day) if by_working_days else None
        if known is not None and not known.working:
            yield _of(known, "R2", counted=False)
        elif any(first <= day <= last for first, last in excluded):
            yield _step(day, "R8", Label("扣除的时间", "excluded time"), counted=False)
        elif day in breaks:
            yield _step(day, "R9", PERIOD_RULES["R9"].label, counted=False)
        elif known is not None and known.kind is not DayKind.WEEKDAY:
            yield _of(known, "R2", counted=True)


def _substituted(period: Months, begin: date) -> Iterator[Step]:
    """Yield the last day of a month that has no day of the same number (R4)."""
    day = add_months(begin, period.n)
    if day.day != begin.day:
        reason = Label(
            f"该月没有{begin.day}日，以月末为准", f"the month has no day {begin.day}, so its last day stands in"
        )
        yield _step(day, "R4", reason)


def _rolled(nominal: date, end: date, terms: Terms) -> Iterator[Step]:
    """Yield the days off at the end of a calendar period, or why it stays on one (R5)."""
    roll = terms.rules.roll
    if roll == "none":
        yield _step(end, "R5", Label("末日不顺延", "the last day stays, whatever day it is"))
        return
    for day in _days(nominal, end - _DAY):
        yield _of(terms.calendar.day(day), "R5", counted=False)
    known = terms.calendar.day(end)
    if known.kind in {DayKind.MAKE_UP, DayKind.LOCAL_WORK}:
        yield _of(known, "R5", counted=True)
    elif not known.working:
        yield _step(
            end, "R5", Label("不是法定节日，不顺延", "a day off but no statutory holiday, so the last day stays")
        )


def _moved(nominal: date, end: date, terms: Terms) -> Iterator[Step]:
    """Yield what became of a date that is set (R10)."""
    if nominal == end:
        reason = (
            PERIOD_RULES["R10"].label
            if terms.rules.fixed_roll == "stay"
            else Label("固定日期是工作日", "it is a working day")
        )
        yield _step(end, "R10", reason)
        return
    later = end > nominal
    for day in _days(nominal, end - _DAY) if later else _days(end + _DAY, nominal):
        yield _of(terms.calendar.day(day), "R10", counted=False)
    yield _step(
        end,
        "R10",
        Label("移至其后首个工作日", "moved to the working day after")
        if later
        else Label("提前至前一工作日", "moved to the working day before"),
    )

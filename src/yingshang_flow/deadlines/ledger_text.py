"""A ledger in words: every entry and every day that decided something, by date."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, cast

import attrs

from yingshang_flow.deadlines.calendar import WEEKDAYS
from yingshang_flow.deadlines.entries import (
    Corrected,
    Effect,
    Ended,
    Entry,
    Excluded,
    Extended,
    Paused,
    Restarted,
    Resumed,
)
from yingshang_flow.deadlines.explain import Step
from yingshang_flow.deadlines.period import FixedDate, Period, WorkingDays
from yingshang_flow.deadlines.standing import LedgerStatus, Standing
from yingshang_flow.words import Citation, Label, Language

_DAY: Final = timedelta(days=1)


@attrs.frozen
class LedgerStep:
    """What an entry does to a period.

    Attributes:
        date: The day it takes effect on.
        number: Its number in the ledger, from 1.
        entry: The entry.
        reason: What it does, the days named.
    """

    date: date
    number: int
    entry: Entry
    reason: Label

    @property
    def citation(self) -> Citation | None:
        """Where its ground stands."""
        return self.entry.citation

    def text(self, language: Language = "zh") -> str:
        """Return the step in one line."""
        day = f"{self.date} {WEEKDAYS[self.date.weekday()].text(language)}"
        ground = self.entry.ground.text(language) if isinstance(self.entry.ground, Label) else self.entry.ground
        cited = () if self.citation is None else (self.citation.text(language),)
        actor = () if self.entry.actor is None else (self.entry.actor,)
        if language == "zh":
            behind = "，".join((*cited, *actor))
            return f"{day}第{self.number}项：{self.reason.zh}：{ground}{f'（{behind}）' if behind else ''}"
        behind = "; ".join((*cited, *actor))
        return f"{day} entry {self.number}: {self.reason.en}: {ground}{f' ({behind})' if behind else ''}"


@attrs.frozen
class LedgerExplanation:
    """A ledger's due date with its entries and the days that led to it; ``str()`` prints it in English.

    Attributes:
        period: The budget.
        start: The date it was counted from.
        due: The due date.
        status: What the deadline is doing.
        remaining: What is left of the budget, in its own unit.
        provisional: Whether a later notice can change the due date.
        steps: Every entry, and every day that was skipped, swapped, excluded or moved, by date.
    """

    period: Period
    start: date
    due: date
    status: LedgerStatus
    remaining: int
    provisional: bool
    steps: tuple[LedgerStep | Step, ...]

    def text(self, language: Language = "zh") -> str:
        """Return the due date and its steps, a line each."""
        period, weekday = self.period.text(language), WEEKDAYS[self.due.weekday()].text(language)
        status, works = self.status.label.text(language), isinstance(self.period, WorkingDays)
        paused = self.status is LedgerStatus.PAUSED
        if language == "zh":
            open_ = "（中止中，恢复越晚越晚）" if paused else ""
            guess = "（暂定）" if self.provisional else ""
            left = f"{'逾期' if self.remaining < 0 else '剩余'}{abs(self.remaining)}{'个工作日' if works else '日'}"
            head = f"{self.start}起{period}：{status}，{self.due}{weekday}届满{open_}{guess}，{left}"
        else:
            open_ = " at the earliest" if paused else ""
            guess = " (provisional)" if self.provisional else ""
            unit = ("working day" if works else "day") + ("" if abs(self.remaining) == 1 else "s")
            due_date = f"due {self.due} {weekday}{open_}{guess}"
            late = self.remaining < 0
            head = (
                f"{period} from {self.start}: {status}, {due_date}, "
                f"{abs(self.remaining)} {unit} {'late' if late else 'left'}"
            )
        return "\n  ".join([head, *(step.text(language) for step in self.steps)])

    def __str__(self) -> str:
        return self.text("en")


def explained_ledger(
    period: Period, standing: Standing, known: Iterable[tuple[int, Entry]], effects: Mapping[int, Effect]
) -> LedgerExplanation:
    """Return how a deadline stands, and why.

    Args:
        period: The budget.
        standing: How it stands.
        known: The entries known by then, with their numbers, in the order of recording.
        effects: What applies of them after the corrections, by number.
    """
    due = standing.due
    days: list[LedgerStep | Step] = [*_told(standing, known, effects), *due.explain().steps]
    return LedgerExplanation(
        period,
        standing.budget.start,
        due.date,
        standing.status,
        standing.remaining(),
        due.provisional,
        tuple(sorted(days, key=_step_day)),
    )


def _told(
    standing: Standing, known: Iterable[tuple[int, Entry]], effects: Mapping[int, Effect]
) -> Iterator[LedgerStep]:
    """Yield every entry with what it does."""
    opened: date | None = None
    restart = standing.budget.restart
    for number, entry in known:
        if isinstance(entry, Corrected):
            yield LedgerStep(entry.on, number, entry, _correction(entry))
            continue
        applies = effects.get(number)
        if applies is not entry:
            yield LedgerStep(entry.day, number, entry, Label("已更正，不再适用", "corrected, does not apply"))
        if applies is None:
            continue
        yield LedgerStep(applies.day, number, applies, _reason(applies, opened, standing.idle.get(number), restart))
        if isinstance(applies, Paused | Resumed):
            opened = applies.on if isinstance(applies, Paused) else None


def _step_day(step: LedgerStep | Step) -> date:
    return step.date


def _correction(entry: Corrected) -> Label:
    if entry.by is None:
        return Label(f"更正：删去第{entry.number}项", f"strikes out entry {entry.number}")
    return Label(f"更正：改写第{entry.number}项", f"replaces entry {entry.number}")


def _reason(entry: Effect, opened: date | None, effect: str | None, restart: date | None) -> Label:
    """Return what an entry does to the period."""
    match entry:
        case Paused():
            said = Label(f"自{entry.on}起中止", f"paused from {entry.on}")
        case Resumed() if opened == entry.on:
            said = Label("当日恢复，不扣除", "resumed on the same day, nothing left out")
        case Resumed():
            days = f"{opened}..{entry.on - _DAY}"
            said = Label(f"自{entry.on}起恢复，扣除{days}", f"resumed on {entry.on}, {days} left out")
        case Excluded():
            days = f"{entry.first}..{entry.last}"
            said = Label(f"扣除{days}", f"{days} left out")
        case Restarted():
            said = Label(f"自{entry.on}重新计算", f"the period starts anew on {entry.on}")
        case Extended():
            said = _extension(entry, effect, restart)
        case Ended():
            said = Label(f"于{entry.on}终结", f"ended on {entry.on}")
        case _:
            said = Label(f"自{entry.on}起免除", f"waived from {entry.on}")
    return said


def _extension(entry: Extended, effect: str | None, restart: date | None) -> Label:
    if entry.by is not None:
        said = Label(f"延长{entry.by.text()}", f"extended by {entry.by.text('en')}")
    else:
        to = cast("Period", entry.to)
        said = Label(f"延长至自起算日起{to.text()}", f"extended to {to.text('en')} from the start")
        if isinstance(to, FixedDate):
            said = Label(f"延长至{to}", f"extended to {to}")
    if restart is not None and entry.on < restart:
        return Label(f"{said.zh}，因重新计算而失效", f"{said.en}, lapsed with the restart")
    if effect is not None:
        after = effect == "late"
        zh, en = ("届满后作出", "after the end") if after else ("不晚于原届满日", "not later than the end before")
        return Label(f"{said.zh}（{zh}，不改变届满日）", f"{said.en} ({en}: moves nothing)")
    return said

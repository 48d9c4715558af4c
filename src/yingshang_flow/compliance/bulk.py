"""Audits many cases from columns, with the findings of the audit of one; needs numpy (the extra ``bulk``).

Cases with the same acts in the same order share everything but their dates, and are looked at together: one of them is
told as a history, which shows the way through the states, what begins and ends each deadline and what the duties find;
the deadlines of all of them then come from the calendar's table. Where dates can decide more than whether an end has
passed, the audit of one case is asked.
"""

from collections.abc import Sequence
from datetime import datetime

import attrs
import numpy as np

from yingshang_flow.compliance.alike import LIMITS, Alike, Found, Marked, Marks
from yingshang_flow.compliance.finding import Finding, Outcome
from yingshang_flow.compliance.log import Log
from yingshang_flow.compliance.telling import Telling
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Rule


@attrs.frozen
class Count:
    """What became of a rule in many cases.

    Attributes:
        rule: The rule.
        kept: In how many it was kept.
        broken: In how many it was broken.
        unknown: In how many it could not be told, or did not arise.
    """

    rule: Rule
    kept: int
    broken: int
    unknown: int


@attrs.frozen
class BulkAudit:
    """What an audit says of many cases.

    Attributes:
        cases: How many were audited; those with problems are not among them.
        counts: What became of each rule, in the order of the procedure.
        findings: Every breach with the number of its case in the log from 0; case by case, in each by rule.
        problems: The cases that could not be audited, and why.
        alone: How many were audited one by one, as their dates may decide more than the columns show.
    """

    cases: int
    counts: tuple[Count, ...]
    findings: tuple[tuple[int, Finding], ...]
    problems: tuple[tuple[int, DeadlineError], ...]
    alone: int


def audit_log(
    log: Log, lifecycle: Lifecycle, *, calendar: WorkingCalendar, now: datetime, told: Sequence[str] | None = None
) -> BulkAudit:
    """Return what became of every rule in every case of a log: for each what ``audit`` finds, told of these triggers.

    Args:
        log: The acts as columns.
        lifecycle: The procedure under a profile.
        calendar: The working days.
        now: The aware instant as of which deadlines are judged; no act lies after it.
        told: The triggers the source tells of; all that the log names unless given.
    """
    told = log.triggers if told is None else tuple(told)
    telling = Telling(lifecycle, calendar, now)
    tally = _Tally(log, lifecycle, telling, told)
    for cases, days in log.alike(_said(log, lifecycle)):
        alike = Alike(log, telling, cases, days, calendar=calendar, told=told)
        kept, broken = Marked(len(cases)), Marked(len(cases))
        tally.add(alike.judge(kept, broken), kept, broken, ~alike.alone)
        for case in cases[alike.alone].tolist():
            tally.audit(case)
    return tally.result()


def screen(
    log: Log, lifecycle: Lifecycle, *, calendar: WorkingCalendar, now: datetime, told: Sequence[str] | None = None
) -> Marks:
    """Return which cases of a log may have findings, or cannot be judged from columns: every other one has none.

    The arguments are those of ``audit_log``.
    """
    told = log.triggers if told is None else tuple(told)
    telling = Telling(lifecycle, calendar, now)
    suspect = np.ones(len(log), np.bool_)
    for cases, days in log.alike(_said(log, lifecycle)):
        suspect[cases] = Alike(log, telling, cases, days, calendar=calendar, told=told).suspects()
    return suspect


def _said(log: Log, lifecycle: Lifecycle) -> dict[int, int] | None:
    """Return a number for what was said in each case where that decides which way it takes or what it owes."""
    if log.rows is None:
        return None
    asked = {trigger for limit in lifecycle.limits if limit.meets is not None for trigger in limit.met}
    if any(row.when for row in lifecycle.transitions) or any(limit.where or limit.each for limit in lifecycle.limits):
        asked = set(log.triggers)
    if not asked:
        return None
    numbers: dict[object, int] = {}
    found: dict[int, int] = {}
    for case, row in enumerate(log.rows):
        said = tuple(act.content for act in row.acts if act.trigger in asked)
        if any(content is not None for content in said):
            found[case] = numbers.setdefault(said, len(numbers) + 1)
    return found


class _Tally:
    """Adds up what is found in the cases of a log, and audits those by themselves that have to be."""

    def __init__(self, log: Log, lifecycle: Lifecycle, telling: Telling, told: Sequence[str]) -> None:
        self._log = log
        self._rules = lifecycle.rules
        self._telling = telling
        self._told = tuple(told)
        self._order = {rule.id: place for place, rule in enumerate(lifecycle.rules)}
        self._kept = dict.fromkeys(self._order, 0)
        self._broken = dict.fromkeys(self._order, 0)
        self._cases = self._alone = 0
        self._problems: list[tuple[int, DeadlineError]] = []
        self._found: list[Found] = []

    def add(self, found: list[Found], kept: Marked, broken: Marked, which: Marks) -> None:
        """Add what was found in cases that are alike."""
        self._found += found
        self._cases += int(which.sum())
        for rule in self._order:
            marks = broken[rule] & which
            self._broken[rule] += int(marks.sum())
            self._kept[rule] += int((kept[rule] & which & ~marks).sum())

    def audit(self, case: int) -> None:
        """Audit one case by itself."""
        self._alone += 1
        try:
            said = self._telling.audit(self._log.row(case), self._told)
        except DeadlineError as exc:
            self._problems.append((case, exc))
            return
        self._cases += 1
        for verdict in said.verdicts:
            self._kept[verdict.rule.id] += verdict.outcome is Outcome.KEPT
            self._broken[verdict.rule.id] += verdict.outcome is Outcome.BROKEN
        self._found += ((case, LIMITS, place, finding) for place, finding in enumerate(said.findings))

    def result(self) -> BulkAudit:
        """Return all of it."""
        self._found.sort(key=self._place)
        self._problems.sort(key=_case)
        counts = [(rule, self._kept[rule.id], self._broken[rule.id]) for rule in self._rules]
        return BulkAudit(
            self._cases,
            tuple(Count(rule, kept, broken, self._cases - kept - broken) for rule, kept, broken in counts),
            tuple((case, finding) for case, _, _, finding in self._found),
            tuple(self._problems),
            self._alone,
        )

    def _place(self, found: Found) -> tuple[int, int, int, int]:
        case, kind, place, finding = found
        return case, self._order.get(finding.code, len(self._order)), kind, place


def _case(found: tuple[int, DeadlineError]) -> int:
    return found[0]

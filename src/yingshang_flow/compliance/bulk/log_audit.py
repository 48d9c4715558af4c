"""Audits many cases from columns, with the findings of the audit of one; needs numpy (the extra ``bulk``).

Cases with the same acts in the same order share everything but their dates, and are looked at together: one of them is
told as a history, which shows the way through the states, what begins and ends each deadline and what the duties find;
the deadlines of all of them then come from the calendar's table. Where dates can decide more than whether an end has
passed, the audit of one case is asked.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from yingshang_flow.compliance.bulk.alike import Alike, Marked, Marks
from yingshang_flow.compliance.bulk.log import Log
from yingshang_flow.compliance.bulk.tally import BulkAudit, Tally
from yingshang_flow.compliance.bulk.telling import Telling
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import WorkingCalendar


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
    tally = Tally(telling, lifecycle.rules, told)
    for cases, days in log.alike(_said(log, lifecycle)):
        alike = Alike(log, telling, cases, days, calendar=calendar, told=told)
        kept, broken = Marked(len(cases)), Marked(len(cases))
        together = ~alike.alone
        tally.add(int(together.sum()), alike.judge(kept, broken))
        for rule in lifecycle.rules:
            marks = broken[rule.id] & together
            tally.count(rule.id, kept=int((kept[rule.id] & together & ~marks).sum()), broken=int(marks.sum()))
        for case in cases[alike.alone].tolist():
            tally.audit(case, log.row(case))
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

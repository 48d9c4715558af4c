"""Audits a ledger: makes a history of every row and holds it against the rules, as far as a row of dates can tell."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import attrs

from yingshang_flow.compliance.finding import Audit, Finding, Outcome
from yingshang_flow.compliance.ledger import Ledger, LedgerAct, LedgerRow, RowProblem, read_ledger
from yingshang_flow.compliance.telling import Telling
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import aware
from yingshang_flow.deadlines import CHINA_TIME, WorkingCalendar
from yingshang_flow.errors import DeadlineError, DefinitionError
from yingshang_flow.words import Label, Rule

_CHECK_DATES: Final = Label("请核对该行日期", "check the dates of the row")
_CORRECT: Final = Label("请更正，或改用更晚的审计日期", "correct it, or audit as of a later date")


@attrs.frozen
class RuleCount:
    """What became of a rule in all the rows of a ledger.

    Attributes:
        rule: The rule.
        kept: In how many rows it was kept.
        broken: In how many it was broken.
        unknown: In how many the ledger does not tell, or it did not arise.
    """

    rule: Rule
    kept: int
    broken: int
    unknown: int


@attrs.frozen
class RowFinding:
    """A finding with the row that shows it.

    Attributes:
        row: The row.
        finding: What was found; ``case`` is the row's reference, or its line.
    """

    row: LedgerRow
    finding: Finding


@attrs.define(frozen=True, slots=False)
class LedgerAudit:
    """What an audit says of a ledger: ``total`` is always ``audited`` plus ``refused``.

    Attributes:
        ledger: The ledger as it was read.
        lifecycle: The key of the procedure.
        profile: The key of the profile.
        as_of: The last day that was looked at.
        rules: The rules of the procedure, in its order.
        audits: Every row that was audited, with what the audit says of it.
        problems: Why the other rows were not audited, in order of their lines.
    """

    ledger: Ledger
    lifecycle: str
    profile: str
    as_of: date
    rules: tuple[Rule, ...]
    audits: tuple[tuple[LedgerRow, Audit], ...]
    problems: tuple[RowProblem, ...]

    @property
    def total(self) -> int:
        """How many rows the file has that are not blank."""
        return self.ledger.total

    @property
    def audited(self) -> int:
        """How many of them were audited."""
        return len(self.audits)

    @cached_property
    def refused(self) -> int:
        """How many of them were not, for the reasons in ``problems``."""
        return len({problem.line for problem in self.problems})

    @cached_property
    def counts(self) -> tuple[RuleCount, ...]:
        """What became of each rule, in the order of the procedure."""
        found = Counter((verdict.rule.id, verdict.outcome) for _, said in self.audits for verdict in said.verdicts)
        return tuple(RuleCount(rule, *(found[rule.id, outcome] for outcome in Outcome)) for rule in self.rules)

    @cached_property
    def findings(self) -> tuple[RowFinding, ...]:
        """Every breach, by rule in the order of the procedure, then by line."""
        order = {rule.id: number for number, rule in enumerate(self.rules)}
        found = [RowFinding(row, finding) for row, said in self.audits for finding in said.findings]
        return tuple(sorted(found, key=lambda one: (order.get(one.finding.code, len(order)), one.row.line)))


def audit_ledger(
    source: Ledger | str | Path | bytes, lifecycle: Lifecycle, *, calendar: WorkingCalendar, now: datetime
) -> LedgerAudit:
    """Return what became of every rule in every row of a ledger.

    Deadlines are computed by the code that runs cases. What a row of dates does not tell is unknown: what acts asked
    for, acts for which the file has no column, rules that compare cases, and limits that an act itself sets.

    Args:
        source: A ledger that was read, or what ``read_ledger`` reads.
        lifecycle: The procedure under a profile.
        calendar: The working days.
        now: The aware instant as of which deadlines are judged; rows with later dates, or with dates the
            calendar does not know, are refused.

    Raises:
        LedgerError: The file cannot be read as a ledger.
        DefinitionError: The ledger was read for another procedure.
        TimeError: ``now`` is naive.
        OSError: The file cannot be read.
    """
    ledger = source if isinstance(source, Ledger) else read_ledger(source, lifecycle)
    if ledger.lifecycle != lifecycle.key:
        raise DefinitionError(ledger.name, f"it was read for {ledger.lifecycle!r}, not for {lifecycle.key!r}")
    now = aware(now).astimezone(CHINA_TIME)
    telling = Telling(lifecycle, calendar, now)
    headings = {column.trigger: column.name for column in lifecycle.ledger if column.trigger and not column.field}
    audits: list[tuple[LedgerRow, Audit]] = []
    late: list[RowProblem] = []
    for row in ledger.rows:
        future = [_future(row, act, headings, now) for act in row.acts if act.at.instant > now]
        if future:
            late += future
            continue
        try:
            audits.append((row, telling.audit(row, ledger.told)))
        except DeadlineError as exc:
            late.append(RowProblem(row.line, "", "", Label(f"期限无法计算（{exc}）", str(exc)), _CHECK_DATES))
    return LedgerAudit(
        ledger,
        lifecycle.key,
        lifecycle.profile,
        now.date(),
        lifecycle.rules,
        tuple(audits),
        tuple(sorted((*ledger.problems, *late), key=lambda problem: problem.line)) if late else ledger.problems,
    )


def _future(row: LedgerRow, act: LedgerAct, headings: Mapping[str, str], now: datetime) -> RowProblem:
    why = Label(f"晚于审计日期 {now.date()}", f"it lies after {now.date()}, as of which is audited")
    return RowProblem(row.line, headings[act.trigger], str(act.at), why, _CORRECT)

"""Audits a ledger: makes a history of every row and holds it against the rules, as far as a row of dates can tell."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

from yingshang_flow.compliance.bulk.tally import BulkAudit, RuleCount, Tally
from yingshang_flow.compliance.bulk.telling import Telling
from yingshang_flow.compliance.conformance import Audit, Finding
from yingshang_flow.compliance.ledgers import Ledger, LedgerAct, LedgerRow, RowProblem, read_ledger
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import aware
from yingshang_flow.deadlines import CHINA_TIME, WorkingCalendar
from yingshang_flow.errors import DefinitionError
from yingshang_flow.words import Label

_TOGETHER: Final = find_spec("numpy") is not None
_CHECK_DATES: Final = Label("请核对该行日期", "check the dates of the row")
_CORRECT: Final = Label("请更正，或改用更晚的审计日期", "correct it, or audit as of a later date")


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
        rows: The rows that were audited.
        counts: What became of each rule, in the order of the procedure.
        findings: Every breach, by rule in the order of the procedure, then by line.
        problems: Why the other rows were not audited, in order of their lines.
    """

    ledger: Ledger
    lifecycle: str
    profile: str
    as_of: date
    rows: tuple[LedgerRow, ...]
    counts: tuple[RuleCount, ...]
    findings: tuple[RowFinding, ...]
    problems: tuple[RowProblem, ...]
    _explain: Callable[[LedgerRow], Audit] = attrs.field(repr=False, eq=False)

    @cached_property
    def audits(self) -> tuple[tuple[LedgerRow, Audit], ...]:
        """Every row that was audited, with what the audit says of it in full; worked out when it is first asked for."""
        return tuple((row, self._explain(row)) for row in self.rows)

    def explained(self, row: LedgerRow) -> Audit:
        """Return what the audit says in full of one of the rows that were audited."""
        return self._explain(row)

    @property
    def total(self) -> int:
        """How many rows the file has that are not blank."""
        return self.ledger.total

    @property
    def audited(self) -> int:
        """How many of them were audited."""
        return len(self.rows)

    @cached_property
    def refused(self) -> int:
        """How many of them were not, for the reasons in ``problems``."""
        return len({problem.refused for problem in self.problems})


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
    headings = {trigger.key: trigger.label.zh for trigger in lifecycle.triggers}
    headings |= {column.trigger: column.name for column in lifecycle.ledger if column.trigger and not column.field}
    headings |= ledger.headings
    late: list[RowProblem] = []
    rows: list[LedgerRow] = []
    for row in ledger.rows:
        future = [
            _future(row, act, headings[act.trigger], ledger.sheet, now) for act in row.acts if act.at.instant > now
        ]
        late += future
        if not future:
            rows.append(row)
    said = _audited(rows, lifecycle, telling, ledger.told, calendar)
    for case, exc in said.problems:
        why = Label(f"期限无法计算（{exc}）", str(exc))
        late.append(rows[case].problem("", "", why, _CHECK_DATES, sheet=ledger.sheet))
    refused = {case for case, _ in said.problems}
    return LedgerAudit(
        ledger,
        lifecycle.key,
        lifecycle.profile,
        now.date(),
        tuple(row for case, row in enumerate(rows) if case not in refused) if refused else tuple(rows),
        said.counts,
        _by_rule(said, rows, lifecycle),
        tuple(sorted((*ledger.problems, *late), key=_line)) if late else ledger.problems,
        partial(telling.audit, told=ledger.told),
    )


def _audited(
    rows: Sequence[LedgerRow], lifecycle: Lifecycle, telling: Telling, told: tuple[str, ...], calendar: WorkingCalendar
) -> BulkAudit:
    """Audit rows: many together where numpy is installed, else one by one, which says the same."""
    if _TOGETHER:
        from yingshang_flow.compliance.bulk.log import Log
        from yingshang_flow.compliance.bulk.log_audit import audit_log

        return audit_log(Log.of(rows, lifecycle), lifecycle, calendar=calendar, now=telling.now, told=told)
    tally = Tally(telling, lifecycle.rules, told)
    for case, row in enumerate(rows):
        tally.audit(case, row)
    return tally.result()


def _by_rule(said: BulkAudit, rows: Sequence[LedgerRow], lifecycle: Lifecycle) -> tuple[RowFinding, ...]:
    order = {rule.id: number for number, rule in enumerate(lifecycle.rules)}
    found = [RowFinding(rows[case], finding) for case, finding in said.findings]
    return tuple(sorted(found, key=lambda one: (order.get(one.finding.code, len(order)), one.row.line)))


def _line(problem: RowProblem) -> int:
    return problem.line


def _future(row: LedgerRow, act: LedgerAct, heading: str, sheet: str, now: datetime) -> RowProblem:
    why = Label(f"晚于审计日期 {now.date()}", f"it lies after {now.date()}, as of which is audited")
    return row.problem(heading, str(act.at), why, _CORRECT, sheet=sheet)

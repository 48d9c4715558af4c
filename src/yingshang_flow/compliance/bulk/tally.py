"""Adds up what audits say of many cases: what became of each rule, every finding, and what could not be audited."""

from collections.abc import Iterable, Sequence

import attrs

from yingshang_flow.compliance.bulk.telling import Telling
from yingshang_flow.compliance.conformance import Finding, Outcome
from yingshang_flow.compliance.ledgers import LedgerRow
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Rule

LIMITS, DUTIES = 0, 1
"""What comes first among the findings of a rule, as in the audit of one case."""

Found = tuple[int, int, int, Finding]
"""A finding with the number of its case, its kind, and the place of its deadline or duty."""


@attrs.frozen
class RuleCount:
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
    counts: tuple[RuleCount, ...]
    findings: tuple[tuple[int, Finding], ...]
    problems: tuple[tuple[int, DeadlineError], ...]
    alone: int


class Tally:
    """Adds up what is found in many cases.

    Args:
        telling: Tells rows as histories.
        rules: The rules of the procedure, in its order.
        told: The triggers the source tells of.
    """

    def __init__(self, telling: Telling, rules: Sequence[Rule], told: Sequence[str]) -> None:
        self._rules = tuple(rules)
        self._telling = telling
        self._told = tuple(told)
        self._order = {rule.id: place for place, rule in enumerate(rules)}
        self._kept = dict.fromkeys(self._order, 0)
        self._broken = dict.fromkeys(self._order, 0)
        self._cases = self._alone = 0
        self._problems: list[tuple[int, DeadlineError]] = []
        self._found: list[Found] = []

    def add(self, cases: int, found: Iterable[Found]) -> None:
        """Add so many cases that were judged together, and what was found in them."""
        self._cases += cases
        self._found += found

    def count(self, rule: str, *, kept: int, broken: int) -> None:
        """Add in how many of them a rule was kept and broken."""
        self._kept[rule] += kept
        self._broken[rule] += broken

    def audit(self, case: int, row: LedgerRow) -> None:
        """Audit one case by itself.

        Args:
            case: Its number.
            row: What is told of it.
        """
        self._alone += 1
        try:
            said = self._telling.audit(row, self._told)
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
            tuple(RuleCount(rule, kept, broken, self._cases - kept - broken) for rule, kept, broken in counts),
            tuple((case, finding) for case, _, _, finding in self._found),
            tuple(self._problems),
            self._alone,
        )

    def _place(self, found: Found) -> tuple[int, int, int, int]:
        case, kind, place, finding = found
        return case, self._order.get(finding.code, len(self._order)), kind, place


def _case(found: tuple[int, DeadlineError]) -> int:
    return found[0]

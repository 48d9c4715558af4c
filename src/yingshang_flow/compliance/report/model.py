"""What a report of an audit says, whichever way it is shown."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from yingshang_flow.compliance.conformance import Finding, Owed, Severity, Told
from yingshang_flow.compliance.report.baseline import Acceptance
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.words import Label, Rule

_THOUSAND: Final = 1000


@attrs.frozen
class Rate:
    """How many deadlines were kept of those of which it is known; those still running or not told are in neither.

    Attributes:
        kept: How many were met in time.
        late: How many were met late, or are over.
    """

    kept: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        """How many there were."""
        return self.kept + self.late

    @property
    def permille(self) -> int | None:
        """The share that was kept in thousandths; 1000 only where all were kept, 0 only where none was; else none."""
        if not self.total:
            return None
        rounded = (2 * _THOUSAND * self.kept + self.total) // (2 * self.total)
        return max(1 if self.kept else 0, min(_THOUSAND - 1 if self.late else _THOUSAND, rounded))

    @property
    def text(self) -> str:
        """The share as a percentage with one decimal; a dash where there is none."""
        share = self.permille
        return "—" if share is None else f"{share // 10}.{share % 10}%"

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.kept + other.kept, self.late + other.late)


@attrs.frozen
class RuleTotal:
    """What became of a rule in all cases.

    Attributes:
        lifecycle: The key of the procedure.
        profile: The key of the profile.
        rule: The rule.
        kept: In how many cases it was kept.
        broken: In how many it was broken.
        unknown: In how many it cannot be told, or did not arise.
        reasons: Why it is unknown, each with the number of cases, the commonest first; a case can have several.
    """

    lifecycle: str
    profile: str
    rule: Rule
    kept: int
    broken: int
    unknown: int
    reasons: tuple[tuple[Label, int], ...] = ()


@attrs.frozen
class ReportedFinding:
    """One breach with where it stands.

    Attributes:
        finding: The breach.
        lifecycle: The key of the procedure.
        counted_under: The unit it is counted under; empty where none is named.
        line: The line of the ledger; none where it comes from no ledger.
        sheet: The sheet of the workbook; empty where there is only one.
        accepted: Who accepted it and why; none while it is new.
    """

    finding: Finding
    lifecycle: str
    counted_under: str
    line: int | None = None
    sheet: str = ""
    accepted: Acceptance | None = None


@attrs.frozen
class ReportedCase:
    """One case with everything that happened in it.

    Attributes:
        case: The id of the case, or the reference of the row.
        lifecycle: The key of the procedure.
        profile: The key of the profile.
        state: What the state it is in is called.
        lamp: Red with anything broken; yellow with something that runs and will be due soon; else green.
        severity: How grave its gravest finding is; none without findings.
        days_late: Its most working days late; none where nothing is late, or the calendar does not know.
        findings: Its breaches.
        acts: Every act that counts, in order.
        owed: Every deadline, in order of its start.
        line: The line of the ledger; none where it comes from no ledger.
        sheet: The sheet of the workbook; empty where there is only one.
    """

    case: str
    lifecycle: str
    profile: str
    state: Label
    lamp: Lamp
    severity: Severity | None
    days_late: int | None
    findings: tuple[ReportedFinding, ...]
    acts: tuple[Told, ...]
    owed: tuple[Owed, ...]
    line: int | None = None
    sheet: str = ""


@attrs.frozen
class RefusedRow:
    """One reason why a row was not audited.

    Attributes:
        line: The line of the ledger.
        sheet: The sheet of the workbook; empty where there is only one.
        column: The heading of the column; empty where it is the whole row.
        value: What the cell holds, shortened.
        why: What is wrong.
        remedy: What to do.
    """

    line: int
    sheet: str
    column: str
    value: str
    why: Label
    remedy: Label


@attrs.frozen
class LedgerSource:
    """The ledger that was audited.

    Attributes:
        encoding: In which encoding it was read.
        read: The headings of the columns that were read.
        ignored: The headings of those that were not.
        notes: What to know about the file.
        blank: How many rows hold nothing.
        headings: Under which heading the date of each act stands.
    """

    encoding: str
    read: tuple[str, ...]
    ignored: tuple[str, ...]
    notes: tuple[Label, ...]
    blank: int
    headings: Mapping[str, str]


@attrs.frozen
class Report:
    """What a report says: ``total`` is always ``audited`` plus ``refused``.

    Attributes:
        name: What was audited: the file, or what the store is called.
        title: What the report is about.
        as_of: The last day that was looked at.
        procedures: The title of every procedure, by its key and that of its profile.
        audited: How many cases, or rows of a ledger, were audited.
        refused: How many rows were not, for the reasons in ``problems``.
        with_findings: In how many cases there are findings, accepted ones included.
        lamps: How many cases have each lamp.
        rules: What became of each rule, in the order of the procedures.
        on_time: How many deadlines were kept, of all.
        undone: How many of the late ones were not done until that day.
        by_unit: The same by the unit that owes it, those with most late ones first; the empty name is of no unit.
        by_month: The same by the month in which it fell due, as ``2018-09``, in order.
        findings: Every breach, the gravest first, then the latest; accepted ones are at the end.
        worst: The cases with the most working days late, of those equally late the gravest first.
        worst_of: How many cases have findings that are not accepted; ``worst`` holds the first of them.
        problems: Why rows were not audited, in their order.
        baseline: The name of the baseline; empty without one.
        stale: The acceptances that stand for nothing any more.
        source: The ledger; none for stored cases.
    """

    name: str
    title: Label
    as_of: date
    procedures: Mapping[tuple[str, str], Label]
    audited: int
    refused: int
    with_findings: int
    lamps: Mapping[Lamp, int]
    rules: tuple[RuleTotal, ...]
    on_time: Rate
    undone: int
    by_unit: tuple[tuple[str, Rate], ...]
    by_month: tuple[tuple[str, Rate], ...]
    findings: tuple[ReportedFinding, ...]
    worst: tuple[ReportedCase, ...]
    worst_of: int
    problems: tuple[RefusedRow, ...] = ()
    baseline: str = ""
    stale: tuple[Acceptance, ...] = ()
    source: LedgerSource | None = None

    @property
    def total(self) -> int:
        """How many cases, or rows that are not blank, there are."""
        return self.audited + self.refused

    @property
    def new(self) -> tuple[ReportedFinding, ...]:
        """The findings that nobody has accepted."""
        return tuple(found for found in self.findings if found.accepted is None)

    @property
    def fails(self) -> bool:
        """Whether there is anything to do: a finding that nobody has accepted, or a row that was not audited."""
        return bool(self.problems) or any(found.accepted is None for found in self.findings)

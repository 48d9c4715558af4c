"""Makes a report of what an audit said: counts it, sorts it, and picks the worst cases."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from yingshang_flow.compliance.bulk import LedgerAudit
from yingshang_flow.compliance.conformance import Audit, Finding, Outcome, Owed, Severity
from yingshang_flow.compliance.ledgers import LedgerRow
from yingshang_flow.compliance.report.baseline import Baseline
from yingshang_flow.compliance.report.model import (
    LedgerSource,
    Rate,
    RefusedRow,
    Report,
    ReportedCase,
    ReportedFinding,
    RuleTotal,
)
from yingshang_flow.core.decide import unit_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import WorkingCalendar, WorkingDays, before
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.errors import CalendarRangeError, UnknownError
from yingshang_flow.words import Label

_SOON: Final = WorkingDays(2)
"""From when a deadline whose limit warns of nothing is due soon (ours), as for the lamps of deadlines."""

_GRAVITY: Final = {severity: number for number, severity in enumerate(Severity)}
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?(?:[+-]\d{2}:\d{2})?)?", re.ASCII)

Key = tuple[str, str]


def report_of(
    source: LedgerAudit | Iterable[Audit],
    lifecycles: Lifecycle | Iterable[Lifecycle],
    *,
    calendar: WorkingCalendar,
    as_of: date | None = None,
    name: str = "",
    baseline: Baseline | None = None,
    worst: int = 12,
) -> Report:
    """Return the report of a ledger's audit, or of the audits of cases.

    Args:
        source: What was said of a ledger, or of each case.
        lifecycles: The procedures the cases ran under, each under its profile.
        calendar: The working days, by which it is told what is due soon.
        as_of: The last day that was looked at, at UTC+8; that of a ledger's audit unless given.
        name: What was audited; the name of the ledger unless given.
        baseline: The findings that were accepted.
        worst: How many of the worst cases to tell in full.

    Raises:
        UnknownError: A case ran under a procedure or profile that is not given, or the day is not.
    """
    known = (lifecycles,) if isinstance(lifecycles, Lifecycle) else tuple(lifecycles)
    maker = _Maker({(one.key, one.profile): one for one in known}, calendar, baseline or Baseline())
    if isinstance(source, LedgerAudit):
        day = as_of or source.as_of
        cases = [maker.case(said, day, row, source.ledger.sheet) for row, said in source.audits]
        ledger = source.ledger
        made = maker.report(name or ledger.name, cases, [said for _, said in source.audits], day, worst)
        about = LedgerSource(ledger.encoding, ledger.read, ledger.ignored, ledger.notes, ledger.blank, ledger.headings)
        problems = tuple(
            RefusedRow(one.line, one.sheet, one.column, one.value, one.why, one.remedy) for one in source.problems
        )
        return attrs.evolve(made, source=about, problems=problems, refused=source.refused)
    if as_of is None:
        raise UnknownError("the day as of which the cases were audited is not given; say as_of")
    audits = tuple(source)
    return maker.report(name, [maker.case(said, as_of) for said in audits], audits, as_of, worst)


class _Maker:
    """Makes a report by the procedures that are given."""

    def __init__(self, lifecycles: Mapping[Key, Lifecycle], calendar: WorkingCalendar, baseline: Baseline) -> None:
        self._lifecycles = lifecycles
        self._calendar = calendar
        self._baseline = baseline

    def case(self, said: Audit, as_of: date, row: LedgerRow | None = None, sheet: str = "") -> ReportedCase:
        """Return one case as a report tells it."""
        lifecycle = self._lifecycle(said)
        line = None if row is None else row.line
        findings = tuple(
            ReportedFinding(
                finding, said.lifecycle, _unit(finding, said), line, sheet, accepted=self._baseline.of(finding)
            )
            for finding in said.findings
        )
        late = [finding.days_late for finding in said.findings if finding.days_late is not None]
        state = lifecycle.by_state.get(said.state)
        soon = any(self._soon(lifecycle, owed, as_of) for owed in said.owed)
        return ReportedCase(
            said.case,
            said.lifecycle,
            said.profile,
            Label(said.state, said.state) if state is None else state.label,
            Lamp.RED if findings else Lamp.YELLOW if soon else Lamp.GREEN,
            min((finding.severity for finding in said.findings), key=_GRAVITY.__getitem__, default=None),
            max(late, default=None),
            findings,
            said.acts,
            said.owed,
            line,
            sheet,
        )

    def _lifecycle(self, said: Audit) -> Lifecycle:
        try:
            return self._lifecycles[said.lifecycle, said.profile]
        except KeyError:
            given = ", ".join(f"{key} under {profile}" for key, profile in self._lifecycles) or "none"
            raise UnknownError(
                f"the case {said.case!r} ran under {said.lifecycle!r} and {said.profile!r}, which is not given; "
                f"given are {given}"
            ) from None

    def _soon(self, lifecycle: Lifecycle, owed: Owed, as_of: date) -> bool:
        """Tell whether a deadline runs and its warning would have been given by now."""
        if not owed.running:
            return False
        limit = lifecycle.by_limit.get(owed.limit)
        span = _SOON if limit is None or limit.warn is None else limit.warn.value
        try:
            return before(span, owed.due, calendar=self._calendar) <= as_of
        except CalendarRangeError:
            return False  # so far ahead, or so long ago, that no calendar tells it

    def report(
        self, name: str, cases: Sequence[ReportedCase], audits: Sequence[Audit], as_of: date, worst: int
    ) -> Report:
        """Return the report of cases."""
        units: dict[str, Rate] = {}
        months: dict[str, Rate] = {}
        undone = 0
        for owed in (owed for said in audits for owed in said.owed):
            if (rate := _RATES.get(owed.outcome)) is not None:
                units[owed.unit] = units.get(owed.unit, Rate()) + rate
                month = f"{owed.due:%Y-%m}"
                months[month] = months.get(month, Rate()) + rate
                undone += rate.late if owed.happened is None else 0
        open_cases = [case for case in cases if any(found.accepted is None for found in case.findings)]
        lamps = Counter(case.lamp for case in cases)
        keys = {(case.lifecycle, case.profile) for case in cases} or self._lifecycles.keys()
        here = {key: lifecycle for key, lifecycle in self._lifecycles.items() if key in keys}
        return Report(
            name,
            _title(here),
            as_of,
            {key: lifecycle.title for key, lifecycle in here.items()},
            audited=len(cases),
            refused=0,
            with_findings=sum(bool(case.findings) for case in cases),
            lamps={lamp: lamps[lamp] for lamp in Lamp},
            rules=tuple(_rules(audits, here)),
            on_time=sum(units.values(), Rate()),
            undone=undone,
            by_unit=tuple(sorted(units.items(), key=_latest_unit)),
            by_month=tuple(sorted(months.items())),
            findings=tuple(sorted((found for case in cases for found in case.findings), key=_gravest)),
            worst=tuple(sorted(open_cases, key=_worst)[:worst]),
            worst_of=len(open_cases),
            baseline=self._baseline.name,
            stale=self._baseline.stale(finding for said in audits for finding in said.findings),
        )


def _title(lifecycles: Mapping[Key, Lifecycle]) -> Label:
    """Return what a report is about: its procedures."""
    titles = dict.fromkeys(lifecycle.title for lifecycle in lifecycles.values())
    return Label("、".join(title.zh for title in titles), ", ".join(title.en for title in titles))


def _rules(audits: Iterable[Audit], lifecycles: Mapping[Key, Lifecycle]) -> Iterator[RuleTotal]:
    """Yield what became of every rule of every procedure."""
    outcomes: Counter[tuple[Key, str, Outcome]] = Counter()
    reasons: dict[tuple[Key, str], Counter[Label]] = {}
    for said in audits:
        key = (said.lifecycle, said.profile)
        for verdict in said.verdicts:
            outcomes[key, verdict.rule.id, verdict.outcome] += 1
            if verdict.outcome is Outcome.UNKNOWN:
                why = reasons.setdefault((key, verdict.rule.id), Counter())
                why.update({_without_dates(label) for label in verdict.shown})
    for key, lifecycle in lifecycles.items():
        for rule in lifecycle.rules:
            kept, broken, unknown = (outcomes[key, rule.id, outcome] for outcome in Outcome)
            why = reasons.get((key, rule.id), Counter())
            yield RuleTotal(*key, rule, kept, broken, unknown, tuple(sorted(why.items(), key=_commonest)))


def _commonest(found: tuple[Label, int]) -> tuple[int, str]:
    return -found[1], found[0].en


_RATES: Final = {Outcome.KEPT: Rate(1, 0), Outcome.BROKEN: Rate(0, 1)}


def _unit(finding: Finding, said: Audit) -> str:
    """Return the unit a finding is counted under: its own, that of its deadline, or the one that acted last by then."""
    if finding.unit:
        return unit_of(finding.unit)
    for owed in said.owed:
        if f"{owed.limit}#{owed.number}" == finding.place and owed.due == finding.due:
            return owed.unit
    told = [act.unit for act in said.acts if act.unit and (finding.happened is None or act.at <= finding.happened)]
    return told[-1] if told else ""


def _without_dates(label: Label) -> Label:
    """Return why something is unknown in words that are the same for every case."""
    return Label(_INSTANT.sub("某日", label.zh), _INSTANT.sub("a date", label.en))


def _latest_unit(found: tuple[str, Rate]) -> tuple[bool, int, int, str]:
    unit, rate = found
    return not unit, -rate.late, rate.kept, unit


def _gravest(found: ReportedFinding) -> tuple[bool, int, int, str, int, str]:
    finding = found.finding
    return (
        found.accepted is not None,
        _GRAVITY[finding.severity],
        -(finding.days_late or 0),
        found.sheet,
        found.line or 0,
        finding.case,
    )


def _worst(case: ReportedCase) -> tuple[int, int, int, str, int, str]:
    """Order cases by what nobody has accepted."""
    new = [found.finding for found in case.findings if found.accepted is None]
    late = max((finding.days_late or 0 for finding in new), default=0)
    gravity = min((_GRAVITY[finding.severity] for finding in new), default=0)
    return -late, gravity, -len(new), case.sheet, case.line or 0, case.case

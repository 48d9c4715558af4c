"""The audit of a spreadsheet: what it says of every rule and every row, and which rows it could not take."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.cli.reports import Wanted, show_stale, show_summary, summed
from yingshang_flow.cli.verdicts import audit_json, counted, show_audit
from yingshang_flow.compliance import LedgerAudit, RowFinding, audit_ledger
from yingshang_flow.compliance.baseline import Baseline
from yingshang_flow.compliance.report import Report, report_of
from yingshang_flow.compliance.report.as_json import acceptance_json, citations_json, finding_json
from yingshang_flow.core.record import midnight
from yingshang_flow.deadlines import china
from yingshang_flow.docket import system_clock
from yingshang_flow.words import Label, Language

_WIDEST: Final = 40
_ACCEPTED: Final = Label("（已接受）", " (accepted)")
_LAST_INSTANT: Final = timedelta(days=1) - timedelta(microseconds=1)


def audit_file(
    path: str, lifecycle: str, policy: str, as_of: date | None, lang: Language, *, verdicts: bool, wanted: Wanted
) -> bool:
    """Report the audit of a spreadsheet; tell whether there are new findings, or rows that could not be taken.

    Raises:
        UnknownError: There is no such lifecycle or profile.
        LedgerError: The file cannot be read as a ledger.
        BaselineError: The file of accepted findings cannot be used.
        OSError: A file cannot be read or written.
    """
    procedure = options.shipped(lifecycle)(options.profile(policy))
    if Path(path).is_dir():
        raise click.UsageError(f"{path!r} is a directory; name a CSV file")
    now: datetime = system_clock() if as_of is None else midnight(as_of) + _LAST_INSTANT
    said = audit_ledger(Path(path), procedure, calendar=china(), now=now)
    baseline = wanted.known(found.finding for found in said.findings)
    report = report_of(said, procedure, calendar=china(), name=Path(path).name, baseline=baseline)
    if wanted.form == "raw":
        print_json(_json(said, baseline, report))
    elif wanted.form == "text":
        show_ledger(Page(), said, lang, verdicts=verdicts, report=report)
    else:
        wanted.write(report, source=Path(path), lifecycle=procedure)
    return report.fails


def show_ledger(
    page: Page,
    said: LedgerAudit,
    lang: Language,
    *,
    verdicts: bool = False,
    most: int | None = None,
    report: Report | None = None,
) -> None:
    """Write what an audit says of a spreadsheet.

    Args:
        page: Where to.
        said: The audit.
        lang: The language.
        verdicts: Whether to write every row's verdicts as well.
        most: How many findings of each rule to write; all unless given.
        report: What it comes to; not told unless given.
    """
    page.heading(f"{said.ledger.name} ({said.lifecycle}, {said.profile}) as of {said.as_of}")
    page.lines([_rows(said)])
    page.lines((note.text(lang) for note in said.ledger.notes), "yellow")
    page.heading("Rules")
    page.table(
        ("rule", "", "kept", "broken", "unknown", "stands in"),
        [
            (
                count.rule.id,
                count.rule.label.text(lang),
                count.kept,
                count.broken,
                count.unknown,
                "\n".join(map(str, count.rule.citations)),
            )
            for count in said.counts
        ],
    )
    if said.findings:
        accepted = {one.finding.fingerprint for one in report.findings if one.accepted} if report else set()
        page.heading("Findings")
        page.table(
            ("rule", "line", "case", "due", "done", "days late", ""),
            [
                (
                    found.finding.code,
                    found.row.line,
                    _short(found.row.reference) or None,
                    found.finding.due,
                    found.finding.happened,
                    found.finding.days_late or None,
                    f"{found.finding.label.text(lang)} {found.finding.shown(lang)}".rstrip()
                    + (_ACCEPTED.text(lang) if found.finding.fingerprint in accepted else ""),
                )
                for found in _some(said.findings, most)
            ],
        )
    if said.problems:
        page.heading("Rows not audited")
        page.lines((problem.text(lang) for problem in said.problems), "red")
    if verdicts:
        for _, one in said.audits:
            show_audit(page, one, lang, verdicts=True)
    if report is not None:
        show_summary(page, report, lang)
        show_stale(page, report.stale)
    total = counted(len(said.findings), "finding") if report is None else summed(report)
    page.heading(f"{_rows(said)}; {total}")


def _some(findings: Iterable[RowFinding], most: int | None) -> Iterator[RowFinding]:
    """Yield so many findings of each rule."""
    shown: Counter[str] = Counter()
    for found in findings:
        shown[found.finding.code] += 1
        if most is None or shown[found.finding.code] <= most:
            yield found


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _rows(said: LedgerAudit) -> str:
    blank = f", {said.ledger.blank} blank" if said.ledger.blank else ""
    return f"{counted(said.total, 'row')} = {said.audited} audited + {said.refused} refused{blank}"


def _json(said: LedgerAudit, baseline: Baseline, report: Report) -> dict[str, object]:
    return {
        "file": said.ledger.name,
        "encoding": said.ledger.encoding,
        "lifecycle": said.lifecycle,
        "profile": said.profile,
        "as_of": said.as_of.isoformat(),
        "rows": {
            "total": said.total,
            "audited": said.audited,
            "refused": said.refused,
            "blank": said.ledger.blank,
        },
        "columns": {"read": list(said.ledger.read), "ignored": list(said.ledger.ignored)},
        "notes": [both(note) for note in said.ledger.notes],
        "rules": [
            {
                "rule": count.rule.id,
                "label": both(count.rule.label),
                "kept": count.kept,
                "broken": count.broken,
                "unknown": count.unknown,
                "citations": citations_json(count.rule.citations),
            }
            for count in said.counts
        ],
        "findings": [
            {
                "line": found.row.line,
                "reference": found.row.reference,
                **finding_json(found.finding),
                "accepted": None if (one := baseline.of(found.finding)) is None else acceptance_json(one),
            }
            for found in said.findings
        ],
        "stale": [acceptance_json(one) for one in report.stale],
        "refused": [
            {
                "line": problem.line,
                "column": problem.column,
                "value": problem.value,
                "why": both(problem.why),
                "remedy": both(problem.remedy),
            }
            for problem in said.problems
        ],
        "audits": [{"line": row.line, **audit_json(one)} for row, one in said.audits],
    }

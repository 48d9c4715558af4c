"""The audit of a spreadsheet: what it says of every rule and every row, and which rows it could not take."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.mappings import named_mapping, table
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.cli.reports import MOST_SUMMED, Wanted, show_stale, show_summary, summed
from yingshang_flow.cli.terms import counted
from yingshang_flow.cli.verdicts import audit_json, show_audit
from yingshang_flow.compliance import Ledger, LedgerAudit, Mapping, RowFinding, audit_ledger, read_ledger
from yingshang_flow.compliance.event_logs import EventLedger
from yingshang_flow.compliance.ledgers import known_headings
from yingshang_flow.compliance.report import Baseline, Report, report_of
from yingshang_flow.compliance.report.as_json import acceptance_json, citations_json, finding_json
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import midnight
from yingshang_flow.deadlines import china
from yingshang_flow.docket import system_clock
from yingshang_flow.errors import HeadingsError, LedgerError
from yingshang_flow.words import Label, Language

_WIDEST: Final = 40
_TRACE: Final = Label("轨迹", "trace")
_ROW: Final = Label("行", "row")
_ACCEPTED: Final = Label("（已接受）", " (accepted)")
_TABLES: Final = frozenset({"UTF-8", "GB18030", "XLSX"})
"""The encodings of ledgers that a workbook can be made of."""
_LAST_INSTANT: Final = timedelta(days=1) - timedelta(microseconds=1)


def audit_file(
    path: str,
    lifecycle: str,
    policy: str,
    as_of: date | None,
    lang: Language,
    *,
    verdicts: bool,
    wanted: Wanted,
    mapping: str | None = None,
    sheet: str | None = None,
    query: str | None = None,
) -> bool:
    """Report the audit of a spreadsheet; tell whether there are new findings, or rows that could not be taken.

    Raises:
        UnknownError: There is no such lifecycle or profile.
        LedgerError: The file cannot be read as a ledger.
        BaselineError: The file of accepted findings cannot be used.
        OSError: A file cannot be read or written.
    """
    procedure = options.shipped(lifecycle)(options.profile(policy))
    now: datetime = system_clock() if as_of is None else midnight(as_of) + _LAST_INSTANT
    said = audit_ledger(_read(path, procedure, mapping, sheet, query), procedure, calendar=china(), now=now)
    return report_ledger(said, procedure, lang, path=path, verdicts=verdicts, wanted=wanted)


def report_ledger(
    said: LedgerAudit, procedure: Lifecycle, lang: Language, *, path: str, verdicts: bool, wanted: Wanted
) -> bool:
    """Report what an audit says of a ledger; tell whether there are new findings, or rows that could not be taken.

    Args:
        said: The audit.
        procedure: The procedure under its profile.
        lang: The language.
        path: Where the ledger was read from.
        verdicts: Whether a text tells every row's verdicts as well.
        wanted: How it is reported.

    Raises:
        BaselineError: The file of accepted findings cannot be used.
        LedgerError: The file is no longer what was audited.
        OSError: A file cannot be read or written.
    """
    baseline = wanted.known(found.finding for found in said.findings)
    if wanted.form == "raw":
        print_json(ledger_json(said, baseline))
    else:
        name = said.ledger.name if "://" in said.ledger.name else Path(said.ledger.name).name
        made = partial(report_of, said, procedure, calendar=china(), name=name, baseline=baseline)
        if wanted.form == "text":
            report = made() if verdicts or said.audited <= MOST_SUMMED else None
            show_ledger(Page(lang), said, verdicts=verdicts, baseline=baseline, report=report)
        else:
            wanted.write(
                made(), lang, source=Path(path) if said.ledger.encoding in _TABLES else None, lifecycle=procedure
            )
    return bool(said.problems) or any(baseline.of(found.finding) is None for found in said.findings)


def _read(path: str, procedure: Lifecycle, mapping: str | None, sheet: str | None, query: str | None) -> Ledger:
    """Read a ledger; where its headings do not fit, say how a mapping is made."""
    if mapping is None and not procedure.ledger:
        key = procedure.key
        raise LedgerError(path, f"the procedure {key!r} has no headings of its own; give --mapping FILE or KEY ({key})")
    mapped = None if mapping is None else named_mapping(mapping, procedure)
    known = known_headings((mapped or Mapping.default(procedure)).expected(procedure))
    wanted = mapped.sheet if mapped is not None and sheet is None else sheet
    source = table(path, None if wanted is None else str(wanted), query, known)
    try:
        return read_ledger(source, procedure, mapping=mapped)
    except HeadingsError as exc:
        more = f' --query "{query}"' if query else f" --sheet {wanted}" if wanted else ""
        how = f"yingshang-flow mapping {path}{more} --lifecycle {procedure.key} > M.toml"
        hint = f"or say in a mapping which heading is which: {how}, correct it, then audit with --mapping M.toml"
        raise HeadingsError(exc.subject, (*exc.problems, hint)) from exc


def show_ledger(
    page: Page,
    said: LedgerAudit,
    *,
    verdicts: bool = False,
    most: int | None = None,
    baseline: Baseline | None = None,
    report: Report | None = None,
) -> None:
    """Write what an audit says of a spreadsheet.

    Args:
        page: Where to.
        said: The audit.
        verdicts: Whether to write every row's verdicts as well.
        most: How many findings of each rule to write; all unless given.
        baseline: The findings that were accepted; without it, what the audit comes to is not told either.
        report: What it comes to; none where that would take too long.
    """
    known = baseline or Baseline()
    page.heading(
        Label(
            f"{said.ledger.name}（{said.lifecycle}，{said.profile}），截至{said.as_of}",
            f"{said.ledger.name} ({said.lifecycle}, {said.profile}) as of {said.as_of}",
        )
    )
    page.lines([_rows(said)])
    page.lines(said.ledger.notes, "yellow")
    page.heading(Label("规则", "Rules"))
    page.table(
        (terms.RULE, "", terms.KEPT, terms.BROKEN, terms.UNKNOWN, terms.STANDS_IN),
        [
            (
                count.rule.id,
                count.rule.label,
                count.kept,
                count.broken,
                count.unknown,
                terms.cited(count.rule.citations),
            )
            for count in said.counts
        ],
    )
    if said.findings:
        page.heading(Label("审计发现", "Findings"))
        page.table(
            (terms.RULE, _place(said), terms.CASE, terms.DUE, terms.DONE, terms.DAYS_LATE, ""),
            [
                (
                    found.finding.code,
                    found.row.line,
                    _short(found.row.reference) or None,
                    found.finding.due,
                    found.finding.happened,
                    found.finding.days_late or None,
                    f"{page.said(found.finding.label)} {found.finding.shown(page.language)}".rstrip()
                    + (page.said(_ACCEPTED) if known.of(found.finding) else ""),
                )
                for found in _some(said.findings, most)
            ],
        )
    if said.problems:
        each = _each(said)
        page.heading(Label(f"未审计的{each.zh}", f"{each.en.capitalize()}s not audited"))
        page.lines((problem.text(page.language) for problem in said.problems), "red")
    if verdicts:
        for _, one in said.audits:
            show_audit(page, one, verdicts=True)
    if report is not None:
        show_summary(page, report)
    elif baseline is not None:
        page.paragraph(
            Label(
                f"超过{MOST_SUMMED}行的，文本中不列概要；用 --format json 可得。",
                f"No summary of more than {MOST_SUMMED:,} rows in a text; --format json has it.",
            )
        )
    findings = [found.finding for found in said.findings]
    show_stale(page, known.stale(findings))
    rows, total = _rows(said), summed(len(findings), sum(known.of(finding) is not None for finding in findings))
    page.heading(Label(f"{rows.zh}；{total.zh}", f"{rows.en}; {total.en}"))


def _some(findings: Iterable[RowFinding], most: int | None) -> Iterator[RowFinding]:
    """Yield so many findings of each rule."""
    shown: Counter[str] = Counter()
    for found in findings:
        shown[found.finding.code] += 1
        if most is None or shown[found.finding.code] <= most:
            yield found


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _rows(said: LedgerAudit) -> Label:
    each, blank = _each(said), said.ledger.blank
    measure = "条" if each is _TRACE else "行"
    zh = f"共{said.total}{measure}，已审计{said.audited}{measure}，未审计{said.refused}{measure}"
    en = f"{counted(said.total, each.en)} = {said.audited} audited + {said.refused} refused"
    return Label(f"{zh}，另有{blank}空行", f"{en}, {blank} blank") if blank else Label(zh, en)


def _each(said: LedgerAudit) -> Label:
    return _TRACE if isinstance(said.ledger, EventLedger) else _ROW


def _place(said: LedgerAudit) -> Label:
    return _TRACE if isinstance(said.ledger, EventLedger) else terms.LINE


def ledger_json(said: LedgerAudit, baseline: Baseline) -> dict[str, object]:
    """Return what an audit says of a spreadsheet or a log as JSON has it."""
    return {
        "file": said.ledger.name,
        "encoding": said.ledger.encoding,
        "sheet": said.ledger.sheet,
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
        "stale": [acceptance_json(one) for one in baseline.stale(found.finding for found in said.findings)],
        "refused": [
            {
                "line": problem.line,
                "sheet": problem.sheet,
                "letter": problem.letter,
                "column": problem.column,
                "value": problem.value,
                "why": both(problem.why),
                "remedy": both(problem.remedy),
            }
            for problem in said.problems
        ],
        "audits": [{"line": row.line, **audit_json(one)} for row, one in said.audits],
    }

"""A report as JSON, by a schema that the package ships."""

import json
from collections.abc import Iterable
from importlib import resources
from typing import Any, Final

from yingshang_flow.compliance.conformance import Finding, Owed, Told
from yingshang_flow.compliance.report.baseline import Acceptance
from yingshang_flow.compliance.report.model import (
    LedgerSource,
    Rate,
    RefusedRow,
    Report,
    ReportedCase,
    ReportedFinding,
    RuleTotal,
)
from yingshang_flow.words import Citation, Label, Rule

FORM: Final = "yingshang-flow report 1"
"""What the first key of every report says; another number stands for another schema."""

Json = dict[str, Any]


def schema() -> Json:
    """Return the JSON Schema (draft 2020-12) that every report keeps to."""
    text = resources.files(__package__).joinpath("report.schema.json").read_text("utf-8")
    found: Json = json.loads(text)
    return found


def report_json(report: Report) -> Json:
    """Return a report as JSON has it; dates as 2018-09-10, rates as how many were kept and how many were late."""
    return {
        "form": FORM,
        "name": report.name,
        "title": both(report.title),
        "as_of": report.as_of.isoformat(),
        "procedures": [
            {"lifecycle": lifecycle, "profile": profile, "title": both(title)}
            for (lifecycle, profile), title in report.procedures.items()
        ],
        "total": report.total,
        "audited": report.audited,
        "refused": report.refused,
        "with_findings": report.with_findings,
        "lamps": {lamp.value: number for lamp, number in report.lamps.items()},
        "rules": [_rule_total(one) for one in report.rules],
        "on_time": _rate(report.on_time),
        "undone": report.undone,
        "by_unit": [{"unit": unit, **_rate(rate)} for unit, rate in report.by_unit],
        "by_month": [{"month": month, **_rate(rate)} for month, rate in report.by_month],
        "findings": [_reported(one) for one in report.findings],
        "worst": [_case(one) for one in report.worst],
        "worst_of": report.worst_of,
        "problems": [_refused(one) for one in report.problems],
        "baseline": report.baseline,
        "stale": [acceptance_json(one) for one in report.stale],
        "source": None if report.source is None else _source(report.source),
    }


def both(label: Label) -> dict[str, str]:
    """Return a label as JSON has it."""
    return {"zh": label.zh, "en": label.en}


def citations_json(citations: Iterable[Citation]) -> list[dict[str, str]]:
    """Return citations as JSON has them."""
    return [
        {"source": citation.source.key, "article": citation.article, "kind": citation.authority.value}
        for citation in citations
    ]


def finding_json(finding: Finding) -> Json:
    """Return a finding as JSON has it."""
    return {
        "code": finding.code,
        "label": both(finding.label),
        "severity": finding.severity.value,
        "fingerprint": finding.fingerprint,
        "found": finding.found,
        "act": None if finding.act is None else both(finding.act),
        "revision": finding.revision,
        "unit": finding.unit,
        "due": None if finding.due is None else finding.due.isoformat(),
        "happened": None if finding.happened is None else finding.happened.isoformat(),
        "days_late": finding.days_late,
        "citations": citations_json(finding.citations),
        "text": {"zh": finding.text("zh"), "en": finding.text("en")},
    }


def acceptance_json(one: Acceptance) -> Json:
    """Return an acceptance as JSON has it."""
    return {
        "fingerprint": one.fingerprint,
        "case": one.case,
        "rule": one.rule,
        "unit": one.unit,
        "by": one.by,
        "on": one.on.isoformat(),
        "why": one.why,
    }


def _rate(rate: Rate) -> Json:
    return {"kept": rate.kept, "late": rate.late}


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.id,
        "kinds": [kind.value for kind in rule.kinds],
        "label": both(rule.label),
        "citations": citations_json(rule.citations),
    }


def _rule_total(one: RuleTotal) -> Json:
    return {
        "lifecycle": one.lifecycle,
        "profile": one.profile,
        "rule": _rule(one.rule),
        "kept": one.kept,
        "broken": one.broken,
        "unknown": one.unknown,
        "reasons": [{"why": both(label), "cases": cases} for label, cases in one.reasons],
    }


def _reported(one: ReportedFinding) -> Json:
    return {
        "case": one.finding.case,
        "lifecycle": one.lifecycle,
        "counted_under": one.counted_under,
        "line": one.line,
        "sheet": one.sheet,
        **finding_json(one.finding),
        "accepted": None if one.accepted is None else acceptance_json(one.accepted),
    }


def _case(one: ReportedCase) -> Json:
    return {
        "case": one.case,
        "lifecycle": one.lifecycle,
        "profile": one.profile,
        "state": both(one.state),
        "lamp": one.lamp.value,
        "severity": None if one.severity is None else one.severity.value,
        "days_late": one.days_late,
        "findings": [_reported(found) for found in one.findings],
        "acts": [_told(act) for act in one.acts],
        "owed": [_owed(owed) for owed in one.owed],
        "line": one.line,
        "sheet": one.sheet,
    }


def _told(act: Told) -> Json:
    return {"at": act.at.isoformat(), "trigger": act.trigger, "label": both(act.label), "unit": act.unit}


def _owed(owed: Owed) -> Json:
    return {
        "limit": owed.limit,
        "label": both(owed.label),
        "number": owed.number,
        "unit": owed.unit,
        "start": owed.start.isoformat(),
        "due": owed.due.isoformat(),
        "happened": None if owed.happened is None else owed.happened.isoformat(),
        "outcome": owed.outcome.value,
        "days_late": owed.days_late,
        "running": owed.running,
    }


def _refused(one: RefusedRow) -> Json:
    return {
        "line": one.line,
        "sheet": one.sheet,
        "column": one.column,
        "value": one.value,
        "why": both(one.why),
        "remedy": both(one.remedy),
    }


def _source(source: LedgerSource) -> Json:
    return {
        "encoding": source.encoding,
        "read": list(source.read),
        "ignored": list(source.ignored),
        "notes": [both(note) for note in source.notes],
        "blank": source.blank,
        "headings": dict(source.headings),
    }

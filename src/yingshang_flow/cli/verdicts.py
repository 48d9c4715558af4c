"""What an audit says of a case, as a text for people and as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from yingshang_flow.cli.output import Page, both
from yingshang_flow.cli.showing import whom
from yingshang_flow.compliance import Audit, Finding, Outcome, Verdict
from yingshang_flow.compliance.report.as_json import finding_json
from yingshang_flow.words import Language


def show_audit(page: Page, said: Audit, lang: Language, *, verdicts: bool, most: int | None = None) -> None:
    """Write what an audit says of a case.

    Args:
        page: Where to.
        said: The audit.
        lang: The language.
        verdicts: Whether to write every verdict with what shows it, or only the findings.
        most: How much of what shows a verdict to write; all unless given.
    """
    counts = Counter(verdict.outcome for verdict in said.verdicts)
    summary = ", ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome])
    page.heading(f"{said.case} ({said.lifecycle}, {said.profile}): {summary}")
    if not verdicts:
        page.lines(_breaches(said.findings, lang), "red")
        page.lines(label.text(lang) for label in said.amended)
        page.lines((reason.text(lang) for reason in said.reasons), "yellow")
        return
    page.table(
        ("rule", "", "outcome", "shown by"),
        [
            (
                verdict.rule.id,
                verdict.rule.label.text(lang),
                verdict.outcome.value,
                "\n".join(_shown(verdict, lang, most)),
            )
            for verdict in said.verdicts
        ],
    )
    page.lines((finding.text(lang) for finding in said.irregular), "red")
    page.lines(label.text(lang) for label in said.amended)
    page.lines((reason.text(lang) for reason in said.reasons), "yellow")


def _breaches(findings: Iterable[Finding], lang: Language) -> Iterator[str]:
    """Yield findings in words, the same breach by several units once."""
    alike: dict[Finding, list[str]] = {}
    for finding in findings:
        alike.setdefault(attrs.evolve(finding, unit=""), []).append(finding.unit)
    for finding, units in alike.items():
        yield attrs.evolve(finding, unit=whom(units)).text(lang)


def _shown(verdict: Verdict, lang: Language, most: int | None) -> Iterator[str]:
    yield from (text.removeprefix(f"{verdict.rule.id} ") for text in _breaches(verdict.findings, lang))
    shown = [label.text(lang) for label in verdict.shown]
    yield from shown[:most]
    if most is not None and len(shown) > most:
        yield f"and {len(shown) - most} more"


def audit_json(said: Audit) -> dict[str, object]:
    """Return what an audit says of a case as JSON has it."""
    return {
        "case": said.case,
        "lifecycle": said.lifecycle,
        "profile": said.profile,
        "verdicts": [
            {
                "rule": verdict.rule.id,
                "label": both(verdict.rule.label),
                "outcome": verdict.outcome.value,
                "shown": [both(label) for label in verdict.shown],
                "findings": findings_json(verdict.findings),
            }
            for verdict in said.verdicts
        ],
        "irregular": findings_json(said.irregular),
        "amended": [both(label) for label in said.amended],
        "reasons": [
            {
                "ground": reason.ground,
                "rules": [rule.id for rule in reason.rules],
                "label": both(reason.label),
                "opens": reason.opens,
                "codes": list(reason.codes),
                "shown": [both(label) for label in reason.shown],
                "units": list(reason.units),
                "as_part": reason.as_part,
            }
            for reason in said.reasons
        ],
    }


def findings_json(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Return findings as JSON has them."""
    return [finding_json(finding) for finding in findings]


def counted(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

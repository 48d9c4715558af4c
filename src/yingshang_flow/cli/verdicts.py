"""What an audit says of a case, as a text for people and as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from yingshang_flow.cli import terms
from yingshang_flow.cli.output import Page, both
from yingshang_flow.cli.showing import whom
from yingshang_flow.compliance import Audit, Finding, Outcome, Verdict
from yingshang_flow.compliance.report.as_json import finding_json
from yingshang_flow.words import Label, Language


def show_audit(page: Page, said: Audit, *, verdicts: bool, most: int | None = None) -> None:
    """Write what an audit says of a case.

    Args:
        page: Where to.
        said: The audit.
        verdicts: Whether to write every verdict with what shows it, or only the findings.
        most: How much of what shows a verdict to write; all unless given.
    """
    counts = Counter(verdict.outcome for verdict in said.verdicts)
    lang, there = page.language, [outcome for outcome in Outcome if counts[outcome]]
    zh = "，".join(f"{terms.OUTCOMES[outcome].zh}{counts[outcome]}项" for outcome in there)
    en = ", ".join(f"{counts[outcome]} {terms.OUTCOMES[outcome].en}" for outcome in there)
    page.heading(
        Label(
            f"{said.case}（{said.lifecycle}，{said.profile}）：{zh}",
            f"{said.case} ({said.lifecycle}, {said.profile}): {en}",
        )
    )
    if not verdicts:
        page.lines(_breaches(said.findings, lang), "red")
        page.lines(said.amended)
        page.lines((reason.text(lang) for reason in said.reasons), "yellow")
        return
    page.table(
        (terms.RULE, "", Label("结论", "outcome"), Label("依据事实", "shown by")),
        [
            (
                verdict.rule.id,
                verdict.rule.label,
                terms.OUTCOMES[verdict.outcome],
                "\n".join(_shown(verdict, lang, most)),
            )
            for verdict in said.verdicts
        ],
    )
    page.lines((finding.text(lang) for finding in said.irregular), "red")
    page.lines(said.amended)
    page.lines((reason.text(lang) for reason in said.reasons), "yellow")


def _breaches(findings: Iterable[Finding], lang: Language) -> Iterator[str]:
    """Yield findings in words, the same breach by several units once."""
    alike: dict[Finding, list[str]] = {}
    for finding in findings:
        alike.setdefault(attrs.evolve(finding, unit=""), []).append(finding.unit)
    for finding, units in alike.items():
        yield attrs.evolve(finding, unit=whom(units, lang)).text(lang)


def _shown(verdict: Verdict, lang: Language, most: int | None) -> Iterator[str]:
    yield from (text.removeprefix(f"{verdict.rule.id} ") for text in _breaches(verdict.findings, lang))
    shown = [label.text(lang) for label in verdict.shown]
    yield from shown[:most]
    if most is not None and len(shown) > most:
        more = len(shown) - most
        yield f"另有{more}项" if lang == "zh" else f"and {more} more"


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

"""``audit``, ``verify`` and ``sweep``: what is said of all the cases of a store, or of some."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import attrs
import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.cli.showing import whom
from yingshang_flow.compliance import Audit, Finding, Outcome, Verdict, audit_all
from yingshang_flow.docket import Docket, system_clock
from yingshang_flow.errors import CodecError, TamperedError
from yingshang_flow.words import Language

_CASES = click.argument("cases", metavar="[CASE]...", nargs=-1)


@click.command()
@_CASES
@options.database()
@options.now()
@click.option("--verdicts", is_flag=True, help="Show every rule: what shows that it was kept, or why it is unknown.")
@options.language()
@options.as_json()
@click.pass_context
def audit(
    context: click.Context,
    *,
    cases: tuple[str, ...],
    db: Path,
    now: datetime | None,
    verdicts: bool,
    lang: Language,
    as_json: bool,
) -> None:
    """Hold histories against their rules.

    All cases of the file, or each CASE, against the definition it ran under; exits with 1 if there are findings.
    What is still running is judged as of now; rules that compare cases look at all cases of the file.
    """
    docket = options.docket(db)
    said = audits(docket, now or system_clock())
    for case in cases:
        docket.load(case)
    said = {case: one for case, one in said.items() if not cases or case in cases}
    if as_json:
        print_json([_audit(one) for one in said.values()])
    else:
        page = Page()
        for one in said.values():
            show_audit(page, one, lang, verdicts=verdicts)
        found = sum(len(one.findings) for one in said.values())
        page.heading(f"{_count(len(said), 'case')}, {_count(found, 'finding')}")
    context.exit(1 if any(one.findings for one in said.values()) else 0)


def audits(docket: Docket, now: datetime) -> Mapping[str, Audit]:
    """Return the audit of every case of a docket by its id; cases of one procedure are compared with one another."""
    found = {case.id: case for case in docket.find()}
    cases = [(docket.history(case), docket.lifecycle(case)) for case in found]
    said = audit_all(cases, calendar=docket.calendar, now=now, linked=found)
    return {one.case: one for one in said}


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


def _audit(said: Audit) -> dict[str, object]:
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
                "findings": _findings(verdict.findings),
            }
            for verdict in said.verdicts
        ],
        "irregular": _findings(said.irregular),
    }


def _findings(findings: Sequence[Finding]) -> list[dict[str, object]]:
    return [
        {
            "code": finding.code,
            "label": both(finding.label),
            "found": finding.found,
            "revision": finding.revision,
            "unit": finding.unit,
            "due": None if finding.due is None else finding.due.isoformat(),
            "happened": None if finding.happened is None else finding.happened.isoformat(),
            "days_late": finding.days_late,
            "text": {"zh": finding.text("zh"), "en": finding.text("en")},
        }
        for finding in findings
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@click.command()
@_CASES
@options.database()
@options.as_json()
@click.pass_context
def verify(context: click.Context, *, cases: tuple[str, ...], db: Path, as_json: bool) -> None:
    """Check the hashes of histories.

    Of all cases of the file, or of each CASE; exits with 1 when one was tampered with.
    """
    docket = options.docket(db)
    found = [verified(docket, case) for case in options.case_ids(docket.store, cases)]
    if as_json:
        print_json([{"case": case, "records": records, "broken": broken} for case, records, broken in found])
    else:
        show_verified(Page(), found)
    context.exit(1 if any(broken is not None for _, _, broken in found) else 0)


def verified(docket: Docket, case: str) -> tuple[str, int | None, str | None]:
    """Return a case with the number of its records, or with what is wrong with them."""
    try:
        return case, docket.verify(case), None
    except (TamperedError, CodecError) as exc:
        return case, None, str(exc)


def show_verified(page: Page, found: Sequence[tuple[str, int | None, str | None]]) -> None:
    """Write for each case whether its history is whole."""
    page.table(
        ("case", "history", "records"),
        [(case, "whole" if why is None else "broken", records) for case, records, why in found],
    )
    page.lines((why for _, _, why in found if why is not None), "red")


@click.command()
@options.database()
@options.now()
@options.as_json()
def sweep(*, db: Path, now: datetime | None, as_json: bool) -> None:
    """Record warnings and missed deadlines."""
    written = options.docket(db).sweep(now=now)
    if as_json:
        print_json({"records": written})
    else:
        Page().text(f"{_count(written, 'record')} written")

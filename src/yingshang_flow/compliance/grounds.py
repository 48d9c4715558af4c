"""What in an audited case gives reason to open another one, by the grounds of its lifecycle."""

from collections.abc import Iterator, Sequence

import attrs

from yingshang_flow.compliance.finding import Audit, Outcome, Reason
from yingshang_flow.core.duty import Ground
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.words import Label, RuleKind


def with_reasons(said: Audit, lifecycle: Lifecycle, records: Sequence[Record]) -> Audit:
    """Return an audit with the reasons there are in it to open other cases.

    A rule that is nothing but such a reason is neither kept nor broken by it; its verdict shows what was found.

    Args:
        said: The audit, with every breach that was found.
        lifecycle: The definition the case ran under.
        records: The records that count.
    """
    reasons = tuple(_reasons(said, lifecycle, records))
    if not reasons:
        return said
    shown = {rule.id: reason.shown for reason in reasons for rule in reason.rules if rule.kinds == (RuleKind.GROUND,)}
    verdicts = tuple(
        attrs.evolve(verdict, shown=shown[verdict.rule.id])
        if verdict.rule.id in shown and verdict.outcome is Outcome.UNKNOWN
        else verdict
        for verdict in said.verdicts
    )
    return attrs.evolve(said, verdicts=verdicts, reasons=reasons)


def _reasons(said: Audit, lifecycle: Lifecycle, records: Sequence[Record]) -> Iterator[Reason]:
    for ground in lifecycle.grounds:
        shown: dict[Label, None] = {}
        units: dict[str, None] = {}
        for record in records:
            if _shows(ground, record):
                named, at = lifecycle.by_trigger[record.trigger].label, record.occurred_at
                shown[Label(f"{at} {named.zh}", f"{at} {named.en}")] = None
                units.update(dict.fromkeys(record.obligors))
        breaches = {rule.id for rule in ground.breaches}
        for finding in said.findings:
            if finding.code in breaches:
                shown[Label(finding.text("zh"), finding.text("en"))] = None
                units.update({finding.unit: None} if finding.unit else {})
        if shown:
            yield Reason(ground.key, ground.rules, ground.label, ground.opens, ground.codes, tuple(shown), tuple(units))


def _shows(ground: Ground, record: Record) -> bool:
    return record.trigger in ground.acts and (ground.where is None or ground.where(record))

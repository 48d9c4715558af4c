"""What in an audited case gives reason to open another one, by the grounds of its lifecycle."""

from collections.abc import Iterator, Sequence

import attrs

from yingshang_flow.compliance.finding import Audit, Reason
from yingshang_flow.core.duty import Ground
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.words import Label


def with_reasons(said: Audit, lifecycle: Lifecycle, acts: Sequence[Record]) -> Audit:
    """Return an audit with the reasons there are in it.

    Args:
        said: The audit, with every breach that was found.
        lifecycle: The definition the case ran under.
        acts: The records that count.
    """
    return attrs.evolve(said, reasons=tuple(_reasons(said, lifecycle, acts)))


def _reasons(said: Audit, lifecycle: Lifecycle, acts: Sequence[Record]) -> Iterator[Reason]:
    for ground in lifecycle.grounds:
        shown: dict[Label, None] = {}
        units: dict[str, None] = {}
        for record in acts:
            if record.kind is Kind.ACT and _shows(ground, record):
                named, at = lifecycle.by_trigger[record.trigger].label, record.occurred_at
                shown[Label(f"{at} {named.zh}", f"{at} {named.en}")] = None
                units.update(dict.fromkeys(record.obligors))
        breached = {rule.id for rule in ground.breaches}
        for finding in said.findings:
            if finding.code in breached:
                shown[Label(finding.text("zh"), finding.text("en"))] = None
                units.update({finding.unit: None} if finding.unit else {})
        if shown:
            cited = dict.fromkeys(citation for rule in ground.rules for citation in rule.citations)
            yield Reason(ground.key, ground.label, ground.opens, ground.codes, tuple(shown), tuple(units), tuple(cited))


def _shows(ground: Ground, record: Record) -> bool:
    return record.trigger in ground.acts and (ground.where is None or ground.where(record))

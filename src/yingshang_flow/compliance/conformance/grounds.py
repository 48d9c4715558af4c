"""What in an audited case gives reason to open another one, by the grounds of its lifecycle."""

from collections.abc import Iterator, Sequence

import attrs

from yingshang_flow.compliance.conformance.finding import Audit, Outcome, Reason
from yingshang_flow.core.duty import Ground
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record, Reminded
from yingshang_flow.words import Label, Rule, RuleKind


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
    for ground in (*lifecycle.grounds, *lifecycle.derived(_calls)):
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
            yield Reason(
                ground.key,
                ground.rules,
                ground.label,
                ground.opens,
                ground.codes,
                tuple(shown),
                tuple(units),
                ground.as_part,
            )
    yield from _reminders(lifecycle, records)


def _calls(lifecycle: Lifecycle) -> tuple[Ground, ...]:
    """Return what triggers call for, as far as no ground of the lifecycle says it already."""
    said = {(trigger, ground.opens) for ground in lifecycle.grounds for trigger in ground.acts}
    return tuple(
        Ground(trigger.key, _rules(lifecycle, trigger.key), trigger.label, trigger.calls_for, acts=trigger.key)
        for trigger in lifecycle.triggers
        if trigger.calls_for is not None and (trigger.key, trigger.calls_for) not in said
    )


def _rules(lifecycle: Lifecycle, trigger: str) -> tuple[Rule, ...]:
    """Return the rules that an act stands for itself, whatever those it has to keep."""
    rows = (row for row in lifecycle.transitions if row.trigger == trigger)
    return tuple(dict.fromkeys(rule for row in rows for rule in row.rules))


def _reminders(lifecycle: Lifecycle, records: Sequence[Record]) -> Iterator[Reason]:
    """Yield what the rungs that the clock came to call for; of each rung once, with everybody it was said of."""
    said: dict[tuple[str, str], list[Reminded]] = {}
    for record in records:
        for change in record.changes:
            if isinstance(change, Reminded):
                said.setdefault((change.limit, change.rung), []).append(change)
    for limit in lifecycle.limits:
        for rung in limit.ladder:
            told = said.get((limit.key, rung.key), [])
            if rung.calls_for and told:
                units = dict.fromkeys(change.obligor for change in told if change.obligor)
                shown = (limit.label,)
                yield Reason(
                    f"{limit.key}.{rung.key}", limit.rules, rung.label, rung.calls_for, (), shown, tuple(units)
                )


def _shows(ground: Ground, record: Record) -> bool:
    return record.trigger in ground.acts and (ground.where is None or ground.where(record))

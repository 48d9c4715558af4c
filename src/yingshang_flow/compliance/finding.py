"""What an audit says: a verdict for each rule, with the dates that show it."""

from datetime import date
from enum import StrEnum

import attrs

from yingshang_flow.words import Label, Language, Rule


class Outcome(StrEnum):
    """What became of a rule in a history."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@attrs.frozen
class Finding:
    """One breach.

    Attributes:
        code: The id of the rule, or a structural code: ``state``, ``role``, ``deadlines``.
        case: The id of the case.
        label: What is required.
        found: What was found instead.
        revision: The record that shows it; none when it is the absence of one.
        unit: The unit that broke it; empty where it is the case.
        due: Until when it was owed.
        happened: When it was done; none when it was not.
        days_late: Working days between the two, or up to the audit's date; none where nothing was due.
    """

    code: str
    case: str
    label: Label
    found: str = ""
    revision: int | None = None
    unit: str = ""
    due: date | None = None
    happened: date | None = None
    days_late: int | None = None

    def text(self, language: Language = "zh") -> str:
        """Return the finding in one line."""
        zh = language == "zh"
        parts = [f"{self.code} {self.label.text(language)}"]
        if self.unit:
            parts.append(self.unit)
        if self.due is not None:
            parts.append(f"期限至{self.due}" if zh else f"due {self.due}")
            if self.happened is None:
                parts.append("未办理" if zh else "not done")
            else:
                parts.append(f"于{self.happened}办理" if zh else f"done {self.happened}")
        if self.days_late:
            days = "working day" if self.days_late == 1 else "working days"
            parts.append(f"逾期{self.days_late}个工作日" if zh else f"{self.days_late} {days} late")
        if self.found:
            parts.append(self.found)
        return ("，" if zh else ", ").join(parts)


@attrs.frozen
class Verdict:
    """What an audit says of one rule.

    Attributes:
        rule: The rule.
        outcome: Kept, broken or unknown.
        shown: What shows it, or why it is unknown, in order of time.
        findings: The breaches.
    """

    rule: Rule
    outcome: Outcome
    shown: tuple[Label, ...]
    findings: tuple[Finding, ...] = ()


@attrs.frozen
class Audit:
    """What an audit says of one case.

    Attributes:
        case: The id of the case.
        lifecycle: The key of the lifecycle.
        profile: The key of the profile.
        verdicts: One for each rule, in the order of the definition.
        irregular: Breaches of the procedure itself that are no rule's: an act out of order, a wrong role, deadlines
            that do not follow from the acts.
        amended: Every correction and annulment in words, with what stood before and what counts since, and every
            erasure; the verdicts are about the acts that count.
    """

    case: str
    lifecycle: str
    profile: str
    verdicts: tuple[Verdict, ...]
    irregular: tuple[Finding, ...] = ()
    amended: tuple[Label, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every breach, those of rules first."""
        return (*(finding for verdict in self.verdicts for finding in verdict.findings), *self.irregular)

    def outcome(self, rule: str) -> Outcome:
        """Return what became of a rule.

        Raises:
            KeyError: The lifecycle has no such rule.
        """
        for verdict in self.verdicts:
            if verdict.rule.id == rule:
                return verdict.outcome
        raise KeyError(rule)

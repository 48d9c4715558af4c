"""What an audit says: a verdict for each rule, with the dates that show it."""

import hashlib
from datetime import date
from enum import StrEnum
from typing import Final

import attrs

from yingshang_flow.words import Authority, Citation, Label, Language, Rule, RuleKind, cited_in


class Outcome(StrEnum):
    """What became of a rule in a history."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """How grave a breach is; which kinds of rules weigh how much is ours."""

    GRAVE = "grave"
    """What the procedure does not allow at all: a ban or a guard was passed over, an act is out of order."""
    ORDINARY = "ordinary"
    """What was owed was not done, or late."""
    NOTE = "note"
    """What only this library asks for, where the documents are silent."""

    @property
    def label(self) -> Label:
        """What it is called."""
        return _SEVERITIES[self]


_SEVERITIES: Final = {
    Severity.GRAVE: Label("严重", "grave"),
    Severity.ORDINARY: Label("一般", "ordinary"),
    Severity.NOTE: Label("提示", "note"),
}


def severity_of(rule: Rule) -> Severity:
    """Return how grave a breach of a rule is."""
    if all(citation.authority is Authority.OURS for citation in rule.citations):
        return Severity.NOTE
    return Severity.GRAVE if {RuleKind.BAN, RuleKind.GUARD} & set(rule.kinds) else Severity.ORDINARY


@attrs.frozen
class Finding:
    """One breach.

    Attributes:
        code: The id of the rule, or a structural code: ``state``, ``role``, ``deadlines``.
        case: The id of the case.
        label: What is required.
        found: What was found instead, as values; empty where there are none to show.
        revision: The record that shows it; none when it is the absence of one.
        unit: The unit that broke it; empty where it is the case.
        due: Until when it was owed.
        happened: When it was done; none when it was not.
        days_late: Working days between the two, or up to the audit's date; none where nothing was due.
        act: The act that shows it; none where it is a deadline or a comparison of cases.
        mark: That the act was corrected, and by what; none where it was not.
        place: Where in the case it is, as ``report#1`` for the first time of a limit or of a trigger; stays the same
            when the case is audited again.
        severity: How grave it is.
        citations: Where the rule stands; empty for a structural code.
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
    act: Label | None = attrs.field(default=None, kw_only=True)
    mark: Label | None = attrs.field(default=None, kw_only=True)
    place: str = attrs.field(default="", kw_only=True)
    severity: Severity = attrs.field(default=Severity.GRAVE, kw_only=True)
    citations: tuple[Citation, ...] = attrs.field(default=(), kw_only=True)

    @classmethod
    def of(cls, rule: Rule, case: str, label: Label, **said: object) -> "Finding":
        """Return a breach of a rule, with what the rule says of all of them; the rest is as for the class."""
        return cls(rule.id, case, label, severity=severity_of(rule), citations=rule.citations, **said)  # type: ignore[arg-type]  # as for the class

    @property
    def fingerprint(self) -> str:
        """What the same breach is known by in every later audit: 16 hex digits over case, rule, unit, place and values.

        How late it is and when it was done at last are left out, so that a breach that was accepted stays so.
        """
        said = f"{self.case}\x1f{self.code}\x1f{self.unit}\x1f{self.place}\x1f{self.found}"
        return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:16]

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
        parts += [found for found in (self._found(language),) if found]
        return ("，" if zh else ", ").join(parts) + self._marked(language)

    def shown(self, language: Language = "zh") -> str:
        """Return the values found, the act that shows it, and whether it was corrected; empty for none of them."""
        return (self._found(language) + self._marked(language)).lstrip()

    def _found(self, language: Language) -> str:
        act = "" if self.act is None else self.act.text(language)
        both = f"{self.found}（{act}）" if language == "zh" else f"{self.found} ({act})"
        return both if act and self.found else act or self.found

    def _marked(self, language: Language) -> str:
        """Return the mark of a correction with what parts it from the text it stands behind."""
        return "" if self.mark is None else self.mark.text(language)

    def cited(self, language: Language = "zh") -> str:
        """Return where the rule stands, in one line; empty for a structural code."""
        return cited_in(self.citations, language)


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
class Owed:
    """One deadline as an audit judges it.

    Attributes:
        limit: The key of the limit.
        label: What is owed.
        number: Which time, from 1.
        unit: The unit that owes it; else the one that acted last before it was settled, empty where none is named.
        start: The date it counts from.
        due: The last date, inclusive.
        happened: When it was met; none when it was not.
        outcome: Kept, broken, or unknown: still running, given up, or not told.
        days_late: Working days between the two, or up to the audit's date, of what is broken; else none.
        running: Whether it still ran on the audit's date.
    """

    limit: str
    label: Label
    number: int
    unit: str
    start: date
    due: date
    happened: date | None
    outcome: Outcome
    days_late: int | None = None
    running: bool = False


@attrs.frozen
class Told:
    """One act as an audit saw it.

    Attributes:
        at: The day.
        trigger: What was done.
        label: What that is called.
        unit: The unit that did it; empty where none is named.
    """

    at: date
    trigger: str
    label: Label
    unit: str


_SHOWN: Final = 3
"""How much of what shows a reason its one line tells."""


@attrs.frozen
class Reason:
    """A reason that a case gives to open another one; whether to, a person decides.

    Attributes:
        ground: The key of the ground.
        rules: The rules it comes from.
        label: The reason.
        opens: The key of the lifecycle that is called for.
        codes: The grounds to cite in the new case, as that lifecycle codes them.
        shown: The acts and the breaches that show it, in words.
        units: The units they are about, as far as they are named.
        as_part: Whether what is opened is a part of the case, and no case of its own.
    """

    ground: str
    rules: tuple[Rule, ...]
    label: Label
    opens: str
    codes: tuple[str, ...]
    shown: tuple[Label, ...]
    units: tuple[str, ...]
    as_part: bool = False

    def text(self, language: Language = "zh") -> str:
        """Return what is called for, why, and the first of what shows it, in one line."""
        zh = language == "zh"
        codes = f" {'、'.join(self.codes) if zh else ', '.join(self.codes)}" if self.codes else ""
        more = len(self.shown) - _SHOWN
        first = [label.text(language) for label in self.shown[:_SHOWN]]
        shown = ("；" if zh else "; ").join(
            [*first, *([f"另有{more}项" if zh else f"and {more} more"] if more > 0 else [])]
        )
        said = f"可另立 {self.opens}{codes}：" if zh else f"calls for {self.opens}{codes}: "
        return f"{said}{self.label.text(language)}（{shown}）" if zh else f"{said}{self.label.text(language)} ({shown})"


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
        owed: Every deadline there was, in order of its start.
        acts: Every act that counts, in the order of the history.
        state: The key of the state the case is in.
        reasons: What in it gives reason to open another case.
    """

    case: str
    lifecycle: str
    profile: str
    verdicts: tuple[Verdict, ...]
    irregular: tuple[Finding, ...] = ()
    amended: tuple[Label, ...] = ()
    owed: tuple[Owed, ...] = ()
    acts: tuple[Told, ...] = ()
    state: str = ""
    reasons: tuple[Reason, ...] = ()

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

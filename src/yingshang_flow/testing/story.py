"""Tells a history as a story: what was done when and by whom, what fell due, and which rules it breaks."""

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from yingshang_flow.compliance import Audit, Finding
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Change, Dated, Extended, Kind, Met, Missed, Record, Started, Warned
from yingshang_flow.words import Label, Language

_CLOCK: Final = Label("（时钟）", "(the clock)")
_KINDS: Final = {
    Kind.CLOCK: Label("检查期限", "looks at the deadlines"),
    Kind.REPROJECTION: Label("按新日历重算", "counts anew by another calendar"),
    Kind.MIGRATION: Label("改按其他规则办理", "goes on under other rules"),
    Kind.CORRECTION: Label("更正", "corrects"),
    Kind.ANNULMENT: Label("撤销", "annuls"),
    Kind.ERASURE: Label("删除个人信息", "erases personal data"),
}
_MOST: Final = 100


def story(history: Sequence[Record], lifecycle: Lifecycle, said: Audit, *, language: Language = "zh") -> str:
    """Return a history in words, a line for every act and every deadline it touches, with what is found at the place.

    Args:
        history: The records of a case, in order.
        lifecycle: The definition it ran under.
        said: What an audit says of it.
        language: The language it is told in.
    """
    return "\n".join(_Teller(lifecycle, said, language).lines(history))


@attrs.frozen
class _Teller:
    lifecycle: Lifecycle
    said: Audit
    language: Language

    def lines(self, history: Sequence[Record]) -> Iterator[str]:
        title, profile = self.lifecycle.title.text(self.language), self.lifecycle.profile
        yield f"{title} ({profile})" if profile else title
        for record in history:
            yield from self._record(record)
        rest = [finding for finding in self.said.findings if finding.revision is None]
        yield from (f"  ✗ {self.found(finding)}" for finding in rest)
        if not self.said.findings:
            yield self._text("  没有发现违反规则的情形", "  no rule is broken")

    def _record(self, record: Record) -> Iterator[str]:
        yield f"  {record.occurred_at}  {self._who(record)}: {self._what(record)}{self._where(record)}"
        found = [finding for finding in self.said.findings if finding.revision == record.revision]
        if found and record.content is not None:
            yield f"      {_shortened(repr(record.content))}"
        for change in record.changes:
            told = self._change(change)
            if told:
                yield f"      {told}"
        yield from (f"      ✗ {self.found(finding)}" for finding in found)

    def _who(self, record: Record) -> str:
        if record.actor is None:
            return _CLOCK.text(self.language)
        role = self.lifecycle.roles.get(record.actor.role)
        named = record.actor.role if role is None else role.label.text(self.language)
        return f"{record.actor.unit} ({named})" if record.actor.unit != named else named

    def _what(self, record: Record) -> str:
        trigger = self.lifecycle.by_trigger.get(record.trigger)
        done = record.named or _KINDS.get(record.kind) or (trigger.label if trigger else Label(*[record.trigger] * 2))
        whom = self._text("、", ", ").join(record.obligors)
        return done.text(self.language) + (self._text(f"（{whom}）", f" for {whom}") if whom else "")

    def _where(self, record: Record) -> str:
        state = self.lifecycle.by_state.get(record.after)
        if record.before == record.after or state is None:
            return ""
        return f" → {state.label.text(self.language)}"

    def _change(self, change: Change) -> str:
        limit = self.lifecycle.by_limit.get(change.limit)
        label = change.limit if limit is None else limit.label.text(self.language)
        what = f"{label} {change.obligor}".strip()
        told = ("", "")
        match change:
            case Extended(due=due):
                told = f"延期至{due}", f"extended to {due}"
            case Started(due=due):
                told = f"期限至{due}", f"due {due}"
            case Met(late=late):
                told = ("逾期办理", "late") if late else ("按期办理", "in time")
            case Warned():
                told = "即将到期", "is near"
            case Missed():
                told = "已逾期", "missed"
            case Dated(due=due):
                told = f"期限改至{due}", f"now due {due}"
        return self._text(f"{what}：{told[0]}", f"{what}: {told[1]}") if told[0] else ""

    def found(self, finding: Finding) -> str:
        """Return a finding with where its rule stands."""
        cited = finding.cited(self.language)
        return finding.text(self.language) + (f" [{cited}]" if cited else "")

    def _text(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"

"""What an audit notes on its way: of every rule what was kept, broken or could not be told, and in which words."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from yingshang_flow.compliance.conformance import amended
from yingshang_flow.compliance.conformance.finding import Finding, Outcome, Told, Verdict
from yingshang_flow.core.ledger import UNTOLD
from yingshang_flow.core.lifecycle import Lifecycle, Trigger
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.words import Label, Rule, RuleKind

_UNMARKED: Final = Label("", "")


class Notes:
    """What is noted of one history.

    Args:
        lifecycle: The definition it ran under.
        history: Its records, in order.
        told: The triggers the source tells of; none where it tells of all.
        earlier: The definitions it ran under before its migrations, in order.

    Attributes:
        irregular: Breaches of the procedure itself.
        breaches: Breaches of rules, in the order in which they were found.
        acts: Every act that counts; set once that is known.
    """

    def __init__(
        self,
        lifecycle: Lifecycle,
        history: Sequence[Record],
        told: Collection[str] | None,
        earlier: Iterable[Lifecycle] = (),
    ) -> None:
        self.irregular: list[Finding] = []
        self.breaches: list[Finding] = []
        self.acts: tuple[Told, ...] = ()
        self._lifecycle = lifecycle
        self._told = told
        self._triggers: Mapping[str, Trigger] = lifecycle.by_trigger
        for one in reversed(tuple(earlier)):
            self._triggers = {**one.by_trigger, **self._triggers}
        self._kept: dict[str, list[Label]] = {}
        self._unknown: dict[str, list[Label]] = {}
        self._broken: dict[str, list[Finding]] = {}
        self._places = dict(_times(history))
        self._marks: Mapping[int, Label] = amended.marks(history)

    def keep(self, rule: Rule, said: Label) -> None:
        """Note what shows that a rule was kept; the same only once in a row."""
        kept = self._kept.setdefault(rule.id, [])
        if not kept or kept[-1] is not said:
            kept.append(said)

    def leave(self, rule: Rule, said: Label) -> None:
        """Note why a rule could not be told."""
        self._unknown.setdefault(rule.id, []).append(said)

    def breach(self, rule: Rule, finding: Finding) -> None:
        """Note a breach of a rule."""
        self._broken.setdefault(rule.id, []).append(finding)
        self.breaches.append(finding)

    def has_kept(self, rule: Rule) -> bool:
        """Tell whether anything shows that a rule was kept."""
        return rule.id in self._kept

    def verdict(self, rule: Rule) -> Verdict:
        """Return what became of a rule, by everything that was noted."""
        broken = tuple(self._marked(finding) for finding in self._broken.get(rule.id, ()))
        if broken:
            return Verdict(rule, Outcome.BROKEN, tuple(self._kept.get(rule.id, ())), broken)
        if rule.id in self._kept:
            return Verdict(rule, Outcome.KEPT, (*self._kept[rule.id], *self._unknown.get(rule.id, ())))
        if rule.kinds == (RuleKind.PROPERTY,):
            nothing = Label("本库的性质，由测试保证", "a property of the library, held by its tests")
        elif self._told is not None:
            nothing = Label("所给资料无从判断", "what was given does not tell")
        else:
            nothing = Label("尚无适用情形", "there was no occasion for it yet")
        return Verdict(rule, Outcome.UNKNOWN, tuple(self._unknown.get(rule.id, (nothing,))))

    def _marked(self, finding: Finding) -> Finding:
        """Return a finding that says so where the act it is about was corrected."""
        mark = None if finding.revision is None else self._marks.get(finding.revision)
        if mark is None:
            return finding
        return attrs.evolve(finding, mark=mark)

    def object_to(self, record: Record, code: str, label: Label, found: str = "") -> None:
        """Note a breach of the procedure itself."""
        at, act = record.occurred_at.date, self.named(record) if record.trigger in self._triggers else None
        self.irregular.append(
            Finding(code, record.case, label, found, record.revision, happened=at, act=act, place=self.place(record))
        )

    def place(self, record: Record) -> str:
        """Return which time of its trigger an act is; of what is no act, its revision."""
        return self._places.get(record.revision, str(record.revision))

    def act_said(self, record: Record) -> Label:
        """Return an act in words: when it happened, what it was, and whether that was corrected."""
        named, mark = self.named(record), self._marks.get(record.revision, _UNMARKED)
        return Label(f"{record.occurred_at} {named.zh}{mark.zh}", f"{record.occurred_at} {named.en}{mark.en}")

    def named(self, record: Record) -> Label:
        """Return what an act is called."""
        trigger = self._triggers.get(record.trigger)  # of a definition that was not given, maybe
        return Label(record.trigger, record.trigger) if trigger is None else trigger.label

    def told_of(self, history: Iterable[Record]) -> Iterator[Told]:
        """Yield the acts of a history, as an audit tells them."""
        for record in history:
            if record.kind is Kind.ACT and record.trigger in self._triggers:
                unit = "" if record.actor is None or record.actor.unit == UNTOLD else record.actor.unit
                yield Told(record.occurred_at.date, record.trigger, self.named(record), unit)

    def untold(self, triggers: Iterable[str], state: str = "") -> tuple[str, ...]:
        """Return those triggers of which the source would not tell; with a state, only those that may have led there.

        What ends a case cannot have happened in one that has gone on to a state from which it is not possible.
        """
        if self._told is None:
            return ()
        untold = (trigger for trigger in triggers if trigger not in self._told)
        return tuple(trigger for trigger in untold if not (state and self._ruled_out(trigger, state)))

    def _ruled_out(self, trigger: str, state: str) -> bool:
        rows = [row for row in self._lifecycle.transitions if row.trigger == trigger]
        ends = all(row.to is not None and self._lifecycle.by_state[row.to].final for row in rows)
        return ends and state not in {place for row in rows for place in (*row.sources, row.to)}

    def names(self, triggers: Iterable[str]) -> str:
        """Return triggers in Chinese."""
        return "、".join(self._lifecycle.by_trigger[trigger].label.zh for trigger in triggers)


def _times(history: Iterable[Record]) -> Iterator[tuple[int, str]]:
    """Yield which time of its trigger every act is, by revision."""
    times: Counter[str] = Counter()
    for record in history:
        if record.kind is Kind.ACT:
            times[record.trigger] += 1
            yield record.revision, f"{record.trigger}#{times[record.trigger]}"

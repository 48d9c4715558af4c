"""The record of a correction or an annulment: what it amends, on what ground, and where the case stands after it."""

from collections.abc import Mapping

import attrs

from yingshang_flow.core.case import Case, Deadline, Fact
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.words import Label


@attrs.frozen
class Way:
    """Which way an act takes once the amendment holds, where that is another one than before.

    Attributes:
        revision: The record of the act.
        before: The state it is done in.
        after: The state it leads to.
        obligors: For whom it counts.
    """

    revision: int
    before: str
    after: str
    obligors: tuple[str, ...]


@attrs.frozen
class Amendment(Record):
    """A record by which a person corrects or annuls an earlier act; that act's own record stays as it is.

    Of the fields of every record, ``trigger`` is that of the amended act, ``before`` and ``after`` are states of the
    case, ``content`` is what the act says from then on (none once it is annulled), and ``occurred_at`` is when the
    amendment was made. What follows from the acts that still count is written out, so that a case is folded from its
    records without asking anything again; ``verify`` works it out anew.

    Attributes:
        amends: The revision of the act's record, however often it was corrected.
        ground: Why; a text of at most 2000 characters.
        moment: When the act happened, as far as is known now; none once it is annulled.
        calendar: The hash of the calendar by which the changed deadlines were counted.
        ways: The acts that take another way than before.
        opened: When the case was opened.
        entered: When the case last came into each state it has been in.
        deadlines: Everything owed, and the latest time of every limit and obligor.
        facts: The latest acts of a trigger and obligor that are others than before; that of the corrected act itself is
            without content, which is this record's.
        gone: The triggers and obligors of which no act is left.
        units: Every unit the case is found by.
    """

    amends: int = 0
    ground: str = ""
    moment: Moment | None = None
    calendar: str = ""
    ways: tuple[Way, ...] = ()
    opened: Moment | None = None
    entered: Mapping[str, Moment] = FrozenDict()
    deadlines: tuple[Deadline, ...] = ()
    facts: tuple[Fact, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()

    @property
    def named(self) -> Label:
        """What it does, in a few words."""
        if self.kind is Kind.ANNULMENT:
            return Label(f"撤销第{self.amends}号记录", f"annuls record {self.amends}")
        return Label(f"更正第{self.amends}号记录", f"corrects record {self.amends}")

    def about(self, act: str) -> tuple[str, ...]:
        """Return the act, with the time it has from then on, and the ground."""
        return act if self.moment is None else f"{act} {self.moment}", self.ground

    @property
    def mark(self) -> Label:
        """What stands with the record that it amends."""
        if self.kind is Kind.ANNULMENT:
            return Label(f"由第{self.revision}号记录撤销", f"annulled by record {self.revision}")
        return Label(f"由第{self.revision}号记录更正", f"corrected by record {self.revision}")

    def of(self, case: Case) -> Case:
        """Return the case after it."""
        facts = {trigger: dict(found) for trigger, found in case.facts.items()}
        for trigger, obligor in self.gone:
            del facts[trigger][obligor]
        for fact in self.facts:
            own = attrs.evolve(fact, content=self.content) if fact.revision == self.amends else fact
            facts.setdefault(fact.trigger, {})[fact.obligor] = own
        return attrs.evolve(
            case,
            state=self.after,
            revision=self.revision,
            acted=self.revision,
            opened=self.opened or case.opened,
            entered=self.entered,
            recorded_at=self.recorded_at,
            deadlines=self.deadlines,
            facts=FrozenDict({trigger: FrozenDict(found) for trigger, found in facts.items() if found}),
            units=self.units,
        )

"""The record of a migration: from which rules to which, on what ground, and where the case stands under them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

import attrs

from yingshang_flow.core.case import Case, Deadline, Fact
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Opening, Record
from yingshang_flow.words import Label

Dates = Literal["keep", "recompute"]
"""What becomes of the dates of open deadlines: they stay, or are counted by the other rules."""
DATES: Final[tuple[Dates, ...]] = get_args(Dates)


@attrs.frozen
class Migration(Record):
    """A record by which a case goes on under other rules than those before it.

    Of the fields of every record, ``trigger`` is empty, ``content`` none, ``before`` is the state under the old rules,
    ``after`` that under the new ones, ``changes`` what became of deadlines, and ``occurred_at`` when it was made. Where
    the case stands under the new rules is written out, so that what follows is read and counted without the old ones.

    Attributes:
        ground: Why; a text of at most 2000 characters.
        source: The rules before it, and what the case is tied to.
        target: The rules from then on.
        states: Each state that is called otherwise from then on, the old key and the new one.
        dates: What became of the dates of open deadlines.
        calendar: The hash of the calendar by which they were counted.
        opened: When the case was opened.
        entered: When it last came into each state it has been in.
        deadlines: Everything owed, and the latest time of every limit and obligor.
        facts: The latest acts by trigger and obligor, as they read under the new rules.
        units: Every unit it is found by.
    """

    ground: str = ""
    source: Opening = attrs.field(default=Opening("", 0, "", ""), kw_only=True)
    target: Opening = attrs.field(default=Opening("", 0, "", ""), kw_only=True)
    states: tuple[tuple[str, str], ...] = ()
    dates: Dates = "keep"
    calendar: str = ""
    opened: Moment = attrs.field(kw_only=True)
    entered: Mapping[str, Moment] = FrozenDict()
    deadlines: tuple[Deadline, ...] = ()
    facts: tuple[Fact, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def named(self) -> Label:
        """What it does, in a few words."""
        (old_zh, old), (new_zh, new) = _said(self.source), _said(self.target)
        return Label(f"由{old_zh}改按{new_zh}办理", f"goes on under {new}, no longer under {old}")

    def about(self, act: str) -> tuple[str, ...]:  # noqa: ARG002  # it is about the whole case
        """Return the ground."""
        return (self.ground,)

    @property
    def standing(self) -> Case:
        """Where the case stands after it."""
        facts: dict[str, dict[str, Fact]] = {}
        for fact in self.facts:
            facts.setdefault(fact.trigger, {})[fact.obligor] = fact
        return Case(
            self.case,
            self.target,
            self.after,
            self.revision,
            self.revision,
            self.opened,
            self.entered,
            self.recorded_at,
            self.deadlines,
            FrozenDict({trigger: FrozenDict(found) for trigger, found in facts.items()}),
            self.units,
            self.revision,
        )


def since_migration(history: Sequence[Record]) -> Sequence[Record]:
    """Return a history from its last migration on, that one first; all of it where there is none."""
    for place in range(len(history) - 1, -1, -1):
        if isinstance(history[place], Migration):
            return history[place:]
    return history


def with_states_of_now(
    record: Record, migrations: Iterable[Migration], more: Mapping[str, str] = FrozenDict()
) -> Record:
    """Return a record with its states as they are called now, after every migration since.

    Args:
        record: The record.
        migrations: The migrations of its history, in order.
        more: What is called otherwise besides.
    """
    before, after = record.before, record.after
    for names in (*(dict(one.states) for one in migrations if one.revision > record.revision), more):
        before, after = names.get(before, before), names.get(after, after)
    if (before, after) == (record.before, record.after):
        return record
    return attrs.evolve(record, before=before, after=after)


def _said(rules: Opening) -> tuple[str, str]:
    profile = f" {rules.profile}" if rules.profile else ""
    return f"第{rules.version}版{profile}", f"version {rules.version}{profile}"

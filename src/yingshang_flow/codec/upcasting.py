"""Reads what was said under one version of a lifecycle as another version reads it, strictly."""

import json
from collections.abc import Callable, Mapping, Sequence

import attrs

from yingshang_flow.codec.reading import STORED, UNREADABLE, told
from yingshang_flow.core.amend import effective
from yingshang_flow.core.case import Fact
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import said, way
from yingshang_flow.core.migration import Migration, with_states_of_now
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.core.upcast import Plain
from yingshang_flow.errors import CodecError


class Upcasting:
    """Reads contents that were written under one definition under another one of the same lifecycle.

    Args:
        source: The definition they were written under.
        target: The other one.
    """

    def __init__(self, source: Lifecycle, target: Lifecycle) -> None:
        self._source = source
        self._target = target
        self._way = way(source, target)

    def trigger(self, key: str) -> str:
        """Return what a trigger is called."""
        for step in self._way:
            key = step.named("trigger", key)
        return key

    def content(self, content: object | None, trigger: str) -> object | None:
        """Return what was said with a trigger, as the other definition reads it.

        Args:
            content: The content, typed.
            trigger: What its own definition calls its trigger.

        Raises:
            CodecError: It does not fit there; every problem is told.
        """
        own, key = self._source.by_trigger.get(trigger), self.trigger(trigger)
        other = self._target.by_trigger.get(key)
        if other is None:
            raise CodecError(
                f"{said(self._target)} has no trigger {key!r}; say what it is called there by Renamed in its upcasts"
            )
        if own is not None and own.content is other.content and not self._touches(trigger):
            return content
        try:
            plain = {} if content is None else self._plain(STORED.unstructure(content), trigger)
            if other.content is None:
                _check_nothing(plain)
                return None
            found: object = STORED.structure(plain, other.content)
        except UNREADABLE as exc:
            problems = "; ".join(told(exc))
            raise CodecError(f"what {trigger!r} says does not fit {said(self._target)}: {problems}") from exc
        return found

    def fact(self, fact: Fact) -> Fact:
        """Return an act that is on file, as the other definition reads it.

        Raises:
            CodecError: It does not fit there, or cannot be read as it is.
        """
        content = self.content(fact.content, fact.trigger)
        return attrs.evolve(fact, trigger=self.trigger(fact.trigger), content=content)

    def record(self, record: Record) -> Record:
        """Return the record of an act with what the other definition reads in it; nothing where that does not fit."""
        try:
            content = self.content(record.content, record.trigger)
        except CodecError:
            content = None
        return attrs.evolve(record, trigger=self.trigger(record.trigger), content=content)

    def _touches(self, trigger: str) -> bool:
        """Tell whether any version says something of the content of a trigger."""
        for step in self._way:
            later = step.named("trigger", trigger) if step.forwards else trigger
            if any(one.trigger == later for one in step.upcasts):
                return True
            trigger = step.named("trigger", trigger)
        return False

    def _plain(self, said: object, trigger: str) -> Plain:
        # Through text and back, so that a function is given what stands in the store: lists, not tuples.
        found: Plain = json.loads(json.dumps(said))
        for step in self._way:
            found = step.content(step.named("trigger", trigger) if step.forwards else trigger, found)
            trigger = step.named("trigger", trigger)
        return found


def _check_nothing(said: Plain) -> None:
    """Refuse what is left over where a trigger has nothing to say."""
    if said:
        message = f"{', '.join(sorted(said))}: there is nothing to say with it"
        raise CodecError(message)


def as_read(
    history: Sequence[Record],
    under: Callable[[int], Lifecycle | None],
    target: Lifecycle,
    states: Mapping[str, str] = FrozenDict(),
) -> tuple[Record, ...]:
    """Return the acts of a history that count, as they read under the rules that the case is under or is to be.

    Args:
        history: The records, in order.
        under: Gives the rules that the record of a revision was written under; of an act under rules that are not at
            hand, only who did it and when is read.
        target: The rules.
        states: The states that are called otherwise under them than at the end of the history.
    """
    migrations = [record for record in history if isinstance(record, Migration)]
    found = []
    for act in effective(history):
        if act.kind is Kind.ACT:
            own = under(act.revision)
            said = act if own is not None else attrs.evolve(act, content=None)
            said = Upcasting(own or target, target).record(said)
            found.append(with_states_of_now(said, migrations, states))
    return tuple(found)

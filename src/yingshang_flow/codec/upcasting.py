"""Reads what was said under one version of a lifecycle as it reads under another, strictly."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from yingshang_flow.codec.reading import STORED, UNREADABLE, told
from yingshang_flow.core.amend import effective
from yingshang_flow.core.case import Fact
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migrate import said, way
from yingshang_flow.core.migration import Migration
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
                return _nothing(plain)
            return STORED.structure(plain, other.content)
        except UNREADABLE as exc:
            problems = "; ".join(told(exc))
            raise CodecError(f"what {trigger!r} says does not fit {said(self._target)}: {problems}") from exc

    def fact(self, fact: Fact) -> Fact:
        """Return an act that is on file, as the other definition reads it.

        Raises:
            CodecError: It does not fit there, or cannot be read as it is.
        """
        content = self.content(fact.content, fact.trigger)
        return attrs.evolve(fact, trigger=self.trigger(fact.trigger), content=content)

    def record(self, record: Record, states: Iterable[tuple[str, str]]) -> Record:
        """Return the record of an act, as the other definition reads it; without content where that does not fit.

        Args:
            record: The record.
            states: The states that are called otherwise there, by their own keys.
        """
        names: Mapping[str, str] = dict(states)
        try:
            content = self.content(record.content, record.trigger)
        except CodecError:
            content = None
        return attrs.evolve(
            record,
            trigger=self.trigger(record.trigger),
            before=names.get(record.before, record.before),
            after=names.get(record.after, record.after),
            content=content,
        )

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


def _nothing(said: Plain) -> None:
    """Refuse what is left over where a trigger has nothing to say."""
    if said:
        message = f"{', '.join(sorted(said))}: there is nothing to say with it"
        raise CodecError(message)


def as_read(
    history: Sequence[Record],
    under: Callable[[int], Lifecycle],
    target: Lifecycle,
    states: Iterable[tuple[str, str]] = (),
) -> tuple[Record, ...]:
    """Return the acts of a history that count, as they read under the rules that the case is under or is to be.

    Args:
        history: The records, in order.
        under: Gives the rules that the record of a revision was written under.
        target: The rules.
        states: The states that are called otherwise under them than at the end of the history.
    """
    moves = [record for record in history if isinstance(record, Migration)]
    found = []
    for act in effective(history):
        if act.kind is Kind.ACT:
            names: dict[str, str] = {}
            for move in moves:
                if move.revision > act.revision:
                    names = _then(names, dict(move.states), (act.before, act.after))
            names = _then(names, dict(states), (act.before, act.after))
            found.append(Upcasting(under(act.revision), target).record(act, names.items()))
    return tuple(found)


def _then(names: Mapping[str, str], others: Mapping[str, str], states: Iterable[str]) -> dict[str, str]:
    """Return what states are called after being called otherwise once more."""
    return {state: others.get(names.get(state, state), names.get(state, state)) for state in states}

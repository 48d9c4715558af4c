"""Where one case stands: state, revision, deadlines, and the latest content by trigger and obligor."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

import attrs

from yingshang_flow.core.actor import Actor
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Opening, Term, midnight

C = TypeVar("C")


class Status(StrEnum):
    """What has become of a deadline."""

    OPEN = "open"
    MISSED = "missed"
    MET = "met"
    MET_LATE = "met_late"
    WAIVED = "waived"
    STOPPED = "stopped"

    @property
    def owed(self) -> bool:
        """Whether something is still owed under it."""
        return self is Status.OPEN or self is Status.MISSED


@attrs.frozen
class Deadline(Term):
    """One deadline of a case and what has become of it.

    Attributes:
        status: What has become of it.
        settled: When it was met or stopped; none while it is owed.
        paused: Since when it does not run; none while it does.
        excluded: The spans that did not count, each from its first to its last day, in order.
        ceilings: The periods it was extended to, in their canonical texts; excluded time does not move them (R8).
    """

    status: Status = Status.OPEN
    settled: Moment | None = None
    paused: date | None = None
    excluded: tuple[tuple[date, date], ...] = ()
    ceilings: tuple[str, ...] = ()

    @property
    def alarm(self) -> datetime | None:
        """The next instant at which the clock has something to record; none when it has nothing more."""
        if self.status is Status.MISSED and self.rungs:
            return midnight(self.rungs[0][1])
        if self.status is not Status.OPEN or self.paused is not None:
            return None
        first = self.end if self.warn is None else midnight(self.warn)
        return min(first, midnight(self.rungs[0][1])) if self.rungs else first


class Unread:
    """A content that is read when somebody first asks for it: most acts look at little of what was said before.

    Args:
        kind: The class of the content.
        read: Reads it, from what never changes.
    """

    __slots__ = ("_read", "_value", "kind")

    def __init__(self, kind: type, read: Callable[[], object]) -> None:
        self.kind = kind
        self._read: Callable[[], object] | None = read
        self._value: object = None

    def __call__(self) -> object:
        """Return the content, or raise what stands against reading it, each time anew."""
        if (read := self._read) is not None:
            self._value = read()
            self._read = None
        return self._value

    def __reduce__(self) -> tuple[Callable[[object], object], tuple[object]]:
        return _itself, (self(),)


def _itself(content: object) -> object:
    return content


def _said(content: object) -> object:
    return content() if type(content) is Unread else content


def _shown(content: object) -> str:
    return repr(_said(content))


@attrs.frozen
class Fact:
    """The latest act of one trigger by or for one obligor.

    Attributes:
        trigger: What was done.
        obligor: For whom; empty where the trigger counts for the case.
        revision: The revision of its record.
        actor: Who did it.
        occurred_at: When it happened.
        content: Its content, confidential values sealed; an ``Unread`` one is read when it is first asked for.
    """

    trigger: str
    obligor: str
    revision: int
    actor: Actor
    occurred_at: Moment
    _content: object | None = attrs.field(eq=_said, repr=_shown)

    @property
    def content(self) -> object | None:
        """What was said; a ``CodecError`` when what is stored of it does not fit its class."""
        return _said(self._content)

    def read(self) -> None:
        """Read its content if it is unread.

        Raises:
            CodecError: What is stored of it does not fit its class.
        """
        _said(self._content)

    def says(self, kind: type) -> bool:
        """Tell whether its content is of a class, or of one that extends it, without reading it."""
        content = self._content
        return issubclass(content.kind, kind) if type(content) is Unread else isinstance(content, kind)


@attrs.frozen
class Case:
    """A snapshot of one case after a record; the fold of its history.

    Attributes:
        id: The id of the case.
        opening: Which rules it is under and what it is tied to.
        state: The key of its state.
        revision: The number of records so far.
        acted: The revision of the last record that is an act.
        opened: When it was opened.
        entered: When it last came into each state it has been in.
        recorded_at: When its last record was entered.
        deadlines: Everything owed, and the latest time of every limit and obligor.
        facts: The latest content by trigger, then by obligor.
        units: Every unit that has acted or owes something, for look-ups.
        migrated: The revision of the last migration, since which it is under the rules it is under; 0 without one.
    """

    id: str
    opening: Opening
    state: str
    revision: int
    acted: int
    opened: Moment
    entered: Mapping[str, Moment]
    recorded_at: datetime
    deadlines: tuple[Deadline, ...]
    facts: Mapping[str, Mapping[str, Fact]]
    units: tuple[str, ...]
    migrated: int = 0

    @property
    def moved(self) -> Moment:
        """When it came into the state it is in."""
        return self.entered[self.state]

    def all_facts(self) -> Iterator[Fact]:
        """Yield every latest fact, trigger by trigger."""
        for by_obligor in self.facts.values():
            yield from by_obligor.values()

    def fact(self, trigger: str, obligor: str | None = None) -> Fact | None:
        """Return the latest fact of a trigger, of one obligor or of anybody."""
        found = self.facts.get(trigger)
        if not found:
            return None
        return max(found.values(), key=_revision) if obligor is None else found.get(obligor)

    def latest(self, content: type[C], *triggers: str) -> C | None:
        """Return the latest content of a class or one that extends it, from any trigger or only from those named."""
        found: Fact | None = None
        for trigger, by_obligor in self.facts.items():
            if triggers and trigger not in triggers:
                continue
            for fact in by_obligor.values():
                if not fact.says(content):
                    break  # a trigger has one class of content
                if found is None or fact.revision > found.revision:
                    found = fact
        return found.content if found is not None else None  # type: ignore[return-value]  # its type was just compared

    def owed(self, *limits: str) -> tuple[Deadline, ...]:
        """Return the deadlines under which something is still owed, of all limits or of those named."""
        return tuple(d for d in self.deadlines if d.status.owed and (not limits or d.limit in limits))


def _revision(fact: Fact) -> int:
    return fact.revision

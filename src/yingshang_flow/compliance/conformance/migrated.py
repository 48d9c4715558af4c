"""A history in parts: up to each migration under the rules it was written under, and all as it reads under the last.

What was done is judged by the rules it was done under: whether they had the act there, who did it, what it asked for,
what it did to deadlines. A deadline is judged by its own record, for the rules of its limit under the last definition
that has the limit. Duties look at a whole history and are those of the definition that the case is under now, over all
acts as that one reads them.
"""

from collections.abc import Mapping, Sequence

import attrs

from yingshang_flow.codec import as_read
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Record
from yingshang_flow.words import Label


@attrs.frozen
class Part:
    """The records that were written under one definition.

    Attributes:
        lifecycle: The definition; none where it was not given.
        first: The revision of the first record, which is a migration in all parts but the first.
        records: The records.
    """

    lifecycle: Lifecycle | None
    first: int
    records: Sequence[Record]

    @property
    def untold(self) -> Label:
        """What an audit says of a part whose definition it was not given."""
        last = self.first + len(self.records) - 1
        zh = f"第{self.first}至{last}号记录所依规则未提供，未予审查"
        return Label(zh, f"records {self.first} to {last} were not judged: their definition was not given")


def parts(history: Sequence[Record], lifecycle: Lifecycle, earlier: Mapping[str, Lifecycle]) -> tuple[Part, ...]:
    """Return the parts of a history, the last one under the definition that the case is under now.

    Args:
        history: The records of a case, in order.
        lifecycle: The definition it is under.
        earlier: Those it was under before, by their fingerprints.
    """
    places = [place for place, record in enumerate(history) if isinstance(record, Migration)]
    found = []
    for begin, end in zip((0, *places), (*places, len(history)), strict=True):
        own: Lifecycle | None = lifecycle
        if end < len(history):
            after = history[end]
            own = earlier.get(after.source.fingerprint) if isinstance(after, Migration) else None
        found.append(Part(own, begin + 1, history[begin:end]))
    return tuple(found)


def as_read_now(
    history: Sequence[Record], lifecycle: Lifecycle, earlier: Mapping[str, Lifecycle]
) -> tuple[Record, ...]:
    """Return the acts of a migrated history that count, as they read under the definition that the case is under now.

    Where an earlier definition was not given, what was said under it is left out.
    """
    under = {record.revision: part.lifecycle for part in parts(history, lifecycle, earlier) for record in part.records}
    return as_read(history, under.__getitem__, lifecycle)

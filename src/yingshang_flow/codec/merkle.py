"""A Merkle tree: one hash over a sequence of entries, and a short proof that an entry is among them.

The tree of RFC 6962, section 2.1: what hashes an entry and what hashes two nodes begin with different bytes, so that
neither passes for the other, and a node without a partner goes up as it is. A proof says for each step on which side
the partner stands, so that nothing in it can be changed without changing the root it leads to.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, Literal

ALGORITHM: Final = "sha-256"
"""The hash of the tree, as files name it."""

Side = Literal["left", "right"]
Step = tuple[Side, str]
"""A partner on the way up: the side it stands on and its hex hash."""

_ENTRY: Final = b"\x00"
_NODE: Final = b"\x01"


def digest(data: bytes) -> bytes:
    """Return the hash of bytes; the one place that knows how."""
    return hashlib.sha256(data).digest()


def root(entries: Iterable[str]) -> str:
    """Return the hex root of a tree of texts; of an empty one the hash of nothing."""
    level: list[bytes] = []
    for level in _levels(entries):  # noqa: B007  # the last one is wanted
        pass
    return (level[0] if level else digest(b"")).hex()


def path(entries: Iterable[str], index: int) -> tuple[Step, ...]:
    """Return the partners that the entry at an index from 0 is hashed with on its way up, the lowest first."""
    found: list[Step] = []
    for level in _levels(entries):
        partner = index ^ 1
        if partner < len(level):
            found.append(("left" if partner < index else "right", level[partner].hex()))
        index //= 2
    return tuple(found)


def climbed(entry: str, steps: Iterable[Step]) -> str:
    """Return the hex root that an entry leads to.

    Raises:
        ValueError: A partner is no hex.
    """
    node = digest(_ENTRY + entry.encode())
    for side, text in steps:
        partner = bytes.fromhex(text)
        node = digest(_NODE + (partner + node if side == "left" else node + partner))
    return node.hex()


def _levels(entries: Iterable[str]) -> Iterator[list[bytes]]:
    """Yield the hashes of every level, from those of the entries up to the root."""
    level = [digest(_ENTRY + entry.encode()) for entry in entries]
    yield level
    while len(level) > 1:
        pairs = [digest(_NODE + level[at] + level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs) :]
        yield level

"""Breaks a text into lines: at spaces, and between Chinese characters where no bracket or mark loses its place."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from rich.cells import cell_len

_NEVER_FIRST: Final = frozenset("，。、；：！？）〕》」』】…,.;:!?)]}")
_NEVER_LAST: Final = frozenset("（〔《「『【([{")


def wrapped(text: str, columns: int) -> Iterator[str]:
    """Yield a text in lines of at most so many columns, of which a Chinese character takes two."""
    text = text.strip()
    while cell_len(text) > columns and len(text) > 1:
        fitting = max(1, sum(width <= columns for width in accumulate(map(cell_len, text))))
        at = next((place for place in range(fitting, 0, -1) if _may_break(text[place - 1], text[place])), fitting)
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    yield text


def _may_break(before: str, after: str) -> bool:
    if " " in {before, after}:
        return True
    wide = cell_len(before) > 1 or cell_len(after) > 1
    return wide and before not in _NEVER_LAST and after not in _NEVER_FIRST

"""A store in which somebody else is faster."""

from typing import Any

from yingshang_flow.ports import Commit
from yingshang_flow.stores import MemoryStore


class Racing(MemoryStore):
    """A store in which somebody else is faster, a given number of times."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead: list[Any] = []

    def commit(self, commit: Commit) -> None:
        if self.ahead:
            self.ahead.pop(0)()
        super().commit(commit)

"""What other processes do in the tests of the SQLite store; a module of its own, as they import it by name."""

import os
import sys
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier

from yingshang_flow.errors import ConflictError
from yingshang_flow.ports import Commit
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.store_contract import a_commit, a_deadline, a_vault_row


def telling(revision: int) -> Commit:
    """Return a commit whose snapshot, deadlines and vault rows all tell its revision."""
    deadlines = tuple(a_deadline("case", revision, number=number) for number in range(1, 4))
    return a_commit(
        "case",
        revision,
        key=f"key {revision}",
        state=f"state {revision % 2}",
        units=(f"unit {revision % 3}",),
        deadlines=deadlines,
        vault=(a_vault_row("case", f"{revision:06}"),),
    )


def act(path: str, name: str, times: int, start: Barrier) -> None:
    """Append records to one case against other processes, each tried until it is kept."""
    store = SQLiteStore(path)
    start.wait()
    for number in range(times):
        while True:
            row = store.load("case")
            assert row is not None
            try:
                store.commit(a_commit("case", row.revision + 1, text=f"{name}-{number}"))
            except ConflictError:
                continue
            break
    store.close()


def create(folder: str, name: str, files: int, start: Barrier) -> None:
    """Open files that may not exist at the same moment as others, and keep a case in each."""
    for number in range(files):
        start.wait()
        store = SQLiteStore(f"{folder}/{number}.db")
        store.commit(a_commit(name))
        store.close()


def commit_for_ever(path: str) -> None:
    """Commit revision after revision, and write each number only after its commit has returned."""
    store = SQLiteStore(path)
    row = store.load("case")
    revision = 0 if row is None else row.revision
    while True:
        revision += 1
        store.commit(telling(revision))
        os.write(1, b"%d\n" % revision)


def main(arguments: Sequence[str]) -> None:
    """Commit for ever."""
    (path,) = arguments
    commit_for_ever(path)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The tasks of a plan as data: read from TOML, checked all at once, ready to be assigned one by one."""

import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

from yingshang_flow.codec import read
from yingshang_flow.errors import ContentError, UnknownError
from yingshang_flow.lifecycles.task import Assignment
from yingshang_flow.sources import SOURCES

_FOLDER: Final = resources.files(__package__).joinpath("tasks")
_HEAD: Final = ("source", "task")


def task_ledgers() -> tuple[str, ...]:
    """Return the keys of the ledgers that are shipped; each is that of the document whose tasks it holds."""
    return tuple(sorted(item.name.removesuffix(".toml") for item in _FOLDER.iterdir() if item.name.endswith(".toml")))


def task_ledger(ledger: str | Path) -> tuple[Assignment, ...]:
    """Return every task of a ledger, in its order, as it is assigned.

    Args:
        ledger: The key of a shipped ledger, or the path of a TOML file in UTF-8: ``source``, and a ``[[task]]`` each.

    Raises:
        UnknownError: No such ledger is shipped.
        ContentError: The file cannot be read, or has wrong, missing or surplus values; all are reported together.
    """
    if isinstance(ledger, Path) or ledger.endswith(".toml"):
        try:
            return _read(Path(ledger).read_bytes(), str(ledger))
        except (OSError, ValueError) as exc:  # a ValueError for a NUL in the path
            raise ContentError(str(ledger), f"cannot be read: {getattr(exc, 'strerror', None) or exc}") from exc
    if ledger not in task_ledgers():
        message = (
            f"no ledger of tasks {ledger!r} is shipped; there are {', '.join(task_ledgers())}, or give a TOML file"
        )
        raise UnknownError(message)
    return _read(_FOLDER.joinpath(f"{ledger}.toml").read_bytes(), f"{ledger}.toml")


def _read(data: bytes, path: str) -> tuple[Assignment, ...]:
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise ContentError(path, f"is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ContentError(path, f"is not TOML: {exc}") from exc
    problems = list(_head(document))
    tasks: list[Assignment] = []
    listed = document.get("task", [])
    for place, item in enumerate(listed if isinstance(listed, list) else (), 1):
        try:
            tasks.append(read(Assignment, item, f"task {place}"))
        except ContentError as exc:
            problems.extend(f"task {place}: {problem}" for problem in exc.problems)
    problems.extend(_twice(tasks))
    if problems:
        raise ContentError(path, tuple(problems))
    return tuple(tasks)


def _head(document: dict[str, Any]) -> Iterator[str]:
    for name in document:
        if name not in _HEAD:
            yield f"{name} is unknown; known are {', '.join(_HEAD)}"
    source = document.get("source")
    if not isinstance(source, str) or source not in SOURCES:
        yield f"source must be the key of a document, one of {', '.join(SOURCES)}, not {source!r}"
    tasks = document.get("task")
    if not isinstance(tasks, list) or not tasks:
        yield f"task must be a list of at least one [[task]], not {tasks!r:.60}"


def _twice(tasks: list[Assignment]) -> Iterator[str]:
    numbers = [task.number for task in tasks]
    for number in dict.fromkeys(numbers):
        if number is None:
            yield "number is missing"
        elif numbers.count(number) > 1:
            yield f"number {number} stands {numbers.count(number)} times"

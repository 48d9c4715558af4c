"""Every text in two languages that a module of the core or the audit holds ready, against what was approved."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import EnumType
from pathlib import Path
from typing import Final

import pytest

import yingshang_flow.compliance
import yingshang_flow.core
from tests.approving import Make, check
from yingshang_flow.core.analysis.issue import Kind
from yingshang_flow.words import Label


def _words(value: object) -> Iterator[str]:
    """Yield the texts that a constant holds."""
    if type(value).__module__.endswith(".standins"):
        return  # it refuses to be looked at
    match value:
        case Label(zh, en):
            yield f"{zh} | {en}"
        case Kind(code, severity, label):
            yield f"{code} {severity.value}: {label.zh} | {label.en}"
        case Mapping():
            for key, one in value.items():
                yield from (f"{key}: {text}" for text in _words(one))
        case list() | tuple():
            for one in value:
                yield from _words(one)


def _lines() -> Iterator[str]:
    for part in (yingshang_flow.core, yingshang_flow.compliance):
        for found in sorted(pkgutil.walk_packages(part.__path__, f"{part.__name__}."), key=lambda one: one.name):
            module = importlib.import_module(found.name)
            for name, value in sorted(vars(module).items()):
                if issubclass(type(value), EnumType) and value.__module__ == found.name:  # stand-ins ask for no more
                    for member in value:
                        label = getattr(member, "label", None)
                        said = f"{label.zh} | {label.en}" if isinstance(label, Label) else ""
                        yield f"{found.name} {name} {member.value}: {said}"
                elif name.strip("_").isupper():
                    yield from (f"{found.name} {name}: {text}" for text in _words(value))


APPROVED: Final[dict[Path, Make]] = {
    Path(__file__).parent / "approved" / "words.txt": lambda: "".join(f"{line}\n" for line in _lines()),
}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in APPROVED])
def test_every_text_that_is_held_ready_is_what_was_approved(path: Path) -> None:
    check(path, APPROVED[path])

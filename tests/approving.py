"""Texts that were looked at once and approved: what is made now must be the same, to the letter.

``python -m tests.approving`` shows what differs and writes it; look at the difference before you keep it.
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest

Make = Callable[[], str]
"""Makes a text from nothing, the same in every process."""

MODULES: Final = (
    "tests.compliance.report.test_approved_reports",
    "tests.compliance.test_approved_problems",
    "tests.compliance.test_approved_exports",
    "tests.compliance.test_approved_audits",
    "tests.core.test_approved_problems",
    "tests.core.analysis.test_approved_findings",
)
"""The modules of tests that hold such texts: each has ``APPROVED``, a mapping of the names of files to what makes them."""

_LONGEST: Final = 60


def difference(path: Path, made: str) -> str:
    """Return the lines in which a text differs from what was approved; empty where it is the same."""
    approved = path.read_bytes().decode() if path.exists() else ""
    if approved == made:
        return ""
    lines = [*unified_diff(approved.splitlines(), made.splitlines(), "approved", "made now", n=1, lineterm="")]
    return "\n".join(lines) or "only the ends of lines differ"


def check(path: Path, make: Make) -> None:
    """Fail with the lines in which what is made now differs from what was approved."""
    differs = difference(path, make()).splitlines()
    if differs:
        more = [f"… and {len(differs) - _LONGEST} more lines"] if len(differs) > _LONGEST else []
        said = "\n".join((*differs[:_LONGEST], *more))
        pytest.fail(f"{path.name} differs; if that is wanted, run python -m tests.approving\n{said}", pytrace=False)


def said(make: Callable[[], object], *errors: type[Exception]) -> str:
    """Return the text of the error that something raises."""
    try:
        found = make()
    except errors as exc:
        return f"{type(exc).__name__}: {exc}"
    raise AssertionError(f"nothing was raised, but {found!r} returned")


def listed(texts: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """Return texts by their names, one after the other."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    return "".join(f"# {name}\n{text}\n\n" for name, text in pairs)


def approve() -> None:
    """Show what differs from what was approved, and write it."""
    for name in MODULES:
        module = importlib.import_module(name)
        for path, make in module.APPROVED.items():
            made = make()
            if differs := difference(path, made):
                print(f"{path}\n{differs}\n")
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(made.encode())


if __name__ == "__main__":
    sys.exit(approve())

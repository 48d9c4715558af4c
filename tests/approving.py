"""Texts that were looked at once and approved: what is made now must be the same, to the letter.

``python -m tests.approving`` shows what differs and writes it; look at the difference before you keep it.
"""

import importlib
import sys
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Final

import pytest

Make = Callable[[], str]
"""Makes a text from nothing, the same in every process."""

MODULES: Final = (
    "tests.compliance.event_logs.test_approved_exports",
    "tests.compliance.report.test_approved_reports",
    "tests.compliance.test_approved_words",
)
"""The modules of tests that hold such texts: each has ``APPROVED``, a mapping of files to what makes them."""

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


def approve() -> None:
    """Show what differs from what was approved, and write it."""
    for name in MODULES:
        module = importlib.import_module(name)
        for path, make in module.APPROVED.items():
            made = make()
            if differs := difference(path, made):
                sys.stdout.write(f"{path}\n{differs}\n\n")
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(made.encode())


if __name__ == "__main__":
    approve()

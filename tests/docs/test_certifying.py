"""The page that says how to certify a database shows a test that does, and what it says of the report is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "certify-a-database.md"


def test_the_test_it_shows_certifies_a_database_and_reports(tmp_path: Path) -> None:
    page = PAGE.read_text("utf-8")
    shown, profile = re.findall(r"^```python\n(.+?)^```", page, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "test_our_database.py").write_text(shown, "utf-8")
    (tmp_path / "conftest.py").write_text(f"import hypothesis\n{profile}", "utf-8")
    options = ["--store-report=report.txt", "--hypothesis-profile=deep", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", "-k", "s08 or s20 or s21 or s24 or s25", *options]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    environment["STORE_URL"] = f"sqlite:///{tmp_path / 'cases.db'}"
    done = subprocess.run(
        [*command, "test_our_database.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = (tmp_path / "report.txt").read_text("utf-8")
    levels = re.findall(r"^  (\S[\w ]+): \d+ passed$", report, flags=re.MULTILINE)
    assert levels == ["core", "due work", "outbox", "host transactions"]
    assert levels == re.findall(r"^  (\S[\w ]+): \d+ passed$", page, flags=re.MULTILINE)

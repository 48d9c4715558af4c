"""The contract stands in the ports, on its page and in the tests, and all of them agree."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import yingshang_flow.ports
from tests.stores.trials import clause_of, clause_tests
from yingshang_flow.errors import (
    ConflictError,
    KeyReusedError,
    ReferenceTakenError,
    SchemaError,
    StoreError,
    StoreUnavailableError,
)
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.testing.store_contract import StoreContract

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "store-contract.md"
CHINESE_PAGE = ROOT / "docs" / "zh" / "reference" / "store-contract.md"


def clauses_of_the_ports() -> dict[str, str]:
    """Return the clauses as the ports state them, in order: the title of each by its number."""
    stated = re.findall(r"^(S\d+) +([^.:]+)", yingshang_flow.ports.__doc__ or "", flags=re.MULTILINE)
    return {number: " ".join(title.split()) for number, title in stated}


def test_the_page_has_the_clauses_of_the_ports_by_their_titles() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### (S\d+) (.+)$", page, flags=re.MULTILINE) == [*clauses_of_the_ports().items()]


def test_the_chinese_page_has_the_clauses_of_the_ports_by_their_numbers() -> None:
    page = CHINESE_PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### (S\d+) .*[\u4e00-\u9fff]", page, flags=re.MULTILINE) == [*clauses_of_the_ports()]


def test_every_clause_has_tests_and_every_test_a_clause() -> None:
    assert {clause_of(name) for name in clause_tests()} == set(clauses_of_the_ports())


def test_every_test_that_the_page_names_exists_and_stands_with_its_clause() -> None:
    page = PAGE.read_text(encoding="utf-8")
    sections = re.split(r"^##+ ", page, flags=re.MULTILINE)
    named = {section.split()[0]: re.findall(r"`(test_s\w+)`", section) for section in sections if section[0] == "S"}
    assert [(number, name) for number, names in named.items() for name in names if clause_of(name) != number] == []
    assert {name for names in named.values() for name in names} <= set(clause_tests())
    assert [number for number in clauses_of_the_ports() if not named[number]] == []
    assert set(re.findall(r"`(test_\w+)`", page)) <= set(dir(StoreContract))


def test_the_page_shows_the_schema_that_the_store_creates(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "cases.db")
    with store._session() as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        columns = {
            f"{table}.{row[1]}" for (table,) in tables for row in connection.execute(f"PRAGMA table_info({table})")
        }
    store.close()
    rows = re.findall(r"^\| `(ysf_\w+)` \| (.+?) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {f"{table}.{column}" for table, cell in rows for column in re.findall(r"`(\w+)`", cell)} == columns


def test_the_page_names_every_error_of_a_store() -> None:
    rows = re.findall(r"^\| `(\w+Error)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ours = {ConflictError, KeyReusedError, ReferenceTakenError, SchemaError, StoreError, StoreUnavailableError}
    assert set(rows) == {error.__name__ for error in ours}


def test_the_example_on_the_page_certifies_a_store(tmp_path: Path) -> None:
    (example,) = re.findall(r"^```python\n(.+?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "test_my_store.py").write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "s03 or s20", "test_my_store.py"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_contract_without_a_store_says_what_to_override() -> None:
    fixture = StoreContract.store.__wrapped__ if hasattr(StoreContract.store, "__wrapped__") else None
    assert fixture is not None
    with pytest.raises(NotImplementedError, match="override the fixture `store`"):
        fixture(StoreContract())

"""The contract's tests catch stores that break it, and say which clause was broken."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import hypothesis
import pytest

import yingshang_flow.ports
from yingshang_flow.errors import (
    ConflictError,
    KeyReusedError,
    ReferenceTakenError,
    SchemaError,
    StoreError,
    StoreUnavailableError,
)
from yingshang_flow.ports import CaseRow, Commit, DeadlineRow, Query, RecordRow, VaultRow
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing.store_contract import StoreContract

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "store-contract.md"


class HalfCommit(MemoryStore):
    """Keeps the record before it has gone through the rest."""

    def commit(self, commit: Commit) -> None:
        super().commit(attrs.evolve(commit, deadlines=(), vault=(), definition=None))
        row = self._case(commit.case.case)
        assert row is not None
        changed = attrs.evolve(row, deadlines=tuple(commit.deadlines or ()), vault=(*row.vault, *commit.vault))
        self._rows["case", commit.case.case] = changed
        if commit.definition is not None:
            self._rows.setdefault(("definition", commit.definition.fingerprint), commit.definition)


class SlowHalfCommit(MemoryStore):
    """Shows the snapshot before the deadlines."""

    def commit(self, commit: Commit) -> None:
        super().commit(attrs.evolve(commit, deadlines=()))
        time.sleep(0.001)
        row = self._case(commit.case.case)
        assert row is not None
        self._rows["case", commit.case.case] = attrs.evolve(row, deadlines=commit.deadlines or ())


class LostUpdate(MemoryStore):
    """Takes whatever revision comes."""

    def commit(self, commit: Commit) -> None:
        row = self.load(commit.case.case)
        revision = 1 if row is None else row.revision + 1
        record, case = attrs.evolve(commit.record, revision=revision), attrs.evolve(commit.case, revision=revision)
        super().commit(attrs.evolve(commit, record=record, case=case))


class SwallowedConflict(MemoryStore):
    """Says nothing of a conflict."""

    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except ConflictError:
            return


class ExpectationsBeforeTheLock(MemoryStore):
    """Looks at expectations first and writes later, without holding anything between."""

    def commit(self, commit: Commit) -> None:
        for expectation in commit.expects:
            self._refuse_broken(expectation)
        time.sleep(0.001)
        super().commit(attrs.evolve(commit, expects=()))


class ExpectationsIgnored(MemoryStore):
    def commit(self, commit: Commit) -> None:
        super().commit(attrs.evolve(commit, expects=()))


class KeyIgnored(MemoryStore):
    def _refuse_reused_key(self, record: RecordRow) -> None:
        pass


class KeyPerCase(MemoryStore):
    """Takes a key that stands for another case."""

    def _refuse_reused_key(self, record: RecordRow) -> None:
        if record.key is not None:
            kept = self.history_unlocked(record.case)
            if record.key in [other.key for other in kept]:
                raise KeyReusedError(record.key)

    def history_unlocked(self, case: str) -> tuple[RecordRow, ...]:
        kept = self._case(case)
        return () if kept is None else kept.records


class ReferenceIgnored(MemoryStore):
    def _refuse_taken_reference(self, case: CaseRow) -> None:
        pass


class DefinitionKeptWhenRefused(MemoryStore):
    def commit(self, commit: Commit) -> None:
        if commit.definition is not None:
            self._rows.setdefault(("definition", commit.definition.fingerprint), commit.definition)
        super().commit(commit)


class GapInHistory(MemoryStore):
    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        return tuple(record for record in super().history(case, after=after) if record.revision != 2)


class HistoryFromTheEnd(MemoryStore):
    def history(self, case: str, *, after: int = 0) -> tuple[RecordRow, ...]:
        return super().history(case, after=after)[::-1]


class Collating(MemoryStore):
    """Takes letters of either case for the same, as some databases do unasked."""

    def load(self, case: str) -> CaseRow | None:
        return super().load(case) or super().load(case.lower())

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        return tuple(sorted(super().find(query), key=lambda row: row.case.lower()))


class Trimming(MemoryStore):
    def load(self, case: str) -> CaseRow | None:
        row = super().load(case)
        return None if row is None else attrs.evolve(row, text=row.text.rstrip())


class DueBeforeOnly(MemoryStore):
    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        return super().due(before - 1, limit=limit, after=after)


class OwedWithWhatIsMet(MemoryStore):
    def owed(self, until: str, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        rows = super().due(2**62, limit=1_000, after=after)
        return tuple(row for row in rows if row.due <= until)[:limit]


class OwingIgnored(MemoryStore):
    def find(self, query: Query) -> tuple[CaseRow, ...]:
        return super().find(attrs.evolve(query, owing=None))


class OwingWithEveryDeadline(MemoryStore):
    """Finds a case as often as something is owed under it, as a join does."""

    def find(self, query: Query) -> tuple[CaseRow, ...]:
        rows = super().find(query)
        owed = [row.case for row in self.owed("9999", limit=1_000)] if query.owing else []
        return tuple(row for row in rows for _ in range(max(owed.count(row.case), 1)))[: query.limit]


class DuePageByAlarmOnly(MemoryStore):
    """Goes on after the last page's alarm, and so passes over rows of the same moment."""

    def due(self, before: int, *, limit: int = 100, after: DeadlineRow | None = None) -> tuple[DeadlineRow, ...]:
        rows = super().due(before, limit=1_000)
        return tuple(row for row in rows if after is None or (row.alarm or 0) > (after.alarm or 0))[:limit]


class DefinitionReplaced(MemoryStore):
    def commit(self, commit: Commit) -> None:
        super().commit(commit)
        if commit.definition is not None:
            self._rows["definition", commit.definition.fingerprint] = commit.definition


class VaultOfTheLastCommit(MemoryStore):
    def vault(self, case: str) -> tuple[VaultRow, ...]:
        return super().vault(case)[-1:]


class LeakingDriver(MemoryStore):
    def commit(self, commit: Commit) -> None:
        try:
            super().commit(commit)
        except (ConflictError, KeyReusedError, ReferenceTakenError):
            raise
        except StoreError as error:
            raise ValueError(str(error)) from error


SABOTAGE: list[tuple[type[MemoryStore], str, tuple[object, ...]]] = [
    (HalfCommit, "test_s01_an_interrupted_commit_is_kept_whole_or_not_at_all", ("a move", "vault", 1)),
    (MemoryStore, "test_s02_what_is_committed_is_read_by_another_store", (MemoryStore,)),
    (MemoryStore, "test_s02_what_is_committed_is_there_after_closing", (MemoryStore,)),
    (LostUpdate, "test_s03_a_revision_that_does_not_follow_conflicts_and_changes_nothing", (2,)),
    (LostUpdate, "test_s03_of_threads_racing_for_a_revision_exactly_one_wins", (2,)),
    (SwallowedConflict, "test_s03_a_revision_that_does_not_follow_conflicts_and_changes_nothing", (2,)),
    (ExpectationsIgnored, "test_s04_a_linked_case_in_another_state_conflicts", ("accepted",)),
    (ExpectationsIgnored, "test_s04_children_that_have_changed_conflict", ("one more",)),
    (ExpectationsBeforeTheLock, "test_s04_a_parent_never_closes_over_a_child_that_opens_at_the_same_moment", ()),
    (KeyIgnored, "test_s05_a_key_that_is_kept_is_refused_for_whichever_case", ("case",)),
    (KeyPerCase, "test_s05_a_key_that_is_kept_is_refused_for_whichever_case", ("other",)),
    (ReferenceIgnored, "test_s06_a_reference_of_another_case_is_refused", (1,)),
    (DefinitionKeptWhenRefused, "test_s07_after_a_refusal_everything_reads_as_before", ("case", "key")),
    (GapInHistory, "test_s08_history_is_in_order_and_without_gaps", ()),
    (HistoryFromTheEnd, "test_s08_history_is_in_order_and_without_gaps", ()),
    (SlowHalfCommit, "test_s09_readers_see_whole_commits_while_others_write", ()),
    (Trimming, "test_s10_awkward_text_comes_back_in_every_column", ("trailing blanks",)),
    (DueBeforeOnly, "test_s11_what_is_due_has_an_alarm_that_is_not_after_the_instant", ()),
    (DuePageByAlarmOnly, "test_s11_due_work_comes_page_by_page_the_earliest_first", (2,)),
    (Collating, "test_s15_find_pages_in_order_of_bytes", (3,)),
    (OwingIgnored, "test_s15_find_holds_to_everything_that_is_given", ()),
    (OwingIgnored, "test_s15_what_is_owed_is_that_of_the_last_commit", ()),
    (OwingWithEveryDeadline, "test_s15_find_pages_in_order_of_bytes", (3,)),
    (OwedWithWhatIsMet, "test_s16_what_is_owed_is_due_by_the_day_and_still_owed", ()),
    (DefinitionReplaced, "test_s12_a_definition_is_kept_by_its_fingerprint_and_never_replaced", ()),
    (VaultOfTheLastCommit, "test_s13_vault_rows_gather_in_order_of_commitment", ()),
    (LeakingDriver, "test_s14_a_commit_that_contradicts_itself_raises_a_store_error", ("twice",)),
]
BROKEN = (AssertionError, pytest.fail.Exception, ValueError)


@pytest.mark.parametrize(
    ("sabotaged", "test", "arguments"), SABOTAGE, ids=[f"{store.__name__}-{test[5:8]}" for store, test, _ in SABOTAGE]
)
def test_a_sabotaged_store_is_caught_by_the_test_of_its_clause(
    sabotaged: type[MemoryStore], test: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(BROKEN):
        getattr(StoreContract(), test)(sabotaged(), *arguments)


@pytest.fixture
def without_shrinking() -> Iterator[None]:
    """Let a failure be enough, as finding the shortest takes minutes and nobody reads it here."""
    profile = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.register_profile(
        "without shrinking",
        max_examples=2_000,  # it ends with the first failure
        phases=[hypothesis.Phase.generate],
        database=None,
        derandomize=True,  # so that it takes as long on every run
    )
    hypothesis.settings.load_profile("without shrinking")
    yield
    hypothesis.settings.load_profile(profile)


@pytest.mark.usefixtures("without_shrinking")
@pytest.mark.parametrize("sabotaged", [LostUpdate, KeyIgnored, DefinitionReplaced, DuePageByAlarmOnly, OwingIgnored])
def test_a_sabotaged_store_is_caught_by_a_sequence_of_commits(sabotaged: type[MemoryStore]) -> None:
    with pytest.raises(BROKEN):
        StoreContract().test_every_clause_holds_through_any_sequence_of_acts(sabotaged())


def test_every_clause_is_sabotaged() -> None:
    assert {clause(test) for _, test, _ in SABOTAGE} == set(clauses_of_the_ports())


def test_the_ports_the_page_and_the_tests_have_the_same_clauses() -> None:
    page = PAGE.read_text(encoding="utf-8")
    in_tests = {clause(name) for name in vars(StoreContract) if name.startswith("test_s")}
    assert re.findall(r"^### (S\d+) ", page, flags=re.MULTILINE) == clauses_of_the_ports()
    assert sorted(in_tests, key=lambda name: int(name[1:])) == clauses_of_the_ports()


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8"))
    assert set(named) <= set(vars(StoreContract))
    assert {clause(name) for name in named if name.startswith("test_s")} == set(clauses_of_the_ports())


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
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "s03 or s10", "test_my_store.py"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_contract_without_a_store_says_what_to_override() -> None:
    fixture = StoreContract.store.__wrapped__ if hasattr(StoreContract.store, "__wrapped__") else None
    assert fixture is not None
    with pytest.raises(NotImplementedError, match="override the fixture `store`"):
        fixture(StoreContract())


def clause(test: str) -> str:
    """Return the clause that stands in a test's name."""
    return f"S{int(test.split('_')[1][1:])}"


def clauses_of_the_ports() -> list[str]:
    """Return the numbers of the clauses as the contract states them, in order."""
    return re.findall(r"^(S\d+) +\S", yingshang_flow.ports.__doc__ or "", flags=re.MULTILINE)

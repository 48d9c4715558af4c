"""What the SQLite store does beyond the contract: processes, forks, kills, files that are not its own, full disks."""

import contextlib
import multiprocessing
import os
import pickle
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.stores import workers
from yingshang_flow.errors import SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.ports import Query
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlite import APPLICATION_ID, SCHEMA_VERSION
from yingshang_flow.testing.store_contract import a_commit, a_deadline, everything, find_all

ROOT = Path(__file__).parents[2]
spawning = multiprocessing.get_context("spawn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cases.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(path)
    yield store
    store.close()


def run_at_once(target: Callable[..., None], each: list[tuple[object, ...]]) -> None:
    """Run processes that start their work at the same moment, and see each end well."""
    start = spawning.Barrier(len(each), timeout=60)  # if one dies, the others end as well
    processes = [spawning.Process(target=target, args=(*arguments, start)) for arguments in each]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * len(each)


def in_a_child(act: Callable[[], None]) -> int:
    """Do something in a forked child and return its exit code; nothing of the parent's is cleaned up in it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class TestProcesses:
    def test_processes_acting_on_one_case_write_one_history_and_lose_nothing(
        self, store: SQLiteStore, path: Path
    ) -> None:
        store.commit(a_commit("case"))
        run_at_once(workers.act, [(str(path), name, 25) for name in "abcd"])
        history = store.history("case")
        assert [record.revision for record in history] == list(range(1, 102))
        assert sorted(record.text for record in history[1:]) == sorted(f"{n}-{i}" for n in "abcd" for i in range(25))

    def test_eight_processes_can_create_one_file_at_once(self, tmp_path: Path) -> None:
        names = [f"case {number}" for number in range(8)]
        run_at_once(workers.create, [(str(tmp_path), name, 20) for name in names])
        for number in range(20):
            store = SQLiteStore(tmp_path / f"{number}.db")
            assert [row.case for row in store.find(Query())] == names
            store.close()

    def test_a_killed_writer_leaves_every_acknowledged_commit_and_no_half_one(self, path: Path) -> None:
        chance = random.Random(20181220)  # noqa: S311 - when to kill is no secret
        acknowledged = 0
        for _ in range(6):
            command = [sys.executable, "-m", "tests.stores.workers", str(path)]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
                assert writer.stdout is not None
                for _ in range(chance.randrange(1, 60)):
                    acknowledged = int(writer.stdout.readline())
                writer.kill()
                acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
            store = SQLiteStore(path)
            row = store.load("case")
            assert row is not None
            assert row.revision >= acknowledged
            commits = [workers.telling(revision) for revision in range(1, row.revision + 1)]
            assert row == commits[-1].case
            assert store.history("case") == tuple(commit.record for commit in commits)
            assert store.due(2**60) == commits[-1].deadlines
            assert store.vault("case") == tuple(commit.vault[0] for commit in commits)
            assert [found.revision for found in store.find(Query(unit=row.units[0]))] == [row.revision]
            store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
class TestForks:
    def test_a_child_has_a_connection_of_its_own(self, store: SQLiteStore) -> None:
        store.commit(a_commit("case"))
        assert in_a_child(lambda: store.commit(a_commit("case", 2))) == 0
        store.commit(a_commit("case", 3))
        assert [record.revision for record in store.history("case")] == [1, 2, 3]

    def test_what_a_child_commits_after_its_parent_closed_is_kept(self, store: SQLiteStore, path: Path) -> None:
        store.commit(a_commit("case"))
        parent_has_closed, child_may_go_on = os.pipe()

        def act() -> None:
            store.load("case")
            os.read(parent_has_closed, 1)
            store.commit(a_commit("case", 2))

        child = os.fork()
        if child == 0:
            code = 1
            try:
                act()
                code = 0
            finally:
                os._exit(code)
        store.close()
        other = SQLiteStore(path)
        os.write(child_may_go_on, b"!")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert [record.revision for record in other.history("case")] == [1, 2]
        other.close()

    def test_children_and_parent_can_all_write(self, store: SQLiteStore, path: Path) -> None:
        store.commit(a_commit("case"))
        children = []
        for name in "ab":
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    for number in range(20):
                        store.commit(a_commit(f"{name} {number:02}"))
                    code = 0
                finally:
                    os._exit(code)
            children.append(child)
        for number in range(20):
            store.commit(a_commit(f"parent {number:02}"))
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
        assert len(list(find_all(store))) == 61
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()

    def test_a_connection_that_a_fork_went_past_is_left_alone(self, store: SQLiteStore) -> None:
        store.commit(a_commit("case"))
        session = store._session()
        inherited = session._connection
        session._process -= 1  # as after a fork that Python was not told of
        store.commit(a_commit("case", 2))
        assert session._connection is not inherited
        assert inherited is not None
        assert inherited.execute("SELECT 1").fetchone() == (1,)
        inherited.close()

    def test_closing_in_such_a_child_leaves_the_connection_alone(self, store: SQLiteStore) -> None:
        store.load("case")
        session = store._session()
        inherited = session._connection
        session._process -= 1
        store.close()
        assert inherited is not None
        assert inherited.execute("SELECT 1").fetchone() == (1,)
        inherited.close()

    def test_a_store_in_memory_goes_on_with_a_copy(self) -> None:
        store = SQLiteStore(":memory:")
        store.commit(a_commit("case"))
        assert in_a_child(lambda: store.commit(a_commit("case", 2))) == 0
        assert len(store.history("case")) == 1
        store.close()


class TestThreads:
    def test_each_thread_has_its_connection_and_takes_it_along(self, store: SQLiteStore) -> None:
        for number in range(3):
            thread = threading.Thread(target=store.commit, args=(a_commit(f"case {number}"),))
            thread.start()
            thread.join()
        assert len(store.find(Query())) == 3
        assert len(store._connections.sessions) == 1

    def test_closing_closes_the_connections_of_all_threads(self, store: SQLiteStore, path: Path) -> None:
        opened, done = threading.Barrier(2), threading.Event()
        errors = []

        def use() -> None:
            store.load("case")
            opened.wait()
            done.wait()
            try:
                store.load("case")
            except StoreUnavailableError as error:
                errors.append(error)

        thread = threading.Thread(target=use)
        thread.start()
        opened.wait()
        store.close()
        assert not path.with_name("cases.db-wal").exists()  # SQLite removes it with the last connection
        done.set()
        thread.join()
        assert len(errors) == 1

    def test_a_thread_that_comes_after_closing_is_refused(self, store: SQLiteStore) -> None:
        store.close()
        errors = []

        def use() -> None:
            try:
                store.load("case")
            except StoreUnavailableError as error:
                errors.append(error)

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        assert len(errors) == 1


class TestFiles:
    def test_the_file_says_whose_it_is(self, store: SQLiteStore, path: Path) -> None:
        store.close()
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        connection.close()

    def test_commits_are_synchronised_in_full_unless_asked_otherwise(self, store: SQLiteStore, path: Path) -> None:
        with store._session() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        other = SQLiteStore(path, synchronous="NORMAL")
        with other._session() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
        other.close()

    def test_an_unknown_way_to_synchronise_is_refused(self, path: Path) -> None:
        with pytest.raises(StoreError, match="'SOMETIMES'; give one of OFF, NORMAL, FULL, EXTRA"):
            SQLiteStore(path, synchronous="SOMETIMES")

    def test_an_empty_file_becomes_a_store(self, path: Path) -> None:
        path.touch()
        store = SQLiteStore(path)
        store.commit(a_commit("case"))
        store.close()

    def test_a_relative_path_stays_where_it_was(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        monkeypatch.chdir(tmp_path / "a")
        store = SQLiteStore("cases.db")
        monkeypatch.chdir(tmp_path / "b")
        thread = threading.Thread(target=store.commit, args=(a_commit("case"),))
        thread.start()
        thread.join()
        assert store.load("case") is not None
        store.close()

    @pytest.mark.parametrize(("version", "words"), [(SCHEMA_VERSION + 1, "install a newer"), (0, "restore the file")])
    def test_another_schema_version_is_refused(self, store: SQLiteStore, path: Path, version: int, words: str) -> None:
        store.close()
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        with pytest.raises(SchemaError, match=f"schema version {version}.*{words}"):
            SQLiteStore(path)

    @pytest.mark.parametrize(
        "mark", ["CREATE TABLE theirs (a)", "PRAGMA application_id = 7", "PRAGMA user_version = 7"]
    )
    def test_another_applications_database_is_refused_and_left_as_it_was(self, path: Path, mark: str) -> None:
        connection = sqlite3.connect(path)
        connection.execute(mark)
        connection.close()
        before = path.read_bytes()
        with pytest.raises(SchemaError, match="another application's database"):
            SQLiteStore(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize("content", [b"case,state\n", b"\0" * 50, b"SQLite format 3", b"x" * 9_000])
    def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        with pytest.raises(SchemaError, match="is not a database; name another file"):
            SQLiteStore(path)
        assert path.read_bytes() == content

    def test_a_directory_that_is_missing_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(StoreUnavailableError, match=r"there is no directory .*nowhere.*; create it"):
            SQLiteStore(tmp_path / "nowhere" / "cases.db")

    def test_a_path_that_is_a_directory_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(StoreUnavailableError, match="is a directory; name a file in it"):
            SQLiteStore(tmp_path)

    def test_a_path_that_is_empty_is_refused(self) -> None:
        with pytest.raises(StoreUnavailableError, match="the path is empty"):
            SQLiteStore("")

    @pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 300], ids=["U+0000", "surrogate", "too long"])
    def test_a_path_that_no_file_can_have_is_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(StoreUnavailableError, match="cannot be opened"):
            SQLiteStore(tmp_path / name)

    @pytest.mark.parametrize("read_only", ["the file", "the directory"])
    def test_a_read_only_place_is_refused(
        self, store: SQLiteStore, path: Path, monkeypatch: pytest.MonkeyPatch, read_only: str
    ) -> None:
        # Not by chmod, which does not bind the superuser.
        refused = path if read_only == "the file" else path.parent
        monkeypatch.setattr(os, "access", lambda place, _mode: place != refused)
        store.close()
        with pytest.raises(StoreUnavailableError, match="is read-only"):
            SQLiteStore(path)

    def test_a_database_that_has_become_read_only_is_told_of_at_the_commit(self, store: SQLiteStore) -> None:
        with store._session() as connection:
            connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreUnavailableError, match="is read-only"):
            store.commit(a_commit("case"))

    def test_a_full_disk_keeps_nothing_of_the_commit_and_everything_before(self, store: SQLiteStore) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 1),)))
        before = everything(store, ["case", "other"])
        with store._session() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreUnavailableError, match="the disk is full; make room"):
            store.commit(a_commit("case", 2, state="accepted", text="长" * 50_000))
        assert everything(store, ["case", "other"]) == before
        store.commit(a_commit("case", 2))

    def test_a_new_file_on_a_full_disk_can_be_opened_once_there_is_room(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connect = sqlite3.connect

        class Full(sqlite3.Connection):
            def execute(self, sql: str, parameters: object = ()) -> sqlite3.Cursor:
                if "ysf_deadlines" in sql:
                    super().execute("PRAGMA max_page_count = 3")
                return super().execute(sql, parameters)  # type: ignore[arg-type]

        monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options, factory=Full))
        with pytest.raises(StoreUnavailableError, match="the disk is full"):
            SQLiteStore(path)
        monkeypatch.undo()
        store = SQLiteStore(path)
        store.commit(a_commit("case"))
        store.close()

    def test_a_file_that_another_creates_at_the_same_moment_is_not_taken_for_a_strangers(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connect = sqlite3.connect

        class Overtaken(sqlite3.Connection):
            def execute(self, sql: str, parameters: object = ()) -> sqlite3.Cursor:
                if "FROM sqlite_master" in sql:
                    monkeypatch.undo()
                    with contextlib.suppress(StoreUnavailableError):  # it has to wait for this one's look
                        SQLiteStore(path, timeout=0).close()
                return super().execute(sql, parameters)  # type: ignore[arg-type]

        monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options, factory=Overtaken))
        store = SQLiteStore(path)
        store.commit(a_commit("case"))
        store.close()

    def test_a_file_locked_beyond_the_timeout_is_told_of(self, store: SQLiteStore, path: Path) -> None:
        hasty = SQLiteStore(path, timeout=0)
        with store._session() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailableError, match="locked by another writer"):
                hasty.commit(a_commit("case"))
            connection.execute("ROLLBACK")
        hasty.commit(a_commit("case"))
        hasty.close()

    def test_a_file_that_another_keeps_locked_cannot_be_made_a_store(self, path: Path) -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreUnavailableError, match="locked"):
            SQLiteStore(path, timeout=0)
        other.close()

    def test_a_damaged_file_is_told_of(self, store: SQLiteStore, path: Path) -> None:
        for revision in range(1, 30):
            store.commit(a_commit("case", revision, text="x" * 2_000 + str(revision)))
        store.close()
        content = path.read_bytes()
        half = len(content) // 2  # the schema stands before it
        path.write_bytes(content[:half] + b"\xff" * (len(content) - half))
        damaged = SQLiteStore(path)
        with pytest.raises(StoreError, match="damaged; restore it from a backup"):
            damaged.history("case")
        damaged.close()

    def test_a_table_that_is_gone_is_told_of(self, store: SQLiteStore) -> None:
        with store._session() as connection:
            connection.execute("DROP TABLE ysf_vault")
        with pytest.raises(StoreError, match="no such table: ysf_vault"):
            store.vault("case")

    def test_a_record_without_its_case_is_told_of(self, store: SQLiteStore) -> None:
        store.commit(a_commit("case"))
        with store._session() as connection:
            connection.execute("DELETE FROM ysf_cases")
        with pytest.raises(StoreError, match="has a record but no case; restore a backup"):
            store.commit(a_commit("case"))

    def test_its_errors_survive_pickling(self, tmp_path: Path) -> None:
        with pytest.raises(StoreUnavailableError) as caught:
            SQLiteStore(tmp_path)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own


class TestPlans:
    """How SQLite goes about a search, as what it costs cannot be asserted by the clock."""

    @pytest.mark.parametrize(
        "query",
        [
            Query(lifecycle="a"),
            Query(state="a"),
            Query(lifecycle="a", state="a"),
            Query(unit="a"),
            Query(unit="a", final=False),
            Query(unit="a", state="a", final=True),
            Query(reference="a"),
            Query(reference="a", lifecycle="a"),
            Query(parent="a"),
            Query(parent="a", unit="a"),
            Query(origin="a", final=False),
            Query(final=False),
            Query(final=False, lifecycle="a"),
            Query(owing=True),
            Query(owing=True, final=True),
            Query(owing=True, final=False),
            Query(owing=True, unit="a"),
            Query(owing=False, lifecycle="a"),
            Query(),
        ],
        ids=str,
    )
    def test_a_page_of_cases_is_searched_and_neither_scanned_nor_sorted(self, store: SQLiteStore, query: Query) -> None:
        plan = self._plan(store, lambda: store.find(query))
        assert "SCAN" not in plan
        assert query.reference is not None or "TEMP B-TREE" not in plan

    def test_a_page_of_due_deadlines_is_searched_and_neither_scanned_nor_sorted(self, store: SQLiteStore) -> None:
        for after in (None, a_deadline("case", 1)):
            plan = self._plan(store, lambda after=after: store.due(5, after=after))  # type: ignore[misc]
            assert "ysf_deadlines_alarm" in plan
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan

    def test_a_page_of_what_is_owed_is_searched_and_neither_scanned_nor_sorted(self, store: SQLiteStore) -> None:
        for after in (None, a_deadline("case", 1)):
            plan = self._plan(store, lambda after=after: store.owed("2026", after=after))  # type: ignore[misc]
            assert "ysf_deadlines_owed" in plan
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan

    def test_children_and_vault_rows_are_searched(self, store: SQLiteStore) -> None:
        for read in (lambda: store.children("case"), lambda: store.vault("case")):
            plan = self._plan(store, read)
            assert "SCAN" not in plan
            assert "TEMP B-TREE" not in plan

    def _plan(self, store: SQLiteStore, read: Callable[[], object]) -> str:
        seen: list[str] = []
        with store._session() as connection:
            connection.set_trace_callback(seen.append)
        read()
        with store._session() as connection:
            connection.set_trace_callback(None)
            (statement,) = seen
            rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        return "\n".join(row[-1] for row in rows)

"""The migrations make the tables that the store works with, alone, again, after an interruption and as SQL."""

from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.stores.sqlalchemy import workers
from tests.stores.sqlalchemy.conftest import Place, a_place
from yingshang_flow.errors import SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.stores.sqlalchemy import MYSQL, tables
from yingshang_flow.stores.sqlalchemy.schema import HEAD, REVISIONS, revision_of, version_table
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade, upgrade_sql
from yingshang_flow.testing.store_contract import a_commit, a_tally


def differences(place: Place) -> list[Any]:
    """Return how the tables under a prefix differ from those that the store works with."""
    metadata = tables(place.prefix).metadata

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    with place.engine.connect() as connection:
        options = {"include_name": ours, "compare_type": True, "version_table": version_table(place.prefix)}
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def revision(place: Place) -> str | None:
    """Return the revision of the tables under a prefix."""
    with place.engine.connect() as connection:
        return revision_of(connection, place.prefix)


def test_the_migrations_make_the_tables_that_the_store_works_with(place: Place) -> None:
    assert differences(place) == []


def test_a_difference_is_found(bare: Place) -> None:
    upgrade(bare.engine, prefix=bare.prefix)
    with bare.engine.begin() as connection:
        on = f" ON {bare.prefix}cases" if connection.dialect.name == "mariadb" else ""
        connection.exec_driver_sql(f"DROP INDEX {bare.prefix}cases_state{on}")
    assert [difference[0] for difference in differences(bare)] == ["add_index"]


def test_the_revisions_that_are_known_are_those_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", "yingshang_flow.stores.sqlalchemy:migrations")
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS
    assert scripts.get_current_head() == HEAD


def test_the_tables_of_the_first_release_are_brought_up_to_date_with_what_is_in_them(
    bare: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as first:
        first.setattr("yingshang_flow.stores.sqlalchemy.upgrading.HEAD", "0001")
        upgrade(bare.engine, prefix=bare.prefix)
    with bare.engine.begin() as connection:
        kept = {
            column.name: 1 if isinstance(column.type, (sa.Integer | sa.BigInteger | sa.SmallInteger)) else "x"
            for column in tables(bare.prefix).definitions.columns
        }
        connection.execute(sa.insert(tables(bare.prefix).definitions).values(kept))
    assert revision(bare) == "0001"
    assert upgrade(bare.engine, prefix=bare.prefix) == "0001"
    assert differences(bare) == []
    store = bare.store()
    assert store.definition("x") is not None
    store.commit(a_commit("case", tallies=(a_tally("case"),)))
    assert store.tallies("case") == (a_tally("case"),)


def test_an_upgrade_says_what_there_was_before_and_again_does_nothing(bare: Place) -> None:
    assert upgrade(bare.engine, prefix=bare.prefix) is None
    store = bare.store()
    store.commit(a_commit("case"))
    assert upgrade(bare.url, prefix=bare.prefix) == HEAD
    assert store.load("case") is not None
    assert revision(bare) == HEAD


def test_two_prefixes_in_one_database_know_nothing_of_each_other(place: Place, bare: Place) -> None:
    upgrade(bare.engine, prefix=bare.prefix)
    place.store().commit(a_commit("case", key="key"))
    other = bare.store()
    assert other.load("case") is None
    other.commit(a_commit("case", key="key"))


def test_processes_that_upgrade_at_once_wait_for_each_other(bare: Place) -> None:
    found = workers.at_once(workers.upgrade_at_once, [(bare.url, bare.prefix)] * 4)
    assert sorted(found, key=str) == [HEAD] * 3 + [None]
    assert differences(bare) == []


@pytest.mark.parametrize("statement", range(1, 22, 3))
def test_an_upgrade_that_was_interrupted_is_finished_by_the_next(bare: Place, statement: int) -> None:
    seen = 0

    def interrupt(
        _connection: object, _cursor: object, text: str, _values: object, _context: object, _many: object
    ) -> None:
        nonlocal seen
        seen += text.lstrip().startswith(("CREATE", "INSERT"))
        if seen == statement:
            raise KeyboardInterrupt

    sa.event.listen(bare.engine, "before_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt):
        upgrade(bare.engine, prefix=bare.prefix)
    sa.event.remove(bare.engine, "before_cursor_execute", interrupt)
    with pytest.raises(SchemaError, match="run: yingshang-flow db upgrade"):
        bare.store()
    upgrade(bare.engine, prefix=bare.prefix)
    assert differences(bare) == []
    bare.store().commit(a_commit("case"))


def test_an_upgrade_beside_one_that_does_not_end_gives_up(on_mariadb: Place) -> None:
    lock = "SELECT GET_LOCK('held by a test', 0)"
    hasty = attrs.evolve(MYSQL, upgrade_lock=f"{lock} -- :lock")
    with on_mariadb.engine.connect() as connection:
        assert connection.exec_driver_sql(lock).scalar() == 1
        with pytest.raises(StoreUnavailableError, match=r"another upgrade of the tables .* is running"):
            upgrade(on_mariadb.engine, prefix=on_mariadb.prefix, server=hasty)


def test_somebody_elses_tables_and_those_of_a_newer_release_are_left_alone(bare: Place) -> None:
    with bare.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {bare.prefix}cases (theirs INTEGER)")
    with pytest.raises(SchemaError, match="choose another prefix"):
        upgrade(bare.engine, prefix=bare.prefix)
    with a_place(bare.url) as newer:
        upgrade(newer.engine, prefix=newer.prefix)
        version = sa.table(version_table(newer.prefix), sa.column("version_num"))
        with newer.engine.begin() as connection:
            connection.execute(sa.update(version).values(version_num="9999"))
        with pytest.raises(SchemaError, match="revision 9999, this code knows up to"):
            upgrade(newer.engine, prefix=newer.prefix)


class TestSQL:
    def test_it_makes_the_same_tables(self, bare: Place) -> None:
        with bare.engine.begin() as connection:
            for statement in upgrade_sql(bare.url, prefix=bare.prefix).split(";"):
                told = "\n".join(line for line in statement.splitlines() if not line.startswith("--")).strip()
                if told not in {"", "BEGIN", "COMMIT"}:
                    connection.exec_driver_sql(told)
        assert differences(bare) == []
        bare.store().commit(a_commit("case"))

    def test_it_needs_no_driver_and_no_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
        assert 'TEXT COLLATE "C"' in upgrade_sql("postgresql://nobody@nowhere/d")
        assert "VARBINARY(800)" in upgrade_sql("mysql+pymysql://nowhere/d")

    def test_what_is_no_database_of_ours_is_refused(self) -> None:
        with pytest.raises(StoreError, match="no store is known for the dialect 'mssql'"):
            upgrade_sql("mssql+pyodbc://h/d")
        with pytest.raises(StoreError, match="cannot begin the names of tables"):
            upgrade_sql("postgresql://h/d", prefix="x; --")

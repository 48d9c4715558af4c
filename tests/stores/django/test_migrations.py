"""The tables that Django's migrations make are those that Alembic's make, and say which they are."""

import io
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from django.core.management import call_command
from django.db import connections

from yingshang_flow.errors import SchemaError
from yingshang_flow.stores.django import DjangoStore
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.opening import engine_of
from yingshang_flow.stores.sqlalchemy.schema import version_table
from yingshang_flow.stores.sqlalchemy.tables import tables
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.store_contract import a_commit

_KINDS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


@pytest.fixture
def engine(alias: str) -> Iterator[sa.Engine]:
    """Yield an engine on the database that Django has migrated."""
    place = connections.settings[alias]
    url = sa.URL.create(
        _KINDS[alias],
        username=place.get("USER") or None,
        password=place.get("PASSWORD") or None,
        host=place.get("HOST") or None,
        port=int(place["PORT"]) if place.get("PORT") else None,
        database=place["NAME"],
    )
    engine = engine_of(url)
    yield engine
    engine.dispose()


@pytest.fixture
def by_alembic(engine: sa.Engine) -> Iterator[str]:
    """Yield a prefix under which Alembic has made the tables in the same database."""
    prefix = f"t{secrets.token_hex(4)}_"
    upgrade(engine, prefix=prefix)
    yield prefix
    metadata = tables(prefix).metadata
    sa.Table(version_table(prefix), metadata)
    metadata.drop_all(engine)


def told(engine: sa.Engine, prefix: str) -> dict[str, Any]:
    """Return what a database says of the tables under a prefix: columns, keys, and indexes by what they are of."""
    inspector = sa.inspect(engine)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if not name.startswith(prefix):
            continue
        columns = {
            column["name"]: (str(column["type"]).upper(), column["nullable"], column["default"])
            for column in inspector.get_columns(name)
        }
        constraints = inspector.get_unique_constraints(name)
        unique = [(tuple(one["column_names"]), True) for one in constraints]
        indexes = [(tuple(one["column_names"]), bool(one["unique"])) for one in inspector.get_indexes(name)]
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        found[name.removeprefix(prefix)] = columns, key, sorted({*unique, *indexes})
    return found


def test_both_make_the_same_tables(engine: sa.Engine, by_alembic: str) -> None:
    found = told(engine, "ysf_")
    assert found == told(engine, by_alembic)
    assert set(found) == {name.removeprefix("ysf_") for name in (*tables("ysf_").metadata.tables, "ysf_schema")}


@pytest.mark.parametrize("alias", ["postgresql"], indirect=True)
def test_both_name_the_indexes_alike(engine: sa.Engine, by_alembic: str) -> None:
    def names(prefix: str) -> set[str]:
        inspector = sa.inspect(engine)
        return {
            str(index["name"]).removeprefix(prefix)
            for table in tables(prefix).metadata.tables
            for index in inspector.get_indexes(table)
        }

    assert names("ysf_") == names(by_alembic)


def test_a_store_that_does_not_ask_django_works_on_the_same_tables(store: DjangoStore, engine: sa.Engine) -> None:
    worker = SQLAlchemyStore(engine)
    opening, act = a_commit("case", key="key"), a_commit("case", 2)
    store.commit(opening)
    worker.commit(act)
    assert store.history("case") == (opening.record, act.record) == worker.history("case")
    assert store.server == worker.server


@pytest.mark.usefixtures("sqlite_alias")
def test_the_models_are_what_the_migrations_make() -> None:
    said = io.StringIO()
    call_command("makemigrations", "yingshang_flow", check=True, dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


def test_the_models_pass_the_checks(alias: str) -> None:
    call_command("check", "yingshang_flow", databases=[alias], fail_level="WARNING")


def test_the_migrations_can_be_shown_as_sql(alias: str) -> None:
    said = io.StringIO()
    call_command("sqlmigrate", "yingshang_flow", "0001", database=alias, stdout=said)
    assert "CREATE TABLE ysf_schema" in said.getvalue()


def test_the_row_outlives_the_emptying_of_all_tables_after_a_test(store: DjangoStore, alias: str) -> None:
    call_command("flush", database=alias, interactive=False, verbosity=0)
    store.commit(a_commit("case"))
    assert DjangoStore(alias).load("case") is not None


@pytest.fixture
def _unmade(alias: str) -> Iterator[None]:
    """Take the tables away for a while."""
    call_command("migrate", "yingshang_flow", "zero", database=alias, verbosity=0)
    yield
    call_command("migrate", "yingshang_flow", database=alias, verbosity=0)


@pytest.mark.usefixtures("_unmade")
def test_a_database_without_tables_is_told_to_be_migrated(store: DjangoStore, alias: str, engine: sa.Engine) -> None:
    with pytest.raises(SchemaError, match=r"has no tables .* manage.py migrate yingshang_flow"):
        store.load("case")
    assert told(engine, "ysf_") == {}
    call_command("migrate", "yingshang_flow", database=alias, verbosity=0)
    assert store.load("case") is None  # what was missing is not remembered


def test_tables_of_a_newer_release_are_refused(store: DjangoStore, engine: sa.Engine) -> None:
    version = sa.table("ysf_schema", sa.column("version_num"))
    with engine.begin() as connection:
        connection.execute(sa.update(version).values(version_num="9999"))
    try:
        with pytest.raises(SchemaError, match=r"revision 9999.* install a newer yingshang-flow"):
            store.load("case")
    finally:
        with engine.begin() as connection:
            connection.execute(sa.update(version).values(version_num="0002"))

"""What is looked at before a store works: URLs, servers, settings and tables, each with one clear sentence."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy as sa

from tests.stores.sqlalchemy.conftest import Place
from yingshang_flow.errors import SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.stores import SQLiteStore
from yingshang_flow.stores.sqlalchemy import MYSQL, POSTGRESQL, SQLITE, SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.opening import engine_of
from yingshang_flow.stores.sqlalchemy.schema import HEAD, version_table
from yingshang_flow.stores.sqlalchemy.servers import Server, adapted, server_of
from yingshang_flow.stores.sqlalchemy.tables import tables
from yingshang_flow.testing.store_contract import a_commit


class TestURLs:
    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("", "is no database URL"),
            ("cases.db", "is no database URL such as postgresql://"),
            ("postgresql://u:secret@h:port/d", "is no database URL"),
            ("nosuch://h/d", "no database is known by 'nosuch'"),
            ("postgresql+nosuch://h/d", r"no database is known by 'postgresql\+nosuch'"),
            ("oracle://h/d", "no store is known for the dialect 'oracle'"),
            (
                "mysql://h/d",
                r'write mysql\+pymysql:// instead of mysql://, and run: pip install "yingshang-flow\[mariadb\]"',
            ),
            ("mariadb://h/d", r"write mariadb\+pymysql:// instead of mariadb://"),
            ("postgresql+pg8000://h/d", "needs the driver pg8000, which is not installed; run: pip install pg8000"),
        ],
    )
    def test_one_that_cannot_be_used_is_refused_with_what_to_do(self, url: str, says: str) -> None:
        with pytest.raises(StoreError, match=says) as caught:
            SQLAlchemyStore(url)
        assert "secret" not in str(caught.value)
        assert "\\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("driver", "url", "extra"),
        [("psycopg", "postgresql://h/d", "postgresql"), ("pymysql", "mariadb+pymysql://h/d", "mariadb")],
    )
    def test_one_without_its_driver_says_which_extra_to_install(
        self, monkeypatch: pytest.MonkeyPatch, driver: str, url: str, extra: str
    ) -> None:
        monkeypatch.setitem(__import__("sys").modules, driver, None)
        with pytest.raises(StoreError, match=rf'pip install "yingshang-flow\[{extra}\]"'):
            SQLAlchemyStore(url)

    @pytest.mark.parametrize(
        "url", ["postgresql://u:secret@127.0.0.1:{}/d", "mariadb+pymysql://u:secret@127.0.0.1:{}/d"]
    )
    def test_one_where_nobody_answers_is_unavailable(self, url: str) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            with pytest.raises(StoreUnavailableError, match="cannot be reached; look whether it is up") as caught:
                SQLAlchemyStore(url.format(nobody.getsockname()[1]))
        assert "secret" not in str(caught.value)
        assert "\\n" not in str(caught.value)

    def test_one_without_that_database_is_unavailable(self, url: str) -> None:
        missing = sa.make_url(url).set(database="no_such_database")
        if missing.get_backend_name() == "sqlite":
            missing = missing.set(database="/no/such/folder/cases.db")
        with pytest.raises(StoreUnavailableError, match=r"does not exist|cannot be reached|refuses this user"):
            SQLAlchemyStore(missing)

    @pytest.mark.parametrize("url", ["mariadb+pymysql://h/d?nosuch=7", "postgresql://h/d?nosuch=7"])
    def test_one_with_an_option_that_its_driver_does_not_know_is_refused(self, url: str) -> None:
        with pytest.raises(StoreError, match="nosuch"):
            SQLAlchemyStore(url)

    def test_the_connections_of_a_url_end_with_the_store(self, place: Place) -> None:
        store = SQLAlchemyStore(place.url, prefix=place.prefix)
        store.load("case")
        pool = store._source._engine.pool  # type: ignore[union-attr]
        store.close()
        store.close()
        assert store._source._engine.pool is not pool  # type: ignore[union-attr]
        with pytest.raises(StoreUnavailableError, match="is closed; open a new one"):
            store.load("case")

    def test_the_connections_of_an_engine_stay_the_hosts(self, place: Place) -> None:
        store = place.store()
        pool = place.engine.pool
        store.close()
        assert place.engine.pool is pool


class TestServers:
    def test_each_is_known_by_the_class_of_its_dialect_and_not_by_its_name(self) -> None:
        for kin, server in (
            (type("Kin", (type(sa.make_url("postgresql://").get_dialect()()),), {"name": "kin"}), POSTGRESQL),
            (type("Kin", (type(sa.make_url("mysql+pymysql://").get_dialect()()),), {"name": "kin"}), MYSQL),
            (type("Kin", (type(sa.make_url("sqlite://").get_dialect()()),), {"name": "kin"}), SQLITE),
        ):
            assert server_of(kin()) is server

    @pytest.mark.parametrize(
        ("server", "version", "expected"),
        [
            (POSTGRESQL, "PostgreSQL 15.20 on x86_64", {"skips_locked": True, "excludes": "updates of the state"}),
            (POSTGRESQL, "KingbaseES V008R006C008B0014", {"skips_locked": False, "excludes": "no update"}),
            (POSTGRESQL, "CockroachDB CCL v23.2.1", {"name": "CockroachDB", "refuses": frozenset(), "ignores": True}),
            (POSTGRESQL, "(openGauss 5.0.0 build a07d57c3)", {"name": "openGauss", "ignores": False, "chains": False}),
            (MYSQL, "10.11.19-MariaDB-0+deb12u1", {"name": "MariaDB", "skips_locked": True, "share": "share"}),
            (MYSQL, "5.5.5-10.5.22-MariaDB", {"name": "MariaDB", "skips_locked": False}),
            (MYSQL, "8.4.3", {"name": "MySQL", "skips_locked": True}),
            (MYSQL, "5.7.44-log", {"name": "MySQL", "skips_locked": False}),
            (MYSQL, "8.0.11-TiDB-v7.5.0", {"name": "TiDB", "skips_locked": False, "share": "update"}),
            (MYSQL, "5.7.25-OceanBase-v4.2.1.0", {"name": "OceanBase", "skips_locked": False, "share": "share"}),
            (MYSQL, "what nobody has seen", {"name": "MySQL", "skips_locked": False}),
            (SQLITE, "3.40.1", {"name": "SQLite"}),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_each_is_what_its_version_says(self, server: Server, version: str, expected: dict[str, Any]) -> None:
        found = adapted(server, version)
        assert {name: getattr(found, name) for name in expected} == expected

    def test_the_store_says_what_it_is_kept_in(self, store: SQLAlchemyStore) -> None:
        name, version = (store.server or "").split()
        assert name in {"PostgreSQL", "MariaDB", "SQLite"}
        assert version[0].isdigit()

    @pytest.mark.parametrize(
        "changes", [{"ignores": False, "insert": sa.insert}, {"share": "update", "skips_locked": False}]
    )
    def test_whoever_knows_better_gives_his_own(self, place: Place, changes: dict[str, Any]) -> None:
        server = attrs.evolve(server_of(place.engine.dialect), chains=False, **changes)
        if server.name == "SQLite":
            server = attrs.evolve(server, share="none")
        store = SQLAlchemyStore(place.engine, prefix=place.prefix, server=server)
        store.commit(a_commit("case", key="key", parent="parent"))
        with pytest.raises(StoreError, match="'key' stands for"):
            store.commit(a_commit("other", key="key"))
        store.commit(a_commit("case", 2, state="accepted", parent="parent"))
        assert len(store.history("case")) == 2
        store.close()


class TestSettings:
    @pytest.fixture
    def engine(self, on_mariadb: Place) -> Iterator[sa.Engine]:
        engine = engine_of(on_mariadb.url)
        yield engine
        engine.dispose()

    @pytest.mark.parametrize("mode", ["", "NO_ENGINE_SUBSTITUTION"])
    def test_a_server_that_cuts_off_what_is_too_long_is_refused(
        self, on_mariadb: Place, engine: sa.Engine, mode: str
    ) -> None:
        @sa.event.listens_for(engine, "connect")
        def relax(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
            with connection.cursor() as cursor:
                cursor.execute("SET SESSION sql_mode = %s", (mode,))

        with pytest.raises(StoreError, match="add STRICT_TRANS_TABLES to it"):
            SQLAlchemyStore(engine, prefix=on_mariadb.prefix)

    def test_a_connection_that_cannot_carry_every_character_is_refused(self, on_mariadb: Place) -> None:
        url = sa.make_url(on_mariadb.url).set(query={"charset": "gbk"})
        with pytest.raises(StoreError, match=r"speaks 'gbk'.*add \?charset=utf8mb4"):
            SQLAlchemyStore(url, prefix=on_mariadb.prefix)

    def test_a_text_beyond_the_largest_statement_is_refused_and_the_connection_stays(self, on_mariadb: Place) -> None:
        store = on_mariadb.store()
        largest = store._say.server.largest
        assert largest is not None
        commit = a_commit("case")
        too_large, fits = (
            attrs.evolve(commit, record=attrs.evolve(commit.record, text=text))
            for text in ("x" * largest, "'" * (largest // 2 - 2**16))
        )
        with pytest.raises(StoreError, match=f"the server takes {largest}; raise max_allowed_packet"):
            store.commit(too_large)
        store.commit(fits)
        assert store.history("case") == (fits.record,)
        store.close()

    def test_a_host_at_another_level_gets_the_stores_own(self, on_mariadb: Place) -> None:
        engine = sa.create_engine(on_mariadb.url)  # REPEATABLE READ, where gap locks run into one another
        store = SQLAlchemyStore(engine, prefix=on_mariadb.prefix)
        with store.transaction() as host:
            assert host.connection.get_isolation_level() == "READ COMMITTED"
        with engine.connect() as connection:
            assert connection.get_isolation_level() == "REPEATABLE READ"
        engine.dispose()

    def test_the_file_of_a_sqlite_store_is_refused(self, tmp_path: Path) -> None:
        SQLiteStore(tmp_path / "cases.db").close()
        with pytest.raises(SchemaError, match="is the file of a SQLiteStore; name it as a file"):
            SQLAlchemyStore(f"sqlite:///{tmp_path / 'cases.db'}")

    def test_a_file_that_is_no_database_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "cases.db").write_bytes(b"x" * 9_000)
        with pytest.raises(SchemaError, match="is no database; name another file"):
            SQLAlchemyStore(f"sqlite:///{tmp_path / 'cases.db'}")


class TestSchema:
    def test_no_tables_are_refused_and_none_are_made(self, bare: Place) -> None:
        before = set(sa.inspect(bare.engine).get_table_names())
        says = f"has no tables of a store under the prefix '{bare.prefix}'; run: yingshang-flow db upgrade"
        with pytest.raises(SchemaError, match=says):
            bare.store()
        assert set(sa.inspect(bare.engine).get_table_names()) == before

    def test_somebody_elses_table_by_our_name_is_refused(self, bare: Place) -> None:
        with bare.engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE TABLE {bare.prefix}cases (theirs INTEGER)")
        with pytest.raises(SchemaError, match=r"no '.*schema' that would say it is a store's; choose another prefix"):
            bare.store()

    @pytest.mark.parametrize(
        ("statement", "says"),
        [
            (
                "UPDATE {}schema SET version_num = '9999'",
                f"revision 9999, this code knows up to {HEAD}; install a newer",
            ),
            ("DELETE FROM {}schema", "was interrupted; run: yingshang-flow db upgrade"),
        ],
    )
    def test_tables_of_another_time_are_refused(self, bare: Place, statement: str, says: str) -> None:
        with bare.engine.begin() as connection:
            version = sa.Table(version_table(bare.prefix), sa.MetaData(), sa.Column("version_num", sa.String(32)))
            version.create(connection)
            connection.execute(sa.insert(version), {"version_num": HEAD})
            connection.exec_driver_sql(statement.format(bare.prefix))
        with pytest.raises(SchemaError, match=says):
            bare.store()

    def test_tables_of_an_older_release_are_refused(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("yingshang_flow.stores.sqlalchemy.schema.REVISIONS", (HEAD, "next"))
        monkeypatch.setattr("yingshang_flow.stores.sqlalchemy.schema.HEAD", "next")
        with pytest.raises(SchemaError, match=f"has the tables of revision {HEAD}, this code needs next; run: "):
            place.store()

    @pytest.mark.parametrize(
        "prefix",
        [
            "",
            "Ysf_",
            "1a",
            "_a",
            "a-b",
            "a b",
            "a;drop table x",
            'a"',
            "a'",
            "a`",
            "a.b",
            "表_",
            "a" * 21,
            "%s",
            "a\\n",
        ],
    )
    def test_a_prefix_that_could_be_more_than_a_word_is_refused(self, prefix: str) -> None:
        with pytest.raises(StoreError, match="cannot begin the names of tables; give a letter"):
            tables(prefix)
        with pytest.raises(StoreError, match="cannot begin the names of tables"):
            SQLAlchemyStore("sqlite://", prefix=prefix)

    def test_the_longest_prefix_fits_into_every_name(self) -> None:
        found = tables("a" * 20).metadata.sorted_tables
        names = [table.name for table in found] + [str(index.name) for table in found for index in table.indexes]
        assert max(map(len, names)) <= 63

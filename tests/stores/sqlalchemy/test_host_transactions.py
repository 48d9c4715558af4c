"""The store in a transaction of the host's: kept and lost together with the host's own rows."""

import threading
from collections.abc import Iterator

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session

from tests.stores.sqlalchemy.conftest import Place, wait_until_one_waits
from yingshang_flow.errors import (
    ConflictError,
    KeyReusedError,
    ReferenceTakenError,
    StoreError,
    StoreUnavailableError,
)
from yingshang_flow.ports import ChildrenAre
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.testing.store_contract import a_commit, a_deadline, a_vault_row, everything


@pytest.fixture
def letters(place: Place) -> Iterator[sa.Table]:
    """Yield a table of the host's."""
    metadata = sa.MetaData()
    table = sa.Table(
        f"{place.prefix}letters",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("subject", sa.String(50)),
        mysql_engine="InnoDB",
    )
    metadata.create_all(place.engine)
    yield table
    metadata.drop_all(place.engine)


def joined(place: Place, connection: sa.Connection | Session) -> SQLAlchemyStore:
    """Return a store in a transaction of the host's."""
    return SQLAlchemyStore.joining(connection, prefix=place.prefix)


def numbers(place: Place, letters: sa.Table) -> list[int]:
    """Return what the host has kept."""
    with place.engine.connect() as connection:
        return list(connection.execute(sa.select(letters.c.number).order_by(letters.c.number)).scalars())


class TestOnAConnection:
    def test_a_case_and_the_hosts_row_are_kept_together(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore
    ) -> None:
        commit = a_commit("case", key="key", deadlines=(a_deadline("case", 5),), vault=(a_vault_row("case", "secret"),))
        with place.engine.begin() as connection:
            host = joined(place, connection)
            host.commit(commit)
            connection.execute(sa.insert(letters), {"number": 1})
            assert host.load("case") == commit.case
            assert host.joined
        assert store.load("case") == commit.case
        assert store.due(5) == commit.deadlines
        assert numbers(place, letters) == [1]

    def test_a_case_and_the_hosts_row_are_lost_together(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore
    ) -> None:
        with place.engine.connect() as connection, connection.begin() as transaction:
            joined(place, connection).commit(a_commit("before the row"))
            connection.execute(sa.insert(letters), {"number": 1})
            joined(place, connection).commit(a_commit("after the row"))
            transaction.rollback()
        assert store.load("before the row") is None
        assert store.load("after the row") is None
        assert numbers(place, letters) == []

    def test_a_transaction_that_does_nothing_else_is_the_hosts_to_commit_or_not(
        self, place: Place, store: SQLAlchemyStore
    ) -> None:
        with place.engine.connect() as connection:
            joined(place, connection).commit(a_commit("case"))
        assert store.load("case") is None

    @pytest.mark.parametrize("refusal", [ConflictError, KeyReusedError, ReferenceTakenError, StoreError])
    def test_a_refusal_leaves_the_transaction_usable_and_nothing_of_its_commit(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore, refusal: type[StoreError]
    ) -> None:
        store.commit(a_commit("other", key="key", reference="reference", vault=(a_vault_row("other", "secret"),)))
        good = a_commit("case", 2, deadlines=(a_deadline("case", 2),), vault=(a_vault_row("case", "another"),))
        refused = {
            ConflictError: attrs.evolve(
                good, record=attrs.evolve(good.record, revision=3), case=attrs.evolve(good.case, revision=3)
            ),
            KeyReusedError: attrs.evolve(good, record=attrs.evolve(good.record, key="key")),
            ReferenceTakenError: attrs.evolve(good, case=attrs.evolve(good.case, reference="reference")),
            StoreError: attrs.evolve(good, vault=(a_vault_row("case", "secret"),)),
        }[refusal]
        with place.engine.begin() as connection:
            host = joined(place, connection)
            connection.execute(sa.insert(letters), {"number": 1})
            host.commit(a_commit("case"))
            before = everything(host, ["case", "other"], ["key"])
            with pytest.raises(refusal):
                host.commit(refused)
            assert everything(host, ["case", "other"], ["key"]) == before
            connection.execute(sa.insert(letters), {"number": 2})
            host.commit(good)
        assert store.load("case") == good.case
        assert numbers(place, letters) == [1, 2]

    def test_an_error_of_the_server_leaves_the_transaction_usable(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore
    ) -> None:
        with place.engine.begin() as connection:
            host = joined(place, connection)
            connection.execute(sa.insert(letters), {"number": 1})
            with pytest.raises(StoreError):
                host.commit(a_commit("case", deadlines=(a_deadline("case", 2**70),)))
            host.commit(a_commit("other"))
        assert (store.load("case"), store.history("case")) == (None, ())
        assert store.load("other") is not None
        assert numbers(place, letters) == [1]

    def test_what_is_due_can_be_claimed_with_the_hosts_row(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore
    ) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 1),)))
        with place.engine.connect() as connection, connection.begin() as transaction:
            connection.execute(sa.insert(letters), {"number": 1})
            assert [claim.case for claim in joined(place, connection).claim(1, lease=10**9)] == ["case"]
            transaction.rollback()
        assert [claim.token for claim in store.claim(1, lease=10**9)] == [1]

    def test_a_connection_that_commits_by_itself_is_refused(self, place: Place) -> None:
        with place.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            with pytest.raises(StoreError, match="commits every statement by itself"):
                joined(place, connection)

    def test_a_store_of_an_ended_transaction_says_so(self, place: Place) -> None:
        with place.engine.connect() as connection:
            host = joined(place, connection)
        with pytest.raises(StoreUnavailableError, match="has ended"):
            host.load("case")
        with pytest.raises(StoreUnavailableError, match="has ended"):
            host.commit(a_commit("case"))

    def test_a_closed_store_leaves_the_transaction_to_the_host(self, place: Place, store: SQLAlchemyStore) -> None:
        with place.engine.begin() as connection:
            host = joined(place, connection)
            host.commit(a_commit("case"))
            host.close()
            assert host.load("case") is not None
        assert store.load("case") is not None


class TestInASession:
    @pytest.fixture
    def letter(self, letters: sa.Table) -> type[DeclarativeBase]:
        class Base(DeclarativeBase):
            metadata = letters.metadata

        class Letter(Base):
            __table__ = letters
            number: Mapped[int]
            subject: Mapped[str | None]

        return Letter

    def test_a_case_and_the_hosts_object_are_kept_together(
        self, place: Place, letters: sa.Table, letter: type[DeclarativeBase], store: SQLAlchemyStore
    ) -> None:
        with Session(place.engine) as session, session.begin():
            session.add(letter(number=1, subject="投诉"))
            joined(place, session).commit(a_commit("case"))
            session.add(letter(number=2, subject="投诉"))
        assert store.load("case") is not None
        assert numbers(place, letters) == [1, 2]

    def test_a_case_and_the_hosts_object_are_lost_together(
        self, place: Place, letters: sa.Table, letter: type[DeclarativeBase], store: SQLAlchemyStore
    ) -> None:
        with Session(place.engine) as session:
            session.add(letter(number=1))
            session.flush()
            joined(place, session).commit(a_commit("case"))
            session.rollback()
        assert store.load("case") is None
        assert numbers(place, letters) == []

    def test_a_refusal_keeps_the_hosts_objects(
        self, place: Place, letters: sa.Table, letter: type[DeclarativeBase], store: SQLAlchemyStore
    ) -> None:
        store.commit(a_commit("case"))
        with Session(place.engine) as session, session.begin():
            session.add(letter(number=1))
            session.flush()
            with pytest.raises(ConflictError):
                joined(place, session).commit(a_commit("case"))
        assert numbers(place, letters) == [1]

    def test_what_has_no_connection_is_refused(self) -> None:
        class Asynchronous:
            def connection(self) -> object:
                return object()

        with pytest.raises(StoreError, match="give its sync_session"):
            SQLAlchemyStore.joining(Asynchronous())  # type: ignore[arg-type]


class TestOfTheStore:
    def test_what_the_host_writes_beside_it_is_kept_together(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore
    ) -> None:
        with store.transaction() as host:
            host.commit(a_commit("case"))
            host.connection.execute(sa.insert(letters), {"number": 1})
            assert host.joined
        assert store.load("case") is not None
        assert numbers(place, letters) == [1]

    def test_an_error_of_the_hosts_passes_and_undoes_both(
        self, place: Place, letters: sa.Table, store: SQLAlchemyStore
    ) -> None:
        store.commit(a_commit("other"))
        with pytest.raises(sa.exc.IntegrityError), store.transaction() as host:  # noqa: PT012 - what raises is the second
            host.commit(a_commit("case"))
            host.connection.execute(sa.insert(letters), {"number": 1})
            host.connection.execute(sa.insert(letters), {"number": 1})
        assert store.load("case") is None
        assert numbers(place, letters) == []

    def test_it_is_good_for_one_transaction_only(self, store: SQLAlchemyStore) -> None:
        with store.transaction() as host:
            pass
        with pytest.raises(StoreUnavailableError, match="is over; join the next one"):
            host.commit(a_commit("case"))

    def test_only_a_store_with_an_engine_can_begin_one(self, place: Place, store: SQLAlchemyStore) -> None:
        with store.transaction() as host, pytest.raises(StoreError, match="no engine to begin a transaction on"):
            host.transaction().__enter__()
        with place.engine.connect() as connection:
            lendable = SQLAlchemyStore.lendable(connection, prefix=place.prefix)
            with pytest.raises(StoreError, match="no engine to begin a transaction on"):
                lendable.transaction().__enter__()

    def test_only_a_joined_store_has_a_connection_to_share(self, store: SQLAlchemyStore) -> None:
        with pytest.raises(StoreError, match="has transactions of its own; share one"):
            _ = store.connection

    def test_a_closed_store_begins_none(self, store: SQLAlchemyStore) -> None:
        store.close()
        with pytest.raises(StoreUnavailableError, match="is closed"), store.transaction():
            pass


class TestLent:
    def test_every_call_is_a_transaction_of_its_own(self, place: Place, store: SQLAlchemyStore) -> None:
        with place.engine.connect() as connection:
            lendable = SQLAlchemyStore.lendable(connection, prefix=place.prefix)
            assert not lendable.joined
            with lendable.lent(connection):
                lendable.commit(a_commit("case"))
                assert not connection.in_transaction()
                assert store.load("case") == lendable.load("case")
                assert not connection.in_transaction()
                with pytest.raises(ConflictError):
                    lendable.commit(a_commit("case"))
                lendable.commit(a_commit("case", 2))
        assert len(store.history("case")) == 2

    def test_it_works_at_read_committed_whatever_the_engine_does(self, place: Place) -> None:
        engine = sa.create_engine(place.url)
        with (
            engine.connect() as connection,
            SQLAlchemyStore.lendable(connection, prefix=place.prefix).lent(connection),
        ):
            level = connection.get_isolation_level()
        engine.dispose()
        assert level == ("SERIALIZABLE" if engine.dialect.name == "sqlite" else "READ COMMITTED")

    def test_a_closed_one_leaves_the_connection_open(self, place: Place) -> None:
        with place.engine.connect() as connection:
            lendable = SQLAlchemyStore.lendable(connection, prefix=place.prefix)
            lendable.close()
            with lendable.lent(connection), pytest.raises(StoreUnavailableError, match="is closed"):
                lendable.load("case")
            assert connection.execute(sa.select(1)).scalar() == 1

    def test_a_connection_is_lent_to_a_store_without_any(self, place: Place, store: SQLAlchemyStore) -> None:
        with (
            place.engine.connect() as connection,
            pytest.raises(StoreError, match="has connections of its own"),
            store.lent(connection),
        ):
            pass


class TestOnPostgreSQL:
    @pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_a_level_at_which_children_are_counted_in_an_old_snapshot_is_refused(
        self, on_postgresql: Place, level: str
    ) -> None:
        with on_postgresql.engine.connect() as connection:
            connection.execution_options(isolation_level=level)
            with pytest.raises(StoreError, match=f"is at {level}.*begin it at READ COMMITTED"):
                joined(on_postgresql, connection)


class TestOnMariaDB:
    @pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
    def test_what_a_commit_is_held_against_is_read_as_it_is_now(self, on_mariadb: Place, level: str) -> None:
        store = on_mariadb.store()
        store.commit(a_commit("parent"))
        store.commit(a_commit("case"))
        with on_mariadb.engine.connect() as connection:
            connection.execution_options(isolation_level=level)
            host = joined(on_mariadb, connection)
            children = host.children("parent")  # a snapshot begins
            store.commit(a_commit("child", parent="parent", key="key", reference="reference"))
            store.commit(a_commit("case", 2))
            with pytest.raises(ConflictError):
                host.commit(a_commit("parent", 2, state="closed", expects=(ChildrenAre("parent", children),)))
            with pytest.raises(ConflictError):
                host.commit(a_commit("case", 2, state="accepted"))
            with pytest.raises(KeyReusedError):
                host.commit(a_commit("new", key="key"))
            with pytest.raises(ReferenceTakenError):
                host.commit(a_commit("new", reference="reference"))
            host.commit(a_commit("new"))
            connection.commit()
        assert store.load("new") is not None
        store.close()

    @pytest.mark.parametrize("begun", ["by the first statement", "explicitly", "by a session"])
    def test_after_a_deadlock_the_hosts_transaction_can_only_be_rolled_back(
        self, on_mariadb: Place, begun: str
    ) -> None:
        store = on_mariadb.store()
        for case in ("a", "b"):
            store.commit(a_commit(case))
        session = Session(on_mariadb.engine)
        with on_mariadb.engine.connect() as plain, on_mariadb.engine.connect() as another, session:
            connection = session.connection() if begun == "by a session" else plain
            if begun == "explicitly":
                connection.begin()
            host, other = joined(on_mariadb, connection), joined(on_mariadb, another)
            host.commit(a_commit("a", 2))
            for number in range(40):  # whoever has written less is ended
                other.commit(a_commit(f"other {number}"))
            other.commit(a_commit("b", 2))
            waiting = threading.Thread(target=other.commit, args=(a_commit("a", 2, text="the other's"),))
            waiting.start()
            wait_until_one_waits(on_mariadb)
            with pytest.raises(ConflictError, match="rolled the whole transaction back"):
                host.commit(a_commit("b", 2, text="too late"))
            waiting.join()
            with pytest.raises(StoreUnavailableError, match="has ended"):
                host.commit(a_commit("alone"))
            with pytest.raises(sa.exc.SQLAlchemyError):
                (session if begun == "by a session" else connection).commit()
            another.commit()
        assert [record.text for record in store.history("a")][1:] == ["the other's"]
        assert store.load("alone") is None
        store.close()


class TestOnSQLite:
    def test_a_transaction_that_has_read_before_another_wrote_is_told_so(self, on_sqlite: Place) -> None:
        store = on_sqlite.store()
        with on_sqlite.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            connection.exec_driver_sql("BEGIN")
            host = joined(on_sqlite, connection)
            host.load("case")
            store.commit(a_commit("case"))
            with pytest.raises(ConflictError, match="begin the transaction with a write"):
                host.commit(a_commit("another"))
        store.close()

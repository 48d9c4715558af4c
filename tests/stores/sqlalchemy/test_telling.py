"""What drivers raise, as errors of the store: by code, and by making servers raise it."""

import pickle
import threading
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from tests.stores.sqlalchemy import workers
from tests.stores.sqlalchemy.conftest import Place, wait_until_one_waits
from yingshang_flow.errors import (
    ConflictError,
    ReferenceTakenError,
    SchemaError,
    StoreError,
    StoreUnavailableError,
)
from yingshang_flow.stores.sqlalchemy import MYSQL, POSTGRESQL, SQLITE, SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.opening import engine_of
from yingshang_flow.stores.sqlalchemy.servers import Meaning, Server
from yingshang_flow.stores.sqlalchemy.telling import Telling
from yingshang_flow.stores.sqlalchemy.upgrading import upgrade
from yingshang_flow.testing.store_contract import a_commit, a_deadline

KINDS = {
    Meaning.RACE: ConflictError,
    Meaning.STALE_READ: ConflictError,
    Meaning.DUPLICATE: ConflictError,
    Meaning.NO_TABLE: SchemaError,
    Meaning.NOT_A_DATABASE: SchemaError,
    Meaning.TOO_LONG: StoreError,
}


class DriverError(Exception):
    """What a driver raises, with the code where drivers keep it."""

    def __init__(self, code: Any, text: str = "words of\nthe driver") -> None:  # noqa: ANN401 - a number or a text
        super().__init__(code, text)
        self.sqlstate = code
        self.sqlite_errorcode = code
        self.text = text

    def __str__(self) -> str:
        return self.text


def told(server: Server, error: Exception) -> StoreError:
    """Return what becomes of an exception."""
    with pytest.raises(StoreError) as caught, Telling(server, "ysf_", "the place").telling():
        raise error
    return caught.value


CODES = [
    (server, code, meaning)
    for server in (POSTGRESQL, MYSQL, SQLITE)
    for code, meaning in server.meanings.items()
    if code != "no such"
]


class TestCodes:
    @pytest.mark.parametrize(
        ("server", "code", "meaning"), CODES, ids=[f"{server.name}-{code}" for server, code, _ in CODES]
    )
    def test_each_is_told_as_what_it_means(self, server: Server, code: object, meaning: Meaning) -> None:
        error = told(server, exc.OperationalError("SELECT", {}, DriverError(code)))
        assert type(error) is KINDS.get(meaning, StoreUnavailableError)
        assert str(error) == f"the place {meaning.value} (words of the driver)"
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own

    @pytest.mark.parametrize("server", [POSTGRESQL, MYSQL, SQLITE], ids=lambda server: server.name)
    def test_one_that_nobody_knows_is_told_in_the_drivers_words(self, server: Server) -> None:
        error = told(server, exc.ProgrammingError("SELECT", {}, DriverError(12_345, "x" * 1_000)))
        assert type(error) is StoreError
        assert str(error).startswith("the place failed (DriverError: xxx")
        assert len(str(error)) < 400

    @pytest.mark.parametrize(
        ("keeps", "expected"),
        [({"pgcode": "40001"}, ConflictError), ({"args": ({"C": "42P01"},)}, SchemaError), ({"args": ()}, StoreError)],
    )
    def test_postgresqls_is_found_wherever_its_driver_keeps_it(
        self, keeps: dict[str, Any], expected: type[StoreError]
    ) -> None:
        orig = Exception()
        for name, value in keeps.items():
            setattr(orig, name, value)
        assert type(told(POSTGRESQL, exc.ProgrammingError("SELECT", {}, orig))) is expected

    @pytest.mark.parametrize("kind", [exc.OperationalError, exc.InterfaceError])
    def test_a_driver_that_found_nobody_has_no_code(self, kind: type[exc.DBAPIError]) -> None:
        assert type(told(POSTGRESQL, kind("SELECT", {}, Exception("refused")))) is StoreUnavailableError

    def test_a_connection_that_was_lost_is_told_whatever_the_code(self) -> None:
        error = exc.DatabaseError("SELECT", {}, DriverError("99999"), connection_invalidated=True)
        assert type(told(POSTGRESQL, error)) is StoreUnavailableError

    @pytest.mark.parametrize("words", ["ysf_cases_reference", "ysf_cases.reference, ysf_cases.lifecycle"])
    def test_a_duplicate_of_the_references_index_is_a_taken_reference(self, words: str) -> None:
        assert (
            type(told(POSTGRESQL, exc.IntegrityError("SELECT", {}, DriverError("23505", words)))) is ReferenceTakenError
        )

    @pytest.mark.parametrize(
        ("error", "expected", "words"),
        [
            (exc.TimeoutError("QueuePool limit"), StoreUnavailableError, "given all the connections of its pool away"),
            (exc.PendingRollbackError("invalid"), StoreUnavailableError, "has ended"),
            (exc.StatementError("odd", "SELECT", {}, ValueError("odd")), StoreError, "failed"),
            (exc.CompileError("odd"), StoreError, "the place failed (CompileError: odd)"),
            (OverflowError("int too large"), StoreError, "does not fit into 64 bits"),
            ("\ud800", StoreError, "which is no character; remove it"),
            (b"\xff", StoreError, "failed (UnicodeDecodeError"),
        ],
        ids=lambda value: type(value).__name__ if not isinstance(value, str | type) else "",
    )
    def test_what_is_no_answer_of_a_server_is_told_too(
        self, error: Exception | str | bytes, expected: type[StoreError], words: str
    ) -> None:
        if isinstance(error, str | bytes):
            try:
                error.encode() if isinstance(error, str) else error.decode()
            except UnicodeError as raised:
                error = raised
        assert isinstance(error, Exception)
        found = told(SQLITE, error)
        assert type(found) is expected
        assert words in str(found)

    def test_what_is_nobodys_error_passes(self) -> None:
        with pytest.raises(ZeroDivisionError), Telling(SQLITE, "ysf_", "the place").telling():
            raise ZeroDivisionError


def session_with(place: Place, statements: dict[str, str]) -> sa.Engine:
    """Return an engine whose connections are set by a statement for the kind of server."""
    engine = engine_of(place.url)
    statement = statements[engine.dialect.name]

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    return engine


@pytest.fixture
def locked(place: Place, store: SQLAlchemyStore) -> Iterator[None]:
    """Have another transaction hold a case."""
    store.commit(a_commit("case"))
    with place.engine.begin() as connection:
        SQLAlchemyStore.joining(connection, prefix=place.prefix).commit(a_commit("case", 2))
        yield


@pytest.mark.usefixtures("locked")
def test_a_lock_beyond_the_timeout_is_told_of(place: Place) -> None:
    engine = session_with(
        place,
        {
            "postgresql": "SET lock_timeout = '50ms'",
            "mariadb": "SET SESSION innodb_lock_wait_timeout = 1",
            "sqlite": "PRAGMA busy_timeout = 50",
        },
    )
    store = SQLAlchemyStore(engine, prefix=place.prefix)
    with pytest.raises(StoreUnavailableError, match="is locked by another writer beyond the timeout"):
        store.commit(a_commit("case", 2))
    engine.dispose()


def test_a_database_that_may_not_be_written_is_told_of(place: Place) -> None:
    engine = session_with(
        place,
        {
            "postgresql": "SET default_transaction_read_only = on",
            "mariadb": "SET SESSION TRANSACTION READ ONLY",
            "sqlite": "PRAGMA query_only = ON",
        },
    )
    store = SQLAlchemyStore(engine, prefix=place.prefix)
    with pytest.raises(StoreUnavailableError, match="is read-only; allow writing"):
        store.commit(a_commit("case"))
    assert store.load("case") is None
    engine.dispose()


def test_a_table_that_is_gone_is_told_of(bare: Place) -> None:
    upgrade(bare.engine, prefix=bare.prefix)
    store = bare.store()
    with bare.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {bare.prefix}vault")
    with pytest.raises(SchemaError, match="lacks a table or a column of the store; run: yingshang-flow db check"):
        store.vault("case")


def test_a_user_without_rights_is_told_so(on_postgresql: Place) -> None:
    engine = session_with(on_postgresql, {"postgresql": "SET ROLE pg_read_all_data"})
    store = SQLAlchemyStore(engine, prefix=on_postgresql.prefix)
    with pytest.raises(StoreUnavailableError, match="refuses this user; mend the name, the password or the rights"):
        store.commit(a_commit("case"))
    engine.dispose()


KILLS: dict[str, tuple[str, str]] = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
    "mariadb": ("SELECT connection_id()", "KILL {}"),
}


@pytest.mark.parametrize("server", KILLS)
@pytest.mark.parametrize("use", ["reading", "writing", "in the host's transaction"])
def test_a_connection_that_the_server_ends_is_told_of_and_the_next_one_works(
    request: pytest.FixtureRequest, server: str, use: str
) -> None:
    place: Place = request.getfixturevalue(f"on_{server}")
    which, kill = KILLS[server]
    engine = engine_of(place.url)
    store = SQLAlchemyStore(engine, prefix=place.prefix)

    def end(connection: sa.Connection) -> str:
        """Return what ends the connection."""
        return kill.format(connection.exec_driver_sql(which).scalar())

    def killed(statement: str) -> None:
        with place.engine.begin() as killer:
            killer.exec_driver_sql(statement)

    if use == "in the host's transaction":
        with pytest.raises(StoreUnavailableError, match="cannot be reached"), store.transaction() as host:  # noqa: PT012 - the second raises
            killed(end(host.connection))
            host.commit(a_commit("case"))
    else:
        with engine.connect() as connection:  # the pool will give it out again
            statement = end(connection)
        killed(statement)
        with pytest.raises(StoreUnavailableError, match="cannot be reached"):
            store.load("case") if use == "reading" else store.commit(a_commit("case"))
    store.commit(a_commit("case"))
    assert len(store.history("case")) == 1
    engine.dispose()


def test_a_pool_without_connections_is_told_of(place: Place) -> None:
    engine = sa.create_engine(place.url, poolclass=sa.QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.05)
    store = SQLAlchemyStore(engine, prefix=place.prefix)
    with engine.connect(), pytest.raises(StoreUnavailableError, match="given all the connections of its pool away"):
        store.load("case")
    engine.dispose()


def test_a_reference_that_another_case_is_given_at_the_same_moment_is_taken(
    on_postgresql: Place, on_mariadb: Place
) -> None:
    for place in (on_postgresql, on_mariadb):
        store = place.store()
        for case in ("case", "other"):
            store.commit(a_commit(case))
        outcomes: list[str] = []

        def act(store: SQLAlchemyStore = store, outcomes: list[str] = outcomes) -> None:
            outcomes.append(workers.outcome(store, a_commit("other", 2, reference="reference")))

        with store.transaction() as host:
            host.commit(a_commit("case", 2, reference="reference"))
            waiting = threading.Thread(target=act)
            waiting.start()
            wait_until_one_waits(place)
        waiting.join()
        assert outcomes == ["ReferenceTakenError"]
        assert store.load("other") == a_commit("other").case


def test_a_number_that_no_column_holds_is_told_of_and_nothing_is_kept(store: SQLAlchemyStore) -> None:
    commit = a_commit("case", deadlines=(attrs.evolve(a_deadline("case", 1), number=2**70),))
    with pytest.raises(StoreError):
        store.commit(commit)
    assert store.load("case") is None

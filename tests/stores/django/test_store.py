"""What else the Django store does: look at a database when it is first needed, tell errors, share work, recover."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import attrs
import pytest
from django.db import OperationalError, connections, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests.lifecycles.interviewing import MEETING, OFFICE, SECRETARY, Approval, Desk
from yingshang_flow.errors import CaseNotFoundError, ConflictError, SchemaError, StoreError, StoreUnavailableError
from yingshang_flow.ports import DefinitionRow, MessageRow
from yingshang_flow.stores.django import DjangoStore, models
from yingshang_flow.stores.django.fields import NameField
from yingshang_flow.stores.django.settings import prefix
from yingshang_flow.stores.sqlalchemy import POSTGRESQL
from yingshang_flow.testing.store_contract import a_commit, a_deadline, a_vault_row

ON_POSTGRESQL = pytest.mark.parametrize("alias", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("alias", ["sqlite"], indirect=True)


def test_a_store_connects_to_nothing_until_it_is_asked() -> None:
    assert DjangoStore("nowhere") is not DjangoStore("nowhere")


def test_a_database_that_is_not_in_the_settings_is_named() -> None:
    with pytest.raises(StoreError, match="no database 'nowhere' in DATABASES"):
        DjangoStore("nowhere").load("case")


def test_the_database_is_looked_at_once(alias: str) -> None:
    store = DjangoStore(alias)
    store.load("case")
    with CaptureQueriesContext(connections[alias]) as asked:
        store.load("case")
        with store.transaction() as joined:
            joined.load("case")
    own = [query["sql"] for query in asked if "ysf_cases" in query["sql"] and "SELECT" in query["sql"]]
    assert len(own) == 2
    assert not any("version" in query["sql"] for query in asked)


def test_a_database_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    monkeypatch.setattr(connections[alias], "vendor", "oracle")
    with pytest.raises(StoreError, match=r"'oracle'.*SQLAlchemyStore"):
        DjangoStore(alias).load("case")


def test_no_table_is_made_in_a_database_of_another_kind(monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    monkeypatch.setattr(connections[alias], "vendor", "oracle")
    with pytest.raises(StoreError, match="'oracle'"):
        NameField().db_type(connections[alias])


@ON_POSTGRESQL
def test_kin_of_postgresql_and_other_encodings_are_refused(monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    def says(version: str, encoding: str) -> None:
        asked = f"SELECT '{version}' AS version, '{encoding}' AS encoding"
        server = attrs.evolve(POSTGRESQL, settings=asked)
        monkeypatch.setattr("yingshang_flow.stores.django.opening.server_of", lambda _: server)

    says("PostgreSQL 15.1", "SQL_ASCII")
    with pytest.raises(StoreError, match="speaks 'SQL_ASCII'"):
        DjangoStore(alias).load("case")
    says("openGauss 5.0", "UTF8")
    with pytest.raises(StoreError, match=r"is of openGauss.* use an SQLAlchemyStore"):
        DjangoStore(alias).load("case")


def test_every_row_has_a_name(store: DjangoStore, alias: str) -> None:
    commit = attrs.evolve(
        a_commit("case", units=("unit",), deadlines=(a_deadline("case", 1),), vault=(a_vault_row("case", "secret"),)),
        definition=DefinitionRow("a fingerprint", "complaint", 1, "profile", "text"),
        messages=(MessageRow("case", 1, 1, "act", 5, "text"),),
    )
    store.commit(commit)
    names = {
        str(row): type(row).__name__
        for model in (models.Record, models.Case, models.Unit, models.Deadline, models.Vault)
        for row in model.objects.using(alias).all()
    }
    assert names == {
        "case 1": "Record",
        "case": "Case",
        "unit case": "Unit",
        "case answer 1": "Deadline",
        "secret": "Vault",
    }
    assert str(models.Definition.objects.using(alias).get()) == "complaint 1 profile"
    assert str(models.Message.objects.using(alias).get()) == "case 1 1"


@pytest.mark.parametrize(
    ("name", "why"), [("Ysf_", "cannot begin the names"), ("a_very_long_prefix_", "at most 15 characters")]
)
def test_a_prefix_that_cannot_begin_the_names_is_refused(name: str, why: str) -> None:
    with override_settings(YINGSHANG_FLOW_PREFIX=name), pytest.raises(StoreError, match=why):
        prefix()


def test_a_database_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch, postgresql_alias: str) -> None:
    connection = connections[postgresql_alias]
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    with pytest.raises(StoreUnavailableError, match="'postgresql' cannot be reached"):
        DjangoStore(postgresql_alias).load("case")


@ON_SQLITE
def test_a_lock_that_is_not_given_up_is_told(alias: str, store: DjangoStore) -> None:
    store.load("case")
    connections[alias].close()
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 1")
    other = f"{alias} again"
    with transaction.atomic(using=other):
        DjangoStore(other).commit(a_commit("theirs"))
        with pytest.raises(StoreUnavailableError, match="is locked by another writer"):
            store.commit(a_commit("ours"))
    store.commit(a_commit("ours"))
    connections[alias].close()


def test_a_table_that_is_gone_is_told_with_what_to_run(alias: str, store: DjangoStore) -> None:
    store.load("case")
    with connections[alias].cursor() as cursor:
        cursor.execute("ALTER TABLE ysf_vault RENAME TO ysf_vault_gone")
    try:
        with pytest.raises(SchemaError, match=r"lacks a table.* manage.py migrate yingshang_flow"):
            store.vault("case")
    finally:
        with connections[alias].cursor() as cursor:
            cursor.execute("ALTER TABLE ysf_vault_gone RENAME TO ysf_vault")


def test_a_coroutine_is_told_what_to_do(store: DjangoStore) -> None:
    async def ask() -> None:
        store.load("case")

    with pytest.raises(StoreError, match="sync_to_async"):
        asyncio.run(ask())


def backend(alias: str) -> int:
    """Return the process of the server that a connection has."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(pid)


@ON_POSTGRESQL
@pytest.mark.parametrize("reading", [True, False])
def test_a_store_goes_on_after_the_server_has_cut_its_connection(
    alias: str, store: DjangoStore, *, reading: bool
) -> None:
    store.commit(a_commit("case"))
    with connections[f"{alias} again"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend(alias)])
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        store.load("case") if reading else store.commit(a_commit("case", 2))
    store.commit(a_commit("case", 2))
    assert [row.revision for row in store.history("case")] == [1, 2]


@ON_POSTGRESQL
def test_a_connection_is_kept_through_errors_that_do_not_end_it(alias: str, store: DjangoStore) -> None:
    store.commit(a_commit("case"))
    before = backend(alias)
    with pytest.raises(OperationalError), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
    store.commit(a_commit("case", 2))
    assert backend(alias) == before


def test_due_work_is_claimed_once_by_many_threads(store: DjangoStore) -> None:
    cases = [f"case {number}" for number in range(12)]
    for number, case in enumerate(cases):
        store.commit(a_commit(case, deadlines=(a_deadline(case, number),)))
    start = threading.Barrier(4)

    def work(_: int) -> list[str]:
        start.wait()
        claimed: list[str] = []
        while claims := store.claim(100, lease=60_000_000, limit=2):
            claimed += [claim.case for claim in claims]
        return claimed

    with ThreadPoolExecutor(4) as threads:
        found = [case for claimed in threads.map(work, range(4)) for case in claimed]
    assert sorted(found) == sorted(cases)


def test_a_commit_under_a_claim_that_is_not_the_last_is_refused(store: DjangoStore) -> None:
    store.commit(a_commit("case", deadlines=(a_deadline("case", 1),)))
    (first,) = store.claim(1, lease=1)
    (last,) = store.claim(1, lease=60_000_000)
    assert last.token > first.token
    with pytest.raises(ConflictError):
        store.commit(attrs.evolve(a_commit("case", 2), claim=first))
    store.commit(attrs.evolve(a_commit("case", 2), claim=last))


def test_messages_of_a_case_come_one_after_another(store: DjangoStore) -> None:
    messages = tuple(MessageRow("case", 1, number, "act", 5, f"第{number}条") for number in (1, 2))
    store.commit(attrs.evolve(a_commit("case"), messages=messages))
    for message in messages:
        (delivery,) = store.outgoing(lease=60_000_000)
        assert delivery.message == message
        assert store.outgoing(lease=60_000_000) == ()
        store.put_back([delivery])
        (again,) = store.outgoing(lease=60_000_000)
        assert again.token > delivery.token
        assert store.acknowledge([delivery]) == (delivery,)
        assert store.acknowledge([again]) == ()
    assert store.outgoing(lease=60_000_000) == ()


def test_a_docket_forgets_what_the_host_has_rolled_back(alias: str, store: DjangoStore) -> None:
    ours, theirs = Desk(store=store), Desk(store=DjangoStore(f"{alias} again"))
    theirs.id = ours.plan().id
    with transaction.atomic(using=alias):
        ours.act("request_approval", at=date(2018, 12, 11))
        assert ours.case.state == "awaiting_approval"
        transaction.set_rollback(True, using=alias)
    theirs.act("cancel", {"reason": "情况有变"}, at=date(2018, 12, 11))
    refused = ours.refused("approve", Approval(MEETING, "市政府304"), by=SECRETARY, at=date(2018, 12, 12))
    assert refused.state == "cancelled"
    assert ours.docket.verify(ours.id) == 2


def test_a_case_that_the_host_has_rolled_back_is_not_there(alias: str, store: DjangoStore) -> None:
    desk = Desk(store=store)
    with transaction.atomic(using=alias):
        desk.plan()
        transaction.set_rollback(True, using=alias)
    with pytest.raises(CaseNotFoundError):
        desk.act("request_approval", by=OFFICE)

"""The store inside ``transaction.atomic``: kept and lost together with the host's own rows, and never in its way."""

import attrs
import pytest
from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction

from tests.lifecycles.complaining import BODY, PLATFORM, RECEIVED, REPLY, Assignment, receipt
from yingshang_flow import Docket, lifecycles
from yingshang_flow.errors import (
    ConflictError,
    KeyReusedError,
    ReferenceTakenError,
    StoreError,
    StoreUnavailableError,
)
from yingshang_flow.ports import ChildrenAre, Commit, InState
from yingshang_flow.stores.django import DjangoStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.testing.store_contract import a_commit, a_deadline, a_vault_row, everything


class _HostError(Exception):
    """What goes wrong in the host."""


ON_POSTGRESQL = pytest.mark.parametrize("alias", ["postgresql"], indirect=True)
ON_SQLITE = pytest.mark.parametrize("alias", ["sqlite"], indirect=True)


def names(alias: str) -> list[str]:
    """Return what the host has kept."""
    return list(Group.objects.using(alias).values_list("name", flat=True).order_by("name"))


WHOLE = a_commit("case", key="key", deadlines=(a_deadline("case", 5),), vault=(a_vault_row("case", "secret"),))


def test_s24_case_and_host_row_are_kept_together(alias: str, store: DjangoStore) -> None:
    with transaction.atomic(using=alias):
        store.commit(WHOLE)
        Group.objects.using(alias).create(name="letter")
        assert store.load("case") == WHOLE.case
    assert (store.load("case"), store.due(9), names(alias)) == (WHOLE.case, WHOLE.deadlines, ["letter"])


def test_s24_nobody_else_sees_them_before_the_host_commits(alias: str, store: DjangoStore) -> None:
    other = DjangoStore(f"{alias} again")
    with transaction.atomic(using=alias):
        store.commit(WHOLE)
        assert other.load("case") is None
    assert other.load("case") == WHOLE.case


def test_s24_case_and_host_row_are_gone_together(alias: str, store: DjangoStore) -> None:
    before = everything(store, ["case"], ["key"])
    with pytest.raises(_HostError), transaction.atomic(using=alias):  # noqa: PT012 - what the host does in it
        Group.objects.using(alias).create(name="letter")
        store.commit(WHOLE)
        raise _HostError
    assert everything(store, ["case"], ["key"]) == before
    assert names(alias) == []


def refused(store: DjangoStore) -> dict[str, Commit]:
    """Return commits that are refused, by why, over cases that are kept for that."""
    store.commit(a_commit("kept", key="key", reference="reference", vault=(a_vault_row("kept", "secret"),)))
    store.commit(a_commit("child", parent="kept"))
    return {
        "stale revision": a_commit("kept", 5),
        "opened again": a_commit("kept"),
        "key": a_commit("new", key="key"),
        "reference": a_commit("new", reference="reference"),
        "state": a_commit("new", expects=(InState("kept", "elsewhere"),)),
        "children": a_commit("kept", 2, expects=(ChildrenAre("kept", store.children("nobody")),)),
        "commitment": a_commit("new", vault=(a_vault_row("new", "secret"),)),
        "number": attrs.evolve(a_commit("new"), deadlines=(a_deadline("new", 2**70),)),
        "surrogate": a_commit("new", text="\ud800"),
    }


REASONS = [
    "stale revision",
    "opened again",
    "key",
    "reference",
    "state",
    "children",
    "commitment",
    "number",
    "surrogate",
]


@pytest.mark.parametrize("reason", REASONS)
def test_s25_after_a_refusal_the_host_goes_on_with_what_it_wrote(alias: str, store: DjangoStore, reason: str) -> None:
    bad = refused(store)[reason]
    before = everything(store, ["kept", "child", "new"], ["key"])
    with transaction.atomic(using=alias):
        Group.objects.using(alias).create(name="before")
        with pytest.raises(StoreError):
            store.commit(bad)
        assert not connections[alias].needs_rollback
        assert everything(store, ["kept", "child", "new"], ["key"]) == before
        Group.objects.using(alias).create(name="behind")
        store.commit(a_commit("other"))
    assert names(alias) == ["before", "behind"]
    assert everything(store, ["kept", "child", "new"], ["key"]) != before


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("stale revision", ConflictError), ("key", KeyReusedError), ("reference", ReferenceTakenError)],
)
def test_s25_a_refusal_is_the_same_inside_and_outside(
    alias: str, store: DjangoStore, reason: str, kind: type[StoreError]
) -> None:
    bad = refused(store)[reason]
    with pytest.raises(kind) as outside:
        store.commit(bad)
    with transaction.atomic(using=alias), pytest.raises(kind) as inside:
        store.commit(bad)
    assert str(inside.value) == str(outside.value)


def test_a_store_is_joined_exactly_while_its_thread_is_in_an_atomic_block(alias: str, store: DjangoStore) -> None:
    assert not store.joined
    with transaction.atomic(using=alias):
        assert store.joined
        assert not DjangoStore(f"{alias} again").joined
    assert not store.joined


def test_a_store_is_joined_where_the_host_commits_by_hand(alias: str, store: DjangoStore) -> None:
    transaction.set_autocommit(autocommit=False, using=alias)
    try:
        assert store.joined
        store.commit(WHOLE)
        transaction.rollback(using=alias)
    finally:
        transaction.set_autocommit(autocommit=True, using=alias)
    assert store.load("case") is None


@ON_SQLITE
def test_an_unused_connection_is_joined_as_its_settings_say(monkeypatch: pytest.MonkeyPatch, alias: str) -> None:
    connection = connections[alias]
    connection.close()
    assert not DjangoStore(alias).joined
    monkeypatch.setitem(connection.settings_dict, "AUTOCOMMIT", value=False)
    assert DjangoStore(alias).joined


def test_what_the_host_asks_for_on_commit_is_done_with_the_case(alias: str, store: DjangoStore) -> None:
    done: list[str] = []

    def told() -> None:
        done.append("told" if store.load("case") is not None else "too early")

    with transaction.atomic(using=alias):
        transaction.on_commit(told, using=alias)
        store.commit(WHOLE)
        assert not done
    assert done == ["told"]


def test_an_own_commit_is_durable(alias: str, store: DjangoStore) -> None:
    store.commit(WHOLE)
    assert DjangoStore(f"{alias} again").load("case") == WHOLE.case


def test_a_block_that_can_only_be_rolled_back_is_told_so(alias: str, store: DjangoStore) -> None:
    with transaction.atomic(using=alias):
        with pytest.raises(IntegrityError), transaction.atomic(using=alias, savepoint=False):  # noqa: PT012 - likewise
            Group.objects.using(alias).create(name="letter")
            Group.objects.using(alias).create(name="letter")
        with pytest.raises(StoreUnavailableError, match="leave its atomic block"):
            store.commit(WHOLE)
        with pytest.raises(StoreUnavailableError, match="leave its atomic block"):
            store.load("case")
    store.commit(WHOLE)


def test_an_own_transaction_is_yielded_with_a_store_that_is_good_for_it(alias: str, store: DjangoStore) -> None:
    with store.transaction() as joined:
        assert joined.joined
        joined.commit(WHOLE)
        Group.objects.using(alias).create(name="letter")
    assert (store.load("case"), names(alias)) == (WHOLE.case, ["letter"])
    with pytest.raises(StoreUnavailableError, match="closed"):
        joined.load("case")


def test_an_own_transaction_passes_the_hosts_error_and_keeps_nothing(store: DjangoStore) -> None:
    with pytest.raises(_HostError), store.transaction() as joined:  # noqa: PT012 - what the host does in it
        joined.commit(WHOLE)
        raise _HostError
    assert store.load("case") is None


def test_an_own_transaction_inside_of_the_hosts_is_a_part_of_it(alias: str, store: DjangoStore) -> None:
    with pytest.raises(_HostError), transaction.atomic(using=alias):  # noqa: PT012 - what the host does in it
        with store.transaction() as joined:
            joined.commit(WHOLE)
        raise _HostError
    assert store.load("case") is None


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@ON_POSTGRESQL
def test_a_host_that_reads_from_a_snapshot_is_refused(alias: str, level: str) -> None:
    store = DjangoStore(alias)
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        with pytest.raises(StoreError, match=f"at {level}.*READ COMMITTED"):
            store.commit(WHOLE)
        assert not connections[alias].needs_rollback
    with transaction.atomic(using=alias):
        store.commit(a_commit("after"))


@ON_POSTGRESQL
def test_own_transactions_of_a_database_that_is_set_to_snapshots_are_refused(alias: str) -> None:
    connection = connections[alias]
    connection.close()  # so that it is a new one, of which nothing is known
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    try:
        with pytest.raises(StoreError, match="SERIALIZABLE"):
            DjangoStore(alias).commit(a_commit("case"))
    finally:
        connection.close()


@ON_SQLITE
def test_a_host_that_read_before_another_wrote_is_told_to_begin_with_a_write(alias: str) -> None:
    other = DjangoStore(f"{alias} again")
    store = DjangoStore(alias)
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
    try:
        with transaction.atomic(using=alias):
            names(alias)
            other.commit(a_commit("of another"))
            with pytest.raises(ConflictError, match="begin the transaction with a write"):
                store.commit(a_commit("ours"))
    finally:
        connections[f"{alias} again"].close()
        with connections[alias].cursor() as cursor:
            cursor.execute("PRAGMA journal_mode = DELETE")


def test_other_databases_of_the_host_are_left_alone(store: DjangoStore) -> None:
    with transaction.atomic(using=DEFAULT_DB_ALIAS):
        assert not store.joined
        store.commit(WHOLE)
        transaction.set_rollback(rollback=True, using=DEFAULT_DB_ALIAS)
    assert store.load("case") == WHOLE.case


def test_a_docket_forgets_what_the_host_has_rolled_back(alias: str, store: DjangoStore) -> None:
    complaint = lifecycles.complaint("bayuquan-2018")
    ours, other = (Docket(store, clock=FixedClock(RECEIVED)) for _ in range(2))
    case = ours.open(complaint, receipt(), by=BODY, at=RECEIVED, trigger="receive")
    with pytest.raises(_HostError), transaction.atomic(using=alias):  # noqa: PT012 - what the host does in it
        ours.act(case.id, "accept", by=BODY)
        raise _HostError
    other.act(case.id, "accept", by=BODY, key="another record of that number")
    assert ours.act(case.id, "assign", Assignment("区住建局"), by=PLATFORM).revision == 3
    assert ours.verify(case.id) == 3


def test_a_docket_leaves_a_race_in_the_hosts_transaction_to_the_host(
    alias: str, store: DjangoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    docket, other = Docket(store, clock=FixedClock(RECEIVED)), Docket(DjangoStore(alias), clock=FixedClock(RECEIVED))
    case = docket.open(lifecycles.complaint("bayuquan-2018"), receipt(), by=BODY, at=RECEIVED, trigger="receive")
    commit, tries = store.commit, list[int]()

    def beaten(ours: Commit) -> None:
        tries.append(ours.record.revision)
        other.act(case.id, "accept", by=BODY)
        commit(ours)

    monkeypatch.setattr(store, "commit", beaten)
    with transaction.atomic(using=alias), pytest.raises(ConflictError):
        docket.act(case.id, "reply", REPLY, by=BODY)
    assert tries == [2]

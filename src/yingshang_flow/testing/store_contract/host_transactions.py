"""What a store is held to that writes in a host's transaction: S24 and S25."""
# These are tests: they assert, their names are their sentences, and expected numbers speak for themselves.
# ruff: noqa: D102, PLR2004, S101

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from typing import ClassVar

import attrs
import pytest

from yingshang_flow.errors import ConflictError, KeyReusedError, StoreError
from yingshang_flow.ports import DueWork, HostTransactions, InState, Outbox, Query, Store
from yingshang_flow.testing.store_contract.clocks import LONG
from yingshang_flow.testing.store_contract.core import Reopen
from yingshang_flow.testing.store_contract.levels import claimed
from yingshang_flow.testing.store_contract.rows import (
    Interrupted,
    a_commit,
    a_deadline,
    a_message,
    a_vault_row,
    interrupting,
)
from yingshang_flow.testing.store_contract.seeing import everything, messages_of
from yingshang_flow.testing.store_report import NotClaimedError


class GivesUp(Exception):  # noqa: N818 - no error of anybody's
    """What a host raises to roll its transaction back."""


@attrs.frozen
class HostRows:
    """How a host writes rows of its own beside a store, for the tests that hold both to one transaction.

    Attributes:
        write: Writes a text in the transaction of a joined store.
        read: Returns the texts that are committed.
    """

    write: Callable[[Store, str], object]
    read: Callable[[], Sequence[str]]


class HostTransactionsContract:
    """The clauses of stores that are ``HostTransactions``."""

    store_contract_level: ClassVar = "host transactions"

    @pytest.fixture
    def host(self, store: Store) -> HostTransactions:
        """Return the store as what writes in a host's transaction."""
        return claimed(store, HostTransactions)  # type: ignore[type-abstract]  # only asked for

    @pytest.fixture
    def own_rows(self, host: HostTransactions, host_rows: HostRows | None) -> HostRows:  # noqa: ARG002 - the level
        """Return how the host writes rows of its own."""
        if host_rows is None:
            message = "nothing is known of rows of the host's own; override the fixture `host_rows`"
            raise NotClaimedError(message)
        return host_rows

    # S24 Together with the host's own rows

    def test_s24_what_is_written_is_seen_at_once_inside_and_by_others_once_it_commits(
        self, store: Store, host: HostTransactions
    ) -> None:
        commits = [
            a_commit("case", key="key", units=("unit",), deadlines=(a_deadline("case", 1),)),
            a_commit("case", 2, vault=(a_vault_row("case", "secret"),)),
            a_commit("child", parent="case", expects=(InState("case", "received"),)),
        ]
        with host.transaction() as joined:
            assert joined.joined
            for commit in commits:
                joined.commit(commit)
                assert joined.load(commit.case.case) == commit.case
            inside = everything(joined, ["case", "child"], ["key"])
        assert not store.joined
        assert everything(store, ["case", "child"], ["key"]) == inside
        assert store.history("case") == tuple(commit.record for commit in commits[:2])
        assert store.vault("case") == commits[1].vault

    @pytest.mark.parametrize("error", [GivesUp, ConflictError, KeyboardInterrupt])
    def test_s24_what_is_rolled_back_is_gone_and_the_error_passes_unchanged(
        self, store: Store, host: HostTransactions, error: type[BaseException]
    ) -> None:
        store.commit(a_commit("case", vault=(a_vault_row("case", "secret"),), deadlines=(a_deadline("case", 1),)))
        before = everything(store, ["case", "new"], ["key"])
        raised = error("enough")
        with pytest.raises(error) as caught, host.transaction() as joined:  # noqa: PT012 - what it is about
            joined.commit(a_commit("case", 2, key="key", state="accepted", erases=("secret",)))
            joined.commit(a_commit("new", deadlines=(a_deadline("new", 1),)))
            assert joined.load("new") is not None
            raise raised
        assert caught.value is raised
        assert everything(store, ["case", "new"], ["key"]) == before
        store.commit(a_commit("case", 2, key="key"))

    def test_s24_nobody_else_sees_a_transaction_before_it_commits(self, store: Store, host: HostTransactions) -> None:
        store.commit(a_commit("case"))
        seen: list[tuple[str, ...]] = []
        read = threading.Event()

        def look() -> None:
            seen.append(tuple(row.case for row in store.find(Query())))
            read.set()

        with host.transaction() as joined:
            joined.commit(a_commit("new 1"))
            joined.commit(a_commit("new 2"))
            reader = threading.Thread(target=look)
            reader.start()
            before_the_end = read.wait(0.05)  # a store may let readers wait for the end
        reader.join()
        assert seen == [("case",)] if before_the_end else seen in ([("case",)], [("case", "new 1", "new 2")])

    def test_s24_nobody_ever_sees_what_is_rolled_back(self, store: Store, host: HostTransactions) -> None:
        seen: list[object] = []
        with pytest.raises(GivesUp), host.transaction() as joined:  # noqa: PT012 - what it is about
            joined.commit(a_commit("case", key="key"))
            reader = threading.Thread(target=lambda: seen.append((store.load("case"), store.keyed("key"))))
            reader.start()
            reader.join(0.05)
            raise GivesUp
        reader.join()
        assert seen == [(None, None)]

    def test_s24_another_store_reads_what_was_committed(
        self, store: Store, host: HostTransactions, another: Reopen
    ) -> None:
        with host.transaction() as joined:
            joined.commit(a_commit("case"))
        store.close()
        with closing(another()) as other:
            assert other.load("case") == a_commit("case").case

    def test_s24_the_store_of_a_transaction_is_good_for_it_only(self, store: Store, host: HostTransactions) -> None:
        with host.transaction() as joined:
            joined.commit(a_commit("case"))
            joined.close()
            joined.commit(a_commit("case", 2))
        with pytest.raises(StoreError):
            joined.load("case")
        with pytest.raises(StoreError):
            joined.commit(a_commit("case", 3))
        assert len(store.history("case")) == 2

    @pytest.mark.parametrize("end", ["commits", "rolls back"])
    def test_s24_claims_and_acknowledgements_go_the_transactions_way(
        self, store: Store, host: HostTransactions, end: str
    ) -> None:
        messages = (a_message("case"),) if isinstance(store, Outbox) else ()
        store.commit(a_commit("case", deadlines=(a_deadline("case", 1),), messages=messages))
        give_up: AbstractContextManager[object] = pytest.raises(GivesUp) if end == "rolls back" else nullcontext()
        with give_up, host.transaction() as joined:
            for capability in (DueWork, Outbox):
                assert isinstance(joined, capability) == isinstance(store, capability)
            if isinstance(joined, DueWork):
                (claim,) = joined.claim(1, lease=LONG)
                joined.commit(a_commit("case", 2, deadlines=None, claim=claim))
            if isinstance(joined, Outbox):
                assert joined.acknowledge(joined.outgoing(lease=LONG)) == ()
            if end == "rolls back":
                raise GivesUp
        left = end == "rolls back"
        if isinstance(store, DueWork):
            assert len(store.claim(1, lease=LONG)) == left
        if isinstance(store, Outbox):
            assert messages_of(store) == [a_message("case")] * left

    def test_s24_the_hosts_own_rows_and_the_case_are_committed_together(
        self, store: Store, host: HostTransactions, own_rows: HostRows
    ) -> None:
        with host.transaction() as joined:
            own_rows.write(joined, "before")
            joined.commit(a_commit("case"))
            own_rows.write(joined, "after")
        assert sorted(own_rows.read()) == ["after", "before"]
        assert store.load("case") is not None

    def test_s24_the_hosts_own_rows_and_the_case_are_rolled_back_together(
        self, store: Store, host: HostTransactions, own_rows: HostRows
    ) -> None:
        with pytest.raises(GivesUp), host.transaction() as joined:  # noqa: PT012 - what it is about
            own_rows.write(joined, "before")
            joined.commit(a_commit("case"))
            own_rows.write(joined, "after")
            raise GivesUp
        assert list(own_rows.read()) == []
        assert store.load("case") is None

    # S25 A refusal leaves the transaction usable

    @pytest.mark.parametrize("reason", ["revision", "key", "expectation", "vault", "erasure", "text"])
    def test_s25_after_a_refusal_the_transaction_goes_on_with_everything_before_it(
        self, store: Store, host: HostTransactions, reason: str
    ) -> None:
        refused = a_commit(
            "case",
            2 if reason == "revision" else 1,
            key="kept" if reason == "key" else "key",
            deadlines=(a_deadline("case", 1),),
            vault=(a_vault_row("case", "a"), a_vault_row("case", "kept" if reason == "vault" else "b")),
            erases=("never kept",) if reason == "erasure" else (),
            expects=(InState("before", "accepted"),) if reason == "expectation" else (),
            text="a\0b" if reason == "text" else None,
        )
        with host.transaction() as joined:
            joined.commit(a_commit("before", key="kept", vault=(a_vault_row("before", "kept"),)))
            before = everything(joined, ["before", "case"], ["kept", "key"])
            with pytest.raises(StoreError):
                joined.commit(refused)
            assert everything(joined, ["before", "case"], ["kept", "key"]) == before
            joined.commit(a_commit("after"))
        assert [row.case for row in store.find(Query())] == ["after", "before"]
        assert store.load("case") is None

    @pytest.mark.parametrize("rows", ["deadlines", "vault", "expects"])
    def test_s25_an_interrupted_commit_leaves_nothing_in_the_transaction(
        self, store: Store, host: HostTransactions, rows: str
    ) -> None:
        for time in range(1, 5):
            case = f"case {time}"
            commit = a_commit(
                case,
                deadlines=(a_deadline(case, 1),),
                vault=(a_vault_row(case, f"secret {time}"),),
                expects=(InState(f"before {time}", "received"),),
            )
            with host.transaction() as joined:
                joined.commit(a_commit(f"before {time}"))
                try:
                    joined.commit(interrupting(commit, rows, time))
                except Interrupted:
                    assert joined.load(case) is None
                    joined.commit(commit)
            assert store.load(case) == commit.case
            assert store.vault(case) == commit.vault

    def test_s25_a_refusal_leaves_the_hosts_own_rows(
        self, store: Store, host: HostTransactions, own_rows: HostRows
    ) -> None:
        store.commit(a_commit("case", key="key"))
        with host.transaction() as joined:
            own_rows.write(joined, "before")
            with pytest.raises(KeyReusedError):
                joined.commit(a_commit("other", key="key"))
            own_rows.write(joined, "after")
        assert sorted(own_rows.read()) == ["after", "before"]

"""Due work and messages given to one worker at a time, by processes that ask at the same moment."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from tests.stores.sqlalchemy import workers
from tests.stores.sqlalchemy.conftest import Place
from yingshang_flow.errors import ConflictError, StoreError
from yingshang_flow.ports import Claim, Commit, MessageRow
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.stores.sqlalchemy.servers import Server, adapted, server_of
from yingshang_flow.testing.store_contract import a_commit, a_deadline

MINUTE = 60_000_000


def telling(case: str, revision: int, *, recorded_at: int | None = None) -> Commit:
    """Return a commit that sends two messages."""
    at = 1_000 * revision if recorded_at is None else recorded_at
    messages = tuple(MessageRow(case, revision, number, "act", at, f"{case} {revision}") for number in (1, 2))
    return attrs.evolve(a_commit(case, revision), messages=messages)


@pytest.fixture(params=["as the server can", "by comparison alone"])
def either(request: pytest.FixtureRequest, place: Place) -> Iterator[SQLAlchemyStore]:
    """Yield a store that passes locked rows by where the server can, and one that does not."""
    server: Server | None = None
    if request.param == "by comparison alone":
        server = attrs.evolve(server_of(place.engine.dialect), skips_locked=False)
    store = SQLAlchemyStore(place.engine, prefix=place.prefix, server=server)
    yield store
    store.close()


class TestClaims:
    def test_the_earliest_alarms_come_first_and_each_case_once(self, either: SQLAlchemyStore) -> None:
        for case, alarms in {"a": (9, 5, 5), "b": (3, 4, 8), "c": (5,), "d": (11,), "é": (1, 2)}.items():
            either.commit(
                a_commit(case, deadlines=tuple(a_deadline(case, at, number=n) for n, at in enumerate(alarms, 1)))
            )
        assert [claim.case for claim in either.claim(10, lease=MINUTE, limit=3)] == ["é", "b", "a"]
        assert [claim.case for claim in either.claim(10, lease=MINUTE, limit=3)] == ["c"]
        assert either.claim(10, lease=MINUTE) == ()

    def test_a_page_is_filled_however_much_is_due_in_its_first_cases(self, either: SQLAlchemyStore) -> None:
        for number in range(3):
            deadlines = tuple(a_deadline(f"case {number}", number, number=n) for n in range(1, 30))
            either.commit(a_commit(f"case {number}", deadlines=deadlines))
        assert [claim.case for claim in either.claim(9, lease=MINUTE, limit=3)] == ["case 0", "case 1", "case 2"]

    def test_a_lease_ends_by_the_servers_clock_and_its_token_rises(self, either: SQLAlchemyStore) -> None:
        either.commit(a_commit("case", deadlines=(a_deadline("case", 1),)))
        (first,) = either.claim(1, lease=1)
        time.sleep(0.01)
        (second,) = either.claim(1, lease=MINUTE)
        assert (first.token, second.token) == (1, 2)
        assert either.claim(1, lease=MINUTE) == ()
        either.let_go([first])
        assert either.claim(1, lease=MINUTE) == ()
        either.let_go([second])
        assert [claim.token for claim in either.claim(1, lease=MINUTE)] == [3]

    @pytest.mark.parametrize("stays", [True, False])
    def test_a_commit_under_a_claim_that_is_not_the_last_conflicts(
        self, either: SQLAlchemyStore, *, stays: bool
    ) -> None:
        either.commit(a_commit("case", deadlines=(a_deadline("case", 1),)))
        (first,) = either.claim(1, lease=1)
        time.sleep(0.01)
        (second,) = either.claim(1, lease=MINUTE)
        commit = a_commit("case", 2, state="received" if stays else "accepted", deadlines=None)
        for lost in (first, Claim("case", 3, 0), Claim("case", 0, 0)):
            with pytest.raises(ConflictError, match="claimed by another worker"):
                either.commit(attrs.evolve(commit, claim=lost))
        either.commit(attrs.evolve(commit, claim=second))
        either.commit(a_commit("case", 3, deadlines=None))  # a person's act needs none

    def test_a_case_that_is_not_there_cannot_be_opened_under_a_claim(self, store: SQLAlchemyStore) -> None:
        with pytest.raises(ConflictError, match="open it without a claim"):
            store.commit(attrs.evolve(a_commit("case"), claim=Claim("case", 1, 0)))

    def test_processes_share_what_is_due_without_meeting(self, place: Place, store: SQLAlchemyStore) -> None:
        cases = [f"case {number:03}" for number in range(60)]
        for number, case in enumerate(cases):
            store.commit(a_commit(case, deadlines=(a_deadline(case, number),)))
        found = workers.at_once(workers.claim_all, [(place.url, place.prefix)] * 3)
        assert sorted(case for claimed in found for case in claimed) == cases

    def test_a_claim_passes_by_a_case_that_is_being_written(self, on_postgresql: Place, on_mariadb: Place) -> None:
        for place in (on_postgresql, on_mariadb):
            store = place.store()
            for case in ("a", "b"):
                store.commit(a_commit(case, deadlines=(a_deadline(case, 1),)))
            with store.transaction() as host:
                host.commit(a_commit("a", 2, deadlines=None))
                assert [claim.case for claim in store.claim(1, lease=MINUTE)] == ["b"]
            assert [claim.case for claim in store.claim(1, lease=MINUTE)] == ["a"]


class TestMessages:
    def test_of_each_case_the_oldest_comes_and_no_other(self, either: SQLAlchemyStore) -> None:
        either.commit(telling("a", 1, recorded_at=5))
        either.commit(telling("b", 1, recorded_at=3))
        either.commit(telling("a", 2, recorded_at=7))
        first = either.outgoing(lease=MINUTE)
        assert [(one.message.case, one.message.number) for one in first] == [("b", 1), ("a", 1)]
        assert either.outgoing(lease=MINUTE) == ()
        assert either.acknowledge(first[:1]) == ()
        second = either.outgoing(lease=MINUTE)
        assert [(one.message.case, one.message.number) for one in second] == [("b", 2)]
        assert either.acknowledge([first[0], *second, first[1]]) == (first[0],)
        assert [(one.message.revision, one.message.number) for one in either.outgoing(lease=MINUTE)] == [(1, 2)]

    def test_one_that_is_put_back_or_abandoned_comes_again_under_a_higher_token(self, either: SQLAlchemyStore) -> None:
        either.commit(telling("a", 1))
        (first,) = either.outgoing(lease=MINUTE)
        either.put_back([first])
        (second,) = either.outgoing(lease=MINUTE)
        either.put_back([first])  # is not the last any more
        assert either.outgoing(lease=MINUTE) == ()
        either.put_back([second])
        (third,) = either.outgoing(lease=1)
        time.sleep(0.01)
        (fourth,) = either.outgoing(lease=MINUTE)
        assert [one.token for one in (first, second, third, fourth)] == [1, 2, 3, 4]
        assert either.acknowledge([third]) == (third,)
        assert either.acknowledge([fourth]) == ()

    def test_processes_deliver_each_once_and_those_of_a_case_in_order(
        self, place: Place, store: SQLAlchemyStore
    ) -> None:
        cases = [f"case {number}" for number in range(8)]
        for revision in range(1, 5):
            for case in cases:
                store.commit(telling(case, revision))
        found = workers.at_once(workers.deliver_all, [(place.url, place.prefix)] * 3)
        assert Counter(message for delivered in found for message in delivered) == Counter(
            {(case, revision): 2 for case in cases for revision in range(1, 5)}
        )
        for delivered in found:
            for case in cases:
                revisions = [revision for of, revision in delivered if of == case]
                assert revisions == sorted(revisions)

    def test_a_case_whose_oldest_is_being_acknowledged_is_passed_by(
        self, on_postgresql: Place, on_mariadb: Place
    ) -> None:
        for place in (on_postgresql, on_mariadb):
            store = place.store()
            for case in ("a", "b"):
                store.commit(telling(case, 1))
            first = store.outgoing(lease=1)
            time.sleep(0.01)
            with store.transaction() as host:
                host.acknowledge(first[:1])
                assert [one.message.case for one in store.outgoing(lease=MINUTE)] == ["b"]
            assert [(one.message.case, one.message.number) for one in store.outgoing(lease=MINUTE)] == [("a", 2)]

    def test_messages_newer_than_a_hosts_snapshot_are_not_given_out_two_of_a_case(self, on_mariadb: Place) -> None:
        store = on_mariadb.store()
        with on_mariadb.engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            host = SQLAlchemyStore.joining(connection, prefix=on_mariadb.prefix)
            host.load("a")  # the snapshot begins, in which no message is the first of a case
            store.commit(telling("a", 1))
            assert len(host.outgoing(lease=MINUTE)) <= 1


@pytest.mark.parametrize("given", [{"lease": 0}, {"lease": -1}, {"lease": 1, "limit": 0}])
def test_a_lease_or_a_page_of_nothing_is_refused(store: SQLAlchemyStore, given: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="ask for at least 1"):
        store.claim(1, **given)
    with pytest.raises(StoreError, match="ask for at least 1"):
        store.outgoing(**given)


def test_servers_that_can_are_known_to_pass_locked_rows_by(on_postgresql: Place, on_mariadb: Place) -> None:
    for place in (on_postgresql, on_mariadb):
        version = (place.store().server or "").split()[1]
        said = f"{'PostgreSQL ' if place is on_postgresql else ''}{version}"
        assert adapted(server_of(place.engine.dialect), said).skips_locked

"""Cases that count on each other, written by several processes at the same moment."""

import os
from collections import Counter

from tests.stores.sqlalchemy import workers
from tests.stores.sqlalchemy.conftest import Place
from yingshang_flow.stores.sqlalchemy import SQLAlchemyStore
from yingshang_flow.testing.store_contract import a_commit

ROUNDS = 150 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 25


def test_a_parent_never_closes_over_children_that_move_at_the_same_moment(place: Place, store: SQLAlchemyStore) -> None:
    for round_ in range(ROUNDS):
        store.commit(a_commit(f"parent {round_}"))
        for who in (1, 2):
            store.commit(a_commit(f"child {who} of {round_}", parent=f"parent {round_}"))
    found = workers.at_once(workers.close_or_move, [(place.url, place.prefix, who, ROUNDS) for who in range(3)])
    rounds = list(zip(*found, strict=True))
    assert {outcome for round_ in rounds for outcome in round_} == {"kept", "ConflictError"}
    skewed = [round_ for round_ in rounds if round_[0] == "kept" and "kept" in round_[1:]]
    nobody = [round_ for round_ in rounds if "kept" not in round_]
    assert (skewed, nobody) == ([], [])


def test_a_parent_never_closes_over_children_that_open_at_the_same_moment(place: Place, store: SQLAlchemyStore) -> None:
    for round_ in range(ROUNDS):
        store.commit(a_commit(f"parent {round_}"))
    found = workers.at_once(workers.list_or_close, [(place.url, place.prefix, who, ROUNDS) for who in range(3)])
    rounds = list(zip(*found, strict=True))
    skewed = [round_ for round_ in rounds if round_[0] == "kept" and "kept" in round_[1:]]
    siblings = [round_ for round_ in rounds if round_[0] != "kept" and round_[1:] != ("kept", "kept")]
    assert (skewed, siblings) == ([], [])


def test_siblings_and_a_parent_that_stays_do_not_stop_each_other(place: Place, store: SQLAlchemyStore) -> None:
    store.commit(a_commit("parent"))
    for who in range(1, 5):
        store.commit(a_commit(f"child {who}", parent="parent"))
    found = workers.at_once(workers.act_as_siblings, [(place.url, place.prefix, who, ROUNDS) for who in range(5)])
    assert sum(found, Counter()) == Counter(kept=9 * ROUNDS)

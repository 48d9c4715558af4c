"""What a store is held to that keeps messages until they are delivered: S21 to S23."""
# These are tests: they assert, their names are their sentences, and expected numbers speak for themselves.
# ruff: noqa: D102, PLR2004, S101

import threading
from contextlib import closing
from functools import partial
from typing import ClassVar

import attrs
import pytest

from yingshang_flow.errors import ConflictError, StoreError
from yingshang_flow.ports import InState, MessageRow, Outbox, Store
from yingshang_flow.testing.store_contract.clocks import LONG, SHORT, clock_off_by, patiently, soon
from yingshang_flow.testing.store_contract.core import Reopen
from yingshang_flow.testing.store_contract.levels import claimed
from yingshang_flow.testing.store_contract.rows import (
    AWKWARD,
    Interrupted,
    a_commit,
    a_deadline,
    a_message,
    interrupting,
)
from yingshang_flow.testing.store_contract.seeing import at_once, everything, messages_of


class OutboxContract:
    """The clauses of stores that are an ``Outbox``."""

    store_contract_level: ClassVar = "outbox"

    @pytest.fixture
    def outbox(self, store: Store) -> Outbox:
        """Return the store as what keeps messages."""
        return claimed(store, Outbox)  # type: ignore[type-abstract]  # only asked for

    # S21 Messages are kept with their commit

    def test_s21_messages_are_kept_with_their_commit(self, store: Store, outbox: Outbox) -> None:
        messages = tuple(a_message("case", 1, number) for number in (1, 2))
        store.commit(a_commit("case", messages=messages))
        store.commit(a_commit("case", 2))
        store.commit(a_commit("case", 3, deadlines=None, messages=(a_message("case", 3),)))
        assert messages_of(outbox) == [*messages, a_message("case", 3)]

    @pytest.mark.parametrize("reason", ["revision", "expectation", "key", "reference", "erasure"])
    def test_s21_a_refused_commit_leaves_no_message(self, store: Store, outbox: Outbox, reason: str) -> None:
        store.commit(a_commit("case", key="key"))
        store.commit(a_commit("other", reference="12345"))
        revision = 3 if reason == "revision" else 2
        refused = a_commit(
            "case",
            revision,
            key="key" if reason == "key" else None,
            reference="12345" if reason == "reference" else None,
            expects=(InState("other", "accepted"),) if reason == "expectation" else (),
            erases=("never kept",) if reason == "erasure" else (),
            messages=(a_message("case", revision),),
        )
        with pytest.raises(StoreError):
            store.commit(refused)
        assert messages_of(outbox) == []

    @pytest.mark.parametrize("step", ["opening", "a move", "a stay"])
    def test_s21_the_messages_of_an_interrupted_commit_are_kept_with_it_or_not_at_all(
        self, store: Store, outbox: Outbox, step: str
    ) -> None:
        for time in range(1, 7):
            case, revision = f"case {time}", 1 if step == "opening" else 2
            if revision == 2:
                store.commit(a_commit(case, units=("unit",)))
            commit = a_commit(
                case,
                revision,
                state="accepted" if step == "a move" else "received",
                units=("unit",),
                deadlines=(a_deadline(case, 2),),
                messages=(a_message(case, revision), a_message(case, revision, 2)),
            )
            try:
                store.commit(interrupting(commit, "messages", time))
            except Interrupted:
                if store.load(case) != commit.case:
                    store.commit(commit)
            assert store.load(case) == commit.case
            assert messages_of(outbox) == list(commit.messages)

    def test_s21_of_threads_that_commit_one_revision_only_the_winner_sends(self, store: Store, outbox: Outbox) -> None:
        for round_ in range(4):
            case = f"case {round_}"
            topics = [f"by thread {number}" for number in range(8)]
            commits = [a_commit(case, text=topic, messages=(a_message(case, topic=topic),)) for topic in topics]
            errors = at_once(partial(store.commit, commit) for commit in commits)
            assert [type(error) for error in errors if error is not None] == [ConflictError] * 7
            assert messages_of(outbox) == list(commits[errors.index(None)].messages)

    def test_s21_a_repeated_commit_sends_nothing_again(self, store: Store, outbox: Outbox) -> None:
        commit = a_commit("case", key="key", messages=(a_message("case"),))
        store.commit(commit)
        (delivery,) = outbox.outgoing(lease=LONG)
        with pytest.raises(StoreError):
            store.commit(commit)
        assert outbox.acknowledge([delivery]) == ()
        with pytest.raises(StoreError):
            store.commit(commit)
        assert outbox.outgoing(lease=LONG) == ()

    @pytest.mark.parametrize("awkward", AWKWARD)
    def test_s10_awkward_text_comes_back_in_a_message(self, store: Store, outbox: Outbox, awkward: str) -> None:
        text = AWKWARD[awkward]
        message = MessageRow(text, 1, 1, text, -1, text)
        store.commit(a_commit(text, messages=(message,)))
        (delivery,) = outbox.outgoing(lease=LONG)
        assert delivery.message == message
        assert outbox.acknowledge([delivery]) == ()

    # S22 At least once, in order

    def test_s22_of_each_case_the_oldest_message_is_given_out_and_no_other(self, store: Store, outbox: Outbox) -> None:
        messages = [a_message("case", revision, number) for revision in (1, 2, 10) for number in (1, 2, 10)]
        for revision in range(1, 11):
            of_it = [message for message in messages if message.revision == revision]
            store.commit(a_commit("case", revision, messages=tuple(reversed(of_it))))
        for message in messages:
            (delivery,) = outbox.outgoing(lease=LONG)
            assert delivery.message == message
            assert outbox.outgoing(lease=LONG) == ()
            assert outbox.acknowledge([delivery]) == ()
        assert outbox.outgoing(lease=LONG) == ()

    def test_s22_of_one_case_revisions_decide_and_not_the_time_of_recording(self, store: Store, outbox: Outbox) -> None:
        messages = [a_message("case", revision, recorded_at=9 - revision) for revision in (1, 2, 3)]
        for message in messages:
            store.commit(a_commit("case", message.revision, messages=(message,)))
        assert messages_of(outbox) == messages

    def test_s22_of_several_cases_the_message_that_was_recorded_first_comes_first(
        self, store: Store, outbox: Outbox
    ) -> None:
        for case, recorded_at in (("b", 2), ("é", 2), ("a", 3), ("c", 1), ("B", 2)):
            store.commit(a_commit(case, messages=(a_message(case, recorded_at=recorded_at),)))
        assert [delivery.message.case for delivery in outbox.outgoing(lease=LONG, limit=3)] == ["c", "B", "b"]
        assert [delivery.message.case for delivery in outbox.outgoing(lease=LONG)] == ["é", "a"]

    def test_s22_a_message_stays_until_it_is_acknowledged(self, store: Store, outbox: Outbox) -> None:
        store.commit(a_commit("case", messages=(a_message("case"), a_message("case", 1, 2))))
        for _ in range(3):
            (delivery,) = outbox.outgoing(lease=LONG)
            assert delivery.message == a_message("case")
            outbox.put_back([delivery])

    def test_s22_what_is_written_meanwhile_waits_for_its_turn(self, store: Store, outbox: Outbox) -> None:
        store.commit(a_commit("case", messages=(a_message("case"),)))
        (first,) = outbox.outgoing(lease=LONG)
        store.commit(a_commit("case", 2, messages=(a_message("case", 2, recorded_at=0),)))
        assert outbox.outgoing(lease=LONG) == ()
        outbox.acknowledge([first])
        assert messages_of(outbox) == [a_message("case", 2, recorded_at=0)]
        store.commit(a_commit("case", 3, messages=(a_message("case", 3),)))
        assert messages_of(outbox) == [a_message("case", 3)]

    def test_s22_threads_deliver_every_message_once_and_each_cases_in_order(self, store: Store, outbox: Outbox) -> None:
        cases = [f"case {number}" for number in range(6)]
        for case in cases:
            for revision in (1, 2):
                numbers = (1, 2)
                messages = tuple(a_message(case, revision, number) for number in numbers)
                store.commit(a_commit(case, revision, messages=messages))
        delivered: list[MessageRow] = []
        lock = threading.Lock()

        def deliver(size: int) -> None:
            for _ in patiently():
                if len(delivered) >= 24:
                    break
                for delivery in outbox.outgoing(lease=LONG, limit=size):
                    with lock:
                        delivered.append(delivery.message)
                    assert outbox.acknowledge([delivery]) == ()

        assert at_once(partial(deliver, number % 3 + 1) for number in range(8)) == [None] * 8
        for case in cases:
            of_it = [(message.revision, message.number) for message in delivered if message.case == case]
            assert of_it == [(1, 1), (1, 2), (2, 1), (2, 2)]
        assert len(delivered) == 24

    # S23 A message is given to one worker at a time

    def test_s23_a_message_that_is_given_out_is_given_to_nobody_else(self, store: Store, outbox: Outbox) -> None:
        for case in "ab":
            store.commit(a_commit(case, messages=(a_message(case),)))
        assert [delivery.message.case for delivery in outbox.outgoing(lease=LONG, limit=1)] == ["a"]
        assert [delivery.message.case for delivery in outbox.outgoing(lease=LONG)] == ["b"]
        assert outbox.outgoing(lease=LONG) == ()

    def test_s23_a_message_comes_back_once_its_lease_has_ended(self, store: Store, outbox: Outbox) -> None:
        store.commit(a_commit("case", messages=(a_message("case"),)))
        tokens = []
        for _ in range(3):
            (delivery,) = soon(partial(outbox.outgoing, lease=SHORT))
            assert delivery.message == a_message("case")
            tokens.append(delivery.token)
        assert tokens[0] >= 1
        assert tokens == sorted(set(tokens))

    @pytest.mark.parametrize("seconds", [-86_400, 86_400], ids=["a day slow", "a day fast"])
    def test_s23_a_worker_whose_clock_is_wrong_neither_shortens_a_lease_nor_lengthens_it(
        self, store: Store, outbox: Outbox, seconds: int
    ) -> None:
        store.commit(a_commit("case", messages=(a_message("case"),)))
        with clock_off_by(seconds):
            (delivery,) = outbox.outgoing(lease=LONG)
        with clock_off_by(-seconds):
            assert outbox.outgoing(lease=LONG) == ()
        outbox.put_back([delivery])
        with clock_off_by(seconds):
            assert len(outbox.outgoing(lease=SHORT)) == 1
        with clock_off_by(-seconds):
            assert len(soon(partial(outbox.outgoing, lease=LONG))) == 1

    def test_s23_a_message_that_is_put_back_can_be_given_out_at_once(self, store: Store, outbox: Outbox) -> None:
        store.commit(a_commit("case", messages=(a_message("case"),)))
        earlier = outbox.outgoing(lease=LONG)
        outbox.put_back(earlier)
        (last,) = outbox.outgoing(lease=LONG)
        assert last.token > earlier[0].token
        outbox.put_back(earlier)
        assert outbox.outgoing(lease=LONG) == ()

    def test_s23_whoever_acknowledges_too_late_is_told_and_the_message_stays(
        self, store: Store, outbox: Outbox
    ) -> None:
        for case in "ab":
            store.commit(a_commit(case, messages=(a_message(case), a_message(case, 1, 2))))
        late, good = outbox.outgoing(lease=LONG)
        outbox.put_back([late])
        (last,) = outbox.outgoing(lease=LONG)
        assert outbox.acknowledge([late, good, good]) == (late, good)
        assert outbox.acknowledge([last]) == ()
        assert outbox.acknowledge([last]) == (last,)
        outbox.put_back([late, last, good])
        assert messages_of(outbox) == [a_message("a", 1, 2), a_message("b", 1, 2)]

    def test_s23_a_message_is_acknowledged_also_after_its_lease_if_nobody_else_has_it(
        self, store: Store, outbox: Outbox
    ) -> None:
        store.commit(a_commit("case", messages=(a_message("case"),)))
        deliveries = outbox.outgoing(lease=SHORT)
        assert outbox.acknowledge(deliveries) == ()
        assert outbox.outgoing(lease=LONG) == ()

    def test_s23_giving_messages_out_changes_nothing_that_is_read(self, store: Store, outbox: Outbox) -> None:
        store.commit(a_commit("case", deadlines=(a_deadline("case", 1),), messages=(a_message("case"),)))
        before = everything(store, ["case"])
        assert messages_of(outbox) == [a_message("case")]
        assert everything(store, ["case"]) == before

    def test_s23_leases_and_acknowledgements_hold_in_another_store(
        self, store: Store, outbox: Outbox, another: Reopen
    ) -> None:
        for case in "abc":
            store.commit(a_commit(case, messages=(a_message(case),)))
        done, kept = outbox.outgoing(lease=LONG, limit=2)
        outbox.acknowledge([done])
        store.close()
        with closing(another()) as other:
            assert isinstance(other, Outbox)
            assert [delivery.message.case for delivery in other.outgoing(lease=LONG)] == ["c"]
            assert other.acknowledge([done, kept]) == (done,)

    # S14 No driver's exception escapes

    @pytest.mark.parametrize("amount", [0, -1])
    def test_s14_a_lease_or_a_number_of_messages_below_one_raises_a_store_error(
        self, store: Store, outbox: Outbox, amount: int
    ) -> None:
        store.commit(a_commit("case", messages=(a_message("case"),)))
        with pytest.raises(StoreError):
            outbox.outgoing(lease=amount)
        with pytest.raises(StoreError):
            outbox.outgoing(lease=LONG, limit=amount)
        assert messages_of(outbox) == [a_message("case")]

    @pytest.mark.parametrize("reason", ["another case", "another revision", "twice", "a name too long", "U+0000"])
    def test_s14_a_commit_with_a_message_it_cannot_have_raises_a_store_error(
        self, store: Store, outbox: Outbox, reason: str
    ) -> None:
        good = a_message("case")
        messages = {
            "another case": (attrs.evolve(good, case="other"),),
            "another revision": (attrs.evolve(good, revision=2),),
            "twice": (good, attrs.evolve(good, topic="warned")),
            "a name too long": (attrs.evolve(good, topic="长" * 267),),
            "U+0000": (attrs.evolve(good, text="a\0b"),),
        }[reason]
        with pytest.raises(StoreError):
            store.commit(a_commit("case", messages=messages))
        assert store.load("case") is None
        assert messages_of(outbox) == []

"""The contract's tests catch stores that break it, and say which clause was broken."""

from collections.abc import Iterator

import hypothesis
import pytest

from tests.stores.sabotaged import (
    SABOTAGES,
    CommitsAtOnce,
    DefinitionKeptWhenRefused,
    DefinitionReplaced,
    DoubleClaim,
    DuePageByAlarmOnly,
    ErasedAlsoWhenRefused,
    ErasedStaysReadable,
    ExpectationsIgnored,
    FencingIgnored,
    HalfCommit,
    HostRollbackIgnored,
    InMemory,
    KeyIgnored,
    LastDayLeftOut,
    LeaseFromTheAlarm,
    LostMessageOrder,
    LostUpdate,
    MessageTakenTooLate,
    NaiveTimes,
    RefusalLeavesHalf,
    Sabotage,
    SwallowedConflict,
    TokenThatStays,
)
from tests.stores.trials import clause_of, clause_tests, failures
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.store_contract import StoreContract, clocks

BY_SEQUENCES = [
    SwallowedConflict,
    ExpectationsIgnored,
    DefinitionKeptWhenRefused,
    ErasedAlsoWhenRefused,
    MessageTakenTooLate,
    LastDayLeftOut,
    CommitsAtOnce,
    HalfCommit,
    LostUpdate,
    KeyIgnored,
    DefinitionReplaced,
    DuePageByAlarmOnly,
    NaiveTimes,
    ErasedStaysReadable,
    DoubleClaim,
    LeaseFromTheAlarm,
    TokenThatStays,
    FencingIgnored,
    LostMessageOrder,
    HostRollbackIgnored,
    RefusalLeavesHalf,
]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for what a sabotaged store never gives."""
    monkeypatch.setattr(clocks, "_PATIENCE", 0.5)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.make.__name__)
def test_a_sabotaged_store_is_caught_by_the_tests_of_its_clause(sabotage: Sabotage) -> None:
    failed = failures(sabotage.make, sabotage.reopen)
    assert sabotage.caught_by <= set(failed)
    assert set(failed) <= sabotage.caught_by | sabotage.and_by, failed


@pytest.mark.parametrize("sound", [MemoryStore, InMemory])
def test_the_sound_stores_that_were_sabotaged_fail_nothing(sound: type[MemoryStore] | type[InMemory]) -> None:
    assert failures(sound) == {}


def test_every_clause_has_a_store_that_breaks_it() -> None:
    caught = set().union(*(sabotage.caught_by for sabotage in SABOTAGES))
    assert caught == set(map(clause_of, clause_tests()))


@pytest.fixture
def without_shrinking() -> Iterator[None]:
    """Let a failure be enough, as finding the shortest takes minutes and nobody reads it here."""
    profile = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.register_profile(
        "without shrinking",
        max_examples=4_000,  # it ends with the first failure
        phases=[hypothesis.Phase.generate],
        database=None,
        derandomize=True,  # so that it takes as long on every run
    )
    hypothesis.settings.load_profile("without shrinking")
    yield
    hypothesis.settings.load_profile(profile)


@pytest.mark.usefixtures("without_shrinking")
@pytest.mark.parametrize("sabotaged", BY_SEQUENCES)
def test_a_sabotaged_store_is_caught_by_a_sequence_of_acts(sabotaged: type[Store]) -> None:
    with pytest.raises((Exception, pytest.fail.Exception)):
        StoreContract().test_every_clause_holds_through_any_sequence_of_acts(sabotaged(), None)

"""Settles an act: decides and commits it, anew after each race lost, or returns what was kept under its key already."""

from collections.abc import Callable
from random import SystemRandom
from typing import Final

from yingshang_flow.core.case import Case
from yingshang_flow.errors import ConflictError, KeyReusedError, StoreError
from yingshang_flow.operations.cases import Cases, Decided
from yingshang_flow.ports import RecordRow

_TRIES: Final = 16


def settled(
    cases: Cases,
    key: str | None,
    decided: Callable[[], Decided],
    same: Callable[[RecordRow], Case],
    *,
    pause: Callable[[float], object],
) -> Case:
    """Return the case after an act.

    Args:
        cases: The cases.
        key: The act's idempotency key, if it has one.
        decided: Decides it on what is stored now, or refuses it.
        same: Returns the outcome of what was kept under the key already, or refuses it as another act.
        pause: Waits for so many seconds between races that were lost.

    Raises:
        ConflictError: Others were faster each time, or once in a transaction of the host's.
        KeyReusedError: The key stands for another act.
        StoreError: The store cannot keep it.
    """
    for lost in range(_TRIES):
        if key is not None and (kept := cases.store.keyed(key)) is not None:
            return same(kept)
        decision = decided()
        try:
            return cases.commit(decision)
        except (ConflictError, KeyReusedError) as error:
            if cases.store.joined:
                raise _lost_in_a_transaction(error) from error
            if lost + 1 == _TRIES:
                raise
            if lost > 1:
                # At random, so that the same ones do not meet again.
                pause(SystemRandom().uniform(0, 0.001 * lost))
    raise AssertionError  # pragma: no cover  # the loop returns or raises


def another_act(key: str | None, kept: RecordRow) -> KeyReusedError:
    """Return what is said of a key that stands for another act."""
    return KeyReusedError(f"key {key!r} already stands for another act, record {kept.revision} of case {kept.case}")


def _lost_in_a_transaction(error: StoreError) -> ConflictError:
    """Return what is said of a race that was lost where only the host can begin anew; no key was kept before it."""
    if isinstance(error, ConflictError):
        return error
    return ConflictError(f"another was faster with this key ({error}); roll the transaction back, and begin it again")

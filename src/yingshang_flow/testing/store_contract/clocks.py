"""Wrong clocks and far time zones for a while, and waiting for what comes with time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import pytest

LONG: Final = 600_000_000
"""A lease that does not end during a test, in microseconds."""

SHORT: Final = 1
"""A lease that ends at once, as soon as the store's clock ticks."""

ZONES: Final = ("UTC0", "CST-8", "EST5EDT,M3.2.0,M11.1.0")
"""Time zones in the notation of POSIX, so that no database of them is needed: UTC, China and New York."""

_PATIENCE: Final = 10.0
_Value = TypeVar("_Value")


@contextmanager
def in_time_zone(zone: str) -> Iterator[None]:
    """Let this process live in a time zone; on Windows it stays in its own."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TZ", zone)
            _tell_the_library()
            yield
    finally:
        _tell_the_library()


@contextmanager
def clock_off_by(seconds: int) -> Iterator[None]:
    """Let this process read a clock that is fast, or slow for less than 0."""
    right, right_ns = time.time, time.time_ns
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(time, "time", lambda: right() + seconds)
        patched.setattr(time, "time_ns", lambda: right_ns() + seconds * 1_000_000_000)
        yield


def patiently() -> Iterator[int]:
    """Count for some seconds, so that no loop over a store's answers goes on for ever."""
    until, number = time.monotonic() + _PATIENCE, 0
    while time.monotonic() < until:
        yield number
        number += 1


def soon(ask: Callable[[], _Value]) -> _Value:
    """Return the first answer that holds anything, asking again and again for some seconds."""
    for _ in patiently():
        if answer := ask():
            return answer
        time.sleep(0.0005)
    return ask()


def _tell_the_library() -> None:
    if hasattr(time, "tzset"):
        time.tzset()

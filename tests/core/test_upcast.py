"""Upcasts: what one version calls otherwise, step by step from version to version and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.core.upcast import Plain, Renamed, Rewritten, Step, steps


def doubled(said: Plain) -> Plain:
    """Read a number twice as large."""
    return {**said, "number": said["number"] * 2}


def halved(said: Plain) -> Plain:
    """Read it half as large."""
    return {**said, "number": said["number"] // 2}


UPCASTS = (
    Renamed("state", 1, "held", "hearing"),
    Renamed("trigger", 1, "settle", "answer"),
    Renamed("field", 1, "reason", "purpose", trigger="answer"),
    Rewritten("answer", 1, doubled, back=halved),
    Renamed("state", 2, "hearing", "heard"),
    Renamed("field", 2, "purpose", "aim", trigger="answer"),
)


def led(what: str, key: str, old: int, new: int) -> str:
    for step in steps(UPCASTS, old, new):
        key = step.named(what, key)
    return key


@pytest.mark.parametrize(
    ("old", "new", "key", "found"),
    [(1, 3, "held", "heard"), (1, 2, "held", "hearing"), (3, 1, "heard", "held"), (2, 2, "held", "held")],
)
def test_a_name_is_led_from_version_to_version(old: int, new: int, key: str, found: str) -> None:
    assert led("state", key, old, new) == found
    assert led("trigger", key, old, new) == key


@given(st.integers(0, 1000), st.text())
def test_a_content_comes_back_as_it_was(number: int, reason: str) -> None:
    said: Plain = {"number": number, "reason": reason}
    for step in steps(UPCASTS, 1, 3):
        said = step.content("answer", said)
    assert said == {"number": number * 2, "aim": reason}
    for step in steps(UPCASTS, 3, 1):
        said = step.content("answer", said)
    assert said == {"number": number, "reason": reason}


def test_what_is_said_of_one_trigger_leaves_others_alone_and_what_is_not_there_is_not_renamed() -> None:
    (step,) = steps(UPCASTS, 1, 2)
    assert step.content("hear", {"reason": "x"}) == {"reason": "x"}
    assert step.content("answer", {"number": 1}) == {"number": 2}


def test_a_content_without_a_way_back_is_told() -> None:
    step = Step((Rewritten("answer", 1, doubled),), forwards=False)
    with pytest.raises(LookupError, match="what version 2 says of 'answer' does not go back to 1"):
        step.content("answer", {"number": 2})

"""Canonical text, its hash, and times as integers: the form in which evidence is written.

RFC 8785 JSON. The standard library's encoder agrees with that form as long as there are no floats, integers stay within
2^53 - 1, keys are ASCII and no surrogates occur, which the content classes and ``canonical_text`` hold.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from yingshang_flow.codec.hashing import hashed
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import CodecError

LARGEST: Final = 2**53 - 1
"""The largest whole number that every JSON reader takes exactly."""

_ENCODE: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
).encode
_LINE: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_HERE: Final = _EPOCH.astimezone(CHINA_TIME)


def canonical_text(value: object) -> str:
    """Return plain JSON values as canonical text.

    Raises:
        CodecError: The text would hold a NUL character or a lone surrogate, which no database keeps.
    """
    text = _ENCODE(value)
    if "\\u0000" in text and _holds_nul(value):
        message = "a text holds the NUL character U+0000, which databases refuse; remove it"
        raise CodecError(message)
    return text


def digest(text: str, algorithm: str | None = None) -> str:
    """Return the hex hash of a canonical text.

    Args:
        text: The text.
        algorithm: What it names for itself; none for SHA-256.

    Raises:
        HashingError: This machine does not have the algorithm.
        CodecError: The text holds a lone surrogate.
    """
    try:
        return hashed(text.encode(), algorithm)
    except UnicodeEncodeError as exc:
        message = f"a text holds the lone surrogate {exc.object[exc.start]!r}, which is no character; remove it"
        raise CodecError(message) from exc


def microseconds(moment: datetime) -> int:
    """Return an aware instant as integer microseconds since 1970 UTC."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(value: int) -> datetime:
    """Return the instant of integer microseconds since 1970 UTC, at UTC+8."""
    return _EPOCH_HERE + timedelta(microseconds=value)


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(map(_holds_nul, value)) or any(map(_holds_nul, value.values()))
    return isinstance(value, list | tuple) and any(map(_holds_nul, value))


def shown(value: object) -> str:
    """Return a value for a message, cut to one short line."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return f"a {type(value).__name__} too deep or long to show"
    return text if len(text) <= _LINE else f"{text[: _LINE - 1]}…"

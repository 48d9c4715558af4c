"""The hashes of evidence: SM3 (GB/T 32905) where this machine has it, else SHA-256; whatever is hashed names its own.

Both give 64 hex digits. A history may go from one to the other: each record names the algorithm of its own hash inside
the text that is hashed, and a commitment begins with its algorithm's name. What names none is SHA-256.
"""

import hashlib
from functools import cache
from typing import Final

from yingshang_flow.errors import HashingError

SHA_256: Final = "sha-256"
"""The name of SHA-256 in records."""

SM3: Final = "sm3"
"""The name of SM3 in records and before commitments."""

_CHOICES: Final = {"sm3": SM3, "sha256": SHA_256}
_VECTOR: Final = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""What SM3 gives of ``abc``, GB/T 32905-2016 A.1."""


@cache
def has_sm3() -> bool:
    """Tell whether this machine computes SM3, by the standard's own example: that it is listed says too little."""
    try:
        return hashlib.new(SM3, b"abc").hexdigest() == _VECTOR
    except ValueError:
        return False


def chosen(hashing: str | None) -> str:
    """Return the algorithm that new records are hashed by.

    Args:
        hashing: ``sm3`` or ``sha256``; SM3 where this machine has it unless given, else SHA-256.

    Raises:
        HashingError: It is neither, or SM3 on a machine without it.
    """
    if hashing is None:
        return SM3 if has_sm3() else SHA_256
    found = _CHOICES.get(hashing) if isinstance(hashing, str) else None
    if found is None:
        message = f"hashing is 'sm3' or 'sha256', or left out for the better one that is here, not {hashing!r:.60}"
        raise HashingError(message)
    if found == SM3 and not has_sm3():
        raise HashingError(_NO_SM3.format("hashing='sm3' was asked for"))
    return found


def hashed(data: bytes, algorithm: str | None) -> str:
    """Return the hash of bytes in 64 hex digits.

    Args:
        data: The bytes.
        algorithm: What the record or commitment names; none for SHA-256.

    Raises:
        HashingError: This machine does not have the algorithm, or nobody knows it.
    """
    if algorithm is None or algorithm == SHA_256:
        return hashlib.sha256(data).hexdigest()
    if algorithm != SM3:
        message = (
            f"the hash algorithm {algorithm!r:.60} is unknown here, which knows {SM3} and {SHA_256}: "
            "use the release of yingshang_flow that wrote it"
        )
        raise HashingError(message)
    if not has_sm3():
        raise HashingError(_NO_SM3.format("a record or commitment was hashed by SM3"))
    found = _new_sm3().copy()  # OpenSSL looks an algorithm up by its name each time, which takes longer than a hash
    found.update(data)
    return found.hexdigest()


@cache
def _new_sm3() -> "hashlib._Hash":
    return hashlib.new(SM3)


_NO_SM3: Final = (
    "{}, which this machine does not have: nothing is said against it, it cannot be checked here; use a Python whose "
    "OpenSSL (1.1.1 or later) has SM3"
)

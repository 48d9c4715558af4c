"""Typed values to text and back: strict reading, canonical writing, sealing; the only door to cattrs."""

from yingshang_flow.codec.reading import content_problems, read
from yingshang_flow.codec.rows import (
    GENESIS,
    Fragments,
    Skimmed,
    case_from,
    case_text,
    previous_hash,
    record_from,
    record_text,
    skimmed,
)
from yingshang_flow.codec.sealing import Secret, commitments, sealed, unsealed
from yingshang_flow.codec.text import ALGORITHM, canonical_text, digest, instant, microseconds

__all__ = [
    "ALGORITHM",
    "GENESIS",
    "Fragments",
    "Secret",
    "Skimmed",
    "canonical_text",
    "case_from",
    "case_text",
    "commitments",
    "content_problems",
    "digest",
    "instant",
    "microseconds",
    "previous_hash",
    "read",
    "record_from",
    "record_text",
    "sealed",
    "skimmed",
    "unsealed",
]

"""Typed values to text and back: strict reading, canonical writing, sealing; the only door to cattrs."""

from yingshang_flow.codec.hashing import SHA_256, SM3, chosen, has_sm3, hashed
from yingshang_flow.codec.reading import content_problems, read
from yingshang_flow.codec.rows import (
    GENESIS,
    Fragments,
    Skimmed,
    case_from,
    case_text,
    links,
    migrated_between,
    record_from,
    record_text,
    skimmed,
)
from yingshang_flow.codec.sealing import Secret, commitments, narrowing_problems, resealed, sealed, unsealed, withheld
from yingshang_flow.codec.text import canonical_text, digest, instant, microseconds
from yingshang_flow.codec.upcasting import Upcasting, as_read

__all__ = [
    "GENESIS",
    "SHA_256",
    "SM3",
    "Fragments",
    "Secret",
    "Skimmed",
    "Upcasting",
    "as_read",
    "canonical_text",
    "case_from",
    "case_text",
    "chosen",
    "commitments",
    "content_problems",
    "digest",
    "has_sm3",
    "hashed",
    "instant",
    "links",
    "microseconds",
    "migrated_between",
    "narrowing_problems",
    "read",
    "record_from",
    "record_text",
    "resealed",
    "sealed",
    "skimmed",
    "unsealed",
    "withheld",
]

"""The hashes: SM3 by the standard's examples, SHA-256 else, and a clear word where one of them is missing."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.codec import Secret, chosen, hashed, links
from yingshang_flow.errors import CodecError, HashingError


def test_sm3_is_the_standards() -> None:
    """GB/T 32905-2016, A.1 and A.2."""
    assert hashed(b"abc", "sm3") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hashed(b"abcd" * 16, "sm3") == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(st.binary())
def test_what_names_no_algorithm_is_sha_256(data: bytes) -> None:
    assert hashed(data, None) == hashed(data, "sha-256") == hashlib.sha256(data).hexdigest() != hashed(data, "sm3")


def test_sm3_is_taken_where_it_is_and_each_can_be_asked_for() -> None:
    assert [chosen(None), chosen("sm3"), chosen("sha256")] == ["sm3", "sm3", "sha-256"]


@pytest.mark.parametrize("hashing", ["md5", "", "SM3", 3, ["sm3"]])
def test_another_hash_is_refused(hashing: str) -> None:
    with pytest.raises(HashingError, match=r"hashing is 'sm3' or 'sha256', or left out .* not"):
        chosen(hashing)


def test_an_algorithm_of_a_later_release_is_named() -> None:
    with pytest.raises(HashingError, match="'sha3-256' is unknown here, which knows sm3 and sha-256"):
        hashed(b"", "sha3-256")


def test_an_algorithm_that_is_no_name_is_reported() -> None:
    with pytest.raises(CodecError, match="names no hash algorithm by 3"):
        links('{"algorithm":3,"previous":""}')
    assert links('{"previous":"ab"}') == ("ab", None)


def test_a_commitment_by_sm3_says_so() -> None:
    said = b"yingshang_flow/confidential/1" + b"\x07" * 32 + b'"x"'
    by_sm3 = hashlib.new("sm3", said).hexdigest()
    assert Secret(f"sm3:{by_sm3}", "07" * 32, '"x"').genuine
    assert not Secret(by_sm3, "07" * 32, '"x"').genuine
    assert not Secret(f"sm3:{hashlib.sha256(said).hexdigest()}", "07" * 32, '"x"').genuine

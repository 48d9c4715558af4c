"""Canonical text against a second, naive writing of RFC 8785."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.codec import canonical_text, digest, instant, microseconds
from yingshang_flow.codec.text import LARGEST, shown
from yingshang_flow.errors import CodecError

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
KEYS = st.text(st.characters(max_codepoint=127, exclude_characters="\0"))
NUMBERS = st.integers(-LARGEST, LARGEST)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def written(value: object) -> str:
    """Write a value as RFC 8785 says, clause by clause."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return f"{value:d}"
    if isinstance(value, str):
        return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 0x20 else c) for c in value) + '"'
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{written(key)}:{written(item)}" for key, item in members) + "}"
    assert isinstance(value, list | tuple)
    return "[" + ",".join(map(written, value)) + "]"


@given(VALUES)
def test_canonical_text_is_that_of_rfc_8785(value: object) -> None:
    assert canonical_text(value) == written(value)


@given(VALUES)
def test_canonical_text_reads_back(value: object) -> None:
    assert json.loads(canonical_text(value)) == value


@given(st.dictionaries(KEYS, VALUES), st.randoms())
def test_the_order_of_keys_does_not_matter(value: dict[str, Any], random: Random) -> None:
    items = list(value.items())
    random.shuffle(items)
    assert canonical_text(dict(items)) == canonical_text(value)


def test_the_example_of_the_document_comes_out_as_printed_there() -> None:
    value = {"string": '€$\x0f\nA\'B"\\\\"/', "literals": [None, True, False], "numbers": [333333333, 4]}
    assert canonical_text(value) == (
        '{"literals":[null,true,false],"numbers":[333333333,4],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_chinese_is_written_as_it_is() -> None:
    assert canonical_text(["约谈"]) == '["约谈"]'


@pytest.mark.parametrize("value", ["a\0", ["\0"], ("\0",), {"a": {"b": "\0"}}, {"\0": 1}, [1, [{"a": ["b", "\0"]}]]])
def test_a_nul_is_refused_wherever_it_is(value: object) -> None:
    with pytest.raises(CodecError, match=r"NUL character U\+0000"):
        canonical_text(value)


def test_what_only_looks_like_a_nul_is_written() -> None:
    assert json.loads(canonical_text({"a": [1, "\\u0000"]})) == {"a": [1, "\\u0000"]}


@pytest.mark.parametrize("value", ["\ud800", ["a\udfff"], {"a": "\udc00b"}])
def test_a_lone_surrogate_has_no_hash(value: object) -> None:
    with pytest.raises(CodecError, match=r"lone surrogate '\\ud"):
        digest(canonical_text(value))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_no_json_has_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_text(value)


def test_a_mapping_that_is_no_dict_is_not_written() -> None:
    with pytest.raises(TypeError):
        canonical_text(MappingProxyType({}))


@given(TEXTS)
def test_a_digest_is_the_hash_of_the_text_in_utf_8(text: str) -> None:
    assert digest(text) == hashlib.sha256(text.encode("utf-8")).hexdigest()


@given(
    st.datetimes(datetime(1949, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001  # made aware in the test
    st.integers(-23 * 60, 23 * 60),
)
def test_a_time_survives_as_integer_microseconds(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=UTC) + timedelta(minutes=minutes)
    value = microseconds(moment)
    assert type(value) is int
    assert abs(value) <= LARGEST
    assert instant(value) == moment
    assert instant(value).utcoffset() == timedelta(hours=8)


def test_times_count_from_1970_in_utc() -> None:
    assert microseconds(datetime(1970, 1, 1, 8, 0, 1, 2, tzinfo=instant(0).tzinfo)) == 1_000_002
    assert microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1


@pytest.mark.parametrize(
    ("value", "text"), [("a", "'a'"), ("x" * 58, "'" + "x" * 58 + "'"), ("x" * 59, "'" + "x" * 58 + "…")]
)
def test_a_value_is_shown_in_one_short_line(value: str, text: str) -> None:
    assert shown(value) == text
    assert len(shown("x" * 10_000)) == 60

"""Inputs that were right until something spoiled them: bytes, members of archives, and values of JSON."""

import copy
import io
import zipfile
from collections.abc import Callable
from typing import Any, Final

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]

_TEXTS: Final = (
    *("\0", '"', "'", "\n", "\r", ",", ";", "=", "[", "]", "{", "}", "<", ">", "&", "\\", "#", "-", " ", "\t"),
    *("\ufeff", "\u2028", "\x85", "\ud800", "\\ud800", "\\u0000", "&#0;", "&#x110000;", "<!DOCTYPE a>", "]]>"),
    *("9" * 400, "9" * 5000, "-1", "0", "1e999", "NaN", "inf", "null", "true", "0x", "1_0"),
    *("9999-12-31", "0001-01-01", "2018-02-30", "2018-12-20T25:00:00", "24:00:00", "+24:00", "43353", "工作日", "٣"),
    *("[" * 3000, "{" * 3000, '{"a":' * 3000, "a.b." * 300, "<a>" * 3000, "[[a]]\n", "a = 1\n", "'''", '"""'),
)
_BYTES: Final = (b"\xff", b"\xfe\xff", b"\x80", b"PK\x03\x04", b"\x1f\x8b")
NASTY: Final = (*(text.encode("utf-8", "surrogatepass") for text in _TEXTS), *_BYTES)
LEAVES: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["", "9999-12-31", "0001-01-01", "2018-12-20", "7工作日", "9" * 5000, "act", "\0", "sha-256"]),
)
VALUES: Final[st.SearchStrategy[Any]] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def spoiled(draw: Draw, *good: bytes) -> bytes:
    """Return bytes after a few edits: cut, doubled, moved, or with something nasty put in."""
    data: bytes = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        last = min(last, first + draw(st.sampled_from([0, 1, 4, 40, len(data)])))
        put = draw(st.sampled_from(NASTY) | st.binary(max_size=6) | st.just(data[first:last] * 2))
        data = data[:first] + put + data[last:]
    return data


@st.composite
def spoiled_archive(draw: Draw, good: bytes) -> bytes:
    """Return an archive one of whose members was spoiled, or left out, or that was spoiled itself."""
    if draw(st.integers(0, 5)) == 0:
        return draw(spoiled(good))  # type: ignore[no-any-return]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        chosen = draw(st.sampled_from(whole.namelist()))
        for name in whole.namelist():
            data = whole.read(name)
            if name != chosen:
                copy.writestr(name, data)
            elif draw(st.integers(0, 5)):
                copy.writestr(name, draw(spoiled(data)))
    return out.getvalue()


@st.composite
def spoiled_value(draw: Draw, good: Any) -> Any:  # noqa: ANN401  # as JSON has it
    """Return a copy of a value of JSON in which something was left out, added or replaced."""
    if not isinstance(good, dict | list) or not good or draw(st.integers(0, 9)) == 0:
        return draw(VALUES)
    changed: Any = copy.copy(good)
    place = draw(st.sampled_from(sorted(good) if isinstance(good, dict) else range(len(good))))
    match draw(st.integers(0, 9)):
        case 0:
            del changed[place]
        case 1 if isinstance(changed, dict):
            changed[draw(st.text(max_size=8))] = draw(VALUES)
        case 1:
            changed.append(good[place])
        case _:
            changed[place] = draw(spoiled_value(good[place]))
    return changed

"""Writes texts as XML holds them: what it has no character for is written otherwise, never lost unseen."""

import re
from typing import Final
from xml.sax.saxutils import escape

_NO_CHARACTER: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKS: Final = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def plain(text: str) -> str:
    """Return a text for people: what XML has no character for is shown as one that could not be shown."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)


def json_text(text: str) -> str:
    """Return the text of a JSON value for XML: what XML has no character for is written as JSON escapes it."""
    return _NO_CHARACTER.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escaped(text: str) -> str:
    """Return a text as it stands between tags."""
    return escape(text)


def quoted(text: str) -> str:
    """Return a text as the value of an attribute, quotation marks included."""
    return f'"{escape(text, _MARKS)}"'

"""HTML that escapes itself: what is not made by ``tag`` is text, whatever it holds."""

import html
import re
from typing import Final

from yingshang_flow.words import Label

_LONGEST: Final = 160
_VOID: Final = frozenset({"br", "input", "meta", "rect", "line", "circle"})
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""What no page may hold, and marks that would turn the direction of what comes after them."""


class Html(str):
    """Markup that was made here and is not escaped again."""

    __slots__ = ()


def text(said: str) -> Html:
    """Return a text as HTML: escaped, and with a sign in place of each character that has no place in a page."""
    return Html(html.escape(_UNPRINTABLE.sub("\ufffd", said)))


def joined(*parts: str, by: str = "") -> Html:
    """Return parts after one another; those that are no markup are escaped."""
    return Html(text(by).join(part if isinstance(part, Html) else text(part) for part in parts))


def tag(name: str, /, *inside: str, **attributes: str | int | bool | None) -> Html:
    """Return an element.

    Args:
        name: Its name.
        inside: What stands in it; what is no markup is escaped.
        attributes: Its attributes, with ``class_`` and ``for_`` for those that are words of Python, and a hyphen for
            each other underscore. One that is true has no value; one that is false, none or empty is left out.
    """
    said = "".join(
        f" {key.strip('_').replace('_', '-')}" + ("" if value is True else f'="{text(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False and value != ""
    )
    if name in _VOID:
        return Html(f"<{name}{said}>" if name in {"br", "input", "meta"} else f"<{name}{said}/>")
    return Html(f"<{name}{said}>{joined(*inside)}</{name}>")


def both(label: Label, *, shorten: bool = False) -> Html:
    """Return a text in both languages, of which the page shows one."""
    zh, en = (short(label.zh), short(label.en)) if shorten else (label.zh, label.en)
    if zh == en:
        return tag("bdi", zh)
    return joined(tag("span", zh, lang="zh-CN"), tag("span", en, lang="en"))


def named(said: str, nothing: Label | None = None) -> Html:
    """Return what others wrote, kept apart from what stands around it, and shortened where it is very long."""
    if said or nothing is None:
        return tag("bdi", short(said))
    return tag("span", both(nothing), class_="nothing")


def short(said: str, longest: int = _LONGEST) -> str:
    """Return a text shortened to what a page can hold, with a sign where it goes on."""
    return said if len(said) <= longest else f"{said[: longest - 1]}…"

"""Lifecycles as pictures: one model extracted from the definition, one renderer a format."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.diagrams import dot, json, mermaid
from yingshang_flow.diagrams.comparing import compared
from yingshang_flow.diagrams.connections import connections
from yingshang_flow.diagrams.model import Diagram, Edge, Effect, LimitNote, Node, Sign, extract
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Language

Renderer = Callable[[Diagram], str]
"""Writes a diagram as the text of one format, ending in a newline, the same bytes every time."""

RENDERERS: Final[Mapping[str, Renderer]] = MappingProxyType(
    {
        "mermaid": mermaid.render,
        "dot": dot.render,
        "json": json.render,
    }
)
"""Every format by its name; a new one is a file with a ``render`` and its line here."""


def draw(
    lifecycle: Lifecycle,
    format: str,  # noqa: A002  # the word people use, on the command line too
    *,
    language: Language = "zh",
    history: Sequence[Record] | None = None,
    against: Lifecycle | None = None,
) -> str:
    """Draw a lifecycle, the way one case has taken through it, or in what it differs from another one.

    Args:
        lifecycle: The procedure.
        format: The name of a format, one of ``RENDERERS``.
        language: The language of every text in the picture.
        history: The records of one case in their order; they mark its state and the way taken.
        against: What it is compared with, such as the one it is derived from; everything in which it differs is marked.

    Raises:
        UnknownError: There is no such format or language, or both a history and something to compare with are given.
    """
    if history is not None and against is not None:
        raise UnknownError("a picture shows the way of a case or the differences from a lifecycle: give one of the two")
    renderer = RENDERERS.get(format)
    if renderer is None:
        raise UnknownError(f"there is no diagram format {format!r}; there are {', '.join(RENDERERS)}")
    if against is not None:
        return renderer(compared(lifecycle, against, language=language))
    return renderer(extract(lifecycle, language=language, history=history))


__all__ = [
    "RENDERERS",
    "Diagram",
    "Edge",
    "Effect",
    "LimitNote",
    "Node",
    "Renderer",
    "Sign",
    "compared",
    "connections",
    "draw",
    "extract",
]

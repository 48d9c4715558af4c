"""Lifecycles as pictures: one model extracted from the definition, one renderer a format."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.diagrams import dot, json, mermaid
from yingshang_flow.diagrams.connections import connections
from yingshang_flow.diagrams.model import Diagram, Edge, Effect, LimitNote, Node, extract
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
) -> str:
    """Draw a lifecycle, or the way one case has taken through it.

    Args:
        lifecycle: The procedure.
        format: The name of a format, one of ``RENDERERS``.
        language: The language of every text in the picture.
        history: The records of one case in their order; they mark its state and the way taken.

    Raises:
        UnknownError: There is no such format or language.
    """
    renderer = RENDERERS.get(format)
    if renderer is None:
        raise UnknownError(f"there is no diagram format {format!r}; there are {', '.join(RENDERERS)}")
    return renderer(extract(lifecycle, language=language, history=history))


__all__ = ["RENDERERS", "Diagram", "Edge", "Effect", "LimitNote", "Node", "Renderer", "connections", "draw", "extract"]

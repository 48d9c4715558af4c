"""A picture of cases that hang together: each a box with its state, each link an arrow from what came before."""

from typing import Final, get_args

from yingshang_flow.core.connections import Connected, Connections
from yingshang_flow.diagrams.model import Diagram, Edge, Node, one_line
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label, Language

_TITLE: Final = Label("案件关系", "Connections of")
_ASKED: Final = Label("所询案件", "the case asked for")
_GONE: Final = Label("不在库中", "not in the store")
_KINDS: Final = {"parent": Label("分案", "has as a part"), "origin": Label("引出", "led to")}


def connections(found: Connections, *, language: Language = "zh") -> Diagram:
    """Return the picture of cases that hang together, for any of ``RENDERERS``.

    Args:
        found: What ``Docket.connections`` returned; what is named and missing is drawn as such.
        language: The language of every text.

    Raises:
        UnknownError: There is no such language.
    """
    if language not in get_args(Language):
        raise UnknownError(f"there is no language {language!r}; there are {', '.join(get_args(Language))}")
    missing = frozenset(found.missing)
    boxes = [
        Node(one.case, _box(one, language), final=one.final, current=one.case == found.case) for one in found.cases
    ]
    arrows = [
        Edge(link.source, link.target, link.kind, _KINDS[link.kind].text(language), outside=link.source in missing)
        for link in found.links
    ]
    return Diagram(
        "connections",
        "",
        language,
        f"{_TITLE.text(language)} {one_line(found.case, '?')}",
        (*boxes, *(Node(case, one_line(case, "?"), outside=True) for case in found.missing)),
        tuple(arrows),
        (),
        "",
        _ASKED.text(language),
        _GONE.text(language),
        followed=False,
        course="right",
    )


def _box(one: Connected, language: Language) -> str:
    name = one.case if one.reference is None else one.reference
    return one_line(f"{one.title.text(language)} {name} · {one.label.text(language)}", one.case)

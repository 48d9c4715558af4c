"""A diagram in the language of Graphviz."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from types import MappingProxyType
from typing import Final

from yingshang_flow.diagrams.model import Diagram, Edge, Effect, Node

_FONTS: Final = "Noto Sans CJK SC,Source Han Sans SC,Microsoft YaHei,PingFang SC,WenQuanYi Micro Hei,sans-serif"
_INK, _SOFT, _LINE, _PALE = "#1e293b", "#64748b", "#475569", "#cbd5e1"
_WAY, _NOW, _OUTSIDE = "#1d4ed8", "#b45309", "#b91c1c"
_EFFECTS: Final = MappingProxyType(
    {"meets": "#15803d", "stops": "#7c3aed", "extends": "#0e7490", "revives": "#be123c", "starts": "#b45309"}
)
_MARKS: Final = MappingProxyType({"added": "#15803d", "removed": "#b91c1c", "changed": "#b45309"})
_FILLS: Final = MappingProxyType({"added": "#dcfce7", "removed": "#fef2f2", "changed": "#fef3c7"})
_COURSES: Final = MappingProxyType({"down": "TB", "right": "LR"})
_TEXT: Final = MappingProxyType({"fontname": _FONTS, "fontcolor": _INK})
_GRAPH: Final = MappingProxyType(
    {
        "nodesep": "0.4",
        "ranksep": "0.4",
        "pad": "0.3",
        "bgcolor": "white",
        "labelloc": "t",
        "labeljust": "l",
        **_TEXT,
    }
)
_NODE: Final = MappingProxyType({"shape": "box", "style": "rounded,filled", "margin": "0", "fontsize": "12", **_TEXT})
_EDGE: Final = MappingProxyType({"fontsize": "11", "arrowsize": "0.8", **_TEXT})
_DOT: Final = MappingProxyType(
    {"shape": "circle", "style": "filled", "fillcolor": _INK, "label": "", "width": "0.2", "margin": "0"}
)
_SMALL: Final = 9
_LEFT: Final = ' align="left"'
_RULE: Final = "<hr/>"
_START: Final = '""'
_STRAIGHT: Final = "20"
"""How strongly the way to the next state is kept straight, so that the usual course reads as one column."""


def render(diagram: Diagram) -> str:
    """Write the diagram for ``dot``: labels like HTML, the way taken in bold, citations in the caption."""
    return "\n".join((*_lines(diagram), ""))


def _lines(diagram: Diagram) -> Iterator[str]:
    names = {key: f'"{name}"' for key, name in diagram.identifiers("", "#").items()}
    yield "digraph {"
    yield f"  graph [{_given({'rankdir': _COURSES[diagram.course], **_GRAPH})}, label=<{_caption(diagram)}>]"
    yield f"  node [{_given(_NODE)}]"
    yield f"  edge [{_given(_EDGE)}]"
    if any(not move.source for move in diagram.moves):
        yield f"  {_START} [{_given(_DOT)}]"
    for node in diagram.nodes:
        yield f"  {names[node.key]} [{_given(_look(diagram, node))}, label=<{_box(diagram, node)}>]"
    for move in diagram.moves:
        straight = {"weight": _STRAIGHT} if diagram.leads_on(move) else {}
        ends = f"{names.get(move.source, _START)} -> {names[move.target]}"
        yield f"  {ends} [{_given({**_stroke(diagram, move), **straight})}, label=<{_said(diagram, move)}>]"
    yield "}"


def _given(attributes: Mapping[str, str]) -> str:
    """Return attributes; their values hold no quotes and end in no backslash."""
    return ", ".join(f'{name}="{value}"' for name, value in attributes.items())


# --- how things look --------------------------------------------------------------------------------------------------


def _look(diagram: Diagram, node: Node) -> dict[str, str]:
    if node.outside:
        line, fill, text = _OUTSIDE, "#fef2f2", _OUTSIDE
    elif node.current:
        line, fill, text = _NOW, "#fef3c7", _INK
    elif node.visited:
        line, fill, text = _WAY, "#dbeafe", _INK
    elif diagram.followed:
        line, fill, text = _PALE, "white", _SOFT
    elif node.mark:
        line, fill, text = _MARKS[node.mark], _FILLS[node.mark], _OUTSIDE if node.mark == "removed" else _INK
    else:
        line, fill, text = _LINE, "#e2e8f0" if node.final else "#f8fafc", _INK
    width = "2" if node.visited or node.current or node.mark in {"added", "changed"} else "1"
    look = {"color": line, "fillcolor": fill, "fontcolor": text, "penwidth": width}
    dashed = {"style": "rounded,filled,dashed"} if node.mark == "removed" else {}
    return {**look, **dashed, **({"peripheries": "2"} if node.final else {})}


def _stroke(diagram: Diagram, move: Edge) -> dict[str, str]:
    if move.outside:
        return {"color": _OUTSIDE, "fontcolor": _OUTSIDE, "style": "dashed,bold", "penwidth": "2"}
    if move.taken:
        return {"color": _WAY, "fontcolor": _WAY, "style": "bold", "penwidth": "2.5"}
    if diagram.followed:
        return {"color": _PALE, "fontcolor": _SOFT}
    if move.mark:
        colour, style = _MARKS[move.mark], "dashed" if move.mark == "removed" else "bold"
        return {"color": colour, "fontcolor": colour, "style": style, "penwidth": "1" if style == "dashed" else "2.5"}
    return {"color": _LINE, "fontcolor": _INK}


def _pale(diagram: Diagram, edge: Edge) -> bool:
    return diagram.followed and not edge.taken


# --- what they say ----------------------------------------------------------------------------------------------------


def _caption(diagram: Diagram) -> str:
    rows = [f'<font point-size="16"><b>{escape(diagram.title)}</b></font>']
    if diagram.limits:
        rows.append(_small(f"<b>{escape(diagram.limits_title)}</b>", _SOFT))
        rows.extend(
            _small(escape(note.text + diagram.marked(note.mark)), _MARKS.get(note.mark, _SOFT))
            for note in diagram.limits
        )
    if diagram.legend:
        signs = (_small(escape(sign.text), _MARKS[sign.mark]) for sign in diagram.legend)
        rows.append(" ".join((_small(f"<b>{escape(diagram.against)}</b>", _SOFT), *signs)))
    return _table(rows, _LEFT)


def _box(diagram: Diagram, node: Node) -> str:
    rows = [f"<b>{escape(node.label + diagram.marked(node.mark))}</b>"]
    if node.current:
        rows.append(_small(escape(diagram.current), _NOW))
    if node.outside:
        rows.append(_small(escape(diagram.outside), _OUTSIDE))
    if not node.stays:
        return _table([_table(rows)], padding=6)
    stays = [line for stay in node.stays for line in _stay(diagram, stay)]
    return _table((_table(rows), _RULE, _table(stays, _LEFT)), padding=5)


def _stay(diagram: Diagram, stay: Edge) -> Iterator[str]:
    taken = _OUTSIDE if stay.outside else _WAY if stay.taken else _MARKS.get(stay.mark, _INK)
    colour = _SOFT if _pale(diagram, stay) else taken
    condition = _condition(stay)
    name = f'<font point-size="10" color="{colour}">↻ {_name(diagram, stay)}{" " * bool(condition)}{condition}</font>'
    yield " ".join((name, *_roles(stay)))
    lines = (*_asks(stay), *_effects(stay.effects, pale=_pale(diagram, stay)))
    yield from (f"&#160;&#160;&#160;{line}" for line in lines)


def _said(diagram: Diagram, move: Edge) -> str:
    rows = (
        *filter(None, (_name(diagram, move), _condition(move))),
        *_roles(move),
        *_asks(move),
        *_effects(move.effects, pale=_pale(diagram, move)),
    )
    return _table((f"&#160;{row}" for row in rows), _LEFT)


def _condition(edge: Edge) -> str:
    return escape(f"[{edge.condition}]") if edge.condition else ""


def _name(diagram: Diagram, edge: Edge) -> str:
    times = f" ×{edge.taken}" if edge.taken > 1 else ""
    outside = f" ({diagram.outside})" if edge.outside else ""
    return escape(f"{edge.label}{times}{outside}{diagram.marked(edge.mark)}")


def _roles(edge: Edge) -> Iterator[str]:
    if edge.roles:
        yield _small(f"<i>{escape(' / '.join(edge.roles))}</i>", _SOFT)


def _asks(edge: Edge) -> Iterator[str]:
    for line in edge.asks:
        yield _small(escape(line), _MARKS["added" if line.startswith("+") else "removed"])


def _effects(effects: Iterable[Effect], *, pale: bool) -> Iterator[str]:
    for effect in effects:
        yield _small(escape(effect.text), _SOFT if pale else _EFFECTS[effect.kind])


def _small(text: str, colour: str) -> str:
    return f'<font point-size="{_SMALL}" color="{colour}">{text}</font>'


def _table(rows: Iterable[str], cell: str = "", *, padding: int = 1) -> str:
    """Return rows one under the other; a rule stands between its neighbours."""
    rows = (row if row == _RULE else f"<tr><td{cell}>{row}</td></tr>" for row in rows)
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="{padding}">{"".join(rows)}</table>'

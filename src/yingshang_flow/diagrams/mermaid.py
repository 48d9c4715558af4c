"""A diagram in the language of Mermaid, a flowchart, as code hosts and documentation pages render it."""

import json
import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from yingshang_flow.diagrams.model import Diagram, Edge, Node

_HEAD: Final = """\
config:
  themeVariables:
    edgeLabelBackground: "#ffffff"
  flowchart:
    htmlLabels: true
    wrappingWidth: 800
    nodeSpacing: 40
    rankSpacing: 40
"""
_CLASSES: Final = MappingProxyType(
    {
        "state": "fill:#f8fafc,stroke:#475569,color:#1e293b",
        "final": "fill:#e2e8f0,stroke:#475569,color:#1e293b,stroke-width:3px",
        "pale": "fill:#ffffff,stroke:#cbd5e1,color:#64748b",
        "visited": "fill:#dbeafe,stroke:#1d4ed8,color:#1e293b,stroke-width:2px",
        "current": "fill:#fef3c7,stroke:#b45309,color:#1e293b,stroke-width:3px",
        "outside": "fill:#fef2f2,stroke:#b91c1c,color:#b91c1c,stroke-width:2px,stroke-dasharray:5",
        "added": "fill:#dcfce7,stroke:#15803d,color:#14532d,stroke-width:2px",
        "removed": "fill:#fef2f2,stroke:#b91c1c,color:#b91c1c,stroke-dasharray:5",
        "changed": "fill:#fef3c7,stroke:#b45309,color:#78350f,stroke-width:2px",
        "start": "fill:#1e293b,stroke:#1e293b,color:#1e293b",
        "limits": "fill:#ffffff,stroke:#ffffff,color:#64748b,text-align:left",
    }
)
_STROKES: Final = MappingProxyType(
    {
        "default": "stroke:#64748b,color:#1e293b",
        "taken": "stroke:#1d4ed8,stroke-width:3px,color:#1d4ed8",
        "pale": "stroke:#cbd5e1,color:#64748b",
        "outside": "stroke:#b91c1c,stroke-width:2px,stroke-dasharray:5,color:#b91c1c",
        "added": "stroke:#15803d,stroke-width:3px,color:#15803d",
        "removed": "stroke:#b91c1c,stroke-dasharray:5,color:#b91c1c",
        "changed": "stroke:#b45309,stroke-width:3px,color:#b45309",
    }
)
_EFFECTS: Final = MappingProxyType(
    {"meets": "#15803d", "stops": "#7c3aed", "extends": "#0e7490", "revives": "#be123c", "starts": "#b45309"}
)
_MARKS: Final = MappingProxyType({"added": "#15803d", "removed": "#b91c1c", "changed": "#b45309"})
_COURSES: Final = MappingProxyType({"down": "TB", "right": "LR"})
_START: Final = "start_"
_LIMITS: Final = "limits_"
_LEGEND: Final = "legend_"


def render(diagram: Diagram) -> str:
    """Write the diagram as a flowchart: the way taken in thick blue, what a case may do without moving in its box."""
    return "\n".join((*_lines(diagram), ""))


def _lines(diagram: Diagram) -> Iterator[str]:
    names = diagram.identifiers("s_", "n")
    title = json.dumps(diagram.title, ensure_ascii=False)
    yield f"---\ntitle: {title}\n{_HEAD}---\nflowchart {_COURSES[diagram.course]}"
    looks: dict[str, list[str]] = {}
    if any(not move.source for move in diagram.moves):
        yield f'    {_START}(("&nbsp;"))'
        looks.setdefault("start", []).append(_START)
    for node in diagram.nodes:
        left, right = ("([", "])") if node.final else ("(", ")")
        yield f'    {names[node.key]}{left}"{_box(diagram, node)}"{right}'
        looks.setdefault(_look(diagram, node), []).append(names[node.key])
    strokes = {"default": ["default"]}
    for number, move in enumerate(diagram.moves):
        yield f'    {names.get(move.source, _START)} -->|"{_said(diagram, move)}"| {names[move.target]}'
        if (stroke := _stroke(diagram, move)) != "default":
            strokes.setdefault(stroke, []).append(str(number))
    for name, lines in _notes(diagram):
        yield f'    {name}["{_stack(lines)}"]'
        looks.setdefault("limits", []).append(name)
    for look, style in _CLASSES.items():
        if look in looks:
            yield f"    classDef {look}_ {style}"
            yield f"    class {','.join(looks[look])} {look}_"
    for stroke, style in _STROKES.items():
        if stroke in strokes:
            yield f"    linkStyle {','.join(strokes[stroke])} {style}"


def _notes(diagram: Diagram) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the boxes beside the picture: the limits, and what the marks mean."""
    if diagram.limits:
        notes = (_coloured(note.mark, _small(_text(note.text + diagram.marked(note.mark)))) for note in diagram.limits)
        yield _LIMITS, (f"<b>{_text(diagram.limits_title)}</b>", *notes)
    if diagram.legend:
        signs = (_coloured(sign.mark, _text(sign.text)) for sign in diagram.legend)
        yield _LEGEND, (f"<b>{_text(diagram.against)}</b>", *signs)


def _look(diagram: Diagram, node: Node) -> str:
    if node.outside:
        return "outside"
    if node.current:
        return "current"
    if node.visited:
        return "visited"
    if diagram.followed:
        return "pale"
    return node.mark or ("final" if node.final else "state")


def _stroke(diagram: Diagram, move: Edge) -> str:
    if move.outside:
        return "outside"
    if move.taken:
        return "taken"
    return "pale" if diagram.followed else move.mark or "default"


def _box(diagram: Diagram, node: Node) -> str:
    rows = [f"<b>{_text(node.label + diagram.marked(node.mark))}</b>"]
    if node.current:
        rows.append(_small(_text(diagram.current)))
    if node.outside:
        rows.append(_small(_text(diagram.outside)))
    stays = []
    for stay in node.stays:
        name = _coloured(stay.mark, _small(f"↻ {' '.join(_names(diagram, stay))}"))
        stays.append(" ".join((name, *_roles(stay))))
        stays.extend(f"&emsp;{line}" for line in (*_asks(stay), *_effects(diagram, stay)))
    return _stack(rows) + (f"<hr/><div align='left'>{_stack(stays)}</div>" if stays else "")


def _said(diagram: Diagram, move: Edge) -> str:
    return _stack((*_names(diagram, move), *_roles(move), *_asks(move), *_effects(diagram, move)))


def _names(diagram: Diagram, edge: Edge) -> Iterator[str]:
    times = f" ×{edge.taken}" if edge.taken > 1 else ""
    outside = f" ({diagram.outside})" if edge.outside else ""
    name = _text(f"{edge.label}{times}{outside}{diagram.marked(edge.mark)}")
    yield f"<b>{name}</b>" if edge.taken else name
    if edge.condition:
        yield _text(f"[{edge.condition}]")


def _roles(edge: Edge) -> Iterator[str]:
    if edge.roles:
        # Browsers measure slanted text as if it stood upright, and would cut its last character.
        yield _small(f"<i>{_text(' / '.join(edge.roles))}</i>&nbsp;")


def _asks(edge: Edge) -> Iterator[str]:
    for line in edge.asks:
        yield _coloured("added" if line.startswith("+") else "removed", _small(_text(line)))


def _effects(diagram: Diagram, edge: Edge) -> Iterator[str]:
    for effect in edge.effects:
        text = _small(_text(effect.text))
        pale = diagram.followed and not edge.taken
        yield text if pale else f"<font color='{_EFFECTS[effect.kind]}'>{text}</font>"


def _coloured(mark: str, text: str) -> str:
    return f"<font color='{_MARKS[mark]}'>{text}</font>" if mark else text


def _small(text: str) -> str:
    return f"<small>{text}</small>"


def _stack(rows: Iterable[str]) -> str:
    return "<br/>".join(rows)


_SPECIAL: Final = re.compile(r"[^\w ,()/\u00a0-\U0010ffff]|_")
_FORMULA_OR_ICON: Final = re.compile(r"\$(?=\$)|:(?=fa-)")


def _text(text: str) -> str:
    """Return a text with every mark of ASCII that Mermaid, Markdown or HTML could read as more written as a number.

    Formulas and icons are found after the numbers have been read, so an invisible space goes into their marks.
    """
    return _SPECIAL.sub(_number, _FORMULA_OR_ICON.sub("\\g<0>\u200b", text))


def _number(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"

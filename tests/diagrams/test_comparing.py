"""A lifecycle drawn against another one: what is added, gone and otherwise is marked, in every format."""

import json
from typing import Any

import attrs
import pytest
from hypothesis import given

from tests.diagrams.test_diagrams import CLERK, HOSTILE, SMALL, drawn_by_dot, drawn_by_mermaid, light, renamed
from yingshang_flow.core.deriving import Added, Change, RowChange, derive
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, stay
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingDays
from yingshang_flow.diagrams import RENDERERS, Diagram, Edge, Sign, compared, draw, extract
from yingshang_flow.errors import UnknownError
from yingshang_flow.lifecycles import SHIPPED
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label

TITLE = Label("本地小事", "Small matter here")
OWN = derive(
    SMALL,
    Change(
        states=[Added(State("checked", Label("已核", "Checked")), after="open")],
        without_states="waiting",
        triggers=[Trigger("check", Label("核对", "Check"))],
        without_triggers=["ask", "answer"],
        rows=[move("check", "open", to="checked", by=CLERK), stay("note", "checked", by=CLERK, when=light)],
        changed_rows={("close", "open"): RowChange(needs=light)},
        without_limits=["reply", "unset", "weekly"],
        limits=[attrs.evolve(SMALL.by_limit["weekly"], period=Cited(WorkingDays(3), OURS("R1")))],
    ),
    key="small_here",
    title=TITLE,
)


def marks(diagram: Diagram) -> dict[str, str]:
    """Return the marks of a picture by what has them, without what is as it was."""
    edges: list[Edge] = [*diagram.moves, *(stay for node in diagram.nodes for stay in node.stays)]
    found = {
        **{node.key: node.mark for node in diagram.nodes},
        **{f"{edge.source} {edge.trigger} {edge.target}": edge.mark for edge in edges},
        **{note.key: note.mark for note in diagram.limits},
    }
    return {key: mark for key, mark in found.items() if mark}


def test_everything_that_differs_is_marked_and_what_is_gone_is_in_the_picture() -> None:
    diagram = compared(OWN, SMALL)
    assert [node.key for node in diagram.nodes] == ["open", "waiting", "checked", "done"]
    assert marks(diagram) == {
        "checked": "added",
        "waiting": "removed",
        "open check checked": "added",
        "open ask waiting": "removed",
        "waiting answer open": "removed",
        "open close done": "changed",
        "open close open": "changed",
        "waiting note waiting": "removed",
        "checked note checked": "added",
        "reply": "removed",
        "weekly": "changed",
        " begin open": "changed",  # it starts the weekly report, which is due otherwise
    }
    (closed,) = (move for move in diagram.moves if move.trigger == "close")
    assert closed.asks == ("+ 事小",)


def test_from_the_other_side_what_was_added_is_gone() -> None:
    there, back = marks(compared(OWN, SMALL)), marks(compared(SMALL, OWN))
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert back == {key: turned[mark] for key, mark in there.items()}
    (closed,) = (move for move in compared(SMALL, OWN).moves if move.trigger == "close")
    assert closed.asks == ("- 事小",)


def test_what_is_gone_stands_where_it_stood() -> None:
    without = attrs.evolve(SMALL, states=SMALL.states[1:2], transitions=[], triggers=[], limits=[])
    assert [node.key for node in compared(without, SMALL).nodes] == ["open", "waiting", "done"]


def test_a_state_with_another_name_or_end_is_changed() -> None:
    def with_states(*states: State) -> Lifecycle:
        return attrs.evolve(SMALL, states=[*states, *SMALL.states[len(states) :]])

    assert marks(compared(with_states(attrs.evolve(SMALL.states[0], label=TITLE)), SMALL)) == {"open": "changed"}
    assert marks(compared(with_states(attrs.evolve(SMALL.states[0], final=True)), SMALL))["open"] == "changed"


def test_of_two_branches_only_the_one_that_needs_more_is_changed() -> None:
    rows = [
        attrs.evolve(row, needs=light) if row.trigger == "close" and row.to is None else row
        for row in SMALL.transitions
    ]
    assert marks(compared(attrs.evolve(SMALL, transitions=rows), SMALL)) == {"open close open": "changed"}


def test_another_content_class_changes_the_ways_of_its_trigger() -> None:
    triggers = [attrs.evolve(one, content=Label) if one.key == "ask" else one for one in SMALL.triggers]
    assert marks(compared(attrs.evolve(SMALL, triggers=triggers), SMALL)) == {"open ask waiting": "changed"}


@pytest.mark.parametrize("name", RENDERERS)
def test_the_legend_says_what_the_marks_mean(name: str) -> None:
    text = draw(OWN, name, against=SMALL)
    assert "对比 小事" in text
    assert "核对 (新增)" in text if name != "json" else '"mark": "added"' in text
    assert "Compared with Small matter" in draw(OWN, name, against=SMALL, language="en")
    assert "Compared" not in draw(OWN, name, language="en")


def test_without_anything_to_compare_with_there_are_no_marks() -> None:
    diagram = extract(OWN)
    assert (marks(diagram), diagram.against, diagram.legend) == ({}, "", ())
    assert compared(OWN, SMALL).legend == (Sign("added", "新增"), Sign("removed", "取消"), Sign("changed", "改变"))


def test_mermaid_draws_the_added_green_the_gone_red_and_dashed_and_the_changed_amber() -> None:
    body = draw(OWN, "mermaid", against=SMALL, language="en").splitlines()
    assert "    class s_waiting removed_" in body
    assert "    class s_checked added_" in body
    assert "    class limits_,legend_ limits_" in body
    strokes = {line.split()[1]: line.split(" ", 6)[-1] for line in body if line.startswith("    linkStyle")}
    moves = [(move.trigger, move.mark) for move in compared(OWN, SMALL).moves]
    numbers: dict[str, list[str]] = {}
    for number, (_, mark) in enumerate(moves):
        numbers.setdefault(mark, []).append(str(number))
    assert "stroke-dasharray" in strokes[",".join(numbers["removed"])]
    assert "#15803d" in strokes[",".join(numbers["added"])]
    assert "#b45309" in strokes[",".join(numbers["changed"])]
    (kept,) = (line for line in body if line.startswith("    s_open -->") and "| s_done" in line)
    assert "<font color='#15803d'><small>#43; it is light</small></font>" in kept
    (box,) = (line for line in body if line.startswith("    s_waiting("))
    assert "<b>Waiting (removed)</b>" in box


def test_dot_draws_the_added_green_the_gone_red_and_dashed_and_the_changed_amber() -> None:
    lines = draw(OWN, "dot", against=SMALL, language="en").splitlines()

    def line(start: str) -> str:
        (found,) = (one for one in lines if one.startswith(f"  {start} ["))
        return found

    assert 'color="#b91c1c", fillcolor="#fef2f2"' in line('"waiting"')
    assert 'style="rounded,filled,dashed"' in line('"waiting"')
    assert 'color="#15803d", fillcolor="#dcfce7"' in line('"checked"')
    assert 'color="#15803d", fontcolor="#15803d", style="bold", penwidth="2.5"' in line('"open" -> "checked"')
    assert 'color="#b91c1c", fontcolor="#b91c1c", style="dashed", penwidth="1"' in line('"open" -> "waiting"')
    assert 'color="#b45309"' in line('"open" -> "done"')
    assert '<font point-size="9" color="#15803d">+ it is light</font>' in line('"open" -> "done"')
    assert '<font point-size="10" color="#15803d">↻ Note (added) [it is light]</font>' in line('"checked"')
    assert '<font point-size="9" color="#b91c1c">Reply: 7 working days' in line("graph")
    gone = '<font point-size="9" color="#b91c1c">- it is light</font>'
    assert any(gone in one for one in draw(SMALL, "dot", against=OWN, language="en").splitlines())


def test_a_way_and_a_comparison_are_two_pictures() -> None:
    records: list[Record] = []
    with pytest.raises(UnknownError, match="give one of the two"):
        draw(SMALL, "mermaid", history=records, against=OWN)


@pytest.mark.parametrize("name", RENDERERS)
def test_against_itself_nothing_is_marked(name: str) -> None:
    lifecycle = SHIPPED["complaint"]("bayuquan-2018")
    assert marks(compared(lifecycle, attrs.evolve(lifecycle))) == {}
    assert draw(lifecycle, name, against=lifecycle) != draw(lifecycle, name)


def test_two_shipped_procedures_can_be_compared_whole() -> None:
    one, other = SHIPPED["complaint"]("bayuquan-2018"), SHIPPED["interview"]("dalian-2018")
    diagram = compared(one, other)
    assert {node.mark for node in diagram.nodes} == {"added", "removed"}
    assert json.loads(draw(one, "json", against=other)) == json.loads(json.dumps(attrs.asdict(diagram)))
    readers: list[Any] = [drawn_by_mermaid, drawn_by_dot]
    for reader, name in zip(readers, ("mermaid", "dot"), strict=True):
        drawing = reader(draw(one, name, against=other))
        assert [key for key, _ in drawing.nodes] == [node.key for node in diagram.nodes]
        assert len(drawing.moves) == len(diagram.moves)


@given(label=HOSTILE, other=HOSTILE, key=HOSTILE.filter(lambda key: key not in {"", "done"}))
def test_no_text_breaks_out_of_its_place_in_a_comparison(*, label: str, other: str, key: str) -> None:
    one, against = renamed(label, key), renamed(other, key)
    row = attrs.evolve(one.transitions[-1], needs=attrs.evolve(light, label=Label(label, label)))
    one = attrs.evolve(one, transitions=[*one.transitions[:-1], row])
    diagram = compared(one, against)
    for drawing in (
        drawn_by_mermaid(draw(one, "mermaid", against=against)),
        drawn_by_dot(draw(one, "dot", against=against)),
    ):
        assert len(drawing.nodes) == len(diagram.nodes)
        assert len(drawing.moves) == len(diagram.moves)
    draw(one, "json", against=against).encode()

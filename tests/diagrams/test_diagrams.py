"""Pictures of lifecycles: what they show, in every format, whatever the labels hold."""

import json
import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow import policies
from yingshang_flow.core.actor import Role
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle, State, Transition, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, Obligors, TimeLimit, entering, leaving
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.core.requirement import View, needs
from yingshang_flow.deadlines import MONTH_END, CalendarDays, WorkingDays
from yingshang_flow.diagrams import RENDERERS, Edge, Effect, draw, extract
from yingshang_flow.errors import UnknownError
from yingshang_flow.lifecycles import SHIPPED
from yingshang_flow.sources import DALIAN_INTERVIEW, OURS
from yingshang_flow.words import GUARD, LIMIT, Cited, Label, Language, Rule

CLERK, CHIEF = Role("clerk", Label("经办人", "clerk")), Role("chief", Label("负责人", "chief"))
R1 = Rule("R1", LIMIT, DALIAN_INTERVIEW("6(4)"), Label("按期答复", "Answered in time"))
R2 = Rule("R2", GUARD, OURS("R2"), Label("轻重", "Weight"))


@needs(R2, Label("事小", "it is light"))
def light(_: View[object, object]) -> bool:
    return True


@needs(R2, Label("事急", "it is urgent"))
def urgent(_: View[object, object]) -> bool:
    return True


def units(_: Case) -> tuple[str, ...]:
    return ("一局",)


UNITS = Obligors("units", Label("单位", "unit"), units)

SMALL = Lifecycle(
    key="small",
    title=Label("小事", "Small matter"),
    states=[
        State("open", Label("办理中", "Open")),
        State("waiting", Label("等待中", "Waiting")),
        State("done", Label("已办结", "Done"), final=True),
    ],
    triggers=[
        Trigger("begin", Label("受理", "Begin")),
        Trigger("ask", Label("询问", "Ask")),
        Trigger("answer", Label("答复", "Answer")),
        Trigger("note", Label("备注", "Note")),
        Trigger("close", Label("办结", "Close")),
    ],
    transitions=[
        opening("begin", to="open", by=CLERK),
        move("ask", "open", to="waiting", by=CLERK, when=light),
        move("ask", "open", to="waiting", by=CHIEF, when=urgent),
        move("close", "open", to="done", by=CHIEF, when=[light, urgent]),
        stay("close", "open", by=CLERK),
        move("answer", "waiting", to="open", by=CLERK),
        stay("note", ["open", "waiting"], by=[CLERK, CHIEF], when=light),
    ],
    limits=[
        TimeLimit(
            "reply",
            Cited(WorkingDays(7), DALIAN_INTERVIEW("6(4)")),
            label=Label("答复", "Reply"),
            starts="ask",
            met="answer",
            rules=R1,
        ),
        TimeLimit(
            "weekly",
            Cited(CalendarDays(7), OURS("R1")),
            label=Label("周报", "Weekly report"),
            starts=entering("open"),
            met="note",
            stops=leaving("open"),
            each=UNITS,
            repeats=True,
            rules=R1,
        ),
        TimeLimit(
            "monthly",
            Cited(MONTH_END, OURS("R1")),
            label=Label("月报", "Monthly report"),
            starts="begin",
            met=(),
            repeats=True,
            rules=R1,
        ),
        TimeLimit("extra", FromContent("by"), label=Label("补充", "Extra"), starts=(), met=(), rules=R1),
        TimeLimit("next", FromContent("by"), label=Label("下次", "Next"), starts=(), met=(), repeats=True, rules=R1),
        TimeLimit("unset", None, label=Label("未定", "Unset"), starts="ask", met="answer", rules=R1),
    ],
)

WAY = [
    ("", "begin", "open"),
    ("open", "note", "open"),
    ("open", "ask", "waiting"),
    ("waiting", "answer", "open"),
    ("open", "ask", "waiting"),
]


def history(*way: tuple[str, str, str]) -> list[Record]:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return [
        Record("1", number, Kind.ACT, trigger, before, after, None, (), None, Moment.of(now), now)
        for number, (before, trigger, after) in enumerate(way, 1)
    ]


def clock(number: int, state: str) -> Record:
    now = datetime(2026, 1, 6, tzinfo=UTC)
    return Record("1", number, Kind.CLOCK, "", state, state, None, (), None, Moment.of(now), now)


# --- the model --------------------------------------------------------------------------------------------------------


def test_rows_of_the_same_source_trigger_and_target_are_one_edge() -> None:
    assert extract(SMALL, language="en").moves == (
        Edge(
            "",
            "open",
            "begin",
            "Begin",
            ("clerk",),
            effects=(
                Effect("starts", "weekly", "starts Weekly report: every 7 days"),
                Effect("starts", "monthly", "starts Monthly report: end of every month"),
            ),
        ),
        Edge(
            "open",
            "waiting",
            "ask",
            "Ask",
            ("clerk", "chief"),
            effects=(
                Effect("starts", "reply", "starts Reply: 7 working days"),
                Effect("stops", "weekly", "stops Weekly report"),
            ),
        ),
        Edge("open", "done", "close", "Close", ("chief",), "it is light and it is urgent"),
        Edge(
            "waiting",
            "open",
            "answer",
            "Answer",
            ("clerk",),
            effects=(
                Effect("meets", "reply", "meets Reply"),
                Effect("starts", "weekly", "starts Weekly report: every 7 days"),
            ),
        ),
    )


def test_what_leaves_a_case_where_it_is_stands_with_its_state() -> None:
    node, waiting, done = extract(SMALL, language="zh").nodes
    assert (node.key, node.label, node.initial, node.final) == ("open", "办理中", True, False)
    assert [(edge.label, edge.roles, edge.condition) for edge in node.stays] == [
        ("办结", ("经办人",), "否则"),
        ("备注", ("经办人", "负责人"), "事小"),
    ]
    assert [effect.text for effect in node.stays[1].effects] == ["完成 周报"]
    assert [edge.label for edge in waiting.stays] == ["备注"]
    assert (done.final, done.initial, done.stays) == (True, False, ())


def test_a_branch_of_several_rows_is_chosen_by_either() -> None:
    rows = [
        opening("begin", to="open", by=CLERK),
        move("ask", "open", to="waiting", by=CLERK, when=light),
        move("ask", "open", to="waiting", by=CHIEF, when=urgent),
        move("ask", "open", to="done", by=CLERK),
    ]
    moves = extract(attrs.evolve(SMALL, transitions=rows, limits=()), language="en").moves
    assert [edge.condition for edge in moves] == ["", "it is light or it is urgent", "otherwise"]


MOVED = attrs.evolve(
    SMALL,
    limits=[
        attrs.evolve(
            SMALL.limits[0],
            starts=("ask", "note"),
            extended={"note": Cited(WorkingDays(15), OURS("R1")), "ask": FromContent("until")},
            revived="note",
        )
    ],
)


def test_what_extends_a_limit_or_brings_it_back_is_told_before_what_starts_it() -> None:
    moved = extract(MOVED, language="en")
    assert [effect.text for effect in moved.nodes[1].stays[0].effects] == [
        "extends Reply: 15 working days",
        "revives Reply",
        "starts Reply: 7 working days",
    ]
    asked = next(edge for edge in moved.moves if edge.trigger == "ask")
    assert asked.effects[0].kind == "extends"
    assert asked.effects[0].text.startswith("extends Reply: ")
    assert [effect.kind for effect in extract(MOVED).nodes[1].stays[0].effects] == ["extends", "revives", "starts"]
    assert [effect.text for effect in extract(MOVED).nodes[1].stays[0].effects][:2] == [
        "延长 答复：15工作日",
        "恢复 答复",
    ]


def test_what_leads_to_an_end_neither_extends_nor_brings_back() -> None:
    limit = attrs.evolve(MOVED.limits[0], extended={"close": FromContent("until")}, revived="close")
    closing = extract(attrs.evolve(MOVED, limits=[limit]), language="en")
    assert next(edge for edge in closing.moves if edge.trigger == "close").effects == ()


@pytest.mark.parametrize("name", ["mermaid", "dot"])
def test_each_kind_of_effect_has_a_colour_of_its_own(name: str) -> None:
    text = draw(MOVED, name, language="en")
    kinds = ("extends", "revives", "starts")
    found = [re.findall(r"color=['\"](#[0-9a-f]{6})['\"]>(?:<[^>]*>)*" + kind, text) for kind in kinds]
    colours = {colour for colour, *_ in found}
    assert len(colours) == 3


def test_every_limit_with_a_period_is_noted_with_its_citation() -> None:
    document = "《大连市营商环境建设工作约谈制度》（大政办发〔2018〕174号）第6条(4)"
    notes = extract(SMALL).limits
    assert [note.text for note in notes if note.key not in {"weekly", "monthly"}] == [
        f"答复：7工作日；{document}",
        f"补充：期限另定；{document}",
        f"下次：定期，期限另定；{document}",
    ]
    weekly, monthly = notes[1:3]
    assert (weekly.period, weekly.each, weekly.citations) == ("每7日", "每个单位", (OURS("R1").text("zh"),))
    assert (monthly.period, monthly.each) == ("每月末", "")


def test_a_history_marks_the_state_and_the_way() -> None:
    diagram = extract(SMALL, history=[*history(*WAY), clock(6, "waiting")])
    assert diagram.followed
    assert [(node.key, node.current, node.visited) for node in diagram.nodes] == [
        ("open", False, True),
        ("waiting", True, True),
        ("done", False, False),
    ]
    assert [edge.taken for edge in diagram.moves] == [1, 2, 0, 1]
    assert [edge.taken for edge in diagram.nodes[0].stays] == [0, 1]


@pytest.mark.parametrize("records", [None, []])
def test_without_records_nothing_is_marked(records: list[Record] | None) -> None:
    diagram = extract(SMALL, history=records)
    assert not diagram.followed
    assert not any(node.current or node.visited for node in diagram.nodes)


def test_what_the_procedure_does_not_have_is_marked_as_such() -> None:
    odd = [("open", "vanish", "limbo"), ("limbo", "note", "limbo"), ("limbo", "close", "done")]
    diagram = extract(SMALL, history=history(WAY[0], *odd))
    assert [node.key for node in diagram.nodes if node.outside] == ["limbo"]
    assert [(edge.label, edge.taken) for edge in diagram.moves if edge.outside] == [("vanish", 1), ("办结", 1)]
    assert [edge.outside for edge in diagram.nodes[-1].stays] == [True]
    for name in RENDERERS:
        assert "程序外" in draw(SMALL, name, history=history(WAY[0], *odd))


def test_a_state_leads_on_to_the_next_one() -> None:
    diagram = extract(SMALL)
    assert [edge.trigger for edge in diagram.moves if diagram.leads_on(edge)] == ["begin", "ask"]


def test_an_unknown_language_or_format_names_those_there_are() -> None:
    with pytest.raises(UnknownError, match="no language 'fr'; there are zh, en"):
        extract(SMALL, language="fr")  # type: ignore[arg-type]
    with pytest.raises(UnknownError, match="no diagram format 'gif'; there are mermaid, dot, json"):
        draw(SMALL, "gif")


# --- the formats ------------------------------------------------------------------------------------------------------


def test_mermaid_reads_like_the_procedure() -> None:
    text = draw(SMALL, "mermaid", language="en", history=history(*WAY))
    body = text.split("flowchart TB\n")[1].splitlines()
    assert body[0] == '    start_(("&nbsp;"))'
    assert body[1].startswith('    s_open("<b>Open</b><hr/>')
    assert body[3] == '    s_done(["<b>Done</b>"])'
    assert body[6] == (
        '    s_open -->|"Close<br/>#91;it is light and it is urgent#93;<br/><small><i>chief</i>&nbsp;</small>"| s_done'
    )
    assert "    class s_waiting current_" in body
    assert "    linkStyle 2 stroke:#cbd5e1,color:#64748b" in body
    assert "    linkStyle 0,1,3 stroke:#1d4ed8,stroke-width:3px,color:#1d4ed8" in body
    assert "<b>Ask ×2</b>" in text


def test_dot_reads_like_the_procedure() -> None:
    text = draw(SMALL, "dot", history=history(*WAY))
    (asked,) = (line for line in text.splitlines() if line.startswith('  "open" -> "waiting"'))
    assert 'style="bold"' in asked
    assert "起算 答复：7工作日" in asked
    assert "询问 ×2" in asked
    (closed,) = (line for line in text.splitlines() if line.startswith('  "open" -> "done"'))
    assert "bold" not in closed
    assert "[事小且事急]" in closed


def test_json_is_the_model() -> None:
    diagram = extract(SMALL, history=history(*WAY))
    assert json.loads(draw(SMALL, "json", history=history(*WAY))) == json.loads(json.dumps(attrs.asdict(diagram)))


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("final", [True, False])
def test_a_lifecycle_of_nothing_but_one_state_can_be_drawn(name: str, *, final: bool) -> None:
    bare = Lifecycle(
        key="bare", title=Label("空", "Bare"), states=[State("only", Label("唯一", "Only"), final=final)], triggers=[],
        transitions=[], profile="here-2026",
    )  # fmt: skip
    assert "空 (here-2026)" in draw(bare, name)


# --- every shipped procedure ------------------------------------------------------------------------------------------


BOUND = [
    (key, profile)
    for profile in sorted(policies.keys())
    for key in SHIPPED
    if any(path.startswith(f"{key}.") for path in policies.get(profile).entries)
]
"""Every shipped procedure with every profile that has a section for it."""


LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "profile"), BOUND)
def test_every_state_and_every_way_of_a_shipped_procedure_is_drawn(key: str, profile: str, language: Language) -> None:
    lifecycle = SHIPPED[key](profile)
    ways = {
        (source, row.trigger, source if row.to is None else row.to)
        for row in lifecycle.transitions
        for source in row.sources or ("",)
    }
    diagram = extract(lifecycle, language=language)
    edges = [*diagram.moves, *(edge for node in diagram.nodes for edge in node.stays)]
    assert [node.key for node in diagram.nodes] == [state.key for state in lifecycle.states]
    assert sorted((edge.source, edge.trigger, edge.target) for edge in edges) == sorted(ways)
    assert not any(edge.outside for edge in edges)

    expected = Drawing(
        [(node.key, [node.label, *(stay.label for stay in node.stays)]) for node in diagram.nodes],
        [(edge.source, edge.target, edge.label) for edge in diagram.moves],
    )
    for drawing in (
        drawn_by_mermaid(draw(lifecycle, "mermaid", language=language)),
        drawn_by_dot(draw(lifecycle, "dot", language=language)),
    ):
        assert drawing.moves == expected.moves
        assert [name for name, _ in drawing.nodes] == [name for name, _ in expected.nodes]
        for (_, lines), (_, labels) in zip(drawing.nodes, expected.nodes, strict=True):
            assert all(any(label in line for line in lines) for label in labels)


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize(("key", "profile"), BOUND)
def test_a_drawing_is_the_same_every_time(key: str, profile: str, name: str) -> None:
    again = attrs.evolve(SHIPPED[key](profile))
    assert draw(SHIPPED[key](profile), name) == draw(again, name)


# --- hostile texts ----------------------------------------------------------------------------------------------------


@attrs.frozen
class Drawing:
    """What a strict reader finds in a drawing: the lines of every box, and the first line of every move."""

    nodes: list[tuple[str, list[str]]]
    moves: list[tuple[str, str, str]]


class Lines(HTMLParser):
    """Reads a label, refusing every tag that no renderer writes."""

    KNOWN = frozenset({"b", "i", "br", "hr", "small", "div", "font", "table", "tr", "td"})

    def __init__(self, label: str) -> None:
        super().__init__()
        self.found = [""]
        self.open: list[str] = []
        self.feed(label)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in self.KNOWN
        assert all(re.fullmatch(r"[a-z0-9#]+", value or "") for _, value in attributes)
        self.open.append(tag)

    def handle_startendtag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        assert tag in {"br", "hr"}
        self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "tr":
            self.found.append("")

    def handle_data(self, data: str) -> None:
        self.found[-1] += data

    @property
    def lines(self) -> list[str]:
        return [line.replace("\u00a0", " ").strip() for line in self.found if line.strip()]


def drawn_by_mermaid(text: str) -> Drawing:
    """Read a flowchart by a grammar in which no label can hold a mark that ends it."""
    head, _, body = text.partition("---\nflowchart TB\n")
    assert re.fullmatch(r'---\ntitle: "[^\n]*"\n(?:(?!---)[^\n]*\n)*', head)
    assert isinstance(json.loads(head.splitlines()[1].removeprefix("title: ")), str)
    nodes, moves = [], []
    for line in body.splitlines():
        if found := re.fullmatch(r'    (\w+)(\(\[|\(\(|\(|\[)"([^"`%\\{}]*)"(\]\)|\)\)|\)|\])', line, re.ASCII):
            if found[1] not in {"start_", "limits_", "legend_"}:
                nodes.append((found[1].removeprefix("s_"), lines_of(found[3])))
        elif found := re.fullmatch(r'    (\w+) -->\|"([^"`%\\{}]*)"\| (\w+)', line, re.ASCII):
            source = "" if found[1] == "start_" else found[1].removeprefix("s_")
            moves.append((source, found[3].removeprefix("s_"), lines_of(found[2])[0]))
        else:
            assert re.fullmatch(r"    (classDef|class|linkStyle) [\w ,:#-]+", line, re.ASCII)
    return Drawing(nodes, moves)


def lines_of(label: str) -> list[str]:
    shown = re.sub(r"#(\d+);", r"&#\1;", label)
    assert "$$" not in unescape(shown)
    assert ":fa-" not in unescape(shown)
    return Lines(shown.replace("\u200b", "")).lines


def drawn_by_dot(text: str) -> Drawing:
    """Read a graph by a grammar in which no label can hold an angle bracket of its own."""
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == ("digraph {", "}")
    given = r'(?:\w+="[^"\\]*"(?:, )?)*'
    nodes, moves = [], []
    for line in lines[1:-1]:
        found = re.fullmatch(rf'  (graph|node|edge|"[\w#]*"(?: -> "[\w#]*")?) \[({given})(?:label=<(.*)>)?\]', line)
        assert found
        label = Lines(found[3] or "").lines
        if "->" in found[1]:
            source, target = found[1].replace('"', "").split(" -> ")
            moves.append((source, target, label[0]))
        elif found[1].startswith('"') and found[1] != '""':
            nodes.append((found[1].strip('"'), label))
    return Drawing(nodes, moves)


HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="\"'`[](){}<>|&#;:%\\/-=.*_~@$!?\n\r\t\x00 ab1约"),
    st.lists(
        st.sampled_from(
            ['"', "-->", "%%{init: {}}%%", "---\n", "<script>x</script>", "<b>", "</td>", "&lt;", "#quot;", "\\", "\\N",
             "\n", "\u2028", "\u202e", "\ud800", "\ufffe", "end", "subgraph", "style:#a;", "]", ">", "1. a", "- a", "`",
             "$$", "fa:fa-car"]
        )
    ).map("".join),
)  # fmt: skip


def renamed(label: str, key: str) -> Lifecycle:
    """Return a lifecycle in which a text stands everywhere where one can."""
    said = Label(label, label)
    role = Role("role", said)
    requirement = attrs.evolve(light, label=said)
    return Lifecycle(
        key=key,
        title=said,
        states=[State(key, said), State(f"{key}2", said), State("done", said, final=True)],
        triggers=[Trigger("go", said), Trigger("rest", said)],
        transitions=[
            Transition("go", (), key, role),
            Transition("go", key, f"{key}2", role, (), requirement),
            Transition("go", key, "done", role),
            Transition("rest", key, None, role),
        ],
        limits=[TimeLimit("l", FromContent("x"), label=said, starts="go", met="rest", each=UNITS, rules=R1)],
        profile=label,
    )


@given(label=HOSTILE, key=HOSTILE.filter(lambda key: key not in {"", "done"}), followed=st.booleans())
def test_no_text_breaks_out_of_its_place(*, label: str, key: str, followed: bool) -> None:
    lifecycle = renamed(label, key)
    records = history(("", "go", key), (key, "rest", key), (key, label or "x", "elsewhere")) if followed else None
    diagram = extract(lifecycle, history=records)
    for drawing in (
        drawn_by_mermaid(draw(lifecycle, "mermaid", history=records)),
        drawn_by_dot(draw(lifecycle, "dot", history=records)),
    ):
        assert [lines[0] for _, lines in drawing.nodes] == [node.label for node in diagram.nodes]
        assert len({name for name, _ in drawing.nodes}) == len(diagram.nodes)
        assert len(drawing.moves) == len(diagram.moves)
        for (_, _, said), edge in zip(drawing.moves, diagram.moves, strict=True):
            assert said.startswith(edge.label)
    draw(lifecycle, "json", history=records).encode()


@given(HOSTILE)
def test_every_text_of_a_picture_is_one_line_that_can_be_written(label: str) -> None:
    (node, *_) = extract(renamed(label, "first")).nodes
    assert node.label
    assert node.label == node.label.strip()
    assert len(node.label.splitlines()) == 1
    node.label.encode()

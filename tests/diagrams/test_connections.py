"""The picture of cases that hang together: a box a case, an arrow a link, in every format."""

import json

import pytest

from yingshang_flow import diagrams, lifecycles
from yingshang_flow.core.connections import Connected, Connections
from yingshang_flow.diagrams import RENDERERS
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label


def one(case: str, **more: object) -> Connected:
    given: dict[str, object] = {"final": False, "reference": None, "parent": None, "origin": None, "units": (), **more}
    return Connected(
        case,
        "interview",
        Label("约谈", "Interview"),
        "held",
        Label("已约谈", "Held"),
        **given,  # type: ignore[arg-type]
    )


FOUND = Connections(
    "b",
    (one("b", parent="a", origin="gone"), one("a", reference='<约谈"1">', final=True), one("c", origin="b")),
    ("gone",),
)


def test_each_case_is_a_box_with_its_procedure_name_and_state_and_the_one_asked_for_is_marked() -> None:
    picture = diagrams.connections(FOUND, language="en")
    assert picture.title == "Connections of b"
    assert [(node.key, node.label, node.current, node.final, node.outside) for node in picture.nodes] == [
        ("b", "Interview b · Held", True, False, False),
        ("a", 'Interview <约谈"1"> · Held', False, True, False),
        ("c", "Interview c · Held", False, False, False),
        ("gone", "gone", False, False, True),
    ]
    assert [(edge.source, edge.target, edge.label, edge.outside) for edge in picture.moves] == [
        ("a", "b", "has as a part", False),
        ("gone", "b", "led to", True),
        ("b", "c", "led to", False),
    ]


def test_it_is_chinese_unless_asked_otherwise() -> None:
    picture = diagrams.connections(FOUND)
    assert (picture.title, picture.current, picture.outside) == ("案件关系 b", "所询案件", "不在库中")
    assert {edge.label for edge in picture.moves} == {"分案", "引出"}
    with pytest.raises(UnknownError, match="no language 'fr'"):
        diagrams.connections(FOUND, language="fr")  # type: ignore[arg-type]


@pytest.mark.parametrize("form", sorted(RENDERERS))
def test_every_format_draws_it(form: str) -> None:
    text = RENDERERS[form](diagrams.connections(FOUND))
    assert text.endswith("\n")
    assert "约谈" in text
    if form == "json":
        assert len(json.loads(text)["nodes"]) == 4


def test_cases_stand_in_a_column_as_a_campaign_may_have_many_while_a_procedure_reads_downwards() -> None:
    found = diagrams.connections(FOUND)
    assert "\nflowchart LR\n" in RENDERERS["mermaid"](found)
    assert 'rankdir="LR"' in RENDERERS["dot"](found)
    assert json.loads(RENDERERS["json"](found))["course"] == "right"
    procedure = diagrams.draw(lifecycles.interview("dalian-2018"), "mermaid")
    assert "\nflowchart TB\n" in procedure

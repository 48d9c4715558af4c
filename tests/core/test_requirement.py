"""Requirements: what they look at, what they yield, and the view they get."""

from typing import Annotated, Any

import attrs
import pytest

from tests.core.roadworks import BOSS, G1, G2, L1, ROADWORKS, Inspection, Log, Order, Promise, Story, crew, told
from yingshang_flow.core.decide import options
from yingshang_flow.core.requirement import (
    Forbids,
    Needs,
    Related,
    Requirement,
    View,
    field_label,
    forbids,
    given,
    needs,
    settled,
)
from yingshang_flow.errors import RefusedError
from yingshang_flow.sources import CIVIL_CODE, OURS
from yingshang_flow.words import Label, Unmet

A = Label("甲", "a")


def has_origin(view: View[Any, Any]) -> bool:
    """Tell whether another case gave reason for this one."""
    return view.related.origin is not None


def is_working(view: View[Any, Any]) -> bool:
    """Tell whether the work has started."""
    return view.standing.state == "working"


def offenders(view: View[Any, Any]) -> tuple[str, ...]:
    """Yield the crews."""
    return view.latest(Order).crews


def view(content: object = None, obligors: tuple[str, ...] = (), story: Story | None = None) -> View[Any, Any]:
    """Return what a guard sees."""
    case = (story or told("Li", "Wang")).case
    return View(case, BOSS, content, None, None, obligors=obligors)


def test_a_bare_requirement_is_of_no_kind() -> None:
    with pytest.raises(NotImplementedError):
        Requirement((G1,), A).holds(view())


def test_needs_is_met_when_its_check_is_true() -> None:
    made = needs(G1, A)(has_origin)
    assert (made.against(view()), made.holds(view())) == ((), False)
    assert made.holds(attrs.evolve(view(), related=Related(origin=told("Li").case)))


def test_forbids_is_met_when_its_check_yields_nothing() -> None:
    made = forbids(G1, A)(offenders)
    assert made.against(view()) == ("Li", "Wang")
    story = Story(attrs.evolve(ROADWORKS, transitions=[attrs.evolve(r, needs=()) for r in ROADWORKS.transitions]))
    story.act("order", "2021-03-01", Order())
    assert made.holds(view(story=story))


def test_needs_looks_at_the_case_and_forbids_at_the_content_unless_they_say_otherwise() -> None:
    assert needs(G1, A)(has_origin) == Needs((G1,), A, "case", (), check=has_origin, edition=1)
    assert forbids(G1, A)(offenders) == Forbids((G1,), A, "content", (), check=offenders, edition=1)
    assert needs([G1], A, of="content", citations=[OURS()], edition=2)(has_origin) == Needs(
        (G1,), A, "content", (OURS(),), check=has_origin, edition=2
    )
    assert forbids([G1], A, of="case", citations=[OURS()], edition=2)(offenders) == Forbids(
        (G1,), A, "case", (OURS(),), check=offenders, edition=2
    )


@pytest.mark.parametrize("arises", [True, False])
def test_a_requirement_without_an_occasion_is_neither_asked_nor_unmet(*, arises: bool) -> None:
    story = told("Li") if arises else told("Li", started=None)
    for made in (needs(G1, A, where=is_working)(has_origin), forbids(G1, A, where=is_working)(offenders)):
        assert made.arises(view(story=story)) is arises
        assert made.holds(view(story=story)) is not arises


def test_a_requirement_arises_everywhere_unless_it_says_where() -> None:
    assert needs(G1, A)(has_origin).arises(view())


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_given_asks_for_text(empty: str | None) -> None:
    made = given(G1, A, "reason")
    assert made.against(view(Order((), empty))) == ("reason reason",)
    assert made.holds(view(Order((), "x")))


def test_given_asks_for_a_list_with_something_in_it() -> None:
    made = given(G1, A, "crews")
    assert not made.holds(view(Order(())))
    assert made.holds(view(Order(("Li",))))


def test_given_takes_false_and_zero_for_an_answer() -> None:
    @attrs.frozen
    class Answer:
        flag: bool = False
        number: int = 0

    assert given(G1, A, "flag", "number").holds(view(Answer()))


def test_given_looks_at_the_content_and_settled_at_the_case() -> None:
    assert given(G1, A, "x", citations=[OURS()]).looks_at == "content"
    assert given(G1, A, "x", citations=[OURS()]).citations == (OURS(),)
    assert settled([L1], A, "x").looks_at == "case"


def test_settled_names_who_owes_what_until_when() -> None:
    assert settled(L1, A, "first_log").against(view()) == ("Li: 2021-03-12", "Wang: 2021-03-12")
    assert settled(L1, A, "round").against(view()) == ("round: 2021-04-02",)


def test_settled_counts_what_the_act_itself_settles() -> None:
    assert settled(L1, A, "first_log").against(view(obligors=("Wang",))) == ("Li: 2021-03-12",)
    assert settled(L1, A, "first_log").holds(view(obligors=("Li", "Wang")))


def test_settled_counts_what_was_missed_as_owed() -> None:
    story = told("Li")
    story.tick("2021-03-20")
    assert not settled(L1, A, "first_log").holds(view(story=story))


def test_a_refusal_has_the_code_of_the_first_rule_and_cites_them_all() -> None:
    assert needs([G1, G2], A)(has_origin).unmet(("x",)) == Unmet("G1", A, (OURS("G1"), OURS("G2")), ("x",))


def test_a_refusal_cites_more_narrowly_where_the_requirement_does() -> None:
    assert needs(G1, A, citations=[CIVIL_CODE("1")])(has_origin).unmet(()).citations == (CIVIL_CODE("1"),)


def test_a_guard_of_an_opening_that_looks_at_the_case_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="an opening has no case yet"):
        _ = View(None, BOSS, None, None, None).standing


def test_a_guard_that_looks_for_content_the_table_does_not_promise_is_a_mistake() -> None:
    with pytest.raises(LookupError, match="case c1 has no Promise on file"):
        view().latest(Promise)
    assert view().latest(Order, "order").crews == ("Li", "Wang")


def test_guards_see_linked_cases_in_decisions_and_options() -> None:
    rows = [
        attrs.evolve(r, needs=needs(G1, A)(has_origin)) if r.trigger == "turn" else r for r in ROADWORKS.transitions
    ]
    story = Story(attrs.evolve(ROADWORKS, transitions=rows))
    story.act("order", "2021-03-01", Order(("Li",), "x"))
    story.act("start", "2021-03-02")
    with pytest.raises(RefusedError, match="G1"):
        story.act("turn", "2021-03-03")
    known = Related(origin=story.case)
    for related, status in ((Related(), "refused"), (known, "allowed")):
        found = options(story.lifecycle, story.case, BOSS, related=related)
        assert [option.status for option in found if option.trigger.key == "turn"] == [status]


def test_what_is_known_of_linked_cases_is_nothing_at_first() -> None:
    assert (Related().parent, Related().origin, dict(Related().counts), Related().open_ids) == (None, None, {}, ())


@attrs.frozen
class Labelled:
    """Content with one field that has a label."""

    a: Annotated[str | None, "note", Label("甲", "a")]
    b: Annotated[int, "note"]
    c: int


@pytest.mark.parametrize(("name", "label"), [("a", A), ("b", Label("b", "b")), ("c", Label("c", "c"))])
def test_a_field_is_called_by_its_label_or_else_by_its_name(name: str, label: Label) -> None:
    assert field_label(Labelled, name) == label


def test_a_field_that_is_not_there_is_called_by_its_name() -> None:
    assert field_label(Labelled, "d") == Label("d", "d")


def test_the_signed_inspection_of_the_made_up_procedure_is_enough() -> None:
    story = told("Li")
    story.act("log", "2021-03-03", Log(), by=crew("Li"))
    assert story.act("inspect", "2021-03-04", Inspection("good", (), "boss")).after == "closed"


def test_a_child_is_found_by_its_id_as_far_as_it_is_given() -> None:
    child = told("Li").standing
    assert Related(children={child.id: child}).child(child.id) is child
    with pytest.raises(LookupError, match="c9"):
        Related().child("c9")

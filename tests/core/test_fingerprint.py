"""The fingerprint: changed by everything that decides how a case runs, and by nothing else."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Optional

import attrs
import pytest

from tests.compliance import permits
from tests.core.roadworks import (
    BOSS,
    CREW,
    CREWS,
    G1,
    L1,
    OFFICE,
    ROADWORKS,
    VALUES,
    Everything,
    Log,
    Order,
    Story,
    Witness,
    ours,
    roadworks,
    something_logged,
)
from yingshang_flow.core.duty import AtMost, Ground
from yingshang_flow.core.fingerprint import canonical, fingerprint
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, stay
from yingshang_flow.core.limit import Entering, FromContent, TimeLimit
from yingshang_flow.core.requirement import Requirement
from yingshang_flow.deadlines import DueRules, FixedDate, Months, WorkingDays
from yingshang_flow.sources import CIVIL_CODE, OURS
from yingshang_flow.words import Authority, Cited, Label, Rule

B = Label("乙", "b")
ROOT = Path(__file__).parents[2]


@attrs.frozen
class Log2:
    """Like ``Log`` but for a type."""

    text: bool = False
    obligors: tuple[str, ...] = ()


def replaced(field: str, key: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any field
    """Change one of the states, triggers or limits."""
    return {field: [attrs.evolve(x, **changes) if x.key == key else x for x in getattr(ROADWORKS, field)]}


def row(trigger: str, change: Callable[[Any], Any]) -> dict[str, Any]:
    """Change the rows of one trigger."""
    return {"transitions": [change(x) if x.trigger == trigger else x for x in ROADWORKS.transitions]}


def another(_: object) -> bool:
    """Tell something else."""
    return True


def _where(need: Requirement) -> Requirement:
    return attrs.evolve(need, where=another)


EVERYWHERE: dict[str, dict[str, Any]] = {
    "title": {"title": B},
    "a state's label": replaced("states", "ordered", label=B),
    "a trigger's label": replaced("triggers", "turn", label=B),
    "a limit's label": replaced("limits", "round", label=B),
    "a limit's rules": replaced("limits", "round", rules=G1),
    "a row's rules": row("turn", lambda x: attrs.evolve(x, rules=G1)),
    "a role's label": row("turn", lambda x: attrs.evolve(x, by=attrs.evolve(OFFICE, label=B))),
    "a requirement's label and citations": row(
        "inspect",
        lambda x: attrs.evolve(x, needs=[attrs.evolve(n, label=B, citations=(CIVIL_CODE(),)) for n in x.needs]),
    ),
    "a value's citation": {"values": attrs.evolve(VALUES, begin=Cited(VALUES.begin.value, CIVIL_CODE("202")))},
    "duties": {"duties": [AtMost("turn", 1, rules=L1, label=B)]},
    "that a limit is soft": replaced("limits", "round", soft=True),
    "the columns of its ledger": {"ledger": [Column("名称", "order", "reason")]},
    "grounds": {"grounds": [Ground("g", L1, B, "x")]},
    "rules": {"rules": [Rule("Z", (), (), B)]},
    "the text of the profile": {"sections": "{}"},
    "the label of a group": {
        **replaced("triggers", "log", each=attrs.evolve(CREWS, label=B)),
    },
}
DECIDING: dict[str, dict[str, Any]] = {
    "key": {"key": "roads"},
    "version": {"version": 2},
    "profile": {"profile": "other"},
    "who may amend": {"amended_by": [OFFICE, CREW]},
    "that nobody may amend": {"amended_by": ()},
    "who may erase": {"erased_by": [OFFICE, CREW]},
    "that nobody may erase": {"erased_by": ()},
    "who may see": {"seen_by": [OFFICE, CREW]},
    "that nobody may see": {"seen_by": ()},
    "a state more": {"states": [*ROADWORKS.states, State("x", B)]},
    "a state's end": replaced("states", "resting", final=True),
    "the order of states": {"states": list(reversed(ROADWORKS.states))},
    "a row more": {"transitions": [*ROADWORKS.transitions, stay("turn", "ordered", by=OFFICE)]},
    "a row less": {"transitions": ROADWORKS.transitions[:-1]},
    "the order of rows": {"transitions": list(reversed(ROADWORKS.transitions))},
    "a row's target": row("rest", lambda x: attrs.evolve(x, to="ordered")),
    "a row's sources": row("rest", lambda x: attrs.evolve(x, sources="resting")),
    "a move that becomes a stay": row("rest", lambda x: attrs.evolve(x, to=None)),
    "a role": row("rest", lambda x: attrs.evolve(x, by=CREW)),
    "a private role": row("rest", lambda x: attrs.evolve(x, by=attrs.evolve(OFFICE, private=True))),
    "a need": row("rest", lambda x: attrs.evolve(x, needs=something_logged)),
    "a branch": row("rest", lambda x: attrs.evolve(x, when=something_logged)),
    "an edition": row(
        "inspect",
        lambda x: attrs.evolve(x, needs=[attrs.evolve(n, edition=2) if hasattr(n, "edition") else n for n in x.needs]),
    ),
    "where a need arises": row("inspect", lambda x: attrs.evolve(x, needs=[_where(n) for n in x.needs])),
    "another function": row(
        "inspect",
        lambda x: attrs.evolve(x, needs=attrs.evolve(something_logged, check=another)) if not x.when else x,
    ),
    "the fields that are required": row(
        "order", lambda x: attrs.evolve(x, needs=[attrs.evolve(n, fields=("reason",)) for n in x.needs])
    ),
    "a limit less": {"limits": ROADWORKS.limits[:-1]},
    "a limit's period": replaced("limits", "round", period=ours(Months(2))),
    "a limit without a period": replaced("limits", "round", period=None),
    "a limit's field": replaced("limits", "promised", period=FromContent("interval")),
    "a limit's starts": replaced("limits", "round", starts=[Entering("working")]),
    "a limit's stops": replaced("limits", "round", stops=[]),
    "a limit's met": replaced("limits", "round", met="keep"),
    "a limit that repeats": replaced("limits", "round", repeats=False),
    "a limit's first end": replaced("limits", "monthly", first="current"),
    "a limit's warning": replaced("limits", "begin", warn=ours(WorkingDays(1))),
    "a limit's counting": replaced("limits", "begin", counting=Cited(DueRules(roll="none"), OURS())),
    "an extension": replaced("limits", "promised", extended={}),
    "the period of an extension": replaced("limits", "begin", extended={"postpone": ours(WorkingDays(16))}),
    "what extends": replaced("limits", "begin", extended={"note": VALUES.postponed}),
    "the field of an extension": replaced("limits", "promised", extended={"defer": FromContent("interval")}),
    "a revival": replaced("limits", "promised", revived=()),
    "what revives": replaced("limits", "promised", revived="turn"),
    "a condition": replaced("limits", "round", where=another),
    "another condition": replaced("limits", "mend", where=another),
    "the edition of a condition": replaced("limits", "mend", edition=2),
    "what content meets": replaced("limits", "round", meets=another),
    "a limit that outlives": replaced("limits", "round", outlives=True),
    "the larger group of who owes": replaced("limits", "first_log", each=attrs.evolve(CREWS, within=CREWS)),
    "who owes": replaced("limits", "first_log", each=None),
    "the edition of who owes": replaced("limits", "first_log", each=attrs.evolve(CREWS, edition=2)),
    "the role of who owes": replaced("triggers", "log", each=attrs.evolve(CREWS, roles="office")),
    "a value": {"values": attrs.evolve(VALUES, begin=ours(WorkingDays(6)))},
    "a value less": {"values": attrs.evolve(VALUES, begin_warning=None)},
    "a content class": replaced("triggers", "log", content=Order),
    "a content less": replaced("triggers", "log", content=None),
    "what a trigger calls for": replaced("triggers", "log", calls_for="interview"),
}


@pytest.mark.parametrize("changes", EVERYWHERE.values(), ids=EVERYWHERE)
def test_what_explains_leaves_the_fingerprint_alone(changes: dict[str, Any]) -> None:
    changed = attrs.evolve(ROADWORKS, **changes)
    assert changed != ROADWORKS
    assert fingerprint(changed) == fingerprint(ROADWORKS)


@pytest.mark.parametrize("changes", DECIDING.values(), ids=DECIDING)
def test_what_decides_changes_the_fingerprint(changes: dict[str, Any]) -> None:
    assert fingerprint(attrs.evolve(ROADWORKS, **changes)) != fingerprint(ROADWORKS)


def test_no_two_of_these_changes_come_to_the_same() -> None:
    found = {name: fingerprint(attrs.evolve(ROADWORKS, **changes)) for name, changes in DECIDING.items()}
    assert len(set(found.values())) == len(found)


def test_the_type_of_a_content_field_changes_it() -> None:
    changed = [attrs.evolve(t, content=Log2) if t.content is Log else t for t in ROADWORKS.triggers]
    assert fingerprint(attrs.evolve(ROADWORKS, triggers=changed)) != fingerprint(ROADWORKS)
    assert canonical(Log)[1:] != canonical(Log2)[1:]
    assert canonical(Log)[2:] == canonical(Log2)[2:]


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_it_is_the_same_in_every_process(seed: str) -> None:
    code = (
        "from tests.core.roadworks import ROADWORKS; from yingshang_flow.core.fingerprint import fingerprint; "
        "print(fingerprint(ROADWORKS))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=ROOT
    )
    assert result.stdout.strip() == fingerprint(ROADWORKS)


def test_it_is_that_of_an_equal_lifecycle_and_a_hash_in_hex() -> None:
    assert fingerprint(roadworks()) == fingerprint(ROADWORKS)
    assert len(bytes.fromhex(fingerprint(ROADWORKS))) == 32


def test_it_does_not_depend_on_what_was_derived_before() -> None:
    used, fresh = roadworks(), roadworks()
    Story(used).act("order", "2021-03-01", Order(("Li",), "x"), by=BOSS)
    assert fingerprint(used) == fingerprint(fresh)


@attrs.frozen
class Typed:
    """Types in every spelling."""

    a: str | None
    b: Annotated[int, Label("", "")]
    c: Literal["x", 1]
    d: tuple[Witness, ...]


@attrs.frozen
class TypedOtherwise:
    """The same types, spelled otherwise."""

    a: Optional[str]  # noqa: UP045  # the other spelling
    b: int
    c: Annotated[Literal["x", 1], "said"]
    d: tuple[Witness, ...]


def test_types_count_by_what_they_mean_and_not_by_how_they_are_spelled() -> None:
    assert canonical(Typed)[1:] == canonical(TypedOtherwise)[1:]
    assert canonical(Typed) == [
        "Typed",
        ["a", ["Union", "str", None]],
        ["b", "int"],
        ["c", ["Literal", "x", 1]],
        ["d", ["tuple", canonical(Witness), "Ellipsis"]],
    ]


def test_every_type_of_field_can_be_written() -> None:
    assert [name for name, _ in canonical(Everything)[1:]] == [field.name for field in attrs.fields(Everything)]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("a", "a"),
        (5, 5),
        (True, True),
        (None, None),
        (Authority.OURS, "ours"),
        (Cited(WorkingDays(7), OURS()), "7工作日"),
        (FixedDate(date(2021, 3, 1)), "2021-03-01"),
        (date(2021, 3, 1), "2021-03-01"),
        (datetime(2021, 3, 1, 12), "2021-03-01 12:00:00"),  # noqa: DTZ001  # any time is written
        (time(17), "17:00:00"),
        (MappingProxyType({1: (2, [3])}), {"1": [2, [3]]}),
        (int, "int"),
        (Entering("a"), {"": "Entering", "state": "a"}),
        (State("a", B), {"": "State", "key": "a"}),  # what is left at its default is left out
        (State("a", B, final=True), {"": "State", "key": "a", "final": True}),
        (
            TimeLimit("x", None, label=B, starts="a", met="b", rules=G1, soft=True),
            {"": "TimeLimit", "key": "x", "starts": ["a"], "met": ["b"]},
        ),
        (
            TimeLimit(
                "x",
                None,
                label=B,
                starts="a",
                met="b",
                rules=G1,
                extended={"c": ours(Months(1))},
                revived="d",
                edition=2,
            ),
            {
                "": "TimeLimit",
                "key": "x",
                "starts": ["a"],
                "met": ["b"],
                "extended": {"c": "1个月"},
                "revived": ["d"],
                "edition": 2,
            },
        ),
        (another, "tests.core.test_fingerprint.another"),
    ],
)
def test_a_definition_is_written_as_plain_values(value: object, plain: object) -> None:
    assert canonical(value) == plain


@pytest.mark.parametrize("value", [1.5, frozenset({1}), b"x"])
def test_what_has_no_canonical_form_cannot_stand_in_a_definition(value: object) -> None:
    with pytest.raises(TypeError, match="cannot stand in a definition"):
        canonical(value)


def test_a_lifecycle_without_values_has_one_too() -> None:
    bare: Lifecycle = attrs.evolve(ROADWORKS, values=None, triggers=[Trigger("turn", B)])
    assert fingerprint(bare) != fingerprint(ROADWORKS)


@attrs.frozen
class NamedLikeADefinition:
    """A locality's values under names that explain elsewhere."""

    rules: Cited[int]
    title: Cited[str]


def test_a_value_counts_whatever_it_is_called() -> None:
    first = NamedLikeADefinition(Cited(1, OURS()), Cited("a", OURS()))
    assert canonical(first) == {"": "NamedLikeADefinition", "rules": 1, "title": "a"}


def test_the_fingerprint_of_a_definition_is_the_same_in_every_release() -> None:
    assert fingerprint(permits.PERMITS)[:16] == "12b455f603670948"
    assert fingerprint(ROADWORKS)[:16] == "0951669dfe2123eb"

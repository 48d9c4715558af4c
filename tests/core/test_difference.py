"""In what two lifecycles differ: the same from either side, and of a derived one what its change says exactly."""

from collections.abc import Iterator
from datetime import date, time
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, Optional

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roadworks import (
    CITIZEN,
    CREW,
    CREWS,
    D3,
    G1,
    G2,
    L1,
    OFFICE,
    ROADWORKS,
    SIGNED,
    VALUES,
    Everything,
    Log,
    Order,
    Values,
    has_defects,
    ours,
    roadworks,
    silent_logs,
    something_logged,
)
from yingshang_flow.core.deriving import Added, Change, RowChange, Rows, derive
from yingshang_flow.core.difference import Difference, differences
from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Ground, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.in_words import NONE, PARTS, in_words, typed
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Transition, Trigger, move, stay
from yingshang_flow.core.limit import Entering, FromContent, Leaving, Obligors, Rung, TimeLimit
from yingshang_flow.core.requirement import Forbids, Given, Needs, Requirement, Settled, View, needs
from yingshang_flow.deadlines import DueRules, Lamps, WorkingDays
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, Authority, Label, Rule

TITLE: Final = Label("本地修路", "Roadworks here")
OWN: Final = "[our own choice（roadworks）]"
P1: Final = Rule("P1", DUTY, OURS("P1"), Label("须经复核", "Reviewed"))
B: Final = Label("乙", "b")


@attrs.frozen
class SignedLog(Log):
    """A log with a name under it."""

    signed: Annotated[str | None, Label("签字", "signature")] = None


@needs(P1, Label("须由他人办理", "done by another"))
def done_by_another(view: View[Any, Any]) -> bool:
    """Tell whether somebody else opened the case."""
    return view.standing.fact("order") is not None


def texts(first: Lifecycle, second: Lifecycle) -> list[str]:
    return [found.text("en") for found in differences(first, second)]


def changed(**parts: Any) -> list[str]:  # noqa: ANN401  # whatever is changed
    return texts(ROADWORKS, attrs.evolve(ROADWORKS, **parts))


def replaced(field: str, key: str, **changes: Any) -> list[str]:  # noqa: ANN401  # any field
    """Return the differences once one of the states, triggers or limits has other attributes."""
    kept = getattr(ROADWORKS, field)
    return changed(**{field: [attrs.evolve(x, **changes) if x.key == key else x for x in kept]})


def rows(trigger: str, **changes: Any) -> list[str]:  # noqa: ANN401  # any field
    kept = ROADWORKS.transitions
    return changed(transitions=[attrs.evolve(x, **changes) if x.trigger == trigger else x for x in kept])


# --- laws -------------------------------------------------------------------------------------------------------------

STAYS: Final = [
    ("log", "resting"),
    ("grant", "working"),
    ("retract", "resting"),
    ("again", "working"),
    ("note", "ordered"),
]
LEADING: Final = [
    ("start", "ordered"),
    ("rest", "working"),
    ("resume", "resting"),
    ("drop", "ordered"),
    ("drop", "resting"),
]
OTHERS: Final = [("complain", "working"), ("turn", "resting"), ("keep", "working"), ("promise", "working")]
LIMITS: Final = ("weekly", "monthly", "round", "interval", "mend")
ROLES: Final = (OFFICE, CREW, CITIZEN)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Draw a change that fits the roadworks."""
    states = draw(st.lists(st.sampled_from(["checked", "paused", "measured"]), unique=True))
    after = [draw(st.none() | st.sampled_from([*ROADWORKS.by_state])) for _ in states]
    targets = [*ROADWORKS.by_state, *states]
    steps = [
        move(f"to_{state}", draw(st.sampled_from(["ordered", "working", "resting"])), to=state, by=OFFICE)
        for state in states
    ] + [move(f"from_{state}", state, to=draw(st.sampled_from([*ROADWORKS.by_state])), by=CREW) for state in states]
    without_rows = draw(st.lists(st.sampled_from(STAYS), unique=True))
    changed_rows: dict[Rows, RowChange] = {
        named: draw(_row_change(ROADWORKS.rows[named[1], named[0]][0], targets))
        for named in draw(st.lists(st.sampled_from([*LEADING, *OTHERS]), unique=True))
    }
    limits = draw(st.lists(st.sampled_from(LIMITS), unique=True))
    duties = draw(st.lists(st.sampled_from(["D2", "D3"]), unique=True))
    own = draw(st.lists(st.integers(1, 9), unique=True))
    return Change(
        states=[
            State(state, TITLE, final=draw(st.booleans()))
            if behind is None
            else Added(State(state, TITLE), after=behind)
            for state, behind in zip(states, after, strict=True)
        ],
        triggers=[Trigger(row.trigger, B) for row in steps],
        rows=steps,
        contents=draw(st.sampled_from([{}, {"log": SignedLog}, {"rest": Order}])),
        without_rows=without_rows,
        changed_rows=changed_rows,
        without_limits=limits,
        limits=[TimeLimit(f"own_{n}", ours(WorkingDays(n)), label=B, starts="start", met="log", rules=L1) for n in own],
        changed_limits={
            key: {"soft": not ROADWORKS.by_limit[key].soft}
            for key in draw(st.lists(st.sampled_from(["begin", "first_log", "pause"]), unique=True))
        },
        without_duties=duties,
        without_rules=duties,
        duties=[AtMost("rest", n, rules=P1, label=B) for n in own],
        grounds=[Ground(f"ground_{n}", P1, B, "interview", acts="rest") for n in own],
        rules=[P1] if own else [],
        columns=[Column(f"栏{n}", "start") for n in own],
        amended_by=draw(st.none() | st.sampled_from([(CREW,), (OFFICE, CREW), ()])),
    )


def _row_change(row: Transition, states: list[str]) -> st.SearchStrategy[RowChange]:
    others = [state for state in states if state != row.to]
    roles = [role for role in ROLES if {role} != set(row.by)]
    return st.builds(
        RowChange,
        to=st.none() if row.to is None else st.none() | st.sampled_from(others),
        by=st.none() | st.sampled_from(roles),
        needs=st.sampled_from([(), (done_by_another,), (done_by_another, SIGNED)]),
        rules=st.sampled_from([(), (G1,), (G1, G2)]),
    )


def said_by(change: Change) -> Iterator[tuple[str, str, str, str]]:
    """Yield what a change says, as way, kind, key and part."""
    states = [item.state if isinstance(item, Added) else item for item in change.states]
    added: dict[str, list[str]] = {
        "state": [state.key for state in states],
        "trigger": [trigger.key for trigger in change.triggers],
        "row": [f"{row.trigger}/{row.sources[0]}" for row in change.rows],
        "limit": [limit.key for limit in change.limits],
        "duty": [duty.name for duty in change.duties],
        "ground": [ground.key for ground in change.grounds],
        "rule": [rule.id for rule in change.rules],
        "column": [column.name for column in change.columns],
    }
    removed = {
        "row": ["/".join(named) for named in change.without_rows],
        "limit": change.without_limits,
        "duty": [{"D2": "Response(start, log)", "D3": "silent_logs"}[rule] for rule in change.without_duties],
        "rule": change.without_rules,
    }
    yield from (("added", what, key, "") for what, keys in added.items() for key in keys)
    yield from (("removed", what, key, "") for what, keys in removed.items() for key in keys)
    yield from (("changed", "limit", key, part) for key, fields in change.changed_limits.items() for part in fields)
    yield from (("changed", "trigger", key, "content") for key in change.contents)
    yield from (
        ("added", "field", f"{key}.{name}", "")
        for key, content in change.contents.items()
        for name in (("signed",) if content is SignedLog else ("crews", "reason"))
    )
    for named, of_row in change.changed_rows.items():
        key = "/".join(named)
        yield from (("changed", "row", key, part) for part in ("to", "by", "rules") if getattr(of_row, part))
        yield from (("added", "need", f"{key}/{need.name}", "") for need in of_row.needs)
    if change.amended_by not in {None, (OFFICE,)}:
        yield "changed", "roles", "amended_by", ""


@given(changes())
def test_a_derived_lifecycle_differs_in_what_its_change_says_and_in_nothing_else(change: Change) -> None:
    found = differences(ROADWORKS, derive(ROADWORKS, change, key="here", title=TITLE))
    assert sorted((one.way, one.what, one.key, one.part) for one in found) == sorted(said_by(change))


@given(changes(), changes())
def test_from_the_other_side_everything_is_mirrored(one: Change, other: Change) -> None:
    first, second = (derive(ROADWORKS, change, key="here", title=TITLE) for change in (one, other))
    found = differences(first, second)
    assert sorted(map(repr, differences(second, first))) == sorted(repr(item.mirrored()) for item in found)
    assert all(item.mirrored().mirrored() == item for item in found)


@given(changes())
def test_deriving_again_makes_no_difference(change: Change) -> None:
    once, again = (derive(ROADWORKS, change, key="here", title=TITLE) for _ in range(2))
    assert differences(once, again) == ()
    assert fingerprint(once) == fingerprint(again)
    assert differences(ROADWORKS, once) == differences(ROADWORKS, again)


def table(lifecycle: Lifecycle) -> dict[tuple[str, str], set[Transition]]:
    """The rows of each state and trigger, however the states of one are written together."""
    return {key: {attrs.evolve(row, sources=()) for row in found} for key, found in lifecycle.rows.items()}


@given(changes(), changes())
def test_what_decides_otherwise_is_a_difference(one: Change, other: Change) -> None:
    first, second = (derive(ROADWORKS, change, key="here", title=TITLE) for change in (one, other))
    if not differences(first, second):
        assert sorted(map(repr, first.states)) == sorted(map(repr, second.states))
        assert table(first) == table(second)
        assert first.by_limit == second.by_limit


def test_the_name_the_version_and_the_profile_are_no_difference() -> None:
    other = attrs.evolve(ROADWORKS, key="x", title=B, version=9, profile="y", sections="z", derived_from="w")
    assert differences(ROADWORKS, other) == ()


# --- what is told -----------------------------------------------------------------------------------------------------


def test_states_and_triggers_are_told_by_their_names() -> None:
    assert replaced("states", "closed", label=B, final=False) == [
        "state closed (b), label: Closed → b",
        "state closed (b), final: yes → no",
    ]
    assert changed(states=ROADWORKS.states[:-1]) == ["state dropped (Dropped): removed"]
    assert replaced("triggers", "turn", each=CREWS, calls_for="interview")[1] == (
        "trigger turn (Turn), calls for: none → interview"
    )


def test_what_is_said_with_a_trigger_is_told_by_its_fields() -> None:
    assert replaced("triggers", "log", content=SignedLog) == [
        "trigger log (Log), content class: Log → SignedLog",
        "content log.signed (signature): added, str | None, may be left out",
    ]
    found = differences(
        attrs.evolve(ROADWORKS, triggers=[Trigger("log", B, Retyped)]),
        attrs.evolve(ROADWORKS, triggers=[Trigger("log", B, Log)]),
    )
    assert [one.text("zh") for one in found if one.what == "field"] == [
        "内容 log.text，类型：int → str，可省略",
        "内容 log.lost：取消，str",
        "内容 log.obligors：新增，tuple[str, ...]，可省略",
    ]
    assert texts(
        attrs.evolve(ROADWORKS, triggers=[Trigger("a", B)]), attrs.evolve(ROADWORKS, triggers=[Trigger("a", B, int)])
    ) == ["trigger a (b), content class: none → int"]


@attrs.frozen
class Retyped:
    """A log otherwise."""

    text: int
    lost: str


def test_rows_are_told_by_where_they_lead_who_may_and_what_they_need() -> None:
    assert rows("rest", to="closed", by=CREW) == [
        "row rest/working (Rest), leads to: resting → closed",
        "row rest/working (Rest), who may: office → crew",
    ]
    assert rows("start", to=None, rules=()) == [
        "row start/ordered (Start), leads to: working → none",
        "row start/ordered (Start), rules: L1 → none",
    ]
    assert rows("order", needs=something_logged) == [
        "requirement order//given(reason, crews) (the reason): removed",
        "requirement order//something_logged (a log is on file): added",
    ]
    assert changed(transitions=[*ROADWORKS.transitions, move("turn", "ordered", to="working", by=OFFICE)]) == [
        "row turn/ordered (Turn): added, → Working"
    ]
    lost = texts(
        attrs.evolve(ROADWORKS, transitions=[*ROADWORKS.transitions, move("x", "a", to="b", by=CREW)]), ROADWORKS
    )
    assert lost == ["row x/a: removed, → b"]


def test_a_requirement_that_asks_otherwise_is_told() -> None:
    asked = attrs.evolve(done_by_another, edition=2, label=B, looks_at="content")
    first = attrs.evolve(ROADWORKS, transitions=[stay("turn", "working", by=OFFICE, needs=done_by_another)])
    second = attrs.evolve(ROADWORKS, transitions=[stay("turn", "working", by=OFFICE, needs=asked)])
    assert [one.part for one in differences(first, second)] == ["label", "looks_at", "edition"]
    other = Forbids((P1,), B, check=done_by_another.check)  # type: ignore[arg-type]  # the same function for another kind
    third = attrs.evolve(ROADWORKS, transitions=[stay("turn", "working", by=OFFICE, needs=other)])
    assert [(one.way, one.key) for one in differences(first, third)] == [
        ("removed", "turn/working/done_by_another"),
        ("added", "turn/working/done_by_another"),
    ]
    twice = attrs.evolve(ROADWORKS, transitions=[stay("turn", "working", by=OFFICE, needs=[done_by_another, asked])])
    assert [one.key for one in differences(first, twice)] == ["turn/working/done_by_another'"]


def test_rows_that_are_chosen_among_are_told_by_what_chooses_them_and_their_order() -> None:
    good = "inspect/working[went_well]"
    inspects = [row for row in ROADWORKS.transitions if row.trigger == "inspect"]
    others = [row for row in ROADWORKS.transitions if row.trigger != "inspect"]
    assert changed(transitions=[*others, *reversed(inspects)]) == [
        f"row inspect/working (Inspect), order: {good}, inspect/working → inspect/working, {good}"
    ]
    assert changed(transitions=[*others, inspects[0]]) == ["row inspect/working (Inspect): removed, → Resting"]
    assert changed(transitions=[*ROADWORKS.transitions, inspects[1]]) == [
        "row inspect/working' (Inspect): added, → Resting"
    ]
    one, other = (
        attrs.evolve(ROADWORKS, transitions=[row]) for row in (inspects[0], attrs.evolve(inspects[0], when=()))
    )
    assert texts(one, other) == ["requirement inspect/working/went_well (the inspection went well): removed"]


def test_limits_are_told_by_their_parts() -> None:
    assert replaced("limits", "begin", period=ours(WorkingDays(9)), soft=True, met=("start", "rest")) == [
        f"limit begin (Start), period: 5 working days {OWN} → 9 working days {OWN}",
        "limit begin (Start), met by: start → start, rest",
        "limit begin (Start), only noted: no → yes",
    ]
    assert replaced("limits", "round", period=None) == ["limit round (Turn): removed"]


def test_duties_grounds_rules_columns_and_roles_are_told() -> None:
    ground = Ground("g", G1, B, "interview")
    one = attrs.evolve(ROADWORKS, grounds=[ground], ledger=[Column("日期", "rest")])
    other = attrs.evolve(
        ROADWORKS,
        duties=[ROADWORKS.duties[0], ROADWORKS.duties[0], Never(silent_logs, 2, about="log", rules=D3, label=D3.label)],
        grounds=[attrs.evolve(ground, codes=("6",))],
        rules=[*ROADWORKS.rules[:-1], attrs.evolve(ROADWORKS.rules[-1], label=B)],
        ledger=[Column("日期", "start")],
        amended_by=(),
        seen_by=(OFFICE, CITIZEN),
    )
    assert texts(one, other) == [
        "duty InTime(defer, promised) (put off while there was time): removed",
        "duty Response(start, log) (every crew has logged): removed",
        "duty silent_logs (no log without words), edition: 1 → 2",
        "duty InTime(postpone, begin) #2 (put off while there was time): added",
        "ground g (b), codes: none → 6",
        "rule D3 (b), label: no log without words → b",
        "roles amended_by (may correct or annul): office → none",
        "roles seen_by (may see what is confidential): office → office, citizen (private)",
        "column 日期, trigger: rest → start",
    ]


def test_duties_of_another_kind_under_one_name_are_two() -> None:
    first = attrs.evolve(ROADWORKS, duties=[Never(silent_logs, rules=G1, label=B)])
    second = attrs.evolve(ROADWORKS, duties=[AcrossCases(silent_logs, rules=G1, label=B)])  # type: ignore[arg-type]  # one name
    assert [one.way for one in differences(first, second)] == ["removed", "added"]


def test_values_are_told_and_one_that_is_not_set_is_as_good_as_none() -> None:
    other = roadworks(attrs.evolve(VALUES, begin=ours(WorkingDays(6)), begin_warning=None))
    assert [one.text("zh") for one in differences(ROADWORKS, other) if one.what == "value"] == [
        "取值 begin：5工作日〔本库自定（roadworks）〕 → 6工作日〔本库自定（roadworks）〕",
        "取值 begin_warning：取消，2工作日〔本库自定（roadworks）〕",
    ]
    assert all(
        one.what != "value" for one in differences(ROADWORKS, attrs.evolve(ROADWORKS, values=Extended.of(VALUES)))
    )
    assert [one.key for one in differences(attrs.evolve(ROADWORKS, values=None), ROADWORKS)] == [
        field.name for field in attrs.fields(Values)
    ]


@attrs.frozen
class Extended(Values):
    """More values."""

    more: Any

    @classmethod
    def of(cls, values: Values) -> "Extended":
        return cls(**{field.name: getattr(values, field.name) for field in attrs.fields(Values)}, more=None)


def test_in_chinese_it_reads_as_chinese() -> None:
    one = Difference("limit", "begin", "changed", Label("开工", "Start"), "met", B, B)
    assert one.text() == "时限 begin（开工），履行：乙 → 乙"
    assert str(one) == "limit begin (Start), met by: b → b"
    assert Difference("value", "begin", "added", Label("begin", "begin"), after=B).text() == "取值 begin：新增，乙"


# --- in words ---------------------------------------------------------------------------------------------------------


def test_every_part_of_a_definition_has_a_name_in_both_languages() -> None:
    kinds: list[Any] = [
        *(State, Trigger, TimeLimit, Ground, Column, Rule, Obligors),
        *(Requirement, Needs, Forbids, Given, Settled),
        *(Duty, Response, Precedence, AtMost, InTime, Holds, Never, AcrossCases),
    ]
    named = {field.name for kind in kinds for field in attrs.fields(kind)} | {"to", "by", "type", "order"}
    assert named - {"id", "members", "roles", "within"} == set(PARTS)
    assert all(label.zh and label.en for label in PARTS.values())


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "无", "none"),
        ("", "无", "none"),
        ((), "无", "none"),
        (True, "是", "yes"),
        (3, "3", "3"),
        (date(2026, 1, 2), "2026-01-02", "2026-01-02"),
        (time(8, 30), "08:30:00", "08:30:00"),
        (Authority.OURS, "ours", "ours"),
        (CITIZEN, "市民（个人）", "citizen (private)"),
        (Entering("a"), "进入 a", "entering a"),
        (Leaving("a"), "离开 a", "leaving a"),
        (FromContent("until"), "由 until 另定", "as set in until"),
        (has_defects, "has_defects", "has_defects"),
        (
            MappingProxyType({"extend": WorkingDays(3), "x": "y"}),
            "extend：3工作日、x：y",
            "extend: 3 working days, x: y",
        ),
        ((SIGNED, G1, Log), "given(signed)、G1、Log", "given(signed), G1, Log"),
        (Rung("r", B, to="office"), "键 r、名称 乙、去向 office", "key r, label b, leads to office"),
        (DueRules(), "DueRules", "DueRules"),
        (DueRules(tax_extension=True), "tax_extension 是", "tax_extension yes"),
        (Lamps("3工作日"), "yellow 3工作日", "yellow 3 working days"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_part_is_put_in_words(value: object, zh: str, en: str) -> None:
    assert in_words(value) == Label(zh, en)
    assert (in_words(value) is NONE) == (zh == "无")


@attrs.frozen
class _Types:
    choice: Literal["a", 3]
    maybe: Optional[int]  # noqa: UP045  # the old form reads the same
    several: tuple[Log, ...]
    pair: tuple[int, None]


def test_a_type_is_put_in_words_with_the_fields_of_what_it_holds() -> None:
    log = "Log(text: str, obligors: tuple[str, ...])"
    assert (
        typed(_Types).en
        == f"_Types(choice: Literal['a', 3], maybe: int | None, several: tuple[{log}, ...], pair: tuple[int, None])"
    )
    assert typed(int, optional=True) == Label("int，可省略", "int, may be left out")
    assert "working: WorkingDays" in typed(Everything).en
    assert typed("text").zh == "text"


@attrs.frozen
class _Plain(Duty):
    """A duty of one's own."""


def test_what_has_no_name_of_its_own_is_called_by_its_kind() -> None:
    assert _Plain(rules=G1, label=B).name == "_Plain"
    assert Requirement((G1,), B).name == "Requirement"
    named = (
        Precedence("a", ["b", "c"], rules=G1, label=B),
        Holds("a", has_defects, rules=G1, label=B),
        Forbids((G1,), B, check=silent_logs),  # type: ignore[arg-type]  # any function
    )
    assert [one.name for one in named] == ["Precedence(a, b, c)", "has_defects", "silent_logs"]

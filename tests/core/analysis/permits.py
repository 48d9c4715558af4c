"""A made-up procedure in which nothing at all is found: a citizen asks for a permit, an office checks and decides."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.analysis import analysed
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import Obligors, TimeLimit
from yingshang_flow.core.requirement import View, forbids, needs
from yingshang_flow.deadlines import Period, WorkingDays
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, GUARD, LIMIT, Cited, Label, Rule

A: Final = Label("甲", "a")
OFFICE: Final = Role("office", Label("窗口", "office"))
CITIZEN: Final = Role("citizen", Label("申请人", "citizen"))
BOSS: Final = Role("boss", Label("负责人", "head"))

P1: Final = Rule("P1", LIMIT, OURS("P1"), Label("按期办理", "in time"))
P2: Final = Rule("P2", GUARD, OURS("P2"), Label("须核查", "checked"))
P3: Final = Rule("P3", DUTY, OURS("P3"), Label("须有下文", "followed up"))


def ours(period: Period) -> Cited[Period]:
    """Mark a period as ours."""
    return Cited(period, OURS("P"))


@attrs.frozen
class Kin:
    """Somebody's relative."""

    close: bool
    name: str = ""


@attrs.frozen
class Asked:
    """What is asked for, with a field of every sort that guards look at."""

    kind: Literal["new", "renewal"] | None = None
    urgent: bool = False
    text: str = ""
    papers: tuple[str, ...] = ()
    copies: int = 1
    kin: Kin | None = None


@attrs.frozen
class Found:
    """What was found."""

    good: bool = True
    by: str = ""


def people(_: Case) -> tuple[str, ...]:
    """Return who owes something each."""
    return ("Li", "Wang")


PEOPLE: Final = Obligors("people", A, people, "citizen")

AnyView = View[Any, Any]


@needs(P2, Label("已核查", "it was checked"))
def was_checked(view: AnyView) -> bool:
    """Tell whether somebody checked."""
    return view.standing.fact("check") is not None


@needs(P2, Label("未核查", "nobody checked"))
def not_checked(view: AnyView) -> bool:
    """Tell whether nobody checked."""
    return view.standing.fact("check") is None


@needs(P2, Label("新办", "a new one"))
def is_new(view: AnyView) -> bool:
    """Tell whether it is a new permit."""
    return view.latest(Asked).kind == "new"


@needs(P2, Label("延续", "a renewal"))
def is_renewal(view: AnyView) -> bool:
    """Tell whether it is a renewal."""
    return view.latest(Asked).kind == "renewal"


@needs(P2, Label("加急", "urgent"))
def is_urgent(view: AnyView) -> bool:
    """Tell whether it is urgent."""
    return view.latest(Asked).urgent


@needs(P2, Label("份数足够", "copies"))
def enough_copies(view: AnyView) -> bool:
    """Tell whether there are copies enough, which is out of reach."""
    return view.latest(Asked).copies > 1


@needs(P2, Label("不可能", "impossible"))
def impossible(view: AnyView) -> bool:
    """Tell what cannot be."""
    return is_new.check(view) and is_renewal.check(view)


@needs(P2, Label("总可以", "anything"))
def anything(_: AnyView) -> bool:
    """Let everything through."""
    return True


@needs(P2, Label("核查人不得批准", "who checks never grants"))
def checked_by_another(view: AnyView) -> bool:
    """Tell whether somebody else checked."""
    checked = view.standing.fact("check")
    return checked is None or checked.actor.id != view.actor.id


@forbids(P2, Label("近亲", "close kin"))
def close_kin(view: AnyView) -> Iterator[str]:
    """Yield the name of close kin."""
    kin = view.content.kin
    if kin is not None and kin.close:
        yield kin.name


PERMIT: Final = Lifecycle(
    key="permit",
    title=Label("许可", "Permit"),
    states=[
        State("asked", Label("已申请", "Asked")),
        State("granted", Label("已准予", "Granted"), final=True),
        State("refused", Label("不予许可", "Refused"), final=True),
    ],
    triggers=[
        Trigger("ask", Label("申请", "Ask"), Asked),
        Trigger("check", Label("核查", "Check"), Found),
        Trigger("grant", Label("准予", "Grant")),
        Trigger("refuse", Label("不予许可", "Refuse")),
    ],
    transitions=[
        opening("ask", to="asked", by=CITIZEN),
        stay("check", "asked", by=OFFICE),
        move("grant", "asked", to="granted", by=OFFICE, needs=was_checked),
        move("refuse", "asked", to="refused", by=OFFICE),
    ],
    limits=[
        TimeLimit("answer", ours(WorkingDays(10)), label=A, starts="ask", met=("grant", "refuse"), rules=P1),
    ],
    rules=[P1, P2],
)

SORTS: Final = {state.key: state for state in PERMIT.states}


def permit(**changes: Any) -> Lifecycle:  # noqa: ANN401  # fields of a lifecycle
    """Return the procedure with more of something: what is given is added, not put in its place."""
    added: dict[str, Any] = {name: (*getattr(PERMIT, name), *more) for name, more in changes.items()}
    return attrs.evolve(PERMIT, **added)


def limit(key: str = "x", period: Period | None = None, **changes: Any) -> TimeLimit:  # noqa: ANN401  # fields of a limit
    """Return a limit in which all is well but what is changed."""
    fields = {"label": A, "starts": "ask", "met": ("grant", "refuse"), "rules": P1, **changes}
    return TimeLimit(key, ours(period or WorkingDays(10)), **fields)


def found(lifecycle: Lifecycle) -> list[tuple[str, str]]:
    """Return the code and the way of everything that is found."""
    return [(issue.code, " ".join(issue.way)) for issue in analysed(lifecycle)]


def texts(lifecycle: Lifecycle) -> list[str]:
    """Return everything that is found, in English."""
    return [issue.text("en") for issue in analysed(lifecycle)]

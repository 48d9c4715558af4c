"""A made-up procedure in two versions, of which the second calls some things otherwise and has limits of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import attrs

from yingshang_flow import Docket
from yingshang_flow.core.actor import Actor, Role
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.duty import AcrossCases, Never, Response
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, Obligors, Rung, TimeLimit, entering, leaving
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import View, given, needs
from yingshang_flow.core.upcast import Renamed, Rewritten
from yingshang_flow.deadlines import MONTH_END, CalendarDays, Period, WorkingCalendar, WorkingDays
from yingshang_flow.lifecycles import Procedure, procedure
from yingshang_flow.policies.profile import Entry, Profile
from yingshang_flow.ports import Store
from yingshang_flow.sources import OURS
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing import FixedClock
from yingshang_flow.words import DUTY, GUARD, LIMIT, Cited, Label, Rule

CALENDAR: Final = WorkingCalendar.weekdays(date(2015, 1, 1), date(2060, 12, 31))
OFFICE: Final = Role("office", Label("办公室", "office"))
DIGGER: Final = Role("digger", Label("开挖单位", "digger"))
CITIZEN: Final = Role("citizen", Label("市民", "citizen"), private=True)

D1 = Rule("D1", LIMIT, OURS("D1"), Label("按期答复", "Answered in time"))
D2 = Rule("D2", LIMIT, OURS("D2"), Label("按期踏勘", "Visited in time"))
D3 = Rule("D3", LIMIT, OURS("D3"), Label("按期报告", "Reported in time"))
D4 = Rule("D4", DUTY, OURS("D4"), Label("听证后须答复", "Answered after the hearing"))
D5 = Rule("D5", GUARD, OURS("D5"), Label("须写明用途", "Says what for"))
D6 = Rule("D6", DUTY, OURS("D6"), Label("用途不得空白", "Says something"))
D7 = Rule("D7", DUTY, OURS("D7"), Label("不得重复", "Not twice"))


@attrs.frozen
class OldRequest:
    """What somebody wants to dig, by the first version."""

    reason: str | None = None
    diggers: tuple[str, ...] = ()
    contact: Confidential[str] | None = None


@attrs.frozen
class Request:
    """What somebody wants to dig; what was the reason is the purpose now."""

    purpose: str | None = None
    diggers: tuple[str, ...] = ()
    contact: Confidential[str] | None = None


@attrs.frozen
class OldMinutes:
    """What was said at the hearing, in one text."""

    text: str = ""
    visit: date | None = None


@attrs.frozen
class Minutes:
    """What was said at the hearing, line by line."""

    lines: tuple[str, ...] = ()
    visit: date | None = None


@attrs.frozen
class Progress:
    """How far a digger has come."""

    text: str = ""
    obligors: tuple[str, ...] = ()


def by_lines(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read minutes in one text line by line."""
    return {"lines": said["text"].split("\n"), "visit": said["visit"]}


def in_one(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read minutes line by line as one text."""
    return {"text": "\n".join(said["lines"]), "visit": said["visit"]}


def old_diggers(case: Case) -> tuple[str, ...]:
    """Return the diggers by the first version."""
    request = case.latest(OldRequest)
    return () if request is None else request.diggers


def diggers(case: Case) -> tuple[str, ...]:
    """Return the diggers."""
    request = case.latest(Request)
    return () if request is None else request.diggers


OLD_DIGGERS: Final = Obligors("diggers", Label("开挖单位", "digger"), old_diggers, roles="digger")
DIGGERS: Final = Obligors("diggers", Label("开挖单位", "digger"), diggers, roles="digger")


@needs(D5, Label("须写明用途", "says what for"))
def says_why(view: View[OldRequest, Any]) -> bool:
    """Tell whether the reason is given, which only the first version's content has."""
    return view.content.reason is not None


def blank(acts: Sequence[Record], _values: object, _now: datetime) -> Iterator[tuple[int, str]]:
    """Yield requests with a blank purpose; it reads no other content than that of the second version."""
    for act in acts:
        if act.trigger == "ask":
            if not isinstance(act.content, Request):
                message = f"ask {act.revision}"
                raise LookupError(message)
            if not (act.content.purpose or "").strip():
                yield act.revision, "blank"


def twice(cases: Sequence[tuple[Case, Sequence[Record]]], _values: object) -> Iterator[tuple[str, str]]:
    """Yield cases for a purpose that another one has."""
    seen: dict[str, str] = {}
    for case, acts in cases:
        for act in acts:
            if isinstance(act.content, Request) and act.content.purpose is not None:
                first = seen.setdefault(act.content.purpose, case.id)
                if first != case.id:
                    yield case.id, first


@attrs.frozen
class Values:
    """What a locality sets."""

    answer: Cited[Period]
    warning: Cited[Period] | None
    report: Cited[Period] | None


def _limits(values: Values, group: Obligors, answer: str, heard: str) -> list[TimeLimit]:
    return [
        TimeLimit(
            "answer",
            values.answer,
            label=D1.label,
            starts="ask",
            met=answer,
            warn=values.warning,
            paused="rest",
            resumed="resume",
            extended={"extend": Cited(WorkingDays(40), OURS("D1"))},
            rules=D1,
        ),
        TimeLimit("promised", FromContent("visit"), label=D2.label, starts="hear", met="visit", rules=D2),
        TimeLimit(
            "monthly",
            Cited(MONTH_END, OURS("D3")),
            label=D3.label,
            starts=entering(heard),
            stops=leaving(heard),
            met="report",
            each=group,
            repeats=True,
            rules=D3,
        ),
    ]


def dig_1(values: Values) -> Lifecycle:
    """Build the first version."""
    return Lifecycle(
        key="dig",
        title=Label("开挖（试例）", "Digging (made up)"),
        amended_by=OFFICE,
        erased_by=OFFICE,
        seen_by=OFFICE,
        states=[
            State("asked", Label("已申请", "Asked")),
            State("held", Label("已听证", "Held")),
            State("closed", Label("已办结", "Closed"), final=True),
        ],
        triggers=[
            Trigger("ask", Label("申请", "Ask"), OldRequest),
            Trigger("hear", Label("听证", "Hear"), OldMinutes),
            Trigger("settle", Label("处理", "Settle")),
            Trigger("rest", Label("中止", "Rest")),
            Trigger("resume", Label("恢复", "Resume")),
            Trigger("extend", Label("延长", "Extend")),
            Trigger("visit", Label("踏勘", "Visit")),
            Trigger("report", Label("报告", "Report"), Progress, each=OLD_DIGGERS),
            Trigger("close", Label("办结", "Close")),
        ],
        transitions=[
            opening("ask", to="asked", by=[OFFICE, CITIZEN], needs=says_why),
            move("hear", "asked", to="held", by=OFFICE),
            stay("settle", ("asked", "held"), by=OFFICE),
            stay("rest", ("asked", "held"), by=OFFICE),
            stay("resume", ("asked", "held"), by=OFFICE),
            stay("extend", ("asked", "held"), by=OFFICE),
            stay("visit", "held", by=OFFICE),
            stay("report", "held", by=[DIGGER, OFFICE]),
            move("close", "held", to="closed", by=OFFICE),
        ],
        limits=[
            *_limits(values, OLD_DIGGERS, "settle", "held"),
            TimeLimit(
                "survey",
                Cited(CalendarDays(20), OURS("D2")),
                label=Label("测量", "Survey"),
                starts="ask",
                met="visit",
                rules=D2,
            ),
        ],
        duties=[Response("hear", "settle", rules=D4, label=D4.label)],
        rules=[D1, D2, D3, D4, D5],
    )


@procedure("dig", Values, version=2, earlier={1: dig_1})
def dig(values: Values) -> Lifecycle:
    """Build the second version."""
    return Lifecycle(
        key="dig",
        title=Label("开挖（试例）", "Digging (made up)"),
        amended_by=OFFICE,
        erased_by=OFFICE,
        seen_by=OFFICE,
        states=[
            State("asked", Label("已申请", "Asked")),
            State("hearing", Label("听证中", "Hearing")),
            State("closed", Label("已办结", "Closed"), final=True),
        ],
        triggers=[
            Trigger("ask", Label("申请", "Ask"), Request),
            Trigger("hear", Label("听证", "Hear"), Minutes),
            Trigger("answer", Label("答复", "Answer")),
            Trigger("rest", Label("中止", "Rest")),
            Trigger("resume", Label("恢复", "Resume")),
            Trigger("extend", Label("延长", "Extend")),
            Trigger("visit", Label("踏勘", "Visit")),
            Trigger("report", Label("报告", "Report"), Progress, each=DIGGERS),
            Trigger("close", Label("办结", "Close")),
        ],
        transitions=[
            opening("ask", to="asked", by=[OFFICE, CITIZEN], needs=given(D5, D5.label, "purpose")),
            move("hear", "asked", to="hearing", by=OFFICE),
            stay("answer", ("asked", "hearing"), by=OFFICE),
            stay("rest", ("asked", "hearing"), by=OFFICE),
            stay("resume", ("asked", "hearing"), by=OFFICE),
            stay("extend", ("asked", "hearing"), by=OFFICE),
            stay("visit", "hearing", by=OFFICE),
            stay("report", "hearing", by=[DIGGER, OFFICE]),
            move("close", "hearing", to="closed", by=OFFICE),
        ],
        limits=[
            *_limits(values, DIGGERS, "answer", "hearing"),
            TimeLimit("report", values.report, label=D3.label, starts="hear", met="close", rules=D3),
            TimeLimit(
                "weekly",
                Cited(CalendarDays(7), OURS("D3")),
                label=Label("周报", "Weekly"),
                starts="ask",
                met="visit",
                repeats=True,
                ladder=[Rung("remind", Label("催办", "remind"), to="office")],
                rules=D3,
            ),
        ],
        duties=[
            Response("hear", "answer", rules=D4, label=D4.label),
            Never(blank, about="ask", rules=D6, label=D6.label),
            AcrossCases(twice, rules=D7, label=D7.label),
        ],
        rules=[D1, D2, D3, D4, D5, D6, D7],
        upcasts=[
            Renamed("state", 1, "held", "hearing"),
            Renamed("trigger", 1, "settle", "answer"),
            Renamed("field", 1, "reason", "purpose", trigger="ask"),
            Rewritten("hear", 1, by_lines, back=in_one),
        ],
    )


def profile(key: str = "dig-2026", answer: str = "10工作日", report: str | None = None, warning: str = "") -> Profile:
    """Return a profile of some place."""
    values = {"answer": answer, "report": report, "warning": warning or None}
    entries = {f"dig.{name}": Entry(value, OURS(name), key) for name, value in values.items() if value is not None}
    return Profile(key, "某市（试例）", "开挖办法（试例）", date(2018, 1, 1), FrozenDict(entries), f"{key}.toml")


OLD: Final = dig.version_of(1)(profile())
NEW: Final = dig(profile())
BOSS: Final = Actor("boss", "开挖办", "office")
FIRST: Final = date(2026, 3, 2)


def digger(unit: str) -> Actor:
    """Return somebody of a unit that digs."""
    return Actor(f"somebody of {unit}", unit, "digger")


def made(
    store: Store | None = None,
    today: date = FIRST,
    runs: Procedure[Any] = dig,
    topics: Sequence[str] | None = None,
) -> Docket:
    """Return a docket that runs digging on a day, with ids that count up."""
    numbers = iter(range(1, 1000))
    return Docket(
        MemoryStore() if store is None else store,
        lifecycles=[runs],
        calendar=CALENDAR,
        clock=FixedClock(today),
        new_id=lambda: f"dig-{next(numbers):03}",
        topics=topics,
    )


def other(change: Callable[[Lifecycle], Lifecycle]) -> Procedure[Values]:
    """Return the procedure with another second version."""
    return procedure("dig", Values, version=2, earlier={1: dig_1})(lambda values: change(dig.build(values)))


def request(purpose: str = "a cable", *units: str, contact: str = "Wang") -> OldRequest:
    """Return a request by the first version."""
    return OldRequest(purpose, units, Confidential(contact))

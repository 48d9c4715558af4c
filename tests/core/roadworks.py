"""A small made-up procedure with every kind of row, limit and requirement, which the tests of core and codec run."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import attrs

from yingshang_flow.core.actor import Actor, Role
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.decide import Act, clock, decide, evolve
from yingshang_flow.core.duty import InTime, Never, Response
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, move, opening, stay
from yingshang_flow.core.limit import FromContent, Obligors, TimeLimit, entering, leaving
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Opening, Record
from yingshang_flow.core.requirement import View, forbids, given, needs, settled
from yingshang_flow.deadlines import (
    CHINA_TIME,
    MONTH_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Months,
    Period,
    WorkingCalendar,
    WorkingDays,
)
from yingshang_flow.sources import OURS
from yingshang_flow.words import DUTY, GUARD, LIMIT, Cited, Label, Rule

CALENDAR: Final = WorkingCalendar.weekdays(date(2015, 1, 1), date(2060, 12, 31))

OFFICE: Final = Role("office", Label("办公室", "office"))
CREW: Final = Role("crew", Label("施工队", "crew"))
CITIZEN: Final = Role("citizen", Label("市民", "citizen"), private=True)

G1: Final = Rule("G1", GUARD, OURS("G1"), Label("须有事由", "a reason"))
G2: Final = Rule("G2", GUARD, OURS("G2"), Label("不得空手收工", "something was done"))
L1: Final = Rule("L1", LIMIT, OURS("L1"), Label("按期", "in time"))
L2: Final = Rule("L2", LIMIT, OURS("L2"), Label("停工宜短", "a short rest"))
D1: Final = Rule("D1", DUTY, OURS("D1"), Label("期内延期", "put off while there was time"))
D2: Final = Rule("D2", DUTY, OURS("D2"), Label("各队均有日志", "every crew has logged"))
D3: Final = Rule("D3", DUTY, OURS("D3"), Label("日志不得空白", "no log without words"))


@attrs.frozen
class Order:
    """What is to be repaired, and by whom: ``group/unit`` or ``unit``."""

    crews: tuple[str, ...] = ()
    reason: str | None = None


@attrs.frozen
class Log:
    """What a crew did; a joint one names everybody."""

    text: str = ""
    obligors: tuple[str, ...] = ()


@attrs.frozen
class Promise:
    """What the office promised: a date, a period that comes back, both or nothing."""

    until: date | None = None
    interval: Period | None = None


@attrs.frozen
class Inspection:
    """What was found; its result chooses the branch."""

    result: Literal["good", "bad"] = "good"
    defects: tuple[str, ...] = ()
    signed: str | None = None


@attrs.frozen
class Witness:
    """Somebody who saw it."""

    name: Confidential[str]
    shoe_size: Confidential[int] | None = None


@attrs.frozen
class Everything:
    """One field of every type that a content class can have."""

    text: str
    number: int
    flag: bool
    day: date
    time: datetime
    choice: Literal["a", "b", 3]
    period: Period
    working: WorkingDays
    texts: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    maybe_day: date | None
    maybe_time: datetime | None
    maybe_period: Period | None
    maybe_fixed: FixedDate | None
    secret: Confidential[str]
    secret_number: Confidential[int]
    secret_flag: Confidential[bool]
    secret_time: Confidential[datetime]
    secret_day: Confidential[date | None]
    secret_period: Confidential[Period]
    secret_texts: Confidential[tuple[str, ...]]
    secret_log: Confidential[Log]
    secrets: tuple[Confidential[int] | None, ...]
    maybe_secret: Confidential[str] | None = None


def crews_of(case: Case) -> tuple[str, ...]:
    """Return the crews of the order."""
    order = case.latest(Order)
    return () if order is None else order.crews


CREWS: Final = Obligors("crews", Label("施工队", "crew"), crews_of, roles="crew")


def has_defects(case: Case) -> bool:
    """Tell whether the last inspection found any."""
    found = case.latest(Inspection)
    return found is not None and bool(found.defects)


def silent_logs(acts: Sequence[Record], _: object, _now: datetime) -> Iterator[tuple[int, str]]:
    """Yield the logs in which nothing is written."""
    for act in acts:
        if act.trigger == "log":
            if not isinstance(act.content, Log):
                message = f"log {act.revision}"
                raise LookupError(message)
            if not act.content.text:
                yield act.revision, ", ".join(act.obligors)


@needs(G2, Label("已有施工日志", "a log is on file"))
def something_logged(view: View[Any, Any]) -> bool:
    """Tell whether any crew has logged anything."""
    return view.standing.fact("log") is not None


@needs(G2, Label("检查合格", "the inspection went well"), of="content")
def went_well(view: View[Inspection, Any]) -> bool:
    """Tell whether the inspection went well."""
    return view.content.result == "good"


@forbids(G2, Label("无缺陷", "no defects"))
def defects(view: View[Inspection, Any]) -> Iterator[str]:
    """Yield the defects that were found."""
    yield from view.content.defects


ALL_LOGGED: Final = settled(L1, Label("日志已齐", "all logs are in"), "first_log")
REASON: Final = given(G1, Label("须写明事由", "the reason"), "reason", "crews")
SIGNED: Final = given(G2, Label("须签字", "signed"), "signed")

ACTIVE: Final = ("working", "resting")


@attrs.frozen
class Values:
    """What a locality sets."""

    begin: Cited[Period]
    begin_warning: Cited[Period] | None
    first_log: Cited[Period]
    monthly: Cited[Period]
    weekly: Cited[Period]
    again: Cited[Period]
    postponed: Cited[Period]
    granted: Cited[Period]
    mend: Cited[Period]
    pause: Cited[Period]


def ours(period: Period) -> Cited[Period]:
    """Mark a period as ours."""
    return Cited(period, OURS("roadworks"))


VALUES: Final = Values(
    begin=ours(WorkingDays(5)),
    begin_warning=ours(WorkingDays(2)),
    first_log=ours(CalendarDays(10)),
    monthly=ours(MONTH_END),
    weekly=ours(WEEKLY),
    again=ours(Months(1)),
    postponed=ours(WorkingDays(15)),
    granted=ours(CalendarDays(30)),
    mend=ours(WorkingDays(8)),
    pause=ours(CalendarDays(14)),
)


def roadworks(values: Values = VALUES) -> Lifecycle:
    """Build the procedure."""
    return Lifecycle(
        key="roadworks",
        title=Label("修路", "Roadworks"),
        amended_by=OFFICE,
        erased_by=OFFICE,
        seen_by=OFFICE,
        states=[
            State("ordered", Label("已下达", "Ordered")),
            State("working", Label("施工中", "Working")),
            State("resting", Label("停工", "Resting")),
            State("closed", Label("已完工", "Closed"), final=True),
            State("dropped", Label("已放弃", "Dropped"), final=True),
        ],
        triggers=[
            Trigger("order", Label("下达", "Order"), Order),
            Trigger("postpone", Label("推迟", "Postpone")),
            Trigger("start", Label("开工", "Start")),
            Trigger("log", Label("日志", "Log"), Log, each=CREWS),
            Trigger("grant", Label("宽限", "Grant more time"), Log, each=CREWS),
            Trigger("reject", Label("退回日志", "Reject a log"), Log, each=CREWS),
            Trigger("check_in", Label("报到", "Check in"), each=CREWS),
            Trigger("rest", Label("停工", "Rest")),
            Trigger("resume", Label("复工", "Resume")),
            Trigger("promise", Label("承诺", "Promise"), Promise),
            Trigger("defer", Label("缓期", "Defer"), Promise),
            Trigger("keep", Label("兑现", "Keep")),
            Trigger("retract", Label("撤回", "Retract")),
            Trigger("turn", Label("轮换", "Turn")),
            Trigger("again", Label("重来", "Again")),
            Trigger("inspect", Label("检查", "Inspect"), Inspection),
            Trigger("note", Label("记事", "Note"), Everything),
            Trigger("complain", Label("投诉", "Complain"), Witness),
            Trigger("drop", Label("放弃", "Drop")),
        ],
        transitions=[
            opening("order", to="ordered", by=OFFICE, needs=REASON),
            stay("postpone", "ordered", by=OFFICE),
            move("start", "ordered", to="working", by=OFFICE, rules=L1),
            stay("log", ACTIVE, by=[CREW, OFFICE]),
            stay("grant", ACTIVE, by=OFFICE),
            stay("reject", ACTIVE, by=OFFICE),
            stay("check_in", "working", by=[CREW, OFFICE]),
            move("rest", "working", to="resting", by=OFFICE),
            move("resume", "resting", to="working", by=OFFICE),
            stay("promise", "working", by=OFFICE),
            stay("defer", ACTIVE, by=OFFICE),
            stay("keep", "working", by=OFFICE),
            stay("retract", ACTIVE, by=OFFICE),
            stay("turn", ACTIVE, by=OFFICE),
            stay("again", ACTIVE, by=OFFICE),
            move("inspect", "working", to="closed", by=OFFICE, needs=[ALL_LOGGED, defects, SIGNED], when=went_well),
            move("inspect", "working", to="resting", by=OFFICE, needs=something_logged),
            stay("note", ("ordered", "working"), by=[OFFICE, CITIZEN]),
            stay("complain", ("ordered", "working"), by=CITIZEN),
            move("drop", ("ordered", *ACTIVE), to="dropped", by=OFFICE),
        ],
        limits=[
            TimeLimit(
                "begin",
                values.begin,
                label=Label("开工", "Start"),
                starts="order",
                met="start",
                warn=values.begin_warning,
                extended={"postpone": values.postponed},
                rules=L1,
            ),
            TimeLimit(
                "first_log",
                values.first_log,
                label=Label("首次日志", "First log"),
                starts="start",
                met="log",
                each=CREWS,
                extended={"grant": values.granted},
                revived="reject",
                rules=L1,
            ),
            TimeLimit(
                "weekly",
                values.weekly,
                label=Label("周报到", "Weekly check"),
                starts=entering("working"),
                stops=leaving("working"),
                met="check_in",
                each=CREWS,
                repeats=True,
                rules=L1,
            ),
            TimeLimit(
                "monthly",
                values.monthly,
                label=Label("月日志", "Monthly log"),
                starts="start",
                met="log",
                each=CREWS,
                repeats=True,
                first="next",
                rules=L1,
            ),
            TimeLimit(
                "round",
                values.again,
                label=Label("轮换", "Turn"),
                starts=("start", "again"),
                met="turn",
                stops="rest",
                repeats=True,
                rules=L1,
            ),
            TimeLimit(
                "promised",
                FromContent("until"),
                label=Label("承诺", "Promise"),
                starts="promise",
                met="keep",
                extended={"defer": FromContent("until")},
                revived="retract",
                rules=L1,
            ),
            TimeLimit(
                "interval",
                FromContent("interval"),
                label=Label("定期兑现", "Promised again and again"),
                starts="promise",
                met="keep",
                repeats=True,
                rules=L1,
            ),
            TimeLimit(
                "mend",
                values.mend,
                label=Label("消除缺陷", "Mend the defects"),
                starts="inspect",
                where=has_defects,
                met="resume",
                rules=L1,
            ),
            TimeLimit(
                "pause",
                values.pause,
                label=Label("停工", "Rest"),
                starts=entering("resting"),
                met="resume",
                soft=True,
                rules=L2,
            ),
        ],
        duties=[
            InTime("postpone", "begin", rules=D1, label=D1.label),
            InTime("defer", "promised", rules=D1, label=D1.label),
            Response("start", "log", each=CREWS, rules=D2, label=D2.label),
            Never(silent_logs, about="log", rules=D3, label=D3.label),
        ],
        rules=[G1, G2, L1, L2, D1, D2, D3],
        values=values,
        version=1,
        profile="made-up",
    )


ROADWORKS: Final = roadworks()
OPENING: Final = Opening("roadworks", 1, "made-up", "f" * 64)
BOSS: Final = Actor("boss", "市政办", "office")


def crew(unit: str) -> Actor:
    """Return somebody of a crew."""
    return Actor(f"somebody of {unit}", unit, "crew")


def at(text: str) -> datetime:
    """Read a time in China, such as ``2021-03-05`` or ``2021-03-05 14:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA_TIME)


def on(text: str) -> Moment:
    """Read a day."""
    return Moment.of(date.fromisoformat(text))


@attrs.define
class Story:
    """A case told act by act: every record, and the case after the last one."""

    lifecycle: Lifecycle = ROADWORKS
    case: Case | None = None
    records: list[Record] = attrs.field(factory=list)

    @property
    def standing(self) -> Case:
        """The case, which is open by now."""
        assert self.case is not None
        return self.case

    def act(
        self,
        trigger: str,
        when: str | Moment,
        content: object = None,
        *,
        by: Actor = BOSS,
        entered: str | datetime | None = None,
    ) -> Record:
        """Do something at a time, entered at once or later, and return its record."""
        moment = when if isinstance(when, Moment) else Moment.of(at(when))
        now = at(entered) if isinstance(entered, str) else entered or max(moment.instant, self.now)
        record = decide(
            self.lifecycle,
            self.case,
            Act(trigger, content, by, moment),
            now=now,
            calendar=CALENDAR,
            id="c1",
            opening=OPENING if self.case is None else None,
        )
        return self._take(record)

    def tick(self, now: str | datetime) -> Record | None:
        """Run the clock and return its record."""
        until = at(now) if isinstance(now, str) else now
        record = clock(self.lifecycle, self.standing, until=until, now=until, calendar=CALENDAR)
        return None if record is None else self._take(record)

    @property
    def now(self) -> datetime:
        """When the last record was entered."""
        return self.records[-1].recorded_at if self.records else at("2015-01-01")

    def statuses(self, limit: str, obligor: str = "") -> list[tuple[int, str, str]]:
        """Return number, due date and status of what the case keeps of a limit."""
        return [
            (d.number, d.due.isoformat(), d.status.value)
            for d in sorted(self.standing.deadlines, key=lambda d: d.number)
            if d.limit == limit and d.obligor == obligor
        ]

    def _take(self, record: Record) -> Record:
        self.records.append(record)
        self.case = evolve(self.case, record)
        return record


def told(*crews: str, when: str = "2021-03-01", started: str | None = "2021-03-02") -> Story:
    """Tell a case up to the order, or up to the start of the work."""
    story = Story()
    story.act("order", when, Order(crews or ("Li",), "holes"))
    if started is not None:
        story.act("start", started)
    return story


def later(moment: datetime, **delta: float) -> datetime:
    """Return a later time."""
    return moment + timedelta(**delta)

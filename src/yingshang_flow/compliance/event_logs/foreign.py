"""Reads an event log of another system as a ledger: a trace is a row; what cannot be taken is named by its event."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

import attrs

from yingshang_flow.compliance.event_logs.stream import LARGEST, Event, Source, Trace, read_traces
from yingshang_flow.compliance.ledgers import Ledger, LedgerAct, LedgerRow, RowProblem
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import EventLogError, TimeError
from yingshang_flow.words import Label, Language

_NAME, _TIME, _UNIT, _TRANSITION = "concept:name", "time:timestamp", "org:group", "lifecycle:transition"
_DONE: Final = "complete"
_SHOWN: Final = 40
_INSTANT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


@attrs.frozen
class EventProblem(RowProblem):
    """Why a trace is not taken: one for each event that is wrong.

    Attributes:
        line: The number of the trace.
        column: The attribute that is wrong; empty where it is the whole event or trace.
        event: Which event of the trace, from 1; none where it is the trace.
    """

    event: int | None = attrs.field(default=None, kw_only=True)

    def text(self, language: Language = "zh") -> str:
        """Return the problem in one line."""
        if language == "zh":
            event = "" if self.event is None else f"第{self.event}个事件"
            where = f"{self.column}「{self.value}」" if self.column else ""
            return f"第{self.line}条轨迹{event}{where}：{self.why.zh}；{self.remedy.zh}"
        event = "" if self.event is None else f", event {self.event}"
        where = f", {self.column} {self.value!r}" if self.column else ""
        return f"trace {self.line}{event}{where}: {self.why.en}; {self.remedy.en}"


@attrs.frozen
class TraceRow(LedgerRow):
    """One case of an event log.

    Attributes:
        line: The number of the trace, from 1.
    """

    @property
    def name(self) -> str:
        """The reference, or the number of the trace where there is none."""
        return self.reference or f"第{self.line}条轨迹"

    def problem(self, column: str, value: str, why: Label, remedy: Label, *, sheet: str = "") -> RowProblem:  # noqa: ARG002  # a log has none
        """Return why it is not taken."""
        return EventProblem(self.line, column, value, why, remedy)


@attrs.frozen
class EventLedger(Ledger):
    """An event log that was read: every trace is in ``rows`` or has a problem in ``problems``.

    Attributes:
        read: The activities that were read.
        ignored: The activities that were left out, as ``names`` says.
        told: The triggers that the log tells of.
    """


def read_foreign_xes(
    source: Source,
    lifecycle: Lifecycle,
    *,
    names: Mapping[str, str] | None = None,
    name: str = "",
    largest: int = LARGEST,
) -> EventLedger:
    """Read an event log of another system for a procedure, so that ``audit_ledger`` takes it.

    An activity is the trigger that ``names`` says, else the one whose key or label it is. A time without a zone is read
    at UTC+8 and noted; midnight there is how systems write a day. Events that are not complete by their
    ``lifecycle:transition`` are left out and noted. A trace is refused, with every problem it has, when an activity is
    none of the procedure's, a time is missing or cannot be read, it does not begin with an opening or opens twice, or
    its name is that of a trace before.

    Args:
        source: The log; plain or packed by gzip.
        lifecycle: The procedure.
        names: The trigger of each activity; empty for one that is left out.
        name: What to call the log in messages; the path unless given.
        largest: How many bytes are read at most, unpacked.

    Raises:
        EventLogError: It is no event log, or has no traces.
        UnknownError: ``names`` names a trigger that the procedure does not have.
        OSError: It cannot be read.
    """
    reader = _Reader(lifecycle, names or {})
    header, traces = read_traces(source, name=name, largest=largest)
    rows: list[LedgerRow] = []
    problems: list[RowProblem] = []
    for trace in traces:
        wrong: list[RowProblem] = []
        row = reader.row(trace, wrong)
        if wrong:
            problems += wrong
        else:
            rows.append(row)
    if not rows and not problems:
        raise EventLogError(header.name, "it has no traces")
    return EventLedger(
        header.name,
        lifecycle.key,
        header.encoding,
        tuple(reader.read),
        tuple(reader.left_out),
        tuple(key for key in lifecycle.by_trigger if key in reader.told),
        tuple(reader.notes()),
        tuple(rows),
        tuple(problems),
        0,
    )


@attrs.frozen
class _Act:
    """A completed event: which of its trace, what and when."""

    number: int
    said: LedgerAct


class _Reader:
    """Reads the traces of one log by the activities of one procedure."""

    def __init__(self, lifecycle: Lifecycle, names: Mapping[str, str]) -> None:
        self._known = _activities(lifecycle)
        self._names = {
            _plain(activity): trigger and lifecycle.trigger(trigger).key for activity, trigger in names.items()
        }
        self._unmet = {_plain(activity): activity for activity in names}
        self._opens = lifecycle.possible[""]
        self._references: dict[str, int] = {}
        self._naive: list[tuple[int, int]] = []
        self._unordered = 0
        self._unfinished: Counter[str] = Counter()
        self.read: dict[str, None] = {}
        self.left_out: dict[str, None] = {}
        self.told: set[str] = {trigger for trigger in self._names.values() if trigger}

    def row(self, trace: Trace, wrong: list[RowProblem]) -> TraceRow:
        """Read one trace; what is wrong with it is added to ``wrong``."""
        reference = trace.attributes.get(_NAME, "").strip()
        if reference and (first := self._references.setdefault(reference, trace.number)) != trace.number:
            why = Label(f"与第{first}条轨迹名称相同", f"trace {first} has the same name")
            wrong.append(EventProblem(trace.number, _NAME, _short(reference), why, _KEEP_ONE))
        found = [self._act(trace, number, event, wrong) for number, event in enumerate(trace.events, 1)]
        acts = self._in_order([act for act in found if act is not None])
        if not wrong:
            self._check_beginning(trace, acts, wrong)
        return TraceRow(trace.number, reference, tuple(act.said for act in acts))

    def _act(self, trace: Trace, number: int, event: Event, wrong: list[RowProblem]) -> _Act | None:
        """Return what an event tells of; none where it is left out or wrong."""
        said = event.attributes
        transition = said.get(_TRANSITION, _DONE).strip()
        if transition.lower() != _DONE:
            self._unfinished[_short(transition)] += 1
            return None
        activity = said.get(_NAME, "").strip()
        trigger = self._trigger(activity)
        if trigger == "":
            self.left_out[activity] = None
            return None
        problems: list[tuple[str, str, Label, Label]] = []
        if not activity:
            problems.append((_NAME, "", _NOTHING, _NAME_IT))
        elif trigger is None:
            problems.append((_NAME, activity, _NO_SUCH_ACT, _MAP_IT))
        at = self._moment(trace, number, said.get(_TIME, "").strip())
        if isinstance(at, tuple):
            problems.append((_TIME, said.get(_TIME, ""), *at))
        unit = said.get(_UNIT, "").strip()
        if "/" in unit:
            problems.append((_UNIT, unit, _SLASH, _NAME_ONE_UNIT))
        wrong += [
            EventProblem(trace.number, key, _short(value), why, do, event=number) for key, value, why, do in problems
        ]
        if problems or trigger is None or isinstance(at, tuple):
            return None
        self.read[activity] = None
        self.told.add(trigger)
        return _Act(number, LedgerAct(trigger, at, None, unit))

    def _trigger(self, activity: str) -> str | None:
        """Return the trigger of an activity; empty where it is to be left out, none where there is none."""
        plain = _plain(activity)
        if plain in self._names:
            self._unmet.pop(plain, None)
            return self._names[plain]
        return self._known.get(plain)

    def _moment(self, trace: Trace, number: int, text: str) -> Moment | tuple[Label, Label]:
        """Return when an event happened, or what is wrong with its time and what to do."""
        if not text:
            return _NOTHING, _GIVE_TIME
        found = _INSTANT.fullmatch(text)
        if found is None:
            return _NO_TIME, _GIVE_TIME
        day, hour, zone = found.groups()
        try:
            if hour is None:
                return Moment.of(date.fromisoformat(day))
            at = datetime.fromisoformat(f"{day}T{hour}{zone or '+08:00'}").astimezone(CHINA_TIME)
            moment = Moment.of(at.date() if at.time() == time() else at)
        except (ValueError, OverflowError):
            return _NO_SUCH_TIME, _CHECK
        except TimeError:
            return _IMPOSSIBLE, _CHECK
        if zone is None:
            self._naive.append((trace.number, number))
        return moment

    def _in_order(self, acts: Sequence[_Act]) -> list[_Act]:
        """Sort acts by time; on a day of which some are known by the day only, an opening first, then as in the log."""
        days = {act.said.at.date for act in acts if act.said.at.precision == "day"}

        def key(act: _Act) -> tuple[date, time, bool]:
            day = act.said.at.date
            return day, time() if day in days else act.said.at.instant.time(), act.said.trigger not in self._opens

        ordered = sorted(acts, key=key)
        self._unordered += ordered != list(acts)
        return ordered

    def _check_beginning(self, trace: Trace, acts: Sequence[_Act], wrong: list[RowProblem]) -> None:
        """Find a trace that says nothing, does not begin with an opening or has a second one."""
        if not acts:
            wrong.append(EventProblem(trace.number, "", "", _NO_EVENTS, _LEAVE_OUT))
            return
        first, *later = acts
        if first.said.trigger not in self._opens:
            wrong.append(EventProblem(trace.number, "", "", _BEGINS_OTHERWISE, _COMPLETE, event=first.number))
        wrong += [
            EventProblem(trace.number, "", "", _OPENS_AGAIN, _SPLIT, event=act.number)
            for act in later
            if act.said.trigger in self._opens
        ]

    def notes(self) -> Iterator[Label]:
        """Yield what to know about the log."""
        if self._naive:
            count, (trace, event) = len(self._naive), self._naive[0]
            yield Label(
                f"{count}个时间没有时区，按东八区读取；第一个在第{trace}条轨迹第{event}个事件",
                f"{count} times without a zone, read at UTC+8; the first in trace {trace}, event {event}",
            )
        for transition, count in self._unfinished.items():
            yield Label(
                f"未读取{count}个 {_TRANSITION} 为「{transition}」的事件",
                f"{count} events not read whose {_TRANSITION} is {transition!r}",
            )
        if self._unordered:
            count = self._unordered
            yield Label(f"{count}条轨迹的事件已按时间排序", f"the events of {count} traces were put in order of time")
        if self.left_out:
            listed = _listed(self.left_out)
            yield Label(f"未读取的活动：{listed}", f"activities not read: {listed}")
        if self._unmet:
            listed = _listed(self._unmet.values())
            yield Label(f"日志中没有的活动：{listed}", f"activities named that are not in the log: {listed}")


def _activities(lifecycle: Lifecycle) -> Mapping[str, str]:
    """Return the trigger of every name that stands for one only: its key, and its label in either language."""
    found: dict[str, set[str]] = {}
    for trigger in lifecycle.triggers:
        for said in (trigger.label.zh, trigger.label.en):
            found.setdefault(_plain(said), set()).add(trigger.key)
    alone = {said: next(iter(keys)) for said, keys in found.items() if len(keys) == 1}
    return {**alone, **{_plain(key): key for key in lifecycle.by_trigger}}


def _plain(text: str) -> str:
    """Return the name of an activity as it is compared: full-width signs as others, no blanks, in small letters."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _listed(activities: Iterable[str]) -> str:
    return ", ".join(map(_short, activities))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"


_NOTHING: Final = Label("为空", "it is missing")
_NAME_IT: Final = Label("请填写活动名称", "name the activity")
_NO_SUCH_ACT: Final = Label("程序中没有这一活动", "the procedure has no such activity")
_MAP_IT: Final = Label(
    "请在名称对照表中写明对应事项，不需要的留空", "name its trigger in the names, or leave it out there"
)
_GIVE_TIME: Final = Label(
    "请填写 2018-09-10T09:00:00+08:00 这样的时间", "write a time such as 2018-09-10T09:00:00+08:00"
)
_NO_TIME: Final = Label("不是时间", "it is no time")
_NO_SUCH_TIME: Final = Label("没有这一时刻", "there is no such time")
_IMPOSSIBLE: Final = Label("年份不可能", "the year is impossible")
_CHECK: Final = Label("请核对时间", "check the time")
_SLASH: Final = Label("单位名称不得含“/”", "a unit has no slash in its name")
_NAME_ONE_UNIT: Final = Label("请只写一个单位", "name one unit only")
_KEEP_ONE: Final = Label("请保留一条", "keep one of the two traces")
_NO_EVENTS: Final = Label("没有已完成的事件", "it has no completed events")
_LEAVE_OUT: Final = Label("请补全或删除", "complete it, or leave it out")
_BEGINS_OTHERWISE: Final = Label("最早的事件不是案件的开始", "the earliest event does not open the case")
_COMPLETE: Final = Label("请补上开始的事件", "add the event that opens it")
_OPENS_AGAIN: Final = Label("案件再次开始", "the case is opened again")
_SPLIT: Final = Label("请分为两条轨迹或更正", "make two traces of it, or correct it")

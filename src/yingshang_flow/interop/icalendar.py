"""Open deadlines as an iCalendar file (RFC 5545) that calendar programs show with alarms; needs the extra ``ics``.

A deadline is a VEVENT, a whole day, and no VTODO with DUE, although that is what it means: Google Calendar, Outlook and
the calendars of phones show and alarm events, and leave to-dos out of what they import. It takes up no time, so that
nobody looks busy on the day.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid5

import icalendar

from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.moment import aware
from yingshang_flow.deadlines import Period, Recurring, WorkingCalendar, WorkingDays, before, parse
from yingshang_flow.docket import Due
from yingshang_flow.words import Label, Language, cited_in

_NAME: Final = Label("办理时限", "Deadlines")
_HOUR: Final = time(9)
_DAY: Final = timedelta(days=1)
_NAMESPACE: Final = UUID("9a0c4c5e-6a5b-5f0e-8f6b-2b7f6a1d3c40")
"""Random once, the same for ever: the UID of a deadline never changes."""


def calendar_of(
    dues: Iterable[Due],
    *,
    lifecycle: Callable[[str], Lifecycle],
    now: datetime,
    name: str | None = None,
    language: Language = "zh",
    alarms: Sequence[Period | str] = (WorkingDays(2),),
    calendar: WorkingCalendar | None = None,
) -> bytes:
    """Return deadlines as an iCalendar file, an event each.

    An event says what is owed, by whom, in which case and on what ground, and nothing of any act's content, so that
    nothing confidential gets into a file which programs send around. It is known by the same UID for ever. Its SEQUENCE
    is the number of records of its case: whatever moves a deadline is a record, so a moved one has a higher SEQUENCE
    than before, and a program replaces what it had. A provisional or paused deadline is TENTATIVE, one under which
    nothing is owed any more CANCELLED.

    A limit that recurs is one event with an RRULE where a rule can say its days: at the end of every week, month or
    quarter, on days off too. It begins on the time that runs and moves on with it, so that its UID is that of the
    series; an earlier time that is still owed is an event of its own. Its alarms are as many days ahead of every time
    as they are ahead of the one that runs.

    Args:
        dues: The deadlines, as ``docket.due(before=…)`` yields them; one given twice is written once.
        lifecycle: Returns the lifecycle of a case by its id: ``docket.lifecycle``.
        now: The instant the file is written at, its DTSTAMP; aware.
        name: What the calendar is called; ``办理时限`` or ``Deadlines`` when left out.
        language: The language of everything in it.
        alarms: How long before its due date a deadline is announced at nine in the morning, where it has neither a
            warning nor a rung of a ladder ahead: working days, days or months. It always is on the due date itself.
        calendar: The working days that alarms are counted back in; ``china()`` when left out.

    Raises:
        TimeError: The instant is naive or impossible.
        PeriodError: An alarm cannot be read or cannot be counted back.
        CalendarRangeError: An alarm lies outside the calendar.
        UnknownError: A case does not exist, or cannot be rebuilt.
    """
    stamp = aware(now).astimezone(UTC)
    ahead = [parse(alarm) if isinstance(alarm, str) else alarm for alarm in alarms]
    title = _line(_NAME.text(language) if name is None else name)
    file = icalendar.Calendar()
    file.add("prodid", "-//yingshang-flow//deadlines//ZH")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("name", title)
    file.add("x-wr-calname", title)  # what programs read that are older than RFC 7986
    head, end, rest = file.to_ical().partition(b"END:VCALENDAR")
    written: dict[str, bytes] = {}  # as bytes, which take a small part of what the objects would
    for due in dues:
        found = lifecycle(due.case.id)
        rule = _rule(due, found.by_limit.get(due.deadline.limit))
        uid = _uid(due, series=rule is not None)
        if uid not in written:
            days = _alarm_days(due.deadline, ahead, calendar)
            written[uid] = _event(due, uid, found, stamp, rule=rule, days=days, language=language).to_ical()
    return b"".join((head, *written.values(), end, rest))


def _rule(due: Due, limit: TimeLimit | None) -> str | None:
    """Return the RRULE of the series whose latest time a deadline is; none where it recurs by no rule."""
    deadline = due.deadline
    period = parse(deadline.period)
    if limit is None or not limit.repeats or not isinstance(period, Recurring):
        return None
    if limit.counting is not None and limit.counting.value.fixed_roll != "stay":
        return None  # days off move it (R10)
    series = (d.number for d in due.case.deadlines if (d.limit, d.obligor) == (deadline.limit, deadline.obligor))
    return period.rrule() if deadline.number >= max(series, default=0) else None


def _uid(due: Due, *, series: bool) -> str:
    """Return what an event is known by: its deadline, or the series for whichever of its deadlines is the latest."""
    deadline = due.deadline
    named = [due.case.id, deadline.limit, deadline.obligor, *(() if series else (deadline.number,))]
    return f"{uuid5(_NAMESPACE, json.dumps(named))}@yingshang-flow"


def _runs(deadline: Deadline) -> bool:
    return deadline.status.owed and deadline.paused is None


def _event(
    due: Due,
    uid: str,
    lifecycle: Lifecycle,
    stamp: datetime,
    *,
    rule: str | None,
    days: Iterable[date],
    language: Language,
) -> icalendar.Event:
    case, deadline = due.case, due.deadline
    rule = rule if _runs(deadline) else None
    summary = _line(_summary(case, deadline, lifecycle, language))
    event = icalendar.Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("last-modified", case.recorded_at.astimezone(UTC))
    event.add("sequence", case.revision)
    event.add("dtstart", deadline.due)
    event.add("dtend", deadline.due + _DAY)
    if rule is not None:
        event.add("rrule", icalendar.vRecur.from_ical(rule))
    event.add("summary", summary)
    event.add("description", _text("\n".join(_description(due, lifecycle, language, recurs=rule is not None))))
    event.add("categories", [_line(word.text(language)) for word in _categories(deadline, lifecycle)])
    event.add("status", _status(deadline))
    event.add("transp", "TRANSPARENT")
    for day in days:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        # Relative to the midnight the day begins with, where the reader is: what programs understand best.
        alarm.add("trigger", datetime.combine(day, _HOUR) - datetime.combine(deadline.due, time()))
        event.add_component(alarm)
    return event


def _alarm_days(deadline: Deadline, ahead: Iterable[Period], calendar: WorkingCalendar | None) -> list[date]:
    """Return the days on which a deadline is announced; what does not run is not announced."""
    if not _runs(deadline):
        return []
    days = {day for _, day in deadline.rungs}
    if deadline.warn is not None:
        days.add(deadline.warn)
    if not days:
        days = {before(period, deadline.due, calendar=calendar) for period in ahead}
    return sorted({deadline.due, *(day for day in days if day > deadline.start)})


_LATE: Final = Label("逾期", "overdue")
_PAUSED: Final = Label("中止", "paused")
_PROVISIONAL: Final = Label("暂定", "provisional")
_SETTLED: Final = {
    Status.MET: Label("已办结", "done"),
    Status.MET_LATE: Label("逾期办结", "done late"),
    Status.WAIVED: Label("已免除", "waived"),
    Status.STOPPED: Label("已终止", "ended"),
}


def _marks(deadline: Deadline) -> Iterator[Label]:
    """Yield what has to be known of a deadline besides its date."""
    if deadline.status in _SETTLED:
        yield _SETTLED[deadline.status]
        return
    if deadline.status is Status.MISSED:
        yield _LATE
    if deadline.paused is not None:
        yield _PAUSED
    if deadline.provisional:
        yield _PROVISIONAL


def _status(deadline: Deadline) -> str:
    if not deadline.status.owed:
        return "CANCELLED"
    return "TENTATIVE" if deadline.provisional or deadline.paused is not None else "CONFIRMED"


def _categories(deadline: Deadline, lifecycle: Lifecycle) -> list[Label]:
    return [lifecycle.title, *_marks(deadline)]


def _summary(case: Case, deadline: Deadline, lifecycle: Lifecycle, language: Language) -> str:
    limit = lifecycle.by_limit.get(deadline.limit)
    owed = deadline.limit if limit is None else limit.label.text(language)
    marks = "".join(f"[{mark.text(language)}] " for mark in _marks(deadline))
    return marks + " · ".join(filter(None, (owed, deadline.obligor, case.opening.reference or case.id)))


_WORDS: Final = {
    "case": Label("案件", "Case"),
    "obligor": Label("责任单位", "Owed by"),
    "period": Label("期限", "Period"),
    "start": Label("起算日", "Counted from"),
    "due": Label("截止日", "Due"),
    "next": Label("本次截止日", "Due this time"),
    "rules": Label("依据", "Under"),
}


def _description(due: Due, lifecycle: Lifecycle, language: Language, *, recurs: bool) -> Iterator[str]:
    """Yield the lines of what an event says at length; nothing of them is from the content of an act."""
    case, deadline = due.case, due.deadline
    limit = lifecycle.by_limit.get(deadline.limit)
    rules = () if limit is None else limit.rules
    period = parse(deadline.period)
    said = {
        "case": " ".join(filter(None, (lifecycle.title.text(language), case.opening.reference, case.id))),
        "obligor": deadline.obligor,
        "period": period.text(language),
        "start": "" if recurs else deadline.start.isoformat(),  # of a series, each time starts where the last one ends
        "next" if recurs else "due": deadline.due.isoformat(),
        "rules": cited_in((citation for rule in rules for citation in rule.citations), language),
    }
    colon = "：" if language == "zh" else ": "
    for key, value in said.items():
        if value:
            yield f"{_WORDS[key].text(language)}{colon}{value}"


_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What ends a line besides \\n, which is the only end of line that a text in such a file has."""
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufeff]")
"""Control characters, which RFC 5545 forbids in texts, halves of characters, which UTF-8 cannot write, and byte order
marks, which readers swallow."""


def _text(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", _ENDS.sub("\n", text))


def _line(text: str) -> str:
    """Return a text in one line."""
    return " ".join(_text(text).split("\n"))

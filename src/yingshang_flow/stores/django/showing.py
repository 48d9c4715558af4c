"""A case in words, for the admin: where it stands, its deadlines with their lamps, and its history; nothing sealed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

from yingshang_flow import codec
from yingshang_flow.core import as_ledger
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import (
    Change,
    Extended,
    Kind,
    Met,
    Missed,
    Moved,
    Paused,
    Record,
    Recounted,
    Reminded,
    Resumed,
    Revived,
    Started,
    Stopped,
    Warned,
)
from yingshang_flow.deadlines import CHINA_TIME, Lamp, WorkingCalendar
from yingshang_flow.errors import CodecError, UnknownError
from yingshang_flow.words import Label, Language

_STATUSES: Final[Mapping[Status, Label]] = {
    Status.OPEN: Label("办理中", "running"),
    Status.MISSED: Label("已逾期", "missed"),
    Status.MET: Label("按期完成", "met"),
    Status.MET_LATE: Label("逾期完成", "met late"),
    Status.WAIVED: Label("已免除", "waived"),
    Status.STOPPED: Label("已终止", "stopped"),
}
_PAUSED: Final = Label("中止", "paused")
_PROVISIONAL: Final = Label("暂定", "provisional")
_ENTERED: Final = Label("补录于", "entered on")
_NOBODY: Final[Mapping[Kind, Label]] = {
    Kind.CLOCK: Label("（时钟）", "(clock)"),
    Kind.REPROJECTION: Label("（按新日历重算）", "(counted by a new calendar)"),
}
_CHANGES: Final[Mapping[type[Change], Label]] = {
    Started: Label("起算，期限至", "runs until"),
    Warned: Label("临近届满", "is near its end"),
    Missed: Label("逾期", "missed"),
    Met: Label("完成", "met"),
    Stopped: Label("终止", "stopped"),
    Extended: Label("延长至", "extended to"),
    Revived: Label("恢复履行", "owed again"),
    Moved: Label("重算为", "counted anew to"),
    Recounted: Label("按新规则重算为", "counted by the new rules to"),
    Paused: Label("中止计算，自", "paused from"),
    Resumed: Label("恢复计算，期限至", "runs again until"),
    Reminded: Label("催办", "reminder"),
}
_LATE: Final = Label("逾期完成", "met late")
_MANY: Final = 4
"""More units to whom the same happened are counted and not named."""


@attrs.frozen
class DeadlineLine:
    """One deadline.

    Attributes:
        lamp: Its lamp.
        owed: Whether something is owed under it still.
        limit: What it is called.
        whom: Who owes it; empty for the case.
        number: Which time.
        start: When it began to run.
        due: Its last day, with the hour and whether it may still move.
        status: What has become of it.
        settled: When it was met or stopped; empty while it is owed.
    """

    lamp: Lamp
    owed: bool
    limit: str
    whom: str
    number: int
    start: str
    due: str
    status: str
    settled: str


@attrs.frozen
class RecordLine:
    """One record.

    Attributes:
        number: Its revision.
        date: When it happened.
        act: What was done.
        by: The unit that did it, with its role; never a person.
        state: The state it led to; empty when the case stayed.
        notes: What happened to deadlines, and when it was entered where that was later.
    """

    number: int
    date: str
    act: str
    by: str
    state: str
    notes: tuple[str, ...]


def deadline_lines(
    case: Case, lifecycle: Lifecycle, language: Language, *, at: datetime, calendar: WorkingCalendar
) -> Iterator[DeadlineLine]:
    """Yield the deadlines of a case: first what is owed, each kind by due date.

    Args:
        case: The case.
        lifecycle: The definition it is under.
        language: The language of the words.
        at: An aware instant, for the lamps.
        calendar: The working days, for the lamps.
    """
    for deadline in sorted(case.deadlines, key=lambda d: (not d.status.owed, d.due, d.limit, d.obligor)):
        status = _PAUSED if deadline.status.owed and deadline.paused is not None else _STATUSES[deadline.status]
        yield DeadlineLine(
            as_ledger.lamp(lifecycle, deadline, at, calendar),
            deadline.status.owed,
            lifecycle.by_limit[deadline.limit].label.text(language),
            deadline.obligor,
            deadline.number,
            str(deadline.start),
            _due(deadline, language),
            status.text(language),
            "" if deadline.settled is None else str(deadline.settled),
        )


def _due(deadline: Deadline, language: Language) -> str:
    until = str(deadline.due) if deadline.closes is None else f"{deadline.due} {deadline.closes:%H:%M}"
    return f"{until} ({_PROVISIONAL.text(language)})" if deadline.provisional else until


def record_line(revision: int, text: str, lifecycle: Lifecycle, language: Language) -> RecordLine:
    """Return a record in words; of one that does not fit the definition, why.

    Args:
        revision: Its revision.
        text: Its text as it is kept, in which what is confidential is sealed.
        lifecycle: The definition its case is under.
        language: The language of the words.
    """
    try:
        record = codec.record_from(text, lifecycle)
        return RecordLine(
            revision,
            _when(record),
            _act(record, lifecycle, language),
            _by(record, lifecycle, language),
            "" if record.after == record.before else lifecycle.by_state[record.after].label.text(language),
            tuple(_notes(record, lifecycle, language)),
        )
    except (CodecError, UnknownError, KeyError) as error:
        return RecordLine(revision, "", "", "", "", (str(error),))


def _when(record: Record) -> str:
    return str(_entered(record) if record.actor is None else record.occurred_at)


def _entered(record: Record) -> str:
    return str(record.recorded_at.astimezone(CHINA_TIME).date())


def _act(record: Record, lifecycle: Lifecycle, language: Language) -> str:
    if record.named is not None:
        return record.named.text(language)
    if record.trigger:
        return lifecycle.by_trigger[record.trigger].label.text(language)
    nobody = _NOBODY.get(record.kind)
    return f"({record.kind.value})" if nobody is None else nobody.text(language)


def _by(record: Record, lifecycle: Lifecycle, language: Language) -> str:
    if record.actor is None:
        return ""
    role = lifecycle.role(record.actor.role).label.text(language)
    return f"{record.actor.unit}（{role}）" if language == "zh" else f"{record.actor.unit} ({role})"


def _notes(record: Record, lifecycle: Lifecycle, language: Language) -> Iterator[str]:
    if record.actor is not None and _entered(record) != str(record.occurred_at.date):
        yield f"{_ENTERED.text(language)} {_entered(record)}"
    trigger = lifecycle.by_trigger.get(record.trigger)
    yield from record.about("" if trigger is None else trigger.label.text(language))
    happened: dict[str, list[str]] = {}
    for change in record.changes:
        happened.setdefault(_happened(change, lifecycle, language), []).append(change.obligor)
    for what, units in happened.items():
        whom = _whom(units, language)
        yield f"{what}: {whom}" if whom else what


def _happened(change: Change, lifecycle: Lifecycle, language: Language) -> str:
    limit = lifecycle.by_limit.get(change.limit)  # a migration stops what only the rules before it had
    name = change.limit if limit is None else limit.label.text(language)
    if change.number > 1:
        name = f"{name} {change.number}"
    told = _LATE if isinstance(change, Met) and change.late else _CHANGES.get(type(change))
    word = type(change).__name__.lower() if told is None else told.text(language)
    until = ""
    match change:
        case Started(due=due) | Extended(due=due) | Resumed(due=due) | Moved(due=due):
            until = str(due)
        case Paused(since=since):
            until = str(since)
        case Reminded(rung=rung):
            until = rung
    return " ".join(filter(None, (name, word, until)))


def _whom(units: Iterable[str], language: Language) -> str:
    named = [unit for unit in units if unit]
    shown = named[:_MANY]
    comma = "、" if language == "zh" else ", "
    more = len(named) - len(shown)
    rest = Label(f" 等{len(named)}个单位", f" and {more} more").text(language) if more else ""
    return comma.join(shown) + rest

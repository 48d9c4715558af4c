"""Says of every deadline of a case what became of it, and what that means for its rules."""

from datetime import date, datetime

from yingshang_flow.compliance.conformance.finding import Finding, Outcome, Owed
from yingshang_flow.compliance.conformance.noting import Notes
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.decide import unit_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import FromContent, TimeLimit
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import CalendarRangeError
from yingshang_flow.words import Label


class Owing:
    """Judges the deadlines of one case.

    Args:
        lifecycle: The definition it ran under.
        calendar: The working days.
        now: The aware instant as of which they are judged.
        notes: Where it is noted.
    """

    def __init__(self, lifecycle: Lifecycle, calendar: WorkingCalendar, now: datetime, notes: Notes) -> None:
        self._lifecycle = lifecycle
        self._calendar = calendar
        self._now = now
        self._notes = notes

    def judged(self, limit: TimeLimit, deadline: Deadline, case: Case) -> Owed:
        """Note for each rule of a limit what became of one of its deadlines, and return that.

        Args:
            limit: The limit.
            deadline: The deadline.
            case: Where the case stands at last.
        """
        due = deadline.due
        settled = None if deadline.settled is None else deadline.settled.date
        outcome, became = self._became(limit, deadline, case, settled)
        late = days_late(self._calendar, due, settled or self._today()) if outcome is Outcome.BROKEN else None
        zh, en = f"{limit.label.zh} {deadline.obligor}".strip(), f"{limit.label.en} {deadline.obligor}".strip()
        said = Label(f"{zh}：{became.zh}", f"{en}: {became.en}")
        for rule in limit.rules:
            if outcome is Outcome.KEPT:
                self._notes.keep(rule, said)
            elif outcome is Outcome.UNKNOWN:
                self._notes.leave(rule, said)
            else:
                found = Finding.of(
                    rule,
                    case.id,
                    limit.label,
                    unit=deadline.obligor,
                    due=due,
                    happened=settled,
                    days_late=late,
                    place=f"{deadline.limit}#{deadline.number}",
                )
                self._notes.breach(rule, found)
        met = settled if deadline.status in {Status.MET, Status.MET_LATE} else None
        unit = unit_of(deadline.obligor) or self._unit_by(deadline)
        runs = self._runs(deadline)
        return Owed(deadline.limit, limit.label, deadline.number, unit, deadline.start, due, met, outcome, late, runs)

    def _became(self, limit: TimeLimit, deadline: Deadline, case: Case, settled: date | None) -> tuple[Outcome, Label]:
        """Return what became of a deadline, and in which words."""
        due = deadline.due
        if deadline.status is Status.MET and _may_be_late(deadline):
            end = f"{deadline.end:%Y-%m-%d %H:%M}"
            said = Label(f"期限至{end}，办理时刻未载明", f"due {end}, done that day at a time not on file")
        elif deadline.status in {Status.MET, Status.WAIVED}:
            return Outcome.KEPT, Label(f"期限至{due}，于{settled}办理", f"due {due}, done {settled}")
        elif deadline.status is Status.STOPPED:
            said = Label(f"{settled}起不再要求", f"no longer owed since {settled}")
        elif self._runs(deadline):
            said = Label(f"期限至{due}，尚未届满", f"due {due}, still running")
        elif limit.soft:
            said = Label(f"未能于{due}前办理", f"wished for by {due}, not done by then")
        elif untold := self._untold(limit, deadline, case, settled):
            said = Label(f"未载明{self._notes.names(untold)}", f"{', '.join(untold)} not told of")
        else:
            return Outcome.BROKEN, Label("", "")
        return Outcome.UNKNOWN, said

    def _untold(self, limit: TimeLimit, deadline: Deadline, case: Case, settled: date | None) -> tuple[str, ...]:
        """Return the triggers that may have met or extended a deadline, and of which the source does not tell."""
        untold = self._notes.untold(limit.met, case.state)
        if not untold and self._may_be_extended(limit, deadline, settled or self._today()):
            return self._notes.untold(limit.extended)
        return untold

    def _runs(self, deadline: Deadline) -> bool:
        return deadline.status is Status.OPEN and self._now < deadline.end

    def _today(self) -> date:
        return self._now.astimezone(CHINA_TIME).date()

    def _unit_by(self, deadline: Deadline) -> str:
        """Return the unit that acted last before a deadline was settled, of those that are named."""
        until = deadline.settled
        told = (act for act in self._notes.acts if until is None or act.at <= until.date)
        return next((act.unit for act in reversed(tuple(told)) if act.unit), "")

    def _may_be_extended(self, limit: TimeLimit, deadline: Deadline, by: date) -> bool:
        """Tell whether an extension that the source would not tell of could have reached to a day."""
        for trigger in self._notes.untold(limit.extended):
            period = limit.extended[trigger]
            if isinstance(period, FromContent):
                return True
            if by <= limit.counted(period.value, deadline.anchor, deadline.turn, self._calendar).date:
                return True
        return False


def days_late(calendar: WorkingCalendar, due: date, done: date) -> int | None:
    """Return how many working days lie between two days; none where the calendar does not know them.

    Args:
        calendar: The working days.
        due: Until when it was owed.
        done: When it was done, or the day as of which it is judged.
    """
    try:
        return calendar.count(due, done)
    except CalendarRangeError:
        return None


def _may_be_late(deadline: Deadline) -> bool:
    """Tell whether only the day is known on which something was done, and that day ended early (R6, R12)."""
    settled = deadline.settled
    return settled is not None and settled.instant < deadline.end < settled.end

"""Judges cases with the same acts in the same order together, their deadlines from the calendar's table."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt

from yingshang_flow.compliance.bulk.log import EPOCH, Log, Numbers
from yingshang_flow.compliance.bulk.shape import Running, Shape, shape_of
from yingshang_flow.compliance.bulk.tally import DUTIES, LIMITS, Found
from yingshang_flow.compliance.bulk.telling import Telling
from yingshang_flow.compliance.conformance import Finding, breach_of, days_late, offences_of, severity_of
from yingshang_flow.compliance.ledgers import LedgerRow
from yingshang_flow.core.duty import Duty, Holds, Never
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.deadlines.bulk import due_many, working_days_between_many
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import DeadlineError

Marks = npt.NDArray[np.bool_]

_Answer = tuple[tuple[tuple[int, Duty, int, str], ...], tuple[str, ...]]
"""What the duties that look at contents say: each offence with the place of its duty and act, and the rules kept."""

_ANSWERS: Final = 4096
_FEW: Final = 3
"""So few cases alike are sooner audited one by one than looked at together."""


@attrs.frozen(eq=False)
class Passing:
    """A deadline of many cases alike.

    Attributes:
        running: The deadline.
        due: When it was due in each.
        ended: When it was met or stopped, or as of when it is judged.
        passed: In which of them that was after it was due.
        broken: In which of them that is a breach, as far as the columns show.
    """

    running: Running
    due: Numbers
    ended: Numbers
    passed: Marks
    broken: Marks


class Marked(dict[str, Marks]):
    """The cases marked for each rule; none until one is."""

    def __init__(self, cases: int) -> None:
        super().__init__()
        self._cases = cases

    def __missing__(self, rule: str) -> Marks:
        self[rule] = found = np.zeros(self._cases, np.bool_)
        return found


class Alike:
    """Cases of one shape.

    Args:
        log: Their log.
        telling: Tells rows as histories.
        cases: Their numbers in the log.
        days: The days of their acts, a row a case.
        calendar: The working days.
        told: The triggers the source tells of.

    Attributes:
        shape: Their shape; none where dates may decide more than whether an end has passed, so that all are alone.
        alone: Which of them have to be audited by themselves.
    """

    def __init__(
        self,
        log: Log,
        telling: Telling,
        cases: Numbers,
        days: Numbers,
        *,
        calendar: WorkingCalendar,
        told: Sequence[str],
    ) -> None:
        self.alone: Marks = np.ones(len(cases), np.bool_)
        self.shape: Shape | None = None
        self._log = log
        self._telling = telling
        self._calendar = calendar
        self._cases = cases
        self._days = days
        self._today = np.int64(telling.now.astimezone(CHINA_TIME).toordinal() - EPOCH)
        self._passings: list[Passing] = []
        self._answers: dict[object, _Answer] = {}
        if len(cases) < _FEW:
            return
        try:
            shape = shape_of(telling, log.row(int(cases[0])), told)
            self._passings = [] if shape is None else [self._passing(running) for running in shape.deadlines]
        except DeadlineError:
            return  # one of them has a date that the calendar does not know; each is told of apart
        if shape is not None:
            self.shape = shape
            self.alone = self._undecided(shape)

    def _undecided(self, shape: Shape) -> Marks:
        """Return the cases that columns cannot decide."""
        found: Marks = np.asarray((self._days > self._today).any(axis=1))  # for the audit of one to judge
        looking = {limit for _, duty in shape.passed for limit in duty.passed}
        for passing in self._passings:
            running = passing.running
            if running.limit.key in looking or (running.extensible and not running.untold):
                found |= passing.passed
        return found

    def _passing(self, running: Running) -> Passing:
        limit = running.limit
        rules = None if limit.counting is None else limit.counting.value
        starts = np.ascontiguousarray(self._days[:, running.start]).view("datetime64[D]")
        due = due_many(running.period, starts, calendar=self._calendar, rules=rules).view(np.int64)
        ended = np.full(len(due), self._today) if running.end is None else self._days[:, running.end]
        passed = ended > due
        return Passing(running, due, ended, passed, passed & (not running.untold))

    def suspects(self) -> Marks:
        """Return which of them may have findings; every other one has none."""
        found = self.alone.copy()
        if self.shape is None or self.shape.findings:
            found[:] = True
            return found
        for passing in self._passings:
            found |= passing.broken
        if self.shape.saying:
            for place in self._to_be_asked(~found):
                found[place] = bool(self._said_in(self.shape, place)[0])
        return found

    def judge(self, kept: Marked, broken: Marked) -> list[Found]:
        """Return the findings of those that need not be alone, and mark which rules they have kept and broken."""
        rest, shape = ~self.alone, self.shape
        if shape is None or not rest.any():
            return []
        for rule_id in shape.kept:
            kept[rule_id] |= rest
        found: list[Found] = []
        for place, passing in enumerate(self._passings):
            found += self._late(place, passing, rest)
            for rule in passing.running.limit.rules:
                broken[rule.id] |= passing.broken
                if passing.running.met:
                    kept[rule.id] |= ~passing.passed
        for place, act, finding in shape.findings:
            broken[finding.code] |= rest
            for case, day in zip(self._cases[rest].tolist(), _dates(self._days[rest, act]), strict=True):
                own = attrs.evolve(finding, case=self._log.name(case), happened=day)
                found.append((case, DUTIES, place, own))
        self._look(shape, rest, kept)
        return [*found, *self._say(shape, rest, kept, broken)]

    def _late(self, place: int, passing: Passing, rest: Marks) -> list[Found]:
        """Return the breaches of a limit."""
        broken = np.flatnonzero(passing.broken & rest)
        running, due = passing.running, passing.due[broken]
        if not len(broken):
            return []
        done = passing.ended[broken] if running.met else np.full(len(broken), self._today)
        where = f"{running.limit.key}#{running.number}"
        said = tuple(
            zip(self._cases[broken].tolist(), _dates(due), _dates(done), self._days_late(due, done), strict=True)
        )
        found: list[Found] = []
        for rule in running.limit.rules:
            severity = severity_of(rule)
            for case, until, day, late in said:
                finding = Finding(
                    rule.id,
                    self._log.name(case),
                    running.limit.label,
                    "",
                    None,
                    running.obligor,
                    until,
                    day if running.met else None,
                    late,
                    place=where,
                    severity=severity,
                    citations=rule.citations,
                )
                found.append((case, LIMITS, place, finding))
        return found

    def _days_late(self, due: Numbers, done: Numbers) -> list[int | None]:
        """Return how many working days lie between; none where the calendar does not know them."""
        days = due.view("datetime64[D]"), done.view("datetime64[D]")
        try:
            return list(working_days_between_many(*days, calendar=self._calendar).tolist())
        except DeadlineError:
            pairs = zip(_dates(due), _dates(done), strict=True)
            return [days_late(self._calendar, until, day) for until, day in pairs]

    def _look(self, shape: Shape, rest: Marks, kept: Marked) -> None:
        """Mark what the duties show to be kept that look at deadlines, of which none has passed."""
        if shape.passed:
            row = self._log.row(int(self._cases[np.flatnonzero(rest)[0]]))
            acts = tuple(self._telling.history(row))
            for _, duty in shape.passed:
                if self._offending(duty, acts)[1]:
                    for rule in duty.rules:
                        kept[rule.id] |= rest

    def _say(self, shape: Shape, rest: Marks, kept: Marked, broken: Marked) -> list[Found]:
        """Return the breaches of duties that look at contents, and mark which rules they show kept and broken."""
        found: list[Found] = []
        for place in self._to_be_asked(rest) if shape.saying else ():
            breaches, keeps = self._said_in(shape, place)
            alike = rest if self._log.rows is None and not breaches else place
            for duty_place, finding in breaches:
                broken[finding.code][place] = True
                found.append((int(self._cases[place]), DUTIES, duty_place, finding))
            for rule_id in keeps:
                kept[rule_id][alike] = True
        return found

    def _to_be_asked(self, which: Marks) -> list[int]:
        """Return of which cases the duties are asked that look at contents: where nothing was said, of one for all."""
        places = np.flatnonzero(which)
        if self._log.rows is None and self.shape is not None and len(places):
            return places.tolist() if self._said_in(self.shape, int(places[0]))[0] else places[:1].tolist()
        return places.tolist()

    def _said_in(self, shape: Shape, place: int) -> tuple[list[tuple[int, Finding]], tuple[str, ...]]:
        """Return the breaches of duties that look at contents, each with the place of its duty, and the rules kept."""
        row = self._log.row(int(self._cases[place]))
        said = tuple([(act.content, act.unit) for act in row.acts])
        answer = self._answers.get(said)
        if answer is None:
            if len(self._answers) >= _ANSWERS:
                self._answers.clear()
            answer = self._answers[said] = self._asked(shape, self._acts(shape, row))
        offences, keeps = answer
        if not offences:
            return [], keeps
        acts = self._acts(shape, row)
        called = self._telling.lifecycle.by_trigger
        breaches: list[tuple[int, Finding]] = []
        for duty_place, duty, number, what in offences:
            record, where = acts[number], shape.places[number]
            act = called[record.trigger].label
            breaches += (
                (duty_place, breach_of(rule, duty, record, act=act, place=where, found=what)) for rule in duty.rules
            )
        return breaches, keeps

    def _asked(self, shape: Shape, acts: Sequence[Record]) -> _Answer:
        """Ask the duties that look at contents about one case; what they say holds for all where the same was said."""
        offences: list[tuple[int, Duty, int, str]] = []
        keeps: list[str] = []
        for place, duty in shape.saying:
            found, kept = _holding(duty, acts) if isinstance(duty, Holds) else self._offending(duty, acts)
            offences += ((place, duty, record.revision - 1, what) for record, what in found)
            keeps += (rule.id for rule in duty.rules if kept)
        return tuple(offences), tuple(keeps)

    def _offending(self, duty: Never, acts: Sequence[Record]) -> tuple[list[tuple[Record, str]], bool]:
        found, missing = offences_of(duty, acts, self._telling.lifecycle.values, self._telling.now)
        return found, not found and missing is None

    def _acts(self, shape: Shape, row: LedgerRow) -> tuple[Record, ...]:
        """Return the acts of a case as records, without what they did to deadlines."""
        return tuple(
            Record(
                row.name,
                record.revision,
                record.kind,
                record.trigger,
                record.before,
                record.after,
                self._telling.actor("" if record.actor is None else record.actor.role, act.unit),
                (),
                act.content,
                act.at,
                record.recorded_at,
                (),
                record.opening,
            )
            for record, act in zip(shape.acts, row.acts, strict=True)
        )


def _holding(duty: Holds, acts: Sequence[Record]) -> tuple[list[tuple[Record, str]], bool]:
    """Return the acts whose content does not pass, and whether that of another does."""
    said = [record for record in acts if record.trigger == duty.trigger and record.content is not None]
    found = [(record, "") for record in said if not duty.check(record.content)]
    return found, len(found) < len(said)


def _dates(days: Numbers) -> list[date]:
    return list(days.view("datetime64[D]").tolist())

"""Audits the history of a case: folds its records through the definition and says of every rule what became of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any, Final

import attrs

from yingshang_flow.compliance import amended
from yingshang_flow.compliance.finding import Audit, Finding, Outcome, Owed, Told, Verdict
from yingshang_flow.core.amend import as_told
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.decide import evolve, unit_of, with_changes
from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.erasure import Erasure, not_erased_by
from yingshang_flow.core.ledger import UNTOLD
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.limit import FromContent, TimeLimit
from yingshang_flow.core.machine import not_by
from yingshang_flow.core.record import Change, Dated, Kind, Record, Started
from yingshang_flow.core.requirement import Requirement, View
from yingshang_flow.core.stepping import applied, reprojected, tick
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.errors import CalendarRangeError, DefinitionError
from yingshang_flow.words import Label, Rule, RuleKind

Key = tuple[str, str, int]

_UNMARKED: Final = Label("", "")
_TO_COMPARE: Final = Label("须与其他案件比对", "needs a comparison with other cases")


def audit(
    history: Sequence[Record],
    lifecycle: Lifecycle,
    *,
    calendar: WorkingCalendar,
    now: datetime | None = None,
    linked: Mapping[str, Case] | None = None,
    told: Collection[str] | None = None,
) -> Audit:
    """Return what became of every rule in one history.

    Rules that compare several cases are unknown here; ``audit_all`` sees them. What was corrected or annulled is judged
    as it counts now, and told beside the verdicts.

    Args:
        history: The records of a case, in order, the first an opening.
        lifecycle: The definition it ran under.
        calendar: The working days.
        now: The instant as of which deadlines are judged; the last record's entry unless given.
        linked: The cases it names as parent or origin, by id, for the guards that look at them.
        told: Where the history was put together from a source that does not tell everything, such as a ledger of dates:
            the triggers it tells of. What acts asked for is then not looked at, and what could only be known from
            another trigger is unknown. Unless given, the history is whole.

    Raises:
        DefinitionError: The history is empty or does not begin with an opening.
    """
    known = linked or {}
    return _Auditor(lifecycle, calendar, _Past((), known), told).run(history, now)


def audit_all(
    cases: Sequence[tuple[Sequence[Record], Lifecycle]],
    *,
    calendar: WorkingCalendar,
    now: datetime | None = None,
    linked: Mapping[str, Case] | None = None,
) -> tuple[Audit, ...]:
    """Return what became of every rule in each of several histories, rules across cases included.

    Cases are compared with one another, whichever profile and procedure each is under.

    Args:
        cases: Each history with the definition it ran under.
        calendar: The working days.
        now: The instant as of which deadlines are judged; each last record's entry unless given.
        linked: Further cases that are named as parent or origin, by id.

    Raises:
        DefinitionError: A history is empty or does not begin with an opening.
    """
    folded = [_snapshots(history, lifecycle)[-1] for history, lifecycle in cases]
    past = _Past(cases, linked or {})
    audits = [_Auditor(lifecycle, calendar, past, None).run(history, now) for history, lifecycle in cases]
    compared = [
        (case, as_told(lifecycle, history, calendar)) for case, (history, lifecycle) in zip(folded, cases, strict=True)
    ]
    for lifecycle in {id(lifecycle): lifecycle for _, lifecycle in cases}.values():
        for duty in lifecycle.duties:
            if isinstance(duty, AcrossCases):
                offences: dict[str, list[str]] = {}
                for case_id, found in duty.offenders(compared, lifecycle.values):
                    offences.setdefault(case_id, []).append(found)
                audits = [
                    _across(said, duty, offences.get(said.case, [])) if under is lifecycle else said
                    for said, (_, under) in zip(audits, cases, strict=True)
                ]
    return tuple(audits)


def _readable(record: Record, lifecycle: Lifecycle, started: set[Key]) -> Record:
    """Return a record without changes of deadlines that no earlier one started; those it starts are added."""
    sound: list[Change] = []
    for change in record.changes:
        key = (change.limit, change.obligor, change.number)
        if change.limit in lifecycle.by_limit and (isinstance(change, Started) or key in started):
            started.add(key)
            sound.append(change)
    return record if len(sound) == len(record.changes) else attrs.evolve(record, changes=tuple(sound))


def _snapshots(history: Sequence[Record], lifecycle: Lifecycle) -> list[Case]:
    """Return where a case stood after each record of its history."""
    case: Case | None = None
    found: list[Case] = []
    started: set[Key] = set()
    for record in history:
        case = evolve(case, _readable(record, lifecycle, started))
        found.append(case)
    if not found:
        raise DefinitionError("a history", "it is empty")
    return found


def _times(history: Iterable[Record]) -> Iterator[tuple[int, str]]:
    """Yield which time of its trigger every act is, by revision."""
    times: Counter[str] = Counter()
    for record in history:
        if record.kind is Kind.ACT:
            times[record.trigger] += 1
            yield record.revision, f"{record.trigger}#{times[record.trigger]}"


class _Past:
    """Where the audited cases stood at any time, for the guards that looked at them then."""

    def __init__(self, cases: Sequence[tuple[Sequence[Record], Lifecycle]], linked: Mapping[str, Case]) -> None:
        self._cases = {history[0].case: (history, lifecycle) for history, lifecycle in cases}
        self._linked = linked
        self._read: dict[str, list[Case]] = {}

    def __call__(self, case: str, at: datetime) -> tuple[Case, ...]:
        """Return where a case can have stood at an instant; nothing when it is not known or was not open yet.

        What was entered at that very instant may have come before or after.
        """
        if case not in self._cases:
            return (self._linked[case],) if case in self._linked else ()
        if case not in self._read:
            self._read[case] = _snapshots(*self._cases[case])
        before = [found for found in self._read[case] if found.recorded_at < at]
        return (*before[-1:], *(found for found in self._read[case] if found.recorded_at == at))


def _across(said: Audit, duty: AcrossCases, offences: list[str]) -> Audit:
    """Return an audit with what a comparison of cases adds to it."""
    findings = tuple(Finding.of(rule, said.case, duty.label, found=found) for rule in duty.rules for found in offences)
    rules = {rule.id for rule in duty.rules}
    verdicts = []
    for verdict in said.verdicts:
        if verdict.rule.id in rules:
            own = tuple(finding for finding in findings if finding.code == verdict.rule.id)
            broken = verdict.outcome is Outcome.BROKEN or own
            untold = verdict.outcome is Outcome.UNKNOWN and any(label != _TO_COMPARE for label in verdict.shown)
            verdicts.append(
                Verdict(
                    verdict.rule,
                    Outcome.BROKEN if broken else Outcome.UNKNOWN if untold else Outcome.KEPT,
                    (*verdict.shown, Label("已与其他案件比对", "compared with the other cases")),
                    verdict.findings + own,
                )
            )
        else:
            verdicts.append(verdict)
    return attrs.evolve(said, verdicts=tuple(verdicts))


class _Auditor:
    """Folds one history and notes for each rule what was kept, broken or could not be told."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        calendar: WorkingCalendar,
        linked: _Past,
        told: Collection[str] | None,
    ) -> None:
        self._lifecycle = lifecycle
        self._calendar = calendar
        self._linked = linked
        self._told = told
        self._kept: dict[str, list[Label]] = {}
        self._unknown: dict[str, list[Label]] = {}
        self._broken: dict[str, list[Finding]] = {}
        self._irregular: list[Finding] = []
        self._deadlines: dict[Key, Deadline] = {}
        self._blind = False
        self._marks: Mapping[int, Label] = {}
        self._judged: tuple[Record, ...] = ()
        self._places: Mapping[int, str] = {}
        self._acts: tuple[Told, ...] = ()

    def run(self, history: Sequence[Record], now: datetime | None) -> Audit:
        if not history or history[0].opening is None or history[0].actor is None:
            message = "it must begin with the record that opens the case"
            raise DefinitionError(f"a history of {self._lifecycle.key}", message)
        now = now or history[-1].recorded_at
        self._places = dict(_times(history))
        case, rest = self._check_amended(history)
        started = set(self._deadlines)
        for revision, entry in enumerate(rest, len(history) - len(rest) + 1):
            record = _readable(entry, self._lifecycle, started)
            self._check_place(record, history[0].case, revision)
            if record is not entry:
                label = Label("时限与办理不符", "deadlines are changed that never started")
                self._irregular.append(self._irregularity("deadlines", record, label))
            if self._told is not None:
                pass  # what an act asked for does not stand in such a source
            elif record.kind is Kind.ACT or case is None:
                self._check_act(case, record)
            elif isinstance(record, Erasure):
                self._check_erasure(case, record)
            else:
                self._check_nobody(case, record)
            case = evolve(case, record)
            self._deadlines = applied(self._deadlines, record)
        if case is None:  # pragma: no cover  # `audit` refuses an empty history
            raise AssertionError
        self._acts = tuple(self._told_of((*self._judged, *rest)))
        owed = [
            self._check_deadline(self._lifecycle.by_limit[deadline.limit], deadline, case, now)
            for deadline in self._deadlines.values()
        ]
        state = self._lifecycle.by_state.get(case.state)
        for duty in self._lifecycle.duties:
            self._check_duty(duty, (*self._judged, *rest), case, now, ended=state is not None and state.final)
        return Audit(
            case.id,
            self._lifecycle.key,
            self._lifecycle.profile,
            tuple(self._verdict(rule) for rule in self._lifecycle.rules),
            tuple(self._irregular),
            amended.said(self._lifecycle, history),
            tuple(sorted(owed, key=_start)),
            self._acts,
            case.state,
        )

    def _told_of(self, history: Iterable[Record]) -> Iterator[Told]:
        for record in history:
            if record.kind is Kind.ACT and record.trigger in self._lifecycle.by_trigger:
                unit = "" if record.actor is None or record.actor.unit == UNTOLD else record.actor.unit
                yield Told(record.occurred_at.date, record.trigger, self._named(record), unit)

    def _check_amended(self, history: Sequence[Record]) -> tuple[Case | None, Sequence[Record]]:
        """Check the acts that count up to the last amendment; return where the case stands then, and the rest."""
        past = amended.prelude(self._lifecycle, history, self._calendar)
        if past is None:
            return None, history
        for revision, record in enumerate(history[: len(history) - len(past.rest)], 1):
            self._check_place(record, history[0].case, revision)
        self._marks = amended.marks(history)
        self._irregular += past.irregular
        self._judged = past.records
        case: Case | None = None
        for record in past.records:
            if record.kind is Kind.ACT:
                self._check_act(case, record)
            case = evolve(case, record)
        self._deadlines = dict(past.deadlines)
        return past.case, past.rest

    def _verdict(self, rule: Rule) -> Verdict:
        broken = tuple(self._marked(finding) for finding in self._broken.get(rule.id, ()))
        if broken:
            return Verdict(rule, Outcome.BROKEN, tuple(self._kept.get(rule.id, ())), broken)
        if rule.id in self._kept:
            return Verdict(rule, Outcome.KEPT, (*self._kept[rule.id], *self._unknown.get(rule.id, ())))
        if rule.kinds == (RuleKind.PROPERTY,):
            nothing = Label("本库的性质，由测试保证", "a property of the library, held by its tests")
        elif self._told is not None:
            nothing = Label("所给资料无从判断", "what was given does not tell")
        else:
            nothing = Label("尚无适用情形", "there was no occasion for it yet")
        return Verdict(rule, Outcome.UNKNOWN, tuple(self._unknown.get(rule.id, (nothing,))))

    def _marked(self, finding: Finding) -> Finding:
        """Return a finding that says so where the act it is about was corrected."""
        mark = None if finding.revision is None else self._marks.get(finding.revision)
        if mark is None:
            return finding
        return attrs.evolve(finding, mark=mark)

    def _irregularity(self, code: str, record: Record, label: Label, found: str = "") -> Finding:
        """Return a breach of the procedure itself."""
        at, act = record.occurred_at.date, self._named(record) if record.trigger in self._lifecycle.by_trigger else None
        place = self._place(record)
        return Finding(code, record.case, label, found, record.revision, happened=at, act=act, place=place)

    def _place(self, record: Record) -> str:
        """Return which time of its trigger an act is; of what is no act, its revision."""
        return self._places.get(record.revision, str(record.revision))

    def _check_place(self, record: Record, case: str, revision: int) -> None:
        """Find records of another case, gaps, and what was entered before it happened."""
        if (record.case, record.revision) != (case, revision):
            label = Label("办理记录不连续", "a record is missing, doubled or of another case")
            self._irregular.append(
                Finding("history", case, label, f"{record.case} {record.revision}", revision, place=str(revision))
            )
        if record.occurred_at.instant > record.recorded_at:
            label = Label("登记早于发生", "entered before it happened")
            self._irregular.append(self._irregularity("time", record, label, str(record.occurred_at)))

    # --- acts ---

    def _check_act(self, case: Case | None, record: Record) -> None:
        rows = self._lifecycle.rows.get((record.before, record.trigger), ())
        if record.before != ("" if case is None else case.state) or not rows:
            label = Label("办理顺序不符合流程", "the procedure does not have this act in this state")
            self._irregular.append(self._irregularity("state", record, label, record.before))
            return
        view, row = self._seen(rows, case, record)
        if row is None:
            label = Label("办理结果不符合流程", "the act leads to another state")
            self._irregular.append(self._irregularity("state", record, label, record.after))
            return
        said = self._act_said(record)
        if record.actor is None or record.actor.role not in {role.key for role in row.by}:
            unmet = not_by(row, "" if record.actor is None else record.actor.role)
            self._irregular.append(self._irregularity("role", record, unmet.label, ", ".join(unmet.found)))
            if record.actor is None:
                return  # what guards ask of who acted cannot be asked of nobody
        else:
            for rule in row.rules:
                if RuleKind.GUARD not in rule.kinds:
                    continue  # a limit or duty is not kept by being allowed
                self._kept.setdefault(rule.id, []).append(said)
        for requirement in row.needs:
            self._check_requirement(requirement, view, record, said)
        self._check_changes(case, record)

    def _seen(
        self, rows: Sequence[Transition], case: Case | None, record: Record
    ) -> tuple[View[Any, Any], Transition | None]:
        """Return what an act saw and the row it took; of several things it can have seen, one that lets it through."""
        seen = [(view, self._row(rows, view, record)) for view in self._views(case, record)]
        for view, row in seen:
            if row is not None and all(_lets_through(need, view) for need in row.needs):
                return view, row
        return seen[0]

    def _views(self, case: Case | None, record: Record) -> Iterator[View[Any, Any]]:
        opening = record.opening if case is None else case.opening
        named = {} if opening is None else {"parent": opening.parent, "origin": opening.origin}
        seen = [() if of is None else self._linked(of, record.recorded_at) for of in named.values()]
        actor: Any = record.actor
        for stood in product(*(cases or (None,) for cases in seen)):
            related: Any = _Linked(named, dict(zip(named, stood, strict=True)))
            yield View(
                case, actor, record.content, record.occurred_at, self._lifecycle.values, related, record.obligors
            )

    def _act_said(self, record: Record) -> Label:
        """Return an act in words: when it happened, what it was, and whether that was corrected."""
        named, mark = self._named(record), self._marks.get(record.revision, _UNMARKED)
        return Label(f"{record.occurred_at} {named.zh}{mark.zh}", f"{record.occurred_at} {named.en}{mark.en}")

    def _named(self, record: Record) -> Label:
        return self._lifecycle.by_trigger[record.trigger].label

    @staticmethod
    def _row(rows: Sequence[Transition], view: View[Any, Any], record: Record) -> Transition | None:
        """Return the row an act took; where what chooses is not on file, one that leads where the act led."""
        for row in rows:
            fits = (row.to or record.before) == record.after
            try:
                if all(condition.holds(view) for condition in row.when):
                    return row if fits else None
            except (LookupError, AttributeError):
                if fits:
                    return row
        return None

    def _check_requirement(self, requirement: Requirement, view: View[Any, Any], record: Record, said: Label) -> None:
        wanted = self._lifecycle.by_trigger[record.trigger].content
        found: tuple[str, ...] | None
        if requirement.looks_at == "content" and wanted is not None and record.content is None:
            found, unknown = None, Label(f"{said.zh}：无内容可查", f"{said.en}: no content to check")
        else:
            try:
                if not requirement.arises(view):
                    return
                found, unknown = requirement.against(view), None
            except LookupError as exc:
                found, unknown = None, Label(f"{said.zh}：缺少资料（{exc}）", f"{said.en}: not on file ({exc})")
        for rule in requirement.rules:
            if unknown is not None:
                self._unknown.setdefault(rule.id, []).append(unknown)
            elif found is None and set(rule.kinds) <= {RuleKind.LIMIT, RuleKind.DUTY}:
                continue  # a limit or duty is not kept by an act that was allowed
            elif found is None:
                if said not in self._kept.setdefault(rule.id, []):
                    self._kept[rule.id].append(said)
            else:
                self._broken.setdefault(rule.id, []).append(
                    Finding.of(
                        rule,
                        record.case,
                        requirement.label,
                        found=", ".join(found),
                        revision=record.revision,
                        happened=record.occurred_at.date,
                        act=self._named(record),
                        place=self._place(record),
                    )
                )

    def _check_changes(self, case: Case | None, record: Record) -> None:
        """Find deadlines that do not follow from the act; those of another calendar are compared without dates."""
        if self._lifecycle.by_trigger[record.trigger].content is not None and record.content is None:
            self._blind = True
        if self._blind:
            return  # what is owed, and by whom, may stand in the content that is not on file
        same = self._same_calendar(record)
        try:
            again = with_changes(self._lifecycle, case, record.changing(()), self._calendar).changes
        except CalendarRangeError:
            again = ()  # a date that the calendar does not know could not have been set
        if [_comparable(change, dates=same) for change in again] != [
            _comparable(change, dates=same) for change in record.changes
        ]:
            label = Label("时限与办理不符", "the deadlines do not follow from the act")
            self._irregular.append(self._irregularity("deadlines", record, label))

    def _check_erasure(self, case: Case, record: Erasure) -> None:
        """Find an erasure in a role that may not, or one that changes more than what is left to be read."""
        role = "" if record.actor is None else record.actor.role
        if role not in {one.key for one in self._lifecycle.erased_by}:
            unmet = not_erased_by(self._lifecycle, role)
            self._irregular.append(self._irregularity("role", record, unmet.label, role))
        if (record.before, record.after, record.changes) != (case.state, case.state, ()):
            label = Label("删除个人信息不得变更状态或期限", "an erasure moves nothing")
            self._irregular.append(self._irregularity("erasure", record, label, record.after))

    def _check_nobody(self, case: Case, record: Record) -> None:
        """Find what neither the clock nor a reprojection could have recorded; another calendar's dates are not told."""
        said = (record.actor, record.trigger, record.before, record.after, record.content, record.obligors)
        if said != (None, "", case.state, case.state, None, ()):
            label = Label("时钟不得办理事项", "the clock acts for nobody and moves nothing")
            self._irregular.append(self._irregularity("clock", record, label, record.after))
        if not self._same_calendar(record):
            return
        limits = self._lifecycle.by_limit
        again: tuple[Change, ...]
        if record.kind is Kind.REPROJECTION:
            again = reprojected(limits, case, self._calendar)
        else:
            again = tick(limits, case, record.occurred_at.instant, self._calendar)
        if record.changes != again:
            label = Label("时限与时间不符", "the deadlines do not follow from the time")
            self._irregular.append(self._irregularity("deadlines", record, label, record.kind.value))

    def _same_calendar(self, record: Record) -> bool:
        return {change.calendar for change in record.changes if isinstance(change, Dated)} <= {self._calendar.hash}

    # --- limits ---

    def _check_deadline(self, limit: TimeLimit, deadline: Deadline, case: Case, now: datetime) -> Owed:
        what = f"{limit.label.zh} {deadline.obligor}".strip(), f"{limit.label.en} {deadline.obligor}".strip()
        due = deadline.due
        settled = None if deadline.settled is None else deadline.settled.date
        outcome, said = Outcome.UNKNOWN, ("", "")
        if deadline.status is Status.MET and _may_be_late(deadline):
            end = f"{deadline.end:%Y-%m-%d %H:%M}"
            said = f"期限至{end}，办理时刻未载明", f"due {end}, done that day at a time not on file"
        elif deadline.status in {Status.MET, Status.WAIVED}:
            outcome, said = Outcome.KEPT, (f"期限至{due}，于{settled}办理", f"due {due}, done {settled}")
        elif deadline.status is Status.STOPPED:
            said = f"{settled}起不再要求", f"no longer owed since {settled}"
        elif deadline.status is Status.OPEN and now < deadline.end:
            said = f"期限至{due}，尚未届满", f"due {due}, still running"
        elif limit.soft:
            said = f"未能于{due}前办理", f"wished for by {due}, not done by then"
        elif untold := self._untold(limit.met, case.state):
            said = f"未载明{self._names(untold)}", f"{', '.join(untold)} not told of"
        elif self._may_be_extended(limit, deadline, settled or now.astimezone(CHINA_TIME).date()):
            zh = self._names(self._untold(limit.extended))
            said = f"未载明{zh}", f"{', '.join(limit.extended)} not told of"
        else:
            outcome = Outcome.BROKEN
        late = None
        if outcome is Outcome.BROKEN:
            late = self._late(due, settled or now.astimezone(CHINA_TIME).date())
        label = Label(f"{what[0]}：{said[0]}", f"{what[1]}: {said[1]}")
        for rule in limit.rules:
            if outcome is Outcome.KEPT:
                self._kept.setdefault(rule.id, []).append(label)
            elif outcome is Outcome.UNKNOWN:
                self._unknown.setdefault(rule.id, []).append(label)
            else:
                self._broken.setdefault(rule.id, []).append(
                    Finding.of(
                        rule,
                        case.id,
                        limit.label,
                        unit=deadline.obligor,
                        due=due,
                        happened=settled,
                        days_late=late,
                        place=f"{deadline.limit}#{deadline.number}",
                    )
                )
        met = settled if deadline.status in {Status.MET, Status.MET_LATE} else None
        unit = unit_of(deadline.obligor) or self._unit_by(deadline)
        runs = deadline.status is Status.OPEN and now < deadline.end
        return Owed(deadline.limit, limit.label, deadline.number, unit, deadline.start, due, met, outcome, late, runs)

    def _unit_by(self, deadline: Deadline) -> str:
        """Return the unit that acted last before a deadline was settled, of those that are named."""
        until = deadline.settled
        told = (act for act in self._acts if until is None or act.at <= until.date)
        return next((act.unit for act in reversed(tuple(told)) if act.unit), "")

    def _late(self, due: date, done: date) -> int | None:
        """Return how many working days lie between; none where the calendar does not know them."""
        try:
            return self._calendar.count(due, done)
        except CalendarRangeError:
            return None

    def _may_be_extended(self, limit: TimeLimit, deadline: Deadline, by: date) -> bool:
        """Tell whether an extension that the source would not tell of could have reached to a day."""
        for trigger in self._untold(limit.extended):
            period = limit.extended[trigger]
            if isinstance(period, FromContent):
                return True
            if by <= limit.counted(period.value, deadline.anchor, deadline.turn, self._calendar).date:
                return True
        return False

    def _note(self, rule: Rule, zh: str, en: str) -> None:
        self._unknown.setdefault(rule.id, []).append(Label(zh, en))

    # --- duties ---

    def _untold(self, triggers: Iterable[str], state: str = "") -> tuple[str, ...]:
        """Return those triggers of which the source would not tell; with a state, only those that may have led there.

        What ends a case cannot have happened in one that has gone on to a state from which it is not possible.
        """
        if self._told is None:
            return ()
        untold = (trigger for trigger in triggers if trigger not in self._told)
        return tuple(trigger for trigger in untold if not (state and self._ruled_out(trigger, state)))

    def _ruled_out(self, trigger: str, state: str) -> bool:
        rows = [row for row in self._lifecycle.transitions if row.trigger == trigger]
        ends = all(row.to is not None and self._lifecycle.by_state[row.to].final for row in rows)
        return ends and state not in {place for row in rows for place in (*row.sources, row.to)}

    def _names(self, triggers: Iterable[str]) -> str:
        return "、".join(self._lifecycle.by_trigger[trigger].label.zh for trigger in triggers)

    def _check_duty(self, duty: Duty, history: Sequence[Record], case: Case, now: datetime, *, ended: bool) -> None:
        acts = [record for record in history if record.kind is Kind.ACT]
        match duty:
            case Response():
                self._check_response(duty, acts, case, ended=ended)
            case Precedence():
                self._check_precedence(duty, acts)
            case InTime():
                self._check_in_time(duty, acts)
            case Never():
                self._check_never(duty, acts, now)
            case AtMost():
                for number, record in enumerate((act for act in acts if act.trigger == duty.trigger), 1):
                    self._tell(duty, record, broken=number > duty.times)
            case Holds():
                self._check_content(duty, [act for act in acts if act.trigger == duty.trigger])
            case _:
                self._note_all(duty, _TO_COMPARE.zh, _TO_COMPARE.en)

    def _check_content(self, duty: Holds, acts: Sequence[Record]) -> None:
        for record in acts:
            if record.content is None:
                self._note_all(duty, f"{record.occurred_at}：无内容可查", f"{record.occurred_at}: no content to check")
            else:
                self._tell(duty, record, broken=not duty.check(record.content))

    def _check_response(self, duty: Response, acts: Sequence[Record], case: Case, *, ended: bool) -> None:
        whom = ("",) if duty.each is None else duty.each.members(case)
        for index, record in enumerate(acts):
            if record.trigger != duty.trigger:
                continue
            answers = [later for later in acts[index + 1 :] if later.trigger in duty.answers]
            for who in whom:
                answer = next((later for later in answers if not who or who in later.obligors), None)
                if answer is not None:
                    self._tell(duty, answer, broken=False)
                elif any(later.trigger in duty.unless for later in acts):
                    continue
                elif ended:
                    self._tell(duty, record, broken=True, unit=who, untold=self._untold(duty.answers))
                else:
                    self._note_all(
                        duty,
                        f"{who}{record.occurred_at}起，尚未办理",
                        f"{who} owed since {record.occurred_at}, not done yet".lstrip(),
                    )

    def _check_precedence(self, duty: Precedence, acts: Sequence[Record]) -> None:
        for index, record in enumerate(acts):
            if record.trigger == duty.trigger:
                missing = all(act.trigger not in duty.earlier for act in acts[:index])
                self._tell(duty, record, broken=missing, untold=self._untold(duty.earlier))

    def _check_in_time(self, duty: InTime, acts: Sequence[Record]) -> None:
        for record in (act for act in acts if act.trigger == duty.trigger):
            ends = [
                deadline.end
                for deadline in self._deadlines.values()
                if deadline.limit == duty.limit
                and deadline.start <= record.occurred_at.date
                and (not record.obligors or deadline.obligor in record.obligors)
            ]
            if ends:
                self._tell(duty, record, broken=record.occurred_at.instant >= max(ends))

    def _check_never(self, duty: Never, acts: Sequence[Record], now: datetime) -> None:
        untold = self._untold(duty.about)
        if untold:
            self._note_all(duty, f"未载明{self._names(untold)}", f"{', '.join(untold)} not told of")
            return
        if duty.occasion and all(record.trigger != duty.occasion for record in acts):
            return
        by_revision = {record.revision: record for record in acts}
        found = False
        try:
            for revision, what in duty.offences(acts, self._lifecycle.values, now):
                found = True
                record = by_revision[revision]
                for rule in duty.rules:
                    self._broken.setdefault(rule.id, []).append(self._found(rule, duty, record, found=what))
        except LookupError as exc:
            self._note_all(duty, f"缺少资料（{exc}）", f"not on file ({exc})")
            return
        if not found:
            for rule in duty.rules:
                self._kept.setdefault(rule.id, []).append(duty.label)

    def _tell(self, duty: Duty, record: Record, *, broken: bool, unit: str = "", untold: tuple[str, ...] = ()) -> None:
        named = self._named(record)
        if broken and untold:
            zh = self._names(untold)
            self._note_all(duty, f"{record.occurred_at} {named.zh}：未载明{zh}", f"{', '.join(untold)} not told of")
            return
        for rule in duty.rules:
            if broken:
                self._broken.setdefault(rule.id, []).append(self._found(rule, duty, record, unit=unit))
            else:
                said = self._act_said(record)
                self._kept.setdefault(rule.id, []).append(said)

    def _found(self, rule: Rule, duty: Duty, record: Record, *, found: str = "", unit: str = "") -> Finding:
        return Finding.of(
            rule,
            record.case,
            duty.label,
            found=found,
            revision=record.revision,
            unit=unit,
            happened=record.occurred_at.date,
            act=self._named(record),
            place=self._place(record),
        )

    def _note_all(self, duty: Duty, zh: str, en: str) -> None:
        for rule in duty.rules:
            self._note(rule, zh, en)


def _lets_through(requirement: Requirement, view: View[Any, Any]) -> bool:
    try:
        return requirement.against(view) is None
    except (LookupError, AttributeError):
        return True  # it cannot be told


class _Linked:
    """Linked cases as far as they are known: a guard that looks at another one cannot be checked."""

    def __init__(self, named: Mapping[str, str | None], found: Mapping[str, Case | None]) -> None:
        self._named = named
        self._found = found

    def __getattr__(self, name: str) -> Case | None:
        case, found = self._named.get(name), self._found.get(name)
        if name not in self._named or (case is not None and found is None):
            message = f"{name}: {case or 'as they were then'}"
            raise LookupError(message)
        return found


_OF_A_CALENDAR: Final = frozenset(field.name for field in attrs.fields(Dated)) - {"limit", "obligor", "number"}
"""What of a change follows from the calendar it was counted with, and not from the act."""


def _start(owed: Owed) -> date:
    return owed.start


def _may_be_late(deadline: Deadline) -> bool:
    """Tell whether only the day is known on which something was done, and that day ended early (R6, R12)."""
    settled = deadline.settled
    return settled is not None and settled.instant < deadline.end < settled.end


def _comparable(change: Change, *, dates: bool) -> object:
    """Return a change as it can be compared with what another calendar makes of the same act."""
    if dates or not isinstance(change, Dated):
        return change
    counted = _OF_A_CALENDAR | {"start", "old"} if getattr(change, "turn", 1) > 1 else _OF_A_CALENDAR
    fields = attrs.asdict(change, recurse=False)
    return type(change), {name: value for name, value in fields.items() if name not in counted}

"""Holds one act, or one record that is no act, against the procedure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import attrs

from yingshang_flow.compliance.conformance.finding import Finding
from yingshang_flow.compliance.conformance.noting import Notes
from yingshang_flow.compliance.conformance.past import Past
from yingshang_flow.core.actor import Actor, Role, against_delegation, held
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import with_changes
from yingshang_flow.core.erasure import Erasure, not_erased_by
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.machine import not_by
from yingshang_flow.core.migrate import does_not_follow
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Change, Dated, Kind, Record
from yingshang_flow.core.requirement import Requirement, View
from yingshang_flow.core.stepping import reprojected, tick
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import CalendarRangeError
from yingshang_flow.words import Label, RuleKind


class Acts:
    """Checks the records of one history, each on where the case stood before it.

    Args:
        lifecycle: The definition it ran under.
        calendar: The working days.
        past: Where linked cases stood.
        notes: Where it is noted.
    """

    def __init__(self, lifecycle: Lifecycle, calendar: WorkingCalendar, past: Past, notes: Notes) -> None:
        self._lifecycle = lifecycle
        self._calendar = calendar
        self._linked = past
        self._notes = notes
        self._blind = False

    def check_place(self, record: Record, case: str, revision: int) -> None:
        """Find records of another case, gaps, and what was entered before it happened."""
        if (record.case, record.revision) != (case, revision):
            label = Label("办理记录不连续", "a record is missing, doubled or of another case")
            self._notes.irregular.append(
                Finding("history", case, label, f"{record.case} {record.revision}", revision, place=str(revision))
            )
        if record.occurred_at.instant > record.recorded_at:
            label = Label("登记早于发生", "entered before it happened")
            self._notes.object_to(record, "time", label, str(record.occurred_at))

    def check_act(self, case: Case | None, record: Record) -> None:
        """Check an act: whether the table has it, who did it, what it asked for and what it did to the deadlines."""
        rows = self._lifecycle.rows.get((record.before, record.trigger), ())
        if record.before != ("" if case is None else case.state) or not rows:
            label = Label("办理顺序不符合流程", "the procedure does not have this act in this state")
            self._notes.object_to(record, "state", label, record.before)
            return
        view, row = self._seen(rows, case, record)
        if row is None:
            label = Label("办理结果不符合流程", "the act leads to another state")
            self._notes.object_to(record, "state", label, record.after)
            return
        said = self._notes.act_said(record)
        role = None if record.actor is None else held(row.by, record.actor)
        if record.actor is None or role is None:
            unmet = not_by(row, "" if record.actor is None else record.actor.role)
            self._notes.object_to(record, "role", unmet.label, ", ".join(unmet.found))
            if record.actor is None:
                return  # what guards ask of who acted cannot be asked of nobody
        else:
            self._check_delegation(role, record.actor, record)
            for rule in row.rules:
                if RuleKind.GUARD not in rule.kinds:
                    continue  # a limit or duty is not kept by being allowed
                self._notes.keep(rule, said)
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
                self._notes.leave(rule, unknown)
            elif found is None and set(rule.kinds) <= {RuleKind.LIMIT, RuleKind.DUTY}:
                continue  # a limit or duty is not kept by an act that was allowed
            elif found is None:
                self._notes.keep(rule, said)
            else:
                self._notes.breach(
                    rule,
                    Finding.of(
                        rule,
                        record.case,
                        requirement.label,
                        found=", ".join(found),
                        revision=record.revision,
                        happened=record.occurred_at.date,
                        act=self._notes.named(record),
                        place=self._notes.place(record),
                    ),
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
            self._notes.object_to(record, "deadlines", label)

    def _check_delegation(self, role: Role, actor: Actor, record: Record) -> None:
        """Find what is done for another without a delegation that holds."""
        for unmet in against_delegation(role, actor, record.occurred_at.date):
            self._notes.object_to(record, unmet.code, unmet.label, ", ".join(unmet.found))

    def check_erasure(self, case: Case, record: Erasure) -> None:
        """Find an erasure in a role that may not, or one that changes more than what is left to be read."""
        role = None if record.actor is None else held(self._lifecycle.erased_by, record.actor)
        if record.actor is None or role is None:
            unmet = not_erased_by(self._lifecycle, "" if record.actor is None else record.actor.role)
            self._notes.object_to(record, "role", unmet.label, ", ".join(unmet.found))
        else:
            self._check_delegation(role, record.actor, record)
        if (record.before, record.after, record.changes) != (case.state, case.state, ()):
            label = Label("删除个人信息不得变更状态或期限", "an erasure moves nothing")
            self._notes.object_to(record, "erasure", label, record.after)

    def check_migration(self, case: Case | None, record: Migration) -> None:
        """Find a migration in a role that may not, or one that does not follow from where the case stood.

        Args:
            case: Where it stood; none where that is not known.
            record: The migration.
        """
        role = None if record.actor is None else held(self._lifecycle.amended_by, record.actor)
        if record.actor is None or role is None:
            label = Label("无权改按其他规则办理", "may not migrate")
            self._notes.object_to(record, "role", label, "" if record.actor is None else record.actor.role)
        else:
            self._check_delegation(role, record.actor, record)
        what = None if case is None else does_not_follow(case, record)
        if what is not None:
            label = Label("改按其他规则的结果与原案不符", "the migration does not follow from where the case stood")
            self._notes.object_to(record, "migration", label, what)

    def check_nobody(self, case: Case, record: Record) -> None:
        """Find what neither the clock nor a reprojection could have recorded; another calendar's dates are not told."""
        said = (record.actor, record.trigger, record.before, record.after, record.content, record.obligors)
        if said != (None, "", case.state, case.state, None, ()):
            label = Label("时钟不得办理事项", "the clock acts for nobody and moves nothing")
            self._notes.object_to(record, "clock", label, record.after)
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
            self._notes.object_to(record, "deadlines", label, record.kind.value)

    def _same_calendar(self, record: Record) -> bool:
        return {change.calendar for change in record.changes if isinstance(change, Dated)} <= {self._calendar.hash}


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


def _comparable(change: Change, *, dates: bool) -> object:
    """Return a change as it can be compared with what another calendar makes of the same act."""
    if dates or not isinstance(change, Dated):
        return change
    counted = _OF_A_CALENDAR | {"start", "old"} if getattr(change, "turn", 1) > 1 else _OF_A_CALENDAR
    fields = attrs.asdict(change, recurse=False)
    return type(change), {name: value for name, value in fields.items() if name not in counted}

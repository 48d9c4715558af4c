"""Audits the history of a case: folds its records through the definition and says of every rule what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import attrs

from yingshang_flow.compliance.conformance import amended
from yingshang_flow.compliance.conformance.acts import Acts
from yingshang_flow.compliance.conformance.duties import TO_COMPARE, Duties
from yingshang_flow.compliance.conformance.finding import Audit, Finding, Outcome, Owed, Verdict
from yingshang_flow.compliance.conformance.grounds import with_reasons
from yingshang_flow.compliance.conformance.migrated import Part, as_read_now, parts
from yingshang_flow.compliance.conformance.noting import Notes
from yingshang_flow.compliance.conformance.owing import Owing
from yingshang_flow.compliance.conformance.past import Past, readable, snapshots
from yingshang_flow.core.amend import Key, as_told
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.duty import AcrossCases
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Kind, Record, Stopped
from yingshang_flow.core.stepping import applied
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import DefinitionError
from yingshang_flow.words import Label


def audit(
    history: Sequence[Record],
    lifecycle: Lifecycle,
    *,
    calendar: WorkingCalendar,
    now: datetime | None = None,
    linked: Mapping[str, Case] | None = None,
    told: Collection[str] | None = None,
    earlier: Mapping[str, Lifecycle] = FrozenDict(),
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
        earlier: Of a case that was migrated, the definitions it ran under before, by their fingerprints; what
            ``docket.definitions`` gives. What was done under one that is not given is not judged.

    Raises:
        DefinitionError: The history is empty or does not begin with an opening.
    """
    known = linked or {}
    return _Auditor(lifecycle, calendar, Past((), known), told, earlier).run(history, now)


def audit_all(
    cases: Sequence[tuple[Sequence[Record], Lifecycle]],
    *,
    calendar: WorkingCalendar,
    now: datetime | None = None,
    linked: Mapping[str, Case] | None = None,
    earlier: Mapping[str, Lifecycle] = FrozenDict(),
) -> tuple[Audit, ...]:
    """Return what became of every rule in each of several histories, rules across cases included.

    Cases are compared with one another, whichever profile and procedure each is under.

    Args:
        cases: Each history with the definition it ran under.
        calendar: The working days.
        now: The instant as of which deadlines are judged; each last record's entry unless given.
        linked: Further cases that are named as parent or origin, by id.
        earlier: The definitions that migrated cases ran under before, by their fingerprints.

    Raises:
        DefinitionError: A history is empty or does not begin with an opening.
    """
    folded = [snapshots(history, lifecycle, earlier)[-1] for history, lifecycle in cases]
    past = Past(cases, linked or {}, earlier)
    audits = [_Auditor(lifecycle, calendar, past, None, earlier).run(history, now) for history, lifecycle in cases]
    compared = [
        (case, _counting(history, lifecycle, calendar, earlier))
        for case, (history, lifecycle) in zip(folded, cases, strict=True)
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
    acts = (records for _, records in compared)
    return tuple(with_reasons(said, under, told) for said, (_, under), told in zip(audits, cases, acts, strict=True))


def _counting(
    history: Sequence[Record], lifecycle: Lifecycle, calendar: WorkingCalendar, earlier: Mapping[str, Lifecycle]
) -> tuple[Record, ...]:
    """Return what counts of a history, as the definition reads it that the case is under now."""
    if any(isinstance(record, Migration) for record in history):
        return as_read_now(history, lifecycle, earlier)
    return as_told(lifecycle, history, calendar)


def _across(said: Audit, duty: AcrossCases, offences: list[str]) -> Audit:
    """Return an audit with what a comparison of cases adds to it."""
    findings = tuple(Finding.of(rule, said.case, duty.label, found=found) for rule in duty.rules for found in offences)
    rules = {rule.id for rule in duty.rules}
    verdicts = []
    for verdict in said.verdicts:
        if verdict.rule.id in rules:
            own = tuple(finding for finding in findings if finding.code == verdict.rule.id)
            broken = verdict.outcome is Outcome.BROKEN or own
            untold = verdict.outcome is Outcome.UNKNOWN and any(label != TO_COMPARE for label in verdict.shown)
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
    """Folds one history and has each of its records, deadlines and duties checked."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        calendar: WorkingCalendar,
        past: Past,
        told: Collection[str] | None,
        earlier: Mapping[str, Lifecycle],
    ) -> None:
        self._earlier = earlier
        self._lifecycle = lifecycle
        self._calendar = calendar
        self._past = past
        self._told = told

    def run(self, history: Sequence[Record], now: datetime | None) -> Audit:
        lifecycle = self._lifecycle
        if not history or history[0].opening is None or history[0].actor is None:
            message = "it must begin with the record that opens the case"
            raise DefinitionError(f"a history of {lifecycle.key}", message)
        now = now or history[-1].recorded_at
        found = parts(history, lifecycle, self._earlier)
        under = [part.lifecycle for part in found if part.lifecycle is not None]
        notes = Notes(lifecycle, history, self._told, under[:-1])
        case, counting, tables = self._told_in_parts(found, history[0].case, notes)
        if len(found) > 1:
            counting = as_read_now(history, lifecycle, self._earlier)
        notes.acts = tuple(notes.told_of(counting))
        owed = [
            owing.judged(own.by_limit[d.limit], d, case)
            for own, table in tables
            for owing in [Owing(own, self._calendar, now, notes)]
            for d in table.values()
        ]
        deadlines = {key: d for _, table in tables for key, d in table.items()}
        state = lifecycle.by_state.get(case.state)
        duties = Duties(lifecycle, deadlines, now, notes)
        for duty in lifecycle.duties:
            duties.check(duty, counting, case, ended=state is not None and state.final)
        said = Audit(
            case.id,
            lifecycle.key,
            lifecycle.profile,
            tuple(map(notes.verdict, {rule.id: rule for one in reversed(under) for rule in one.rules}.values())),
            tuple(notes.irregular),
            (*amended.said(history, notes.named), *(part.untold for part in found if part.lifecycle is None)),
            tuple(sorted(owed, key=_start)),
            notes.acts,
            case.state,
        )
        return with_reasons(said, lifecycle, counting)

    def _told_in_parts(
        self, found: Sequence[Part], case_id: str, notes: Notes
    ) -> tuple[Case, Sequence[Record], list[tuple[Lifecycle, Mapping[Key, Deadline]]]]:
        """Check every part under its own definition.

        Returns:
            Where the case stands, the records of the last part that count, and the deadlines of each part that are not
            those of a later one, with its definition.
        """
        case: Case | None = None
        counting: Sequence[Record] = ()
        tables: list[tuple[Lifecycle, Mapping[Key, Deadline]]] = []
        for part in found:
            if part.lifecycle is None:
                case = None
                continue
            first = part.records[0]
            if isinstance(first, Migration) and tables:
                tables[-1] = tables[-1][0], _left_behind(tables[-1][1], first)
            acts = Acts(part.lifecycle, self._calendar, self._past, notes)
            case, counting, table = self._folded(part, case, case_id, acts, notes)
            # What was left behind and taken up again is judged where it was taken up.
            tables = [(own, {key: d for key, d in left.items() if key not in table}) for own, left in tables]
            tables.append((part.lifecycle, table))
        if case is None:  # pragma: no cover  # `audit` refuses an empty history
            raise AssertionError
        return case, counting, tables

    def _folded(
        self, part: Part, stood: Case | None, case_id: str, acts: Acts, notes: Notes
    ) -> tuple[Case, Sequence[Record], Mapping[Key, Deadline]]:
        """Check every record; return where the case stands, the records that count, and every deadline there was."""
        assert part.lifecycle is not None  # noqa: S101  # what is not given is not judged
        history = part.records
        case, before, rest, deadlines = self._amended(part, stood, case_id, acts, notes)
        started = set(deadlines)
        for revision, entry in enumerate(rest, part.first + len(history) - len(rest)):
            if isinstance(entry, Migration):
                acts.check_place(entry, case_id, revision)
                acts.check_migration(stood, entry)
                case = entry.standing
                deadlines = _table(case)
                started = set(deadlines)
                continue
            record = readable(entry, part.lifecycle, started)
            acts.check_place(record, case_id, revision)
            if record is not entry:
                label = Label("时限与办理不符", "deadlines are changed that never started")
                notes.object_to(record, "deadlines", label)
            if self._told is not None:
                pass  # what an act asked for does not stand in such a source
            elif record.kind is Kind.ACT or case is None:
                acts.check_act(case, record)
            elif isinstance(record, Erasure):
                acts.check_erasure(case, record)
            else:
                acts.check_nobody(case, record)
            case = evolve(case, record)
            deadlines = applied(deadlines, record)
        if case is None:  # pragma: no cover  # `audit` refuses an empty history
            raise AssertionError
        return case, (*before, *rest), deadlines

    def _amended(
        self, part: Part, stood: Case | None, case_id: str, acts: Acts, notes: Notes
    ) -> tuple[Case | None, Sequence[Record], Sequence[Record], Mapping[Key, Deadline]]:
        """Check the acts that count up to the last amendment; return where the case stands then, and the rest."""
        assert part.lifecycle is not None  # noqa: S101  # what is not given is not judged
        history = part.records
        past = amended.prelude(part.lifecycle, history, self._calendar)
        if past is None:
            return None, (), history, {}
        for revision, record in enumerate(history[: len(history) - len(past.rest)], part.first):
            acts.check_place(record, case_id, revision)
            if isinstance(record, Migration):
                acts.check_migration(stood, record)
        notes.irregular += past.irregular
        case: Case | None = None
        for record in past.records:
            if record.kind is Kind.ACT:
                acts.check_act(case, record)
            case = evolve(case, record)
        return past.case, past.records, past.rest, past.deadlines


def _table(case: Case) -> dict[Key, Deadline]:
    return {(d.limit, d.obligor, d.number): d for d in case.deadlines}


def _left_behind(table: Mapping[Key, Deadline], migration: Migration) -> Mapping[Key, Deadline]:
    """Return the deadlines that a migration did not take along, as they stand after it."""
    taken = _table(migration.standing)
    stopped = tuple(
        change
        for change in migration.changes
        if isinstance(change, Stopped) and (change.limit, change.obligor, change.number) in table
    )
    rest = applied(table, migration.changing(stopped))
    return {key: d for key, d in rest.items() if key not in taken}


def _start(owed: Owed) -> date:
    return owed.start

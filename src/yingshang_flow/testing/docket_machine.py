"""A Hypothesis state machine that drives a lifecycle through a docket and holds it against a plain model.

::

    from yingshang_flow.testing.docket_machine import docket_machine

    TestPermits = docket_machine(permits("my-town-2026"), procedures=[permits]).TestCase

Each run opens a few cases and does what comes to mind with them: acts that fit, acts that do not, the same act again,
time passing, the clock's sweeps, corrections, annulments. After every step the model
below says what has to be so. To steer a run, subclass: ``openings`` and ``contents`` give content a guard lets through,
``new_store`` another store.
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from yingshang_flow.codec import record_from
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case
from yingshang_flow.core.decide import Act, Option, decide, evolve
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Entering, FromContent, Signal, TimeLimit
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Opening, Record
from yingshang_flow.core.tally import Tally
from yingshang_flow.deadlines import (
    CHINA_TIME,
    CalendarDays,
    DueRules,
    FixedDate,
    Period,
    Series,
    Timetable,
    WorkingCalendar,
    WorkingDays,
    china,
    due,
)
from yingshang_flow.docket import Docket
from yingshang_flow.errors import KeyReusedError, RefusedError, YingshangFlowError
from yingshang_flow.lifecycles import Procedure
from yingshang_flow.operations.linked import Linked
from yingshang_flow.ports import DeadlineRow, Query, Store, Tallies
from yingshang_flow.stores import MemoryStore
from yingshang_flow.testing.clock import FixedClock
from yingshang_flow.testing.strategies import FIRST, UNITS, actors, cast_of, content_of, obligors
from yingshang_flow.words import Cited

_DAY: Final = timedelta(days=1)
_CANDIDATES: Final = 6
_MOST_CASES: Final = 3
_FOREVER: Final = 2**62


def rows_of(store: Store) -> tuple[object, ...]:
    """Return everything a store keeps: what must be the same before and after a refusal."""
    cases: list[object] = []
    query = Query()
    while found := store.find(query):
        for row in found:
            cases += [row, store.history(row.case), store.vault(row.case), store.children(row.case)]
            cases += store.tallies(row.case) if isinstance(store, Tallies) else ()
        query = attrs.evolve(query, after=found[-1].case)
    deadlines: list[DeadlineRow] = []
    while page := store.due(_FOREVER, after=deadlines[-1] if deadlines else None):
        deadlines += page
    owed: list[DeadlineRow] = []
    while page := store.owed("9999-12-31", after=owed[-1] if owed else None):
        owed += page
    return (*cases, *deadlines, *owed)


# --- the model --------------------------------------------------------------------------------------------------------
# Written a second time on purpose, and as plainly as possible: it shares the definition with the library, no code.


@attrs.define
class PlainDeadline:
    """One deadline as the model has it; the fields are those of ``Deadline``."""

    limit: str
    obligor: str
    number: int
    turn: int
    period: Period
    anchor: date
    due: date
    status: str = "open"
    paused: date | None = None
    excluded: set[date] = attrs.field(factory=set)
    ceilings: list[date] = attrs.field(factory=list)

    @property
    def owed(self) -> bool:
        """Whether something is still owed under it."""
        return self.status in {"open", "missed"}

    @property
    def end(self) -> datetime:
        """The first instant that is too late; while it stands still there is none."""
        if self.paused is not None:
            return datetime.max.replace(tzinfo=CHINA_TIME)
        day = self.due + _DAY
        return datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)


@attrs.define
class PlainCase:
    """One case as the model has it: worked out from the transition table and what was done, act by act."""

    lifecycle: Lifecycle
    calendar: WorkingCalendar
    state: str = ""
    records: int = 0
    deadlines: list[PlainDeadline] = attrs.field(factory=list)
    done: list[tuple[str, str, Actor, Any]] = attrs.field(factory=list)

    def rows(self, trigger: str) -> list[tuple[str, frozenset[str]]]:
        """Return where a trigger can lead from here and who may do it, straight from the table."""
        return [
            (self.state if row.to is None else row.to, frozenset(role.key for role in row.by))
            for row in self.lifecycle.transitions
            if row.trigger == trigger and (self.state in row.sources or (not row.sources and not self.state))
        ]

    def act(self, record: Record, after: Case) -> None:
        """Take one accepted act into account.

        Args:
            record: What was done, when and by whom; its changes are not looked at.
            after: The case after it, for the functions of the definition; its deadlines are not looked at.
        """
        before, self.state = self.state, record.after
        self.records += 1
        final = any(state.key == self.state and state.final for state in self.lifecycle.states)
        for limit in self.lifecycle.limits:
            if limit.period is not None:
                self._act_on(limit, record, before, after, final=final)

    def _act_on(
        self,
        limit: TimeLimit,
        record: Record,
        before: str,
        after: Case,
        *,
        final: bool,
    ) -> None:
        """Meet what is met, end what ends, lengthen and bring back what goes on, and start what starts: in this order.

        What one act meets or ends it neither lengthens nor brings back.
        """
        at, mine = record.occurred_at.instant, [d for d in self.deadlines if d.limit == limit.key]
        ends = (final and not limit.outlives) or _gives(limit.stops, record.trigger, before, self.state)
        period = None
        if not final and _gives(limit.starts, record.trigger, before, self.state):
            period = None if limit.where is not None and not limit.where(after) else _asked(limit.period, record)
        owing: Sequence[str] = ()
        if period is not None:
            owing = (record.obligors or limit.each.members(after)) if limit.each is not None else ("",)
        going_on = [d for d in mine if not ends and not (d.status == "open" and d.obligor in owing)]
        for oldest in self._met(limit, record, mine):
            going_on = [d for d in going_on if d is not oldest]
            oldest.status = "met" if at < oldest.end else "met_late"
            oldest.paused = None
            newest = [d for d in mine if d.obligor == oldest.obligor][-1]
            if oldest is newest and not ends and oldest.obligor not in owing:
                self._go_on(limit, oldest)
        for d in mine:
            if d.status == "open" and (ends or d.obligor in owing):
                last = self._run_until(limit, d, at)
                last.status = "stopped" if last.status == "open" else last.status
                last.paused = None
        self._pause_or_resume(limit, record, before, [d for d in going_on if d.status == "open"])
        self._lengthen(limit, record, [d for d in going_on if d.owed])
        newest_of = {d.obligor: d for d in mine}.values()
        self._bring_back(limit, record, [d for d in going_on if not d.owed and any(d is one for one in newest_of)])
        if period is not None:
            for who in owing:
                self._start(limit, who, period, at.date())

    def _met(self, limit: TimeLimit, record: Record, mine: Sequence[PlainDeadline]) -> list[PlainDeadline]:
        """Return what an act meets: the oldest that each of those it counts for owes, or the one its content names."""
        if record.trigger not in limit.met:
            return []
        if limit.meets is not None and record.content is not None and not limit.meets(record.content):
            return []
        named = getattr(record.content, "due", None)
        found = []
        for who in record.obligors if limit.each else ("",):
            owed = [d for d in mine if d.obligor == who and d.owed and (named is None or d.due == named)]
            found += owed[:1]
        return found

    def _lengthen(self, limit: TimeLimit, record: Record, running: Sequence[PlainDeadline]) -> None:
        """Let what still ran at the time of the act run for the longer period, counted from where it began."""
        if record.trigger not in limit.extended:
            return
        period = _asked(limit.extended[record.trigger], record)
        for d in running:
            if period is not None and record.occurred_at.instant < d.end and _concerns(record, d):
                end = self._end(limit, period, d.anchor, d.turn)
                if end > d.due:
                    d.due, d.status = end, "open"
                    d.ceilings.append(end)

    def _pause_or_resume(self, limit: TimeLimit, record: Record, before: str, running: Sequence[PlainDeadline]) -> None:
        """Let what runs stand still, or what stands still run again after the days that do not count."""
        day = record.occurred_at.date
        pauses = _gives(limit.paused, record.trigger, before, self.state)
        resumes = _gives(limit.resumed, record.trigger, before, self.state)
        for d in running:
            if not _concerns(record, d):
                continue
            if d.paused is None:
                if pauses and record.occurred_at.instant < d.end:
                    d.paused = day
            elif resumes:
                if day > d.paused:
                    d.excluded |= {d.paused + n * _DAY for n in range((day - d.paused).days + 1)}
                d.paused = None
                d.due = max(self._end(limit, d.period, d.anchor, d.turn, d.excluded), *d.ceilings, date.min)

    def _bring_back(self, limit: TimeLimit, record: Record, over: Sequence[PlainDeadline]) -> None:
        """Let what had been met or stopped run again, until the date it had."""
        for d in over:
            if record.trigger in limit.revived and _concerns(record, d):
                d.status = "open"

    def told_again(self, history: Iterable[Record]) -> "PlainCase":
        """Return the case that the acts of a history which still count lead to, the clock running where it ran."""
        again, case = PlainCase(self.lifecycle, self.calendar, done=self.done), None
        counting: dict[int, Record] = {}
        for record in history:
            again.records = record.revision
            if isinstance(record, Erasure):
                continue
            if not isinstance(record, Amendment):
                counting[record.revision] = record
                continue
            own = counting.pop(record.amends)
            if record.moment is not None:
                counting[own.revision] = attrs.evolve(own, content=record.content, occurred_at=record.moment)
            for way in record.ways:
                goes = counting[way.revision]
                counting[way.revision] = attrs.evolve(goes, before=way.before, after=way.after, obligors=way.obligors)
        records = again.records
        for revision in sorted(counting):
            record = counting[revision]
            if record.kind is Kind.CLOCK:
                again.tick(record.occurred_at.instant)
                continue
            assert record.actor is not None  # noqa: S101  # an act is somebody's
            role = record.actor.role
            possible = [state for state, by in again.rows(record.trigger) if role in by]
            expect(record.after in possible, f"{record.trigger!r} counts where the table does not have it", record)
            case = evolve(case, record.changing(()))
            again.act(record, case)
        again.records = records
        return again

    def counted(self, case: Case, history: Iterable[Record]) -> Counter[tuple[str, str, str]]:
        """Return how often each measure counts for each unit on each day.

        Args:
            case: The case, for the functions of the definition; its deadlines are not looked at.
            history: Its records.
        """
        acts: dict[int, Record] = {}
        for record in history:
            if isinstance(record, Amendment):
                own = acts.pop(record.amends)
                if record.moment is not None:
                    acts[own.revision] = attrs.evolve(own, occurred_at=record.moment)
            elif record.kind is Kind.ACT:
                acts[record.revision] = record
        found: Counter[tuple[str, str, str]] = Counter()
        for tally in self.lifecycle.tallies:
            measure = f"{self.lifecycle.key}.{tally.key}"
            units = set() if tally.units is None else set(tally.units(case))
            done = [record for record in acts.values() if record.trigger in tally.acts and record.actor is not None]
            found.update((measure, str(r.actor and r.actor.unit), r.occurred_at.date.isoformat()) for r in done)
            if tally.cases is not None and tally.cases(case):
                found.update((measure, unit, case.opened.date.isoformat()) for unit in units)
            for d in self._counting(tally):
                whose = {d.obligor.rpartition("/")[2]} if d.obligor else units
                found.update((measure, unit, d.due.isoformat()) for unit in whose)
        return found

    def _counting(self, tally: Tally) -> list[PlainDeadline]:
        """Return the deadlines that a tally counts."""
        due = [d for d in self.deadlines if d.limit in tally.due and d.status not in {"waived", "stopped"}]
        in_time = [d for d in self.deadlines if d.limit in tally.in_time and d.status == "met"]
        return [d for d in (*due, *in_time) if d.paused is None]

    def tick(self, now: datetime) -> bool:
        """Let the clock run to an instant and tell whether it had anything to record."""
        said = False
        for d in [d for d in self.deadlines if d.status == "open"]:
            if d.end <= now:
                self._run_until(next(limit for limit in self.lifecycle.limits if limit.key == d.limit), d, now)
                said = True
        return said

    def kept(self) -> set[tuple[str, str, int, date, str]]:
        """Return what a snapshot shows: all that is owed, and the latest of every limit and obligor."""
        newest = {(d.limit, d.obligor): d.number for d in self.deadlines}
        return {
            (d.limit, d.obligor, d.number, d.due, d.status)
            for d in self.deadlines
            if d.owed or d.number == newest[d.limit, d.obligor]
        }

    def _of(self, limit: TimeLimit, who: str) -> list[PlainDeadline]:
        return [d for d in self.deadlines if (d.limit, d.obligor) == (limit.key, who)]

    def _run_until(self, limit: TimeLimit, deadline: PlainDeadline, until: datetime) -> PlainDeadline:
        """Mark a deadline missed if its time has come, and every next one; return the last."""
        while deadline.end <= until:
            deadline.status = "missed"
            following = self._go_on(limit, deadline)
            if following is None:
                break
            deadline = following
        return deadline

    def _go_on(self, limit: TimeLimit, last: PlainDeadline) -> PlainDeadline | None:
        if not limit.repeats or isinstance(last.period, FixedDate):
            return None
        if isinstance(last.period, Timetable) and last.turn == sum(day > last.anchor for day in last.period.dates):
            return None
        return self._add(limit, last.obligor, last.period, last.anchor, last.turn + 1)

    def _start(self, limit: TimeLimit, who: str, period: Period, start: date) -> None:
        anchor = start
        if limit.first == "next" and isinstance(period, Series):
            lies_in = start if period.length is not None else start - _DAY
            anchor = period.after(lies_in, self.calendar)
        self._add(limit, who, period, anchor, 1)

    def _add(self, limit: TimeLimit, who: str, period: Period, anchor: date, turn: int) -> PlainDeadline:
        end = self._end(limit, period, anchor, turn)
        added = PlainDeadline(limit.key, who, len(self._of(limit, who)) + 1, turn, period, anchor, end)
        self.deadlines.append(added)
        return added

    def _end(self, limit: TimeLimit, period: Period, anchor: date, turn: int, excluded: Collection[date] = ()) -> date:
        rules = DueRules() if limit.counting is None else limit.counting.value
        return naive_due(period, anchor, turn, self.calendar, rules, excluded=excluded)


def _asked(period: Cited[Period] | FromContent | None, record: Record) -> Period | None:
    """Return a period that is set, or that an act sets in its content, where it may also set a date or several."""
    if isinstance(period, FromContent):
        said: Period | date | tuple[date, ...] | None = getattr(record.content, period.field)
        if isinstance(said, tuple):
            return Timetable(said) if said else None
        return FixedDate(said) if isinstance(said, date) else said
    return None if period is None else period.value


def _concerns(record: Record, deadline: PlainDeadline) -> bool:
    """Tell whether an act counts for whoever owes something: for all where it names nobody."""
    return not record.obligors or deadline.obligor in record.obligors


def naive_due(
    period: Period,
    start: date,
    times: int,
    calendar: WorkingCalendar,
    rules: DueRules,
    *,
    excluded: Collection[date] = (),
) -> date:
    """Return when a period ends for the n-th time, counted day by day; only odd switches are left to ``due``."""
    day = start
    if isinstance(period, FixedDate | Series):
        day = period.date if isinstance(period, FixedDate) else period.nth(start, times, calendar)
        return due(FixedDate(day), start, calendar=calendar, rules=rules).date
    if rules != DueRules():
        return due(period.times(times), start, calendar=calendar, rules=rules).date
    if isinstance(period, WorkingDays):
        left = period.n * times
        while left:
            day += _DAY
            left -= calendar.is_working(day) and day not in excluded
        return day
    if isinstance(period, CalendarDays):
        day += period.n * times * _DAY
    else:
        year, month = divmod(start.year * 12 + start.month - 1 + period.n * times, 12)
        day = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    left = sum(start < one <= day for one in excluded)
    while left:
        day += _DAY
        left -= day not in excluded
    while not calendar.is_working(day):
        day += _DAY
    return day


def _gives(signals: Iterable[Signal], trigger: str, before: str, after: str) -> bool:
    """Tell whether an act gives one of the signals that start or stop a limit."""
    for signal in signals:
        if isinstance(signal, str):
            if signal == trigger:
                return True
        elif before != after and signal.state == (after if isinstance(signal, Entering) else before):
            return True
    return False


# --- the machine ------------------------------------------------------------------------------------------------------


class DocketMachine(RuleBasedStateMachine):
    """Drives one lifecycle; subclass it, or let ``docket_machine`` do so.

    Attributes:
        lifecycle: What is driven.
        procedures: What the docket can run; the shipped procedures unless given.
        openings: Strategies for content that opens a case, by trigger, where type hints alone are refused too often.
        contents: The same for later acts.
    """

    lifecycle: ClassVar[Lifecycle]
    procedures: ClassVar[Sequence[Procedure[Any]] | None] = None
    openings: ClassVar[Mapping[str, st.SearchStrategy[Any]]] = {}
    contents: ClassVar[Mapping[str, st.SearchStrategy[Any]]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.clock = FixedClock(FIRST)
        self.store = self.new_store()
        self.docket, self.another = self._docket(self.store), self._docket(self.store)
        self.model: dict[str, PlainCase] = {}
        self.parent = self.opened_above()

    def opened_above(self) -> str | None:
        """Open what the driven cases are parts of and return its id; they stand for themselves unless overridden."""
        return None

    def new_store(self) -> Store:
        """Return an empty store; override it to test another one."""
        return MemoryStore()

    def reopened(self) -> Store:
        """Return the store as another process would open it; the same one unless overridden."""
        return self.store

    def teardown(self) -> None:
        """Look that another process reads the same cases, and let go of the store."""
        store = self.reopened()
        try:
            restarted = self._docket(store)
            if isinstance(store, Tallies):
                expect(restarted.retally() == 0, "a recount comes to something else than was kept", self.model)
            for case_id in self.model:
                case = self.docket.load(case_id)
                expect(restarted.load(case_id) == case, "another process reads another case", case)
                expect(restarted.lifecycle(case_id) == self.docket.lifecycle(case_id), "it runs otherwise", case)
        finally:
            store.close()
            self.store.close()

    def _docket(self, store: Store) -> Docket:
        return Docket(store, lifecycles=self.procedures, clock=self.clock)

    # --- what can happen ---

    @initialize(data=st.data(), times=st.integers(0, 14))
    def get_under_way(self, data: st.DataObject, times: int) -> None:
        """Begin with a case that is some way along, so that runs do not all end near the beginning."""
        self._open(data)
        if self.model:
            self._go_on(data, times)

    @precondition(lambda self: len(self.model) < _MOST_CASES)
    @rule(data=st.data())
    def open_a_case(self, data: st.DataObject) -> None:
        """Open another case."""
        self._open(data)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), times=st.integers(1, 5))
    def do_what_fits(self, data: st.DataObject, times: int) -> None:
        """Act a few times as the table has it, each time the first of a few tries that the guards let through."""
        self._go_on(data, times)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def do_anything(self, data: st.DataObject) -> None:
        """Act without a thought of what the procedure has."""
        case = self._any_case(data)
        trigger = data.draw(st.sampled_from(sorted(self.lifecycle.by_trigger)))
        actor = data.draw(actors(self.lifecycle, case=case))
        days_ago = data.draw(st.sampled_from([0, 0, 1, 4]))
        at = self.clock().date() - days_ago * _DAY if days_ago else self.clock()
        self._act(data, case, trigger, actor, self._content(data, trigger, case), at=at)

    @precondition(lambda self: any(case.done for case in self.model.values()))
    @rule(data=st.data())
    def do_it_again(self, data: st.DataObject) -> None:
        """Repeat an act under its key, then another one under the same key."""
        case_id = data.draw(st.sampled_from([case_id for case_id, case in self.model.items() if case.done]))
        trigger, key, actor, content = data.draw(st.sampled_from(self.model[case_id].done))
        before = rows_of(self.store)
        again = self.docket.act(case_id, trigger, content, by=actor, key=key)
        expect(again == self.docket.load(case_id), f"repeating {trigger!r} gave another case", again)
        try:
            self.docket.act(case_id, trigger, content, by=attrs.evolve(actor, id="somebody else"), key=key)
        except KeyReusedError:
            expect(rows_of(self.store) == before, "a used key changed something", key)
        else:
            raise AssertionError(f"the key {key!r} was taken for two acts")

    @precondition(lambda self: self.model and self.lifecycle.amended_by)
    @rule(data=st.data(), what=st.sampled_from(["annul", "date", "content", "both"]))
    def amend_an_act(self, data: st.DataObject, what: str) -> None:
        """Annul an act, or correct what it said or when it happened; then amend the same way under the same key."""
        case = self._any_case(data)
        acts = [record for record in self.docket.history(case.id) if record.kind is Kind.ACT]
        record = data.draw(st.sampled_from(acts[-4:] if data.draw(st.booleans()) else acts))
        actor = data.draw(st.sampled_from([a for a in cast_of(self.lifecycle, case=case) if self._may_amend(a)]))
        given: dict[str, Any] = {"ground": "误录", "by": actor, "key": f"amends {case.id} {case.revision}"}
        if what in {"date", "both"}:
            given["occurred_at"] = record.occurred_at.date - data.draw(st.sampled_from([0, 1, 4])) * _DAY
        if what in {"content", "both"}:
            given["content"] = self._content(data, record.trigger, case if record.revision > 1 else None)
        amend = self.docket.annul if what == "annul" else self.docket.correct
        before = rows_of(self.store)
        try:
            after = amend(case.id, record.revision, **given)
        except YingshangFlowError as error:
            expect(rows_of(self.store) == before, "a refusal changed something", error)
            return
        expect(after.revision == case.revision + 1, "an amendment is not one record", after)
        self.model[case.id] = self.model[case.id].told_again(self._kept_records(case.id))
        self._check(case.id)
        before = rows_of(self.store)
        expect(amend(case.id, record.revision, **given) == after, "amending again gave another case", after)
        expect(rows_of(self.store) == before, "amending again changed something", after)

    @precondition(lambda self: self.model and self.lifecycle.erased_by)
    @rule(data=st.data())
    def erase_what_is_personal(self, data: st.DataObject) -> None:
        """Erase what is confidential in a case: it is gone, and the case stands as before."""
        case = self._any_case(data)
        actor = next(a for a in cast_of(self.lifecycle, case=case) if a.role == self.lifecycle.erased_by[0].key)
        kept = {row.commitment for row in self.store.vault(case.id)}
        try:
            after = self.docket.erase(case.id, ground="依法删除", by=actor)
        except RefusedError as error:
            expect(not kept and {unmet.code for unmet in error.unmet} == {"nothing"}, "an erasure was refused", error)
            return
        expect(bool(kept) and not self.store.vault(case.id), "the vault kept what was erased", after)
        record = self._kept_records(case.id)[-1]
        expect(isinstance(record, Erasure) and set(record.erased) == kept, "the record names something else", record)
        expect(
            attrs.evolve(after, revision=case.revision, recorded_at=case.recorded_at) == case,
            "an erasure changed more than the vault",
            after,
        )
        self.model[case.id].records += 1
        self.model[case.id].done.clear()  # an act is no longer known again by what was confidential in it
        self._check(case.id)

    @rule(hours=st.sampled_from([1, 30, 24 * 5, 24 * 12, 24 * 40]))
    def let_time_pass(self, hours: int) -> None:
        """Let some time pass without anybody looking."""
        self.clock.advance(timedelta(hours=hours))

    @rule()
    def sweep(self) -> None:
        """Let the clock record what it has to say; the second time it has nothing left."""
        before = {case_id: self.store.load(case_id) for case_id in self.model}
        self.docket.sweep()
        for case_id, case in self.model.items():
            missed, row, kept = case.tick(self.clock()), self.store.load(case_id), before[case_id]
            written = (row.revision if row else 0) - (kept.revision if kept else 0)
            expect(written in ({1} if missed else {0, 1}), f"a sweep wrote {written} records", case)
            case.records += written
            self._check(case_id)
        expect(self.docket.sweep() == 0, "a second sweep found something to record", self.clock())

    # --- how it is done ---

    def _open(self, data: st.DataObject) -> None:
        trigger, actor, content = self._fitting(data, None, self.lifecycle.possible[""])
        before = rows_of(self.store)
        try:
            case = self.docket.open(self.lifecycle, content, by=actor, trigger=trigger, parent=self.parent)
        except YingshangFlowError as error:
            expect(rows_of(self.store) == before, "a refusal changed something", error)
            return
        model = self.model[case.id] = PlainCase(self.lifecycle, china())
        self._accepted(model, case, trigger, actor)

    def _act(
        self, data: st.DataObject, case: Case, trigger: str, actor: Actor, content: object, *, at: datetime | date
    ) -> None:
        key = f"key {self.model[case.id].records} of {case.id}" if data.draw(st.booleans()) else None
        model, before = self.model[case.id], rows_of(self.store)
        option = next(o for o in self.docket.options(case.id, by=actor) if o.trigger.key == trigger)
        try:
            after = self.docket.act(case.id, trigger, content, by=actor, at=at, key=key)
        except YingshangFlowError as error:
            expect(rows_of(self.store) == before, "a refusal changed something", error)
            self._refused(model, trigger, actor, option, error)
            return
        expect(option.status != "refused", f"options refused {trigger!r}, but it was accepted", option)
        expect(option.to in {None, after.state}, f"options led elsewhere than to {after.state!r}", option)
        if key is not None:
            model.done.append((trigger, key, actor, content))
        self._accepted(model, after, trigger, actor)

    def _accepted(self, model: PlainCase, after: Case, trigger: str, actor: Actor) -> None:
        possible = [state for state, by in model.rows(trigger) if actor.role in by]
        expect(after.state in possible, f"{trigger!r} by {actor.role} led where the table does not lead", after)
        record = self.docket.history(after.id)[-1]
        model.act(record, after)
        self._check(after.id)

    def _refused(self, model: PlainCase, trigger: str, actor: Actor, option: Option, error: YingshangFlowError) -> None:
        if not isinstance(error, RefusedError):
            return  # an impossible time, say; what else is wrong was not looked at
        codes, rows = {unmet.code for unmet in error.unmet}, model.rows(trigger)
        expect(("state" in codes) == (not rows), "a refusal disagrees with the table", error)
        expect(("role" in codes) <= any(actor.role not in by for _, by in rows), "the role was refused", error)
        expect(error.state == model.state, "a refusal names another state", error)
        expect(all(model.rows(other) for other in error.possible), "a refusal offers what is impossible", error)
        expect(option.status != "allowed", f"options allowed {trigger!r}, but it was refused", error)
        told = {unmet.code for unmet in option.unmet}
        alone = len(model.rows(trigger)) == 1  # of several branches, options name what stands against the first
        expect(not alone or told <= codes, "options named what the refusal does not", (option, error))

    def _check(self, case_id: str) -> None:
        """Compare a case with the model, its history and what another process would read."""
        model, case = self.model[case_id], self.docket.load(case_id)
        expect(case.state == model.state, f"the case is not {model.state!r}", case)
        expect(case.revision == model.records, f"the case has not {model.records} records", case)
        kept = {(d.limit, d.obligor, d.number, d.due, d.status.value) for d in case.deadlines}
        expect(kept == model.kept(), f"the deadlines are not {sorted(model.kept())}", sorted(kept))
        expect(self.docket.verify(case_id) == model.records, "the history was not verified whole", case)
        folded: Case | None = None
        for number, row in enumerate(self.store.history(case_id), 1):
            record = record_from(row.text, self.lifecycle)
            expect(record.revision == number, "the history has gaps", record)
            expect((record.actor is None) == (record.kind is Kind.CLOCK), "only the clock is nobody", record)
            folded = evolve(folded, record)
        expect(folded == case, "the history does not fold to the snapshot", folded)
        if isinstance(self.store, Tallies):
            sums: Counter[tuple[str, str, str]] = Counter()
            for tally in self.store.tallies(case_id):
                sums[tally.measure, tally.unit, tally.day] += tally.count
            counted = model.counted(case, self._kept_records(case_id))
            expect({of: n for of, n in sums.items() if n} == counted, f"what is counted is not {counted}", sums)
        expect(self.another.load(case_id) == case, "another docket reads another case", case)

    def _may_amend(self, actor: Actor) -> bool:
        return actor.role in {role.key for role in self.lifecycle.amended_by}

    def _kept_records(self, case_id: str) -> list[Record]:
        return [record_from(row.text, self.lifecycle) for row in self.store.history(case_id)]

    def _any_case(self, data: st.DataObject) -> Case:
        return self.docket.load(data.draw(st.sampled_from(list(self.model))))

    def _content(self, data: st.DataObject, trigger: str, case: Case | None) -> object:
        kind = self.lifecycle.by_trigger[trigger].content
        if kind is None:
            return None
        given = (self.openings if case is None else self.contents).get(trigger)
        if given is None:
            given = content_of(kind, units=obligors(self.lifecycle, case) or UNITS)
        return data.draw(given)

    def _go_on(self, data: st.DataObject, times: int) -> None:
        case_id = self._any_case(data).id
        for _ in range(times):
            case = self.docket.load(case_id)
            triggers = self._triggers(case)
            if not triggers:
                return
            self._act(data, case, *self._fitting(data, case, triggers), at=self.clock())

    def _triggers(self, case: Case) -> tuple[str, ...]:
        """Return what the table has in a state: moves most often, those that end the case least."""
        often: dict[str, int] = {}
        for row in self.lifecycle.transitions:
            if case.state in row.sources:
                moves = row.to is not None and row.to != case.state
                ends = moves and self.lifecycle.by_state[str(row.to)].final
                often[row.trigger] = max(often.get(row.trigger, 0), 1 if ends else 6 if moves else 2)
        return tuple(trigger for trigger, times in often.items() for _ in range(times))

    def _fitting(self, data: st.DataObject, case: Case | None, triggers: Sequence[str]) -> tuple[str, Actor, object]:
        """Draw acts until one would be accepted now, a few at most; only to choose, never to judge the docket."""
        left = _CANDIDATES
        while True:
            left -= 1
            trigger = data.draw(st.sampled_from(triggers))
            rows = self.lifecycle.rows["" if case is None else case.state, trigger]
            roles = {role.key for row in rows for role in row.by}
            actor = data.draw(st.sampled_from([a for a in cast_of(self.lifecycle, case=case) if a.role in roles]))
            content = self._content(data, trigger, case)
            act = Act(trigger, content, actor, Moment.of(self.clock()))
            if not left or self._accepts(case, act):
                return trigger, actor, content

    def _accepts(self, case: Case | None, act: Act) -> bool:
        lifecycle = self.lifecycle
        opening = Opening(lifecycle.key, lifecycle.version, lifecycle.profile, "", self.parent)
        related = Linked(opening, None if case is None else case.id, self.docket.load, self.store.children)
        try:
            decide(
                lifecycle,
                case,
                act,
                now=self.clock(),
                calendar=self.docket.calendar,
                related=related,
                opening=opening if case is None else None,
            )
        except YingshangFlowError:
            return False
        return True


def docket_machine(
    lifecycle: Lifecycle,
    *,
    procedures: Sequence[Procedure[Any]] | None = None,
    store: Callable[[], Store] = MemoryStore,
    openings: Mapping[str, st.SearchStrategy[Any]] | None = None,
    contents: Mapping[str, st.SearchStrategy[Any]] | None = None,
    above: Callable[[Docket], str] | None = None,
    kind: type[DocketMachine] = DocketMachine,
) -> type[DocketMachine]:
    """Make a machine that drives a lifecycle; its ``TestCase`` is what pytest and unittest run.

    Args:
        lifecycle: What is driven.
        procedures: What the docket can run; the shipped procedures unless given.
        store: Gives an empty store.
        openings: Strategies for content that opens a case, by trigger.
        contents: The same for later acts.
        above: Opens what the driven cases are parts of and returns its id; they stand for themselves unless given.
        kind: The machine that is made one of this lifecycle.
    """
    body = {
        "lifecycle": lifecycle,
        "procedures": procedures,
        "openings": dict(openings or {}),
        "contents": dict(contents or {}),
        "new_store": lambda _: store(),
        "opened_above": lambda machine: None if above is None else above(machine.docket),
    }
    return type(f"{lifecycle.key}Machine", (kind,), body)


def expect(holds: bool, message: str, found: object) -> None:  # noqa: FBT001 - reads as assert does
    """Fail with a message and what was found; ``assert`` would vanish under ``python -O``."""
    if not holds:
        raise AssertionError(f"{message}: {found!r}")

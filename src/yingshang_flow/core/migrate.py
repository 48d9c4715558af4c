"""Migrations: a case goes on under other rules than those it was opened under, decided on where it stands.

The rules are those of the same lifecycle: another profile, another version, or both. Nothing that was done is done
again and no guard is asked: what was right under the old rules stays done. What is decided here is what becomes of the
state, of the deadlines and of what is on file.

- An open deadline keeps its date, or is counted anew under the new rules from the day it has always counted from, with
  what was excluded from it and what it was extended to. What has been met or missed stays as it is.
- An open deadline of a limit that the new rules do not have is stopped. What was met or missed under such a limit stays
  in the history and leaves the snapshot. A migration to rules that have the limit brings both back as they stood.
- Where dates are counted anew, a limit that the case has never had starts from the act that would have started it, if
  something is owed under it now. Of one that repeats, what would have been missed before is not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import attrs

from yingshang_flow.core.actor import Actor, against_delegation, held, not_in_role
from yingshang_flow.core.case import Case, Deadline, Fact, Status
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.ground import check_ground
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.migration import DATES, Dates, Migration
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Change, Kind, Opening, Record, Recounted, Started, Stopped, Term
from yingshang_flow.core.stepping import following, step
from yingshang_flow.core.upcast import RENAMEABLE, Renamed, Step, steps
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import ContentError, RefusedError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Cited, Label, Unmet

_MIGRATED: Final = Label("改按其他规则办理", "migrated")
_NOBODY: Final = Label("本流程未规定由谁更正或改按其他规则办理", "the procedure says nobody who may amend or migrate")
_TERM: Final = tuple(field.name for field in attrs.fields(Started))


@attrs.frozen
class Migrating:
    """How somebody wants cases to go on under other rules.

    Attributes:
        ground: Why.
        actor: Who migrates them, in a role of the new rules' ``amended_by``.
        states: States by their key under the old rules, each with the key of the one it becomes under the new ones;
            beyond what the new rules say themselves.
        dates: What becomes of the dates of open deadlines.
    """

    ground: str
    actor: Actor
    states: Mapping[str, str] = attrs.field(default=FrozenDict(), converter=FrozenDict)
    dates: Dates = "keep"

    @classmethod
    def of(cls, ground: object, actor: Actor, states: object, dates: object) -> "Migrating":
        """Read what was given.

        Raises:
            ContentError: The ground is missing or too long, the states are no mapping of texts, or the dates are
                neither kept nor recomputed.
        """
        said = {} if states is None else states
        problems = []
        if not isinstance(said, Mapping) or not all(isinstance(key, str) for pair in said.items() for key in pair):
            problems.append(f'states: old keys with new ones, such as {{"held": "hearing"}}, not {states!r:.60}')
        if dates not in DATES:
            problems.append(f"deadlines: one of {', '.join(DATES)}, not {dates!r:.60}")
        if problems:
            raise ContentError("migrate", problems)
        return cls(check_ground("migrate", ground), actor, said, dates)  # type: ignore[arg-type]  # just looked at

    def check_role(self, target: Lifecycle, day: date) -> None:
        """Refuse an actor whose role may not, or whose delegation does not hold on a day.

        Raises:
            UnknownError: The procedure has no such role.
            RefusedError: It may not.
        """
        target.role(self.actor.role)
        role = held(target.amended_by, self.actor)
        unmet: tuple[Unmet, ...]
        if role is not None:
            unmet = tuple(against_delegation(role, self.actor, day))
        elif target.amended_by:
            unmet = (not_in_role(target.amended_by, self.actor.role, _MIGRATED, (OURS(),)),)
        else:
            unmet = (Unmet("role", _NOBODY, (OURS(),), (self.actor.role,)),)
        if unmet:
            raise RefusedError("", "migrate", "", unmet)


def way(source: Lifecycle, target: Lifecycle) -> tuple[Step, ...]:
    """Return the steps that lead from one version of a lifecycle to another."""
    later = target if target.version > source.version else source
    return tuple(steps(later.upcasts, source.version, target.version))


def renamed_states(source: Lifecycle, target: Lifecycle, wanted: Mapping[str, str]) -> Mapping[str, str]:
    """Return the states that are called otherwise under other rules, by their old keys.

    Args:
        source: The old rules.
        target: The new rules.
        wanted: What is said beyond what the rules say themselves.
    """
    found: dict[str, str] = {}
    for state in source.by_state:
        key = wanted.get(state)
        if key is None:
            key = state
            for one in way(source, target):
                key = one.named("state", key)
        if key != state:
            found[state] = key
    return found


def upcast_faults(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield what in the upcasts of a lifecycle leads from no earlier version, or to what it does not have."""
    there: Mapping[str, Mapping[str, object]] = {"state": lifecycle.by_state, "trigger": lifecycle.by_trigger}
    for one in lifecycle.upcasts:
        if isinstance(one, Renamed) and one.what not in RENAMEABLE:
            yield (
                f"upcasts: {one} is of a {one.what}, which is never renamed, only a {', '.join(RENAMEABLE[:-1])} or "
                f"{RENAMEABLE[-1]}; a limit keeps its key, by which its deadlines are known, and gets another label"
            )
            continue
        if not 1 <= one.version < lifecycle.version:
            yield f"upcasts: {one} is of version {one.version}, which is none before version {lifecycle.version}"
        if one.version != lifecycle.version - 1:
            continue  # what versions in between have, their own builders say
        if isinstance(one, Renamed) and one.what in there and one.new not in there[one.what]:
            yield f"upcasts: {one} leads to {one.new!r}, which is no {one.what} here"
        if one.trigger and one.trigger not in lifecycle.by_trigger:
            yield f"upcasts: {one} is of {one.trigger!r}, which is no trigger here"
        elif isinstance(one, Renamed) and one.what == "field" and one.new not in _fields(lifecycle, one.trigger):
            yield f"upcasts: {one} leads to {one.new!r}, which is no field that {one.trigger!r} has here"


def _fields(lifecycle: Lifecycle, trigger: str) -> frozenset[str]:
    found = lifecycle.by_trigger.get(trigger)
    content = None if found is None else found.content
    return frozenset() if content is None else frozenset(attrs.fields_dict(content))


def against(source: Lifecycle, target: Lifecycle, case: Case, migrating: Migrating) -> Iterator[str]:
    """Yield what stands against a case going on under other rules, apart from what was said in it.

    Args:
        source: The rules it is under.
        target: The rules it is to go on under.
        case: Where it stands.
        migrating: What is wanted.
    """
    state = renamed_states(source, target, migrating.states).get(case.state, case.state)
    if state not in target.by_state:
        yield (
            f"its state {case.state!r} is none of {said(target)}, which has {', '.join(target.by_state)}; "
            f'say which it becomes by states={{"{case.state}": …}}'
        )
    for d in case.deadlines:
        limit = target.by_limit.get(d.limit)
        if limit is None or not d.status.owed:
            continue
        which = f"deadline {d.limit} {d.number}" + (f" of {d.obligor}" if d.obligor else "")
        if (limit.each is None) != (not d.obligor):
            whom = "each of a group for itself" if limit.each is not None else "the case as a whole"
            yield f"{which} is owed under {said(target)} by {whom}; settle it before"
        if d.paused is not None and not limit.resumed:
            yield f"{which} stands still, and nothing lets it run again under {said(target)}; resume it before"


def fresh(target: Lifecycle, case: Case) -> tuple[TimeLimit, ...]:
    """Return the limits of other rules of which a case has no deadline, met or not."""
    had = {d.limit for d in case.deadlines}
    return tuple(limit for limit in target.by_limit.values() if limit.key not in had)


def migrate(
    source: Lifecycle,
    target: Lifecycle,
    case: Case,
    migrating: Migrating,
    *,
    rules: Opening,
    facts: tuple[Fact, ...],
    acts: Sequence[Record] = (),
    left: Sequence[Deadline] = (),
    now: datetime,
    calendar: WorkingCalendar,
) -> Migration:
    """Return the record of a case going on under other rules; nothing is changed.

    Args:
        source: The rules it is under.
        target: The rules it is to go on under.
        case: Where it stands.
        migrating: What is wanted.
        rules: What the record says of the new rules.
        facts: The latest acts of the case, as they read under the new rules.
        acts: The acts of the case that count, in order, as they read under the new rules; where nothing is counted
            anew, they are not looked at.
        left: What earlier migrations left behind of limits that the new rules have, as it stood.
        now: When it is entered, an aware instant.
        calendar: The working days.

    Raises:
        DeadlineError: A date cannot be counted by the calendar.
    """
    names = renamed_states(source, target, migrating.states)
    at = Moment.of(now)
    changes: list[Change] = []
    deadlines: list[Deadline] = []
    for d in case.deadlines:
        limit = target.by_limit.get(d.limit)
        if limit is None:
            if d.status is Status.OPEN:
                changes.append(Stopped(d.limit, d.obligor, d.number))
            continue
        change = _changed(source.by_limit[d.limit], limit, d, migrating.dates, calendar)
        deadlines.append(d if change is None else _after(d, change))
        changes += [] if change is None else [change]
    besides = []
    for d in left:
        change = _changed(None, target.by_limit[d.limit], d, migrating.dates, calendar)
        besides.append(d if change is None else _after(d, change))
    if migrating.dates == "recompute":
        had = {d.limit for d in left}
        limits = tuple(limit for limit in fresh(target, case) if limit.key not in had)
        besides += _owed_besides(target, limits, acts, now, calendar)
    deadlines += besides
    changes += (Started(**{name: getattr(d, name) for name in _TERM}) for d in besides)
    return Migration(
        case.id,
        case.revision + 1,
        Kind.MIGRATION,
        "",
        case.state,
        names.get(case.state, case.state),
        migrating.actor,
        (),
        None,
        at,
        now,
        tuple(changes),
        ground=migrating.ground,
        source=case.opening,
        target=rules,
        states=tuple(sorted(names.items())),
        dates=migrating.dates,
        calendar=calendar.hash,
        opened=case.opened,
        entered=_entered(case, names),
        deadlines=tuple(deadlines),
        facts=facts,
        units=case.units,
    )


def does_not_follow(before: Case, record: Migration) -> str | None:
    """Return what of a migration does not follow from where its case stood, the first of it; none where all does.

    What acts say under the new rules is not worked out anew: how it was read then is what counts since.
    """
    own, names = record.source, dict(record.states)
    tied = attrs.evolve(record.target, version=own.version, profile=own.profile, fingerprint=own.fingerprint)
    state, entered = names.get(before.state, before.state), _entered(before, names)
    follows = {
        "the rules and the state before it": (own, record.before) == (before.opening, before.state),
        "what the case is tied to": tied == own,
        "states": (record.after, record.entered) == (state, entered),
        "when the case was opened and whom it concerns": (record.opened, record.units) == (before.opened, before.units),
        "acts": sorted(map(_act_of, record.facts)) == sorted(map(_act_of, before.all_facts())),
        "deadlines": _deadlines_follow(before, record),
    }
    return next((f"what it says of {what}" for what, holds in follows.items() if not holds), None)


def _deadlines_follow(before: Case, record: Migration) -> bool:
    stands = {_key(d): d for d in before.deadlines}
    changed = {_key(change): change for change in record.changes}
    for d in record.deadlines:
        stood, change = stands.pop(_key(d), None), changed.pop(_key(d), None)
        if stood is None:
            follows = isinstance(change, Started) and _begins(d, change)
        elif change is None:
            follows = d == stood
        else:
            follows = isinstance(change, Recounted) and d == _after(stood, change)
        if not follows:
            return False
    stopped = {key for key, d in stands.items() if d.status is Status.OPEN}
    return changed.keys() == stopped and all(isinstance(change, Stopped) for change in changed.values())


def _begins(d: Deadline, change: Started) -> bool:
    return all(getattr(d, name) == getattr(change, name) for name in _TERM)


def said(lifecycle: Lifecycle) -> str:
    """Return what rules are called in a message."""
    profile = f" under {lifecycle.profile!r}" if lifecycle.profile else ""
    return f"{lifecycle.key} version {lifecycle.version}{profile}"


def _entered(case: Case, names: Mapping[str, str]) -> Mapping[str, Moment]:
    """Return when the case came into each state; of two that are one from then on, the later time counts."""
    found: dict[str, Moment] = {}
    for state, moment in case.entered.items():
        key = names.get(state, state)
        found[key] = max(found.get(key, moment), moment, key=_instant)
    return FrozenDict(found)


def _instant(moment: Moment) -> datetime:
    return moment.instant


def _kept(limit: TimeLimit, d: Deadline) -> Recounted | None:
    """Return what the new rules change of a deadline that keeps its date: a ladder may have lost a rung."""
    if not d.status.owed:
        return None
    keys = {rung.key for rung in limit.ladder}
    rungs = tuple(rung for rung in d.rungs if rung[0] in keys)
    return None if rungs == d.rungs else _change(d, attrs.evolve(d, rungs=rungs), "")


def _changed(
    old: TimeLimit | None, limit: TimeLimit, d: Deadline, dates: Dates, calendar: WorkingCalendar
) -> Recounted | None:
    """Return what the new rules make of a deadline: another date where dates are counted anew and it is open.

    Args:
        old: Its limit under the old rules; none where an earlier migration left it behind.
        limit: Its limit under the new ones.
        d: The deadline.
        dates: What becomes of dates.
        calendar: The working days.
    """
    if dates == "keep" or d.status is not Status.OPEN:
        return _kept(limit, d)
    wanted = d
    if isinstance(limit.period, Cited) and str(limit.period.value) != d.period:
        period = limit.period.value
        # A series that is another one from now on begins where this time of it did.
        wanted = attrs.evolve(d, period=str(period), anchor=limit.anchor(period, d.start, calendar), turn=1)
    old = limit if old is None else old
    said_before = {rung.key for rung in old.ladder} - {key for key, _ in d.rungs}
    pending = tuple((rung.key, d.due) for rung in limit.ladder if rung.key not in said_before)
    warned = d.warn is None and old.warn is not None
    now = limit.redated(wanted, calendar, warned=warned, pending=pending)
    return None if attrs.evolve(now, calendar=d.calendar) == d else _change(d, now, calendar.name)


def _change(old: Deadline, new: Deadline, notice: str) -> Recounted:
    return Recounted(
        old.limit,
        old.obligor,
        old.number,
        new.due,
        new.closes,
        new.warn,
        new.calendar,
        new.provisional,
        new.rungs,
        old=old.due,
        notice=notice,
        period=new.period,
        anchor=new.anchor,
        turn=new.turn,
    )


def _after(d: Deadline, change: Recounted) -> Deadline:
    names = ("due", "closes", "warn", "calendar", "provisional", "rungs", "period", "anchor", "turn")
    return attrs.evolve(d, **{name: getattr(change, name) for name in names})


def _owed_besides(
    target: Lifecycle,
    limits: tuple[TimeLimit, ...],
    acts: Iterable[Record],
    now: datetime,
    calendar: WorkingCalendar,
) -> Iterator[Deadline]:
    """Yield what is owed now under limits that the case never had, had they been there from the beginning."""
    case: Case | None = None
    for act in acts if limits else ():
        state = target.by_state.get(act.after)
        bare = act.changing(())
        changes = step(limits, evolve(case, bare), bare, final=state is not None and state.final, calendar=calendar)
        case = evolve(case, bare.changing(changes))
    by_key = {limit.key: limit for limit in limits}
    for d in () if case is None else case.owed():
        limit, term = by_key[d.limit], d
        while term.status is Status.OPEN and term.paused is None and term.end <= now and limit.repeats_after(term):
            term = following(limit, term, calendar)
        yield term


def _key(of: Term | Change) -> tuple[str, str, int]:
    return of.limit, of.obligor, of.number


def _act_of(fact: Fact) -> tuple[int, str, str, str, datetime]:
    return fact.revision, fact.obligor, fact.actor.id, fact.actor.unit, fact.occurred_at.instant

"""The pure decision: a lifecycle, a case and an act yield a record; a case and a record yield the next case."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final, Literal

import attrs

from yingshang_flow.core.actor import Actor, against_delegation, held
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline, Fact
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle, Transition, Trigger
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.machine import Mover, not_by
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Change, Kind, Opening, Record, Started
from yingshang_flow.core.requirement import NOTHING_RELATED, LinkedCases, Requirement, Settled, View
from yingshang_flow.core.stepping import folded, reprojected, step, tick
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import ContentError, RefusedError, TimeError
from yingshang_flow.words import Label, Unmet

_NO_ROW: Final = Label("当前状态下不得办理该事项", "the procedure does not have this act in this state")
_NO_BRANCH: Final = Label("不符合任何一种办理情形", "none of the ways this act can take applies")
_NOT_OWING: Final = Label("不在相关对象之列", "not one of those concerned")
_NOTHING_DUE: Final = Label("没有在该日到期的应办事项", "nothing is owed that falls due on that date")
_NOBODY_NAMED: Final = Label("须指明对象", "say whom it concerns")


@attrs.frozen
class Act:
    """What somebody does: a trigger, its content, who, and when.

    Attributes:
        trigger: The key of the trigger.
        content: The typed content; none where the trigger has none.
        actor: Who does it.
        occurred_at: When it happened.
        key: An idempotency key.
    """

    trigger: str
    content: object | None
    actor: Actor
    occurred_at: Moment
    key: str | None = None


@attrs.frozen
class Option:
    """What one trigger would meet with now.

    Attributes:
        trigger: The trigger.
        status: ``allowed``, ``asks`` for content that may still refuse it, or ``refused``.
        to: The state it leads to; none when the case stays or the content decides.
        unmet: Everything that stands against it already.
    """

    trigger: Trigger
    status: Literal["allowed", "asks", "refused"]
    to: str | None
    unmet: tuple[Unmet, ...] = ()


def decide(
    lifecycle: Lifecycle,
    case: Case | None,
    act: Act,
    *,
    now: datetime,
    calendar: WorkingCalendar,
    related: LinkedCases = NOTHING_RELATED,
    id: str = "",  # noqa: A002  # the word for it
    opening: Opening | None = None,
) -> Record:
    """Return the record of an act, or refuse it; nothing is changed.

    Args:
        lifecycle: The procedure.
        case: Where the case stands; none when the act opens it.
        act: What is done.
        now: When it is entered, an aware instant.
        calendar: The working days.
        related: What is known of linked cases.
        id: The id of the case that is opened.
        opening: What the first record of a case says.

    Raises:
        UnknownError: There is no such trigger or role.
        ContentError: The content is not of the trigger's class.
        TimeError: It happened in the future, or before what it follows.
        RefusedError: The procedure does not have it here, or its requirements are unmet.
    """
    trigger = lifecycle.trigger(act.trigger)
    lifecycle.role(act.actor.role)
    if type(act.content) is not (trigger.content or type(None)):
        raise ContentError(f"{lifecycle.key}.{trigger.key}", _wrong_class(trigger, act.content))
    if act.occurred_at.instant > now:
        message = f"{trigger.key!r} is said to have happened on {act.occurred_at}, which lies after {now}"
        raise TimeError(message)
    state = "" if case is None else case.state
    case_id = id if case is None else case.id
    possible = lifecycle.possible[state]
    if trigger.key not in possible:
        raise RefusedError("" if case is None else case.id, trigger.key, state, (Unmet("state", _NO_ROW),), possible)
    obligors, unowed = _obligors(lifecycle, trigger, case, act.actor, getattr(act.content, "obligors", ()))
    view = View(case, act.actor, act.content, act.occurred_at, lifecycle.values, related, obligors)
    cursor = lifecycle.derived(Mover)(trigger.key, state, view)
    if cursor.row is None:
        cursor.unmet.append(Unmet("branch", _NO_BRANCH))
    if unowed is not None:
        cursor.unmet.append(unowed)
    elif case is not None and not _owes_what_is_named(lifecycle, trigger, case, act.content, obligors):
        cursor.unmet.append(Unmet("deadline", _NOTHING_DUE, (), (str(getattr(act.content, "due", "")),)))
    if cursor.unmet:
        raise RefusedError("" if case is None else case.id, trigger.key, state, tuple(cursor.unmet), possible)
    after = cursor.state
    if case is not None:
        _in_order(lifecycle, case, trigger.key, act.occurred_at, obligors, moves=after != state)
    record = Record(
        case_id,
        1 if case is None else case.revision + 1,
        Kind.ACT,
        trigger.key,
        state,
        after,
        act.actor,
        obligors,
        act.content,
        act.occurred_at,
        now,
        (),
        opening,
        act.key,
    )
    return with_changes(lifecycle, case, record, calendar)


def with_changes(lifecycle: Lifecycle, case: Case | None, record: Record, calendar: WorkingCalendar) -> Record:
    """Return an act's record with what it does to the deadlines; the audit recomputes it from the same place."""
    final = lifecycle.by_state[record.after].final
    if final and case is not None and case.deadlines:
        limits = tuple(lifecycle.by_limit.values())
    else:
        limits = lifecycle.derived(_Concerned)[record.trigger, record.before, record.after]
    if not limits:
        return record
    changes = step(limits, evolve(case, record), record, final=final, calendar=calendar)
    return record.changing(changes) if changes else record


def clock(
    lifecycle: Lifecycle, case: Case, *, until: datetime, now: datetime, calendar: WorkingCalendar
) -> Record | None:
    """Return the record of the clock running over a case, none when it has nothing to say.

    Args:
        lifecycle: The procedure.
        case: Where the case stands.
        until: The aware instant up to which the clock has run.
        now: When that is entered, an aware instant.
        calendar: The working days.
    """
    changes = tick(lifecycle.by_limit, case, until, calendar)
    return _of_nobody(Kind.CLOCK, case, Moment.of(until), now, changes) if changes else None


def reproject(lifecycle: Lifecycle, case: Case, *, now: datetime, calendar: WorkingCalendar) -> Record | None:
    """Return the record of a case's deadlines being counted by another calendar, none when none of them moves.

    Args:
        lifecycle: The procedure.
        case: Where the case stands.
        now: When it is entered, an aware instant.
        calendar: The other calendar.
    """
    changes = reprojected(lifecycle.by_limit, case, calendar)
    return _of_nobody(Kind.REPROJECTION, case, Moment.of(now), now, changes) if changes else None


def _of_nobody(kind: Kind, case: Case, at: Moment, now: datetime, changes: tuple[Change, ...]) -> Record:
    """Return a record that is no act of a person."""
    return Record(case.id, case.revision + 1, kind, "", case.state, case.state, None, (), None, at, now, changes)


def evolve(case: Case | None, record: Record) -> Case:
    """Return the case after a record."""
    if record.actor is None or record.kind is Kind.ERASURE:
        assert case is not None  # noqa: S101  # neither the clock nor an erasure opens a case
        return Case(
            case.id,
            case.opening,
            case.state,
            record.revision,
            case.acted,
            case.opened,
            case.entered,
            record.recorded_at,
            folded(case.deadlines, record),
            case.facts,
            case.units,
            case.migrated,
        )
    if isinstance(record, Migration):
        return record.standing
    if isinstance(record, Amendment):
        assert case is not None  # noqa: S101  # nothing is amended before it is opened
        return record.of(case)
    facts: Mapping[str, Mapping[str, Fact]] = {} if case is None else case.facts
    entered = dict(facts.get(record.trigger, ()))
    for obligor in record.obligors or ("",):
        entered[obligor] = Fact(
            record.trigger, obligor, record.revision, record.actor, record.occurred_at, record.content
        )
    return Case(
        record.case,
        record.opening if case is None else case.opening,  # type: ignore[arg-type]  # a first record has one
        record.after,
        record.revision,
        record.revision,
        record.occurred_at if case is None else case.opened,
        _entered(case, record),
        record.recorded_at,
        folded(() if case is None else case.deadlines, record),
        FrozenDict({**facts, record.trigger: FrozenDict(entered)}),
        _units(() if case is None else case.units, record),
        0 if case is None else case.migrated,
    )


def _entered(case: Case | None, record: Record) -> Mapping[str, Moment]:
    """Return when the case came into each state; a move that was entered late does not come before the one before."""
    if case is None:
        return FrozenDict({record.after: record.occurred_at})
    if record.before == record.after and record.after in case.entered:  # a forged history stays where it never came
        return case.entered
    at = max(case.moved, record.occurred_at, key=_instant)  # of a day and an instant in it, the instant is the later
    return FrozenDict({**case.entered, record.after: at})


def options(
    lifecycle: Lifecycle,
    case: Case | None,
    actor: Actor,
    *,
    related: LinkedCases = NOTHING_RELATED,
    at: Moment | None = None,
) -> tuple[Option, ...]:
    """Return what each trigger would meet with, without its content.

    Args:
        lifecycle: The procedure.
        case: Where the case stands; none for the openings.
        actor: Who asks.
        related: What is known of linked cases.
        at: When it would be done; what depends on the time is not looked at unless given.
    """
    return tuple(_option(lifecycle, case, actor, trigger, related, at=at) for trigger in lifecycle.triggers)


def _option(
    lifecycle: Lifecycle,
    case: Case | None,
    actor: Actor,
    trigger: Trigger,
    related: LinkedCases,
    *,
    at: Moment | None,
) -> Option:
    state = "" if case is None else case.state
    rows = lifecycle.rows.get((state, trigger.key))
    if rows is None:
        return Option(trigger, "refused", None, (Unmet("state", _NO_ROW),))
    named = trigger.content is not None and "obligors" in attrs.fields_dict(trigger.content)
    asked = trigger.each is not None and (actor.role in trigger.each.roles or not named)
    obligors, unowed = _obligors(lifecycle, trigger, case, actor, ()) if asked else ((), None)
    view = View(case, actor, None, at, lifecycle.values, related, obligors)
    ways: list[tuple[str | None, tuple[Unmet, ...]]] = []
    for row in rows:
        told = [condition for condition in row.when if _is_told(condition, named=named)]
        if all(condition.holds(view) for condition in told):
            ways.append((row.to, (*_against(row, view, named=named), *(() if unowed is None else (unowed,)))))
            if len(told) == len(row.when):
                break  # no content leads past this row
    if not ways:
        return Option(trigger, "refused", None, (Unmet("branch", _NO_BRANCH),))
    to = ways[0][0] if len({to for to, _ in ways}) == 1 else None
    if all(unmet for _, unmet in ways):
        return Option(trigger, "refused", to, ways[0][1])
    return Option(trigger, "allowed" if trigger.content is None else "asks", to)


def _is_told(requirement: Requirement, *, named: bool) -> bool:
    """Tell whether a requirement can be told without content; what is settled counts those whom the content names."""
    return requirement.looks_at == "case" and not (named and isinstance(requirement, Settled))


def _against(row: Transition, view: View[Any, Any], *, named: bool) -> Iterator[Unmet]:
    """Yield what stands against a row whatever the content says."""
    role = held(row.by, view.actor)
    if role is None:
        yield not_by(row, view.actor.role)
    else:
        yield from against_delegation(role, view.actor, None if view.at is None else view.at.date)
    for requirement in row.needs:
        found = requirement.against(view) if _is_told(requirement, named=named) else None
        if found is not None:
            yield requirement.unmet(found)


def _obligors(
    lifecycle: Lifecycle, trigger: Trigger, case: Case | None, actor: Actor, named: tuple[str, ...]
) -> tuple[tuple[str, ...], Unmet | None]:
    """Return for whom an act counts, and what stands against that."""
    each = trigger.each
    if each is None or case is None:
        return (), None
    named = tuple(dict.fromkeys(named))
    members = each.members(case)
    strangers = tuple(name for name in named if name not in members)
    if strangers:
        return (), Unmet("obligor", _NOT_OWING, (), strangers)
    if actor.role not in each.roles:
        return (named, None) if named else ((), Unmet("obligor", _NOBODY_NAMED, (), members))
    own = tuple(member for member in named or members if unit_of(member) == actor.unit)
    if not own:
        return (), Unmet("obligor", _NOT_OWING, (), (actor.unit,))
    return named or _oldest_owing(lifecycle, trigger, case, own), None


def _oldest_owing(lifecycle: Lifecycle, trigger: Trigger, case: Case, own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the one of a unit's own obligations that has been owed longest, of those that this trigger meets."""
    if len(own) == 1:
        return own
    met = {limit.key for limit in lifecycle.by_limit.values() if trigger.key in limit.met}
    owed = [d for d in case.owed() if d.obligor in own and d.limit in met]
    return (min(owed, key=_due).obligor,) if owed else own[:1]


def _owes_what_is_named(
    lifecycle: Lifecycle, trigger: Trigger, case: Case, content: object, obligors: tuple[str, ...]
) -> bool:
    """Tell whether everybody an act counts for owes the deadline that its content names by its due date."""
    named = getattr(content, "due", None)
    if named is None:
        return True
    met = {limit.key for limit in lifecycle.by_limit.values() if trigger.key in limit.met}
    owing = {d.obligor for d in case.owed(*met) if d.due == named} if met else set()
    return owing.issuperset(obligors or ("",))


def _due(deadline: Deadline) -> date:
    return deadline.due


def unit_of(obligor: str) -> str:
    """Return the unit of an obligor, which is written ``unit`` or ``group/unit``."""
    return obligor.rpartition("/")[2]


def _in_order(
    lifecycle: Lifecycle, case: Case, trigger: str, at: Moment, obligors: tuple[str, ...], *, moves: bool
) -> None:
    """Refuse an act that happened before what it follows.

    A move reaches back to the previous move. An act that stays, or counts for certain obligors, reaches back to when
    the case first could take it, and to the same obligor's previous act or its own previous time, so that several units
    file in any order and the one that is entered last may be dated before the others.
    """
    if moves and not obligors:
        _not_before(case.moved, trigger, at, "the case came into its state")
        return
    possible = [case.entered[state] for state in lifecycle.derived(_Sources)[trigger] if state in case.entered]
    _not_before(min(possible, key=_instant), trigger, at, "the case could take it")
    if obligors:
        facts = [fact for fact in case.all_facts() if fact.obligor in obligors]
    else:
        facts = list(case.facts.get(trigger, {}).values())
    last = max(facts, key=_occurred, default=None)
    if last is not None:
        _not_before(last.occurred_at, trigger, at, f"{last.trigger!r} happened")


def _not_before(earlier: Moment, trigger: str, at: Moment, what: str) -> None:
    if at.before(earlier):
        message = f"{trigger!r} is said to have happened on {at}, before {what} on {earlier}"
        raise TimeError(message)


def _instant(moment: Moment) -> datetime:
    return moment.instant


def _occurred(fact: Fact) -> datetime:
    return fact.occurred_at.instant


class _Sources(dict[str, tuple[str, ...]]):
    """The states in which a trigger has a row, by trigger."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        super().__init__()
        for state, trigger in lifecycle.rows:
            self[trigger] = (*self.get(trigger, ()), state)


class _Concerned(dict[tuple[str, str, str], tuple[TimeLimit, ...]]):
    """The limits that an act from one state to another can meet, start or stop, worked out once for each."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        super().__init__()
        self._limits = tuple(lifecycle.by_limit.values())

    def __missing__(self, key: tuple[str, str, str]) -> tuple[TimeLimit, ...]:
        found = tuple(limit for limit in self._limits if limit.touched_by(*key))
        self[key] = found
        return found


def _units(units: tuple[str, ...], record: Record) -> tuple[str, ...]:
    """Return the units a case is found by: whoever acted, for whom it counted, and who owes something from then on."""
    if record.actor is None or (record.actor.unit in units and not record.obligors and not record.changes):
        return units
    owing = (change.obligor for change in record.changes if isinstance(change, Started) and change.obligor)
    return tuple(dict.fromkeys((*units, record.actor.unit, *map(unit_of, (*record.obligors, *owing)))))


def _wrong_class(trigger: Trigger, content: object) -> str:
    if trigger.content is None:
        return f"takes no content, not a {type(content).__name__}"
    if content is None:
        return f"needs content: {trigger.content.__name__}"
    return f"needs content of class {trigger.content.__name__}, not {type(content).__name__}"

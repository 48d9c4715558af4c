"""What rows with the same acts in the same order have in common: all that an audit says of them but for the dates."""

from collections.abc import Iterator, Sequence
from typing import TypeGuard

import attrs

from yingshang_flow.compliance.bulk.telling import Telling
from yingshang_flow.compliance.conformance import Duties, Finding, Notes
from yingshang_flow.compliance.ledgers import LedgerRow
from yingshang_flow.core.duty import AcrossCases, Duty, Holds, InTime, Never
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import TimeLimit, signalled
from yingshang_flow.core.record import Met, Missed, Record, Started, Stopped
from yingshang_flow.core.requirement import Settled
from yingshang_flow.deadlines import DueRules, Period, Series, parse
from yingshang_flow.deadlines.period import ends_in_a_half


@attrs.frozen
class Running:
    """One deadline of a shape: which acts begin and end it, whatever their dates are.

    Attributes:
        limit: The limit.
        obligor: Who owes it.
        number: Which time.
        period: How long it runs.
        start: The place of the act from which it counts.
        end: The place of the act that ends it; none when it runs on.
        met: Whether that act meets it; else it stops there, or was missed before.
        untold: Whether the source would not tell of all that may have met it, so that its passing proves nothing.
        extensible: Whether it may have been extended by what the source would not tell of.
    """

    limit: TimeLimit
    obligor: str
    number: int
    period: Period
    start: int
    end: int | None
    met: bool
    untold: bool
    extensible: bool


@attrs.frozen
class Shape:
    """What an audit says of every row with the same acts in the same order, but for the dates and what was said.

    Attributes:
        deadlines: Every deadline there is, in order.
        findings: The breaches of duties that the order of the acts alone shows, each with the place of its duty, that
            of the act that shows it; they name no case and no date.
        kept: The ids of the rules that a duty shows to be kept.
        saying: The duties that look at who did what and at contents, each with its place; to be asked of each row.
        passed: The duties that look at deadlines, and find something only where one of their limits has passed.
        acts: The records of one row of the shape.
        places: Which time of its trigger each act is.
    """

    deadlines: tuple[Running, ...]
    findings: tuple[tuple[int, int, Finding], ...]
    kept: frozenset[str]
    saying: tuple[tuple[int, Never | Holds], ...]
    passed: tuple[tuple[int, Never], ...]
    acts: tuple[Record, ...]
    places: tuple[str, ...]


def shape_of(telling: Telling, row: LedgerRow, told: Sequence[str]) -> Shape | None:
    """Return the shape of a row, by telling it; none where the dates may decide more than whether an end has passed.

    Args:
        telling: Tells rows as histories.
        row: One of those with this shape.
        told: The triggers the source tells of.

    Raises:
        DeadlineError: A deadline of the row cannot be computed; another row of the shape may do.
    """
    lifecycle = telling.lifecycle
    acts = tuple(telling.history(row))
    if not (_moves_whatever_the_dates(lifecycle, acts) and _counts_in_days(lifecycle, acts)):
        return None
    notes = Notes(lifecycle, acts, told)
    deadlines = _deadlines(lifecycle, acts, notes)
    if deadlines is None or any(isinstance(duty, InTime) and _begins(duty.trigger, acts) for duty in lifecycle.duties):
        return None
    live = [(place, duty) for place, duty in enumerate(lifecycle.duties) if _is_live(duty, acts, notes)]
    passed = tuple((place, duty) for place, duty in live if isinstance(duty, Never) and duty.looks_at != "acts")
    if not all(duty.passed for _, duty in passed) or (passed and _goes_on_after_its_end(lifecycle, acts)):
        return None
    saying = tuple((place, duty) for place, duty in live if isinstance(duty, Holds) or duty.looks_at == "acts")
    findings = tuple(_shown(telling, acts, notes))
    kept = frozenset(rule.id for rule in lifecycle.rules if notes.has_kept(rule))
    return Shape(deadlines, findings, kept, saying, passed, acts, tuple(map(notes.place, acts)))


def _begins(trigger: str, acts: Sequence[Record]) -> bool:
    return any(record.trigger == trigger for record in acts)


def _is_live(duty: Duty, acts: Sequence[Record], notes: Notes) -> TypeGuard[Never | Holds]:
    """Tell whether a function of the definition has to be asked about such a row."""
    if isinstance(duty, Never):
        return not notes.untold(duty.about) and (not duty.occasion or _begins(duty.occasion, acts))
    return isinstance(duty, Holds)


def _shown(telling: Telling, acts: Sequence[Record], notes: Notes) -> Iterator[tuple[int, int, Finding]]:
    """Yield what the duties find that look at the order of the acts alone, and note what they show to be kept."""
    case = telling.standing(acts)
    state = telling.lifecycle.by_state.get(case.state)
    duties = Duties(telling.lifecycle, {}, telling.now, notes)
    for place, duty in enumerate(telling.lifecycle.duties):
        if not isinstance(duty, Never | Holds | InTime | AcrossCases):
            before = len(notes.breaches)
            duties.check(duty, acts, case, ended=state is not None and state.final)
            for found in notes.breaches[before:]:
                yield place, _act_of(found, acts), found


def _goes_on_after_its_end(lifecycle: Lifecycle, acts: Sequence[Record]) -> bool:
    """Tell whether something is done in a final state that is not done there: its deadlines ended, and it did not."""
    return any(
        record.before
        and lifecycle.by_state[record.before].final
        and (record.before, record.trigger) not in lifecycle.rows
        for record in acts
    )


def _act_of(finding: Finding, acts: Sequence[Record]) -> int:
    return next(place for place, record in enumerate(acts) if record.revision == finding.revision)


def _moves_whatever_the_dates(lifecycle: Lifecycle, acts: Sequence[Record]) -> bool:
    """Tell whether the way through the states is the same whatever the dates: nothing that chooses it looks at them."""
    return all(
        isinstance(condition, Settled) or condition.timeless
        for record in acts
        for row in lifecycle.transitions
        if row.trigger == record.trigger
        for condition in row.when
    )


def _counts_in_days(lifecycle: Lifecycle, acts: Sequence[Record]) -> bool:
    """Tell whether each limit on the way runs once, from a day to the end of a day, and is neither moved nor lifted."""
    for record in acts:
        for limit in lifecycle.limits:
            act = record.trigger, record.before, record.after
            if not limit.touched_by(*act):
                continue
            rules = DueRules() if limit.counting is None else limit.counting.value
            counted = rules.closes is None and rules.after_hours == "same_day" and rules.sent_counts
            moved = record.trigger in limit.extended or record.trigger in limit.revived
            stands = signalled((*limit.paused, *limit.resumed), *act)
            if limit.repeats or moved or stands or not counted or not (limit.where is None or limit.timeless):
                return False
            if getattr(record.content, "due", None) or getattr(record.content, "obligors", None):
                return False
    return True


def _deadlines(lifecycle: Lifecycle, acts: Sequence[Record], notes: Notes) -> tuple[Running, ...] | None:
    """Return the deadlines of a history by the acts that begin and end them; none where they are of other kinds."""
    found: dict[tuple[str, str, int], Running] = {}
    state = acts[-1].after
    for place, record in enumerate(acts):
        for change in record.changes:
            key = change.limit, change.obligor, change.number
            limit = lifecycle.by_limit[change.limit]
            if isinstance(change, Started):
                period = parse(change.period)
                whole = not isinstance(period, Series) and not ends_in_a_half(period)
                if not whole or change.anchor != record.occurred_at.date or change.received is not None:
                    return None
                untold = limit.soft or bool(notes.untold(limit.met, state))
                extensible = bool(notes.untold(limit.extended))
                found[key] = Running(
                    limit,
                    change.obligor,
                    change.number,
                    period,
                    place,
                    None,
                    met=False,
                    untold=untold,
                    extensible=extensible,
                )
            elif isinstance(change, Met | Missed | Stopped):
                if not isinstance(change, Met) and _is_touched(limit, acts[place:]):
                    return None
                found[key] = attrs.evolve(found[key], end=place, met=isinstance(change, Met))
            else:
                return None
    return tuple(found.values())


def _is_touched(limit: TimeLimit, acts: Sequence[Record]) -> bool:
    """Tell whether a limit that ran out by the first of these acts is begun again by it, or touched by a later one.

    Whether it was missed or only stopped depends on the dates, and with that what a later act would meet.
    """
    starts = signalled(limit.starts, acts[0].trigger, acts[0].before, acts[0].after)
    return starts or any(limit.touched_by(act.trigger, act.before, act.after) for act in acts[1:])

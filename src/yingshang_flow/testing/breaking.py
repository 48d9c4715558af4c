"""The ways in which the history of one case can break a rule, read off a definition, and why some rules have none."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from yingshang_flow.compliance import Outcome
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.duty import AcrossCases, AtMost, Duty, Holds, InTime, Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Entering, Leaving, TimeLimit
from yingshang_flow.core.record import Record
from yingshang_flow.core.requirement import Requirement, View
from yingshang_flow.errors import UnknownError
from yingshang_flow.testing.walking import Walk, Wish
from yingshang_flow.words import Rule, RuleKind

_DAY: Final = timedelta(days=1)
_LONG: Final = 200 * _DAY
_FEW: Final = 60


@attrs.frozen
class Way:
    """One way to break a rule.

    Attributes:
        name: What it is, in a few words.
        go: Takes a walk there and tells whether it could be gone.
        ends: Whether the case has come to its end afterwards.
    """

    name: str
    go: Callable[[Walk], bool] = attrs.field(eq=False)
    ends: bool = False


def lenient(lifecycle: Lifecycle, breaks: Collection[str]) -> Lifecycle:
    """Return the definition as a system would have it that does not refuse under some rules."""
    if not breaks:
        return lifecycle
    rows = [
        attrs.evolve(row, needs=[need for need in row.needs if not {rule.id for rule in need.rules} <= set(breaks)])
        for row in lifecycle.transitions
    ]
    return attrs.evolve(lifecycle, transitions=rows)


def rule_of(lifecycle: Lifecycle, rule: str) -> Rule:
    """Return a rule of a lifecycle.

    Raises:
        UnknownError: It has no such rule.
    """
    for one in lifecycle.rules:
        if one.id == rule:
            return one
    message = f"{lifecycle.key} has no rule {rule!r}; it has {', '.join(one.id for one in lifecycle.rules)}"
    raise UnknownError(message)


def why_not(lifecycle: Lifecycle, rule: Rule) -> str:
    """Return why the history of one case cannot break a rule that has no ways."""
    across = [duty for duty in lifecycle.duties if isinstance(duty, AcrossCases) and rule in duty.rules]
    if across:
        return "it compares several cases; break it with several histories and audit_all"
    if rule.kinds == (RuleKind.PROPERTY,):
        return "it is a property of the library, which its own tests hold"
    if any(rule in limit.rules and limit.soft for limit in lifecycle.limits):
        return "its limit is only wished for: being late is noted, not a breach"
    if any(rule in limit.rules for limit in lifecycle.limits):
        return f"the profile {lifecycle.profile!r} sets no period for its limit, so that there is no occasion"
    if any(rule in row.rules for row in lifecycle.transitions):
        return "it only says who may do something, and a wrong role is no breach of a rule but an irregularity"
    return f"nothing in the definition looks for it under the profile {lifecycle.profile!r}"


def ways_of(lifecycle: Lifecycle, rule: Rule) -> list[Way]:
    """Return every way in which the history of one case may break a rule, the simplest first."""
    return [*_limits(lifecycle, rule), *_guards(lifecycle, rule), *_duties(lifecycle, rule)]


# --- guards -----------------------------------------------------------------------------------------------------------


def _guards(lifecycle: Lifecycle, rule: Rule) -> Iterator[Way]:
    seen: set[tuple[str, Requirement]] = set()
    for row in lifecycle.transitions:
        for need in row.needs:
            if rule in need.rules and (row.trigger, need) not in seen:
                seen.add((row.trigger, need))
                label = lifecycle.by_trigger[row.trigger].label
                yield Way(f"{label.en}, against: {need.label.en}", _passed_over(row.trigger, need))


def _passed_over(trigger: str, need: Requirement) -> Callable[[Walk], bool]:
    def go(walk: Walk) -> bool:
        def offends(record: Record, before: Case | None, _after: Case) -> bool:
            actor: Any = record.actor
            view: View[Any, Any] = View(
                before, actor, record.content, record.occurred_at, walk.lenient.values, walk.related, record.obligors
            )
            try:
                rows = walk.scene.lifecycle.rows[record.before, trigger]
                row = next((row for row in rows if all(one.holds(view) for one in row.when)), None)
                return row is not None and need in row.needs and need.against(view) is not None
            except LookupError:
                return False

        before = walk.at
        if walk.perform(trigger, offends):
            return True
        walk.at = before  # some things can be done once, and are refused the second time
        return walk.perform(trigger) and walk.perform(trigger, offends)

    return go


# --- limits -----------------------------------------------------------------------------------------------------------


def _limits(lifecycle: Lifecycle, rule: Rule) -> Iterator[Way]:
    for limit in lifecycle.by_limit.values():
        if rule in limit.rules and not limit.soft:
            yield Way(f"{limit.label.en}: not done in time", _missed(limit))
            yield Way(f"{limit.label.en}: done late", _late(limit))


def run_out(walk: Walk, limit: TimeLimit) -> Deadline | None:
    """Have a deadline of a limit run, and let its time pass; return it, none where that is impossible."""
    if not walk.running(limit.key) and not any(_began(walk, limit, signal) for signal in limit.starts):
        return None
    running = walk.running(limit.key)
    first = min(running, key=_end, default=None)
    if first is None or not walk.wait(first.end + (walk.choose.days() + 1) * _DAY):
        return None
    return first


def _end(deadline: Deadline) -> tuple[datetime, str]:
    return deadline.end, deadline.obligor


def _missed(limit: TimeLimit) -> Callable[[Walk], bool]:
    return lambda walk: run_out(walk, limit) is not None


def _late(limit: TimeLimit) -> Callable[[Walk], bool]:
    def go(walk: Walk) -> bool:
        first = run_out(walk, limit)
        return first is not None and walk.meet(first)

    return go


def _began(walk: Walk, limit: TimeLimit, signal: str | Entering | Leaving) -> bool:
    """Do what starts a limit; tell whether it then runs."""

    def runs(_record: Record, _before: Case | None, after: Case) -> bool:
        return any(d.limit == limit.key and d.status.owed for d in after.deadlines)

    before = walk.at
    for trigger, wish in _signalling(walk, signal, runs):
        if walk.perform(trigger, wish):
            return True
        walk.at = before
    return False


def _signalling(walk: Walk, signal: str | Entering | Leaving, wish: Wish) -> Iterator[tuple[str, Wish]]:
    """Yield the acts that give a signal, with what has to come of them."""
    if isinstance(signal, str):
        yield signal, wish
        return
    for row in walk.lenient.transitions:
        to = row.to
        if to is not None and (to == signal.state if isinstance(signal, Entering) else signal.state in row.sources):
            yield row.trigger, lambda record, b, a, to=to: record.after == to and wish(record, b, a)  # type: ignore[misc]  # its default


# --- duties -----------------------------------------------------------------------------------------------------------


def _duties(lifecycle: Lifecycle, rule: Rule) -> Iterator[Way]:
    for duty in lifecycle.duties:
        if rule in duty.rules and not isinstance(duty, AcrossCases):
            go, ends = _against(duty)
            yield Way(f"{type(duty).__name__}: {duty.label.en}", go, ends)


def _against(duty: Duty) -> tuple[Callable[[Walk], bool], bool]:
    """Return the walk that breaks a duty, and whether it ends the case."""
    match duty:
        case Response():
            return lambda walk: _left_unanswered(walk, duty), True
        case Precedence():
            return lambda walk: walk.perform(duty.trigger, avoid=duty.earlier), False
        case AtMost():
            return lambda walk: all(walk.perform(duty.trigger) for _ in range(duty.times + 1)), False
        case InTime():
            return lambda walk: _too_late(walk, duty), False
        case Holds():
            return lambda walk: walk.perform(duty.trigger, lambda record, _b, _a: not duty.check(record.content)), False
        case Never():
            return lambda walk: _offended(walk, duty), False
    raise AssertionError(duty)  # pragma: no cover - every other kind compares cases


def _left_unanswered(walk: Walk, duty: Response) -> bool:
    """Do what asks for an answer, and end the case without one that counts for everybody."""
    avoid = {*duty.answers, *duty.unless}
    if all(act.trigger != duty.trigger for act in walk.acts) and not walk.perform(duty.trigger, avoid=avoid):
        return False
    return walk.end(avoid=avoid)


def _too_late(walk: Walk, duty: InTime) -> bool:
    limit = walk.lenient.by_limit.get(duty.limit)
    return limit is not None and run_out(walk, limit) is not None and walk.perform(duty.trigger)


def _offended(walk: Walk, duty: Never) -> bool:
    """Search for an act that offends: those the duty is about first, then the end, then a long silence."""
    values, lifecycle = walk.lenient.values, walk.scene.lifecycle

    def offends(record: Record, _before: Case | None, _after: Case) -> bool:
        try:
            return any(True for _ in duty.offences([*walk.acts, record], values, walk.at.now))
        except LookupError:
            return False

    walk.tries = min(walk.tries, _FEW)
    told = dict.fromkeys(trigger for trigger in (duty.occasion, *duty.about) if trigger in lifecycle.by_trigger)
    for trigger in told or lifecycle.by_trigger:
        if walk.perform(trigger, offends):
            return True
        walk.perform(trigger)
    before = walk.at
    lasts: tuple[Callable[[], bool], ...] = (walk.end, lambda: walk.wait(walk.at.now + _LONG))
    for last in lasts:
        if last() and _is_broken(walk, duty):
            return True
        walk.at = before
    return False


def _is_broken(walk: Walk, duty: Duty) -> bool:
    if walk.case is None:
        return False
    said = walk.audited()
    return any(said.outcome(rule.id) is Outcome.BROKEN for rule in duty.rules)

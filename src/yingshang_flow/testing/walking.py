"""Walks a case through a lifecycle act by act, towards a goal, meeting on the way what would fall due."""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import chain, count, islice
from typing import Any, Final, Protocol

import attrs

from yingshang_flow.compliance import Audit, Outcome, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.case import Case, Deadline, Status
from yingshang_flow.core.decide import Act, clock, decide, evolve, unit_of
from yingshang_flow.core.duty import Never, Precedence, Response
from yingshang_flow.core.lifecycle import Lifecycle, Transition
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Met, Opening, Record
from yingshang_flow.core.requirement import Related
from yingshang_flow.deadlines import CHINA_TIME, WorkingCalendar
from yingshang_flow.errors import RefusedError, YingshangFlowError
from yingshang_flow.testing.saying import Pool, differing, plainly, pool_of, says, switches
from yingshang_flow.testing.strategies import obligors

Wish = Callable[[Record, Case | None, Case], bool]
"""What is hoped of an act: a function of its record and of the case before and after it."""

Mend = tuple[str, tuple[str, Any] | None]
"""An act, with a field and a value that it says."""

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_TRIES: Final = 300
_AT_A_TIME: Final = 12
_DEEPER: Final = 5
_Near = tuple[int, int, int, Actor, Any, Iterator[Any]]
"""Something that was tried: how far it is from what is hoped, how much it differs, its turn, and what comes next."""

_PLACES: Final = 3
_STEPS: Final = 40
_MEETINGS: Final = 400
_HOPELESS: Final = 10_000
_FINAL_COSTS: Final = 9
_UNGRANTED: Final = 2
_MENDS: Final = 4
_FEW: Final = 60


class Chooser(Protocol):
    """Makes the choices of a walk that are nobody's business but the reader's."""

    def days(self) -> int:
        """Return how many days go by before the next act."""

    def content(self, plain: object, pool: Pool) -> object:
        """Return what is said, which may differ from what is plain."""

    def index(self, number: int) -> int:
        """Return one of some numbers from zero."""


class Plainly:
    """Always chooses the first and simplest."""

    def days(self) -> int:
        """Let no day go by."""
        return 0

    def content(self, plain: object, pool: Pool) -> object:  # noqa: ARG002 - as the protocol has it
        """Say what is plain."""
        return plain

    def index(self, number: int) -> int:  # noqa: ARG002 - as the protocol has it
        """Take the first."""
        return 0


@attrs.frozen
class Scene:
    """Where and among whom a case is played.

    Attributes:
        lifecycle: The procedure.
        calendar: The working days.
        start: The day on which it begins.
        units: The units that take part.
        opening: What the first record says.
        parent: The case it is a part of.
        origin: The case that gave reason to open it.
    """

    lifecycle: Lifecycle
    calendar: WorkingCalendar
    start: date
    units: tuple[str, ...]
    opening: Opening
    parent: Case | None = None
    origin: Case | None = None

    @property
    def linked(self) -> Mapping[str, Case]:
        """The linked cases by id."""
        return {case.id: case for case in (self.parent, self.origin) if case is not None}


@attrs.frozen
class Standing:
    """How far a walk has come.

    Attributes:
        case: The case; none before it is opened.
        records: Its records.
        now: The time.
        previous: How far it had come before the last record.
    """

    case: Case | None
    records: tuple[Record, ...]
    now: datetime
    previous: "Standing | None" = None


class Walk:
    """One case on its way.

    Args:
        scene: Where it is played.
        choose: Makes the free choices.
        breaks: The ids of the rules that need not be kept.
        lenient: The definition without what refuses an act under those rules.
    """

    def __init__(self, scene: Scene, choose: Chooser, breaks: Collection[str], lenient: Lifecycle) -> None:
        self.scene = scene
        self.choose = choose
        self.breaks = frozenset(breaks)
        self.lenient = lenient
        self.bent: tuple[str, str, Any] | None = None
        """What is said whenever something is done: the trigger, the field and the value; free unless set."""
        self.tries = _TRIES
        """How many contents are tried before an act is given up."""
        self.mends: tuple[Mend, ...] = ()
        """What is tried first where something has to be done before the end."""
        self.mended: list[Mend] = []
        """What was found to help."""
        self._preparing: set[str] = set()
        self.passed: dict[str, None] = {}
        """Every trigger that was used, also on the ways that were given up."""
        self.related = Related(scene.parent, scene.origin)
        self._bare = attrs.evolve(lenient, transitions=[attrs.evolve(row, needs=()) for row in lenient.transitions])
        self.at = Standing(None, (), datetime.combine(scene.start, time(9), CHINA_TIME))

    @property
    def case(self) -> Case | None:
        """Where the case stands."""
        return self.at.case

    @property
    def state(self) -> str:
        """The state of the case, empty before it is opened."""
        return "" if self.at.case is None else self.at.case.state

    @property
    def acts(self) -> list[Record]:
        """The acts so far."""
        return [record for record in self.at.records if record.kind is Kind.ACT]

    # --- what the audit says ---

    def audited(self) -> Audit:
        """Return what an audit says of the case so far, as of now."""
        scene = self.scene
        return audit(
            self.at.records, scene.lifecycle, calendar=scene.calendar, now=self.at.now, linked=dict(scene.linked)
        )

    def unwanted(self) -> int:
        """Return how much is found that need not be."""
        return sum(finding.code not in self.breaks for finding in self.audited().findings)

    def broken(self) -> frozenset[str]:
        """Return the ids of the rules that are broken so far, and what is irregular."""
        said = self.audited()
        broken = {verdict.rule.id for verdict in said.verdicts if verdict.outcome is Outcome.BROKEN}
        return frozenset({*broken, *(finding.code for finding in said.irregular)})

    # --- one act ---

    def do(self, trigger: str, wish: Wish | None = None, *, at_once: bool = False) -> bool:
        """Do something such that a wish comes true, and tell whether it could be done; nothing is done if not.

        Args:
            trigger: What is done.
            wish: What is hoped of it.
            at_once: Whether no day goes by before it.
        """
        if self.bent is not None and trigger == self.bent[0]:
            wish = both(wish, saying(*self.bent[1:]))
        before = self.at
        days = 0 if at_once or self.case is None else self.choose.days()
        if days and not self.wait(self.at.now + days * _DAY):
            self.at = before
        self._prepare(trigger)
        record = self.fitting(trigger, wish)
        if record is None:
            self.at = before
            return False
        self._take(record)
        return True

    def _prepare(self, trigger: str) -> None:
        """Do first what a duty wants done before something, and come back; as far as that is possible."""
        state, done = self.state, {act.trigger for act in self.acts}
        for duty in self.scene.lifecycle.duties:
            if not isinstance(duty, Precedence) or duty.trigger != trigger or trigger in self._preparing:
                continue
            if (
                self.case is None
                or not done.isdisjoint(duty.earlier)
                or {rule.id for rule in duty.rules} <= self.breaks
            ):
                continue
            self._preparing.add(trigger)
            before = self.at
            if not any(self.perform(one, at_once=True) for one in duty.earlier) or not self.reach(
                [state], at_once=True
            ):
                self.at = before
            self._preparing.discard(trigger)

    def _take(self, record: Record) -> None:
        if record.trigger:
            self.passed[record.trigger] = None
        later = max(self.at.now, record.recorded_at) + _MINUTE
        self.at = Standing(evolve(self.case, record), (*self.at.records, record), later, self.at)

    def fitting(self, trigger: str, wish: Wish | None = None) -> Record | None:
        """Search for an actor and a content that are let through and do what is hoped: the nearest first."""
        rows = self.lenient.rows.get((self.state, trigger), ())
        cast = self._cast({role.key for row in rows for role in row.by})
        kind = self.lenient.by_trigger[trigger].content
        pool = self._pool(cast)
        contents: list[Any] = [None] if kind is None else [plainly(kind, pool)]
        if kind is not None:
            contents = [self.choose.content(contents[0], pool), *contents]
        first = self.choose.index(min(2, len(cast))) if cast else 0
        order = count()
        queue: list[_Near] = []
        for content in dict.fromkeys(contents):
            for actor in (*cast[first:], *cast[:first]):
                score, record = self._tried(trigger, actor, content, wish)
                if record is not None and not score:
                    return record
                others = iter(()) if content is None else differing(content, pool)
                heapq.heappush(queue, (score, 0, next(order), actor, content, others))
        return self._searched(trigger, wish, pool, queue, order)

    def _searched(
        self, trigger: str, wish: Wish | None, pool: Pool, queue: list["_Near"], order: Iterator[int]
    ) -> Record | None:
        """Search among what differs from what was tried: of what is equally near, what differs least goes first."""
        seen: set[tuple[Actor, object]] = set()
        left = self.tries
        while queue and left > 0:
            score, depth, _, actor, content, others = heapq.heappop(queue)
            for other in islice(others, _AT_A_TIME):
                if (actor, other) in seen:
                    continue
                seen.add((actor, other))
                left -= 1
                found, record = self._tried(trigger, actor, other, wish)
                if record is not None and not found:
                    return record
                following = found, depth + _DEEPER, next(order), actor, other, differing(other, pool)
                heapq.heappush(queue, following)
                if found < score:
                    break
            else:
                if content is not None and (rest := next(others, None)) is not None:
                    heapq.heappush(queue, (score, depth + 1, next(order), actor, content, chain([rest], others)))
        return None

    def _tried(self, trigger: str, actor: Actor, content: object, wish: Wish | None) -> tuple[int, Record | None]:
        """Return how far an act is from what is hoped, with its record if it is let through."""
        act = Act(trigger, content, actor, Moment.of(self.at.now))
        try:
            record = self._decided(self.lenient, act)
        except RefusedError as refusal:
            score = sum(max(1, len(unmet.found)) for unmet in refusal.unmet)
        except (YingshangFlowError, LookupError):
            return _HOPELESS, None
        else:
            return (0 if self._grants(wish, record) else _UNGRANTED), record
        if wish is None:
            return score, None
        try:  # what is refused may already be what is hoped for: then only the rest has to be put right
            granted = self._grants(wish, self._decided(self._bare, act))
        except (YingshangFlowError, LookupError):
            granted = False
        return score + (0 if granted else _UNGRANTED), None

    def _grants(self, wish: Wish | None, record: Record) -> bool:
        return wish is None or wish(record, self.case, evolve(self.case, record))

    def _decided(self, lifecycle: Lifecycle, act: Act) -> Record:
        return decide(
            lifecycle,
            self.case,
            act,
            now=self.at.now,
            calendar=self.scene.calendar,
            related=self.related,
            id="case",
            opening=self.scene.opening if self.case is None else None,
        )

    def _pool(self, cast: Iterable[Actor]) -> Pool:
        owing = tuple(map(unit_of, obligors(self.lenient, self.case)))
        scene = self.scene
        pool = pool_of(
            dict.fromkeys(owing or scene.units),
            self.at.now.date(),
            cases=(self.case, scene.parent, scene.origin),
            values=scene.lifecycle.values,
        )
        named = [name for actor in cast for name in (actor.unit, actor.id)]
        texts = dict.fromkeys((*pool.texts, *obligors(self.lenient, self.case), *named))
        return attrs.evolve(pool, texts=tuple(texts))

    def _cast(self, roles: Collection[str]) -> list[Actor]:
        """Return who can act: somebody of the unit a role is called after, or of those the case speaks of."""
        owing = {role for trigger in self.lenient.triggers if trigger.each for role in trigger.each.roles}
        named = dict.fromkeys(unit for unit in map(unit_of, obligors(self.lenient, self.case)) if unit.strip())
        others = [unit for unit in self._units_named() if unit.strip() and unit not in named]
        found: list[Actor] = []
        for role in (role for key, role in self.lenient.roles.items() if key in roles):
            own = role.label.zh.replace("/", "、")
            units = (*named, *others, own) if role.key in owing else (own, *named, *others)
            found += [Actor(f"{role.key}-{person}", unit, role.key) for unit in units for person in ("1", "2")]
            found += [Actor(person, units[0], role.key) for person in self._persons()]
        return list(dict.fromkeys(found))

    def _persons(self) -> list[str]:
        """Return who has acted so far, in whatever role: a person can have two."""
        return list(dict.fromkeys(act.actor.id for act in self.acts if act.actor is not None))

    def _units_named(self) -> Iterator[str]:
        """Yield what linked cases say that can be a unit."""
        for case in (self.scene.parent, self.case):
            if case is not None:
                yield from (unit_of(name) for name in pool_of((), self.scene.start, cases=[case]).texts)

    # --- time ---

    def wait(self, until: datetime) -> bool:
        """Let time pass, meeting what would fall due and must not be missed; tell whether that could be done."""
        before = self.at
        for _ in range(_MEETINGS):
            owed = self._falls_due(until)
            if owed is None:
                self.at = attrs.evolve(self.at, now=max(self.at.now, until))
                return True
            ready = min(datetime.combine(owed.due, time(10), CHINA_TIME), owed.end - _HOUR)
            self.at = attrs.evolve(self.at, now=max(self.at.now, ready))
            if not self.meet(owed):
                break
        self.at = before
        return False

    def _falls_due(self, until: datetime) -> Deadline | None:
        """Return what falls due first of what must not be missed."""
        found = [d for d in self.running() if d.end <= until and not self._may_be_missed(d)]
        return min(found, key=lambda d: (d.end, d.limit, d.obligor), default=None)

    def _may_be_missed(self, deadline: Deadline) -> bool:
        limit = self.scene.lifecycle.by_limit[deadline.limit]
        return limit.soft or {rule.id for rule in limit.rules} <= self.breaks

    def running(self, *limits: str) -> list[Deadline]:
        """Return the deadlines that run."""
        owed = () if self.case is None else self.case.owed(*limits)
        return [d for d in owed if d.status is Status.OPEN and d.paused is None]

    def meet(self, deadline: Deadline) -> bool:
        """Do what meets a deadline, by whatever way."""
        key = deadline.limit, deadline.obligor, deadline.number

        def met(record: Record, _before: Case | None, _after: Case) -> bool:
            return any(isinstance(c, Met) and (c.limit, c.obligor, c.number) == key for c in record.changes)

        triggers = self.scene.lifecycle.by_limit[deadline.limit].met
        return any(self.perform(trigger, met, at_once=True) for trigger in triggers)

    def sweep(self) -> None:
        """Let the clock record what it has to say by now."""
        if self.case is not None:
            at = self.at.now
            record = clock(self.lenient, self.case, until=at, now=at, calendar=self.scene.calendar)
            if record is not None:
                self._take(record)

    # --- ways ---

    def reach(
        self, states: Collection[str], *, avoid: Collection[str] = (), at_once: bool = False, dutiful: bool = False
    ) -> bool:
        """Go to one of some states by the shortest way that can be gone; tell whether it was reached.

        Args:
            states: Where to.
            avoid: The triggers that are not used.
            at_once: Whether no day goes by.
            dutiful: Whether on the way everything is done that a duty asks for before the case ends.
        """
        before, closed = self.at, set[tuple[str, str, str]]()
        for _ in range(_STEPS):
            if self.case is not None and self.state in states:
                return True
            if dutiful:
                self.answer(avoid)
            edge = next(self._edges_towards(states, avoid, closed), None)
            if edge is None:
                break
            _, trigger, to = edge
            tries = self.tries
            if len(self.lenient.rows[self.state, trigger]) > 1:
                self.tries = min(tries, _FEW)  # which of several ways it takes seldom hangs on what is said
            done = self.do(trigger, _leading(to), at_once=at_once) or self.do(trigger, _gets_on, at_once=at_once)
            self.tries = tries
            if not done:
                closed.add(edge)
        self.at = before
        return False

    def _edges_towards(
        self, states: Collection[str], avoid: Collection[str], closed: Collection[tuple[str, str, str]]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield what leads from here towards some states: state, trigger and next state, the shortest way first."""
        far = self._distances(states, avoid, closed)
        found = [
            (far[to] + self._cost(to), place, (source, trigger, to))
            for place, (source, trigger, to) in enumerate(self._edges(avoid, closed))
            if source == self.state and to in far and to != source
        ]
        yield from (edge for _, _, edge in sorted(found))

    def _edges(
        self, avoid: Collection[str], closed: Collection[tuple[str, str, str]] = ()
    ) -> Iterator[tuple[str, str, str]]:
        for row in self.lenient.transitions:
            for source in row.sources or ("",):
                edge = source, row.trigger, source if row.to is None else row.to
                if row.trigger not in avoid and edge not in closed:
                    yield edge

    def _cost(self, state: str) -> int:
        return _FINAL_COSTS if self.lenient.by_state[state].final else 1

    def _distances(
        self, states: Collection[str], avoid: Collection[str], closed: Collection[tuple[str, str, str]]
    ) -> dict[str, int]:
        """Return how far each state is from the nearest of some states; a state that ends the case is far."""
        far = dict.fromkeys(states, 0)
        edges = list(self._edges(avoid, closed))
        for _ in range(len(self.lenient.states) + 1):
            for source, _trigger, to in edges:
                if to in far and far[to] + self._cost(to) < far.get(source, _HOPELESS):
                    far[source] = far[to] + self._cost(to)
        return far

    def perform(
        self, trigger: str, wish: Wish | None = None, *, avoid: Collection[str] = (), at_once: bool = False
    ) -> bool:
        """Go where something can be done and do it such that a wish comes true; tell whether that was possible."""
        before = self.at
        sources = [state for state, key in self.lenient.rows if key == trigger]
        ends = any(self.lenient.by_state[row.to].final for row in self._rows(trigger) if row.to is not None)
        if self.state in sources:
            if ends:
                self.answer(avoid)
            if self.do(trigger, wish, at_once=at_once):
                return True
            self.at = before
        far = {state: self._distances([state], avoid, ()).get(self.state, _HOPELESS) for state in sources}
        for state in sorted(sources, key=far.__getitem__)[:_PLACES]:
            if far[state] >= _HOPELESS or (state == self.state and self.case is not None):
                continue
            if state and not self.reach([state], avoid=avoid, at_once=at_once, dutiful=ends):
                continue
            if ends:
                self.answer(avoid)
            if self.do(trigger, wish, at_once=at_once):
                return True
            self.at = before
        return False

    def _rows(self, trigger: str) -> list[Transition]:
        return [row for row in self.lenient.transitions if row.trigger == trigger]

    def end(self, *, avoid: Collection[str] = ()) -> bool:
        """Bring the case to an end, doing first what duties ask for; tell whether that was possible."""
        before = self.at
        finals = [state.key for state in self.lenient.states if state.final]
        far = {state: self._distances([state], avoid, ()).get(self.state, _HOPELESS) for state in finals}
        best: tuple[int, Standing] | None = None
        for state in sorted(finals, key=far.__getitem__):
            if far[state] >= _HOPELESS or not self.reach([state], avoid=avoid, dutiful=True):
                continue
            unwanted = self.unwanted()
            if best is None or unwanted < best[0]:
                best = unwanted, self.at
            self.at = before
            if not unwanted:
                break
        if best is None:
            return False
        self.at = best[1]
        never = {duty.label for duty in self.scene.lifecycle.duties if isinstance(duty, Never)}
        for _ in range(_MENDS):
            if not any(
                finding.label in never and finding.code not in self.breaks for finding in self.audited().findings
            ):
                break  # what other duties ask for was done as far as it can be
            best = self._mended(best, avoid)
        return True

    def _mended(self, best: tuple[int, Standing], avoid: Collection[str]) -> tuple[int, Standing]:
        """Search for an act before the last one after which less is found that need not be."""
        ended, before = best[1], best[1].previous
        if before is None or before.case is None:
            return best
        last = ended.records[-1].trigger
        for trigger, switch in (*self.mends, *self._staying(before.case.state, avoid)):
            self.at = before
            if not self.do(trigger, None if switch is None else saying(*switch), at_once=True):
                continue
            if self.do(last, at_once=True) and (found := self.unwanted()) < best[0]:
                self.mended.append((trigger, switch))
                return found, self.at
        self.at = ended
        return best

    def _staying(self, state: str, avoid: Collection[str]) -> Iterator[Mend]:
        """Yield what can be done in a state without leaving it, with each choice that it can say."""
        for trigger in self.lenient.possible[state]:
            kind = self.lenient.by_trigger[trigger].content
            if trigger not in avoid and any(row.to is None for row in self._rows(trigger)):
                yield trigger, None
                yield from ((trigger, switch) for switch in (() if kind is None else switches(kind)))

    def answer(self, avoid: Collection[str] = ()) -> None:
        """Do what duties ask for, as far as it can be done where the case stands without going anywhere."""
        for duty in self.scene.lifecycle.duties:
            if not isinstance(duty, Response) or {rule.id for rule in duty.rules} <= self.breaks or self.case is None:
                continue
            for who in ("",) if duty.each is None else duty.each.members(self.case):
                if self._is_owed(duty, who):
                    self._answer_one(duty, who, avoid)

    def _is_owed(self, duty: Response, who: str) -> bool:
        asked = [place for place, act in enumerate(self.acts) if act.trigger == duty.trigger]
        later = self.acts[asked[-1] + 1 :] if asked else []
        answered = any(act.trigger in duty.answers and (not who or who in act.obligors) for act in later)
        return bool(asked) and not answered

    def _stays(self, trigger: str) -> bool:
        return any(row.to in {None, self.state} for row in self.lenient.rows.get((self.state, trigger), ()))

    def _answer_one(self, duty: Response, who: str, avoid: Collection[str]) -> None:
        def counts(record: Record, _before: Case | None, _after: Case) -> bool:
            return record.after == record.before and (not who or who in record.obligors)

        here = [key for key in duty.answers if key not in avoid and self._stays(key)]
        any(self.do(trigger, counts, at_once=True) for trigger in here)


def _leading(to: str) -> Wish:
    """Return the wish that an act leads to a state."""
    return lambda record, _before, _after: record.after == to


def _gets_on(record: Record, before: Case | None, _after: Case) -> bool:
    """Tell whether an act brings a case nearer to where it does not lead yet: something owed was met by it."""
    return before is not None and any(isinstance(change, Met) for change in record.changes)


def saying(field: str, value: object) -> Wish:
    """Return the wish that an act says something."""
    return lambda record, _before, _after: says(record.content, field, value)


def both(first: Wish | None, second: Wish) -> Wish:
    """Return the wish that two wishes come true."""
    if first is None:
        return second
    return lambda record, before, after: first(record, before, after) and second(record, before, after)

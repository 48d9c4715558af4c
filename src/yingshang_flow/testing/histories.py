"""A Hypothesis strategy for whole histories that break exactly the rules that are asked for.

Every history was made by ``decide`` and ``evolve``. Where it breaks what a guard asks for, it was made as by a system
that does not ask for that; late is late, and what a duty asks for was left out. The audit is the judge: none is given
that breaks another rule, or that is irregular.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import islice, permutations, product
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from yingshang_flow.core.case import Case
from yingshang_flow.core.duty import AcrossCases
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Opening
from yingshang_flow.deadlines import FixedDate, WorkingCalendar, china
from yingshang_flow.errors import HistoryError
from yingshang_flow.testing.breaking import Way, lenient, rule_of, ways_of, why_not
from yingshang_flow.testing.history import History
from yingshang_flow.testing.saying import MADE_UP_UNITS, Pool, differing, switches
from yingshang_flow.testing.strategies import FIRST
from yingshang_flow.testing.walking import Chooser, Mend, Plainly, Scene, Walk
from yingshang_flow.words import Cited

Bent = tuple[str, str, Any]

_BEFORE_A_DATE: Final = timedelta(days=28)
_MOST_RECIPES: Final = 60
_MOST_BENT: Final = 60
_DIFFERENT: Final = 24


def histories(
    lifecycle: Lifecycle,
    *,
    breaks: Collection[str] = frozenset(),
    calendar: WorkingCalendar | None = None,
    start: date | None = None,
    parent: Case | None = None,
    origin: Case | None = None,
) -> st.SearchStrategy[History]:
    """Give histories of one case that break exactly the rules named: every other one is kept, or cannot be told.

    None of them is irregular: no act is out of order or in a wrong role.

    Args:
        lifecycle: The procedure.
        breaks: The ids of the rules that are broken; none for histories that comply.
        calendar: The working days; those of China unless given.
        start: The day on or soon after which a case begins; four weeks before the first date that a limit sets unless
            given, or 10 December 2018 where none does.
        parent: The case that each of them is a part of, where the procedure asks for one.
        origin: The case that gave reason to open each of them.

    Raises:
        UnknownError: The procedure has no such rule.
        HistoryError: The history of one case cannot break exactly these rules; it says why.
    """
    if isinstance(breaks, str):
        breaks = {breaks}
    made = lifecycle.derived(_Made)
    asked = frozenset(breaks), calendar, start, parent, origin
    for known, maker in made:
        if known == asked:
            return maker.strategy()
    maker = _Maker.of(lifecycle, breaks, calendar=calendar, start=start, parent=parent, origin=origin)
    found = maker.strategy()
    made.append((asked, maker))
    return found


@attrs.frozen
class _Recipe:
    """What is done in turn to break some rules."""

    ways: tuple[Way, ...]
    bent: Bent | None = None


@attrs.frozen(slots=False, eq=False)
class _Maker:
    """Makes histories of one procedure that break some rules."""

    scene: Scene
    breaks: frozenset[str]
    lenient: Lifecycle
    recipes: tuple[_Recipe, ...]
    _plain: dict[int, History | None] = attrs.field(factory=dict, init=False)
    _mends: list[Mend] = attrs.field(factory=list, init=False)

    @classmethod
    def of(
        cls,
        lifecycle: Lifecycle,
        breaks: Collection[str],
        *,
        calendar: WorkingCalendar | None = None,
        start: date | None = None,
        parent: Case | None = None,
        origin: Case | None = None,
    ) -> "_Maker":
        opening = Opening(
            lifecycle.key,
            lifecycle.version,
            lifecycle.profile,
            fingerprint(lifecycle),
            None if parent is None else parent.id,
            None if origin is None else origin.id,
        )
        begin = _first_day(lifecycle) if start is None else start
        scene = Scene(lifecycle, calendar or china(), begin, MADE_UP_UNITS[:1], opening, parent, origin)
        loose = lenient(lifecycle, breaks)
        return cls(scene, frozenset(breaks), loose, tuple(islice(_recipes(scene, breaks), _MOST_RECIPES)))

    @cached_property
    def sure(self) -> _Recipe:
        """A recipe that is known to come out."""
        for number, recipe in enumerate(self.recipes):
            if self.plain(number) is not None:
                return recipe
        for recipe in islice(self._bent(), _MOST_BENT):
            if self.made(recipe, Plainly()) is not None:
                return recipe
        raise HistoryError(self._impossible())

    @cached_property
    def surely(self) -> History:
        """What comes out of it; what helped it to its end is tried first from then on."""
        walk = self.walked(self.sure, Plainly())
        self._mends.extend(() if walk is None else walk.mended)
        made = self.made(self.sure, Plainly())
        assert made is not None  # noqa: S101  # it came out before
        return made

    def strategy(self) -> st.SearchStrategy[History]:
        """Give what comes out of any recipe, however the free choices fall."""
        surely = self.surely

        @st.composite
        def drawn(draw: st.DrawFn) -> History:
            number = draw(st.integers(0, len(self.recipes) - 1))
            plain = self.plain(number)
            recipe, kept = (self.sure, surely) if plain is None else (self.recipes[number], plain)
            if not draw(st.booleans()):
                return kept
            units = MADE_UP_UNITS[: draw(st.integers(1, len(MADE_UP_UNITS)))]
            days = draw(st.integers(0, 6))
            scene = attrs.evolve(self.scene, units=units, start=self.scene.start + timedelta(days=days))
            more = draw(st.integers(0, 3))
            return self.made(recipe, Drawn(draw), scene, more=more) or kept

        return drawn()

    def plain(self, number: int) -> History | None:
        """Return what comes out of a recipe when nothing is chosen; none when that breaks other rules."""
        if number not in self._plain:
            self._plain[number] = self.made(self.recipes[number], Plainly())
        return self._plain[number]

    def walked(self, recipe: _Recipe, choose: Chooser, scene: Scene | None = None, *, more: int = 0) -> Walk | None:
        """Return the walk of a recipe; none where it could not be gone."""
        walk = Walk(scene or self.scene, choose, self.breaks, self.lenient)
        walk.bent, walk.mends = recipe.bent, tuple(self._mends)
        if not all(way.go(walk) for way in recipe.ways):
            return None
        ended = any(way.ends for way in recipe.ways)
        for _ in range(0 if ended else more):
            _wander(walk)
        walk.wait(walk.at.now + timedelta(days=choose.days()))
        walk.sweep()
        return walk

    def made(self, recipe: _Recipe, choose: Chooser, scene: Scene | None = None, *, more: int = 0) -> History | None:
        """Return the history of a recipe if it breaks what it should and nothing else."""
        walk = self.walked(recipe, choose, scene, more=more)
        if walk is None or walk.case is None or walk.broken() != self.breaks:
            return None
        linked = dict(walk.scene.linked)
        return History(self.scene.lifecycle, walk.at.records, walk.at.now, self.scene.calendar, self.breaks, linked)

    def _bent(self) -> Iterator[_Recipe]:
        """Yield the recipes with something said on the way that may decide how the case goes on."""
        for recipe in self.recipes:
            walk = Walk(self.scene, Plainly(), self.breaks, self.lenient)
            all(way.go(walk) for way in recipe.ways)
            for trigger in reversed(walk.passed):
                content = self.lenient.by_trigger[trigger].content
                if content is not None:
                    yield from (_Recipe(recipe.ways, (trigger, *switch)) for switch in switches(content))

    def _least(self, recipe: _Recipe, broken: frozenset[str]) -> frozenset[str]:
        """Return the fewest rules, of some that a recipe breaks together, without which it cannot be."""
        for rule in sorted(broken - self.breaks):
            fewer = broken - {rule}
            if _Maker(self.scene, fewer, lenient(self.scene.lifecycle, fewer), ()).made(recipe, Plainly()) is not None:
                broken = fewer
        return broken

    def _impossible(self) -> str:
        """Return why no recipe came out: what it breaks besides, or that nothing gets there."""
        lifecycle, wanted = self.scene.lifecycle, ", ".join(sorted(self.breaks)) or "nothing"
        said = f"{lifecycle.key} ({lifecycle.profile}): no history of one case breaks exactly {wanted}"
        anything = {rule.id for rule in lifecycle.rules}
        most = _Maker(self.scene, frozenset(anything), lenient(lifecycle, anything), self.recipes)
        also: list[frozenset[str]] = []
        for recipe in self.recipes:
            walk = most.walked(recipe, Plainly())
            if walk is not None and walk.case is not None and self.breaks < walk.broken() <= anything:
                also.append(self._least(recipe, walk.broken()))
        if also:
            others = sorted(min(also, key=len) - self.breaks)
            if not self.breaks:
                return f"{said}: {', '.join(others)} always is; give the parent or the origin that it asks for"
            return f"{said}: what breaks it breaks {', '.join(others)} too; ask for all of them"
        across = [
            rule.id
            for duty in lifecycle.duties
            if isinstance(duty, AcrossCases)
            for rule in duty.rules
            if rule.id in self.breaks
        ]
        if across:
            return f"{said}: {', '.join(across)} compares several cases; break it with several histories and audit_all"
        tried = "; ".join(dict.fromkeys(way.name for recipe in self.recipes for way in recipe.ways))
        return f"{said}: there is no such act, or no occasion without a parent or an origin; tried: {tried}"


class _Made(list[tuple[object, _Maker]]):
    """What was made for a lifecycle, by what was asked for: a strategy is asked for again with every example."""

    def __init__(self, _lifecycle: Lifecycle) -> None:
        super().__init__()


def _recipes(scene: Scene, breaks: Collection[str]) -> Iterator[_Recipe]:
    """Yield what can be done to break some rules, the simplest first; to break none, any way to any state."""
    lifecycle = scene.lifecycle
    if not breaks:
        yield from (_Recipe((_to(state.key, final=state.final),)) for state in lifecycle.states)
        return
    found: list[list[Way]] = []
    for rule in sorted(breaks):
        ways = ways_of(lifecycle, rule_of(lifecycle, rule))
        if not ways:
            why = why_not(lifecycle, rule_of(lifecycle, rule))
            raise HistoryError(
                f"{lifecycle.key} ({lifecycle.profile}): the history of one case cannot break {rule}: {why}"
            )
        found.append(ways)
    if len(found) > 1:  # one act can break all of them
        yield from (_Recipe((way,)) for ways in found for way in ways)
    for chosen in sorted(product(*(range(len(ways)) for ways in found)), key=sum):
        ways = [ways[number] for ways, number in zip(found, chosen, strict=True)]
        for order in permutations(ways):
            if not any(way.ends for way in order[:-1]):
                yield _Recipe(order)


def _to(state: str, *, final: bool) -> Way:
    return Way(f"to {state}", lambda walk: walk.reach([state], dutiful=True), final)


def _wander(walk: Walk) -> None:
    """Do anything that is let through, does not end the case and breaks nothing else; nothing if that is not so."""
    triggers = walk.lenient.possible[walk.state]
    before = walk.at
    if not triggers:
        return
    done = walk.do(triggers[walk.choose.index(len(triggers))])
    if done and (walk.lenient.by_state[walk.state].final or not walk.broken() <= walk.breaks):
        walk.at = before


def _first_day(lifecycle: Lifecycle) -> date:
    """Return a day on which every date that a limit sets still lies ahead."""
    periods = [limit.period.value for limit in lifecycle.by_limit.values() if isinstance(limit.period, Cited)]
    dates = [period.date for period in periods if isinstance(period, FixedDate)]
    return min(dates) - _BEFORE_A_DATE if dates else FIRST


@attrs.frozen
class Drawn:
    """Makes the free choices of a walk by drawing them; the simplest is nought."""

    draw: Callable[[st.SearchStrategy[Any]], Any]

    def days(self) -> int:
        """Let a few days go by."""
        days: int = self.draw(st.sampled_from([0, 0, 0, 1, 2, 5]))
        return days

    def content(self, plain: object, pool: Pool) -> object:
        """Say something else in up to two places."""
        for _ in range(self.draw(st.sampled_from([0, 0, 1, 2]))):
            others = list(islice(differing(plain, pool), _DIFFERENT))
            plain = self.draw(st.sampled_from(others)) if others else plain
        return plain

    def index(self, number: int) -> int:
        """Take any."""
        index: int = self.draw(st.integers(0, number - 1))
        return index

"""Checks of a locality's values: periods, warnings, extensions and dates that cannot stand together."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from yingshang_flow.core.analysis.issue import NOTE, WARNING, Issue, Kind
from yingshang_flow.core.analysis.spans import not_longer, shorter
from yingshang_flow.core.analysis.ways import START, ways
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Rung, TimeLimit
from yingshang_flow.deadlines import CalendarDays, FixedDate, Period, WorkingDays
from yingshang_flow.words import Cited, Label

WARNS_TOO_EARLY: Final = Kind(
    "warns_too_early",
    WARNING,
    Label(
        "时限 {limit!r} 的预警 {before} 不短于期限 {period}：预警总落在起算之日或之前，从不发出",
        "limit {limit!r} warns {before} before its end, but runs only {period}: the warning never comes",
    ),
)
RUNG_TOO_EARLY: Final = Kind(
    "rung_too_early",
    WARNING,
    Label(
        "时限 {limit!r} 的提醒 {rung!r} 提前 {before}，不短于期限 {period}：一起算就已到提醒之日",
        "limit {limit!r} has a rung {rung!r} {before} before its end, but runs only {period}: it is due from the start",
    ),
)
LADDER_UNORDERED: Final = Kind(
    "ladder_unordered",
    NOTE,
    Label(
        "时限 {limit!r} 的提醒 {rung!r} 写在 {other!r} 之后，却先于它发出",
        "limit {limit!r} has a rung {rung!r} written after {other!r}, but said before it",
    ),
)
LAMP_TOO_EARLY: Final = Kind(
    "lamp_too_early",
    WARNING,
    Label(
        "时限 {limit!r} 的{lamp}灯在剩余 {before} 时亮，而期限只有 {period}：从不亮绿灯",
        "the {lamp} lamp of limit {limit!r} comes on with {before} left, but it runs only {period}: it is never green",
    ),
)
EXTENDS_NOTHING: Final = Kind(
    "extends_nothing",
    WARNING,
    Label(
        "时限 {limit!r} 经事项 {trigger!r} 延至 {ceiling}，不长于原期限 {period}：延期不起作用",
        "limit {limit!r} is extended by trigger {trigger!r} to {ceiling} from its start, no longer than its {period}: "
        "the extension adds nothing",
    ),
)
ENDS_BEFORE_ITS_TURN: Final = Kind(
    "ends_before_its_turn",
    WARNING,
    Label(
        "时限 {limit!r}（{period}）先于时限 {earlier!r}（{other}）到期，而履行它须先履行后者",
        "limit {limit!r} ends ({period}) before limit {earlier!r} does ({other}), but what meets it comes only after "
        "what meets that one",
    ),
)
ENDS_BEFORE_IT_HOLDS: Final = Kind(
    "ends_before_it_holds",
    WARNING,
    Label(
        "时限 {limit!r} 到期于 {day}，早于这些规定施行之日 {since}",
        "limit {limit!r} ends on {day}, before these values hold from {since} on",
    ),
)

_YELLOW: Final = Label("黄", "yellow")
_RED: Final = Label("红", "red")


def amounts(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield values of limits that cannot stand together."""
    for limit in lifecycle.by_limit.values():
        if isinstance(limit.period, Cited):
            yield from _against_the_period(limit, limit.period.value)
        yield from _ladder(limit)
    yield from _turns(lifecycle)


def _against_the_period(limit: TimeLimit, period: Period) -> Iterator[Issue]:
    if limit.warn is not None and not_longer(period, limit.warn.value):
        yield WARNS_TOO_EARLY(limit=limit.key, before=_said(limit.warn.value), period=_said(period))
    for rung in limit.ladder:
        if rung.before is not None and not_longer(period, rung.before.value):
            yield RUNG_TOO_EARLY(limit=limit.key, rung=rung.key, before=_said(rung.before.value), period=_said(period))
    if limit.lamps is not None:
        for lamp, left in ((_YELLOW, limit.lamps.value.yellow), (_RED, limit.lamps.value.red)):
            if isinstance(left, WorkingDays) and not_longer(period, left):
                yield LAMP_TOO_EARLY(limit=limit.key, lamp=lamp, before=_said(left), period=_said(period))
                break
    for trigger, ceiling in limit.extended.items():
        if isinstance(ceiling, Cited) and not_longer(ceiling.value, period):
            yield EXTENDS_NOTHING(limit=limit.key, trigger=trigger, ceiling=_said(ceiling.value), period=_said(period))


def _ladder(limit: TimeLimit) -> Iterator[Issue]:
    """Yield rungs that are not written in the order in which they are said."""
    for place, rung in enumerate(limit.ladder):
        later = next((other for other in limit.ladder[:place] if _said_before(rung, other)), None)
        if later is not None:
            yield LADDER_UNORDERED(limit=limit.key, rung=rung.key, other=later.key)


def _said_before(one: Rung, other: Rung) -> bool:
    """Tell whether a rung is surely said before another one."""
    if one.before is not None:
        return other.before is None or shorter(other.before.value, one.before.value)
    if one.after is not None:
        return other.after is not None and shorter(one.after.value, other.after.value)
    return other.after is not None


def _turns(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield limits that end before another one whose act has to come first."""
    found = lifecycle.derived(ways)
    single = [limit for limit in lifecycle.by_limit.values() if isinstance(limit.period, Cited) and not limit.repeats]
    for first in single:
        without = found.reached([START], without=first.met)
        for limit in single:
            if _ends_before(limit, first) and not any(
                edge.trigger in limit.met for node in without for edge in found.edges[node]
            ):
                way = found.first(lambda edge, limit=limit: edge.trigger in limit.met) or ()  # type: ignore[misc]  # its default
                period, other = _said(_period(limit)), _said(_period(first))
                yield ENDS_BEFORE_ITS_TURN(limit=limit.key, earlier=first.key, period=period, other=other, way=way)


def _ends_before(limit: TimeLimit, first: TimeLimit) -> bool:
    mine, theirs = _period(limit), _period(first)
    dates = isinstance(mine, FixedDate) and isinstance(theirs, FixedDate)
    together = set(limit.starts) == set(first.starts) and limit.where == first.where
    return shorter(mine, theirs) and (dates or together)


def _period(limit: TimeLimit) -> Period:
    return limit.period.value if isinstance(limit.period, Cited) else CalendarDays(1)


def _said(period: Period) -> Label:
    return Label(period.text("zh"), period.text("en"))


def held_since(lifecycle: Lifecycle, since: date) -> Iterator[Issue]:
    """Yield limits that end on a date before a locality's values hold.

    Args:
        lifecycle: The procedure.
        since: The date from which they hold.
    """
    for limit in lifecycle.by_limit.values():
        if isinstance(limit.period, Cited) and isinstance(limit.period.value, FixedDate):
            day = limit.period.value.date
            if day < since:
                yield ENDS_BEFORE_IT_HOLDS(limit=limit.key, day=day, since=since)


KINDS: Final = (
    *(WARNS_TOO_EARLY, RUNG_TOO_EARLY, LADDER_UNORDERED, LAMP_TOO_EARLY, EXTENDS_NOTHING),
    *(ENDS_BEFORE_ITS_TURN, ENDS_BEFORE_IT_HOLDS),
)
"""Everything these checks can find."""

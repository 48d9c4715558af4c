"""Whom a locality lets the clock remind of which deadline, and when its lamp changes: values of every procedure."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

import attrs

from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Rung, TimeLimit
from yingshang_flow.deadlines import Lamps, Period
from yingshang_flow.errors import DeadlineError
from yingshang_flow.words import Cited, Label

T = TypeVar("T")


@attrs.frozen
class Reminder:
    """One rung of the ladder of a limit: said once for each of its deadlines, if something is still owed then.

    Attributes:
        limit: The key of the limit.
        rung: The key of the rung, unique for the limit.
        to: The key of the role it is said to.
        zh: What is said, in Chinese.
        en: What is said, in English.
        before: How long before the due date; with neither this nor ``after``, on the day.
        after: How long after the due date.
        calls_for: The key of the lifecycle that a person should open because of it.
    """

    limit: str
    rung: str
    to: str
    zh: str
    en: str
    before: Period | None = None
    after: Period | None = None
    calls_for: str = ""


@attrs.frozen
class Lights:
    """When the lamp of a limit's deadlines changes, by working days left or by a share of the budget left.

    Attributes:
        limit: The key of the limit.
        yellow: For example ``3工作日`` or ``1/4``.
        red: Likewise; what is over is red anyway.
    """

    limit: str
    yellow: str
    red: str | None = None


@attrs.frozen
class Reminding:
    """What a profile can set for any limit of a procedure; the values of every procedure begin with it.

    Attributes:
        reminders: The rungs of all ladders.
        lamps: The lamps of limits that do not change as usual.
    """

    reminders: Annotated[Cited[tuple[Reminder, ...]] | None, Label("提醒", "reminders")]
    lamps: Annotated[Cited[tuple[Lights, ...]] | None, Label("红黄灯", "lamps")]


def reminding(lifecycle: Lifecycle, values: Reminding) -> Lifecycle:
    """Return a lifecycle whose limits have the ladders and lamps that a locality sets."""
    if values.reminders is None and values.lamps is None:
        return lifecycle
    return attrs.evolve(lifecycle, limits=[_reminding(limit, values) for limit in lifecycle.limits])


def reminder_faults(lifecycle: Lifecycle, values: Reminding) -> Iterator[str]:
    """Yield the reminders and lamps of limits that there are not, roles nobody acts in, and lamps that cannot be."""
    for name, set_for in (("reminders", values.reminders), ("lamps", values.lamps)):
        for item in () if set_for is None else set_for.value:
            if item.limit not in lifecycle.by_limit:
                known = ", ".join(lifecycle.by_limit)
                yield f"{name}: there is no limit {item.limit!r} here; there are {known}"
    for reminder in () if values.reminders is None else values.reminders.value:
        if reminder.to not in lifecycle.roles:
            known = ", ".join(lifecycle.roles)
            yield f"reminders: {reminder.rung} is said to {reminder.to!r}, a role nobody acts in; there are {known}"
    for lights in () if values.lamps is None else values.lamps.value:
        try:
            Lamps(lights.yellow, lights.red)
        except DeadlineError as exc:
            yield f"lamps: {lights.limit}: {exc}"


def _reminding(limit: TimeLimit, values: Reminding) -> TimeLimit:
    ladder, lamps = limit.ladder, limit.lamps
    if values.reminders is not None:
        said = values.reminders
        ladder = (*ladder, *(_rung(one, said) for one in said.value if one.limit == limit.key))
    if values.lamps is not None:
        for lights in values.lamps.value:
            if lights.limit == limit.key:
                lamps = _cited_as(values.lamps, Lamps(lights.yellow, lights.red))
    return attrs.evolve(limit, ladder=ladder, lamps=lamps)


def _rung(reminder: Reminder, said: Cited[tuple[Reminder, ...]]) -> Rung:
    return Rung(
        reminder.rung,
        Label(reminder.zh, reminder.en),
        to=reminder.to,
        before=None if reminder.before is None else _cited_as(said, reminder.before),
        after=None if reminder.after is None else _cited_as(said, reminder.after),
        calls_for=reminder.calls_for,
    )


def _cited_as(whole: Cited[Any], part: T) -> Cited[T]:
    """Return a part of a value, cited as the whole of it is."""
    return attrs.evolve(whole, value=part)

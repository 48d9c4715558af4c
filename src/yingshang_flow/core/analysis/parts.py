"""Checks of requirements, limits, duties and tallies: what they name has to exist, what they wait for to happen."""

from collections.abc import Iterator
from typing import Final

from yingshang_flow.core.analysis.homes import all_requirements, fields_of, named_rules, triggers_of
from yingshang_flow.core.analysis.issue import ERROR, Issue, Kind
from yingshang_flow.core.duty import InTime
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Entering, FromContent, Signal, TimeLimit
from yingshang_flow.core.requirement import Given, Settled
from yingshang_flow.deadlines import FixedDate, Timetable
from yingshang_flow.deadlines.period import ends_in_a_half
from yingshang_flow.words import Cited, Label

NEED_OF_NO_RULE: Final = Kind(
    "need_of_no_rule",
    ERROR,
    Label("事项 {trigger!r} 的一项要求不属于任何规则", "a requirement of {trigger!r} belongs to no rule"),
)
NEED_OF_NO_LIMIT: Final = Kind(
    "need_of_no_limit",
    ERROR,
    Label(
        "事项 {trigger!r} 的一项要求所指的时限 {limit!r} 没有定义",
        "a requirement of {trigger!r} names a limit {limit!r} that is not defined",
    ),
)
NEED_OF_NO_FIELD: Final = Kind(
    "need_of_no_field",
    ERROR,
    Label(
        "事项 {trigger!r} 的一项要求所指的字段 {field!r} 不在其内容中",
        "a requirement of {trigger!r} names a field {field!r} its content does not have",
    ),
)
LIMIT_AWAITS_NOTHING: Final = Kind(
    "limit_awaits_nothing",
    ERROR,
    Label("时限 {limit!r} 所等待的{signal}从不发生", "limit {limit!r} waits for {signal}, which never happens"),
)
LIMIT_NEVER_STARTED: Final = Kind(
    "limit_never_started", ERROR, Label("时限 {limit!r} 从不起算", "limit {limit!r} is never started")
)
LIMIT_NEVER_MET: Final = Kind(
    "limit_never_met", ERROR, Label("时限 {limit!r} 从不会被履行", "limit {limit!r} is never met")
)
LIMIT_OF_OTHERS: Final = Kind(
    "limit_of_others",
    ERROR,
    Label(
        "时限 {limit!r} 由每个 {each} 各自承担，而事项 {trigger!r} 不是",
        "limit {limit!r} is owed by each {each}, but trigger {trigger!r} is not",
    ),
)
RUNG_CONFUSED: Final = Kind(
    "rung_confused",
    ERROR,
    Label(
        "时限 {limit!r} 的提醒 {rung!r} 出现两次，或既在到期前又在到期后",
        "limit {limit!r} has a rung {rung!r} that stands twice, or comes both before and after",
    ),
)
RUNG_FOR_NOBODY: Final = Kind(
    "rung_for_nobody",
    ERROR,
    Label(
        "时限 {limit!r} 的提醒 {rung!r} 发给 {role!r}，但没有这一角色",
        "limit {limit!r} has a rung {rung!r} for {role!r}, which nobody is",
    ),
)
PERIOD_UNFIT: Final = Kind("period_unfit", ERROR, Label("limit {limit!r} {what}", "limit {limit!r} {what}"))
PAUSED_BY_HALF: Final = Kind(
    "paused_by_half",
    ERROR,
    Label(
        "时限 {limit!r} 只有中止没有恢复，或只有恢复没有中止",
        "limit {limit!r} is paused and never resumed, or resumed and never paused",
    ),
)
FIELD_NOT_GIVEN: Final = Kind(
    "field_not_given",
    ERROR,
    Label(
        "时限 {limit!r} 要读字段 {field!r}，而{signal}不提供",
        "limit {limit!r} reads field {field!r}, which {signal} does not give",
    ),
)
DUTY_OF_NO_TRIGGER: Final = Kind(
    "duty_of_no_trigger",
    ERROR,
    Label(
        "{rules} 的一项职责所指的事项 {trigger!r} 没有定义",
        "a duty of {rules} names a trigger {trigger!r} not defined",
    ),
)
GROUND_OF_NO_TRIGGER: Final = Kind(
    "ground_of_no_trigger",
    ERROR,
    Label(
        "事由 {ground!r} 所指的事项 {trigger!r} 没有定义",
        "ground {ground!r} names a trigger {trigger!r} not defined",
    ),
)
DUTY_OF_NO_LIMIT: Final = Kind(
    "duty_of_no_limit",
    ERROR,
    Label("{rules} 的一项职责所指的时限 {limit!r} 没有定义", "a duty of {rules} names a limit {limit!r} not defined"),
)

TALLY_OF_NO_TRIGGER: Final = Kind(
    "tally_of_no_trigger",
    ERROR,
    Label("计数 {tally!r} 所指的事项 {trigger!r} 没有定义", "tally {tally!r} names a trigger {trigger!r} not defined"),
)
TALLY_OF_NO_LIMIT: Final = Kind(
    "tally_of_no_limit",
    ERROR,
    Label("计数 {tally!r} 所指的时限 {limit!r} 没有定义", "tally {tally!r} names a limit {limit!r} not defined"),
)
TALLY_CONFUSED: Final = Kind(
    "tally_confused",
    ERROR,
    Label(
        "计数 {tally!r} 须且只须计 acts、cases、due、in_time 之一，且键不得重复",
        "tally {tally!r} stands twice, or does not count one of acts, cases, due and in_time",
    ),
)
TALLY_FOR_NOBODY: Final = Kind(
    "tally_for_nobody",
    ERROR,
    Label("计数 {tally!r} 没有 units，不知为谁而计", "tally {tally!r} has no units, so nobody is counted for"),
)

_REPEATS_A_DATE: Final = Label("重复一个固定日期", "repeats a fixed date")
_KEPT_ONCE: Final = Label(
    "按时间表计算，但不重复，只有第一个日期有效",
    "keeps to a timetable, of which only the first date is owed unless it repeats",
)
_REPEATS_AND_EXTENDED: Final = Label(
    "既重复又可延期；下一次与延后的期限无从区分",
    "repeats and is extended; the next time could not be told from the later end",
)
_REPEATS_AND_PAUSED: Final = Label(
    "既重复又可中止；下一次与扣除的日子无从区分",
    "repeats and is paused; the next time could not be told from what was excluded",
)


def requirements(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield requirements that name fields or limits that do not exist."""
    known = {limit.key for limit in lifecycle.limits}
    for row, requirement in all_requirements(lifecycle):
        if not requirement.rules:
            yield NEED_OF_NO_RULE(trigger=row.trigger)
        if isinstance(requirement, Settled):
            for key in requirement.limits:
                if key not in known:
                    yield NEED_OF_NO_LIMIT(trigger=row.trigger, limit=key)
        if isinstance(requirement, Given) and row.trigger in lifecycle.by_trigger:
            content = lifecycle.by_trigger[row.trigger].content
            for name in requirement.fields:
                if content is None or name not in fields_of(content):
                    yield NEED_OF_NO_FIELD(trigger=row.trigger, field=name)


def limits(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield limits that never start, are never met, or whose obligors do not fit their triggers."""
    used = {row.trigger for row in lifecycle.transitions}
    for limit in lifecycle.by_limit.values():
        for signal in _awaited(lifecycle, limit):
            yield LIMIT_AWAITS_NOTHING(limit=limit.key, signal=said(signal))
        if not limit.starts:
            yield LIMIT_NEVER_STARTED(limit=limit.key)
        met = [trigger for trigger in limit.met if trigger in used]
        if not met:
            yield LIMIT_NEVER_MET(limit=limit.key)
        if limit.each is not None:
            for trigger in met:
                counted = lifecycle.by_trigger.get(trigger)
                if counted is not None and (
                    counted.each is None or counted.each not in {limit.each, limit.each.within}
                ):
                    yield LIMIT_OF_OTHERS(limit=limit.key, each=limit.each.key, trigger=trigger)
        yield from _period(lifecycle, limit)
        yield from _ladder(lifecycle, limit)


def _ladder(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[Issue]:
    """Yield rungs that cannot be told apart, know no time or nobody to tell."""
    rungs = [rung.key for rung in limit.ladder]
    for rung in limit.ladder:
        if rungs.count(rung.key) > 1 or (rung.before is not None and rung.after is not None):
            yield RUNG_CONFUSED(limit=limit.key, rung=rung.key)
        if rung.to and rung.to not in lifecycle.roles:
            yield RUNG_FOR_NOBODY(limit=limit.key, rung=rung.key, role=rung.to)


def _awaited(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[Signal]:
    """Yield the signals a limit waits for that no row gives."""
    used = {row.trigger for row in lifecycle.transitions}
    entered = {row.to for row in lifecycle.transitions if row.to is not None}
    left = {source for row in lifecycle.transitions if row.to is not None for source in row.sources if source != row.to}
    for signal in (*limit.starts, *limit.stops, *limit.extended, *limit.revived, *limit.paused, *limit.resumed):
        known = used if isinstance(signal, str) else entered if isinstance(signal, Entering) else left
        name = signal if isinstance(signal, str) else signal.state
        if name not in known:
            yield signal


def _period(lifecycle: Lifecycle, limit: TimeLimit) -> Iterator[Issue]:
    period = limit.period.value if isinstance(limit.period, Cited) else None
    if isinstance(period, FixedDate) and limit.repeats:
        yield PERIOD_UNFIT(limit=limit.key, what=_REPEATS_A_DATE)
    if period is not None and ends_in_a_half(period) and limit.repeats:
        what = Label(
            f"每 {period} 重复一次，但半个工作日只能计算一次",
            f"repeats every {period}, but half working days are counted once only",
        )
        yield PERIOD_UNFIT(limit=limit.key, what=what)
    if isinstance(period, Timetable) and not limit.repeats:
        yield PERIOD_UNFIT(limit=limit.key, what=_KEPT_ONCE)
    if limit.repeats and limit.extended:
        yield PERIOD_UNFIT(limit=limit.key, what=_REPEATS_AND_EXTENDED)
    if limit.repeats and limit.paused:
        yield PERIOD_UNFIT(limit=limit.key, what=_REPEATS_AND_PAUSED)
    if bool(limit.paused) != bool(limit.resumed):
        yield PAUSED_BY_HALF(limit=limit.key)
    read: list[tuple[FromContent, Signal]] = []
    if isinstance(limit.period, FromContent):
        read += [(limit.period, signal) for signal in limit.starts]
    read += [(period, signal) for signal, period in limit.extended.items() if isinstance(period, FromContent)]
    for told, signal in read:
        trigger = lifecycle.by_trigger.get(signal) if isinstance(signal, str) else None
        if trigger is None or trigger.content is None or told.field not in fields_of(trigger.content):
            yield FIELD_NOT_GIVEN(limit=limit.key, field=told.field, signal=said(signal))


def said(signal: Signal) -> Label:
    """Return a signal in words."""
    if isinstance(signal, str):
        return Label(f"事项 {signal!r} ", f"trigger {signal!r}")
    if isinstance(signal, Entering):
        return Label(f"进入 {signal.state!r} ", f"entering {signal.state!r}")
    return Label(f"离开 {signal.state!r} ", f"leaving {signal.state!r}")


def duties(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield duties and grounds that speak of triggers or limits that do not exist."""
    known = {limit.key for limit in lifecycle.limits}
    for duty in lifecycle.duties:
        for trigger in triggers_of(duty):
            if trigger not in lifecycle.by_trigger:
                yield DUTY_OF_NO_TRIGGER(rules=named_rules(duty.rules), trigger=trigger)
        if isinstance(duty, InTime) and duty.limit not in known:
            yield DUTY_OF_NO_LIMIT(rules=named_rules(duty.rules), limit=duty.limit)
    for ground in lifecycle.grounds:
        for trigger in ground.acts:
            if trigger not in lifecycle.by_trigger:
                yield GROUND_OF_NO_TRIGGER(ground=ground.key, trigger=trigger)


def tallies(lifecycle: Lifecycle) -> Iterator[Issue]:
    """Yield tallies that count nothing, two things, what does not exist, or for nobody."""
    limits = {limit.key: limit for limit in lifecycle.limits}
    keys = [tally.key for tally in lifecycle.tallies]
    for tally in lifecycle.tallies:
        given = (tally.acts, tally.cases, tally.due, tally.in_time)
        if sum(map(bool, given)) != 1 or keys.count(tally.key) > 1:
            yield TALLY_CONFUSED(tally=tally.key)
        for trigger in tally.acts:
            if trigger not in lifecycle.by_trigger:
                yield TALLY_OF_NO_TRIGGER(tally=tally.key, trigger=trigger)
        named = (*tally.due, *tally.in_time)
        for key in named:
            if key not in limits:
                yield TALLY_OF_NO_LIMIT(tally=tally.key, limit=key)
        owned = tally.cases is not None or any(key in limits and limits[key].each is None for key in named)
        if owned and tally.units is None:
            yield TALLY_FOR_NOBODY(tally=tally.key)


KINDS: Final = (
    *(NEED_OF_NO_RULE, NEED_OF_NO_LIMIT, NEED_OF_NO_FIELD, LIMIT_AWAITS_NOTHING, LIMIT_NEVER_STARTED),
    *(LIMIT_NEVER_MET, LIMIT_OF_OTHERS, RUNG_CONFUSED, RUNG_FOR_NOBODY, PERIOD_UNFIT, PAUSED_BY_HALF),
    *(FIELD_NOT_GIVEN, DUTY_OF_NO_TRIGGER, DUTY_OF_NO_LIMIT, GROUND_OF_NO_TRIGGER),
    *(TALLY_OF_NO_TRIGGER, TALLY_OF_NO_LIMIT, TALLY_CONFUSED, TALLY_FOR_NOBODY),
)
"""Everything these checks can find."""

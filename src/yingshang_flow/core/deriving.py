"""Derives a lifecycle from another one by a small difference, which is data and is checked all at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.analysis import homes
from yingshang_flow.core.analysis.homes import all_requirements, triggers_of
from yingshang_flow.core.duty import Duty, Ground, InTime
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle, State, Transition, Trigger
from yingshang_flow.core.limit import TimeLimit
from yingshang_flow.core.requirement import Requirement, Settled
from yingshang_flow.core.upcast import Upcast
from yingshang_flow.errors import DefinitionError
from yingshang_flow.words import Label, Rule, rules_of, texts

T = TypeVar("T")

Rows = str | tuple[str, str]
"""Which rows: all of a trigger, or those of ``(trigger, state)``; the state of an opening is empty."""


@attrs.frozen
class Added:
    """A state that is added where a reader meets it, behind another one.

    Attributes:
        state: The state.
        after: The key of the one it comes behind.
    """

    state: State
    after: str = attrs.field(kw_only=True)


def _roles(value: Role | Iterable[Role] | None) -> tuple[Role, ...] | None:
    return None if value is None else (value,) if isinstance(value, Role) else tuple(value)


def _requirements(value: Requirement | Iterable[Requirement]) -> tuple[Requirement, ...]:
    return (value,) if isinstance(value, Requirement) else tuple(value)


def _rows(value: Rows | Iterable[Rows]) -> tuple[Rows, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _frozen(value: Mapping[str, type[Any]]) -> Mapping[str, type[Any]]:
    return FrozenDict(value)


def _frozen_rows(value: "Mapping[Rows, RowChange]") -> "Mapping[Rows, RowChange]":
    return FrozenDict(value)


def _frozen_twice(value: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return FrozenDict({key: FrozenDict(fields) for key, fields in value.items()})


@attrs.frozen(kw_only=True)
class RowChange:
    """What becomes of rows that stay; what is not said stays as it is.

    Attributes:
        to: The state they lead to instead.
        by: The roles that may do it instead.
        needs: What refuses it too.
        without_needs: What refuses it no more: the id of a rule for all requirements of that rule, or the name of one –
            that of its function, ``given(reason, until)`` or ``settled(report)``.
        rules: The rules the rows stand for too.
    """

    to: str | None = None
    by: tuple[Role, ...] | None = attrs.field(default=None, converter=_roles)
    needs: tuple[Requirement, ...] = attrs.field(default=(), converter=_requirements)
    without_needs: tuple[str, ...] = attrs.field(default=(), converter=texts)
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=rules_of)


@attrs.frozen(kw_only=True)
class Change:
    """How a lifecycle differs from the one it is derived from: what is taken out, then what is added.

    What is taken out and added under the same key is replaced. With a state go the rows that lead out of it, with a
    trigger its rows and its columns; nothing else goes unless it is named.

    Attributes:
        states: States that are added, at the end or, ``Added``, behind another one.
        without_states: The keys of those that are taken out.
        triggers: Triggers that are added.
        without_triggers: The keys of those that are taken out.
        contents: By trigger, the class of its content instead: one that extends what the trigger has, so that whatever
            asks for that finds it.
        rows: Rows that are added, written with ``opening``, ``move`` and ``stay``. Where the state has one of the same
            trigger already, one that says by ``when`` where it applies comes first, and one that does not comes last.
        without_rows: Those that are taken out.
        changed_rows: What becomes of others.
        limits: Time limits that are added.
        without_limits: The keys of those that are taken out.
        changed_limits: By key, attributes of others and what they are instead: ``{"conclusion": {"met": "publish"}}``.
        duties: Duties that are added.
        without_duties: Those that are taken out: the id of a rule for all duties of that rule, or the name of one –
            that of its function, or like ``Response(conclude, follow_up)``.
        grounds: Grounds that are added.
        without_grounds: The keys of those that are taken out.
        rules: The rules it stands for too.
        without_rules: The ids of those it stands for no more.
        columns: Columns of the spreadsheet that are added.
        without_columns: The headings of those that are taken out.
        amended_by: The roles that may correct or annul an act instead.
        erased_by: The roles that may erase personal data instead.
        seen_by: The roles that may see what is confidential instead.
        upcasts: How what was said under its own earlier versions reads under this one; those of the base are of the
            base's versions, and stay there.
    """

    states: tuple[State | Added, ...] = attrs.field(default=(), converter=tuple[State | Added, ...])
    without_states: tuple[str, ...] = attrs.field(default=(), converter=texts)
    triggers: tuple[Trigger, ...] = attrs.field(default=(), converter=tuple[Trigger, ...])
    without_triggers: tuple[str, ...] = attrs.field(default=(), converter=texts)
    contents: Mapping[str, type[Any]] = attrs.field(default=FrozenDict(), converter=_frozen)
    rows: tuple[Transition, ...] = attrs.field(default=(), converter=tuple[Transition, ...])
    without_rows: tuple[Rows, ...] = attrs.field(default=(), converter=_rows)
    changed_rows: Mapping[Rows, RowChange] = attrs.field(default=FrozenDict(), converter=_frozen_rows)
    limits: tuple[TimeLimit, ...] = attrs.field(default=(), converter=tuple[TimeLimit, ...])
    without_limits: tuple[str, ...] = attrs.field(default=(), converter=texts)
    changed_limits: Mapping[str, Mapping[str, Any]] = attrs.field(default=FrozenDict(), converter=_frozen_twice)
    duties: tuple[Duty, ...] = attrs.field(default=(), converter=tuple[Duty, ...])
    without_duties: tuple[str, ...] = attrs.field(default=(), converter=texts)
    grounds: tuple[Ground, ...] = attrs.field(default=(), converter=tuple[Ground, ...])
    without_grounds: tuple[str, ...] = attrs.field(default=(), converter=texts)
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=tuple[Rule, ...])
    without_rules: tuple[str, ...] = attrs.field(default=(), converter=texts)
    columns: tuple[Column, ...] = attrs.field(default=(), converter=tuple[Column, ...])
    without_columns: tuple[str, ...] = attrs.field(default=(), converter=texts)
    amended_by: tuple[Role, ...] | None = attrs.field(default=None, converter=_roles)
    erased_by: tuple[Role, ...] | None = attrs.field(default=None, converter=_roles)
    seen_by: tuple[Role, ...] | None = attrs.field(default=None, converter=_roles)
    upcasts: tuple[Upcast, ...] = attrs.field(default=(), converter=tuple[Upcast, ...])


def derive(base: Lifecycle, change: Change, *, key: str, title: Label, version: int = 1) -> Lifecycle:
    """Return the lifecycle that a change makes of another one; its static analysis is still to be asked.

    Args:
        base: The lifecycle it is derived from, which stays as it is.
        change: The difference.
        key: The key of the lifecycle.
        title: What people call it.
        version: Raised when stored cases must not go on under the new definition unasked.

    Raises:
        DefinitionError: The difference does not fit: it names what is not there, adds what is there already, or leaves
            something that names what it takes out. All of it is reported together.
    """
    problems: list[str] = []
    if key == base.key:
        problems.append("it needs a key of its own")
    gone = _Gone.of(base, change)
    columns = [column for column in base.ledger if column.trigger not in gone.triggers]
    derived = attrs.evolve(
        base,
        key=key,
        title=title,
        version=version,
        derived_from=base.key,
        states=_states(base, change, problems),
        triggers=_contents(_listed("trigger", _key, base.triggers, change, problems), change.contents, problems),
        transitions=_transitions(base, change, gone, problems),
        limits=_changed_limits(_listed("limit", _key, base.limits, change, problems), change.changed_limits, problems),
        duties=_duties(base, change, problems),
        grounds=_listed("ground", _key, base.grounds, change, problems),
        rules=_listed("rule", _id, base.rules, change, problems),
        ledger=_listed("column", _name, columns, change, problems),
        amended_by=base.amended_by if change.amended_by is None else change.amended_by,
        erased_by=base.erased_by if change.erased_by is None else change.erased_by,
        seen_by=base.seen_by if change.seen_by is None else change.seen_by,
        upcasts=change.upcasts,
    )
    problems.extend(_left_over(base, derived, gone))
    if problems:
        raise DefinitionError(f"lifecycle {key!r}, derived from {base.key!r}", tuple(dict.fromkeys(problems)))
    return derived


def _key(item: State | Trigger | TimeLimit | Ground) -> str:
    return item.key


def _id(rule: Rule) -> str:
    return rule.id


def _name(column: Column) -> str:
    return column.name


def _listed(what: str, named: Callable[[T], str], there: Iterable[T], change: Change, problems: list[str]) -> list[T]:
    """Return what is there, without what is taken out, and what is added at the end."""
    option = f"without_{what}s"
    without = getattr(change, option)
    before = {named(item): item for item in there}
    problems.extend(_unknown(what, before, without, option))
    kept = [item for name, item in before.items() if name not in without]
    taken = {named(item) for item in kept}
    for added in getattr(change, f"{what}s"):
        item: T = cast("T", added.state) if isinstance(added, Added) else added
        if named(item) in taken:
            problems.append(f"{what} {named(item)!r} is there already; to replace it, take it out too ({option})")
        taken.add(named(item))
        kept.append(item)
    return kept


def _unknown(what: str, known: Iterable[str], named: Iterable[str], option: str) -> Iterator[str]:
    names = tuple(dict.fromkeys(known))
    for name in named:
        if name not in names:
            yield f"{option}: there is no {what} {name!r}; there are {', '.join(names) or 'none'}"


def _states(base: Lifecycle, change: Change, problems: list[str]) -> list[State]:
    places = {item.state.key: item.after for item in change.states if isinstance(item, Added)}
    found = _listed("state", _key, base.states, change, problems)
    for key, after in places.items():
        order = [state.key for state in found]
        if after not in order or after == key:
            known = ", ".join(name for name in order if name != key)
            problems.append(f"state {key!r} cannot come after {after!r}: there is no such state; there are {known}")
            continue
        state = found.pop(order.index(key))
        found.insert([one.key for one in found].index(after) + 1, state)
    return found


def _contents(triggers: list[Trigger], contents: Mapping[str, type[Any]], problems: list[str]) -> list[Trigger]:
    """Return the triggers with the content classes that are given to them."""
    by_key = {trigger.key: trigger for trigger in triggers}
    problems.extend(_unknown("trigger", by_key, contents, "contents"))
    for key, content in contents.items():
        trigger = by_key.get(key)
        if trigger is None:
            continue
        if content is trigger.content:
            problems.append(f"contents: trigger {key!r} has {content.__name__} already")
        elif trigger.content is not None and not issubclass(content, trigger.content):
            problems.append(
                f"contents: {content.__name__} does not extend {trigger.content.__name__}, which guards and duties of "
                f"{key!r} ask for; let it, or take the trigger out and add one of your own"
            )
        by_key[key] = attrs.evolve(trigger, content=content)
    return list(by_key.values())


# --- rows -------------------------------------------------------------------------------------------------------------


@attrs.frozen
class _Gone:
    """What is taken out and not put back."""

    states: frozenset[str]
    triggers: frozenset[str]
    limits: frozenset[str]

    @classmethod
    def of(cls, base: Lifecycle, change: Change) -> "_Gone":
        states = (item.state if isinstance(item, Added) else item for item in change.states)
        return cls(
            frozenset(change.without_states).intersection(base.by_state) - {state.key for state in states},
            frozenset(change.without_triggers).intersection(base.by_trigger) - {item.key for item in change.triggers},
            frozenset(change.without_limits) - {limit.key for limit in change.limits},
        )


def _transitions(base: Lifecycle, change: Change, gone: _Gone, problems: list[str]) -> list[Transition]:
    for named in change.without_rows:
        problems.extend(_no_such_row(base.transitions, named, "without_rows"))
    rows = [row for one in base.transitions for row in _kept(one, change)]
    for named, row_change in change.changed_rows.items():
        before = len(problems)
        problems.extend(_no_such_row(rows, named, "changed_rows"))
        if len(problems) == before:
            rows = _changed_rows(rows, named, row_change, problems)
    for row in change.rows:
        taken = [one for one in rows if one.when == row.when and _ways(one) & _ways(row)]
        if taken:
            problems.append(
                f"{_said(row)} is there already; take the other out too (without_rows), or say by `when` where it "
                "applies"
            )
        first = next((number for number, one in enumerate(rows) if _ways(one) & _ways(row)), len(rows))
        rows.insert(first if row.when else len(rows), row)
    problems.extend(
        f"{_said(row)} leads to {row.to!r}, which is taken out; take the row out too (without_rows), or let it lead "
        "elsewhere (changed_rows)"
        for row in rows
        if row.to in gone.states
    )
    return rows


def _kept(row: Transition, change: Change) -> Iterator[Transition]:
    """Yield what is left of a row, if anything is."""
    out = row.trigger in change.without_triggers or row.trigger in change.without_rows
    if out or (not row.sources and (row.trigger, "") in change.without_rows):
        return
    sources = tuple(
        source
        for source in row.sources
        if source not in change.without_states and (row.trigger, source) not in change.without_rows
    )
    if sources or not row.sources:
        yield row if sources == row.sources else attrs.evolve(row, sources=sources)


def _changed_rows(rows: Sequence[Transition], named: Rows, change: RowChange, problems: list[str]) -> list[Transition]:
    """Return the rows with those changed that are named; one that leads out of more states is split."""
    concerned = [row for row in rows if _is_named(row, named)]
    for name in change.without_needs:
        if not any(_is_need(need, name) for row in concerned for need in row.needs):
            there = dict.fromkeys(f"{need.rules[0].id} {need.name}" for row in concerned for need in row.needs)
            problems.append(
                f"changed_rows: {_named(named)} has no requirement {name!r} to take out; "
                f"there are {', '.join(there) or 'none'}"
            )
    problems.extend(f"changed_rows: {_named(named)} {what} already" for what in _already(concerned, change))
    found: list[Transition] = []
    for row in rows:
        if row not in concerned:
            found.append(row)
            continue
        others = () if isinstance(named, str) else tuple(source for source in row.sources if source != named[1])
        if others:
            found.append(attrs.evolve(row, sources=others))
        found.append(_changed(attrs.evolve(row, sources=named[1]) if others else row, change))
    return found


def _already(rows: Sequence[Transition], change: RowChange) -> Iterator[str]:
    """Yield what a change says that is so already in every row it is for."""
    if change.to is not None and all(row.to == change.to for row in rows):
        yield f"leads to {change.to!r}"
    if change.by is not None and all(set(row.by) == set(change.by) for row in rows):
        yield "is open to these roles"
    for need in change.needs:
        if all(need in _kept_needs(row, change) for row in rows):
            yield f"has the requirement {need.name!r}"
    for rule in change.rules:
        if all(rule in row.rules for row in rows):
            yield f"stands for rule {rule.id!r}"


def _changed(row: Transition, change: RowChange) -> Transition:
    kept = _kept_needs(row, change)
    return attrs.evolve(
        row,
        to=row.to if change.to is None else change.to,
        by=row.by if change.by is None else change.by,
        needs=dict.fromkeys((*kept, *change.needs)),
        rules=dict.fromkeys((*row.rules, *change.rules)),
    )


def _kept_needs(row: Transition, change: RowChange) -> tuple[Requirement, ...]:
    return tuple(need for need in row.needs if not any(_is_need(need, name) for name in change.without_needs))


def _is_need(need: Requirement, name: str) -> bool:
    return name == need.name or any(rule.id == name for rule in need.rules)


def _is_named(row: Transition, named: Rows) -> bool:
    return row.trigger == named if isinstance(named, str) else named in _ways(row)


def _ways(row: Transition) -> frozenset[tuple[str, str]]:
    return frozenset((row.trigger, source) for source in row.sources or ("",))


def _no_such_row(rows: Iterable[Transition], named: Rows, option: str) -> Iterator[str]:
    if not any(_is_named(row, named) for row in rows):
        trigger = named if isinstance(named, str) else named[0]
        there = dict.fromkeys(_said(row) for row in rows if row.trigger == trigger)
        yield f"{option}: there is no {_named(named)}; there are {', '.join(there) or f'no rows of {trigger!r}'}"


def _said(row: Transition) -> str:
    return f"row {row.trigger!r} from {', '.join(row.sources) or 'nothing'}"


def _named(named: Rows) -> str:
    return f"row {named!r}" if isinstance(named, str) else f"row {named[0]!r} from {named[1] or 'nothing'}"


# --- limits, duties and what is left over -----------------------------------------------------------------------------


def _changed_limits(
    limits: list[TimeLimit], changes: Mapping[str, Mapping[str, Any]], problems: list[str]
) -> list[TimeLimit]:
    by_key = {limit.key: limit for limit in limits}
    problems.extend(_unknown("limit", by_key, changes, "changed_limits"))
    names = [field.name for field in attrs.fields(TimeLimit) if field.name != "key"]
    for key, fields in changes.items():
        problems.extend(_unknown(f"attribute of limit {key!r}", names, fields, "changed_limits"))
        known = {name: value for name, value in fields.items() if name in names}
        if key in by_key:
            changed = attrs.evolve(by_key[key], **known)
            problems.extend(
                f"changed_limits: {name} of limit {key!r} is so already"
                for name in known
                if getattr(changed, name) == getattr(by_key[key], name)
            )
            by_key[key] = changed
    return list(by_key.values())


def _duties(base: Lifecycle, change: Change, problems: list[str]) -> list[Duty]:
    for name in change.without_duties:
        if not any(_is_duty(duty, name) for duty in base.duties):
            there = dict.fromkeys(f"{', '.join(map(_id, duty.rules))} {duty.name}" for duty in base.duties)
            problems.append(f"without_duties: there is no duty {name!r}; there are {', '.join(there) or 'none'}")
    kept = [duty for duty in base.duties if not any(_is_duty(duty, name) for name in change.without_duties)]
    for duty in change.duties:
        if duty in kept:
            problems.append(f"duty {duty.name} is there already")
        kept.append(duty)
    return kept


def _is_duty(duty: Duty, name: str) -> bool:
    return name == duty.name or any(rule.id == name for rule in duty.rules)


def _left_over(base: Lifecycle, derived: Lifecycle, gone: _Gone) -> Iterator[str]:
    """Yield what still names what is taken out, and what has nothing left to stand on."""
    left = {row.trigger for row in derived.transitions}
    before = dict.fromkeys(row.trigger for row in base.transitions)
    rowless = [key for key in before if key in derived.by_trigger and key not in left]
    for key in rowless:
        yield f"trigger {key!r} has no row left; take it out too (without_triggers), or give it one (rows)"
    yield from _still_named(derived, attrs.evolve(gone, triggers=gone.triggers.union(rowless)))
    housed, were = homes(derived), homes(base)
    for rule in base.rules:
        if rule in derived.rules and rule.id in were and rule.id not in housed:
            yield f"rule {rule.id!r} stands nowhere any more; say so (without_rules), or give it a home"


def _still_named(derived: Lifecycle, gone: _Gone) -> Iterator[str]:
    """Yield what names a state, trigger or limit that is taken out."""
    for limit in derived.limits:
        what, option = f"limit {limit.key!r}", "without_limits or changed_limits"
        moments = (signal.state for signal in _signals(limit) if not isinstance(signal, str))
        yield from _names(what, option, _heard(limit), gone.triggers, "trigger")
        yield from _names(what, option, moments, gone.states, "state")
    for duty in derived.duties:
        about = (duty.limit,) if isinstance(duty, InTime) else ()
        yield from _names(f"duty {duty.name}", "without_duties", triggers_of(duty), gone.triggers, "trigger")
        yield from _names(f"duty {duty.name}", "without_duties", about, gone.limits, "limit")
    for ground in derived.grounds:
        yield from _names(f"ground {ground.key!r}", "without_grounds", ground.acts, gone.triggers, "trigger")
    for row, need in all_requirements(derived):
        asked = need.limits if isinstance(need, Settled) else ()
        yield from _names(f"requirement {need.name} of {_said(row)}", "changed_rows", asked, gone.limits, "limit")


def _names(what: str, option: str, named: Iterable[str], gone: Iterable[str], kind: str) -> Iterator[str]:
    for name in dict.fromkeys(named):
        if name in gone:
            yield f"{what} names {kind} {name!r}, which is taken out; change that too ({option})"


def _signals(limit: TimeLimit) -> tuple[Any, ...]:
    return (*limit.starts, *limit.stops, *limit.paused, *limit.resumed)


def _heard(limit: TimeLimit) -> Iterator[str]:
    """Yield the triggers that a limit names."""
    yield from limit.met
    yield from (signal for signal in _signals(limit) if isinstance(signal, str))
    yield from limit.extended
    yield from limit.revived

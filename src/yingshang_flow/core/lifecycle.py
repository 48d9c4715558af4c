"""A procedure as data: states, triggers, transitions, limits, duties and the rules they come from."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeVar, cast

import attrs

from yingshang_flow.core.actor import Role
from yingshang_flow.core.duty import Duty, Ground
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.limit import Obligors, TimeLimit
from yingshang_flow.core.requirement import Requirement
from yingshang_flow.core.tally import Tally
from yingshang_flow.core.upcast import Upcast
from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label, Rule, rules_of, texts

D = TypeVar("D")


@attrs.frozen
class State:
    """A state of a case.

    Attributes:
        key: The stored key.
        label: What people call it.
        final: Whether the case counts as ended.
    """

    key: str
    label: Label
    final: bool = False


@attrs.frozen
class Trigger:
    """Something that can be done to a case, wherever it is allowed.

    Attributes:
        key: The stored key, an imperative.
        label: What people call it.
        content: The attrs class of what must be said with it; none when there is nothing to say. A field ``obligors``
            names for whom an act counts; a field ``due`` names, by its due date, the deadline it meets when that is not
            the oldest one.
        each: For whom it counts, where those of a group act or are dealt with one by one.
        calls_for: The key of the lifecycle a person should open because of it.
    """

    key: str
    label: Label
    content: type[Any] | None = None
    each: Obligors | None = None
    calls_for: str | None = None


def _roles(value: Role | Iterable[Role]) -> tuple[Role, ...]:
    return (value,) if isinstance(value, Role) else tuple(value)


def _requirements(value: Requirement | Iterable[Requirement]) -> tuple[Requirement, ...]:
    return (value,) if isinstance(value, Requirement) else tuple(value)


@attrs.frozen
class Transition:
    """One row of the transition table.

    Attributes:
        trigger: The key of the trigger.
        sources: The states it leads from; none for an opening.
        to: The state it leads to; none when the case stays where it is.
        by: The roles that may do it.
        needs: What refuses it when unmet; all unmet ones are reported together.
        when: What chooses this row among those of the same trigger and state; never reported.
        rules: The rules it stands for beyond those of its requirements.
    """

    trigger: str
    sources: tuple[str, ...] = attrs.field(converter=texts)
    to: str | None
    by: tuple[Role, ...] = attrs.field(converter=_roles)
    needs: tuple[Requirement, ...] = attrs.field(default=(), converter=_requirements)
    when: tuple[Requirement, ...] = attrs.field(default=(), converter=_requirements)
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=rules_of)


def opening(
    trigger: str,
    *,
    to: str,
    by: Role | Iterable[Role],
    needs: Requirement | Iterable[Requirement] = (),
    rules: Rule | Iterable[Rule] = (),
) -> Transition:
    """Write a row that opens a case."""
    return Transition(trigger, (), to, by, needs, (), rules)


def move(
    trigger: str,
    sources: str | Iterable[str],
    *,
    to: str,
    by: Role | Iterable[Role],
    needs: Requirement | Iterable[Requirement] = (),
    when: Requirement | Iterable[Requirement] = (),
    rules: Rule | Iterable[Rule] = (),
) -> Transition:
    """Write a row that moves a case from one of some states to another."""
    return Transition(trigger, sources, to, by, needs, when, rules)


def stay(
    trigger: str,
    in_: str | Iterable[str],
    *,
    by: Role | Iterable[Role],
    needs: Requirement | Iterable[Requirement] = (),
    when: Requirement | Iterable[Requirement] = (),
    rules: Rule | Iterable[Rule] = (),
) -> Transition:
    """Write a row that leaves a case in the state it is in."""
    return Transition(trigger, in_, None, by, needs, when, rules)


@attrs.frozen(kw_only=True)
class Lifecycle:
    """A procedure, bound to one locality's values.

    Attributes:
        key: The stable key, for example ``interview``.
        title: What people call it.
        states: Every state, in the order in which a reader meets them.
        triggers: Everything that can be done.
        transitions: What leads from where to where, by whom, on what conditions.
        limits: What is owed until when.
        duties: What the audit looks for in a whole history.
        grounds: What gives reason to open another case.
        rules: Every rule the procedure stands for.
        values: The profile's values, an attrs object.
        version: Raised when stored cases must not go on under the new definition unasked.
        profile: The key of the profile.
        sections: The profile's values as canonical text, from which the lifecycle can be rebuilt.
        ledger: The columns of a spreadsheet in which cases of the procedure are listed.
        amended_by: The roles that may correct or annul an act, whoever did it; nobody unless given.
        erased_by: The roles that may erase personal data on a legal ground; nobody unless given.
        seen_by: The roles that may see what is confidential; nobody unless given.
        upcasts: How what was said under earlier versions reads under this one, in the order of the versions.
        derived_from: The key of the lifecycle it was derived from; empty for one that was written out.
        tallies: What of its cases is counted for the assessment of units.
    """

    key: str
    title: Label
    states: tuple[State, ...] = attrs.field(converter=tuple[State, ...])
    triggers: tuple[Trigger, ...] = attrs.field(converter=tuple[Trigger, ...])
    transitions: tuple[Transition, ...] = attrs.field(converter=tuple[Transition, ...])
    limits: tuple[TimeLimit, ...] = attrs.field(default=(), converter=tuple[TimeLimit, ...])
    duties: tuple[Duty, ...] = attrs.field(default=(), converter=tuple[Duty, ...])
    grounds: tuple[Ground, ...] = attrs.field(default=(), converter=tuple[Ground, ...])
    rules: tuple[Rule, ...] = attrs.field(default=(), converter=tuple[Rule, ...])
    values: Any = None
    version: int = 1
    profile: str = ""
    sections: str = ""
    ledger: tuple[Column, ...] = attrs.field(default=(), converter=tuple[Column, ...])
    amended_by: tuple[Role, ...] = attrs.field(default=(), converter=_roles)
    erased_by: tuple[Role, ...] = attrs.field(default=(), converter=_roles)
    seen_by: tuple[Role, ...] = attrs.field(default=(), converter=_roles)
    upcasts: tuple[Upcast, ...] = attrs.field(default=(), converter=tuple[Upcast, ...])
    derived_from: str = ""
    tallies: tuple[Tally, ...] = attrs.field(default=(), converter=tuple[Tally, ...])
    _derived: dict[Any, Any] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    def derived(self, make: Callable[["Lifecycle"], D]) -> D:
        """Return what another module makes of the definition once: a machine, a table, a fingerprint."""
        found = self._derived.get(make)
        if found is None:
            found = self._derived[make] = make(self)
        return cast("D", found)

    @cached_property
    def by_state(self) -> Mapping[str, State]:
        """The states by key."""
        return {state.key: state for state in self.states}

    @cached_property
    def by_trigger(self) -> Mapping[str, Trigger]:
        """The triggers by key."""
        return {trigger.key: trigger for trigger in self.triggers}

    @cached_property
    def by_limit(self) -> Mapping[str, TimeLimit]:
        """The limits by key, without those for which the profile sets no period."""
        return {limit.key: limit for limit in self.limits if limit.period is not None}

    @cached_property
    def roles(self) -> Mapping[str, Role]:
        """Every role that may do something, by key."""
        acting = (role for transition in self.transitions for role in transition.by)
        return {role.key: role for role in (*acting, *self.amended_by, *self.erased_by, *self.seen_by)}

    @cached_property
    def rows(self) -> Mapping[tuple[str, str], tuple[Transition, ...]]:
        """The transitions by (state, trigger) in their order; the state of an opening is empty."""
        table: dict[tuple[str, str], list[Transition]] = {}
        for transition in self.transitions:
            for source in transition.sources or ("",):
                table.setdefault((source, transition.trigger), []).append(transition)
        return {key: tuple(rows) for key, rows in table.items()}

    @cached_property
    def possible(self) -> Mapping[str, tuple[str, ...]]:
        """The triggers that have a row in a state, by state; under the empty state, the openings."""
        table: dict[str, dict[str, None]] = {key: {} for key in ("", *self.by_state)}
        for source, trigger in self.rows:
            table[source][trigger] = None
        return {state: tuple(triggers) for state, triggers in table.items()}

    def trigger(self, key: str) -> Trigger:
        """Return a trigger.

        Raises:
            UnknownError: The procedure has no such trigger.
        """
        found = self.by_trigger.get(key) if isinstance(key, str) else None
        if found is None:
            message = f"{self.key} has no trigger {key!r}; it has {', '.join(self.by_trigger)}"
            raise UnknownError(message)
        return found

    def role(self, key: str) -> Role:
        """Return a role.

        Raises:
            UnknownError: Nobody acts in that role in this procedure.
        """
        found = self.roles.get(key)
        if found is None:
            message = f"{self.key} has no role {key!r}; it has {', '.join(self.roles)}"
            raise UnknownError(message)
        return found

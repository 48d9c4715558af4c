"""Changes a history in small ways, each with a name, so that a test can prove that a rule finds what it should."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import attrs

from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amend import effective
from yingshang_flow.core.case import Case
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.core.decide import clock, evolve, unit_of, with_changes
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Met, Record
from yingshang_flow.core.requirement import field_label
from yingshang_flow.deadlines import WorkingCalendar, china
from yingshang_flow.errors import HistoryError
from yingshang_flow.testing.history import History
from yingshang_flow.testing.saying import texts_in
from yingshang_flow.testing.story import story
from yingshang_flow.words import Label, Language, Rule

Mutation = Literal["drop", "delay", "reorder", "forge", "empty", "double", "backdate"]
"""Leave an act out, do it late, exchange two, let another do it, leave a field empty, do it twice, date it back."""

_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)
_LONG: Final = 30 * _DAY


@attrs.frozen
class Mutant:
    """A history that was changed in one way.

    Attributes:
        kind: How.
        revision: The record that was changed, by its revision in the original.
        label: What was done to it, in words.
        records: The changed history: numbered anew, its deadlines following from its acts.
        now: The instant as of which it is judged.
    """

    kind: Mutation
    revision: int
    label: Label
    records: tuple[Record, ...] = attrs.field(repr=False)
    now: datetime = attrs.field(repr=False)


def mutants(
    history: Sequence[Record],
    lifecycle: Lifecycle,
    *,
    kinds: Collection[Mutation] = get_args(Mutation),
    calendar: WorkingCalendar | None = None,
    now: datetime | None = None,
) -> Iterator[Mutant]:
    """Yield every history that differs from one in a small way, act by act; what was amended is changed as it counts.

    The deadlines of a mutant follow from its acts, so that only what was changed can be found in it. The opening is
    neither left out nor exchanged.

    Args:
        history: The records of a case, in order.
        lifecycle: The definition it ran under.
        kinds: Which ways.
        calendar: The working days; those of the history or of China unless given.
        now: The instant as of which the mutants are judged at least; the history's own unless given.

    Raises:
        HistoryError: There is no such way, or the history is empty.
    """
    unknown = sorted(set(kinds) - set(get_args(Mutation)))
    if unknown:
        raise HistoryError(f"there is no mutation {unknown[0]!r}; there are {', '.join(get_args(Mutation))}")
    if not history:
        raise HistoryError("an empty history cannot be changed; give the records of a case")
    days, until = _of(history, calendar, now)
    acts = [record for record in effective(history) if record.kind is Kind.ACT]
    teller = _Teller(lifecycle, days, tuple(acts), until)
    for place in range(len(acts)):
        for kind in (kind for kind in get_args(Mutation) if kind in kinds):
            for label, changed in getattr(teller, kind)(place):
                records = teller.told(changed)
                yield Mutant(kind, acts[place].revision, label, records, max(until, records[-1].recorded_at))


def bites(
    rule: Rule | str,
    history: Sequence[Record],
    lifecycle: Lifecycle,
    *,
    kinds: Collection[Mutation] = get_args(Mutation),
    calendar: WorkingCalendar | None = None,
    now: datetime | None = None,
) -> tuple[Mutant, ...]:
    """Return the mutants of a history that a rule finds.

    Args:
        rule: The rule, or its id.
        history: The records of a case in which the rule is not broken.
        lifecycle: The definition it ran under.
        kinds: Which ways of changing it are tried.
        calendar: The working days; those of the history or of China unless given.
        now: The instant as of which they are judged at least; the history's own unless given.

    Raises:
        HistoryError: The rule is already broken in the history itself.
        KeyError: The lifecycle has no such rule.
    """
    key = rule if isinstance(rule, str) else rule.id
    days, until = _of(history, calendar, now)
    linked = history.linked if isinstance(history, History) else {}

    def is_broken(records: Sequence[Record], at: datetime) -> bool:
        return audit(records, lifecycle, calendar=days, now=at, linked=linked).outcome(key) is Outcome.BROKEN

    if is_broken(history, until):
        raise HistoryError(
            f"{key} is broken in the history itself, so that a mutant would show nothing; give one without"
        )
    changed = mutants(history, lifecycle, kinds=kinds, calendar=days, now=until)
    return tuple(mutant for mutant in changed if is_broken(mutant.records, mutant.now))


def assert_bites(
    rule: Rule | str,
    history: Sequence[Record],
    lifecycle: Lifecycle,
    *,
    kinds: Collection[Mutation] = get_args(Mutation),
    calendar: WorkingCalendar | None = None,
    now: datetime | None = None,
    language: Language = "zh",
) -> None:
    """Assert that a rule finds at least one mutant of a history; the arguments are those of ``bites``.

    Args:
        rule: The rule, or its id.
        history: The records of a case in which the rule is not broken.
        lifecycle: The definition it ran under.
        kinds: Which ways of changing it are tried.
        calendar: The working days; those of the history or of China unless given.
        now: The instant as of which they are judged at least; the history's own unless given.
        language: The language of the text on failure.

    Raises:
        AssertionError: It finds none; the text tells the history and what was tried.
        HistoryError: The rule is already broken in the history itself.
    """
    if bites(rule, history, lifecycle, kinds=kinds, calendar=calendar, now=now):
        return
    days, until = _of(history, calendar, now)
    key = rule if isinstance(rule, str) else rule.id
    tried = [
        mutant.label.text(language) for mutant in mutants(history, lifecycle, kinds=kinds, calendar=days, now=until)
    ]
    said = audit(history, lifecycle, calendar=days, now=until)
    head = f"{key} 未发现下列任何一种改动：" if language == "zh" else f"{key} finds none of these changes:"
    told = story(history, lifecycle, said, language=language)
    raise AssertionError("\n".join([head, *(f"  - {label}" for label in tried), "", told]))


def _of(
    history: Sequence[Record], calendar: WorkingCalendar | None, now: datetime | None
) -> tuple[WorkingCalendar, datetime]:
    """Return the calendar and the instant by which a history is judged."""
    own = history if isinstance(history, History) else None
    days = calendar or (china() if own is None else own.calendar)
    return days, now or (history[-1].recorded_at if own is None else own.now)


Changed = Iterator[tuple[Label, list[Record]]]


@attrs.frozen
class _Teller:
    """Changes acts and tells the history again that they make."""

    lifecycle: Lifecycle
    calendar: WorkingCalendar
    acts: tuple[Record, ...]
    until: datetime

    def drop(self, place: int) -> Changed:
        if place:
            yield self._label(place, "漏办", "left out"), [*self.acts[:place], *self.acts[place + 1 :]]

    def delay(self, place: int) -> Changed:
        """Let an act and all that follow it happen later, past the end of what it met."""
        act = self.acts[place]
        end = max((self._end(change) for change in act.changes if isinstance(change, Met)), default=act.recorded_at)
        by = max(_LONG, end - act.occurred_at.instant + _DAY)
        later = [_later(record, by) for record in self.acts[place:]]
        yield self._label(place, f"推迟{by.days}天", f"{by.days} days later"), [*self.acts[:place], *later]

    def reorder(self, place: int) -> Changed:
        """Exchange an act with the next one; each takes the other's time."""
        if not place or place + 1 >= len(self.acts):
            return
        one, other = self.acts[place : place + 2]
        first = attrs.evolve(other, occurred_at=one.occurred_at, recorded_at=one.recorded_at)
        second = attrs.evolve(one, occurred_at=other.occurred_at, recorded_at=other.recorded_at)
        named = self._named(other)
        label = self._label(place, f"与{named.zh}颠倒", f"exchanged with {named.en}")
        yield label, [*self.acts[:place], first, second, *self.acts[place + 2 :]]

    def forge(self, place: int) -> Changed:
        """Let somebody in another role do it, then somebody of any other unit that the history names."""
        own = self.acts[place].actor
        if own is None:
            return
        acting = [act.actor.unit for act in self.acts if act.actor is not None]
        owing = [unit_of(name) for act in self.acts for name in act.obligors]
        told = [text for act in self.acts for text in texts_in(act.content) if text.strip() and "/" not in text]
        units = dict.fromkeys((*acting, *owing, *told))
        others = [Actor(f"{own.id}*", own.unit, role) for role in self.lifecycle.roles if role != own.role]
        others += [Actor(f"{own.id}*", unit, own.role) for unit in (*units, "外单位") if unit != own.unit]
        for other in others:
            role = self.lifecycle.roles[other.role].label
            label = self._label(place, f"改由{other.unit}（{role.zh}）办理", f"done by {other.unit} ({role.en})")
            yield label, self._with(place, actor=other)

    def empty(self, place: int) -> Changed:
        """Leave out what a field says, one after the other."""
        content: Any = self.acts[place].content
        for name in () if content is None else attrs.fields_dict(type(content)):
            value = getattr(content, name)
            nothing: Any = () if isinstance(value, tuple) else "" if isinstance(value, str) else None
            if value in {None, ""} or value == () or isinstance(value, bool | int | Confidential):
                continue
            said = field_label(type(content), name)
            label = self._label(place, f"未写明{said.zh}", f"says nothing of {said.en}")
            yield label, self._with(place, content=attrs.evolve(content, **{name: nothing}))

    def double(self, place: int) -> Changed:
        if place:
            again = _later(self.acts[place], _MINUTE)
            again = attrs.evolve(again, before=again.after, key=None)
            yield (
                self._label(place, "重复办理", "done twice"),
                [*self.acts[: place + 1], again, *self.acts[place + 1 :]],
            )

    def backdate(self, place: int) -> Changed:
        """Say that it happened a month before; it was entered when it was."""
        earlier = Moment(self.acts[place].occurred_at.instant - _LONG, self.acts[place].occurred_at.precision)
        label = self._label(place, f"倒签{_LONG.days}天", f"dated back {_LONG.days} days")
        yield label, self._with(place, occurred_at=earlier)

    def told(self, acts: Sequence[Record]) -> tuple[Record, ...]:
        """Return the history that acts make: numbered, from state to state, with its deadlines."""
        case: Case | None = None
        records: list[Record] = []
        for act in acts:
            before = "" if case is None else case.state
            after = act.after if act.before == before or self._leads(before, act) else self._led(before, act)
            plain = attrs.evolve(act, revision=len(records) + 1, before=before, after=after, changes=())
            records.append(with_changes(self.lifecycle, case, plain, self.calendar))
            case = evolve(case, records[-1])
        until = max(self.until, records[-1].recorded_at)
        last = None
        if case is not None:
            last = clock(self.lifecycle, case, until=until, now=until, calendar=self.calendar)
        return tuple(records) if last is None else (*records, last)

    def _leads(self, before: str, act: Record) -> bool:
        rows = self.lifecycle.rows.get((before, act.trigger), ())
        return any((row.to or before) == act.after for row in rows)

    def _led(self, before: str, act: Record) -> str:
        """Return where an act leads from another state than before: where the table has it, else nowhere."""
        rows = self.lifecycle.rows.get((before, act.trigger), ())
        return (rows[0].to or before) if rows else before

    def _end(self, change: Met) -> datetime:
        """Return the end of a deadline, as it was when it was last set."""
        key = change.limit, change.obligor, change.number
        ends = [
            getattr(one, "end", None)
            for act in self.acts
            for one in act.changes
            if (one.limit, one.obligor, one.number) == key
        ]
        known = [end for end in ends if end is not None]
        return known[-1] if known else self.until

    def _with(self, place: int, **fields: Any) -> list[Record]:  # noqa: ANN401 - fields of a record
        return [*self.acts[:place], attrs.evolve(self.acts[place], **fields), *self.acts[place + 1 :]]

    def _label(self, place: int, zh: str, en: str) -> Label:
        act, named = self.acts[place], self._named(self.acts[place])
        return Label(f"{act.occurred_at.date} {named.zh}：{zh}", f"{act.occurred_at.date} {named.en}: {en}")

    def _named(self, act: Record) -> Label:
        return self.lifecycle.by_trigger[act.trigger].label


def _later(record: Record, by: timedelta) -> Record:
    moment = record.occurred_at
    days = timedelta(days=by.days) if moment.precision == "day" else by
    return attrs.evolve(
        record, occurred_at=Moment(moment.instant + days, moment.precision), recorded_at=record.recorded_at + by
    )

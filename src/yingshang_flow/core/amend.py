"""Corrections and annulments: the acts that still count are told again, and what they lead to is the case from then on.

Nothing is edited. An amendment names the record of an act; a *correction* gives that act another content or another
time, an *annulment* takes it out. What was done by a wrong trigger is annulled and done anew.

- The acts that count, in the order in which they were entered and each as it was last corrected, are decided again by
  the same code as ever, from the amended one on. The first that could not have been done now refuses the amendment.
  Linked cases are taken as they were seen then (``Untold``). The amended act itself sees them as they are, and so does
  one that now sets out from another state: what is asked there was never asked of it.
- The clock is run again where it ran. By what calendar a case was counted anew in between makes no difference: all is
  told by one calendar, today's, both with the amendment and without it. A deadline that comes out the same both ways
  stays exactly as it stands, with the calendar it was counted by; any other is taken as it comes out.
- A rung that was said of a deadline is not said of it again, on whatever date it falls now; all others are still to be
  said, by the next run of the clock. A deadline is the same one when the same act started it.
- A case that was migrated is told from its last migration on, where it stands written out. What was done before it was
  done under other rules, on which the migration was decided, so it is amended no more.
- A case that has ended can be amended like any other: wrong dates are often found late.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs

from yingshang_flow.core.actor import Actor, against_delegation, held, not_in_role
from yingshang_flow.core.amendment import Amendment, Way
from yingshang_flow.core.case import Case, Deadline, Fact
from yingshang_flow.core.decide import Act, decide, evolve, with_changes
from yingshang_flow.core.ground import check_ground
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration, since_migration
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, OfDeadline, Record, Started
from yingshang_flow.core.requirement import NOTHING_RELATED, LinkedCases, Untold
from yingshang_flow.core.stepping import applied, tick
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import ContentError, RefusedError, TimeError, UnknownError
from yingshang_flow.sources import OURS
from yingshang_flow.words import Label, Unmet

Key = tuple[str, str, int]
Judge = Callable[[Case | None, Record], Record]

_CITED: Final = (OURS(),)
_ANNULLED: Final = Label("该项办理已撤销，不再更正或撤销", "the act was annulled and is amended no more; do it anew")
_BEFORE_MIGRATION: Final = Label(
    "该项办理早于改按其他规则办理，不再更正或撤销；请在现行规则下另行办理",
    "the act is older than a migration, which was decided on it, and is amended no more; put it right by a new act",
)
_OPENING: Final = Label(
    "立案记录不得撤销；请予更正，或按程序办结该案件",
    "the record that opens a case is not annulled; correct it, or bring the case to an end by its procedure",
)
_IN_ORDER: Final = Label("时间先后不符", "the times would be out of order")
_AMENDED: Final = Label("更正或撤销", "amended")
_NOBODY: Final = Label("本流程未规定由谁更正", "the procedure says nobody who may amend")


@attrs.frozen
class Amending:
    """What somebody wants amended.

    Attributes:
        kind: A correction or an annulment.
        revision: The record of the act.
        ground: Why.
        actor: Who amends it.
        content: What the act says from then on; as before unless given.
        occurred_at: When it happened; as before unless given.
        key: An idempotency key.
    """

    kind: Kind
    revision: int
    ground: str
    actor: Actor
    content: object | None = None
    occurred_at: Moment | None = None
    key: str | None = None

    @property
    def verb(self) -> str:
        """What it is called in an error."""
        return "correct" if self.kind is Kind.CORRECTION else "annul"


@attrs.frozen
class Retold:
    """Acts and runs of the clock told again.

    Attributes:
        case: Where they lead.
        records: They themselves, with what they do to the deadlines.
        table: Every deadline there was.
        begun: Of each deadline, the record of the act that started it and which time of its series it is.
    """

    case: Case
    records: tuple[Record, ...]
    table: Mapping[Key, Deadline]
    begun: Mapping[Key, tuple[int, int]]


# --- reading a history ---


def effective(history: Iterable[Record]) -> tuple[Record, ...]:
    """Return the records that count, each act as it was last corrected and none that was annulled or that amends."""
    found: dict[int, Record] = {}
    for record in history:
        if not isinstance(record, Amendment):
            found[record.revision] = record
            continue
        if record.kind is Kind.ANNULMENT:
            found.pop(record.amends, None)
        elif record.amends in found and record.moment is not None:
            own = found[record.amends]
            found[own.revision] = attrs.evolve(own, content=record.content, occurred_at=record.moment)
        for way in record.ways:
            if way.revision in found:
                found[way.revision] = attrs.evolve(
                    found[way.revision], before=way.before, after=way.after, obligors=way.obligors
                )
    return tuple(found.values())


def amendments(history: Iterable[Record]) -> Mapping[int, tuple[Amendment, ...]]:
    """Return what amends each act, by the revision of its record."""
    found: dict[int, tuple[Amendment, ...]] = {}
    for record in history:
        if isinstance(record, Amendment):
            found[record.amends] = (*found.get(record.amends, ()), record)
    return found


def retold(
    lifecycle: Lifecycle, records: Iterable[Record], calendar: WorkingCalendar, judge: Judge | None = None
) -> Retold:
    """Tell acts and runs of the clock again, and return what they lead to.

    Args:
        lifecycle: The definition the case is under.
        records: What counts, the first an opening or a migration.
        calendar: The working days.
        judge: Decides an act on where the case stands then; each goes the way it went unless given.
    """
    case: Case | None = None
    told: list[Record] = []
    table: dict[Key, Deadline] = {}
    begun: dict[Key, tuple[int, int]] = {}
    for entry in records:
        if isinstance(entry, Migration):
            case = entry.standing
            told.append(entry)
            table = {_key(d): d for d in case.deadlines}
            begun = {_key(d): (entry.revision, d.turn) for d in case.deadlines}
            continue
        if entry.kind is Kind.ACT and judge is not None:
            record = judge(case, entry)
        elif entry.kind is Kind.ACT:
            record = with_changes(lifecycle, case, entry.changing(()), calendar)
        elif entry.kind is Kind.CLOCK and case is not None:
            changes = tick(lifecycle.by_limit, case, entry.occurred_at.instant, calendar)
            record = attrs.evolve(entry, before=case.state, after=case.state, changes=changes)
        else:
            continue
        for change in record.changes:
            if isinstance(change, Started):
                earlier = begun.get((change.limit, change.obligor, change.number - 1), (record.revision, 0))
                begun[_key(change)] = (earlier[0] if change.turn > 1 else record.revision, change.turn)
        case = evolve(case, record)
        table = applied(table, record)
        told.append(record)
    if case is None:
        message = "a history without an opening cannot be told again"
        raise UnknownError(message)
    return Retold(case, tuple(told), table, begun)


def as_told(lifecycle: Lifecycle, history: Sequence[Record], calendar: WorkingCalendar) -> tuple[Record, ...]:
    """Return a history as it reads with its amendments: up to the last of them told again, from there on as it stands.

    Before a migration only what acts said, and whether they count, is as amended; their deadlines are as they stood.

    Args:
        lifecycle: The definition the case is under.
        history: The records of a case, in order.
        calendar: The working days.
    """
    own = since_migration(history)
    if len(own) != len(history):
        return (*effective(history[: -len(own)]), *as_told_since(lifecycle, own, calendar))
    return as_told_since(lifecycle, own, calendar)


def as_told_since(lifecycle: Lifecycle, history: Sequence[Record], calendar: WorkingCalendar) -> tuple[Record, ...]:
    """Return a history without a migration, or from its last one on, as ``as_told`` does."""
    last = max((place for place, record in enumerate(history) if isinstance(record, Amendment)), default=None)
    if last is None:
        return tuple(history)
    return (*retold(lifecycle, effective(history[: last + 1]), calendar).records, *history[last + 1 :])


# --- amending ---


def amend(
    lifecycle: Lifecycle,
    case: Case,
    history: Sequence[Record],
    amending: Amending,
    *,
    clear: Sequence[Record],
    now: Moment,
    calendar: WorkingCalendar,
    related: LinkedCases = NOTHING_RELATED,
) -> Amendment:
    """Return the record of a correction or an annulment, or refuse it; nothing is changed.

    Args:
        lifecycle: The procedure.
        case: Where the case stands.
        history: Its records, confidential values sealed.
        amending: What is wanted.
        clear: The same records with their confidential values, as guards have to see them.
        now: When it is entered.
        calendar: The working days.
        related: What the amended act, and those that set out from another state by it, see of linked cases.

    Raises:
        UnknownError: There is no such act, or no such role.
        ContentError: The ground or the content is missing or wrong.
        TimeError: The act cannot have happened then.
        RefusedError: The role may not, the act is not amended, its requirements are unmet, or a later act does not fit.
    """
    _check_ground(lifecycle, amending)
    whole, history, clear = history, since_migration(history), since_migration(clear)
    _not_before_migration(case, whole, history, amending)
    act = _amendable(lifecycle, case, history, amending, now)
    records = _wanted(history, amending)
    in_clear = {record.revision: record for record in _wanted(clear, amending)}

    def judged(before: Case | None, entry: Record) -> Record:
        if entry.revision < amending.revision:
            return with_changes(lifecycle, before, entry.changing(()), calendar)
        amended = entry.revision == amending.revision
        seen = related if amended or before is None or before.state != entry.before else _AS_THEN
        try:
            return _decided(lifecycle, before, entry, in_clear[entry.revision], calendar=calendar, related=seen)
        except (RefusedError, TimeError) as exc:
            if amended:
                raise
            raise _no_longer(lifecycle, case, amending, entry, exc) from exc

    old = effective(history)
    after = retold(lifecycle, records, calendar, judged)
    record = _recorded(case, amending, act, records, after=after, now=now)
    record = attrs.evolve(record, calendar=calendar.hash, ways=tuple(_ways(old, after.records)))
    before = retold(lifecycle, old, calendar)
    return _with_outcome(lifecycle, case, history, record, before=before, after=after, calendar=calendar)


def recomputed(
    lifecycle: Lifecycle, case: Case, history: Sequence[Record], amendment: Amendment, calendar: WorkingCalendar
) -> Amendment:
    """Return an amendment with what follows from the acts that count, worked out anew; guards are not asked again.

    By another calendar than it was made with, its deadlines are taken as they stand.

    Args:
        lifecycle: The definition the case is under.
        case: Where the case stood before it.
        history: The records before it.
        amendment: The record.
        calendar: The working days.

    Raises:
        UnknownError: It amends no act, or lets one take a way that the procedure does not have.
    """
    history = since_migration(history)
    _act_of(case, history, amendment.amends)
    old = effective(history)
    if all(record.revision != amendment.amends for record in old):
        message = f"record {amendment.amends} was annulled before"
        raise UnknownError(message)
    new = effective((*history, amendment))
    _check_ways(lifecycle, new)
    after = retold(lifecycle, new, calendar)
    obligors = next((record.obligors for record in new if record.revision == amendment.amends), ())
    said = attrs.evolve(
        amendment,
        trigger=next(record.trigger for record in old if record.revision == amendment.amends),
        before=case.state,
        after=after.case.state,
        obligors=obligors,
        changes=(),
        ways=tuple(_ways(old, new)),
    )
    before = retold(lifecycle, old, calendar)
    own = _with_outcome(lifecycle, case, history, said, before=before, after=after, calendar=calendar)
    return own if amendment.calendar == calendar.hash else attrs.evolve(own, deadlines=amendment.deadlines)


def _check_ground(lifecycle: Lifecycle, amending: Amending) -> None:
    where = f"{lifecycle.key}.{amending.verb}"
    check_ground(where, amending.ground)
    if amending.kind is Kind.CORRECTION and amending.content is None and amending.occurred_at is None:
        raise ContentError(where, "nothing is corrected: give content=, occurred_at= or both")


def _not_before_migration(case: Case, whole: Sequence[Record], since: Sequence[Record], amending: Amending) -> None:
    """Refuse to amend an act that is older than a migration."""
    earlier = whole[: len(whole) - len(since)]
    if any(record.kind is Kind.ACT and record.revision == amending.revision for record in earlier):
        unmet = Unmet("migrated", _BEFORE_MIGRATION, _CITED, (str(since[0].revision),))
        raise RefusedError(case.id, amending.verb, case.state, (unmet,))


def _act_of(case: Case, history: Sequence[Record], revision: object) -> Record:
    """Return the record of an act.

    Raises:
        UnknownError: There is none.
    """
    found = next((record for record in history if type(revision) is int and record.revision == revision), None)
    if found is None or found.kind is not Kind.ACT:
        acts = ", ".join(str(record.revision) for record in history if record.kind is Kind.ACT)
        what = "is not there" if found is None else f"is of kind {found.kind.value!r} and no act"
        message = f"record {revision!r:.20} of case {case.id} {what}; its acts are records {acts}"
        raise UnknownError(message)
    return found


def _amendable(lifecycle: Lifecycle, case: Case, history: Sequence[Record], amending: Amending, now: Moment) -> Record:
    """Return the act, or refuse what nobody amends, or not in this role; all that stands against it together."""
    lifecycle.role(amending.actor.role)
    act = _act_of(case, history, amending.revision)
    unmet: list[Unmet] = []
    role = held(lifecycle.amended_by, amending.actor)
    if role is None:
        unmet.append(not_amended_by(lifecycle, amending.actor.role))
    else:
        unmet.extend(against_delegation(role, amending.actor, now.date))
    if amending.kind is Kind.ANNULMENT and act.opening is not None:
        unmet.append(Unmet("opening", _OPENING, _CITED))
    if all(record.revision != amending.revision for record in effective(history)):
        unmet.append(Unmet("annulled", _ANNULLED, _CITED, (str(amending.revision),)))
    if unmet:
        raise RefusedError(case.id, amending.verb, case.state, tuple(unmet))
    return act


def not_amended_by(lifecycle: Lifecycle, role: str) -> Unmet:
    """Build the refusal of an actor whose role may not amend."""
    if not lifecycle.amended_by:
        return Unmet("role", _NOBODY, _CITED, (role,))
    return not_in_role(lifecycle.amended_by, role, _AMENDED, _CITED)


def _wanted(history: Sequence[Record], amending: Amending) -> tuple[Record, ...]:
    """Return the records that count once the amendment holds, each still going the way it went before."""
    old = effective(history)
    if amending.kind is Kind.ANNULMENT:
        return tuple(record for record in old if record.revision != amending.revision)
    return tuple(
        record
        if record.revision != amending.revision
        else attrs.evolve(
            record,
            content=record.content if amending.content is None else amending.content,
            occurred_at=amending.occurred_at or record.occurred_at,
        )
        for record in old
    )


def _decided(
    lifecycle: Lifecycle,
    before: Case | None,
    entry: Record,
    said: Record,
    *,
    calendar: WorkingCalendar,
    related: LinkedCases,
) -> Record:
    """Decide an act again as it was entered then, and return its record with what is sealed in it sealed."""
    assert said.actor is not None  # noqa: S101  # an act is somebody's
    record = decide(
        lifecycle,
        before,
        Act(entry.trigger, said.content, said.actor, said.occurred_at),
        now=entry.recorded_at,
        calendar=calendar,
        related=related,
        id=entry.case,
        opening=entry.opening,
    )
    return attrs.evolve(record, revision=entry.revision, actor=entry.actor, content=entry.content, key=entry.key)


class _AsThen:
    """Linked cases as they were seen when an act was entered, which nobody has written down."""

    @property
    def parent(self) -> Case | None:
        raise Untold

    origin = parent

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        raise Untold

    @property
    def open_ids(self) -> tuple[str, ...]:
        raise Untold

    def child(self, case: str) -> Case:
        raise Untold(case)


_AS_THEN: Final = _AsThen()


def _no_longer(
    lifecycle: Lifecycle, case: Case, amending: Amending, entry: Record, exc: RefusedError | TimeError
) -> RefusedError:
    """Return the refusal of an amendment after which a later act could not have been done."""
    label = lifecycle.by_trigger[entry.trigger].label
    said = Label(
        f"其后第{entry.revision}号记录（{label.zh}）不再成立，请先更正或撤销该记录",
        f"record {entry.revision} after it ({label.en}) no longer fits; amend that one first",
    )
    why = exc.unmet if isinstance(exc, RefusedError) else (Unmet("time", _IN_ORDER, _CITED, (str(exc),)),)
    found = (str(entry.revision), entry.trigger)
    return RefusedError(case.id, amending.verb, case.state, (Unmet("later", said, _CITED, found), *why))


def _recorded(
    case: Case, amending: Amending, act: Record, records: Iterable[Record], *, after: Retold, now: Moment
) -> Amendment:
    """Return the record of an amendment without what follows from it."""
    said = next((record for record in records if record.revision == act.revision), None)
    own = next((record for record in after.records if record.revision == act.revision), None)
    return Amendment(
        case.id,
        case.revision + 1,
        amending.kind,
        act.trigger,
        case.state,
        after.case.state,
        amending.actor,
        () if own is None else own.obligors,
        None if said is None else said.content,
        now,
        now.instant,
        key=amending.key,
        amends=amending.revision,
        ground=amending.ground,
        moment=None if said is None else said.occurred_at,
    )


def _ways(old: Iterable[Record], new: Iterable[Record]) -> Iterator[Way]:
    """Yield the acts that go another way than before."""
    went = {record.revision: (record.before, record.after, record.obligors) for record in old}
    for record in new:
        goes = record.before, record.after, record.obligors
        if record.kind is Kind.ACT and went[record.revision] != goes:
            yield Way(record.revision, *goes)


def _check_ways(lifecycle: Lifecycle, records: Iterable[Record]) -> None:
    """Refuse acts that do not follow one another by the table."""
    state = ""
    for record in records:
        if isinstance(record, Migration):
            state = record.after
        if record.kind is Kind.ACT:
            rows = lifecycle.rows.get((state, record.trigger), ())
            if record.before != state or all((row.to or state) != record.after for row in rows):
                message = (
                    f"record {record.revision} ({record.trigger}) does not lead from {state!r} to {record.after!r}"
                )
                raise UnknownError(message)
            state = record.after


def _with_outcome(
    lifecycle: Lifecycle,
    standing: Case,
    history: Sequence[Record],
    amendment: Amendment,
    *,
    before: Retold,
    after: Retold,
    calendar: WorkingCalendar,
) -> Amendment:
    """Return an amendment with where the case stands after it."""
    told = after.case
    facts = (fact for fact in told.all_facts() if fact != standing.fact(fact.trigger, fact.obligor))
    gone = ((fact.trigger, fact.obligor) for fact in standing.all_facts())
    amenders = (record.actor for record in (*history, amendment) if isinstance(record, Amendment))
    return attrs.evolve(
        amendment,
        opened=told.opened,
        entered=told.entered,
        deadlines=tuple(_deadlines(lifecycle, standing, before, after, calendar)),
        facts=tuple(sorted((_without_own(fact, amendment) for fact in facts), key=_place)),
        gone=tuple(sorted(name for name in gone if told.fact(*name) is None)),
        units=tuple(dict.fromkeys((*told.units, *(actor.unit for actor in amenders if actor is not None)))),
    )


def _without_own(fact: Fact, amendment: Amendment) -> Fact:
    return attrs.evolve(fact, content=None) if fact.revision == amendment.amends else fact


def _place(fact: Fact) -> tuple[int, str, str]:
    return fact.revision, fact.trigger, fact.obligor


def _deadlines(
    lifecycle: Lifecycle, standing: Case, before: Retold, after: Retold, calendar: WorkingCalendar
) -> Iterator[Deadline]:
    """Yield the deadlines after an amendment; what comes out as without it stays as it stands."""
    stands = {_key(deadline): deadline for deadline in standing.deadlines}
    known = {(key[0], key[1], *begun): stands.get(key, before.table[key]) for key, begun in before.begun.items()}
    for deadline in after.case.deadlines:
        key = _key(deadline)
        if key in stands and before.table.get(key) == deadline:
            yield stands[key]
            continue
        limit = lifecycle.by_limit[deadline.limit]
        was = known.get((deadline.limit, deadline.obligor, *after.begun[key]))
        pending = [(rung.key, deadline.due) for rung in limit.ladder]
        yield attrs.evolve(deadline, rungs=limit.rungs(deadline.due, calendar, pending if was is None else was.rungs))


def _key(of: OfDeadline) -> Key:
    return of.limit, of.obligor, of.number

"""Records and snapshots as text and back: what a store keeps without having to understand it."""

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final, TypeVar

import attrs

from yingshang_flow.codec.hashing import SHA_256
from yingshang_flow.codec.reading import STORED, UNREADABLE, names, told
from yingshang_flow.codec.text import canonical_text, instant, microseconds, shown
from yingshang_flow.core.actor import Actor, Delegation
from yingshang_flow.core.amendment import Amendment, Way
from yingshang_flow.core.case import Case, Deadline, Fact, Status, Unread
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import DATES, Migration
from yingshang_flow.core.moment import Moment, Precision
from yingshang_flow.core.record import (
    Change,
    Extended,
    Kind,
    Met,
    Missed,
    Moved,
    Opening,
    Paused,
    Record,
    Recounted,
    Reminded,
    Resumed,
    Revived,
    Started,
    Stopped,
    Warned,
)
from yingshang_flow.errors import CodecError

T = TypeVar("T")

GENESIS: Final = ""
"""The previous hash of a first record."""

_CHANGES: Final[dict[str, type[Change]]] = {
    "started": Started,
    "warned": Warned,
    "missed": Missed,
    "met": Met,
    "stopped": Stopped,
    "extended": Extended,
    "revived": Revived,
    "moved": Moved,
    "recounted": Recounted,
    "paused": Paused,
    "resumed": Resumed,
    "reminded": Reminded,
}
_CHANGE_FIELDS: Final = {change: names(change) for change in _CHANGES.values()}
_DEADLINE_FIELDS: Final = names(Deadline)
_OPENING_FIELDS: Final = names(Opening)
_CHANGE_NAMES: Final = {change: name for name, change in _CHANGES.items()}


def record_text(record: Record, previous: str, algorithm: str | None = SHA_256) -> str:
    """Return the canonical text of a sealed record, the hash of the one before it inside.

    Args:
        record: The record.
        previous: The hash of the one before it.
        algorithm: What its own hash is computed by; none for SHA-256 without saying so.

    Raises:
        CodecError: The record is not sealed, or holds what cannot be written.
    """
    value: dict[str, Any] = {
        "after": record.after,
        "before": record.before,
        "case": record.case,
        "kind": record.kind.value,
        "occurred_at": microseconds(record.occurred_at.instant),
        "precision": record.occurred_at.precision,
        "previous": previous,
        "recorded_at": microseconds(record.recorded_at),
        "revision": record.revision,
        "trigger": record.trigger,
    }
    if algorithm is not None:
        value["algorithm"] = algorithm
    if record.actor is not None:
        value["actor"] = _actor_value(record.actor)
    if record.obligors:
        value["obligors"] = record.obligors
    if record.content is not None:
        value["content"] = STORED.unstructure(record.content)
    if record.changes:
        value["changes"] = [_change_value(change) for change in record.changes]
    if record.opening is not None:
        value["opening"] = _opening_value(record.opening)
    if record.key is not None:
        value["key"] = record.key
    if record.kind is not Kind.ACT:
        value |= _besides(record)
    return canonical_text(value)


def _besides(record: Record) -> dict[str, Any]:
    """Return what a record that is no act says besides."""
    if isinstance(record, Amendment):
        return {"amendment": _amendment_value(record)}
    if isinstance(record, Erasure):
        return {"erasure": {"erased": record.erased, "ground": record.ground, "revisions": record.revisions}}
    return {"migration": _migration_value(record)} if isinstance(record, Migration) else {}


def record_from(text: str, lifecycle: Lifecycle) -> Record:
    """Read a record back.

    Args:
        text: Its canonical text.
        lifecycle: The definition it was written under; of a migration, the one that the case goes on under.

    Raises:
        CodecError: The text does not fit the lifecycle; it is reported, never dropped.
    """
    value = _loaded(text)
    try:
        actor = value.get("actor")
        opening = value.get("opening")
        amendment = value.get("amendment")
        annuls = amendment is not None and "moment" not in amendment
        record = Record(
            value["case"],
            value["revision"],
            Kind(value["kind"]),
            value["trigger"],
            value["before"],
            value["after"],
            None if actor is None else _actor_from(actor),
            tuple(value.get("obligors", ())),
            None if annuls else _content_from(value.get("content"), value["trigger"], lifecycle),
            Moment(instant(value["occurred_at"]), value["precision"]),
            instant(value["recorded_at"]),
            tuple(_change_from(change) for change in value.get("changes", ())),
            None if opening is None else Opening(**opening),
            value.get("key"),
        )
        if record.kind is Kind.ERASURE:
            return _erasure_from(record, **value["erasure"])
        if record.kind is Kind.MIGRATION:
            return _migration_from(record, value["migration"], lifecycle)
        return record if amendment is None else _amendment_from(record, amendment, lifecycle)
    except UNREADABLE as exc:
        raise _unreadable("record", text, exc) from exc


def links(text: str) -> tuple[str, str | None]:
    """Return what a record's text says of the chain: the hash of the record before, and the algorithm of its own.

    The algorithm is none where the text names none, which is SHA-256.

    Raises:
        CodecError: The text is no record.
    """
    value = _loaded(text)
    found = value.get("previous")
    if not isinstance(found, str):
        message = f"a stored record names no record before it: {shown(text)}"
        raise CodecError(message)
    algorithm = value.get("algorithm")
    if not isinstance(algorithm, str | None):
        message = f"a stored record names no hash algorithm by {shown(algorithm)}: {shown(text)}"
        raise CodecError(message)
    return found, algorithm


def migrated_between(text: str) -> tuple[str, str]:
    """Return what a migration's text says of the fingerprints of the rules before it and after it.

    Raises:
        CodecError: The text is no migration.
    """
    try:
        said = _loaded(text)["migration"]
        before, after = said["source"]["fingerprint"], said["target"]["fingerprint"]
        if isinstance(before, str) and isinstance(after, str):
            return before, after
    except (LookupError, TypeError):
        pass
    message = f"a stored migration does not say which rules it leads from and to: {shown(text)}"
    raise CodecError(message)


Fragments = dict[Any, Any]
"""The texts of a snapshot's parts, each with what it was written from, which never changes."""


def case_text(case: Case, known: Fragments | None = None) -> str:
    """Return the canonical text of a snapshot.

    Args:
        case: The case.
        known: The texts of parts written before; kept up to date, so that a case's next snapshot costs by what is new.
    """
    known = {} if known is None else known
    facts = ",".join(_fact_texts(case, known))
    deadlines = ",".join(_deadline_texts(case, known))
    entered = _part(known, "entered", case.entered, _entered_value)
    opened = _part(known, "opened", case.opened, _moment_value)
    opening = _part(known, "opening", case.opening, _opening_value)
    units = _part(known, "units", case.units, list)
    identity = _part(known, "id", case.id, str)
    state = _part(known, "state", case.state, str)
    migrated = f'"migrated":{case.migrated},' if case.migrated else ""
    return (
        f'{{"acted":{case.acted},"deadlines":[{deadlines}],"entered":{entered},"facts":[{facts}],"id":{identity},'
        f'{migrated}"opened":{opened},"opening":{opening},"recorded_at":{microseconds(case.recorded_at)},'
        f'"revision":{case.revision},"state":{state},"units":{units}}}'
    )


def _fact_texts(case: Case, known: Fragments) -> list[str]:
    """Return the latest facts act by act; a joint act is written once, with everybody it is still the latest of."""
    texts: list[tuple[int, str]] = []
    for trigger, by_obligor in case.facts.items():
        found = known.get((trigger,))
        if found is None or found[0] is not by_obligor:
            found = known[trigger,] = by_obligor, tuple(_texts_of_trigger(by_obligor, known))
        texts += found[1]
    texts.sort()
    return [text for _, text in texts]


def _texts_of_trigger(by_obligor: Mapping[str, Fact], known: Fragments) -> Iterator[tuple[int, str]]:
    """Yield the revision and the text of each act."""
    for facts in _by_act(by_obligor.values()):
        facts.sort(key=_obligor)
        first, whom = facts[0], tuple(map(_obligor, facts))
        found = known.get((first.trigger, first.obligor))
        if found is None or found[0] is not first or found[1] != whom:
            found = known[first.trigger, first.obligor] = first, whom, canonical_text(_act_value(first, whom))
        yield first.revision, str(found[2])


def _obligor(fact: Fact) -> str:
    return fact.obligor


def _part(known: Fragments, name: object, value: T, plain: Callable[[T], object]) -> str:
    found = known.get(name)
    if found is None or found[0] is not value:
        found = known[name] = value, canonical_text(plain(value))
    return str(found[1])


def _deadline_texts(case: Case, known: Fragments) -> Iterable[str]:
    """Return the text of each deadline; an act changes few of them."""
    kept: dict[int, tuple[Deadline, str]] = known.get("deadlines", {})
    now: dict[int, tuple[Deadline, str]] = {}
    for deadline in case.deadlines:
        # By identity: a deadline is never changed in place, and the entry keeps it from being another one's address.
        found = kept.get(id(deadline))
        now[id(deadline)] = (deadline, canonical_text(_deadline_value(deadline))) if found is None else found
    known["deadlines"] = now
    return [text for _, text in now.values()]


def _entered_value(entered: Mapping[str, Moment]) -> dict[str, list[Any]]:
    return {state: _moment_value(moment) for state, moment in entered.items()}


def case_from(text: str, lifecycle: Lifecycle, known: Fragments | None = None, *, unread: bool = False) -> Case:
    """Read a snapshot back.

    Args:
        text: Its canonical text.
        lifecycle: The definition it is under.
        known: Is told the texts of its parts, so that the case's next snapshot costs by what is new.
        unread: Leave every content unread until somebody asks for it, which then raises what this would have raised.

    Raises:
        CodecError: The text does not fit the lifecycle; it is reported, never dropped.
    """
    try:
        value, texts = _taken_apart(text)
    except (ValueError, LookupError, TypeError):
        value, texts = _loaded(text), {}  # not as this codec writes it, which is no reason not to read it
    try:
        _known(value["state"], lifecycle.by_state, "state")
        content_from = _later_from if unread else _content_from
        acts = [tuple(_facts_from(item, lifecycle, content_from)) for item in value["facts"]]
        facts: dict[str, dict[str, Fact]] = {}
        for fact in itertools.chain.from_iterable(acts):
            facts.setdefault(fact.trigger, {})[fact.obligor] = fact
        case = Case(
            value["id"],
            Opening(**value["opening"]),
            value["state"],
            value["revision"],
            value["acted"],
            _moment_from(value["opened"]),
            FrozenDict({state: _moment_from(moment) for state, moment in value["entered"].items()}),
            instant(value["recorded_at"]),
            tuple(_deadline_from(item, lifecycle) for item in value["deadlines"]),
            FrozenDict({trigger: FrozenDict(found) for trigger, found in facts.items()}),
            tuple(value["units"]),
            value.get("migrated", 0),
        )
    except UNREADABLE as exc:
        raise _unreadable("snapshot", text, exc) from exc
    if known is not None and texts:
        known |= {name: (getattr(case, name), texts[name]) for name in _PARTS}
        known["deadlines"] = {
            id(deadline): (deadline, said) for deadline, said in zip(case.deadlines, texts["deadlines"], strict=True)
        }
        of_trigger: dict[str, list[tuple[int, str]]] = {}
        for act, said in zip(acts, texts["facts"], strict=True):
            if act:
                first = act[0]
                known[first.trigger, first.obligor] = first, tuple(map(_obligor, act)), said
                of_trigger.setdefault(first.trigger, []).append((first.revision, said))
        known |= {(trigger,): (case.facts[trigger], tuple(said)) for trigger, said in of_trigger.items()}
    return case


_PARTS: Final = ("entered", "opened", "opening", "units", "id", "state")
_LISTS: Final = ("deadlines", "facts")


def _taken_apart(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the value of a canonical text, and the text of each of its parts: of the items, where one is a list.

    Raises:
        ValueError: It is no canonical text.
    """
    value: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    at = _past("{", text, 0) - 1
    while text[at] != "}":
        name, at = _READ(text, at + 1)
        begin = _past(":", text, at)
        if name in _LISTS:
            value[name], texts[name], at = _items(text, begin)
        else:
            value[name], at = _READ(text, begin)
            texts[name] = text[begin:at]
        if text[at] != "}":
            _past(",", text, at)
    if at + 1 != len(text):
        raise ValueError(text[at + 1 :])
    return value, texts


def _past(sign: str, text: str, at: int) -> int:
    if text[at] != sign:
        raise ValueError(text[at])
    return at + 1


def _items(text: str, at: int) -> tuple[list[Any], list[str], int]:
    """Return the items of a list that begins somewhere in a text, the text of each, and where the list has ended."""
    items: list[Any] = []
    texts: list[str] = []
    begin = _past("[", text, at)
    if text[begin] == "]":
        return items, texts, begin + 1
    while True:
        item, at = _READ(text, begin)
        items.append(item)
        texts.append(text[begin:at])
        if text[at] == "]":
            return items, texts, at + 1
        begin = _past(",", text, at)


_BEFORE_DEADLINES: Final = re.compile(r'\{"acted":\d+,"deadlines":')
_READ: Final = json.JSONDecoder().raw_decode


@attrs.frozen
class Skimmed:
    """A snapshot of which only the deadlines were read; all that was said in acts stays text.

    Attributes:
        deadlines: The deadlines.
    """

    deadlines: tuple[Deadline, ...]
    _before: str
    _behind: str

    def moved_on(self, deadlines: Iterable[Deadline], record: Record) -> str:
        """Return the text of the snapshot after a record that is no act: nothing else changes by it.

        Args:
            deadlines: All deadlines after it.
            record: The record.
        """
        texts = ",".join(canonical_text(_deadline_value(deadline)) for deadline in deadlines)
        # A key is never mistaken for words of a content, whose quotation marks are escaped; the last one is the case's.
        said, _, last = self._behind.rpartition('"recorded_at":')
        _, _, rest = last.partition('"state":')
        return (
            f'{self._before}[{texts}]{said}"recorded_at":{microseconds(record.recorded_at)},'
            f'"revision":{record.revision},"state":{rest}'
        )


def skimmed(text: str, lifecycle: Lifecycle) -> Skimmed:
    """Read the deadlines of a snapshot, which stand before all that was said in acts: a part of the work of a reading.

    Raises:
        CodecError: They do not fit the lifecycle. Of what stands behind them nothing is told.
    """
    start = _BEFORE_DEADLINES.match(text)
    if start is None:
        message = f"a stored snapshot does not begin with its deadlines: {shown(text)}"
        raise CodecError(message)
    try:
        items, end = _READ(text, start.end())
        return Skimmed(tuple(_deadline_from(item, lifecycle) for item in items), start.group(), text[end:])
    except UNREADABLE as exc:
        raise _unreadable("snapshot", text, exc) from exc


def _known(key: str, keys: Mapping[str, object], what: str) -> None:
    if key not in keys:
        message = f"there is no {what} {key!r} in the definition"
        raise CodecError(message)


def _loaded(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as exc:
        raise _unreadable("text", text, exc) from exc
    if not isinstance(value, dict):
        message = f"a stored text is no record: {shown(text)}"
        raise CodecError(message)
    return value


def _unreadable(what: str, text: object, exc: BaseException) -> CodecError:
    problems = "; ".join(told(exc))
    return CodecError(f"a stored {what} does not fit its definition ({problems}): {shown(text)}")


def _content_from(value: object, trigger: str, lifecycle: Lifecycle) -> object | None:
    if not trigger:
        return None
    content = lifecycle.trigger(trigger).content
    return None if content is None else STORED.structure(value, content)


def _later_from(value: object, trigger: str, lifecycle: Lifecycle) -> Unread | None:
    if (kind := lifecycle.trigger(trigger).content) is None:
        return None

    def read() -> object:
        try:
            return STORED.structure(value, kind)
        except UNREADABLE as exc:
            raise _unreadable("content", value, exc) from exc

    return Unread(kind, read)


def _actor_value(actor: Actor) -> dict[str, Any]:
    value: dict[str, Any] = {"id": actor.id, "unit": actor.unit, "role": actor.role}
    if (given := actor.delegation) is not None:
        value["delegation"] = [given.by, given.since.isoformat(), given.until.isoformat(), given.document]
    return value


def _actor_from(value: dict[str, Any]) -> Actor:
    if "delegation" not in value:
        return _actor(**value)
    by, since, until, document = value["delegation"]
    days = date.fromisoformat(since), date.fromisoformat(until)
    return Actor(value["id"], value["unit"], value["role"], Delegation(by, *days, document))


@lru_cache(1024)
def _actor(id: str, unit: str, role: str) -> Actor:  # noqa: A002  # as it is written
    return Actor(id, unit, role)


def _moment_value(moment: Moment) -> list[Any]:
    return [microseconds(moment.instant), moment.precision]


def _moment_from(value: list[Any]) -> Moment:
    return _moment(value[0], value[1])


@lru_cache(4096)
def _moment(at: int, precision: Precision) -> Moment:
    """Return a moment: an act's stands with its state too, and many acts are entered by the day alone."""
    return Moment(instant(at), precision)


def _opening_value(opening: Opening) -> dict[str, Any]:
    return {name: item for name in _OPENING_FIELDS if (item := getattr(opening, name)) is not None}


def _change_value(change: Change) -> dict[str, Any]:
    value = {name: _plain(getattr(change, name)) for name in _CHANGE_FIELDS[type(change)]}
    value["change"] = _CHANGE_NAMES[type(change)]
    return value


def _plain(value: object) -> object:
    """Return dates and times as text, in pairs and lists of them too."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(
        ("anchor", "start", "due", "warn", "old", "since", "first", "last", "paused", "arrived"), date.fromisoformat
    ),
    "closes": time.fromisoformat,
    "received": datetime.fromisoformat,
}


def _with_dates(value: dict[str, Any]) -> dict[str, Any]:
    found = dict(value)
    for name, read in _READERS.items():
        if found.get(name) is not None:
            found[name] = read(found[name])
    if "rungs" in found:
        found["rungs"] = tuple((key, date.fromisoformat(day)) for key, day in found["rungs"])
    return found


def _change_from(value: dict[str, Any]) -> Change:
    fields = _with_dates(value)
    return _CHANGES[fields.pop("change")](**fields)


def _deadline_value(deadline: Deadline) -> dict[str, Any]:
    value = {name: _plain(getattr(deadline, name)) for name in _DEADLINE_FIELDS}
    value["status"] = deadline.status.value
    value["settled"] = None if deadline.settled is None else _moment_value(deadline.settled)
    return value


def _deadline_from(value: dict[str, Any], lifecycle: Lifecycle) -> Deadline:
    fields = _with_dates(value)
    fields["status"] = Status(fields["status"])
    fields["settled"] = None if fields["settled"] is None else _moment_from(fields["settled"])
    fields["excluded"] = tuple(
        (date.fromisoformat(first), date.fromisoformat(last)) for first, last in fields["excluded"]
    )
    fields["ceilings"] = tuple(fields["ceilings"])
    _known(fields["limit"], lifecycle.by_limit, "limit")
    return Deadline(**fields)


def _act_value(fact: Fact, whom: tuple[str, ...]) -> dict[str, Any]:
    return {
        "actor": _actor_value(fact.actor),
        "content": None if fact.content is None else STORED.unstructure(fact.content),
        "obligors": whom,
        "occurred_at": _moment_value(fact.occurred_at),
        "revision": fact.revision,
        "trigger": fact.trigger,
    }


def _facts_from(
    value: dict[str, Any],
    lifecycle: Lifecycle,
    content_from: Callable[[object, str, Lifecycle], object | None],
    *,
    own: int | None = None,
) -> Iterator[Fact]:
    """Yield the facts of an act; of the act that is corrected itself the content stands elsewhere."""
    said = _actor_from(value["actor"]), _moment_from(value["occurred_at"])
    kept = value["revision"] == own
    content = None if kept else content_from(value["content"], value["trigger"], lifecycle)
    for obligor in value["obligors"]:
        yield Fact(value["trigger"], obligor, value["revision"], *said, content)


def _amendment_value(record: Amendment) -> dict[str, Any]:
    value: dict[str, Any] = {
        "amends": record.amends,
        "calendar": record.calendar,
        "deadlines": [_deadline_value(deadline) for deadline in record.deadlines],
        "entered": _entered_value(record.entered),
        "facts": [_act_value(facts[0], tuple(map(_obligor, facts))) for facts in _by_act(record.facts)],
        "gone": record.gone,
        "ground": record.ground,
        "opened": None if record.opened is None else _moment_value(record.opened),
        "units": record.units,
        "ways": [[way.revision, way.before, way.after, way.obligors] for way in record.ways],
    }
    if record.moment is not None:
        value["moment"] = _moment_value(record.moment)
    return value


def _by_act(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Return facts act by act, so that a joint act is written once."""
    acts: dict[int, list[Fact]] = {}
    for fact in facts:
        acts.setdefault(fact.revision, []).append(fact)
    return list(acts.values())


def _erasure_from(record: Record, *, erased: list[str], ground: str, revisions: list[int]) -> Erasure:
    fields = {name: getattr(record, name) for name in names(Record)}
    return Erasure(**fields, ground=ground, revisions=tuple(revisions), erased=tuple(erased))


def _migration_value(record: Migration) -> dict[str, Any]:
    return {
        "calendar": record.calendar,
        "dates": record.dates,
        "deadlines": [_deadline_value(deadline) for deadline in record.deadlines],
        "entered": _entered_value(record.entered),
        "facts": [_act_value(facts[0], tuple(map(_obligor, facts))) for facts in _by_act(record.facts)],
        "ground": record.ground,
        "opened": _moment_value(record.opened),
        "source": _opening_value(record.source),
        "states": record.states,
        "target": _opening_value(record.target),
        "units": record.units,
    }


def _migration_from(record: Record, value: dict[str, Any], lifecycle: Lifecycle) -> Migration:
    fields = {name: getattr(record, name) for name in names(Record)}
    facts = (_facts_from(item, lifecycle, _content_from) for item in value["facts"])
    if value["dates"] not in DATES:
        message = f"the dates of a migration are {' or '.join(DATES)}, not {shown(value['dates'])}"
        raise CodecError(message)
    return Migration(
        **fields,
        ground=value["ground"],
        source=Opening(**value["source"]),
        target=Opening(**value["target"]),
        states=tuple((old, new) for old, new in value["states"]),
        dates=value["dates"],
        calendar=value["calendar"],
        opened=_moment_from(value["opened"]),
        entered=FrozenDict({state: _moment_from(moment) for state, moment in value["entered"].items()}),
        deadlines=tuple(_deadline_from(item, lifecycle) for item in value["deadlines"]),
        facts=tuple(fact for found in facts for fact in found),
        units=tuple(value["units"]),
    )


def _amendment_from(record: Record, value: dict[str, Any], lifecycle: Lifecycle) -> Amendment:
    fields = {name: getattr(record, name) for name in names(Record)}
    facts = (_facts_from(item, lifecycle, _content_from, own=value["amends"]) for item in value["facts"])
    return Amendment(
        **fields,
        amends=value["amends"],
        ground=value["ground"],
        moment=_moment_from(value["moment"]) if "moment" in value else None,
        calendar=value["calendar"],
        ways=tuple(Way(number, before, after, tuple(whom)) for number, before, after, whom in value["ways"]),
        opened=_moment_from(value["opened"]),
        entered=FrozenDict({state: _moment_from(moment) for state, moment in value["entered"].items()}),
        deadlines=tuple(_deadline_from(item, lifecycle) for item in value["deadlines"]),
        facts=tuple(fact for found in facts for fact in found),
        gone=tuple((trigger, obligor) for trigger, obligor in value["gone"]),
        units=tuple(value["units"]),
    )

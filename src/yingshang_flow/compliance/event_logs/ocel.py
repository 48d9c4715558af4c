"""Histories as an object-centric event log (OCEL 2.0, JSON): cases, their units and deadlines are objects."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, Final

from yingshang_flow import codec
from yingshang_flow.compliance.event_logs.xes import History, activity, label_of
from yingshang_flow.core.decide import unit_of
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Dated, OfDeadline, Record
from yingshang_flow.errors import CodecError, EventLogError

_UNIT, _DEADLINE, _ELSEWHERE = "unit", "deadline", "case"
"""The types of objects besides lifecycles; the last is that of a linked case which is not among those written."""

_OF_EVENTS: Final = {
    "after": "string",
    "before": "string",
    "label": "string",
    "label_en": "string",
    "precision": "string",
    "recorded_at": "time",
    "resource": "string",
    "revision": "integer",
    "role": "string",
}
_OF_CASES: Final = {"profile": "string", "reference": "string", "state": "string"}
_OF_DEADLINES: Final = {"due": "string", "limit": "string", "number": "integer", "obligor": "string"}
_ALWAYS: Final = "1970-01-01T00:00:00Z"
"""The time of what an object is from its beginning, as the standard has it."""


def write_ocel_json(file: BinaryIO, histories: Iterable[History]) -> int:
    """Write histories as an object-centric event log in JSON, one at a time.

    An object is a case, of the type of its lifecycle; a unit; or a deadline. A case is ``part_of`` its parent and has
    an ``origin``; a deadline is ``of`` its case. An event is a record, of the type ``interview:hold`` for an act and
    ``interview:clock`` for what is none; it is related to its ``case``, to the unit ``by`` which and to those ``for``
    which it was done, and to the deadlines that it ``started``, ``met`` and so on. The state of a case and the date of
    a deadline are attributes that change in time. Content is left out, and with it all that is confidential in it.

    Args:
        file: Where to, opened for writing bytes.
        histories: As ``docket.history`` gives them without ``by``, each with its definition.

    Returns:
        The number of cases.

    Raises:
        EventLogError: A history is empty or does not begin with an opening, or a case comes twice.
        CodecError: The id of a private person stands in a history in clear; what was written before is no whole log.
        OSError: It cannot be written.
    """
    with TemporaryFile() as objects:
        written = _Written(file, objects)
        file.write(b'{"events":[')
        for records, lifecycle in histories:
            written.history(records, lifecycle)
        file.write(b'\n],"objects":[')
        written.rest()
        objects.seek(0)
        shutil.copyfileobj(objects, file)
        file.write(f'\n],"eventTypes":{_json(list(written.event_types()))}'.encode())
        file.write(f',"objectTypes":{_json(list(written.object_types()))}}}\n'.encode())
        return len(written.cases)


class _Written:
    """What of a log is written: events go to the file at once, objects wait until all events are."""

    def __init__(self, file: BinaryIO, objects: IO[bytes]) -> None:
        self._outputs = {file: b"\n", objects: b"\n"}
        self._file, self._objects = file, objects
        self.cases: set[str] = set()
        self._named: dict[str, None] = {}
        self._units: dict[str, None] = {}
        self._types: dict[str, None] = {}
        self._lifecycles: dict[str, None] = {}

    def history(self, records: Sequence[Record], lifecycle: Lifecycle) -> None:
        opening = records[0].opening if records else None
        if opening is None:
            what = "it is empty or does not begin with the record that opens it"
            raise EventLogError("a history to be exported", what)
        case = records[0].case
        if case in self.cases:
            raise EventLogError("the histories to be exported", f"the case {case!r} comes twice; give it once")
        self.cases.add(case)
        links = {"part_of": opening.parent, "origin": opening.origin}
        linked = {name: other for name, other in links.items() if other is not None}
        self._named |= dict.fromkeys(linked.values())
        self._lifecycles[opening.lifecycle] = None
        deadlines: dict[str, list[tuple[str, Mapping[str, object]]]] = {}
        states: list[tuple[str, Mapping[str, object]]] = [
            (_ALWAYS, {"profile": opening.profile, "reference": opening.reference})
        ]
        for place, one in enumerate(records, 1):
            record = codec.resealed(one, lifecycle)
            at = _time(record.occurred_at.instant)
            if record.after != record.before:
                states.append((at, {"state": record.after}))
            related = [("case", _case(case))] + [(name, _case(other)) for name, other in linked.items() if place == 1]
            related += self._whom(record)
            for change in record.changes:
                name = _deadline(case, change)
                said = deadlines.setdefault(name, [(_ALWAYS, _identity(change))])
                if isinstance(change, Dated):
                    said.append((at, {"due": change.due.isoformat()}))
                related.append((type(change).__name__.lower(), name))
            kind = f"{opening.lifecycle}:{activity(record)}"
            self._types[kind] = None
            event = {"id": f"{case}:{place}", "type": kind, "time": at, "attributes": _attributes(record, lifecycle)}
            self._put(self._file, {**event, "relationships": _relations(related)})
        tied = [(name, _case(other)) for name, other in linked.items()]
        self._object(_case(case), opening.lifecycle, states, tied)
        for name, said in deadlines.items():
            self._object(name, _DEADLINE, said, [("of", _case(case))])

    def _whom(self, record: Record) -> Iterator[tuple[str, str]]:
        """Yield the units that a record has to do with."""
        units = [] if record.actor is None else [("by", record.actor.unit)]
        units += [("for", unit_of(obligor)) for obligor in record.obligors]
        self._units |= dict.fromkeys(unit for _, unit in units)
        yield from ((how, f"{_UNIT}:{unit}") for how, unit in units)

    def rest(self) -> None:
        """Write the objects that are of no case, or of a case that is not among those written."""
        for unit in self._units:
            self._object(f"{_UNIT}:{unit}", _UNIT, [(_ALWAYS, {"name": unit})], [])
        for case in self._named:
            if case not in self.cases:
                self._object(_case(case), _ELSEWHERE, [], [])

    def _object(
        self,
        name: str,
        kind: str,
        said: Iterable[tuple[str, Mapping[str, object]]],
        related: Iterable[tuple[str, str]],
    ) -> None:
        attributes = [
            {"name": key, "time": at, "value": value}
            for at, values in said
            for key, value in values.items()
            if value is not None
        ]
        one = {"id": name, "type": kind, "attributes": attributes, "relationships": _relations(related)}
        self._put(self._objects, one)

    def _put(self, output: Any, value: Mapping[str, object]) -> None:  # noqa: ANN401  # either output
        try:
            output.write(self._outputs[output] + _json(value).encode())
        except UnicodeEncodeError as exc:
            raise CodecError(f"a text holds the lone surrogate {exc.object[exc.start]!r}; remove it") from exc
        self._outputs[output] = b",\n"

    def event_types(self) -> Iterator[Mapping[str, object]]:
        """Yield every type of events with its attributes."""
        return (_type(kind, _OF_EVENTS) for kind in self._types)

    def object_types(self) -> Iterator[Mapping[str, object]]:
        """Yield every type of objects with its attributes."""
        yield from (_type(kind, _OF_CASES) for kind in self._lifecycles)
        yield _type(_UNIT, {"name": "string"})
        yield _type(_DEADLINE, _OF_DEADLINES)
        yield _type(_ELSEWHERE, {})


def _type(name: str, attributes: Mapping[str, str]) -> Mapping[str, object]:
    return {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}


def _case(case: str) -> str:
    return f"case:{case}"


def _deadline(case: str, change: OfDeadline) -> str:
    return f"{_DEADLINE}:{case}:{change.limit}:{change.obligor}:{change.number}"


def _identity(change: OfDeadline) -> Mapping[str, object]:
    return {"limit": change.limit, "number": change.number, "obligor": change.obligor}


def _attributes(record: Record, lifecycle: Lifecycle) -> list[Mapping[str, object]]:
    """Return the attributes of an event."""
    label = label_of(record, lifecycle)
    said = {
        "after": record.after,
        "before": record.before,
        "label": label.zh,
        "label_en": label.en,
        "precision": record.occurred_at.precision,
        "recorded_at": _time(record.recorded_at),
        "resource": None if record.actor is None else record.actor.id,
        "revision": record.revision,
        "role": None if record.actor is None else record.actor.role,
    }
    return [{"name": name, "value": value} for name, value in said.items() if value is not None]


def _relations(related: Iterable[tuple[str, str]]) -> list[Mapping[str, str]]:
    return [{"objectId": name, "qualifier": how} for how, name in dict.fromkeys(related)]


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""Histories as an event log (XES, IEEE 1849) and back, with nothing lost: the audit of what is read is the store's."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO, Final
from uuid import UUID, uuid5

from yingshang_flow import codec
from yingshang_flow.compliance.conformance import parts
from yingshang_flow.compliance.event_logs.stream import LARGEST, Event, Header, Source, Trace, read_traces
from yingshang_flow.compliance.event_logs.xml_text import json_text, plain, quoted
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.frozen import FrozenDict
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Kind, Opening, Record
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import CodecError, EventLogError, UnknownFingerprintError, YingshangFlowError
from yingshang_flow.lifecycles import SHIPPED, Procedure
from yingshang_flow.policies import Profile
from yingshang_flow.words import Label

History = tuple[Sequence[Record], Lifecycle]
"""The records of a case in order, and the definition they ran under; as ``audit_all`` takes them."""

_FORMAT: Final = "1"
_IDENTITIES: Final = UUID("0b697e25-40af-5116-acaa-b38208feb1ae")
"""Names the space in which the identities of cases are made; the same for ever."""

_EXTENSIONS: Final = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Identity", "identity", "http://www.xes-standard.org/identity.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Yingshang", "yingshang", "urn:yingshang-flow:xes"),
)
_HEAD: Final = "\n".join(
    (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">',
        *(f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>' for name, prefix, uri in _EXTENSIONS),
        '<global scope="trace">',
        '<string key="concept:name" value=""/>',
        '<string key="yingshang:lifecycle" value=""/>',
        "</global>",
        '<global scope="event">',
        '<string key="concept:name" value=""/>',
        '<string key="lifecycle:transition" value="complete"/>',
        '<date key="time:timestamp" value="1970-01-01T00:00:00.000+08:00"/>',
        '<string key="yingshang:kind" value="act"/>',
        "</global>",
        '<classifier name="Act" keys="concept:name"/>',
        '<classifier name="Act and transition" keys="concept:name lifecycle:transition"/>',
        '<classifier name="Act and kind" keys="concept:name yingshang:kind"/>',
        '<string key="concept:name" value="yingshang-flow"/>',
        '<string key="lifecycle:model" value="standard"/>',
        f'<string key="yingshang:format" value="{_FORMAT}"/>',
        "",
    )
)


def write_xes(file: BinaryIO, histories: Iterable[History], *, earlier: Mapping[str, Lifecycle] = FrozenDict()) -> int:
    """Write histories as an event log in XES, one at a time.

    A trace is a case, an event a record, in the order of the history: ``concept:name`` is the trigger, or the kind of a
    record that is no act; ``time:timestamp`` is when it happened. Attributes of our own hold the whole record, so that
    ``read_xes`` gives it back. What is confidential stays sealed; only its commitment is written.

    Args:
        file: Where to, opened for writing bytes.
        histories: As ``docket.history`` gives them without ``by``, each with its definition.
        earlier: The definitions that migrated cases ran under before, by their fingerprints; looked up when such a case
            is written.

    Returns:
        The number of traces.

    Raises:
        EventLogError: A history is empty, does not begin with an opening, or is of a migrated case of which a
            definition is not given.
        CodecError: Something confidential stands in a history in clear; what was written before is no whole log.
        OSError: It cannot be written.
    """
    file.write(_HEAD.encode())
    count = 0
    for records, lifecycle in histories:
        file.write("".join(_trace(records, lifecycle, earlier)).encode())
        count += 1
    file.write(b"</log>\n")
    return count


def _trace(records: Sequence[Record], lifecycle: Lifecycle, earlier: Mapping[str, Lifecycle]) -> Iterator[str]:
    opening = records[0].opening if records else None
    if opening is None:
        raise EventLogError("a history to be exported", "it is empty or does not begin with the record that opens it")
    case = records[0].case
    identity = _identity(case)
    under = [(part.records, part.lifecycle) for part in parts(records, lifecycle, earlier)]
    first = under[0][1]
    if first is None or any(own is None for _, own in under):
        raise EventLogError(
            "a history to be exported", f"case {case!r} was migrated: give the definitions it ran under by earlier="
        )
    yield "<trace>\n"
    for key, value in _of_case(case, opening, first, identity).items():
        yield _attribute(key, value)
    for record, own in ((record, own) for told, own in under if own is not None for record in told):
        yield "<event>\n"
        for key, value in _of_record(codec.resealed(record, own), own, identity).items():
            yield _attribute(key, value)
        if isinstance(record, Migration):
            yield _attribute("yingshang:definition", json_text(own.sections))
        yield "</event>\n"
    yield "</trace>\n"


def _identity(case: str) -> UUID:
    """Return the UUID of a case: its own id where that is one."""
    try:
        found = UUID(case)
    except ValueError:
        return uuid5(_IDENTITIES, case)
    return found if str(found) == case else uuid5(_IDENTITIES, case)


def _of_case(case: str, opening: Opening, lifecycle: Lifecycle, identity: UUID) -> Mapping[str, object]:
    """Return the attributes of a trace."""
    definition = json_text(lifecycle.sections)
    return {
        "concept:name": case,
        "identity:id": identity,
        "yingshang:lifecycle": opening.lifecycle,
        "yingshang:title": lifecycle.title.zh,
        "yingshang:title_en": lifecycle.title.en,
        "yingshang:version": opening.version,
        "yingshang:profile": opening.profile,
        "yingshang:fingerprint": opening.fingerprint,
        "yingshang:definition": definition,
        "yingshang:digest": _digest(definition),
        "yingshang:parent": opening.parent,
        "yingshang:origin": opening.origin,
        "yingshang:reference": opening.reference,
    }


def _of_record(record: Record, lifecycle: Lifecycle, identity: UUID) -> Mapping[str, object]:
    """Return the attributes of an event."""
    text = json_text(codec.record_text(record, codec.GENESIS, None))
    label = label_of(record, lifecycle)
    actor = record.actor
    return {
        "concept:name": activity(record),
        "concept:instance": str(record.revision),
        "lifecycle:transition": "complete",
        "time:timestamp": record.occurred_at.instant,
        "identity:id": uuid5(identity, str(record.revision)),
        "org:resource": None if actor is None else actor.id,
        "org:role": None if actor is None else actor.role,
        "org:group": None if actor is None else actor.unit,
        "yingshang:kind": record.kind.value,
        "yingshang:label": label.zh,
        "yingshang:label_en": label.en,
        "yingshang:revision": record.revision,
        "yingshang:recorded_at": record.recorded_at,
        "yingshang:before": record.before,
        "yingshang:after": record.after,
        "yingshang:record": text,
        "yingshang:digest": _digest(text),
    }


def activity(record: Record) -> str:
    """Return what a record is in a log: its trigger, or its kind where it is no act."""
    return record.trigger if record.kind is Kind.ACT else record.kind.value


def label_of(record: Record, lifecycle: Lifecycle) -> Label:
    """Return what a record is called."""
    if record.named is not None:
        return record.named
    trigger = lifecycle.by_trigger.get(record.trigger)
    return _KINDS.get(record.kind, _UNNAMED) if trigger is None else trigger.label


_KINDS: Final = {Kind.CLOCK: Label("时钟", "Clock"), Kind.REPROJECTION: Label("重新推算", "Reprojection")}
_UNNAMED: Final = Label("未知事项", "Unknown act")


def _attribute(key: str, value: object) -> str:
    """Return an attribute of a trace or event; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f'<date key="{key}" value="{_time(value)}"/>\n'
    if isinstance(value, int | UUID):
        return f'<{"int" if isinstance(value, int) else "id"} key="{key}" value="{value}"/>\n'
    return f'<string key="{key}" value={quoted(plain(str(value)))}/>\n'


def _time(value: datetime) -> str:
    """Return an instant as every tool reads it; to the microsecond it stands in the record."""
    return value.astimezone(CHINA_TIME).isoformat(timespec="milliseconds")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


# --- and back ---------------------------------------------------------------------------------------------------------


def is_own(header: Header) -> bool:
    """Tell whether a log was written by ``write_xes``."""
    return "yingshang:format" in header.attributes


def read_xes(
    source: Source,
    *,
    lifecycles: Iterable[Procedure[Any]] | None = None,
    name: str = "",
    largest: int = LARGEST,
    earlier: dict[str, Lifecycle] | None = None,
) -> Iterator[tuple[tuple[Record, ...], Lifecycle]]:
    """Yield the histories of a log that ``write_xes`` wrote, as ``docket.history`` gives them without ``by``.

    Cases or events may have been left out since; an audit tells a gap. What was erased is told from the records of its
    erasure.

    Args:
        source: The log; plain or packed by gzip.
        lifecycles: The procedures whose cases it can hold; the shipped ones unless given.
        name: What to call it in messages; the path unless given.
        largest: How many bytes are read at most, unpacked.
        earlier: Is told the definitions that migrated cases ran under before, by their fingerprints, for an audit.

    Raises:
        EventLogError: It is no log of this library's, of a later form, or what it holds was changed.
        UnknownFingerprintError: This code cannot rebuild the definition of a case.
        OSError: It cannot be read.
    """
    header, traces = read_traces(source, name=name, largest=largest)
    if not is_own(header):
        raise EventLogError(header.name, "another system wrote it; read it with read_foreign_xes and its lifecycle")
    form = header.attributes["yingshang:format"]
    if form != _FORMAT:
        raise EventLogError(header.name, f"it is of form {form[:20]!r}, this release reads {_FORMAT}; use a newer one")
    procedures = dict(SHIPPED) if lifecycles is None else {item.key: item for item in lifecycles}
    reading = _Reading(header.name, procedures, {} if earlier is None else earlier)
    return map(reading.history, traces)


class _Reading:
    """Reads the traces of one log; definitions are rebuilt once, and a case is met once."""

    def __init__(self, name: str, procedures: Mapping[str, Procedure[Any]], earlier: dict[str, Lifecycle]) -> None:
        self._name = name
        self._earlier = earlier
        self._procedures = procedures
        self._definitions: dict[tuple[str, str, str], Lifecycle] = {}
        self._met: dict[str, int] = {}

    def history(self, trace: Trace) -> tuple[tuple[Record, ...], Lifecycle]:
        case = self._said(trace, "concept:name")
        if (before := self._met.setdefault(case, trace.number)) != trace.number:
            raise self._wrong(trace, f"its case {case!r} is that of trace {before} already; keep one")
        lifecycle = self._lifecycle(trace)
        read: list[Record] = []
        for event in trace.events:
            if "yingshang:definition" in event.attributes:
                self._earlier[fingerprint(lifecycle)] = lifecycle
                lifecycle = self._next(trace, event, lifecycle.key)
            read.append(self._record(event, lifecycle))
        records = tuple(read)
        if not records or records[0].opening is None or plain(records[0].case) != case:
            raise self._wrong(trace, f"its first event is not the record that opens the case {case!r}")
        erased = {gone for record in records if isinstance(record, Erasure) for gone in record.erased}
        return tuple(codec.withheld(record, erased) for record in records), lifecycle

    def _next(self, trace: Trace, event: Event, key: str) -> Lifecycle:
        """Return the definition that a case goes on under by a migration."""
        try:
            text = self._whole(event, "yingshang:record")
            _, mark = codec.migrated_between(text)
            version = json.loads(text)["migration"]["target"]["version"]
        except (CodecError, LookupError) as exc:
            raise self._wrong(event, f"its record cannot be read ({exc})") from exc
        return self._known(trace, key, self._said(event, "yingshang:definition"), mark, version)

    def _lifecycle(self, trace: Trace) -> Lifecycle:
        """Return the definition of a case, rebuilt from what stands in its trace."""
        text = self._whole(trace, "yingshang:definition")
        key, mark = self._said(trace, "yingshang:lifecycle"), self._said(trace, "yingshang:fingerprint")
        return self._known(trace, key, text, mark, self._said(trace, "yingshang:version"))

    def _known(self, trace: Trace, key: str, text: str, mark: str, version: str) -> Lifecycle:
        found = self._definitions.get((key, text, mark))
        if found is None:
            found = self._definitions[key, text, mark] = self._rebuilt(trace, key, text, mark, version)
        return found

    def _rebuilt(self, trace: Trace, key: str, text: str, mark: str, version: str) -> Lifecycle:
        where = f"{self._name}: trace {trace.number} (line {trace.line})"
        make = self._procedures.get(key)
        if make is None:
            message = f"{where} is of {key!r}, which is none of the procedures given: {', '.join(self._procedures)}"
            raise UnknownFingerprintError(message)
        try:
            found = make.version_of(int(version))(Profile.from_text(text))
        except _UNREADABLE as exc:
            raise UnknownFingerprintError(f"{where}: its definition cannot be rebuilt by this code ({exc})") from exc
        if fingerprint(found) != mark:
            message = f"{where}: of its definition this code builds {fingerprint(found)[:12]}…, not {mark[:12]}…"
            raise UnknownFingerprintError(f"{message}: it was written by another release, or changed")
        return found

    def _record(self, event: Event, lifecycle: Lifecycle) -> Record:
        text = self._whole(event, "yingshang:record")
        try:
            record = codec.record_from(text, lifecycle)
            told = activity(record), _time(record.occurred_at.instant)
        except _UNREADABLE as exc:
            raise self._wrong(event, f"its record cannot be read ({exc})") from exc
        if told[0] != self._said(event, "concept:name"):
            raise self._wrong(event, f"its name was changed: its record is of {told[0]!r}")
        if not _is_time(self._said(event, "time:timestamp"), told[1]):
            raise self._wrong(event, f"its time was changed: its record is of {told[1]}")
        return record

    def _whole(self, where: Trace | Event, key: str) -> str:
        """Return a text that gives its digest."""
        text = self._said(where, key)
        if _digest(text) != self._said(where, "yingshang:digest"):
            raise self._wrong(where, f"its {key.partition(':')[2]} does not give its digest: it was changed")
        return text

    def _said(self, where: Trace | Event, key: str) -> str:
        found = where.attributes.get(key)
        if found is None:
            raise self._wrong(where, f"it has no attribute {key!r}, which every export of this library has")
        return found

    def _wrong(self, where: Trace | Event, what: str) -> EventLogError:
        kind = f"trace {where.number}" if isinstance(where, Trace) else "an event"
        return EventLogError(self._name, f"line {where.line}, {kind}: {what}")


_UNREADABLE: Final = (YingshangFlowError, LookupError, TypeError, ValueError, AttributeError, RecursionError)


def _is_time(text: str, wanted: str) -> bool:
    """Tell whether a timestamp is an instant, however another tool has written it; to the millisecond."""
    try:
        return _time(datetime.fromisoformat(text)) == wanted
    except (ValueError, OverflowError):
        return False

"""What a record tells other systems: one message for each thing that happened, kept with the record's own commit."""

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import attrs

from yingshang_flow import codec
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Deadline, Status
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Change, Kind, Missed, Moved, Opening, Record, Recounted, Reminded, Term, Warned
from yingshang_flow.errors import CodecError, UnknownError
from yingshang_flow.ports import CaseRow, MessageRow
from yingshang_flow.words import Label

Topic = Literal["act", "warned", "missed", "reminded", "moved", "amended", "migrated"]
"""What a message tells of: an act, what became of a deadline, that an act was amended or that a case was migrated."""

TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)
"""Every topic."""
OF_THE_CLOCK: Final[tuple[Topic, ...]] = ("warned", "missed", "reminded", "moved")
"""What nobody sees happen, and so has to be told: the topics a docket sends unless others are chosen."""

_OF_CHANGES: Final[Mapping[type[Change], Topic]] = MappingProxyType(
    {Warned: "warned", Missed: "missed", Reminded: "reminded", Moved: "moved", Recounted: "moved"}
)


@attrs.frozen
class Message:
    """One message as it is delivered.

    Attributes:
        topic: What it tells of.
        case: The id of the case.
        revision: The revision of the record that sent it.
        number: Its place among that record's messages, from 1; with case and revision it names the message for good, so
            that a receiver can tell when one comes twice.
        content: What it says, as values that JSON has. Always ``lifecycle``, ``profile``, ``state`` and ``recorded_at``
            (microseconds since 1970 UTC), ``reference`` where the case has one; of an act ``trigger``, ``before``,
            ``obligors``, ``occurred_at``, ``role``, and ``unit`` unless a private person acted; of an amendment also
            ``kind`` and ``amends``, the revision of the act's record; of a migration ``before``, ``occurred_at``,
            ``role``, ``unit`` as of an act, ``source`` and ``target``, each with the ``version``, ``profile`` and
            ``fingerprint`` of the rules, ``dates`` (``keep`` or ``recompute``) and ``deadlines``, those that are owed
            otherwise from then on; of a deadline ``limit``, ``obligor``, ``number``, ``due``, of one that moved
            ``old``, among those of a migration ``change``: ``moved``, ``started`` (with its ``status``), ``stopped``,
            or ``left`` where it was missed under a limit that is no more; of a reminder ``rung``, ``to``, ``zh``,
            ``en`` and ``calls_for``. Never anything confidential.
    """

    topic: Topic
    case: str
    revision: int
    number: int
    content: Mapping[str, Any]

    @classmethod
    def of(cls, row: MessageRow) -> "Message":
        """Read a stored message.

        Raises:
            CodecError: It is of a topic that this release does not know, or its text is no message.
        """
        try:
            content = json.loads(row.text)
        except ValueError as exc:
            raise CodecError(f"message {row.case}/{row.revision}/{row.number} cannot be read: {exc}") from exc
        if row.topic not in TOPICS or not isinstance(content, dict):
            raise CodecError(
                f"message {row.case}/{row.revision}/{row.number} is of topic {row.topic!r}, and this release knows "
                f"{', '.join(TOPICS)}; deliver it with the release that wrote it"
            )
        return cls(row.topic, row.case, row.revision, row.number, content)


def topics_of(chosen: Iterable[str]) -> frozenset[str]:
    """Return chosen topics.

    Raises:
        UnknownError: One of them is no topic.
    """
    found = frozenset(chosen)
    if unknown := sorted(found.difference(TOPICS)):
        raise UnknownError(f"there is no topic {unknown[0]!r}; a docket can send {', '.join(TOPICS)}")
    return found


def messages_of(
    lifecycle: Lifecycle,
    row: CaseRow,
    record: Record,
    deadlines: Iterable[Deadline],
    topics: frozenset[str],
) -> tuple[MessageRow, ...]:
    """Return what a record sends, in order.

    Args:
        lifecycle: The definition the case is under.
        row: The case after the record.
        record: The record, sealed.
        deadlines: The deadlines of the case before it.
        topics: What is to be told.
    """
    told = [
        *([("act", _act(lifecycle, record))] if "act" in topics and record.kind is Kind.ACT else ()),
        *((topic, said) for topic, said in _amended(lifecycle, record, deadlines) if topic in topics),
        *((topic, said) for topic, said in _migrated(lifecycle, record, deadlines) if topic in topics),
        *((topic, said) for topic, said in _changes(lifecycle, record, deadlines) if topic in topics),
    ]
    if not told:
        return ()
    recorded_at = codec.microseconds(record.recorded_at)
    about = {"lifecycle": row.lifecycle, "profile": lifecycle.profile, "state": row.state, "recorded_at": recorded_at}
    if row.reference is not None:
        about["reference"] = row.reference
    return tuple(
        MessageRow(record.case, record.revision, number, topic, recorded_at, codec.canonical_text(about | said))
        for number, (topic, said) in enumerate(told, 1)
    )


def _act(lifecycle: Lifecycle, record: Record) -> dict[str, Any]:
    return {"trigger": record.trigger, "obligors": list(record.obligors)} | _by(lifecycle, record)


def _by(lifecycle: Lifecycle, record: Record) -> dict[str, Any]:
    """Return who made a record, when, and in which state."""
    actor = record.actor
    assert actor is not None  # noqa: S101  # only what persons did comes here
    private = lifecycle.role(actor.role).private
    return {
        "before": record.before,
        "occurred_at": codec.microseconds(record.occurred_at.instant),
        "role": actor.role,
        **({} if private else {"unit": actor.unit}),
    }


def _amended(
    lifecycle: Lifecycle, record: Record, deadlines: Iterable[Deadline]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield that an act was amended, and what was missed by it that nobody has been told of."""
    if not isinstance(record, Amendment):
        return
    yield "amended", _act(lifecycle, record) | {"kind": record.kind.value, "amends": record.amends}
    told = {(d.limit, d.obligor, d.number) for d in deadlines if d.status in {Status.MISSED, Status.MET_LATE}}
    for d in record.deadlines:
        if d.status is Status.MISSED and (d.limit, d.obligor, d.number) not in told:
            yield "missed", _of(d)


def _migrated(
    lifecycle: Lifecycle, record: Record, deadlines: Iterable[Deadline]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield that a case goes on under other rules, and what is owed otherwise from then on."""
    if isinstance(record, Migration):
        rules = {"source": _rules(record.source), "target": _rules(record.target), "dates": record.dates}
        changed = list(_owed_otherwise(deadlines, record.deadlines))
        yield "migrated", _by(lifecycle, record) | rules | {"deadlines": changed}


def _rules(opening: Opening) -> dict[str, Any]:
    return {"version": opening.version, "profile": opening.profile, "fingerprint": opening.fingerprint}


def _owed_otherwise(before: Iterable[Deadline], after: Iterable[Deadline]) -> Iterator[dict[str, Any]]:
    """Yield the deadlines that a migration moves, starts or stops, or that leave with a limit that is no more."""
    stood = {(d.limit, d.obligor, d.number): d for d in before}
    for d in after:
        old = stood.pop((d.limit, d.obligor, d.number), None)
        if old is None:
            yield _of(d) | {"change": "started", "status": d.status.value}
        elif old.due != d.due:
            yield _of(d) | {"change": "moved", "old": old.due.isoformat()}
    for d in stood.values():
        if d.status.owed:
            yield _of(d) | {"change": "stopped" if d.status is Status.OPEN else "left"}


def _of(deadline: Deadline) -> dict[str, Any]:
    return {
        "limit": deadline.limit,
        "obligor": deadline.obligor,
        "number": deadline.number,
        "due": deadline.due.isoformat(),
    }


def _changes(
    lifecycle: Lifecycle, record: Record, deadlines: Iterable[Deadline]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what happened to deadlines, each with its topic."""
    if not any(type(change) in _OF_CHANGES for change in record.changes):
        return
    terms: dict[tuple[str, str, int], Term] = {(d.limit, d.obligor, d.number): d for d in deadlines}
    for change in record.changes:
        name = change.limit, change.obligor, change.number
        if isinstance(change, Term):
            terms[name] = change  # the next time of what was missed, which can be missed in its turn at once
        topic = _OF_CHANGES.get(type(change))
        if topic is None or (isinstance(change, Recounted) and change.old == change.due):
            continue  # only its period or its ladder is another one
        due = change.due if isinstance(change, Moved) else terms[name].due
        said = {"limit": change.limit, "obligor": change.obligor, "number": change.number, "due": due.isoformat()}
        if isinstance(change, Moved):
            said["old"] = change.old.isoformat()
        if isinstance(change, Reminded):
            said |= _rung(lifecycle, change)
        yield topic, said


def _rung(lifecycle: Lifecycle, change: Reminded) -> dict[str, str]:
    rung = next(rung for rung in lifecycle.by_limit[change.limit].ladder if rung.key == change.rung)
    label: Label = rung.label
    return {"rung": rung.key, "to": rung.to, "zh": label.zh, "en": label.en, "calls_for": rung.calls_for}

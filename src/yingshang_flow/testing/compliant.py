"""Asserts that a case keeps every rule, and fails with its story where it does not."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from yingshang_flow.compliance import Audit, audit, audit_all
from yingshang_flow.core.case import Case
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingCalendar, china
from yingshang_flow.docket import Docket
from yingshang_flow.errors import HistoryError
from yingshang_flow.testing.history import History
from yingshang_flow.testing.story import story
from yingshang_flow.words import Language


def assert_compliant(
    subject: Docket | History | Sequence[Record],
    case: str | None = None,
    *,
    lifecycle: Lifecycle | None = None,
    calendar: WorkingCalendar | None = None,
    now: datetime | None = None,
    but: Collection[str] = (),
    language: Language = "zh",
) -> tuple[Audit, ...]:
    """Assert that no rule is broken and nothing is irregular; what cannot be told stands against nothing.

    Args:
        subject: A docket, a history given by ``histories``, or the records of a case in order.
        case: Of a docket, the case that is looked at; all of them together unless given, so that rules that compare
            cases are judged too.
        lifecycle: Of plain records, the definition they ran under.
        calendar: Of plain records, the working days; those of China unless given.
        now: The instant as of which deadlines are judged: the docket's clock, the history's own, or the last record's
            entry unless given.
        but: The ids of rules that may be broken.
        language: The language of the story that is told on failure.

    Returns:
        What the audit says, one for each case.

    Raises:
        AssertionError: Something is broken; its text tells each such case as a story.
        HistoryError: Plain records are given without their lifecycle.
    """
    found: list[Audit] = []
    told: list[str] = []
    for records, under, said in _audited(subject, case, lifecycle, calendar, now):
        found.append(said)
        if any(finding.code not in but for finding in said.findings):
            told.append(story(records, under, said, language=language))
    if told:
        raise AssertionError("\n" + "\n\n".join(told))
    return tuple(found)


def _audited(
    subject: Docket | History | Sequence[Record],
    case: str | None,
    lifecycle: Lifecycle | None,
    calendar: WorkingCalendar | None,
    now: datetime | None,
) -> Iterator[tuple[Sequence[Record], Lifecycle, Audit]]:
    if isinstance(subject, Docket):
        yield from _of_docket(subject, case, now)
    elif isinstance(subject, History):
        said = audit(
            subject, subject.lifecycle, calendar=subject.calendar, now=now or subject.now, linked=subject.linked
        )
        yield subject, subject.lifecycle, said
    elif lifecycle is None:
        raise HistoryError("plain records say nothing of their procedure; give lifecycle=")
    else:
        yield subject, lifecycle, audit(subject, lifecycle, calendar=calendar or china(), now=now)


def _of_docket(
    docket: Docket, case: str | None, now: datetime | None
) -> Iterator[tuple[Sequence[Record], Lifecycle, Audit]]:
    until = now or docket._now()  # noqa: SLF001  # another of ours: deadlines are judged by the docket's own clock
    if case is None:
        known = [(docket.history(found.id), docket.lifecycle(found.id)) for found in docket.find()]
        every = audit_all(known, calendar=docket.calendar, now=until)
        yield from ((records, under, said) for (records, under), said in zip(known, every, strict=True))
        return
    records, under = docket.history(case), docket.lifecycle(case)
    linked = {one.id: one for one in _linked(docket, docket.load(case))}
    yield records, under, audit(records, under, calendar=docket.calendar, now=until, linked=linked)


def _linked(docket: Docket, case: Case) -> Iterator[Case]:
    for named in (case.opening.parent, case.opening.origin):
        if named is not None:
            yield docket.load(named)

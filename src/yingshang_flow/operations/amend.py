"""Amends a case: reads its history, has a correction or an annulment decided, and looks at the cases beside it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import attrs

from yingshang_flow import codec
from yingshang_flow.core.amend import Amending, amend, effective
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case
from yingshang_flow.core.counting import recounted
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import RefusedError
from yingshang_flow.operations.cases import Cases, Decided, Place
from yingshang_flow.operations.linked import Linked
from yingshang_flow.ports import RecordRow
from yingshang_flow.sources import OURS
from yingshang_flow.words import Label, Unmet

_CITED: Final = (OURS(),)
_ABOVE_HAS_ENDED: Final = Label(
    "所属案件已办结，本案状态不得再变；请先更正所属案件",
    "the case it is a part of has ended, so its state stays; amend that one first",
)
_HAS_PARTS: Final = Label(
    "其他案件隶属本案，本案走过的状态不得再变",
    "other cases are parts of it, so the states it went through stay; only its end can be taken back",
)


def amended(cases: Cases, place: Place, amending: Amending, *, now: datetime, calendar: WorkingCalendar) -> Decided:
    """Return the record of a correction or an annulment, decided on where a case stands.

    Args:
        cases: The cases.
        place: Where the case stands.
        amending: What is wanted.
        now: The aware instant at which it is entered.
        calendar: The working days.

    Raises:
        YingshangFlowError: What stands against it; see ``yingshang_flow.core.amend.amend``.
    """
    lifecycle, case = place.lifecycle, place.case
    rows = cases.store.history(case.id)[: case.revision]  # what somebody adds meanwhile makes the commit fail
    history = cases.records(place.row, rows)
    vault = cases.vault(case.id)
    linked = Linked(case.opening, case.id, cases.load, cases.store.children)
    record = amend(
        lifecycle,
        case,
        history,
        amending,
        clear=tuple(codec.unsealed(record, vault) for record in history),
        now=Moment.of(now),
        calendar=calendar,
        related=linked,
    )
    _check_beside(cases, lifecycle, case, history, amending=amending, record=record, linked=linked)
    counts = None
    if cases.tallied and lifecycle.tallies:
        counts = recounted((*cases.definitions(place.row, rows), lifecycle), (*history, record), calendar)[-1]
    return Decided(lifecycle, case, record, place.row.head, linked.expects, counts=counts)


def typed(cases: Cases, lifecycle: Lifecycle, case: str, amending: Amending) -> Amending:
    """Return an amendment whose content, if it gives one, is read strictly as that of the act it corrects.

    Raises:
        ContentError: Something in it is wrong; everything is told together.
    """
    if amending.content is None:
        return amending
    row = cases.row(case)
    rows = (kept for kept in cases.store.history(case) if kept.revision == amending.revision)
    definitions = ((kept, cases.definition_of(row, kept)) for kept in rows)
    records = ((under, codec.record_from(kept.text, under)) for kept, under in definitions)
    under, trigger = next(((own, one.trigger) for own, one in records if one.kind is Kind.ACT), (lifecycle, None))
    kind = None if trigger is None else under.trigger(trigger).content
    if kind is None:
        return amending  # refused where it is decided, with what stands against it
    content = codec.read(kind, amending.content, f"{lifecycle.key}.{trigger}")
    return attrs.evolve(amending, content=content)


def is_same(cases: Cases, kept: RecordRow, amending: Amending) -> bool:
    """Tell whether a record that was kept under a key is the amendment that is wanted."""
    record = cases.record(kept)
    return (
        isinstance(record, Amendment)
        and (record.kind, record.amends, record.ground, record.actor)
        == (amending.kind, amending.revision, amending.ground, amending.actor)
        and (amending.content is None or amending.content == record.content)
        and (amending.occurred_at is None or amending.occurred_at == record.moment)
    )


def _check_beside(
    cases: Cases,
    lifecycle: Lifecycle,
    case: Case,
    history: tuple[Record, ...],
    *,
    amending: Amending,
    record: Amendment,
    linked: Linked,
) -> None:
    """Refuse what would leave linked cases on ground that is gone.

    A part of a case that has ended stays in the state in which that was found. The parts of a case were opened and run
    under the states it went through, so these stay; its end can be taken back, as nothing was built on it.
    """
    before, after = _states(effective(history)), _states(effective((*history, record)))
    if before == after:
        return
    unmet: list[Unmet] = []
    above = case.opening.parent
    if above is not None and linked.parent is not None and cases.row(above).final:
        unmet.append(Unmet("parent", _ABOVE_HAS_ENDED, _CITED, (above,)))
    reopened = after == before[: len(after)] and all(lifecycle.by_state[key].final for key in before[len(after) :])
    if not reopened and any(linked.counts.values()):
        unmet.append(Unmet("children", _HAS_PARTS, _CITED, (" → ".join(before), " → ".join(after))))
    if unmet:
        raise RefusedError(case.id, amending.verb, case.state, tuple(unmet))


def _states(records: Iterable[Record]) -> tuple[str, ...]:
    """Return the states a case went through, in order."""
    moves = (record for record in records if record.kind is Kind.ACT and record.before != record.after)
    return tuple(record.after for record in moves)

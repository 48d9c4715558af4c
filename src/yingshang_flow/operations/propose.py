"""Proposes what the rules call for after a case: which other one, on what ground; to open it is a person's act."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import attrs

from yingshang_flow.compliance import Reason, audit
from yingshang_flow.core.case import Case
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.operations import pages
from yingshang_flow.operations.cases import Cases
from yingshang_flow.ports import CaseRow, Query
from yingshang_flow.words import Citation, Label, Language, Rule, cited_in

Link = Literal["origin", "parent"]


@attrs.frozen
class Proposal:
    """A case that the rules call for because of another one.

    Attributes:
        case: The id of the case that gives reason.
        link: What to name that case as when the other is opened: ``origin``, or ``parent`` of what is a part of it.
        ground: The key of the ground, of the trigger, or of the limit and its rung that calls for it.
        opens: The key of the lifecycle to open.
        label: The reason.
        codes: The grounds to cite in the new case, as its lifecycle codes them.
        rules: The rules that call for it; none where only a profile's reminder does.
        shown: The acts and the breaches that show the reason, in words.
        units: The units it is about, as far as they are named; of what is a part, those without one so far.
        opened: The ids of the cases that were opened for it already, in order.
    """

    case: str
    link: Link
    ground: str
    opens: str
    label: Label
    codes: tuple[str, ...]
    rules: tuple[Rule, ...]
    shown: tuple[Label, ...]
    units: tuple[str, ...]
    opened: tuple[str, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where the rules that call for it stand."""
        return tuple(dict.fromkeys(citation for rule in self.rules for citation in rule.citations))

    def text(self, language: Language = "zh") -> str:
        """Return what is called for, why, what shows it and where it stands, in one line."""
        reason = Reason(self.ground, self.rules, self.label, self.opens, self.codes, self.shown, self.units)
        cited = cited_in(self.citations, language)
        return f"{reason.text(language)} [{cited}]" if cited else reason.text(language)


def propose(
    cases: Cases,
    history: Sequence[Record],
    *,
    now: datetime,
    calendar: WorkingCalendar,
    answered: bool = False,
) -> tuple[Proposal, ...]:
    """Return what the rules call for after a case, in the order of its grounds; of one that has ended, no parts.

    Args:
        cases: The cases.
        history: The records of the case.
        now: The aware instant as of which its deadlines are judged.
        calendar: The working days.
        answered: Whether what has been opened already is told too.
    """
    row = cases.row(history[0].case)
    above = {case: cases.load(case) for case in (row.parent, row.origin) if case is not None}
    parts = {found.case: cases.read(found) for found in pages.found(cases.store, Query(parent=row.case))}
    earlier = cases.all_definitions(row)
    lifecycle = earlier[row.fingerprint]
    said = audit(history, lifecycle, calendar=calendar, now=now, linked={**above, **parts}, earlier=earlier)
    if not said.reasons:
        return ()
    after = list(pages.found(cases.store, Query(origin=row.case)))
    proposals = [
        _part(cases, row, reason, list(parts.values())) if reason.as_part else _own(cases, row.case, reason, after)
        for reason in said.reasons
    ]
    return tuple(one for one in proposals if _is_open(one, row) or (answered and one.opened))


def _is_open(one: Proposal, row: CaseRow) -> bool:
    """Tell whether something is to be opened still; the docket opens no part of a case that has ended."""
    if one.link == "parent":
        return not row.final and bool(one.units or not one.opened)
    return not one.opened


def _own(cases: Cases, case: str, reason: Reason, after: Sequence[CaseRow]) -> Proposal:
    """Return what is called for as a case of its own; any case of that procedure with this origin answers it.

    So does one of a procedure derived from that.
    """
    opened = tuple(row.case for row in after if cases.is_of(row.lifecycle, reason.opens))
    return _proposal(case, "origin", reason, reason.units, opened)


def _part(cases: Cases, row: CaseRow, reason: Reason, parts: Sequence[Case]) -> Proposal:
    """Return what is called for as parts of the case, one at least of each unit that it concerns."""
    answering = [part for part in parts if cases.is_of(part.opening.lifecycle, reason.opens)]
    active = {unit for part in answering for unit in part.units}
    # An obligor of a group stands as ``group/unit``; its parts know the unit.
    missing = tuple(unit for unit in reason.units if not row.final and unit.rpartition("/")[2] not in active)
    return _proposal(row.case, "parent", reason, missing, tuple(part.id for part in answering))


def _proposal(case: str, link: Link, reason: Reason, units: tuple[str, ...], opened: tuple[str, ...]) -> Proposal:
    return Proposal(
        case, link, reason.ground, reason.opens, reason.label, reason.codes, reason.rules, reason.shown, units, opened
    )

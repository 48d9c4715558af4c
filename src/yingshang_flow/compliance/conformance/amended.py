"""What an audit makes of records that are no acts of the procedure: what counts by them, and all of them in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from yingshang_flow.compliance.conformance.finding import Finding
from yingshang_flow.core.actor import against_delegation, held
from yingshang_flow.core.amend import Key, effective, not_amended_by, recomputed, retold
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.decide import evolve
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.errors import YingshangFlowError
from yingshang_flow.words import Label

_DOES_NOT_FOLLOW = Label(
    "更正结果与有效办理不符", "what the amendment leads to does not follow from the acts that count"
)


@attrs.frozen
class Prelude:
    """A history up to its last amendment, as it reads with all of them.

    Attributes:
        records: The acts that count and the clock, told again.
        case: Where the case stands after the last amendment.
        deadlines: Every deadline there was, and what has become of it.
        rest: The records since then.
        irregular: What is wrong with the amendments themselves.
    """

    records: tuple[Record, ...]
    case: Case
    deadlines: Mapping[Key, Deadline]
    rest: tuple[Record, ...]
    irregular: tuple[Finding, ...]


def prelude(lifecycle: Lifecycle, history: Sequence[Record], calendar: WorkingCalendar) -> Prelude | None:
    """Return a history up to its last amendment as it reads with all of them; none where nothing was amended.

    Args:
        lifecycle: The definition the case is under.
        history: The records of a case, in order.
        calendar: The working days.
    """
    places = [place for place, record in enumerate(history) if isinstance(record, Amendment)]
    if not places:
        return None
    case: Case | None = None
    irregular: list[Finding] = []
    for place, record in enumerate(history[: places[-1] + 1]):
        if isinstance(record, Amendment) and case is not None:
            irregular += _irregular(lifecycle, case, history[:place], record, calendar)
        case = evolve(case, record)
    if case is None:  # pragma: no cover  # an amendment was found
        raise AssertionError
    told = retold(lifecycle, effective(history[: places[-1] + 1]), calendar)
    deadlines = {**told.table, **{(d.limit, d.obligor, d.number): d for d in case.deadlines}}
    return Prelude(told.records, case, deadlines, tuple(history[places[-1] + 1 :]), tuple(irregular))


def _irregular(
    lifecycle: Lifecycle, case: Case, before: Sequence[Record], record: Amendment, calendar: WorkingCalendar
) -> Iterator[Finding]:
    """Yield what is wrong with an amendment: who made it, and what it says follows."""
    role = None if record.actor is None else held(lifecycle.amended_by, record.actor)
    if record.actor is None or role is None:
        unmet = not_amended_by(lifecycle, "" if record.actor is None else record.actor.role)
        yield Finding("role", record.case, unmet.label, ", ".join(unmet.found), record.revision)
    else:
        for unmet in against_delegation(role, record.actor, record.occurred_at.date):
            yield Finding(unmet.code, record.case, unmet.label, ", ".join(unmet.found), record.revision)
    try:
        own = recomputed(lifecycle, case, before, record, calendar)
        # Not the records: what was confidential and said again is the same in clear, and sealed it is not.
        follows = (own.ways, own.of(case)) == (record.ways, record.of(case))
    except (YingshangFlowError, LookupError):
        follows = False
    if not follows:
        yield Finding("amendment", record.case, _DOES_NOT_FOLLOW, record.trigger, record.revision)


def said(history: Sequence[Record], named: Callable[[Record], Label]) -> tuple[Label, ...]:
    """Return every amendment in words, with what stood before and what counts since, every erasure and migration.

    Args:
        history: The records of a case, in order.
        named: Tells what an act is called.
    """
    return tuple(
        _said(named(record), history[:place], record) if isinstance(record, Amendment) else _on_a_ground(record)
        for place, record in enumerate(history)
        if isinstance(record, Amendment | Erasure | Migration)
    )


def _on_a_ground(record: Erasure | Migration) -> Label:
    unit = "" if record.actor is None else record.actor.unit
    zh = f"{record.named.zh}（第{record.revision}号记录，{record.occurred_at}，{unit}：{record.ground}）"
    en = f"{record.named.en} (record {record.revision}, {record.occurred_at}, {unit}: {record.ground})"
    return Label(zh, en)


def _said(label: Label, before: Sequence[Record], record: Amendment) -> Label:
    own = next((old for old in effective(before) if old.revision == record.amends), None)
    at = "" if own is None else f" {own.occurred_at}"
    unit = "" if record.actor is None else record.actor.unit
    if record.kind is Kind.ANNULMENT:
        zh, en = "已撤销", "annulled"
    else:
        changed = [] if own is None else list(_changed(own, record))
        zh = "已更正：" + "、".join(changed or ["内容不变"])
        en = "corrected: " + ", ".join(changed or ["nothing new"])
    by_zh = f"第{record.revision}号记录，{record.occurred_at}，{unit}：{record.ground}"
    by_en = f"record {record.revision}, {record.occurred_at}, {unit}: {record.ground}"
    return Label(
        f"第{record.amends}号记录 {label.zh}{at} {zh}（{by_zh}）",
        f"record {record.amends} {label.en}{at} {en} ({by_en})",
    )


def _changed(own: Record, record: Amendment) -> Iterator[str]:
    """Yield the fields and the time that are others since; what was said in them is not repeated."""
    if own.occurred_at != record.moment:
        yield f"{own.occurred_at} → {record.moment}"
    content: Any = type(own.content)
    if own.content is not None and own.content != record.content:
        for name in attrs.fields_dict(content):
            if getattr(own.content, name) != getattr(record.content, name, None):
                yield name


def marks(history: Sequence[Record]) -> Mapping[int, Label]:
    """Return what stands behind an act that was corrected, by the revision of its record."""
    found: dict[int, Label] = {}
    for record in history:
        if isinstance(record, Amendment) and record.kind is Kind.CORRECTION:
            found[record.amends] = Label(f"（{record.mark.zh}）", f" ({record.mark.en})")
    return found

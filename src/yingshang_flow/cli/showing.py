"""``show``: a lifecycle under a profile with everything it sets, or a case with where it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs
import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.output import Page, Said, both, print_json
from yingshang_flow.cli.profiles import how_far_verified, in_words, titled, value_name
from yingshang_flow.core.actor import Actor, Role
from yingshang_flow.core.amend import amendments
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Entering, Signal, TimeLimit
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import (
    Change,
    Extended,
    Kind,
    Met,
    Missed,
    Moved,
    Paused,
    Record,
    Reminded,
    Resumed,
    Revived,
    Started,
    Stopped,
    Warned,
)
from yingshang_flow.deadlines import CHINA_TIME, Lamp
from yingshang_flow.policies import Entry, Profile
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Citation, Cited, Label, Language

_OF_NOBODY: Final = {
    Kind.CLOCK: Label("（时钟）", "(clock)"),
    Kind.REPROJECTION: Label("（按新日历重算）", "(counted by a new calendar)"),
}
_STAYS: Final = Label("不变", "stays")
_NO_LIMITS: Final[Mapping[str, TimeLimit]] = MappingProxyType({})
_CHANGED: Final[Mapping[type[Change], str]] = MappingProxyType(
    {
        Warned: "已预警",
        Missed: "逾期未办",
        Stopped: "终止",
        Revived: "重新承担",
        Paused: "中止",
        Resumed: "恢复计算",
    }
)
"""What the other changes are called in Chinese; in English by their names."""
Lights = Mapping[Deadline, Lamp]
"""The lamp of each deadline of a case."""
_MANY: Final = 6
_FEW: Final = 3


@click.command()
@click.argument("name", metavar="LIFECYCLE|CASE")
@options.policy()
@options.database(required=False)
@options.language()
@options.as_json()
def show(*, name: str, policy: str | None, db: Place | None, lang: Language, as_json: bool) -> None:
    """Show a lifecycle or a case.

    A lifecycle under a profile (--policy), or where a stored case stands (--db).
    """
    if (policy is None) == (db is None):
        raise click.UsageError("say --policy for a lifecycle, or --db for a case that is stored there")
    if policy is not None:
        profile = options.profile(policy)
        lifecycle = options.shipped(name)(profile)
        print_json(_lifecycle(lifecycle, profile)) if as_json else _show_lifecycle(Page(lang), lifecycle, profile)
    elif db is not None:
        docket = options.docket(db)
        case, lifecycle, history = docket.load(name), docket.lifecycle(name), docket.history(name)
        lamps = {deadline: docket.lamp(name, deadline) for deadline in case.deadlines}
        if as_json:
            print_json(_case(case, history, lamps))
        else:
            show_case(Page(lang), case, lifecycle, history, lamps=lamps)


# --- a lifecycle ---


def _show_lifecycle(page: Page, lifecycle: Lifecycle, profile: Profile) -> None:
    """Write what a lifecycle sets: in English by its keys, in Chinese by what people call things."""
    title, names = lifecycle.title, _Names(lifecycle, page)
    head = f"{profile.key} {profile.locality}"
    page.heading(Label(f"{lifecycle.key} {title.zh} — {head}", f"{lifecycle.key} {title} — {head}"))
    page.facts(
        (
            (terms.PROFILE, titled(profile)),
            (terms.VERIFIED_TO, how_far_verified(profile)),
            (Label("版本", "version"), lifecycle.version),
            (Label("指纹", "fingerprint"), fingerprint(lifecycle)),
            (Label("可以更正、撤销", "amended by"), names.roles(lifecycle.amended_by)),
            (Label("可以删除个人信息", "erased by"), names.roles(lifecycle.erased_by)),
            (Label("可以查看保密内容", "seen by"), names.roles(lifecycle.seen_by)),
        )
    )
    page.heading(Label("状态", "States"))
    page.table(
        (terms.STATE, "", Label("可以办理的事项", "can be done there")),
        [
            (state.key, _ended(state.label, final=state.final), names.acts(lifecycle.possible[state.key]))
            for state in lifecycle.states
        ],
    )
    page.heading(Label("事项", "Acts"))
    page.table(
        (terms.ACT, Label("办理角色", "by"), Label("原状态 → 新状态", "from → to")), list(_acts(lifecycle, names))
    )
    page.heading(Label("时限", "Time limits"))
    page.table(
        (
            terms.LIMIT,
            terms.PERIOD,
            Label("各自承担", "each"),
            Label("起算 → 履行", "starts → met by"),
            terms.STANDS_IN,
        ),
        [
            (
                f"{limit.key} {page.said(limit.label)}",
                _period(limit),
                "" if limit.each is None else limit.each.label,
                f"{page.listed(names.signal(signal) for signal in limit.starts)} → {names.acts(limit.met)}",
                terms.cited(_citations(limit)),
            )
            for limit in lifecycle.by_limit.values()
        ],
    )
    page.heading(Label("取值", "Values"))
    page.table(
        (Label("取值", "value"), "", terms.STANDS_IN, terms.KIND, Label("写在", "set in")),
        [
            (
                Label(f"{(key := name.removeprefix(f'{lifecycle.key}.'))} {value_name(name).zh}", key),
                Label(in_words(entry.value, "zh"), _plain(entry.value)),
                terms.cited([entry.citation]),
                terms.AUTHORITIES[entry.citation.authority],
                entry.profile,
            )
            for name, entry in _entries(lifecycle, profile)
        ],
    )


@attrs.frozen
class _Names:
    """What a page calls the parts of a lifecycle: in English by their keys, in Chinese by what people call them."""

    of: Lifecycle
    page: Page

    def roles(self, roles: Iterable[Role]) -> str:
        return self.page.listed(dict.fromkeys(Label(role.label.zh, role.key) for role in roles))

    def acts(self, triggers: Iterable[str]) -> str:
        return self.page.listed(Label(self.of.by_trigger[key].label.zh, key) for key in triggers)

    def states(self, states: Iterable[str]) -> str:
        return self.page.listed(Label(self.of.by_state[key].label.zh, key) for key in states)

    def signal(self, signal: Signal) -> Label:
        if isinstance(signal, str):
            return Label(self.of.by_trigger[signal].label.zh, signal)
        state = self.of.by_state[signal.state].label.zh
        return Label(f"{'进入' if isinstance(signal, Entering) else '离开'}“{state}”", _signal(signal))


def _acts(lifecycle: Lifecycle, names: _Names) -> Iterator[tuple[str, str, str]]:
    """Yield what can be done; rows that differ only in what chooses them together, with the roles of all."""
    ways: dict[tuple[str, str], dict[Role, None]] = {}
    for row in lifecycle.transitions:
        to = names.page.said(_STAYS) if row.to is None else names.states([row.to])
        way = f"{names.states(row.sources)} → {to}".lstrip()
        ways.setdefault((row.trigger, way), {}).update(dict.fromkeys(row.by))
    for (trigger, way), roles in ways.items():
        yield f"{trigger} {names.page.said(lifecycle.by_trigger[trigger].label)}", names.roles(roles), way


def _ended(label: Label, *, final: bool) -> Label:
    """Return what a state is called, and that a case ends there where it does."""
    return Label(f"{label.zh}（终结）", f"{label.en} (final)") if final else label


def _lifecycle(lifecycle: Lifecycle, profile: Profile) -> dict[str, object]:
    return {
        "lifecycle": lifecycle.key,
        "title": both(lifecycle.title),
        "profile": profile.key,
        "locality": profile.locality,
        "profile_title": profile.title,
        "valid_from": profile.valid_from.isoformat(),
        "valid_to": None if profile.valid_to is None else profile.valid_to.isoformat(),
        "verified": profile.verified,
        "verified_note": profile.verified_note,
        "version": lifecycle.version,
        "fingerprint": fingerprint(lifecycle),
        "amended_by": [role.key for role in lifecycle.amended_by],
        "erased_by": [role.key for role in lifecycle.erased_by],
        "seen_by": [role.key for role in lifecycle.seen_by],
        "states": [
            {"state": state.key, "label": both(state.label), "final": state.final} for state in lifecycle.states
        ],
        "acts": [
            {
                "trigger": row.trigger,
                "label": both(lifecycle.by_trigger[row.trigger].label),
                "from": list(row.sources),
                "to": row.to,
                "by": [role.key for role in row.by],
                "when": [both(requirement.label) for requirement in row.when],
                "needs": [
                    {"rule": requirement.rules[0].id, "label": both(requirement.label)} for requirement in row.needs
                ],
            }
            for row in lifecycle.transitions
        ],
        "limits": [
            {
                "limit": limit.key,
                "label": both(limit.label),
                "period": str(limit.period.value) if isinstance(limit.period, Cited) else None,
                "each": None if limit.each is None else limit.each.key,
                "starts": [_signal(signal) for signal in limit.starts],
                "met": list(limit.met),
                "repeats": limit.repeats,
                "warn": None if limit.warn is None else str(limit.warn.value),
                "rules": [rule.id for rule in limit.rules],
                "citations": [_cited(citation) for citation in _citations(limit)],
            }
            for limit in lifecycle.by_limit.values()
        ],
        "values": [
            {"value": name, "is": _json(entry.value), **_cited(entry.citation), "profile": entry.profile}
            for name, entry in _entries(lifecycle, profile)
        ],
    }


def _entries(lifecycle: Lifecycle, profile: Profile) -> Iterator[tuple[str, Entry]]:
    return ((name, entry) for name, entry in profile.entries.items() if name.startswith(f"{lifecycle.key}."))


def _cited(citation: Citation) -> dict[str, str]:
    return {"source": citation.source.key, "article": citation.article, "kind": citation.authority.value}


def _citations(limit: TimeLimit) -> Sequence[Citation]:
    """Return where a period stands, else where the limit does."""
    if isinstance(limit.period, Cited):
        return (limit.period.citation,)
    return [citation for rule in limit.rules for citation in rule.citations]


def _period(limit: TimeLimit) -> Label:
    if isinstance(limit.period, Cited):
        period = Label(limit.period.value.text("zh"), str(limit.period.value))
    else:
        period = Label("办理时确定", "set in the act")
    return Label(f"{period.zh}，定期", f"{period.en}, repeated") if limit.repeats else period


def _signal(signal: Signal) -> str:
    if isinstance(signal, str):
        return signal
    return f"{'entering' if isinstance(signal, Entering) else 'leaving'} {signal.state}"


def _plain(value: Any) -> str:  # noqa: ANN401  # whatever TOML has
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Mapping):
        return "(" + "; ".join(f"{name} {_plain(item)}" for name, item in value.items()) + ")"
    return str(value).lower() if isinstance(value, bool) else str(value) or "as usual"


def _json(value: Any) -> Any:  # noqa: ANN401  # whatever TOML has
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _json(item) for name, item in value.items()}
    return value if isinstance(value, bool | int) else str(value)


# --- a case ---


def show_case(page: Page, case: Case, lifecycle: Lifecycle, history: Sequence[Record], *, lamps: Lights) -> None:
    """Write where a case stands, its deadlines with their lamps, and its history."""
    state, title, opening = lifecycle.by_state[case.state], lifecycle.title, case.opening
    page.heading(Label(f"{case.id} — {title.zh}（{opening.profile}）", f"{case.id} — {title} ({opening.profile})"))
    stands = _ended(Label(state.label.zh, str(state.label)), final=state.final)
    page.facts(
        (
            (terms.STATE, Label(f"{state.key} {stands.zh}", f"{state.key} {stands.en}")),
            (Label("记录数", "revision"), case.revision),
            (Label("开启日期", "opened"), case.opened),
            (terms.REFERENCE, opening.reference),
            (terms.PARENT, opening.parent),
            (terms.ORIGIN, opening.origin),
        )
    )
    page.heading(Label("期限", "Deadlines"))
    show_deadlines(page, case, lifecycle, lamps)
    page.heading(Label("办理记录", "History"))
    show_history(page, history, lifecycle)


def show_history(
    page: Page,
    history: Sequence[Record],
    lifecycle: Lifecycle,
    *,
    names: Language | None = None,
    numbered: bool = True,
    bilingual: bool = False,
) -> None:
    """Write records, a row each.

    Args:
        page: Where to.
        history: The records.
        lifecycle: What names their acts, states and limits.
        names: The language of the names; that of the page unless given.
        numbered: Whether to show their revisions.
        bilingual: Whether to name the acts in both languages.
    """
    columns = (terms.DATE, terms.ACT, terms.BY, terms.STATE, terms.NOTES)
    amended, lang = amendments(history), names or page.language
    rows = [
        (
            _when(record),
            str(label) if bilingual else label.text(lang),
            "" if record.actor is None else record.actor.unit,
            "" if record.after == record.before else state_name(record.after, lifecycle).text(lang),
            "\n".join(map(page.said, _notes(record, lifecycle, amended.get(record.revision, ()), lang))),
        )
        for record in history
        for label in [_label(record, lifecycle)]
    ]
    if numbered:
        page.table((terms.REVISION, *columns), [(r.revision, *row) for r, row in zip(history, rows, strict=True)])
    else:
        page.table(columns, rows)


def _notes(record: Record, lifecycle: Lifecycle, amended: Iterable[Amendment], names: Language) -> Iterator[Said]:
    yield from _entered(record)
    yield from _delegated(record)
    for one in amended:
        yield one.mark.text(names)
    yield from _about(record, lifecycle, names)
    yield from said(record.changes, lifecycle.by_limit)


def _delegated(record: Record) -> Iterator[Label]:
    """Yield for whom it was done, where the actor holds the role by a delegation."""
    if record.actor is not None and (given := record.actor.delegation) is not None:
        yield Label(f"代{given.by}办理，依据{given.document}", f"for {given.by} by {given.document}")


def _label(record: Record, lifecycle: Lifecycle) -> Label:
    if record.named is not None:
        return record.named
    if record.actor is None:
        return _OF_NOBODY[record.kind]
    trigger = lifecycle.by_trigger.get(record.trigger)  # of rules that the case was under before, maybe
    return Label(record.trigger, record.trigger) if trigger is None else trigger.label


def state_name(key: str, lifecycle: Lifecycle) -> Label:
    """Return what a state is called; its key where the lifecycle has none of that key."""
    state = lifecycle.by_state.get(key)  # likewise
    return Label(key, key) if state is None else state.label


def _about(record: Record, lifecycle: Lifecycle, lang: Language) -> tuple[str, ...]:
    trigger = lifecycle.by_trigger.get(record.trigger)
    return record.about("" if trigger is None else trigger.label.text(lang))


def _when(record: Record) -> str:
    return str(record.recorded_at.astimezone(CHINA_TIME).date() if record.actor is None else record.occurred_at)


def _entered(record: Record) -> Iterator[Label]:
    """Yield when it was entered, if that was after the day on which it happened."""
    entered = record.recorded_at.astimezone(CHINA_TIME).date()
    if entered != record.occurred_at.date:
        yield Label(f"{entered}登记", f"entered {entered}")


def show_deadlines(page: Page, case: Case, lifecycle: Lifecycle, lamps: Lights | None = None) -> None:
    """Write the deadlines a case keeps: all that is owed, and the latest of every limit and obligor."""
    columns = (terms.LIMIT, terms.OBLIGOR, terms.TIME, terms.START, terms.DUE, terms.STATUS, terms.DONE)
    found = sorted(case.deadlines, key=lambda d: (d.due, d.limit))
    rows = [
        (
            Label(_limit_name(d.limit, lifecycle.by_limit).zh, d.limit),
            d.obligor,
            d.number,
            d.start,
            _due(d),
            terms.STATUSES[d.status],
            d.settled,
        )
        for d in found
    ]
    if lamps is None:
        page.table(columns, rows)
    else:
        shown = [(*row, _lit(lamps[d]) if d.status.owed else "") for row, d in zip(rows, found, strict=True)]
        page.table((*columns, terms.LAMP), shown)


def _lit(lamp: Lamp) -> Label:
    return Label(lamp.label.zh, str(lamp.label))


def _due(deadline: Deadline) -> Label:
    until = str(deadline.due) if deadline.closes is None else f"{deadline.due} {deadline.closes:%H:%M}"
    return terms.until(until, provisional=deadline.provisional)


def said(changes: Sequence[Change], limits: Mapping[str, TimeLimit] = _NO_LIMITS) -> tuple[Label, ...]:
    """Return what happened to deadlines in a few words, those to whom the same happened together.

    Args:
        changes: The changes.
        limits: What names their limits in Chinese, by key; their keys where there is none.
    """
    happened: dict[Label, list[str]] = {}
    for change in changes:
        happened.setdefault(_happened(change, limits), []).append(change.obligor)
    return tuple(
        Label(f"{what.zh}：{whom(units, 'zh')}", f"{what.en}: {whom(units, 'en')}") if any(units) else what
        for what, units in happened.items()
    )


def whom(units: Sequence[str], lang: Language) -> str:
    """Return those to whom something happened, of many only the first."""
    shown = [unit for unit in units if unit]
    few = shown if len(shown) <= _MANY else shown[:_FEW]
    if lang == "zh":
        return "、".join(few) + (f"等{len(shown)}个" if few is not shown else "")
    return ", ".join([*few, *([f"and {len(shown) - _FEW} more"] if few is not shown else [])])


def _limit_name(key: str, limits: Mapping[str, TimeLimit]) -> Label:
    return limits[key].label if key in limits else Label(key, key)


def _happened(change: Change, limits: Mapping[str, TimeLimit]) -> Label:
    named, again = _limit_name(change.limit, limits).zh, change.number > 1
    zh = f"{named}（第{change.number}次）" if again else named
    en = f"{change.limit} {change.number}" if again else change.limit
    match change:
        case Started(due=due):
            return Label(f"{zh}{due}到期", f"{en} due {due}")
        case Met(late=late):
            return Label(f"{zh}逾期办理", f"{en} met late") if late else Label(f"{zh}按期办理", f"{en} met")
        case Extended(due=due):
            return Label(f"{zh}延至{due}", f"{en} extended to {due}")
        case Reminded(rung=rung):
            return Label(f"{zh}提醒（{_rung_name(change, limits)}）", f"{en} reminder {rung}")
        case Moved(old=old, due=due):
            moved = Label(f"{zh}由{old}改至{due}", f"{en} moved from {old} to {due}")
            return moved if old != due else Label(f"{zh}仍为{due}", f"{en} stays on {due}")
    return Label(f"{zh}{_CHANGED[type(change)]}", f"{en} {type(change).__name__.lower()}")


def _rung_name(change: Reminded, limits: Mapping[str, TimeLimit]) -> str:
    """Return what a rung of a ladder is called in Chinese."""
    ladder = limits[change.limit].ladder if change.limit in limits else ()
    return next((rung.label.zh for rung in ladder if rung.key == change.rung), change.rung)


def _case(case: Case, history: Sequence[Record], lamps: Lights) -> dict[str, object]:
    opening, amended = case.opening, amendments(history)
    return {
        "case": case.id,
        "lifecycle": opening.lifecycle,
        "version": opening.version,
        "profile": opening.profile,
        "fingerprint": opening.fingerprint,
        "reference": opening.reference,
        "parent": opening.parent,
        "origin": opening.origin,
        "state": case.state,
        "revision": case.revision,
        "opened": str(case.opened),
        "deadlines": [
            {
                "limit": d.limit,
                "obligor": d.obligor,
                "number": d.number,
                "period": d.period,
                "start": d.start.isoformat(),
                "due": d.due.isoformat(),
                "end": d.end.isoformat(),
                "provisional": d.provisional,
                "status": d.status.value,
                "lamp": lamps[d].value,
                "settled": None if d.settled is None else str(d.settled),
            }
            for d in case.deadlines
        ],
        "history": [
            {
                "revision": record.revision,
                "kind": record.kind.value,
                "trigger": record.trigger,
                "before": record.before,
                "after": record.after,
                "actor": None if record.actor is None else _actor(record.actor),
                "obligors": list(record.obligors),
                "occurred_at": str(record.occurred_at),
                "recorded_at": record.recorded_at.isoformat(),
                "changes": [what.en for what in said(record.changes)],
                "amended_by": [one.revision for one in amended.get(record.revision, ())],
                **(_amendment(record) if isinstance(record, Amendment) else {}),
                **(_erasure(record) if isinstance(record, Erasure) else {}),
                **(_migration(record) if isinstance(record, Migration) else {}),
            }
            for record in history
        ],
    }


def _actor(actor: Actor) -> dict[str, object]:
    said: dict[str, object] = {"id": actor.id, "unit": actor.unit, "role": actor.role}
    if (given := actor.delegation) is not None:
        days = {"since": given.since.isoformat(), "until": given.until.isoformat()}
        said["delegation"] = {"by": given.by, **days, "document": given.document}
    return said


def _erasure(record: Erasure) -> dict[str, object]:
    return {"ground": record.ground, "erases": list(record.erased)}


def _migration(record: Migration) -> dict[str, object]:
    rules = {
        name: {"version": own.version, "profile": own.profile, "fingerprint": own.fingerprint}
        for name, own in (("source", record.source), ("target", record.target))
    }
    return {"ground": record.ground, **rules, "states": dict(record.states), "deadlines": record.dates}


def _amendment(record: Amendment) -> dict[str, object]:
    moment = None if record.moment is None else str(record.moment)
    return {"amends": record.amends, "ground": record.ground, "happened": moment}

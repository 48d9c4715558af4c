"""``show``: a lifecycle under a profile with everything it sets, or a case with where it stands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.cli.profiles import how_far_verified
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amend import amendments
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Deadline
from yingshang_flow.core.erasure import Erasure
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Entering, Signal, TimeLimit
from yingshang_flow.core.migration import Migration
from yingshang_flow.core.record import Change, Extended, Kind, Met, Moved, Record, Reminded, Started
from yingshang_flow.deadlines import CHINA_TIME, Lamp
from yingshang_flow.policies import Entry, Profile
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Citation, Cited, Label, Language

_OF_NOBODY: Final = {
    Kind.CLOCK: Label("（时钟）", "(clock)"),
    Kind.REPROJECTION: Label("（按新日历重算）", "(counted by a new calendar)"),
}
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
        print_json(_lifecycle(lifecycle, profile)) if as_json else _show_lifecycle(Page(), lifecycle, profile, lang)
    elif db is not None:
        docket = options.docket(db)
        case, lifecycle, history = docket.load(name), docket.lifecycle(name), docket.history(name)
        lamps = {deadline: docket.lamp(name, deadline) for deadline in case.deadlines}
        if as_json:
            print_json(_case(case, history, lamps))
        else:
            show_case(Page(), case, lifecycle, history, lang=lang, lamps=lamps)


# --- a lifecycle ---


def _show_lifecycle(page: Page, lifecycle: Lifecycle, profile: Profile, lang: Language) -> None:
    page.heading(f"{lifecycle.key} {lifecycle.title} — {profile.key} {profile.locality}")
    page.facts(
        (
            ("profile", f"{profile.title}, {profile.holding}"),
            ("verified", how_far_verified(profile)),
            ("version", lifecycle.version),
            ("fingerprint", fingerprint(lifecycle)),
            ("amended by", ", ".join(role.key for role in lifecycle.amended_by)),
            ("erased by", ", ".join(role.key for role in lifecycle.erased_by)),
            ("seen by", ", ".join(role.key for role in lifecycle.seen_by)),
        )
    )
    page.heading("States")
    page.table(
        ("state", "", "can be done there"),
        [
            (
                state.key,
                state.label.text(lang) + (" (final)" if state.final else ""),
                ", ".join(lifecycle.possible[state.key]),
            )
            for state in lifecycle.states
        ],
    )
    page.heading("Acts")
    page.table(("act", "by", "from → to"), list(_acts(lifecycle, lang)))
    page.heading("Time limits")
    page.table(
        ("limit", "period", "each", "starts → met by", "stands in"),
        [
            (
                f"{limit.key} {limit.label.text(lang)}",
                _period(limit),
                "" if limit.each is None else limit.each.label.text(lang),
                f"{', '.join(map(_signal, limit.starts))} → {', '.join(limit.met)}",
                "\n".join(map(str, _citations(limit))),
            )
            for limit in lifecycle.by_limit.values()
        ],
    )
    page.heading("Values")
    page.table(
        ("value", "", "stands in", "kind", "set in"),
        [
            (
                name.removeprefix(f"{lifecycle.key}."),
                _plain(entry.value),
                entry.citation,
                entry.citation.authority.value,
                entry.profile,
            )
            for name, entry in _entries(lifecycle, profile)
        ],
    )


def _acts(lifecycle: Lifecycle, lang: Language) -> Iterator[tuple[str, str, str]]:
    """Yield what can be done; rows that differ only in what chooses them together, with the roles of all."""
    ways: dict[tuple[str, str], dict[str, None]] = {}
    for row in lifecycle.transitions:
        way = f"{', '.join(row.sources)} → {row.to or 'stays'}".lstrip()
        ways.setdefault((row.trigger, way), {}).update(dict.fromkeys(role.key for role in row.by))
    for (trigger, way), roles in ways.items():
        yield f"{trigger} {lifecycle.by_trigger[trigger].label.text(lang)}", ", ".join(roles), way


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


def _period(limit: TimeLimit) -> str:
    period = str(limit.period.value) if isinstance(limit.period, Cited) else "set in the act"
    return f"{period}, repeated" if limit.repeats else period


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


def show_case(
    page: Page, case: Case, lifecycle: Lifecycle, history: Sequence[Record], *, lang: Language, lamps: Lights
) -> None:
    """Write where a case stands, its deadlines with their lamps, and its history."""
    state = lifecycle.by_state[case.state]
    page.heading(f"{case.id} — {lifecycle.title} ({case.opening.profile})")
    page.facts(
        (
            ("state", f"{state.key} {state.label}{' (final)' if state.final else ''}"),
            ("revision", case.revision),
            ("opened", case.opened),
            ("reference", case.opening.reference),
            ("parent", case.opening.parent),
            ("origin", case.opening.origin),
        )
    )
    page.heading("Deadlines")
    show_deadlines(page, case, lamps)
    page.heading("History")
    show_history(page, history, lifecycle, lang)


def show_history(
    page: Page,
    history: Sequence[Record],
    lifecycle: Lifecycle,
    lang: Language,
    *,
    numbered: bool = True,
    bilingual: bool = False,
) -> None:
    """Write records, a row each.

    Args:
        page: Where to.
        history: The records.
        lifecycle: What names their acts and states.
        lang: The language of the names.
        numbered: Whether to show their revisions.
        bilingual: Whether to name the acts in both languages.
    """
    columns = ("date", "act", "by", "state", "notes")
    amended = amendments(history)
    rows = [
        (
            _when(record),
            str(label) if bilingual else label.text(lang),
            "" if record.actor is None else record.actor.unit,
            "" if record.after == record.before else _state(record.after, lifecycle, lang),
            "\n".join(
                (
                    *_entered(record),
                    *_delegated(record),
                    *(one.mark.text(lang) for one in amended.get(record.revision, ())),
                    *_about(record, lifecycle, lang),
                    *said(record.changes),
                )
            ),
        )
        for record in history
        for label in [_label(record, lifecycle)]
    ]
    if numbered:
        page.table(("no.", *columns), [(r.revision, *row) for r, row in zip(history, rows, strict=True)])
    else:
        page.table(columns, rows)


def _delegated(record: Record) -> Iterator[str]:
    """Yield for whom it was done, where the actor holds the role by a delegation."""
    if record.actor is not None and (given := record.actor.delegation) is not None:
        yield f"for {given.by} by {given.document}"


def _label(record: Record, lifecycle: Lifecycle) -> Label:
    if record.named is not None:
        return record.named
    if record.actor is None:
        return _OF_NOBODY[record.kind]
    trigger = lifecycle.by_trigger.get(record.trigger)  # of rules that the case was under before, maybe
    return Label(record.trigger, record.trigger) if trigger is None else trigger.label


def _state(key: str, lifecycle: Lifecycle, lang: Language) -> str:
    state = lifecycle.by_state.get(key)  # likewise
    return key if state is None else state.label.text(lang)


def _about(record: Record, lifecycle: Lifecycle, lang: Language) -> tuple[str, ...]:
    trigger = lifecycle.by_trigger.get(record.trigger)
    return record.about("" if trigger is None else trigger.label.text(lang))


def _when(record: Record) -> str:
    return str(record.recorded_at.astimezone(CHINA_TIME).date() if record.actor is None else record.occurred_at)


def _entered(record: Record) -> Iterator[str]:
    """Yield when it was entered, if that was after the day on which it happened."""
    entered = record.recorded_at.astimezone(CHINA_TIME).date()
    if entered != record.occurred_at.date:
        yield f"entered {entered}"


def show_deadlines(page: Page, case: Case, lamps: Lights | None = None) -> None:
    """Write the deadlines a case keeps: all that is owed, and the latest of every limit and obligor."""
    columns = ("limit", "of", "no.", "from", "due", "status", "done")
    found = sorted(case.deadlines, key=lambda d: (d.due, d.limit))
    rows = [(d.limit, d.obligor, d.number, d.start, _due(d), d.status.value, d.settled) for d in found]
    if lamps is None:
        page.table(columns, rows)
    else:
        shown = [(*row, str(lamps[d].label) if d.status.owed else "") for row, d in zip(rows, found, strict=True)]
        page.table((*columns, "lamp"), shown)


def _due(deadline: Deadline) -> str:
    until = str(deadline.due) if deadline.closes is None else f"{deadline.due} {deadline.closes:%H:%M}"
    return f"{until} (provisional)" if deadline.provisional else until


def said(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return what happened to deadlines in a few words, those to whom the same happened together."""
    happened: dict[str, list[str]] = {}
    for change in changes:
        happened.setdefault(_happened(change), []).append(change.obligor)
    return tuple(": ".join(filter(None, (what, whom(units)))) for what, units in happened.items())


def whom(units: Sequence[str]) -> str:
    """Return those to whom something happened, of many only the first."""
    shown = [unit for unit in units if unit]
    if len(shown) > _MANY:
        shown = [*shown[:_FEW], f"and {len(shown) - _FEW} more"]
    return ", ".join(shown)


def _happened(change: Change) -> str:
    name = f"{change.limit} {change.number}" if change.number > 1 else change.limit
    match change:
        case Started(due=due):
            return f"{name} due {due}"
        case Met(late=late):
            return f"{name} met late" if late else f"{name} met"
        case Extended(due=due):
            return f"{name} extended to {due}"
        case Reminded(rung=rung):
            return f"{name} reminder {rung}"
        case Moved(old=old, due=due):
            return f"{name} moved from {old} to {due}" if old != due else f"{name} stays on {due}"
    return f"{name} {type(change).__name__.lower()}"


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
                "changes": list(said(record.changes)),
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

"""``show``: a lifecycle under a profile with everything it sets, or a case with where it stands."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.core.case import Case
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.limit import Entering, Signal, TimeLimit
from yingshang_flow.core.record import Change, Met, Record, Started
from yingshang_flow.policies import Entry, Profile
from yingshang_flow.words import Citation, Cited, Language


@click.command()
@click.argument("name", metavar="LIFECYCLE|CASE")
@options.policy()
@options.database(required=False)
@options.language()
@options.as_json()
def show(*, name: str, policy: str | None, db: Path | None, lang: Language, as_json: bool) -> None:
    """Show a lifecycle under a profile (--policy), or where a case stands (--db)."""
    if (policy is None) == (db is None):
        raise click.UsageError("say --policy for a lifecycle, or --db for a case of that file")
    if policy is not None:
        profile = options.profile(policy)
        lifecycle = options.shipped(name)(profile)
        print_json(_lifecycle(lifecycle, profile)) if as_json else _show_lifecycle(Page(), lifecycle, profile, lang)
    elif db is not None:
        docket = options.docket(db)
        case, lifecycle, history = docket.load(name), docket.lifecycle(name), docket.history(name)
        print_json(_case(case, history)) if as_json else show_case(Page(), case, lifecycle, history, lang)


# --- a lifecycle ---


def _show_lifecycle(page: Page, lifecycle: Lifecycle, profile: Profile, lang: Language) -> None:
    page.heading(f"{lifecycle.key} {lifecycle.title} — {profile.key} {profile.locality}")
    page.facts(
        (
            ("profile", f"{profile.title}, from {profile.valid_from}"),
            ("version", lifecycle.version),
            ("fingerprint", fingerprint(lifecycle)),
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
    page.table(
        ("trigger", "", "by", "from", "to"),
        [
            (
                row.trigger,
                lifecycle.by_trigger[row.trigger].label.text(lang),
                ", ".join(role.key for role in row.by),
                ", ".join(row.sources),
                row.to or "stays",
            )
            for row in lifecycle.transitions
        ],
    )
    page.heading("Time limits")
    page.table(
        ("limit", "", "period", "each", "starts", "met by", "stands in"),
        [
            (
                limit.key,
                limit.label.text(lang),
                _period(limit),
                "" if limit.each is None else limit.each.label.text(lang),
                ", ".join(map(_signal, limit.starts)),
                ", ".join(limit.met),
                "; ".join(map(str, _citations(limit))),
            )
            for limit in lifecycle.by_limit.values()
        ],
    )
    page.heading("Values")
    page.table(
        ("value", "", "stands in", "kind", "set in"),
        [
            (name, _plain(entry.value), entry.citation, entry.citation.authority.value, entry.profile)
            for name, entry in _entries(lifecycle, profile)
        ],
    )


def _lifecycle(lifecycle: Lifecycle, profile: Profile) -> dict[str, object]:
    return {
        "lifecycle": lifecycle.key,
        "title": both(lifecycle.title),
        "profile": profile.key,
        "locality": profile.locality,
        "profile_title": profile.title,
        "valid_from": profile.valid_from.isoformat(),
        "version": lifecycle.version,
        "fingerprint": fingerprint(lifecycle),
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
    return f"{period}, again and again" if limit.repeats else period


def _signal(signal: Signal) -> str:
    if isinstance(signal, str):
        return signal
    return f"{'entering' if isinstance(signal, Entering) else 'leaving'} {signal.state}"


def _plain(value: Any) -> str:  # noqa: ANN401  # whatever TOML has
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value).lower() if isinstance(value, bool) else str(value) or "as usual"


def _json(value: Any) -> Any:  # noqa: ANN401  # whatever TOML has
    return value if isinstance(value, bool | int | list) else str(value)


# --- a case ---


def show_case(page: Page, case: Case, lifecycle: Lifecycle, history: Sequence[Record], lang: Language) -> None:
    """Write where a case stands, its deadlines and its history."""
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
    page.table(
        ("limit", "of", "no.", "from", "due", "status", "done"),
        [
            (d.limit, d.obligor, d.number, d.start, _due(d.due, provisional=d.provisional), d.status.value, d.settled)
            for d in sorted(case.deadlines, key=lambda d: (d.due, d.limit, d.obligor))
        ],
    )
    page.heading("History")
    page.table(
        ("no.", "happened", "entered", "act", "by", "state", "deadlines"),
        [
            (
                record.revision,
                record.occurred_at if record.actor is not None else "",
                record.recorded_at.date(),
                _did(record, lifecycle, lang),
                "" if record.actor is None else record.actor.unit,
                record.after if record.after != record.before else "",
                "\n".join(said(change) for change in record.changes),
            )
            for record in history
        ],
    )


def _due(day: object, *, provisional: bool) -> str:
    return f"{day} (provisional)" if provisional else str(day)


def _did(record: Record, lifecycle: Lifecycle, lang: Language) -> str:
    if record.actor is None:
        return f"({record.kind.value})"
    return lifecycle.by_trigger[record.trigger].label.text(lang)


def said(change: Change) -> str:
    """Return what happened to a deadline in a few words."""
    name = f"{change.limit}{f' {change.number}' if change.number > 1 else ''}"
    whom = f" {change.obligor}" if change.obligor else ""
    match change:
        case Started(due=due):
            return f"{name}{whom} due {due}"
        case Met(late=late):
            return f"{name}{whom} met{' late' if late else ''}"
        case _:
            return f"{name}{whom} {type(change).__name__.lower()}"


def _case(case: Case, history: Sequence[Record]) -> dict[str, object]:
    opening = case.opening
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
                "provisional": d.provisional,
                "status": d.status.value,
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
                "actor": None
                if record.actor is None
                else {"id": record.actor.id, "unit": record.actor.unit, "role": record.actor.role},
                "obligors": list(record.obligors),
                "occurred_at": str(record.occurred_at),
                "recorded_at": record.recorded_at.isoformat(),
                "changes": [said(change) for change in record.changes],
            }
            for record in history
        ],
    }

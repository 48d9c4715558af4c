"""``policies`` and ``diff-policies``: which profile holds where and when, and what two set differently."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from yingshang_flow import policies
from yingshang_flow.cli import options, terms
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.core.requirement import field_label
from yingshang_flow.deadlines import parse
from yingshang_flow.errors import DefinitionError, PeriodError, ProfileError, UnknownError
from yingshang_flow.lifecycles import SHIPPED
from yingshang_flow.lifecycles.roles import ROLES
from yingshang_flow.policies import Catalogue, Difference, Entry, Fault, Profile
from yingshang_flow.policies.profile import plain
from yingshang_flow.words import Label, Language

_KINDS: Final[Mapping[str, Label]] = {
    "changed": Label("不同", "changed"),
    "cited": Label("值相同、依据不同", "cited differently"),
    "only_before": Label("仅前者有", "only in the first"),
    "only_after": Label("仅后者有", "only in the second"),
}
_YES, _NO = Label("是", "yes"), Label("否", "no")
_AS_USUAL: Final = Label("按通常规则", "as usual")
_NOTHING_MORE: Final = Label("无其他", "nothing more")


@click.command("policies")
@click.argument("files", metavar="[FILES]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--on", "day", type=options.Day(), help="List only what holds on a day, such as 2019-05-01.")
@options.language()
@options.as_json()
@click.pass_context
def catalogue(
    context: click.Context, *, files: tuple[Path, ...], day: date | None, lang: Language, as_json: bool
) -> None:
    """List the profiles: where and when each holds.

    Those that are shipped, or your own: TOML files, or folders of them, which are then checked, each value of a shipped
    procedure too. Days between two profiles of a place on which none holds for a procedure, or on which two do, are
    told and exit with 1.
    """
    found = _own(files) if files else policies.catalogue()
    listed, faults = [one for one in found if day is None or one.holds_on(day)], found.faults()
    if as_json:
        print_json({"profiles": [*map(_head, listed)], "faults": [*map(_fault, faults)]})
    else:
        page = Page(lang)
        page.table(
            (
                Label("地方", "place"),
                terms.PROFILE,
                terms.LOCALITY,
                Label("施行日期", "from"),
                Label("施行至", "to"),
                terms.VERIFIED_TO,
                Label("程序", "procedures"),
            ),
            [
                (
                    one.place,
                    one.key,
                    one.locality,
                    one.valid_from,
                    one.valid_to,
                    terms.VERIFIED[one.verified],
                    page.listed(one.sections),
                )
                for one in listed
            ],
        )
        page.lines(
            Label(f"{one.key}：{one.verified_note}", f"{one.key}: {one.verified_note}")
            for one in listed
            if one.verified_note
        )
        page.lines((fault.label for fault in faults), "bold red")
    context.exit(1 if faults else 0)


def _own(files: Sequence[Path]) -> Catalogue:
    """Read somebody's own profiles, each bound to every shipped procedure that it has values for.

    Raises:
        ProfileError: Any is wrong; the problems of all are reported together.
    """
    found = Catalogue.of(*files)
    problems: list[str] = []
    for one in found:
        for section in one.sections:
            if section in SHIPPED:
                try:
                    SHIPPED[section](one)
                except DefinitionError as exc:
                    problems.extend(f"{one.path}: {problem}" for problem in exc.problems)
    if problems:
        raise ProfileError("catalogue", problems)
    return found


@click.command("diff-policies")
@click.argument("before", metavar="KEY|FILE")
@click.argument("after", metavar="KEY|FILE")
@click.option("--procedure", metavar="LIFECYCLE", help="Compare only the values of one procedure.")
@options.language()
@options.as_json()
@click.pass_context
def diff(
    context: click.Context, *, before: str, after: str, procedure: str | None, lang: Language, as_json: bool
) -> None:
    """Tell what two profiles set differently.

    Procedure by procedure: values that differ, each with where it stands, that only one of the two has, and that are
    the same but stand elsewhere. As with `diff`, any difference exits with 1.
    """
    first, second = options.profile(before), options.profile(after)
    known = tuple(dict.fromkeys((*first.sections, *second.sections)))
    if procedure is not None and procedure not in known:
        raise UnknownError(f"neither profile has values for {procedure!r}; there are {', '.join(known)}")
    found = [one for one in policies.differences(first, second) if procedure in {None, one.section}]
    if as_json:
        print_json({"before": _head(first), "after": _head(second), "differences": [*map(_difference, found)]})
    else:
        _show(first, second, found, lang)
    context.exit(1 if found else 0)


def _show(first: Profile, second: Profile, found: Sequence[Difference], lang: Language) -> None:
    page = Page(lang)
    page.facts((one.key, _about(one)) for one in (first, second))
    for section in dict.fromkeys(one.section for one in found):
        page.heading(section)
        for one in found:
            if one.section == section:
                name, label, kind = one.path.removeprefix(f"{section}."), value_name(one.path), _KINDS[one.kind]
                head = Label(f"{name} {label.zh}：{kind.zh}", f"{name} {label.en}: {kind.en}")
                page.lines([head], "bold")
                page.lines(f"  {sign} {said}" for sign, said in _sides(one, lang))
    if not found:
        page.lines([Label("没有不同", "no difference")])


def _about(one: Profile) -> Label:
    named, verified = titled(one), how_far_verified(one)
    return Label(
        f"{one.locality}，{named.zh}，核对程度：{verified.zh}", f"{one.locality}, {named.en}, verified: {verified.en}"
    )


def titled(one: Profile) -> Label:
    """Return the title of a profile's document, and from when to when it holds."""
    until = "起" if one.valid_to is None else f"至{one.valid_to}"
    return Label(f"{one.title}，自{one.valid_from}{until}施行", f"{one.title}, {one.holding}")


def how_far_verified(one: Profile) -> Label:
    """Return how far a profile's values were verified, with what that rests on."""
    said, note = terms.VERIFIED[one.verified], one.verified_note
    return Label(f"{said.zh}（{note}）", f"{said.en} ({note})") if note else said


def value_name(path: str) -> Label:
    """Return what a value is called, by the values class of its procedure; the rest of its path elsewhere."""
    section, _, name = path.partition(".")
    found = SHIPPED.get(section)
    return Label(name, name) if found is None else field_label(found.values, name)


def _sides(one: Difference, lang: Language) -> Iterator[tuple[str, str]]:
    """Yield what each of the two profiles has, with where it stands; of two lists, what the other does not have."""
    for sign, entry, other in (("-", one.before, one.after), ("+", one.after, one.before)):
        if entry is not None:
            value, beside = entry.value, None if other is None else other.value
            if isinstance(value, tuple) and isinstance(beside, tuple) and set(map(str, value)) != set(map(str, beside)):
                value = tuple(item for item in value if item not in beside)
            yield sign, f"{in_words(value, lang)} [{entry.citation.text(lang)}]"


def in_words(value: Any, lang: Language, *, roles: bool = True) -> str:  # noqa: ANN401  # whatever TOML has
    """Return a value of a profile in words; of a text that may be the key of a role, the role where ``roles``."""
    if isinstance(value, tuple):
        # A list of codes of which one happens to be that of a role is no list of roles.
        roles = all(isinstance(item, str) and item in ROLES for item in value)
        said = ("、" if lang == "zh" else ", ").join(in_words(item, lang, roles=roles) for item in value)
        return said or _NOTHING_MORE.text(lang)
    if isinstance(value, Mapping):
        if lang == "en":
            return "(" + "; ".join(f"{name} {in_words(item, lang)}" for name, item in value.items()) + ")"
        told = {name: in_words(item, lang) for name, item in value.items() if name != "en"}
        return f"（{'；'.join(said if name == 'zh' else f'{name} {said}' for name, said in told.items())}）"
    if isinstance(value, bool):
        return (_YES if value else _NO).text(lang)
    return _text_in_words(value, lang, roles=roles) if isinstance(value, str) else str(value)


def _text_in_words(value: str, lang: Language, *, roles: bool) -> str:
    """Return a period in the language, a role by its name, and any other text as it is."""
    if roles and value in ROLES:
        return ROLES[value].label.text(lang)
    try:
        return parse(value).text(lang) if value else _AS_USUAL.text(lang)
    except PeriodError:
        return value


def _head(one: Profile) -> dict[str, object]:
    return {
        "profile": one.key,
        "place": one.place,
        "locality": one.locality,
        "title": one.title,
        "procedures": list(one.sections),
        "valid_from": one.valid_from.isoformat(),
        "valid_to": None if one.valid_to is None else one.valid_to.isoformat(),
        "verified": one.verified,
        "verified_note": one.verified_note,
    }


def _fault(one: Fault) -> dict[str, object]:
    return {
        "kind": one.kind,
        "place": one.place,
        "procedure": one.section,
        "profiles": list(one.profiles),
        "first": one.first.isoformat(),
        "last": None if one.last is None else one.last.isoformat(),
        "text": both(one.label),
    }


def _difference(one: Difference) -> dict[str, object]:
    return {
        "procedure": one.section,
        "value": one.path,
        "label": both(value_name(one.path)),
        "kind": one.kind,
        "before": _entry(one.before),
        "after": _entry(one.after),
    }


def _entry(entry: Entry | None) -> dict[str, object] | None:
    if entry is None:
        return None
    citation = entry.citation
    return {
        "is": plain(entry.value),
        "source": citation.source.key,
        "article": citation.article,
        "kind": citation.authority.value,
        "profile": entry.profile,
    }

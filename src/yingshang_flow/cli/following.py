"""``propose`` and ``connections``: what the rules call for after a case, and which cases hang together with it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import attrs
import click

from yingshang_flow import diagrams
from yingshang_flow.cli import options, terms
from yingshang_flow.cli.output import Page, both, print_json
from yingshang_flow.core.connections import Connections
from yingshang_flow.diagrams import RENDERERS
from yingshang_flow.docket import system_clock
from yingshang_flow.operations.propose import Proposal
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language, cited_in

_TEXT: Final = "text"


@click.command()
@click.argument("cases", metavar="[CASE]...", nargs=-1)
@options.database()
@options.now()
@click.option("--answered", is_flag=True, help="Tell also what has been opened already.")
@options.language()
@options.as_json()
def propose(
    *, cases: tuple[str, ...], db: Place, now: datetime | None, answered: bool, lang: Language, as_json: bool
) -> None:
    """List the cases that the rules call for.

    Because of each CASE, or of all cases of the store: what to open, why, what shows it and where the rule stands.
    Nothing is opened; that is for a person to decide.
    """
    docket = options.docket(db)
    moment = now or system_clock()
    found = [
        proposal
        for case in options.case_ids(docket.store, cases)
        for proposal in docket.propose(case, now=moment, answered=answered)
    ]
    if as_json:
        print_json([_as_dict(one) for one in found])
    else:
        _show(Page(lang), found)


def _show(page: Page, found: Sequence[Proposal]) -> None:
    """Write each proposal under the case that gives reason."""
    if not found:
        page.text(Label("没有应当另立的案件", "nothing is called for"))
    for case in dict.fromkeys(one.case for one in found):
        page.heading(case)
        for one in found:
            if one.case == case:
                page.lines(_lines(one))


def _lines(one: Proposal) -> Iterator[Label]:
    yield Label(one.text("zh"), one.text("en"))
    if one.units:
        yield Label(f"  涉及：{'、'.join(one.units)}", f"  about {', '.join(one.units)}")
    if one.units or not one.opened:
        yield Label(f"  开启时写明 {one.link}={one.case}", f"  open it with {one.link}={one.case}")
    if one.opened:
        yield Label(f"  已经开启：{'、'.join(one.opened)}", f"  opened already: {', '.join(one.opened)}")


def _as_dict(one: Proposal) -> dict[str, object]:
    return {
        "case": one.case,
        "link": one.link,
        "ground": one.ground,
        "opens": one.opens,
        "label": both(one.label),
        "codes": list(one.codes),
        "rules": [rule.id for rule in one.rules],
        "citations": [str(citation) for citation in one.citations],
        "cited": cited_in(one.citations),
        "shown": [both(label) for label in one.shown],
        "units": list(one.units),
        "opened": list(one.opened),
    }


@click.command()
@click.argument("case")
@options.database()
@click.option("--format", "form", type=click.Choice([_TEXT, *RENDERERS]), default=_TEXT, show_default=True)
@options.language("zh")
def connections(*, case: str, db: Place, form: str, lang: Language) -> None:
    """Show every case that hangs together with CASE.

    Its parts, what it is a part of, the case that gave reason to open it and those that followed, over any number of
    links: as a table, or as a picture.
    """
    found = options.docket(db).connections(case)
    if form == "json":
        print_json({**attrs.asdict(found), "links": [attrs.asdict(link) for link in found.links]})
    elif form == _TEXT:
        _table(found, lang)
    else:
        click.echo(RENDERERS[form](diagrams.connections(found, language=lang)), nl=False)


def _table(found: Connections, lang: Language) -> None:
    page = Page(lang)
    page.table(
        (
            terms.CASE,
            Label("程序", "procedure"),
            terms.STATE,
            Label("所属案件", "part of"),
            Label("来源案件", "because of"),
            terms.REFERENCE,
        ),
        [(one.case, one.title, one.label, one.parent, one.origin, one.reference) for one in found.cases],
    )
    page.lines(
        (Label(f"写明了 {case}，但不在库中", f"{case} is named, but not in the store") for case in found.missing), "red"
    )

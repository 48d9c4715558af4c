"""``assess`` and ``retally``: units compared by what a store has counted, and the counts made anew from histories."""

import json
from importlib import import_module
from pathlib import Path
from typing import Final, Literal

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.cli.terms import counted
from yingshang_flow.compliance.assessment import Assessment, Draft, assessment_json, circular, drafts
from yingshang_flow.compliance.assessment.as_circular import BEFORE, NONE, PLACE, TOTAL, UNIT, place_of, score
from yingshang_flow.core.requirement import field_label
from yingshang_flow.errors import ContentError
from yingshang_flow.lifecycles.interview import Plan
from yingshang_flow.operations.retally import Retallied
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language

Form = Literal["text", "markdown", "xlsx", "json"]

_EXCEL: Final = 'a workbook needs openpyxl, which is not installed; run: pip install "yingshang-flow[excel]"'
_FAR: Final = 1000
"""After how many cases standard error says how far it is."""


@click.command()
@options.database()
@click.option("--period", required=True, help="Such as 2018, 2018Q4, 2018-11 or 2018-10-01/2018-12-31.")
@click.option(
    "--units",
    "units_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the units to compare, a name a line; all that have anything counted unless given.",
)
@click.option("--last", type=click.IntRange(min=1), help="Draft interview plans for so many of the last places.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "xlsx", "json"]), help="How it is written.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file.")
@options.language()
@options.as_json()
def assess(
    *,
    db: Place,
    period: str,
    units_file: Path | None,
    last: int | None,
    form: Form | None,
    out: Path | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Compare units in a period.

    By rates of what was counted of them: standard scores, a ranking with ties, the change since the period before. The
    indicators and their weights are ours, as no document sets any; give others in Python. Drafts of interviews open
    nothing: whether to open one a person decides.
    """
    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json and --format {form} contradict each other; say one")
    form = "json" if as_json else form or "text"
    if form == "text" and out is not None:
        raise click.UsageError("--out is for --format markdown, xlsx or json; redirect the output of a text")
    if form == "xlsx" and out is None:
        raise click.UsageError("--format xlsx writes a workbook; say where with --out FILE.xlsx")
    if form in {"markdown", "xlsx"} and last is not None:
        raise click.UsageError("--last goes with a text or JSON; a circular has no drafts in it")
    units = None if units_file is None else _names(units_file)
    assessment = options.docket(db).assess(period, units=units)
    found = () if last is None else drafts(assessment, last=last)
    if form == "xlsx" and out is not None:
        out.write_bytes(_workbook(assessment, lang))
    elif form == "markdown":
        _write(circular(assessment, lang=lang), out)
    elif form == "json" and out is None:
        print_json(assessment_json(assessment, found))
    elif form == "json":
        _write(_json(assessment, found), out)
    else:
        _show(assessment, found, lang)


@click.command()
@options.database()
@options.language()
def retally(*, db: Place, lang: Language) -> None:
    """Count all cases anew.

    From their histories, as those that were kept before the store counted any. It may run beside everything else, and
    again after an interruption.
    """

    def tell(done: Retallied) -> None:
        if done.cases % _FAR == 0:
            click.echo(Label(f"已数{done.cases}件案件", f"{done.cases} cases so far").text(lang), err=True)

    changed = options.docket(db).retally(progress=tell)
    Page(lang).text(Label(f"重新计数{changed}件案件", f"{counted(changed, 'case')} counted anew"))


def _names(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise ContentError(
            f"--units {path}", f"it is no UTF-8 ({exc.reason} at byte {exc.start}); save it as that"
        ) from exc
    return tuple(dict.fromkeys(name for line in lines if (name := line.strip())))


def _write(text: str, out: Path | None) -> None:
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def _json(assessment: Assessment, found: tuple[Draft, ...]) -> str:
    return json.dumps(assessment_json(assessment, found), ensure_ascii=False, indent=2) + "\n"


def _workbook(assessment: Assessment, lang: Language) -> bytes:
    try:
        door = import_module("yingshang_flow.compliance.report.workbook.assessment")
    except ModuleNotFoundError as exc:
        if exc.name != "openpyxl":
            raise
        raise ContentError("--format xlsx", _EXCEL) from exc
    made: bytes = door.assessment_workbook(assessment, lang=lang)
    return made


def _show(assessment: Assessment, found: tuple[Draft, ...], lang: Language) -> None:
    page = Page(lang)
    named, first, last = assessment.span.label, assessment.span.first, assessment.counted_to
    page.heading(Label(f"{named.zh}，{first}至{last}", f"{named.en}, {first} to {last}"))
    page.table(
        (
            Label(PLACE.zh, "place"),
            Label(UNIT.zh, "unit"),
            Label(TOTAL.zh, "total"),
            Label(BEFORE.zh, "before"),
            *(one.label for one in assessment.indicators),
        ),
        [
            (
                place_of(one),
                one.unit,
                score(one.total),
                one.before,
                *(f"{rate.numerator}/{rate.denominator}" if rate.denominator else NONE for rate in one.rates),
            )
            for one in (*assessment.ranked, *assessment.unranked)
        ],
    )
    for draft in found:
        page.heading(
            Label(
                f"{draft.unit}：约谈计划，须由人补充完整", f"{draft.unit}: interview plan, to be completed by a person"
            )
        )
        page.facts(
            (Label(field_label(Plan, name).zh, name), value)
            for name, value in draft.content.items()
            if isinstance(value, str)
        )
        page.lines([Label(f"尚缺：{'、'.join(draft.missing)}", f"missing: {', '.join(draft.missing)}")], "yellow")

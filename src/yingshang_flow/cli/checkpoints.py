"""``checkpoint``: one hash over all cases, to be kept elsewhere, and the cases held against an earlier one."""

from pathlib import Path
from typing import Final

import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.output import JsonArray, Page, print_json
from yingshang_flow.cli.terms import counted
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CodecError
from yingshang_flow.operations.checkpoint import Checkpoint, Difference
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language

_NAMES: Final = {
    "root": Label("根哈希值", "root"),
    "algorithm": Label("算法", "algorithm"),
    "cases": terms.CASES,
    "taken_at": Label("取得时间", "taken_at"),
}


@click.command()
@options.database()
@click.option("--out", type=click.Path(path_type=Path), help="A new file to write the checkpoint to.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of an earlier checkpoint to hold the cases against.",
)
@options.language()
@options.as_json()
@click.pass_context
def checkpoint(
    context: click.Context, *, db: Place, out: Path | None, against: Path | None, lang: Language, as_json: bool
) -> None:
    """Sum up all histories in one hash.

    Keep the root, or the file that --out writes, where whoever runs the database cannot change it. With --against, say
    which cases were removed, cut off or rewritten since an earlier file was written; exits with 1 if any was. What lies
    before the last record of then is for verify.
    """
    if out is not None and against is not None:
        raise click.UsageError("say --out to take a checkpoint or --against to hold the cases against one, not both")
    docket = options.docket(db)
    if against is None:
        _take(docket, out, lang, as_json=as_json)
    else:
        context.exit(1 if _compare(docket, _read(against), lang, as_json=as_json) else 0)


def _take(docket: Docket, out: Path | None, lang: Language, *, as_json: bool) -> None:
    taken = docket.checkpoint()
    if out is not None:
        with out.open("xb") as file:  # never over another one: it is evidence
            taken.write(file)
    told = {
        "root": taken.root,
        "algorithm": taken.algorithm,
        "cases": len(taken.leaves),
        "taken_at": taken.taken_at.isoformat(),
    }
    if as_json:
        print_json(told)
    else:
        Page(lang).facts((_NAMES[name], value) for name, value in told.items())


def _read(path: Path) -> Checkpoint:
    try:
        with path.open("rb") as file:
            return Checkpoint.read(file)
    except CodecError as exc:
        raise CodecError(f"{path}: {exc}") from exc


def _compare(docket: Docket, earlier: Checkpoint, lang: Language, *, as_json: bool) -> int:
    """Print what does not hold as it is found; return how many cases do not."""
    array, page, found = JsonArray() if as_json else None, Page(lang), 0
    for one in docket.compare(earlier):
        found += 1
        if array is None:
            page.lines([one.text(lang)], "red")
        else:
            array.add(_as_dict(one))
    if array is None:
        cases = len(earlier.leaves)
        page.heading(
            Label(
                f"{cases}件案件已与{earlier.taken_at}的检查点核对：{f'{found}件不符' if found else '全部相符'}",
                f"{counted(cases, 'case')} held against the checkpoint of {earlier.taken_at}: "
                f"{counted(found, 'finding')}",
            )
        )
    else:
        array.end()
    return found


def _as_dict(one: Difference) -> dict[str, object]:
    return {
        "case": one.leaf.case,
        "change": one.change.value,
        "was": {"revision": one.leaf.revision, "head": one.leaf.head},
        "revision": one.revision,
        "zh": one.text("zh"),
        "en": one.text("en"),
    }

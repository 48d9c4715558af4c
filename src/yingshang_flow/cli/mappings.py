"""``mapping``: what the headings of a table may stand for, as a mapping to be corrected; and how tables are named."""

from contextlib import suppress
from pathlib import Path

import click

from yingshang_flow import policies
from yingshang_flow.cli import options
from yingshang_flow.cli.output import both, print_json
from yingshang_flow.compliance.ledgers import Guess, Mapping, guess_table
from yingshang_flow.compliance.tables import Table, open_table
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import ProfileError, UnknownError
from yingshang_flow.words import Language


@click.command()
@click.argument("file", metavar="FILE|URL")
@click.option(
    "--lifecycle", metavar="KEY", required=True, help="The procedure whose cases it lists, such as complaint."
)
@options.policy()
@click.option("--sheet", metavar="NAME|NUMBER", help="The sheet of a workbook; the first unless given.")
@click.option("--query", metavar="SQL", help="What to select from the database at URL.")
@options.language()
@options.as_json()
def mapping(
    *,
    file: str,
    lifecycle: str,
    policy: str | None,
    sheet: str | None,
    query: str | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Guess what the headings of a table stand for.

    Prints a mapping with how sure each guess is, ready to be corrected and saved; audit uses it by --mapping.
    """
    procedure = _procedure(lifecycle, policy)
    guessed = guess_table(table(file, sheet, query), procedure)
    if as_json:
        print_json(_json(guessed))
    else:
        click.echo(guessed.text(lang), nl=False)


def table(file: str, sheet: str | None, query: str | None, known: tuple[str, ...] = ()) -> Table:
    """Open the table that a command names: a file, or what a query finds in the database at a URL.

    Args:
        file: The path of the file, or the URL.
        sheet: The sheet of a workbook.
        query: The query.
        known: The headings that are looked for; they tell a text in a wrong encoding.

    Raises:
        LedgerError: It cannot be read as a table.
        OSError: The file cannot be read.
    """
    if query is None:
        if "://" in file:
            raise click.UsageError("say with --query what to select from the database")
        if Path(file).is_dir():
            raise click.UsageError(f"{file!r} is a directory; name a file")
        return open_table(file, sheet=sheet, known=known)
    if sheet is not None:
        raise click.UsageError("--sheet is for a workbook, --query for a database; say one")
    try:
        from yingshang_flow.compliance.tables.query import query_table  # noqa: PLC0415  # an extra
    except ImportError as exc:
        raise click.ClickException(f"{exc}; a query needs the extra: pip install yingshang-flow[sqlalchemy]") from exc
    return query_table(file, query)


def named_mapping(key_or_file: str, lifecycle: Lifecycle) -> Mapping:
    """Return the shipped mapping by the key of its procedure, or one from a file.

    Args:
        key_or_file: The key, or the path of a TOML file.
        lifecycle: The procedure.

    Raises:
        MappingError: None is shipped, or the file says something wrong.
        OSError: The file cannot be read.
    """
    if key_or_file == lifecycle.key and not Path(key_or_file).exists():
        return Mapping.shipped(lifecycle)
    return Mapping.read(key_or_file)


def _procedure(key: str, policy: str | None) -> Lifecycle:
    """Return a procedure under a profile; headings hardly depend on it, so that any will do where none is named."""
    procedure = options.shipped(key)
    if policy is not None:
        return procedure(options.profile(policy))
    for name in policies.keys():  # noqa: SIM118  # a function, no mapping
        with suppress(ProfileError):
            return procedure(name)
    raise UnknownError(f"no shipped profile has a {key!r}; name one with --policy")


def _json(guessed: Guess) -> dict[str, object]:
    return {
        "lifecycle": guessed.lifecycle,
        "sheet": guessed.sheet,
        "header": list(guessed.header),
        "columns": [
            {
                "place": one.place + 1,
                "heading": one.heading,
                "column": one.key,
                "sureness": one.sureness.value,
                "why": both(one.why),
                "untold": list(one.untold),
                "codes": list(one.codes),
            }
            for one in guessed.columns
        ],
        "left": list(guessed.left),
        "missing": list(guessed.missing),
        "toml": guessed.text(),
    }

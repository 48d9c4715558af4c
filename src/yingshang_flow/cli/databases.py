"""``db``: makes the tables of a store, brings them up to date, and tells whether they are."""

from importlib import import_module
from types import ModuleType

import click

from yingshang_flow.errors import UnknownError
from yingshang_flow.stores.sqlite import upgrading as of_files

_PREFIX = "ysf_"


@click.group()
def db() -> None:
    """Make or upgrade the tables of a store, or check them."""


@db.command()
@click.option("--db", "place", required=True, help="A file, or the URL of a database such as postgresql://….")
@click.option("--prefix", default=_PREFIX, show_default=True, help="What the names of the tables begin with; of a URL.")
@click.option("--sql", is_flag=True, help="Print the SQL for a database administrator instead; of a URL.")
def upgrade(*, place: str, prefix: str, sql: bool) -> None:
    """Make the tables or bring those of an older release up to date; a second time does nothing."""
    if sql:
        click.echo(_of_urls(place, "--sql").upgrade_sql(place, prefix=prefix), nl=False)
        return
    before = _of_urls(place).upgrade(place, prefix=prefix) if _is_url(place) else of_files.upgrade(place)
    click.echo(f"{place}: up to date, {f'was version {before}' if before else 'made anew'}")


@db.command()
@click.option("--db", "place", required=True, help="A file, or the URL of a database such as postgresql://….")
@click.option("--prefix", default=_PREFIX, show_default=True, help="What the names of the tables begin with; of a URL.")
def check(*, place: str, prefix: str) -> None:
    """Tell whether the tables are those of this release; nothing is changed."""
    if _is_url(place):
        _of_urls(place)
        import_module("yingshang_flow.stores.sqlalchemy").SQLAlchemyStore(place, prefix=prefix).close()
    else:
        of_files.check(place)
    click.echo(f"{place}: up to date")


def _is_url(place: str) -> bool:
    return "://" in place


def _of_urls(place: str, option: str = "") -> ModuleType:
    """Return what upgrades databases by URL, which needs packages of an extra."""
    if not _is_url(place):
        raise UnknownError(f"{option} is for databases with a URL, not for the file {place!r}")
    try:
        return import_module("yingshang_flow.stores.sqlalchemy.upgrading")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("yingshang_flow"):
            raise
        message = f'{error.name} is not installed; run: pip install "yingshang-flow[sqlalchemy]"'
        raise UnknownError(message) from error

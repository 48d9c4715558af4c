"""``db``: makes the tables of a store, brings them up to date, and tells whether they are."""

import click

from yingshang_flow.cli import options
from yingshang_flow.stores.places import Place


@click.group()
def db() -> None:
    """Make the tables of a store, upgrade or check them."""


@db.command()
@options.database(exists=False)
@click.option("--sql", is_flag=True, help="Print the SQL for a database administrator instead; of a URL.")
def upgrade(*, db: Place, sql: bool) -> None:
    """Make the tables or bring those of an older release up to date; a second time does nothing."""
    if sql:
        click.echo(db.upgrade_sql(), nl=False)
        return
    before = db.upgrade()
    click.echo(f"{db}: up to date, {f'was version {before}' if before else 'made anew'}")


@db.command()
@options.database(exists=False)
def check(*, db: Place) -> None:
    """Tell whether the tables are those of this release; nothing is changed."""
    db.check()
    click.echo(f"{db}: up to date")

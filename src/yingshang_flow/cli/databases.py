"""``db``: makes the tables of a store, brings them up to date, and tells whether they are."""

import click

from yingshang_flow.cli import options
from yingshang_flow.cli.output import Page
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language


@click.group()
def db() -> None:
    """Make the tables of a store, upgrade or check them."""


@db.command()
@options.database(exists=False)
@click.option("--sql", is_flag=True, help="Print the SQL for a database administrator instead; of a URL.")
@options.language()
def upgrade(*, db: Place, sql: bool, lang: Language) -> None:
    """Make the tables or bring those of an older release up to date; a second time does nothing."""
    if sql:
        click.echo(db.upgrade_sql(), nl=False)
        return
    before = db.upgrade()
    was = Label(f"原为第{before}版", f"was version {before}") if before else Label("新建", "made anew")
    Page(lang).text(Label(f"{db}：已是最新，{was.zh}", f"{db}: up to date, {was.en}"))


@db.command()
@options.database(exists=False)
@options.language()
def check(*, db: Place, lang: Language) -> None:
    """Tell whether the tables are those of this release; nothing is changed."""
    db.check()
    Page(lang).text(Label(f"{db}：已是最新", f"{db}: up to date"))

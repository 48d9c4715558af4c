"""``reproject``: the running deadlines of a store counted anew, as when the notice of a new year is loaded."""

from collections import Counter
from pathlib import Path
from typing import Final

import attrs
import click

from yingshang_flow.cli import options, terms
from yingshang_flow.cli.known import known_calendar, notice_option, warn_of_an_old_horizon, warn_of_clashes
from yingshang_flow.cli.output import JsonArray, Page
from yingshang_flow.cli.terms import counted
from yingshang_flow.core.record import Moved
from yingshang_flow.stores.places import Place
from yingshang_flow.words import Label, Language

_COLUMNS: Final = (
    terms.CASE,
    terms.LIMIT,
    terms.OBLIGOR,
    terms.TIME,
    Label("原到期日", "from"),
    Label("现到期日", "to"),
    "",
    Label("所用日历", "by calendar"),
)
_ROWS: Final = 500
"""How many deadlines one table tells: a large store moves more of them than should be kept until the end."""
_FAR: Final = 1000
"""After how many deadlines standard error says how far it is."""


@click.command()
@options.database()
@notice_option
@click.option("--dry-run", is_flag=True, help="Only tell what would move; nothing is written.")
@options.language()
@options.as_json()
def reproject(*, db: Place, notices: tuple[Path, ...], dry_run: bool, lang: Language, as_json: bool) -> None:
    """Count open deadlines anew.

    Those that still run, in all cases of the file, by the working days that are published and the notices given. Say
    --dry-run first. Each case of which a deadline moves gets a record that tells how; what was missed or settled stays.
    """
    known, clashes = known_calendar(None, notices)
    docket = options.docket(db)
    warn_of_clashes(clashes, lang)
    warn_of_an_old_horizon(known, None, lang)
    moves = _Moves(JsonArray() if as_json else None, Page(lang))
    try:
        docket.reproject(known, dry_run=dry_run, each=moves.add)
    finally:
        moves.end()
    if not as_json:
        moves.page.heading(moves.summary(dry_run=dry_run))


@attrs.define
class _Moves:
    """Deadlines that change, told while they do.

    Attributes:
        array: Where to tell them as JSON; none for tables.
        page: Where the tables are written.
        rows: The rows of the next table.
        kinds: How many there were of each kind.
    """

    array: JsonArray | None
    page: Page
    rows: list[tuple[object, ...]] = attrs.field(factory=list)
    kinds: Counter[Label] = attrs.field(factory=Counter)

    def add(self, case: str, moved: Moved) -> None:
        """Tell of one."""
        self.kinds[_kind(moved)] += 1
        if self.array is not None:
            self.array.add(_as_dict(case, moved))
        else:
            self.rows.append(_row(case, moved))
            if len(self.rows) == _ROWS:
                self.write()
        if (seen := self.kinds.total()) % _FAR == 0:
            click.echo(self.page.said(Label(f"已算{seen}项期限", f"{seen} deadlines so far")), err=True)

    def write(self) -> None:
        """Write the rows that were gathered as a table."""
        if self.kinds.total() > len(self.rows):
            self.page.text("")
        self.page.table(_COLUMNS, self.rows)
        self.rows.clear()

    def end(self) -> None:
        """Tell what was not told yet."""
        if self.array is not None:
            self.array.end()
        elif self.rows:
            self.write()

    def summary(self, *, dry_run: bool) -> Label:
        """Return in one line how many there were."""
        total, kinds = self.kinds.total(), sorted(self.kinds.items(), key=lambda found: found[0].en)
        zh = f"{total}项期限{'将有变动' if dry_run else '已变动'}"
        en = f"{counted(total, 'deadline')} {'would change' if dry_run else 'changed'}"
        if not kinds:
            return Label(zh, en)
        return Label(
            f"{zh}：{'，'.join(f'{number}项{kind.zh}' for kind, number in kinds)}",
            f"{en}: {', '.join(f'{number} {kind.en}' for kind, number in kinds)}",
        )


_MOVED: Final = Label("改至他日", "to another day")
_PROVISIONAL: Final = Label("日期不变，改为暂定", "provisional now on the day they had")
_CERTAIN: Final = Label("日期不变，不再暂定", "certain now on the day they had")
_CERTAIN_NOW: Final = Label("不再暂定", "certain now")


def _kind(moved: Moved) -> Label:
    if moved.old != moved.due:
        return _MOVED
    return _PROVISIONAL if moved.provisional else _CERTAIN


def _row(case: str, moved: Moved) -> tuple[object, ...]:
    note = terms.PROVISIONAL if moved.provisional else _CERTAIN_NOW if moved.old == moved.due else ""
    return case, moved.limit, moved.obligor, moved.number, moved.old, moved.due, note, moved.notice


def _as_dict(case: str, moved: Moved) -> dict[str, object]:
    return {
        "case": case,
        "limit": moved.limit,
        "obligor": moved.obligor,
        "number": moved.number,
        "old": moved.old.isoformat(),
        "due": moved.due.isoformat(),
        "provisional": moved.provisional,
        "notice": moved.notice,
    }

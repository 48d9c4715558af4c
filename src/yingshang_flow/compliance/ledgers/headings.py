"""Finds the columns that are looked for in the headings of a table, or says why they do not fit."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Final

import attrs

from yingshang_flow.compliance.ledgers.mapping import Expected
from yingshang_flow.compliance.tables import (
    Cell,
    Row,
    Table,
    Unreadable,
    letters,
    listed,
    plain,
    separated_by,
    short,
    text_of,
)
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import HeadingsError, LedgerError

LOOKED_AT: Final = 10
"""How many rows below the headings are looked at for others that fit better."""


@attrs.frozen
class Placed:
    """A column where it was found.

    Attributes:
        place: Its place from 0; -1 where it is constant.
        expected: What it is.
        heading: Its heading as it stands there.
        letter: Its letters, where columns are known by them.
    """

    place: int
    expected: Expected
    heading: str
    letter: str


@attrs.frozen
class Top:
    """The top of a table.

    Attributes:
        line: The line of the headings; 0 where the source has them apart from its rows.
        headings: The headings.
        next: The first rows below that are not blank.
        rows: Every row below, those included.
    """

    line: int
    headings: tuple[str, ...]
    next: tuple[tuple[int, tuple[str, ...]], ...]
    rows: Iterator[Row]


def top(table: Table, header: Sequence[int] = ()) -> Top:
    """Read the headings of a table, and look at the rows below.

    Args:
        table: The table.
        header: The lines of the headings; the first that is not blank unless given.

    Raises:
        LedgerError: It is empty, or has no headings on those lines.
    """
    line, headings = 0, table.headings or ()
    if table.headings is None:
        line, headings = _given(table, header) if header else _first(table)
    taken: list[Row] = []
    below: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in table.rows:
        taken.append((number, cells))
        if not isinstance(cells, Unreadable) and any(cells):
            below.append((number, tuple(map(text_of, cells))))
        if len(below) == LOOKED_AT or len(taken) > 10 * LOOKED_AT:
            break
    return Top(line, headings, tuple(below), chain(taken, table.rows))


def _first(table: Table) -> tuple[int, tuple[str, ...]]:
    for line, cells in table.rows:
        if not isinstance(cells, Unreadable) and any(cells):
            return line, _texts(cells)
    where = f"the sheet {table.sheet!r}" if table.sheet else "it"
    raise LedgerError(table.name, f"{where} is empty; the first row must hold the headings")


def _given(table: Table, header: Sequence[int]) -> tuple[int, tuple[str, ...]]:
    found: tuple[str, ...] = ()
    for line, cells in table.rows:
        if line in header and not isinstance(cells, Unreadable):
            found = together(found, _texts(cells))
        if line >= header[-1]:
            break
    if not any(found):
        lines = " and ".join(map(str, header))
        raise LedgerError(table.name, f"line {lines} holds no headings; correct “header” in the mapping")
    return header[-1], found


def _texts(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(map(text_of, cells))


def together(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Return headings that stand on two lines: the lower one, where there is one."""
    width = max(len(upper), len(lower))
    above, below = (tuple(row) + ("",) * (width - len(row)) for row in (upper, lower))
    return tuple(down or up for up, down in zip(above, below, strict=True))


def find(table: Table, above: Top, expected: Sequence[Expected], lifecycle: Lifecycle, *, mapped: bool) -> list[Placed]:
    """Return the columns that are there, and what is constant.

    Args:
        table: The table.
        above: Its top.
        expected: The columns that are looked for.
        lifecycle: The procedure.
        mapped: Whether a mapping names them, so that it is the mapping that may be wrong.

    Raises:
        HeadingsError: Columns are missing or doubled, or a second line holds headings too; the headings that are not
            known are named as well.
    """
    known = _known(expected)
    places = [[n for n, text in enumerate(above.headings) if plain(text) in _plains(one)] for one in expected]
    problems = list(_wrong_columns(above, list(zip(expected, places, strict=True)), lifecycle, mapped=mapped))
    if problems:
        problems += _hints(above, known, sum(map(bool, places)))
    else:
        problems += _second(above, known)
    if problems:
        raise HeadingsError(f"{table.name}, sheet {table.sheet!r}" if table.sheet else table.name, problems)
    found: list[Placed] = []
    for one, at in zip(expected, places, strict=True):
        if at:
            heading, letter = above.headings[at[0]], letters(at[0]) if table.lettered else ""
            found.append(Placed(at[0], one, short(heading), letter))
        elif one.constant:
            found.append(Placed(-1, one, "", ""))
    return found


def known_headings(expected: Sequence[Expected]) -> tuple[str, ...]:
    """Return every heading that is looked for, as it is compared."""
    return tuple(_known(expected))


def _known(expected: Sequence[Expected]) -> dict[str, None]:
    return dict.fromkeys(plain(heading) for one in expected for heading in one.headings)


def _plains(expected: Expected) -> set[str]:
    return set(map(plain, expected.headings))


def _wrong_columns(
    above: Top, found: Sequence[tuple[Expected, Sequence[int]]], lifecycle: Lifecycle, *, mapped: bool
) -> Iterator[str]:
    """Yield every column that is missing or doubled."""
    for one, places in found:
        name = one.column.name
        if not places and not one.optional and not one.constant:
            if mapped:
                yield f"the column {name} is missing: no heading is {' or '.join(one.headings)}; correct the mapping"
            else:
                also = f" (or {', '.join(one.headings[1:])})" if one.headings[1:] else ""
                yield f"the column {name}{also} is missing; add it"
        elif len(places) > 1:
            several = ", ".join(f"{short(above.headings[place])} (column {place + 1})" for place in places)
            what = "name one in the mapping, or keep one" if mapped else "keep one"
            yield f"the column {name} stands more than once: {several}; {what}"
    if any(one.column.field == "time" and not one.column.trigger for one, _ in found):
        return  # a table of events
    opens = [
        (one.column, places)
        for one, places in found
        if one.column.trigger in lifecycle.possible[""] and not one.column.field
    ]
    if not any(places or column.required for column, places in opens):
        names = ", ".join([column.name for column, _ in opens] or sorted(lifecycle.possible[""]))
        yield f"there is no column for the date on which a case begins; add one of {names}"


def _hints(above: Top, known: Collection[str], matched: int) -> Iterator[str]:
    """Yield what may be the reason why columns are missing."""
    unknown = [heading for heading in above.headings if heading and plain(heading) not in known]
    if unknown:
        yield f"not known: {listed(unknown)}; known are {listed(list(known), len(known))}"
    previous = above.headings
    for line, cells in above.next:
        alone, both = _count(cells, known), _count(together(previous, cells), known)
        if max(alone, both) > max(1, matched):
            header = line if alone == both else [line - 1, line]
            yield (
                f"the headings seem to stand on line {line}; delete what is above them, or say header = {header} "
                "in a mapping"
            )
            return
        previous = cells
    if (separator := separated_by(above.headings)) is not None:
        yield f"the cells seem to be separated by {separator}; save the file with commas"


def _second(above: Top, known: Collection[str]) -> Iterator[str]:
    """Yield that the row below the headings holds headings as well."""
    for line, cells in above.next[:1]:
        found = [cell for cell in cells if cell and plain(cell) in known]
        if len(found) > 1 and len(found) * 2 >= sum(map(bool, cells)):
            same = _count(cells, known) == _count(together(above.headings, cells), known)
            header = line if same else [above.line, line]
            yield (
                f"line {line} holds headings too: {listed(found)}; say header = {header} in a mapping, "
                "or leave one line of headings"
            )


def _count(cells: Sequence[str], known: Collection[str]) -> int:
    return len({plain(cell) for cell in cells if len(cell) < 100} & set(known))  # noqa: PLR2004  # no heading is longer


def ignored(above: Top, read: Collection[int], used: Collection[int], *, lettered: bool) -> Iterator[str]:
    """Yield the headings of the columns that are not read; of one without a heading its place, if it is used."""
    for place, heading in enumerate(above.headings):
        if place not in read and (heading or place in used):
            yield heading or _nameless(place, lettered=lettered)
    for place in sorted(used):
        if place >= len(above.headings):
            yield _nameless(place, lettered=lettered)


def _nameless(place: int, *, lettered: bool) -> str:
    return f"({letters(place) if lettered else place + 1})"

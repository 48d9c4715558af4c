"""How the command line speaks: tables and colour in a terminal, aligned plain text in a pipe, JSON when asked."""

import json
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from yingshang_flow.cli.wrapping import wrapped
from yingshang_flow.words import Label, Language

T = TypeVar("T")

Said = str | Label
"""A text as it is, or in the language of the page."""

NOTHING: Final = "—"
"""Stands where there is nothing to say."""

_WIDEST: Final = 120
_PLAIN_WIDTH: Final = 100
_UNBROKEN: Final = 14
_STYLES: Final = MappingProxyType(
    {
        **dict.fromkeys(("kept", "met", "whole", "allowed"), "green"),
        **dict.fromkeys(("broken", "missed", "refused"), "bold red"),
        **dict.fromkeys(("met_late", "asks", "ours"), "yellow"),
        **dict.fromkeys(("unknown", "stopped", "waived", NOTHING), "dim"),
        "open": "cyan",
        "班": "green",
        "休": "red",
    }
)
"""Cells that are one of these words are shown in a style of their own; of a label its English counts."""
_WARNING: Final = Label("警告：", "warning: ")
_NONE: Final = Label("无", "none")
_COMMA: Final = Label("、", ", ")
_SEMICOLON: Final = Label("；", "; ")


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says, and show what cannot be written instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def print_json(value: Any) -> None:  # noqa: ANN401  # whatever JSON has
    """Print a value as JSON, Chinese unescaped."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


class JsonArray:
    """An array of JSON, printed item by item, so that a long one is never held as a whole."""

    def __init__(self) -> None:
        self._begun = False

    def add(self, value: Any) -> None:  # noqa: ANN401  # whatever JSON has
        """Print the next item."""
        item = textwrap.indent(json.dumps(value, ensure_ascii=False, indent=2), "  ")
        click.echo(f",\n{item}" if self._begun else f"[\n{item}", nl=False)
        self._begun = True

    def end(self) -> None:
        """Print what closes it."""
        click.echo("\n]" if self._begun else "[]")


def warn(text: Label, language: Language) -> None:
    """Say on standard error what does not keep the command from its work."""
    click.echo(f"{_WARNING.text(language)}{text.text(language)}", err=True)


def both(label: Label) -> dict[str, str]:
    """Return a label as JSON has it."""
    return {"zh": label.zh, "en": label.en}


class Page:
    """A text for people: headings, paragraphs and tables, written to standard output as they come.

    Args:
        language: What labels are written in; a text is written as it is.

    Attributes:
        language: The same.
    """

    def __init__(self, language: Language = "en") -> None:
        self.language = language
        terminal = sys.stdout is not None and sys.stdout.isatty()
        self._console = Console(highlight=False, emoji=False) if terminal else None
        if self._console is not None:
            self._console.width = min(self._console.width, _WIDEST)
        self._begun = False

    def said(self, text: Said) -> str:
        """Return a text in the language of the page."""
        return text.text(self.language) if isinstance(text, Label) else text

    def listed(self, texts: Iterable[Said]) -> str:
        """Return several texts in a row, as the language of the page writes them."""
        return self.said(_COMMA).join(map(self.said, texts))

    def heading(self, text: Said) -> None:
        """Begin a part, after a blank line unless it is the first."""
        if self._begun:
            self._print("")
        self._print(self.said(text), "bold")

    def text(self, text: Said, style: str = "") -> None:
        """Write a text as it is; a terminal wraps it."""
        self._print(self.said(text), style)

    def paragraph(self, text: Said) -> None:
        """Write a text after a blank line, wrapped."""
        self._print("")
        whole = self.said(text)
        if self._console is not None:
            self._print(whole)
        else:
            wrap = wrapped if self.language == "zh" else textwrap.wrap
            self._print("\n".join(wrap(whole, _PLAIN_WIDTH)))

    def lines(self, lines: Iterable[Said], style: str = "") -> None:
        """Write lines indented by two; a terminal wraps them to where they begin."""
        for line in map(self.said, lines):
            if self._console is None:
                self._print(f"  {line}" if line else "")
            else:
                text = line.lstrip(" ")
                indent = 2 + len(line) - len(text)
                for part in wrapped(text, max(1, self._console.width - indent)):
                    self._print(" " * indent + part, style)

    @property
    def width(self) -> int:
        """How many columns a line has."""
        return _PLAIN_WIDTH if self._console is None else self._console.width

    def drawing(self, lines: Iterable[Sequence[tuple[str, str]]]) -> None:
        """Write lines of pieces, each a text and its style, indented by two; they are never wrapped."""
        for line in lines:
            if self._console is None:
                text = "".join(text for text, _ in line).rstrip()
                self._print(f"  {text}" if text else "")
            else:
                self._console.print(Text.assemble("  ", *line), no_wrap=True, crop=False, overflow="ignore")
                self._begun = True

    def facts(self, facts: Iterable[tuple[Said, object]]) -> None:
        """Write pairs of a name and a value, the values under one another; empty ones are left out."""
        shown = [(self.said(name), self._cell(value)) for name, value in facts if value not in {None, ""}]
        widest = max((cell_len(name) for name, _ in shown), default=0)
        for name, value in shown:
            if self._console is None:
                self._print(f"  {_padded(name, widest)}  {value}")
            else:
                grid = Table.grid(padding=(0, 2, 0, 0))
                grid.add_column(width=widest + 2, style="dim")
                grid.add_column(overflow="fold")
                grid.add_row(Text(f"  {name}"), Text(value))
                self._console.print(grid)

    def table(self, columns: Sequence[Said], rows: Iterable[Sequence[object]]) -> None:
        """Write a table; cells are shown by their text, none as a dash."""
        told = [*rows]
        cells = [[self._cell(cell) for cell in row] for row in told]
        heads = [self.said(column) for column in columns]
        if not cells:
            self.lines([_NONE])
        elif self._console is None:
            for line in _aligned([heads, *cells], self.said(_SEMICOLON)):
                self._print(f"  {line}")
        else:
            table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", show_edge=False)
            texts = list(zip(heads, *cells, strict=True))
            for head, width in zip(heads, _widths(texts, self._console.width - 2 * len(heads)), strict=True):
                table.add_column(head, overflow="fold", width=width)
            for own, row in zip(told, cells, strict=True):
                table.add_row(*(Text(text, _style(cell, text)) for cell, text in zip(own, row, strict=True)))
            self._console.print(Padding(table, (0, 0, 0, 2)))
            self._begun = True

    def _cell(self, cell: object) -> str:
        return NOTHING if cell is None else self.said(cell) if isinstance(cell, Label) else str(cell)

    def progress(self, steps: Sequence[T], label: str) -> Iterator[T]:
        """Yield steps one by one; a terminal shows on standard error how many are done."""
        if self._console is None or not sys.stderr.isatty():
            yield from steps
            return
        with click.progressbar(steps, label=label, file=sys.stderr) as shown:
            yield from shown

    def _print(self, text: str, style: str = "") -> None:
        self._begun = True
        if self._console is None:
            click.echo(text)
        else:
            self._console.print(Text(text, style))


def _style(cell: object, text: str) -> str:
    return _STYLES.get(cell.en if isinstance(cell, Label) else text, "")


def _widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return how wide each column is, so that all fit: words stay whole while there is room for them.

    Narrow columns get what they ask for first; what is left goes, cell by cell, to the column that wraps most.
    """
    asked = [max(cell_len(line) for text in column for line in (text.splitlines() or [""])) for column in columns]
    if sum(asked) <= room:
        return asked
    words = [max((cell_len(word) for text in column for word in text.split()), default=1) for column in columns]
    least = [all_of_it if all_of_it <= _UNBROKEN else word for all_of_it, word in zip(asked, words, strict=True)]
    widths = [min(width, max(1, room // len(columns))) for width in least]
    for number in sorted(range(len(least)), key=lambda number: least[number]):
        widths[number] += min(least[number] - widths[number], max(0, room - sum(widths)))
    while sum(widths) < room:
        widths[max(range(len(widths)), key=lambda number: asked[number] / widths[number])] += 1
    return widths


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _aligned(rows: Sequence[Sequence[str]], between: str) -> Iterator[str]:
    """Yield rows as lines with their columns under one another; Chinese characters are two columns wide."""
    flat = [[between.join(cell.splitlines()) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*flat, strict=True)]
    for row in flat:
        yield "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()

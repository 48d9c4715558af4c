"""Months as an SVG picture for documents: written by hand, the same bytes for the same days."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from rich.cells import cell_len

from yingshang_flow.cli.months import Mark, Month, legend
from yingshang_flow.cli.wrapping import wrapped
from yingshang_flow.words import Language

_CELL: Final = 36
_MONTH: Final = 7 * _CELL
_GAP: Final = 28
_MARGIN: Final = 28
_HEAD: Final = 52
_LINE: Final = 24
_SWATCH: Final = 18
_TITLE: Final = 18
_SMALL: Final = 12
_INK: Final = "#1f2937"
_QUIET: Final = "#6b7280"
_FONT: Final = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_SHORT: Final = {"en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), "zh": tuple("一二三四五六日")}


def picture(
    title: str,
    months: Sequence[Month],
    language: Language,
    *,
    notes: Sequence[str] = (),
    reasons: Sequence[str] = (),
    abreast: int = 4,
) -> str:
    """Return months as an SVG document.

    Args:
        title: What stands on top.
        months: The months, in order.
        language: The language of titles, days of the week and marks.
        notes: Lines under the title.
        reasons: Lines under the months.
        abreast: How many months stand beside one another at most.
    """
    abreast = min(abreast, len(months))
    width = 2 * _MARGIN + max(2, abreast) * (_MONTH + _GAP) - _GAP
    room = width - 2 * _MARGIN
    body: list[str] = []
    top = _MARGIN
    for line in wrapped(title, int(room / (_TITLE * 0.52))):
        top += _TITLE
        body.append(_text(_MARGIN, top, line, _TITLE, _INK, weight="bold"))
        top += _TITLE // 2
    top = _paragraph(body, top, room, notes)
    top += 14
    for start in range(0, len(months), abreast):
        row = months[start : start + abreast]
        for place, month in enumerate(row):
            body += _month(_MARGIN + place * (_MONTH + _GAP), top, month, language)
        top += _HEAD + max(len(month.weeks) for month in row) * _CELL + _GAP
    left = _MARGIN
    for mark in legend(months):
        said = mark.label.text(language)
        taken = _SWATCH + 6 + cell_len(said) * 7 + 20
        if left + taken > width and left > _MARGIN:
            left, top = _MARGIN, top + _LINE
        body += _swatch(left, top, mark, said)
        left += taken
    top += _SWATCH
    top = _paragraph(body, top + _GAP // 2, room, reasons) if reasons else top
    height = top + _MARGIN
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" xml:lang="{language}" font-family="{_FONT}">',
            f"  <title>{escape(title)}</title>",
            f'  <rect width="{width}" height="{height}" fill="#ffffff"/>',
            *(f"  {line}" for line in body),
            "</svg>",
        ]
    )


def _paragraph(body: list[str], top: int, room: int, texts: Sequence[str]) -> int:
    """Add lines of small text to a picture and return where they end."""
    for text in texts:
        for line in wrapped(text, int(room / (_SMALL * 0.52))):
            top += _SMALL
            body.append(_text(_MARGIN, top, line, _SMALL, _QUIET))
            top += _SMALL // 2
    return top


def _month(left: int, top: int, month: Month, language: Language) -> Iterator[str]:
    yield _text(left + _MONTH // 2, top + 14, month.title(language), 14, _INK, middle=True, weight="bold")
    for place, name in enumerate(_SHORT[language]):
        yield _text(left + place * _CELL + _CELL // 2, top + 40, name, 11, _QUIET, middle=True)
    for row, week in enumerate(month.weeks):
        for place, entry in enumerate(week):
            if entry is not None:
                yield from _day(left + place * _CELL, top + _HEAD + row * _CELL, *entry)


def _day(left: int, top: int, number: int, mark: Mark) -> Iterator[str]:
    if mark.fill != "none":
        yield _square(left + 2, top + 2, _CELL - 4, mark)
    middle = left + _CELL // 2
    yield _text(middle, top + (18 if mark.sign else 23), str(number), 14, mark.ink, middle=True)
    if mark.sign:
        yield _text(middle, top + 30, mark.sign, 10, mark.ink, middle=True)


def _swatch(left: int, top: int, mark: Mark, said: str) -> Iterator[str]:
    yield _square(left, top, _SWATCH, mark)
    if mark.sign:
        yield _text(left + _SWATCH // 2, top + 13, mark.sign, 11, mark.ink, middle=True)
    yield _text(left + _SWATCH + 6, top + 14, said, 12, _INK)


def _square(left: int, top: int, side: int, mark: Mark) -> str:
    return f'<rect x="{left}" y="{top}" width="{side}" height="{side}" rx="4" fill="{mark.fill}"/>'


def _text(left: int, base: int, text: str, size: int, ink: str, *, middle: bool = False, weight: str = "") -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{left}" y="{base}" font-size="{size}" fill="{ink}"{anchor}{bold}>{escape(text)}</text>'

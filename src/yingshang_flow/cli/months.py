"""Months as drawings: what each day of a year, or of a period, is marked with."""

from calendar import Calendar
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import attrs
from rich.cells import cell_len

from yingshang_flow.deadlines import Day, DayKind, DueDate, FixedDate, Series, WorkingCalendar
from yingshang_flow.words import Label, Language

_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12
MOST_MONTHS: Final = 6
"""How many months of one period are drawn at most; of a longer one the first and the last."""


@attrs.frozen
class Mark:
    """What a day is marked with.

    Attributes:
        sign: One Chinese character or none, two columns wide.
        label: What it means.
        style: How a terminal shows it.
        fill: The colour of the day in a picture.
        ink: The colour of its text there.
    """

    sign: str
    label: Label
    style: str = ""
    fill: str = "none"
    ink: str = "#1f2937"


PLAIN: Final = Mark("", Label("", ""))
WEEKEND: Final = Mark("", Label("周末", "weekend"), "dim", "#f3f4f6", "#9ca3af")
OFF: Final = Mark("休", Label("放假", "day off"), "red", "#fee2e2", "#b91c1c")
MADE_UP: Final = Mark("班", Label("调休上班", "make-up working day"), "green", "#dcfce7", "#15803d")
STARTS: Final = Mark("起", Label("起算日", "start"), "bold cyan", "#cffafe", "#0e7490")
COUNTED: Final = Mark("计", Label("计入", "counted"), "blue", "#dbeafe", "#1d4ed8")
EXCLUDED: Final = Mark("停", Label("扣除", "excluded"), "magenta", "#f3e8ff", "#7e22ce")
ENDS: Final = Mark("止", Label("届满", "due"), "bold yellow", "#b45309", "#ffffff")

_MARKS: Final = (STARTS, COUNTED, MADE_UP, OFF, WEEKEND, EXCLUDED, ENDS)
_BY_KIND: Final = MappingProxyType(
    {
        DayKind.WEEKDAY: PLAIN,
        DayKind.WEEKEND: WEEKEND,
        DayKind.HOLIDAY: OFF,
        DayKind.DAY_OFF: OFF,
        DayKind.LOCAL_OFF: OFF,
        DayKind.MAKE_UP: MADE_UP,
        DayKind.LOCAL_WORK: MADE_UP,
    }
)

Marked = Callable[[date], Mark]
"""What each day is marked with."""


@attrs.frozen
class Month:
    """One month, week by week from Monday.

    Attributes:
        year: Its year.
        month: Its number.
        weeks: Its weeks of seven days each; a day of another month is none.
    """

    year: int
    month: int
    weeks: tuple[tuple[tuple[int, Mark] | None, ...], ...]

    def title(self, language: Language) -> str:
        """Return what stands above it."""
        return f"{self.year}年{self.month}月" if language == "zh" else f"{self.year}-{self.month:02}"


def mark_of(day: Day) -> Mark:
    """Return what a day is marked with in a calendar of working days."""
    return _BY_KIND[day.kind]


def month_of(year: int, month: int, marked: Marked) -> Month:
    """Return a month with its marks."""
    weeks = Calendar().monthdayscalendar(year, month)
    return Month(
        year,
        month,
        tuple(
            tuple(None if number == 0 else (number, marked(date(year, month, number))) for number in week)
            for week in weeks
        ),
    )


def months_of_year(known: WorkingCalendar, year: int) -> list[Month]:
    """Return the twelve months of a year as a calendar knows them."""
    return [month_of(year, month, lambda day: mark_of(known.day(day))) for month in range(1, _MONTHS + 1)]


def months_of(found: DueDate) -> tuple[list[Month], int]:
    """Return the months a period touches, and how many between the first and the last are left out."""
    marks = dict(_marks(found))
    first, last = min(marks), max(marks)
    numbers = range(first.year * _MONTHS + first.month - 1, last.year * _MONTHS + last.month)
    shown: Sequence[int] = numbers
    if len(numbers) > MOST_MONTHS:
        shown = [*numbers[: MOST_MONTHS // 2], *numbers[-(MOST_MONTHS // 2) :]]
    drawn = [month_of(n // _MONTHS, n % _MONTHS + 1, lambda day: marks.get(day, PLAIN)) for n in shown]
    return drawn, len(numbers) - len(shown)


def legend(months: Sequence[Month]) -> list[Mark]:
    """Return the marks that occur, in the order in which they are explained."""
    there = {entry[1] for month in months for week in month.weeks for entry in week if entry is not None}
    return [mark for mark in _MARKS if mark in there]


def _marks(found: DueDate) -> Iterator[tuple[date, Mark]]:
    """Yield each day from the start to the end with its mark, as the steps of the explanation tell it."""
    steps = {step.date: step for step in found.explain().steps if step.rule != "R11" and step.date != found.date}
    begin = found.start if found.restart is None else found.restart
    counting = not isinstance(found.period, FixedDate | Series)
    first, last = min(begin, found.date, found.nominal), max(found.date, found.nominal)
    known = found.calendar
    yield found.start, STARTS
    for day in (first + n * _DAY for n in range((last - first).days + 1)):
        step = steps.get(day)
        if day == found.date:
            yield day, ENDS
        elif day == begin:
            yield day, STARTS
        elif step is not None and step.rule == "R8":
            yield day, EXCLUDED
        elif step is not None and step.rule in {"R2", "R5", "R10"}:
            yield day, mark_of(known.day(day))
        elif counting:
            yield day, COUNTED


def drawn(months: Sequence[Month], width: int, language: Language, *, wide: bool) -> Iterator[list[tuple[str, str]]]:
    """Yield months as lines of pieces with their styles, as many beside one another as there is room for, up to three.

    Args:
        months: The months, in order.
        width: How many columns there are.
        language: The language of titles and days of the week.
        wide: Whether each day has its number and its mark; else the mark stands in the number's place.
    """
    columns = _WIDE if wide else _NARROW
    across = 7 * columns - (_NARROW - 2)
    abreast = max(1, min(_ABREAST, (width - 2 + _GAP) // (across + _GAP)))
    for start in range(0, len(months), abreast):
        row = [list(_lines(month, columns, across, language)) for month in months[start : start + abreast]]
        tallest = max(map(len, row))
        if start:
            yield []
        for number in range(tallest):
            line: list[tuple[str, str]] = []
            for lines in row:
                line += [(" " * _GAP, "")] if line else []
                line += lines[number] if number < len(lines) else [(" " * across, "")]
            yield line


_WIDE: Final = 5
_NARROW: Final = 3
_GAP: Final = 3
_ABREAST: Final = 3
_SHORT: Final = {"en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), "zh": tuple("一二三四五六日")}


def _lines(month: Month, columns: int, across: int, language: Language) -> Iterator[list[tuple[str, str]]]:
    yield [(_padded(month.title(language), across), "bold")]
    yield [(_padded("".join(_padded(name, columns) for name in _SHORT[language]).rstrip(), across), "dim")]
    for week in month.weeks:
        line = [_cell(entry, columns) for entry in week]
        text, style = line[-1]
        yield [*line[:-1], (_padded(text.rstrip(), across - 6 * columns), style)]


def _cell(entry: tuple[int, Mark] | None, columns: int) -> tuple[str, str]:
    if entry is None:
        return " " * columns, ""
    number, mark = entry
    if columns == _WIDE:
        text = f"{number:2}{mark.sign or (' .' if mark is WEEKEND else '')}"
    else:
        text = mark.sign or (" ." if mark is WEEKEND else f"{number:2}")
    return _padded(text, columns), mark.style


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def left_out_months(number: int, language: Language) -> str:
    """Return how it is said that months are left out."""
    return f"……略去{number}个月" if language == "zh" else f"... {number} months are left out"


def explained_marks(months: Sequence[Month], language: Language) -> list[tuple[str, str]]:
    """Return what the marks of months mean, as one line of pieces."""
    pieces: list[tuple[str, str]] = []
    for mark in legend(months):
        pieces += [("  ", "")] if pieces else []
        pieces += [(mark.sign or ".", mark.style), (f" {mark.label.text(language)}", "dim")]
    return pieces

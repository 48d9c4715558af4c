"""Draws how many deadlines were kept, by month and by unit, and how many cases have which lamp."""

from collections.abc import Iterator
from typing import Final

from yingshang_flow.compliance.report.markup import Html, both, joined, named, tag
from yingshang_flow.compliance.report.model import Rate, Report
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.words import Label

NO_UNIT: Final = Label("未载明单位", "no unit named")

_MOST_MONTHS: Final = 24
_MOST_COLUMNS: Final = 12
_MOST_UNITS: Final = 40
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHOWN: Final = (Lamp.RED, Lamp.YELLOW, Lamp.GREEN)
_MEANINGS: Final = {
    Lamp.RED: Label("有问题", "something is broken"),
    Lamp.YELLOW: Label("即将到期", "due soon"),
    Lamp.GREEN: Label("无问题", "nothing is broken"),
}


def lamps(report: Report) -> Html:
    """Return how many cases have each lamp, as numbers and as one bar."""
    whole = sum(report.lamps.values())
    tiles = [
        tag(
            "li",
            tag("span", class_=f"lamp {lamp.value}"),
            tag("span", both(lamp.label), class_="caption"),
            tag("strong", str(report.lamps[lamp])),
            tag("span", both(_MEANINGS[lamp]), class_="meaning"),
        )
        for lamp in _SHOWN
    ]
    bar = tag("svg", *_stack(report, whole), class_="stack", width="100%", height=12, aria_hidden="true")
    return tag("div", tag("ul", *tiles, class_="lamps"), bar if whole else "", class_="lights")


def _stack(report: Report, whole: int) -> Iterator[Html]:
    done = 0
    for lamp in _SHOWN:
        number = report.lamps[lamp]
        if number:
            at, wide = round(100 * done / whole, 2), round(100 * number / whole, 2)
            yield tag("rect", x=f"{at}%", width=f"{wide}%", y=0, height=12, class_=lamp.value)
        done += number


def months(report: Report) -> Html:
    """Return a column, or of many a row, for each month in which deadlines fell due, what was late apart."""
    shown = report.by_month[-_MOST_MONTHS:]
    if not shown:
        return tag("p", both(Label("尚无到期的期限。", "No deadline has fallen due yet.")), class_="note")
    most = max(rate.total for _, rate in shown)
    left = len(report.by_month) - len(shown)
    more = (
        tag("p", both(Label(f"更早的{left}个月未画出。", f"{left} earlier months are not drawn.")), class_="note")
        if left
        else ""
    )
    columns = (_column(month, rate, most) for month, rate in shown)
    return joined(
        tag("h3", both(Label("按到期月份", "By the month in which they fell due"))),
        tag("ol", *columns, class_="months" if len(shown) <= _MOST_COLUMNS else "months rows"),
        more,
    )


def _column(month: str, rate: Rate, most: int) -> Html:
    year, number = month.split("-")
    name = _MONTHS[int(number) - 1]
    zh, en = f"{year}年{int(number)}月：按期{rate.kept}，逾期{rate.late}", f"{rate.kept} in time, {rate.late} late"
    # Style sheets turn it into a column or a row, so it is no SVG: its parts are told as numbers.
    parts = (
        tag("i", class_=kind, style=f"--n:{part}") for kind, part in (("late", rate.late), ("kept", rate.kept)) if part
    )
    return tag(
        "li",
        tag(
            "span",
            tag("span", both(Label(f"{year}年", year)), class_="year"),
            tag("span", both(Label(f"{int(number)}月", name)), class_="month"),
            class_="when",
        ),
        tag("span", *parts, class_="bar", style=f"--most:{most}", role="img", aria_label=f"{zh} {name} {year}: {en}"),
        tag("span", rate.text, class_="share"),
        tag("span", f"{rate.kept}/{rate.total}", class_="of"),
    )


def units(report: Report) -> Html:
    """Return a bar for each unit, those with most late deadlines first."""
    shown = report.by_unit[:_MOST_UNITS]
    if not shown:
        return joined()
    left = len(report.by_unit) - len(shown)
    rest = sum((rate for _, rate in report.by_unit[_MOST_UNITS:]), Rate())
    more = Label(f"其余{left}个单位：{rest.kept}/{rest.total}。", f"{left} other units: {rest.kept}/{rest.total}.")
    rows = (
        tag(
            "li",
            tag("span", named(unit, NO_UNIT), class_="unit"),
            _share(rate),
            tag("span", rate.text, class_="share"),
            tag("span", f"{rate.kept}/{rate.total}", class_="of"),
        )
        for unit, rate in shown
    )
    note = tag("p", both(Label("逾期最多的在前。", "Those with most late ones first.")), class_="note")
    return joined(
        tag("h3", both(Label("按单位", "By unit"))),
        note,
        tag("ol", *rows, class_="units"),
        tag("p", both(more), class_="note") if left else "",
    )


def _share(rate: Rate) -> Html:
    kept = (rate.permille or 0) / 10
    return tag(
        "svg",
        tag("rect", x="0", width=f"{kept}%", y=0, height=14, class_="kept"),
        tag("rect", x=f"{kept}%", width=f"{round(100 - kept, 1)}%", y=0, height=14, class_="late"),
        width="100%",
        height=14,
        aria_hidden="true",
    )

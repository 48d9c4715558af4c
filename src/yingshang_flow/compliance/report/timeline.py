"""Draws what happened in a case against its deadlines, as SVG that is as wide as there is room."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from yingshang_flow.compliance.conformance import Outcome, Owed, Told
from yingshang_flow.compliance.report.markup import Html, both, joined, named, tag
from yingshang_flow.compliance.report.model import ReportedCase
from yingshang_flow.compliance.report.wording import working_days
from yingshang_flow.words import Label

_MOST_LANES: Final = 8
_MOST_ACTS: Final = 24
_MOST_MONTHS: Final = 25
_HEIGHT: Final = 18


def timeline(case: ReportedCase, as_of: date) -> Html:
    """Return the deadlines of a case, each from its start to its end with what went over it, and its acts below.

    Where there are very many, the first of them are drawn, broken deadlines before others, and the rest are counted.
    """
    first = sorted(case.owed, key=_broken_first)[:_MOST_LANES]
    lanes = [owed for owed in case.owed if any(owed is one for one in first)]
    acts = case.acts[:_MOST_ACTS]
    span = _Span(lanes, acts, as_of)
    more = len(case.owed) - len(lanes)
    return tag(
        "div",
        *(_lane(owed, span) for owed in lanes),
        _axis(acts, span),
        _more(more, Label(f"另有{more}项期限未画出", f"{more} more deadlines are not drawn")),
        tag("ol", *map(_act, acts), class_="acts"),
        _more(
            len(case.acts) - len(acts),
            Label(
                f"另有{len(case.acts) - len(acts)}项办理未列出",
                f"{len(case.acts) - len(acts)} more acts are not listed",
            ),
        ),
        class_="timeline",
    )


class _Span:
    """The days a timeline reaches over, and where each of them stands."""

    def __init__(self, lanes: Sequence[Owed], acts: Sequence[Told], as_of: date) -> None:
        days = [day for owed in lanes for day in (owed.start, owed.due, owed.happened) if day is not None]
        days += [act.at for act in acts]
        undone = any(owed.outcome is Outcome.BROKEN and owed.happened is None for owed in lanes)
        if not days or undone or any(owed.running for owed in lanes):
            days.append(as_of)
        self.as_of = as_of
        self.first, self.last = min(days), max(days)
        self._length = max(1, (self.last - self.first).days)

    def at(self, day: date) -> float:
        """Return where a day stands, in hundredths of the width; what lies beyond stands at the edge."""
        return round(100 * min(1.0, max(0.0, (day - self.first).days / self._length)), 2)

    def months(self) -> Iterator[date]:
        """Yield the first days of the months between its ends; none where there would be too many to see."""
        number = self.first.year * 12 + self.first.month
        last = self.last.year * 12 + self.last.month - 1
        if last - number < _MOST_MONTHS:
            yield from (date(month // 12, month % 12 + 1, 1) for month in range(number, last + 1))


def _broken_first(owed: Owed) -> bool:
    return owed.outcome is not Outcome.BROKEN


def _lane(owed: Owed, span: _Span) -> Html:
    start, due = span.at(owed.start), span.at(owed.due)
    drawn = [_line(span.at(month), "month") for month in span.months()]
    drawn.append(_bar(start, due, f"allowed {owed.outcome.value}"))
    if owed.outcome is Outcome.BROKEN:
        until = span.at(span.as_of if owed.happened is None else owed.happened)
        drawn.append(_bar(due, until, "over" if owed.happened is not None else "over undone"))
    drawn.append(_line(due, "due"))
    if owed.happened is not None:
        drawn.append(_dot(span.at(owed.happened), f"done {owed.outcome.value}"))
    said = _said(owed)
    what = joined(
        tag("strong", both(owed.label)),
        *((" ", named(owed.unit)) if owed.unit else ()),
        tag("span", both(said), class_=f"said {owed.outcome.value}"),
    )
    aria = (
        f"{owed.label.zh}：{owed.start}至{owed.due}，{said.zh} {owed.label.en}: {owed.start} to {owed.due}, {said.en}"
    )
    svg = tag("svg", *drawn, class_="lane", width="100%", height=_HEIGHT, role="img", aria_label=aria)
    return tag("div", tag("p", what), svg, class_="owed")


def _said(owed: Owed) -> Label:
    """Return what became of a deadline, in words."""
    zh, en = f"期限至{owed.due}", f"due {owed.due}"
    if owed.outcome is Outcome.BROKEN:
        done = "未办理" if owed.happened is None else f"于{owed.happened}办理"
        over = "" if owed.days_late is None else f"，逾期{owed.days_late}个工作日"
        days = "" if owed.days_late is None else f", {working_days(owed.days_late)} late"
        return Label(
            f"{zh}，{done}{over}", f"{en}, {'not done' if owed.happened is None else f'done {owed.happened}'}{days}"
        )
    if owed.happened is not None:
        return Label(f"{zh}，于{owed.happened}办理", f"{en}, done {owed.happened}")
    if owed.running:
        return Label(f"{zh}，尚未届满", f"{en}, still running")
    return Label(f"{zh}，无从判断或不再要求", f"{en}, cannot be told, or no longer owed")


def _axis(acts: Sequence[Told], span: _Span) -> Html:
    """Return the line of the days with a dot for each act, and what its two ends are."""
    drawn = [tag("line", x1="0", x2="100%", y1=_HEIGHT // 2, y2=_HEIGHT // 2, class_="days")]
    drawn += [_line(span.at(month), "month") for month in span.months()]
    drawn += [_dot(span.at(act.at), "act") for act in acts]
    ends = tag("p", tag("span", str(span.first)), tag("span", str(span.last)), class_="ends")
    svg = tag("svg", *drawn, class_="lane axis", width="100%", height=_HEIGHT, aria_hidden="true")
    return joined(svg, ends)


def _act(act: Told) -> Html:
    unit = (" ", named(act.unit)) if act.unit else ()
    return tag("li", tag("time", str(act.at)), " ", both(act.label), *unit)


def _more(number: int, said: Label) -> Html:
    return tag("p", both(said), class_="more") if number > 0 else joined()


def _bar(start: float, end: float, kind: str) -> Html:
    """Return a bar between two places; a day that is its own end is still seen."""
    return tag("rect", x=f"{start}%", width=f"{round(max(0.3, end - start), 2)}%", y=5, height=8, class_=kind)


def _line(at: float, kind: str) -> Html:
    return tag(
        "line", x1=f"{at}%", x2=f"{at}%", y1=1 if kind == "due" else 0, y2=_HEIGHT - (kind == "due"), class_=kind
    )


def _dot(at: float, kind: str) -> Html:
    return tag("circle", cx=f"{at}%", cy=_HEIGHT // 2, r=4, class_=kind)

"""A report as one page of HTML for those who lead: it needs no network, no other file, and works without scripts."""

from importlib import resources
from typing import Final

from yingshang_flow.compliance.report.charts import lamps, months, units
from yingshang_flow.compliance.report.listing import findings, problems, rules, stale, unknowns
from yingshang_flow.compliance.report.markup import Html, both, joined, named, tag
from yingshang_flow.compliance.report.model import Report, ReportedCase, ReportedFinding
from yingshang_flow.compliance.report.timeline import timeline
from yingshang_flow.compliance.report.wording import READ, day, lead, working_days
from yingshang_flow.words import Label

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
_MOST_BREACHES: Final = 6


def page(report: Report, *, most: int = 500) -> str:
    """Return a report as a page of HTML, Chinese first, with a switch to English.

    Args:
        report: The report.
        most: How many findings, and how many reasons why rows were not audited, to list; the page says how many there
            are, and where the others stand.
    """
    title = Label(f"{report.title.zh}审计报告", f"Audit report: {report.title.en}")
    filters = _Filters(report, most)
    inside = (
        _masthead(report, title),
        _summary(report),
        _section("on-time", Label("按期办理", "Done in time"), months(report), units(report)),
        _section("rules", Label("规则", "Rules"), rules(report)),
        _worst(report, filters),
        _section("findings", Label("审计发现", "Findings"), findings(report, most, filters.units, filters.rules)),
        _section("unknown", Label("未能核查的内容", "What could not be checked"), unknowns(report)),
        _section("refused", Label("未审计的行", "Rows not audited"), problems(report, most)) if report.problems else "",
        _section("stale", Label("已失效的接受记录", "Acceptances that stand for nothing"), stale(report, most))
        if report.stale
        else "",
        _notes(report),
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title.zh} {title.en}"),
        tag("style", _shipped("page.css")),
    )
    body = tag("body", _switch(), tag("main", *inside), tag("script", _shipped("page.js")))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='zh-CN')}\n"


class _Filters:
    """The units and the rules of what the page lists, by which it can be narrowed, each known by a number."""

    def __init__(self, report: Report, most: int) -> None:
        shown = (*report.findings[:most], *(one for case in report.worst for one in case.findings))
        self.units = {unit: number for number, unit in enumerate(sorted({one.counted_under for one in shown}))}
        order = {total.rule.id: number for number, total in enumerate(report.rules)}
        ordered = sorted({one.finding.code for one in shown}, key=lambda code: (order.get(code, len(order)), code))
        self.rules = {code: number for number, code in enumerate(ordered)}


def _shipped(name: str) -> Html:
    return Html(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _section(key: str, title: Label, *inside: str) -> Html:
    return tag("section", tag("h2", both(title), id=f"h-{key}"), *inside, id=key, aria_labelledby=f"h-{key}")


def _switch() -> Html:
    """Return the choice of the language: two buttons that style sheets alone obey."""
    return joined(
        tag("input", type="radio", name="language", id="zh", checked=True, aria_label="中文", autocomplete="off"),
        tag("input", type="radio", name="language", id="en", aria_label="English", autocomplete="off"),
        tag(
            "div",
            tag("label", "中文", for_="zh", lang="zh"),
            tag("label", "English", for_="en", lang="en-GB"),
            class_="switch",
            aria_hidden="true",
        ),
    )


def _masthead(report: Report, title: Label) -> Html:
    facts = [
        (Label("资料来源", "Source"), named(report.name, Label("在办案件库", "stored cases"))),
        (
            Label("依据", "Under"),
            joined(*(tag("bdi", profile) for profile in dict.fromkeys(p for _, p in report.procedures)), by=", "),
        ),
        (Label("审计截至", "As of"), both(day(report.as_of))),
    ]
    if report.baseline:
        facts.append((Label("接受记录", "Baseline"), named(report.baseline)))
    listed = tag("dl", *(tag("div", tag("dt", both(name)), tag("dd", said)) for name, said in facts))
    return tag("header", tag("h1", both(title)), listed, class_="masthead")


def _summary(report: Report) -> Html:
    """Return what a reader with half a minute has to know."""
    rate = report.on_time
    figure = tag(
        "div",
        tag("p", both(Label("按期办理率", "Done in time")), class_="caption"),
        tag("p", rate.text, class_="figure"),
        tag("p", f"{rate.kept} / {rate.total}", class_="of"),
        class_="rate",
    )
    said = tag("p", both(lead(report)), class_="lead")
    return tag("div", said, tag("div", figure, lamps(report), class_="figures"), class_="summary")


def _worst(report: Report, filters: _Filters) -> Html:
    if not report.worst:
        return joined()
    told, of = len(report.worst), report.worst_of
    zh = f"列出逾期最久的{told}件，共{of}件存在未接受的问题；同样久的，问题严重的在前。"
    en = (
        f"The {told} with the most working days late, of {of} with findings that nobody has accepted; of those equally "
        "late the gravest first."
    )
    samples = (
        ("kept", Label("期限之内", "time allowed")),
        ("late", Label("逾期", "overrun")),
        ("undone", Label("逾期且至今未办", "overrun, not done yet")),
        ("dot", Label("办理", "done")),
    )
    key = tag(
        "p", *(tag("span", tag("i", class_=f"sample {kind}"), both(said)) for kind, said in samples), class_="key"
    )
    cards = (_card(case, report, filters) for case in report.worst)
    return _section(
        "worst", Label("逾期最久的案件", "Worst cases"), tag("p", both(Label(zh, en)), class_="note"), key, *cards
    )


def _card(case: ReportedCase, report: Report, filters: _Filters) -> Html:
    where = [tag("span", both(case.state))]
    if case.line is not None:
        sheet = f"{case.sheet} " if case.sheet else ""
        where.insert(0, tag("span", both(Label(f"台账{sheet}第{case.line}行", f"{sheet}line {case.line}".strip()))))
    where += [named(unit) for unit in dict.fromkeys(one.counted_under for one in case.findings) if unit]
    late = case.days_late or 0
    head = tag(
        "header",
        tag("h3", named(case.case)),
        tag("p", both(Label(f"逾期{late}个工作日", f"{working_days(late)} late")), class_="late") if late else "",
        tag("p", *where, class_="where"),
    )
    breaches = [_breach(one) for one in case.findings[:_MOST_BREACHES]]
    more = len(case.findings) - len(breaches)
    if more:
        breaches.append(tag("li", both(Label(f"另有{more}项", f"and {more} more")), class_="more"))
    return tag(
        "article",
        head,
        tag("ul", *breaches, class_="breaches"),
        timeline(case, report.as_of),
        class_="case",
        data_units=" ".join(dict.fromkeys(str(filters.units[one.counted_under]) for one in case.findings)),
        data_rules=" ".join(dict.fromkeys(str(filters.rules[one.finding.code]) for one in case.findings)),
    )


def _breach(one: ReportedFinding) -> Html:
    finding = one.finding
    shown = Label(finding.shown("zh"), finding.shown("en"))
    return tag(
        "li",
        tag("span", both(finding.severity.label), class_=f"chip {finding.severity.value}"),
        " ",
        tag("b", finding.code),
        " ",
        both(finding.label),
        *((" · ", both(shown, shorten=True)) if shown.zh else ()),
        *((" ", tag("span", both(Label("已接受", "accepted")), class_="chip accepted")) if one.accepted else ()),
    )


def _notes(report: Report) -> Html:
    """Return how the numbers are to be read."""
    notes = () if report.source is None else report.source.notes
    items = tag(
        "ul", *(tag("li", both(label, shorten=True)) for label in notes), *(tag("li", both(label)) for label in READ)
    )
    return _section("notes", Label("说明", "Notes"), items)

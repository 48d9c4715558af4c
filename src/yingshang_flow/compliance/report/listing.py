"""Lists on a page: rules, findings, what could not be checked, and rows that were not audited."""

from collections.abc import Iterator, Mapping
from typing import Final

from yingshang_flow.compliance.report.charts import NO_UNIT
from yingshang_flow.compliance.report.markup import Html, both, joined, named, short, tag
from yingshang_flow.compliance.report.model import Report, ReportedFinding, RuleTotal
from yingshang_flow.words import Label, cited_in

_MOST_REASONS: Final = 5
_ALL: Final = Label(
    "全部内容见同一审计的 JSON 或 XLSX。", "All of them are in the JSON and the XLSX of the same audit."
)


def rules(report: Report) -> Html:
    """Return what became of each rule."""
    several = len(report.procedures) > 1
    titles = (Label("规则", "Rule"), Label("遵守", "Kept"), Label("违反", "Broken"), Label("无从判断", "Unknown"))
    head = tag("tr", *(tag("th", both(title), scope="col") for title in titles), tag("th", aria_hidden="true"))
    rows = (_rule(total, report, several=several) for total in report.rules)
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="rules")


def _rule(total: RuleTotal, report: Report, *, several: bool) -> Html:
    cited = Label(*(cited_in(total.rule.citations, language) for language in ("zh", "en")))
    of = report.procedures[total.lifecycle, total.profile]
    procedure = tag("span", both(of), f" {total.profile}", class_="small") if several else ""
    said = tag(
        "td", tag("b", total.rule.id), " ", both(total.rule.label), tag("span", both(cited), class_="small"), procedure
    )
    counts = (("kept", total.kept), ("broken", total.broken), ("unknown", total.unknown))
    numbers = (
        tag("td", str(number or "–"), class_=f"number {kind if number else 'unknown'}") for kind, number in counts
    )
    return tag("tr", said, *numbers, tag("td", _shares(counts), class_="shares"))


def _shares(counts: tuple[tuple[str, int], ...]) -> Html:
    whole = sum(number for _, number in counts)
    drawn, done = [], 0
    for kind, number in counts:
        if number:
            at, wide = round(100 * done / whole, 2), round(100 * number / whole, 2)
            drawn.append(tag("rect", x=f"{at}%", width=f"{wide}%", y=0, height=8, class_=kind))
        done += number
    return tag("svg", *drawn, width="100%", height=8, aria_hidden="true")


def findings(report: Report, most: int, units: Mapping[str, int], codes: Mapping[str, int]) -> Html:
    """Return the gravest findings, and how many there are in all.

    Args:
        report: The report.
        most: How many to list.
        units: Every unit with the number it is filtered by.
        codes: Every rule with the number it is filtered by.
    """
    if not report.findings:
        return tag("p", both(Label("未发现问题。", "Nothing was found.")), class_="note")
    shown = report.findings[:most]
    total, left = len(report.findings), len(report.findings) - len(shown)
    accepted = total - len(report.new)
    zh, en = f"共{total}项", f"{total} in all"
    if accepted:
        zh, en = f"{zh}，其中{accepted}项已接受", f"{en}, {accepted} of them accepted"
    said = Label(f"{zh}；严重的、逾期久的在前。", f"{en}; the gravest first, then the latest.")
    note: list[str] = [both(said)]
    if left:
        cut = Label(
            f"本页只列出前{len(shown)}项，另有{left}项未列出。",
            f" This page lists the first {len(shown)}; {left} are not listed.",
        )
        note += [tag("strong", both(cut)), " ", both(_ALL)]
    titles = (
        Label("等级", "Severity"),
        Label("发现", "Finding"),
        Label("案件", "Case"),
        Label("期限", "Due"),
        Label("办理", "Done"),
        Label("逾期工作日", "Working days late"),
    )
    head = tag("tr", *(tag("th", both(title), scope="col") for title in titles))
    rows = (_finding(one, titles, units, codes) for one in shown)
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="findings")
    return joined(tag("p", *note, class_="note"), _filters(report, units, codes), table)


def _filters(report: Report, units: Mapping[str, int], codes: Mapping[str, int]) -> Html:
    """Return the choices by which the list is narrowed; a script shows them, as nothing else could obey them."""
    labels = {total.rule.id: total.rule.label for total in report.rules}
    of_units = [(str(number), Label(short(unit), short(unit)) if unit else NO_UNIT) for unit, number in units.items()]
    of_codes = [
        (
            str(number),
            Label(f"{code} {label.zh}", f"{code} {label.en}") if (label := labels.get(code)) else Label(code, code),
        )
        for code, number in codes.items()
    ]
    return tag(
        "form",
        _choice("unit", Label("单位", "Unit"), Label("全部单位", "All units"), of_units),
        _choice("rule", Label("规则", "Rule"), Label("全部规则", "All rules"), of_codes),
        tag("output", id="shown", aria_live="polite"),
        class_="filters",
        hidden=True,
        autocomplete="off",
    )


def _choice(key: str, title: Label, every: Label, options: list[tuple[str, Label]]) -> Html:
    listed = (
        tag("option", label.zh, value=value or None, data_zh=label.zh, data_en=label.en) for value, label in options
    )
    first = Html(tag("option", every.zh, data_zh=every.zh, data_en=every.en).replace("<option", '<option value=""', 1))
    return tag("label", both(title), tag("select", first, *listed, id=f"by-{key}"))


def _finding(
    one: ReportedFinding, titles: tuple[Label, ...], units: Mapping[str, int], codes: Mapping[str, int]
) -> Html:
    finding = one.finding
    shown = Label(finding.shown("zh"), finding.shown("en"))
    cited = Label(finding.cited("zh"), finding.cited("en"))
    what: list[str] = [tag("b", finding.code), " ", both(finding.label)]
    if shown.zh:
        what += [" · ", both(shown, shorten=True)]
    small = [both(cited), " "] if cited.zh else []
    small.append(tag("code", finding.fingerprint))
    what.append(tag("span", *small, class_="small"))
    if one.accepted is not None:
        by = one.accepted
        said = Label(f"{by.on}由{by.by}接受：{by.why}", f"accepted on {by.on} by {by.by}: {by.why}")
        what.append(tag("span", both(said, shorten=True), class_="small"))
    where = [named(finding.case)]
    if one.line is not None:
        place = Label(f"{one.sheet}第{one.line}行", f"{one.sheet} line {one.line}".strip())
        where.append(tag("span", both(place), class_="small"))
    if finding.unit or one.counted_under:
        where.append(tag("span", named(finding.unit or one.counted_under), class_="small"))
    severity = [tag("span", both(finding.severity.label), class_=f"chip {finding.severity.value}")]
    if one.accepted is not None:
        severity.append(tag("span", both(Label("已接受", "accepted")), class_="chip accepted"))
    _, _, _, due, done, _ = titles
    days = finding.days_late
    late = joined(str(days), tag("span", both(Label("个工作日", " working days")), class_="name")) if days else ""
    missing = finding.due is not None and finding.happened is None
    return tag(
        "tr",
        tag("td", *severity, class_="severity"),
        tag("td", *what, class_="what"),
        tag("td", *where, class_="who"),
        tag("td", *_dated(due, str(finding.due or "")), class_="date"),
        tag("td", *(_dated(done, str(finding.happened or "")) if not missing else [both(_NOT_DONE)]), class_="date"),
        tag("td", late, class_="number broken"),
        class_="accepted" if one.accepted else None,
        data_units=units[one.counted_under],
        data_rules=codes[finding.code],
    )


_NOT_DONE: Final = Label("未办理", "not done")


def _dated(name: Label, said: str) -> list[Html]:
    """Return a date with what it is, which a narrow page shows that has no headings."""
    return [tag("span", both(name), " ", class_="name"), tag("time", said)] if said else []


def unknowns(report: Report) -> Html:
    """Return for each rule in how many cases it could not be told, and why."""
    found = [total for total in report.rules if total.unknown]
    if not found:
        return tag("p", both(Label("全部规则均已核查。", "Every rule was checked.")), class_="note")
    note = Label("一件可有数个原因；日期略去。", "A case can have several reasons; dates are left out.")
    return joined(
        tag("p", both(note), class_="note"), tag("dl", *(_unknown(total) for total in found), class_="unknowns")
    )


def _unknown(total: RuleTotal) -> Html:
    number = Label(f"{total.unknown}件", f"{total.unknown} cases" if total.unknown > 1 else "1 case")
    title = tag(
        "dt", tag("b", total.rule.id), " ", both(total.rule.label), " ", tag("span", both(number), class_="count")
    )
    reasons = [
        tag("dd", both(label, shorten=True), " ", tag("span", str(cases), class_="count"))
        for label, cases in total.reasons[:_MOST_REASONS]
    ]
    left = len(total.reasons) - len(reasons)
    if left:
        reasons.append(tag("dd", both(Label(f"另有{left}种原因。", f"{left} other reasons.")), " ", both(_ALL)))
    return tag("div", title, *reasons)


def problems(report: Report, most: int) -> Html:
    """Return why rows were not audited."""
    shown = report.problems[:most]
    left = len(report.problems) - len(shown)
    zh, en = (
        f"{report.refused}行，原因{len(report.problems)}条。",
        f"{report.refused} rows, {len(report.problems)} reasons.",
    )
    note: list[str] = [both(Label(zh, en))]
    if left:
        cut = Label(
            f"本页只列出前{len(shown)}条，另有{left}条未列出。",
            f" This page lists the first {len(shown)}; {left} are not listed.",
        )
        note += [tag("strong", both(cut)), " ", both(_ALL)]
    items = (
        tag(
            "li",
            tag("b", both(Label(f"{one.sheet}第{one.line}行", f"{one.sheet} line {one.line}".strip()))),
            " ",
            *((named(one.column), "「", named(one.value), "」 ") if one.column else ()),
            both(Label(f"{one.why.zh}；{one.remedy.zh}", f"{one.why.en}; {one.remedy.en}"), shorten=True),
        )
        for one in shown
    )
    return joined(tag("p", *note, class_="note"), tag("ul", *items, class_="problems"))


def stale(report: Report, most: int) -> Html:
    """Return the acceptances that stand for nothing any more."""
    shown = report.stale[:most]
    left = len(report.stale) - len(shown)
    zh = f"{len(report.stale)}条；相应的问题已不存在，可从接受记录中删去。"
    en = f"{len(report.stale)}; what they accepted is no longer found, so they can be deleted from the baseline."
    more = tag("li", both(Label(f"另有{left}条", f"and {left} more"))) if left else ""
    return joined(
        tag("p", both(Label(zh, en)), class_="note"),
        tag("ul", *_stale(report, most), more, class_="problems"),
    )


def _stale(report: Report, most: int) -> Iterator[Html]:
    for one in report.stale[:most]:
        yield tag(
            "li",
            tag("b", named(one.rule)),
            " ",
            named(one.case),
            " ",
            named(one.why),
            " ",
            tag("code", one.fingerprint),
        )

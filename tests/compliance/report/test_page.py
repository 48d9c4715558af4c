"""The page of a report: what it says as HTML, and what a real browser makes of it."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import attrs
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.compliance.report.reporting import AS_OF, FINE, LATE, NEVER, SOON, WRONG, Row, accepting, audited, reported
from tests.compliance.report.test_markup import Seen, seen
from yingshang_flow.compliance.report import Rate, Report
from yingshang_flow.compliance.report.page import page as as_page
from yingshang_flow.words import Label

HOSTILE: Final = '</script><script>document.title="x"</script><img src=x onerror=alert(1)>"\'&\u202e逆\u2066'
MANY: Final = [(f"B{number}", *LATE[1:]) for number in range(60)]
SHOWN: Final = (LATE, NEVER, SOON, FINE, WRONG)
VOID: Final = frozenset({"meta", "br", "input"})


class Balanced(Seen):
    """Sees whether every element that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def accepted() -> Report:
    """Return a report with everything: new and accepted findings, refused rows, and an acceptance for nothing."""
    gone = ("C1", *LATE[1:])
    baseline = accepting(found.finding for found in audited([LATE, gone]).findings)
    return reported(SHOWN, baseline=baseline)


# --- as HTML ---


def test_it_is_well_formed_and_no_id_stands_twice() -> None:
    parser = Balanced()
    parser.feed(as_page(accepted()))
    parser.close()
    assert parser.open == []
    assert parser.tags.count("h1") == 1
    ids = Counter(value for name, value in parser.attributes if name == "id")
    assert set(ids.values()) == {1}


def test_it_asks_for_nothing_and_lets_nothing_in() -> None:
    made = as_page(accepted())
    parser = seen(made)
    assert not {name for name, _ in parser.attributes} & {"src", "href", "srcset", "action", "onclick", "onload"}
    assert not set(parser.tags) & {"link", "img", "iframe", "object", "base"}
    assert not re.search(r"url\(|@import|https?:", made)
    policy = next(value for name, value in parser.attributes if name == "content")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


@pytest.mark.parametrize("rows", [(), (FINE,), SHOWN, (WRONG,)])
def test_every_finding_is_listed_once_and_every_number_is_that_of_the_report(rows: tuple[Row, ...]) -> None:
    report = reported(rows)
    made = as_page(report)
    for one in report.findings:
        assert made.count(f"<code>{one.finding.fingerprint}</code>") == 1
    texts = " ".join(seen(made).texts)
    assert f"共审计{report.audited}件" in texts
    assert f"{report.on_time.kept} / {report.on_time.total}" in texts
    assert ('id="refused"' in made) == bool(report.problems)
    assert ('id="worst"' in made) == bool(report.worst)


def test_what_was_accepted_and_what_stands_for_nothing_is_told() -> None:
    texts = "".join(seen(as_page(accepted())).texts)
    assert "2019-01-02由示例督查室接受：已说明" in texts
    assert "已失效的接受记录" in texts


def test_a_long_list_is_cut_and_says_so() -> None:
    report = reported(MANY)
    made = as_page(report, most=10)
    assert made.count("<code>") == 10
    assert f"共{len(report.findings)}项" in made
    assert f"本页只列出前10项，另有{len(report.findings) - 10}项未列出。" in made
    assert f"This page lists the first 10; {len(report.findings) - 10} are not listed." in made
    assert "JSON" in made


def test_many_rows_that_were_not_audited_are_cut_too() -> None:
    made = as_page(reported([(f"D{number}", *WRONG[1:]) for number in range(30)]), most=10)
    assert "本页只列出前10条，另有20条未列出。" in made


def test_its_size_is_bounded_whatever_the_cells_hold() -> None:
    row = ("A" * 90_000, "2018-09-10", "乙" * 90_000, "2018-09-28", "", "2018-10-20", "", "")
    report = reported([row])
    assert len(as_page(attrs.evolve(report, findings=report.findings * 3000)).encode()) < 1_500_000


def test_a_case_with_very_many_acts_and_deadlines_is_cut_and_says_so() -> None:
    report = reported([NEVER])
    (worst,) = report.worst
    owed = tuple(attrs.evolve(one, number=number) for number in range(20) for one in worst.owed)
    long = attrs.evolve(worst, acts=worst.acts * 100, owed=owed)
    texts = "".join(seen(as_page(attrs.evolve(report, worst=(long,)))).texts)
    assert "另有76项办理未列出" in texts
    assert "另有32项期限未画出" in texts


def test_many_months_and_units_are_cut_and_say_so() -> None:
    report = reported([LATE])
    (unit,) = report.by_unit
    months = tuple((f"20{year:02}-{month:02}", unit[1]) for year in range(10, 20) for month in range(1, 13))
    units = tuple((f"示例单位{number}", unit[1]) for number in range(100))
    texts = "".join(seen(as_page(attrs.evolve(report, by_month=months, by_unit=units))).texts)
    assert "更早的96个月未画出。" in texts
    assert "其余60个单位：60/120。" in texts


def test_many_findings_of_a_case_and_many_reasons_are_cut_and_say_so() -> None:
    report = reported([LATE])
    (worst,) = report.worst
    many = attrs.evolve(worst, findings=worst.findings * 9)
    total = attrs.evolve(report.rules[0], unknown=9, reasons=tuple((Label(f"因{n}", f"{n}"), 1) for n in range(9)))
    texts = "".join(seen(as_page(attrs.evolve(report, worst=(many,), rules=(total,)))).texts)
    assert "另有3项" in texts
    assert "另有4种原因。" in texts


def test_a_running_deadline_says_so() -> None:
    report = reported([SOON, LATE])
    (worst,) = report.worst
    owed = next(one for said in audited([SOON]).audits for one in said[1].owed)
    texts = "".join(seen(as_page(attrs.evolve(report, worst=(attrs.evolve(worst, owed=(owed,)),)))).texts)
    assert "期限至2019-01-02，尚未届满" in texts


def test_several_procedures_are_told_apart() -> None:
    report = reported([LATE])
    both = {**report.procedures, ("interview", "dalian-2018"): Label("约谈", "Interview")}
    assert "Complaint bayuquan-2018" in "".join(seen(as_page(attrs.evolve(report, procedures=both))).texts)


def test_a_report_of_stored_cases_says_where_it_comes_from() -> None:
    assert "在办案件库" in as_page(attrs.evolve(reported([LATE]), name="", source=None))


def test_muted_text_can_be_read() -> None:
    css = re.search(r"--muted: (#\w+)", as_page(reported([])))
    assert css is not None
    assert contrast(css[1]) >= 4.5


def contrast(colour: str) -> float:
    """Return the contrast of a colour on the darker of the two grounds, as WCAG 2 counts it."""

    def light(text: str) -> float:
        parts = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    return (light("#f4f4f1") + 0.05) / (light(colour) + 0.05)


# --- in a browser ---

Show = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Open a report in the browser; any request, error or dialog fails the test."""
    wrong: list[str] = []
    contexts = []

    def opened(report: Report, width: int = 1440, *, scripts: bool = True) -> Page:
        path = tmp_path / "report.html"
        path.write_text(as_page(report), "utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: wrong.append(asked.url) if asked.url != path.as_uri() else None)
        page.on("console", lambda said: wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def visible(page: Page, selector: str) -> int:
    """Return how many elements can be seen."""
    return page.locator(selector).filter(visible=True).count()


def test_it_opens_without_a_request_or_an_error(show: Show) -> None:
    page = show(accepted())
    assert page.title() == "投诉审计报告 Audit report: Complaint"
    assert visible(page, "article.case") == accepted().worst_of


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_never_scrolls_sideways(show: Show, width: int, language: str) -> None:
    long = ("很长的编号" * 40, "2018-09-10", "LongNameWithoutAnyBlank" * 20, "", "", "", "", "")
    report = reported([*SHOWN, long])
    months = tuple((f"2018-{month:02}", Rate(99_999 * month, 12_345)) for month in range(1, 13))
    for by_month in (months, (*months, ("2019-01", Rate(1, 1)))):
        page = show(attrs.evolve(report, by_month=by_month), width)
        page.locator(f'.switch [for="{language}"]').click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_chinese_first_and_english_when_asked(show: Show, *, scripts: bool) -> None:
    page = show(accepted(), scripts=scripts)
    heading = page.locator("h1")
    assert heading.inner_text() == "投诉审计报告"
    assert visible(page, 'main [lang="en"]') == 0
    page.locator('.switch [for="en"]').click()
    assert heading.inner_text() == "Audit report: Complaint"
    assert visible(page, 'main [lang="zh-CN"]') == 0
    if scripts:
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.locator("#by-unit option").first.inner_text() == "All units"


def test_everything_that_can_be_chosen_is_reached_by_the_keyboard(show: Show) -> None:
    page = show(accepted())
    reached = []
    for _ in range(3):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached == ["zh", "by-unit", "by-rule"]
    page.locator("#zh").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("h1").inner_text() == "Audit report: Complaint"
    outline = page.locator('.switch [for="en"]').evaluate("label => getComputedStyle(label).outlineStyle")
    assert outline == "solid"


def test_findings_and_cases_are_narrowed_by_unit_and_by_rule(show: Show) -> None:
    report = reported(SHOWN)
    page = show(report)
    rows, cards = "table.findings tbody tr", "article.case"
    assert visible(page, rows) == len(report.findings)
    page.locator("#by-unit").select_option(label="望海区营商办")
    assert visible(page, rows) == 1
    assert visible(page, cards) == 1
    assert page.locator("#shown").inner_text() == f"显示 1 / {len(report.findings)} 项"
    page.locator("#by-rule").select_option(label="T2 按期办结")
    assert (visible(page, rows), visible(page, cards)) == (0, 0)
    page.locator("#by-unit").select_option("")
    assert visible(page, rows) == sum(one.finding.code == "T2" for one in report.findings)
    page.locator("#by-rule").select_option("")
    assert visible(page, rows) == len(report.findings)


def test_without_scripts_everything_is_there_and_no_filter(show: Show) -> None:
    report = reported(SHOWN)
    page = show(report, scripts=False)
    assert visible(page, "form.filters") == 0
    assert visible(page, "table.findings tbody tr") == len(report.findings)


def test_printed_it_has_pages_no_filters_and_every_finding(show: Show) -> None:
    report = reported([*MANY, NEVER])
    page = show(report)
    page.locator("#by-unit").select_option(label="青柳区营商办")
    assert visible(page, "table.findings tbody tr") < len(report.findings)
    page.emulate_media(media="print")
    assert visible(page, "form.filters") == 0
    assert visible(page, ".switch") == 0
    assert visible(page, "table.findings tbody tr") == len(report.findings)
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= 4
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert box is not None
    assert [round(float(side)) for side in box.groups()] == [595, 842]


def test_hostile_cells_are_only_text(show: Show) -> None:
    row = (HOSTILE, "2018-09-10", HOSTILE.replace("/", "／"), "", "", "", "", "")
    baseline = accepting((found.finding for found in audited([row]).findings), why=HOSTILE)
    broken = (HOSTILE, HOSTILE, "", "", "", "", "", "")
    reports = (reported([row]), reported([row, LATE], baseline=baseline), reported([broken]))
    for report in reports:
        page = show(attrs.evolve(report, name=HOSTILE))
        assert page.title() == "投诉审计报告 Audit report: Complaint"
        assert page.locator("script").count() == 1
        assert page.locator("img").count() == 0
        assert "<script>" in page.locator("body").inner_text()


def test_a_timeline_shows_each_overrun_from_its_due_date_on(show: Show) -> None:
    page = show(reported([NEVER]))
    card = page.locator("article.case")
    assert card.locator(".owed").count() == 2
    over = card.locator("rect.over.undone").first.bounding_box()
    allowed = card.locator("rect.allowed").first.bounding_box()
    due = card.locator("line.due").first.bounding_box()
    axis = card.locator("svg.axis").bounding_box()
    assert over is not None
    assert allowed is not None
    assert due is not None
    assert axis is not None
    assert allowed["x"] + allowed["width"] == pytest.approx(over["x"], abs=1)
    assert due["x"] == pytest.approx(over["x"], abs=2)
    assert over["x"] + over["width"] == pytest.approx(axis["x"] + axis["width"], abs=2)
    share = (date(2018, 9, 19) - date(2018, 9, 10)) / (AS_OF - date(2018, 9, 10))
    assert allowed["width"] / axis["width"] == pytest.approx(share, abs=0.01)

"""How an audit is reported: its format, where it is written, and which findings were accepted before."""

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, cast

import attrs
import click

from yingshang_flow.cli import terms
from yingshang_flow.cli.output import Page, print_json
from yingshang_flow.cli.terms import counted
from yingshang_flow.cli.verdicts import audit_json, show_audit
from yingshang_flow.compliance import Audit, Finding
from yingshang_flow.compliance.report import Acceptance, Baseline, Rate, Report, accept, report_json, report_of
from yingshang_flow.compliance.report.page import page as as_page
from yingshang_flow.compliance.report.wording import GREEN, RED, YELLOW, lead
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.deadlines.clock import CHINA_TIME
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.docket import system_clock
from yingshang_flow.errors import ContentError
from yingshang_flow.words import Label, Language

F = TypeVar("F", bound=Callable[..., Any])

Form = Literal["text", "raw", "json", "html", "xlsx"]

_EXCEL: Final = 'a workbook needs openpyxl, which is not installed; run: pip install "yingshang-flow[excel]"'
_MOST: Final = 20

MOST_SUMMED: Final = 5_000
"""How many rows of a ledger are summed up in a text: each of them has to be audited in full for it."""


@attrs.frozen
class Wanted:
    """How an audit is to be reported.

    Attributes:
        form: The format; ``raw`` is everything that the audit said, as JSON.
        out: The file to write; none for standard output.
        baseline: The file of accepted findings; none without one.
        accepted: The file to which all findings are added; none when none are accepted.
        by: Who accepts them.
        why: Why.
    """

    form: Form
    out: Path | None = None
    baseline: Path | None = None
    accepted: Path | None = None
    by: str = ""
    why: str = ""

    def known(self, findings: Iterable[Finding]) -> Baseline:
        """Return the findings that were accepted, after accepting these where that is asked for.

        Raises:
            BaselineError: The file is no baseline.
            OSError: The file cannot be read or written.
        """
        if self.accepted is not None:
            today = system_clock().astimezone(CHINA_TIME).date()
            return accept(self.accepted, findings, by=self.by, on=today, why=self.why)
        return Baseline() if self.baseline is None else Baseline.read(self.baseline)

    def write(
        self, report: Report, lang: Language, *, source: Path | None = None, lifecycle: Lifecycle | None = None
    ) -> None:
        """Write a report that is no text for a terminal.

        Args:
            report: The report.
            lang: What is said of a written file in.
            source: The ledger it is about.
            lifecycle: Its procedure.

        Raises:
            ContentError: The extra that a workbook needs is not installed.
            LedgerError: The ledger is no longer what was audited.
            OSError: A file cannot be read or written.
        """
        if source is not None and self.out is not None and self.out.exists() and self.out.samefile(source):
            raise click.UsageError(f"-o {self.out} is the ledger itself; write the report to another file")
        if self.form == "xlsx":
            said = _workbook(report, source, lifecycle)
        elif self.form == "html":
            said = as_page(report).encode()
        else:
            text = json.dumps(report_json(report), ensure_ascii=False, indent=2)
            said = f"{text}\n".encode(errors="backslashreplace")
        if self.out is None:
            click.echo(said, nl=False)
        else:
            self.out.write_bytes(said)
            total = summed(len(report.findings), len(report.findings) - len(report.new))
            Page(lang).text(Label(f"{self.out}：{total.zh}", f"{self.out}: {total.en}"))


def _workbook(report: Report, source: Path | None, lifecycle: Lifecycle | None) -> bytes:
    try:
        made: bytes = import_module("yingshang_flow.compliance.report.workbook").workbook(
            report, source=source, lifecycle=lifecycle
        )
    except ModuleNotFoundError as exc:
        if exc.name != "openpyxl":
            raise
        raise ContentError("--format xlsx", _EXCEL) from exc
    return made


def wanted(command: F) -> F:
    """Offer the options that say how an audit is reported; the command is given one ``wanted``."""

    @functools.wraps(command)
    def given(
        *args: Any,  # noqa: ANN401  # the command's own
        form: str | None,
        as_json: bool,
        out: Path | None,
        baseline: Path | None,
        accepted: Path | None,
        by: str | None,
        why: str | None,
        **options: Any,  # noqa: ANN401  # the command's own
    ) -> object:
        if as_json and form is not None and form != "json":
            raise click.UsageError(f"--json and --format {form} contradict each other; say one")
        chosen = cast("Form", "raw" if as_json else form or "text")
        if chosen in {"text", "raw"} and out is not None:
            raise click.UsageError("-o is for --format json, html or xlsx; redirect the output of the others")
        if chosen == "xlsx" and out is None:
            raise click.UsageError("--format xlsx writes a workbook; say where with -o FILE.xlsx")
        if accepted is None and (by, why) != (None, None):
            raise click.UsageError("--by and --why are for --accept FILE")
        if accepted is not None and (by is None or why is None):
            raise click.UsageError("--accept needs --by WHO and --why WHY")
        if accepted is not None and baseline is not None:
            raise click.UsageError("--accept extends its FILE, which counts as the baseline; leave out --baseline")
        return command(*args, wanted=Wanted(chosen, out, baseline, accepted, by or "", why or ""), **options)

    file = click.Path(dir_okay=False, path_type=Path)
    there = click.Path(exists=True, dir_okay=False, path_type=Path)
    offered = (
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json", "html", "xlsx"]),
            help="The report: for a terminal, by its JSON Schema, as a page, or as a workbook.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print everything the audit says, as JSON."),
        click.option("-o", "--output", "out", metavar="FILE", type=file, help="Write the report there."),
        click.option(
            "--baseline", metavar="FILE", type=there, help="Findings that were accepted; only others are failures."
        ),
        click.option("--accept", "accepted", metavar="FILE", type=file, help="Accept all findings: add them to FILE."),
        click.option("--by", metavar="WHO", help="Who accepts them."),
        click.option("--why", metavar="WHY", help="Why."),
    )
    for option in reversed(offered):
        given = option(given)
    return cast("F", given)


def report_cases(
    said: Sequence[Audit],
    lifecycles: Iterable[Lifecycle],
    calendar: WorkingCalendar,
    now: datetime,
    lang: Language,
    *,
    name: str,
    verdicts: bool,
    wanted: Wanted,
) -> bool:
    """Report what audits say of cases; tell whether there are findings that nobody has accepted.

    Args:
        said: The audits.
        lifecycles: The procedures the cases ran under.
        calendar: The working days.
        now: The instant as of which was audited.
        lang: The language.
        name: What was audited.
        verdicts: Whether a text tells every verdict as well.
        wanted: How it is reported.

    Raises:
        BaselineError: The file of accepted findings cannot be used.
        OSError: A file cannot be read or written.
    """
    baseline = wanted.known(finding for one in said for finding in one.findings)
    as_of = now.astimezone(CHINA_TIME).date()
    report = report_of(said, lifecycles, calendar=calendar, as_of=as_of, name=name, baseline=baseline)
    if wanted.form == "raw":
        print_json([audit_json(one) for one in said])
    elif wanted.form == "text":
        page = Page(lang)
        for one in said:
            show_audit(page, one, verdicts=verdicts)
        if said:
            show_summary(page, report)
        show_stale(page, report.stale)
        total = summed(len(report.findings), len(report.findings) - len(report.new))
        page.heading(Label(f"共{report.total}件案件，{total.zh}", f"{counted(report.total, 'case')}, {total.en}"))
    else:
        wanted.write(report, lang)
    return report.fails


def summed(findings: int, accepted: int) -> Label:
    """Return in one line how many findings there are, and how many of them were accepted."""
    zh, en = f"审计发现{findings}项", counted(findings, "finding")
    return Label(f"{zh}，其中已接受{accepted}项", f"{en}, {accepted} of them accepted") if accepted else Label(zh, en)


def show_summary(page: Page, report: Report) -> None:
    """Write what a report comes to: the lamps, the rates by unit and month, the worst cases."""
    page.heading(_SUMMARY)
    page.lines([lead(report)])
    meant = {Lamp.RED: RED, Lamp.YELLOW: YELLOW, Lamp.GREEN: GREEN}
    page.table(
        (terms.LAMP, terms.CASES, ""), [(lamp.label, report.lamps[lamp], meaning) for lamp, meaning in meant.items()]
    )
    _show_rates(page, _BY_UNIT, report.by_unit[:_MOST], report.by_unit[_MOST:])
    _show_rates(page, _BY_MONTH, report.by_month[-_MOST:], report.by_month[:-_MOST])
    if report.worst:
        page.heading(_WORST)
        page.table(
            (terms.CASE, terms.LINE, terms.DAYS_LATE, Label("最重等级", "gravest"), terms.FINDINGS),
            [
                (
                    _short(case.case),
                    case.line,
                    case.days_late or None,
                    None if case.severity is None else case.severity.label,
                    len(case.findings),
                )
                for case in report.worst
            ],
        )
        if report.worst_of > len(report.worst):
            many = report.worst_of
            page.lines(
                [
                    Label(
                        f"共{many}件案件存在尚未接受的审计发现",
                        f"of {many} cases with findings that nobody has accepted",
                    )
                ]
            )


def show_stale(page: Page, stale: Iterable[Acceptance]) -> None:
    """Write the acceptances that stand for nothing any more."""
    listed = list(stale)
    if listed:
        page.heading(Label("已失效的接受记录，请删除", "Acceptances that stand for nothing any more; delete them"))
        heads = ((f"{one.fingerprint} {one.rule} {one.case}", one.why) for one in listed)
        page.lines((Label(f"{head}：{why}", f"{head}: {why}") for head, why in heads), "yellow")


def _show_rates(
    page: Page, title: Label, rates: Sequence[tuple[str, Rate]], others: Sequence[tuple[str, Rate]]
) -> None:
    """Write rates as a table, and the others in one line."""
    if not rates:
        return
    page.heading(title)
    page.table(
        ("", Label("按期", "in time"), Label("总数", "of"), Label("按期率", "rate")),
        [(_short(name) or None, rate.kept, rate.total, rate.text) for name, rate in rates],
    )
    if others:
        rest = sum((rate for _, rate in others), Rate())
        page.lines(
            [
                Label(
                    f"其余{len(others)}项合计：按期{rest.kept}，总数{rest.total}；用 --format json 可得全部",
                    f"and {len(others)} others: {rest.kept} of {rest.total}; --format json has them all",
                )
            ]
        )


def _short(text: str, longest: int = 40) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


_SUMMARY: Final = Label("概要", "Summary")
_BY_UNIT: Final = Label("按期办理，按单位", "Done in time, by unit")
_BY_MONTH: Final = Label("按期办理，按到期月份", "Done in time, by the month in which they fell due")
_WORST: Final = Label("逾期最久的案件", "Worst cases")

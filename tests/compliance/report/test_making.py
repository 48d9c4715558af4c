"""The model of a report: its sums add up, nothing is lost or doubled, and what is worst comes first."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compliance.report.reporting import (
    AS_OF,
    COMPLAINT,
    FINE,
    LATE,
    LATELY,
    LEDGERS,
    NEVER,
    SOON,
    WRONG,
    Row,
    accepting,
    audited,
    reported,
)
from yingshang_flow.compliance.conformance.finding import Outcome, Severity
from yingshang_flow.compliance.report import Rate, report_of
from yingshang_flow.deadlines import WorkingCalendar, china
from yingshang_flow.deadlines.lamps import Lamp
from yingshang_flow.errors import UnknownError

FEW: Final = settings(max_examples=40, deadline=None)


@given(LEDGERS)
@FEW
def test_the_totals_add_up(rows: list[Row]) -> None:
    report = reported(rows)
    assert report.total == len(rows) == report.audited + report.refused
    assert sum(report.lamps.values()) == report.audited
    assert report.lamps[Lamp.RED] == report.with_findings
    for total in report.rules:
        assert total.kept + total.broken + total.unknown == report.audited
        assert all(0 < cases <= total.unknown for _, cases in total.reasons)


@given(LEDGERS)
@FEW
def test_the_units_and_the_months_each_sum_to_the_whole(rows: list[Row]) -> None:
    said, report = audited(rows), reported(rows)
    owed = [owed for _, one in said.audits for owed in one.owed]
    kept = sum(one.outcome is Outcome.KEPT for one in owed)
    late = sum(one.outcome is Outcome.BROKEN for one in owed)
    assert report.on_time == Rate(kept, late)
    assert sum((rate for _, rate in report.by_unit), Rate()) == report.on_time
    assert sum((rate for _, rate in report.by_month), Rate()) == report.on_time
    assert report.undone == sum(one.outcome is Outcome.BROKEN and one.happened is None for one in owed)
    assert len({unit for unit, _ in report.by_unit}) == len(report.by_unit)
    assert [month for month, _ in report.by_month] == sorted({month for month, _ in report.by_month})


@given(LEDGERS)
@FEW
def test_every_finding_appears_once(rows: list[Row]) -> None:
    said, report = audited(rows), reported(rows)
    wanted = Counter((row.line, finding) for row, one in said.audits for finding in one.findings)
    assert Counter((one.line, one.finding) for one in report.findings) == wanted


@given(LEDGERS, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_the_rows_changes_no_number(rows: list[Row], chance: Random) -> None:
    turned = list(rows)
    chance.shuffle(turned)
    one, other = reported(rows), reported(turned)
    assert (one.on_time, one.by_unit, one.by_month, one.lamps) == (
        other.on_time,
        other.by_unit,
        other.by_month,
        other.lamps,
    )
    assert [total.reasons for total in one.rules] == [total.reasons for total in other.rules]


@given(LEDGERS)
@FEW
def test_what_is_accepted_changes_no_number_but_no_longer_fails(rows: list[Row]) -> None:
    said, before = audited(rows), reported(rows)
    after = reported(rows, baseline=accepting(found.finding for found in said.findings))
    assert (after.on_time, after.lamps, after.rules) == (before.on_time, before.lamps, before.rules)
    assert len(after.findings) == len(before.findings)
    assert not after.new
    assert after.worst == ()
    assert after.fails == bool(said.problems)
    assert before.fails == bool(said.problems or said.findings)


@given(st.integers(0, 9) | st.integers(0, 90_000), st.integers(0, 9) | st.integers(0, 90_000))
def test_a_rate_is_whole_or_nothing_only_where_it_is(kept: int, late: int) -> None:
    share = Rate(kept, late).permille
    assert (share is None) == (kept + late == 0)
    assert (share == 1000) == (late == 0 and kept > 0)
    assert (share == 0) == (kept == 0 and late > 0)
    if share is not None and 1 < share < 999:
        assert abs(share * (kept + late) - 1000 * kept) * 2 <= kept + late


@pytest.mark.parametrize(
    ("rate", "said"),
    [(Rate(), "—"), (Rate(1, 0), "100.0%"), (Rate(9999, 1), "99.9%"), (Rate(1, 9999), "0.1%"), (Rate(2, 1), "66.7%")],
)
def test_a_rate_is_told_as_a_percentage(rate: Rate, said: str) -> None:
    assert rate.text == said


def test_a_deadline_counts_in_the_month_in_which_it_fell_due_and_for_the_unit_that_owed_it() -> None:
    report = reported([FINE, LATE, NEVER])
    assert report.by_month == (("2018-09", Rate(1, 2)), ("2018-10", Rate(2, 1)))
    assert report.by_unit == (("青柳区营商办", Rate(2, 2)), ("望海区营商办", Rate(1, 1)))
    assert (report.on_time.text, report.undone) == ("50.0%", 2)


def test_a_case_is_red_when_broken_yellow_when_soon_due_and_else_green() -> None:
    assert reported([LATE]).lamps == {Lamp.GREEN: 0, Lamp.YELLOW: 0, Lamp.RED: 1}
    assert reported([SOON]).lamps == {Lamp.GREEN: 0, Lamp.YELLOW: 1, Lamp.RED: 0}
    assert reported([SOON], as_of=AS_OF - timedelta(4)).lamps == {Lamp.GREEN: 1, Lamp.YELLOW: 0, Lamp.RED: 0}
    assert reported([LATELY]).lamps == {Lamp.GREEN: 1, Lamp.YELLOW: 0, Lamp.RED: 0}


def test_a_deadline_without_a_warning_is_soon_due_two_working_days_before() -> None:
    silent = attrs.evolve(COMPLAINT, limits=[attrs.evolve(limit, warn=None) for limit in COMPLAINT.limits])
    said = audited([SOON])
    assert report_of(said, silent, calendar=china()).lamps[Lamp.YELLOW] == 1
    assert report_of(said, silent, calendar=china(), as_of=date(2018, 12, 27)).lamps[Lamp.YELLOW] == 0


def test_what_no_calendar_tells_is_not_soon_due() -> None:
    old = WorkingCalendar.weekdays(date(2000, 1, 1), date(2001, 12, 31))
    assert report_of(audited([SOON]), COMPLAINT, calendar=old).lamps[Lamp.YELLOW] == 0


def test_what_is_no_longer_owed_is_not_soon_due() -> None:
    refused = ("A4", "2018-12-21", "青柳区营商办", "", "2018-12-24", "", "", "")
    assert reported([refused]).lamps[Lamp.YELLOW] == 0


def test_the_worst_cases_are_those_with_the_most_days_late() -> None:
    report = reported([LATE, FINE, NEVER])
    assert [(case.case, case.line, case.days_late) for case in report.worst] == [("A3", 4, 69), ("A2", 2, 6)]
    assert report.worst_of == 2
    worst = report.worst[0]
    assert (worst.lamp, worst.severity, worst.state.zh) == (Lamp.RED, Severity.ORDINARY, "投诉处理机构已接到")
    assert [act.trigger for act in worst.acts] == ["receive"]
    assert [(owed.limit, str(owed.due), owed.running) for owed in worst.owed] == [
        ("answer", "2018-09-19", False),
        ("conclusion", "2018-10-26", False),
    ]


def test_the_latest_case_comes_first_and_of_those_equally_late_the_gravest() -> None:
    late = ("A7", *FINE[1:5], "2018-11-20", "", "")
    extended_too_late = ("A8", *FINE[1:5], "2018-11-20", "2018-11-10", "")
    assert [
        (case.case, case.days_late, case.severity) for case in reported([late, extended_too_late, NEVER]).worst
    ] == [
        ("A3", 69, Severity.ORDINARY),
        ("A8", 17, Severity.GRAVE),
        ("A7", 17, Severity.ORDINARY),
    ]


def test_findings_are_the_gravest_first_and_accepted_ones_last() -> None:
    rows = [LATE, NEVER]
    said = audited(rows)
    longest = max(said.findings, key=lambda one: one.finding.days_late or 0).finding
    report = reported(rows, baseline=accepting([longest]))
    assert report.findings[-1].finding == longest
    assert report.findings[-1].accepted is not None
    gravity = list(Severity)
    keys = [(gravity.index(one.finding.severity), -(one.finding.days_late or 0)) for one in report.findings[:-1]]
    assert keys == sorted(keys)


def test_a_finding_is_counted_under_the_unit_of_its_deadline() -> None:
    assert {one.counted_under for one in reported([LATE]).findings} == {"望海区营商办"}


def test_rows_that_were_not_audited_are_told_and_acceptances_that_stand_for_nothing() -> None:
    baseline = accepting(found.finding for found in audited([LATE]).findings)
    report = reported([WRONG, FINE], baseline=baseline)
    (problem,) = report.problems
    assert (problem.line, problem.column, problem.value) == (2, "收到日期", "2018-02-30")
    assert report.stale == tuple(baseline.accepted.values())
    assert report.source is not None
    assert report.source.blank == 0


def test_a_report_of_nothing_has_its_rules_all_the_same() -> None:
    report = reported([])
    assert (report.total, report.on_time, report.findings, report.worst) == (0, Rate(), (), ())
    assert [total.rule for total in report.rules] == list(COMPLAINT.rules)
    assert not report.fails


def test_why_something_is_unknown_is_told_without_its_dates() -> None:
    (total,) = (total for total in reported([SOON, LATELY]).rules if total.rule.id == "T1")
    assert [(why.zh, cases) for why, cases in total.reasons] == [("书面答复：期限至某日，尚未届满", 2)]


def test_a_procedure_that_is_not_given_is_one_clear_error() -> None:
    audits = [said for _, said in audited([FINE]).audits]
    with pytest.raises(UnknownError, match="'A1' ran under 'complaint' and 'bayuquan-2018', which is not given"):
        report_of(audits, (), calendar=china(), as_of=AS_OF)
    with pytest.raises(UnknownError, match="say as_of"):
        report_of(audits, COMPLAINT, calendar=china())


def test_audits_of_cases_make_the_same_report_without_lines() -> None:
    said = audited([LATE])
    report = report_of([one for _, one in said.audits], COMPLAINT, calendar=china(), as_of=AS_OF, name="x")
    assert {one.line for one in report.findings} == {None}
    assert report.source is None
    assert report.on_time == reported([LATE]).on_time

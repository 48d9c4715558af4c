"""The audit of many cases finds what the audit of one finds, record for record."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import attrs
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.compliance import permits
from tests.core.roadworks import ROADWORKS
from tests.lifecycles.approving import APPROVING
from yingshang_flow import due, lifecycles
from yingshang_flow.compliance import Finding, Outcome, audit_ledger, read_ledger
from yingshang_flow.compliance.bulk import ledger_audit
from yingshang_flow.compliance.bulk.alike import Alike
from yingshang_flow.compliance.bulk.log import Log
from yingshang_flow.compliance.bulk.log_audit import audit_log, screen
from yingshang_flow.compliance.bulk.shape import shape_of
from yingshang_flow.compliance.bulk.tally import BulkAudit, RuleCount
from yingshang_flow.compliance.bulk.telling import Telling
from yingshang_flow.compliance.ledgers.ledger import LedgerAct, LedgerRow
from yingshang_flow.core.ledger import Column
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.errors import DeadlineError, DefinitionError
from yingshang_flow.lifecycles.complaint import ON_RECORD

NOW: Final = datetime(2018, 12, 31, 18, tzinfo=CHINA_TIME)
FIRST, LAST = date(2018, 6, 1), date(2018, 12, 31)
COMPLAINT = lifecycles.complaint("bayuquan-2018")
LIFECYCLES = (
    COMPLAINT,
    lifecycles.interview("dalian-2018"),
    lifecycles.rectification_item("shenyang-2021"),
    lifecycles.rectification_item("bayuquan-2018"),
    permits.permits(*permits.COLUMNS),
    ROADWORKS,
    APPROVING("bayuquan-2018"),
)
DATES_ONLY = ("receive", "accept", "reply", "conclude", "extend")


def row(number: int, acts: Sequence[tuple[str, date]]) -> LedgerRow:
    """Return a row of acts without contents."""
    return LedgerRow(number, f"案-{number}", tuple(LedgerAct(trigger, Moment.of(day)) for trigger, day in acts))


def one_by_one(rows: Sequence[LedgerRow], lifecycle: Lifecycle, told: tuple[str, ...]) -> BulkAudit:
    """Audit each row by itself, and add it up."""
    telling = Telling(lifecycle, china(), NOW)
    outcomes: dict[tuple[str, Outcome], int] = {}
    findings: list[tuple[int, Finding]] = []
    problems: list[tuple[int, DeadlineError]] = []
    for case, one in enumerate(rows):
        try:
            said = telling.audit(one, told)
        except DeadlineError as exc:
            problems.append((case, exc))
            continue
        findings += ((case, finding) for finding in said.findings)
        for verdict in said.verdicts:
            key = verdict.rule.id, verdict.outcome
            outcomes[key] = outcomes.get(key, 0) + 1
    counts = tuple(
        RuleCount(rule, *(outcomes.get((rule.id, outcome), 0) for outcome in Outcome)) for rule in lifecycle.rules
    )
    return BulkAudit(len(rows) - len(problems), counts, tuple(findings), tuple(problems), len(rows))


def same(found: BulkAudit, wanted: BulkAudit) -> None:
    """Compare two audits, but for how many cases were audited alone."""
    assert found.findings == wanted.findings
    assert found.counts == wanted.counts
    assert found.cases == wanted.cases
    assert [(case, str(exc)) for case, exc in found.problems] == [(case, str(exc)) for case, exc in wanted.problems]


@st.composite
def cells(draw: st.DrawFn, column: Column, day: int) -> str:
    """Draw a cell of a column."""
    if column.values:
        return draw(st.sampled_from(list(column.values)))
    if column.field == "unit":
        return draw(st.sampled_from(["甲区", "乙区"]))
    if column.trigger and not column.field:
        return str(FIRST + timedelta(days=day))
    return draw(st.sampled_from(["甲区", "另一", "2018-11-30"]))


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Lifecycle, tuple[LedgerRow, ...], tuple[str, ...]]:
    """Draw a procedure and a ledger of it: few ways to go, each gone several times on other days, as in a real one."""
    lifecycle = draw(st.sampled_from([lifecycle for lifecycle in LIFECYCLES if lifecycle.ledger]))
    columns = [column for column in lifecycle.ledger if column.required or draw(st.booleans())]
    opens = [c for c in lifecycle.ledger if c.trigger in lifecycle.possible[""] and not c.field]
    if opens and not any(column in columns for column in opens):
        columns.append(opens[0])
    lines = [[column.name for column in columns]]
    for _ in range(draw(st.integers(1, 3))):
        kept = [column.required or column in opens or draw(st.integers(0, 3)) > 0 for column in columns]
        said = draw(st.booleans())
        for _ in range(draw(st.integers(1, 6))):
            days = sorted(draw(st.lists(st.integers(0, 200), min_size=len(columns), max_size=len(columns))))
            line = [
                draw(cells(column, day)) if keep and (said or not column.field) else ""
                for column, keep, day in zip(columns, kept, days, strict=True)
            ]
            for place, column in enumerate(columns):
                if (column.trigger, column.field) == ("", "reference"):
                    line[place] = f"案-{len(lines)}"
            lines.append(line)
    file = io.StringIO()
    csv.writer(file).writerows(lines)
    ledger = read_ledger(file.getvalue().encode(), lifecycle)
    return lifecycle, tuple(row for row in ledger.rows if all(act.at.instant <= NOW for act in row.acts)), ledger.told


@st.composite
def bare(draw: st.DrawFn) -> tuple[Lifecycle, tuple[LedgerRow, ...], tuple[str, ...]]:
    """Draw a procedure, and rows of acts without contents, in whatever order."""
    lifecycle = draw(st.sampled_from(LIFECYCLES))
    triggers = [trigger.key for trigger in lifecycle.triggers]
    opens = draw(st.sampled_from(lifecycle.possible[""]))
    rows: list[LedgerRow] = []
    told = {opens}
    for _ in range(draw(st.integers(1, 3))):
        way = [opens, *draw(st.lists(st.sampled_from(triggers), max_size=6))]
        told.update(way)
        for _ in range(draw(st.integers(1, 5))):
            days = sorted(draw(st.lists(st.dates(FIRST, LAST), min_size=len(way), max_size=len(way))))
            rows.append(row(len(rows) + 1, list(zip(way, days, strict=True))))
    return lifecycle, tuple(rows), (*told, *draw(st.sets(st.sampled_from(triggers))) - told)


Many = tuple[Lifecycle, tuple[LedgerRow, ...], tuple[str, ...]]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ledgers() | bare())
def test_many_rows_are_judged_as_each_is(given: Many) -> None:
    judged_as_each(*given)


@settings(max_examples=60, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ledgers() | bare())
def test_many_rows_are_judged_as_each_is_in_whatever_few_are_tried_elsewhere(given: Many) -> None:
    judged_as_each(*given)


def judged_as_each(lifecycle: Lifecycle, rows: tuple[LedgerRow, ...], told: tuple[str, ...]) -> None:
    """Hold the audit of all together against that of each."""
    log = Log.of(rows, lifecycle)
    wanted = one_by_one(rows, lifecycle, told)
    same(audit_log(log, lifecycle, calendar=china(), now=NOW, told=told), wanted)
    suspect = screen(log, lifecycle, calendar=china(), now=NOW, told=told)
    assert {case for case, _ in wanted.findings} <= set(np.flatnonzero(suspect).tolist())


def test_a_complaint_that_goes_on_after_its_end_is_judged_as_it_is_alone() -> None:
    ended = [(trigger, date(2018, 6, 1)) for trigger in (*["register"] * 4, "receive", "refuse", "assign")]
    judged_as_each(
        COMPLAINT, (row(1, ended), row(2, ended), row(3, ended)), ("register", "receive", "refuse", *ON_RECORD)
    )


def test_a_ledger_is_judged_the_same_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["投诉编号,收到日期,答复日期,办结日期"]
    lines += [f"{number},2018-09-10,2018-09-{11 + number % 15},2018-{10 + number % 3}-20" for number in range(30)]
    lines += ["旧,1999-01-04,,", "后,2018-09-10,2019-03-01,"]
    data = "\n".join(lines).encode()
    together = audit_ledger(data, COMPLAINT, calendar=china(), now=NOW)
    monkeypatch.setattr(ledger_audit, "_TOGETHER", False)
    apart = audit_ledger(data, COMPLAINT, calendar=china(), now=NOW)
    assert (together, together.audits) == (apart, apart.audits)
    assert (together.audited, together.refused) == (30, 2)
    findings = tuple(finding for _, said in apart.audits for finding in said.findings)
    assert sorted(map(repr, findings)) == sorted(repr(found.finding) for found in apart.findings)
    assert apart.explained(apart.rows[3]) == apart.audits[3][1]


def complaints(count: int, *, late: float, seed: int) -> Log:
    """Return made-up complaints as bare columns: received, accepted, answered and concluded, some of them late."""
    chance = np.random.default_rng(seed)
    received = chance.integers(17_400, 17_700, count)
    took = np.where(chance.random(count) < late, 80, chance.integers(3, 20, count))
    days = np.stack((received, received + 1, received + 2, received + took), axis=1)
    codes = np.tile(np.arange(4, dtype=np.uint8), count)
    return Log(DATES_ONLY, np.arange(count + 1, dtype=np.int64) * 4, codes, days.reshape(-1).astype(np.int64))


def test_bare_columns_are_judged_as_rows_are() -> None:
    log = complaints(300, late=0.1, seed=1)
    found = audit_log(log, COMPLAINT, calendar=china(), now=NOW)
    same(found, one_by_one([log.row(case) for case in range(len(log))], COMPLAINT, DATES_ONLY))
    assert found.alone == 0
    assert {finding.code for _, finding in found.findings} == {"T2"}
    suspect = screen(log, COMPLAINT, calendar=china(), now=NOW)
    assert np.flatnonzero(suspect).tolist() == sorted({case for case, _ in found.findings})


def test_what_was_done_too_late_is_told_with_its_dates() -> None:
    last = due("30工作日", date(2018, 9, 10)).date
    rows = [
        row(number, [("receive", date(2018, 9, 10)), ("reply", date(2018, 9, 11)), ("conclude", day)])
        for number, day in enumerate([date(2018, 9, 20), last, date(2018, 12, 3)], 1)
    ]
    found = audit_log(Log.of(rows, COMPLAINT), COMPLAINT, calendar=china(), now=NOW, told=DATES_ONLY)
    ((case, finding),) = found.findings
    assert (case, finding.case, finding.code) == (2, "案-3", "T2")
    assert (finding.due, finding.happened) == (last, date(2018, 12, 3))
    assert finding.days_late == china().count(last, date(2018, 12, 3))


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ((("receive", 0), ("extend", 3), ("conclude", 5)), "an extension moves the end, by its date"),
        ((("receive", 0), ("conclude", 3), ("reopen", 5)), "what is reopened is owed again"),
    ],
)
def test_where_dates_decide_more_cases_are_audited_by_themselves(acts: tuple[tuple[str, int], ...], why: str) -> None:
    one = row(1, [(trigger, FIRST + timedelta(days=day)) for trigger, day in acts])
    told = tuple(trigger for trigger, _ in acts)
    assert shape_of(Telling(COMPLAINT, china(), NOW), one, told) is None, why
    found = audit_log(Log.of([one] * 5, COMPLAINT), COMPLAINT, calendar=china(), now=NOW, told=told)
    assert found.alone == 5


def test_a_day_that_the_calendar_does_not_know_is_told_of_its_own_case_only() -> None:
    rows = [row(number, [("receive", date(2018, 9, 10))]) for number in range(4)]
    rows.append(row(9, [("receive", date(1999, 1, 4))]))
    found = audit_log(Log.of(rows, COMPLAINT), COMPLAINT, calendar=china(), now=NOW, told=DATES_ONLY)
    assert [case for case, _ in found.problems] == [4]
    assert found.cases == 4


def test_what_cannot_be_audited_is_told_in_the_order_of_the_cases() -> None:
    early = date(1999, 1, 4)
    rows = [
        row(1, [("receive", early), ("reply", early)]),
        row(2, [("receive", early)]),
    ]  # the shorter is looked at first
    found = audit_log(Log.of(rows, COMPLAINT), COMPLAINT, calendar=china(), now=NOW, told=DATES_ONLY)
    assert [case for case, _ in found.problems] == [0, 1]


def test_a_day_after_the_audit_is_left_to_the_audit_of_one() -> None:
    log = complaints(10, late=0, seed=2)
    days = log.day.copy()
    days[3] = 20_000
    later = attrs.evolve(log, day=days)
    assert audit_log(later, COMPLAINT, calendar=china(), now=NOW).alone == 1
    assert screen(later, COMPLAINT, calendar=china(), now=NOW)[0]


def test_long_cases_are_told_apart_by_their_last_act() -> None:
    long = [("receive", 0), *[("reply", day) for day in range(1, 30)]]
    ends = ["reply", "withdraw"] * 4
    rows = [
        row(number, [(trigger, FIRST + timedelta(days=day)) for trigger, day in [*long, (end, 31)]])
        for number, end in enumerate(ends, 1)
    ]
    told = ("receive", "reply", "withdraw")
    groups = {tuple(cases.tolist()) for cases, _ in Log.of(rows, COMPLAINT).alike()}
    assert groups == {(0, 2, 4, 6), (1, 3, 5, 7)}
    same(
        audit_log(Log.of(rows, COMPLAINT), COMPLAINT, calendar=china(), now=NOW, told=told),
        one_by_one(rows, COMPLAINT, told),
    )


def test_few_cases_alike_are_not_worth_a_shape() -> None:
    log = complaints(2, late=0, seed=3)
    ((cases, days),) = log.alike()
    assert Alike(log, Telling(COMPLAINT, china(), NOW), cases, days, calendar=china(), told=DATES_ONLY).shape is None


def wrong() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield columns that do not fit, and what is said of them."""
    yield {"day": np.zeros(3, np.int64)}, "one of each an act"
    yield {"offsets": np.array([0, 2], np.int64)}, "offsets run from 0 to the number of acts, 4"
    yield {"offsets": np.array([], np.int64)}, "offsets run from 0"
    yield {"offsets": np.array([0, 4, 4], np.int64)}, "case 2 has no act"
    yield {"offsets": np.array([0, 1, 1, 4], np.int64)}, "case 2 has no act"
    yield {"trigger": np.array([0, 1, 2, 9], np.uint8)}, "an act with the code 9"
    yield {"names": ["a", "b"]}, "there are 2 names and 1 cases"
    yield {"triggers": tuple(map(str, range(300)))}, "at most 254"


@pytest.mark.parametrize(("columns", "said"), list(wrong()))
def test_columns_that_do_not_fit_are_refused(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        attrs.evolve(complaints(1, late=0, seed=4), **columns)


def test_a_case_is_called_by_its_name_else_by_its_number() -> None:
    log = complaints(2, late=0, seed=5)
    assert (log.name(1), attrs.evolve(log, names=["甲", "乙"]).name(1)) == ("2", "乙")
    assert log.row(1).reference == "2"


@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["receive", "reply"]), st.dates(FIRST, LAST))))
def test_a_table_of_events_is_put_in_order(events: list[tuple[str, str, date]]) -> None:
    cases, acts, days = [case for case, _, _ in events], [act for _, act, _ in events], [day for _, _, day in events]
    log = Log.from_events(cases, acts, days, COMPLAINT)
    order = [trigger.key for trigger in COMPLAINT.triggers]
    wanted = sorted(events, key=lambda event: (event[0], event[2], order.index(event[1])))
    told = [(log.name(case), act.trigger, act.at.date) for case in range(len(log)) for act in log.row(case).acts]
    assert told == wanted


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((["a"], ["dance"], [FIRST]), "there is no act 'dance' in complaint"),
        ((["a"], ["receive", "reply"], [FIRST]), "the columns have the shapes"),
        ((["a"], ["receive"], ["soon"]), "the days are no dates"),
        ((["a"], ["receive"], ["NaT"]), "event 1 is on NaT"),
        ((["a"], ["receive"], [datetime(2018, 9, 1, 8)]), "event 1 is on 2018-09-01T08:00:00"),  # noqa: DTZ001  # as columns have it
    ],
)
def test_a_table_that_is_none_is_refused(columns: tuple[Any, Any, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        Log.from_events(*columns, COMPLAINT)


CODES: Final = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=12)


@example([[1, 0], [2, 0], [1, 0]], [])
@example([[0, 1], [0, 2], [0]], [1])
@example([[1] * 9 + [2], [1] * 10, [1] * 9 + [2], [2] + [1] * 9], [])
@example([[1], [1], [1], [2], [2]], [7, 7, 8, 7, 7])
@given(CODES, st.lists(st.integers(0, 2), max_size=12))
def test_cases_alike_are_those_with_the_same_acts_and_the_same_said(cases: list[list[int]], said: list[int]) -> None:
    offsets = np.cumsum([0, *map(len, cases)])
    codes = np.array([code for case in cases for code in case], np.uint8)
    log = Log(("a", "b", "c", "d"), offsets, codes, np.arange(len(codes), dtype=np.int64))
    numbers = dict(enumerate(said[: len(cases)]))
    wanted: dict[tuple[tuple[int, ...], int], list[int]] = {}
    for case, acts in enumerate(cases):
        wanted.setdefault((tuple(acts), numbers.get(case, 0)), []).append(case)
    found = list(log.alike(numbers or None))
    assert sorted(group.tolist() for group, _ in found) == sorted(wanted.values())
    for group, days in found:
        assert days.tolist() == [list(range(offsets[case], offsets[case + 1])) for case in group.tolist()]

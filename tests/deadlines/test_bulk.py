"""Bulk: whole arrays get what the scalar path gives, row by row, and all bad rows are refused together."""

import ast
import subprocess
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import yingshang_flow.deadlines
from yingshang_flow.deadlines import (
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    DueRules,
    FixedDate,
    Months,
    Notice,
    Period,
    Recurring,
    Timetable,
    WorkingCalendar,
    WorkingDays,
    bulk,
    china,
    due,
    due_many,
    working_days_between_many,
)
from yingshang_flow.errors import (
    CalendarHorizonError,
    CalendarRangeError,
    DeadlineError,
    PeriodError,
    TimeError,
    YingshangFlowError,
)
from yingshang_flow.words import Label

KNOWN = st.dates(date(2004, 1, 1), date(2100, 12, 31))
ANY = st.one_of(KNOWN, st.sampled_from([date(2003, 12, 31), date(2100, 12, 31), date(2004, 1, 1)]), st.dates())
PERIODS: st.SearchStrategy[Period] = st.one_of(
    st.integers(1, 300).map(WorkingDays),
    st.integers(1, 36500).map(WorkingDays),
    st.integers(1, 400).map(CalendarDays),
    st.integers(1, 36500).map(CalendarDays),
    st.integers(1, 60).map(Months),
    st.integers(1, 1200).map(Months),
    st.one_of(KNOWN, st.dates(max_value=date(9998, 12, 31))).map(FixedDate),
    st.sampled_from([WEEKLY, MONTH_END, QUARTER_END]),
    st.integers(1, 300).map(lambda n: Recurring("working_day", n)),
    st.sets(KNOWN, min_size=1, max_size=5).map(lambda dates: Timetable(tuple(sorted(dates)))),
)
RULES = st.builds(
    DueRules,
    count_start=st.booleans(),
    roll=st.sampled_from(["any", "none", "statutory"]),
    fixed_roll=st.sampled_from(["stay", "earlier", "later"]),
    past_horizon=st.sampled_from(["provisional", "provisional", "refuse"]),
    closes=st.sampled_from([None, time(17)]),
)
WEEKDAYS = WorkingCalendar.weekdays(date(1960, 2, 3), date(1971, 5, 6), horizon=date(1970, 1, 1))
DAWN = WorkingCalendar.weekdays(date.min, date(5, 1, 1))
"""The first days of all, where nothing can be counted back."""


def scalar(period: Period, day: date, **switches: Any) -> date | type[Exception]:  # noqa: ANN401 - the keywords of due
    try:
        return due(period, day, **switches).date
    except YingshangFlowError as error:
        return type(error)


def agree(period: Period, starts: list[date], calendar: WorkingCalendar, rules: DueRules) -> None:
    """Check an array against the scalar path: the rows that have an answer together, then each that has none."""
    expected = [scalar(period, day, calendar=calendar, rules=rules) for day in starts]
    good = [(day, found) for day, found in zip(starts, expected, strict=True) if isinstance(found, date)]
    found = due_many(period, np.array([day for day, _ in good], "M8[D]"), calendar=calendar, rules=rules)
    assert found.dtype == np.dtype("M8[D]")
    assert found.tolist() == [end for _, end in good]
    kinds = {kind for kind in expected if not isinstance(kind, date)}
    if kinds:
        kind = kinds.pop() if len(kinds) == 1 else DeadlineError
        with pytest.raises(DeadlineError, match=f"^{len(starts) - len(good)} with no due date: ") as caught:
            due_many(period, np.array(starts, "M8[D]"), calendar=calendar, rules=rules)
        assert caught.type is kind


@given(PERIODS, st.lists(ANY, min_size=1, max_size=30), RULES)
@example(WEEKLY, [date(2018, 12, 29), date(2018, 12, 30)], DueRules(fixed_roll="earlier"))
@example(Months(1), [date(2019, 1, 31), date(2019, 3, 31)], DueRules(count_start=True, roll="none"))
def test_every_row_is_what_due_gives(period: Period, starts: list[date], rules: DueRules) -> None:
    agree(period, starts, china(), rules)


@given(
    PERIODS,
    st.lists(st.dates(date(1959, 12, 1), date(1971, 7, 1)), min_size=1, max_size=30),
    RULES,
)
def test_so_it_is_under_a_calendar_from_before_1970(period: Period, starts: list[date], rules: DueRules) -> None:
    agree(period, starts, WEEKDAYS, rules)


@given(PERIODS, st.lists(st.dates(max_value=date(6, 1, 1)), min_size=1, max_size=20), RULES)
@example(CalendarDays(1), [date.min], DueRules(count_start=True, roll="none"))
def test_so_it_is_at_the_dawn_of_the_calendar(period: Period, starts: list[date], rules: DueRules) -> None:
    agree(period, starts, DAWN, rules)


@pytest.mark.parametrize("roll", ["any", "none", "statutory"])
@pytest.mark.parametrize("fixed_roll", ["stay", "earlier", "later"])
@pytest.mark.parametrize("count_start", [False, True])
@pytest.mark.parametrize(
    "period", [WorkingDays(7), CalendarDays(15), Months(1), WEEKLY, MONTH_END, QUARTER_END], ids=str
)
def test_every_start_of_four_years_is_what_due_gives(
    period: Period,
    *,
    count_start: bool,
    roll: Any,  # noqa: ANN401 - a Literal each
    fixed_roll: Any,  # noqa: ANN401 - a Literal each
) -> None:
    rules = DueRules(count_start=count_start, roll=roll, fixed_roll=fixed_roll)
    starts = np.arange("2017-12-01", "2021-12-01", dtype="M8[D]")
    expected = [due(period, day, rules=rules).date for day in starts.tolist()]
    assert due_many(period, starts, rules=rules).tolist() == expected


def test_notices_count() -> None:
    notice = Notice("order", Label("停工令", "order"), {date(2019, 3, 5): Label("停", "off")}, scope="市")
    assert due_many("3工作日", ["2019-03-01"], calendar=china(notices=[notice])).tolist() == [date(2019, 3, 7)]
    assert due_many("3工作日", ["2019-03-01"]).tolist() == [date(2019, 3, 6)]


@attrs.frozen(kw_only=True)
class _LaterRules(DueRules):
    later: bool = False


@pytest.mark.parametrize("period", [WorkingDays(9), Months(2)], ids=str)
def test_a_switch_the_tables_do_not_know_is_left_to_the_scalar_path(
    period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    calendar = WorkingCalendar.weekdays(date(2020, 1, 1), date(2020, 12, 31))

    def counted(period: Period, start: date, **switches: Any) -> Any:  # noqa: ANN401 - those of due
        asked.append(start)
        return due(period, start, **switches)

    monkeypatch.setattr(bulk, "due", counted)
    starts = [date(2020, 1, 3), date(2020, 1, 30), date(2020, 1, 3)]
    expected = [due(period, day, calendar=calendar).date for day in starts]
    assert due_many(period, starts, calendar=calendar, rules=_LaterRules(later=True)).tolist() == expected
    assert asked == starts[:2]
    assert due_many(period, starts, calendar=calendar, rules=_LaterRules()).tolist() == expected
    assert asked == starts[:2]


MOMENTS = st.datetimes(datetime(2017, 1, 1), datetime(2021, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as it asks


@given(
    st.one_of(PERIODS, st.integers(1, 9).map(lambda n: WorkingDays(n - 0.5))),
    st.lists(MOMENTS | st.dates(date(2017, 1, 1), date(2021, 1, 1)), min_size=1, max_size=5),
    st.sampled_from(["after_hours=next_day", "office_hours=08:30-12:00,13:30-17:30", "closes=16:00", ""]),
)
def test_moments_and_half_days_follow_the_office_hours(period: Period, starts: list[date], switches: str) -> None:
    rules = DueRules.parse(switches)
    expected = [scalar(period, moment, rules=rules) for moment in starts]
    if all(isinstance(end, date) for end in expected):
        assert due_many(period, starts, rules=rules).tolist() == expected
    else:
        with pytest.raises(DeadlineError, match="with no due date"):
            due_many(period, starts, rules=rules)


@given(st.integers(1, 60).map(CalendarDays) | st.integers(1, 3).map(Months), st.lists(KNOWN, min_size=1, max_size=5))
def test_long_breaks_prolong_as_for_taxes(period: Period, starts: list[date]) -> None:
    agree(period, starts, china(), DueRules(tax_extension=True))


class TestWhatIsTaken:
    DUE = date(2018, 12, 29)

    @pytest.mark.parametrize(
        "start",
        [
            np.datetime64("2018-12-20"),
            np.datetime64("2018-12-20T00:00:00.000000000"),
            np.datetime64("2018-12-20T00", "h"),
            date(2018, 12, 20),
            datetime(2018, 12, 19, 16, tzinfo=UTC),
            "2018-12-20",
        ],
        ids=repr,
    )
    def test_one_day_in_many_forms(self, start: Any) -> None:  # noqa: ANN401 - many forms
        assert due_many("7工作日", [start, start]).tolist() == [self.DUE, self.DUE]
        assert due_many("7工作日", start).tolist() == self.DUE

    def test_any_shape(self) -> None:
        starts = np.full((2, 3), "2018-12-20", "M8[D]")
        assert due_many("7工作日", starts[:, ::2]).tolist() == [[self.DUE, self.DUE]] * 2
        assert due_many("7工作日", np.asfortranarray(starts)).shape == (2, 3)

    @pytest.mark.parametrize("empty", [[], np.array([], "M8[D]"), np.empty((0, 4), "M8[ns]")], ids=repr)
    def test_nothing(self, empty: Any) -> None:  # noqa: ANN401 - many forms
        found = due_many("7工作日", empty)
        assert (found.shape, found.dtype) == (np.shape(empty), np.dtype("M8[D]"))

    def test_foreign_byte_order(self) -> None:
        assert due_many("7工作日", np.array(["2018-12-20"], ">M8[D]")).tolist() == [self.DUE]

    def test_more_rows_than_one_block(self) -> None:
        starts = np.resize(np.arange("2018-01-01", "2019-01-01", dtype="M8[D]"), 70_000)
        found = due_many("7工作日", starts)
        one = [due("7工作日", day).date for day in starts[:365].tolist()]
        assert (found == np.resize(np.array(one, "M8[D]"), 70_000)).all()

    def test_what_was_given_is_left_as_it_was(self) -> None:
        starts = np.array(["2018-12-20"], "M8[D]")
        due_many("7工作日", starts)[:] = np.datetime64("NaT", "D")
        assert starts.tolist() == [date(2018, 12, 20)]
        assert due_many("7工作日", starts).tolist() == [self.DUE]


class NoDate(datetime):
    def astimezone(self, tz: Any = None) -> Any:  # noqa: ANN401, ARG002 - as the NaT of pandas does
        raise ValueError


class TestWhatIsRefused:
    def test_all_rows_together_with_their_positions(self) -> None:
        starts = np.array(["2018-12-20", "NaT", "1999-01-01", "2018-12-21", "2100-12-31"], "M8[D]")
        with pytest.raises(DeadlineError) as caught:
            due_many("7工作日", starts)
        assert str(caught.value) == (
            "3 with no due date: starts[1]: it is NaT; "
            "starts[2]: calendar 'china' knows 2004-01-01 to 2100-12-31; 1999-01-01 lies outside; "
            "starts[4]: calendar 'china' knows 2004-01-01 to 2100-12-31; it has no 7 working days after 2100-12-31"
        )

    def test_only_the_first_few_are_shown(self) -> None:
        with pytest.raises(TimeError, match=r"^9 with no due date: starts\[0, 0\]: .*starts\[1, 1\]: .*; and 4 more$"):
            due_many("7工作日", np.full((3, 3), "NaT", "M8[D]"))

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ([date(2018, 1, 2), None], r"starts\[1\]: a moment is a date or an aware datetime, not None"),
            ([datetime(2018, 1, 2)], r"starts\[0\]: .* has no time zone"),  # noqa: DTZ001 - naive on purpose
            (
                np.array(["2018-01-02T00:00:01", "NaT"], "M8[ns]"),
                r"^2 .*starts\[0\]: .* has no time zone.*\[1\]: it is NaT",
            ),
            (np.array(["2018-01"], "M8[M]"), r"datetime64\[M\] values, which are no days"),
            (np.array(["NaT"], "M8[D]"), r"starts\[0\]: it is NaT"),
            (np.array([17000]), "int64 values, which are no dates"),
            ([20181220.0], "float64 values, which are no dates"),
            (["20 December"], r"starts\[0\]: '20 December' is no date"),
            ([12, date(2018, 1, 1)], r"starts\[0\]: a moment is a date or an aware datetime, not 12"),
            ("soon", r"^1 with no due date: starts\[\]: 'soon' is no date"),
            ([NoDate(2018, 1, 1, tzinfo=UTC)], r"starts\[0\]: .* is no date"),
            (np.array([10_000_000], "M8[D]"), "lies outside the years 1 to 9999"),
            (np.ma.array(np.array(["2018-01-02"] * 2, "M8[D]"), mask=[False, True]), r"^1 .*starts\[1\]: it is masked"),
        ],
        ids=str,
    )
    def test_what_is_no_date(self, given: Any, said: str) -> None:  # noqa: ANN401 - many forms
        with pytest.raises(TimeError, match=said):
            due_many("7工作日", given)

    def test_what_is_no_array(self) -> None:
        with pytest.raises(DeadlineError, match="starts is no array of dates"):
            due_many("7工作日", [["2018-01-02"], ["2018-01-02", "2018-01-03"]])

    @pytest.mark.parametrize("period", [7, None, ["7工作日"]])
    def test_what_is_no_period(self, period: Any) -> None:  # noqa: ANN401 - wrong on purpose
        with pytest.raises(PeriodError, match="a period is a Period or its text"):
            due_many(period, [date(2018, 1, 2)])

    def test_provisional_results_where_the_rules_say_so(self) -> None:
        rules = DueRules(past_horizon="refuse")
        with pytest.raises(CalendarHorizonError, match=r"^1 .*starts\[1\]: .*ends past"):
            due_many("7工作日", ["2018-12-20", "2099-12-20"], rules=rules)


DAYS = st.lists(st.tuples(KNOWN, KNOWN), max_size=30)


class TestBetween:
    @given(DAYS)
    def test_every_row_is_what_count_gives(self, pairs: list[tuple[date, date]]) -> None:
        starts, ends = [start for start, _ in pairs], [end for _, end in pairs]
        found = working_days_between_many(starts, np.array(ends, "M8[D]"))
        assert found.dtype == np.int64
        assert found.tolist() == [china().count(start, end) for start, end in pairs]

    def test_one_day_stands_for_all(self) -> None:
        ends = np.array(["2018-12-29", "2018-12-19"], "M8[D]")
        assert working_days_between_many(date(2018, 12, 20), ends).tolist() == [7, -1]
        assert working_days_between_many("2018-12-20", "2018-12-29").shape == ()

    def test_both_arrays_are_refused_together(self) -> None:
        calendar = WorkingCalendar.weekdays(date(2020, 1, 1), date(2020, 12, 31))
        starts = np.array(["2020-01-01", "2019-12-31"], "M8[D]")
        with pytest.raises(CalendarRangeError, match=r"^2 with no count: starts\[1\]: .*; ends\[0\]: ") as caught:
            working_days_between_many(starts, np.array(["2021-01-01", "2020-01-01"], "M8[D]"), calendar=calendar)
        assert "2019-12-31 lies outside" in str(caught.value)

    def test_moments_are_refused_as_the_calendar_refuses_them(self) -> None:
        with pytest.raises(TimeError, match=r"starts\[0\]: a calendar knows days, not moments"):
            working_days_between_many([datetime(2018, 12, 20, tzinfo=UTC)], ["2018-12-29"])

    def test_shapes_that_do_not_match(self) -> None:
        with pytest.raises(DeadlineError, match=r"their shapes are \(2,\) and \(3,\)"):
            working_days_between_many(["2018-12-20"] * 2, ["2018-12-29"] * 3)


def imported(tree: ast.Module) -> set[str]:
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    return {name.name for node in imports if node.module in HOMES for name in node.names}


def assigned(tree: ast.Module) -> list[str]:
    (names,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and "__all__" in ast.unparse(node)]
    found: list[str] = ast.literal_eval(names)
    return found


HOMES = {f"yingshang_flow.deadlines.{file.stem}" for file in Path(bulk.__file__).parent.glob("*.py")}


class TestTheExtra:
    def test_without_numpy_it_says_what_to_install(self) -> None:
        code = "import sys; sys.modules['numpy'] = None; from yingshang_flow.deadlines import {}"
        for name in ("due_many", "working_days_between_many"):
            result = subprocess.run(
                [sys.executable, "-c", code.format(name)], capture_output=True, text=True, check=False
            )
            said = f'DeadlineError: {name} needs numpy, which is not installed; run: pip install "yingshang-flow[bulk]"'
            assert result.stderr.strip().endswith(said)

    def test_what_is_missing_is_told_to_whoever_catches_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(vars(yingshang_flow.deadlines), "due_many", raising=False)
        monkeypatch.delitem(sys.modules, "yingshang_flow.deadlines.bulk")
        monkeypatch.setitem(sys.modules, "numpy", None)
        with pytest.raises(DeadlineError, match="due_many needs numpy, which is not installed"):
            _ = yingshang_flow.deadlines.due_many

    def test_the_stub_has_every_name_of_the_package_and_these(self) -> None:
        package = Path(yingshang_flow.deadlines.__file__)
        code, stub = (ast.parse(file.read_text("utf-8")) for file in (package, package.with_suffix(".pyi")))
        lazily = imported(stub) - imported(code)
        assert imported(code) < imported(stub)
        assert lazily > {"due_many", "working_days_between_many", "Ledger", "Lamp"}
        assert all(getattr(yingshang_flow.deadlines, name) is not None for name in lazily)
        assert assigned(stub) == assigned(code) == yingshang_flow.deadlines.__all__

    def test_nothing_else_needs_numpy(self) -> None:
        code = "import sys, yingshang_flow.deadlines; print('numpy' in sys.modules)"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert result.stdout.strip() == "False"

    def test_another_missing_module_is_not_hidden(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(vars(yingshang_flow.deadlines), "due_many", raising=False)
        monkeypatch.setitem(sys.modules, "yingshang_flow.deadlines.bulk", None)
        with pytest.raises(ModuleNotFoundError, match=r"deadlines\.bulk"):
            _ = yingshang_flow.deadlines.due_many

    def test_an_unknown_name_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match="no_such_name"):
            _ = yingshang_flow.deadlines.no_such_name  # type: ignore[attr-defined]

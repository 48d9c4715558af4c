"""How a deadline stands: the laws it keeps, and a naive walk day by day that shares nothing with it."""

from datetime import UTC, date, datetime, time, timedelta

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.deadlines.ledgers import (
    BUDGETS,
    DAY,
    RULES,
    START,
    STARTS,
    Counted,
    gaps,
    is_worked,
    ledgers,
    left_out,
    moments_of,
    tried,
)
from tests.deadlines.naive_ledger import Naive
from yingshang_flow.deadlines import (
    CHINA_TIME,
    Corrected,
    DueRules,
    Excluded,
    Extended,
    FixedDate,
    Ledger,
    LedgerStatus,
    Months,
    Paused,
    Restarted,
    Resumed,
    WorkingCalendar,
    WorkingDays,
    china,
    china_date,
    due,
)
from yingshang_flow.deadlines.entries import Entry, recorded
from yingshang_flow.errors import CalendarHorizonError, CalendarRangeError


def days_of(ledger: Ledger) -> list[date]:
    """Return the days from its start until a while after its end."""
    assert isinstance(ledger.start, date)
    return [ledger.start + k * DAY for k in range((ledger.due().date - ledger.start).days + 30)]


@given(st.data(), ledgers())
def test_it_agrees_with_a_naive_walk_day_by_day(data: st.DataObject, ledger: Ledger) -> None:
    for moment in data.draw(st.lists(moments_of(ledger), min_size=1, max_size=5)):
        naive = Naive(ledger, moment)
        assert ledger.due(moment).date == naive.end()[1]
        assert ledger.remaining(moment) == naive.remaining()
        assert ledger.status(moment) is naive.status()


@given(ledgers())
def test_the_extensions_marked_late_are_those_of_the_naive_walk(ledger: Ledger) -> None:
    naive = Naive(ledger, date(2030, 1, 1))
    naive.end()
    assert {n for n, (entry, _) in naive.applying().items() if isinstance(entry, Extended) and entry.late} == naive.late


@given(BUDGETS, STARTS, RULES)
def test_a_ledger_without_entries_is_due(period: Counted, start: date, rules: DueRules) -> None:
    assert Ledger(period, start, rules=rules).due() == due(period, start, rules=rules)


@given(st.data(), ledgers(corrections=False))  # before one is known another pause can be open
def test_a_pause_of_zero_length_changes_nothing(data: st.DataObject, ledger: Ledger) -> None:
    assert isinstance(ledger.start, date)
    day = ledger.start + timedelta(days=data.draw(st.integers(0, 100)))
    paused = tried(tried(ledger, Paused(day, ground="鉴定")), Resumed(day, ground="鉴定完毕"))
    assume(len(paused.entries) == len(ledger.entries) + 2)
    for now in days_of(ledger)[::3]:
        assert paused.due(now) == ledger.due(now)
        assert paused.remaining(now) == ledger.remaining(now)
        assert paused.status(now) is ledger.status(now)


@given(st.data(), BUDGETS, STARTS, RULES)
def test_entries_that_do_not_overlap_commute(
    data: st.DataObject, period: Counted, start: date, rules: DueRules
) -> None:
    groups: list[list[Entry]] = []
    for first, after in data.draw(gaps(start)):
        if data.draw(st.booleans()):
            groups.append([Paused(first, ground="鉴定"), Resumed(after, ground="鉴定完毕")])
        else:
            groups.append([Excluded(first, after - DAY, ground="听证")])
    for k in data.draw(st.lists(st.integers(0, 90), max_size=3, unique=True)):
        to = data.draw(st.booleans())
        by = type(period)(data.draw(st.integers(1, 9)))
        groups.append([Extended(start + k * DAY, None if to else by, Months(5) if to else None, ground="复杂")])
    if data.draw(st.booleans()):
        groups.append([Restarted(start + timedelta(days=data.draw(st.integers(161, 200))), ground="补正")])
    shuffled = data.draw(st.permutations(groups))
    one, other = (
        Ledger(period, start, rules=rules, entries=[entry for group in order for entry in group])
        for order in (groups, shuffled)
    )
    assert one.due() == other.due()
    assert sorted(map(repr, one.entries)) == sorted(map(repr, other.entries))
    for now in days_of(one)[::5]:
        assert one.due(now) == other.due(now)
        assert one.remaining(now) == other.remaining(now)
        assert one.status(now) is other.status(now)


@given(ledgers())
def test_remaining_grows_only_by_an_entry_that_says_so(ledger: Ledger) -> None:
    says_so = {china_date(recorded(entry)) for entry in ledger.entries if gives_more(entry)}
    says_so |= {entry.day for entry in ledger.entries if gives_more(entry)}
    days = days_of(ledger)
    left = ledger.remaining(days[0])
    for day in days[1:]:
        before, left = left, ledger.remaining(day)
        assert left <= before or day in says_so


def gives_more(entry: Entry) -> bool:
    """Tell whether an entry gives time: by what it says, or by saying afterwards that time did not count."""
    return isinstance(entry, Extended | Restarted | Corrected) or china_date(recorded(entry)) > entry.day


@given(st.data(), BUDGETS, STARTS, RULES)
def test_due_never_moves_earlier_through_a_pause(
    data: st.DataObject, period: Counted, start: date, rules: DueRules
) -> None:
    ledger = data.draw(left_out(Ledger(period, start, rules=rules)))
    if data.draw(st.booleans()):
        ledger = ledger.extend(start, "复杂", to=data.draw(BUDGETS))
    day = max([start, *(entry.day for entry in ledger.entries)]) + timedelta(days=data.draw(st.integers(13, 60)))
    paused, last = ledger.pause(day, "鉴定"), ledger.due().date
    for k in range(40):
        now = day + k * DAY
        assert last <= paused.due(now).date == paused.resume(now).due().date
        last = paused.due(now).date


@given(st.data(), st.integers(1, 90), STARTS, RULES)
def test_the_working_days_until_due_are_the_budget_and_the_excluded_ones(
    data: st.DataObject, n: int, start: date, rules: DueRules
) -> None:
    ledger = data.draw(left_out(Ledger(WorkingDays(n), start, rules=rules)))
    more = data.draw(st.integers(0, 9))
    if more:
        ledger = ledger.extend(start, "复杂", by=WorkingDays(more))
    found, before = ledger.due(), start - DAY if rules.count_start else start
    passed = {
        day
        for day in map(date.fromordinal, range(before.toordinal() + 1, found.date.toordinal() + 1))
        for first, last in found.exclude
        if (first < day if rules.first_excluded_counts else first <= day) and day <= last
    }
    assert china().count(before, found.date) == n + more + sum(map(is_worked, passed))


@given(st.data(), BUDGETS, STARTS, RULES)
def test_pause_and_resume_equal_excluding_those_days(
    data: st.DataObject, period: Counted, start: date, rules: DueRules
) -> None:
    paused = excluded = Ledger(period, start, rules=rules)
    for first, after in data.draw(gaps(start)):
        paused = paused.pause(first, "鉴定").resume(after)
        excluded = excluded.exclude(first, after - DAY, "鉴定")
    assert paused.due() == excluded.due()
    now = start + timedelta(days=data.draw(st.integers(0, 200)))
    assert paused.remaining(now) == excluded.remaining(now)


@given(st.data(), BUDGETS, STARTS, RULES)
def test_a_restart_equals_a_new_ledger_from_there(
    data: st.DataObject, period: Counted, start: date, rules: DueRules
) -> None:
    old = data.draw(left_out(Ledger(period, start, rules=rules))).extend(start, "复杂", by=period)
    day = max(entry.day for entry in old.entries) + timedelta(days=data.draw(st.integers(13, 40)))
    old, new = old.restart(day, "补正"), Ledger(period, day, rules=rules)
    for first, after in data.draw(gaps(day)):
        old, new = (ledger.exclude(first, after - DAY, "听证") for ledger in (old, new))
    old, new = (ledger.extend(day, "复杂", to="4个月") for ledger in (old, new))
    old, new = (ledger.extend(day, "复杂", by=type(period)(3)) for ledger in (old, new))
    assert (old.due().date, old.due().nominal) == (new.due().date, new.due().nominal)
    for now in days_of(new)[::7]:
        assert old.remaining(now) == new.remaining(now)


@given(st.data(), BUDGETS, STARTS, BUDGETS, RULES)
def test_extended_to_a_ceiling_is_never_earlier_and_excluded_time_does_not_move_the_ceiling(
    data: st.DataObject, period: Counted, start: date, to: Counted, rules: DueRules
) -> None:
    ledger = data.draw(left_out(Ledger(period, start, rules=rules)))
    found = ledger.extend(start, "复杂", to=to).due().date
    assert found == max(ledger.due().date, due(to, start, rules=rules).date)


@given(st.data(), ledgers(closings=False), BUDGETS)
def test_an_extension_after_the_end_is_recorded_and_moves_nothing(
    data: st.DataObject, ledger: Ledger, to: Counted
) -> None:
    found = ledger.due(date(2030, 1, 1))
    assume(found == ledger.due(date(2031, 1, 1)))  # no pause is open, which would move it with every day
    day = found.date + timedelta(days=data.draw(st.integers(1, 60)))
    late = ledger.extend(day, "复杂", to=to)
    assert late.entries == (*ledger.entries, Extended(day, None, to, True, ground="复杂"))  # noqa: FBT003 - its place
    assert late.due(date(2030, 1, 1)) == found


class TestStatus:
    LEDGER = Ledger("10工作日", START)

    def test_it_is_over_after_the_last_day(self) -> None:
        last = self.LEDGER.due().date
        assert self.LEDGER.status(last) is LedgerStatus.RUNNING
        assert self.LEDGER.status(last + DAY) is LedgerStatus.OVER
        close = Ledger("10工作日", START, rules=DueRules(closes=time(17)))
        assert close.status(datetime(2018, 9, 25, 8, 59, tzinfo=UTC)) is LedgerStatus.RUNNING
        assert close.status(datetime(2018, 9, 25, 9, 0, tzinfo=UTC)) is LedgerStatus.OVER
        assert str(LedgerStatus.OVER.label) == "已届满 over"

    def test_a_moment_knows_only_what_was_recorded_by_then(self) -> None:
        at = datetime(2018, 9, 13, 2, tzinfo=UTC)
        paused = self.LEDGER.pause(at, "鉴定")
        assert paused.entries[0].at == at
        assert paused.status(at - timedelta(hours=1)) is LedgerStatus.RUNNING
        assert paused.status(at) is LedgerStatus.PAUSED
        assert paused.status(date(2018, 9, 13)) is LedgerStatus.PAUSED
        late = self.LEDGER.exclude(date(2018, 9, 12), date(2018, 9, 13), "补录", at=date(2018, 9, 20))
        assert late.due(date(2018, 9, 19)) == self.LEDGER.due()
        assert late.due(date(2018, 9, 20)) == late.due() != self.LEDGER.due()

    def test_what_makes_no_sense_as_known_then_is_left_out(self) -> None:
        day, late = datetime(2018, 9, 12, 4, tzinfo=UTC), date(2018, 9, 20)
        two = self.LEDGER.pause(day, "鉴定").resume(date(2018, 9, 14), at=late).pause(date(2018, 9, 17), "鉴定")
        assert two.due(date(2018, 9, 18)) == self.LEDGER.pause(day, "鉴定").due(date(2018, 9, 18))
        odd = self.LEDGER.pause(day, "鉴定").resume(date(2018, 9, 12))
        assert odd.status(day - timedelta(hours=1)) is LedgerStatus.RUNNING

    def test_an_open_pause_reaches_over_planned_time(self) -> None:
        planned = self.LEDGER.exclude(date(2018, 9, 17), date(2018, 9, 18), "听证", at=START)
        paused = planned.pause(date(2018, 9, 13), "鉴定")
        now = date(2018, 9, 20)
        assert paused.due(now) == self.LEDGER.pause(date(2018, 9, 13), "鉴定").resume(now).due()

    def test_an_end_known_ahead_comes_on_its_day(self) -> None:
        ended = self.LEDGER.end(date(2018, 9, 20), "办结", at=START)
        assert ended.status(date(2018, 9, 19)) is LedgerStatus.RUNNING
        assert ended.status(date(2018, 9, 30)) is LedgerStatus.ENDED
        assert ended.remaining(date(2018, 9, 30)) == ended.remaining(date(2018, 9, 20)) > 0
        assert self.LEDGER.waive(date(2018, 9, 20), "撤回").status() is LedgerStatus.WAIVED

    def test_a_pause_whose_end_is_known_ahead_is_on_until_that_day(self) -> None:
        planned = self.LEDGER.pause(date(2018, 9, 12), "鉴定").resume(date(2018, 9, 18), at=date(2018, 9, 13))
        assert planned.status(date(2018, 9, 17)) is LedgerStatus.PAUSED
        assert planned.status(date(2018, 9, 18)) is LedgerStatus.RUNNING
        assert planned.due(date(2018, 9, 14)) == planned.due()

    def test_two_pauses_known_before_the_first_one_was_struck_out_are_one(self) -> None:
        first = self.LEDGER.pause(date(2018, 9, 11), "鉴定")
        struck = first.correct(1, date(2018, 9, 20), "误记").pause(date(2018, 9, 13), "鉴定")
        assert struck.due(date(2018, 9, 17)) == first.due(date(2018, 9, 17))
        resumed = struck.resume(date(2018, 9, 17))
        assert resumed.due(date(2018, 9, 18)) == first.resume(date(2018, 9, 17)).due()
        assert resumed.due().exclude == ((date(2018, 9, 13), date(2018, 9, 16)),)

    def test_a_pause_is_known_although_a_later_one_that_was_struck_out_is_not(self) -> None:
        first = Paused(date(2018, 9, 11), ground="鉴定")
        ledger = Ledger("10工作日", START, entries=[first]).correct(1, date(2018, 9, 20), "误记")
        ledger = ledger.pause(date(2018, 9, 13), "鉴定")
        assert ledger.status(date(2018, 9, 12)) is LedgerStatus.PAUSED

    def test_two_restarts_count_from_the_later_one(self) -> None:
        twice = self.LEDGER.restart(date(2018, 9, 20), "补正").restart(date(2018, 9, 13), "补录")
        assert twice.due().restart == date(2018, 9, 20)


class TestWhatRemains:
    def test_it_is_nothing_on_the_last_day_wherever_that_day_moved(self) -> None:
        saturday = FixedDate(date(2018, 9, 15))
        for roll, last in (("stay", 15), ("later", 17), ("earlier", 14)):
            ledger = Ledger(saturday, START, rules=DueRules(fixed_roll=roll))  # type: ignore[arg-type]
            assert ledger.due().date == date(2018, 9, last)
            assert ledger.remaining(date(2018, 9, last)) == 0
            assert ledger.remaining(date(2018, 9, last) + DAY) == -1

    def test_before_the_start_it_is_the_whole(self) -> None:
        ledger = Ledger("10工作日", START).exclude(date(2018, 9, 12), date(2018, 9, 14), "听证")
        assert ledger.remaining(date(2018, 8, 1)) == ledger.remaining(START) == 10

    def test_outside_the_calendar_it_is_unknown(self) -> None:
        ledger = Ledger("10工作日", START)
        with pytest.raises(CalendarRangeError):
            ledger.remaining(date(2101, 1, 1))
        assert Ledger("10日", START).remaining(date(2101, 1, 1)) == -(date(2101, 1, 1) - date(2018, 9, 20)).days

    def test_excluded_time_past_the_end_may_lie_outside_the_calendar(self) -> None:
        ledger = Ledger("10工作日", START).exclude(date(2200, 1, 1), date(2200, 1, 9), "听证", at=START)
        assert ledger.due().date == Ledger("10工作日", START).due().date
        assert ledger.remaining(START) == 10


class TestExtensions:
    LEDGER = Ledger("30工作日", START)

    def test_after_the_end_it_is_recorded_and_moves_nothing(self) -> None:
        late = self.LEDGER.extend(date(2018, 12, 1), "复杂", to="6个月")
        assert late.due() == self.LEDGER.due()
        assert [entry.late for entry in late.entries if isinstance(entry, Extended)] == [True]
        assert "after the end: moves nothing" in str(late.explain())
        in_time = late.exclude(date(2018, 9, 28), date(2018, 12, 2), "补录")
        assert [entry.late for entry in in_time.entries if isinstance(entry, Extended)] == [False]
        assert in_time.due().date == due("6个月", START).date

    def test_on_the_last_day_it_is_in_time(self) -> None:
        last = self.LEDGER.due().date
        assert self.LEDGER.extend(last, "复杂", by="5工作日").due().date == china().nth(last, 5)
        assert self.LEDGER.extend(last + DAY, "复杂", by="5工作日").due().date == last

    def test_an_amount_counts_on_from_a_ceiling(self) -> None:
        ceiling = self.LEDGER.extend(START, "复杂", to="3个月")
        further = ceiling.extend(START, "复杂", by="5工作日").extend(START, "复杂", by="5工作日")
        assert further.due().date == china().nth(ceiling.due().date, 10)
        rules = DueRules(count_start=True)
        counted = Ledger("30工作日", START, rules=rules).extend(START, "复杂", to="3个月")
        more = counted.extend(START, "复杂", by="5工作日")
        assert more.due().date == china().nth(counted.due().date, 5)

    def test_an_amount_after_a_ceiling_passes_over_excluded_time_and_the_ceiling_does_not(self) -> None:
        for ledger in (self.LEDGER, self.LEDGER.restart(date(2018, 9, 11), "补正")):
            ceiling = ledger.extend(date(2018, 9, 12), "复杂", to="3个月")
            last = ceiling.due().date
            out = ceiling.exclude(last - DAY, last - DAY, "听证").exclude(last + DAY, last + 3 * DAY, "听证")
            assert out.due() == ceiling.due()
            more = out.extend(date(2018, 9, 13), "复杂", by="2工作日")
            assert more.due().date == china().nth(last + 3 * DAY, 2)

    def test_an_end_that_is_half_a_day_later_is_later(self) -> None:
        half = Ledger(WorkingDays(3.5), datetime(2018, 9, 10, 10, tzinfo=CHINA_TIME))
        assert (half.due().date, half.due().end.hour) == (date(2018, 9, 13), 17)
        ceiling = half.extend(START, "复杂", to="3日")
        assert (ceiling.due().date, ceiling.due().end.hour) == (date(2018, 9, 13), 0)
        assert "moves nothing" not in str(ceiling.explain())
        assert "moves nothing" in str(ceiling.extend(START, "复杂", to="2018-09-13").explain())

    def test_a_ceiling_can_be_a_date(self) -> None:
        found = Ledger(FixedDate(date(2018, 9, 30)), START).extend(START, "复杂", to="2018-12-30")
        assert found.due().date == date(2018, 12, 30)
        assert "extended to 2018-12-30: 复杂" in str(found.explain())

    def test_a_ceiling_that_is_no_later_moves_nothing(self) -> None:
        found = self.LEDGER.extend(START, "复杂", to="1个月")
        assert found.due() == self.LEDGER.due()
        assert "not later than the end before: moves nothing" in str(found.explain())

    def test_it_lapses_with_a_restart(self) -> None:
        found = self.LEDGER.extend(START, "复杂", by="5工作日").restart(date(2018, 9, 20), "补正")
        assert found.due().date == due("30工作日", date(2018, 9, 20)).date
        assert "lapsed with the restart" in str(found.explain())

    def test_a_refused_guess_is_an_error(self) -> None:
        rules = DueRules(past_horizon="refuse")
        calendar = WorkingCalendar.weekdays(date(2018, 1, 1), date(2030, 1, 1), horizon=date(2018, 12, 28))
        ledger = Ledger("30工作日", START, calendar=calendar, rules=rules)
        with pytest.raises(CalendarHorizonError):
            ledger.extend(START, "复杂", by="90工作日")

    def test_a_start_with_a_time_is_read_as_due_reads_it(self) -> None:
        start, rules = datetime(2018, 9, 10, 12, tzinfo=UTC), DueRules(closes=time(17), after_hours="next_day")
        ledger = Ledger("5工作日", start, rules=rules)
        assert ledger.due() == due("5工作日", start, rules=rules)
        assert ledger.remaining(date(2018, 9, 11)) == 5


class TestCorrections:
    LEDGER = Ledger("30工作日", START)
    WRONG = LEDGER.exclude(date(2018, 9, 17), date(2018, 9, 21), "听证")

    def test_a_struck_entry_stays_and_no_longer_applies(self) -> None:
        found = self.WRONG.correct(1, date(2018, 9, 25), "未举行听证")
        assert found.due() == self.LEDGER.due()
        assert found.due(date(2018, 9, 24)) == self.WRONG.due()
        assert found.entries[0] == self.WRONG.entries[0]
        assert "corrected, does not apply" in str(found.explain())
        assert "strikes out entry 1: 未举行听证" in str(found.explain())
        assert "strikes out" not in str(found.explain(date(2018, 9, 24)))

    def test_another_entry_applies_in_its_place(self) -> None:
        right = Excluded(date(2018, 9, 18), date(2018, 9, 19), ground="听证")
        found = self.WRONG.correct(1, date(2018, 9, 25), "日期有误", by=right)
        assert found.due() == self.LEDGER.exclude(date(2018, 9, 18), date(2018, 9, 19), "听证").due()
        assert "第1项：扣除2018-09-18..2018-09-19：听证" in found.explain().text()
        assert "replaces entry 1: 日期有误" in str(found.explain())

    def test_what_applies_instead_is_known_with_the_correction_whatever_its_own_day(self) -> None:
        right = Excluded(date(2018, 10, 10), date(2018, 10, 12), ground="听证")
        found = self.WRONG.correct(1, date(2018, 9, 25), "日期有误", by=right)
        assert found.due(date(2018, 9, 24)) == self.WRONG.due()
        assert found.due(date(2018, 9, 25)).exclude == ((date(2018, 10, 10), date(2018, 10, 12)),)

    def test_an_extension_can_be_corrected_into_a_late_one(self) -> None:
        extended = self.LEDGER.extend(START, "复杂", by="5工作日")
        late = Extended(date(2018, 12, 3), WorkingDays(5), ground="复杂")
        found = extended.correct(1, date(2018, 12, 4), "日期有误", by=late)
        assert isinstance(found.entries[1], Corrected)
        assert found.entries[1].by == attrs.evolve(late, late=True)
        assert found.due() == self.LEDGER.due()

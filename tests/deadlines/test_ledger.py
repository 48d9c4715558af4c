"""Ledgers: the laws they keep, against a naive day-by-day model that shares nothing with them."""

import json
import pickle
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import attrs
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

import yingshang_flow
from yingshang_flow.deadlines import (
    MONTH_END,
    CalendarDays,
    Corrected,
    DueRules,
    Excluded,
    Extended,
    FixedDate,
    Lamp,
    Lamps,
    Ledger,
    LedgerStatus,
    Months,
    Paused,
    Restarted,
    Resumed,
    WorkingCalendar,
    WorkingDays,
    china,
    due,
)
from yingshang_flow.deadlines.ledger import Entry
from yingshang_flow.errors import CalendarHorizonError, DeadlineError, PeriodError, TimeError
from yingshang_flow.sources import LICENSING, OURS
from yingshang_flow.words import Label

DAY = timedelta(days=1)
START = date(2018, 9, 10)
STARTS = st.dates(date(2008, 1, 1), date(2024, 12, 31))
Counted = WorkingDays | CalendarDays | Months
BUDGETS = st.one_of(
    st.integers(1, 90).map(WorkingDays), st.integers(1, 120).map(CalendarDays), st.integers(1, 6).map(Months)
)
RULES = st.sampled_from([None, DueRules(first_excluded_counts=True), DueRules(count_start=True)])
OF_HOLIDAYS = holidays.country_holidays("CN", years=range(2007, 2028))


def is_worked(day: date) -> bool:
    """Tell from ``holidays`` itself whether a day is worked, without our table."""
    return day not in OF_HOLIDAYS and (day.weekday() < 5 or day in OF_HOLIDAYS.weekend_workdays)


@st.composite
def gaps(draw: st.DrawFn, start: date, most: int = 5) -> list[tuple[date, date]]:
    """Draw spans of days from the start on that do not overlap, as (first, the day after the last)."""
    found, day = [], start
    for _ in range(draw(st.integers(0, most))):
        first = day + timedelta(days=draw(st.integers(0, 20)))
        day = first + timedelta(days=draw(st.integers(1, 12)))
        found.append((first, day))
    return found


@st.composite
def left_out(draw: st.DrawFn, ledger: Ledger) -> Ledger:
    """Draw a ledger with pauses and excluded time in it."""
    assert isinstance(ledger.start, date)
    for first, after in draw(gaps(ledger.start)):
        if draw(st.booleans()):
            ledger = ledger.pause(first, "鉴定").resume(after)
        else:
            ledger = ledger.exclude(first, after - DAY, "听证")
    return ledger


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Draw a ledger with entries of every kind."""
    period, start = draw(BUDGETS), draw(STARTS)
    ledger = draw(left_out(Ledger(period, start, rules=draw(RULES))))
    for _ in range(draw(st.integers(0, 3))):
        day = start + timedelta(days=draw(st.integers(0, 150)))
        if draw(st.booleans()):
            ledger = ledger.extend(day, "复杂", by=type(period)(draw(st.integers(1, 20))))
        else:
            ledger = ledger.extend(day, "复杂", to=draw(BUDGETS))
    last = max([start, *(entry.last if isinstance(entry, Excluded) else entry.on for entry in ledger.entries)]) + DAY
    what = draw(st.sampled_from(["nothing", "pause", "end", "waive", "restart", "strike"]))
    if what == "pause":
        return ledger.pause(last, "鉴定")
    if what == "end":
        return ledger.end(last, "办结")
    if what == "waive":
        return ledger.waive(last, "撤回")
    if what == "restart":
        return ledger.restart(last, "补正")
    if what == "strike" and ledger.entries and not isinstance(ledger.entries[0], Paused | Resumed):
        return ledger.correct(1, last, "误记")
    return ledger


def days_of(ledger: Ledger) -> range:
    """Return how many days after its start to look at."""
    assert isinstance(ledger.start, date)
    return range((ledger.due().date - ledger.start).days + 30)


@given(BUDGETS, STARTS, RULES)
def test_a_ledger_without_entries_is_due(period: Counted, start: date, rules: DueRules | None) -> None:
    assert Ledger(period, start, rules=rules).due() == due(period, start, rules=rules)


@given(st.data())
def test_a_pause_of_zero_length_changes_nothing(data: st.DataObject) -> None:
    ledger = Ledger(data.draw(BUDGETS), data.draw(STARTS), rules=data.draw(RULES))
    assert isinstance(ledger.start, date)
    day = ledger.start + timedelta(days=data.draw(st.integers(0, 100)))
    paused = ledger.pause(day, "鉴定").resume(day)
    assert paused.due() == ledger.due()
    for k in days_of(ledger):
        assert paused.remaining(ledger.start + k * DAY) == ledger.remaining(ledger.start + k * DAY)


@given(st.data())
def test_entries_that_do_not_overlap_commute(data: st.DataObject) -> None:
    period, start, rules = data.draw(BUDGETS), data.draw(STARTS), data.draw(RULES)
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
    shuffled = data.draw(st.permutations(groups))
    one, other = (
        Ledger(period, start, rules=rules, entries=[entry for group in order for entry in group])
        for order in (groups, shuffled)
    )
    assert one.due() == other.due()
    assert sorted(map(repr, one.entries)) == sorted(map(repr, other.entries))
    for k in range(0, 120, 5):
        day = start + k * DAY
        assert (one.due(day), one.remaining(day), one.status(day)) == (
            other.due(day),
            other.remaining(day),
            other.status(day),
        )


@given(ledgers())
def test_remaining_never_grows_without_an_entry_that_says_so(ledger: Ledger) -> None:
    assert isinstance(ledger.start, date)
    said = {entry.day for entry in ledger.entries}
    left = ledger.remaining(ledger.start)
    for k in days_of(ledger)[1:]:
        day = ledger.start + k * DAY
        before, left = left, ledger.remaining(day)
        assert left <= before or day in said


@given(ledgers())
def test_remaining_grows_only_by_extensions_restarts_and_corrections(ledger: Ledger) -> None:
    assert isinstance(ledger.start, date)
    more = {entry.day for entry in ledger.entries if isinstance(entry, Extended | Restarted | Corrected)}
    left = ledger.remaining(ledger.start)
    for k in days_of(ledger)[1:]:
        day = ledger.start + k * DAY
        before, left = left, ledger.remaining(day)
        assert left <= before or day in more


@given(st.data(), BUDGETS, STARTS, RULES)
def test_due_never_moves_earlier_through_a_pause(
    data: st.DataObject, period: Counted, start: date, rules: DueRules | None
) -> None:
    ledger = data.draw(left_out(Ledger(period, start, rules=rules)))
    day = max([start, *(entry.day for entry in ledger.entries)]) + timedelta(days=data.draw(st.integers(13, 60)))
    paused, last = ledger.pause(day, "鉴定"), ledger.due().date
    for k in range(40):
        now = day + k * DAY
        assert last <= paused.due(now).date == paused.resume(now).due().date
        last = paused.due(now).date


@given(st.data(), st.integers(1, 90), STARTS)
def test_the_working_days_until_due_are_the_budget_and_the_excluded_ones(
    data: st.DataObject, n: int, start: date
) -> None:
    ledger = data.draw(left_out(Ledger(WorkingDays(n), start)))
    more = data.draw(st.integers(0, 9))
    if more:
        ledger = ledger.extend(start, "复杂", by=WorkingDays(more))
    found, calendar = ledger.due(), china()
    gone: set[date] = set()
    paused = start
    for entry in ledger.entries:
        match entry:
            case Excluded(first=first, last=last):
                gone |= {first + k * DAY for k in range((last - first).days + 1)}
            case Paused():
                paused = entry.on
            case Resumed():
                gone |= {paused + k * DAY for k in range((entry.on - paused).days)}
            case _:
                pass
    excluded = sum(is_worked(day) for day in gone if start < day <= found.date)
    assert calendar.count(start, found.date) == n + more + excluded


@given(st.data(), BUDGETS, STARTS, RULES)
def test_pause_and_resume_equal_excluding_those_days(
    data: st.DataObject, period: Counted, start: date, rules: DueRules | None
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
    data: st.DataObject, period: Counted, start: date, rules: DueRules | None
) -> None:
    old = data.draw(left_out(Ledger(period, start, rules=rules))).extend(start, "复杂", by=period)
    day = max(entry.day for entry in old.entries) + timedelta(days=data.draw(st.integers(13, 40)))
    old, new = old.restart(day, "补正"), Ledger(period, day, rules=rules)
    for first, after in data.draw(gaps(day)):
        old, new = (ledger.exclude(first, after - DAY, "听证") for ledger in (old, new))
    old, new = (ledger.extend(day, "复杂", to="4个月") for ledger in (old, new))
    assert (old.due().date, old.due().nominal) == (new.due().date, new.due().nominal)
    for k in range(0, 100, 7):
        now = day + k * DAY
        assert old.remaining(now) == new.remaining(now)


@given(st.data(), BUDGETS, STARTS, BUDGETS)
def test_extended_to_a_ceiling_is_never_earlier_and_excluded_time_does_not_move_the_ceiling(
    data: st.DataObject, period: Counted, start: date, to: Counted
) -> None:
    ledger = data.draw(left_out(Ledger(period, start)))
    found = ledger.extend(start, "复杂", to=to).due().date
    assert found == max(ledger.due().date, due(to, start).date)


@given(ledgers())
def test_a_ledger_comes_back_from_json_and_from_a_pickle(ledger: Ledger) -> None:
    written = json.loads(json.dumps(ledger.as_dict()))
    for back in (Ledger.from_dict(written), pickle.loads(pickle.dumps(ledger))):  # noqa: S301 - our own
        assert back == ledger
        assert back.due() == ledger.due()
        assert hash(back) == hash(ledger)


@given(ledgers(), st.integers(-5, 300))
def test_asking_twice_and_asking_a_fresh_copy_give_the_same(ledger: Ledger, k: int) -> None:
    assert isinstance(ledger.start, date)
    now = ledger.start + k * DAY
    warm = (ledger.due().date, ledger.due(now), ledger.remaining(now), ledger.status(now), ledger.lamp(now))
    copy = attrs.evolve(ledger)
    assert warm == (copy.due().date, copy._derived(now).found, copy.remaining(now), copy.status(now), copy.lamp(now))


def naive(
    n: int, start: date, gone: Sequence[tuple[date, date]], extensions: Sequence[tuple[date, int]], *, working: bool
) -> tuple[date, set[date]]:
    """Walk day by day: what counts uses the budget up; an extension of that day or before adds to it while it runs."""
    waiting, late, left, day = sorted(extensions), set(), n, start
    while True:
        while waiting and waiting[0][0] <= day:
            left += waiting.pop(0)[1]
        if left == 0:
            # The budget is used up on this day; a calendar period runs on to the next working day.
            end = day
            while not working and not is_worked(end):
                end += DAY
            if waiting and waiting[0][0] <= end:
                left += waiting.pop(0)[1]
                continue
            late = {when for when, _ in waiting}
            return end, late
        day += DAY
        counts = is_worked(day) if working else True
        left -= counts and not any(first <= day < after for first, after in gone)


@given(st.data(), st.integers(1, 60), STARTS, st.booleans())
def test_it_agrees_with_a_naive_walk_day_by_day(data: st.DataObject, n: int, start: date, working: bool) -> None:  # noqa: FBT001 - drawn
    kind = WorkingDays if working else CalendarDays
    gone = data.draw(gaps(start))
    more = data.draw(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 15)), max_size=3, unique_by=lambda t: t[0]))
    extensions = [(start + k * DAY, by) for k, by in more]
    ledger = Ledger(kind(n), start)
    for first, after in gone:
        ledger = ledger.pause(first, "鉴定").resume(after)
    for when, by in extensions:
        ledger = ledger.extend(when, "复杂", by=kind(by))
    end, late = naive(n, start, gone, extensions, working=working)
    assert ledger.due().date == end
    assert {entry.on for entry in ledger.entries if isinstance(entry, Extended) and entry.late} == late


@given(st.data(), st.integers(1, 40), STARTS)
def test_what_remains_agrees_with_a_naive_count(data: st.DataObject, n: int, start: date) -> None:
    gone = data.draw(gaps(start))
    ledger = Ledger(WorkingDays(n), start)
    for first, after in gone:
        ledger = ledger.pause(first, "鉴定").resume(after)
    day, left = start, n
    while day < ledger.due().date:
        assert ledger.remaining(day) == left
        inside = any(first <= day < after for first, after in gone)
        over = ledger.status(day) is LedgerStatus.OVER
        assert over or ledger.status(day) is (LedgerStatus.PAUSED if inside else LedgerStatus.RUNNING)
        day += DAY
        left -= is_worked(day) and not any(first <= day < after for first, after in gone)
    assert ledger.remaining(day) == 0
    assert ledger.remaining(day + 30 * DAY) == -china().count(day, day + 30 * DAY)


class TestRefusals:
    BASE = Ledger("30工作日", START)

    def refused(self, ledger: Ledger, problem: str, method: str, *args: object, **options: object) -> None:
        before = ledger.as_dict()
        with pytest.raises(DeadlineError, match=problem):
            getattr(ledger, method)(*args, **options)
        assert ledger.as_dict() == before

    def test_pausing_twice(self) -> None:
        paused = self.BASE.pause(date(2018, 9, 20), "鉴定")
        said = r"entry 2 \(paused 2018-09-25\).*paused already, by entry 1 \(paused 2018-09-20\); resume it first"
        self.refused(paused, said, "pause", date(2018, 9, 25), "鉴定")

    def test_resuming_what_runs(self) -> None:
        self.refused(self.BASE, "the period runs; only a paused one", "resume", date(2018, 9, 25))

    def test_resuming_before_the_pause(self) -> None:
        paused = self.BASE.pause(date(2018, 9, 20), "鉴定", at=date(2018, 9, 22))
        self.refused(paused, r"lies before entry 1 \(paused 2018-09-20\)", "resume", date(2018, 9, 19))
        self.refused(paused, "give a later day or moment", "resume", date(2018, 9, 21))

    def test_overlapping_time(self) -> None:
        out = self.BASE.exclude(date(2018, 9, 20), date(2018, 9, 25), "听证")
        self.refused(
            out,
            "overlaps: 2018-09-25..2018-09-27 and 2018-09-20",
            "exclude",
            date(2018, 9, 25),
            date(2018, 9, 27),
            "听证",
        )
        self.refused(out, "pause from 2018-09-26, or correct entry 1", "pause", date(2018, 9, 25), "鉴定")
        self.refused(
            out,
            "let that time end before 2018-09-22, or start anew on 2018-09-26",
            "restart",
            date(2018, 9, 22),
            "补正",
        )
        paused = out.pause(date(2018, 9, 12), "鉴定")
        self.refused(paused, "overlaps: 2018-09-12..2018-09-20", "resume", date(2018, 9, 21))
        self.refused(
            paused, "still open: resume the period first", "exclude", date(2018, 10, 8), date(2018, 10, 9), "听证"
        )
        self.refused(paused, "is paused, by entry 2", "restart", date(2018, 9, 30), "补正")
        assert paused.exclude(date(2018, 9, 10), date(2018, 9, 11), "公示").entries[2].day == START
        anew = self.BASE.restart(date(2018, 9, 20), "补正")
        self.refused(
            anew,
            r"overlaps the restart on 2018-09-20 \(entry 1\)",
            "exclude",
            date(2018, 9, 19),
            date(2018, 9, 20),
            "听证",
        )

    def test_what_lies_before_the_start(self) -> None:
        self.refused(self.BASE, "before the start of the period, 2018-09-10", "pause", date(2018, 9, 9), "鉴定")

    def test_what_follows_an_end_or_a_waiver(self) -> None:
        for closed in (self.BASE.end(date(2018, 9, 20), "办结"), self.BASE.waive(date(2018, 9, 20), "撤回")):
            self.refused(
                closed, "nothing happens after an end or a waiver; correct entry 1", "pause", date(2018, 9, 21), "鉴定"
            )
            self.refused(closed, "cannot follow", "exclude", date(2018, 9, 20), date(2018, 9, 21), "听证")
            self.refused(closed, "cannot follow", "extend", date(2018, 9, 21), "复杂", by="5工作日")
            self.refused(closed, "cannot follow", "end", date(2018, 9, 20), "办结")
            assert closed.exclude(date(2018, 9, 12), date(2018, 9, 13), "补录").due() != closed.due()

    def test_an_end_before_what_happened(self) -> None:
        paused = self.BASE.pause(date(2018, 9, 20), "鉴定").resume(date(2018, 9, 25))
        self.refused(paused, "entry 2 lies after it, on 2018-09-25; correct entry 2", "end", date(2018, 9, 24), "办结")
        backdated = paused.extend(date(2018, 9, 22), "复杂", by="5工作日")
        self.refused(backdated, "entry 2 lies after it", "waive", date(2018, 9, 24), "撤回")
        planned = self.BASE.exclude(date(2018, 10, 20), date(2018, 10, 22), "听证")
        assert planned.end(date(2018, 9, 20), "办结").status() is LedgerStatus.ENDED

    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({}, "either an amount"),
            ({"by": "5工作日", "to": "3个月"}, "either an amount"),
            ({"by": "2018-12-01"}, "cannot be by 2018-12-01"),
            ({"to": MONTH_END}, "cannot be to 每月末"),
            ({"by": "5日"}, "another unit than the budget, 30工作日: give an amount in the same unit"),
            ({"by": 5}, "a budget is a Period or its text"),
            ({"by": "5工作日", "actor": " "}, "the actor is a text or none"),
            ({"by": "5工作日", "citation": "42"}, "the citation is a Citation or none"),
        ],
    )
    def test_an_extension_that_cannot_be(self, options: dict[str, object], problem: str) -> None:
        self.refused(self.BASE, problem, "extend", date(2018, 9, 20), "复杂", **options)

    def test_a_correction_that_cannot_be(self) -> None:
        day = date(2018, 9, 20)
        once = self.BASE.exclude(day, day, "听证", at=date(2018, 9, 22))
        self.refused(once, "no entry 2 to correct yet; there are 1", "correct", 2, day, "误记")
        self.refused(once, "cannot have been corrected before, at 2018-09-21", "correct", 1, date(2018, 9, 21), "误记")
        self.refused(once, "numbered from 1, not 0", "correct", 0, day, "误记")
        self.refused(once, "replaced by another one or by none", "correct", 1, day, "误记", by="nothing")
        twice = once.correct(1, date(2018, 9, 23), "误记")
        self.refused(
            twice, "entry 2 is a correction itself: correct entry 1 again", "correct", 2, date(2018, 9, 24), "误记"
        )
        paused = self.BASE.pause(day, "鉴定").resume(date(2018, 9, 25))
        self.refused(paused, "the period runs", "correct", 1, date(2018, 9, 26), "误记")

    def test_other_nonsense(self) -> None:
        self.refused(self.BASE, "the ground is a text or a Label, not ''", "pause", START, "")
        self.refused(self.BASE, "ends before it starts", "exclude", date(2018, 9, 12), date(2018, 9, 11), "听证")
        with pytest.raises(DeadlineError, match="a ledger holds entries"):
            Ledger("30工作日", START, entries=["paused"])  # type: ignore[list-item]
        with pytest.raises(TimeError, match="no time zone"):
            Ledger("30工作日", datetime(2018, 9, 10))  # noqa: DTZ001 - that is what is refused
        with pytest.raises(TimeError, match="no time zone"):
            self.BASE.pause(START, "鉴定", at=datetime(2018, 9, 10))  # noqa: DTZ001 - that is what is refused
        with pytest.raises(PeriodError):
            Ledger("about a month", START)


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

    def test_two_restarts_count_from_the_later_one(self) -> None:
        twice = self.LEDGER.restart(date(2018, 9, 20), "补正").restart(date(2018, 9, 13), "补录")
        assert twice.due().restart == date(2018, 9, 20)


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
        assert Ledger.from_dict(ledger.as_dict()) == ledger
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
        assert Ledger.from_dict(json.loads(json.dumps(found.as_dict()))) == found

    def test_an_extension_can_be_corrected_into_a_late_one(self) -> None:
        extended = self.LEDGER.extend(START, "复杂", by="5工作日")
        late = Extended(date(2018, 12, 3), WorkingDays(5), ground="复杂")
        found = extended.correct(1, date(2018, 12, 4), "日期有误", by=late)
        assert isinstance(found.entries[1], Corrected)
        assert found.entries[1].by == attrs.evolve(late, late=True)
        assert found.due() == self.LEDGER.due()


class TestLamps:
    LEDGER = Ledger("10工作日", START)  # due on 2018-09-25

    @pytest.mark.parametrize(
        ("day", "lamp"),
        [(19, Lamp.GREEN), (20, Lamp.YELLOW), (25, Lamp.YELLOW), (26, Lamp.RED)],
    )
    def test_the_default_is_two_working_days(self, day: int, lamp: Lamp) -> None:
        assert self.LEDGER.lamp(date(2018, 9, day)) is lamp

    def test_a_share_of_the_budget(self) -> None:
        lamps = Lamps("1/2", "1工作日")
        assert lamps == Lamps(Fraction(1, 2), WorkingDays(1))
        shown = [self.LEDGER.lamp(date(2018, 9, day), lamps).label.zh for day in (14, 17, 20, 21, 25)]
        assert shown == ["绿灯", "黄灯", "黄灯", "红灯", "红灯"]

    def test_what_has_ended_keeps_its_lamp(self) -> None:
        assert self.LEDGER.end(date(2018, 9, 25), "办结").lamp(date(2019, 1, 1)) is Lamp.GREEN
        assert self.LEDGER.end(date(2018, 9, 26), "办结").lamp(date(2019, 1, 1)) is Lamp.RED
        assert self.LEDGER.waive(date(2018, 9, 26), "撤回").lamp(date(2019, 1, 1)) is Lamp.GREEN

    @pytest.mark.parametrize("wrong", ["0/0", "3/2", 3, "5日", 0.5, None])
    def test_what_switches_no_lamp_on_is_refused(self, wrong: object) -> None:
        with pytest.raises(DeadlineError):
            Lamps(wrong)  # type: ignore[arg-type]


class TestWriting:
    LEDGER = (
        Ledger("30工作日", START, rules=DueRules(first_excluded_counts=True, closes=time(17)))
        .exclude(date(2018, 9, 12), date(2018, 9, 13), Label("补正", "supplement"), citation=LICENSING("45"))
        .pause(datetime(2018, 9, 27, 18, tzinfo=UTC), "鉴定", actor="张三", citation=OURS())
        .resume(date(2018, 9, 28))
        .end(date(2018, 9, 29), "办结")
    )

    def test_it_says_who_why_and_where(self) -> None:
        assert self.LEDGER.explain().text().startswith("2018-09-10起30工作日：已终结，2018-")
        text = str(self.LEDGER.explain())
        assert "entry 1: 2018-09-12..2018-09-13 left out: supplement (Administrative Licensing Law, 45)" in text
        assert "entry 2: paused from 2018-09-28: 鉴定 (our own choice; 张三)" in text
        assert "resumed on the same day, nothing left out" in text
        assert "（《中华人民共和国行政许可法》第45条）" in self.LEDGER.explain().text()

    def test_every_status_has_its_head(self) -> None:
        paused = Ledger("1日", START).pause(START, "鉴定")
        assert str(paused.explain()).startswith(
            "1 day from 2018-09-10: paused, due 2018-09-11 Tuesday at the earliest, 1 day left"
        )
        assert "（中止中" in paused.explain().text()
        guess = Ledger("400工作日", china().horizon - 100 * DAY)
        assert "(provisional)" in str(guess.explain())
        assert "（暂定）" in guess.explain().text()
        resumed = Ledger("5日", START).pause(date(2018, 9, 12), "鉴定").resume(date(2018, 9, 14))
        assert "resumed on 2018-09-14, 2018-09-12..2018-09-13 left out" in str(resumed.explain())
        assert "waived from" in str(Ledger("1日", START).waive(START, "撤回").explain())

    def test_it_is_written_as_json(self) -> None:
        written = json.loads(json.dumps(self.LEDGER.as_dict()))
        assert written["rules"] == "closes=17:00:00;first_excluded_counts=true"
        assert written["entries"][1]["at"] == "2018-09-28T02:00:00+08:00"
        assert Ledger.from_dict(written) == self.LEDGER

    @pytest.mark.parametrize(
        "change",
        [{"period": None}, {"start": "today"}, {"entries": [{}]}, {"entries": [{"kind": "moved"}]}, {"entries": 5}],
    )
    def test_what_is_no_ledger_is_refused(self, change: dict[str, object]) -> None:
        with pytest.raises(DeadlineError):
            Ledger.from_dict(self.LEDGER.as_dict() | change)

    def test_what_it_was_computed_under(self) -> None:
        assert self.LEDGER.calendar is china()
        assert Ledger("1日", START, calendar=china(), rules=DueRules()) == Ledger("1日", START)
        assert yingshang_flow.Ledger is Ledger

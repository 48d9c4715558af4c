"""What contradicts itself in a ledger is refused with the reason, one entry after another or all at once."""

from datetime import UTC, date, datetime, time

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.deadlines.ledgers import DAY, START, ledgers
from yingshang_flow.deadlines import (
    Corrected,
    DueRules,
    Excluded,
    Ledger,
    LedgerStatus,
    Paused,
    Resumed,
)
from yingshang_flow.deadlines.entries import applying
from yingshang_flow.errors import DeadlineError


@given(ledgers())
def test_what_can_be_said_at_once_can_be_said_one_after_another(ledger: Ledger) -> None:
    grown = attrs.evolve(ledger, entries=())
    for entry in ledger.entries:
        grown = attrs.evolve(grown, entries=(*grown.entries, entry))
    assert grown == ledger


@given(st.data(), ledgers(closings=False))
def test_pausing_what_is_paused_and_resuming_what_runs_is_refused(data: st.DataObject, ledger: Ledger) -> None:
    effects = [entry for entry in applying(ledger.entries).values() if isinstance(entry, Paused | Resumed)]
    day = max([ledger.due().start, *(entry.day for entry in ledger.entries)]) + data.draw(st.integers(1, 40)) * DAY
    if effects and isinstance(effects[-1], Paused):
        with pytest.raises(DeadlineError, match="the period is paused already, by entry"):
            ledger.pause(day, "鉴定")
    else:
        with pytest.raises(DeadlineError, match="the period runs; only a paused one is resumed"):
            ledger.resume(day)


@given(st.data(), ledgers(closings=False))
def test_time_that_is_left_out_is_not_left_out_twice(data: st.DataObject, ledger: Ledger) -> None:
    stopped = [entry for entry in applying(ledger.entries).values() if isinstance(entry, Excluded)]
    assume(stopped)
    one = data.draw(st.sampled_from(stopped))
    first = one.first - data.draw(st.integers(0, 9)) * DAY
    with pytest.raises(DeadlineError, match=r"overlaps|before the start"):
        ledger.exclude(first, data.draw(st.dates(one.first, one.last + 9 * DAY)), "检验")


@given(ledgers(corrections=False, closings=False), st.booleans(), st.integers(1, 40))
def test_nothing_happens_after_an_end_or_a_waiver(ledger: Ledger, ended: bool, k: int) -> None:  # noqa: FBT001 - drawn
    last = max([ledger.due().start, *(entry.day for entry in ledger.entries)])
    closed, day = ledger.end(last, "办结") if ended else ledger.waive(last, "撤回"), last + k * DAY
    for method in ("pause", "resume", "restart", "end", "waive"):
        with pytest.raises(DeadlineError, match="cannot follow entry"):
            getattr(closed, method)(day, "补录")
    with pytest.raises(DeadlineError, match="cannot follow entry"):
        closed.exclude(last, day, "听证")
    assert closed.status(date(2030, 1, 1)) is (LedgerStatus.ENDED if ended else LedgerStatus.WAIVED)
    assert closed.remaining(date(2030, 1, 1)) == closed.remaining()


def test_two_pauses_at_once_are_refused_although_one_of_them_is_struck_out_later() -> None:
    pauses = [Paused(START, ground="鉴定"), Paused(date(2018, 9, 12), ground="听证")]
    struck = Corrected(date(2018, 9, 20), 2, ground="误记")
    with pytest.raises(DeadlineError, match=r"entry 2 \(paused 2018-09-12\) is refused: the period is paused already"):
        Ledger("30工作日", START, entries=[*pauses, struck])
    one_by_one = Ledger("30工作日", START, entries=[pauses[0], attrs.evolve(struck, number=1), pauses[1]])
    assert one_by_one.due(date(2018, 9, 20)).exclude == ((date(2018, 9, 12), date(2018, 9, 19)),)


def test_a_restart_before_what_came_after_hours_counts_as_received_is_refused_when_it_is_recorded() -> None:
    rules, evening = DueRules(closes=time(17), after_hours="next_day"), datetime(2018, 9, 10, 12, tzinfo=UTC)
    ledger = Ledger("5工作日", evening, rules=rules)
    with pytest.raises(DeadlineError, match="from 2018-09-11 cannot start anew before it, on 2018-09-10"):
        ledger.restart(START, "补正")
    assert ledger.restart(date(2018, 9, 11), "补正").due() != ledger.due()


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

    def test_an_amount_of_another_unit(self) -> None:
        said = "another unit than the budget, 30工作日: give an amount in the same unit"
        self.refused(self.BASE, said, "extend", date(2018, 9, 20), "复杂", by="5日")

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

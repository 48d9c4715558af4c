"""The lamp of a deadline: when it changes, and what it can be changed by."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deadlines.ledgers import DAY, START, ledgers, moments_of
from yingshang_flow.deadlines import Lamp, Lamps, Ledger, LedgerStatus, WorkingDays
from yingshang_flow.errors import DeadlineError

LEDGER = Ledger("10工作日", START)  # due on 2018-09-25


@pytest.mark.parametrize(
    ("day", "lamp"),
    [(19, Lamp.GREEN), (20, Lamp.YELLOW), (25, Lamp.YELLOW), (26, Lamp.RED)],
)
def test_the_default_is_two_working_days(day: int, lamp: Lamp) -> None:
    assert LEDGER.lamp(date(2018, 9, day)) is lamp


def test_a_share_of_the_budget() -> None:
    lamps = Lamps("1/2", "1工作日")
    assert lamps == Lamps(Fraction(1, 2), WorkingDays(1))
    shown = [LEDGER.lamp(date(2018, 9, day), lamps).label.zh for day in (14, 17, 20, 21, 25)]
    assert shown == ["绿灯", "黄灯", "黄灯", "红灯", "红灯"]


def test_what_has_ended_keeps_its_lamp() -> None:
    assert LEDGER.end(date(2018, 9, 25), "办结").lamp(date(2019, 1, 1)) is Lamp.GREEN
    assert LEDGER.end(date(2018, 9, 26), "办结").lamp(date(2019, 1, 1)) is Lamp.RED
    assert LEDGER.waive(date(2018, 9, 26), "撤回").lamp(date(2019, 1, 1)) is Lamp.GREEN


@pytest.mark.parametrize("wrong", ["0/0", "3/2", 3, "5日", 0.5, None])
def test_what_switches_no_lamp_on_is_refused(wrong: object) -> None:
    with pytest.raises(DeadlineError):
        Lamps(wrong)  # type: ignore[arg-type]


def test_a_budget_of_days_turns_yellow_by_working_days_too() -> None:
    holidays = Ledger("25日", START)  # due on Monday 2018-10-08, after a week of holidays
    assert holidays.lamp(date(2018, 9, 28)) is Lamp.GREEN
    assert holidays.lamp(date(2018, 9, 29)) is Lamp.YELLOW


@given(st.data(), ledgers(), st.integers(1, 30))
def test_it_is_yellow_when_no_more_working_days_are_left_than_that(data: st.DataObject, ledger: Ledger, n: int) -> None:
    moment = data.draw(moments_of(ledger))
    if isinstance(ledger.period, WorkingDays) and ledger.status(moment) in {LedgerStatus.RUNNING, LedgerStatus.PAUSED}:
        few = ledger.remaining(moment) <= n
        assert ledger.lamp(moment, Lamps(WorkingDays(n))) is (Lamp.YELLOW if few else Lamp.GREEN)
        assert ledger.lamp(moment, Lamps(WorkingDays(50), WorkingDays(n))) is Lamp.RED or not few


@given(st.integers(1, 60), st.integers(1, 9))
def test_without_entries_it_only_gets_worse(n: int, share: int) -> None:
    ledger, order = Ledger(WorkingDays(n), START), [Lamp.GREEN, Lamp.YELLOW, Lamp.RED]
    shown = [ledger.lamp(START + k * DAY, Lamps(Fraction(share, 10), Fraction(share, 20))) for k in range(120)]
    assert shown == sorted(shown, key=order.index)
    assert shown[-1] is Lamp.RED


@pytest.mark.parametrize(
    ("yellow", "red"), [("2工作日", "3工作日"), ("1/4", "1/3"), (WorkingDays(0.5), WorkingDays(1))]
)
def test_a_red_lamp_that_hides_the_yellow_one_is_refused(yellow: str, red: str) -> None:
    with pytest.raises(DeadlineError, match=f"red at {red} comes before yellow at {yellow}: swap them"):
        Lamps(yellow, red)
    assert str(Lamps(red, yellow).red) == str(yellow)


def test_only_lamps_set_it() -> None:
    with pytest.raises(DeadlineError, match=r"lamps are set by Lamps, for example .*, not by '1/4'"):
        LEDGER.lamp(START, "1/4")  # type: ignore[arg-type]

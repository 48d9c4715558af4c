"""A notice as data: what is wrong with one is told at once, and which ones hold in a place."""

from datetime import date, datetime
from typing import Any

import pytest

from yingshang_flow.deadlines import CHINA_TIME, Notice, china
from yingshang_flow.deadlines.notice import for_places
from yingshang_flow.errors import CalendarError
from yingshang_flow.words import Label

OFF = Label("放假", "day off")
TITLE = Label("令（编造）", "made-up order")
DAY = date(2026, 11, 3)


def test_a_misshapen_notice_is_refused_with_everything_that_is_wrong_with_it() -> None:
    days: Any = [("2026-11-03", OFF)]
    wrong: dict[str, Any] = {"scope": " ", "issued": "2026-10-01", "number": None, "publishes": True}
    with pytest.raises(CalendarError) as refused:
        Notice("", "令", days, **wrong)  # type: ignore[arg-type]
    assert str(refused.value) == (
        "notice '': key is a text, not ''; scope is a text, not ' '; title is a Label, not '令'; "
        "number is a text, not None; issued is a date, not '2026-10-01'; publishes is a year, not True; "
        "each entry is a date with its Label; not so: 2026-11-03"
    )


def test_a_moment_is_no_day_of_issue() -> None:
    with pytest.raises(CalendarError, match="issued is a date, not datetime"):
        Notice("n", TITLE, {DAY: OFF}, issued=datetime(2026, 10, 1, tzinfo=CHINA_TIME))


@pytest.mark.parametrize("days", [None, 5, [DAY], [(DAY,)], "2026-11-03", [(DAY, OFF, OFF)]])
def test_days_that_are_no_pairs_are_refused(days: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(CalendarError, match="a notice's days are a mapping from date to Label, or pairs of both, not"):
        Notice("n", TITLE, days)


def test_pairs_may_be_lists() -> None:
    pairs: Any = [[DAY, OFF]]
    assert not china(notices=[Notice("n", TITLE, pairs)]).is_working(DAY)


@pytest.mark.parametrize(
    ("issued", "right"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 11, 4), True),
        (date(2027, 12, 31), True),
        (date(2028, 1, 1), False),
        (date(2062, 11, 4), False),
    ],
)
def test_a_yearly_notice_is_issued_in_its_year_or_the_one_before(issued: date, right: bool) -> None:  # noqa: FBT001
    def notice() -> Notice:
        return Notice("n", TITLE, {date(2027, 5, 3): OFF}, publishes=2027, issued=issued)

    if right:
        assert notice().issued == issued
    else:
        with pytest.raises(CalendarError, match=f"it publishes 2027, but is issued on {issued}, neither in that year"):
            notice()


def test_every_day_that_is_listed_twice_is_named() -> None:
    twice = [(DAY, OFF), (DAY, OFF), (date(2026, 11, 4), OFF)]
    with pytest.raises(CalendarError, match=r"a day is listed twice: 2026-11-03, 2026-11-07; list each once"):
        Notice("n", TITLE, twice, [(date(2026, 11, 7), OFF)] * 3)


def test_a_place_that_is_named_twice_gets_each_order_once() -> None:
    order = Notice("n", TITLE, {DAY: OFF}, scope="大连市")
    everywhere = Notice("m", TITLE, {date(2026, 11, 4): OFF})
    assert for_places([order, everywhere], "大连市", "national", "大连市") == (everywhere, order)

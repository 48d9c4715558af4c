"""The entries of a ledger: what one has to say, and from when it is known."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from tests.deadlines.ledgers import START, moments
from yingshang_flow.deadlines import (
    CHINA_TIME,
    Corrected,
    Excluded,
    Extended,
    FixedDate,
    Paused,
    Resumed,
    WorkingDays,
    china_date,
)
from yingshang_flow.deadlines.entries import Moment, applying, known_by, known_from, recorded
from yingshang_flow.errors import DeadlineError, PeriodError, TimeError
from yingshang_flow.words import Label

FIVE = WorkingDays(5)


def test_it_is_recorded_on_its_own_day_unless_it_says_otherwise() -> None:
    assert recorded(Excluded(START, date(2018, 9, 12), ground="听证")) == START
    assert recorded(Paused(START, ground="鉴定", at=date(2018, 9, 12))) == date(2018, 9, 12)


@given(moments(START, most=5), moments(START, most=5))
def test_a_day_without_a_time_of_day_counts_as_a_whole(at: Moment, moment: Moment) -> None:
    both = isinstance(at, datetime) and isinstance(moment, datetime)
    known = at <= moment if both else china_date(at) <= china_date(moment)
    assert (known_from(Paused(START, ground="鉴定", at=at)) <= known_by(moment)) is known


def test_a_moment_of_another_time_zone_is_read_in_china() -> None:
    late = datetime(2018, 9, 10, 18, tzinfo=UTC)
    assert known_by(late) == known_from(Paused(START, ground="鉴定", at=late)) == late
    assert known_by(late).date() == date(2018, 9, 11)
    with pytest.raises(TimeError, match="no time zone"):
        known_by(datetime(2018, 9, 10))  # noqa: DTZ001 - that is what is refused


def test_what_is_corrected_applies_until_the_correction_is_known() -> None:
    paused, resumed = Paused(START, ground="鉴定"), Resumed(date(2018, 9, 14), ground="鉴定完毕")
    right = Resumed(date(2018, 9, 13), ground="鉴定完毕")
    replaced = Corrected(date(2018, 9, 20), 2, right, ground="误记")
    struck = Corrected(date(2018, 9, 21), 2, ground="误记")
    again = Corrected(date(2018, 9, 22), 2, right, ground="误记")
    entries = (paused, resumed, replaced, struck, again)
    noon = datetime(2018, 9, 19, 12, tzinfo=CHINA_TIME)
    assert applying(entries, noon) == {1: paused, 2: resumed}
    assert applying(entries, noon.replace(day=20)) == {1: paused, 2: right}
    assert applying(entries, noon.replace(day=21)) == {1: paused}
    assert applying(entries) == {1: paused, 2: right}


@pytest.mark.parametrize("ground", ["", "  ", None, 5, Label("鉴定", ""), Label(5, "appraisal")])  # type: ignore[arg-type]
def test_a_ground_has_words(ground: object) -> None:
    with pytest.raises(DeadlineError, match=r"^paused: the ground is a text or a Label, not "):
        Paused(START, ground=ground)  # type: ignore[arg-type]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(DeadlineError) as refused:
        Resumed(START, ground="", actor=" ", citation="42")  # type: ignore[arg-type]
    assert str(refused.value) == (
        "resumed: the ground is a text or a Label, not ''; the actor is a text or none, not ' '; "
        "the citation is a Citation or none, not '42'"
    )


@pytest.mark.parametrize("day", ["2018-09-10", 20180910, None, datetime(2018, 9, 10)])  # noqa: DTZ001 - refused
def test_a_day_is_a_date_or_an_aware_datetime(day: date) -> None:
    for build in (
        lambda: Paused(day, ground="鉴定"),
        lambda: Excluded(day, START, ground="听证"),
        lambda: Excluded(START, day, ground="听证"),
    ):
        with pytest.raises(TimeError):
            build()


def test_a_moment_of_recording_is_a_date_or_an_aware_datetime() -> None:
    for at in ("2018-09-10", 5, datetime(2018, 9, 10)):  # noqa: DTZ001 - refused
        with pytest.raises(TimeError):
            Paused(START, ground="鉴定", at=at)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [0, -1, True, "1", 1.0, None])
def test_entries_are_numbered_from_1(number: int) -> None:
    with pytest.raises(DeadlineError, match="entries are numbered from 1"):
        Corrected(START, number, ground="误记")


@pytest.mark.parametrize("by", ["nothing", FIVE, Corrected(START, 1, ground="误记")])
def test_a_correction_is_not_replaced_by_what_has_no_effect(by: object) -> None:
    with pytest.raises(DeadlineError, match="replaced by another one or by none"):
        Corrected(START, 1, by, ground="误记")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("by", "to", "late", "problem"),
    [
        (None, None, False, "either an amount"),
        (FIVE, FIVE, False, "either an amount"),
        (FixedDate(START), None, False, "cannot be by 2018-09-10: give an amount, or that date as the ceiling"),
        ("每月末", None, False, "cannot be by 每月末"),
        (None, "每月末", False, "cannot be to 每月末: give a length from the start, or a date"),
        (5, None, False, "a length is a Period or its text, for example 30工作日, not 5"),
        (FIVE, None, "no", "true or false: 'no' says neither"),
        (FIVE, None, 1, "true or false: 1 says neither"),
    ],
)
def test_an_extension_has_one_length(by: WorkingDays, to: WorkingDays, late: bool, problem: str) -> None:  # noqa: FBT001 - drawn
    with pytest.raises(DeadlineError, match=problem):
        Extended(START, by, to, late, ground="复杂")


def test_a_length_that_cannot_be_read_is_refused_as_everywhere() -> None:
    with pytest.raises(PeriodError, match="without 'about'"):
        Extended(START, "7天左右", ground="复杂")


def test_excluded_time_does_not_end_before_it_starts() -> None:
    with pytest.raises(DeadlineError, match=r"2018-09-10\.\.2018-09-09; swap the two dates"):
        Excluded(START, date(2018, 9, 9), ground="听证")

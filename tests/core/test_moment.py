"""Moments: what is read, and which of two is certainly earlier."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.roadworks import at, on
from yingshang_flow.core.moment import Moment, aware
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import TimeError

ZONES = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.one_of(
    st.datetimes(datetime(2021, 1, 1), datetime(2021, 1, 5), timezones=ZONES),  # noqa: DTZ001  # aware by timezones
    st.dates(date(2021, 1, 1), date(2021, 1, 5)),
).map(Moment.of)


def test_an_aware_time_is_read_as_an_instant_in_china() -> None:
    moment = Moment.of(datetime(2021, 3, 1, 20, tzinfo=UTC))
    assert (moment.precision, moment.date) == ("instant", date(2021, 3, 2))
    assert moment.instant.utcoffset() == timedelta(hours=8)


def test_a_date_is_read_as_a_day_in_china() -> None:
    moment = Moment.of(date(2021, 3, 1))
    assert (moment.precision, moment.instant) == ("day", at("2021-03-01"))


def test_a_moment_is_read_as_it_is() -> None:
    moment = on("2021-03-01")
    assert Moment.of(moment) is moment


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (datetime(2021, 3, 1), r"datetime.datetime\(2021, 3, 1, 0, 0\) is no aware datetime; add a time zone"),  # noqa: DTZ001
        ("2021-03-01", "a time is a date or an aware datetime, not '2021-03-01'"),
        (None, "not None"),
        (date(1948, 12, 31), "1948-12-31 lies outside the years 1949 to 2199"),
        (date(2200, 1, 1), "2200-01-01 lies outside the years 1949 to 2199"),
        (datetime(1948, 12, 31, tzinfo=CHINA_TIME), "1948-12-31 .* lies outside the years"),
        (datetime(2200, 1, 1, tzinfo=CHINA_TIME), "2200-01-01 .* lies outside the years"),
    ],
)
def test_what_is_no_possible_time_is_refused(value: date, message: str) -> None:
    with pytest.raises(TimeError, match=message):
        Moment.of(value)


@pytest.mark.parametrize("value", [date(1949, 1, 1), date(2199, 12, 31), datetime(2199, 12, 31, 23, tzinfo=UTC)])
def test_the_first_and_last_possible_times_are_read(value: date) -> None:
    assert Moment.of(value).instant.year in {1949, 2199, 2200}


@pytest.mark.parametrize("value", ["2021-03-01", date(2021, 3, 1)])
def test_an_instant_is_an_aware_datetime_and_nothing_else(value: datetime) -> None:
    with pytest.raises(TimeError, match="is no aware datetime"):
        aware(value)


def test_a_day_ends_at_the_next_midnight_and_an_instant_at_once() -> None:
    assert on("2021-03-01").end == at("2021-03-02")
    assert Moment.of(at("2021-03-01 09:00")).end == at("2021-03-01 09:00")


@given(MOMENTS, MOMENTS)
def test_one_is_before_another_when_all_it_can_mean_is(one: Moment, other: Moment) -> None:
    possible = one.end if one.precision == "day" else one.instant + timedelta.resolution
    assert one.before(other) == (possible <= other.instant)


@given(MOMENTS, MOMENTS)
def test_of_two_at_most_one_is_before_the_other(one: Moment, other: Moment) -> None:
    assert not (one.before(other) and other.before(one))
    assert not one.before(one)


def test_a_day_is_not_before_an_instant_of_the_same_day() -> None:
    day, morning = on("2021-03-01"), Moment.of(at("2021-03-01 09:00"))
    assert not day.before(morning)
    assert not morning.before(day)


def test_a_moment_is_written_as_exactly_as_it_is_known() -> None:
    assert str(on("2021-03-01")) == "2021-03-01"
    assert str(Moment.of(at("2021-03-01 09:05:59"))) == "2021-03-01 09:05+08:00"

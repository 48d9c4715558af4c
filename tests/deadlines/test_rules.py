"""The switches of the period rules."""

from datetime import date, time
from typing import Any

import pytest

from yingshang_flow.deadlines import CHINA_TIME, DueRules, OfficeHours, parse_switches
from yingshang_flow.errors import DeadlineError


def test_the_defaults_are_the_marked_ones() -> None:
    assert DueRules() == DueRules.parse("") == DueRules.parse(" ; ")
    assert DueRules() == DueRules.parse(
        "count_start=false;roll=any;closes=24:00;after_hours=same_day;first_excluded_counts=false;tax_extension=false;"
        "fixed_roll=stay;past_horizon=provisional"
    )


def test_every_switch_of_the_rules_is_read() -> None:
    text = (
        "count_start=true; roll = none ;closes=17:00;first_excluded_counts=true;fixed_roll=earlier;past_horizon=refuse;"
        "after_hours=next_day;tax_extension=true;office_hours=08:30-11:30,13:00-17:00"
    )
    assert DueRules.parse(text) == DueRules(
        count_start=True,
        roll="none",
        closes=time(17),
        first_excluded_counts=True,
        fixed_roll="earlier",
        past_horizon="refuse",
        after_hours="next_day",
        tax_extension=True,
        office_hours=OfficeHours((time(8, 30), time(11, 30)), (time(13), time(17))),
    )


def test_the_switches_of_a_row_become_arguments_of_due() -> None:
    assert parse_switches("") == {}
    assert parse_switches("roll=none") == {"rules": DueRules(roll="none")}
    assert parse_switches("restart=2021-10-08;exclude=2021-09-29..2021-09-30,2021-10-08 .. 2021-10-08") == {
        "restart": date(2021, 10, 8),
        "exclude": ((date(2021, 9, 29), date(2021, 9, 30)), (date(2021, 10, 8), date(2021, 10, 8))),
    }


def test_all_bad_switches_are_named_with_the_known_ones() -> None:
    with pytest.raises(DeadlineError) as refused:
        parse_switches(
            "rol=none;roll;closes=noon;count_start=1;restart=soon;exclude=2021-09-29;fixed_roll=stay;fixed_roll=stay"
        )
    for problem in (
        "'rol' is no switch (known: count_start, date_included, sent_counts, first_excluded_counts, tax_extension, ",
        "fixed_roll, past_horizon, office_hours, exclude, restart)",
        "'roll' has no value: write roll=…",
        "'closes' cannot be 'noon': write a time such as 17:00, or 24:00",
        "'count_start' cannot be '1': write true or false",
        "'restart' cannot be 'soon': write a date such as 2021-10-08",
        "'exclude' cannot be '2021-09-29': write pairs of dates",
        "'fixed_roll' is given twice",
    ):
        assert problem in str(refused.value)


def test_a_rule_is_switched_to_a_known_value_only() -> None:
    with pytest.raises(DeadlineError, match="'roll' cannot be 'sometimes': write any or none or statutory"):
        DueRules.parse("roll=sometimes")


def test_the_rules_alone_know_no_excluded_time() -> None:
    with pytest.raises(DeadlineError, match="'exclude' is no switch"):
        DueRules.parse("exclude=2021-09-29..2021-09-30")


def test_switches_are_text() -> None:
    with pytest.raises(DeadlineError, match="switches are written as text"):
        parse_switches(None)  # type: ignore[arg-type]


def test_all_wrong_values_are_refused_together() -> None:
    wrong: dict[str, Any] = {
        "count_start": 1,
        "roll": "never",
        "closes": time(17, tzinfo=CHINA_TIME),
        "first_excluded_counts": None,
        "fixed_roll": "up",
        "past_horizon": "x",
        "after_hours": "never",
        "tax_extension": 3,
        "office_hours": "09:00-17:00",
    }
    with pytest.raises(DeadlineError) as refused:
        DueRules(**wrong)
    for problem in (
        "count_start is true or false, not 1",
        "first_excluded_counts is true or false, not None",
        "roll is one of any, none, statutory, not 'never'",
        "fixed_roll is one of stay, earlier, later, not 'up'",
        "past_horizon is one of provisional, refuse, not 'x'",
        "closes is a time without a time zone",
        "after_hours is one of same_day, next_day, not 'never'",
        "tax_extension is true or false, not 3",
        "office_hours are OfficeHours or none, not '09:00-17:00'",
    ):
        assert problem in str(refused.value)


class TestOfficeHours:
    def test_are_printed_as_they_are_read(self) -> None:
        assert str(OfficeHours()) == "09:00-12:00,13:00-17:00"
        assert OfficeHours.parse("09:00\N{EN DASH}12:00, 13:00 \N{EN DASH} 17:00") == OfficeHours()

    @pytest.mark.parametrize("text", ["09:00-17:00", "9-12,13-17", "09:00-12:00,13:00", "", None])
    def test_that_cannot_be_read_are_refused(self, text: str) -> None:
        with pytest.raises(DeadlineError, match="office hours are written 09:00-12:00,13:00-17:00, not"):
            OfficeHours.parse(text)

    @pytest.mark.parametrize(
        ("morning", "afternoon"),
        [
            ((time(12), time(9)), (time(13), time(17))),
            ((time(9), time(13)), (time(12), time(17))),
            ((time(9), time(9)), (time(13), time(17))),
            ((time(9), time(12)), (time(13),)),
            ((time(9), time(12)), "13:00-17:00"),
            ((time(9), time(12, tzinfo=CHINA_TIME)), (time(13), time(17))),
        ],
    )
    def test_that_cannot_be_are_refused(self, morning: object, afternoon: object) -> None:
        with pytest.raises(DeadlineError, match="office hours are a morning and an afternoon"):
            OfficeHours(morning, afternoon)  # type: ignore[arg-type]

    def test_that_cannot_be_are_a_bad_switch(self) -> None:
        with pytest.raises(DeadlineError, match="'office_hours' cannot be '09:00-17:00': write a morning and an"):
            DueRules.parse("office_hours=09:00-17:00")

    def test_have_one_close_of_business(self) -> None:
        assert DueRules(office_hours=OfficeHours(), closes=time(17)).close_of_business == time(17)
        assert DueRules(office_hours=OfficeHours()).close_of_business == DueRules().close_of_business == time(17)
        with pytest.raises(DeadlineError, match="closes is the end of the office hours 09:00-12:00,13:00-17:00, or"):
            DueRules(office_hours=OfficeHours(), closes=time(18))

    def test_are_the_default_ones_until_the_close_of_business(self) -> None:
        assert DueRules(closes=time(16, 30)).hours == OfficeHours.parse("09:00-12:00,13:00-16:30")
        assert DueRules(closes=time(11)).close_of_business == time(11)
        with pytest.raises(DeadlineError, match=r"need an afternoon .*closes at 11:00: set office_hours too"):
            DueRules(closes=time(11)).hours  # noqa: B018 - it raises

"""What a report says in words about days and numbers."""

import calendar
from datetime import date

import pytest

from yingshang_flow.compliance.report.wording import day, working_days


@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_is_written_as_each_language_writes_it(month: int) -> None:
    said = day(date(2018, month, 9))
    assert (said.zh, said.en) == (f"2018年{month}月9日", f"9 {calendar.month_name[month]} 2018")


@pytest.mark.parametrize(("number", "said"), [(0, "0 working days"), (1, "1 working day"), (2, "2 working days")])
def test_one_is_not_many(number: int, said: str) -> None:
    assert working_days(number) == said

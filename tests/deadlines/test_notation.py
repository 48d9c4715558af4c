"""How periods are written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import (
    MONTH_END,
    QUARTER_END,
    WEEKLY,
    CalendarDays,
    FixedDate,
    Months,
    Period,
    Recurring,
    Timetable,
    WorkingDays,
    parse,
)
from yingshang_flow.deadlines.notation import _number, _spellings
from yingshang_flow.errors import PeriodError

SCHEDULE = Timetable((date(2018, 12, 31), date(2019, 6, 30)))
PERIODS = st.one_of(
    st.integers(1, 36500).map(WorkingDays),
    st.integers(1, 73000).map(lambda halves: WorkingDays(halves / 2)),
    st.integers(1, 36500).map(lambda n: Recurring("working_day", n)),
    st.integers(1, 36500).map(CalendarDays),
    st.integers(1, 1200).map(Months),
    st.dates(max_value=date(9998, 12, 31)).map(FixedDate),
    st.sampled_from([WEEKLY, MONTH_END, QUARTER_END]),
    st.sets(st.dates(date(1950, 1, 1), date(2100, 12, 31)), min_size=1, max_size=400).map(
        lambda dates: Timetable(tuple(sorted(dates)))
    ),
)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("7工作日", WorkingDays(7)),
        ("7个工作日", WorkingDays(7)),
        ("七个工作日", WorkingDays(7)),
        ("三十个工作日", WorkingDays(30)),
        ("30 working days", WorkingDays(30)),
        ("0.5工作日", WorkingDays(0.5)),
        ("3.5 working days", WorkingDays(3.5)),
        ("3.50个工作日内", WorkingDays(3.5)),
        ("8.5工作日", WorkingDays(8.5)),
        ("3.0工作日", WorkingDays(3)),
        ("半个工作日", WorkingDays(0.5)),
        ("half a working day", WorkingDays(0.5)),
        ("一个半工作日", WorkingDays(1.5)),
        ("3个半工作日", WorkingDays(3.5)),
        ("每5个工作日", Recurring("working_day", 5)),
        ("每五个工作日", Recurring("working_day", 5)),
        ("每 10 工作日", Recurring("working_day", 10)),
        ("每个工作日", Recurring("working_day")),
        ("按序时进度：2018年12月31日、2019-06-30", SCHEDULE),
        ("按序时进度: 2018-12-31, 2019-06-30", SCHEDULE),
        ("As scheduled: 2018-12-31; 2019-06-30", SCHEDULE),
        ("every working day", Recurring("working_day")),
        ("Every 5 business days", Recurring("working_day", 5)),
        ("1 working day", WorkingDays(1)),
        ("10 Business Days", WorkingDays(10)),
        ("5 workdays", WorkingDays(5)),
        ("within 7 working days", WorkingDays(7)),
        ("七个工作日内", WorkingDays(7)),
        ("７工作日", WorkingDays(7)),
        ("  7   工作日\u3000", WorkingDays(7)),
        ("3个月", Months(3)),
        ("三个月", Months(3)),
        ("两个月以内", Months(2)),
        ("3 months", Months(3)),
        ("半年", Months(6)),
        ("half a year", Months(6)),
        ("2年", Months(24)),
        ("一年", Months(12)),
        ("1 year", Months(12)),
        ("15日", CalendarDays(15)),
        ("十五日", CalendarDays(15)),
        ("15天", CalendarDays(15)),
        ("30个自然日", CalendarDays(30)),
        ("30 calendar days", CalendarDays(30)),
        ("2周", CalendarDays(14)),
        ("2 weeks", CalendarDays(14)),
        ("一百零五日", CalendarDays(105)),
        ("2021-10-30", FixedDate(date(2021, 10, 30))),
        ("2021年10月30日", FixedDate(date(2021, 10, 30))),
        ("2021 年 9 月 1 日前", FixedDate(date(2021, 9, 1))),
        ("每月末", MONTH_END),
        ("每周", WEEKLY),
        ("每季度末", QUARTER_END),
        ("weekly", WEEKLY),
        ("Monthly", MONTH_END),
        ("quarterly", QUARTER_END),
        ("end of month", MONTH_END),
    ],
)
def test_a_period_is_read_as_it_is_written_in_documents(text: str, period: Period) -> None:
    assert parse(text) == period


@given(PERIODS)
def test_what_is_printed_is_read_again(period: Period) -> None:
    assert parse(str(period)) == period
    assert parse(period.text("en")) == period


@given(st.integers(1, 36500))
def test_a_number_in_characters_is_read(n: int) -> None:
    for written in _spellings(n):
        assert parse(f"{written}日") == CalendarDays(n)


@given(st.text("零一二两三四五六七八九十百千万〇", min_size=1, max_size=9))
def test_a_number_in_characters_has_one_meaning_or_none(written: str) -> None:
    try:
        n = _number(written, written)
    except PeriodError:
        return
    assert written in _spellings(n)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "it is empty; write for example 7工作日"),
        (" \u3000 ", "it is empty"),
        ("7 天左右", "'7 天左右' is no period: a limit is one number, without 'about'"),
        ("约30日", "without 'about'"),
        ("按序时进度", "needs its dates; write for example 按序时进度：2018-12-31、2019-06-30"),
        ("按序时进度：", "needs its dates"),
        ("按序时进度：每月", "'每月' is no date, write 2021-10-30"),
        ("按序时进度：2019-06-30、2018-12-31", "come one after the other: 2018-12-31 stands after 2019-06-30"),
        ("按序时进度：2019-06-30、2019-06-30", "come one after the other"),
        ("按序时进度：2019-02-30", "no date that exists"),
        ("按序时进度：" + "2019-06-30、" * 500, "is no timetable|one after the other"),
        ("7-10工作日", "no range"),
        ("七至十日", "no range"),
        ("0工作日", "at least 1 of working days, not 0"),
        ("零日", "at least 1 of days, not 0"),
        ("-7工作日", "at least 1 of working days, not -7"),
        ("99999日", "at most 36500 days, not 99999"),
        ("101年", "at most 1200 months, not 1212"),
        ("0.3工作日", r"'0\.3工作日' is no number of working days: .* end in a half, .*\(R12\): write 0\.5 or 3\.5"),
        ("0.50000000000000000000000001 working days", "end in a half"),
        ("0.0工作日", "at least 1 of working days, not 0: "),
        ("-0.5工作日", r"at least 1 of working days, not -0\.5: .*write 0\.5 for half of one"),
        ("36500.5工作日", r"at most 36500 working days, not 36500\.5"),
        ("两天半工作日", "end in a half"),
        ("三五个半工作日", "write it in digits"),
        ("每0.5个工作日", "working days recur in whole numbers; write for example 每5个工作日"),
        ("每半个工作日", "working days recur in whole numbers"),
        ("每-5个工作日", "at least 1 of working days, not -5"),
        ("每99999个工作日", "at most 36500 working days"),
        ("1个半年", "write whole days or months"),
        ("1.5个月", "write whole days or months"),
        ("半日", "write whole days or months"),
        ("半个月", "write whole days or months, for example 15日"),
        ("1.5年", "write whole days or months"),
        ("10月30日", "a date needs its year"),
        ("3月", "write 3个月 for three months"),
        ("2021/10/30", "a date is written 2021-10-30"),
        ("2021-02-30", "is no date that exists"),
        ("2021年13月1日", "is no date that exists"),
        ("9999-12-31", "set no limit"),
        ("30", "the unit is missing"),
        ("三十", "the unit is missing"),
        ("十两日", "write it in digits"),
        ("三五日", "write it in digits"),
        ("二〇日", "write it in digits"),
        ("soon", "write for example 7工作日, 15日, 3个月, 2021-10-30 or 每月末"),
        ("7工作日" * 20, "is too long for a period"),
    ],
)
def test_what_is_no_period_is_refused_with_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(PeriodError, match=advice):
        parse(text)


@pytest.mark.parametrize("value", [7, None, True, b"7", ["7工作日"]])
def test_a_period_is_read_from_text_only(value: str) -> None:
    with pytest.raises(PeriodError, match="a period is read from text, not from"):
        parse(value)

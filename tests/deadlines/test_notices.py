"""Notices from files: both formats, everything that can be wrong with them, and clashes with what is installed."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from yingshang_flow.deadlines import DayKind, Notice, china
from yingshang_flow.deadlines.notices import clashes, read_notice
from yingshang_flow.deadlines.published import known_from
from yingshang_flow.errors import CalendarError
from yingshang_flow.words import Label

Write = Callable[..., Path]
TOML = """
key = "holiday-notice-2027"
title = "国务院办公厅关于2027年部分节假日安排的通知（编造）"
number = "编造〔2026〕1号"
issued = 2026-11-05
publishes = 2027

[[off]]
date = 2027-05-01
until = 2027-05-05
name = "劳动节"

[[off]]
date = 2027-01-04
name = "某某日"
name_en = "Some Day"

[[work]]
date = 2027-05-08
name = "调休上班"
"""
REVERSED = """
key = "k"
title = "t"
off = [
    {name = "n", date = 2026-11-04, until = 2026-11-03},
    {name = "n", date = 2026-11-04, until = "x"},
]
"""
YEARS = sorted(year for year in china().published_years if year >= 2008)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "notice.toml") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def holiday_cn(year: int) -> dict[str, Any]:
    """Write a published year as holiday-cn does, from the installed calendar."""
    known = china()
    days = []
    for day, entry in known.known.items():
        issuing = day.year + (day.month == 12 and entry.kind is not DayKind.HOLIDAY)
        if issuing == year:
            days.append({"name": entry.label.zh, "date": str(day), "isOffDay": entry.kind is not DayKind.MAKE_UP})
    return {"$schema": "x", "$id": "x", "year": year, "papers": [], "days": days}


def test_our_own_format(write: Write) -> None:
    found = read_notice(write(TOML))
    assert (found.key, found.number, found.issued) == ("holiday-notice-2027", "编造〔2026〕1号", date(2026, 11, 5))
    assert (found.publishes, found.scope) == (2027, "national")
    assert [day.day for day, _ in found.days_off] == [1, 2, 3, 4, 5, 4]
    assert [str(label) for _, label in found.days_off[-2:]] == ["劳动节 Labour Day", "某某日 Some Day"]
    assert str(found.working_days[0][1]) == "调休上班 调休上班"
    assert read_notice(write(TOML), issued=date(2026, 11, 6)).issued == date(2026, 11, 6)


def test_a_local_order_has_its_scope(write: Write) -> None:
    head = 'key = "o"\ntitle = "令（编造）"\ntitle_en = "order"\nscope = "大连市"\n'
    order = head + '[[off]]\ndate = 2026-11-03\nname = "停工"'
    found = read_notice(write(order, "o.TOML"))
    assert (found.scope, found.issued, str(found.title)) == ("大连市", None, "令（编造） order")


@pytest.mark.parametrize("year", YEARS)
def test_a_published_year_as_holiday_cn_has_it_is_the_installed_one(write: Write, year: int) -> None:
    found = read_notice(write(json.dumps(holiday_cn(year)), f"{year}.json"))
    assert clashes(found, china()) == ()
    assert china(notices=[found]) == china()
    eve = china(as_of=known_from(year) - timedelta(days=1))
    again, day = eve.with_notices(found), date(year - 1, 12, 1)
    assert again.horizon == date(year, 12, 28)
    while day <= again.horizon:
        assert again.is_working(day) is china().is_working(day), day
        day += timedelta(days=1)
    if year != 2020:  # two of its days off were weekend days, prolonged later
        then = china(as_of=date(year, 9, 30))
        assert {d: e.kind for d, e in again.known.items() if d.year == year} == {
            d: e.kind for d, e in then.known.items() if d.year == year
        }


def test_the_date_of_issue_is_read_from_the_address_of_the_page_where_it_has_one(write: Write) -> None:
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
    ]
    papers = [
        "https://www.gov.cn/zhengce/zhengceku/2026-11/05/content_1.htm",
        "https://www.gov.cn/202611/content_2.htm",
    ]
    document = {"year": 2027, "papers": papers, "days": days}
    found = read_notice(write(json.dumps(document), "2027.json"))
    assert (found.key, found.issued, found.publishes) == ("holiday-notice-2027", date(2026, 11, 5), 2027)
    assert str(found.working_days[0][1]) == "调休上班（元旦） make-up working day (New Year's Day)"
    undated = read_notice(write(json.dumps(document | {"papers": papers[1:]}), "2027.json"))
    assert undated.issued is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key = ", ["it cannot be read: Invalid value"]),
        (b"\xff", ["it is not UTF-8 at byte 0"]),
        ("", ["key: a text, not None", "title: a text, not None"]),
        (
            'key = 1\ntitle = ""\nissued = "2026-11-05"\npublishes = true\nscop = 1\noff = 1\n[[work]]\nday = 1',
            [
                "key: a text, not 1",
                "title: a text, not ''",
                "issued: a date such as 2026-11-04, without quotes, not '2026-11-05'",
                "publishes: a year from 1950 to 2100, not True",
                "scop: there is no such key",
                "off: a list of tables [[off]], not 1",
                "work[0].day: there is no such key; known are date, until, name, name_en",
                "work[0].name: a text, not None",
                "work[0].date: a date such as 2026-11-04, without quotes, not None",
            ],
        ),
        (
            REVERSED,
            [
                "off[0].until: a date from 2026-11-04 on, at most 60 days, not '2026-11-03'",
                "off[1].until: a date such as 2026-11-04, without quotes, not 'x'",
            ],
        ),
        ('key = "k"\ntitle = "t"\n', ["notice 'k' contradicts itself: it has no entry"]),
        ('key = "k"\ntitle = "t"\nissued = 2026-02-30', ["it cannot be read"]),
    ],
)
def test_everything_wrong_with_a_toml_file_is_told_at_once(write: Write, text: str | bytes, said: list[str]) -> None:
    with pytest.raises(CalendarError) as refused:
        read_notice(write(text))
    for expected in ("notice.toml: ", *said):
        assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], ["$: an object with year and days, not []"]),
        ({}, ["year: a year from 1950 to 2100, not None", "days: a list of objects, not None"]),
        ({"year": 2027, "days": []}, ["days: it is empty, as long as the year's notice is not out"]),
        (
            {"year": True, "papers": [1], "days": [1, {"name": 1, "date": "2027-02-30", "isOffDay": 1}]},
            [
                "year: a year from 1950 to 2100, not True",
                "papers: a list of addresses, not [1]",
                "days[0]: an object with name, date and isOffDay, not 1",
                "days[1].name: a text, not 1",
                "days[1].date: a date such as 2026-11-04, not '2027-02-30'",
                "days[1].isOffDay: true or false, not 1",
            ],
        ),
        (
            {"year": 2027, "days": [{"name": "x", "date": "20270101", "isOffDay": True}]},
            ["days[0].date: a date such as 2026-11-04, not '20270101'"],
        ),
        (
            {"year": 2027, "days": [{"name": "x", "date": "2026-05-01", "isOffDay": off} for off in (True, False)]},
            ["a day off and a working day at once: 2026-05-01", "it publishes 2027, but these are not in 2027"],
        ),
    ],
)
def test_everything_wrong_with_a_json_file_is_told_at_once(write: Write, document: object, said: list[str]) -> None:
    with pytest.raises(CalendarError) as refused:
        read_notice(write(json.dumps(document), "2027.json"))
    for expected in ("2027.json: ", *said):
        assert expected in str(refused.value)


def test_a_file_of_another_kind_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match=r"a notice is a \.toml or a \.json file"):
        read_notice(tmp_path / "notice.yaml")
    with pytest.raises(CalendarError, match="No such file"):
        read_notice(tmp_path / "notice.toml")


class TestClashes:
    def test_of_a_yearly_notice_are_found_both_ways(self, write: Write) -> None:
        document = holiday_cn(2026)
        document["days"] = [entry for entry in document["days"] if entry["date"] not in {"2026-01-02", "2026-01-04"}]
        document["days"].append({"name": "元旦", "date": "2026-01-05", "isOffDay": True})
        found = clashes(read_notice(write(json.dumps(document), "2026.json")), china())
        swapped = "调休放假（2026-01-04星期日上班） day off made up on Sunday 2026-01-04"
        made_up = "调休上班（补2026-01-02星期五） make-up working day for Friday 2026-01-02"
        notice = "by notice 'holiday-notice-2026'"
        assert [str(clash) for clash in found] == [
            f"2026-01-02: worked {notice}, off by holiday-notice-2026 ({swapped})",
            f"2026-01-04: off {notice}, worked by holiday-notice-2026 ({made_up})",
            f"2026-01-05: off {notice}, worked by working-hours 7 (星期一 Monday)",
        ]

    def test_there_are_none_before_the_year_is_installed(self, write: Write) -> None:
        assert clashes(read_notice(write(TOML)), china(as_of=date(2026, 1, 1))) == ()

    def test_of_an_order_are_among_its_days_in_published_years(self) -> None:
        off = Label("放假", "day off")
        order = Notice("o", off, {date(2026, 11, 3): off, date(2026, 10, 1): off, date(2090, 11, 3): off})
        assert [clash.date for clash in clashes(order, china())] == [date(2026, 11, 3)]


def test_a_yearly_notice_that_works_a_plain_weekday_changes_nothing_and_is_refused() -> None:
    work = Label("上班", "working day")
    with pytest.raises(CalendarError, match="2026-11-03 already is a working day"):
        china(notices=[Notice("n", work, (), {date(2026, 11, 3): work}, publishes=2026)])


def test_the_last_day_there_is_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "far.toml"
    path.write_text('key = "far"\ntitle = "令（编造）"\n[[off]]\ndate = 9999-12-31\nname = "x"\n', encoding="utf-8")
    assert [day for day, _ in read_notice(path).days_off] == [date(9999, 12, 31)]

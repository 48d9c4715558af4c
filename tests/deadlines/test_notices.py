"""Notices from files: both formats, everything that can be wrong with them, and clashes with what is installed."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import CHINA_TIME, DayKind, Notice, china
from yingshang_flow.deadlines.notices import clashes, read_notice
from yingshang_flow.deadlines.published import known_from
from yingshang_flow.errors import CalendarError, TimeError
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
MISTYPED = """
key = "k"
title = "t"
scope = " "
issued = 2026-11-04T08:00:00
zz = 1
aa = 1
publishes = 3000

[[off]]
date = 9999-12-31
name = "a\\nb"

[[off]]
date = "x"
until = "y"
name = "n"

[[off]]
until = 2026-05-01
name = "n"

[[work]]
date = 9999-12-31
name = "n"
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


PAGE = "https://www.gov.cn/zhengce/zhengceku/2026-11/05/content_1.htm"
NEW_YEAR = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "元旦", "date": "2027-01-03", "isOffDay": False},
]


def test_the_day_of_issue_is_read_from_the_address_of_the_page_where_it_bears_one(write: Write) -> None:
    document = {"year": 2027, "papers": [PAGE], "days": NEW_YEAR}
    found = read_notice(write(json.dumps(document), "2027.json"))
    assert (found.key, found.issued, found.publishes) == ("holiday-notice-2027", date(2026, 11, 5), 2027)
    assert str(found.working_days[0][1]) == "调休上班（元旦） make-up working day (New Year's Day)"


@pytest.mark.parametrize(
    "papers",
    [
        [],
        ["https://www.gov.cn/202611/content_2.htm"],
        ["https://www.gov.cn/zhengce/zhengceku/2026-13/05/content_1.htm"],
        ["https://www.gov.cn/zhengce/zhengceku/2028-03/28/content_1.htm"],  # put up again in a library, as of 2007
        [PAGE, "https://www.gov.cn/zhengce/zhengceku/2027-03/22/content_1.htm"],
    ],
    ids=["no page", "no day", "no such day", "after the year", "a later change too"],
)
def test_a_file_of_holiday_cn_may_not_tell_the_day_of_issue(write: Write, papers: list[str]) -> None:
    path = write(json.dumps({"year": 2027, "papers": papers, "days": NEW_YEAR}), "2027.json")
    assert read_notice(path).issued is None
    assert read_notice(path, issued=date(2026, 11, 6)).issued == date(2026, 11, 6)


def test_of_a_listed_year_the_day_of_issue_is_known(write: Write) -> None:
    path = write(json.dumps(holiday_cn(2014) | {"papers": [PAGE]}), "2014.json")
    assert read_notice(path).issued == date(2013, 12, 11)


def test_the_return_to_work_on_a_weekday_is_no_make_up_day(write: Write) -> None:
    document = holiday_cn(2020)
    document["days"].append({"name": "春节", "date": "2020-02-03", "isOffDay": False})
    found = read_notice(write(json.dumps(document), "2020.json"))
    assert all(day.weekday() >= 5 for day, _ in found.working_days)
    assert china(notices=[found]) == china()


def test_a_day_of_issue_is_a_date(write: Write) -> None:
    with pytest.raises(TimeError, match="a calendar knows days, not moments"):
        read_notice(write(TOML), issued=datetime(2026, 11, 5, tzinfo=CHINA_TIME))


@pytest.mark.parametrize("name", ["notice.toml", "2026.json"])
def test_a_byte_order_mark_is_passed_over(write: Write, name: str) -> None:
    text = TOML if name == "notice.toml" else json.dumps(holiday_cn(2026))
    assert read_notice(write(b"\xef\xbb\xbf" + text.encode(), name)) == read_notice(write(text, name))


@pytest.mark.parametrize(("name", "place"), [("notice.toml", 38), ("2026.json", 78)])
def test_another_encoding_is_refused(write: Write, name: str, place: int) -> None:
    text = TOML if name == "notice.toml" else json.dumps(holiday_cn(2026), ensure_ascii=False)
    for encoding, at in (("gb18030", place), ("utf-16", 0)):
        with pytest.raises(CalendarError, match=rf"it is not UTF-8 at byte {at}; save it as UTF-8"):
            read_notice(write(text.encode(encoding), name))


@pytest.mark.parametrize("name", ["notice.toml", "2026.json"])
def test_a_file_too_large_for_a_notice_is_refused_before_it_is_parsed(write: Write, name: str) -> None:
    with pytest.raises(CalendarError, match=f"{name}: it is larger than 262,144 bytes; that is no notice"):
        read_notice(write(b" " * (2**18 + 1), name))


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
        ('key = "k"\ntitle = "t"\n', ["it has no entry; name its days off and its working days"]),
        (
            MISTYPED,
            [
                "zz: there is no such key; known are key, title, title_en, number, issued, publishes, scope, off, work",
                "work; aa: there is no such key",
                "scope: a text, not ' '",
                "issued: a date such as 2026-11-04, without quotes, not datetime.datetime(2026, 11, 4, 8, 0)",
                "publishes: a year from 1950 to 2100, not 3000",
                "off[0].name: a text of one line, without control characters, not 'a\\nb'",
                "off[1].date: a date such as 2026-11-04, without quotes, not 'x'",
                "off[1].until: a date such as 2026-11-04, without quotes, not 'y'",
                "off[2].date: a date such as 2026-11-04, without quotes, not None",
                "a day off and a working day at once: 9999-12-31",
            ],
        ),
        (
            TOML.replace("[[work]]", "[[off]]").replace("2027-05-08", "2027-05-03").replace("2026-11-05", "2062-11-05"),
            [
                "a day is listed twice: 2027-05-03; list each once",
                "it publishes 2027, but is issued on 2062-11-05, neither in that year nor before it",
            ],
        ),
        (
            TOML.replace("publishes", "scope = '大连市'\npublishes"),
            ["only a national notice publishes a year, not one for 大连市"],
        ),
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
            {"year": 1, "days": [*NEW_YEAR, NEW_YEAR[0], {"name": "x", "date": "2027-05-01", "isOffDay": None}]},
            [
                "year: a year from 1950 to 2100, not 1",
                "days[3].isOffDay: true or false, not None",
                "a day is listed twice: 2027-01-01; list each once",
            ],
        ),
        (
            {"year": 2027, "days": [{"name": "春节", "date": "2027-02-03", "isOffDay": False}]},
            ["days: none is off, and none is a make-up day on a weekend"],
        ),
        (
            {"year": 2027, "papers": "x" * 10**4, "days": NEW_YEAR},
            ["papers: a list of addresses, not 'xxxx", "xxxx...xxxx"],
        ),
        (
            {"year": 2027, "days": [{"name": "\ud800", "date": [2027], "isOffDay": True}, *NEW_YEAR]},
            [
                "days[0].name: a text of one line, without control characters, not '\\ud800'",
                "days[0].date: a date such as 2026-11-04, not [2027]",
            ],
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it cannot be read: Expecting value"),
        ('{"year": 2027, "days": [], "year": 2028, "days": []}', "one object has a key twice: 'year', 'days'"),
        ('{"year": ' + "1" * 5000 + "}", "it cannot be read: "),
        ("[" * 10**5, "it cannot be read: "),
    ],
    ids=["empty", "a key twice", "a huge number", "deep"],
)
def test_a_file_that_is_no_json_is_refused(write: Write, text: str, said: str) -> None:
    with pytest.raises(CalendarError, match=rf"2027\.json: .*{re.escape(said)}"):
        read_notice(write(text, "2027.json"))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=12)
        | st.sampled_from(["2027-05-01", "2027-05-02"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["year", "days", "papers", "name", "date", "isOffDay"]), inner)
        ),
        max_leaves=12,
    )
)
def test_whatever_is_in_a_json_file_it_is_a_notice_or_refused(document: object) -> None:
    whole = document if isinstance(document, dict) else {"year": 2027, "days": document}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "2027.json"
        path.write_text(json.dumps(whole), encoding="utf-8")
        _read_or_refused(path)


@given(st.sampled_from(["notice.toml", "2026.json"]), st.data())
def test_a_file_damaged_anywhere_is_a_notice_or_refused(name: str, data: st.DataObject) -> None:
    content = TOML.encode() if name == "notice.toml" else json.dumps(holiday_cn(2026), ensure_ascii=False).encode()
    at = data.draw(st.integers(0, len(content)))
    piece = data.draw(st.binary(max_size=4) | st.sampled_from([b"0", b"9", b"[", b"}", b'"', b"\n", "节".encode()]))
    gone = data.draw(st.integers(0, 12))
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content[:at] + piece + content[at + gone :])
        _read_or_refused(path)


def _read_or_refused(path: Path) -> None:
    try:
        found = read_notice(path)
    except CalendarError as exc:
        assert str(exc).startswith(f"{path}: ")  # noqa: PT017 - either outcome is right
    else:
        assert found.days_off or found.working_days


def test_a_file_of_another_kind_or_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match=r"a notice is a \.toml or a \.json file"):
        read_notice(tmp_path / "notice.yaml")
    with pytest.raises(CalendarError, match="No such file"):
        read_notice(tmp_path / "notice.toml")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(CalendarError, match="Is a directory"):
        read_notice(tmp_path / "folder.json")


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
        (clash,) = clashes(order, china())
        assert clash.date == date(2026, 11, 3)
        cited = "《国务院关于职工工作时间的规定》第7条"
        assert clash.text("zh") == f"2026-11-03：通知 o 为放假，已载入的为上班（星期二，{cited}）"
        assert clash.text("en") == str(clash)

    def test_days_outside_the_calendar_are_none(self) -> None:
        off, work = Label("放假", "day off"), Label("上班", "working day")
        notice = Notice("n", off, {date(2004, 1, 1): off}, {date(2003, 12, 27): work}, publishes=2004)
        assert not any(clash.date.year == 2003 for clash in clashes(notice, china()))


def test_a_yearly_notice_that_works_a_plain_weekday_changes_nothing_and_is_refused() -> None:
    work = Label("上班", "working day")
    with pytest.raises(CalendarError, match="2026-11-03 already is a working day"):
        china(notices=[Notice("n", work, (), {date(2026, 11, 3): work}, publishes=2026)])


def test_the_last_day_there_is_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "far.toml"
    path.write_text('key = "far"\ntitle = "令（编造）"\n[[off]]\ndate = 9999-12-31\nname = "x"\n', encoding="utf-8")
    assert [day for day, _ in read_notice(path).days_off] == [date(9999, 12, 31)]

"""The calendar of China: its range, its words for each day, and where it is read from."""

import subprocess
import sys
from datetime import date, timedelta

import holidays
import pytest

from yingshang_flow.deadlines import DayKind, Notice, WorkingDays, china, due
from yingshang_flow.deadlines import china as china_module_or_function
from yingshang_flow.errors import CalendarError, CalendarRangeError
from yingshang_flow.words import Label

CHINA = sys.modules["yingshang_flow.deadlines.china"]


def test_the_name_means_the_function_even_after_the_module_was_loaded() -> None:
    assert china_module_or_function() is china()


def test_it_is_built_once() -> None:
    notice = Notice("n", Label("令", "order"), {date(2026, 11, 3): Label("放假", "off")}, scope="大连")
    assert china() is china(notices=[])
    assert china(notices=[notice]) is china(notices=(notice,))
    assert china(notices=[notice]) != china()


def test_it_reaches_from_2004_to_2100_and_not_further() -> None:
    assert china().is_working(date(2004, 1, 2))
    assert china().is_working(date(2100, 12, 31))
    for day in (date(2003, 12, 31), date(2101, 1, 1)):
        with pytest.raises(CalendarRangeError, match=f"'china' knows 2004-01-01 to 2100-12-31; {day} lies outside"):
            china().is_working(day)


def test_the_horizon_is_28_december_of_the_last_published_year() -> None:
    last = max(china().published_years)
    assert china().horizon == date(last, 12, 28)
    assert last >= 2026
    assert china().published_years == frozenset(range(2004, last + 1))


@pytest.mark.parametrize(
    ("day", "kind", "english", "source"),
    [
        (date(2018, 12, 29), DayKind.MAKE_UP, "make-up working day for Monday 2018-12-31", "holiday-notice-2019"),
        (date(2018, 12, 31), DayKind.DAY_OFF, "day off made up on Saturday 2018-12-29", "holiday-notice-2019"),
        (date(2005, 12, 31), DayKind.MAKE_UP, "make-up working day for Tuesday 2006-01-03", "holiday-notice-2006"),
        (date(2018, 10, 1), DayKind.HOLIDAY, "National Day", "public-holidays"),
        (date(2020, 10, 1), DayKind.HOLIDAY, "Mid-Autumn Festival and National Day", "public-holidays"),
        (date(2020, 10, 5), DayKind.HOLIDAY, "National Day (substitute day)", "public-holidays"),
        (date(2020, 1, 31), DayKind.DAY_OFF, "prolonged Spring Festival", "spring-festival-2020"),
        (date(2015, 9, 3), DayKind.DAY_OFF, "70th anniversary of the victory of 1945", "victory-day-2015"),
        (date(2019, 5, 5), DayKind.MAKE_UP, "make-up working day for Friday 2019-05-03", "labour-day-2019"),
        (date(2018, 12, 30), DayKind.WEEKEND, "Sunday", "working-hours 7"),
    ],
)
def test_a_day_has_its_kind_name_and_source(day: date, kind: DayKind, english: str, source: str) -> None:
    found = china().day(day)
    assert (found.kind, found.label.en, str(found.citation)) == (kind, english, source)


def test_every_entry_has_an_english_name() -> None:
    calendar = china()
    calendar.is_working(calendar.last)
    for day, entry in calendar._table[3].items():
        assert entry.label.en.isascii(), day
        assert not entry.label.zh.isascii(), day


def test_a_make_up_day_is_on_a_weekend_and_a_swapped_day_off_is_not() -> None:
    for day, entry in china()._table[3].items():
        if entry.kind is DayKind.MAKE_UP:
            assert day.weekday() >= 5, day
        if entry.kind is DayKind.DAY_OFF and "made up" in entry.label.en:
            assert day.weekday() < 5, day


def test_a_name_that_is_new_to_us_is_kept() -> None:
    class Table(dict[date, str]):
        weekend_workdays = frozenset({date(2030, 5, 4)})

    entries = CHINA._entries(Table({date(2030, 5, 6): "新节日"}), range(2030, 2031))
    assert str(entries[date(2030, 5, 6)].label) == "新节日 新节日"
    assert entries[date(2030, 5, 6)].kind is DayKind.DAY_OFF
    assert entries[date(2030, 5, 4)].label.en == "make-up working day"


def test_past_the_horizon_holidays_are_guessed_without_make_up_days() -> None:
    calendar = china()
    day = calendar.horizon + timedelta(days=4)
    assert calendar.day(day.replace(month=1, day=1)).label.en.startswith("New Year's Day")
    while day < calendar.last:
        assert day.weekday() < 5 or not calendar.is_working(day)
        day += timedelta(days=1)


def test_the_hash_is_unchanged_by_building_more_and_changed_by_a_notice() -> None:
    before = CHINA._published.__wrapped__()
    assert before is not china()
    china().is_working(date(2100, 1, 1))
    assert before.hash == china().hash
    notice = Notice("n", Label("令", "order"), {date(2026, 11, 3): Label("放假", "off")}, scope="大连")
    assert china(notices=[notice]).hash != before.hash


def test_what_is_guessed_is_never_kept_as_known() -> None:
    assert max(china()._known).year == max(china().published_years)


def test_a_guess_speaks_of_the_years_asked_for_only() -> None:
    assert {day.year for day in CHINA.guess(2030, 2031)} == {2030, 2031}


def test_the_next_yearly_notice_replaces_the_guessed_substitutes() -> None:
    year = china().horizon.year + 1
    guessed = CHINA.guess(year, year)
    first_of_may = Label("劳动节", "Labour Day")
    notice = Notice("n", Label("通知", "notice"), {date(year, 5, 1): first_of_may}, publishes=year)
    calendar = china(notices=[notice])
    assert calendar.horizon == date(year, 12, 28)
    for day, entry in guessed.items():
        assert calendar.is_working(day) is (entry.substitute and day.weekday() < 5), day


@pytest.mark.parametrize(
    ("given", "said"),
    [(["notice.toml"], "notices= takes notices, not 'notice.toml'; read_notice"), ([[]], "not \\[\\]")],
)
def test_what_is_no_notice_is_refused(given: list[Notice], said: str) -> None:
    with pytest.raises(CalendarError, match=said):
        china(notices=given)


def test_one_notice_need_not_stand_in_a_list() -> None:
    notice = Notice("n", Label("令", "order"), {date(2026, 11, 3): Label("放假", "off")}, scope="大连")
    assert china(notices=notice) is china(notices=[notice])  # type: ignore[arg-type]


def test_a_notice_that_repeats_what_is_known_is_refused() -> None:
    with pytest.raises(CalendarError, match="2026-10-01 already is a day off"):
        china(notices=[Notice("n", Label("令", "order"), {date(2026, 10, 1): Label("放假", "off")})])


@pytest.mark.parametrize("where", ["elsewhere/__init__.py", "elsewhere/__init__.unknown"])
def test_holidays_is_loaded_by_name_where_its_file_is_not_found(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holidays, "__file__", where)
    loaded = CHINA._countries_china.__wrapped__()
    assert (
        CHINA._entries(loaded(language="zh_CN", years=2026), range(2026, 2027))[date(2026, 10, 1)].label.en
        == "National Day"
    )


def test_holidays_is_loaded_by_name_where_files_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CHINA, "spec_from_file_location", lambda *_: None)
    assert CHINA._countries_china.__wrapped__() is holidays.China


def test_importing_deadlines_does_not_load_holidays() -> None:
    code = "import sys, yingshang_flow.deadlines; print('holidays' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_the_first_due_date_does_not_load_all_countries() -> None:
    code = (
        "import sys; from datetime import date; from yingshang_flow.deadlines import due;"
        "due('7工作日', date(2018, 12, 20)); print('holidays' in sys.modules, 'holidays.countries' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True False"


def test_a_due_date_with_the_default_calendar_is_one_with_china() -> None:
    assert due(WorkingDays(7), date(2018, 12, 20)) == due(WorkingDays(7), date(2018, 12, 20), calendar=china())

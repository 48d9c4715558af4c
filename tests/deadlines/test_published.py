"""The notices as documents, and what they order against the calendar of China and two other packages, day by day."""

import csv
import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingshang_flow.deadlines import Notice, WorkingCalendar, china
from yingshang_flow.deadlines.published import (
    AMENDED,
    MAY_2019,
    REPLACED,
    SPRING_2020,
    VICTORY,
    YEARLY,
    Document,
    holiday_notice,
    known_from,
)
from yingshang_flow.words import Label

DAY = timedelta(days=1)
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 28)
CHANGES = (VICTORY, MAY_2019, SPRING_2020)
DOCUMENTS = {document.source.key: document for document in (*YEARLY.values(), *CHANGES)}
IN_ORDER = sorted(DOCUMENTS.values(), key=lambda document: document.known_from)
ROOT = Path(__file__).parent.parent.parent
OFF, WORK = Label("放假", "day off"), Label("上班", "working day")


def spans(text: str) -> list[date]:
    """Read dates and spans such as ``2026-01-01..2026-01-03``."""
    found = []
    for span in text.split():
        first, _, last = span.partition("..")
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last or first):
            found.append(day)
            day += DAY
    return found


def printed() -> dict[str, dict[date, bool]]:
    """Return whether each day that a notice prints is worked, by the notice's key."""
    with (ROOT / "tests" / "data" / "notices.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["notice"]: dict.fromkeys(spans(row["off"]), False) | dict.fromkeys(spans(row["work"]), True)
            for row in csv.DictReader(file)
        }


def by_the_notices(documents: Iterable[Document]) -> dict[date, bool]:
    """Return what notices order of the days they print, the last one on top."""
    return {day: works for document in documents for day, works in PRINTED[document.source.key].items()}


PRINTED = printed()


class TestTheDocuments:
    def test_there_is_one_for_each_year_up_to_the_last_that_is_listed(self) -> None:
        assert list(YEARLY) == list(range(2004, 2027))

    @pytest.mark.parametrize("year", YEARLY)
    def test_the_number_and_both_dates_are_of_the_year_before(self, year: int) -> None:
        document = YEARLY[year]
        assert re.fullmatch(rf"国办发明电〔{year - 1}〕[1-9]\d?号", document.source.number)
        assert date(year - 1, 10, 1) <= document.signed <= date(year - 1, 12, 31)
        assert document.known_from < date(year, 1, 1)
        assert document.source is holiday_notice(year)
        assert document.known_from == known_from(year)

    def test_only_that_of_2004_has_no_day_of_issue_and_counts_from_its_signature(self) -> None:
        assert [key for key, document in DOCUMENTS.items() if document.source.issued is None] == ["holiday-notice-2004"]
        assert known_from(2004) == YEARLY[2004].signed == date(2003, 12, 18)

    @pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
    def test_a_notice_is_released_on_the_day_of_its_signature_or_up_to_six_days_later(self, document: Document) -> None:
        assert timedelta(0) <= document.known_from - document.signed <= timedelta(days=6)

    @pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
    def test_the_address_of_the_first_page_bears_the_day_of_issue(self, document: Document) -> None:
        if document.source.issued is not None:
            digits = re.sub(r"\D", "", document.pages[0])
            assert f"{document.source.issued:%Y%m%d}" in digits

    @pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
    def test_what_is_confirmed_was_found_in_two_places(self, document: Document) -> None:
        assert len(set(document.pages)) == len(document.pages) >= 3
        assert not any(page.startswith("http") for page in document.pages)
        assert set(document.unconfirmed) < {"number", "signed", "issued"}

    def test_no_two_have_one_number(self) -> None:
        assert len({document.source.number for document in DOCUMENTS.values()}) == len(DOCUMENTS)

    @pytest.mark.parametrize(
        ("document", "number", "signed", "issued"),
        [
            (VICTORY, "国发明电〔2015〕1号", date(2015, 5, 13), date(2015, 5, 13)),
            (MAY_2019, "国办发明电〔2019〕3号", date(2019, 3, 22), date(2019, 3, 22)),
            (SPRING_2020, "国办发明电〔2020〕1号", date(2020, 1, 26), date(2020, 1, 27)),
            (YEARLY[2019], "国办发明电〔2018〕15号", date(2018, 12, 4), date(2018, 12, 6)),
        ],
    )
    def test_a_change_in_the_year_has_its_number_and_dates(
        self, document: Document, number: str, signed: date, issued: date
    ) -> None:
        assert (document.source.number, document.signed, document.source.issued) == (number, signed, issued)

    def test_the_changes_are_all_there_is_in_a_year(self) -> None:
        assert {document.source.key for document in AMENDED.values()} == {document.source.key for document in CHANGES}
        assert {later.source.key for later, _ in REPLACED.values()} == {SPRING_2020.source.key}

    def test_a_year_that_is_not_listed_has_neither_and_is_known_from_1_december(self) -> None:
        assert (holiday_notice(2999).number, holiday_notice(2999).issued) == ("", None)
        assert known_from(2999) == date(2998, 12, 1)

    @pytest.mark.parametrize(
        ("page", "heading", "changes", "words", "comma"),
        [
            (
                "reference/periods.md",
                "| notice of |",
                ["2015, 3 September", "2019, Labour Day", "2020, Spring Festival"],
                {"signed": "signed", "issued": "issued", None: "not found"},
                ", ",
            ),
            (
                "zh/reference/periods.md",
                "| 通知 | 文号 |",
                ["2015年9月3日", "2019年劳动节", "2020年春节"],
                {"signed": "成文日期", "issued": "印发日期", None: "未查到"},
                "、",
            ),
        ],
        ids=["English", "Chinese"],
    )
    def test_the_page_of_the_period_rules_shows_them(
        self, page: str, heading: str, changes: list[str], words: dict[str | None, str], comma: str
    ) -> None:
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        shown = [line.strip("| ").split(" | ") for line in text.partition(heading)[2].splitlines()[2:]]
        names = [*map(str, YEARLY), *changes]
        assert [[cell.strip() for cell in row] for row in shown] == [
            [
                name,
                document.source.number,
                str(document.signed),
                str(document.source.issued or words[None]),
                comma.join(words[figure] for figure in document.unconfirmed),
                comma.join(
                    place.removeprefix("github.com/") if "github" in place else place.split("/")[0]
                    for place in document.pages
                ),
            ]
            for name, document in zip(names, DOCUMENTS.values(), strict=True)
        ]


class TestAsKnown:
    @pytest.mark.parametrize("year", [year for year in YEARLY if year > FIRST.year])
    def test_a_year_is_known_from_the_day_of_issue_on_and_not_the_day_before(self, year: int) -> None:
        eve, then = china(as_of=known_from(year) - DAY), china(as_of=known_from(year))
        assert max(eve.published_years) == year - 1
        assert max(then.published_years) == year
        assert (eve.horizon, then.horizon) == (date(year - 1, 12, 28), date(year, 12, 28))
        assert eve.is_provisional(date(year, 1, 1))
        assert not then.is_provisional(date(year, 1, 1))

    @pytest.mark.parametrize("document", IN_ORDER, ids=lambda document: document.source.key)
    def test_up_to_the_horizon_every_day_is_what_the_notices_until_then_print(self, document: Document) -> None:
        as_of = max(document.known_from, FIRST)
        then = china(as_of=as_of)
        ordered = by_the_notices(other for other in IN_ORDER if other.known_from <= as_of)
        day = FIRST
        while day <= then.horizon:
            assert then.is_working(day) is ordered.get(day, day.weekday() < 5), day
            day += DAY


class TestEveryDay:
    def test_is_what_the_notices_print(self) -> None:
        ordered, day = by_the_notices(IN_ORDER), FIRST
        while day <= LAST:
            assert china().is_working(day) is ordered.get(day, day.weekday() < 5), day
            day += DAY

    def test_agrees_with_chinese_calendar_except_for_one_that_it_has_wrong(self) -> None:
        days = (FIRST + n * DAY for n in range((LAST - FIRST).days + 1))
        differing = [day for day in days if china().is_working(day) is not chinese_calendar.is_workday(day)]
        # The notice of 2006 works 31 December 2005; chinese_calendar has only that of the year after.
        assert differing == [date(2005, 12, 31)]
        assert PRINTED["holiday-notice-2006"][date(2005, 12, 31)] is True

    def test_agrees_with_holidays_once_that_has_read_every_year(self) -> None:
        others = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 2))
        day = FIRST
        while day <= LAST:
            assert china().is_working(day) is others.is_working_day(day), day
            day += DAY

    @given(st.dates(FIRST, LAST), st.integers(0, 400))
    def test_counts_the_same_however_it_is_counted(self, start: date, length: int) -> None:
        end = min(LAST, start + length * DAY)
        ordered = by_the_notices(IN_ORDER)
        days = [start + n * DAY for n in range(1, (end - start).days + 1)]
        assert china().count(start, end) == sum(ordered.get(day, day.weekday() < 5) for day in days)

    def test_is_the_same_where_the_notices_are_laid_on_bare_mondays_to_fridays(self) -> None:
        calendar = WorkingCalendar.weekdays(date(2003, 12, 1), date(2030, 12, 31), horizon=date(2003, 12, 28))
        for document in IN_ORDER:
            days = PRINTED[document.source.key]
            year = int(document.source.key[-4:]) if document not in CHANGES else None
            changed = {d: works for d, works in days.items() if year is not None or works != calendar.is_working(d)}
            notice = Notice(
                document.source.key,
                document.source.title,
                {day: OFF for day, works in changed.items() if not works},
                {day: WORK for day, works in changed.items() if works},
                issued=document.known_from,
                publishes=year,
            )
            calendar = calendar.with_notices(notice)
        assert calendar.horizon == LAST
        day = FIRST
        while day <= LAST:
            assert calendar.is_working(day) is china().is_working(day), day
            day += DAY

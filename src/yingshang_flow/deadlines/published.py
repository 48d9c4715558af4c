"""The State Council's holiday notices as documents: their numbers, when each was issued, and what a later one undid."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from yingshang_flow.deadlines.calendar import DayKind, Entry
from yingshang_flow.words import Authority, Label, Source


@attrs.frozen
class Publication:
    """When a year's notice became known.

    Attributes:
        number: The document number (文号), if it is established.
        issued: The date of issue (成文日期), if it is established.
        reported: Where it is not, the day on which the notice was first reported.
    """

    number: str = ""
    issued: date | None = None
    reported: date | None = None


YEARLY: Final[Mapping[int, Publication]] = MappingProxyType(
    {
        2006: Publication("国办发明电〔2005〕35号", date(2005, 12, 16)),
        2007: Publication("国办发明电〔2006〕49号", date(2006, 12, 14)),
        2008: Publication(reported=date(2007, 12, 18)),
        2009: Publication("国办发明电〔2008〕42号", reported=date(2008, 12, 10)),
        2010: Publication("国办发明电〔2009〕27号", date(2009, 12, 7)),
        2011: Publication("国办发明电〔2010〕40号", reported=date(2010, 12, 10)),
        2012: Publication("国办发明电〔2011〕45号", date(2011, 12, 5)),
        2013: Publication("国办发明电〔2012〕33号", date(2012, 12, 8)),
        2014: Publication("国办发明电〔2013〕28号", date(2013, 12, 11)),
        2015: Publication("国办发明电〔2014〕28号", date(2014, 12, 16)),
        2016: Publication("国办发明电〔2015〕18号", date(2015, 12, 10)),
        2017: Publication("国办发明电〔2016〕17号", date(2016, 12, 1)),
        2018: Publication("国办发明电〔2017〕12号", date(2017, 11, 30)),
        2019: Publication("国办发明电〔2018〕15号", date(2018, 12, 1)),
        2020: Publication("国办发明电〔2019〕16号", date(2019, 11, 21)),
        2021: Publication("国办发明电〔2020〕27号", date(2020, 11, 25)),
        2022: Publication("国办发明电〔2021〕11号", date(2021, 10, 25)),
        2023: Publication("国办发明电〔2022〕16号", date(2022, 12, 8)),
        2024: Publication("国办发明电〔2023〕7号", date(2023, 10, 25)),
        2025: Publication("国办发明电〔2024〕12号", date(2024, 11, 12)),
        2026: Publication("国办发明电〔2025〕7号", date(2025, 11, 4)),
    }
)
"""The yearly notices whose publication is established."""


def known_from(year: int) -> date:
    """Return the day from which a year's notice is taken to be known.

    The date of issue, else the day it was first reported, else 1 December of the year before, which is our own choice.
    """
    known = YEARLY.get(year, Publication())
    return known.issued or known.reported or date(year - 1, 12, 1)


def holiday_notice(year: int) -> Source:
    """Return the State Council's notice on a year's holidays as a source."""
    known = YEARLY.get(year, Publication())
    return Source(
        f"holiday-notice-{year}",
        Label(f"国务院办公厅关于{year}年部分节假日安排的通知", f"State Council notice on the holidays of {year}"),
        Authority.STATUTE,
        known.number,
        known.issued,
    )


def _amendment(key: str, issued: date, number: str, zh: str, en: str) -> Source:
    return Source(key, Label(zh, en), Authority.STATUTE, number, issued)


VICTORY: Final = _amendment(
    "victory-day-2015",
    date(2015, 5, 13),
    "国发明电〔2015〕1号",
    "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知",
    "State Council notice on the 70th anniversary of the victory",
)
MAY_2019: Final = _amendment(
    "labour-day-2019",
    date(2019, 3, 22),
    "国办发明电〔2019〕3号",
    "国务院办公厅关于调整2019年劳动节假期安排的通知",
    "State Council notice changing Labour Day 2019",
)
SPRING_2020: Final = _amendment(
    "spring-festival-2020",
    date(2020, 1, 26),
    "国办发明电〔2020〕1号",
    "国务院办公厅关于延长2020年春节假期的通知",
    "State Council notice prolonging the Spring Festival of 2020",
)

AMENDED: Final[Mapping[date, Source]] = MappingProxyType(
    {
        **dict.fromkeys((date(2015, 9, 3), date(2015, 9, 4), date(2015, 9, 6)), VICTORY),
        **dict.fromkeys((date(2019, 4, 28), date(2019, 5, 2), date(2019, 5, 3), date(2019, 5, 5)), MAY_2019),
        **dict.fromkeys((date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)), SPRING_2020),
    }
)
"""The days that a later notice than the yearly one decided; before it they were what Monday to Friday makes them,
except those in ``REPLACED``. The notice of 2015 gave 3 September no holiday, and that of 2019 gave 1 May alone."""

REPLACED: Final[Mapping[date, tuple[Source, Entry]]] = MappingProxyType(
    {
        date(2020, 1, 30): (
            SPRING_2020,
            Entry(
                DayKind.DAY_OFF,
                Label("调休放假（2020-02-01星期六上班）", "day off made up on Saturday 2020-02-01"),
                holiday_notice(2020)("二"),
            ),
        ),
        date(2020, 2, 1): (
            SPRING_2020,
            Entry(
                DayKind.MAKE_UP,
                Label("调休上班（补2020-01-30星期四）", "make-up working day for Thursday 2020-01-30"),
                holiday_notice(2020)("二"),
            ),
        ),
    }
)
"""What the yearly notice said of a day until a later notice undid it, by day, with that later notice.

The notice of 2020 (item 2) gave 24 to 30 January off and made 1 February a working day."""


def issue_of(amendment: Source) -> date:
    """Return when an amendment was issued; each above has its date."""
    return amendment.issued or date.max


def decided_on(day: date, entry: Entry) -> date:
    """Return the day from which an entry of China's table was known.

    A notice for January can decide days of the December before, so what counts is the notice that is cited.
    """
    if day in AMENDED:
        return issue_of(AMENDED[day])
    key, _, year = entry.citation.source.key.rpartition("-")
    return known_from(int(year) if key == "holiday-notice" else day.year)

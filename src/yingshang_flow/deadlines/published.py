"""The State Council's holiday notices as documents: numbers, days of issue, and what a later one undid."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import attrs

from yingshang_flow.deadlines.calendar import DayKind, Entry
from yingshang_flow.words import Authority, Label, Source

Figure = Literal["number", "signed", "issued"]
"""A figure of a document that is found or not."""


@attrs.frozen
class Document:
    """A notice as a document, and where its figures were found.

    Two dates belong to a notice. The one under its text is the date of signature (成文日期). The day of issue is that
    of its release (发布日期), up to six days later; what was known on a day follows it, as nobody could know before.

    Attributes:
        source: The notice as it is cited, with its number and day of issue; without one where none was found.
        signed: The date of signature.
        pages: The public pages and repositories that give the figures, without ``https://``. The first one bears the
            day of issue, in its address or its text, where that was found.
        unconfirmed: The figures that were found in one place only.
    """

    source: Source
    signed: date
    pages: tuple[str, ...]
    unconfirmed: tuple[Figure, ...] = ()

    @property
    def known_from(self) -> date:
        """The day from which the notice counts as known: that of issue, else of signature, before which none can be."""
        return self.source.issued or self.signed


def _titled(year: int, number: str = "", issued: date | None = None) -> Source:
    return Source(
        f"holiday-notice-{year}",
        Label(f"国务院办公厅关于{year}年部分节假日安排的通知", f"State Council notice on the holidays of {year}"),
        Authority.STATUTE,
        number,
        issued,
    )


def _yearly(
    year: int, number: str, signed: date, issued: date | None, *pages: str, unconfirmed: tuple[Figure, ...] = ()
) -> Document:
    return Document(_titled(year, number, issued), signed, pages, unconfirmed)


YEARLY: Final[Mapping[int, Document]] = MappingProxyType(
    {
        2004: _yearly(
            2004,
            "国办发明电〔2003〕53号",
            date(2003, 12, 18),
            None,
            "www.shaanxi.gov.cn/zfxxgk/zfgb/2004/d1q_4317/200806/t20080626_1641120.html",
            "github.com/sayoi7799/cncal",
            "github.com/caijiqhx/TinkerBox",
            unconfirmed=("signed",),
        ),
        2005: _yearly(
            2005,
            "国办发明电〔2004〕52号",
            date(2004, 12, 17),
            date(2004, 12, 20),
            "news.xinhuanet.com/newscenter/2004-12/20/content_2359500.htm",
            "github.com/sayoi7799/cncal",
            "github.com/caijiqhx/TinkerBox",
            unconfirmed=("signed", "issued"),
        ),
        2006: _yearly(
            2006,
            "国办发明电〔2005〕35号",
            date(2005, 12, 16),
            date(2005, 12, 22),
            "www.gov.cn/jrzg/2005-12/22/content_133837.htm",
            "zh.wikisource.org/wiki/国务院办公厅关于2006年部分节假日安排的通知",
            "github.com/caijiqhx/TinkerBox",
            unconfirmed=("signed", "issued"),
        ),
        2007: _yearly(
            2007,
            "国办发明电〔2006〕49号",
            date(2006, 12, 14),
            date(2006, 12, 18),
            "www.gov.cn/fwxx/sh/2006-12/18/content_471877.htm",
            "wddqxz.cn/6b7bad758e9951e79b89270e.html",
            "zw.china.com.cn/2016-05/09/content_38413913.htm",
            "zhonghuashu.com/wiki/国务院办公厅关于2007年部分节假日安排的通知",
        ),
        2008: _yearly(
            2008,
            "国办发明电〔2007〕52号",
            date(2007, 12, 15),
            date(2007, 12, 18),
            "www.gov.cn/zwgk/2007-12/18/content_837184.htm",
            "news.cdc.net.cn/article/12481.html",
            "github.com/kitsuyui/hyper-calendar",
            "github.com/egao1980/cl-stack-calendars",
            unconfirmed=("signed",),
        ),
        2009: _yearly(
            2009,
            "国办发明电〔2008〕42号",
            date(2008, 12, 4),
            date(2008, 12, 10),
            "www.gov.cn/zwgk/2008-12/10/content_1174014.htm",
            "www.xixik.com/content/3cb2fcd5e2d67458/1/",
            "github.com/kitsuyui/hyper-calendar",
            unconfirmed=("signed",),
        ),
        2010: _yearly(
            2010,
            "国办发明电〔2009〕27号",
            date(2009, 12, 7),
            date(2009, 12, 8),
            "www.gov.cn/zwgk/2009-12/08/content_1482691.htm",
            "wangchao.bztdxxl.com/blog-htm-do-showone-itemid-4497-type-blog.html",
            "github.com/kitsuyui/hyper-calendar",
            unconfirmed=("signed",),
        ),
        2011: _yearly(
            2011,
            "国办发明电〔2010〕40号",
            date(2010, 12, 9),
            date(2010, 12, 10),
            "www.gov.cn/zwgk/2010-12/10/content_1762643.htm",
            "paper.mm111.net/shtml/mmrb/20101211/348872.shtml",
            "zh.wikisource.org/wiki/国务院办公厅关于2011年部分节假日安排的通知",
            "witmax.cn/2011-holidays.html",
        ),
        2012: _yearly(
            2012,
            "国办发明电〔2011〕45号",
            date(2011, 12, 5),
            date(2011, 12, 6),
            "www.gov.cn/zwgk/2011-12/06/content_2012097.htm",
            "54xsr.com/bbs/archiver/tid-74491.html",
            "mudaan.com/wikiid/29677.html",
        ),
        2013: _yearly(
            2013,
            "国办发明电〔2012〕33号",
            date(2012, 12, 8),
            date(2012, 12, 10),
            "www.gov.cn/zwgk/2012-12/10/content_2286598.htm",
            "sjzok.net/forum.php?mod=viewthread&tid=355216",
            "www.opticsky.cn/read-htm-tid-64629.html",
            "xinji.org/read-htm-tid-1319037.html",
        ),
        2014: _yearly(
            2014,
            "国办发明电〔2013〕28号",
            date(2013, 12, 11),
            date(2013, 12, 11),
            "www.gov.cn/zwgk/2013-12/11/content_2546204.htm",
            "www.montrealchinese.com/forum.php?mod=viewthread&tid=17253",
            "lishewen.com/post/the-holiday-arrangement-announced-in-2014",
        ),
        2015: _yearly(
            2015,
            "国办发明电〔2014〕28号",
            date(2014, 12, 16),
            date(2014, 12, 16),
            "www.gov.cn/zhengce/content/2014-12/16/content_9302.htm",
            "www.rmzxw.com.cn/sy/jrdt/2014/12/16/419609.shtml",
            "www.newton.com.tw/wiki/國務院辦公廳關於2015年部分節假日安排的通知",
            "github.com/kitsuyui/hyper-calendar",
        ),
        2016: _yearly(
            2016,
            "国办发明电〔2015〕18号",
            date(2015, 12, 10),
            date(2015, 12, 10),
            "www.gov.cn/zhengce/content/2015-12/10/content_10394.htm",
            "xjsq.com/read-htm-tid-1779777-fpage-204.html",
            "github.com/kitsuyui/hyper-calendar",
        ),
        2017: _yearly(
            2017,
            "国办发明电〔2016〕17号",
            date(2016, 12, 1),
            date(2016, 12, 1),
            "www.gov.cn/zhengce/content/2016-12/01/content_5141603.htm",
            "opticsky.cn/read-htm-tid-96073.html",
            "zh.wikisource.org/wiki/国务院办公厅关于2017年部分节假日安排的通知",
        ),
        2018: _yearly(
            2018,
            "国办发明电〔2017〕12号",
            date(2017, 11, 30),
            date(2017, 11, 30),
            "www.gov.cn/zhengce/content/2017-11/30/content_5243579.htm",
            "zh.wikisource.org/wiki/国务院办公厅关于2018年部分节假日安排的通知",
            "github.com/kitsuyui/hyper-calendar",
        ),
        2019: _yearly(
            2019,
            "国办发明电〔2018〕15号",
            date(2018, 12, 4),
            date(2018, 12, 6),
            "www.gov.cn/xinwen/2018-12/06/content_5346287.htm",
            "kunming.baogaosu.com/xinwen/%E5%B9%B4%E9%83%A8%E5%88%86%E8%8A%82%E5%81%87%E6%97%A5%E5%AE%89%E6%8E%92/71457160/",
            "czj.gnzrmzf.gov.cn/info/1282/12573.htm",
            "github.com/kitsuyui/hyper-calendar",
        ),
        2020: _yearly(
            2020,
            "国办发明电〔2019〕16号",
            date(2019, 11, 21),
            date(2019, 11, 21),
            "www.gov.cn/zhengce/content/2019-11/21/content_5454164.htm",
            "gansulong.com/c/0Q25M3X2022_2.html",
            "github.com/kitsuyui/hyper-calendar",
        ),
        2021: _yearly(
            2021,
            "国办发明电〔2020〕27号",
            date(2020, 11, 25),
            date(2020, 11, 25),
            "www.gov.cn/zhengce/content/2020-11/25/content_5564127.htm",
            "epaper.gmw.cn/gmrb/html/2020-11/26/nw.D110000gmrb_20201126_7-03.htm",
            "0798ci.com/law/95022.html",
        ),
        2022: _yearly(
            2022,
            "国办发明电〔2021〕11号",
            date(2021, 10, 25),
            date(2021, 10, 25),
            "www.gov.cn/zhengce/content/2021-10/25/content_5644835.htm",
            "www.beijing.gov.cn/zhengce/zhengcefagui/202110/t20211026_2520500.html",
            "sn.people.com.cn/n2/2021/1026/c186331-34973987.html",
        ),
        2023: _yearly(
            2023,
            "国办发明电〔2022〕16号",
            date(2022, 12, 8),
            date(2022, 12, 8),
            "www.gov.cn/zhengce/content/2022-12/08/content_5730844.htm",
            "big5.china.com.cn/gate/big5/news.china.com.cn/2022-12/09/content_85004315.htm",
            "zh.wikisource.org/wiki/国务院办公厅关于2023年部分节假日安排的通知",
        ),
        2024: _yearly(
            2024,
            "国办发明电〔2023〕7号",
            date(2023, 10, 25),
            date(2023, 10, 25),
            "www.beijing.gov.cn/fuwu/bmfw/sy/jrts/202310/t20231025_3286455.html",
            "paper.people.com.cn/rmrb/html/2023-10/26/nw.D110000renmrb_20231026_3-06.htm",
            "zh.wikisource.org/wiki/国务院办公厅关于2024年部分节假日安排的通知",
        ),
        2025: _yearly(
            2025,
            "国办发明电〔2024〕12号",
            date(2024, 11, 12),
            date(2024, 11, 12),
            "m.gmw.cn/2024-11/12/content_1303894933.htm",
            "github.com/egao1980/cl-stack-calendars",
            "github.com/kitsuyui/hyper-calendar",
        ),
        2026: _yearly(
            2026,
            "国办发明电〔2025〕7号",
            date(2025, 11, 4),
            date(2025, 11, 4),
            "www.beijing.gov.cn/zhengce/zhengcefagui/202511/t20251104_4258873.html",
            "github.com/LKI/chinese-calendar",
            "github.com/kitsuyui/hyper-calendar",
        ),
    }
)
"""The yearly notices by the year they arrange, each figure as its pages give it. No day of issue was found for 2004.

The first page of each is as one of the catalogues ``cncal``, ``cl-stack-calendars``, ``chinese-calendar`` and
``holiday-cn`` quotes it, and was not opened; those of 2016 and 2025 were, and so were all the others."""


def known_from(year: int) -> date:
    """Return the day from which a year's notice is taken to be known.

    For a year that is not listed it is 1 December of the year before, which is our own choice.
    """
    return YEARLY[year].known_from if year in YEARLY else date(year - 1, 12, 1)


def holiday_notice(year: int) -> Source:
    """Return the State Council's notice on a year's holidays as a source."""
    return YEARLY[year].source if year in YEARLY else _titled(year)


def _amendment(key: str, title: Label, number: str, signed: date, issued: date, *pages: str) -> Document:
    return Document(Source(key, title, Authority.STATUTE, number, issued), signed, pages)


VICTORY: Final = _amendment(
    "victory-day-2015",
    Label(
        "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知",
        "State Council notice on the 70th anniversary of the victory",
    ),
    "国发明电〔2015〕1号",
    date(2015, 5, 13),
    date(2015, 5, 13),
    "www.gov.cn/zhengce/content/2015-05/13/content_9742.htm",
    "hxcmw.cn/html/2015/zhongguolvyou_0513/13.html",
    "m.xuexila.com/news/164029.html",
)
MAY_2019: Final = _amendment(
    "labour-day-2019",
    Label(
        "国务院办公厅关于调整2019年劳动节假期安排的通知",
        "State Council notice changing Labour Day 2019",
    ),
    "国办发明电〔2019〕3号",
    date(2019, 3, 22),
    date(2019, 3, 22),
    "www.gov.cn/zhengce/content/2019-03/22/content_5375877.htm",
    "csglxh.com/wwwcsglxhcom/zhengce/wenjian/192/397/1856684/1574209/index.htm",
    "www.hxnews.com/news/gn/szxw/201903/22/1727059.shtml",
)
SPRING_2020: Final = _amendment(
    "spring-festival-2020",
    Label(
        "国务院办公厅关于延长2020年春节假期的通知",
        "State Council notice prolonging the Spring Festival of 2020",
    ),
    "国办发明电〔2020〕1号",
    date(2020, 1, 26),
    date(2020, 1, 27),  # early in the morning
    "www.gov.cn/zhengce/content/2020-01/27/content_5472352.htm",
    "news.iqilu.com/china/gedi/2020/0127/4426056.shtml",
    "www.farmer.com.cn/2020/01/27/99847578.html",
)

AMENDED: Final[Mapping[date, Document]] = MappingProxyType(
    {
        **dict.fromkeys((date(2015, 9, 3), date(2015, 9, 4), date(2015, 9, 6)), VICTORY),
        **dict.fromkeys((date(2019, 4, 28), date(2019, 5, 2), date(2019, 5, 3), date(2019, 5, 5)), MAY_2019),
        **dict.fromkeys((date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2)), SPRING_2020),
    }
)
"""The days that a later notice than the yearly one decided; before it they were what Monday to Friday makes them,
except those in ``REPLACED``. The notice of 2015 gave 3 September no holiday, and that of 2019 gave 1 May alone."""

REPLACED: Final[Mapping[date, tuple[Document, Entry]]] = MappingProxyType(
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


def decided_on(day: date, entry: Entry) -> date:
    """Return the day from which an entry of China's table was known.

    A notice for January can decide days of the December before, so what counts is the notice that is cited.
    """
    if day in AMENDED:
        return AMENDED[day].known_from
    key, _, year = entry.citation.source.key.rpartition("-")
    return known_from(int(year) if key == "holiday-notice" else day.year)

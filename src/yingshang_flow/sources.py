"""The catalogue of documents and statutes that the shipped rules and profiles cite."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from yingshang_flow.words import Authority, Label, Source

OURS: Final = Source("ours", Label("本库自定", "our own choice"), Authority.OURS)

DALIAN_INTERVIEW: Final = Source(
    "dalian-interview-2018",
    Label("大连市营商环境建设工作约谈制度", "Dalian interview rules 2018"),
    Authority.DOCUMENT,
    "大政办发〔2018〕174号",
    date(2018, 12, 11),
)
BAYUQUAN_PLAN: Final = Source(
    "bayuquan-plan-2018",
    Label("2018年鲅鱼圈区优化营商环境建设工作实施方案", "Bayuquan work plan 2018"),
    Authority.DOCUMENT,
    issued=date(2018, 3, 30),
)
DALIAN_OPINION: Final = Source(
    "dalian-opinion-2018",
    Label("关于进一步优化营商环境的实施意见", "Dalian opinion on the business environment 2018"),
    Authority.DOCUMENT,
    issued=date(2018, 12, 5),
)
SHENYANG_CAMPAIGN: Final = Source(
    "shenyang-campaign-2021",
    Label("沈阳市2021年优化营商环境专项整治方案", "Shenyang rectification campaign 2021"),
    Authority.DOCUMENT,
    issued=date(2021, 4, 30),
)
LIAONING_REPLY: Final = Source(
    "liaoning-reply-2020",
    Label("省政协第12030237号提案答复", "Liaoning reply to proposal 12030237, 2020"),
    Authority.DOCUMENT,
    "第12030237号",
)
DALIAN_COMPLAINT: Final = Source(
    "dalian-complaint-2017",
    Label("大连市营商环境投诉处理实施细则", "Dalian rules on complaints about the business environment 2017"),
    Authority.DOCUMENT,
    "大政办发〔2017〕104号",
    date(2017, 8, 8),
)
HUBEI_COMPLAINT: Final = Source(
    "hubei-complaint-2020",
    Label("湖北省营商环境问题投诉联动处理办法", "Hubei measures on complaints about the business environment 2020"),
    Authority.DOCUMENT,
    "鄂政办发〔2020〕66号",
)

PETITIONS: Final = Source(
    "petition-regulation-2022",
    Label("信访工作条例", "Regulations on petition work"),
    Authority.STATUTE,
    issued=date(2022, 2, 25),
)
SAMR_COMPLAINTS: Final = Source(
    "samr-complaints-2020",
    Label("市场监督管理投诉举报处理暂行办法", "Interim measures on complaints to market regulators"),
    Authority.STATUTE,
    "国家市场监督管理总局令第20号",
    date(2019, 11, 30),
)
CIVIL_GENERAL: Final = Source(
    "civil-general-provisions-2017",
    Label("中华人民共和国民法总则", "General Provisions of the Civil Law"),
    Authority.STATUTE,
    issued=date(2017, 3, 15),
)
CIVIL_CODE: Final = Source("civil-code", Label("中华人民共和国民法典", "Civil Code"), Authority.STATUTE)
CIVIL_PROCEDURE: Final = Source(
    "civil-procedure-2023",
    Label("中华人民共和国民事诉讼法（2023年修正）", "Civil Procedure Law (2023)"),
    Authority.STATUTE,
)
WORKING_HOURS: Final = Source(
    "working-hours", Label("国务院关于职工工作时间的规定", "State Council rules on working hours"), Authority.STATUTE
)
HOLIDAYS: Final = Source(
    "public-holidays", Label("全国年节及纪念日放假办法", "Regulation on public holidays"), Authority.STATUTE
)
HOLIDAY_NOTICE: Final = Source(
    "holiday-notice",
    Label("国务院办公厅关于部分节假日安排的通知", "State Council notice on the year's holidays"),
    Authority.STATUTE,
)
LICENSING: Final = Source(
    "administrative-licensing", Label("中华人民共和国行政许可法", "Administrative Licensing Law"), Authority.STATUTE
)
BIDDING: Final = Source(
    "bidding-regulation", Label("中华人民共和国招标投标法实施条例", "Regulation on the Bidding Law"), Authority.STATUTE
)
DISCLOSURE: Final = Source(
    "disclosure-regulation",
    Label("中华人民共和国政府信息公开条例", "Regulation on government information disclosure"),
    Authority.STATUTE,
)
PENALTIES: Final = Source(
    "administrative-penalties", Label("中华人民共和国行政处罚法", "Administrative Penalties Law"), Authority.STATUTE
)
TAX_RULES: Final = Source(
    "tax-collection-rules",
    Label("中华人民共和国税收征收管理法实施细则", "Rules for the Tax Collection Law"),
    Authority.STATUTE,
)

SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        source.key: source
        for source in (
            OURS,
            DALIAN_INTERVIEW,
            BAYUQUAN_PLAN,
            DALIAN_OPINION,
            SHENYANG_CAMPAIGN,
            LIAONING_REPLY,
            DALIAN_COMPLAINT,
            HUBEI_COMPLAINT,
            PETITIONS,
            SAMR_COMPLAINTS,
            CIVIL_GENERAL,
            CIVIL_CODE,
            CIVIL_PROCEDURE,
            WORKING_HOURS,
            HOLIDAYS,
            HOLIDAY_NOTICE,
            LICENSING,
            BIDDING,
            DISCLOSURE,
            PENALTIES,
            TAX_RULES,
        )
    }
)
"""Every source by its key; a profile may add its own."""

"""The interviews of the demonstration: invented people, units and facts, as plain data."""

from datetime import date
from typing import Final

import attrs

from yingshang_flow.cli.demo.playing import Step
from yingshang_flow.core.actor import Actor

LI: Final = Actor("li", "市营商办", "office")
WANG: Final = Actor("wang", "市政府办公室", "secretary_general")
CHEN: Final = Actor("chen", "市政府", "leader")
QINGSHI: Final = Actor("zhao", "青石区政府", "subject")
WANGHAI: Final = Actor("sun", "望海区政府", "subject")
BAIYANG: Final = Actor("zhou", "白杨区政府", "subject")
YUNLING: Final = Actor("wu", "云岭县政府", "subject")


@attrs.frozen
class Tale:
    """One interview, in parts that are told one by one; the first act of the first part opens it.

    Attributes:
        case: The id of the case.
        profile: The key of the profile.
        parts: The acts.
    """

    case: str
    profile: str
    parts: tuple[tuple[Step, ...], ...]


# --- 1: office tier, the report due on a Saturday that is worked ------------------------------------------------------

OFFICE_TIER: Final = Tale(
    "office-2018",
    "dalian-2018",
    (
        (
            Step(
                date(2018, 12, 12),
                LI,
                "plan",
                {
                    "grounds": ["6"],
                    "matter": {"id": "M-2018-07", "words": "投诉办结率低"},
                    "facts": "第三季度投诉办结率居末，两次提醒未改",
                    "gravity": "general",
                    "tier": "office",
                    "mode": "individual",
                    "subjects": [{"unit": "青石区政府", "person": "赵某", "rank": "deputy"}],
                    "review": "2018年第三季度工作梳理",
                    "because": "poor_complaint_handling",
                },
            ),
            Step(date(2018, 12, 13), LI, "request_approval"),
            Step(date(2018, 12, 14), WANG, "approve"),
            Step(
                date(2018, 12, 17),
                LI,
                "notify",
                {
                    "time": "2018-12-20T14:00:00+08:00",
                    "place": "市营商办会议室",
                    "content": "投诉办结率低",
                    "mode": "individual",
                },
            ),
            Step(
                date(2018, 12, 20),
                LI,
                "hold",
                {
                    "reasons": "投诉办结率低",
                    "matters": "积压投诉",
                    "measures": "逐件清理，专人负责",
                    "time_limit": "2019-01-31",
                    "requirements": "举一反三",
                    "statements": [{"unit": "青石区政府", "text": "认真整改"}],
                    "conducted_by": "李某",
                },
            ),
        ),
        (
            Step(
                date(2018, 12, 20),
                LI,
                "sign_record",
                {"signed_by_office": "李某", "signed": ["青石区政府"], "archive_number": "2018-41"},
                entered=date(2018, 12, 21),
            ),
            Step(date(2018, 12, 29), QINGSHI, "submit_report", {"title": "关于投诉办结率的整改报告"}),
            Step(date(2019, 1, 4), LI, "accept_report"),
            Step(date(2019, 1, 10), LI, "record_feedback", {"text": "抽查十件，均已办结"}),
            Step(
                date(2019, 1, 25),
                LI,
                "resolve",
                {"evidence": [{"unit": "青石区政府", "text": "办结率升至98%，回访十件满意"}]},
            ),
        ),
    ),
)
WEEKEND_THAT_WORKS: Final = date(2018, 12, 29)
MONDAY_THAT_DOES_NOT: Final = date(2018, 12, 31)

# --- 2: a plan that is refused ----------------------------------------------------------------------------------------

_THREE: Final = [
    {"unit": "青石区政府", "person": "钱某", "rank": "principal"},
    {"unit": "望海区政府", "person": "孙某", "rank": "principal"},
    {"unit": "白杨区政府", "person": "周某", "rank": "principal"},
]
_SHARED: Final = {
    "matter": {"id": "M-2019-02", "words": "惠企政策兑现不到位"},
    "facts": "省通报点名，三地共拖欠兑现资金四十七笔",
    "gravity": "important",
    "subjects": _THREE,
    "review": "2018年度工作梳理",
}
REFUSED_PLAN: Final = Step(
    date(2019, 3, 4), LI, "plan", {**_SHARED, "grounds": ["2", "9"], "tier": "office", "mode": "individual"}
)

# --- 3: leader tier, three subjects, one of them late -----------------------------------------------------------------

_MEETING: Final = {"time": "2019-03-14T09:00:00+08:00", "place": "市政府第一会议室"}
LEADER_TIER: Final = Tale(
    "leader-2019",
    "dalian-2018",
    (
        (
            Step(date(2019, 3, 5), LI, "plan", {**_SHARED, "grounds": ["2"], "tier": "leader", "mode": "collective"}),
            Step(date(2019, 3, 6), LI, "request_approval", {"request": "关于集体约谈三地政府的请示"}),
            Step(date(2019, 3, 8), CHEN, "approve", _MEETING),
            Step(date(2019, 3, 11), LI, "notify", {**_MEETING, "content": "惠企政策兑现不到位", "mode": "collective"}),
            Step(
                date(2019, 3, 14),
                CHEN,
                "hold",
                {
                    "reasons": "惠企政策兑现不到位",
                    "matters": "拖欠的兑现资金",
                    "measures": "列出台账，逐笔兑现",
                    "time_limit": "2019-06-30",
                    "requirements": "按月报告进展",
                    "statements": [{"unit": subject["unit"], "text": "按期兑现"} for subject in _THREE],
                    "conducted_by": "陈某",
                },
            ),
            Step(
                date(2019, 3, 15),
                LI,
                "sign_record",
                {
                    "signed_by_office": "李某",
                    "signed": ["青石区政府", "望海区政府"],
                    "refusals": [{"unit": "白杨区政府", "reason": "对金额有异议", "witness": "见证人郑某"}],
                    "archive_number": "2019-06",
                },
            ),
            Step(date(2019, 3, 21), QINGSHI, "submit_report", {"title": "青石区整改报告"}),
            Step(date(2019, 3, 25), WANGHAI, "submit_report", {"title": "望海区整改报告"}),
            Step(date(2019, 3, 28), BAIYANG, "submit_report", {"title": "白杨区整改报告"}),
        ),
        (
            Step(date(2019, 4, 2), LI, "record_feedback", {"text": "已兑现三十一笔，其余列入台账"}),
            Step(date(2019, 4, 3), LI, "accept_report", {"long_term": True, "interval": "1个月"}),
            Step(date(2019, 4, 30), WANGHAI, "report_progress", {"title": "四月进展"}),
            Step(date(2019, 5, 5), QINGSHI, "report_progress", {"title": "四月进展"}),
            Step(date(2019, 5, 5), BAIYANG, "report_progress", {"title": "四月进展"}),
            Step(
                date(2019, 5, 31),
                QINGSHI,
                "report_progress",
                {"title": "三地五月进展", "obligors": [subject["unit"] for subject in _THREE]},
            ),
            Step(
                date(2019, 6, 20),
                LI,
                "resolve",
                {"evidence": [{"unit": subject["unit"], "text": "兑现凭证齐全"} for subject in _THREE]},
            ),
        ),
    ),
)

# --- 4: one that fails, under Liaoning's practice ---------------------------------------------------------------------

_SLOW_PERMITS: Final = {
    "grounds": ["7"],
    "matter": {"id": "M-2020-11", "words": "企业开办久拖不决"},
    "facts": "同一企业三次投诉均被推脱",
    "gravity": "general",
    "tier": "office",
    "mode": "individual",
    "subjects": [{"unit": "云岭县政府", "person": "吴某", "rank": "deputy"}],
    "because": "poor_complaint_handling",
}
FAILED: Final = Tale(
    "failed-2020",
    "liaoning-2020",
    (
        (
            Step(date(2020, 9, 1), LI, "plan", _SLOW_PERMITS),
            Step(date(2020, 9, 3), LI, "request_approval"),
            Step(date(2020, 9, 4), WANG, "approve"),
            Step(
                date(2020, 9, 7),
                LI,
                "notify",
                {
                    "time": "2020-09-10T09:30:00+08:00",
                    "place": "市营商办会议室",
                    "content": "企业开办久拖不决",
                    "mode": "individual",
                },
            ),
            Step(
                date(2020, 9, 10),
                LI,
                "hold",
                {
                    "reasons": "企业开办久拖不决",
                    "matters": "三次投诉",
                    "measures": "一个窗口办结",
                    "time_limit": "2020-12-31",
                    "requirements": "按月报告",
                    "statements": [{"unit": "云岭县政府", "text": "立即整改"}],
                    "conducted_by": "李某",
                },
            ),
            Step(
                date(2020, 9, 11),
                LI,
                "sign_record",
                {"signed_by_office": "李某", "signed": ["云岭县政府"], "archive_number": "2020-19"},
            ),
            Step(date(2020, 9, 21), YUNLING, "submit_report", {"title": "企业开办整改报告"}),
            Step(date(2020, 9, 23), LI, "accept_report", {"long_term": True, "interval": "1个月"}),
            Step(date(2020, 10, 23), YUNLING, "report_progress", {"title": "十月进展"}),
            Step(date(2020, 11, 12), LI, "record_feedback", {"text": "暗访两次，仍须跑五个窗口"}),
            Step(
                date(2020, 11, 16),
                LI,
                "start_accountability",
                {"obligors": ["云岭县政府"], "failings": ["no_effect"], "text": "两月未见成效"},
            ),
        ),
        (
            Step(date(2020, 12, 15), YUNLING, "report_progress", {"title": "十一月进展"}),
            Step(date(2020, 12, 22), YUNLING, "report_progress", {"title": "十二月进展"}),
            Step(
                date(2021, 1, 15),
                LI,
                "resolve",
                {"evidence": [{"unit": "云岭县政府", "text": "一个窗口办结，企业证实"}]},
            ),
        ),
    ),
)
SECOND_PLAN: Final = Step(date(2020, 12, 1), LI, "plan", _SLOW_PERMITS)
SECOND_CASE: Final = "again-2020"
LAST_DAY: Final = date(2020, 12, 1)
LOOKING_AHEAD: Final = date(2020, 12, 31)

CASES: Final = (OFFICE_TIER.case, LEADER_TIER.case, FAILED.case, SECOND_CASE)

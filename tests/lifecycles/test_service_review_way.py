"""Ways through a service review: good and poor, dismissed, put right again, in limits of one's own, and sealed."""

from datetime import date
from pathlib import Path

import pytest

from tests.lifecycles.reviewing import (
    ANSWERED,
    ASSIGNED,
    CONTACT,
    CONTENT,
    DISMISSED,
    NAME,
    NOT_CONTENT,
    PLATFORM,
    REVIEWER,
    SUPERVISOR,
    UNIT,
    VERIFIED,
    Desk,
    rating,
    variant,
)
from yingshang_flow.compliance import Outcome, audit_ledger
from yingshang_flow.core.analysis import Severity, analysed
from yingshang_flow.core.case import Status
from yingshang_flow.core.confidential import Confidential
from yingshang_flow.deadlines import china
from yingshang_flow.errors import ProfileError
from yingshang_flow.lifecycles.service_review import Closing, Rating

KEPT, BROKEN, UNKNOWN = Outcome


def test_a_poor_review_goes_all_the_way_with_nothing_found() -> None:
    desk = Desk()
    assert desk.reach("closed").state == "closed"
    assert desk.audit().findings == ()
    assert [reason.ground for reason in desk.audit().reasons] == ["item"]
    assert desk.docket.verify(desk.id) == desk.case.revision


@pytest.mark.parametrize("grade", ["very_satisfied", "satisfied", "basically_satisfied"])
def test_a_good_review_is_archived_at_once(grade: str) -> None:
    desk = Desk()
    desk.open(rating(grade=grade), by=REVIEWER)
    assert desk.act("archive").state == "archived"
    assert desk.audit().findings == ()


@pytest.mark.parametrize("who", [PLATFORM, SUPERVISOR])
def test_a_review_that_does_not_stand_is_dismissed(who: object) -> None:
    desk = Desk()
    desk.reach("verified")
    assert desk.act("dismiss", DISMISSED, by=who).state == "dismissed"
    assert desk.audit().findings == ()


def test_a_reviewer_who_is_not_content_has_it_put_right_again() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("follow_up", NOT_CONTENT)
    assert desk.act("start", by=UNIT).state == "rectifying"
    assert desk.act("answer", ANSWERED, by=UNIT).state == "answered"
    desk.refused("close", Closing("年度考核"))
    desk.refused("start", by=UNIT)
    desk.act("follow_up", CONTENT)
    assert desk.act("close", Closing("年度考核")).state == "closed"
    assert desk.audit().findings == ()


def test_the_limits_of_a_locality_run_and_are_met(tmp_path: Path) -> None:
    limits = {"assign": '"1工作日"', "verify": '"5工作日"', "rectify": '"10工作日"', "answer": '"15工作日"'}
    desk = Desk(variant(tmp_path, warning='"1日"', **limits))
    desk.reach("rectifying")
    assert {d.limit: (d.due, d.status) for d in desk.case.deadlines} == {
        "assign": (date(2020, 7, 2), Status.MET),
        "verify": (date(2020, 7, 9), Status.MET),
        "rectify": (date(2020, 7, 20), Status.OPEN),
        "answer": (date(2020, 7, 23), Status.OPEN),
    }
    desk.act("answer", ANSWERED, by=UNIT, at=date(2020, 7, 21))
    assert (desk.deadline("rectify").status, desk.deadline("answer").status) == (Status.MET_LATE, Status.MET)
    assert desk.verdict("H3").outcome is BROKEN


def test_with_every_value_set_the_analysis_warns_of_nothing(tmp_path: Path) -> None:
    limits = {"assign": '"1工作日"', "verify": '"5工作日"', "rectify": '"10工作日"', "answer": '"15工作日"'}
    full = variant(tmp_path, warning='"1日"', counting='""', share="30", lowest="1", fewest="5", **limits)
    assert {issue.severity for issue in analysed(full)} == {Severity.NOTE}
    assert [ground.key for ground in full.grounds] == [
        "item",
        "refused_interview",
        "refused_accountability",
        "rated_low",
    ]
    assert [limit.key for limit in full.limits] == list(limits)


def test_a_good_review_meets_the_limit_of_assigning_by_being_archived(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, assign='"1工作日"'))
    desk.open(rating(grade="satisfied"))
    desk.act("archive", at=date(2020, 7, 2))
    assert desk.deadline("assign").status is Status.MET


def test_a_dismissal_meets_the_limit_of_the_answer(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, answer='"15工作日"'))
    desk.reach("verified")
    desk.act("dismiss", DISMISSED, at=date(2020, 7, 6))
    assert desk.deadline("answer").status is Status.MET


# --- private persons --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [NAME, CONTACT, REVIEWER.id])
def test_who_rates_stands_in_no_record_and_no_snapshot_from_the_first_row_on(secret: str) -> None:
    desk = Desk()
    desk.open(by=REVIEWER)
    desk.act("assign", ASSIGNED)
    store = desk.docket.store
    kept = repr(store.history(desk.id)) + repr(store.load(desk.id))
    assert "assigned" in kept
    assert secret not in kept
    assert secret not in repr(desk.case)
    assert secret not in repr(desk.docket.history(desk.id, by=UNIT))
    assert secret in "".join(map(str, store.vault(desk.id)))


def test_the_platform_and_the_supervisor_read_who_it_was() -> None:
    desk = Desk()
    desk.open(rating(), by=REVIEWER)
    for who in (PLATFORM, SUPERVISOR):
        content = desk.docket.history(desk.id, by=who)[0].content
        assert isinstance(content, Rating)
        assert content.reviewer is not None
        assert (content.reviewer.name, content.reviewer.contact) == (Confidential(NAME), Confidential(CONTACT))


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"scores": "[10, 8, 6, 3]"}, "scores must be 5, each lower than the one before it"),
        ({"scores": "[10, 8, 8, 3, 0]"}, "scores must be 5, each lower than the one before it"),
        ({"scores": "[0, 3, 6, 8, 10]"}, "scores must be 5, each lower than the one before it"),
        ({"poor": "10"}, "poor must leave a good grade and a poor one, from 0 to below 10, not 10"),
        ({"poor": "-1"}, "poor must leave a good grade and a poor one, from 0 to below 10, not -1"),
        ({"share": "0"}, "share must be 1 to 100 percent, not 0"),
        ({"share": "101"}, "share must be 1 to 100 percent, not 101"),
        ({"lowest": "0"}, "lowest must be 1 or more, not 0"),
        ({"share": "10", "fewest": "0"}, "fewest must be 1 or more, not 0"),
        ({"fewest": "5"}, "fewest is set, but there is no share and no place to tell"),
    ],
)
def test_values_that_do_not_go_together_are_told(tmp_path: Path, values: dict[str, str], said: str) -> None:
    with pytest.raises(ProfileError) as caught:
        variant(tmp_path, **values)
    (problem,) = caught.value.problems
    assert problem.startswith(f"service_review.{said}")


@pytest.mark.parametrize(
    ("poor", "grade", "state"), [("6", "basically_satisfied", "assigned"), ("0", "dissatisfied", "")]
)
def test_which_grades_are_poor_is_the_localitys_choice(tmp_path: Path, poor: str, grade: str, state: str) -> None:
    desk = Desk(variant(tmp_path, poor=poor))
    desk.open(rating(grade=grade))
    if state:
        assert desk.act("assign", ASSIGNED).state == state
    else:
        desk.refused("assign", ASSIGNED)
        assert desk.act("archive").state == "archived"


# --- the spreadsheet --------------------------------------------------------------------------------------------------

LEDGER = """\
评价编号,评价日期,评价等级,评价渠道,被评单位,归档日期,转办日期,责任单位,核实日期,整改开始日期,反馈日期,整改结果,回访日期,办结日期,纳入考核
甲-1,2020-07-01,满意,辽事通,市住建局,2020-07-02,,,,,,,,,
甲-2,2020-07-01,不满意,其他,市住建局,,2020-07-02,市住建局,2020-07-03,2020-07-06,2020-07-10,已整改,2020-07-12,2020-07-15,年度考核
甲-3,2020-07-01,不满意,意见簿,市税务局,,2020-07-02,市税务局,2020-07-03,2020-07-06,2020-07-10,拒不整改,2020-07-12,2020-07-15,
甲-4,2020-07-01,非常不满意,意见箱,市税务局,,2020-07-02,市税务局,,2020-07-06,2020-07-10,已整改,2020-07-12,2020-07-15,年度考核
甲-5,2020-07-01,一般,意见箱,市税务局,,,,,,,,,,
"""


def test_a_ledger_of_reviews_is_audited_as_far_as_it_tells() -> None:
    desk = Desk()
    said = audit_ledger(LEDGER.encode(), desk.lifecycle, calendar=china(), now=desk.clock())
    assert (said.total, said.audited, said.refused) == (5, 4, 1)
    assert [(found.row.reference, found.finding.code, found.finding.label.zh) for found in said.findings] == [
        ("甲-3", "H3", "拒不整改"),
        ("甲-4", "H3", "转办后核实"),
    ]
    assert "一般" in said.problems[0].text("zh")


def test_a_review_is_verified_by_the_supervisor_where_it_wants_to() -> None:
    desk = Desk()
    desk.reach("assigned")
    assert desk.act("verify", VERIFIED, by=SUPERVISOR).state == "verified"

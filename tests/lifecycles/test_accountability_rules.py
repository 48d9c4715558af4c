"""Rules A1 to A6 of accountability: of each the kept and the broken case, and what other procedures call for."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.lifecycles import complaining, interviewing
from tests.lifecycles.accounting import (
    BAYUQUAN,
    CHECK,
    DISCIPLINE,
    DISMISSAL,
    DISPOSAL,
    REPORTED_BY,
    RESULT,
    SUPERVISOR,
    SUSPECTED,
    TRANSFER,
    Desk,
    clue,
    variant,
)
from tests.lifecycles.tasking import cited, the_unmet
from yingshang_flow.compliance import Outcome, audit, audit_all
from yingshang_flow.core.confidential import Confidential, Withheld
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import CHINA_TIME, china
from yingshang_flow.docket import Docket
from yingshang_flow.errors import ContentError, ProfileError
from yingshang_flow.lifecycles.accountability import (
    Check,
    Circular,
    Disposal,
    Exposure,
    HeldAccountable,
    ReturnedResult,
    Transfer,
)
from yingshang_flow.lifecycles.interview import Failure

KEPT, BROKEN, UNKNOWN = Outcome


def judged(desk: Desk, history: list[Record], rule: str) -> Any:  # noqa: ANN401 - a verdict
    said = audit(history, desk.lifecycle, calendar=china())
    return next(verdict for verdict in said.verdicts if verdict.rule.id == rule)


# --- A1 ---------------------------------------------------------------------------------------------------------------


def inspected(*, grave: bool, check: Check = CHECK, found_by: str = "inspection") -> Desk:
    desk = Desk(BAYUQUAN)
    desk.open(clue(grave=grave, found_by=found_by))
    desk.act("check", check)
    return desk


@pytest.mark.breaks("A1")
def test_A1_a_grave_breach_that_an_inspection_found_and_nobody_passed_on_is_found() -> None:
    desk = inspected(grave=True)
    assert desk.verdict("A1").outcome is UNKNOWN
    desk.act("dispose", DISPOSAL)
    (found,) = desk.verdict("A1").findings
    assert (found.found, found.revision) == ("transfer: 0", 3)


@pytest.mark.keeps("A1")
def test_A1_what_went_to_discipline_inspection_is_kept() -> None:
    desk = inspected(grave=True)
    desk.act("transfer", TRANSFER)
    assert desk.verdict("A1").outcome is KEPT


@pytest.mark.breaks("A1")
def test_A1_another_recipient_is_not_enough() -> None:
    desk = inspected(grave=True)
    desk.act("transfer", TRANSFER)
    desk.act("return_result", RESULT, by=DISCIPLINE)
    desk.act("dispose", DISPOSAL)
    forged = [
        attrs.evolve(r, content=attrs.evolve(TRANSFER, recipient="audit")) if r.trigger == "transfer" else r
        for r in desk.history
    ]
    (found,) = judged(desk, forged, "A1").findings
    assert found.found == "audit"


@pytest.mark.parametrize(
    ("grave", "check", "found_by", "outcome"),
    [
        pytest.param(True, CHECK, "complaint", KEPT, marks=pytest.mark.keeps("A1")),
        pytest.param(False, CHECK, "inspection", KEPT, marks=pytest.mark.keeps("A1")),
        pytest.param(True, attrs.evolve(CHECK, grave=False), "inspection", KEPT, marks=pytest.mark.keeps("A1")),
        pytest.param(False, attrs.evolve(CHECK, grave=True), "inspection", BROKEN, marks=pytest.mark.breaks("A1")),
    ],
)
def test_A1_the_check_says_anew_how_grave_it_is(check: Check, found_by: str, outcome: Outcome, *, grave: bool) -> None:
    desk = inspected(grave=grave, check=check, found_by=found_by)
    desk.act("dispose", DISPOSAL)
    assert desk.verdict("A1").outcome is outcome


def test_A1_what_turned_out_to_be_nothing_is_passed_on_to_nobody_and_what_is_not_on_file_is_unknown() -> None:
    desk = inspected(grave=True)
    desk.act("dismiss", DISMISSAL)
    assert desk.verdict("A1").outcome is KEPT
    blind = [attrs.evolve(record, content=None) for record in desk.history]
    assert judged(desk, blind, "A1").outcome is UNKNOWN


# --- A2 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.breaks("A2")
@pytest.mark.parametrize(
    ("content", "en", "found"),
    [
        (Disposal(), "a circular, an exposure or persons held accountable", ()),
        (Disposal((Circular("吃拿卡要"),)), "a circular takes up each problem found", ("超期审批",)),
        (Disposal((), (Exposure("吃拿卡要"),)), "an exposure names the conduct and the outlet", ("吃拿卡要",)),
        (Disposal((), (Exposure(" ", "辽宁日报"),)), "an exposure names the conduct and the outlet", ("辽宁日报",)),
        (
            Disposal((), (), (HeldAccountable("某区住建局", "刘某某", "诫勉谈话", " "),)),
            "persons are held accountable jointly with discipline inspection",
            ("某区住建局 刘某某",),
        ),
    ],
)
def test_A2_something_is_done_and_each_in_its_way(content: Disposal, en: str, found: tuple[str, ...]) -> None:
    desk = Desk()
    desk.reach("checking")
    unmet = the_unmet(desk.refused("dispose", content), "A2")
    assert (unmet.label.en, unmet.found) == (en, found)
    assert cited(unmet) == ["liaoning-reply-2020 一", "shenyang-campaign-2021 五(四)", "bayuquan-plan-2018 四(四)"]


@pytest.mark.keeps("A2")
@pytest.mark.parametrize(
    "content",
    [
        Disposal(DISPOSAL.circulars, batch="一"),
        Disposal((), DISPOSAL.exposures, batch="一"),
        Disposal((), (), DISPOSAL.persons),
    ],
)
def test_A2_any_of_the_three_is_enough(content: Disposal) -> None:
    desk = Desk()
    desk.reach("checking")
    assert desk.act("dispose", content).state == "disposed"
    assert desk.verdict("A2").outcome is KEPT


def test_A2_a_locality_may_hold_persons_accountable_alone() -> None:
    desk = Desk(BAYUQUAN)
    desk.reach("checking")
    alone = Disposal((), (), (HeldAccountable("某镇", "刘某某", "诫勉谈话"),))
    assert desk.act("dispose", alone).state == "disposed"


@pytest.mark.breaks("A2")
def test_A2_the_check_says_what_it_found_and_a_dismissal_why() -> None:
    desk = Desk()
    desk.open()
    assert cited(the_unmet(desk.refused("check", Check(" ")), "A2")) == ["liaoning-reply-2020 四"]
    desk.act("check", CHECK)
    assert cited(the_unmet(desk.refused("dismiss", attrs.evolve(DISMISSAL, reasons=None)), "A2")) == ["ours A2"]
    assert desk.act("dismiss", DISMISSAL).state == "unfounded"


# --- A3 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("A3")
@pytest.mark.breaks("A3")
def test_A3_what_was_passed_on_comes_back_with_a_result_before_anything_is_done() -> None:
    desk = Desk()
    desk.reach("transferred")
    assert desk.verdict("A3").outcome is UNKNOWN
    assert [unmet.code for unmet in desk.refused("dispose", DISPOSAL).unmet] == ["state"]
    unmet = the_unmet(desk.refused("return_result", ReturnedResult(), by=DISCIPLINE), "A3")
    assert (unmet.found, cited(unmet)) == (("反馈结果 result",), ["ours A3"])
    desk.act("return_result", RESULT, by=DISCIPLINE, at=date(2020, 10, 12))
    assert desk.verdict("A3").outcome is KEPT


@pytest.mark.breaks("A3")
def test_A3_a_case_that_ended_without_the_result_is_found() -> None:
    desk = Desk()
    desk.reach("disposed")
    assert desk.verdict("A3").outcome is KEPT
    forged = [record for record in desk.history if record.trigger != "return_result"]
    assert judged(desk, forged, "A3").outcome is BROKEN


@pytest.mark.breaks("A3")
def test_A3_a_locality_may_set_how_long_that_takes(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, result='"20工作日"', warning='"3工作日"'))
    desk.reach("transferred")
    (owed,) = desk.case.owed()
    assert (owed.due, owed.warn) == (date(2020, 10, 14), date(2020, 10, 10))
    desk.act("return_result", RESULT, by=DISCIPLINE, at=date(2020, 10, 15))
    (found,) = desk.verdict("A3").findings
    assert (found.due, found.happened) == (date(2020, 10, 14), date(2020, 10, 15))


# --- A4 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("A4")
@pytest.mark.breaks("A4")
@pytest.mark.parametrize("words", [None, " "])
def test_A4_where_a_clue_came_from_is_a_linked_case_or_put_in_words(words: str | None) -> None:
    desk = Desk(BAYUQUAN)
    unmet = the_unmet(desk.refused("register", clue(came_from=words), by=SUPERVISOR), "A4")
    assert (unmet.label.zh, cited(unmet)) == ("须关联来源案件，或写明线索来源", ["ours A4"])
    came = complaining.Desk(docket=desk.docket)
    came.open()
    assert desk.open(clue(came_from=words), origin=came.id).state == "clue"
    (said,) = audit_all([(desk.history, desk.lifecycle)], calendar=china(), linked={came.id: came.case})
    assert said.outcome("A4") is KEPT


@pytest.mark.breaks("A4")
@pytest.mark.parametrize("changes", [{"clue": " "}, {"found_by": None}])
def test_A4_a_clue_says_what_it_is_about_and_how_it_was_found(changes: dict[str, Any]) -> None:
    assert cited(the_unmet(Desk().refused("register", clue(**changes), by=SUPERVISOR), "A4")) == ["ours A4"]


FAILED = Failure(("甘井子区",), ("unchanged",), "约谈后我行我素")


@pytest.fixture
def interviewed() -> interviewing.Desk:
    """An interview that is tracked, of which nobody has said yet that it failed."""
    desk = interviewing.Desk("liaoning-2020")
    desk.reach("tracking")
    return desk


def from_an_interview(desk: interviewing.Desk, **changes: Any) -> Desk:  # noqa: ANN401 - the fields of a clue
    case = Desk(docket=desk.docket)
    case.open(clue(found_by="interview", came_from=None, **changes), origin=desk.id, at=date(2019, 3, 1))
    return case


@pytest.mark.keeps("A4")
def test_A4_a_failed_interview_takes_the_place_of_the_check(interviewed: interviewing.Desk) -> None:
    interviewed.act("start_accountability", FAILED, at=date(2019, 2, 20))
    desk = from_an_interview(interviewed, units=FAILED.obligors)
    assert desk.act("dispose", DISPOSAL, at=date(2019, 3, 4)).state == "disposed"
    (said,) = audit_all([(desk.history, desk.lifecycle)], calendar=china(), linked={interviewed.id: interviewed.case})
    assert said.outcome("A4") is KEPT


@pytest.mark.breaks("A4")
@pytest.mark.parametrize("units", [(), ("某区住建局",)])
def test_A4_what_was_not_checked_comes_from_units_that_failed_it(
    interviewed: interviewing.Desk, units: tuple[str, ...]
) -> None:
    desk = from_an_interview(interviewed, units=units)
    unmet = the_unmet(desk.refused("dispose", DISPOSAL, at=date(2019, 3, 4)), "A4")
    assert cited(unmet) == ["liaoning-reply-2020 二"]
    desk = Desk()
    desk.open()
    assert cited(the_unmet(desk.refused("dispose", DISPOSAL), "A4")) == ["liaoning-reply-2020 二"]


def test_A4_elsewhere_everything_is_checked_first() -> None:
    desk = Desk(BAYUQUAN)
    desk.open()
    assert [unmet.code for unmet in desk.refused("dispose", DISPOSAL).unmet] == ["state"]


# --- A5 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("A5")
@pytest.mark.breaks("A5")
def test_A5_what_is_published_belongs_to_a_batch() -> None:
    desk = Desk()
    desk.reach("disposed")
    assert desk.verdict("A5").outcome is KEPT
    desk = Desk()
    desk.reach("checking")
    desk.act("dispose", attrs.evolve(DISPOSAL, batch=" "))  # never refused
    assert desk.verdict("A5").outcome is BROKEN
    desk = Desk()
    desk.reach("checking")
    desk.act("dispose", Disposal((), (), DISPOSAL.persons))
    assert desk.verdict("A5").outcome is KEPT


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        pytest.param(date(2020, 12, 8), KEPT, marks=pytest.mark.keeps("A5")),
        pytest.param(date(2020, 12, 9), BROKEN, marks=pytest.mark.breaks("A5")),
    ],
)
def test_A5_a_locality_may_say_how_far_apart_batches_lie(tmp_path: Path, second: date, outcome: Outcome) -> None:
    desk = Desk(variant(tmp_path, interval="3"))
    histories = []
    for batch, day in (("三", date(2020, 9, 8)), ("三", date(2020, 9, 10)), ("四", second), (None, date(2022, 1, 4))):
        desk.open()
        desk.act("check", CHECK)
        desk.act("dispose", attrs.evolve(DISPOSAL, batch=batch), at=day)
        histories.append((desk.history, desk.lifecycle))
    said = audit_all(histories[:3], calendar=china())
    assert [one.outcome("A5") for one in said] == [KEPT, KEPT, outcome]
    (alone,) = audit_all(histories[3:], calendar=china())
    assert [finding.found for finding in alone.findings] == [""]


# --- A6 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.keeps("A6")
@pytest.mark.breaks("A6")
def test_A6_what_is_passed_on_goes_to_a_body_that_the_locality_works_with() -> None:
    desk = Desk(BAYUQUAN)
    desk.reach("checking")
    unmet = the_unmet(desk.refused("transfer", attrs.evolve(TRANSFER, recipient="police")), "A6")
    assert (unmet.found, cited(unmet)) == (("police; discipline",), ["bayuquan-plan-2018 五(三)"])
    unmet = the_unmet(desk.refused("transfer", Transfer()), "A6")
    assert (unmet.found, cited(unmet)) == (
        ("接收单位 recipient", "移送事项 what is passed on"),
        ["liaoning-reply-2020 四"],
    )
    desk.act("transfer", TRANSFER)
    assert desk.verdict("A6").outcome is KEPT


@pytest.mark.parametrize("recipient", ["discipline", "organisation", "police", "audit", "government_supervision"])
def test_A6_the_bodies_are_a_closed_list(recipient: str) -> None:
    desk = Desk()
    desk.reach("checking")
    with pytest.raises(ContentError, match="must be one of discipline, organisation"):
        desk.act("transfer", {"recipient": "court", "matter": "问题"})
    assert desk.act("transfer", {"recipient": recipient, "matter": "问题"}).state == "transferred"


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"recipients": "[]"}, "recipients must name at least one"),
        ({"interval": "0"}, "interval must be 1 month or more, not 0"),
        ({"interval": "3", "batches": "false"}, "interval is set, but there are no batches"),
        ({"recipients": '["audit"]', "grave_transferred": "true"}, "discipline is none of the recipients"),
    ],
)
def test_values_that_do_not_go_together_are_refused(tmp_path: Path, values: dict[str, str], told: str) -> None:
    with pytest.raises(ProfileError, match=told):
        variant(tmp_path, **values)


# --- what is sealed ---------------------------------------------------------------------------------------------------


def test_who_reported_it_and_who_is_suspected_are_sealed_but_for_the_supervisor_and_discipline_inspection() -> None:
    desk = Desk()
    desk.reach("disposed")
    everything = " ".join(row.text for row in desk.docket.store.history(desk.id))
    assert REPORTED_BY not in everything
    assert SUSPECTED not in everything
    for actor in (SUPERVISOR, DISCIPLINE):
        seen: Any = desk.docket.history(desk.id, by=actor)[0].content
        assert (seen.suspected, seen.reporter.name) == (Confidential(SUSPECTED), Confidential(REPORTED_BY))
    unseen: Any = desk.history[0].content
    assert isinstance(unseen.reporter.name.value, Withheld)


# --- what other procedures call for -----------------------------------------------------------------------------------


@pytest.mark.keeps("T7")
@pytest.mark.breaks("T7")
def test_T7_a_clue_passed_on_from_a_complaint_leads_to_a_case_of_accountability_or_is_found() -> None:
    complaint = complaining.Desk()
    complaint.reach("handling")
    complaint.act("transfer_clue", complaining.CLUE, by=complaining.SUPERVISOR)
    docket = complaint.docket
    (alone,) = of_all(docket)
    assert alone.outcome("T7") is BROKEN
    desk = Desk(BAYUQUAN, docket=docket)
    desk.open(clue(found_by="complaint", came_from=None), origin=complaint.id, at=date(2018, 9, 17))
    outcomes = {said.lifecycle: said for said in of_all(docket)}
    assert outcomes["complaint"].outcome("T7") is KEPT
    assert outcomes["accountability"].findings == ()


def of_all(docket: Docket) -> Any:  # noqa: ANN401 - the audits of every case
    known = [(docket.history(case.id), docket.lifecycle(case.id)) for case in docket.find()]
    now = datetime.combine(date(2018, 9, 17), time(12), CHINA_TIME)
    return audit_all(known, calendar=docket.calendar, now=now)


def test_what_calls_for_accountability_calls_for_a_shipped_procedure() -> None:
    complaint, interview = complaining.Desk().lifecycle, interviewing.Desk("liaoning-2020").lifecycle
    key = Desk().lifecycle.key
    assert complaint.by_trigger["transfer_clue"].calls_for == key
    assert interview.by_trigger["start_accountability"].calls_for == key

"""Ways through a complaint: extension, reopening, withdrawal, switches, other starts, and what stays sealed."""

from datetime import date
from pathlib import Path

import pytest

from tests.lifecycles.complaining import (
    AGAINST,
    BODY,
    COMPLAINANT,
    CONCLUSION,
    CONTACT,
    EXTENSION,
    NAME,
    PLATFORM,
    REASON,
    RECEIVED,
    REFUSAL,
    REPLY,
    SATISFIED,
    SUPERVISOR,
    UNDERTAKER,
    Assignment,
    Desk,
    Receipt,
    Reopening,
    Supplement,
    SupplementRequest,
    TakingUp,
    receipt,
    variant,
    without,
)
from yingshang_flow import lifecycles
from yingshang_flow.compliance import Outcome
from yingshang_flow.core.case import Status
from yingshang_flow.core.confidential import Confidential, Sealed
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.errors import ContentError, ProfileError
from yingshang_flow.stores import MemoryStore


def test_a_complaint_goes_all_the_way_with_nothing_found() -> None:
    desk = Desk()
    assert desk.reach("closed").state == "closed"
    assert desk.audit().findings == ()
    assert desk.docket.verify(desk.id) == desk.case.revision
    assert desk.case.owed() == ()


def test_the_worked_example_received_on_10_september_2018() -> None:
    desk = Desk()
    desk.reach("handling")
    assert desk.deadline("answer").due == date(2018, 9, 19)
    assert desk.deadline().due == date(2018, 10, 26)
    desk.act("extend", EXTENSION, at=date(2018, 10, 26))
    assert desk.deadline().due == date(2018, 12, 10)
    assert desk.deadline().start == RECEIVED


def test_a_registered_complaint_counts_from_when_the_complaint_body_receives_it() -> None:
    desk = Desk()
    desk.open(by=PLATFORM, trigger="register", at=date(2018, 9, 6))
    assert desk.case.state == "registered"
    assert desk.case.deadlines == ()
    assert desk.act("receive", receipt(), at=RECEIVED).state == "received"
    assert desk.deadline("answer").due == date(2018, 9, 19)


def test_a_complaint_goes_all_the_way_in_extended_time_and_only_once() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 20))
    desk.refused("extend", EXTENSION, at=date(2018, 12, 1))
    desk.act("conclude", CONCLUSION, at=date(2018, 12, 10))
    desk.act("follow_up", SATISFIED, at=date(2018, 12, 11))
    assert desk.act("close", at=date(2018, 12, 12)).state == "closed"
    assert desk.deadline().status is Status.MET
    assert desk.audit().findings == ()


@pytest.mark.parametrize("state", ["concluded", "closed"])
@pytest.mark.parametrize("who", [BODY, SUPERVISOR])
def test_a_reopened_complaint_is_owed_again_until_its_original_date(state: str, who: object) -> None:
    desk = Desk()
    desk.reach(state, concluded=date(2018, 10, 12))
    case = desk.act("reopen", Reopening("问题未解决"), by=who, at=date(2018, 10, 15))
    assert case.state == "handling"
    assert (desk.deadline().due, desk.deadline().status) == (date(2018, 10, 26), Status.OPEN)
    assert desk.deadline("answer").status is Status.MET
    desk.act("conclude", CONCLUSION, at=date(2018, 10, 24))
    desk.act("follow_up", SATISFIED, at=date(2018, 10, 25))
    assert desk.act("close", at=date(2018, 10, 25)).state == "closed"
    assert desk.audit().outcome("T2") is Outcome.KEPT


def test_a_complaint_reopened_from_closed_after_its_date_is_late() -> None:
    desk = Desk()
    desk.reach("closed")
    desk.act("reopen", Reopening("假办结"), by=SUPERVISOR, at=date(2018, 11, 5))
    assert desk.deadline().due == date(2018, 10, 26)
    desk.act("conclude", CONCLUSION, at=date(2018, 11, 8))
    assert desk.deadline().status is Status.MET_LATE
    (found,) = [finding for finding in desk.audit().findings if finding.code == "T2"]
    assert (found.due, found.happened, found.days_late) == (date(2018, 10, 26), date(2018, 11, 8), 9)


def test_a_reopened_complaint_keeps_its_extension_and_gets_no_second_one() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("extend", EXTENSION, at=date(2018, 10, 20))
    desk.act("conclude", CONCLUSION, at=date(2018, 11, 20))
    desk.act("reopen", Reopening("问题未解决"), at=date(2018, 11, 22))
    assert (desk.deadline().due, desk.deadline().status) == (date(2018, 12, 10), Status.OPEN)
    desk.refused("extend", EXTENSION, at=date(2018, 11, 23))


def test_after_reopening_an_old_follow_up_no_longer_counts() -> None:
    desk = Desk()
    desk.reach("followed_up")
    desk.act("reopen", Reopening("问题未解决"), at=date(2018, 10, 22))
    desk.act("conclude", CONCLUSION, at=date(2018, 10, 23))
    desk.refused("close", at=date(2018, 10, 24))


@pytest.mark.parametrize(
    ("trigger", "content", "who", "state"),
    [("refuse", REFUSAL, BODY, "refused"), ("withdraw", REASON, COMPLAINANT, "withdrawn")],
)
def test_a_complaint_that_is_refused_or_withdrawn_owes_nothing_more(
    trigger: str, content: object, who: object, state: str
) -> None:
    desk = Desk()
    desk.open()
    assert desk.act(trigger, content, by=who).state == state
    assert desk.case.owed() == ()
    assert desk.audit().findings == ()


def test_papers_are_asked_for_and_sent_in_and_no_clock_stops() -> None:
    desk = Desk()
    desk.open()
    case = desk.act("request_supplement", SupplementRequest("身份证明", date(2018, 9, 14)), at=date(2018, 9, 11))
    assert case.state == "awaiting_supplement"
    desk.act("supplement", Supplement("身份证明"), by=COMPLAINANT, at=date(2018, 9, 14))
    assert desk.case.state == "received"
    assert [d.due for d in desk.case.deadlines] == [date(2018, 9, 19), date(2018, 10, 26)]


def test_a_complaint_is_accepted_while_papers_are_still_awaited() -> None:
    desk = Desk()
    desk.open()
    desk.act("request_supplement", SupplementRequest("身份证明", date(2018, 9, 14)), at=date(2018, 9, 11))
    assert desk.act("accept").state == "accepted"


def test_handling_is_suspended_and_resumed_and_no_clock_stops() -> None:
    desk = Desk()
    desk.reach("handling")
    assert desk.act("suspend", REASON).state == "suspended"
    desk.act("reply", REPLY)
    assert desk.act("resume", REASON, at=date(2018, 9, 28)).state == "handling"
    assert desk.deadline().due == date(2018, 10, 26)


def test_a_returned_complaint_is_assigned_anew_on_the_same_clock() -> None:
    desk = Desk()
    desk.reach("assigned")
    assert desk.act("return_assignment", REASON, by=UNDERTAKER).state == "accepted"
    assert desk.act("assign", Assignment("区执法局"), by=PLATFORM).state == "assigned"
    assert desk.deadline().start == RECEIVED


# --- sealed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [NAME, CONTACT, COMPLAINANT.id])
def test_who_complains_stands_in_no_record_and_no_snapshot_from_the_first_row_on(secret: str) -> None:
    desk = Desk(store=MemoryStore())
    desk.open(by=PLATFORM, trigger="register", at=date(2018, 9, 6))
    desk.act("receive", receipt(), at=RECEIVED)
    desk.act("request_supplement", SupplementRequest("证明", date(2018, 9, 14)), at=date(2018, 9, 11))
    desk.act("supplement", Supplement("证明"), by=COMPLAINANT, at=date(2018, 9, 12))
    desk.act("withdraw", REASON, by=COMPLAINANT)
    store = desk.docket.store
    kept = repr(store.history(desk.id)) + repr(store.load(desk.id))
    assert "registered" in kept
    assert secret not in kept
    assert secret not in repr(desk.case)
    assert secret in "".join(map(str, store.vault(desk.id)))


def test_who_complains_can_be_read_back_from_the_vault() -> None:
    desk = Desk()
    desk.open()
    content = desk.history[0].content
    assert isinstance(content, Receipt)
    assert content.complainant is not None
    assert content.complainant.name == Confidential(NAME)
    kept = desk.case.latest(Receipt)
    assert kept is not None
    assert kept.complainant is not None
    assert kept.complainant.contact is not None
    assert isinstance(kept.complainant.contact.value, Sealed)


def test_an_anonymous_complaint_has_no_complainant() -> None:
    desk = Desk()
    assert desk.reach("closed", receipt(identity="anonymous", complainant=None)).state == "closed"
    assert desk.audit().findings == ()


# --- switches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("switch", "states", "triggers"),
    [
        ("supplement", {"awaiting_supplement"}, {"request_supplement", "supplement"}),
        ("suspension", {"suspended"}, {"suspend", "resume"}),
        ("refusal", {"refused"}, {"refuse"}),
        ("withdrawal", {"withdrawn"}, {"withdraw"}),
        ("follow_up", set(), {"follow_up"}),
    ],
)
def test_what_is_switched_off_is_not_in_the_lifecycle(
    tmp_path: Path, switch: str, states: set[str], triggers: set[str]
) -> None:
    shipped, other = lifecycles.complaint("bayuquan-2018"), variant(tmp_path, **{switch: "false"})
    assert set(shipped.by_state) - set(other.by_state) == states
    assert set(shipped.by_trigger) - set(other.by_trigger) == triggers
    columns = [{column.name for column in each.ledger if column.trigger in triggers} for each in (shipped, other)]
    assert columns[1] == set()
    assert columns[0] or switch == "suspension"


def test_with_everything_of_ours_off_a_complaint_still_goes_all_the_way(tmp_path: Path) -> None:
    off = dict.fromkeys(("supplement", "suspension", "refusal", "withdrawal", "follow_up"), "false")
    desk = Desk(variant(tmp_path, **off))
    desk.reach("concluded")
    assert desk.act("close", at=date(2018, 10, 22)).state == "closed"
    assert desk.audit().findings == ()


def test_a_profile_without_limits_owes_nothing_by_a_date(tmp_path: Path) -> None:
    names = ("answer", "answer_warning", "conclusion", "conclusion_warning", "extension", "extension_approver")
    desk = Desk(without(tmp_path, *names))
    assert "T3" not in {rule.id for rule in desk.lifecycle.rules}
    assert "extend" not in desk.lifecycle.by_trigger
    desk.reach("closed")
    assert desk.case.deadlines == ()


def test_a_profile_without_an_extension_owes_the_conclusion_in_its_one_period(tmp_path: Path) -> None:
    lifecycle = without(tmp_path, "extension", "extension_approver")
    assert "extend" not in lifecycle.by_trigger
    assert lifecycle.by_limit["conclusion"].extended == {}


def test_a_profile_without_an_approver_asks_for_none(tmp_path: Path) -> None:
    desk = Desk(without(tmp_path, "extension_approver"))
    desk.reach("handling")
    assert desk.act("extend", {"ground": "special_circumstances", "reason": "取证"}).state == "handling"


def test_values_that_do_not_go_together_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        variant(
            tmp_path,
            supplement="false",
            answer_starts='"supplement"',
            conclusion_starts='"supplement"',
            attempts="0",
            returns="-1",
            silence="-2",
        )
    names = [problem.split()[0] for problem in caught.value.problems]
    assert names == [
        f"complaint.{name}" for name in ("answer_starts", "conclusion_starts", "attempts", "returns", "silence")
    ]
    with pytest.raises(ProfileError, match=r"complaint\.extension is set"):
        without(tmp_path, "conclusion")
    with pytest.raises(ProfileError, match=r"complaint\.extension_approver is set"):
        without(tmp_path, "extension")


# --- other starts -----------------------------------------------------------------------------------------------------


def starting(folder: Path, start: str) -> Lifecycle:
    return variant(folder, answer_starts=f'"{start}"', conclusion_starts=f'"{start}"')


def starts(desk: Desk) -> list[date]:
    return [d.start for d in desk.case.deadlines]


def test_limits_from_registration_are_not_started_again_by_the_receipt(tmp_path: Path) -> None:
    desk = Desk(starting(tmp_path, "register"))
    desk.open(by=PLATFORM, trigger="register", at=date(2018, 9, 6))
    desk.act("receive", receipt(), at=RECEIVED)
    assert starts(desk) == [date(2018, 9, 6)] * 2
    desk.open()
    assert starts(desk) == [RECEIVED] * 2


def test_limits_from_acceptance_start_with_it(tmp_path: Path) -> None:
    desk = Desk(starting(tmp_path, "accept"))
    desk.reach("received")
    assert starts(desk) == []
    desk.act("accept", at=date(2018, 9, 11))
    assert starts(desk) == [date(2018, 9, 11)] * 2


def test_limits_from_assignment_start_with_the_first_or_with_the_taking_up(tmp_path: Path) -> None:
    desk = Desk(starting(tmp_path, "assign"))
    desk.reach("accepted")
    assert starts(desk) == []
    desk.act("assign", Assignment(AGAINST), at=date(2018, 9, 12))
    desk.act("return_assignment", REASON, by=UNDERTAKER, at=date(2018, 9, 13))
    desk.act("assign", Assignment(AGAINST), at=date(2018, 9, 14))
    desk.act("take_up", TakingUp("wang"), at=date(2018, 9, 17))
    assert starts(desk) == [date(2018, 9, 12)] * 2
    unassigned = Desk(desk.lifecycle)
    unassigned.reach("accepted")
    unassigned.act("take_up", TakingUp("wang"), at=date(2018, 9, 17))
    assert starts(unassigned) == [date(2018, 9, 17)] * 2


def test_there_is_nothing_to_extend_before_the_limit_has_started(tmp_path: Path) -> None:
    desk = Desk(starting(tmp_path, "assign"))
    desk.reach("accepted")
    (unmet,) = desk.refused("extend", EXTENSION).unmet
    assert unmet.label.zh == "办结期限尚在"


def supplemented(desk: Desk, asked: date, sent: date) -> None:
    desk.act("request_supplement", SupplementRequest("证明", sent), at=asked)
    desk.act("supplement", Supplement("证明"), by=COMPLAINANT, at=sent)


def test_limits_from_complete_papers_start_again_when_the_papers_are_complete(tmp_path: Path) -> None:
    desk = Desk(starting(tmp_path, "supplement"))
    desk.open()
    assert starts(desk) == [RECEIVED] * 2
    supplemented(desk, date(2018, 9, 11), date(2018, 9, 14))
    assert starts(desk) == [date(2018, 9, 14)] * 2


def test_papers_start_no_limit_again_that_has_run_out_or_was_met(tmp_path: Path) -> None:
    desk = Desk(starting(tmp_path, "supplement"))
    desk.open()
    supplemented(desk, date(2018, 9, 11), date(2018, 9, 20))
    assert starts(desk) == [RECEIVED, date(2018, 9, 20)]
    answered = Desk(desk.lifecycle)
    answered.open()
    answered.act("reply", REPLY, at=date(2018, 9, 11))
    supplemented(answered, date(2018, 9, 12), date(2018, 9, 14))
    assert starts(answered) == [RECEIVED, date(2018, 9, 14)]
    assert answered.deadline("answer").status is Status.MET


def test_malformed_content_is_a_content_error_and_no_refusal() -> None:
    desk = Desk()
    with pytest.raises(ContentError):
        desk.open({"identity": "somebody"})
    with pytest.raises(ContentError):
        desk.open({"complainant": {"name": 5}})


def test_an_unsatisfied_but_solved_complaint_can_be_closed() -> None:
    desk = Desk()
    desk.reach("concluded")
    desk.act("follow_up", {"answer": "unsatisfied", "evidence": "录音", "problem": "solved"}, at=date(2018, 10, 22))
    assert desk.act("close", at=date(2018, 10, 23)).state == "closed"


# --- time that does not count -----------------------------------------------------------------------------------------


def test_under_bayuquan_neither_papers_nor_a_suspension_stop_a_clock() -> None:
    desk = Desk()
    desk.reach("answered")
    desk.act("suspend", REASON, at=date(2018, 9, 20))
    desk.act("resume", REASON, at=date(2018, 9, 28))
    assert (desk.deadline().due, desk.deadline().excluded) == (date(2018, 10, 26), ())


def test_where_a_profile_says_so_the_time_of_a_suspension_does_not_count(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, suspension_excluded="true"))
    desk.reach("answered")
    desk.act("suspend", REASON, at=date(2018, 9, 20))
    assert desk.deadline().paused == date(2018, 9, 20)
    desk.act("resume", REASON, at=date(2018, 9, 28))
    # Six working days lie from the 20th to the 28th, both included: 24 September is Mid-Autumn Day.
    assert desk.deadline().due == date(2018, 11, 5)
    assert desk.docket.verify(desk.id) == len(desk.history)
    assert desk.audit().irregular == ()


def test_where_a_profile_says_so_the_time_until_the_papers_are_there_does_not_count(tmp_path: Path) -> None:
    desk = Desk(variant(tmp_path, supplement_excluded="true"))
    desk.open()
    desk.act("request_supplement", SupplementRequest("营业执照", date(2018, 9, 20)), at=date(2018, 9, 11))
    desk.act("supplement", Supplement("营业执照复印件"), by=COMPLAINANT, at=date(2018, 9, 13))
    assert desk.deadline("answer").due == date(2018, 9, 25)
    assert desk.deadline("answer").excluded == ((date(2018, 9, 11), date(2018, 9, 13)),)


def test_time_can_only_be_excluded_where_there_is_such_a_step(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"complaint\.suspension_excluded is set, but there is no suspension"):
        variant(tmp_path, suspension="false", suspension_excluded="true")

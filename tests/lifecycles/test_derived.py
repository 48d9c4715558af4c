"""A derived procedure is bound, run, kept, rebuilt, proposed and audited like any other."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lifecycles import complaining, interviewing, rectifying
from tests.lifecycles.approving import APPROVING, CHECKED, OWN, P2, Approval, ApprovingValues, change, profile, submit
from yingshang_flow import Actor, Docket, lifecycles
from yingshang_flow.compliance import Outcome, audit
from yingshang_flow.core.analysis import Severity, analysed
from yingshang_flow.core.deriving import derive
from yingshang_flow.core.difference import differences
from yingshang_flow.core.fingerprint import fingerprint
from yingshang_flow.core.lifecycle import State
from yingshang_flow.core.record import Record
from yingshang_flow.core.upcast import Renamed
from yingshang_flow.deadlines import CHINA_TIME, WorkingDays
from yingshang_flow.errors import DefinitionError, ProfileError, RefusedError, UnknownError, UnknownFingerprintError
from yingshang_flow.lifecycles import SHIPPED, Added, Change, Procedure, RowChange, complaint, derived, rectification
from yingshang_flow.lifecycles.complaint import Conclusion, is_complaint
from yingshang_flow.lifecycles.rectification import Closing, is_campaign, is_item
from yingshang_flow.lifecycles.rectification_item import rectification_item
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing import FixedClock, assert_bites, histories, lifecycle_test
from yingshang_flow.words import Label

TITLE = Label("试例", "Made up")
CHIEF = Actor("zhou", "区营商局", "complaint_body")
NOW = datetime(2018, 12, 31, 18, tzinfo=CHINA_TIME)
BOUND = APPROVING("bayuquan-2018")

TestApproving = lifecycle_test(BOUND, procedures=[APPROVING])
"""Drives it through a docket with acts that fit and acts that do not."""
TestApproving.settings = settings(max_examples=8)  # type: ignore[attr-defined]  # Hypothesis's own


def docket(*procedures: Procedure[Any], **options: Any) -> Docket:  # noqa: ANN401  # those of Docket
    options = {"store": MemoryStore(), "clock": FixedClock(date(2019, 6, 1)), **options}
    return Docket(lifecycles=[*SHIPPED.values(), *procedures], **options)


# --- bound to a profile -----------------------------------------------------------------------------------------------


def test_a_profile_of_the_base_will_do() -> None:
    assert (BOUND.key, BOUND.version, BOUND.profile, BOUND.derived_from) == (
        "complaint_approved",
        2,
        "bayuquan-2018",
        "complaint",
    )
    assert BOUND.values.answer == complaint("bayuquan-2018").values.answer
    assert BOUND.values.approval is None
    assert APPROVING("bayuquan-2018") is BOUND


def test_its_own_section_goes_before_that_of_the_base(tmp_path: Path) -> None:
    own = '[complaint_approved.answer]\nvalue = "3工作日"\nsource = "ours"\n'
    found = APPROVING(profile(tmp_path, OWN + own))
    assert found.values.approval.value == WorkingDays(2)
    assert found.values.answer.value == WorkingDays(3)
    assert found.values.conclusion == complaint("bayuquan-2018").values.conclusion
    assert P2 in found.rules
    assert complaint(profile(tmp_path, OWN + own)).values.answer.value == WorkingDays(7)


def test_what_is_wrong_in_either_section_is_named_by_its_own_path(tmp_path: Path) -> None:
    text = OWN.replace("2工作日", "soon") + "".join(
        f'[{name}]\nvalue = 5\nsource = "ours"\n'
        for name in ("complaint.silences", "complaint.returns.more", "complaint_approved.colour", "complaint.attempts")
    )
    with pytest.raises(ProfileError) as caught:
        APPROVING(profile(tmp_path, text.replace("returns.more", "more")))
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "complaint_approved.approval",
        "complaint.silences",
        "complaint.more",
        "complaint_approved.colour",
    ]


def test_what_no_section_sets_is_missing_in_its_own() -> None:
    with pytest.raises(ProfileError, match=r"complaint_approved\.answer_starts is missing"):
        APPROVING("dalian-2018")


def test_one_that_is_derived_from_a_derived_one_looks_in_all_the_sections(tmp_path: Path) -> None:
    further = derived(APPROVING, key="complaint_further", title=TITLE, change=Change(without_duties="P1"))
    assert further.sections == ("complaint_further", "complaint_approved", "complaint")
    found = further(profile(tmp_path, OWN + '[complaint_further.attempts]\nvalue = 9\nsource = "ours"\n'))
    assert (found.values.attempts.value, found.values.approval.value) == (9, WorkingDays(2))
    assert found.derived_from == "complaint_approved"


def test_both_say_what_does_not_go_together() -> None:
    base = attrs.evolve(complaint, faults=lambda _: ["answer is odd"])
    own = derived(
        base, key="own", title=TITLE, change=Change(), faults=lambda values: [f"attempts is {values.attempts.value}"]
    )
    with pytest.raises(ProfileError) as caught:
        own("bayuquan-2018")
    assert caught.value.problems == ("own.answer is odd", "own.attempts is 3")


def test_a_key_and_values_that_do_not_fit_are_refused_together() -> None:
    @attrs.frozen
    class Other:
        """Values of something else."""

    with pytest.raises(DefinitionError) as caught:
        derived(complaint, key="complaint", title=TITLE, change=Change(), values=Other)
    assert caught.value.problems == ("it needs a key of its own", "Other does not extend ComplaintValues")
    with pytest.raises(DefinitionError, match="a key of its own"):
        derived(APPROVING, key="complaint", title=TITLE, change=Change())


def test_a_change_that_does_not_fit_is_refused_when_a_profile_is_bound() -> None:
    own = derived(complaint, key="own", title=TITLE, change=Change(without_states="lost"))
    with pytest.raises(DefinitionError, match="there is no state 'lost'"):
        own("bayuquan-2018")


def test_what_the_static_analysis_finds_is_refused_too() -> None:
    own = derived(
        complaint,
        key="own",
        title=TITLE,
        change=Change(changed_rows={("conclude", "handling"): RowChange(to="accepted")}),
    )
    with pytest.raises(DefinitionError, match="state 'concluded' is never reached"):
        own("bayuquan-2018")


def test_the_example_has_no_errors_and_no_warnings(tmp_path: Path) -> None:
    for bound in (BOUND, APPROVING(profile(tmp_path))):
        assert {issue.severity for issue in analysed(bound)} <= {Severity.NOTE}


def test_another_version_or_change_is_another_fingerprint() -> None:
    again = derived(complaint, key="complaint_approved", title=TITLE, change=change, values=ApprovingValues, version=2)
    assert fingerprint(again("bayuquan-2018")) == fingerprint(BOUND)
    third = derived(complaint, key="complaint_approved", title=TITLE, change=change, values=ApprovingValues, version=3)
    same = derived(complaint, key="complaint_approved", title=TITLE, change=Change(), version=2)
    prints = {fingerprint(one("bayuquan-2018")) for one in (APPROVING, third, same, complaint)}
    assert len(prints) == 4


# --- run, kept, rebuilt -----------------------------------------------------------------------------------------------


def test_a_docket_runs_it_and_its_own_guard_refuses_with_its_citation() -> None:
    desk = docket(APPROVING)
    case = submit(desk, BOUND)
    assert (case.state, case.opening.lifecycle, case.opening.version) == ("submitted", "complaint_approved", 2)
    with pytest.raises(RefusedError) as caught:
        desk.act(case.id, "approve", by=complaining.BODY, at=date(2018, 9, 14))
    assert [(unmet.code, unmet.label.zh, str(unmet.citations[0])) for unmet in caught.value.unmet] == [
        ("P1", "须有审核意见", "ours P1"),
        ("P1", "经办人不得自行审核", "ours P1"),
    ]
    assert desk.act(case.id, "approve", Approval("同意"), by=CHIEF, at=date(2018, 9, 14)).state == "concluded"


def test_what_the_base_asks_is_asked_with_the_content_of_its_own() -> None:
    desk = docket(APPROVING)
    case = desk.open(BOUND, complaining.receipt(), by=complaining.BODY, at=complaining.RECEIVED, trigger="receive")
    desk.act(case.id, "accept", by=complaining.BODY, at=date(2018, 9, 11))
    desk.act(case.id, "take_up", {"person": "wang"}, by=complaining.UNDERTAKER, at=date(2018, 9, 12))
    with pytest.raises(RefusedError) as caught:
        desk.act(case.id, "conclude", {"outcome": "transferred"}, by=complaining.BODY, at=date(2018, 9, 13))
    assert [unmet.code for unmet in caught.value.unmet] == ["T4", "T4", "P1"]


def test_a_case_finds_what_was_said_by_the_class_that_its_content_extends() -> None:
    desk = docket(APPROVING)
    case = submit(desk, BOUND)
    assert case.latest(Conclusion) == CHECKED
    assert desk.load(case.id).latest(Conclusion) == CHECKED
    assert docket(APPROVING, store=desk.store).load(case.id).latest(Conclusion) == CHECKED
    assert case.latest(Approval) is None


def test_after_a_restart_it_is_rebuilt_from_what_was_stored(tmp_path: Path) -> None:
    bound = APPROVING(profile(tmp_path))
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        case = submit(docket(APPROVING, store=store), bound)
        row = store.load(case.id)
        assert row is not None
        stored = store.definition(row.fingerprint)
        assert stored is not None
        assert (stored.lifecycle, stored.version, stored.profile) == ("complaint_approved", 2, "hereabouts")
    (tmp_path / "hereabouts.toml").unlink()
    with closing(SQLiteStore(path)) as store:
        again = docket(APPROVING, store=store)
        assert again.lifecycle(case.id) == bound
        assert again.act(case.id, "approve", Approval("同意"), by=CHIEF, at=date(2018, 9, 14)).state == "concluded"
        again.verify(case.id)
        with pytest.raises(UnknownFingerprintError, match="complaint_approved version 2 under 'hereabouts'"):
            docket(store=store).load(case.id)
        with pytest.raises(UnknownError, match="not 'complaint_approved'; name the procedure in Docket"):
            docket(store=store).open(BOUND, complaining.receipt(), by=complaining.BODY, trigger="receive")


def test_its_own_limit_is_owed_missed_and_found(tmp_path: Path) -> None:
    desk = docket(APPROVING)
    case = submit(desk, APPROVING(profile(tmp_path)))
    (owed,) = case.owed("approval")
    assert owed.due == date(2018, 9, 17)
    desk.act(case.id, "approve", Approval("同意"), by=CHIEF, at=date(2018, 9, 19))
    said = audit(desk.history(case.id), desk.lifecycle(case.id), calendar=desk.calendar, now=NOW)
    assert said.outcome("P2") is Outcome.BROKEN


def test_a_case_goes_on_under_an_earlier_version_until_it_is_migrated(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "cases.db")) as store:
        case = submit(docket(APPROVING, store=store), BOUND)
        renamed = Renamed("state", 2, "submitted", "waiting")
        again = derived(complaint, key="complaint_approved", title=TITLE, change=later(renamed), version=3,
                        values=ApprovingValues, earlier={2: APPROVING})  # fmt: skip
        desk = docket(again, store=store)
        assert (desk.lifecycle(case.id), desk.load(case.id).state) == (BOUND, "submitted")
        desk.migrate([case.id], to=again("bayuquan-2018"), ground="换版", by=CHIEF, dry_run=False)
        assert (desk.lifecycle(case.id).version, desk.load(case.id).state) == (3, "waiting")
        desk.verify(case.id)
        alone = derived(complaint, key="complaint_approved", title=TITLE, change=Change(), version=4)
        with pytest.raises(UnknownFingerprintError, match="there is no version 3 of 'complaint_approved' here"):
            docket(alone, store=store).load(case.id)


def later(*upcasts: Renamed) -> Callable[[ApprovingValues], Change]:
    """Return the change with a state that is called otherwise."""

    def changed(values: ApprovingValues) -> Change:
        before = change(values)
        rows = [attrs.evolve(row, sources=["waiting"]) for row in before.rows]
        ((key, conclude),) = before.changed_rows.items()
        return attrs.evolve(
            before,
            states=[Added(State("waiting", TITLE), after="handling")],
            rows=rows,
            changed_rows={key: attrs.evolve(conclude, to="waiting")},
            upcasts=upcasts,
        )

    return changed


def test_an_earlier_version_is_one() -> None:
    with pytest.raises(DefinitionError, match="version 2 is not before version 2"):
        derived(complaint, key="own", title=TITLE, change=Change(), version=2, earlier={2: APPROVING})


def test_what_the_base_says_of_its_own_versions_stays_there() -> None:
    base = attrs.evolve(complaint("bayuquan-2018"), upcasts=[Renamed("state", 1, "got", "received")])
    assert derive(base, Change(), key="own", title=TITLE).upcasts == ()


# --- audited ----------------------------------------------------------------------------------------------------------


def approved() -> tuple[Record, ...]:
    """A history in which the conclusion was approved."""
    desk = docket(APPROVING)
    case = submit(desk, BOUND)
    desk.act(case.id, "approve", Approval("同意"), by=CHIEF, at=date(2018, 9, 14))
    return desk.history(case.id)


def test_the_audit_finds_its_own_rule_broken_in_a_forged_history() -> None:
    history = approved()
    calendar = docket().calendar
    assert audit(history, BOUND, calendar=calendar, now=NOW).outcome("P1") is Outcome.KEPT
    forged = [*history[:-1], attrs.evolve(history[-1], actor=complaining.BODY)]
    said = audit(forged, BOUND, calendar=calendar, now=NOW)
    assert said.outcome("P1") is Outcome.BROKEN
    assert "who concludes never approves" in "".join(found.text("en") for found in said.findings)


def test_its_own_rule_bites() -> None:
    assert_bites("P1", approved(), BOUND)


@settings(max_examples=5)
@given(data=st.data())
@pytest.mark.parametrize("rules", [set(), {"P1"}, {"T1"}, {"T5"}, {"T10"}], ids=lambda rules: " ".join(rules) or "none")
def test_histories_of_it_break_exactly_what_is_named(rules: set[str], data: st.DataObject) -> None:
    history = data.draw(histories(BOUND, breaks=rules))
    said = history.audit()
    assert said.irregular == ()
    assert {verdict.rule.id for verdict in said.verdicts if verdict.outcome is Outcome.BROKEN} == rules


# --- together with others ---------------------------------------------------------------------------------------------

OWN_CAMPAIGN = derived(rectification, key="rectification_own", title=TITLE, change=Change())
OWN_ITEM = derived(rectification_item, key="item_own", title=TITLE, change=Change())
OWN_INTERVIEW = derived(lifecycles.interview, key="interview_own", title=TITLE, change=Change())


def test_a_derived_case_answers_what_calls_for_one_of_its_base() -> None:
    desk = docket(OWN_INTERVIEW)
    case = complaining.Desk(docket=desk)
    case.reach("closed")
    case.act(
        "reopen", {"why": "回访核实", "found": "false_conclusion"}, by=complaining.SUPERVISOR, at=date(2018, 10, 30)
    )
    assert [found.opens for found in desk.propose(case.id)] == ["interview"]
    opened = desk.open(
        OWN_INTERVIEW("dalian-2018"), interviewing.plan(), by=interviewing.OFFICE, at=date(2018, 12, 12), origin=case.id
    )
    assert desk.propose(case.id) == ()
    assert [found.opened for found in desk.propose(case.id, answered=True)] == [(opened.id,)]


def test_a_derived_case_of_another_procedure_answers_nothing() -> None:
    own = derived(complaint, key="complaint_own", title=TITLE, change=Change())
    desk = docket(own)
    case = complaining.Desk(docket=desk)
    case.reach("closed")
    case.act(
        "reopen", {"why": "回访核实", "found": "false_conclusion"}, by=complaining.SUPERVISOR, at=date(2018, 10, 30)
    )
    desk.open(
        own("bayuquan-2018"),
        complaining.receipt(),
        by=complaining.BODY,
        at=date(2018, 11, 1),
        trigger="receive",
        origin=case.id,
    )
    assert [found.opens for found in desk.propose(case.id)] == ["interview"]


def test_a_clue_in_a_derived_complaint_is_found_to_have_led_nowhere() -> None:
    desk = complaining.Desk(BOUND, docket=docket(APPROVING))
    desk.reach("received")
    desk.act("transfer_clue", complaining.CLUE)
    duty = next(duty for duty in BOUND.duties if duty.name == "clues_that_led_nowhere")
    found = list(duty.offenders([(desk.case, desk.history)], BOUND.values))  # type: ignore[attr-defined]  # the duty of T7
    assert found == [(desk.id, "accountability: 0")]


def derived_campaign() -> rectifying.Desk:
    """A campaign of a derived kind that has been issued, whose items are of a derived kind too."""
    clock = FixedClock(date(2024, 1, 10))
    desk = rectifying.Desk("shenyang-2021", docket=docket(OWN_CAMPAIGN, OWN_ITEM, clock=clock))
    desk.clock, desk.lifecycle, desk.items = clock, OWN_CAMPAIGN("shenyang-2021"), OWN_ITEM("shenyang-2021")
    desk.reach(desk.stages[0])
    return desk


def test_items_of_a_derived_kind_belong_to_a_derived_campaign() -> None:
    desk = derived_campaign()
    item = desk.listed()
    assert desk.docket.load(item).opening.parent == desk.id
    desk.reach(desk.stages[-1])
    left_open = desk.refused(RefusedError, desk.id, "close", Closing("纳入年度考核"), at=desk.year.closed)
    assert "Z11" in rectifying.codes(left_open)
    assert desk.found("Z11")


def test_a_campaign_of_no_other_kind_is_taken_for_one() -> None:
    desk = derived_campaign()
    complaint_case = complaining.Desk(docket=desk.docket)
    complaint_case.reach("received")
    assert not is_campaign(complaint_case.case)
    assert not is_item(desk.case)
    assert is_item(desk.docket.load(desk.listed()))
    assert is_complaint(complaint_case.case)
    assert not is_complaint(desk.case)


def test_an_unchanged_derivation_makes_no_difference() -> None:
    for base, own in ((rectification, OWN_CAMPAIGN), (rectification_item, OWN_ITEM)):
        assert differences(base("shenyang-2021"), own("shenyang-2021")) == ()

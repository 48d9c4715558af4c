"""Corrections and annulments on a docket: kept once, verified, audited, shown, and refused beside other cases."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.docket.racing import Racing
from tests.lifecycles import rectifying
from tests.lifecycles.interviewing import (
    OFFICE,
    THREE,
    ApprovalRequest,
    Desk,
    Feedback,
    Plan,
    Report,
    held,
    plan,
    representative,
)
from tests.lifecycles.rectifying import ONE_GROUP
from yingshang_flow import codec
from yingshang_flow.cli.output import Page
from yingshang_flow.cli.showing import show_case
from yingshang_flow.cli.verdicts import audit_json, show_audit
from yingshang_flow.compliance import Outcome, audit, audit_all
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.amendment import Amendment
from yingshang_flow.core.case import Case, Status
from yingshang_flow.core.confidential import Confidential, Erased, Sealed
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.deadlines import WorkingCalendar
from yingshang_flow.diagrams import draw
from yingshang_flow.docket import Docket
from yingshang_flow.errors import (
    ConflictError,
    ContentError,
    KeyReusedError,
    RefusedError,
    TamperedError,
    TimeError,
    UnknownError,
)
from yingshang_flow.lifecycles.interview import RefusalToSign, SignedRecord
from yingshang_flow.lifecycles.rectification import Closing
from yingshang_flow.operations.messages import TOPICS, Message
from yingshang_flow.ports import Store
from yingshang_flow.stores import MemoryStore, SQLiteStore
from yingshang_flow.testing.docket_machine import rows_of

WRONG = "日期误录"


@pytest.fixture
def late(desk: Desk) -> Desk:
    """An interview whose only report is entered as sent on the day after its last one."""
    desk.reach("recorded")
    desk.report("甘井子区", at=date(2018, 12, 30), key="report")
    return desk


def kinds(desk: Desk) -> list[Kind]:
    return [record.kind for record in desk.history]


def test_a_correction_is_a_record_after_which_the_case_stands_otherwise(late: Desk) -> None:
    before = late.history
    assert late.deadline("甘井子区").status is Status.MET_LATE
    case = late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    assert case == late.case == Docket(late.docket.store, clock=late.clock).load(late.id)
    assert (case.state, case.revision, case.acted) == ("reported", 8, 8)
    assert late.deadline("甘井子区").status is Status.MET
    assert late.history[:-1] == before
    record = late.history[-1]
    assert isinstance(record, Amendment)
    assert (record.kind, record.amends, record.ground, str(record.moment)) == (Kind.CORRECTION, 7, WRONG, "2018-12-28")
    assert late.docket.verify(late.id) == 8


def test_an_annulment_takes_an_act_out_which_is_then_done_anew(late: Desk) -> None:
    case = late.docket.annul(late.id, 7, ground="误录", by=OFFICE)
    assert (case.state, case.revision) == ("recorded", 8)
    assert case.fact("submit_report") is None
    assert [row.owed for row in late.docket.store.owed("2099-01-01")] == [True]
    late.report("甘井子区")
    assert late.deadline("甘井子区").status is Status.MET
    assert kinds(late)[-2:] == [Kind.ANNULMENT, Kind.ACT]
    assert late.docket.verify(late.id) == 9


def test_what_an_act_said_is_corrected_typed_or_as_a_plain_mapping(desk: Desk) -> None:
    desk.plan()
    desk.docket.correct(desk.id, 1, content=plan(facts="办结率倒数第二"), ground="笔误", by=OFFICE)
    assert desk.case.latest(Plan) == plan(facts="办结率倒数第二")
    desk.act("request_approval", {"request": "请示"}, at=date(2018, 12, 11))
    case = desk.docket.correct(desk.id, 3, content={"request": "请示二"}, ground="笔误", by=OFFICE)
    assert case.latest(ApprovalRequest) == ApprovalRequest("请示二")
    with pytest.raises(ContentError, match="surplus"):
        desk.docket.correct(desk.id, 3, content={"surplus": 1}, ground="笔误", by=OFFICE)


@pytest.mark.parametrize("verb", ["correct", "annul"])
def test_a_key_is_one_amendment(late: Desk, verb: str) -> None:
    given: dict[str, Any] = {"ground": WRONG, "by": OFFICE, "key": "k"}
    if verb == "correct":
        given["occurred_at"] = date(2018, 12, 28)
    do = getattr(late.docket, verb)
    case = do(late.id, 7, **given)
    before = rows_of(late.docket.store)
    assert do(late.id, 7, **given) == case
    others: list[dict[str, Any]] = [{"ground": "x"}, {"by": attrs.evolve(OFFICE, id="x")}]
    for other in others:
        with pytest.raises(KeyReusedError, match="key 'k' already stands for another act, record 8"):
            do(late.id, 7, **given | other)
    with pytest.raises(KeyReusedError):
        do(late.id, 6, **given)
    with pytest.raises(KeyReusedError):
        do(late.id, 7, **given | {"key": "report"})
    with pytest.raises(KeyReusedError):
        late.act("submit_report", Report("整改报告"), by=OFFICE, key="k")
    assert rows_of(late.docket.store) == before


def test_a_key_is_one_correction_whose_content_and_time_are_the_same(late: Desk) -> None:
    given: dict[str, Any] = {"ground": WRONG, "by": OFFICE, "key": "k", "content": Report("改")}
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), **given)
    with pytest.raises(KeyReusedError):
        late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 27), **given)
    with pytest.raises(KeyReusedError):
        late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), **given | {"content": Report("又改")})


def test_whoever_has_not_seen_the_last_act_is_told_so(late: Desk) -> None:
    with pytest.raises(ConflictError, match="has moved on"):
        late.docket.annul(late.id, 7, ground=WRONG, by=OFFICE, expected_revision=6)
    late.docket.annul(late.id, 7, ground=WRONG, by=OFFICE, expected_revision=7)
    with pytest.raises(ConflictError, match="has moved on"):
        late.act("submit_report", Report("整改报告"), by=representative("甘井子区"), expected_revision=7)
    with pytest.raises(ConflictError, match="whole number"):
        late.docket.annul(late.id, 7, ground=WRONG, by=OFFICE, expected_revision="7")  # type: ignore[arg-type]


def test_a_lost_race_is_decided_anew() -> None:
    store = Racing()
    desk = Desk(store=store, units=THREE)
    desk.reach("recorded")
    desk.report("甘井子区")
    other = Docket(store, clock=desk.clock)
    by = representative("西岗区")
    store.ahead.append(lambda: other.act(desk.id, "submit_report", Report("报告"), by=by, at=date(2018, 12, 26)))
    desk.docket.annul(desk.id, 7, ground=WRONG, by=OFFICE)
    assert {d.obligor: d.status.owed for d in desk.case.deadlines} == {
        "甘井子区": True,
        "西岗区": False,
        "市税务局": True,
    }
    assert desk.docket.verify(desk.id) == 9


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda d: d.docket.annul(d.id, 7, ground=WRONG, by=representative("甘井子区")), RefusedError, "role"),
        (lambda d: d.docket.annul(d.id, 5, ground=WRONG, by=OFFICE), RefusedError, "第6号记录"),
        (lambda d: d.docket.annul(d.id, 70, ground=WRONG, by=OFFICE), UnknownError, "record 70"),
        (lambda d: d.docket.correct(d.id, 70, content={}, ground=WRONG, by=OFFICE), UnknownError, "record 70"),
        (lambda d: d.docket.annul("?", 7, ground=WRONG, by=OFFICE), UnknownError, "no case"),
        (lambda d: d.docket.annul(d.id, 7, ground="", by=OFFICE), ContentError, "ground"),
        (lambda d: d.docket.annul(d.id, 7, ground=WRONG, by="li"), UnknownError, "Actor"),
        (lambda d: d.docket.annul(d.id, 7, ground=WRONG, by=OFFICE, key=""), KeyReusedError, "non-empty"),
        (lambda d: d.docket.correct(d.id, 7, ground=WRONG, by=OFFICE), ContentError, "nothing is corrected"),
        (
            lambda d: d.docket.correct(d.id, 7, occurred_at="2018", ground=WRONG, by=OFFICE),
            TimeError,
            "a time is a date",
        ),
        (
            lambda d: d.docket.correct(d.id, 4, occurred_at=date(2018, 12, 21), ground=WRONG, by=OFFICE),
            RefusedError,
            "第5号记录",
        ),
    ],
)
def test_a_refusal_says_what_stands_against_it_and_changes_nothing(
    late: Desk, change: Callable[[Desk], Case], error: type[Exception], said: str
) -> None:
    before = rows_of(late.docket.store)
    with pytest.raises(error) as caught:
        change(late)
    assert said in str(caught.value)
    assert rows_of(late.docket.store) == before


def test_an_ended_case_is_corrected_too(desk: Desk) -> None:
    desk.reach("resolved")
    last = desk.case.revision
    desk.docket.correct(desk.id, last - 1, content=Feedback("已电话回访"), ground="笔误", by=OFFICE)
    assert desk.case.state == "resolved"
    desk.docket.annul(desk.id, last, ground="复发", by=OFFICE)
    assert desk.case.state == "tracking"
    assert desk.docket.verify(desk.id) == last + 2


# --- confidential -----------------------------------------------------------------------------------------------------


def test_what_is_confidential_stays_sealed_and_is_the_same_after_a_correction_of_the_date(desk: Desk) -> None:
    desk.reach("held")
    signed = SignedRecord("李主任", (), (RefusalToSign("甘井子区", "不认可", Confidential("张证人")),), "2018-17")
    desk.act("sign_record", signed, at=date(2018, 12, 21))
    desk.docket.correct(desk.id, 6, occurred_at=date(2018, 12, 20), ground=WRONG, by=OFFICE)
    assert len(desk.docket.store.vault(desk.id)) == 1
    assert all("张证人" not in row.text for row in desk.docket.store.history(desk.id))
    assert desk.history[-1].content == signed
    stored = desk.case.latest(SignedRecord)
    assert stored is not None
    assert isinstance(stored.refusals[0].witness.value, Sealed)
    another = attrs.evolve(signed, refusals=(attrs.evolve(signed.refusals[0], witness=Confidential("王证人")),))
    desk.docket.correct(desk.id, 6, content=another, ground="笔误", by=OFFICE)
    assert len(desk.docket.store.vault(desk.id)) == 2
    assert desk.history[-1].content == another
    assert desk.docket.verify(desk.id) == 8
    assert desk.audit().irregular == ()


def test_what_was_erased_can_be_corrected_around(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.reach("held")
    signed = SignedRecord("李主任", (), (RefusalToSign("甘井子区", "不认可", Confidential("张证人")),), "2018-17")
    desk.act("sign_record", signed, at=date(2018, 12, 21))
    monkeypatch.setattr(desk.docket._cases, "vault", lambda _: {})  # as after an erasure
    desk.docket.correct(desk.id, 6, occurred_at=date(2018, 12, 20), ground=WRONG, by=OFFICE)
    content: Any = desk.history[-1].content
    assert isinstance(content.refusals[0].witness.value, Erased)


# --- verify -----------------------------------------------------------------------------------------------------------


def forge(path: Path, case: str, change: Callable[[dict[str, Any]], object]) -> str:
    """Rewrite the last record and everything that hangs on it, and return what verify says."""
    with closing(sqlite3.connect(path)) as connection, connection:
        where = "case_id = ? AND revision = (SELECT max(revision) FROM ysf_records)"
        (text,) = connection.execute(f"SELECT text FROM ysf_records WHERE {where}", (case,)).fetchone()  # noqa: S608
        value = json.loads(text)
        change(value)
        text = codec.canonical_text(value)
        head = codec.digest(text, codec.links(text)[1])
        connection.execute(f"UPDATE ysf_records SET text = ?, hash = ? WHERE {where}", (text, head, case))  # noqa: S608
        connection.execute("UPDATE ysf_cases SET head = ? WHERE case_id = ?", (head, case))
    with closing(SQLiteStore(path)) as store, pytest.raises(TamperedError) as caught:
        Docket(store).verify(case)
    return str(caught.value)


def _changed(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], object]:
    def changed(value: dict[str, Any]) -> None:
        value["amendment"][name] = change(value["amendment"][name])

    return changed


def _met_late(deadlines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**deadline, "status": "met_late"} for deadline in deadlines]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_changed("deadlines", _met_late), "record 8: what it says of deadlines does not follow"),
        (_changed("units", lambda _: ["x"]), "record 8: what it says of units does not follow"),
        (_changed("amends", lambda _: 1), "record 8: "),
        (_changed("amends", lambda _: 70), "record 8: a stored record does not fit"),
        (_changed("ways", lambda _: [[6, "held", "reported", []]]), "record 8: record 7 (submit_report) does not lead"),
        (_changed("moment", lambda value: [value[0] + 86_400_000_000 * 9, value[1]]), "record 8: what it says of"),
        (lambda value: value.update(after="resolved"), "record 8: what it says of after does not follow"),
    ],
)
def test_an_amendment_that_was_rewritten_with_its_hash_is_found(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        desk = Desk(store=store)
        desk.reach("recorded")
        desk.report("甘井子区", at=date(2018, 12, 30))
        desk.docket.correct(desk.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    assert said in forge(path, desk.id, change)


def test_a_first_record_that_amends_is_found(tmp_path: Path) -> None:
    path = tmp_path / "cases.db"
    with closing(SQLiteStore(path)) as store:
        desk = Desk(store=store)
        desk.plan()
        desk.docket.correct(desk.id, 1, occurred_at=date(2018, 12, 9), ground=WRONG, by=OFFICE)

    def first(value: dict[str, Any]) -> None:
        value.update(revision=1, previous="")

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM ysf_records WHERE revision = 1")
        connection.execute("UPDATE ysf_records SET revision = 1")
    assert "record 1: it amends a case that is not open" in forge(path, desk.id, first)


# --- audit, ledger, pictures ------------------------------------------------------------------------------------------


def test_the_audit_judges_what_counts_and_shows_both(late: Desk) -> None:
    assert late.audit().outcome("Y8") is Outcome.BROKEN
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    said = late.audit()
    assert (said.outcome("Y8"), said.irregular) == (Outcome.KEPT, ())
    (amended,) = said.amended
    assert "第7号记录 报送整改报告 2018-12-30 已更正：2018-12-30 → 2018-12-28（第8号记录" in amended.zh
    assert amended.en.endswith(f"市营商办: {WRONG})")
    late.docket.annul(late.id, 7, ground="误录", by=OFFICE)
    said = late.audit()
    assert said.outcome("Y8") is Outcome.BROKEN
    assert "第7号记录 报送整改报告 2018-12-28 已撤销" in said.amended[1].zh
    late.act("submit_report", Report("报告"), by=representative("甘井子区"), at=date(2018, 12, 29))
    assert late.audit().outcome("Y8") is Outcome.KEPT
    assert late.audit().irregular == ()


def test_what_was_said_otherwise_is_named_by_its_fields_only(desk: Desk) -> None:
    desk.plan()
    desk.docket.correct(desk.id, 1, content=plan(facts="其他"), ground="笔误", by=OFFICE)
    desk.docket.correct(desk.id, 1, content=plan(facts="其他"), ground="笔误", by=OFFICE)
    first, second = desk.audit().amended
    assert "已更正：facts（" in first.zh
    assert "其他" not in first.zh
    assert "corrected: nothing new" in second.en
    shown = [str(label) for verdict in desk.audit().verdicts for label in verdict.shown]
    assert any("由第3号记录更正" in label for label in shown)


def test_a_breach_by_a_corrected_act_says_that_it_was_corrected(desk: Desk) -> None:
    desk.reach("notified")
    desk.act("hold", held(desk.units), at=date(2018, 12, 20))
    desk.docket.correct(desk.id, 5, content=held(desk.units, matters="其他"), ground="笔误", by=OFFICE)
    wrong = tuple(
        attrs.evolve(record, content=held((), matters="其他")) if isinstance(record, Amendment) else record
        for record in desk.history
    )
    said = audit(wrong, desk.lifecycle, calendar=desk.docket.calendar)
    assert any("由第6号记录更正" in finding.shown() for finding in said.findings if finding.revision == 5)


def test_the_audit_finds_amendments_by_nobody_who_may_and_with_results_that_do_not_follow(late: Desk) -> None:
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    *before, record = late.history
    assert isinstance(record, Amendment)
    others = {
        "role": attrs.evolve(record, actor=representative("甘井子区"), units=(*record.units, "甘井子区")),
        "amendment": attrs.evolve(record, deadlines=()),
    }
    for code, other in others.items():
        said = audit([*before, other], late.lifecycle, calendar=late.docket.calendar)
        assert code in {finding.code for finding in said.irregular}
    gone = attrs.evolve(record, amends=70)
    said = audit([*before, gone], late.lifecycle, calendar=late.docket.calendar)
    assert [finding.code for finding in said.irregular] == ["amendment"]
    assert "第70号记录" in said.amended[0].zh


def test_several_cases_are_compared_as_they_count(late: Desk) -> None:
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    (said,) = audit_all([(late.history, late.lifecycle)], calendar=late.docket.calendar)
    assert said.outcome("Y8") is Outcome.KEPT
    assert len(said.amended) == 1


def test_the_ledger_of_a_deadline_and_the_picture_show_the_acts_that_count(late: Desk) -> None:
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    ledger = late.docket.ledger(late.id, late.deadline("甘井子区"))
    assert [str(entry.day) for entry in ledger.entries] == ["2018-12-28"]
    with_it = draw(late.lifecycle, "json", history=late.history)
    late.docket.annul(late.id, 7, ground="误录", by=OFFICE)
    without = draw(late.lifecycle, "json", history=late.history)
    assert with_it != without
    assert late.docket.ledger(late.id, late.deadline("甘井子区")).entries == ()


def test_a_case_is_shown_with_what_was_amended(late: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    late.docket.annul(late.id, 7, ground="误录", by=OFFICE)
    case = late.case
    lamps = {deadline: late.docket.lamp(late.id, deadline) for deadline in case.deadlines}
    show_case(Page("zh"), case, late.lifecycle, late.history, lamps=lamps)
    shown = capsys.readouterr().out
    for text in (
        "由第8号记录更正",
        "由第9号记录撤销",
        "更正第7号记录",
        "撤销第7号记录",
        "报送整改报告 2018-12-28",
        WRONG,
    ):
        assert text in shown
    show_audit(Page(), late.audit(), verdicts=True)
    show_audit(Page(), late.audit(), verdicts=False)
    assert capsys.readouterr().out.count("record 7 Submit report 2018-12-28 annulled (record 9") == 2
    assert [set(label) for label in audit_json(late.audit())["amended"]] == [{"zh", "en"}] * 2  # type: ignore[attr-defined]


# --- messages and the clock -------------------------------------------------------------------------------------------


def delivered(docket: Docket) -> list[Message]:
    found: list[Message] = []
    docket.deliver(found.append)
    return found


def test_an_amendment_is_told_once_with_what_it_amends() -> None:
    desk = Desk()
    desk.docket = Docket(MemoryStore(), clock=desk.clock, topics=TOPICS)
    desk.reach("recorded")
    desk.report("甘井子区")
    delivered(desk.docket)
    desk.docket.annul(desk.id, 7, ground="误录", by=OFFICE)
    (told,) = delivered(desk.docket)
    assert (told.topic, told.revision) == ("amended", 8)
    content = dict(told.content)
    assert (content["kind"], content["amends"], content["trigger"]) == ("annulment", 7, "submit_report")
    assert "误录" not in content.values()


def test_what_an_amendment_makes_overdue_is_told_by_the_clock_once(store: Store) -> None:
    desk = Desk(store=store)
    desk.clock.travel_to(date(2018, 12, 28))
    desk.reach("recorded")
    desk.report("甘井子区", at=date(2018, 12, 25))
    desk.clock.travel_to(date(2019, 1, 7))
    assert desk.docket.sweep() == 0
    desk.docket.annul(desk.id, 7, ground="误录", by=OFFICE)
    assert delivered(desk.docket) == []
    assert (desk.docket.sweep(), desk.docket.sweep()) == (1, 0)
    assert [told.topic for told in delivered(desk.docket)] == ["missed"]


def test_what_the_clock_finds_missed_when_it_is_run_again_is_told_with_the_amendment(store: Store) -> None:
    desk = Desk(store=store, units=THREE)
    desk.clock.travel_to(date(2018, 12, 28))
    desk.reach("recorded")
    desk.report("甘井子区", at=date(2018, 12, 25))
    desk.clock.travel_to(date(2019, 1, 7))
    assert desk.docket.sweep() == 1
    assert len(delivered(desk.docket)) == 2
    desk.docket.annul(desk.id, 7, ground="误录", by=OFFICE)
    assert desk.deadline("甘井子区").status is Status.MISSED
    assert [(told.topic, told.content["obligor"]) for told in delivered(desk.docket)] == [("missed", "甘井子区")]
    assert desk.docket.sweep() == 0
    assert desk.docket.verify(desk.id) == desk.case.revision


def test_dates_counted_by_another_calendar_are_not_called_forged(late: Desk) -> None:
    late.docket.correct(late.id, 7, occurred_at=date(2018, 12, 28), ground=WRONG, by=OFFICE)
    weekdays = WorkingCalendar.weekdays(date(2015, 1, 1), date(2030, 12, 31))
    assert Docket(late.docket.store, calendar=weekdays, clock=late.clock).verify(late.id) == 8


# --- cases together ---------------------------------------------------------------------------------------------------


@pytest.fixture
def campaign() -> rectifying.Desk:
    desk = rectifying.Desk(groups=ONE_GROUP)
    desk.reach("summary")
    return desk


HEAD = Actor("zhao", "市营商局", "campaign_office")
LEAD = rectifying.leading("市发改委")


def moves(desk: rectifying.Desk) -> list[Record]:
    return [record for record in desk.history if record.before != record.after]


def test_a_case_with_parts_keeps_the_states_it_went_through(campaign: rectifying.Desk) -> None:
    last = moves(campaign)[-1]
    item = campaign.listed()
    with pytest.raises(RefusedError) as refused:
        campaign.docket.annul(campaign.id, last.revision, ground="误录", by=HEAD)
    (unmet,) = refused.value.unmet
    assert (unmet.code, unmet.found[0].endswith("summary")) == ("children", True)
    at = last.occurred_at.date
    campaign.docket.correct(campaign.id, last.revision, occurred_at=at, ground=WRONG, by=HEAD)
    assert campaign.docket.load(item).state == "listed"


def test_a_case_without_parts_goes_back(campaign: rectifying.Desk) -> None:
    last = moves(campaign)[-1]
    campaign.docket.annul(campaign.id, last.revision, ground="误录", by=HEAD)
    assert campaign.case.state == last.before
    campaign.listed()
    assert campaign.docket.verify(campaign.id) == campaign.case.revision


def test_the_end_of_a_case_with_parts_is_taken_back_and_its_parts_stay_while_it_has_ended(
    campaign: rectifying.Desk,
) -> None:
    item = campaign.listed()
    campaign.bring(item, "written_off")
    campaign.act("close", Closing("考核"))
    last = campaign.docket.load(item).revision
    with pytest.raises(RefusedError) as refused:
        campaign.docket.annul(item, last, ground="误录", by=LEAD)
    assert [unmet.code for unmet in refused.value.unmet] == ["parent"]
    assert campaign.id in refused.value.unmet[0].found
    campaign.docket.annul(campaign.id, campaign.case.revision, ground="误录", by=HEAD)
    assert campaign.case.state == "summary"
    campaign.docket.annul(item, last, ground="误录", by=LEAD)
    assert campaign.docket.load(item).state != "written_off"
    with pytest.raises(RefusedError, match="close"):
        campaign.act("close", Closing("考核"))


def test_later_acts_are_taken_as_they_saw_linked_cases_then(campaign: rectifying.Desk) -> None:
    item = campaign.listed()
    campaign.bring(item, "written_off")
    first = campaign.docket.load(item).opened.date
    case = campaign.docket.correct(item, 1, occurred_at=first - timedelta(days=1), ground=WRONG, by=LEAD)
    assert case.state == "written_off"
    assert campaign.docket.verify(item) == case.revision

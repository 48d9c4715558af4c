"""Acting for the holder of a role: while the delegation holds, in roles that allow it, and never past a separation."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lifecycles import complaining, rectifying
from tests.lifecycles.interviewing import MAYOR, MEETING, OFFICE, SECRETARY, Approval, ApprovalRequest, Desk
from yingshang_flow import codec
from yingshang_flow.compliance import audit
from yingshang_flow.core.actor import Actor, Delegation
from yingshang_flow.core.decide import Act, decide
from yingshang_flow.core.lifecycle import Lifecycle
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Record
from yingshang_flow.deadlines import CHINA_TIME
from yingshang_flow.errors import RefusedError, UnknownError
from yingshang_flow.lifecycles.complaint import Approver, Extension
from yingshang_flow.lifecycles.rectification_item import Accepted
from yingshang_flow.ports import Store

FIRST, LAST = date(2018, 12, 1), date(2018, 12, 15)


def acting_for(holder: Actor, by: str = "deputy", since: date = FIRST, until: date = LAST) -> Actor:
    """Somebody who acts in the role of another one."""
    return attrs.evolve(holder, id=by, delegation=Delegation(holder.id, since, until, "授权书2018-3"))


def approval(desk: Desk, by: Actor, at: date | datetime = date(2018, 12, 12)) -> None:
    desk.act("approve", Approval(MEETING, "市政府304"), by=by, at=at)


def asked(store: Store | None = None, **options: Any) -> Desk:  # noqa: ANN401 - those of Desk
    desk = Desk(store=store, **options)
    desk.reach("awaiting_approval")
    return desk


def test_what_is_done_for_the_holder_of_a_role_stands_in_the_record(store: Store) -> None:
    desk = asked(store)
    deputy = acting_for(SECRETARY)
    approval(desk, deputy)
    assert desk.case.state == "approved"
    record = desk.history[-1]
    assert record.actor == deputy
    assert record.actor.delegation == Delegation("wang", FIRST, LAST, "授权书2018-3")
    assert desk.docket.verify(desk.id) == desk.case.revision
    assert desk.audit().irregular == ()


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (date(2018, 12, 11), "holds"),
        (LAST, "holds"),
        (datetime(2018, 12, 15, 23, 59, 59, tzinfo=CHINA_TIME), "holds"),
        (datetime(2018, 12, 16, tzinfo=CHINA_TIME), ""),
        (date(2018, 12, 16), ""),
    ],
)
def test_it_holds_up_to_the_end_of_its_last_day(at: date | datetime, holds: str) -> None:
    desk = asked()
    if holds:
        approval(desk, acting_for(SECRETARY), at)
        return
    refusal = desk.refused("approve", Approval(MEETING, "市政府304"), by=acting_for(SECRETARY), at=at)
    (unmet,) = refusal.unmet
    assert (unmet.code, unmet.found) == ("delegation", ("2018-12-01 – 2018-12-15", "2018-12-16"))
    assert [str(citation) for citation in unmet.citations] == ["ours 授权"]
    assert "授权已过期或尚未生效" in str(refusal)


def test_it_does_not_hold_before_its_first_day() -> None:
    desk = asked()
    early = acting_for(SECRETARY, since=date(2018, 12, 13))
    assert desk.refused("approve", Approval(MEETING, "市政府304"), by=early, at=date(2018, 12, 12)).unmet[0].code == (
        "delegation"
    )


def test_a_delegation_of_another_role_is_refused_like_the_role() -> None:
    desk = asked()
    refusal = desk.refused("approve", Approval(MEETING, "市政府304"), by=acting_for(OFFICE), at=date(2018, 12, 12))
    assert [unmet.code for unmet in refusal.unmet] == ["role", "Y6"]


def test_private_persons_delegate_nothing(store: Store) -> None:
    desk = complaining.Desk(store=store)
    desk.open()
    agent = acting_for(complaining.COMPLAINANT, since=date(2018, 9, 1))
    (unmet,) = desk.refused("withdraw", complaining.REASON, by=agent).unmet
    assert (unmet.code, unmet.found) == ("delegation", ("complainant",))
    assert "本人" not in unmet.found[0]


def test_a_role_can_ask_that_its_holder_acts() -> None:
    def personal(lifecycle: Lifecycle) -> Lifecycle:
        rows = [
            attrs.evolve(row, by=[attrs.evolve(role, delegable=False) for role in row.by])
            for row in lifecycle.transitions
        ]
        return attrs.evolve(lifecycle, transitions=rows)

    desk = asked()
    lifecycle = personal(desk.lifecycle)
    act = Act("approve", Approval(MEETING, "市政府304"), acting_for(SECRETARY), Moment.of(date(2018, 12, 12)), None)
    with pytest.raises(RefusedError, match="acts of this role are its holder's own"):
        decide(lifecycle, desk.case, act, now=desk.clock(), calendar=desk.docket.calendar)


# --- separation of duties ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asks", "approves"),
    [
        (OFFICE, acting_for(attrs.evolve(SECRETARY, id=OFFICE.id))),  # the holder asked
        (OFFICE, acting_for(SECRETARY, by=OFFICE.id)),  # who asked acts for the holder
        (acting_for(attrs.evolve(OFFICE, id=SECRETARY.id), by="clerk"), SECRETARY),  # asked for the one who approves
        (acting_for(OFFICE, by="deputy"), acting_for(SECRETARY, by="deputy")),  # one deputy for both
    ],
)
def test_who_asks_never_approves_by_way_of_a_delegation_either(asks: Actor, approves: Actor) -> None:
    desk = Desk()
    desk.plan()
    desk.act("request_approval", ApprovalRequest("请示"), by=asks, at=date(2018, 12, 11))
    refusal = desk.refused("approve", Approval(MEETING, "市政府304"), by=approves, at=date(2018, 12, 12))
    assert [unmet.code for unmet in refusal.unmet] == ["Y6"]


def test_who_submits_an_item_never_accepts_it_for_another() -> None:
    desk = rectifying.Desk(groups=rectifying.ONE_GROUP)
    desk.reach(desk.stages[1])
    item = desk.listed()
    desk.bring(item, "submitted")
    deputy = attrs.evolve(
        rectifying.LEAD,
        id=rectifying.DISTRICT.id,  # who submitted it
        delegation=Delegation(rectifying.LEAD.id, date(2021, 1, 1), date(2021, 12, 31), "授权书"),
    )
    refusal = desk.refused(RefusedError, item, "accept", Accepted("银行回单"), by=deputy)
    assert rectifying.codes(refusal) == ["Z6"]


def test_an_extension_is_not_approved_by_the_one_it_is_asked_for() -> None:
    desk = complaining.Desk()
    desk.reach("handling")
    deputy = acting_for(complaining.BODY, since=date(2018, 9, 1))
    content = Extension("special_circumstances", "案情复杂", Approver("li", "区营商局", "complaint_body"))
    (unmet,) = desk.refused("extend", content, by=deputy, at=date(2018, 10, 12)).unmet
    assert (unmet.code, unmet.label.en) == ("T3", "who asks never approves")


# --- everywhere else --------------------------------------------------------------------------------------------------


def test_options_look_at_the_day_they_are_asked_for() -> None:
    desk = asked()
    deputy = acting_for(SECRETARY)

    def status(now: datetime | None) -> str:
        (option,) = [one for one in desk.docket.options(desk.id, by=deputy, now=now) if one.trigger.key == "approve"]
        return option.status

    assert status(datetime(2018, 12, 12, tzinfo=CHINA_TIME)) == "asks"
    assert status(datetime(2018, 12, 16, tzinfo=CHINA_TIME)) == "refused"
    assert status(None) == "refused"  # the docket's clock stands months later


@pytest.mark.parametrize(
    "amending",
    [
        lambda desk, by: desk.docket.annul(desk.id, 2, ground="误录", by=by),
        lambda desk, by: desk.docket.correct(desk.id, 2, occurred_at=date(2018, 12, 10), ground="误录", by=by),
        lambda desk, by: desk.docket.migrate(
            [desk.id], to=Desk("liaoning-2020").lifecycle, ground="新办法", by=by, dry_run=False
        ),
    ],
    ids=["annul", "correct", "migrate"],
)
def test_amendments_ask_for_a_delegation_that_holds_when_they_are_made(amending: Callable[[Desk, Actor], Any]) -> None:
    desk = asked()
    office = next(role for role in desk.lifecycle.amended_by)
    holder = Actor("zhou", "市营商办", office.key)
    with pytest.raises(RefusedError, match="授权已过期"):
        amending(desk, acting_for(holder))
    today = desk.clock().date()
    amending(desk, acting_for(holder, until=today + timedelta(days=1)))
    assert "delegation=Delegation(" in repr(desk.history[-1].actor)
    assert desk.audit().irregular == ()


def test_an_erasure_asks_for_one_too() -> None:
    desk = complaining.Desk()
    desk.open()
    with pytest.raises(RefusedError, match="授权已过期"):
        desk.docket.erase(desk.id, ground="本人申请", by=acting_for(complaining.BODY))
    desk.docket.erase(desk.id, ground="本人申请", by=acting_for(complaining.BODY, until=date(2019, 12, 31)))
    assert desk.audit().irregular == ()


def test_the_audit_finds_what_was_done_without_a_delegation_that_holds() -> None:
    desk = asked()
    approval(desk, acting_for(SECRETARY))
    *before, last = desk.history
    forged = attrs.evolve(last, actor=acting_for(SECRETARY, until=date(2018, 12, 11)))
    said = audit([*before, forged], desk.lifecycle, calendar=desk.docket.calendar)
    assert [(one.code, one.found) for one in said.irregular] == [("delegation", "2018-12-01 – 2018-12-11, 2018-12-12")]


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1).filter(str.strip)


@given(
    st.builds(
        Actor,
        WORDS,
        WORDS.filter(lambda text: "/" not in text),
        st.just("office"),
        st.none()
        | st.tuples(st.dates(), st.dates()).map(lambda days: Delegation("holder", min(days), max(days), "授权书")),
    )
)
def test_an_actor_comes_back_from_a_record_as_it_went_in(actor: Actor) -> None:
    desk = Desk()
    desk.plan()
    record: Record = attrs.evolve(desk.history[0], actor=actor)
    text = codec.record_text(record, codec.GENESIS)
    assert codec.record_from(text, desk.lifecycle).actor == actor
    assert ('"delegation":[' in text) == (actor.delegation is not None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (("", FIRST, LAST, "书"), "a non-empty text"),
        (("x", FIRST, LAST, " "), "document must be a non-empty text"),
        (("x", LAST, FIRST, "书"), "before it begins"),
        (("x", "2018-12-01", LAST, "书"), "since must be a date"),
        (("x", FIRST, datetime(2018, 12, 15, tzinfo=CHINA_TIME), "书"), "until must be a date"),
        (("x", FIRST, None, "书"), "until must be a date"),
    ],
)
def test_a_delegation_names_its_holder_two_days_and_what_it_stands_in(fields: tuple[Any, ...], said: str) -> None:
    with pytest.raises(UnknownError, match=said):
        Delegation(*fields)


def test_an_actors_delegation_is_one() -> None:
    with pytest.raises(UnknownError, match="is a Delegation"):
        Actor("x", "y", "office", "wang")  # type: ignore[arg-type]
    assert "wang" not in repr(acting_for(SECRETARY))
    assert MAYOR.persons == {"zhang"}

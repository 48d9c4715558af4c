"""Who sees what is confidential: the roles that the procedure names; to everybody else it reads as withheld."""

from typing import Any

import attrs
import pytest

from tests.lifecycles import complaining
from tests.lifecycles.complaining import BODY, COMPLAINANT, CONTACT, NAME, SUPERVISOR, UNDERTAKER
from yingshang_flow.cli.output import Page
from yingshang_flow.cli.showing import show_case
from yingshang_flow.compliance import audit
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.confidential import Confidential, Erased, Withheld
from yingshang_flow.docket import Docket
from yingshang_flow.errors import UnknownError
from yingshang_flow.ports import Store


@pytest.fixture
def desk(store: Store) -> complaining.Desk:
    """A complaint that its complainant withdrew; so two values and one id are in the vault."""
    desk = complaining.Desk(store=store)
    desk.open()
    desk.act("withdraw", complaining.REASON, by=COMPLAINANT)
    return desk


def who(desk: complaining.Desk, **by: Any) -> tuple[Any, Any, str]:  # noqa: ANN401 - the actor, or nobody
    first, second = desk.docket.history(desk.id, **by)
    content: Any = first.content
    assert second.actor is not None
    return content.complainant.name.value, content.complainant.contact.value, second.actor.id


def test_the_roles_that_the_procedure_names_see(desk: complaining.Desk) -> None:
    assert who(desk, by=BODY) == (NAME, CONTACT, COMPLAINANT.id)


@pytest.mark.parametrize("by", [{}, {"by": None}, {"by": SUPERVISOR}, {"by": UNDERTAKER}, {"by": COMPLAINANT}])
def test_to_everybody_else_it_is_withheld(desk: complaining.Desk, by: dict[str, Any]) -> None:
    commitments = [row.commitment for row in desk.docket.store.vault(desk.id)]
    name, contact, identity = who(desk, **by)
    assert {type(name), type(contact)} == {Withheld}
    assert identity.startswith("withheld:")
    assert {name.commitment, contact.commitment, identity.removeprefix("withheld:")} == set(commitments)
    assert name != Erased(name.commitment)


def test_what_was_erased_reads_so_to_everybody(desk: complaining.Desk) -> None:
    desk.docket.erase(desk.id, ground="本人申请", by=BODY, revisions=[2])
    for by in (None, BODY, SUPERVISOR):
        assert desk.docket.history(desk.id, by=by)[1].actor.id.startswith("erased:")  # type: ignore[union-attr]
    first: Any = desk.docket.history(desk.id)[0].content
    assert isinstance(first.complainant.name.value, Withheld)


def test_who_asks_is_somebody_of_the_procedure(desk: complaining.Desk) -> None:
    with pytest.raises(UnknownError, match="has no role 'passer_by'"):
        desk.docket.history(desk.id, by=Actor("x", "y", "passer_by"))
    with pytest.raises(UnknownError, match="`by` is an Actor"):
        desk.docket.history(desk.id, by="office")  # type: ignore[arg-type]


def test_nobody_sees_where_the_procedure_names_nobody(desk: complaining.Desk) -> None:
    docket = Docket(desk.docket.store, clock=desk.clock)
    docket._cases._definitions[desk.case.opening.fingerprint] = attrs.evolve(desk.lifecycle, seen_by=())
    name: Any = docket.history(desk.id, by=BODY)[0].content
    assert isinstance(name.complainant.name.value, Withheld)


def test_nothing_confidential_is_in_a_repr(desk: complaining.Desk) -> None:
    for secret in (NAME, CONTACT, COMPLAINANT.id):
        assert secret not in repr(desk.docket.history(desk.id, by=BODY))
        assert secret not in repr(desk.docket.history(desk.id))
    assert repr(Confidential(Withheld("ab"))) == "Confidential(value=Withheld(commitment='ab'))"


def test_the_audit_and_show_need_not_see(desk: complaining.Desk, capsys: pytest.CaptureFixture[str]) -> None:
    seen, not_seen = desk.docket.history(desk.id, by=BODY), desk.docket.history(desk.id)
    said = [audit(history, desk.lifecycle, calendar=desk.docket.calendar) for history in (seen, not_seen)]
    assert said[0] == said[1]
    lamps = {deadline: desk.docket.lamp(desk.id, deadline) for deadline in desk.case.deadlines}
    show_case(Page(), desk.case, desk.lifecycle, not_seen, lang="zh", lamps=lamps)
    shown = capsys.readouterr().out
    assert "撤回" in shown
    assert not any(secret in shown for secret in (NAME, CONTACT, COMPLAINANT.id))

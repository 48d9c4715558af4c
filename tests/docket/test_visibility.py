"""Who sees what is confidential: the roles that the procedure names; to everybody else it reads as withheld."""

from datetime import date
from typing import Annotated, Any

import attrs
import pytest

from tests.lifecycles import complaining
from tests.lifecycles.complaining import BODY, COMPLAINANT, CONTACT, NAME, SUPERVISOR, UNDERTAKER
from yingshang_flow.cli.output import Page
from yingshang_flow.cli.showing import show_case
from yingshang_flow.compliance import audit
from yingshang_flow.core.actor import Actor, Role
from yingshang_flow.core.confidential import Confidential, Erased, SeenBy, Withheld
from yingshang_flow.core.lifecycle import Lifecycle, State, Trigger, opening
from yingshang_flow.docket import Docket
from yingshang_flow.errors import DefinitionError, UnknownError
from yingshang_flow.lifecycles import Procedure, procedure
from yingshang_flow.policies import Profile
from yingshang_flow.ports import Store
from yingshang_flow.words import Label


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
    show_case(Page("zh"), desk.case, desk.lifecycle, not_seen, lamps=lamps)
    shown = capsys.readouterr().out
    assert "撤回" in shown
    assert not any(secret in shown for secret in (NAME, CONTACT, COMPLAINANT.id))


# --- fields that fewer see --------------------------------------------------------------------------------------------


@attrs.frozen
class Bank:
    """An account, which only the treasury sees."""

    account: Confidential[str]


@attrs.frozen
class Tip:
    """What somebody reports."""

    name: Confidential[str]
    source: Annotated[Confidential[str], SeenBy("discipline")]
    banks: Annotated[tuple[Bank, ...], SeenBy(["discipline", "treasury"])] = ()
    other: Annotated[Confidential[str] | None, SeenBy("treasury")] = None
    inside: Annotated[Confidential[str], SeenBy("treasury")] | None = None


@attrs.frozen
class TipValues:
    """No values."""


def role(key: str) -> Role:
    return Role(key, Label(key, key))


def tips(content: type = Tip, seen_by: tuple[str, ...] = ("office", "discipline", "treasury")) -> Procedure[Any]:
    """A procedure whose one act says something of which not everybody sees everything."""

    @procedure("tip", TipValues)
    def tip(values: TipValues) -> Lifecycle:
        return Lifecycle(
            key="tip",
            title=Label("线索", "Tip"),
            states=[State("given", Label("已提供", "Given"), final=True)],
            triggers=[Trigger("give", Label("提供", "Give"), content)],
            transitions=[opening("give", to="given", by=[*map(role, ("office", "discipline", "treasury", "guest"))])],
            seen_by=[*map(role, seen_by)],
            values=values,
        )

    return tip


PROFILE = Profile("made-up", "某市", "编造", date(2018, 1, 1), {}, "made-up.toml")
GIVEN = Tip(
    Confidential("孙某"), Confidential("举报信"), (Bank(Confidential("6222")),), Confidential("甲"), Confidential("乙")
)


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        ("office", "孙某 - - - -"),
        ("discipline", "孙某 举报信 6222 - -"),
        ("treasury", "孙某 - 6222 甲 乙"),
        ("guest", "- - - - -"),
    ],
)
def test_a_field_is_seen_by_those_it_is_narrowed_to(store: Store, reader: str, seen: str) -> None:
    procedure = tips()
    docket = Docket(store, lifecycles=[procedure])
    case = docket.open(procedure(PROFILE), GIVEN, by=Actor("x", "某局", "office"))
    (record,) = docket.history(case.id, by=Actor("y", "某局", reader))
    told: Any = record.content
    values = [told.name, told.source, told.banks[0].account, told.other, told.inside]
    assert " ".join("-" if isinstance(one.value, Withheld) else one.value for one in values) == seen
    assert docket.verify(case.id) == 1


@attrs.frozen
class Plain:
    """Narrows what is no secret."""

    name: Annotated[str, SeenBy("office")]


@attrs.frozen
class Holder:
    """Holds one that narrows."""

    tips: tuple[Tip, ...]


@pytest.mark.parametrize(
    ("content", "seen_by", "said"),
    [
        (Plain, ("office",), ["Plain.name is narrowed by SeenBy, and holds nothing confidential"]),
        (
            Holder,
            ("office", "treasury"),
            [
                "Tip.source is narrowed by SeenBy to discipline; name some of those in seen_by: office, treasury",
                "Tip.banks is narrowed by SeenBy to discipline, treasury; name some of those in seen_by: "  # noqa: ISC004
                "office, treasury",
            ],
        ),
    ],
)
def test_a_field_is_narrowed_to_some_of_those_who_see_what_is_confidential(
    content: type, seen_by: tuple[str, ...], said: list[str]
) -> None:
    with pytest.raises(DefinitionError) as caught:
        tips(content, seen_by)(PROFILE)
    assert list(caught.value.problems) == said

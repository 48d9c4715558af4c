"""What people put into fields, on every store: kept letter by letter, or refused in one clear error."""

import itertools
from collections.abc import Iterator
from typing import Final

import pytest
import sqlalchemy as sa

from tests.faults.looking import agrees
from tests.faults.working import DAY, LIFECYCLE, Place, docket_on
from tests.lifecycles.complaining import AGAINST, BODY, RECEIVED, receipt
from yingshang_flow.core.actor import Actor
from yingshang_flow.docket import Docket
from yingshang_flow.errors import CodecError, ContentError, SweepError, TamperedError
from yingshang_flow.lifecycles.complaint import Assignment, WrittenReply
from yingshang_flow.ports import Query
from yingshang_flow.testing.store_contract.rows import AWKWARD

HOSTILE: Final = {
    **AWKWARD,
    "a second statement": "x'); DELETE FROM ysf_cases; DELETE FROM records; --",
    "a mark for values": "%s %(case_id)s ? :case_id ${case}",
    "markup": "<script>alert(1)</script>]]>&amp;",
}
TEN_MEGABYTES: Final = 10 * 2**20


@pytest.fixture
def docket(place: Place) -> Iterator[Docket]:
    names = map("case {}".format, itertools.count(1))
    store = place.store()
    yield docket_on(store, new_id=lambda: next(names))
    store.close()


def replied(docket: Docket, text: str, *, key: str = "key") -> str:
    """Open a case against somebody, and give an answer of a text."""
    case = docket.open(LIFECYCLE, receipt(), by=BODY, at=RECEIVED, trigger="receive", reference=f"reference {key}").id
    docket.act(case, "accept", by=BODY, at=DAY)
    docket.act(case, "assign", Assignment(AGAINST), by=BODY, at=DAY)
    docket.act(case, "reply", WrittenReply(text, "post"), by=BODY, at=DAY, key=key)
    return case


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_comes_back_letter_by_letter_from_every_field(docket: Docket, what: str) -> None:
    text = HOSTILE[what]
    body = Actor(text, f"局{text.replace('/', '')}", BODY.role)  # no unit has a slash in its name
    case = docket.open(LIFECYCLE, receipt(), by=body, at=RECEIVED, trigger="receive", reference=text, key=f"{text} 1")
    docket.act(case.id, "accept", by=body, at=DAY)
    docket.act(case.id, "assign", Assignment(AGAINST), by=body, at=DAY)
    docket.act(case.id, "reply", WrittenReply(text, "post"), by=body, at=DAY, key=text)
    history = docket.history(case.id)
    reply = history[-1].content
    assert isinstance(reply, WrittenReply)
    assert reply.text == text
    assert (history[-1].key, history[-1].actor) == (text, body)
    (found,) = docket.find(reference=text)
    assert found.id == case.id
    assert docket.store.find(Query(unit=body.unit)) == docket.store.find(Query())
    assert agrees(docket, case.id)


def test_ten_megabytes_are_kept_whole(docket: Docket) -> None:
    text = "长" * (TEN_MEGABYTES // 3)
    case = replied(docket, text)
    reply = docket.history(case)[-1].content
    assert isinstance(reply, WrittenReply)
    assert reply.text == text
    assert agrees(docket, case)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "half a character"])
def test_what_no_text_can_hold_is_refused_and_nothing_is_kept(docket: Docket, text: str) -> None:
    case = replied(docket, "answer")
    before = docket.store.load(case), docket.store.history(case)
    with pytest.raises(ContentError, match=r"NUL character|lone surrogate"):
        docket.act(case, "reply", WrittenReply(text, "post"), by=BODY, at=DAY)
    assert (docket.store.load(case), docket.store.history(case)) == before


def test_a_case_that_no_longer_fits_its_definition_is_kept_and_named_and_stops_no_other(
    place: Place, docket: Docket
) -> None:
    broken, sound = replied(docket, "answer", key="1"), replied(docket, "answer", key="2")
    _spoil(place, broken)
    fresh = docket.on(docket.store)  # it has not read the case before
    kept = fresh.store.load(broken), fresh.store.history(broken)
    with pytest.raises(CodecError, match="a stored snapshot does not fit its definition"):
        fresh.load(broken)
    with pytest.raises(CodecError, match="a stored snapshot does not fit its definition"):
        fresh.act(broken, "conclude", by=BODY, at=DAY)
    with pytest.raises(TamperedError, match=f"{broken}: the snapshot is not what its 4 records lead to"):
        fresh.verify(broken)
    with pytest.raises(SweepError, match=f"case {broken}: "):
        fresh.sweep()
    assert any(record.kind == "clock" for record in fresh.history(sound))
    assert (fresh.store.load(broken), fresh.store.history(broken)) == kept


def _spoil(place: Place, case: str) -> None:
    """Write a snapshot that no definition can read."""
    engine = sa.create_engine(place.url if place.prefix else f"sqlite:///{place.url}")
    with engine.begin() as connection:
        name = f"{place.prefix or 'ysf_'}cases"
        statement = sa.text(f"UPDATE {name} SET text = :text WHERE case_id = :case")  # noqa: S608 - a name of ours
        assert connection.execute(statement, {"text": '{"no":"snapshot"}', "case": case}).rowcount == 1
    engine.dispose()

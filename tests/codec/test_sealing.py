"""Sealing: confidential values leave the record, and come back only from the vault."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from typing import Any, cast

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.codec.values import LIFECYCLE, records
from tests.core.roadworks import CALENDAR, ROADWORKS, Everything, Log, Witness, at, crew, told
from yingshang_flow.codec import (
    Secret,
    case_text,
    commitments,
    record_from,
    record_text,
    resealed,
    sealed,
    unsealed,
    withheld,
)
from yingshang_flow.codec.reading import GIVEN, WrongError
from yingshang_flow.core.actor import Actor
from yingshang_flow.core.confidential import Confidential, Erased, Sealed, Withheld
from yingshang_flow.core.decide import Act, decide, evolve
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Record
from yingshang_flow.errors import CodecError

CITIZEN = Actor("身份证 210200", "个人", "citizen")


def salt() -> bytes:
    """Return fresh random bytes."""
    return secrets.token_bytes(32)


def complaint(name: str = "王小明", size: int | None = 42, by: Actor = CITIZEN) -> Record:
    """Return the record of a complaint in clear."""
    content = Witness(Confidential(name), None if size is None else Confidential(size))
    moment = Moment.of(at("2021-03-03"))
    return decide(
        ROADWORKS, told("Li").case, Act("complain", content, by, moment), now=moment.instant, calendar=CALENDAR
    )


def vault(found: tuple[Secret, ...]) -> dict[str, Secret]:
    """Return secrets by commitment."""
    return {secret.commitment: secret for secret in found}


def held(value: object) -> Iterator[Any]:
    """Yield every confidential value in a content."""
    if isinstance(value, Confidential):
        yield value.value
    elif isinstance(value, tuple):
        for item in value:
            yield from held(item)
    elif attrs.has(type(value)):
        for item in attrs.asdict(cast("attrs.AttrsInstance", value), recurse=False).values():
            yield from held(item)


@given(records())
def test_what_was_sealed_is_unsealed_with_the_vault(record: Record) -> None:
    closed, found = sealed(record, LIFECYCLE, salt)
    assert unsealed(closed, vault(found)) == record


@given(records())
def test_what_was_sealed_and_stored_is_unsealed_with_the_vault(record: Record) -> None:
    closed, found = sealed(record, LIFECYCLE, salt)
    assert unsealed(record_from(record_text(closed, ""), LIFECYCLE), vault(found)) == record


@given(records())
def test_without_the_vault_everything_confidential_is_erased_and_the_rest_stays(record: Record) -> None:
    closed, _ = sealed(record, LIFECYCLE, salt)
    erased = unsealed(closed, {})
    assert all(isinstance(value, Erased) for value in held(erased.content))
    assert [value.commitment for value in held(erased.content)] == [v.commitment for v in held(closed.content)]
    actor = closed.actor
    if actor is not None and actor.id.startswith("sealed:"):
        actor = attrs.evolve(actor, id=actor.id.replace("sealed:", "erased:"))
    assert attrs.evolve(erased, content=None) == attrs.evolve(closed, content=None, actor=actor)


@given(records())
def test_whoever_may_not_see_is_shown_what_is_withheld_and_what_was_erased(record: Record) -> None:
    closed, found = sealed(record, LIFECYCLE, salt)
    there = found[::2]
    shown = unsealed(closed, vault(there), seen=False)
    read = [*held(shown.content)]
    if shown.actor is not None and shown.actor.role == "citizen":
        word, commitment = shown.actor.id.split(":", 1)
        read.insert(0, {"erased": Erased, "withheld": Withheld}[word](commitment))
    assert read == [Withheld(secret.commitment) if secret in there else Erased(secret.commitment) for secret in found]


@given(records())
def test_what_is_not_shown_can_be_written_as_it_was_sealed_and_read_without_the_vault(record: Record) -> None:
    closed, found = sealed(record, LIFECYCLE, salt)
    there = found[::2]
    shown = unsealed(closed, vault(there), seen=False)
    assert record_text(resealed(shown, LIFECYCLE), "") == record_text(closed, "")
    gone = {secret.commitment for secret in found if secret not in there}
    assert withheld(closed, gone) == shown


def test_the_id_of_a_private_person_is_never_written_in_clear() -> None:
    with pytest.raises(CodecError, match=r"the id of a private person \(citizen\) was to be written in clear"):
        resealed(complaint(), LIFECYCLE)
    clock = told("Li").tick("2021-03-30")
    assert clock is not None
    assert resealed(clock, LIFECYCLE) is clock


@pytest.mark.parametrize("value", [Withheld("x"), Erased("x"), Sealed("x")])
def test_what_was_not_shown_cannot_be_given(value: Any) -> None:  # noqa: ANN401 - what stands for a value
    with pytest.raises(WrongError, match="must be given in clear"):
        GIVEN.structure(Confidential(value), Confidential[str])


@given(records())
def test_a_sealed_record_holds_one_commitment_a_value_and_the_vault_one_row_each(record: Record) -> None:
    closed, found = sealed(record, LIFECYCLE, salt)
    private = record.actor is not None and record.actor.role == "citizen"
    values = list(held(record.content))
    assert len(found) == len(values) + private
    assert commitments(closed) == tuple(secret.commitment for secret in found)
    assert all(isinstance(value, Sealed) for value in held(closed.content))
    assert all(secret.genuine and len(bytes.fromhex(secret.salt)) == 32 for secret in found)
    assert len({secret.salt for secret in found}) == len(found)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4FFF), min_size=3), st.integers(10**6, 10**9))
def test_a_confidential_value_is_in_no_text_snapshot_or_repr(name: str, number: int) -> None:
    person = Actor(f"{name}-{number}", "个人", "citizen")
    record = complaint(name, number, person)
    closed, _ = sealed(record, LIFECYCLE, salt)
    case = evolve(told("Li").case, closed)
    for text in (record_text(closed, ""), case_text(case), repr(closed), repr(case)):
        assert name not in text
        # A commitment is 64 hex digits, in which a number can stand by chance; as a value it does not.
        assert str(number) not in text.replace(next(iter(commitments(closed))), "").replace(commitments(closed)[-1], "")
    assert name not in repr(record.content)


def test_a_commitment_is_the_hash_of_domain_salt_and_canonical_value() -> None:
    _, found = sealed(complaint(size=None), LIFECYCLE, lambda: b"\x07" * 32)
    _, of_name = found
    said = b"yingshang_flow/confidential/1" + b"\x07" * 32 + '"王小明"'.encode()
    assert of_name == Secret(hashlib.sha256(said).hexdigest(), "07" * 32, '"王小明"')


def test_the_same_value_has_another_commitment_each_time() -> None:
    first, _ = sealed(complaint(), LIFECYCLE, salt)
    second, _ = sealed(complaint(), LIFECYCLE, salt)
    assert not set(commitments(first)) & set(commitments(second))


def test_the_id_of_a_private_person_is_sealed_and_unit_and_role_stay() -> None:
    closed, found = sealed(complaint(), LIFECYCLE, salt)
    assert closed.actor is not None
    assert closed.actor == Actor(f"sealed:{found[0].commitment}", "个人", "citizen")
    assert json.loads(found[0].text) == CITIZEN.id
    assert unsealed(closed, {}).actor == Actor(f"erased:{found[0].commitment}", "个人", "citizen")


def test_the_id_of_an_official_stays() -> None:
    record = told("Li").act("log", "2021-03-03", Log(), by=crew("Li"))
    assert sealed(record, LIFECYCLE, salt) == (record, ())
    assert unsealed(record, {}) is record
    assert commitments(record) == ()


def test_a_record_of_the_clock_has_nothing_to_seal() -> None:
    record = told("Li").tick("2021-03-30")
    assert record is not None
    assert sealed(record, LIFECYCLE, salt) == (record, ())
    assert (unsealed(record, {}), commitments(record)) == (record, ())


def test_what_is_sealed_already_stays_as_it_is() -> None:
    closed, _ = sealed(complaint(), LIFECYCLE, salt)
    official = attrs.evolve(closed, actor=crew("Li"))
    again, found = sealed(official, LIFECYCLE, salt)
    assert (again, found) == (official, ())


def test_what_is_in_clear_already_stays_as_it_is() -> None:
    record = attrs.evolve(complaint(), actor=crew("Li"))
    assert unsealed(record, {}) == record


def test_one_value_may_be_erased_alone() -> None:
    closed, found = sealed(complaint(), LIFECYCLE, salt)
    opened = unsealed(closed, vault(found[:2]))
    assert isinstance(opened.content, Witness)
    assert opened.actor == CITIZEN
    assert opened.content.name.value == "王小明"
    assert opened.content.shoe_size is not None
    assert opened.content.shoe_size.value == Erased(found[2].commitment)


def test_a_confidential_nothing_is_not_taken_for_erased() -> None:
    @attrs.frozen
    class Doubt:
        word: Confidential[str | None]

    record = attrs.evolve(complaint(), content=Doubt(Confidential(None)))
    closed, found = sealed(record, LIFECYCLE, salt)
    assert unsealed(closed, vault(found)) == record


@given(records(), st.data())
def test_a_changed_row_of_the_vault_is_detected(record: Record, data: st.DataObject) -> None:
    closed, found = sealed(record, LIFECYCLE, salt)
    assume(found)
    place = data.draw(st.integers(0, len(found) - 1))
    name = data.draw(st.sampled_from(["salt", "text", "commitment"]))
    was = getattr(found[place], name)
    now = data.draw(st.sampled_from([was + "0", "no hex", "", was[::-1], '"x"']).filter(lambda text: text != was))
    rows = vault(found)
    rows[found[place].commitment] = attrs.evolve(found[place], **{name: now})
    with pytest.raises(CodecError, match="does not fit its commitment; the vault was changed"):
        unsealed(closed, rows)


def test_two_rows_of_the_vault_that_were_swapped_are_detected() -> None:
    closed, found = sealed(complaint(), LIFECYCLE, salt)
    rows = {found[1].commitment: found[2], found[2].commitment: found[1]}
    with pytest.raises(CodecError, match=f"the vault row {found[1].commitment[:12]}… does not fit"):
        unsealed(closed, rows)


def test_content_is_sealed_at_every_depth() -> None:
    assert {
        field.name for field in attrs.fields(Everything) if "secret" in field.name or field.name == "witnesses"
    } == {
        *("secret", "secret_number", "secret_flag", "secret_time", "secret_day", "secret_period"),
        *("secret_texts", "secret_log", "secrets", "maybe_secret", "witnesses"),
    }

"""Records and snapshots as text and back."""

import json
import pickle
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.codec.values import LIFECYCLE, records, stories
from tests.core.roadworks import ROADWORKS, Log, Promise, Story, Witness, crew, later, told
from yingshang_flow.codec import (
    GENESIS,
    Fragments,
    canonical_text,
    case_from,
    case_text,
    links,
    record_from,
    record_text,
    sealed,
    skimmed,
)
from yingshang_flow.core.confidential import Confidential, Sealed
from yingshang_flow.core.moment import Moment
from yingshang_flow.core.record import Kind, Record
from yingshang_flow.errors import CodecError


def salt() -> bytes:
    """Give the same salt every time."""
    return bytes(32)


def closed(record: Record) -> Record:
    """Seal a record."""
    return sealed(record, LIFECYCLE, salt)[0]


@given(records())
def test_a_record_survives_as_text(record: Record) -> None:
    assert record_from(record_text(closed(record), "ab"), LIFECYCLE) == closed(record)


@given(records())
def test_the_text_of_a_record_is_canonical_and_holds_the_hash_before_it(record: Record) -> None:
    text = record_text(closed(record), "ab" * 32)
    assert canonical_text(json.loads(text)) == text
    assert links(text) == ("ab" * 32, "sha-256")
    assert json.loads(text)["algorithm"] == "sha-256"


@given(stories())
def test_a_case_survives_as_text(story: Story) -> None:
    text = case_text(story.standing)
    known: Fragments = {}
    assert case_from(text, LIFECYCLE, known) == story.standing
    assert case_from(json.dumps(json.loads(text), indent=1), LIFECYCLE) == story.standing  # however it is spaced
    assert case_text(case_from(text, LIFECYCLE, known), known) == text


@given(stories())
def test_the_text_of_a_case_costs_by_what_is_new_and_comes_out_the_same(story: Story) -> None:
    known: Fragments = {}
    assert case_text(story.standing, known) == case_text(story.standing)
    kept = dict(known)
    story.act("turn", Moment.of(story.now))
    assert case_text(story.standing, known) == case_text(story.standing)
    written = {key for key in known if known[key] is not kept.get(key)}
    new = {("turn", ""), ("turn",)}
    assert new <= written <= {*new, "deadlines", "units"}  # of the facts, the new one only


@given(stories())
def test_the_deadlines_of_a_case_are_read_without_the_rest(story: Story) -> None:
    assert skimmed(case_text(story.standing), LIFECYCLE).deadlines == story.standing.deadlines


@given(stories(), st.integers(0, 60 * 24 * 60))
def test_a_snapshot_moved_on_by_a_record_that_is_no_act_is_the_one_written_anew(story: Story, minutes: int) -> None:
    snapshot = skimmed(case_text(story.standing), LIFECYCLE)
    record = story.tick(later(story.now, minutes=minutes))
    assume(record is not None)
    assert snapshot.moved_on(story.standing.deadlines, story.records[-1]) == case_text(story.standing)


def test_words_of_an_act_are_never_taken_for_the_keys_of_the_snapshot() -> None:
    words = '"recorded_at":1,"revision":1,"state":"x","deadlines":[]'
    story = told("Li")
    story.act("log", "2021-03-03", Log(words), by=crew("Li"))
    written = json.loads(case_text(story.standing))
    content = {"deadlines": [], "recorded_at": 1, "revision": 1, "state": words, "text": words}
    written["facts"] = [{**fact, "content": content} for fact in written["facts"]]
    written["units"] = [words]
    snapshot = skimmed(canonical_text(written), LIFECYCLE)
    record = story.tick("2021-04-30")
    assert record is not None
    moved = {"deadlines": json.loads(case_text(story.standing))["deadlines"], "revision": record.revision}
    moved["recorded_at"] = json.loads(record_text(record, ""))["recorded_at"]
    assert snapshot.moved_on(story.standing.deadlines, record) == canonical_text({**written, **moved})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "does not begin with its deadlines"),
        ('{"facts":[],"acted":1,"deadlines":[]}', "does not begin with its deadlines"),
        ('{"acted":1,"deadlines":[', "a stored snapshot does not fit its definition"),
        ('{"acted":1,"deadlines":5}', "not iterable"),
        ('{"acted":1,"deadlines":[{}]}', "'status' is missing"),
    ],
)
def test_a_snapshot_whose_deadlines_cannot_be_read_is_reported(text: str, message: str) -> None:
    with pytest.raises(CodecError, match=message):
        skimmed(text, LIFECYCLE)


def test_what_extends_and_what_revives_is_written_under_its_own_name() -> None:
    story = told("Li")
    story.act("promise", "2021-03-03", Promise(date(2021, 3, 31)))
    extended = json.loads(record_text(story.act("defer", "2021-03-04", Promise(date(2021, 4, 7))), ""))
    story.act("keep", "2021-03-05")
    revived = json.loads(record_text(story.act("retract", "2021-03-06"), ""))
    assert [(change["change"], change["due"]) for change in extended["changes"]] == [("extended", "2021-04-07")]
    assert revived["changes"] == [{"change": "revived", "limit": "promised", "number": 1, "obligor": ""}]
    again = [record_from(record_text(record, ""), ROADWORKS) for record in story.records]
    assert again == story.records


def test_what_is_not_there_is_not_written() -> None:
    story = told("Li")
    story.tick("2021-03-30")
    tick, turn = story.records[-1], story.act("turn", "2021-03-30")
    assert not {"actor", "content", "obligors", "opening", "key"} & set(json.loads(record_text(tick, "")))
    assert not {"content", "obligors", "opening", "key"} & set(json.loads(record_text(turn, "")))
    assert "changes" not in json.loads(record_text(attrs.evolve(turn, changes=()), ""))


@pytest.mark.parametrize("algorithm", ["sha-256", "sm3", None])
def test_the_first_record_has_no_hash_before_it(algorithm: str | None) -> None:
    assert links(record_text(told("Li").records[0], GENESIS, algorithm)) == ("", algorithm)


def test_a_record_that_is_not_sealed_is_not_written() -> None:
    record = attrs.evolve(told("Li").records[1], trigger="complain", content=Witness(Confidential("A")))
    with pytest.raises(CodecError, match="a confidential value was to be written in clear; seal the record first"):
        record_text(record, "")


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"a":1}{'])
def test_a_text_that_is_no_json_is_reported(text: str) -> None:
    for read in (lambda: record_from(text, ROADWORKS), lambda: case_from(text, ROADWORKS), lambda: links(text)):
        with pytest.raises(CodecError, match="a stored text does not fit its definition"):
            read()


@pytest.mark.parametrize("text", ["[]", '"x"', "null", "5"])
def test_a_text_that_is_no_object_is_reported(text: str) -> None:
    for read in (lambda: record_from(text, ROADWORKS), lambda: case_from(text, ROADWORKS), lambda: links(text)):
        with pytest.raises(CodecError, match="a stored text is no record"):
            read()


@pytest.mark.parametrize("text", ["{}", '{"previous":null}', '{"previous":5}'])
def test_a_record_that_names_no_record_before_it_is_reported(text: str) -> None:
    with pytest.raises(CodecError, match="names no record before it"):
        links(text)


RECORD = json.loads(record_text(told("Li").act("log", "2021-03-03", Log("x"), by=crew("Li")), ""))
SNAPSHOT = json.loads(case_text(told("Li").standing))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trigger": "fly"}, "no trigger 'fly'"),
        ({"kind": "dream"}, "'dream' is not a valid Kind"),
        ({"actor": {"id": "a"}}, "missing 2 required"),
        ({"actor": {"id": "", "unit": "b", "role": "c"}}, "must be a non-empty text"),
        ({"actor": []}, "must be a mapping"),
        ({"content": {"text": 5}}, "text: must be a text, not 5"),
        ({"content": {"moon": "x"}}, "moon is unknown; known are text, obligors"),
        ({"content": []}, "must be a Log with text, obligors, not"),
        ({"occurred_at": 10**30}, "OverflowError|too large|must have magnitude"),
        ({"occurred_at": "x"}, "unsupported type"),
        ({"changes": [{"change": "dream"}]}, "dream"),
        ({"changes": [{"change": "met"}]}, "missing 4 required"),
        ({"changes": [{"change": "extended", "limit": "x"}]}, "missing 9 required"),
        ({"changes": [{"change": "revived"}]}, "missing 3 required"),
        ({"changes": [{}]}, "change"),
        ({"changes": [5]}, "not iterable"),
        ({"changes": [{"change": "started", "due": "x"}]}, "Invalid isoformat"),
        ({"opening": {"moon": 1}}, "unexpected keyword"),
    ],
)
def test_a_record_that_does_not_fit_is_reported_never_dropped(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CodecError, match=f"a stored record does not fit its definition .*({message})"):
        record_from(canonical_text({**RECORD, **changes}), ROADWORKS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"facts": [{}]}, "actor"),
        ({"facts": [{**SNAPSHOT["facts"][0], "content": {"reason": 5}}]}, "reason: must be a text, not 5"),
        ({"opening": {}}, "missing 4 required"),
        ({"opened": []}, "index out of range"),
        ({"opened": 5}, "not subscriptable"),
        ({"deadlines": [{"status": "dream"}]}, "'dream' is not a valid Status"),
        ({"deadlines": [{**SNAPSHOT["deadlines"][0], "due": "x"}]}, "Invalid isoformat"),
    ],
)
def test_a_snapshot_that_does_not_fit_is_reported(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CodecError, match=f"a stored snapshot does not fit its definition .*({message})"):
        case_from(canonical_text({**SNAPSHOT, **changes}), ROADWORKS)


@given(stories())
def test_what_was_said_can_stay_unread_until_it_is_asked_for(story: Story) -> None:
    case = case_from(case_text(story.standing), LIFECYCLE, unread=True)
    assert case.latest(Log) == story.standing.latest(Log)
    assert case == story.standing
    assert set(map(repr, case.all_facts())) == set(map(repr, story.standing.all_facts()))
    again = case_from(case_text(story.standing), LIFECYCLE, unread=True)
    assert pickle.loads(pickle.dumps(again)) == again  # noqa: S301  # our own


def test_a_content_that_does_not_fit_is_reported_each_time_it_is_asked_for_and_hinders_nothing_else() -> None:
    text = canonical_text({**SNAPSHOT, "facts": [{**SNAPSHOT["facts"][0], "content": {"reason": 5}}]})
    known: Fragments = {}
    case = case_from(text, ROADWORKS, known, unread=True)
    (fact,) = case.all_facts()
    asking: tuple[Callable[[], object], ...] = (
        fact.read,
        lambda: fact.content,
        lambda: case == case_from(text, ROADWORKS, unread=True),
    )
    for ask in asking:
        with pytest.raises(CodecError, match=r"a stored content does not fit its definition .*reason: must be"):
            ask()
    assert case_text(case, known) == text  # and is written again as it was


@pytest.mark.parametrize(
    "name", sorted(set(RECORD) - {"actor", "algorithm", "changes", "content", "obligors", "previous"})
)
def test_a_record_that_lacks_something_is_reported(name: str) -> None:
    with pytest.raises(CodecError, match=f"'{name}' is missing"):
        record_from(canonical_text({key: item for key, item in RECORD.items() if key != name}), ROADWORKS)


@pytest.mark.parametrize("name", sorted(SNAPSHOT))
def test_a_snapshot_that_lacks_something_is_reported(name: str) -> None:
    with pytest.raises(CodecError, match=f"'{name}' is missing"):
        case_from(canonical_text({key: item for key, item in SNAPSHOT.items() if key != name}), ROADWORKS)


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data(), st.sampled_from([RECORD, SNAPSHOT]))
def test_whatever_is_wrong_in_a_stored_text_is_a_codec_error(data: st.DataObject, text: dict[str, Any]) -> None:
    whole = json.loads(json.dumps(text))
    place: Any = whole
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(JUNK)
            break
        place = place[key]
    with suppress(CodecError):
        (record_from if text is RECORD else case_from)(json.dumps(whole), ROADWORKS)


def test_the_message_shows_no_more_than_the_beginning_of_a_text() -> None:
    with pytest.raises(CodecError) as caught:
        record_from(canonical_text({**RECORD, "kind": "dream"}), ROADWORKS)
    assert len(str(caught.value)) < 200


def test_confidential_values_are_read_back_sealed() -> None:
    record = attrs.evolve(told("Li").records[1], trigger="complain", content=Witness(Confidential("A")))
    (found,) = [record_from(record_text(closed(record), ""), ROADWORKS).content]
    assert isinstance(found, Witness)
    assert isinstance(found.name.value, Sealed)


def test_a_trigger_without_content_reads_back_without_any() -> None:
    assert record_from(canonical_text({**RECORD, "trigger": "turn"}), ROADWORKS).content is None
    clock = {**RECORD, "trigger": "", "kind": "clock"}
    assert record_from(canonical_text(clock), ROADWORKS).kind is Kind.CLOCK


@pytest.mark.parametrize(("old", "new"), [('"state":"ordered"', '"state":"gone"'), ('"limit":"', '"limit":"gone ')])
def test_a_snapshot_that_names_what_the_definition_does_not_have_is_reported(old: str, new: str) -> None:
    text = case_text(told("Li", started=None).standing if "state" in old else told("Li").standing)
    assert old in text
    with pytest.raises(CodecError, match="in the definition"):
        case_from(text.replace(old, new), LIFECYCLE)


def test_a_deadline_of_a_limit_that_the_definition_does_not_have_is_reported() -> None:
    text = case_text(told("Li").standing).replace('"limit":"', '"limit":"gone ')
    with pytest.raises(CodecError, match=r"no limit 'gone .*' in the definition"):
        skimmed(text, LIFECYCLE)

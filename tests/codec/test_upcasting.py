"""Upcasting: what was said under one version as another reads it, strictly and sealed all through."""

import attrs
import pytest

from tests.docket.digging import NEW, OLD, Minutes, OldMinutes, OldRequest, Request, other, profile
from yingshang_flow.codec import Upcasting
from yingshang_flow.core.confidential import Confidential, Sealed
from yingshang_flow.core.lifecycle import Lifecycle, Trigger
from yingshang_flow.core.upcast import Plain, Renamed, Rewritten
from yingshang_flow.errors import CodecError
from yingshang_flow.words import Label


def with_content(trigger: str, content: type | None, *upcasts: Renamed) -> Lifecycle:
    """Return the second version with another content of a trigger."""
    triggers = [attrs.evolve(one, content=content) if one.key == trigger else one for one in NEW.triggers]
    return attrs.evolve(NEW, triggers=triggers, upcasts=(*NEW.upcasts, *upcasts))


def test_a_content_is_read_there_and_back_with_what_is_sealed_in_it() -> None:
    sealed: Confidential[str] = Confidential(Sealed("ab"))
    said = OldRequest("cable", ("Li",), sealed)
    there = Upcasting(OLD, NEW).content(said, "ask")
    assert there == Request("cable", ("Li",), sealed)
    assert Upcasting(NEW, OLD).content(there, "ask") == said
    assert Upcasting(OLD, NEW).content(OldMinutes("a\nb"), "hear") == Minutes(("a", "b"))


def test_what_is_the_same_under_both_is_not_touched() -> None:
    said = Request("cable")
    assert Upcasting(NEW, NEW).content(said, "ask") is said
    assert Upcasting(OLD, NEW).content(None, "settle") is None


def test_a_trigger_that_has_something_to_say_now_is_read_where_all_of_it_can_be_left_out() -> None:
    @attrs.frozen
    class Words:
        text: str = ""

    @attrs.frozen
    class Needed:
        text: str

    assert Upcasting(OLD, with_content("close", Words)).content(None, "close") == Words()
    with pytest.raises(CodecError, match=r"what 'close' says does not fit dig version 2 .*: text is missing"):
        Upcasting(OLD, with_content("close", Needed)).content(None, "close")


def test_what_is_left_over_where_nothing_is_said_any_more_is_told() -> None:
    with pytest.raises(CodecError, match="lines, visit: there is nothing to say with it"):
        Upcasting(OLD, with_content("hear", None)).content(OldMinutes("a"), "hear")


def test_a_trigger_that_is_not_there_is_told_with_what_to_do() -> None:
    less = attrs.evolve(NEW, triggers=[one for one in NEW.triggers if one.key != "answer"])
    with pytest.raises(CodecError, match="has no trigger 'answer'; say what it is called there by Renamed"):
        Upcasting(OLD, less).content(None, "settle")


def test_of_a_field_that_was_renamed_twice_the_last_name_counts() -> None:
    third = other(lambda lifecycle: lifecycle)(profile())
    twice = attrs.evolve(
        third,
        version=3,
        triggers=[Trigger("inquire", Label("问", "Inquire"), OldRequest), *third.triggers[1:]],
        upcasts=(
            *third.upcasts,
            Renamed("trigger", 2, "ask", "inquire"),
            Renamed("field", 2, "purpose", "reason", trigger="inquire"),
        ),
    )
    assert Upcasting(OLD, twice).trigger("ask") == "inquire"
    assert Upcasting(OLD, twice).content(OldRequest("cable"), "ask") == OldRequest("cable")
    assert Upcasting(twice, NEW).content(OldRequest("cable"), "inquire") == Request("cable")


def test_what_says_nothing_any_more_reads_as_nothing() -> None:
    quiet = attrs.evolve(with_content("hear", None), upcasts=(Rewritten("hear", 1, nothing),))
    assert Upcasting(OLD, quiet).content(OldMinutes("a"), "hear") is None


def nothing(_: Plain) -> Plain:
    """Read whatever was said as nothing."""
    return {}
